//! The addresses of files in a resource, for where they have to lead to something: `Attachment.url`, found by where it
//! stands and whatever it says. They are cut out and in; the rest stays as it came.

use std::ops::Range;

use memchr::memmem;

use super::{after_colon, quoted, skip_space, string_end, value_end};

/// Their `url` says what they mean.
const EXTENSIONS: [&[u8]; 2] = [b"\"extension\"", b"\"modifierExtension\""];
/// In the place of an address that leads nowhere.
const UNKNOWN: &[u8] = br#""_url":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}"#;

/// An address of a file, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAddress {
    /// What it says.
    pub text: String,
    /// The member, with its name.
    member: Range<usize>,
    /// The string with its quotation marks.
    place: Range<usize>,
    /// Whether something was said of it already (`_url`).
    extended: bool,
}

/// What becomes of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readdressed {
    /// The file is here.
    At(String),
    /// It is nowhere that a reader could get it: instead of the address stands that it is not known.
    Nowhere,
}

/// The addresses of files that a resource tells, in their order; none of what is no JSON.
pub fn file_addresses(raw: &[u8]) -> Vec<FileAddress> {
    if memmem::find(raw, b"\"url\"").is_none() {
        return Vec::new();
    }
    let mut walk = Walk { raw, found: Vec::new() };
    if walk.value(skip_space(raw, 0), b"").is_none() {
        return Vec::new();
    }
    walk.found.sort_unstable_by_key(|one| one.place.start);
    walk.found
}

/// The resource with other addresses; those that are not among `changed` stay.
pub fn readdress(raw: &[u8], changed: &[(FileAddress, Readdressed)]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + changed.len() * 256);
    let mut from = 0;
    for (address, to) in changed {
        let (place, text) = match to {
            Readdressed::At(text) => (address.place.clone(), quoted(text)),
            Readdressed::Nowhere if address.extended => (with_comma(raw, &address.member), Vec::new()),
            Readdressed::Nowhere => (address.member.clone(), UNKNOWN.to_vec()),
        };
        // Only of what is no JSON do two of them meet.
        out.extend_from_slice(&raw[from..place.start.max(from)]);
        out.extend_from_slice(&text);
        from = place.end;
    }
    out.extend_from_slice(&raw[from..]);
    out
}

/// A member that is not the only one, with the comma that goes with it.
fn with_comma(raw: &[u8], member: &Range<usize>) -> Range<usize> {
    let behind = skip_space(raw, member.end);
    if raw.get(behind) == Some(&b',') {
        return member.start..behind + 1;
    }
    let before = raw[..member.start].iter().rposition(|b| *b == b',');
    before.unwrap_or(member.start)..member.end
}

struct Walk<'a> {
    raw: &'a [u8],
    found: Vec<FileAddress>,
}

impl Walk<'_> {
    /// Behind the value that begins here, which stands under this name; none for what is no JSON.
    fn value(&mut self, at: usize, within: &[u8]) -> Option<usize> {
        match self.raw.get(at)? {
            b'{' => self.object(at, within),
            b'[' => self.list(at, within),
            _ => value_end(self.raw, at).filter(|end| *end > at),
        }
    }

    fn list(&mut self, open: usize, within: &[u8]) -> Option<usize> {
        let mut at = skip_space(self.raw, open + 1);
        loop {
            match self.raw.get(at)? {
                b']' => return Some(at + 1),
                b',' => at = skip_space(self.raw, at + 1),
                _ => at = skip_space(self.raw, self.value(at, within)?),
            }
        }
    }

    fn object(&mut self, open: usize, within: &[u8]) -> Option<usize> {
        let (mut at, mut url) = (skip_space(self.raw, open + 1), None);
        // What a resource says of itself is no file.
        let (mut extended, mut resource) = (false, false);
        loop {
            match self.raw.get(at)? {
                b'}' => break,
                b',' => at = skip_space(self.raw, at + 1),
                b'"' => {
                    let raw = self.raw;
                    let name = at..string_end(raw, at)?;
                    let start = after_colon(raw, name.end)?;
                    let end = self.value(start, &raw[name.clone()])?;
                    match &raw[name.clone()] {
                        b"\"url\"" if raw[start] == b'"' => url = Some((name.start..end, start..end)),
                        b"\"_url\"" => extended = true,
                        b"\"resourceType\"" => resource = true,
                        _ => {}
                    }
                    at = skip_space(raw, end);
                }
                _ => return None,
            }
        }
        if let Some((member, place)) = url.filter(|_| !resource && !EXTENSIONS.contains(&within))
            // Slashes may be written `\/`.
            && let Ok(text) = serde_json::from_slice::<String>(&self.raw[place.clone()])
        {
            self.found.push(FileAddress { text, member, place, extended });
        }
        Some(at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(raw: &str) -> Vec<String> {
        file_addresses(raw.as_bytes()).into_iter().map(|one| one.text).collect()
    }

    #[test]
    fn only_files_have_such_an_address() {
        let raw = r#"{"resourceType":"DocumentReference","url":"own","extension":[{"url":"http://x/Binary/1",
            "valueAttachment":{"url":"Binary/2"}},{"url":"a","extension":[{"url":"b","valueString":"Binary/3"}]}],
            "contained":[{"resourceType":"Questionnaire","url":"http://x"},{"photo":{"url":"photo.png"}}],
            "content":[{"attachment":{"contentType":"a/b","url" : "https:\/\/x.example\/Binary\/4"}},
                {"attachment":{"url":7,"title":"\"url\":\"Binary/5\""}}],"text":{"div":"<a href=\"url\">"}}"#;
        assert_eq!(texts(raw), ["Binary/2", "photo.png", "https://x.example/Binary/4"]);
        for none in
            ["", "{", "[", "[x", "[,", "{\"url\"", "{\"url\":", "{\"a\":{\"url\":\"b\"}", "\"url\"", "{7}"]
        {
            assert_eq!(texts(none), Vec::<String>::new(), "{none}");
        }
    }

    #[test]
    fn addresses_lead_there_or_say_that_they_do_not() {
        let unknown = std::str::from_utf8(UNKNOWN).unwrap();
        let at = |text: &str| Readdressed::At(text.into());
        for (raw, to, expected) in [
            (r#"{"a":{"url":"x"}}"#, at("y\""), r#"{"a":{"url":"y\""}}"#.to_owned()),
            (r#"{"a":{"url" : "x","b":1}}"#, Readdressed::Nowhere, format!(r#"{{"a":{{{unknown},"b":1}}}}"#)),
            (r#"{"a":{"url":"x"}}"#, Readdressed::Nowhere, format!(r#"{{"a":{{{unknown}}}}}"#)),
            (r#"{"a":{"url":"x" , "_url":{}}}"#, Readdressed::Nowhere, r#"{"a":{ "_url":{}}}"#.into()),
            (r#"{"a":{"_url":{}, "url":"x"}}"#, Readdressed::Nowhere, r#"{"a":{"_url":{}}}"#.into()),
            (r#"{"a":{"_url":{},"url":"x"}}"#, at("y"), r#"{"a":{"_url":{},"url":"y"}}"#.into()),
        ] {
            let found = file_addresses(raw.as_bytes());
            assert_eq!(found.len(), 1, "{raw}");
            let changed: Vec<_> = found.into_iter().map(|one| (one, to.clone())).collect();
            let made = String::from_utf8(readdress(raw.as_bytes(), &changed)).unwrap();
            assert_eq!(made, expected, "{raw}");
            serde_json::from_str::<serde_json::Value>(&made).unwrap();
        }
        let raw = r#"{"content":[{"a":{"url":"1"}},{"a":{"url":"2"}},{"a":{"url":"3"}}]}"#;
        let mut found = file_addresses(raw.as_bytes());
        let third = found.remove(2);
        let changed = [(found.remove(0), at("one")), (third, at("three"))];
        assert_eq!(
            readdress(raw.as_bytes(), &changed),
            br#"{"content":[{"a":{"url":"one"}},{"a":{"url":"2"}},{"a":{"url":"three"}}]}"#
        );
    }

    proptest::proptest! {
        /// Whatever the bytes are, nothing panics, and what was JSON stays JSON.
        #[test]
        fn any_bytes_are_readdressed(raw in "(\\{|\\}|\\[|\\]|\"url\"|\"_url\"|\"a\"|:|,| |\\\\|7){0,30}") {
            for to in [Readdressed::At("x".into()), Readdressed::Nowhere] {
                let found = file_addresses(raw.as_bytes());
                let changed: Vec<_> = found.into_iter().map(|one| (one, to.clone())).collect();
                let made = readdress(raw.as_bytes(), &changed);
                if serde_json::from_str::<serde_json::Value>(&raw).is_ok() {
                    proptest::prop_assert!(serde_json::from_slice::<serde_json::Value>(&made).is_ok());
                }
            }
        }
    }
}
