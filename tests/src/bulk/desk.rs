//! Groups and their exports as staff see them.

use api::base::Error;
use api::bulk::{self, By, Group, Operator, Recipient};
use api::consents::Purpose;
use reqwest::Method;

use super::ALL;
use super::system::{System, group};
use crate::acting::actor;
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(staff_see_groups_and_what_was_taken);

async fn staff_see_groups_and_what_was_taken(kind: Kind) {
    let house = House::start(kind).await;
    for key in ["rosa", "walter"] {
        house.gather(key).await;
    }
    let mut auditor = house.desk("auditor").await;
    let none = auditor.get("/staff/groups").await;
    assert!(none.text.contains("There is no group."), "{}", none.text);

    group(&house, "program", &["rosa", "walter"]).await;
    group(&house, "other", &["rosa"]).await;
    // Named as a type: it is in no export because that type is.
    for id in ["Patient".to_owned(), "prog".into()].into_iter().chain((10..30).map(|n| format!("z{n}"))) {
        let (name, recipient) = (format!("Group {id}"), Recipient::HealthPlan("Plan (synthetic)".into()));
        let one = Group { id, name, purpose: Purpose::Operations, recipient, shown: vec![] };
        bulk::add_group(&house.app, Operator("Bo Ek"), &one).await.unwrap();
    }
    let system = System::register(&house, ("lake", ALL), &["program", "other"]).await;
    let token = system.token(ALL).await;
    let (place, _) = system.export("/fhir/Group/program/$export?_type=Patient", &token).await;
    let (both, _) = system.export("/fhir/Patient/$export?_type=Patient", &token).await;

    let first = auditor.get("/staff/groups").await;
    let second = auditor.get(&first.attributes("nav.pager a[rel='next']", "href").remove(0)).await;
    let of = |page: &crate::harness::client::Page| page.attributes("main .lines a.title", "href");
    let listed: Vec<String> = of(&first).into_iter().chain(of(&second)).collect();
    assert_eq!((of(&first).len(), listed.len()), (20, 24));
    let once: std::collections::BTreeSet<&String> = listed.iter().collect();
    assert_eq!(once.len(), listed.len(), "each once");
    let program = listed.iter().find(|path| path.ends_with("/program")).unwrap();
    let row = first.all("main .lines li").into_iter().find(|row| row.contains("program")).unwrap();
    for word in ["2 people", "System lake (synthetic)", "Lakeside Care (synthetic)", "Ready since"] {
        assert!(row.contains(word), "{word}: {row}");
    }

    let page = auditor.get(program).await;
    for word in
        ["2 people came in.", "System lake (synthetic) asked for it", "Other groups are in it as well"]
    {
        assert!(page.text.contains(word), "{word}: {}", page.text);
    }
    assert_eq!(page.text.matches("Ready since").count(), 2);
    assert!(!page.text.contains("Delgado"), "nobody is named");
    let other = auditor.get("/staff/groups/other").await;
    assert_eq!(other.text.matches("Ready since").count(), 1);
    for id in ["Patient", "prog"] {
        let page = auditor.get(&format!("/staff/groups/{id}")).await;
        for word in [
            "Nothing was taken out yet",
            "No system may take it out",
            "This is a health plan",
            "Bo Ek made it",
        ] {
            assert!(page.text.contains(word), "{id}, {word}: {}", page.text);
        }
    }
    // What became of exports and of the group.
    system.call((Method::DELETE, &place), &token).await;
    bulk::end_group(&house.app, By::Operator(Operator("Bo Ek")), "program").await.unwrap();
    let page = auditor.get(program).await;
    for word in ["Its files were erased", "Over since", "Bo Ek ended it"] {
        assert!(page.text.contains(word), "{word}: {}", page.text);
    }
    system.call((Method::DELETE, &both), &token).await;
    for n in 0..20 {
        let (place, _) = system.export("/fhir/Group/other/$export?_type=Goal", &token).await;
        assert_eq!(system.call((Method::DELETE, &place), &token).await.status(), 202, "{n}");
    }
    let page = auditor.get("/staff/groups/other").await;
    let later = auditor.get(&page.attributes("nav.pager a[rel='next']", "href").remove(0)).await;
    let erased = |text: &str| text.matches("Its files were erased").count();
    assert_eq!((erased(&page.text), erased(&later.text)), (20, 1));

    assert_eq!(auditor.get("/staff/groups/nothing").await.status, 404);
    assert_eq!(house.desk("clinician").await.get(program).await.status, 403);
    house.linked("sam").await;
    let nobody = actor(&house, "sam").await;
    for refused in [
        bulk::groups_for_desk(&house.app, &nobody, 1).await.map(drop),
        bulk::group_for_desk(&house.app, &nobody, ("program", 1)).await.map(drop),
    ] {
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    }
    house.close().await;
}
