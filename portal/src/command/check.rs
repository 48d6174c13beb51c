//! `recordright check`: what is wrong with the settings, in plain words.

use std::process::ExitCode;

use clap::Args;

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
        let config = self.place.config()?;
        let mut wrong = 0;
        let mut tell = |key: &str, words: &str| {
            wrong += 1;
            println!("  ✗ {key} {words}");
        };
        for fault in config.faults() {
            tell(&fault.key, &fault.words);
        }
        match open(config).await {
            Err(error) => tell("database.url", &format!("cannot be used: {error:#}")),
            Ok(app) => {
                println!("  ✓ the {} database and the data folder can be used", app.db.kind());
                for (n, provider) in app.config.oidc.iter().enumerate() {
                    let url = format!("{}/.well-known/openid-configuration", provider.issuer.trim_end_matches('/'));
                    match ask(&app.http, &url).await {
                        Ok(()) => println!("  ✓ identity provider {} answers", provider.id),
                        Err(words) => tell(&format!("oidc.{n}.issuer"), &words),
                    }
                }
                for (n, source) in app.config.sources.iter().enumerate() {
                    let url = format!("{}/metadata", source.url.trim_end_matches('/'));
                    match ask(&app.http, &url).await {
                        Ok(()) => println!("  ✓ source {} answers", source.name),
                        Err(words) => tell(&format!("sources.{n}.url"), &words),
                    }
                }
                app.db.close().await;
            }
        }
        if wrong == 0 {
            println!("Everything is in order.");
            return Ok(ExitCode::SUCCESS);
        }
        println!("{wrong} thing(s) to mend. Every key is explained in docs/configuration.md.");
        Ok(ExitCode::FAILURE)
    }
}

async fn ask(http: &api::app::Http, url: &str) -> Result<(), String> {
    match http.get(url).send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(format!("answers {} at {url}", answer.status())),
        Err(error) => Err(format!("does not answer at {url}: {}", error.without_url())),
    }
}
