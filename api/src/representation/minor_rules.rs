//! What the law keeps from those who act for a person, whatever the authority says: services that a minor consented to
//! alone (45 CFR 164.502(g)(3)) and records of a program under 42 CFR Part 2 (2.14, 2.15). Pure.

use super::model::Kind;
use crate::fhir::sensitivity::{Label, Labels, Seat, Service};

/// What the settings of the law say here today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The services of minors that a parent sees.
    pub open: Labels,
    /// The services of minors of which the law says nothing: a clinician may open them.
    pub silent: Labels,
    /// What 42 CFR Part 2 protects.
    pub program: Labels,
    /// Whether this person may consent to treatment for substance use alone; none where nobody settled from which age.
    pub alone: Option<Alone>,
    /// Who sees a program's records without a consent that names them.
    pub representatives: Kinds,
}

impl Place {
    /// Where nothing is known of the law of the place: what federal law opens by itself.
    pub const UNKNOWN: Self = Self {
        open: Labels(0),
        silent: Labels(0),
        program: Labels::PROGRAM,
        alone: None,
        representatives: Kinds::OF_PART_TWO,
    };
}

/// Some kinds of authorities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kinds(u8);

impl Kinds {
    /// Who may give a consent in the place of an adult or of somebody who died by 42 CFR 2.15 itself: where a court found
    /// that the person cannot decide, and for an estate.
    pub const OF_PART_TWO: Self = Self(1 << Kind::AdultGuardian as u8 | 1 << Kind::Estate as u8);

    /// Whether a kind is among them.
    pub fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<T: IntoIterator<Item = Kind>>(kinds: T) -> Self {
        Self(kinds.into_iter().fold(0, |bits, kind| bits | 1 << kind as u8))
    }
}

/// Whether a minor may consent to a treatment without a parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alone {
    /// They have reached the age for it.
    May,
    /// A parent has to consent too.
    NotYet,
}

/// How far somebody is by their age, for treatment of substance use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// They are of age.
    OfAge,
    /// They are not, and the law lets them consent to that treatment alone.
    MayAlone,
    /// They are not, and the law does not, or nobody settled from which age it does.
    Minor,
}

/// What somebody who acts does not see by law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Closed {
    /// Never by this authority.
    pub always: Labels,
    /// Of that, what is closed only because the law says nothing: a clinician may open it, item by item.
    pub silent: Labels,
    /// Not without the person's consent under 42 CFR 2.31 that names them.
    pub without_consent: Labels,
}

impl Closed {
    /// Whether who acts for an adult gives the consents of 42 CFR 2.31 in the person's place: who sees a program's records
    /// without one, and nobody else (2.15).
    pub fn speaks(self) -> bool {
        self.without_consent == Labels::default()
    }
}

/// What an authority of this kind does not see by law.
///
/// Of the services of a minor only those stay open for which the law of the place says so; of what it says nothing, and
/// what no label tells of, a clinician decides (164.502(g)(3)(ii)(C)): what was opened to the seat of who holds this
/// authority is not closed to it. A program's records are closed to who needs a consent for them
/// ([`needs_consent`]).
pub fn closed(kind: Kind, place: Place, seat: Option<Seat>) -> Closed {
    let without_consent = if needs_consent(kind, place) { place.program } else { Labels::default() };
    if !kind.of_a_minor() {
        return Closed { without_consent, ..Closed::default() };
    }
    let shut = all().but(place.open).and(Service::Untold.bit());
    let always = match seat {
        None => services(place.open).and(shut.decided()),
        Some(seat) => shut.and(shut.but(place.silent).decided()).and(seat.bit()),
    };
    let silent = shut.but(shut.but(place.silent));
    let silent = silent.and(silent.decided()).and(Labels::SEATS).with(Label::Minor);
    Closed { always, silent: always.but(always.but(silent)), without_consent }
}

/// Whether who holds an authority of this kind sees a program's records only where a consent of the person names them.
///
/// In the place of an adult stands for Part 2 who was given that by a court, and for an estate its representative (42 CFR
/// 2.15(a)(1), (b)(2)). It does not speak of who holds a power of attorney, nor of a surrogate: nobody adjudicated that the
/// person cannot decide. Of a minor who may consent to the treatment alone, or of whom nobody settled that, only the minor
/// consents (2.14(a)); of any other it leaves open what a parent sees of it (2.14(b)). What it leaves open is closed unless the
/// settings of the law name the kind. A helper always needs the consent.
fn needs_consent(kind: Kind, place: Place) -> bool {
    let others = kind.of_a_minor() && place.alone != Some(Alone::NotYet);
    kind == Kind::Delegate || others || !place.representatives.has(kind)
}

/// The bits of all services.
fn all() -> Labels {
    Service::ALL.into_iter().fold(Labels::default(), |bits, one| bits.and(one.bit()))
}

/// The services that are closed where these are open. Where none is, the label itself is, so that nothing depends on
/// which service it was.
pub fn services(open: Labels) -> Labels {
    let minor = Labels::default().with(Label::Minor);
    match all().but(open) == all() {
        true => minor.hidden(),
        false => all().but(open).and(Service::Untold.bit()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn services_of(numbers: u8) -> Labels {
        let chosen = Service::ALL.into_iter().zip(0..).filter(|(_, n)| numbers & (1 << n) != 0);
        chosen.fold(Labels::default(), |bits, (one, _)| bits.and(one.bit()))
    }

    fn any_place() -> impl Strategy<Value = Place> {
        let alone = prop_oneof![Just(None), Just(Some(Alone::May)), Just(Some(Alone::NotYet))];
        let facts = (any::<u8>(), any::<u8>(), any::<bool>(), alone, any::<u8>());
        facts.prop_map(|(open, silent, all, alone, kinds)| {
            let named = Kind::ALL.into_iter().filter(|kind| kinds & (1 << *kind as u8) != 0);
            let representatives = named.collect();
            let program = if all { Labels::PROGRAM.with(Label::SubstanceUse) } else { Labels::PROGRAM };
            Place { open: services_of(open), silent: services_of(silent), program, alone, representatives }
        })
    }

    fn any_seat() -> impl Strategy<Value = Option<Seat>> {
        proptest::option::of(0..Seat::MOST).prop_map(|number| number.and_then(Seat::new))
    }

    proptest! {
        /// I8: what a minor consented to alone is seen by who acts for them only where the law of the place opens each of its
        /// services, or is silent about it and a clinician opened the item to their seat. What no label tells of, no law opens.
        #[test]
        fn a_minors_own_service_is_seen_by_law_or_by_judgment(
            place in any_place(),
            bits in 0..=Labels::ALL.0,
            opened in proptest::collection::vec(0..Seat::MOST, 0..3),
            seat in any_seat(),
            kind in 0usize..3,
        ) {
            let kind = [Kind::Parent, Kind::Guardian, Kind::LocoParentis][kind];
            let seats: Vec<Seat> = opened.into_iter().filter_map(Seat::new).collect();
            let item = Labels(bits).with(Label::Minor).kept().opened_to(&seats);
            let by_law = |one: &Service| place.open.0 & one.bit().0 != 0 && *one != Service::Untold;
            let judged = seat.is_some_and(|seat| seats.contains(&seat));
            let by_judgment = |one: &Service| judged && place.silent.0 & one.bit().0 != 0;
            let of = Service::ALL.into_iter().filter(|one| item.services().0 & one.bit().0 != 0);
            let lawful = of.clone().count() > 0 && of.clone().all(|one| by_law(&one) || by_judgment(&one));
            let seen = seen(closed(kind, place, seat).always, item);
            prop_assert!(!seen || lawful, "{kind:?} {place:?} {seat:?}: {item:?}");
        }

        /// I9: what is no service of the minor's own, and no record of a program, is never closed to who acts for them, at
        /// whatever age and by whatever law.
        #[test]
        fn nothing_is_closed_by_age(
            place in any_place(), bits in 0..=Labels::ALL.0, seat in any_seat(), kind in 0..Kind::ALL.len(),
        ) {
            let kind = Kind::ALL[kind];
            prop_assume!(kind != Kind::Delegate);
            let item = Labels(bits).without(Label::Minor).kept();
            let item = item.but(Labels(item.0 & place.program.0));
            let closed = closed(kind, place, seat);
            prop_assert!(seen(closed.always.and(closed.without_consent), item), "{kind:?} {place:?} {item:?}");
        }
    }

    fn labels(labels: &[Label]) -> Labels {
        labels.iter().copied().collect::<Labels>().kept()
    }

    fn seen(closed: Labels, item: Labels) -> bool {
        closed.0 & item.0 == 0
    }

    /// I8: what a minor consented to alone is seen by a parent only where the law of the place opens its service.
    #[test]
    fn services_are_open_by_law_only() {
        use Label::{Hiv, MentalHealth, Minor, SubstanceUse};
        let none = Labels::default();
        let mental = Service::MentalHealth.bit();
        for (open, item, wanted) in [
            (none, labels(&[Minor]), false),
            (none, labels(&[Minor, MentalHealth]), false),
            (none, labels(&[MentalHealth]), true),
            (mental, labels(&[Minor, MentalHealth]), true),
            (mental, labels(&[Minor, Hiv]), false),
            // One service that is closed closes the item: deny wins.
            (mental, labels(&[Minor, MentalHealth, SubstanceUse]), false),
            // What no label tells of stays closed.
            (mental, labels(&[Minor]), false),
            (mental.and(Service::Untold.bit()), labels(&[Minor]), false),
            (mental, labels(&[Hiv]), true),
        ] {
            assert_eq!(seen(services(open), item), wanted, "{open:?} {item:?}");
        }
        // I9: what has no such label is never hidden from a parent.
        assert!(seen(services(none), labels(&[])));
    }

    /// Law of the service × whether a clinician opened the item to this parent → whether they see it, before and after, and
    /// whether it is for a clinician to open.
    #[test]
    fn a_clinician_opens_only_what_the_law_is_silent_about() {
        use Label::{Hiv, MentalHealth, Minor};
        let (mental, hiv, untold) = (Service::MentalHealth.bit(), Service::Hiv.bit(), Service::Untold.bit());
        let none = Labels::default();
        let [mine, other] = [0, 1].map(|number| Seat::new(number).unwrap());
        let everything = mental.and(hiv).and(untold);
        for (open, silent, item, before, after) in [
            (none, everything, labels(&[Minor, MentalHealth]), false, true),
            (none, everything, labels(&[Minor]), false, true),
            // What the law prohibits, nobody opens; nor where it prohibits one of two services.
            (none, hiv.and(untold), labels(&[Minor, MentalHealth]), false, false),
            (none, hiv.and(untold), labels(&[Minor, MentalHealth, Hiv]), false, false),
            // One service that the law opens and one that a clinician opens.
            (mental, hiv.and(untold), labels(&[Minor, MentalHealth, Hiv]), false, true),
            (mental, hiv.and(untold), labels(&[Minor, MentalHealth]), true, true),
            (none, everything, labels(&[Hiv]), true, true),
        ] {
            let place = Place { open, silent, ..Place::UNKNOWN };
            for kind in [Kind::Parent, Kind::Guardian, Kind::LocoParentis] {
                let closed = |seat| closed(kind, place, seat);
                let opened = item.opened_to(&[mine]);
                assert_eq!(seen(closed(None).always, item), before, "{item:?}: nobody decided");
                assert_eq!(
                    seen(closed(Some(mine)).always, item),
                    before,
                    "{item:?}: another item was opened"
                );
                assert_eq!(seen(closed(Some(mine)).always, opened), after, "{item:?}: opened");
                assert_eq!(seen(closed(None).always, opened), before, "{item:?}: opened to somebody else");
                if !before {
                    assert!(!seen(closed(Some(other)).always, opened), "{item:?}: opened to another seat");
                }
                for seat in [None, Some(mine), Some(other)] {
                    let closed = closed(seat);
                    let could = closed.always.but(closed.silent);
                    assert_eq!((seen(could, item), seen(could, opened)), (after, after), "{item:?} {seat:?}");
                }
            }
            for kind in Kind::ALL.into_iter().filter(|kind| !kind.of_a_minor()) {
                assert_eq!(closed(kind, place, Some(mine)).always, none, "{kind:?}");
            }
        }
        // Where nothing is known of the law, nothing is for a clinician to open.
        assert_eq!(closed(Kind::Parent, Place::UNKNOWN, None).silent.services(), none);
    }

    /// 42 CFR 2.14, 2.15: kind × whether a minor may consent alone × what the law of the place names → who sees a program's
    /// record without a consent that names them, and consents in an adult's place.
    #[test]
    fn a_programs_records() {
        let program = labels(&[Label::SubstanceUse]).of_program();
        for kind in Kind::ALL {
            for alone in [None, Some(Alone::May), Some(Alone::NotYet)] {
                for (representatives, named) in [
                    (Kinds::OF_PART_TWO, matches!(kind, Kind::AdultGuardian | Kind::Estate)),
                    (Kinds::default(), false),
                    ([kind].into_iter().collect(), true),
                    (Kind::ALL.into_iter().collect(), true),
                    (Kind::ALL.into_iter().filter(|other| *other != kind).collect(), false),
                ] {
                    let place = Place { alone, representatives, ..Place::UNKNOWN };
                    let closed = closed(kind, place, None);
                    let wanted = match kind {
                        Kind::Delegate => false,
                        kind if kind.of_a_minor() => named && alone == Some(Alone::NotYet),
                        _ => named,
                    };
                    assert_eq!(seen(closed.without_consent, program), wanted, "{kind:?} {alone:?}");
                    assert_eq!(closed.speaks(), wanted, "{kind:?} {alone:?}");
                    // What no program recorded is not closed by it.
                    assert!(seen(closed.without_consent, labels(&[Label::SubstanceUse])));
                    assert_eq!(seen(closed.always, labels(&[Label::Minor])), !kind.of_a_minor());
                }
            }
        }
    }
}
