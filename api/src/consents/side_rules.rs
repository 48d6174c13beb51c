//! What who acts on a record may do with its consents. Pure. Where two rules differ, the one that allows less holds.

use std::collections::BTreeSet;

use super::model::{Answer, Kind, Restriction, Scope, Terms};
use super::rules::Defect;
use super::{cover_rules, rules};
use crate::base::AccountId;
use crate::fhir::sensitivity::{Label, Labels, Service};
use crate::representation::{self, Age, Lens};

/// Where somebody stands towards the person whose record it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// They are the person.
    Own {
        /// How far they are by their age.
        age: Age,
        /// The bits of the services to which they may consent alone, where they are not of age.
        alone: Labels,
    },
    /// They act in the person's place.
    For {
        /// How far the person is by their age.
        age: Age,
        /// Whether they speak for an adult where 42 CFR Part 2 asks for a consent.
        speaks: Speaks,
        /// Of what of the record they may sign ([`signs_of`]).
        lens: Lens,
    },
}

/// Whether somebody who acts for an adult gives the consents of 42 CFR Part 2 in their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    /// They do (2.15).
    Yes,
    /// They do not: the person may name them in one.
    No,
}

/// Whether a consent of a kind may be signed on a page, by one. Who is not of age signs nothing alone but what concerns
/// treatment for substance use that they may seek alone, and who acts for them signs none of that (42 CFR 2.14(a)). Where
/// they may not, or nobody settled it, both must sign (2.14(b)): that takes a paper. For the other services that they may
/// seek alone nobody stands in their place (45 CFR 164.502(g)(3)(i)): they sign for those ([`services`]). For an adult only
/// those sign it whom 2.15 names, or the law of the place beside it.
///
/// # Errors
/// The code of the refusal.
pub fn may_sign(stand: Stand, kind: Kind) -> Result<(), &'static str> {
    match (stand, kind.is_part2()) {
        (Stand::Own { age: Age::Minor, .. } | Stand::For { age: Age::Minor, .. }, true) => {
            Err("refused-part-two-both")
        }
        (Stand::For { age: Age::MayAlone, .. }, true) => Err("refused-minor-part-two"),
        (Stand::For { age: Age::OfAge, speaks: Speaks::No, .. }, true) => Err("refused-adult-part-two"),
        (Stand::Own { age: Age::MayAlone | Age::Minor, .. }, false) if services(stand, kind).is_empty() => {
            Err("refused-minor-signs")
        }
        _ => Ok(()),
    }
}

/// The services of which alone a consent of a kind may speak that who is not of age signs: those that they may seek alone,
/// as far as the kind can carry them. None: it is not limited so, or they sign none.
pub fn services(stand: Stand, kind: Kind) -> BTreeSet<Service> {
    match stand {
        Stand::Own { age: Age::MayAlone | Age::Minor, alone } => of_own(kind, alone),
        _ => BTreeSet::new(),
    }
}

/// Of these services, those of a directive or an authorization that is a minor's own. Psychotherapy notes and research have
/// sheets that say nothing of a service.
fn of_own(kind: Kind, alone: Labels) -> BTreeSet<Service> {
    let carried = |one: &Service| one.label().is_some_and(|label| rules::carries(kind, label));
    let open = |one: &Service| alone.0 & one.bit().0 != 0 && carried(one);
    let speaks = matches!(kind, Kind::Directive | Kind::Hipaa508);
    Service::ALL.into_iter().filter(|one| speaks && open(one)).collect()
}

/// Whether it speaks of nothing but these services, and names what it has to name for that.
fn is_about(scope: Option<&Scope>, open: &BTreeSet<Service>) -> bool {
    scope.is_some_and(|scope| {
        let named = |one: &Service| one.label().is_some_and(|label| scope.labels.contains(&label));
        !scope.alone.is_empty()
            && scope.alone.is_subset(open)
            && scope.alone.iter().all(named)
            && scope.labels.contains(&Label::Minor)
    })
}

/// What a consent says that whoever stands so cannot sign, though its kind is theirs to sign: a minor for anything else
/// than what they may seek alone, and who acts for a minor for what the minor sought alone.
pub fn unsignable(stand: Stand, terms: &Terms) -> Option<Defect> {
    let scope = terms.scope.as_ref();
    match stand {
        _ if terms.kind.is_part2() => None,
        Stand::Own { age: Age::MayAlone | Age::Minor, .. } => {
            (!is_about(scope, &services(stand, terms.kind))).then_some(Defect::OwnService)
        }
        Stand::For { age: Age::MayAlone | Age::Minor, .. } => {
            names_own(terms).then_some(Defect::MinorsService)
        }
        _ => None,
    }
}

/// Whether it names what a minor consented to alone.
fn names_own(terms: &Terms) -> bool {
    terms.scope.as_ref().is_some_and(|scope| scope.labels.contains(&Label::Minor))
}

/// What the signatures of a paper lack by the age of the person. Of treatment for substance use (42 CFR 2.14): who may
/// seek it alone signs alone, and else both sign. Of all else a minor signs alone for the services that they may seek alone
/// (45 CFR 164.502(g)(3)(i)), nobody signs in their place for those, and for the rest somebody signs for them or with them.
/// `authority` tells that somebody signed for the person, `beside` who signed with them.
pub fn unsigned_by_age(terms: &Terms, (age, alone): (Age, Labels)) -> Option<Defect> {
    let signer = &terms.signer;
    let own = signer.authority.is_none();
    let beside = signer.beside.as_ref().is_some_and(|name| !name.trim().is_empty());
    match age {
        Age::OfAge => None,
        _ if !terms.kind.is_part2() => match own {
            true => (!beside && !is_about(terms.scope.as_ref(), &of_own(terms.kind, alone)))
                .then_some(Defect::MinorSigns),
            false => names_own(terms).then_some(Defect::MinorsService),
        },
        Age::MayAlone if !own => Some(Defect::MinorAlone),
        Age::Minor if !own || !beside => Some(Defect::BothSign),
        Age::MayAlone | Age::Minor => None,
    }
}

/// Of what somebody who acts for another signs: of what they see, and of the notes that are kept apart from everybody, the
/// person themselves included (45 CFR 164.502(g)(1), 164.508(a)(2)): to sign for those opens none of them. Whose right was
/// limited in any way signs for what they see alone.
pub fn signs_of(lens: Lens, granted: &representation::Scope) -> Lens {
    let whole = representation::Scope { copies: granted.copies, ..representation::Scope::WHOLE };
    match *granted == whole {
        true => Lens { hidden: lens.hidden.without(Label::PsychotherapyNotes), ..lens },
        false => lens,
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
        && outer.before.is_left_out_by(*inner)
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
        Stand::Own { age: Age::MayAlone | Age::Minor, .. } if restriction.answer != Answer::Asked => {
            Err("refused-minor-signs")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Instant, PatientNo, RestrictionId};
    use crate::consents::model::{Against, Ask, Signer};
    use crate::fhir::present::Category;

    const NONE: Labels = Labels(0);
    const ADULT: Stand = Stand::Own { age: Age::OfAge, alone: NONE };
    const MINOR: Stand = Stand::Own { age: Age::MayAlone, alone: NONE };
    const CHILD: Stand = Stand::Own { age: Age::Minor, alone: NONE };

    fn acting(age: Age) -> Stand {
        Stand::For { age, speaks: Speaks::Yes, lens: Lens::WHOLE }
    }

    #[test]
    fn who_signs_what() {
        let (both, alone) = (Some("refused-part-two-both"), Some("refused-minor-part-two"));
        for kind in Kind::ALL {
            let said = [ADULT, MINOR, CHILD].map(|stand| may_sign(stand, kind).err());
            let acting = [Age::OfAge, Age::MayAlone, Age::Minor].map(|age| may_sign(acting(age), kind).err());
            let minor = Some("refused-minor-signs");
            let wanted = match kind.is_part2() {
                true => ([None, None, both], [None, alone, both]),
                false => ([None, minor, minor], [None; 3]),
            };
            assert_eq!((said, acting), wanted, "{kind:?}");
            // Who holds a power of attorney, and a surrogate (42 CFR 2.15(a)(1)).
            let agent = Stand::For { age: Age::OfAge, speaks: Speaks::No, lens: Lens::WHOLE };
            let wanted = kind.is_part2().then_some("refused-adult-part-two");
            assert_eq!(
                (may_sign(agent, kind).err(), may_begin(agent, kind).err()),
                (wanted, wanted),
                "{kind:?}"
            );
            assert_eq!(reaches(agent, &terms(kind, None, &[])), wanted.is_none(), "{kind:?}");
        }
    }

    /// Who is not of age × kind → the services for which they sign.
    #[test]
    fn a_minor_signs_for_what_they_may_seek_alone() {
        use Service::{Hiv, Reproductive, SubstanceUse, Untold};
        let all = Service::ALL.into_iter().fold(NONE, |bits, one| bits.and(one.bit()));
        for kind in Kind::ALL {
            let own = matches!(kind, Kind::Directive | Kind::Hipaa508);
            for age in [Age::MayAlone, Age::Minor] {
                for (alone, wanted) in [
                    (NONE, vec![]),
                    (SubstanceUse.bit(), vec![]),
                    (Untold.bit(), vec![]),
                    (Hiv.bit(), vec![Hiv]),
                    (Hiv.bit().and(SubstanceUse.bit()), vec![Hiv]),
                    (Hiv.bit().and(Reproductive.bit()), vec![Hiv, Reproductive]),
                ] {
                    let stand = Stand::Own { age, alone };
                    let wanted: BTreeSet<_> = wanted.into_iter().filter(|_| own).collect();
                    assert_eq!(services(stand, kind), wanted, "{kind:?} {alone:?}");
                    let refused = may_sign(stand, kind) == Err("refused-minor-signs");
                    assert_eq!(refused, !kind.is_part2() && wanted.is_empty(), "{kind:?} {alone:?}");
                }
                assert_eq!(services(acting(age), kind), BTreeSet::new(), "{kind:?}");
            }
            assert_eq!(
                services(Stand::Own { age: Age::OfAge, alone: all }, kind),
                BTreeSet::new(),
                "{kind:?}"
            );
        }
    }

    /// What stands in an authorization × who signs it, here and on paper → what is wrong (45 CFR 164.502(g)(3)(i)).
    #[test]
    fn whose_signature_stands_under_what_a_minor_sought_alone() {
        use Label::{Genetic, Hiv, Minor};
        let hiv = Service::Hiv.bit();
        let authority = Some("parent, by birth certificate");
        let beside = Some("Elena Ellis, parent");
        let (own, theirs) = (Some(Defect::OwnService), Some(Defect::MinorsService));
        let one = Some(Defect::MinorSigns);
        for (alone, labels, here, paper) in [
            // Nothing said of a service: all of the record.
            (vec![], vec![], [own, None], [one, None, None]),
            (vec![], vec![Hiv], [own, None], [one, None, None]),
            (vec![], vec![Minor, Hiv], [own, theirs], [one, None, theirs]),
            (vec![Service::Hiv], vec![Minor, Hiv], [None, theirs], [None, None, theirs]),
            (vec![Service::Hiv], vec![Minor, Hiv, Genetic], [None, theirs], [None, None, theirs]),
            // What it is about has to be named, or nothing would be shared.
            (vec![Service::Hiv], vec![Minor], [own, theirs], [one, None, theirs]),
            (vec![Service::Hiv], vec![Hiv], [own, None], [one, None, None]),
            // A service that the law does not leave to them.
            (vec![Service::Violence], vec![Minor, Label::Violence], [own, theirs], [one, None, theirs]),
            (vec![Service::Hiv, Service::Violence], vec![Minor, Hiv], [own, theirs], [one, None, theirs]),
        ] {
            for kind in [Kind::Directive, Kind::Hipaa508] {
                let mut terms = terms(kind, None, &labels);
                terms.scope.as_mut().unwrap().alone = alone.iter().copied().collect();
                for age in [Age::MayAlone, Age::Minor] {
                    let stands = [Stand::Own { age, alone: hiv }, acting(age)];
                    assert_eq!(stands.map(|stand| unsignable(stand, &terms)), here, "{alone:?} {labels:?}");
                    let signed = |authority: Option<&str>, beside: Option<&str>| {
                        let (authority, beside) = (authority.map(str::to_owned), beside.map(str::to_owned));
                        let signer = Signer { authority, beside, ..Signer::default() };
                        unsigned_by_age(&Terms { signer, ..terms.clone() }, (age, hiv))
                    };
                    let said = [signed(None, None), signed(None, beside), signed(authority, None)];
                    assert_eq!(said, paper, "{alone:?} {labels:?}");
                }
                for stand in [ADULT, acting(Age::OfAge)] {
                    assert_eq!(unsignable(stand, &terms), None, "{stand:?}");
                }
                assert_eq!(unsigned_by_age(&terms, (Age::OfAge, NONE)), None);
            }
        }
    }

    /// 42 CFR 2.14: age × who signed → what is missing.
    #[test]
    fn a_paper_of_a_minor_has_the_signatures_of_the_law() {
        use Age::{MayAlone, Minor, OfAge};
        let (own, parent) = (None, Some("parent, by birth certificate"));
        let both = Some("Elena Ellis, parent");
        let (two, alone) = (Some(Defect::BothSign), Some(Defect::MinorAlone));
        for (age, authority, beside, wanted) in [
            (OfAge, own, None, None),
            (OfAge, parent, None, None),
            (MayAlone, own, None, None),
            (MayAlone, own, both, None),
            (MayAlone, parent, None, alone),
            (MayAlone, parent, both, alone),
            (Minor, own, None, two),
            (Minor, own, Some(" "), two),
            (Minor, parent, None, two),
            (Minor, parent, both, two),
            (Minor, own, both, None),
        ] {
            for kind in Kind::ALL.into_iter().filter(|kind| kind.is_part2()) {
                let mut terms = terms(kind, None, &[]);
                terms.signer.authority = authority.map(str::to_owned);
                terms.signer.beside = beside.map(str::to_owned);
                let said = unsigned_by_age(&terms, (age, NONE));
                assert_eq!(said, wanted, "{kind:?} {age:?} {authority:?} {beside:?}");
            }
        }
    }

    #[test]
    fn a_form_about_what_is_not_seen_is_not_begun() {
        let notes =
            Lens { hidden: [Label::PsychotherapyNotes].into_iter().collect::<Labels>(), ..Lens::WHOLE };
        for kind in Kind::ALL {
            let begins = |stand| may_begin(stand, kind).err();
            let agent = |lens| Stand::For { age: Age::OfAge, speaks: Speaks::Yes, lens };
            let named = matches!(kind, Kind::Psych508 | Kind::Part2Counseling);
            assert_eq!(begins(agent(notes)), named.then_some("refused-beyond-authority"), "{kind:?}");
            assert_eq!(begins(agent(Lens::WHOLE)), None, "{kind:?}");
            assert_eq!(begins(ADULT), None, "{kind:?}");
            let parent = Stand::For { age: Age::MayAlone, speaks: Speaks::No, lens: notes };
            let wanted = match kind {
                kind if kind.is_part2() => Some("refused-minor-part-two"),
                Kind::Psych508 => Some("refused-beyond-authority"),
                _ => None,
            };
            assert_eq!(begins(parent), wanted, "{kind:?}");
        }
    }

    /// Psychotherapy notes are hidden from everybody: who has the whole of a right signs for them as the person does.
    #[test]
    fn who_has_the_whole_right_signs_for_notes_kept_apart() {
        use representation::Scope as Granted;
        let of = |labels: &[Label]| labels.iter().copied().collect::<Labels>();
        let lens = Lens { hidden: of(&[Label::PsychotherapyNotes, Label::Minor]), ..Lens::WHOLE };
        let psych = terms(Kind::Psych508, None, &[Label::PsychotherapyNotes]);
        for (granted, signs) in [
            (Granted::WHOLE, true),
            (Granted { copies: false, ..Granted::WHOLE }, true),
            (Granted { categories: Some(vec![Category::Notes]), ..Granted::WHOLE }, false),
            (Granted { without: vec![Category::Labs], ..Granted::WHOLE }, false),
            (Granted { hidden: vec![Label::MentalHealth], ..Granted::WHOLE }, false),
            (Granted { to: Some("2025-12-31".into()), ..Granted::WHOLE }, false),
        ] {
            for age in [Age::OfAge, Age::MayAlone, Age::Minor] {
                let lens = signs_of(lens, &granted);
                let stand = Stand::For { age, speaks: Speaks::Yes, lens };
                assert_eq!(may_begin(stand, Kind::Psych508).is_ok(), signs, "{granted:?}");
                assert_eq!(reaches(stand, &psych), signs, "{granted:?}");
                // What a minor sought alone stays theirs.
                assert!(lens.hidden.has(Label::Minor), "{granted:?}");
            }
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
        for (age, lens, reached) in [
            (Age::OfAge, Lens::WHOLE, [true, true, true, true]),
            (Age::MayAlone, Lens::WHOLE, [true, true, true, false]),
            (Age::Minor, Lens::WHOLE, [true, true, true, false]),
            (Age::Minor, nothing, [false, false, false, false]),
            (Age::OfAge, labs_only, [false, true, false, false]),
            (Age::OfAge, no_hiv, [true, true, false, true]),
            (Age::OfAge, of_last_year, [false, false, false, false]),
        ] {
            let stand = Stand::For { age, speaks: Speaks::Yes, lens };
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
            intake: None,
        };
        let parent = acting(Age::MayAlone);
        let request = asked(Answer::Asked);
        let said = [(ADULT, mine), (MINOR, mine), (parent, mine), (parent, theirs)];
        assert_eq!(said.map(|(stand, who)| knows(stand, &request, who)), [true, true, false, true]);
        for (stand, answer, refused) in [
            (MINOR, Answer::Asked, false),
            (CHILD, Answer::Asked, false),
            (CHILD, Answer::Agreed, true),
            (MINOR, Answer::Agreed, true),
            (MINOR, Answer::MustAgree, true),
            (ADULT, Answer::MustAgree, false),
        ] {
            assert_eq!(may_end(stand, &asked(answer)).is_err(), refused, "{stand:?} {answer:?}");
        }
    }
}
