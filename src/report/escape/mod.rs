//! Names from result files are hostile text. Each place has its own way to disarm them.

mod markdown;
mod plain;
mod toml;
mod visible;
mod xml;

pub(super) use markdown::{fence, markdown_code, markdown_link, markdown_words};
pub(super) use plain::{no_command, plain, terminal};
pub(super) use toml::toml_string;
pub(super) use visible::{LONGEST_MESSAGE, LONGEST_NAME};
pub(super) use xml::xml;
