//! Made-up people, the same in each run: each with an id, a name and a birth date of their own, and as many encounters
//! and measurements as are asked for. Every resource says that it is synthetic.

use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use api::base::Instant as Moment;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// Resources of a person among many: the person, a visit, a problem, five measurements.
pub const SMALL: usize = 8;
/// Days from one visit to the next.
const BETWEEN: usize = 2;

/// The FHIR id of a person.
pub fn id(person: usize) -> String {
    format!("bench-{person}")
}

/// What stands at a place in a person's record: the person first, then a visit in each ten, and what was measured there.
pub fn resource(person: usize, place: usize) -> Value {
    let mut made = match place {
        0 => patient(person),
        2 => condition(person),
        _ if place % 10 == 1 => encounter(person, place),
        _ => observation(person, place),
    };
    made["id"] = if place == 0 { id(person).into() } else { at(person, place).into() };
    made["meta"] = json!({"tag": [{
        "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST", "display": "test health data",
    }]});
    if place > 0 {
        made["subject"] = json!({"reference": format!("Patient/{}", id(person))});
    }
    made
}

/// A note of some kB about a person, as records have them beside what is measured.
pub fn note(person: usize) -> Value {
    let said: String = (0..60)
        .map(|line| {
            let number = person.wrapping_mul(2_654_435_761).wrapping_add(line * 40_503) % 100_003;
            format!(
                "Line {line} of a made-up note: nothing was found, and number {number} was written down.\n"
            )
        })
        .collect();
    json!({
        "resourceType": "DocumentReference",
        "id": format!("{}-note", id(person)),
        "status": "current",
        "type": {"coding": [{"system": "http://loinc.org", "code": "11506-3", "display": "Progress note"}]},
        "category": [{"coding": [{
            "system": "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category", "code": "clinical-note",
        }]}],
        "subject": {"reference": format!("Patient/{}", id(person))},
        "date": moment(person, 1),
        "content": [{"attachment": {"contentType": "text/plain", "data": BASE64_STANDARD.encode(said)}}],
    })
}

/// Writes small records, a resource a line; how many bytes.
pub fn write(path: &Path, people: Range<usize>) -> u64 {
    let mut file = BufWriter::new(std::fs::File::create(path).unwrap());
    let mut bytes = 0;
    for person in people {
        for place in 0..SMALL {
            bytes += line(&mut file, &resource(person, place));
        }
    }
    file.flush().unwrap();
    bytes
}

/// Writes one resource as a line; how many bytes.
pub fn line(file: &mut impl Write, resource: &Value) -> u64 {
    let mut line = serde_json::to_vec(resource).unwrap();
    line.push(b'\n');
    file.write_all(&line).unwrap();
    line.len() as u64
}

fn at(person: usize, place: usize) -> String {
    format!("{}-{place}", id(person))
}

/// A name that nobody else has, by syllables for the digits of the number.
fn family(person: usize) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va"];
    let spoken: String = (0..5).rev().map(|digit| SYLLABLES[person >> (4 * digit) & 15]).collect();
    let (first, rest) = spoken.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

fn patient(person: usize) -> Value {
    const GIVEN: [&str; 8] = ["Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gina", "Hugo"];
    let birth = Moment((person as i64 * 97 % 20_000 - 8_000) * DAY);
    json!({
        "resourceType": "Patient",
        "identifier": [{"system": "urn:recordright:bench", "value": format!("MRN{person:07}")}],
        "name": [{"use": "official", "family": family(person), "given": [GIVEN[person % GIVEN.len()]]}],
        "gender": if person.is_multiple_of(2) { "female" } else { "male" },
        "birthDate": &birth.rfc3339()[..10],
    })
}

fn encounter(person: usize, place: usize) -> Value {
    json!({
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB", "display": "ambulatory"},
        "type": [{"coding": [{"system": "http://snomed.info/sct", "code": "185349003", "display": "Encounter for check up"}]}],
        "period": {"start": moment(person, place), "end": moment(person, place)},
    })
}

fn condition(person: usize) -> Value {
    json!({
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]},
        "category": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/condition-category", "code": "problem-list-item",
        }]}],
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "38341003", "display": "Hypertensive disorder"}]},
        "encounter": {"reference": format!("Encounter/{}", at(person, 1))},
        "recordedDate": moment(person, 2),
    })
}

/// Code and name by LOINC, category, unit by UCUM, lowest value, span of values.
const MEASURED: [(&str, &str, &str, &str, usize, usize); 8] = [
    ("2345-7", "Glucose [Mass/volume] in Serum or Plasma", "laboratory", "mg/dL", 70, 60),
    ("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "laboratory", "mg/dL", 140, 120),
    ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "laboratory", "mg/dL", 1, 2),
    ("718-7", "Hemoglobin [Mass/volume] in Blood", "laboratory", "g/dL", 11, 6),
    ("8867-4", "Heart rate", "vital-signs", "/min", 55, 50),
    ("29463-7", "Body weight", "vital-signs", "kg", 50, 60),
    ("8310-5", "Body temperature", "vital-signs", "Cel", 36, 3),
    ("9279-1", "Respiratory rate", "vital-signs", "/min", 12, 8),
];

fn observation(person: usize, place: usize) -> Value {
    let (code, name, category, unit, low, span) = MEASURED[(person + place) % MEASURED.len()];
    let value = low + (person * 31 + place * 7) % span;
    json!({
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": category,
        }]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": name}], "text": name},
        "encounter": {"reference": format!("Encounter/{}", at(person, place / 10 * 10 + 1))},
        "effectiveDateTime": moment(person, place),
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
    })
}

/// Microseconds.
const DAY: i64 = 86_400_000_000;

/// When: each visit some days before the one that stands before it, from 2026 back.
fn moment(person: usize, place: usize) -> String {
    let back = (person % 365 + place / 10 * BETWEEN) as i64 % 20_000;
    Moment(20_454 * DAY - back * DAY + (place % 10) as i64 * 600_000_000).rfc3339()
}
