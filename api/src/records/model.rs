//! What the record room gives out: counts, lines of lists, items, search results, and what is missing.

use super::label_asks::Asks;
use super::labels::{Change, Labelled, NoteApart, Withholding};
use crate::base::{Instant, ItemAddress, PatientNo};
use crate::fhir::present::{Category, View};
use crate::fhir::sensitivity::Label;

/// The person a record is about, as pages and copies name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their number here.
    pub patient: PatientNo,
    /// Their name as the source writes it.
    pub name: String,
    /// Their birth date, as the source writes it (`1968-03-04`).
    pub birth_date: Option<String>,
    /// The administrative sex code of the source.
    pub sex: Option<String>,
    /// Whether and when they died, as the source writes it.
    pub deceased: Option<String>,
}

/// The pages that an overview is for; the log tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Front {
    /// The home page.
    Home,
    /// The first page of the record.
    Record,
    /// A page about copies.
    Copies,
}

impl Front {
    /// The word in the ledger (`What::kind`).
    pub fn kind(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Record => "overview",
            Self::Copies => "copies",
        }
    }
}

/// A category with its count and newest item.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// Which.
    pub category: Category,
    /// How many items.
    pub count: i64,
    /// When the newest of them happened, as the source writes it; none where no item has a date. A bare date has no
    /// time zone, so it must never become a moment.
    pub newest: Option<String>,
}

/// What somebody else would see of a record: counted among what the one who asks sees.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Whose.
    pub person: Person,
    /// Each category: how many items the one who asks sees, and how many of them would be seen.
    pub shelves: Vec<(Category, i64, i64)>,
    /// How many of them each protected kind of information keeps back; a kind that keeps back none is not here.
    pub hidden: Vec<(Label, i64)>,
    /// Whether a limit that the person asked for, and the clinic agreed to, counts for a helper as well.
    pub limited: bool,
}

/// The first page of a record.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Whose.
    pub person: Person,
    /// Each category that has something, in the order of [`Category::ALL`].
    pub shelves: Vec<Shelf>,
    /// When something was last received from any source.
    pub updated: Option<Instant>,
    /// Whether the account has looked before, on another visit.
    pub been_here: bool,
    /// Items received since the account last looked, with the newest five.
    pub new_count: i64,
    /// The newest five of them.
    pub new_items: Vec<ItemLine>,
    /// Visits, newest first, at most twelve: the timeline of the home page.
    pub visits: Vec<ItemLine>,
    /// The last five ledger entries.
    pub accesses: Vec<crate::disclosures::Line>,
    /// Whether the law keeps something from the person themselves, who reads this.
    pub withheld: bool,
}

/// One line of a list.
#[derive(Debug, Clone)]
pub struct ItemLine {
    /// What stands for it in addresses.
    pub address: ItemAddress,
    /// FHIR type and id and version.
    pub reference: (String, String, i64),
    /// Category.
    pub category: Category,
    /// The message id of what kind of thing it is: a prescription, a hospital stay.
    pub kind: String,
    /// Title in the source's words; where the source gives none, the kind stands in its place.
    pub title: Option<String>,
    /// The message id of what it is, where its code is one of the common ones (`fhir::present::known`).
    pub known: Option<&'static str>,
    /// When it happened, as the source writes it (a FHIR date, dateTime or instant).
    pub when: Option<String>,
    /// The result in a few words: `5.4 %`.
    pub value: Option<String>,
    /// The message id of the result where it is a word of ours (yes, no, not asked).
    pub word: Option<String>,
    /// The normal range in a few words.
    pub range: Option<String>,
    /// Whether it lies outside: a message id such as `flag-high`.
    pub flag: Option<String>,
    /// The message id of its status.
    pub status: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// Marked by the source as entered in error.
    pub entered_in_error: bool,
    /// The name of the source system.
    pub source: String,
}

/// Which lines to show.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Words to search for, as typed. Every word must be found.
    pub words: Option<String>,
    /// Only this category.
    pub category: Option<Category>,
    /// Not before this day (`2020-01-31`).
    pub from: Option<String>,
    /// Not after this day.
    pub to: Option<String>,
    /// Only this source system, by name.
    pub source: Option<String>,
    /// Only this place, exactly as a line names it.
    pub place: Option<String>,
    /// The page, from 1.
    pub page: u32,
}

/// One page of lines, newest first.
#[derive(Debug, Clone)]
pub struct List {
    /// Whose.
    pub person: Person,
    /// The lines.
    pub lines: Vec<ItemLine>,
    /// How many lines the filter finds in all.
    pub total: i64,
    /// The page shown, from 1.
    pub page: u32,
    /// The last page.
    pub pages: u32,
    /// The sources and places that occur in this category, for the filters.
    pub sources: Vec<String>,
    /// The places.
    pub places: Vec<String>,
    /// Whether the law keeps something of this category, or of all that is searched, from the person themselves, who
    /// reads this.
    pub withheld: bool,
}

/// One point of a trend.
#[derive(Debug, Clone)]
pub struct Point {
    /// When, microseconds.
    pub at: i64,
    /// When, as the source writes it.
    pub when: String,
    /// The value; of a blood pressure the systolic one.
    pub value: f64,
    /// The second value of a pair: the diastolic blood pressure.
    pub second: Option<f64>,
    /// The value in words, with its unit.
    pub text: String,
}

/// The values of the same test over time, oldest first.
#[derive(Debug, Clone)]
pub struct Trend {
    /// The unit, the same for all points.
    pub unit: String,
    /// The normal range of the newest point that has one.
    pub low: Option<f64>,
    /// The upper bound.
    pub high: Option<f64>,
    /// At least two points.
    pub points: Vec<Point>,
}

/// A link from an item to another of the same record.
#[derive(Debug, Clone)]
pub struct Related {
    /// The message id of what it is: `field-encounter`.
    pub label: &'static str,
    /// Its category and address, if it is in this record; else it is shown without a link.
    pub target: Option<(Category, ItemAddress)>,
    /// Its words.
    pub title: Option<String>,
    /// The message id of what it is, where its code is one of the common ones.
    pub known: Option<&'static str>,
    /// The message id of what kind of thing it is, if it is in this record.
    pub kind: Option<String>,
}

/// An item page.
#[derive(Debug, Clone)]
pub struct Item {
    /// Whose.
    pub person: Person,
    /// Its line.
    pub line: ItemLine,
    /// Everything a person can read in it.
    pub view: View,
    /// The same test over time, where there are at least two values.
    pub trend: Option<Trend>,
    /// The results that a report lists, in its order, as far as they are seen.
    pub results: Vec<ItemLine>,
    /// Where else it leads to.
    pub related: Vec<Related>,
    /// The resource as it was gathered.
    pub raw: String,
    /// When this version was received.
    pub received: Instant,
    /// Earlier versions kept.
    pub earlier_versions: i64,
    /// Which specially protected kinds of information it holds.
    pub labels: Vec<Labelled>,
    /// What staff took away of it, for the person themselves and for staff.
    pub taken: Vec<Change>,
    /// Labels that the reader may put on it (true) or take from it.
    pub marks: Vec<(Label, bool)>,
    /// What was asked about how it is protected.
    pub asks: Asks,
}

/// A stored document, released.
#[derive(Debug, Clone)]
pub struct Document {
    /// The media type the source gave.
    pub content_type: String,
    /// The ending that fits its media type and its bytes, without the dot.
    pub ending: &'static str,
    /// The message id of what kind of thing it belongs to. Its title might name an illness, and is for no file name.
    pub kind: &'static str,
    /// When that happened, as the source writes it.
    pub when: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What one source was asked for and what came.
#[derive(Debug, Clone)]
pub struct SourceState {
    /// The source's name.
    pub name: String,
    /// The name people see.
    pub title: String,
    /// `import` or `fhir`.
    pub kind: String,
    /// Resources from it in this record.
    pub count: i64,
    /// When something last came.
    pub last: Option<Instant>,
    /// The state of the last gather: `done`, `running`, `failed`, `partial`; none where files were imported.
    pub state: Option<String>,
    /// The class of the failure, a message id.
    pub failure: Option<String>,
    /// Parts that failed: resource types.
    pub failed_parts: Vec<String>,
    /// When it is tried again.
    pub next: Option<Instant>,
}

/// What is not in the record, as far as is known.
#[derive(Debug, Clone)]
pub struct Missing {
    /// Whose.
    pub person: Person,
    /// Each source.
    pub sources: Vec<SourceState>,
    /// How many pieces about this person are in quarantine: unreadable or unsafe.
    pub quarantined: i64,
    /// How many items are withheld from the person themselves, by the label that allows it (45 CFR 164.524(a)(1)).
    pub withheld: Vec<(Label, i64)>,
    /// Why staff put such labels; to the person themselves alone.
    pub reasons: Vec<Withholding>,
    /// To staff who may find that such a note is none: the notes, without what they tell.
    pub apart: Vec<NoteApart>,
    /// Whether the reader sees less than the person would; how much less, and why, they are not told.
    pub part: bool,
    /// Categories that nothing came for.
    pub empty: Vec<Category>,
}
