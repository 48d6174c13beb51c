//! The main job: sign in, link, see, search, take a copy, see it all logged, sign out. On both databases.

use crate::harness::client::Page;
use crate::harness::database::MISCOUNTED;
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(
    the_whole_story,
    common_things_are_named_in_spanish,
    a_report_lists_its_results,
    one_record_for_each_account,
    hostile_text_stays_text,
    searches_stand_in_no_address,
    counts_of_lists_follow_a_changed_record
);

async fn the_whole_story(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let before = house.entries().await;

    let home = rosa.get("/home").await;
    assert_eq!((home.status, home.all(".whose").len()), (200, 1));
    assert!(home.all(".whose").concat().contains("Delgado"));
    let record = rosa.get("/record").await;
    let shelves = record.attributes(".shelves a", "href");
    assert!(shelves.len() >= 10, "{shelves:?}");
    let mut pages = 2;
    for shelf in &shelves {
        let list = rosa.get(shelf).await;
        assert_eq!(list.status, 200, "{shelf}");
        let first = list.attributes("main .lines a.title", "href").into_iter().next().expect(shelf);
        let item = rosa.get(&first).await;
        assert_eq!(item.status, 200, "{first}");
        assert!(item.all("main").concat().len() > 50);
        pages += 2;
    }
    let found = rosa.search("", "glucose").await;
    assert!(!found.all("main .lines > li").is_empty());
    let nothing = rosa.search("", "qqqzzz").await;
    assert!(nothing.all("main .lines > li").is_empty());
    assert_eq!(rosa.get("/record/not-here").await.status, 200);
    pages += 3;

    // Each page was an entry, and no entry tells of anything else.
    assert_eq!(house.entries().await, before + pages);
    let log = rosa.get("/access-log").await;
    assert_eq!(log.status, 200);
    assert_eq!(house.entries().await, before + pages + 1, "looking at the log is in the log");
    assert!(!log.all("ol.log > li").is_empty());
    let report = api::disclosures::verify(&house.app).await.unwrap();
    assert_eq!(report.faults, []);

    // Past the end is the last page, and days the wrong way round are said, not searched.
    let last = rosa.get("/record/labs?page=9999").await;
    assert!(!last.all("main .lines > li").is_empty() && last.all("#displaying").len() == 1, "{}", last.text);
    let days = [("from", "2024-02-01"), ("to", "2024-01-01")];
    for page in [rosa.get("/record/labs").await, found, rosa.get("/access-log").await] {
        let odd = rosa.submit(&page, "details.filters form", &days).await;
        assert_eq!((odd.status, odd.all("#to-problem").len()), (422, 1), "{}: {}", page.path, odd.text);
        assert_eq!(odd.attributes("#from", "value"), ["2024-02-01"], "what was typed is there");
    }

    let account = rosa.get("/account").await;
    assert!(account.all("main").concat().contains(&house.person("rosa").email));
    // The provider may lead on to others whom nobody here knows: no policy of ours holds that up, in nor out.
    let out = rosa.submit(&account, "form[action='/sign-out']", &[]).await;
    let onwards = out.headers["refresh"].to_str().unwrap().strip_prefix("0;url=").unwrap();
    assert!(onwards.contains("id_token_hint="), "{onwards}");
    assert_eq!(out.attributes("main a.button", "href"), [onwards]);
    let policy = rosa.get("/sign-in").await.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("form-action"), "{policy}");
    let home = rosa.ask(reqwest::Method::GET, "/home", &[]).await;
    assert_eq!(home.status, 303, "signed out");

    // Who leaves quickly is signed out too, so that the way back shows nothing; twice is no fault.
    let mut rosa = house.signed_in("rosa").await;
    let home = rosa.get("/home").await;
    let (_, url, fields) = home.form("#leave");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    for _ in 0..2 {
        let left = rosa.plain_post(&format!("{}?leave=yes", url.path()), &fields).await;
        assert_eq!((left.status, left.headers["location"].to_str().unwrap()), (303, portal::send::AWAY));
        assert_eq!(rosa.ask(reqwest::Method::GET, "/home", &[]).await.status, 303);
    }
    house.close().await;
}

/// The page of a report tells its results, and that they were shown stands in the log.
async fn a_report_lists_its_results(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let found = rosa.search("", "cholesterol panel").await;
    let titles = found.all("main .lines a.title");
    let place = titles.iter().position(|title| title == "Cholesterol panel").expect("a panel");
    let report = rosa.get(&found.attributes("main .lines a.title", "href")[place]).await;
    let rows = report.all("main table tbody tr");
    let ldl = rows.iter().find(|row| row.contains("LDL")).unwrap_or_else(|| panic!("{}", report.text));
    assert!(ldl.contains("mg/dL"), "{ldl}");
    let ways = report.attributes("main table th a", "href");
    assert!(ways.len() >= 4 && ways.len() == report.all("main tbody th").len(), "{ways:?}");
    assert_eq!(rosa.get(&ways[0]).await.status, 200);
    let log = rosa.get("/access-log").await;
    let line =
        log.all("ol.log > li > .value").into_iter().find(|line| line.contains("a report with its results"));
    let line = line.unwrap_or_else(|| panic!("{}", log.text));
    assert!(line.contains(&format!("({} items)", ways.len() + 1)), "{line}");
    house.close().await;
}

/// Who reads Spanish reads what a common thing is in Spanish, beside the source's words, and finds it by either.
async fn common_things_are_named_in_spanish(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    rosa.language = "es";
    for (shelf, both) in [
        ("notes", "Nota de evolución (Progress note)"),
        ("visits", "Visita de control (Encounter for check up)"),
        ("vitals", "Peso (Body weight)"),
    ] {
        let list = rosa.get(&format!("/record/{shelf}")).await;
        let place = list.all("main .lines a.title").iter().position(|title| title == both);
        let place = place.unwrap_or_else(|| panic!("{both}: {}", list.text));
        let item = rosa.get(&list.attributes("main .lines a.title", "href")[place]).await;
        assert!(item.all("main").concat().contains(both), "{both}: {}", item.text);
        let (spanish, english) = both.trim_end_matches(')').split_once(" (").unwrap();
        for words in [spanish, english, &spanish.to_uppercase()] {
            let found = rosa.search("", words).await;
            assert!(
                found.all("main .lines a.title").iter().any(|title| title == both),
                "{words}: {}",
                found.text
            );
        }
    }
    // A word of ours leads to its part of the record; where nothing is found, another language is the likely cause, but
    // not of what has a name in each language, nor of what is no word.
    for (words, part, advised) in [
        ("vacuna", Some("/record/immunizations"), false),
        ("Sangre", Some("/record/labs"), false),
        ("qqqzzz", None, true),
        ("plomo en la sangre", Some("/record/labs"), false),
        ("Acute qqqzzz", None, true),
        ("777-777", None, false),
    ] {
        let found = rosa.search("", words).await;
        assert_eq!(found.attributes("#parts a", "href"), Vec::from_iter(part), "{words}");
        assert_eq!(found.text.contains("la palabra en inglés"), advised, "{words}: {}", found.text);
        if advised {
            let filter = "details.filters form";
            let narrowed = rosa.submit(&found, filter, &[("from", "2020-01-01")]).await;
            assert!(!narrowed.text.contains("la palabra en inglés"), "the day is the likely cause");
        }
    }
    rosa.language = "en";
    assert!(!rosa.search("", "qqqzzz").await.text.contains("the English word"));
    let list = rosa.get("/record/notes").await;
    assert!(list.all("main .lines a.title").iter().any(|title| title == "Progress note"), "{}", list.text);
    house.close().await;
}

async fn one_record_for_each_account(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("sam").await;
    house.gather("elena").await;
    let (sam, elena) = (house.code("sam").await, house.code("elena").await);
    let mut browser = house.signed_in("sam").await;
    let link = browser.get("/link").await;
    let wrong = browser.submit(&link, "form[action='/link']", &[("code", "2222-3333-4444")]).await;
    assert_eq!(wrong.status, 422);
    // Somebody else's code, which the provider's birth date gives away: the same words, and the code stays good.
    let mut stranger = house.signed_in("elena").await;
    let link = stranger.get("/link").await;
    let stolen = stranger.submit(&link, "form[action='/link']", &[("code", &sam)]).await;
    assert_eq!((stolen.status, stolen.all("#code-problem")), (422, wrong.all("#code-problem")));
    let typed = sam.to_lowercase().replace('-', " ");
    let home = browser.submit(&wrong, "form[action='/link']", &[("code", &typed)]).await;
    assert_eq!(home.path, "/home");
    // A used code and a second record are refused.
    let mut other = house.signed_in("elena").await;
    let link = other.get("/link").await;
    let used = other.submit(&link, "form[action='/link']", &[("code", &sam)]).await;
    assert_eq!((used.path.as_str(), used.status), ("/link", 422), "a code works once");
    let home = other.submit(&used, "form[action='/link']", &[("code", &elena)]).await;
    assert_eq!(home.path, "/home");
    assert!(home.all(".whose").concat().contains("Elena"));
    house.close().await;
}

/// What somebody looks for in their record, and the place to which they narrow a list, can be read in no address; the page
/// can be loaded again, and stays what it is in the other language and on its next pages, for them alone.
async fn searches_stand_in_no_address(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let found = rosa.search("", "glucose").await;
    let titles = found.all("main .lines a.title");
    assert!(!titles.is_empty());
    let hidden = |page: &Page| {
        let address = page.address().to_lowercase();
        assert!(!address.contains("glucose") && !address.contains(&hex::encode("glucose")), "{address}");
    };
    hidden(&found);
    assert_eq!(rosa.get(&found.address()).await.all("main .lines a.title"), titles, "loaded again");
    let spanish = rosa.submit(&found, "#language-form", &[]).await;
    assert_eq!(spanish.attributes("html", "lang"), ["es"]);
    assert_eq!(
        (spanish.address(), spanish.attributes("#q", "value").concat()),
        (found.address(), "glucose".into())
    );
    let found = rosa.submit(&spanish, "#language-form", &[]).await;

    // The filters keep the words, and leaving them out keeps them too.
    let narrowed = rosa.submit(&found, "details.filters form", &[("from", "2099-01-01")]).await;
    hidden(&narrowed);
    assert!(narrowed.all("main .lines li").is_empty() && !narrowed.address().contains("2099"));
    let cleared = rosa.get(&narrowed.attributes("details.filters a", "href").concat()).await;
    hidden(&cleared);
    assert_eq!(cleared.all("main .lines a.title"), titles);
    let list = rosa.get("/record/labs").await;
    let labs = rosa.submit(&list, "details.filters form", &[("from", "2000-01-01")]).await;
    let next = labs.attributes("nav.pager a[rel='next']", "href").remove(0);
    let second = rosa.get(&next).await;
    assert_eq!((second.status, second.attributes("#from", "value").concat()), (200, "2000-01-01".into()));
    let plain = rosa.submit(&list, "details.filters form", &[]).await;
    assert_eq!(plain.address(), "/record/labs", "nothing was asked for");

    // Words in an address are not looked for; nor is what somebody else typed.
    for address in ["/record/search?q=glucose", "/record/search?s=00", "/record/search?s=x"] {
        let page = rosa.get(address).await;
        assert_eq!((page.status, page.all("main .lines li").len()), (200, 0), "{address}");
        assert!(page.attributes("#q", "value").concat().is_empty(), "{address}");
    }
    let mut sam = house.linked("sam").await;
    let theirs = sam.get(&found.address()).await;
    assert!(theirs.all("main .lines li").is_empty() && theirs.attributes("#q", "value").concat().is_empty());
    house.close().await;
}

/// Script and markup in a record are shown as the text they are.
async fn hostile_text_stays_text(kind: Kind) {
    let house = House::start(kind).await;
    let id = house.person("sam").patient_id.clone();
    for (n, (_, text)) in fixtures::people::odd_texts().into_iter().enumerate() {
        let condition = serde_json::json!({
            "resourceType": "Condition", "id": format!("odd-{n}"), "subject": {"reference": format!("Patient/{id}")},
            "code": {"text": text}, "note": [{"text": text}], "recordedDate": "2025-01-01",
        });
        house.ehr.put(condition).unwrap();
    }
    let mut sam = house.linked("sam").await;
    let list = sam.get("/record/conditions").await;
    let lines = list.attributes("main .lines a.title", "href");
    assert!(!lines.is_empty());
    for path in lines {
        let page = sam.get(&path).await;
        assert_eq!(page.status, 200);
        let ours = page.attributes("script", "src");
        assert_eq!(page.all("script").len(), 1, "only our own script: {ours:?}");
        assert!(page.attributes("img", "src").is_empty() && page.attributes("iframe", "src").is_empty());
        assert!(page.attributes("main *[onclick], main *[onerror], main *[onload]", "class").is_empty());
    }
    house.close().await;
}

/// A resource that moves to another list leaves the count of the first and enters that of the second.
async fn counts_of_lists_follow_a_changed_record(kind: Kind) {
    let house = House::start(kind).await;
    let id = house.person("sam").patient_id.clone();
    for code in ["laboratory", "vital-signs"] {
        let observation = serde_json::json!({
            "resourceType": "Observation", "id": "moves", "subject": {"reference": format!("Patient/{id}")},
            "status": "final", "category": [{"coding": [{"code": code,
                "system": "http://terminology.hl7.org/CodeSystem/observation-category"}]}],
            "code": {"text": "Pulse"}, "effectiveDateTime": "2025-01-01", "valueString": code,
        });
        house.ehr.put(observation).unwrap();
        house.gather("sam").await;
        assert_eq!(house.raw.number(MISCOUNTED).await, 0);
    }
    let moved = "SELECT count(*) FROM resource WHERE id = 'moves' AND version = 2";
    assert_eq!(house.raw.number(moved).await, 1);
    house.close().await;
}
