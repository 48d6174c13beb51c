//! `recordright representative`: what the clinic does about people who act for a patient.

use std::process::ExitCode;

use anyhow::{Context, bail};
use api::app::App;
use api::base::{AuthorityId, Instant, PatientNo};
use api::representation::{self, Ask, Kind, Scope};
use clap::{Args, Subcommand};

use super::Place;

/// People who act for a patient: personal representatives in the sense of 45 CFR 164.502(g).
#[derive(Debug, Subcommand)]
pub enum Representative {
    /// Appoint one, after seeing the proof, and print the code with which they come in.
    Appoint(Appoint),
    /// End an authority at once.
    End(End),
}

/// Appoint a personal representative. Check who they are and what gives them the right first (45 CFR 164.514(h)),
/// and name what you saw. The code works once, for 14 days.
///
/// Example: recordright representative appoint --patient MRN-0003 --kind parent --name "Dana Ellis" --evidence "birth certificate seen, driver licence" --by "Front desk"
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
    /// Their name.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What you saw that proves it.
    #[arg(long, value_name = "TEXT")]
    evidence: String,
    /// The last day, if it has one (YYYY-MM-DD). Parents and guardians of minors end by themselves on the
    /// patient's eighteenth birthday.
    #[arg(long, value_name = "DATE")]
    until: Option<chrono::NaiveDate>,
    /// Who gives it out, for the record.
    #[arg(long, default_value = "command line", value_name = "NAME")]
    by: String,
}

/// End an authority of any kind. Effective with the next request.
///
/// Example: recordright representative end --id 01234567-89ab-cdef-0123-456789abcdef --by "Privacy officer"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct End {
    #[command(flatten)]
    place: Place,
    /// The authority, as `appoint` named it.
    #[arg(long, value_name = "ID")]
    id: AuthorityId,
    /// Who ends it, for the record.
    #[arg(long, default_value = "command line", value_name = "NAME")]
    by: String,
}

impl Representative {
    /// Exit code 1 if nobody or more than one person fits, or something must be mended.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Appoint(appoint) => appoint.run().await,
            Self::End(end) => {
                let app = end.place.open().await?;
                let ended = representation::end_by_clinic(&app, end.id, &end.by).await;
                app.db.close().await;
                ended.map_err(anyhow::Error::from).context("no such authority")?;
                eprintln!("Ended.");
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

impl Appoint {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let Some(kind) = Kind::from_slug(&self.kind).filter(|kind| *kind != Kind::Delegate) else {
            let kinds: Vec<_> =
                Kind::ALL.iter().filter(|k| **k != Kind::Delegate).map(|k| k.slug()).collect();
            bail!("--kind is one of {}; delegates are invited by the patient", kinds.join(", "));
        };
        let app = self.place.open().await?;
        let code = self.give(&app, kind).await;
        app.db.close().await;
        code
    }

    async fn give(&self, app: &App, kind: Kind) -> anyhow::Result<ExitCode> {
        let Some(patient) = one(app, &self.patient).await? else { return Ok(ExitCode::FAILURE) };
        let ask = Ask {
            name: self.name.clone(),
            kind,
            evidence: self.evidence.clone(),
            scope: Scope { categories: None, shown: Vec::new(), copies: true },
            until: self.until.map(|day| end_of(app, day)).transpose()?,
        };
        match representation::appoint(app, (patient, ask), &self.by).await {
            Ok(invitation) => {
                println!("{}", invitation.code);
                eprintln!(
                    "Authority {}. The code can be taken once, until {}.",
                    invitation.id,
                    invitation.until.rfc3339()
                );
                Ok(ExitCode::SUCCESS)
            }
            Err(api::base::Error::Invalid(problems)) => {
                for problem in problems.0 {
                    let words = api::words::say(api::words::Language::English, problem.code);
                    eprintln!("--{}: {words}", problem.field);
                }
                Ok(ExitCode::FAILURE)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The moment at which a day ends at the clinic.
fn end_of(app: &App, day: chrono::NaiveDate) -> anyhow::Result<Instant> {
    representation::end_of_day(app, day).context("there is no day after it")
}

/// The one person an identifier names; says so where it names none or several.
async fn one(app: &App, reference: &str) -> anyhow::Result<Option<PatientNo>> {
    let found = api::identity::patients_by(app, reference).await?;
    match found.as_slice() {
        [one] => Ok(Some(one.patient)),
        [] => {
            eprintln!("Nobody here has this identifier.");
            Ok(None)
        }
        several => {
            eprintln!("{} people fit; use an identifier that only one has.", several.len());
            Ok(None)
        }
    }
}
