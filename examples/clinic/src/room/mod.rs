//! Videocalls: who is in which room, and signals between them. All of it in memory: a call does not
//! outlive its participants.

mod message;
mod seat;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

pub use message::{Incoming, Outgoing};
pub use seat::Seat;

use crate::metrics::Metrics;
use crate::organisation::Organisation;

/// Rooms of one organisation at a time.
const ROOMS: usize = 1000;
/// Participants of one room.
const PARTICIPANTS: usize = 16;
/// Messages that wait for a participant. Who is slower than that is sent away, rather than slow the
/// others or fill the memory.
const QUEUE: usize = 64;
/// How long a room waits for its first participant.
const UNUSED: Duration = Duration::from_secs(60);

/// Why somebody is not in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The organisation has no such room.
    Absent,
    /// The room, or the organisation, has as many as it may have.
    Full,
}

/// Every room of every organisation.
#[derive(Debug, Clone)]
pub struct Hub {
    state: Arc<Mutex<State>>,
    metrics: Arc<Metrics>,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    rooms: HashMap<u64, Room>,
}

#[derive(Debug)]
struct Room {
    organisation: Organisation,
    created: Instant,
    last: u32,
    participants: BTreeMap<u32, mpsc::Sender<Outgoing>>,
}

impl Room {
    fn is_stale(&self) -> bool {
        self.participants.is_empty() && (self.last > 0 || self.created.elapsed() > UNUSED)
    }

    /// Sends to everyone but one, or to one alone. Who cannot take it loses the place.
    fn send(&mut self, from: u32, to: Option<u32>, message: &Outgoing) -> Vec<u32> {
        let mut lost = Vec::new();
        self.participants.retain(|number, queue| {
            let meant = *number != from && to.is_none_or(|to| to == *number);
            let kept = !meant || queue.try_send(message.clone()).is_ok();
            if !kept {
                lost.push(*number);
            }
            kept
        });
        lost
    }
}

impl Hub {
    /// No rooms.
    #[must_use]
    pub fn new(metrics: Arc<Metrics>) -> Self {
        Self { state: Arc::default(), metrics }
    }

    /// Opens a room of an organisation and gives its id.
    ///
    /// # Errors
    ///
    /// [`Refusal::Full`] where the organisation has too many.
    pub fn create(&self, organisation: Organisation) -> Result<u64, Refusal> {
        let mut state = self.state();
        state.rooms.retain(|_, room| !room.is_stale());
        let theirs = state.rooms.values().filter(|room| room.organisation == organisation);
        if theirs.count() >= ROOMS {
            return Err(Refusal::Full);
        }
        state.last += 1;
        let id = state.last;
        let created = Instant::now();
        state
            .rooms
            .insert(id, Room { organisation, created, last: 0, participants: BTreeMap::new() });
        self.count(&state);
        Ok(id)
    }

    /// Whether the organisation has this room.
    #[must_use]
    pub fn has(&self, organisation: Organisation, id: u64) -> bool {
        self.state().rooms.get(&id).is_some_and(|room| room.organisation == organisation)
    }

    /// Takes a place in a room; the others hear of it.
    ///
    /// # Errors
    ///
    /// Where the organisation has no such room, or no place is left in it.
    pub fn join(&self, organisation: Organisation, id: u64) -> Result<Seat, Refusal> {
        let mut state = self.state();
        let room = state.rooms.get_mut(&id).filter(|room| room.organisation == organisation);
        let room = room.ok_or(Refusal::Absent)?;
        if room.participants.len() >= PARTICIPANTS {
            return Err(Refusal::Full);
        }
        room.last += 1;
        let number = room.last;
        let (sender, receiver) = mpsc::channel(QUEUE);
        let others = room.participants.keys().copied().collect();
        let _ = sender.try_send(Outgoing::welcome(number, others));
        send(room, number, None, &Outgoing::joined(number));
        room.participants.insert(number, sender);
        drop(state);
        self.metrics.participants.inc();
        Ok(Seat::new(self.clone(), id, number, receiver))
    }

    /// Ends every room; whoever is in one is told by the end of the queue.
    pub fn close(&self) {
        let mut state = self.state();
        state.rooms.clear();
        self.count(&state);
    }

    fn signal(&self, id: u64, from: u32, to: Option<u32>, message: &Outgoing) -> bool {
        let mut state = self.state();
        let Some(room) = state.rooms.get_mut(&id) else { return false };
        let reached = to.is_none_or(|to| to != from && room.participants.contains_key(&to));
        if reached {
            send(room, from, to, message);
        }
        reached
    }

    fn leave(&self, id: u64, number: u32) {
        self.metrics.participants.dec();
        let mut state = self.state();
        let Some(room) = state.rooms.get_mut(&id) else { return };
        // Who was sent away has left before.
        if room.participants.remove(&number).is_some() {
            send(room, number, None, &Outgoing::left(number));
        }
        if room.is_stale() {
            state.rooms.remove(&id);
        }
        self.count(&state);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, state: &State) {
        self.metrics.rooms.set(i64::try_from(state.rooms.len()).unwrap_or(i64::MAX));
    }
}

/// Sends, and tells those who remain of everyone who was lost by it.
fn send(room: &mut Room, from: u32, to: Option<u32>, message: &Outgoing) {
    let mut lost = room.send(from, to, message);
    while let Some(number) = lost.pop() {
        lost.extend(room.send(number, None, &Outgoing::left(number)));
    }
}
