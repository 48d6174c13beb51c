//! What a clinician decides where the law is silent, what labels take over and follow, and settings that are told of what
//! they protect: counseling notes, consent to send, programs that came to be one.

use api::config::{Config, Value};
use api::consents::{self, Party};
use api::fhir::sensitivity::{Label, Labels};
use api::representation::{Kind as Authority, Scope};
use api::visibility::Helper;

use crate::acting::{actor, all_of, appointed, everything, looked, patient};
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};
use crate::law::rule;

on_both_databases!(
    a_clinician_opens_what_the_law_is_silent_about,
    what_the_law_forbids_is_not_opened,
    the_question_tells_nothing,
    a_visit_tells_the_service,
    labels_follow_the_settings,
    counseling_notes_follow_the_setting,
    a_helper_is_foreseen_as_they_would_see,
);

/// A parent's rule for all that the label of sexual and reproductive health may be.
fn of_reproductive(config: &mut Config, word: &str) {
    for service in ["sti", "contraception", "pregnancy", "abortion"] {
        let key = format!("minors.parent_access_rule.{service}");
        config.law.rule.push(rule(&key, Value::Word(word.into())));
    }
}

async fn send(who: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let page = who.get("/help").await;
    let token = page.attributes("input[name='csrf']", "value").remove(0);
    let all: Vec<(&str, &str)> =
        [("csrf", token.as_str())].into_iter().chain(fields.iter().copied()).collect();
    who.plain_post(path, &all).await
}

/// A parent asks, and a clinician opens the record for the question: the address of what is to be decided.
async fn asked(parent: &mut Browser, base: &str, clinician: &mut Browser) -> String {
    let form = parent.get(&format!("{base}/unshown")).await;
    let waits = parent.submit(&form, "#unshown", &[("note", "May I see all of it? (synthetic)")]).await;
    assert!(waits.text.contains("has not answered yet"), "{}", waits.text);
    let home = clinician.get("/staff").await;
    assert!(home.text.contains("1 parent waits for an answer"), "{}", home.text);
    let list = clinician.get("/staff/unshown").await;
    let case = clinician.get(&list.attributes("main .lines a.title", "href").remove(0)).await;
    assert!(case.text.contains("May I see all of it?"), "{}", case.text);
    let short = clinician.submit(&case, "#open", &[("reason", "ok")]).await;
    assert_eq!((short.status, short.all("#reason-problem").len()), (422, 1));
    let opened = clinician.submit(&case, "#open", &[("reason", "A parent asks (synthetic)")]).await;
    assert!(opened.path.contains("/unshown/"), "{} {}", opened.path, opened.text);
    opened.path
}

async fn sees(who: &mut Browser, base: &str, item: &str) -> bool {
    who.get(&format!("{base}/record/labs/{item}")).await.status != 404
}

async fn a_clinician_opens_what_the_law_is_silent_about(kind: Kind) {
    let house = House::start(kind).await;
    let mut jordan = house.linked("jordan").await;
    let (mut elena, mut sam) = (house.signed_in("elena").await, house.signed_in("sam").await);
    let mother = appointed(&house, ("elena", Authority::Parent), "jordan", everything()).await;
    let father = appointed(&house, ("sam", Authority::Parent), "jordan", everything()).await;
    let (hers, his) = (format!("/for/{mother}"), format!("/for/{father}"));
    let mut clinician = house.desk("clinician").await;
    let path = asked(&mut elena, &hers, &mut clinician).await;
    let twice = send(&mut elena, &format!("{hers}/unshown"), &[("note", "")]).await;
    assert_eq!(twice.status, 409, "{}", twice.text);

    // What is closed for this reason stands there, and only that; to see it is a line of the log.
    let page = clinician.get(&path).await;
    let items = page.attributes("input[name='open']", "value");
    assert!(items.len() > 5, "{}", page.text);
    assert!(!page.text.to_lowercase().contains("influenza"), "{}", page.text);
    assert!(page.attributes("input[name='open'][checked]", "value").is_empty());
    for item in &items {
        assert!(!sees(&mut elena, &hers, item).await, "{item}");
    }
    let bad = clinician.submit(&page, "#decide", &[("open", &items[0]), ("reason", "ok")]).await;
    assert_eq!((bad.status, bad.all("#reason-problem").len()), (422, 1));
    assert_eq!(
        bad.attributes("input[name='open'][checked]", "value"),
        [items[0].as_str()],
        "as it was ticked"
    );

    // One item for one parent. A number that the page did not show opens nothing.
    let reason = ("reason", "She brings Jordan to each visit (synthetic)");
    let done = clinician.submit(&page, "#decide", &[("open", &items[0]), reason]).await;
    assert_eq!(done.attributes("input[name='open'][checked]", "value"), [items[0].as_str()], "{}", done.text);
    assert!(done.text.contains("She brings Jordan"), "{}", done.text);
    for item in &items {
        assert_eq!(sees(&mut elena, &hers, item).await, *item == items[0], "{item}");
        assert!(!sees(&mut sam, &his, item).await, "{item}: the other parent");
        assert!(sees(&mut jordan, "", item).await, "{item}: their own");
    }
    assert_eq!(house.raw.number(crate::harness::database::MISCOUNTED).await, 0);
    let unseen = [("shown", items[2].as_str()), ("open", items[1].as_str()), reason];
    send(&mut clinician, &path, &unseen).await;
    assert!(!sees(&mut elena, &hers, &items[1]).await);

    // The answer says nothing of what there is, and the log has it all.
    let answer = elena.get(&format!("{hers}/unshown")).await;
    assert!(answer.text.contains("What you may see is in the record now"), "{}", answer.text);
    for word in ["chlamydia", "She brings", "reproductive"] {
        assert!(!answer.text.contains(word), "{word}: {}", answer.text);
    }
    let log = jordan.get("/access-log").await;
    for words in ["decided what somebody who acts for the person sees", "looked at what is not shown"] {
        assert!(log.text.contains(words), "{words}: {}", log.text);
    }
    assert!(!elena.get(&format!("{hers}/access-log")).await.text.contains("decided what"));
    let kept = house.raw.blobs("SELECT reason FROM unshown_decision").await.concat();
    assert!(!kept.windows(6).any(|part| part == b"brings"), "what was written is sealed");

    // Another service that the item shows since was not decided about.
    let over = patient(&house, "jordan").await;
    let mark = async |label, put| {
        let item = items[0].parse().unwrap();
        let change = (label, put, "a result says so (synthetic)");
        api::records::change_label(&house.app, (None, "Desk (synthetic)"), (over, item), change)
            .await
            .unwrap();
    };
    mark(Label::Hiv, true).await;
    assert!(!sees(&mut elena, &hers, &items[0]).await, "nobody decided about that");
    mark(Label::Hiv, false).await;
    assert!(sees(&mut elena, &hers, &items[0]).await);

    // All of a kind, and closed again.
    let page = clinician.get(&path).await;
    let kinds = page.attributes("input[name='services']", "value");
    assert!(kinds.contains(&"reproductive".to_owned()), "{kinds:?}");
    let mut all: Vec<(&str, &str)> = kinds.iter().map(|kind| ("services", kind.as_str())).collect();
    all.push(reason);
    send(&mut clinician, &path, &all).await;
    assert!(all_of(&mut elena, &hers).await.contains("chlamydia"));
    assert!(!all_of(&mut sam, &his).await.contains("chlamydia"));
    let none: Vec<(&str, &str)> = items.iter().map(|item| ("shown", item.as_str())).chain([reason]).collect();
    send(&mut clinician, &path, &none).await;
    assert!(!all_of(&mut elena, &hers).await.contains("chlamydia"));
    assert_eq!(house.raw.number(crate::harness::database::MISCOUNTED).await, 0);

    // Nobody else decides: not who asked, no other role, not without a look.
    for who in ["clerk", "privacy", "admin"] {
        assert_eq!(house.desk(who).await.get("/staff/unshown").await.status, 403, "{who}");
    }
    let mut privacy = house.desk("privacy").await;
    let look = looked(&house, &mut privacy, ("jordan", "privacy-officer.case-review")).await;
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(privacy.get(&format!("{look}/unshown/{id}")).await.status, 404);
    for (who, base) in [(&mut elena, hers.as_str()), (&mut sam, his.as_str()), (&mut jordan, "")] {
        assert_eq!(who.get(&format!("{base}/unshown/{id}")).await.status, 404, "{base}");
        assert_eq!(send(who, &format!("{base}/unshown/{id}"), &all).await.status, 404, "{base}");
    }
    house.close().await;
}

async fn what_the_law_forbids_is_not_opened(kind: Kind) {
    let house = House::with(kind, |config| of_reproductive(config, "prohibits")).await;
    house.linked("jordan").await;
    let mut elena = house.signed_in("elena").await;
    let mother = appointed(&house, ("elena", Authority::Parent), "jordan", everything()).await;
    let hers = format!("/for/{mother}");
    let mut clinician = house.desk("clinician").await;
    let path = asked(&mut elena, &hers, &mut clinician).await;
    let page = clinician.get(&path).await;
    assert!(!page.text.to_lowercase().contains("chlamydia"), "{}", page.text);
    let bits = api::fhir::sensitivity::Service::Reproductive.bit().0;
    let sql = format!("SELECT CAST(rid AS TEXT) FROM item WHERE labels & {bits} <> 0");
    let forbidden = house.raw.texts(&sql).await;
    assert!(!forbidden.is_empty());
    let items: Vec<String> =
        forbidden.iter().map(|rid| api::base::Rid(rid.parse().unwrap()).item().to_string()).collect();
    let mut forged = vec![("services", "reproductive"), ("services", "untold"), ("reason", "a forged form")];
    for item in &items {
        forged.extend([("shown", item.as_str()), ("open", item.as_str())]);
    }
    send(&mut clinician, &path, &forged).await;
    for item in &items {
        assert!(!sees(&mut elena, &hers, item).await, "{item}");
    }
    house.close().await;
}

/// The way to ask is the same for the parent of a child of whom nothing is closed, and so is the answer.
async fn the_question_tells_nothing(kind: Kind) {
    let house = House::start(kind).await;
    for key in ["jordan", "mia"] {
        house.linked(key).await;
    }
    let mut elena = house.signed_in("elena").await;
    let mut clinician = house.desk("clinician").await;
    let mut told = Vec::new();
    for key in ["jordan", "mia"] {
        let id = appointed(&house, ("elena", Authority::Parent), key, everything()).await;
        let base = format!("/for/{id}");
        let missing = elena.get(&format!("{base}/record/not-here")).await;
        assert!(missing.attributes("main a", "href").contains(&format!("{base}/unshown")), "{key}");
        let path = asked(&mut elena, &base, &mut clinician).await;
        let page = clinician.get(&path).await;
        assert_eq!(page.text.contains("Nothing is closed for this reason"), key == "mia", "{}", page.text);
        clinician.submit(&page, "#decide", &[("reason", "I looked at all of it (synthetic)")]).await;
        let answer = elena.get(&format!("{base}/unshown")).await;
        told.push(answer.all("main").concat());
    }
    assert_eq!(told[0], told[1]);
    // Nobody who acts for an adult, no helper and not the person has the page.
    let mut rosa = house.linked("rosa").await;
    let id = appointed(&house, ("elena", Authority::HealthCareAgent), "rosa", everything()).await;
    assert_eq!(elena.get(&format!("/for/{id}/unshown")).await.status, 404);
    let missing = elena.get(&format!("/for/{id}/record/not-here")).await;
    assert!(missing.attributes("main a[href$='/unshown']", "href").is_empty());
    assert_eq!(rosa.get("/unshown").await.status, 404);
    assert_eq!(send(&mut rosa, "/unshown", &[("note", "")]).await.status, 404);
    house.close().await;
}

/// What takes the label of a minor's own service over from a visit is of the service that the visit was.
async fn a_visit_tells_the_service(kind: Kind) {
    let house = House::with(kind, |config| {
        config.law.rule.push(rule("minors.parent_access_rule.mental-health", Value::Word("requires".into())));
    })
    .await;
    house.linked("mia").await;
    let mut elena = house.signed_in("elena").await;
    let id = appointed(&house, ("elena", Authority::Parent), "mia", everything()).await;
    let base = format!("/for/{id}");
    let over = patient(&house, "mia").await;
    let visits = elena.get(&format!("{base}/record/visits")).await;
    let visit =
        visits.attributes("main .lines a.title", "href").remove(0).rsplit('/').next().unwrap().to_owned();
    let item = visit.parse().unwrap();
    let mark = async |label, put| {
        let change = (label, put, "she came alone (synthetic)");
        api::records::change_label(&house.app, (None, "Desk (synthetic)"), (over, item), change)
            .await
            .unwrap();
    };
    mark(Label::Minor, true).await;
    let minor = format!("SELECT CAST(rid AS TEXT) FROM item WHERE labels & {} <> 0", Label::Minor.bit());
    let items: Vec<String> = house.raw.texts(&minor).await;
    let items: Vec<String> =
        items.iter().map(|rid| api::base::Rid(rid.parse().unwrap()).item().to_string()).collect();
    assert!(items.len() > 1, "what was done at the visit");
    for (label, put, seen) in [
        (None, true, false),
        (Some(Label::MentalHealth), true, true),
        // Of two services one is closed.
        (Some(Label::Hiv), true, false),
        (Some(Label::Hiv), false, true),
        (Some(Label::MentalHealth), false, false),
    ] {
        if let Some(label) = label {
            mark(label, put).await;
        }
        for item in &items {
            assert_eq!(sees(&mut elena, &base, item).await, seen, "{item} {label:?} {put}");
        }
    }
    assert_eq!(house.raw.number(crate::harness::database::MISCOUNTED).await, 0);
    house.close().await;
}

/// The same house with other settings, as after a restart.
async fn restarted(house: &House, change: impl FnOnce(&mut Config)) -> api::app::App {
    let mut config = house.app.config.clone();
    change(&mut config);
    api::app::open(config, api::base::Clock::System).await.unwrap()
}

/// A source that becomes a program is protected before anything is served, and what staff put or took stays.
async fn labels_follow_the_settings(kind: Kind) {
    let house = House::with(kind, |config| config.server.work = false).await;
    let mut rosa = house.linked("rosa").await;
    let over = patient(&house, "rosa").await;
    let labels = async || house.raw.texts("SELECT rid || ' ' || labels FROM item ORDER BY rid").await;
    let visit = rosa.get("/record/visits").await.attributes("main .lines a.title", "href").remove(0);
    let item = visit.rsplit('/').next().unwrap().parse().unwrap();
    let change = (Label::Hiv, true, "a result says so (synthetic)");
    api::records::change_label(&house.app, (None, "Desk (synthetic)"), (over, item), change).await.unwrap();
    let before = labels().await;
    let hiv = format!("SELECT count(*) FROM item WHERE labels & {} <> 0", Label::Hiv.bit());
    let marked = house.raw.number(&hiv).await;
    assert!(marked > 0);
    assert_eq!(api::records::label_before_serving(&house.app).await.unwrap(), [], "nothing changed");

    let program = restarted(&house, |config| config.program.sources = vec!["demo-ehr".into()]).await;
    let done = api::records::label_before_serving(&program).await.unwrap();
    assert!(done.len() == 1 && done[0].changed > 20, "{done:?}");
    let open = format!(
        "SELECT count(*) FROM item i JOIN resource r ON r.rid = i.rid WHERE i.patient_no <> 0 \
         AND r.type <> 'Patient' AND i.labels & {} = 0",
        Labels::PROGRAM.0
    );
    assert_eq!(house.raw.number(&open).await, 0, "all that the source recorded");
    assert_eq!(house.raw.number(&hiv).await, marked, "what staff put stays");
    assert_eq!(house.raw.number(crate::harness::database::MISCOUNTED).await, 0);
    let mut clinician = house.desk("clinician").await;
    let base = looked(&house, &mut clinician, ("rosa", "clinician.treatment")).await;
    assert_eq!(clinician.get(&format!("{base}{visit}")).await.status, 404, "staff need a consent now");
    assert_eq!(rosa.get(&visit).await.status, 200, "the person sees their own (42 CFR 2.23)");
    assert_eq!(api::records::label_before_serving(&program).await.unwrap(), [], "it is done once");
    program.db.close().await;

    // Unset, the rules count again: while the service runs, since what is stored is protected more than it need be.
    assert_eq!(api::records::label_before_serving(&house.app).await.unwrap(), []);
    // One of these settings, and one of the program's, which is left to a worker that has them.
    assert_eq!(house.raw.number("SELECT count(*) FROM job WHERE kind = 'labels.anew'").await, 2);
    // One that was killed goes on behind its last whole batch.
    let half = "UPDATE source SET labelled_to = (SELECT max(rid) FROM resource WHERE source_no = source.source_no), \
                labelling = 'of rules that are others'";
    house.raw.run(half).await.unwrap();
    while api::worker::next(&house.app).await.unwrap() {}
    let after = labels().await;
    let changed: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
    assert!(changed.is_empty() && before.len() == after.len(), "as it was: {changed:?}");
    assert_eq!(clinician.get(&format!("{base}{visit}")).await.status, 200);
    house.close().await;
}

async fn counseling_notes_follow_the_setting(kind: Kind) {
    for in_record in [false, true] {
        let house = House::with(kind, |config| {
            if in_record {
                let word = Value::Word("in-record".into());
                config.law.rule.push(rule("part2.counseling_notes_patient_access", word));
            }
        })
        .await;
        let mut casey = house.linked("casey").await;
        let mut sam = house.signed_in("sam").await;
        let agent = appointed(&house, ("sam", Authority::HealthCareAgent), "casey", everything()).await;
        let over = patient(&house, "casey").await;
        // Two notes of which the source says that they are kept apart; one is the program's.
        let sql = format!(
            "SELECT CAST(rid AS TEXT) FROM item WHERE patient_no = {over} AND category <> 15 ORDER BY rid LIMIT 2"
        );
        let rids = house.raw.texts(&sql).await;
        let notes = Labels::default().with(Label::PsychotherapyNotes);
        let counseling = notes.with(Label::SubstanceUse).of_program().kept();
        for (rid, labels) in rids.iter().zip([counseling, notes.kept()]) {
            let set = format!("UPDATE item SET labels = {} WHERE rid = {rid}", labels.0);
            house.raw.run(&set).await.unwrap();
        }
        let recount = "DELETE FROM shelf; INSERT INTO shelf (patient_no, category, source_no, place, labels, items) \
                       SELECT patient_no, category, source_no, COALESCE(place, ''), labels, COUNT(*) FROM item \
                       GROUP BY patient_no, category, source_no, COALESCE(place, ''), labels";
        for sql in recount.split("; ") {
            house.raw.run(sql).await.unwrap();
        }
        let item = |rid: &String| api::base::Rid(rid.parse().unwrap()).item().to_string();
        assert_eq!(sees(&mut casey, "", &item(&rids[0])).await, in_record);
        assert!(
            !sees(&mut casey, "", &item(&rids[1])).await,
            "psychotherapy notes are outside the right of access"
        );
        let missing = casey.get("/record/not-here").await;
        let count = if in_record { "Psychotherapy notes: 1 item" } else { "Psychotherapy notes: 2 items" };
        assert!(missing.text.contains(count), "{in_record}: {}", missing.text);
        for rid in &rids {
            assert!(!sees(&mut sam, &format!("/for/{agent}"), &item(rid)).await, "only the person");
        }
        let mut clinician = house.desk("clinician").await;
        let base = looked(&house, &mut clinician, ("casey", "clinician.treatment")).await;
        for rid in &rids {
            assert!(!sees(&mut clinician, &base, &item(rid)).await, "nor staff");
        }
        house.close().await;
    }
}

/// What the person is told before they let a helper in is what the helper sees.
async fn a_helper_is_foreseen_as_they_would_see(kind: Kind) {
    let house = House::with(kind, |config| {
        config.law.rule.push(rule("part2.lawful_holder", Value::Flag(true)));
    })
    .await;
    house.linked("casey").await;
    let own = actor(&house, "casey").await;
    let over = patient(&house, "casey").await;
    let mut elena = house.signed_in("elena").await;
    let shown = api::representation::choosable().collect();
    let scope = Scope { shown, ..everything() };
    let name = "Elena (synthetic)";
    let foreseen = async |helper| {
        let preview =
            api::records::preview_for_helper(&house.app, &own, (over, helper, &scope)).await.unwrap();
        preview.shelves.iter().map(|(_, _, seen)| seen).sum::<i64>()
    };
    let all: i64 = {
        let preview =
            api::records::preview_for_helper(&house.app, &own, (over, Helper::New(name), &scope)).await;
        preview.unwrap().shelves.iter().map(|(_, all, _)| all).sum()
    };
    let new = foreseen(Helper::New(name)).await;
    let about = format!(
        "SELECT count(*) FROM item WHERE patient_no = {over} AND labels & {} <> 0",
        Labels::PROGRAM.with(Label::SubstanceUse).0
    );
    let closed = house.raw.number(&about).await;
    assert!(closed > 0);
    assert_eq!(new, all - closed, "a tick is no consent: all about substance use stays");
    let ask = api::representation::Ask {
        name: name.into(),
        kind: Authority::Delegate,
        evidence: api::representation::Evidence {
            proof: api::representation::Proof::Chosen,
            note: String::new(),
        },
        scope: scope.clone(),
        starts: None,
        until: None,
        incapacity: api::representation::Incapacity::NotNeeded,
        review: None,
    };
    let code = api::representation::invite(&house.app, &own, (over, ask)).await.unwrap().code;
    let helper = actor(&house, "elena").await;
    let id = api::representation::accept(&house.app, &helper, &code).await.unwrap().authority.id;
    let seen = async || {
        let about = (over, api::records::Front::Record);
        let overview = api::records::overview(&house.app, &helper, about).await.unwrap();
        overview.shelves.iter().map(|shelf| shelf.count).sum::<i64>()
    };
    assert_eq!((seen().await, foreseen(Helper::Known(id)).await), (new, new));
    assert_eq!(elena.get(&format!("/for/{id}/record")).await.status, 200);

    // A consent that names them opens it in both; a limit that names them closes in both.
    let terms = crate::law::paper(
        &house,
        (consents::Kind::Part2Specific, "casey"),
        Party { name: name.into(), ..Party::default() },
    );
    crate::law::recorded(&house, over, terms).await;
    assert_eq!((seen().await, foreseen(Helper::Known(id)).await), (all, all));
    assert_eq!(foreseen(Helper::New(name)).await, all);
    let once = consents::once(&house.app);
    let limit = consents::Ask {
        against: consents::Against::Named,
        party: name.into(),
        categories: Some([api::fhir::present::Category::Labs].into()),
        labels: Default::default(),
        what: String::new(),
        why: String::new(),
        paid_in_full: false,
    };
    consents::ask(&house.app, &own, (over, once, limit)).await.unwrap();
    let by = (None, "Petra Officer (synthetic)");
    consents::answer(&house.app, (once, consents::Answer::Agreed, ""), by).await.unwrap();
    let left = seen().await;
    assert!(left < all);
    assert_eq!(foreseen(Helper::Known(id)).await, left);
    assert_eq!(foreseen(Helper::New(name)).await, left);
    house.close().await;
}
