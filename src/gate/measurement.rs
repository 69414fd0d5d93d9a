//! What was measured, saved so that another process can judge it again. The other process may trust
//! the file no more than it trusts whoever measured: it reads hostile text.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::notices::notice;
use super::outline::{self, Outline};
use super::taken::{Again, Taken};
use crate::baseline::{FormError, Limits, Measured};
use crate::measure::{Run, Severity};
use crate::report::Notice;

/// The schema word of a saved measurement.
const SCHEMA: &str = "tailguard.measurement/v1";

/// What a text may hold before it is read. A value takes some hundred bytes once it is read, so
/// their number bounds the memory that any text can make a reader take.
const OUTLINE: Outline =
    Outline { bytes: 64 << 20, levels: 16, values: 600_000, characters: 20_000 };

/// What one side of a suite may hold; the bytes are for all sides together.
const LIMITS: Limits =
    Limits { sessions: 1_000, runs: 1_000, rows: 20_000, tags: 64, bytes: 64 << 20 };

/// Suites of one measurement.
const SUITES: usize = 100;

/// Notices that are kept of one suite; the rest is counted.
const NOTICES: usize = 200;

/// Characters of a notice that are kept.
const NOTICE: usize = 3_000;

/// The compact runs of one command, in the form that baselines use.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measurement {
    schema: &'static str,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    suites: Vec<SuiteMeasurement>,
}

/// The compact runs of one suite, and what reading them told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SuiteMeasurement {
    suite: String,
    fresh: Measured,
    /// Where it was measured in the same job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<Measured>,
    /// Where both sides were screened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    again: Option<MeasuredAgain>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notices: Vec<Told>,
    /// How many more there were.
    #[serde(default, skip_serializing_if = "is_zero")]
    more_notices: u64,
}

/// The confirmation of one suite, as far as it was needed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MeasuredAgain {
    /// The most rounds that were planned.
    rounds: u32,
    fresh: Measured,
    base: Measured,
}

/// What reading the runs told, rows and paths named in the message: lost data stay in sight wherever
/// they are judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    severity: Severity,
    code: String,
    message: String,
}

impl Measurement {
    /// What was measured of some suites, with the commit that was checked out.
    pub(super) fn of(taken: &[Taken], commit: Option<String>) -> Self {
        Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit,
            suites: taken.iter().map(SuiteMeasurement::of).collect(),
        }
    }

    /// A measurement from the bytes of its file, whoever wrote them. Takes less than 200 MB for
    /// any bytes, those included; an archive that they came in should be dropped before.
    ///
    /// # Errors
    /// [`FormError`] where the text is no measurement of a known version, holds more than an honest
    /// one, numbers that nobody can have measured, or parts that do not fit together.
    pub fn parse(text: &[u8]) -> Result<Self, FormError> {
        #[derive(Deserialize)]
        struct Head {
            schema: String,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            #[serde(rename = "schema")]
            _schema: String,
            version: String,
            #[serde(default)]
            commit: Option<String>,
            suites: Vec<SuiteMeasurement>,
        }
        outline::within(text, &OUTLINE)?;
        let head: Head = serde_json::from_slice(text)?;
        if head.schema != SCHEMA {
            return Err(FormError::Schema { found: head.schema, expected: SCHEMA });
        }
        let File { version, commit, suites, .. } = serde_json::from_slice(text)?;
        let read = Self { schema: SCHEMA, version, commit, suites };
        read.prove()?;
        Ok(read)
    }

    /// The bytes of its file, which [`Measurement::parse`] reads.
    ///
    /// # Errors
    /// [`FormError`] where it holds more than a reader would take.
    pub fn bytes(&self) -> Result<Vec<u8>, FormError> {
        let text = serde_json::to_vec(self)?;
        outline::within(&text, &OUTLINE)?;
        self.prove()?;
        Ok(text)
    }

    /// The version of the program that measured.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The commit that was checked out when it was saved.
    #[must_use]
    pub fn commit(&self) -> Option<&str> {
        self.commit.as_deref()
    }

    /// The suites' names, in order.
    pub fn suites(&self) -> impl Iterator<Item = &str> {
        self.suites.iter().map(|suite| suite.suite.as_str())
    }

    /// The suites whose base side was measured in the same job.
    pub fn own_base_sides(&self) -> impl Iterator<Item = &str> {
        self.suites.iter().filter(|suite| suite.base.is_some()).map(|suite| suite.suite.as_str())
    }

    /// The commits that the fresh runs name.
    #[must_use]
    pub fn fresh_commits(&self) -> BTreeSet<&str> {
        self.suites.iter().flat_map(|suite| suite.fresh.commits()).collect()
    }

    /// What was measured of each suite.
    ///
    /// # Errors
    /// Where the parts do not fit together, which [`Measurement::parse`] has ruled out.
    pub(super) fn taken(&self) -> Result<Vec<Taken>, FormError> {
        self.suites.iter().map(SuiteMeasurement::taken).collect()
    }

    /// Whether all of it is what an honest measurement may hold.
    fn prove(&self) -> Result<(), FormError> {
        if self.suites.len() > SUITES {
            return Err(FormError::TooMany { what: "suites", limit: SUITES as u64 });
        }
        if self.suites.is_empty() {
            return Err(inconsistent("it has no suite".to_owned()));
        }
        let rounds: BTreeSet<u32> =
            self.suites.iter().filter_map(|suite| Some(suite.again.as_ref()?.rounds)).collect();
        if rounds.len() > 1 {
            return Err(inconsistent("its suites were confirmed in different ways".to_owned()));
        }
        let mut names = BTreeSet::new();
        let mut bytes = 0;
        for suite in &self.suites {
            let name = &suite.suite;
            if name.is_empty() {
                return Err(inconsistent("a suite has no name".to_owned()));
            }
            if !names.insert(name) {
                return Err(inconsistent(format!("suite {name:?} is listed twice")));
            }
            let again = suite.again.as_ref();
            if again.is_some_and(|again| again.rounds as usize > LIMITS.runs) {
                return Err(FormError::TooMany { what: "rounds", limit: LIMITS.runs as u64 });
            }
            if again.is_some() && suite.base.is_none() {
                return Err(inconsistent(format!("suite {name:?} confirms without a base side")));
            }
            let measured = [Some(&suite.fresh), suite.base.as_ref()].into_iter().flatten();
            let confirmed = again.into_iter().flat_map(|again| [&again.fresh, &again.base]);
            for (side, may_be_empty) in
                measured.map(|side| (side, false)).chain(confirmed.map(|side| (side, true)))
            {
                let left = Limits { bytes: LIMITS.bytes.saturating_sub(bytes), ..LIMITS };
                bytes = bytes.saturating_add(side.within(&left)?);
                if side.runs()?.0.is_empty() && !may_be_empty {
                    return Err(inconsistent(format!("suite {name:?} has no runs")));
                }
            }
            suite.prove_notices()?;
        }
        Ok(())
    }
}

impl SuiteMeasurement {
    fn of(taken: &Taken) -> Self {
        let compact = |runs: &Vec<Run>| Measured::of(runs, &BTreeMap::new());
        let mut notices: Vec<&Notice> = taken.notices.iter().collect();
        notices.sort_by_key(|notice| std::cmp::Reverse(notice.severity));
        let told = |notice: &&Notice| Told {
            severity: notice.severity,
            code: notice.code.clone(),
            message: notice.message.chars().take(NOTICE).collect(),
        };
        Self {
            suite: taken.suite.clone(),
            fresh: compact(&taken.fresh),
            base: taken.base.as_ref().map(compact),
            again: taken.again.as_ref().map(|again| MeasuredAgain {
                rounds: again.rounds,
                fresh: compact(&again.fresh),
                base: compact(&again.base),
            }),
            notices: notices.iter().take(NOTICES).map(told).collect(),
            more_notices: notices.len().saturating_sub(NOTICES) as u64,
        }
    }

    fn taken(&self) -> Result<Taken, FormError> {
        let suite = &self.suite;
        let told = |told: &Told| notice(told.severity, &told.code, suite, told.message.clone());
        let mut notices: Vec<Notice> = self.notices.iter().map(told).collect();
        if self.more_notices > 0 {
            let message = format!("{} more notices were not saved", self.more_notices);
            notices.push(notice(Severity::Warning, "more-notices", suite, message));
        }
        let base = match &self.base {
            Some(base) => Some(base.runs()?.0),
            None => None,
        };
        let again = match &self.again {
            Some(again) => Some(Again {
                rounds: again.rounds,
                base: again.base.runs()?.0,
                fresh: again.fresh.runs()?.0,
            }),
            None => None,
        };
        Ok(Taken { suite: suite.clone(), fresh: self.fresh.runs()?.0, base, again, notices })
    }

    fn prove_notices(&self) -> Result<(), FormError> {
        if self.notices.len() > NOTICES {
            return Err(FormError::TooMany { what: "notices", limit: NOTICES as u64 });
        }
        let is_code = |code: &str| {
            code.len() <= 40 && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        };
        match self.notices.iter().find(|told| !is_code(&told.code)) {
            Some(told) => Err(inconsistent(format!("{:?} is not the code of a notice", told.code))),
            None => Ok(()),
        }
    }
}

fn inconsistent(message: String) -> FormError {
    FormError::Inconsistent(message)
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}
