//! Every address of the desk is tried by each role and by staff without a second factor; who may not learns 403,
//! who is no staff 404. A new row of the table is tried without a word from here.

use api::staff::{self, Role};
use portal::routes::{Guard, Method, Need, ROUTES, Row};

use super::{found, main, number};
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(every_address_of_the_desk_is_tried, the_desk_is_left_after_a_while);

const ROLES: [(&str, Role); 6] = [
    ("clerk", Role::RecordsClerk),
    ("clinician", Role::Clinician),
    ("reviewer", Role::ReviewingOfficial),
    ("privacy", Role::PrivacyOfficer),
    ("admin", Role::Administrator),
    ("auditor", Role::Auditor),
];

/// An id that nothing has.
const NOTHING: &str = "00000000-0000-7000-8000-000000000000";

fn allowed(need: Need, role: Role) -> bool {
    match need {
        Need::Any => true,
        Need::May(action) => staff::may(role, action).any(),
        Need::Do(action) => staff::may(role, action).whole(),
        Need::Label => !staff::markable(role).is_empty(),
    }
}

async fn every_address_of_the_desk_is_tried(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("sam").await;
    let sam = number(&house, "sam").await.to_string();
    let path = |row: &Row| row.path.replace("{n}", &sam).replace("{id}", NOTHING);
    let rows = || {
        ROUTES.iter().filter_map(|row| match row.guard {
            Guard::Staff(need) => Some((row, need)),
            _ => None,
        })
    };
    assert!(rows().count() > 20);

    let mut weak = house.desk("weak").await;
    let mut plain = house.desk("new").await;
    for (row, _) in rows() {
        let name = format!("{:?} {}", row.method, row.path);
        let answer = knock(&mut weak, row, &path(row)).await;
        assert_eq!(answer.status, 403, "{name} with one factor");
        assert!(main(&answer).contains("with one step only"), "{name}: {}", main(&answer));
        assert_eq!(knock(&mut plain, row, &path(row)).await.status, 404, "{name} without a role");
        if row.method == Method::Post {
            let form = [("content-type", "application/x-www-form-urlencoded")];
            let answer = weak.ask(reqwest::Method::POST, &path(row), &form).await;
            assert_eq!(answer.status, 403, "{name} without the token of a page");
        }
    }
    // The page says how to mend it, and leads to the provider, who is to ask again.
    let page = weak.get("/staff").await;
    assert_eq!(page.attributes("form[action='/sign-in/demo'] input[name='fresh']", "value"), ["yes"]);
    assert_eq!(page.attributes("form[action='/sign-in/demo'] input[name='return_to']", "value"), ["/staff"]);

    // What staff read beside the record has a line; who is refused leaves none.
    let mut looks = 0;
    assert_eq!(house.entries().await, 0);
    for (key, role) in ROLES {
        let mut browser = house.desk(key).await;
        if staff::may(role, staff::Action::ViewRecord).any() {
            found(&house, &mut browser, "sam").await;
        }
        for (row, need) in rows() {
            let name = format!("{:?} {} by {key}", row.method, row.path);
            let answer = knock(&mut browser, row, &path(row)).await;
            let told = ["/consents", "/reach"].iter().any(|end| row.path.ends_with(end));
            looks += i64::from(told && [200, 422].contains(&answer.status));
            assert_eq!(house.entries().await, looks, "{name}");
            if allowed(need, role) {
                let missing = row.path.contains("{id}");
                let fits = match row.method {
                    _ if missing && !row.path.ends_with("/end") => answer.status == 404,
                    _ if missing => answer.status == 404,
                    // Only the clerk takes papers and requests in; the privacy officer answers and holds back.
                    _ if role == Role::PrivacyOfficer
                        && (["/consents/new", "/limits/new"].iter().any(|end| row.path.ends_with(end))
                            || (row.method == Method::Post && row.path.ends_with("/reach"))) =>
                    {
                        answer.status == 403
                    }
                    // Nobody is on the list for emergencies here.
                    _ if row.path.ends_with("/emergency") => answer.status == 403,
                    Method::Get => answer.status == 200,
                    // An empty form is to be mended; the sign-off is for privacy officers only.
                    Method::Post if row.path.ends_with("/reviews") && role != Role::PrivacyOfficer => {
                        answer.status == 403
                    }
                    Method::Post => answer.status == 422,
                };
                assert!(fits, "{name}: {} {}", answer.status, main(&answer));
            } else {
                assert_eq!(answer.status, 403, "{name}");
                assert!(main(&answer).contains("Your role at the clinic"), "{name}: {}", main(&answer));
            }
        }
        // Nobody comes to a person by counting up numbers.
        if staff::may(role, staff::Action::ViewRecord).any() {
            assert_eq!(browser.get("/staff/people/999").await.status, 404, "{key}");
        }
        let shown = browser.get("/staff").await.attributes("header nav a", "href");
        for (page, action) in [
            ("/staff/people", staff::Action::ViewRecord),
            ("/staff/cases", staff::Action::VerifyIdentity),
            ("/staff/roles", staff::Action::ManageRoles),
            ("/staff/emergencies", staff::Action::ReadAuditLog),
        ] {
            assert_eq!(shown.contains(&page.to_owned()), staff::may(role, action).any(), "{key} {page}");
        }
    }
    assert_eq!(house.raw.number("SELECT count(*) FROM staff_view").await, 0, "nothing was opened");
    assert!(looks > 0, "no other page of the desk shows anything of a record");
    house.close().await;
}

/// Asks for it, or sends an empty form with the right token.
async fn knock(who: &mut Browser, row: &Row, path: &str) -> Page {
    match row.method {
        Method::Get => who.ask(reqwest::Method::GET, path, &[]).await,
        Method::Post => {
            let page = who.get("/help").await;
            let token = page.attributes("input[name='csrf']", "value").into_iter().next().unwrap_or_default();
            who.plain_post(path, &[("csrf", &token)]).await
        }
    }
}

/// Staff are signed out sooner than patients (45 CFR 164.312(a)(2)(iii)), also where the role came after the sign-in.
async fn the_desk_is_left_after_a_while(kind: Kind) {
    let house = House::start(kind).await;
    let mut clerk = house.desk("clerk").await;
    let mut other = house.desk("new").await;
    let words = |minutes| format!("If you do nothing for {minutes} minutes");
    assert!(clerk.get("/staff").await.text.contains(&words(15)));
    assert!(other.get("/account").await.text.contains(&words(20)));
    let back = |minutes: i64| {
        format!(
            "UPDATE session SET seen_at = seen_at - {0}, idle_until = idle_until - {0}",
            minutes * 60_000_000
        )
    };
    house.raw.run(&back(14)).await.unwrap();
    assert_eq!(clerk.get("/staff").await.status, 200);
    assert_eq!(other.get("/account").await.path, "/account");
    house.raw.run(&back(16)).await.unwrap();
    let left = clerk.get("/staff").await;
    assert_eq!(left.path, "/sign-in", "15 minutes are over");
    assert!(left.all("#over").concat().contains("nothing was done here for a while"), "{}", main(&left));
    assert!(left.attributes("main input[name='return_to']", "value").contains(&"/staff".to_owned()));
    assert_eq!(other.get("/account").await.path, "/account", "20 are not");
    // A role given meanwhile shortens the session that is open.
    house.raw.run(&back(16)).await.unwrap();
    let ask = api::staff::Ask {
        account: api::identity::accounts_by(&house.app, "new@staff.example").await.unwrap()[0].account,
        power: staff::Power::Role(Role::Auditor),
        reason: "New at the clinic".into(),
        starts: None,
        ends: None,
    };
    staff::grant_by_operator(&house.app, ask, "Bo Ek").await.unwrap();
    assert_eq!(other.get("/account").await.path, "/sign-in");
    house.close().await;
}
