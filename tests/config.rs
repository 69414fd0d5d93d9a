//! The configuration, from text to tolerance.
#![allow(clippy::unwrap_used, reason = "a test may panic, and so may its helpers")]
#![allow(clippy::float_cmp, reason = "what a text says is read exactly")]

#[path = "config/capacity.rs"]
mod capacity;
#[path = "config/errors.rs"]
mod errors;
#[path = "config/values.rs"]
mod values;
