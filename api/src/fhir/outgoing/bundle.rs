//! Bundles put together from resources that are bytes already.

use serde_json::{Value, json};

/// One entry.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its type.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The resource.
    pub bytes: Vec<u8>,
    /// Why it is here: `match`, `include` or `outcome`.
    pub mode: &'static str,
}

/// What stands around the entries.
#[derive(Debug, Clone)]
pub struct Head {
    /// The Bundle's own id.
    pub id: String,
    /// The moment, RFC 3339.
    pub at: String,
    /// `searchset` or `history`.
    pub kind: &'static str,
    /// How many match in all, if it is told.
    pub total: Option<usize>,
    /// Relations and addresses.
    pub links: Vec<(&'static str, String)>,
}

/// The beginning of a Bundle, up to its first entry.
pub fn open(head: &Head) -> Vec<u8> {
    let mut start =
        json!({"resourceType": "Bundle", "id": head.id, "meta": {"lastUpdated": head.at}, "type": head.kind});
    if let Some(total) = head.total {
        start["total"] = json!(total);
    }
    if !head.links.is_empty() {
        let link = |(relation, url): &(&str, String)| json!({"relation": relation, "url": url});
        start["link"] = Value::Array(head.links.iter().map(link).collect());
    }
    let mut out = start.to_string().into_bytes();
    out.pop();
    out
}

/// One entry, with the comma or the bracket before it.
pub fn put(out: &mut Vec<u8>, base: &str, entry: &Entry, nth: usize) {
    out.extend_from_slice(if nth == 0 { b",\"entry\":[{" } else { b",{" });
    // An outcome has no address here.
    if !entry.id.is_empty() {
        out.extend_from_slice(format!("\"fullUrl\":\"{base}/{}/{}\",", entry.kind, entry.id).as_bytes());
    }
    out.extend_from_slice(b"\"resource\":");
    out.extend_from_slice(&entry.bytes);
    out.extend_from_slice(format!(",\"search\":{{\"mode\":\"{}\"}}}}", entry.mode).as_bytes());
}

/// The end of a Bundle that had so many entries.
pub fn close(out: &mut Vec<u8>, entries: usize) {
    out.extend_from_slice(if entries == 0 { b"}" } else { b"]}" });
}

/// A whole Bundle.
pub fn bundle(head: &Head, base: &str, entries: &[Entry]) -> Vec<u8> {
    let mut out = open(head);
    out.reserve(entries.iter().map(|entry| entry.bytes.len() + 160).sum());
    for (nth, entry) in entries.iter().enumerate() {
        put(&mut out, base, entry, nth);
    }
    close(&mut out, entries.len());
    out
}

/// A version in a history.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its number.
    pub version: i64,
    /// When it came, RFC 3339.
    pub at: String,
    /// The resource as it was.
    pub bytes: Vec<u8>,
}

/// The history of one resource (http.html#history), newest first.
pub fn history(head: &Head, (base, kind, id): (&str, &str, &str), versions: &[Version]) -> Vec<u8> {
    let mut out = open(head);
    for (nth, version) in versions.iter().enumerate() {
        out.extend_from_slice(if nth == 0 { b",\"entry\":[{" } else { b",{" });
        out.extend_from_slice(format!("\"fullUrl\":\"{base}/{kind}/{id}\",\"resource\":").as_bytes());
        out.extend_from_slice(&version.bytes);
        let (method, url, status) = match version.version {
            1 => ("POST", kind.to_owned(), "201 Created"),
            _ => ("PUT", format!("{kind}/{id}"), "200 OK"),
        };
        let about = json!({"method": method, "url": url});
        let answer = json!({"status": status, "etag": format!("W/\"{}\"", version.version), "lastModified": version.at});
        out.extend_from_slice(format!(",\"request\":{about},\"response\":{answer}}}").as_bytes());
    }
    close(&mut out, versions.len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::check::check;

    #[test]
    fn bundles_are_sound() {
        let head = |kind, total| Head {
            id: "b1".into(),
            at: "2026-01-01T00:00:00.000000Z".into(),
            kind,
            total,
            links: vec![("self", "https://r.example/fhir/Basic?code=a%26b".into())],
        };
        let entry = |id: &str, mode| Entry {
            kind: "Basic".into(),
            id: id.into(),
            bytes: br#"{"resourceType":"Basic","id":"x","code":{"text":"y"}}"#.to_vec(),
            mode,
        };
        for entries in [vec![], vec![entry("x", "match")], vec![entry("x", "match"), entry("", "include")]] {
            let made = bundle(&head("searchset", Some(entries.len())), "https://r.example/fhir", &entries);
            let made: Value = serde_json::from_slice(&made).unwrap();
            assert_eq!(check(&made), vec![], "{made}");
            assert_eq!(made["entry"].as_array().map_or(0, Vec::len), entries.len());
            assert_eq!(made.get("entry").is_none(), entries.is_empty());
        }
        let version = |version| Version {
            version,
            at: "2026-01-01T00:00:00Z".into(),
            bytes: entry("x", "match").bytes,
        };
        let made = history(
            &head("history", Some(2)),
            ("https://r.example/fhir", "Basic", "x"),
            &[version(2), version(1)],
        );
        let made: Value = serde_json::from_slice(&made).unwrap();
        assert_eq!(check(&made), vec![], "{made}");
        assert_eq!(made["entry"][1]["request"]["method"], "POST");
    }
}
