//! Being asked to stop.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use signal_hook::consts::signal::{SIGHUP, SIGINT, SIGTERM};

/// Whether somebody asked this process to stop. Signals are only noted, so that whoever runs a
/// command can end it, tidy up and keep what is finished.
#[derive(Debug, Clone)]
pub struct Stop {
    signal: Arc<AtomicUsize>,
}

impl Stop {
    /// From now on, SIGINT (Ctrl-C), SIGTERM and SIGHUP are noted and do not end the process.
    ///
    /// # Errors
    /// What the system says.
    pub fn on_signals() -> io::Result<Self> {
        let signal = Arc::new(AtomicUsize::new(0));
        for number in [SIGINT, SIGTERM, SIGHUP] {
            let value = usize::try_from(number).map_err(io::Error::other)?;
            signal_hook::flag::register_usize(number, Arc::clone(&signal), value)?;
        }
        Ok(Self { signal })
    }

    /// Never asks; for measurements that nobody watches.
    #[must_use]
    pub fn never() -> Self {
        Self { signal: Arc::new(AtomicUsize::new(0)) }
    }

    /// The number of the signal, where one came.
    #[must_use]
    pub fn asked(&self) -> Option<u8> {
        match self.signal.load(Ordering::Relaxed) {
            0 => None,
            number => u8::try_from(number).ok(),
        }
    }
}
