//! The decision itself: pure, over plain facts.

use serde::{Deserialize, Serialize};

use crate::base::{
    AccountId, AppGrantId, AuthorityId, ConsentId, Error, Instant, PatientNo, Result, SessionId, ViewId,
};
use crate::config::Level;
use crate::consents::{self, Choice, Decision};
use crate::fhir::sensitivity::{Label, Labels};
use crate::identity::{Actor, Link};
use crate::representation::{Authority, Kind, Lens, Sight};
use crate::smart::{self, Access, ClientId};
use crate::staff::{self, MedicalEmergency, Role, View};

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
    /// Staff, or a system that was agreed with: treatment (45 CFR 164.506(c)).
    Treatment,
    /// A system: payment (45 CFR 164.506(c)).
    Payment,
    /// A system, or staff who keep to what people permit and ask for: health care operations (45 CFR 164.506(c)).
    Operations,
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
        /// The consent under 42 CFR Part 2 that opened more of the record to them; none: none did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consent: Option<ConsentId>,
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
        /// On what ground records under 42 CFR Part 2 were shown; none: they were not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part2: Option<Part2>,
    },
    /// The person let them look (45 CFR 164.510(b)).
    Delegate {
        /// The authority, which tells its scope.
        authority: AuthorityId,
        /// Since when, RFC 3339.
        since: String,
        /// The consent under 42 CFR Part 2 that opened more of the record to them; none: none did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consent: Option<ConsentId>,
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
        /// The consent under 42 CFR Part 2 that opened more of the record to who connected it, and so to the app; none: none did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consent: Option<ConsentId>,
    },
    /// The clinic lets a system export the records of a group of patients (45 CFR 164.506(c)).
    System {
        /// The system.
        client: ClientId,
        /// Its name.
        name: String,
        /// The group.
        group: String,
        /// Who receives it.
        recipient: String,
        /// What for.
        purpose: consents::Purpose,
        /// Since when the person is in the group, RFC 3339.
        since: String,
    },
    /// Somebody of the clinic decided about the record, and did not look into it: no permit has it.
    Decision {
        /// In which role; none at the command line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<Role>,
        /// Why, in their words.
        reason: String,
    },
    /// Staff read at the desk what the person permits and asks for, beside the record, to keep to it: no permit has it.
    Office {
        /// In which role.
        role: Role,
    },
    /// The person signed for it (45 CFR 164.508, 164.524(c)(3)(ii); 42 CFR 2.31).
    Consent {
        /// The consent, which tells its kind and its scope.
        consent: ConsentId,
        /// Since when, RFC 3339.
        since: String,
    },
}

impl Basis {
    /// Since when it holds, RFC 3339; a decision and the work of an office hold at no time.
    pub fn since(&self) -> Option<&str> {
        match self {
            Self::RightOfAccess { since, .. }
            | Self::Representative { since, .. }
            | Self::Staff { since, .. }
            | Self::Delegate { since, .. }
            | Self::App { since, .. }
            | Self::Consent { since, .. }
            | Self::System { since, .. } => Some(since),
            Self::Decision { .. } | Self::Office { .. } => None,
        }
    }

    /// The consent without which less would have been seen, if there is one.
    pub fn consent(&self) -> Option<ConsentId> {
        match self {
            Self::Consent { consent, .. } | Self::Staff { part2: Some(Part2::Consent { consent }), .. } => {
                Some(*consent)
            }
            Self::Representative { consent, .. }
            | Self::Delegate { consent, .. }
            | Self::App { consent, .. } => *consent,
            Self::RightOfAccess { .. }
            | Self::Staff { .. }
            | Self::System { .. }
            | Self::Decision { .. }
            | Self::Office { .. } => None,
        }
    }
}

/// Why staff see what 42 CFR Part 2 protects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Part2 {
    /// The person consented (2.31, 2.33).
    Consent {
        /// To what, their consent tells.
        consent: ConsentId,
    },
    /// A medical emergency, with what 2.51(c) wants written down.
    Emergency(MedicalEmergency),
    /// They belong to the program itself (2.12(c)(3)).
    Program,
}

/// What stands between an account and a record.
#[derive(Debug, Clone)]
pub(super) enum Ground {
    /// The record is linked to the account, which sees so much of it.
    Own(Link, Lens),
    /// It is linked to the account, and its person died: who speaks for the estate stands in their place.
    Died(Link),
    /// The same, and the person looks through the eyes of who holds this authority.
    Mirror(Link, Box<Authority>, Decision),
    /// An authority over it, in force.
    Authority(Box<Authority>, Decision),
    /// A look of the clinic's staff at it, in force.
    Look(View, Desk),
    /// Nothing.
    None,
}

/// Whether somebody lives, as far as their record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// Nothing says otherwise.
    Lives,
    /// It says that they died, or when.
    Died,
}

/// What is known of a look of staff.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    /// What restrictions and consents leave.
    pub decision: Decision,
    /// What 42 CFR Part 2 protects here.
    pub protected: Labels,
    /// Whether it is one of the program's own staff.
    pub member: Member,
}

/// Whether somebody belongs to a program for substance use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    /// They do.
    OfProgram,
    /// They do not.
    No,
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
            Basis::Delegate { .. }
            | Basis::Consent { .. }
            | Basis::System { .. }
            | Basis::Decision { .. }
            | Basis::Office { .. } => false,
        };
        (!all).then_some(self.actor.account)
    }

    /// Whether who sees only their own entries is told of emergency access all the same, in outline: who stands in the
    /// person's place asks about it.
    pub fn hears_of_emergencies(&self) -> bool {
        matches!(self.basis, Basis::Representative { .. })
    }

    /// Whether its holder may ask about entries: the person, and who stands in their place.
    pub fn may_question(&self) -> bool {
        self.is_own() || matches!(self.basis, Basis::Representative { .. })
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
            (Basis::System { .. }, purpose) => purpose,
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
/// `Refused` with `refused-no-copies` or `refused-no-copies-staff`, with `refused-deceased` for the own account of somebody
/// who died, or where a restriction that the clinic agreed to leaves nothing with `refused-limited` (who acts for the
/// person) or `refused-limited-staff`.
pub(super) fn decide(patient: PatientNo, purpose: Purpose, ground: Ground) -> Result<Option<(Basis, Lens)>> {
    match ground {
        _ if patient == PatientNo::DIRECTORY => Ok(None),
        Ground::Own(link, lens) if link.patient == patient => {
            let basis = Basis::RightOfAccess { ground: link.ground, since: link.since.rfc3339() };
            Ok(Some((basis, lens)))
        }
        Ground::Died(link) if link.patient == patient => Err(Error::refused("refused-deceased")),
        Ground::Mirror(link, authority, decision)
            if link.patient == patient && authority.patient == patient =>
        {
            if matches!(purpose, Purpose::OwnCopy | Purpose::App) {
                return Err(Error::refused("refused-no-copies"));
            }
            let basis = Basis::RightOfAccess { ground: link.ground, since: link.since.rfc3339() };
            Ok(Some((basis, Lens::OWN.and(through(&authority, &decision)))))
        }
        Ground::Authority(authority, decision) if authority.patient == patient => {
            if decision.is_shut() {
                return Err(Error::refused("refused-limited"));
            }
            // What an app reads, it has.
            if matches!(purpose, Purpose::OwnCopy | Purpose::App) && !authority.scope.copies {
                return Err(Error::refused("refused-no-copies"));
            }
            let (lens, consent) = opened(&authority, &decision);
            let (id, since) = (authority.id, authority.since.unwrap_or(authority.created).rfc3339());
            let basis = match authority.kind {
                Kind::Delegate => Basis::Delegate { authority: id, since, consent },
                of => Basis::Representative { of, authority: id, since, consent },
            };
            Ok(Some((basis, lens)))
        }
        Ground::Look(view, desk) if view.patient == patient => {
            if desk.decision.is_shut() {
                return Err(Error::refused("refused-limited-staff"));
            }
            // What staff send or hand over is a case of its own, not a copy of theirs, and no app of theirs reads it.
            if matches!(purpose, Purpose::OwnCopy | Purpose::App) {
                return Err(Error::refused("refused-no-copies-staff"));
            }
            let part2 = part2(&view, &desk);
            let lens = look(view.role, (part2.as_ref(), desk.protected)).and(desk.decision.lens);
            let basis = Basis::Staff {
                role: view.role,
                purpose: view.purpose,
                reason: view.reason,
                view: view.id,
                since: view.since.rfc3339(),
                part2,
            };
            Ok(Some((basis, lens)))
        }
        _ => Ok(None),
    }
}

/// An app sees what both show: the ground of the one who connected it, as it is now, and what they allowed the app.
pub(super) fn decide_app(access: &Access, (ground, lens): (Basis, Lens)) -> Option<(Basis, Lens)> {
    let (acting, consent) = match ground {
        Basis::RightOfAccess { .. } => (None, None),
        Basis::Representative { of, consent, .. } if smart::may_connect(of) => (Some(of), consent),
        _ => return None,
    };
    let lens = lens.and(access.lens);
    // Where they did not let the app have it, the consent opened nothing to it.
    let consent = consent.filter(|_| lens.hidden.0 & Labels::PROGRAM.0 == 0);
    let basis = Basis::App {
        grant: access.grant,
        client: access.client.clone(),
        name: access.app_name.clone(),
        acting,
        since: access.since.rfc3339(),
        consent,
    };
    Some((basis, lens))
}

/// That somebody is in a group of patients, and what was settled about the group.
#[derive(Debug, Clone)]
pub(super) struct InGroup {
    /// The group.
    pub group: String,
    /// Who receives what is exported.
    pub recipient: String,
    /// Whether that is a health plan.
    pub to_health_plan: bool,
    /// What for.
    pub purpose: consents::Purpose,
    /// Protected kinds of information that go out.
    pub shown: Labels,
    /// Since when the person is in the group.
    pub since: Instant,
}

/// A system exports the record of a member of a group, for what the group is for. The directory is nobody's record.
pub(super) fn decide_system(
    (client, name): (&ClientId, &str),
    (patient, member): (PatientNo, InGroup),
    lens: Lens,
) -> Option<Permit> {
    let purpose = match member.purpose {
        _ if patient == PatientNo::DIRECTORY => return None,
        consents::Purpose::Treatment => Purpose::Treatment,
        consents::Purpose::Payment => Purpose::Payment,
        consents::Purpose::Operations => Purpose::Operations,
        _ => return None,
    };
    let basis = Basis::System {
        client: client.clone(),
        name: name.to_owned(),
        group: member.group,
        recipient: member.recipient,
        purpose: member.purpose,
        since: member.since.rfc3339(),
    };
    // Nobody is signed in: no account, no session, no strength of a sign-in.
    let actor = Actor {
        account: AccountId(uuid::Uuid::nil()),
        session: SessionId(uuid::Uuid::nil()),
        name: name.to_owned(),
        provider: "system".into(),
        acr: None,
        amr: Vec::new(),
        auth_time: None,
        level: Level { ial: 0, aal: 0 },
        through: None,
    };
    Some(Permit::new(&actor, (patient, purpose), (basis, lens)))
}

/// What a consent must be for so that it covers a look of staff.
pub(super) fn wanted(purpose: staff::Purpose) -> consents::Purpose {
    match purpose {
        staff::Purpose::Treatment | staff::Purpose::Emergency => consents::Purpose::Treatment,
        staff::Purpose::RecordsRequest | staff::Purpose::CaseReview | staff::Purpose::Compliance => {
            consents::Purpose::Operations
        }
    }
}

/// What an authority shows under restrictions and consents.
pub(super) fn through(authority: &Authority, decision: &Decision) -> Lens {
    opened(authority, decision).0
}

/// The same, with the consent that opened something of it.
fn opened(authority: &Authority, decision: &Decision) -> (Lens, Option<ConsentId>) {
    let without = authority.lens().and(decision.lens);
    match decision.consent {
        Choice::Covered(consent) => {
            let lens = authority.lens_with_consent().and(decision.lens);
            (lens, Some(consent).filter(|_| lens != without))
        }
        Choice::Uncovered | Choice::Ambiguous(_) => (without, None),
    }
}

/// What it would show, were all opened that a clinician may open.
pub(super) fn through_if_opened(authority: &Authority, decision: &Decision) -> Lens {
    let own = match decision.consent {
        Choice::Covered(_) => authority.lens_if_opened_with_consent(),
        Choice::Uncovered | Choice::Ambiguous(_) => authority.lens_if_opened(),
    };
    own.and(decision.lens)
}

/// Why a look shows what 42 CFR Part 2 protects; none: it does not. The program's own staff need it for their duties
/// (2.12(c)(3)); others a consent of the person, or a medical emergency that is written down (2.51).
fn part2(view: &View, desk: &Desk) -> Option<Part2> {
    match (&view.medical, &desk.decision.consent, desk.member) {
        (_, _, Member::OfProgram) => Some(Part2::Program),
        (_, Choice::Covered(consent), _) => Some(Part2::Consent { consent: *consent }),
        (Some(medical), ..) if view.emergency => Some(Part2::Emergency(medical.clone())),
        _ => None,
    }
}

/// What staff in a role see of a record. Who may take the label of a proceeding away sees what bears it. Psychotherapy
/// notes need an authorization, also in an emergency (45 CFR 164.508(a)(2)).
pub fn look(role: Role, (part2, protected): (Option<&Part2>, Labels)) -> Lens {
    let litigation = Labels(staff::markable(role).0 & Label::Litigation.bit());
    let hidden = Lens::OWN.hidden.but(litigation);
    let hidden = if part2.is_some() { hidden } else { hidden.and(protected) };
    Lens { hidden, ..Lens::OWN }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fhir::present::Category;
    use crate::representation;

    #[test]
    fn the_account_of_somebody_who_died_sees_nothing() {
        let died = |n| Ground::Died(Link { patient: PatientNo(n), since: Instant(0), ground: "code".into() });
        for purpose in [Purpose::OwnView, Purpose::OwnCopy, Purpose::App] {
            let said = decide(PatientNo(1), purpose, died(1));
            assert!(
                matches!(said, Err(Error::Refused(refusal)) if refusal.0 == "refused-deceased"),
                "{purpose:?}"
            );
            assert!(matches!(decide(PatientNo(2), purpose, died(1)), Ok(None)), "another's is not known");
        }
    }

    #[test]
    fn only_the_linked_record_is_seen() {
        let link = |n| {
            Ground::Own(Link { patient: PatientNo(n), since: Instant(0), ground: "code".into() }, Lens::OWN)
        };
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

    fn desk(member: Member, consent: Choice, protected: Labels) -> Desk {
        Desk { decision: Decision { lens: Lens::WHOLE, limited: false, consent }, protected, member }
    }

    fn view(emergency: Option<MedicalEmergency>) -> View {
        let id = uuid::Uuid::nil();
        View {
            id: ViewId(id),
            account: AccountId(id),
            session: crate::base::SessionId(id),
            patient: PatientNo(1),
            role: Role::Clinician,
            purpose: staff::Purpose::Treatment,
            reason: "visit".into(),
            emergency: emergency.is_some(),
            since: Instant(0),
            until: Instant(1),
            ended: None,
            medical: emergency,
            told: None,
        }
    }

    /// 42 CFR 2.12(c)(3), 2.31, 2.51: on what ground staff see records of a program.
    #[test]
    fn staff_see_a_programs_records_on_three_grounds() {
        let covered = Choice::Covered(ConsentId(uuid::Uuid::nil()));
        let two = Choice::Ambiguous(vec![]);
        let written = MedicalEmergency {
            to: "Lee".into(),
            affiliation: "County Hospital".into(),
            discloser: "Clinic".into(),
            nature: "overdose".into(),
        };
        let unwritten = View { emergency: true, ..view(None) };
        let forged = View { emergency: false, ..view(Some(written.clone())) };
        let item = Labels::default().with(Label::SubstanceUse).of_program();
        for (what, view, member, consent, seen) in [
            ("an ordinary look", view(None), Member::No, Choice::Uncovered, false),
            ("two consents that differ", view(None), Member::No, two, false),
            ("a consent", view(None), Member::No, covered, true),
            ("the program itself", view(None), Member::OfProgram, Choice::Uncovered, true),
            ("an emergency that is written down", view(Some(written)), Member::No, Choice::Uncovered, true),
            ("an emergency that is not", unwritten, Member::No, Choice::Uncovered, false),
            ("written down, but no emergency", forged, Member::No, Choice::Uncovered, false),
        ] {
            for (protected, other) in [
                (Labels::PROGRAM, true),
                // A clinic that is a program: all about substance use.
                (Labels::PROGRAM.with(Label::SubstanceUse), seen),
            ] {
                let ground = Ground::Look(view.clone(), desk(member, consent.clone(), protected));
                let (basis, lens) = decide(PatientNo(1), Purpose::OwnView, ground).unwrap().unwrap();
                assert_eq!(lens.shows(Category::Labs, item, 0), seen, "{what}");
                let plain = Labels::default().with(Label::SubstanceUse);
                assert_eq!(lens.shows(Category::Labs, plain, 0), other, "{what}");
                assert!(lens.shows(Category::Labs, Labels::default().with(Label::Hiv), 0), "{what}");
                let Basis::Staff { part2, .. } = basis else { panic!("{what}") };
                assert_eq!(part2.is_some(), seen, "{what}: the ledger tells the ground");
            }
        }
    }

    /// A restriction that leaves nothing is said to who is refused, in words of their own.
    #[test]
    fn what_is_shut_is_said() {
        let mut desk = desk(Member::No, Choice::Uncovered, Labels::PROGRAM);
        desk.decision.lens.categories = 0;
        let said = decide(PatientNo(1), Purpose::OwnView, Ground::Look(view(None), desk));
        assert!(format!("{:?}", said.unwrap_err()).contains("refused-limited-staff"));
    }

    fn authority(kind: Kind) -> Authority {
        Authority {
            id: AuthorityId(uuid::Uuid::nil()),
            patient: PatientNo(1),
            account: Some(AccountId(uuid::Uuid::nil())),
            kind,
            name: "Ana (synthetic)".into(),
            evidence: representation::Evidence { proof: kind.proofs()[0], note: "seen".into() },
            scope: representation::Scope::WHOLE,
            granted: representation::Scope::WHOLE,
            limits: vec![],
            suspension: None,
            flag: None,
            incapacity: representation::Incapacity::NotNeeded,
            since: Some(Instant(0)),
            starts: None,
            active: None,
            until: None,
            review: None,
            code_until: None,
            created: Instant(0),
            changes: 0,
            ended: None,
            seat: None,
            closed: Default::default(),
        }
    }

    /// Who may do what, and for what purpose the ledger says that it was: the golden matrix. A change of it must be meant.
    #[test]
    fn the_matrix_of_purposes() {
        use std::fmt::Write;
        let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/purposes.txt");
        let free = Decision { lens: Lens::WHOLE, limited: false, consent: Choice::Uncovered };
        let shut = Decision { lens: Lens { categories: 0, ..Lens::WHOLE }, ..free.clone() };
        let link = || Link { patient: PatientNo(1), since: Instant(0), ground: "code".into() };
        let mut rows = vec![
            ("self".to_owned(), Ground::Own(link(), Lens::OWN)),
            ("self, who died".into(), Ground::Died(link())),
            ("nobody".into(), Ground::None),
        ];
        for kind in Kind::ALL {
            let (held, mut bare) = (authority(kind), authority(kind));
            bare.scope.copies = false;
            let through = Ground::Mirror(link(), Box::new(held.clone()), free.clone());
            let name = kind.slug();
            rows.push((name.into(), Ground::Authority(Box::new(held.clone()), free.clone())));
            rows.push((format!("{name}, no copies"), Ground::Authority(Box::new(bare), free.clone())));
            rows.push((format!("{name}, all limited"), Ground::Authority(Box::new(held), shut.clone())));
            rows.push((format!("self as {name}"), through));
        }
        for purpose in staff::Purpose::ALL {
            let look = View { purpose, ..view(None) };
            let ground = |decision| Desk { decision, protected: Labels::PROGRAM, member: Member::No };
            let name = format!("staff, {}", purpose.slug());
            rows.push((format!("{name}, all limited"), Ground::Look(look.clone(), ground(shut.clone()))));
            rows.push((name, Ground::Look(look, ground(free.clone()))));
        }
        let actor = Actor {
            account: AccountId(uuid::Uuid::nil()),
            session: SessionId(uuid::Uuid::nil()),
            name: "Ana (synthetic)".into(),
            provider: "demo".into(),
            acr: None,
            amr: Vec::new(),
            auth_time: None,
            level: Level { ial: 0, aal: 0 },
            through: None,
        };
        let mut made = String::from(
            "# Who may look, take a copy, and let an app read: the purpose that the ledger states, what is refused, or - for\n\
             # nothing that is known to them. What an app reads of it stands in the ledger as the app's.\n",
        );
        for (who, ground) in rows {
            let cell = |(what, purpose): (&str, Purpose)| {
                let said = match decide(PatientNo(1), purpose, ground.clone()) {
                    Ok(None) => "-".to_owned(),
                    Ok(Some(ground)) => {
                        let stated = Permit::new(&actor, (PatientNo(1), purpose), ground).stated();
                        serde_json::to_value(stated).unwrap().as_str().unwrap().to_owned()
                    }
                    Err(Error::Refused(refusal)) => refusal.0.to_owned(),
                    Err(error) => panic!("{error:?}"),
                };
                format!("{what}:{said}")
            };
            let all = [("view", Purpose::OwnView), ("copy", Purpose::OwnCopy), ("app", Purpose::App)];
            let _ = writeln!(made, "{who:32}  {}", all.map(cell).join(" "));
        }
        let known = std::fs::read_to_string(&golden).unwrap_or_default();
        assert!(made == known, "see {}; if that is meant, it becomes:\n{made}", golden.display());
    }

    proptest! {
        /// I7: what 42 CFR Part 2 protects is shown to the person and to who stands in their place where the law closes it to
        /// nobody there, else with a consent, or to staff on a ground that the ledger names. And deny wins: what a restriction
        /// or a consent leaves out is shown to nobody else.
        #[test]
        fn what_part_two_protects_is_shown_on_a_ground_that_is_told(
            kind in 0..Kind::ALL.len(), who in 0usize..3, consent in 0usize..3, closed in any::<bool>(),
            program in any::<bool>(), medical in any::<bool>(), emergency in any::<bool>(),
            more in 0..=Labels::ALL.0, limit in 0..=Labels::ALL.0,
        ) {
            let consent = [
                Choice::Uncovered,
                Choice::Ambiguous(vec![]),
                Choice::Covered(ConsentId(uuid::Uuid::nil())),
            ][consent].clone();
            let lens = Lens { hidden: Labels(limit).hidden(), ..Lens::WHOLE };
            let decision = Decision { lens, limited: limit != 0, consent };
            let mut authority = authority(Kind::ALL[kind]);
            let without_consent = if closed { Labels::PROGRAM } else { Labels::default() };
            authority.closed = representation::Closed { without_consent, ..Default::default() };
            let written = medical.then(|| MedicalEmergency {
                to: "Lee".into(),
                affiliation: "County Hospital".into(),
                discloser: "Clinic".into(),
                nature: "overdose".into(),
            });
            let look = View { emergency, ..view(written) };
            let link = Link { patient: PatientNo(1), since: Instant(0), ground: "code".into() };
            let member = if program { Member::OfProgram } else { Member::No };
            let desk = Desk { decision: decision.clone(), protected: Labels::PROGRAM, member };
            let ground = match who {
                0 => Ground::Own(link, Lens::OWN),
                1 => Ground::Authority(Box::new(authority), decision),
                _ => Ground::Look(look, desk),
            };
            let (basis, lens) = decide(PatientNo(1), Purpose::OwnView, ground).unwrap().unwrap();
            let item = Labels(more).with(Label::SubstanceUse).of_program().kept();
            let told = match &basis {
                Basis::RightOfAccess { .. } => true,
                Basis::Representative { consent, .. } | Basis::Delegate { consent, .. } => {
                    !closed || consent.is_some()
                }
                Basis::Staff { part2, .. } => part2.is_some(),
                _ => false,
            };
            let seen = lens.shows(Category::Labs, item, 0);
            prop_assert!(!seen || told, "{basis:?}");
            prop_assert!(!seen || who == 0 || item.0 & limit == 0, "{basis:?}");
        }
    }
}
