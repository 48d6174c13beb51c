//! A consent: what a person allows, to whom, for what, until when, and how they signed it; and a restriction: what
//! they asked the clinic not to do. Data; the decisions are in `rules` and in the other files of rules.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::base::{AccountId, ConsentId, DraftId, Instant, Intake, PatientNo, RestrictionId, SessionId};
use crate::fhir::present::Category;
use crate::fhir::sensitivity::{Label, Service};

/// What sort of permission it is. The sorts are kept apart: none does another's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The right of access, exercised towards somebody else: the clinic must send (45 CFR 164.524(c)(3)(ii)).
    Directive,
    /// An authorization: the clinic may send (45 CFR 164.508).
    Hipaa508,
    /// An authorization for psychotherapy notes, which stands alone (45 CFR 164.508(a)(2), (b)(3)(ii)).
    Psych508,
    /// One consent for all future treatment, payment and operations (42 CFR 2.31(a)(4)(i), 2.33(a)(2)).
    Part2Tpo,
    /// A consent for one recipient or purpose (42 CFR 2.31(a)).
    Part2Specific,
    /// A consent for counseling notes, which stands alone (42 CFR 2.31(b)).
    Part2Counseling,
    /// A consent for proceedings against the person, which stands alone (42 CFR 2.31(d)).
    Part2Proceedings,
    /// What a person allows an app to read.
    AppGrant,
    /// An authorization for research (45 CFR 164.508(b)(3)(i), (c)(1)(v)).
    Research,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Directive,
        Self::Hipaa508,
        Self::Psych508,
        Self::Part2Tpo,
        Self::Part2Specific,
        Self::Part2Counseling,
        Self::Part2Proceedings,
        Self::AppGrant,
        Self::Research,
    ];

    /// Those that a person can sign on a page: an app's grant is made where the app asks.
    pub fn signable() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|kind| *kind != Self::AppGrant)
    }

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Directive => "directive",
            Self::Hipaa508 => "hipaa-508",
            Self::Psych508 => "psych-508",
            Self::Part2Tpo => "part2-tpo",
            Self::Part2Specific => "part2-specific",
            Self::Part2Counseling => "part2-counseling",
            Self::Part2Proceedings => "part2-proceedings",
            Self::AppGrant => "app-grant",
            Self::Research => "research",
        }
    }

    /// The kind of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// The id of its plain words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Directive => "consent-kind-directive",
            Self::Hipaa508 => "consent-kind-hipaa",
            Self::Psych508 => "consent-kind-psych",
            Self::Part2Tpo => "consent-kind-tpo",
            Self::Part2Specific => "consent-kind-specific",
            Self::Part2Counseling => "consent-kind-counseling",
            Self::Part2Proceedings => "consent-kind-proceedings",
            Self::AppGrant => "consent-kind-app",
            Self::Research => "consent-kind-research",
        }
    }

    /// Whether it is a consent under 42 CFR Part 2.
    pub fn is_part2(self) -> bool {
        matches!(self, Self::Part2Tpo | Self::Part2Specific | Self::Part2Counseling | Self::Part2Proceedings)
    }

    /// Whether it is for notes that are kept apart, and so for nothing else (45 CFR 164.508(b)(3)(ii), 42 CFR 2.31(b)).
    pub fn is_of_notes(self) -> bool {
        matches!(self, Self::Psych508 | Self::Part2Counseling)
    }
}

/// A class of recipients, for the one kind that may name a class here. The law lets others do so too (45 CFR
/// 164.508(c)(1)(iii); 42 CFR 2.31(a)(4)(i)); that they name somebody is the clinic's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Those who treat the person.
    TreatingProviders,
    /// Health plans and others who pay.
    Payers,
    /// Those who help to run the program.
    Operators,
}

/// What somebody wants the information for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// "At the request of the individual" (45 CFR 164.508(c)(1)(iv)).
    OwnRequest,
    /// Treatment.
    Treatment,
    /// Payment.
    Payment,
    /// Running the clinic or the plan.
    Operations,
    /// Insurance, such as life or disability.
    Insurance,
    /// A legal matter in which the person takes part.
    Legal,
    /// Work or school.
    WorkOrSchool,
    /// Research.
    Research,
    /// A proceeding against the person.
    Proceedings,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::OwnRequest,
        Self::Treatment,
        Self::Payment,
        Self::Operations,
        Self::Insurance,
        Self::Legal,
        Self::WorkOrSchool,
        Self::Research,
        Self::Proceedings,
    ];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::OwnRequest => "own-request",
            Self::Treatment => "treatment",
            Self::Payment => "payment",
            Self::Operations => "operations",
            Self::Insurance => "insurance",
            Self::Legal => "legal",
            Self::WorkOrSchool => "work-or-school",
            Self::Research => "research",
            Self::Proceedings => "proceedings",
        }
    }

    /// The purpose of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.slug() == slug)
    }

    /// The id of its words.
    pub fn name(self) -> &'static str {
        match self {
            Self::OwnRequest => "consent-purpose-own",
            Self::Treatment => "consent-purpose-treatment",
            Self::Payment => "consent-purpose-payment",
            Self::Operations => "consent-purpose-operations",
            Self::Insurance => "consent-purpose-insurance",
            Self::Legal => "consent-purpose-legal",
            Self::WorkOrSchool => "consent-purpose-work",
            Self::Research => "consent-purpose-research",
            Self::Proceedings => "consent-purpose-proceedings",
        }
    }
}

/// Who receives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The name of a person or an organization; empty where a class is named.
    pub name: String,
    /// Where to send it.
    pub address: String,
    /// The classes, for a consent to treatment, payment and operations.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub classes: BTreeSet<Class>,
}

/// What information.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Only these categories; none: all.
    pub categories: Option<BTreeSet<Category>>,
    /// Protected kinds of information that are named, and so included.
    pub labels: BTreeSet<Label>,
    /// Only what a minor consented to alone, of these services (45 CFR 164.502(g)(3)(i)); none: not limited so.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub alone: BTreeSet<Service>,
    /// Not before this day, `2026-03-04`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Not after this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// How it ends by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Expiry {
    /// At the end of this day in the clinic's time zone.
    Day {
        /// The last day, `2026-03-04`.
        last: String,
        /// The first moment at which it is over.
        over: Instant,
    },
    /// When something has happened, which a human must confirm.
    Event {
        /// What, in the person's words.
        what: String,
    },
    /// Not at all: allowed for research and for a consent to treatment, payment and operations.
    Never,
}

/// A statement that the law wants in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Statement {
    /// The right to revoke in writing, and how (45 CFR 164.508(c)(2)(i); 42 CFR 2.31(a)(6)).
    Revocation,
    /// That treatment does not depend on it (45 CFR 164.508(c)(2)(ii)).
    Conditioning,
    /// That the recipient may pass it on (45 CFR 164.508(c)(2)(iii); 42 CFR 2.31(a)(10)(i)).
    Redisclosure,
    /// That a covered entity may pass it on under HIPAA, except in proceedings (42 CFR 2.31(a)(4)(iii)).
    RedisclosureHipaa,
    /// What follows from not signing (42 CFR 2.31(a)(10)(ii)).
    Refusal,
    /// That the clinic is paid for it, where it is (45 CFR 164.508(a)(3)(ii), (a)(4)).
    Remuneration,
}

impl Statement {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Revocation,
        Self::Conditioning,
        Self::Redisclosure,
        Self::RedisclosureHipaa,
        Self::Refusal,
        Self::Remuneration,
    ];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Revocation => "revocation",
            Self::Conditioning => "conditioning",
            Self::Redisclosure => "redisclosure",
            Self::RedisclosureHipaa => "redisclosure-hipaa",
            Self::Refusal => "refusal",
            Self::Remuneration => "remuneration",
        }
    }

    /// The statement of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|statement| statement.slug() == slug)
    }
}

/// Who signs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// The name as it was typed, or as it stands on the paper; empty: not signed.
    pub typed: String,
    /// The day of the signature, `2026-03-04`.
    pub day: String,
    /// On what ground somebody signs for the person; none: the person themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// Who witnessed it on paper, where the law of the place asks for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
    /// Who signed with a minor, and by what right, where the law asks for both (42 CFR 2.14(b)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
}

/// What a consent says, as it was typed on a page or read off a paper. Nothing is taken for granted: `rules` names
/// what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What sort.
    pub kind: Kind,
    /// Whose information: the name.
    pub person: String,
    /// Who may disclose it.
    pub discloser: String,
    /// Who receives it.
    pub recipient: Party,
    /// What; none: not said.
    pub scope: Option<Scope>,
    /// What for.
    pub purposes: BTreeSet<Purpose>,
    /// How it ends; none: not said.
    pub expiry: Option<Expiry>,
    /// The statements in its text.
    pub statements: BTreeSet<Statement>,
    /// Whether the clinic is paid for the disclosure (marketing or sale).
    pub paid: bool,
    /// Whether something was made to depend on it.
    pub conditioned: bool,
    /// Who signs.
    pub signer: Signer,
}

/// A form that was begun and not signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// Its id.
    pub id: DraftId,
    /// What sort of consent.
    pub kind: Kind,
    /// When it was begun.
    pub at: Instant,
    /// When it is forgotten.
    pub until: Instant,
}

/// Where a consent stands, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// In force, unless its time is over.
    Active,
    /// Held back while there is a doubt.
    Suspended,
    /// Taken back by the person.
    Revoked,
    /// The event of its end was confirmed.
    Expired,
    /// Found not to be valid.
    Defective,
}

impl State {
    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::Defective => "defective",
        }
    }

    /// The state of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Revoked, Self::Expired, Self::Defective]
            .into_iter()
            .find(|state| state.slug() == slug)
    }
}

/// How it was signed.
#[derive(Debug, Clone)]
pub struct Signature {
    /// When.
    pub at: Instant,
    /// By which account; none for a paper.
    pub account: Option<AccountId>,
    /// In which session.
    pub session: Option<SessionId>,
    /// How strongly they were authenticated (`acr`), if the provider said.
    pub acr: Option<String>,
    /// When they were authenticated.
    pub auth_time: Option<Instant>,
    /// SHA-256 of the exact text that was shown.
    pub text_hash: [u8; 32],
    /// The language of the text.
    pub language: String,
    /// Which wording.
    pub wording: i64,
    /// For a paper: who entered it.
    pub entered_by: Option<String>,
}

/// A consent as it is kept.
#[derive(Debug, Clone)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// Whose information.
    pub patient: PatientNo,
    /// What it says.
    pub terms: Terms,
    /// Where it stands.
    pub state: State,
    /// Since when it stands there.
    pub state_at: Instant,
    /// The day on which the writing came that took it back; none where the person did it here.
    pub received: Option<String>,
    /// How it was signed.
    pub signature: Signature,
    /// The exact text that was shown.
    pub text: String,
}

/// What something became of, or what staff looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A permission.
    Consent(ConsentId),
    /// A request for a limit.
    Restriction(RestrictionId),
}

/// How a paper came to the clinic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// By post.
    Post,
    /// Handed over at the desk.
    Desk,
    /// By fax.
    Fax,
    /// By e-mail.
    Email,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Post, Self::Desk, Self::Fax, Self::Email];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Desk => "desk",
            Self::Fax => "fax",
            Self::Email => "email",
        }
    }

    /// The one of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.slug() == slug)
    }
}

/// The writing with which a person took a permission back past this service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Writing {
    /// The day on which the clinic received it (`2026-01-31`).
    pub received: String,
    /// How it came.
    pub way: Way,
    /// Why, if the person said.
    pub reason: String,
}

/// One thing that became of a consent or a restriction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Instant,
    /// What: `signed`, `revoked`, `suspended` …
    pub what: String,
    /// Who, by name.
    pub by: String,
    /// Why, if they said.
    pub why: String,
    /// The writing that was recorded.
    pub writing: Option<Writing>,
}

/// What became of a consent or a restriction. Looks stand apart: there can be many, and what was decided must be found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// What changed it, the oldest first.
    pub events: Vec<Event>,
    /// How often staff looked at it.
    pub looks: i64,
    /// A page of their looks, the newest first.
    pub looked: Vec<Event>,
    /// Where the next page of looks begins, if there is one.
    pub next: Option<i64>,
}

/// Whom a restriction keeps the information from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Against {
    /// A health plan (45 CFR 164.522(a)(1)(vi)).
    HealthPlan,
    /// Family and others involved in care (45 CFR 164.510(b)).
    Family,
    /// A named person or organization.
    Named,
}

impl Against {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::HealthPlan, Self::Family, Self::Named];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::HealthPlan => "health-plan",
            Self::Family => "family",
            Self::Named => "named",
        }
    }

    /// The one of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|against| against.slug() == slug)
    }
}

/// What somebody asks the clinic not to do (45 CFR 164.522(a)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// From whom it is kept.
    pub against: Against,
    /// The name of the plan, the person or the organization; may be empty for family.
    pub party: String,
    /// What: the categories; none: all.
    pub categories: Option<BTreeSet<Category>>,
    /// Protected kinds of information, where only these are meant.
    pub labels: BTreeSet<Label>,
    /// In words: the visit, the charge or anything that tells what is meant.
    pub what: String,
    /// Why, if they want to say.
    pub why: String,
    /// Whether it was paid in full by somebody other than the plan.
    pub paid_in_full: bool,
}

/// Where a restriction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Nobody has answered yet.
    Asked,
    /// The clinic agreed.
    Agreed,
    /// The law makes the clinic agree (45 CFR 164.522(a)(1)(vi)).
    MustAgree,
    /// The clinic did not agree.
    Declined,
}

impl Answer {
    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Agreed => "agreed",
            Self::MustAgree => "must-agree",
            Self::Declined => "declined",
        }
    }

    /// The answer of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::Asked, Self::Agreed, Self::MustAgree, Self::Declined].into_iter().find(|a| a.slug() == slug)
    }
}

/// Who ends a restriction, and how (45 CFR 164.522(a)(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ender {
    /// The person, in writing; a form of ours is writing.
    InWriting,
    /// The person, by word of mouth, documented by staff.
    Oral,
    /// The clinic tells the person that it ends.
    Notice,
}

impl Ender {
    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::InWriting => "in-writing",
            Self::Oral => "oral",
            Self::Notice => "notice",
        }
    }

    /// The one of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::InWriting, Self::Oral, Self::Notice].into_iter().find(|ender| ender.slug() == slug)
    }
}

/// A restriction as it is kept.
#[derive(Debug, Clone)]
pub struct Restriction {
    /// Its id.
    pub id: RestrictionId,
    /// Whose information.
    pub patient: PatientNo,
    /// Who asked; none if nobody of the portal did.
    pub account: Option<AccountId>,
    /// What was asked.
    pub ask: Ask,
    /// Whether the facts that make the clinic agree are taken to be so.
    pub must_agree: bool,
    /// The answer.
    pub answer: Answer,
    /// What the clinic wrote with it.
    pub answer_text: String,
    /// When it was asked; of one that staff recorded, when the day began on which it came.
    pub asked: Instant,
    /// When it was answered.
    pub answered: Option<Instant>,
    /// When and how it was ended.
    pub ended: Option<(Instant, Ender)>,
    /// How it came, where staff recorded it.
    pub intake: Option<Intake>,
}

impl Restriction {
    /// Whether all of it is kept now.
    pub fn in_force(&self) -> bool {
        let agreed = matches!(self.answer, Answer::Agreed | Answer::MustAgree);
        agreed && self.ended.is_none()
    }
}
