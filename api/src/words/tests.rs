//! Tables of sentences, and proof that every message id used exists in every language.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::fhir::present::{Shown, TimeUnit, When, line, view};

const EN: Language = Language::English;
const ES: Language = Language::Spanish;

fn when(text: &str) -> When {
    When::parse(text).unwrap()
}

#[test]
fn languages_are_negotiated() {
    for (header, language) in [
        ("", EN),
        ("es", ES),
        ("es-MX,es;q=0.9,en;q=0.8", ES),
        ("en-US,en;q=0.9,es;q=0.8", EN),
        ("fr,es;q=0.3", ES),
        ("es;q=0,en;q=0.1", EN),
        ("es;q=abc", EN),
        ("de,*;q=0.5", EN),
        ("ES-us", ES),
    ] {
        assert_eq!(Language::negotiate(header), language, "{header}");
    }
    assert_eq!(Language::from_tag("es_PR"), Some(ES));
    assert_eq!(Language::from_tag("fr"), None);
}

#[test]
fn dates_are_said() {
    for (text, english, spanish) in [
        ("2024", "2024", "2024"),
        ("2024-03", "March 2024", "marzo de 2024"),
        ("2024-03-04", "March 4, 2024", "4 de marzo de 2024"),
        ("2024-03-04T14:05:00-05:00", "March 4, 2024, 2:05 PM", "4 de marzo de 2024, 2:05 p. m."),
        ("2024-03-04T00:30:00+13:00", "March 4, 2024, 12:30 AM", "4 de marzo de 2024, 12:30 a. m."),
        ("2024-03-04T12:00:00Z", "March 4, 2024, 12:00 PM", "4 de marzo de 2024, 12:00 p. m."),
    ] {
        assert_eq!(date_time(EN, &when(text)), english);
        assert_eq!(date_time(ES, &when(text)), spanish);
    }
    assert_eq!(date(EN, &when("2024-03-04T14:05:00-05:00")), "March 4, 2024");
}

#[test]
fn periods_are_said() {
    for (start, end, english, spanish) in [
        (
            Some("2024-01-01"),
            Some("2024-02-01"),
            "January 1, 2024 to February 1, 2024",
            "Del 1 de enero de 2024 al 1 de febrero de 2024",
        ),
        (Some("2024-01-01"), None, "Since January 1, 2024", "Desde el 1 de enero de 2024"),
        (None, Some("2024"), "Until 2024", "Hasta 2024"),
        (None, Some("2024-01-01"), "Until January 1, 2024", "Hasta el 1 de enero de 2024"),
        (Some("2023"), Some("2024-03"), "2023 to March 2024", "2023 a marzo de 2024"),
        (Some("2024-01-01"), Some("2024-01-01"), "January 1, 2024", "1 de enero de 2024"),
        (
            Some("2024-01-01T09:00:00Z"),
            Some("2024-01-01T09:15:00Z"),
            "January 1, 2024, 9:00 AM to 9:15 AM",
            "1 de enero de 2024, 9:00 a. m. a 9:15 a. m.",
        ),
    ] {
        let (start, end) = (start.map(when), end.map(when));
        assert_eq!(period(EN, start.as_ref(), end.as_ref()), english);
        assert_eq!(period(ES, start.as_ref(), end.as_ref()), spanish);
    }
}

#[test]
fn ages_are_said() {
    let today = when("2026-11-22").parts().unwrap().date;
    for (birth, english) in [
        ("1980-11-22", Some("46 years")),
        ("1980-11-23", Some("45 years")),
        ("2025-01-22", Some("22 months")),
        ("2026-11-01", Some("21 days")),
        ("2026-11-21", Some("1 day")),
        ("2027-01-01", None),
        ("1980", None),
    ] {
        assert_eq!(age(EN, &when(birth), today).as_deref(), english, "{birth}");
    }
    assert_eq!(span(ES, "1", TimeUnit::Year), "1 año");
    assert_eq!(span(ES, "2.5", TimeUnit::Hour), "2.5 horas");
}

#[test]
fn amounts_are_said() {
    assert_eq!(number(EN, 1234567.5), "1,234,567.5");
    assert_eq!(number(EN, -999.0), "-999");
    assert_eq!(money(EN, "1234.50", "USD"), "$1,234.50");
    assert_eq!(money(ES, "-12.00", "USD"), "-$12.00");
    assert_eq!(money(ES, "12.00", "MXN"), "12.00 MXN");
    assert_eq!(count(EN, "count-items", 1), "1 item");
    assert_eq!(count(EN, "count-items", 1234), "1,234 items");
    assert_eq!(count(ES, "count-items", 1), "1 elemento");
    assert_eq!(count(ES, "count-items", 0), "0 elementos");
    let items = ["a", "b", "c"].map(str::to_owned);
    assert_eq!(list(EN, &items), "a, b and c");
    assert_eq!(list(ES, &items[..2]), "a y b");
    assert_eq!(say(EN, "no-such-id"), "no-such-id");
    assert_eq!(say_with(ES, "no-such-id", &[("x", "y".into())]), "no-such-id");
}

#[test]
fn common_things_have_a_name_in_each_language() {
    let loinc = |code: &str, words: &str| {
        json!({"resourceType": "DocumentReference", "type":
            {"coding": [{"system": "http://loinc.org", "code": code, "display": words}]}})
    };
    let result = |code: &str, words: &str| {
        json!({"resourceType": "Observation", "code":
            {"coding": [{"system": "http://loinc.org", "code": code}], "text": words}})
    };
    let visit = json!({"resourceType": "Encounter", "type":
        [{"coding": [{"system": "http://snomed.info/sct", "code": "185349003"}], "text": "Encounter for check up"}]});
    for (resource, english, spanish) in [
        (loinc("11506-3", "Progress note"), "Progress note", "Nota de evolución (Progress note)"),
        (visit, "Encounter for check up", "Visita de control (Encounter for check up)"),
        // What the source says in Spanish already is not said twice, whatever the accents.
        (loinc("11506-3", "Nota de evolucion breve"), "Nota de evolucion breve", "Nota de evolucion breve"),
        // Nor is an abbreviation that the name ends with.
        (result("3016-3", "TSH"), "TSH", "Hormona estimulante de la tiroides (TSH)"),
        // A code that is not common, and none.
        (loinc("99999-9", "Tiny note"), "Tiny note", "Tiny note"),
        (json!({"resourceType": "Condition", "code": {"text": "Asthma"}}), "Asthma", "Asthma"),
        // Without a title of its own it is called by its kind, as ever.
        (json!({"resourceType": "Encounter"}), "Visit", "Visita"),
    ] {
        let line = line(&resource);
        assert_eq!((line_title(EN, &line), line_title(ES, &line)), (english.into(), spanish.into()));
    }
    let note = line(&loinc("11506-3", "Progress note"));
    assert_eq!(other_names(&note).as_deref(), Some("nota de evolucion"));
    assert_eq!(other_names(&line(&loinc("99999-9", "Tiny note"))), None);
}

#[test]
fn dosages_are_said() {
    let repeat = |repeat: Value| {
        json!({ "timing": { "repeat": repeat }, "doseAndRate": [{ "doseQuantity": { "value": 1, "unit": "tablet" } }],
        "route": { "coding": [{ "system": "http://snomed.info/sct", "code": "26643006", "display": "Oral route" }] } })
    };
    for (dosage, english, spanish) in [
        (
            repeat(json!({ "frequency": 2, "period": 1, "periodUnit": "d" })),
            "1 tablet by mouth, 2 times a day",
            "1 tableta por la boca, 2 veces al día",
        ),
        (
            repeat(json!({ "frequency": 1, "period": 1, "periodUnit": "d", "when": ["HS"] })),
            "1 tablet by mouth, once a day, at bedtime",
            "1 tableta por la boca, una vez al día, al acostarse",
        ),
        (
            repeat(json!({ "frequency": 1, "period": 6, "periodUnit": "h" })),
            "1 tablet by mouth, every 6 hours",
            "1 tableta por la boca, cada 6 horas",
        ),
        (
            repeat(json!({ "period": 4, "periodMax": 6, "periodUnit": "h" })),
            "1 tablet by mouth, every 4–6 hours",
            "1 tableta por la boca, cada 4–6 horas",
        ),
        (
            repeat(json!({ "frequency": 3, "frequencyMax": 4, "period": 1, "periodUnit": "d" })),
            "1 tablet by mouth, 3–4 times a day",
            "1 tableta por la boca, 3–4 veces al día",
        ),
        (
            repeat(json!({ "frequency": 1, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon", "thu"] })),
            "1 tablet by mouth, once a week, Monday and Thursday",
            "1 tableta por la boca, una vez por semana, lunes y jueves",
        ),
        (
            json!({ "asNeededBoolean": true, "timing": { "code": { "coding": [{ "code": "BID" }] } }, "doseAndRate": [{ "doseRange": { "low": { "value": 1 }, "high": { "value": 2, "unit": "puff" } } }] }),
            "1–2 puffs, 2 times a day, only when needed",
            "1–2 inhalaciones, 2 veces al día, solo si es necesario",
        ),
        (
            json!({ "timing": { "repeat": { "frequency": 1, "period": 1, "periodUnit": "d", "boundsDuration": { "value": 10, "code": "d" } } }, "doseAndRate": [{ "doseQuantity": { "value": 5, "unit": "mL" } }] }),
            "5 mL, once a day, for 10 days",
            "5 mL, una vez al día, durante 10 días",
        ),
        (
            json!({ "asNeededCodeableConcept": { "text": "pain" }, "doseAndRate": [{ "doseQuantity": { "value": 1 } }] }),
            "1 at a time, only when needed for: pain",
            "1 cada vez, solo si es necesario por: pain",
        ),
        (
            json!({ "text": "Take one daily", "patientInstruction": "With food.", "timing": { "repeat": { "frequency": 1, "period": 1, "periodUnit": "d" } } }),
            "Take one daily. With food",
            "Take one daily (una vez al día). With food",
        ),
        (json!({ "text": "As directed" }), "As directed", "As directed"),
    ] {
        let resource = json!({ "resourceType": "MedicationRequest", "dosageInstruction": [dosage] });
        let page = view(&resource);
        let how = page.fields.iter().flat_map(|f| &f.value).find(|v| matches!(v, Shown::Dosage(_))).unwrap();
        assert_eq!(shown(EN, how), english);
        assert_eq!(shown(ES, how), spanish);
    }
}

/// Message ids in a locale file, with the variables each uses.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language.tag());
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut id = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) =
                line.split_once(" =").filter(|(name, _)| !name.contains(' ') && !name.is_empty())
            {
                id = name.to_owned();
                assert!(
                    found.insert(id.clone(), BTreeSet::new()).is_none(),
                    "{id} twice in {}",
                    language.tag()
                );
            }
            let uses = line
                .match_indices('$')
                .map(|(at, _)| line[at + 1..].chars().take_while(|c| c.is_alphanumeric()).collect());
            found.entry(id.clone()).or_default().extend(uses);
        }
    }
    found.remove("");
    found
}

#[test]
fn languages_have_the_same_messages() {
    let (english, spanish) = (messages(EN), messages(ES));
    assert!(english.len() > 300, "only {} messages were read", english.len());
    let missing: Vec<&String> = english.keys().filter(|id| !spanish.contains_key(*id)).collect();
    let extra: Vec<&String> = spanish.keys().filter(|id| !english.contains_key(*id)).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "not in Spanish: {missing:?}, only in Spanish: {extra:?}"
    );
    for (id, uses) in &english {
        assert_eq!(uses, &spanish[id], "{id}");
        let args: HashMap<Cow<'static, str>, FluentValue<'_>> =
            uses.iter().map(|name| (Cow::Owned(name.clone()), FluentValue::from(1))).collect();
        for language in Language::ALL {
            let said = LOCALES.lookup_single_language(language.identifier(), id, Some(&args));
            assert!(said.is_ok_and(|text| !text.is_empty()), "{id} does not parse");
        }
    }
}

/// First words of the message ids of this part of the house.
const FAMILIES: &[&str] = &[
    "label",
    "kind",
    "known",
    "title",
    "category",
    "status",
    "flag",
    "word",
    "route",
    "moment",
    "day",
    "form",
    "span",
    "month",
    "per",
    "dosage",
    "schedule",
    "every",
    "times",
    "date",
    "time",
    "period",
    "list",
    "money",
    "reference",
    "count",
    "bounds",
    "unit",
];

#[test]
fn every_id_used_exists_and_every_message_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut used = BTreeSet::new();
    let mut folders = vec![root.join("fhir/present"), root.join("words")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            used.extend(text.split('"').map(str::to_owned));
        }
    }
    let known = messages(EN);
    // HL7 codes that look like ids of ours.
    let foreign = ["condition-category", "time-", "category-"];
    let looks_ours = |text: &String| {
        let family = text.split('-').next().unwrap_or_default();
        FAMILIES.contains(&family)
            && text.contains('-')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let unknown: Vec<&String> = used
        .iter()
        .filter(|t| looks_ours(t) && !known.contains_key(*t) && !foreign.contains(&t.as_str()))
        .collect();
    assert!(unknown.is_empty(), "used without a message: {unknown:?}");
    let unused: Vec<&String> = known
        .keys()
        .filter(|id| !used.contains(*id) && FAMILIES.contains(&id.split('-').next().unwrap_or_default()))
        .collect();
    assert!(unused.is_empty(), "never used: {unused:?}");
}
