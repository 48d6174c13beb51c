//! Lines of the record as lists show them: an item's title, date, result, place, and where it leads.

use api::records::ItemLine;
use askama::Template;
use askama::filters::HtmlSafe;

use crate::i18n::Words;

/// A list of lines.
#[derive(Template)]
#[template(path = "parts/lines.html")]
pub struct Lines<'a> {
    /// The reader's words.
    pub w: Words,
    /// The lines.
    pub lines: &'a [ItemLine],
    /// Whether each line names its category.
    pub naming: Naming,
}

impl HtmlSafe for Lines<'_> {}

/// Whether a line says which category it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// The page is of one category.
    Plain,
    /// Lines of several categories stand together.
    Category,
}

impl Lines<'_> {
    fn title(&self, line: &ItemLine) -> String {
        title(self.w, line)
    }

    fn value(&self, line: &ItemLine) -> Option<String> {
        value(self.w, line)
    }

    fn names_category(&self) -> bool {
        self.naming == Naming::Category
    }
}

/// The title in the source's words; where it gives none, the kind of thing in the reader's language.
pub fn title(w: Words, line: &ItemLine) -> String {
    line.title.clone().unwrap_or_else(|| w.t(&line.kind))
}

/// The result in a few words, if there is one that the title does not say already.
pub fn value(w: Words, line: &ItemLine) -> Option<String> {
    let value = line.value.clone().filter(|value| line.title.as_ref() != Some(value));
    value.or_else(|| line.word.as_deref().map(|id| w.t(id)))
}

/// The address of an item's page.
pub fn href(line: &ItemLine) -> String {
    format!("/record/{}/{}", line.category.slug(), line.item)
}
