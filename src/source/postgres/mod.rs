//! PostgreSQL: the difference of two snapshots of its counters, and pgbench's logs.
//!
//! A snapshot is what `tailguard snapshot postgres` writes (`document`); two of them around a load
//! make a run (`window`), with one row a query, plan and table and one of the database. A log of
//! pgbench holds every transaction (`pgbench`). `files` finds what belongs to one run.

mod counters;
mod document;
mod files;
mod pgbench;
mod plans;
mod queries;
mod read;
mod shared;
mod sniff;
mod statement;
mod tables;
mod window;

pub use document::{
    Connections, Counters, Index, Node, Plan, Resets, SCHEMA, Server, Snapshot, Statement, Table,
};
pub(super) use files::{Parts, gather, of_file};
pub(super) use read::read;
pub(super) use sniff::{Kind, is_report, refuse, sniff};
pub use statement::{Text, is_query, text};
pub use window::load as snapshot;
