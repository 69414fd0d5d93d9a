//! Regressions on demand, each one that happens to real services. All are off by default.
//!
//! | variable | example | what it does |
//! | --- | --- | --- |
//! | `CLINIC_FAULT_CPU` | `read:20,complex:40` | hashes for so many percent of an endpoint's typical service time |
//! | `CLINIC_FAULT_DROP_INDEX` | `appointments_by_day` | drops indexes at the start; the names are [`schema::INDEXES`] |
//! | `CLINIC_FAULT_N_PLUS_ONE` | `5`, `all` | fetches the clients of that many rows of a list by one query each |
//! | `CLINIC_FAULT_POOL` | `2` | a pool of so many connections |
//! | `CLINIC_FAULT_LOCK_MS` | `20` | every write holds its organisation's row locked that much longer |
//! | `CLINIC_FAULT_PAUSE` | `80ms/3s` | all threads that serve stop that long, that often |
//! | `CLINIC_FAULT_TAIL` | `40ms/20` | one request of 20 takes that much longer |
//! | `CLINIC_FAULT_LEAK` | `64kB` | every request keeps that much for ever, and walks over all that is kept |
//!
//! [`schema::INDEXES`]: crate::store::schema::INDEXES

mod cpu;
mod effects;
mod leak;
mod parse;
mod pause;
mod settings;

pub use effects::Effects;
pub use settings::{Error, Every, Faults, Tail};
