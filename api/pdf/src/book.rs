//! What the caller hands over: a record as chapters, items and tables of plain, already localised text.

/// A whole record, ready to print. Every string is plain text in the language of `language`; line breaks in it
/// are kept, control characters are removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// Language of the text as a BCP 47 tag, such as `en` or `es`.
    pub language: String,
    /// Title of the document: printed large on the first page and shown by PDF readers.
    pub title: String,
    /// Who the record is about, such as name and birth date; printed on every page.
    pub patient_line: String,
    /// When and by which clinic the copy was made; printed on every page.
    pub made_line: String,
    /// The same moment for the metadata of the file; none leaves the date out.
    pub made: Option<Made>,
    /// Paragraphs under the title.
    pub intro: Vec<String>,
    /// Heading of the table of contents.
    pub contents_heading: String,
    /// Pattern of the page number, such as `Page {page} of {pages}`.
    pub page_of: String,
    /// Paragraph that explains codes such as `[U+4E2D]`, printed on the first page only if a letter of the
    /// book is in no built-in font. Empty for none.
    pub missing_letters_note: String,
    /// The parts of the record, in order.
    pub chapters: Vec<Chapter>,
    /// Last paragraph: where the attached documents are. Empty for none.
    pub attachments_note: String,
}

/// A moment in UTC, for the metadata of the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    /// Year, such as 2026.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 59.
    pub second: u8,
}

/// One part of a record, such as "Lab results": a heading, an overview and the items one by one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chapter {
    /// Heading; also in the table of contents and the bookmarks.
    pub heading: String,
    /// Paragraph under the heading. Empty for none.
    pub intro: String,
    /// Overview of the items, such as date, name, result and range.
    pub summary: Option<Table>,
    /// The items that need more room than a row of the overview.
    pub items: Vec<Item>,
}

/// One entry of a chapter. With only a title and a date it is printed as one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// Heading of the item.
    pub title: String,
    /// When it happened, as the reader should see it. Empty for unknown.
    pub when: String,
    /// Pairs of label and value.
    pub fields: Vec<(String, String)>,
    /// Tables, such as the parts of a panel.
    pub tables: Vec<Table>,
    /// Running text, such as a note.
    pub paragraphs: Vec<String>,
}

impl Item {
    /// Whether the item is only a title and a date, which need no block of their own.
    pub(crate) fn is_one_line(&self) -> bool {
        self.fields.is_empty() && self.tables.is_empty() && self.paragraphs.is_empty()
    }
}

/// A table with one row of headers, repeated on every page. A row may be shorter or longer than `columns`:
/// missing cells are printed empty, cells without a column are joined to the last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// What the table shows. Empty for none.
    pub caption: String,
    /// Headers of the columns.
    pub columns: Vec<String>,
    /// Cells, row by row.
    pub rows: Vec<Vec<String>>,
}
