//! The capacity plan: what the traffic model, the headroom and the measured limits allow.
//!
//! Nothing is added up that was not measured. A mix of requests is carried where a mix was carried that
//! has at least as many of each category, and what was measured apart shares the instance: the parts
//! that a user takes of each measured limit add up to one at the most.

mod answers;
mod limits;

use std::collections::BTreeMap;

use super::figure::{Known, Planned};
use super::traffic::{CALLS, Traffic};

pub use answers::bytes_per_user;
pub use limits::fault;

/// What a plan is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What users do.
    pub traffic: Traffic,
    /// What is left free.
    pub reserve: Reserve,
    /// What was measured of one instance, and of the database.
    pub limits: Vec<Limit>,
    /// The clients of the largest organisation that complex operations were measured to serve within
    /// their targets; `None` where nobody asked.
    pub largest: Option<LargestKnown>,
    /// Statements that one request sends to the database, on average.
    pub statements: Known,
    /// Bytes of one row with its share of the indexes, by table.
    pub bytes: BTreeMap<String, Known>,
}

/// What is left free.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reserve {
    /// Of every measured limit: 0.3 leaves 30 % of it free.
    pub headroom: f64,
    /// Instances, the spare ones included; more than those.
    pub instances: u32,
    /// Instances that may be lost while the others carry everything.
    pub spare: u32,
}

/// What was measured of one instance: or of the database, where the mix is of queries.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// What it is of.
    pub name: String,
    /// The proportions in which the load of the measurement came: categories, or
    /// [`CALLS`], or [`QUERIES`](super::traffic::QUERIES). All above zero.
    pub mix: BTreeMap<String, f64>,
    /// What was carried of the whole mix: a second, or at a time where it is of calls.
    pub carried: Known,
}

/// The largest organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct LargestKnown {
    /// Its clients.
    pub clients: Known,
    /// The operation that says so, and how.
    pub binding: String,
}

impl Reserve {
    /// Instances that carry everything when the spare ones are lost.
    #[must_use]
    pub fn serving(self) -> f64 {
        f64::from(self.instances.saturating_sub(self.spare))
    }

    /// What of it cannot be, if anything: a lowercase fragment.
    #[must_use]
    pub fn fault(self) -> Option<String> {
        if !(0.0..1.0).contains(&self.headroom) {
            return Some("a headroom of 100% leaves nothing to use".to_owned());
        }
        (self.spare >= self.instances).then(|| {
            format!("{} spare of {} instances leaves none that serves", self.spare, self.instances)
        })
    }
}

/// Every figure, in the order in which they follow from each other.
#[must_use]
pub fn plan(question: &Question) -> Vec<Planned> {
    let asked = limits::asked(&question.traffic);
    let parts = limits::parts(&question.limits, &asked);
    let per_instance = limits::users_per_instance(question, &asked, &parts);
    let per_organisation = answers::users_per_organisation(question, &per_instance);
    let organisations =
        answers::organisations_per_instance(question, &per_instance, &per_organisation);
    let database = limits::users_of_the_database(question, &asked, &parts);
    let in_all = answers::organisations(question, &organisations, database.as_ref());
    let rest = answers::of_organisations(question, &per_instance, &in_all);
    asked
        .into_iter()
        .map(|(_, step)| step)
        .chain(parts.into_iter().map(|part| part.step))
        .chain([per_instance, per_organisation, organisations])
        .chain(database)
        .chain([in_all])
        .chain(rest)
        .collect()
}

/// The same question as if users made no calls: what requests alone may become. A plan is bound by
/// whatever is scarce first; a threshold on requests is about requests.
#[must_use]
pub fn of_requests(question: &Question) -> Question {
    let mut alone = question.clone();
    alone.traffic.calls = None;
    alone.limits.retain(|limit| limit.mix.keys().any(|key| key != CALLS));
    alone
}

/// The same question as if users did nothing but call.
#[must_use]
pub fn of_calls(question: &Question) -> Question {
    let mut alone = question.clone();
    alone.traffic.requests.clear();
    alone.limits.retain(|limit| limit.mix.contains_key(CALLS));
    alone
}

/// The figure of that key.
#[must_use]
pub fn named<'s>(steps: &'s [Planned], key: &str) -> Option<&'s Planned> {
    steps.iter().find(|step| step.key == key)
}

#[cfg(test)]
mod tests;
