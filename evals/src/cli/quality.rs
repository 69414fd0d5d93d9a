//! `evals quick` and `evals full`: the gate beside the rules of others.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use evals::Error;
use evals::benchmarks::{Benchmarks, Timed};
use evals::faults::packed::Recorded;
use evals::quality::histories::labelled;
use evals::quality::location::located;
use evals::quality::page::{histories, locations, promises, sources, tables, without_labels};
use evals::quality::profile::{Counted, Profile};
use evals::quality::recorded::{Pairs, Recordings};
use evals::quality::trial::Point;
use evals::quality::unlabelled::unlabelled;
use evals::quality::{collections, labels, plot};

use super::shared::{file_error, print, text, with_blocks};

/// The recorded benchmarks.
const RECORDED: &str = "evals/criterion/recorded.json.gz";

const PAGE: &str = "gate-quality.md";

#[derive(Args)]
pub(crate) struct Quick {
    /// Write nothing, and fail where a committed figure is another
    #[arg(long)]
    check: bool,
    /// Decides everything that is drawn
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
}

#[derive(Args)]
pub(crate) struct Full {
    /// Real histories: a folder with sap_hana_small_2021, sap_hana_large_2022, gha_bench_history,
    /// treeherder_graphs, mongodb_spa and otava. Left out: the figures of before stay
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where what is finished is kept, and taken from when the same program goes on
    #[arg(long, value_name = "DIR", default_value = "target/evals")]
    keep: PathBuf,
    /// Decides everything that is drawn
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
}

/// Counts the quick profile; with `--check`, holds what is committed against it.
pub(crate) fn quick(root: &Path, asked: &Quick) -> Result<ExitCode, Error> {
    let counted = Counted::count(Profile::Quick, asked.seed, &recorded(root)?, None, told)?;
    let full = counted_before(&Profile::Full.file(root))?;
    let files = files(root, &counted, full.as_ref())?;
    if !asked.check {
        write(&files)?;
        print(&tables(&counted, Profile::Quick))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut same = true;
    for (path, new) in files {
        if text(&path).unwrap_or_default().as_bytes() != new {
            same = false;
            let _ = writeln!(
                io::stderr(),
                "error: {} is not what the seed gives\nhint: run `cargo run --release -p evals -- quick`, \
                 and look at what changed",
                path.display()
            );
        }
    }
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Counts the full profile, and writes the page from both.
pub(crate) fn full(root: &Path, asked: &Full) -> Result<ExitCode, Error> {
    let kept = asked.keep.join(this_program()?);
    std::fs::create_dir_all(&kept).map_err(file_error("make", &kept))?;
    let recorded = recorded(root)?;
    let mut counted = Counted::count(Profile::Full, asked.seed, &recorded, Some(&kept), told)?;
    let file = Profile::Full.file(root);
    match &asked.data {
        Some(dir) => {
            let sap = labels::sap(&dir.join("sap_hana_small_2021"))?;
            let talos = labels::talos(&dir.join("treeherder_graphs"))?;
            counted.histories = labelled("SAP HANA, small", &sap);
            counted.histories.extend(labelled("Talos", &talos));
            counted.located = located("SAP HANA, small", &sap);
            counted.located.extend(located("Talos", &talos));
            let hosted = collections::hosted(&dir.join("gha_bench_history"))?;
            let large = collections::large(&dir.join("sap_hana_large_2022"))?;
            counted.unlabelled = unlabelled("GitHub-hosted runners", &hosted);
            counted.unlabelled.extend(unlabelled("SAP HANA, large", &large));
            let mongodb = collections::mongodb(&dir.join("mongodb_spa"))?;
            counted.unlabelled.extend(unlabelled("MongoDB", &mongodb));
            let otava = collections::otava(&dir.join("otava"))?;
            counted.unlabelled.extend(unlabelled("TigerBeetle, of Otava's tests", &otava));
        }
        None => {
            let before = counted_before(&file)?;
            if let Some(before) = before {
                counted.histories = before.histories;
                counted.located = before.located;
                counted.unlabelled = before.unlabelled;
            }
        }
    }
    let quick = Counted::read(&Profile::Quick.file(root))?;
    write(&[(file, counted.bytes()?)])?;
    write(&files(root, &quick, Some(&counted))?)?;
    print(&format!("{}\n{}", promises(&counted), tables(&counted, Profile::Full)))?;
    Ok(ExitCode::SUCCESS)
}

/// A folder's name for the figures of this program: another gate, rule or setting is another program,
/// and has figures of its own.
fn this_program() -> Result<String, Error> {
    let path = std::env::current_exe().map_err(file_error("find", Path::new("this program")))?;
    let bytes = std::fs::read(&path).map_err(file_error("read", &path))?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}

/// What was counted before, if anything was.
fn counted_before(file: &Path) -> Result<Option<Counted>, Error> {
    if file.exists() { Counted::read(file).map(Some) } else { Ok(None) }
}

/// What is made of both profiles, but for the full profile's own file.
fn files(
    root: &Path,
    quick: &Counted,
    full: Option<&Counted>,
) -> Result<Vec<(PathBuf, Vec<u8>)>, Error> {
    let mut blocks = vec![
        ("gate-quality-quick", tables(quick, Profile::Quick)),
        ("gate-quality-rules", sources()),
    ];
    let mut files = vec![(Profile::Quick.file(root), quick.bytes()?)];
    if let Some(full) = full {
        blocks.extend([
            ("gate-quality-targets", promises(full)),
            ("gate-quality-full", tables(full, Profile::Full)),
            ("gate-quality-series", histories(&full.histories)),
            ("gate-quality-location", locations(&full.located)),
            ("gate-quality-unlabelled", without_labels(&full.unlabelled)),
        ]);
        let figures = plot::figures(full)?.into_iter();
        files.extend(figures.map(|(path, drawn)| (root.join(path), drawn.into_bytes())));
    }
    let (page, new) = with_blocks(root, PAGE, &blocks)?;
    files.push((page, new.into_bytes()));
    Ok(files)
}

fn write(files: &[(PathBuf, Vec<u8>)]) -> Result<(), Error> {
    for (path, bytes) in files {
        tailguard::atomic::replace(path, bytes).map_err(file_error("write", path))?;
    }
    Ok(())
}

fn recorded(root: &Path) -> Result<Recordings, Error> {
    Ok(Recordings {
        clinic: Pairs::<Point>::of(&Recorded::read(&root.join("evals/faults/recorded.json.gz"))?),
        benchmarks: Pairs::<Timed>::of(&Benchmarks::read(&root.join(RECORDED))?),
    })
}

/// Puts what `evals/criterion/record` wrote into the committed file.
pub(crate) fn pack(root: &Path, from: &Path) -> Result<ExitCode, Error> {
    let all = Benchmarks::take(from)?;
    let path = root.join(RECORDED);
    let bytes = all.write(&path)?;
    let (rows, rounds) = all.size();
    let _ = writeln!(
        io::stderr(),
        "{rows} benchmarks in {rounds} rounds: {bytes} bytes in {}",
        path.display()
    );
    Ok(ExitCode::SUCCESS)
}

fn told(world: &str, seconds: f64) {
    let _ = writeln!(io::stderr(), "{world}: {seconds:.1} s");
}
