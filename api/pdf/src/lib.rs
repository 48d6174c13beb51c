//! Typesets a patient's record as one tagged, accessible PDF (PDF/UA-1, US Letter).
//!
//! The caller hands over plain, already localised strings ([`Book`]); nothing in them is ever read as markup, and
//! nothing is fetched or read from disk. Lines, tables and pages are laid out here (`layout`, `table`), then
//! written with `krilla` (`draw`), which checks the file against PDF/UA-1 as it writes. The same book gives
//! the same bytes.

mod book;
mod draw;
mod fonts;
mod layout;
mod lines;
mod table;

pub use book::{Book, Chapter, Item, Made, Table};

use std::sync::{Mutex, PoisonError};

/// Why a book could not be typeset. Never carries text of the book, so that it may be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// A built-in font could not be read: the program was built wrongly.
    #[error("a built-in font cannot be read")]
    Font,
    /// The finished document would have broken a rule of PDF/UA-1 and was withheld.
    #[error("the document breaks PDF/UA-1: {0}")]
    NotAccessible(&'static str),
    /// The document is larger than the PDF format allows.
    #[error("the document is larger than a PDF can be")]
    TooLarge,
}

/// One document at a time: two large ones together would take twice the memory.
static PRESS: Mutex<()> = Mutex::new(());

/// Typesets `book` and gives the bytes of the PDF file.
///
/// Blocks and uses the processor (about 0.1 ms for each row of a table), so call it on a blocking thread. Documents are made one
/// after the other, whoever asks, to bound the memory.
///
/// # Errors
/// [`PdfError`], if the file would not be valid; no text in the book should be able to cause it.
pub fn typeset(book: &Book) -> Result<Vec<u8>, PdfError> {
    let _turn = PRESS.lock().unwrap_or_else(PoisonError::into_inner);
    let fonts = fonts::Fonts::load().ok_or(PdfError::Font)?;
    let laid = layout::lay_out(book, &fonts);
    draw::draw(book, &fonts, laid)
}
