//! What is missing in a consent, and whether it is signed by whoever signs it. Pure. Whether one allows a disclosure
//! stands in `cover_rules.rs`.

use std::collections::BTreeSet;

use super::model::{Class, Expiry, Kind, Party, Purpose, Statement, Terms};
use crate::base::{self, Instant, Problem, Problems, fold, name_words, unseen};
use crate::fhir::sensitivity::Label;

/// Treatment, payment and operations.
const CARE: [Purpose; 3] = [Purpose::Treatment, Purpose::Payment, Purpose::Operations];

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
    /// A class where a name must stand: by law for a directive, by the policy of the clinic for the rest.
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
    /// Treatment or payment made to depend on it.
    Conditioned,
    /// A kind of information that this kind of permission cannot carry.
    LabelOfKind,
    /// A longer time than the law of the place allows.
    TooLong,
    /// A witness, where the law of the place asks for one.
    Witness,
    /// The signature of a minor who signs alone, where somebody else signed.
    MinorAlone,
    /// The signatures of a minor and of who acts for them.
    BothSign,
    /// The signature of who acts for a minor, in their place or beside theirs.
    MinorSigns,
    /// A care that a minor may seek alone, where they sign alone.
    OwnService,
    /// What a minor sought alone, where somebody else signs.
    MinorsService,
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
            Self::RecipientByName => (
                "recipient",
                "problem-consent-by-name",
                "45 CFR 164.524(c)(3)(ii); else clinic policy, since 45 CFR 164.508(c)(1)(iii) and 42 CFR 2.31(a)(4)(i) \
                 allow a class of persons",
            ),
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
            Self::Conditioned => ("conditioned", "problem-consent-conditioned", "45 CFR 164.508(b)(4)"),
            Self::TooLong => ("until", "problem-consent-too-long", "45 CFR 164.508(c)(1)(v)"),
            Self::Witness => ("witness", "problem-consent-witness", "45 CFR 164.508(c)(1)(vi)"),
            Self::MinorAlone => ("authority", "problem-consent-minor-alone", "42 CFR 2.14(a)"),
            Self::BothSign => ("beside", "problem-consent-both", "42 CFR 2.14(b)"),
            Self::MinorSigns => ("beside", "problem-consent-minor-signs", "45 CFR 164.502(g)(3)(i)"),
            Self::OwnService => ("labels", "problem-consent-own-service", "45 CFR 164.502(g)(3)(i)"),
            Self::MinorsService => ("labels", "problem-consent-minors-service", "45 CFR 164.502(g)(3)(i)"),
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

/// The statements that the text of a kind must have for these purposes. A directive needs none: it stays a request for
/// access on whatever form it is made (45 CFR 164.524(c)(3)(ii)). A consent under 42 CFR Part 2 for treatment, payment or
/// operations says more, whatever its kind (2.31(a)(4)(iii), (a)(10)). For anything else, and for counseling notes, HIPAA
/// asks for an authorization of the same records, and so for its statements on the same form (45 CFR 164.508(a)(1), (a)(2),
/// (c)(2)).
pub fn statements(kind: Kind, purposes: &BTreeSet<Purpose>) -> BTreeSet<Statement> {
    use Statement::{Conditioning, Redisclosure, RedisclosureHipaa, Refusal, Revocation};
    let for_care = purposes.iter().any(|purpose| CARE.contains(purpose));
    let beyond = purposes.iter().any(|purpose| !CARE.contains(purpose));
    let (authorizes, of_care) = match kind {
        Kind::Directive => return BTreeSet::new(),
        Kind::Hipaa508 | Kind::Psych508 | Kind::Research | Kind::AppGrant => (true, false),
        Kind::Part2Tpo => (false, true),
        Kind::Part2Specific => (beyond, for_care),
        Kind::Part2Counseling => (true, for_care),
        Kind::Part2Proceedings => (true, false),
    };
    let mut wanted = BTreeSet::from([Revocation]);
    wanted.extend(authorizes.then_some([Conditioning, Redisclosure]).into_iter().flatten());
    wanted.extend(of_care.then_some([Redisclosure, RedisclosureHipaa, Refusal]).into_iter().flatten());
    wanted
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
    let compound = compound(terms);
    if let Some(defect) = compound {
        lacks(true, defect);
    }
    lacks(blank(&terms.person), Defect::Person);
    lacks(blank(&terms.discloser), Defect::Discloser);
    let Party { name, address, classes } = &terms.recipient;
    match (blank(name), classes.is_empty()) {
        (true, true) => lacks(true, Defect::Recipient),
        // The law lets others name a class of persons too; here only the single consent to treatment, payment and
        // operations does, so that nobody has to guess who is meant.
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
            let odd = compound.is_none() && scope.labels.iter().any(|label| !carries(kind, *label));
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
    let wanted: BTreeSet<_> = statements(kind, &terms.purposes).into_iter().chain(paid).collect();
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

/// What is wrong with the day on which a paper was signed.
pub fn day_problem(day: chrono::NaiveDate, of: (Option<&str>, chrono::NaiveDate)) -> Option<Problem> {
    let code = match base::day_problem(Some(day), of)? {
        "problem-date-future" => "problem-consent-day-ahead",
        code => code,
    };
    Some(Problem { field: "day", code })
}

/// Whether what was typed under a text is somebody's name: each word is one of theirs, and there are two of them, or all
/// where the name has fewer. Case, accents and order do not matter; nor does a name that is written in one word here
/// and in two there, where all of it is typed.
pub fn is_name_of(typed: &str, name: &str) -> bool {
    let (typed_words, own) = (name_words(typed), name_words(name));
    let some = typed_words.is_subset(&own) && typed_words.len() >= own.len().clamp(1, 2);
    let together = |text: &str| fold(text).replace(' ', "");
    let whole = together(typed);
    some || (!whole.is_empty() && whole == together(name))
}

/// The problems of what was written into a consent that its readers would not see as it is.
pub fn hidden(terms: &Terms) -> Vec<Problem> {
    let event = match &terms.expiry {
        Some(Expiry::Event { what }) => what.as_str(),
        _ => "",
    };
    let texts = [
        ("discloser", terms.discloser.as_str()),
        ("recipient", &terms.recipient.name),
        ("address", &terms.recipient.address),
        ("until", event),
        ("typed", &terms.signer.typed),
        ("authority", terms.signer.authority.as_deref().unwrap_or_default()),
        ("beside", terms.signer.beside.as_deref().unwrap_or_default()),
    ];
    texts.into_iter().filter_map(|(field, text)| unseen(field, text)).collect()
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

/// What is wrong with a sheet for notes that are kept apart which names a part of the record or another protected kind
/// beside them: it must stand alone, and else is none (45 CFR 164.508(b)(2)(iv), (b)(3)(ii); 42 CFR 2.31(b), (c)).
pub fn compound(terms: &Terms) -> Option<Defect> {
    let alone = match terms.kind {
        Kind::Psych508 => Defect::PsychAlone,
        Kind::Part2Counseling => Defect::CounselingAlone,
        _ => return None,
    };
    let scope = terms.scope.as_ref()?;
    let parts = scope.categories.as_ref().is_some_and(|some| !some.is_empty());
    (parts || !scope.labels.is_subset(&needed(terms.kind))).then_some(alone)
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
/// proceeding is outside the right of access (164.524(a)(1)(ii)). One for such notes carries nothing else.
pub fn carries(kind: Kind, label: Label) -> bool {
    match label {
        _ if kind.is_of_notes() => needed(kind).contains(&label),
        Label::PsychotherapyNotes => false,
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
        Kind::Part2Tpo => only(&CARE),
        Kind::Part2Proceedings => only(&[Purpose::Proceedings]),
        Kind::Research => only(&[Purpose::Research]),
        _ => !purposes.contains(&Purpose::Proceedings),
    }
}

/// The classes that the one consent to treatment, payment and operations names.
pub fn tpo_classes() -> BTreeSet<Class> {
    BTreeSet::from([Class::TreatingProviders, Class::Payers, Class::Operators])
}

#[cfg(test)]
mod tests {
    use super::super::model::Signer;
    use super::super::samples::{NOW, but, good, scope};
    use super::*;
    use crate::fhir::present::Category;

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
        let for_care = |kind, purpose, statement| {
            but(kind, move |t| {
                t.purposes = BTreeSet::from([Purpose::OwnRequest, purpose]);
                t.statements = statements(kind, &t.purposes);
                t.statements.remove(&statement);
            })
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
            // For no care, HIPAA asks for an authorization of the same records.
            (but(Part2Specific, without(Statement::Conditioning)), Defect::Conditioning),
            (but(Part2Specific, without(Statement::Redisclosure)), Defect::Redisclosure),
            (but(Part2Proceedings, without(Statement::Conditioning)), Defect::Conditioning),
            (but(Part2Proceedings, without(Statement::Redisclosure)), Defect::Redisclosure),
            (for_care(Part2Counseling, Purpose::Treatment, Statement::Conditioning), Defect::Conditioning),
            (but(Part2Tpo, without(Statement::Redisclosure)), Defect::Redisclosure),
            (but(Part2Tpo, without(Statement::RedisclosureHipaa)), Defect::RedisclosureHipaa),
            (but(Part2Tpo, without(Statement::Refusal)), Defect::Refusal),
            (for_care(Part2Specific, Purpose::Treatment, Statement::Redisclosure), Defect::Redisclosure),
            (
                for_care(Part2Specific, Purpose::Payment, Statement::RedisclosureHipaa),
                Defect::RedisclosureHipaa,
            ),
            (for_care(Part2Specific, Purpose::Operations, Statement::Refusal), Defect::Refusal),
            (for_care(Part2Counseling, Purpose::Treatment, Statement::Redisclosure), Defect::Redisclosure),
            (
                for_care(Part2Counseling, Purpose::Operations, Statement::RedisclosureHipaa),
                Defect::RedisclosureHipaa,
            ),
            (for_care(Part2Counseling, Purpose::Payment, Statement::Refusal), Defect::Refusal),
            (
                but(Hipaa508, |t| {
                    t.paid = true;
                    t.statements.remove(&Statement::Remuneration);
                }),
                Defect::Remuneration,
            ),
            (but(Hipaa508, |t| t.conditioned = true), Defect::Conditioned),
            (but(Psych508, |t| scope(t).categories = Some([Category::Labs].into())), Defect::PsychAlone),
            (but(Psych508, |t| scope(t).labels.extend([Label::Hiv])), Defect::PsychAlone),
            (but(Psych508, |t| scope(t).labels.extend([Label::SubstanceUse])), Defect::PsychAlone),
            (but(Psych508, |t| scope(t).labels.clear()), Defect::LabelOfKind),
            (
                but(Part2Counseling, |t| scope(t).categories = Some([Category::Notes].into())),
                Defect::CounselingAlone,
            ),
            (
                but(Part2Counseling, |t| scope(t).labels.extend([Label::MentalHealth])),
                Defect::CounselingAlone,
            ),
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
    fn a_paper_was_signed_in_the_life_of_the_person() {
        let today = "2026-11-23".parse().unwrap();
        for (born, day, wanted) in [
            (Some("1980-02-29"), "2026-11-23", None),
            (Some("1980-02-29"), "1980-02-29", None),
            (Some("1980-02-29"), "1980-02-28", Some("problem-limit-before-birth")),
            (Some("1980"), "1979-12-31", None),
            (None, "1900-01-01", None),
            (None, "2026-11-24", Some("problem-consent-day-ahead")),
        ] {
            let found = day_problem(day.parse().unwrap(), (born, today));
            assert_eq!(found.map(|problem| problem.code), wanted, "{born:?} {day}");
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
        });
        assert_eq!(defects(&research, NOW), [], "research may be a condition, and endless");
        let dated = but(Kind::Psych508, |t| scope(t).from = Some("2024-01-01".into()));
        assert_eq!(defects(&dated, NOW), [], "psychotherapy notes of a time");
        let unsigned_terms = but(Kind::Hipaa508, |t| {
            t.signer = Signer { authority: Some(" ".into()), ..Signer::default() };
        });
        assert_eq!(unsigned(&unsigned_terms), [Defect::Signature, Defect::SignatureDay, Defect::Authority]);
    }
    #[test]
    fn a_signature_is_the_signers_name() {
        for (typed, name, is) in [
            ("Rosa Delgado", "Rosa Delgado (synthetic)", true),
            ("delgado, ROSA", "Rosa María Delgado", true),
            ("Rosa Maria Delgado", "Rosa María Delgado", true),
            ("Jose Nunez", "José Núñez-Ortiz", true),
            ("O Brien Ann", "Ann O’Brien", false),
            ("Ann O Brien", "Ann O’Brien", true),
            ("Cher", "Cher", true),
            ("山田 太郎", "山田 太郎", true),
            ("Mickey Mouse", "Rosa Delgado", false),
            ("Rosa Mouse", "Rosa Delgado", false),
            ("Rosa", "Rosa Delgado", false),
            ("Rosa Rosa", "Rosa Delgado", false),
            ("R. Delgado", "Rosa Delgado", false),
            ("", "Rosa Delgado", false),
            (" . ", "Rosa Delgado", false),
            ("", "", false),
            ("Rosa Delgado", "", false),
        ] {
            assert_eq!(is_name_of(typed, name), is, "{typed} for {name}");
        }
    }

    #[test]
    fn nothing_hides_in_a_consent() {
        assert_eq!(hidden(&good(Kind::Hipaa508)).len(), 0);
        let odd = "a\u{200b}";
        for (terms, field) in [
            (but(Kind::Hipaa508, |t| t.discloser = odd.into()), "discloser"),
            (but(Kind::Hipaa508, |t| t.recipient.name = odd.into()), "recipient"),
            (but(Kind::Hipaa508, |t| t.recipient.address = odd.into()), "address"),
            (but(Kind::Hipaa508, |t| t.expiry = Some(Expiry::Event { what: odd.into() })), "until"),
            (but(Kind::Hipaa508, |t| t.signer.typed = odd.into()), "typed"),
            (but(Kind::Hipaa508, |t| t.signer.authority = Some(odd.into())), "authority"),
        ] {
            assert_eq!(hidden(&terms).iter().map(|problem| problem.field).collect::<Vec<_>>(), [field]);
        }
    }
}
