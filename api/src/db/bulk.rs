//! Many rows with few statements: `INSERT … VALUES (…), (…), …` with fixed numbers of rows, so that each text is
//! prepared once for each connection. The text is the same for both databases but for the markers, which SQLite
//! finds faster without a number.

use std::fmt::Write as _;
use std::sync::OnceLock;

use super::query::Query;
use super::{Kind, Tx, Value};
use crate::base::Result;

/// Rows of one statement, largest first. What is left over by one is taken by the next. On PostgreSQL each statement is a
/// way to the server and back, so that few rows, such as entries of the ledger that are committed together, are as few
/// statements as can be.
const SIZES: [usize; 5] = [64, 8, 4, 2, 1];

/// An insert of many rows into one table. For statics: its texts are made once and kept for ever.
#[derive(Debug)]
pub struct Bulk {
    insert: &'static str,
    columns: usize,
    tail: &'static str,
    numbered: OnceLock<[&'static str; SIZES.len()]>,
    bare: OnceLock<[&'static str; SIZES.len()]>,
}

impl Bulk {
    /// `insert` goes up to the list of columns, of which there are `columns`; `tail` stands after the values.
    pub const fn new(insert: &'static str, columns: usize, tail: &'static str) -> Self {
        Self { insert, columns, tail, numbered: OnceLock::new(), bare: OnceLock::new() }
    }

    /// Inserts rows, given value by value, and tells how many went in.
    pub async fn run(&'static self, tx: &mut Tx, values: Vec<Value>) -> Result<u64> {
        debug_assert!(values.len().is_multiple_of(self.columns));
        let texts = match tx.kind() {
            Kind::Sqlite => self.bare.get_or_init(|| self.texts(Marker::Bare)),
            Kind::Postgres => self.numbered.get_or_init(|| self.texts(Marker::Numbered)),
        };
        let mut rows = 0;
        let mut values = values.into_iter();
        for (size, text) in SIZES.into_iter().zip(texts) {
            while values.len() >= size * self.columns {
                let part = values.by_ref().take(size * self.columns).collect();
                rows += Query::of(text, part).run(tx).await?;
            }
        }
        Ok(rows)
    }

    fn texts(&self, marker: Marker) -> [&'static str; SIZES.len()] {
        SIZES.map(|size| &*self.text(size, marker).leak())
    }

    fn text(&self, rows: usize, marker: Marker) -> String {
        let mut text = format!("{} VALUES ", self.insert);
        for n in 0..rows * self.columns {
            text.push_str(match (n, n % self.columns) {
                (0, _) => "(",
                (_, 0) => "), (",
                _ => ", ",
            });
            // Writing to a string cannot fail.
            let _ = match marker {
                Marker::Bare => text.write_char('?'),
                Marker::Numbered => write!(text, "${}", n + 1),
            };
        }
        format!("{text}) {}", self.tail)
    }
}

#[derive(Clone, Copy)]
enum Marker {
    Bare,
    Numbered,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_differ_by_their_markers_only() {
        static BULK: Bulk = Bulk::new("INSERT INTO t (a, b)", 2, "ON CONFLICT DO NOTHING");
        let tail = "ON CONFLICT DO NOTHING";
        assert_eq!(
            BULK.text(2, Marker::Numbered),
            format!("INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) {tail}")
        );
        assert_eq!(BULK.text(2, Marker::Bare), format!("INSERT INTO t (a, b) VALUES (?, ?), (?, ?) {tail}"));
    }
}
