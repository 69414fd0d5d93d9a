//! The figures of all pages: each gets a file of its own.

use std::collections::BTreeSet;

use super::Chart;
use crate::pages::FIGURES;
use crate::report::prose;

/// The figures that pages show, in order.
#[derive(Debug, Default)]
pub(in crate::pages) struct Figures {
    charts: Vec<Chart>,
    names: BTreeSet<String>,
}

impl Figures {
    /// Takes a chart in, and gives the Markdown that shows it, with an empty line below.
    pub(in crate::pages) fn show(&mut self, chart: Option<Chart>) -> String {
        let Some(mut chart) = chart else { return String::new() };
        let mut name = chart.name.clone();
        let mut again = 1;
        while !self.names.insert(name.clone()) {
            again += 1;
            name = format!("{}-{again}", chart.name);
        }
        chart.name = name;
        // Brackets would end the text of an image, wherever they come from.
        let words = prose::words(&chart.description).replace('[', "&#91;").replace(']', "&#93;");
        let image = format!("![{words}]({FIGURES}/{}.svg)\n\n", chart.name);
        self.charts.push(chart);
        image
    }

    /// Every chart, under the name of its file.
    pub(in crate::pages) fn charts(self) -> Vec<Chart> {
        self.charts
    }
}
