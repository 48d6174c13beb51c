//! Rules as clinics would write them, each refusal, and the days of the test vectors.

use proptest::prelude::*;

use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A rule of California in all its parts (invented reviews).
fn rule(key: &str, value: Value) -> Rule {
    Rule {
        key: key.into(),
        value,
        cite: "Cal. Health & Safety Code 123110".into(),
        reviewed_by: "A. Counsel".into(),
        reviewed_on: "2026-10-01".into(),
        ..Rule::default()
    }
}

fn whole(key: &str, number: i64, unit: &str) -> Rule {
    Rule { unit: unit.into(), ..rule(key, Value::Whole(number)) }
}

fn word(key: &str, word: &str) -> Rule {
    rule(key, Value::Word(word.into()))
}

fn band(from: i64, to: i64, presentation: &str) -> Rule {
    Rule { from_age: Some(from), to_age: Some(to), ..word(BANDS, presentation) }
}

fn law(rules: &[Rule]) -> Law {
    Law { jurisdiction: "US-CA".into(), rule: rules.to_vec(), ..Law::default() }
}

#[test]
fn what_federal_law_or_sense_forbids_is_refused() {
    let list =
        |key: &str, words: &[&str]| rule(key, Value::Words(words.iter().map(|w| (*w).into()).collect()));
    for (one, said) in [
        (whole("access.copy_deadline", 15, ""), ""),
        (whole("access.copy_deadline", 15, "days"), ""),
        (whole("access.copy_deadline", 15, "business-days"), ""),
        (whole("access.copy_deadline", 30, ""), ""),
        (whole("access.copy_deadline", 31, ""), "at most 30 days (45 CFR 164.524(b)(2)(i))"),
        (whole("access.copy_deadline", 22, "business-days"), ""),
        (whole("access.copy_deadline", 23, "business-days"), "gives people less than federal law"),
        (whole("access.copy_deadline", -1, ""), "not less than 0"),
        (whole("access.copy_deadline", i64::MAX, "business-days"), "gives people less"),
        (whole("access.copy_deadline", 15, "weeks"), "days, business-days"),
        (word("access.copy_deadline", "15"), "whole number"),
        (whole("access.extension_max", 0, ""), ""),
        (whole("access.extension_max", 60, ""), "at most 30 days"),
        (rule("access.unpaid_bill_bar", Value::Flag(false)), ""),
        (rule("access.unpaid_bill_bar", Value::Flag(true)), "always \"no\""),
        (word("access.unpaid_bill_bar", "no"), "true or false"),
        (whole("amendment.deadline", 61, ""), "at most 60 days"),
        (whole("amendment.addendum_words", 250, ""), ""),
        (whole("accounting.years", 5, ""), "at least 6 years"),
        (whole("accounting.years", 10, ""), ""),
        (whole("minors.age_majority", 19, ""), ""),
        (whole("minors.age_majority", 17, ""), "between 18 years and 21 years"),
        (whole("minors.age_majority", 22, ""), "between 18 years and 21 years"),
        (whole("minors.self_consent.sti", 12, ""), ""),
        (whole("minors.self_consent.sti", 21, ""), "between 0 years and 20 years"),
        (word("minors.parent_access_rule.sti", "prohibits"), ""),
        (word("minors.parent_access_rule.sti", "maybe"), "requires, permits, prohibits, silent"),
        (word("minors.parent_access_rule.sti", ""), "requires, permits"),
        (list("minors.emancipation_kinds", &["marriage", "military"]), ""),
        (list("minors.emancipation_kinds", &["divorce"]), "court-order, marriage"),
        (list("minors.emancipation_kinds", &[]), "court-order, marriage"),
        (list("representative.surrogate_order", &["spouse", "adult child"]), ""),
        (list("representative.surrogate_order", &[" "]), "list of words"),
        (list("part2.representatives", &["adult-guardian", "estate", "health-care-agent"]), ""),
        (list("part2.representatives", &["delegate"]), "parent, guardian"),
        (list("part2.representatives", &[]), "parent, guardian"),
        (whole("results.hold.pathology", 72, "hours"), ""),
        (whole("results.hold.pathology", 3, "business-days"), ""),
        (whole("results.hold.pathology", 8, "days"), "between 0 days and 7 days"),
        (whole("consent.expiry_max", 1, "years"), ""),
        (rule("part2.program", Value::Flag(true)), ""),
        (whole("part2.program", 1, ""), "true or false"),
        (Rule { unit: "days".into(), ..rule("part2.program", Value::Flag(true)) }, "not a number"),
        (whole("retention.documents", 5, ""), "at least 6 years"),
        (whole("breach.individual_days", 30, ""), ""),
        (whole("breach.individual_days", 61, ""), "at most 60 days (45 CFR 164.404(b))"),
        (whole("security.idle_staff", 31, ""), "between 5 minutes and 30 minutes"),
        (whole("security.idle_staff", 4, ""), "between 5 minutes"),
        (whole("policy.internal_targets.access", 31, ""), "between 1 days and 30 days"),
        (list("calendar.holidays", &["2026-12-25"]), ""),
        (list("calendar.holidays", &["Christmas"]), "2026-12-25"),
        (whole("acces.copy_deadline", 15, ""), "perhaps you mean access.copy_deadline"),
        (whole("nonsense", 15, ""), "docs/configuration.md"),
        (band(12, 18, "by-service"), ""),
        (Rule { cite: String::new(), ..band(12, 18, "by-service") }, "has no cite"),
        (Rule { from_age: None, ..band(12, 18, "by-service") }, "from_age and to_age"),
        (band(18, 12, "full"), "from the younger to the older"),
        (band(12, 40, "full"), "between 0 and 21"),
        (band(12, 18, "nothing"), "full, by-service"),
        (Rule { from_age: Some(3), ..whole("breach.individual_days", 30, "") }, "only minors.proxy_bands"),
        (Rule { cite: " ".into(), ..whole("breach.individual_days", 30, "") }, "has no cite"),
        (Rule { cite: String::new(), ..whole("policy.internal_targets.access", 10, "") }, ""),
        (Rule { reviewed_by: String::new(), ..whole("breach.individual_days", 30, "") }, "reviewed_by"),
        (
            Rule { reviewed_on: "soon".into(), ..whole("breach.individual_days", 30, "") },
            "reviewed_on that is no day",
        ),
        (
            Rule {
                effective_from: "2026-02-01".into(),
                effective_to: "2026-01-31".into(),
                ..whole("breach.individual_days", 30, "")
            },
            "ends on 2026-01-31, before it begins on 2026-02-01",
        ),
        (
            Rule { effective_from: "2026-2-1".into(), ..whole("breach.individual_days", 30, "") },
            "effective_from",
        ),
    ] {
        let faults = faults(&law(std::slice::from_ref(&one)));
        match said {
            "" => assert_eq!(faults, [], "{one:?}"),
            said => {
                assert_eq!(faults.len(), 1, "{one:?}: {faults:?}");
                assert!(faults[0].words.contains(said), "{one:?}: {}", faults[0].words);
                assert!(faults[0].words.contains(&one.key) && faults[0].key == "law.rule.1");
            }
        }
    }
    let nobodys = Law { rule: vec![whole("breach.individual_days", 30, "")], ..Law::default() };
    assert!(faults(&nobodys)[0].words.contains("whose law"), "{:?}", faults(&nobodys));
}

#[test]
fn rules_that_cannot_both_hold_are_refused() {
    let from = |from: &str, to: &str, rule: Rule| Rule {
        effective_from: from.into(),
        effective_to: to.into(),
        ..rule
    };
    let texas = |rule: Rule| Rule { jurisdiction: "US-TX".into(), ..rule };
    let copy = |days| whole("access.copy_deadline", days, "");
    let parent = |says| word("minors.parent_access_rule.sti", says);
    for (one, other, clashes) in [
        (copy(15), copy(10), true),
        (copy(15), texas(copy(10)), false),
        (from("", "2025-12-31", copy(15)), from("2026-01-01", "", copy(10)), false),
        (from("", "2026-01-01", copy(15)), from("2026-01-01", "", copy(10)), true),
        (from("2026-01-01", "", copy(15)), from("", "2026-06-30", copy(10)), true),
        (copy(15), whole("access.inspect_deadline", 5, "business-days"), false),
        (parent("prohibits"), texas(parent("requires")), true),
        (parent("prohibits"), texas(parent("prohibits")), false),
        (parent("prohibits"), word("minors.parent_access_rule.hiv", "requires"), false),
        (band(0, 12, "full"), band(12, 18, "by-service"), false),
        (band(0, 13, "full"), band(12, 18, "by-service"), true),
        (band(0, 18, "full"), texas(band(12, 14, "by-service")), true),
    ] {
        let found = faults(&law(&[one.clone(), other.clone()]));
        assert_eq!(!found.is_empty(), clashes, "{one:?} {other:?}: {found:?}");
        if clashes {
            assert!(found[0].key == "law.rule.2" && found[0].words.contains("rule 1"), "{found:?}");
        }
    }
}

#[test]
fn the_stricter_binds_and_the_other_is_named() {
    let texas = |rule: Rule| Rule { jurisdiction: "US-TX".into(), cite: "Tex. 1".into(), ..rule };
    let on = date("2026-11-22");
    let of = |rules: &[Rule], key: &str| {
        let law = law(rules);
        assert_eq!(law.faults(), []);
        let binding = law.binding(key, on)?;
        assert_eq!(binding.value, binding.by.value);
        Some((binding.value.to_string(), binding.by.jurisdiction, binding.others.len()))
    };
    let is = |value: &str, of: &str, others| Some((value.to_owned(), of.to_owned(), others));
    let copy = |days| whole("access.copy_deadline", days, "");
    assert_eq!(of(&[], "access.copy_deadline"), is("30", "US", 0));
    assert_eq!(of(&[copy(15)], "access.copy_deadline"), is("15", "US-CA", 1));
    assert_eq!(of(&[copy(15), texas(copy(10))], "access.copy_deadline"), is("10", "US-TX", 2));
    assert_eq!(of(&[texas(copy(10)), copy(15)], "access.copy_deadline"), is("10", "US-TX", 2));
    assert_eq!(of(&[copy(30)], "access.copy_deadline"), is("30", "US-CA", 1), "the law nearer by is cited");
    let late = Rule { effective_from: "2027-01-01".into(), ..copy(15) };
    assert_eq!(of(&[late], "access.copy_deadline"), is("30", "US", 0), "not before it begins");
    let ended = Rule { effective_to: "2026-11-22".into(), ..copy(15) };
    assert_eq!(
        of(std::slice::from_ref(&ended), "access.copy_deadline"),
        is("15", "US-CA", 1),
        "to its last day"
    );
    let over = Rule { effective_to: "2026-11-21".into(), ..copy(15) };
    assert_eq!(of(&[over], "access.copy_deadline"), is("30", "US", 0));
    let years = |n| whole("accounting.years", n, "");
    assert_eq!(of(&[years(7), texas(years(10))], "accounting.years"), is("10", "US-TX", 2));
    let hours = whole("results.hold.pathology", 72, "hours");
    assert_eq!(
        of(&[hours], "results.hold.pathology"),
        is("72", "US-CA", 1),
        "a hold is not undone by having none"
    );
    assert_eq!(of(&[], "results.hold.pathology"), is("0", "US", 0));
    let tpo = rule("consent.tpo_required", Value::Flag(true));
    assert_eq!(of(&[tpo], "consent.tpo_required"), is("yes", "US-CA", 1));
    assert_eq!(of(&[], "minors.self_consent.sti"), None, "nobody guesses an age");
    assert_eq!(of(&[], "nonsense"), None);
}

#[test]
fn majority_and_bands() {
    let on = date("2026-11-22");
    let age = |n| whole("minors.age_majority", n, "");
    assert_eq!(law(&[]).majority(on), 18);
    assert_eq!(law(&[age(19)]).majority(on), 19, "a state's age stands in the place of the usual one");
    let later = Rule { effective_from: "2027-01-01".into(), ..age(19) };
    assert_eq!(law(&[later]).majority(on), 18);
    let texas = Rule { jurisdiction: "US-TX".into(), ..age(21) };
    assert_eq!(law(&[age(19), texas]).majority(on), 19, "of two the one that ends another's access sooner");

    let bands = |rules: &[Rule]| -> Vec<(i64, i64, String)> {
        law(rules).bands(on).into_iter().map(|band| (band.from, band.to, band.presentation)).collect()
    };
    assert_eq!(bands(&[]), [(0, 18, "full".into())], "nothing by age unless a law is cited");
    assert_eq!(bands(&[age(19)]), [(0, 19, "full".into())]);
    assert_eq!(
        bands(&[band(12, 18, "by-service"), band(0, 12, "full")]),
        [(0, 12, "full".into()), (12, 18, "by-service".into())]
    );
}

#[test]
fn days_by_which_to_answer() {
    let holidays = rule(
        "calendar.holidays",
        Value::Words(["2026-11-26", "2026-12-25", "2027-01-01"].map(str::to_owned).into()),
    );
    let california = [
        whole("access.inspect_deadline", 5, "business-days"),
        whole("access.copy_deadline", 15, "days"),
        holidays,
    ];
    for (rules, key, received, due, by, others) in [
        (&[][..], "access.copy_deadline", "2026-01-31", "2026-03-02", "US", 0),
        (&[], "access.copy_deadline", "2027-01-30", "2027-03-01", "US", 0),
        (&[], "access.copy_deadline", "2026-12-05", "2027-01-04", "US", 0),
        (&[], "access.copy_deadline", "2026-11-27", "2026-12-27", "US", 0),
        (&[], "amendment.deadline", "2026-11-02", "2027-01-01", "US", 0),
        (&[], "accounting.deadline", "2027-12-31", "2028-02-29", "US", 0),
        (&[], "breach.individual_days", "2026-11-03", "2027-01-02", "US", 0),
        (&california, "access.inspect_deadline", "2026-11-23", "2026-12-01", "US-CA", 1),
        (&california, "access.copy_deadline", "2026-11-23", "2026-12-08", "US-CA", 1),
        (&california[..1], "access.inspect_deadline", "2026-11-23", "2026-11-30", "US-CA", 1),
        (&california, "amendment.deadline", "2026-11-02", "2027-01-01", "US", 0),
    ] {
        let law = law(rules);
        assert_eq!(law.faults(), []);
        let found = law.due(key, date(received)).unwrap();
        assert_eq!(
            (found.day, found.by.jurisdiction.as_str(), found.others.len()),
            (date(due), by, others),
            "{key} {received}"
        );
        assert!(found.others.iter().all(|(day, _)| *day >= found.day));
    }
    // 22 business days can be later than 30 days; then federal law binds.
    let mixed = law(&[
        whole("access.copy_deadline", 22, "business-days"),
        rule("calendar.holidays", Value::Words(vec!["2026-12-24".into(), "2026-12-25".into()])),
    ]);
    let found = mixed.due("access.copy_deadline", date("2026-11-27")).unwrap();
    assert_eq!((found.day, found.by.jurisdiction.as_str()), (date("2026-12-27"), "US"));
    assert!(found.others[0].0 > found.day);
    assert_eq!(law(&[]).due("minors.self_consent.sti", date("2026-01-01")), None);
    assert_eq!(law(&[]).due("security.idle_staff", date("2026-01-01")), None, "not a time of days");
}

/// Rules for numbers as anybody may write them, of two laws; those that the start refuses are left out.
fn any_law() -> impl Strategy<Value = Law> {
    let keys = keys::KEYS.iter().filter(|key| key.shape == Shape::Whole && key.name != BANDS);
    let keys: Vec<&'static Key> = keys.collect();
    let one =
        (0..keys.len(), 0i64..80, 0usize..3, any::<bool>()).prop_map(move |(n, number, unit, other)| {
            let key = keys[n];
            let unit = key.units.get(unit).map_or("", |unit| unit.slug());
            let jurisdiction = if other { "US-XX" } else { "US-CA" };
            Rule { jurisdiction: jurisdiction.into(), ..whole(&key.names()[0], number, unit) }
        });
    let days = proptest::collection::vec(0u64..90, 0..20);
    (proptest::collection::vec(one, 0..12), days).prop_map(|(rules, days)| {
        let days = days.into_iter().map(|n| (date("2026-01-01") + Days::new(n)).to_string()).collect();
        let holidays = rule("calendar.holidays", Value::Words(days));
        rules.into_iter().chain([holidays]).fold(law(&[]), |mut law, rule| {
            law.rule.push(rule);
            if !law.faults().is_empty() {
                law.rule.pop();
            }
            law
        })
    })
}

proptest! {
    /// I17: whatever is settled that the start takes, no day is later than by federal law, no number that federal law bounds
    /// gives people less, and so no fee is higher.
    #[test]
    fn no_setting_is_weaker_than_federal_law(law in any_law(), later in 0u64..400) {
        let on = date("2026-01-01") + Days::new(later);
        let usual = Law::default();
        for key in keys::KEYS.iter().filter(|key| key.shape == Shape::Whole) {
            let Some(federal) = federal(key) else { continue };
            let name = &key.names()[0];
            if key.bound == Bound::AtMost
                && let Some(wanted) = usual.due(name, on)
            {
                let due = law.due(name, on).unwrap();
                prop_assert!(due.day <= wanted.day, "{name} {on}: {due:?}");
            }
            let binding = law.binding(name, on).unwrap();
            let mine = measure(key, &binding.value, binding.by.unit);
            let theirs = measure(key, &federal.value, federal.unit);
            prop_assert!(
                match key.bound {
                    Bound::AtMost => mine <= theirs,
                    Bound::AtLeast => mine >= theirs,
                    Bound::Fixed => mine == theirs,
                    Bound::Within(..) | Bound::Alone => true,
                },
                "{name} {on}: {binding:?}"
            );
        }
    }
}
