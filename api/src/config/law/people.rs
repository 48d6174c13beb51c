//! What the settings of the law say of people: of services that minors consent to alone, and of records under 42 CFR
//! Part 2. Where a label does not tell which of several services it was, the strictest of their rules holds.

use chrono::NaiveDate;

use super::{Binding, Law, Value, keys};
use crate::fhir::sensitivity::{Label, Labels, Service};

/// What state law says of a parent's access to what a minor consented to alone (45 CFR 164.502(g)(3)(ii)), the
/// strictest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Parents {
    /// They must be given it.
    Requires,
    /// They may be given it.
    Permits,
    /// Nothing: a clinician decides for each item, where a parent asks.
    Silent,
    /// They must not be given it.
    Prohibits,
}

impl Parents {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Requires, Self::Permits, Self::Silent, Self::Prohibits];

    /// Its name in the settings.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Requires => "requires",
            Self::Permits => "permits",
            Self::Silent => "silent",
            Self::Prohibits => "prohibits",
        }
    }
}

/// What makes a minor count as an adult, as far as state law says so (45 CFR 164.502(g)(2) leaves it to it).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emancipation {
    /// A court said so.
    CourtOrder,
    /// They married.
    Marriage,
    /// They serve in the armed forces.
    Military,
    /// They have a child.
    Parenthood,
    /// They live apart from their parents and pay for themselves.
    LivingApart,
}

impl Emancipation {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::CourtOrder, Self::Marriage, Self::Military, Self::Parenthood, Self::LivingApart];

    /// Its name in the settings.
    pub fn slug(self) -> &'static str {
        match self {
            Self::CourtOrder => "court-order",
            Self::Marriage => "marriage",
            Self::Military => "military",
            Self::Parenthood => "parenthood",
            Self::LivingApart => "living-apart",
        }
    }

    /// The one of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.slug() == slug)
    }
}

/// What the law of the place says of one service, for the page that tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfMinors {
    /// The service, as in the settings: `sti`, `mental-health`.
    pub service: &'static str,
    /// From which birthday a minor may consent to it alone.
    pub alone_from: Option<Binding>,
    /// What it says of a parent's access.
    pub parents: Binding,
}

impl Law {
    /// What the law says of a parent's access to a service, as far as labels tell which it was.
    pub fn parents(&self, service: Service, on: NaiveDate) -> Parents {
        let said = service.keys().iter().map(|name| {
            let word = self.binding(&format!("minors.parent_access_rule.{name}"), on);
            let word = word.map(|binding| binding.value.to_string()).unwrap_or_default();
            Parents::ALL.into_iter().find(|one| one.slug() == word).unwrap_or(Parents::Silent)
        });
        said.max().unwrap_or(Parents::Silent)
    }

    /// The bits of services of minors that a parent sees here: where the law requires it, or permits it and the clinic
    /// chose so for all (`policy.parents_where_permitted`).
    pub fn open_to_parents(&self, on: NaiveDate) -> Labels {
        let shows = Value::Word("show".into());
        let permitted = self.binding("policy.parents_where_permitted", on);
        let permitted = permitted.is_some_and(|binding| binding.value == shows);
        let open = |service: &Service| match self.parents(*service, on) {
            Parents::Requires => true,
            Parents::Permits => permitted,
            Parents::Silent | Parents::Prohibits => false,
        };
        Service::ALL.into_iter().filter(open).fold(Labels::default(), |bits, one| bits.and(one.bit()))
    }

    /// The bits of services of which the law says nothing about a parent's access: a clinician decides about each item
    /// (45 CFR 164.502(g)(3)(ii)(C)).
    pub fn silent_of_parents(&self, on: NaiveDate) -> Labels {
        let silent = |service: &Service| self.parents(*service, on) == Parents::Silent;
        Service::ALL.into_iter().filter(silent).fold(Labels::default(), |bits, one| bits.and(one.bit()))
    }

    /// From which birthday a minor may consent to a service alone; none where nobody settled it.
    pub fn alone_from(&self, service: &str, on: NaiveDate) -> Option<i32> {
        let age = self.binding(&format!("minors.self_consent.{service}"), on)?.value.whole()?;
        i32::try_from(age).ok()
    }

    /// The bits of services to which a minor may consent alone who reached these birthdays, as far as labels tell which it
    /// was: where a label stands for several, all of them. What nobody settled is none.
    pub fn alone_at(&self, reached: impl Fn(i32) -> bool, on: NaiveDate) -> Labels {
        let may = |name: &&str| self.alone_from(name, on).is_some_and(&reached);
        let alone = |service: &Service| !service.keys().is_empty() && service.keys().iter().all(&may);
        Service::ALL.into_iter().filter(alone).fold(Labels::default(), |bits, one| bits.and(one.bit()))
    }

    /// What the law of the place says of each service for which something is settled.
    pub fn of_minors(&self, on: NaiveDate) -> Vec<OfMinors> {
        let one = |service: &&'static str| {
            let alone_from = self.binding(&format!("minors.self_consent.{service}"), on);
            let parents = self.binding(&format!("minors.parent_access_rule.{service}"), on)?;
            let settled = alone_from.is_some() || parents.by.reviewed.is_some();
            settled.then_some(OfMinors { service, alone_from, parents })
        };
        keys::SERVICES.iter().filter_map(one).collect()
    }

    /// What makes a minor count as an adult here, and the rule that says so; all that may, where nobody settled it.
    pub fn emancipation(&self, on: NaiveDate) -> (Vec<Emancipation>, Option<Binding>) {
        let binding = self.binding("minors.emancipation_kinds", on);
        let counts = |one: &Emancipation| match binding.as_ref().map(|binding| &binding.value) {
            Some(Value::Words(words)) => words.iter().any(|word| word == one.slug()),
            _ => true,
        };
        (Emancipation::ALL.into_iter().filter(counts).collect(), binding)
    }

    /// The rule by which a parent without custody reads only by an order of a court; none where both parents are alike.
    pub fn noncustodial_by_order(&self, on: NaiveDate) -> Option<Binding> {
        let binding = self.binding("minors.noncustodial_parent", on)?;
        (binding.value == Value::Word("by-order-only".into())).then_some(binding)
    }

    /// Who decides for an adult who cannot, in this order; none where nobody settled it.
    pub fn surrogate_order(&self, on: NaiveDate) -> Option<Binding> {
        self.binding("representative.surrogate_order", on)
    }

    /// Who stands for an estate without letters of a court; none where nobody settled it.
    pub fn estate_without_probate(&self, on: NaiveDate) -> Option<Binding> {
        self.binding("representative.estate_without_probate", on)
    }

    /// What is protected by 42 CFR Part 2 here, as bits of labels: what a source marks so and, where the clinic is such
    /// a program or holds its records, all about substance use, since a code does not tell whose record it is.
    pub fn program_records(&self, on: NaiveDate) -> Labels {
        match self.says("part2.program", on) || self.says("part2.lawful_holder", on) {
            true => Labels::PROGRAM.with(Label::SubstanceUse),
            false => Labels::PROGRAM,
        }
    }

    /// Who sees a program's records in a patient's place without a consent that names them, by the names of the kinds: whom
    /// 42 CFR 2.15 lets give the consent, a guardian of an adult by a court and who speaks for an estate, where nothing else
    /// is settled.
    pub fn program_representatives(&self, on: NaiveDate) -> Vec<String> {
        match self.binding("part2.representatives", on).map(|binding| binding.value) {
            Some(Value::Words(kinds)) => kinds,
            _ => vec![],
        }
    }

    /// Whether a patient sees counseling notes of a program that are kept apart (42 CFR 2.11); else they are withheld as
    /// psychotherapy notes are (45 CFR 164.524(a)(1)(i)).
    pub fn counseling_notes_in_record(&self, on: NaiveDate) -> bool {
        let word = self.binding("part2.counseling_notes_patient_access", on);
        word.is_some_and(|binding| binding.value == Value::Word("in-record".into()))
    }

    /// Whether the person has to consent before records go out for treatment, payment or operations (45 CFR 164.506(b)(1)
    /// leaves it to the clinic; some states ask for it).
    pub fn consent_needed_to_send(&self, on: NaiveDate) -> bool {
        self.says("consent.tpo_required", on)
    }

    /// The longest time in days for which a permission can be given, and the rule; none where nobody settled it.
    pub fn consent_days_most(&self, signed: NaiveDate) -> Option<super::Due> {
        self.due("consent.expiry_max", signed)
    }

    /// Whether a permission needs a witness here (45 CFR 164.508(c)(1)(vi) asks for none; some states do).
    pub fn consent_needs_witness(&self, on: NaiveDate) -> bool {
        self.says("consent.witness_required", on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Rule;

    fn law(rules: &[(&str, Value)]) -> Law {
        let rule = |(key, value): &(&str, Value)| Rule {
            key: (*key).into(),
            value: value.clone(),
            cite: "invented code 1.2".into(),
            jurisdiction: "US-XX".into(),
            reviewed_by: "A. Counsel (synthetic)".into(),
            reviewed_on: "2026-10-01".into(),
            ..Rule::default()
        };
        let law = Law { rule: rules.iter().map(rule).collect(), ..Law::default() };
        assert_eq!(law.faults(), []);
        law
    }

    fn word(word: &str) -> Value {
        Value::Word(word.into())
    }

    const ON: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();

    /// Rule of the state × service → whether a parent sees it.
    #[test]
    fn parents_see_what_the_law_says() {
        let rule = |service: &str| format!("minors.parent_access_rule.{service}");
        for (said, permitted, open) in [
            ("requires", "hide", true),
            ("permits", "hide", false),
            ("permits", "show", true),
            ("silent", "show", false),
            ("prohibits", "show", false),
        ] {
            let key = rule("mental-health");
            let law = law(&[(&key, word(said)), ("policy.parents_where_permitted", word(permitted))]);
            let bits = law.open_to_parents(ON);
            assert_eq!(bits, if open { Service::MentalHealth.bit() } else { Labels::default() }, "{said}");
            let silent = law.silent_of_parents(ON);
            assert_eq!(silent.0 & Service::MentalHealth.bit().0 != 0, said == "silent", "{said}");
            assert!(silent.0 & Service::Untold.bit().0 != 0, "no law speaks of what no label tells");
        }
        // The label tells no more than that it is one of four: all four must be open, and one no closes it.
        let names: Vec<String> = Service::Reproductive.keys().iter().map(|name| rule(name)).collect();
        let mut rules: Vec<(&str, Value)> =
            names.iter().map(|name| (name.as_str(), word("requires"))).collect();
        assert_eq!(law(&rules[1..]).open_to_parents(ON), Labels::default());
        assert_eq!(law(&rules).open_to_parents(ON), Service::Reproductive.bit());
        rules[2].1 = word("prohibits");
        assert_eq!(law(&rules).parents(Service::Reproductive, ON), Parents::Prohibits);
        assert_eq!(Law::default().open_to_parents(ON), Labels::default());
        assert_eq!(Law::default().parents(Service::Untold, ON), Parents::Silent);
        assert_eq!(law(&rules).of_minors(ON).len(), 4);
    }

    /// Birthdays that the law sets × years of the minor → the services to which they may consent alone.
    #[test]
    fn what_a_minor_consents_to_alone() {
        let key = |name: &str| format!("minors.self_consent.{name}");
        let names: Vec<String> = ["hiv", "sti", "contraception", "pregnancy", "abortion"].map(key).into();
        let from = |ages: [i64; 5]| -> Vec<(&str, Value)> {
            names.iter().map(String::as_str).zip(ages.map(Value::Whole)).collect()
        };
        let (hiv, reproductive) = (Service::Hiv.bit(), Service::Reproductive.bit());
        let all = from([12, 12, 14, 12, 12]);
        for (rules, years, wanted) in [
            (&all[..0], 17, Labels::default()),
            (&all[..1], 11, Labels::default()),
            (&all[..1], 12, hiv),
            // The label does not tell which of four it was: all of them must be settled, and reached.
            (&all[..4], 17, hiv),
            (&all[..], 13, hiv),
            (&all[..], 14, hiv.and(reproductive)),
        ] {
            assert_eq!(law(rules).alone_at(|from| from <= years, ON), wanted, "{years} {rules:?}");
        }
    }

    #[test]
    fn who_sees_counseling_notes_and_what_needs_a_consent() {
        for (key, value, in_record, consent) in [
            ("part2.counseling_notes_patient_access", word("in-record"), true, false),
            ("part2.counseling_notes_patient_access", word("as-psychotherapy-notes"), false, false),
            ("consent.tpo_required", Value::Flag(true), false, true),
            ("consent.tpo_required", Value::Flag(false), false, false),
        ] {
            let law = law(&[(key, value.clone())]);
            assert_eq!(law.counseling_notes_in_record(ON), in_record, "{key} {value}");
            assert_eq!(law.consent_needed_to_send(ON), consent, "{key} {value}");
        }
        // What is set and binds nothing yet is told at the start.
        let set = law(&[
            ("access.copy_deadline", Value::Whole(15)),
            ("part2.program", Value::Flag(true)),
            ("consent.tpo_required", Value::Flag(true)),
        ]);
        assert_eq!(set.without_effect(), ["access.copy_deadline"]);
        assert!(!Law::default().counseling_notes_in_record(ON));
        assert!(!Law::default().consent_needed_to_send(ON));
    }

    #[test]
    fn what_makes_a_minor_an_adult() {
        let key = keys::find("minors.emancipation_kinds").unwrap();
        let all = Emancipation::ALL.map(Emancipation::slug);
        assert!(matches!(key.shape, keys::Shape::Words(words) if words == all), "the key has them all");
        assert_eq!(Law::default().emancipation(ON), (Emancipation::ALL.to_vec(), None));
        let words = Value::Words(vec!["military".into(), "court-order".into()]);
        let (counts, binding) = law(&[(key.name, words)]).emancipation(ON);
        assert_eq!(counts, [Emancipation::CourtOrder, Emancipation::Military]);
        assert!(binding.is_some());
    }

    #[test]
    fn who_acts_is_said_only_where_it_is_settled() {
        let words = Value::Words(vec!["spouse".into()]);
        for (key, value, order, surrogates, estate) in [
            ("minors.noncustodial_parent", word("by-order-only"), true, false, false),
            ("minors.noncustodial_parent", word("same-unless-order"), false, false, false),
            ("representative.surrogate_order", words.clone(), false, true, false),
            ("representative.estate_without_probate", words, false, false, true),
            ("part2.program", Value::Flag(true), false, false, false),
        ] {
            let law = law(&[(key, value.clone())]);
            assert_eq!(law.noncustodial_by_order(ON).is_some(), order, "{key} {value}");
            assert_eq!(law.surrogate_order(ON).is_some(), surrogates, "{key} {value}");
            assert_eq!(law.estate_without_probate(ON).is_some(), estate, "{key} {value}");
        }
    }

    #[test]
    fn what_part_two_protects() {
        let all = Labels::PROGRAM.with(Label::SubstanceUse);
        for (key, bits) in [
            ("part2.program", all),
            ("part2.lawful_holder", all),
            ("consent.witness_required", Labels::PROGRAM),
        ] {
            let law = law(&[(key, Value::Flag(true))]);
            assert_eq!(law.program_records(ON), bits, "{key}");
            assert_eq!(law.consent_needs_witness(ON), key == "consent.witness_required");
        }
        assert_eq!(Law::default().program_records(ON), Labels::PROGRAM);
        assert_eq!(Law::default().program_representatives(ON), ["adult-guardian", "estate"]);
        let words = |kinds: &[&str]| Value::Words(kinds.iter().map(|kind| (*kind).to_owned()).collect());
        let narrow = law(&[("part2.representatives", words(&["estate"]))]);
        assert_eq!(narrow.program_representatives(ON), ["estate"]);
        let law = law(&[("minors.self_consent.substance-use", Value::Whole(12))]);
        assert_eq!(law.alone_from("substance-use", ON), Some(12));
        assert_eq!(law.alone_from("hiv", ON), None);
    }
}
