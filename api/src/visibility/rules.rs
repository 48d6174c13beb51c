//! The decision itself: pure, over plain facts.

use serde::{Deserialize, Serialize};

use crate::base::PatientNo;
use crate::identity::{Actor, Link};

/// What the information is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A person looks at their own record (45 CFR 164.524(a)(1): inspect).
    OwnView,
    /// A person takes a copy of their own record (45 CFR 164.524(a)(1): obtain a copy).
    OwnCopy,
}

/// What allowed a release. Stands in the ledger entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Basis {
    /// The person's right of access to their own record, and how it was proved that it is theirs.
    RightOfAccess {
        /// What proved it: `code`, `claims` or `staff`.
        ground: String,
        /// Since when, RFC 3339.
        since: String,
    },
}

/// All that the decision depends on.
pub(super) struct Facts<'a> {
    pub actor: &'a Actor,
    pub patient: PatientNo,
    pub purpose: Purpose,
    pub link: Option<Link>,
}

/// Leave to release one thing about one person to one actor for one purpose. It has no public
/// constructor, cannot be cloned, and `disclosures::release` uses it up.
#[derive(Debug)]
pub struct Permit {
    actor: Actor,
    patient: PatientNo,
    purpose: Purpose,
    basis: Basis,
}

impl Permit {
    /// Who may see it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whose record it is.
    pub fn patient(&self) -> PatientNo {
        self.patient
    }

    /// What for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// On what ground.
    pub fn basis(&self) -> &Basis {
        &self.basis
    }
}

/// A person may view and copy a record that is linked to their account. The directory is nobody's own record.
pub(super) fn decide(facts: Facts<'_>) -> Option<Permit> {
    let link =
        facts.link.filter(|link| link.patient == facts.patient && link.patient != PatientNo::DIRECTORY)?;
    let basis = Basis::RightOfAccess { ground: link.ground, since: link.since.rfc3339() };
    Some(Permit { actor: facts.actor.clone(), patient: facts.patient, purpose: facts.purpose, basis })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{AccountId, Instant, SessionId};

    #[test]
    fn only_the_linked_record_is_seen() {
        let actor = Actor {
            account: AccountId(uuid::Uuid::nil()),
            session: SessionId(uuid::Uuid::nil()),
            name: "Rosa (synthetic)".into(),
            provider: "demo".into(),
            acr: None,
            auth_time: None,
        };
        let link = |n| Some(Link { patient: PatientNo(n), since: Instant(0), ground: "code".into() });
        for (patient, link, allowed) in [
            (1, link(1), true),
            (1, link(2), false),
            (2, link(1), false),
            (1, None, false),
            (0, link(0), false),
            (0, None, false),
        ] {
            for purpose in [Purpose::OwnView, Purpose::OwnCopy] {
                let facts = Facts { actor: &actor, patient: PatientNo(patient), purpose, link: link.clone() };
                assert_eq!(decide(facts).is_some(), allowed, "patient {patient}, link {link:?}");
            }
        }
    }
}
