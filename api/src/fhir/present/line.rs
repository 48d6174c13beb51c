//! The list line of a resource: title, date, value, flag and the words it is found by.
//! Runs once per resource at ingest, so it reads only what it needs and keeps every text short.

use serde_json::Value;

use super::category::kind;
use super::codes::{self, Flag};
use super::paths::{ANY_DATE, ANY_TITLE, AUTHORS, CODES, DATES, PLACES, TITLES, row};
use super::read::{
    self, codes as coded, concept, cut, decimal, first, flag, human_name, many, quantity, range, ratio,
    reference_name, text, unit_of, with_unit,
};
use super::systems::{LOINC, TREND_SYSTEMS};
use super::{Category, When, fold};

/// A number with its unit, for charts.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// The value as stated.
    pub value: f64,
    /// Readable unit, empty for none.
    pub unit: String,
}

/// What a list shows of one resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Where it belongs.
    pub category: Category,
    /// Message id of what kind of thing it is: "Prescription", "Hospital stay".
    pub kind: &'static str,
    /// What it is called, in the words of the source; never empty. Where the source gives no name this is the
    /// English name of `kind`, and `named` is false.
    pub title: String,
    /// Whether the title is the source's own. If not, show `kind` in the reader's language instead.
    pub named: bool,
    /// When it happened, else when it was written down.
    pub when: Option<When>,
    /// The result or main value: "5.4 %", "128/82 mmHg".
    pub value: Option<String>,
    /// Message id of the value where it is a word of ours (yes, no, not asked).
    pub word: Option<&'static str>,
    /// The reference range as text.
    pub range: Option<String>,
    /// What the range or the source says of the value.
    pub flag: Option<Flag>,
    /// Message id of the state, if FHIR knows it.
    pub status: Option<&'static str>,
    /// System and code for trends: the first LOINC, SNOMED CT, RxNorm or CVX coding, else the first coding.
    pub code: Option<(String, String)>,
    /// The value as a number; of a blood pressure the systolic one.
    pub number: Option<Number>,
    /// The second number of a pair: the diastolic blood pressure.
    pub second: Option<f64>,
    /// Low and high end of the reference range.
    pub bounds: (Option<f64>, Option<f64>),
    /// Who made it, if the resource names them.
    pub author: Option<String>,
    /// Where, if the resource names the place.
    pub place: Option<String>,
    /// Marked by its source as a mistake.
    pub entered_in_error: bool,
    /// Folded words to search by, at most 8 kB (see `fold`).
    pub words: String,
}

/// Longest title, value or name on a line, in bytes.
const SHORT: usize = 300;

/// Makes the list line of any JSON. Total: what is not FHIR gives an unnamed line in `Other`.
pub fn line(resource: &Value) -> Line {
    let category = Category::of(resource);
    let kind = kind(resource, category);
    let own = own_title(resource);
    let named = own.is_some();
    let mut line = Line {
        category,
        kind,
        title: own.unwrap_or_else(|| unnamed(resource)),
        named,
        when: when(resource),
        value: None,
        word: None,
        range: None,
        flag: Flag::of(resource),
        status: status(resource),
        code: code(resource),
        number: None,
        second: None,
        bounds: (None, None),
        author: author(resource),
        place: place(resource),
        entered_in_error: in_error(resource),
        words: fold::words(resource),
    };
    match flag(resource, "resourceType") {
        Some("Observation") => result(resource, &mut line),
        Some(name) => line.value = value(name, resource),
        None => {}
    }
    for text in [&mut line.value, &mut line.range, &mut line.author, &mut line.place].into_iter().flatten() {
        *text = cut(text, SHORT);
    }
    line
}

/// The name a resource gives itself, shortened; `None` if it gives none.
pub(super) fn own_title(resource: &Value) -> Option<String> {
    let name = flag(resource, "resourceType")?;
    let paths = row(TITLES, name).unwrap_or(ANY_TITLE);
    // Several names of one person are alternatives; the official one is the title.
    if let Some(name) = resource.get("name").filter(|n| n.is_array()).and_then(human_name) {
        return Some(cut(&name, SHORT));
    }
    let title = paths.iter().find_map(|path| {
        let mut found = None;
        read::each(resource, path, &mut |key, v| {
            if found.is_none() {
                found = title_at(key, v, resource).filter(|t| is_telling(t));
            }
        });
        found
    });
    title.map(|t| cut(&begun(t), SHORT))
}

/// A title begins with a capital letter, unless its first word mixes cases ("mRNA") or is very short ("pH").
fn begun(title: String) -> String {
    let word = title.split([' ', ',', '/']).next().unwrap_or_default();
    if word.len() < 4 || !word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
        return title;
    }
    let mut out = title;
    out[..1].make_ascii_uppercase();
    out
}

fn title_at(key: &str, value: &Value, root: &Value) -> Option<String> {
    if let Some(name) = human_name(value).filter(|_| key == "name" && value.is_object()) {
        return Some(name);
    }
    if flag(value, "reference").is_some() {
        return reference_name(value, root);
    }
    if key == "category" && is_bare_category(value) {
        return None;
    }
    if key == "questionnaire" {
        // The address of a form ends in its name or in an id; `is_telling` and the digits tell them apart.
        let name = text(value)?.split('|').next()?.rsplit('/').next()?;
        let digits = name.bytes().filter(u8::is_ascii_digit).count();
        return (digits * 3 < name.len()).then(|| super::fields::split_name(name));
    }
    // A code that has no name beside it is not a title.
    let has_words =
        value.is_string() || flag(value, "text").is_some() || first(value, "coding.display").is_some();
    if has_words || flag(value, "display").is_some() { concept(value) } else { None }
}

/// Codes that say which drawer a plan lies in, and nothing about the plan.
fn is_bare_category(value: &Value) -> bool {
    let codings = value.get("coding").map(many).unwrap_or_default();
    let drawer = ["assess-plan", "734163000"];
    let bare = codings.iter().filter_map(|c| flag(c, "code")).any(|code| drawer.contains(&code));
    bare && flag(value, "text").is_none_or(|t| t.eq_ignore_ascii_case("care plan"))
}

/// A bare number, such as a code without a display, is no name, and neither is "unknown".
fn is_telling(title: &str) -> bool {
    title.chars().any(char::is_alphabetic) && !title.eq_ignore_ascii_case("unknown")
}

/// The English words of a resource's type: "Medication request"; "Item" for what is no FHIR resource.
fn unnamed(resource: &Value) -> String {
    match flag(resource, "resourceType").map(super::fields::split_name) {
        Some(words) if !words.is_empty() => cut(&words, SHORT),
        _ => "Item".to_owned(),
    }
}

fn when(resource: &Value) -> Option<When> {
    let paths = flag(resource, "resourceType").and_then(|name| row(DATES, name)).unwrap_or(ANY_DATE);
    paths.iter().find_map(|path| first(resource, path).and_then(Value::as_str).and_then(When::parse))
}

fn status(resource: &Value) -> Option<&'static str> {
    if let Some(code) = flag(resource, "status").or_else(|| flag(resource, "lifecycleStatus")) {
        return codes::status(code);
    }
    let concept = resource.get("clinicalStatus").or_else(|| resource.get("verificationStatus"));
    concept.and_then(codes::concept)
}

fn in_error(resource: &Value) -> bool {
    flag(resource, "status") == Some("entered-in-error")
        || flag(resource, "lifecycleStatus") == Some("entered-in-error")
        || coded(resource, "verificationStatus").any(|(_, code)| code == "entered-in-error")
}

fn code(resource: &Value) -> Option<(String, String)> {
    let key = CODES.iter().find(|key| resource.get(**key).is_some())?;
    let best = TREND_SYSTEMS.iter().find_map(|system| coded(resource, key).find(|(s, _)| s == system));
    let (system, code) = best.or_else(|| coded(resource, key).find(|(s, _)| !s.is_empty()))?;
    Some((cut(system, SHORT), cut(code, SHORT)))
}

fn author(resource: &Value) -> Option<String> {
    let about = flag(resource, "resourceType");
    if matches!(about, Some("Patient" | "Person" | "RelatedPerson")) {
        return None;
    }
    named(resource, AUTHORS)
}

fn place(resource: &Value) -> Option<String> {
    named(resource, PLACES)
}

fn named(resource: &Value, paths: &[&str]) -> Option<String> {
    paths.iter().find_map(|path| {
        let mut found = None;
        read::each(resource, path, &mut |_, v| {
            if found.is_none() && v.is_object() {
                found = reference_name(v, resource);
            }
        });
        found
    })
}

/// Value, range, flag and numbers of an Observation.
fn result(resource: &Value, line: &mut Line) {
    match first(resource, "value*") {
        Some(value) => {
            (line.value, line.word) = result_text(value);
            line.number = measured(value);
        }
        None if !pressure(resource, line) => {
            line.value = components(resource);
            if line.value.is_none() {
                line.word = resource.get("dataAbsentReason").and_then(codes::concept);
            }
        }
        None => {}
    }
    let Some(stated) = resource.get("referenceRange").and_then(|r| r.get(0)) else { return };
    line.range = flag(stated, "text").map(read::plain).or_else(|| range(stated));
    let end = |side: &str| first(stated, side).and_then(decimal);
    line.bounds = (end("low.value"), end("high.value"));
    let only = resource.get("referenceRange").map(many).unwrap_or_default().len() == 1;
    if let (None, true, Some(number)) = (line.flag, only, &line.number) {
        line.flag = compare(number, stated, line.bounds);
    }
}

/// High, low or normal by the one stated range, if it is in the same unit and is a range of healthy people.
fn compare(number: &Number, stated: &Value, (low, high): (Option<f64>, Option<f64>)) -> Option<Flag> {
    let units = ["low", "high"].iter().filter_map(|side| stated.get(*side)).map(unit_of);
    let alike = units.into_iter().all(|unit| unit.is_empty() || unit == number.unit);
    let kind = first(stated, "type.coding.code").and_then(Value::as_str);
    if !alike || kind.is_some_and(|k| k != "normal") || (low.is_none() && high.is_none()) {
        return None;
    }
    Some(match number.value {
        value if low.is_some_and(|low| value < low) => Flag::Low,
        value if high.is_some_and(|high| value > high) => Flag::High,
        _ => Flag::Normal,
    })
}

fn measured(value: &Value) -> Option<Number> {
    if value.is_number() {
        return Some(Number { value: decimal(value)?, unit: String::new() });
    }
    if flag(value, "comparator").is_some() {
        return None;
    }
    let found = value.get("value").filter(|v| v.is_number()).and_then(decimal)?;
    Some(Number { value: found, unit: unit_of(value) })
}

fn result_text(value: &Value) -> (Option<String>, Option<&'static str>) {
    match value {
        Value::Bool(true) => (None, Some("word-yes")),
        Value::Bool(false) => (None, Some("word-no")),
        Value::Number(n) => (n.as_f64().map(read::number), None),
        // The start is enough for a line; a long report need not be copied to be cut.
        Value::String(s) => (Some(read::plain(&cut(s, 2 * SHORT))).filter(|s| !s.is_empty()), None),
        other => {
            let text =
                quantity(other).or_else(|| range(other)).or_else(|| ratio(other)).or_else(|| concept(other));
            (text.or_else(|| flag(other, "start").map(str::to_owned)), None)
        }
    }
}

/// LOINC codes of the two halves of a blood pressure.
const PRESSURES: (&str, &str) = ("8480-6", "8462-4");

/// Reads a blood pressure panel as "128/82 mmHg"; false if the resource is none.
fn pressure(resource: &Value, line: &mut Line) -> bool {
    let parts = resource.get("component").map(many).unwrap_or_default();
    let half = |wanted: &str| {
        let part = parts.iter().find(|p| coded(p, "code").any(|c| c == (LOINC, wanted)))?;
        measured(part.get("valueQuantity")?)
    };
    let (Some(high), Some(low)) = (half(PRESSURES.0), half(PRESSURES.1)) else { return false };
    let both = format!("{}/{}", read::number(high.value), read::number(low.value));
    line.value = Some(with_unit(&both, &high.unit));
    line.second = Some(low.value);
    line.number = Some(high);
    true
}

fn components(resource: &Value) -> Option<String> {
    let parts = resource.get("component").map(many).unwrap_or_default();
    let said = parts.iter().filter_map(|part| {
        let name = part.get("code").and_then(concept)?;
        let value = first(part, "value*").and_then(|v| result_text(v).0)?;
        Some(format!("{name}: {value}"))
    });
    let some: Vec<String> = said.take(4).collect();
    (!some.is_empty()).then(|| some.join("; "))
}

/// What a line shows beside the title for the other types.
fn value(name: &str, resource: &Value) -> Option<String> {
    let text_at = |paths: &[&str]| {
        paths.iter().find_map(|path| {
            let value = first(resource, path)?;
            reference_name(value, resource).or_else(|| quantity(value)).or_else(|| concept(value))
        })
    };
    match name {
        "Claim" => money_at(resource, &["total"]),
        "ExplanationOfBenefit" | "ClaimResponse" => money_at(resource, &["total.amount", "payment.amount"]),
        "Invoice" => money_at(resource, &["totalGross", "totalNet"]),
        "MedicationRequest" | "MedicationDispense" => {
            text_at(&["dosageInstruction.text", "dosageInstruction.patientInstruction", "quantity"])
        }
        "MedicationStatement" | "MedicationAdministration" => text_at(&["dosage.text", "dosage.dose"]),
        "AllergyIntolerance" => listed(resource, "reaction.manifestation"),
        "Condition" => text_at(&["bodySite", "stage.summary"]),
        "DiagnosticReport" => text_at(&["conclusion", "conclusionCode"]),
        "Encounter" | "Appointment" => text_at(&["reasonCode", "reasonReference", "description"]),
        "Procedure" | "ServiceRequest" | "CareTeam" => {
            text_at(&["reasonCode", "reasonReference", "bodySite"])
        }
        "FamilyMemberHistory" => listed(resource, "condition.code"),
        "Goal" => text_at(&["target.detailQuantity", "target.measure"]),
        "ImagingStudy" => text_at(&["series.bodySite", "reasonCode"]),
        "Immunization" => text_at(&["manufacturer"]),
        "CarePlan" => listed(resource, "activity.detail.code"),
        "SupplyDelivery" => text_at(&["suppliedItem.quantity"]),
        "Coverage" => text_at(&["subscriberId", "type"]),
        "RiskAssessment" => text_at(&["prediction.qualitativeRisk", "mitigation"]),
        _ => None,
    }
}

fn money_at(resource: &Value, paths: &[&str]) -> Option<String> {
    let (amount, currency) = paths.iter().find_map(|path| first(resource, path).and_then(read::money))?;
    Some(if currency == "USD" { format!("${amount}") } else { format!("{amount} {currency}") })
}

fn listed(resource: &Value, path: &str) -> Option<String> {
    let mut all: Vec<String> = Vec::new();
    read::each(resource, path, &mut |_, v| {
        all.extend(concept(v).filter(|c| all.len() < 6 && !all.contains(c)));
    });
    (!all.is_empty()).then(|| all.join(", "))
}
