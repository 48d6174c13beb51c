//! A stored resource on its way out to an app. Its bytes stay as they came, but for what tells where it stands on this
//! server: `meta.versionId` and `meta.lastUpdated`, and references that led to where it was gathered. These are
//! cut in; nothing is written anew.

pub mod bundle;
mod files;
mod lines;
mod masked;
mod subset;
mod summaries;

pub use files::{FileAddress, Readdressed, file_addresses, readdress};
pub use lines::Lines;
pub use masked::{masked, named};
pub use subset::Cut;

use std::ops::Range;

use memchr::{memchr2, memmem};

/// A place in a resource that names another one in words of where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The string with its quotation marks.
    pub place: Range<usize>,
    /// What it says.
    pub text: String,
    /// What it is.
    pub kind: LinkKind,
}

/// What a link stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// `Reference.reference`.
    Reference,
    /// `Attachment.url`.
    Attachment,
}

/// The references and addresses of files that do not say `Type/id`: whole addresses, `urn:`, conditional references,
/// and those of a version that another server counted.
pub fn links(raw: &[u8]) -> Vec<Link> {
    let mut found = Vec::new();
    collect(raw, (b"\"reference\"", LinkKind::Reference), &mut found);
    collect(raw, (b"\"url\"", LinkKind::Attachment), &mut found);
    found.sort_unstable_by_key(|link| link.place.start);
    found
}

/// What a resource points to, as written: each reference that may lead out of a record.
pub fn references(raw: &[u8]) -> impl Iterator<Item = &str> {
    memmem::find_iter(raw, b"\"reference\"").filter_map(move |at| {
        let start = after_colon(raw, at + b"\"reference\"".len())?;
        let end = (raw.get(start) == Some(&b'"')).then(|| string_end(raw, start))??;
        std::str::from_utf8(&raw[start + 1..end - 1]).ok().filter(|text| !text.starts_with('#'))
    })
}

fn collect(raw: &[u8], (name, kind): (&[u8], LinkKind), found: &mut Vec<Link>) {
    for at in memmem::find_iter(raw, name) {
        if at > 0 && raw[at - 1] == b'\\' {
            continue;
        }
        // Only a name has a colon behind it.
        let Some(start) = after_colon(raw, at + name.len()).filter(|start| raw.get(*start) == Some(&b'"'))
        else {
            continue;
        };
        let Some(end) = string_end(raw, start) else { continue };
        let inside = &raw[start + 1..end - 1];
        let elsewhere = match kind {
            LinkKind::Reference => {
                memmem::find(inside, b":").is_some()
                    || inside.contains(&b'?')
                    || memmem::find(inside, b"_history").is_some()
            }
            LinkKind::Attachment => {
                memmem::find(inside, b"Binary").is_some() && inside.contains(&b':')
                    || inside.starts_with(b"urn:")
            }
        };
        if !elsewhere {
            continue;
        }
        // Slashes may be written `\/`.
        if let Ok(text) = serde_json::from_slice::<String>(&raw[start..end]) {
            found.push(Link { place: start..end, text, kind });
        }
    }
}

fn after_colon(raw: &[u8], from: usize) -> Option<usize> {
    let colon = skip_space(raw, from);
    (raw.get(colon) == Some(&b':')).then(|| skip_space(raw, colon + 1))
}

/// Which version of a resource this is here, and since when.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// Its number.
    pub version: i64,
    /// When it came, RFC 3339.
    pub updated: &'a str,
}

/// Puts the resource behind `out`, with its stamp and with other texts in the place of some links.
pub fn dress(raw: &[u8], stamp: Stamp, links: &[(Range<usize>, String)], out: &mut Vec<u8>) {
    let Some((place, meta)) = stamped(raw, stamp) else {
        return out.extend_from_slice(raw);
    };
    out.reserve(raw.len() + meta.len() + 16);
    let mut edits: Vec<(Range<usize>, Vec<u8>)> = links
        .iter()
        .filter(|(at, _)| at.end <= place.start || at.start >= place.end)
        .map(|(at, text)| (at.clone(), quoted(text)))
        .chain([(place.clone(), meta)])
        .collect();
    edits.sort_by_key(|(at, _)| at.start);
    let mut from = 0;
    for (at, text) in edits {
        out.extend_from_slice(&raw[from..at.start]);
        out.extend_from_slice(&text);
        from = at.end;
    }
    out.extend_from_slice(&raw[from..]);
}

fn quoted(text: &str) -> Vec<u8> {
    serde_json::to_vec(text).unwrap_or_else(|_| b"\"\"".to_vec())
}

/// Where the stamped meta goes and what it is: in the place of the meta there is, or behind type and id. None for
/// what is no object.
fn stamped(raw: &[u8], stamp: Stamp) -> Option<(Range<usize>, Vec<u8>)> {
    let mut meta = Vec::with_capacity(160);
    meta.extend_from_slice(
        format!("{{\"versionId\":\"{}\",\"lastUpdated\":\"{}\"", stamp.version, stamp.updated).as_bytes(),
    );
    let mut members = Members::of(raw, 0)?;
    let (mut behind, mut any) = (members.at, false);
    while let Some((name, value)) = members.next_member()? {
        match &raw[name.clone()] {
            b"\"meta\"" => {
                let mut own = Members::of(raw, value.start)?;
                while let Some((name, value)) = own.next_member()? {
                    let ours: [&[u8]; 4] =
                        [b"\"versionId\"", b"\"lastUpdated\"", b"\"_versionId\"", b"\"_lastUpdated\""];
                    if !ours.contains(&&raw[name.clone()]) {
                        meta.push(b',');
                        meta.extend_from_slice(&raw[name.start..value.end]);
                    }
                }
                meta.push(b'}');
                return Some((value, meta));
            }
            b"\"resourceType\"" | b"\"id\"" => behind = value.end,
            _ => {}
        }
        any = true;
    }
    let mut inserted = Vec::with_capacity(meta.len() + 10);
    let first = raw[..behind].ends_with(b"{");
    inserted.extend_from_slice(if first { b"\"meta\":" } else { b",\"meta\":" });
    inserted.extend_from_slice(&meta);
    inserted.extend_from_slice(if first && any { b"}," } else { b"}" });
    Some((behind..behind, inserted))
}

/// The members of an object, one after the other, without reading what is in them.
struct Members<'a> {
    raw: &'a [u8],
    at: usize,
}

/// Where a name and its value stand.
type Member = (Range<usize>, Range<usize>);

impl<'a> Members<'a> {
    fn of(raw: &'a [u8], from: usize) -> Option<Self> {
        let open = skip_space(raw, from);
        (raw.get(open) == Some(&b'{')).then_some(Self { raw, at: open + 1 })
    }

    /// None for what is not JSON; then none for the end.
    fn next_member(&mut self) -> Option<Option<Member>> {
        let mut at = skip_space(self.raw, self.at);
        if self.raw.get(at) == Some(&b',') {
            at = skip_space(self.raw, at + 1);
        }
        match self.raw.get(at)? {
            b'}' => Some(None),
            b'"' => {
                let name = at..string_end(self.raw, at)?;
                let start = after_colon(self.raw, name.end)?;
                let end = value_end(self.raw, start)?;
                self.at = end;
                Some(Some((name, start..end)))
            }
            _ => None,
        }
    }
}

fn skip_space(raw: &[u8], mut at: usize) -> usize {
    while matches!(raw.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// Behind the quotation mark that closes the string that opens here.
fn string_end(raw: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        let next = at + memchr2(b'"', b'\\', raw.get(at..)?)?;
        if raw[next] == b'"' {
            return Some(next + 1);
        }
        at = next + 2;
    }
}

/// Behind the value that begins here.
fn value_end(raw: &[u8], start: usize) -> Option<usize> {
    match raw.get(start)? {
        b'"' => string_end(raw, start),
        b'{' | b'[' => {
            let (mut depth, mut at) = (0_usize, start);
            loop {
                match raw.get(at)? {
                    b'"' => {
                        at = string_end(raw, at)?;
                        continue;
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => {
                        depth -= 1;
                        if depth == 0 {
                            return Some(at + 1);
                        }
                    }
                    _ => {}
                }
                at += 1;
            }
        }
        _ => {
            let rest = &raw[start..];
            let length =
                rest.iter().position(|b| matches!(b, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'));
            length.map(|length| start + length)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dressed(raw: &str, links: &[(Range<usize>, String)]) -> String {
        let mut out = Vec::new();
        dress(raw.as_bytes(), Stamp { version: 2, updated: "2026-01-01T00:00:00.000000Z" }, links, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn stamps_are_cut_in() {
        let stamp = r#""versionId":"2","lastUpdated":"2026-01-01T00:00:00.000000Z""#;
        for (raw, expected) in [
            (
                r#"{"resourceType":"Basic","id":"a","code":{}}"#,
                format!(r#"{{"resourceType":"Basic","id":"a","meta":{{{stamp}}},"code":{{}}}}"#),
            ),
            (r#"{"resourceType":"Basic"}"#, format!(r#"{{"resourceType":"Basic","meta":{{{stamp}}}}}"#)),
            (r#"{"code":{}}"#, format!(r#"{{"meta":{{{stamp}}},"code":{{}}}}"#)),
            ("{}", format!(r#"{{"meta":{{{stamp}}}}}"#)),
            (
                r#"{"meta":{"versionId":"9","profile":["x"],"lastUpdated":"1970","_lastUpdated":{"id":"}"}},"n":1}"#,
                format!(r#"{{"meta":{{{stamp},"profile":["x"]}},"n":1}}"#),
            ),
            (
                "{ \"id\" : \"\\\"meta\\\":\" ,\n \"meta\" : { } , \"deep\":{\"meta\":{\"versionId\":\"1\"}}}",
                format!(
                    "{{ \"id\" : \"\\\"meta\\\":\" ,\n \"meta\" : {{{stamp}}} , \"deep\":{{\"meta\":{{\"versionId\":\"1\"}}}}}}"
                ),
            ),
        ] {
            let found = dressed(raw, &[]);
            assert_eq!(found, expected, "{raw}");
            serde_json::from_str::<serde_json::Value>(&found).unwrap();
        }
        for broken in ["", "[]", "{", "{\"a\"", "{\"a\":", "nonsense", "{\"a\":\"b"] {
            assert_eq!(dressed(broken, &[]), broken);
        }
    }

    #[test]
    fn only_what_leads_elsewhere_is_a_link() {
        let raw = r##"{"a":{"reference":"Patient/p"},"b":{"reference":"https:\/\/x.example\/Patient\/p"},
            "c":{"reference" : "urn:uuid:1"},"d":{"reference":"Practitioner?identifier=s|1"},"e":{"reference":"#x"},
            "f":{"reference":"Patient/p/_history/2"},"g":"\"reference\":\"urn:uuid:2\"","h":{"reference":{"x":"urn:"}},
            "i":{"url":"https://x.example/Binary/1"},"j":{"url":"Binary/1"},"k":{"url":"http://hl7.org/x"}}"##;
        let found = links(raw.as_bytes());
        let texts: Vec<&str> = found.iter().map(|link| link.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "https://x.example/Patient/p",
                "urn:uuid:1",
                "Practitioner?identifier=s|1",
                "Patient/p/_history/2",
                "https://x.example/Binary/1"
            ]
        );
        let replaced: Vec<(Range<usize>, String)> =
            found.iter().map(|link| (link.place.clone(), "X/\"1".to_owned())).collect();
        let value: serde_json::Value = serde_json::from_str(&dressed(raw, &replaced)).unwrap();
        for at in ["b", "c", "d", "f"] {
            assert_eq!(value[at]["reference"], "X/\"1", "{at}");
        }
        assert_eq!(
            (&value["a"]["reference"], &value["g"]),
            (&"Patient/p".into(), &"\"reference\":\"urn:uuid:2\"".into())
        );
        assert_eq!((&value["i"]["url"], &value["j"]["url"]), (&"X/\"1".into(), &"Binary/1".into()));
    }

    proptest::proptest! {
        /// Whatever the bytes are, nothing panics, and what was JSON stays JSON.
        #[test]
        fn any_bytes_are_dressed(raw in "[\\[\\]{}\":,a-z\\\\ 0-9]{0,60}") {
            links(raw.as_bytes());
            let out = dressed(&raw, &[]);
            if serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&raw).is_ok() {
                let value: serde_json::Value = serde_json::from_str(&out).unwrap();
                proptest::prop_assert_eq!(&value["meta"]["versionId"], "2");
            }
        }
    }
}
