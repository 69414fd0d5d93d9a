//! The service against a real PostgreSQL, a database for each test.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod borders;
mod command;
mod documents;
mod faults;
mod overlap;
mod rooms;
mod seed;
mod segments;
mod stage;
mod tenancy;
mod validation;
