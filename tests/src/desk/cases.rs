//! Identity cases in the browser: seen, linked or closed in two steps, with evidence that the role may take.

use super::{found, main, number};
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(cases_are_decided_in_two_steps, what_differs_needs_words);

/// Somebody signs in and asks to be linked.
async fn asks(house: &House, key: &str) -> Browser {
    let mut browser = house.signed_in(key).await;
    let form = browser.get("/link/help").await;
    let person = house.person(key);
    let name = format!("{} {}", person.given, person.family);
    let born = person.birth_date.to_string();
    let fill =
        [("name", name.as_str()), ("birth_date", born.as_str()), ("contact", "520-555-0199"), ("note", "Hi")];
    browser.submit(&form, "form[action='/link/help']", &fill).await;
    browser
}

const LINK: &str = "form:has(input[name='decision'][value='link'])";
const CLOSE: &str = "form:has(input[name='decision'][value='close'])";

async fn case_of(who: &mut Browser, name: &str) -> Page {
    let list = who.get("/staff/cases").await;
    let names = list.all("main .lines a.title");
    let place = names.iter().position(|one| one.contains(name)).unwrap_or_else(|| panic!("{names:?}"));
    let link = list.attributes("main .lines a.title", "href").remove(place);
    who.get(&link).await
}

async fn cases_are_decided_in_two_steps(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("sam").await;
    house.gather("rosa").await;
    let mut clerk = house.desk("clerk").await;
    assert!(main(&clerk.get("/staff/cases").await).contains("There is no case"));
    let mut sam = asks(&house, "sam").await;
    let mut elena = asks(&house, "elena").await;
    assert!(main(&clerk.get("/staff").await).contains("2 people ask to be linked"));

    let case = case_of(&mut clerk, "Sam").await;
    assert!(main(&case).contains("520-555-0199"), "{}", main(&case));
    assert!(main(&case).contains("How sure it is who this is"), "{}", main(&case));
    assert_eq!(case.attributes("input[name='evidence']", "value").len(), 5);
    let (sam_no, rosa_no) =
        (number(&house, "sam").await.to_string(), number(&house, "rosa").await.to_string());
    // Nobody was found yet, so that nobody can be chosen; a number sent all the same tells nothing.
    assert!(main(&case).contains("You have found nobody today"), "{}", main(&case));
    let fill = [("patient", sam_no.as_str()), ("evidence", "photo-id"), ("detail", "Passport at the desk")];
    let (_, url, mut fields) = case.form(LINK);
    fields.extend(fill.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let unseen = clerk.plain_post(url.path(), &fields).await;
    assert_eq!((unseen.status, unseen.all("#patient .problem").len()), (422, 1), "{}", main(&unseen));
    // Who chose nobody is told how to find somebody, not to choose.
    let nobody: Vec<_> = fields.iter().copied().filter(|(name, _)| *name != "patient").collect();
    let nobody = clerk.plain_post(url.path(), &nobody).await;
    let said = nobody.all("#patient .problem").concat();
    assert!(nobody.status == 422 && said.contains("Find the person first"), "{said}: {}", main(&nobody));
    found(&house, &mut clerk, "sam").await;
    found(&house, &mut clerk, "rosa").await;
    let case = clerk.get(&case.path).await;
    assert_eq!(api::identity::cases(&house.app, (1, 25)).await.unwrap().len(), 1, "the second of two");
    for (whom, evidence, detail) in [
        ("", "photo-id", "Passport"),
        ("0", "photo-id", "Passport"),
        (&sam_no, "", "Passport"),
        (&sam_no, "photo-id", ""),
    ] {
        let page =
            clerk.submit(&case, LINK, &[("patient", whom), ("evidence", evidence), ("detail", detail)]).await;
        assert_eq!(page.status, 422, "{whom} {evidence} {detail}: {}", main(&page));
        let chosen = if whom == "0" { "" } else { whom };
        assert_eq!(page.attributes("#patient option[selected]", "value").concat(), chosen);
    }
    let fill = [("patient", sam_no.as_str()), ("evidence", "photo-id"), ("detail", "Passport at the desk")];
    let confirm = clerk.submit(&case, LINK, &fill).await;
    let said = main(&confirm);
    assert!(
        said.contains("Sam Whitfield")
            && said.matches(&house.person("sam").birth_date.format("%Y").to_string()).count() >= 2,
        "{said}"
    );
    let compared = |page: &Page| [page.all("#name-compared").concat(), page.all("#birth-compared").concat()];
    assert_eq!(compared(&confirm), ["the same", "the same"], "{said}");
    assert!(confirm.all("#differs, #others").is_empty(), "{said}");
    assert_eq!(sam.get("/home").await.path, "/link", "nothing was done yet");

    // Another person than the one that was shown: shown first, and linked only with words.
    let wrong = [("patient", rosa_no.as_str()), fill[1], fill[2]];
    let shown = clerk.submit(&case, LINK, &wrong).await;
    assert_eq!(compared(&shown), ["not the same", "not the same"], "{}", main(&shown));
    let back = clerk.submit(&confirm, "#confirm", &wrong[..1]).await;
    assert_eq!((back.status, compared(&back)), (200, compared(&shown)), "{}", main(&back));
    let refused = clerk.submit(&shown, "#confirm", &[("differs", " ")]).await;
    assert_eq!((refused.status, refused.all("#differs-problem").len()), (422, 1), "{}", main(&refused));
    let long = "x".repeat(1001);
    let refused = clerk.submit(&shown, "#confirm", &[("differs", &long)]).await;
    assert_eq!((refused.status, refused.all("#differs").concat()), (422, long), "what was typed is there");
    assert_eq!(house.raw.number("SELECT count(*) FROM account_link").await, 0, "nothing was done yet");

    let done = clerk.submit(&confirm, "#confirm", &[]).await;
    assert!(
        main(&done).contains("Carla Reyes") && main(&done).contains("I saw a photo ID: Passport"),
        "{}",
        main(&done)
    );
    assert_eq!(sam.get("/home").await.path, "/home", "sam is linked");
    let again = clerk.submit(&confirm, "#confirm", &[]).await;
    assert!(again.status == 200 && again.all("#before").concat().contains("decided already"), "once only");
    let kept = "SELECT count(*) FROM identity_case WHERE state = 'linked' AND decided_differs IS NULL";
    assert_eq!(house.raw.number(kept).await, 1, "nothing differed, so nothing is kept of it");

    // A privacy officer takes documents of a court only.
    let mut privacy = house.desk("privacy").await;
    found(&house, &mut privacy, "sam").await;
    let case = case_of(&mut privacy, "Elena").await;
    assert_eq!(case.attributes("input[name='evidence']", "value"), ["court-document"]);
    let fill = [("patient", sam_no.as_str()), ("evidence", "photo-id"), ("detail", "Passport at the desk")];
    assert_eq!(privacy.submit(&case, LINK, &fill).await.status, 422);

    assert_eq!(privacy.submit(&case, CLOSE, &[("reason", "")]).await.status, 422);
    let confirm = privacy.submit(&case, CLOSE, &[("reason", "Nobody here by this name")]).await;
    assert!(main(&confirm).contains("will be closed"), "{}", main(&confirm));
    let done = privacy.submit(&confirm, "#confirm", &[]).await;
    assert!(main(&done).contains("Closed without a link"), "{}", main(&done));
    assert!(main(&elena.get("/link").await).contains("Please call them"));

    // Nobody decides their own case, or links a record of their family.
    let mut dana = house.desk("dana").await;
    found(&house, &mut dana, "sam").await;
    found(&house, &mut dana, "rosa").await;
    let form = dana.get("/link/help").await;
    let fill = [("name", "Dana Delgado"), ("birth_date", "1980-02-03"), ("contact", "520-555-0121")];
    dana.submit(&form, "form[action='/link/help']", &fill).await;
    let case = case_of(&mut dana, "Dana").await;
    let fill = [("patient", sam_no.as_str()), ("evidence", "photo-id"), ("detail", "I know myself")];
    assert_eq!(dana.submit(&case, LINK, &fill).await.status, 403);
    assert_eq!(dana.submit(&case, CLOSE, &[("reason", "It is only me")]).await.status, 403);
    let mut lucia = asks(&house, "lucia").await;
    let case = case_of(&mut dana, &house.person("lucia").given.clone()).await;
    let fill = [("patient", rosa_no.as_str()), ("evidence", "photo-id"), ("detail", "Seen at the desk")];
    assert_eq!(dana.submit(&case, LINK, &fill).await.status, 403);
    assert_eq!(lucia.get("/home").await.path, "/link");
    house.close().await;
}

/// Another name or birth date, and an account that sees the record already, each need words that are kept.
async fn what_differs_needs_words(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let mut clerk = house.desk("clerk").await;
    asks(&house, "sam").await;
    found(&house, &mut clerk, "rosa").await;
    let rosa_no = number(&house, "rosa").await.to_string();
    let case = case_of(&mut clerk, "Sam").await;
    let fill = [("patient", rosa_no.as_str()), ("evidence", "photo-id"), ("detail", "Passport at the desk")];
    let confirm = clerk.submit(&case, LINK, &fill).await;
    assert_eq!(confirm.all("#others").len(), 1, "{}", main(&confirm));
    assert_eq!(confirm.all("main th[scope='col']").len(), 4, "stated, said and record beside each other");
    assert!(main(&confirm).contains("Rosa") && main(&confirm).contains("Sam"), "{}", main(&confirm));
    let (_, url, mut fields) = confirm.form("#confirm");
    fields.push(("back".into(), "yes".into()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let back = clerk.plain_post(&url.path().replace("/link", "/check"), &fields).await;
    let chosen = back.attributes("#patient option[selected]", "value");
    assert_eq!((back.status, chosen), (200, vec![rosa_no.clone()]), "{}", main(&back));
    assert_eq!(back.all("#detail").concat(), "Passport at the desk");
    let why = "Changed their name; <both> passports seen";
    let done = clerk.submit(&confirm, "#confirm", &[("differs", why)]).await;
    assert!(main(&done).contains(why), "{}", main(&done));
    assert_eq!(rosa.get("/home").await.path, "/home", "the first account sees it still");
    let kept = house.raw.texts("SELECT COALESCE(decided_differs, '-') FROM identity_case").await;
    assert_eq!(kept, [why]);
    house.close().await;

    // Nothing differs, but another account sees the record already.
    let house = House::start(kind).await;
    let mut sam = asks(&house, "sam").await;
    house.gather("sam").await;
    let link = "INSERT INTO account_link (account_id, patient_no, since, ground, evidence) \
                SELECT a.id, p.patient_no, 0, 'code', '' FROM account a, patient p \
                WHERE a.name LIKE 'Elena%' AND p.patient_no <> 0";
    house.signed_in("elena").await;
    house.raw.run(link).await.unwrap();
    let mut clerk = house.desk("clerk").await;
    found(&house, &mut clerk, "sam").await;
    let sam_no = number(&house, "sam").await.to_string();
    let case = case_of(&mut clerk, "Sam").await;
    let confirm = clerk.submit(&case, LINK, &[("patient", sam_no.as_str()), fill[1], fill[2]]).await;
    assert_eq!(confirm.all("#birth-compared").concat(), "the same");
    let refused = clerk.submit(&confirm, "#confirm", &[]).await;
    assert_eq!(refused.status, 422);
    assert!(main(&refused).contains("Another account sees this record already"), "{}", main(&refused));
    clerk.submit(&refused, "#confirm", &[("differs", "Their second account")]).await;
    assert_eq!(sam.get("/home").await.path, "/home");
    house.close().await;
}
