//! Pages filled from top to bottom: headings, paragraphs, tables, charts.

use super::font::{Font, encode};
use super::paragraph::{Line, lines};

/// A4 in points.
pub(super) const WIDTH: f32 = 595.0;
pub(super) const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 56.0;
/// The width of the text.
const MEASURE: f32 = WIDTH - 2.0 * MARGIN;
const BODY: f32 = 10.0;
const SMALL: f32 = 8.5;
/// From one line to the next, of the size.
const LEADING: f32 = 1.35;

/// Something on a page, measured from its lower left corner.
#[derive(Debug)]
pub(super) enum Item {
    Text {
        x: f32,
        y: f32,
        font: Font,
        size: f32,
        stretch: f32,
        text: Vec<u8>,
    },
    /// Filled, in a shade of grey from black at 0 to white at 1.
    Box {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        grey: f32,
    },
}

/// One page.
#[derive(Debug, Default)]
pub(super) struct Page(pub(super) Vec<Item>);

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) title: &'static str,
    /// Its part of the width; the parts of all columns add up to one.
    pub(super) part: f32,
}

/// Pages in the making.
pub(super) struct Composer {
    pages: Vec<Page>,
    page: Page,
    /// Where the next line's top is.
    y: f32,
    header: Vec<u8>,
}

impl Composer {
    /// A first page; `header` stands at the top of each.
    pub(super) fn new(header: &str) -> Self {
        let header = encode(header);
        let mut composer = Self { pages: Vec::new(), page: Page::default(), y: 0.0, header };
        composer.open();
        composer
    }

    fn open(&mut self) {
        self.y = HEIGHT - MARGIN;
        let text = self.header.clone();
        self.text(MARGIN, self.y + 16.0, Font::Regular, SMALL, text);
        self.rule(self.y + 10.0, 0.5);
    }

    /// Makes sure of that much height on this page, or starts another. True where it did.
    fn reserve(&mut self, height: f32) -> bool {
        // What is higher than a page starts one, and runs over.
        if self.y - height >= MARGIN || self.y >= HEIGHT - MARGIN {
            return false;
        }
        self.pages.push(std::mem::take(&mut self.page));
        self.open();
        true
    }

    fn text(&mut self, x: f32, y: f32, font: Font, size: f32, text: Vec<u8>) {
        self.page.0.push(Item::Text { x, y, font, size, stretch: 0.0, text });
    }

    fn rule(&mut self, y: f32, thickness: f32) {
        let rule = Item::Box { x: MARGIN, y, width: MEASURE, height: thickness, grey: 0.6 };
        self.page.0.push(rule);
    }

    fn line(&mut self, x: f32, font: Font, size: f32, line: Line) {
        let Line { text, stretch } = line;
        self.page.0.push(Item::Text { x, y: self.y - size, font, size, stretch, text });
    }

    /// The document's title.
    pub(super) fn title(&mut self, text: &str) {
        self.spaced(text, Font::Bold, 18.0, 6.0);
        self.y -= 6.0;
    }

    /// A heading, never the last line of a page.
    pub(super) fn heading(&mut self, text: &str) {
        self.reserve(60.0);
        self.y -= 10.0;
        self.spaced(text, Font::Bold, 12.0, 4.0);
    }

    fn spaced(&mut self, text: &str, font: Font, size: f32, below: f32) {
        for line in lines(text, font, size, MEASURE) {
            self.reserve(size * LEADING);
            self.line(MARGIN, font, size, Line { stretch: 0.0, ..line });
            self.y -= size * LEADING;
        }
        self.y -= below;
    }

    /// A paragraph, both its edges straight.
    pub(super) fn paragraph(&mut self, text: &str) {
        for line in lines(text, Font::Regular, BODY, MEASURE) {
            self.reserve(BODY * LEADING);
            self.line(MARGIN, Font::Regular, BODY, line);
            self.y -= BODY * LEADING;
        }
        self.y -= 5.0;
    }

    /// Labels and what they stand for, one below the other.
    pub(super) fn facts<L: AsRef<str>, V: AsRef<str>>(&mut self, facts: &[(L, V)]) {
        const LABEL: f32 = 150.0;
        for (label, value) in facts {
            let label = lines(label.as_ref(), Font::Bold, BODY, LABEL - 10.0);
            let value = lines(value.as_ref(), Font::Regular, BODY, MEASURE - LABEL);
            let columns = [(MARGIN, Font::Bold, label), (MARGIN + LABEL, Font::Regular, value)];
            self.side_by_side(columns, BODY);
            self.y -= 2.0;
        }
        self.y -= 5.0;
    }

    /// Columns of lines that start at one height.
    fn side_by_side<const N: usize>(&mut self, columns: [(f32, Font, Vec<Line>); N], size: f32) {
        let rows = columns.iter().map(|(.., lines)| lines.len()).max().unwrap_or(0);
        self.reserve((rows as f32 * size * LEADING).min(HEIGHT / 3.0));
        let mut columns = columns.map(|(x, font, lines)| (x, font, lines.into_iter()));
        for _ in 0..rows {
            self.reserve(size * LEADING);
            for (x, font, lines) in &mut columns {
                if let Some(line) = lines.next() {
                    self.line(*x, *font, size, Line { stretch: 0.0, ..line });
                }
            }
            self.y -= size * LEADING;
        }
    }

    /// A table; its head is repeated on every page.
    pub(super) fn table<const N: usize>(&mut self, columns: [Column; N], rows: &[[String; N]]) {
        self.reserve(50.0);
        self.head(&columns);
        for row in rows {
            let mut x = MARGIN;
            let mut cells = Vec::with_capacity(N);
            for (column, cell) in columns.iter().zip(row) {
                let width = MEASURE * column.part;
                cells.push((x, Font::Regular, lines(cell, Font::Regular, SMALL, width - 6.0)));
                x += width;
            }
            let height = cells.iter().map(|(.., lines)| lines.len()).max().unwrap_or(0);
            if self.reserve(height as f32 * SMALL * LEADING + 4.0) {
                self.head(&columns);
            }
            if let Ok(cells) = <[_; N]>::try_from(cells) {
                self.side_by_side(cells, SMALL);
            }
            self.rule(self.y, 0.2);
            self.y -= 3.0;
        }
        self.y -= 6.0;
    }

    fn head<const N: usize>(&mut self, columns: &[Column; N]) {
        let grey = Item::Box {
            x: MARGIN,
            y: self.y - SMALL * LEADING - 2.0,
            width: MEASURE,
            height: SMALL * LEADING + 2.0,
            grey: 0.9,
        };
        self.page.0.push(grey);
        let mut x = MARGIN;
        for column in columns {
            self.text(x, self.y - SMALL, Font::Bold, SMALL, encode(column.title));
            x += MEASURE * column.part;
        }
        self.y -= SMALL * LEADING + 5.0;
    }

    /// A bar for each value, from zero to `most`.
    pub(super) fn bars(&mut self, caption: &str, values: &[f64], most: f64) {
        const TALL: f32 = 70.0;
        if values.is_empty() || most <= 0.0 {
            return;
        }
        self.reserve(TALL + 30.0);
        let width = (MEASURE / values.len() as f32).min(24.0);
        let floor = self.y - TALL;
        for (index, value) in values.iter().enumerate() {
            let height = (value / most).clamp(0.0, 1.0) as f32 * TALL;
            let x = MARGIN + index as f32 * width;
            let bar = Item::Box { x, y: floor, width: width * 0.8, height, grey: 0.45 };
            self.page.0.push(bar);
        }
        self.rule(floor, 0.4);
        self.text(MARGIN, floor - SMALL - 3.0, Font::Regular, SMALL, encode(caption));
        self.y = floor - 22.0;
    }

    /// A line to sign on.
    pub(super) fn signature(&mut self, who: &str) {
        self.reserve(70.0);
        self.y -= 44.0;
        let line = Item::Box { x: MARGIN, y: self.y, width: 220.0, height: 0.5, grey: 0.0 };
        self.page.0.push(line);
        self.y -= 4.0;
        self.spaced(who, Font::Regular, SMALL, 6.0);
    }

    /// The pages, numbered.
    pub(super) fn finish(mut self) -> Vec<Page> {
        self.pages.push(self.page);
        let count = self.pages.len();
        for (index, page) in self.pages.iter_mut().enumerate() {
            let text = encode(&format!("Page {} of {count}", index + 1));
            let x = WIDTH - MARGIN - Font::Regular.width(&text) as f32 * SMALL / 1000.0;
            let (y, font) = (MARGIN - 22.0, Font::Regular);
            page.0.push(Item::Text { x, y, font, size: SMALL, stretch: 0.0, text });
        }
        self.pages
    }
}
