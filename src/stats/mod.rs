//! The maths: numbers to numbers. Knows no benchmark.

pub mod quantile;
pub mod within_run;
