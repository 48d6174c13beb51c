//! Proofs of who somebody is, fresh sign-ins and kept forms, over a real database.

use super::*;
use crate::config::Act;

const SEEN: &str = "driver licence";

async fn proofs(world: &World, actor: &Actor) -> Vec<(Proof, u8, String, String)> {
    let assurance = assurance(&world.app, actor).await.unwrap();
    assurance.proofings.into_iter().map(|p| (p.how, p.ial, p.by, p.evidence)).collect()
}

/// A code for the first person, handed over by somebody who saw this.
async fn handed(app: &App, seen: &str) -> Result<IssuedCode> {
    let mut tx = app.db.write().await?;
    let issued =
        give_code(app, &mut tx, (PatientNo(1), &new_code()), ((None, "Ann Lee"), Way::Handed(seen))).await?;
    tx.commit().await?;
    Ok(issued)
}

#[tokio::test]
async fn a_code_handed_out_in_person_proves_more_than_one_that_was_sent() {
    on_each(async |world| {
        let app = &world.app;
        for (bad, code) in [(" ", "invalid"), ("¡!", "invalid"), (&"x".repeat(201), "invalid")] {
            assert_eq!(word(&handed(app, bad).await), code);
        }
        let proved = handed(app, SEEN).await.unwrap().code;
        let sent = sent_code(app, PatientNo(2), "Ann Lee").await.unwrap().code;
        let (rosa, secret) = world.signed_in(("rosa", "never"), Claims::default(), "rosa").await;
        let sam = world.somebody("sam").await;
        assert_eq!(rosa.level.ial, 1);
        link_by_code(app, &rosa, &proved).await.unwrap();
        link_by_code(app, &sam, &sent).await.unwrap();
        assert_eq!(
            proofs(&world, &rosa).await,
            [(Proof::InPerson, 2, "Ann Lee".into(), SEEN.into())],
            "what was seen is kept with the account"
        );
        assert_eq!(proofs(&world, &sam).await, [(Proof::Code, 1, "Ann Lee".into(), String::new())]);
        let again = session(app, &secret).await.unwrap().unwrap();
        assert_eq!(again.actor.level.ial, 2, "at once, in the session that used the code");
        let (evidence,): (String,) = world.one("SELECT evidence FROM account_link ORDER BY patient_no").await;
        assert!(evidence.contains(SEEN) && evidence.contains("Ann Lee"), "{evidence}");
    })
    .await;
}

#[tokio::test]
async fn what_is_proved_once_is_not_lost() {
    on_each(async |world| {
        let app = &world.app;
        let (actor, secret) = world.signed_in(("rosa", "never"), Claims::default(), "rosa").await;
        let mut tx = app.db.write().await.unwrap();
        for (minute, acr, ial) in
            [(1, Some("high"), 2), (2, Some("low"), 1), (3, Some("high"), 2), (4, None, 1)]
        {
            let at = START.plus(MINUTE * minute);
            let level = crate::config::Level { ial, aal: 1 };
            crate::identity::strength::said_by_provider(&mut tx, (actor.account, at), ("never", acr), level)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let never = || "never".to_owned();
        assert_eq!(
            proofs(&world, &actor).await,
            [
                (Proof::Provider, 1, never(), String::new()),
                (Proof::Provider, 1, never(), "low".into()),
                (Proof::Provider, 2, never(), "high".into()),
            ],
            "the same is kept once"
        );
        assert_eq!(session(app, &secret).await.unwrap().unwrap().actor.level.ial, 2);
    })
    .await;
}

#[tokio::test]
async fn what_an_act_needs() {
    on_each(async |world| {
        let app = &world.app;
        let (mut actor, _) = world.signed_in(("rosa", "never"), Claims::default(), "rosa").await;
        assert_eq!(need(app, &actor, Act::Copy), None);
        app.clock.advance(MINUTE * 15);
        assert_eq!(need(app, &actor, Act::Copy), None, "to the last minute");
        app.clock.advance(Duration::from_secs(1));
        for act in Act::ALL {
            let expected = (act != Act::CopyView).then_some(Need::Fresh);
            assert_eq!(need(app, &actor, act), expected, "{act:?}");
        }
        actor.auth_time = None;
        assert_eq!(need(app, &actor, Act::Sign), Some(Need::Fresh), "a provider that does not say when");
        actor.auth_time = Some(app.clock.now().plus(MINUTE));
        assert_eq!(need(app, &actor, Act::Sign), None, "the clocks may differ");
        actor.auth_time = Some(app.clock.now().plus(MINUTE * 2));
        assert_eq!(need(app, &actor, Act::Sign), Some(Need::Fresh), "a moment of the future");

        for (aal, provider, expected) in
            [(0, "never", false), (1, "never", false), (2, "never", true), (3, "gone", false)]
        {
            let mut actor = actor.clone();
            (actor.level.aal, actor.provider) = (aal, provider.into());
            assert_eq!(second_factor(app, &actor), expected, "{aal} {provider}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_waits_for_its_sender_only() {
    on_each(async |world| {
        let app = &world.app;
        let (rosa, _) = world.signed_in(("rosa", "never"), Claims::default(), "rosa").await;
        let sam = world.somebody("sam").await;
        let form = KeptForm {
            act: Act::Copy,
            path: "/copies/new".into(),
            fields: b"what=some&from=2020-01-01".into(),
        };
        let name = keep_form(app, &rosa, form.clone()).await.unwrap();
        let (kept,): (Vec<u8>,) = world.one("SELECT fields FROM kept_form").await;
        assert!(!kept.windows(4).any(|part| part == b"what"), "it is sealed");
        assert_eq!(kept_form(app, &sam, &name).await.unwrap(), None);
        assert_eq!(kept_form(app, &rosa, "x").await.unwrap(), None);
        // The same account in another session, as after signing in again.
        let (again, _) = world.signed_in(("rosa", "never"), Claims::default(), "rosa").await;
        assert_eq!(kept_form(app, &again, &name).await.unwrap().as_ref(), Some(&form));
        // A row that is moved to another account cannot be opened there.
        let mut tx = app.db.write().await.unwrap();
        query("UPDATE kept_form SET account_id = $1").bind(sam.account).run_one(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        assert!(kept_form(app, &sam, &name).await.is_err());
        forget_form(app, &sam, &name).await.unwrap();

        let elsewhere = KeptForm { path: "https://evil.example/".into(), ..form.clone() };
        let name = keep_form(app, &rosa, elsewhere).await.unwrap();
        assert_eq!(kept_form(app, &rosa, &name).await.unwrap().unwrap().path, "/home");
        let mut names = Vec::new();
        for _ in 0..12 {
            app.clock.advance(Duration::from_millis(1));
            names.push(keep_form(app, &rosa, form.clone()).await.unwrap());
        }
        let (count,): (i64,) = world.one("SELECT COUNT(*) FROM kept_form").await;
        assert_eq!(count, 10, "nobody fills the table");
        assert_eq!(kept_form(app, &rosa, &names[0]).await.unwrap(), None);
        app.clock.advance(MINUTE * 15);
        assert_eq!(kept_form(app, &rosa, &names[11]).await.unwrap(), None, "not for ever");
        tidy(app).await.unwrap();
        let (count,): (i64,) = world.one("SELECT COUNT(*) FROM kept_form").await;
        assert_eq!(count, 0);
    })
    .await;
}
