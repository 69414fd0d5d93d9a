//! `capacity triggers`: when to grow, how far that is, and on which day it is reached.

use jiff::Span;
use jiff::civil::Date;

use super::super::error::Error;
use super::counted::Counted;
use super::inputs::{Inputs, inputs};
use super::measured::stored;
use crate::capacity::figure::{Amount, Basis, Known, Planned};
use crate::capacity::plan::{bytes_per_user, named, of_calls, of_requests, plan};
use crate::capacity::triggers::{Growth, Reach, Side, Watched, distance};
use crate::measure::{Better, Metric, Unit};
use crate::policy::config::{Config, Now, Threshold, Trigger, Watch};
use crate::report::{Reached, TriggerReport, TriggersReport, number};

/// Days of a month, in the mean of the calendar's 400 years.
const MONTH: f64 = 365.2425 / 12.0;

/// Computes every trigger of a configuration.
///
/// # Errors
/// There is no `[[trigger]]`, or a file or baseline that is there cannot be read.
pub fn capacity_triggers(config: &Config) -> Result<TriggersReport, Error> {
    if config.triggers.is_empty() {
        return Err(Error::Usage(format!(
            "{} has no [[trigger]]\nhint: write one for each step that the platform may take",
            config.path.display()
        )));
    }
    let ground = match config.capacity {
        Some(_) => {
            let inputs = inputs(config)?;
            let question = &inputs.question;
            let [whole, requests, calls] =
                [plan(question), plan(&of_requests(question)), plan(&of_calls(question))];
            Some(Ground { whole, requests, calls, inputs })
        }
        None => None,
    };
    let now = config.capacity.as_ref().and_then(|capacity| capacity.now.clone());
    let triggers = config.triggers.iter().map(|trigger| told(config, trigger, ground.as_ref()));
    Ok(TriggersReport {
        triggers: triggers.collect::<Result<_, _>>()?,
        from: now.as_ref().map(|now| now.date),
        growth: now.as_ref().map(|now| now.growth),
    })
}

/// What triggers are derived from.
struct Ground<'c> {
    inputs: Inputs<'c>,
    /// The plan, and what it would be of requests and of calls alone: what one resource carries, whatever
    /// else is scarce.
    whole: Vec<Planned>,
    requests: Vec<Planned>,
    calls: Vec<Planned>,
}

fn told(
    config: &Config,
    trigger: &Trigger,
    ground: Option<&Ground<'_>>,
) -> Result<TriggerReport, Error> {
    let (current, unit) = current(config, &trigger.watch, ground)?;
    let (threshold, basis, because) = threshold(trigger, ground, unit);
    let watched = Watched {
        threshold,
        basis,
        current,
        side: side(&trigger.watch),
        growth: growth(&trigger.watch, ground),
    };
    let found = distance(&watched);
    let warning = ground.and_then(|ground| ground.warning(&trigger.watch, &watched));
    let now = ground.and_then(|ground| ground.inputs.capacity.now.as_ref());
    Ok(TriggerReport {
        name: trigger.name.clone(),
        does: trigger.does.clone(),
        phase: trigger.phase,
        watch: trigger.watch.words(),
        unit,
        because,
        warning,
        is_of_a_test: is_of_a_test(&trigger.watch),
        used: found.used,
        reached: reached(found.reach, now),
        watched,
        lasting: trigger.lasting,
        promql: trigger.promql.clone(),
    })
}

/// Where things stand.
fn current(
    config: &Config,
    watch: &Watch,
    ground: Option<&Ground<'_>>,
) -> Result<(Known, Unit), Error> {
    let of_database = config.database.as_ref();
    let known = match watch {
        Watch::Row(of) => {
            return Ok(match stored(config, &of.suite)? {
                Ok(stored) => stored.figure(&of.row, of.metric),
                Err(why) => (Known::missing(why), of.metric.unit(Unit::Ms)),
            });
        }
        Watch::Connections => match of_database.and_then(|database| database.suite.as_ref()) {
            Some(suite) => match stored(config, suite)? {
                Ok(stored) => {
                    let rows = stored.rows(|row| row.figures.contains_key(&Metric::Connections));
                    let amount = stored.estimate(&rows, Metric::Connections);
                    Known { amount, source: stored.source.clone() }
                }
                Err(why) => Known::missing(why),
            },
            None => Known::missing("[database] names no suite"),
        },
        watch => match ground {
            Some(ground) => ground.current(config, watch),
            None => Known::missing("there is no [capacity]"),
        },
    };
    Ok((known, watch.unit(Unit::Ms)))
}

fn threshold(trigger: &Trigger, ground: Option<&Ground<'_>>, unit: Unit) -> (Known, Basis, String) {
    match (&trigger.at, ground) {
        (Some(Threshold { value, because }), _) => {
            // Times are kept in nanoseconds until it is known what the row counts in.
            let value = unit.nanoseconds().map_or(*value, |ns| value / ns);
            (Known::policy(value, "trigger.at"), Basis::Policy, because.clone())
        }
        (None, Some(ground)) => {
            let (known, because) = ground.allowed(&trigger.watch);
            (known, Basis::Derived, because)
        }
        (None, None) => (Known::missing("there is no [capacity]"), Basis::Derived, String::new()),
    }
}

/// Whether where things stand is what a load test left behind, and not what follows from the organisations
/// of today.
fn is_of_a_test(watch: &Watch) -> bool {
    matches!(watch, Watch::Storage | Watch::Memory | Watch::Connections | Watch::Row(_))
}

fn side(watch: &Watch) -> Side {
    match watch {
        Watch::Row(of) if of.metric.better() == Better::Higher => Side::Below,
        _ => Side::Above,
    }
}

fn growth(watch: &Watch, ground: Option<&Ground<'_>>) -> Growth {
    let now = ground.and_then(|ground| ground.inputs.capacity.now.as_ref());
    match (watch, ground, now) {
        (Watch::Row(_) | Watch::Memory | Watch::Connections, ..) => {
            Growth::Unknown("how it grows is not modelled".to_owned())
        }
        (_, _, None) | (_, None, _) => {
            Growth::Unknown("no [capacity.now] tells how it grows".to_owned())
        }
        (Watch::Storage, Some(ground), Some(now)) => {
            let users = now.organisations * ground.inputs.question.traffic.users_per_organisation;
            let each = bytes_per_user(&ground.inputs.question);
            let amount = each.amount.map(|bytes| bytes.rising(|bytes| bytes * users));
            let each_month = Known { amount, source: each.source };
            Growth::Filling { each_month, growth: now.growth }
        }
        (_, Some(_), Some(now)) => Growth::Compound(now.growth),
    }
}

fn reached(reach: Reach, now: Option<&Now>) -> Reached {
    let later = reach.or_later();
    match (reach, now) {
        (Reach::Now, _) => Reached::Now,
        (Reach::Never, _) => Reached::Never,
        (Reach::Unknown(why), _) => Reached::Unknown(why),
        (Reach::In(_), None) => Reached::Unknown("no [capacity.now] tells the day".to_owned()),
        (Reach::In(months), Some(now)) => {
            let day = |months: f64| after(now.date, months);
            let ends = months.estimate.interval.map(|(low, high)| (day(low), day(high)));
            match day(months.value()) {
                Some(on) => Reached::On {
                    on,
                    between: ends.and_then(|(low, high)| low.zip(high)),
                    or_later: later,
                },
                None => Reached::Never,
            }
        }
    }
}

/// So many months after a day; `None` beyond the calendar.
fn after(date: Date, months: f64) -> Option<Date> {
    let days = (months * MONTH).floor();
    let span = (days.is_finite() && days < 1e7).then(|| Span::new().try_days(days as i64).ok());
    date.checked_add(span.flatten()?).ok()
}

impl Ground<'_> {
    /// Where things stand, by the organisations of today.
    fn current(&self, config: &Config, watch: &Watch) -> Known {
        let question = &self.inputs.question;
        let counted = self.inputs.counted.as_ref();
        let capacity = self.inputs.capacity;
        let uncounted = || Known::missing("no [capacity.metrics] names what the service counts");
        if let Watch::Storage = watch {
            let missing = || Known::missing("there is no snapshot of [database]");
            return self.inputs.sizes.as_ref().map_or_else(missing, |sizes| sizes.whole());
        }
        if let Watch::Memory = watch {
            let known = counted.map_or_else(uncounted, Counted::memory);
            return share_of(known, capacity.memory);
        }
        let Some(now) = &capacity.now else {
            return Known::missing("no [capacity.now] tells how many organisations there are");
        };
        let users = now.organisations * question.traffic.users_per_organisation;
        let requests = users * question.traffic.peak_of_all();
        let today = |value| Known::policy(value, "capacity.now");
        let times = |known: Known, factor: f64| Known {
            amount: known.amount.map(|amount| amount.rising(|each| each * factor)),
            ..known
        };
        match watch {
            Watch::Organisations => today(now.organisations),
            Watch::Users => today(users),
            Watch::Calls => today(users * question.traffic.calls_at_a_time()),
            Watch::Queries => times(question.statements.clone(), requests),
            Watch::Cpu => {
                let instances = f64::from(question.reserve.instances);
                let seconds = counted.map_or_else(uncounted, Counted::cpu_per_request);
                share_of(times(seconds, requests / instances), capacity.cores.map(f64::from))
            }
            Watch::DatabaseCpu => {
                let cores = config.database.as_ref().map(|database| f64::from(database.cores));
                share_of(times(self.inputs.at_limit.database_each.clone(), requests), cores)
            }
            _ => today(requests),
        }
    }

    /// A threshold that somebody decided above what was busy when the ramp broke is never the first sign.
    fn warning(&self, watch: &Watch, watched: &Watched) -> Option<String> {
        let busy = match watch {
            Watch::Cpu => &self.inputs.at_limit.service,
            Watch::DatabaseCpu => &self.inputs.at_limit.database,
            _ => return None,
        };
        let (at, share) = (watched.threshold.amount.as_ref().ok()?.value(), busy.share?);
        (watched.basis == Basis::Policy && at > share).then(|| {
            let share = number::term(share, Unit::Ratio);
            match busy.scarce.amount {
                Ok(_) => format!("the ramp broke at {share} of it already"),
                Err(_) => {
                    format!(
                        "it was {share} when the ramp broke: something else becomes scarce before"
                    )
                }
            }
        })
    }

    /// The threshold that follows from the plan, and how.
    fn allowed(&self, watch: &Watch) -> (Known, String) {
        let reserve = self.inputs.question.reserve;
        let free = number::term(reserve.headroom, Unit::Ratio);
        let (figures, key, alone) = match watch {
            Watch::Requests => (&self.requests, "requests_per_s", " of requests alone"),
            Watch::Queries => (&self.requests, "queries_per_s", " of requests alone"),
            Watch::Organisations => (&self.whole, "organisations", ""),
            Watch::Users => (&self.whole, "users", ""),
            Watch::Calls => (&self.calls, "concurrent_calls", " of calls alone"),
            Watch::Cpu => {
                // While nothing is lost the spare instances take their part of the load.
                let calm = reserve.serving() / f64::from(reserve.instances);
                let busy = self.inputs.at_limit.service.scarce.clone();
                let used = (1.0 - reserve.headroom) * calm;
                let amount = busy.amount.map(|busy| busy.rising(|busy| busy * used));
                let because = format!(
                    "busy at the limit of the ramp x (1 - {free}) x {} / {} instances",
                    number::whole(reserve.serving()),
                    reserve.instances
                );
                return (Known { amount, source: busy.source }, because);
            }
            Watch::DatabaseCpu => {
                let busy = self.inputs.at_limit.database.scarce.clone();
                let used = 1.0 - reserve.headroom;
                let amount = busy.amount.map(|busy| busy.rising(|busy| busy * used));
                let because = format!("busy at the limit of the ramp x (1 - {free})");
                return (Known { amount, source: busy.source }, because);
            }
            _ => return (Known::missing("no plan derives it"), String::new()),
        };
        let because = format!(
            "what the plan lets {} of {} instances carry{alone}, with {free} of every limit left free",
            number::whole(reserve.serving()),
            reserve.instances
        );
        let figure = named(figures, key);
        let amount = figure.map(|figure| figure.amount.clone());
        let amount = amount.unwrap_or_else(|| Err("the plan does not tell it".to_owned()));
        // What keeps it from being more is what was measured, where a limit does.
        let binding = figure.and_then(|figure| figure.binding.as_deref());
        let question = &self.inputs.question;
        let limits = match watch {
            Watch::Requests | Watch::Queries => of_requests(question).limits,
            Watch::Calls => of_calls(question).limits,
            _ => question.limits.clone(),
        };
        let limit = match limits.as_slice() {
            // Then what binds is a kind of its requests.
            [only] => Some(only),
            several => several.iter().find(|limit| binding == Some(limit.name.as_str())),
        };
        let source = limit.map(|limit| limit.carried.source.clone()).unwrap_or_default();
        (Known { amount, source }, because)
    }
}

fn share_of(known: Known, whole: Option<f64>) -> Known {
    let amount = match whole.filter(|whole| *whole > 0.0) {
        Some(whole) => known.amount.map(|amount: Amount| amount.rising(|part| part / whole)),
        None => Err("the configuration does not tell of how much".to_owned()),
    };
    Known { amount, source: known.source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::Estimate;

    #[test]
    fn months_are_days_of_the_calendar() {
        let day: Date = "2026-11-25".parse().unwrap();
        assert_eq!(after(day, 0.0), Some(day));
        assert_eq!(after(day, 12.0), "2027-11-25".parse().ok());
        assert_eq!(after(day, 6.5).map(|day| day.to_string()).as_deref(), Some("2027-06-10"));
        assert_eq!(after(day, 1e9), None);
        assert_eq!(after(day, f64::NAN), None);
    }

    #[test]
    fn an_interval_of_months_is_one_of_days() {
        let date: Date = "2026-01-01".parse().unwrap();
        let now = Now { date, organisations: 4.0, growth: 0.1 };
        let months = Amount::of(Estimate { value: 12.0, interval: Some((6.0, 24.0)) }).or_more();
        let Reached::On { on, between, or_later } = reached(Reach::In(months), Some(&now)) else {
            panic!("no date");
        };
        assert_eq!((on.to_string().as_str(), or_later), ("2027-01-01", true));
        let (early, late) = between.unwrap();
        assert_eq!(
            (early.to_string().as_str(), late.to_string().as_str()),
            ("2026-07-02", "2028-01-01")
        );
        assert!(matches!(reached(Reach::In(months), None), Reached::Unknown(_)));
    }
}
