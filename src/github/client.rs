//! The client: one runtime of one thread, one octocrab with the token and one without.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::Uri;
use octocrab::Octocrab;
use tokio::runtime::{Builder, Runtime};

use super::answer::Answer;
use super::call::Call;
use super::failure::Failure;
use super::settings::{Settings, Token};
use super::{Error, transport};

/// Asks GitHub, and blocks until it has answered. Not to be used inside another runtime.
pub struct Client {
    pub(super) with_token: Octocrab,
    /// For addresses that a redirect names: the token has no business there.
    pub(super) without_token: Octocrab,
    pub(super) stall: Duration,
    pub(super) patience: Duration,
    patience_left: Mutex<Duration>,
    base: Uri,
    token: Option<Token>,
    // Last, for it has to outlive what runs on it.
    runtime: Runtime,
}

impl Client {
    /// A client for the API at `settings.api`, through the proxy that the environment names for it
    /// (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, in upper or lower case). Nothing is
    /// sent yet.
    ///
    /// # Errors
    /// [`Error::Settings`] for an address that is none, a token that no header can hold, and where
    /// no certificates or no runtime can be had.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let base = transport::base(&settings.api)?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| {
            Error::Settings {
                message: format!("cannot start the network runtime: {error}"),
                hint: "the system refuses threads, files or timers; look at its limits".to_owned(),
            }
        })?;
        let (with_token, without_token) = {
            // octocrab spawns its queue when it is built.
            let _inside = runtime.enter();
            transport::build(&base, settings.token.as_ref(), settings.stall)?
        };
        Ok(Self {
            with_token,
            without_token,
            stall: settings.stall,
            patience: settings.patience,
            patience_left: Mutex::new(settings.patience),
            base,
            token: settings.token.clone(),
            runtime,
        })
    }

    /// The address of the API.
    pub(super) fn base(&self) -> &Uri {
        &self.base
    }

    /// Asks once.
    pub(super) fn attempt(&self, call: &Call) -> Result<Answer, Failure> {
        let answer = async {
            let exchange = transport::exchange(&self.with_token, call);
            tokio::time::timeout(self.stall, exchange)
                .await
                .unwrap_or_else(|_| Err(transport::stalled(&call.doing, self.stall)))
        };
        self.timed(answer).map(|answer| self.without_secret(answer))?.accept(call)
    }

    /// Runs to its end what is asked; the time of a failure counts as waited.
    pub(super) fn timed<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let start = Instant::now();
        let result = self.runtime.block_on(work);
        if result.is_err() {
            let mut left = self.patience_left.lock().unwrap_or_else(PoisonError::into_inner);
            *left = left.saturating_sub(start.elapsed());
        }
        result
    }

    /// Waits, if there is patience for it.
    pub(super) fn pause(&self, wait: Duration) -> bool {
        {
            let mut left = self.patience_left.lock().unwrap_or_else(PoisonError::into_inner);
            match left.checked_sub(wait) {
                Some(rest) => *left = rest,
                None => return false,
            }
        }
        // Not a sleep of the thread: the connections are to be looked after.
        self.runtime.block_on(async { tokio::time::sleep(wait).await });
        true
    }

    /// The answer without the token, should it be sent back: messages quote answers.
    pub(super) fn without_secret(&self, mut answer: Answer) -> Answer {
        let secret = self.token.as_ref().map(Token::secret).filter(|secret| !secret.is_empty());
        let Some(secret) = secret else { return answer };
        let places: Vec<usize> =
            memchr::memmem::find_iter(&answer.body, secret.as_bytes()).collect();
        for place in places {
            if let Some(found) = answer.body.get_mut(place..place + secret.len()) {
                found.fill(b'*');
            }
        }
        for value in answer.headers.values_mut() {
            if memchr::memmem::find(value.as_bytes(), secret.as_bytes()).is_some() {
                *value = http::HeaderValue::from_static("***");
            }
        }
        answer
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("api", &self.base).finish_non_exhaustive()
    }
}
