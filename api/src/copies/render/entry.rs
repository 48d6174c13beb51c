//! One item in the reader's language, as the page, the tables and the PDF need it. Made once, used by all three.

use std::collections::{BTreeMap, HashMap};

use chrono_tz::Tz;
use serde_json::Value;

use super::Document;
use crate::base::Instant;
use crate::copies::rules::local_day;
use crate::copies::store::Kept;
use crate::fhir::present::{self, Category, Flag, Label, View, When};
use crate::words::{self, Language, say, say_with};

/// An item in words. Every text is plain; whoever writes it into a page escapes it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When it happened, as the source writes it.
    pub when: Option<When>,
    /// When it happened, in words; empty for unknown.
    pub date: String,
    /// Its title.
    pub title: String,
    /// The result or main value; empty for none.
    pub value: String,
    /// The value as a number with its unit.
    pub number: Option<present::Number>,
    /// The second number of a pair.
    pub second: Option<f64>,
    /// Low and high end of the normal range.
    pub bounds: (Option<f64>, Option<f64>),
    /// The normal range in words.
    pub range: String,
    /// What the range or the source says of the value.
    pub flag: Option<Flag>,
    /// Its state in words.
    pub status: String,
    /// Who made it.
    pub author: String,
    /// Where.
    pub place: String,
    /// Marked by its source as a mistake.
    pub mistake: bool,
    /// System and code, for trends.
    pub code: Option<(String, String)>,
    /// Pairs of label and value.
    pub fields: Vec<(String, String)>,
    /// Repeated parts.
    pub tables: Vec<TextTable>,
    /// Label and text of long texts.
    pub paragraphs: Vec<(String, String)>,
    /// Whether date, title, value and range say all that matters of it: a final measured value and no more.
    pub plain: bool,
    /// Its files in the ZIP: path and words.
    pub files: Vec<(String, String)>,
    /// What people call the source system.
    pub source: String,
    /// Where it came from and when, as a sentence.
    pub origin: String,
    /// The day it was received (`2026-11-22`).
    pub received: String,
    /// FHIR type, id and version.
    pub reference: (String, String, i64),
}

/// The sentences that tell where items came from: few for a whole record, so each is made once.
pub struct Origins {
    language: Language,
    zone: Tz,
    titles: BTreeMap<String, String>,
    sentences: HashMap<(String, String), String>,
}

impl Origins {
    /// None made yet; `titles` are what people call the source systems, and days are those of the zone.
    pub fn new((language, zone): (Language, Tz), titles: BTreeMap<String, String>) -> Self {
        Self { language, zone, titles, sentences: HashMap::new() }
    }

    fn day(&self, at: Instant) -> String {
        local_day(at, self.zone)
    }

    fn title(&self, source: &str) -> String {
        self.titles.get(source).map_or(source, String::as_str).to_owned()
    }

    fn of(&mut self, kept: &Kept) -> String {
        let day = self.day(kept.received);
        let language = self.language;
        let sentence =
            self.sentences.entry((self.title(&kept.source), day)).or_insert_with_key(|(source, day)| {
                let date = When::parse(day).map_or_else(|| day.clone(), |when| words::date(language, &when));
                say_with(language, "copies-source", &[("source", source.into()), ("date", date.into())])
            });
        sentence.clone()
    }
}

/// A table in words.
#[derive(Debug, Clone)]
pub struct TextTable {
    /// What it shows.
    pub caption: String,
    /// Headers.
    pub columns: Vec<String>,
    /// Cells by row.
    pub rows: Vec<Vec<String>>,
}

impl Entry {
    /// Puts a kept resource into words. What is no JSON any more gives an entry with a title only.
    pub fn new(origins: &mut Origins, kept: &Kept, (category, documents): (Category, &[Document])) -> Self {
        let language = origins.language;
        let value: Value = serde_json::from_slice(&kept.bytes).unwrap_or(Value::Null);
        let View { mut line, fields, tables, paragraphs, attachments, links, codes: _ } =
            present::view(&value);
        if let (false, Some(title)) = (line.named, &kept.title) {
            (line.title, line.named) = (title.clone(), true);
        }
        let measured = matches!(category, Category::Labs | Category::Vitals) && documents.is_empty();
        let plain = measured && paragraphs.is_empty() && is_plain(&line, (&fields, &tables));
        let mut pairs: Vec<(String, String)> = fields
            .iter()
            .map(|field| (words::label(language, &field.label), words::shown_all(language, &field.value)))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        let linked = links.into_iter().filter_map(|link| Some((say(language, link.label), link.display?)));
        pairs.extend(gathered(linked));
        // A file that is not in the ZIP is at least named.
        if documents.is_empty() {
            let name = words::label(language, &Label::Word("label-attachment"));
            pairs.extend(attachments.into_iter().map(|a| (name.clone(), a.title.unwrap_or(a.content_type))));
        }
        Self {
            date: line.when.as_ref().map(|when| words::date(language, when)).unwrap_or_default(),
            title: words::line_title(language, &line),
            value: words::line_value(language, &line).unwrap_or_default(),
            range: line.range.map(|range| words::range(language, &range)).unwrap_or_default(),
            flag: line.flag,
            status: line.status.map(|id| say(language, id)).unwrap_or_default(),
            author: line.author.unwrap_or_default(),
            place: line.place.unwrap_or_default(),
            mistake: line.entered_in_error,
            when: line.when,
            number: line.number,
            second: line.second,
            bounds: line.bounds,
            code: line.code,
            fields: pairs,
            tables: tables.iter().map(|table| text_table(language, table)).collect(),
            paragraphs: paragraphs.into_iter().map(|p| (words::label(language, &p.label), p.text)).collect(),
            plain,
            files: documents.iter().map(|d| (d.path.clone(), d.words.clone())).collect(),
            source: origins.title(&kept.source),
            origin: origins.of(kept),
            received: origins.day(kept.received),
            reference: (kept.kind.clone(), kept.id.clone(), kept.version),
        }
    }

    /// What the flag says, in words; empty for none.
    pub fn flag_words(&self, language: Language) -> String {
        self.flag.map(|flag| say(language, flag.name())).unwrap_or_default()
    }
}

/// The same with one label for all values that follow each other under it.
fn gathered(pairs: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for (label, value) in pairs {
        match all.last_mut().filter(|(last, _)| *last == label) {
            Some((_, values)) => {
                values.push_str("; ");
                values.push_str(&value);
            }
            None => all.push((label, value)),
        }
    }
    all
}

/// Whether a row of a list says all that matters of a measured value.
fn is_plain(line: &present::Line, (fields, tables): (&[present::Field], &[present::Table])) -> bool {
    let said = [
        "label-code",
        "label-result",
        "label-flag",
        "label-effective",
        "label-issued",
        "label-status",
        "label-category",
        "label-performer",
    ];
    let known = |label: &Label, known: &[&str]| matches!(label, Label::Word(id) if known.contains(id));
    let range = |table: &present::Table| {
        known(&table.caption, &["label-normal-range"])
            && table.rows.len() == 1
            && table.columns.iter().all(|column| known(column, &["label-normal-range", "label-text"]))
    };
    let pair = |table: &present::Table| line.second.is_some() && known(&table.caption, &["label-component"]);
    line.number.is_some()
        && !line.entered_in_error
        && matches!(line.status, None | Some("status-final"))
        && fields.iter().all(|field| known(&field.label, &said))
        && tables.iter().all(|table| range(table) || pair(table))
}

fn text_table(language: Language, table: &present::Table) -> TextTable {
    TextTable {
        caption: words::label(language, &table.caption),
        columns: table.columns.iter().map(|column| words::label(language, column)).collect(),
        rows: table
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| words::shown_all(language, cell)).collect())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_says_all_of_a_plain_value() {
        let plain = json!({
            "resourceType": "Observation", "status": "final", "code": {"text": "Glucose"},
            "valueQuantity": {"value": 5, "unit": "mmol/L"}, "effectiveDateTime": "2026-01-02",
            "referenceRange": [{"low": {"value": 4}, "high": {"value": 6}, "text": "4 to 6"}],
        });
        let with = |name: &str, value: Value| {
            let mut changed = plain.clone();
            changed[name] = value;
            changed
        };
        let two = json!([{"low": {"value": 4}}, {"low": {"value": 5}}]);
        for (resource, wanted) in [
            (plain.clone(), true),
            (with("referenceRange", json!([])), true),
            (with("status", json!("preliminary")), false),
            (with("status", json!("entered-in-error")), false),
            (with("method", json!({"text": "Strip"})), false),
            (with("referenceRange", two), false),
            (
                with("referenceRange", json!([{"low": {"value": 4}, "appliesTo": [{"text": "Fasting"}]}])),
                false,
            ),
            (with("valueQuantity", Value::Null), false),
        ] {
            let view = present::view(&resource);
            assert_eq!(is_plain(&view.line, (&view.fields, &view.tables)), wanted, "{resource}");
        }
    }
}
