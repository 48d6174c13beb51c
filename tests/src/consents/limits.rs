//! Limits: asked on a page, answered by the clinic, ended by the person; what was paid in full the clinic must keep.

use api::base::{Error, RestrictionId};
use api::consents::{self, Answer, Ender, Outgoing, Sort};
use api::fhir::present::Category;
use api::fhir::sensitivity::Labels;

use super::{main, number};
use crate::acting::looked;
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(
    what_was_paid_must_be_kept_from_the_plan,
    a_wish_is_answered_and_ended,
    many_requests_push_nothing_out,
    who_is_not_of_age_ends_no_limit,
    what_a_limit_shows_is_what_it_does,
    a_notice_ends_a_limit_for_what_is_new,
);

async fn asks(browser: &mut Browser, fill: &[(&str, &str)]) -> Page {
    let form = browser.get("/privacy/limits/new").await;
    browser.submit(&form, "#limit-form", fill).await
}

fn id(page: &Page) -> RestrictionId {
    page.path.rsplit('/').next().unwrap().parse().unwrap()
}

/// Whether something stands against a disclosure of Rosa's bills.
async fn stopped(house: &House, (sort, recipient): (Sort, &str)) -> bool {
    let outgoing = Outgoing {
        sort,
        to_health_plan: recipient.ends_with("Plan"),
        recipient: recipient.into(),
        categories: 1 << 14,
        labels: vec![Labels::default()],
    };
    let mut tx = house.app.db.read().await.unwrap();
    let found =
        consents::restricted(&house.app, &mut tx, (number(house, "rosa").await, &outgoing)).await.unwrap();
    found.is_some()
}

#[track_caller]
fn conflicts(result: Result<(), Error>, code: &str) {
    assert!(matches!(result, Err(Error::Conflict(found)) if found == code), "{result:?}");
}

async fn what_was_paid_must_be_kept_from_the_plan(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let plan = (Sort::Payment, "Blue Plan");
    for (fill, field) in [
        (vec![("paid", "yes")], "against"),
        (vec![("against", "health-plan"), ("paid", "yes"), ("why", "private")], "charge"),
        (vec![("against", "family"), ("paid", "yes"), ("charge", "Visit")], "paid"),
        (vec![("against", "named"), ("charge", "Visit")], "party"),
    ] {
        let page = asks(&mut rosa, &fill).await;
        assert_eq!(page.status, 422, "{fill:?}");
        assert_eq!(page.attributes(".summary a", "href"), [format!("#{field}")], "{fill:?}");
        for (name, value) in fill.iter().filter(|(name, _)| matches!(*name, "why" | "charge")) {
            assert_eq!(page.attributes(&format!("#{name}"), "value"), [*value], "what was typed stays");
        }
    }
    assert!(!stopped(&house, plan).await);
    let charge = ("charge", "Visit of March 4");
    let fill = [("against", "health-plan"), ("party", "Blue Cross"), ("paid", "yes"), charge];
    let page = asks(&mut rosa, &fill).await;
    assert!(main(&page).contains("Until it answers, this service keeps it from the plan"), "{}", main(&page));
    assert!(stopped(&house, plan).await, "until it is answered the plan gets nothing");
    let by = (None, "Petra Officer");
    conflicts(
        consents::answer(&house.app, (id(&page), Answer::Declined, "No"), by).await,
        "conflict-limit-must-agree",
    );
    conflicts(
        consents::answer(&house.app, (id(&page), Answer::Agreed, ""), by).await,
        "conflict-limit-must-agree",
    );
    consents::answer(&house.app, (id(&page), Answer::MustAgree, "We keep it."), by).await.unwrap();
    conflicts(
        consents::answer(&house.app, (id(&page), Answer::MustAgree, ""), by).await,
        "conflict-limit-answered",
    );
    assert!(stopped(&house, plan).await);
    for (free, recipient) in
        [(Sort::Public, "Blue Plan"), (Sort::Emergency, "Blue Plan"), (Sort::Treatment, "Dr. Lee")]
    {
        assert!(!stopped(&house, (free, recipient)).await, "{free:?}");
    }
    conflicts(
        consents::end_for_person(&house.app, (id(&page), Ender::Notice, "We changed our mind"), by).await,
        "conflict-limit-must-agree",
    );
    let kept = rosa.get(&page.path).await;
    assert!(
        main(&kept).contains("as the law says it must") && main(&kept).contains("We keep it."),
        "{}",
        main(&kept)
    );
    let over = rosa.submit(&kept, "#limit-end", &[]).await;
    assert!(main(&over).contains("Ended on"), "{}", main(&over));
    assert!(!stopped(&house, plan).await, "the person alone ends it");

    // Sent twice it is one; gone back to and mended it is another, and what was mended is not dropped without a word.
    let form = rosa.get("/privacy/limits/new").await;
    let family = [("against", "family"), ("charge", "Visit of March 4")];
    let asked = rosa.submit(&form, "#limit-form", &family).await;
    assert_eq!(rosa.submit(&form, "#limit-form", &family).await.path, asked.path);
    let mended = [family[0], ("charge", "Visit of March 5")];
    let other = rosa.submit(&form, "#limit-form", &mended).await;
    assert!(id(&other) != id(&asked) && main(&other).contains("Visit of March 5"), "{}", main(&other));
    assert_eq!(house.raw.number("SELECT count(*) FROM restriction").await, 3);
    house.close().await;
}

async fn a_wish_is_answered_and_ended(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let mut sam = house.linked("sam").await;
    let form = rosa.get("/privacy/limits/new").await;
    let fill = [("against", "named"), ("party", "Dr. Wu"), ("charge", "All visits")];
    let page = rosa.submit(&form, "#limit-form", &fill).await;
    assert_eq!(
        rosa.submit(&form, "#limit-form", &fill).await.path,
        page.path,
        "sent twice it is one request"
    );
    assert_eq!(house.raw.number("SELECT count(*) FROM restriction").await, 1);
    assert_eq!(sam.get(&page.path).await.status, 404);
    assert!(!stopped(&house, (Sort::Treatment, "Dr. Wu")).await, "a wish binds once it is agreed to");
    let (waiting, list) = consents::waiting(&house.app, 1).await.unwrap();
    assert_eq!((waiting, list[0].0.id), (1, id(&page)));
    let by = (None, "Petra Officer");
    let silent = consents::answer(&house.app, (id(&page), Answer::Declined, " "), by).await;
    assert!(matches!(silent, Err(Error::Invalid(_))), "a no is told in words");
    consents::answer(&house.app, (id(&page), Answer::Agreed, "Yes."), by).await.unwrap();
    assert!(stopped(&house, (Sort::Treatment, "dr wu")).await);
    assert!(!stopped(&house, (Sort::Treatment, "Dr. Lee")).await);
    assert!(!stopped(&house, (Sort::Secretary, "Dr. Wu")).await);
    consents::end_for_person(&house.app, (id(&page), Ender::Notice, "The system changes"), by).await.unwrap();
    assert!(stopped(&house, (Sort::Treatment, "Dr. Wu")).await, "what was there before stays kept back");
    let told = rosa.get(&page.path).await;
    assert!(main(&told).contains("What came to us until"), "{}", main(&told));
    assert_eq!(told.all("#history li").len(), 3);
    // The person may end what is left of it.
    let over = rosa.submit(&told, "#limit-end", &[]).await;
    assert!(main(&over).contains("Ended on") && over.all("#limit-end").is_empty(), "{}", main(&over));
    assert!(!stopped(&house, (Sort::Treatment, "Dr. Wu")).await);

    // Nobody paid in full after all: then it is a wish like any other.
    let fill = [("against", "health-plan"), ("paid", "yes"), ("charge", "Visit of May 5")];
    let paid = asks(&mut rosa, &fill).await;
    consents::confirm_not_so(&house.app, (id(&paid), "The plan paid half."), by).await.unwrap();
    assert!(!stopped(&house, (Sort::Payment, "Blue Plan")).await);
    consents::answer(&house.app, (id(&paid), Answer::Declined, "The plan has paid already."), by)
        .await
        .unwrap();
    let told = rosa.get(&paid.path).await;
    assert!(
        main(&told).contains("did not agree") && main(&told).contains("has paid already"),
        "{}",
        main(&told)
    );
    house.close().await;
}

async fn many_requests_push_nothing_out(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let plan = (Sort::Payment, "Blue Plan");
    let charge = ("charge", "Visit of March 4");
    let fill = [("against", "health-plan"), ("party", "Blue Cross"), ("paid", "yes"), charge];
    let page = asks(&mut rosa, &fill).await;
    let by = (None, "Petra Officer");
    consents::answer(&house.app, (id(&page), Answer::MustAgree, "We keep it."), by).await.unwrap();
    for column in ["ask", "answer_text"] {
        for sealed in house.raw.blobs(&format!("SELECT {column} FROM restriction")).await {
            for word in ["Visit", "keep"] {
                assert!(
                    !sealed.windows(word.len()).any(|part| part == word.as_bytes()),
                    "{column} is sealed"
                );
            }
        }
    }
    let id = match kind {
        Kind::Sqlite => "randomblob(16)",
        Kind::Postgres => "gen_random_uuid()",
    };
    let sql = format!(
        "INSERT INTO restriction (id, patient_no, account_id, ask, must_agree, answer, answer_text, asked_at, ended_at, \
         ended_how) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) \
         SELECT {id}, patient_no, account_id, ask, 0, 'asked', answer_text, asked_at + i, asked_at + i, 'in-writing' \
         FROM restriction CROSS JOIN n"
    );
    house.raw.run(&sql).await.unwrap();
    assert_eq!(house.raw.number("SELECT count(*) FROM restriction").await, 601);
    assert!(stopped(&house, plan).await, "what was asked and taken back since pushes it out");
    let all = rosa.get("/privacy").await;
    assert!(main(&all).contains("as the law says it must"), "and it is still on the page");
    house.close().await;
}

async fn who_is_not_of_age_ends_no_limit(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    house.raw.run("UPDATE patient SET birth_date = '2015-06-01'").await.unwrap();
    let form = rosa.get("/privacy/permissions/new").await;
    assert!(main(&form).contains("You are not of age yet"), "{}", main(&form));
    assert!(
        form.attributes("input[name='kind']", "value").is_empty(),
        "nothing that a minor signs alone here"
    );
    let fill = [("against", "named"), ("party", "Dr. Wu"), ("charge", "All visits")];
    let asked = asks(&mut rosa, &fill).await;
    let kept = asks(&mut rosa, &fill).await;
    let by = (None, "Petra Officer");
    consents::answer(&house.app, (id(&kept), Answer::Agreed, ""), by).await.unwrap();
    let back = rosa.submit(&asked, "#limit-end", &[]).await;
    assert!(main(&back).contains("Ended on"), "what nobody answered is taken back: {}", main(&back));
    let refused = rosa.submit(&kept, "#limit-end", &[]).await;
    assert_eq!(refused.status, 403, "{}", main(&refused));
    assert!(stopped(&house, (Sort::Treatment, "Dr. Wu")).await);
    house.close().await;
}

/// The numbers of a preview, "… would see 12 of 1,536 items": what would be seen, and all.
fn counted(page: &Page) -> (i64, i64) {
    let line = page.all("#preview p").remove(0);
    let number = |word: &str| word.replace(',', "").parse::<i64>().ok();
    let found: Vec<i64> = line.split(' ').filter_map(number).collect();
    let [seen, all] = found.as_slice() else { panic!("{line}") };
    (*seen, *all)
}

/// How many items of a part an overview counts.
async fn shelf(who: &mut Browser, base: &str, part: &str) -> usize {
    let page = who.get(&format!("{base}/record")).await;
    assert_eq!(page.status, 200, "{}", main(&page));
    page.attributes("main h2 a", "href").iter().filter(|href| href.ends_with(part)).count()
}

/// The page that asks, the page that answers and the look of who is named say and do the same.
async fn what_a_limit_shows_is_what_it_does(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let mut clinician = house.desk("clinician").await;
    let look = looked(&house, &mut clinician, ("rosa", "clinician.treatment")).await;
    let by = (None, "Petra Officer");
    let form = rosa.get("/privacy/limits/new").await;
    let token = form.attributes("#limit-form input[name='csrf']", "value").remove(0);
    let named = [("csrf", token.as_str()), ("against", "named"), ("party", "Dr. Haddad")];
    let fields = |more: &[(&'static str, &'static str)]| [&named[..], more].concat();
    assert_eq!(shelf(&mut clinician, &look, "/labs").await, 1);

    // A part and a label: what is in the part or has the label.
    let both = [("what", "some"), ("categories", "labs"), ("labels", "unreviewed")];
    let part = [("what", "some"), ("categories", "labs")];
    let label = [("what", "all"), ("labels", "unreviewed")];
    let mut kept = Vec::new();
    for choice in [&both[..], &part, &label] {
        let page = rosa.plain_post("/privacy/limits/new/look", &fields(choice)).await;
        let (seen, all) = counted(&page);
        kept.push(all - seen);
    }
    assert!(kept[1] > 0 && kept[2] > 0 && kept[0] > kept[1].max(kept[2]), "{kept:?}");
    assert!(kept[0] <= kept[1] + kept[2], "{kept:?}");
    let asked = rosa.submit(&form, "#limit-form", &[&named[1..], &both].concat()).await;
    let words = main(&asked);
    assert!(
        words.contains("Parts: Lab results.") && words.contains("Everything that is marked as"),
        "{words}"
    );
    consents::answer(&house.app, (id(&asked), Answer::Agreed, ""), by).await.unwrap();
    assert_eq!(shelf(&mut clinician, &look, "/labs").await, 0, "nothing of the part");
    assert!(shelf(&mut clinician, &look, "/medicines").await > 0, "and the rest");
    rosa.submit(&asked, "#limit-end", &[]).await;
    assert_eq!(shelf(&mut clinician, &look, "/labs").await, 1);

    // Only words: that all is kept back is said before, and done.
    let words = [("what", "some"), ("charge", "The visit of March 4")];
    let page = rosa.plain_post("/privacy/limits/new/look", &fields(&words)).await;
    assert_eq!(counted(&page).0, 0, "{}", main(&page));
    assert!(page.all("#preview p").concat().contains("we keep all parts back"), "{}", main(&page));
    let asked = asks(&mut rosa, &[&named[1..], &words].concat()).await;
    assert!(main(&asked).contains("we keep all parts back"), "{}", main(&asked));
    consents::answer(&house.app, (id(&asked), Answer::Agreed, ""), by).await.unwrap();
    assert_eq!(clinician.get(&format!("{look}/record")).await.status, 403);

    // What is not known is not left out without a word: that would make another limit of it.
    let before = house.raw.number("SELECT count(*) FROM restriction").await;
    for (unknown, field) in [
        (("labels", "hivv"), "labels"),
        (("categories", "labz"), "categories"),
        (("what", "sme"), "categories"),
    ] {
        let once = asks_token(&mut rosa).await;
        let mut all = fields(&[unknown]);
        all.push(("once", once.as_str()));
        if unknown.0 != "what" {
            all.push(("what", "some"));
        }
        let page = rosa.plain_post("/privacy/limits/new", &all).await;
        assert_eq!((page.status, page.all(&format!("#{field}-problem")).len()), (422, 1), "{unknown:?}");
    }
    assert_eq!(house.raw.number("SELECT count(*) FROM restriction").await, before);
    house.close().await;
}

/// Makes it so that an item first came right after the last notice.
async fn came_after_the_notice(house: &House, rid: &str) {
    let after = "(SELECT MAX(ended_at) + 1 FROM restriction WHERE ended_how = 'notice')";
    for table in ["item", "resource"] {
        let sql = format!("UPDATE {table} SET received_at = {after} WHERE rid = {rid}");
        house.raw.run(&sql).await.unwrap();
    }
}

/// What was there when the clinic gave notice stays limited, with each new version of it; what comes after is shown.
async fn a_notice_ends_a_limit_for_what_is_new(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let mut clinician = house.desk("clinician").await;
    let look = looked(&house, &mut clinician, ("rosa", "clinician.treatment")).await;
    let by = (None, "Petra Officer");
    let rids = house
        .raw
        .texts(&format!(
            "SELECT CAST(rid AS TEXT) FROM item WHERE patient_no = {} AND category = {} AND labels = 0 \
             ORDER BY rid LIMIT 3",
            number(&house, "rosa").await,
            Category::Labs.code()
        ))
        .await;
    let [new, again, old] = rids.as_slice() else { panic!("{rids:?}") };
    let shown = async |clinician: &mut Browser, rid: &str| {
        clinician.get(&format!("{look}/record/labs/{}", house.address(rid))).await.status
    };
    let named = [("against", "named"), ("party", "Dr. Haddad")];
    let part = [("what", "some"), ("categories", "labs"), ("labels", "unreviewed")];
    let asked = asks(&mut rosa, &[&named[..], &part].concat()).await;
    consents::answer(&house.app, (id(&asked), Answer::Agreed, ""), by).await.unwrap();
    assert_eq!(shelf(&mut clinician, &look, "/labs").await, 0);
    consents::end_for_person(&house.app, (id(&asked), Ender::Notice, "The system changes"), by)
        .await
        .unwrap();
    assert_eq!(shelf(&mut clinician, &look, "/labs").await, 0, "what was there before stays limited");
    assert_eq!(shown(&mut clinician, new).await, 404);

    // One comes now, and a new version of another.
    house
        .raw
        .run(&format!(
            "INSERT INTO resource_version (rid, version, hash, codec, size, received_at, replaced_at, body) \
             SELECT rid, version, hash, codec, size, received_at, received_at, body FROM resource WHERE rid = {again}"
        ))
        .await
        .unwrap();
    house.raw.run(&format!("UPDATE resource SET version = version + 1 WHERE rid = {again}")).await.unwrap();
    for rid in [new, again] {
        came_after_the_notice(&house, rid).await;
    }
    assert_eq!(shelf(&mut clinician, &look, "/labs").await, 1);
    let list = clinician.get(&format!("{look}/record/labs")).await;
    for (rid, wanted) in [(new, 1), (again, 0), (old, 0)] {
        let address = house.address(rid);
        let links = list.attributes("main a", "href");
        assert_eq!(links.iter().filter(|href| href.ends_with(&address)).count(), wanted, "{links:?}");
        assert_eq!(shown(&mut clinician, rid).await, if wanted == 1 { 200 } else { 404 }, "{rid}");
    }
    // The person sees all of it, and that it is so.
    assert_eq!(rosa.get(&format!("/record/labs/{}", house.address(old))).await.status, 200);
    let told = rosa.get(&asked.path).await;
    assert!(main(&told).contains("What came to us until"), "{}", main(&told));
    let over = rosa.submit(&told, "#limit-end", &[]).await;
    assert!(main(&over).contains("Ended on"), "{}", main(&over));
    assert_eq!(shown(&mut clinician, old).await, 200);

    // One against all leaves a look with nothing in it but what is new.
    let asked = asks(&mut rosa, &named).await;
    consents::answer(&house.app, (id(&asked), Answer::Agreed, ""), by).await.unwrap();
    assert_eq!(clinician.get(&format!("{look}/record")).await.status, 403);
    consents::end_for_person(&house.app, (id(&asked), Ender::Notice, "The system changes"), by)
        .await
        .unwrap();
    assert_eq!(shelf(&mut clinician, &look, "/medicines").await, 0);
    assert_eq!(shown(&mut clinician, new).await, 404);
    came_after_the_notice(&house, new).await;
    assert_eq!((shown(&mut clinician, new).await, shown(&mut clinician, old).await), (200, 404));
    assert_eq!(shelf(&mut clinician, &look, "/labs").await, 1);
    house.close().await;
}

/// The own id of a new form.
async fn asks_token(browser: &mut Browser) -> String {
    browser.get("/privacy/limits/new").await.attributes("#limit-form input[name='once']", "value").remove(0)
}
