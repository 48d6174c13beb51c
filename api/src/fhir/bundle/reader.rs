//! Reads a source from its beginning to its end: where it stands, what comes next there, and where to go on behind
//! what is broken.

use std::io::{Cursor, Read};

use super::entry::{entry_of, is_item_of_list, parts};
use super::scan::{Next, Open, Scanner, expected};
use super::source::{Capture, Found, SMALL, Source, later_lines, names};
use super::{BadEntry, DEEPEST_BUNDLE, Entry, Item, Place, Reason, is_carrier, read_limited};

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
pub(super) const MOST_GIVEN_BACK: u32 = 8;

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
    /// Of a source that begins here.
    pub(super) fn new(source: R, limit: usize) -> Self {
        Reader {
            source: Source::new(source),
            limit,
            state: State::Top,
            in_array: false,
            seen: false,
            depth: 0,
            inner: None,
            given_back: 0,
        }
    }

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
