//! Sentences of the pages, in the reader's language, over `portal/locales`; names of categories, labels and
//! values come from the `words` room. A missing or unused sentence fails a test.

use std::borrow::Cow;
use std::collections::HashMap;

use api::base::Instant;
use api::fhir::present::{Label, Shown, When};
use api::words::{self, Language};
use chrono::SecondsFormat;
use chrono_tz::Tz;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, langid, static_loader};

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // Isolation marks would show as boxes in some fonts and break comparisons in tests.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static ENGLISH: LanguageIdentifier = langid!("en");
static SPANISH: LanguageIdentifier = langid!("es");

/// What can stand within a sentence.
pub trait Say {
    /// As the sentence takes it: numbers also decide between singular and plural.
    fn fluent(&self) -> FluentValue<'_>;
}

impl Say for str {
    fn fluent(&self) -> FluentValue<'_> {
        FluentValue::from(self)
    }
}

impl Say for String {
    fn fluent(&self) -> FluentValue<'_> {
        FluentValue::from(self.as_str())
    }
}

impl<T: Say + ?Sized> Say for &T {
    fn fluent(&self) -> FluentValue<'_> {
        (**self).fluent()
    }
}

macro_rules! say_number {
    ($($kind:ty),*) => {$(
        impl Say for $kind {
            fn fluent(&self) -> FluentValue<'_> {
                FluentValue::from(*self)
            }
        }
    )*};
}

say_number!(i64, u32, u64, usize);

/// A whole number, however a template hands it over.
pub trait Whole {
    /// As the sentences count: saturates.
    fn whole(&self) -> i64;
}

impl<T: Whole> Whole for &T {
    fn whole(&self) -> i64 {
        (**self).whole()
    }
}

macro_rules! whole {
    ($($kind:ty),*) => {$(
        impl Whole for $kind {
            fn whole(&self) -> i64 {
                i64::try_from(*self).unwrap_or(i64::MAX)
            }
        }
    )*};
}

whole!(i64, u32, u64, usize);

/// The reader's language, the clinic's time zone, and whether the record is somebody else's.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// The language.
    pub language: Language,
    /// The zone in which moments are shown.
    pub zone: Tz,
    /// Whether the reader acts for somebody else: sentences that say "your" have another form for that, by an id that
    /// ends in `-acting`.
    pub acting: bool,
}

impl Words {
    /// The BCP 47 tag.
    pub fn tag(&self) -> &'static str {
        self.language.tag()
    }

    /// For what is said at the desk about somebody's record.
    #[must_use]
    pub fn of_another(self) -> Self {
        Self { acting: true, ..self }
    }

    /// The sentence of an id; the id itself if there is none.
    pub fn t(&self, id: &str) -> String {
        self.say(id, None).unwrap_or_else(|| words::say(self.language, id))
    }

    /// The sentence of an id with one value in it.
    pub fn t1(&self, id: &str, name: &'static str, value: impl Say) -> String {
        self.with(id, &[(name, value.fluent())])
    }

    /// The sentence of an id with two values in it.
    pub fn t2(&self, id: &str, first: (&'static str, impl Say), second: (&'static str, impl Say)) -> String {
        self.with(id, &[(first.0, first.1.fluent()), (second.0, second.1.fluent())])
    }

    /// The sentence of an id with `$count`, which decides the plural, and `$number`, the count as people write it.
    pub fn n(&self, id: &str, count: impl Whole) -> String {
        let count = count.whole();
        let number = self.number(count);
        self.with(id, &[("count", FluentValue::from(count)), ("number", FluentValue::from(number))])
    }

    /// The sentence of an id with values in it; the id itself if there is none.
    pub fn with(&self, id: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
        let values: Values<'_> =
            values.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
        let typed =
            values.values().any(|value| matches!(value, FluentValue::String(text) if text.contains(TWICE)));
        let sentence = self.say(id, Some(&values)).unwrap_or_else(|| id.to_owned());
        // What people typed stays as it is.
        if typed { sentence } else { ended_once(sentence) }
    }

    fn say(&self, id: &str, values: Option<&Values<'_>>) -> Option<String> {
        let other = self.acting.then(|| look_up(self.language, &format!("{id}-acting"), values)).flatten();
        other.or_else(|| look_up(self.language, id, values))
    }

    /// A whole number with its thousands apart.
    pub fn number(&self, count: impl Whole) -> String {
        let count = count.whole();
        let digits = count.unsigned_abs().to_string();
        let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        if count < 0 {
            out.push('-');
        }
        for (n, digit) in digits.chars().enumerate() {
            if n > 0 && (digits.len() - n).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out
    }

    /// A size in bytes in words people know: `3.4 MB`.
    pub fn size(&self, bytes: impl Whole) -> String {
        let bytes = bytes.whole().max(0);
        let tenths = |unit: i64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
        match bytes {
            0..1_000 => self.n("size-bytes", bytes),
            1_000..1_000_000 => format!("{} kB", bytes / 1_000),
            1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
            _ => format!("{} GB", tenths(1_000_000_000)),
        }
    }

    /// A date as the source writes it, as far as it states it, without the time of day.
    pub fn date(&self, text: &str) -> String {
        When::parse(text).map_or_else(|| text.to_owned(), |when| words::date(self.language, &when))
    }

    /// A date as the source writes it, with the time of day if it states one.
    pub fn date_time(&self, text: &str) -> String {
        When::parse(text).map_or_else(|| text.to_owned(), |when| words::date_time(self.language, &when))
    }

    /// A moment of ours, in the clinic's time zone: date and time.
    pub fn moment(&self, at: &Instant) -> String {
        self.date_time(&self.local(*at))
    }

    /// The day of a moment of ours, in the clinic's time zone.
    pub fn day(&self, at: &Instant) -> String {
        self.date(&self.local(*at))
    }

    /// A moment in the clinic's zone, RFC 3339 with its offset: for `<time datetime>`.
    pub fn local(&self, at: Instant) -> String {
        at.utc().with_timezone(&self.zone).to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// The words of a label.
    pub fn label(&self, label: &Label) -> String {
        words::label(self.language, label)
    }

    /// The words of a value.
    pub fn shown(&self, value: &Shown) -> String {
        words::shown(self.language, value)
    }

    /// The words of several values.
    pub fn shown_all(&self, values: &[Shown]) -> String {
        words::shown_all(self.language, values)
    }
}

type Values<'a> = HashMap<Cow<'static, str>, FluentValue<'a>>;

/// An abbreviation and the end of a sentence.
const TWICE: &str = ". m..";

/// A moment in Spanish ends with an abbreviation ("6:54 p. m."), and its period is the one of the sentence as well.
fn ended_once(sentence: String) -> String {
    if sentence.contains(TWICE) { sentence.replace(TWICE, &TWICE[..TWICE.len() - 1]) } else { sentence }
}

fn look_up(language: Language, id: &str, values: Option<&Values<'_>>) -> Option<String> {
    let language = match language {
        Language::English => &ENGLISH,
        Language::Spanish => &SPANISH,
    };
    LOCALES.lookup_single_language(language, id, values).ok()
}

/// Whether a sentence of the pages exists in a language itself, without falling back.
pub fn exists(language: Language, id: &str) -> bool {
    look_up(language, id, None).is_some()
}
