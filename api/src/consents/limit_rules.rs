//! What a limit keeps back: one meaning for the page that asks for it, for each look, and for what goes out. Pure.

use super::cover_rules::category_bits;
use super::model::Ask;
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

/// Whether it keeps back any of what would go out, by the categories of all items as bits and the labels of each.
pub fn keeps_back(ask: &Ask, (categories, labels): (i64, &[Labels])) -> bool {
    let left = left(ask);
    categories & !left.categories != 0 || labels.iter().any(|found| found.0 & left.hidden.0 != 0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::consents::model::Against;
    use crate::fhir::present::Category::{self, Labs, Notes};
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
}
