//! The log and the permissions of a person as an app reads them over the FHIR interface: paging, searching, that reading
//! is one more line and no more, and that an app which sees a part reads what it did itself.

use api::base::{AppGrantId, Error, Instant};
use api::consents;
use api::disclosures::{self, Events, Total, Wanted};
use api::fhir::check::check;
use api::fhir::sensitivity::{Label, Labels};
use api::representation::Lens;
use api::smart::{Access, ClientId, Scopes};
use serde_json::Value;

use crate::acting::{actor, patient};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(
    an_app_reads_the_log_page_by_page,
    an_app_that_sees_a_part_reads_its_own_lines,
    an_app_reads_what_was_allowed,
);

/// What a token of an app would be good for that somebody connected to their own record.
pub async fn access(house: &House, key: &str, lens: Lens) -> Access {
    let over = patient(house, key).await;
    let sql = format!("SELECT fhir_id FROM patient WHERE patient_no = {over}");
    Access {
        client: ClientId("steps".into()),
        app_name: "Steps (synthetic)".into(),
        grant: AppGrantId(uuid::Uuid::from_u128(11)),
        since: Instant(0),
        actor: actor(house, key).await,
        patient: over,
        patient_id: house.raw.texts(&sql).await.remove(0),
        scopes: Scopes::parse("patient/*.rs").unwrap(),
        lens,
        expires: house.app.clock.now(),
        last_read: None,
    }
}

fn wanted<'a>(fits: &'a (dyn Fn(&Value) -> bool + Send + Sync)) -> Wanted<'a> {
    Wanted { before: None, from: None, limit: 50, total: Total::Wanted, fits, query: "AuditEvent" }
}

async fn all(house: &House, access: &Access) -> Events {
    disclosures::audit_events(&house.app, access, wanted(&|_| true)).await.unwrap()
}

fn ids(resources: &[Value]) -> Vec<&str> {
    resources.iter().map(|resource| resource["id"].as_str().unwrap()).collect()
}

fn query_of(resource: &Value) -> Option<&str> {
    resource["entity"].as_array()?.iter().find(|entity| entity["role"]["code"] == "24")?["description"]
        .as_str()
}

async fn an_app_reads_the_log_page_by_page(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    house.linked("sam").await;
    for path in ["/record", "/record/labs", "/record/medicines"] {
        assert_eq!(rosa.get(path).await.status, 200, "{path}");
    }
    assert_eq!(rosa.search("", "glucose").await.status, 200);
    let list = rosa.get("/record/vitals").await;
    let item = list.attributes("main .lines a.title", "href").remove(0);
    assert_eq!(rosa.get(&item).await.status, 200);
    let app = access(&house, "rosa", Lens::WHOLE).await;
    let own = format!("SELECT count(*) FROM ledger_entry WHERE patient_no = {}", app.patient);
    let before = house.raw.number(&own).await;

    let whole = all(&house, &app).await;
    assert_eq!((whole.total, whole.next), (Some(before), None));
    assert_eq!(whole.resources.len() as i64, before);
    assert_eq!(house.raw.number(&own).await, before + 1, "reading the log is one line");
    for resource in &whole.resources {
        assert_eq!(check(resource), [], "{resource:#}");
    }
    let read = whole.resources.iter().find(|one| one["action"] == "R").expect("the item was read");
    let reference = read["entity"][1]["what"]["reference"].as_str().unwrap();
    assert!(reference.contains("/_history/"), "{reference}");
    assert!(whole.resources.iter().any(|one| query_of(one) == Some("list?category=labs")));

    // Pages go on where the last ended, whatever was added since.
    let (mut seen, mut next) = (Vec::new(), None);
    loop {
        let fits = |_: &Value| true;
        let wanted = Wanted { before: next, limit: 2, total: Total::Unwanted, ..wanted(&fits) };
        let page = disclosures::audit_events(&house.app, &app, wanted).await.unwrap();
        assert!(page.resources.len() <= 2 && page.total.is_none());
        seen.extend(page.resources);
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    let newest = &seen[0];
    assert_eq!(query_of(newest), Some("AuditEvent"), "the app's own reading of before");
    assert_eq!(newest["agent"][1]["who"]["identifier"]["value"], "steps");
    assert_eq!(ids(&seen[1..]), ids(&whole.resources));

    // A search, with the number of all.
    let reads = |resource: &Value| resource["action"] == "R";
    let first = Wanted { limit: 1, ..wanted(&reads) };
    let found = disclosures::audit_events(&house.app, &app, first).await.unwrap();
    let number = whole.resources.iter().filter(|one| reads(one)).count();
    assert_eq!((found.resources.len(), found.total), (1, Some(number as i64)));
    let fits = |_: &Value| true;
    let late = Wanted { from: Some(house.app.clock.now()), ..wanted(&fits) };
    let none = disclosures::audit_events(&house.app, &app, late).await.unwrap();
    assert_eq!((none.resources.len(), none.total, none.next), (0, Some(0), None));

    // One by its id; of another's log nothing.
    let id = read["id"].as_str().unwrap();
    assert_eq!(&disclosures::audit_event(&house.app, &app, id).await.unwrap(), read);
    let sam = access(&house, "sam", Lens::WHOLE).await;
    for (app, id) in [
        (&sam, id.to_owned()),
        (&app, "0".repeat(id.len())),
        (&app, id.to_uppercase()),
        (&app, id[1..].to_owned()),
        (&app, "x".to_owned()),
    ] {
        let refused = disclosures::audit_event(&house.app, app, &id).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{id} {refused:?}");
    }
    // Who may not see the record reads no log of it.
    let crossed = Access { patient: sam.patient, ..app };
    assert!(matches!(
        disclosures::audit_events(&house.app, &crossed, wanted(&|_| true)).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(
        disclosures::consents(&house.app, &crossed, &|_| true, "Consent").await,
        Err(Error::NotFound)
    ));
    house.close().await;
}

async fn an_app_that_sees_a_part_reads_its_own_lines(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    rosa.get("/record/labs").await;
    let without = |label: Label| Lens { hidden: Labels(label.bit()), ..Lens::WHOLE };
    // A kind that nothing in her record bears is no part of it: she was never asked about it.
    let whole = access(&house, "rosa", without(Label::Hiv)).await;
    let whole = Access { grant: AppGrantId(uuid::Uuid::from_u128(13)), ..whole };
    assert!(all(&house, &whole).await.total > Some(0), "all of the record is seen, and so is the log");
    let app = access(&house, "rosa", without(Label::MentalHealth)).await;
    assert_eq!(all(&house, &app).await.total, Some(0), "what the person looked at is not told");
    let other = Access { grant: AppGrantId(uuid::Uuid::from_u128(12)), ..app.clone() };
    assert_eq!(all(&house, &other).await.total, Some(0), "nor what another app did");
    let own = all(&house, &app).await;
    assert_eq!(own.total, Some(1));
    let grant = format!("Consent/{}", app.grant);
    let ground = own.resources[0]["entity"].as_array().unwrap();
    assert!(ground.iter().any(|entity| entity["what"]["reference"] == grant.as_str()), "{ground:#?}");
    let id = own.resources[0]["id"].as_str().unwrap();
    assert!(id.len() == 64 && !own.resources[0].to_string().contains("urn:recordright:ledger"), "no number");
    assert!(matches!(disclosures::audit_event(&house.app, &other, id).await, Err(Error::NotFound)));
    // Scopes that leave out types make a part of it, too: what others looked at may be of any type.
    let mut little = whole.clone();
    little.grant = AppGrantId(uuid::Uuid::from_u128(14));
    little.scopes =
        Scopes::parse("patient/AuditEvent.rs patient/Consent.rs patient/Immunization.rs").unwrap();
    assert_eq!(all(&house, &little).await.total, Some(0));
    assert_eq!(all(&house, &little).await.total, Some(1), "its own line");
    assert!(all(&house, &whole).await.total > Some(2), "who sees all reads it as before");
    house.close().await;
}

async fn an_app_reads_what_was_allowed(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let page = crate::consents::signed(&mut rosa).await;
    let form = rosa.get("/privacy/limits/new").await;
    let fill = [("against", "health-plan"), ("paid", "yes"), ("charge", "Visit of March 4")];
    assert_eq!(rosa.submit(&form, "#limit-form", &fill).await.status, 200);
    let app = access(&house, "rosa", Lens::WHOLE).await;
    let entries = house.entries().await;
    let read =
        async |app: &Access| disclosures::consents(&house.app, app, &|_| true, "Consent").await.unwrap();
    let found = read(&app).await;
    assert_eq!(house.entries().await, entries + 1);
    let states = |found: &[Value]| -> Vec<(String, String)> {
        let of = |one: &Value| {
            assert_eq!(check(one), [], "{one:#}");
            (
                one["status"].as_str().unwrap().to_owned(),
                one["provision"]["type"].as_str().unwrap().to_owned(),
            )
        };
        found.iter().map(of).collect()
    };
    let pair = |status: &str, kind: &str| (status.to_owned(), kind.to_owned());
    assert_eq!(states(&found), [pair("active", "permit"), pair("proposed", "deny")]);
    assert_eq!(found[0]["id"], page.path.rsplit('/').next().unwrap());
    let denying = |one: &Value| one["provision"]["type"] == "deny";
    let some = disclosures::consents(&house.app, &app, &denying, "Consent?status=proposed").await.unwrap();
    assert_eq!(some, found[1..]);
    // What reaches further than the app sees, it does not learn of.
    let little = Lens { categories: 1, ..Lens::WHOLE };
    assert_eq!(read(&access(&house, "rosa", little).await).await, Vec::<Value>::new());
    let narrow = Scopes::parse("patient/Consent.rs").unwrap();
    assert_eq!(read(&Access { scopes: narrow, ..app.clone() }).await, Vec::<Value>::new());
    // Taken back, it says so with the next request.
    rosa.submit(&page, "#revocation", &[]).await;
    assert_eq!(states(&read(&app).await), [pair("inactive", "permit"), pair("proposed", "deny")]);
    let own = consents::list(&house.app, &app.actor, app.patient).await.unwrap();
    assert_eq!(own.len(), 1);
    house.close().await;
}
