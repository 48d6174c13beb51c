//! What every use-case is given: settings, database, clock, blobs, keys, HTTP. Data, no logic.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context;
use tokio::sync::{mpsc, oneshot};

use crate::base::{Clock, Error, Instant, PatientNo, Result};
use crate::blobs::Blobs;
use crate::config::Config;
use crate::db::Db;
use crate::keys::Keys;

/// The HTTP client.
pub type Http = reqwest::Client;

/// The running service. Cheap to clone.
pub type App = Arc<Inner>;

/// What [`App`] points to.
pub struct Inner {
    /// The settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Encrypted files.
    pub blobs: Blobs,
    /// The secrets this service made for itself.
    pub keys: Keys,
    /// For calls to identity providers and source systems. Follows no redirects.
    pub http: Http,
    /// The way into the ledger for releases that change nothing else; `disclosures` works it off.
    pub ledger: LedgerLine,
    /// The calls of apps at the FHIR interface that this process answered just now; `smart` counts them and writes
    /// them down.
    pub calls: Mutex<Calls>,
}

/// Calls of the FHIR interface, in memory: no read waits for a database because it is counted.
#[derive(Debug, Default)]
pub struct Calls {
    /// The minute that is counted, since 1970.
    pub minute: i64,
    /// How many calls came in it with a token in force, by the connection or the system.
    pub counts: HashMap<String, i64>,
    /// How many came without, by the network. Apart, because whoever calls can make up networks, and no connections.
    pub strangers: HashMap<String, i64>,
    /// Lines for the logs of developers that wait to be written.
    pub lines: Vec<CallLine>,
    /// How many calls each app made since lines were written last, by its id.
    pub made: HashMap<String, i64>,
}

/// One call of an app. Nothing in it is about a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallLine {
    /// The app's id.
    pub client: String,
    /// When.
    pub at: Instant,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The method, the kind of interaction and the type of resource.
    pub what: [&'static str; 3],
    /// Why it was refused, in fixed words; empty where it was not.
    pub why: &'static str,
    /// What the answer carried to find it here; empty where the app named the request itself.
    pub trace: String,
}

/// Ledger entries waiting to be committed together.
pub struct LedgerLine {
    /// Where releases stand in line.
    pub sender: mpsc::Sender<Waiting>,
    /// Taken once, by the writer.
    pub receiver: Mutex<Option<mpsc::Receiver<Waiting>>>,
}

/// One entry in line: whose chain, its body, and who waits for it to be durable.
pub struct Waiting {
    /// Whose record.
    pub patient: PatientNo,
    /// The entry as it will be kept, JSON.
    pub body: Vec<u8>,
    /// Told the entry's number in the person's chain when it is durable; dropped when it is not.
    pub done: oneshot::Sender<i64>,
}

/// Opens everything that `config` names and brings the tables up to date.
pub async fn open(config: Config, clock: Clock) -> Result<App> {
    install_providers();
    make_folder(&config.data).with_context(|| format!("making the folder {}", config.data.display()))?;
    let db = Db::open(&config.database.url).await?;
    db.migrate().await?;
    let blobs = Blobs::open(config.data.join("blobs"))?;
    let keys = Keys::open(&config.data.join("keys"))?;
    assemble(config, clock, (db, blobs, keys))
}

/// Opens what is there and makes nothing: no folder, no database, no key, no table. For what proves something,
/// which must not begin with an empty house of its own.
///
/// # Errors
/// Names what is missing and where it was looked for.
pub async fn open_existing(config: Config, clock: Clock) -> Result<App> {
    install_providers();
    let keys = config.data.join("keys");
    if !config.data.is_dir() {
        return Err(missing(format!("there is no data folder {}", config.data.display())));
    }
    if !Db::is_there(&config.database.url) {
        return Err(missing(format!("there is no database {}", config.database.url)));
    }
    let db = Db::open(&config.database.url).await?;
    if !db.has_tables().await? {
        db.close().await;
        return Err(missing("the database has no tables of this service".into()));
    }
    let blobs = Blobs::existing(config.data.join("blobs"));
    let keys = Keys::existing(&keys)?;
    assemble(config, clock, (db, blobs, keys))
}

fn missing(what: String) -> Error {
    Error::internal(anyhow::anyhow!("{what}; check --data and --config"))
}

fn install_providers() {
    // Both fail only when a provider was installed before, which is what is wanted.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}

fn assemble(config: Config, clock: Clock, (db, blobs, keys): (Db, Blobs, Keys)) -> Result<App> {
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(30))
        // Many servers close a connection that was idle for five seconds. One that closes while the next request is
        // on its way loses it, and what must not be sent twice, such as a code, is then lost too.
        .pool_idle_timeout(Duration::from_secs(3))
        .user_agent(concat!("recordright/", env!("CARGO_PKG_VERSION")))
        .build()
        .context("making the HTTP client")?;
    let (sender, receiver) = mpsc::channel(4096);
    let ledger = LedgerLine { sender, receiver: Mutex::new(Some(receiver)) };
    let calls = Mutex::default();
    Ok(Arc::new(Inner { config, db, clock, blobs, keys, http, ledger, calls }))
}

/// Makes the data folder for its owner only: what lies in it is nobody else's to read.
pub fn make_folder(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
