//! The rules of restrictions: when the clinic must agree, what one stops, how it ends (45 CFR 164.522(a)). Pure. Deny wins:
//! one that stands against a disclosure is enough.

use super::limit_rules;
use super::model::{Against, Answer, Ask, Ender, Restriction};
use crate::base::{Problem, Problems, fold, unseen};
use crate::fhir::sensitivity::Labels;

/// The facts that make the clinic agree to a restriction (45 CFR 164.522(a)(1)(vi)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MustAgree {
    /// The disclosure would be to a health plan.
    pub to_health_plan: bool,
    /// For payment or operations, not for treatment.
    pub payment_or_operations: bool,
    /// A law requires the disclosure.
    pub required_by_law: bool,
    /// Somebody other than the plan paid for the item or service in full.
    pub paid_in_full: bool,
}

/// Whether the clinic must agree.
pub fn must_agree(facts: MustAgree) -> bool {
    facts.to_health_plan && facts.payment_or_operations && !facts.required_by_law && facts.paid_in_full
}

/// The facts as the person states them; staff confirm them.
pub fn stated(ask: &Ask) -> MustAgree {
    let plan = ask.against == Against::HealthPlan;
    MustAgree {
        to_health_plan: plan,
        payment_or_operations: plan,
        required_by_law: false,
        paid_in_full: ask.paid_in_full,
    }
}

/// What sort of disclosure it is, by the law that allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// To the person, or to who stands in their place (164.502(a)(1)(i)).
    Own,
    /// For treatment (164.506).
    Treatment,
    /// For treatment in an emergency (164.522(a)(1)(iii)).
    Emergency,
    /// For payment (164.506).
    Payment,
    /// For operations (164.506).
    Operations,
    /// To people involved in care (164.510(b)).
    InvolvedInCare,
    /// In a directory of patients (164.510(a)).
    Directory,
    /// Required by law, and the other grounds of 164.512.
    Public,
    /// To the Secretary (164.502(a)(2)(ii)).
    Secretary,
    /// With an authorization or a consent of the person.
    Permission,
    /// Where the person directed it (164.524(c)(3)(ii)).
    Directed,
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Own,
        Self::Treatment,
        Self::Emergency,
        Self::Payment,
        Self::Operations,
        Self::InvolvedInCare,
        Self::Directory,
        Self::Public,
        Self::Secretary,
        Self::Permission,
        Self::Directed,
    ];
}

/// Whether an agreed restriction can bind this sort of disclosure at all. It is not effective against the Secretary,
/// a directory or the grounds of 164.512 (164.522(a)(1)(v)), nor in an emergency (iii). What the person allows or
/// directs themselves is their own wish.
pub fn binds(sort: Sort) -> bool {
    matches!(sort, Sort::Treatment | Sort::Payment | Sort::Operations | Sort::InvolvedInCare)
}

/// A disclosure, for the question whether a restriction stands against it.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// What sort.
    pub sort: Sort,
    /// Whether a health plan receives it.
    pub to_health_plan: bool,
    /// The recipient's name.
    pub recipient: String,
    /// The categories of all items, as bits.
    pub categories: i64,
    /// The sets of labels that items have.
    pub labels: Vec<Labels>,
}

/// Whether a restriction stands against a disclosure. Where the facts that make the clinic agree were stated, the
/// plan gets nothing while the request waits for its answer. One that the clinic ended by notice stands against what
/// there was before; what is new goes by `limit_rules::left_now`.
pub fn stops(restriction: &Restriction, outgoing: &Outgoing) -> bool {
    let waits = restriction.answer == Answer::Asked && restriction.must_agree;
    let kept = waits || matches!(restriction.answer, Answer::Agreed | Answer::MustAgree);
    kept && limit_rules::reaches(restriction)
        && binds(outgoing.sort)
        && to_them(restriction, outgoing)
        && limit_rules::keeps_back(&restriction.ask, (outgoing.categories, &outgoing.labels))
}

fn to_them(restriction: &Restriction, outgoing: &Outgoing) -> bool {
    let ask = &restriction.ask;
    let named = fold(&ask.party) == fold(&outgoing.recipient);
    match ask.against {
        // A plan is any plan unless it is named. Where the clinic must agree, it is any plan in spite of its name: nobody can
        // tell from what a person typed that a plan is surely another.
        Against::HealthPlan => {
            outgoing.to_health_plan
                && matches!(outgoing.sort, Sort::Payment | Sort::Operations)
                && (restriction.must_agree || ask.party.trim().is_empty() || named)
        }
        Against::Family => outgoing.sort == Sort::InvolvedInCare && (ask.party.trim().is_empty() || named),
        Against::Named => named,
    }
}

/// Whether this one may end it so; else the sentence that says why not. What the clinic had to agree to is the
/// person's alone to end (164.522(a)(2)(iii)).
pub fn may_end(restriction: &Restriction, ender: Ender) -> Result<(), &'static str> {
    match (restriction.ended, ender) {
        // What a notice left of it the person may end as well.
        (None, _) | (Some((_, Ender::Notice)), Ender::InWriting | Ender::Oral) => {}
        (Some(_), _) => return Err("conflict-limit-ended"),
    }
    match (restriction.answer, ender) {
        (Answer::MustAgree, Ender::Notice) => Err("conflict-limit-must-agree"),
        (Answer::Declined, _) | (Answer::Asked, Ender::Notice) => Err("conflict-limit-not-kept"),
        _ => Ok(()),
    }
}

/// Whether the clinic may answer so.
pub fn may_answer(restriction: &Restriction, answer: Answer) -> Result<(), &'static str> {
    if restriction.answer != Answer::Asked || restriction.ended.is_some() {
        return Err("conflict-limit-answered");
    }
    match (restriction.must_agree, answer) {
        (true, Answer::MustAgree) | (false, Answer::Agreed | Answer::Declined) => Ok(()),
        (true, _) => Err("conflict-limit-must-agree"),
        (false, _) => Err("conflict-limit-answered"),
    }
}

/// What must be mended in a request for a restriction. A reason is never asked for.
pub fn problems(ask: &Ask) -> Problems {
    let mut problems = Problems::default();
    let mut add = |is: bool, field, code| {
        if is {
            problems.0.push(Problem { field, code });
        }
    };
    add(ask.against == Against::Named && ask.party.trim().is_empty(), "party", "problem-limit-party");
    add(ask.party.chars().count() > 200, "party", "problem-text-long");
    let nothing = ask.categories.as_ref().is_some_and(std::collections::BTreeSet::is_empty);
    add(nothing && ask.labels.is_empty() && ask.what.trim().is_empty(), "categories", "problem-limit-what");
    let charge = ask.against == Against::HealthPlan && ask.paid_in_full && ask.what.trim().is_empty();
    add(charge, "charge", "problem-limit-charge");
    add(ask.paid_in_full && ask.against != Against::HealthPlan, "paid", "problem-limit-paid");
    add(ask.what.chars().count() > 2_000, "charge", "problem-text-long");
    add(ask.why.chars().count() > 2_000, "why", "problem-text-long");
    let texts = [("party", &ask.party), ("charge", &ask.what), ("why", &ask.why)];
    problems.0.extend(texts.into_iter().filter_map(|(field, text)| unseen(field, text)));
    problems
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::base::{Instant, PatientNo, RestrictionId};
    use crate::fhir::present::Category;
    use crate::fhir::sensitivity::Label;

    #[test]
    fn four_facts_make_the_clinic_agree() {
        for n in 0..16 {
            let [to_health_plan, payment_or_operations, required_by_law, paid_in_full] =
                [n & 1 != 0, n & 2 != 0, n & 4 != 0, n & 8 != 0];
            let facts = MustAgree { to_health_plan, payment_or_operations, required_by_law, paid_in_full };
            assert_eq!(must_agree(facts), n == 0b1011, "{facts:?}");
        }
    }

    fn ask(against: Against) -> Ask {
        Ask {
            against,
            party: String::new(),
            categories: None,
            labels: BTreeSet::new(),
            what: "Visit of March 4".into(),
            why: String::new(),
            paid_in_full: false,
        }
    }

    fn kept(ask: Ask, answer: Answer) -> Restriction {
        Restriction {
            id: RestrictionId(uuid::Uuid::nil()),
            patient: PatientNo(1),
            account: None,
            must_agree: must_agree(stated(&ask)),
            ask,
            answer,
            answer_text: String::new(),
            asked: Instant(1),
            answered: None,
            ended: None,
            intake: None,
        }
    }

    fn claim() -> Outgoing {
        Outgoing {
            sort: Sort::Payment,
            to_health_plan: true,
            recipient: "Blue Plan".into(),
            categories: 1 << Category::Bills.code(),
            labels: vec![Labels::default()],
        }
    }

    #[test]
    fn what_a_restriction_stops() {
        let paid = || Ask { paid_in_full: true, ..ask(Against::HealthPlan) };
        let named = |party: &str| Ask { party: party.into(), ..ask(Against::Named) };
        let party = |party: &str, ask: Ask| Ask { party: party.into(), ..ask };
        let labs = |ask: Ask| Ask { categories: Some(BTreeSet::from([Category::Labs])), ..ask };
        let hiv = |ask: Ask| Ask { labels: BTreeSet::from([Label::Hiv]), ..ask };
        let none = |ask: Ask| Ask { categories: Some(BTreeSet::new()), ..ask };
        let ended =
            |ask, ender| Restriction { ended: Some((Instant(5), ender)), ..kept(ask, Answer::Agreed) };
        let sort = |sort| Outgoing { sort, ..claim() };
        let doctor = || Outgoing {
            sort: Sort::Treatment,
            to_health_plan: false,
            recipient: "Dr. Lee".into(),
            categories: 1 << Category::Labs.code(),
            ..claim()
        };
        let with_hiv = || Outgoing { labels: vec![Labels::default().with(Label::Hiv)], ..doctor() };
        for (what, restriction, outgoing, wanted) in [
            ("self-pay", kept(paid(), Answer::MustAgree), claim(), true),
            ("self-pay, operations", kept(paid(), Answer::MustAgree), sort(Sort::Operations), true),
            ("self-pay, treatment", kept(paid(), Answer::MustAgree), sort(Sort::Treatment), false),
            ("self-pay, a law", kept(paid(), Answer::MustAgree), sort(Sort::Public), false),
            ("self-pay not answered yet", kept(paid(), Answer::Asked), claim(), true),
            ("a wish not answered yet", kept(ask(Against::HealthPlan), Answer::Asked), claim(), false),
            ("a wish agreed to", kept(ask(Against::HealthPlan), Answer::Agreed), claim(), true),
            ("a wish declined", kept(ask(Against::HealthPlan), Answer::Declined), claim(), false),
            ("self-pay, a part of the name", kept(party("Blue", paid()), Answer::MustAgree), claim(), true),
            ("self-pay, no name of a plan", kept(party("My plan", paid()), Answer::Asked), claim(), true),
            (
                "self-pay, another receives it",
                kept(party("Blue", paid()), Answer::MustAgree),
                Outgoing { to_health_plan: false, ..claim() },
                false,
            ),
            ("another plan", kept(party("Red", ask(Against::HealthPlan)), Answer::Agreed), claim(), false),
            ("this plan", kept(party("BLUE plan", ask(Against::HealthPlan)), Answer::Agreed), claim(), true),
            ("ended by the person", ended(paid(), Ender::InWriting), claim(), false),
            ("ended by word", ended(paid(), Ender::Oral), claim(), false),
            ("ended by notice", ended(ask(Against::HealthPlan), Ender::Notice), claim(), true),
            ("a doctor", kept(named("Dr Lee"), Answer::Agreed), doctor(), true),
            ("another doctor", kept(named("Dr Wu"), Answer::Agreed), doctor(), false),
            (
                "in an emergency",
                kept(named("Dr Lee"), Answer::Agreed),
                Outgoing { sort: Sort::Emergency, ..doctor() },
                false,
            ),
            (
                "a court",
                kept(named("Dr Lee"), Answer::Agreed),
                Outgoing { sort: Sort::Public, ..doctor() },
                false,
            ),
            (
                "the Secretary",
                kept(named("Dr Lee"), Answer::Agreed),
                Outgoing { sort: Sort::Secretary, ..doctor() },
                false,
            ),
            (
                "a directory",
                kept(named("Dr Lee"), Answer::Agreed),
                Outgoing { sort: Sort::Directory, ..doctor() },
                false,
            ),
            (
                "their own wish",
                kept(named("Dr Lee"), Answer::Agreed),
                Outgoing { sort: Sort::Directed, ..doctor() },
                false,
            ),
            (
                "family",
                kept(ask(Against::Family), Answer::Agreed),
                Outgoing { sort: Sort::InvolvedInCare, ..doctor() },
                true,
            ),
            ("labs", kept(labs(named("Dr Lee")), Answer::Agreed), doctor(), true),
            ("labs, not bills", kept(labs(ask(Against::HealthPlan)), Answer::Agreed), claim(), false),
            ("a label", kept(hiv(named("Dr Lee")), Answer::Agreed), with_hiv(), true),
            ("a label not there", kept(hiv(named("Dr Lee")), Answer::Agreed), doctor(), false),
            (
                "a part, with a label of others",
                kept(labs(hiv(named("Dr Lee"))), Answer::Agreed),
                doctor(),
                true,
            ),
            ("in words only", kept(none(named("Dr Lee")), Answer::Agreed), doctor(), true),
        ] {
            assert_eq!(stops(&restriction, &outgoing), wanted, "{what}");
        }
    }

    #[test]
    fn who_may_answer_and_end() {
        let paid = Ask { paid_in_full: true, ..ask(Against::HealthPlan) };
        let plain = ask(Against::Family);
        for (ask, answer, allowed) in [
            (&paid, Answer::MustAgree, true),
            (&paid, Answer::Agreed, false),
            (&paid, Answer::Declined, false),
            (&plain, Answer::Agreed, true),
            (&plain, Answer::Declined, true),
            (&plain, Answer::MustAgree, false),
            (&plain, Answer::Asked, false),
        ] {
            assert_eq!(may_answer(&kept(ask.clone(), Answer::Asked), answer).is_ok(), allowed, "{answer:?}");
            assert!(may_answer(&kept(ask.clone(), Answer::Agreed), answer).is_err(), "answered already");
        }
        for (answer, ender, wanted) in [
            (Answer::MustAgree, Ender::InWriting, Ok(())),
            (Answer::MustAgree, Ender::Oral, Ok(())),
            (Answer::MustAgree, Ender::Notice, Err("conflict-limit-must-agree")),
            (Answer::Agreed, Ender::Notice, Ok(())),
            (Answer::Agreed, Ender::InWriting, Ok(())),
            (Answer::Asked, Ender::InWriting, Ok(())),
            (Answer::Asked, Ender::Notice, Err("conflict-limit-not-kept")),
            (Answer::Declined, Ender::InWriting, Err("conflict-limit-not-kept")),
        ] {
            assert_eq!(may_end(&kept(plain.clone(), answer), ender), wanted, "{answer:?} {ender:?}");
        }
        let over = Err("conflict-limit-ended");
        for (how, ender, wanted) in [
            // What a notice left of it is the person's to end.
            (Ender::Notice, Ender::InWriting, Ok(())),
            (Ender::Notice, Ender::Oral, Ok(())),
            (Ender::Notice, Ender::Notice, over),
            (Ender::InWriting, Ender::InWriting, over),
            (Ender::Oral, Ender::InWriting, over),
            (Ender::Oral, Ender::Notice, over),
        ] {
            let ended = Restriction { ended: Some((Instant(5), how)), ..kept(plain.clone(), Answer::Agreed) };
            assert_eq!(may_end(&ended, ender), wanted, "{how:?} {ender:?}");
        }
    }

    #[test]
    fn what_must_be_mended_in_a_request() {
        let none = || Some(BTreeSet::new());
        for (ask, wanted) in [
            (ask(Against::Family), vec![]),
            (ask(Against::Named), vec!["problem-limit-party"]),
            (Ask { categories: none(), ..ask(Against::Family) }, vec![]),
            (
                Ask { categories: none(), what: String::new(), ..ask(Against::Family) },
                vec!["problem-limit-what"],
            ),
            (Ask { paid_in_full: true, ..ask(Against::HealthPlan) }, vec![]),
            (
                Ask { paid_in_full: true, what: " ".into(), ..ask(Against::HealthPlan) },
                vec!["problem-limit-charge"],
            ),
            (Ask { paid_in_full: true, ..ask(Against::Family) }, vec!["problem-limit-paid"]),
            (Ask { why: "x".repeat(2_001), ..ask(Against::Family) }, vec!["problem-text-long"]),
            (Ask { party: "Dr. \u{202e}eeL".into(), ..ask(Against::Named) }, vec!["problem-text-unseen"]),
            (Ask { why: "\u{200b}".into(), ..ask(Against::Family) }, vec!["problem-text-unseen"]),
        ] {
            let found: Vec<_> = problems(&ask).0.iter().map(|problem| problem.code).collect();
            assert_eq!(found, wanted, "{ask:?}");
        }
    }

    proptest! {
        /// I10: what the clinic had to agree to, or may have to, stands against the plan for payment and operations, whatever is
        /// in it; and against nothing that a law requires.
        #[test]
        fn what_was_paid_stays_from_the_plan(
            n in 0..Sort::ALL.len(), labels in 0..=Labels::ALL.0, bits in 1i64.., answered in any::<bool>(),
        ) {
            let paid = Ask { paid_in_full: true, ..ask(Against::HealthPlan) };
            let restriction = kept(paid, if answered { Answer::MustAgree } else { Answer::Asked });
            let outgoing = Outgoing { sort: Sort::ALL[n], labels: vec![Labels(labels)], categories: bits, ..claim() };
            let for_the_plan = matches!(outgoing.sort, Sort::Payment | Sort::Operations);
            prop_assert_eq!(stops(&restriction, &outgoing), for_the_plan);
        }
    }
}
