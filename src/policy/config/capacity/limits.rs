//! `[[capacity.limit]]`.

use std::collections::BTreeMap;

use super::model::{LimitOf, LimitSource};
use super::read::{name, read_row};
use super::{forms, units};
use crate::measure::{Metric, Unit};
use crate::policy::config::ConfigError;
use crate::policy::config::document::{Field, Section};
use crate::policy::config::suite::optional;
use crate::policy::quantity::rate;

pub(super) const KEYS: [&str; 6] = ["name", "breakpoint", "fit", "carried", "lasting", "mix"];

pub(super) fn read_limit(section: &Section<'_>) -> Result<LimitSource, ConfigError> {
    let limit_name = name(&section.need("name", forms::NAME)?, forms::NAME)?;
    let lasting =
        optional(section, "lasting", |field| field.parsed(forms::DURATION, units::seconds))?;
    let (breakpoint, fit, carried) =
        (section.get("breakpoint"), section.get("fit"), section.get("carried"));
    let of = match (breakpoint, fit, carried) {
        (Some(file), None, None) => LimitOf::Breakpoint(file.words(forms::FILE)?),
        (None, Some(file), None) => LimitOf::Fit(file.words(forms::FILE)?),
        (None, None, Some(row)) => {
            let of = read_row(&row, "carried of [[capacity.limit]]")?;
            if of.metric.unit(Unit::Ns) != Unit::PerSecond {
                let what = format!("'{}' is no rate that was carried", of.metric.name());
                let hint = format!("write metric = \"{}\"", Metric::Throughput.name());
                return Err(row.refuse(&what, hint));
            }
            LimitOf::Carried { of, lasting }
        }
        _ => {
            let message =
                format!("limit '{limit_name}' has not one of 'breakpoint', 'fit' and 'carried'");
            let hint = format!("write breakpoint = {}", forms::FILE.example);
            return Err(section.refuse(message, hint));
        }
    };
    if lasting.is_some() && !matches!(of, LimitOf::Carried { .. }) {
        let message = format!("limit '{limit_name}': 'lasting' belongs to 'carried'");
        return Err(section.refuse(message, "leave it out".to_owned()));
    }
    let mix = read_mix(&section.need("mix", forms::MIX)?)?;
    Ok(LimitSource { name: limit_name, mix, of })
}

fn read_mix(field: &Field<'_>) -> Result<BTreeMap<String, f64>, ConfigError> {
    let section = field.open_table("mix of [[capacity.limit]]", forms::MIX)?;
    let mix: BTreeMap<String, f64> = section
        .fields()
        .map(|part| Ok((part.key().to_owned(), part.parsed(forms::RATE, rate)?)))
        .collect::<Result<_, ConfigError>>()?;
    if mix.is_empty() { Err(field.unfit(forms::MIX)) } else { Ok(mix) }
}
