//! What is left of a look at a record, or of a disclosure from it, under the restrictions that the clinic agreed to
//! (45 CFR 164.522(a)) and the consents that 42 CFR Part 2 asks for. Pure. Deny wins, and nothing here ever widens.

use super::cover_rules::{self, Choice, Disclosure, category_bits};
use super::limit_rules;
use super::model::{Against, Answer, Class, Consent, Ender, Party, Purpose, Restriction};
use super::name_rules::named;
use crate::base::Instant;
use crate::fhir::present::Category;
use crate::fhir::sensitivity::{Label, Labels};
use crate::representation::Lens;

/// As what somebody receives a part of a record, or looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// In the person's place (45 CFR 164.502(g)).
    Representative,
    /// A helper whom the person chose (164.510(b)).
    Helper,
    /// The clinic's staff, at their work.
    Staff,
    /// The clinic's staff in an emergency (164.522(a)(1)(iii)).
    EmergencyStaff,
    /// An app that the person, or who acts for them, connected.
    App,
}

/// Who would receive it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// As what.
    pub position: Position,
    /// The names by which a restriction or a consent may call them: their own, and what the person calls them.
    pub names: Vec<String>,
    /// What they would see if nothing here stood against it.
    pub lens: Lens,
}

/// What is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What is left; to be laid over what the recipient sees on their own ground ([`Lens::and`]).
    pub lens: Lens,
    /// Whether a restriction took anything of it away. Told to the person, and to nobody else.
    pub limited: bool,
    /// Which consent under 42 CFR 2.31 covers records that Part 2 protects.
    pub consent: Choice,
}

impl Decision {
    /// Whether nothing at all is left.
    pub fn is_shut(&self) -> bool {
        self.lens.categories == 0
    }
}

/// Whether a restriction is agreed to and binds this recipient. Who stands in the person's place is treated as the person
/// (164.502(g)(1)), so no restriction binds them; where that is a danger the clinic declines them (164.502(g)(5)). A helper
/// whom the person chose is the person's own wish, unless they are named. One that the clinic ended by notice stays for
/// what there was before (`limit_rules::left_now`).
fn binds(restriction: &Restriction, recipient: &Recipient) -> bool {
    let agreed = matches!(restriction.answer, Answer::Agreed | Answer::MustAgree);
    let over = matches!(restriction.ended, Some((_, Ender::InWriting | Ender::Oral)));
    let theirs = match (restriction.ask.against, recipient.position) {
        (_, Position::EmergencyStaff | Position::Representative) | (Against::HealthPlan, _) => false,
        (Against::Named, _) | (Against::Family, Position::Helper) => {
            named(&restriction.ask.party, &recipient.names)
        }
        (Against::Family, Position::Staff | Position::App) => false,
    };
    agreed && !over && theirs
}

/// What is left under all restrictions of a person, and whether any took something.
pub fn under_restrictions(all: &[Restriction], recipient: &Recipient) -> (Lens, bool) {
    let bound = all.iter().filter(|one| binds(one, recipient));
    let lens = bound.map(limit_rules::left_now);
    lens.fold((Lens::WHOLE, false), |(all, _), one| (all.and(one), true))
}

/// Which consent in force lets this recipient have what 42 CFR Part 2 protects (2.31, 2.33). The clinic's staff receive
/// for the clinic: by its name, or as treating providers. It must let this clinic share (2.31(a)(2)) and reach all that the
/// recipient sees: of two that differ, or one for a part, nobody guesses.
pub fn part2(
    consents: &[Consent],
    (recipient, clinic): (&Recipient, &str),
    (purpose, at): (Purpose, Instant),
) -> Choice {
    let party = |name: &str| Party { name: name.to_owned(), ..Party::default() };
    let parties: Vec<Party> = match recipient.position {
        Position::Staff | Position::EmergencyStaff => {
            vec![Party { classes: [Class::TreatingProviders].into(), ..party(clinic) }]
        }
        _ => recipient.names.iter().map(|name| party(name)).collect(),
    };
    // Whose record it is tells nothing of a treatment.
    let demographics = category_bits(&[Category::Demographics].into());
    let own: Vec<Consent> = consents.iter().filter(|one| one.terms.kind.is_part2()).cloned().collect();
    let mut found = Choice::Uncovered;
    for recipient_as in parties {
        let disclosure = Disclosure {
            discloser: clinic.to_owned(),
            recipient: recipient_as,
            purpose,
            categories: recipient.lens.categories & !demographics,
            labels: vec![Labels::default().with(Label::SubstanceUse)],
            days: None,
        };
        match cover_rules::choose(&own, &disclosure, at) {
            Choice::Uncovered => {}
            Choice::Covered(id) => found = Choice::Covered(id),
            two @ Choice::Ambiguous(_) => return two,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::base::{ConsentId, PatientNo, RestrictionId};
    use crate::consents::model::{Ask, Expiry, Kind, Scope, Signature, Signer, State, Terms};

    const NOW: Instant = Instant(1_000_000_000);
    const CLINIC: &str = "Cedar Street Clinic";

    fn agreed(against: Against, party: &str) -> Restriction {
        Restriction {
            id: RestrictionId(uuid::Uuid::nil()),
            patient: PatientNo(1),
            account: None,
            ask: Ask {
                against,
                party: party.into(),
                categories: None,
                labels: BTreeSet::new(),
                what: String::new(),
                why: String::new(),
                paid_in_full: false,
            },
            must_agree: false,
            answer: Answer::Agreed,
            answer_text: String::new(),
            asked: Instant(1),
            answered: Some(Instant(2)),
            ended: None,
            intake: None,
        }
    }

    fn recipient(position: Position, name: &str) -> Recipient {
        Recipient { position, names: vec![name.into()], lens: Lens::WHOLE }
    }

    /// Restriction × recipient → whether it binds.
    #[test]
    fn whom_a_restriction_binds() {
        use Position::*;
        for (against, party, position, name, wanted) in [
            (Against::Named, "Dr. Lee", Staff, "Sam Lee (synthetic)", true),
            (Against::Named, "dr lee", Staff, "Lee", true),
            (Against::Named, "Dr. Wu", Staff, "Sam Lee", false),
            (Against::Named, "Dr.", Staff, "Dr. Lee", false),
            (Against::Named, "", Staff, "", false),
            // Not in an emergency (164.522(a)(1)(iii)).
            (Against::Named, "Dr. Lee", EmergencyStaff, "Sam Lee", false),
            (Against::Named, "Elena", Helper, "Elena Delgado", true),
            (Against::Named, "Elena", Helper, "Ana Delgado", false),
            (Against::Family, "Elena", Helper, "Elena Delgado", true),
            // All of the family is not whom the person chose themselves.
            (Against::Family, "", Helper, "Elena Delgado", false),
            // Who stands in the person's place is no other (164.502(g)(1)).
            (Against::Named, "Elena Delgado", Representative, "Elena", false),
            (Against::Family, "Elena", Representative, "Elena Delgado", false),
            (Against::Family, "Lee", Staff, "Sam Lee", false),
            (Against::HealthPlan, "Elena", Representative, "Elena", false),
            (Against::Named, "Steps", App, "Steps", true),
            (Against::Family, "Steps", App, "Steps", false),
        ] {
            let restriction = agreed(against, party);
            let (lens, bound) =
                under_restrictions(std::slice::from_ref(&restriction), &recipient(position, name));
            assert_eq!(
                (bound, lens.categories == 0),
                (wanted, wanted),
                "{against:?} {party} {position:?} {name}"
            );
            for answer in [Answer::Asked, Answer::Declined] {
                let other = Restriction { answer, ..restriction.clone() };
                assert!(!under_restrictions(&[other], &recipient(position, name)).1, "{answer:?}");
            }
            let over = Restriction { ended: Some((NOW, Ender::InWriting)), ..restriction };
            assert!(!under_restrictions(&[over], &recipient(position, name)).1, "ended");
        }
    }

    /// Ended by notice it stays for what there was before, beside one that is kept.
    #[test]
    fn a_notice_frees_what_is_new() {
        let elena = recipient(Position::Helper, "Elena");
        let mut ended = agreed(Against::Named, "Elena");
        ended.ended = Some((Instant(3), Ender::Notice));
        let mut notes = agreed(Against::Named, "Elena");
        notes.ask.categories = Some([Category::Notes].into());
        let mut later = notes.clone();
        later.ended = Some((Instant(5), Ender::Notice));
        for (what, limits, wanted) in [
            // Labs and notes that came at 3, 4 and 6.
            ("all", vec![ended.clone()], [[false, true, true], [false, true, true]]),
            ("and notes", vec![ended.clone(), notes], [[false, true, true], [false, false, false]]),
            ("notes", vec![later.clone()], [[true, true, true], [false, false, true]]),
            // Two that ended at two moments: what either keeps stays until the later one.
            ("two", vec![ended, later], [[false, false, true], [false, false, true]]),
        ] {
            let (lens, bound) = under_restrictions(&limits, &elena);
            let seen = |category| {
                [3, 4, 6].map(|came| lens.shows_come((category, Labels::default()), (0, Instant(came))))
            };
            assert_eq!(seen(Category::Demographics), [true; 3], "{what}: whose record it is goes along");
            assert!(bound && lens.is_part(), "{what}");
            assert_eq!([Category::Labs, Category::Notes].map(seen), wanted, "{what}");
        }
    }

    fn consent(n: u128, kind: Kind, to: (&str, &[Class])) -> Consent {
        let terms = Terms {
            kind,
            person: "Casey (synthetic)".into(),
            discloser: CLINIC.into(),
            recipient: Party {
                name: to.0.into(),
                address: String::new(),
                classes: to.1.iter().copied().collect(),
            },
            scope: Some(Scope { labels: crate::consents::needed(kind), ..Scope::default() }),
            purposes: [Purpose::Treatment].into(),
            expiry: Some(Expiry::Never),
            statements: crate::consents::statements(kind, &[Purpose::Treatment].into()),
            paid: false,
            conditioned: false,
            signer: Signer::default(),
        };
        let signature = Signature {
            at: Instant(1),
            account: None,
            session: None,
            acr: None,
            auth_time: None,
            text_hash: [0; 32],
            language: "en".into(),
            wording: 1,
            entered_by: None,
        };
        let id = ConsentId(uuid::Uuid::from_u128(n));
        Consent {
            id,
            patient: PatientNo(1),
            terms,
            state: State::Active,
            state_at: Instant(1),
            received: None,
            signature,
            text: String::new(),
        }
    }

    /// 42 CFR 2.31, 2.33: whom a consent covers for records of a program.
    #[test]
    fn whom_a_consent_covers() {
        use Class::{Payers, TreatingProviders};
        use Position::{Helper, Staff};
        let staff = recipient(Staff, "Sam Lee");
        let helper = recipient(Helper, "Elena");
        let medicines = Lens { categories: category_bits(&[Category::Medicines].into()), ..Lens::WHOLE };
        let tpo = consent(1, Kind::Part2Tpo, ("", &[TreatingProviders]));
        let named = consent(2, Kind::Part2Specific, (CLINIC, &[]));
        let to_elena = consent(3, Kind::Part2Specific, ("Elena", &[]));
        let mut part = to_elena.clone();
        part.terms.scope.as_mut().unwrap().categories = Some([Category::Medicines].into());
        part.id = ConsentId(uuid::Uuid::from_u128(4));
        let mut elsewhere = [tpo.clone(), named.clone()];
        for one in &mut elsewhere {
            one.terms.discloser = "Elsewhere Rehab Center".into();
        }
        let state = |state| Consent { state, ..tpo.clone() };
        let covered = |n| Choice::Covered(ConsentId(uuid::Uuid::from_u128(n)));
        let of_part = Recipient { lens: medicines, ..helper.clone() };
        for (what, consents, recipient, purpose, wanted) in [
            ("none", vec![], &staff, Purpose::Treatment, Choice::Uncovered),
            ("a class", vec![tpo.clone()], &staff, Purpose::Treatment, covered(1)),
            ("the clinic's name", vec![named.clone()], &staff, Purpose::Treatment, covered(2)),
            ("another purpose", vec![tpo.clone()], &staff, Purpose::Operations, Choice::Uncovered),
            ("another discloser", elsewhere.to_vec(), &staff, Purpose::Treatment, Choice::Uncovered),
            (
                "other classes",
                vec![consent(5, Kind::Part2Tpo, ("", &[Payers]))],
                &staff,
                Purpose::Treatment,
                Choice::Uncovered,
            ),
            (
                "no Part 2 consent",
                vec![consent(6, Kind::Hipaa508, (CLINIC, &[]))],
                &staff,
                Purpose::Treatment,
                Choice::Uncovered,
            ),
            ("taken back", vec![state(State::Revoked)], &staff, Purpose::Treatment, Choice::Uncovered),
            ("in doubt", vec![state(State::Suspended)], &staff, Purpose::Treatment, Choice::Uncovered),
            ("to somebody else", vec![to_elena.clone()], &staff, Purpose::Treatment, Choice::Uncovered),
            ("a helper", vec![to_elena.clone()], &helper, Purpose::Treatment, covered(3)),
            ("a class is no helper", vec![tpo.clone()], &helper, Purpose::Treatment, Choice::Uncovered),
            ("less than is seen", vec![part.clone()], &helper, Purpose::Treatment, Choice::Uncovered),
            ("as much as is seen", vec![part.clone()], &of_part, Purpose::Treatment, covered(4)),
        ] {
            assert_eq!(part2(&consents, (recipient, CLINIC), (purpose, NOW)), wanted, "{what}");
        }
        let two = part2(&[to_elena, part], (&helper, CLINIC), (Purpose::Treatment, NOW));
        assert!(matches!(two, Choice::Ambiguous(_)), "two that differ");
    }

    proptest! {
        /// Deny wins: one more restriction never shows more.
        #[test]
        fn one_more_restriction_never_opens(
            which in 0..4usize, position in 0..5usize, label in 0..Label::ALL.len(), category in 0..Category::ALL.len(),
            item in 0..=Labels::ALL.0,
        ) {
            use Position::*;
            let position = [Representative, Helper, Staff, EmergencyStaff, App][position];
            let mut more = agreed(Against::Named, "Elena");
            match which {
                0 => {}
                1 => { more.ask.labels.insert(Label::ALL[label]); }
                2 => more.ask.categories = Some([Category::ALL[category]].into()),
                _ => more.ended = Some((Instant(3), Ender::Notice)),
            }
            let mut before = agreed(Against::Named, "Elena");
            before.ask.labels.insert(Label::Genetic);
            let recipient = recipient(position, "Elena");
            let (one, _) = under_restrictions(std::slice::from_ref(&before), &recipient);
            let (two, _) = under_restrictions(&[before, more], &recipient);
            for category in Category::ALL {
                for came in [2, 3, 4] {
                    let seen = |lens: Lens| lens.shows_come((category, Labels(item).kept()), (5, Instant(came)));
                    prop_assert!(!seen(two) || seen(one));
                }
            }
        }
    }
}
