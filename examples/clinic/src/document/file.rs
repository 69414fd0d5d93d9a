//! Pages into the bytes of a PDF file.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

use super::font::Font;
use super::page::{HEIGHT, Item, Page, WIDTH};

const CATALOG: Ref = Ref::new(1);
const TREE: Ref = Ref::new(2);
const INFO: Ref = Ref::new(3);
const REGULAR: Ref = Ref::new(4);
const BOLD: Ref = Ref::new(5);
/// The number of the first page's object; its content has the next one.
const FIRST_PAGE: i32 = 6;

/// A PDF file, the same bytes for the same pages.
///
/// # Errors
///
/// Where the content cannot be compressed.
pub(super) fn file(title: &str, pages: &[Page]) -> std::io::Result<Vec<u8>> {
    let mut pdf = Pdf::new();
    let number = |index: usize| Ref::new(FIRST_PAGE + 2 * index as i32);
    pdf.catalog(CATALOG).pages(TREE);
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    pdf.pages(TREE).kids((0..pages.len()).map(number)).count(count);
    pdf.document_info(INFO).title(TextStr(title));
    for (id, name) in [(REGULAR, "Helvetica"), (BOLD, "Helvetica-Bold")] {
        let mut font = pdf.type1_font(id);
        font.base_font(Name(name.as_bytes())).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    for (index, page) in pages.iter().enumerate() {
        let id = number(index);
        let content = Ref::new(id.get() + 1);
        let mut object = pdf.page(id);
        object.parent(TREE).media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).contents(content);
        object.resources().fonts().pair(name(Font::Regular), REGULAR).pair(name(Font::Bold), BOLD);
        object.finish();
        let compressed = compress(&draw(page))?;
        pdf.stream(content, &compressed).filter(Filter::FlateDecode);
    }
    Ok(pdf.finish())
}

fn name(font: Font) -> Name<'static> {
    match font {
        Font::Regular => Name(b"R"),
        Font::Bold => Name(b"B"),
    }
}

fn draw(page: &Page) -> Vec<u8> {
    let mut content = Content::new();
    for item in &page.0 {
        match item {
            Item::Text { x, y, font, size, stretch, text } => {
                content.begin_text();
                content.set_font(name(*font), *size);
                content.set_word_spacing(*stretch);
                content.set_text_matrix([1.0, 0.0, 0.0, 1.0, *x, *y]);
                content.show(Str(text));
                content.end_text();
            }
            Item::Box { x, y, width, height, grey } => {
                content.set_fill_gray(*grey);
                content.rect(*x, *y, *width, *height);
                content.fill_nonzero();
                content.set_fill_gray(0.0);
            }
        }
    }
    content.finish().into_vec()
}

fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}
