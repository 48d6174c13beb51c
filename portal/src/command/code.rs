//! `recordright activation-code`.

use std::process::ExitCode;

use anyhow::anyhow;
use api::base::Error;
use api::disclosures::codes;
use api::disclosures::links::Decider;
use api::identity::Way;
use clap::Args;

use super::{Place, born, moment, one_patient, plain};

/// Make an activation code with which a patient links their account to their record. Give it to the person
/// only after checking who they are (45 CFR 164.514(h)). It works once; an earlier unused code of the same
/// person stops working. The log of the record tells of it. At the desk the page of the person does the same.
///
/// Where you checked the person face to face, say by what: the account that uses the code then counts as checked in
/// person, which is more than any code that was sent.
///
/// Examples:
///   recordright activation-code --patient MRN-0001
///   recordright activation-code --patient MRN-0001 --by "Ann Lee" --proof "driver licence"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct ActivationCode {
    #[command(flatten)]
    place: Place,
    /// The patient: a medical record number or another identifier, or the FHIR id.
    #[arg(long, value_name = "REF")]
    patient: String,
    /// Who gives it out, for the record.
    #[arg(long, default_value = "command line", value_name = "NAME")]
    by: String,
    /// What you saw of the person who gets the code, face to face: "driver licence". Never its number.
    #[arg(long, value_name = "TEXT")]
    proof: Option<String>,
}

impl ActivationCode {
    /// Prints the code. Exit code 1 if nobody or more than one person fits.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.open().await?;
        let code = match one_patient(&app, &self.patient).await? {
            Ok(one) => {
                let way = self.proof.as_deref().map_or(Way::Sent, Way::Handed);
                let issued = codes::give(&app, Decider::Operator(&self.by), (one.patient, way)).await;
                let issued = issued.map_err(in_words)?;
                println!("{}", issued.code);
                let until = moment(&app, issued.expires);
                eprintln!("For {}, born {}. Valid until {until}, once.", one.name, born(&one));
                ExitCode::SUCCESS
            }
            Err(words) => {
                eprintln!("{words}");
                ExitCode::FAILURE
            }
        };
        app.db.close().await;
        Ok(code)
    }
}

fn in_words(error: Error) -> anyhow::Error {
    match error {
        Error::Invalid(_) => {
            anyhow!("--proof must say what you saw, in 1 to 200 characters, without the number of a document")
        }
        Error::Conflict(_) => anyhow!("the record says that this person has died: no code is given for it"),
        other => plain(other),
    }
}
