//! Finds where a value of JSON ends, by its grammar and over any number of buffers, and builds nothing of it.

use std::io::Read;

use super::Reason;
use super::source::{Capture, Source, is_space};

/// Nesting beyond which the splitter does not count; the check at the door refuses far less.
const DEEPEST: usize = 4096;

/// A container that is open.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Open {
    Object,
    Array,
}

/// What the grammar allows next.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Next {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
    Done,
}

/// What would have been right, in words.
pub(super) fn expected(next: Next) -> &'static str {
    match next {
        Next::Value => "a value",
        Next::ValueOrEnd => "a value or ]",
        Next::Key => "a name in quotes",
        Next::KeyOrEnd => "a name in quotes or }",
        Next::Colon => "a colon",
        Next::CommaOrEnd => "a comma or the end",
        Next::Done => "nothing more",
    }
}

/// What the scanner is inside of.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Between,
    Text,
    Escape,
    Word,
}

/// Finds the end of one value over any number of buffers, keeping to the grammar of JSON between strings.
pub(super) struct Scanner {
    open: Vec<Open>,
    next: Next,
    mode: Mode,
}

impl Scanner {
    /// Of a value that begins here.
    pub(super) fn value() -> Self {
        Scanner { open: Vec::new(), next: Next::Value, mode: Mode::Between }
    }

    /// Of containers that are open, just behind a value in the innermost.
    pub(super) fn within(open: Vec<Open>) -> Self {
        Scanner { open, next: Next::CommaOrEnd, mode: Mode::Between }
    }

    /// Takes the bytes of the value. A fault leaves the source at the byte that is wrong.
    pub(super) fn run<R: Read>(
        mut self,
        source: &mut Source<R>,
        capture: &mut Capture,
    ) -> Result<(), Reason> {
        loop {
            if source.peek().is_none() {
                // A number at the very end has no byte behind it.
                let complete = self.mode == Mode::Word && self.open.is_empty();
                return if complete { Ok(()) } else { Err(Reason::Truncated) };
            }
            let (taken, verdict) = self.chunk(source.buffered());
            source.pass(taken, capture);
            if let Some(verdict) = verdict {
                return verdict;
            }
        }
    }

    /// Reads a buffer; tells how many bytes it took, and the verdict once there is one.
    fn chunk(&mut self, bytes: &[u8]) -> (usize, Option<Result<(), Reason>>) {
        let mut at = 0;
        while let Some(byte) = bytes.get(at).copied() {
            match self.mode {
                Mode::Text => {
                    let rest = &bytes[at..];
                    let stop = memchr::memchr3(b'"', b'\\', b'\n', rest);
                    at += stop.unwrap_or(rest.len());
                    match bytes.get(at) {
                        None => continue,
                        Some(b'\\') => self.mode = Mode::Escape,
                        // A raw line break in a string is the sign of a line of NDJSON cut off.
                        Some(b'\n') => {
                            let expected = "the end of a string before the end of the line";
                            return (at, Some(Err(Reason::NotJson { expected })));
                        }
                        Some(_) => self.after_text(),
                    }
                    at += 1;
                }
                Mode::Escape => {
                    self.mode = Mode::Text;
                    at += 1;
                }
                Mode::Word => {
                    let rest = &bytes[at..];
                    let stop = rest.iter().position(|b| !is_word(*b));
                    at += stop.unwrap_or(rest.len());
                    if stop.is_some() {
                        self.mode = Mode::Between;
                        self.after_value();
                    }
                }
                // Indentation is up to a third of a file.
                Mode::Between if is_space(byte) => {
                    let rest = &bytes[at..];
                    at += rest.iter().position(|b| !is_space(*b)).unwrap_or(rest.len());
                }
                Mode::Between => match self.token(byte) {
                    Ok(()) => at += 1,
                    Err(reason) => return (at, Some(Err(reason))),
                },
            }
            if self.next == Next::Done && self.mode == Mode::Between {
                return (at, Some(Ok(())));
            }
        }
        (at, None)
    }

    fn token(&mut self, byte: u8) -> Result<(), Reason> {
        match (byte, self.next) {
            (b'"', Next::Value | Next::ValueOrEnd | Next::Key | Next::KeyOrEnd) => self.mode = Mode::Text,
            (b':', Next::Colon) => self.next = Next::Value,
            (b',', Next::CommaOrEnd) => {
                self.next = if self.open.last() == Some(&Open::Object) { Next::Key } else { Next::Value };
            }
            (b'{', Next::Value | Next::ValueOrEnd) => self.enter(Open::Object, Next::KeyOrEnd)?,
            (b'[', Next::Value | Next::ValueOrEnd) => self.enter(Open::Array, Next::ValueOrEnd)?,
            (b'}', Next::KeyOrEnd | Next::CommaOrEnd) if self.open.last() == Some(&Open::Object) => {
                self.leave()
            }
            (b']', Next::ValueOrEnd | Next::CommaOrEnd) if self.open.last() == Some(&Open::Array) => {
                self.leave()
            }
            (_, Next::Value | Next::ValueOrEnd) if is_word(byte) => self.mode = Mode::Word,
            _ => return Err(Reason::NotJson { expected: expected(self.next) }),
        }
        Ok(())
    }

    fn enter(&mut self, open: Open, next: Next) -> Result<(), Reason> {
        if self.open.len() >= DEEPEST {
            return Err(Reason::TooDeep);
        }
        self.open.push(open);
        self.next = next;
        Ok(())
    }

    fn leave(&mut self) {
        self.open.pop();
        self.after_value();
    }

    fn after_text(&mut self) {
        self.mode = Mode::Between;
        match self.next {
            Next::Key | Next::KeyOrEnd => self.next = Next::Colon,
            _ => self.after_value(),
        }
    }

    fn after_value(&mut self) {
        self.next = if self.open.is_empty() { Next::Done } else { Next::CommaOrEnd };
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}
