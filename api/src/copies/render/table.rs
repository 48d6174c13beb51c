//! Spreadsheets: RFC 4180 in UTF-8 with a byte order mark, so that every spreadsheet program reads the letters right.

use std::io::Write;

use super::entry::Entry;
use crate::base::{Error, Result};
use crate::words::{self, Language, say};

/// Message ids of the columns.
pub const COLUMNS: [&str; 18] = [
    "copies-column-date",
    "copies-column-name",
    "copies-column-result",
    "copies-column-number",
    "copies-column-unit",
    "copies-column-range",
    "copies-column-meaning",
    "copies-column-status",
    "copies-column-author",
    "copies-column-place",
    "copies-column-details",
    "copies-column-mistake",
    "copies-column-files",
    "copies-column-code",
    "copies-column-source",
    "copies-column-received",
    "copies-column-type",
    "copies-column-id",
];

/// The spreadsheet of one category, being written.
pub struct Sheet<W: Write> {
    out: csv::Writer<W>,
    language: Language,
}

impl<W: Write> Sheet<W> {
    /// Starts one with its headers.
    pub fn new(mut out: W, language: Language) -> Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        out.write_record(COLUMNS.map(|id| say(language, id))).map_err(Error::internal)?;
        Ok(Self { out, language })
    }

    /// Writes the row of an item.
    pub fn row(&mut self, entry: &Entry) -> Result<()> {
        let number = entry.number.as_ref();
        let yes = if entry.mistake { say(self.language, "word-yes") } else { String::new() };
        let code = entry.code.as_ref().map(|(system, code)| format!("{system}|{code}")).unwrap_or_default();
        let files: Vec<&str> = entry.files.iter().map(|(path, _)| path.as_str()).collect();
        let cells = [
            entry.when.as_ref().map(|when| when.text.clone()).unwrap_or_default(),
            entry.title.clone(),
            entry.value.clone(),
            number.map(|n| n.value.to_string()).unwrap_or_default(),
            number.map(|n| words::unit(self.language, &n.unit)).unwrap_or_default(),
            entry.range.clone(),
            entry.flag_words(self.language),
            entry.status.clone(),
            entry.author.clone(),
            entry.place.clone(),
            details(entry),
            yes,
            files.join("; "),
            code,
            entry.source.clone(),
            entry.received.clone(),
            entry.reference.0.clone(),
            entry.reference.1.clone(),
        ];
        self.out.write_record(cells.map(|cell| harmless(cell).into_owned())).map_err(Error::internal)?;
        Ok(())
    }

    /// Ends it and gives the writer back.
    pub fn finish(self) -> Result<W> {
        self.out.into_inner().map_err(|error| Error::internal(error.into_error()))
    }
}

/// Longest text of one cell; spreadsheet programs take 32,767 characters.
const LONGEST: usize = 32_000;

/// Everything else the item says, in one cell.
fn details(entry: &Entry) -> String {
    let mut text = String::new();
    let mut add = |line: &str| {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    };
    for (label, value) in entry.fields.iter().chain(&entry.paragraphs) {
        add(&format!("{label}: {value}"));
    }
    for table in &entry.tables {
        add(&table.caption);
        for row in &table.rows {
            let cells = table.columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            add(&cells.map(|(column, cell)| format!("{column}: {cell}")).collect::<Vec<_>>().join("; "));
        }
    }
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|n| text.is_char_boundary(*n)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

/// A cell that no spreadsheet program takes for a formula: one that begins like a formula gets an apostrophe in front.
/// Plain numbers stay numbers.
fn harmless(cell: String) -> std::borrow::Cow<'static, str> {
    let begins = cell.trim_start_matches([' ', '\u{a0}', '\u{feff}']).chars().next();
    let formula =
        matches!(begins, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'));
    if formula && !is_number(&cell) { format!("'{cell}").into() } else { cell.into() }
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, expected) in [
            ("Glucose", "Glucose"),
            ("", ""),
            ("5.4", "5.4"),
            ("-5.4", "-5.4"),
            ("-0.25", "-0.25"),
            ("-120", "-120"),
            ("-5.4 %", "'-5.4 %"),
            ("-1+1", "'-1+1"),
            ("=1+1", "'=1+1"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1 555 0100", "'+1 555 0100"),
            ("-", "'-"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("\n=1", "'\n=1"),
            (" =1", "' =1"),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
        ] {
            assert_eq!(harmless(cell.to_owned()), expected, "{cell:?}");
        }
    }
}
