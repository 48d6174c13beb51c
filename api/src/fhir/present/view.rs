//! The item page of a resource: all fields that matter first, then everything else it holds,
//! with its tables, long texts, files, links and codes. Total and bounded for any JSON.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::fields::{self, Row, SHOWN_ELSEWHERE};
use super::fold::{clean, strip_markup};
use super::read::{concept, cut, each, first, flag, human_name, is_choice, many, reference_name};
use super::value::{Reader, as_range, is_foreign, present_first};
use super::{Attachment, AttachmentPlace, Field, Label, Line, Shown, Table, attachment, line};

/// A long text: a note, a section of a letter, the contents of a text file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// What it is.
    pub label: Label,
    /// Plain text; lines are kept.
    pub text: String,
}

/// A related item of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Message id of how it is related.
    pub label: &'static str,
    /// The reference as written.
    pub reference: String,
    /// Its name, if the resource tells.
    pub display: Option<String>,
}

/// A code or an identifier, shown behind Details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coding {
    /// The element it stands in.
    pub label: Label,
    /// Address of the code system, empty if none is stated.
    pub system: String,
    /// The code.
    pub code: String,
    /// Its name, if stated.
    pub display: Option<String>,
}

/// Everything an item page shows of a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// The list line.
    pub line: Line,
    /// Labelled values, most important first.
    pub fields: Vec<Field>,
    /// Repeated parts.
    pub tables: Vec<Table>,
    /// Long texts.
    pub paragraphs: Vec<Paragraph>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Related items.
    pub links: Vec<Link>,
    /// Codes and identifiers, for Details.
    pub codes: Vec<Coding>,
}

/// Most characters (bytes) of one long text.
const PAGE: usize = 200_000;
/// Most rows of a table, links and codes.
const ROWS: usize = 1_000;

/// Makes the item page of any JSON.
pub fn view(resource: &Value) -> View {
    let mut maker = Maker {
        reader: Reader { root: resource },
        name: flag(resource, "resourceType").unwrap_or_default(),
        used: HashSet::new(),
        fields: Vec::new(),
        tables: Vec::new(),
    };
    let links = links(resource, &mut maker.used);
    maker.known_fields(resource);
    maker.known_tables(resource);
    maker.rest(resource);
    let attachments = attachment::find(resource);
    let mut paragraphs = paragraphs(resource);
    paragraphs.extend(attached_texts(resource, &attachments));
    // A generated narrative only repeats the elements (FHIR R4 narrative-status): it is shown where there is nothing else.
    let bare = maker.fields.is_empty() && maker.tables.is_empty() && paragraphs.is_empty();
    if bare || !is_generated(resource) {
        paragraphs.extend(narrative(resource));
    }
    View {
        line: line(resource),
        fields: maker.fields,
        tables: maker.tables,
        paragraphs,
        attachments,
        links,
        codes: codings(resource),
    }
}

struct Maker<'a> {
    reader: Reader<'a>,
    name: &'a str,
    /// Top-level elements that are already shown.
    used: HashSet<&'a str>,
    fields: Vec<Field>,
    tables: Vec<Table>,
}

impl<'a> Maker<'a> {
    fn known_fields(&mut self, resource: &'a Value) {
        for (label, path) in fields::of(self.name) {
            let value = self.values(resource, path);
            if value.is_empty() {
                continue;
            }
            self.mark(resource, path);
            self.fields.push(Field { label: Label::Word(label), value });
        }
    }

    /// Notes that the element a path begins with is shown. A part of a part does not count: what else the
    /// part holds is still to be shown.
    fn mark(&mut self, resource: &'a Value, path: &str) {
        let Some(members) = resource.as_object() else { return };
        let head = path.split('.').next().unwrap_or(path);
        match head.strip_suffix('*') {
            Some(stem) => self.used.extend(members.keys().filter(|k| is_choice(k, stem)).map(String::as_str)),
            None => self.used.extend(members.get_key_value(head).map(|(key, _)| key.as_str())),
        }
    }

    fn values(&self, value: &Value, path: &str) -> Vec<Shown> {
        if path == "." {
            return super::read::range(value).map(Shown::Range).into_iter().collect();
        }
        // Several names are alternatives of one person: the best is shown.
        if path == "name" {
            return value.get("name").map(|v| self.reader.shown("name", v)).unwrap_or_default();
        }
        let mut out = Vec::new();
        each(value, path, &mut |key, v| {
            for shown in self.reader.shown(key, v) {
                if !out.contains(&shown) && out.len() < ROWS {
                    out.push(shown);
                }
            }
        });
        present_first(&mut out);
        out
    }

    fn known_tables(&mut self, resource: &'a Value) {
        let name = self.name;
        for (_, caption, path, columns) in fields::TABLES.iter().filter(|row| row.0 == name) {
            let Some(found) = resource.get(path) else { continue };
            let rows: Vec<&Value> = many(found).iter().filter(|v| v.is_object()).take(ROWS).collect();
            self.mark(resource, path);
            let table = self.table((caption, path), columns, &rows);
            self.tables.extend(table);
        }
    }

    fn table(
        &self,
        (caption, path): (&'static str, &str),
        columns: &[Row],
        rows: &[&Value],
    ) -> Option<Table> {
        // Two paths of one label make one column: the first that has a value counts.
        let mut labels: Vec<&'static str> = Vec::new();
        for (label, _) in columns {
            if !labels.contains(label) {
                labels.push(label);
            }
        }
        let cell = |row: &Value, wanted: &str| {
            let paths = columns.iter().filter(|c| c.0 == wanted);
            let told = |column: &str| {
                let mut values = self.values(row, column);
                if (path, column) == ("referenceRange", "text") {
                    values = values.into_iter().map(as_range).collect();
                }
                // A reference without a name says only that there is one, and stands among the links already.
                if fields::is_link(path, column) {
                    values.retain(|value| !matches!(value, Shown::Reference { display: None, .. }));
                }
                values
            };
            paths.map(|c| told(c.1)).find(|v| !v.is_empty()).unwrap_or_default()
        };
        let cells = rows.iter().map(|row| labels.iter().map(|label| cell(row, label)).collect()).collect();
        trimmed(Label::Word(caption), labels.into_iter().map(Label::Word).collect(), cells)
    }

    /// Everything that no table names, in the order of the source; elements without a word of ours come last.
    fn rest(&mut self, resource: &'a Value) {
        let Some(members) = resource.as_object() else { return };
        let mut more = Vec::new();
        for (key, value) in members {
            let elsewhere = SHOWN_ELSEWHERE.contains(&key.as_str()) || fields::is_silent(key);
            if elsewhere || self.used.contains(key.as_str()) {
                continue;
            }
            match parts(value) {
                Some(rows) => self.tables.extend(self.free_table(key, &rows)),
                None => {
                    let value = self.reader.shown(key, value);
                    if !value.is_empty() {
                        more.push(Field { label: fields::label(key), value });
                    }
                }
            }
        }
        for key in ["extension", "modifierExtension"] {
            more.extend(members.get(key).map(|e| self.reader.extensions(e)).unwrap_or_default());
        }
        more.sort_by_key(|field| is_foreign(&field.label));
        self.fields.extend(more);
        if self.name == "QuestionnaireResponse" {
            self.tables.retain(|table| table.caption != Label::Word("label-item"));
            self.tables.extend(self.answers(resource));
        }
    }

    fn free_table(&self, key: &str, rows: &[&Value]) -> Option<Table> {
        let mut keys: Vec<&str> = Vec::new();
        for members in rows.iter().filter_map(|row| row.as_object()) {
            let new = members.keys().map(String::as_str).filter(|k| !fields::is_silent(k));
            for key in new {
                if !keys.contains(&key) && keys.len() < 20 {
                    keys.push(key);
                }
            }
        }
        let cell =
            |row: &Value, key: &str| row.get(key).map(|v| self.reader.shown(key, v)).unwrap_or_default();
        let cells = rows.iter().map(|row| keys.iter().map(|key| cell(row, key)).collect()).collect();
        let labels = keys.iter().map(|key| fields::label(key)).collect();
        trimmed(fields::label(key), labels, cells)
    }

    /// Questions and answers of a form, with the questions below questions in reading order.
    fn answers(&self, resource: &Value) -> Option<Table> {
        let mut rows = Vec::new();
        let mut stack: Vec<&Value> =
            resource.get("item").map(many).unwrap_or_default().iter().rev().collect();
        while let Some(item) = stack.pop() {
            if rows.len() >= ROWS {
                break;
            }
            let question =
                flag(item, "text").or_else(|| flag(item, "linkId")).map(|t| Shown::Text(cut(t, PAGE)));
            let mut answer = Vec::new();
            each(item, "answer.value*", &mut |key, v| answer.extend(self.reader.shown(key, v)));
            if question.is_some() || !answer.is_empty() {
                rows.push(vec![question.into_iter().collect(), answer]);
            }
            let answers = item.get("answer").map(many).unwrap_or_default();
            let nested = answers.iter().chain([item]).filter_map(|v| v.get("item")).flat_map(many);
            let nested: Vec<&Value> = nested.collect();
            stack.extend(nested.into_iter().rev());
        }
        let columns = vec![Label::Word("label-question"), Label::Word("label-answer")];
        trimmed(Label::Word("label-answers"), columns, rows)
    }
}

/// The rows of an element that is made of parts of its own (a BackboneElement with several members each).
fn parts(value: &Value) -> Option<Vec<&Value>> {
    let rows: Vec<&Value> = value.as_array()?.iter().filter(|v| v.is_object()).take(ROWS).collect();
    let is_part = |row: &&Value| {
        let probe = Reader { root: &Value::Null }.shown("", row);
        matches!(probe.as_slice(), [Shown::Group(_)])
    };
    (!rows.is_empty() && rows.iter().all(is_part)).then_some(rows)
}

/// A table without its empty columns; none if nothing is left.
fn trimmed(caption: Label, columns: Vec<Label>, rows: Vec<Vec<Vec<Shown>>>) -> Option<Table> {
    let full: Vec<bool> =
        (0..columns.len()).map(|n| rows.iter().any(|r| r.get(n).is_some_and(|c| !c.is_empty()))).collect();
    let keep = |n: &usize| full.get(*n).copied().unwrap_or(false);
    let columns: Vec<Label> =
        columns.into_iter().enumerate().filter(|(n, _)| keep(n)).map(|(_, c)| c).collect();
    let rows: Vec<Vec<Vec<Shown>>> = rows
        .into_iter()
        .map(|row| row.into_iter().enumerate().filter(|(n, _)| keep(n)).map(|(_, c)| c).collect::<Vec<_>>())
        .filter(|row| row.iter().any(|cell| !cell.is_empty()))
        .collect();
    (!columns.is_empty() && !rows.is_empty()).then_some(Table { caption, columns, rows })
}

/// Links to other items. An element that holds nothing but links is not shown again as a field.
fn links<'a>(resource: &'a Value, used: &mut HashSet<&'a str>) -> Vec<Link> {
    let mut out: Vec<Link> = Vec::new();
    for (label, path) in fields::LINKS {
        each(resource, path, &mut |_, v| {
            let Some(reference) = flag(v, "reference").filter(|r| !r.starts_with('#')) else { return };
            let link = Link { label, reference: cut(reference, 500), display: reference_name(v, resource) };
            if out.len() < ROWS && !out.contains(&link) {
                out.push(link);
            }
        });
        let whole = resource.as_object().and_then(|members| members.get_key_value(*path));
        if let Some((key, _)) = whole.filter(|(_, v)| many(v).iter().all(is_link)) {
            used.insert(key.as_str());
        }
    }
    out
}

fn is_link(value: &Value) -> bool {
    flag(value, "reference").is_some_and(|r| !r.starts_with('#'))
}

/// Notes, conclusions, messages and sections of the resource.
fn paragraphs(resource: &Value) -> Vec<Paragraph> {
    let mut out = Vec::new();
    let mut put = |label: Label, text: &str| {
        let text = clean(text, PAGE);
        if !text.is_empty() && out.len() < ROWS {
            out.push(Paragraph { label, text });
        }
    };
    each(resource, "conclusion", &mut |_, v| {
        put(Label::Word("label-conclusion"), v.as_str().unwrap_or_default())
    });
    each(resource, "note", &mut |_, v| {
        let text = flag(v, "text").or_else(|| v.as_str()).unwrap_or_default();
        put(Label::Word("label-note"), text);
    });
    let mut stack: Vec<&Value> = resource.get("section").map(many).unwrap_or_default().iter().rev().collect();
    while let Some(section) = stack.pop() {
        let title =
            flag(section, "title").map(|t| cut(t, 300)).or_else(|| section.get("code").and_then(concept));
        let label = title.map_or(Label::Word("label-section"), Label::Source);
        if let Some(div) = first(section, "text.div").and_then(Value::as_str) {
            put(label, &strip_markup(div));
        }
        stack.extend(section.get("section").map(many).unwrap_or_default().iter().rev());
    }
    out
}

/// Text files within the resource, as text to read on the page.
fn attached_texts(resource: &Value, attachments: &[Attachment]) -> Vec<Paragraph> {
    let readable = attachments.iter().filter(|a| a.content_type.starts_with("text/"));
    let texts = readable.filter_map(|attachment| {
        let AttachmentPlace::Inline { pointer } = &attachment.place else { return None };
        let bytes = attachment::attachment_bytes(resource, pointer).ok()?;
        let raw = String::from_utf8_lossy(&bytes);
        let plain = attachment.content_type.starts_with("text/plain");
        let text = if plain { clean(&raw, PAGE) } else { clean(&strip_markup(&raw), PAGE) };
        let label = attachment.title.clone().map_or(Label::Word("label-written"), Label::Source);
        (!text.is_empty()).then_some(Paragraph { label, text })
    });
    texts.take(20).collect()
}

fn is_generated(resource: &Value) -> bool {
    first(resource, "text.status").and_then(Value::as_str) == Some("generated")
}

/// The narrative as plain text.
fn narrative(resource: &Value) -> Option<Paragraph> {
    let text = clean(&strip_markup(flag(resource.get("text")?, "div")?), PAGE);
    (!text.is_empty()).then_some(Paragraph { label: Label::Word("label-narrative"), text })
}

/// Every code and identifier of the resource, each once.
fn codings(resource: &Value) -> Vec<Coding> {
    let mut out: Vec<Coding> = Vec::new();
    out.extend(flag(resource, "questionnaire").map(|form| Coding {
        label: fields::label("questionnaire"),
        system: String::new(),
        code: cut(form, 300),
        display: None,
    }));
    let mut stack: Vec<(&str, &Value)> = vec![("", resource)];
    while let Some((key, value)) = stack.pop() {
        if out.len() >= 200 {
            break;
        }
        match value {
            Value::Array(items) => stack.extend(items.iter().rev().map(|item| (key, item))),
            Value::Object(members) => {
                if let Some(coding) = coding(key, members).filter(|c| !out.contains(c)) {
                    out.push(coding);
                }
                let inner = members.iter().rev().filter(|(k, v)| is_inner(k, v));
                stack.extend(inner.map(|(k, v)| (if k == "coding" { key } else { k.as_str() }, v)));
            }
            _ => {}
        }
    }
    out
}

fn is_inner(key: &str, value: &Value) -> bool {
    (value.is_object() || value.is_array()) && !matches!(key, "meta" | "contained" | "extension")
}

fn coding(key: &str, members: &Map<String, Value>) -> Option<Coding> {
    let text_at = |name: &str| members.get(name).and_then(Value::as_str).filter(|s| !s.trim().is_empty());
    // Quantities have a system and code as well; their unit is already shown.
    if members.contains_key("unit") || human_name(members.get("name").unwrap_or(&Value::Null)).is_some() {
        return None;
    }
    let system = text_at("system");
    let code = match (text_at("code"), text_at("value")) {
        (Some(code), None) if system.is_some() || members.contains_key("display") => code,
        (None, Some(value)) if key == "identifier" || key == "accessionIdentifier" => value,
        _ => return None,
    };
    Some(Coding {
        label: fields::label(key),
        system: cut(system.unwrap_or_default(), 300),
        code: cut(code, 300),
        display: text_at("display").map(|d| cut(d, 300)),
    })
}
