//! What is asked for, what was measured, and whether that is it.

use std::fmt::Write as _;

/// One target.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What is asked for.
    pub asked: String,
    /// What was measured.
    pub measured: String,
    /// Whether that is it; `None` where nothing was there to tell.
    pub met: Option<bool>,
}

/// The table of the documentation.
#[must_use]
pub fn table(targets: &[Target]) -> String {
    let mut text = String::from("| target | measured | |\n| --- | --- | --- |\n");
    for Target { asked, measured, met } in targets {
        let met = match met {
            Some(true) => "met",
            Some(false) => "**not met**",
            None => "cannot be told",
        };
        let _ = writeln!(text, "| {asked} | {measured} | {met} |");
    }
    text
}
