//! Splits what a source system hands over into single resources, one at a time, from any reader: Bundles of
//! every kind, NDJSON, single resources, arrays, objects one after another. It holds one entry at a time, so
//! a file of any size needs the memory of its largest entry; it splits by bytes and builds no tree.
//! A bad entry is an item of its own and reading goes on behind it. A Bundle that is itself an entry is split
//! as well where it only carries others; a document or a message is one thing and stays whole.

use std::io::{Cursor, ErrorKind, Read};

/// One resource as it stood in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The exact bytes of the resource; empty for an entry that only requests (a DELETE).
    pub raw: Vec<u8>,
    /// `Bundle.entry.fullUrl`.
    pub full_url: Option<String>,
    /// `Bundle.entry.request.method`, for instance `PUT`.
    pub method: Option<String>,
    /// `Bundle.entry.request.url`, for instance `Patient/1`.
    pub url: Option<String>,
    /// `Bundle.entry.request.ifNoneExist`, the condition of a conditional create.
    pub if_none_exist: Option<String>,
    /// Where it began.
    pub place: Place,
    /// Where the resource itself begins, in the source that it was read from.
    start: Place,
}

/// Where something begins in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The line, from 1.
    pub line: u64,
    /// The byte within the line, from 1.
    pub column: u64,
    /// The number of the entry in its Bundle, from 0; where Bundles lie in one another, in the outermost.
    pub entry: Option<u64>,
    /// The byte within the source, from 0.
    pub offset: u64,
}

impl Place {
    /// The place behind these bytes.
    fn further(self, passed: &[u8]) -> Self {
        let lines = memchr::memchr_iter(b'\n', passed).count() as u64;
        let column = match memchr::memrchr(b'\n', passed) {
            Some(last) => (passed.len() - last) as u64,
            None => self.column + passed.len() as u64,
        };
        Self { line: self.line + lines, column, entry: self.entry, offset: self.offset + passed.len() as u64 }
    }
}

/// Something in the source that is no resource.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} (line {}, byte {})", place.line, place.offset)]
pub struct BadEntry {
    /// Where it began.
    pub place: Place,
    /// What is wrong.
    pub reason: Reason,
    /// Its bytes, as far as the limit let them be kept; empty if it was too large.
    pub raw: Vec<u8>,
}

/// Why something is no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Larger than the limit; it was passed over.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// Nested beyond what is even counted.
    #[error("nested too deep")]
    TooDeep,
    /// Not JSON.
    #[error("not JSON: expected {expected}")]
    NotJson {
        /// What would have been right.
        expected: &'static str,
    },
    /// The source ends in the middle.
    #[error("ends in the middle")]
    Truncated,
    /// A Bundle entry with neither resource nor request.
    #[error("an entry without a resource")]
    NoResource,
    /// Nothing at all: no byte, or only white space.
    #[error("the file is empty")]
    Empty,
    /// Something other than an object where a resource or an entry belongs.
    #[error("not an object")]
    NotAnObject,
    /// Has entries as a Bundle has them, but says it is another type.
    #[error("entries in something that is not a Bundle")]
    NotABundle,
    /// The source could not be read on.
    #[error("could not be read: {0}")]
    Io(ErrorKind),
}

/// Reads entries, each at most 50 MiB large.
pub fn read<R: Read>(source: R) -> Reader<R> {
    read_limited(source, 50 * 1024 * 1024)
}

/// Reads entries, each at most `limit` bytes large.
pub fn read_limited<R: Read>(source: R, limit: usize) -> Reader<R> {
    Reader {
        source: Source::new(source, ROOM),
        limit,
        state: State::Top,
        in_array: false,
        seen: false,
        depth: 0,
        inner: None,
        given_back: 0,
    }
}

/// How deep Bundles within Bundles are split; one that lies deeper is given out whole.
pub const DEEPEST_BUNDLE: u8 = 3;

/// Whether a resource is a Bundle that only carries others (R4 2.36, `Bundle.type`), so that its entries count
/// and not it.
pub fn is_carrier(raw: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Head<'a> {
        #[serde(borrow, rename = "resourceType")]
        resource_type: Option<std::borrow::Cow<'a, str>>,
        #[serde(borrow, rename = "type")]
        kind: Option<std::borrow::Cow<'a, str>>,
    }
    // Most entries are no Bundles; a look at the bytes spares reading them twice.
    memchr::memmem::find(raw, b"\"Bundle\"").is_some()
        && serde_json::from_slice::<Head<'_>>(raw).is_ok_and(|head| {
            head.resource_type.as_deref() == Some("Bundle")
                && matches!(head.kind.as_deref(), Some("collection" | "searchset" | "batch" | "transaction"))
        })
}

/// The iterator over the entries of a source.
pub struct Reader<R> {
    source: Source<R>,
    limit: usize,
    state: State,
    in_array: bool,
    /// Whether anything but white space came.
    seen: bool,
    /// How many Bundles this one lies in.
    depth: u8,
    /// The Bundle that is being split within this one, and where it begins.
    inner: Option<Inner>,
    /// How often in a row a line that was cut off had taken others with it.
    given_back: u32,
}

/// How often in a row what a line took with it is read again from the first line of it. After that from the last:
/// thousands of lines that all break off within one another would else be read thousands of times.
const MOST_GIVEN_BACK: u32 = 8;

/// A Bundle that was an entry, and where it begins in the source around it.
type Inner = (Box<Reader<Cursor<Vec<u8>>>>, Place);

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// Between values of the source.
    Top,
    /// Within a Bundle, before a comma, a member or the end; the number of entries so far.
    Members(u64),
    /// Within the array `entry`; the number of entries so far.
    Entries(u64),
    Finished,
}

type Item = Result<Entry, BadEntry>;

impl<R: Read> Iterator for Reader<R> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some((inner, start)) = &mut self.inner {
                match inner.next() {
                    Some(item) => return Some(moved(item, *start)),
                    None => self.inner = None,
                }
            }
            match self.own()? {
                Ok(entry)
                    if entry.place.entry.is_some()
                        && self.depth < DEEPEST_BUNDLE
                        && is_carrier(&entry.raw) =>
                {
                    self.inner = Some(self.within(entry));
                }
                item => return Some(item),
            }
        }
    }
}

/// A place within a Bundle as a place in the source that this Bundle begins at. The entry is the outermost one.
fn moved(mut item: Item, start: Place) -> Item {
    let place = match &mut item {
        Ok(entry) => &mut entry.place,
        Err(bad) => &mut bad.place,
    };
    if place.line == 1 {
        place.column += start.column - 1;
    }
    place.line += start.line - 1;
    place.offset += start.offset;
    place.entry = start.entry;
    item
}

impl<R: Read> Reader<R> {
    /// The next item of this source, with Bundles in it whole.
    fn own(&mut self) -> Option<Item> {
        loop {
            let found = match self.state {
                State::Top => self.top(),
                State::Members(count) => self.members(count),
                State::Entries(count) => self.entries(count),
                State::Finished => return None,
            };
            if let Some(item) = &found {
                self.given_back = if item.is_ok() { 0 } else { self.given_back };
                return found;
            }
        }
    }

    /// Begins to split a Bundle that was an entry.
    fn within(&self, entry: Entry) -> Inner {
        let mut inner = read_limited(Cursor::new(entry.raw), self.limit);
        inner.depth = self.depth + 1;
        (Box::new(inner), entry.start)
    }

    /// Whether there was nothing but white space.
    pub fn is_blank(&self) -> bool {
        !self.seen
    }

    fn top(&mut self) -> Option<Item> {
        let mut nothing = Capture::nothing();
        self.source.skip_space(&mut nothing);
        let place = self.source.place(None);
        let mark = place.offset == 0 && self.source.ahead(3) == b"\xEF\xBB\xBF";
        let next = self.source.peek();
        self.seen |= next.is_some() && !mark;
        match next {
            None => return self.end(place),
            Some(b'{') => return self.object(place),
            Some(b'[') if !self.in_array => self.in_array = true,
            Some(b']') if self.in_array => self.in_array = false,
            Some(b',') if self.in_array => {}
            // The byte order mark, and the record separator of JSON text sequences.
            Some(0xEF) if mark => {
                self.source.take(&mut nothing);
                self.source.take(&mut nothing);
            }
            Some(0x1E) => {}
            Some(_) if self.in_array => return Some(Err(self.stray(place))),
            Some(_) => {
                let reason = Reason::NotJson { expected: "{ or [" };
                return Some(Err(self.broken(place, reason, Capture::new(self.limit))));
            }
        }
        self.source.take(&mut nothing);
        None
    }

    /// The end of the source; a fault if something is still open.
    fn end(&mut self, place: Place) -> Option<Item> {
        let open = self.in_array || self.state != State::Top;
        self.state = State::Finished;
        let reason = self.source.failed.map(Reason::Io).or(open.then_some(Reason::Truncated))?;
        Some(Err(BadEntry { place, reason, raw: Vec::new() }))
    }

    /// A value that is no object, in an array of resources or entries.
    fn stray(&mut self, place: Place) -> BadEntry {
        let mut capture = Capture::new(self.limit);
        match Scanner::value().run(&mut self.source, &mut capture) {
            Ok(()) => BadEntry { place, reason: Reason::NotAnObject, raw: capture.bytes },
            Err(reason) => self.broken(place, reason, capture),
        }
    }

    /// Passes over what is broken, to the next place where an entry may begin. A line that was cut off may have
    /// taken the next ones for its own parts: it goes back to the first of them.
    fn broken(&mut self, place: Place, reason: Reason, mut capture: Capture) -> BadEntry {
        let reason = self.source.failed.map_or(reason, Reason::Io);
        let at = if self.given_back < MOST_GIVEN_BACK {
            later_lines(&capture.bytes).next()
        } else {
            later_lines(&capture.bytes).last()
        };
        if let Some(at) = at {
            self.given_back += 1;
            self.state = State::Top;
            self.source.unread(&capture.bytes.split_off(at));
            return BadEntry { place, reason, raw: capture.bytes };
        }
        let found = match self.state {
            State::Entries(_) => self.source.seek_entry(&mut capture),
            _ => self.source.seek_line(&mut capture),
        };
        self.state = match (found, self.state) {
            (Found::Nothing, _) => State::Finished,
            (Found::Entry, State::Entries(count)) => State::Entries(count + 1),
            _ => State::Top,
        };
        BadEntry { place, reason, raw: capture.bytes }
    }

    /// An object of the source: a Bundle, whose entries follow, or a resource.
    fn object(&mut self, place: Place) -> Option<Item> {
        let mut capture = Capture::new(self.limit);
        match self.undecided(&mut capture) {
            Ok(Object::Resource) => Some(self.resource(place, capture)),
            Ok(Object::Bundle) => {
                self.state = State::Members(0);
                None
            }
            Ok(Object::Entry(first, place)) => {
                self.state = State::Entries(1);
                Some(entry_of(first, place, self.limit))
            }
            Err(reason) => Some(Err(self.broken(place, reason, capture))),
        }
    }

    fn resource(&self, place: Place, capture: Capture) -> Item {
        if capture.over {
            return Err(BadEntry { place, reason: Reason::TooLarge { limit: self.limit }, raw: Vec::new() });
        }
        let raw = capture.bytes;
        Ok(Entry { raw, full_url: None, method: None, url: None, if_none_exist: None, place, start: place })
    }

    /// Reads an object until its type is known; a resource is read to its end.
    fn undecided(&mut self, capture: &mut Capture) -> Result<Object, Reason> {
        let source = &mut self.source;
        source.take(capture);
        let mut next = Next::KeyOrEnd;
        while let Some(key) = source.member(next, capture)? {
            next = Next::CommaOrEnd;
            if key == b"resourceType" {
                let mut name = Capture::new(SMALL);
                let read = Scanner::value().run(source, &mut name);
                if read.is_ok() && name.bytes == b"\"Bundle\"" {
                    return Ok(Object::Bundle);
                }
                capture.absorb(&name);
                read?;
                Scanner::within(vec![Open::Object]).run(source, capture)?;
                return Ok(Object::Resource);
            }
            if key == b"entry" && source.peek() == Some(b'[') {
                source.take(capture);
                source.skip_space(capture);
                if source.peek() == Some(b']') {
                    source.take(capture);
                    continue;
                }
                let place = source.place(Some(0));
                let mut first = Capture::new(self.limit);
                let read = Scanner::value().run(source, &mut first);
                if read.is_ok() && !is_item_of_list(&first) {
                    return Ok(Object::Entry(first, place));
                }
                capture.absorb(&first);
                read?;
                Scanner::within(vec![Open::Object, Open::Array]).run(source, capture)?;
                return Ok(Object::Resource);
            }
            Scanner::value().run(source, capture)?;
        }
        Ok(Object::Resource)
    }

    /// The members of a Bundle besides its entries.
    fn members(&mut self, count: u64) -> Option<Item> {
        let place = self.source.place(None);
        let mut capture = Capture::new(self.limit);
        match self.bundle_member(&mut capture) {
            // Nothing in a Bundle besides its entries is a resource: it broke off before a value.
            Ok(Member::Other) if later_lines(&capture.bytes).next().is_some() => {
                let reason = Reason::NotJson { expected: expected(Next::CommaOrEnd) };
                Some(Err(self.broken(place, reason, capture)))
            }
            Ok(Member::Entries) => {
                self.state = State::Entries(count);
                None
            }
            Ok(Member::Other) => None,
            Ok(Member::End) => {
                self.state = State::Top;
                None
            }
            Ok(Member::WrongType) => {
                Some(Err(BadEntry { place, reason: Reason::NotABundle, raw: Vec::new() }))
            }
            Err(reason) => Some(Err(self.broken(place, reason, capture))),
        }
    }

    fn bundle_member(&mut self, capture: &mut Capture) -> Result<Member, Reason> {
        let source = &mut self.source;
        let Some(key) = source.member(Next::CommaOrEnd, capture)? else { return Ok(Member::End) };
        if key == b"entry" && source.peek() == Some(b'[') {
            source.take(capture);
            return Ok(Member::Entries);
        }
        if key == b"resourceType" {
            let mut name = Capture::new(SMALL);
            Scanner::value().run(source, &mut name)?;
            return Ok(if name.bytes == b"\"Bundle\"" { Member::Other } else { Member::WrongType });
        }
        Scanner::value().run(source, capture)?;
        Ok(Member::Other)
    }

    /// The next entry of a Bundle, or the end of its entries.
    fn entries(&mut self, count: u64) -> Option<Item> {
        let mut nothing = Capture::nothing();
        self.source.skip_space(&mut nothing);
        let place = self.source.place(Some(count));
        match self.source.peek() {
            None => return self.end(place),
            Some(b',') => self.source.take(&mut nothing),
            Some(b']') => {
                self.source.take(&mut nothing);
                self.state = State::Members(count);
            }
            // No entry begins as a resource does: the Bundle broke off, and this is the next line of NDJSON.
            Some(b'{') if place.column == 1 && names(self.source.ahead(96), &[b"\"resourceType\""]) => {
                self.state = State::Top;
                return Some(Err(BadEntry { place, reason: Reason::Truncated, raw: Vec::new() }));
            }
            Some(b'{') => {
                let mut capture = Capture::new(self.limit);
                return Some(match parts(&mut self.source, &mut capture) {
                    Ok(parts) => {
                        self.state = State::Entries(count + 1);
                        parts.entry(capture, place, self.limit)
                    }
                    Err(reason) => Err(self.broken(place, reason, capture)),
                });
            }
            Some(_) => {
                let bad = self.stray(place);
                if bad.reason == Reason::NotAnObject {
                    self.state = State::Entries(count + 1);
                }
                return Some(Err(bad));
            }
        }
        None
    }
}

/// Bytes that are read at a time.
const ROOM: usize = 128 * 1024;

/// Room for a name or a type.
const SMALL: usize = 64 * 1024;

/// Nesting beyond which the splitter does not count; the check at the door refuses far less.
const DEEPEST: usize = 4096;

enum Object {
    Resource,
    Bundle,
    /// A Bundle whose type is not known yet, with its first entry.
    Entry(Capture, Place),
}

enum Member {
    Entries,
    Other,
    WrongType,
    End,
}

/// The first entry of something without a type so far: `List.entry` has `item`, `Bundle.entry` never.
fn is_item_of_list(first: &Capture) -> bool {
    let mut source = Source::new(first.bytes.as_slice(), ROOM);
    let mut nothing = Capture::nothing();
    source.take(&mut nothing);
    let mut next = Next::KeyOrEnd;
    while let Ok(Some(key)) = source.member(next, &mut nothing) {
        next = Next::CommaOrEnd;
        if key == b"item" {
            return true;
        }
        if Scanner::value().run(&mut source, &mut nothing).is_err() {
            return false;
        }
    }
    false
}

fn entry_of(first: Capture, place: Place, limit: usize) -> Item {
    if first.over {
        return Err(BadEntry { place, reason: Reason::TooLarge { limit }, raw: Vec::new() });
    }
    if first.bytes.first() != Some(&b'{') {
        return Err(BadEntry { place, reason: Reason::NotAnObject, raw: first.bytes });
    }
    let mut again = Capture::new(limit);
    match parts(&mut Source::new(first.bytes.as_slice(), ROOM), &mut again) {
        Ok(parts) => parts.entry(again, place, limit),
        Err(reason) => Err(BadEntry { place, reason, raw: first.bytes }),
    }
}

/// Where the parts of an entry stand in its bytes.
#[derive(Default)]
struct Parts {
    resource: Option<(usize, usize)>,
    full_url: Option<(usize, usize)>,
    request: Option<(usize, usize)>,
}

/// Reads one entry to its end.
fn parts<R: Read>(source: &mut Source<R>, capture: &mut Capture) -> Result<Parts, Reason> {
    let mut parts = Parts::default();
    source.take(capture);
    let mut next = Next::KeyOrEnd;
    while let Some(key) = source.member(next, capture)? {
        next = Next::CommaOrEnd;
        let start = capture.bytes.len();
        Scanner::value().run(source, capture)?;
        let range = Some((start, capture.bytes.len()));
        match key.as_slice() {
            b"resource" => parts.resource = range,
            b"fullUrl" => parts.full_url = range,
            b"request" => parts.request = range,
            _ => {}
        }
    }
    Ok(parts)
}

impl Parts {
    fn entry(self, capture: Capture, place: Place, limit: usize) -> Item {
        if capture.over {
            return Err(BadEntry { place, reason: Reason::TooLarge { limit }, raw: Vec::new() });
        }
        let bytes = capture.bytes;
        let slice = |range: Option<(usize, usize)>| range.and_then(|(from, to)| bytes.get(from..to));
        let full_url = slice(self.full_url).and_then(|text| serde_json::from_slice(text).ok());
        let request: Option<serde_json::Value> =
            slice(self.request).and_then(|text| serde_json::from_slice(text).ok());
        let asked = |name: &str| Some(request.as_ref()?.get(name)?.as_str()?.to_owned());
        let (method, url, if_none_exist) = (asked("method"), asked("url"), asked("ifNoneExist"));
        let Some((from, to)) = self.resource else {
            if method.is_none() {
                return Err(BadEntry { place, reason: Reason::NoResource, raw: bytes });
            }
            return Ok(Entry { raw: Vec::new(), full_url, method, url, if_none_exist, place, start: place });
        };
        if bytes.get(from) != Some(&b'{') {
            return Err(BadEntry { place, reason: Reason::NotAnObject, raw: bytes });
        }
        let start = place.further(&bytes[..from]);
        let mut raw = bytes;
        raw.truncate(to);
        raw.drain(..from);
        Ok(Entry { raw, full_url, method, url, if_none_exist, place, start })
    }
}

/// Bytes that are being kept, up to a limit; beyond it nothing is kept.
struct Capture {
    bytes: Vec<u8>,
    limit: usize,
    over: bool,
}

impl Capture {
    fn new(limit: usize) -> Self {
        Capture { bytes: Vec::new(), limit, over: false }
    }

    fn nothing() -> Self {
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
    fn absorb(&mut self, part: &Capture) {
        if part.over {
            self.over = true;
            self.bytes = Vec::new();
        }
        self.push(&part.bytes);
    }
}

/// What `seek_entry` came to.
#[derive(PartialEq)]
enum Found {
    Entry,
    Line,
    Nothing,
}

/// Buffered bytes of the reader with the place in them.
struct Source<R> {
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
    failed: Option<ErrorKind>,
}

impl<R: Read> Source<R> {
    fn new(from: R, room: usize) -> Self {
        let buffer = vec![0; room];
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

    fn peek(&mut self) -> Option<u8> {
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
    fn unread(&mut self, bytes: &[u8]) {
        self.count_lines();
        let mut buffer = [bytes, &self.buffer[self.at..self.end]].concat();
        self.base = self.base + self.at as u64 - bytes.len() as u64;
        self.line -= bytes.iter().filter(|b| **b == b'\n').count() as u64;
        self.line_start = self.base;
        (self.at, self.counted, self.end) = (0, 0, buffer.len());
        buffer.resize(buffer.len() + ROOM, 0);
        self.buffer = buffer;
    }

    /// Up to `count` bytes from here on, without taking them.
    fn ahead(&mut self, count: usize) -> &[u8] {
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

    fn place(&mut self, entry: Option<u64>) -> Place {
        self.count_lines();
        let offset = self.base + self.at as u64;
        Place { line: self.line, column: offset - self.line_start + 1, entry, offset }
    }

    fn take(&mut self, capture: &mut Capture) {
        if self.peek().is_some() {
            self.pass(1, capture);
        }
    }

    fn pass(&mut self, count: usize, capture: &mut Capture) {
        capture.push(&self.buffer[self.at..self.at + count]);
        self.at += count;
    }

    fn skip_space(&mut self, capture: &mut Capture) {
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
    fn member(&mut self, next: Next, capture: &mut Capture) -> Result<Option<Vec<u8>>, Reason> {
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
    fn seek_line(&mut self, capture: &mut Capture) -> Found {
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
    fn seek_entry(&mut self, capture: &mut Capture) -> Found {
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
fn later_lines(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let begins = |at: &usize| names(&bytes[*at..bytes.len().min(at + 96)], &[b"\"resourceType\""]);
    memchr::memmem::find_iter(bytes, b"\n{").map(|at| at + 1).filter(begins)
}

/// Whether an object begins with one of these names.
fn names(object: &[u8], names: &[&[u8]]) -> bool {
    let inside = object.get(1..).unwrap_or_default().trim_ascii_start();
    names.iter().any(|name| inside.starts_with(name))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

#[derive(Clone, Copy, PartialEq)]
enum Open {
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
    Colon,
    CommaOrEnd,
    Done,
}

fn expected(next: Next) -> &'static str {
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
struct Scanner {
    open: Vec<Open>,
    next: Next,
    mode: Mode,
}

impl Scanner {
    /// Of a value that begins here.
    fn value() -> Self {
        Scanner { open: Vec::new(), next: Next::Value, mode: Mode::Between }
    }

    /// Of containers that are open, just behind a value in the innermost.
    fn within(open: Vec<Open>) -> Self {
        Scanner { open, next: Next::CommaOrEnd, mode: Mode::Between }
    }

    /// Takes the bytes of the value. A fault leaves the source at the byte that is wrong.
    fn run<R: Read>(mut self, source: &mut Source<R>, capture: &mut Capture) -> Result<(), Reason> {
        loop {
            if source.peek().is_none() {
                // A number at the very end has no byte behind it.
                let complete = self.mode == Mode::Word && self.open.is_empty();
                return if complete { Ok(()) } else { Err(Reason::Truncated) };
            }
            let (taken, verdict) = self.chunk(&source.buffer[source.at..source.end]);
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Gives at most `step` bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            let (now, later) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn shown(item: Item) -> String {
        match item {
            Ok(entry) => {
                let extra = [entry.full_url, entry.method, entry.url, entry.if_none_exist];
                let extra: String = extra.into_iter().flatten().map(|text| format!(" {text}")).collect();
                String::from_utf8_lossy(&entry.raw).into_owned() + &extra
            }
            Err(bad) => format!("! {}", bad.reason),
        }
    }

    fn all(text: &[u8]) -> Vec<String> {
        read(text).map(shown).collect()
    }

    #[test]
    fn every_kind_of_source_is_split() {
        let cases: Vec<(&str, Vec<&str>)> = vec![
            ("", vec![]),
            (" \n\r\n", vec![]),
            ("{\"resourceType\":\"Patient\", \"id\":\"1\"}", vec!["{\"resourceType\":\"Patient\", \"id\":\"1\"}"]),
            ("{\"id\":\"1\",\"resourceType\":\"P\"}", vec!["{\"id\":\"1\",\"resourceType\":\"P\"}"]),
            ("{}", vec!["{}"]),
            ("\u{feff}{\"a\":1}\r\n\r\n{\"a\":2}\r\n", vec!["{\"a\":1}", "{\"a\":2}"]),
            ("{\"a\":1}{\"a\":2}\n{\n \"a\":3\n}", vec!["{\"a\":1}", "{\"a\":2}", "{\n \"a\":3\n}"]),
            ("[{\"a\":1}, {\"a\":2}]", vec!["{\"a\":1}", "{\"a\":2}"]),
            ("[]", vec![]),
            ("[{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":1}}]},{\"a\":2}]", vec!["{\"a\":1}", "{\"a\":2}"]),
            ("{\"resourceType\":\"Bundle\",\"type\":\"batch\"}", vec![]),
            ("{\"resourceType\":\"Bundle\",\"entry\":[]}", vec![]),
            (
                "{\"resourceType\":\"Bundle\",\"entry\":[{\"fullUrl\":\"u:1\",\"resource\":{ \"a\" : 1.0 },\"search\":{\"mode\":\"match\"}},
                  {\"resource\":{\"a\":2},\"request\":{\"method\":\"PUT\",\"url\":\"A/2\",\"ifNoneExist\":\"i=1\"}}],\"total\":2}",
                vec!["{ \"a\" : 1.0 } u:1", "{\"a\":2} PUT A/2 i=1"],
            ),
            ("{\"type\":\"x\",\"entry\":[{\"resource\":{\"a\":1}},{\"resource\":{\"a\":2}}],\"resourceType\":\"Bundle\"}",
                vec!["{\"a\":1}", "{\"a\":2}"]),
            ("{\"entry\":[{\"resource\":{\"a\":1}}],\"resourceType\":\"List\"}",
                vec!["{\"a\":1}", "! entries in something that is not a Bundle"]),
            ("{\"entry\":[{\"item\":{\"a\":1}}, {\"item\":{}}],\"resourceType\":\"List\"}",
                vec!["{\"entry\":[{\"item\":{\"a\":1}}, {\"item\":{}}],\"resourceType\":\"List\"}"]),
            ("{\"resourceType\":\"List\",\"entry\":[{\"item\":{\"a\":1}}]}",
                vec!["{\"resourceType\":\"List\",\"entry\":[{\"item\":{\"a\":1}}]}"]),
            ("{\"entry\":[ ],\"id\":\"1\"}", vec!["{\"entry\":[ ],\"id\":\"1\"}"]),
            ("{\"resourceType\":\"Bundle\",\"entry\":[{\"request\":{\"method\":\"DELETE\",\"url\":\"A/1\"}}]}", vec![" DELETE A/1"]),
            ("{\"a\":\"}\\\"{\\\\\"}", vec!["{\"a\":\"}\\\"{\\\\\"}"]),
        ];
        for (text, expected) in cases {
            assert_eq!(all(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_bad_does_not_stop_the_rest() {
        let cases: Vec<(&str, Vec<&str>)> = vec![
            ("<html>", vec!["! not JSON: expected { or ["]),
            ("{\"a\":1}\nnonsense\n{\"a\":2}", vec!["{\"a\":1}", "! not JSON: expected { or [", "{\"a\":2}"]),
            ("{\"a\":1\n{\"a\":2}\n", vec!["! not JSON: expected a comma or the end", "{\"a\":2}"]),
            ("{\"a\":{\"b\":[1,\n{\"a\":2}\n", vec!["! ends in the middle"]),
            ("{\"a\":{\"b\":1,\n{\"a\":2}\n", vec!["! not JSON: expected a name in quotes", "{\"a\":2}"]),
            (
                "{\"a\":\"x\n{\"a\":2}\n",
                vec!["! not JSON: expected the end of a string before the end of the line", "{\"a\":2}"],
            ),
            ("{\"a\":1}\n{\"a\":", vec!["{\"a\":1}", "! ends in the middle"]),
            // A line that breaks off before a value takes the next one for it.
            (
                "{\"resourceType\":\n{\"resourceType\":\"A\"}\n{\"resourceType\":\"B\"}\n",
                vec![
                    "! not JSON: expected a comma or the end",
                    "{\"resourceType\":\"A\"}",
                    "{\"resourceType\":\"B\"}",
                ],
            ),
            (
                "{\"resourceType\":\"A\",\"x\":[\n{\"resourceType\":\"B\"}",
                vec!["! ends in the middle", "{\"resourceType\":\"B\"}"],
            ),
            // The same within a Bundle: before a resource, an entry, a member.
            (
                "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":\n{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":1}},{\"resource\":{\"a\":2}}]}\n{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":3}}]}\n",
                vec!["! not JSON: expected a comma or the end", "{\"a\":1}", "{\"a\":2}", "{\"a\":3}"],
            ),
            (
                "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":0}},{\"resource\":\n{\"resourceType\":\"B\"}",
                vec!["{\"a\":0}", "! ends in the middle", "{\"resourceType\":\"B\"}"],
            ),
            (
                "{\"resourceType\":\"Bundle\",\"entry\":[\n{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":1}},\n{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":2}}]}",
                vec!["! ends in the middle", "{\"a\":1}", "! ends in the middle", "{\"a\":2}"],
            ),
            (
                "{\"resourceType\":\"Bundle\",\"total\":\n{\"resourceType\":\"A\"}\n{\"resourceType\":\"Bundle\",\"meta\":{\"x\":\n{\"resourceType\":\"B\"}\n",
                vec![
                    "! not JSON: expected a comma or the end",
                    "{\"resourceType\":\"A\"}",
                    "! ends in the middle",
                    "{\"resourceType\":\"B\"}",
                ],
            ),
            (
                "[{\"a\":1}, 3, null, \"x\", [1], {\"a\":2}",
                vec![
                    "{\"a\":1}",
                    "! not an object",
                    "! not an object",
                    "! not an object",
                    "! not an object",
                    "{\"a\":2}",
                    "! ends in the middle",
                ],
            ),
            (
                "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":1}},null,{},{\"resource\":3},{\"resource\":{\"a\":2}}]}",
                vec![
                    "{\"a\":1}",
                    "! not an object",
                    "! an entry without a resource",
                    "! not an object",
                    "{\"a\":2}",
                ],
            ),
            (
                "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\" 1}},{\"fullUrl\":\"u\",\"resource\":{\"a\":2}}]}",
                vec!["! not JSON: expected a colon", "{\"a\":2} u"],
            ),
            (
                "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":}}]}\n{\"resourceType\":\"X\"}",
                vec!["! not JSON: expected a value", "{\"resourceType\":\"X\"}"],
            ),
            (
                "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":1}},",
                vec!["{\"a\":1}", "! ends in the middle"],
            ),
            (
                "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":1}}]",
                vec!["{\"a\":1}", "! ends in the middle"],
            ),
            ("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":", vec!["! ends in the middle"]),
            ("{\"entry\":[3,{\"resource\":{\"a\":1}}]}", vec!["! not an object", "{\"a\":1}"]),
        ];
        for (text, expected) in cases {
            assert_eq!(all(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn lines_that_break_off_within_one_another_are_not_read_for_ever() {
        let (long, good) = ("x".repeat(2000), "{\"resourceType\":\"P\"}");
        for opener in [
            format!("{{\"resourceType\":\"A\",\"l\":\"{long}\",\"x\":[\n"),
            format!("{{\"resourceType\":\"Bundle\",\"l\":\"{long}\",\"x\":[\n"),
            format!("{{\"resourceType\":\"Bundle\",\"entry\":[{{\"l\":\"{long}\",\"resource\":\n"),
        ] {
            let text = format!("{}{good}\n{good}\n", opener.repeat(2000));
            let found = all(text.as_bytes());
            let (bad, rest) = found.split_at(found.len() - 2);
            assert!(bad.iter().all(|one| one.starts_with("! ")), "{opener}");
            // One more where they nest too deep before they end.
            assert!(bad.len() <= MOST_GIVEN_BACK as usize + 2, "{}", bad.len());
            assert_eq!(rest, [good, good]);
            let kept: usize = read(text.as_bytes())
                .map(|item| item.map_or_else(|bad| bad.raw.len(), |entry| entry.raw.len()))
                .sum();
            // What a Bundle says of itself besides its entries is never given out.
            assert!(
                kept + bad.len() * opener.len() >= text.len(),
                "nothing is lost: {kept} of {}",
                text.len()
            );
        }
    }

    #[test]
    fn the_large_is_passed_over_without_being_held() {
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(1000));
        let lines = format!("{{\"a\":1}}\n{large}\n{{\"a\":2}}");
        let found: Vec<_> = read_limited(lines.as_bytes(), 100).map(shown).collect();
        assert_eq!(found, ["{\"a\":1}", "! larger than 100 bytes", "{\"a\":2}"]);
        for head in ["{\"resourceType\":\"Bundle\",\"entry\":[", "{\"entry\":["] {
            let bundle = format!("{head}{{\"resource\":{large}}},{{\"resource\":{{\"a\":2}}}}]}}");
            let found: Vec<_> = read_limited(bundle.as_bytes(), 100).map(shown).collect();
            assert_eq!(found, ["! larger than 100 bytes", "{\"a\":2}"]);
        }
        let key = format!("{{\"{}\":1}}\n{{\"a\":2}}", "k".repeat(100_000));
        assert_eq!(read_limited(key.as_bytes(), 5000).map(shown).next_back_of_two(), "{\"a\":2}");
        let deep = format!("{}\n{{\"a\":2}}", "[{\"a\":".repeat(5000));
        assert_eq!(all(deep.as_bytes())[0], "! nested too deep");
    }

    trait Second {
        fn next_back_of_two(self) -> String;
    }

    impl<I: Iterator<Item = String>> Second for I {
        fn next_back_of_two(mut self) -> String {
            assert!(self.next().is_some_and(|first| first.starts_with("! larger")));
            self.next().unwrap()
        }
    }

    #[test]
    fn places_are_lines_columns_and_offsets() {
        let text = b"\n{\"resourceType\":\"Bundle\",\"entry\":[\n  {\"resource\":{}},\n  null]}\n{}";
        let places: Vec<_> =
            read(text.as_slice()).map(|item| item.map_or_else(|bad| bad.place, |e| e.place)).collect();
        let place = |line, column, entry, offset| Place { line, column, entry, offset };
        assert_eq!(places, [place(3, 3, Some(0), 38), place(4, 3, Some(1), 57), place(5, 1, None, 64)]);
    }

    #[test]
    fn bundles_within_bundles_are_split_unless_they_are_documents() {
        let nested = |kind: &str, inner: &str| {
            format!(
                "{{\"resourceType\":\"Bundle\",\"type\":\"{kind}\",\"entry\":[{{\"resource\":{inner}}},{{\"resource\":{{\"a\":2}}}}]}}"
            )
        };
        let one = "{\"a\":1}";
        for kind in ["collection", "searchset", "batch", "transaction"] {
            let text = nested("batch", &nested(kind, one));
            assert_eq!(all(text.as_bytes()), [one, "{\"a\":2}", "{\"a\":2}"], "{kind}");
        }
        for kind in ["document", "message", "history", "transaction-response"] {
            let whole = nested(kind, one);
            assert_eq!(all(nested("batch", &whole).as_bytes()), [whole.as_str(), "{\"a\":2}"], "{kind}");
        }
        // Three levels within the outermost; the next one is given out whole.
        let deepest = nested("batch", one);
        let mut text = deepest.clone();
        for _ in 0..=DEEPEST_BUNDLE {
            text = nested("collection", &text);
        }
        let found = all(text.as_bytes());
        assert_eq!((found.len(), &found[0]), (usize::from(DEEPEST_BUNDLE) + 2, &deepest));
        assert!(is_carrier(deepest.as_bytes()));
        // What is bad in the inner one does not stop the outer one.
        let text = nested(
            "batch",
            "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[3,{\"resource\":{\"a\":1}}]}",
        );
        assert_eq!(all(text.as_bytes()), ["! not an object", one, "{\"a\":2}"]);
    }

    #[test]
    fn places_within_a_bundle_are_places_of_the_source() {
        let text = "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{}},\n  {\"resource\":\n {\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":{\"a\":1}},\n{\"resource\":{\"a\":2}}]}}]}";
        let places: Vec<Place> = read(text.as_bytes()).map(|item| item.unwrap().place).collect();
        for (place, (line, entry)) in places.iter().zip([(1, 0), (3, 1), (4, 1)]) {
            assert_eq!((place.line, place.entry), (line, Some(entry)));
            let (at, line_at) =
                (place.offset as usize, text[..place.offset as usize].rfind('\n').map_or(0, |n| n + 1));
            assert!(text[at..].starts_with("{\"resource\":{"), "{at}");
            assert_eq!(place.column as usize, at - line_at + 1);
        }
        assert_eq!(places.len(), 3);
    }

    #[test]
    fn only_white_space_is_blank() {
        for (text, blank) in [
            ("", true),
            (" \r\n\t", true),
            ("\u{feff}", true),
            ("\u{feff}\n{}", false),
            ("[]", false),
            ("x", false),
        ] {
            let mut reader = read(text.as_bytes());
            while reader.next().is_some() {}
            assert_eq!(reader.is_blank(), blank, "{text:?}");
        }
    }

    #[test]
    fn a_failing_reader_is_told() {
        struct Failing(bool);
        impl Read for Failing {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                if std::mem::replace(&mut self.0, true) {
                    return Err(ErrorKind::ConnectionReset.into());
                }
                buffer[..9].copy_from_slice(b"{\"a\":1}\n{");
                Ok(9)
            }
        }
        let found: Vec<_> = read(Failing(false)).map(shown).collect();
        assert_eq!(
            found,
            ["{\"a\":1}".to_owned(), format!("! could not be read: {}", ErrorKind::ConnectionReset)]
        );
    }

    proptest! {
        #[test]
        fn the_size_of_reads_changes_nothing(
            parts in prop::collection::vec(prop::sample::select(vec![
                "{\"resourceType\":\"Bundle\",\"entry\":[", "{\"fullUrl\":\"u\",\"resource\":{\"a\":\"\\\"x\"}}", "{\"resource\":{}}",
                ",", "]}", "\n", "{\"a\":[1,2.50,{}]}", "{", "}", "[", "]", "\"", "\\", "null", "12", ":", " ", "é",
            ]), 0..24),
            step in 1usize..12,
        ) {
            let text: String = parts.concat();
            let whole: Vec<_> = read(text.as_bytes()).collect();
            let slowly: Vec<_> = read(Slow(text.as_bytes(), step)).collect();
            prop_assert_eq!(whole, slowly);
        }

        #[test]
        fn any_bytes_come_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(read(bytes.as_slice()).count() <= bytes.len() + 1);
        }
    }
}
