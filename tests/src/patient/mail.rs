//! The mails that tell a person of something: in the account's language, without a word about the record.

use std::sync::Arc;

use fixtures::mail::Mail;

use crate::harness::client::Browser;
use crate::harness::{House, Kind, PATIENCE, on_both_databases};

on_both_databases!(
    linking_is_told_to_the_account,
    who_chose_no_language_reads_both,
    a_copy_that_cannot_be_made_is_told_once
);

async fn choose(browser: &mut Browser, tag: &str) {
    let account = browser.get("/account").await;
    browser.submit(&account, "form[action='/account/language']", &[("language", tag)]).await;
}

/// Neither the person nor anything of the record is named.
#[track_caller]
fn says(mail: &Arc<Mail>, words: &[&str]) {
    let text = format!("{} {}", mail.subject(), mail.text().unwrap());
    for word in words {
        assert!(text.contains(word), "{word}: {text}");
    }
    for word in ["Sam", "Rosa", "diabet", "metformin"] {
        assert!(!text.to_lowercase().contains(&word.to_lowercase()), "{word}: {text}");
    }
}

async fn linking_is_told_to_the_account(kind: Kind) {
    let house = House::start(kind).await;
    for (key, tag, words) in [
        ("sam", "en", ["was linked to a record", "If not, call us at once", "555-0100"]),
        ("rosa", "es", ["se vinculó con un expediente", "Si no fue así, llámenos", "555-0100"]),
    ] {
        house.gather(key).await;
        let code = house.code(key).await;
        let mut browser = house.signed_in(key).await;
        choose(&mut browser, tag).await;
        let link = browser.get("/link").await;
        let wrong = browser.submit(&link, "form[action='/link']", &[("code", "2222-3333-4444")]).await;
        let email = &house.person(key).email;
        let home = browser.submit(&wrong, "form[action='/link']", &[("code", &code)]).await;
        assert_eq!(home.path, "/home");
        let mail = house.mail.wait_for(email, PATIENCE).await.expect("a mail");
        says(&mail, &words);
        let mine = house.mail.messages().iter().filter(|mail| mail.to.contains(email)).count();
        assert_eq!(mine, 1, "a code that does not work links nothing and is no news");
    }
    house.close().await;
}

async fn who_chose_no_language_reads_both(kind: Kind) {
    let house = House::start(kind).await;
    let sam = house.linked("sam").await;
    let mail = house.mail.wait_for(&house.person("sam").email, PATIENCE).await.expect("a mail");
    let (english, spanish) = ("was linked to a record", "se vinculó con un expediente");
    says(&mail, &[english, spanish, "If not, call us at once", "Si no fue así, llámenos"]);
    let text = mail.text().unwrap();
    assert!(text.find(english) < text.find(spanish), "English first: {text}");
    assert!(mail.subject().contains(" / "), "{}", mail.subject());
    drop(sam);
    house.close().await;
}

/// The jobs are worked off here, one try after the other, with a sealed password that cannot be opened.
async fn a_copy_that_cannot_be_made_is_told_once(kind: Kind) {
    let house = House::with(kind, |config| config.server.work = false).await;
    let mut sam = house.linked("sam").await;
    choose(&mut sam, "es").await;
    while api::worker::next(&house.app).await.unwrap() {}
    house.mail.clear();
    let form = sam.get("/copies/new").await;
    let password = "correct horse";
    let page = sam.submit(&form, "#copy-form", &[("password", password), ("password_again", password)]).await;
    let broken = house.raw.bytes(b"not what was sealed");
    house.raw.run(&format!("UPDATE copy SET password = {broken}")).await.unwrap();
    let email = house.person("sam").email.clone();
    for attempt in 1..=8 {
        assert!(house.mail.messages().is_empty(), "no word before try {attempt} of 8");
        house.raw.run("UPDATE job SET run_at = 0").await.unwrap();
        assert!(api::worker::next(&house.app).await.unwrap(), "try {attempt}");
        let failed = sam.get(&page.path).await;
        assert!(failed.all("main").concat().contains("No se pudo hacer"), "{}", failed.text);
    }
    while api::worker::next(&house.app).await.unwrap() {}
    let mail = house.mail.wait_for(&email, PATIENCE).await.expect("a mail");
    says(&mail, &["No pudimos terminar algo que usted pidió", "555-0100"]);
    assert_eq!(house.mail.messages().len(), 1);
    assert_eq!(house.raw.number("SELECT count(*) FROM job WHERE dead_at IS NOT NULL").await, 1);
    house.close().await;
}
