//! The bytes of a source with the place in them, what is kept of them, and how to find the next beginning in what is
//! broken.

use std::io::{ErrorKind, Read};

use super::scan::{Next, Scanner, expected};
use super::{Place, Reason};

/// Bytes that are read at a time.
const ROOM: usize = 128 * 1024;

/// Room for a name or a type.
pub(super) const SMALL: usize = 64 * 1024;

/// Bytes that are being kept, up to a limit; beyond it nothing is kept.
pub(super) struct Capture {
    pub(super) bytes: Vec<u8>,
    limit: usize,
    pub(super) over: bool,
}

impl Capture {
    pub(super) fn new(limit: usize) -> Self {
        Capture { bytes: Vec::new(), limit, over: false }
    }

    pub(super) fn nothing() -> Self {
        Capture { bytes: Vec::new(), limit: 0, over: true }
    }

    fn push(&mut self, bytes: &[u8]) {
        if self.over {
            return;
        }
        if self.bytes.len() + bytes.len() > self.limit {
            self.over = true;
            self.bytes = Vec::new();
            return;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Takes over what a smaller capture kept; what that one lost is lost here too.
    pub(super) fn absorb(&mut self, part: &Capture) {
        if part.over {
            self.over = true;
            self.bytes = Vec::new();
        }
        self.push(&part.bytes);
    }
}

/// What `seek_entry` came to.
#[derive(PartialEq)]
pub(super) enum Found {
    Entry,
    Line,
    Nothing,
}

/// Buffered bytes of the reader with the place in them.
pub(super) struct Source<R> {
    from: R,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    /// The offset of the buffer's first byte.
    base: u64,
    /// Lines are counted up to here in the buffer.
    counted: usize,
    line: u64,
    line_start: u64,
    ended: bool,
    pub(super) failed: Option<ErrorKind>,
}

impl<R: Read> Source<R> {
    pub(super) fn new(from: R) -> Self {
        let buffer = vec![0; ROOM];
        Source {
            from,
            buffer,
            at: 0,
            end: 0,
            base: 0,
            counted: 0,
            line: 1,
            line_start: 0,
            ended: false,
            failed: None,
        }
    }

    pub(super) fn peek(&mut self) -> Option<u8> {
        if self.at == self.end && !self.fill() {
            return None;
        }
        self.buffer.get(self.at).copied()
    }

    /// Reads more behind what is still unread; false at the end of the source.
    fn fill(&mut self) -> bool {
        if self.ended {
            return false;
        }
        self.count_lines();
        self.buffer.copy_within(self.at..self.end, 0);
        self.base += self.at as u64;
        self.end -= self.at;
        self.counted = 0;
        self.at = 0;
        loop {
            match self.from.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.ended = true,
                Ok(read) => {
                    self.end += read;
                    return true;
                }
                Err(fault) if fault.kind() == ErrorKind::Interrupted => continue,
                Err(fault) => {
                    self.ended = true;
                    self.failed = Some(fault.kind());
                }
            }
            return false;
        }
    }

    /// Gives back bytes that begin a line and were the last taken.
    pub(super) fn unread(&mut self, bytes: &[u8]) {
        self.count_lines();
        let mut buffer = [bytes, &self.buffer[self.at..self.end]].concat();
        self.base = self.base + self.at as u64 - bytes.len() as u64;
        self.line -= bytes.iter().filter(|b| **b == b'\n').count() as u64;
        self.line_start = self.base;
        (self.at, self.counted, self.end) = (0, 0, buffer.len());
        buffer.resize(buffer.len() + ROOM, 0);
        self.buffer = buffer;
    }

    /// What was read and not taken yet.
    pub(super) fn buffered(&self) -> &[u8] {
        &self.buffer[self.at..self.end]
    }

    /// Up to `count` bytes from here on, without taking them.
    pub(super) fn ahead(&mut self, count: usize) -> &[u8] {
        while self.end - self.at < count && self.fill() {}
        &self.buffer[self.at..self.end.min(self.at + count)]
    }

    fn count_lines(&mut self) {
        let passed = &self.buffer[self.counted..self.at];
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        if let Some(last) = memchr::memrchr(b'\n', passed) {
            self.line_start = self.base + (self.counted + last + 1) as u64;
        }
        self.counted = self.at;
    }

    pub(super) fn place(&mut self, entry: Option<u64>) -> Place {
        self.count_lines();
        let offset = self.base + self.at as u64;
        Place { line: self.line, column: offset - self.line_start + 1, entry, offset }
    }

    pub(super) fn take(&mut self, capture: &mut Capture) {
        if self.peek().is_some() {
            self.pass(1, capture);
        }
    }

    pub(super) fn pass(&mut self, count: usize, capture: &mut Capture) {
        capture.push(&self.buffer[self.at..self.at + count]);
        self.at += count;
    }

    pub(super) fn skip_space(&mut self, capture: &mut Capture) {
        while self.peek().is_some() {
            let rest = &self.buffer[self.at..self.end];
            let space = rest.iter().position(|b| !is_space(*b));
            self.pass(space.unwrap_or(rest.len()), capture);
            if space.is_some() {
                return;
            }
        }
    }

    /// Reads the comma, the name and the colon of the next member and comes to its value; `None` at the
    /// end of the object, which is taken.
    pub(super) fn member(&mut self, next: Next, capture: &mut Capture) -> Result<Option<Vec<u8>>, Reason> {
        self.skip_space(capture);
        match (self.peek(), next) {
            (Some(b'}'), _) => {
                self.take(capture);
                return Ok(None);
            }
            (Some(b','), Next::CommaOrEnd) => {
                self.take(capture);
                self.skip_space(capture);
            }
            (Some(b'"'), Next::KeyOrEnd) => {}
            (None, _) => return Err(Reason::Truncated),
            _ => return Err(Reason::NotJson { expected: expected(next) }),
        }
        match self.peek() {
            Some(b'"') => {}
            None => return Err(Reason::Truncated),
            Some(_) => return Err(Reason::NotJson { expected: expected(Next::Key) }),
        }
        let mut key = Capture::new(SMALL);
        let read = Scanner::value().run(self, &mut key);
        capture.absorb(&key);
        read?;
        self.skip_space(capture);
        match self.peek() {
            Some(b':') => self.take(capture),
            None => return Err(Reason::Truncated),
            Some(_) => return Err(Reason::NotJson { expected: expected(Next::Colon) }),
        }
        self.skip_space(capture);
        let quoted = key.bytes;
        Ok(Some(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_vec()))
    }

    /// Passes over bytes to a line that begins with an object.
    pub(super) fn seek_line(&mut self, capture: &mut Capture) -> Found {
        loop {
            let Some(byte) = self.peek() else { return Found::Nothing };
            if byte == b'{' && self.place(None).column == 1 && self.place(None).offset > 0 {
                return Found::Line;
            }
            let rest = &self.buffer[self.at..self.end];
            let line = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at + 1);
            self.pass(line, capture);
        }
    }

    /// Passes over bytes to what looks like the beginning of a Bundle entry, or of a new line of NDJSON.
    pub(super) fn seek_entry(&mut self, capture: &mut Capture) -> Found {
        let mut before = b' ';
        while let Some(byte) = self.peek() {
            if byte == b'{' {
                if self.place(None).column == 1 && names(self.ahead(96), &[b"\"resourceType\""]) {
                    return Found::Line;
                }
                if matches!(before, b',' | b'[') && names(self.ahead(96), &ENTRY_MEMBERS) {
                    return Found::Entry;
                }
            }
            if !is_space(byte) {
                before = byte;
            }
            self.pass(1, capture);
        }
        Found::Nothing
    }
}

const ENTRY_MEMBERS: [&[u8]; 5] =
    [b"\"fullUrl\"", b"\"resource\"", b"\"request\"", b"\"search\"", b"\"response\""];

/// Where, behind the first line, lines begin as a resource does.
pub(super) fn later_lines(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let begins = |at: &usize| names(&bytes[*at..bytes.len().min(at + 96)], &[b"\"resourceType\""]);
    memchr::memmem::find_iter(bytes, b"\n{").map(|at| at + 1).filter(begins)
}

/// Whether an object begins with one of these names.
pub(super) fn names(object: &[u8], names: &[&[u8]]) -> bool {
    let inside = object.get(1..).unwrap_or_default().trim_ascii_start();
    names.iter().any(|name| inside.starts_with(name))
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}
