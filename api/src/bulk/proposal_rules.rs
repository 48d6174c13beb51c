//! Who may agree to what was proposed about a group, and how long. Pure.

use std::time::Duration;

use crate::base::{AccountId, Instant};
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

/// How long a proposal waits: who meant these people then may not mean them for ever.
const WAITS: Duration = Duration::from_secs(30 * 86_400);

/// Proposals of this moment and before are over.
pub(super) fn over(now: Instant) -> Instant {
    now.minus(WAITS)
}

/// The office that counts for who proposed: what they had then and, as far as it is known here, have still. A role that
/// only a sign-in says is known while they are here, so it does not count when another agrees.
pub(super) fn still(then: Office, given: &[Role]) -> Office {
    if then == Office::PrivacyOfficer { office(given) } else { then }
}

/// Whether somebody may search for people, and so learns nothing new by which lines of a list mean nobody.
pub(super) fn searches(roles: &[Role]) -> bool {
    staff::best(roles, Action::ViewRecord).any()
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
        for (then, given, expected) in [
            (officer, vec![Role::PrivacyOfficer], officer),
            (officer, vec![Role::Administrator, Role::PrivacyOfficer], officer),
            // They lost the role, have none any more, or only a sign-in said it.
            (officer, vec![Role::Administrator], admin),
            (officer, vec![], admin),
            (admin, vec![Role::PrivacyOfficer], admin),
            (admin, vec![], admin),
        ] {
            assert_eq!(still(then, &given), expected, "{then:?} {given:?}");
        }
        assert_eq!(super::office(&[Role::Administrator, Role::PrivacyOfficer]), officer);
        assert_eq!(super::office(&[Role::Administrator]), admin);
    }

    #[test]
    fn lines_are_told_to_those_who_search() {
        for (roles, expected) in [
            (vec![Role::PrivacyOfficer], true),
            (vec![Role::Administrator, Role::PrivacyOfficer], true),
            (vec![Role::Administrator], false),
            (vec![], false),
        ] {
            assert_eq!(searches(&roles), expected, "{roles:?}");
        }
    }
}
