//! The whole service stops now and then, as with a garbage collector that stops the world.

use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::Every;

/// Pauses until the runtime ends: every thread that serves gets a task that keeps it.
pub(super) fn start(pause: Every, runtime: Handle) -> std::io::Result<()> {
    let stopping = move || {
        let workers = runtime.metrics().num_workers();
        let mut next = Instant::now() + pause.every;
        loop {
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            let until = next + pause.takes;
            for _ in 0..workers {
                // From outside, tasks go to the queue that all workers take from.
                runtime.spawn(async move { sleep_until(until) });
            }
            next += pause.every;
        }
    };
    std::thread::Builder::new().name("pause".to_owned()).spawn(stopping).map(drop)
}

fn sleep_until(until: Instant) {
    std::thread::sleep(until.checked_duration_since(Instant::now()).unwrap_or(Duration::ZERO));
}
