//! The figures of one row in one run, as they are stored.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{Error as Unfit, StrDeserializer};
use serde::de::{Error as _, IntoDeserializer as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::measure::{Figure, Metric, Row};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct StoredFigures {
    pub(super) n: u64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) approximate: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) damaged: bool,
    #[serde(flatten)]
    pub(super) figures: BTreeMap<Metric, StoredFigure>,
}

/// `None` where the numbers make no figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "Numbers", from = "Numbers")]
pub(super) struct StoredFigure(pub(super) Option<Figure>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ln: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    events: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<u64>,
}

impl StoredFigures {
    pub(super) fn of(row: &Row) -> Self {
        let figures = row.figures.iter().map(|(metric, f)| (*metric, StoredFigure(Some(*f))));
        Self {
            n: row.n,
            approximate: row.approximate,
            damaged: row.damaged,
            figures: figures.collect(),
        }
    }
}

impl From<StoredFigure> for Numbers {
    fn from(stored: StoredFigure) -> Self {
        let nothing = Self { ln: None, s: None, events: None, of: None };
        match stored.0 {
            Some(Figure::Log { y, s }) => Self { ln: Some(y), s, ..nothing },
            Some(Figure::Share { events, of }) => {
                Self { events: Some(events), of: Some(of), ..nothing }
            }
            None => nothing,
        }
    }
}

impl From<Numbers> for StoredFigure {
    fn from(numbers: Numbers) -> Self {
        Self(match numbers {
            Numbers { ln: Some(y), s, events: None, of: None }
                if y.is_finite() && s.is_none_or(|s| s.is_finite() && s >= 0.0) =>
            {
                Some(Figure::Log { y, s })
            }
            Numbers { ln: None, s: None, events: Some(events), of: Some(of) } => {
                Figure::share(events, of)
            }
            _ => None,
        })
    }
}

/// Written out, because what serde derives for a flattened map first takes in a value of any shape
/// and size, and only then looks at its key.
impl<'de> Deserialize<'de> for StoredFigures {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = StoredFigures;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the figures of a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let (mut n, mut approximate, mut damaged) = (None, None, None);
        let mut figures = BTreeMap::new();
        while let Some(key) = members.next_key::<Key>()? {
            let again = match key {
                Key::N => n.replace(members.next_value()?).is_some().then_some("n"),
                Key::Approximate => {
                    approximate.replace(members.next_value()?).is_some().then_some("approximate")
                }
                Key::Damaged => {
                    damaged.replace(members.next_value()?).is_some().then_some("damaged")
                }
                Key::Metric(metric) => {
                    let again = figures.insert(metric, members.next_value()?).is_some();
                    again.then_some(metric.name())
                }
            };
            if let Some(name) = again {
                return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
            }
        }
        Ok(StoredFigures {
            n: n.ok_or_else(|| A::Error::missing_field("n"))?,
            approximate: approximate.unwrap_or_default(),
            damaged: damaged.unwrap_or_default(),
            figures,
        })
    }
}

enum Key {
    N,
    Approximate,
    Damaged,
    Metric(Metric),
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Name)
    }
}

struct Name;

impl Visitor<'_> for Name {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("n, approximate, damaged or a metric")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Key, E> {
        match name {
            "n" => Ok(Key::N),
            "approximate" => Ok(Key::Approximate),
            "damaged" => Ok(Key::Damaged),
            name => {
                let name: StrDeserializer<'_, Unfit> = name.into_deserializer();
                Metric::deserialize(name).map(Key::Metric).map_err(E::custom)
            }
        }
    }
}
