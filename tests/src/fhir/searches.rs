//! Searches over the records of synthetic people.

use std::collections::BTreeSet;

use api::fhir::check::check;
use api::fhir::index::{self, IndexValue, Kind as Param};
use api::fhir::present::Category;
use api::fhir::search::us_core::SEARCHES;
use api::fhir::search::{Given, Handling, parse, served};
use api::records::api::{self as fhir, Fault, Known, Read};
use api::representation::Lens;
use api::smart::{DIRECTORY, Scopes, groups};
use serde_json::{Value, json};

use super::{
    ALL, access, cursor, entries, everything, found, imported, link, name, names, page, query, search,
};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(
    every_search_of_us_core_is_answered,
    pages_are_stable,
    another_patient_is_not_searched,
    scopes_narrow,
    what_belongs_to_it_comes_along,
    each_type_is_answered_in_each_way,
    answers_are_shaped,
    references_and_modifiers,
    what_is_of_two_groups_goes_with_both,
    who_recorded_what_is_told_of_what_is_read,
    another_table_finds_what_is_stored,
    whatever_is_gathered_is_served,
);

/// Values by which a resource would be looked for, as a client takes them from it.
fn values(kind: &str, param: &str, resource: &Value) -> Vec<String> {
    let all = index::values(kind, resource);
    let mut values = Vec::new();
    for value in all.iter().filter(|value| value.param() == param) {
        match value {
            IndexValue::Token { system, code, .. } => {
                let code = code.replace(',', "\\,");
                values.push(code.clone());
                values.extend(system.map(|system| format!("{system}|{code}")));
                values.push(format!("{code},no-such-code"));
            }
            IndexValue::Reference { target_type, target, .. } => {
                values.push((*target).to_owned());
                values.extend(
                    target_type.filter(|_| !target.contains(':')).map(|kind| format!("{kind}/{target}")),
                );
            }
            IndexValue::Text { text, .. } => values.push(text.replace(',', "\\,")),
            IndexValue::Date { low, high, .. } => {
                let at = |micros: i64| {
                    api::base::Instant(micros).utc().format("%Y-%m-%dT%H:%M:%S+00:00").to_string()
                };
                if *low > i64::MIN {
                    values.push(format!("ge{}", at(*low)));
                    values.push(format!("gt{}", at(low - 2_000_000)));
                    values.push(format!("lt{}", at(low + 86_400_000_000 * 400)));
                    values.push(format!("le{}", at(low + 86_400_000_000 * 400)));
                    let day = at(*low)[..10].to_owned();
                    // A day finds what lies within it.
                    let is_within = index::interval(&day).is_some_and(|span| *high <= span.high);
                    values.push(if is_within { day } else { format!("ge{day}") });
                }
            }
            IndexValue::Quantity { .. } => {}
        }
    }
    values.dedup();
    values
}

/// As a certification suite does it: values are taken from what is there; what comes must have them, and what they
/// were taken from must come.
async fn every_search_of_us_core_is_answered(kind: Kind) {
    let house = House::start(kind).await;
    // The person of the suites has all that is asked for.
    drop(house.linked("suite").await);
    let access = access(&house, "suite", ALL).await;
    let mut unanswered = Vec::new();
    for (resource_type, must, should) in SEARCHES {
        let all = found(&house, &access, &format!("{resource_type}?_count=1000")).await;
        let all: Vec<Value> = entries(&all, "match").into_iter().cloned().collect();
        for combination in must.split_whitespace().chain(should.split_whitespace()) {
            let params: Vec<&str> = combination.split('+').collect();
            let sample = |params: &[&str]| {
                let has =
                    |one: &&Value| params.iter().all(|param| !values(resource_type, param, one).is_empty());
                all.iter().find(has).cloned()
            };
            let Some(sample) = sample(&params) else {
                unanswered.push(format!("{resource_type}?{combination}"));
                continue;
            };
            let most = params.iter().map(|param| values(resource_type, param, &sample).len()).max().unwrap();
            for n in 0..most.min(5) {
                let part = |param: &&str| {
                    let values = values(resource_type, param, &sample);
                    (param.to_string(), values[n.min(values.len() - 1)].clone())
                };
                let asked: Vec<(String, String)> = params.iter().map(part).collect();
                let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&asked).finish();
                let bundle = found(&house, &access, &format!("{resource_type}?{text}&_count=1000")).await;
                let came = names(&bundle);
                assert!(came.contains(&name(&sample)), "{resource_type}?{text}: {} came", came.len());
                assert_eq!(bundle["total"], came.len(), "{resource_type}?{text}");
                let given = Given { base: "x", now: api::base::Instant(0), handling: Handling::Strict };
                let read = parse(served(resource_type).unwrap(), &asked, given).unwrap();
                for (criterion, resource) in read
                    .criteria
                    .iter()
                    .flat_map(|c| entries(&bundle, "match").into_iter().map(move |r| (c, r)))
                {
                    let row =
                        index::rows(resource_type).iter().find(|row| row.param == criterion.param).unwrap();
                    let reference = matches!(row.kind, Param::Reference | Param::Patient);
                    assert!(
                        reference || criterion.matches(resource),
                        "{resource_type}?{text}: {}",
                        name(resource)
                    );
                }
                // And nothing that fits is left out.
                let fit = all.iter().filter(|resource| {
                    read.criteria.iter().all(|criterion| {
                        let row =
                            index::rows(resource_type).iter().find(|r| r.param == criterion.param).unwrap();
                        match row.kind {
                            Param::Patient => true,
                            Param::Reference => {
                                let asked =
                                    &asked.iter().find(|(name, _)| name == criterion.param).unwrap().1;
                                values(resource_type, criterion.param, resource).contains(asked)
                            }
                            _ => criterion.matches(resource),
                        }
                    })
                });
                assert_eq!(fit.count(), came.len(), "{resource_type}?{text}");
            }
        }
    }
    assert!(unanswered.is_empty(), "the record has nothing for {unanswered:?}");
    house.close().await;
}

async fn pages_are_stable(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let access = access(&house, "rosa", ALL).await;
    for (asked, size) in [
        ("Observation?category=laboratory", 37),
        ("Observation?category=laboratory&_sort=-date", 50),
        ("Observation?_sort=code,-date", 200),
        ("MedicationRequest?_sort=_lastUpdated,-_id", 9),
        ("Encounter?patient=rosa&_sort=type", 20),
    ] {
        let whole = names(&found(&house, &access, &format!("{asked}&_count=1000")).await);
        assert!(whole.len() > size, "{asked}: {}", whole.len());
        let mut bundle = found(&house, &access, &format!("{asked}&_count={size}")).await;
        let mut paged = names(&bundle);
        assert_eq!((paged.len(), bundle["total"].as_u64()), (size, Some(whole.len() as u64)), "{asked}");
        let kind = asked.split('?').next().unwrap();
        while let Some(next) = cursor(&bundle) {
            assert!(!next.contains("laboratory") && !next.contains("rosa"), "a link tells nothing");
            bundle = page(&house, &access, (kind, &next)).await.unwrap();
            paged.extend(names(&bundle));
            assert!(paged.len() <= whole.len());
        }
        assert_eq!(paged, whole, "{asked}");
        assert_eq!(paged.iter().collect::<BTreeSet<_>>().len(), paged.len(), "nothing twice");
    }
    let sorted = found(&house, &access, "Observation?_sort=-date&_count=1000").await;
    let dates: Vec<&str> =
        entries(&sorted, "match").iter().filter_map(|one| one["effectiveDateTime"].as_str()).collect();
    assert!(dates.windows(2).all(|pair| pair[0][..10] >= pair[1][..10]), "newest first");

    // A link is good for its grant, its type and its bytes.
    let bundle = found(&house, &access, "Observation?_count=5").await;
    let next = cursor(&bundle).unwrap();
    let mut other = access.clone();
    other.grant = api::base::AppGrantId(uuid::Uuid::from_u128(8));
    let flipped = format!("{}{}", if next.starts_with('A') { 'B' } else { 'A' }, &next[1..]);
    for (access, kind, cursor) in [
        (&other, "Observation", next.as_str()),
        (&access, "Condition", next.as_str()),
        (&access, "Observation", flipped.as_str()),
        (&access, "Observation", ""),
        (&access, "Observation", "!"),
        (&access, "Observation", &next[..next.len() / 2]),
        (&access, "Observation", &"A".repeat(40_000)),
    ] {
        let refused = page(&house, access, (kind, cursor)).await;
        assert!(matches!(refused, Err(Fault::Page)), "{kind} {}", &cursor[..cursor.len().min(9)]);
    }
    house.close().await;
}

async fn another_patient_is_not_searched(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    house.gather("sam").await;
    let access = access(&house, "rosa", ALL).await;
    let sam = house.person("sam").patient_id.to_string();
    for other in [sam.as_str(), "nobody-here"] {
        for asked in [
            format!("Observation?patient={other}"),
            format!("Observation?patient=Patient/{other}&code=1"),
            format!("Observation?subject=Patient/{other}"),
            format!("Observation?patient={},{other}", access.patient_id),
            format!("Provenance?patient={other}"),
            format!("Condition?patient=https://elsewhere.example/fhir/Patient/{other}"),
        ] {
            let refused = search(&house, &access, &asked).await;
            assert!(matches!(refused, Err(Fault::OtherPatient)), "{asked}");
        }
        for asked in [
            format!("Patient?_id={other}"),
            "Patient?name=zzzz".to_owned(),
            "Observation?code=none".to_owned(),
        ] {
            let bundle = found(&house, &access, &asked).await;
            assert_eq!((bundle["total"].as_u64(), bundle.get("entry")), (Some(0), None), "{asked}");
        }
    }
    let own = found(&house, &access, "Patient").await;
    assert_eq!(names(&own), [format!("Patient/{}", access.patient_id)]);
    house.close().await;
}

async fn scopes_narrow(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let all = access(&house, "rosa", ALL).await;
    let few = access(&house, "rosa", "patient/Patient.rs patient/Condition.r").await;
    assert!(matches!(search(&house, &few, "Observation?code=1").await, Err(Fault::Scope)));
    assert!(matches!(search(&house, &few, "Condition").await, Err(Fault::Scope)), "read is not search");
    let category = "http://terminology.hl7.org/CodeSystem/observation-category";
    let granular = format!(
        "patient/Observation.rs?category={category}|laboratory patient/Observation.rs?category={category}|vital-signs"
    );
    let part = access(&house, "rosa", &granular).await;
    let whole = found(&house, &all, "Observation?_count=1000").await;
    let in_category = |one: &Value| {
        ["laboratory", "vital-signs"]
            .iter()
            .any(|code| one["category"].to_string().contains(&format!("\"{code}\"")))
    };
    let expected: Vec<String> =
        entries(&whole, "match").into_iter().filter(|one| in_category(one)).map(name).collect();
    let narrowed = found(&house, &part, "Observation?_count=1000").await;
    assert!(!expected.is_empty() && expected.len() < entries(&whole, "match").len());
    assert_eq!(names(&narrowed), expected);
    let social = found(&house, &part, "Observation?category=social-history").await;
    assert_eq!(social["total"], 0);
    // What is included is narrowed as well.
    let without = access(&house, "rosa", "patient/Observation.rs").await;
    let bundle = found(
        &house,
        &without,
        "Observation?_count=5&_revinclude=Provenance:target&_include=Observation:patient",
    )
    .await;
    assert!(entries(&bundle, "include").is_empty());
    // … and told, with the reason, on each page that lacks something, whether there is something or not.
    let left_out = |bundle: &Value| -> Vec<(String, String)> {
        let outcomes = entries(bundle, "outcome");
        let issues = outcomes.iter().flat_map(|one| one["issue"].as_array().unwrap());
        issues
            .map(|issue| {
                assert_eq!((&issue["severity"], &issue["code"]), (&"warning".into(), &"suppressed".into()));
                let text = issue["details"]["text"].as_str().unwrap();
                assert!(text.contains("scopes"), "{text}");
                let place = issue["expression"][0].as_str().unwrap().to_owned();
                (place, text.split(" was left out").next().unwrap().to_owned())
            })
            .collect()
    };
    let told = |place: &str, text: &str| (format!("http.{place}"), text.to_owned());
    let provenance = told("_revinclude", "_revinclude=Provenance:target: Provenance");
    assert_eq!(
        left_out(&bundle),
        [provenance.clone(), told("_include", "_include=Observation:patient: Patient")]
    );
    assert_eq!(check(&bundle), vec![]);
    let next = cursor(&bundle).unwrap();
    assert_eq!(left_out(&page(&house, &without, ("Observation", &next)).await.unwrap()).len(), 2);
    for (asked, expected) in [
        ("Observation?code=none&_revinclude=Provenance:target", vec![provenance.clone()]),
        (
            "Observation?code=none&_include=Observation:patient:Patient",
            vec![told("_include", "_include=Observation:patient:Patient: Patient")],
        ),
        ("Observation?code=none&_include=Observation:patient", vec![]),
        ("Observation?_summary=count&_revinclude=Provenance:target", vec![]),
    ] {
        assert_eq!(left_out(&found(&house, &without, asked).await), expected, "{asked}");
    }
    let granted = found(&house, &all, "Observation?_count=5&_revinclude=Provenance:target").await;
    assert!(!entries(&granted, "include").is_empty() && left_out(&granted).is_empty());
    let of_log = access(&house, "rosa", "patient/AuditEvent.rs patient/Consent.rs").await;
    for (kind, asked) in [
        ("AuditEvent", "_revinclude=Provenance:target"),
        ("AuditEvent", "_include=AuditEvent:patient"),
        ("Consent", "_revinclude=Provenance:target"),
        ("Consent", "_include=Consent:patient:Patient"),
        ("Patient", "_revinclude=AuditEvent:patient"),
    ] {
        // Not offered, as the statement tells: told as any parameter that is not known.
        let Err(Fault::Issues(issues)) = search(&house, &of_log, &format!("{kind}?{asked}")).await else {
            panic!("{kind}?{asked} is followed")
        };
        assert_eq!((issues.len(), issues[0].code), (1, "not-supported"), "{asked}");
        if kind != "Patient" {
            let served = served(kind).unwrap();
            let lenient =
                api::records::api::search(&house.app, &of_log, (served, query(asked), Handling::Lenient));
            let bundle: Value = serde_json::from_slice(&lenient.await.unwrap()).unwrap();
            let told = entries(&bundle, "outcome")[0];
            assert_eq!(told["issue"][0]["code"], "not-supported", "{asked}: {told}");
        }
    }
    // What is chained leads to the person for what is ours as well.
    let both = access(&house, "rosa", "patient/Patient.rs patient/AuditEvent.rs patient/Consent.rs").await;
    let family = house.person("rosa").family.clone();
    for (asked, is_found) in [
        (format!("AuditEvent?patient.name={family}"), true),
        ("AuditEvent?patient.name=Nobody".into(), false),
        (format!("AuditEvent?patient.name={family}&action=E"), true),
        (format!("AuditEvent?entity:Patient.name={family}"), true),
        ("AuditEvent?patient:missing=false".into(), true),
        ("AuditEvent?patient:missing=true".into(), false),
    ] {
        let total = found(&house, &both, &asked).await["total"].as_u64().unwrap();
        assert_eq!(total > 0, is_found, "{asked}: {total}");
    }
    house.close().await;
}

async fn what_belongs_to_it_comes_along(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let access = access(&house, "rosa", ALL).await;
    let bundle = found(&house, &access, "Encounter?_count=5&_revinclude=Provenance:target").await;
    let came = entries(&bundle, "include");
    assert!(!came.is_empty() && came.iter().all(|one| one["resourceType"] == "Provenance"));
    let on_page = names(&bundle);
    for provenance in &came {
        let targets = provenance["target"].as_array().unwrap().iter();
        let hits =
            targets.filter(|target| on_page.iter().any(|name| target["reference"].as_str() == Some(name)));
        assert!(hits.count() > 0, "{}", name(provenance));
    }
    let bundle =
        found(&house, &access, "MedicationRequest?_count=1000&_include=MedicationRequest:medication").await;
    let pointed: BTreeSet<&str> = entries(&bundle, "match")
        .iter()
        .filter_map(|one| one["medicationReference"]["reference"].as_str())
        .collect();
    let came: BTreeSet<String> = entries(&bundle, "include").into_iter().map(name).collect();
    assert_eq!(came.iter().map(String::as_str).collect::<BTreeSet<_>>(), pointed);
    let bundle =
        found(&house, &access, "Encounter?_count=3&_include=Encounter:patient&_include=Encounter:subject")
            .await;
    assert_eq!(entries(&bundle, "include").len(), 1, "each once");
    house.close().await;
}

/// What each type must answer, over one record that has all of them (US Core 6.1, CapabilityStatement of a server): read,
/// vread, history and `_id`; with its Provenance; and each include that is told brings all that it names and that is here, and
/// nothing else.
async fn each_type_is_answered_in_each_way(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("suite").await);
    let access = access(&house, "suite", ALL).await;
    let (mut read, mut included) = (BTreeSet::new(), BTreeSet::new());
    let held = house.raw.texts("SELECT type || '/' || id FROM resource").await.into_iter();
    let held: BTreeSet<String> =
        held.filter(|name| name.split_once('/').is_some_and(|(kind, _)| served(kind).is_some())).collect();
    for (resource_type, ..) in SEARCHES {
        let asked = format!("{resource_type}?_count=1000&_revinclude=Provenance:target");
        let recorded = resource_type != &"Provenance" && !DIRECTORY.contains(resource_type);
        let asked = if recorded { asked } else { format!("{resource_type}?_count=1000") };
        let bundle = found(&house, &access, &asked).await;
        let all = entries(&bundle, "match");
        let Some(one) = all.first() else { panic!("the record has no {resource_type}") };
        if recorded {
            let came = entries(&bundle, "include");
            assert!(came.iter().any(|one| one["resourceType"] == "Provenance"), "{resource_type}");
        }
        let (served, id) = (served(resource_type).unwrap(), one["id"].as_str().unwrap());
        for version in [None, Some(1)] {
            let whole = fhir::read(&house.app, &access, (served, id, version), &Known::Nothing).await;
            let Ok(Read::Whole(whole)) = whole else { panic!("{resource_type}/{id}: {whole:?}") };
            assert_eq!(&serde_json::from_slice::<Value>(&whole.bytes).unwrap(), *one, "{resource_type}/{id}");
        }
        let history = fhir::history(&house.app, &access, (served, id), (None, 10, &query(""))).await.unwrap();
        let history: Value = serde_json::from_slice(&history).unwrap();
        assert_eq!(
            (&history["type"], &history["total"]),
            (&"history".into(), &1.into()),
            "{resource_type}/{id}"
        );
        assert_eq!(&history["entry"][0]["resource"], *one);
        assert_eq!(names(&found(&house, &access, &format!("{resource_type}?_id={id}")).await), [name(one)]);
        read.insert(*resource_type);
        for row in index::rows(resource_type) {
            if !matches!(row.kind, Param::Reference | Param::Patient) || !recorded {
                continue;
            }
            let asked = format!("{resource_type}?_count=1000&_include={resource_type}:{}", row.param);
            let bundle = found(&house, &access, &asked).await;
            let pointed: BTreeSet<String> = entries(&bundle, "match")
                .into_iter()
                .flat_map(|one| values(resource_type, row.param, one))
                .collect();
            for one in entries(&bundle, "include") {
                assert!(pointed.contains(&name(one)), "{asked}: {}", name(one));
                included.insert(format!("{resource_type}:{}", row.param));
            }
            let sent = ["match", "include"].into_iter().flat_map(|mode| entries(&bundle, mode)).map(name);
            let sent: BTreeSet<String> = sent.collect();
            let missing: Vec<&String> =
                pointed.intersection(&held).filter(|name| !sent.contains(*name)).collect();
            assert!(missing.is_empty(), "{asked}: {missing:?}");
        }
    }
    assert_eq!(read.len(), SEARCHES.len());
    for include in [
        "CareTeam:participant",
        "Encounter:location",
        "MedicationDispense:medication",
        "MedicationRequest:medication",
    ] {
        assert!(included.contains(include), "{include}: {included:?}");
    }
    // Those who are in the directory are found without a patient, and lead on to where they work.
    for include in ["PractitionerRole:practitioner", "PractitionerRole:endpoint"] {
        let bundle = found(&house, &access, &format!("PractitionerRole?_include={include}")).await;
        assert!(!entries(&bundle, "include").is_empty(), "{include}");
    }
    for kind in ["Practitioner", "Organization", "Location"] {
        assert!(found(&house, &access, kind).await["total"].as_u64().unwrap() > 0, "{kind}");
    }
    house.close().await;
}

async fn answers_are_shaped(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let access = access(&house, "rosa", ALL).await;
    let entries_before = house.entries().await;
    let bundle = found(&house, &access, "Observation?category=laboratory&_count=3").await;
    assert_eq!(house.entries().await, entries_before + 1, "each answer has its line");
    assert_eq!(check(&bundle), vec![]);
    assert!(link(&bundle, "self").unwrap().ends_with("/fhir/Observation?category=laboratory&_count=3"));
    for entry in bundle["entry"].as_array().unwrap() {
        let full = entry["fullUrl"].as_str().unwrap();
        assert!(full.starts_with(&house.url) && full.ends_with(&name(&entry["resource"])), "{full}");
        assert_eq!(entry["resource"]["meta"]["versionId"], "1");
    }
    for (asked, entries_wanted, total) in [
        ("Observation?_summary=count", 0, true),
        ("Observation?_summary=count&_total=none", 0, true),
        ("AuditEvent?_summary=count&_total=none", 0, true),
        ("Observation?_count=0", 0, true),
        ("Observation?_count=2&_total=none", 2, false),
        ("Observation?_count=2&_total=accurate", 2, true),
    ] {
        let bundle = found(&house, &access, asked).await;
        assert_eq!(entries(&bundle, "match").len(), entries_wanted, "{asked}");
        assert_eq!(bundle.get("total").is_some(), total, "{asked}");
    }
    for (asked, has, lacks) in [
        ("Patient?_summary=true", "birthDate", "communication"),
        ("Patient?_summary=data", "birthDate", "text"),
        ("Patient?_elements=gender", "gender", "birthDate"),
    ] {
        let bundle = found(&house, &access, asked).await;
        let patient = entries(&bundle, "match")[0];
        assert!(patient.get(has).is_some() && patient.get(lacks).is_none(), "{asked}");
        assert!(patient["meta"]["tag"].to_string().contains("SUBSETTED"));
    }
    let bytes = api::records::api::search(
        &house.app,
        &access,
        ("Observation", query("code=none&foo=bar"), Handling::Lenient),
    )
    .await
    .unwrap();
    let bundle: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(entries(&bundle, "outcome").len(), 1);
    assert_eq!(check(&bundle), vec![]);
    assert!(!link(&bundle, "self").unwrap().contains("foo"));
    assert!(matches!(search(&house, &access, "Observation?foo=bar").await, Err(Fault::Issues(_))));
    house.close().await;
}

async fn references_and_modifiers(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let access = access(&house, "rosa", ALL).await;
    let count = async |asked: &str| found(&house, &access, asked).await["total"].as_u64().unwrap();
    let all = count("Observation").await;
    let own = &access.patient_id;
    for asked in [
        format!("Observation?patient={own}"),
        format!("Observation?patient=Patient/{own}"),
        format!("Observation?subject={own}"),
        format!("Observation?subject:Patient={own}"),
        format!("Observation?patient={}/fhir/Patient/{own}", house.url),
        "Observation?patient:missing=false".to_owned(),
        "Observation?status:not=no-such-status".to_owned(),
        "Observation?_lastUpdated=gt2020".to_owned(),
        "Observation?_id:missing=false".to_owned(),
    ] {
        assert_eq!(count(&asked).await, all, "{asked}");
    }
    let labs = count("Observation?category=laboratory").await;
    assert!(labs > 0 && labs < all);
    assert_eq!(count("Observation?category:not=laboratory").await, all - labs);
    assert_eq!(count("Observation?category=LABORATORY").await, labs);
    assert_eq!(count("Observation?category=laboratory,laboratory").await, labs);
    assert_eq!(count("Observation?category=laboratory&category=vital-signs").await, 0);
    assert_eq!(count("Observation?_lastUpdated=lt2020").await, 0);
    assert_eq!(
        count("Observation?status=http://hl7.org/fhir/observation-status|final").await,
        count("Observation?status=final").await
    );
    assert_eq!(count("Observation?patient:missing=true").await, 0);
    let encounters = found(&house, &access, "Encounter?_count=1000").await;
    let mut by_encounter = 0;
    for encounter in entries(&encounters, "match") {
        let id = encounter["id"].as_str().unwrap();
        let n = count(&format!("Observation?encounter={id}")).await;
        assert_eq!(n, count(&format!("Observation?encounter=Encounter/{id}")).await);
        by_encounter += n;
    }
    assert_eq!(by_encounter, count("Observation?encounter:missing=false").await, "each has one");
    let name = house.person("rosa").family.to_string();
    assert_eq!(count(&format!("Observation?patient.name={name}&category=laboratory")).await, labs);
    assert_eq!(count("Observation?patient.name=nobody").await, 0);
    assert_eq!(count(&format!("Patient?family:exact={name}")).await, 1);
    assert_eq!(count(&format!("Patient?family:exact={}", name.to_lowercase())).await, 0);
    assert_eq!(count(&format!("Patient?family:contains={}", &name[1..].to_lowercase())).await, 1);
    assert!(count("Observation?value-quantity=gt0").await > 0);
    assert_eq!(count("Observation?value-quantity=lt0").await, 0);
    assert!(count("Observation?code:text=hemoglobin").await > 0);
    for asked in ["AuditEvent?action=http://hl7.org/fhir/audit-event-action|", "AuditEvent?action="] {
        // Searches are what was done so far.
        assert!(count(&format!("{asked}E")).await > 0, "{asked}");
    }
    // Sources spell codes in their own ways, and leave out systems.
    let own = json!({"reference": format!("Patient/{own}")});
    let spelled = ["LABORATORY", "Laboratory"].map(|code| {
        json!({"resourceType": "Observation", "id": format!("spelled-{code}"), "status": "final", "subject": own,
            "category": [{"coding": [{"code": code}]}], "code": {"text": "A value (synthetic)"}})
    });
    imported(&house, "rosa", &spelled).await;
    for (asked, wanted) in [
        ("laboratory", labs + 2),
        ("LaboratorY,none", labs + 2),
        ("|laboratory", 2),
        ("http://terminology.hl7.org/CodeSystem/observation-category|laboratory", labs),
        ("http://hl7.org/fhir/observation-category|laboratory", 0),
    ] {
        assert_eq!(count(&format!("Observation?category={asked}")).await, wanted, "{asked}");
    }
    let category = "http://terminology.hl7.org/CodeSystem/observation-category|laboratory";
    let part = super::access(&house, "rosa", &format!("patient/Observation.rs?category={category}")).await;
    assert_eq!(
        found(&house, &part, "Observation").await["total"],
        labs,
        "a coding without a system is of none"
    );
    house.close().await;
}

/// An answer about living conditions is an answer to questions, too: with the one group unticked it stays, whatever
/// road is taken.
async fn what_is_of_two_groups_goes_with_both(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let codes = |one: &Value| -> BTreeSet<String> {
        let all = one["category"].as_array().into_iter().flatten();
        let codings = all.flat_map(|concept| concept["coding"].as_array().into_iter().flatten());
        codings.filter_map(|coding| coding["code"].as_str().map(str::to_owned)).collect()
    };
    let answers: Vec<&Value> = house
        .person("rosa")
        .resources
        .iter()
        .filter(|one| one["resourceType"] == "Observation" && codes(one).contains("survey"))
        .collect();
    let both: BTreeSet<String> =
        answers.iter().filter(|one| codes(one).contains("sdoh")).map(|one| name(one)).collect();
    assert!(!both.is_empty() && both.len() < answers.len(), "{} of {}", both.len(), answers.len());
    let asked = Scopes::parse("patient/Patient.rs patient/Observation.rs").unwrap();
    let mut access = access(&house, "rosa", ALL).await;
    for (ticked, comes) in [
        ("about-me surveys living", true),
        ("about-me surveys", false),
        ("about-me living", false),
        ("about-me labs", false),
    ] {
        let slugs: Vec<String> = ticked.split(' ').map(str::to_owned).collect();
        let meaning = groups::meaning(&asked, &slugs);
        access.scopes = asked.narrowed(&meaning.ticked);
        access.lens = Lens { categories: meaning.categories, files: meaning.files, ..Lens::WHOLE };
        let wanted = if comes { both.clone() } else { BTreeSet::new() };
        let mine = |names: Vec<String>| {
            names.into_iter().filter(|name| both.contains(name)).collect::<BTreeSet<_>>()
        };
        for path in ["Observation?_count=1000", "Observation?category=sdoh&_count=1000"] {
            assert_eq!(mine(names(&found(&house, &access, path).await)), wanted, "{ticked}: {path}");
        }
        assert_eq!(mine(everything(&house, &access, "").await.1), wanted, "{ticked}");
        for one in &both {
            let id = one.split_once('/').unwrap().1;
            let read = fhir::read(&house.app, &access, ("Observation", id, None), &Known::Nothing).await;
            assert_eq!(read.is_ok(), comes, "{ticked}: {one}");
        }
    }
    house.close().await;
}

/// A Provenance tells when every visit was, and what was done there: an app reads of it no more than what it may read.
async fn who_recorded_what_is_told_of_what_is_read(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let all = access(&house, "rosa", ALL).await;
    let whole = found(&house, &all, "Provenance?_count=1000").await;
    let targets = |bundle: &Value| -> BTreeSet<String> {
        let all = entries(bundle, "match").into_iter().chain(entries(bundle, "include"));
        let of = all.filter(|one| one["resourceType"] == "Provenance");
        let of = of.flat_map(|one| one["target"].as_array().unwrap());
        of.map(|target| target["reference"].as_str().unwrap_or("masked").to_owned()).collect()
    };
    let of_kind = |all: &BTreeSet<String>, kind: &str| -> BTreeSet<String> {
        all.iter().filter(|name| name.split('/').next() == Some(kind)).cloned().collect()
    };
    let named = targets(&whole);
    let medicine = of_kind(&named, "MedicationRequest").into_iter().next().unwrap();

    // By the scopes: one type, and a part of one.
    let mut some = all.clone();
    some.scopes = Scopes::parse("patient/Patient.rs patient/Provenance.rs patient/Immunization.rs").unwrap();
    let vaccines = of_kind(&named, "Immunization");
    assert!(!vaccines.is_empty() && vaccines.len() < named.len() / 10);
    for path in ["Provenance?_count=1000", "Immunization?_count=1000&_revinclude=Provenance:target"] {
        let found = targets(&found(&house, &some, path).await);
        assert_eq!(of_kind(&found, "Immunization"), vaccines, "{path}");
        let patient = format!("Patient/{}", some.patient_id);
        assert!(found.iter().all(|name| vaccines.contains(name) || *name == patient), "{path}: {found:?}");
    }
    let id = medicine.split_once('/').unwrap().1;
    for asked in [medicine.clone(), id.to_owned(), "MedicationRequest/none".to_owned()] {
        let path = format!("Provenance?target={asked}");
        assert_eq!(found(&house, &some, &path).await["total"], 0, "{path}");
    }
    assert!(
        found(&house, &all, &format!("Provenance?target={medicine}")).await["total"].as_i64().unwrap() > 0
    );
    let (text, came) = everything(&house, &some, "_type=Provenance,Immunization").await;
    assert!(came.iter().any(|name| name.starts_with("Provenance/")));
    assert!(!text.to_string().contains("MedicationRequest/"));
    let about = found(&house, &all, &format!("Provenance?target={medicine}")).await;
    for one in entries(&about, "match") {
        let (kind, id) = ("Provenance", one["id"].as_str().unwrap());
        match fhir::read(&house.app, &some, (kind, id, None), &Known::Nothing).await {
            Ok(fhir::Read::Whole(one)) => {
                assert!(!String::from_utf8(one.bytes).unwrap().contains("MedicationRequest/"));
            }
            Err(Fault::NotFound) => {}
            other => panic!("{id}: {other:?}"),
        }
    }
    some.scopes = Scopes::parse("patient/Provenance.rs patient/Observation.rs?category=vital-signs").unwrap();
    let vitals = names(&found(&house, &some, "Observation?_count=1000").await).into_iter().collect();
    assert_eq!(
        of_kind(&targets(&found(&house, &some, "Provenance?_count=1000").await), "Observation"),
        vitals
    );

    // By what was ticked.
    some.scopes = all.scopes.clone();
    some.lens = Lens { categories: !(1 << Category::Medicines.code()), ..Lens::WHOLE };
    let found = targets(&found(&house, &some, "Provenance?_count=1000").await);
    assert!(of_kind(&found, "MedicationRequest").is_empty());
    assert_eq!(of_kind(&found, "Immunization"), vaccines);
    house.close().await;
}

/// Where the table of parameters changed, what is stored is indexed anew before anything is served.
async fn another_table_finds_what_is_stored(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let access = access(&house, "rosa", ALL).await;
    let asked = [
        "Observation?status=final",
        "Observation?encounter:missing=false",
        "Encounter?date=ge2000",
        "Patient?name=r",
    ];
    let count = async |asked: &str| found(&house, &access, asked).await["total"].as_u64().unwrap();
    let mut before = Vec::new();
    for asked in asked {
        before.push(count(asked).await);
    }
    assert!(before[..3].iter().all(|n| *n > 0), "{before:?}");
    for sql in [
        "DELETE FROM index_token WHERE param = 'status'",
        "DELETE FROM index_reference WHERE param = 'encounter'",
        "DELETE FROM index_date",
        "DELETE FROM index_text",
        "UPDATE source SET labelled_by = '0123456789abcdef.0123456789abcdef' WHERE name = 'demo-ehr'",
    ] {
        house.raw.run(sql).await.unwrap();
    }
    assert_eq!(count(asked[0]).await, 0);
    assert_eq!(api::records::label_before_serving(&house.app).await.unwrap().len(), 1);
    for (asked, n) in asked.iter().zip(before) {
        assert_eq!(count(asked).await, n, "{asked}");
    }
    house.close().await;
}

async fn whatever_is_gathered_is_served(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let access = access(&house, "rosa", ALL).await;
    let own = json!({"reference": format!("Patient/{}", access.patient_id)});
    let coded = json!({"text": "x (synthetic)"});
    let all = [
        json!({"resourceType": "ClaimResponse", "status": "active", "type": coded, "use": "claim", "patient": own,
            "created": "2025-01-01", "insurer": {"display": "Insurer (synthetic)"}, "outcome": "complete"}),
        json!({"resourceType": "DetectedIssue", "status": "final", "patient": own, "code": coded}),
        json!({"resourceType": "DeviceUseStatement", "status": "active", "subject": own,
            "device": {"display": "A walker (synthetic)"}}),
        json!({"resourceType": "Invoice", "status": "issued", "subject": own, "date": "2025-01-01"}),
        json!({"resourceType": "SupplyRequest", "status": "active", "deliverTo": own, "quantity": {"value": 2},
            "itemCodeableConcept": coded}),
    ];
    let all = all.map(|mut one| {
        one["id"] = json!("is-served");
        one
    });
    imported(&house, "rosa", &all).await;
    let (_, whole) = everything(&house, &access, "").await;
    for one in &all {
        let kind = one["resourceType"].as_str().unwrap();
        for asked in [kind.to_owned(), format!("{kind}?patient={}", access.patient_id)] {
            let bundle = found(&house, &access, &asked).await;
            assert!(names(&bundle).contains(&name(one)), "{asked}");
        }
        let read =
            fhir::read(&house.app, &access, (served(kind).unwrap(), "is-served", None), &Known::Nothing);
        assert!(matches!(read.await, Ok(fhir::Read::Whole(_))), "{kind}");
        assert!(whole.contains(&name(one)), "{kind}");
    }
    house.close().await;
}
