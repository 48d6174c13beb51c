//! What people asked, and what is protected, stays out of an export; who has nothing to do with it, too.

use std::collections::BTreeSet;

use api::bulk::{self, Form, Handling, KickOff, Level, Recipient, Standing};
use api::consents::{self, Against, Answer, Ask, Ender, Purpose};
use api::fhir::present::Category;
use reqwest::Method;
use serde_json::{Value, json};

use super::system::{System, make, set};
use super::{ALL, of};
use crate::acting::{actor, patient};
use crate::harness::{House, Kind, PATIENCE, on_both_databases};

on_both_databases!(
    wishes_are_kept,
    a_notice_lets_go_what_is_new,
    what_is_protected_stays,
    a_system_without_an_agreement_gets_nothing,
    nobody_who_died_is_written_to,
);

fn wish(categories: Option<BTreeSet<Category>>) -> Ask {
    Ask {
        against: Against::HealthPlan,
        party: String::new(),
        categories,
        labels: BTreeSet::new(),
        what: "The visit of March 4 (synthetic)".into(),
        why: String::new(),
        paid_in_full: true,
    }
}

async fn wishes_are_kept(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    drop(house.linked("lucia").await);
    house.gather("walter").await;
    let plan = || Recipient::HealthPlan("Blue Plan (synthetic)".into());
    make(&house, ("plan", Purpose::Payment, plan(), vec![]), &["rosa", "walter", "lucia"]).await;
    let system = System::register(&house, ("blue", ALL), &["plan"]).await;
    let token = system.token(ALL).await;
    let rosas = &house.person("rosa").email;
    assert!(house.mail.wait_for(rosas, PATIENCE).await.is_some(), "the mail of the link is out of the way");
    house.mail.clear();
    let (place, manifest) = system.export("/fhir/Group/plan/$export", &token).await;
    // Of the first time they are told, and of no other.
    let told = house.mail.wait_for(rosas, PATIENCE).await.expect("a mail");
    assert!(told.subject().contains("A system has begun to read"), "{}", told.subject());
    let readers = "SELECT count(*) FROM system_reader WHERE client_id = 'blue'";
    assert_eq!(house.raw.number(readers).await, 3);
    let file = manifest["output"][0]["url"].as_str().unwrap().to_owned();

    // Rosa keeps everything from the plan, Lucia her laboratory results. They paid: no plan gets it, however they call theirs.
    let rosa = (actor(&house, "rosa").await, patient(&house, "rosa").await);
    let lucia = (actor(&house, "lucia").await, patient(&house, "lucia").await);
    let labs = Some(BTreeSet::from([Category::Labs]));
    let blue = Ask { party: "Blue Cross".into(), ..wish(None) };
    for ((actor, patient), ask) in [(&rosa, blue), (&lucia, wish(labs))] {
        consents::ask(&house.app, actor, (*patient, consents::once(&house.app), ask)).await.unwrap();
    }
    assert_eq!(
        system.call((Method::GET, &file), &token).await.status(),
        410,
        "what was made before is closed"
    );
    system.call((Method::DELETE, &place), &token).await;

    house.mail.clear();
    let (_, manifest) = system.export("/fhir/Group/plan/$export", &token).await;
    assert_eq!(house.raw.number(readers).await, 3);
    let to_her = house.mail.messages();
    let mut to_her = to_her.iter().filter(|mail| mail.to.concat().contains(rosas.as_str()));
    let again = to_her.any(|mail| mail.subject().contains("A system has begun"));
    assert!(!again, "once");
    let all = system.files((&manifest, "output"), &token).await;
    let (hers, other) = (&house.person("rosa").patient_id, &house.person("lucia").patient_id);
    assert!(!all.iter().any(|one| one.to_string().contains(&format!("Patient/{hers}\""))), "nothing of hers");
    let ids: BTreeSet<&str> = of(&all, "Patient").map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    let labs_of = |id: &str| {
        let about = format!("Patient/{id}");
        of(&all, "Observation")
            .filter(|one| one["subject"]["reference"] == about.as_str())
            .filter(|one| one["category"].to_string().contains("\"laboratory\""))
            .count()
    };
    assert_eq!(labs_of(other), 0, "these laboratory results stay");
    assert!(
        of(&all, "Encounter").any(|one| one["subject"]["reference"] == format!("Patient/{other}")),
        "the rest goes"
    );
    let errors = system.files((&manifest, "error"), &token).await;
    assert_eq!(errors.len(), 1);
    assert_eq!(
        (&errors[0]["issue"][0]["severity"], &errors[0]["issue"][0]["code"]),
        (&"information".into(), &"suppressed".into())
    );
    assert!(
        errors[0].to_string().contains("1 of the people") && !errors[0].to_string().contains(&**hers),
        "how many, not who"
    );
    assert_eq!(api::fhir::check::check(&errors[0]), vec![]);

    // Of people whom the system names, it does not learn who asked: with her alone, and with her among others.
    for (named, people) in [(vec![hers], 0), (vec![hers, other], 1)] {
        let params: Vec<Value> = named
            .iter()
            .map(|id| json!({"name": "patient", "valueReference": {"reference": format!("Patient/{id}")}}))
            .collect();
        let begun = system
            .http
            .post(system.at("/fhir/Group/plan/$export"))
            .bearer_auth(&token)
            .header("accept", "application/fhir+json")
            .header("prefer", "respond-async")
            .header("content-type", "application/fhir+json")
            .body(json!({"resourceType": "Parameters", "parameter": params}).to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(begun.status(), 202);
        let place = begun.headers()["content-location"].to_str().unwrap().to_owned();
        let manifest = system.wait(&place, &token).await;
        assert_eq!(manifest["error"], json!([]), "{manifest}");
        let all = system.files((&manifest, "output"), &token).await;
        assert_eq!(of(&all, "Patient").count(), people);
        system.call((Method::DELETE, &place), &token).await;
    }
    house.close().await;
}

/// After the notice of the clinic the plan gets what came since, and nothing of what was there before.
async fn a_notice_lets_go_what_is_new(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let plan = Recipient::HealthPlan("Blue Plan (synthetic)".into());
    make(&house, ("plan", Purpose::Payment, plan, vec![]), &["rosa"]).await;
    let system = System::register(&house, ("blue", ALL), &["plan"]).await;
    let token = system.token(ALL).await;
    let (rosa, own) = (patient(&house, "rosa").await, actor(&house, "rosa").await);
    let ask = Ask { paid_in_full: false, ..wish(None) };
    let id = consents::ask(&house.app, &own, (rosa, consents::once(&house.app), ask)).await.unwrap();
    let by = (None, "Petra Officer (synthetic)");
    consents::answer(&house.app, (id, Answer::Agreed, ""), by).await.unwrap();
    let exported = async || {
        let (place, manifest) = system.export("/fhir/Group/plan/$export", &token).await;
        let all = system.files((&manifest, "output"), &token).await;
        system.call((Method::DELETE, &place), &token).await;
        ["Patient", "Observation", "Encounter"].map(|kind| of(&all, kind).count())
    };
    assert_eq!(exported().await, [0, 0, 0], "nothing of hers");
    consents::end_for_person(&house.app, (id, Ender::Notice, "The system changes"), by).await.unwrap();
    assert_eq!(exported().await, [1, 0, 0], "what was there before stays limited");
    let one = format!(
        "(SELECT MIN(i.rid) FROM item i JOIN resource r ON r.rid = i.rid WHERE i.patient_no = {rosa} \
         AND r.type = 'Observation' AND i.labels = 0)"
    );
    let [rid] = &house.raw.texts(&format!("SELECT CAST({one} AS TEXT)")).await[..] else { panic!() };
    for table in ["item", "resource"] {
        let sql = format!(
            "UPDATE {table} SET received_at = (SELECT MAX(ended_at) + 1 FROM restriction) WHERE rid = {rid}"
        );
        house.raw.run(&sql).await.unwrap();
    }
    assert_eq!(exported().await, [1, 1, 0], "what came since goes, with whose it is");
    house.close().await;
}

async fn what_is_protected_stays(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    let rosa = patient(&house, "rosa").await;
    // Each label once, on things that are exported.
    let rids = house
        .raw
        .texts(&format!(
            "SELECT CAST(i.rid AS TEXT) FROM item i JOIN resource r ON r.rid = i.rid \
             WHERE i.patient_no = {rosa} AND r.type = 'Observation' AND i.labels = 0 ORDER BY i.rid LIMIT 11"
        ))
        .await;
    assert_eq!(rids.len(), 11);
    for (n, rid) in rids.iter().enumerate() {
        house.raw.run(&format!("UPDATE item SET labels = {} WHERE rid = {rid}", 1 << n)).await.unwrap();
    }
    let other = || Recipient::Other("Lakeside Care (synthetic)".into());
    use api::fhir::sensitivity::Label;
    make(&house, ("bare", Purpose::Treatment, other(), vec![]), &["rosa"]).await;
    make(
        &house,
        ("more", Purpose::Treatment, other(), vec![Label::Hiv, Label::SubstanceUse, Label::Unreviewed]),
        &["rosa"],
    )
    .await;
    let found = async |group: &str| -> BTreeSet<usize> {
        let system = System::register(&house, (&format!("system-{group}"), ALL), &[group]).await;
        let token = system.token(ALL).await;
        let path = format!("/fhir/Group/{group}/$export?_type=Observation");
        let (_, manifest) = system.export(&path, &token).await;
        // The notice goes with what may hold records of a program, and with nothing else (42 CFR 2.32).
        let notice = manifest["extension"].to_string();
        let said = ["42 CFR part 2 prohibits", "to Lakeside Care (synthetic) for treatment"];
        assert_eq!(said.map(|words| notice.contains(words)), [group == "more"; 2], "{manifest}");
        let all: Vec<Value> = system.files((&manifest, "output"), &token).await;
        let ids: BTreeSet<&str> = all.iter().map(|one| one["id"].as_str().unwrap()).collect();
        let mut there = BTreeSet::new();
        for (n, rid) in rids.iter().enumerate() {
            let id = house.raw.texts(&format!("SELECT id FROM resource WHERE rid = {rid}")).await.remove(0);
            if ids.contains(id.as_str()) {
                there.insert(n);
            }
        }
        there
    };
    assert_eq!(found("bare").await, BTreeSet::new(), "nothing protected");
    let settled = BTreeSet::from([Label::Hiv as usize, Label::Unreviewed as usize]);
    assert_eq!(found("more").await, settled, "what was settled; of substance use only with a consent");
    house.close().await;
}

async fn a_system_without_an_agreement_gets_nothing(kind: Kind) {
    let house = House::with(kind, |config| config.server.work = false).await;
    house.gather("rosa").await;
    make(
        &house,
        ("one", Purpose::Operations, Recipient::Other("Lake (synthetic)".into()), vec![]),
        &["rosa"],
    )
    .await;
    let system = System::register(&house, ("lake", ALL), &["one"]).await;
    let ask = || KickOff {
        level: Level::Group("one".into()),
        params: vec![],
        form: Form::Query,
        handling: Handling::Strict,
        url: "x".into(),
    };
    let access = system.access(ALL, &["one"]);
    let entries = house.entries().await;

    // Suspended while its export waits: nothing is built.
    let id = bulk::kick_off(&house.app, &access, ask()).await.unwrap();
    house
        .raw
        .run("UPDATE app_client SET suspended_at = 1, suspended_why = 'x' WHERE id = 'lake'")
        .await
        .unwrap();
    bulk::build(&house.app, id).await.unwrap();
    assert!(bulk::status(&house.app, &access, id).await.is_err(), "it is gone");
    house
        .raw
        .run("UPDATE app_client SET suspended_at = NULL, suspended_why = NULL WHERE id = 'lake'")
        .await
        .unwrap();

    // Nobody is in the group any more by then.
    let id = bulk::kick_off(&house.app, &access, ask()).await.unwrap();
    set(&house, "one", &[]).await;
    bulk::build(&house.app, id).await.unwrap();
    let Standing::Ready(manifest) = bulk::status(&house.app, &access, id).await.unwrap() else { panic!() };
    assert_eq!(manifest.files, vec![]);
    bulk::build(&house.app, id).await.unwrap();
    assert_eq!(house.entries().await, entries, "nothing left, nothing is told");
    house.close().await;
}

/// A system reads for the first time: the living are told, and no mailbox of somebody who died.
async fn nobody_who_died_is_written_to(kind: Kind) {
    let house = House::with(kind, |config| config.server.work = false).await;
    let work = async || while api::worker::next(&house.app).await.unwrap() {};
    drop((house.linked("rosa").await, house.linked("sam").await));
    let lake = Recipient::Other("Lake (synthetic)".into());
    make(&house, ("one", Purpose::Operations, lake, vec![]), &["rosa", "sam"]).await;
    let system = System::register(&house, ("lake", ALL), &["one"]).await;
    work().await;
    house.mail.clear();
    let rosa = patient(&house, "rosa").await.0;
    house.raw.run(&format!("UPDATE patient SET deceased = 'true' WHERE patient_no = {rosa}")).await.unwrap();
    let ask = KickOff {
        level: Level::Group("one".into()),
        params: vec![],
        form: Form::Query,
        handling: Handling::Strict,
        url: "x".into(),
    };
    bulk::kick_off(&house.app, &system.access(ALL, &["one"]), ask).await.unwrap();
    work().await;
    let mails = house.mail.messages();
    let to: Vec<String> = mails.iter().map(|mail| mail.to.concat()).collect();
    assert!(to.len() == 1 && to[0].contains(&house.person("sam").email), "{to:?}");
    house.close().await;
}
