//! What the tests stand on: databases, the running house with its demo neighbours, a plain HTTP client that
//! reads pages and sends the forms it finds, and the project's own source text.

pub mod binary;
pub mod client;
pub mod database;
pub mod house;
pub mod tree;

pub(crate) use database::on_both_databases;
pub use database::{Database, Kind};
pub use house::House;

/// How long a busy machine may take over anything that is waited for. It ends only what would never come.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(180);

/// Says that a test cannot run here. `check` counts the line.
pub fn skip(why: &str) {
    println!("skipped: {why}");
}

/// A setting of the test run itself, such as `RECORDRIGHT_TEST_POSTGRES`.
#[expect(clippy::disallowed_methods, reason = "settings of the test run are no settings of the service")]
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
