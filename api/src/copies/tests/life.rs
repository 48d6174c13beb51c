//! A copy's life: asked for once, built again after a crash, taken in parts, logged, erased.

use std::time::Duration;

use super::home::{Home, NOW, databases};
use crate::base::{AccountId, CopyId, Error, PatientNo, uuid};
use crate::copies::{self, Ask, ByteRange, State};
use crate::db::query;
use crate::disclosures;
use crate::identity::Actor;
use crate::jobs;

#[tokio::test(flavor = "multi_thread")]
async fn one_form_makes_one_copy_and_one_job() {
    for database in databases() {
        let home = Home::new(database).await;
        let (app, actor) = (&home.app, &home.actor);
        let id = copies::request(app, actor, (home.patient, Home::ask("x"))).await.unwrap();
        assert_eq!(copies::request(app, actor, (home.patient, Home::ask("x"))).await.unwrap(), id);
        assert_eq!(copies::list(app, actor, home.patient).await.unwrap().len(), 1);
        let job = jobs::claim(app).await.unwrap().unwrap();
        assert_eq!((job.kind.as_str(), &job.payload), (copies::BUILD_JOB, &serde_json::json!({"copy": id})));
        assert!(jobs::claim(app).await.unwrap().is_none());
        for n in 1..app.config.copies.per_day {
            copies::request(app, actor, (home.patient, Home::ask(&format!("y{n}")))).await.unwrap();
        }
        let refused = copies::request(app, actor, (home.patient, Home::ask("z"))).await;
        assert!(matches!(refused, Err(Error::Refused(why)) if why.0 == "refused-too-many-copies"));
        assert_eq!(copies::request(app, actor, (home.patient, Home::ask("x"))).await.unwrap(), id);
        app.clock.advance(Duration::from_secs(86_401));
        copies::request(app, actor, (home.patient, Home::ask("z"))).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_learns_of_a_copy() {
    for database in databases() {
        let home = Home::new(database).await;
        let app = &home.app;
        let id = copies::request(app, &home.actor, (home.patient, Home::ask("x"))).await.unwrap();
        copies::build(app, id).await.unwrap();
        let stranger = Actor { account: AccountId(uuid(NOW)), ..home.actor.clone() };
        for (actor, patient, id) in [
            (&stranger, home.patient, id),
            (&home.actor, PatientNo(2), id),
            (&home.actor, home.patient, CopyId(uuid(NOW))),
        ] {
            assert!(matches!(copies::find(app, actor, (patient, id)).await, Err(Error::NotFound)));
            assert!(matches!(copies::open(app, actor, (patient, id, None)).await, Err(Error::NotFound)));
            assert!(matches!(copies::erase(app, actor, (patient, id)).await, Err(Error::NotFound)));
        }
        assert!(matches!(copies::list(app, &stranger, home.patient).await, Err(Error::NotFound)));
        let ask = (home.patient, Home::ask("s"));
        assert!(matches!(copies::request(app, &stranger, ask).await, Err(Error::NotFound)));
        let scope = (home.patient, copies::Scope::default());
        assert!(matches!(copies::count(app, &stranger, scope).await, Err(Error::NotFound)));
        assert_eq!(copies::find(app, &home.actor, (home.patient, id)).await.unwrap().state, State::Ready);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_are_logged_before_they_leave_and_make_the_whole() {
    for database in databases() {
        let home = Home::new(database).await;
        let id = copies::request(&home.app, &home.actor, (home.patient, Home::ask("x"))).await.unwrap();
        let early = copies::open(&home.app, &home.actor, (home.patient, id, None)).await;
        assert!(matches!(early, Err(Error::Conflict("copies-not-ready"))));
        copies::build(&home.app, id).await.unwrap();
        let whole = home.taken(id, None).await;
        let size = whole.len() as u64;
        let first = home.taken(id, Some(ByteRange::From { first: 0, last: Some(999) })).await;
        let rest = home.taken(id, Some(ByteRange::From { first: 1000, last: None })).await;
        let tail = home.taken(id, Some(ByteRange::Suffix(7))).await;
        assert!([first, rest].concat() == whole);
        assert_eq!(tail, whole[whole.len() - 7..]);
        let beyond = Some(ByteRange::From { first: size, last: None });
        let refused = copies::open(&home.app, &home.actor, (home.patient, id, beyond)).await;
        assert!(matches!(refused, Err(Error::Invalid(p)) if p.0[0].code == "range-not-satisfiable"));
        let log = disclosures::log(&home.app, &home.actor, (home.patient, disclosures::Filter::default()))
            .await
            .unwrap();
        let told: Vec<_> = log.lines.iter().rev().map(|line| line.entry.what.copy.clone().unwrap()).collect();
        assert_eq!(
            told,
            [
                format!("{id} bytes 0-{}/{size}", size - 1),
                format!("{id} bytes 0-999/{size}"),
                format!("{id} bytes 1000-{}/{size}", size - 1),
                format!("{id} bytes {}-{}/{size}", size - 7, size - 1),
            ]
        );
        assert_eq!(log.lines[0].entry.what.counts["Observation"], 3);
        assert!(log.lines[0].entry.what.digest.is_some());
    }
}

/// The entry of a download names what is in the copy in some form, not all that was read to make it.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_what_is_in_the_copy() {
    let home = Home::new(None).await;
    // A file that a document names is no item of the pages and tables; it comes along where files do.
    let record = "AllergyIntolerance 1, Condition 1, DocumentReference 5, Encounter 1, Goal 1, \
                  Observation 3, Patient 1, Provenance 2";
    let with_file = "AllergyIntolerance 1, Binary 1, Condition 1, DocumentReference 5, Encounter 1, Goal 1, \
                     Observation 3, Patient 1, Provenance 2";
    let whole = "AllergyIntolerance 1, Binary 1, Condition 1, DocumentReference 5, Encounter 1, Goal 1, \
                 Observation 3, Organization 1, Patient 1, Practitioner 1, Provenance 2";
    // Of five letters one is kept elsewhere and one is damaged.
    let letters = "Binary 1, DocumentReference 3, Patient 1";
    for (categories, formats, named) in [
        (&[][..], &[][..], whole),
        (&[], &["fhir"], whole),
        (&[], &["web"], record),
        (&[], &["pdf"], record),
        (&[], &["tables"], record),
        (&[], &["documents"], letters),
        (&[], &["documents", "tables"], with_file),
        (&[], &["documents", "fhir"], whole),
        (&["labs"], &["web", "documents"], "Observation 3, Patient 1"),
        (&["labs"], &["documents"], "Patient 1"),
        (&["labs"], &["fhir"], "Observation 3, Organization 1, Patient 1, Practitioner 1, Provenance 1"),
        (
            &["labs"],
            &["fhir", "pdf"],
            "Observation 3, Organization 1, Patient 1, Practitioner 1, Provenance 1",
        ),
        (&["labs"], &["pdf"], "Observation 3, Patient 1"),
    ] {
        let what = format!("{categories:?} {formats:?}");
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let scope =
            copies::Scope { categories: own(categories), formats: own(formats), ..Default::default() };
        let path = home.copy(Ask { scope, ..Home::ask(&what) }).await;
        let filter = disclosures::Filter { limit: 1, ..Default::default() };
        let log = disclosures::log(&home.app, &home.actor, (home.patient, filter)).await.unwrap();
        let entry = &log.lines[0].entry.what;
        let counts: Vec<_> = entry.counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        assert_eq!(counts.join(", "), named, "{what}");
        assert_eq!(copies::check_zip(&path, None).unwrap().manifest.resources, entry.counts, "{what}");
        if formats == ["documents"] && categories.is_empty() {
            let mut items = entry.items.clone();
            items.sort();
            let letters = ["r1", "r2", "r3"].map(|id| format!("DocumentReference/{id}/_history/1"));
            assert_eq!(items[1..4], letters);
            assert_eq!([&items[0], &items[4]], ["Binary/b1/_history/1", "Patient/p1/_history/1"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_ledger_entry_no_byte_leaves() {
    let home = Home::new(None).await;
    let id = copies::request(&home.app, &home.actor, (home.patient, Home::ask("x"))).await.unwrap();
    copies::build(&home.app, id).await.unwrap();
    let mut opened = 0;
    for n in 0..40 {
        home.app.db.fail_after(n);
        let result = copies::open(&home.app, &home.actor, (home.patient, id, None)).await;
        home.app.db.fail_after(-1);
        let mut tx = home.app.db.read().await.unwrap();
        let (entries,): (i64,) =
            query("SELECT CAST(COUNT(*) AS BIGINT) FROM ledger_entry").one(&mut tx).await.unwrap();
        opened += i64::from(result.is_ok());
        assert_eq!(entries, opened, "after step {n}");
    }
    assert!(opened > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_fails_at_any_step_leaves_no_copy_or_a_whole_one() {
    let home = Home::new(None).await;
    let ask = Ask { password: Some("password".to_owned().into()), ..Home::ask("x") };
    let id = copies::request(&home.app, &home.actor, (home.patient, ask)).await.unwrap();
    for n in 0.. {
        home.app.db.fail_after(n);
        let built = copies::build(&home.app, id).await;
        home.app.db.fail_after(-1);
        let copy = copies::find(&home.app, &home.actor, (home.patient, id)).await.unwrap();
        let blobs: Vec<_> =
            home.app.blobs.names().unwrap().into_iter().filter(|name| name.starts_with("copy-")).collect();
        if built.is_ok() {
            assert_eq!((copy.state, copy.done, copy.has_password), (State::Ready, copy.total, true));
            assert!(n > 10, "only {n} steps");
            break;
        }
        assert_ne!(copy.state, State::Ready, "step {n}");
        for name in blobs {
            home.app.blobs.erase(&name).unwrap();
        }
    }
    // What was built last still has its password: it was kept for every try, and is forgotten now.
    let path = home.folder.path().join("x.zip");
    std::fs::write(&path, home.taken(id, None).await).unwrap();
    assert_eq!(copies::check_zip_with(&path, None, Some("password")).unwrap().faults, []);
    let mut tx = home.app.db.read().await.unwrap();
    let (kept,): (Option<Vec<u8>>,) = query("SELECT password FROM copy").one(&mut tx).await.unwrap();
    assert_eq!(kept, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_are_erased_when_asked_or_when_their_time_is_up() {
    for database in databases() {
        let home = Home::new(database).await;
        let app = &home.app;
        let mut ids = Vec::new();
        for once in ["a", "b", "c"] {
            let id = copies::request(app, &home.actor, (home.patient, Home::ask(once))).await.unwrap();
            ids.push(id);
        }
        copies::build(app, ids[0]).await.unwrap();
        copies::build(app, ids[1]).await.unwrap();
        copies::build(app, ids[1]).await.unwrap();
        assert_eq!(app.blobs.names().unwrap().len(), 2);
        copies::erase(app, &home.actor, (home.patient, ids[0])).await.unwrap();
        assert_eq!(app.blobs.names().unwrap().len(), 1);
        // Erased while it waits: the job finds nothing to do.
        copies::erase(app, &home.actor, (home.patient, ids[2])).await.unwrap();
        copies::build(app, ids[2]).await.unwrap();
        for id in [ids[0], ids[2]] {
            assert_eq!(
                copies::find(app, &home.actor, (home.patient, id)).await.unwrap().state,
                State::Erased
            );
            let opened = copies::open(app, &home.actor, (home.patient, id, None)).await;
            assert!(matches!(opened, Err(Error::Conflict("copies-erased"))));
        }
        // A crash left a whole and a half file that no copy knows.
        let left = format!("copy-{}", uuid(app.clock.now()));
        app.blobs.create(&app.keys, &left).unwrap().finish().unwrap();
        let half = home.folder.path().join(format!("blobs/spool-{}.part", uuid(app.clock.now())));
        std::fs::write(&half, "x").unwrap();
        assert_eq!(copies::erase_expired(app).await.unwrap(), 0);
        assert_eq!(app.blobs.names().unwrap().len(), 3);
        app.clock.advance(Duration::from_secs(2 * 86_400));
        assert_eq!(copies::erase_expired(app).await.unwrap(), 0);
        assert_eq!(app.blobs.names().unwrap().len(), 1);
        app.clock.advance(Duration::from_secs(5 * 86_400));
        let late = copies::open(app, &home.actor, (home.patient, ids[1], None)).await;
        assert!(matches!(late, Err(Error::Conflict("copies-erased"))), "not even before the sweep");
        assert_eq!(copies::erase_expired(app).await.unwrap(), 1);
        assert_eq!(app.blobs.names().unwrap(), Vec::<String>::new());
        assert_eq!(
            copies::find(app, &home.actor, (home.patient, ids[1])).await.unwrap().state,
            State::Erased
        );
    }
}
