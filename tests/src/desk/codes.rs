//! An activation code at the desk: handed over or sent, shown once, used, stopped; and who gives none.

use super::{found, main, number};
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(
    a_code_is_handed_over_and_used,
    a_code_that_was_stopped_is_a_wrong_one,
    nobody_gives_a_code_to_their_family_or_to_the_dead,
);

const GIVE: &str = "#code-form";
const STOP: &str = "#code-stop";
const LINK: &str = "form[action='/link']";
const CODES: &str = "SELECT count(*) FROM activation_code";

/// The form that gives a code to the person of this card.
async fn form(desk: &mut Browser, card: &Page) -> Page {
    let form = desk.get(&format!("{}/codes/new", card.path)).await;
    assert_eq!(form.status, 200, "{}", main(&form));
    form
}

/// The code that a page shows.
fn shown(page: &Page) -> String {
    assert_eq!(page.status, 201, "{}", main(page));
    page.all("#given-code").concat().trim().to_owned()
}

async fn a_code_is_handed_over_and_used(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    let mut clerk = house.desk("clerk").await;
    let card = found(&house, &mut clerk, "rosa").await;
    assert!(main(&card).contains("No unused code is out"), "{}", main(&card));
    let asked = form(&mut clerk, &card).await;

    // How it is given is said, and what was seen.
    let long = "x".repeat(201);
    for (fill, problem) in [
        (vec![], "#way-problem"),
        (vec![("way", "handed")], "#proof-problem"),
        (vec![("way", "handed"), ("proof", "¡!")], "#proof-problem"),
        (vec![("way", "handed"), ("proof", long.as_str())], "#proof-problem"),
        (vec![("way", "handed"), ("proof", "driver licence D1234567")], "#proof-problem"),
        (vec![("way", "sent"), ("proof", "driver licence")], "#proof-problem"),
    ] {
        let bad = clerk.submit(&asked, GIVE, &fill).await;
        assert_eq!((bad.status, bad.all(problem).len()), (422, 1), "{fill:?}: {}", main(&bad));
        let typed = fill.iter().find(|(name, _)| *name == "proof").map(|(_, value)| (*value).to_owned());
        assert_eq!(bad.attributes("#proof", "value"), typed.into_iter().collect::<Vec<_>>(), "it is kept");
    }
    assert_eq!((house.raw.number(CODES).await, house.entries().await), (0, 0), "nothing was done yet");

    let fill = [("way", "handed"), ("proof", "driver licence")];
    let given = clerk.submit(&asked, GIVE, &fill).await;
    let code = shown(&given);
    assert_eq!(code.len(), 14, "{code}");
    assert!(!given.url.as_str().contains(&code) && !given.text.contains(&code.replace('-', "")));
    for words in ["/link", "Your code", "Su código", "To read it aloud", "does not work any more"] {
        assert!(main(&given).contains(words), "{words}: {}", main(&given));
    }
    // Sent again it is neither a second code nor the first once more.
    let again = clerk.submit(&asked, GIVE, &fill).await;
    assert_eq!((again.status, again.path.as_str()), (200, card.path.as_str()));
    assert!(again.all("#before").concat().contains("This code was given already"), "{}", main(&again));
    assert_eq!(house.raw.number(CODES).await, 1);
    let out = again.all("#open-code").concat();
    for words in ["Carla Reyes", "face to face", "driver licence", "It works until"] {
        assert!(out.contains(words), "{words}: {out}");
    }
    for page in [&again, &clerk.get(&given.path).await] {
        assert!(!page.text.contains(&code), "{}", page.path);
    }
    let mut clinician = house.desk("clinician").await;
    assert!(found(&house, &mut clinician, "rosa").await.all("#open-code").is_empty(), "not theirs to stop");
    for body in house.raw.blobs("SELECT body FROM ledger_entry").await {
        let body = String::from_utf8(body).unwrap();
        assert!(!body.contains(&code) && !body.contains(&code.replace('-', "")), "{body}");
    }

    // Who gave it does not use it, though no birth date speaks against them.
    let record = number(&house, "rosa").await;
    let born = format!("SELECT birth_date FROM patient WHERE patient_no = {record}");
    let born = house.raw.texts(&born).await.remove(0);
    let unknown = format!("UPDATE patient SET birth_date = NULL WHERE patient_no = {record}");
    house.raw.run(&unknown).await.unwrap();
    let link = clerk.get("/link").await;
    let refused = clerk.submit(&link, LINK, &[("code", &code)]).await;
    assert_eq!((refused.status, refused.all("#code-problem").len()), (422, 1), "{}", main(&refused));
    let known = format!("UPDATE patient SET birth_date = '{born}' WHERE patient_no = {record}");
    house.raw.run(&known).await.unwrap();

    // The person uses it, and counts as checked in person.
    let mut rosa = house.signed_in("rosa").await;
    let link = rosa.get("/link").await;
    assert_eq!(rosa.submit(&link, LINK, &[("code", &code)]).await.path, "/home");
    let account = rosa.get("/account").await;
    for words in ["They saw: driver licence.", "It was checked with documents."] {
        assert!(account.text.contains(words), "{words}: {}", main(&account));
    }
    let log = rosa.get("/access-log?what=code-given").await;
    for words in ["Carla Reyes", "handed over an activation code", "driver licence"] {
        assert!(main(&log).contains(words), "{words}: {}", main(&log));
    }
    let home = rosa.get("/home").await;
    assert!(!home.all("#seen").is_empty() && !main(&home).contains("activation code"), "{}", main(&home));
    let card = clerk.get(&card.path).await;
    assert!(main(&card).contains("No unused code is out"), "{}", main(&card));
    let asked = form(&mut clerk, &card).await;
    assert_eq!(asked.all("#linked").len(), 1, "another account would see it, too");

    // Who checks the ledger finds it by its line.
    let mut auditor = house.desk("auditor").await;
    let chain = format!("/staff/ledger/{}", number(&house, "rosa").await);
    let lines = auditor.get(&chain).await;
    assert!(main(&lines).contains("handed over an activation code"), "{}", main(&lines));
    let report = api::disclosures::verify(&house.app).await.unwrap();
    assert!(report.faults.is_empty(), "the chain holds: {report:?}");
    house.close().await;
}

async fn a_code_that_was_stopped_is_a_wrong_one(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("sam").await;
    let mut clerk = house.desk("clerk").await;
    let card = found(&house, &mut clerk, "sam").await;
    let asked = form(&mut clerk, &card).await;
    assert!(asked.all("#stops").is_empty());
    let sent = clerk.submit(&asked, GIVE, &[("way", "sent")]).await;
    assert!(main(&sent).contains("Send it only to the address"), "{}", main(&sent));
    let sent = shown(&sent);
    let stale = clerk.get(&card.path).await;
    assert!(stale.all("#open-code").concat().contains("not handed over"), "{}", main(&stale));

    // A new one ends the one before; a page from before stops nothing.
    let asked = form(&mut clerk, &card).await;
    assert_eq!(asked.all("#stops").len(), 1);
    let handed = clerk.submit(&asked, GIVE, &[("way", "handed"), ("proof", "passport")]).await;
    let handed = shown(&handed);
    let late = clerk.submit(&stale, STOP, &[]).await;
    assert_eq!((late.status, late.path.as_str()), (200, card.path.as_str()));
    assert!(late.all("#before").concat().contains("used, stopped, or has run out"), "{}", main(&late));
    assert_eq!(late.all("#open-code").len(), 1, "the newer one is still out");

    // A privacy officer gives none, but stops one.
    let mut officer = house.desk("privacy").await;
    let theirs = found(&house, &mut officer, "sam").await;
    assert!(theirs.attributes("main a[href$='/codes/new']", "href").is_empty());
    assert_eq!(officer.get(&format!("{}/codes/new", card.path)).await.status, 403);
    let stopped = officer.submit(&theirs, STOP, &[]).await;
    assert_eq!(stopped.path, card.path);
    assert!(main(&stopped).contains("No unused code is out"), "{}", main(&stopped));
    let late = officer.submit(&theirs, STOP, &[]).await;
    assert!(late.all("#before").concat().contains("used, stopped, or has run out"), "{}", main(&late));

    let mut sam = house.signed_in("sam").await;
    let link = sam.get("/link").await;
    let mut answers = Vec::new();
    for code in [sent.as_str(), handed.as_str(), "AAAA-BBBB-CCCC"] {
        let refused = sam.submit(&link, LINK, &[("code", code)]).await;
        assert_eq!((refused.status, refused.all("#code-problem").len()), (422, 1), "{}", main(&refused));
        answers.push(main(&refused));
    }
    assert!(answers.iter().all(|answer| *answer == answers[2]), "one answer for all: {answers:?}");

    // By letter nobody was seen.
    let asked = form(&mut clerk, &card).await;
    let code = shown(&clerk.submit(&asked, GIVE, &[("way", "sent")]).await);
    assert_eq!(sam.submit(&link, LINK, &[("code", &code)]).await.path, "/home");
    assert!(sam.get("/account").await.text.contains("nobody checked it with a document"));
    let log = main(&sam.get("/access-log").await);
    for words in
        ["gave out an activation code", "handed over an activation code", "stopped an activation code"]
    {
        assert!(log.contains(words), "{words}: {log}");
    }
    house.close().await;
}

async fn nobody_gives_a_code_to_their_family_or_to_the_dead(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    // Rosa is of her family.
    let mut dana = house.desk("dana").await;
    let mut clerk = house.desk("clerk").await;
    let card = found(&house, &mut clerk, "rosa").await;
    let asked = form(&mut clerk, &card).await;
    found(&house, &mut dana, "rosa").await;
    let token = dana.get("/help").await.attributes("input[name='csrf']", "value").remove(0);
    for path in ["codes/new", "representatives/new"] {
        let refused = dana.get(&format!("{}/{path}", card.path)).await;
        assert_eq!(refused.status, 403, "{path}");
    }
    let fields = [("csrf", token.as_str()), ("way", "handed"), ("proof", "passport")];
    for path in ["codes/new", "codes/1/end", "representatives/check", "representatives"] {
        let refused = dana.plain_post(&format!("{}/{path}", card.path), &fields).await;
        assert_eq!(refused.status, 403, "{path}");
    }
    // Whom nobody found is not there.
    let mut other = house.desk("clinician").await;
    assert_eq!(other.get(&card.path).await.status, 404);

    let rosa = number(&house, "rosa").await;
    house
        .raw
        .run(&format!("UPDATE patient SET deceased = '2026-05-01' WHERE patient_no = {rosa}"))
        .await
        .unwrap();
    let late = clerk.submit(&asked, GIVE, &fields[1..]).await;
    for refused in [&late, &clerk.get(&format!("{}/codes/new", card.path)).await] {
        assert_eq!(refused.status, 409);
        assert!(main(refused).contains("this person has died"), "{}", main(refused));
    }
    assert_eq!((house.raw.number(CODES).await, house.entries().await), (0, 0));
    house.close().await;
}
