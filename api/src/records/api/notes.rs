//! What a searchset tells about itself: parameters and includes that were left out, as an OperationOutcome among its
//! entries (search.html#entries).

use super::cursor::Cursor;
use crate::fhir::outcome::{Issue, outcome};
use crate::fhir::outgoing::bundle::Entry;
use crate::fhir::search::{Include, Search};

/// An include that was not followed, because the grant has nothing of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// `_include` or `_revinclude`.
    pub way: &'static str,
    /// What was asked for.
    pub include: Include,
    /// The type that the grant does not have.
    pub kind: String,
}

/// The entry that tells what was left out of a page; none where nothing was. Unknown parameters are told on the first.
pub(super) fn entry(search: &Search, after: Option<&Cursor>, left_out: &[LeftOut]) -> Option<Entry> {
    let ignored: &[String] = if after.is_none() { &search.ignored } else { &[] };
    let unknown = ignored.iter().map(|name| unknown(search, name));
    let issues: Vec<Issue> = unknown.chain(left_out.iter().map(not_granted)).collect();
    if issues.is_empty() {
        return None;
    }
    let bytes = outcome(&issues).to_string().into_bytes();
    Some(Entry { kind: String::new(), id: String::new(), bytes, mode: "outcome" })
}

/// The entry that tells of parameters only, for what is searched elsewhere.
pub fn unknown_told(search: &Search) -> Option<Entry> {
    entry(search, None, &[])
}

/// The entry that tells that a whole record is the person only, because the grant has nothing else.
pub(super) fn person_only() -> Entry {
    let text = "Only the Patient is here, because the scopes of the token do not allow the app to search any other type.";
    let bytes = outcome(&[Issue::warning("suppressed", text)]).to_string().into_bytes();
    Entry { kind: String::new(), id: String::new(), bytes, mode: "outcome" }
}

fn unknown(search: &Search, name: &str) -> Issue {
    let text = format!(
        "{name}: is no search parameter of {} here and was left out; GET /fhir/metadata lists them.",
        search.resource_type
    );
    let place = format!("http.{}", name.split([':', '.']).next().unwrap_or_default());
    Issue { expression: vec![place], ..Issue::warning("not-supported", text) }
}

/// `suppressed`: not sent because of permissions (value set issue-type).
fn not_granted(left: &LeftOut) -> Issue {
    let LeftOut { way, include: Include { resource_type, param, target }, kind } = left;
    let target = target.as_ref().map_or_else(String::new, |target| format!(":{target}"));
    let text = format!(
        "{way}={resource_type}:{param}{target}: {kind} was left out, because the scopes of the token do not allow the app \
         to search it."
    );
    Issue { expression: vec![format!("http.{way}")], ..Issue::warning("suppressed", text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;
    use crate::fhir::check::check;
    use crate::fhir::search::{Given, Handling, decode, parse};

    #[test]
    fn what_was_left_out_is_told() {
        let given = Given { base: "x", now: Instant(0), handling: Handling::Lenient };
        let read = |query: &str| parse("Observation", &decode(query).unwrap(), given).unwrap();
        let plain = read("code=1&_include=Observation:patient:Patient");
        assert!(entry(&plain, None, &[]).is_none());
        let left =
            |way, include: &Include, kind: &str| LeftOut { way, include: include.clone(), kind: kind.into() };
        let patient = left("_include", &plain.includes[0], "Patient");
        let search = read("foo.bar=1&nose:x=2&_revinclude=Provenance:target");
        let provenance = left("_revinclude", &search.rev_includes[0], "Provenance");
        let told = entry(&search, None, &[patient, provenance]).unwrap();
        assert_eq!((told.mode, told.id.as_str()), ("outcome", ""));
        let told: serde_json::Value = serde_json::from_slice(&told.bytes).unwrap();
        assert_eq!(check(&told), vec![]);
        let issues = told["issue"].as_array().unwrap();
        let expected = [
            ("not-supported", "http.foo", "foo.bar: "),
            ("not-supported", "http.nose", "nose:x: "),
            ("suppressed", "http._include", "_include=Observation:patient:Patient: Patient was left out"),
            ("suppressed", "http._revinclude", "_revinclude=Provenance:target: Provenance was left out"),
        ];
        assert_eq!(issues.len(), expected.len());
        for (issue, (code, place, text)) in issues.iter().zip(expected) {
            assert_eq!(
                (&issue["severity"], &issue["code"], &issue["expression"][0]),
                (&"warning".into(), &code.into(), &place.into())
            );
            assert!(issue["diagnostics"].as_str().unwrap().starts_with(text), "{issue}");
        }
    }
}
