//! What a limit keeps back: one meaning for the page that asks for it, for each look, and for what goes out. Pure.

use super::cover_rules::category_bits;
use super::model::{Ask, Ender, Restriction};
use crate::base::Instant;
use crate::fhir::present::Category;
use crate::fhir::sensitivity::Labels;
use crate::representation::Lens;

/// What a limit leaves of a record: what lies in none of the ticked parts and has none of the ticked labels. Where
/// nothing is ticked all is kept back, also where words tell of one visit or charge: no program knows which items those
/// are.
pub fn left(ask: &Ask) -> Lens {
    let labels: Labels = ask.labels.iter().copied().collect();
    let parts = ask.categories.as_ref().map_or(0, category_bits);
    if parts == 0 && labels.is_empty() {
        return Lens { categories: 0, ..Lens::WHOLE };
    }
    Lens { categories: !parts, hidden: labels.hidden(), ..Lens::WHOLE }
}

/// What a limit that is kept leaves of a record now. One that the person ended leaves all of it. One that the clinic ended
/// by notice holds for what it created or received before (45 CFR 164.522(a)(2)(iii)): for what first came here until the
/// notice, with all that became of it since ([`before`]).
pub fn left_now(limit: &Restriction) -> Lens {
    match limit.ended {
        None => left(&limit.ask),
        Some((at, Ender::Notice)) => before(&limit.ask, left(&limit.ask), at),
        Some((_, Ender::InWriting | Ender::Oral)) => Lens::WHOLE,
    }
}

/// What is left where a limit that leaves so much ended by notice at a moment. Whose record it is came before, and goes
/// along with what is new, unless the person ticked that it is kept back.
pub fn before(ask: &Ask, left: Lens, at: Instant) -> Lens {
    let ticked = ask.categories.as_ref().is_some_and(|ticked| ticked.contains(&Category::Demographics));
    let along = if ticked { 0 } else { category_bits(&[Category::Demographics].into()) };
    Lens { categories: left.categories | along, ..left }.until(at)
}

/// Whether a limit that was kept keeps back anything still, as [`left_now`] says.
pub fn reaches(limit: &Restriction) -> bool {
    matches!(limit.ended, None | Some((_, Ender::Notice)))
}

/// Whether it keeps back any of what would go out, by the categories of all items as bits and the labels of each.
pub fn keeps_back(ask: &Ask, (categories, labels): (i64, &[Labels])) -> bool {
    let left = left(ask);
    categories & !left.categories != 0 || labels.iter().any(|found| found.0 & left.hidden.0 != 0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::base::{PatientNo, RestrictionId};
    use crate::consents::model::{Against, Answer};
    use crate::fhir::present::Category::{Demographics, Labs, Notes};
    use crate::fhir::sensitivity::Label::{self, Genetic, Hiv};

    fn ask(categories: Option<&[Category]>, labels: &[Label]) -> Ask {
        Ask {
            against: Against::Named,
            party: "Dr. Lee".into(),
            categories: categories.map(|some| some.iter().copied().collect::<BTreeSet<_>>()),
            labels: labels.iter().copied().collect(),
            what: "Visit of March 4".into(),
            why: String::new(),
            paid_in_full: false,
        }
    }

    /// What is ticked × an item → whether it is kept back, in a look as in what goes out.
    #[test]
    fn a_limit_means_one_thing() {
        let items = [(Labs, &[][..]), (Labs, &[Hiv]), (Notes, &[]), (Notes, &[Hiv]), (Notes, &[Genetic])];
        for (categories, labels, kept) in [
            (None, &[][..], [true, true, true, true, true]),
            // Only words say what is meant.
            (Some(&[][..]), &[], [true, true, true, true, true]),
            (Some(&[Labs]), &[], [true, true, false, false, false]),
            (None, &[Hiv], [false, true, false, true, false]),
            (Some(&[]), &[Hiv], [false, true, false, true, false]),
            // Both: what is in the part, and what has the label wherever it stands.
            (Some(&[Labs]), &[Hiv], [true, true, false, true, false]),
            (Some(&[Labs, Notes]), &[Genetic], [true, true, true, true, true]),
        ] {
            let ask = ask(categories, labels);
            for ((category, labels), kept) in items.iter().zip(kept) {
                let found: Labels = labels.iter().copied().collect();
                let said = format!("{:?} {:?}: {category:?} {labels:?}", ask.categories, ask.labels);
                assert_eq!(!left(&ask).shows(*category, found.kept(), 0), kept, "{said}");
                let going = (category_bits(&[*category].into()), &[found][..]);
                assert_eq!(keeps_back(&ask, going), kept, "{said}");
            }
        }
    }

    /// How it ended × when an item first came → whether it is kept back, where all the ticked ones are.
    #[test]
    fn a_notice_ends_a_limit_for_what_comes_after() {
        const NOTICE: Instant = Instant(1_000);
        let limit = |ended| Restriction {
            id: RestrictionId(uuid::Uuid::nil()),
            patient: PatientNo(1),
            account: None,
            ask: ask(Some(&[Labs]), &[Hiv]),
            must_agree: false,
            answer: Answer::Agreed,
            answer_text: String::new(),
            asked: Instant(1),
            answered: Some(Instant(2)),
            ended,
            intake: None,
        };
        for (ended, kept) in [
            (None, [true, true, true]),
            // What came at the very moment may have been there before.
            (Some((NOTICE, Ender::Notice)), [true, true, false]),
            (Some((NOTICE, Ender::InWriting)), [false, false, false]),
            (Some((NOTICE, Ender::Oral)), [false, false, false]),
        ] {
            let limit = limit(ended);
            for (came, kept) in [999, 1_000, 1_001].into_iter().zip(kept) {
                let came = Instant(came);
                for (category, labels, ticked) in
                    [(Labs, &[][..], true), (Notes, &[Hiv], true), (Notes, &[], false)]
                {
                    let found: Labels = labels.iter().copied().collect::<Labels>().kept();
                    let seen = left_now(&limit).shows_come((category, found), (0, came));
                    assert_eq!(!seen, kept && ticked, "{ended:?} {came:?} {category:?} {labels:?}");
                }
            }
            assert_eq!(reaches(&limit), kept[0], "{ended:?}");
        }
    }

    /// What was ticked × what came before a notice and after it → whether it is kept back. Whose record it is goes along with
    /// what is new.
    #[test]
    fn whose_record_it_is_goes_along_after_a_notice() {
        const NOTICE: Instant = Instant(1_000);
        for (categories, labels, kept) in [
            (None, &[][..], [true, false]),
            (Some(&[][..]), &[], [true, false]),
            (Some(&[Labs]), &[], [true, false]),
            (None, &[Hiv], [false, false]),
            // By name.
            (Some(&[Demographics]), &[], [false, true]),
            (Some(&[Labs, Demographics]), &[Hiv], [true, true]),
        ] {
            let ask = ask(categories, labels);
            let lens = before(&ask, left(&ask), NOTICE);
            let kept_back = |at: i64| {
                [Labs, Demographics].map(|one| !lens.shows_come((one, Labels::default()), (0, Instant(at))))
            };
            assert_eq!(kept_back(1_000), kept, "{categories:?} {labels:?}");
            assert_eq!(kept_back(1_001), [false, false], "{categories:?} {labels:?}");
        }
    }
}
