//! Invariant I16: who proves nothing learns nothing. "There is nobody like that" and "there is, but the proof is wrong"
//! are one answer, letter for letter, wherever somebody may try who has no record. What a claim about another person
//! answers is in `people::a_claim_tells_nothing`, what an app gets in `fhir::reads`.

use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(codes_that_do_not_work_are_alike, statements_are_alike);

const CODE: &str = "2222-3333-4444";
const INVITATION: &str = "2222-3333-4444-5555";

/// A whole answer without what is new in each: what was typed, and what keeps forms from being forged.
#[derive(Debug, PartialEq)]
struct Bare {
    status: u16,
    path: String,
    headers: Vec<String>,
    text: String,
}

fn bare(page: &Page, typed: &[&str]) -> Bare {
    let mut text = page.text.clone();
    let secrets = page.attributes("input[type='hidden'][name='csrf']", "value");
    for new in typed.iter().copied().chain(secrets.iter().map(String::as_str)) {
        text = text.replace(new, "…");
    }
    let mut headers: Vec<String> = page.headers.keys().map(ToString::to_string).collect();
    headers.sort();
    Bare { status: page.status, path: page.path.clone(), headers, text }
}

async fn tries(browser: &mut Browser, at: &str, code: &str) -> Bare {
    let page = browser.get(at).await;
    let answer = browser.submit(&page, &format!("form[action='{at}']"), &[("code", code)]).await;
    bare(&answer, &[code])
}

/// Codes for a record of one's own, and invitations to somebody else's. An account has five tries in a quarter of an hour.
async fn codes_that_do_not_work_are_alike(kind: Kind) {
    let house = House::start(kind).await;
    for key in ["sam", "rosa", "lucia"] {
        house.gather(key).await;
    }
    let (replaced, of_another) = (house.code("sam").await, house.code("sam").await);
    let (used, over) = (house.code("rosa").await, house.code("lucia").await);
    let mut rosa = house.signed_in("rosa").await;
    assert_eq!(tries(&mut rosa, "/link", &used).await.path, "/home");
    let newest = "UPDATE activation_code SET expires_at = created_at WHERE used_at IS NULL AND created_at = \
                  (SELECT max(created_at) FROM activation_code)";
    house.raw.run(newest).await.unwrap();

    let mut elena = house.signed_in("elena").await;
    let unknown = tries(&mut elena, "/link", CODE).await;
    assert_eq!((unknown.status, unknown.path.as_str()), (422, "/link"));
    for (what, code) in [("another's", of_another), ("replaced", replaced), ("used", used), ("over", over)] {
        assert_eq!(tries(&mut elena, "/link", &code).await, unknown, "a code that is {what}");
    }
    assert_eq!(house.raw.number("SELECT count(*) FROM account_link").await, 1, "nobody else was linked");

    let mut invitations = Vec::new();
    for name in ["Taken", "Ended", "Over"] {
        let form = rosa.get("/people/new").await;
        let made = rosa.submit(&form, "#people-form", &[("name", name), ("what", "all")]).await;
        assert_eq!(made.status, 201, "{}", made.text);
        invitations.push(made.all("#invitation-code").concat().trim().to_owned());
    }
    let mut sam = house.signed_in("sam").await;
    assert_eq!(tries(&mut sam, "/people/code", &invitations[0]).await.path, "/people");
    let now = house.app.clock.now().micros();
    for sql in [
        format!("UPDATE authority SET ended_at = {now}, end_reason = 'by-person' WHERE name = 'Ended'"),
        "UPDATE authority SET code_until = created_at WHERE name = 'Over'".to_owned(),
    ] {
        house.raw.run(&sql).await.unwrap();
    }
    for (at, key) in [("/people/code", "casey"), ("/link", "otis")] {
        let mut other = house.signed_in(key).await;
        let unknown = tries(&mut other, at, INVITATION).await;
        assert_eq!((unknown.status, unknown.path.as_str()), (422, at));
        for (what, code) in ["taken", "ended", "over"].into_iter().zip(&invitations) {
            assert_eq!(tries(&mut other, at, code).await, unknown, "an invitation that is {what} at {at}");
        }
    }
    assert_eq!(house.raw.number("SELECT count(*) FROM authority WHERE account_id IS NOT NULL").await, 1);
    house.close().await;
}

/// Who says to the records office who they are gets one answer, whether there is a record of that person or not.
async fn statements_are_alike(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    let rosa = house.person("rosa");
    let (name, born) = (format!("{} {}", rosa.given, rosa.family), rosa.birth_date.to_string());
    let mut answers = Vec::new();
    for (key, name, born) in [("sam", name.as_str(), born.as_str()), ("elena", "Nobody Known", "1950-01-01")]
    {
        let mut browser = house.signed_in(key).await;
        let form = browser.get("/link/help").await;
        let fill = [("name", name), ("birth_date", born), ("contact", "555-0101")];
        let answer = browser.submit(&form, "form[action='/link/help']", &fill).await;
        assert_eq!((answer.status, answer.path.as_str()), (200, "/link"), "{}", answer.text);
        let person = house.person(key);
        let theirs = format!("{} {}", person.given, person.family);
        answers.push(bare(&answer, &[&theirs, name, born]));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(house.entries().await, 0, "nothing of a record was looked at");
    house.close().await;
}
