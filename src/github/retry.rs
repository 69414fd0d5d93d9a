//! When something is asked again. What may be repeated without harm is repeated; what creates is
//! repeated only when it was certainly refused, or when looking shows that nothing was made.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::answer::Answer;
use super::call::Call;
use super::failure::{Failure, Kind};
use super::{Client, Error, Guard};

/// How often one thing is asked, at most.
const TRIES: u32 = 6;

impl Client {
    /// Asks for what may be asked twice without harm: reads, and writes that set a state.
    pub(super) fn send(&self, call: &Call, guard: Option<Guard<'_>>) -> Result<Answer, Error> {
        self.repeat(|| {
            if let Some(guard) = guard {
                guard().map_err(|error| Failure { kind: Kind::Final, error })?;
            }
            self.attempt(call)
        })
    }

    /// Tries what may be done twice until it succeeds or there is no point in going on.
    pub(super) fn repeat<T>(
        &self,
        mut attempt: impl FnMut() -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let mut tried = 0;
        loop {
            match attempt() {
                Ok(done) => return Ok(done),
                Err(failure) if self.may_repeat(&failure, tried) => tried += 1,
                Err(failure) => return Err(failure.error),
            }
        }
    }

    /// Reads what may be asked twice.
    pub(super) fn fetch<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        self.send(call, None)?.read(call)
    }

    /// Makes something that must not be made twice. Where an attempt ends in doubt, `look` says
    /// whether it is there.
    pub(super) fn create<T: DeserializeOwned>(
        &self,
        call: &Call,
        guard: Guard<'_>,
        look: &dyn Fn() -> Result<Option<T>, Error>,
    ) -> Result<T, Error> {
        let mut tried = 0;
        let mut doubted = false;
        loop {
            guard()?;
            let attempt = self.attempt(call).and_then(|answer| {
                // A success that cannot be read was a success all the same.
                answer.read(call).map_err(|error| Failure { kind: Kind::Unknown, error })
            });
            let failure = match attempt {
                Ok(made) => return Ok(made),
                Err(failure) => failure,
            };
            doubted |= failure.kind == Kind::Unknown;
            // What one replica has just made, another may refuse as "already exists".
            let refused_as_there = doubted && matches!(failure.error, Error::Invalid { .. });
            let again = self.may_repeat(&failure, tried);
            if failure.kind == Kind::Unknown || refused_as_there {
                match look() {
                    Ok(Some(made)) => return Ok(made),
                    Ok(None) => {}
                    Err(unseen) => return Err(in_doubt(call, &failure.error, &unseen)),
                }
            }
            if !again {
                return Err(failure.error);
            }
            tried += 1;
        }
    }

    /// Waits as long as it takes before the next try, if there is to be one.
    fn may_repeat(&self, failure: &Failure, tried: u32) -> bool {
        let wait = match failure.kind {
            Kind::Final => return false,
            // "Wait for at least one minute", says GitHub where it names no time: with the usual
            // two minutes of patience that is half of it.
            Kind::Limited(wait) => wait.unwrap_or(self.patience / 2),
            Kind::Unsent | Kind::Unknown => self.back_off(tried),
        };
        tried + 1 < TRIES && self.pause(wait)
    }

    /// The pause before try `tried + 1`: doubled each time, and spread so that jobs which failed
    /// together do not come back together. With two minutes of patience it begins near 0.5 s.
    fn back_off(&self, tried: u32) -> Duration {
        let spread = 0.5 + fastrand::f64();
        let first = (self.patience / 240).min(Duration::from_secs(60));
        first.saturating_mul(1 << tried.min(8)).mul_f64(spread)
    }
}

fn in_doubt(call: &Call, failure: &Error, unseen: &Error) -> Error {
    let first =
        |error: &Error| error.to_string().lines().next().map(str::to_owned).unwrap_or_default();
    Error::Ambiguous {
        doing: call.doing.clone(),
        message: format!("{}; {}", first(failure), first(unseen)),
    }
}
