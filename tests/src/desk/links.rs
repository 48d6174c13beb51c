//! A link that should not be: ended at the desk, told to the account, written into the log of the record, and dead in
//! every session, download and app at once.

use std::time::Duration;

use api::disclosures::codes;
use api::disclosures::links::{self, Decider};
use api::representation::{self, Kind as Authority};
use futures::StreamExt;

use super::{found, main, number};
use crate::acting::{actor, ask, copied, everything, patient};
use crate::harness::{House, Kind, PATIENCE, on_both_databases};
use crate::smart::Apps;

on_both_databases!(
    a_wrong_link_is_ended,
    nothing_of_an_ended_link_goes_on,
    nobody_ends_their_own_or_their_familys,
    the_others_of_a_record_are_told,
);

const END: &str = "#link-end";

async fn a_wrong_link_is_ended(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let mut sam = house.linked("sam").await;
    assert_eq!(sam.get("/home").await.path, "/home");
    for key in ["auditor", "admin"] {
        let page = house.desk(key).await.get("/staff/people/1/links/x").await;
        assert_eq!(page.status, 403, "{key} decides no cases");
    }
    let mut clerk = house.desk("clerk").await;
    let card = found(&house, &mut clerk, "sam").await;
    let path = card.attributes("main .lines a[href*='/links/']", "href").remove(0);
    let page = clerk.get(&path).await;
    assert!(main(&page).contains("Sam"), "{}", main(&page));
    for reason in ["", "no", "x\u{202e}xxxxxxxxxxxx"] {
        let bad = clerk.submit(&page, END, &[("reason", reason)]).await;
        assert_eq!((bad.status, bad.all("#reason-problem").len()), (422, 1), "{}", main(&bad));
        assert_eq!(bad.all("#reason").concat(), reason, "what was typed is there");
    }
    assert_eq!(sam.get("/home").await.path, "/home", "nothing was done yet");
    let email = &house.person("sam").email;
    house.mail.wait_for(email, PATIENCE).await.expect("the mail of the link");
    house.mail.clear();
    let reason = "The wrong Sam: <two> people of this name";
    let done = clerk.submit(&page, END, &[("reason", reason)]).await;
    assert_eq!((done.status, done.path.as_str()), (200, card.path.as_str()));
    assert!(done.attributes("main .lines a[href*='/links/']", "href").is_empty(), "{}", main(&done));
    let late = clerk.submit(&page, END, &[("reason", reason)]).await;
    assert_eq!((late.status, late.path.as_str()), (200, card.path.as_str()), "it is over");
    assert!(late.all("#before").concat().contains("does not see this record any more"), "{}", main(&late));
    assert_eq!(clerk.get(&path).await.status, 409);

    // The account reads why its record is gone, and is told by mail without a word about the record.
    let gone = sam.get("/home").await;
    assert_eq!((gone.path.as_str(), gone.all("#ended").len()), ("/link", 1), "{}", main(&gone));
    assert!(gone.all("#ended").concat().contains("555-0100"), "the office is named");
    let mail = house.mail.wait_for(email, PATIENCE).await.expect("a mail");
    assert!(mail.text().unwrap().contains("we ended the link"), "{}", mail.text().unwrap());
    assert!(!mail.text().unwrap().contains("Sam"));
    // Nobody else is touched, and the record can be linked again, by a new code.
    assert_eq!(rosa.get("/home").await.path, "/home");
    let code = house.code("sam").await;
    let linked = sam.submit(&gone, "form[action='/link']", &[("code", &code)]).await;
    assert_eq!(linked.path, "/home", "{}", main(&linked));
    let log = sam.get("/access-log?what=unlinked").await;
    let said = main(&log);
    for words in ["Carla Reyes", "ended the link of the account of Sam", reason, "work of the clinic"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let kept = house.raw.texts("SELECT ended_why FROM account_link WHERE ended_by IS NOT NULL").await;
    assert_eq!(kept, [reason]);
    let report = api::disclosures::verify(&house.app).await.unwrap();
    assert!(report.faults.is_empty(), "the chain holds: {report:?}");
    house.close().await;
}

async fn nothing_of_an_ended_link_goes_on(kind: Kind) {
    // A download that is running.
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let page = rosa.get("/copies/new").await;
    let made = rosa.submit(&page, "#copy-form", &[]).await;
    copied(&mut rosa, &made.path).await;
    let (who, own) = (actor(&house, "rosa").await, patient(&house, "rosa").await);
    let copy = made.path.rsplit('/').next().unwrap().parse().unwrap();
    let download = api::copies::open(&house.app, &who, (own, copy, None)).await.unwrap();
    let mut stream = download.stream;
    let first = stream.next().await.unwrap().unwrap();
    assert!((first.len() as u64) < download.length, "there is more than one piece");
    // And an invitation that nobody took yet.
    let asked = ask(Authority::Delegate, everything());
    let code = representation::invite(&house.app, &who, (own, representation::once(&house.app), asked))
        .await
        .unwrap()
        .code;
    let why = "Linked to a stranger (synthetic)";
    links::end(&house.app, Decider::Operator("Ann Lee"), (who.account, own), why).await.unwrap();
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert!(stream.next().await.unwrap().is_err(), "the next piece is not sent");
    assert!(api::copies::open(&house.app, &who, (own, copy, None)).await.is_err());
    assert_eq!(rosa.get(&made.path).await.path, "/link");
    let mut sam = house.signed_in("sam").await;
    sam.get("/people").await;
    let helper = actor(&house, "sam").await;
    assert!(representation::accept(&house.app, &helper, &code).await.is_err(), "the code is dead");
    house.close().await;

    // An app: its grant is dead, and stays so when the record is linked again.
    let apps = Apps::start(kind).await;
    let app = &apps.house.app;
    let got = apps.tokens("launch/patient offline_access patient/*.rs").await;
    assert!(apps.opens(got.word("access_token")).await);
    let of = (apps.rosa.account, apps.patient);
    links::end(app, Decider::Operator("Ann Lee"), of, why).await.unwrap();
    assert!(!apps.opens(got.word("access_token")).await);
    assert_eq!(apps.refresh(got.word("refresh_token")).await.status, 400);
    let given = (apps.patient, api::identity::Way::Sent);
    let code = codes::give(app, Decider::Operator("Ann Lee"), given).await.unwrap().code;
    api::identity::link_by_code(app, &apps.rosa, &code).await.unwrap();
    assert!(!apps.opens(got.word("access_token")).await, "a new link opens nothing old");
    let grants = api::smart::grants(app, &apps.rosa, apps.patient).await.unwrap();
    assert!(matches!(
        grants[0].standing,
        api::smart::Standing::Ended { why: api::smart::GrantEnd::NoRight, .. }
    ));
    apps.house.close().await;
}

async fn nobody_ends_their_own_or_their_familys(kind: Kind) {
    let house = House::start(kind).await;
    house.linked("rosa").await;
    house.linked("sam").await;
    let mut dana = house.desk("dana").await;
    // Rosa is of her family; the clerk is linked to Sam's record.
    found(&house, &mut dana, "rosa").await;
    let rosa_no = number(&house, "rosa").await;
    let of = actor(&house, "rosa").await.account;
    assert_eq!(dana.get(&format!("/staff/people/{rosa_no}/links/{of}")).await.status, 403);
    let mut clerk = house.desk("clerk").await;
    let card = found(&house, &mut clerk, "sam").await;
    let path = card.attributes("main .lines a[href*='/links/']", "href").remove(0);
    let page = clerk.get(&path).await;
    let sam_no = number(&house, "sam").await;
    let link = format!(
        "INSERT INTO account_link (account_id, patient_no, since, ground, evidence) \
         SELECT id, {sam_no}, 1, 'staff', 'x' FROM account WHERE email = 'clerk@staff.example'"
    );
    house.raw.run(&link).await.unwrap();
    assert_eq!(clerk.get(&path).await.status, 403);
    assert_eq!(clerk.submit(&page, END, &[("reason", "I want it to myself")]).await.status, 403);
    assert_eq!(house.raw.number("SELECT count(*) FROM account_link WHERE until IS NOT NULL").await, 0);
    // A link that never was is not there; nor is a person whom the reader did not find.
    let mut other = house.desk("privacy").await;
    assert_eq!(other.get(&path).await.status, 404, "not found today");
    found(&house, &mut other, "sam").await;
    let never = format!("/staff/people/{sam_no}/links/{of}");
    assert_eq!(other.get(&never).await.status, 404);
    assert_eq!(other.get(&path).await.status, 200);
    house.close().await;
}

/// Who sees a record learns of another account that does, and asks about one that they do not know.
async fn the_others_of_a_record_are_told(kind: Kind) {
    let house = House::with(kind, |config| config.server.work = false).await;
    let work = async || while api::worker::next(&house.app).await.unwrap() {};
    let mut sam = house.linked("sam").await;
    let account = sam.get("/account").await;
    assert!(account.attributes("main a[href^='/account/links/']", "href").is_empty(), "only their own");
    assert!(main(&account).contains("Accounts that see your record"), "{}", main(&account));
    work().await;
    house.mail.clear();

    // By staff, with words: another account sees it already.
    let mut elena = house.signed_in("elena").await;
    let form = elena.get("/link/help").await;
    let born = house.person("sam").birth_date.to_string();
    let fill = [("name", "Sam Whitfield"), ("birth_date", born.as_str()), ("contact", "520-555-0199")];
    elena.submit(&form, "form[action='/link/help']", &fill).await;
    let case = api::identity::all_cases(&house.app).await.unwrap().remove(0).id;
    let of = (case, patient(&house, "sam").await);
    let by = Decider::Operator("Ann Lee");
    links::link_case(&house.app, by, of, ("photo ID", "photo ID", "Their new account")).await.unwrap();
    work().await;
    let email = &house.person("sam").email;
    let mails = house.mail.messages();
    let mine: Vec<_> = mails.iter().filter(|mail| mail.to.contains(email)).collect();
    assert_eq!((mails.len(), mine.len()), (2, 1), "one to each account");
    let text = mine[0].text().unwrap();
    assert!(text.contains("a new account was linked to your record") && text.contains("555-0100"), "{text}");
    for word in ["Sam", "Elena", "Whitfield"] {
        assert!(!text.contains(word), "{word}: {text}");
    }

    // The page names it; "I don't know this account" leads to the line that tells who linked it.
    let account = sam.get("/account").await;
    assert!(main(&account).contains("Elena"), "{}", main(&account));
    let unknown = account.attributes("main a[href^='/account/links/']", "href").remove(0);
    let form = sam.get(&unknown).await;
    assert!(form.path.ends_with("/question"), "{}", main(&form));
    let said = main(&form);
    assert!(said.contains("linked the account of") && said.contains("Ann Lee"), "{said}");
    sam.submit(&form, "#question", &[("note", "Nobody whom I know")]).await;
    assert_eq!(house.raw.number("SELECT count(*) FROM log_case").await, 1);
    let mut privacy = house.desk("privacy").await;
    let list = privacy.get("/staff/questions").await;
    let one = list.attributes("main .lines a.title", "href").remove(0);
    let asked = privacy.get(&one).await;
    let elenas = "linked the account of Elena";
    assert!(main(&asked).contains("Nobody whom I know") && main(&asked).contains(elenas), "{}", main(&asked));

    // Linked otherwise: the line of what it opened; the office where it opened nothing yet.
    let mut newton = house.signed_in("newton").await;
    let link = "INSERT INTO account_link (account_id, patient_no, since, ground, evidence) \
                SELECT s.account_id, l.patient_no, 1, 'code', '' FROM session s, account_link l \
                WHERE s.subject = 'demo-newton' AND l.ground = 'staff'";
    house.raw.run(link).await.unwrap();
    let path = format!("/account/links/{}", actor(&house, "newton").await.account);
    let office = sam.get(&path).await;
    assert_eq!((office.status, office.path.as_str()), (200, path.as_str()));
    assert!(main(&office).contains("has not opened your record yet") && main(&office).contains("555-0100"));
    assert_eq!(newton.get("/home").await.path, "/home");
    let form = sam.get(&path).await;
    assert!(
        form.path.ends_with("/question") && main(&form).contains("opened the home page"),
        "{}",
        main(&form)
    );
    // One's own account is known; and what sees another record, or none, is not there.
    let own = actor(&house, "sam").await.account;
    house.signed_in("rosa").await;
    let stranger = actor(&house, "rosa").await.account;
    for account in [own.to_string(), stranger.to_string(), "x".into()] {
        assert_eq!(sam.get(&format!("/account/links/{account}")).await.status, 404, "{account}");
    }
    house.close().await;
}
