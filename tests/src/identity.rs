//! Signing in and out against the demo identity provider over real HTTP, with every fault that it offers.
//! On SQLite always, and on PostgreSQL where `RECORDRIGHT_TEST_POSTGRES` names a server.

use std::collections::HashMap;
use std::net::TcpListener;
use std::time::Duration;

use api::app::App;
use api::base::{Clock, Error, Result};
use api::config::{Config, Match, Provider};
use api::db::{Row, query};
use api::identity::{self, Back, Fresh, Session, SignedIn, Start};
use api::words::Language;
use fixtures::idp::{
    AuthorizeFault, Client, Faults, IdTokenFault, IdpConfig, IdpPerson, LogoutTokenFault, Outage, RunningIdp,
};
use tempfile::TempDir;

use crate::harness::client::http;
use crate::harness::{Database, Kind, setting, skip};
use url::Url;

const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SKEW: Duration = Duration::from_secs(60);

/// The service with two clients of one demo provider: `demo` is confidential, `public` has no secret and
/// links by record number, a claim that the demo provider does not have, so that userinfo is asked.
struct World {
    app: App,
    idp: RunningIdp,
    _folder: TempDir,
}

async fn on_each<F: Future<Output = ()>>(test: impl Fn(World) -> F) {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        if kind == Kind::Postgres && setting("RECORDRIGHT_TEST_POSTGRES").is_none() {
            skip("RECORDRIGHT_TEST_POSTGRES names no server");
            continue;
        }
        let folder = TempDir::new().unwrap();
        let database = Database::new(kind, folder.path()).await;
        let world = World::new(&database.url).await;
        let db = world.app.db.clone();
        test(world).await;
        db.close().await;
    }
}

fn person(sub: &str, given: &str) -> IdpPerson {
    IdpPerson {
        sub: sub.into(),
        name: format!("{given} Núñez (synthetic)"),
        given: given.into(),
        family: "Núñez".into(),
        birthdate: "1968-03-04".into(),
        email: format!("{sub}@people.example"),
        email_verified: true,
        phone: Some("+15550100199".into()),
        locale: "en-US".into(),
        acr: "urn:example:ial2".into(),
        amr: vec!["pwd".into(), "otp".into()],
        ..IdpPerson::default()
    }
}

impl World {
    async fn new(database: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let folder = TempDir::new().unwrap();
        let mut config = Config::for_testing(folder.path(), database);
        let provider = |id: &str, secret: Option<&str>, link_by| Provider {
            id: id.into(),
            name: "Demo".into(),
            issuer: issuer.clone(),
            client_id: format!("client-{id}"),
            client_secret: secret.map(Into::into),
            scopes: vec!["profile".into(), "email".into(), "phone".into()],
            acr_values: vec!["urn:example:ial2".into()],
            clock_skew_seconds: SKEW.as_secs(),
            link_by,
            hint: String::new(),
            hint_es: String::new(),
            staff: None,
            strength: api::config::Strength::default(),
        };
        config.oidc = vec![
            provider("demo", Some("s3:cret & more"), Match::Never),
            provider("public", None, Match::RecordNumber),
        ];
        let client = |id: &str, secret: Option<&str>| Client {
            id: id.into(),
            secret: secret.map(Into::into),
            redirect_uris: vec![format!("{}/sign-in/callback", config.server.public_url)],
            post_logout_redirect_uris: vec![format!("{}/signed-out", config.server.public_url)],
            backchannel_logout_uri: None,
        };
        let idp = IdpConfig {
            issuer: Url::parse(&issuer).unwrap(),
            clients: vec![client("client-demo", Some("s3:cret & more")), client("client-public", None)],
            people: vec![person("rosa", "Rosa"), person("sam", "Sam")],
        };
        let idp = fixtures::idp::start(listener, idp).await.unwrap();
        // Both clocks stand still, so that the allowed difference is not used up by how long a test takes.
        let now = Clock::System.now();
        idp.stop_clock(now.micros() / 1_000_000);
        let app = api::app::open(config, Clock::fixed(now)).await.unwrap();
        Self { app, idp, _folder: folder }
    }

    /// Begins a sign-in, lets the browser pick a person, and gives what the provider sent back.
    async fn back(&self, browser: &mut Browser, provider: &str, fresh: Fresh) -> Result<Back> {
        let start = Start {
            address: String::new(),
            provider: provider.into(),
            return_to: "/record/labs".into(),
            language: Language::Spanish,
            fresh,
        };
        let begun = identity::begin(&self.app, start).await?;
        let query = browser.sign_in(&begun.redirect, "rosa").await;
        let value = |name: &str| query.get(name).cloned();
        Ok(Back {
            browser: Some(begun.browser),
            state: value("state"),
            code: value("code"),
            issuer: value("iss"),
            error: value("error"),
            user_agent: WINDOWS.into(),
            address: "192.0.2.1".into(),
            previous: None,
        })
    }

    async fn sign_in(&self, provider: &str) -> Result<SignedIn> {
        let back = self.back(&mut Browser::new(), provider, Fresh::No).await?;
        identity::finish(&self.app, back).await
    }

    /// The answer to a sign-in while the provider misbehaves, as one word. Forgets what was cached before.
    async fn with(&self, provider: &str, faults: Faults) -> &'static str {
        self.idp.set_faults(faults);
        let answer = word(&self.sign_in(provider).await);
        self.idp.set_faults(Faults::default());
        answer
    }

    async fn in_force(&self, secret: &str) -> Option<Session> {
        identity::session(&self.app, secret).await.unwrap()
    }

    async fn one<T: Row>(&self, sql: &'static str) -> T {
        let mut tx = self.app.db.read().await.unwrap();
        query(sql).one(&mut tx).await.unwrap()
    }

    async fn outcomes(&self, session: &Session) -> Vec<String> {
        let devices = identity::devices(&self.app, &session.actor).await.unwrap();
        devices.events.into_iter().map(|event| event.outcome).collect()
    }
}

fn word<T>(answer: &Result<T>) -> &'static str {
    match answer {
        Ok(_) => "ok",
        Err(Error::Refused(refusal)) => refusal.0,
        Err(Error::Conflict(id) | Error::Unavailable(id)) => id,
        Err(Error::NotFound) => "not-found",
        Err(Error::Invalid(_)) => "invalid",
        Err(Error::Internal(error)) => panic!("{error:#}"),
    }
}

/// A browser with one cookie that stops where it would leave the provider.
struct Browser {
    http: reqwest::Client,
    cookie: Option<String>,
}

impl Browser {
    fn new() -> Self {
        Self { http: http(), cookie: None }
    }

    /// Goes there, picks the person if asked who it is, and gives the query it is sent back with.
    async fn sign_in(&mut self, url: &str, sub: &str) -> HashMap<String, String> {
        let home = Url::parse(url).unwrap().origin();
        let mut request = self.http.get(url);
        loop {
            if let Some(cookie) = &self.cookie {
                request = request.header("Cookie", cookie);
            }
            let answer = request.send().await.unwrap();
            if let Some(set) = answer.headers().get("Set-Cookie") {
                self.cookie = set.to_str().unwrap().split(';').next().map(str::to_owned);
            }
            if let Some(location) = answer.headers().get("Location") {
                let url = Url::parse(location.to_str().unwrap()).unwrap();
                if url.origin() != home {
                    let mut query: HashMap<_, _> = url.query_pairs().into_owned().collect();
                    query.insert("path".into(), url.path().into());
                    return query;
                }
                request = self.http.get(url);
                continue;
            }
            let html = answer.text().await.unwrap();
            let form = html
                .split("<form ")
                .find(|form| form.contains(&format!("name=\"person\" value=\"{sub}\"")))
                .unwrap_or_else(|| panic!("no form for {sub} in {html}"));
            let attribute = |tag: &str, name: &str| {
                let value = tag.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
                value.unwrap_or_default().to_owned()
            };
            let fields: Vec<_> = form
                .split("<input ")
                .skip(1)
                .map(|tag| (attribute(tag, "name"), attribute(tag, "value")))
                .collect();
            request = self.http.post(attribute(form, "action")).form(&fields);
        }
    }
}

#[tokio::test]
async fn a_person_signs_in_and_out() {
    on_each(async |world| {
        let app = &world.app;
        let mut browser = Browser::new();
        let back = world.back(&mut browser, "demo", Fresh::No).await.unwrap();
        let done = identity::finish(app, back).await.unwrap();
        assert_eq!(done.return_to, "/record/labs");
        let session = world.in_force(&done.secret).await.unwrap();
        assert_eq!(session.actor.name, "Rosa Núñez (synthetic)");
        assert_eq!(session.email.as_deref(), Some("rosa@people.example"));
        assert_eq!(session.actor.acr.as_deref(), Some("urn:example:ial2"));
        assert!(session.actor.auth_time.is_some());
        assert_eq!((&session.link, session.language), (&None, None));
        let contact = identity::contact(app, &session.actor).await.unwrap();
        assert_eq!(contact.birth_date.as_deref(), Some("1968-03-04"));
        assert_eq!(contact.phone.as_deref(), Some("+15550100199"));
        let devices = identity::devices(app, &session.actor).await.unwrap();
        assert_eq!(devices.devices[0].name, "Firefox on Windows");
        assert!(devices.devices[0].current);

        // Neither the secret nor a claim can be read in the session's row.
        let (claims, token): (Vec<u8>, Vec<u8>) = world.one("SELECT claims, id_token FROM session").await;
        for kept in [&claims, &token] {
            assert!(!kept.windows(4).any(|w| w == b"1968" || w == b"Rosa" || w == b"eyJh"));
        }
        let (hash,): (Vec<u8>,) = world.one("SELECT secret_hash FROM session").await;
        assert_ne!(hash, done.secret.as_bytes());

        // The same person again is the same account.
        let again = world.sign_in("demo").await.unwrap();
        assert_eq!(again.session.actor.account, session.actor.account);

        // Signing out ends it here and there.
        assert_eq!(world.idp.sessions("rosa"), 2);
        let url = identity::sign_out(app, &session).await.unwrap().unwrap();
        assert!(world.in_force(&done.secret).await.is_none());
        let landed = browser.sign_in(&url, "-").await;
        assert_eq!(landed["path"], "/signed-out");
        assert!(landed.contains_key("state"));
        assert_eq!(world.idp.sessions("rosa"), 1);
        assert!(world.in_force(&again.secret).await.is_some(), "another device stays signed in");
    })
    .await;
}

#[tokio::test]
async fn every_fault_is_refused_in_its_own_words() {
    on_each(async |world| {
        use {AuthorizeFault as A, IdTokenFault as T, Outage as O};
        let away = "sign-in-provider-away";
        assert_eq!(world.with("demo", Faults::default()).await, "ok");
        for fault in IdTokenFault::ALL {
            let expected = match fault {
                T::WrongNonce | T::MissingNonce => "sign-in-nonce",
                T::WrongAudience | T::ForeignAuthorizedParty => "sign-in-audience",
                T::WrongIssuer => "sign-in-issuer",
                T::Expired => "sign-in-clock",
                T::Unsigned
                | T::Hs256WithPublicKey
                | T::Hs256WithClientSecret
                | T::UnknownKey
                | T::ForgedSignature => "sign-in-signature",
                T::MissingSubject | T::Absent | T::Garbage => "sign-in-token",
            };
            for provider in ["demo", "public"] {
                let faults = Faults { id_token: Some(fault), ..Faults::default() };
                assert_eq!(world.with(provider, faults).await, expected, "{fault:?} {provider}");
            }
        }
        for (fault, expected) in [
            (A::AccessDenied, "sign-in-denied"),
            (A::ServerError, away),
            (A::Unavailable, away),
            (A::WrongState, "sign-in-state"),
            (A::MissingState, "sign-in-state"),
            (A::WrongIssuer, "sign-in-issuer"),
            (A::ForgedCode, "sign-in-code"),
        ] {
            let faults = Faults { authorize: Some(fault), ..Faults::default() };
            assert_eq!(world.with("demo", faults).await, expected, "{fault:?}");
        }
        for outage in [O::ServerError, O::Html, O::Truncated, O::WrongShape, O::TooMany] {
            let token = Faults { token: Some(outage), ..Faults::default() };
            assert_eq!(world.with("demo", token).await, away, "token {outage:?}");
            let userinfo = Faults { userinfo: Some(outage), ..Faults::default() };
            assert_eq!(world.with("public", userinfo.clone()).await, away, "userinfo {outage:?}");
            assert_eq!(world.with("demo", userinfo).await, "ok", "userinfo is not asked for nothing");
        }
        let other = Faults { other_subject_in_userinfo: true, ..Faults::default() };
        assert_eq!(world.with("public", other).await, "sign-in-person");
        assert_eq!(world.with("public", Faults::default()).await, "ok");
        let (sessions,): (i64,) = world.one("SELECT COUNT(*) FROM session").await;
        assert_eq!(sessions, 7, "no fault began a session");
        let (accounts,): (i64,) = world.one("SELECT COUNT(*) FROM account").await;
        assert_eq!(accounts, 1);
        assert_eq!(world.with("nobody", Faults::default()).await, "not-found");
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_is_away_or_is_another_is_said_so() {
    on_each(async |world| {
        use Outage as O;
        // Nothing is known yet, so each of these is felt at once.
        for outage in [O::ServerError, O::Html, O::Truncated, O::WrongShape, O::TooMany] {
            for faults in [
                Faults { discovery: Some(outage), ..Faults::default() },
                Faults { keys: Some(outage), ..Faults::default() },
            ] {
                assert_eq!(world.with("demo", faults).await, "sign-in-provider-away", "{outage:?}");
            }
        }
        let another = Faults { wrong_issuer_in_discovery: true, ..Faults::default() };
        assert_eq!(world.with("demo", another.clone()).await, "sign-in-settings");
        assert_eq!(world.with("demo", Faults::default()).await, "ok");

        // What is known carries over a short outage, but not over a day.
        let out = Faults { discovery: Some(O::ServerError), ..Faults::default() };
        world.app.clock.advance(Duration::from_secs(2 * 3600));
        world.idp.set_faults(out.clone());
        let start = Start {
            address: String::new(),
            provider: "demo".into(),
            return_to: String::new(),
            language: Language::English,
            fresh: Fresh::No,
        };
        assert_eq!(word(&identity::begin(&world.app, start.clone()).await), "ok");
        world.app.clock.advance(Duration::from_secs(24 * 3600));
        assert_eq!(word(&identity::begin(&world.app, start.clone()).await), "sign-in-provider-away");
        world.idp.stop().await;
        assert_eq!(word(&identity::begin(&world.app, start).await), "sign-in-provider-away");
    })
    .await;
}

#[tokio::test]
async fn an_answer_belongs_to_one_browser_one_time_and_one_sign_in() {
    type Change = fn(&mut Back);
    on_each(async |world| {
        let app = &world.app;
        let new = async || world.back(&mut Browser::new(), "demo", Fresh::No).await.unwrap();
        let table: [(&str, Change); 8] = [
            ("sign-in-browser", |b| b.browser = None),
            ("sign-in-browser", |b| b.browser = Some("another".into())),
            ("sign-in-state", |b| b.state = None),
            ("sign-in-state", |b| b.state = Some("forged".into())),
            ("sign-in-incomplete", |b| b.code = None),
            ("sign-in-issuer", |b| b.issuer = Some("https://evil.example".into())),
            ("sign-in-issuer", |b| b.issuer = None),
            ("sign-in-code", |b| b.code = Some("x\r\ny".into())),
        ];
        for (n, (expected, change)) in table.into_iter().enumerate() {
            let good = new().await;
            let mut bad = good.clone();
            change(&mut bad);
            assert_eq!(word(&identity::finish(app, bad).await), expected, "row {n}");
            if expected != "sign-in-state" {
                let tried = identity::finish(app, good).await;
                assert_eq!(word(&tried), "sign-in-state", "row {n}: spent by the first try");
            }
        }

        let good = new().await;
        assert_eq!(word(&identity::finish(app, good.clone()).await), "ok");
        assert_eq!(word(&identity::finish(app, good.clone()).await), "sign-in-state", "the whole again");
        let replay = Back { code: good.code, ..new().await };
        assert_eq!(word(&identity::finish(app, replay).await), "sign-in-code", "a used code");

        // A code of another sign-in of the same client, not used yet: only PKCE tells.
        let (one, two) = (new().await, new().await);
        let mixed = Back { code: one.code.clone(), ..two };
        assert_eq!(word(&identity::finish(app, mixed).await), "sign-in-code");
        // A code of another client.
        let public = world.back(&mut Browser::new(), "public", Fresh::No).await.unwrap();
        let mixed = Back { code: public.code, ..new().await };
        assert_eq!(word(&identity::finish(app, mixed).await), "sign-in-code");

        let late = new().await;
        app.clock.advance(Duration::from_secs(600));
        assert_eq!(word(&identity::finish(app, late).await), "sign-in-expired");
        identity::tidy(app).await.unwrap();
        assert_eq!(world.one::<(i64,)>("SELECT COUNT(*) FROM sign_in_flow").await.0, 0);
    })
    .await;
}

#[tokio::test]
async fn a_session_is_new_at_each_sign_in() {
    on_each(async |world| {
        let app = &world.app;
        let old = world.sign_in("demo").await.unwrap();
        let mut back = world.back(&mut Browser::new(), "demo", Fresh::No).await.unwrap();
        back.previous = Some(old.secret.clone());
        let new = identity::finish(app, back).await.unwrap();
        assert_ne!(new.secret, old.secret);
        assert!(world.in_force(&old.secret).await.is_none(), "the one before ended");
        assert!(world.outcomes(&new.session).await.contains(&"sign-in-ended-replaced".to_owned()));

        // A secret that somebody planted is not taken up.
        let mut back = world.back(&mut Browser::new(), "demo", Fresh::No).await.unwrap();
        back.previous = Some("planted".into());
        let new = identity::finish(app, back).await.unwrap();
        assert_ne!(new.secret, "planted");
        assert!(world.in_force("planted").await.is_none());
    })
    .await;
}

#[tokio::test]
async fn the_person_is_asked_again_where_that_is_wanted() {
    on_each(async |world| {
        let mut browser = Browser::new();
        let first = world.back(&mut browser, "demo", Fresh::No).await.unwrap();
        identity::finish(&world.app, first).await.unwrap();
        let again = world.back(&mut browser, "demo", Fresh::Yes).await.unwrap();
        assert_eq!(word(&identity::finish(&world.app, again).await), "ok");

        // The browser leaves out the wish, so the provider remembers an old sign-in: that is seen.
        world.app.clock.advance(Duration::from_secs(300));
        world.idp.set_faults(Faults { clock_skew_seconds: 300, ..Faults::default() });
        let start = Start {
            address: String::new(),
            provider: "demo".into(),
            return_to: String::new(),
            language: Language::English,
            fresh: Fresh::Yes,
        };
        let begun = identity::begin(&world.app, start).await.unwrap();
        let mut url = Url::parse(&begun.redirect).unwrap();
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        assert!(pairs.iter().any(|(name, value)| name == "prompt" && value == "login"));
        let kept = pairs.iter().filter(|(name, _)| name != "prompt" && name != "max_age");
        url.query_pairs_mut().clear().extend_pairs(kept);
        let query = browser.sign_in(url.as_str(), "-").await;
        let back = Back {
            browser: Some(begun.browser),
            state: query.get("state").cloned(),
            code: query.get("code").cloned(),
            issuer: query.get("iss").cloned(),
            ..Back::default()
        };
        assert_eq!(word(&identity::finish(&world.app, back).await), "sign-in-not-fresh");
    })
    .await;
}

#[tokio::test]
async fn keys_change_without_a_restart_and_without_end() {
    on_each(async |world| {
        for _ in 0..3 {
            assert_eq!(world.with("demo", Faults::default()).await, "ok");
            world.idp.rotate_keys().unwrap();
        }
        // Tokens with unknown keys make us ask a few times a minute, then not any more.
        for _ in 0..6 {
            let unknown = Faults { id_token: Some(IdTokenFault::UnknownKey), ..Faults::default() };
            assert_eq!(world.with("demo", unknown).await, "sign-in-signature");
        }
        world.idp.rotate_keys().unwrap();
        assert_eq!(world.with("demo", Faults::default()).await, "sign-in-signature");
        world.app.clock.advance(Duration::from_secs(61));
        world.idp.set_faults(Faults { clock_skew_seconds: 61, ..Faults::default() });
        assert_eq!(word(&world.sign_in("demo").await), "ok");
    })
    .await;
}

#[tokio::test]
async fn clocks_may_differ_by_what_the_settings_say() {
    on_each(async |world| {
        for (ahead, expected) in [
            (0, "ok"),
            (50, "ok"),
            (-50, "ok"),
            (120, "sign-in-clock"),
            (3600, "sign-in-clock"),
            (-3600, "sign-in-clock"),
        ] {
            let faults = Faults { clock_skew_seconds: ahead, ..Faults::default() };
            assert_eq!(world.with("demo", faults).await, expected, "{ahead} seconds ahead");
        }
    })
    .await;
}

#[tokio::test]
async fn a_provider_can_sign_a_person_out() {
    on_each(async |world| {
        let app = &world.app;
        let bad = "logout-token";
        let done = world.sign_in("demo").await.unwrap();
        let token = |client: &str| world.idp.logout_token(client, "rosa", None).unwrap();

        for fault in LogoutTokenFault::ALL {
            world.idp.set_faults(Faults { logout_token: Some(fault), ..Faults::default() });
            let forged = token("client-demo");
            assert_eq!(word(&identity::provider_logout(app, &forged).await), bad, "{fault:?}");
        }
        world.idp.set_faults(Faults::default());
        let good = token("client-demo");
        let mut cut = good.clone();
        cut.truncate(good.len() - 4);
        let nobody = token("client-nobody");
        for forged in ["", "x", "a.b.c", "e30.e30.", &cut, &nobody, &"A".repeat(100_000)] {
            assert_eq!(word(&identity::provider_logout(app, forged).await), bad);
        }
        assert!(world.in_force(&done.secret).await.is_some(), "no forged token signed anybody out");

        // Another client's token is not about our sessions there; somebody else's is not about Rosa's.
        identity::provider_logout(app, &token("client-public")).await.unwrap();
        let sam = world.idp.logout_token("client-demo", "sam", None).unwrap();
        identity::provider_logout(app, &sam).await.unwrap();
        let other = world.idp.logout_token("client-demo", "rosa", Some("another session")).unwrap();
        identity::provider_logout(app, &other).await.unwrap();
        assert!(world.in_force(&done.secret).await.is_some());

        identity::provider_logout(app, &good).await.unwrap();
        assert!(world.in_force(&done.secret).await.is_none());
        assert_eq!(word(&identity::provider_logout(app, &good).await), bad, "used before");
        let new = world.sign_in("demo").await.unwrap();
        assert_eq!(word(&identity::provider_logout(app, &good).await), bad);
        assert!(world.in_force(&new.secret).await.is_some());
        assert!(world.outcomes(&new.session).await.contains(&"sign-in-ended-provider".to_owned()));

        // An old token, sound otherwise; and keys that changed in between.
        let old = token("client-demo");
        app.clock.advance(Duration::from_secs(120) + SKEW + Duration::from_secs(2));
        assert_eq!(word(&identity::provider_logout(app, &old).await), bad, "expired");
        world.idp.set_faults(Faults { clock_skew_seconds: 182, ..Faults::default() });
        world.idp.rotate_keys().unwrap();
        identity::provider_logout(app, &token("client-demo")).await.unwrap();
        assert!(world.in_force(&new.secret).await.is_none());
    })
    .await;
}

/// Two tabs end their first sign-in at the same moment: one account.
#[tokio::test]
async fn two_first_sign_ins_make_one_account() {
    on_each(async |world| {
        let one = world.back(&mut Browser::new(), "demo", Fresh::No).await.unwrap();
        let two = world.back(&mut Browser::new(), "demo", Fresh::No).await.unwrap();
        let (one, two) = tokio::join!(identity::finish(&world.app, one), identity::finish(&world.app, two));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one.session.actor.account, two.session.actor.account);
        assert_eq!(world.one::<(i64,)>("SELECT COUNT(*) FROM account").await.0, 1);
    })
    .await;
}
