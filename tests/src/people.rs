//! People who act for others, through a plain HTTP client: a delegate for a month, a parent, an executor, a power of
//! attorney that waits, an order about one parent, a flag, declining by two, claims that tell nothing, papers that are none.

use crate::acting::told;
use crate::desk::{found, number};
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(
    a_delegate_sees_medicines_for_a_month,
    a_parent_claims_and_the_clerk_verifies,
    the_record_is_shown_before_a_claim_is_accepted,
    a_claim_tells_nothing,
    an_executor_and_a_springing_power,
    a_clerk_flags_and_a_colleague_looks,
    declining_takes_two_and_says_nothing,
    what_two_declined_two_open_again,
    the_account_of_somebody_who_died_is_closed,
    claims_of_family_are_for_a_colleague,
    who_has_two_roles_signs_in_the_one_that_may,
    a_minor_is_told_before_the_form_that_nobody_can_be_invited
);

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n";
const CLAIM: &str = "form[action='/people/claims']";
const PAPER: &str = "form[enctype='multipart/form-data']";
/// The form of a claim leads to the record beside what was stated, and that page to the decision.
const VERIFY: &str = "form[action$='/check']";
const CONFIRM: &str = "#confirm";
const DECIDE: &str = "form[action^='/staff/authorities/']";
const EVERYONE: [(&str, &str); 2] = [("name", "Dana Ellis"), ("contact", "555-0101")];

fn main(page: &Page) -> String {
    page.all("main").concat()
}

fn problems(page: &Page) -> String {
    page.all("#summary").concat()
}

async fn a_delegate_sees_medicines_for_a_month(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let mut sam = house.signed_in("sam").await;
    assert!(main(&rosa.get("/people").await).contains("Nobody but you"));
    assert_eq!(sam.get("/people/new").await.path, "/link", "without a record there is nobody to invite to");

    // What was typed is kept, and the problem stands beside its field.
    let form = rosa.get("/people/new").await;
    let bad = [("name", ""), ("what", "some"), ("from", "2026-02-01"), ("to", "2026-01-01")];
    let page = rosa.submit(&form, "#people-form", &bad).await;
    assert_eq!(page.status, 422);
    assert_eq!(page.attributes("#from", "value"), ["2026-02-01"]);
    assert_eq!(page.all("#name-problem, #categories-problem, #to-problem").len(), 3, "{}", page.text);

    // The dry run counts, and invites nobody.
    let fill = [("name", "Sam, my friend"), ("what", "some"), ("categories", "medicines"), ("span", "month")];
    let (_, _, mut fields) = form.form("#people-form");
    fields.retain(|(name, _)| !fill.iter().any(|(known, _)| known == name));
    fields.extend(fill.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let dry = rosa.plain_post("/people/preview", &fields).await;
    let said = dry.all("#preview").concat();
    assert!(said.contains("With this choice, Sam, my friend would see"), "{said}");
    assert!(said.contains("Not seen in Lab results"), "{said}");
    assert_eq!(dry.attributes("#name", "value"), ["Sam, my friend"]);
    assert!(main(&rosa.get("/people").await).contains("Nobody but you"));

    // Who would see nothing is not let in without a word: it is asked once whether that is meant.
    let nothing = [("name", "Sam, my friend"), ("from", "2199-01-01")];
    let asked = rosa.submit(&form, "#people-form", &nothing).await;
    assert_eq!((asked.status, asked.all("#labels-problem, #from-problem").len()), (422, 1), "{}", asked.text);
    assert_eq!(asked.attributes("input[name='meant']", "value").len(), 1);
    assert_eq!(house.raw.number("SELECT count(*) FROM authority").await, 0);

    // An invitation to the same name that nobody takes is open beside it.
    let spare = rosa.get("/people/new").await;
    let spare = rosa.submit(&spare, "#people-form", &fill).await;
    let spare = spare.all("#invitation-code").concat().trim().to_owned();
    let made = rosa.submit(&form, "#people-form", &fill).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let code = made.all("#invitation-code").concat().trim().to_owned();
    assert!(main(&rosa.get("/people").await).contains("Waits for the code"));
    // The same form sent again, as by loading the page anew, is the same invitation.
    let again = rosa.submit(&form, "#people-form", &fill).await;
    assert_eq!((again.status, again.all("#invitation-code").concat().trim()), (201, code.as_str()));
    assert_ne!(spare, code);
    assert_eq!(house.raw.number("SELECT count(*) FROM authority").await, 2);

    // An activation code's page takes it too; wrong ones give one answer.
    let link = sam.get("/link").await;
    let wrong = sam.submit(&link, "form[action='/link']", &[("code", "AAAA-BBBB-CCCC-DDDD")]).await;
    assert_eq!(wrong.status, 422);
    assert_eq!(wrong.attributes("#code", "value"), ["AAAA-BBBB-CCCC-DDDD"]);
    let taken = sam.submit(&link, "form[action='/link']", &[("code", &code)]).await;
    assert_eq!(taken.path, "/people", "{}", taken.text);
    assert!(main(&taken).contains("Open the record of Rosa"), "{}", main(&taken));
    assert!(main(&taken).contains("Only: Medicines"), "{}", main(&taken));
    assert!(main(&taken).contains("Without notes and documents in free text"), "{}", main(&taken));
    assert_eq!(sam.get("/home").await.path, "/people", "who has no record lands where they act");
    let own = rosa.get("/people/code").await;
    let used = rosa.submit(&own, "form[action='/people/code']", &[("code", &code)]).await;
    assert_eq!((used.status, used.all("#code-problem").len()), (422, 1));

    // The person sees it, changes it, and a form from before is refused; the other cannot.
    let list = rosa.get("/people").await;
    let one = list.attributes("main .lines a.title", "href").remove(0);
    let page = rosa.get(&one).await;
    assert!(main(&page).contains("May look until"), "{}", main(&page));
    for page in [&list, &page] {
        assert!(main(page).contains("Used by the account of Sam"), "who took the code: {}", main(page));
        assert!(main(page).contains("Is that who you meant?"), "another name: {}", main(page));
        assert_eq!(page.all(&format!("form[action='{one}/end']")).len(), 1, "and one click ends it");
    }
    let theirs = sam.get(&one).await;
    assert!(theirs.all("form[action$='/end']").len() == 1 && theirs.all("[name='seen']").is_empty());
    let change = format!("form[action='{one}']");
    let bad = rosa.submit(&page, &change, &[("until", "2020-01-01")]).await;
    assert_eq!((bad.status, bad.attributes("#until", "value").concat()), (422, "2020-01-01".into()));
    let labs = [("categories", "labs"), ("until", "")];
    let changed = rosa.submit(&page, &change, &labs).await;
    assert!(main(&changed).contains("Only: Lab results"), "{}", main(&changed));
    assert_eq!(rosa.submit(&page, &change, &labs).await.status, 409, "a stale form");
    let mut other = house.linked("elena").await;
    assert_eq!(other.get(&one).await.status, 404);
    let ended = rosa.submit(&changed, "form[action$='/end']", &[]).await;
    assert!(main(&ended).contains("Ended by the person"), "{}", main(&ended));
    assert!(ended.all("main [role='status']").concat().contains("it has ended"), "{}", main(&ended));
    assert!(rosa.get("/people").await.all("main [role='status']").is_empty(), "said once");
    assert!(!main(&sam.get("/people").await).contains("Open the record"));
    // With the right the other invitation to the same name ended, and the form of the first leads to the list.
    let link = sam.get("/people/code").await;
    assert_eq!(sam.submit(&link, "form[action='/people/code']", &[("code", &spare)]).await.status, 422);
    assert_eq!(rosa.submit(&form, "#people-form", &fill).await.path, "/people");
    house.close().await;
}

/// Fills a claim and sends it; the page of the claim.
pub(crate) async fn claims(who: &mut Browser, fill: &[(&str, &str)]) -> Page {
    let form = who.get("/people/claim").await;
    let all: Vec<(&str, &str)> = EVERYONE.iter().chain(fill).copied().collect();
    who.submit(&form, CLAIM, &all).await
}

/// The first claim that waits, at the desk.
async fn first(desk: &mut Browser) -> Page {
    let list = desk.get("/staff/claims").await;
    let link = list.attributes("main .lines a.title", "href");
    assert!(!link.is_empty(), "{}", list.text);
    desk.get(&link[0]).await
}

async fn a_parent_claims_and_the_clerk_verifies(kind: Kind) {
    let house = House::start(kind).await;
    let mut elena = house.linked("elena").await;
    house.gather("mia").await;
    let mia = house.person("mia");
    let born = mia.birth_date.to_string();

    let form = elena.get("/people/claim").await;
    let bad = elena.submit(&form, CLAIM, &[("person", "Mia H"), ("birth_date", "2099-01-01")]).await;
    assert_eq!((bad.status, bad.attributes("#person", "value").concat()), (422, "Mia H".into()));
    assert_eq!(bad.all("#kind-problem, #birth_date-problem").len(), 2, "{}", bad.text);

    let page = claims(
        &mut elena,
        &[("kind", "parent"), ("person", "Mia Harper"), ("birth_date", &born), ("identifies", &mia.mrn)],
    )
    .await;
    assert!(page.path.starts_with("/people/claims/") && main(&page).contains("has not answered yet"));
    // Papers by their content: what is called a PDF need not be one.
    let large = vec![b'%'; 12 * 1024 * 1024];
    for file in [&b"<html>%PDF-1.7</html>"[..], b"", b"MZ\x90\x00", &large] {
        let refused = elena.send_file(&page, PAPER, file).await;
        assert_eq!((refused.status, refused.all("#paper-problem").len()), (422, 1), "{}", refused.text);
    }
    let large = [PDF, &vec![b' '; 10 * 1024 * 1024], b"%%EOF"].concat();
    let refused = elena.send_file(&page, PAPER, &large).await;
    assert_eq!(refused.status, 422, "{}", problems(&refused));
    let bomb = [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x75\x30\0\0\x75\x30".as_slice(), b"IEND"].concat();
    let refused = elena.send_file(&page, PAPER, &bomb).await;
    assert!(refused.status == 422 && problems(&refused).contains("too many dots"), "{}", problems(&refused));
    let page = elena.send_file(&page, PAPER, PDF).await;
    assert!(main(&page).contains("Paper 1"), "{}", main(&page));
    // The wrong one is taken out again.
    let page = elena.send_file(&page, PAPER, b"%PDF-1.7 the wrong one %%EOF").await;
    let page = elena.submit(&page, "form[action$='/papers/2/removal']", &[]).await;
    assert!(main(&page).contains("Paper 1") && !main(&page).contains("Paper 2"), "{}", main(&page));
    let mut other = house.signed_in("newton").await;
    assert_eq!(other.get(&page.path).await.status, 404, "somebody else’s claim");
    let patients_have_no_desk = elena.get("/staff/claims").await.status;
    assert_eq!(patients_have_no_desk, 404);

    let mut clerk = house.desk("clerk").await;
    let claim = first(&mut clerk).await;
    assert!(main(&claim).contains("Mia Harper") && main(&claim).contains(&mia.mrn), "{}", main(&claim));
    let paper = claim.attributes("a[href*='/papers/']", "href").remove(0);
    let file = clerk.ask(reqwest::Method::GET, &paper, &[]).await;
    assert_eq!((file.status, file.bytes.as_slice()), (200, PDF));
    assert_eq!(file.headers["content-type"], "application/pdf");
    assert!(file.headers["content-security-policy"].to_str().unwrap().contains("sandbox"));

    assert!(main(&claim).contains("You have found nobody today"), "{}", main(&claim));
    found(&house, &mut clerk, "mia").await;
    let claim = clerk.get(&claim.path).await;
    let mia_no = number(&house, "mia").await.to_string();
    let fill = [("patient", mia_no.as_str()), ("proof", "birth-certificate"), ("note", "State seal, seen")];
    for (field, value) in [
        ("patient", ""),
        ("patient", "0"),
        ("patient", "x"),
        ("proof", "power-of-attorney"),
        ("note", ""),
        ("until", "2020-01-01"),
        ("labels", "xyz"),
    ] {
        let wrong: Vec<_> = fill.iter().copied().filter(|(name, _)| *name != field).collect();
        let wrong = [wrong, vec![(field, value)]].concat();
        let page = clerk.submit(&claim, VERIFY, &wrong).await;
        assert_eq!(page.status, 422, "{field}: {}", main(&page));
        assert!(page.all(&format!("#{field}-problem")).len() == 1, "{field}: {}", page.text);
    }
    // A court's paper is for the privacy officer.
    let court = [fill[0], ("proof", "court-order"), fill[2]];
    let refused = clerk.submit(&claim, VERIFY, &court).await;
    assert_eq!((refused.status, refused.all("#proof-problem").len()), (403, 1), "{}", main(&refused));
    assert_eq!(refused.all("#note").concat(), fill[2].1, "what was typed is there");
    let confirm = clerk.submit(&claim, VERIFY, &fill).await;
    assert_eq!(
        confirm.all("#name-compared, #birth-compared"),
        ["the same", "the same"],
        "{}",
        main(&confirm)
    );
    assert!(
        confirm.all("#differs").is_empty() && !main(&elena.get("/people").await).contains("Open the record")
    );
    let verified = clerk.submit(&confirm, CONFIRM, &[]).await;
    assert!(verified.path.starts_with("/staff/authorities/"), "{}", main(&verified));
    assert!(main(&verified).contains("Used by the account of Elena"), "{}", main(&verified));
    for (page, form, fill) in [(&confirm, CONFIRM, &[][..]), (&claim, VERIFY, &fill[..])] {
        let late = clerk.submit(page, form, fill).await;
        assert_eq!((late.status, late.path.as_str()), (200, claim.path.as_str()), "{}", main(&late));
        assert_eq!(late.all("#before").len(), 1, "{}", main(&late));
    }
    let people = elena.get("/people").await;
    assert!(main(&people).contains("Open the record of Mia"), "{}", main(&people));
    assert!(main(&people).contains("Accepted on"));

    // An order limits this parent: the privacy officer enters it.
    let mut officer = house.desk("privacy").await;
    found(&house, &mut officer, "mia").await;
    let page = officer.get(&verified.path).await;
    let nothing = officer.submit(&page, DECIDE, &[("act", "limit"), ("why", "order of 2 May")]).await;
    assert_eq!((nothing.status, nothing.all("#limit-problem").len()), (422, 1), "{}", main(&nothing));
    let odd = [("act", "limit"), ("why", "order of 2 May"), ("categories", "labs"), ("labels", "labz")];
    let odd = officer.submit(&page, DECIDE, &odd).await;
    assert_eq!((odd.status, odd.all("#limit-problem").len()), (422, 1), "{}", main(&odd));
    let wordless = officer.submit(&page, DECIDE, &[("act", "end"), ("why", "")]).await;
    assert_eq!((wordless.status, wordless.all("#why-problem").len()), (422, 1));
    let fill = [("act", "limit"), ("why", "order of 2 May"), ("categories", "notes")];
    let theirs = clerk.get(&verified.path).await;
    assert_eq!(clerk.submit(&theirs, DECIDE, &fill[..2]).await.status, 403);
    let limited = officer.submit(&page, DECIDE, &fill).await;
    assert!(main(&limited).contains("order of 2 May"), "{}", main(&limited));
    let people = elena.get("/people").await;
    assert!(main(&people).contains("May look now, with limits"), "{}", main(&people));
    assert!(!people.text.contains("order of 2 May"), "what staff wrote is theirs");
    house.close().await;
}

async fn a_claim_tells_nothing(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    let rosa = house.person("rosa");
    let (name, born) = (format!("{} {}", rosa.given, rosa.family), rosa.birth_date.to_string());
    let mut newton = house.signed_in("newton").await;
    let there = claims(&mut newton, &[("kind", "surrogate"), ("person", &name), ("birth_date", &born)]).await;
    let not = claims(
        &mut newton,
        &[("kind", "surrogate"), ("person", "Nobody Known"), ("birth_date", "1950-01-01")],
    )
    .await;
    let plain = |page: &Page| {
        let (id, text) = (page.path.rsplit('/').next().unwrap().to_owned(), main(page));
        let born = page.all("dd").into_iter().nth(2).unwrap_or_default();
        text.replace(&id, "").replace(&name, "").replace("Nobody Known", "").replace(&born, "")
    };
    assert_eq!((there.status, plain(&there)), (not.status, plain(&not)));
    assert_eq!(house.entries().await, 0, "nothing of a record was looked at");
    // It is taken back; then nothing more can be added.
    let form = newton.get(&there.path).await;
    let back = newton.submit(&form, "form[action$='/withdrawal']", &[]).await;
    assert!(main(&back).contains("Taken back on"), "{}", main(&back));
    assert_eq!(newton.send_file(&form, PAPER, PDF).await.status, 409);
    // The other is turned down with words.
    let mut clerk = house.desk("clerk").await;
    let claim = first(&mut clerk).await;
    let empty = clerk.submit(&claim, "form[action$='/rejection']", &[]).await;
    assert_eq!((empty.status, empty.all("#answer-problem").len()), (422, 1));
    let fill = [("answer", "We need the signed statement.")];
    let list = clerk.submit(&claim, "form[action$='/rejection']", &fill).await;
    assert!(main(&list).contains("No claim is waiting"), "{}", main(&list));
    let told = newton.get(&not.path).await;
    assert!(main(&told).contains("We need the signed statement.") && main(&told).contains("privacy officer"));
    house.close().await;
}

/// A claim of somebody over a gathered person, verified by the clerk; where the authority stands at the desk.
async fn verified(house: &House, who: &mut Browser, (key, fill): (&str, &[(&str, &str)])) -> Page {
    house.gather(key).await;
    let person = house.person(key);
    let born = person.birth_date.to_string();
    let kind = fill.iter().find(|(name, _)| *name == "kind").unwrap().1;
    claims(who, &[("kind", kind), ("person", person.family.as_str()), ("birth_date", &born)]).await;
    let mut clerk = house.desk("clerk").await;
    found(house, &mut clerk, key).await;
    let claim = first(&mut clerk).await;
    let whom = number(house, key).await.to_string();
    let all = [fill, &[("patient", whom.as_str()), ("note", "seen at the desk")]].concat();
    let confirm = clerk.submit(&claim, VERIFY, &all).await;
    let page = clerk.submit(&confirm, CONFIRM, &[]).await;
    assert!(page.path.starts_with("/staff/authorities/"), "{}", main(&page));
    page
}

/// The wrong line of those found leads to another person: nothing is done before what was stated and what the record says were
/// seen side by side.
async fn the_record_is_shown_before_a_claim_is_accepted(kind: Kind) {
    let house = House::start(kind).await;
    let mut elena = house.signed_in("elena").await;
    for key in ["mia", "jordan"] {
        house.gather(key).await;
    }
    let (mia, jordan) = (number(&house, "mia").await.to_string(), number(&house, "jordan").await.to_string());
    let born = house.person("mia").birth_date.to_string();
    claims(&mut elena, &[("kind", "parent"), ("person", "Mia Harper"), ("birth_date", &born)]).await;
    let mut clerk = house.desk("clerk").await;
    for key in ["mia", "jordan"] {
        found(&house, &mut clerk, key).await;
    }
    let claim = first(&mut clerk).await;
    let fill = [
        ("patient", jordan.as_str()),
        ("proof", "birth-certificate"),
        ("note", "State seal, seen"),
        ("what", "some"),
        ("categories", "labs"),
    ];
    let confirm = clerk.submit(&claim, VERIFY, &fill).await;
    assert_eq!(confirm.status, 200, "{}", main(&confirm));
    assert_eq!(confirm.all("#name-compared, #birth-compared"), ["not the same", "not the same"]);
    for words in ["Mia Harper", "Jordan Ellis", "One wrong choice opens the record of a stranger"] {
        assert!(main(&confirm).contains(words), "{words}: {}", main(&confirm));
    }
    // Without a word about the birth date it is refused, and nothing typed is lost.
    for differs in ["", "  ", "\u{202e}x"] {
        let silent = clerk.submit(&confirm, CONFIRM, &[("differs", differs)]).await;
        assert_eq!((silent.status, silent.all("#differs-problem").len()), (422, 1), "{}", main(&silent));
        assert!(silent.all("#name-compared").concat().contains("not the same"));
    }
    let (_, url, mut fields) = confirm.form(CONFIRM);
    fields.push(("back".into(), "yes".into()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let back = clerk.plain_post(&url.path().replace("/verification", "/check"), &fields).await;
    assert_eq!(
        (back.status, back.attributes("#patient option[selected]", "value")),
        (200, vec![jordan.clone()])
    );
    assert_eq!(back.all("#note").concat(), "State seal, seen");
    assert_eq!(back.attributes("input[name='categories'][checked]", "value"), ["labs"]);
    assert_eq!(house.raw.number("SELECT count(*) FROM authority").await, 0, "nothing was done");

    // Another person than the one who was shown is shown first; the right one has nothing to explain.
    let shown = clerk.submit(&confirm, CONFIRM, &[("patient", &mia), ("differs", "x")]).await;
    assert_eq!(shown.all("#name-compared, #birth-compared"), ["the same", "the same"], "{}", main(&shown));
    assert_eq!(house.raw.number("SELECT count(*) FROM authority").await, 0);
    let wrong = clerk.submit(&confirm, CONFIRM, &[("differs", "The day was misread on the form")]).await;
    assert!(wrong.path.starts_with("/staff/authorities/"), "with its reason it is a decision");
    let mut officer = house.desk("privacy").await;
    assert_eq!(officer.get(&wrong.path).await.status, 404, "the officer did not find the person");
    found(&house, &mut officer, "jordan").await;
    let page = officer.get(&wrong.path).await;
    assert!(main(&page).contains("The day was misread on the form"), "{}", main(&page));
    // Its true end is told: of age, though no last day was entered.
    assert!(
        main(&elena.get("/people").await).contains("May look until"),
        "{}",
        main(&elena.get("/people").await)
    );
    house.close().await;
}

async fn an_executor_and_a_springing_power(kind: Kind) {
    let house = House::start(kind).await;
    let mut newton = house.signed_in("newton").await;
    let fill = [("kind", "estate"), ("proof", "testamentary")];
    verified(&house, &mut newton, ("walter", &fill)).await;
    assert!(main(&newton.get("/people").await).contains("Open the record of Walter"));
    // What an estate may not do is not offered.
    let people = newton.get("/people").await;
    let base = people.attributes("main a[href^='/for/']", "href").remove(0).replace("/home", "");
    for (path, way) in [("/privacy", "/privacy/limits/new"), ("/apps", "/apps/find")] {
        let page = newton.get(&format!("{base}{path}")).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.attributes("main a", "href").contains(&format!("{base}{way}")), "{way}");
        assert_eq!(newton.get(&format!("{base}{way}")).await.status, 403, "{way}");
    }

    let mut sam = house.signed_in("sam").await;
    let fill = [("kind", "health-care-agent"), ("proof", "power-of-attorney"), ("incapacity", "awaited")];
    let page = verified(&house, &mut sam, ("rosa", &fill)).await;
    let waiting = main(&sam.get("/people").await);
    assert!(
        waiting.contains("Waits until a doctor says") && !waiting.contains("Open the record"),
        "{waiting}"
    );
    let mut clinician = house.desk("clinician").await;
    // It waits for them, so they open it without having found the person.
    let home = clinician.get("/staff").await;
    assert!(main(&home).contains("1 person waits to act for somebody who cannot decide"), "{}", main(&home));
    let waits = clinician.get("/staff/authorities").await;
    assert_eq!(waits.attributes("main .lines a.title", "href"), [page.path.as_str()]);
    assert_eq!(clinician.get(&page.path).await.status, 200);
    // The list of a patient: nobody who was not found, whatever the address says.
    const FIND: &str = "form[action='/staff/authorities']";
    let form = clinician.get("/staff/authorities").await;
    assert!(
        main(&form).contains("You have found nobody today") && form.all(FIND).is_empty(),
        "{}",
        main(&form)
    );
    let rosa = number(&house, "rosa").await.to_string();
    for one in ["0", "x", rosa.as_str()] {
        assert_eq!(clinician.get(&format!("/staff/authorities?patient={one}")).await.status, 404, "{one}");
    }
    let card = found(&house, &mut clinician, "rosa").await;
    let form = clinician.get(&page.path).await;
    let sprung = clinician.submit(&form, DECIDE, &[("act", "certify"), ("why", "two doctors signed")]).await;
    assert!(main(&sprung).contains("two doctors signed"), "{}", main(&sprung));
    let done = house.desk("privacy").await.get(&page.path).await;
    assert_eq!(done.status, 404, "whom the clinician found the officer has not found");
    assert!(main(&sam.get("/people").await).contains("Open the record of Rosa"));
    let form = clinician.get("/staff/authorities").await;
    assert_eq!(form.attributes("#patient option", "value"), ["", rosa.as_str()]);
    let list = clinician.submit(&form, FIND, &[("patient", &rosa)]).await;
    assert_eq!(list.attributes("main .lines a.title", "href"), [page.path.as_str()]);
    let link = card.attributes("main a[href^='/staff/authorities']", "href").remove(0);
    assert_eq!(clinician.get(&link).await.attributes("main .lines a.title", "href"), [page.path.as_str()]);
    let mut officer = house.desk("privacy").await;
    assert_eq!(officer.get(&link).await.status, 404, "whom one found another has not found");
    house.close().await;
}

/// It changes nothing, neither of the two concerned reads of it, and it waits for who suspends and declines.
async fn a_clerk_flags_and_a_colleague_looks(kind: Kind) {
    let house = House::start(kind).await;
    let mut newton = house.signed_in("newton").await;
    let fill = [("kind", "parent"), ("proof", "birth-certificate")];
    let page = verified(&house, &mut newton, ("mia", &fill)).await;
    let mut mia = house.links("mia").await;
    let own = page.path.replace("/staff/authorities/", "/people/");
    let mut clinician = house.desk("clinician").await;
    let mut clerk = house.desk("clerk").await;
    assert!(main(&clinician.get("/staff").await).contains("Nobody who acts is flagged"));
    assert_eq!(clinician.get(&page.path).await.status, 404, "it is not their turn");

    let form = clerk.get(&page.path).await;
    let flag = [("act", "flag"), ("why", "he shouted at the child in the hall")];
    let short = clerk.submit(&form, DECIDE, &[flag[0], ("why", "shouted")]).await;
    assert_eq!((short.status, short.all("#why-problem").len()), (422, 1), "{}", main(&short));
    assert_eq!(short.all("#why").concat().trim(), "shouted");
    let flagged = clerk.submit(&form, DECIDE, &flag).await;
    assert!(flagged.all("#flagged").concat().contains("asked on"), "{}", main(&flagged));
    assert!(main(&flagged).contains("keep it as it is: clinician / privacy officer"), "{}", main(&flagged));
    let twice = clerk.submit(&form, DECIDE, &flag).await;
    assert_eq!((twice.status, twice.all("#act-problem").len()), (409, 1), "{}", main(&twice));
    assert!(main(&twice).contains("It is flagged already"), "{}", main(&twice));
    assert!(main(&newton.get("/people").await).contains("Open the record of Mia"));
    for who in [&mut newton, &mut mia] {
        for path in ["/people", own.as_str()] {
            let shown = who.get(path).await;
            assert_eq!(shown.status, 200, "{path}");
            let text = shown.text.to_lowercase();
            assert!(!text.contains("flag") && !text.contains("shouted"), "{}", shown.text);
        }
    }

    // Whose turn it is finds it without the person, and reads why.
    assert!(main(&clinician.get("/staff").await).contains("The records office flagged 1 person who acts"));
    let list = clinician.get("/staff/authorities").await;
    assert_eq!(list.attributes("#flagged + .lines a.title", "href"), [page.path.as_str()], "{}", main(&list));
    assert!(clerk.get("/staff/authorities").await.all("#flagged").is_empty(), "a clerk does not answer it");
    let form = clinician.get(&page.path).await;
    assert!(form.all("#flagged").concat().contains(flag[1].1), "{}", main(&form));
    let short = clinician.submit(&form, DECIDE, &[("act", "answer-flag"), ("why", "fine")]).await;
    assert_eq!((short.status, short.all("#why-problem").len()), (422, 1), "{}", main(&short));
    let keep = [("act", "answer-flag"), ("why", "I spoke with both, there is no danger")];
    let answered = clinician.submit(&form, DECIDE, &keep).await;
    assert_eq!(answered.path, "/staff/authorities", "{}", main(&answered));
    assert!(answered.attributes("#flagged + .lines a.title", "href").is_empty());
    assert_eq!(clinician.get(&page.path).await.status, 404, "it waits no more");
    let form = clerk.get(&page.path).await;
    assert!(main(&form).contains("The flag was answered") && form.all("#flagged").is_empty());
    assert!(!form.text.contains("no danger"), "why is for those who decide");

    // A pause answers it as well.
    clerk.submit(&form, DECIDE, &flag).await;
    let mut officer = house.desk("privacy").await;
    let form = officer.get(&page.path).await;
    officer.submit(&form, DECIDE, &[("act", "safety"), ("why", "until we know more")]).await;
    assert!(main(&newton.get("/people").await).contains("Paused by the clinic"));
    assert!(main(&officer.get("/staff").await).contains("Nobody who acts is flagged"));
    house.close().await;
}

async fn declining_takes_two_and_says_nothing(kind: Kind) {
    let house = House::start(kind).await;
    let mut newton = house.signed_in("newton").await;
    let fill = [("kind", "parent"), ("proof", "birth-certificate")];
    let page = verified(&house, &mut newton, ("mia", &fill)).await;
    let people = newton.get("/people").await;
    let own = people.attributes("a[href^='/people/']", "href");
    let own = own.into_iter().find(|path| page.path.ends_with(path.rsplit('/').next().unwrap())).unwrap();
    let mut clinician = house.desk("clinician").await;
    let mut officer = house.desk("privacy").await;
    let mut clerk = house.desk("clerk").await;
    let fill = [("act", "decline"), ("why", "a belief that is nobody else’s")];
    for who in [&mut clinician, &mut officer] {
        assert_eq!(who.get(&page.path).await.status, 404, "first they find the person");
        found(&house, who, "mia").await;
    }
    // To the clerk is offered what a clerk decides, and said who decides the rest. What was typed stays.
    let form = clerk.get(&page.path).await;
    assert_eq!(form.attributes("#act option", "value"), ["", "flag", "review", "end"]);
    assert!(form.all("#limit").is_empty());
    let others = main(&form);
    assert!(others.contains("do not treat them as representative: clinician / privacy officer"), "{others}");
    let refused = clerk.submit(&form, DECIDE, &fill).await;
    assert_eq!((refused.status, refused.all("#act-problem").len()), (403, 1), "{}", main(&refused));
    assert_eq!(refused.all("#why").concat().trim(), fill[1].1);
    house.links("mia").await;
    let form = clinician.get(&page.path).await;
    let once = clinician.submit(&form, DECIDE, &fill).await;
    assert!(main(&once).contains("Signed once"), "{}", main(&once));
    told(&house, "mia", "what somebody who acts for you may see or do").await;
    // Why is for those who decide about it; that they looked is written down.
    let clerks = clerk.get(&page.path).await;
    assert!(!clerks.text.contains("belief"), "{}", main(&clerks));
    let theirs = officer.get(&page.path).await;
    assert!(main(&theirs).contains("a belief that is nobody else’s"), "{}", main(&theirs));
    assert!(main(&theirs).contains("It was looked at"), "{}", main(&theirs));
    // At once, and in neutral words.
    for path in ["/people", own.as_str()] {
        let shown = newton.get(path).await;
        assert!(main(&shown).contains("Paused by the clinic"), "{}", main(&shown));
        assert!(!shown.text.contains("belief") && !shown.text.contains("Signed"), "{}", shown.text);
        assert!(!shown.text.contains("Noor"), "nor who signed");
    }
    let same = clinician.submit(&once, DECIDE, &fill).await;
    assert_eq!(same.status, 403, "the same person twice");
    assert_eq!(same.all("#why").concat().trim(), fill[1].1, "what was typed is there");
    let form = officer.get(&page.path).await;
    let twice = officer.submit(&form, DECIDE, &fill).await;
    assert!(main(&twice).contains("Signed twice"), "{}", main(&twice));
    let lift = [("act", "resume"), ("why", "looked at again")];
    let once = officer.submit(&twice, DECIDE, &lift).await;
    assert!(main(&newton.get("/people").await).contains("Paused by the clinic"));
    assert_eq!(officer.submit(&once, DECIDE, &lift).await.status, 403);
    let form = clinician.get(&page.path).await;
    clinician.submit(&form, DECIDE, &lift).await;
    assert!(main(&newton.get("/people").await).contains("Open the record of Mia"));
    house.close().await;
}

/// Ended by one, claimed anew: the earlier decision is shown, and again it takes two.
async fn what_two_declined_two_open_again(kind: Kind) {
    let house = House::start(kind).await;
    let mut newton = house.signed_in("newton").await;
    let fill = [("kind", "parent"), ("proof", "birth-certificate")];
    let page = verified(&house, &mut newton, ("mia", &fill)).await;
    let own = page.path.replace("/staff/authorities/", "/people/");
    let mut clinician = house.desk("clinician").await;
    let mut officer = house.desk("privacy").await;
    let mut clerk = house.desk("clerk").await;
    let decline = [("act", "decline"), ("why", "a belief that is nobody else’s")];
    for who in [&mut clinician, &mut officer] {
        found(&house, who, "mia").await;
        let form = who.get(&page.path).await;
        assert_eq!(who.submit(&form, DECIDE, &decline).await.status, 200);
    }
    // To end what was declined is not a clerk's, and a word is no reason.
    let form = clerk.get(&page.path).await;
    assert_eq!(form.attributes("#act option", "value"), ["", "review"]);
    let end = [("act", "end"), ("why", "they no longer ask for it")];
    assert_eq!(clerk.submit(&form, DECIDE, &end).await.status, 403);
    let form = officer.get(&page.path).await;
    let short = officer.submit(&form, DECIDE, &[("act", "end"), ("why", "x")]).await;
    assert_eq!((short.status, short.all("#why-problem").len()), (422, 1), "{}", main(&short));
    let ended = officer.submit(&form, DECIDE, &end).await;
    let twice = officer.submit(&form, DECIDE, &end).await;
    assert_eq!((twice.status, &twice.path), (200, &ended.path), "a second click: {}", main(&twice));
    let other = [("act", "end"), ("why", "for another reason")];
    assert_eq!(officer.submit(&form, DECIDE, &other).await.status, 409, "this reason stands nowhere");
    let told = newton.get(&own).await;
    assert!(main(&told).contains("The clinic has ended this") && main(&told).contains("privacy officer"));
    assert!(!told.text.contains("belief") && !told.text.contains("no longer ask"), "{}", told.text);

    // The clerk is shown what was decided, and cannot accept it.
    let born = house.person("mia").birth_date.to_string();
    claims(&mut newton, &[("kind", "parent"), ("person", "Mia Harper"), ("birth_date", &born)]).await;
    let mia = number(&house, "mia").await.to_string();
    let fill = [("patient", mia.as_str()), ("proof", "birth-certificate"), ("note", "seen at the desk")];
    let claim = first(&mut clerk).await;
    assert!(claim.all("#earlier").concat().contains("does not treat them as representative"));
    let confirm = clerk.submit(&claim, VERIFY, &fill).await;
    assert_eq!(confirm.attributes("#earlier a", "href"), [page.path.as_str()], "{}", main(&confirm));
    assert!(confirm.all("#despite").is_empty());
    assert_eq!(clerk.submit(&confirm, CONFIRM, &[]).await.status, 403);
    // The officer says why, and still nothing is seen.
    let claim = first(&mut officer).await;
    let confirm = officer.submit(&claim, VERIFY, &fill).await;
    let wordless = officer.submit(&confirm, CONFIRM, &[]).await;
    assert_eq!((wordless.status, wordless.all("#despite-problem").len()), (422, 1), "{}", main(&wordless));
    let anew = officer.submit(&wordless, CONFIRM, &[("despite", "The inquiry is closed, letter seen")]).await;
    assert!(
        main(&anew).contains("until a privacy officer and a clinician have both signed"),
        "{}",
        main(&anew)
    );
    let people = newton.get("/people").await;
    assert!(main(&people).contains("Paused by the clinic") && !main(&people).contains("Open the record"));
    let lift = [("act", "resume"), ("why", "I agree with the letter")];
    assert_eq!(officer.submit(&anew, DECIDE, &lift).await.status, 403, "the same person twice");
    let form = clinician.get(&anew.path).await;
    clinician.submit(&form, DECIDE, &lift).await;
    assert!(main(&newton.get("/people").await).contains("Open the record of Mia"));
    house.close().await;
}

async fn the_account_of_somebody_who_died_is_closed(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let code = house.code("rosa").await;
    assert_eq!(rosa.get("/home").await.status, 200);
    let rosa_no = number(&house, "rosa").await;
    let died = |said: &str| format!("UPDATE patient SET deceased = '{said}' WHERE patient_no = {rosa_no}");
    let entries = house.entries().await;
    for said in ["true", "2026-05-01"] {
        house.raw.run(&died(said)).await.unwrap();
        for path in ["/home", "/record", "/access-log", "/copies/new", "/privacy", "/people", "/people/new"] {
            let page = rosa.get(path).await;
            assert_eq!(page.status, 403, "{path}: {}", main(&page));
            assert!(main(&page).contains("this person has died"), "{path}: {}", main(&page));
        }
    }
    assert_eq!(house.entries().await, entries, "nothing was handed out");
    assert_eq!(rosa.get("/people/claim").await.status, 200, "who speaks for the estate can say so");
    // Nobody is linked to the record any more, and the code stays as it was.
    let mut again = house.signed_in("rosa").await;
    house.raw.run("UPDATE account_link SET until = 1").await.unwrap();
    let page = again.get("/link").await;
    let refused = again.submit(&page, "form[action='/link']", &[("code", &code)]).await;
    assert_eq!(refused.status, 403, "{}", main(&refused));
    house.raw.run(&died("false")).await.unwrap();
    let page = again.get("/link").await;
    let linked = again.submit(&page, "form[action='/link']", &[("code", &code)]).await;
    assert_eq!(linked.path, "/home", "{}", main(&linked));
    house.close().await;
}

/// Dana's provider knows her family name and telephone number, which are Rosa's too.
async fn claims_of_family_are_for_a_colleague(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    claims(&mut rosa, &[("kind", "surrogate"), ("person", "Nobody Known"), ("birth_date", "1950-01-01")])
        .await;
    let mut clerk = house.desk("clerk").await;
    assert!(main(&clerk.get("/staff").await).contains("1 claim to act for somebody is open"));
    let claim = first(&mut clerk).await;
    let mut dana = house.desk("dana").await;
    assert!(main(&dana.get("/staff/claims").await).contains("No claim is waiting"));
    assert!(main(&dana.get("/staff").await).contains("No claim waits for you"));
    let refused = dana.get(&claim.path).await;
    assert_eq!(refused.status, 403);
    assert!(!refused.text.contains("Nobody Known"), "{}", refused.text);
    let token = dana.get("/help").await.attributes("input[name='csrf']", "value").remove(0);
    let fields = [("csrf", token.as_str()), ("answer", "No.")];
    assert_eq!(dana.plain_post(&format!("{}/rejection", claim.path), &fields).await.status, 403);
    assert_eq!(dana.ask(reqwest::Method::GET, &format!("{}/papers/1", claim.path), &[]).await.status, 403);
    let form = rosa.get("/privacy/limits/new").await;
    let fill = [("against", "named"), ("party", "Dr. Wu"), ("charge", "All")];
    rosa.submit(&form, "#limit-form", &fill).await;
    // It is counted for who answers; a clerk sees it, and whose turn it is.
    assert!(!main(&clerk.get("/staff").await).contains("1 limit waits for an answer"));
    let mut officer = house.desk("privacy").await;
    assert!(main(&officer.get("/staff").await).contains("1 limit waits for an answer"));
    let limits = clerk.get("/staff/limits").await;
    assert!(main(&limits).contains("Rosa"));
    assert!(limits.attributes("main .lines a.title", "href").is_empty(), "who found nobody opens nothing");
    let limit = officer.get("/staff/limits").await.attributes("main .lines a.title", "href").remove(0);
    assert_eq!(clerk.get(&limit).await.status, 404);
    let list = dana.get("/staff/limits").await;
    assert!(!list.text.contains("Rosa") && !list.text.contains("Dr. Wu"), "{}", main(&list));
    house.close().await;
}

async fn who_has_two_roles_signs_in_the_one_that_may(kind: Kind) {
    let house = House::start(kind).await;
    let mut newton = house.signed_in("newton").await;
    let fill = [("kind", "parent"), ("proof", "birth-certificate")];
    let page = verified(&house, &mut newton, ("mia", &fill)).await;
    let mut clinician = house.desk("clinician").await;
    found(&house, &mut clinician, "mia").await;
    let form = clinician.get(&page.path).await;
    let looked = [("act", "review"), ("why", "looked at again")];
    assert_eq!(clinician.submit(&form, DECIDE, &looked).await.status, 403, "not a clinician's");
    let account = api::identity::accounts_by(&house.app, "clinician@staff.example").await.unwrap()[0].account;
    let ask = api::staff::Ask {
        account,
        power: api::staff::Power::Role(api::staff::Role::RecordsClerk),
        reason: "Stands in at the counter".into(),
        starts: None,
        ends: None,
    };
    api::staff::grant_by_operator(&house.app, ask, "Ann Lee").await.unwrap();
    let done = clinician.submit(&form, DECIDE, &looked).await;
    assert_eq!(done.status, 200, "{}", main(&done));
    // Where its day has come it opens for whose turn it is, who found nobody; and then no more.
    let mut officer = house.desk("privacy").await;
    assert_eq!(officer.get(&page.path).await.status, 404);
    house.raw.run("UPDATE authority SET review_at = 1").await.unwrap();
    let list = officer.get("/staff/authorities").await;
    assert_eq!(list.attributes("main .lines a.title", "href"), [page.path.as_str()]);
    let form = officer.get(&page.path).await;
    let reviewed = officer.submit(&form, DECIDE, &looked).await;
    assert_eq!((reviewed.status, reviewed.path.as_str()), (200, "/staff/authorities"));
    assert_eq!(officer.get(&page.path).await.status, 404);
    let done = clinician.get(&page.path).await;
    let paused = clinician.submit(&done, DECIDE, &[("act", "safety"), ("why", "as a clinician")]).await;
    assert_eq!(paused.status, 200, "{}", main(&paused));
    house.close().await;
}

async fn a_minor_is_told_before_the_form_that_nobody_can_be_invited(kind: Kind) {
    let house = House::start(kind).await;
    let mut jordan = house.linked("jordan").await;
    let page = jordan.get("/people").await;
    assert!(main(&page).contains("Only an adult can invite somebody"), "{}", main(&page));
    assert!(page.all("a[href='/people/new']").is_empty(), "no form that is refused in the end");
    assert_eq!(jordan.get("/people/new").await.status, 403);
}
