//! The log and the permissions as parts of everything.

use std::collections::BTreeSet;

use api::base::AppGrantId;
use api::fhir::check::check;
use api::fhir::sensitivity::{Label, Labels};
use api::records::api::{self as fhir, Fault};
use api::representation::Lens;
use api::smart::Access;
use serde_json::Value;

use super::{ALL, access, cursor, entries, everything, found, names, query};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(everything_has_the_log_and_permissions, a_part_of_a_long_log_is_found);

async fn lines_of(house: &House, access: &Access) -> i64 {
    let sql = format!("SELECT count(*) FROM ledger_entry WHERE patient_no = {}", access.patient);
    house.raw.number(&sql).await
}

fn of<'a>(names: &'a [String], kind: &str) -> Vec<&'a String> {
    names.iter().filter(|name| name.split('/').next() == Some(kind)).collect()
}

/// How many resources of a type an event tells of.
fn told(event: &Value, kind: &str) -> Option<String> {
    let of_kind = event["entity"].as_array()?.iter().filter(|entity| entity["type"]["code"] == kind);
    let mut counts = of_kind.filter_map(|entity| entity["detail"][0]["valueString"].as_str());
    counts.next().map(str::to_owned)
}

/// All pages of so many.
async fn paged(house: &House, access: &Access, asked: &str, most: usize) -> (Vec<Value>, Vec<String>) {
    let (mut bundle, mut all) = everything(house, access, asked).await;
    let mut pages = Vec::new();
    while let Some(next) = cursor(&bundle) {
        let (more, names) = everything(house, access, &format!("_page={next}")).await;
        assert!(names.len() <= most, "a page of {} where {most} were asked for", names.len());
        all.extend(names);
        pages.push(std::mem::replace(&mut bundle, more));
    }
    pages.push(bundle);
    (pages, all)
}

async fn everything_has_the_log_and_permissions(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    crate::consents::signed(&mut rosa).await;
    let form = rosa.get("/privacy/limits/new").await;
    let fill = [("against", "health-plan"), ("paid", "yes"), ("charge", "Visit of March 4")];
    assert_eq!(rosa.submit(&form, "#limit-form", &fill).await.status, 200);
    for path in ["/record", "/record/labs", "/record/medicines"] {
        assert_eq!(rosa.get(path).await.status, 200, "{path}");
    }
    let app = access(&house, "rosa", ALL).await;
    let log = found(&house, &app, "AuditEvent?_count=1000").await;
    let consents = found(&house, &app, "Consent?_count=1000").await;
    let before = lines_of(&house, &app).await;
    let (bundle, all) = everything(&house, &app, "").await;
    assert_eq!(check(&bundle), []);
    assert_eq!(lines_of(&house, &app).await, before + 2, "one line for the record, one for what it leads to");
    let (events, permissions) = (of(&all, "AuditEvent"), of(&all, "Consent"));
    assert_eq!(events.len() as i64, before, "each line that there was, and none of this reading");
    let known = names(&log);
    let two_searches = events.len() - known.len();
    assert_eq!(two_searches, 2);
    assert_eq!(
        events[two_searches..],
        known.iter().collect::<Vec<_>>(),
        "as a search finds them, newest first"
    );
    let mut same: BTreeSet<String> = names(&consents).into_iter().collect();
    assert_eq!(same.len(), 2, "what the source wrote stands on the page after");
    same.insert("Consent/rosa-consent-0001".into());
    assert_eq!(permissions.into_iter().cloned().collect::<BTreeSet<_>>(), same);
    let whole = |bundle: &Value, name: &str| -> Value {
        let (kind, id) = name.split_once('/').unwrap();
        let one = entries(bundle, "match");
        one.into_iter().find(|one| one["resourceType"] == kind && one["id"] == id).unwrap().clone()
    };
    for (from, name) in [(&log, &known[0]), (&consents, &names(&consents)[0])] {
        assert_eq!(whole(&bundle, name), whole(from, name), "{name}");
    }
    // The ledger tells how many.
    let newest = found(&house, &app, "AuditEvent?_count=2").await;
    let told_of = entries(&newest, "match")[1];
    assert_eq!(told(told_of, "AuditEvent"), Some(before.to_string()));
    assert_eq!(told(told_of, "Consent"), Some("3".into()));

    // By type and in pages, whatever is written meanwhile; with the number of all on each page.
    let before = lines_of(&house, &app).await;
    let (pages, own) = paged(&house, &app, "_type=AuditEvent,Consent&_count=3", 3).await;
    assert_eq!(own.len() as i64, before + 3);
    assert_eq!(own.iter().collect::<BTreeSet<_>>().len(), own.len(), "each once");
    assert_eq!(of(&own[..3], "Consent").len(), 3, "permissions before the log");
    assert!(pages.len() as i64 >= (before + 3) / 3 && pages.iter().all(|page| page["total"] == before + 3));
    let (only, few) = everything(&house, &app, "_type=Patient,Consent").await;
    assert_eq!((few.len(), only["total"].as_u64()), (4, None));
    let newest = found(&house, &app, "AuditEvent?_count=1").await;
    assert_eq!(told(entries(&newest, "match")[0], "Consent"), Some("2".into()), "beside what is named");
    let (pages, mixed) = paged(&house, &app, "_type=Patient,Consent,AuditEvent&_count=1", 1).await;
    assert!(mixed[0].starts_with("Patient/") && pages.len() == mixed.len());

    // What came since a line.
    let log = found(&house, &app, "AuditEvent?_count=1000").await;
    let events = entries(&log, "match");
    let since = events[4]["recorded"].as_str().unwrap();
    let (_, new) = everything(&house, &app, &format!("_type=AuditEvent&_since={since}")).await;
    let later = events.iter().filter(|event| event["recorded"].as_str().unwrap() > since).count();
    assert_eq!(new.len(), later + 1, "and the search for them");
    let (_, none) = everything(&house, &app, "_type=AuditEvent,Consent&_since=2100-01-01T00:00:00Z").await;
    assert_eq!(none, Vec::<String>::new());

    // What was not granted is not there.
    for (scopes, kinds) in [
        ("patient/Patient.rs patient/Consent.rs", ["Consent", "Patient"].as_slice()),
        ("patient/Patient.rs patient/AuditEvent.rs", &["AuditEvent", "Patient"]),
        ("patient/Patient.rs patient/Condition.r", &["Patient"]),
    ] {
        let narrow = access(&house, "rosa", scopes).await;
        let (bundle, all) = everything(&house, &narrow, "").await;
        let came: BTreeSet<&str> = all.iter().filter_map(|name| name.split('/').next()).collect();
        assert_eq!(came, kinds.iter().copied().collect(), "{scopes}");
        let told = entries(&bundle, "outcome");
        assert_eq!(told.len(), usize::from(kinds == ["Patient"]), "{scopes}");
        assert!(told.iter().all(|one| one["issue"][0]["code"] == "suppressed"), "{scopes}");
    }
    // … and what was named and not granted is refused: an empty answer would say that there is none.
    for (scopes, asked, denied) in [
        ("patient/Patient.rs patient/Condition.rs", "_type=Condition", [].as_slice()),
        ("patient/Patient.rs patient/Condition.rs", "_type=MedicationRequest", &["MedicationRequest"]),
        (
            "patient/Patient.rs patient/Condition.rs",
            "_type=Condition,AuditEvent,Consent",
            &["AuditEvent", "Consent"],
        ),
        ("patient/Patient.rs patient/Condition.rs", "_type=Practitioner", &["Practitioner"]),
        ("patient/Patient.rs patient/Condition.r", "_type=Condition", &["Condition"]),
        ("patient/Patient.r", "_type=Patient", &["Patient"]),
    ] {
        let narrow = access(&house, "rosa", scopes).await;
        let id = narrow.patient_id.clone();
        let told: Vec<String> = match fhir::everything(&house.app, &narrow, (&id, query(asked))).await {
            Ok(_) => Vec::new(),
            Err(Fault::ScopeOf(issues)) => issues.into_iter().map(|issue| issue.text).collect(),
            Err(fault) => panic!("{scopes} {asked}: {fault:?}"),
        };
        assert_eq!(told.len(), denied.len(), "{scopes} {asked}: {told:?}");
        for (told, kind) in told.iter().zip(denied) {
            assert!(told.starts_with(&format!("_type={kind}: ")), "{scopes} {asked}: {told}");
        }
    }
    let nothing = access(&house, "rosa", "patient/Patient.r").await;
    let id = nothing.patient_id.clone();
    let answer = fhir::everything(&house.app, &nothing, (&id, query(""))).await;
    assert!(matches!(answer, Err(Fault::Scope)), "nothing of the record can be searched");
    house.close().await;
}

async fn a_part_of_a_long_log_is_found(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let whole = access(&house, "rosa", ALL).await;
    let part = Access {
        grant: AppGrantId(uuid::Uuid::from_u128(8)),
        lens: Lens { hidden: Labels(Label::MentalHealth.bit()), ..Lens::WHOLE },
        ..whole.clone()
    };
    for _ in 0..2 {
        found(&house, &part, "Patient").await;
    }
    for _ in 0..410 {
        found(&house, &whole, "Patient?_summary=count").await;
    }
    found(&house, &part, "Patient").await;
    let known = names(&found(&house, &part, "AuditEvent").await);
    assert_eq!(known.len(), 3);
    let (_, own) = everything(&house, &part, "_type=AuditEvent").await;
    assert_eq!(own[1..], known, "its own lines only: these and its search for them");
    let (pages, own) = paged(&house, &part, "_type=AuditEvent&_count=2", 2).await;
    assert_eq!((own.len(), own[own.len() - 1].as_str()), (5, known[2].as_str()));
    assert!(pages.iter().all(|page| page["total"].is_null()), "what is not counted is not told");
    // Whoever sees all of it gets more than one piece.
    let lines = lines_of(&house, &whole).await;
    let (_, all) = everything(&house, &whole, "_type=AuditEvent").await;
    assert_eq!(all.len() as i64, lines);
    let (_, all) = paged(&house, &whole, "_type=AuditEvent&_count=150", 150).await;
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len() as i64, lines + 1);
    house.close().await;
}
