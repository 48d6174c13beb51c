//! `recordright demo`: everything on one machine with synthetic people. The same `serve` as in a clinic, with
//! a demo identity provider, a demo EHR, a demo mail server and a sample app beside it.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use api::app::App;
use api::base::{Clock, Error};
use api::config::{Clinic, Config, Mail, Match, Provider, Role, Source, StaffClaims};
use api::disclosures::codes;
use api::disclosures::links::Decider;
use api::identity::Way;
use api::smart::{self, ClientId, ClientKind, Origin, Registration, Use};
use clap::Args;
use fixtures::people::{self, Person};
use fixtures::{app as notebook, ehr, idp, mail};

use super::{logging, serve};

/// Run everything on this machine with synthetic people: portal, sign-in, EHR, mail, a sample app. For trying
/// out only.
///
/// Examples:
///   recordright demo
///   recordright demo --listen 127.0.0.1:9000 --data /tmp/demo
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Demo {
    /// Address and port of the portal, on this machine.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    listen: SocketAddr,
    /// The data folder, made if missing. Without it a new folder in the temporary folder.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// What makes the synthetic people; always the same.
const SEED: u64 = 1;

impl Demo {
    /// Runs until Ctrl-C.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        logging::start();
        if !self.listen.ip().is_loopback() {
            bail!(
                "the demo lets anybody sign in as anybody, so it listens on this machine only: use 127.0.0.1"
            );
        }
        actix_web::rt::System::new().block_on(self.go())?;
        Ok(ExitCode::SUCCESS)
    }

    async fn go(self) -> anyhow::Result<()> {
        let listener = TcpListener::bind(self.listen).with_context(|| {
            format!("listening on {}; choose another port with --listen 127.0.0.1:PORT", self.listen)
        })?;
        let portal = listener.local_addr()?;
        let data = match self.data {
            Some(data) => data,
            None => temporary()?,
        };
        api::app::make_folder(&data).with_context(|| format!("making the folder {}", data.display()))?;
        let url = format!("http://{portal}");
        let people = people::people(SEED);

        let ip = portal.ip();
        let ehr = ehr::start(free(ip)?, ehr::EhrData::demo(SEED), ehr::Faults::none()).await?;
        let mail = mail::start(free(ip)?, Some(data.join("mail"))).await?;
        let idp_listener = free(ip)?;
        let issuer = format!("http://{}", idp_listener.local_addr()?);
        let idp = idp::start(idp_listener, idp_config(&issuer, &url, &people)?).await?;

        let config = config(&data, &url, (idp.issuer(), &ehr.url(), &mail.address().to_string()));
        let app = api::app::open(config.clone(), Clock::System).await?;
        gather(&app, &people).await?;
        let codes = codes(&app, &people).await?;
        let notebook = sample_app(&app, (free(ip)?, &url)).await?;
        app.db.close().await;
        drop(app);

        tell(&data, [&url, &notebook.url(), &ehr.url()], (&people, &codes));
        serve::serve(serve::ready(config).await?, listener).await?;
        notebook.stop().await;
        idp.stop().await;
        ehr.stop().await;
        mail.stop();
        Ok(())
    }
}

fn free(ip: IpAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind((ip, 0)).context("finding a free port")
}

fn temporary() -> anyhow::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("recordright-demo-{}", std::process::id()));
    api::app::make_folder(&folder)?;
    Ok(folder)
}

fn config(data: &std::path::Path, url: &str, (issuer, ehr, mail): (&str, &str, &str)) -> Config {
    let mut config = Config::for_testing(data, &format!("sqlite:{}", data.join("recordright.db").display()));
    config.clinic = Clinic {
        name: "Cedar Street Clinic (demo)".into(),
        phone: "617-555-0100".into(),
        email: "records@clinic.example".into(),
        address: "1 Cedar Street, Springfield, MA 01103".into(),
        identifiers: vec!["npi|1234567893".into()],
        time_zone: "America/New_York".into(),
        answer_days: 5,
    };
    config.server.public_url = url.into();
    config.oidc = vec![Provider {
        id: "demo".into(),
        name: "Demo sign-in".into(),
        issuer: issuer.into(),
        client_id: "recordright".into(),
        client_secret: Some("demo-secret".to_owned().into()),
        scopes: vec!["profile".into(), "email".into(), "phone".into()],
        acr_values: vec![],
        clock_skew_seconds: 60,
        link_by: Match::Never,
        hint: "You choose one of the made-up people. No password.".into(),
        hint_es: "Usted elige a una de las personas inventadas. Sin contraseña.".into(),
        staff: Some(staff_claims()),
        strength: api::config::Strength::default(),
    }];
    config.sources = vec![Source {
        name: "demo-ehr".into(),
        title: "Cedar Street Clinic records".into(),
        url: ehr.into(),
        token: None,
        every_hours: 24,
        timeout_seconds: 30,
        page_size: 500,
    }];
    config.mail = Mail { server: mail.into(), from: "records@clinic.example".into(), ..Mail::default() };
    // Whoever tries their app here has its keys on this machine, and registers it as often as they like.
    config.apps.loopback_keys = true;
    (config.apps.registrations_per_hour, config.apps.calls_per_minute) = (0, 0);
    config
}

/// The roles that the demo provider's claims give.
fn staff_claims() -> StaffClaims {
    let role = |(name, role): (&str, &str)| Some((name.to_owned(), Role::from_slug(role)?));
    StaffClaims { claim: "roles".into(), roles: idp::STAFF_ROLES.into_iter().filter_map(role).collect() }
}

fn idp_config(issuer: &str, url: &str, people: &[Person]) -> anyhow::Result<idp::IdpConfig> {
    Ok(idp::IdpConfig {
        issuer: issuer.parse()?,
        clients: vec![idp::Client {
            id: "recordright".into(),
            secret: Some("demo-secret".into()),
            redirect_uris: vec![format!("{url}/sign-in/callback")],
            post_logout_redirect_uris: vec![format!("{url}/signed-out")],
            backchannel_logout_uri: Some(format!("{url}/back-channel-logout")),
        }],
        people: people.iter().map(idp::IdpPerson::from).chain(idp::staff()).collect(),
    })
}

/// Gathers everybody from the demo EHR, over HTTP as from any other.
async fn gather(app: &App, people: &[Person]) -> anyhow::Result<()> {
    for person in people {
        let gathered = api::sources::gather(app, "demo-ehr", &person.patient_id).await?;
        if let Some(failure) = gathered.failure {
            bail!("gathering {} from the demo EHR failed: {failure}", person.key);
        }
    }
    Ok(())
}

/// A fresh activation code for each person, as a clinic's desk would hand them out: to nobody who died.
async fn codes(app: &App, people: &[Person]) -> anyhow::Result<Vec<Option<String>>> {
    let mut codes = Vec::new();
    for person in people {
        let found = api::identity::patients_by(app, &person.patient_id).await?;
        let [one] = found.as_slice() else {
            bail!("{} is not one person in the demo's database", person.key)
        };
        codes.push(match codes::give(app, Decider::Operator("demo"), (one.patient, Way::Sent)).await {
            Ok(issued) => Some(issued.code),
            Err(Error::Conflict("conflict-deceased")) => None,
            Err(error) => return Err(error.into()),
        });
    }
    Ok(codes)
}

/// Registers the sample app under its new addresses, and starts it.
async fn sample_app(app: &App, (listener, url): (TcpListener, &str)) -> anyhow::Result<notebook::RunningApp> {
    let address = listener.local_addr()?;
    let id = ClientId("health-notebook".into());
    let about = Registration {
        name: notebook::NAME.into(),
        made_by: Some("The makers of this demonstration".into()),
        kind: ClientKind::Public,
        used_by: Use::Person,
        redirect_uris: vec![notebook::redirect_uri(address)],
        launch_uri: Some(notebook::launch_uri(address)),
        logo_uri: None,
        client_uri: Some(format!("http://{address}/")),
        policy_uri: None,
        tos_uri: None,
        contacts: vec!["notebook@apps.example".into()],
        scope: None,
        keys: None,
        groups: vec![],
        software: None,
    };
    let registered = smart::register_by_operator(app, (id, Origin::Demo), about).await?;
    let config = notebook::AppConfig {
        fhir: format!("{url}/fhir").parse()?,
        client_id: registered.client.id.to_string(),
    };
    notebook::start(listener, config).await
}

fn tell(
    data: &std::path::Path,
    [url, notebook, ehr]: [&str; 3],
    (people, codes): (&[Person], &[Option<String>]),
) {
    println!("Recordright demo, with synthetic people only.\n");
    println!("  Open        {url}");
    println!("  Data        {}", data.display());
    println!("  Mail        goes to {}", data.join("mail").display());
    println!("  Sample app  {notebook}");
    println!("  Its data    come over {url}/fhir; the records were gathered from {ehr}\n");
    println!("Sign in as one of these; the activation code links the account to the record, once:\n");
    for (person, code) in people.iter().zip(codes) {
        let code = code.as_deref().unwrap_or("-");
        println!("  {:<22} code {code:<14}  {}", format!("{} {}", person.given, person.family), person.note);
    }
    println!("\nStaff, who work at {url}/staff:\n");
    for person in idp::staff() {
        println!("  {:<22} {}", format!("{} {}", person.given, person.family), person.note);
    }
    println!("\nStop with Ctrl-C.");
}
