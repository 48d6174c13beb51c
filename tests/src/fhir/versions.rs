//! Earlier versions of resources: each is open to whom it would be open as it was.

use api::disclosures;
use api::fhir::present::Category;
use api::fhir::search::served;
use api::fhir::sensitivity::{Label, Labels};
use api::records::api::{self as fhir, Fault, Known, Read};
use api::representation::Lens;
use api::smart::Access;
use serde_json::{Value, json};

use super::{ALL, access, imported, link, query};
use crate::acting::patient;
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(a_version_is_judged_by_what_it_was, a_history_is_read_in_pages);

const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";

/// An observation of rosa's in a category, on a day, with labels of the source.
fn observation(house: &House, id: &str, (category, day): (&str, &str), labels: &[&str]) -> Value {
    let coded =
        |code: &&str| json!({"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code});
    json!({
        "resourceType": "Observation", "id": id, "status": "final",
        "meta": {"security": labels.iter().map(coded).collect::<Vec<_>>()},
        "category": [{"coding": [{"system": CATEGORY, "code": category}]}],
        "code": {"text": "A value (synthetic)"}, "effectiveDateTime": day,
        "subject": {"reference": format!("Patient/{}", house.person("rosa").patient_id)},
    })
}

/// The numbers of the versions in a history, and the total.
async fn history(
    house: &House,
    access: &Access,
    (name, asked): (&str, &str),
) -> Option<(Vec<i64>, Option<u64>, Value)> {
    let (kind, id) = name.split_once('/').unwrap();
    let query = query(asked);
    let first = fhir::asked_for_history(&house.app, access, (kind, id), &query).unwrap();
    let count = first.iter().find(|(name, _)| name == "_count").map_or(100, |(_, n)| n.parse().unwrap());
    let asked = (None, count, &query);
    let bytes = match fhir::history(&house.app, access, (served(kind).unwrap(), id), asked).await {
        Err(Fault::NotFound) => return None,
        bytes => bytes.unwrap(),
    };
    let bundle: Value = serde_json::from_slice(&bytes).unwrap();
    let version = |entry: &Value| entry["resource"]["meta"]["versionId"].as_str().unwrap().parse().unwrap();
    let versions = bundle["entry"].as_array().into_iter().flatten().map(version).collect();
    let total = bundle["total"].as_u64();
    Some((versions, total, bundle))
}

async fn opens(house: &House, access: &Access, (name, version): (&str, i64)) -> bool {
    let (kind, id) = name.split_once('/').unwrap();
    let asked = (served(kind).unwrap(), id, Some(version));
    match fhir::read(&house.app, access, asked, &Known::Nothing).await {
        Ok(Read::Whole(one)) => {
            assert_eq!(one.version, version);
            true
        }
        Err(Fault::NotFound) => false,
        other => panic!("{name} {version}: {other:?}"),
    }
}

/// What a source corrected is read by nobody who could not read it when it was new.
async fn a_version_is_judged_by_what_it_was(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let of = |id: &str, place: (&str, &str), labels: &[&str]| observation(&house, id, place, labels);
    let (labs, vitals) = ("laboratory", "vital-signs");
    let file = |labels: &[&str]| {
        let mut file = of("x", (labs, "2024-05-01"), labels);
        let security = file["meta"].take();
        json!({"resourceType": "Binary", "id": "was-labelled", "contentType": "text/plain", "data": "SGVsbG8=", "meta": security,
            "securityContext": {"reference": format!("Patient/{}", house.person("rosa").patient_id)}})
    };
    for round in [0, 1] {
        let now = round == 1;
        let labels: &[&str] = if now { &[] } else { &["HIV"] };
        imported(
            &house,
            "rosa",
            &[
                of("was-labelled", (labs, "2024-05-01"), labels),
                of("was-elsewhere", (if now { vitals } else { labs }, "2024-05-01"), &[]),
                of("was-dated", (labs, if now { "2024-05-01" } else { "2019-05-01" }), &[]),
                of("was-same", (labs, "2024-05-01"), if now { &["HIV", "N"] } else { &["HIV"] }),
                file(if now { &["PSY"] } else { &["PSY", "HIV"] }),
            ],
        )
        .await;
    }
    belonged(&house).await;
    let whole = access(&house, "rosa", ALL).await;
    let through = |lens: Lens| Access { lens, ..whole.clone() };
    let minor = through(Lens { hidden: Labels::default().with(Label::Minor).hidden(), ..Lens::WHOLE });
    // As a parent or a helper sees it, through whom an app is connected.
    let hiv = through(Lens { hidden: Labels::default().with(Label::Hiv).hidden(), ..Lens::WHOLE });
    let no_labs = through(Lens { categories: !(1 << Category::Labs.code()), ..Lens::WHOLE });
    let late = through(Lens::dated(Some("2023-01-01"), None));
    let scoped =
        access(&house, "rosa", &format!("patient/Observation.rs?category={CATEGORY}|{vitals}")).await;
    for (access, name, first, second) in [
        (&whole, "Observation/was-labelled", true, true),
        (&whole, "Observation/was-dated", true, true),
        (&whole, "Binary/was-labelled", true, true),
        (&hiv, "Observation/was-labelled", false, true),
        (&hiv, "Binary/was-labelled", false, true),
        (&hiv, "Observation/was-elsewhere", true, true),
        (&hiv, "Observation/was-same", false, false),
        (&no_labs, "Observation/was-elsewhere", false, true),
        (&no_labs, "Observation/was-labelled", false, false),
        (&late, "Observation/was-dated", false, true),
        (&late, "Observation/was-elsewhere", true, true),
        (&scoped, "Observation/was-elsewhere", false, true),
        (&scoped, "Observation/was-labelled", false, false),
        (&whole, "MedicationDispense/was-at-visit", true, true),
        (&minor, "MedicationDispense/was-at-visit", false, true),
        (&minor, "MedicationDispense/was-ordered", false, true),
        (&minor, "MedicationDispense/was-neither", true, true),
        (&minor, "ExplanationOfBenefit/was-claimed", false, true),
        (&hiv, "MedicationDispense/was-ordered", true, true),
    ] {
        assert_eq!(opens(&house, access, (name, 1)).await, first, "{name} {:?}", access.lens);
        assert_eq!(opens(&house, access, (name, 2)).await, second, "{name} {:?}", access.lens);
        assert!(!opens(&house, access, (name, 3)).await);
        let wanted: Vec<i64> =
            [(2, second), (1, first)].iter().filter(|one| one.1).map(|one| one.0).collect();
        let told = history(&house, access, (name, "")).await.map(|(versions, total, _)| (versions, total));
        let wanted = second.then(|| (wanted.clone(), u64::try_from(wanted.len()).ok()));
        assert_eq!(told, wanted, "{name} {:?}", access.lens);
    }

    // The log says where each version stood.
    let told = async || {
        let mine = disclosures::Filter { kind: Some("item".into()), ..Default::default() };
        let log = disclosures::log(&house.app, &whole.actor, (whole.patient, mine)).await.unwrap();
        log.lines[0].entry.what.clone()
    };
    let (name, slugs) = ("Observation/was-elsewhere", [Category::Labs.slug(), Category::Vitals.slug()]);
    for (version, slug) in [1, 2].into_iter().zip(slugs) {
        assert!(opens(&house, &whole, (name, version)).await);
        assert_eq!(told().await.category.as_deref(), Some(slug));
    }
    history(&house, &whole, (name, "")).await.unwrap();
    let both = told().await;
    assert_eq!((both.category, both.shelves), (None, slugs.map(|slug| (slug.to_owned(), 1)).into()));
    house.close().await;
}

/// What was given at a visit, for an order, and billed for a claim, each of which a clinician marked as of a minor alone; the
/// source corrects then that it belonged to them, and the mark goes with it.
async fn belonged(house: &House) {
    let who = json!({"reference": format!("Patient/{}", house.person("rosa").patient_id)});
    let all = |kind: &str, id: &str, more: Value| {
        let mut all = json!({"resourceType": kind, "id": id, "status": "active"});
        all[if kind.ends_with("Claim") || kind.starts_with("Expl") { "patient" } else { "subject" }] =
            who.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let medicine = json!({"text": "A medicine (synthetic)"});
    let origins = [
        all("Encounter", "marked-visit", json!({"status": "finished", "period": {"start": "2024-05-01"}})),
        all(
            "MedicationRequest",
            "marked-order",
            json!({"intent": "order", "medicationCodeableConcept": medicine}),
        ),
        all("Claim", "marked-claim", json!({"use": "claim", "created": "2024-05-01"})),
    ];
    imported(house, "rosa", &origins).await;
    let over = patient(house, "rosa").await;
    for id in ["marked-visit", "marked-order", "marked-claim"] {
        let rid = house.raw.texts(&format!("SELECT CAST(rid AS TEXT) FROM resource WHERE id = '{id}'")).await;
        let item = house.address(&rid[0]).parse().unwrap();
        let change = (Label::Minor, true, "she came alone (synthetic)");
        api::records::change_label(&house.app, (None, "Desk (synthetic)"), (over, item), change)
            .await
            .unwrap();
    }
    let bears = format!("SELECT count(*) FROM item WHERE labels & {} <> 0", Label::Minor.bit());
    for (now, marked) in [(false, 6), (true, 3)] {
        let given = |id: &str, name: &str, to: &str| {
            let mut more = json!({"status": "completed", "medicationCodeableConcept": medicine,
                "whenHandedOver": "2024-05-01", "note": [{"text": if now { "Corrected" } else { "New" }}]});
            if !now && !name.is_empty() {
                let to = json!({"reference": to});
                more[name] = if name == "context" { to } else { json!([to]) };
            }
            all("MedicationDispense", id, more)
        };
        let claim = json!({"reference": "Claim/marked-claim"});
        let mut bill =
            all("ExplanationOfBenefit", "was-claimed", json!({"use": "claim", "created": "2024-05-01"}));
        if !now {
            bill["claim"] = claim;
        }
        let after = [
            given("was-at-visit", "context", "Encounter/marked-visit"),
            given("was-ordered", "authorizingPrescription", "MedicationRequest/marked-order"),
            given("was-neither", "", ""),
            bill,
        ];
        imported(house, "rosa", &after).await;
        assert_eq!(house.raw.number(&bears).await, marked, "the mark comes and goes");
    }
}

async fn a_history_is_read_in_pages(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    for day in 1..=5 {
        // The third is of another category than the newest.
        let category = if day == 3 { "laboratory" } else { "vital-signs" };
        let day = format!("2024-05-0{day}");
        imported(&house, "rosa", &[observation(&house, "changes", (category, &day), &[])]).await;
    }
    let whole = access(&house, "rosa", ALL).await;
    let no_labs =
        Access { lens: Lens { categories: !(1 << Category::Labs.code()), ..Lens::WHOLE }, ..whole.clone() };
    let name = "Observation/changes";
    for (access, pages, total) in
        [(&whole, vec![vec![5, 4], vec![3, 2], vec![1]], 5), (&no_labs, vec![vec![5, 4], vec![2, 1]], 4)]
    {
        let mut asked = "_count=2".to_owned();
        for (nth, page) in pages.iter().enumerate() {
            let (versions, all, bundle) = history(&house, access, (name, &asked)).await.unwrap();
            // The first page tells the number of all.
            assert_eq!((&versions, all), (page, (nth == 0).then_some(total)), "{asked}");
            assert!(link(&bundle, "self").unwrap().ends_with(&asked), "{bundle}");
            let next = link(&bundle, "next").map(str::to_owned);
            assert_eq!(next.is_some(), nth + 1 < pages.len(), "{asked}");
            let Some(next) = next else { break };
            assert!(next.contains("/fhir/Observation/changes/_history?_page="), "{next}");
            asked = next.split_once('?').unwrap().1.to_owned();
            // What was asked first stands in the link.
            let first =
                fhir::asked_for_history(&house.app, access, ("Observation", "changes"), &query(&asked));
            assert_eq!(first.unwrap(), query("_count=2"));
            let other = fhir::asked_for_history(&house.app, access, ("Observation", "other"), &query(&asked));
            assert!(matches!(other, Err(Fault::Page)));
        }
    }
    // At the moment or after it.
    let (_, _, bundle) = history(&house, &whole, (name, "")).await.unwrap();
    let stamp = |nth: usize| bundle["entry"][nth]["resource"]["meta"]["lastUpdated"].as_str().unwrap();
    for nth in [0, 2, 4] {
        let at = api::base::Instant(api::fhir::index::interval(stamp(nth)).unwrap().low);
        let asked = (Some(at), 100, &query(""));
        let bytes = fhir::history(&house.app, &whole, ("Observation", "changes"), asked).await.unwrap();
        let since: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(since["total"], nth + 1, "{}", stamp(nth));
    }

    // Of very many only some are looked at for a page, which then tells no number: those put in between are all
    // laboratory's.
    let rid = "(SELECT rid FROM resource WHERE type = 'Observation' AND id = 'changes')";
    for sql in [
        format!(
            "INSERT INTO resource_version (rid, version, hash, codec, size, received_at, replaced_at, body) \
             WITH RECURSIVE n(n) AS (SELECT 6 UNION ALL SELECT n + 1 FROM n WHERE n < 600) \
             SELECT v.rid, n.n, v.hash, v.codec, v.size, v.received_at, v.replaced_at, v.body \
             FROM resource_version v CROSS JOIN n WHERE v.rid = {rid} AND v.version = 3"
        ),
        format!("UPDATE resource SET version = 601 WHERE rid = {rid}"),
    ] {
        house.raw.run(&sql).await.unwrap();
    }
    let (first, total, bundle) = history(&house, &no_labs, (name, "_count=4")).await.unwrap();
    assert_eq!((first, total), (vec![601], None));
    let next = link(&bundle, "next").unwrap().split_once('?').unwrap().1.to_owned();
    let (rest, total, bundle) = history(&house, &no_labs, (name, &next)).await.unwrap();
    assert_eq!((rest, total, link(&bundle, "next")), (vec![4, 2, 1], None, None));
    let (all, total, _) = history(&house, &whole, (name, "_count=3")).await.unwrap();
    assert_eq!((all, total), (vec![601, 600, 599], None));
    house.close().await;
}
