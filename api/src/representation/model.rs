//! An authority: who may act for whom, on what proof, for what part of the record, until when.

use serde::{Deserialize, Serialize};

use super::minor_rules::{Closed, Place};
use crate::base::{AccountId, AuthorityId, Instant, PatientNo};
use crate::config::Emancipation;
use crate::fhir::present::Category;
use crate::fhir::sensitivity::{Label, Labels, Seat};

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

    /// Whether it is only for somebody who is of age and lives.
    pub fn of_an_adult(self) -> bool {
        matches!(self, Self::HealthCareAgent | Self::AdultGuardian | Self::Surrogate)
    }

    /// The papers that can prove it, the usual one first: a closed list, so that nothing else passes for proof.
    pub fn proofs(self) -> &'static [Proof] {
        use Proof::*;
        match self {
            Self::Parent => &[BirthCertificate, AdoptionDecree, Parentage, CourtOrder],
            Self::Guardian => &[Guardianship, CourtOrder],
            Self::LocoParentis => &[CaregiverAffidavit, Placement, CourtOrder],
            Self::HealthCareAgent => &[PowerOfAttorney, AdvanceDirective],
            Self::AdultGuardian => &[Guardianship, CourtOrder],
            Self::Surrogate => &[SurrogateStatement],
            Self::Estate => &[Testamentary, Administration, SmallEstate],
            Self::Delegate => &[Chosen],
        }
    }

    /// The papers that count only beside one of [`Kind::proofs`]: that somebody is a relative does not yet make them the one
    /// who decides (45 CFR 164.502(g)(2)).
    pub fn beside(self) -> &'static [Proof] {
        match self {
            Self::Surrogate => &[Proof::Marriage, Proof::BirthCertificate],
            _ => &[],
        }
    }

    /// Whether it is given only for when the person cannot decide for themselves, so that it always waits for that: a
    /// statute names who decides for somebody who cannot, and nobody else (45 CFR 164.502(g)(2)).
    pub fn always_waits(self) -> bool {
        self == Self::Surrogate
    }
}

/// The kind of paper that proves an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// Birth certificate.
    BirthCertificate,
    /// Decree of adoption.
    AdoptionDecree,
    /// Acknowledgment or judgment of parentage.
    Parentage,
    /// Another order of a court.
    CourtOrder,
    /// Letters of guardianship or conservatorship.
    Guardianship,
    /// Affidavit of a caregiver.
    CaregiverAffidavit,
    /// Letter of the agency that placed the child.
    Placement,
    /// Power of attorney for health care.
    PowerOfAttorney,
    /// Advance directive that names the agent.
    AdvanceDirective,
    /// Statement that a statute on surrogates asks for.
    SurrogateStatement,
    /// Certificate of marriage or partnership.
    Marriage,
    /// Letters testamentary.
    Testamentary,
    /// Letters of administration.
    Administration,
    /// Affidavit of a small estate.
    SmallEstate,
    /// The person's own choice.
    Chosen,
}

impl Proof {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::BirthCertificate,
        Self::AdoptionDecree,
        Self::Parentage,
        Self::CourtOrder,
        Self::Guardianship,
        Self::CaregiverAffidavit,
        Self::Placement,
        Self::PowerOfAttorney,
        Self::AdvanceDirective,
        Self::SurrogateStatement,
        Self::Marriage,
        Self::Testamentary,
        Self::Administration,
        Self::SmallEstate,
        Self::Chosen,
    ];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::BirthCertificate => "birth-certificate",
            Self::AdoptionDecree => "adoption-decree",
            Self::Parentage => "parentage",
            Self::CourtOrder => "court-order",
            Self::Guardianship => "guardianship",
            Self::CaregiverAffidavit => "caregiver-affidavit",
            Self::Placement => "placement",
            Self::PowerOfAttorney => "power-of-attorney",
            Self::AdvanceDirective => "advance-directive",
            Self::SurrogateStatement => "surrogate-statement",
            Self::Marriage => "marriage",
            Self::Testamentary => "testamentary",
            Self::Administration => "administration",
            Self::SmallEstate => "small-estate",
            Self::Chosen => "chosen",
        }
    }

    /// The proof of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|proof| proof.slug() == slug)
    }

    /// Whether a court made it: then only the privacy officer takes it for proof.
    pub fn is_of_a_court(self) -> bool {
        matches!(self, Self::CourtOrder | Self::Guardianship | Self::AdoptionDecree)
    }
}

/// What proved an authority: the kind of paper, and what the one who saw it wrote about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The kind of paper.
    pub proof: Proof,
    /// What was seen, in their words.
    pub note: String,
}

/// What part of a record someone may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Only these categories; none: all.
    pub categories: Option<Vec<Category>>,
    /// Categories that the clinic took out again, whatever else is covered.
    #[serde(default)]
    pub without: Vec<Category>,
    /// Protected kinds of information that are seen all the same, where the kind of authority leaves the choice.
    pub shown: Vec<Label>,
    /// Protected kinds of information that are not seen, although the kind of authority would show them.
    #[serde(default)]
    pub hidden: Vec<Label>,
    /// Only what happened on this day or later (`2020-01-31`).
    #[serde(default)]
    pub from: Option<String>,
    /// Only what happened on this day or earlier.
    #[serde(default)]
    pub to: Option<String>,
    /// Whether they may take a copy.
    pub copies: bool,
}

impl Scope {
    /// Everything that the kind of authority can show.
    pub const WHOLE: Self = Self {
        categories: None,
        without: Vec::new(),
        shown: Vec::new(),
        hidden: Vec::new(),
        from: None,
        to: None,
        copies: true,
    };
}

/// What part of a record is looked at, in the form that a database filters by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lens {
    /// A bit for each category, at the place of its code.
    pub categories: i64,
    /// The same for files: one that something in another category names is left out.
    #[serde(default = "every")]
    pub files: i64,
    /// Items with any of these labels are left out.
    pub hidden: Labels,
    /// Only items from this moment on, in microseconds. With a first moment, items without a date are left out: nobody
    /// can tell that they lie within.
    pub from: i64,
    /// Only items up to this moment.
    pub to: i64,
    /// What is left out only as far as it came until a moment.
    #[serde(default, skip_serializing_if = "Before::is_nothing")]
    pub before: Before,
}

/// What a lens leaves out of what first came here until a moment, and shows of what came after. A new version of
/// something old came with the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// The last moment, in microseconds.
    pub until: i64,
    /// Of what came until then, only these categories, as bits.
    pub categories: i64,
    /// Of what came until then, nothing with any of these labels.
    pub hidden: Labels,
}

impl Default for Before {
    fn default() -> Self {
        Self::NOTHING
    }
}

impl Before {
    /// Nothing is left out.
    pub const NOTHING: Self = Self { until: i64::MIN, categories: -1, hidden: Labels(0) };

    /// Whether nothing is left out.
    pub fn is_nothing(&self) -> bool {
        *self == Self::NOTHING
    }

    /// The bits that close an item that came until then, as of [`Lens::closed`].
    pub fn closed(self) -> Labels {
        self.hidden.and(Labels::beside(!self.categories))
    }

    fn shows(self, category: Category, labels: Labels, came: Instant) -> bool {
        let open = self.categories & (1 << category.code()) != 0 && self.closed().0 & labels.0 == 0;
        open || came.0 > self.until
    }

    /// What both show. Of two moments the later holds for what either leaves out.
    fn and(self, other: Self) -> Self {
        Self {
            until: self.until.max(other.until),
            categories: self.categories & other.categories,
            hidden: self.hidden.and(other.hidden),
        }
    }

    /// Whether a lens leaves out all of this too.
    pub fn is_left_out_by(self, lens: Lens) -> bool {
        let categories = !self.categories & lens.categories;
        let labels = self.hidden.but(lens.hidden.hidden());
        let for_ever = categories == 0 && labels.is_empty();
        let as_long = self.until <= lens.before.until
            && categories & lens.before.categories == 0
            && labels.but(lens.before.hidden.hidden()).is_empty();
        for_ever || as_long
    }
}

fn every() -> i64 {
    Lens::WHOLE.files
}

impl Default for Lens {
    fn default() -> Self {
        Self::WHOLE
    }
}

impl Lens {
    /// The whole record.
    pub const WHOLE: Self = Self {
        categories: -1,
        files: -1,
        hidden: Labels(0),
        from: i64::MIN,
        to: i64::MAX,
        before: Before::NOTHING,
    };

    /// What a person sees of their own record: all but what no right of access reaches, psychotherapy notes and what
    /// was compiled for a proceeding (45 CFR 164.524(a)(1)(i), (ii)). How many they are, they are told.
    pub const OWN: Self =
        Self { hidden: Labels(Label::PsychotherapyNotes.bit() | Label::Litigation.bit()), ..Self::WHOLE };

    /// Whether an item is seen that has been here all the time, by its category, its labels and the moment it sorts by.
    /// Whose record it is has no date: no span of time leaves it out.
    pub fn shows(self, category: Category, labels: Labels, sort_at: i64) -> bool {
        self.shows_come((category, labels), (sort_at, Instant(i64::MIN)))
    }

    /// The same of one that first came here at a moment.
    pub fn shows_come(self, (category, labels): (Category, Labels), (sort_at, came): (i64, Instant)) -> bool {
        self.categories & (1 << category.code()) != 0
            && self.closed().0 & labels.0 == 0
            && (category == Category::Demographics || (self.from..=self.to).contains(&sort_at))
            && self.before.shows(category, labels, came)
    }

    /// The same for what came until a moment only: what came after is seen whole.
    #[must_use]
    pub fn until(self, at: Instant) -> Self {
        let before = Before { until: at.0, categories: self.categories, hidden: self.hidden };
        Self { before, ..Self::WHOLE }
    }

    /// What it hides by labels alone: where nothing stands in a category or has a date.
    #[must_use]
    pub fn by_labels(self) -> Self {
        Self { hidden: self.hidden, before: Before { categories: -1, ..self.before }, ..Self::WHOLE }
    }

    /// The labels for which it hides something, whenever it came.
    pub fn veils(self) -> Labels {
        self.hidden.and(self.before.hidden)
    }

    /// The bits that close an item to it: those of hidden labels, and those of files that something in a category
    /// which it leaves out names.
    pub fn closed(self) -> Labels {
        self.hidden.and(Labels::beside(!(self.categories & self.files)))
    }

    /// Whether items with a label are closed, all of them or, of the services of a minor, some.
    pub fn closes(self, label: Label) -> bool {
        self.hidden.has(label) || label == Label::Minor && !self.hidden.services().is_empty()
    }

    /// Whether something is left out that the person themselves would see.
    pub fn is_part(self) -> bool {
        !self.covers(Self::OWN)
    }

    /// Whether it is limited to a time.
    pub fn is_dated(self) -> bool {
        (self.from, self.to) != (i64::MIN, i64::MAX)
    }

    /// Whether each item has to be looked at, since only it tells of a time.
    pub fn is_timed(self) -> bool {
        self.is_dated() || !self.before.is_nothing()
    }

    /// Whether all that `other` shows is seen.
    pub fn covers(self, other: Self) -> bool {
        self.categories & other.categories == other.categories
            && self.files & other.files & other.categories == other.files & other.categories
            && self.hidden.but(other.hidden.hidden()) == Labels::default()
            && self.from <= other.from
            && self.to >= other.to
            && self.before.is_left_out_by(other)
    }

    /// What both show: where two limits hold, both do.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            categories: self.categories & other.categories,
            files: self.files & other.files,
            hidden: Labels(self.hidden.0 | other.hidden.0),
            from: self.from.max(other.from),
            to: self.to.min(other.to),
            before: self.before.and(other.before),
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

/// What the clinic took out of an authority: an order of a court that limits one parent only, or its own decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// These categories are not seen.
    pub categories: Vec<Category>,
    /// What carries one of these labels is not seen.
    pub labels: Vec<Label>,
    /// Nothing is seen at all.
    pub all: bool,
    /// The order, in the words of the one who entered it.
    pub order: String,
    /// Until when, if it has an end.
    pub until: Option<Instant>,
    /// When it was entered.
    pub at: Instant,
    /// By whom.
    pub by: String,
}

/// What somebody on the staff may decide about authorities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Office {
    /// Takes in requests and checks papers.
    Records,
    /// Decides with professional judgment.
    Clinician,
    /// Decides about courts, limits and suspensions.
    PrivacyOfficer,
}

/// Who on the staff acts.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// Their account; none at the command line.
    pub account: Option<AccountId>,
    /// Their name.
    pub name: &'a str,
    /// As what they act.
    pub office: Office,
}

/// A decision that somebody signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The account, where there was one.
    pub account: Option<AccountId>,
    /// The name.
    pub name: String,
    /// As what.
    pub office: Office,
    /// When.
    pub at: Instant,
}

/// Why an authority is suspended. The one who holds it never learns this, but that a code waits for [`Ground::Name`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// The clinic does not treat them as the representative: a reasonable belief of abuse, neglect or danger, and
    /// professional judgment that it is not in the person's best interest (45 CFR 164.502(g)(5)).
    Declined,
    /// Somebody may be in danger; not decided yet.
    Safety,
    /// It is disputed whether the authority holds.
    Dispute,
    /// An earlier one over the same record was declined, suspended for safety, or limited: what two decided once, two
    /// open again.
    Earlier,
    /// The account that took the code goes by another name than the papers: staff find out whether it is the same person
    /// (45 CFR 164.514(h)(1)). This one is no secret to the person; who came learns only that their code waits.
    Name,
}

impl Ground {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Declined, Self::Safety, Self::Dispute, Self::Earlier, Self::Name];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Declined => "declined",
            Self::Safety => "safety",
            Self::Dispute => "dispute",
            Self::Earlier => "earlier",
            Self::Name => "name",
        }
    }

    /// Whether it takes a clinician and the privacy officer to end a suspension for it.
    pub fn takes_two(self) -> bool {
        matches!(self, Self::Declined | Self::Earlier)
    }

    /// The ground of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.slug() == slug)
    }
}

/// A suspension: at once with the first signature. To decline somebody takes a clinician and the privacy officer,
/// and to take that back as well. It stays with an authority that is ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Why.
    pub ground: Ground,
    /// The belief and the judgment, in the words of the one who signed first.
    pub why: String,
    /// Who signed it.
    pub signed: Vec<Signature>,
    /// Who signed that it ends.
    pub lifting: Vec<Signature>,
    /// Where it waits and has staff look at once: when they would have looked without it.
    #[serde(default)]
    pub review: Option<Instant>,
}

/// Whether an authority waits until the person cannot decide for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incapacity {
    /// It does not depend on that.
    NotNeeded,
    /// It waits for it (a springing power, a surrogate).
    Awaited,
    /// Staff recorded that it was certified.
    Certified,
}

impl Incapacity {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::NotNeeded, Self::Awaited, Self::Certified];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::NotNeeded => "not-needed",
            Self::Awaited => "awaited",
            Self::Certified => "certified",
        }
    }

    /// The one of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|incapacity| incapacity.slug() == slug)
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
    /// The law treats the minor as an adult.
    Emancipation,
    /// A court ended it.
    Court,
    /// The person can decide for themselves again.
    Recovered,
    /// The person died.
    Death,
    /// The record of someone dead for 50 years is no longer protected (45 CFR 160.103).
    FiftyYears,
    /// The invitation was not taken in time.
    NotTaken,
}

impl End {
    /// The ends that staff enter for one authority. Emancipation is entered for the person.
    pub const BY_STAFF: [Self; 3] = [Self::ByClinic, Self::Court, Self::Recovered];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::ByPerson => "by-person",
            Self::GivenUp => "given-up",
            Self::ByClinic => "by-clinic",
            Self::Expired => "expired",
            Self::Majority => "majority",
            Self::Emancipation => "emancipation",
            Self::Court => "court",
            Self::Recovered => "recovered",
            Self::Death => "death",
            Self::FiftyYears => "fifty-years",
            Self::NotTaken => "not-taken",
        }
    }
}

/// Where an authority stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Waiting for the invited to come.
    Invited,
    /// Verified; its first day is still to come.
    NotYet,
    /// Verified; in force only when the person cannot decide for themselves.
    Springing,
    /// In force.
    Active,
    /// In force, with limits that the clinic entered.
    Limited,
    /// Not in force until staff decide. Why is nobody's to see but staff's.
    Suspended,
    /// Over.
    Ended(End),
}

impl Standing {
    /// Whether something may be seen by it.
    pub fn in_force(self) -> bool {
        matches!(self, Self::Active | Self::Limited)
    }

    /// Whether it is not over.
    pub fn is_live(self) -> bool {
        !matches!(self, Self::Ended(_))
    }
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
    pub evidence: Evidence,
    /// What it shows now: what was granted, less the limits in force.
    pub scope: Scope,
    /// What it was given for.
    pub granted: Scope,
    /// What the clinic took out of it.
    pub limits: Vec<Limit>,
    /// The suspension in force.
    pub suspension: Option<Suspension>,
    /// Who of the records office asked colleagues to look at it, as long as nobody has answered. Staff alone learn this.
    pub flag: Option<Signature>,
    /// Whether it waits for incapacity.
    pub incapacity: Incapacity,
    /// Since when it is held, once taken or verified.
    pub since: Option<Instant>,
    /// Its first moment, if it begins later than it is held.
    pub starts: Option<Instant>,
    /// When it came into force and the person was told.
    pub active: Option<Instant>,
    /// Until when, if it has an end.
    pub until: Option<Instant>,
    /// When staff look again whether it still holds.
    pub review: Option<Instant>,
    /// Until when an invitation can be taken; none where a claim was verified.
    pub code_until: Option<Instant>,
    /// When it was given.
    pub created: Instant,
    /// How often it was changed: a form that saw an earlier state is refused.
    pub changes: i64,
    /// When it was ended, and why.
    pub ended: Option<(Instant, End)>,
    /// Its place among those for whom a clinician opened something; none: nothing was opened.
    pub seat: Option<Seat>,
    /// What the law of the place keeps from who holds it at this moment.
    pub closed: Closed,
}

/// What became of an authority or a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Instant,
    /// What: `invited`, `taken`, `verified`, `active`, `changed`, `limited`, `suspended`, `ended` and so on.
    pub what: String,
    /// Who did it; empty where time did.
    pub by: String,
    /// Why, in their words.
    pub why: Option<String>,
}

/// What is known of the person, for the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonFacts {
    /// Birth date as the source writes it: a year, a month or a day.
    pub birth_date: Option<String>,
    /// That or when they died, as the source writes it: `true`, a date or a moment.
    pub died: Option<String>,
    /// Since when the law treats a minor as an adult.
    pub emancipated: Option<Instant>,
    /// What made them one, where that was recorded.
    pub emancipated_by: Option<Emancipation>,
    /// The age at which the law of this place makes somebody an adult; none: 18.
    pub adult_at: Option<i32>,
    /// What that law says of services that minors consent to alone, and of records under 42 CFR Part 2; none: nothing.
    pub place: Option<Place>,
}

impl PersonFacts {
    /// Whether they died.
    pub fn deceased(&self) -> bool {
        self.died.is_some()
    }
}
