//! FHIR XML (R4, xml.html) out of FHIR JSON: elements in the order of the standard, nothing left out, nothing changed.
//! Decimals keep their digits, a narrative its bytes. What the standard does not know is written by the form it has in
//! JSON, behind what it knows: who reads XML gets what came in, as who reads JSON does.
//!
//! Written by hand over the table of `check/r4.txt`: the one library that writes FHIR XML is unmaintained, wraps large
//! integers without a word, drops spaces of narratives, and changes how the whole program reads numbers.

mod narrative;
#[cfg(test)]
mod tests;
mod tree;

use std::borrow::Cow;

use super::check::tables::{Field, Kind, TypeDef, tables};
use super::check::{Step, primitive::Primitive, render};
use super::json::{Limits, Unsafe};
use narrative::is_char;
use tree::Node;

/// How large a resource or Bundle may be that is written as XML, in bytes of JSON.
pub const MOST_JSON: usize = 32 * 1024 * 1024;
/// How large its XML may be, in bytes: a short array can stand for many long names.
pub const MOST_XML: usize = 128 * 1024 * 1024;
/// Nested objects and arrays, as at the door, and what a Bundle puts around them.
const MAX_DEPTH: usize = 72;
/// The longest name that is written; the longest of the standard has half of it.
const LONGEST_NAME: usize = 80;
/// Members that one object may have; the largest of the standard has a third of it, each choice counted apart.
const MOST_MEMBERS: usize = 400;

type Object<'a> = [(Cow<'a, str>, Node<'a>)];

/// Why something cannot be written as XML. Paths hold names of the standard, no values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is not JSON that is safe to read, or too large.
    #[error(transparent)]
    Json(#[from] Unsafe),
    /// It has no form of FHIR, so that XML has no place for it.
    #[error("{path}: XML has no place for it; expected {expected}")]
    Form {
        /// Where.
        path: String,
        /// What would have been right there.
        expected: &'static str,
    },
    /// A text has a character that XML cannot hold, not even as a reference (XML 1.0, 2.2).
    #[error("{path}: a character that XML cannot hold")]
    Character {
        /// Where.
        path: String,
    },
    /// The XML would be larger than [`MOST_XML`].
    #[error("the XML would have more than {MOST_XML} bytes")]
    TooLarge,
}

/// A resource or a Bundle as XML.
///
/// # Errors
/// [`Fault`].
///
/// ```
/// let xml = api::fhir::xml::from_json(br#"{"resourceType":"Basic","code":{"text":"a < b"},"id":"1"}"#).unwrap();
/// let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
/// <Basic xmlns="http://hl7.org/fhir"><id value="1"/><code><text value="a &lt; b"/></code></Basic>"#;
/// assert_eq!(String::from_utf8(xml).unwrap(), expected);
/// ```
pub fn from_json(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let root = tree::read(bytes, &Limits { max_bytes: MOST_JSON, max_depth: MAX_DEPTH })?;
    let name = root.member("resourceType").and_then(Node::text).unwrap_or_default();
    let head = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    let mut writer =
        Writer { out: Vec::with_capacity(bytes.len() + 64), root: name, path: Vec::with_capacity(16) };
    writer.out.extend_from_slice(head);
    writer.resource(&root, b" xmlns=\"http://hl7.org/fhir\"")?;
    Ok(writer.out)
}

struct Writer<'n> {
    out: Vec<u8>,
    root: &'n str,
    path: Vec<Step<'n>>,
}

/// A member of an object with its companion: `birthDate` and `_birthDate`.
struct Slot<'n, 'a> {
    /// Its place in the order of the standard; what it does not know comes last.
    place: u8,
    name: &'n str,
    field: Option<&'static Field>,
    value: Option<&'n Node<'a>>,
    beside: Option<&'n Node<'a>>,
}

impl<'n> Writer<'n> {
    fn form<T>(&self, expected: &'static str) -> Result<T, Fault> {
        Err(Fault::Form { path: render(self.root, &self.path), expected })
    }

    /// A resource with its own name around it.
    fn resource(&mut self, node: &'n Node<'_>, namespace: &[u8]) -> Result<(), Fault> {
        let Node::Object(members) = node else { return self.form("a resource") };
        let Some(name) = node.member("resourceType").and_then(Node::text) else {
            return self.form("a resource with its resourceType");
        };
        self.check_name(name)?;
        let known = tables().resource(name);
        // What every resource has in common stands in its place also in those that R4 does not know.
        let shape = known.or_else(|| tables().named("DomainResource"));
        self.begin(name)?;
        self.out.extend_from_slice(namespace);
        let slots = self.slots(shape, (members, |key| key != "resourceType"))?;
        self.content(name, slots)
    }

    /// An element that has members.
    fn element(
        &mut self,
        name: &'n str,
        (shape, members): (Option<&'static TypeDef>, &'n Object<'_>),
        value: Option<&'n Node<'_>>,
    ) -> Result<(), Fault> {
        self.begin(name)?;
        let is_extension = shape.is_some_and(|shape| shape.name == "Extension");
        let is_attribute = |key: &str| key == "id" || (key == "url" && is_extension);
        // `id` stands before `url` in no order that matters: attributes have none.
        for (key, node) in members.iter().filter(|(key, _)| is_attribute(key)) {
            self.path.push(Step::Name(key));
            self.attribute(key, node)?;
            self.path.pop();
        }
        if let Some(value) = value {
            self.attribute("value", value)?;
        }
        let slots = self.slots(shape, (members, |key| !is_attribute(key)))?;
        self.content(name, slots)
    }

    /// The members in the order of the standard. A member that is given twice counts as it does in most parsers: the
    /// last.
    fn slots<'a>(
        &self,
        shape: Option<&'static TypeDef>,
        (members, wanted): (&'n Object<'a>, impl Fn(&str) -> bool),
    ) -> Result<Vec<Slot<'n, 'a>>, Fault> {
        if members.len() > MOST_MEMBERS {
            return self.form("an object of fewer members");
        }
        let mut slots: Vec<Slot<'n, 'a>> = Vec::with_capacity(members.len());
        for (key, node) in members.iter().filter(|(key, _)| wanted(key)) {
            let (name, companion) = match key.strip_prefix('_') {
                Some(name) => (name, true),
                None => (&**key, false),
            };
            let field = shape.and_then(|shape| shape.field(name));
            let place = field.map_or(u8::MAX, |field| field.element);
            let same = slots.iter().position(|slot| slot.place == place && slot.name == name);
            let at = same.unwrap_or_else(|| {
                slots.push(Slot { place, name, field, value: None, beside: None });
                slots.len() - 1
            });
            let slot = &mut slots[at];
            *(if companion { &mut slot.beside } else { &mut slot.value }) = Some(node);
        }
        // Stable: what has no place of its own stays in the order of the text.
        slots.sort_by_key(|slot| slot.place);
        Ok(slots)
    }

    fn content(&mut self, name: &str, slots: Vec<Slot<'n, '_>>) -> Result<(), Fault> {
        self.out.push(b'>');
        let empty = self.out.len();
        for slot in slots {
            self.path.push(Step::Name(slot.name));
            self.slot(&slot)?;
            self.path.pop();
        }
        if self.out.len() == empty {
            self.out.truncate(empty - 1);
            self.out.extend_from_slice(b"/>");
        } else {
            self.out.extend_from_slice(b"</");
            self.out.extend_from_slice(name.as_bytes());
            self.out.push(b'>');
        }
        if self.out.len() > MOST_XML { Err(Fault::TooLarge) } else { Ok(()) }
    }

    fn slot(&mut self, slot: &Slot<'n, '_>) -> Result<(), Fault> {
        self.check_name(slot.name)?;
        let (values, beside) = (items(slot.value), items(slot.beside));
        for at in 0..values.len().max(beside.len()) {
            self.path.push(Step::Index(at));
            self.item(slot, (values.get(at), beside.get(at)))?;
            self.path.pop();
        }
        Ok(())
    }

    fn item(
        &mut self,
        slot: &Slot<'n, '_>,
        (value, beside): (Option<&'n Node<'_>>, Option<&'n Node<'_>>),
    ) -> Result<(), Fault> {
        let present = |node: &&Node<'_>| **node != Node::Null;
        let about: &Object<'_> = match beside.filter(present) {
            None => &[],
            Some(Node::Object(members)) => members,
            Some(_) => return self.form("an object with id or extension"),
        };
        match value.filter(present) {
            None if about.is_empty() => Ok(()),
            Some(Node::Array(_)) => self.form("no array inside an array"),
            Some(Node::Object(_)) if !about.is_empty() => self.form("a value of a primitive type"),
            Some(Node::Object(members)) if members.is_empty() => Ok(()),
            Some(node @ Node::Object(members)) => match slot.field.map(|field| field.kind) {
                Some(Kind::Object(number)) => {
                    self.element(slot.name, (Some(tables().at(number)), members), None)
                }
                Some(Kind::Resource) => self.wrapped(slot.name, node),
                _ if node.member("resourceType").is_some() => self.wrapped(slot.name, node),
                _ => self.element(slot.name, (None, members), None),
            },
            Some(Node::Text(text)) if is_narrative(slot.field) && about.is_empty() => self.narrative(text),
            scalar => self.element(slot.name, (tables().named("Element"), about), scalar),
        }
    }

    /// A resource inside an element: `contained`, `resource`.
    fn wrapped(&mut self, name: &str, node: &'n Node<'_>) -> Result<(), Fault> {
        self.begin(name)?;
        self.out.push(b'>');
        self.resource(node, b"")?;
        self.out.extend_from_slice(b"</");
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'>');
        Ok(())
    }

    fn narrative(&mut self, text: &str) -> Result<(), Fault> {
        let Some(div) = narrative::div(text) else {
            return Err(Fault::Character { path: render(self.root, &self.path) });
        };
        self.out.extend_from_slice(div.as_bytes());
        Ok(())
    }

    fn begin(&mut self, name: &str) -> Result<(), Fault> {
        self.out.push(b'<');
        self.out.extend_from_slice(name.as_bytes());
        if self.out.len() > MOST_XML { Err(Fault::TooLarge) } else { Ok(()) }
    }

    fn attribute(&mut self, name: &str, value: &Node<'_>) -> Result<(), Fault> {
        self.out.push(b' ');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"=\"");
        match value {
            Node::Text(text) => self.escaped(text)?,
            Node::Word(word) => self.out.extend_from_slice(word.as_bytes()),
            _ => return self.form("a text or a number"),
        }
        self.out.push(b'"');
        Ok(())
    }

    /// A text in an attribute. Breaks and tabs are references: a parser would make spaces of them (XML 1.0, 3.3.3).
    fn escaped(&mut self, text: &str) -> Result<(), Fault> {
        let mut from = 0;
        for (at, byte) in text.bytes().enumerate() {
            let reference: &[u8] = match byte {
                b'&' => b"&amp;",
                b'<' => b"&lt;",
                b'>' => b"&gt;",
                b'"' => b"&quot;",
                b'\t' => b"&#9;",
                b'\n' => b"&#10;",
                b'\r' => b"&#13;",
                // The first byte of what XML cannot hold beyond ASCII.
                0xEF if !text[at..].starts_with(is_char) => b"",
                byte if byte < b' ' => b"",
                _ => continue,
            };
            if reference.is_empty() {
                return Err(Fault::Character { path: render(self.root, &self.path) });
            }
            self.out.extend_from_slice(&text.as_bytes()[from..at]);
            self.out.extend_from_slice(reference);
            from = at + 1;
        }
        self.out.extend_from_slice(&text.as_bytes()[from..]);
        Ok(())
    }

    fn check_name(&self, name: &str) -> Result<(), Fault> {
        let fits = name.len() <= LONGEST_NAME
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
        if fits { Ok(()) } else { self.form("a name that XML can have") }
    }
}

/// The values of a member, one or many.
fn items<'n, 'a>(node: Option<&'n Node<'a>>) -> &'n [Node<'a>] {
    match node {
        None => &[],
        Some(Node::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
    }
}

fn is_narrative(field: Option<&Field>) -> bool {
    field.is_some_and(|field| matches!(field.kind, Kind::Primitive(Primitive::Xhtml)))
}
