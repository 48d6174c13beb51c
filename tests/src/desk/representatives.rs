//! Somebody who acts for a patient, appointed at the desk: the papers are checked as those of a claim, what is given is read
//! once more, and the code is shown once.

use api::config::Value;
use api::representation::{Kind as Authority, Scope};

use super::{found, main};
use crate::acting::appointed;
use crate::harness::client::Page;
use crate::harness::{House, Kind, on_both_databases};
use crate::law::rule;
use crate::people::claims;

on_both_databases!(
    a_parent_is_appointed_and_comes_in_by_the_code,
    after_a_decline_two_sign_for_who_is_appointed,
    a_minor_is_emancipated_by_what_counts_here,
    the_law_of_the_place_is_said_beside_a_right,
    a_spouse_sees_nothing_while_the_patient_decides,
    a_claim_of_family_stands_beside_no_appointment,
);

const CHECK: &str = "#appoint";
const CONFIRM: &str = "#confirm";
const DECIDE: &str = "form[action^='/staff/authorities/']";
const ENTER: &str = "form[action='/people/code']";
const AUTHORITIES: &str = "SELECT count(*) FROM authority";
const FILL: [(&str, &str); 4] = [
    ("kind", "parent"),
    ("proof", "birth-certificate"),
    ("name", "Elena Harper"),
    ("note", "State seal, and her driver licence"),
];

/// The code that a page shows.
fn shown(page: &Page) -> String {
    assert_eq!(page.status, 201, "{}", main(page));
    page.all("#given-code").concat().trim().to_owned()
}

async fn a_parent_is_appointed_and_comes_in_by_the_code(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("mia").await;
    let mut clerk = house.desk("clerk").await;
    let card = found(&house, &mut clerk, "mia").await;
    let link = card.attributes("main a[href$='/representatives/new']", "href").remove(0);
    let form = clerk.get(&link).await;
    assert_eq!(form.status, 200);

    for (field, value) in [
        ("kind", ""),
        ("kind", "health-care-agent"),
        ("proof", ""),
        ("proof", "power-of-attorney"),
        ("name", ""),
        ("note", ""),
        ("until", "2020-01-01"),
        ("labels", "xyz"),
    ] {
        let wrong: Vec<_> = FILL.iter().copied().filter(|(name, _)| *name != field).collect();
        let wrong = [wrong, vec![(field, value)]].concat();
        let page = clerk.submit(&form, CHECK, &wrong).await;
        assert_eq!(page.status, 422, "{field}: {}", main(&page));
        assert_eq!(page.all(&format!("#{field}-problem")).len(), 1, "{field}: {}", page.text);
    }
    // A court's paper is for the privacy officer.
    let court = [FILL[0], ("proof", "court-order"), FILL[2], FILL[3]];
    let refused = clerk.submit(&form, CHECK, &court).await;
    assert_eq!((refused.status, refused.all("#proof-problem").len()), (403, 1), "{}", main(&refused));
    assert_eq!(refused.all("#note").concat(), FILL[3].1, "what was typed is there");

    let confirm = clerk.submit(&form, CHECK, &FILL).await;
    for words in ["Elena Harper", "birth certificate", "State seal", "All parts of the record, but"] {
        assert!(main(&confirm).contains(words), "{words}: {}", main(&confirm));
    }
    assert!(confirm.all(".whose").concat().contains("Mia"), "whose record it is");
    let back = [("back", "yes")];
    let (action, fields) = (format!("{}/representatives/check", card.path), confirm.form(CONFIRM).2);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain(back).collect();
    let form_again = clerk.plain_post(&action, &fields).await;
    assert_eq!(form_again.attributes("#name", "value"), ["Elena Harper"]);
    // What was not read once more is not given.
    let unread: Vec<_> = fields.iter().copied().filter(|(n, _)| !["confirmed", "back"].contains(n)).collect();
    let asked = clerk.plain_post(&format!("{}/representatives", card.path), &unread).await;
    assert_eq!((asked.status, asked.all(CONFIRM).len()), (200, 1), "{}", main(&asked));
    assert_eq!(house.raw.number(AUTHORITIES).await, 0, "nothing was done yet");

    let made = clerk.submit(&confirm, CONFIRM, &[]).await;
    let code = shown(&made);
    assert_eq!(code.len(), 19, "{code}");
    assert!(main(&made).contains("/people/code") && made.all("#waits").is_empty(), "{}", main(&made));
    let right = made.attributes("main a[href^='/staff/authorities/']", "href").remove(0);
    // Sent again it is neither a second right nor the code once more.
    let again = clerk.submit(&confirm, CONFIRM, &[]).await;
    assert!(again.path.starts_with("/staff/authorities") && !again.text.contains(&code), "{}", again.path);
    assert!(again.all("#before").concat().contains("This was done already"), "{}", main(&again));
    assert!(again.attributes("main a", "href").contains(&right), "whose list it is");
    assert_eq!(house.raw.number(AUTHORITIES).await, 1);
    assert!(main(&clerk.get(&right).await).contains("State seal"));

    // Who appoints the same parent once more is told, with where it stands, and does it knowingly only.
    let form = clerk.get(&link).await;
    let confirm = clerk.submit(&form, CHECK, &FILL).await;
    assert_eq!(confirm.attributes("#already a", "href"), [right.as_str()], "{}", main(&confirm));
    let unknowing = clerk.submit(&confirm, CONFIRM, &[]).await;
    assert_eq!((unknowing.status, unknowing.all("#knowing-problem").len()), (422, 1), "{}", main(&unknowing));
    assert_eq!(house.raw.number(AUTHORITIES).await, 1);
    let other = [("kind", "loco-parentis"), ("proof", "caregiver-affidavit"), FILL[2], FILL[3]];
    let beside = clerk.submit(&form, CHECK, &other).await;
    assert_eq!(beside.attributes("#already a", "href"), [right.as_str()], "{}", main(&beside));
    assert!(beside.all("#knowing").is_empty(), "another right needs no more");
    let second = clerk.submit(&unknowing, CONFIRM, &[("knowing", "yes")]).await;
    assert_ne!(shown(&second), code);
    assert_eq!(house.raw.number(AUTHORITIES).await, 2);

    // Who made it does not come in by it.
    let enter = clerk.get("/people/code").await;
    let refused = clerk.submit(&enter, ENTER, &[("code", &code)]).await;
    assert_eq!((refused.status, refused.all("#code-problem").len()), (422, 1), "{}", main(&refused));
    let mut elena = house.signed_in("elena").await;
    let enter = elena.get("/people/code").await;
    let taken = elena.submit(&enter, ENTER, &[("code", &code)]).await;
    assert!(main(&taken).contains("Open the record of Mia"), "{}", main(&taken));
    house.close().await;
}

/// Rosa says that she acts for Mia. Whoever appoints her is told, but not Dana, who is of Rosa's family and is refused the
/// claim itself; nor does it hold up what she does.
async fn a_claim_of_family_stands_beside_no_appointment(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("mia").await;
    let (rosa, mia) = (house.person("rosa"), house.person("mia"));
    let (name, person) = (format!("{} {}", rosa.given, rosa.family), format!("{} {}", mia.given, mia.family));
    let born = mia.birth_date.to_string();
    let mut claimant = house.linked("rosa").await;
    let said = [("kind", "parent"), ("name", &*name), ("person", &*person), ("birth_date", &*born)];
    let claim = claims(&mut claimant, &said).await;
    assert!(claim.path.starts_with("/people/claims/"), "{}", main(&claim));
    let fill = [FILL[0], FILL[1], ("name", &*name), FILL[3]];
    for (key, told) in [("clerk", 1), ("dana", 0)] {
        let mut desk = house.desk(key).await;
        let card = found(&house, &mut desk, "mia").await;
        let form = desk.get(&format!("{}/representatives/new", card.path)).await;
        let confirm = desk.submit(&form, CHECK, &fill).await;
        assert_eq!((confirm.status, confirm.all(CONFIRM).len()), (200, 1), "{key}: {}", main(&confirm));
        let links = confirm.attributes("#already a", "href");
        assert_eq!(links.len(), told, "{key}: {}", main(&confirm));
        for link in &links {
            assert!(link.starts_with("/staff/claims/") && desk.get(link).await.status == 200, "{link}");
        }
        assert_eq!(confirm.all("#knowing").len(), told, "{key}: {}", main(&confirm));
        if told > 0 {
            let unknowing = desk.submit(&confirm, CONFIRM, &[]).await;
            assert_eq!((unknowing.status, unknowing.all("#knowing-problem").len()), (422, 1));
        } else {
            let made = desk.submit(&confirm, CONFIRM, &[]).await;
            shown(&made);
        }
    }
    house.close().await;
}

async fn after_a_decline_two_sign_for_who_is_appointed(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("mia").await;
    house.signed_in("newton").await;
    let first = appointed(&house, ("newton", Authority::Parent), "mia", Scope::WHOLE).await;
    let (mut clinician, mut officer) = (house.desk("clinician").await, house.desk("privacy").await);
    let decline = [("act", "decline"), ("why", "The child is afraid of them")];
    for who in [&mut clinician, &mut officer] {
        found(&house, who, "mia").await;
        let page = who.get(&format!("/staff/authorities/{first}")).await;
        who.submit(&page, DECIDE, &decline).await;
    }
    let mut clerk = house.desk("clerk").await;
    let card = found(&house, &mut clerk, "mia").await;
    let path = format!("{}/representatives/new", card.path);
    let form = clerk.get(&path).await;
    let confirm = clerk.submit(&form, CHECK, &FILL).await;
    assert_eq!(confirm.attributes("#earlier a", "href"), [format!("/staff/authorities/{first}")]);
    assert!(confirm.all("#despite").is_empty());
    assert_eq!(clerk.submit(&confirm, CONFIRM, &[]).await.status, 403);

    let form = officer.get(&path).await;
    let confirm = officer.submit(&form, CHECK, &FILL).await;
    for words in ["", "no"] {
        let wordless = officer.submit(&confirm, CONFIRM, &[("despite", words)]).await;
        assert_eq!(
            (wordless.status, wordless.all("#despite-problem").len()),
            (422, 1),
            "{}",
            main(&wordless)
        );
    }
    assert_eq!(house.raw.number(AUTHORITIES).await, 1, "nothing was done yet");
    let why = [("despite", "It is the mother, who lives with the child")];
    let made = officer.submit(&confirm, CONFIRM, &why).await;
    let code = shown(&made);
    assert!(made.all("#waits").concat().contains("a clinician must sign as well"), "{}", main(&made));
    let right = made.attributes("main a[href^='/staff/authorities/']", "href").remove(0);

    let mut elena = house.signed_in("elena").await;
    let enter = elena.get("/people/code").await;
    let taken = elena.submit(&enter, ENTER, &[("code", &code)]).await;
    assert!(!main(&taken).contains("Open the record"), "{}", main(&taken));
    let page = clinician.get(&right).await;
    let signed = [("act", "resume"), ("why", "I spoke with the child")];
    clinician.submit(&page, DECIDE, &signed).await;
    assert!(main(&elena.get("/people").await).contains("Open the record of Mia"));
    house.close().await;
}

async fn a_minor_is_emancipated_by_what_counts_here(kind: Kind) {
    let words = ["military", "court-order"].map(str::to_owned);
    let set = rule("minors.emancipation_kinds", Value::Words(words.into()));
    let house = House::with(kind, |config| config.law.rule.push(set)).await;
    house.gather("jordan").await;
    house.signed_in("newton").await;
    let parent = appointed(&house, ("newton", Authority::Parent), "jordan", Scope::WHOLE).await;
    let mut clerk = house.desk("clerk").await;
    let mut officer = house.desk("privacy").await;
    for who in [&mut clerk, &mut officer] {
        found(&house, who, "jordan").await;
    }
    let path = format!("/staff/authorities/{parent}");
    assert!(clerk.get(&path).await.all("#emancipation").is_empty(), "it is not a clerk's");
    let form = officer.get(&path).await;
    assert_eq!(form.attributes("#emancipation option", "value"), ["", "court-order", "military"]);
    assert!(form.all("#emancipation-hint").concat().contains("Invented Code 1.2"), "{}", main(&form));
    let why = "They married in May";
    for wrong in ["", "marriage", "divorce"] {
        let fill = [("act", "emancipate"), ("why", why), ("emancipation", wrong)];
        let page = officer.submit(&form, DECIDE, &fill).await;
        let problem = page.all("#emancipation-problem");
        assert_eq!((page.status, problem.len()), (422, 1), "{wrong}: {}", main(&page));
        assert_eq!(
            problem[0].contains("The law here does not count this"),
            wrong == "marriage",
            "{problem:?}"
        );
        assert_eq!(page.all("#why").concat().trim(), why, "what was typed is there");
        assert_eq!(page.attributes("#act option[selected]", "value"), ["emancipate"]);
    }
    let order = [("act", "emancipate"), ("why", "The order of 2 May"), ("emancipation", "court-order")];
    let done = officer.submit(&form, DECIDE, &order).await;
    assert!(main(&done).contains("the law treats the person as an adult"), "{}", main(&done));
    assert!(main(&done).contains("What made it so: an order of a court"), "{}", main(&done));
    house.close().await;
}

/// No source tells who has custody, or who is next of kin: staff check it by hand, and read what to check.
async fn the_law_of_the_place_is_said_beside_a_right(kind: Kind) {
    let words = |words: [&str; 2]| Value::Words(words.map(str::to_owned).into());
    let set = [
        rule("minors.noncustodial_parent", Value::Word("by-order-only".into())),
        rule("representative.surrogate_order", words(["a spouse", "an adult child"])),
        rule("representative.estate_without_probate", words(["spouse", "sibling"])),
    ];
    let house = House::with(kind, |config| config.law.rule.extend(set)).await;
    house.gather("mia").await;
    let mut clerk = house.desk("clerk").await;
    let card = found(&house, &mut clerk, "mia").await;
    let form = clerk.get(&format!("{}/representatives/new", card.path)).await;
    assert!(form.all("#law").is_empty(), "nothing is chosen yet");
    let custody = "Ask who has custody (Invented Code 1.2, US-XX)";
    for (kind, proof, status, said) in [
        ("parent", "birth-certificate", 200, custody),
        ("loco-parentis", "caregiver-affidavit", 200, ""),
        // Neither is for a child, and the form that comes back says what the law asks.
        ("surrogate", "surrogate-statement", 422, "in this order: a spouse and an adult child (Invented"),
        ("estate", "small-estate", 422, "husband or wife and brother or sister (Invented"),
    ] {
        let fill = [("kind", kind), ("proof", proof), FILL[2], FILL[3]];
        let page = clerk.submit(&form, CHECK, &fill).await;
        let law = page.all("#law");
        assert_eq!(
            (page.status, law.len()),
            (status, usize::from(!said.is_empty())),
            "{kind}: {}",
            main(&page)
        );
        assert!(law.concat().contains(said), "{kind}: {law:?}");
    }
    let mut elena = house.signed_in("elena").await;
    let born = house.person("mia").birth_date.to_string();
    claims(&mut elena, &[("kind", "parent"), ("person", "Mia Harper"), ("birth_date", &born)]).await;
    let list = clerk.get("/staff/claims").await;
    let claim = clerk.get(&list.attributes("main .lines a.title", "href").remove(0)).await;
    assert!(claim.all("#law").concat().contains(custody), "{}", main(&claim));
    house.close().await;
}

/// That somebody is a spouse shows nothing of the record of an adult who decides for themselves (45 CFR 164.502(g)(2)).
async fn a_spouse_sees_nothing_while_the_patient_decides(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    let mut clerk = house.desk("clerk").await;
    let card = found(&house, &mut clerk, "rosa").await;
    let form = clerk.get(&format!("{}/representatives/new", card.path)).await;
    let by =
        |proof| [("kind", "surrogate"), ("proof", proof), ("name", "Elena Harper"), ("note", "Seen by me")];
    let refused = clerk.submit(&form, CHECK, &by("marriage")).await;
    assert_eq!((refused.status, refused.all("#proof-problem").len()), (422, 1), "{}", main(&refused));
    assert!(refused.text.contains("only that they are a relative"), "{}", main(&refused));
    let confirm = clerk.submit(&form, CHECK, &by("surrogate-statement")).await;
    assert!(main(&confirm).contains("Only when somebody certifies"), "{}", main(&confirm));
    let made = clerk.submit(&confirm, CONFIRM, &[]).await;
    let code = shown(&made);
    let right = made.attributes("main a[href^='/staff/authorities/']", "href").remove(0);

    let mut elena = house.signed_in("elena").await;
    let enter = elena.get("/people/code").await;
    elena.submit(&enter, ENTER, &[("code", &code)]).await;
    let waits = main(&elena.get("/people").await);
    assert!(waits.contains("Waits until a doctor says") && !waits.contains("Open the record"), "{waits}");

    let mut clinician = house.desk("clinician").await;
    found(&house, &mut clinician, "rosa").await;
    let page = clinician.get(&right).await;
    clinician.submit(&page, DECIDE, &[("act", "certify"), ("why", "Two doctors signed")]).await;
    assert!(main(&elena.get("/people").await).contains("Open the record of Rosa"));
    house.close().await;
}
