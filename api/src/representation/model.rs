//! An authority: who may act for whom, on what proof, for what part of the record, until when.

use serde::{Deserialize, Serialize};

use crate::base::{AccountId, AuthorityId, Instant, PatientNo};
use crate::fhir::present::Category;
use crate::fhir::sensitivity::{Label, Labels};

/// What someone is to the person for whom they act. All but [`Kind::Delegate`] are personal representatives in
/// the sense of 45 CFR 164.502(g); the clinic has seen the proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Parent of a minor (164.502(g)(3)).
    Parent,
    /// Guardian of a minor.
    Guardian,
    /// Acts in the place of a parent.
    LocoParentis,
    /// Holds a health-care power of attorney (164.502(g)(2)).
    HealthCareAgent,
    /// Guardian or conservator of an adult, by a court.
    AdultGuardian,
    /// Named by a statute that orders relatives.
    Surrogate,
    /// Executor or administrator of a deceased person's estate (164.502(g)(4)).
    Estate,
    /// Chosen by the person themselves; no representative, sees what they were given (164.510(b)).
    Delegate,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Parent,
        Self::Guardian,
        Self::LocoParentis,
        Self::HealthCareAgent,
        Self::AdultGuardian,
        Self::Surrogate,
        Self::Estate,
        Self::Delegate,
    ];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::Guardian => "guardian",
            Self::LocoParentis => "loco-parentis",
            Self::HealthCareAgent => "health-care-agent",
            Self::AdultGuardian => "adult-guardian",
            Self::Surrogate => "surrogate",
            Self::Estate => "estate",
            Self::Delegate => "delegate",
        }
    }

    /// The kind of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// Whether it ends when the person comes of age.
    pub fn of_a_minor(self) -> bool {
        matches!(self, Self::Parent | Self::Guardian | Self::LocoParentis)
    }
}

/// What part of a record someone may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Only these categories; none: all.
    pub categories: Option<Vec<Category>>,
    /// Protected kinds of information that are seen all the same, where the kind of authority leaves the choice.
    pub shown: Vec<Label>,
    /// Whether they may take a copy.
    pub copies: bool,
}

/// What part of a record is looked at, in the form that a database filters by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lens {
    /// A bit for each category, at the place of its code.
    pub categories: i64,
    /// Items with any of these labels are left out.
    pub hidden: Labels,
    /// Only items from this moment on, in microseconds. With a first moment, items without a date are left out: nobody
    /// can tell that they lie within.
    pub from: i64,
    /// Only items up to this moment.
    pub to: i64,
}

impl Default for Lens {
    fn default() -> Self {
        Self::WHOLE
    }
}

impl Lens {
    /// The whole record.
    pub const WHOLE: Self = Self { categories: -1, hidden: Labels(0), from: i64::MIN, to: i64::MAX };

    /// What a person sees of their own record: all but what no right of access reaches, psychotherapy notes and what
    /// was compiled for a proceeding (45 CFR 164.524(a)(1)(i), (ii)). How many they are, they are told.
    pub const OWN: Self =
        Self { hidden: Labels(Label::PsychotherapyNotes.bit() | Label::Litigation.bit()), ..Self::WHOLE };

    /// Whether an item is seen, by its category, its labels and the moment it sorts by. Whose record it is, is always
    /// seen.
    pub fn shows(self, category: Category, labels: Labels, sort_at: i64) -> bool {
        self.categories & (1 << category.code()) != 0
            && self.hidden.0 & labels.0 == 0
            && (category == Category::Demographics || (self.from..=self.to).contains(&sort_at))
    }

    /// Whether something is left out that the person themselves would see.
    pub fn is_part(self) -> bool {
        !self.covers(Self::OWN)
    }

    /// Whether it is limited to a time.
    pub fn is_dated(self) -> bool {
        (self.from, self.to) != (i64::MIN, i64::MAX)
    }

    /// Whether all that `other` shows is seen.
    pub fn covers(self, other: Self) -> bool {
        self.categories & other.categories == other.categories
            && self.hidden.0 & !other.hidden.0 == 0
            && self.from <= other.from
            && self.to >= other.to
    }

    /// What both show: where two limits hold, both do.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            categories: self.categories & other.categories,
            hidden: Labels(self.hidden.0 | other.hidden.0),
            from: self.from.max(other.from),
            to: self.to.min(other.to),
        }
    }
}

/// Whose record is read, and how much of it: what every read is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Whose.
    pub patient: PatientNo,
    /// How much.
    pub lens: Lens,
}

impl Sight {
    /// A whole record.
    pub fn whole(patient: PatientNo) -> Self {
        Self { patient, lens: Lens::WHOLE }
    }
}

/// Why an authority is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The person ended it.
    ByPerson,
    /// The one who held it gave it up.
    GivenUp,
    /// The clinic ended it.
    ByClinic,
    /// Its last day is over.
    Expired,
    /// The person came of age.
    Majority,
    /// The person died.
    Death,
    /// The invitation was not taken in time.
    NotTaken,
}

/// Where an authority stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Waiting for the invited to come.
    Invited,
    /// In force.
    Active,
    /// Over.
    Ended(End),
}

/// An authority as it is kept.
#[derive(Debug, Clone)]
pub struct Authority {
    /// Its id.
    pub id: AuthorityId,
    /// Over whose record.
    pub patient: PatientNo,
    /// Who holds it, once they came.
    pub account: Option<AccountId>,
    /// What they are.
    pub kind: Kind,
    /// What the one who gave it calls them.
    pub name: String,
    /// What proved it: what the clinic saw, or that the person chose them.
    pub evidence: String,
    /// What for.
    pub scope: Scope,
    /// Since when it holds, once taken.
    pub since: Option<Instant>,
    /// Until when, if it has an end.
    pub until: Option<Instant>,
    /// Until when an invitation can be taken.
    pub code_until: Instant,
    /// When it was given.
    pub created: Instant,
    /// When it was ended by someone, and why.
    pub ended: Option<(Instant, End)>,
}

/// What is known of the person, for the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonFacts {
    /// Birth date as the source writes it: a year, a month or a day.
    pub birth_date: Option<String>,
    /// Whether the source says that they died.
    pub deceased: bool,
}
