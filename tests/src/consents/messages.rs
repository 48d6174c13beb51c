//! How one wants to be reached governs every mail: a new address after its code, none where none is wanted.

use super::{main, signed};
use crate::acting::looked;
use crate::desk::found;
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, PATIENCE, on_both_databases};

on_both_databases!(what_is_chosen_governs_the_mail, what_is_no_choice_changes_nothing);

async fn chooses(browser: &mut Browser, fill: &[(&str, &str)]) -> Page {
    let form = browser.get("/privacy/messages").await;
    browser.submit(&form, "#messages-form", fill).await
}

/// Something to tell: a permission is signed and taken back; the mails of it are worked off.
async fn something_happens(house: &House, browser: &mut Browser) -> Vec<String> {
    house.mail.clear();
    let page = signed(browser).await;
    browser.submit(&page, "#revocation", &[]).await;
    while api::worker::next(&house.app).await.unwrap() {}
    house.mail.messages().iter().flat_map(|mail| mail.to.clone()).collect()
}

/// To whom the mails go that wait.
async fn mailed(house: &House) -> Vec<String> {
    house.mail.clear();
    while api::worker::next(&house.app).await.unwrap() {}
    house.mail.messages().iter().flat_map(|mail| mail.to.clone()).collect()
}

async fn what_is_chosen_governs_the_mail(kind: Kind) {
    let house = House::with(kind, |config| config.server.work = false).await;
    let mut rosa = house.linked("rosa").await;
    while api::worker::next(&house.app).await.unwrap() {}
    let usual = house.person("rosa").email.clone();
    let new = "hidden@example.org";
    assert_eq!(something_happens(&house, &mut rosa).await, [usual.as_str(), &usual]);

    let wrong = chooses(&mut rosa, &[("email", "no address"), ("phone", "555-0199")]).await;
    assert_eq!((wrong.status, wrong.attributes("#phone", "value").concat().as_str()), (422, "555-0199"));
    assert!(wrong.all("#email-problem").concat().contains("e-mail address such as"));
    let form = rosa.get("/privacy/messages").await;
    assert!(form.all("[name='reason'], [name='why']").is_empty(), "nobody asks why");

    // A new address waits for its code.
    house.mail.clear();
    let page = chooses(&mut rosa, &[("email", new)]).await;
    assert!(main(&page).contains("We sent a code to hidden@example.org"), "{}", main(&page));
    assert_eq!(something_happens(&house, &mut rosa).await.iter().filter(|to| *to == &usual).count(), 2);
    chooses(&mut rosa, &[("email", new)]).await;
    house.mail.clear();
    while api::worker::next(&house.app).await.unwrap() {}
    let mail = house.mail.wait_for(new, PATIENCE).await.expect("the code");
    let text = mail.text().unwrap();
    let code = text
        .lines()
        .map(str::trim)
        .find(|line| line.len() == 9 && line.chars().all(|c| c.is_ascii_digit() || c == ' '));
    let code = code.unwrap_or_else(|| panic!("{text}")).to_owned();
    // It goes on waiting while something else is saved; a word is no telephone number.
    let wrong = chooses(&mut rosa, &[("email", ""), ("phone", "pepe")]).await;
    assert_eq!((wrong.status, wrong.attributes("#phone", "value").concat().as_str()), (422, "pepe"));
    let page = chooses(&mut rosa, &[("email", ""), ("phone", "617-555-0199")]).await;
    assert!(main(&page).contains("We sent a code to hidden@example.org"), "{}", main(&page));
    let page = chooses(&mut rosa, &[("email", ""), ("phone", "")]).await;
    let other = if code.starts_with('1') { "2222 2222" } else { "1111 1111" };
    let wrong = rosa.submit(&page, "#code-form", &[("contact_code", other)]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.all("#contact_code-problem").concat().contains("not the code"));
    let page = rosa.submit(&page, "#code-form", &[("contact_code", &code)]).await;
    assert!(main(&page).contains("We send messages to hidden@example.org"), "{}", main(&page));
    assert_eq!(page.all("main [role='status']"), ["Saved. The new address is the one that counts now."]);
    // The address that is left learns of nothing any more, not even of that (45 CFR 164.522(b)).
    assert_eq!(mailed(&house).await, [new]);
    assert!(house.mail.messages()[0].subject().contains("privacy choices"));
    assert_eq!(something_happens(&house, &mut rosa).await, [new, new]);
    for sealed in house.raw.blobs("SELECT words FROM contact_preference").await {
        assert!(!sealed.windows(6).any(|part| part == b"hidden"), "what was typed is sealed");
    }

    // Who wants no mail gets none, also of what waits in the queue.
    house.mail.clear();
    signed(&mut rosa).await;
    let page = chooses(&mut rosa, &[("channel", "none")]).await;
    assert!(main(&page).contains("We send you no e-mail"), "{}", main(&page));
    assert!(mailed(&house).await.is_empty());
    let back = chooses(&mut rosa, &[("channel", "email"), ("email", "")]).await;
    assert!(main(&back).contains("the e-mail address of your sign-in"), "{}", main(&back));

    // Guessing ends after some tries, and an old sign-in changes nothing.
    let page = chooses(&mut rosa, &[("email", "another@example.org")]).await;
    for n in 0..5 {
        let tried = rosa.submit(&page, "#code-form", &[("contact_code", "0000 0000 0")]).await;
        assert_eq!(tried.status, 422, "{n}");
    }
    assert_eq!(rosa.submit(&page, "#code-form", &[("contact_code", "0000 0000 0")]).await.status, 409);
    // Nobody has a message sent to every address they can think of.
    for (n, status) in [(4, 200), (5, 200), (6, 422)] {
        let page =
            chooses(&mut rosa, &[("email", &format!("n{n}@example.org")), ("phone", "555-0199")]).await;
        assert_eq!(page.status, status, "{n}: {}", main(&page));
        assert_eq!(!page.all("#email-problem").is_empty(), status == 422);
        assert_eq!(page.attributes("#phone", "value"), ["555-0199"]);
    }

    house.raw.run("UPDATE session SET auth_time = auth_time - 1000000000").await.unwrap();
    let old = chooses(&mut rosa, &[("channel", "none"), ("postal", "2 Elm Street")]).await;
    assert_eq!(old.path, "/sign-in-again", "{}", main(&old));
    let asked = rosa.submit(&old, "form[action='/sign-in-again']", &[]).await;
    let back = rosa.submit(&asked, "form:has(input[name='person'][value='demo-rosa'])", &[]).await;
    assert_eq!(back.path, "/privacy/messages", "{}", back.text);
    assert!(main(&back).contains("the e-mail address of your sign-in"), "nothing is changed yet");
    assert_eq!(back.attributes("#messages-form input[name='channel'][checked]", "value"), ["none"]);
    assert_eq!(back.attributes("#postal", "value"), ["2 Elm Street"], "what was typed stays");
    let done = rosa.submit(&back, "#messages-form", &[]).await;
    assert!(main(&done).contains("We send you no e-mail"), "{}", main(&done));
    assert_eq!(done.all("main [role='status']"), ["Saved."]);
    house.close().await;
}

async fn what_is_no_choice_changes_nothing(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let none = chooses(&mut rosa, &[("channel", "none")]).await;
    assert!(main(&none).contains("We send you no e-mail"), "{}", main(&none));
    for odd in ["pigeon", "", "EMAIL"] {
        let page = chooses(&mut rosa, &[("channel", odd), ("phone", "555-0199")]).await;
        assert_eq!((page.status, page.all("#channel-problem").len()), (422, 1), "{odd}: {}", main(&page));
        assert_eq!(page.attributes("#phone", "value"), ["555-0199"], "what was typed stays");
        let kept = rosa.get("/privacy/messages").await;
        assert!(main(&kept).contains("We send you no e-mail"), "{odd}: {}", main(&kept));
        assert!(kept.attributes("#phone", "value").concat().is_empty());
    }

    // Who writes and calls for the clinic reads what was chosen, where anything was.
    let mut clerk = house.desk("clerk").await;
    chooses(&mut rosa, &[("channel", "email")]).await;
    assert!(found(&house, &mut clerk, "rosa").await.all("#reach").is_empty());
    chooses(&mut rosa, &[("channel", "none"), ("postal", "9 Quiet Road")]).await;
    let said = found(&house, &mut clerk, "rosa").await.all("#reach").concat();
    assert!(
        said.contains("Read how before you write or call") && !said.contains("Quiet"),
        "not without a line: {said}"
    );
    let base = looked(&house, &mut clerk, ("rosa", "records-clerk.records-request")).await;
    let said = clerk.get(&format!("{base}/record")).await.all("#reach").concat();
    for words in ["No e-mail", "9 Quiet Road", "As the clinic knows it"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(rosa.get("/record").await.all("#reach").is_empty());

    // From the account of somebody who died an answer about the estate is awaited: the code goes where it was said to go.
    let died =
        "UPDATE patient SET deceased = 'true' WHERE patient_no IN (SELECT patient_no FROM account_link)";
    house.raw.run(died).await.unwrap();
    let estate = "estate@example.org";
    let page = chooses(&mut rosa, &[("channel", "email"), ("email", estate)]).await;
    assert!(main(&page).contains("We sent a code to estate@example.org"), "{}", main(&page));
    assert!(house.mail.wait_for(estate, PATIENCE).await.is_some(), "the code");
    house.close().await;
}
