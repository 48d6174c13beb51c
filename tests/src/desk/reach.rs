//! How a person asked the clinic to reach them past this service: written down at the desk, it governs the mail, waits for
//! an account that is linked later, and gives way to what the person says last.

use super::{found, main};
use crate::consents::signed;
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(
    what_was_said_by_telephone_governs_the_mail,
    what_was_said_waits_for_an_account,
    an_ended_link_brings_no_mail_back,
);

const WISH: &str = "#wish-form";

/// To whom the mails go that wait.
async fn mailed(house: &House) -> Vec<String> {
    house.mail.clear();
    while api::worker::next(&house.app).await.unwrap() {}
    house.mail.messages().iter().flat_map(|mail| mail.to.clone()).collect()
}

/// To whom the mails go of a permission that is signed and taken back.
async fn something_happens(house: &House, browser: &mut Browser) -> Vec<String> {
    let page = signed(browser).await;
    browser.submit(&page, "#revocation", &[]).await;
    mailed(house).await
}

/// The clinic's day.
fn today(house: &House) -> String {
    let now = house.app.clock.now().utc();
    now.with_timezone(&house.app.config.clinic.zone()).format("%Y-%m-%d").to_string()
}

/// How it came: today, by telephone.
fn called(day: &str) -> [(&str, &str); 3] {
    [("received", day), ("way", "telephone"), ("known", "Called back and gave the birth date")]
}

async fn says(clerk: &mut Browser, card: &Page, came: [(&str, &str); 3], fill: &[(&str, &str)]) -> Page {
    let page = clerk.get(&format!("{}/reach", card.path)).await;
    let done = clerk.submit(&page, WISH, &[&came[..], fill].concat()).await;
    assert_eq!((done.status, done.path.as_str()), (200, page.path.as_str()), "{}", main(&done));
    done
}

async fn what_was_said_by_telephone_governs_the_mail(kind: Kind) {
    let house = House::with(kind, |config| config.server.work = false).await;
    let mut rosa = house.linked("rosa").await;
    let usual = house.person("rosa").email.clone();
    mailed(&house).await;
    let day = today(&house);
    let mut clerk = house.desk("clerk").await;
    let card = found(&house, &mut clerk, "rosa").await;
    let link = card.attributes("main a[href$='/reach']", "href").remove(0);
    let page = clerk.get(&link).await;
    assert_eq!(page.all("#no-reach").len(), 1, "{}", main(&page));
    assert!(page.all("[name='reason'], [name='why']").is_empty(), "nobody asks why");
    assert!(page.all("#channel-end").is_empty(), "nothing is there to end");
    assert!(!main(&page).contains("What became of it"), "nothing did: {}", main(&page));
    let letter = clerk.get(&format!("{}/codes/new", card.path)).await;
    assert!(letter.all("#way").concat().contains("By letter, to the address in the record"));

    // All that is missing is said at once, and nothing is kept.
    for (fill, fields) in [
        (vec![], vec!["way", "channel", "received", "known"]),
        (
            vec![("received", "2999-01-01"), ("way", "pigeon"), ("channel", "none")],
            vec!["way", "received", "known"],
        ),
        ([&called(&day)[..], &[("channel", "email"), ("email", "no address")]].concat(), vec!["email"]),
    ] {
        let bad = clerk.submit(&page, WISH, &fill).await;
        let wanted: Vec<String> = fields.iter().map(|field| format!("#{field}")).collect();
        assert_eq!((bad.status, bad.attributes(".summary a", "href")), (422, wanted), "{fill:?}");
    }
    assert_eq!(house.raw.number("SELECT count(*) FROM contact_wish").await, 0);

    // "Never mail me": not even a mail that says so, nor what waits in the queue.
    let waits = signed(&mut rosa).await;
    rosa.submit(&waits, "#revocation", &[]).await;
    let never = [&called(&day)[..], &[("channel", "none"), ("phone", "555-0142")]].concat();
    let done = clerk.submit(&page, WISH, &never).await;
    let reach = done.all("#reach").concat();
    for words in ["No e-mail", "555-0142", "Carla Reyes", "wrote this down", "by telephone"] {
        assert!(reach.contains(words), "{words}: {reach}");
    }
    assert!(mailed(&house).await.is_empty());
    // A second click is no second wish.
    assert_eq!(clerk.submit(&page, WISH, &never).await.path, link);
    assert_eq!(house.raw.number("SELECT count(*) FROM contact_wish WHERE what = 'recorded'").await, 1);
    // A wish about mail and the telephone is none about letters.
    let letter = clerk.get(&format!("{}/codes/new", card.path)).await;
    assert!(letter.all("#way").concat().contains("By letter, to the address in the record"));

    // The person reads who wrote it down, how it came and who looked, and says something else.
    let own = rosa.get("/privacy/messages").await;
    for words in ["We send you no e-mail", "Carla Reyes", "by telephone", "gave the birth date"] {
        assert!(main(&own).contains(words), "{words}: {}", main(&own));
    }
    assert_eq!(own.all("#looks").len(), 1, "{}", main(&own));
    // The places only masked: the account did not say them.
    assert!(main(&own).contains("We call another number: …42"), "{}", main(&own));
    assert!(own.attributes("#phone", "value").concat().is_empty());
    assert_eq!(own.attributes("#messages-form input[name='channel'][checked]", "value"), ["none"]);
    let stale = clerk.get(&link).await;
    let own = rosa.submit(&own, "#messages-form", &[("channel", "email")]).await;
    assert!(main(&own).contains("the e-mail address of your sign-in"), "{}", main(&own));
    assert!(own.all("#recorded").is_empty());
    assert_eq!(mailed(&house).await, [usual.as_str()], "that it changed");

    // Who writes something down has read what the person said meanwhile; a page with another fault shows it, which is a
    // look, and does not count as read.
    let new = "hidden@example.org";
    let elsewhere = [&called(&day)[..], &[("channel", "email"), ("email", new)]].concat();
    let looks = "SELECT count(*) FROM contact_wish WHERE what = 'viewed'";
    let before = house.raw.number(looks).await;
    let bad = clerk
        .submit(&stale, WISH, &[&elsewhere[..2], &[("known", ""), elsewhere[3], elsewhere[4]]].concat())
        .await;
    assert_eq!((bad.status, bad.attributes(".summary a", "href")), (422, vec!["#known".to_owned()]));
    assert_eq!(house.raw.number(looks).await, before + 1);
    let told = clerk.submit(&bad, WISH, &elsewhere).await;
    assert_eq!((told.status, told.all("#channel-problem").len()), (422, 1), "{}", main(&told));
    assert!(main(&told).contains("chose on their own page"), "{}", main(&told));
    assert_eq!(told.attributes("#email", "value"), [new], "what was typed stays");
    let done = clerk.submit(&told, WISH, &[]).await;
    assert!(done.all("#reach").concat().contains(new), "{}", main(&done));
    assert_eq!(mailed(&house).await, [new], "the new place only");
    assert_eq!(something_happens(&house, &mut rosa).await, [new, new]);
    let own = rosa.get("/privacy/messages").await;
    assert!(main(&own).contains("We send messages to h…@e…"), "{}", main(&own));
    assert!(!main(&own).contains("hidden") && own.attributes("#email", "value").concat().is_empty());
    for sealed in house.raw.blobs("SELECT words FROM contact_wish WHERE words IS NOT NULL").await {
        assert!(!sealed.windows(6).any(|part| part == b"hidden"), "what was said is sealed");
    }

    // A letter of an earlier day does not undo what was said since.
    let letter = [("received", "2026-1-5"), ("way", "letter"), ("known", "Signed, with the old address")];
    let done = says(&mut clerk, &card, letter, &[("channel", "none")]).await;
    assert!(main(&done).contains("January 5, 2026"), "{}", main(&done));
    assert!(done.all("#reach").concat().contains(new), "{}", main(&done));
    mailed(&house).await;
    assert_eq!(something_happens(&house, &mut rosa).await, [new, new]);

    // Taken back, what the person chose themselves holds.
    says(&mut clerk, &card, called(&day), &[("channel", "none")]).await;
    assert!(something_happens(&house, &mut rosa).await.is_empty());
    let stale = clerk.get(&link).await;
    let ended = says(&mut clerk, &card, called(&day), &[("channel", "end")]).await;
    assert!(main(&ended).contains("takes the wish back"), "{}", main(&ended));
    assert_eq!(mailed(&house).await, [usual.as_str()]);
    let late = clerk
        .submit(&stale, WISH, &[&called(&day)[..], &[("channel", "end"), ("way", "letter")]].concat())
        .await;
    assert!(late.all("#before").concat().contains("takes the wish back"), "{}", main(&late));
    house.close().await;
}

async fn what_was_said_waits_for_an_account(kind: Kind) {
    let house = House::with(kind, |config| config.server.work = false).await;
    house.gather("rosa").await;
    let day = today(&house);
    let mut clerk = house.desk("clerk").await;
    let card = found(&house, &mut clerk, "rosa").await;
    let fill = [("channel", "none"), ("postal", "9 Quiet Road")];
    let done = says(&mut clerk, &card, called(&day), &fill).await;
    assert!(done.all("#reach").concat().contains("9 Quiet Road"), "{}", main(&done));
    let card = clerk.get(&card.path).await;
    assert!(card.all("#reach").concat().contains("asked to be reached in a certain way"), "{}", main(&card));
    let way = format!("{}/reach", card.path);
    assert_eq!(card.attributes("#reach a", "href"), [way.as_str()], "without opening the record");
    let letter = clerk.get(&format!("{}/codes/new", card.path)).await;
    assert_eq!(letter.attributes("#way #reach a", "href"), [way.as_str()], "{}", main(&letter));
    let asked = letter.all("#way").concat();
    assert!(asked.contains("By letter, as the person asked") && !asked.contains("in the record"), "{asked}");

    // Who answers limits reads it, and that they did is noted; they take nothing in.
    let mut officer = house.desk("privacy").await;
    let theirs = found(&house, &mut officer, "rosa").await;
    let lines = house.entries().await;
    let read = officer.get(&format!("{}/reach", theirs.path)).await;
    assert_eq!(house.entries().await, lines + 1, "before it is shown it stands in the log");
    assert!(read.all("#reach").concat().contains("9 Quiet Road"), "{}", main(&read));
    assert!(read.all(WISH).is_empty() && main(&read).contains("Grace Lindqvist"), "{}", main(&read));

    // From the moment of the link it holds, for the mail of the link too.
    let mut rosa = house.links("rosa").await;
    assert!(mailed(&house).await.is_empty());
    let log = rosa.get("/access-log?what=reach").await.all(".log li .value").concat();
    for words in ["Carla Reyes", "Grace Lindqvist", "looked at how you want to be reached"] {
        assert!(log.contains(words), "{words}: {log}");
    }
    let own = rosa.get("/privacy/messages").await;
    assert!(main(&own).contains("We send you no e-mail"), "{}", main(&own));
    assert!(!main(&own).contains("Quiet Road"), "{}", main(&own));
    assert!(own.attributes("#postal", "value").concat().is_empty());
    assert!(own.all("#recorded").concat().contains("Letters go to another address"), "{}", main(&own));
    assert!(own.all("#recorded").concat().contains("Carla Reyes"), "{}", main(&own));

    // A new address counts after its code; until then nothing goes to the old one.
    let new = "rosa.new@example.org";
    let chosen = [("channel", "email"), ("email", new), ("postal", "9 Quiet Road")];
    let waits = rosa.submit(&own, "#messages-form", &chosen).await;
    assert!(main(&waits).contains("We sent a code to rosa.new@example.org"), "{}", main(&waits));
    assert_eq!(something_happens(&house, &mut rosa).await, [new], "the code and nothing else");
    let code = house.mail.messages()[0].text().unwrap();
    let is_code = |line: &&str| line.len() == 9 && line.chars().all(|c| c.is_ascii_digit() || c == ' ');
    let code = code.lines().map(str::trim).find(is_code).unwrap_or_else(|| panic!("{code}")).to_owned();
    let kept = rosa.submit(&waits, "#code-form", &[("contact_code", &code)]).await;
    assert!(main(&kept).contains("We send messages to rosa.new@example.org"), "{}", main(&kept));
    assert_eq!(kept.attributes("#postal", "value"), ["9 Quiet Road"]);
    assert_eq!(mailed(&house).await, [new]);

    // Who asks for no mail gets none that asks for a code, and no code counts any more.
    let asks = [("channel", "email"), ("email", "rosa.next@example.org")];
    let waits = rosa.submit(&kept, "#messages-form", &asks).await;
    says(&mut clerk, &card, called(&day), &[("channel", "none")]).await;
    assert!(mailed(&house).await.is_empty());
    let late = rosa.submit(&waits, "#code-form", &[("contact_code", "1234 5678")]).await;
    assert_eq!(late.status, 409, "{}", main(&late));
    let own = rosa.get("/privacy/messages").await;
    assert!(
        own.all("#code-form").is_empty() && main(&own).contains("We send you no e-mail"),
        "{}",
        main(&own)
    );
    house.close().await;
}

/// Ends the link of the account on a card.
async fn unlink(clerk: &mut Browser, card: &Page) {
    let card = clerk.get(&card.path).await;
    let path = card.attributes("main .lines a[href*='/links/']", "href").remove(0);
    let page = clerk.get(&path).await;
    let done = clerk.submit(&page, "#link-end", &[("reason", "Asked for it in person")]).await;
    assert_eq!((done.status, done.path.as_str()), (200, card.path.as_str()), "{}", main(&done));
}

/// Links the account once more.
async fn link_again(house: &House, rosa: &mut Browser) {
    let gone = rosa.get("/home").await;
    assert_eq!(gone.path, "/link", "{}", main(&gone));
    let code = house.code("rosa").await;
    let linked = rosa.submit(&gone, "form[action='/link']", &[("code", &code)]).await;
    assert_eq!(linked.path, "/home", "{}", main(&linked));
}

async fn an_ended_link_brings_no_mail_back(kind: Kind) {
    let house = House::with(kind, |config| config.server.work = false).await;
    let mut rosa = house.linked("rosa").await;
    let usual = house.person("rosa").email.clone();
    mailed(&house).await;
    let day = today(&house);
    let mut clerk = house.desk("clerk").await;
    let card = found(&house, &mut clerk, "rosa").await;

    // An address that the person left does not come back with another link.
    let left = "left@example.org";
    says(&mut clerk, &card, called(&day), &[("channel", "email"), ("email", left)]).await;
    assert_eq!(mailed(&house).await, [left]);
    let own = rosa.get("/privacy/messages").await;
    rosa.submit(&own, "#messages-form", &[("channel", "email")]).await;
    assert_eq!(mailed(&house).await, [usual.as_str()]);
    unlink(&mut clerk, &card).await;
    assert_eq!(mailed(&house).await, [usual.as_str()]);
    link_again(&house, &mut rosa).await;
    assert_eq!(mailed(&house).await, [usual.as_str()]);

    // Nor does mail where none was wanted, or where it was wanted elsewhere: not that the link ended, nor anything later.
    for wish in [vec![("channel", "none"), ("email", "")], vec![("channel", "email"), ("email", left)]] {
        says(&mut clerk, &card, called(&day), &wish).await;
        mailed(&house).await;
        unlink(&mut clerk, &card).await;
        assert!(mailed(&house).await.is_empty(), "{wish:?}");
        link_again(&house, &mut rosa).await;
        let to: Vec<&str> =
            wish.iter().map(|(_, value)| *value).filter(|value| value.contains('@')).collect();
        assert_eq!(mailed(&house).await, to, "{wish:?}");
    }
    house.close().await;
}
