//! Looks at a record: for a purpose the role may name, with a reason, for some minutes; never one's own or one's
//! family's; emergencies told to those they concern.

use std::time::Duration;

use api::base::{AccountId, PatientNo, ViewId};
use api::representation::Kind as Authority;
use api::staff::{self, View};

use super::{found, main, number};
use crate::acting;
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, PATIENCE, on_both_databases};

on_both_databases!(
    a_look_has_a_purpose_a_reason_and_an_end,
    own_and_family_records_are_for_a_colleague,
    emergencies_are_told_and_reviewed,
    an_emergency_is_told_to_who_acts,
);

pub(super) async fn account(house: &House, email: &str) -> AccountId {
    api::identity::accounts_by(&house.app, email).await.unwrap()[0].account
}

/// The look that is in force at a record, as `visibility` asks for it.
async fn in_force(house: &House, email: &str, patient: i64) -> Option<View> {
    let account = account(house, email).await;
    let mut tx = house.app.db.read().await.unwrap();
    let view = staff::view_in_force(&house.app, &mut tx, (account, PatientNo(patient))).await.unwrap();
    if let Some(view) = &view {
        let same = staff::view(&house.app, &mut tx, account, view.id).await.unwrap();
        assert_eq!(same.as_ref(), Some(view));
    }
    view
}

/// Sends the form of a person's page without following where it leads.
async fn open(who: &mut Browser, card: &Page, (purpose, reason): (&str, &str)) -> Page {
    let token = card.attributes("main input[name='csrf']", "value").remove(0);
    let path = format!("{}/views", card.path);
    who.plain_post(&path, &[("csrf", &token), ("purpose", purpose), ("reason", reason)]).await
}

fn leads_to(page: &Page) -> &str {
    page.headers.get("location").map(|value| value.to_str().unwrap()).unwrap_or_default()
}

async fn a_look_has_a_purpose_a_reason_and_an_end(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("sam").await;
    let sam = number(&house, "sam").await;
    let mut clerk = house.desk("clerk").await;
    let card = found(&house, &mut clerk, "sam").await;
    assert_eq!(card.attributes("input[name='purpose']", "value"), ["records-clerk.records-request"]);
    const WHY: &str = "Request of November 2";
    for (purpose, reason, status) in [
        ("", WHY, 422),
        ("records-clerk.records-request", "", 422),
        ("records-clerk.records-request", "x", 422),
        ("records-clerk.treatment", WHY, 403),
        ("clinician.treatment", WHY, 403),
        ("privacy-officer.compliance", WHY, 403),
        ("records-clerk.emergency", WHY, 422),
        ("owner.everything", WHY, 422),
    ] {
        let page = open(&mut clerk, &card, (purpose, reason)).await;
        assert_eq!(page.status, status, "{purpose} {reason}: {}", main(&page));
        if status == 422 {
            assert_eq!(page.all("#reason").concat(), reason, "what was typed is there");
        }
    }
    assert!(in_force(&house, "clerk@staff.example", sam).await.is_none());
    let opened = open(&mut clerk, &card, ("records-clerk.records-request", WHY)).await;
    let view = in_force(&house, "clerk@staff.example", sam).await.expect("it is open");
    assert_eq!((opened.status, leads_to(&opened)), (303, format!("/for/{}/record", view.id).as_str()));
    assert_eq!((view.reason.as_str(), view.purpose.slug(), view.emergency), (WHY, "records-request", false));
    assert_eq!(view.until.since(view.since), Duration::from_secs(30 * 60));
    let card = clerk.get(&card.path).await;
    assert!(main(&card).contains("Carla Reyes (synthetic), as records clerk"), "{}", main(&card));

    // Opened once more, the earlier look ends.
    let before = view.id;
    open(&mut clerk, &card, ("records-clerk.records-request", WHY)).await;
    let view = in_force(&house, "clerk@staff.example", sam).await.expect("it is open");
    assert_ne!(view.id, before);
    assert_eq!(house.raw.number("SELECT count(*) FROM staff_view WHERE ended_at IS NULL").await, 1);

    // It is nobody else's, and ends with its time, its role and its session.
    house.desk("privacy").await;
    assert!(in_force(&house, "privacy@staff.example", sam).await.is_none());
    let other = account(&house, "privacy@staff.example").await;
    let mut tx = house.app.db.read().await.unwrap();
    assert!(staff::view(&house.app, &mut tx, other, view.id).await.unwrap().is_none());
    assert!(staff::view(&house.app, &mut tx, other, ViewId(uuid::Uuid::nil())).await.unwrap().is_none());
    drop(tx);
    for (spoil, mend) in [
        (
            "UPDATE staff_view SET until = until - 1800000000",
            "UPDATE staff_view SET until = until + 1800000000",
        ),
        ("UPDATE session SET roles = ''", "UPDATE session SET roles = 'records-clerk'"),
        ("UPDATE session SET ended_at = 1", "UPDATE session SET ended_at = NULL"),
    ] {
        house.raw.run(spoil).await.unwrap();
        assert!(in_force(&house, "clerk@staff.example", sam).await.is_none(), "{spoil}");
        house.raw.run(mend).await.unwrap();
        assert!(in_force(&house, "clerk@staff.example", sam).await.is_some(), "{mend}");
    }
    // Whoever opened it closes it.
    let desk = clerk.get("/staff").await;
    assert_eq!(desk.attributes("main .lines a.title", "href"), [format!("/for/{}/record", view.id)]);
    let end = format!("form[action='/staff/views/{}/end']", view.id);
    let after = clerk.submit(&desk, &end, &[]).await;
    assert!(after.path == "/staff" && after.all("main .lines").is_empty(), "{}", main(&after));
    assert!(in_force(&house, "clerk@staff.example", sam).await.is_none());
    assert_eq!(clerk.submit(&desk, &end, &[]).await.status, 200, "twice does no harm");
    house.close().await;
}

async fn own_and_family_records_are_for_a_colleague(kind: Kind) {
    let house = House::start(kind).await;
    for key in ["rosa", "sam", "elena"] {
        house.gather(key).await;
    }
    // Dana is not a patient here; her provider knows her name and telephone number, which are Rosa's too.
    let mut dana = house.desk("dana").await;
    for (key, status, words) in
        [("rosa", 403, "record of your family or of someone you act for"), ("sam", 303, "")]
    {
        let card = found(&house, &mut dana, key).await;
        if status == 403 {
            assert_eq!(card.status, 403, "nor is it told who sees it: {}", main(&card));
            assert!(main(&card).contains(words), "{}", main(&card));
            continue;
        }
        let page = open(&mut dana, &card, ("records-clerk.records-request", "Request of November 2")).await;
        assert_eq!(page.status, status, "{key}: {}", main(&page));
        assert!(main(&page).contains(words), "{key}: {}", main(&page));
    }
    // The search says no more than that a colleague must help, and there is nobody to choose where those found stand.
    let rosa = house.person("rosa");
    let born = rosa.birth_date.to_string();
    let form = dana.get("/staff/people").await;
    let fill = [("number", rosa.mrn.as_str()), ("birth_date", born.as_str())];
    let results = dana.submit(&form, "form[action='/staff/people']", &fill).await;
    assert_eq!((results.status, results.all("#near").len()), (200, 1), "{}", main(&results));
    assert!(results.all("main .lines li").is_empty(), "{}", main(&results));
    let name = rosa.given.split(' ').next().unwrap();
    for words in [name, "Nobody here fits"] {
        assert!(!main(&results).contains(words), "{words}: {}", main(&results));
    }
    let choice = dana.get("/staff/authorities").await;
    let whom = choice.attributes("select[name='patient'] option", "value");
    let (sam_no, rosa_no) = (number(&house, "sam").await, number(&house, "rosa").await);
    assert!(whom.contains(&sam_no.to_string()) && !whom.contains(&rosa_no.to_string()), "{whom:?}");
    assert!(!main(&choice).contains(name), "{}", main(&choice));

    // The clerk is a patient too: her own record, and while she acts for somebody, theirs.
    let mut clerk = house.desk("clerk").await;
    let mine = number(&house, "sam").await;
    let link = format!(
        "INSERT INTO account_link (account_id, patient_no, since, ground, evidence) \
         SELECT id, {mine}, 1, 'staff', 'x' FROM account WHERE email = 'clerk@staff.example'"
    );
    house.raw.run(&link).await.unwrap();
    let elena = number(&house, "elena").await;
    let none = house.raw.bytes(&[]);
    let acts = format!(
        "INSERT INTO authority (id, patient_no, account_id, kind, name, person, proof, note, scope, limits, incapacity, \
         created_at, changes) SELECT id, {elena}, id, 'delegate', 'x', 'x', 'chosen', {none}, '{{}}', {none}, \
         'not-needed', 1, 0 FROM account WHERE email = 'clerk@staff.example'"
    );
    for (key, status, words) in
        [("sam", 403, "your own record"), ("elena", 303, ""), ("elena", 403, "someone you act for")]
    {
        if (key, status) == ("elena", 403) {
            house.raw.run(&acts).await.unwrap();
            assert!(
                in_force(&house, "clerk@staff.example", elena).await.is_none(),
                "an open look closes too"
            );
        }
        let card = found(&house, &mut clerk, key).await;
        if status == 403 {
            // The form of before is refused as the page is.
            let token = clerk.get("/help").await.attributes("input[name='csrf']", "value").remove(0);
            let fields = [
                ("csrf", token.as_str()),
                ("purpose", "records-clerk.records-request"),
                ("reason", "Request of May"),
            ];
            let page = clerk.plain_post(&format!("{}/views", card.path), &fields).await;
            for page in [card, page] {
                assert_eq!(page.status, 403, "{key}: {}", main(&page));
                assert!(main(&page).contains(words), "{key}: {}", main(&page));
            }
            continue;
        }
        let page = open(&mut clerk, &card, ("records-clerk.records-request", "Request of November 2")).await;
        assert_eq!(page.status, status, "{key}: {}", main(&page));
        assert!(main(&page).contains(words), "{key}: {}", main(&page));
    }
    house.close().await;
}

async fn emergencies_are_told_and_reviewed(kind: Kind) {
    let house = House::start(kind).await;
    let mut own = house.linked("sam").await;
    let linked = house.mail.wait_for(&house.person("sam").email, PATIENCE).await;
    assert!(linked.is_some(), "the mail of the link is out of the way");
    let sam = number(&house, "sam").await;
    let mut clinician = house.desk("clinician").await;
    let mut privacy = house.desk("privacy").await;
    let card = found(&house, &mut clinician, "sam").await;
    let path = format!("{}/emergency", card.path);
    assert!(card.attributes("main a.button", "href").is_empty(), "not on the list");
    assert_eq!(clinician.get(&path).await.status, 403);

    let ask = staff::Ask {
        account: account(&house, "clinician@staff.example").await,
        power: staff::Power::Emergency,
        reason: "On call at night".into(),
        starts: None,
        ends: None,
    };
    // The list alone is no role: it opens no page of the desk.
    let mut new = house.desk("new").await;
    let listed = staff::Ask { account: account(&house, "new@staff.example").await, ..ask.clone() };
    staff::grant_by_operator(&house.app, listed, "Bo Ek").await.unwrap();
    assert_eq!(new.get("/staff").await.status, 404);
    assert!(!new.get("/account").await.attributes("header nav a", "href").contains(&"/staff".to_owned()));
    let grant = staff::grant_by_operator(&house.app, ask, "Bo Ek").await.unwrap();
    house.mail.clear();
    let form = clinician.get(&path).await;
    assert!(main(&form).contains("It lasts 60 minutes") && main(&form).contains("about Sam Whitfield"));
    let token = form.attributes("main input[name='csrf']", "value").remove(0);
    let (path_of_emergency, token_of_emergency) = (path.clone(), token.clone());
    let empty = clinician.plain_post(&path, &[("csrf", &token), ("reason", "")]).await;
    assert_eq!(empty.status, 422);
    let opened = clinician.plain_post(&path, &[("csrf", &token), ("reason", "Found without senses")]).await;
    let view = in_force(&house, "clinician@staff.example", sam).await.expect("it is open");
    assert_eq!((opened.status, leads_to(&opened)), (303, format!("/for/{}/record", view.id).as_str()));
    let twice = clinician.plain_post(&path, &[("csrf", &token), ("reason", "Found without senses")]).await;
    assert_eq!(leads_to(&twice), leads_to(&opened), "sent again it is the same access");
    assert!(view.emergency && view.purpose == staff::Purpose::Emergency);
    assert_eq!(view.until.since(view.since), Duration::from_secs(60 * 60));

    for (address, words) in [
        (house.person("sam").email.as_str(), "opened your record in an emergency"),
        ("privacy@staff.example", "must look at it and sign it off"),
    ] {
        let mail = house.mail.wait_for(address, PATIENCE).await.expect("a mail");
        let text = format!("{} {}", mail.subject(), mail.text().unwrap());
        assert!(text.contains(words), "{text}");
        for word in ["Sam", "Whitfield", "senses", "Noor", "Haddad"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }

    // Each reads as much as the role may; only a privacy officer signs.
    let one = format!("/staff/emergencies/{}", view.id);
    for (key, whose, why, number_shown) in
        [("privacy", true, true, false), ("auditor", false, false, true), ("admin", false, false, false)]
    {
        let mut browser = house.desk(key).await;
        assert!(main(&browser.get("/staff/emergencies").await).contains("Waits for sign-off"), "{key}");
        let page = browser.get(&one).await;
        let said = main(&page);
        assert_eq!(said.contains("Whitfield"), whose, "{key}: {said}");
        assert_eq!(said.contains("senses"), why, "{key}: {said}");
        assert_eq!(said.contains(&format!("Person number {sam}")), number_shown, "{key}: {said}");
        assert!(page.all("form[action$='/review']").is_empty(), "{key}: not while it can be used");
    }
    assert!(main(&privacy.get("/staff").await).contains("1 use of emergency access is not signed off"));
    let page = privacy.get(&one).await;
    assert_eq!(page.all("#told"), ["The person got a message."]);
    assert!(main(&page).contains("Nothing was opened.") && main(&page).contains("can still be used"));
    let of_page = page.attributes("main input[name='csrf']", "value").remove(0);
    let early = [("csrf", of_page.as_str()), ("remark", "In order, I am sure")];
    assert_eq!(privacy.plain_post(&format!("{one}/review"), &early).await.status, 409, "nor by hand");

    // What is opened is listed for who reviews, and for nobody else; each frame has the button that ends it.
    let base = format!("/for/{}", view.id);
    let record = clinician.get(&format!("{base}/record")).await;
    clinician.get(&format!("{base}/record/conditions")).await;
    let listed = privacy.get(&one).await;
    let lines = listed.all("#opened li");
    assert_eq!(lines.len(), 2, "{}", main(&listed));
    assert!(lines[0].contains("Noor Haddad") && lines[0].contains("Health conditions"), "{lines:?}");
    assert!(!listed.text.contains("/_history/"), "which items stands in the log of the record");
    // Who looked last says so before the whole log is opened.
    let home = own.get("/home").await.all("main .plain-list li");
    let looks: Vec<_> = home.iter().filter(|line| line.contains("Noor Haddad")).collect();
    assert!(looks.iter().all(|line| line.contains("allowed: an emergency")) && !looks.is_empty(), "{home:?}");
    assert!(home.iter().all(|line| !line.starts_with("You") || !line.contains("emergency")), "{home:?}");
    let mut auditor = house.desk("auditor").await;
    assert!(auditor.get(&one).await.all("#opened").is_empty());
    let path = format!("/staff/views/{}/end", view.id);
    let token = auditor.get("/help").await.attributes("input[name='csrf']", "value").remove(0);
    assert_eq!(auditor.plain_post(&path, &[("csrf", &token)]).await.status, 404, "not theirs to end");
    let ended = clinician.submit(&record, &format!("form[action='{path}']"), &[]).await;
    assert_eq!(ended.path, "/staff");
    assert_eq!(clinician.get(&format!("{base}/record")).await.status, 404);
    for (key, signs) in [("privacy", 1), ("auditor", 0), ("admin", 0)] {
        let page = house.desk(key).await.get(&one).await;
        assert_eq!(page.all("form[action$='/review']").len(), signs, "{key}");
    }
    let page = privacy.get(&one).await;
    assert_eq!(privacy.submit(&page, "form[action$='/review']", &[("remark", "")]).await.status, 422);
    let note = "Talked to the night shift, in order";
    let signed = privacy.submit(&page, "form[action$='/review']", &[("remark", note)]).await;
    assert!(main(&signed).contains(note) && main(&signed).contains("Grace Lindqvist"), "{}", main(&signed));
    let again = privacy.submit(&page, "form[action$='/review']", &[("remark", note)]).await;
    assert!(again.status == 200 && again.all("#before").concat().contains("signed this off already"));
    assert!(
        main(&privacy.get("/staff").await).contains("No use of emergency access waits for your signature")
    );

    // A second use, which the privacy officer ends.
    clinician
        .plain_post(
            &path_of_emergency,
            &[("csrf", &token_of_emergency), ("reason", "Once more without senses")],
        )
        .await;
    let view = in_force(&house, "clinician@staff.example", sam).await.expect("it is open");
    let page = privacy.get(&format!("/staff/emergencies/{}", view.id)).await;
    privacy.submit(&page, "main form[action$='/end']", &[]).await;
    assert!(in_force(&house, "clinician@staff.example", sam).await.is_none());
    clinician
        .plain_post(
            &path_of_emergency,
            &[("csrf", &token_of_emergency), ("reason", "Once more without senses")],
        )
        .await;
    assert!(in_force(&house, "clinician@staff.example", sam).await.is_some());

    // Off the list, it ends at once.
    staff::end_by_operator(&house.app, grant, ("Bo Ek", "No longer on call")).await.unwrap();
    assert!(in_force(&house, "clinician@staff.example", sam).await.is_none());
    assert_eq!(clinician.get(&path_of_emergency).await.status, 403);
    house.close().await;
}

/// A child without an account: the parent gets the message, reads the look in the log and asks about it. Who acts for the
/// child on the staff reads nothing of it at the desk.
async fn an_emergency_is_told_to_who_acts(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("otis").await;
    let mut odette = house.signed_in("odette").await;
    let parent = (("odette", Authority::Parent), "otis");
    let id = acting::appointed(&house, parent.0, parent.1, acting::everything()).await;
    let otis = number(&house, "otis").await;
    let mut clinician = house.desk("clinician").await;
    let mut privacy = house.desk("privacy").await;
    let ask = staff::Ask {
        account: account(&house, "clinician@staff.example").await,
        power: staff::Power::Emergency,
        reason: "On call at night".into(),
        starts: None,
        ends: None,
    };
    staff::grant_by_operator(&house.app, ask, "Bo Ek").await.unwrap();
    let path = format!("{}/emergency", found(&house, &mut clinician, "otis").await.path);
    let form = clinician.get(&path).await;
    let token = form.attributes("main input[name='csrf']", "value").remove(0);
    let reason = [("csrf", token.as_str()), ("reason", "Found without senses")];
    house.mail.clear();
    clinician.plain_post(&path, &reason).await;
    let view = in_force(&house, "clinician@staff.example", otis).await.expect("it is open");
    assert_eq!(view.told, Some(staff::Told::Acting));
    let mail = house.mail.wait_for(&house.person("odette").email, PATIENCE).await.expect("a mail");
    let text = format!("{} {}", mail.subject(), mail.text().unwrap());
    assert!(text.contains("in an emergency a record that you look after"), "{text}");
    assert!(text.contains(&format!("/for/{id}/access-log")) && !text.contains("Otis"), "{text}");
    clinician.get(&format!("/for/{}/record/immunizations", view.id)).await;

    // The line says who and when, and neither which part nor why; it can be asked about.
    let log = odette.get(&format!("/for/{id}/access-log")).await;
    let lines = log.all("ol.log > li");
    let look = lines.iter().find(|line| line.contains("Noor Haddad")).expect("the look stands in the log");
    assert!(!look.contains("accines") && !look.contains("senses"), "{look}");
    let asks = log.attributes("ol.log a[href$='/question']", "href");
    assert_eq!(asks.len(), lines.len(), "about each line");
    let form = odette.get(&asks[0]).await;
    assert!(main(&form).contains("Noor Haddad"), "{}", main(&form));
    let asked = odette.submit(&form, "#question", &[("note", "Who is this? (synthetic)")]).await;
    assert!(asked.status == 200 && main(&asked).contains("It has no answer yet"), "{}", main(&asked));
    let log = odette.get(&format!("/for/{id}/access-log")).await;
    assert_eq!(log.text.matches("You asked about this line on").count(), 1, "{}", main(&log));

    let one = format!("/staff/emergencies/{}", view.id);
    let page = privacy.get(&one).await;
    assert_eq!(page.all("#told"), ["No message reaches the person. Those who act for them got one."]);
    let hers = "(SELECT id FROM account WHERE email = 'privacy@staff.example')";
    house.raw.run(&format!("UPDATE authority SET account_id = {hers}")).await.unwrap();
    assert_eq!(privacy.get(&one).await.status, 403);
    assert!(!privacy.get("/staff/emergencies").await.text.contains(&one));
    let token = privacy.get("/help").await.attributes("input[name='csrf']", "value").remove(0);
    for (path, fields) in [
        (format!("/staff/views/{}/end", view.id), vec![("csrf", token.as_str())]),
        (format!("{one}/review"), vec![("csrf", token.as_str()), ("remark", "In order, I am sure")]),
    ] {
        assert_eq!(privacy.plain_post(&path, &fields).await.status, 403, "{path}");
    }

    // With nobody who acts, a letter is due.
    house.raw.run("UPDATE authority SET ended_at = 1, end_reason = 'by-clinic'").await.unwrap();
    let later = [reason[0], ("reason", "Found without senses once more")];
    clinician.plain_post(&path, &later).await;
    let view = in_force(&house, "clinician@staff.example", otis).await.expect("it is open");
    assert_eq!(view.told, Some(staff::Told::Nobody));
    house.close().await;
}
