//! `DocumentReference/$docref` (US Core 6.1, OperationDefinition docref) as a search: documents by when the care was that
//! they tell of, and by type.

use super::values::{DateTest, date};
use super::{Criterion, Given, Handling, Query, Search, Target, Test, Token, parse};
use crate::fhir::outcome::Issue;

const KIND: &str = "DocumentReference";

/// What follows the type in the address of the operation.
pub const DOCREF: &str = "/$docref";

/// The type of a summary of care (CCD).
const SUMMARY: (&str, &str) = ("http://loinc.org", "34133-9");

/// Reads the parameters of the operation. Who names neither dates nor a type gets the newest summary of care; where there
/// is none, all documents.
///
/// # Errors
/// The first thing that is wrong with them.
pub fn documents(query: &Query, given: Given) -> Result<Search, Vec<Issue>> {
    let mut plain = Query::new();
    let mut care: [Option<DateTest>; 2] = [None, None];
    let (mut told, mut is_on_demand) = (Query::new(), false);
    for (name, value) in query {
        match name.as_str() {
            "type" => match plain.iter_mut().find(|(name, _)| name == "type") {
                // One of several is enough: each names documents that are wanted.
                Some((_, types)) => *types = format!("{types},{value}"),
                None => plain.push((name.clone(), value.clone())),
            },
            "patient" | "_count" | "_format" | "_pretty" => plain.push((name.clone(), value.clone())),
            "start" | "end" => {
                let (nth, prefix) = if name == "start" { (0, "ge") } else { (1, "le") };
                let test = date(&format!("{prefix}{value}"), given.now)
                    .map_err(|text| fault(name, "invalid", &format!("{name}: {text}.")))?;
                if care[nth].replace(test).is_some() {
                    return Err(fault(name, "invalid", &format!("{name}: is given twice.")));
                }
                told.push((name.clone(), value.clone()));
            }
            "on-demand" => {
                is_on_demand = value
                    .parse()
                    .map_err(|_| fault(name, "invalid", "on-demand: expected true or false."))?;
                told.push((name.clone(), value.clone()));
            }
            // Every document is in US Core's.
            "profile" => {}
            _ => {
                let text = "$docref takes patient, start, end, type, on-demand and profile.";
                return Err(fault(name, "not-supported", text));
            }
        }
    }
    if !plain.iter().any(|(name, _)| name == "patient") {
        let text = "$docref needs the parameter patient, the id of the patient.";
        return Err(fault("patient", "required", text));
    }
    if let [Some(start), Some(end)] = care
        && start.low >= end.high
    {
        return Err(fault("end", "invalid", "end lies before start."));
    }
    let mut search = parse(KIND, &plain, Given { handling: Handling::Strict, ..given })?;
    let has_type = plain.iter().any(|(name, _)| name == "type");
    if care == [None, None] && !has_type {
        search.newest = vec![is("type", SUMMARY), is("status", ("", "current"))];
    }
    search.criteria.extend(care.into_iter().flatten().map(|test| criterion("period", Test::Care(test))));
    if is_on_demand {
        // Every document here is there already: none is made because somebody asks.
        search.criteria.push(criterion("_id", Test::Token(Vec::new())));
    }
    search.operation = DOCREF;
    search.used.extend(told);
    Ok(search)
}

/// The operation about the patient of this id: about anybody else it finds nothing, whether there is somebody or not ("If there
/// is no match, an empty Bundle is returned").
#[must_use]
pub fn of_patient(search: Search, id: &str) -> Search {
    let is_own = |target: &Target| target.kind.as_deref() == Some("Patient") && target.id == id;
    let is_other = |one: &Criterion| match &one.test {
        Test::Reference(targets) => one.param == "patient" && !targets.iter().all(is_own),
        _ => false,
    };
    if !search.criteria.iter().any(is_other) {
        return search;
    }
    Search { criteria: vec![criterion("_id", Test::Token(Vec::new()))], newest: Vec::new(), ..search }
}

fn criterion(param: &'static str, test: Test) -> Criterion {
    Criterion { resource_type: KIND, param, test }
}

fn is(param: &'static str, (system, code): (&str, &str)) -> Criterion {
    criterion(param, Test::Token(vec![Token { system: Some(system.into()), code: Some(code.into()) }]))
}

fn fault(name: &str, code: &'static str, text: &str) -> Vec<Issue> {
    let mut issue = Issue::error(code, text);
    issue.expression.push(format!("http.{}", name.chars().take(40).collect::<String>()));
    vec![issue]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::decode;
    use super::*;
    use crate::base::Instant;

    fn read(query: &str) -> Result<Search, Vec<Issue>> {
        let given = Given { base: "https://r.example/fhir", now: Instant(0), handling: Handling::Lenient };
        documents(&decode(query).unwrap(), given)
    }

    #[test]
    fn documents_are_of_their_care() {
        let with = |period: serde_json::Value, date: &str| json!({"resourceType": "DocumentReference", "id": "d", "date": date, "context": {"period": period}});
        let stay = with(json!({"start": "2019-03-01", "end": "2019-03-05"}), "2025-06-01T00:00:00Z");
        let note = with(json!(null), "2025-06-01T12:00:00Z");
        let open = with(json!({"start": "2019-03-01"}), "2019-03-02T00:00:00Z");
        let bare = json!({"resourceType": "DocumentReference", "id": "d"});
        for (document, span, fits) in [
            (&stay, "start=2019-01-01&end=2019-12-31", true),
            (&stay, "start=2025-01-01&end=2025-12-31", false),
            (&stay, "start=2019-03-05", true),
            (&stay, "start=2019-03-06", false),
            (&stay, "end=2019-03-01", true),
            (&stay, "end=2019-02", false),
            (&stay, "start=2019-03-03&end=2019-03-03", true),
            (&note, "start=2025-06-01&end=2025-06-01", true),
            (&note, "start=2019&end=2024", false),
            (&note, "start=2025-06-01T13:00:00Z", false),
            (&open, "start=2030", true),
            (&open, "end=2019-02-28", false),
            (&bare, "end=2030", false),
            (&bare, "", true),
            (&stay, "on-demand=false", true),
            (&stay, "on-demand=true", false),
        ] {
            let search = read(&format!("patient=p&{span}")).unwrap();
            let mut about = search.criteria.iter().filter(|criterion| criterion.param != "patient");
            assert_eq!(about.all(|one| one.matches(document)), fits, "{span}: {document}");
        }
    }

    /// Query → whether documents of these types are among what is found.
    #[test]
    fn types_are_one_of_several() {
        let of = |code: &str| {
            let coding = json!([{"system": "http://loinc.org", "code": code}]);
            json!({"resourceType": KIND, "id": "d", "type": {"coding": coding}})
        };
        for (query, fits) in [
            ("type=11506-3", [true, false, false]),
            ("type=11506-3&type=http://loinc.org|18842-5", [true, true, false]),
            ("type=11506-3,18842-5", [true, true, false]),
            ("type=11506-3,none&type=34133-9&type=18842-5", [true, true, true]),
        ] {
            let search = read(&format!("patient=p&{query}")).unwrap();
            let about = |one: &serde_json::Value| {
                let mut about = search.criteria.iter().filter(|criterion| criterion.param != "patient");
                about.all(|criterion| criterion.matches(one))
            };
            assert_eq!(["11506-3", "18842-5", "34133-9"].map(|code| about(&of(code))), fits, "{query}");
        }
    }

    #[test]
    fn of_another_patient_there_is_nothing() {
        for (query, own) in [
            ("patient=p", true),
            ("patient=Patient/p", true),
            ("patient=https://r.example/fhir/Patient/p", true),
            ("patient=other", false),
            ("patient=p,other", false),
            ("patient=https://elsewhere.example/Patient/p", false),
            ("patient=other&start=2020", false),
        ] {
            let search = of_patient(read(query).unwrap(), "p");
            let nothing = vec![criterion("_id", Test::Token(Vec::new()))];
            assert_eq!(search.criteria != nothing, own, "{query}");
        }
    }

    #[test]
    fn only_who_names_nothing_gets_the_newest_summary() {
        for (query, is_newest, used) in [
            ("patient=p", true, "patient=p"),
            ("patient=p&_count=3&_pretty=true&profile=x", true, "patient=p&_count=3&_pretty=true"),
            ("on-demand=false&patient=p", true, "patient=p&on-demand=false"),
            ("patient=p&start=2020", false, "patient=p&start=2020"),
            ("end=2020&patient=p", false, "patient=p&end=2020"),
            ("patient=p&type=x", false, "patient=p&type=x"),
        ] {
            let search = read(query).unwrap();
            assert_eq!(!search.newest.is_empty(), is_newest, "{query}");
            assert_eq!((search.operation, &search.used), ("/$docref", &decode(used).unwrap()), "{query}");
        }
        let current = |status: &str, code: &str| {
            let coding = json!([{"system": "http://loinc.org", "code": code}]);
            let one = json!({"resourceType": KIND, "status": status, "type": {"coding": coding}});
            read("patient=p").unwrap().newest.iter().all(|criterion| criterion.matches(&one))
        };
        assert!(current("current", "34133-9"));
        assert!(!current("entered-in-error", "34133-9") && !current("current", "11506-3"));
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (query, code, place) in [
            ("", "required", "http.patient"),
            ("patient=", "invalid", "http.patient"),
            ("patient=p&start=soon", "invalid", "http.start"),
            ("patient=p&start=ge2020", "invalid", "http.start"),
            ("patient=p&end=", "invalid", "http.end"),
            ("patient=p&start=2020&start=2021", "invalid", "http.start"),
            ("patient=p&start=2024&end=2023", "invalid", "http.end"),
            ("patient=p&on-demand=perhaps", "invalid", "http.on-demand"),
            ("patient=p&type=|", "invalid", "http.type"),
            ("patient=p&date=2020", "not-supported", "http.date"),
        ] {
            let issues = read(query).expect_err(query);
            assert_eq!((issues[0].code, issues[0].expression[0].as_str()), (code, place), "{query}");
        }
    }
}
