//! Tables of cases for what a consent allows. All people are synthetic.

use proptest::prelude::*;

use super::super::model::{Class, Expiry, Statement};
use super::super::rules::tpo_classes;
use super::super::samples::{LATER, NOW, asked, but, good, kept, scope};
use super::*;

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
        ("a label not named", good(Hipaa508), State::Active, labelled(&[Label::Hiv]), at, vec![Gap::Label]),
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
            "for treatment, without what must be said of it",
            but(Part2Specific, |t| t.purposes.extend([Purpose::Treatment])),
            State::Active,
            only(&[Label::SubstanceUse], Purpose::Treatment),
            at,
            vec![Gap::Statement],
        ),
        (
            "the same, for what needs none of it",
            but(Part2Specific, |t| t.purposes.extend([Purpose::Treatment])),
            State::Active,
            only(&[Label::SubstanceUse], Purpose::OwnRequest),
            at,
            vec![],
        ),
        (
            "for no care, without what an authorization says",
            but(Part2Specific, |t| t.statements = [Statement::Revocation].into()),
            State::Active,
            labelled(&[Label::SubstanceUse]),
            at,
            vec![Gap::Statement],
        ),
        (
            "for treatment, with all of it",
            but(Part2Specific, |t| {
                t.purposes.extend([Purpose::Treatment]);
                t.statements = statements(t.kind, &t.purposes);
            }),
            State::Active,
            only(&[Label::SubstanceUse], Purpose::Treatment),
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
            "notes on a sheet with labs",
            but(Psych508, |t| scope(t).categories = Some(BTreeSet::from([Category::Labs, Category::Notes]))),
            State::Active,
            only(&notes, Purpose::OwnRequest),
            at,
            vec![Gap::Compound],
        ),
        (
            "notes on a sheet with something else protected",
            but(Psych508, |t| scope(t).labels.extend([Label::Hiv])),
            State::Active,
            only(&notes, Purpose::OwnRequest),
            at,
            vec![Gap::Compound],
        ),
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

/// What a minor signs for what they sought alone (45 CFR 164.502(g)(3)(i)): services × labels of the items → covered.
#[test]
fn what_a_minor_sought_alone_is_all_that_their_consent_covers() {
    use Label::{Genetic, Hiv, MentalHealth, Minor};
    let at = Instant(1_500_000_000);
    let own = |services: &[Service]| {
        but(Kind::Hipaa508, |t| {
            scope(t).labels = BTreeSet::from([Hiv, MentalHealth, Minor]);
            scope(t).alone = services.iter().copied().collect();
        })
    };
    let of = |labels: &[Label]| labels.iter().copied().collect::<Labels>();
    let told_by_visit = of(&[Minor]).kept_beside(of(&[Minor, Hiv]).kept());
    let opened = of(&[Minor, Hiv]).kept().opened_to(&[crate::fhir::sensitivity::Seat::new(0).unwrap()]);
    for (items, wanted) in [
        // Of what bears no label nobody can tell.
        (vec![], false),
        (vec![of(&[])], false),
        (vec![of(&[Hiv])], false),
        (vec![of(&[Minor])], false),
        (vec![of(&[Minor, Hiv])], true),
        (vec![of(&[Minor, Hiv]).kept()], true),
        (vec![told_by_visit], true),
        (vec![opened], true),
        (vec![of(&[Minor, MentalHealth])], false),
        (vec![of(&[Minor, Hiv, MentalHealth])], false),
        (vec![of(&[Minor, Hiv, Genetic])], false),
        (vec![of(&[Minor, Hiv]), of(&[])], false),
    ] {
        let disclosure = Disclosure { labels: items.clone(), ..asked() };
        let gaps = covers(&kept(1, own(&[Service::Hiv])), &disclosure, at);
        assert_eq!(gaps, if wanted { vec![] } else { vec![Gap::Label] }, "{items:?}");
    }
    // It stands beside one that somebody else signed, and neither is in the way of the other, nor tells of it.
    let (whole, theirs) = (kept(1, good(Kind::Hipaa508)), kept(2, own(&[Service::Hiv])));
    for (one, other) in [(&whole, &theirs), (&theirs, &whole)] {
        assert_eq!(clash(&one.terms, other, at), None);
        assert!(!differ(&one.terms, &other.terms));
    }
    let both = [whole.clone(), theirs.clone()];
    assert_eq!(choose(&both, &asked(), at), Choice::Covered(whole.id));
    let of_theirs = Disclosure { labels: vec![of(&[Minor, Hiv])], ..asked() };
    assert_eq!(choose(&both, &of_theirs, at), Choice::Covered(theirs.id));
    assert_eq!(clash(&own(&[Service::MentalHealth]), &theirs, at), Some(Clash::Twice));
}

#[test]
fn two_that_differ_are_never_guessed_between() {
    let at = Instant(1_500_000_000);
    let whole = kept(1, good(Kind::Hipaa508));
    let labs = kept(2, but(Kind::Hipaa508, |t| scope(t).categories = Some(BTreeSet::from([Category::Labs]))));
    let revoked = Consent { state: State::Revoked, ..labs.clone() };
    let to = |name: &str, mut consent: Consent| {
        consent.terms.recipient.name = name.into();
        consent
    };
    let other = kept(3, but(Kind::Hipaa508, |t| t.recipient.name = "Dr. Wu".into()));
    let directive =
        kept(4, but(Kind::Directive, |t| scope(t).categories = Some(BTreeSet::from([Category::Labs]))));
    let covered = Choice::Covered(whole.id);
    for (what, consents, wanted) in [
        ("none", vec![], Choice::Uncovered),
        ("one", vec![whole.clone()], covered.clone()),
        ("too narrow", vec![labs.clone()], Choice::Uncovered),
        ("two that differ", vec![whole.clone(), labs.clone()], Choice::Ambiguous(vec![whole.id, labs.id])),
        (
            "two that differ, one without the title",
            vec![whole.clone(), to("Ana Lee", labs.clone())],
            Choice::Ambiguous(vec![whole.id, labs.id]),
        ),
        (
            "two that are alike, of one lens",
            vec![whole.clone(), to("Ana Lee", whole.clone())],
            covered.clone(),
        ),
        ("only one that is alike", vec![to("Ana Lee", whole.clone())], Choice::Uncovered),
        ("the other is over", vec![whole.clone(), revoked], covered.clone()),
        ("the other is for somebody else", vec![whole.clone(), other], covered.clone()),
        ("the other is of another kind", vec![whole.clone(), directive], covered),
    ] {
        assert_eq!(choose(&consents, &asked(), at), wanted, "{what}");
    }
}

#[test]
fn what_stands_in_the_way_of_a_new_consent() {
    use Clash::{Differ, Twice};
    let at = Instant(1_500_000_000);
    let labs = |terms: &mut Terms| scope(terms).categories = Some(BTreeSet::from([Category::Labs]));
    let whole = kept(1, good(Kind::Hipaa508));
    let classes = |terms: &mut Terms| terms.recipient = Party { classes: tpo_classes(), ..Party::default() };
    let tpo = kept(2, but(Kind::Part2Tpo, classes));
    let to = |name: &'static str| move |terms: &mut Terms| terms.recipient.name = name.into();
    let both = |terms: &mut Terms| {
        classes(terms);
        labs(terms);
    };
    // For one recipient that the single consent reaches too.
    let treating = |part| {
        but(Kind::Part2Specific, |terms| {
            terms.purposes = BTreeSet::from([Purpose::Treatment]);
            if part {
                labs(terms);
            }
        })
    };
    for (what, new, old, wanted) in [
        ("the same again", good(Kind::Hipaa508), &whole, Some(Twice)),
        (
            "written another way",
            but(Kind::Hipaa508, |t| t.recipient.name = "DR LEE".into()),
            &whole,
            Some(Twice),
        ),
        ("without the title", but(Kind::Hipaa508, to("Lee")), &whole, Some(Twice)),
        ("with a first name, for as much", but(Kind::Hipaa508, to("Dra. Ana Lee")), &whole, None),
        (
            "with a first name, for a part",
            but(Kind::Hipaa508, |t| {
                to("Dra. Ana Lee")(t);
                labs(t);
            }),
            &whole,
            Some(Differ),
        ),
        ("for a part", but(Kind::Hipaa508, labs), &whole, Some(Twice)),
        (
            "for something else",
            but(Kind::Hipaa508, |t| t.purposes = BTreeSet::from([Purpose::Insurance])),
            &whole,
            None,
        ),
        ("from another", but(Kind::Hipaa508, |t| t.discloser = "Elsewhere".into()), &whole, None),
        ("another kind", good(Kind::Directive), &whole, None),
        ("to another", but(Kind::Hipaa508, |t| t.recipient.name = "Dr. Wu".into()), &whole, None),
        ("a name of the class, for a part", but(Kind::Part2Tpo, labs), &tpo, Some(Differ)),
        ("a name of the class, for as much", good(Kind::Part2Tpo), &tpo, None),
        ("the classes, for a part", but(Kind::Part2Tpo, both), &tpo, Some(Twice)),
        ("a name of the class, for treatment, for a part", treating(true), &tpo, Some(Differ)),
        ("a name of the class, for treatment, for as much", treating(false), &tpo, None),
        ("a name of the class, for another purpose", good(Kind::Part2Specific), &tpo, None),
        ("counseling notes", good(Kind::Part2Counseling), &kept(3, treating(false)), None),
    ] {
        assert_eq!(clash(&new, old, at), wanted, "{what}");
        assert_eq!(differ(&new, &old.terms), differ(&old.terms, &new), "{what}");
    }
    assert_eq!(clash(&whole.terms, &whole, LATER), None, "what is over stands in nobody's way");
    assert!(differ(&but(Kind::Part2Tpo, labs), &tpo.terms) && !differ(&tpo.terms, &tpo.terms));
}

/// Nobody, two who may be one, and somebody else.
const NAMES: [&str; 4] = ["", "Dr. Lee", "Dra. Ana Lee", "Riverside Clinic"];

/// Terms for treatment of substance use to one of these names or to some classes, for all or a part.
fn any_terms() -> impl Strategy<Value = Terms> {
    let kinds = prop_oneof![Just(Kind::Part2Tpo), Just(Kind::Part2Specific)];
    (kinds, 0usize..4, 0u8..8, 0usize..3, 1u8..4).prop_map(|(kind, to, classes, part, purposes)| {
        but(kind, |terms| {
            let some = |bit: u8, bits: u8| bits & (1 << bit) != 0;
            let classes = tpo_classes().into_iter().zip(0..).filter(|(_, n)| some(*n, classes));
            terms.recipient = Party {
                name: NAMES[to].into(),
                classes: classes.map(|(class, _)| class).collect(),
                ..Party::default()
            };
            scope(terms).categories =
                [None, Some([Category::Labs].into()), Some([Category::Notes].into())][part].clone();
            let all = [Purpose::Treatment, Purpose::Payment].into_iter().zip(0..);
            terms.purposes = all.filter(|(_, n)| some(*n, purposes)).map(|(purpose, _)| purpose).collect();
        })
    })
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

    /// Where a new consent is taken beside one in force, nobody ever has to guess between the two.
    #[test]
    fn what_is_taken_is_never_ambiguous(
        new in any_terms(), old in any_terms(), name in 0usize..4, class in 0usize..4, part in 0usize..4,
    ) {
        let at = Instant(NOW.0 + 1);
        let (old, new) = (kept(1, old), kept(2, new));
        let classes: BTreeSet<Class> = tpo_classes().into_iter().skip(class).take(1).collect();
        let name = NAMES[name].to_owned();
        let categories = [1 << Category::Labs.code(), 1 << Category::Notes.code(), -1, 0][part];
        for purpose in [Purpose::Treatment, Purpose::Payment] {
            let asked = Disclosure {
                recipient: Party { name: name.clone(), classes: classes.clone(), ..Party::default() },
                labels: vec![Labels::default().with(Label::SubstanceUse)],
                purpose,
                categories,
                ..asked()
            };
            let refused = clash(&new.terms, &old, at).is_some();
            let said = choose(&[old.clone(), new.clone()], &asked, at);
            prop_assert!(refused || !matches!(said, Choice::Ambiguous(_)), "{said:?}");
        }
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
