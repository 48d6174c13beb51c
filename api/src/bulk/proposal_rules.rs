//! Who may agree to what was proposed about a group. Pure.

use crate::base::AccountId;
use crate::config::Role;
use crate::staff::{self, Action};

/// Why somebody may not agree; none where they may. Two people settle it, and one of them is a privacy officer, who
/// answers for what is disclosed (45 CFR 164.530(a)(1)(i)).
pub(super) fn refusal(
    (asked_by, office): (AccountId, Office),
    (agrees, roles): (AccountId, &[Role]),
) -> Option<&'static str> {
    if !staff::best(roles, Action::HandleGroup).any() {
        return Some("refused-not-your-role");
    }
    if asked_by == agrees {
        return Some("refused-own-request");
    }
    let officer = office == Office::PrivacyOfficer || self::office(roles) == Office::PrivacyOfficer;
    (!officer).then_some("refused-group-officer")
}

/// As what somebody proposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Office {
    /// As a privacy officer.
    PrivacyOfficer,
    /// As an administrator.
    Administrator,
}

/// The office of somebody with these roles.
pub(super) fn office(roles: &[Role]) -> Office {
    if roles.contains(&Role::PrivacyOfficer) { Office::PrivacyOfficer } else { Office::Administrator }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_people_settle_a_group_and_one_is_a_privacy_officer() {
        let account = |n| AccountId(uuid::Uuid::from_u128(n));
        let (officer, admin) = (Office::PrivacyOfficer, Office::Administrator);
        for (office, agrees, roles, expected) in [
            (admin, 2, vec![Role::PrivacyOfficer], None),
            (officer, 2, vec![Role::Administrator], None),
            (officer, 2, vec![Role::PrivacyOfficer], None),
            (admin, 2, vec![Role::Administrator, Role::PrivacyOfficer], None),
            (admin, 2, vec![Role::Administrator], Some("refused-group-officer")),
            (officer, 1, vec![Role::PrivacyOfficer], Some("refused-own-request")),
            (admin, 1, vec![Role::PrivacyOfficer, Role::Administrator], Some("refused-own-request")),
            (officer, 2, vec![Role::Auditor], Some("refused-not-your-role")),
            (officer, 2, vec![Role::RecordsClerk, Role::Clinician], Some("refused-not-your-role")),
            (officer, 2, vec![], Some("refused-not-your-role")),
        ] {
            let found = refusal((account(1), office), (account(agrees), &roles));
            assert_eq!(found, expected, "{office:?} {agrees} {roles:?}");
        }
        assert_eq!(super::office(&[Role::Administrator, Role::PrivacyOfficer]), officer);
        assert_eq!(super::office(&[Role::Administrator]), admin);
    }
}
