//! Staff sign in again before they decide, and what they typed survives it; to look, they need not.

use api::representation::{Kind as Authority, Scope};

use super::{found, main, number};
use crate::acting::appointed;
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(
    what_staff_decide_needs_a_fresh_sign_in,
    a_look_goes_on_after_a_fresh_sign_in,
    staff_have_minutes_of_their_own,
);

/// Makes every sign-in so many minutes older.
async fn age(house: &House, minutes: i64) {
    let sql = format!("UPDATE session SET auth_time = auth_time - {}", minutes * 60_000_000);
    house.raw.run(&sql).await.unwrap();
}

/// Signs in again as the same person; where that leads.
async fn led_back(who: &mut Browser, why: &Page, key: &str) -> Page {
    assert_eq!(why.path, "/sign-in-again", "{}", why.text);
    assert!(main(why).contains("Before you decide this"), "{}", main(why));
    let asked = who.submit(why, "form[action='/sign-in-again']", &[]).await;
    let form = format!("form:has(input[name='person'][value='demo-staff-{key}'])");
    who.submit(&asked, &form, &[]).await
}

/// The same, and comes back to the form.
async fn again(who: &mut Browser, why: &Page, key: &str) -> Page {
    let back = led_back(who, why, key).await;
    assert!(main(&back).contains("What you filled in is here"), "{}", main(&back));
    back
}

async fn what_staff_decide_needs_a_fresh_sign_in(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    house.gather("mia").await;
    let mut sam = house.signed_in("sam").await;
    let form = sam.get("/link/help").await;
    let fill = [("name", "Sam Whitfield"), ("birth_date", "1980-01-01"), ("contact", "520-555-0199")];
    sam.submit(&form, "form[action='/link/help']", &fill).await;
    let form = sam.get("/people/claim").await;
    let born = house.person("mia").birth_date.to_string();
    let fill = [
        ("kind", "parent"),
        ("name", "Sam Whitfield"),
        ("contact", "555-0101"),
        ("person", "Mia Harper"),
        ("birth_date", &born),
    ];
    sam.submit(&form, "form[action='/people/claims']", &fill).await;
    let form = rosa.get("/privacy/limits/new").await;
    rosa.submit(&form, "#limit-form", &[("against", "named"), ("party", "Dr. Wu"), ("charge", "All")]).await;
    house.desk("new").await;

    let (mut clerk, mut officer, mut admin) =
        (house.desk("clerk").await, house.desk("privacy").await, house.desk("admin").await);
    found(&house, &mut clerk, "mia").await;
    let card = found(&house, &mut clerk, "rosa").await;
    let paper = format!("{}/consents/new", card.path);
    let first = async |who: &mut Browser, list: &str| {
        let page = who.get(list).await;
        let link = page.attributes("main .lines a.title", "href").remove(0);
        who.get(&link).await
    };
    age(&house, 16).await;
    let decisions = "SELECT (SELECT count(*) FROM authority) + (SELECT count(*) FROM staff_grant) \
                     + (SELECT count(*) FROM consent) + (SELECT count(*) FROM staff_review) \
                     + (SELECT count(*) FROM claim WHERE state <> 'open') \
                     + (SELECT count(*) FROM identity_case WHERE state <> 'open') \
                     + (SELECT count(*) FROM restriction WHERE answer <> 'asked')";
    assert_eq!(house.raw.number(decisions).await, 0);

    // Claims: what was typed into the form of the claim comes back, box by box.
    let claim = first(&mut clerk, "/staff/claims").await;
    let mia = number(&house, "mia").await.to_string();
    let fill = [
        ("patient", mia.as_str()),
        ("proof", "birth-certificate"),
        ("note", "State seal"),
        ("what", "some"),
        ("categories", "labs"),
    ];
    let why = clerk.submit(&claim, "form[action$='/check']", &fill).await;
    assert_eq!(house.raw.number(decisions).await, 0);
    for kept in house.raw.blobs("SELECT fields FROM kept_form").await {
        assert!(!kept.windows(5).any(|part| part == b"State"), "what was typed is sealed");
    }
    let back = again(&mut clerk, &why, "clerk").await;
    assert_eq!(back.path, claim.path);
    assert_eq!(back.attributes("#patient option[selected]", "value"), [mia]);
    assert_eq!(back.all("#note").concat(), "State seal");
    assert_eq!(back.attributes("input[name='categories'][checked]", "value"), ["labs"]);
    assert!(
        back.attributes("input[name='copies'][checked]", "value").is_empty()
            == claim.attributes("input[name='copies'][checked]", "value").is_empty()
    );
    let confirm = clerk.submit(&back, "form[action$='/check']", &[]).await;
    age(&house, 16).await;
    let why = clerk.submit(&confirm, "#confirm", &[]).await;
    let back = again(&mut clerk, &why, "clerk").await;
    assert_eq!(back.path, claim.path, "the record is shown once more first");
    age(&house, 16).await;
    let fill = [("answer", "We need the seal.")];
    let why = clerk.submit(&back, "form[action$='/rejection']", &fill).await;
    assert_eq!(why.path, "/sign-in-again");

    // Cases, papers, roles, reviews, limits.
    let case = first(&mut clerk, "/staff/cases").await;
    let fill = [("reason", "Nobody here by this name")];
    let close = "form:has(input[name='decision'][value='close'])";
    let why = clerk.submit(&case, close, &fill).await;
    let back = again(&mut clerk, &why, "clerk").await;
    assert_eq!(
        (back.path.as_str(), back.all("#reason").concat()),
        (case.path.as_str(), fill[0].1.to_owned())
    );
    age(&house, 16).await;
    let form = clerk.get(&paper).await;
    let why = clerk.submit(&form, "#paper", &[("kind", "hipaa-508"), ("recipient", "Dr. Lee")]).await;
    let back = again(&mut clerk, &why, "clerk").await;
    assert_eq!(back.attributes("#recipient", "value"), ["Dr. Lee"]);
    age(&house, 16).await;
    let form = clerk.get(&format!("{}/limits/new", card.path)).await;
    let why = clerk.submit(&form, "#limit-form", &[("way", "letter"), ("party", "Dr. Lee")]).await;
    let back = again(&mut clerk, &why, "clerk").await;
    assert_eq!(back.attributes("#party", "value"), ["Dr. Lee"]);
    age(&house, 16).await;
    let codes = house.raw.number("SELECT count(*) FROM activation_code").await;
    let form = clerk.get(&format!("{}/codes/new", card.path)).await;
    let why = clerk.submit(&form, "#code-form", &[("way", "handed"), ("proof", "State photo card")]).await;
    let back = again(&mut clerk, &why, "clerk").await;
    assert_eq!(back.attributes("#proof", "value"), ["State photo card"]);
    assert_eq!(back.attributes("input[name='way'][checked]", "value"), ["handed"]);
    assert_eq!(house.raw.number("SELECT count(*) FROM activation_code").await, codes);
    age(&house, 16).await;
    let form = clerk.get(&format!("{}/representatives/new", card.path)).await;
    let fill = [("kind", "surrogate"), ("name", "Dana Ellis"), ("what", "some"), ("categories", "labs")];
    let why = clerk.submit(&form, "#appoint", &fill).await;
    let back = again(&mut clerk, &why, "clerk").await;
    assert_eq!(back.attributes("#kind option[selected]", "value"), ["surrogate"]);
    assert_eq!(back.attributes("input[name='categories'][checked]", "value"), ["labs"]);
    let form = admin.get("/staff/roles/new").await;
    let fill = [("account", "new@staff.example"), ("power", "clinician"), ("reason", "New at the clinic")];
    let role = "form[action='/staff/roles/new']";
    let why = admin.submit(&form, role, &fill).await;
    let back = again(&mut admin, &why, "admin").await;
    assert_eq!(back.attributes("#account", "value"), ["new@staff.example"]);
    assert_eq!(house.raw.number(decisions).await, 0, "nothing was decided yet");
    let grant = admin.submit(&back, role, &[]).await;
    assert!(grant.path.starts_with("/staff/roles/grants/"), "{}", main(&grant));
    age(&house, 16).await;
    let page = officer.get(&grant.path).await;
    let reason = [("reason", "Not needed any more")];
    for (form, fill) in [("form[action$='/approval']", &[][..]), ("form[action$='/end']", &reason[..])] {
        let why = officer.submit(&page, form, fill).await;
        assert_eq!(why.path, "/sign-in-again", "{form}");
    }
    let reviews = officer.get("/staff/roles/reviews").await;
    let why =
        officer.submit(&reviews, "form[action='/staff/roles/reviews']", &[("remark", "All in order")]).await;
    let back = again(&mut officer, &why, "privacy").await;
    assert_eq!(back.all("#remark").concat(), "All in order");
    age(&house, 16).await;
    let limit = first(&mut officer, "/staff/limits").await;
    let why = officer.submit(&limit, "#answer", &[("text", "We keep it back.")]).await;
    let back = again(&mut officer, &why, "privacy").await;
    assert_eq!(back.all("#text").concat(), "We keep it back.");
    assert_eq!(house.raw.number(decisions).await, 1, "but for the role that was asked for");

    // To look needs none.
    age(&house, 16).await;
    let card = clerk.get(&card.path).await;
    let purpose = ("purpose", "records-clerk.records-request");
    let open =
        clerk.submit(&card, "form[action$='/views']", &[purpose, ("reason", "Request of May 2")]).await;
    assert!(open.path.starts_with("/for/"), "{}", main(&open));
    house.close().await;
}

/// What is decided in a look at a record: the look goes on in the session of the fresh sign-in, and in no other. Where its
/// time ran out meanwhile, what was ticked and written waits until the record is open again.
async fn a_look_goes_on_after_a_fresh_sign_in(kind: Kind) {
    let house = House::start(kind).await;
    let mut jordan = house.linked("jordan").await;
    let mut elena = house.signed_in("elena").await;
    let mother = appointed(&house, ("elena", Authority::Parent), "jordan", Scope::WHOLE).await;
    let mut clinician = house.desk("clinician").await;
    let path = crate::judgment::asked(&mut elena, &format!("/for/{mother}"), &mut clinician).await;
    let page = clinician.get(&path).await;
    let items = page.attributes("input[name='open']", "value");
    let ticked = |page: &Page| page.attributes("input[name='open'][checked]", "value");
    let written = |page: &Page| page.all("textarea[name='reason']").concat();
    let decisions = "SELECT count(*) FROM unshown_decision";

    age(&house, 16).await;
    let why_opened = "She brings Jordan to each visit (synthetic)";
    let fill = [("open", items[0].as_str()), ("reason", why_opened)];
    let why = clinician.submit(&page, "#decide", &fill).await;
    let back = led_back(&mut clinician, &why, "clinician").await;
    assert_eq!((back.path.as_str(), back.status), (path.as_str(), 200), "{}", back.text);
    assert_eq!((ticked(&back), written(&back)), (vec![items[0].clone()], why_opened.to_owned()));
    assert_eq!(house.raw.number(decisions).await, 0, "nothing was decided yet");
    let mut elsewhere = house.desk("clinician").await;
    assert_eq!(elsewhere.get(&path).await.status, 404, "another sign-in of the same account");
    let done = clinician.submit(&back, "#decide", &[]).await;
    assert!(done.text.contains("The answer was sent on"), "{}", done.text);
    assert_eq!((ticked(&done), house.raw.number(decisions).await), (vec![items[0].clone()], 1));

    // The time of the look is over when its clinician comes back.
    age(&house, 16).await;
    let fill = [("open", items[1].as_str()), ("reason", "Both parents take part (synthetic)")];
    let why = clinician.submit(&done, "#decide", &fill).await;
    house.raw.run("UPDATE staff_view SET until = since + 1").await.unwrap();
    let late = led_back(&mut clinician, &why, "clinician").await;
    assert_eq!(late.status, 409, "{}", late.text);
    for words in ["Your look at the record is over", "Both parents take part", "is kept for you"] {
        assert!(late.text.contains(words), "{words}: {}", late.text);
    }
    assert!(!late.text.contains("Jordan"), "{}", late.text);
    let kept = late.url.query().expect("the name of what is kept").to_owned();
    for who in [&mut elena, &mut house.desk("clerk").await] {
        assert_eq!(who.get(&format!("{path}?{kept}")).await.status, 404, "it is nobody else's");
    }
    assert_eq!(clinician.get(&path).await.status, 404, "and without it there is no such page");
    let case = clinician.get(&late.attributes("main a[href*='kept=']", "href").remove(0)).await;
    assert!(case.all("textarea[name='reason']").concat().is_empty(), "why it is opened is another reason");
    let open = clinician.submit(&case, "#open", &[("reason", "To end what was begun (synthetic)")]).await;
    assert_eq!(open.status, 200, "{}", open.text);
    assert!(open.path.starts_with("/for/") && open.path != path, "{}", open.path);
    assert_eq!(ticked(&open), [items[1].clone()]);
    assert!(written(&open).contains("Both parents take part"));
    let done = clinician.submit(&open, "#decide", &[]).await;
    assert_eq!((ticked(&done), house.raw.number(decisions).await), (vec![items[1].clone()], 2));
    // The young person reads what for, in one sentence.
    let log = jordan.get("/access-log").await;
    assert!(main(&log).contains("Staff of the clinic looked to decide a case, such as"), "{}", main(&log));
    house.close().await;
}

async fn staff_have_minutes_of_their_own(kind: Kind) {
    let house = House::with(kind, |config| config.sessions.staff_fresh_minutes = 5).await;
    let mut admin = house.desk("admin").await;
    house.desk("new").await;
    age(&house, 6).await;
    let form = admin.get("/staff/roles/new").await;
    let fill = [("account", "new@staff.example"), ("power", "clinician"), ("reason", "New at the clinic")];
    let why = admin.submit(&form, "form[action='/staff/roles/new']", &fill).await;
    assert_eq!(why.path, "/sign-in-again");
    house.close().await;

    let house = House::with(kind, |config| config.sessions.fresh_for = vec![]).await;
    let mut admin = house.desk("admin").await;
    house.desk("new").await;
    age(&house, 600).await;
    let form = admin.get("/staff/roles/new").await;
    let done = admin.submit(&form, "form[action='/staff/roles/new']", &fill).await;
    assert!(done.path.starts_with("/staff/roles/grants/"), "{}", main(&done));
    house.close().await;
}
