//! The decision itself: pure, over plain facts.

use serde::{Deserialize, Serialize};

use crate::base::{AccountId, AppGrantId, AuthorityId, ConsentId, Error, PatientNo, Result, ViewId};
use crate::fhir::sensitivity::{Label, Labels};
use crate::identity::{Actor, Link};
use crate::representation::{self, Authority, Kind, Lens, Sight};
use crate::smart::{self, Access, ClientId};
use crate::staff::{self, Role, View};

/// What the information is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A person looks at their own record (45 CFR 164.524(a)(1): inspect).
    OwnView,
    /// A person takes a copy of their own record (45 CFR 164.524(a)(1): obtain a copy).
    OwnCopy,
    /// Somebody who acts for them looks.
    ActingView,
    /// Somebody who acts for them takes a copy.
    ActingCopy,
    /// An app that the person chose reads for them (45 CFR 164.524(c)(3)(ii), 170.315(g)(10)).
    App,
    /// Staff: treatment (45 CFR 164.506(c)).
    Treatment,
    /// Staff: a request of the person.
    RecordsRequest,
    /// Staff: a decision on a case.
    CaseReview,
    /// Staff: the privacy officer's own work.
    Compliance,
    /// Staff: an emergency.
    Emergency,
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
    /// The clinic's staff look for a purpose, with a reason (45 CFR 164.514(d)).
    Staff {
        /// In which role.
        role: Role,
        /// What for.
        purpose: staff::Purpose,
        /// Why, in their words.
        reason: String,
        /// The look, which tells how long.
        view: ViewId,
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
    /// Somebody who may see it connected an app.
    App {
        /// What they allowed it.
        grant: AppGrantId,
        /// The app.
        client: ClientId,
        /// Its name, as they saw it.
        name: String,
        /// What makes them somebody who may see it; none: it is their own record.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        acting: Option<Kind>,
        /// Since when, RFC 3339.
        since: String,
    },
    /// The person signed for it (45 CFR 164.508, 164.524(c)(3)(ii); 42 CFR 2.31).
    Consent {
        /// The consent, which tells its kind and its scope.
        consent: ConsentId,
        /// Since when, RFC 3339.
        since: String,
    },
}

/// What stands between an account and a record.
#[derive(Debug, Clone)]
pub(super) enum Ground {
    /// The record is linked to the account.
    Own(Link),
    /// An authority over it, in force.
    Authority(Box<Authority>),
    /// A look of the clinic's staff at it, in force.
    Look(View),
    /// Nothing.
    None,
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
    pub(super) fn new(
        actor: &Actor,
        (patient, purpose): (PatientNo, Purpose),
        (basis, lens): (Basis, Lens),
    ) -> Self {
        Self { actor: actor.clone(), patient, purpose, basis, lens }
    }

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

    /// Whose entries of the log are seen, if not all. Entries name what was looked at: who sees a part of the record
    /// sees their own entries only, and of the staff the privacy officer alone sees all.
    pub fn log_of(&self) -> Option<AccountId> {
        let all = match &self.basis {
            Basis::RightOfAccess { .. } => true,
            Basis::Representative { .. } => !self.lens.is_part(),
            Basis::Staff { role, .. } => *role == Role::PrivacyOfficer,
            Basis::App { acting, .. } => acting.is_none() && !self.lens.is_part(),
            Basis::Delegate { .. } | Basis::Consent { .. } => false,
        };
        (!all).then_some(self.actor.account)
    }

    /// Whether the record is the actor's own.
    pub fn is_own(&self) -> bool {
        matches!(self.basis, Basis::RightOfAccess { .. })
    }

    /// What the ledger says that it was for.
    pub fn stated(&self) -> Purpose {
        match (&self.basis, self.purpose) {
            (Basis::RightOfAccess { .. }, purpose) => purpose,
            (Basis::Staff { purpose, .. }, _) => match purpose {
                staff::Purpose::Treatment => Purpose::Treatment,
                staff::Purpose::RecordsRequest => Purpose::RecordsRequest,
                staff::Purpose::CaseReview => Purpose::CaseReview,
                staff::Purpose::Compliance => Purpose::Compliance,
                staff::Purpose::Emergency => Purpose::Emergency,
            },
            (Basis::App { .. }, _) => Purpose::App,
            (_, Purpose::OwnCopy) => Purpose::ActingCopy,
            _ => Purpose::ActingView,
        }
    }

    /// Whose record, and how much of it.
    pub fn sight(&self) -> Sight {
        Sight { patient: self.patient, lens: self.lens }
    }
}

/// A person may view and copy the record that is linked to their account. Whoever acts for another may do what their
/// authority says, and sees what it shows. The directory is nobody's record. `None` is no right at all.
///
/// # Errors
/// `Refused` with `refused-no-copies`.
pub(super) fn decide(patient: PatientNo, purpose: Purpose, ground: Ground) -> Result<Option<(Basis, Lens)>> {
    match ground {
        _ if patient == PatientNo::DIRECTORY => Ok(None),
        Ground::Own(link) if link.patient == patient => {
            let basis = Basis::RightOfAccess { ground: link.ground, since: link.since.rfc3339() };
            Ok(Some((basis, Lens::OWN)))
        }
        Ground::Authority(authority) if authority.patient == patient => {
            // What an app reads, it has.
            if matches!(purpose, Purpose::OwnCopy | Purpose::App) && !authority.scope.copies {
                return Err(Error::refused("refused-no-copies"));
            }
            let lens = representation::lens(authority.kind, &authority.scope);
            let (id, since) = (authority.id, authority.since.unwrap_or(authority.created).rfc3339());
            let basis = match authority.kind {
                Kind::Delegate => Basis::Delegate { authority: id, since },
                of => Basis::Representative { of, authority: id, since },
            };
            Ok(Some((basis, lens)))
        }
        Ground::Look(view) if view.patient == patient => {
            // What staff send or hand over is a case of its own, not a copy of theirs, and no app of theirs reads it.
            if matches!(purpose, Purpose::OwnCopy | Purpose::App) {
                return Err(Error::refused("refused-no-copies"));
            }
            // Who may take the label of a proceeding away sees what bears it. Psychotherapy notes need an authorization,
            // also in an emergency (45 CFR 164.508(a)(2)).
            let litigation = staff::markable(view.role).0 & Label::Litigation.bit();
            let lens = Lens { hidden: Labels(Lens::OWN.hidden.0 & !litigation), ..Lens::OWN };
            let basis = Basis::Staff {
                role: view.role,
                purpose: view.purpose,
                reason: view.reason,
                view: view.id,
                since: view.since.rfc3339(),
            };
            Ok(Some((basis, lens)))
        }
        _ => Ok(None),
    }
}

/// An app sees what both show: the ground of the one who connected it, as it is now, and what they allowed the app.
pub(super) fn decide_app(access: &Access, (ground, lens): (Basis, Lens)) -> Option<(Basis, Lens)> {
    let acting = match ground {
        Basis::RightOfAccess { .. } => None,
        Basis::Representative { of, .. } if smart::may_connect(of) => Some(of),
        _ => return None,
    };
    let basis = Basis::App {
        grant: access.grant,
        client: access.client.clone(),
        name: access.app_name.clone(),
        acting,
        since: access.since.rfc3339(),
    };
    Some((basis, lens.and(access.lens)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;

    #[test]
    fn only_the_linked_record_is_seen() {
        let link = |n| Ground::Own(Link { patient: PatientNo(n), since: Instant(0), ground: "code".into() });
        for (patient, ground, allowed) in [
            (1, link(1), true),
            (1, link(2), false),
            (2, link(1), false),
            (1, Ground::None, false),
            (0, link(0), false),
            (0, Ground::None, false),
        ] {
            for purpose in [Purpose::OwnView, Purpose::OwnCopy] {
                let decided = decide(PatientNo(patient), purpose, ground.clone()).unwrap();
                assert_eq!(decided.is_some(), allowed, "patient {patient}, {ground:?}");
            }
        }
    }
}
