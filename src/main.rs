//! The `tailguard` command.

fn main() {}
