//! A place in a room, given up when it is dropped.

use tokio::sync::mpsc;

use super::{Hub, Outgoing};

/// One participant's place.
#[derive(Debug)]
pub struct Seat {
    hub: Hub,
    room: u64,
    /// The participant's number in the room, from 1.
    pub number: u32,
    queue: mpsc::Receiver<Outgoing>,
}

impl Seat {
    pub(super) const fn new(
        hub: Hub,
        room: u64,
        number: u32,
        queue: mpsc::Receiver<Outgoing>,
    ) -> Self {
        Self { hub, room, number, queue }
    }

    /// The next message for this participant; none where the place was lost or the room ended.
    pub async fn next(&mut self) -> Option<Outgoing> {
        self.queue.recv().await
    }

    /// Sends to one of the others, or to all. False where there is none of that number.
    pub fn signal(&self, to: Option<u32>, payload: &serde_json::Value) -> bool {
        let message = Outgoing::signal(self.number, payload);
        self.hub.signal(self.room, self.number, to, &message)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.hub.leave(self.room, self.number);
    }
}
