//! Roles, grants, looks at a record, reviews: as data.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::base::{AccountId, AuthorityId, GrantId, Instant, PatientNo, ReviewId, SessionId, ViewId};
use crate::notify::Preferences;

pub use crate::config::Role;

/// What a grant gives: a role, or a place on the list of those who may use emergency access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Power {
    /// A role.
    Role(Role),
    /// Emergency access, for a clinician (45 CFR 164.312(a)(2)(ii)).
    Emergency,
}

impl Power {
    /// All, in the order of lists.
    pub const ALL: [Self; 7] = [
        Self::Role(Role::RecordsClerk),
        Self::Role(Role::Clinician),
        Self::Role(Role::ReviewingOfficial),
        Self::Role(Role::PrivacyOfficer),
        Self::Role(Role::Administrator),
        Self::Role(Role::Auditor),
        Self::Emergency,
    ];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Role(role) => role.slug(),
            Self::Emergency => "emergency-access",
        }
    }

    /// The power of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|power| power.slug() == slug)
    }
}

/// What staff want to see a record for (45 CFR 164.506(c), 164.524, 164.312(b)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To treat the person.
    Treatment,
    /// To answer what the person or their representative asked for.
    RecordsRequest,
    /// To decide a case: a denial, a review, an amendment, a complaint.
    CaseReview,
    /// To check that the rules are kept.
    Compliance,
    /// To treat the person in an emergency.
    Emergency,
}

impl Purpose {
    /// All.
    pub const ALL: [Self; 5] =
        [Self::Treatment, Self::RecordsRequest, Self::CaseReview, Self::Compliance, Self::Emergency];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Treatment => "treatment",
            Self::RecordsRequest => "records-request",
            Self::CaseReview => "case-review",
            Self::Compliance => "compliance",
            Self::Emergency => "emergency",
        }
    }

    /// The purpose of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.slug() == slug)
    }

    /// The code of HL7 v3 ActReason (purpose of use).
    pub fn code(self) -> &'static str {
        match self {
            Self::Treatment => "TREAT",
            Self::RecordsRequest => "PATRQT",
            Self::CaseReview => "HOPERAT",
            Self::Compliance => "HCOMPL",
            Self::Emergency => "ETREAT",
        }
    }
}

/// Who did something, and when. Without an account it was done at the command line, by whom is only said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// The account, unless at the command line.
    pub account: Option<AccountId>,
    /// The name as it was then.
    pub name: String,
    /// When.
    pub at: Instant,
}

/// Where a grant stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A second person has to approve it.
    Asked,
    /// Approved; begins later.
    Waiting,
    /// In force.
    InForce,
    /// Its last day is over.
    Over,
    /// A second person said no, or the one who asked took it back.
    Refused,
    /// Somebody ended it.
    Ended,
}

/// A role given, or asked for, here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// Whose.
    pub account: AccountId,
    /// The name of the account now.
    pub holder: String,
    /// Its e-mail address now.
    pub email: Option<String>,
    /// What.
    pub power: Power,
    /// Why it is needed.
    pub reason: String,
    /// Who asked.
    pub asked: By,
    /// From when.
    pub starts: Instant,
    /// Until when, if it has an end.
    pub ends: Option<Instant>,
    /// Who approved it.
    pub approved: Option<By>,
    /// Who ended or refused it, and why.
    pub ended: Option<(By, String)>,
}

/// A grant that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// For whom.
    pub account: AccountId,
    /// What.
    pub power: Power,
    /// Why.
    pub reason: String,
    /// From when; none: as soon as it is approved.
    pub starts: Option<Instant>,
    /// Until when; none: no end.
    pub ends: Option<Instant>,
}

/// Somebody who can do something as staff: for the review of who has access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its e-mail address.
    pub email: Option<String>,
    /// What they may do, and where it comes from.
    pub powers: Vec<(Power, Origin)>,
    /// When they were last here.
    pub seen: Instant,
    /// Whether that is longer ago than a role may lie idle.
    pub unused: bool,
}

/// Where a role comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The claims of an identity provider (its id in the settings) at the last sign-in.
    Provider(String),
    /// A grant made here.
    Grant(GrantId),
}

/// One look at a record: by whom, in which role, what for, until when. [`crate::visibility`] makes the ledger's
/// basis of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its id.
    pub id: ViewId,
    /// Who looks.
    pub account: AccountId,
    /// In which session: another of the same account may be weaker.
    pub session: SessionId,
    /// Whose record.
    pub patient: PatientNo,
    /// In which role.
    pub role: Role,
    /// What for.
    pub purpose: Purpose,
    /// Why, in words.
    pub reason: String,
    /// Whether it is emergency access.
    pub emergency: bool,
    /// Since when.
    pub since: Instant,
    /// Until when.
    pub until: Instant,
    /// When it was ended before that.
    pub ended: Option<Instant>,
    /// What was written down so that it shows records under 42 CFR Part 2 in a medical emergency; none: it does not.
    pub medical: Option<MedicalEmergency>,
    /// Who was told of emergency access; none for other looks, and where it was not written down yet.
    pub told: Option<Told>,
}

/// Who was told of emergency access by a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// The person.
    Person,
    /// Those who act for them with the whole record: no message reaches the person.
    Acting,
    /// Nobody: the clinic writes a letter.
    Nobody,
}

/// What 42 CFR 2.51(c) wants written down when records under Part 2 are disclosed in a medical emergency without a
/// consent. When, and by which look, stands beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MedicalEmergency {
    /// The medical personnel to whom they are disclosed.
    pub to: String,
    /// With which health care facility they are affiliated.
    pub affiliation: String,
    /// Who discloses them.
    pub discloser: String,
    /// The nature of the emergency.
    pub nature: String,
}

/// What somebody types to open a record in an emergency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmergencyAsk<'a> {
    /// Whose record.
    pub patient: PatientNo,
    /// Why.
    pub reason: &'a str,
    /// With which facility they are affiliated, where records under 42 CFR Part 2 are needed.
    pub affiliation: &'a str,
    /// The nature of the medical emergency, for the same.
    pub nature: &'a str,
    /// Who acts for the person now with the whole record, as `representation` knows: told where no message reaches them.
    pub acting: Vec<(AccountId, AuthorityId)>,
}

/// What staff ask to look at a record with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Whose record.
    pub patient: PatientNo,
    /// In which role.
    pub role: Role,
    /// What for.
    pub purpose: Purpose,
    /// Why, in words.
    pub reason: String,
}

/// A look with the names of those in it, for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// The look.
    pub view: View,
    /// Who looked.
    pub by: String,
    /// Whose record; none where the reader sees no health information.
    pub person: Option<String>,
    /// Who reviewed it, and the note.
    pub reviewed: Option<(By, String)>,
}

/// Whom staff look for: at least two of name, birth date and record number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// Birth date, `1968-03-04`.
    pub birth_date: String,
    /// Record number or another identifier, exactly.
    pub number: String,
}

/// A person found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Whose record.
    pub patient: PatientNo,
    /// The name as the record has it.
    pub name: String,
    /// Birth date as the source writes it.
    pub birth_date: Option<String>,
    /// The source that the record is from: one person may be here from two.
    pub source: String,
}

/// How much of a given name was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// All of it.
    Name,
    /// Its beginning, or none.
    Part,
}

/// One page of people found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPage {
    /// Who: first those whose given name is the one that was asked for.
    pub people: Vec<(Found, Whole)>,
    /// Which page this is, from 1.
    pub page: i64,
    /// Whether there is another after it.
    pub more: bool,
}

/// An account that is linked to a record, for staff who look at a person's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedAccount {
    /// The account.
    pub account: AccountId,
    /// The name that the provider gave.
    pub name: String,
    /// Since when.
    pub since: Instant,
    /// What proved it: `code`, `claims` or `staff`.
    pub ground: String,
    /// When it was last here.
    pub seen: Instant,
}

/// A person as staff see them before they open the record: nothing of the record itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Who.
    pub person: Found,
    /// Accounts that see the record.
    pub links: Vec<LinkedAccount>,
    /// How they want to be reached: what holds for each account of theirs, with its name, or what was written down where
    /// they have none; empty where they want nothing of their own.
    pub wishes: Vec<(String, Preferences)>,
    /// The last looks of staff at it, newest first.
    pub looks: Vec<Looked>,
}

/// What waits at the desk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Open identity cases, for those who decide them.
    pub cases: Option<i64>,
    /// Open claims to act for a patient, for those who check them.
    pub claims: Option<Vec<Concern>>,
    /// Limits that wait for an answer, for those who handle them.
    pub limits: Option<Vec<Concern>>,
    /// Authorities whose day to be looked at again has come, for those who decide about them.
    pub authorities: Option<Vec<Concern>>,
    /// Authorities that the records office flagged, for those who suspend and decline.
    pub flagged: Option<Vec<Concern>>,
    /// Authorities that wait until incapacity is certified, for those who certify it.
    pub to_certify: Option<Vec<Concern>>,
    /// Grants to approve, for those who may, without their own.
    pub grants: Option<i64>,
    /// Emergency access that nobody has reviewed.
    pub emergencies: Option<Vec<Concern>>,
    /// Questions about lines of logs without an answer.
    pub questions: Option<Vec<Concern>>,
    /// Questions about what is not shown of a minor's record, for who decides them.
    pub unshown: Option<Vec<Concern>>,
    /// Questions about how items are protected, for who changes labels.
    pub label_asks: Option<Vec<Concern>>,
    /// When the last review of access was signed off; an inner none: never.
    pub reviewed: Option<Option<Instant>>,
    /// The reader's own looks that are open, with whose record.
    pub views: Vec<(View, String)>,
}

/// Whom something concerns that waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concern {
    /// Who asked, or who acts.
    pub account: Option<AccountId>,
    /// Whose record it is about; of who claims to act for somebody, their own records.
    pub patients: Vec<PatientNo>,
}

impl Waiting {
    /// The people whom what waits concerns, each once.
    pub fn people(&self) -> Vec<PatientNo> {
        let lists = [
            &self.claims,
            &self.limits,
            &self.authorities,
            &self.flagged,
            &self.to_certify,
            &self.emergencies,
            &self.questions,
            &self.unshown,
            &self.label_asks,
        ];
        let all = lists.into_iter().flatten().flatten().flat_map(|one| &one.patients);
        all.copied().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Without what concerns this account or these people: what stands in no list of the reader is not counted either.
    pub fn without(mut self, account: AccountId, near: &[PatientNo]) -> Self {
        let far = |one: &Concern| {
            one.account != Some(account) && !one.patients.iter().any(|patient| near.contains(patient))
        };
        let lists = [
            &mut self.claims,
            &mut self.limits,
            &mut self.authorities,
            &mut self.flagged,
            &mut self.to_certify,
            &mut self.emergencies,
            &mut self.questions,
            &mut self.unshown,
            &mut self.label_asks,
        ];
        lists.into_iter().flatten().for_each(|list| list.retain(far));
        self
    }
}

/// A sign-off of who has access (45 CFR 164.308(a)(4)(ii)(C)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// Who signed, and when.
    pub by: By,
    /// What they noted.
    pub note: String,
    /// How many people had a role.
    pub holders: i64,
    /// How many of them had not been here for long.
    pub unused: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_concerns_the_reader_or_their_family_is_not_counted() {
        let account = |n: u128| AccountId(uuid::Uuid::from_u128(n));
        let concern = |by: Option<u128>, of: &[i64]| Concern {
            account: by.map(account),
            patients: of.iter().copied().map(PatientNo).collect(),
        };
        let all = vec![
            concern(Some(1), &[10]),
            concern(Some(2), &[11]),
            concern(Some(2), &[12, 13]),
            concern(Some(3), &[]),
            concern(None, &[12]),
        ];
        let waiting = Waiting {
            cases: Some(4),
            claims: Some(all.clone()),
            limits: Some(vec![concern(None, &[13])]),
            flagged: Some(vec![concern(Some(2), &[11])]),
            questions: Some(vec![]),
            ..Waiting::default()
        };
        assert_eq!(waiting.people(), [10, 11, 12, 13].map(PatientNo));
        for (reader, near, left) in [
            (9, &[][..], vec![0, 1, 2, 3, 4]),
            (1, &[], vec![1, 2, 3, 4]),
            (3, &[11], vec![0, 2, 4]),
            (9, &[12], vec![0, 1, 3]),
            (9, &[13], vec![0, 1, 3, 4]),
            (2, &[10, 12], vec![3]),
        ] {
            let near: Vec<PatientNo> = near.iter().copied().map(PatientNo).collect();
            let counted = waiting.clone().without(account(reader), &near);
            let wanted: Vec<Concern> = left.into_iter().map(|n: usize| all[n].clone()).collect();
            assert_eq!(counted.claims, Some(wanted), "{reader} {near:?}");
            let limits = usize::from(!near.contains(&PatientNo(13)));
            assert_eq!(counted.limits.map(|limits| limits.len()), Some(limits), "{reader} {near:?}");
            let flagged = usize::from(reader != 2 && !near.contains(&PatientNo(11)));
            assert_eq!(counted.flagged.map(|flagged| flagged.len()), Some(flagged), "{reader} {near:?}");
            assert_eq!((counted.cases, counted.questions), (Some(4), Some(vec![])), "as they were");
            assert_eq!(counted.unshown, None, "not theirs");
        }
    }
}
