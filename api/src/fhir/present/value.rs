//! From any FHIR value to what is shown, decided by the form of the value and the name of its element.
//! So every element of every type has a readable form, also those that no table names.

use serde_json::{Map, Value};

use super::dosage::{self, TimeUnit};
use super::fields;
use super::fold::clean;
use super::read::{
    self, LONG, address, amount, concept, cut, first, flag, human_name, many, money, number, range, ratio,
    reference_name, text,
};
use super::{Field, Label, Shown, When, codes};

/// How deep parts within parts are shown; deeper ones are in the raw resource.
const DEEP: usize = 6;
/// Most values of one field.
const MANY: usize = 500;

/// Reads values; `root` is the resource, for names of contained resources.
pub(super) struct Reader<'a> {
    /// The whole resource.
    pub root: &'a Value,
}

impl Reader<'_> {
    /// What is shown for the value of element `key`; nothing where it has no readable content.
    pub fn shown(&self, key: &str, value: &Value) -> Vec<Shown> {
        let mut out = Vec::new();
        self.collect((key, value), 0, &mut out);
        present_first(&mut out);
        out
    }

    fn collect(&self, (key, value): (&str, &Value), depth: usize, out: &mut Vec<Shown>) {
        if out.len() >= MANY {
            return;
        }
        match value {
            Value::Null => {}
            // That a record is no hearsay goes without saying.
            Value::Bool(false) if is_hearsay(key) => {}
            Value::Bool(true) if is_hearsay(key) => out.push(Shown::Word("word-reported")),
            Value::Bool(yes) => out.push(Shown::YesNo(*yes)),
            Value::Number(n) => out.push(Shown::Text(n.as_f64().map(number).unwrap_or_default())),
            Value::String(s) => out.extend(string(key, s)),
            Value::Array(_) if key == "name" && many(value).iter().any(is_name) => {
                out.extend(human_name(value).map(Shown::Text));
            }
            Value::Array(items) => items.iter().for_each(|item| self.collect((key, item), depth, out)),
            Value::Object(members) => match self.data_type(key, value) {
                Some(shown) => out.extend(shown),
                None => out.extend(self.group(members, depth)),
            },
        }
    }

    /// Reads an object as one of the FHIR data types; `None` if it is none of them.
    fn data_type(&self, key: &str, value: &Value) -> Option<Option<Shown>> {
        let has = |name: &str| value.get(name).is_some();
        let text_shown = |text: Option<String>| text.map(|t| Shown::Text(cut(&t, LONG)));
        Some(if has("coding") {
            codes::concept(value).map(Shown::Word).or_else(|| text_shown(concept(value)))
        } else if flag(value, "reference").is_some() || has("display") && !has("code") {
            Some(self.reference(value))
        } else if has("currency") && has("value") {
            money(value).map(|(amount, currency)| Shown::Money { amount, currency })
        } else if value.get("value").is_some_and(Value::is_number) {
            quantity(value)
        } else if flag(value, "start").is_some() || flag(value, "end").is_some() {
            period(value)
        } else if value.get("low").or(value.get("high")).is_some_and(Value::is_object) {
            range(value).map(Shown::Range)
        } else if key == "referenceRange" && has("text") {
            text_shown(flag(value, "text").map(str::to_owned)).map(as_range)
        } else if has("numerator") {
            text_shown(ratio(value))
        } else if has("repeat") || has("event") && key.ends_with("iming") {
            Some(Shown::Schedule(Box::new(dosage::schedule(value))))
        } else if has("doseAndRate") || key.ends_with("osage") || key == "dosageInstruction" {
            Some(Shown::Dosage(Box::new(dosage::dosage(value))))
        } else if is_name(value) {
            text_shown(human_name(value)).map(|name| timed(name, value))
        } else if has("line") || has("city") || has("postalCode") {
            text_shown(address(value)).map(|address| timed(address, value))
        } else if has("contentType") {
            text_shown(flag(value, "title").map(str::to_owned))
        } else if flag(value, "value").is_some() && !has("answer") {
            contact_or_identifier(value).map(|found| timed(found, value))
        } else if has("code") && (has("system") || has("display")) {
            codes::coded(value).map(Shown::Word).or_else(|| text_shown(concept(value)))
        } else if flag(value, "text").is_some() && is_note(value) {
            flag(value, "text").map(|t| Shown::Text(clean(t, LONG)))
        } else {
            return None;
        })
    }

    fn reference(&self, value: &Value) -> Shown {
        let reference = cut(flag(value, "reference").unwrap_or_default(), 500);
        Shown::Reference { reference, display: reference_name(value, self.root) }
    }

    fn group(&self, members: &Map<String, Value>, depth: usize) -> Option<Shown> {
        if depth >= DEEP {
            return None;
        }
        let mut parts = Vec::new();
        for (key, member) in members.iter().filter(|(key, _)| !fields::is_silent(key)) {
            let mut value = Vec::new();
            self.collect((key, member), depth + 1, &mut value);
            if !value.is_empty() {
                parts.push(Field { label: fields::label(key), value });
            }
        }
        if let Some(extra) = members.get("extension") {
            parts.extend(self.extensions(extra));
        }
        (!parts.is_empty()).then_some(Shown::Group(parts))
    }

    /// The fields of extensions that carry a value: named by table, else by the last part of their address.
    pub fn extensions(&self, extensions: &Value) -> Vec<Field> {
        many(extensions).iter().filter_map(|e| self.extension(e, 0)).take(100).collect()
    }

    fn extension(&self, extension: &Value, depth: usize) -> Option<Field> {
        let url = flag(extension, "url")?;
        let label = fields::extension_label(url);
        let mut value = Vec::new();
        if let Some(inner) = extension.get("extension").map(many).filter(|_| depth < DEEP) {
            // US Core race and ethnicity carry a text made for people beside their codes.
            let text =
                inner.iter().find(|e| flag(e, "url") == Some("text")).and_then(|e| flag(e, "valueString"));
            if let Some(text) = text {
                value.extend(words_of(inner, text).unwrap_or_else(|| vec![Shown::Text(cut(text, LONG))]));
            } else {
                let parts: Vec<Field> = inner.iter().filter_map(|e| self.extension(e, depth + 1)).collect();
                value.extend((!parts.is_empty()).then_some(Shown::Group(parts)));
            }
        }
        let members = extension.as_object()?;
        for (key, member) in members.iter().filter(|(key, _)| read::is_choice(key, "value")) {
            match (key.as_str(), member.as_str().and_then(fields::extension_code)) {
                ("valueCode", Some(word)) => value.push(Shown::Word(word)),
                _ => self.collect((key, member), depth + 1, &mut value),
            }
        }
        (!value.is_empty()).then_some(Field { label, value })
    }
}

/// Whether an element says that somebody reported it, and nobody here knew it first.
fn is_hearsay(key: &str) -> bool {
    matches!(key, "reportedBoolean" | "reported")
}

/// A name, an address or a number with until when it holds, where the source says that it ends.
fn timed(shown: Shown, value: &Value) -> Shown {
    let until = first(value, "period.end").and_then(text).and_then(When::parse);
    match (flag(value, "use"), until) {
        (Some("old"), until) => Shown::Old(Box::new(shown), until),
        (_, Some(until)) => Shown::Until(Box::new(shown), until),
        _ => shown,
    }
}

/// A normal range that the source wrote as text, which can be said in the reader's language where it is numbers.
pub(super) fn as_range(value: Shown) -> Shown {
    match value {
        Shown::Text(text) => Shown::Range(text),
        other => other,
    }
}

/// Puts what is used now before what ends, and that before what is old; the source's order is kept otherwise.
pub(super) fn present_first(values: &mut [Shown]) {
    values.sort_by_key(|value| match value {
        Shown::Until(..) => 1,
        Shown::Old(..) => 2,
        _ => 0,
    });
}

fn string(key: &str, raw: &str) -> Option<Shown> {
    let found = text(&Value::String(raw.to_owned())).map(str::to_owned)?;
    if let Some(word) = codes::element(key, &found) {
        return Some(Shown::Word(word));
    }
    let dated = found.len() >= 7 || key.to_ascii_lowercase().contains("date");
    if let Some(when) = When::parse(&found).filter(|_| dated) {
        return Some(Shown::When(when));
    }
    if found.starts_with('<') && (key == "div" || found.ends_with('>')) {
        return Some(Shown::Text(cut(&super::strip_markup(&found), LONG)));
    }
    Some(Shown::Text(clean(&found, LONG)))
}

/// A Quantity; amounts of time become spans, so that "3 years" can be said in any language.
pub(super) fn quantity(value: &Value) -> Option<Shown> {
    let text = amount(value)?;
    let time = flag(value, "code").or_else(|| flag(value, "unit")).and_then(TimeUnit::from_code);
    Some(match time {
        Some(unit) => Shown::Span { count: text, unit },
        None => Shown::Quantity { text, unit: read::unit_of(value) },
    })
}

fn period(value: &Value) -> Option<Shown> {
    let end = |key: &str| flag(value, key).and_then(When::parse);
    match (end("start"), end("end")) {
        (None, None) => None,
        (start, end) => Some(Shown::Period(start, end)),
    }
}

fn contact_or_identifier(value: &Value) -> Option<Shown> {
    let number = Shown::Text(cut(flag(value, "value")?, LONG));
    let kind = value
        .get("type")
        .and_then(|kind| codes::concept(kind).map(Label::Word).or_else(|| concept(kind).map(Label::Source)));
    Some(match kind {
        Some(label) => Shown::Group(vec![Field { label, value: vec![number] }]),
        None => number,
    })
}

/// Our words for the codes beside a text, where the text says no more than these codes do.
fn words_of(inner: &[Value], text: &str) -> Option<Vec<Shown>> {
    let coded: Vec<&Value> = inner.iter().filter_map(|extension| extension.get("valueCoding")).collect();
    let displays: Vec<&str> = coded.iter().filter_map(|coding| flag(coding, "display")).collect();
    let same = !coded.is_empty() && displays.join(", ").eq_ignore_ascii_case(text);
    let word = |coding: &&Value| codes::coded(coding).map(Shown::Word);
    same.then(|| coded.iter().map(word).collect()).flatten()
}

fn is_name(value: &Value) -> bool {
    value.get("family").is_some_and(Value::is_string) || value.get("given").is_some_and(Value::is_array)
}

/// A text alone, or an Annotation.
fn is_note(value: &Value) -> bool {
    let known = ["text", "time", "authorString", "authorReference", "id", "extension"];
    value.as_object().is_some_and(|members| members.keys().all(|key| known.contains(&key.as_str())))
}

/// Whether a label stands for an element without a word of ours; used to keep such fields last.
pub(super) fn is_foreign(label: &Label) -> bool {
    matches!(label, Label::Source(_))
}
