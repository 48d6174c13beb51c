//! What the parameters of an export mean (Bulk Data Access 2.0, Bulk Data Kick-off Request). Pure.

use std::time::Duration;

use super::filter_rules as filters;
use super::model::{Form, Handling, Ignored, Wrong};
use crate::base::Instant;
use crate::fhir::search::Given;
use crate::smart::{Allowed, Interaction, Level, Scopes, TYPES, is_outside};

/// How many people one request may name.
const MOST_PATIENTS: usize = 10_000;
/// Characters of one parameter at most.
const LONGEST: usize = 8_192;
/// So many things that are not followed are told.
const MOST_TOLD: usize = 100;
/// Characters of what a client wrote that are said back to it.
const SAID: usize = 200;

/// Types that stand in the directory, or can: they go out where records lead to them.
pub const SHARED: [&str; 9] = [
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "Location",
    "Endpoint",
    "Medication",
    "HealthcareService",
    "Device",
    "Binary",
];

/// The names of the format, which mean the same.
const FORMATS: [&str; 3] = ["application/fhir+ndjson", "application/ndjson", "ndjson"];

/// What is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only these types; all that the scopes allow where empty.
    pub types: Vec<String>,
    /// Searches that narrow types, each with its type.
    pub filters: Vec<(String, String)>,
    /// Only what came after this moment.
    pub since: Option<Instant>,
    /// Only these people, by FHIR id.
    pub patients: Option<Vec<String>>,
    /// What is not followed, and the client takes that.
    pub ignored: Vec<Ignored>,
}

impl Wanted {
    fn ignore(&mut self, param: &str, text: String) {
        let text = match self.ignored.len() {
            0..MOST_TOLD => text,
            MOST_TOLD => "more of the request was left out than is told here".to_owned(),
            _ => return,
        };
        self.ignored.push(Ignored { param: said(param), text });
    }
}

/// As much of what a client wrote as is said back to it.
fn said(text: &str) -> String {
    text.chars().take(SAID).collect()
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// How it came.
    pub form: Form,
    /// The base address of this server, now, and what to do with what cannot be followed.
    pub given: Given<'a>,
    /// The scopes of the token.
    pub scopes: &'a Scopes,
}

/// What is wrong with a request: with its parameters, or with what its token reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// These parameters.
    Params(Vec<Wrong>),
    /// The token does not reach this.
    Scope(Wrong),
}

/// Whether records of this type are exported at all. What was allowed and who looked are no part of what was gathered.
pub fn exported(kind: &str) -> bool {
    TYPES.contains(&kind) && !matches!(kind, "AuditEvent" | "Consent")
}

/// Whether an export of these types (all, where none is named) looks at resources of this type: at those that are asked
/// for, and at all that may lead to them where they can stand in the directory. So naming types only leaves out others.
pub fn is_looked_at(types: &[String], kind: &str) -> bool {
    types.is_empty()
        || types.iter().any(|own| own == kind)
        || types.iter().any(|own| SHARED.contains(&own.as_str()))
}

/// What scopes let a system take of a type.
pub fn allowed(scopes: &Scopes, kind: &str) -> Allowed {
    if !exported(kind) {
        return Allowed::No;
    }
    scopes.of_type((Level::System, Interaction::Read), kind)
}

/// Whether a token reaches what an export was asked for with, of one type: later tokens may be narrower.
pub fn still_reaches((then, now): (&Scopes, &Scopes), kind: &str) -> bool {
    match (allowed(then, kind), allowed(now, kind)) {
        (_, Allowed::All) => true,
        (Allowed::Where(then), Allowed::Where(now)) => then.iter().all(|one| now.contains(one)),
        _ => false,
    }
}

/// Reads the parameters of a request.
pub fn read(params: &[(String, String)], request: Request<'_>) -> Result<Wanted, Refused> {
    let mut wanted = Wanted::default();
    let mut wrong = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for (name, value) in params {
        if value.len() > LONGEST {
            wrong.push(Wrong::with(name, "too-long", format!("{name} has more than {LONGEST} characters")));
            continue;
        }
        let once = matches!(name.as_str(), "_since" | "_outputFormat");
        if once && seen.contains(&name.as_str()) {
            wrong.push(Wrong::with(name, "invalid", format!("{name} may stand once only")));
            continue;
        }
        seen.push(name);
        if let Err(fault) = one((name, value), request, &mut wanted) {
            wrong.push(fault);
        }
    }
    if !wrong.is_empty() {
        return Err(Refused::Params(wrong));
    }
    within_scopes(&mut wanted, request)?;
    Ok(wanted)
}

fn one((name, value): (&str, &str), request: Request<'_>, wanted: &mut Wanted) -> Result<(), Wrong> {
    match name {
        // Many clients write + as it is, which an address reads as a space.
        "_outputFormat" if FORMATS.contains(&value.replace(' ', "+").as_str()) => Ok(()),
        "_outputFormat" => Err(Wrong::with(
            name,
            "not-supported",
            "_outputFormat must be application/fhir+ndjson, application/ndjson or ndjson",
        )),
        "_since" => {
            wanted.since = Some(instant(&value.replace(' ', "+")).ok_or_else(|| {
                let how =
                    "_since must be an instant with seconds and time zone, such as 2026-01-31T00:00:00Z";
                Wrong::with(name, "value", how)
            })?);
            Ok(())
        }
        "_type" => types(value, request.given.handling, wanted),
        "patient" if request.form == Form::Query => {
            // To go on without it would export more than was asked for.
            let how = "patient is taken in the body of a POST only, as a Parameters resource";
            Err(Wrong::with(name, "not-supported", how))
        }
        "patient" => patient(value, request.given.base, wanted),
        // About the form of answers, which have one form here.
        "_format" | "_pretty" => Ok(()),
        "_typeFilter" => filter(value, request.given, wanted),
        _ => {
            let why = match name {
                "_elements" => "whole resources are exported",
                "includeAssociatedData" => {
                    "Provenance is exported as a type of its own, with _type=Provenance or without _type"
                }
                _ => "this parameter is not known here",
            };
            if request.given.handling == Handling::Lenient {
                wanted.ignore(name, format!("{} was not followed: {why}", said(name)));
                return Ok(());
            }
            let how = format!("{why}; leave {} out, or send Prefer: handling=lenient", said(name));
            Err(Wrong::with(name, "not-supported", how))
        }
    }
}

fn types(value: &str, handling: Handling, wanted: &mut Wanted) -> Result<(), Wrong> {
    for kind in value.split(',').map(str::trim) {
        if exported(kind) {
            if !wanted.types.iter().any(|own| own == kind) {
                wanted.types.push(kind.to_owned());
            }
        } else if handling == Handling::Strict || kind.is_empty() {
            let how = "_type is a list of resource types, separated by commas; one of these is not exported here. Those that are: ";
            let all: Vec<&str> = TYPES.into_iter().filter(|kind| exported(kind)).collect();
            return Err(Wrong::with("_type", "not-supported", format!("{how}{}", all.join(", "))));
        } else {
            wanted.ignore("_type", format!("{} was left out: it is not exported here", said(kind)));
        }
    }
    if wanted.types.is_empty() {
        let how = "none of the types in _type is exported here";
        return Err(Wrong::with("_type", "not-supported", how));
    }
    Ok(())
}

fn filter(value: &str, given: Given<'_>, wanted: &mut Wanted) -> Result<(), Wrong> {
    for text in filters::split(value) {
        match filters::read(text, given) {
            Ok((kind, _)) => wanted.filters.push((kind.to_owned(), text.to_owned())),
            // Optional: to go on without it exports more, which the client said it can take.
            Err(wrong) if given.handling == Handling::Lenient => {
                wanted.ignore("_typeFilter", format!("{} was not followed: {}", said(text), wrong.text));
            }
            Err(wrong) => return Err(wrong),
        }
    }
    match wanted.filters.len() > filters::MOST {
        true => Err(Wrong::with(
            "_typeFilter",
            "too-costly",
            format!("at most {} searches in one request", filters::MOST),
        )),
        false => Ok(()),
    }
}

fn patient(value: &str, base: &str, wanted: &mut Wanted) -> Result<(), Wrong> {
    let relative = value.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')).unwrap_or(value);
    let id = relative
        .strip_prefix("Patient/")
        .filter(|id| is_id(id))
        .ok_or_else(|| Wrong::with("patient", "value", "patient must be a reference such as Patient/123"))?;
    let all = wanted.patients.get_or_insert_default();
    if all.len() >= MOST_PATIENTS {
        return Err(Wrong::with(
            "patient",
            "too-costly",
            format!("at most {MOST_PATIENTS} people in one request"),
        ));
    }
    all.push(id.to_owned());
    Ok(())
}

/// A FHIR id (datatypes.html#id).
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
}

/// A FHIR instant (datatypes.html#instant).
fn instant(text: &str) -> Option<Instant> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() >= 20 && bytes[10] == b'T' && !text.contains(['t', 'z', ' ']);
    let parsed = shaped.then(|| chrono::DateTime::parse_from_rfc3339(text).ok())??;
    Some(Instant(parsed.timestamp_micros()))
}

/// What the token does not reach is refused where it was named, or left out where one may go on without.
fn within_scopes(wanted: &mut Wanted, request: Request<'_>) -> Result<(), Refused> {
    let reaches = |kind: &str| allowed(request.scopes, kind) != Allowed::No;
    if wanted.types.is_empty() {
        if !TYPES.into_iter().any(reaches) {
            return Err(no_scope("the token has no scope that lets a system read, such as system/*.rs"));
        }
        return led_to(TYPES.into_iter().filter(|kind| reaches(kind)), reaches);
    }
    let out: Vec<String> = wanted.types.extract_if(.., |kind| !reaches(kind)).collect();
    for kind in out {
        if request.given.handling == Handling::Strict {
            return Err(no_scope(&format!("the scopes of the token do not reach {kind}")));
        }
        wanted.ignore("_type", format!("{kind} was left out: the scopes of the token do not reach it"));
    }
    if wanted.types.is_empty() {
        return Err(no_scope("the scopes of the token reach none of these types"));
    }
    led_to(wanted.types.iter().map(String::as_str), reaches)
}

/// Nothing of these types could be in the export where all of them stand outside of records, and no record that leads
/// there may be read (Bulk Data Access 2.0, `_type`).
fn led_to<'a>(
    mut types: impl Iterator<Item = &'a str> + Clone,
    reaches: impl Fn(&str) -> bool,
) -> Result<(), Refused> {
    let leads = || TYPES.into_iter().any(|kind| !is_outside(kind) && reaches(kind));
    let found = |kind: &str| !is_outside(kind) || (SHARED.contains(&kind) && leads());
    if types.clone().any(found) {
        return Ok(());
    }
    let how = format!(
        "{} stands in no person's record; it is exported where a record leads to it. Ask for a type of records as well, such \
         as Encounter, with a scope that reaches it",
        types.next().unwrap_or_default()
    );
    Err(Refused::Params(vec![Wrong::with("_type", "not-supported", how)]))
}

fn no_scope(text: &str) -> Refused {
    Refused::Scope(Wrong::with("_type", "forbidden", text))
}

/// When to ask again how an export stands: soon at first, later less often.
pub fn again(under_way: Duration) -> Duration {
    Duration::from_secs((under_way.as_secs() / 4).clamp(1, 30))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_with(
        params: &[(&str, &str)],
        (form, handling): (Form, Handling),
        scopes: &str,
    ) -> Result<Wanted, Refused> {
        let params: Vec<_> = params.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let scopes = Scopes::parse(scopes).unwrap();
        let given = Given { base: "https://x.example/fhir", now: Instant(0), handling };
        super::read(&params, Request { form, given, scopes: &scopes })
    }

    #[test]
    fn parameters_are_read_or_refused() {
        use Form::{Parameters, Query};
        use Handling::{Lenient, Strict};
        let all = "system/*.rs";
        let wanted = |types: &[&str], since: Option<i64>, patients: Option<&[&str]>| {
            Ok(Wanted {
                types: types.iter().map(|t| (*t).to_owned()).collect(),
                filters: vec![],
                since: since.map(Instant),
                patients: patients.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect()),
                ignored: vec![],
            })
        };
        let bad = |param: &str, code: &'static str| Err((param.to_owned(), code));
        let second = 1_000_000;
        for (params, form, handling, scopes, expected) in [
            (&[][..], Query, Strict, all, wanted(&[], None, None)),
            (&[("_outputFormat", "ndjson")], Query, Strict, all, wanted(&[], None, None)),
            (&[("_outputFormat", "application/ndjson")], Query, Strict, all, wanted(&[], None, None)),
            (&[("_outputFormat", "application/fhir+ndjson")], Query, Strict, all, wanted(&[], None, None)),
            (&[("_outputFormat", "application/fhir ndjson")], Query, Strict, all, wanted(&[], None, None)),
            (&[("_outputFormat", "csv")], Query, Lenient, all, bad("_outputFormat", "not-supported")),
            (
                &[("_outputFormat", "ndjson"), ("_outputFormat", "ndjson")],
                Query,
                Strict,
                all,
                bad("_outputFormat", "invalid"),
            ),
            (&[("_since", "1970-01-01T00:00:01Z")], Query, Strict, all, wanted(&[], Some(second), None)),
            (
                &[("_since", "1970-01-01T01:00:01.000+01:00")],
                Query,
                Strict,
                all,
                wanted(&[], Some(second), None),
            ),
            (&[("_since", "1970-01-01T01:00:01 01:00")], Query, Strict, all, wanted(&[], Some(second), None)),
            (&[("_since", "1970-01-01")], Query, Strict, all, bad("_since", "value")),
            (&[("_since", "1970-01-01T00:00:01")], Query, Lenient, all, bad("_since", "value")),
            (&[("_since", "1970-01-01t00:00:01z")], Query, Strict, all, bad("_since", "value")),
            (&[("_since", "")], Query, Strict, all, bad("_since", "value")),
            (
                &[("_type", "Patient,Observation")],
                Query,
                Strict,
                all,
                wanted(&["Patient", "Observation"], None, None),
            ),
            (
                &[("_type", "Patient"), ("_type", "Patient, Goal")],
                Query,
                Strict,
                all,
                wanted(&["Patient", "Goal"], None, None),
            ),
            (&[("_type", "Patient,Nose")], Query, Strict, all, bad("_type", "not-supported")),
            (&[("_type", "Patient,Nose")], Query, Lenient, all, wanted(&["Patient"], None, None)),
            (&[("_type", "Nose")], Query, Lenient, all, bad("_type", "not-supported")),
            (&[("_type", "AuditEvent")], Query, Strict, all, bad("_type", "not-supported")),
            (&[("_type", "")], Query, Lenient, all, bad("_type", "not-supported")),
            (&[("_type", "Patient,")], Query, Lenient, all, bad("_type", "not-supported")),
            (&[("_type", "Goal")], Query, Strict, "system/Patient.rs", bad("_type", "forbidden")),
            (
                &[("_type", "Goal,Patient")],
                Query,
                Lenient,
                "system/Patient.rs",
                wanted(&["Patient"], None, None),
            ),
            (&[("_type", "Goal")], Query, Lenient, "system/Patient.rs", bad("_type", "forbidden")),
            (&[("_type", "Patient")], Query, Strict, "system/Patient.read", wanted(&["Patient"], None, None)),
            (&[("_type", "Organization")], Query, Strict, all, wanted(&["Organization"], None, None)),
            (
                &[("_type", "Organization")],
                Query,
                Strict,
                "system/Organization.rs system/Goal.rs",
                wanted(&["Organization"], None, None),
            ),
            (
                &[("_type", "Organization,Practitioner")],
                Query,
                Lenient,
                "system/Organization.rs system/Practitioner.rs",
                bad("_type", "not-supported"),
            ),
            (&[], Query, Strict, "system/Organization.rs", bad("_type", "not-supported")),
            (&[("_type", "Questionnaire")], Query, Strict, all, bad("_type", "not-supported")),
            (
                &[("_type", "Questionnaire,Device")],
                Query,
                Strict,
                "system/Device.rs system/Questionnaire.rs",
                wanted(&["Questionnaire", "Device"], None, None),
            ),
            (&[], Query, Strict, "patient/*.rs", bad("_type", "forbidden")),
            (&[], Query, Strict, "system/*.s", bad("_type", "forbidden")),
            (&[("_elements", "id")], Query, Strict, all, bad("_elements", "not-supported")),
            (&[("_elements", "id")], Query, Lenient, all, wanted(&[], None, None)),
            (&[("_typeFilter", "Goal?x=y")], Query, Strict, all, bad("_typeFilter", "not-supported")),
            (&[("_typeFilter", "Goal?x=y")], Query, Lenient, all, wanted(&[], None, None)),
            (
                &[("includeAssociatedData", "LatestProvenanceResources")],
                Query,
                Strict,
                all,
                bad("includeAssociatedData", "not-supported"),
            ),
            (&[("includeAssociatedData", "x")], Query, Lenient, all, wanted(&[], None, None)),
            (&[("nose", "x")], Query, Strict, all, bad("nose", "not-supported")),
            (&[("nose", "x")], Query, Lenient, all, wanted(&[], None, None)),
            (&[("_format", "json")], Query, Strict, all, wanted(&[], None, None)),
            (&[("patient", "Patient/1")], Query, Lenient, all, bad("patient", "not-supported")),
            (
                &[("patient", "Patient/1"), ("patient", "https://x.example/fhir/Patient/a.b")],
                Parameters,
                Strict,
                all,
                wanted(&[], None, Some(&["1", "a.b"])),
            ),
            (&[("patient", "Group/1")], Parameters, Lenient, all, bad("patient", "value")),
            (
                &[("patient", "https://y.example/fhir/Patient/1")],
                Parameters,
                Strict,
                all,
                bad("patient", "value"),
            ),
            (&[("patient", "Patient/")], Parameters, Strict, all, bad("patient", "value")),
        ] {
            let found = read_with(params, (form, handling), scopes);
            let found =
                found.map(|wanted| Wanted { ignored: vec![], ..wanted }).map_err(|refused| match refused {
                    Refused::Params(wrong) => (wrong[0].param.clone(), wrong[0].code),
                    Refused::Scope(wrong) => (wrong.param, wrong.code),
                });
            assert_eq!(found, expected, "{params:?} {form:?} {handling:?} {scopes}");
        }
    }

    #[test]
    fn what_is_not_followed_is_told_thing_by_thing() {
        let lenient = (Form::Query, Handling::Lenient);
        let told = |params: &[(&str, &str)], scopes| {
            let wanted = read_with(params, lenient, scopes).unwrap();
            wanted.ignored.into_iter().map(|one| (one.param, one.text)).collect::<Vec<_>>()
        };
        assert_eq!(
            told(&[("_type", "Goal"), ("_typeFilter", "Goal?lifecycle-status=active")], "system/*.rs"),
            vec![]
        );
        let params = [
            ("_type", "Patient,Nose,Goal"),
            ("_typeFilter", "Patient?nose=x,Patient?gender=female"),
            ("_elements", "id"),
            ("includeAssociatedData", "x"),
            ("ear", "1"),
        ];
        let all = told(&params, "system/Patient.rs");
        for (n, (param, begins)) in [
            ("_type", "Nose was left out"),
            ("_typeFilter", "Patient?nose=x was not followed: "),
            ("_elements", "_elements was not followed"),
            ("includeAssociatedData", "includeAssociatedData was not followed"),
            ("ear", "ear was not followed"),
            ("_type", "Goal was left out: the scopes"),
        ]
        .into_iter()
        .enumerate()
        {
            assert!(all[n].0 == param && all[n].1.starts_with(begins), "{:?}", all[n]);
        }
        assert_eq!(all.len(), 6);
        let many: Vec<_> = (0..1_000).map(|_| ("ear", "1")).collect();
        assert_eq!(told(&many, "system/*.rs").len(), MOST_TOLD + 1);
        let long = "e".repeat(10_000);
        assert!(told(&[(&long, "1")], "system/*.rs").iter().all(|(_, text)| text.len() < 300));
    }

    #[test]
    fn naming_types_only_leaves_out_others() {
        for (types, kind, looked) in [
            (&[][..], "Goal", true),
            (&["Patient"], "Patient", true),
            (&["Patient"], "Goal", false),
            (&["Patient"], "Organization", false),
            (&["Organization"], "Goal", true),
            (&["Patient", "Medication"], "Practitioner", true),
        ] {
            let types: Vec<String> = types.iter().map(|kind| (*kind).to_owned()).collect();
            assert_eq!(is_looked_at(&types, kind), looked, "{types:?} {kind}");
        }
    }

    #[test]
    fn limits_are_told() {
        let long = "a".repeat(LONGEST + 1);
        let code = |refused| match refused {
            Err(Refused::Params(wrong)) => wrong[0].code,
            other => panic!("{other:?}"),
        };
        let strict = (Form::Parameters, Handling::Lenient);
        assert_eq!(code(read_with(&[("_type", &long)], strict, "system/*.rs")), "too-long");
        let many: Vec<_> = (0..=MOST_PATIENTS).map(|_| ("patient", "Patient/1")).collect();
        assert_eq!(code(read_with(&many, strict, "system/*.rs")), "too-costly");
    }

    #[test]
    fn a_narrower_token_does_not_reach() {
        let labs = "system/Observation.rs?category=http://x|laboratory";
        let vitals = "system/Observation.rs?category=http://x|vital-signs";
        for (then, now, kind, reaches) in [
            ("system/*.rs", "system/*.rs", "Goal", true),
            ("system/*.rs", "system/Patient.rs", "Goal", false),
            ("system/*.rs", "system/*.s", "Goal", false),
            (labs, "system/*.rs", "Observation", true),
            (labs, labs, "Observation", true),
            (labs, vitals, "Observation", false),
            ("system/*.rs", labs, "Observation", false),
        ] {
            let (then, now) = (Scopes::parse(then).unwrap(), Scopes::parse(now).unwrap());
            assert_eq!(still_reaches((&then, &now), kind), reaches, "{then} {now} {kind}");
        }
    }
}
