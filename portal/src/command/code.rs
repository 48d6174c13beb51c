//! `recordright activation-code`.

use std::process::ExitCode;

use clap::Args;

use super::{Place, born, moment, one_patient, plain};

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
        let code = match one_patient(&app, &self.patient).await? {
            Ok(one) => {
                let issued = api::identity::issue_code(&app, one.patient, &self.by).await.map_err(plain)?;
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
