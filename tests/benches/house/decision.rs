//! What deciding and the lens cost of reading a whole record.

use std::time::{Duration, Instant};

use api::base::PatientNo;
use api::fhir::sensitivity::{Label, Labels};
use api::identity::Actor;
use api::records::{
    self,
    api::{everything, portion},
};
use api::representation::{
    self, Ask, By, Evidence, Incapacity, Kind as Authority, Lens, Office, Proof, Scope,
};
use api::smart::Access;

use crate::harness::House;
use crate::meter::Spread;
use crate::{LARGEST, fhir};

/// What deciding, the lens, and hiding what bears a label cost of reading a whole record.
pub async fn decision(house: &House, patient: PatientNo, tell: &impl Fn(&str, String)) {
    let actor = agent(house, patient).await;
    let access = fhir::access(&actor, (patient, LARGEST));
    deciding(house, &access, tell).await;
    hiding(house, &access, tell).await;
}

/// What decisions and the lens cost of reading a whole record, in one run and in turns: its bytes read as they are, and
/// with what the lens adds to each statement; the decision about somebody who acts for the person; and the whole record
/// as their app gets it, which is decided about before each portion.
async fn deciding(house: &House, access: &Access, tell: &impl Fn(&str, String)) {
    const ROUNDS: usize = 40;
    let (low, high) = access.patient.range();
    let rids = house
        .raw
        .texts(&format!("SELECT CAST(rid AS TEXT) FROM item WHERE rid BETWEEN {low} AND {high} ORDER BY rid"))
        .await;
    // As the service reads: by a list of keys, in the order of the list.
    let plain = format!(
        "SELECT r.body FROM json_each('[[{}]]') a CROSS JOIN resource r CROSS JOIN item i \
         WHERE r.rid = CAST(a.value ->> 0 AS BIGINT) AND i.rid = r.rid",
        rids.join("],[")
    );
    let hidden = Lens::OWN.hidden.0;
    let seen = format!(
        "{plain} AND (i.labels & {hidden}) = 0 AND ((CAST(1 AS BIGINT) << CAST(i.category AS INTEGER)) & -1) <> 0 \
         AND (i.sort_at + 0 BETWEEN {} AND {} OR i.category = 15)",
        i64::MIN + 1,
        i64::MAX
    );
    let (mut plains, mut seens, mut checks, mut wholes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut portions = 0_u32;
    for round in 0..ROUNDS + 5 {
        let started = Instant::now();
        let rows = house.raw.blobs(&plain).await.len();
        let first = started.elapsed();
        let started = Instant::now();
        let through = house.raw.blobs(&seen).await.len();
        let second = started.elapsed();
        assert!(rows > 3_000 && through > 3_000);
        // What a first one finds in no cache belongs to the reading before it.
        decide(house, access).await;
        let started = Instant::now();
        for _ in 0..10 {
            decide(house, access).await;
        }
        let decided = started.elapsed() / 10;
        let whole;
        (whole, portions) = read(house, access).await;
        // What warms up does so for all.
        if round >= 5 {
            plains.push(first);
            seens.push(second);
            checks.push(decided);
            wholes.push(whole);
        }
    }
    let middle = |times| Spread::of(times).at(50);
    let (plain, seen, check, whole) = (middle(plains), middle(seens), middle(checks), middle(wholes));
    let share = (check * f64::from(portions) + seen - plain) / whole * 100.0;
    tell(
        "decisions and lens, in reading a record of 3,177 resources for an app",
        format!(
            "{share:.1} % of {whole:.1} ms: {portions} decisions of {check:.2} ms, and {:.2} ms that the lens adds",
            seen - plain
        ),
    );
}

/// What taking out costs that names something hidden: the whole record for an app from which nothing is hidden, one from
/// which labels are that nothing bears, and one from which a visit is; in one run and in turns.
async fn hiding(house: &House, open: &Access, tell: &impl Fn(&str, String)) {
    const ROUNDS: usize = 20;
    let (low, high) = open.patient.range();
    let visit = house
        .raw
        .texts(&format!(
            "SELECT CAST(min(rid) AS TEXT) FROM resource WHERE type = 'Encounter' AND rid BETWEEN {low} AND {high}"
        ))
        .await
        .remove(0);
    let marked = (Label::Hiv, true, "for the benchmark (synthetic)");
    records::change_label(
        &house.app,
        (None, "Bench"),
        (open.patient, house.address(&visit).parse().unwrap()),
        marked,
    )
    .await
    .unwrap();
    let without = |label| Access {
        lens: Lens { hidden: Labels::default().with(label), ..Lens::WHOLE },
        ..open.clone()
    };
    let readers = [open.clone(), without(Label::Genetic), without(Label::Hiv)];
    let mut times = [const { Vec::new() }; 3];
    for round in 0..ROUNDS + 3 {
        for (reader, times) in readers.iter().zip(&mut times) {
            let took = read(house, reader).await.0;
            if round >= 3 {
                times.push(took);
            }
        }
    }
    let [open, unborne, borne] = times.map(|times| Spread::of(times).at(50));
    tell(
        "what is hidden by labels, in reading the same record",
        format!(
            "{open:.1} ms where nothing is hidden from the app; {unborne:.1} ms where a label is that nothing bears; \
             {borne:.1} ms where a visit bears it"
        ),
    );
}

/// The whole record as an app gets it: how long it took, and in how many portions it came.
async fn read(house: &House, access: &Access) -> (Duration, u32) {
    let started = Instant::now();
    let mut all = everything(&house.app, access, (LARGEST, vec![])).await.unwrap();
    // The beginning is decided about too; the last piece closes the answer, and is not.
    let mut portions = 0;
    while portion(&mut all).await.unwrap().is_some() {
        portions += 1;
    }
    (started.elapsed(), portions)
}

async fn decide(house: &House, access: &Access) {
    let mut tx = house.app.db.read().await.unwrap();
    let permit = api::visibility::check_app(&house.app, &mut tx, access).await.unwrap();
    // All but what a program recorded, which takes the person's own consent (42 CFR 2.31).
    assert_eq!(permit.lens().categories, Lens::WHOLE.categories);
}

/// Somebody who holds a health-care power of attorney over a record.
async fn agent(house: &House, patient: PatientNo) -> Actor {
    let browser = house.signed_in("walter").await;
    let actor = fhir::actor(&house.app, &browser).await;
    let ask = Ask {
        // The name of the account: another one would wait until the desk confirms it.
        name: actor.name.clone(),
        kind: Authority::HealthCareAgent,
        evidence: Evidence { proof: Proof::PowerOfAttorney, note: "seen (synthetic)".into() },
        scope: Scope::WHOLE,
        starts: None,
        until: None,
        incapacity: Incapacity::NotNeeded,
        review: None,
    };
    let by = By { account: None, name: "Desk (synthetic)", office: Office::PrivacyOfficer };
    let code = representation::desk::appoint(&house.app, &by, (patient, ask)).await.unwrap().code;
    representation::accept(&house.app, &actor, &code).await.unwrap();
    actor
}
