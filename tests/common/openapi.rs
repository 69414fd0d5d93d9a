//! GitHub's own description of its REST API, and whether a request keeps to it.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::{Value, json};

/// A request as it arrived; path and query still encoded.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub method: String,
    pub path: String,
    pub query: String,
    pub body: Vec<u8>,
}

impl Arrived {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Method and path, as in "get /user".
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// The description, with `nullable` in the words of JSON Schema.
pub fn description() -> &'static Value {
    static DESCRIPTION: OnceLock<Value> = OnceLock::new();
    DESCRIPTION.get_or_init(|| {
        let text =
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/github/openapi/api.json"));
        let mut description = serde_json::from_str(text).unwrap();
        allow_null(&mut description);
        description
    })
}

/// The operation that a request asks for.
pub fn operation(arrived: &Arrived) -> Option<&'static Value> {
    let segments = segments(&arrived.path);
    let paths = description()["paths"].as_object()?;
    let fitting = paths.iter().filter(|(template, item)| {
        item.get(&arrived.method).is_some() && fits(template, &segments)
    });
    let literal = |template: &str| template.split('/').filter(|s| !s.starts_with('{')).count();
    let (_, item) = fitting.max_by_key(|(template, _)| literal(template))?;
    item.get(&arrived.method)
}

/// Everything in which a request departs from the description; nothing if it keeps to it.
pub fn violations(arrived: &Arrived) -> Vec<String> {
    let Some(operation) = operation(arrived) else { return vec!["no such operation".to_owned()] };
    let mut found = query(operation, &arrived.query);
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    if schema.is_object() {
        let body = arrived.json();
        let errors = |e: jsonschema::ValidationError<'_>| format!("{}: {e}", e.instance_path());
        found.extend(validator(schema).iter_errors(&body).map(errors));
        undeclared(schema, &body, "", &mut found);
    } else if !arrived.body.is_empty() {
        found.push("a body where none belongs".to_owned());
    }
    found
}

/// The first success of an operation: its status, and the description's own example.
pub fn example(operation: &Value) -> (u16, Option<&Value>) {
    let responses = operation["responses"].as_object().unwrap();
    let (code, response) = responses
        .iter()
        .find(|(code, _)| code.starts_with('2'))
        .unwrap_or_else(|| responses.iter().next().unwrap());
    let examples = resolve(response)["content"]["application/json"]["examples"].as_object();
    let example = examples.and_then(|examples| resolve(examples.values().next()?).get("value"));
    (code.parse().unwrap(), example)
}

/// A validator that knows the description's components.
pub fn validator(schema: &Value) -> Validator {
    let mut schema = schema.clone();
    schema["components"] = description()["components"].clone();
    jsonschema::draft7::new(&schema).unwrap()
}

fn segments(path: &str) -> Vec<&str> {
    path.trim_matches('/').split('/').collect()
}

/// Whether a path is an instance of a template. A last parameter that may hold slashes spans.
fn fits(template: &str, path: &[&str]) -> bool {
    let template = segments(template);
    let spans =
        matches!(template.last(), Some(&"{ref}" | &"{path}")) && path.len() > template.len();
    (template.len() == path.len() || spans)
        && template.iter().zip(path).all(|(expected, is)| {
            expected == is
                || expected.starts_with('{')
                    && !is.is_empty()
                    && (!is_number(expected) || is.parse::<u64>().is_ok())
        })
}

/// Whether GitHub takes a number in this place of a path.
fn is_number(parameter: &str) -> bool {
    let numbers = ["number}", "run_id}", "comment_id}", "artifact_id}"];
    numbers.iter().any(|end| parameter.ends_with(end))
}

fn query(operation: &Value, query: &str) -> Vec<String> {
    let declared: Vec<&Value> =
        operation["parameters"].as_array().into_iter().flatten().map(resolve).collect();
    let mut found = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
        let is = |p: &&&Value| p["in"] == "query" && p["name"] == name;
        let Some(parameter) = declared.iter().find(is) else {
            found.push(format!("no parameter {name}"));
            continue;
        };
        let value = match value.parse::<i64>() {
            Ok(number) if parameter["schema"]["type"] == "integer" => json!(number),
            _ => json!(value),
        };
        if let Err(error) = validator(&parameter["schema"]).validate(&value) {
            found.push(format!("{name}: {error}"));
        }
        // The limit stands in the description's prose only.
        if name == "per_page" && value.as_i64() > Some(100) {
            found.push(format!("per_page: {value} is over 100"));
        }
    }
    found
}

/// Members that no schema declares: GitHub ignores them, so they are mistakes.
fn undeclared(schema: &Value, body: &Value, at: &str, found: &mut Vec<String>) {
    let schema = resolve(schema);
    match body {
        Value::Array(items) => {
            items.iter().for_each(|item| undeclared(&schema["items"], item, at, found));
        }
        Value::Object(members) => {
            let Some(declared) = schema["properties"].as_object() else { return };
            for (name, value) in members {
                let at = format!("{at}/{name}");
                match declared.get(name) {
                    Some(schema) => undeclared(schema, value, &at, found),
                    None => found.push(format!("{at}: not declared")),
                }
            }
        }
        _ => {}
    }
}

fn resolve(node: &Value) -> &Value {
    match node["$ref"].as_str() {
        Some(to) => description().pointer(to.trim_start_matches('#')).unwrap(),
        None => node,
    }
}

fn allow_null(node: &mut Value) {
    match node {
        Value::Array(items) => items.iter_mut().for_each(allow_null),
        Value::Object(members) => {
            if members.get("nullable") == Some(&json!(true)) {
                if let Some(Value::String(kind)) = members.get("type").cloned() {
                    members.insert("type".to_owned(), json!([kind, "null"]));
                }
                if let Some(Value::Array(values)) = members.get_mut("enum") {
                    values.push(Value::Null);
                }
            }
            members.values_mut().for_each(allow_null);
        }
        _ => {}
    }
}
