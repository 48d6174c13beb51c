//! `recordright activation-code`.

use std::process::ExitCode;

use clap::Args;

use super::Place;

/// Make an activation code with which a patient links their account to their record. Give it to the person
/// only after checking who they are (45 CFR 164.514(h)). It works once; an earlier unused code of the same
/// person stops working.
///
/// Example: recordright activation-code --patient MRN-0001
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
}

impl ActivationCode {
    /// Prints the code. Exit code 1 if nobody or more than one person fits.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.open().await?;
        let found = api::identity::patients_by(&app, &self.patient).await.map_err(anyhow::Error::from)?;
        let code = match found.as_slice() {
            [] => {
                eprintln!("Nobody here has this identifier.");
                ExitCode::FAILURE
            }
            [one] => {
                let issued = api::identity::issue_code(&app, one.patient, &self.by).await.map_err(anyhow::Error::from)?;
                println!("{}", issued.code);
                eprintln!("For {}, born {}. Valid until {}, once.", one.name, one.birth_date.as_deref().unwrap_or("unknown"), issued.expires.rfc3339());
                ExitCode::SUCCESS
            }
            several => {
                eprintln!("{} people fit; use an identifier that only one has:", several.len());
                for one in several {
                    eprintln!("  {}, born {}", one.name, one.birth_date.as_deref().unwrap_or("unknown"));
                }
                ExitCode::FAILURE
            }
        };
        app.db.close().await;
        Ok(code)
    }
}
