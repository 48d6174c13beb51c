//! What who acts on a record may do with its consents. Pure. Where two rules differ, the one that allows less holds.

use super::model::{Answer, Kind, Restriction, Terms};
use super::{cover_rules, rules};
use crate::base::AccountId;
use crate::fhir::sensitivity::Labels;
use crate::representation::Lens;

/// Where somebody stands towards the person whose record it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// They are the person.
    Own {
        /// Whether they are of age.
        of_age: bool,
    },
    /// They act in the person's place.
    For {
        /// For somebody who is not of age.
        of_a_minor: bool,
        /// What they see of the record.
        lens: Lens,
    },
}

/// Whether a consent of a kind may be signed. Who is not of age signs alone only what concerns treatment for substance
/// use that they may seek alone, and who acts for a minor signs none of that (42 CFR 2.14).
///
/// # Errors
/// The code of the refusal.
pub fn may_sign(stand: Stand, kind: Kind) -> Result<(), &'static str> {
    match stand {
        Stand::Own { of_age: false } if !kind.is_part2() => Err("refused-minor-signs"),
        Stand::For { of_a_minor: true, .. } if kind.is_part2() => Err("refused-minor-part-two"),
        _ => Ok(()),
    }
}

/// Whether a form of a kind may be begun: one that always names what somebody does not see themselves is none of theirs.
///
/// # Errors
/// The code of the refusal.
pub fn may_begin(stand: Stand, kind: Kind) -> Result<(), &'static str> {
    may_sign(stand, kind)?;
    let named: Labels = rules::needed(kind).into_iter().collect();
    match stand {
        Stand::For { lens, .. } if lens.hidden.0 & named.0 != 0 => Err("refused-beyond-authority"),
        _ => Ok(()),
    }
}

/// Whether a consent lies within what somebody acts for: they neither give away, nor read, nor take back what they do
/// not see themselves.
pub fn reaches(stand: Stand, terms: &Terms) -> bool {
    match stand {
        Stand::Own { .. } => true,
        Stand::For { lens, .. } => {
            may_sign(stand, terms.kind).is_ok() && within(&cover_rules::lens(terms), &lens)
        }
    }
}

/// Whether nothing is seen through the one that is not seen through the other.
fn within(inner: &Lens, outer: &Lens) -> bool {
    inner.categories & !outer.categories == 0
        && inner.files & !outer.files == 0
        && outer.hidden.0 & !inner.hidden.0 == 0
        && inner.from >= outer.from
        && inner.to <= outer.to
}

/// Whether somebody may know of a request: who acts for the person, only of what they asked themselves.
pub fn knows(stand: Stand, restriction: &Restriction, account: AccountId) -> bool {
    matches!(stand, Stand::Own { .. }) || restriction.account == Some(account)
}

/// Whether the one who acts may end a restriction. What the clinic agreed to protects who is not of age, so they take
/// back alone only what was not answered yet.
///
/// # Errors
/// The code of the refusal.
pub fn may_end(stand: Stand, restriction: &Restriction) -> Result<(), &'static str> {
    match stand {
        Stand::Own { of_age: false } if restriction.answer != Answer::Asked => Err("refused-minor-signs"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::base::{Instant, PatientNo, RestrictionId};
    use crate::consents::model::{Against, Ask, Scope, Signer};
    use crate::fhir::present::Category;
    use crate::fhir::sensitivity::Label;

    const ADULT: Stand = Stand::Own { of_age: true };
    const MINOR: Stand = Stand::Own { of_age: false };

    #[test]
    fn who_signs_what() {
        for kind in Kind::ALL {
            let (parent, agent) = (
                Stand::For { of_a_minor: true, lens: Lens::WHOLE },
                Stand::For { of_a_minor: false, lens: Lens::WHOLE },
            );
            let said = [ADULT, MINOR, parent, agent].map(|stand| may_sign(stand, kind).err());
            let wanted = match kind.is_part2() {
                true => [None, None, Some("refused-minor-part-two"), None],
                false => [None, Some("refused-minor-signs"), None, None],
            };
            assert_eq!(said, wanted, "{kind:?}");
        }
    }

    #[test]
    fn a_form_about_what_is_not_seen_is_not_begun() {
        let notes =
            Lens { hidden: [Label::PsychotherapyNotes].into_iter().collect::<Labels>(), ..Lens::WHOLE };
        for kind in Kind::ALL {
            let begins = |stand| may_begin(stand, kind).err();
            let agent = |lens| Stand::For { of_a_minor: false, lens };
            let named = matches!(kind, Kind::Psych508 | Kind::Part2Counseling);
            assert_eq!(begins(agent(notes)), named.then_some("refused-beyond-authority"), "{kind:?}");
            assert_eq!(begins(agent(Lens::WHOLE)), None, "{kind:?}");
            assert_eq!(begins(ADULT), None, "{kind:?}");
            let parent = Stand::For { of_a_minor: true, lens: notes };
            let wanted = match kind {
                kind if kind.is_part2() => Some("refused-minor-part-two"),
                Kind::Psych508 => Some("refused-beyond-authority"),
                _ => None,
            };
            assert_eq!(begins(parent), wanted, "{kind:?}");
        }
    }

    fn terms(kind: Kind, categories: Option<BTreeSet<Category>>, labels: &[Label]) -> Terms {
        let scope = Scope { categories, labels: labels.iter().copied().collect(), ..Scope::default() };
        Terms {
            kind,
            person: String::new(),
            discloser: String::new(),
            recipient: Default::default(),
            scope: Some(scope),
            purposes: [].into(),
            expiry: None,
            statements: [].into(),
            paid: false,
            conditioned: false,
            combined: [].into(),
            signer: Signer::default(),
        }
    }

    #[test]
    fn nobody_gives_more_than_they_see() {
        let nothing = Lens { categories: 0, ..Lens::WHOLE };
        let labs_only = Lens { categories: 1 << Category::Labs.code(), ..Lens::WHOLE };
        let no_hiv = Lens { hidden: [Label::Hiv].into_iter().collect::<Labels>(), ..Lens::WHOLE };
        let of_last_year = Lens::dated(Some("2025-01-01"), Some("2025-12-31"));
        let all = terms(Kind::Hipaa508, None, &[]);
        let labs = terms(Kind::Hipaa508, Some([Category::Labs].into()), &[]);
        let hiv = terms(Kind::Hipaa508, None, &[Label::Hiv]);
        let treatment = terms(Kind::Part2Tpo, None, &[Label::SubstanceUse]);
        for (of_a_minor, lens, reached) in [
            (false, Lens::WHOLE, [true, true, true, true]),
            (true, Lens::WHOLE, [true, true, true, false]),
            (true, nothing, [false, false, false, false]),
            (false, labs_only, [false, true, false, false]),
            (false, no_hiv, [true, true, false, true]),
            (false, of_last_year, [false, false, false, false]),
        ] {
            let stand = Stand::For { of_a_minor, lens };
            assert_eq!(
                [&all, &labs, &hiv, &treatment].map(|terms| reaches(stand, terms)),
                reached,
                "{stand:?}"
            );
        }
        assert!([&all, &labs, &hiv, &treatment].into_iter().all(|terms| reaches(MINOR, terms)));
    }

    #[test]
    fn requests_of_others_are_not_told() {
        let (mine, theirs) = (AccountId(uuid::Uuid::from_u128(1)), AccountId(uuid::Uuid::from_u128(2)));
        let asked = |answer| Restriction {
            id: RestrictionId(uuid::Uuid::from_u128(3)),
            patient: PatientNo(1),
            account: Some(theirs),
            ask: Ask {
                against: Against::Family,
                party: String::new(),
                categories: None,
                labels: [].into(),
                what: String::new(),
                why: String::new(),
                paid_in_full: false,
            },
            must_agree: false,
            answer,
            answer_text: String::new(),
            asked: Instant(1),
            answered: None,
            ended: None,
        };
        let parent = Stand::For { of_a_minor: true, lens: Lens::WHOLE };
        let request = asked(Answer::Asked);
        let said = [(ADULT, mine), (MINOR, mine), (parent, mine), (parent, theirs)];
        assert_eq!(said.map(|(stand, who)| knows(stand, &request, who)), [true, true, false, true]);
        for (stand, answer, refused) in [
            (MINOR, Answer::Asked, false),
            (MINOR, Answer::Agreed, true),
            (MINOR, Answer::MustAgree, true),
            (ADULT, Answer::MustAgree, false),
        ] {
            assert_eq!(may_end(stand, &asked(answer)).is_err(), refused, "{stand:?} {answer:?}");
        }
    }
}
