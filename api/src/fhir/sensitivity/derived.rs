//! What follows from several labels together, kept as bits of its own beside them, so that one comparison of bits says
//! whether an item is seen: what a Part 2 program recorded, and which service it was that a minor consented to.

use serde::{Deserialize, Serialize};

use super::{Found, Label, Labels, Rule};

/// How many bits further the services stand of an item about which a clinician decided.
const DECIDED: u32 = 6;
/// The bits of all services, as an item has them about which nobody decided.
const SERVICES: i64 = 0b11_1111 << 33;
/// The bits of all seats.
const SEATS: i64 = 0xffff << 45;
/// The bits of categories, which are numbered from 1 to 16, stand so much higher than the numbers.
const BESIDE: u32 = 15;
/// Psychotherapy notes that no source says are a program's.
const OF_NO_PROGRAM: i64 = 1 << 61;
/// Psychotherapy notes that are not about substance use.
const NOT_ON_SUBSTANCES: i64 = 1 << 62;

/// The code by which a source says that 42 CFR Part 2 protects a record (HL7 v3 ActCode).
const PROGRAM_CODE: &str = "|42CFRPart2";

/// A service that a minor consented to alone, as far as the labels of an item tell which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// For substance use.
    SubstanceUse,
    /// For mental health.
    MentalHealth,
    /// For HIV.
    Hiv,
    /// Sexual and reproductive: the label does not tell which of several.
    Reproductive,
    /// After violence.
    Violence,
    /// No other label says what it was.
    Untold,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::SubstanceUse, Self::MentalHealth, Self::Hiv, Self::Reproductive, Self::Violence, Self::Untold];

    /// The label that tells it.
    pub fn label(self) -> Option<Label> {
        match self {
            Self::SubstanceUse => Some(Label::SubstanceUse),
            Self::MentalHealth => Some(Label::MentalHealth),
            Self::Hiv => Some(Label::Hiv),
            Self::Reproductive => Some(Label::Reproductive),
            Self::Violence => Some(Label::Violence),
            Self::Untold => None,
        }
    }

    /// The bit of an item that a minor consented to alone and that is of this service. Kept in databases: never changed.
    pub const fn bit(self) -> Labels {
        Labels(1 << (33 + self as u8))
    }

    /// The names of the service in the settings of the law; several where the label does not tell which.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Self::SubstanceUse => &["substance-use"],
            Self::MentalHealth => &["mental-health"],
            Self::Hiv => &["hiv"],
            Self::Reproductive => &["sti", "contraception", "pregnancy", "abortion"],
            Self::Violence => &["sexual-assault"],
            Self::Untold => &[],
        }
    }
}

/// The place of somebody who acts for a minor among those for whom a clinician opened something of the record
/// (45 CFR 164.502(g)(3)(ii)(C)). Each has a bit in the items about which was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seat(u8);

impl Seat {
    /// So many there are for one record.
    pub const MOST: i64 = 16;

    /// The seat of this number, from 0.
    pub fn new(number: i64) -> Option<Self> {
        (0..Self::MOST).contains(&number).then(|| u8::try_from(number).ok().map(Self)).flatten()
    }

    /// Its number.
    pub fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// The bit of an item that is closed to it. Kept in databases: never changed.
    pub const fn bit(self) -> Labels {
        Labels(1 << (45 + self.0))
    }
}

impl Labels {
    /// The bits of all seats.
    pub const SEATS: Self = Self(SEATS);

    /// The bit of what a program under 42 CFR Part 2 recorded (2.11, 2.12). Kept in databases: never changed.
    pub const PROGRAM: Self = Self(1 << 32);

    /// The bit of a file that something in its record names, such as a document: it stands in the category of what
    /// names it, and lists leave it out, since the page of the document offers it. Kept in databases: never changed.
    pub const NAMED: Self = Self(1 << BESIDE);
    /// [`Self::NAMED`] and all bits of [`Self::beside`]: they tell where a file stands, and follow from no label.
    pub const PLACED: Self = Self(0x1_ffff << BESIDE);

    /// The bits of a file that is named from these categories (a bit for each, at the place of its code), also from the
    /// one in which it stands. Who lacks one of them does not see the file.
    pub fn beside(categories: i64) -> Self {
        Self((categories << BESIDE) & Self::PLACED.but(Self::NAMED).0)
    }

    /// With the bits that follow, as an item is kept: which service it was that a minor consented to, and which
    /// psychotherapy notes are not counseling notes of a program. To be asked for last.
    #[must_use]
    pub fn kept(self) -> Self {
        self.kept_beside(Self::default())
    }

    /// The same for an item that took the label of a minor's own service over from others, as they are kept: each of
    /// them tells of which service it was, besides what its own labels tell.
    #[must_use]
    pub fn kept_beside(self, others: Self) -> Self {
        let notes = self.has(Label::PsychotherapyNotes);
        let alone = if notes && self.0 & Self::PROGRAM.0 == 0 { OF_NO_PROGRAM } else { 0 };
        let other = if notes && !self.has(Label::SubstanceUse) { NOT_ON_SUBSTANCES } else { 0 };
        let notes = Self(self.0 | alone | other);
        if !self.has(Label::Minor) {
            return notes;
        }
        let told = Service::ALL.into_iter().filter(|one| one.label().is_some_and(|label| self.has(label)));
        let told = told.fold(others.services(), |bits, service| bits.and(service.bit()));
        let told = told.but(Service::Untold.bit());
        notes.and(if told == Self::default() { Service::Untold.bit() } else { told })
    }

    /// Of which services it is that a minor consented to alone, whether or not a clinician decided about it.
    #[must_use]
    pub fn services(self) -> Self {
        Self((self.0 | self.0 >> DECIDED) & SERVICES)
    }

    /// These services as an item has them about which a clinician decided.
    #[must_use]
    pub fn decided(self) -> Self {
        Self((self.0 & SERVICES) << DECIDED)
    }

    /// An item of a service that a minor consented to alone, as it is kept once a clinician opened it to those who have
    /// these seats: it is closed to every other seat. To none: as before.
    #[must_use]
    pub fn opened_to(self, seats: &[Seat]) -> Self {
        let services = Self(self.0 & SERVICES);
        if seats.is_empty() || services == Self::default() {
            return self;
        }
        let open = seats.iter().fold(Self::default(), |bits, seat| bits.and(seat.bit()));
        self.but(services).and(services.decided()).and(Self::SEATS.but(open))
    }

    /// Psychotherapy notes that are not counseling notes of a program (42 CFR 2.11), where this is what 42 CFR Part 2
    /// protects.
    pub fn no_counseling(protected: Self) -> Self {
        Self(if protected.has(Label::SubstanceUse) { NOT_ON_SUBSTANCES } else { OF_NO_PROGRAM })
    }

    /// The same for an item that a program under 42 CFR Part 2 recorded, which bears the label of substance use.
    #[must_use]
    pub fn of_program(self) -> Self {
        let program = if self.has(Label::SubstanceUse) { Self::PROGRAM.0 } else { 0 };
        Self(self.0 | program)
    }

    /// As a lens hides them: whoever does not see a label sees nothing that follows from it either.
    #[must_use]
    pub fn hidden(self) -> Self {
        let minor = Service::ALL.into_iter().fold(0, |bits, service| bits | service.bit().0);
        let minor = if self.has(Label::Minor) { minor | minor << DECIDED } else { 0 };
        let program = if self.has(Label::SubstanceUse) { Self::PROGRAM.0 } else { 0 };
        let notes = if self.has(Label::PsychotherapyNotes) { OF_NO_PROGRAM | NOT_ON_SUBSTANCES } else { 0 };
        Self(self.0 | minor | program | notes)
    }

    /// With these too.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Without these.
    #[must_use]
    pub fn but(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl Found {
    /// Whether the source says that 42 CFR Part 2 protects it.
    pub fn is_of_program(&self) -> bool {
        is_program(self.label, self.rule.slug(), &self.code)
    }
}

/// Whether a row of an item's labels says that 42 CFR Part 2 protects it.
pub fn is_program(label: Label, rule: &str, code: &str) -> bool {
    label == Label::SubstanceUse && rule == Rule::Source.slug() && code.ends_with(PROGRAM_CODE)
}

/// Labels what a program under 42 CFR Part 2 recorded, as if the source had marked it so.
pub fn recorded_by_program(found: &mut Vec<Found>) {
    if found.iter().any(Found::is_of_program) {
        return;
    }
    found.retain(|one| one.label != Label::SubstanceUse);
    let code = format!("http://terminology.hl7.org/CodeSystem/v3-ActCode{PROGRAM_CODE}");
    found.insert(0, Found { label: Label::SubstanceUse, rule: Rule::Source, code });
}

/// The labels of a resource as bits, as they are kept.
pub fn bits(found: &[Found]) -> Labels {
    let labels: Labels = found.iter().map(|found| found.label).collect();
    let labels = if found.iter().any(Found::is_of_program) { labels.of_program() } else { labels };
    labels.kept()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_program_recorded_is_labelled_once() {
        let found = |label, rule, code: &str| Found { label, rule, code: code.into() };
        let marked = found(Label::SubstanceUse, Rule::Source, "s|42CFRPart2");
        for (before, labels, code) in [
            (
                vec![],
                vec![Label::SubstanceUse],
                "http://terminology.hl7.org/CodeSystem/v3-ActCode|42CFRPart2",
            ),
            (vec![marked.clone()], vec![Label::SubstanceUse], "s|42CFRPart2"),
            (
                vec![found(Label::SubstanceUse, Rule::Code, "x|1"), found(Label::Hiv, Rule::Code, "x|2")],
                vec![Label::SubstanceUse, Label::Hiv],
                "http://terminology.hl7.org/CodeSystem/v3-ActCode|42CFRPart2",
            ),
            (
                vec![found(Label::Restricted, Rule::Source, "x|R")],
                vec![Label::SubstanceUse, Label::Restricted],
                "http://terminology.hl7.org/CodeSystem/v3-ActCode|42CFRPart2",
            ),
        ] {
            let mut after = before.clone();
            recorded_by_program(&mut after);
            assert_eq!(after.iter().map(|one| one.label).collect::<Vec<_>>(), labels, "{before:?}");
            assert_eq!(after[0].code, code, "{before:?}");
            assert!(bits(&after).0 & Labels::PROGRAM.0 != 0, "{before:?}");
        }
    }

    /// What tells where a file stands shares no bit with a label, or with what follows from one.
    #[test]
    fn places_are_no_labels() {
        let all = Labels::ALL.and(Labels::SEATS).and(Labels::PROGRAM);
        let following = Labels(OF_NO_PROGRAM | NOT_ON_SUBSTANCES | SERVICES | SERVICES << DECIDED);
        assert_eq!(all.and(following).0 & Labels::PLACED.0, 0);
        assert_eq!(Labels::beside(-1).and(Labels::NAMED), Labels::PLACED);
        assert_eq!(Labels::beside(0), Labels::default());
        let bits = [1, 9, 16].map(|code| Labels::beside(1 << code).0);
        assert_eq!(bits, [1 << 16, 1 << 24, 1 << 31]);
    }

    #[test]
    fn bits_follow_from_labels() {
        use Label::*;
        for (labels, wanted) in [
            (vec![], vec![]),
            (vec![Hiv], vec![]),
            (vec![Minor], vec![Service::Untold]),
            (vec![Minor, Genetic], vec![Service::Untold]),
            (vec![Minor, Hiv], vec![Service::Hiv]),
            (vec![Minor, SubstanceUse, MentalHealth], vec![Service::SubstanceUse, Service::MentalHealth]),
        ] {
            let plain: Labels = labels.into_iter().collect();
            let bits = wanted.iter().fold(Labels::default(), |bits, service| bits.and(service.bit()));
            assert_eq!(plain.kept().but(plain), bits, "{plain:?}");
            assert_eq!(plain.kept().services(), bits, "{plain:?}");
            assert_eq!(plain.kept().iter().collect::<Vec<_>>(), plain.iter().collect::<Vec<_>>());
        }
        assert_eq!(Labels::default().of_program(), Labels::default(), "no label, nothing to protect");
        // What hides a label hides all that follows from it.
        let all = Labels::ALL.of_program().kept();
        assert_eq!(all.but(Labels::ALL.hidden()), Labels::default());
        assert_eq!(Labels::default().with(Hiv).hidden(), Labels::default().with(Hiv));
    }

    /// Own labels × labels of the visits × the services of the item.
    #[test]
    fn a_service_is_told_by_the_visit_too() {
        use Label::*;
        let of = |labels: &[Label]| labels.iter().copied().collect::<Labels>();
        for (own, visits, wanted) in [
            (vec![Minor], vec![vec![Minor]], vec![Service::Untold]),
            (vec![Minor], vec![vec![Minor, MentalHealth]], vec![Service::MentalHealth]),
            // What one tells is enough; both count where both tell.
            (vec![Minor, Hiv], vec![vec![Minor]], vec![Service::Hiv]),
            (vec![Minor, Hiv], vec![vec![Minor, MentalHealth]], vec![Service::Hiv, Service::MentalHealth]),
            (
                vec![Minor],
                vec![vec![Minor, Violence], vec![Minor, MentalHealth]],
                vec![Service::Violence, Service::MentalHealth],
            ),
            // Without the label there is no such service, whatever the visit was.
            (vec![MentalHealth], vec![vec![Minor, MentalHealth]], vec![]),
        ] {
            let visits = visits.iter().fold(Labels::default(), |all, one| all.and(of(one).kept()));
            let bits = wanted.iter().fold(Labels::default(), |bits, service| bits.and(service.bit()));
            assert_eq!(of(&own).kept_beside(visits).services(), bits, "{own:?}");
            let opened = visits.opened_to(&[Seat(3)]);
            assert_eq!(of(&own).kept_beside(opened).services(), bits, "{own:?}: of a visit that was opened");
        }
    }

    /// An item that a clinician opened to some seats is closed to the others, and tells its services in other bits.
    #[test]
    fn what_is_opened_is_closed_to_the_others() {
        let item = Labels::default().with(Label::Minor).with(Label::Hiv).kept();
        let seats: Vec<Seat> = (0..Seat::MOST).filter_map(Seat::new).collect();
        assert_eq!(seats.len(), 16);
        assert_eq!((Seat::new(16), Seat::new(-1)), (None, None));
        for seat in &seats {
            assert_eq!(seat.bit().0 & Labels::SEATS.0, seat.bit().0);
            let opened = item.opened_to(&[*seat]);
            for other in &seats {
                assert_eq!(opened.0 & other.bit().0 == 0, seat == other, "{seat:?} {other:?}");
            }
            assert_eq!(opened.services(), Service::Hiv.bit());
            assert_eq!(opened.0 & Service::Hiv.bit().0, 0);
            assert_eq!(opened.0 & Service::Hiv.bit().decided().0, Service::Hiv.bit().decided().0);
            assert_eq!(opened.iter().collect::<Vec<_>>(), item.iter().collect::<Vec<_>>());
        }
        assert_eq!(item.opened_to(&[]), item);
        let plain = Labels::default().with(Label::Hiv);
        assert_eq!(plain.opened_to(&seats), plain, "what is open to parents needs no opening");
    }

    /// Labels × what Part 2 protects → whether it is a counseling note of a program.
    #[test]
    fn counseling_notes_are_a_programs() {
        use Label::{PsychotherapyNotes, SubstanceUse};
        let notes = Labels::default().with(PsychotherapyNotes);
        let marked = Labels::PROGRAM;
        let all = Labels::PROGRAM.with(SubstanceUse);
        for (labels, protected, counseling) in [
            (notes, marked, false),
            (notes, all, false),
            (notes.with(SubstanceUse), marked, false),
            (notes.with(SubstanceUse), all, true),
            (notes.with(SubstanceUse).of_program(), marked, true),
            (notes.with(SubstanceUse).of_program(), all, true),
        ] {
            let item = labels.kept();
            assert_eq!(item.0 & Labels::no_counseling(protected).0 == 0, counseling, "{labels:?}");
            assert_eq!(item.but(notes.with(SubstanceUse).hidden()), Labels::default(), "{labels:?}");
        }
    }

    #[test]
    fn a_program_is_told_by_its_source() {
        let act = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
        let icd = "http://hl7.org/fhir/sid/icd-10-cm";
        let with = |codes: &[&str]| {
            let security: Vec<_> = codes.iter().map(|code| json!({"system": act, "code": code})).collect();
            json!({"resourceType": "Condition", "meta": {"security": security},
                   "code": {"coding": [{"system": icd, "code": "F11.20"}]}})
        };
        for (codes, program) in [
            (vec![], false),
            (vec!["SUD"], false),
            (vec!["42CFRPart2"], true),
            // Another code of the same kind of information takes nothing away.
            (vec!["ETHUD", "42CFRPart2"], true),
            (vec!["MH", "42CFRPart2", "SUD"], true),
        ] {
            let found = super::super::of(&with(&codes), &super::super::Own::default());
            assert_eq!(bits(&found).0 & Labels::PROGRAM.0 != 0, program, "{codes:?}");
        }
    }
}
