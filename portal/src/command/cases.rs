//! `recordright cases`: what the records office does with those who ask to be linked.

use std::process::ExitCode;

use anyhow::bail;
use api::app::App;
use api::base::{CaseId, Error, PatientNo};
use api::disclosures::links::{self, Decider};
use api::identity::{self, Case, CaseState, Compared, Decision, Difference, FoundAccount};
use clap::{Args, Subcommand};

use super::{Place, born, moment, one_patient, plain};

/// People who signed in, have no activation code, and ask the records office to find their record.
///
/// Check who somebody is (45 CFR 164.514(h)) before you link them: whoever is linked sees the whole record.
///
/// Examples:
///   recordright cases list
///   recordright cases show 0199b1c2-…
///   recordright cases link 0199b1c2-… --patient MRN-0001 --by "Ann Lee" --evidence "photo ID at the desk"
///   recordright cases close 0199b1c2-… --by "Ann Lee" --reason "nobody here by this name; told by phone"
///   recordright cases unlink --account sam@example.org --patient MRN-0001 --by "Ann Lee" --reason "the wrong Sam"
#[derive(Debug, Subcommand)]
#[command(verbatim_doc_comment)]
pub enum Cases {
    #[command(about = "List the cases, the open ones first")]
    List(List),
    #[command(about = "Open the statement of one case")]
    Show(Show),
    #[command(about = "Link the account to a record and close the case")]
    Link(Link),
    #[command(about = "Close a case without linking")]
    Close(Close),
    #[command(about = "End the link of an account to a record")]
    Unlink(Unlink),
}

impl Cases {
    /// Runs the subcommand. Exit code 1 if there is no such case or it is decided already.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::List(list) => list.run().await,
            Self::Show(show) => show.run().await,
            Self::Link(link) => link.run().await,
            Self::Close(close) => close.run().await,
            Self::Unlink(unlink) => unlink.run().await,
        }
    }
}

/// List the cases, the open ones first: id, when it was opened, state, and name and e-mail address of the account.
///
/// Example: recordright cases list --open
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct List {
    #[command(flatten)]
    place: Place,
    /// Only those that nobody has decided yet.
    #[arg(long)]
    open: bool,
}

impl List {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        let mut cases = identity::all_cases(&app).await.map_err(plain)?;
        if self.open {
            cases.retain(|case| case.state == CaseState::Open);
        }
        for case in &cases {
            println!("{}", line(&app, case));
        }
        if cases.is_empty() {
            println!("There is no case.");
        }
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

fn line(app: &App, case: &Case) -> String {
    let state = match &case.state {
        CaseState::Open => "open",
        CaseState::Linked(_) => "linked",
        CaseState::Closed(_) => "closed",
    };
    let email = case.email.as_deref().unwrap_or("no e-mail address");
    format!("{}  {state:<6}  opened {}  {}, {email}", case.id, moment(app, case.opened), case.name)
}

/// Open the statement of one case: name, birth date, how to reach the person, and their note.
///
/// Example: recordright cases show 0199b1c2-…
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Show {
    #[command(flatten)]
    place: Place,
    /// The id, as `cases list` prints it.
    #[arg(value_name = "ID")]
    id: CaseId,
}

impl Show {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        let (case, statement) = found(identity::case(&app, self.id).await)?;
        println!("{}", line(&app, &case));
        println!("states:");
        println!("  name        {}", statement.name);
        println!("  birth date  {}", statement.birth_date);
        println!("  contact     {}", statement.contact);
        println!("  note        {}", statement.note);
        if let CaseState::Linked(how) | CaseState::Closed(how) = &case.state {
            println!("decided {}: {}", moment(&app, how.at), decided(how));
        }
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

fn decided(how: &Decision) -> String {
    let why = match &how.by {
        Some(by) => format!("{by}: {}", how.why),
        None => format!("without staff: {}", how.why),
    };
    match &how.differs {
        Some(differs) => format!("{why}; although something differs: {differs}"),
        None => why,
    }
}

/// Link the account of an open case to a record and close the case. The account gets a mail, and the person sees
/// their record from now on. Who decided and by what evidence are kept. Where the name or the birth date is not the
/// same as in the record, or another account sees the record already, it says so and wants --differs.
///
/// Examples:
///   recordright cases link 0199b1c2-… --patient MRN-0001 --by "Ann Lee" --evidence "photo ID at the desk"
///   recordright cases link 0199b1c2-… --patient MRN-0001 --by "Ann Lee" --evidence "photo ID at the desk" \
///     --differs "married last year; the licence shows both names"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Link {
    #[command(flatten)]
    place: Place,
    /// The id, as `cases list` prints it.
    #[arg(value_name = "ID")]
    id: CaseId,
    /// The patient: a medical record number or another identifier, or the FHIR id.
    #[arg(long, value_name = "REF")]
    patient: String,
    /// Who decides.
    #[arg(long, value_name = "NAME", value_parser = words)]
    by: String,
    /// How it was checked who the person is.
    #[arg(long, value_name = "TEXT", value_parser = words)]
    evidence: String,
    /// Why it is this record although the name or the birth date is not the same, or another account sees it already.
    #[arg(long, value_name = "TEXT", value_parser = words)]
    differs: Option<String>,
}

impl Link {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        let patient = match one_patient(&app, &self.patient).await? {
            Ok(patient) => patient,
            Err(words) => bail!(words),
        };
        let differs = self.differs.as_deref().unwrap_or_default();
        let words = (self.evidence.as_str(), self.evidence.as_str(), differs);
        let of = (self.id, patient.patient);
        match links::link_case(&app, Decider::Operator(&self.by), of, words).await {
            Err(Error::Invalid(_)) if differs.is_empty() => {
                bail!(compared(&app, self.id, patient.patient).await?)
            }
            done => found(done)?,
        };
        println!("Linked to the record of {}, born {}. The case is closed.", patient.name, born(&patient));
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// What differs, and what to do about it.
async fn compared(app: &App, id: CaseId, patient: PatientNo) -> anyhow::Result<String> {
    let (_, stated) = found(identity::case(app, id).await)?;
    let Compared { said, record, found: differs, others } =
        found(identity::compare_case(app, (id, patient)).await)?;
    let mut lines = Vec::new();
    let part = |text: Option<String>| text.unwrap_or_else(|| "not told".to_owned());
    if !differs.is_empty() {
        lines.push("this record is not what is known of the person:".to_owned());
    }
    if differs.contains(&Difference::Name) {
        let (said, record) = (part(said.name), part(record.name));
        lines.push(format!("  name        stated {}; sign-in service {said}; record {record}", stated.name));
    }
    if differs.contains(&Difference::Birth) {
        let (said, record) = (part(said.birth_date), part(record.birth_date));
        lines.push(format!(
            "  birth date  stated {}; sign-in service {said}; record {record}",
            stated.birth_date
        ));
    }
    if others > 0 {
        lines.push("another account sees this record already.".to_owned());
    }
    lines.push("If it is this person all the same, say why: --differs TEXT".to_owned());
    Ok(lines.join("\n"))
}

/// Close an open case without linking. The person reads at their next visit that they should call. Who decided and
/// why are kept.
///
/// Example: recordright cases close 0199b1c2-… --by "Ann Lee" --reason "nobody here by this name; told by phone"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Close {
    #[command(flatten)]
    place: Place,
    /// The id, as `cases list` prints it.
    #[arg(value_name = "ID")]
    id: CaseId,
    /// Who decides.
    #[arg(long, value_name = "NAME", value_parser = words)]
    by: String,
    /// Why.
    #[arg(long, value_name = "TEXT", value_parser = words)]
    reason: String,
}

impl Close {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        found(identity::close_case(&app, self.id, (&self.by, &self.reason)).await)?;
        println!("The case is closed without a link.");
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// End the link of an account to a record that it should not see. It holds at once: the account sees nothing of the record
/// any more, and apps that it connected end. The account gets a mail, and the log of the record says who ended the link
/// and why.
///
/// Example: recordright cases unlink --account sam@example.org --patient MRN-0001 --by "Ann Lee" --reason "linked to the wrong Sam"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Unlink {
    #[command(flatten)]
    place: Place,
    /// The account: its e-mail address or its id.
    #[arg(long, value_name = "EMAIL|ID", value_parser = words)]
    account: String,
    /// The patient: a medical record number or another identifier, or the FHIR id.
    #[arg(long, value_name = "REF")]
    patient: String,
    /// Who decides.
    #[arg(long, value_name = "NAME", value_parser = words)]
    by: String,
    /// Why, in at least ten letters. The patient reads it in their log.
    #[arg(long, value_name = "TEXT", value_parser = words)]
    reason: String,
}

impl Unlink {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        let patient = match one_patient(&app, &self.patient).await? {
            Ok(patient) => patient,
            Err(words) => bail!(words),
        };
        let account = one_account(&app, &self.account).await?;
        let of = (account.account, patient.patient);
        match links::end(&app, Decider::Operator(&self.by), of, &self.reason).await {
            Err(Error::NotFound) => bail!("this account was never linked to this record"),
            Err(Error::Conflict("conflict-link-over")) => bail!("this link is over already"),
            Err(Error::Invalid(_)) => bail!("--reason must say why, in ten to a thousand letters"),
            done => done.map_err(plain)?,
        }
        println!("The account of {} does not see the record of {} any more.", account.name, patient.name);
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// The one account that a reference means.
async fn one_account(app: &App, reference: &str) -> anyhow::Result<FoundAccount> {
    let mut found = identity::accounts_by(app, reference).await.map_err(plain)?;
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (None, _) => bail!("there is no account of this address or id"),
        (Some(_), false) => bail!("several accounts have this address; use the id"),
    }
}

/// Text that says something.
fn words(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("it must not be empty".into()),
        text => Ok(text.to_owned()),
    }
}

fn found<T>(done: api::base::Result<T>) -> anyhow::Result<T> {
    match done {
        Err(Error::NotFound) => bail!("there is no case of this id; see recordright cases list"),
        Err(Error::Conflict("conflict-case-decided")) => {
            bail!("this case is decided already; see recordright cases show")
        }
        Err(Error::Conflict("conflict-already-linked")) => {
            bail!("this account is linked to a record already")
        }
        Err(Error::Conflict("conflict-deceased")) => {
            bail!("the record says that this person has died: who speaks for the estate makes a claim")
        }
        other => other.map_err(plain),
    }
}
