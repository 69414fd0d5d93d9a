//! What stopped the service, by what was captured beside the load.

use super::evidence::Span;

/// Something that can be at its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// The CPU, most of it used by the load generator.
    GeneratorCpu,
    /// Locks of the database.
    Locks,
    /// The CPU, most of it used by the database.
    DatabaseCpu,
    /// The CPU, most of it used by the service.
    ServiceCpu,
    /// The CPU, most of it used by something that was not captured.
    OtherCpu,
    /// The service's pool of connections.
    Pool,
}

/// What stopped the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bottleneck {
    /// Nothing was captured beside the load.
    NotCaptured,
    /// What was captured is of another time.
    OtherTime,
    /// Nothing of what was captured was at its limit.
    NothingFull,
    /// What was at its limit. The first explains the others: a session that waits for a lock, or for
    /// the CPU, keeps its connection meanwhile.
    Full(Vec<Resource>),
}

/// A resource of which this share is used is at its limit: once a second is too seldom to see more.
const FULL: f64 = 0.9;

/// Connections are counted at an instant, and change hands between two requests.
const POOL_FULL: f64 = 0.95;

/// Of sessions that execute something, this share waits for a lock where locks are the limit.
const LOCKED: f64 = 0.3;

impl Resource {
    /// The name in reports for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GeneratorCpu => "generator-cpu",
            Self::Locks => "locks",
            Self::DatabaseCpu => "database-cpu",
            Self::ServiceCpu => "service-cpu",
            Self::OtherCpu => "other-cpu",
            Self::Pool => "pool",
        }
    }
}

/// What was at its limit in a stretch of the test, what explains most first.
pub(super) fn full(span: &Span) -> Vec<Resource> {
    let cpus = full_cpus(span);
    let (generator, others): (Vec<_>, Vec<_>) =
        cpus.into_iter().partition(|cpu| *cpu == Resource::GeneratorCpu);
    let locks = is_locked(span).then_some(Resource::Locks);
    let pool = is_pool_full(span).then_some(Resource::Pool);
    generator.into_iter().chain(locks).chain(others).chain(pool).collect()
}

/// Whose CPU is at its limit: who uses all that there is, else who uses most of what all use together.
fn full_cpus(span: &Span) -> Vec<Resource> {
    let Some(cores) = span.cores.filter(|cores| *cores > 0.0) else { return Vec::new() };
    let service_cores = span.service_cores.unwrap_or(cores).min(cores);
    let users = [
        (Resource::DatabaseCpu, span.database_busy, cores),
        (Resource::ServiceCpu, span.service_busy, service_cores),
        (Resource::GeneratorCpu, span.generator_busy, cores),
    ];
    let alone = users.iter().filter(|(_, busy, of)| busy.is_some_and(|busy| busy >= FULL * of));
    let alone: Vec<Resource> = alone.map(|(resource, ..)| *resource).collect();
    let known: f64 = users.iter().filter_map(|(_, busy, _)| *busy).sum();
    let all = span.all_busy.unwrap_or(known).max(known);
    if !alone.is_empty() || all < FULL * cores {
        return alone;
    }
    let captured = users.iter().filter_map(|(resource, busy, _)| Some((*resource, (*busy)?)));
    let largest =
        captured.chain([(Resource::OtherCpu, all - known)]).max_by(|a, b| a.1.total_cmp(&b.1));
    largest.map(|(resource, _)| resource).into_iter().collect()
}

fn is_locked(span: &Span) -> bool {
    let waits = span.lock_waits.unwrap_or(0.0);
    waits >= 1.0 && span.database_active.is_none_or(|active| waits >= LOCKED * active)
}

fn is_pool_full(span: &Span) -> bool {
    let (Some(size), Some(used)) = (span.pool_size, span.pool_in_use) else { return false };
    used >= POOL_FULL * size && span.pool_waiting.is_some_and(|waiting| waiting >= 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy(service: f64, database: f64, generator: f64) -> Span {
        Span {
            cores: Some(2.0),
            service_busy: Some(service),
            database_busy: Some(database),
            generator_busy: Some(generator),
            ..Span::default()
        }
    }

    #[test]
    fn who_uses_all_or_most_of_the_cores_is_named() {
        for (span, expected) in [
            (busy(1.85, 0.1, 0.05), vec![Resource::ServiceCpu]),
            (busy(0.4, 1.2, 0.35), vec![Resource::DatabaseCpu]),
            (busy(0.5, 0.4, 1.0), vec![Resource::GeneratorCpu]),
            (busy(0.6, 0.3, 0.2), vec![]),
            (Span { cores: None, ..busy(1.9, 0.0, 0.0) }, vec![]),
            (Span { service_cores: Some(1.0), ..busy(0.95, 0.1, 0.1) }, vec![Resource::ServiceCpu]),
            (Span { all_busy: Some(1.95), ..busy(0.5, 0.2, 0.2) }, vec![Resource::OtherCpu]),
            (Span { all_busy: Some(1.95), ..busy(0.8, 0.4, 0.4) }, vec![Resource::ServiceCpu]),
        ] {
            assert_eq!(full(&span), expected, "{span:?}");
        }
    }

    #[test]
    fn a_full_pool_is_named_after_what_fills_it() {
        let pool = Span {
            pool_size: Some(16.0),
            pool_in_use: Some(15.8),
            pool_waiting: Some(23.0),
            ..busy(0.3, 0.4, 0.2)
        };
        assert_eq!(full(&pool), [Resource::Pool]);
        let locks = Span { lock_waits: Some(14.0), database_active: Some(15.0), ..pool.clone() };
        assert_eq!(full(&locks), [Resource::Locks, Resource::Pool]);
        let slow = Span { database_busy: Some(1.9), ..locks };
        assert_eq!(full(&slow), [Resource::Locks, Resource::DatabaseCpu, Resource::Pool]);
        let idle = Span { pool_waiting: Some(0.0), ..pool.clone() };
        assert!(full(&idle).is_empty());
        let few = Span { lock_waits: Some(2.0), database_active: Some(15.0), ..pool };
        assert_eq!(full(&few), [Resource::Pool]);
        assert!(full(&Span::default()).is_empty());
    }
}
