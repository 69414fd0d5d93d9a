//! A check run that is completed from its first moment, so that a required check never hangs.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Annotation, CheckRun, NEEDS, Published, Seen, seen};
use crate::github::call::{Call, encode};
use crate::github::{Client, Error, Guard, Repository};

/// How many annotations GitHub takes in one request.
const BATCH: usize = 50;

/// How much of the key stands in the external id, in bytes. GitHub documents no limit for the id;
/// with the digest this stays well under the 255 that its columns usually hold.
const KEY: usize = 100;

/// Makes a check run on a commit unless the newest of ours says the same already.
///
/// The first request completes it with its verdict and up to 50 annotations; the others follow in
/// batches of 50. What an earlier attempt left incomplete is completed.
///
/// # Errors
/// Everything the API or `guard` refuses. A creation that ended in doubt is looked for by its
/// external id before it is tried again.
pub fn publish(
    client: &Client,
    repository: &Repository,
    run: &CheckRun<'_>,
    guard: Guard<'_>,
) -> Result<Published, Error> {
    let external_id = external_id(run);
    let look = || newest(client, repository, run, &external_id);
    let (there, made) = match look()? {
        Some(there) => (there, false),
        None => (post(client, repository, run, &external_id, guard, &look)?, true),
    };
    let total = run.annotations.len();
    let first = total.min(BATCH);
    let attached = match there.annotations.map(|count| usize::try_from(count).unwrap_or(total)) {
        // The first batch came with the check run, even if it is counted later. A publication that
        // was interrupted leaves whole batches.
        Some(count) if made || count % BATCH == 0 => count.max(first),
        None if made => first,
        _ => total,
    };
    append(client, repository, run, there.id, attached, guard)?;
    let (id, url) = (there.id, there.url);
    Ok(if made { Published::Created { id, url } } else { Published::Unchanged { id, url } })
}

/// The newest of our check runs, if it says what this one says.
fn newest(
    client: &Client,
    repository: &Repository,
    run: &CheckRun<'_>,
    external_id: &str,
) -> Result<Option<Seen>, Error> {
    let of_ours = |seen: &Seen| {
        let rest = seen.external_id.as_deref().and_then(|id| id.strip_prefix(short(run.key)));
        rest.is_some_and(|rest| rest.starts_with(':'))
    };
    let all = seen(client, repository, run.head_sha, run.name)?;
    let newest = all.into_iter().filter(of_ours).max_by_key(|seen| seen.id);
    Ok(newest.filter(|seen| {
        seen.external_id.as_deref() == Some(external_id) && seen.status == "completed"
    }))
}

fn post(
    client: &Client,
    repository: &Repository,
    run: &CheckRun<'_>,
    external_id: &str,
    guard: Guard<'_>,
    look: &dyn Fn() -> Result<Option<Seen>, Error>,
) -> Result<Seen, Error> {
    let (first, _) = run.annotations.split_at(run.annotations.len().min(BATCH));
    let mut body = Map::new();
    body.insert("name".to_owned(), json!(run.name));
    body.insert("head_sha".to_owned(), json!(run.head_sha));
    body.insert("external_id".to_owned(), json!(external_id));
    body.insert("status".to_owned(), json!("completed"));
    body.insert("conclusion".to_owned(), json!(run.conclusion));
    if let Some(url) = run.details_url {
        body.insert("details_url".to_owned(), json!(url));
    }
    body.insert("output".to_owned(), output(run, first));
    let path = repository.path("check-runs");
    let doing = format!("make the check run {:?} on {repository}@{}", run.name, run.head_sha);
    client.create(&Call::post(path, Value::Object(body), NEEDS, doing), guard, look)
}

/// Sends the annotations from number `from` on. GitHub adds what is sent to what is there, so a
/// batch that ended in doubt is counted before it is sent again.
fn append(
    client: &Client,
    repository: &Repository,
    run: &CheckRun<'_>,
    id: u64,
    from: usize,
    guard: Guard<'_>,
) -> Result<(), Error> {
    let path = repository.path(&format!("check-runs/{}", encode(&id.to_string())));
    let doing = format!("annotate the check run {:?} on {repository}@{}", run.name, run.head_sha);
    let rest = run.annotations.get(from..).unwrap_or_default();
    let mut sent = from;
    for batch in rest.chunks(BATCH) {
        sent += batch.len();
        let body = json!({ "output": output(run, batch) });
        let call = Call::patch(path.clone(), body, NEEDS, doing.clone());
        let look = || {
            let read = Call::get(path.clone(), "checks: read", doing.clone());
            let there: Seen = client.fetch(&read)?;
            let arrived = there.annotations.is_some_and(|count| count >= sent as u64);
            Ok(arrived.then_some(there))
        };
        let _: Seen = client.create(&call, guard, &look)?;
    }
    Ok(())
}

fn output(run: &CheckRun<'_>, annotations: &[Annotation]) -> Value {
    let annotations: Vec<Value> = annotations
        .iter()
        .map(|annotation| {
            let line = annotation.line.max(1);
            json!({
                "path": annotation.path,
                "start_line": line,
                "end_line": line,
                "annotation_level": annotation.level,
                "title": annotation.title,
                "message": annotation.message,
            })
        })
        .collect();
    json!({ "title": run.title, "summary": run.summary, "annotations": annotations })
}

/// The key, the kind, and a digest of all that is shown. The page with the details is another one each time
/// and shows nothing by itself.
fn external_id(run: &CheckRun<'_>) -> String {
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(text.as_bytes());
    };
    add(run.key);
    add(&json!(run.conclusion).to_string());
    add(run.title);
    add(run.summary);
    for annotation in run.annotations {
        add(&annotation.path);
        add(&annotation.line.to_string());
        add(&json!(annotation.level).to_string());
        add(&annotation.title);
        add(&annotation.message);
    }
    let hex: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}:{}:{hex}", short(run.key), run.kind)
}

fn short(key: &str) -> &str {
    let end = key.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= KEY);
    end.last().and_then(|end| key.get(..end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::Conclusion;
    use super::*;

    const RUN: CheckRun<'static> = CheckRun {
        name: "n",
        head_sha: "s",
        key: "k",
        kind: "verdict",
        conclusion: Conclusion::Success,
        title: "t",
        summary: "u",
        details_url: None,
        annotations: &[],
    };

    #[test]
    fn the_external_id_changes_with_what_is_shown_and_only_with_that() {
        let id = external_id(&RUN);
        assert!(id.starts_with("k:verdict:") && id.len() == 74, "{id}");
        assert_eq!(id, external_id(&CheckRun { details_url: Some("https://h"), ..RUN }));
        assert_ne!(id, external_id(&CheckRun { title: "tu", summary: "", ..RUN }));
        assert_ne!(id, external_id(&CheckRun { conclusion: Conclusion::Failure, ..RUN }));
    }

    #[test]
    fn a_long_key_is_cut_between_characters_and_still_tells() {
        let long = "é".repeat(200);
        let other = format!("{}x", "é".repeat(199));
        let id = external_id(&CheckRun { key: &long, ..RUN });
        assert!(id.len() <= 173, "{id}");
        assert_ne!(id, external_id(&CheckRun { key: &other, ..RUN }));
    }
}
