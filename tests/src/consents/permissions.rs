//! Permissions: each missing element is named beside its field and nothing typed is lost; the exact text is signed by
//! somebody who signed in just now; taking back counts at once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use api::base::{ConsentId, PatientNo};
use api::config::Act;
use api::consents::{self, Choice, Disclosure, Party, Purpose, Signer, Terms};
use api::fhir::sensitivity::{Label, Labels, Service};
use api::representation::{Kind as Authority, Scope};

use super::{LEE, begun, main, name_on, number, signed};
use crate::acting::{actor, appointed, appointed_as, full_name, limited, patient};
use crate::harness::{House, Kind, PATIENCE, on_both_databases};
use crate::law::{paper, recorded, rule};

on_both_databases!(
    a_permission_step_by_step,
    nothing_typed_is_lost_over_a_sign_in,
    the_settings_say_what_signing_needs,
    what_was_signed_does_not_change,
    taking_back_counts_at_once,
    nobody_else_learns_of_it,
    what_is_shared_for_care_says_more,
    notes_that_are_kept_apart_stand_alone,
    nobody_signs_with_anothers_name,
    nothing_hides_in_what_is_signed,
    a_parent_signs_in_the_childs_place,
    two_that_differ_are_refused_and_told,
    a_minor_signs_as_the_law_says,
    a_minor_signs_for_what_they_sought_alone,
);

async fn a_permission_step_by_step(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let empty = rosa.get("/privacy").await;
    assert!(main(&empty).contains("No permission is in force"), "{}", main(&empty));
    let form = rosa.get("/privacy/permissions/new").await;
    let page = rosa.submit(&form, "form[action='/privacy/permissions/new']", &[]).await;
    assert_eq!(
        (page.status, page.all("#kind-problem").concat().as_str()),
        (422, "Choose what you want to allow.")
    );

    let terms = begun(&mut rosa, "hipaa-508").await;
    assert!(
        terms.all("#preview").concat().contains("Press the button"),
        "nothing is counted before it is asked"
    );
    let page = rosa
        .submit(
            &terms,
            "#terms-form",
            &[("address", "1 Hill Street"), ("what", "some"), ("from", "2020-01-01")],
        )
        .await;
    assert_eq!(page.status, 422);
    for (field, words) in [
        ("recipient", "Write the name of who receives it."),
        ("categories", "Tick at least one part"),
        ("purposes", "Tick what it is for."),
        ("until", "Choose until when"),
    ] {
        let problem = page.all(&format!("#{field}-problem")).concat();
        assert!(problem.contains(words), "{field}: {problem}");
        assert!(page.attributes(".summary a", "href").contains(&format!("#{field}")), "{field}");
    }
    assert_eq!(page.attributes("#address", "value"), ["1 Hill Street"], "what was typed stays");
    assert_eq!(page.attributes("#from", "value"), ["2020-01-01"]);

    // What would show nothing is not led to the text without a word: it is asked once whether that is meant.
    let fill = [("what", "all"), ("from", "2199-01-01"), LEE[0], LEE[1], LEE[2], LEE[3]];
    let page = rosa.submit(&terms, "#terms-form", &fill).await;
    assert_eq!((page.status, page.all("#labels-problem, #from-problem").len()), (422, 1), "{}", main(&page));
    let meant = rosa.submit(&page, "#terms-form", &[]).await;
    assert!(meant.path.ends_with("/sign"), "{}", main(&meant));
    let left_out = "Notes and documents in free text that nobody has sorted are left out";
    assert!(meant.all("#exact-text").concat().contains(left_out), "{}", main(&meant));

    // A day that is over, and an end without its event.
    for (until, day) in [("day", "2001-01-01"), ("day", "soon"), ("event", "")] {
        let fill = [("what", "all"), ("until", until), ("until_day", day), LEE[0], LEE[1]];
        let page = rosa.submit(&terms, "#terms-form", &fill).await;
        assert_eq!(page.status, 422, "{until} {day}");
        assert_eq!(page.all(".problem").len(), 1, "{}", main(&page));
        assert!(!page.all("#until-problem").is_empty(), "{until} {day}");
    }

    // The look keeps what was typed, and says how much would be seen.
    let (_, _, mut fields) = terms.form("#terms-form");
    fields.extend(
        [("recipient", "Dr. Lee"), ("what", "some"), ("categories", "labs")]
            .map(|(a, b)| (a.into(), b.into())),
    );
    fields.retain(|(name, value)| {
        (name.as_str(), value.as_str()) != ("recipient", "")
            && (name.as_str(), value.as_str()) != ("what", "all")
    });
    let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let answer = rosa.plain_post(&format!("{}/look", terms.path), &fields).await;
    assert_eq!(answer.status, 303);
    let looked = rosa.get(&terms.path).await;
    let preview = looked.all("#preview p");
    assert!(preview[0].starts_with("With this choice, Dr. Lee would see "), "{preview:?}");
    assert!(preview.iter().any(|line| line.starts_with("Not seen in Medicines")), "{preview:?}");
    assert_eq!(looked.attributes("#recipient", "value"), ["Dr. Lee"]);

    // The text, the name, the signature.
    let text = rosa.submit(&looked, "#terms-form", &LEE[1..]).await;
    assert!(text.path.ends_with("/sign"), "{}", main(&text));
    assert_eq!(
        text.attributes("#sends a", "href"),
        ["/people", "/apps", "/access-log"],
        "what goes to others, and where it stands"
    );
    let sends = text.all("#sends p").join(" ");
    assert!(sends.contains("opens them here to those whom it names"), "{sends}");
    let exact = text.all("#exact-text p");
    for part in [
        "Rosa",
        "Who receives it: Dr. Lee.",
        "only lab results",
        "my care",
        "December 31, 2099",
        "take this back",
    ] {
        assert!(exact.join("\n").to_lowercase().contains(&part.to_lowercase()), "{part}: {exact:?}");
    }
    let unsigned = rosa.submit(&text, "#sign-form", &[("typed", " ")]).await;
    assert_eq!(unsigned.status, 422);
    assert!(unsigned.all("#typed-problem").concat().contains("Type your full name"));
    let stale = rosa.submit(&text, "#sign-form", &[("typed", "Rosa Delgado"), ("shown", "00")]).await;
    assert_eq!(stale.status, 409, "another text than the one that was shown is not signed");
    let page = rosa.submit(&text, "#sign-form", &[("typed", "Rosa Delgado")]).await;
    assert!(page.path.starts_with("/privacy/permissions/"), "{}", main(&page));
    assert_eq!(page.all("#exact-text p"), exact, "the text that is kept is the one that was shown");
    assert!(main(&page).contains("In force until December 31, 2099"), "{}", main(&page));
    assert!(page.all("#history li").concat().contains("signed it"));
    assert!(main(&page).contains("Nobody has seen or received anything here because of this permission"));
    // A second click is the same permission; a second permission for the same is refused.
    let again = rosa.submit(&text, "#sign-form", &[("typed", "Rosa Delgado")]).await;
    assert_eq!(again.path, page.path);
    assert_eq!(house.raw.number("SELECT count(*) FROM consent").await, 1);
    let other = begun(&mut rosa, "hipaa-508").await;
    let clash = rosa.submit(&other, "#terms-form", &LEE).await;
    assert!(clash.all("#recipient-problem").concat().contains("already"), "{}", main(&clash));
    assert_eq!(clash.attributes("#others a", "href"), [page.path], "the other one is named");
    house.close().await;
}

async fn nothing_typed_is_lost_over_a_sign_in(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let terms = begun(&mut rosa, "directive").await;
    let fill = [("recipient", "Aunt Ana"), ("address", "2 Elm Street")];
    let text = rosa.submit(&terms, "#terms-form", &fill).await;
    // The sign-in grows old while the text is read.
    house.raw.run("UPDATE session SET auth_time = auth_time - 1000000000").await.unwrap();
    let old = rosa.submit(&text, "#sign-form", &[("typed", "Rosa Delgado")]).await;
    assert_eq!(old.path, "/sign-in-again", "{}", old.text);
    assert_eq!(house.raw.number("SELECT count(*) FROM consent").await, 0);
    for table in ["consent_draft", "kept_form"] {
        let sealed = house.raw.blobs(&format!("SELECT fields FROM {table}")).await;
        let words = [&b"Aunt"[..], b"Elm", b"Rosa"];
        assert!(!sealed.is_empty());
        for (sealed, word) in sealed.iter().flat_map(|one| words.map(|word| (one, word))) {
            assert!(
                !sealed.windows(word.len()).any(|part| part == word),
                "{table}: what was typed is sealed"
            );
        }
    }
    let asked = rosa.submit(&old, "form[action='/sign-in-again']", &[]).await;
    let back = rosa.submit(&asked, "form:has(input[name='person'][value='demo-rosa'])", &[]).await;
    assert_eq!(back.path, text.path, "{}", back.text);
    assert!(back.all("#exact-text").concat().contains("Aunt Ana"));
    assert_eq!(back.attributes("#typed", "value"), ["Rosa Delgado"]);
    let page = rosa.submit(&back, "#sign-form", &[]).await;
    assert!(page.path.starts_with("/privacy/permissions/"), "{}", main(&page));
    assert!(page.all("#exact-text").concat().contains("164.524(c)(3)(ii)"));
    assert_eq!(house.raw.number("SELECT count(*) FROM kept_form").await, 0, "what was kept is done");

    // A form that nobody comes back to does not stay.
    begun(&mut rosa, "directive").await;
    consents::tidy(&house.app).await.unwrap();
    assert_eq!(house.raw.number("SELECT count(*) FROM consent_draft").await, 1);
    house.raw.run("UPDATE consent_draft SET expires_at = 1").await.unwrap();
    consents::tidy(&house.app).await.unwrap();
    assert_eq!(house.raw.number("SELECT count(*) FROM consent_draft").await, 0);
    house.close().await;
}

async fn the_settings_say_what_signing_needs(kind: Kind) {
    for (fresh_for, two_factors_for, asked) in [(vec![], vec![], false), (vec![], vec![Act::Sign], true)] {
        let house = House::with(kind, |config| {
            config.sessions.fresh_for = fresh_for.clone();
            config.sessions.two_factors_for = two_factors_for.clone();
        })
        .await;
        let mut rosa = house.linked("rosa").await;
        house.raw.run("UPDATE session SET auth_time = auth_time - 1000000000").await.unwrap();
        let terms = begun(&mut rosa, "hipaa-508").await;
        let text = rosa.submit(&terms, "#terms-form", &LEE).await;
        let page = rosa.submit(&text, "#sign-form", &[("typed", "Rosa Delgado")]).await;
        assert_eq!(page.path == "/sign-in-again", asked, "{}", page.text);
        assert_eq!(house.raw.number("SELECT count(*) FROM consent").await, i64::from(!asked));
        house.close().await;
    }
}

async fn what_was_signed_does_not_change(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let page = signed(&mut rosa).await;
    let text = house.raw.texts("SELECT text FROM consent").await.concat();
    let kept = house.raw.blobs("SELECT text_hash FROM consent").await.concat();
    assert_eq!(kept, api::base::sha256([text.as_bytes()]).to_vec());
    assert!(main(&page).contains(&hex::encode(&kept)), "the person sees the hash");
    let body = house.raw.blobs("SELECT body FROM consent").await.concat();
    assert_eq!(
        house.raw.blobs("SELECT body_hash FROM consent").await.concat(),
        api::base::sha256([body.as_slice()]).to_vec()
    );
    let resource: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (resource["resourceType"].as_str(), resource["status"].as_str()),
        (Some("Consent"), Some("active"))
    );
    assert_eq!(
        house
            .raw
            .number("SELECT count(*) FROM consent WHERE auth_time IS NOT NULL AND session_id IS NOT NULL")
            .await,
        1
    );
    for change in [
        "UPDATE consent SET text = 'x'",
        "UPDATE consent SET terms = '{}'",
        "UPDATE consent SET signed_at = 0",
        "DELETE FROM consent",
        "UPDATE consent_event SET what = 'x'",
        "DELETE FROM consent_event",
    ] {
        assert!(house.raw.run(change).await.is_err(), "{change}");
    }
    for table in ["consent", "consent_event"] {
        let change = match kind {
            Kind::Sqlite => format!("REPLACE INTO {table} SELECT * FROM {table}"),
            Kind::Postgres => format!("TRUNCATE {table} CASCADE"),
        };
        assert!(house.raw.run(&change).await.is_err(), "{change}");
    }
    house.close().await;
}

fn to_lee(labels: Labels) -> Disclosure {
    Disclosure {
        discloser: String::new(),
        recipient: Party { name: "DR LEE".into(), ..Party::default() },
        purpose: Purpose::Treatment,
        categories: 1 << 1,
        labels: vec![labels],
        days: None,
    }
}

/// What the consents of Rosa say now.
async fn said(house: &House, disclosure: Disclosure) -> Choice {
    let mut tx = house.app.db.read().await.unwrap();
    let disclosure = Disclosure { discloser: house.app.config.clinic.name.clone(), ..disclosure };
    consents::decide(&house.app, &mut tx, (number(house, "rosa").await, &disclosure)).await.unwrap()
}

/// Writes a line of the ledger as if a practice had received something.
async fn shared(house: &House, patient: PatientNo, (n, basis): (i64, &serde_json::Value)) {
    let body = serde_json::json!({
        "who": {"kind": "recipient", "account": uuid::Uuid::nil(), "session": uuid::Uuid::nil(), "name": "Dr. Lee", "provider": "x"},
        "recipient": {"name": format!("Practice {n}")}, "purpose": "own-copy", "basis": basis,
        "channel": "download", "what": {"kind": "copy"},
    });
    let body = house.raw.bytes(body.to_string().as_bytes());
    let hash = house.raw.bytes(&[0; 32]);
    let sql = format!(
        "INSERT INTO ledger_entry (patient_no, seq, at, hash, body) VALUES ({patient}, {n}, {}, {hash}, {body})",
        house.app.clock.now().0
    );
    house.raw.run(&sql).await.unwrap();
}

async fn taking_back_counts_at_once(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    assert_eq!(said(&house, to_lee(Labels::default())).await, Choice::Uncovered);
    let page = signed(&mut rosa).await;
    let id: ConsentId = page.path.rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!(said(&house, to_lee(Labels::default())).await, Choice::Covered(id));
    let hiv: Labels = [Label::Hiv].into_iter().collect();
    assert_eq!(said(&house, to_lee(hiv)).await, Choice::Uncovered, "what is protected was not ticked");
    let insurer = Disclosure { purpose: Purpose::Insurance, ..to_lee(Labels::default()) };
    assert_eq!(said(&house, insurer).await, Choice::Uncovered);

    // What went out under it, as the ledger tells it, stays listed when it is taken back.
    let now = house.app.clock.now();
    let patient = number(&house, "rosa").await;
    let basis = serde_json::json!({"kind": "consent", "consent": id, "since": now.rfc3339()});
    let right = serde_json::json!({"kind": "right-of-access", "ground": "code", "since": now.rfc3339()});
    shared(&house, patient, (90_001, &basis)).await;
    shared(&house, patient, (90_002, &right)).await;
    house.mail.clear();
    let page = rosa.get(&page.path).await;
    assert_eq!(page.all("#sent .title"), ["Practice 90001"], "{}", main(&page));
    let over = rosa.submit(&page, "#revocation", &[]).await;
    assert!(main(&over).contains("You took it back on"), "{}", main(&over));
    assert_eq!(over.all("#sent .title"), ["Practice 90001"]);
    assert!(over.all("#revocation").is_empty() && over.attributes("nav.pager a", "href").is_empty());
    for n in 90_003..90_063 {
        shared(&house, patient, (n, &basis)).await;
    }
    let newest = rosa.get(&over.path).await;
    let older = rosa.get(&newest.attributes("nav.pager a[rel='next']", "href").concat()).await;
    let [first, second] = [&newest, &older].map(|page| page.all("#sent .title"));
    assert_eq!((first.len(), second.len()), (50, 11), "{}", main(&older));
    assert_eq!((first[0].as_str(), second[10].as_str()), ("Practice 90062", "Practice 90001"));
    let back = older.attributes("nav.pager a[rel='prev']", "href").concat();
    assert_eq!(rosa.get(&back).await.all("#sent .title"), first);
    assert_eq!(said(&house, to_lee(Labels::default())).await, Choice::Uncovered);
    let events: BTreeSet<String> =
        house.raw.texts("SELECT what FROM consent_event").await.into_iter().collect();
    assert_eq!(events, BTreeSet::from(["signed".to_owned(), "revoked".to_owned()]));
    let words = told(&house).await;
    assert!(!words.contains("Lee") && !words.contains("Rosa"), "{words}");

    // What is over can be given anew.
    let page = signed(&mut rosa).await;
    assert!(matches!(said(&house, to_lee(Labels::default())).await, Choice::Covered(_)));
    let id: ConsentId = page.path.rsplit('/').next().unwrap().parse().unwrap();
    consents::change(
        &house.app,
        (id, consents::Change::Suspend, "Is it her signature?"),
        (None, "Ann Clerk"),
    )
    .await
    .unwrap();
    assert_eq!(
        said(&house, to_lee(Labels::default())).await,
        Choice::Uncovered,
        "what is in doubt allows nothing"
    );
    let held = rosa.get(&page.path).await;
    assert!(main(&held).contains("until a doubt is settled"), "{}", main(&held));
    consents::change(&house.app, (id, consents::Change::Resume, "It is."), (None, "Ann Clerk"))
        .await
        .unwrap();
    assert_eq!(said(&house, to_lee(Labels::default())).await, Choice::Covered(id));
    house.close().await;
}

/// The mail that tells of a change, once it has come.
pub(super) async fn told(house: &House) -> String {
    let begun = Instant::now();
    loop {
        let all = house.mail.messages();
        if let Some(mail) = all.iter().find(|mail| mail.subject().contains("privacy choices")) {
            assert!(mail.to.contains(&house.person("rosa").email));
            return mail.text().unwrap();
        }
        assert!(begun.elapsed() < PATIENCE, "no mail tells of the change");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn nobody_else_learns_of_it(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let mut sam = house.linked("sam").await;
    let terms = begun(&mut rosa, "part2-tpo").await;
    let page = signed(&mut rosa).await;
    for path in [terms.path.clone(), format!("{}/sign", terms.path), page.path.clone()] {
        assert_eq!(sam.get(&path).await.status, 404, "{path}");
    }
    let token = sam.get("/help").await.attributes("input[name='csrf']", "value").remove(0);
    for path in [format!("{}/revocation", page.path), terms.path.clone(), format!("{}/removal", terms.path)] {
        assert_eq!(sam.plain_post(&path, &[("csrf", &token)]).await.status, 404, "{path}");
    }
    assert_eq!(house.raw.number("SELECT count(*) FROM consent WHERE state = 'active'").await, 1);
    assert!(!main(&sam.get("/privacy").await).contains("Lee"));
    let list = rosa.get("/privacy").await;
    assert!(list.attributes("#begun a", "href").contains(&terms.path), "what was begun is listed");
    let gone = rosa.submit(&list, &format!("form[action='{}/removal']", terms.path), &[]).await;
    assert_eq!(gone.path, "/privacy");
    assert_eq!(rosa.get(&terms.path).await.status, 404);
    house.close().await;
}

/// 42 CFR 2.31(a)(4)(iii), (a)(10), 45 CFR 164.508(c)(2): what a program's records are shared for decides what the text says
/// of it.
async fn what_is_shared_for_care_says_more(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    for (sort, purpose, care, authorizes) in [
        ("part2-specific", "treatment", true, false),
        ("part2-specific", "own-request", false, true),
        ("part2-counseling", "operations", true, true),
        ("part2-counseling", "legal", false, true),
        ("part2-proceedings", "proceedings", false, true),
    ] {
        let terms = begun(&mut rosa, sort).await;
        let mut fill = vec![LEE[0], LEE[2], LEE[3]];
        if sort == "part2-proceedings" {
            // What may be used against them is never the whole record unless they say so.
            let none = rosa.submit(&terms, "#terms-form", &fill).await;
            assert_eq!(none.all("#categories-problem").len(), 1, "{}", none.text);
            fill.push(("what", "all"));
        } else {
            fill.push(("purposes", purpose));
        }
        let text = rosa.submit(&terms, "#terms-form", &fill).await;
        let exact = text.all("#exact-text").concat();
        for (words, wanted) in [
            ("I can take this back", true),
            ("may pass it on", true),
            ("stays protected by 42 CFR part 2", !care),
            ("as the HIPAA rules allow", care),
            ("If I do not sign", care),
            ("depend on whether I sign", authorizes),
        ] {
            assert_eq!(exact.contains(words), wanted, "{sort} {purpose}: {words}: {exact}");
        }
    }
    house.close().await;
}

/// 45 CFR 164.508(b)(3)(ii), 42 CFR 2.31(b): the form, the look and the text are about these notes and nothing else.
async fn notes_that_are_kept_apart_stand_alone(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    for (sort, words) in
        [("psych-508", "psychotherapy notes"), ("part2-counseling", "substance use counseling notes")]
    {
        let terms = begun(&mut rosa, sort).await;
        for name in ["what", "categories", "labels"] {
            assert!(terms.all(&format!("[name='{name}']")).is_empty(), "{sort}: {name}");
        }
        assert!(terms.all("#notes").concat().contains(words), "{sort}: {}", main(&terms));
        assert_eq!(terms.attributes("#from, #to", "name"), ["from", "to"], "{sort}: dates may narrow it");

        let look = format!("{}/look", terms.path);
        let token = terms.attributes("#terms-form input[name='csrf']", "value").remove(0);
        let mut fields = vec![("csrf", token.as_str()), ("from", "2020-01-01")];
        fields.extend(LEE);
        assert_eq!(rosa.plain_post(&look, &fields).await.status, 303, "{sort}");
        let looked = rosa.get(&terms.path).await;
        let preview = looked.all("#preview p");
        assert!(
            preview.len() == 1 && preview[0].starts_with("They would see only these notes"),
            "{preview:?}"
        );

        let text = rosa.submit(&looked, "#terms-form", &[]).await;
        let exact = text.all("#exact-text").concat();
        assert!(exact.contains(&format!("only my {words}")), "{sort}: {exact}");
        assert!(exact.contains("Only from January 1, 2020 on"), "{sort}: {exact}");
        for other in ["all parts", "Specially protected", "are left out"] {
            assert!(!exact.contains(other), "{sort}: {other}: {exact}");
        }

        // What no form of ours offers is refused, too.
        for more in [&[("what", "some"), ("categories", "labs")][..], &[("labels", "hiv")]] {
            let refused = rosa.plain_post(&terms.path, &[&fields[..], more].concat()).await;
            assert_eq!(refused.status, 422, "{sort} {more:?}: {}", main(&refused));
            assert!(main(&refused).contains("need a form of their own"), "{sort}: {}", main(&refused));
        }
    }
    house.close().await;
}

async fn nobody_signs_with_anothers_name(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let terms = begun(&mut rosa, "hipaa-508").await;
    let text = rosa.submit(&terms, "#terms-form", &LEE).await;
    assert!(name_on(&text).contains("Delgado"), "the page says whose name it wants");
    for wrong in ["Mickey Mouse", "Rosa Mouse", "Rosa", "Delgado"] {
        let page = rosa.submit(&text, "#sign-form", &[("typed", wrong)]).await;
        assert_eq!(page.status, 422, "{wrong}");
        assert!(page.all("#typed-problem").concat().contains("Type your own name"), "{}", main(&page));
        assert_eq!(page.attributes("#typed", "value"), [wrong], "what was typed stays");
    }
    assert_eq!(house.raw.number("SELECT count(*) FROM consent").await, 0);
    let page = rosa.submit(&text, "#sign-form", &[("typed", "DELGADO, rosá")]).await;
    assert!(page.path.starts_with("/privacy/permissions/"), "{}", main(&page));
    house.close().await;
}

async fn nothing_hides_in_what_is_signed(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let terms = begun(&mut rosa, "directive").await;
    for (recipient, address, field) in [
        ("\u{200b}\u{200b}", "2 Elm Street", "recipient"),
        ("Dr. \u{202e}eeL", "2 Elm Street", "recipient"),
        ("Dr. Lee", "2 Elm\u{2066} Street", "address"),
    ] {
        let page =
            rosa.submit(&terms, "#terms-form", &[("recipient", recipient), ("address", address)]).await;
        assert_eq!(page.status, 422, "{recipient:?} {address:?}");
        let said = page.all(&format!("#{field}-problem")).concat();
        assert!(said.contains("cannot be seen"), "{}", main(&page));
    }
    let form = rosa.get("/people/new").await;
    let page = rosa.submit(&form, "#people-form", &[("name", "maS\u{202e}")]).await;
    assert_eq!((page.status, page.all("#name-problem").len()), (422, 1), "{}", main(&page));
    let form = rosa.get("/privacy/limits/new").await;
    let fill = [("against", "named"), ("party", "Dr.\0Wu"), ("charge", "All")];
    let page = rosa.submit(&form, "#limit-form", &fill).await;
    assert_eq!((page.status, page.all("#party-problem").len()), (422, 1), "{}", main(&page));
    house.close().await;
}

async fn a_parent_signs_in_the_childs_place(kind: Kind) {
    let house = House::start(kind).await;
    let mut jordan = house.linked("jordan").await;
    let mut elena = house.signed_in("elena").await;
    let mut sam = house.signed_in("sam").await;
    let name = full_name(&house, "elena");
    let parent = appointed_as(&house, ("elena", Authority::Parent, name), "jordan", Scope::WHOLE).await;
    let base = format!("/for/{parent}");
    let home = elena.get(&format!("{base}/home")).await;
    assert!(home.attributes("header nav a", "href").contains(&format!("{base}/privacy")));
    let own = elena.get(&format!("{base}/privacy")).await;
    assert!(own.all(".acting").concat().contains("Jordan"), "the banner says for whom");
    assert!(!main(&own).contains("How we reach you"), "how somebody is reached is their own");

    // What the law leaves to the minor, and what a parent does not see, is not signed; why stands beside it.
    let form = elena.get(&format!("{base}/privacy/permissions/new")).await;
    let open = form.attributes("input[name='kind']", "value");
    assert!(
        open.contains(&"hipaa-508".to_owned()) && !open.iter().any(|kind| kind.contains("part2")),
        "{open:?}"
    );
    // Nobody settled from which age a minor decides alone about treatment for substance use: both have to sign.
    assert!(form.all("#closed").concat().contains("needs two signatures"), "{}", main(&form));
    let said = main(&form);
    assert!(said.contains("Let the clinic share the record") && !said.contains("my record"), "{said}");
    let token = form.attributes("main input[name='csrf']", "value").remove(0);
    let new = format!("{base}/privacy/permissions/new");
    let refused = elena.plain_post(&new, &[("csrf", &token), ("kind", "part2-specific")]).await;
    assert_eq!(refused.status, 403, "{}", main(&refused));
    // Of notes that are kept apart from everybody a parent signs as the person would: it opens none to them.
    let terms = elena.submit(&form, "main form", &[("kind", "psych-508")]).await;
    let text = elena.submit(&terms, "#terms-form", &LEE).await;
    let exact = text.all("#exact-text").concat();
    assert!(exact.contains("only this person’s psychotherapy notes"), "{exact}");
    let terms = elena.submit(&form, "main form", &[("kind", "hipaa-508")]).await;
    assert!(terms.path.starts_with(&format!("{base}/privacy/drafts/")), "{}", main(&terms));
    assert_eq!(elena.get(terms.path.strip_prefix(&base).unwrap()).await.path, "/people", "not as one's own");
    let text = elena.submit(&terms, "#terms-form", &LEE).await;
    let exact = text.all("#exact-text").concat();
    for part in ["Jordan", "I sign for this person", "parent of a minor", "birth certificate"] {
        assert!(exact.contains(part), "{part}: {exact}");
    }
    for own in ["my record", "my treatment", "my care"] {
        assert!(!exact.contains(own), "in the voice of who signs: {exact}");
    }
    let theirs = elena.submit(&text, "#sign-form", &[("typed", "Jordan Ellis")]).await;
    assert_eq!(theirs.status, 422, "a parent signs with their own name: {}", main(&theirs));
    // The sign-in grows old: what was typed comes back, at the same record.
    house.raw.run("UPDATE session SET auth_time = auth_time - 1000000000").await.unwrap();
    let name = name_on(&text);
    let old = elena.submit(&text, "#sign-form", &[("typed", &name)]).await;
    assert_eq!(old.path, "/sign-in-again", "{}", main(&old));
    let asked = elena.submit(&old, "form[action='/sign-in-again']", &[]).await;
    let back = elena.submit(&asked, "form:has(input[name='person'][value='demo-elena'])", &[]).await;
    assert_eq!((back.path.as_str(), back.attributes("#typed", "value")), (text.path.as_str(), vec![name]));
    let page = elena.submit(&back, "#sign-form", &[]).await;
    assert!(page.path.starts_with(&format!("{base}/privacy/permissions/")), "{}", main(&page));
    assert_eq!(page.all("#exact-text").concat(), exact);

    // What a court took out of their right they do not give away.
    limited(&house, parent, api::fhir::present::Category::Labs).await;
    let form = elena.get(&new).await;
    let terms = elena.submit(&form, "main form", &[("kind", "hipaa-508")]).await;
    let zoe = [("recipient", "Aunt Zoe"), ("what", "some"), ("categories", "labs"), LEE[1], LEE[2], LEE[3]];
    let refused = elena.submit(&terms, "#terms-form", &zoe).await;
    assert_eq!(refused.status, 403, "{}", main(&refused));
    assert!(main(&refused).contains("goes further than what you may see"), "{}", main(&refused));

    // The child sees who signed; who only helps sees and signs nothing.
    let seen = jordan.get(page.path.strip_prefix(&base).unwrap()).await;
    assert!(main(&seen).contains("Elena") && main(&seen).contains("parent of a minor"), "{}", main(&seen));
    let over = patient(&house, "jordan").await;
    let moved = format!("UPDATE authority SET kind = 'delegate' WHERE patient_no = {over}");
    let all = [base.as_str(), "/privacy"].concat();
    assert_eq!(sam.get(&all).await.status, 404, "another's authority");
    house.raw.run(&moved).await.unwrap();
    for path in [all.as_str(), &page.path, &new] {
        assert_eq!(elena.get(path).await.status, 404, "{path}");
    }
    let home = elena.get(&format!("{base}/home")).await;
    assert!(!home.attributes("header nav a", "href").contains(&format!("{base}/privacy")));
    assert_eq!(house.raw.number("SELECT count(*) FROM consent").await, 1);
    house.close().await;
}

async fn two_that_differ_are_refused_and_told(kind: Kind) {
    let house = House::start(kind).await;
    let mut casey = house.linked("casey").await;
    let over = patient(&house, "casey").await;
    let tpo = |to: Party| paper(&house, (consents::Kind::Part2Tpo, "casey"), to);
    let classes = Party { classes: consents::tpo_classes(), ..Party::default() };
    let here = Party { name: house.app.config.clinic.name.clone(), ..Party::default() };
    let whole = recorded(&house, over, tpo(classes)).await;

    // The clinic by its name belongs to those who treat: for a part only, nobody could tell which of the two counts.
    let mut labs = tpo(here.clone());
    labs.scope.as_mut().unwrap().categories = Some([api::fhir::present::Category::Labs].into());
    // So it is with a consent for one recipient, which is for the same records.
    let specific = Terms {
        purposes: [Purpose::Treatment].into(),
        statements: consents::statements(consents::Kind::Part2Specific, &[Purpose::Treatment].into()),
        scope: labs.scope.clone(),
        ..paper(&house, (consents::Kind::Part2Specific, "casey"), here.clone())
    };
    for terms in [&labs, &specific] {
        let once = ConsentId(api::base::uuid(house.app.clock.now()));
        let by = (None, "Desk (synthetic)");
        let said = consents::record_paper(&house.app, (over, once, terms.clone()), by).await;
        let Err(api::base::Error::Invalid(problems)) = said else { panic!("{said:?}") };
        assert_eq!(problems.0[0].code, "problem-consent-differs");
    }
    let terms = begun(&mut casey, "part2-tpo").await;
    let fill = [
        ("who", "name"),
        ("recipient", here.name.as_str()),
        ("what", "some"),
        ("categories", "labs"),
        ("until", "never"),
    ];
    let page = casey.submit(&terms, "#terms-form", &fill).await;
    assert_eq!(page.status, 422, "{}", main(&page));
    assert!(page.all("#recipient-problem").concat().contains("says something else"), "{}", main(&page));
    assert_eq!(page.attributes("#others a", "href"), [format!("/privacy/permissions/{whole}")]);
    assert_eq!(house.raw.number("SELECT count(*) FROM consent").await, 1);
    // For as much, both can be in force.
    let same = recorded(&house, over, tpo(here)).await;
    assert!(!main(&casey.get("/privacy").await).contains("do not say the same"));
    consents::revoke(&house.app, &actor(&house, "casey").await, (over, same)).await.unwrap();

    // Two that came to be in force all the same, as older papers may.
    house.raw.run("UPDATE consent SET state = 'expired' WHERE state = 'active'").await.unwrap();
    let part = recorded(&house, over, labs).await;
    house.raw.run("UPDATE consent SET state = 'active' WHERE state = 'expired'").await.unwrap();
    let all = casey.get("/privacy").await;
    assert_eq!(all.all("#current .note").len(), 2, "{}", main(&all));
    for (one, other) in [(whole, part), (part, whole)] {
        let page = casey.get(&format!("/privacy/permissions/{one}")).await;
        assert_eq!(page.attributes("#differs a", "href"), [format!("/privacy/permissions/{other}")]);
    }
    consents::revoke(&house.app, &actor(&house, "casey").await, (over, part)).await.unwrap();
    assert!(!main(&casey.get("/privacy").await).contains("do not say the same"));
    house.close().await;
}

/// 42 CFR 2.14: alone from the age that the law of the place sets, and else with who acts for them, on paper.
async fn a_minor_signs_as_the_law_says(kind: Kind) {
    for age in [None, Some(12)] {
        let house = House::with(kind, |config| {
            let key = "minors.self_consent.substance-use";
            config.law.rule.extend(age.map(|age| rule(key, api::config::Value::Whole(age))));
        })
        .await;
        let mut jordan = house.linked("jordan").await;
        let form = jordan.get("/privacy/permissions/new").await;
        let open = form.attributes("input[name='kind']", "value");
        assert_eq!(open.contains(&"part2-tpo".to_owned()), age.is_some(), "{age:?} {open:?}");
        let over = patient(&house, "jordan").await;
        let classes = Party { classes: consents::tpo_classes(), ..Party::default() };
        let terms = paper(&house, (consents::Kind::Part2Tpo, "jordan"), classes);
        let (parent, with) = ("parent, by birth certificate", "Elena Harper, parent, by birth certificate");
        for (authority, beside, alone, both) in [
            (None, None, vec![], vec!["beside"]),
            (Some(parent), None, vec!["authority"], vec!["beside"]),
            (None, Some(with), vec![], vec![]),
        ] {
            let signer = Signer {
                authority: authority.map(str::to_owned),
                beside: beside.map(str::to_owned),
                ..terms.signer.clone()
            };
            let once = ConsentId(api::base::uuid(house.app.clock.now()));
            let form = (over, once, Terms { signer, ..terms.clone() });
            let found = match consents::record_paper(&house.app, form, (None, "Desk (synthetic)")).await {
                Ok(id) => {
                    let own = actor(&house, "jordan").await;
                    let shown = consents::one(&house.app, &own, (over, id), None).await.unwrap();
                    let told = shown.consent.text.contains("Signed with me: Elena Harper");
                    assert_eq!(told, beside.is_some());
                    consents::revoke(&house.app, &own, (over, id)).await.unwrap();
                    vec![]
                }
                Err(api::base::Error::Invalid(problems)) => problems.0.iter().map(|one| one.field).collect(),
                Err(error) => panic!("{error:?}"),
            };
            assert_eq!(found, if age.is_some() { alone } else { both }, "{age:?} {authority:?} {beside:?}");
        }
        house.close().await;
    }
}

/// 45 CFR 164.502(g)(3)(i): for the services that the law lets a minor seek alone they sign alone, for nothing else, and
/// nobody in their place.
async fn a_minor_signs_for_what_they_sought_alone(kind: Kind) {
    let house = House::with(kind, |config| {
        let key = "minors.self_consent.hiv";
        config.law.rule.push(rule(key, api::config::Value::Whole(12)));
    })
    .await;
    let mut jordan = house.linked("jordan").await;
    let mut elena = house.signed_in("elena").await;
    let parent = appointed(&house, ("elena", Authority::Parent), "jordan", Scope::WHOLE).await;
    let form = jordan.get("/privacy/permissions/new").await;
    assert_eq!(form.attributes("input[name='kind']", "value"), ["directive", "hipaa-508"], "{}", main(&form));

    // The page says of what it can be, asks which, and the text says so.
    let terms = begun(&mut jordan, "hipaa-508").await;
    assert!(terms.all("#alone").concat().contains("HIV"), "{}", main(&terms));
    assert!(!terms.attributes("input[name='labels']", "value").contains(&"minor".to_owned()));
    for labels in [None, Some("genetic"), Some("mental-health")] {
        let fill: Vec<_> = LEE.into_iter().chain(labels.map(|label| ("labels", label))).collect();
        let page = jordan.submit(&terms, "#terms-form", &fill).await;
        assert_eq!((page.status, page.all("#labels-problem").len()), (422, 1), "{labels:?} {}", main(&page));
    }
    let fill: Vec<_> = LEE.into_iter().chain([("labels", "hiv")]).collect();
    let text = jordan.submit(&terms, "#terms-form", &fill).await;
    let exact = text.all("#exact-text").concat();
    assert!(exact.contains("only the care that I asked for alone") && exact.contains("HIV"), "{exact}");
    let page = jordan.submit(&text, "#sign-form", &[("typed", &name_on(&text))]).await;
    assert!(page.path.starts_with("/privacy/permissions/"), "{}", main(&page));

    // Who acts for them does not learn of it, also where they sign one for the same recipient.
    let base = format!("/for/{parent}");
    assert_eq!(elena.get(&format!("{base}{}", page.path)).await.status, 404);
    assert!(!main(&elena.get(&format!("{base}/privacy")).await).contains("Dr. Lee"));
    let form = elena.get(&format!("{base}/privacy/permissions/new")).await;
    let terms = elena.submit(&form, "main form", &[("kind", "hipaa-508")]).await;
    let theirs = elena.submit(&terms, "#terms-form", &LEE).await;
    assert!(theirs.path.ends_with("/sign"), "{}", main(&theirs));

    // On paper the same, and for the rest somebody signs with them or for them.
    let over = patient(&house, "jordan").await;
    let wu = Party { name: "Dr. Wu".into(), ..Party::default() };
    let terms = paper(&house, (consents::Kind::Hipaa508, "jordan"), wu);
    let authority = Some("parent, by birth certificate");
    let beside = Some("Elena Harper, parent");
    let whole = consents::Scope::default();
    let named = consents::Scope { labels: [Label::Minor, Label::Hiv].into(), ..whole.clone() };
    let own = consents::Scope { alone: [Service::Hiv].into(), ..named.clone() };
    let other = consents::Scope { labels: [Label::Minor, Label::MentalHealth].into(), ..whole.clone() };
    let other = consents::Scope { alone: [Service::MentalHealth].into(), ..other };
    for (scope, authority, beside, wanted) in [
        (&whole, None, None, vec!["beside"]),
        (&whole, None, beside, vec![]),
        (&whole, authority, None, vec![]),
        (&named, None, None, vec!["beside"]),
        (&named, authority, None, vec!["labels"]),
        (&own, None, None, vec![]),
        (&own, authority, None, vec!["labels"]),
        (&other, None, None, vec!["beside"]),
    ] {
        let signer = Signer {
            authority: authority.map(str::to_owned),
            beside: beside.map(str::to_owned),
            ..terms.signer.clone()
        };
        let terms = Terms { signer, scope: Some(scope.clone()), ..terms.clone() };
        let once = ConsentId(api::base::uuid(house.app.clock.now()));
        let found = match consents::record_paper(&house.app, (over, once, terms), (None, "Desk")).await {
            Ok(id) => {
                let jordan = actor(&house, "jordan").await;
                consents::revoke(&house.app, &jordan, (over, id)).await.unwrap();
                vec![]
            }
            Err(api::base::Error::Invalid(problems)) => problems.0.iter().map(|one| one.field).collect(),
            Err(error) => panic!("{error:?}"),
        };
        assert_eq!(found, wanted, "{scope:?} {authority:?} {beside:?}");
    }
    house.close().await;
}
