//! The decision itself: pure, over plain facts.

use serde::{Deserialize, Serialize};

use crate::base::{AuthorityId, Error, PatientNo, Result};
use crate::identity::{Actor, Link};
use crate::representation::{self, Authority, Kind, Lens};

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
    /// A personal representative stands in the person's place (45 CFR 164.502(g)).
    Representative {
        /// What they are to the person.
        of: Kind,
        /// The authority, which tells its proof and its scope.
        authority: AuthorityId,
        /// Since when, RFC 3339.
        since: String,
    },
    /// The person let them look (45 CFR 164.510(b)).
    Delegate {
        /// The authority, which tells its scope.
        authority: AuthorityId,
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
    /// The authority in force, where the record is not their own.
    pub authority: Option<Authority>,
}

/// Leave to release one thing about one person to one actor for one purpose. It has no public
/// constructor, cannot be cloned, and `disclosures::release` uses it up.
#[derive(Debug)]
pub struct Permit {
    actor: Actor,
    patient: PatientNo,
    purpose: Purpose,
    basis: Basis,
    lens: Lens,
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

    /// How much of the record.
    pub fn lens(&self) -> Lens {
        self.lens
    }
}

/// A person may view and copy the record that is linked to their account. Whoever acts for another may do what their
/// authority says. The directory is nobody's record.
pub(super) fn decide(facts: Facts<'_>) -> Result<Option<Permit>> {
    if facts.patient == PatientNo::DIRECTORY {
        return Ok(None);
    }
    let permit = |basis, lens| Permit {
        actor: facts.actor.clone(),
        patient: facts.patient,
        purpose: facts.purpose,
        basis,
        lens,
    };
    if let Some(link) = facts.link.filter(|link| link.patient == facts.patient) {
        let basis = Basis::RightOfAccess { ground: link.ground, since: link.since.rfc3339() };
        return Ok(Some(permit(basis, Lens::WHOLE)));
    }
    let Some(authority) = facts.authority.filter(|authority| authority.patient == facts.patient) else {
        return Ok(None);
    };
    if facts.purpose == Purpose::OwnCopy && !authority.scope.copies {
        return Err(Error::refused("refused-no-copies"));
    }
    let lens = representation::lens(authority.kind, &authority.scope);
    let (id, since) = (authority.id, authority.since.unwrap_or(authority.created).rfc3339());
    let basis = match authority.kind {
        Kind::Delegate => Basis::Delegate { authority: id, since },
        of => Basis::Representative { of, authority: id, since },
    };
    Ok(Some(permit(basis, lens)))
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
            amr: vec![],
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
                let link = link.clone();
                let facts =
                    Facts { actor: &actor, patient: PatientNo(patient), purpose, link, authority: None };
                assert_eq!(decide(facts).unwrap().is_some(), allowed, "patient {patient}");
            }
        }
    }
}
