//! The languages we speak, and which one a person wants.

use fluent_templates::{LanguageIdentifier, langid};

static ENGLISH: LanguageIdentifier = langid!("en");
static SPANISH: LanguageIdentifier = langid!("es");

/// A language of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Language {
    /// English as spoken in the US.
    #[default]
    English,
    /// Spanish as spoken in the US, with "usted".
    Spanish,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 2] = [Language::English, Language::Spanish];

    /// The BCP 47 tag: "en" or "es".
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Spanish => "es",
        }
    }

    /// The language's own name.
    pub fn own_name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Spanish => "Español",
        }
    }

    /// The language of a BCP 47 tag of any region ("es-MX"); `None` for one we do not speak.
    pub fn from_tag(tag: &str) -> Option<Language> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Language::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The language an Accept-Language header asks for most (RFC 9110, 12.5.4); English if it asks for none of ours.
    pub fn negotiate(header: &str) -> Language {
        let mut best: Option<(u16, Language)> = None;
        for part in header.split(',').take(64) {
            let mut pieces = part.split(';');
            let Some(language) = pieces.next().and_then(Language::from_tag) else { continue };
            let weight = pieces.find_map(|p| p.trim().strip_prefix("q=").map(weight)).unwrap_or(1000);
            if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, language));
            }
        }
        best.map_or(Language::English, |(_, language)| language)
    }

    pub(super) fn identifier(self) -> &'static LanguageIdentifier {
        match self {
            Language::English => &ENGLISH,
            Language::Spanish => &SPANISH,
        }
    }
}

/// A quality value in thousandths; an unreadable one counts as nothing wanted.
fn weight(text: &str) -> u16 {
    let value: f32 = text.trim().parse().unwrap_or(0.0);
    if (0.0..=1.0).contains(&value) { (value * 1000.0) as u16 } else { 0 }
}
