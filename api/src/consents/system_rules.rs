//! How much of a record goes to a system, after the wishes of the person. Pure. Deny wins: a wish that cannot be kept
//! exactly is kept by leaving out more.

use super::cover_rules::{self, Choice, Disclosure, category_bits};
use super::gate_rules::{Outgoing, Sort, stops};
use super::limit_rules;
use super::model::{Class, Consent, Ender, Kind, Party, Purpose, Restriction};
use crate::base::Instant;
use crate::fhir::present::Category;
use crate::fhir::sensitivity::{Label, Labels};
use crate::representation::Lens;

/// Where records go without anybody looking on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Going {
    /// The recipient's name.
    pub recipient: String,
    /// Whether a health plan receives it.
    pub to_health_plan: bool,
    /// What for: treatment, payment or operations.
    pub purpose: Purpose,
    /// Protected kinds of information that the clinic settled to send.
    pub shown: Labels,
}

/// What no such agreement reaches: psychotherapy notes need an authorization (45 CFR 164.508(a)(2)), and what was compiled
/// for a proceeding is not sent around.
const NEVER: i64 = Label::PsychotherapyNotes.bit() | Label::Litigation.bit();

/// The sort of disclosure that a purpose makes; none for what is no reason to export the records of a group
/// (45 CFR 164.506(c)).
fn sort(purpose: Purpose) -> Option<Sort> {
    match purpose {
        Purpose::Treatment => Some(Sort::Treatment),
        Purpose::Payment => Some(Sort::Payment),
        Purpose::Operations => Some(Sort::Operations),
        _ => None,
    }
}

/// Whether the records of a group may be sent for this.
pub fn is_for_groups(purpose: Purpose) -> bool {
    sort(purpose).is_some()
}

/// The class of recipients that a consent may name instead of a name (42 CFR 2.31(a)(4)(i)).
pub fn class(going: &Going) -> Option<Class> {
    match going.purpose {
        Purpose::Treatment => Some(Class::TreatingProviders),
        Purpose::Payment => Some(Class::Payers),
        Purpose::Operations => Some(Class::Operators),
        _ => None,
    }
}

/// What is left of a record; `None`: nothing. A restriction that the clinic ended by notice holds for what first came here
/// until then (45 CFR 164.522(a)(2)(iii)).
pub fn left(restrictions: &[Restriction], going: &Going) -> Option<Lens> {
    let sort = sort(going.purpose)?;
    let (ended, kept): (Vec<_>, Vec<_>) = restrictions.iter().partition(|one| one.ended.is_some());
    let lens = under(&kept, (sort, going));
    let hidden = lens.hidden.and(Labels(Labels::ALL.0 & !going.shown.0 | NEVER));
    let before = ended.into_iter().map(|one| before(one, (sort, going)));
    let lens = before.fold(Lens { hidden, ..lens }, Lens::and);
    // Whose record it is would stand alone, or not at all.
    let known = lens.categories & lens.before.categories & demographics() != 0;
    (known && lens.categories != demographics()).then_some(lens)
}

/// Whose record it is, as a bit.
fn demographics() -> i64 {
    category_bits(&[Category::Demographics].into())
}

/// What restrictions leave of what they reach.
fn under(restrictions: &[&Restriction], (sort, going): (Sort, &Going)) -> Lens {
    let outgoing = |categories: i64, labels: Labels| Outgoing {
        sort,
        to_health_plan: going.to_health_plan,
        recipient: going.recipient.clone(),
        categories,
        labels: vec![labels],
    };
    let stopped =
        |categories, labels| restrictions.iter().any(|one| stops(one, &outgoing(categories, labels)));
    let goes = |category: &Category| !stopped(1 << category.code(), Labels::default());
    let categories = category_bits(&Category::ALL.into_iter().filter(goes).collect());
    let asked = Label::ALL.into_iter().filter(|label| stopped(categories, Labels::default().with(*label)));
    Lens { categories, hidden: asked.collect(), ..Lens::WHOLE }
}

/// What one that is over leaves: all that came since the notice, as of [`limit_rules::before`].
fn before(restriction: &Restriction, by: (Sort, &Going)) -> Lens {
    let Some((at, Ender::Notice)) = restriction.ended else { return Lens::WHOLE };
    let lens = under(&[restriction], by);
    if lens == under(&[], by) {
        return Lens::WHOLE;
    }
    limit_rules::before(&restriction.ask, lens, at)
}

/// What is left of a lens where only what a consent of the person lets go there may go: a category that one covers, and
/// a protected kind of information where one covers it together with all that is left of the categories. One under
/// 42 CFR Part 2 is for what that part protects, one for psychotherapy notes is for those; neither lets anything else go,
/// and what they are for was settled before. Whose record it is goes with any of it, and never alone.
pub fn consented(
    consents: &[Consent],
    (lens, going): (Lens, &Going),
    (clinic, at): (&str, Instant),
) -> Option<Lens> {
    let about_all = |one: &&Consent| !one.terms.kind.is_part2() && one.terms.kind != Kind::Psych508;
    let own: Vec<Consent> = consents.iter().filter(about_all).cloned().collect();
    let covered = |categories: i64, labels: Vec<Labels>| {
        let disclosure = Disclosure {
            discloser: clinic.to_owned(),
            recipient: Party { name: going.recipient.clone(), ..Party::default() },
            purpose: going.purpose,
            categories,
            labels,
            days: None,
        };
        matches!(cover_rules::choose(&own, &disclosure, at), Choice::Covered(_))
    };
    let goes = |category: &Category| covered(category_bits(&[*category].into()), Vec::new());
    let categories = category_bits(&Category::ALL.into_iter().filter(goes).collect());
    let left = lens.categories & categories & !demographics();
    if left == 0 {
        return None;
    }
    // Substance use went through a consent of its own (42 CFR 2.31) or is hidden already.
    let asked =
        Label::ALL.into_iter().filter(|label| *label != Label::SubstanceUse && !lens.hidden.has(*label));
    let unnamed = asked.filter(|label| !covered(left, vec![Labels::default().with(*label)]));
    let hidden = unnamed.fold(lens.hidden, Labels::with);
    Some(Lens { categories: left | (lens.categories & demographics()), hidden, ..lens })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::base::{Instant, PatientNo, RestrictionId};
    use crate::consents::model::{Against, Answer, Ask, Ender};

    fn going(purpose: Purpose) -> Going {
        Going { recipient: "Blue Plan".into(), to_health_plan: true, purpose, shown: Labels::default() }
    }

    fn wish(against: Against, party: &str, answer: Answer) -> Restriction {
        let ask = Ask {
            against,
            party: party.into(),
            categories: None,
            labels: BTreeSet::new(),
            what: String::new(),
            why: String::new(),
            paid_in_full: false,
        };
        Restriction {
            id: RestrictionId(uuid::Uuid::nil()),
            patient: PatientNo(1),
            account: None,
            ask,
            must_agree: false,
            answer,
            answer_text: String::new(),
            asked: Instant(1),
            answered: None,
            ended: None,
            intake: None,
        }
    }

    #[test]
    fn wishes_leave_out_what_they_name() {
        let plan = || wish(Against::HealthPlan, "", Answer::Agreed);
        let about = |categories: &[Category], labels: &[Label], mut wish: Restriction| {
            wish.ask.categories = Some(categories.iter().copied().collect());
            wish.ask.labels = labels.iter().copied().collect();
            wish
        };
        let labelled = |labels: &[Label], mut wish: Restriction| {
            wish.ask.labels = labels.iter().copied().collect();
            wish
        };
        let ended = |ender, mut wish: Restriction| {
            wish.ended = Some((Instant(5), ender));
            wish
        };
        let all: i64 = Category::ALL.into_iter().map(|category| 1 << category.code()).sum();
        let without = |category: Category| Some((all & !(1 << category.code()), Labels::ALL.0));
        let whole = Some((all, Labels::ALL.0));
        for (what, purpose, wishes, expected) in [
            ("no wish", Purpose::Payment, vec![], whole),
            ("a wish agreed to", Purpose::Payment, vec![plan()], None),
            ("for treatment it does not bind a plan", Purpose::Treatment, vec![plan()], whole),
            ("declined", Purpose::Payment, vec![wish(Against::HealthPlan, "", Answer::Declined)], whole),
            ("named", Purpose::Treatment, vec![wish(Against::Named, "blue plan", Answer::Agreed)], None),
            (
                "another is named",
                Purpose::Treatment,
                vec![wish(Against::Named, "Red", Answer::Agreed)],
                whole,
            ),
            ("family", Purpose::Treatment, vec![wish(Against::Family, "", Answer::Agreed)], whole),
            (
                "one category",
                Purpose::Operations,
                vec![about(&[Category::Labs], &[], plan())],
                without(Category::Labs),
            ),
            ("in words only", Purpose::Operations, vec![about(&[], &[], plan())], None),
            (
                "one category and a label",
                Purpose::Operations,
                vec![about(&[Category::Labs], &[Label::Hiv], plan())],
                without(Category::Labs),
            ),
            ("who it is", Purpose::Payment, vec![about(&[Category::Demographics], &[], plan())], None),
            ("a label", Purpose::Payment, vec![labelled(&[Label::Hiv], plan())], whole),
            ("ended by the person", Purpose::Payment, vec![ended(Ender::InWriting, plan())], whole),
            ("ended by notice", Purpose::Payment, vec![ended(Ender::Notice, plan())], whole),
            ("no purpose of a group", Purpose::Research, vec![], None),
        ] {
            let found = left(&wishes, &going(purpose)).map(|lens| (lens.categories, lens.hidden.0));
            assert_eq!(found, expected, "{what}");
        }
    }

    /// Ended by notice at 5: which categories of what came until then go, and what of it is hidden.
    #[test]
    fn a_notice_lets_go_what_is_new() {
        let about = |categories: Option<&[Category]>, labels: &[Label]| {
            let mut wish = wish(Against::HealthPlan, "", Answer::Agreed);
            wish.ask.categories = categories.map(|some| some.iter().copied().collect());
            wish.ask.labels = labels.iter().copied().collect();
            wish.ended = Some((Instant(5), Ender::Notice));
            wish
        };
        let all = category_bits(&Category::ALL.into());
        let labs = 1 << Category::Labs.code();
        let kept = || Restriction { ended: None, ..about(Some(&[Category::Labs]), &[]) };
        for (what, wishes, wanted) in [
            ("all", vec![about(None, &[])], Some((all, demographics(), Labels::default()))),
            (
                "a part",
                vec![about(Some(&[Category::Labs]), &[])],
                Some((all, all & !labs, Labels::default())),
            ),
            (
                "a label",
                vec![about(None, &[Label::Hiv])],
                Some((all, all, Labels::default().with(Label::Hiv))),
            ),
            ("who it is", vec![about(Some(&[Category::Demographics]), &[])], None),
            (
                "beside one that is kept",
                vec![about(None, &[]), kept()],
                Some((all & !labs, demographics(), Labels::default())),
            ),
            (
                "of another plan",
                vec![Restriction {
                    ask: Ask { party: "Red".into(), ..about(None, &[]).ask },
                    ..about(None, &[])
                }],
                Some((all, -1, Labels::default())),
            ),
        ] {
            let shown = Labels::default().with(Label::Hiv);
            let found = left(&wishes, &Going { shown, ..going(Purpose::Payment) });
            let told = found.map(|lens| (lens.categories, lens.before.categories, lens.before.hidden));
            assert_eq!(told, wanted, "{what}");
            assert!(found.is_none_or(|lens| !lens.hidden.has(Label::Hiv)), "{what}");
        }
    }

    #[test]
    fn protected_kinds_go_only_where_it_was_settled() {
        let shown = Labels::default().with(Label::Hiv).with(Label::Unreviewed);
        let lens = left(&[], &Going { shown, ..going(Purpose::Payment) }).unwrap();
        for label in Label::ALL {
            assert_eq!(lens.hidden.has(label), !shown.has(label), "{label:?}");
        }
        let lens = left(&[], &Going { shown: Labels::ALL, ..going(Purpose::Payment) }).unwrap();
        assert_eq!(lens.hidden.0, NEVER, "no agreement reaches these");
        let mut wish = wish(Against::HealthPlan, "", Answer::Agreed);
        wish.ask.labels = BTreeSet::from([Label::Hiv]);
        let lens = left(&[wish], &Going { shown: Labels::ALL, ..going(Purpose::Payment) }).unwrap();
        assert_eq!(lens.hidden.0, NEVER | Label::Hiv.bit(), "a wish takes away again");
    }

    /// Where a consent is needed to send anything: what one covers goes, and nothing else.
    #[test]
    fn what_a_consent_lets_go() {
        use crate::consents::samples::{LATER, NOW, but, kept, scope};
        let shown = Labels::default().with(Label::Hiv).with(Label::Genetic);
        let going = Going { shown, ..going(Purpose::Treatment) };
        let lens = left(&[], &going).unwrap();
        let to = |kind, purpose, categories: Option<&[Category]>, labels: &[Label]| {
            but(kind, |terms| {
                terms.recipient.name = "Blue Plan".into();
                terms.purposes = [purpose].into();
                scope(terms).categories = categories.map(|some| some.iter().copied().collect());
                scope(terms).labels = labels.iter().copied().collect();
            })
        };
        let bits = |categories: &[Category]| category_bits(&categories.iter().copied().collect());
        let (all, labs) = (bits(&Category::ALL), bits(&[Category::Labs, Category::Demographics]));
        let treatment = Purpose::Treatment;
        let some: &[Category] = &[Category::Labs];
        let hiv: &[Label] = &[Label::Hiv];
        let notes: &[Label] = &[Label::PsychotherapyNotes];
        for (what, consents, at, wanted) in [
            ("nothing was signed", vec![], NOW, None),
            (
                "all of it, and no label named",
                vec![to(Kind::Hipaa508, treatment, None, &[])],
                NOW,
                Some((all, [false, false])),
            ),
            (
                "all of it, with HIV",
                vec![to(Kind::Hipaa508, treatment, None, hiv)],
                NOW,
                Some((all, [true, false])),
            ),
            (
                "a part",
                vec![to(Kind::Hipaa508, treatment, Some(some), &[])],
                NOW,
                Some((labs, [false, false])),
            ),
            (
                "a part with HIV",
                vec![to(Kind::Hipaa508, treatment, Some(some), hiv)],
                NOW,
                Some((labs, [true, false])),
            ),
            ("another purpose", vec![to(Kind::Hipaa508, Purpose::OwnRequest, None, &[])], NOW, None),
            ("its time is over", vec![to(Kind::Hipaa508, treatment, None, &[])], LATER, None),
            ("one under Part 2", vec![to(Kind::Part2Tpo, treatment, None, &[])], NOW, None),
            ("one for psychotherapy notes", vec![to(Kind::Psych508, treatment, None, notes)], NOW, None),
        ] {
            let consents: Vec<Consent> = consents.into_iter().map(|terms| kept(1, terms)).collect();
            let found = consented(&consents, (lens, &going), ("Riverside Clinic", at));
            let told =
                |lens: Lens| (lens.categories, [Label::Hiv, Label::Genetic].map(|one| !lens.hidden.has(one)));
            assert_eq!(found.map(told), wanted, "{what}");
            assert!(
                found.is_none_or(|found| found.hidden.0 & lens.hidden.0 == lens.hidden.0),
                "{what}: no more than before"
            );
            let other = Going { recipient: "Another".into(), ..going.clone() };
            let other = consented(&consents, (lens, &other), ("Riverside Clinic", at));
            assert_eq!(other, None, "{what}: to another");
        }
        let everything = [kept(1, to(Kind::Hipaa508, treatment, None, &[]))];
        let alone = Lens { categories: bits(&[Category::Demographics]), ..lens };
        let alone = consented(&everything, (alone, &going), ("Riverside Clinic", NOW));
        assert_eq!(alone, None, "whose record it is does not go alone");
    }

    /// Any wish, against anybody, however it stands.
    fn any_wish() -> impl Strategy<Value = Restriction> {
        let facts = (0usize..3, 0usize..3, 0usize..4, any::<bool>(), any::<bool>());
        (facts, 0usize..4, 0..Category::ALL.len(), 0..Label::ALL.len()).prop_map(
            |((against, party, answer, must_agree, over), part, category, label)| {
                let against = [Against::HealthPlan, Against::Family, Against::Named][against];
                let answer = [Answer::Asked, Answer::Agreed, Answer::MustAgree, Answer::Declined][answer];
                let mut wish = wish(against, ["", "Blue Plan", "Red"][party], answer);
                wish.must_agree = must_agree && against == Against::HealthPlan;
                wish.ended = over.then_some((Instant(5), Ender::Notice));
                match part {
                    0 => {}
                    1 => wish.ask.categories = Some([Category::ALL[category]].into()),
                    2 => wish.ask.labels = [Label::ALL[label]].into(),
                    _ => wish.ask.categories = Some(BTreeSet::new()),
                }
                wish
            },
        )
    }

    fn any_going() -> impl Strategy<Value = Going> {
        (0usize..3, any::<bool>(), 0..=Labels::ALL.0).prop_map(|(purpose, to_health_plan, shown)| {
            let purpose = [Purpose::Payment, Purpose::Operations, Purpose::Treatment][purpose];
            Going { to_health_plan, shown: Labels(shown), ..going(purpose) }
        })
    }

    /// Whether an item goes that first came at a moment.
    fn goes(lens: Option<Lens>, item: (Category, Labels), came: i64) -> bool {
        lens.is_some_and(|lens| lens.shows_come(item, (5, Instant(came))))
    }

    proptest! {
        /// I10: what was paid in full goes to no plan for payment or operations, whatever name was typed, answered or not
        /// yet, whatever else is wished.
        #[test]
        fn what_was_paid_goes_to_no_plan(
            others in proptest::collection::vec(any_wish(), 0..3), to in any_going(), answered in any::<bool>(),
            part in proptest::option::of(0..Category::ALL.len()), item in 0..=Labels::ALL.0, came in 4i64..7,
            party in 0usize..3,
        ) {
            let answer = if answered { Answer::MustAgree } else { Answer::Asked };
            let mut paid = Restriction { must_agree: true, ..wish(Against::HealthPlan, ["", "Blue", "Red"][party], answer) };
            paid.ask.paid_in_full = true;
            paid.ask.categories = part.map(|part| [Category::ALL[part]].into());
            let to = Going { to_health_plan: true, ..to };
            prop_assume!(to.purpose != Purpose::Treatment);
            let wishes: Vec<_> = others.into_iter().chain([paid]).collect();
            let lens = left(&wishes, &to);
            let theirs = Category::ALL.into_iter().zip(0..).filter(|(_, n)| part.is_none_or(|part| part == *n));
            for (category, _) in theirs {
                prop_assert!(!goes(lens, (category, Labels(item).kept()), came), "{category:?} {lens:?}");
            }
        }

        /// Deny wins: one more wish never lets anything go that did not go before.
        #[test]
        fn one_more_wish_never_opens(
            wishes in proptest::collection::vec(any_wish(), 0..3), more in any_wish(), to in any_going(),
            item in 0..=Labels::ALL.0, came in 4i64..7,
        ) {
            let before = left(&wishes, &to);
            let all: Vec<_> = wishes.into_iter().chain([more]).collect();
            let after = left(&all, &to);
            for category in Category::ALL {
                let item = (category, Labels(item).kept());
                prop_assert!(!goes(after, item, came) || goes(before, item, came), "{category:?} {after:?}");
            }
        }

        /// I7: records of treatment of substance use go to a system only where a consent of their own opened them before: no
        /// other consent does, and none lets anything go that would not go without it.
        #[test]
        fn no_other_consent_opens_what_part_two_protects(
            kinds in proptest::collection::vec((0..Kind::ALL.len(), 0..=Labels::ALL.0), 0..3),
            to in any_going(), item in 0..=Labels::ALL.0, opened in any::<bool>(),
        ) {
            use crate::consents::samples::{NOW, but, kept, scope};
            let consents: Vec<Consent> = kinds.into_iter().zip(1..).map(|((kind, ticked), n)| {
                kept(n, but(Kind::ALL[kind], |terms| {
                    terms.recipient.name = "Blue Plan".into();
                    terms.purposes = [to.purpose].into();
                    scope(terms).labels.extend(Labels(ticked).iter());
                }))
            }).collect();
            let shown = if opened { to.shown } else { to.shown.without(Label::SubstanceUse) };
            let to = Going { shown, ..to };
            let Some(lens) = left(&[], &to) else { return Ok(()) };
            let found = consented(&consents, (lens, &to), ("Riverside Clinic", NOW));
            for category in Category::ALL {
                let item = (category, Labels(item).kept());
                prop_assert!(!goes(found, item, 0) || goes(Some(lens), item, 0));
                let protected = (category, item.1.with(Label::SubstanceUse).of_program());
                prop_assert!(!goes(found, protected, 0) || shown.has(Label::SubstanceUse));
            }
        }
    }
}
