//! The rules of consents: what is missing in one, whether one allows a disclosure, which of two counts. Pure.

use std::collections::BTreeSet;

use super::model::{Class, Consent, Expiry, Kind, Party, Purpose, Scope, State, Statement, Terms};
use crate::base::{ConsentId, Instant, Problem, Problems, fold};
use crate::fhir::present::Category;
use crate::fhir::sensitivity::{Label, Labels};
use crate::representation::Lens;

/// Something a consent lacks or must not have. Each has the field of the form where it is mended, a sentence, and
/// the section that asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Defect {
    /// Whose information.
    Person,
    /// What information, specifically.
    Information,
    /// Dates of the information that end before they begin.
    Dates,
    /// Who may disclose it.
    Discloser,
    /// Who receives it.
    Recipient,
    /// A class where a name must stand.
    RecipientByName,
    /// Where to send it.
    Where,
    /// What for.
    Purpose,
    /// A purpose that this kind is not for.
    PurposeOfKind,
    /// How it ends.
    Expiry,
    /// An end that has passed.
    Past,
    /// No end, where there must be one.
    Endless,
    /// A signature.
    Signature,
    /// Its date.
    SignatureDay,
    /// On what ground somebody signs for the person.
    Authority,
    /// The statement on taking it back.
    Revocation,
    /// The statement that treatment does not depend on it.
    Conditioning,
    /// The statement on passing it on.
    Redisclosure,
    /// The statement on passing it on under HIPAA.
    RedisclosureHipaa,
    /// The statement on what follows from not signing.
    Refusal,
    /// The statement that the clinic is paid.
    Remuneration,
    /// Psychotherapy notes on a sheet with anything else.
    PsychAlone,
    /// Counseling notes on a sheet with anything else.
    CounselingAlone,
    /// Proceedings on a sheet with anything else.
    ProceedingsAlone,
    /// Treatment or payment made to depend on it.
    Conditioned,
    /// A kind of information that this kind of permission cannot carry.
    LabelOfKind,
    /// A longer time than the law of the place allows.
    TooLong,
    /// A witness, where the law of the place asks for one.
    Witness,
}

impl Defect {
    /// The field of the form, the sentence, and the section.
    pub fn told(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Person => ("person", "problem-consent-person", "42 CFR 2.31(a)(1)"),
            Self::Information => {
                ("categories", "problem-consent-information", "45 CFR 164.508(c)(1)(i); 42 CFR 2.31(a)(3)")
            }
            Self::Dates => ("to", "problem-order", "45 CFR 164.508(c)(1)(i)"),
            Self::Discloser => {
                ("discloser", "problem-consent-discloser", "45 CFR 164.508(c)(1)(ii); 42 CFR 2.31(a)(2)")
            }
            Self::Recipient => {
                ("recipient", "problem-consent-recipient", "45 CFR 164.508(c)(1)(iii); 42 CFR 2.31(a)(4)")
            }
            Self::RecipientByName => {
                ("recipient", "problem-consent-by-name", "45 CFR 164.524(c)(3)(ii); 42 CFR 2.31(a)(4)(i)")
            }
            Self::Where => ("address", "problem-consent-where", "45 CFR 164.524(c)(3)(ii)"),
            Self::Purpose => {
                ("purposes", "problem-consent-purpose", "45 CFR 164.508(c)(1)(iv); 42 CFR 2.31(a)(5)")
            }
            Self::PurposeOfKind => ("purposes", "problem-consent-purpose-kind", "42 CFR 2.31(d)"),
            Self::Expiry => ("until", "problem-consent-expiry", "45 CFR 164.508(c)(1)(v); 42 CFR 2.31(a)(7)"),
            Self::Past => ("until", "problem-past", "45 CFR 164.508(b)(2)(i)"),
            Self::Endless => ("until", "problem-consent-endless", "45 CFR 164.508(c)(1)(v)"),
            Self::Signature => {
                ("typed", "problem-consent-signature", "45 CFR 164.508(c)(1)(vi); 42 CFR 2.31(a)(8)")
            }
            Self::SignatureDay => {
                ("day", "problem-consent-day", "45 CFR 164.508(c)(1)(vi); 42 CFR 2.31(a)(9)")
            }
            Self::Authority => ("authority", "problem-consent-authority", "45 CFR 164.508(c)(1)(vi)"),
            Self::Revocation => {
                ("statements", "problem-consent-revocation", "45 CFR 164.508(c)(2)(i); 42 CFR 2.31(a)(6)")
            }
            Self::Conditioning => ("statements", "problem-consent-conditioning", "45 CFR 164.508(c)(2)(ii)"),
            Self::Redisclosure => (
                "statements",
                "problem-consent-redisclosure",
                "45 CFR 164.508(c)(2)(iii); 42 CFR 2.31(a)(10)(i)",
            ),
            Self::RedisclosureHipaa => {
                ("statements", "problem-consent-redisclosure-hipaa", "42 CFR 2.31(a)(4)(iii)")
            }
            Self::Refusal => ("statements", "problem-consent-refusal", "42 CFR 2.31(a)(10)(ii)"),
            Self::Remuneration => {
                ("statements", "problem-consent-remuneration", "45 CFR 164.508(a)(3)(ii), (a)(4)(i)")
            }
            Self::PsychAlone => ("kind", "problem-consent-psych-alone", "45 CFR 164.508(b)(3)(ii)"),
            Self::CounselingAlone => ("kind", "problem-consent-counseling-alone", "42 CFR 2.31(b)"),
            Self::ProceedingsAlone => ("kind", "problem-consent-proceedings-alone", "42 CFR 2.31(d)"),
            Self::Conditioned => ("conditioned", "problem-consent-conditioned", "45 CFR 164.508(b)(4)"),
            Self::TooLong => ("until", "problem-consent-too-long", "45 CFR 164.508(c)(1)(v)"),
            Self::Witness => ("witness", "problem-consent-witness", "45 CFR 164.508(c)(1)(vi)"),
            Self::LabelOfKind => {
                ("labels", "problem-consent-label-kind", "45 CFR 164.508(a)(2); 42 CFR 2.31(a)(3)")
            }
        }
    }

    /// The section that asks for it.
    pub fn section(self) -> &'static str {
        self.told().2
    }
}

/// The statements that the text of a kind must have. A directive needs none: it stays a request for access on
/// whatever form it is made (45 CFR 164.524(c)(3)(ii)).
pub fn statements(kind: Kind) -> BTreeSet<Statement> {
    use Statement::{Conditioning, Redisclosure, RedisclosureHipaa, Refusal, Revocation};
    let wanted: &[Statement] = match kind {
        Kind::Directive => &[],
        Kind::Hipaa508 | Kind::Psych508 | Kind::Research | Kind::AppGrant => {
            &[Revocation, Conditioning, Redisclosure]
        }
        Kind::Part2Tpo => &[Revocation, Redisclosure, RedisclosureHipaa, Refusal],
        Kind::Part2Specific | Kind::Part2Counseling | Kind::Part2Proceedings => &[Revocation],
    };
    wanted.iter().copied().collect()
}

/// All that is wrong with a consent, in the order of the form; none: it is good at `now`. The signature is looked at
/// apart ([`unsigned`]), because a form is checked before it is signed.
pub fn defects(terms: &Terms, now: Instant) -> Vec<Defect> {
    let mut found = Vec::new();
    let mut lacks = |is: bool, defect| {
        if is {
            found.push(defect);
        }
    };
    let kind = terms.kind;
    let blank = |text: &str| text.trim().is_empty();
    for combined in terms.combined.iter().filter(|combined| **combined != kind) {
        lacks(alone(kind, Kind::Psych508, *combined), Defect::PsychAlone);
        lacks(alone(kind, Kind::Part2Counseling, *combined), Defect::CounselingAlone);
        lacks(alone(kind, Kind::Part2Proceedings, *combined), Defect::ProceedingsAlone);
    }
    lacks(blank(&terms.person), Defect::Person);
    lacks(blank(&terms.discloser), Defect::Discloser);
    let Party { name, address, classes } = &terms.recipient;
    match (blank(name), classes.is_empty()) {
        (true, true) => lacks(true, Defect::Recipient),
        // Only the single consent to treatment, payment and operations may name a class.
        (_, false) => lacks(kind != Kind::Part2Tpo, Defect::RecipientByName),
        (false, true) => {}
    }
    lacks(kind == Kind::Directive && blank(address), Defect::Where);
    match &terms.scope {
        None => lacks(true, Defect::Information),
        Some(scope) => {
            lacks(scope.categories.as_ref().is_some_and(BTreeSet::is_empty), Defect::Information);
            let backwards = scope.from.as_ref().zip(scope.to.as_ref()).is_some_and(|(from, to)| from > to);
            lacks(backwards, Defect::Dates);
            let odd = scope.labels.iter().any(|label| !carries(kind, *label));
            // What exists only for one kind of notes says nothing where these are not named.
            let idle = !needed(kind).is_subset(&scope.labels);
            lacks(odd || idle, Defect::LabelOfKind);
        }
    }
    // A directive needs no purpose and no end (45 CFR 164.524(c)(3)(ii)).
    if kind != Kind::Directive {
        lacks(terms.purposes.is_empty(), Defect::Purpose);
        lacks(!terms.purposes.is_empty() && !purposes_fit(kind, &terms.purposes), Defect::PurposeOfKind);
        match &terms.expiry {
            None => lacks(true, Defect::Expiry),
            Some(Expiry::Event { what }) => lacks(blank(what), Defect::Expiry),
            Some(Expiry::Day { over, .. }) => lacks(*over <= now, Defect::Past),
            Some(Expiry::Never) => {
                lacks(!matches!(kind, Kind::Research | Kind::Part2Tpo), Defect::Endless);
            }
        }
    }
    let paid = (terms.paid && kind != Kind::Directive).then_some(Statement::Remuneration);
    let wanted: BTreeSet<_> = statements(kind).into_iter().chain(paid).collect();
    for statement in wanted.difference(&terms.statements) {
        lacks(true, missing(*statement));
    }
    // Research may make its treatment depend on it (45 CFR 164.508(b)(4)(i)).
    lacks(terms.conditioned && kind != Kind::Research, Defect::Conditioned);
    let mut seen = BTreeSet::new();
    found.retain(|defect| seen.insert(*defect));
    found
}

/// What is wrong with the signature (45 CFR 164.508(c)(1)(vi); 42 CFR 2.31(a)(8), (9)).
pub fn unsigned(terms: &Terms) -> Vec<Defect> {
    let signer = &terms.signer;
    let ground = signer.authority.as_ref().is_some_and(|authority| authority.trim().is_empty());
    let day = signer.day.parse::<chrono::NaiveDate>().is_err();
    [
        (fold(&signer.typed).is_empty(), Defect::Signature),
        (day, Defect::SignatureDay),
        (ground, Defect::Authority),
    ]
    .into_iter()
    .filter_map(|(is, defect)| is.then_some(defect))
    .collect()
}

/// The same for a form: the field and its sentence.
pub fn problems(defects: &[Defect]) -> Problems {
    let one = |defect: &Defect| {
        let (field, code, _) = defect.told();
        Problem { field, code }
    };
    Problems(defects.iter().map(one).collect())
}

fn missing(statement: Statement) -> Defect {
    match statement {
        Statement::Revocation => Defect::Revocation,
        Statement::Conditioning => Defect::Conditioning,
        Statement::Redisclosure => Defect::Redisclosure,
        Statement::RedisclosureHipaa => Defect::RedisclosureHipaa,
        Statement::Refusal => Defect::Refusal,
        Statement::Remuneration => Defect::Remuneration,
    }
}

/// Whether one of two is the kind that stands alone, and the other is not.
fn alone(kind: Kind, lonely: Kind, other: Kind) -> bool {
    (kind == lonely) != (other == lonely)
}

/// Labels without which a kind would say nothing, so that its forms name them by themselves.
pub fn needed(kind: Kind) -> BTreeSet<Label> {
    match kind {
        Kind::Psych508 => BTreeSet::from([Label::PsychotherapyNotes]),
        Kind::Part2Counseling => BTreeSet::from([Label::PsychotherapyNotes, Label::SubstanceUse]),
        Kind::Part2Tpo | Kind::Part2Specific | Kind::Part2Proceedings => {
            BTreeSet::from([Label::SubstanceUse])
        }
        _ => BTreeSet::new(),
    }
}

/// Whether a kind can carry information with this label at all. Substance-use records need a consent of their own
/// (42 CFR 2.31), psychotherapy notes an authorization of their own (45 CFR 164.508(a)(2)); what was compiled for a
/// proceeding is outside the right of access (164.524(a)(1)(ii)).
pub fn carries(kind: Kind, label: Label) -> bool {
    match label {
        Label::PsychotherapyNotes => matches!(kind, Kind::Psych508 | Kind::Part2Counseling),
        Label::SubstanceUse => kind.is_part2(),
        Label::Litigation => matches!(kind, Kind::Hipaa508),
        _ => true,
    }
}

/// The labels that can be ticked on a form for this kind.
pub fn choosable(kind: Kind) -> impl Iterator<Item = Label> {
    let needed = needed(kind);
    Label::ALL.into_iter().filter(move |label| carries(kind, *label) && !needed.contains(label))
}

fn purposes_fit(kind: Kind, purposes: &BTreeSet<Purpose>) -> bool {
    let only = |wanted: &[Purpose]| purposes.iter().all(|purpose| wanted.contains(purpose));
    match kind {
        Kind::Part2Tpo => only(&[Purpose::Treatment, Purpose::Payment, Purpose::Operations]),
        Kind::Part2Proceedings => only(&[Purpose::Proceedings]),
        Kind::Research => only(&[Purpose::Research]),
        _ => !purposes.contains(&Purpose::Proceedings),
    }
}

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
    /// It does not reach all categories.
    Categories,
    /// It does not reach all dates.
    Dates,
    /// Something protected is in it that the consent does not name, or that its kind cannot carry.
    Label,
}

/// Where a consent stands at a moment: what is kept, but expired once its day is over. An event counts when a human
/// has confirmed it, which is kept as the state.
pub fn standing(terms: &Terms, state: State, now: Instant) -> State {
    match &terms.expiry {
        Some(Expiry::Day { over, .. }) if state == State::Active && *over <= now => State::Expired,
        _ => state,
    }
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
        (at < consent.signature.at, Gap::NotYet),
        (over, Gap::Over),
        (fold(&terms.discloser) != fold(&disclosure.discloser), Gap::Discloser),
        (!reaches(terms, &disclosure.recipient), Gap::Recipient),
        (!for_this(terms, disclosure.purpose), Gap::Purpose),
        (disclosure.categories & !lens.categories != 0, Gap::Categories),
        (!within(&scope, disclosure.days.as_ref()), Gap::Dates),
        (!labels_allowed(terms.kind, lens, &disclosure.labels), Gap::Label),
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
fn labels_allowed(kind: Kind, lens: Lens, items: &[Labels]) -> bool {
    let own = |labels: &Labels| match kind {
        Kind::Part2Counseling => labels.has(Label::PsychotherapyNotes) && labels.has(Label::SubstanceUse),
        Kind::Psych508 => labels.has(Label::PsychotherapyNotes),
        _ => true,
    };
    items.iter().all(|labels| own(labels) && lens.hidden.0 & labels.0 == 0)
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
/// than another, the difference is for the person to settle.
pub fn choose(consents: &[Consent], disclosure: &Disclosure, at: Instant) -> Choice {
    let gaps: Vec<_> = consents.iter().map(|consent| (consent, covers(consent, disclosure, at))).collect();
    let Some((good, _)) =
        gaps.iter().filter(|(_, gaps)| gaps.is_empty()).max_by_key(|(one, _)| one.signature.at)
    else {
        return Choice::Uncovered;
    };
    let differs = |gap: &Gap| matches!(gap, Gap::Categories | Gap::Dates | Gap::Label);
    let against: Vec<_> = gaps
        .iter()
        .filter(|(one, gaps)| {
            one.terms.kind == good.terms.kind && !gaps.is_empty() && gaps.iter().all(differs)
        })
        .map(|(one, _)| one.id)
        .collect();
    match against.as_slice() {
        [] => Choice::Covered(good.id),
        _ => Choice::Ambiguous(std::iter::once(good.id).chain(against).collect()),
    }
}

/// Whether a new consent says something else than one in force to the same recipient, of the same kind and for a
/// same purpose; two such are refused when the second is signed.
pub fn clashes(new: &Terms, old: &Consent, now: Instant) -> bool {
    let terms = &old.terms;
    let same_party = match new.recipient.classes.is_empty() {
        true => fold(&new.recipient.name) == fold(&terms.recipient.name),
        false => !new.recipient.classes.is_disjoint(&terms.recipient.classes),
    };
    let same_purpose = new.kind == Kind::Directive || !new.purposes.is_disjoint(&terms.purposes);
    let live = matches!(standing(terms, old.state, now), State::Active | State::Suspended);
    live && new.kind == terms.kind && same_party && same_purpose
}

/// What may be done with a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The person takes it back (45 CFR 164.508(b)(5), 42 CFR 2.31(a)(6)).
    Revoke,
    /// Staff doubt it.
    Suspend,
    /// The doubt is settled.
    Resume,
    /// The doubt was right.
    FindDefective,
    /// Staff confirm that the event of its end has happened.
    ConfirmEvent,
}

/// The state after a change; none where it cannot be made now.
pub fn change(terms: &Terms, state: State, (what, now): (Change, Instant)) -> Option<State> {
    let standing = standing(terms, state, now);
    match (what, standing) {
        (Change::Revoke, State::Active | State::Suspended) => Some(State::Revoked),
        (Change::Suspend, State::Active) => Some(State::Suspended),
        (Change::Resume, State::Suspended) => Some(State::Active),
        (Change::FindDefective, State::Suspended) => Some(State::Defective),
        (Change::ConfirmEvent, State::Active | State::Suspended) => {
            matches!(terms.expiry, Some(Expiry::Event { .. })).then_some(State::Expired)
        }
        _ => None,
    }
}

/// The classes that the one consent to treatment, payment and operations names.
pub fn tpo_classes() -> BTreeSet<Class> {
    BTreeSet::from([Class::TreatingProviders, Class::Payers, Class::Operators])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::model::{Signature, Signer};
    use super::*;
    use crate::base::PatientNo;

    const NOW: Instant = Instant(1_000_000_000);
    const LATER: Instant = Instant(2_000_000_000);

    /// A consent of this kind that lacks nothing.
    fn good(kind: Kind) -> Terms {
        let purpose = match kind {
            Kind::Part2Tpo => Purpose::Treatment,
            Kind::Part2Proceedings => Purpose::Proceedings,
            Kind::Research => Purpose::Research,
            _ => Purpose::OwnRequest,
        };
        Terms {
            kind,
            person: "Rosa Delgado (synthetic)".into(),
            discloser: "Riverside Clinic".into(),
            recipient: Party { name: "Dr. Lee".into(), address: "1 Hill Street".into(), ..Party::default() },
            scope: Some(Scope { labels: needed(kind), ..Scope::default() }),
            purposes: BTreeSet::from([purpose]),
            expiry: Some(Expiry::Day { last: "2027-01-01".into(), over: LATER }),
            statements: Statement::ALL.into(),
            paid: false,
            conditioned: false,
            combined: BTreeSet::new(),
            signer: Signer {
                typed: "Rosa Delgado".into(),
                day: "2026-06-01".into(),
                authority: None,
                witness: None,
            },
        }
    }

    fn but(kind: Kind, change: impl FnOnce(&mut Terms)) -> Terms {
        let mut terms = good(kind);
        change(&mut terms);
        terms
    }

    fn scope(terms: &mut Terms) -> &mut Scope {
        terms.scope.as_mut().unwrap()
    }

    #[test]
    fn what_is_whole_has_no_defect() {
        for kind in Kind::ALL {
            assert_eq!(defects(&good(kind), NOW), [], "{kind:?}");
            assert_eq!(unsigned(&good(kind)), [], "{kind:?}");
            assert_eq!(Kind::from_slug(kind.slug()), Some(kind));
        }
    }

    /// Each element of 45 CFR 164.508(c) and of 42 CFR 2.31(a), taken out.
    #[test]
    fn each_missing_element_is_named() {
        use Kind::*;
        let without = |statement| {
            move |t: &mut Terms| {
                t.statements.remove(&statement);
            }
        };
        for (terms, wanted) in [
            (but(Hipaa508, |t| t.person = " ".into()), Defect::Person),
            (but(Hipaa508, |t| t.scope = None), Defect::Information),
            (but(Hipaa508, |t| scope(t).categories = Some(BTreeSet::new())), Defect::Information),
            (but(Hipaa508, |t| t.discloser = String::new()), Defect::Discloser),
            (but(Hipaa508, |t| t.recipient = Party::default()), Defect::Recipient),
            (but(Hipaa508, |t| t.recipient.classes = tpo_classes()), Defect::RecipientByName),
            (but(Part2Specific, |t| t.recipient.classes = tpo_classes()), Defect::RecipientByName),
            (but(Directive, |t| t.recipient.classes = tpo_classes()), Defect::RecipientByName),
            (but(Directive, |t| t.recipient.address = " ".into()), Defect::Where),
            (but(Hipaa508, |t| t.purposes.clear()), Defect::Purpose),
            (but(Hipaa508, |t| t.purposes = BTreeSet::from([Purpose::Proceedings])), Defect::PurposeOfKind),
            (but(Part2Tpo, |t| t.purposes = BTreeSet::from([Purpose::Legal])), Defect::PurposeOfKind),
            (but(Part2Proceedings, |t| t.purposes.extend([Purpose::Treatment])), Defect::PurposeOfKind),
            (but(Research, |t| t.purposes.extend([Purpose::Insurance])), Defect::PurposeOfKind),
            (but(Hipaa508, |t| t.expiry = None), Defect::Expiry),
            (but(Part2Specific, |t| t.expiry = Some(Expiry::Event { what: " ".into() })), Defect::Expiry),
            (but(Hipaa508, |t| t.expiry = Some(Expiry::Never)), Defect::Endless),
            (but(Part2Specific, |t| t.expiry = Some(Expiry::Never)), Defect::Endless),
            (
                but(Hipaa508, |t| t.expiry = Some(Expiry::Day { last: "2026-01-01".into(), over: NOW })),
                Defect::Past,
            ),
            (
                but(Hipaa508, |t| {
                    scope(t).from = Some("2026-02-01".into());
                    scope(t).to = Some("2026-01-31".into());
                }),
                Defect::Dates,
            ),
            (but(Hipaa508, without(Statement::Revocation)), Defect::Revocation),
            (but(Hipaa508, without(Statement::Conditioning)), Defect::Conditioning),
            (but(Hipaa508, without(Statement::Redisclosure)), Defect::Redisclosure),
            (but(Part2Specific, without(Statement::Revocation)), Defect::Revocation),
            (but(Part2Tpo, without(Statement::Redisclosure)), Defect::Redisclosure),
            (but(Part2Tpo, without(Statement::RedisclosureHipaa)), Defect::RedisclosureHipaa),
            (but(Part2Tpo, without(Statement::Refusal)), Defect::Refusal),
            (
                but(Hipaa508, |t| {
                    t.paid = true;
                    t.statements.remove(&Statement::Remuneration);
                }),
                Defect::Remuneration,
            ),
            (but(Hipaa508, |t| t.conditioned = true), Defect::Conditioned),
            (but(Psych508, |t| t.combined = BTreeSet::from([Hipaa508])), Defect::PsychAlone),
            (but(Hipaa508, |t| t.combined = BTreeSet::from([Psych508])), Defect::PsychAlone),
            (but(Part2Specific, |t| t.combined = BTreeSet::from([Part2Counseling])), Defect::CounselingAlone),
            (but(Part2Proceedings, |t| t.combined = BTreeSet::from([Part2Tpo])), Defect::ProceedingsAlone),
            (but(Hipaa508, |t| scope(t).labels = BTreeSet::from([Label::SubstanceUse])), Defect::LabelOfKind),
            (
                but(Hipaa508, |t| scope(t).labels = BTreeSet::from([Label::PsychotherapyNotes])),
                Defect::LabelOfKind,
            ),
            (but(Directive, |t| scope(t).labels = BTreeSet::from([Label::Litigation])), Defect::LabelOfKind),
            (but(Part2Tpo, |t| scope(t).labels.clear()), Defect::LabelOfKind),
        ] {
            assert_eq!(defects(&terms, NOW), [wanted], "{wanted:?}");
            let (field, code, section) = wanted.told();
            assert!(!field.is_empty() && code.starts_with("problem-") && section.contains("CFR"));
        }
    }

    #[test]
    fn what_a_kind_need_not_have() {
        let none = |t: &mut Terms| {
            t.purposes.clear();
            t.expiry = None;
            t.statements.clear();
        };
        assert_eq!(defects(&but(Kind::Directive, none), NOW), [], "a request for access stays one");
        let by_class = but(Kind::Part2Tpo, |t| {
            t.recipient = Party { classes: tpo_classes(), ..Party::default() };
            t.expiry = Some(Expiry::Never);
        });
        assert_eq!(defects(&by_class, NOW), [], "the single consent names classes and has no end");
        let research = but(Kind::Research, |t| {
            (t.expiry, t.conditioned) = (Some(Expiry::Never), true);
            t.combined = BTreeSet::from([Kind::Hipaa508]);
        });
        assert_eq!(defects(&research, NOW), [], "research may be a condition, endless and combined");
        let two = but(Kind::Psych508, |t| t.combined = BTreeSet::from([Kind::Psych508]));
        assert_eq!(defects(&two, NOW), [], "psychotherapy with psychotherapy");
        let unsigned_terms = but(Kind::Hipaa508, |t| {
            t.signer = Signer { authority: Some(" ".into()), ..Signer::default() };
        });
        assert_eq!(unsigned(&unsigned_terms), [Defect::Signature, Defect::SignatureDay, Defect::Authority]);
    }

    fn kept(n: u128, terms: Terms) -> Consent {
        Consent {
            id: ConsentId(Uuid::from_u128(n)),
            patient: PatientNo(1),
            terms,
            state: State::Active,
            state_at: NOW,
            signature: Signature {
                at: NOW,
                account: None,
                session: None,
                acr: None,
                auth_time: None,
                text_hash: [0; 32],
                language: "en".into(),
                wording: 1,
                entered_by: None,
            },
            text: String::new(),
        }
    }

    fn asked() -> Disclosure {
        Disclosure {
            discloser: "riverside clinic".into(),
            recipient: Party { name: "Dr Lee".into(), ..Party::default() },
            purpose: Purpose::OwnRequest,
            categories: category_bits(&BTreeSet::from([Category::Labs, Category::Notes])),
            labels: vec![Labels::default()],
            days: None,
        }
    }

    #[test]
    fn what_a_consent_allows() {
        use Kind::*;
        let labelled = |labels: &[Label]| Disclosure {
            labels: vec![Labels::default(), labels.iter().copied().collect()],
            ..asked()
        };
        let only = |labels: &[Label], purpose| Disclosure {
            labels: vec![labels.iter().copied().collect()],
            purpose,
            ..asked()
        };
        let at = Instant(1_500_000_000);
        let labs = BTreeSet::from([Category::Labs]);
        let notes = [Label::PsychotherapyNotes];
        let counseling = [Label::PsychotherapyNotes, Label::SubstanceUse];
        for (what, terms, state, disclosure, at, wanted) in [
            ("good", good(Hipaa508), State::Active, asked(), at, vec![]),
            ("suspended", good(Hipaa508), State::Suspended, asked(), at, vec![Gap::NotActive]),
            ("revoked", good(Hipaa508), State::Revoked, asked(), at, vec![Gap::NotActive]),
            ("before", good(Hipaa508), State::Active, asked(), Instant(5), vec![Gap::NotYet]),
            ("its last moment", good(Hipaa508), State::Active, asked(), Instant(LATER.0 - 1), vec![]),
            ("over", good(Hipaa508), State::Active, asked(), LATER, vec![Gap::Over]),
            (
                "an event not yet confirmed",
                but(Hipaa508, |t| t.expiry = Some(Expiry::Event { what: "the end of my treatment".into() })),
                State::Active,
                asked(),
                LATER,
                vec![],
            ),
            (
                "another clinic",
                good(Hipaa508),
                State::Active,
                Disclosure { discloser: "Other".into(), ..asked() },
                at,
                vec![Gap::Discloser],
            ),
            (
                "another doctor of the same class",
                good(Hipaa508),
                State::Active,
                Disclosure {
                    recipient: Party { name: "Dr. Wu".into(), classes: tpo_classes(), ..Party::default() },
                    ..asked()
                },
                at,
                vec![Gap::Recipient],
            ),
            (
                "a class of the single consent",
                but(Part2Tpo, |t| t.recipient = Party { classes: tpo_classes(), ..Party::default() }),
                State::Active,
                Disclosure {
                    recipient: Party {
                        name: "Dr. Wu".into(),
                        classes: BTreeSet::from([Class::TreatingProviders]),
                        ..Party::default()
                    },
                    ..only(&[Label::SubstanceUse], Purpose::Treatment)
                },
                at,
                vec![],
            ),
            (
                "another purpose",
                good(Hipaa508),
                State::Active,
                Disclosure { purpose: Purpose::Insurance, ..asked() },
                at,
                vec![Gap::Purpose],
            ),
            (
                "more than the categories",
                but(Hipaa508, |t| scope(t).categories = Some(labs.clone())),
                State::Active,
                asked(),
                at,
                vec![Gap::Categories],
            ),
            (
                "no days known",
                but(Hipaa508, |t| scope(t).from = Some("2020-01-01".into())),
                State::Active,
                asked(),
                at,
                vec![Gap::Dates],
            ),
            (
                "within the days",
                but(Hipaa508, |t| scope(t).from = Some("2020-01-01".into())),
                State::Active,
                Disclosure { days: Some(("2020-01-01".into(), "2024-05-05".into())), ..asked() },
                at,
                vec![],
            ),
            (
                "a label not named",
                good(Hipaa508),
                State::Active,
                labelled(&[Label::Hiv]),
                at,
                vec![Gap::Label],
            ),
            (
                "a label named",
                but(Hipaa508, |t| scope(t).labels = BTreeSet::from([Label::Hiv])),
                State::Active,
                labelled(&[Label::Hiv]),
                at,
                vec![],
            ),
            (
                "substance use under an authorization",
                but(Hipaa508, |t| scope(t).labels = BTreeSet::from([Label::SubstanceUse])),
                State::Active,
                labelled(&[Label::SubstanceUse]),
                at,
                vec![Gap::Label],
            ),
            (
                "substance use under its own",
                good(Part2Specific),
                State::Active,
                labelled(&[Label::SubstanceUse]),
                at,
                vec![],
            ),
            (
                "notes under their own",
                good(Psych508),
                State::Active,
                only(&notes, Purpose::OwnRequest),
                at,
                vec![],
            ),
            ("more than notes", good(Psych508), State::Active, labelled(&notes), at, vec![Gap::Label]),
            (
                "counseling under psychotherapy",
                good(Psych508),
                State::Active,
                only(&counseling, Purpose::OwnRequest),
                at,
                vec![Gap::Label],
            ),
            (
                "counseling under its own",
                good(Part2Counseling),
                State::Active,
                only(&counseling, Purpose::OwnRequest),
                at,
                vec![],
            ),
            (
                "proceedings under treatment",
                good(Part2Tpo),
                State::Active,
                only(&[Label::SubstanceUse], Purpose::Proceedings),
                at,
                vec![Gap::Purpose],
            ),
            (
                "proceedings under their own",
                good(Part2Proceedings),
                State::Active,
                only(&[Label::SubstanceUse], Purpose::Proceedings),
                at,
                vec![],
            ),
            (
                "proceedings under a directive",
                good(Directive),
                State::Active,
                Disclosure { purpose: Purpose::Proceedings, ..asked() },
                at,
                vec![Gap::Purpose],
            ),
        ] {
            let consent = Consent { state, ..kept(1, terms) };
            assert_eq!(covers(&consent, &disclosure, at), wanted, "{what}");
        }
    }

    #[test]
    fn two_that_differ_are_never_guessed_between() {
        let at = Instant(1_500_000_000);
        let whole = kept(1, good(Kind::Hipaa508));
        let labs =
            kept(2, but(Kind::Hipaa508, |t| scope(t).categories = Some(BTreeSet::from([Category::Labs]))));
        let revoked = Consent { state: State::Revoked, ..labs.clone() };
        let other = kept(3, but(Kind::Hipaa508, |t| t.recipient.name = "Dr. Wu".into()));
        let directive =
            kept(4, but(Kind::Directive, |t| scope(t).categories = Some(BTreeSet::from([Category::Labs]))));
        let covered = Choice::Covered(whole.id);
        for (what, consents, wanted) in [
            ("none", vec![], Choice::Uncovered),
            ("one", vec![whole.clone()], covered.clone()),
            ("too narrow", vec![labs.clone()], Choice::Uncovered),
            (
                "two that differ",
                vec![whole.clone(), labs.clone()],
                Choice::Ambiguous(vec![whole.id, labs.id]),
            ),
            ("the other is over", vec![whole.clone(), revoked], covered.clone()),
            ("the other is for somebody else", vec![whole.clone(), other], covered.clone()),
            ("the other is of another kind", vec![whole.clone(), directive], covered),
        ] {
            assert_eq!(choose(&consents, &asked(), at), wanted, "{what}");
        }
        for (new, old, wanted) in [
            (good(Kind::Hipaa508), &whole, true),
            (but(Kind::Hipaa508, |t| t.recipient.name = "DR LEE".into()), &whole, true),
            (but(Kind::Hipaa508, |t| t.purposes = BTreeSet::from([Purpose::Insurance])), &whole, false),
            (good(Kind::Directive), &whole, false),
            (but(Kind::Hipaa508, |t| t.recipient.name = "Dr. Wu".into()), &whole, false),
        ] {
            assert_eq!(clashes(&new, old, at), wanted, "{:?}", new.recipient);
        }
        assert!(!clashes(&whole.terms, &whole, LATER), "what is over stands in nobody's way");
    }

    #[test]
    fn what_may_become_of_a_consent() {
        use Change::*;
        let event = but(Kind::Hipaa508, |t| t.expiry = Some(Expiry::Event { what: "x".into() }));
        let day = good(Kind::Hipaa508);
        for (terms, state, what, at, wanted) in [
            (&day, State::Active, Revoke, NOW, Some(State::Revoked)),
            (&day, State::Suspended, Revoke, NOW, Some(State::Revoked)),
            (&day, State::Revoked, Revoke, NOW, None),
            (&day, State::Active, Revoke, LATER, None),
            (&day, State::Active, Suspend, NOW, Some(State::Suspended)),
            (&day, State::Revoked, Suspend, NOW, None),
            (&day, State::Suspended, Resume, NOW, Some(State::Active)),
            (&day, State::Revoked, Resume, NOW, None),
            (&day, State::Suspended, FindDefective, NOW, Some(State::Defective)),
            (&day, State::Active, FindDefective, NOW, None),
            (&day, State::Active, ConfirmEvent, NOW, None),
            (&event, State::Active, ConfirmEvent, NOW, Some(State::Expired)),
            (&event, State::Expired, Resume, NOW, None),
        ] {
            assert_eq!(change(terms, state, (what, at)), wanted, "{state:?} {what:?}");
        }
    }

    fn any_labels() -> impl Strategy<Value = Labels> {
        (0..=Labels::ALL.0).prop_map(Labels)
    }

    proptest! {
        /// I12: what was revoked, or is over, covers nothing from then on.
        #[test]
        fn what_is_over_covers_nothing(
            n in 0usize..9, late in 0i64..1_000_000, revoked in any::<bool>(), labels in any_labels(),
        ) {
            let mut consent = kept(1, good(Kind::ALL[n]));
            if revoked {
                consent.state = State::Revoked;
            }
            let at = Instant(if revoked { NOW.0 + late } else { LATER.0 + late });
            let asked = Disclosure { labels: vec![labels], ..asked() };
            prop_assert!(!covers(&consent, &asked, at).is_empty());
            prop_assert_eq!(choose(&[consent], &asked, at), Choice::Uncovered);
        }

        /// I7: whatever else is ticked, substance-use records pass only under a consent of 42 CFR Part 2.
        #[test]
        fn substance_use_needs_its_own_consent(n in 0usize..9, ticked in any_labels(), more in any_labels()) {
            let kind = Kind::ALL[n];
            let consent = kept(1, but(kind, |t| scope(t).labels.extend(ticked.iter())));
            let asked = Disclosure {
                labels: vec![more.with(Label::SubstanceUse)],
                purpose: *consent.terms.purposes.first().unwrap(),
                ..asked()
            };
            let allowed = covers(&consent, &asked, Instant(NOW.0 + 1)).is_empty();
            prop_assert!(!allowed || kind.is_part2());
        }

        /// A consent never shows what its scope does not name, and naming less never shows more.
        #[test]
        fn less_said_is_less_seen(ticked in any_labels(), fewer in any_labels(), n in 0usize..9) {
            let kind = Kind::ALL[n];
            let wide = lens(&but(kind, |t| scope(t).labels = ticked.iter().collect()));
            let narrow = lens(&but(kind, |t| {
                scope(t).labels = ticked.iter().filter(|label| fewer.has(*label)).collect();
            }));
            prop_assert_eq!(wide.hidden.0 & narrow.hidden.0, wide.hidden.0);
            for label in Label::ALL.into_iter().filter(|label| !ticked.has(*label)) {
                prop_assert!(!wide.shows(Category::Labs, Labels::default().with(label), 0));
            }
        }
    }
}
