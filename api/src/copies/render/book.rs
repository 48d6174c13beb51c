//! The PDF's contents: a chapter for each category, an overview of its items, and those that say more than a row.
//! A very large record is typeset in volumes, so that memory stays bounded.

use chrono::{Datelike, Timelike};
use pdf::{Book, Chapter, Item, Made, Table};

use super::Context;
use super::entry::{Entry, TextTable};
use crate::base::{Error, Result};
use crate::fhir::present::Category;
use crate::words::{Language, say, say_with};

/// Most items and most bytes of text of one volume.
const MOST_ITEMS: usize = 6_000;
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The book being filled.
pub struct Volume {
    language: Language,
    book: Book,
    chapter: Option<Chapter>,
    items: usize,
    bytes: usize,
}

impl Volume {
    /// An empty volume.
    pub fn new(context: &Context) -> Self {
        let language = context.language;
        let say = |id| say(language, id);
        let made = context.made.utc();
        let number = |n: u32| u8::try_from(n).unwrap_or(0);
        let mut intro = context.notice_lines().to_vec();
        intro.extend([context.scope_line.clone(), say("copies-pdf-intro")]);
        intro.extend(context.missing.iter().cloned());
        let book = Book {
            language: language.tag().to_owned(),
            title: say("copies-title"),
            patient_line: context.patient_line.clone(),
            made_line: context.made_line.clone(),
            made: Some(Made {
                year: u16::try_from(made.year()).unwrap_or(1970),
                month: number(made.month()),
                day: number(made.day()),
                hour: number(made.hour()),
                minute: number(made.minute()),
                second: number(made.second()),
            }),
            intro,
            contents_heading: say("copies-pdf-contents"),
            page_of: say_with(
                language,
                "copies-pdf-page",
                &[("page", "{page}".into()), ("pages", "{pages}".into())],
            ),
            missing_letters_note: say("copies-pdf-letters"),
            chapters: Vec::new(),
            attachments_note: if context.documents.is_empty() {
                String::new()
            } else {
                say("copies-pdf-files")
            },
        };
        Self { language, book, chapter: None, items: 0, bytes: 0 }
    }

    /// Begins a chapter.
    pub fn chapter(&mut self, category: Category) {
        self.close();
        let say = |id| say(self.language, id);
        let columns =
            ["copies-column-date", "copies-column-name", "copies-column-result", "copies-column-range"];
        self.chapter = Some(Chapter {
            heading: say(category.name()),
            intro: say(category.intro()),
            summary: Some(Table {
                caption: String::new(),
                columns: columns.iter().map(|id| say(id)).collect(),
                rows: Vec::new(),
            }),
            items: Vec::new(),
        });
    }

    /// Adds an item to the open chapter.
    pub fn add(&mut self, entry: &Entry) {
        let Some(chapter) = &mut self.chapter else { return };
        self.items += 1;
        if let Some(summary) = &mut chapter.summary {
            summary.rows.push(row(self.language, entry));
        }
        if entry.plain {
            return;
        }
        let item = item(self.language, entry);
        self.bytes += item.fields.iter().map(|(a, b)| a.len() + b.len()).sum::<usize>()
            + item.paragraphs.iter().map(String::len).sum::<usize>()
            + item.tables.iter().flat_map(|t| t.rows.iter().flatten()).map(String::len).sum::<usize>();
        chapter.items.push(item);
    }

    /// Whether it should be typeset before more is added.
    pub fn is_full(&self) -> bool {
        self.items >= MOST_ITEMS || self.bytes >= MOST_BYTES
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.items == 0
    }

    /// The volume as a PDF file. Blocks.
    pub fn typeset(mut self) -> Result<Vec<u8>> {
        self.close();
        pdf::typeset(&self.book).map_err(Error::internal)
    }

    fn close(&mut self) {
        if let Some(summary) = self.chapter.as_mut().and_then(|chapter| chapter.summary.as_mut()) {
            leave_out_empty(summary);
        }
        self.book.chapters.extend(self.chapter.take());
    }
}

/// Leaves out the columns in which no row says anything.
fn leave_out_empty(table: &mut Table) {
    let rows = &table.rows;
    let says = |n: usize| rows.iter().any(|row| row.get(n).is_some_and(|cell| !cell.is_empty()));
    let keep: Vec<bool> = (0..table.columns.len()).map(says).collect();
    let kept = |cells: &mut Vec<String>| {
        let mut keep = keep.iter();
        cells.retain(|_| keep.next().copied().unwrap_or(true));
    };
    kept(&mut table.columns);
    table.rows.iter_mut().for_each(kept);
}

fn row(language: Language, entry: &Entry) -> Vec<String> {
    let mut range = entry.range.clone();
    if let Some(flag) = entry.flag.filter(|flag| flag.stands_out()) {
        let word = say(language, flag.name());
        range = if range.is_empty() { word } else { format!("{word} ({range})") };
    }
    let mut title = entry.title.clone();
    if entry.mistake {
        title = format!("{title} ({})", say(language, "copies-mistake"));
    }
    vec![entry.date.clone(), title, entry.value.clone(), range]
}

fn item(language: Language, entry: &Entry) -> Item {
    let mut fields = entry.fields.clone();
    for (path, words) in &entry.files {
        fields.push((say(language, "label-attachment"), format!("{words} ({path})")));
    }
    fields.push((say(language, "copies-column-source"), entry.source.clone()));
    let mut paragraphs = Vec::new();
    for (label, text) in &entry.paragraphs {
        paragraphs.push(format!("{label}: {text}"));
    }
    Item {
        title: entry.title.clone(),
        when: entry.date.clone(),
        fields,
        tables: entry.tables.iter().map(table).collect(),
        paragraphs,
    }
}

fn table(table: &TextTable) -> Table {
    Table { caption: table.caption.clone(), columns: table.columns.clone(), rows: table.rows.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_say_nothing_are_left_out() {
        let text = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        for (rows, columns, first) in [
            (
                vec![["May", "A", "", ""], ["", "B", "5 %", ""]],
                vec!["Date", "Name", "Result"],
                vec!["May", "A", ""],
            ),
            (vec![["", "A", "", ""]], vec!["Name"], vec!["A"]),
            (vec![["x", "A", "1", "2"]], vec!["Date", "Name", "Result", "Range"], vec!["x", "A", "1", "2"]),
        ] {
            let mut table = Table {
                caption: String::new(),
                columns: text(&["Date", "Name", "Result", "Range"]),
                rows: rows.iter().map(|row| text(row)).collect(),
            };
            leave_out_empty(&mut table);
            assert_eq!((table.columns, &table.rows[0]), (text(&columns), &text(&first)));
        }
    }
}
