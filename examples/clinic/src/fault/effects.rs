//! What the faults do to a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::cpu::{Cpu, Mark};
use super::leak::Leak;
use super::{Faults, Tail, pause};
use crate::endpoint::{Category, Endpoint};
use crate::organisation::Organisation;

/// The faults that act on requests. The others act where the service starts and in its store.
#[derive(Debug, Default)]
pub struct Effects {
    cpu: Option<Arc<Cpu>>,
    tail: Option<Tail>,
    leak: Option<Leak>,
    n_plus_one: usize,
    requests: AtomicU64,
}

/// The start of a request.
#[derive(Debug, Clone, Copy)]
pub struct Before {
    came: Instant,
    mark: Option<Mark>,
}

impl Effects {
    /// Puts faults into effect. Runs inside the runtime that serves, for pauses stop its threads.
    ///
    /// # Errors
    ///
    /// Where there is no thread for it.
    pub fn start(faults: &Faults) -> std::io::Result<Self> {
        if let Some(every) = faults.pause {
            pause::start(every, tokio::runtime::Handle::current())?;
        }
        Ok(Self {
            cpu: (!faults.cpu.is_empty()).then(|| Arc::new(Cpu::new(faults.cpu.clone()))),
            tail: faults.tail,
            leak: faults.leak.map(Leak::new),
            n_plus_one: faults.n_plus_one.unwrap_or(0),
            requests: AtomicU64::new(0),
        })
    }

    /// How many of a list's rows are fetched one by one.
    #[must_use]
    pub const fn one_by_one(&self) -> usize {
        self.n_plus_one
    }

    /// What is noted when a request comes.
    #[must_use]
    pub fn before(&self) -> Before {
        Before { came: Instant::now(), mark: self.cpu.as_ref().map(|cpu| cpu.mark()) }
    }

    /// What comes after a request of an organisation.
    pub async fn after(&self, endpoint: Endpoint, of: Organisation, before: Before) {
        if let (Some(cpu), Some(mark)) = (&self.cpu, before.mark) {
            match cpu.rounds(endpoint, of, mark, before.came.elapsed()) {
                0 => {}
                // Where such work is done: documents are made off the threads that serve.
                rounds if endpoint.category == Category::Complex => {
                    let cpu = Arc::clone(cpu);
                    let _ = tokio::task::spawn_blocking(move || cpu.work(rounds)).await;
                }
                rounds => cpu.work(rounds),
            }
        }
        if let Some(leak) = &self.leak {
            leak.grow();
        }
        if let Some(Tail { takes, one_of }) = self.tail {
            let number = self.requests.fetch_add(1, Ordering::Relaxed);
            if mixed(number).is_multiple_of(u64::from(one_of)) {
                tokio::time::sleep(takes).await;
            }
        }
    }
}

/// A number that looks random, so that no rhythm of the requests falls in step with the slow ones
/// (the finalizer of SplitMix64: Steele, Lea and Flood, 2014).
const fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
