//! `recordright serve`, `work` and `migrate`.

use std::fs::File;
use std::io::BufReader;
use std::net::TcpListener;
use std::num::NonZero;
use std::process::ExitCode;

use actix_web::web::Data;
use actix_web::{HttpServer, middleware};
use anyhow::{Context, bail};
use api::app::App;
use api::config::{Config, Tls};
use clap::Args;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::watch;

use super::{Place, logging, open};

/// Run the service.
///
/// Example: recordright serve --config /etc/recordright/recordright.toml
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
}

impl Serve {
    /// Serves until SIGTERM or SIGINT; requests in flight and the running job are finished first.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        logging::start();
        let config = self.place.config()?;
        refuse_faults(&config)?;
        actix_web::rt::System::new().block_on(async {
            let app = ready(config).await?;
            let listen = &app.config.server.listen;
            let listener = TcpListener::bind(listen)
                .with_context(|| format!("listening on {listen} (setting server.listen)"))?;
            serve(app, listener).await
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Tells which rules of the law are set and bind nothing yet, so that nobody relies on them.
fn tell_what_waits(config: &Config) {
    for key in config.law.without_effect() {
        tracing::warn!(
            law.key = key,
            "this rule is set and binds nothing yet; docs/law.md says what it waits for"
        );
    }
}

fn refuse_faults(config: &Config) -> anyhow::Result<()> {
    let mut faults = config.faults();
    faults.extend(api::smart::faults(config));
    for fault in &faults {
        eprintln!("recordright: {} {}", fault.key, fault.words);
    }
    if !faults.is_empty() {
        bail!("the settings have {} fault(s); nothing was started", faults.len());
    }
    for remark in api::smart::remarks(config) {
        tracing::warn!(key = remark.key, "{}", remark.words);
    }
    Ok(())
}

/// Opens the data and does what has to be done before anything is served. It can take hours, and nobody listens
/// meanwhile: who connects is refused and not kept waiting.
pub async fn ready(config: Config) -> anyhow::Result<App> {
    tell_what_waits(&config);
    let app = open(config).await?;
    api::smart::bring_clients(&app).await.context("registering the apps of the settings (clients)")?;
    api::bulk::take_gone(&app).await.context("stopping exports of groups that the settings took away")?;
    api::records::label_before_serving(&app).await.context("settling labels anew")?;
    Ok(app)
}

/// Serves on a listener until a signal comes.
pub async fn serve(app: App, listener: TcpListener) -> anyhow::Result<()> {
    let ledger = api::disclosures::start(&app).context("the ledger's writer is running already")?;
    let (stop, stopped) = watch::channel(false);
    let worker = app.config.server.work.then(|| tokio::spawn(api::worker::work(app.clone(), stopped)));
    tracing::info!(listen = %listener.local_addr()?, url = app.config.server.public_url, database = app.db.kind(), "serving");

    start(&app, listener)?.await?;

    let _ = stop.send(true);
    if let Some(worker) = worker {
        worker.await?;
    }
    api::disclosures::checkpoint(&app).await?;
    api::smart::write_calls(&app).await?;
    ledger.abort();
    app.db.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Binds the server; it runs when awaited.
pub fn start(app: &App, listener: TcpListener) -> anyhow::Result<actix_web::dev::Server> {
    let data = Data::new(app.clone());
    let threads = match app.config.server.threads {
        0 => 2 * std::thread::available_parallelism().map_or(1, NonZero::get),
        threads => threads,
    };
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(data.clone())
            .wrap(middleware::from_fn(api::web::hurry))
            .wrap(middleware::Compress::default())
            .configure(api::web::configure)
            .configure(portal::configure)
    })
    // Without it each page would wait 40 ms for the client's delayed acknowledgement.
    .tcp_nodelay(true)
    // For the head; the body has `hurry`.
    .client_request_timeout(std::time::Duration::from_secs(15))
    .shutdown_timeout(20)
    .workers(threads);
    let server = match &app.config.server.tls {
        Some(tls) => server.listen_rustls_0_23(listener, rustls_config(tls)?)?,
        None => server.listen(listener)?,
    };
    Ok(server.run())
}

fn rustls_config(tls: &Tls) -> anyhow::Result<rustls::ServerConfig> {
    let certificates = CertificateDer::pem_reader_iter(&mut BufReader::new(
        File::open(&tls.certificate).with_context(|| format!("opening {}", tls.certificate.display()))?,
    ))
    .collect::<Result<Vec<_>, _>>()
    .with_context(|| format!("reading the certificates in {}", tls.certificate.display()))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key)
        .with_context(|| format!("reading the key in {}", tls.key.display()))?;
    rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .context("the certificate and the key do not fit together (settings server.tls)")
}

/// Work off jobs only.
///
/// Example: recordright work --config /etc/recordright/recordright.toml
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Work {
    #[command(flatten)]
    place: Place,
}

impl Work {
    /// Works until a signal comes.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        logging::start();
        let config = self.place.config()?;
        refuse_faults(&config)?;
        tell_what_waits(&config);
        let app = open(config).await?;
        api::records::label_before_serving(&app).await.context("settling labels anew")?;
        // An export writes the entry of each person whose record is in it.
        let ledger = api::disclosures::start(&app).context("the ledger's writer is running already")?;
        let (stop, stopped) = watch::channel(false);
        let worker = tokio::spawn(api::worker::work(app.clone(), stopped));
        tracing::info!(database = app.db.kind(), "working");
        signal().await?;
        let _ = stop.send(true);
        worker.await?;
        ledger.abort();
        app.db.close().await;
        tracing::info!("stopped");
        Ok(ExitCode::SUCCESS)
    }
}

async fn signal() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => {}
            done = tokio::signal::ctrl_c() => done?,
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}

/// Bring the tables up to date and stop.
///
/// Example: recordright migrate --data /var/lib/recordright
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Migrate {
    #[command(flatten)]
    place: Place,
}

impl Migrate {
    /// Opening the data folder makes the keys and brings the tables up to date.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.open().await?;
        println!("The {} database is up to date.", app.db.kind());
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}
