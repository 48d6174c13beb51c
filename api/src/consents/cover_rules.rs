//! Whether a consent allows a disclosure, and which of two counts. Pure. Deny wins.

use std::collections::BTreeSet;

use super::model::{Consent, Kind, Party, Purpose, Scope, State, Terms};
use super::name_rules::{is_same, may_be};
use super::rules::{carries, compound, statements};
use super::state_rules::standing;
use crate::base::{ConsentId, Instant, fold};
use crate::fhir::present::Category;
use crate::fhir::sensitivity::{Label, Labels, Service};
use crate::representation::Lens;

/// What of a record a consent shows: its categories, without everything protected that it does not name.
pub fn lens(terms: &Terms) -> Lens {
    let Some(scope) = &terms.scope else {
        return Lens { categories: 0, hidden: Labels::ALL.hidden(), ..Lens::WHOLE };
    };
    let named: Labels = scope.labels.iter().copied().filter(|label| carries(terms.kind, *label)).collect();
    Lens {
        categories: bits(scope),
        hidden: Labels::ALL.but(named).hidden(),
        ..Lens::dated(scope.from.as_deref(), scope.to.as_deref())
    }
}

fn bits(scope: &Scope) -> i64 {
    scope.categories.as_ref().map_or(-1, category_bits)
}

/// A bit for each category, at the place of its code.
pub fn category_bits(categories: &BTreeSet<Category>) -> i64 {
    categories.iter().fold(0, |bits, category| bits | (1i64 << category.code()))
}

/// A disclosure that is asked about.
#[derive(Debug, Clone)]
pub struct Disclosure {
    /// Who would disclose.
    pub discloser: String,
    /// Who would receive it: a name, and the classes they belong to.
    pub recipient: Party,
    /// What for.
    pub purpose: Purpose,
    /// The categories of all items, as bits.
    pub categories: i64,
    /// The sets of labels that items have.
    pub labels: Vec<Labels>,
    /// The days of the oldest and the newest item, where the consent is limited by dates; none: not known.
    pub days: Option<(String, String)>,
}

/// Why a consent does not allow a disclosure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// It is suspended, revoked, expired or defective.
    NotActive,
    /// It is for notes that need a sheet of their own, and names more.
    Compound,
    /// It was not signed yet at that moment.
    NotYet,
    /// Its time is over.
    Over,
    /// Another may disclose.
    Discloser,
    /// Another may receive.
    Recipient,
    /// It is for something else.
    Purpose,
    /// It lacks a statement without which it is none for this purpose (42 CFR 2.31(c)).
    Statement,
    /// It does not reach all categories.
    Categories,
    /// It does not reach all dates.
    Dates,
    /// Something protected is in it that the consent does not name, or that its kind cannot carry.
    Label,
}

/// Whether a consent allows a disclosure at a moment; if not, all that stands against it (rules B5; 45 CFR
/// 164.508(b)(2), 42 CFR 2.31(c)).
pub fn covers(consent: &Consent, disclosure: &Disclosure, at: Instant) -> Vec<Gap> {
    let terms = &consent.terms;
    let lens = lens(terms);
    let scope = terms.scope.clone().unwrap_or_default();
    let late = standing(terms, consent.state, at);
    let over = late == State::Expired && consent.state == State::Active;
    [
        (consent.state != State::Active, Gap::NotActive),
        (compound(terms).is_some(), Gap::Compound),
        (at < consent.signature.at, Gap::NotYet),
        (over, Gap::Over),
        (fold(&terms.discloser) != fold(&disclosure.discloser), Gap::Discloser),
        (!reaches(terms, &disclosure.recipient), Gap::Recipient),
        (!for_this(terms, disclosure.purpose), Gap::Purpose),
        (unsaid(terms, disclosure.purpose), Gap::Statement),
        (disclosure.categories & !lens.categories != 0, Gap::Categories),
        (!within(&scope, disclosure.days.as_ref()), Gap::Dates),
        (!labels_allowed((terms.kind, &scope), lens, &disclosure.labels), Gap::Label),
    ]
    .into_iter()
    .filter_map(|(is, gap)| is.then_some(gap))
    .collect()
}

fn reaches(terms: &Terms, recipient: &Party) -> bool {
    let by_name = !terms.recipient.name.is_empty() && fold(&terms.recipient.name) == fold(&recipient.name);
    let by_class = terms.kind == Kind::Part2Tpo && !terms.recipient.classes.is_disjoint(&recipient.classes);
    by_name || by_class
}

fn for_this(terms: &Terms, purpose: Purpose) -> bool {
    match terms.kind {
        // The person need not say what for.
        Kind::Directive => purpose != Purpose::Proceedings,
        _ => terms.purposes.contains(&purpose),
    }
}

/// Whether a consent under 42 CFR Part 2 lacks what it must say for a purpose: one that was signed before a form had it.
fn unsaid(terms: &Terms, purpose: Purpose) -> bool {
    let wanted = statements(terms.kind, &BTreeSet::from([purpose]));
    terms.kind.is_part2() && !wanted.is_subset(&terms.statements)
}

fn within(scope: &Scope, days: Option<&(String, String)>) -> bool {
    if scope.from.is_none() && scope.to.is_none() {
        return true;
    }
    // Without known days nobody can tell that all of it lies within.
    days.is_some_and(|(first, last)| {
        scope.from.as_ref().is_none_or(|from| from <= first) && scope.to.as_ref().is_none_or(|to| last <= to)
    })
}

/// A note of counseling has the labels of a psychotherapy note and of substance use: each kind of consent takes the
/// notes that are its own.
fn labels_allowed((kind, scope): (Kind, &Scope), lens: Lens, items: &[Labels]) -> bool {
    let own = |labels: &Labels| match kind {
        Kind::Part2Counseling => labels.has(Label::PsychotherapyNotes) && labels.has(Label::SubstanceUse),
        Kind::Psych508 => labels.has(Label::PsychotherapyNotes),
        _ => true,
    };
    of_services(&scope.alone, items)
        && items.iter().all(|labels| own(labels) && lens.hidden.0 & labels.0 == 0)
}

/// Whether all is of these services, where a consent is for what a minor consented to alone. Of what bears no label
/// nobody can tell.
fn of_services(alone: &BTreeSet<Service>, items: &[Labels]) -> bool {
    let open = alone.iter().fold(Labels::default(), |bits, one| bits.and(one.bit()));
    let of = |labels: Labels| if labels.services().is_empty() { labels.kept() } else { labels }.services();
    let own = |labels: &Labels| labels.has(Label::Minor) && of(*labels).but(open).is_empty();
    alone.is_empty() || !items.is_empty() && items.iter().all(own)
}

/// What several consents say together about one disclosure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// This one allows it.
    Covered(ConsentId),
    /// None allows it.
    Uncovered,
    /// Two in force for the same recipient and purpose differ, and only one allows it. Nobody guesses.
    Ambiguous(Vec<ConsentId>),
}

/// Which consent allows a disclosure. Deny wins: where one in force for the same recipient and purpose reaches less
/// than another, the difference is for the person to settle. The same is who may be: one under a name that is merely alike
/// allows nothing, but what it leaves out counts.
pub fn choose(consents: &[Consent], disclosure: &Disclosure, at: Instant) -> Choice {
    let gaps: Vec<_> = consents.iter().map(|consent| (consent, covers(consent, disclosure, at))).collect();
    let Some((good, _)) =
        gaps.iter().filter(|(_, gaps)| gaps.is_empty()).max_by_key(|(one, _)| one.signature.at)
    else {
        return Choice::Uncovered;
    };
    let differs = |gap: &Gap| matches!(gap, Gap::Categories | Gap::Dates | Gap::Label);
    let theirs = |one: &Consent| may_be(&one.terms.recipient.name, &disclosure.recipient.name);
    let narrower = |one: &Consent, gaps: &[Gap]| {
        gaps.iter().any(differs)
            && gaps.iter().all(|gap| differs(gap) || *gap == Gap::Recipient && theirs(one))
    };
    let against: Vec<_> = gaps
        .iter()
        .filter(|(one, gaps)| alike(&one.terms, &good.terms) && narrower(one, gaps))
        .map(|(one, _)| one.id)
        .collect();
    match against.as_slice() {
        [] => Choice::Covered(good.id),
        _ => Choice::Ambiguous(std::iter::once(good.id).chain(against).collect()),
    }
}

/// Why two consents cannot be in force beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// They are for the very same recipient: who takes one back would think that it is over.
    Twice,
    /// They differ, and nobody could tell which of them counts ([`choose`]).
    Differ,
}

impl Clash {
    /// The sentence that says what to do.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Twice => "problem-consent-two",
            Self::Differ => "problem-consent-differs",
        }
    }
}

/// What stands between a new consent and one in force; where nothing does, both can be in force.
pub fn clash(new: &Terms, old: &Consent, now: Instant) -> Option<Clash> {
    let terms = &old.terms;
    let live = matches!(standing(terms, old.state, now), State::Active | State::Suspended);
    if !live || !overlap(new, terms) {
        return None;
    }
    let (one, other) = (&new.recipient, &terms.recipient);
    let same = is_same(&one.name, &other.name) && one.classes == other.classes;
    match same {
        true => Some(Clash::Twice),
        false => (lens(new) != lens(terms)).then_some(Clash::Differ),
    }
}

/// Whether two in force do not say the same of what both can be about: then [`choose`] takes neither for what only one
/// of them allows.
pub fn differ(one: &Terms, other: &Terms) -> bool {
    overlap(one, other) && lens(one) != lens(other)
}

/// Whether two are about the same sort of thing: of a kind, or both for treatment of substance use, the one for all who
/// treat and pay and the one for a recipient. What a minor consented to alone is theirs: a consent for that stands beside
/// others, and who signs one of those does not learn of it.
fn alike(one: &Terms, other: &Terms) -> bool {
    let alone = |terms: &Terms| terms.scope.as_ref().is_some_and(|scope| !scope.alone.is_empty());
    let general = |kind| matches!(kind, Kind::Part2Tpo | Kind::Part2Specific);
    let kinds = one.kind == other.kind || general(one.kind) && general(other.kind);
    kinds && alone(one) == alone(other)
}

/// Whether two can be about one disclosure: of a sort, from the same discloser, to one recipient, for one purpose.
fn overlap(one: &Terms, other: &Terms) -> bool {
    alike(one, other)
        && fold(&one.discloser) == fold(&other.discloser)
        && meet(&one.recipient, &other.recipient)
        && (one.kind == Kind::Directive || !one.purposes.is_disjoint(&other.purposes))
}

/// Whether somebody can be whom both name: by a name that is theirs too, by a class, or by the name here and a class there, since who is
/// named may belong to it.
fn meet(one: &Party, other: &Party) -> bool {
    let mixed = |one: &Party, other: &Party| !one.classes.is_empty() && !fold(&other.name).is_empty();
    may_be(&one.name, &other.name)
        || !one.classes.is_disjoint(&other.classes)
        || mixed(one, other)
        || mixed(other, one)
}

#[cfg(test)]
mod tests;
