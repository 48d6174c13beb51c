//! Groups at the desk: one person proposes, another agrees, and only then a system can export.

use std::time::Duration;

use api::base::{Error, Refusal};
use api::bulk;
use api::config::Role;
use api::db::query;
use api::smart;
use api::staff::{self, Ask, Power};
use reqwest::Method;

use super::ALL;
use super::system::{System, group};
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};
use crate::smart::actor;

on_both_databases!(
    two_people_settle_a_group,
    what_is_proposed_wrongly_comes_back,
    proposals_are_looked_through,
    a_proposal_is_over_after_thirty_days,
    a_system_is_given_a_group_and_loses_it,
    lists_are_counted
);

const NEW: &str = "/staff/group-proposals/new";

fn is_for_officer(answer: &Result<(), Error>) -> bool {
    matches!(answer, Err(Error::Refused(Refusal("refused-group-officer", _))))
}

/// The form filled in for a group with these people.
async fn proposed(who: &mut Browser, id: &str, members: &str) -> Page {
    let form = who.get(NEW).await;
    let fill = [
        ("id", id),
        ("name", "Diabetes program (synthetic)"),
        ("recipient", "Lakeside Care (synthetic)"),
        ("plan", "no"),
        ("purpose", "treatment"),
        ("shown", "unreviewed"),
        ("members", members),
    ];
    who.submit(&form, "#group-form", &fill).await
}

async fn two_people_settle_a_group(kind: Kind) {
    let house = House::start(kind).await;
    for key in ["rosa", "walter"] {
        house.gather(key).await;
    }
    let (mut admin, mut officer) = (house.desk("admin").await, house.desk("privacy").await);
    let (rosa, walter) = (house.person("rosa"), house.person("walter"));
    let members = format!("Patient/{}\n\n {} ", rosa.patient_id, walter.mrn);
    let system = System::register(&house, ("lake", ALL), &["program"]).await;
    let token = system.token(ALL).await;
    let export = async || {
        let begun = system.call((Method::GET, "/fhir/Group/program/$export"), &token).await;
        begun.status().as_u16()
    };

    // An administrator proposes: nothing goes out yet, and nobody agrees to their own.
    let page = proposed(&mut admin, "program", &members).await;
    assert!(page.path.starts_with("/staff/group-proposals/"), "{} {}", page.path, page.text);
    let place = page.path.clone();
    for word in ["It waits for a second person", "2 people", "Lakeside Care", "so that people can be treated"]
    {
        assert!(page.text.contains(word), "{word}: {}", page.text);
    }
    assert!(page.all("#agree-form").is_empty() && page.text.contains("Take it back"), "{}", page.text);
    assert_eq!(export().await, 404, "one person is not enough");
    assert!(!admin.get("/staff/groups").await.text.contains("Diabetes"));
    let id = place.rsplit('/').next().unwrap().parse().unwrap();
    let own = actor(&house, &admin).await;
    let refused = bulk::agree(&house.app, &own, id).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");

    // It is announced to whom it waits for, and to nobody else.
    let home = admin.get("/staff").await;
    assert!(home.text.contains("No proposal about a group waits for you."), "{}", home.text);
    let home = officer.get("/staff").await;
    assert!(home.text.contains("1 proposal about a group waits for you to agree."), "{}", home.text);
    let links = home.attributes("nav a, main a", "href");
    for link in ["/staff/groups", "/staff/group-proposals"] {
        assert!(links.iter().any(|href| href == link), "{link}: {links:?}");
    }
    for (key, sees) in [("auditor", true), ("clerk", false)] {
        let home = house.desk(key).await.get("/staff").await;
        assert!(
            !home.text.contains("proposal about a group") && !home.text.contains("No proposal about"),
            "{key}"
        );
        let links = home.attributes("nav a", "href");
        assert_eq!(links.iter().any(|href| href == "/staff/groups"), sees, "{key}: {links:?}");
    }

    // A privacy officer agrees.
    let page = officer.get(&place).await;
    assert!(page.text.contains("Would come in</dt><dd>2 people<"), "{}", page.text);
    assert!(page.text.contains("Would go out</dt><dd>0 people<"), "{}", page.text);
    // Who agrees reads to whom; who may look for nobody reads how many they are.
    for person in [&walter, &rosa] {
        assert!(page.text.contains(&person.family), "{}: {}", person.family, page.text);
    }
    assert!(!page.text.contains(&walter.mrn), "{}", page.text);
    let auditor = house.desk("auditor").await.get(&place).await;
    assert!(!auditor.text.contains(&walter.family), "{}", auditor.text);
    let admins = admin.get(&place).await;
    assert!(!admins.text.contains(&walter.family), "{}", admins.text);
    let proposal = page;
    let group = officer.submit(&proposal, "#agree-form", &[]).await;
    assert_eq!(group.path, "/staff/groups/program");
    for word in ["2 people", "made it", "2 people came in.", "agreed, "] {
        assert!(group.text.contains(word), "{word}: {}", group.text);
    }
    assert_eq!(export().await, 202, "now it can be exported");
    assert_eq!(house.raw.number("SELECT count(*) FROM group_proposal WHERE people <> '[]'").await, 0);
    let twice = bulk::agree(&house.app, &actor(&house, &officer).await, id).await;
    assert!(matches!(twice, Err(Error::Conflict("conflict-grant-decided"))), "{twice:?}");
    for form in ["#agree-form", "#refuse-form"] {
        let late = officer.submit(&proposal, form, &[]).await;
        assert_eq!((late.status, late.path.as_str()), (200, proposal.path.as_str()), "{form}");
        assert!(late.all("#before").len() == 1 && late.text.contains("agreed, "), "{form}: {}", late.text);
    }

    // Who is in it changes in the same way.
    let form = officer.get("/staff/groups/program/members").await;
    let page = officer.submit(&form, "#members-form", &[("members", &rosa.patient_id)]).await;
    assert!(page.text.contains("Other people in a group") && page.text.contains("1 person"), "{}", page.text);
    assert_eq!(house.raw.number("SELECT count(*) FROM patient_group_member").await, 2);
    let page = admin.get(&page.path).await;
    assert!(page.text.contains("Would come in</dt><dd>0 people<"), "{}", page.text);
    assert!(page.text.contains("Would go out</dt><dd>1 person<"), "{}", page.text);

    // The officer is one by their sign-in only: whether they are still is not known when an administrator agrees.
    assert!(page.all("#agree-form").is_empty(), "{}", page.text);
    let for_admin = async || bulk::waiting(&house.app, &own).await.unwrap();
    assert_eq!(for_admin().await, Some(0), "it waits for an officer");
    let id = page.path.rsplit('/').next().unwrap().parse().unwrap();
    let agreed = async || bulk::agree(&house.app, &own, id).await;
    let refused = agreed().await;
    assert!(is_for_officer(&refused), "{refused:?}");
    let ask = Ask {
        account: actor(&house, &officer).await.account,
        power: Power::Role(Role::PrivacyOfficer),
        reason: "Works here (synthetic)".into(),
        starts: None,
        ends: None,
    };
    let grant = staff::grant_by_operator(&house.app, ask.clone(), "Bo Ek").await.unwrap();
    staff::end_by_operator(&house.app, grant, ("Bo Ek", "Left (synthetic)")).await.unwrap();
    let refused = agreed().await;
    assert!(is_for_officer(&refused), "they lost the role: {refused:?}");
    staff::grant_by_operator(&house.app, ask, "Bo Ek").await.unwrap();
    assert_eq!(for_admin().await, Some(1));
    let page = admin.get(&page.path).await;
    let group = admin.submit(&page, "#agree-form", &[]).await;
    assert!(group.text.contains("1 person went out."), "{}", group.text);
    assert_eq!(house.raw.number("SELECT count(*) FROM patient_group_member").await, 1);

    // What was declined changes nothing, and stands in the list.
    let form = officer.get("/staff/groups/program/members").await;
    let page = officer.submit(&form, "#members-form", &[("members", &members)]).await;
    let twice = officer.submit(&form, "#members-form", &[("members", &members)]).await;
    assert_eq!(
        (twice.status, &twice.path),
        (200, &page.path),
        "a second click leads to the first: {}",
        twice.text
    );
    let again = admin.get("/staff/groups/program/members").await;
    let other = admin.submit(&again, "#members-form", &[("members", &members)]).await;
    assert_eq!(other.status, 422);
    assert!(other.text.contains("waits already for a second person"), "{}", other.text);
    let page = admin.get(&page.path).await;
    let page = admin.submit(&page, "#refuse-form", &[]).await;
    assert!(page.text.contains("declined it, "), "{}", page.text);
    assert!(page.all("form").iter().all(|form| !form.contains("Agree")));
    assert_eq!(house.raw.number("SELECT count(*) FROM patient_group_member").await, 1);
    let form = officer.get("/staff/groups/program/members").await;
    let page = officer.submit(&form, "#members-form", &[("members", &members)]).await;
    let page = officer.submit(&page, "#refuse-form", &[]).await;
    assert!(page.text.contains("took it back, "), "{}", page.text);

    // One person ends it, and it is written down.
    let shown = admin.get("/staff/groups/program").await;
    assert!(shown.all("#end-form").is_empty(), "what it means is said first: {}", shown.text);
    let stale = admin.get("/staff/groups/program/end").await;
    assert!(stale.text.contains("It cannot be undone"), "{}", stale.text);
    let page = admin.submit(&stale, "#end-form", &[]).await;
    assert!(page.text.contains("Over since") && page.text.contains("ended it"), "{}", page.text);
    assert!(page.all("#end").is_empty() && page.all("#before").is_empty());
    assert_eq!(admin.get("/staff/groups/program/end").await.path, "/staff/groups/program");
    let late = admin.submit(&stale, "#end-form", &[]).await;
    assert!(late.all("#before").len() == 1 && late.text.contains("Over since"), "{}", late.text);
    assert_eq!(export().await, 404);
    assert_eq!(admin.get("/staff/groups/program/members").await.status, 404);
    house.close().await;
}

async fn what_is_proposed_wrongly_comes_back(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    let mut admin = house.desk("admin").await;
    let rosa = house.person("rosa").patient_id.clone();

    // Each problem beside its field, and what was typed is still there.
    let form = admin.get(NEW).await;
    let fill = [("id", "a b"), ("name", "<Name>"), ("plan", "yes"), ("shown", "hiv"), ("members", &rosa)];
    let page = admin.submit(&form, "#group-form", &fill).await;
    assert_eq!(page.status, 422);
    assert_eq!(page.attributes("input[name='name']", "value"), ["<Name>"]);
    assert_eq!(page.attributes("input[name='plan'][checked]", "value"), ["yes"]);
    assert_eq!(page.attributes("input[name='shown'][checked]", "value"), ["hiv"]);
    assert!(page.all("textarea[name='members']").concat().contains(&rosa));
    assert!(!page.all("#purpose-problem").is_empty(), "{}", page.text);

    // All that is missing is named at once, in the order of the page.
    let page = admin.submit(&form, "#group-form", &[]).await;
    assert_eq!(page.status, 422);
    let places = page.attributes("#summary a", "href");
    assert_eq!(places, ["#id", "#name", "#recipient", "#plan", "#purpose", "#members"], "{}", page.text);
    let fill = [
        ("id", "a b"),
        ("name", ""),
        ("recipient", ""),
        ("plan", "no"),
        ("purpose", "payment"),
        ("members", ""),
    ];
    let page = admin.submit(&form, "#group-form", &fill).await;
    for field in ["id", "name", "recipient", "members"] {
        assert!(!page.all(&format!("#{field}-problem")).is_empty(), "{field}: {}", page.text);
    }

    // Which lines mean nobody is told to who may search for people, by their numbers in the list as it comes back. An
    // administrator may not: a list would tell them who is a patient.
    let list = format!("\n{rosa}\nnobody-1\n\nnobody-2");
    let page = proposed(&mut admin, "program", &list).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("2 lines mean nobody here"), "{}", page.text);
    assert!(!page.text.contains("several people: "), "{}", page.text);
    assert!(page.all("textarea[name='members']").concat().contains("nobody-2"));
    let page = proposed(&mut house.desk("privacy").await, "program", &list).await;
    assert!(page.text.contains("several people: 2, 3."), "{}", page.text);
    assert_eq!(house.raw.number("SELECT count(*) FROM group_proposal").await, 0);
    let many = "x\n".repeat(2001);
    let page = proposed(&mut admin, "program", &many).await;
    assert!(page.text.contains("at most 2,000 people"), "{}", page.text);

    // One at a time, and no id twice.
    let first = proposed(&mut admin, "program", &rosa).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let twice = proposed(&mut admin, "program", &rosa).await;
    assert_eq!((twice.status, twice.path), (200, first.path), "a second click leads to the first");
    assert_eq!(house.raw.number("SELECT count(*) FROM group_proposal").await, 1);
    let page = proposed(&mut house.desk("privacy").await, "program", &rosa).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("waits already"), "{}", page.text);
    super::system::group(&house, "known", &["rosa"]).await;
    let page = proposed(&mut admin, "known", &rosa).await;
    assert!(page.text.contains("There is already a group with this id"), "{}", page.text);
    house.close().await;
}

async fn proposals_are_looked_through(kind: Kind) {
    let house = House::start(kind).await;
    let browser = house.linked("rosa").await;
    let rosa = house.person("rosa").patient_id.clone();
    let (mut admin, mut auditor) = (house.desk("admin").await, house.desk("auditor").await);
    assert!(auditor.get("/staff/group-proposals").await.text.contains("Nothing was proposed."));
    for n in 0..21 {
        if n % 10 == 0 {
            house.raw.run("DELETE FROM rate_count").await.unwrap();
        }
        assert_eq!(proposed(&mut admin, &format!("g{n}"), &rosa).await.status, 200);
    }
    let first = auditor.get("/staff/group-proposals").await;
    let next = first.attributes("nav.pager a[rel='next']", "href").remove(0);
    let second = auditor.get(&next).await;
    let of = |page: &Page| page.attributes("main .lines a.title", "href");
    assert_eq!((of(&first).len(), of(&second).len()), (20, 1));
    let page = auditor.get(&of(&first)[0]).await;
    assert!(page.all("form[action*='group-proposals']").is_empty(), "an auditor looks: {}", page.text);
    // Another administrator is not enough, the clerk has nothing to do with it.
    let clerk = house.desk("clerk").await.get("/staff/group-proposals").await;
    assert_eq!(clerk.status, 403);
    let nobody = actor(&house, &browser).await;
    for refused in [
        bulk::proposals(&house.app, &nobody, 1).await.map(drop),
        bulk::propose_members(&house.app, &nobody, ("g1", &[])).await.map(drop),
        bulk::end_group(&house.app, bulk::By::Staff(&nobody), "g1").await,
    ] {
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    }
    house.close().await;
}

async fn a_proposal_is_over_after_thirty_days(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    let rosa = house.person("rosa").patient_id.clone();
    let (mut admin, mut officer) = (house.desk("admin").await, house.desk("privacy").await);
    let place = proposed(&mut admin, "program", &rosa).await.path;
    let id = place.rsplit('/').next().unwrap().parse().unwrap();
    let by = actor(&house, &officer).await;
    let earlier = async |days: i64| {
        let sql = format!("UPDATE group_proposal SET asked_at = asked_at - {}", days * 86_400_000_000);
        house.raw.run(&sql).await.unwrap();
    };
    let named = async || house.raw.number("SELECT count(*) FROM group_proposal WHERE people <> '[]'").await;
    let waiting = async || bulk::waiting(&house.app, &by).await.unwrap();
    assert_eq!(waiting().await, Some(1));
    earlier(29).await;
    assert_eq!((bulk::end_overdue(&house.app).await.unwrap(), named().await), (0, 1));
    assert!(!officer.get(&place).await.all("#agree-form").is_empty());

    // It is over before anybody looked, and who was meant is forgotten when somebody does.
    earlier(2).await;
    assert_eq!(waiting().await, Some(0));
    let page = officer.get(&place).await;
    assert!(page.text.contains("Nobody agreed within 30 days."), "{}", page.text);
    assert!(page.all("#agree-form").is_empty() && page.all("#refuse-form").is_empty());
    for answer in [bulk::agree(&house.app, &by, id).await, bulk::decline(&house.app, &by, id).await] {
        assert!(matches!(answer, Err(Error::Conflict("conflict-grant-decided"))), "{answer:?}");
    }
    assert_eq!((bulk::end_overdue(&house.app).await.unwrap(), named().await), (1, 0));
    assert_eq!(bulk::end_overdue(&house.app).await.unwrap(), 0);
    assert!(officer.get("/staff/group-proposals").await.text.contains("Nobody agreed within 30 days."));
    assert_eq!(house.raw.number("SELECT count(*) FROM patient_group").await, 0);

    // Another may be proposed in its place.
    let page = proposed(&mut admin, "program", &rosa).await;
    assert!(page.text.contains("It waits for a second person"), "{}", page.text);
    earlier(31).await;
    let page = proposed(&mut admin, "program", &rosa).await;
    assert!(page.text.contains("It waits for a second person"), "{}", page.text);
    house.close().await;
}

async fn a_system_is_given_a_group_and_loses_it(kind: Kind) {
    // Exports are put together here and not by a worker, who might be through before anybody takes a group away.
    let house = House::with(kind, |config| config.server.work = false).await;
    for key in ["rosa", "walter"] {
        house.gather(key).await;
    }
    group(&house, "program", &["rosa"]).await;
    group(&house, "other", &["walter"]).await;
    let system = System::register(&house, ("lake", ALL), &["program"]).await;
    let token = system.token(ALL).await;
    let begin = async |path: &str| {
        let begun = system.call((Method::GET, path), &token).await;
        let place = begun.headers().get("content-location").map(|place| place.to_str().unwrap().to_owned());
        (begun.status().as_u16(), place.unwrap_or_default())
    };
    let standing = async |path: &str| system.call((Method::GET, path), &token).await.status().as_u16();
    let (program, other) = ("/fhir/Group/program/$export", "/fhir/Group/other/$export");
    let (mut admin, mut officer, mut auditor) =
        (house.desk("admin").await, house.desk("privacy").await, house.desk("auditor").await);
    let place = "/staff/groups/other";

    // An administrator proposes; nothing goes out before a privacy officer agrees.
    assert!(auditor.get(place).await.all("#system-form").is_empty(), "an auditor looks");
    let page = admin.get(place).await;
    let none = admin.submit(&page, "#system-form", &[]).await;
    assert_eq!((none.status, none.all("#system-problem").len()), (422, 1), "{}", none.text);
    let waits = admin.submit(&page, "#system-form", &[("system", "lake")]).await;
    assert!(waits.path.starts_with("/staff/group-proposals/"), "{} {}", waits.path, waits.text);
    for words in ["Another system for a group", "System lake (synthetic)", "It waits for a second person"] {
        assert!(waits.text.contains(words), "{words}: {}", waits.text);
    }
    assert!(waits.all("#agree-form").is_empty(), "nobody agrees to their own");
    let twice = admin.submit(&page, "#system-form", &[("system", "lake")]).await;
    assert_eq!((twice.status, &twice.path), (200, &waits.path), "{}", twice.text);
    let theirs = officer.get(place).await;
    let late = officer.submit(&theirs, "#system-form", &[("system", "lake")]).await;
    assert_eq!((late.status, late.all("#system-problem").len()), (409, 1), "{}", late.text);
    assert_eq!(begin(other).await.0, 404, "one person is not enough");
    let seen = officer.get(&waits.path).await;
    assert!(!seen.text.contains("Would go out"), "who is in it stays: {}", seen.text);
    let given = officer.submit(&seen, "#agree-form", &[]).await;
    assert_eq!(given.path, place);
    assert!(given.text.contains("proposed to let System lake (synthetic) take it out"), "{}", given.text);
    assert!(given.all("#system-form").is_empty(), "no system is without it");
    assert_eq!(house.raw.number("SELECT count(*) FROM patient_group_member").await, 2, "nobody left");

    // The token that it has is enough.
    let (status, ready) = begin(other).await;
    assert_eq!(status, 202);
    while api::worker::next(&house.app).await.unwrap() {}
    let manifest = system.wait(&ready, &token).await;
    let file = manifest["output"][0]["url"].as_str().unwrap();
    assert_eq!(standing(file).await, 200);
    let (both, own) = (begin("/fhir/Patient/$export").await, begin(program).await);
    assert_eq!((both.0, own.0), (202, 202));

    // One person takes it away, having signed in just now, and it counts at once.
    const TAKE: &str = "form[action$='/systems/end']";
    let older = |minutes: i64| format!("UPDATE session SET auth_time = auth_time - {}", minutes * 60_000_000);
    let page = admin.get(place).await;
    house.raw.run(&older(16)).await.unwrap();
    let asked = admin.submit(&page, TAKE, &[]).await;
    assert_eq!((asked.path.as_str(), standing(&both.1).await), ("/sign-in-again", 202));
    house.raw.run(&older(-16)).await.unwrap();
    let taken = admin.submit(&page, TAKE, &[]).await;
    assert!(taken.text.contains("took it from System lake (synthetic)"), "{}", taken.text);
    assert_eq!(begin(other).await.0, 404);
    assert_eq!(
        (standing(&both.1).await, standing(&own.1).await),
        (404, 202),
        "only what the group is in stops"
    );
    assert_eq!(standing(file).await, 410, "what was ready is not handed out");
    let before = house.entries().await;
    while api::worker::next(&house.app).await.unwrap() {}
    system.wait(&own.1, &token).await;
    assert_eq!(house.entries().await, before + 1, "nobody of the other group went out");
    assert_eq!(standing(&both.1).await, 404);

    // Sent again it changes nothing; nobody else can.
    assert_eq!(admin.submit(&page, TAKE, &[]).await.path, place);
    let (by, nobody) = (actor(&house, &admin).await, actor(&house, &auditor).await);
    let again = bulk::take_from(&house.app, &by, ("other", &system.id)).await;
    assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
    for refused in [
        bulk::take_from(&house.app, &nobody, ("program", &system.id)).await,
        bulk::propose_system(&house.app, &nobody, ("other", &system.id)).await.map(drop),
    ] {
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    }

    // Given again by two it begins anew: what was ready before stays gone, with its files.
    let page = admin.get(place).await;
    let waits = admin.submit(&page, "#system-form", &[("system", "lake")]).await;
    let seen = officer.get(&waits.path).await;
    officer.submit(&seen, "#agree-form", &[]).await;
    assert_eq!(begin(other).await.0, 202);
    assert_eq!((standing(file).await, standing(&ready).await), (410, 410), "what was taken stays taken");
    let kept =
        "SELECT count(*) FROM bulk_file f JOIN bulk_export e ON e.id = f.export_id WHERE e.state = 'taken'";
    assert_eq!(house.raw.number(kept).await, 0);

    // What is told about it as it was read before brings no group back that is taken meanwhile.
    let before = smart::client(&house.app, &by, &system.id).await.unwrap().about;
    let mut less = before.clone();
    less.groups.retain(|own| own != "other");
    let mut tx = house.app.db.write().await.unwrap();
    let taken = query("UPDATE app_client SET about = $1").bind(serde_json::to_string(&less).unwrap());
    assert_eq!(taken.run(&mut tx).await.unwrap(), 1);
    let taking = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        tx.commit().await.unwrap();
    };
    let (edited, ()) = tokio::join!(smart::edit(&house.app, &by, (&system.id, before)), taking);
    assert!(matches!(edited, Err(Error::Invalid(_))), "{edited:?}");
    let groups = smart::client(&house.app, &by, &system.id).await.unwrap().about.groups;
    assert_eq!(groups, ["program"]);

    // Two lose a group that is over in the same moment.
    group(&house, "over", &["rosa"]).await;
    let pond = System::register(&house, ("pond", ALL), &["over"]).await;
    let river = System::register(&house, ("river", ALL), &["over"]).await;
    bulk::end_group(&house.app, bulk::By::Staff(&by), "over").await.unwrap();
    let take = async |system: &System| bulk::take_from(&house.app, &by, ("over", &system.id)).await;
    let (one, two) = tokio::join!(take(&pond), take(&river));
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");

    // What stands in the settings is changed there, and a system that waits was agreed with by nobody.
    house.raw.run("UPDATE app_client SET origin = 'settings'").await.unwrap();
    let page = admin.get("/staff/groups/program").await;
    assert!(page.all(TAKE).is_empty() && page.text.contains("stands in the settings"), "{}", page.text);
    let settings = bulk::propose_system(&house.app, &by, ("other", &system.id)).await;
    assert!(matches!(settings, Err(Error::Conflict("conflict-system-group"))), "{settings:?}");
    house.close().await;
}

async fn lists_are_counted(kind: Kind) {
    let house = House::start(kind).await;
    let mut admin = house.desk("admin").await;
    // The day's count, which goes on where an hour ends within the test.
    let tries = "SELECT CAST(COALESCE(MAX(count), 0) AS BIGINT) FROM rate_count";
    house.raw.run("DELETE FROM rate_count").await.unwrap();
    for n in 1..=10 {
        let page = proposed(&mut admin, "program", &format!("guess-{n}")).await;
        assert!(page.text.contains("1 line means nobody here"), "{n}: {}", page.text);
    }
    assert_eq!(house.raw.number(tries).await, 10, "each is counted");
    house.raw.run("UPDATE rate_count SET count = 40").await.unwrap();
    let page = proposed(&mut admin, "program", "guess-more").await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("You sent many lists of people in a short time."), "{}", page.text);
    assert!(!page.text.contains("nobody here"), "it was not looked at: {}", page.text);
    assert!(page.all("textarea[name='members']").concat().contains("guess-more"), "what was typed stays");
    assert_eq!(page.attributes("input[name='name']", "value"), ["Diabetes program (synthetic)"]);
    // Another account has its own.
    let page = proposed(&mut house.desk("privacy").await, "program", "guess-more").await;
    assert!(page.text.contains("several people: 1."), "{}", page.text);
    house.close().await;
}
