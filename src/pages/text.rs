//! Bytes of a page as text.

use std::path::Path;

use super::PageError;

/// The text of a page.
///
/// # Errors
/// Where it is not UTF-8.
pub(super) fn text_of<'b>(path: &Path, bytes: &'b [u8]) -> Result<&'b str, PageError> {
    std::str::from_utf8(bytes).map_err(|_| PageError::NotText { path: path.to_owned() })
}
