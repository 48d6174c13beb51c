//! Roles: from claims, from the command line, and by two people; ended at once; reviewed with a note.

use api::staff;

use super::main;
use super::views::account;
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, binary, on_both_databases};

on_both_databases!(
    two_people_give_a_role,
    a_grant_says_its_last_day_and_what_it_needs,
    claims_give_a_role_for_the_session,
    an_operator_gives_the_first_roles,
    access_is_reviewed,
    of_two_grants_at_once_one_is_made,
);

async fn ask(who: &mut Browser, fill: &[(&str, &str)]) -> Page {
    let form = who.get("/staff/roles/new").await;
    who.submit(&form, "form[action='/staff/roles/new']", fill).await
}

async fn two_people_give_a_role(kind: Kind) {
    let house = House::start(kind).await;
    let mut new = house.desk("new").await;
    let mut admin = house.desk("admin").await;
    let mut privacy = house.desk("privacy").await;
    assert_eq!(new.get("/staff").await.status, 404);
    for (fill, words) in [
        ([("account", ""), ("power", "clinician"), ("reason", "New at the clinic")], "Fill in this field"),
        (
            [("account", "no@staff.example"), ("power", "clinician"), ("reason", "New at the clinic")],
            "sign in once",
        ),
        (
            [("account", "new@staff.example"), ("power", "owner"), ("reason", "New at the clinic")],
            "Choose one",
        ),
        ([("account", "new@staff.example"), ("power", "clinician"), ("reason", "x")], "At least ten letters"),
    ] {
        let page = ask(&mut admin, &fill).await;
        assert_eq!(page.status, 422, "{fill:?}");
        assert!(main(&page).contains(words), "{words}: {}", main(&page));
        assert_eq!(page.attributes("#account", "value").concat(), fill[0].1);
    }
    for (starts, ends, words) in [
        ("2999-01-02", "2999-01-01", "must not be before the first"),
        ("", "2001-01-01", "not over yet"),
        ("someday", "", "a real date"),
    ] {
        let fill = [
            ("account", "new@staff.example"),
            ("power", "clinician"),
            ("reason", "New at the clinic"),
            ("starts", starts),
            ("ends", ends),
        ];
        let page = ask(&mut admin, &fill).await;
        assert_eq!(page.status, 422, "{fill:?}");
        assert!(main(&page).contains(words), "{words}: {}", main(&page));
    }
    // Nobody asks for themselves.
    let own = [("account", "admin@staff.example"), ("power", "clinician"), ("reason", "I would like to")];
    assert_eq!(ask(&mut admin, &own).await.status, 403);

    let fill = [("account", "New@staff.example"), ("power", "clinician"), ("reason", "New at the clinic")];
    let page = ask(&mut admin, &fill).await;
    assert!(page.path.starts_with("/staff/roles/grants/"), "{}", page.text);
    assert!(main(&page).contains("Waits for a second person"), "{}", main(&page));
    assert!(page.all("form[action$='/approval']").is_empty(), "who asked does not approve");
    let again = ask(&mut admin, &fill).await;
    assert_eq!(again.status, 422, "it was asked for already");
    assert!(main(&again).contains("somebody asked for it already"), "{}", main(&again));
    assert_eq!(new.get("/staff").await.status, 404, "one person is not enough");

    // Sent all the same, it is refused: by who asked, by who may only read, by who gets it.
    let approval = format!("{}/approval", page.path);
    for (key, status) in [("admin", 403), ("auditor", 403), ("clerk", 403), ("new", 404)] {
        let mut browser = house.desk(key).await;
        let help = browser.get("/help").await;
        let token = help.attributes("input[name='csrf']", "value").remove(0);
        assert_eq!(browser.plain_post(&approval, &[("csrf", &token)]).await.status, status, "{key}");
    }
    assert!(main(&privacy.get("/staff").await).contains("1 role waits for a second person"));
    assert!(main(&privacy.get("/staff/roles").await).contains("Pat Newhire"));
    let grant = privacy.get(&page.path).await;
    let approved = privacy.submit(&grant, "form[action$='/approval']", &[]).await;
    assert!(main(&approved).contains("In force"), "{}", main(&approved));
    let desk = new.get("/staff").await;
    assert!(main(&desk).contains("clinician"), "{}", main(&desk));
    assert_eq!(new.get("/staff/people").await.status, 200);

    // Ended by either of the two, at once, with a reason that is kept.
    let grant = admin.get(&page.path).await;
    assert_eq!(admin.submit(&grant, "form[action$='/end']", &[("reason", "")]).await.status, 422);
    let ended = admin.submit(&grant, "form[action$='/end']", &[("reason", "Went to another clinic")]).await;
    assert!(main(&ended).contains("Went to another clinic"), "{}", main(&ended));
    assert_eq!(new.get("/staff").await.status, 404, "with the next request");
    for reason in ["Once more please", ""] {
        let late = admin.submit(&grant, "form[action$='/end']", &[("reason", reason)]).await;
        assert_eq!((late.status, late.path.as_str()), (200, grant.path.as_str()));
        assert_eq!(late.all("#before").len(), 1, "{}", main(&late));
        assert!(main(&late).contains("Went to another clinic"), "{}", main(&late));
    }
    assert!(main(&privacy.get("/staff/roles/past").await).contains("Pat Newhire"));
    let kept =
        "SELECT power || ' ' || asked_name || ' ' || approved_name || ' ' || ended_name FROM staff_grant";
    let kept = house.raw.texts(kept).await;
    assert_eq!(kept, ["clinician Tom Baker (synthetic) Grace Lindqvist (synthetic) Tom Baker (synthetic)"]);
    house.close().await;
}

async fn a_grant_says_its_last_day_and_what_it_needs(kind: Kind) {
    let house = House::start(kind).await;
    house.desk("new").await;
    let mut admin = house.desk("admin").await;
    let beside = "also needs the role of clinician";
    for (power, needs_more) in [("emergency-access", true), ("auditor", false)] {
        let fill = [
            ("account", "new@staff.example"),
            ("power", power),
            ("reason", "New at the clinic"),
            ("starts", "2099-01-01"),
            ("ends", "2099-12-31"),
        ];
        let page = ask(&mut admin, &fill).await;
        assert!(page.path.starts_with("/staff/roles/grants/"), "{}", page.text);
        let said = main(&page);
        for day in ["January 1, 2099", "December 31, 2099"] {
            assert!(said.contains(day), "{day}: {said}");
        }
        assert!(!said.contains("2099, 12:00") && !said.contains("January 1, 2100"), "{said}");
        assert_eq!(said.contains(beside), needs_more, "{power}: {said}");
    }
    house.close().await;
}

async fn claims_give_a_role_for_the_session(kind: Kind) {
    let house = House::start(kind).await;
    let mut clerk = house.desk("clerk").await;
    assert_eq!(clerk.get("/staff").await.status, 200);
    assert_eq!(house.raw.texts("SELECT roles FROM session").await, ["records-clerk"]);
    // Whoever is staff and no patient comes to the desk.
    assert_eq!(house.desk("auditor").await.get("/staff").await.status, 200);
    // A patient is not offered what is not there for them; staff are.
    let links = |page: &Page| page.attributes("header nav a", "href");
    assert!(links(&clerk.get("/account").await).contains(&"/staff".to_owned()));
    let mut sam = house.linked("sam").await;
    assert!(!links(&sam.get("/account").await).contains(&"/staff".to_owned()));
    house.close().await;
}

async fn an_operator_gives_the_first_roles(kind: Kind) {
    let house = House::start(kind).await;
    let run = |args: &[&str]| binary::run(house.folder.path(), Some(&house.database.url), args);
    let text = |output: &std::process::Output| {
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    let grant = |account: &str, role: &str, reason: &str| {
        run(&["staff", "grant", "--account", account, "--role", role, "--reason", reason, "--by", "Bo Ek"])
    };
    let listed = text(&run(&["staff", "list"]).await);
    assert!(listed.contains("Nobody has a role"), "{listed}");
    let early = grant("new@staff.example", "administrator", "Runs the service").await;
    assert!(!early.status.success() && text(&early).contains("must sign in once"), "{}", text(&early));
    let mut new = house.desk("new").await;
    for (role, reason, words) in
        [("owner", "Runs the service", "no such role"), ("administrator", "x", "at least ten letters")]
    {
        let output = grant("new@staff.example", role, reason).await;
        assert!(!output.status.success() && text(&output).contains(words), "{}", text(&output));
    }
    let good = grant("new@staff.example", "administrator", "Runs the service").await;
    assert!(good.status.success(), "{}", text(&good));
    let again = grant("new@staff.example", "administrator", "Runs the service").await;
    assert!(text(&again).contains("has this role"), "{}", text(&again));
    let page = new.get("/staff/roles").await;
    assert!(main(&page).contains("Pat Newhire"), "{}", main(&page));
    let link = page.attributes("main ul.lines dd a", "href").remove(0);
    assert!(main(&new.get(&link).await).contains("Bo Ek at the command line"));
    let listed = text(&run(&["staff", "list"]).await);
    assert!(listed.contains("administrator  grant "), "{listed}");
    let id = listed.split("grant ").nth(1).unwrap().split_whitespace().next().unwrap();
    let end = || run(&["staff", "end", id, "--reason", "Left the clinic", "--by", "Bo Ek"]);
    assert!(end().await.status.success());
    assert!(text(&end().await).contains("ended already"));
    assert_eq!(new.get("/staff").await.status, 404);
    house.close().await;
}

async fn access_is_reviewed(kind: Kind) {
    let house = House::start(kind).await;
    house.desk("clerk").await;
    let mut privacy = house.desk("privacy").await;
    let mut auditor = house.desk("auditor").await;
    assert!(main(&privacy.get("/staff").await).contains("Nobody has signed off a review yet"));
    let quarter =
        "UPDATE account SET last_seen_at = last_seen_at - 7948800000000 WHERE email = 'clerk@staff.example'";
    house.raw.run(quarter).await.unwrap();
    let list = privacy.get("/staff/roles").await;
    assert_eq!(list.all("main ul.lines > li").len(), 3, "{}", main(&list));
    assert!(main(&list).contains("1 person with a role has not been here for 90 days"), "{}", main(&list));
    let form = privacy.get("/staff/roles/reviews").await;
    let short = privacy.submit(&form, "form[action='/staff/roles/reviews']", &[("remark", "ok")]).await;
    assert_eq!((short.status, short.all("#remark").concat().as_str()), (422, "ok"), "{}", main(&short));
    let note = "Looked at all three, asked about the clerk";
    let signed = privacy.submit(&form, "form[action='/staff/roles/reviews']", &[("remark", note)]).await;
    assert!(
        main(&signed).contains(note) && main(&signed).contains("3 people had a role"),
        "{}",
        main(&signed)
    );
    assert!(main(&signed).contains("1 had not been here"), "{}", main(&signed));
    let read = auditor.get("/staff/roles/reviews").await;
    assert!(main(&read).contains(note) && read.all("form[action='/staff/roles/reviews']").is_empty());
    let seen = house.raw.texts("SELECT seen FROM staff_review").await;
    assert!(seen[0].contains("records-clerk") && !seen[0].contains("Reyes"), "{seen:?}");
    house.close().await;
}

/// A second one would outlive the end of the first.
async fn of_two_grants_at_once_one_is_made(kind: Kind) {
    let house = House::start(kind).await;
    house.desk("new").await;
    let account = account(&house, "new@staff.example").await;
    for power in [staff::Power::Emergency, staff::Power::Role(staff::Role::Clinician)] {
        let ask =
            || staff::Ask { account, power, reason: "On call at night".into(), starts: None, ends: None };
        let grant = || staff::grant_by_operator(&house.app, ask(), "Bo Ek");
        let (one, two, three) = tokio::join!(grant(), grant(), grant());
        let made = [one, two, three].into_iter().filter(Result::is_ok).count();
        assert_eq!(made, 1, "{power:?}");
    }
    house.close().await;
}
