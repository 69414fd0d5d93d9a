//! A small multi-tenant booking platform on PostgreSQL, made to be measured under real load.
//!
//! Organisations book appointments, collect form submissions, evaluate segments of clients, generate
//! PDF documents and hold videocalls. The rooms, each of which imports only rooms further up:
//!
//! | room | what it holds |
//! | --- | --- |
//! | [`organisation`] | whose rows |
//! | [`endpoint`] | what the service offers, and which kind of work each of it is |
//! | [`metrics`] | what the service counts and times, as Prometheus text |
//! | [`form`] | fields of a form, and answers held against them |
//! | [`segment`] | rules over clients, as a condition in SQL with bound parameters |
//! | [`room`] | videocalls: who is in which room, and signals between them |
//! | [`store`] | all SQL; every function takes the organisation it works for |
//! | [`document`] | rows to PDF bytes, purely |
//! | [`seed`] | realistic rows, the same for the same seed |
//! | [`fault`] | regressions on demand, all off by default |
//! | [`http`] | requests into calls of the rooms above, results into JSON |
//! | [`serve`] | the service from its settings to its end |

pub mod document;
pub mod endpoint;
pub mod fault;
pub mod form;
pub mod http;
pub mod metrics;
pub mod organisation;
pub mod room;
pub mod seed;
pub mod segment;
pub mod serve;
pub mod store;
