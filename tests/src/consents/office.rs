//! What staff do with limits and permissions, on their pages: answering, a paper that lacks something, a doubt.

use api::consents::{self, About};

use super::{main, number, signed};
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, PATIENCE, on_both_databases};

on_both_databases!(
    limits_are_answered_at_the_desk,
    what_was_asked_by_telephone_is_recorded,
    papers_are_taken_in_whole,
    a_doubt_holds_a_permission_back,
    what_was_taken_back_on_paper_is_over,
    many_look_at_once,
);

async fn asked(rosa: &mut Browser, fill: &[(&str, &str)]) -> Page {
    let form = rosa.get("/privacy/limits/new").await;
    rosa.submit(&form, "#limit-form", fill).await
}

async fn limits_are_answered_at_the_desk(kind: Kind) {
    let house = House::start(kind).await;
    let mut officer = house.desk("privacy").await;
    let mut clerk = house.desk("clerk").await;
    assert!(main(&officer.get("/staff/limits").await).contains("No request waits"));
    let mut rosa = house.linked("rosa").await;
    let paid =
        asked(&mut rosa, &[("against", "health-plan"), ("paid", "yes"), ("charge", "Visit of March 4")])
            .await;
    let wish = asked(&mut rosa, &[("against", "named"), ("party", "Dr. Wu"), ("charge", "All")]).await;
    let list = officer.get("/staff/limits").await;
    let links = list.attributes("main .lines a.title", "href");
    assert_eq!(links.len(), 2);
    assert!(!main(&list).contains("Dr. Wu"), "whom it is about stands on its page: {}", main(&list));
    assert_eq!(house.raw.texts("SELECT what FROM restriction_event").await, ["asked", "asked"]);
    // Who does not answer comes to it from a person whom they found.
    assert!(clerk.get("/staff/limits").await.attributes("main .lines a", "href").is_empty());
    let lines = house.entries().await;
    assert_eq!(clerk.get(&links[0]).await.status, 404);
    assert_eq!(house.entries().await, lines, "nothing was shown");
    let theirs = found(&house, &mut clerk).await;
    let theirs = clerk.get(&theirs).await;
    assert!(theirs.attributes("main .lines a.title", "href").contains(&links[0]), "{}", main(&theirs));
    assert!(
        main(&rosa.get(&wish.path).await).contains("at the clinic looked at it"),
        "the list is noted, too"
    );

    let lines = house.entries().await;
    let must = officer.get(&links[0]).await;
    assert_eq!(house.entries().await, lines + 1);
    assert!(main(&must).contains("How sure it is who this is"), "{}", main(&must));
    assert_eq!(must.attributes("#answer button", "value"), ["must-agree"], "there is no button to decline");
    let seen = clerk.get(&links[0]).await;
    assert_eq!(seen.status, 200);
    assert!(seen.all("#answer").is_empty(), "the clerk does not decide");
    let token = clerk.get("/help").await.attributes("input[name='csrf']", "value").remove(0);
    let fields = [("csrf", token.as_str()), ("answer", "must-agree")];
    assert_eq!(clerk.plain_post(&format!("{}/answer", links[0]), &fields).await.status, 403);
    let token = officer.get("/help").await.attributes("input[name='csrf']", "value").remove(0);
    let fields = [("csrf", token.as_str()), ("answer", "declined"), ("text", "No")];
    assert_eq!(officer.plain_post(&format!("{}/answer", links[0]), &fields).await.status, 409);
    let history = officer.get(&links[0]).await;
    assert!(main(&history).contains("at the clinic looked at it"), "{}", main(&history));
    officer.submit(&must, "#answer", &[("text", "We keep it from the plan.")]).await;
    assert!(main(&rosa.get(&paid.path).await).contains("as the law says it must"));
    // A notice cannot end it; the person's word can, and is written down.
    let kept = officer.get(&links[0]).await;
    assert_eq!(kept.attributes("#ending button", "value"), ["oral"]);
    let silent = officer.submit(&kept, "#ending", &[]).await;
    assert_eq!((silent.status, silent.all("#why-problem").len()), (422, 1));
    // What no button of ours says ends nothing, and what was typed stays.
    let token = kept.attributes("main input[name='csrf']", "value").remove(0);
    let odd = [("csrf", token.as_str()), ("ender", "other"), ("why", "She said so.")];
    let odd = officer.plain_post(&format!("{}/ending", links[0]), &odd).await;
    assert_eq!((odd.status, odd.all("#ender-problem").len()), (422, 1), "{}", main(&odd));
    assert_eq!(odd.all("#why"), ["She said so."]);
    officer.submit(&kept, "#ending", &[("why", "She said so by telephone.")]).await;
    assert!(main(&rosa.get(&paid.path).await).contains("Ended on"));

    let open = officer.get(&links[1]).await;
    assert_eq!(open.attributes("#answer button", "value"), ["agreed", "declined"]);
    officer.submit(&open, "#answer", &[("text", "Yes.")]).await;
    let second = officer.submit(&open, "#answer", &[("text", "No.")]).await;
    let before = second.all("#before").concat();
    assert!(second.status == 200 && before.contains("agreed for the clinic"), "{}", main(&second));
    let told = rosa.get(&wish.path).await;
    assert!(main(&told).contains("The clinic agreed") && main(&told).contains("Yes."), "{}", main(&told));
    assert!(main(&officer.get("/staff/limits").await).contains("No request waits"));
    house.close().await;
}

/// Looks Rosa up at the desk, which is how one comes to a person.
async fn found(house: &House, who: &mut Browser) -> String {
    let person = house.person("rosa");
    let form = who.get("/staff/people").await;
    let born = person.birth_date.to_string();
    let fill = [("number", person.mrn.as_str()), ("birth_date", born.as_str())];
    let results = who.submit(&form, "form[action='/staff/people']", &fill).await;
    let page = who.get(&results.attributes("main .lines a.title", "href")[0]).await;
    page.attributes("main a[href$='/consents']", "href").remove(0)
}

/// A request that came by telephone is recorded with the checks of one made here, and answered like it.
async fn what_was_asked_by_telephone_is_recorded(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let (mut clerk, mut officer) = (house.desk("clerk").await, house.desk("privacy").await);
    let unseen = format!("/staff/people/{}/limits/new", number(&house, "rosa").await);
    assert_eq!(clerk.get(&unseen).await.status, 404, "nobody comes to a person by counting up");
    let person = found(&house, &mut clerk).await.replace("/consents", "");
    let page = clerk.get(&person).await;
    let link = page.attributes("main a[href$='/limits/new']", "href").remove(0);
    let form = clerk.get(&link).await;
    found(&house, &mut officer).await;
    assert_eq!(officer.get(&link).await.status, 403, "who answers does not take it in");
    let came =
        [("received", "2026-01-05"), ("way", "telephone"), ("known", "Called back and gave the birth date")];
    let plan = [("against", "health-plan"), ("paid", "yes"), ("charge", "Visit of January 4")];
    for (fill, fields) in [
        (vec![], vec!["received", "way", "known", "against"]),
        ([&came[..], &[("against", "named"), ("charge", "All")]].concat(), vec!["party"]),
        (
            [&came[1..], &plan[..1], &plan[1..2], &[("received", "2999-01-01")]].concat(),
            vec!["received", "charge"],
        ),
        (
            [&came[1..2], &plan[..], &[("received", "1900-01-01"), ("known", "-")]].concat(),
            vec!["received", "known"],
        ),
    ] {
        let page = clerk.submit(&form, "#limit-form", &fill).await;
        assert_eq!(page.status, 422, "{fill:?}");
        let wanted: Vec<String> = fields.iter().map(|field| format!("#{field}")).collect();
        assert_eq!(page.attributes(".summary a", "href"), wanted, "{fill:?}");
    }
    assert_eq!(house.raw.number("SELECT count(*) FROM restriction").await, 0);
    house.mail.clear();
    let kept = clerk.submit(&form, "#limit-form", &[&came[..], &plan].concat()).await;
    assert!(kept.path.starts_with("/staff/limits/"), "{}", main(&kept));
    let words = "Recorded by the records office. It came by telephone on January 5, 2026.";
    assert!(main(&kept).contains(words) && main(&kept).contains("gave the birth date"), "{}", main(&kept));
    assert_eq!(clerk.submit(&form, "#limit-form", &[&came[..], &plan].concat()).await.path, kept.path);
    assert_eq!(house.raw.number("SELECT count(*) FROM restriction").await, 1, "sent twice it is one");
    // Gone back to and mended it is another, and the old one does not stand there as if it were the new one.
    let mended = [&came[..], &plan[..2], &[("charge", "Visit of January 5")]].concat();
    let other = clerk.submit(&form, "#limit-form", &mended).await;
    assert!(other.path != kept.path && main(&other).contains("Visit of January 5"), "{}", main(&other));
    let old = rosa.get(&kept.path.replace("/staff/limits/", "/privacy/limits/")).await;
    rosa.submit(&old, "#limit-end", &[]).await;
    let kept = other;
    for sealed in house.raw.blobs("SELECT intake FROM restriction").await {
        assert!(!sealed.windows(6).any(|part| part == b"Called"), "what was written is sealed");
    }
    // The person is told, and reads it as one that they made here.
    assert!(house.mail.wait_for(&house.person("rosa").email, PATIENCE).await.is_some());
    let list = rosa.get("/privacy").await;
    assert!(main(&list).contains(words) && main(&list).contains("It must agree"), "{}", main(&list));
    let own = rosa.get(&list.attributes("#limits a.title", "href")[0]).await;
    assert!(own.all("#recorded").concat().contains(words), "{}", main(&own));
    assert!(main(&own).contains("recorded the request at the clinic"), "{}", main(&own));

    // Those who answer find it in their list, and must agree.
    let waiting = officer.get("/staff/limits").await;
    assert!(main(&waiting).contains(words), "{}", main(&waiting));
    let open = officer.get(&kept.path).await;
    assert_eq!(open.attributes("#answer button", "value"), ["must-agree"]);
    officer.submit(&open, "#answer", &[("text", "We keep it from the plan.")]).await;
    let own = rosa.get(&own.path).await;
    assert!(main(&own).contains("as the law says it must"), "{}", main(&own));
    let over = rosa.submit(&own, "#limit-end", &[]).await;
    assert!(main(&over).contains("Ended on"), "{}", main(&over));
    house.close().await;
}

async fn papers_are_taken_in_whole(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let mut clerk = house.desk("clerk").await;
    let unseen = format!("/staff/people/{}/consents", number(&house, "rosa").await);
    assert_eq!(clerk.get(&unseen).await.status, 404, "nobody comes to a person by counting up");
    let list = found(&house, &mut clerk).await;
    let form = clerk.get(&format!("{list}/new")).await;
    let clinic = house.app.config.clinic.name.clone();
    assert_eq!(form.attributes("#discloser", "value"), [clinic], "most papers let this clinic share");
    let fill = [
        ("kind", "hipaa-508"),
        ("discloser", ""),
        ("recipient", "Dr. Lee"),
        ("statements", "revocation"),
        ("typed", "Rosa Delgado"),
    ];
    let page = clerk.submit(&form, "#paper", &fill).await;
    assert_eq!(page.status, 422);
    for (field, words) in [
        ("discloser", "Write who may share"),
        ("categories", "Tick at least one part"),
        ("purposes", "Tick what it is for"),
        ("until", "Choose until when"),
        ("statements", "treatment does not depend on it"),
        ("day", "Write the day of the signature"),
    ] {
        assert!(page.all(&format!("#{field}-problem")).concat().contains(words), "{field}: {}", main(&page));
    }
    assert_eq!(page.attributes("#recipient", "value"), ["Dr. Lee"], "what was typed stays");
    assert_eq!(house.raw.number("SELECT count(*) FROM consent").await, 0, "a defective one is not recorded");

    let (_, url, mut fields) = page.form("#paper");
    fields.retain(|(name, _)| {
        !["discloser", "statements", "until_day", "day", "until"].contains(&name.as_str())
    });
    let more = [
        ("discloser", "Our clinic"),
        ("all", "yes"),
        ("purposes", "treatment"),
        ("until", "event"),
        ("until_event", "the end of my treatment"),
        ("statements", "revocation"),
        ("statements", "conditioning"),
        ("statements", "redisclosure"),
        ("day", "2026-01-05"),
    ];
    fields.retain(|(name, _)| name != "until_event");
    fields.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // Somebody else's name is no signature, unless the paper says what lets them sign for the patient.
    let with = |typed: &'static str, authority: &'static str| {
        let mut fields = fields.clone();
        fields.retain(|(name, _)| !["typed", "authority"].contains(name));
        fields.extend([("typed", typed), ("authority", authority)]);
        fields
    };
    let other = clerk.plain_post(url.path(), &with("Mickey Mouse", "")).await;
    assert_eq!((other.status, other.all("#typed-problem").len()), (422, 1), "{}", main(&other));
    let odd = clerk.plain_post(url.path(), &with("Ana Delgado", "guardian\u{202e}")).await;
    assert_eq!((odd.status, odd.all("#authority-problem").len()), (422, 1), "{}", main(&odd));
    // Nobody signed for somebody who was not born.
    let early = fields.iter().map(|&(name, value)| (name, if name == "day" { "1967-12-31" } else { value }));
    let early = clerk.plain_post(url.path(), &early.collect::<Vec<_>>()).await;
    assert!(early.all("#day-problem").concat().contains("before the person was born"), "{}", main(&early));
    let answer = clerk.plain_post(url.path(), &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    let twice = clerk.plain_post(url.path(), &fields).await;
    assert_eq!(twice.headers["location"], answer.headers["location"], "sent twice it is one record");
    let papers = "SELECT count(*) FROM consent WHERE entered_by IS NOT NULL";
    assert_eq!(house.raw.number(papers).await, 1);
    // Gone back to and mended it is another, and not told as done: one beside it is refused where the first says it all.
    let mended = |name: &'static str, value: &'static str| {
        let mut fields = fields.clone();
        fields.retain(|(known, _)| *known != name);
        fields.push((name, value));
        fields
    };
    let later = clerk.plain_post(url.path(), &mended("until_event", "the end of my next treatment")).await;
    assert_eq!((later.status, later.all("#recipient-problem").len()), (422, 1), "{}", main(&later));
    let other = clerk.plain_post(url.path(), &mended("recipient", "Dr. Haddad")).await;
    assert_eq!(other.status, 303, "{}", other.text);
    assert_ne!(other.headers["location"], answer.headers["location"]);
    assert_eq!(house.raw.number(papers).await, 2);

    // Psychotherapy notes have a paper to themselves: one that names more is none (45 CFR 164.508(b)(2)(iv), (b)(3)(ii)).
    for (more, status) in [
        (Some(("categories", "labs")), 422),
        (Some(("all", "yes")), 422),
        (Some(("labels", "hiv")), 422),
        (None, 303),
    ] {
        let mut fields = mended("kind", "psych-508");
        fields.retain(|(name, _)| *name != "all");
        fields.push(("labels", "psychotherapy-notes"));
        fields.extend(more);
        let said = clerk.plain_post(url.path(), &fields).await;
        assert_eq!(said.status, status, "{more:?}: {}", main(&said));
        assert_eq!(main(&said).contains("is not valid"), status == 422, "{more:?}: {}", main(&said));
    }
    assert_eq!(house.raw.number(papers).await, 3);
    let mine = rosa.get("/privacy").await;
    assert!(main(&mine).contains("until this happens: the end of my treatment"), "{}", main(&mine));
    // The form is in the reader's language, what was typed as it was typed; the text as it is kept stands beside.
    let own =
        answer.headers["location"].to_str().unwrap().replace("/staff/consents/", "/privacy/permissions/");
    let english = rosa.get(&own).await;
    let kept = english.all("#exact-text").concat();
    assert!(kept.contains("Authorization to share") && english.all("#in-words").is_empty(), "{kept}");
    rosa.language = "es";
    let spanish = rosa.get(&own).await;
    let words = spanish.all("#in-words").concat();
    for part in ["Autorización para compartir", "the end of my treatment", "Our clinic", "Dr. Lee"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(!words.contains("Authorization"), "{words}");
    assert_eq!(spanish.all("#exact-text").concat(), kept, "the kept text never changes");
    assert_eq!(spanish.attributes("#exact-text", "lang"), ["en"]);
    rosa.language = "en";

    // The event is confirmed by a human; then it is over.
    let mut officer = house.desk("privacy").await;
    let path = answer.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(officer.get(&path).await.status, 404, "not of one whom they did not find");
    found(&house, &mut officer).await;
    let one = officer.get(&path).await;
    assert_eq!(one.attributes("#change button", "value"), ["suspend", "event"]);
    let token = one.attributes("#change input[name='csrf']", "value").remove(0);
    let fields = [("csrf", token.as_str()), ("change", "event"), ("why", "Discharged on May 5.")];
    assert_eq!(officer.plain_post(&format!("{path}/change"), &fields).await.status, 303);
    assert!(main(&rosa.get("/privacy").await).contains("Its time is over"));
    house.close().await;
}

async fn a_doubt_holds_a_permission_back(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let page = signed(&mut rosa).await;
    let path = page.path.replace("/privacy/permissions/", "/staff/consents/");
    let mut officer = house.desk("privacy").await;
    found(&house, &mut officer).await;
    let one = officer.get(&path).await;
    assert_eq!(one.attributes("#change button", "value"), ["suspend"]);
    let silent = officer.submit(&one, "#change", &[]).await;
    assert_eq!((silent.status, silent.all("#why-problem").len()), (422, 1));
    let held = officer.submit(&one, "#change", &[("why", "Is it her signature?")]).await;
    assert_eq!(held.attributes("#change button", "value"), ["resume", "defective"]);
    let told = rosa.get(&page.path).await;
    assert!(main(&told).contains("Is it her signature?") && main(&told).contains("until a doubt is settled"));
    officer.submit(&held, "#change", &[("why", "It is.")]).await;
    assert!(main(&rosa.get(&page.path).await).contains("In force until"));
    let mut clerk = house.desk("clerk").await;
    found(&house, &mut clerk).await;
    let seen = clerk.get(&path).await;
    assert!(seen.status == 200 && seen.all("#change").is_empty(), "the clerk holds nothing back");
    // So is the list of a person's permissions noted.
    let looks = async |rosa: &mut Browser| {
        let page = rosa.get(&page.path).await;
        main(&page).matches("at the clinic looked at it").count()
    };
    let before = looks(&mut rosa).await;
    let list = found(&house, &mut clerk).await;
    let lines = house.entries().await;
    clerk.get(&list).await;
    assert_eq!(house.entries().await, lines + 1, "before it is shown it stands in the log");
    assert_eq!(looks(&mut rosa).await, before + 1);
    let log = rosa.get("/access-log?what=permissions&who=staff").await;
    let line = log.all(".log li .value").remove(0);
    assert!(line.contains("Carla Reyes") && line.contains("records clerk"), "{line}");
    assert!(line.contains("looked at your permissions and limits"), "{line}");
    assert!(log.all(".log li").concat().contains("what people allow and ask for"), "{}", main(&log));
    // Who is refused reads nothing, and leaves no line.
    let lines = house.entries().await;
    assert_eq!(house.desk("clinician").await.get(&list).await.status, 403);
    assert_eq!(house.entries().await, lines);
    assert!(main(&rosa.get(&page.path).await).contains("at the clinic looked at it"));
    house.close().await;
}

/// 45 CFR 164.508(b)(5): a letter is a writing. The clerk records it, with a fresh sign-in, and it counts at once.
async fn what_was_taken_back_on_paper_is_over(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let page = signed(&mut rosa).await;
    let path = page.path.replace("/privacy/permissions/", "/staff/consents/");
    let mut clerk = house.desk("clerk").await;
    found(&house, &mut clerk).await;
    let form = clerk.get(&path).await;
    for (fill, field) in [
        (vec![("received", ""), ("way", "post")], "received"),
        (vec![("received", "2999-01-01"), ("way", "post")], "received"),
        (vec![("received", "2001-01-01"), ("way", "post")], "received"),
        (vec![("received", "2999-01-01")], "way"),
        // Both are told at once.
        (vec![("received", "2999-01-01")], "received"),
    ] {
        let bad = clerk.submit(&form, "#revocation", &fill).await;
        assert_eq!((bad.status, bad.all(&format!("#{field}-problem")).len()), (422, 1), "{fill:?}");
        assert_eq!(bad.attributes("#received", "value").concat(), fill[0].1, "what was typed is there");
    }
    let today = house.app.clock.now().utc().with_timezone(&house.app.config.clinic.zone()).date_naive();
    let (today, said) = (today.to_string(), today.format("%B %-d, %Y"));
    let fill = [("received", today.as_str()), ("way", "fax"), ("reason", "She changed doctors.")];
    house.raw.run("UPDATE session SET auth_time = auth_time - 960000000").await.unwrap();
    assert_eq!(clerk.submit(&form, "#revocation", &fill).await.path, "/sign-in-again");
    house.raw.run("UPDATE session SET auth_time = auth_time + 960000000").await.unwrap();
    house.mail.clear();
    let over = clerk.submit(&form, "#revocation", &fill).await;
    assert!(over.status == 200 && over.all("#revocation").is_empty(), "{}", main(&over));
    // The day that counts is the one on which it came, wherever it stands.
    house.raw.run("UPDATE consent SET state_at = state_at + 259200000000").await.unwrap();
    let headline = format!("You took it back on {said}");
    assert!(main(&rosa.get("/privacy").await).contains(&headline), "{headline}");
    let told = main(&rosa.get(&page.path).await);
    for words in [
        headline.as_str(),
        "recorded that it was taken back in writing",
        "it came by fax on",
        "She changed doctors.",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    super::permissions::told(&house).await;
    // Nobody undoes it: what was sent twice is over, and no doubt brings it back.
    let token = clerk.get("/help").await.attributes("input[name='csrf']", "value").remove(0);
    let again: Vec<(&str, &str)> = fill.into_iter().chain([("csrf", token.as_str())]).collect();
    let second = clerk.plain_post(&format!("{path}/revocation"), &again).await;
    assert_eq!(second.status, 303, "a second click is no fault");
    let before = clerk.get(second.headers["location"].to_str().unwrap()).await.all("#before").concat();
    assert!(before.contains("was not written down") && before.contains("taken back in writing"), "{before}");
    let written = "SELECT count(*) FROM consent_event WHERE what = 'revoked-in-writing'";
    assert_eq!(house.raw.number(written).await, 1);
    let mut officer = house.desk("privacy").await;
    found(&house, &mut officer).await;
    let one = officer.get(&path).await;
    assert!(one.all("#change").is_empty() && one.all("#revocation").is_empty(), "{}", main(&one));
    house.close().await;
}

/// Each look is noted, also where many look at the same moment. The person finds what was decided, and comes to all looks.
async fn many_look_at_once(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let permission = signed(&mut rosa).await.path;
    let limit = asked(&mut rosa, &[("against", "named"), ("party", "Dr. Wu"), ("charge", "All")]).await.path;
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let one = About::Consent(id(&permission).parse().unwrap());
    let other = About::Restriction(id(&limit).parse().unwrap());
    let looks = (0..60).map(|n| {
        let (app, about) = (&house.app, if n % 2 == 0 { [one, other] } else { [other, one] });
        async move { consents::looked_at(app, &about, (None, "Desk (synthetic)")).await }
    });
    for noted in futures::future::join_all(looks).await {
        noted.unwrap();
    }
    for path in [permission, limit] {
        let page = rosa.get(&path).await;
        assert!(!page.all("#history li").concat().contains("looked at it"), "{}", main(&page));
        assert!(page.all("#looks summary").concat().contains("looked at it 60 times"), "{}", main(&page));
        assert_eq!(page.all("#looks li").len(), 50);
        let older = page.attributes("#looks a[rel='next']", "href").remove(0);
        let older = rosa.get(&older).await;
        assert_eq!((older.all("#looks li").len(), older.all("#looks a[rel='next']").len()), (10, 0));
    }
    house.close().await;
}
