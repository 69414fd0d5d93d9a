//! `evals faults`: verdicts on faults of the clinic.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use evals::Error;
use evals::faults::arms::{self, Arm};
use evals::faults::folder::{self, Plan};
use evals::faults::live::{Live, LiveVerdict};
use evals::faults::packed::Recorded;
use evals::faults::round::{Origin, Round};
use evals::faults::{noise, table, tally};
use tailguard::host;

use super::shared::{file_error, print, text, with_blocks};

/// The commands on recorded faults.
#[derive(Subcommand)]
pub(crate) enum Faults {
    /// List the rounds that are not recorded yet: number, arm and settings a line
    Pending(Pending),
    /// Take one load test's output into compact form
    Take(Take),
    /// Put all recorded rounds into the committed file
    Pack {
        /// Where the rounds were recorded
        #[arg(long, value_name = "DIR", default_value = "target/faults")]
        from: PathBuf,
    },
    /// Draw verdicts from the committed file, and write the tables of the documentation
    Verdicts(Verdicts),
    /// List the arms that have no live verdict yet: arm and settings a line
    LivePending(LivePending),
    /// Take the report of one live verdict in
    LiveTake(LiveTake),
}

#[derive(Args)]
pub(crate) struct Pending {
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    arms: Vec<String>,
    #[arg(long, value_name = "S")]
    seed: u64,
    #[arg(long, value_name = "HASH")]
    service: String,
}

#[derive(Args)]
pub(crate) struct Take {
    #[arg(long)]
    arm: String,
    #[arg(long)]
    round: u32,
    #[arg(long)]
    seconds: f64,
    #[arg(long, value_name = "S")]
    seed: u64,
    #[arg(long, value_name = "HASH")]
    service: String,
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What k6 wrote with --out json
    raw: PathBuf,
}

#[derive(Args)]
pub(crate) struct Verdicts {
    /// Decides which rounds a verdict draws
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Verdicts an arm
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=1000))]
    draws: u64,
    /// Write nothing, and fail where the committed table or numbers are others
    #[arg(long)]
    check: bool,
    /// Read this file instead of the committed one, and print the table instead of writing it
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    recorded: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct LivePending {
    /// How the arms' names end
    #[arg(long, value_name = "small|large")]
    size: String,
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    arms: Vec<String>,
}

#[derive(Args)]
pub(crate) struct LiveTake {
    #[arg(long)]
    arm: String,
    #[arg(long)]
    minutes: f64,
    /// What tailguard run wrote with --format json
    report: PathBuf,
}

/// Runs a command on recorded faults.
pub(crate) fn run(root: &Path, command: Faults) -> Result<ExitCode, Error> {
    let arms = arms::load(&root.join("evals/faults/arms.toml"))?;
    match command {
        Faults::Pending(asked) => pending(&arms, &asked),
        Faults::Take(asked) => take(root, &arms, asked),
        Faults::Pack { from } => pack(root, &arms, &from),
        Faults::Verdicts(asked) => return verdicts(root, &arms, &asked),
        Faults::LivePending(asked) => live_pending(root, arms, &asked),
        Faults::LiveTake(asked) => live_take(root, &arms, &asked),
    }?;
    Ok(ExitCode::SUCCESS)
}

fn pending(arms: &[Arm], asked: &Pending) -> Result<(), Error> {
    arms::chosen(arms.to_vec(), &asked.arms)?;
    let Pending { out, rounds, arms: only, seed, service } = asked;
    let machine = host::this_machine();
    let plan = Plan { arms, only, rounds: *rounds, seed: *seed, service, machine: &machine };
    let lines = folder::pending(out, plan)?;
    let line = |(round, arm): (u32, &Arm)| format!("{round} {} {}\n", arm.name, arm.settings());
    print(&lines.into_iter().map(line).collect::<String>())
}

fn take(root: &Path, arms: &[Arm], asked: Take) -> Result<(), Error> {
    let arm = known(arms, &asked.arm)?;
    let origin = Origin {
        arm: asked.arm,
        round: asked.round,
        environment: arm.environment.clone(),
        service: asked.service,
        seed: asked.seed,
        commit: host::head(root),
        time: now(),
        seconds: asked.seconds,
        machine: host::this_machine(),
    };
    let path = folder::file(&asked.out, &arm.name, asked.round);
    Round::take(&asked.raw, origin)?.write(&path)
}

fn pack(root: &Path, arms: &[Arm], from: &Path) -> Result<(), Error> {
    let rounds = folder::recorded(from, arms)?;
    let recorded = Recorded::of(rounds).map_err(|what| Error::Refused {
        what: format!("{}: {what}", from.display()),
        hint: "evals/faults/record goes on where it was stopped".to_owned(),
    })?;
    let path = packed(root);
    let size = recorded.write(&path)?;
    print(&format!("{}: {} rounds, {size} bytes\n", path.display(), recorded.rounds.len()))
}

fn verdicts(root: &Path, arms: &[Arm], asked: &Verdicts) -> Result<ExitCode, Error> {
    let path = asked.recorded.clone().unwrap_or_else(|| packed(root));
    let recorded = Recorded::read(&path)?;
    let settings = |arm: &&Arm| {
        recorded.arm(&arm.name).values().any(|round| round.origin.environment != arm.environment)
    };
    if let Some(arm) = arms.iter().find(settings) {
        return Err(Error::Refused {
            what: format!("{}: {} was recorded with other settings", path.display(), arm.name),
            hint: "restore evals/faults/arms.toml, or record that arm again".to_owned(),
        });
    }
    let tally = tally::tally(&recorded, arms, asked.seed, asked.draws)?;
    let live = Live::read(&live_file(root))?;
    let block = table::markdown(&recorded, &tally, arms, &live);
    if asked.recorded.is_some() {
        print(&block)?;
        return Ok(ExitCode::SUCCESS);
    }
    let apart = noise::markdown(&noise::noise(&recorded, arms));
    let pages = [
        with_blocks(root, "fault-verdicts.md", &[("fault-verdicts", block.clone())])?,
        with_blocks(root, "measuring.md", &[("noise", apart)])?,
    ];
    let numbers = serde_json::to_string_pretty(&tally).map_err(|error| Error::Refused {
        what: format!("the numbers cannot be written: {error}"),
        hint: "that is a defect of evals; please report it".to_owned(),
    })?;
    let mut same = true;
    let numbers = (root.join("evals/faults/verdicts.json"), format!("{numbers}\n"));
    for (path, new) in pages.into_iter().chain([numbers]) {
        if asked.check {
            let old = text(&path).unwrap_or_default();
            if old != new {
                same = false;
                let _ = writeln!(
                    io::stderr(),
                    "error: {} is not what the recording gives\nhint: run `evals faults verdicts`",
                    path.display()
                );
            }
        } else {
            tailguard::atomic::replace(&path, new.as_bytes())
                .map_err(file_error("write", &path))?;
        }
    }
    if !asked.check {
        print(&format!("drawn by seed {}\n{block}", asked.seed))?;
    }
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn live_pending(root: &Path, arms: Vec<Arm>, asked: &LivePending) -> Result<(), Error> {
    let live = Live::read(&live_file(root))?;
    let end = format!("-{}", asked.size);
    let arms = arms::chosen(arms, &asked.arms)?.into_iter();
    let of_size = |arm: &Arm| !asked.arms.is_empty() || arm.name.ends_with(&end);
    let left = arms.filter(of_size).filter(|a| live.arm(&a.name, &a.settings()).is_none());
    print(&left.map(|arm| format!("{} {}\n", arm.name, arm.settings())).collect::<String>())
}

fn live_take(root: &Path, arms: &[Arm], asked: &LiveTake) -> Result<(), Error> {
    let arm = known(arms, &asked.arm)?;
    let path = live_file(root);
    let mut live = Live::read(&path)?;
    live.add(LiveVerdict::of(arm, &asked.report, asked.minutes, host::head(root), now())?);
    live.write(&path)
}

fn known<'a>(arms: &'a [Arm], name: &str) -> Result<&'a Arm, Error> {
    arms.iter().find(|arm| arm.name == name).ok_or_else(|| Error::Refused {
        what: format!("no arm {name:?}"),
        hint: "evals/faults/arms.toml has the arms".to_owned(),
    })
}

fn packed(root: &Path) -> PathBuf {
    root.join("evals/faults/recorded.json.gz")
}

fn live_file(root: &Path) -> PathBuf {
    root.join("evals/faults/live.json")
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
