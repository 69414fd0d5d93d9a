//! A small multi-tenant booking platform on PostgreSQL.

fn main() {}
