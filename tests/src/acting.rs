//! Acting for another person: what is seen through an authority, on every road (pages, search, documents, copies, the
//! log), that two people's records never mix, and that the end of an authority counts at once.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use api::base::{AccountId, AuthorityId, ItemAddress, PatientNo, SessionId};
use api::config::Role;
use api::fhir::present::Category;
use api::fhir::sensitivity::{Label, Labels};
use api::identity::Actor;
use api::representation::{
    self, Ask, By, End, Evidence, Incapacity, Kind as Authority, Lens, Limit, Office, Scope, desk,
};
use api::visibility::{self, Part2};
use futures::StreamExt;
use portal::routes::{Guard, Method, ROUTES};

use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, PATIENCE, on_both_databases};
use crate::patient::ready_copy;

on_both_databases!(
    a_parent_sees_all_but_the_confidential_service,
    a_delegate_sees_the_chosen_part,
    a_label_that_staff_put_goes_over_and_hides,
    a_label_put_later_closes_a_copy,
    the_log_shows_no_more_than_the_record,
    staff_in_a_look_mark_an_item,
    two_records_never_mix,
    the_end_counts_at_once,
    a_running_download_stops,
    nobody_else_opens_an_address_of_acting,
);

/// Everything, with copies.
pub fn everything() -> Scope {
    Scope::WHOLE
}

/// Somebody at the desk who may do all that these tests ask for.
const DESK: By<'static> = By { account: None, name: "Desk (synthetic)", office: Office::PrivacyOfficer };

/// The account of somebody who has signed in.
pub async fn actor(house: &House, key: &str) -> Actor {
    let text = |column: &str| match house.database.kind {
        Kind::Sqlite => format!("hex({column})"),
        Kind::Postgres => format!("CAST({column} AS TEXT)"),
    };
    let of = |column: &str| {
        format!("SELECT {} FROM session WHERE subject = 'demo-{key}' ORDER BY created_at DESC", text(column))
    };
    let id =
        async |column: &str| -> uuid::Uuid { house.raw.texts(&of(column)).await.remove(0).parse().unwrap() };
    Actor {
        account: AccountId(id("account_id").await),
        session: SessionId(id("id").await),
        name: full_name(house, key),
        provider: "demo".into(),
        acr: None,
        amr: vec![],
        level: api::config::Level::default(),
        auth_time: None,
        through: None,
    }
}

/// The name of a person, as the identity provider says it.
pub fn full_name(house: &House, key: &str) -> String {
    let person = house.person(key);
    format!("{} {}", person.given, person.family)
}

/// The number of a person whose record is here.
pub async fn patient(house: &House, key: &str) -> PatientNo {
    let found = api::identity::patients_by(&house.app, &house.person(key).patient_id).await.unwrap();
    found[0].patient
}

pub fn ask(kind: Authority, scope: Scope) -> Ask {
    Ask {
        name: "Elena Harper (synthetic)".into(),
        kind,
        evidence: Evidence { proof: kind.proofs()[0], note: "seen (synthetic)".into() },
        scope,
        starts: None,
        until: None,
        incapacity: Incapacity::NotNeeded,
        review: None,
    }
}

/// The clinic ends an authority.
pub async fn ended(house: &House, id: AuthorityId) {
    let (held, ..) = desk::one(&house.app, id).await.unwrap();
    let form = desk::Form { id, seen: held.authority.changes, why: "asked for (synthetic)" };
    desk::end(&house.app, &DESK, form, End::ByClinic).await.unwrap();
}

/// An order of a court takes a part of the record out of an authority.
pub async fn limited(house: &House, id: AuthorityId, category: Category) {
    let (held, ..) = desk::one(&house.app, id).await.unwrap();
    let form = desk::Form { id, seen: held.authority.changes, why: "an order (synthetic)" };
    let order = Limit {
        categories: vec![category],
        labels: vec![],
        all: false,
        order: String::new(),
        until: None,
        at: house.app.clock.now(),
        by: String::new(),
    };
    desk::limit(&house.app, &DESK, form, order).await.unwrap();
}

/// The clinic appoints somebody, and they take the code.
pub async fn appointed(
    house: &House,
    (who, kind): (&str, Authority),
    over: &str,
    scope: Scope,
) -> AuthorityId {
    let name = format!("{} (synthetic)", full_name(house, who));
    appointed_as(house, (who, kind, name), over, scope).await
}

/// The same by another name than the usual one: who signs must be named by the papers as by the account.
pub async fn appointed_as(
    house: &House,
    (who, kind, name): (&str, Authority, String),
    over: &str,
    scope: Scope,
) -> AuthorityId {
    let over = patient(house, over).await;
    let actor = actor(house, who).await;
    let ask = Ask { name, ..ask(kind, scope) };
    let code = desk::appoint(&house.app, &DESK, (over, ask)).await.unwrap().code;
    representation::accept(&house.app, &actor, &code).await.unwrap().authority.id
}

/// Everything an address of lists leads to: the texts of all its pages.
pub async fn all_of(browser: &mut Browser, base: &str) -> String {
    let mut text = String::new();
    for page in pages_of(browser, base).await {
        let _ = writeln!(text, "{}", page.text);
    }
    text.to_lowercase()
}

/// All pages of lists that an address leads to.
async fn pages_of(browser: &mut Browser, base: &str) -> Vec<Page> {
    let mut pages = Vec::new();
    let record = browser.get(&format!("{base}/record")).await;
    assert_eq!(record.status, 200, "{}", record.text);
    for shelf in record.attributes("main h2 a", "href") {
        let mut next = Some(shelf);
        while let Some(path) = next {
            assert!(path.starts_with(base), "{path} stays within {base}");
            let page = browser.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            next = page.attributes("nav.pager a[rel='next']", "href").into_iter().next();
            pages.push(page);
        }
    }
    pages
}

async fn a_parent_sees_all_but_the_confidential_service(kind: Kind) {
    let house = House::start(kind).await;
    let mut jordan = house.linked("jordan").await;
    let mut elena = house.signed_in("elena").await;
    let id = appointed(&house, ("elena", Authority::Parent), "jordan", everything()).await;
    let base = format!("/for/{id}");

    let (own, seen) = (all_of(&mut jordan, "").await, all_of(&mut elena, &base).await);
    for word in ["chlamydia", "azithromycin", "confidential visit"] {
        assert!(own.contains(word), "Jordan sees {word}");
        assert!(!seen.contains(word), "a parent does not see {word}");
    }
    assert!(seen.contains("influenza") && seen.contains("check-up"), "a parent sees the rest");

    // Neither by searching, nor by the address of an item, nor in numbers, nor in a copy.
    let found = elena.search(&base, "chlamydia").await;
    assert!(found.all("main .lines li").is_empty(), "{}", found.text);
    let items = house
        .raw
        .number(&format!("SELECT count(*) FROM item WHERE labels & {} <> 0", Label::Minor.bit()))
        .await;
    assert!(items > 5, "{items} items bear the label");
    let hidden = house
        .raw
        .texts(&format!("SELECT CAST(rid AS TEXT) FROM item WHERE labels & {} <> 0", Label::Minor.bit()))
        .await;
    for rid in &hidden {
        let item = house.address(rid);
        let path = format!("{base}/record/labs/{item}");
        assert_eq!(elena.get(&path).await.status, 404, "{path}");
        assert_eq!(elena.get(&format!("{path}/document/0")).await.status, 404, "{path}");
        assert_ne!(jordan.get(&format!("/record/labs/{item}")).await.status, 404);
    }
    let total: i64 = house.raw.number("SELECT count(*) FROM item WHERE patient_no <> 0").await;
    let form = elena.get(&format!("{base}/copies/new")).await;
    assert!(form.text.contains("You are acting for"), "the banner is on every page");
    let built = elena.submit(&form, "#copy-form", &[]).await;
    assert!(built.path.starts_with(&format!("{base}/copies/")), "{}", built.path);
    let file = copied(&mut elena, &built.path).await;
    let mut resources = 0;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&file)).unwrap();
    for n in 0..zip.len() {
        let mut entry = zip.by_index(n).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        for word in ["chlamydia", "azithromycin", "confidential visit", "adol\""] {
            assert!(!text.contains(word), "{name} holds {word}");
        }
        assert!(!text.contains("<details class=i id"), "{name}: no item has a number there");
        if name.ends_with(".ndjson") {
            resources += text.lines().count() as i64;
        }
    }
    assert!(resources > 20 && resources <= total - items + 20, "{resources} of {total}");
    assert_eq!(
        jordan.get(built.path.strip_prefix(&base).unwrap()).await.status,
        404,
        "a copy is its asker's"
    );

    let hidden: Vec<i64> = hidden.iter().map(|rid| rid.parse().unwrap()).collect();
    addresses_tell_nothing(&house, (&mut elena, &base), &hidden).await;

    // The log of the record says who looked, and as what.
    let log = jordan.get("/access-log").await;
    assert!(log.text.contains("(parent)") && log.text.contains("they act for you by law"), "{}", log.text);
    house.close().await;
}

/// Of two items of Jordan's that follow one another in what a parent sees, nothing says that something lies between: their
/// numbers would.
async fn addresses_tell_nothing(house: &House, (who, base): (&mut Browser, &str), hidden: &[i64]) {
    let over = patient(house, "jordan").await;
    let mut seen = std::collections::BTreeMap::new();
    for page in pages_of(who, base).await {
        for path in page.attributes("main .lines a.title", "href") {
            let text = path.rsplit('/').next().unwrap();
            assert!(text.parse::<i64>().is_err(), "{path}");
            let address: ItemAddress = text.parse().unwrap();
            let rid = house.app.keys.item_at(over, address).expect("an item of this record").0;
            assert!(!hidden.contains(&rid), "{path}");
            seen.insert(rid, (address, path));
        }
    }
    assert!(seen.len() > 10, "{seen:?}");
    assert!(hidden.len() > 5, "there is something that could be told");
    assert!(!seen.values().is_sorted(), "the order of addresses is not that of numbers");
    let mut rosa = house.linked("rosa").await;
    let other = patient(house, "rosa").await;
    for (address, path) in seen.values().take(5) {
        assert_eq!(who.get(path).await.status, 200, "{path}");
        assert_eq!(house.app.keys.item_at(other, *address), None, "{path}");
        assert_eq!(rosa.get(path.strip_prefix(base).unwrap()).await.status, 404, "{path}");
    }
    for (rid, (_, path)) in seen.iter().take(5) {
        let (shelf, _) = path.rsplit_once('/').unwrap();
        let number = rid - over.range().0.0;
        for guess in [number.to_string(), rid.to_string(), format!("{number:032x}"), format!("{rid:032x}")] {
            assert_eq!(who.get(&format!("{shelf}/{guess}")).await.status, 404, "{shelf}/{guess}");
        }
    }
}

pub async fn copied(browser: &mut Browser, path: &str) -> Vec<u8> {
    let begun = Instant::now();
    loop {
        let page = browser.get(path).await;
        if !page.attributes("a[href$='/file']", "href").is_empty() {
            let file = browser.get(&format!("{path}/file")).await;
            assert_eq!(file.status, 200);
            return file.bytes;
        }
        assert!(begun.elapsed() < PATIENCE, "the copy was not built: {}", page.text);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What is said to whoever was given a part.
const ALLOWED: &str = "only the part that you were allowed to see";

async fn a_delegate_sees_the_chosen_part(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let mut elena = house.signed_in("elena").await;
    let (own, over) = (actor(&house, "rosa").await, patient(&house, "rosa").await);
    let scope = Scope { categories: Some(vec![Category::Medicines]), copies: false, ..Scope::WHOLE };
    let preview =
        api::records::preview(&house.app, &own, (over, representation::lens(Authority::Delegate, &scope)));
    let preview = preview.await.unwrap();
    let (all, seen) = preview.shelves.iter().fold((0, 0), |(a, s), (_, all, seen)| (a + all, s + seen));
    let asked = ask(Authority::Delegate, scope);
    let code = representation::invite(&house.app, &own, (over, representation::once(&house.app), asked))
        .await
        .unwrap()
        .code;
    let held = representation::accept(&house.app, &actor(&house, "elena").await, &code).await.unwrap();
    let base = format!("/for/{}", held.authority.id);

    let record = elena.get(&format!("{base}/record")).await;
    let shelves = record.attributes("main h2 a", "href");
    assert_eq!(shelves, [format!("{base}/record/medicines")], "not where she lives, unless that was ticked");
    let about = elena.get(&format!("{base}/record/about-me")).await;
    assert_eq!(about.all("main .lines li").len(), 0);
    assert_eq!(elena.get(&format!("{base}/record/labs")).await.all("main .lines li").len(), 0);
    assert_eq!(elena.get(&format!("{base}/copies/new")).await.status, 403, "no copies were allowed");
    assert!(!record.text.contains("href=\"/copies"), "and no way to them is shown");
    // What the person was told before they chose is what is seen.
    let medicines = format!(
        "SELECT count(*) FROM item WHERE patient_no = {over} AND category = {} AND labels = 0",
        Category::Medicines.code(),
    );
    assert_eq!(seen, house.raw.number(&medicines).await);
    assert!(seen > 10 && all > 2 * seen, "{seen} of {all}");
    assert!(
        preview.hidden.iter().any(|(label, n)| *label == Label::Unreviewed && *n > 0),
        "{:?}",
        preview.hidden
    );

    // A delegate sees their own lines of the log, and nobody else's.
    rosa.get("/record/allergies").await;
    let log = elena.get(&format!("{base}/access-log")).await;
    assert_eq!(log.status, 200);
    let lines = log.all("main .log li .value");
    assert!(
        !lines.is_empty() && lines.iter().all(|line| line.starts_with("You (chosen helper)")),
        "{lines:?}"
    );
    assert!(rosa.get("/access-log").await.text.contains("you let them look"));
    // What is missing tells a delegate nothing of the rest.
    let missing = elena.get(&format!("{base}/record/not-here")).await;
    assert!(missing.text.contains("You see the part of the record that you are allowed to see"));
    assert!(missing.all(".whose").concat().contains(ALLOWED), "{}", missing.text);
    house.close().await;
}

async fn a_label_that_staff_put_goes_over_and_hides(kind: Kind) {
    let house = House::start(kind).await;
    let mut mia = house.linked("mia").await;
    let mut elena = house.signed_in("elena").await;
    let id = appointed(&house, ("elena", Authority::Parent), "mia", everything()).await;
    let base = format!("/for/{id}");
    let over = patient(&house, "mia").await;
    let visits = elena.get(&format!("{base}/record/visits")).await;
    let visit = visits.attributes("main .lines a.title", "href").remove(0);
    let item = visit.rsplit('/').next().unwrap().parse().unwrap();
    let before = house.raw.number("SELECT count(*) FROM item WHERE labels = 0").await;
    let change = |label, put, reason: &'static str| {
        api::records::change_label(&house.app, (None, "Desk (synthetic)"), (over, item), (label, put, reason))
    };
    assert!(change(Label::Minor, true, " ").await.is_err(), "a reason is asked for");
    assert!(change(Label::PsychotherapyNotes, true, "x").await.is_err(), "a visit is no note");
    change(Label::Minor, true, "she consented alone (state code 1.2)").await.unwrap();
    assert!(change(Label::Minor, true, "again").await.is_err(), "nothing would change");
    let minor = format!("SELECT count(*) FROM item WHERE labels & {} <> 0", Label::Minor.bit());
    let marked = house.raw.number(&minor).await;
    assert!(marked > 1, "what was done at the visit takes the label over: {marked}");
    assert!(house.raw.number("SELECT count(*) FROM item WHERE labels = 0").await < before);
    assert_eq!(
        house.raw.number(crate::harness::database::MISCOUNTED).await,
        0,
        "the counts of lists are right"
    );
    assert_eq!(elena.get(&visit).await.status, 404);
    let own = mia.get(visit.strip_prefix(&base).unwrap()).await;
    assert_eq!(own.status, 200, "the person sees their own");
    assert!(
        own.text.contains("Marked by the clinic’s staff: she consented alone"),
        "and what was said of it"
    );

    // The same record gathered again changes nothing of it.
    let again = api::sources::gather(&house.app, "demo-ehr", &house.person("mia").patient_id).await.unwrap();
    assert_eq!((again.report.accepted, again.failure), (0, None));
    assert_eq!(house.raw.number(&minor).await, marked);
    change(Label::Minor, false, "put by mistake").await.unwrap();
    assert_eq!(house.raw.number(&minor).await, 0, "and goes from what took it over");
    assert_eq!(house.raw.number(crate::harness::database::MISCOUNTED).await, 0);
    assert_eq!(elena.get(&visit).await.status, 200);
    house.close().await;
}

/// What was labelled after a copy was built is in the copy: whoever sees a part must ask for a new one.
async fn a_label_put_later_closes_a_copy(kind: Kind) {
    let house = House::start(kind).await;
    let mut mia = house.linked("mia").await;
    let mut elena = house.signed_in("elena").await;
    let id = appointed(&house, ("elena", Authority::Parent), "mia", everything()).await;
    let over = patient(&house, "mia").await;
    let form = elena.get(&format!("/for/{id}/copies/new")).await;
    let hers = elena.submit(&form, "#copy-form", &[]).await;
    copied(&mut elena, &hers.path).await;
    let own = ready_copy(&mut mia).await;
    let visit = mia.get("/record/visits").await.attributes("main .lines a.title", "href").remove(0);
    let item = visit.rsplit('/').next().unwrap().parse().unwrap();
    let why = "she consented alone (synthetic)";
    api::records::change_label(
        &house.app,
        (None, "Desk (synthetic)"),
        (over, item),
        (Label::Minor, true, why),
    )
    .await
    .unwrap();
    let entries = house.entries().await;
    assert_eq!(elena.get(&format!("{}/file", hers.path)).await.status, 403, "it holds the visit");
    assert_eq!(house.entries().await, entries, "nothing was handed out");
    assert_eq!(mia.get(&format!("{}/file", own.path)).await.status, 200, "the person's own stays");
    // The page says so before anybody asks for the file, and offers another copy.
    let said = elena.get(&hers.path).await;
    assert!(said.text.contains("This copy holds more than you may see by now"), "{}", said.text);
    assert!(said.all("a[download]").is_empty() && said.text.contains("Cannot be downloaded any more"));
    let list = elena.get(&format!("/for/{id}/copies")).await;
    assert!(
        list.text.contains("All that could be seen") && !list.text.contains("Everything"),
        "{}",
        list.text
    );
    // What the law keeps from the person themselves closes their own copies, where they hold it.
    let form = mia.get("/copies/new").await;
    let labs = mia.submit(&form, "#copy-form", &[("what", "some"), ("categories", "labs")]).await;
    copied(&mut mia, &labs.path).await;
    let note = mia.get("/record/notes").await.attributes("main .lines a.title", "href").remove(0);
    let item = note.rsplit('/').next().unwrap().parse().unwrap();
    let matter = (Label::Litigation, true, "Case 26-123 (synthetic)");
    api::records::change_label(&house.app, (None, "Desk (synthetic)"), (over, item), matter).await.unwrap();
    assert_eq!(mia.get(&format!("{}/file", own.path)).await.status, 403, "it holds the note");
    assert!(mia.get(&own.path).await.all("a[download]").is_empty());
    assert_eq!(mia.get(&format!("{}/file", labs.path)).await.status, 200, "it never held the note");
    house.close().await;
}

/// The log names what was looked at: who sees a part reads their own lines, and nobody but the person what staff wrote.
async fn the_log_shows_no_more_than_the_record(kind: Kind) {
    let house = House::start(kind).await;
    let mut jordan = house.linked("jordan").await;
    let mut elena = house.signed_in("elena").await;
    let mut newton = house.signed_in("newton").await;
    let parent = appointed(&house, ("elena", Authority::Parent), "jordan", everything()).await;
    jordan.get("/record/labs").await;
    for page in ["home", "access-log"] {
        let seen = elena.get(&format!("/for/{parent}/{page}")).await;
        assert_eq!(seen.status, 200);
        assert!(!seen.text.contains("Jordan Ellis (synthetic):"), "{page}: {}", seen.text);
    }
    let mut rosa = house.linked("rosa").await;
    let guardian = appointed(&house, ("newton", Authority::AdultGuardian), "rosa", everything()).await;
    rosa.get("/record/labs").await;
    let all = newton.get(&format!("/for/{guardian}/access-log")).await;
    assert!(all.all("main .log li .value").iter().any(|line| line.starts_with("Rosa")), "{}", all.text);
    house.close().await;
}

/// Opens a look of staff at somebody's record; what its addresses begin with.
pub async fn looked(house: &House, who: &mut Browser, (key, purpose): (&str, &str)) -> String {
    let card = crate::desk::found(house, who, key).await;
    let fill = [("purpose", purpose), ("reason", "Visit of November 2 (synthetic)")];
    let record = who.submit(&card, "form[action$='/views']", &fill).await;
    assert_eq!(record.status, 200, "{}", record.text);
    portal::routes::apart(&record.path).0.to_owned()
}

/// The mail with these words that comes to somebody.
pub async fn told(house: &House, key: &str, words: &str) -> String {
    let email = &house.person(key).email;
    let begun = Instant::now();
    loop {
        let texts = house.mail.messages().into_iter().filter(|mail| mail.to.contains(email));
        if let Some(text) = texts.filter_map(|mail| mail.text()).find(|text| text.contains(words)) {
            return text;
        }
        assert!(begun.elapsed() < PATIENCE, "no mail to {key} says: {words}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn staff_in_a_look_mark_an_item(kind: Kind) {
    let house = House::start(kind).await;
    let mut mia = house.linked("mia").await;
    let mut elena = house.signed_in("elena").await;
    let parent = appointed(&house, ("elena", Authority::Parent), "mia", everything()).await;
    let list = mia.get("/record/visits").await;
    let item = list.attributes("main .lines a.title", "href").remove(0);
    let theirs = format!("/for/{parent}{item}");
    assert_eq!(elena.get(&theirs).await.status, 200);
    let send = async |who: &mut Browser, path: String, (label, reason): (&str, &str)| {
        let page = who.get("/help").await;
        let token = page.attributes("input[name='csrf']", "value").remove(0);
        who.plain_post(&path, &[("csrf", &token), ("label", label), ("reason", reason)]).await
    };
    let hiv = ("put.hiv", "a result says so (synthetic)");

    // Whoever was given everything reads which law can keep something, and not that they were given a part.
    let said = elena.get(&format!("/for/{parent}/home")).await.all(".whose").concat();
    assert!(said.contains("164.502(g)(3)") && said.contains("42 CFR 2.31"), "{said}");
    assert!(!said.contains(ALLOWED), "{said}");

    // Only staff in a look have the form, as far as their role reaches.
    for (who, base) in [(&mut mia, String::new()), (&mut elena, format!("/for/{parent}"))] {
        assert!(who.get(&format!("{base}{item}")).await.all("#labels").is_empty());
        assert_eq!(send(who, format!("{base}{item}/labels"), hiv).await.status, 404);
    }
    let mut clerk = house.desk("clerk").await;
    let base = looked(&house, &mut clerk, ("mia", "records-clerk.records-request")).await;
    assert!(clerk.get(&format!("{base}{item}")).await.all("#labels").is_empty());
    assert_eq!(send(&mut clerk, format!("{base}{item}/labels"), hiv).await.status, 403);
    let mut clinician = house.desk("clinician").await;
    let clinicians = looked(&house, &mut clinician, ("mia", "clinician.treatment")).await;
    let base = &clinicians;
    // What staff cannot send is shown to them as no form, and what was refused stands in no log.
    let entries = house.entries().await;
    for (page, status) in [("/privacy/limits/new", 404), ("/apps/find", 404), ("/copies/new", 403)] {
        assert_eq!(clinician.get(&format!("{base}{page}")).await.status, status, "{page}");
    }
    assert_eq!(house.entries().await, entries, "nothing was shown");
    let page = clinician.get(&format!("{base}{item}")).await;
    let offered = page.attributes("#label option", "value");
    assert!(offered.contains(&"put.minor".into()) && !offered.contains(&"put.litigation".into()));
    for label in ["put.litigation", "put.psychotherapy-notes"] {
        let sent = send(&mut clinician, format!("{base}{item}/labels"), (label, "a reason")).await;
        assert_eq!(sent.status, 403, "{label}");
    }
    let marked = "SELECT count(*) FROM label_change";
    let logged = async |house: &House| {
        let mine = api::disclosures::Filter { kind: Some("label".into()), ..Default::default() };
        let own = (patient(house, "mia").await, mine);
        api::disclosures::log(&house.app, &actor(house, "mia").await, own).await.unwrap().lines.len()
    };
    for (label, reason, field) in [
        ("", "why", "label"),
        ("put.hiv", " ", "reason"),
        ("put.hiv", "x", "reason"),
        ("take.hiv", "why", "label"),
        ("put.x", "why", "label"),
    ] {
        let bad = clinician.submit(&page, "#labels", &[("label", label), ("reason", reason)]).await;
        assert_eq!(bad.status, 422, "{label} {reason}");
        assert_eq!(bad.all(&format!("#{field}-problem")).len(), 1, "{label} {reason}");
        assert_eq!(bad.all("#reason").concat().trim(), reason.trim(), "what was typed is there");
    }
    assert_eq!((house.raw.number(marked).await, logged(&house).await), (0, 0), "nothing happened");

    // Marked, it is hidden from the parent with the next request; the person finds it in the log, and why at the item.
    let done = clinician
        .submit(&page, "#labels", &[("label", "put.minor"), ("reason", "she consented alone")])
        .await;
    assert_eq!((done.status, done.path.as_str()), (200, format!("{base}{item}").as_str()), "{}", done.text);
    assert!(!done.attributes("#label option", "value").contains(&"take.minor".into()));
    assert_eq!(elena.get(&theirs).await.status, 404);
    assert!(mia.get(&item).await.text.contains("Marked by the clinic’s staff: she consented alone"));
    let log = mia.get("/access-log?what=label").await;
    let lines = log.all("main .log li .value");
    assert_eq!((lines.len(), logged(&house).await), (1, 1), "{}", log.text);
    assert!(lines[0].contains("(clinician): changed a mark of protected information"), "{}", lines[0]);
    assert!(log.text.contains("Visit of November 2 (synthetic)") && log.text.contains("Encounter/"));
    // Which mark it was stands among the details, with a way to the item and its reason.
    assert!(log.all("main .log dd").iter().any(|said| said.starts_with("Mark as: ")), "{}", log.text);
    assert!(log.attributes("main .log dd a", "href").contains(&item), "{}", log.text);
    // The log can be narrowed to those who act, and to staff; what it counts is in words.
    for (who, parent, own) in [("acting", true, false), ("staff", false, false), ("me", false, true)] {
        let some = mia.get(&format!("/access-log?who={who}")).await;
        let lines = some.all("main .log li .value");
        let are = |line: &String| (line.contains("(parent)"), line.starts_with("You:"));
        assert!(!lines.is_empty() && lines.iter().all(|line| are(line) == (parent, own)), "{who}: {lines:?}");
    }
    assert!(log.text.contains("Visit: 1") && !log.text.contains("Encounter: 1"), "{}", log.text);
    // What she asked for alone is opened to her mother by the privacy officer only, who just proved who they are and says
    // why in some words; she is told.
    let back = [("label", "take.minor"), ("reason", "put by mistake")];
    assert_eq!(
        send(&mut clinician, format!("{base}{item}/labels"), (back[0].1, back[1].1)).await.status,
        403
    );
    let mut privacy = house.desk("privacy").await;
    let base = looked(&house, &mut privacy, ("mia", "privacy-officer.case-review")).await;
    let page = privacy.get(&format!("{base}{item}")).await;
    assert_eq!(page.attributes("#label option", "value"), ["", "take.minor"]);
    let bad = privacy.submit(&page, "#labels", &[back[0], ("reason", "not needed")]).await;
    assert!(bad.all("#reason-problem").concat().contains("At least ten letters"), "{}", bad.text);
    let fresh = "UPDATE session SET auth_time = auth_time";
    house.raw.run(&format!("{fresh} - 960000000")).await.unwrap();
    let why = privacy.submit(&page, "#labels", &back).await;
    assert_eq!((why.path.as_str(), elena.get(&theirs).await.status), ("/sign-in-again", 404));
    house.raw.run(&format!("{fresh} + 960000000")).await.unwrap();
    assert_eq!(privacy.submit(&page, "#labels", &back).await.status, 200);
    assert_eq!(elena.get(&theirs).await.status, 200);
    told(&house, "mia", "took a mark away").await;
    let own = mia.get(&item).await;
    assert!(
        own.text.contains("took this mark away on") && own.text.contains("put by mistake"),
        "{}",
        own.text
    );
    assert!(!elena.get(&theirs).await.text.contains("put by mistake"));

    // What was put together for a court case is for the privacy officer, who sees it and can take the mark back. A visit is
    // no such thing; a note may be. To mark it takes a fresh sign-in, and the person is told, with why and how to contest it.
    assert!(privacy.get(&format!("{base}{item}")).await.all("#labels").is_empty());
    let matter = ("put.litigation", "Case 26-123 (synthetic)");
    let refused = send(&mut privacy, format!("{base}{item}/labels"), matter).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    let list = mia.get("/record/notes").await;
    assert!(!list.text.contains("The law keeps something of this from you"));
    let note = list.attributes("main .lines a.title", "href").remove(0);
    let page = privacy.get(&format!("{base}{note}")).await;
    assert_eq!(page.attributes("#label option", "value"), ["", "put.litigation"]);
    let bad = privacy.submit(&page, "#labels", &[("label", "put.litigation"), ("reason", "")]).await;
    assert!(bad.all("#reason-problem").concat().contains("Name the legal matter"), "{}", bad.text);
    house.raw.run("UPDATE session SET auth_time = auth_time - 960000000").await.unwrap();
    let fill = [("label", matter.0), ("reason", matter.1)];
    let why = privacy.submit(&page, "#labels", &fill).await;
    assert_eq!(why.path, "/sign-in-again", "{}", why.text);
    assert_eq!(mia.get(&note).await.status, 200, "nothing was marked yet");
    let asked = privacy.submit(&why, "form[action='/sign-in-again']", &[]).await;
    let form = "form:has(input[name='person'][value='demo-staff-privacy'])";
    let again = privacy.submit(&asked, form, &[]).await;
    assert_eq!(again.all("#reason").concat().trim(), matter.1, "what was typed is there: {}", again.text);
    let held = privacy.submit(&again, "#labels", &[]).await;
    assert_eq!(held.status, 200, "{}", held.text);
    let said = told(&house, "mia", "open “What is not here”").await;
    assert!(!said.contains("26-123") && !said.contains("note"), "{said}");
    assert_eq!(mia.get(&note).await.status, 404);
    assert_eq!(clinician.get(&format!("{clinicians}{note}")).await.status, 404);
    for (page, told) in [("/record", true), ("/record/notes", true), ("/record/visits", false)] {
        let shown = mia.get(page).await;
        assert_eq!(shown.text.contains("The law keeps something of this from you"), told, "{page}");
        let theirs = elena.get(&format!("/for/{parent}{page}")).await;
        assert!(!theirs.text.contains("The law keeps something of this"), "{page}");
    }
    let missing = mia.get("/record/not-here").await;
    for words in ["45 CFR 164.524(a)(1)(ii)", "Case 26-123 (synthetic)", "45 CFR 164.524(d)"] {
        assert!(missing.text.contains(words), "{words}: {}", missing.text);
    }
    let theirs = elena.get(&format!("/for/{parent}/record/not-here")).await;
    assert!(!theirs.text.contains("26-123"), "{}", theirs.text);
    let back = [("label", "take.litigation"), ("reason", "The case is over (synthetic)")];
    assert_eq!(privacy.submit(&held, "#labels", &back).await.status, 200);
    assert_eq!(mia.get(&note).await.status, 200);
    assert!(!mia.get("/record").await.text.contains("The law keeps something of this from you"));
    house.close().await;
}

async fn two_records_never_mix(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("mia").await;
    house.gather("jordan").await;
    let mut elena = house.linked("elena").await;
    let mia = appointed(&house, ("elena", Authority::Parent), "mia", everything()).await;
    let jordan = appointed(&house, ("elena", Authority::LocoParentis), "jordan", everything()).await;
    let names = [("", "Elena"), (&format!("/for/{mia}"), "Mia"), (&format!("/for/{jordan}"), "Jordan")]
        .map(|(base, name)| (base.to_owned(), name));
    // Three tabs, one after the other and back again: each page is about the one whose address it has.
    let pages =
        ["/home", "/record", "/record/visits", "/copies/new", "/access-log", "/record/not-here", "/apps"];
    for page in pages {
        for (base, name) in names.iter().chain(names.iter().rev()) {
            let shown = elena.get(&format!("{base}{page}")).await;
            assert_eq!(shown.status, 200, "{base}{page}");
            let whose = shown.all(".whose strong");
            assert!(whose.len() == 1 && whose[0].contains(name), "{base}{page} is about {whose:?}");
            // What leads to somebody else's apps says whose they are.
            let named = shown.attributes("#others a", "href").into_iter().zip(shown.all("#others a"));
            let named: Vec<_> = named.collect();
            for (to, words) in &named {
                let whose = names.iter().find(|(of, _)| *of == portal::routes::apart(to).0);
                assert!(whose.is_some_and(|(_, name)| words.contains(name)), "{base}{page}: {to} is {words}");
            }
            let away = [".crumbs a", "main a[href^='/']", "main form", ".top nav a"];
            for css in away {
                let attribute = if css.ends_with("form") { "action" } else { "href" };
                for to in shown.attributes(css, attribute) {
                    let record = ["/home", "/record", "/copies", "/access-log", "/apps"];
                    let inside = portal::routes::apart(&to);
                    let is_named = css.starts_with("main a") && named.iter().any(|(other, _)| *other == to);
                    if !is_named && record.iter().any(|part| inside.1.starts_with(part)) {
                        assert_eq!(inside.0, base, "{base}{page} leads to {to}");
                    }
                }
            }
        }
    }
    // An old form of one record, sent after another was opened, does what it said when it was read.
    let form = elena.get(&format!("/for/{mia}/copies/new")).await;
    elena.get(&format!("/for/{jordan}/home")).await;
    elena.get("/home").await;
    let made = elena.submit(&form, "#copy-form", &[]).await;
    assert!(made.path.starts_with(&format!("/for/{mia}/copies/")), "{}", made.path);
    let of = house.raw.texts("SELECT CAST(patient_no AS TEXT) FROM copy").await;
    assert_eq!(of, [patient(&house, "mia").await.to_string()]);
    house.close().await;
}

async fn the_end_counts_at_once(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("mia").await;
    let mut elena = house.signed_in("elena").await;
    let id = appointed(&house, ("elena", Authority::Parent), "mia", everything()).await;
    let base = format!("/for/{id}");
    let page = elena.get(&format!("{base}/copies/new")).await;
    let copy = elena.submit(&page, "#copy-form", &[]).await;
    copied(&mut elena, &copy.path).await;
    let entries = house.entries().await;
    ended(&house, id).await;
    for path in
        [format!("{base}/home"), format!("{base}/record/labs"), format!("{}/file", copy.path), copy.path]
    {
        assert_eq!(elena.get(&path).await.status, 404, "{path}");
    }
    let sent = elena.submit(&page, "#copy-form", &[]).await;
    assert_eq!(sent.status, 404, "an old form does nothing");
    assert_eq!(house.entries().await, entries, "nothing was handed out");
    house.close().await;
}

async fn a_running_download_stops(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    let mut elena = house.signed_in("elena").await;
    let id = appointed(&house, ("elena", Authority::HealthCareAgent), "rosa", everything()).await;
    let page = elena.get(&format!("/for/{id}/copies/new")).await;
    let made = elena.submit(&page, "#copy-form", &[]).await;
    copied(&mut elena, &made.path).await;
    let (who, over) = (actor(&house, "elena").await, patient(&house, "rosa").await);
    let copy = made.path.rsplit('/').next().unwrap().parse().unwrap();
    let download = api::copies::open(&house.app, &who, (over, copy, None)).await.unwrap();
    let (length, mut stream) = (download.length, download.stream);
    let first = stream.next().await.unwrap().unwrap();
    assert!((first.len() as u64) < length, "there is more than one piece");
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert!(stream.next().await.unwrap().is_ok(), "it goes on while the right holds");
    ended(&house, id).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert!(stream.next().await.unwrap().is_err(), "the next piece is not sent");
    house.close().await;
}

/// Every address of a record under `/for/…`, tried by those who hold no authority, or no longer.
async fn nobody_else_opens_an_address_of_acting(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let ready = ready_copy(&mut rosa).await;
    let mut elena = house.signed_in("elena").await;
    let mut newton = house.signed_in("newton").await;
    let mut sam = house.linked("sam").await;
    let held = appointed(&house, ("elena", Authority::HealthCareAgent), "rosa", everything()).await;
    let revoked = appointed(&house, ("newton", Authority::HealthCareAgent), "rosa", everything()).await;
    ended(&house, revoked).await;
    let of_age = {
        let over = patient(&house, "sam").await;
        let born = format!("UPDATE patient SET birth_date = '2020-01-01' WHERE patient_no = {over}");
        house.raw.run(&born).await.unwrap();
        let id = appointed(&house, ("newton", Authority::Parent), "sam", everything()).await;
        let grown = format!("UPDATE patient SET birth_date = '2000-01-01' WHERE patient_no = {over}");
        house.raw.run(&grown).await.unwrap();
        id
    };
    assert_eq!(elena.get(&format!("/for/{held}/home")).await.status, 200);
    let entries = house.entries().await;
    let mut tried = 0;
    for row in ROUTES.iter().filter(|row| row.guard == Guard::Patient) {
        let path = row
            .path
            .replace("{category}", "medicines")
            .replace("{item}", "1")
            .replace("{n}", "0")
            .replace("{id}", ready.path.rsplit('/').next().unwrap());
        assert!(!path.contains('{'), "{path}: this test does not know what to put there");
        for (who, id, status) in [
            ("nobody", held, if row.method == Method::Get { 303 } else { 401 }),
            ("without any", held, 404),
            ("another patient", held, 404),
            ("the person themselves", held, 404),
            ("revoked", revoked, 404),
            ("of one of age", of_age, 404),
        ] {
            let browser = match who {
                "nobody" => &mut house.browser(),
                "another patient" => &mut sam,
                "the person themselves" => &mut rosa,
                _ => &mut newton,
            };
            let path = format!("/for/{id}{path}");
            let answer = match row.method {
                Method::Get => browser.ask(reqwest::Method::GET, &path, &[]).await,
                Method::Post => {
                    let page = browser.get("/help").await;
                    let token = page.attributes("input[name='csrf']", "value").into_iter().next();
                    browser.plain_post(&path, &[("csrf", &token.unwrap_or_default())]).await
                }
            };
            assert_eq!(answer.status, status, "{who}: {:?} {path}", row.method);
            assert!(!answer.text.contains("Delgado"), "{who}: {path} shows her");
            tried += 1;
        }
    }
    assert!(tried > 60, "{tried} were tried");
    assert_eq!(house.entries().await, entries, "nothing was handed out");
    for path in ["/for/x/home", "/for/00000000-0000-0000-0000-000000000000/home", "/for//home", "/for/help"] {
        assert_eq!(elena.get(path).await.status, 404, "{path}");
    }
    house.close().await;
}

/// Who sees which label, for which purpose: the golden matrix. A change of it must be meant.
#[test]
fn the_matrix_of_visibility() {
    let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/visibility.txt");
    let mut made = String::from(
        "# Who sees an item with one label (x), for an authority over everything in which nothing protected was\n\
         # ticked, and for staff in a look. Copies need to be allowed by the authority; what they hold is the same.\n\
         # Nobody consented under 42 CFR 2.31; +part2 are staff with leave: a consent, an emergency, the program's own.\n",
    );
    let width = "reviewing-official+part2".len();
    let mut row = |who: &str, lens: Lens| {
        let labels = [None].into_iter().chain(Label::ALL.into_iter().map(Some)).map(|label| {
            let labels: Labels = label.into_iter().collect();
            (label.map_or("none", Label::slug), labels.kept())
        });
        // What a program under 42 CFR Part 2 recorded, without a consent.
        let program = ("part2-program", Labels::default().with(Label::SubstanceUse).of_program());
        let cells = labels.chain([program]).map(|(name, labels)| {
            format!("{name}:{}", if lens.shows(Category::Labs, labels, 0) { "x" } else { "-" })
        });
        let _ = writeln!(made, "{who:width$}  {}", cells.collect::<Vec<_>>().join(" "));
    };
    row("self", Lens::OWN);
    for kind in Authority::ALL {
        row(kind.slug(), representation::lens(kind, &everything()));
    }
    for role in [Role::RecordsClerk, Role::Clinician, Role::ReviewingOfficial, Role::PrivacyOfficer] {
        for (leave, part2) in [("", None), ("+part2", Some(&Part2::Program))] {
            row(&format!("{}{leave}", role.slug()), visibility::look(role, (part2, Labels::PROGRAM)));
        }
    }
    assert_eq!(made, std::fs::read_to_string(&golden).unwrap(), "see {}", golden.display());
}
