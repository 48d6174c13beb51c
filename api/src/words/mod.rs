//! Words that leave the house: labels, dates and numbers in the language of the reader.
//! Pure. A sentence lives in `api/locales/{en,es}`; a test proves that every id used exists in both languages.

mod amount;
mod category;
mod dates;
mod dosage;
mod language;
mod range;
mod shown;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::{Loader, fluent_bundle::FluentValue, static_loader};

pub use amount::{unit, value, with_unit};
pub use category::{categories, may_be_foreign};
pub use dates::{age, date, date_time, period};
pub use dosage::{dosage, schedule, span};
pub use language::Language;
pub use range::range;
pub use shown::{
    label, line_title, line_value, list, money, number, other_names, provenance_title, shown, shown_all,
    title,
};

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // Isolation marks would stand as strange signs in PDF and spreadsheets.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// A value within a sentence.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg<'a> {
    /// Text, put in as it is.
    Text(Cow<'a, str>),
    /// A whole number, which also decides between singular and plural.
    Count(i64),
    /// A number with a fraction, which also decides between singular and plural.
    Decimal(f64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Arg::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Arg::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Arg::Text(Cow::Borrowed(text))
    }
}

impl From<i64> for Arg<'_> {
    fn from(count: i64) -> Self {
        Arg::Count(count)
    }
}

impl From<usize> for Arg<'_> {
    fn from(count: usize) -> Self {
        Arg::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<f64> for Arg<'_> {
    fn from(number: f64) -> Self {
        Arg::Decimal(number)
    }
}

/// The sentence of a message id; the id itself if there is none.
pub fn say(language: Language, id: &str) -> String {
    LOCALES.try_lookup(language.identifier(), id).unwrap_or_else(|| id.to_owned())
}

/// The sentence of a message id with values put in; the id itself if there is none.
pub fn say_with(language: Language, id: &str, args: &[(&'static str, Arg<'_>)]) -> String {
    let values: HashMap<Cow<'static, str>, FluentValue<'_>> =
        args.iter().map(|(name, arg)| (Cow::Borrowed(*name), argument(arg))).collect();
    LOCALES.try_lookup_with_args(language.identifier(), id, &values).unwrap_or_else(|| id.to_owned())
}

/// "1 item", "12 items": the sentence `id` with `$count` in it.
pub fn count(language: Language, id: &str, number: usize) -> String {
    let text = number_text(number);
    say_with(language, id, &[("count", number.into()), ("number", text.into())])
}

/// A count with its thousands apart, as both languages write them in the US.
fn number_text(number: usize) -> String {
    shown::grouped(&number.to_string())
}

fn argument<'a>(arg: &'a Arg<'_>) -> FluentValue<'a> {
    match arg {
        Arg::Text(text) => FluentValue::from(text.as_ref()),
        Arg::Count(count) => FluentValue::from(*count),
        Arg::Decimal(number) => FluentValue::from(*number),
    }
}
