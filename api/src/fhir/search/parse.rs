//! Reading a query. All that is wrong with it is told at once, each with the name of its parameter.

use super::values::{date, plain, quantity, reference, split, token};
use super::{Criterion, How, Include, Search, Sort, Summary, Test, Total, Way, includes, offered, served};
use crate::base::Instant;
use crate::fhir::index::{self, Kind, Row};
use crate::fhir::outcome::Issue;
use crate::fhir::text::fold;

/// Names and values in the order of the query.
pub type Query = Vec<(String, String)>;

/// What a query is read against.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The address of this server, without a slash at the end.
    pub base: &'a str,
    /// Now: `ap` is measured from it.
    pub now: Instant,
    /// What becomes of a parameter that this server does not know.
    pub handling: Handling,
}

/// `Prefer: handling=…` (search.html, errors).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Handling {
    /// It is an error.
    Strict,
    /// It is left out, and the answer tells so.
    #[default]
    Lenient,
}

/// Bytes of a whole query.
pub const LONGEST: usize = 16 * 1024;
/// Parameters in a query.
const MOST_PARAMS: usize = 60;
/// Values of one parameter.
const MOST_VALUES: usize = 200;
/// Bytes of one value.
const LONGEST_VALUE: usize = 2000;

/// Takes the percent signs out of a query string or a form body.
///
/// # Errors
/// One issue that says what cannot be read.
pub fn decode(raw: &str) -> Result<Query, Vec<Issue>> {
    if raw.len() > LONGEST {
        return Err(vec![Issue::error("too-long", "A query of at most 16,384 bytes is read.")]);
    }
    let pairs: Vec<&str> = raw.split('&').filter(|pair| !pair.is_empty()).collect();
    if pairs.len() > MOST_PARAMS {
        return Err(vec![Issue::error(
            "too-costly",
            "At most 60 parameters are read; ask in several searches.",
        )]);
    }
    let mut query = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match (undo(name), undo(value)) {
            (Some(name), Some(value)) => query.push((name, value)),
            _ => {
                let text = "A percent sign stands only before two hexadecimal digits, and bytes must be UTF-8 without control characters.";
                return Err(vec![Issue::error("invalid", text)]);
            }
        }
    }
    Ok(query)
}

fn undo(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16));
                let (high, low) = (digit()?, digit()?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(out).ok().filter(|text| !text.contains(char::is_control))
}

/// Whether a parameter says how the answer is written; `_pretty` with any value but `true` is as good as none.
pub fn is_followed(name: &str, value: &str) -> bool {
    name == "_format" || (name == "_pretty" && value == "true")
}

/// Reads a query on a type.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(resource_type: &'static str, query: &Query, given: Given) -> Result<Search, Vec<Issue>> {
    let mut reader = Reader {
        search: Search {
            resource_type,
            operation: "",
            criteria: Vec::new(),
            newest: Vec::new(),
            sort: Vec::new(),
            count: None,
            summary: Summary::Whole,
            elements: Vec::new(),
            total: Total::Unasked,
            includes: Vec::new(),
            rev_includes: Vec::new(),
            used: Vec::new(),
            ignored: Vec::new(),
        },
        given,
        issues: Vec::new(),
        once: Vec::new(),
    };
    for (name, value) in query {
        reader.take(name, value);
    }
    if !reader.search.elements.is_empty() && reader.search.summary != Summary::Whole {
        reader.fault("_elements", "invalid", "stands alone or _summary does; leave one of them out");
    }
    if reader.issues.is_empty() { Ok(reader.search) } else { Err(reader.issues) }
}

struct Reader<'a> {
    search: Search,
    given: Given<'a>,
    issues: Vec<Issue>,
    /// Parameters of the answer that were given, each of which can stand only once.
    once: Vec<String>,
}

impl Reader<'_> {
    fn fault(&mut self, name: &str, code: &'static str, text: &str) {
        let name: String = name.chars().take(80).collect();
        let mut issue = Issue::error(code, format!("{name}: {text}."));
        issue.expression.push(format!("http.{}", name.split([':', '.']).next().unwrap_or_default()));
        self.issues.push(issue);
    }

    fn take(&mut self, name: &str, value: &str) {
        let (plain_name, modifier) = name.split_once(':').map_or((name, None), |(n, m)| (n, Some(m)));
        if matches!(plain_name, "_format" | "_pretty") {
            // The answer is written by it, and its links keep it.
            let known = self.search.used.iter().any(|(known, _)| known == name);
            if !known && is_followed(name, value) {
                self.search.used.push((name.to_owned(), value.to_owned()));
            }
            return;
        }
        if value.len() > LONGEST_VALUE {
            return self.fault(name, "too-long", "a value has at most 2,000 bytes");
        }
        let taken = match plain_name {
            "_include" | "_revinclude" if !self.has_includes(value) => return self.unknown(name),
            "_include" | "_revinclude" => self.include(plain_name, modifier, value),
            "_count" | "_sort" | "_summary" | "_elements" | "_total" => match modifier {
                Some(_) => Err(("not-supported", "takes no modifier".to_owned())),
                None => self.of_answer(plain_name, value),
            },
            _ => match self.criterion(name, value) {
                Ok(None) => return self.unknown(name),
                Ok(Some(criterion)) => {
                    self.search.criteria.push(criterion);
                    Ok(())
                }
                Err(fault) => Err(fault),
            },
        };
        match taken {
            Ok(()) => self.search.used.push((name.to_owned(), value.to_owned())),
            Err((code, text)) => self.fault(name, code, &text),
        }
    }

    fn unknown(&mut self, name: &str) {
        let known: String = name.chars().take(80).collect();
        match self.given.handling {
            Handling::Lenient if self.search.ignored.contains(&known) => {}
            Handling::Lenient => self.search.ignored.push(known),
            Handling::Strict => {
                let text = format!(
                    "is no search parameter of {} here; GET /fhir/metadata lists them",
                    self.search.resource_type
                );
                self.fault(name, "not-supported", &text);
            }
        }
    }

    fn of_answer(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        if self.once.iter().any(|known| known == name) {
            return Err(invalid("is given twice"));
        }
        self.once.push(name.to_owned());
        match name {
            "_count" => {
                let sound = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
                let count = sound.then(|| value.parse().unwrap_or(usize::MAX));
                self.search.count = Some(count.ok_or(invalid("expected a whole number from 0 on"))?);
            }
            "_summary" => {
                self.search.summary = match value {
                    "true" => Summary::True,
                    "text" => Summary::Text,
                    "data" => Summary::Data,
                    "count" => Summary::Count,
                    "false" => Summary::Whole,
                    _ => return Err(invalid("expected true, text, data, count or false")),
                }
            }
            "_total" => {
                self.search.total = match value {
                    "none" => Total::None,
                    "estimate" | "accurate" => Total::Accurate,
                    _ => return Err(invalid("expected none, estimate or accurate")),
                }
            }
            "_elements" => {
                for name in value.split(',') {
                    let name = name.trim();
                    let own = format!("{}.", self.search.resource_type);
                    let name = name.strip_prefix(own.as_str()).unwrap_or(name);
                    let sound = name.starts_with(|c: char| c.is_ascii_lowercase())
                        && name.bytes().all(|b| b.is_ascii_alphanumeric());
                    if !sound || name.len() > 64 {
                        return Err(invalid(
                            "expected names of elements at the top of the resource, with commas between",
                        ));
                    }
                    self.search.elements.push(name.to_owned());
                }
            }
            _ => self.sort(value)?,
        }
        Ok(())
    }

    fn sort(&mut self, value: &str) -> Result<(), Fault> {
        for part in value.split(',') {
            let part = part.trim();
            let (name, way) = part.strip_prefix('-').map_or((part, Way::Up), |name| (name, Way::Down));
            let (param, kind) = if name == "_lastUpdated" {
                ("_lastUpdated", Kind::Date)
            } else {
                let row = row(self.search.resource_type, name).ok_or(invalid(
                    "expected names of search parameters of this type, with commas between and a minus sign before those that go down",
                ))?;
                if row.kind == Kind::Quantity {
                    return Err(invalid(
                        "amounts have no order here: their units differ; sort by another parameter",
                    ));
                }
                (row.param, row.kind)
            };
            if self.search.sort.len() >= 8 || self.search.sort.iter().any(|known| known.param == param) {
                return Err(invalid("expected at most eight parameters, each once"));
            }
            self.search.sort.push(Sort { param, kind, way });
        }
        Ok(())
    }

    /// What is kept about a record and not in it comes without what it points to, and with nothing it is pointed from.
    fn has_includes(&self, value: &str) -> bool {
        let of = value.split(':').next().unwrap_or_default();
        includes(self.search.resource_type) && includes(of)
    }

    fn include(&mut self, name: &str, modifier: Option<&str>, value: &str) -> Result<(), Fault> {
        if modifier.is_some() {
            return Err((
                "not-supported",
                "is followed one step only; :iterate is not offered, ask again for what comes".into(),
            ));
        }
        let expected = || {
            invalid(
                "expected Type:parameter or Type:parameter:TargetType of a reference that /fhir/metadata lists",
            )
        };
        let mut parts = value.split(':');
        let (of, param, target) =
            (parts.next().unwrap_or(""), parts.next().ok_or_else(expected)?, parts.next());
        if parts.next().is_some() || target.is_some_and(|target| !crate::fhir::check::known_type(target)) {
            return Err(expected());
        }
        let of = served(of).ok_or_else(expected)?;
        let references = |row: &&Row| matches!(row.kind, Kind::Reference | Kind::Patient);
        let row = row(of, param).filter(references).ok_or_else(expected)?;
        let include = Include { resource_type: of, param: row.param, target: target.map(str::to_owned) };
        if name == "_include" && of != self.search.resource_type {
            return Err(invalid("expected a reference of the type that is searched"));
        }
        let list = if name == "_include" { &mut self.search.includes } else { &mut self.search.rev_includes };
        if list.len() >= 10 {
            return Err(("too-costly", "is given more than ten times".into()));
        }
        if !list.contains(&include) {
            list.push(include);
        }
        Ok(())
    }

    /// None for a name that is no parameter of the type.
    fn criterion(&self, name: &str, value: &str) -> Result<Option<Criterion>, Fault> {
        criterion(self.search.resource_type, (name, value), self.given)
    }
}

type Fault = (&'static str, String);

fn invalid(text: &str) -> Fault {
    ("invalid", text.to_owned())
}

fn unsupported(text: &str) -> Fault {
    ("not-supported", text.to_owned())
}

fn row(resource_type: &str, name: &str) -> Option<&'static Row> {
    index::rows(resource_type).iter().find(|row| row.param == name && offered(resource_type, name))
}

fn criterion(
    resource_type: &'static str,
    (name, value): (&str, &str),
    given: Given,
) -> Result<Option<Criterion>, Fault> {
    let (head, chained) = name.split_once('.').map_or((name, None), |(head, rest)| (head, Some(rest)));
    let (param, modifier) = head.split_once(':').map_or((head, None), |(param, m)| (param, Some(m)));
    if param == "_lastUpdated" {
        let test = match (modifier, chained) {
            (None, None) => Test::Date(each(value, |one| date(one, given.now))?),
            _ => return Err(unsupported("takes no modifier")),
        };
        return Ok(Some(Criterion { resource_type, param: "_lastUpdated", test }));
    }
    let Some(row) = row(resource_type, param) else { return Ok(None) };
    let test = match chained {
        Some(rest) => chain(row, (modifier, rest), (value, given))?,
        None => test(row, modifier, (value, given))?,
    };
    Ok(Some(Criterion { resource_type, param: row.param, test }))
}

/// Where a reference leads whose name says it, for chains without a type.
fn leads_to(row: &Row) -> Option<&'static str> {
    match (row.kind, row.param) {
        (Kind::Patient, _) | (_, "subject" | "beneficiary") => Some("Patient"),
        (_, "encounter" | "context") => Some("Encounter"),
        (_, "practitioner") => Some("Practitioner"),
        (_, "organization" | "payor") => Some("Organization"),
        (_, "location") => Some("Location"),
        (_, "medication") => Some("Medication"),
        _ => None,
    }
}

fn chain(
    row: &Row,
    (kind, rest): (Option<&str>, &str),
    (value, given): (&str, Given),
) -> Result<Test, Fault> {
    if !matches!(row.kind, Kind::Reference | Kind::Patient) {
        return Err(unsupported("is no reference, so that nothing can be chained to it"));
    }
    let kind = match kind {
        Some(kind) => served(kind),
        None if row.param == "subject" => None,
        None => leads_to(row),
    };
    let kind =
        kind.ok_or_else(|| unsupported("needs the type that it leads to, as parameter:Type.parameter"))?;
    if rest.contains('.') {
        return Err(unsupported("is followed one step only; a chain has two names"));
    }
    match criterion(kind, (rest, value), given)? {
        Some(inner) if inner.test.needs_bytes() => Err(unsupported("takes no such modifier in a chain")),
        Some(inner) => Ok(Test::Chain(Box::new(inner))),
        None => Err(unsupported("ends in a name that is no search parameter of the type it leads to")),
    }
}

fn test(row: &Row, modifier: Option<&str>, (value, given): (&str, Given)) -> Result<Test, Fault> {
    if modifier == Some("missing") {
        return match value {
            "true" => Ok(Test::Absent),
            "false" => Ok(Test::Present),
            _ => Err(invalid("expected true or false")),
        };
    }
    let test = match (row.kind, modifier) {
        (Kind::Token, None) => Test::Token(each(value, token)?),
        (Kind::Token, Some("not")) => Test::NotToken(each(value, token)?),
        (Kind::Token, Some("text")) => Test::Display(each(value, folded)?),
        (Kind::Token, Some("in" | "not-in" | "above" | "below" | "of-type")) => {
            let param = row.param;
            return Err(unsupported(&format!(
                "is not offered, because value sets and hierarchies are not looked up here; list the codes with commas, \
                 as {param}=code or {param}=system|code, or use {param}:not, {param}:text or {param}:missing"
            )));
        }
        (Kind::Token, Some(_)) => return Err(unsupported("takes the modifiers not, text and missing")),
        (Kind::Date, None) => Test::Date(each(value, |one| date(one, given.now))?),
        (Kind::Date, Some(_)) => {
            return Err(unsupported("takes the modifier missing, and prefixes such as ge"));
        }
        (Kind::Text, None) => Test::Text(How::Starts, each(value, folded)?),
        (Kind::Text, Some("contains")) => Test::Text(How::Contains, each(value, folded)?),
        (Kind::Text, Some("exact")) => Test::Text(How::Exact, each(value, plain)?),
        (Kind::Text, Some(_)) => return Err(unsupported("takes the modifiers exact, contains and missing")),
        (Kind::Quantity, None) => Test::Quantity(each(value, quantity)?),
        (Kind::Quantity, Some(_)) => {
            return Err(unsupported("takes the modifier missing, and prefixes such as ge"));
        }
        (Kind::Reference | Kind::Patient, Some("identifier")) => Test::Logical(each(value, token)?),
        (Kind::Reference | Kind::Patient, modifier) => {
            let named = match modifier {
                Some(name) if crate::fhir::check::known_type(name) => Some(name),
                Some(_) => {
                    return Err(unsupported("takes the name of a type, identifier or missing as modifier"));
                }
                None => None,
            };
            let own = (row.kind == Kind::Patient).then_some("Patient");
            if named.zip(own).is_some_and(|(named, own)| named != own) {
                return Err(invalid("is always a Patient; leave the modifier out"));
            }
            let mut targets = each(value, |one| reference(one, (given.base, named.or(own))))?;
            // An id alone names what the parameter is called after.
            for target in targets.iter_mut().filter(|target| target.kind.is_none() && !target.is_address()) {
                target.kind = leads_to(row).map(str::to_owned);
            }
            Test::Reference(targets)
        }
    };
    Ok(test)
}

fn folded(text: &str) -> Result<String, &'static str> {
    let text = fold(&plain(text)?);
    if text.is_empty() { Err("a value is empty") } else { Ok(text) }
}

/// Reads each of the values between the commas.
fn each<T>(value: &str, read: impl Fn(&str) -> Result<T, &'static str>) -> Result<Vec<T>, Fault> {
    let parts = split(value, ',');
    if parts.len() > MOST_VALUES {
        return Err(("too-costly", "has more than 200 values; ask in several searches".into()));
    }
    parts
        .into_iter()
        .map(|part| match part.trim().is_empty() {
            true => Err(invalid("a value is empty; write \\, for a comma that is part of a value")),
            false => read(part).map_err(invalid),
        })
        .collect()
}
