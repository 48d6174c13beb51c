//! The whole house on free ports: the portal as `serve` runs it, with the demo identity provider, the demo EHR
//! and the mail sink as neighbours.

use std::net::TcpListener;
use std::process::Child;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App as Web, HttpServer};
use api::app::App;
use api::base::Clock;
use api::config::{Config, Mail, Match, Provider, Role, Source, StaffClaims};
use api::disclosures::codes;
use api::disclosures::links::Decider;
use api::identity::Way;
use fixtures::people::{self, Person};
use fixtures::{ehr, idp, mail};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::client::Browser;
use super::database::Raw;
use super::{Database, Kind, binary};

/// What makes the synthetic people of the tests.
pub const SEED: u64 = 1;

/// A running house. Call [`House::close`] at the end of a test; its folder goes with it.
pub struct House {
    pub app: App,
    pub url: String,
    pub people: Vec<Person>,
    pub idp: idp::RunningIdp,
    pub ehr: ehr::RunningEhr,
    pub mail: mail::RunningMail,
    pub raw: Raw,
    pub folder: TempDir,
    pub database: Database,
    server: ServerHandle,
    stop: watch::Sender<bool>,
    worker: Option<JoinHandle<()>>,
    writer: JoinHandle<()>,
}

impl House {
    /// Starts everything; no record is gathered yet.
    pub async fn start(kind: Kind) -> Self {
        Self::with(kind, |_| {}).await
    }

    /// The same, with other settings.
    pub async fn with(kind: Kind, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::new(kind, folder.path()).await;
        let (listener, url) = listen();
        let (idp_listener, issuer) = listen();
        let people = people::people(SEED);
        let ehr = ehr::start(listen().0, ehr::EhrData::demo(SEED), ehr::Faults::none()).await.unwrap();
        let mail = mail::start(listen().0, None).await.unwrap();
        let idp = idp::start(idp_listener, provider(&issuer, &url, &people)).await.unwrap();
        let mut config = Config::for_testing(folder.path(), &database.url);
        config.clinic.phone = "555-0100".into();
        config.server.public_url.clone_from(&url);
        config.oidc = vec![relying(idp.issuer())];
        config.sources = vec![source(&ehr.url())];
        config.mail = Mail {
            server: mail.address().to_string(),
            from: "records@clinic.example".into(),
            ..Mail::default()
        };
        change(&mut config);
        assert_eq!(config.faults(), [], "the tests run on settings that `recordright check` finds good");
        let app = api::app::open(config, Clock::System).await.unwrap();
        let writer = api::disclosures::start(&app).unwrap();
        let (stop, stopped) = watch::channel(false);
        let worker = app.config.server.work.then(|| tokio::spawn(api::worker::work(app.clone(), stopped)));
        let server = serve(&app, listener);
        let raw = database.raw().await;
        Self { app, url, people, idp, ehr, mail, raw, folder, database, server, stop, worker, writer }
    }

    /// A person by their key, such as `rosa`.
    pub fn person(&self, key: &str) -> &Person {
        self.people
            .iter()
            .find(|person| person.key == key)
            .unwrap_or_else(|| panic!("nobody is called {key}"))
    }

    /// Gathers a person's record from the demo EHR.
    pub async fn gather(&self, key: &str) {
        let gathered =
            api::sources::gather(&self.app, "demo-ehr", &self.person(key).patient_id).await.unwrap();
        assert_eq!(gathered.failure, None);
        assert!(gathered.report.accepted > 0);
    }

    /// A fresh activation code for a person whose record is here.
    pub async fn code(&self, key: &str) -> String {
        let found = api::identity::patients_by(&self.app, &self.person(key).patient_id).await.unwrap();
        let [one] = found.as_slice() else { panic!("{key} is {} people", found.len()) };
        let given = (one.patient, Way::Sent);
        codes::give(&self.app, Decider::Operator("tests"), given).await.unwrap().code
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// A browser in which a person is signed in, without a record yet.
    pub async fn signed_in(&self, key: &str) -> Browser {
        let mut browser = self.browser();
        let page = browser.get("/sign-in").await;
        let asked = browser.submit(&page, "form[action='/sign-in/demo']", &[]).await;
        let sub = format!("demo-{key}");
        let form = format!("form:has(input[name='person'][value='{sub}'])");
        browser.submit(&asked, &form, &[]).await;
        browser
    }

    /// A browser in which one of the staff is signed in, such as `clerk`.
    pub async fn desk(&self, key: &str) -> Browser {
        self.signed_in(&format!("staff-{key}")).await
    }

    /// A browser in which a person is signed in and linked to their gathered record.
    pub async fn linked(&self, key: &str) -> Browser {
        self.gather(key).await;
        self.links(key).await
    }

    /// The same for somebody whose record is here already.
    pub async fn links(&self, key: &str) -> Browser {
        let code = self.code(key).await;
        let mut browser = self.signed_in(key).await;
        let page = browser.get("/link").await;
        let home = browser.submit(&page, "form[action='/link']", &[("code", &code)]).await;
        assert_eq!(home.path, "/home", "{}", home.text);
        browser
    }

    /// What stands in addresses for an item, by its key as the database keeps it.
    pub fn address(&self, rid: &str) -> String {
        self.app.keys.address(api::base::Rid(rid.parse().unwrap())).to_string()
    }

    /// Entries in the ledger.
    pub async fn entries(&self) -> i64 {
        self.raw.number("SELECT count(*) FROM ledger_entry").await
    }

    /// Stops everything.
    pub async fn close(self) {
        drop(self.leave().await);
    }

    /// Stops everything and leaves folder and database behind, as after a clean shutdown.
    pub async fn leave(self) -> Kept {
        self.server.stop(false).await;
        let _ = self.stop.send(true);
        if let Some(worker) = self.worker {
            worker.await.unwrap();
        }
        self.writer.abort();
        self.idp.stop().await;
        self.mail.stop();
        self.ehr.stop().await;
        self.app.db.close().await;
        Kept { folder: self.folder, database: self.database }
    }
}

/// What a house leaves behind: its data.
pub struct Kept {
    pub folder: TempDir,
    pub database: Database,
}

/// `recordright serve` as a process of its own.
pub struct Served(pub Child);

impl Kept {
    /// Serves the data with the real program, without its worker, and moves the browser there.
    pub async fn serve(&self, browser: &mut Browser) -> Served {
        let url = format!("http://127.0.0.1:{}", binary::free_port());
        browser.move_to(&url);
        let mut command =
            binary::settled(binary::command(self.folder.path(), Some(&self.database.url), &["serve"]));
        command
            .env("RECORDRIGHT__SERVER__LISTEN", url.trim_start_matches("http://"))
            .env("RECORDRIGHT__SERVER__PUBLIC_URL", &url)
            .env("RECORDRIGHT__SERVER__WORK", "false")
            .env("RECORDRIGHT__COPIES__PER_DAY", "1000000")
            // Counted, and never too often: what is measured is the reading.
            .env("RECORDRIGHT__APPS__READS_PER_MINUTE", "1000000000");
        let mut served = Served(binary::start(command));
        binary::answered(&mut served.0, async || {
            let page = browser.try_ask(reqwest::Method::GET, "/health/live").await?;
            (page.status == 200).then_some(())
        })
        .await;
        served
    }
}

impl Served {
    /// Ends it without a warning (kill -9).
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Ends it when it is no longer needed.
    pub fn stop(self) {
        self.kill();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

fn serve(app: &App, listener: TcpListener) -> ServerHandle {
    let data = Data::new(app.clone());
    let server = HttpServer::new(move || {
        Web::new()
            .app_data(data.clone())
            .wrap(from_fn(api::web::hurry))
            .configure(api::web::configure)
            .configure(portal::configure)
    })
    .workers(1)
    .disable_signals()
    .shutdown_timeout(1)
    .listen(listener)
    .unwrap()
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    handle
}

fn provider(issuer: &str, url: &str, people: &[Person]) -> idp::IdpConfig {
    idp::IdpConfig {
        issuer: issuer.parse().unwrap(),
        clients: vec![idp::Client {
            id: "recordright".into(),
            secret: Some("test-secret".into()),
            redirect_uris: vec![format!("{url}/sign-in/callback")],
            post_logout_redirect_uris: vec![format!("{url}/signed-out")],
            backchannel_logout_uri: Some(format!("{url}/back-channel-logout")),
        }],
        people: people.iter().map(idp::IdpPerson::from).chain(idp::staff()).collect(),
    }
}

fn relying(issuer: &str) -> Provider {
    Provider {
        id: "demo".into(),
        name: "Demo".into(),
        issuer: issuer.into(),
        client_id: "recordright".into(),
        client_secret: Some("test-secret".to_owned().into()),
        scopes: vec!["profile".into(), "email".into(), "phone".into()],
        acr_values: vec![],
        clock_skew_seconds: 60,
        link_by: Match::Never,
        hint: String::new(),
        hint_es: String::new(),
        staff: Some(staff_claims()),
        strength: api::config::Strength::default(),
    }
}

/// The roles that the demo provider's claims give.
fn staff_claims() -> StaffClaims {
    let role = |(name, role): (&str, &str)| (name.to_owned(), Role::from_slug(role).unwrap());
    StaffClaims { claim: "roles".into(), roles: idp::STAFF_ROLES.into_iter().map(role).collect() }
}

fn source(url: &str) -> Source {
    Source {
        name: "demo-ehr".into(),
        title: "Records of the tests".into(),
        url: url.into(),
        token: None,
        every_hours: 24,
        timeout_seconds: 30,
        page_size: 500,
    }
}
