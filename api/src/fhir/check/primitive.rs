//! The primitive types of R4 and the form of each, judged on bytes without a regular expression.

use serde_json::Value;

/// A primitive type of R4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fhir) enum Primitive {
    Base64,
    Boolean,
    Canonical,
    Code,
    Date,
    DateTime,
    Decimal,
    Id,
    Instant,
    Integer,
    Markdown,
    Oid,
    PositiveInt,
    String,
    Time,
    UnsignedInt,
    Uri,
    Url,
    Uuid,
    Xhtml,
}

/// What is wrong with a primitive: the code of the finding and what was expected.
pub(in crate::fhir) struct Fault {
    pub code: &'static str,
    pub expected: &'static str,
}

const LONGEST_STRING: usize = 1024 * 1024;

impl Primitive {
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "base64Binary" => Self::Base64,
            "boolean" => Self::Boolean,
            "canonical" => Self::Canonical,
            "code" => Self::Code,
            "date" => Self::Date,
            "dateTime" => Self::DateTime,
            "decimal" => Self::Decimal,
            "id" => Self::Id,
            "instant" => Self::Instant,
            "integer" => Self::Integer,
            "markdown" => Self::Markdown,
            "oid" => Self::Oid,
            "positiveInt" => Self::PositiveInt,
            "string" => Self::String,
            "time" => Self::Time,
            "unsignedInt" => Self::UnsignedInt,
            "uri" => Self::Uri,
            "url" => Self::Url,
            "uuid" => Self::Uuid,
            "xhtml" => Self::Xhtml,
            _ => return None,
        })
    }

    /// The first fault of a value, if any.
    pub fn fault(self, value: &Value) -> Option<Fault> {
        match self {
            Self::Boolean if value.is_boolean() => None,
            Self::Decimal if value.is_number() => None,
            Self::Boolean => json_type("true or false without quotes"),
            Self::Decimal => json_type("a number without quotes"),
            Self::Integer => whole(value, -2_147_483_648),
            Self::UnsignedInt => whole(value, 0),
            Self::PositiveInt => whole(value, 1),
            _ => match value.as_str() {
                None => json_type("a text in quotes"),
                Some("") => Some(Fault { code: "empty-string", expected: "a text that is not empty" }),
                Some(text) => self.text_fault(text.as_bytes()),
            },
        }
    }

    fn text_fault(self, text: &[u8]) -> Option<Fault> {
        let (fits, code, expected) = match self {
            Self::String | Self::Markdown => return string_fault(text),
            Self::Code => {
                (is_code(text), "code-form", "a code: no space at either end, single spaces within")
            }
            Self::Id => (is_id(text), "id-form", "1 to 64 of A-Z a-z 0-9 - ."),
            Self::Uri | Self::Url | Self::Canonical => {
                (is_uri(text), "uri-form", "an address without spaces")
            }
            Self::Oid => (is_oid(text), "oid-form", "urn:oid: and numbers with dots"),
            Self::Uuid => (is_uuid_urn(text), "uuid-form", "urn:uuid: and a UUID in lower case"),
            Self::Date => return date_fault(is_date, text, "YYYY, YYYY-MM or YYYY-MM-DD"),
            Self::DateTime => return date_fault(is_date_time, text, "a date, or date, time and zone"),
            Self::Instant => return date_fault(is_instant, text, "date, time with seconds, and zone"),
            Self::Time => (is_time(text), "time-form", "hh:mm:ss"),
            Self::Base64 => (is_base64(text), "base64-form", "base64"),
            Self::Boolean
            | Self::Decimal
            | Self::Integer
            | Self::PositiveInt
            | Self::UnsignedInt
            | Self::Xhtml => {
                return None;
            }
        };
        if fits { None } else { Some(Fault { code, expected }) }
    }
}

fn json_type(expected: &'static str) -> Option<Fault> {
    Some(Fault { code: "json-type", expected })
}

fn whole(value: &Value, least: i64) -> Option<Fault> {
    if !value.is_number() {
        return json_type("a whole number without quotes");
    }
    let fits = value.as_i64().is_some_and(|n| n >= least && n <= 2_147_483_647);
    let expected = match least {
        1 => "a whole number from 1 to 2147483647",
        0 => "a whole number from 0 to 2147483647",
        _ => "a whole number of 32 bits",
    };
    if fits { None } else { Some(Fault { code: "integer-range", expected }) }
}

fn string_fault(text: &[u8]) -> Option<Fault> {
    if text.len() > LONGEST_STRING {
        return Some(Fault { code: "string-too-long", expected: "at most 1 MiB of text" });
    }
    if text.iter().any(|b| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) {
        return Some(Fault { code: "string-control", expected: "no control characters" });
    }
    if text.iter().all(u8::is_ascii_whitespace) {
        return Some(Fault { code: "empty-string", expected: "a text that is not only spaces" });
    }
    None
}

fn date_fault(fits: fn(&[u8]) -> bool, text: &[u8], expected: &'static str) -> Option<Fault> {
    if !fits(text) {
        return Some(Fault { code: "date-form", expected });
    }
    let year = text.iter().take(4).fold(0u32, |year, digit| year * 10 + u32::from(digit - b'0'));
    if (1800..=2200).contains(&year) {
        return None;
    }
    Some(Fault { code: "date-absurd", expected: "a year from 1800 to 2200" })
}

pub(super) fn is_id(text: &[u8]) -> bool {
    (1..=64).contains(&text.len())
        && text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
}

fn is_code(text: &[u8]) -> bool {
    let space = |b: &u8| b.is_ascii_whitespace() || *b < 0x20;
    !text.first().is_none_or(space)
        && !text.last().is_none_or(space)
        && text.windows(2).all(|pair| !(space(&pair[0]) && space(&pair[1])))
}

fn is_uri(text: &[u8]) -> bool {
    text.iter().all(|b| !b.is_ascii_whitespace() && *b >= 0x20)
}

fn is_oid(text: &[u8]) -> bool {
    let Some(numbers) = text.strip_prefix(b"urn:oid:") else { return false };
    let mut arcs = numbers.split(|b| *b == b'.');
    let root = arcs.next().is_some_and(|arc| matches!(arc, b"0" | b"1" | b"2"));
    let mut count = 0;
    let rest = arcs.all(|arc| {
        count += 1;
        !arc.is_empty() && arc.iter().all(u8::is_ascii_digit) && (arc.len() == 1 || arc[0] != b'0')
    });
    root && rest && count > 0
}

fn is_uuid_urn(text: &[u8]) -> bool {
    text.strip_prefix(b"urn:uuid:").is_some_and(|id| is_uuid(id) && !id.iter().any(u8::is_ascii_uppercase))
}

/// Whether this is a UUID with hyphens, in either case.
pub(super) fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

fn two(text: &[u8]) -> Option<u8> {
    match text {
        [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => Some((a - b'0') * 10 + (b - b'0')),
        _ => None,
    }
}

fn is_date(text: &[u8]) -> bool {
    let Some((year, rest)) = text.split_at_checked(4) else { return false };
    if !year.iter().all(u8::is_ascii_digit) || year == b"0000" {
        return false;
    }
    match rest {
        [] => true,
        [b'-', month @ ..] if month.len() == 2 => two(month).is_some_and(|m| (1..=12).contains(&m)),
        [b'-', m1, m2, b'-', day @ ..] => {
            let year = year.iter().fold(0u32, |y, digit| y * 10 + u32::from(digit - b'0'));
            let (Some(month), Some(day)) = (two(&[*m1, *m2]), two(day)) else { return false };
            day >= 1 && day <= days_in(year, month)
        }
        _ => false,
    }
}

fn days_in(year: u32, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

fn is_date_time(text: &[u8]) -> bool {
    if text.contains(&b'T') { is_instant(text) } else { is_date(text) }
}

fn is_instant(text: &[u8]) -> bool {
    let Some((date, rest)) = text.split_at_checked(10) else { return false };
    let Some(rest) = rest.strip_prefix(b"T") else { return false };
    let zone_at = rest.iter().position(|b| matches!(b, b'Z' | b'+' | b'-'));
    let Some((time, zone)) = zone_at.and_then(|at| rest.split_at_checked(at)) else { return false };
    is_date(date) && is_time(time) && is_zone(zone)
}

fn is_time(text: &[u8]) -> bool {
    let Some((clock, fraction)) = text.split_at_checked(8) else { return false };
    let [h1, h2, b':', m1, m2, b':', s1, s2] = clock else { return false };
    let (Some(hour), Some(minute), Some(second)) = (two(&[*h1, *h2]), two(&[*m1, *m2]), two(&[*s1, *s2]))
    else {
        return false;
    };
    let fraction_fits = match fraction {
        [] => true,
        [b'.', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    // R4 allows the second 60 of a leap second.
    hour <= 23 && minute <= 59 && second <= 60 && fraction_fits
}

fn is_zone(text: &[u8]) -> bool {
    match text {
        b"Z" => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => match (two(&[*h1, *h2]), two(&[*m1, *m2])) {
            (Some(hour), Some(minute)) => (hour <= 13 && minute <= 59) || (hour == 14 && minute == 0),
            _ => false,
        },
        _ => false,
    }
}

fn is_base64(text: &[u8]) -> bool {
    let (mut letters, mut padding) = (0usize, 0usize);
    for b in text {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => letters += 1,
            b'=' => padding += 1,
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => return false,
        }
    }
    padding <= 2 && letters > 0 && (letters + padding).is_multiple_of(4)
}
