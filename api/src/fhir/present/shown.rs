//! The building blocks of an item page: labels, shown values, fields and tables.
//! Words of ours are message ids; words of the source are kept as text in the source's language.

use super::{Dosage, Schedule, TimeUnit, When};

/// What a field, column or paragraph is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// A message id of ours.
    Word(&'static str),
    /// The source's own words (a section's title, an element that has no word of ours), in the source's language.
    Source(String),
}

/// One value as a person may read it.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// Text of the source.
    Text(String),
    /// A date.
    When(When),
    /// From, until; either end may be open.
    Period(Option<When>, Option<When>),
    /// A message id, for instance of a state.
    Word(&'static str),
    /// A measured amount: number with comparator, and unit ("" for none).
    Quantity {
        /// The number as people write it, with "<" or the like before it.
        text: String,
        /// Readable unit, empty for none.
        unit: String,
    },
    /// A stretch of time or an age: "3 years".
    Span {
        /// The number as people write it.
        count: String,
        /// Its unit.
        unit: TimeUnit,
    },
    /// A sum of money.
    Money {
        /// Amount with two decimals, a point before them.
        amount: String,
        /// ISO 4217 code.
        currency: String,
    },
    /// Another resource.
    Reference {
        /// As written in the source.
        reference: String,
        /// Its name, if the resource tells.
        display: Option<String>,
    },
    /// Yes or no.
    YesNo(bool),
    /// A normal range, or one that was set: numbers, or the source's own words.
    Range(String),
    /// A name, an address or a number that is no longer used, and until when it was.
    Old(Box<Shown>, Option<When>),
    /// A name, an address or a number that holds until a day, which may have passed.
    Until(Box<Shown>, When),
    /// How to take a medicine.
    Dosage(Box<Dosage>),
    /// When and how often something is done.
    Schedule(Box<Schedule>),
    /// A part with parts of its own.
    Group(Vec<Field>),
}

/// A labelled value or values.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// What it is.
    pub label: Label,
    /// At least one value.
    pub value: Vec<Shown>,
}

/// Rows of the same parts: results of a panel, lines of a bill, members of a care team.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What the rows are.
    pub caption: Label,
    /// Names of the columns; a column without any value is left out.
    pub columns: Vec<Label>,
    /// Cells by row and column; an empty cell has no value.
    pub rows: Vec<Vec<Vec<Shown>>>,
}
