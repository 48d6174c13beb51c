//! The law of the place and the person's own choices in every look: records of a program under 42 CFR Part 2, services
//! that a minor consented to alone, limits that the clinic agreed to, and one's own record as somebody else sees it.

use std::collections::BTreeSet;

use api::base::{AuthorityId, ConsentId, PatientNo, RestrictionId};
use api::config::{Role, Rule, Value};
use api::consents::{self, Against, Answer, Ask, Class, Ender, Expiry, Party, Purpose, Signer, Terms};
use api::fhir::present::Category;
use api::fhir::sensitivity::{Label, Labels};
use api::representation::{Evidence, Incapacity, Kind as Authority, Proof, Scope};
use api::staff;
use serde_json::json;

use crate::acting::{actor, all_of, appointed, appointed_as, copied, everything, full_name, looked, patient};
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(
    a_programs_records_need_a_consent,
    a_programs_own_staff_see_its_records,
    a_medical_emergency_opens_a_programs_records,
    a_helper_needs_a_consent_that_names_them,
    who_stands_in_an_adults_place_for_a_programs_records,
    a_helpers_copy_has_the_notice_where_something_of_the_program_is_in_it,
    parents_see_what_the_law_of_the_place_says,
    a_limit_that_was_agreed_to_binds_who_it_names,
    a_person_sees_what_another_sees,
    a_corrected_birth_date_is_noticed,
    auditors_read_the_ledger_without_names,
    marks_are_for_the_person_to_read,
    the_law_of_the_place_binds_permissions,
);

/// What only the program's records say.
const PROGRAM: [&str; 3] = ["buprenorphine", "opioid dependence", "naloxone"];

/// A rule of an invented state.
pub fn rule(key: &str, value: Value) -> Rule {
    Rule {
        key: key.into(),
        value,
        cite: "Invented Code 1.2".into(),
        jurisdiction: "US-XX".into(),
        reviewed_by: "A. Counsel (synthetic)".into(),
        reviewed_on: "2026-10-01".into(),
        ..Rule::default()
    }
}

/// A consent under 42 CFR 2.31 on paper.
pub fn paper(house: &House, (kind, key): (consents::Kind, &str), recipient: Party) -> Terms {
    let person = house.person(key);
    let purposes = match kind {
        consents::Kind::Part2Tpo => [Purpose::Treatment, Purpose::Payment, Purpose::Operations].into(),
        _ => [Purpose::OwnRequest].into(),
    };
    Terms {
        kind,
        person: format!("{} {}", person.given, person.family),
        discloser: house.app.config.clinic.name.clone(),
        recipient,
        scope: Some(consents::Scope { labels: consents::needed(kind), ..Default::default() }),
        statements: consents::statements(kind, &purposes),
        purposes,
        expiry: Some(match kind {
            consents::Kind::Part2Tpo => Expiry::Never,
            _ => Expiry::Event { what: "End of treatment".into() },
        }),
        paid: false,
        conditioned: false,
        signer: Signer {
            typed: format!("{} {}", person.given, person.family),
            day: "2026-01-05".into(),
            ..Signer::default()
        },
    }
}

/// A person lets a helper in, who takes the code.
async fn invited(house: &House, (who, over): (&str, &str), scope: Scope) -> AuthorityId {
    let ask = api::representation::Ask {
        name: "Elena Harper (synthetic)".into(),
        kind: Authority::Delegate,
        evidence: Evidence { proof: Proof::Chosen, note: String::new() },
        scope,
        starts: None,
        until: None,
        incapacity: Incapacity::NotNeeded,
        review: None,
    };
    let record = patient(house, over).await;
    let own = actor(house, over).await;
    let code =
        api::representation::invite(&house.app, &own, (record, api::representation::once(&house.app), ask))
            .await
            .unwrap()
            .code;
    let helper = actor(house, who).await;
    api::representation::accept(&house.app, &helper, &code).await.unwrap().authority.id
}

pub async fn recorded(house: &House, over: PatientNo, terms: Terms) -> ConsentId {
    let once = ConsentId(api::base::uuid(house.app.clock.now()));
    consents::record_paper(&house.app, (over, once, terms), (None, "Desk (synthetic)")).await.unwrap()
}

/// The text of a file in a ZIP, with single blanks.
fn in_zip(zip: &[u8], name: &str) -> Option<String> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let text = std::io::read_to_string(zip.by_name(name).ok()?).unwrap();
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A page of a look with something that a program recorded.
async fn of_program(house: &House, who: &mut Browser, base: &str) -> Page {
    let sql = format!("SELECT CAST(rid AS TEXT) FROM item WHERE labels & {} <> 0 LIMIT 1", Labels::PROGRAM.0);
    let rid = house.raw.texts(&sql).await.remove(0);
    who.get(&format!("{base}/record/labs/{}", house.address(&rid))).await
}

/// Whether every road of a look shows the program's records, or none does: lists, search, items by address, counts.
async fn sees_program(house: &House, who: &mut Browser, base: &str) -> bool {
    let text = all_of(who, base).await;
    let seen = PROGRAM.iter().filter(|word| text.contains(**word)).count();
    let all = seen == PROGRAM.len();
    assert!(all || seen == 0, "all or nothing: {seen}");
    assert!(text.contains("low back pain"), "the clinic's own records are seen in any case");
    let found = who.search(base, "buprenorphine").await;
    assert_eq!(!found.all("main .lines li").is_empty(), all, "search");
    let hidden = format!("SELECT CAST(rid AS TEXT) FROM item WHERE labels & {} <> 0", Labels::PROGRAM.0);
    let hidden = house.raw.texts(&hidden).await;
    assert!(hidden.len() > 5);
    for rid in hidden.iter().take(8) {
        let path = format!("{base}/record/labs/{}", house.address(rid));
        assert_eq!(who.get(&path).await.status != 404, all, "{path}");
    }
    all
}

async fn a_programs_records_need_a_consent(kind: Kind) {
    let house = House::start(kind).await;
    let mut casey = house.linked("casey").await;
    let over = patient(&house, "casey").await;
    assert!(sees_program(&house, &mut casey, "").await, "a person sees their own (42 CFR 2.23)");
    let mut clinician = house.desk("clinician").await;
    let base = looked(&house, &mut clinician, ("casey", "clinician.treatment")).await;
    assert!(!sees_program(&house, &mut clinician, &base).await);
    let page = clinician.get(&format!("{base}/record")).await;
    assert!(page.text.contains("need the patient’s own consent"), "{}", page.text);
    assert!(page.attributes("a[href*='/copies']", "href").is_empty(), "no copies are taken in a look");
    let home = clinician.get(&format!("{base}/home")).await;
    assert!(home.attributes("a[href*='/copies']", "href").is_empty(), "nor is a way to them shown");
    // Of somebody without such records the page says the same: it tells nothing of whether there are any.
    house.gather("sam").await;
    let other = looked(&house, &mut clinician, ("sam", "clinician.treatment")).await;
    assert!(clinician.get(&format!("{other}/record")).await.text.contains("need the patient’s own consent"));
    clinician.get("/staff").await;

    // One that lets somebody else share opens nothing of what this clinic holds.
    let here = Party { name: house.app.config.clinic.name.clone(), ..Party::default() };
    let elsewhere = paper(&house, (consents::Kind::Part2Tpo, "casey"), here);
    recorded(&house, over, Terms { discloser: "Elsewhere Rehab Center (synthetic)".into(), ..elsewhere })
        .await;
    assert!(!sees_program(&house, &mut clinician, &base).await);

    // The consent counts with the next request, and so does its end.
    let treating = Party { classes: [Class::TreatingProviders].into(), ..Party::default() };
    let id = recorded(&house, over, paper(&house, (consents::Kind::Part2Tpo, "casey"), treating)).await;
    assert!(sees_program(&house, &mut clinician, &base).await);
    assert!(!clinician.get(&format!("{base}/record")).await.text.contains("need the patient’s own consent"));
    // That a program recorded it is the source's to correct.
    let item = of_program(&house, &mut clinician, &base).await;
    assert!(!item.attributes("#label option", "value").contains(&"take.substance-use".into()));
    let take = [("label", "take.substance-use"), ("reason", "It is about something else")];
    let said = clinician.submit(&item, "#labels", &take).await;
    assert!(said.status == 422 && said.text.contains("the source must correct it"), "{}", said.text);
    let log = casey.get("/access-log").await;
    assert!(log.text.contains("consent also covered records of a substance use program"), "{}", log.text);
    consents::revoke(&house.app, &actor(&house, "casey").await, (over, id)).await.unwrap();
    assert!(!sees_program(&house, &mut clinician, &base).await);
    house.close().await;
}

async fn a_programs_own_staff_see_its_records(kind: Kind) {
    let house = House::with(kind, |config| {
        config.program.roles = vec![Role::Clinician];
        config.law.rule.push(rule("part2.program", Value::Flag(true)));
    })
    .await;
    let mut casey = house.linked("casey").await;
    let mut clinician = house.desk("clinician").await;
    let base = looked(&house, &mut clinician, ("casey", "clinician.treatment")).await;
    assert!(sees_program(&house, &mut clinician, &base).await);
    assert!(casey.get("/access-log").await.text.contains("Staff of the substance use program itself"));
    // Others of the clinic are not the program: all about substance use is closed to them.
    let mut clerk = house.desk("clerk").await;
    let base = looked(&house, &mut clerk, ("casey", "records-clerk.records-request")).await;
    assert!(!sees_program(&house, &mut clerk, &base).await);
    house.close().await;
}

async fn a_medical_emergency_opens_a_programs_records(kind: Kind) {
    let house = House::start(kind).await;
    let mut casey = house.linked("casey").await;
    let mut clinician = house.desk("clinician").await;
    let mut privacy = house.desk("privacy").await;
    let account = api::identity::accounts_by(&house.app, "clinician@staff.example").await.unwrap()[0].account;
    let listed = staff::Ask {
        account,
        power: staff::Power::Emergency,
        reason: "On call at night".into(),
        starts: None,
        ends: None,
    };
    staff::grant_by_operator(&house.app, listed, "Bo Ek").await.unwrap();
    let card = crate::desk::found(&house, &mut clinician, "casey").await;
    let form = clinician.get(&format!("{}/emergency", card.path)).await;
    let css = "form[action$='/emergency']";
    let why = ("reason", "Found without senses");
    for (fill, field) in [
        (vec![why, ("nature", "Overdose, cannot speak")], "affiliation"),
        (vec![why, ("affiliation", "County Hospital")], "nature"),
    ] {
        let page = clinician.submit(&form, css, &fill).await;
        assert_eq!((page.status, page.all(&format!("#{field}-problem")).len()), (422, 1), "{field}");
        assert_eq!(page.all("#reason").concat(), why.1, "what was typed is there");
    }
    let plain = clinician.submit(&form, css, &[why]).await;
    let base = portal::routes::apart(&plain.path).0.to_owned();
    assert!(!sees_program(&house, &mut clinician, &base).await, "an emergency alone opens nothing of it");
    let told = |page: &Page| page.text.contains("because the two fields about them were not filled in");
    let record = clinician.get(&format!("{base}/record")).await;
    assert!(told(&record) && !record.text.contains("own consent"), "{}", record.text);
    let both = [why, ("affiliation", "County Hospital"), ("nature", "Overdose, cannot speak")];
    let opened = clinician.submit(&form, css, &both).await;
    let base = portal::routes::apart(&opened.path).0.to_owned();
    assert!(sees_program(&house, &mut clinician, &base).await);
    assert!(!told(&clinician.get(&format!("{base}/record")).await));
    // Nobody takes protection away in an emergency.
    let item = of_program(&house, &mut clinician, &base).await;
    let offered = item.attributes("#label option", "value");
    assert!(offered.contains(&"put.hiv".into()), "{offered:?}");
    assert!(!offered.iter().any(|one| one.starts_with("take.")), "{offered:?}");
    let take = [("label", "take.substance-use"), ("reason", "It is about something else")];
    assert_eq!(clinician.submit(&item, "#labels", &take).await.status, 403);
    let log = casey.get("/access-log").await;
    assert!(log.text.contains("Overdose, cannot speak (County Hospital)"), "{}", log.text);
    let reviews = privacy.get("/staff/emergencies").await;
    let first = reviews.attributes("main .lines a.title", "href").remove(0);
    let page = privacy.get(&first).await;
    for words in ["County Hospital", "Overdose, cannot speak", "program’s own record", "Shown to"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    // What was written is sealed in the database.
    let kept = house.raw.texts("SELECT reason FROM staff_view").await.concat();
    assert_eq!(kept, "", "no words stand open");
    house.close().await;
}

async fn a_helper_needs_a_consent_that_names_them(kind: Kind) {
    let house = House::start(kind).await;
    let mut casey = house.linked("casey").await;
    let mut elena = house.signed_in("elena").await;
    let over = patient(&house, "casey").await;
    let scope =
        Scope { shown: vec![Label::SubstanceUse, Label::Restricted, Label::Unreviewed], ..everything() };
    let id = invited(&house, ("elena", "casey"), scope).await;
    let base = format!("/for/{id}");
    assert!(!sees_program(&house, &mut elena, &base).await, "a tick is no consent under 42 CFR 2.31");
    let to = Party { name: "Elena Harper (synthetic)".into(), ..Party::default() };
    let consent = recorded(&house, over, paper(&house, (consents::Kind::Part2Specific, "casey"), to)).await;
    assert!(!casey.get("/access-log").await.text.contains("consent also covered"));
    let notice = "prohibits unauthorized use or disclosure of these records";
    assert!(sees_program(&house, &mut elena, &base).await);
    // What the consent opened stands in the log with a way to it and to what lets the helper look, and on its own page.
    let permission = format!("/privacy/permissions/{consent}");
    let log = casey.get("/access-log").await;
    assert!(log.text.contains("consent also covered records of a substance use program"), "{}", log.text);
    let links = log.attributes("main .log dd a", "href");
    assert!(links.contains(&permission) && links.contains(&format!("/people/{id}")), "{links:?}");
    assert_eq!(casey.get(&format!("/people/{id}")).await.status, 200);
    let listed = casey.get(&permission).await.all("#sent .title");
    assert!(listed.len() > 3 && listed.iter().all(|name| name.contains("Elena")), "{listed:?}");
    let own = elena.get(&format!("{base}/access-log")).await;
    assert!(!own.text.contains("consent also covered"), "the lines tell nobody else of it");
    // The notice of 42 CFR 2.32 goes with them on pages and in copies, and with copies the consent; the person's own need
    // none.
    assert!(elena.get(&format!("{base}/record/labs")).await.text.contains(notice));
    assert!(!casey.get("/record/labs").await.text.contains(notice));
    let form = elena.get(&format!("{base}/copies/new")).await;
    let copy = elena.submit(&form, "#copy-form", &[]).await.path;
    let zip = copied(&mut elena, &copy).await;
    for file in ["READ-ME.txt", "index.html"] {
        let text = in_zip(&zip, file).unwrap();
        assert!(
            text.contains("protected by Federal confidentiality rules (42 CFR part 2)"),
            "{file}: {text}"
        );
        assert!(text.contains("signed the consent that allows this copy"), "{file}");
    }
    assert!(in_zip(&zip, "CONSENT.txt").unwrap().contains("Elena Harper (synthetic)"));
    let form = casey.get("/copies/new").await;
    let copy = casey.submit(&form, "#copy-form", &[]).await.path;
    let zip = copied(&mut casey, &copy).await;
    assert!(!in_zip(&zip, "READ-ME.txt").unwrap().contains("Federal confidentiality"));
    assert_eq!(in_zip(&zip, "CONSENT.txt"), None);
    consents::revoke(&house.app, &actor(&house, "casey").await, (over, consent)).await.unwrap();
    assert!(!sees_program(&house, &mut elena, &base).await);
    assert!(!elena.get(&format!("{base}/record/labs")).await.text.contains(notice));
    let after = casey.get(&permission).await.all("#sent .title");
    assert!(after.len() >= listed.len(), "what was seen stays listed: {after:?}");
    house.close().await;
}

/// 42 CFR 2.15: a court gives a guardian the person's say in a program's records; who holds a power of attorney needs a
/// consent that names them, until the law of the place says otherwise, and signs none.
async fn who_stands_in_an_adults_place_for_a_programs_records(kind: Kind) {
    const SAID: &str = "only where the person signed a consent that names you";
    for named in [false, true] {
        let house = House::with(kind, |config| {
            if named {
                let kinds = ["adult-guardian", "estate", "health-care-agent"].map(str::to_owned);
                config.law.rule.push(rule("part2.representatives", Value::Words(kinds.into())));
            }
        })
        .await;
        house.linked("casey").await;
        let mut elena = house.signed_in("elena").await;
        let over = patient(&house, "casey").await;
        let id = appointed(&house, ("elena", Authority::HealthCareAgent), "casey", everything()).await;
        let base = format!("/for/{id}");
        assert_eq!(sees_program(&house, &mut elena, &base).await, named);
        let missing = elena.get(&format!("{base}/record/not-here")).await;
        assert_eq!(missing.text.contains(SAID), !named, "{}", missing.text);
        let new = format!("{base}/privacy/permissions/new");
        let form = elena.get(&new).await;
        let open = form.attributes("input[name='kind']", "value");
        assert_eq!(open.iter().any(|kind| kind == "part2-tpo"), named, "{open:?}");
        assert!(open.iter().any(|kind| kind == "hipaa-508"), "{open:?}");
        assert_eq!(form.all("#closed").concat().contains("42 CFR 2.15"), !named, "{}", form.text);
        if !named {
            let token = form.attributes("main input[name='csrf']", "value").remove(0);
            let refused = elena.plain_post(&new, &[("csrf", &token), ("kind", "part2-specific")]).await;
            assert_eq!(refused.status, 403, "{}", refused.text);
            // The person can name them, and take it back.
            let to = Party { name: "Elena Harper (synthetic)".into(), ..Party::default() };
            let terms = paper(&house, (consents::Kind::Part2Specific, "casey"), to);
            let consent = recorded(&house, over, terms).await;
            assert!(sees_program(&house, &mut elena, &base).await);
            let missing = elena.get(&format!("{base}/record/not-here")).await;
            assert!(!missing.text.contains(SAID) && missing.text.contains("prohibits unauthorized use"));
            consents::revoke(&house.app, &actor(&house, "casey").await, (over, consent)).await.unwrap();
            assert!(!sees_program(&house, &mut elena, &base).await);
            // Whom a court chose needs none.
            crate::acting::ended(&house, id).await;
            let id = appointed(&house, ("elena", Authority::AdultGuardian), "casey", everything()).await;
            assert!(sees_program(&house, &mut elena, &format!("/for/{id}")).await);
        }
        house.close().await;
    }
}

/// What goes into a copy counts, not what was chosen for it: a file that its source marked alone brings the notice, where its
/// letter bears no mark; and where it is left out, nothing does.
async fn a_helpers_copy_has_the_notice_where_something_of_the_program_is_in_it(kind: Kind) {
    let house = House::start(kind).await;
    let mut casey = house.linked("casey").await;
    let person = house.person("casey");
    let subject = json!({"reference": format!("Patient/{}", person.patient_id)});
    let act = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    let file = |id: &str, marks: &[&str]| {
        let security: Vec<_> = marks.iter().map(|code| json!({"system": act, "code": code})).collect();
        json!({"resourceType": "Binary", "id": id, "meta": {"security": security}, "contentType": "text/plain",
               "data": "YQ==", "securityContext": subject})
    };
    let letter = |id: &str, day: &str| {
        json!({"resourceType": "DocumentReference", "id": format!("letter-{id}"), "status": "current", "date": day,
               "type": {"text": "Letter (synthetic)"}, "subject": subject,
               "content": [{"attachment": {"contentType": "text/plain", "url": format!("Binary/{id}")}}]})
    };
    let known = person.resources.iter().find(|one| one["resourceType"] == "Patient").unwrap();
    let lines = [
        known.clone(),
        file("plain", &[]),
        file("marked", &["42CFRPart2"]),
        letter("plain", "2001-01-01T10:00:00Z"),
        letter("marked", "2002-02-02T10:00:00Z"),
    ];
    let path = house.folder.path().join("letters.ndjson");
    std::fs::write(&path, lines.map(|line| line.to_string()).join("\n")).unwrap();
    let ask = api::sources::Import { source: "demo-ehr".into(), paths: vec![path] };
    let report = api::sources::import(&house.app, ask, |_| {}).await.unwrap();
    assert_eq!(report.refused, 0, "{report:?}");

    let mut elena = house.signed_in("elena").await;
    let over = patient(&house, "casey").await;
    let shown = vec![Label::SubstanceUse, Label::Restricted, Label::Unreviewed];
    let id = invited(&house, ("elena", "casey"), Scope { shown, ..everything() }).await;
    let to = Party { name: "Elena Harper (synthetic)".into(), ..Party::default() };
    recorded(&house, over, paper(&house, (consents::Kind::Part2Specific, "casey"), to)).await;
    let base = format!("/for/{id}");
    let some = |category| vec![("what", "some"), ("categories", category)];
    let on = |day| [some("documents"), vec![("from", day), ("to", day)]].concat();
    let as_form = |format| [on("2002-02-02"), vec![("formats", format)]].concat();
    for (fields, held) in [
        (some("vitals"), false),
        (some("medicines"), true),
        (on("2001-01-01"), false),
        (on("2002-02-02"), true),
        (as_form("fhir"), true),
        (as_form("documents"), true),
        (as_form("tables"), false),
    ] {
        let form = elena.get(&format!("{base}/copies/new")).await;
        let copy = elena.submit(&form, "#copy-form", &fields).await;
        let zip = copied(&mut elena, &copy.path).await;
        assert_eq!(has_notice(&zip, &format!("{fields:?}")), held, "{fields:?}");
    }
    let form = casey.get("/copies/new").await;
    let copy = casey.submit(&form, "#copy-form", &some("medicines")).await;
    assert!(!has_notice(&copied(&mut casey, &copy.path).await, "their own"));
    house.close().await;
}

/// Whether the notice goes with a copy: to read first, beside the files of each folder, for programs, and with the consent;
/// all of it or nothing.
#[track_caller]
fn has_notice(zip: &[u8], what: &str) -> bool {
    let names = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let names: Vec<String> = names.file_names().map(|name| name.unwrap().into_owned()).collect();
    let notice = "protected by Federal confidentiality rules (42 CFR part 2)";
    let held = in_zip(zip, "READ-ME.txt").unwrap().contains(notice);
    assert_eq!(in_zip(zip, "CONSENT.txt").is_some(), held, "{what}: {names:?}");
    for folder in ["documents/", "fhir/", "tables/"] {
        let there = names.iter().any(|name| name.starts_with(folder));
        let beside = in_zip(zip, &format!("{folder}NOTICE.txt"));
        assert_eq!(beside.is_some(), there && held, "{what}, {folder}: {names:?}");
        let said =
            beside.is_none_or(|text| text.contains(notice) && text.contains("Elena Harper (synthetic)"));
        assert!(said, "{what}, {folder}");
    }
    let manifest: serde_json::Value = serde_json::from_str(&in_zip(zip, "manifest.json").unwrap()).unwrap();
    let labels = manifest["security"].as_array().cloned().unwrap_or_default();
    let codes: Vec<_> = labels.iter().map(|label| label["code"].as_str().unwrap()).collect();
    let wanted: &[&str] = if held { &["R", "42CFRPart2", "NORDSCLCD"] } else { &[] };
    assert_eq!(codes, wanted, "{what}");
    held
}

async fn parents_see_what_the_law_of_the_place_says(kind: Kind) {
    for (word, seen) in [("requires", true), ("prohibits", false)] {
        let house = House::with(kind, |config| {
            for service in ["sti", "contraception", "pregnancy", "abortion"] {
                let key = format!("minors.parent_access_rule.{service}");
                config.law.rule.push(rule(&key, Value::Word(word.into())));
            }
            config.law.rule.push(rule("minors.self_consent.sti", Value::Whole(12)));
            config.law.rule.push(Rule {
                from_age: Some(12),
                to_age: Some(18),
                ..rule("minors.proxy_bands", Value::Word("by-service".into()))
            });
        })
        .await;
        let mut jordan = house.linked("jordan").await;
        let mut elena = house.signed_in("elena").await;
        let id = appointed(&house, ("elena", Authority::Parent), "jordan", everything()).await;
        let base = format!("/for/{id}");
        let text = all_of(&mut elena, &base).await;
        assert_eq!(text.contains("chlamydia"), seen, "{word}");
        assert!(text.contains("influenza"), "a parent sees the rest");
        assert!(all_of(&mut jordan, "").await.contains("chlamydia"));
        // The page says which law keeps what, and how to ask.
        for page in ["/record", "/record/not-here"] {
            let page = elena.get(&format!("{base}{page}")).await;
            for words in ["Invented Code 1.2, US-XX", "from age 12", "Infections passed on by sex"] {
                assert!(page.text.contains(words), "{words}: {}", page.text);
            }
        }
        assert!(
            !jordan.get("/record/not-here").await.text.contains("Invented Code"),
            "it is the parent's to know"
        );
        house.close().await;
    }
}

async fn a_limit_that_was_agreed_to_binds_who_it_names(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let mut elena = house.signed_in("elena").await;
    let mut sam = house.signed_in("sam").await;
    let over = patient(&house, "rosa").await;
    let rosas = actor(&house, "rosa").await;
    let id = invited(&house, ("elena", "rosa"), everything()).await;
    let base = format!("/for/{id}");
    // Sam acts for her by law, under the same name.
    let name = format!("Elena {} (synthetic)", full_name(&house, "sam"));
    let agent = appointed_as(&house, ("sam", Authority::HealthCareAgent, name), "rosa", everything()).await;
    assert_eq!(elena.get(&format!("{base}/record")).await.status, 200);
    let mut clinician = house.desk("clinician").await;
    let look = looked(&house, &mut clinician, ("rosa", "clinician.treatment")).await;
    let ask = |party: &str, categories: Option<BTreeSet<Category>>| Ask {
        against: Against::Named,
        party: party.into(),
        categories,
        labels: BTreeSet::new(),
        what: String::new(),
        why: String::new(),
        paid_in_full: false,
    };
    let by = (None, "Petra Officer (synthetic)");
    let agreed = async |ask: Ask| {
        let once = RestrictionId(api::base::uuid(house.app.clock.now()));
        consents::ask(&house.app, &rosas, (over, once, ask)).await.unwrap()
    };
    let all = agreed(ask("Elena", None)).await;
    assert_eq!(elena.get(&format!("{base}/record")).await.status, 200, "nobody agreed to it yet");
    let found = elena.search(&base, "glucose").await.address();
    let found = found.strip_prefix(&base).unwrap();
    consents::answer(&house.app, (all, Answer::Agreed, ""), by).await.unwrap();
    let entries = house.entries().await;
    for path in ["/record", "/home", "/record/labs", found, "/access-log", "/copies/new"] {
        let page = elena.get(&format!("{base}{path}")).await;
        assert_eq!(page.status, 403, "{path}");
        assert!(page.text.contains("cannot be shown to you here"), "{path}: {}", page.text);
    }
    assert_eq!(house.entries().await, entries, "nothing was handed out");
    assert_eq!(clinician.get(&format!("{look}/record")).await.status, 200, "nobody else is bound");
    // Who stands in the person's place is not bound (45 CFR 164.502(g)(1)): she reads it, and so does who answers.
    assert_eq!(sam.get(&format!("/for/{agent}/record")).await.status, 200);
    let told = rosa.get(&format!("/privacy/limits/{all}")).await;
    assert!(told.text.contains("These people act for you by law: Elena"), "{}", told.text);
    let desk = house.desk("privacy").await.get(&format!("/staff/limits/{all}")).await;
    assert!(desk.all("#unbound").concat().contains("even if you agree"), "{}", desk.text);
    assert_eq!(rosa.get("/record").await.status, 200);
    consents::end_for_person(&house.app, (all, Ender::Oral, "She called"), by).await.unwrap();
    assert_eq!(elena.get(&format!("{base}/record")).await.status, 200);

    // A limit of a part leaves the rest, and binds staff whom it names.
    let labs = agreed(ask("Elena", Some([Category::Labs].into()))).await;
    consents::answer(&house.app, (labs, Answer::Agreed, ""), by).await.unwrap();
    let shelves = elena.get(&format!("{base}/record")).await.attributes("main h2 a", "href");
    assert!(!shelves.contains(&format!("{base}/record/labs")) && shelves.len() > 3, "{shelves:?}");
    let noor = agreed(ask("Dr. Haddad", None)).await;
    consents::answer(&house.app, (noor, Answer::Agreed, ""), by).await.unwrap();
    let page = clinician.get(&format!("{look}/record")).await;
    assert_eq!(page.status, 403);
    assert!(page.text.contains("asked the clinic to keep this from you"), "{}", page.text);
    house.close().await;
}

async fn a_person_sees_what_another_sees(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let mut sam = house.linked("sam").await;
    let mut elena = house.signed_in("elena").await;
    let scope = Scope { categories: Some(vec![Category::Medicines]), ..everything() };
    let id = invited(&house, ("elena", "rosa"), scope).await;
    let (mine, theirs) = (format!("/as/{id}"), format!("/for/{id}"));
    let people = rosa.get("/people").await;
    assert!(people.attributes("main a", "href").contains(&format!("{mine}/record")), "{}", people.text);

    // The same shelves, the same lines, the same missing pages.
    let lines = async |who: &mut Browser, base: &str| {
        let record = who.get(&format!("{base}/record")).await;
        assert_eq!(record.status, 200, "{base}");
        let mut found = Vec::new();
        for shelf in record.attributes("main h2 a", "href") {
            let page = who.get(&shelf).await;
            found.push(shelf.strip_prefix(base).unwrap().to_owned());
            found.extend(
                page.attributes("main .lines a.title", "href").iter().map(|to| to[base.len()..].to_owned()),
            );
        }
        found
    };
    let (seen, wanted) = (lines(&mut rosa, &mine).await, lines(&mut elena, &theirs).await);
    assert_eq!(seen, wanted);
    assert!(seen.len() > 5, "{seen:?}");
    let own = lines(&mut rosa, "").await;
    let other = own.iter().find(|path| path.starts_with("/record/labs/")).unwrap();
    assert_eq!(rosa.get(&format!("{mine}{other}")).await.status, 404, "what they do not see is not there");
    let found = rosa.search(&mine, "glucose").await;
    assert!(found.all("main .lines li").is_empty(), "{}", found.text);

    // Read-only, with a banner, and logged as the person's own.
    let page = rosa.get(&format!("{mine}/record")).await;
    assert!(page.text.contains("You see your own record as this person sees it"), "{}", page.text);
    for to in page.attributes("a[href^='/as/']", "href") {
        assert!(to.starts_with(&format!("{mine}/record")), "{to}");
        assert_eq!(rosa.get(&to).await.status, 200, "{to}");
    }
    for path in ["/home", "/copies", "/copies/new", "/access-log", "/privacy", ""] {
        assert_eq!(rosa.get(&format!("{mine}{path}")).await.status, 404, "{path}");
    }
    let token = rosa.get("/help").await.attributes("input[name='csrf']", "value").remove(0);
    let posted = rosa.plain_post(&format!("{mine}{}/labels", seen[1]), &[("csrf", &token)]).await;
    assert_eq!(posted.status, 404);
    let log = rosa.get("/access-log").await;
    assert!(log.all("main .log li .value")[0].starts_with("You"), "{}", log.text);

    // Nobody else looks so, and nobody through what is over.
    for (who, browser) in [("holder", &mut elena), ("somebody else", &mut sam)] {
        for path in ["/record", "/record/medicines", other.as_str()] {
            let page = browser.get(&format!("{mine}{path}")).await;
            assert_eq!(page.status, 404, "{who} {path}");
        }
    }
    assert_eq!(house.browser().get(&format!("{mine}/record")).await.path, "/sign-in");
    for path in ["/as/x/record", "/as/00000000-0000-0000-0000-000000000000/record", "/as//record"] {
        assert_eq!(rosa.get(path).await.status, 404, "{path}");
    }
    api::representation::end(&house.app, &actor(&house, "rosa").await, id).await.unwrap();
    assert_eq!(rosa.get(&format!("{mine}/record")).await.status, 404);
    assert_eq!(rosa.get("/record").await.status, 200);
    house.close().await;
}

/// Rules E: an auditor reads who did what by numbers, and nothing of health.
async fn auditors_read_the_ledger_without_names(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    rosa.get("/record/labs").await;
    let mut auditor = house.desk("auditor").await;
    let list = auditor.get("/staff/ledger").await;
    let chains = list.attributes("main .lines a.title", "href");
    assert_eq!(chains, [format!("/staff/ledger/{}", patient(&house, "rosa").await)]);
    let chain = auditor.get(&chains[0]).await;
    assert!(chain.all("main .lines li").len() >= 2, "{}", chain.text);
    assert!(chain.text.contains("own record"), "{}", chain.text);
    for word in ["Rosa", "Delgado", "Labs", "Observation"] {
        assert!(!chain.text.contains(word), "{word}: {}", chain.text);
    }
    let older = auditor.get(&format!("{}?before=1", chains[0])).await;
    assert!(older.all("main .lines li").is_empty() && older.status == 200);
    for who in ["clinician", "clerk"] {
        assert_eq!(house.desk(who).await.get("/staff/ledger").await.status, 403, "{who}");
    }
    house.close().await;
}

/// A mark can be about who acts for the person: they do not read of it, even where they see the whole record.
async fn marks_are_for_the_person_to_read(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let mut elena = house.signed_in("elena").await;
    let id = appointed(&house, ("elena", Authority::AdultGuardian), "rosa", everything()).await;
    let mut clinician = house.desk("clinician").await;
    let look = looked(&house, &mut clinician, ("rosa", "clinician.treatment")).await;
    let visits = clinician.get(&format!("{look}/record/visits")).await;
    let item = visits.attributes("main .lines a.title", "href").remove(0);
    let page = clinician.get(&item).await;
    let mark = [("label", "put.violence"), ("reason", "she told of her helper (synthetic)")];
    assert_eq!(clinician.submit(&page, "#labels", &mark).await.status, 200);
    let log = elena.get(&format!("/for/{id}/access-log")).await;
    assert!(log.text.contains("(clinician)"), "they read who looked: {}", log.text);
    assert!(!log.text.contains("changed a mark"), "{}", log.text);
    let home = elena.get(&format!("/for/{id}/home")).await;
    assert!(!home.text.contains("changed a mark"), "{}", home.text);
    assert!(rosa.get("/access-log").await.text.contains("changed a mark"));
    // The reason is sealed in the database, and stands at the item for the person.
    assert_eq!(house.raw.texts("SELECT reason FROM label_change").await, [""]);
    let own = rosa.get(item.strip_prefix(&look).unwrap()).await;
    assert!(own.text.contains("she told of her helper"), "{}", own.text);
    house.close().await;
}

async fn the_law_of_the_place_binds_permissions(kind: Kind) {
    let house = House::with(kind, |config| {
        config.law.rule.push(Rule { unit: "years".into(), ..rule("consent.expiry_max", Value::Whole(1)) });
        config.law.rule.push(rule("consent.witness_required", Value::Flag(true)));
    })
    .await;
    let mut rosa = house.linked("rosa").await;
    let over = patient(&house, "rosa").await;
    // Nobody stands beside a browser as a witness.
    let form = rosa.get("/privacy/permissions/new").await;
    let css = "form[action='/privacy/permissions/new']";
    let page = rosa.submit(&form, css, &[("kind", "hipaa-508")]).await;
    assert_eq!(page.status, 403);
    assert!(page.text.contains("Sign it on paper"), "{}", page.text);
    let terms = |last: &str, witness: Option<&str>| {
        let over = api::base::Instant(i64::MAX);
        let to = Party { name: "Dr. Lee".into(), ..Party::default() };
        let terms = paper(&house, (consents::Kind::Hipaa508, "rosa"), to);
        Terms {
            expiry: Some(Expiry::Day { last: last.into(), over }),
            signer: Signer { witness: witness.map(str::to_owned), ..terms.signer.clone() },
            ..terms
        }
    };
    for (last, witness, fields) in [
        ("2099-01-01", Some("Ana Ruiz"), vec!["until"]),
        ("2027-01-05", None, vec!["witness"]),
        ("2027-01-06", None, vec!["until", "witness"]),
        ("2027-01-05", Some("Ana Ruiz"), vec![]),
    ] {
        let once = ConsentId(api::base::uuid(house.app.clock.now()));
        let by = (None, "Desk (synthetic)");
        let said = consents::record_paper(&house.app, (over, once, terms(last, witness)), by).await;
        let found = match said {
            Ok(_) => vec![],
            Err(api::base::Error::Invalid(problems)) => problems.0.iter().map(|one| one.field).collect(),
            Err(error) => panic!("{error:?}"),
        };
        assert_eq!(found, fields, "{last} {witness:?}");
    }
    // What is signed here says by which law it must end.
    let tpo = rosa.submit(&form, css, &[("kind", "part2-tpo")]).await;
    assert!(
        tpo.text.contains("At the latest") && tpo.text.contains("Invented Code 1.2, US-XX"),
        "{}",
        tpo.text
    );
    house.close().await;
}

/// The day on which an authority is looked at again moves with a birth date that a source corrected.
async fn a_corrected_birth_date_is_noticed(kind: Kind) {
    // What comes due is done here and not by a worker, who might be first.
    let house = House::with(kind, |config| config.server.work = false).await;
    house.linked("mia").await;
    house.signed_in("elena").await;
    appointed(&house, ("elena", Authority::Parent), "mia", everything()).await;
    let over = patient(&house, "mia").await;
    // As if the gather before had brought another birth date: with a later one the parent would stay in force for longer.
    let earlier = format!("UPDATE patient SET birth_date = '2025-01-01' WHERE patient_no = {over}");
    house.raw.run(&earlier).await.unwrap();
    let now = house.app.clock.now().micros();
    house.raw.run(&format!("UPDATE authority SET due_at = {}", now + 1_000_000_000_000)).await.unwrap();
    let unknown = house.raw.bytes(&[0; 32]);
    house.raw.run(&format!("UPDATE resource SET hash = {unknown} WHERE type = 'Patient'")).await.unwrap();
    let again = api::sources::gather(&house.app, "demo-ehr", &house.person("mia").patient_id).await.unwrap();
    assert_eq!(again.failure, None);
    let due = house.raw.number("SELECT due_at FROM authority").await;
    assert!(due < now + 60_000_000, "the job looks at it now");
    assert!(api::representation::tidy(&house.app).await.unwrap() > 0);
    let due = house.raw.number("SELECT due_at FROM authority").await;
    let comes_of_age = now + 20 * 366 * 86_400_000_000;
    assert!(due > now + 86_400_000_000 && due < comes_of_age, "and writes down the new day: {due}");
    house.close().await;
}
