//! What follows from several labels together, kept as bits of its own beside them, so that one comparison of bits says
//! whether an item is seen: what a Part 2 program recorded, and which service it was that a minor consented to.

use super::{Found, Label, Labels, Rule};

/// The code by which a source says that 42 CFR Part 2 protects a record (HL7 v3 ActCode).
const PROGRAM_CODE: &str = "|42CFRPart2";

/// A service that a minor consented to alone, as far as the labels of an item tell which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    fn label(self) -> Option<Label> {
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

impl Labels {
    /// The bit of what a program under 42 CFR Part 2 recorded (2.11, 2.12). Kept in databases: never changed.
    pub const PROGRAM: Self = Self(1 << 32);

    /// With the bits that follow, as an item is kept: which service it was that a minor consented to.
    #[must_use]
    pub fn kept(self) -> Self {
        if !self.has(Label::Minor) {
            return self;
        }
        let told = Service::ALL.into_iter().filter(|one| one.label().is_some_and(|label| self.has(label)));
        let told = told.fold(0, |bits, service| bits | service.bit().0);
        Self(self.0 | if told == 0 { Service::Untold.bit().0 } else { told })
    }

    /// The same for an item that a program under 42 CFR Part 2 recorded. Where staff took the label of substance use
    /// away nothing is left to protect.
    #[must_use]
    pub fn of_program(self) -> Self {
        let program = if self.has(Label::SubstanceUse) { Self::PROGRAM.0 } else { 0 };
        Self(self.0 | program)
    }

    /// As a lens hides them: whoever does not see a label sees nothing that follows from it either.
    #[must_use]
    pub fn hidden(self) -> Self {
        let minor = Service::ALL.into_iter().fold(0, |bits, service| bits | service.bit().0);
        let minor = if self.has(Label::Minor) { minor } else { 0 };
        let program = if self.has(Label::SubstanceUse) { Self::PROGRAM.0 } else { 0 };
        Self(self.0 | minor | program)
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
    pub(super) fn is_of_program(&self) -> bool {
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
            assert_eq!(plain.kept().iter().collect::<Vec<_>>(), plain.iter().collect::<Vec<_>>());
        }
        assert_eq!(Labels::default().of_program(), Labels::default(), "no label, nothing to protect");
        // What hides a label hides all that follows from it.
        let all = Labels::ALL.kept().of_program();
        assert_eq!(all.but(Labels::ALL.hidden()), Labels::default());
        assert_eq!(Labels::default().with(Hiv).hidden(), Labels::default().with(Hiv));
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
            let found = super::super::of(&with(&codes));
            assert_eq!(bits(&found).0 & Labels::PROGRAM.0 != 0, program, "{codes:?}");
        }
    }
}
