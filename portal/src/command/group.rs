//! `recordright group`: groups of patients that systems may export.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use api::base::Error;
use api::bulk::{self, By, Operator, Recipient};
use api::consents::{self, Purpose};
use api::fhir::sensitivity::Label;
use clap::{Args, Subcommand};

use super::{Place, moment, plain};

/// Groups of patients whose records the clinic lets systems export (FHIR Bulk Data Access).
///
/// A system exports only groups that were agreed with it when it was registered; each person of a group reads in their
/// log who received their record, and for what.
///
/// Examples:
///   recordright group add --id diabetes --name "Diabetes program" --purpose treatment --recipient "Lakeside Care" --by "Bo Ek"
///   recordright group set diabetes members.txt --by "Bo Ek"
///   recordright group list
///   recordright group end diabetes --by "Bo Ek"
#[derive(Debug, Subcommand)]
#[command(verbatim_doc_comment)]
pub enum Group {
    #[command(about = "Make a group, with nobody in it")]
    Add(Add),
    #[command(about = "Put exactly the people of a file into a group")]
    Set(Set),
    #[command(about = "List groups and how many are in each")]
    List(List),
    #[command(about = "End a group: nothing of it goes out any more")]
    End(End),
}

impl Group {
    /// Runs the subcommand. Exit code 1 if it cannot be done.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Add(add) => add.run().await,
            Self::Set(set) => set.run().await,
            Self::List(list) => list.run().await,
            Self::End(end) => end.run().await,
        }
    }
}

/// Make a group, with nobody in it. What it is for and who receives it do not change later: make another group.
///
/// Psychotherapy notes and what was compiled for a proceeding never go out. Other protected kinds go out only if they
/// are named with --show: substance-use (then only with a consent of the person), mental-health, hiv, reproductive,
/// genetic, violence, minor, restricted, and unreviewed: documents in free text that nobody has looked through.
///
/// Example: recordright group add --id diabetes --name "Diabetes program" --purpose treatment --recipient "Lakeside Care" --show unreviewed --by "Bo Ek"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Add {
    #[command(flatten)]
    place: Place,
    /// Its id, in addresses: of letters, digits, hyphens and dots
    #[arg(long, value_name = "ID")]
    id: String,
    /// What you call it. The receiving systems see it.
    #[arg(long, value_name = "TEXT")]
    name: String,
    /// What the records are sent for: treatment, payment or operations.
    #[arg(long, value_name = "PURPOSE", value_parser = purpose)]
    purpose: Purpose,
    /// Who receives them, as people will read it in their log.
    #[arg(long, value_name = "NAME")]
    recipient: String,
    /// The recipient is a health plan: what people asked to keep from their plan does not go out.
    #[arg(long)]
    health_plan: bool,
    /// A protected kind of information that goes out as well; may stand several times.
    #[arg(long, value_name = "KIND", value_parser = label)]
    show: Vec<Label>,
    /// Who makes it.
    #[arg(long, value_name = "NAME", value_parser = words)]
    by: String,
}

impl Add {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        let recipient = match self.health_plan {
            true => Recipient::HealthPlan(self.recipient),
            false => Recipient::Other(self.recipient),
        };
        let group =
            bulk::Group { id: self.id, name: self.name, purpose: self.purpose, recipient, shown: self.show };
        said(bulk::add_group(&app, Operator(&self.by), &group).await)?;
        println!("The group {} is there, with nobody in it.", group.id);
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// Put exactly the people of a file into a group: whoever is not in the file leaves it. The file has one FHIR id or
/// record number on each line. If one of them means nobody here, or several people, nothing is changed.
///
/// Example: recordright group set diabetes members.txt --by "Bo Ek"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Set {
    #[command(flatten)]
    place: Place,
    /// The id of the group.
    #[arg(value_name = "ID")]
    id: String,
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Who does it.
    #[arg(long, value_name = "NAME", value_parser = words)]
    by: String,
}

impl Set {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let text = std::fs::read_to_string(&self.file)
            .with_context(|| format!("reading {}", self.file.display()))?;
        let named: Vec<String> =
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let app = self.place.existing().await?;
        let moved = said(bulk::set_members(&app, Operator(&self.by), (&self.id, &named)).await)?;
        app.db.close().await;
        if !moved.unknown.is_empty() {
            let lines: Vec<String> = moved.unknown.iter().map(|one| format!("\n  {one}")).collect();
            bail!("nothing was changed: these mean nobody here, or several people:{}", lines.concat());
        }
        println!("{} came into the group, {} left it.", moved.added, moved.removed);
        Ok(ExitCode::SUCCESS)
    }
}

/// List groups: what each is for, who receives it, and how many are in it.
///
/// Example: recordright group list
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct List {
    #[command(flatten)]
    place: Place,
}

impl List {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        let all = bulk::all_groups(&app).await.map_err(plain)?;
        for kept in &all {
            let group = &kept.group;
            println!("{}  {}, {} people", group.id, group.name, kept.members);
            let plan = match &group.recipient {
                Recipient::HealthPlan(_) => ", a health plan",
                Recipient::Other(_) => "",
            };
            println!("  to {}{plan}, for {}", group.recipient.name(), group.purpose.slug());
            let shown: Vec<&str> = group.shown.iter().map(|label| label.slug()).collect();
            if !shown.is_empty() {
                println!("  with {}", shown.join(", "));
            }
            let changed = moment(&app, kept.changed);
            println!("  {} {changed}", if kept.ended.is_some() { "ended" } else { "last changed" });
        }
        if all.is_empty() {
            println!("There are no groups.");
        }
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// End a group. Nothing of it is exported from now on, and files that hold its records are not handed out any more.
///
/// Example: recordright group end diabetes --by "Bo Ek"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct End {
    #[command(flatten)]
    place: Place,
    /// The id of the group.
    #[arg(value_name = "ID")]
    id: String,
    /// Who does it.
    #[arg(long, value_name = "NAME", value_parser = words)]
    by: String,
}

impl End {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        said(bulk::end_group(&app, By::Operator(Operator(&self.by)), &self.id).await)?;
        println!("The group {} is over.", self.id);
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

fn purpose(text: &str) -> Result<Purpose, String> {
    let found = Purpose::from_slug(text).filter(|purpose| consents::is_for_groups(*purpose));
    found.ok_or_else(|| "it must be treatment, payment or operations".into())
}

fn label(text: &str) -> Result<Label, String> {
    Label::from_slug(text).ok_or_else(|| "no such kind; see --help".into())
}

fn words(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("it must not be empty".into()),
        text => Ok(text.to_owned()),
    }
}

/// What stands against it, for the one at the command line.
fn said<T>(done: Result<T, Error>) -> anyhow::Result<T> {
    done.map_err(|error| match error {
        Error::NotFound => anyhow::anyhow!("there is no such group, or it is over"),
        Error::Conflict(_) => anyhow::anyhow!("there is, or was, a group of this id; choose another"),
        Error::Invalid(problems) => {
            let fields: Vec<&str> = problems.0.iter().map(|problem| problem.field).collect();
            anyhow::anyhow!("nothing was made; mend {}", fields.join(", "))
        }
        other => plain(other),
    })
}
