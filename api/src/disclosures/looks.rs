//! What staff read at the desk beside the record: permissions, limits, how somebody wants to be reached. They tell of health
//! and family, so each look stands in the person's log as one at the record does (45 CFR 164.312(b)).

use super::model::{Entry, What};
use super::stand;
use crate::app::App;
use crate::base::{Error, PatientNo, Result};
use crate::identity::Actor;
use crate::staff::{self, Action, Role};

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    /// What the person permits, and what they asked the clinic not to do.
    Permissions,
    /// How they want to be reached.
    Reach,
}

impl Desk {
    fn kind(self) -> &'static str {
        match self {
            Self::Permissions => "permissions",
            Self::Reach => "reach",
        }
    }

    /// The rights of which one leads to it.
    fn rights(self) -> &'static [Action] {
        match self {
            Self::Permissions => &[Action::HandleConsent, Action::HandleRestriction],
            Self::Reach => &[Action::HandleRestriction],
        }
    }
}

/// Writes down that somebody of the staff reads something about a person, before it is shown to them.
///
/// # Errors
/// `Refused` with `refused-not-your-role`; `Unavailable` where it cannot be written: then nothing is to be shown.
pub async fn at_desk(
    app: &App,
    (actor, roles): (&Actor, &[Role]),
    (patient, desk): (PatientNo, Desk),
) -> Result<()> {
    let role = role(roles, desk).ok_or(Error::refused("refused-not-your-role"))?;
    stand(app, patient, &Entry::read_at_desk(actor, role, What::page(desk.kind()))).await
}

/// In which of their roles somebody reads it: the first that may.
fn role(roles: &[Role], desk: Desk) -> Option<Role> {
    let may = |role: &Role| desk.rights().iter().any(|action| staff::may(*role, *action).any());
    Role::ALL.into_iter().find(|role| roles.contains(role) && may(role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_in_the_role_that_may() {
        let (clerk, officer) = (Role::RecordsClerk, Role::PrivacyOfficer);
        for desk in [Desk::Permissions, Desk::Reach] {
            for (roles, role) in [
                (&[clerk][..], Some(clerk)),
                (&[officer], Some(officer)),
                (&[officer, clerk], Some(clerk)),
                (&[Role::Clinician, officer], Some(officer)),
                (&[Role::Clinician, Role::Auditor, Role::Administrator, Role::ReviewingOfficial], None),
                (&[], None),
            ] {
                assert_eq!(super::role(roles, desk), role, "{roles:?}");
            }
        }
    }
}
