//! `recordright representative`: what the clinic does about people who act for a patient.

use std::process::ExitCode;

use anyhow::{Context, bail};
use api::app::App;
use api::base::{AuthorityId, Error, Instant, PatientNo};
use api::representation::{
    self, Ask, By, End, Evidence, Held, Incapacity, Kind, Office, Proof, Scope, Standing, desk,
};
use api::words::Language;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use portal::i18n::Words;

use super::{Place, moment, one_patient, plain};

/// People who act for a patient: personal representatives in the sense of 45 CFR 164.502(g), and the helpers that a
/// patient chose.
///
/// Example: recordright representative list --patient MRN-0003
#[derive(Debug, Subcommand)]
#[command(verbatim_doc_comment)]
pub enum Representative {
    #[command(about = "Show who acts, or once acted, for a patient")]
    List(List),
    #[command(about = "Appoint one, after seeing the proof, and print the code with which they come in")]
    Appoint(Appoint),
    #[command(about = "End an authority at once")]
    End(Ending),
}

/// Show who acts for a patient, by what right, and where it stands; the newest first.
///
/// Example: recordright representative list --patient MRN-0003
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct List {
    #[command(flatten)]
    place: Place,
    /// The patient: a medical record number or another identifier, or the FHIR id.
    #[arg(long, value_name = "REF")]
    patient: String,
}

/// Appoint a personal representative. Check who they are and what gives them the right first (45 CFR 164.514(h)),
/// and name what you saw. The code works once, for 14 days. Whoever may run this acts as the privacy officer.
///
/// Example: recordright representative appoint --patient MRN-0003 --kind parent --proof birth-certificate --name "Dana Ellis" --note "seen, with driver licence" --by "Front desk"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Appoint {
    #[command(flatten)]
    place: Place,
    /// The patient: a medical record number or another identifier, or the FHIR id.
    #[arg(long, value_name = "REF")]
    patient: String,
    /// parent, guardian, loco-parentis, health-care-agent, adult-guardian, surrogate or estate.
    #[arg(long, value_name = "KIND")]
    kind: String,
    /// The kind of paper, such as birth-certificate or power-of-attorney. A wrong one names those that fit.
    #[arg(long, value_name = "PAPER")]
    proof: String,
    /// Their name.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What you saw, in your words.
    #[arg(long, value_name = "TEXT")]
    note: String,
    /// The last day, if it has one (YYYY-MM-DD). Parents and guardians of minors end by themselves on the
    /// patient's eighteenth birthday.
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// A power of attorney that waits until somebody certifies that the patient cannot decide. A surrogate always does.
    #[arg(long)]
    springing: bool,
    /// Who gives it out, for the record.
    #[arg(long, default_value = "command line", value_name = "NAME")]
    by: String,
}

/// End an authority of any kind. Effective with the next request.
///
/// Example: recordright representative end --id 01234567-89ab-cdef-0123-456789abcdef --why "order of 2 May" --by "Privacy officer"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Ending {
    #[command(flatten)]
    place: Place,
    /// The authority, as `list` and `appoint` name it.
    #[arg(long, value_name = "ID")]
    id: AuthorityId,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Who ends it, for the record.
    #[arg(long, default_value = "command line", value_name = "NAME")]
    by: String,
}

impl Representative {
    /// Exit code 1 if nobody or more than one person fits, or something must be mended.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let place = match &self {
            Self::List(list) => &list.place,
            Self::Appoint(appoint) => &appoint.place,
            Self::End(ending) => &ending.place,
        };
        let app = place.open().await?;
        let done = match &self {
            Self::List(list) => list.run(&app).await,
            Self::Appoint(appoint) => appoint.run(&app).await,
            Self::End(ending) => ending.run(&app).await,
        };
        app.db.close().await;
        done
    }
}

impl List {
    async fn run(&self, app: &App) -> anyhow::Result<ExitCode> {
        let Some(patient) = one(app, &self.patient).await? else { return Ok(ExitCode::FAILURE) };
        let all = desk::over(app, patient).await.map_err(plain)?;
        if all.is_empty() {
            println!("Nobody acts for this patient.");
        }
        for held in &all {
            let authority = &held.authority;
            let until = authority.until.map(|until| format!(", until {}", moment(app, until)));
            println!(
                "{}  {}  {}  {}{}",
                authority.id,
                authority.kind.slug(),
                authority.name,
                standing(held),
                until.unwrap_or_default()
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn standing(held: &Held) -> String {
    match held.standing {
        Standing::Invited => "invited".into(),
        Standing::NotYet => "begins later".into(),
        Standing::Springing => "waits for incapacity".into(),
        Standing::Active => "active".into(),
        Standing::Limited => "active, limited".into(),
        Standing::Suspended => "suspended".into(),
        Standing::Ended(end) => format!("ended ({})", end.slug()),
    }
}

impl Appoint {
    async fn run(&self, app: &App) -> anyhow::Result<ExitCode> {
        let (kind, proof) = self.right()?;
        let Some(patient) = one(app, &self.patient).await? else { return Ok(ExitCode::FAILURE) };
        let ask = Ask {
            name: self.name.clone(),
            kind,
            evidence: Evidence { proof, note: self.note.clone() },
            scope: Scope::WHOLE,
            starts: None,
            until: self.until.map(|day| end_of(app, day)).transpose()?,
            incapacity: if self.springing { Incapacity::Awaited } else { Incapacity::NotNeeded },
            review: None,
        };
        match desk::appoint(app, &by(&self.by), (patient, ask)).await {
            Ok(invitation) => {
                println!("{}", invitation.code);
                let until = moment(app, invitation.until);
                eprintln!("Authority {}. The code works once, until {until}.", invitation.id);
                let made = desk::one(app, invitation.id).await.map_err(plain)?.0.authority;
                if made.incapacity == Incapacity::Awaited {
                    eprintln!(
                        "Nothing is seen until somebody certifies, on the page of this authority, that the patient \
                         cannot decide."
                    );
                }
                if made.suspension.is_some() {
                    eprintln!(
                        "An earlier right like this one was declined or limited: nothing is seen until a clinician \
                         signs as well, on the page of this authority."
                    );
                }
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => told(error),
        }
    }

    /// The kind and the paper, which must fit each other.
    fn right(&self) -> anyhow::Result<(Kind, Proof)> {
        let Some(kind) = Kind::from_slug(&self.kind).filter(|kind| *kind != Kind::Delegate) else {
            let kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Delegate).map(Kind::slug);
            let kinds: Vec<_> = kinds.collect();
            bail!("--kind is one of {}; helpers are invited by the patient", kinds.join(", "));
        };
        let proof = Proof::from_slug(&self.proof).filter(|proof| kind.proofs().contains(proof));
        let Some(proof) = proof else {
            let proofs: Vec<_> = kind.proofs().iter().map(|proof| proof.slug()).collect();
            bail!("--proof for {} is one of {}", kind.slug(), proofs.join(", "));
        };
        Ok((kind, proof))
    }
}

impl Ending {
    async fn run(&self, app: &App) -> anyhow::Result<ExitCode> {
        let held = match desk::one(app, self.id).await {
            Err(Error::NotFound) => bail!("there is no authority of this id"),
            other => other.map_err(plain)?.0,
        };
        let form = desk::Form { id: self.id, seen: held.authority.changes, why: &self.why };
        match desk::end(app, &by(&self.by), form, End::ByClinic).await {
            Ok(()) => {
                eprintln!("Ended.");
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => told(error),
        }
    }
}

fn by(name: &str) -> By<'_> {
    By { account: None, name, office: Office::PrivacyOfficer }
}

/// What must be mended or speaks against it, in words.
fn told(error: Error) -> anyhow::Result<ExitCode> {
    let words = Words { language: Language::English, zone: chrono_tz::UTC, acting: false };
    match error {
        Error::Invalid(problems) => {
            for problem in problems.0 {
                eprintln!("--{}: {}", problem.field, words.t(problem.code));
            }
        }
        Error::Conflict(code) => eprintln!("{}", words.t(code)),
        other => return Err(plain(other)),
    }
    Ok(ExitCode::FAILURE)
}

/// The moment at which a day ends at the clinic.
fn end_of(app: &App, day: NaiveDate) -> anyhow::Result<Instant> {
    representation::end_of_day(app, day).context("there is no day after it")
}

/// The one person an identifier names; says so where it names none or several.
async fn one(app: &App, reference: &str) -> anyhow::Result<Option<PatientNo>> {
    match one_patient(app, reference).await? {
        Ok(found) => Ok(Some(found.patient)),
        Err(words) => {
            eprintln!("{words}");
            Ok(None)
        }
    }
}
