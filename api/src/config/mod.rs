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
mod labels;
mod law;
mod mail;
mod oidc;
mod program;
mod read;
mod server;
mod sessions;
mod sources;
mod strength;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use apps::Apps;
pub use bulk::Bulk;
pub use check::Fault;
pub use claims::Claims;
pub use clients::Client;
pub use clinic::Clinic;
pub use copies::Copies;
pub use database::Database;
pub use labels::{Labelling, OwnCodes, OwnSource};
pub use law::{
    Band, Binding, Candidate, Due, Emancipation, Entry, Law, OfMinors, Parents, Rule, Unit, Value,
};
pub use mail::Mail;
pub use oidc::{Match, Provider, Role, StaffClaims};
pub use program::Program;
pub use read::{Unread, called};
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
    /// What the clinic adds to the tables of specially protected information.
    pub labels: Labelling,
}

impl Config {
    /// Settings for a test: everything under `data`, no providers, no sources.
    pub fn for_testing(data: &Path, database_url: &str) -> Self {
        Self { data: data.to_owned(), database: Database { url: database_url.to_owned() }, ..Self::default() }
    }
}
