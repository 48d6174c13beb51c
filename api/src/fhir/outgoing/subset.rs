//! Parts of a resource (`_summary`, `_elements`; search.html#summary). What is cut says so by the tag SUBSETTED.

use std::ops::Range;

use super::summaries::SUMMARIES;
use super::{Members, quoted};
use crate::fhir::check;
use crate::fhir::search::Summary;

/// Which part of a resource is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// `_summary`.
    pub summary: Summary,
    /// `_elements`; all if empty.
    pub elements: Vec<String>,
}

impl Cut {
    /// What of a resource goes out.
    pub fn of(&self, bytes: Vec<u8>) -> Vec<u8> {
        let whole = self.elements.is_empty() && matches!(self.summary, Summary::Whole | Summary::Count);
        if whole { bytes } else { cut(&bytes, self) }
    }
}

/// Elements that stay whatever is asked for.
const ALWAYS: [&str; 4] = ["resourceType", "id", "meta", "implicitRules"];

/// The tag of what is not whole.
const SUBSETTED: &[u8] =
    br#"{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}"#;

/// Keeps the part that is wanted, each element with its bytes: a number is worth what its digits say (FHIR R4, 2.6.2.3).
/// Bytes that cannot be read go out as they are.
fn cut(raw: &[u8], cut: &Cut) -> Vec<u8> {
    part(raw, cut).unwrap_or_else(|| raw.to_vec())
}

fn part(raw: &[u8], cut: &Cut) -> Option<Vec<u8>> {
    let members = members(raw)?;
    let kind = members.iter().find(|(name, _)| name == "resourceType");
    let kind = kind.and_then(|(_, value)| text(raw.get(value.clone())?)).unwrap_or_default();
    let required = check::required(&kind);
    let stays = |name: &str| {
        let name = name.strip_prefix('_').unwrap_or(name);
        ALWAYS.contains(&name) || required.contains(&name) || keeps(&kind, cut, name)
    };
    let mut out = vec![b'{'];
    let mut tagged = false;
    for (name, value) in members.iter().filter(|(name, _)| stays(name)) {
        let value = &raw[value.clone()];
        if name == "meta" {
            tagged = true;
            put(&mut out, name, &with_tag(value).unwrap_or_else(|| value.to_vec()));
        } else {
            put(&mut out, name, value);
        }
    }
    if !tagged {
        put(&mut out, "meta", &[b"{\"tag\":[", SUBSETTED, b"]}"].concat());
    }
    out.push(b'}');
    Some(out)
}

/// The members of an object and where their values stand; none for what is no object.
fn members(raw: &[u8]) -> Option<Vec<(String, Range<usize>)>> {
    let mut members = Members::of(raw, 0)?;
    let mut all = Vec::new();
    while let Some((name, value)) = members.next_member()? {
        all.push((text(&raw[name])?, value));
    }
    Some(all)
}

/// What a string says.
fn text(raw: &[u8]) -> Option<String> {
    serde_json::from_slice(raw).ok()
}

fn put(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    if !out.ends_with(b"{") {
        out.push(b',');
    }
    out.extend_from_slice(&quoted(name));
    out.push(b':');
    out.extend_from_slice(value);
}

/// The meta with one tag more; none for what is no meta.
fn with_tag(meta: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![b'{'];
    let mut tagged = false;
    for (name, value) in members(meta)? {
        let value = &meta[value];
        if name != "tag" {
            put(&mut out, &name, value);
            continue;
        }
        tagged = true;
        let before = value.strip_prefix(b"[")?.strip_suffix(b"]")?;
        let comma: &[u8] = if before.iter().all(u8::is_ascii_whitespace) { b"" } else { b"," };
        put(&mut out, &name, &[b"[", before, comma, SUBSETTED, b"]"].concat());
    }
    if !tagged {
        put(&mut out, "tag", &[b"[", SUBSETTED, b"]"].concat());
    }
    out.push(b'}');
    Some(out)
}

fn keeps(kind: &str, cut: &Cut, name: &str) -> bool {
    if !cut.elements.is_empty() {
        return cut.elements.iter().any(|asked| fits(asked, name) || is_choice(asked, name));
    }
    match cut.summary {
        Summary::Whole | Summary::Count => true,
        Summary::Text => name == "text",
        Summary::Data => name != "text",
        Summary::True => match SUMMARIES.iter().find(|(known, _)| *known == kind) {
            Some((_, names)) => names.split(' ').any(|known| fits(known, name)),
            None => name != "text",
        },
    }
}

fn fits(known: &str, name: &str) -> bool {
    known.strip_suffix('*').map_or(known == name, |choice| is_choice(choice, name))
}

/// Whether `valueQuantity` is a `value`.
fn is_choice(choice: &str, name: &str) -> bool {
    name.strip_prefix(choice).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
        && CHOICES.contains(&choice)
}

/// The choices at the top of resources.
const CHOICES: [&str; 24] = [
    "abatement",
    "age",
    "asNeeded",
    "born",
    "code",
    "created",
    "deceased",
    "definition",
    "effective",
    "identified",
    "item",
    "medication",
    "multipleBirth",
    "occurred",
    "occurrence",
    "onset",
    "performed",
    "quantity",
    "reported",
    "source",
    "start",
    "statusReason",
    "timing",
    "value",
];

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_is_kept_keeps_its_bytes() {
        let tag = std::str::from_utf8(SUBSETTED).unwrap();
        let note = Cut { summary: Summary::Whole, elements: vec!["note".into(), "valueQuantity".into()] };
        for (raw, expected) in [
            // Digits count: 1.10 was measured more finely than 1.1 (FHIR R4, 2.6.2.3).
            (
                r#"{"resourceType":"Observation","id":"o","meta":{},"valueQuantity":{"value":1.10,"x":-0.0,"y":1E+2},"issued":1}"#,
                format!(
                    r#"{{"resourceType":"Observation","id":"o","meta":{{"tag":[{tag}]}},"valueQuantity":{{"value":1.10,"x":-0.0,"y":1E+2}}}}"#
                ),
            ),
            (
                r#"{"valueQuantity":{"value":100000000000000000000.000000000000000000001},"resourceType":"Observation"}"#,
                format!(
                    r#"{{"valueQuantity":{{"value":100000000000000000000.000000000000000000001}},"resourceType":"Observation","meta":{{"tag":[{tag}]}}}}"#
                ),
            ),
            // The order, escapes and spaces within what is kept stay.
            (
                "{ \"note\" : [ {\"text\":\"\\u00e9 \\\" } \"} ] , \"code\":{ \"b\":1, \"a\":2 },\"resourceType\":\"Observation\" }",
                format!(
                    "{{\"note\":[ {{\"text\":\"\\u00e9 \\\" }} \"}} ],\"code\":{{ \"b\":1, \"a\":2 }},\"resourceType\":\"Observation\",\"meta\":{{\"tag\":[{tag}]}}}}"
                ),
            ),
            (
                r#"{"resourceType":"Observation","meta":{"tag":[{"code":"a"}],"versionId":"2"},"no\u0074e":[]}"#,
                format!(
                    r#"{{"resourceType":"Observation","meta":{{"tag":[{{"code":"a"}},{tag}],"versionId":"2"}},"note":[]}}"#
                ),
            ),
            (
                r#"{"resourceType":"Observation","meta":{"tag":[ ]}}"#,
                format!(r#"{{"resourceType":"Observation","meta":{{"tag":[ {tag}]}}}}"#),
            ),
            (
                r#"{"resourceType":"Observation","meta":7}"#,
                r#"{"resourceType":"Observation","meta":7}"#.to_owned(),
            ),
        ] {
            let found = String::from_utf8(cut(raw.as_bytes(), &note)).unwrap();
            assert_eq!(found, expected, "{raw}");
            serde_json::from_str::<Value>(&found).unwrap();
        }
        for broken in ["", "[]", "{", "{\"a\"", "{\"a\":", "{\"\\ud800\":1}"] {
            assert_eq!(cut(broken.as_bytes(), &note), broken.as_bytes(), "{broken}");
        }
    }

    #[test]
    fn parts_are_cut() {
        let whole = json!({"resourceType": "Observation", "id": "o", "meta": {"versionId": "1"},
            "text": {"status": "generated"}, "status": "final", "_status": {"id": "x"}, "category": [{}],
            "code": {}, "note": [], "valueQuantity": {}, "valueless": 1});
        for (summary, elements, expected) in [
            (Summary::True, "", "resourceType id meta status _status code valueQuantity"),
            (Summary::Text, "", "resourceType id meta text status _status code"),
            (
                Summary::Data,
                "",
                "resourceType id meta status _status category code note valueQuantity valueless",
            ),
            (Summary::Whole, "note", "resourceType id meta status _status code note"),
            (Summary::Whole, "value,nothing", "resourceType id meta status _status code valueQuantity"),
        ] {
            let elements: Vec<String> =
                elements.split(',').filter(|e| !e.is_empty()).map(str::to_owned).collect();
            let wanted = Cut { summary, elements };
            let part: Value = serde_json::from_slice(&cut(whole.to_string().as_bytes(), &wanted)).unwrap();
            let names: Vec<&str> = part.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(names.join(" "), expected, "{wanted:?}");
            assert_eq!(part["meta"]["tag"][0]["code"], "SUBSETTED");
            assert_eq!(part["meta"]["versionId"], "1");
        }
        let bytes = whole.to_string().into_bytes();
        assert_eq!(Cut { summary: Summary::Whole, elements: vec![] }.of(bytes.clone()), bytes);
        let of_other = json!({"resourceType": "Basic", "text": {}, "note": []});
        let wanted = Cut { summary: Summary::True, elements: vec![] };
        let part: Value = serde_json::from_slice(&cut(of_other.to_string().as_bytes(), &wanted)).unwrap();
        assert!(part.get("text").is_none() && part.get("note").is_some());
        assert_eq!(cut(b"no json", &wanted), b"no json");
    }
}
