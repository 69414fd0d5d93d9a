//! The bench on which both sides are measured: builds, rounds, and what is kept of them.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::super::error::Error;
use super::measured::Runs;
use super::notices::{THRESHOLDS_CROSSED, base_not_built, of_round};
use super::place::directory;
use super::progress::{Deadline, Doing, Pace, Progress};
use crate::measure::Machine;
use crate::policy::config::Suite;
use crate::report::Notice;
use crate::rounds::{
    Checkout, Command, Ended, Facts, Folder, Order, Plan, Round, RoundError, Side, Stage, Stop,
    execute,
};
use crate::source::sidecar::{self, Schema, Sidecar};

/// What a build may take.
const BUILD_LIMIT: std::time::Duration = std::time::Duration::from_secs(60 * 60);

/// A measurement under way.
pub(super) struct Bench<'a> {
    pub(super) folder: Folder,
    pub(super) plan: Plan,
    pub(super) suites: Vec<&'a Suite>,
    head: PathBuf,
    base: Option<Checkout>,
    /// The numbers of suites that cannot be built in the base's checkout.
    alone: BTreeSet<usize>,
    machine: Machine,
    order: Order,
    deadline: Deadline,
    pace: Pace,
    stop: &'a Stop,
    tell: &'a mut dyn FnMut(&Progress<'_>),
    pub(super) notices: Vec<Notice>,
    pub(super) runs: Runs,
}

/// Rounds of one stage for some suites.
pub(super) struct Task<'t> {
    pub(super) stage: Stage,
    /// Rounds of the stage that are done already, and that there are to be.
    pub(super) from: u32,
    pub(super) to: u32,
    /// The most that there will ever be.
    pub(super) of: u32,
    /// The suites' numbers, each with what its command is told of rows.
    pub(super) suites: &'t [(usize, String)],
}

impl<'a> Bench<'a> {
    /// A bench on which nothing was measured yet.
    #[allow(clippy::too_many_arguments, reason = "they are what a measurement consists of")]
    pub(super) fn new(
        (folder, plan): (Folder, Plan),
        base: Option<Checkout>,
        dir: &Path,
        suites: Vec<&'a Suite>,
        machine: Machine,
        deadline: Deadline,
        stop: &'a Stop,
        tell: &'a mut dyn FnMut(&Progress<'_>),
        notices: Vec<Notice>,
    ) -> Self {
        let head = std::path::absolute(directory(dir)).unwrap_or_else(|_| dir.to_owned());
        let order = Order::new(plan.seed);
        Self {
            folder,
            plan,
            suites,
            head,
            base,
            alone: BTreeSet::new(),
            machine,
            order,
            deadline,
            pace: Pace::default(),
            stop,
            tell,
            notices,
            runs: Runs::default(),
        }
    }

    /// The directory of rounds, without the checkout of the base side.
    pub(super) fn cleared(self) -> Folder {
        drop(self.base);
        self.folder
    }

    /// The sides that are measured of the suite with this number.
    pub(super) fn sides(&self, suite: usize) -> &'static [Side] {
        match self.base.is_some() && !self.alone.contains(&suite) {
            true => &[Side::Base, Side::Head],
            false => &[Side::Head],
        }
    }

    /// Builds every suite on every side. A suite that cannot be built in the base's checkout, which
    /// may be older than the suite, is measured in the working tree alone.
    pub(super) fn build(&mut self) -> Result<(), Error> {
        for side in [Side::Base, Side::Head] {
            for (number, suite) in self.suites.iter().enumerate() {
                let (Some(line), true) =
                    (suite.build.as_deref(), self.sides(number).contains(&side))
                else {
                    continue;
                };
                (self.tell)(&Progress {
                    doing: Doing::Building,
                    suite: &suite.name,
                    side: self.base.as_ref().map(|_| side),
                    left: None,
                });
                let log = self.folder.build_log(side, number);
                let dir = self.dir(side);
                let target = self.target(side);
                let variables: Vec<(&str, &OsStr)> =
                    target.iter().map(|path| ("CARGO_TARGET_DIR", path.as_os_str())).collect();
                let command = Command {
                    line,
                    dir: &dir,
                    variables: &variables,
                    log: &log,
                    limit: BUILD_LIMIT,
                };
                let finished = execute(&command, self.stop)?;
                if finished.ended == Ended::Exited(0) {
                    continue;
                }
                if side == Side::Base {
                    let how = finished.ended.in_words(BUILD_LIMIT);
                    self.alone.insert(number);
                    self.notices.push(base_not_built(&suite.name, &how, &finished.tail));
                } else {
                    return Err(Error::from(RoundError::Failed {
                        what: format!("the build of suite {:?} ({})", suite.name, side.name()),
                        how: finished.ended.in_words(BUILD_LIMIT),
                        command: line.to_owned(),
                        tail: finished.tail,
                        hint: format!("run the command in {}", self.place(side)),
                    }));
                }
            }
        }
        Ok(())
    }

    /// Runs rounds, all suites in turn; those that are there already are not run again. Returns
    /// whether there was time for all.
    pub(super) fn rounds(&mut self, task: &Task<'_>) -> Result<bool, Error> {
        for number in task.from..task.to {
            for (suite, filter) in task.suites {
                for side in self.sides_of(*suite, task.stage, number) {
                    let round = Round {
                        suite: self.suites[*suite].name.clone(),
                        stage: task.stage,
                        number,
                        side,
                    };
                    if let Some(facts) = self.folder.finished(&round) {
                        self.pace.took(*suite, facts.seconds);
                        self.runs.read(&self.folder, self.suites[*suite], &round)?;
                        continue;
                    }
                    if self.deadline.forbids(self.pace.of(*suite)) {
                        return Ok(false);
                    }
                    self.tell_of(task, *suite, number, side);
                    self.round(*suite, &round, filter)?;
                    self.runs.read(&self.folder, self.suites[*suite], &round)?;
                }
            }
        }
        Ok(true)
    }

    /// What the finished rounds of a stage tell beside their results.
    pub(super) fn tell_of_rounds(&mut self, suite: usize, stage: Stage, rounds: u32) {
        let name = self.suites[suite].name.clone();
        for number in 0..rounds {
            for &side in self.sides(suite) {
                let round = Round { suite: name.clone(), stage, number, side };
                let Some(facts) = self.folder.finished(&round) else { continue };
                let log = self.folder.log_text(&round);
                let shown = self.base.as_ref().map(|_| side);
                self.notices.extend(of_round(&name, shown, &facts, &log, &self.machine));
            }
        }
        self.notices.sort();
        self.notices.dedup();
    }

    fn sides_of(&self, suite: usize, stage: Stage, number: u32) -> Vec<Side> {
        match self.sides(suite) {
            [_, _] => self.order.of(suite, stage, number).to_vec(),
            one => one.to_vec(),
        }
    }

    fn dir(&self, side: Side) -> PathBuf {
        match (side, &self.base) {
            (Side::Base, Some(base)) => base.dir(),
            _ => self.head.clone(),
        }
    }

    /// A place for people: the checkout of the base side is gone when they read of it.
    fn place(&self, side: Side) -> String {
        match (side, &self.plan.base) {
            (Side::Base, Some(commit)) => format!("a checkout of {commit}"),
            _ => self.head.display().to_string(),
        }
    }

    /// Where cargo builds on a side, if the environment says where: two sides that build into one
    /// directory measure the one that was built last.
    fn target(&self, side: Side) -> Option<PathBuf> {
        let is_named = std::env::var_os("CARGO_TARGET_DIR").is_some_and(|dir| !dir.is_empty());
        (side == Side::Base && is_named).then(|| self.folder.target())
    }

    fn round(&mut self, suite: usize, round: &Round, filter: &str) -> Result<(), Error> {
        let settings = self.suites[suite];
        let line = settings.command.as_deref().unwrap_or_default();
        let limit = settings.timeout.unwrap_or(Suite::TIMEOUT);
        let (out, log) = self.folder.begin(round)?;
        let dir = self.dir(round.side);
        let time = jiff::Timestamp::now();
        let mut variables: Vec<(&str, &OsStr)> = vec![
            ("TAILGUARD_OUT", out.as_os_str()),
            ("CRITERION_HOME", out.as_os_str()),
            ("TAILGUARD_FILTER", filter.as_ref()),
        ];
        let (this, target) = (std::env::current_exe().ok(), self.target(round.side));
        variables.extend(this.iter().map(|path| ("TAILGUARD", path.as_os_str())));
        variables.extend(target.iter().map(|path| ("CARGO_TARGET_DIR", path.as_os_str())));
        let command = Command { line, dir: &dir, variables: &variables, log: &log, limit };
        let finished = match execute(&command, self.stop) {
            Ok(finished) => finished,
            Err(error) => {
                self.folder.abandon(round);
                return Err(error.into());
            }
        };
        let holds_results = fs::read_dir(&out).is_ok_and(|mut entries| entries.next().is_some());
        let failed = |how: String, hint: String| {
            Error::from(RoundError::Failed {
                what: format!(
                    "{} round {} of suite {:?} ({})",
                    round.stage.name(),
                    round.number + 1,
                    round.suite,
                    round.side.name()
                ),
                how,
                command: line.to_owned(),
                tail: finished.tail.clone(),
                hint,
            })
        };
        let exit_code = match finished.ended {
            Ended::Exited(code @ (0 | THRESHOLDS_CROSSED)) if holds_results => code,
            Ended::Exited(0) => {
                let how = "left nothing in $TAILGUARD_OUT".to_owned();
                let hint = "let the command write its results there: k6 with \
                            `--out json=$TAILGUARD_OUT/results.json.gz`, criterion does by itself";
                return Err(failed(how, hint.to_owned()));
            }
            ended => {
                let hint = match ended {
                    Ended::TimedOut => {
                        "set the suite's `timeout`, if it may take longer".to_owned()
                    }
                    _ => format!("run the command in {}", self.place(round.side)),
                };
                return Err(failed(ended.in_words(limit), hint));
            }
        };
        sidecar::write(&out, &self.sidecar(settings, round.side, time))?;
        let seconds = finished.took.as_secs_f64();
        self.pace.took(suite, seconds);
        self.folder.finish(round, &Facts { exit_code, seconds, generator: finished.generator })?;
        Ok(())
    }

    fn sidecar(&self, suite: &Suite, side: Side, time: jiff::Timestamp) -> Sidecar {
        let name = self.machine.name.clone().or_else(|| suite.environment.clone());
        let commit = match side {
            Side::Base => self.plan.base.clone(),
            Side::Head => self.plan.head.clone(),
        };
        Sidecar {
            schema: Schema,
            session: Some(self.plan.session.clone()),
            machine: Some(Machine { name, ..self.machine.clone() }),
            commit,
            time: Some(time.to_string()),
            command: suite.command.clone(),
            runs: None,
            formats_of_one_run: true,
        }
    }

    fn tell_of(&mut self, task: &Task<'_>, suite: usize, number: u32, side: Side) {
        // The screening is planned with its warm-up; whether anything is confirmed, nobody knows yet.
        let later = if task.stage == Stage::WarmUp { self.plan.rounds } else { 0 };
        let rounds = task.to - number + later;
        let left = task.suites.iter().map(|(suite, _)| {
            (*suite, rounds * u32::try_from(self.sides(*suite).len()).unwrap_or(2))
        });
        let left = self.pace.left(left);
        (self.tell)(&Progress {
            doing: Doing::Measuring { stage: task.stage, round: number + 1, of: task.of },
            suite: &self.suites[suite].name,
            side: self.base.as_ref().map(|_| side),
            left,
        });
    }
}
