//! Safety at the door: a pass over raw bytes before any tree is built, and laying JSON on one line.
//! Neither recurses, so nesting costs no stack; both are linear in the bytes.

use super::check::{Finding, MOST_FINDINGS, Severity, Step, render};
use std::borrow::Cow;
use std::collections::HashSet;

/// What a resource may measure at most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the whole text.
    pub max_bytes: usize,
    /// Nested objects and arrays.
    pub max_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_bytes: 50 * 1024 * 1024, max_depth: 64 }
    }
}

/// What the pass saw of a text that is safe to parse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The deepest nesting found.
    pub depth: usize,
    /// One finding `duplicate-key` for each member that is given again; parsers disagree on which one counts.
    pub findings: Vec<Finding>,
}

/// Why a text must not be parsed. Offsets are in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsafe {
    /// Larger than [`Limits::max_bytes`].
    #[error("the text has {bytes} bytes, more than {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Deeper than [`Limits::max_depth`].
    #[error("nesting deeper than {limit} at byte {offset}")]
    TooDeep {
        /// Where the limit is passed.
        offset: usize,
        /// The limit.
        limit: usize,
    },
    /// Bytes that are not UTF-8.
    #[error("not UTF-8 at byte {offset}")]
    NotUtf8 {
        /// The first such byte.
        offset: usize,
    },
    /// A NUL, raw or as `\u0000`; databases refuse it.
    #[error("a NUL character at byte {offset}")]
    Nul {
        /// Where it stands.
        offset: usize,
    },
    /// Not JSON.
    #[error("not JSON at byte {offset}: expected {expected}")]
    NotJson {
        /// Where the grammar breaks.
        offset: usize,
        /// What would have been right there.
        expected: &'static str,
    },
}

/// Judges raw bytes: size, UTF-8, NUL, nesting, structure, duplicate keys. Numbers and words other than
/// strings are only measured; the parser that follows reads them.
pub fn scan(bytes: &[u8], limits: &Limits) -> Result<Scan, Unsafe> {
    if bytes.len() > limits.max_bytes {
        return Err(Unsafe::TooLarge { bytes: bytes.len(), limit: limits.max_bytes });
    }
    let text = std::str::from_utf8(bytes).map_err(|fault| Unsafe::NotUtf8 { offset: fault.valid_up_to() })?;
    Scanner {
        text,
        bytes,
        limits,
        at: 0,
        frames: Vec::new(),
        keys: Vec::new(),
        depth: 0,
        doubles: Vec::new(),
        root: "",
    }
    .run()
}

/// A container that is open.
struct Frame<'a> {
    kind: Kind,
    /// The member or place that is being read.
    key: Cow<'a, str>,
    index: usize,
    /// Where its keys begin in the stack of keys.
    keys_from: usize,
    /// The keys again, hashed, once there are many.
    hashed: Option<HashSet<Cow<'a, str>>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Object,
    Array,
}

/// What the grammar allows next.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    CommaOrEnd,
    Nothing,
}

/// Keys of one object beyond which a hash set answers faster than comparing each.
const FEW_KEYS: usize = 12;

struct Scanner<'a, 'l> {
    /// The same as `bytes`, known to be UTF-8.
    text: &'a str,
    bytes: &'a [u8],
    limits: &'l Limits,
    at: usize,
    frames: Vec<Frame<'a>>,
    keys: Vec<Cow<'a, str>>,
    depth: usize,
    doubles: Vec<String>,
    root: &'a str,
}

impl<'a> Scanner<'a, '_> {
    fn run(mut self) -> Result<Scan, Unsafe> {
        let mut next = Next::Value;
        loop {
            self.skip_space();
            let Some(byte) = self.bytes.get(self.at).copied() else { break };
            next = match (byte, next) {
                (b'{', Next::Value | Next::ValueOrEnd) => self.open(Kind::Object, Next::KeyOrEnd)?,
                (b'[', Next::Value | Next::ValueOrEnd) => self.open(Kind::Array, Next::ValueOrEnd)?,
                (b'}', Next::KeyOrEnd | Next::CommaOrEnd) => self.close(Kind::Object)?,
                (b']', Next::ValueOrEnd | Next::CommaOrEnd) => self.close(Kind::Array)?,
                (b',', Next::CommaOrEnd) => self.comma(),
                (b'"', Next::Key | Next::KeyOrEnd) => self.key()?,
                (b'"', Next::Value | Next::ValueOrEnd) => self.text()?,
                (b'-' | b'0'..=b'9' | b't' | b'f' | b'n', Next::Value | Next::ValueOrEnd) => self.word(),
                (0, _) => return Err(Unsafe::Nul { offset: self.at }),
                _ => return self.broken(expected(next)),
            };
        }
        if next != Next::Nothing {
            return self.broken("more text");
        }
        let root = self.root;
        let findings = self.doubles.iter().map(|path| Finding {
            code: "duplicate-key",
            path: [root, path].iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join("."),
            severity: Severity::Error,
            detail: "each member once".into(),
        });
        Ok(Scan { depth: self.depth, findings: findings.collect() })
    }

    fn broken<T>(&self, expected: &'static str) -> Result<T, Unsafe> {
        Err(Unsafe::NotJson { offset: self.at, expected })
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    fn open(&mut self, kind: Kind, next: Next) -> Result<Next, Unsafe> {
        if self.frames.len() >= self.limits.max_depth {
            return Err(Unsafe::TooDeep { offset: self.at, limit: self.limits.max_depth });
        }
        let keys_from = self.keys.len();
        self.frames.push(Frame { kind, key: Cow::Borrowed(""), index: 0, keys_from, hashed: None });
        self.depth = self.depth.max(self.frames.len());
        self.at += 1;
        Ok(next)
    }

    fn close(&mut self, kind: Kind) -> Result<Next, Unsafe> {
        match self.frames.pop() {
            Some(frame) if frame.kind == kind => {
                self.keys.truncate(frame.keys_from);
                self.at += 1;
                Ok(self.after_value())
            }
            _ => self.broken("the end of what was opened last"),
        }
    }

    fn after_value(&self) -> Next {
        if self.frames.is_empty() { Next::Nothing } else { Next::CommaOrEnd }
    }

    fn comma(&mut self) -> Next {
        self.at += 1;
        match self.frames.last_mut() {
            Some(frame) if frame.kind == Kind::Array => {
                frame.index += 1;
                Next::Value
            }
            _ => Next::Key,
        }
    }

    fn word(&mut self) -> Next {
        let rest = &self.bytes[self.at..];
        let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
        self.at += rest.iter().position(|b| !word(b)).unwrap_or(rest.len());
        self.after_value()
    }

    /// Passes a string; gives what stands between the quotes.
    fn string(&mut self) -> Result<&'a str, Unsafe> {
        let start = self.at + 1;
        let mut at = start + plain_begin(&self.bytes[start..]);
        loop {
            match self.bytes.get(at) {
                None => return self.broken("the end of a string"),
                Some(b'"') => break,
                Some(b'\\') => {
                    if self.bytes[at..].starts_with(b"\\u0000") {
                        return Err(Unsafe::Nul { offset: at });
                    }
                    at += 2;
                }
                Some(0) => return Err(Unsafe::Nul { offset: at }),
                Some(byte) if *byte < 0x20 => {
                    self.at = at;
                    return self.broken("no control character in a string");
                }
                Some(_) => at += 1,
            }
        }
        self.at = at + 1;
        // A quote is no part of a longer character.
        match self.text.get(start..at) {
            Some(inner) => Ok(inner),
            None => self.broken("UTF-8"),
        }
    }

    fn text(&mut self) -> Result<Next, Unsafe> {
        let text = self.string()?;
        if self.frames.len() == 1 && self.frames[0].key == "resourceType" && self.root.is_empty() {
            self.root = text;
        }
        Ok(self.after_value())
    }

    fn key(&mut self) -> Result<Next, Unsafe> {
        let raw = self.string()?;
        let key = plain(raw);
        self.skip_space();
        if self.bytes.get(self.at) != Some(&b':') {
            return self.broken("a colon");
        }
        self.at += 1;
        if let Some(frame) = self.frames.last_mut() {
            frame.key = key.clone();
            let earlier = &self.keys[frame.keys_from..];
            let again = match &mut frame.hashed {
                Some(hashed) => !hashed.insert(key.clone()),
                None => earlier.contains(&key),
            };
            if frame.hashed.is_none() && earlier.len() >= FEW_KEYS {
                frame.hashed = Some(earlier.iter().cloned().chain([key.clone()]).collect());
            }
            if again {
                self.doubled();
            }
        }
        if self.frames.last().is_some_and(|f| f.hashed.is_none()) {
            self.keys.push(key);
        }
        Ok(Next::Value)
    }

    fn doubled(&mut self) {
        if self.doubles.len() >= MOST_FINDINGS {
            return;
        }
        let steps: Vec<Step> = self.frames.iter().map(step).collect();
        self.doubles.push(render("", &steps));
    }
}

/// How many bytes at the beginning of a string need no look of their own: all up to its end or its first escape,
/// unless a control character is among them.
fn plain_begin(rest: &[u8]) -> usize {
    let end = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
    // The smallest of all, not the first that is too small: this is done for many bytes at once.
    let smallest = rest[..end].iter().fold(u8::MAX, |smallest, byte| smallest.min(*byte));
    if smallest < 0x20 { 0 } else { end }
}

fn step<'f>(frame: &'f Frame) -> Step<'f> {
    match frame.kind {
        Kind::Object => Step::Name(&frame.key),
        Kind::Array => Step::Index(frame.index),
    }
}

/// A key with its escapes resolved: `"a"` and `"\u0061"` are the same member.
fn plain(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    serde_json::from_str::<String>(&format!("\"{raw}\"")).map_or(Cow::Borrowed(raw), Cow::Owned)
}

fn expected(next: Next) -> &'static str {
    match next {
        Next::Value => "a value",
        Next::ValueOrEnd => "a value or ]",
        Next::Key => "a name in quotes",
        Next::KeyOrEnd => "a name in quotes or }",
        Next::CommaOrEnd => "a comma or the end",
        Next::Nothing => "nothing more",
    }
}

/// JSON on one line: white space between tokens is dropped if the text has a line break, so that a
/// pretty-printed resource fits one line of NDJSON. Numbers and strings stay as they are, byte for byte.
pub fn to_line(raw: &[u8]) -> Cow<'_, [u8]> {
    if !raw.iter().any(|b| matches!(b, b'\n' | b'\r')) {
        return Cow::Borrowed(raw);
    }
    let mut line = Vec::with_capacity(raw.len());
    let mut rest = raw;
    loop {
        let quote = rest.iter().position(|b| *b == b'"').unwrap_or(rest.len());
        let (between, from_quote) = rest.split_at(quote);
        line.extend(between.iter().filter(|b| !matches!(b, b' ' | b'\n' | b'\r' | b'\t')));
        if from_quote.is_empty() {
            return Cow::Owned(line);
        }
        let (string, after) = from_quote.split_at(string_end(from_quote));
        line.extend_from_slice(string);
        rest = after;
    }
}

/// The length of the string that a text begins with, quotes included.
fn string_end(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_door_refuses_what_is_unsafe() {
        let limits = Limits { max_bytes: 60, max_depth: 3 };
        let deep = |offset| Err(Unsafe::TooDeep { offset, limit: 3 });
        let broken = |offset, expected| Err(Unsafe::NotJson { offset, expected });
        let sound = |depth| Ok(Scan { depth, findings: vec![] });
        let cases: Vec<(&[u8], Result<Scan, Unsafe>)> = vec![
            (b"{}", sound(1)),
            (b" {\"a\":[1,{\"b\":\"x\\\"}{\"}],\"c\":-1.5e+3,\"d\":null} ", sound(3)),
            ("{\"a\":\"é😀\"}".as_bytes(), sound(1)),
            (b"[[[]]]", sound(3)),
            (b"[[[[]]]]", deep(3)),
            (b"\"a\"", sound(0)),
            (b"", broken(0, "more text")),
            (b"{\"a\":1", broken(6, "more text")),
            (b"{\"a\" 1}", broken(5, "a colon")),
            (b"{\"a\":1,}", broken(7, "a name in quotes")),
            (b"[1,]", broken(3, "a value")),
            (b"[1}", broken(2, "the end of what was opened last")),
            (b"{} {}", broken(3, "nothing more")),
            (b"{\"a\":\"x", broken(5, "the end of a string")),
            (b"{\"a\":\"x\ny\"}", broken(7, "no control character in a string")),
            (b"<html>", broken(0, "a value")),
            (b"{\"a\":\"\x00\"}", Err(Unsafe::Nul { offset: 6 })),
            (b"{\"a\":\"\\u0000\"}", Err(Unsafe::Nul { offset: 6 })),
            (b"{\"a\":\"\\\\u0000\"}", sound(1)),
            (b"{\"a\":\"\xff\"}", Err(Unsafe::NotUtf8 { offset: 6 })),
            (b"{\"a\":\"\\", broken(5, "the end of a string")),
            (&[b' '; 61], Err(Unsafe::TooLarge { bytes: 61, limit: 60 })),
        ];
        for (text, expected) in cases {
            assert_eq!(scan(text, &limits), expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn a_member_given_twice_is_found() {
        let many: String = (0..40).map(|n| format!("\"k{n}\":1,")).collect();
        let cases = [
            ("{\"resourceType\":\"Patient\",\"id\":\"1\",\"id\":\"2\"}".to_owned(), vec!["Patient.id"]),
            (
                "{\"name\":[{},{\"family\":1,\"family\":1}],\"resourceType\":\"Patient\"}".to_owned(),
                vec!["Patient.name[1].family"],
            ),
            ("{\"a\":1,\"\\u0061\":1}".to_owned(), vec!["a"]),
            ("{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}".to_owned(), vec![]),
            (format!("{{{many}\"k3\":1,\"k39\":1,\"z\":1}}"), vec!["k3", "k39"]),
            ("{\"a b\":1,\"a b\":1}".to_owned(), vec!["(unprintable)"]),
        ];
        for (text, expected) in cases {
            let found = scan(text.as_bytes(), &Limits::default()).unwrap().findings;
            assert_eq!(found.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = vec![b'['; 200_000];
        let limits = Limits { max_bytes: usize::MAX, max_depth: usize::MAX };
        assert!(matches!(scan(&deep, &limits), Err(Unsafe::NotJson { offset: 200_000, .. })));
    }

    #[test]
    fn one_line_keeps_numbers_and_strings() {
        let cases: [(&str, &str); 6] = [
            ("{ \"a\": 1.10 }", "{ \"a\": 1.10 }"),
            ("{\r\n  \"a\" : [ 1.10,\n\t\" x \\\" \\\\\" ]\n}\n", "{\"a\":[1.10,\" x \\\" \\\\\"]}"),
            ("{\n\"a\":\"\\n\"}", "{\"a\":\"\\n\"}"),
            ("", ""),
            ("\n", ""),
            ("{\n\"a", "{\"a"),
        ];
        for (text, expected) in cases {
            assert_eq!(String::from_utf8_lossy(&to_line(text.as_bytes())), expected);
        }
        assert!(matches!(to_line(b"{ }"), Cow::Borrowed(_)));
    }
}
