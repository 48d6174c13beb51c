//! Sessions, codes, claims and cases over a real database, SQLite always and PostgreSQL where
//! `RECORDRIGHT_TEST_POSTGRES` names a server. The way through an identity provider is tested in
//! tests/src/identity.rs.

mod strength;

use std::time::Duration;

use tempfile::TempDir;

use super::claims::{Claims, Kept};
use super::store::{self, NewSession};
use super::*;
use crate::base::{self, Clock, Problem};
use crate::config::{Config, Match, Provider};
use crate::db::{Db, Row, query};

/// A code as it is sent; who gives one outside of these tests writes a line of the log as well.
async fn sent_code(app: &App, patient: PatientNo, by: &str) -> Result<IssuedCode> {
    let mut tx = app.db.write().await?;
    let given = give_code(app, &mut tx, (patient, &new_code()), ((None, by), Way::Sent)).await?;
    tx.commit().await?;
    Ok(given)
}

/// A service with people, and nobody signed in.
struct World {
    app: App,
    _folder: TempDir,
}

const START: Instant = Instant(1_795_000_000_000_000);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

/// A new, empty database of each kind that can be had here.
async fn databases(folder: &TempDir) -> Vec<String> {
    let mut all = vec![format!("sqlite:{}", folder.path().join("x.db").display())];
    #[expect(clippy::disallowed_methods, reason = "which server to test on is told by the check script")]
    if let Ok(server) = std::env::var("RECORDRIGHT_TEST_POSTGRES") {
        let schema = format!("identity_{}", hex::encode(base::bytes::<8>()));
        let db = Db::open(&server).await.unwrap();
        let mut tx = db.write().await.unwrap();
        query(Box::leak(format!("CREATE SCHEMA {schema}").into_boxed_str())).run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        let sign = if server.contains('?') { '&' } else { '?' };
        all.push(format!("{server}{sign}options[search_path]={schema}"));
    }
    all
}

/// Runs the same on each database.
async fn on_each<F: Future<Output = ()>>(test: impl Fn(World) -> F) {
    let names = TempDir::new().unwrap();
    for url in databases(&names).await {
        let folder = TempDir::new().unwrap();
        let mut config = Config::for_testing(folder.path(), &url);
        let rules = [Match::Never, Match::RecordNumber, Match::VerifiedEmail];
        config.oidc =
            ["never", "number", "email"].into_iter().zip(rules).map(|(id, r)| provider(id, r)).collect();
        let app = crate::app::open(config, Clock::fixed(START)).await.unwrap();
        add_people(&app).await;
        let db = app.db.clone();
        test(World { app, _folder: folder }).await;
        db.close().await;
    }
}

fn provider(id: &str, link_by: Match) -> Provider {
    Provider {
        id: id.into(),
        name: id.into(),
        issuer: "http://127.0.0.1:9".into(),
        client_id: "recordright".into(),
        client_secret: None,
        scopes: vec![],
        acr_values: vec![],
        clock_skew_seconds: 60,
        link_by,
        hint: String::new(),
        hint_es: String::new(),
        staff: None,
        strength: crate::config::Strength::default(),
    }
}

/// Number, given, family, birth date, record number, e-mail. All synthetic. 3 and 4 are twins who share an
/// address; 5 and 6 are one person twice.
const PEOPLE: [(i64, &str, &str, &str, &str, &str); 6] = [
    (1, "Rosa María", "Núñez", "1968-03-04", "M-1", "rosa@people.example"),
    (2, "Sam", "O'Brien", "1990-01-02", "M-2", "sam@people.example"),
    (3, "Ann", "Twin", "2000-05-06", "M-3", "twins@people.example"),
    (4, "Ann", "Twin", "2000-05-06", "M-4", "twins@people.example"),
    (5, "Double", "Case", "1970-07-08", "M-5", "d5@people.example"),
    (6, "Double", "Case", "1970-07-08", "M-5", "d6@people.example"),
];

async fn add_people(app: &App) {
    let mut tx = app.db.write().await.unwrap();
    let source = "INSERT INTO source (source_no, name, kind, created_at) VALUES (1, 'test', 'file', 0)";
    query(source).run_one(&mut tx).await.unwrap();
    for (number, given, family, born, mrn, email) in PEOPLE {
        query(
            "INSERT INTO patient (patient_no, source_no, fhir_id, name, family, given, birth_date, next_item, \
             created_at, updated_at) VALUES ($1, 1, $2, $3, $4, $5, $6, 1, 0, 0)",
        )
        .bind(number)
        .bind(format!("p{number}"))
        .bind(format!("{given} {family} (synthetic)"))
        .bind(base::fold(family))
        .bind(base::fold(given))
        .bind(born)
        .run_one(&mut tx)
        .await
        .unwrap();
        for (system, value) in [("urn:mrn", mrn), ("mailto:", email)] {
            query("INSERT INTO patient_identifier (patient_no, system, value) VALUES ($1, $2, $3)")
                .bind(number)
                .bind(system)
                .bind(value)
                .run_one(&mut tx)
                .await
                .unwrap();
        }
    }
    tx.commit().await.unwrap();
}

impl World {
    /// Somebody signed in: as `subject`, at the provider, with these claims, from this address.
    async fn signed_in(
        &self,
        (subject, provider): (&str, &str),
        claims: Claims,
        from: &str,
    ) -> (Actor, String) {
        let app = &self.app;
        let now = app.clock.now();
        let secret = base::token();
        let mut tx = app.db.write().await.unwrap();
        let account = match store::account_of(&mut tx, "http://127.0.0.1:9", subject).await.unwrap() {
            Some(account) => account,
            None => {
                let account = AccountId(base::uuid(now));
                store::make_account(&mut tx, account, now).await.unwrap();
                let who = ("http://127.0.0.1:9", subject);
                assert!(store::claim_identity(&mut tx, account, who, now).await.unwrap());
                account
            }
        };
        let kept = serde_json::to_vec(&Kept { claims, from: from.into() }).unwrap();
        let new = NewSession {
            id: SessionId(base::uuid(now)),
            secret_hash: sessions::hash(app, &secret),
            account,
            provider: provider.into(),
            issuer: "http://127.0.0.1:9".into(),
            subject: subject.into(),
            provider_sid: None,
            id_token: app.keys.seal(sessions::ID_TOKEN, b"x").unwrap(),
            acr: Some("ial2".into()),
            amr: None,
            roles: String::new(),
            auth_time: Some(now),
            level: crate::config::Level::default(),
            claims: app.keys.seal(sessions::CLAIMS, &kept).unwrap(),
            device: "Firefox on Linux".into(),
            now,
            idle_until: now.plus(app.config.sessions.idle()),
            absolute_until: now.plus(app.config.sessions.absolute()),
        };
        store::begin_session(&mut tx, new).await.unwrap();
        tx.commit().await.unwrap();
        (session(app, &secret).await.unwrap().unwrap().actor, secret)
    }

    async fn somebody(&self, subject: &str) -> Actor {
        self.signed_in((subject, "never"), Claims::default(), subject).await.0
    }

    async fn code(&self, patient: i64) -> String {
        sent_code(&self.app, PatientNo(patient), "records office").await.unwrap().code
    }

    async fn one<T: Row>(&self, sql: &'static str) -> T {
        let mut tx = self.app.db.read().await.unwrap();
        query(sql).one(&mut tx).await.unwrap()
    }

    fn later(&self, span: Duration) {
        self.app.clock.advance(span);
    }
}

/// An answer as one word.
fn word<T>(answer: &Result<T>) -> &'static str {
    match answer {
        Ok(_) => "ok",
        Err(Error::Refused(refusal)) => refusal.0,
        Err(Error::Conflict(id) | Error::Unavailable(id)) => id,
        Err(Error::NotFound) => "not-found",
        Err(Error::Invalid(_)) => "invalid",
        Err(Error::Internal(_)) => "internal",
    }
}

#[tokio::test]
async fn sessions_end_idle_and_in_any_case() {
    on_each(async |world| {
        let app = &world.app;
        let (_, secret) = world.signed_in(("rosa", "never"), Claims::default(), "a").await;
        assert!(session(app, "").await.unwrap().is_none());
        assert!(session(app, &base::token()).await.unwrap().is_none());

        // Looking does not move the end on; using does, once a minute at most.
        world.later(MINUTE / 2);
        let first = session(app, &secret).await.unwrap().unwrap().idle_until;
        assert_eq!(first, START.plus(20 * MINUTE));
        world.later(10 * MINUTE);
        assert_eq!(peek(app, &secret).await.unwrap(), Some(first));
        let second = session(app, &secret).await.unwrap().unwrap().idle_until;
        assert_eq!(second, app.clock.now().plus(20 * MINUTE));
        assert_eq!(peek(app, &secret).await.unwrap(), Some(second));

        world.later(20 * MINUTE);
        assert!(session(app, &secret).await.unwrap().is_none(), "idle for 20 minutes");
        assert!(peek(app, &secret).await.unwrap().is_none());

        let (actor, secret) = world.signed_in(("rosa", "never"), Claims::default(), "a").await;
        let begun = app.clock.now();
        while app.clock.now().since(begun) < Duration::from_secs(12 * 3600) - 10 * MINUTE {
            world.later(10 * MINUTE);
            let session = session(app, &secret).await.unwrap().unwrap();
            assert!(session.idle_until <= session.absolute_until);
        }
        world.later(10 * MINUTE);
        assert!(session(app, &secret).await.unwrap().is_none(), "12 hours are over");

        tidy(app).await.unwrap();
        let events = devices(app, &actor).await.unwrap().events;
        let outcomes: Vec<_> = events.iter().map(|e| e.outcome.as_str()).collect();
        assert_eq!(outcomes, ["sign-in-ended-absolute", "sign-in-ended-idle"]);
        assert_eq!(events[0].at, begun.plus(Duration::from_secs(12 * 3600)));
        let kept: (i64,) = world.one("SELECT COUNT(*) FROM session WHERE claims IS NOT NULL").await;
        assert_eq!(kept.0, 0, "what is over keeps no claims");
        world.later(91 * DAY);
        tidy(app).await.unwrap();
        assert_eq!(world.one::<(i64,)>("SELECT COUNT(*) FROM session").await.0, 0);
    })
    .await;
}

/// A page that nobody looks at ends what is about to run out, and nothing that another page uses meanwhile.
#[tokio::test]
async fn what_is_used_meanwhile_goes_on() {
    on_each(async |world| {
        let app = &world.app;
        let (_, secret) = world.signed_in(("rosa", "never"), Claims::default(), "a").await;
        world.later(20 * MINUTE - Duration::from_secs(3));
        assert!(session(app, &secret).await.unwrap().is_some());
        let (hash, now) = (sessions::hash(app, &secret), app.clock.now());
        let mut tx = app.db.write().await.unwrap();
        assert!(store::end_unused(&mut tx, (hash, START), (now, "x")).await.unwrap().is_none());
        tx.commit().await.unwrap();
        assert!(goes_on(app, &secret).await.unwrap());
        world.later(20 * MINUTE - Duration::from_secs(3));
        assert!(!goes_on(app, &secret).await.unwrap());
        assert!(session(app, &secret).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn most_pages_only_read() {
    on_each(async |world| {
        let (_, secret) = world.signed_in(("rosa", "never"), Claims::default(), "a").await;
        // Two steps: a read transaction and one statement.
        let steps = |limit| {
            world.app.db.fail_after(limit);
            session(&world.app, &secret)
        };
        assert!(steps(1).await.is_err());
        assert!(steps(2).await.is_ok());
        world.later(MINUTE);
        assert!(steps(2).await.is_err());
        assert!(steps(5).await.is_ok());
        world.app.db.fail_after(-1);
    })
    .await;
}

#[tokio::test]
async fn devices_are_listed_and_ended_by_their_owner_only() {
    on_each(async |world| {
        let app = &world.app;
        let (phone, phone_secret) = world.signed_in(("rosa", "never"), Claims::default(), "a").await;
        world.later(MINUTE);
        let (laptop, laptop_secret) = world.signed_in(("rosa", "never"), Claims::default(), "a").await;
        let sam = world.somebody("sam").await;
        assert_eq!(phone.account, laptop.account);

        let listed =
            |devices: Devices| -> Vec<_> { devices.devices.iter().map(|d| (d.session, d.current)).collect() };
        let all = listed(devices(app, &phone).await.unwrap());
        assert_eq!(all, [(phone.session, true), (laptop.session, false)], "this one first");
        assert_eq!(word(&end_device(app, &sam, laptop.session).await), "not-found");
        assert_eq!(word(&end_device(app, &phone, SessionId(base::uuid(START))).await), "not-found");
        assert!(session(app, &laptop_secret).await.unwrap().is_some());

        end_device(app, &phone, laptop.session).await.unwrap();
        assert!(session(app, &laptop_secret).await.unwrap().is_none());
        assert!(session(app, &phone_secret).await.unwrap().is_some());
        assert_eq!(word(&end_device(app, &phone, laptop.session).await), "not-found");
        let left = devices(app, &phone).await.unwrap();
        assert_eq!(left.events[0].outcome, "sign-in-ended-device");
        assert_eq!(listed(left), [(phone.session, true)]);

        choose_language(app, &phone, crate::words::Language::Spanish).await.unwrap();
        let language = session(app, &phone_secret).await.unwrap().unwrap().language;
        assert_eq!(language, Some(crate::words::Language::Spanish));

        world.later(MINUTE);
        // The provider cannot be reached; signing out here works all the same.
        let here = session(app, &phone_secret).await.unwrap().unwrap();
        let _ = sign_out(app, &here).await.unwrap();
        assert!(session(app, &phone_secret).await.unwrap().is_none());
        assert_eq!(devices(app, &phone).await.unwrap().events[0].outcome, "sign-in-ended-signed-out");
    })
    .await;
}

#[tokio::test]
async fn codes_link_once() {
    on_each(async |world| {
        let app = &world.app;
        let rosa = world.somebody("rosa").await;
        let sam = world.somebody("sam").await;

        let older = world.code(1).await;
        let code = world.code(1).await;
        assert_eq!(code.len(), 14, "{code}");
        assert_eq!(word(&link_by_code(app, &rosa, &older).await), "refused-code", "a newer one was issued");
        let typed = format!("  {} ", code.to_lowercase().replace('-', " "));
        let link = link_by_code(app, &rosa, &typed).await.unwrap();
        let expected = Link { patient: PatientNo(1), since: START, ground: "code".into() };
        assert_eq!(link, expected);
        let mut tx = app.db.read().await.unwrap();
        assert_eq!(links(&mut tx, rosa.account).await.unwrap(), [expected]);
        drop(tx);

        assert_eq!(word(&link_by_code(app, &sam, &code).await), "refused-code", "used by somebody else");
        let other = world.code(2).await;
        assert_eq!(word(&link_by_code(app, &rosa, &other).await), "conflict-already-linked");
        assert_eq!(word(&link_by_code(app, &rosa, &code).await), "conflict-already-linked");
        for wrong in ["", "-", "AAAA-AAAA-AAAA", &"A".repeat(100_000), "😀", "' OR 1=1 --"] {
            world.later(DAY);
            assert_eq!(word(&link_by_code(app, &sam, wrong).await), "refused-code");
        }
        assert_eq!(word(&link_by_code(app, &sam, &other).await), "ok", "refusals used nothing up");

        let late = world.code(3).await;
        let kim = world.somebody("kim").await;
        world.later(14 * DAY - MINUTE);
        let kim2 = world.signed_in(("kim", "never"), Claims::default(), "kim").await.0;
        assert_eq!(word(&link_by_code(app, &kim, &late).await), "ok");
        let late = world.code(4).await;
        world.later(14 * DAY);
        let lee = world.somebody("lee").await;
        assert_eq!(word(&link_by_code(app, &lee, &late).await), "refused-code", "expired");
        assert_eq!(kim.account, kim2.account);

        assert_eq!(word(&sent_code(app, PatientNo(99), "x").await), "not-found");
        assert_eq!(word(&sent_code(app, PatientNo::DIRECTORY, "x").await), "not-found");
        let stranger = Actor { account: AccountId(base::uuid(START)), ..lee };
        assert_eq!(word(&link_by_code(app, &stranger, "AAAA").await), "not-found");
    })
    .await;
}

/// Who uses a code holds the record before the code, as who gives a new one does: neither waits for the other in a circle.
#[tokio::test]
async fn a_code_is_used_while_a_new_one_is_given() {
    on_each(async |world| {
        let app = &world.app;
        let rosa = world.somebody("rosa").await;
        let code = world.code(1).await;
        let mut tx = app.db.write().await.unwrap();
        assert!(store::hold_person(&mut tx, PatientNo(1)).await.unwrap());
        let giving = async {
            // So long that the other comes as far as it can.
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert_eq!(store::end_codes(&mut tx, (PatientNo(1), [0; 32]), START).await.unwrap(), 1);
            tx.commit().await.unwrap();
        };
        let (used, ()) = tokio::join!(link_by_code(app, &rosa, &code), giving);
        assert_eq!(word(&used), "refused-code", "the new one came first");
    })
    .await;
}

#[tokio::test]
async fn codes_can_be_tried_so_often() {
    on_each(async |world| {
        let app = &world.app;
        let rosa = world.somebody("rosa").await;
        let code = world.code(1).await;
        let wrong = "AAAA-AAAA-AAAA";
        for round in 0..4 {
            for n in 0..5 {
                assert_eq!(word(&link_by_code(app, &rosa, wrong).await), "refused-code", "{round} {n}");
            }
            for _ in 0..3 {
                assert_eq!(word(&link_by_code(app, &rosa, &code).await), "refused-too-many");
            }
            world.later(15 * MINUTE);
        }
        assert_eq!(word(&link_by_code(app, &rosa, &code).await), "refused-too-many", "20 in a day");
        world.later(DAY);
        assert_eq!(word(&link_by_code(app, &rosa, &code).await), "ok", "a limit ends");

        // Many accounts from one address share a limit; those from elsewhere do not feel it.
        let mut last = "";
        for n in 0..61 {
            let who = world.signed_in((&format!("bot{n}"), "never"), Claims::default(), "same").await.0;
            last = word(&link_by_code(app, &who, wrong).await);
            assert_eq!(last == "refused-too-many", n == 60, "{n}");
        }
        assert_eq!(last, "refused-too-many");
        let sam = world.somebody("sam").await;
        assert_eq!(word(&link_by_code(app, &sam, wrong).await), "refused-code");
        world.later(4 * DAY);
        tidy(app).await.unwrap();
        assert_eq!(world.one::<(i64,)>("SELECT COUNT(*) FROM rate_count").await.0, 0);
    })
    .await;
}

/// How many steps of the database an answer takes: the least number of steps that lets it come.
async fn steps<T, F: Future<Output = Result<T>>>(world: &World, ask: impl Fn() -> F) -> i64 {
    for n in 0..60 {
        world.app.db.fail_after(n);
        let answer = ask().await;
        world.app.db.fail_after(-1);
        if word(&answer) != "internal" {
            return n;
        }
    }
    panic!("more than 60 steps");
}

#[tokio::test]
async fn a_no_takes_the_same_steps_whoever_it_is() {
    on_each(async |world| {
        let app = &world.app;
        let (used, expired) = (world.code(1).await, world.code(2).await);
        let first = world.somebody("first").await;
        link_by_code(app, &first, &used).await.unwrap();
        world.later(15 * DAY);
        let mut counts = Vec::new();
        for code in [&used, &expired, "AAAA-AAAA-AAAA", "", "not a code at all, but something much longer"] {
            let who = world.somebody(&format!("who {code}")).await;
            counts.push(steps(&world, || link_by_code(app, &who, code)).await);
        }
        assert!(counts.iter().all(|n| *n == counts[0] && *n > 5), "{counts:?}");

        // Claims that fit nobody, several, or are missing.
        let mut counts = Vec::new();
        for (n, claims) in [
            claims("Nobody", "Here", "1900-01-01", "M-9"),
            claims("Double", "Case", "1970-07-08", "M-5"),
            claims("Rosa", "Núñez", "1968-03-05", "M-1"),
            Claims::default(),
        ]
        .into_iter()
        .enumerate()
        {
            let who = world.signed_in((&format!("c{n}"), "number"), claims, "x").await.0;
            counts.push(steps(&world, || link_by_claims(app, &who)).await);
            assert_eq!(link_by_claims(app, &who).await.unwrap(), None);
        }
        assert!(counts.iter().all(|n| *n == counts[0] && *n > 3), "{counts:?}");
    })
    .await;
}

fn claims(given: &str, family: &str, birth_date: &str, mrn: &str) -> Claims {
    Claims {
        given: Some(given.into()),
        family: Some(family.into()),
        birth_date: Some(birth_date.into()),
        mrn: Some(mrn.into()),
        ..Claims::default()
    }
}

#[tokio::test]
async fn claims_link_only_where_exactly_one_record_fits() {
    type Change = fn(&mut Claims);
    on_each(async |world| {
        let app = &world.app;
        let with_email = |mut claims: Claims, email: &str| {
            (claims.email, claims.email_verified, claims.mrn) = (Some(email.into()), true, None);
            claims
        };
        let rosa = || claims("Rosa", "Núñez", "1968-03-04", "M-1");
        let same: Change = |_| {};
        let number: [(Change, Option<i64>); 10] = [
            (same, Some(1)),
            (|c| (c.given, c.family) = (Some("ROSA MARIA".into()), Some("nunez".into())), Some(1)),
            (|c| c.given = Some("Rosita".into()), None),
            (|c| c.given = None, None),
            (|c| c.family = Some("Nunes".into()), None),
            (|c| c.birth_date = Some("1968-03-05".into()), None),
            (|c| c.birth_date = None, None),
            (|c| c.mrn = Some("M-2".into()), None),
            (|c| c.mrn = Some("rosa@people.example".into()), None),
            (|c| c.mrn = None, None),
        ];
        let email: [(Change, Option<i64>); 5] = [
            (same, Some(1)),
            (|c| c.email = Some("ROSA@People.Example".into()), Some(1)),
            (|c| c.email_verified = false, None),
            (|c| c.email = Some("sam@people.example".into()), None),
            (|c| c.email = Some("M-1".into()), None),
        ];
        let number = number.into_iter().map(|(change, fits)| ("number", rosa(), change, fits));
        let email = email
            .into_iter()
            .map(|(change, fits)| ("email", with_email(rosa(), "rosa@people.example"), change, fits));
        let more = [
            ("never", rosa(), same, None),
            ("gone", rosa(), same, None),
            ("number", claims("Sam", "O’Brien", "1990-01-02", "M-2"), same, Some(2)),
            ("number", claims("Double", "Case", "1970-07-08", "M-5"), same, None),
            ("number", claims("Ann", "Twin", "2000-05-06", "M-4"), same, Some(4)),
            (
                "email",
                with_email(claims("Ann", "Twin", "2000-05-06", ""), "twins@people.example"),
                same,
                None,
            ),
            ("number", claims("", "", "", ""), same, None),
        ];
        for (n, (provider, mut claims, change, fits)) in number.chain(email).chain(more).enumerate() {
            change(&mut claims);
            let who = world.signed_in((&format!("row {n}"), provider), claims, "x").await.0;
            let link = link_by_claims(app, &who).await.unwrap();
            assert_eq!(link.as_ref().map(|link| link.patient.0), fits, "row {n}");
            assert!(link.is_none_or(|link| link.ground == "claims"));
            if fits.is_some() {
                assert_eq!(word(&link_by_claims(app, &who).await), "conflict-already-linked");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_staff_ended_is_not_linked_again_by_claims() {
    on_each(async |world| {
        let app = &world.app;
        let rosa = || claims("Rosa", "Núñez", "1968-03-04", "M-1");
        let who = world.signed_in(("rosa", "number"), rosa(), "x").await.0;
        let link = link_by_claims(app, &who).await.unwrap().unwrap();
        let mut tx = app.db.write().await.unwrap();
        let of = (who.account, link.patient);
        end_link(app, &mut tx, of, ("Ann Lee", "the wrong Rosa")).await.unwrap();
        tx.commit().await.unwrap();
        world.later(MINUTE);
        let again = world.signed_in(("rosa", "number"), rosa(), "x").await.0;
        assert_eq!(link_by_claims(app, &again).await.unwrap(), None);
        assert!(ended_link(app, &again).await.unwrap().is_some());
        let mut tx = app.db.write().await.unwrap();
        let over = end_link(app, &mut tx, of, ("Ann Lee", "once more")).await;
        assert_eq!(word(&over), "conflict-link-over");
        drop(tx);
        // A code is handed out by somebody who decides anew.
        let code = world.code(1).await;
        assert_eq!(word(&link_by_code(app, &again, &code).await), "ok");
        let other = world.signed_in(("another", "number"), rosa(), "x").await.0;
        assert!(link_by_claims(app, &other).await.unwrap().is_some(), "another account is not kept out");
    })
    .await;
}

#[tokio::test]
async fn staff_get_one_sealed_case_for_each_account() {
    on_each(async |world| {
        let app = &world.app;
        let rosa = world.somebody("rosa").await;
        let statement = |name: &str| Statement {
            name: name.into(),
            birth_date: "1968-03-04".into(),
            contact: "+1 555 010 0199".into(),
            note: "I came in March.".into(),
        };
        assert_eq!(open_case(app, &rosa).await.unwrap(), None);
        match ask_staff(app, &rosa, statement(" ")).await {
            Err(Error::Invalid(problems)) => {
                assert_eq!(problems.0, [Problem { field: "name", code: "problem-required" }]);
            }
            other => panic!("{other:?}"),
        }
        ask_staff(app, &rosa, statement("Rosa Nuñez")).await.unwrap();
        world.later(MINUTE);
        ask_staff(app, &rosa, statement("Rosa Núñez")).await.unwrap();
        assert_eq!(open_case(app, &rosa).await.unwrap(), Some(START));
        let (sealed,): (Vec<u8>,) = world.one("SELECT statement FROM identity_case").await;
        assert!(!sealed.windows(4).any(|bytes| bytes == b"Rosa"));
        let plain = app.keys.unseal(b"identity-case", &sealed).unwrap();
        assert_eq!(serde_json::from_slice::<Statement>(&plain).unwrap(), statement("Rosa Núñez"));

        let code = world.code(1).await;
        link_by_code(app, &rosa, &code).await.unwrap();
        assert_eq!(open_case(app, &rosa).await.unwrap(), None, "a link closes the case");
        assert_eq!(word(&ask_staff(app, &rosa, statement("R")).await), "conflict-already-linked");
    })
    .await;
}

#[tokio::test]
async fn people_are_found_for_the_command_line() {
    on_each(async |world| {
        for (reference, expected) in [
            ("M-1", vec![1]),
            ("p2", vec![2]),
            (" Patient/p2 ", vec![2]),
            ("M-5", vec![5, 6]),
            ("twins@people.example", vec![3, 4]),
            ("", vec![]),
            ("%", vec![]),
        ] {
            let found = patients_by(&world.app, reference).await.unwrap();
            assert_eq!(found.iter().map(|p| p.patient.0).collect::<Vec<_>>(), expected, "{reference}");
            assert!(found.iter().all(|p| p.name.ends_with("(synthetic)") && p.birth_date.is_some()));
        }
    })
    .await;
}

/// Fails each step in turn; nothing is half done.
#[tokio::test]
async fn a_link_is_made_whole_or_not_at_all() {
    on_each(async |world| {
        let app = &world.app;
        let rosa = world.somebody("rosa").await;
        let code = world.code(1).await;
        let needed = steps(&world, || link_by_code(app, &rosa, &code)).await;
        assert!(needed > 8, "{needed}");
        // The one that went through is the only one: all before it left nothing behind, not even a count.
        assert_eq!(world.one::<(i64,)>("SELECT COUNT(*) FROM account_link").await.0, 1);
        assert_eq!(world.one::<(i64,)>("SELECT MAX(count) FROM rate_count").await.0, 1);
    })
    .await;
}

/// Jobs and servers with many threads can run every use-case.
#[tokio::test]
async fn every_use_case_can_move_between_threads() {
    fn can_move<T: Send>(_: T) {}
    on_each(async |world| {
        let app = &world.app;
        let actor = &world.somebody("rosa").await;
        let start = Start {
            address: String::new(),
            provider: "never".into(),
            return_to: String::new(),
            language: crate::words::Language::English,
            fresh: Fresh::No,
        };
        can_move(begin(app, start));
        can_move(finish(app, Back::default()));
        can_move(provider_logout(app, ""));
        can_move(link_by_code(app, actor, ""));
        can_move(link_by_claims(app, actor));
        can_move(tidy(app));
    })
    .await;
}
