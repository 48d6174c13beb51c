//! Signing in again before what matters, through the real portal and the demo identity provider.

use std::time::Duration;

use api::config::Act;
use api::disclosures::codes;
use api::disclosures::links::Decider;
use api::identity::Way;
use reqwest::Method;

use super::copy;
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(
    what_was_typed_survives_a_sign_in,
    somebody_else_is_refused_and_nothing_ends,
    a_second_factor_is_asked_for,
    a_ready_copy_can_need_a_fresh_sign_in,
    it_is_shown_how_sure_we_are,
    a_page_whose_time_ran_out_uses_nothing,
    what_was_sent_too_late_is_given_back,
    what_an_old_tab_sends_is_given_back,
    what_was_typed_survives_the_language,
);

const AGAIN: &str = "form[action='/sign-in-again']";

/// Makes every sign-in so many minutes older.
async fn age(house: &House, minutes: i64) {
    let sql = format!("UPDATE session SET auth_time = auth_time - {}", minutes * 60_000_000);
    house.raw.run(&sql).await.unwrap();
}

async fn count(house: &House, table: &str) -> i64 {
    house.raw.number(&format!("SELECT count(*) FROM {table}")).await
}

/// Picks a person at the provider, which must ask although it remembers one.
async fn pick(browser: &mut Browser, asked: &Page, key: &str) -> Page {
    let form = format!("form:has(input[name='person'][value='demo-{key}'])");
    browser.submit(asked, &form, &[]).await
}

/// Asks for a part of the record with a password.
async fn ask(browser: &mut Browser) -> Page {
    let form = browser.get("/copies/new").await;
    let token = form.attributes("#copy-form input[name='csrf']", "value").remove(0);
    let mut categories = form.attributes("#copy-form input[name='categories']", "value");
    categories.truncate(2);
    let fields = [
        ("csrf", token.as_str()),
        ("once", "typed-once"),
        ("what", "some"),
        ("categories", &categories[0]),
        ("categories", &categories[1]),
        ("from", "2001-02-03"),
        ("formats", "pdf"),
        ("password", "correct horse"),
        ("password_again", "correct horse"),
    ];
    let sent = browser.plain_post("/copies", &fields).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let next = sent.headers["location"].to_str().unwrap().to_owned();
    browser.get(&next).await
}

async fn what_was_typed_survives_a_sign_in(kind: Kind) {
    let house = House::start(kind).await;
    let mut elena = house.linked("elena").await;
    age(&house, 16).await;
    let why = ask(&mut elena).await;
    assert_eq!((why.path.as_str(), why.status), ("/sign-in-again", 200));
    assert!(why.all("main").concat().contains("we want to be sure that it is you"), "{}", why.text);
    assert_eq!(count(&house, "copy").await, 0, "nothing was done");
    for kept in house.raw.blobs("SELECT fields FROM kept_form").await {
        for word in [&b"categories"[..], b"2001", b"horse"] {
            assert!(!kept.windows(word.len()).any(|part| part == word), "what was typed is sealed");
        }
    }
    // Going back changes nothing, and does not claim that anybody signed in.
    let back = why.attributes("main a[href^='/copies/new']", "href").remove(0);
    assert!(!elena.get(&back).await.text.contains("What you filled in is here"));

    let before = count(&house, "session WHERE ended_at IS NULL").await;
    let asked = elena.submit(&why, AGAIN, &[]).await;
    let form = pick(&mut elena, &asked, "elena").await;
    assert_eq!((form.path.as_str(), form.status), ("/copies/new", 200), "{}", form.text);
    assert!(form.text.contains("What you filled in is here"));
    assert_eq!(
        count(&house, "session WHERE ended_at IS NULL").await,
        before,
        "one took the place of the other"
    );
    let ticked = |name: &str| form.attributes(&format!("#copy-form input[name='{name}'][checked]"), "value");
    let categories = form.attributes("#copy-form input[name='categories']", "value");
    assert!(categories.len() > 2, "not all of them");
    assert_eq!((ticked("what"), ticked("categories")), (vec!["some".into()], categories[..2].to_vec()));
    assert_eq!(ticked("formats"), ["pdf"]);
    let value = |name: &str| form.attributes(&format!("#copy-form input[name='{name}']"), "value");
    assert_eq!((value("from"), value("once")), (vec!["2001-02-03".into()], vec!["typed-once".into()]));
    assert!(value("password").iter().all(String::is_empty), "passwords are not kept");
    assert_eq!(form.all("#password-problem").len(), 1, "and it is said that they are not");

    let fill = [("password", "correct horse"), ("password_again", "correct horse")];
    let done = elena.submit(&form, "#copy-form", &fill).await;
    assert!(done.path.starts_with("/copies/") && done.path != "/copies/new", "{}", done.text);
    assert_eq!((count(&house, "copy").await, count(&house, "kept_form").await), (1, 0));
    house.close().await;
}

async fn somebody_else_is_refused_and_nothing_ends(kind: Kind) {
    let house = House::start(kind).await;
    let mut elena = house.linked("elena").await;
    age(&house, 16).await;
    let why = ask(&mut elena).await;
    let (accounts, sessions) = (count(&house, "account").await, count(&house, "session").await);
    let asked = elena.submit(&why, AGAIN, &[]).await;
    // The provider would end the sign-in here too if the same browser were another person there.
    elena.forget(house.idp.issuer());
    let refused = pick(&mut elena, &asked, "sam").await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert!(refused.text.contains("You signed in as somebody else than before"), "{}", refused.text);
    assert_eq!(
        (count(&house, "account").await, count(&house, "session").await),
        (accounts, sessions),
        "nothing is kept of whoever that was"
    );
    let home = elena.get("/home").await;
    assert_eq!(home.path, "/home", "the first sign-in goes on");
    assert!(home.all(".whose").concat().contains(&house.person("elena").family));

    // What one account typed is not there for another, and an unknown name is not there at all.
    let mut sam = house.linked("sam").await;
    for query in [why.url.query().unwrap(), "kept=unknown", ""] {
        let path = format!("/sign-in-again?{query}");
        assert_eq!(sam.ask(Method::GET, &path, &[]).await.status, 404, "{path}");
    }
    let form = sam.get(&format!("/copies/new?{}", why.url.query().unwrap())).await;
    assert_eq!(form.attributes("#copy-form input[name='what'][checked]", "value"), ["all"]);
    house.close().await;
}

async fn a_second_factor_is_asked_for(kind: Kind) {
    let house = House::with(kind, |config| config.sessions.two_factors_for = vec![Act::Copy]).await;
    let mut elena = house.linked("elena").await;
    for _ in 0..2 {
        let why = ask(&mut elena).await;
        assert_eq!(why.path, "/sign-in-again");
        assert!(why.text.contains("This needs a sign-in in two steps"), "{}", why.text);
        assert!(why.text.contains("the records office can do this with you"), "there is another way");
        let asked = elena.submit(&why, AGAIN, &[]).await;
        let form = pick(&mut elena, &asked, "elena").await;
        assert!(!form.text.contains("What you filled in is here"), "one step was not enough");
    }
    assert_eq!(count(&house, "copy").await, 0);
    house.close().await;

    let strong = House::with(kind, |config| {
        config.sessions.two_factors_for = vec![Act::Copy];
        config.oidc[0].strength.default.aal = 2;
    })
    .await;
    let mut elena = strong.linked("elena").await;
    assert!(copy::ready(&mut elena).await.path.starts_with("/copies/"), "a strong sign-in goes on at once");
    strong.close().await;
}

async fn a_ready_copy_can_need_a_fresh_sign_in(kind: Kind) {
    let house = House::with(kind, |config| config.sessions.fresh_for = vec![Act::CopyView]).await;
    let mut elena = house.linked("elena").await;
    age(&house, 16).await;
    let page = copy::ready(&mut elena).await;
    let path = format!("{}/file", page.path);
    let before = house.entries().await;
    for headers in [&[][..], &[("range", "bytes=0-9")]] {
        let answer = elena.ask(Method::GET, &path, headers).await;
        assert_eq!(answer.status, 303, "{headers:?}");
        assert!(answer.headers["location"].to_str().unwrap().starts_with("/sign-in-again?kept="));
    }
    assert_eq!(house.entries().await, before, "nothing left");
    let why = elena.get(&path).await;
    let asked = elena.submit(&why, AGAIN, &[]).await;
    let back = pick(&mut elena, &asked, "elena").await;
    assert_eq!(back.path, page.path);
    assert_eq!(elena.ask(Method::GET, &path, &[]).await.status, 200);
    house.close().await;
}

async fn it_is_shown_how_sure_we_are(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("elena").await;
    let found = api::identity::patients_by(&house.app, &house.person("elena").patient_id).await.unwrap();
    let given = (found[0].patient, Way::Handed("state photo card"));
    let code = codes::give(&house.app, Decider::Operator("Ann Lee"), given).await.unwrap().code;
    let mut elena = house.signed_in("elena").await;
    let before = elena.get("/account").await;
    assert!(before.text.contains("nobody checked it with a document"), "{}", before.text);
    assert!(before.text.contains("bring a photo ID to the records office"));
    let link = elena.get("/link").await;
    elena.submit(&link, "form[action='/link']", &[("code", &code)]).await;
    let after = elena.get("/account").await;
    assert!(after.text.contains("They saw: state photo card."), "{}", after.text);
    assert!(after.text.contains("It was checked with documents."));

    elena.get("/record").await;
    let bodies = house.raw.blobs("SELECT body FROM ledger_entry ORDER BY seq").await;
    let last: serde_json::Value = serde_json::from_slice(bodies.last().unwrap()).unwrap();
    assert_eq!((&last["who"]["ial"], &last["who"]["aal"]), (&2.into(), &1.into()), "{last}");
    assert!(elena.get("/access-log").await.text.contains("Identity level 2 of 3, sign-in level 1 of 3"));
    house.close().await;
}

/// The script sends what stands in a form along with the choice of a language.
async fn what_was_typed_survives_the_language(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let page = rosa.get("/people/new").await;
    let csrf = page.attributes("input[name='csrf']", "value").remove(0);
    let choose = |form: &'static str, typed: &'static str| {
        [
            ("csrf", csrf.clone()),
            ("to", "es".into()),
            ("back", "/help".into()),
            ("form", form.into()),
            ("typed", typed.into()),
        ]
    };
    for (form, typed, shown) in [
        ("/people", "name=Ana+%28synthetic%29&what=some&categories=labs", "/people/new?kept="),
        ("/people/preview", "name=Ana", "/people/new?kept="),
        ("/people", "", "/help"),
        ("/link", "code=x", "/help"),
        ("https://elsewhere.example/people", "name=x", "/help"),
    ] {
        let fields = choose(form, typed);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let sent = rosa.plain_post("/language", &fields).await;
        let next = sent.headers["location"].to_str().unwrap().to_owned();
        assert!(sent.status == 303 && next.starts_with(shown), "{form} {typed}: {next}");
        if typed.contains("labs") {
            let back = rosa.get(&next).await;
            assert_eq!(back.attributes("input[name='name']", "value"), ["Ana (synthetic)"]);
            assert_eq!(back.attributes("input[name='categories'][checked]", "value"), ["labs"]);
            assert!(back.text.contains("Aquí está lo que escribió"), "{}", back.text);
        }
    }
    // The session tells the script which forms are kept.
    for (form, keeps) in [("/people", true), ("/staff/roles", false), ("", false)] {
        let told = rosa.get(&format!("/session?form={form}")).await;
        assert!(told.text.contains(&format!("\"keeps\":{keeps}")), "{form}: {}", told.text);
    }
    house.close().await;
}

async fn what_was_sent_too_late_is_given_back(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let fill = [("name", "Sam, my friend"), ("what", "some"), ("categories", "medicines")];
    for ended in [
        "UPDATE session SET idle_until = 1",
        "UPDATE session SET ended_at = 2, end_reason = 'sign-in-ended-idle'",
    ] {
        let form = rosa.get("/people/new").await;
        house.raw.run(ended).await.unwrap();
        assert!(rosa.get("/session").await.text.contains("\"ran_out\":true"), "{ended}");
        let asked = rosa.submit(&form, "#people-form", &fill).await;
        assert_eq!(asked.path, "/sign-in", "{}", asked.text);
        assert!(asked.all(".note").concat().contains("What you typed was not sent"), "{}", asked.text);
        for sealed in house.raw.blobs("SELECT fields FROM kept_form").await {
            assert!(!sealed.windows(3).any(|part| part == b"Sam"), "what was typed is sealed");
        }
        let asked = rosa.submit(&asked, "form[action='/sign-in/demo']", &[]).await;
        let back = match asked.all("form:has(input[name='person'])").is_empty() {
            true => asked,
            false => pick(&mut rosa, &asked, "rosa").await,
        };
        assert_eq!(back.path, "/people/new", "{}", back.text);
        assert_eq!(back.attributes("#name", "value"), ["Sam, my friend"]);
        assert_eq!(back.attributes("input[name='categories'][checked]", "value"), ["medicines"]);
        assert_eq!(count(&house, "authority").await, 0, "nothing is sent by itself");
        house.raw.run("DELETE FROM kept_form").await.unwrap();
    }

    // A session that somebody ended keeps nothing.
    let form = rosa.get("/people/new").await;
    let ended = "UPDATE session SET ended_at = 2, end_reason = 'sign-in-ended-device'";
    house.raw.run(ended).await.unwrap();
    assert!(rosa.get("/session").await.text.contains("\"ran_out\":false"));
    let refused = rosa.submit(&form, "#people-form", &fill).await;
    assert_eq!(refused.status, 401);
    let again = rosa.get(&refused.attributes("main a.button", "href").remove(0)).await;
    assert!(again.all("#over").concat().contains("signed out from another device"), "{}", again.text);
    assert!(again.attributes("main input[name='return_to']", "value").contains(&"/people".to_owned()));
    // The way back is promised only to who came from a page.
    let back = "you come back to the page where you were";
    assert!(again.text.contains(back) && !rosa.get("/sign-in").await.text.contains(back));
    assert_eq!(count(&house, "kept_form").await, 0);
    house.close().await;
}

/// The script of an open page goes to the sign-in by itself: there the session ends, or goes on as it was.
async fn a_page_whose_time_ran_out_uses_nothing(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let (now, lines) = (house.app.clock.now(), house.entries().await);
    let used = "SELECT max(seen_at) FROM session WHERE ended_at IS NULL";

    // Another window uses it: nothing opens here, and nobody has used it.
    let before = now.minus(Duration::from_secs(300)).micros();
    house.raw.run(&format!("UPDATE session SET seen_at = {before}")).await.unwrap();
    let asked = rosa.get("/sign-in?over=yes&return_to=%2Frecord").await;
    assert_eq!(asked.path, "/sign-in", "{}", asked.text);
    assert!(asked.all("#over").concat().contains("still signed in"), "{}", asked.text);
    assert_eq!(house.raw.number(used).await, before);
    let told = rosa.get("/session").await;
    assert!(told.text.contains("\"over\":false"), "{}", told.text);

    // Less than a moment before its end it ends there, as unused.
    let end = house.app.clock.now().plus(Duration::from_millis(4_500)).micros();
    house.raw.run(&format!("UPDATE session SET idle_until = {end}")).await.unwrap();
    let asked = rosa.get("/sign-in?over=yes").await;
    assert_eq!(asked.path, "/sign-in", "{}", asked.text);
    assert!(asked.all("#over").concat().contains("nothing was done here for a while"), "{}", asked.text);
    let told = rosa.get("/session").await;
    assert!(told.text.contains("\"over\":true,\"ran_out\":true"), "{}", told.text);
    assert_eq!(house.entries().await, lines, "nothing of the record was shown");
    let asked = rosa.submit(&asked, "form[action='/sign-in/demo']", &[]).await;
    assert_eq!(asked.status, 200, "its form leads on: {}", asked.text);
    house.close().await;
}

/// Another tab of the same browser signed in again meanwhile: as the same account, or as another one.
async fn what_an_old_tab_sends_is_given_back(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("sam").await);
    let mut rosa = house.linked("rosa").await;
    let fill = [("name", "Sam, my friend"), ("what", "some"), ("categories", "medicines")];
    for (key, kept) in [("rosa", 1), ("sam", 0)] {
        let old = rosa.get("/people/new").await;
        house.raw.run("UPDATE session SET idle_until = 1").await.unwrap();
        rosa.forget(house.idp.issuer());
        let asked = rosa.get("/sign-in").await;
        let asked = rosa.submit(&asked, "form[action='/sign-in/demo']", &[]).await;
        assert_eq!(pick(&mut rosa, &asked, key).await.status, 200);
        let back = rosa.submit(&old, "#people-form", &fill).await;
        assert_eq!(count(&house, "kept_form").await, kept, "{key}");
        assert_eq!(count(&house, "authority").await, 0, "nothing is sent by itself");
        if kept == 0 {
            assert_eq!((back.status, back.all("#name").len()), (403, 0), "{}", back.text);
            continue;
        }
        assert_eq!((back.path.as_str(), back.status), ("/people/new", 200), "{}", back.text);
        assert_eq!(back.attributes("#name", "value"), ["Sam, my friend"]);
        assert_eq!(back.attributes("input[name='categories'][checked]", "value"), ["medicines"]);
        house.raw.run("DELETE FROM kept_form").await.unwrap();
    }
    house.close().await;
}
