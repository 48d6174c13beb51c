//! Single resources, their versions, documents, and everything.

use std::collections::BTreeSet;

use api::fhir::check::check;
use api::fhir::present::Category;
use api::fhir::search::served;
use api::fhir::sensitivity::{Label, Labels};
use api::records::api::{self as fhir, Fault, Known, Read};
use api::representation::{Kind as Authority, Lens, Scope};
use api::smart::Access;
use serde_json::{Value, json};

use super::{ALL, access, cursor, entries, everything, found, link, name, names, page, query};
use crate::acting::appointed;
use crate::harness::{House, Kind, binary, on_both_databases};
use crate::patient::copy::ready_of;

on_both_databases!(
    a_resource_is_read,
    what_one_may_not_know_of_is_not_there,
    the_lens_holds_in_every_answer,
    what_is_not_seen_is_not_named,
    everything_comes_once,
    a_portion_has_its_bound,
    documents_are_found_and_opened,
);

async fn read(house: &House, access: &Access, what: &str) -> Result<Read, Fault> {
    let mut parts = what.split('/');
    let (kind, id) = (served(parts.next().unwrap()).unwrap(), parts.next().unwrap());
    let version = parts.nth(1).map(|version| version.parse().unwrap());
    fhir::read(&house.app, access, (kind, id, version), &Known::Nothing).await
}

async fn value(house: &House, access: &Access, what: &str) -> Value {
    match read(house, access, what).await {
        Ok(Read::Whole(resource)) => serde_json::from_slice(&resource.bytes).unwrap(),
        other => panic!("{what}: {other:?}"),
    }
}

async fn a_resource_is_read(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let access = access(&house, "rosa", ALL).await;
    let bundle = found(&house, &access, "Observation?_count=20").await;
    for one in entries(&bundle, "match") {
        let before = house.entries().await;
        let mut alone = value(&house, &access, &name(one)).await;
        assert_eq!(&alone, one, "the same by id and by search");
        assert_eq!(house.entries().await, before + 1);
        // Everything but the stamp is as the source gave it.
        let source = house.person("rosa").resources.iter().find(|own| name(own) == name(one)).unwrap();
        let mut source = source.clone();
        for resource in [&mut alone, &mut source] {
            resource["meta"]
                .as_object_mut()
                .map(|meta| (meta.remove("versionId"), meta.remove("lastUpdated")));
        }
        assert_eq!(alone, source);
        let version = value(&house, &access, &format!("{}/_history/1", name(one))).await;
        assert_eq!(version["id"], one["id"]);
        assert!(matches!(
            read(&house, &access, &format!("{}/_history/2", name(one))).await,
            Err(Fault::NotFound)
        ));
    }
    let (kind, id) = ("Patient", access.patient_id.as_str());
    for (known, unchanged) in [
        (Known::Versions(vec![1]), true),
        (Known::Versions(vec![2]), false),
        (Known::Any, true),
        (Known::Since(i64::MAX), true),
        (Known::Since(0), false),
    ] {
        let before = house.entries().await;
        let read = fhir::read(&house.app, &access, (kind, id, None), &known).await.unwrap();
        assert_eq!(matches!(read, Read::Unchanged(1, _)), unchanged, "{known:?}");
        assert_eq!(house.entries().await, before + i64::from(!unchanged), "what does not leave has no line");
    }
    let history = fhir::history(&house.app, &access, (kind, id), (None, 100, &vec![])).await.unwrap();
    let history: Value = serde_json::from_slice(&history).unwrap();
    assert_eq!((&history["type"], history["total"].as_u64()), (&"history".into(), Some(1)));
    assert_eq!(check(&history), vec![]);
    house.close().await;
}

async fn what_one_may_not_know_of_is_not_there(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    drop(house.linked("sam").await);
    let (rosa, sam) = (access(&house, "rosa", ALL).await, access(&house, "sam", ALL).await);
    let of_rosa = found(&house, &rosa, "Observation?_count=3").await;
    let before = house.entries().await;
    for name in
        names(&of_rosa).into_iter().chain([format!("Patient/{}", rosa.patient_id), "Observation/none".into()])
    {
        assert!(matches!(read(&house, &sam, &name).await, Err(Fault::NotFound)), "{name}");
    }
    assert_eq!(house.entries().await, before);
    // One person's token on another's record opens nothing.
    let mut mixed = sam.clone();
    mixed.patient = rosa.patient;
    mixed.patient_id.clone_from(&rosa.patient_id);
    assert!(matches!(
        read(&house, &mixed, &format!("Patient/{}", rosa.patient_id)).await,
        Err(Fault::NotFound)
    ));
    let narrow = access(&house, "rosa", "patient/Patient.r").await;
    assert!(matches!(read(&house, &narrow, &names(&of_rosa)[0]).await, Err(Fault::Scope)));
    let category = "http://terminology.hl7.org/CodeSystem/observation-category";
    let vitals =
        access(&house, "rosa", &format!("patient/Observation.rs?category={category}|vital-signs")).await;
    let labs = found(&house, &rosa, "Observation?category=laboratory&_count=1").await;
    assert!(matches!(read(&house, &vitals, &names(&labs)[0]).await, Err(Fault::NotFound)));
    let own = found(&house, &rosa, "Observation?category=vital-signs&_count=1").await;
    assert!(matches!(read(&house, &vitals, &names(&own)[0]).await, Ok(Read::Whole(_))));
    house.close().await;
}

async fn the_lens_holds_in_every_answer(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let whole = access(&house, "rosa", ALL).await;
    let mut part = whole.clone();
    part.lens = Lens { categories: !(1 << Category::Labs.code()), ..Lens::WHOLE };
    let labs = found(&house, &whole, "Observation?category=laboratory&_count=1000").await;
    let hidden: BTreeSet<String> = names(&labs).into_iter().collect();
    assert!(!hidden.is_empty());
    let none = |names: Vec<String>| names.iter().all(|name| !hidden.contains(name));
    assert_eq!(found(&house, &part, "Observation?category=laboratory").await["total"], 0);
    let rest = found(&house, &part, "Observation?_count=1000&_sort=-date").await;
    assert!(none(names(&rest)) && !names(&rest).is_empty());
    for asked in
        ["Observation?code:not=none", "Observation?_lastUpdated=gt2000", "Observation?code:text=hemoglobin"]
    {
        assert!(none(names(&found(&house, &part, &format!("{asked}&_count=1000")).await)), "{asked}");
    }
    let one = hidden.iter().next().unwrap();
    let id = one.split('/').nth(1).unwrap();
    assert_eq!(found(&house, &part, &format!("Observation?_id={id}")).await["total"], 0);
    assert!(matches!(read(&house, &part, one).await, Err(Fault::NotFound)));
    assert!(matches!(read(&house, &part, &format!("{one}/_history/1")).await, Err(Fault::NotFound)));
    let history = fhir::history(&house.app, &part, ("Observation", id), (None, 10, &vec![])).await;
    assert!(matches!(history, Err(Fault::NotFound)));
    let reports = found(
        &house,
        &part,
        "DiagnosticReport?_include=DiagnosticReport:encounter&_revinclude=Provenance:target&_count=1000",
    )
    .await;
    assert!(none(entries(&reports, "include").into_iter().map(name).collect()));
    let all = everything(&house, &part, "").await;
    assert!(none(all.1));
    // Where a report came from is told only with the report.
    let of = entries(&all.0, "match").into_iter().filter(|one| one["resourceType"] == "Provenance");
    for provenance in of {
        let targets = provenance["target"].as_array().unwrap();
        assert!(!targets.iter().all(|target| hidden.contains(target["reference"].as_str().unwrap())));
    }
    house.close().await;
}

/// Whoever must not see an item for its label does not read its id, its type or a word about it at another: in no answer
/// over FHIR, on no page, in no copy.
async fn what_is_not_seen_is_not_named(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("odette").await);
    let whole = access(&house, "odette", ALL).await;
    let labels: Labels = [Label::Reproductive, Label::Violence, Label::MentalHealth].into_iter().collect();
    let mut part = whole.clone();
    part.lens = Lens { hidden: labels.hidden(), ..Lens::WHOLE };
    let record = |names: Vec<String>| {
        let items = names.into_iter().filter(|name| !name.starts_with("AuditEvent/"));
        items.collect::<BTreeSet<String>>()
    };
    let seen = record(everything(&house, &part, "").await.1);
    let hidden: BTreeSet<String> = &record(everything(&house, &whole, "").await.1) - &seen;
    assert!(hidden.len() > 3, "{hidden:?}");
    // Of her pregnancy nothing is left: not that it was asked, not the visits before and after the birth.
    let text = everything(&house, &part, "").await.0.to_string();
    for told in ["82810-3", "86645-9", "Pregnant", "\"77386006\"", "\"169762003\""] {
        assert!(!text.contains(told), "{told}");
    }
    assert!(hidden.iter().filter(|name| name.starts_with("Encounter/")).count() >= 2, "{hidden:?}");
    let one = hidden.iter().find(|name| name.starts_with("Observation/")).unwrap();
    let other = seen.iter().rfind(|name| name.starts_with("Observation/")).unwrap();
    assert!(one < other);

    // Who recorded something hidden, and nothing else, is hidden with it; who recorded others too is not.
    let tells = |id: &str, targets: &[&str]| {
        let targets: Vec<Value> =
            targets.iter().map(|name| json!({"reference": name, "display": "Told here"})).collect();
        json!({
            "resourceType": "Provenance", "id": id, "target": targets, "recorded": "2026-01-01T00:00:00Z",
            "agent": [{"who": {"display": "Nurse (synthetic)"}}],
        })
    };
    let patient = format!("Patient/{}", whole.patient_id);
    let herself =
        house.person("odette").resources.iter().find(|one| one["resourceType"] == "Patient").unwrap();
    // Another of the same kind, known by the address of its entry only, and a medicine that was given for it.
    let entry = "urn:uuid:0c7c1c53-2a3b-4b52-9a2e-3f3b6d0f7a11";
    let asked = json!({
        "resourceType": "Observation", "id": "asked-again", "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "82810-3"}]},
        "subject": {"reference": patient}, "effectiveDateTime": "2026-01-01",
    });
    let medicine = json!({
        "resourceType": "MedicationRequest", "id": "given-for-it", "status": "active", "intent": "order",
        "medicationCodeableConcept": {"text": "Folic acid"}, "subject": {"reference": patient},
        "reasonReference": [{"reference": one, "display": "Quokkaword"}],
    });
    let all = [
        (None, herself.clone()),
        (Some(entry), asked),
        (None, medicine),
        (None, tells("tells-one", &[one])),
        (None, tells("tells-both", &[one, &patient])),
        (None, tells("tells-entry", &[entry, &format!("https://ehr.example/fhir/{one}")])),
        (None, tells("tells-which", &["Condition?identifier=urn:x|1", &patient])),
        (None, tells("tells-other", &[other])),
    ];
    let entry_of = |(url, resource): (Option<&str>, Value)| match url {
        Some(url) => json!({"fullUrl": url, "resource": resource}),
        None => json!({"resource": resource}),
    };
    let all: Vec<Value> = all.into_iter().map(entry_of).collect();
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": all});
    let file = house.folder.path().join("provenance.json");
    std::fs::write(&file, bundle.to_string()).unwrap();
    let import = ["import", "--source", "demo-ehr", file.to_str().unwrap()];
    let done = binary::run(house.folder.path(), Some(&house.database.url), &import).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(read(&house, &whole, "Provenance/tells-one").await.is_ok());
    assert!(matches!(read(&house, &part, "Provenance/tells-one").await, Err(Fault::NotFound)));
    let both = value(&house, &part, "Provenance/tells-both").await;
    assert_eq!(both["target"], json!([{"reference": patient, "display": "Told here"}]));
    let both = value(&house, &whole, "Provenance/tells-both").await;
    assert_eq!(both["target"].as_array().unwrap().len(), 2, "who sees it all reads it all");
    // In whatever words a Provenance names what is hidden, it is hidden with it.
    assert!(read(&house, &whole, "Provenance/tells-entry").await.is_ok());
    assert!(matches!(read(&house, &part, "Provenance/tells-entry").await, Err(Fault::NotFound)));
    let which = value(&house, &part, "Provenance/tells-which").await;
    assert_eq!(which["target"], json!([{"reference": patient, "display": "Told here"}]));
    // Nor does it rank by what it does not name: of what is left "Patient/…" stands behind the other.
    for (access, first) in [(&whole, "Provenance/tells-both"), (&part, "Provenance/tells-other")] {
        let asked = "Provenance?_id=tells-both,tells-other&_sort=target";
        assert_eq!(names(&found(&house, access, asked).await)[0], first);
    }
    // Nothing is found by it either, however it is spelled.
    let id = one.split_once('/').unwrap().1;
    let ours = api::records::api::base(&house.app);
    for asked in [one.clone(), id.to_owned(), format!("{ours}/{one}"), format!("{one}/_history/1")] {
        let path = format!("Provenance?target={asked}");
        let bundle = found(&house, &part, &path).await;
        assert_eq!(bundle["total"], 0, "{path}");
    }
    for asked in [one.as_str(), id] {
        let path = format!("Provenance?target={asked}");
        assert!(found(&house, &whole, &path).await["total"].as_i64().unwrap() >= 2, "{path}");
        let nothing = format!("Provenance?target={asked}-none");
        assert_eq!(found(&house, &whole, &nothing).await["total"], 0);
    }
    // Nor is it told that something has a visit which is not seen: what is sent has none.
    for asked in ["Observation?encounter:missing=false", "Observation?encounter:missing=true"] {
        let bundle = found(&house, &part, &format!("{asked}&_count=500")).await;
        let some = entries(&bundle, "match");
        assert!(!some.is_empty(), "{asked}");
        for own in some {
            assert_eq!(own.get("encounter").is_none(), asked.ends_with("true"), "{asked}: {own}");
        }
    }
    let path = format!("Provenance?target={one},{patient}");
    assert!(found(&house, &part, &path).await["total"].as_i64().unwrap() >= 1, "by the other it is found");

    let nothing = |what: &str, text: &str| {
        for name in &hidden {
            assert!(!text.contains(&format!("\"{name}\"")), "{what} names {name}");
        }
    };
    nothing("everything", &everything(&house, &part, "").await.0.to_string());
    for asked in ["Provenance?_count=500", "Patient?_revinclude=Provenance:target", "Observation?_count=1000"]
    {
        let bundle = found(&house, &part, asked).await;
        assert!(bundle["entry"].as_array().is_some_and(|all| !all.is_empty()), "{asked}");
        nothing(asked, &bundle.to_string());
    }

    // The same on the pages and in the copy of somebody who acts for her and does not see these labels.
    let mut helper = house.signed_in("sam").await;
    let hides = vec![Label::Reproductive, Label::Violence, Label::MentalHealth];
    let scope = Scope { hidden: hides, ..Scope::WHOLE };
    let base =
        format!("/for/{}", appointed(&house, ("sam", Authority::HealthCareAgent), "odette", scope).await);
    let shelves = helper.get(&format!("{base}/record")).await.attributes(".shelves a", "href");
    let mut looked = 0;
    for shelf in shelves {
        let list = helper.get(&shelf).await;
        for link in list.attributes("main .lines a.title", "href").into_iter().take(8) {
            let item = helper.get(&link).await;
            assert_eq!(item.status, 200, "{link}");
            nothing(&link, &item.text.replace("&quot;", "\"").replace("&#34;", "\""));
            looked += 1;
        }
    }
    assert!(looked > 30, "{looked}");
    // What is found only by the name of something hidden is not found.
    for (word, finds) in [("Quokkaword", false), ("Folic", true)] {
        let page = helper.search(&base, word).await;
        let lines = page.attributes("main .lines a.title", "href");
        assert_eq!((page.status, !lines.is_empty()), (200, finds), "{word}");
    }
    let page = ready_of(&mut helper, &base).await;
    let file = helper.get(&format!("{}/file", page.path)).await;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&file.bytes)).unwrap();
    for n in 0..zip.len() {
        let mut file = zip.by_index(n).unwrap();
        let (name, mut bytes) = (file.name().unwrap().into_owned(), Vec::new());
        std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
        if name.starts_with("fhir/") {
            nothing(&name, &String::from_utf8(bytes).unwrap());
        }
    }
    house.close().await;
}

async fn everything_comes_once(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let access = access(&house, "rosa", ALL).await;
    let before = house.entries().await;
    let (bundle, all) = everything(&house, &access, "").await;
    assert_eq!(house.entries().await, before + 2, "the record and what it leads to");
    assert_eq!(all[0], format!("Patient/{}", access.patient_id), "the person first");
    let came: BTreeSet<&String> = all.iter().collect();
    assert_eq!(came.len(), all.len(), "each once");
    for own in &house.person("rosa").resources {
        let directory = ["Practitioner", "Organization", "Location", "PractitionerRole"];
        let kind = own["resourceType"].as_str().unwrap();
        assert!(came.contains(&name(own)) || directory.contains(&kind), "{}", name(own));
    }
    assert!(all.iter().any(|name| name.starts_with("Practitioner/")), "and who treated them");
    assert!(!names(&bundle).iter().any(|name| name.starts_with("Practitioner/")), "as included");
    assert_eq!(check(&bundle).len(), 0);
    let (_, some) = everything(&house, &access, "_type=Condition,AllergyIntolerance").await;
    assert!(
        !some.is_empty()
            && some.iter().all(|name| name.starts_with("Condition/") || name.starts_with("Allergy"))
    );
    let (bundle, none) = everything(&house, &access, "_since=2100-01-01T00:00:00Z").await;
    assert_eq!((none.len(), bundle.get("entry")), (0, None));
    // By dates of care, the last day whole. What has no date comes all the same.
    let dated = |one: &Value| Some((one["effectiveDateTime"].as_str()?.get(..10)?.to_owned(), name(one)));
    let own = house.person("rosa").resources.iter();
    let mut days: Vec<(String, String)> =
        own.filter(|one| one["resourceType"] == "Observation").filter_map(dated).collect();
    days.sort();
    let middle = days[days.len() / 2].0.clone();
    for (asked, fits) in [
        (format!("end={middle}"), (|day: &str, middle: &str| day <= middle) as fn(&str, &str) -> bool),
        (format!("start={middle}"), |day, middle| day >= middle),
        (format!("start={middle}&end={middle}"), |day, middle| day == middle),
    ] {
        let (_, some) =
            everything(&house, &access, &format!("{asked}&_type=Observation,AllergyIntolerance,Patient"))
                .await;
        let some: BTreeSet<String> = some.into_iter().collect();
        for (day, name) in &days {
            assert_eq!(some.contains(name), fits(day, &middle), "{asked}: {name} of {day}");
        }
        assert!(some.contains(&format!("Patient/{}", access.patient_id)), "{asked}");
    }
    // In pages.
    let (mut bundle, mut paged) = everything(&house, &access, "_count=400").await;
    while let Some(next) = cursor(&bundle) {
        let (more, names) = everything(&house, &access, &format!("_page={next}")).await;
        paged.extend(names);
        bundle = more;
    }
    // Each reading is one more line of the log.
    let paged: BTreeSet<&String> = paged.iter().collect();
    assert!(came.is_subset(&paged) && paged.difference(&came).all(|name| name.starts_with("AuditEvent/")));
    for (asked, fits) in [
        ("_since=yesterday", false),
        ("_type=Nothing", false),
        ("_count=0", false),
        ("start=2024", true),
        ("start=2024&end=2023", false),
        ("end=soon", false),
        ("_page=x", false),
        ("_type=Patient", true),
    ] {
        let id = access.patient_id.clone();
        let answer = fhir::everything(&house.app, &access, (&id, query(asked))).await;
        assert_eq!(answer.is_ok(), fits, "{asked}");
    }
    assert!(matches!(fhir::everything(&house.app, &access, ("sam", query(""))).await, Err(Fault::NotFound)));
    house.close().await;
}

/// Documents lie within some resources: a portion ends at 4 MB, however few they are, and the next goes on from there.
async fn a_portion_has_its_bound(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("sam").await);
    let access = access(&house, "sam", ALL).await;
    let (_, before) = everything(&house, &access, "_type=DocumentReference").await;
    let scan = |n: i64| {
        json!({
            "resourceType": "DocumentReference", "id": format!("scan-{n}"), "status": "current",
            "subject": {"reference": format!("Patient/{}", access.patient_id)},
            "content": [{"attachment": {"contentType": "text/plain", "data": "U2Nhbi4g".repeat(250_000)}}],
        })
        .to_string()
    };
    let lines: Vec<String> = (0..5).map(scan).collect();
    let file = house.folder.path().join("scans.ndjson");
    std::fs::write(&file, lines.join("\n")).unwrap();
    let import = ["import", "--source", "demo-ehr", file.to_str().unwrap()];
    let done = binary::run(house.folder.path(), Some(&house.database.url), &import).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));

    let id = access.patient_id.clone();
    let mut all =
        fhir::everything(&house.app, &access, (&id, query("_type=DocumentReference"))).await.unwrap();
    let (mut sizes, mut bytes) = (Vec::new(), Vec::new());
    while let Some(portion) = fhir::portion(&mut all).await.unwrap() {
        sizes.push(portion.0.len());
        bytes.extend(portion.0);
    }
    assert!(sizes.len() >= 3 && sizes.iter().all(|size| *size < 5 << 20), "{sizes:?}");
    let bundle: Value = serde_json::from_slice(&bytes).unwrap();
    let came = names(&bundle);
    let scans = came.iter().filter(|name| name.starts_with("DocumentReference/scan-")).count();
    assert_eq!((scans, came.iter().collect::<BTreeSet<_>>().len()), (5, came.len()));
    assert_eq!(came.iter().filter(|name| name.starts_with("Doc")).count(), before.len() + 5);
    house.close().await;
}

async fn documents_are_found_and_opened(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let access = access(&house, "rosa", ALL).await;
    let own = access.patient_id.clone();
    let asked = async |text: &str| fhir::documents(&house.app, &access, query(text)).await;
    let all: Value = serde_json::from_slice(&asked(&format!("patient={own}")).await.unwrap()).unwrap();
    assert!(!names(&all).is_empty());
    let none: Value =
        serde_json::from_slice(&asked(&format!("patient={own}&start=2100-01-01")).await.unwrap()).unwrap();
    assert_eq!(none["total"], 0);
    // Of anybody else there are none, whether they are here or not.
    for other in ["patient=sam", "patient=nobody-at-all", "patient=https://elsewhere.example/Patient/rosa"] {
        let none: Value = serde_json::from_slice(&asked(other).await.unwrap()).unwrap();
        assert_eq!((&none["total"], none.get("entry")), (&json!(0), None), "{other}");
    }
    for bad in ["", "patient=", "patient=rosa&start=soon", "patient=rosa&foo=1", "_page=x"] {
        assert!(asked(bad).await.is_err(), "{bad}");
    }
    let mut opened = 0;
    for document in entries(&all, "match") {
        let url = document["content"][0]["attachment"]["url"].as_str().unwrap_or("");
        if let Some((_, id)) = url.rsplit_once("Binary/") {
            let bytes = value(&house, &access, &format!("Binary/{id}")).await;
            assert!(bytes["data"].is_string());
            opened += 1;
        }
    }
    assert!(opened > 0);

    // By when the care was, whenever it was written down; and who names nothing gets the newest summary of care.
    let written = |id: &str, (status, code, date): (&str, &str, &str), period: Value| {
        let coding = json!([{"system": "http://loinc.org", "code": code}]);
        let content = json!([{"attachment": {"contentType": "text/plain", "data": "U2Nhbi4g"}}]);
        json!({
            "resourceType": "DocumentReference", "id": id, "status": status, "type": {"coding": coding},
            "subject": {"reference": format!("Patient/{own}")}, "date": format!("{date}T12:00:00Z"),
            "context": {"period": period}, "content": content,
        })
        .to_string()
    };
    let of_year = |year: u32| json!({"start": format!("{year}-03-01"), "end": format!("{year}-03-05")});
    let lines = [
        written("of-a-stay", ("current", "18842-5", "2025-06-01"), of_year(1940)),
        written("summary-new", ("current", "34133-9", "2025-01-01"), of_year(1941)),
        written("summary-old", ("current", "34133-9", "2024-01-01"), of_year(1942)),
        written("summary-wrong", ("entered-in-error", "34133-9", "2026-01-01"), of_year(1943)),
    ];
    let file = house.folder.path().join("documents.ndjson");
    std::fs::write(&file, lines.join("\n")).unwrap();
    let import = ["import", "--source", "demo-ehr", file.to_str().unwrap()];
    let done = binary::run(house.folder.path(), Some(&house.database.url), &import).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let bundle = async |text: &str| -> Value {
        serde_json::from_slice(&asked(&format!("patient={own}{text}")).await.unwrap()).unwrap()
    };
    let summaries = "&type=http://loinc.org|34133-9";
    for (text, ids) in [
        ("&start=1940-01-01&end=1940-12-31", vec!["of-a-stay"]),
        ("&start=1940-03-03&end=1940-03-03", vec!["of-a-stay"]),
        ("&start=1941&end=1942", vec!["summary-new", "summary-old"]),
        ("&start=2025-06-01&end=2025-06-01", vec![]),
        (summaries, vec!["summary-new", "summary-old", "summary-wrong"]),
        ("", vec!["summary-new"]),
        ("&on-demand=false", vec!["summary-new"]),
        ("&on-demand=true", vec![]),
    ] {
        let found = bundle(text).await;
        let named: Vec<String> = ids.iter().map(|id| format!("DocumentReference/{id}")).collect();
        assert_eq!((names(&found), &found["total"]), (named, &ids.len().into()), "{text}");
    }
    // Its links are its own, and no other search follows them.
    let first = bundle("&start=1940&end=1943&_count=3").await;
    assert!(link(&first, "self").unwrap().contains("/fhir/DocumentReference/$docref?patient="), "{first}");
    let next = cursor(&first).unwrap();
    assert!(link(&first, "next").unwrap().contains("/$docref?_page="));
    let second: Value = serde_json::from_slice(&asked(&format!("_page={next}")).await.unwrap()).unwrap();
    assert_eq!((names(&first).len(), names(&second)), (3, vec!["DocumentReference/summary-wrong".into()]));
    assert!(matches!(page(&house, &access, ("DocumentReference", &next)).await, Err(Fault::Page)));
    house.close().await;
}
