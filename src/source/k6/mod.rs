//! k6: NDJSON and CSV with every request, and the three summaries with printed quantiles only.
//!
//! A stream is read block by block (`blocks`) into points (`ndjson`, `csv`), points are
//! gathered by their tags (`tally`) and gathered points become rows (`rows`).
//! A timeline has the same points gathered by when they are (`moments`), cut into seconds
//! (`windows`, `timeline`).
//! Summaries are parsed whole (`document`), brought to one form (`summary`, `export`,
//! `typed`) and become rows in `summary_rows`.

mod blocks;
mod csv;
mod decimal;
mod document;
mod export;
mod fault;
mod gather;
mod grouping;
mod instant;
mod line;
mod moments;
mod ndjson;
mod outline;
mod point;
mod read;
mod record;
mod rows;
mod seats;
mod shape;
mod sniff;
mod stream;
mod submetric;
mod summary;
mod summary_rows;
mod tally;
mod timeline;
mod typed;
mod windows;

pub use read::read;
pub use rows::ITERATION;
pub use shape::Shape;
pub use sniff::{Refusal, refuse, sniff};
pub(super) use timeline::{Input, timeline};
