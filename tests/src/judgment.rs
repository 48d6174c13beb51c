//! What a clinician decides where the law is silent, what labels take over and follow, and settings that are told of what
//! they protect: counseling notes, consent to send, programs that came to be one.

use api::config::{Config, OwnCodes, OwnSource, Value};
use api::consents::{self, Party};
use api::fhir::sensitivity::{Label, Labels};
use api::representation::{Kind as Authority, Scope};
use api::visibility::Helper;

use crate::acting::{actor, all_of, appointed, ask, everything, limited, looked, patient};
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};
use crate::law::rule;
use crate::smart::{self, Apps};

on_both_databases!(
    a_clinician_opens_what_the_law_is_silent_about,
    what_the_law_forbids_is_not_opened,
    the_question_tells_nothing,
    what_the_page_did_not_show_is_not_decided,
    what_was_not_done_is_told,
    what_a_limit_keeps_is_not_decided,
    an_app_sees_what_was_opened,
    what_the_young_person_is_told,
    a_visit_tells_the_service,
    an_order_hands_its_mark_on,
    labels_follow_the_settings,
    codes_of_the_clinic_are_labelled,
    files_of_what_cannot_be_read_are_protected,
    counseling_notes_follow_the_setting,
    a_note_that_is_not_kept_apart_is_shown,
    a_helper_is_foreseen_as_they_would_see,
    who_may_only_ask_is_answered,
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

/// The same form as the page at this address has it now.
async fn decide(who: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let seen = who.get(path).await.attributes("input[name='seen']", "value").remove(0);
    let all: Vec<(&str, &str)> =
        [("seen", seen.as_str()), ("then", "answer")].into_iter().chain(fields.iter().copied()).collect();
    send(who, path, &all).await
}

/// What was decided about questions, and how many lines the logs have.
async fn decided(house: &House) -> (i64, i64) {
    let count = "SELECT count(*) FROM unshown_decision";
    (house.raw.number(count).await, house.entries().await)
}

/// A parent asks, and a clinician opens the record for the question: the address of what is to be decided.
pub async fn asked(parent: &mut Browser, base: &str, clinician: &mut Browser) -> String {
    let form = parent.get(&format!("{base}/unshown")).await;
    let waits = parent.submit(&form, "#unshown", &[("note", "May I see all of it? (synthetic)")]).await;
    assert!(waits.text.contains("has not answered yet"), "{}", waits.text);
    let home = clinician.get("/staff").await;
    assert!(home.text.contains("1 parent waits for an answer"), "{}", home.text);
    let list = clinician.get("/staff/unshown").await;
    for name in ["Jordan", "Mia", "Rosa"] {
        assert!(!list.all("main").concat().contains(name), "whom it is about stands in no list");
    }
    let case = clinician.get(&list.attributes("main .lines a.title", "href").remove(0)).await;
    for words in ["Jordan", "Mia", "Rosa", "Elena", "May I see all of it?"] {
        assert!(!case.text.contains(words), "before the record is open: {}", case.text);
    }
    let short = clinician.submit(&case, "#open", &[("reason", "ok")]).await;
    assert_eq!((short.status, short.all("#reason-problem").len()), (422, 1));
    let opened = clinician.submit(&case, "#open", &[("reason", "A parent asks (synthetic)")]).await;
    assert!(opened.path.contains("/unshown/"), "{} {}", opened.path, opened.text);
    assert!(opened.text.contains("May I see all of it?"), "{}", opened.text);
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
    // No two look alike, and what is about safety at home says so.
    let said = page.all("#items .choice");
    assert_eq!(said.iter().collect::<std::collections::BTreeSet<_>>().len(), items.len(), "{said:?}");
    let safe = said.iter().position(|text| text.contains("safe where you currently live")).unwrap();
    assert!(said[safe].contains("Abuse and violence"), "{}", said[safe]);
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

    // One item for one parent.
    let reason = ("reason", "She brings Jordan to each visit (synthetic)");
    let done = clinician.submit(&page, "#decide", &[("open", &items[0]), reason]).await;
    assert_eq!(done.attributes("input[name='open'][checked]", "value"), [items[0].as_str()], "{}", done.text);
    for words in ["She brings Jordan", "The answer was sent on", "Change the decision"] {
        assert!(done.text.contains(words), "{words}: {}", done.text);
    }
    for item in &items {
        assert_eq!(sees(&mut elena, &hers, item).await, *item == items[0], "{item}");
        assert!(!sees(&mut sam, &his, item).await, "{item}: the other parent");
        assert!(sees(&mut jordan, "", item).await, "{item}: their own");
    }
    assert_eq!(house.raw.number(crate::harness::database::MISCOUNTED).await, 0);

    // What stands on no page changes nothing and is written nowhere; nor is what changes nothing.
    let (one, two) = (items[1].as_str(), items[2].as_str());
    let strange = house.address("5");
    for (fields, words) in [
        (vec![("shown", two), ("open", one)], "not on this page"),
        (vec![("shown", "999999"), ("open", "999999")], "not on this page"),
        (vec![("shown", "x")], "not on this page"),
        // A number, and the address of something in no record.
        (vec![("shown", "5"), ("open", "5")], "not on this page"),
        (vec![("shown", strange.as_str()), ("open", strange.as_str())], "not on this page"),
        (vec![("services", "nonsense")], "not on this page"),
        (vec![("services", "hiv")], "not on this page"),
        (vec![("shown", two)], "changes nothing"),
        (vec![("shown", items[0].as_str()), ("open", items[0].as_str())], "changes nothing"),
    ] {
        let before = house.raw.number("SELECT count(*) FROM unshown_decision").await;
        let all: Vec<_> = fields.iter().copied().chain([reason]).collect();
        let page = decide(&mut clinician, &path, &all).await;
        assert_eq!((page.status, page.all("#items-problem").len()), (422, 1), "{fields:?}: {}", page.text);
        assert!(page.text.contains(words), "{fields:?}: {}", page.text);
        assert_eq!(house.raw.number("SELECT count(*) FROM unshown_decision").await, before, "{fields:?}");
    }
    let unseen =
        send(&mut clinician, &path, &[("shown", two), ("open", two), ("then", "answer"), reason]).await;
    assert_eq!(unseen.status, 422, "no page of ours");
    for item in &items[1..] {
        assert!(!sees(&mut elena, &hers, item).await, "{item}");
    }

    // The answer says nothing of what there is, and the log has it all.
    let answer = elena.get(&format!("{hers}/unshown")).await;
    assert!(answer.text.contains("What you may see is in the record now"), "{}", answer.text);
    for word in ["chlamydia", "She brings", "reproductive"] {
        assert!(!answer.text.contains(word), "{word}: {}", answer.text);
    }
    let log = jordan.get("/access-log").await;
    for words in ["decided what Elena Harper (synthetic) (parent) sees of your record", "who acts for you"] {
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

    // All of a kind, and closed again. What is of another kind too stays closed.
    let page = clinician.get(&path).await;
    let kinds = page.attributes("input[name='services']", "value");
    assert!(kinds.contains(&"reproductive".to_owned()), "{kinds:?}");
    decide(&mut clinician, &path, &[("services", "reproductive"), reason]).await;
    assert!(all_of(&mut elena, &hers).await.contains("chlamydia"));
    assert!(!sees(&mut elena, &hers, &items[safe]).await, "safety at home is no reproductive care");
    let mut all: Vec<(&str, &str)> = kinds.iter().map(|kind| ("services", kind.as_str())).collect();
    all.push(reason);
    decide(&mut clinician, &path, &all).await;
    assert!(all_of(&mut elena, &hers).await.contains("chlamydia"));
    assert!(!all_of(&mut sam, &his).await.contains("chlamydia"));
    let none: Vec<(&str, &str)> = items.iter().map(|item| ("shown", item.as_str())).chain([reason]).collect();
    decide(&mut clinician, &path, &none).await;
    assert!(!all_of(&mut elena, &hers).await.contains("chlamydia"));
    // However many they are, the log leads to each.
    let closed = "SELECT closed FROM unshown_decision ORDER BY number DESC LIMIT 1";
    let log = jordan.get("/access-log?what=opened").await;
    let ways = log.attributes("ol.log > li:first-child a[href^='/record/']", "href");
    assert_eq!(ways.len() as i64, house.raw.number(closed).await);
    assert!(ways.len() > 5, "{ways:?}");
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
    let items: Vec<String> = forbidden.iter().map(|rid| house.address(rid)).collect();
    let mut forged = vec![("services", "reproductive"), ("services", "untold"), ("reason", "a forged form")];
    for item in &items {
        forged.extend([("shown", item.as_str()), ("open", item.as_str())]);
    }
    assert_eq!(decide(&mut clinician, &path, &forged).await.status, 422);
    for item in &items {
        assert!(!sees(&mut elena, &hers, item).await, "{item}");
    }
    house.close().await;
}

/// The way to ask is the same for the parent of a child of whom nothing is closed, and so is the answer.
async fn the_question_tells_nothing(kind: Kind) {
    let house = House::with(kind, |config| config.clinic.answer_days = 5).await;
    for key in ["jordan", "mia"] {
        house.linked(key).await;
    }
    let mut elena = house.signed_in("elena").await;
    let mut clinician = house.desk("clinician").await;
    let (mut told, mut bases, mut look) = (Vec::new(), Vec::new(), String::new());
    for key in ["jordan", "mia"] {
        let id = appointed(&house, ("elena", Authority::Parent), key, everything()).await;
        let base = format!("/for/{id}");
        bases.push(base.clone());
        let missing = elena.get(&format!("{base}/record/not-here")).await;
        assert!(missing.attributes("main a", "href").contains(&format!("{base}/unshown")), "{key}");
        let form = elena.get(&format!("{base}/unshown")).await;
        assert!(form.text.contains("You get an answer within 5 days"), "{}", form.text);
        let path = asked(&mut elena, &base, &mut clinician).await;
        let waits = elena.get(&format!("{base}/unshown")).await;
        assert!(waits.text.contains("You get an answer by"), "{}", waits.text);
        let page = clinician.get(&path).await;
        assert_eq!(page.text.contains("Nothing is closed for this reason"), key == "mia", "{}", page.text);
        clinician.submit(&page, "#decide", &[("reason", "I looked at all of it (synthetic)")]).await;
        let answer = elena.get(&format!("{base}/unshown")).await;
        assert!(answer.text.contains("May I see all of it? (synthetic)"), "{}", answer.text);
        told.push(answer.all("main").concat());
        look = path;
        // The mail leads to this page, and says the same of both.
        let mail = house.raw.texts("SELECT payload FROM job WHERE payload LIKE '%unshown-answered%'").await;
        assert!(mail.is_empty() || mail.iter().any(|mail| mail.contains(&id.to_string())), "{mail:?}");
    }
    assert_eq!(told[0], told[1]);
    // The log of a parent is numbered for itself: nobody counts what is left out.
    for base in &bases {
        let log = elena.get(&format!("{base}/access-log")).await;
        assert!(log.text.contains("Some lines may be left out here"), "{}", log.text);
        assert!(log.text.contains("You see ") && !log.text.contains("The log has"), "{}", log.text);
        let lines = log.all("ol.log summary");
        let numbered = (1..=lines.len()).rev().map(|number| format!("Details of line {number}"));
        assert_eq!(lines, numbered.collect::<Vec<_>>());
    }
    // The second page goes on with them.
    for _ in 0..50 {
        elena.get(&format!("{}/home", bases[0])).await;
    }
    let first = elena.get(&format!("{}/access-log", bases[0])).await;
    let older = first.attributes("nav.pager a[rel='next']", "href").remove(0);
    let lines = [first.all("ol.log summary"), elena.get(&older).await.all("ol.log summary")].concat();
    let numbered = (1..=lines.len()).rev().map(|number| format!("Details of line {number}"));
    assert_eq!(lines, numbered.collect::<Vec<_>>());
    assert!(lines.len() > 50);
    // Whatever is asked for, a line keeps its number.
    let said = |page: &Page| page.all("ol.log summary").into_iter().zip(page.all("ol.log p.value"));
    let first = elena.get(&format!("{}/access-log", bases[0])).await;
    let older = first.attributes("nav.pager a[rel='next']", "href").remove(0);
    let known: Vec<_> = said(&first).chain(said(&elena.get(&older).await)).collect();
    let some: Vec<_> = said(&elena.get(&format!("{}/access-log?what=log&who=me", bases[0])).await).collect();
    let same: Vec<_> = known.iter().filter(|(_, what)| *what == some[0].1).cloned().collect();
    assert!(same.len() > 1 && same.len() < known.len());
    assert_eq!(some[2..], same, "but for the two looks since");
    // Staff are told so in words of their own.
    let own = clinician.get(&format!("{}/access-log", look.split("/unshown/").next().unwrap())).await;
    assert!(own.text.contains("Here you see only what you opened yourself"), "{}", own.text);
    assert!(!own.text.contains("Some lines may be left out"), "{}", own.text);
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

/// What came, went or was decided since the page was shown; what is over; and what was answered long ago.
async fn what_the_page_did_not_show_is_not_decided(kind: Kind) {
    let house = House::start(kind).await;
    let mut jordan = house.linked("jordan").await;
    let mut elena = house.signed_in("elena").await;
    let mother = appointed(&house, ("elena", Authority::Parent), "jordan", everything()).await;
    let hers = format!("/for/{mother}");
    let mut clinician = house.desk("clinician").await;
    let path = asked(&mut elena, &hers, &mut clinician).await;
    let page = clinician.get(&path).await;
    let items = page.attributes("input[name='open']", "value");
    let over = patient(&house, "jordan").await;

    // Another item of the kind comes while the page is read: "all of one kind" does not reach it.
    let sql = format!(
        "SELECT CAST(rid AS TEXT) FROM item WHERE patient_no = {over} AND labels = 0 AND category <> 15 ORDER BY rid LIMIT 1"
    );
    let rid = house.raw.texts(&sql).await.remove(0);
    let late: api::base::ItemAddress = house.address(&rid).parse().unwrap();
    for label in [Label::Minor, Label::Reproductive] {
        let change = (label, true, "he came alone (synthetic)");
        api::records::change_label(&house.app, (None, "Desk (synthetic)"), (over, late), change)
            .await
            .unwrap();
    }
    let before = decided(&house).await.0;
    let reason = ("reason", "Both parents take part (synthetic)");
    let all = [("services", "reproductive"), ("open", items[0].as_str()), reason];
    let stale = clinician.submit(&page, "#decide", &all).await;
    assert_eq!(stale.status, 409, "{}", stale.text);
    assert!(stale.text.contains("There is something else here"), "{}", stale.text);
    assert_eq!(stale.attributes("input[name='services'][checked]", "value"), ["reproductive"]);
    assert_eq!(stale.attributes("input[name='open'][checked]", "value"), [items[0].as_str()]);
    assert!(stale.all("textarea[name='reason']").concat().contains("Both parents take part"));
    assert!(stale.attributes("input[name='open']", "value").contains(&late.to_string()), "shown anew");
    assert_eq!(decided(&house).await.0, before);
    for item in items.iter().chain([&late.to_string()]) {
        assert!(!sees(&mut elena, &hers, item).await, "{item}");
    }

    // Two decide at once: the second learns of the first.
    let (mine, other) = (clinician.get(&path).await, clinician.get(&path).await);
    let done = clinician.submit(&mine, "#decide", &[("open", items[0].as_str()), reason]).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let second = clinician.submit(&other, "#decide", &[("open", items[1].as_str()), reason]).await;
    assert_eq!(second.status, 409, "{}", second.text);
    assert!(sees(&mut elena, &hers, &items[0]).await);
    assert!(!sees(&mut elena, &hers, &items[1]).await);
    assert_eq!(decided(&house).await.0, before + 1);
    let form = clinician.get(&path).await;
    let (mut beside, open) = (clinician.clone(), [("open", items[1].as_str()), reason]);
    let both =
        tokio::join!(clinician.submit(&form, "#decide", &open), beside.submit(&form, "#decide", &open));
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", both.0.text, both.1.text);
    assert!(sees(&mut elena, &hers, &items[1]).await && !sees(&mut elena, &hers, &items[0]).await);
    assert_eq!(
        house.raw.texts("SELECT CAST(number AS TEXT) FROM unshown_decision ORDER BY number").await,
        ["1", "2"]
    );

    let log = jordan.get("/access-log?what=opened").await;
    assert_eq!(
        log.all("ol.log > li").len(),
        2,
        "a line for each decision, and none for what was none: {}",
        log.text
    );

    // The look is over: what was written is not lost, and nothing is decided.
    let form = clinician.get(&path).await;
    let view = path.split('/').nth(2).unwrap().to_owned();
    send(&mut clinician, &format!("/staff/views/{view}/end"), &[]).await;
    let late = clinician.submit(&form, "#decide", &[("open", items[2].as_str()), reason]).await;
    assert_eq!(late.status, 409, "{}", late.text);
    for words in ["Your look at the record is over", "Both parents take part"] {
        assert!(late.text.contains(words), "{words}: {}", late.text);
    }
    assert!(!late.text.contains("Jordan"), "{}", late.text);
    assert_eq!(send(&mut elena, &path, &[reason]).await.status, 404);

    // After 30 days the question opens no record; who searched and opened it, decides on.
    let case = format!("/staff/unshown/{}", path.rsplit('/').next().unwrap());
    house.raw.run("UPDATE unshown_question SET decided_at = 5 WHERE decided_at IS NOT NULL").await.unwrap();
    let old = clinician.get(&case).await;
    assert!(old.all("#open").is_empty() && old.text.contains("more than 30 days ago"), "{}", old.text);
    assert!(!old.text.contains("Jordan") && !old.text.contains("Both parents"), "{}", old.text);
    let refused = send(&mut clinician, &format!("{case}/view"), &[("reason", "A parent asks again")]).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    let base = looked(&house, &mut clinician, ("jordan", "clinician.case-review")).await;
    let way = clinician.get(&case).await.attributes("main a[href*='/unshown/']", "href");
    assert_eq!(way.len(), 1);
    assert!(way[0].starts_with(&base), "{way:?}");
    let form = clinician.get(&way[0]).await;
    assert!(form.attributes("input[name='open']", "value").contains(&items[2]));

    // Who asked acts no longer: nothing is there to decide, and nothing was.
    let before = decided(&house).await.0;
    crate::acting::ended(&house, mother).await;
    let over = clinician.submit(&form, "#decide", &[("open", items[2].as_str()), reason]).await;
    assert_eq!(over.status, 409, "{}", over.text);
    assert!(over.text.contains("Nothing is closed for this reason"), "{}", over.text);
    assert!(over.all("textarea[name='reason']").concat().contains("Both parents take part"));
    assert_eq!(decided(&house).await.0, before);
    house.close().await;
}

/// What fails behind its line gets a second one, which the person reads and who asked does not.
async fn what_was_not_done_is_told(kind: Kind) {
    let house = House::with(kind, |config| config.server.work = false).await;
    let mut jordan = house.linked("jordan").await;
    let mut elena = house.signed_in("elena").await;
    let mother = appointed(&house, ("elena", Authority::Parent), "jordan", everything()).await;
    let hers = format!("/for/{mother}");
    let mut clinician = house.desk("clinician").await;
    let path = asked(&mut elena, &hers, &mut clinician).await;
    let page = clinician.get(&path).await;
    let item = page.attributes("input[name='open']", "value").remove(0);
    let fields = [("open", item.as_str()), ("reason", "She brings Jordan (synthetic)")];
    house.raw.run("ALTER TABLE item_opening RENAME TO item_opening_away").await.unwrap();
    let failed = clinician.submit(&page, "#decide", &fields).await;
    assert_eq!(failed.status, 500, "{}", failed.text);
    house.raw.run("ALTER TABLE item_opening_away RENAME TO item_opening").await.unwrap();
    assert!(!sees(&mut elena, &hers, &item).await);
    assert_eq!(decided(&house).await.0, 0);
    let opened = jordan.get("/access-log?what=opened").await.all("ol.log > li");
    let undone = jordan.get("/access-log?what=unopened").await.all("ol.log > li");
    assert_eq!((opened.len(), undone.len()), (1, 1), "{opened:?} {undone:?}");
    assert!(undone[0].contains("so nothing was changed"), "{undone:?}");
    assert!(undone[0].contains("Elena"), "{undone:?}");
    let log = elena.get(&format!("{hers}/access-log?what=unopened")).await;
    assert!(log.all("ol.log > li").is_empty(), "{}", log.text);

    // The next one is done.
    let page = clinician.get(&path).await;
    let done = clinician.submit(&page, "#decide", &fields).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert!(sees(&mut elena, &hers, &item).await);
    assert_eq!(jordan.get("/access-log?what=unopened").await.all("ol.log > li").len(), 1);
    house.close().await;
}

/// What an order of a court keeps from a parent is not for a clinician to open, and does not stand there. A limit that the
/// minor asked for keeps nothing from a parent.
async fn what_a_limit_keeps_is_not_decided(kind: Kind) {
    let house = House::start(kind).await;
    house.linked("jordan").await;
    let mut elena = house.signed_in("elena").await;
    let mother = appointed(&house, ("elena", Authority::Parent), "jordan", everything()).await;
    let hers = format!("/for/{mother}");
    let mut clinician = house.desk("clinician").await;
    let path = asked(&mut elena, &hers, &mut clinician).await;
    let labs = |page: &Page| {
        let ways = page.attributes("#items p.meta a", "href");
        (ways.iter().filter(|way| way.contains("/record/labs/")).count(), ways.len())
    };
    let (before, all) = labs(&clinician.get(&path).await);
    assert!(before > 0 && all > before);
    let own = actor(&house, "jordan").await;
    let over = patient(&house, "jordan").await;
    let once = consents::once(&house.app);
    let limit = consents::Ask {
        against: consents::Against::Named,
        party: "Elena Harper (synthetic)".into(),
        categories: Some([api::fhir::present::Category::Labs].into()),
        labels: Default::default(),
        what: String::new(),
        why: String::new(),
        paid_in_full: false,
    };
    let asked = consents::ask(&house.app, &own, (over, once, limit)).await.unwrap();
    consents::answer(&house.app, (asked, consents::Answer::Agreed, ""), (None, "Petra Officer (synthetic)"))
        .await
        .unwrap();
    assert_eq!(labs(&clinician.get(&path).await), (before, all));
    limited(&house, mother, api::fhir::present::Category::Labs).await;
    assert_eq!(labs(&clinician.get(&path).await), (0, all - before));
    house.close().await;
}

/// Somebody who acts for one person lets an app read all of it: its access token.
async fn connected(apps: &Apps, who: &Browser) -> String {
    let (app, actor) = (&apps.house.app, smart::actor(&apps.house, who).await);
    let ask = apps.begin(&apps.asking("pub", "launch/patient patient/*.rs offline_access")).await.unwrap();
    let asked = api::smart::asked(app, &actor, ask).await.unwrap();
    let choice = apps.all(&asked.scopes, api::smart::Stay::Offline);
    let choice = api::smart::Choice { patient: asked.records[0].patient, ..choice };
    let back = api::smart::approve(app, &actor, (ask, choice)).await.unwrap();
    let code = smart::parameter(&back, "code").unwrap();
    apps.post("token", &apps.redeeming("pub", &code)).await.word("access_token").to_owned()
}

/// What was opened to a parent is seen by the parent's app, if they let it, and by no other.
async fn an_app_sees_what_was_opened(kind: Kind) {
    let apps = Apps::start(kind).await;
    let house = &apps.house;
    house.linked("jordan").await;
    let (mut elena, mut sam) = (house.signed_in("elena").await, house.signed_in("sam").await);
    let mother = appointed(house, ("elena", Authority::Parent), "jordan", everything()).await;
    let father = appointed(house, ("sam", Authority::Parent), "jordan", everything()).await;
    let hers = connected(&apps, &elena).await;
    let his = connected(&apps, &sam).await;
    let mut clinician = house.desk("clinician").await;
    let path = asked(&mut elena, &format!("/for/{mother}"), &mut clinician).await;
    let page = clinician.get(&path).await;
    let ways = page.attributes("#items p.meta a", "href");
    let lab = ways.iter().find(|way| way.contains("/record/labs/")).unwrap().rsplit('/').next().unwrap();
    let over = patient(house, "jordan").await;
    let rid = house.app.keys.item_at(over, lab.parse().unwrap()).unwrap();
    let named =
        house.raw.texts(&format!("SELECT type || '/' || id FROM resource WHERE rid = {}", rid.0)).await;
    let asked_for = format!("{}/fhir/{}", house.url, named[0]);
    let read = async |token: &str| smart::got(apps.http.get(&asked_for).bearer_auth(token)).await.status;
    assert_eq!((read(&hers).await, read(&his).await), (404, 404));
    let reason = ("reason", "She brings Jordan to each visit (synthetic)");
    clinician.submit(&page, "#decide", &[("open", lab), reason]).await;
    assert!(sees(&mut elena, &format!("/for/{mother}"), lab).await);
    assert_eq!((read(&hers).await, read(&his).await), (200, 404), "the app of the one who asked, only");
    assert!(!sees(&mut sam, &format!("/for/{father}"), lab).await);
    decide(&mut clinician, &path, &[("shown", lab), reason]).await;
    assert_eq!(read(&hers).await, 404, "closed again, with the next read");
    // No line of the log tells the app its number in the chain; each is found by the id that it has.
    let got = async |path: &str| {
        let url = format!("{}/fhir/{path}", house.url);
        smart::got(apps.http.get(url).bearer_auth(&hers)).await
    };
    let events = got("AuditEvent").await.json;
    let events = events["entry"].as_array().unwrap();
    assert!(!events.is_empty());
    for event in events.iter().map(|entry| &entry["resource"]) {
        let id = event["id"].as_str().unwrap();
        assert!(id.len() == 64 && !event.to_string().contains("urn:recordright:ledger"), "{event:#}");
        assert_eq!(got(&format!("AuditEvent/{id}")).await.json, *event);
    }
    // What the law closes now stands in what was allowed, though a clinician may open some of it.
    let consents = got("Consent").await.json;
    let denied = consents["entry"][0]["resource"]["provision"]["provision"][0]["securityLabel"].to_string();
    assert!(denied.contains("42CFRPart2") && denied.contains("ADOL"), "{consents:#}");
    apps.house.close().await;
}

/// The young person is told by a mail that says nothing, and reads in their log for whom and which item; their own page
/// leads there.
async fn what_the_young_person_is_told(kind: Kind) {
    let house = House::start(kind).await;
    let mut jordan = house.linked("jordan").await;
    let mut elena = house.signed_in("elena").await;
    let mother = appointed(&house, ("elena", Authority::Parent), "jordan", everything()).await;
    let mut clinician = house.desk("clinician").await;
    let path = asked(&mut elena, &format!("/for/{mother}"), &mut clinician).await;
    let page = clinician.get(&path).await;
    let item = page.attributes("input[name='open']", "value").remove(0);
    let title = page.all("#items .choice label").remove(0);
    let reason = ("reason", "She brings Jordan to each visit (synthetic)");
    clinician.submit(&page, "#decide", &[("open", item.as_str()), reason]).await;
    let subject = |mail: &fixtures::mail::Mail| format!("{} {}", mail.subject(), mail.text().unwrap());
    let news = "there is something new in the log";
    let email = house.person("jordan").email.clone();
    let mine = || {
        let all = house.mail.messages();
        let to_jordan = all.iter().filter(|mail| mail.to.contains(&email)).map(|mail| subject(mail));
        to_jordan.filter(|text| text.contains(news)).collect::<Vec<_>>()
    };
    let begun = std::time::Instant::now();
    while mine().is_empty() {
        assert!(begun.elapsed() < crate::harness::PATIENCE, "no mail");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    for word in ["Elena", "Jordan", "parent", "chlamydia", &title] {
        assert!(!mine()[0].to_lowercase().contains(&word.to_lowercase()), "{word}: {}", mine()[0]);
    }
    let answered = || {
        let all = house.mail.messages();
        let to_elena = all.iter().filter(|mail| mail.to.contains(&house.person("elena").email));
        to_elena.map(|mail| subject(mail)).find(|text| text.contains("The answer is there"))
    };
    while answered().is_none() {
        assert!(begun.elapsed() < crate::harness::PATIENCE, "no mail");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(answered().unwrap().contains(&format!("/for/{mother}/unshown")));

    let log = jordan.get("/access-log").await;
    assert!(
        log.text
            .contains("decided what Elena Harper (synthetic) (parent) sees of your record (opened one item)"),
        "{}",
        log.text
    );
    let ways = log.attributes("ol.log a[href^='/record/']", "href");
    assert!(ways.iter().any(|way| way.ends_with(&format!("/{item}"))), "{ways:?}");
    assert_eq!(jordan.get(&ways[0]).await.status, 200);
    assert!(!log.text.contains("for the person"), "their own log says you: {}", log.text);

    // Who wants no mail gets none; the log has it.
    let sent = mine().len();
    let account = actor(&house, "jordan").await.account;
    let wanted = api::notify::Wanted { channel: api::notify::Channel::None, ..Default::default() };
    api::notify::prefer(&house.app, account, &wanted).await.unwrap();
    decide(&mut clinician, &path, &[("shown", item.as_str()), reason]).await;
    while house
        .raw
        .number("SELECT count(*) FROM job WHERE kind = 'mail.send' AND payload LIKE '%unshown-decided%'")
        .await
        > 0
    {
        assert!(begun.elapsed() < crate::harness::PATIENCE, "the queue stands");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(mine().len(), sent);
    assert_eq!(jordan.get("/access-log").await.text.matches("decided what Elena").count(), 2);
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
    let items: Vec<String> = items.iter().map(|rid| house.address(rid)).collect();
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

/// What was given, found and billed for an order is of the same service, though it names no visit that is marked.
async fn an_order_hands_its_mark_on(kind: Kind) {
    let house = House::start(kind).await;
    house.linked("rosa").await;
    let over = patient(&house, "rosa").await;
    let minor = format!("SELECT count(*) FROM item WHERE labels & {} <> 0", Label::Minor.bit());
    assert_eq!(house.raw.number(&minor).await, 0);
    for (of, to) in [
        ("MedicationRequest", "MedicationDispense"),
        ("DiagnosticReport", "Observation"),
        ("Claim", "ExplanationOfBenefit"),
    ] {
        let orders = format!(
            "SELECT CAST(r.rid AS TEXT) FROM resource r JOIN item i ON i.rid = r.rid \
             WHERE i.patient_no = {over} AND r.type = '{of}' ORDER BY r.rid"
        );
        let orders = house.raw.texts(&orders).await;
        let taken = format!(
            "SELECT count(*) FROM item_label l JOIN resource r ON r.rid = l.rid WHERE l.rule = 'inherited' \
             AND l.label = 'minor' AND r.type = '{to}' AND l.code IN ('{}')",
            orders.join("', '")
        );
        let mark = async |rid: &String, put| {
            let change = (Label::Minor, put, "she came alone (synthetic)");
            let item = house.address(rid).parse().unwrap();
            api::records::change_label(&house.app, (None, "Desk (synthetic)"), (over, item), change)
                .await
                .unwrap();
        };
        // The first of which something was made.
        let mut marked = 0;
        for rid in &orders {
            mark(rid, true).await;
            marked += 1;
            if house.raw.number(&taken).await > 0 {
                break;
            }
        }
        assert!(house.raw.number(&taken).await > 0, "{of}: {to} takes it over");
        assert_eq!(house.raw.number(crate::harness::database::MISCOUNTED).await, 0);
        for rid in &orders[..marked] {
            mark(rid, false).await;
        }
        assert_eq!(house.raw.number(&minor).await, 0, "{of}: and it goes from all of them");
    }
    house.close().await;
}

/// Counts the items of all shelves anew, after labels were written past the service.
async fn recount(house: &House) {
    house.raw.run("DELETE FROM shelf").await.unwrap();
    let count = "INSERT INTO shelf (patient_no, category, source_no, place, labels, items) \
                 SELECT patient_no, category, source_no, COALESCE(place, ''), labels, COUNT(*) FROM item \
                 GROUP BY patient_no, category, source_no, COALESCE(place, ''), labels";
    house.raw.run(count).await.unwrap();
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
    assert_eq!(house.raw.number("SELECT count(*) FROM job WHERE kind = 'labels.anew'").await, 1);
    // One that was killed goes on behind its last whole batch.
    let half = "UPDATE source SET labelled_to = (SELECT max(rid) FROM resource WHERE source_no = source.source_no), \
                labelling = 'of rules that are others'";
    house.raw.run(half).await.unwrap();
    while api::worker::next(&house.app).await.unwrap() {}
    let after = labels().await;
    let changed: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
    assert!(changed.is_empty() && before.len() == after.len(), "as it was: {changed:?}");
    assert_eq!(clinician.get(&format!("{base}{visit}")).await.status, 200);

    // Rules of another version may have missed something: that is mended before anything is served, and no job is left.
    house.raw.run("UPDATE item SET labels = 0 WHERE labels <> 0").await.unwrap();
    recount(&house).await;
    house
        .raw
        .run("UPDATE source SET labelled_by = '0123456789abcdef' WHERE name = 'demo-ehr'")
        .await
        .unwrap();
    // One body that cannot be read, and one that cannot be unpacked, keep nobody from starting: they are restricted.
    let sql = "SELECT CAST(i.rid AS TEXT) FROM item i JOIN resource r ON r.rid = i.rid \
               WHERE i.patient_no <> 0 AND r.type = 'Observation' ORDER BY i.rid LIMIT 2";
    let broken = house.raw.texts(sql).await;
    let half = house.raw.bytes(b"{\"resourceType\"");
    for (rid, set) in broken.iter().zip([format!("codec = 0, size = 15, body = {half}"), "codec = 99".into()])
    {
        house.raw.run(&format!("UPDATE resource SET {set} WHERE rid = {rid}")).await.unwrap();
    }
    let done = api::records::label_before_serving(&house.app).await.unwrap();
    assert!(done.len() == 1 && done[0].changed >= 2, "{done:?}");
    assert_eq!(house.raw.number("SELECT count(*) FROM job WHERE kind = 'labels.anew'").await, 0);
    let restricted = format!(
        "SELECT count(*) FROM item WHERE labels & {} <> 0 AND rid IN ({})",
        Label::Restricted.bit(),
        broken.join(", ")
    );
    assert_eq!(house.raw.number(&restricted).await, 2);
    let settled = labels().await;
    let others = |all: &[String]| -> Vec<String> {
        all.iter()
            .filter(|row| !broken.iter().any(|rid| row.starts_with(&format!("{rid} "))))
            .cloned()
            .collect()
    };
    assert_eq!(others(&settled), others(&before), "what was there before, again");
    assert_eq!(house.raw.number(crate::harness::database::MISCOUNTED).await, 0);

    // A misspelt name keeps a source from being a program no more, and no new rule from what it protects. What is stored
    // meanwhile does not make it forgotten.
    let old = "UPDATE source SET labelled_by = '0123456789abcdef program' WHERE name = 'demo-ehr'";
    house.raw.run(old).await.unwrap();
    house.gather("mia").await;
    let by = house.raw.texts("SELECT labelled_by FROM source WHERE name = 'demo-ehr'").await;
    assert_eq!(by, [" program"]);
    let wrong = restarted(&house, |config| config.program.sources = vec!["demo-her".into()]).await;
    let done = api::records::label_before_serving(&wrong).await.unwrap();
    assert!(done.len() == 1 && done[0].changed > 20, "{done:?}");
    assert_eq!(house.raw.number(&open).await, 0, "all that the program recorded");
    assert_eq!(house.raw.number("SELECT count(*) FROM job WHERE kind = 'labels.anew'").await, 0);
    assert_eq!(api::records::label_before_serving(&wrong).await.unwrap(), [], "it is done once");
    wrong.db.close().await;
    house.close().await;
}

/// A code that only the clinic counts as protected: labelled when it comes, and when the settings come later.
async fn codes_of_the_clinic_are_labelled(kind: Kind) {
    let sugar = |label| OwnCodes {
        label,
        system: "http://loinc.org".into(),
        codes: vec!["4548-4".into()],
        prefixes: vec![],
    };
    let house = House::with(kind, |config| config.labels.codes.push(sugar(Label::Genetic))).await;
    let mut rosa = house.linked("rosa").await;
    let over = patient(&house, "rosa").await;
    let mut elena = house.signed_in("elena").await;
    let (own, once) = (actor(&house, "rosa").await, api::representation::once(&house.app));
    let asked = ask(Authority::Delegate, everything());
    let code = api::representation::invite(&house.app, &own, (over, once, asked)).await.unwrap().code;
    let held = api::representation::accept(&house.app, &actor(&house, "elena").await, &code).await.unwrap();
    let base = format!("/for/{}", held.authority.id);
    let by = |rule: &str| {
        format!(
            "SELECT CAST(l.rid AS TEXT) FROM item_label l JOIN resource r ON r.rid = l.rid WHERE l.rule = '{rule}' \
             AND l.code LIKE '%|4548-4' AND r.type = 'Observation' AND l.rid IN (SELECT rid FROM item WHERE patient_no = {over}) \
             ORDER BY l.rid"
        )
    };
    let labelled = house.raw.texts(&by("settings")).await;
    assert!(!labelled.is_empty());
    assert!(house.raw.texts(&by("code")).await.is_empty(), "no table has it");
    let item = house.address(&labelled[0]);
    assert!(!sees(&mut elena, &base, &item).await, "nobody ticked it for her");
    let page = rosa.get(&format!("/record/labs/{item}")).await;
    assert!(page.text.contains("The clinic counts the code 4548-4 as such."), "{}", page.text);
    assert_eq!(api::records::label_before_serving(&house.app).await.unwrap(), [], "nothing changed");

    // Without the setting it is as the tables have it; with another, all that is stored is labelled by that.
    let labels = async || house.raw.texts("SELECT rid || ' ' || labels FROM item ORDER BY rid").await;
    let before = labels().await;
    let plain = restarted(&house, |config| config.labels.codes.clear()).await;
    let done = api::records::label_before_serving(&plain).await.unwrap();
    assert!(done.len() == 1 && done[0].changed >= labelled.len() as u64, "{done:?}");
    assert!(sees(&mut elena, &base, &item).await);
    assert!(house.raw.texts(&by("settings")).await.is_empty());
    plain.db.close().await;
    api::records::label_before_serving(&house.app).await.unwrap();
    assert!(!sees(&mut elena, &base, &item).await);
    assert_eq!(labels().await, before, "as it was");

    // A source that is about one thing as a whole: but for who the person is.
    let whole = restarted(&house, |config| {
        config.labels.sources.push(OwnSource { name: "demo-ehr".into(), label: Label::Violence });
    })
    .await;
    let done = api::records::label_before_serving(&whole).await.unwrap();
    assert!(done.len() == 1 && done[0].changed > 20, "{done:?}");
    let open = format!(
        "SELECT r.type FROM item i JOIN resource r ON r.rid = i.rid WHERE i.patient_no = {over} AND i.labels & {} = 0",
        Label::Violence.bit()
    );
    assert_eq!(house.raw.texts(&open).await, ["Patient"]);
    assert_eq!(house.raw.number(crate::harness::database::MISCOUNTED).await, 0);
    whole.db.close().await;
    house.close().await;
}

/// Of a document that cannot be read nobody knows the files: those that nothing else names are protected with it.
async fn files_of_what_cannot_be_read_are_protected(kind: Kind) {
    let house = House::with(kind, |config| config.server.work = false).await;
    house.linked("rosa").await;
    let over = patient(&house, "rosa").await;
    let files = |set: &str| {
        format!(
            "SELECT count(*) FROM item i JOIN resource r ON r.rid = i.rid WHERE i.patient_no = {over} \
             AND r.type = 'Binary'{set}"
        )
    };
    let restricted = files(&format!(" AND i.labels & {} <> 0", Label::Restricted.bit()));
    let all = house.raw.number(&files("")).await;
    assert!(all > 2, "{all}");
    assert_eq!(house.raw.number(&restricted).await, 0);
    let half = house.raw.bytes(b"{\"resourceType\"");
    // What is known to be named by what cannot be read is protected with it, and without the reports too any file.
    for (kind, set) in [
        ("DocumentReference", format!("codec = 0, size = 15, body = {half}")),
        ("DiagnosticReport", "codec = 99".into()),
    ] {
        let of = format!("SELECT rid FROM item WHERE patient_no = {over}");
        house
            .raw
            .run(&format!("UPDATE resource SET {set} WHERE type = '{kind}' AND rid IN ({of})"))
            .await
            .unwrap();
        house.raw.run("UPDATE source SET labelled_by = '0123456789abcdef'").await.unwrap();
        api::records::label_before_serving(&house.app).await.unwrap();
        let now = house.raw.number(&restricted).await;
        assert!(now > 0 && now <= all, "{kind}: {now} of {all}");
        assert!(now == all || kind == "DocumentReference", "{kind}: {now} of {all}");
    }
    assert_eq!(house.raw.number(crate::harness::database::MISCOUNTED).await, 0);
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
        recount(&house).await;
        let item = |rid: &String| house.address(rid);
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

/// A note that a source marked as a psychotherapy note and that is none: the privacy officer takes the mark away without
/// reading it, and the person sees it.
async fn a_note_that_is_not_kept_apart_is_shown(kind: Kind) {
    let house = House::with(kind, |config| config.labels.notes_apart.push("demo-ehr".into())).await;
    let mut mia = house.linked("mia").await;
    let over = patient(&house, "mia").await;
    let note = mia.get("/record/notes").await.attributes("main .lines a.title", "href").remove(0);
    let address = note.rsplit('/').next().unwrap().to_owned();
    let rid = house.app.keys.item_at(over, address.parse().unwrap()).unwrap().0;
    let notes = Labels::default().with(Label::PsychotherapyNotes).kept();
    for sql in [
        format!("DELETE FROM item_label WHERE rid = {rid}"),
        format!(
            "INSERT INTO item_label (rid, label, rule, code) VALUES ({rid}, 'psychotherapy-notes', 'source', \
             'http://terminology.hl7.org/CodeSystem/v3-ActCode|PSYTHPN')"
        ),
        format!("UPDATE item SET labels = {} WHERE rid = {rid}", notes.0),
    ] {
        house.raw.run(&sql).await.unwrap();
    }
    recount(&house).await;
    assert_eq!(mia.get(&note).await.status, 404);
    let missing = "/record/not-here";
    let fields = [("item", address.as_str()), ("reason", "its author keeps it with the others (synthetic)")];
    let mut clinician = house.desk("clinician").await;
    let base = looked(&house, &mut clinician, ("mia", "clinician.treatment")).await;
    for (who, base) in [(&mut mia, String::new()), (&mut clinician, base)] {
        assert!(who.get(&format!("{base}{missing}")).await.all("#labels").is_empty());
        assert_eq!(send(who, &format!("{base}{missing}/labels"), &fields).await.status, 404);
    }
    let mut privacy = house.desk("privacy").await;
    let base = looked(&house, &mut privacy, ("mia", "privacy-officer.case-review")).await;
    assert_eq!(privacy.get(&format!("{base}{note}")).await.status, 404, "nobody reads it");
    let page = privacy.get(&format!("{base}{missing}")).await;
    assert_eq!(page.attributes("#item option", "value"), ["", address.as_str()]);
    for (item, reason, field) in [("", fields[1].1, "item"), (address.as_str(), "no", "reason")] {
        let bad = privacy.submit(&page, "#labels", &[("item", item), ("reason", reason)]).await;
        assert_eq!(bad.status, 422, "{item} {reason}");
        assert_eq!(bad.all(&format!("#{field}-problem")).len(), 1, "{item} {reason}");
    }
    assert_eq!(mia.get(&note).await.status, 404, "nothing happened");
    let done = privacy.submit(&page, "#labels", &fields).await;
    assert_eq!(
        (done.status, done.path.as_str()),
        (200, format!("{base}{missing}").as_str()),
        "{}",
        done.text
    );
    assert!(done.all("#labels").is_empty());
    let own = mia.get(&note).await;
    assert!(own.status == 200 && own.text.contains(fields[1].1), "{}", own.text);
    let labels = house.raw.number(&format!("SELECT labels FROM item WHERE rid = {rid}")).await;
    let labels = Labels(labels).iter().collect::<Vec<_>>();
    assert_eq!(labels, [Label::MentalHealth], "it stays protected from others");
    assert_eq!(house.raw.number(crate::harness::database::MISCOUNTED).await, 0);
    house.close().await;
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
    let name = "Elena Harper (synthetic)";
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
    let code =
        api::representation::invite(&house.app, &own, (over, api::representation::once(&house.app), ask))
            .await
            .unwrap()
            .code;
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
    let asked = consents::ask(&house.app, &own, (over, once, limit)).await.unwrap();
    let by = (None, "Petra Officer (synthetic)");
    consents::answer(&house.app, (asked, consents::Answer::Agreed, ""), by).await.unwrap();
    let left = seen().await;
    assert!(left < all);
    assert_eq!(foreseen(Helper::Known(id)).await, left);
    assert_eq!(foreseen(Helper::New(name)).await, left);
    house.close().await;
}

/// A minor and a clerk ask how an item is protected; a clinician opens the record for it and answers. Each reads what they
/// asked themselves, and a parent nothing of it.
async fn who_may_only_ask_is_answered(kind: Kind) {
    let house = House::start(kind).await;
    let mut mia = house.linked("mia").await;
    let mut elena = house.signed_in("elena").await;
    let parent = appointed(&house, ("elena", Authority::Parent), "mia", everything()).await;
    let list = mia.get("/record/visits").await;
    let item = list.attributes("main .lines a.title", "href").remove(0);
    let (asks, theirs) = (format!("{item}/asks"), format!("/for/{parent}{item}"));
    assert!(elena.get(&theirs).await.all("#asking").is_empty());
    assert_eq!(send(&mut elena, &format!("{theirs}/asks"), &[("ask", "Open it")]).await.status, 404);
    let page = mia.get(&item).await;
    let secret = "My mother must not see it (synthetic)";
    let asked = mia.submit(&page, "#asking", &[("ask", secret)]).await;
    assert!(asked.text.contains("The clinic has not answered yet"), "{}", asked.text);
    assert!(asked.all("#asking").is_empty(), "one waits at a time");
    assert_eq!(send(&mut mia, &asks, &[("ask", "A second click")]).await.status, 303);
    let waiting = "SELECT count(*) FROM label_ask";
    assert_eq!(house.raw.number(waiting).await, 1);
    assert!(!elena.get(&theirs).await.text.contains("has not answered yet"));
    // An adult decides about their own record without asking for it.
    let mut rosa = house.linked("rosa").await;
    let own = rosa.get("/record/visits").await.attributes("main .lines a.title", "href").remove(0);
    assert!(rosa.get(&own).await.all("#asking").is_empty());
    assert_eq!(send(&mut rosa, &format!("{own}/asks"), &[]).await.status, 404);

    let mut clerk = house.desk("clerk").await;
    let base = looked(&house, &mut clerk, ("mia", "records-clerk.records-request")).await;
    let page = clerk.get(&format!("{base}{item}")).await;
    assert!(page.all("#answering, #labels").is_empty() && !page.text.contains(secret), "{}", page.text);
    let silent = clerk.submit(&page, "#asking", &[]).await;
    assert_eq!((silent.status, silent.all("#ask-problem").len()), (422, 1), "{}", silent.text);
    let missing = "A mark of a confidential service is missing (synthetic)";
    let asked = clerk.submit(&page, "#asking", &[("ask", missing)]).await;
    assert!(asked.text.contains("The clinic has not answered yet"), "{}", asked.text);

    let mut clinician = house.desk("clinician").await;
    let list = clinician.get("/staff/protection").await;
    let links = list.attributes("main .lines a.title", "href");
    assert_eq!(links.len(), 2, "{}", list.text);
    assert!(!list.text.contains("Mia") && !list.text.contains(secret), "{}", list.text);
    for path in ["/staff/protection", links[0].as_str()] {
        assert_eq!(clerk.get(path).await.status, 403, "who proposes does not decide");
    }
    // Whose the mark is not to change is asked nothing.
    let mut officer = house.desk("privacy").await;
    let theirs_none = officer.get("/staff/protection").await;
    assert!(theirs_none.all("main .lines a.title").is_empty(), "{}", theirs_none.text);
    assert_eq!(officer.get(&links[0]).await.status, 403);
    let one = clinician.get(&links[0]).await;
    assert!(!one.text.contains(secret), "{}", one.text);
    let why = [("reason", "Somebody asks about a mark (synthetic)")];
    let opened = clinician.submit(&one, "#open", &why).await;
    assert!(opened.text.contains(secret), "{}", opened.text);
    let empty = clinician.submit(&opened, "#answering", &[]).await;
    assert_eq!(
        (empty.status, empty.all("#outcome-problem, #text-problem").len()),
        (422, 2),
        "{}",
        empty.text
    );
    let words = "Your mother does not see it any more (synthetic)";
    let said = [("outcome", "protected"), ("text", words)];
    // Nothing is said to be protected that is not: no mark at all, and one that a parent sees.
    let waits = "SELECT count(*) FROM label_ask WHERE decided_at IS NULL";
    let early = clinician.submit(&opened, "#answering", &said).await;
    assert_eq!((early.status, early.all("#outcome-problem").len()), (422, 1), "{}", early.text);
    assert!(early.text.contains("Change the mark above first"), "{}", early.text);
    assert_eq!(early.all("#text").concat().trim(), words, "what was typed is there");
    let mark = [("label", "put.hiv"), ("reason", "The visit was for a test (synthetic)")];
    let opened = clinician.submit(&opened, "#labels", &mark).await;
    let early = clinician.submit(&opened, "#answering", &said).await;
    assert_eq!((early.status, house.raw.number(waits).await), (422, 2), "{}", early.text);
    assert_eq!(elena.get(&theirs).await.status, 200);
    let mark = [("label", "put.minor"), ("reason", "She came alone (synthetic)")];
    let opened = clinician.submit(&opened, "#labels", &mark).await;
    let next = clinician.submit(&opened, "#answering", &said).await;
    assert_eq!(elena.get(&theirs).await.status, 404, "it is protected now");
    assert!(next.text.contains(missing) && !next.text.contains(secret), "{}", next.text);
    let second = clinician.submit(&opened, "#answering", &said).await;
    assert_eq!(second.all("#before"), ["Somebody answered this already."], "{}", second.text);
    clinician
        .submit(&next, "#answering", &[("outcome", "kept"), ("text", "It is marked as it should")])
        .await;
    // A colleague reads it only of what changed since they asked.
    let more = "Is any other mark missing? (synthetic)";
    let page = clerk.get(&format!("{base}{item}")).await;
    clerk.submit(&page, "#asking", &[("ask", more)]).await;
    let page = clinician.get(&opened.path).await;
    let no_change = clinician.submit(&page, "#answering", &said).await;
    assert_eq!((no_change.status, no_change.all("#outcome-problem").len()), (422, 1), "{}", no_change.text);
    let mark = [("label", "put.mental-health"), ("reason", "They spoke of sleep (synthetic)")];
    let page = clinician.submit(&page, "#labels", &mark).await;
    let last = clinician.submit(&page, "#answering", &[("outcome", "protected"), ("text", "Yes, one")]).await;
    assert_eq!((last.status, house.raw.number(waits).await), (200, 0), "{}", last.text);

    let told = mia.get(&item).await;
    assert!(told.text.contains("this is protected now") && told.text.contains(words), "{}", told.text);
    assert!(!told.text.contains(missing), "what a colleague asked is theirs");
    let told = clerk.get(&format!("{base}{item}")).await;
    assert!(
        told.text.contains("She came alone (synthetic) (Noor"),
        "who put the mark, and why: {}",
        told.text
    );
    assert!(told.text.contains("this stays as it was") && !told.text.contains(words), "{}", told.text);
    // The log tells the person that it was asked and answered, and tells who acts for them nothing of it.
    for (kind, lines) in [("protect-asked", 3), ("protect-answered", 3)] {
        let own = mia.get(&format!("/access-log?what={kind}")).await;
        assert_eq!(own.all("main ol.log > li").len(), lines, "{kind}: {}", own.text);
        assert!(own.attributes("main ol.log a", "href").contains(&item), "{kind}: {}", own.text);
        let another = elena.get(&format!("/for/{parent}/access-log?what={kind}")).await;
        assert!(another.all("main ol.log > li").is_empty(), "{kind}: {}", another.text);
        assert!(!mia.get("/home").await.text.contains("is protected"), "who passes by reads nothing of it");
    }
    for sealed in house.raw.blobs("SELECT note FROM label_ask").await {
        assert!(!sealed.windows(6).any(|part| part == b"mother"), "what was asked is sealed");
    }
    house.close().await;
}
