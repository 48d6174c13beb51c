//! Words to search by, gathered folded from a whole resource,
//! and markup turned into plain text.

use super::read::{cut, flag};
use crate::fhir::text::fold_into;
use base64::Engine as _;
use serde_json::Value;

/// Most bytes of words kept for one resource.
pub(super) const MOST: usize = 8 * 1024;

/// Members whose text a person would not search by: codes, addresses of machines, names of types.
const MUTE_TEXTS: &[&str] = &[
    "resourceType",
    "id",
    "reference",
    "system",
    "code",
    "url",
    "contentType",
    "data",
    "div",
    "implicitRules",
    "language",
    "profile",
    "hash",
    "use",
    "status",
    "intent",
    "unit",
    "currency",
    "start",
    "end",
    "linkId",
    "type",
    "questionnaire",
    "mode",
    "gender",
    "criticality",
    "lifecycleStatus",
    "docStatus",
    "outcome",
    "comparator",
    "uid",
    "instance",
];

/// Members that are not read: whose record it is stands on every item, and contained resources come last.
const MUTE_PARTS: &[&str] = &[
    "meta",
    "subject",
    "patient",
    "beneficiary",
    "extension",
    "modifierExtension",
    "contained",
    "identifier",
];

/// Everything in a resource that a person might search by, folded, each text once, at most 8 kB.
pub(super) fn words(resource: &Value) -> String {
    let mut words = Words { out: String::with_capacity(256), seen: Vec::new() };
    // A stack instead of recursion: the depth of the input decides nothing.
    let mut stack = vec![resource];
    while let Some(value) = stack.pop() {
        if words.out.len() >= MOST {
            break;
        }
        match value {
            Value::Object(members) => {
                if members.contains_key("data") {
                    words.attachment(value);
                }
                if !std::ptr::eq(value, resource) {
                    walk(members, &mut words, &mut stack);
                    continue;
                }
                // Contained resources are part of this one and come last; the narrative only if it says more.
                stack.extend(members.get("contained"));
                narrative(members.get("text"), &mut words);
                walk(members, &mut words, &mut stack);
            }
            Value::Array(items) => stack.extend(items.iter().rev()),
            Value::String(text) => words.add(text),
            _ => {}
        }
    }
    cut_words(words.out)
}

fn walk<'a>(members: &'a serde_json::Map<String, Value>, words: &mut Words, stack: &mut Vec<&'a Value>) {
    let before = stack.len();
    for (key, member) in members {
        match member {
            Value::String(text) if !MUTE_TEXTS.contains(&key.as_str()) => words.add(text),
            Value::Object(_) | Value::Array(_) if !MUTE_PARTS.contains(&key.as_str()) => stack.push(member),
            _ => {}
        }
    }
    stack[before..].reverse();
}

fn narrative(text: Option<&Value>, words: &mut Words) {
    let Some(text) = text else { return };
    // A generated narrative repeats what the elements say (FHIR R4 narrative-status).
    if matches!(flag(text, "status"), Some("generated" | "empty")) {
        return;
    }
    if let Some(div) = flag(text, "div") {
        words.add(&strip_markup(head(div, 4 * MOST)));
    }
}

fn head(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

fn cut_words(mut out: String) -> String {
    out.truncate(out.floor_char_boundary(MOST));
    out
}

struct Words {
    out: String,
    seen: Vec<(usize, usize)>,
}

impl Words {
    fn add(&mut self, text: &str) {
        // Dates, identifiers of machines and lone digits are not words.
        if text.len() < 2 || looks_mechanical(text) {
            return;
        }
        let text = head(text, MOST);
        let start = self.out.len();
        if start > 0 {
            self.out.push(' ');
        }
        let from = self.out.len();
        fold_into(text, &mut self.out);
        let new = &self.out[from..];
        if new.is_empty() || self.seen.iter().any(|&(a, b)| self.out.get(a..b) == Some(new)) {
            self.out.truncate(start);
        } else if self.seen.len() < 256 {
            self.seen.push((from, self.out.len()));
        }
    }

    /// The contents of an attachment that is text, decoded as far as the bound.
    fn attachment(&mut self, value: &Value) {
        let Some(kind) = flag(value, "contentType") else { return };
        let Some(data) = flag(value, "data") else { return };
        if !kind.starts_with("text/") && !kind.starts_with("application/xhtml") {
            return;
        }
        let most = if kind.starts_with("text/plain") { MOST } else { 4 * MOST };
        let end = data.len().min(most / 3 * 4) / 4 * 4;
        let Some(encoded) = data.get(..end) else { return };
        let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(encoded) else { return };
        let text = String::from_utf8_lossy(&bytes);
        if kind.starts_with("text/plain") { self.add(&text) } else { self.add(&strip_markup(&text)) }
    }
}

fn looks_mechanical(text: &str) -> bool {
    let bytes = text.as_bytes();
    let date = bytes.len() >= 7 && bytes[4] == b'-' && bytes[..4].iter().all(u8::is_ascii_digit);
    date || text.starts_with("urn:") || text.starts_with("http://") || text.starts_with("https://")
}

/// Elements whose contents are never text to read.
const SILENT: &[&str] = &["script", "style", "head", "template", "object", "iframe", "svg"];

/// Elements that begin a new line.
const BREAKING: &[&str] = &[
    "p",
    "br",
    "div",
    "tr",
    "li",
    "ul",
    "ol",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "dt",
    "dd",
    "pre",
    "section",
    "caption",
    "thead",
    "tbody",
    "paragraph",
    "item",
    "list",
    "title",
];

/// Plain text of HTML, XHTML or XML: tags out, block elements as new lines, cells kept apart, entities read, scripts
/// and styles left out. Never markup again: the result is text to be escaped like any other.
pub fn strip_markup(html: &str) -> String {
    let mut out = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        push_text(&rest[..at], &mut out);
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let is_tag = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
        let Some(end) = rest.find('>').filter(|_| is_tag) else {
            out.push('<');
            rest = &rest[1..];
            continue;
        };
        let name = tag_name(&rest[1..end]);
        let opened = !rest[1..].starts_with('/') && !rest[..end].ends_with('/');
        rest = &rest[end + 1..];
        mark(&name, &mut out);
        if opened && SILENT.contains(&name.as_str()) {
            rest = after_close(rest, &name);
        }
    }
    push_text(rest, &mut out);
    tidy(&out)
}

fn tag_name(tag: &str) -> String {
    let tag = tag.trim_start_matches('/');
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != ':').unwrap_or(tag.len());
    let name = tag[..end].rsplit(':').next().unwrap_or_default();
    name.chars().take(12).collect::<String>().to_ascii_lowercase()
}

fn mark(name: &str, out: &mut String) {
    if BREAKING.contains(&name) {
        out.push('\n');
    } else if matches!(name, "td" | "th") {
        out.push_str("  ");
    }
}

fn after_close<'a>(text: &'a str, name: &str) -> &'a str {
    let mut at = 0;
    while let Some(found) = text[at..].find("</") {
        let close = at + found;
        let tail = &text[close + 2..];
        if tail.get(..name.len()).is_some_and(|t| t.eq_ignore_ascii_case(name)) {
            return tail.find('>').map_or("", |end| &tail[end + 1..]);
        }
        at = close + 2;
    }
    ""
}

const ENTITIES: &[(&str, &str)] = &[
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("ndash", "–"),
    ("mdash", "—"),
    ("bull", "•"),
    ("deg", "°"),
    ("micro", "µ"),
    ("hellip", "…"),
    ("reg", "®"),
    ("copy", "©"),
    ("rsquo", "’"),
    ("lsquo", "‘"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("le", "≤"),
    ("ge", "≥"),
    ("plusmn", "±"),
    ("ntilde", "ñ"),
    ("aacute", "á"),
    ("eacute", "é"),
    ("iacute", "í"),
    ("oacute", "ó"),
    ("uacute", "ú"),
];

fn push_text(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match entity(rest) {
            Some((found, length)) => {
                out.push_str(&found);
                rest = &rest[length..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
}

fn entity(text: &str) -> Option<(String, usize)> {
    let end = text.bytes().take(12).position(|b| b == b';')?;
    let name = text.get(1..end)?;
    let found = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control() || *c == '\n')?.to_string()
        }
        None => ENTITIES.iter().find(|row| row.0 == name)?.1.to_owned(),
    };
    Some((found, end + 1))
}

/// Spaces within lines collapsed, empty lines out.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut words = line.split_whitespace().peekable();
        if words.peek().is_none() {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        for (n, word) in words.enumerate() {
            if n > 0 {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// At most `most` bytes of a plain text, control characters out, lines kept.
pub(super) fn clean(text: &str, most: usize) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    cut(kept.trim(), most)
}
