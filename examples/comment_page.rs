//! A pull-request comment as a page: reads a report (`--format json`) from stdin, writes HTML to
//! stdout. `docs/images/render.sh` makes the picture of the README from it.

use std::io::{self, Read, Write};

use tailguard::report::{
    BaselineAge, Commits, LabelOffer, Report, Setting, StoredSession, comment,
};

/// A service's comment box, in few rules of our own.
const STYLE: &str = "\
body{margin:0;padding:16px;background:#fff;color:#1f2328;width:1040px;
font:14px/1.5 'Liberation Sans',Arial,sans-serif,'Noto Color Emoji'}
.box{border:1px solid #d1d9e0;border-radius:6px;overflow:hidden}
.who{background:#f6f8fa;border-bottom:1px solid #d1d9e0;padding:8px 16px;color:#59636e}
.who b{color:#1f2328}
.who span{border:1px solid #d1d9e0;border-radius:2em;padding:0 7px;font-size:12px}
.text{padding:16px}
.text>:first-child{margin-top:0}
.text>:last-child{margin-bottom:0}
p,ul,table,details{margin:0 0 16px}
ul{padding-left:2em}
code{background:#818b981f;border-radius:6px;padding:.2em .4em;
font:12px 'Liberation Mono',monospace}
table{border-collapse:collapse;font-size:13px}
th,td{border:1px solid #d1d9e0;padding:5px 9px}
th{background:#fff;font-weight:600}
tr:nth-child(2n) td{background:#f6f8fa}
td:first-child,td:nth-child(4),td:nth-child(5){white-space:nowrap}
a{color:#0969da;text-decoration:none}";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut json = String::new();
    io::stdin().read_to_string(&mut json)?;
    let report: Report = serde_json::from_str(&json)?;
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.render.r#unsafe = true;
    let body = comrak::markdown_to_html(&comment(&report, &setting(), 65_000), &options);
    write!(
        io::stdout(),
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>A comment</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n<div class=\"box\">\n\
         <div class=\"who\"><b>github-actions</b> <span>bot</span> commented · edited</div>\n\
         <div class=\"text\">\n{body}</div>\n</div>\n\
         <script>document.body.dataset.height=document.documentElement.offsetHeight</script>\n\
         </body>\n</html>\n"
    )?;
    Ok(())
}

fn setting() -> Setting<'static> {
    Setting {
        commits: Some(Commits {
            head: "5d41c0f1a2b86e0974c3f5d80e1b7a6294f3c8d1",
            merge: Some("e83c5163316f89bfbde7d9ab23ca2e25604af290"),
            base_ref: Some("main"),
            base: Some("9b74c9897bac770ffc029102a200c5de1ad3b7f6"),
            judged_by: Some("9b74c9897bac770ffc029102a200c5de1ad3b7f6"),
            ..Commits::default()
        }),
        baselines: &[BaselineAge {
            suite: "api",
            sessions: 6,
            newest: StoredSession { time: None, days: Some(3), commit: None },
            oldest: StoredSession { time: None, days: Some(21), commit: None },
        }],
        offers: &[LabelOffer { label: "perf-accepted", rows: &["api/*"], up_to: "30%" }],
        expires: Some("2026-12-23"),
        reproduce: &["git fetch origin pull/12/head", "tailguard check"],
        run_url: Some("https://github.com/octo/clinic/actions/runs/101"),
        summary_url: Some("https://github.com/octo/clinic/actions/runs/102"),
        ..Setting::default()
    }
}
