//! `recordright staff`: the first roles of an installation, and what an operator does about roles later.

use std::process::ExitCode;

use anyhow::bail;
use api::app::App;
use api::base::{Error, GrantId, Instant};
use api::identity::{self, FoundAccount};
use api::staff::{self, Ask, Origin, Power};
use clap::{Args, Subcommand};

use super::{Place, moment, plain};

/// Staff roles. The first ones are given here; later ones are asked for and approved by two people in the portal.
///
/// Roles: records-clerk, clinician, reviewing-official, privacy-officer, administrator, auditor; and
/// emergency-access, the list of those who may open a record in an emergency.
///
/// Examples:
///   recordright staff grant --account ann@clinic.example --role administrator --reason "runs the service" --by "Bo Ek"
///   recordright staff list
///   recordright staff end 0199b1c2-… --reason "left the clinic" --by "Bo Ek"
#[derive(Debug, Subcommand)]
#[command(verbatim_doc_comment)]
pub enum Staff {
    #[command(about = "Give a role to an account that has signed in once")]
    Grant(Grant),
    #[command(about = "List who has which role, and where it comes from")]
    List(List),
    #[command(about = "End a role that was given here or in the portal")]
    End(End),
}

impl Staff {
    /// Runs the subcommand. Exit code 1 if it cannot be done.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Grant(grant) => grant.run().await,
            Self::List(list) => list.run().await,
            Self::End(end) => end.run().await,
        }
    }
}

/// Give a role to an account that has signed in once. It holds at once; who gave it and why are kept, and the review
/// of access shows that it was given at the command line.
///
/// Example: recordright staff grant --account ann@clinic.example --role administrator --reason "runs the service" --by "Bo Ek"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Grant {
    #[command(flatten)]
    place: Place,
    /// The account: its e-mail address or its id.
    #[arg(long, value_name = "EMAIL")]
    account: String,
    /// The role.
    #[arg(long, value_name = "ROLE", value_parser = power)]
    role: Power,
    /// Why it is needed: at least ten letters.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who gives it.
    #[arg(long, value_name = "NAME", value_parser = words)]
    by: String,
    /// After how many days it ends; without it, never.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u64).range(1..=1825))]
    days: Option<u64>,
}

impl Grant {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        let account = one_account(&app, &self.account).await?;
        let span = |days: u64| std::time::Duration::from_secs(days * 86_400);
        let ends: Option<Instant> = self.days.map(|days| app.clock.now().plus(span(days)));
        let ask = Ask { account: account.account, power: self.role, reason: self.reason, starts: None, ends };
        let id = said(staff::grant_by_operator(&app, ask, &self.by).await)?;
        println!("{} has the role {} now. Its id is {id}.", account.name, self.role.slug());
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

async fn one_account(app: &App, reference: &str) -> anyhow::Result<FoundAccount> {
    let found = identity::accounts_by(app, reference).await.map_err(plain)?;
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => bail!("no account has this address or id; the person must sign in once before they get a role"),
        several => {
            let line = |one: &FoundAccount| {
                format!("\n  {}  {}, last here {}", one.account, one.name, moment(app, one.seen))
            };
            let lines: Vec<String> = several.iter().map(line).collect();
            bail!("{} accounts have this address; use the id of one:{}", several.len(), lines.concat())
        }
    }
}

/// List who has which role, where it comes from, and when they were last here; and what waits for a second person.
///
/// Example: recordright staff list
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct List {
    #[command(flatten)]
    place: Place,
}

impl List {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        let holders = staff::holders(&app).await.map_err(plain)?;
        for holder in &holders {
            let unused = if holder.unused { "  not here for 90 days" } else { "" };
            println!("{}, last here {}{unused}", holder.name, moment(&app, holder.seen));
            for (power, origin) in &holder.powers {
                match origin {
                    Origin::Provider(id) => println!("  {}  from the provider {id}", power.slug()),
                    Origin::Grant(id) => println!("  {}  grant {id}", power.slug()),
                }
            }
        }
        if holders.is_empty() {
            println!("Nobody has a role.");
        }
        for grant in staff::live_grants(&app).await.map_err(plain)? {
            if grant.approved.is_none() {
                let (power, id) = (grant.power.slug(), grant.id);
                println!("waits for a second person: {} for {}  grant {id}", power, grant.holder);
            }
        }
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// End a role that was given here or in the portal. It ends at once, and the records its holder has open close. A
/// role that a provider's claims give ends there.
///
/// Example: recordright staff end 0199b1c2-… --reason "left the clinic" --by "Bo Ek"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct End {
    #[command(flatten)]
    place: Place,
    /// The id, as `staff list` prints it.
    #[arg(value_name = "ID")]
    id: GrantId,
    /// Why.
    #[arg(long, value_name = "TEXT", value_parser = words)]
    reason: String,
    /// Who ends it.
    #[arg(long, value_name = "NAME", value_parser = words)]
    by: String,
}

impl End {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        said(staff::end_by_operator(&app, self.id, (&self.by, &self.reason)).await)?;
        println!("The role is ended.");
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

fn power(text: &str) -> Result<Power, String> {
    Power::from_slug(text).ok_or_else(|| {
        let known: Vec<_> = Power::ALL.iter().map(|power| power.slug()).collect();
        format!("there is no such role; known are {}", known.join(", "))
    })
}

/// Text that says something.
fn words(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("it must not be empty".into()),
        text => Ok(text.to_owned()),
    }
}

fn said<T>(done: api::base::Result<T>) -> anyhow::Result<T> {
    match done {
        Err(Error::NotFound) => bail!("there is no role of this id; see recordright staff list"),
        Err(Error::Conflict("conflict-has-role")) => {
            bail!("the account has this role, or somebody asked for it already; see recordright staff list")
        }
        Err(Error::Conflict("conflict-grant-decided")) => bail!("this role is ended already"),
        Err(Error::Invalid(problems)) if problems.0.iter().any(|problem| problem.field == "reason") => {
            bail!("say why in --reason with at least ten letters")
        }
        other => other.map_err(plain),
    }
}
