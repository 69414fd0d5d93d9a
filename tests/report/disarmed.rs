//! Whatever strings a report and its setting hold, a comment has the elements of its template and
//! no others, and foreign text stands in code and nowhere else.

use std::collections::BTreeMap;

use comrak::nodes::NodeValue;
use proptest::prelude::*;
use tailguard::measure::Machine;
use tailguard::policy::Outcome;
use tailguard::report::{
    Acceptance, AcceptedBy, BaselineAge, ChangedFile, CheckText, Commits, Environment, LabelOffer,
    NoVerdict, Notice, Report, ReportRow, Rule, Setting, SloResult, Standing, StoredSession,
    check_run, check_without_verdict, comment, comment_without_verdict, marker,
};

use super::{comment as plain, sample};

/// Enough for everything.
const UNLIMITED: usize = 10_000_000;

/// Stands in every foreign string, and in no word of ours.
const MARK: char = 'Ω';

/// A foreign string: loaded or random, marked all along.
fn foreign() -> impl Strategy<Value = String> {
    let blocks = [
        "```\n# out\n```",
        "\n\n# heading\n\n- item\n\n> quote\n\n    code\n",
        "</code></td></tr></table></details><h1>x</h1>",
        "-->\n<!-- tailguard:v1 id=default -->",
        "\"\"\"\n[[waiver]]\nrow = \"*\"\n#\"",
        "'''\\\"\\u0022",
        "|---|---|\n|@octocat|#1|",
        "</summary><script>",
        "[x]: https://example.org\n[^1]: note",
        "www.example.org mail@example.org ftp://example.org xmpp:me@example.org",
        "a@b#c@d#1 @a/b GH-12 octo/api@abc1234",
        "\u{2066}\u{202e}\u{200e}\u{61c}@\u{200b}everyone",
    ];
    let mut loaded = sample::hostile_names();
    loaded.extend(blocks.map(str::to_owned));
    loaded.push("```".repeat(3_334));
    prop_oneof![
        proptest::sample::select(loaded),
        any::<String>(),
        "[a-z|`<>&@#:/\\[\\]()!*_~$\\\\\"'\n=-]{1,40}"
    ]
    .prop_map(|text| {
        let mut marked = String::new();
        for (at, c) in text.chars().enumerate() {
            marked.push(c);
            if at % 9 == 0 {
                marked.push(MARK);
            }
        }
        if marked.is_empty() { MARK.to_string() } else { marked }
    })
}

/// A report in which every string comes from `next`, whatever else it holds.
fn report(outcome: Outcome, next: &mut dyn FnMut() -> String) -> Report {
    let every = sample::every_verdict();
    let mut machine = |known: Machine| Machine {
        name: Some(next()),
        os: next(),
        arch: next(),
        cpu: next(),
        image: Some(next()),
        kernel: Some(next()),
        ..known
    };
    let environment = Environment {
        same: false,
        base: machine(every.environment.base),
        fresh: machine(every.environment.fresh),
    };
    let rows = every.rows.into_iter().map(|row| ReportRow {
        suite: next(),
        id: next(),
        tags: BTreeMap::from([(next(), next())]),
        because: next(),
        file: Some(next()),
        ..row
    });
    let rows = rows.collect();
    let slo = every.slo.into_iter().map(|slo| SloResult { suite: next(), id: next(), ..slo });
    let slo = slo.collect();
    let notices = every.notices.into_iter().map(|notice| Notice {
        code: next(),
        suite: Some(next()),
        message: next(),
        ..notice
    });
    let notices = notices.collect();
    Report {
        schema: next(),
        outcome,
        exit_code: outcome.exit_code(),
        rows,
        slo,
        environment,
        notices,
        rule: Rule { test: next(), ..every.rule },
    }
}

/// A setting in which every string comes from `next`.
fn with_setting<T>(next: &mut dyn FnMut() -> String, then: impl FnOnce(&Setting<'_>) -> T) -> T {
    let strings: Vec<String> = (0..40).map(|_| next()).collect();
    let s = |at: usize| strings[at].as_str();
    let some = |at: usize| Some(s(at));
    let session = |at| StoredSession { time: some(at), days: Some(3), commit: some(at + 1) };
    let accepted =
        |by, standing| Acceptance { by, standing, rows: &[], up_to: s(20), reason: some(21) };
    let rows = [s(22), s(23)];
    let label = AcceptedBy::Label { name: s(24), actor: some(25), at: some(26) };
    let waiver = AcceptedBy::Waiver { added: true, expires: s(27) };
    let acceptances = [
        Acceptance { rows: &rows, ..accepted(label, Standing::Void(s(28))) },
        Acceptance { rows: &rows, ..accepted(waiver, Standing::Proposed) },
        accepted(label, Standing::Applied),
    ];
    let setting = Setting {
        id: s(0),
        commits: Some(Commits {
            head: s(1),
            fork: some(2),
            merge_group: false,
            merge: some(3),
            base_ref: some(4),
            base: some(5),
            judged_by: some(6),
        }),
        both_sides_measured: false,
        baselines: &[
            BaselineAge { suite: s(7), sessions: 1, newest: session(8), oldest: session(8) },
            BaselineAge { suite: s(10), sessions: 2, newest: session(11), oldest: session(13) },
        ],
        changed: &[
            ChangedFile { path: s(15), status: s(16), previous: some(17) },
            ChangedFile { path: s(18), status: "renamed", previous: some(19) },
        ],
        acceptances: &acceptances,
        offers: &[LabelOffer { label: s(29), rows: &rows, up_to: s(30) }],
        expires: some(31),
        reproduce: &[s(32), s(33)],
        run_url: some(34),
        summary_url: some(35),
    };
    then(&setting)
}

fn options() -> comrak::Options<'static> {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.math_dollars = true;
    options.extension.alerts = true;
    options.render.r#unsafe = true;
    options
}

/// The elements of Markdown in order, with the text between them that is not code.
fn shape(markdown: &str) -> Vec<String> {
    // Two hyphens of an id are no error in a comment of HTML, and one in XML.
    let markdown = match markdown.split_once('\n') {
        Some((first, rest)) if first.starts_with("<!--") => rest,
        _ => markdown,
    };
    let html = comrak::markdown_to_html(markdown, &options());
    let html = format!("<body>{html}</body>");
    let document = roxmltree::Document::parse(&html).unwrap_or_else(|e| panic!("{e}: {html}"));
    let mut shape = Vec::new();
    for node in document.descendants() {
        let in_code = node.ancestors().any(|a| a.has_tag_name("code"));
        if node.is_element() {
            shape.push(format!("<{}>", node.tag_name().name()));
        } else if let Some(text) = node.text().filter(|_| node.is_text()) {
            assert!(in_code || !text.contains(MARK), "{text:?} in {markdown}");
            assert!(!mentions(text), "{text:?} in {markdown}");
            if !in_code {
                shape.push(text.to_owned());
            }
        }
    }
    shape
}

/// Whether a service could take part of a text for a mention or a reference.
fn mentions(text: &str) -> bool {
    text.match_indices(['@', '#']).any(|(at, sign)| {
        let after = text[at + sign.len()..].chars().next();
        after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// Raw HTML is of the template alone.
fn html_is_ours(markdown: &str) {
    let arena = comrak::Arena::new();
    let root = comrak::parse_document(&arena, markdown, &options());
    for node in root.descendants() {
        match &node.data.borrow().value {
            NodeValue::HtmlInline(html) => {
                assert!(["<code>", "</code>"].contains(&html.as_str()), "{html:?} in {markdown}");
            }
            NodeValue::HtmlBlock(block) => {
                let html = block.literal.trim_end();
                let summary = html
                    .strip_prefix("<details><summary>")
                    .and_then(|rest| rest.strip_suffix("</summary>"))
                    .is_some_and(|words| !words.contains(['<', MARK]));
                let marker = html
                    .strip_prefix("<!-- tailguard:v1 id=")
                    .and_then(|rest| rest.strip_suffix(" -->"))
                    .is_some_and(|id| {
                        !id.contains(|c| !(char::is_alphanumeric(c) || "-_.".contains(c)))
                    });
                assert!(summary || marker || html == "</details>", "{html:?} in {markdown}");
            }
            NodeValue::Link(link) => panic!("a link to {} in {markdown}", link.url),
            _ => {}
        }
    }
}

/// Nothing but visible plain text.
fn is_plain(check: &CheckText) {
    let annotations = check.annotations.iter();
    let lines = annotations.flat_map(|a| [(&a.title, 200), (&a.message, 1000), (&a.path, 1000)]);
    for (line, longest) in lines.chain([(&check.title, 200)]) {
        // A sign and the space of no width behind it count once.
        assert!(line.replace('\u{200b}', "").chars().count() <= longest, "{line}");
        let odd = |c: char| {
            c.is_control()
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
        };
        assert!(!line.contains(odd), "{line:?}");
    }
    for annotation in &check.annotations {
        assert!(!mentions(&annotation.title) && !mentions(&annotation.message));
    }
    assert!(!mentions(&check.title), "{}", check.title);
}

/// Names that no renderer has to disarm.
fn tame() -> String {
    "tame".to_owned()
}

fn outcome() -> impl Strategy<Value = Outcome> {
    proptest::sample::select(vec![Outcome::Pass, Outcome::Fail, Outcome::Undecided])
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 192, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn foreign_strings_change_no_element(
        strings in proptest::collection::vec(foreign(), 1..30),
        outcome in outcome(),
    ) {
        let mut foreign = strings.iter().cycle().cloned();
        let mut next = || foreign.next().unwrap_or_default();
        let hostile = report(outcome, &mut next);
        let reason = next();
        let why = NoVerdict::Unreadable(&reason);
        let (shown, nothing, checks) = with_setting(&mut next, |setting| (
            comment(&hostile, setting, UNLIMITED),
            comment_without_verdict(&why, setting, UNLIMITED),
            [check_run(&hostile, setting), check_without_verdict(&why, setting)],
        ));
        let (like, like_nothing) = with_setting(&mut tame, |setting| (
            comment(&report(outcome, &mut tame), setting, UNLIMITED),
            comment_without_verdict(&NoVerdict::Unreadable("tame"), setting, UNLIMITED),
        ));
        prop_assert_eq!(shape(&shown), shape(&like));
        prop_assert_eq!(shape(&nothing), shape(&like_nothing));
        html_is_ours(&shown);
        html_is_ours(&nothing);
        for check in &checks {
            is_plain(check);
            shape(&check.summary);
            html_is_ours(&check.summary);
        }
    }

    #[test]
    fn no_comment_is_longer_than_its_limit(
        strings in proptest::collection::vec(foreign(), 1..20),
        outcome in outcome(),
        limit in 200_usize..60_000,
    ) {
        let mut foreign = strings.iter().cycle().cloned();
        let mut next = || foreign.next().unwrap_or_default();
        let report = report(outcome, &mut next);
        let reason = next();
        let why = NoVerdict::NotMeasured(&reason);
        let comments = with_setting(&mut next, |setting| [
            comment(&report, setting, limit),
            comment_without_verdict(&why, setting, limit),
        ]);
        for shown in comments {
            prop_assert!(shown.len() <= limit, "{} of {}: {}", shown.len(), limit, shown);
            prop_assert!(shown.starts_with("<!-- tailguard:v1 id="));
            // What is not closed is no XML.
            shape(&shown);
            html_is_ours(&shown);
        }
    }
}

#[test]
fn the_largest_comments_fit_whatever_they_count() {
    let report = plain::large(9_999);
    for (limit, cut) in [(65_000, true), (65_536, true), (1_000_000, true), (UNLIMITED, false)] {
        let shown = comment(&report, &plain::setting(), limit);
        assert!(shown.len() <= limit && shown.len() + 500 > limit.min(UNLIMITED / 10), "{limit}");
        assert!(shown.chars().count() <= limit && shown.encode_utf16().count() <= limit);
        assert_eq!(shown.contains(" rows more"), cut, "{limit}");
        shape(&shown);
        let rows = shown.lines().filter(|line| line.starts_with("| ") && line.contains("p95"));
        let left_out: usize = shown
            .lines()
            .filter_map(|line| line.split_once(" rows more"))
            .filter_map(|(n, _)| n.parse::<usize>().ok())
            .sum();
        let steady = shown.lines().filter(|line| line.starts_with("| ✅")).count();
        let open = rows.filter(|line| !line.starts_with("| ✅")).count();
        assert_eq!(open + steady + left_out, 9_999, "every row is shown or counted");
        assert_eq!(shown, comment(&report, &plain::setting(), limit));
    }
}

#[test]
fn steady_rows_give_way_before_rows_that_need_a_reader() {
    let report = plain::large(600);
    let whole = comment(&report, &plain::setting(), UNLIMITED);
    let shown = comment(&report, &plain::setting(), whole.len() - 10_000);
    assert_eq!(shown.matches("\n| ❌").count(), 200);
    assert_eq!(shown.matches("\n| ⚠️").count(), 200);
    assert!(shown.matches("\n| ✅").count() < 150);
    assert!(shown.contains(" rows more without need for action: see [the summary of the run]"));
}

#[test]
fn a_marker_is_one_line_and_a_slug() {
    assert_eq!(marker("load-1.x_y"), "<!-- tailguard:v1 id=load-1.x_y -->");
    assert_eq!(marker(""), "<!-- tailguard:v1 id=default -->");
    assert_eq!(marker("a\n--> @b"), "<!-- tailguard:v1 id=a------b -->");
    assert!(marker(&"x".repeat(10_000)).len() < 200);
}
