//! Values of search parameters: what stands between commas. A message says what was expected and never repeats what
//! was given, because a value may be about a patient.

use crate::base::Instant;
use crate::fhir::check::is_id;
use crate::fhir::index::{self, Interval};

/// Splits at a separator that has no backslash before it.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == separator {
            parts.push(&text[start..at]);
            start = at + c.len_utf8();
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Takes the backslashes away that keep `,`, `|`, `$` and `\` from their meaning (search.html, escaping).
pub(super) fn plain(text: &str) -> Result<String, &'static str> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some(escaped @ (',' | '|' | '$' | '\\')) => out.push(escaped),
            _ => return Err("a backslash stands only before a comma, a bar, a dollar sign or a backslash"),
        }
    }
    Ok(out)
}

/// A code, with or without its system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// `Some("")` asks for a code without a system; `None` for any.
    pub system: Option<String>,
    /// `None` asks for any code of the system.
    pub code: Option<String>,
}

impl Token {
    /// As it is asked of the values of a parameter: those of an element of the type `code` have no system, but the one that
    /// the value set implies.
    #[must_use]
    pub fn of(&self, resource_type: &str, param: &str) -> Self {
        let row = index::rows(resource_type).iter().find(|row| row.param == param);
        let is_implied = |asked: &String| row.is_some_and(|row| row.systems.contains(&asked.as_str()));
        let system = self.system.clone().map(|asked| if is_implied(&asked) { String::new() } else { asked });
        Self { system, code: self.code.clone() }
    }

    /// Whether a code with its system is the one that is asked for, whatever case. One without a system is asked for by
    /// `code` and `|code` only (search.html#token).
    pub fn is(&self, system: Option<&str>, code: &str) -> bool {
        self.code.as_deref().is_none_or(|asked| asked.eq_ignore_ascii_case(code))
            && self.system.as_deref().is_none_or(|asked| asked == system.unwrap_or(""))
    }
}

pub(super) fn token(text: &str) -> Result<Token, &'static str> {
    let parts = split(text, '|');
    let (system, code) = match parts.as_slice() {
        [code] => (None, plain(code)?),
        [system, code] => (Some(plain(system)?), plain(code)?),
        _ => {
            return Err(
                "expected code, system|code, |code or system|; write \\| for a bar that is part of a code",
            );
        }
    };
    let code = code.trim().to_owned();
    let system = system.map(|system| system.trim().to_owned());
    match (&system, code.is_empty()) {
        (None, true) => Err("expected code, system|code, |code or system|"),
        (Some(system), true) if system.is_empty() => Err("expected a system, a code or both around the bar"),
        (_, true) => Ok(Token { system, code: None }),
        _ => Ok(Token { system, code: Some(code) }),
    }
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Greater.
    Gt,
    /// Less.
    Lt,
    /// Greater or equal.
    Ge,
    /// Less or equal.
    Le,
    /// Begins after the end.
    Sa,
    /// Ends before the beginning.
    Eb,
    /// About the same.
    Ap,
}

const PREFIXES: [(&str, Prefix); 9] = [
    ("eq", Prefix::Eq),
    ("ne", Prefix::Ne),
    ("gt", Prefix::Gt),
    ("lt", Prefix::Lt),
    ("ge", Prefix::Ge),
    ("le", Prefix::Le),
    ("sa", Prefix::Sa),
    ("eb", Prefix::Eb),
    ("ap", Prefix::Ap),
];

/// The prefix and what follows it.
fn prefixed(text: &str) -> Result<(Prefix, &str), &'static str> {
    if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Ok((Prefix::Eq, text));
    }
    let known = PREFIXES.iter().find(|(name, _)| text.starts_with(name));
    let (name, prefix) =
        known.ok_or("the prefixes are eq, ne, gt, lt, ge, le, sa, eb and ap, in lower case")?;
    Ok((*prefix, &text[name.len()..]))
}

/// A date with its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTest {
    /// How it is compared.
    pub prefix: Prefix,
    /// The first microsecond of the date that was given.
    pub low: i64,
    /// The microsecond after its last.
    pub high: i64,
}

impl DateTest {
    /// Whether a span fits (search.html#prefix): equal is what lies wholly within the date that was given, so that a year
    /// finds its days and a day no year; all else looks at where spans begin and end, so that a stay is found by `ge` and
    /// `le` of each of its days. Open ends reach for ever.
    pub fn holds(&self, low: i64, high: i64) -> bool {
        let within = low >= self.low && high <= self.high;
        match self.prefix {
            Prefix::Eq => within,
            Prefix::Ne => !within,
            Prefix::Gt => high > self.high,
            Prefix::Lt => low < self.low,
            Prefix::Ge => high > self.low,
            Prefix::Le => low < self.high,
            Prefix::Sa => low >= self.high,
            Prefix::Eb => high <= self.low,
            Prefix::Ap => low < self.high && high > self.low,
        }
    }

    /// What a span that fits must reach beyond: it ends after the first and begins before the second.
    pub fn reach(&self) -> (i64, i64) {
        match self.prefix {
            Prefix::Eq | Prefix::Ap => (self.low, self.high),
            Prefix::Ne => (i64::MIN, i64::MAX),
            Prefix::Gt | Prefix::Ge | Prefix::Sa => (self.low, i64::MAX),
            Prefix::Lt | Prefix::Le | Prefix::Eb => (i64::MIN, self.high),
        }
    }
}

/// Reads a date with its prefix. `ap` widens it by a tenth of what lies between it and now (search.html).
///
/// # Errors
/// What was expected.
pub fn date(text: &str, now: Instant) -> Result<DateTest, &'static str> {
    let (prefix, given) = prefixed(text.trim())?;
    // A plus sign that nobody wrote as %2B arrives as a space.
    let given = given.replace(' ', "+");
    let Interval { low, high } = index::interval(&given).ok_or(
        "expected a date as 2024, 2024-01, 2024-01-31, 2024-01-31T13:00Z or 2024-01-31T13:00:00-05:00 (a plus sign as %2B)",
    )?;
    let about = if prefix == Prefix::Ap { now.0.saturating_sub(low).saturating_abs() / 10 } else { 0 };
    Ok(DateTest { prefix, low: low.saturating_sub(about), high: high.saturating_add(about) })
}

/// What a reference shall point to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The type, if it is told.
    pub kind: Option<String>,
    /// The id; or a whole address, where `kind` is none and it is not of this server.
    pub id: String,
}

impl Target {
    /// Whether it is an address that is not of this server.
    pub fn is_address(&self) -> bool {
        self.id.contains(':')
    }
}

/// Reads `id`, `Type/id`, `Type/id/_history/1`, the same under this server's address, or another address. `only`
/// is the type that the parameter or its modifier names.
pub(super) fn reference(text: &str, (base, only): (&str, Option<&str>)) -> Result<Target, &'static str> {
    let text = plain(text)?;
    let text = text.trim();
    let here = text.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')).unwrap_or(text);
    if here.contains("://") || here.starts_with("urn:") {
        let fit = !here.contains(char::is_whitespace) && here.len() <= 1000;
        let id = here.split_once('|').map_or(here, |(before, _)| before).to_owned();
        return if fit { Ok(Target { kind: None, id }) } else { Err("expected an address without spaces") };
    }
    let here = here.split_once("/_history/").map_or(here, |(before, _)| before);
    let (kind, id) = match here.split_once('/') {
        Some((kind, id)) => (Some(kind), id),
        None => (None, here),
    };
    if !is_id(id) {
        return Err("expected an id, Type/id, or an address of this server");
    }
    if kind.is_some_and(|kind| !crate::fhir::check::known_type(kind)) {
        return Err("expected the name of a resource type of FHIR R4 before the slash");
    }
    if kind.zip(only).is_some_and(|(kind, only)| kind != only) {
        return Err("the type before the slash is not the one that this parameter asks for");
    }
    Ok(Target { kind: kind.or(only).map(str::to_owned), id: id.to_owned() })
}

/// An amount with its prefix.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantityTest {
    /// How it is compared.
    pub prefix: Prefix,
    /// The number as given …
    pub value: f64,
    /// … and the span that its digits leave open.
    pub span: (f64, f64),
    /// The system of the unit, if it was given.
    pub system: Option<String>,
    /// The unit, if it was given.
    pub unit: Option<String>,
}

impl QuantityTest {
    /// Whether an amount fits.
    pub fn holds(
        &self,
        value: f64,
        (system, code, unit): (Option<&str>, Option<&str>, Option<&str>),
    ) -> bool {
        let number = match self.prefix {
            Prefix::Eq | Prefix::Ap => value >= self.span.0 && value < self.span.1,
            Prefix::Ne => value < self.span.0 || value >= self.span.1,
            Prefix::Gt | Prefix::Sa => value > self.value,
            Prefix::Lt | Prefix::Eb => value < self.value,
            Prefix::Ge => value >= self.value,
            Prefix::Le => value <= self.value,
        };
        let same = |asked: &str| code == Some(asked) || (self.system.is_none() && unit == Some(asked));
        number
            && self.system.as_deref().is_none_or(|asked| system == Some(asked))
            && self.unit.as_deref().is_none_or(same)
    }
}

pub(super) fn quantity(text: &str) -> Result<QuantityTest, &'static str> {
    const EXPECTED: &str =
        "expected a number, or number|system|unit, such as 5.4|http://unitsofmeasure.org|mg";
    let parts = split(text, '|');
    let (number, system, unit) = match parts.as_slice() {
        [number] => (number, None, None),
        [number, system, unit] => (number, Some(plain(system)?), Some(plain(unit)?)),
        _ => return Err(EXPECTED),
    };
    let (prefix, number) = prefixed(number.trim())?;
    let sound = number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    let value: f64 = number.parse().ok().filter(|_| sound && number.len() <= 40).ok_or(EXPECTED)?;
    if !value.is_finite() {
        return Err(EXPECTED);
    }
    let half = if prefix == Prefix::Ap { value.abs() / 10.0 } else { half_of_last_digit(number) };
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(QuantityTest {
        prefix,
        value,
        span: (value - half, value + half),
        system: some(system),
        unit: some(unit),
    })
}

/// `5.40` means 5.395 to 5.405 (search.html, number).
fn half_of_last_digit(number: &str) -> f64 {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let places = mantissa.split_once('.').map_or(0, |(_, after)| after.len());
    let exponent: i32 = exponent.parse().unwrap_or(0);
    0.5 * 10f64.powi(exponent.saturating_sub(i32::try_from(places).unwrap_or(0)))
}
