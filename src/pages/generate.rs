//! From a model to the text of every block and every figure.

use std::collections::BTreeMap;

use super::blocks::Blocks;
use super::model::Model;
use super::plot::{self, Figures};
use super::sources::Way;
use super::{PageError, benchmarks, capacity_planning, load_testing, overview, slos};

/// Where figures lie, beside the pages.
pub const FIGURES: &str = "figures";

/// A page that is generated in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Its file.
    pub file: &'static str,
    /// What a page that is not there yet begins as: people's text, and its blocks without content.
    pub template: &'static str,
}

/// Every page.
pub const PAGES: [Page; 5] = [
    Page { file: OVERVIEW, template: include_str!("template/overview.md") },
    Page { file: BENCHMARKS, template: include_str!("template/benchmarks.md") },
    Page { file: SLOS, template: include_str!("template/slos.md") },
    Page { file: LOAD_TESTING, template: include_str!("template/load-testing.md") },
    Page { file: CAPACITY_PLANNING, template: include_str!("template/capacity-planning.md") },
];

const OVERVIEW: &str = "README.md";
const BENCHMARKS: &str = "benchmarks.md";
const SLOS: &str = "slos.md";
const LOAD_TESTING: &str = "load-testing.md";
const CAPACITY_PLANNING: &str = "capacity-planning.md";

/// The text of every block and every figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    /// The blocks of each page, by the page's file.
    pub blocks: BTreeMap<&'static str, Blocks>,
    /// The figures, by their file in [`FIGURES`].
    pub figures: BTreeMap<String, String>,
}

/// Generates everything; `up` leads from a page to the files of the repository, as `../../`.
///
/// # Errors
/// Where a figure cannot be drawn.
pub fn generate(model: &Model, up: Option<&str>) -> Result<Generated, PageError> {
    let way = Way(up.map(str::to_owned));
    let mut figures = Figures::default();
    let mut blocks = BTreeMap::from([
        (OVERVIEW, overview::blocks(model, &way)),
        (BENCHMARKS, benchmarks::blocks(model, &way, &mut figures)),
        (SLOS, slos::blocks(model, &way)),
        (LOAD_TESTING, load_testing::blocks(model, &way, &mut figures)),
        (CAPACITY_PLANNING, capacity_planning::blocks(model, &way)),
    ]);
    for text in blocks.values_mut().flat_map(BTreeMap::values_mut) {
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    let mut drawn = BTreeMap::new();
    for chart in figures.charts() {
        drawn.insert(format!("{}.svg", chart.name), plot::svg(&chart)?);
    }
    Ok(Generated { blocks, figures: drawn })
}

#[cfg(test)]
mod tests {
    use super::super::blocks::fill;
    use super::*;

    #[test]
    fn every_template_has_the_blocks_of_its_page() {
        let generated = generate(&Model::default(), None).unwrap();
        for page in PAGES {
            let blocks = &generated.blocks[page.file];
            let filled = fill(page.template, blocks).unwrap();
            assert!(blocks.values().all(|block| filled.contains(block)), "{filled}");
            assert!(filled.ends_with('\n') && !filled.ends_with("\n\n"), "{}", page.file);
        }
        assert_eq!(generated.blocks.len(), PAGES.len());
    }
}
