//! Lines of the record as lists show them: an item's title, date, result, place, and where it leads.

use api::records::ItemLine;
use api::words;
use askama::Template;
use askama::filters::HtmlSafe;

use crate::i18n::Words;

/// A list of lines.
#[derive(Template)]
#[template(path = "parts/lines.html")]
pub struct Lines<'a> {
    /// The reader's words.
    pub w: Words,
    /// What stands before the addresses of this record.
    pub base: &'a str,
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

    fn range(&self, range: &str) -> String {
        self.w.t1("line-range", "range", words::range(self.w.language, range))
    }

    /// What kind of thing a line is, where the lines are of several kinds and its title does not say it.
    fn kind(&self, line: &ItemLine) -> Option<String> {
        let mixed = self.lines.iter().any(|other| kind(other) != kind(line));
        let said = line.title.is_none() || line.reference.0 == "Provenance";
        (mixed && !said).then(|| self.w.t(kind(line)))
    }

    fn names_category(&self) -> bool {
        self.naming == Naming::Category
    }
}

/// The message id of what kind of thing a line is. A report on results is told from the results themselves.
pub fn kind(line: &ItemLine) -> &str {
    match (line.reference.0.as_str(), line.kind.as_str()) {
        ("DiagnosticReport", "kind-lab-result") => "kind-report",
        (_, kind) => kind,
    }
}

/// The title in the source's words, with a name in the reader's language where the thing is a common one; where the
/// source gives none, the kind of thing.
pub fn title(w: Words, line: &ItemLine) -> String {
    if line.reference.0 == "Provenance" {
        return words::provenance_title(w.language, line.author.as_deref());
    }
    match &line.title {
        Some(title) => words::title(w.language, title, line.known),
        None => w.t(&line.kind),
    }
}

/// The result in a few words, if there is one that the title does not say already.
pub fn value(w: Words, line: &ItemLine) -> Option<String> {
    let value = line.value.clone().filter(|value| line.title.as_ref() != Some(value));
    let value = value.map(|value| words::value(w.language, &value));
    value.or_else(|| line.word.as_deref().map(|id| w.t(id)))
}

/// The address of an item's page within its record.
pub fn href(line: &ItemLine) -> String {
    format!("/record/{}/{}", line.category.slug(), line.address)
}
