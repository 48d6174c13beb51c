//! What a clinic can set, one file per topic. Defaults, then a TOML file, then the environment
//! (`RECORDRIGHT__SECTION__KEY`). The only room that reads the environment. docs/configuration.md
//! lists every key; a test compares.

mod apps;
mod bulk;
mod check;
mod claims;
mod clients;
mod clinic;
mod copies;
mod database;
mod law;
mod mail;
mod oidc;
mod program;
mod server;
mod sessions;
mod sources;
mod strength;

use std::path::{Path, PathBuf};

use figment::Figment;
use figment::error::Kind;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

pub use apps::Apps;
pub use bulk::Bulk;
pub use check::Fault;
pub use claims::Claims;
pub use clients::Client;
pub use clinic::Clinic;
pub use copies::Copies;
pub use database::Database;
pub use law::{Band, Binding, Candidate, Due, Entry, Law, OfMinors, Parents, Rule, Unit, Value};
pub use mail::Mail;
pub use oidc::{Match, Provider, Role, StaffClaims};
pub use program::Program;
pub use server::{Server, Tls};
pub use sessions::{Act, Sessions};
pub use sources::Source;
pub use strength::{Level, Strength};

/// Everything that can be set.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The folder for keys, copies and, on SQLite, the database.
    pub data: PathBuf,
    /// Who runs this service, as people see it.
    pub clinic: Clinic,
    /// Where and how it listens.
    pub server: Server,
    /// Where records are kept.
    pub database: Database,
    /// How long a sign-in lasts.
    pub sessions: Sessions,
    /// Identity providers, in the order of the sign-in page.
    pub oidc: Vec<Provider>,
    /// Source systems that records are gathered from.
    pub sources: Vec<Source>,
    /// How copies are built and kept.
    pub copies: Copies,
    /// What becomes of the papers of claims.
    pub claims: Claims,
    /// Apps that people connect.
    pub apps: Apps,
    /// Apps and systems that the clinic itself brings.
    pub clients: Vec<Client>,
    /// How exports to systems are built and kept.
    pub bulk: Bulk,
    /// How mail is sent.
    pub mail: Mail,
    /// What the law of the clinic's state settles.
    pub law: Law,
    /// Who belongs to a program for substance use.
    pub program: Program,
}

impl Config {
    /// Reads the settings: defaults, then `file` (or `recordright.toml` in the data folder, if there is
    /// one), then the environment, then what the command line gave. Errors name the key.
    #[expect(
        clippy::result_large_err,
        reason = "read once at the start; figment's error names the key and place"
    )]
    pub fn read(file: Option<&Path>, data: Option<&Path>) -> Result<Self, figment::Error> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        figment = match (file, data) {
            (Some(file), _) => figment.merge(Toml::file_exact(file)),
            (None, Some(data)) => figment.merge(Toml::file(data.join("recordright.toml"))),
            (None, None) => figment.merge(Toml::file("recordright.toml")),
        };
        figment = figment.merge(Env::prefixed("RECORDRIGHT__").split("__"));
        let mut config: Self = figment.extract()?;
        if let Some(data) = data {
            config.data = data.to_owned();
        }
        if config.data.as_os_str().is_empty() {
            config.data = PathBuf::from("data");
        }
        if config.database.url.is_empty() {
            config.database.url = format!("sqlite:{}", config.data.join("recordright.db").display());
        }
        config.law.read_file(file.or(data))?;
        Ok(config)
    }

    /// Settings for a test: everything under `data`, no providers, no sources.
    pub fn for_testing(data: &Path, database_url: &str) -> Self {
        Self { data: data.to_owned(), database: Database { url: database_url.to_owned() }, ..Self::default() }
    }
}

/// What is wrong in the settings, by the key as it is written in the file or the name in the environment.
pub fn in_words(errors: figment::Error) -> String {
    let one = |error: figment::Error| {
        let place = error.metadata.as_ref().map_or_else(String::new, |metadata| {
            let file = metadata.source.as_ref().and_then(|source| source.file_path());
            let name = file.map_or_else(|| metadata.name.to_string(), |path| path.display().to_string());
            format!(" (in {name})")
        });
        let key = error.path.join(".");
        match &error.kind {
            Kind::UnknownField(_, known) => {
                format!("there is no setting {key}{place}; known here are {}", known.join(", "))
            }
            kind if key.is_empty() => format!("{kind}{place}"),
            kind => format!("the setting {key} is wrong: {kind}{place}"),
        }
    };
    errors.into_iter().map(one).collect::<Vec<_>>().join("; ")
}
