//! `recordright check`: what is wrong with the settings, in plain words.

use std::process::ExitCode;

use api::app::Http;
use api::config::{Config, Fault, Source};
use clap::Args;
use url::Url;

use super::{Place, open};

/// Tell in plain words what is wrong with the settings. Exit code 0 means ready to serve.
///
/// Example: recordright check --config /etc/recordright/recordright.toml
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Check {
    #[command(flatten)]
    place: Place,
}

impl Check {
    /// Reads the settings, then asks the database and each identity provider and source.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let config = match self.place.read()? {
            Ok(config) => config,
            Err(unread) => {
                unread.faults.iter().for_each(|words| println!("  ✗ {words}"));
                let seen = unread.rest.as_deref().map_or(0, seen);
                // Where the data is may be among what could not be read, so nothing is opened.
                return Ok(told(unread.faults.len() + seen));
            }
        };
        let mut wrong = seen(&config);
        let mut tell = |key: &str, words: &str| {
            wrong += 1;
            println!("  ✗ {key} {words}");
        };
        match open(config).await {
            Err(error) => tell("database.url", &format!("cannot be used: {error:#}")),
            Ok(app) => {
                println!("  ✓ the {} database and the data folder can be used", app.db.kind());
                for (n, provider) in app.config.oidc.iter().enumerate() {
                    let url =
                        format!("{}/.well-known/openid-configuration", provider.issuer.trim_end_matches('/'));
                    match ask(&app.http, &url).await {
                        Ok(()) => println!("  ✓ identity provider {} answers", provider.id),
                        Err(words) => tell(&format!("oidc.{n}.issuer"), &words),
                    }
                }
                for (n, source) in app.config.sources.iter().enumerate() {
                    match ask_source(&app.http, source).await {
                        Ok(()) => println!("  ✓ source {} answers", source.name),
                        Err(words) => tell(&format!("sources.{n}.url"), &words),
                    }
                }
                app.db.close().await;
            }
        }
        Ok(told(wrong))
    }
}

/// Tells what can be seen without asking anybody; how many things are to be mended.
fn seen(config: &Config) -> usize {
    let faults: Vec<Fault> = config.faults().into_iter().chain(api::smart::faults(config)).collect();
    for fault in &faults {
        println!("  ✗ {} {}", fault.key, fault.words);
    }
    for remark in api::smart::remarks(config) {
        println!("  ! {} {}", remark.key, remark.words);
    }
    faults.len()
}

fn told(wrong: usize) -> ExitCode {
    if wrong == 0 {
        println!("Everything is in order.");
        return ExitCode::SUCCESS;
    }
    println!("{wrong} thing(s) to mend. Every key is explained in docs/configuration.md.");
    ExitCode::FAILURE
}

/// Whether a source answers; else why not, in words that go on from its name.
pub async fn ask_source(http: &Http, source: &Source) -> Result<(), String> {
    ask(http, &format!("{}/metadata", source.url.trim_end_matches('/'))).await
}

async fn ask(http: &Http, url: &str) -> Result<(), String> {
    match http.get(url).send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(format!("answers {} at {}", answer.status(), address(url))),
        Err(error) => Err(format!("does not answer at {}: {}", address(url), cause(error.without_url()))),
    }
}

/// The last cause of an error: "connection refused" says more than "error sending request".
fn cause(error: impl std::error::Error) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        words = cause.to_string();
        next = cause.source();
    }
    words
}

/// An address as it may be printed: without a name, a password or a query that could be a key.
pub fn address(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else { return "an address that cannot be read".into() };
    // They fail only for addresses without a host, which carry neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.into()
}
