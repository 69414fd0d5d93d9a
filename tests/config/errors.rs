//! Every mistake has its place, its line and its remedy, word for word.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tailguard::policy::config::{ConfigError, load, parse};

/// Three lines that the entries below may refer to.
const SUITE: &str = "[[suite]]\nname = \"api\"\npath = \"x\"\n";
/// The lines that a waiver always needs, from line 5 on.
const WAIVER: &str = "[[waiver]]\nrow = 'a'\nup-to = '20%'\nreason = 'x'\n";

fn refusal(text: &str) -> String {
    match parse(text, Path::new("tailguard.toml")) {
        Err(error @ ConfigError::Invalid { .. }) => error.to_string(),
        other => panic!("{text}\n{other:?}"),
    }
}

fn check(cases: &[(&str, &str, &str, &str)]) {
    for (text, place, message, hint) in cases {
        let expected = format!("tailguard.toml:{place}: {message}\nhint: {hint}");
        assert_eq!(refusal(text), expected, "\n{text}");
    }
}

fn check_after(prefix: &str, cases: &[(&str, &str, &str, &str)]) {
    for (text, place, message, hint) in cases {
        check(&[(&format!("{prefix}{text}"), place, message, hint)]);
    }
}

#[test]
fn unknown_keys_name_the_nearest() {
    check(&[
        (
            "[gate]\nfloor.load = '1ms'\ntreshold = '5%'\naplha = 1\n",
            "3",
            "unknown key 'treshold' in [gate]",
            "did you mean 'threshold'?",
        ),
        (
            "[gate]\nerror_rate = '1pp'",
            "2",
            "unknown key 'error_rate' in [gate]",
            "did you mean 'error-rate'?",
        ),
        (
            "[gate]\nxyz = 1\n",
            "2",
            "unknown key 'xyz' in [gate]",
            "known keys: threshold, error-rate, alpha, test, baselines, keep-sessions, keep-runs, floor, levels",
        ),
        ("[gates]\n", "1", "unknown key 'gates' at the top level", "did you mean 'gate'?"),
        (
            "\n\nthreshold = '5%'\n",
            "3",
            "unknown key 'threshold' at the top level",
            "write [gate] above it",
        ),
        (
            "[gate.floor]\nbenhc = '1ns'",
            "2",
            "unknown key 'benhc' in [gate.floor]",
            "did you mean 'bench'?",
        ),
        (
            "[gate.levels]\nregresed = 'deny'",
            "2",
            "unknown key 'regresed' in [gate.levels]",
            "did you mean 'regressed'?",
        ),
        (
            "[[suite]]\nname = 'a'\npaths = 'x'",
            "3",
            "unknown key 'paths' in [[suite]]",
            "did you mean 'path'?",
        ),
        (
            "[[suite]]\nname = 'a'\npath = 'x'\n[suite.levels]\nunused-waiver = 'deny'",
            "5",
            "'unused-waiver' in levels of [[suite]]: not a level that can be set here",
            "set it in [gate.levels]; [[suite]] levels take all but waivers'",
        ),
        (
            "[gate]\n\"a\\u001B[31m\\n\" = 1",
            "2",
            "unknown key 'a\\u{1b}[31m\\n' in [gate]",
            "known keys: threshold, error-rate, alpha, test, baselines, keep-sessions, keep-runs, floor, levels",
        ),
    ]);
    check_after(
        SUITE,
        &[
            ("[[rule]]\nrows = 'a'", "5", "unknown key 'rows' in [[rule]]", "did you mean 'row'?"),
            (
                "[[rule]]\nlevels = { other-machine = 'warn' }",
                "5",
                "'other-machine' in levels of [[rule]]: not a level that can be set here",
                "set it in [gate.levels]; [[suite]] levels take all but waivers'",
            ),
            (
                "[[slo]]\nat-msot = '1ms'",
                "5",
                "unknown key 'at-msot' in [[slo]]",
                "did you mean 'at-most'?",
            ),
            (
                "[[waiver]]\nexpire = 1",
                "5",
                "unknown key 'expire' in [[waiver]]",
                "did you mean 'expires'?",
            ),
        ],
    );
}

#[test]
fn values_of_a_wrong_form_show_the_right_one() {
    let percent = "expected a percentage from 0% to 1000%";
    check(&[
        (
            "[gate]\nthreshold = 5",
            "2",
            &format!("'threshold' in [gate]: found the number 5, {percent}"),
            "write threshold = \"5%\"",
        ),
        (
            "[gate]\nthreshold = '0.05'",
            "2",
            &format!("'threshold' in [gate]: found '0.05', {percent}"),
            "write threshold = \"5%\"",
        ),
        (
            "[gate]\nthreshold = true",
            "2",
            &format!("'threshold' in [gate]: found true, {percent}"),
            "write threshold = \"5%\"",
        ),
        (
            "[gate]\nerror-rate = '0.5%'",
            "2",
            "'error-rate' in [gate]: found '0.5%', expected percentage points from 0pp to 100pp",
            "write error-rate = \"0.5pp\"",
        ),
        (
            "[gate]\nalpha = 0.5",
            "2",
            "'alpha' in [gate]: found the number 0.5, expected a number above 0 and at most 0.2",
            "write alpha = 0.02",
        ),
        (
            "[gate]\ntest = 'moderatedt'",
            "2",
            "'test' in [gate]: found 'moderatedt', expected moderated-t or mann-whitney",
            "did you mean 'moderated-t'?",
        ),
        (
            "[gate]\nkeep-runs = 0",
            "2",
            "'keep-runs' in [gate]: found the number 0, expected a whole number from 1 to 1000",
            "write keep-runs = 5",
        ),
        (
            "[gate]\nfloor.load = '1KiB'",
            "2",
            "'load' in [gate.floor]: found '1KiB', expected a duration",
            "write load = \"0.1ms\"",
        ),
        (
            "[gate]\nfloor = '1ms'",
            "2",
            "'floor' in [gate]: found '1ms', expected a table",
            "write [gate.floor]",
        ),
        (
            "[gate.levels]\nslo = 'fail'",
            "2",
            "'slo' in [gate.levels]: found 'fail', expected allow, warn or deny",
            "known words: allow, warn, deny",
        ),
        (
            "[gate]\nbaselines = 2027-01-31",
            "2",
            "'baselines' in [gate]: found the date 2027-01-31, expected a directory",
            "write baselines = \"baselines\"",
        ),
        (
            "[suite]\nname = 'a'",
            "1",
            "'suite' at the top level: found a table, expected a list of tables",
            "write [[suite]]",
        ),
        (
            "gate = []",
            "1",
            "'gate' at the top level: found a list, expected a table",
            "write [gate]",
        ),
    ]);
    for alpha in ["nan", "inf", "0", "0.0", "-0.01", "0x1", "'0.02'", "1e999", "0.2000001"] {
        assert!(refusal(&format!("[gate]\nalpha = {alpha}")).contains("at most 0.2"), "{alpha}");
    }
    for count in ["-1", "1001", "99999999999999999999", "5.0", "'5'"] {
        assert!(refusal(&format!("[gate]\nkeep-sessions = {count}")).contains("1 to 1000"));
    }
}

#[test]
fn text_that_is_not_toml_names_its_line() {
    check(&[
        (
            "[gate]\n\nthreshold = 5%\n",
            "3",
            "invalid TOML: string values must be quoted, expected literal string",
            "values with a unit stand in quotes: threshold = \"5%\"",
        ),
        (
            "[gate]\nalpha = 0.02\nalpha = 0.01",
            "3",
            "invalid TOML: duplicate key",
            "write each key and each [table] once; only [[lists of tables]] repeat",
        ),
        (
            "\n[gate\n",
            "2",
            "invalid TOML: unclosed table, expected `]`",
            "https://toml.io describes the syntax",
        ),
    ]);
    assert!(
        refusal(&format!("{SUITE}{WAIVER}expires = 2027-02-29")).starts_with("tailguard.toml:8:")
    );
}

#[test]
fn suites_have_names_and_something_to_read() {
    check(&[
        ("\n[[suite]]\npath = 'x'", "2", "[[suite]] has no 'name'", "write name = \"api\""),
        (
            "[[suite]]\nname = 'a'",
            "1",
            "suite 'a' has neither 'path' nor 'command'",
            "write path = \"results/*.json.gz\"",
        ),
        (
            "[[suite]]\nname = 'a'\npath = []",
            "3",
            "'path' in [[suite]]: found an empty list, expected a path, or a list of paths",
            "write path = \"results/*.json.gz\"",
        ),
        (
            "[[suite]]\nname = 'a'\npath = ['x',\n 3]",
            "4",
            "'path' in [[suite]]: found the number 3, expected a path, or a list of paths",
            "write path = \"results/*.json.gz\"",
        ),
        (
            "[[suite]]\nname = 'a'\npath = 'x'\n[[suite]]\nname = 'A'\npath = 'y'",
            "4",
            "two suites are named 'A'",
            "the first is in line 1; names differ by more than case",
        ),
        (
            "[[suite]]\nname = 'a'\npath = 'x'\nsource = 'k6'\ngates = ['median']",
            "5",
            "'gates' in [[suite]]: k6 does not measure 'median'",
            "k6 measures p50, p95, p99, error_rate, throughput, dropped, checks",
        ),
    ]);
    for name in [
        "", " ", ".", "..", "../x", "a/b", "a\\b", "/", "-a", "a.", "a ", "a=b", "a\\u0000",
        "a\\n", "a*", "a:b",
    ] {
        let text = format!("[[suite]]\nname = \"{}\"\npath = 'x'", name.replace("a\\b", "a\\\\b"));
        assert!(refusal(&text).contains("'name' in [[suite]]: found"), "{name}");
    }
    let long = format!("[[suite]]\nname = '{}'\npath = 'x'", "a".repeat(101));
    assert!(refusal(&long).contains("at most 100 bytes"));
}

#[test]
fn entries_must_mean_something() {
    check_after(
        SUITE,
        &[
            (
                "[[rule]]\nsuite = 'apo'\ngates = true",
                "5",
                "'suite' in [[rule]]: there is no suite 'apo'",
                "did you mean 'api'?",
            ),
            (
                "[[slo]]\nsuite = 'zzz'\nmetric = 'p95'",
                "5",
                "'suite' in [[slo]]: there is no suite 'zzz'",
                "the suites are: api",
            ),
            (
                "[[waiver]]\nsuite = 'API'",
                "5",
                "'suite' in [[waiver]]: there is no suite 'API'",
                "the suites are: api",
            ),
            (
                "[[rule]]\nrow = 'a'",
                "4",
                "[[rule]] changes nothing",
                "write one of threshold, error-rate, floor, gates, levels, file",
            ),
            (
                "[[rule]]\nrow = 'a['\ngates = true",
                "5",
                "'row' in [[rule]]: found unclosed character class; missing ']', expected a row's id, or a glob",
                "in a glob, [[] stands for a bracket and {,} lists alternatives",
            ),
            (
                "[[rule]]\nmetric = 'p96'",
                "5",
                "'metric' in [[rule]]: found 'p96', expected a metric",
                "did you mean 'p95'?",
            ),
            (
                "[[rule]]\nmetric = []",
                "5",
                "'metric' in [[rule]]: found a list, expected a metric",
                "write metric = \"p95\"",
            ),
            (
                "[[rule]]\nmetric = 'error_rate'\nthreshold = '5%'",
                "6",
                "'threshold' in [[rule]]: no meaning for 'error_rate'",
                "write error-rate = \"0.5pp\"",
            ),
            (
                "[[rule]]\nmetric = ['p95', 'p99']\nerror-rate = '1pp'",
                "6",
                "'error-rate' in [[rule]]: no meaning for 'p95'",
                "write threshold = \"5%\"",
            ),
            ("[[slo]]\nat-most = '1ms'", "4", "[[slo]] has no 'metric'", "write metric = \"p95\""),
            (
                "[[slo]]\nmetric = 'p95'",
                "4",
                "[[slo]] has neither 'at-most' nor 'at-least'",
                "write at-most = \"250ms\"",
            ),
            (
                "[[slo]]\nmetric = 'dropped'\nat-most = '1%'\nat-least = '0%'",
                "4",
                "[[slo]] has both 'at-most' and 'at-least'",
                "write at-most = \"1%\"",
            ),
            (
                "[[slo]]\nmetric = 'p95'\nat-most = '1%'",
                "6",
                "'at-most' in [[slo]]: found '1%', expected a duration or a size for 'p95'",
                "write at-most = \"250ms\"",
            ),
            (
                "[[slo]]\nmetric = 'throughput'\nat-least = 100",
                "6",
                "'at-least' in [[slo]]: found the number 100, expected a rate",
                "write at-least = \"100/s\"",
            ),
            (
                "[[slo]]\nmetric = 'p95'\nat-least = '25ms'\nat = '9/s'",
                "6",
                "'at-least' in [[slo]]: it would be kept by what is slow or fails",
                "of p95 less is better: write at-most = \"250ms\"",
            ),
            (
                "[[slo]]\nmetric = 'error_rate'\nat-least = '1%'\nat = '9/s'",
                "6",
                "'at-least' in [[slo]]: it would be kept by what is slow or fails",
                "of error_rate less is better: write at-most = \"1%\"",
            ),
            (
                "[[slo]]\nmetric = 'p95'\nat-most = '0ms'\nat = '9/s'",
                "6",
                "'at-most' in [[slo]]: nothing takes no time: it would never be kept",
                "write at-most = \"250ms\"",
            ),
            ("[[waiver]]\nup-to = '1%'", "4", "[[waiver]] has no 'row'", "write row = \"read*\""),
            ("[[waiver]]\nrow = 'a'", "4", "[[waiver]] has no 'up-to'", "write up-to = \"20%\""),
            (
                "[[waiver]]\nrow = 'a'\nup-to = '0%'",
                "6",
                "'up-to' in [[waiver]]: a ceiling of zero waives nothing",
                "write up-to = \"20%\"",
            ),
            (
                "[[waiver]]\nrow = 'a'\nup-to = '1%'",
                "4",
                "[[waiver]] has no 'reason'",
                "write reason = \"new index pays for itself\"",
            ),
            (
                "[[waiver]]\nrow = 'a'\nup-to = '1%'\nreason = ' '",
                "7",
                "'reason' in [[waiver]]: found ' ', expected a reason in words",
                "write reason = \"new index pays for itself\"",
            ),
            (
                "[[waiver]]\nrow = 'a'\nmetric = ['p95', 'error_rate']\nup-to = '20%'",
                "7",
                "'up-to' in [[waiver]]: found '20%', which is not how 'error_rate' changes",
                "write up-to = \"2pp\"",
            ),
        ],
    );
    let day = |found| format!("'expires' in [[waiver]]: found {found}, expected a day");
    check_after(
        &format!("{SUITE}{WAIVER}"),
        &[
            ("", "4", "[[waiver]] has no 'expires'", "write expires = \"2027-01-31\""),
            ("expires = '31.1.2027'", "8", &day("'31.1.2027'"), "write expires = \"2027-01-31\""),
            ("expires = '2027-02-30'", "8", &day("'2027-02-30'"), "write expires = \"2027-01-31\""),
            ("expires = '20270131'", "8", &day("'20270131'"), "write expires = \"2027-01-31\""),
            (
                "expires = 2027-01-31T10:00:00",
                "8",
                &day("the date 2027-01-31T10:00:00"),
                "write expires = \"2027-01-31\"",
            ),
            (
                "expires = 2027-01-31\nissue = 'javascript:alert(1)'",
                "9",
                "'issue' in [[waiver]]: found 'javascript:alert(1)', expected an http or https address",
                "write issue = \"https://example.com/issues/7\"",
            ),
        ],
    );
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tailguard.toml");
    let error = load(&file).unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot read {}: ", file.display())), "{error}");
    assert!(error.contains("\nhint: `tailguard init` writes"), "{error}");

    fs::write(&file, b"[gate]\nalpha = 0.02\n# \xff\n").unwrap();
    let error = load(&file).unwrap_err().to_string();
    assert!(
        error.ends_with(":3: invalid TOML: not UTF-8\nhint: save the file as UTF-8"),
        "{error}"
    );

    fs::write(&file, "#".repeat((1 << 20) + 1)).unwrap();
    assert!(load(&file).unwrap_err().to_string().contains("larger than 1 MiB"));

    fs::write(&file, format!("{SUITE}#{}", "#".repeat((1 << 20) - SUITE.len() - 1))).unwrap();
    assert_eq!(load(&file).unwrap().suites.len(), 1);
}

#[test]
fn hostile_depth_and_size_are_refused_or_taken_quickly() {
    for nested in ["[".repeat(100_000), "{a=".repeat(100_000), "a.".repeat(100_000)] {
        let _ = parse(&format!("gate = {nested}"), Path::new("t"));
        let _ = parse(&nested, Path::new("t"));
    }
    for glob in ["{".repeat(1000), "{a,".repeat(333), "[".repeat(1000), "*".repeat(1000)] {
        let closed = format!("{glob}{}", "}".repeat(glob.matches('{').count()));
        for row in [&glob, &closed] {
            let _ = parse(&format!("[[rule]]\ngates = true\nrow = '{row}'"), Path::new("t"));
        }
    }
    assert!(refusal(&format!("[[rule]]\nrow = '{}'", "a".repeat(1001))).contains("1001 bytes"));
    // A line is looked up for each of these; counting from the top each time would take minutes.
    let many = "[[rule]]\ngates=true\n".repeat(40_000);
    assert_eq!(parse(&many, Path::new("t")).unwrap().rules.last().unwrap().line, 79_999);
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,200}") {
        let _ = parse(&text, Path::new("t"));
    }

    #[test]
    fn arbitrary_values_under_known_keys_never_panic(
        table in prop::sample::select(vec!["[gate]", "[gate.floor]", "[gate.levels]", "[[suite]]", "[[rule]]", "[[slo]]", "[[waiver]]"]),
        keys in prop::collection::vec(
            prop::sample::select(vec![
                "threshold", "error-rate", "alpha", "test", "keep-runs", "floor", "levels", "name", "path", "gates", "row",
                "tag", "metric", "at-most", "at-least", "up-to", "reason", "expires", "issue", "load", "unit", "suite",
            ]),
            0..6,
        ),
        values in prop::collection::vec(
            prop_oneof![
                "\"[^\"\\\\\\p{Cc}]{0,12}\"", "-?[0-9]{1,25}", "[0-9]{1,3}\\.[0-9]{1,3}", "'[{}\\[\\]*?,!a]{0,12}'",
                Just("[]".to_owned()), Just("{ a = 1 }".to_owned()), Just("['p95']".to_owned()), Just("'5%'".to_owned()),
                Just("2027-01-31".to_owned()), Just("07:32:00".to_owned()), Just("nan".to_owned()), Just("true".to_owned()),
            ],
            6,
        ),
    ) {
        let mut text = format!("{table}\n");
        for (key, value) in keys.iter().zip(&values) {
            text.push_str(&format!("{key} = {value}\n"));
        }
        if let Err(error) = parse(&text, Path::new("t")) {
            let message = error.to_string();
            prop_assert!(message.contains("\nhint: "), "{}", message);
            prop_assert!(!message.replace('\n', "").contains(char::is_control), "{:?}", message);
        }
    }
}
