//! JSON as a tree that keeps every number as it is written: `1.10` stays `1.10` (FHIR R4, 2.6.2.3).

use std::borrow::Cow;

use super::Fault;
use crate::fhir::json::{self, Limits, Unsafe};

/// A value.
#[derive(Debug, PartialEq)]
pub(super) enum Node<'a> {
    /// Members in the order of the text.
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
    Array(Vec<Node<'a>>),
    Text(Cow<'a, str>),
    /// A number, `true` or `false`, as it is written.
    Word(&'a str),
    Null,
}

impl<'a> Node<'a> {
    /// The value of a member of this object.
    pub fn member(&self, name: &str) -> Option<&Node<'a>> {
        match self {
            Node::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads a text. It is measured first, so the depth of the recursion below has a bound.
pub(super) fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Node<'a>, Fault> {
    json::scan(bytes, limits)?;
    // The scan has seen that it is UTF-8.
    let text = std::str::from_utf8(bytes).map_err(|fault| Unsafe::NotUtf8 { offset: fault.valid_up_to() })?;
    let mut reader = Reader { text, at: 0 };
    reader.skip_space();
    reader.value()
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or_default()
    }

    fn skip_space(&mut self) {
        while matches!(self.byte(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    fn broken<T>(&self, expected: &'static str) -> Result<T, Fault> {
        Err(Unsafe::NotJson { offset: self.at, expected }.into())
    }

    fn value(&mut self) -> Result<Node<'a>, Fault> {
        match self.byte() {
            b'{' => self.object(),
            b'[' => self.array(),
            b'"' => self.string().map(Node::Text),
            _ => self.word(),
        }
    }

    fn object(&mut self) -> Result<Node<'a>, Fault> {
        let mut members = Vec::new();
        self.at += 1;
        self.skip_space();
        while self.byte() != b'}' {
            let name = self.string()?;
            self.skip_space();
            self.at += 1; // the colon
            self.skip_space();
            let value = self.value()?;
            members.push((name, value));
            self.skip_space();
            if self.byte() == b',' {
                self.at += 1;
                self.skip_space();
            }
        }
        self.at += 1;
        Ok(Node::Object(members))
    }

    fn array(&mut self) -> Result<Node<'a>, Fault> {
        let mut items = Vec::new();
        self.at += 1;
        self.skip_space();
        while self.byte() != b']' {
            items.push(self.value()?);
            self.skip_space();
            if self.byte() == b',' {
                self.at += 1;
                self.skip_space();
            }
        }
        self.at += 1;
        Ok(Node::Array(items))
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        let start = self.at;
        let mut at = start + 1;
        let mut escaped = false;
        loop {
            let Some(next) = memchr::memchr2(b'"', b'\\', &self.text.as_bytes()[at.min(self.text.len())..])
            else {
                return self.broken("the end of a string");
            };
            at += next;
            if self.text.as_bytes()[at] == b'"' {
                break;
            }
            escaped = true;
            at += 2;
        }
        self.at = at + 1;
        if !escaped {
            return Ok(Cow::Borrowed(&self.text[start + 1..at]));
        }
        // Half of a surrogate pair is no character.
        match serde_json::from_str::<String>(&self.text[start..=at]) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(_) => Err(Unsafe::NotJson { offset: start, expected: "a string of characters" }.into()),
        }
    }

    fn word(&mut self) -> Result<Node<'a>, Fault> {
        let rest = &self.text[self.at..];
        let inside = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
        let word = &rest[..rest.bytes().position(|b| !inside(b)).unwrap_or(rest.len())];
        if serde_json::from_str::<serde::de::IgnoredAny>(word).is_err() {
            return self.broken("a number, true, false or null");
        }
        self.at += word.len();
        Ok(if word == "null" { Node::Null } else { Node::Word(word) })
    }
}
