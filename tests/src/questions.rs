//! "I don't recognise this": a person asks about a line of their log, a privacy officer answers, the answer stands at
//! the line.

use api::representation::Kind as Authority;

use crate::acting::{actor, appointed, everything, patient};
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(a_line_is_asked_about_and_answered, each_asks_their_own, ten_lines_a_day);

async fn a_line_is_asked_about_and_answered(kind: Kind) {
    let house = House::with(kind, |config| {
        config.clinic.email = "office@clinic.example".into();
        config.server.work = false;
    })
    .await;
    let mut rosa = house.linked("rosa").await;
    let mut sam = house.linked("sam").await;
    while api::worker::next(&house.app).await.unwrap() {}
    house.mail.clear();
    rosa.get("/record/medicines").await;
    let log = rosa.get("/access-log").await;
    let path = log.attributes("main .log li details a", "href").remove(0);
    let form = rosa.get(&path).await;
    assert!(form.all("main .value").concat().contains("You: opened"), "{}", form.text);
    let long = "x".repeat(1001);
    let bad = rosa.submit(&form, "#question", &[("note", &long)]).await;
    assert_eq!((bad.status, bad.all("#note-problem").len()), (422, 1));
    assert!(bad.all("#note").concat().contains(&long), "what was typed is there");
    let asked = rosa.submit(&form, "#question", &[("note", "I was on a plane (synthetic)")]).await;
    assert_eq!((asked.status, asked.path.as_str()), (200, path.as_str()), "{}", asked.text);
    assert!(asked.text.contains("It has no answer yet") && asked.all("#question").is_empty());
    assert!(
        asked.all("main dl.facts").concat().contains("I was on a plane"),
        "their own words are shown back"
    );
    let twice = rosa.submit(&form, "#question", &[("note", "I was on a plane (synthetic)")]).await;
    assert_eq!((twice.status, twice.path.as_str()), (200, path.as_str()), "a second click: {}", twice.text);
    assert_eq!(rosa.submit(&form, "#question", &[("note", "again")]).await.status, 409, "once for each line");
    assert_eq!(house.raw.number("SELECT count(*) FROM log_case").await, 1);
    let log = rosa.get("/access-log").await;
    assert!(log.text.contains("You asked about this line on"), "it stands at the line");
    // What is another's is not there: the number means a line of one's own log.
    for path in ["/access-log/999999/question", "/access-log/x/question"] {
        assert_eq!(sam.get(path).await.status, 404, "{path}");
    }
    assert!(!sam.get("/access-log").await.text.contains("You asked about this line"));

    while api::worker::next(&house.app).await.unwrap() {}
    let mails = house.mail.messages();
    assert!(mails.len() == 1 && mails[0].to.concat().contains("office@clinic.example"), "the office is told");
    for word in ["Rosa", "Delgado", "plane"] {
        assert!(!format!("{} {}", mails[0].subject(), mails[0].text().unwrap()).contains(word), "{word}");
    }

    // The privacy officer sees and answers it; nobody else does.
    let mut privacy = house.desk("privacy").await;
    assert!(privacy.get("/staff").await.text.contains("1 question about a log has no answer"));
    let list = privacy.get("/staff/questions").await;
    let one = list.attributes("main .lines a.title", "href").remove(0);
    for key in ["clerk", "auditor"] {
        assert_eq!(house.desk(key).await.get(&one).await.status, 403, "{key}");
    }
    let entries = house.entries().await;
    let page = privacy.get(&one).await;
    assert!(page.text.contains("I was on a plane (synthetic)"), "{}", page.text);
    assert!(!page.text.contains("edicines"), "what the line tells of the record is left out");
    assert_eq!(house.entries().await, entries);
    let bad = privacy.submit(&page, "#answer", &[("outcome", ""), ("text", "ok")]).await;
    assert_eq!((bad.status, bad.all("#outcome-problem").len(), bad.all("#text-problem").len()), (422, 1, 1));
    house.mail.clear();
    let answer = [("outcome", "in-order"), ("text", "It was your own telephone (synthetic).")];
    let done = privacy.submit(&page, "#answer", &answer).await;
    assert!(done.status == 200 && done.all("#answer").is_empty(), "{}", done.text);
    let second = privacy.submit(&page, "#answer", &answer).await;
    assert!(second.status == 200 && second.all("#before").concat().contains("answered this already"));
    assert!(privacy.get("/staff").await.text.contains("No question about a log waits for you"));
    let log = rosa.get("/access-log").await;
    assert!(log.text.contains("this was in order") && log.text.contains("It was your own telephone"));
    while api::worker::next(&house.app).await.unwrap() {}
    let mails = house.mail.messages();
    assert!(mails.len() == 1 && mails[0].to.concat().contains(&house.person("rosa").email), "she is told");
    assert!(!mails[0].text().unwrap().contains("telephone"));

    // Nobody answers for what they did themselves.
    let asked = "UPDATE log_case SET state = 'open', decided_at = NULL, answer = NULL";
    house.raw.run(asked).await.unwrap();
    let (id, own) = (one.rsplit('/').next().unwrap().parse().unwrap(), actor(&house, "rosa").await);
    let refused = api::disclosures::questions::one(&house.app, &own, id).await.unwrap_err();
    assert!(format!("{refused:?}").contains("refused-own-line"), "{refused:?}");
    // What its page refuses stands in no list: an officer of the desk may be the person themselves.
    let lists = async |browser: &mut Browser| {
        browser.get("/staff/questions").await.attributes("main .lines a.title", "href").contains(&one)
    };
    assert!(lists(&mut privacy).await);
    let link = "INSERT INTO account_link (account_id, patient_no, since, ground, evidence) \
                SELECT a.id, c.patient_no, 1, 'staff', 'x' FROM account a, log_case c \
                WHERE a.email = 'privacy@staff.example'";
    house.raw.run(link).await.unwrap();
    assert_eq!((lists(&mut privacy).await, privacy.get(&one).await.status), (false, 403));
    house.close().await;
}

/// Asks about the line that tells of the medicines.
async fn ask_about(browser: &mut Browser, base: &str, note: &str) -> Page {
    let log = browser.get(&format!("{base}/access-log")).await;
    let asks = log.attributes("ol.log a[href$='/question']", "href");
    let lines = log.all("ol.log > li");
    assert_eq!(asks.len(), lines.len(), "what another asked stands in nobody's way");
    let at = lines.iter().position(|line| line.contains("edicines")).expect("the line is there");
    let form = browser.get(&asks[at]).await;
    browser.submit(&form, "#question", &[("note", note)]).await
}

/// The person and who acts for them each ask about one line: each reads their own words, the desk sees both.
async fn each_asks_their_own(kind: Kind) {
    let house = House::with(kind, |config| config.server.work = false).await;
    let mut rosa = house.linked("rosa").await;
    let mut elena = house.signed_in("elena").await;
    let authority = appointed(&house, ("elena", Authority::AdultGuardian), "rosa", everything()).await;
    let acting = format!("/for/{authority}");
    rosa.get("/record/medicines").await;
    let hers = ask_about(&mut elena, &acting, "Nobody told me (synthetic)").await;
    assert!(hers.status == 200 && hers.text.contains("Nobody told me"), "{}", hers.text);
    let own = ask_about(&mut rosa, "", "I was on a plane (synthetic)").await;
    assert!(own.status == 200 && own.text.contains("I was on a plane"), "{}", own.text);
    assert!(
        own.text.contains("Somebody else asked about this line on") && !own.text.contains("Nobody told me")
    );
    let hers = elena.get(&hers.path).await;
    assert!(!hers.text.contains("Somebody else asked") && !hers.text.contains("plane"), "{}", hers.text);
    assert_eq!(house.raw.number("SELECT count(*) FROM log_case").await, 2);

    // From one the desk goes to the other. Each has an answer of its own.
    let mut privacy = house.desk("privacy").await;
    let list = privacy.get("/staff/questions").await.attributes("main .lines a.title", "href");
    for one in &list {
        let page = privacy.get(one).await;
        let other = page.attributes("main .lines a.title", "href");
        assert!(other.len() == 1 && other[0] != *one && list.contains(&other[0]), "{other:?}");
        let text = match page.text.contains("I was on a plane") {
            true => "It was your own telephone (synthetic).",
            false => "It was her own telephone (synthetic).",
        };
        let done = privacy.submit(&page, "#answer", &[("outcome", "in-order"), ("text", text)]).await;
        assert_eq!(done.status, 200, "{}", done.text);
    }
    let log = elena.get(&format!("{acting}/access-log")).await;
    assert!(
        log.text.contains("her own telephone") && !log.text.contains("your own telephone"),
        "{}",
        log.text
    );
    let log = rosa.get("/access-log").await;
    assert!(log.text.contains("Somebody else asked about this line. Answered on"), "{}", log.text);
    assert!(log.text.contains("her own telephone") && log.text.contains("your own telephone"));
    house.close().await;
}

async fn ten_lines_a_day(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    for _ in 0..12 {
        rosa.get("/record").await;
    }
    let (own, over) = (actor(&house, "rosa").await, patient(&house, "rosa").await);
    for seq in 1..=11 {
        let asked = api::disclosures::questions::ask(&house.app, &own, (over, seq), "").await;
        assert_eq!(asked.is_ok(), seq <= 10, "{seq}: {asked:?}");
    }
    assert_eq!(house.raw.number("SELECT count(*) FROM log_case").await, 10);
    house.close().await;
}
