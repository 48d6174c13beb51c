//! One entry of a Bundle: its resource, its address and its request, by where they stand in its bytes.

use std::io::Read;

use super::scan::{Next, Scanner};
use super::source::{Capture, Source};
use super::{BadEntry, Entry, Item, Place, Reason};

/// The first entry of something without a type so far: `List.entry` has `item`, `Bundle.entry` never.
pub(super) fn is_item_of_list(first: &Capture) -> bool {
    let mut source = Source::new(first.bytes.as_slice());
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

/// The item of an entry that was read already.
pub(super) fn entry_of(first: Capture, place: Place, limit: usize) -> Item {
    if first.over {
        return Err(BadEntry { place, reason: Reason::TooLarge { limit }, raw: Vec::new() });
    }
    if first.bytes.first() != Some(&b'{') {
        return Err(BadEntry { place, reason: Reason::NotAnObject, raw: first.bytes });
    }
    let mut again = Capture::new(limit);
    match parts(&mut Source::new(first.bytes.as_slice()), &mut again) {
        Ok(parts) => parts.entry(again, place, limit),
        Err(reason) => Err(BadEntry { place, reason, raw: first.bytes }),
    }
}

/// Where the parts of an entry stand in its bytes.
#[derive(Default)]
pub(super) struct Parts {
    resource: Option<(usize, usize)>,
    full_url: Option<(usize, usize)>,
    request: Option<(usize, usize)>,
}

/// Reads one entry to its end.
pub(super) fn parts<R: Read>(source: &mut Source<R>, capture: &mut Capture) -> Result<Parts, Reason> {
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
    /// The item of the entry with these bytes.
    pub(super) fn entry(self, capture: Capture, place: Place, limit: usize) -> Item {
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
