//! A resource for somebody who sees a part of a record: without the places where it names what they do not see. An id, a
//! type or a name beside it would tell them that it is there.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use memchr::memmem;

use super::{Members, after_colon, skip_space, string_end, value_end};

/// Elements without which their resource is none (FHIR R4, cardinality 1): where nothing of them is left, a word for what
/// is withheld stands there (data-absent-reason `masked`).
const NEEDED: [&[u8]; 9] = [
    b"\"appointment\"",
    b"\"codeReference\"",
    b"\"content\"",
    b"\"device\"",
    b"\"immunizationEvent\"",
    b"\"insurance\"",
    b"\"itemReference\"",
    b"\"medicationReference\"",
    b"\"target\"",
];
/// Resources within a resource: what one of them lost does not take it with it, since the resource points to it.
const CONTAINED: &[u8] = b"\"contained\"";
const MASK: &str = r#"{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}"#;

/// Every reference of a resource as it is meant, whatever is written with a backslash; those within it are left out.
pub fn named(raw: &[u8]) -> impl Iterator<Item = Cow<'_, str>> {
    memmem::find_iter(raw, b"\"reference\"").filter_map(move |at| {
        let start = after_colon(raw, at + b"\"reference\"".len())?;
        text(raw, start).filter(|text| !text.starts_with('#'))
    })
}

/// The resource without these references. What stood beside one in the same element goes with it: a list loses that
/// entry. So does the narrative, which repeats what the elements say. Bytes that name none of them stay as they came, and
/// so does what is no JSON.
pub fn masked(raw: &[u8], hidden: &HashSet<String>) -> Vec<u8> {
    let top = skip_space(raw, 0);
    let mut mask = Mask { raw, hidden, top, out: Vec::with_capacity(raw.len()) };
    match mask.value(top) {
        Some(_) => mask.out,
        None => raw.to_vec(),
    }
}

fn text(raw: &[u8], start: usize) -> Option<Cow<'_, str>> {
    if raw.get(start) != Some(&b'"') {
        return None;
    }
    let place = start..string_end(raw, start)?;
    let inside = &raw[place.start + 1..place.end - 1];
    match inside.contains(&b'\\') {
        true => serde_json::from_slice(&raw[place]).ok().map(Cow::Owned),
        false => std::str::from_utf8(inside).ok().map(Cow::Borrowed),
    }
}

/// What became of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    /// It was written.
    All,
    /// It was written without one of its own references.
    Less,
    /// Nothing is left of it, and nothing was written.
    Nothing,
}

/// Whether the entries of a list stay that lost something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entries {
    /// Only what lost nothing.
    Whole,
    /// What is left of each.
    Parts,
}

struct Mask<'a> {
    raw: &'a [u8],
    hidden: &'a HashSet<String>,
    /// Where the resource begins.
    top: usize,
    out: Vec<u8>,
}

impl Mask<'_> {
    /// None for what is no JSON.
    fn value(&mut self, start: usize) -> Option<Left> {
        let end = value_end(self.raw, start)?;
        match self.raw.get(start)? {
            b'{' if self.is_hidden(start)? => Some(Left::Nothing),
            b'{' if self.names(start..end) => self.object(start),
            b'[' if self.names(start..end) => self.list(start, Entries::Whole),
            _ => {
                self.out.extend_from_slice(&self.raw[start..end]);
                Some(Left::All)
            }
        }
    }

    /// Whether something in there may have to go.
    fn names(&self, place: Range<usize>) -> bool {
        named(&self.raw[place]).any(|text| self.hidden.contains(text.as_ref()))
    }

    /// Whether this object is a reference to what is hidden.
    fn is_hidden(&self, start: usize) -> Option<bool> {
        let mut members = Members::of(self.raw, start)?;
        while let Some((name, value)) = members.next_member()? {
            let named = &self.raw[name] == b"\"reference\"";
            if named && text(self.raw, value.start).is_some_and(|text| self.hidden.contains(text.as_ref())) {
                return Some(true);
            }
        }
        Some(false)
    }

    fn object(&mut self, start: usize) -> Option<Left> {
        let mut members = Members::of(self.raw, start)?;
        let (mut left, begun) = (Left::All, self.out.len());
        self.out.push(b'{');
        while let Some((name, value)) = members.next_member()? {
            if start == self.top && &self.raw[name.clone()] == b"\"text\"" {
                continue;
            }
            let before = self.out.len();
            if before > begun + 1 {
                self.out.push(b',');
            }
            self.out.extend_from_slice(&self.raw[name.clone()]);
            self.out.push(b':');
            let contained = start == self.top && &self.raw[name.clone()] == CONTAINED;
            let left_of_it = match self.raw.get(value.start) {
                Some(b'[') if contained && self.names(value.clone()) => {
                    self.list(value.start, Entries::Parts)?
                }
                _ => self.value(value.start)?,
            };
            if left_of_it != Left::Nothing {
                continue;
            }
            if start == self.top && NEEDED.contains(&&self.raw[name]) {
                let list = self.raw.get(value.start) == Some(&b'[');
                let mask = if list { format!("[{MASK}]") } else { MASK.to_owned() };
                self.out.extend_from_slice(mask.as_bytes());
            } else {
                self.out.truncate(before);
                left = Left::Less;
            }
        }
        if self.out.len() == begun + 1 {
            self.out.truncate(begun);
            return Some(Left::Nothing);
        }
        self.out.push(b'}');
        Some(left)
    }

    fn list(&mut self, start: usize, entries: Entries) -> Option<Left> {
        let begun = self.out.len();
        self.out.push(b'[');
        let mut at = skip_space(self.raw, start + 1);
        while self.raw.get(at)? != &b']' {
            let before = self.out.len();
            if before > begun + 1 {
                self.out.push(b',');
            }
            // What an entry lost was what it is about.
            let left = self.value(at)?;
            if left == Left::Nothing || (left == Left::Less && entries == Entries::Whole) {
                self.out.truncate(before);
            }
            // Nothing at all is no value.
            let end = value_end(self.raw, at).filter(|end| *end > at)?;
            at = skip_space(self.raw, end);
            if self.raw.get(at) == Some(&b',') {
                at = skip_space(self.raw, at + 1);
            }
        }
        if self.out.len() == begun + 1 {
            self.out.truncate(begun);
            return Some(Left::Nothing);
        }
        self.out.push(b']');
        Some(Left::All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(raw: &str) -> String {
        let hidden = ["Condition/h", "Encounter/h", "Medication/h"].map(str::to_owned).into();
        String::from_utf8(masked(raw.as_bytes(), &hidden)).unwrap()
    }

    #[test]
    fn what_is_not_seen_is_not_named() {
        for (raw, expected) in [
            // Lists lose an entry, with what stands beside it; the numbers of the rest stay as they came.
            (
                r#"{"resourceType":"Provenance","target":[{"reference":"Condition/h","display":"HIV"},{"reference":"Condition/s"}],"x":1.10}"#,
                r#"{"resourceType":"Provenance","target":[{"reference":"Condition/s"}],"x":1.10}"#,
            ),
            // One without which there is no such resource is masked.
            (
                r#"{"target":[{"reference":"Condition/h"}]}"#,
                r#"{"target":[{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}]}"#,
            ),
            (
                r#"{"medicationReference":{"reference":"Medication/h"},"status":"active"}"#,
                r#"{"medicationReference":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]},"status":"active"}"#,
            ),
            // A single one goes, and so does an entry that was about it.
            (r#"{"a":1,"encounter":{"reference":"Encounter\/h","display":"STD clinic"}}"#, r#"{"a":1}"#),
            (r#"{"encounter":{"reference":"Encounter/h"},"a":1}"#, r#"{"a":1}"#),
            (
                r#"{"diagnosis":[{"condition":{"reference":"Condition/h"},"rank":1},{"condition":{"reference":"Condition/s"}}]}"#,
                r#"{"diagnosis":[{"condition":{"reference":"Condition/s"}}]}"#,
            ),
            (r#"{"a":2,"context":{"encounter":[{"reference":"Encounter/h"}]}}"#, r#"{"a":2}"#),
            (
                r#"{"context":{"encounter":[{"reference":"Encounter/h"}],"period":{}}}"#,
                r#"{"context":{"period":{}}}"#,
            ),
            (
                r#"{"extension":[{"url":"u","valueReference":{"reference":"Condition/h"}}],"a":3}"#,
                r#"{"a":3}"#,
            ),
            // The narrative says in words what the elements say; what another resource is to a hidden one goes too.
            (
                r#"{"text":{"status":"generated","div":"<div>HIV</div>"},"a":{"text":"kept"},"b":{"reference":"Condition/h"}}"#,
                r#"{"a":{"text":"kept"}}"#,
            ),
            (
                r#"{"relatesTo":[{"code":"replaces","target":{"reference":"Condition/h"}}],"a":4}"#,
                r#"{"a":4}"#,
            ),
            // What is contained stays without it: something points there.
            (
                r##"{"contained":[{"resourceType":"Medication","id":"m","ingredient":[{"itemReference":{"reference":"Medication/h"}}],"code":{}},{"id":"n"}],"a":{"reference":"#m"}}"##,
                r##"{"contained":[{"resourceType":"Medication","id":"m","code":{}},{"id":"n"}],"a":{"reference":"#m"}}"##,
            ),
            (
                r#"{"contained":[{"id":"m","encounter":{"reference":"Encounter/h"}}]}"#,
                r#"{"contained":[{"id":"m"}]}"#,
            ),
            // What names nothing of it stays as it is, blanks and all.
            (
                r##"{ "a" : [ ] , "b":{"reference":"Condition/hh"},"c":{"reference":"#h"}, "d":"\"reference\":\"Condition/h\"" }"##,
                r##"{ "a" : [ ] , "b":{"reference":"Condition/hh"},"c":{"reference":"#h"}, "d":"\"reference\":\"Condition/h\"" }"##,
            ),
            (
                r#"{ "e" : { } , "b":{"reference" : "Condition/h"} , "f": [ 1 , 2 ] }"#,
                r#"{"e":{ },"f":[ 1 , 2 ]}"#,
            ),
        ] {
            assert_eq!(without(raw), expected, "{raw}");
            serde_json::from_str::<serde_json::Value>(&without(raw)).unwrap();
        }
    }

    /// Whether an object in there is a reference to what is hidden.
    fn names_it(value: &serde_json::Value) -> bool {
        match value {
            serde_json::Value::Array(all) => all.iter().any(names_it),
            serde_json::Value::Object(members) => {
                members.get("reference").is_some_and(|text| text == "Condition/h")
                    || members.values().any(names_it)
            }
            _ => false,
        }
    }

    proptest::proptest! {
        /// Whatever the bytes are, nothing panics; what was JSON stays JSON, and names nothing hidden.
        #[test]
        fn any_bytes_are_masked(raw in "(\\{|\\}|\\[|\\]|,|:|1|\"a\"|\"reference\":|\"Condition/h\"|\\{\"reference\":\"Condition/h\"\\}){0,24}") {
            let out = without(&raw);
            if serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&raw).is_ok() {
                let left: serde_json::Value =
                    if out.is_empty() { serde_json::Value::Null } else { serde_json::from_str(&out).unwrap() };
                proptest::prop_assert!(!names_it(&left), "{raw} -> {out}");
            }
        }
    }
}
