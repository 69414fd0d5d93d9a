//! Lists that come in pages.

use std::ops::ControlFlow;

use http::Uri;
use serde::de::DeserializeOwned;

use super::call::Call;
use super::{Client, Error, link};

/// How many pages are read before a list counts as endless. With 100 entries a page, nothing that
/// is read here comes near.
const PAGES: usize = 100;

impl Client {
    /// Every page of a list, until there is none or `visit` has what it looks for.
    pub(super) fn each_page<P: DeserializeOwned>(
        &self,
        first: Call,
        mut visit: impl FnMut(P) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let mut call = first;
        for _ in 0..PAGES {
            let answer = self.send(&call, None)?;
            if visit(answer.read(&call)?).is_break() {
                return Ok(());
            }
            let Some(next) = link::next(&answer.headers) else { return Ok(()) };
            let next = self.own(next, &call)?;
            call.path = next;
        }
        Err(Error::TooManyPages { doing: call.doing, pages: PAGES })
    }

    /// All entries of a list whose pages are plain arrays.
    pub(super) fn list<T: DeserializeOwned>(&self, first: Call) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        self.each_page(first, |page: Vec<T>| {
            all.extend(page);
            ControlFlow::Continue(())
        })?;
        Ok(all)
    }

    /// A link that leads to the API itself.
    fn own(&self, link: &str, call: &Call) -> Result<String, Error> {
        let foreign = |place: String| Error::ForeignLink { doing: call.doing.clone(), link: place };
        let uri: Uri = link.parse().map_err(|_| foreign("an address that is none".to_owned()))?;
        if link::same_place(&uri, self.base()) {
            Ok(link.to_owned())
        } else {
            Err(foreign(super::clean::clean(&link::place(&uri))))
        }
    }
}
