//! Exports where the law of the place asks for a consent to send anything (`consent.tpo_required`): only what one covers
//! goes, and one that is taken back counts with the next export and with what was made before.

use std::collections::BTreeSet;

use api::config::Value as Setting;
use api::consents::{self, Party, Purpose, Scope};
use api::fhir::present::Category;
use reqwest::Method;
use serde_json::Value;

use super::system::{System, group};
use super::{ALL, of};
use crate::acting::{actor, patient};
use crate::harness::{House, Kind, on_both_databases};
use crate::law::{paper, recorded, rule};

on_both_databases!(only_what_a_consent_covers_goes);

/// Types and ids of what is about somebody, without the person.
fn about<'a>(all: &'a [Value], id: &str) -> BTreeSet<&'a str> {
    let person = format!("Patient/{id}");
    let theirs = |one: &&Value| {
        [&one["subject"], &one["patient"], &one["beneficiary"]].iter().any(|who| who["reference"] == *person)
    };
    all.iter().filter(theirs).filter_map(|one| one["resourceType"].as_str()).collect()
}

fn people(all: &[Value]) -> BTreeSet<&str> {
    of(all, "Patient").filter_map(|one| one["id"].as_str()).collect()
}

async fn only_what_a_consent_covers_goes(kind: Kind) {
    let house =
        House::with(kind, |config| config.law.rule.push(rule("consent.tpo_required", Setting::Flag(true))))
            .await;
    drop(house.linked("rosa").await);
    house.gather("walter").await;
    house.gather("lucia").await;
    group(&house, "program", &["rosa", "walter", "lucia"]).await;
    let ids = ["rosa", "walter", "lucia"].map(|key| house.person(key).patient_id.clone());
    let system = System::register(&house, ("lake", ALL), &["program"]).await;
    let token = system.token(ALL).await;

    // Nobody has consented: nothing goes, and no line says that it went.
    let entries = house.entries().await;
    let (place, manifest) = system.export("/fhir/Group/program/$export", &token).await;
    assert_eq!(system.files((&manifest, "output"), &token).await, Vec::<Value>::new());
    let [left_out] = &system.files((&manifest, "error"), &token).await[..] else { panic!("{manifest}") };
    assert!(left_out.to_string().contains("3 of the people"), "how many, not who: {left_out}");
    assert_eq!(house.entries().await, entries);
    system.call((Method::DELETE, &place), &token).await;

    // Rosa for laboratory results, Walter for all of it; one to somebody else lets nothing go there.
    let signed = async |key: &str, to: &str, categories: Option<BTreeSet<Category>>| {
        let to = Party { name: to.to_owned(), ..Party::default() };
        let mut terms = paper(&house, (consents::Kind::Hipaa508, key), to);
        terms.purposes = [Purpose::Treatment].into();
        terms.scope = Some(Scope { categories, ..Scope::default() });
        recorded(&house, patient(&house, key).await, terms).await
    };
    let lake = "Lakeside Care (synthetic)";
    let hers = signed("rosa", lake, Some([Category::Labs].into())).await;
    signed("walter", lake, None).await;
    signed("lucia", "Hilltop Care (synthetic)", None).await;
    let (_, manifest) = system.export("/fhir/Group/program/$export", &token).await;
    let all = system.files((&manifest, "output"), &token).await;
    assert_eq!(people(&all), BTreeSet::from([&*ids[0], &*ids[1]]));
    let labs = about(&all, &ids[0]);
    assert!(
        labs.contains("Observation") && !labs.contains("Encounter") && !labs.contains("Condition"),
        "{labs:?}"
    );
    let of_rosa = of(&all, "Observation")
        .filter(|one| one["subject"]["reference"] == format!("Patient/{}", ids[0]))
        .filter(|one| !one["category"].to_string().contains("\"laboratory\""));
    assert_eq!(of_rosa.count(), 0, "only what she named");
    assert!(about(&all, &ids[1]).is_superset(&BTreeSet::from(["Condition", "Encounter", "Observation"])));
    assert_eq!(about(&all, &ids[2]), BTreeSet::new());
    assert_eq!(house.entries().await, entries + 2, "a line for each of whom something went");

    // Taken back: what was made before is closed, and the next export has nothing of hers.
    let own = actor(&house, "rosa").await;
    consents::revoke(&house.app, &own, (patient(&house, "rosa").await, hers)).await.unwrap();
    let file = manifest["output"][0]["url"].as_str().unwrap();
    assert_eq!(system.call((Method::GET, file), &token).await.status(), 410);
    let (_, manifest) = system.export("/fhir/Group/program/$export", &token).await;
    let all = system.files((&manifest, "output"), &token).await;
    assert_eq!(people(&all), BTreeSet::from([&*ids[1]]));
    assert_eq!(about(&all, &ids[0]), BTreeSet::new());
    house.close().await;
}
