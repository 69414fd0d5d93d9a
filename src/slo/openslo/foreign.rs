//! Documents as they are read. Fields that say nothing of a target are not looked at.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::OpenSloError;

/// Every object of the file; a document may be a list of them.
pub(super) fn read(text: &str) -> Result<Vec<Value>, OpenSloError> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_documents: 1_000,
            max_nodes: 50_000,
            max_events: 200_000,
            max_depth: 32,
            max_aliases: 0,
            max_anchors: 0,
            max_merge_keys: 0,
        },
        with_snippet: false,
    };
    let documents: Vec<Value> = serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|error| OpenSloError::Yaml(short(&error.to_string())))?;
    let objects = documents.into_iter().flat_map(|document| match document {
        Value::Array(objects) => objects,
        object => vec![object],
    });
    Ok(objects.collect())
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Head {
    pub(super) api_version: String,
    pub(super) kind: String,
}

#[derive(Deserialize)]
pub(super) struct ForeignSlo {
    pub(super) metadata: ForeignMetadata,
    pub(super) spec: ForeignSpec,
}

#[derive(Deserialize)]
pub(super) struct ForeignSli {
    pub(super) metadata: ForeignMetadata,
    pub(super) spec: ForeignIndicator,
}

#[derive(Deserialize)]
pub(super) struct ForeignMetadata {
    pub(super) name: String,
    #[serde(default)]
    pub(super) annotations: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ForeignSpec {
    #[serde(default)]
    pub(super) indicator: Option<Inline>,
    #[serde(default)]
    pub(super) indicator_ref: Option<String>,
    #[serde(default)]
    pub(super) time_window: Option<Vec<ForeignWindow>>,
    #[serde(default)]
    pub(super) budgeting_method: Option<String>,
    pub(super) objectives: Vec<ForeignObjective>,
}

#[derive(Deserialize)]
pub(super) struct Inline {
    pub(super) spec: ForeignIndicator,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(super) struct ForeignIndicator {
    #[serde(default)]
    pub(super) threshold_metric: Option<Value>,
    #[serde(default)]
    pub(super) ratio_metric: Option<ForeignRatio>,
}

#[derive(Deserialize, Clone)]
pub(super) struct ForeignRatio {
    #[serde(default)]
    pub(super) bad: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ForeignWindow {
    pub(super) duration: String,
    #[serde(default)]
    pub(super) is_rolling: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ForeignObjective {
    #[serde(default)]
    pub(super) op: Option<String>,
    #[serde(default)]
    pub(super) value: Option<f64>,
    #[serde(default)]
    pub(super) target: Option<f64>,
    #[serde(default)]
    pub(super) target_percent: Option<f64>,
}

/// Foreign text in a message: one line of at most 200 characters.
pub(super) fn short(text: &str) -> String {
    const LONGEST: usize = 200;
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().take(LONGEST).map(shown).collect()
}
