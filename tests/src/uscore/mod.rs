//! The synthetic people against the profiles of US Core 6.1 (and those that 7.0 adds): everything that must be
//! supported occurs, and what claims a profile fits it.

mod facts;
mod notebook;
mod package;
mod served;
mod strict;
mod walk;

use std::collections::{BTreeSet, HashMap};

use api::fhir::capability::{About, statement};
use fixtures::people;
use serde_json::{Value, json};

use self::facts::{Facts, short};
use self::walk::{Walk, name_of};
use crate::harness::{setting, skip, tree};

const SEED: u64 = 1;
const TABLE: &str = "tests/golden/us_core.txt";
/// Whoever tries a conformance suite, which has one token, needs this person and no other.
const SUITE: &str = "suite";

/// What must be supported and yet is not shown, with the reason.
const NOT_SHOWN: [(&str, &str); 1] = [
    // A blood pressure is told by its two components; a value of its own beside them would say it twice.
    ("us-core-blood-pressure", "value[x]"),
];

fn facts() -> Facts {
    Facts::parse(&std::fs::read_to_string(tree::root().join(TABLE)).unwrap())
}

fn everything() -> Vec<Value> {
    let mut all = people::directory(SEED);
    all.extend(people::people(SEED).into_iter().flat_map(|person| person.resources));
    all
}

/// What the one token of a suite opens.
fn of_suite() -> Vec<Value> {
    let mut all = people::directory(SEED);
    let person = people::people(SEED).into_iter().find(|person| person.key == SUITE).unwrap();
    all.extend(person.resources);
    all
}

fn store(all: &[Value]) -> HashMap<String, Value> {
    all.iter().map(|resource| (name_of(resource), resource.clone())).collect()
}

/// The profiles of US Core that a resource claims.
fn claims(resource: &Value) -> Vec<&str> {
    let listed = resource["meta"]["profile"].as_array().map_or(&[][..], Vec::as_slice);
    listed.iter().filter_map(Value::as_str).map(short).collect()
}

#[test]
fn the_table_is_what_the_packages_say() {
    let Some(folder) = package::folder() else { return skip("no shared/definitions above the workspace") };
    let file = tree::root().join(TABLE);
    let made = package::read(&folder).print();
    if setting("RECORDRIGHT_TEST_BLESS").is_some() {
        std::fs::write(&file, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = made.lines().zip(kept.lines()).find(|(made, kept)| made != kept);
    assert!(made == kept, "the table is not what the packages say, first here: {differs:?}");
    assert_eq!(Facts::parse(&made).print(), made);
}

/// What the capability statement tells of a type.
fn told(kind: &str) -> Value {
    let about = About { base: "https://r.example/fhir", oauth: "", apps: "", clinic: "", version: "" };
    let made = statement(&about);
    let mut all = made["rest"][0]["resource"].as_array().unwrap().iter();
    all.find(|one| one["type"] == kind).unwrap_or_else(|| panic!("{kind} is not served")).clone()
}

/// What is shown, by the tests below, is what is told to be supported: no profile more and none less.
#[test]
fn the_profiles_that_are_shown_are_told() {
    let facts = facts();
    let profiles = facts.profiles.iter().filter(|(_, profile)| profile.kind != "Extension");
    let mut by_kind: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for (name, profile) in profiles {
        by_kind.entry(&profile.kind).or_default().insert(name);
    }
    for (kind, shown) in by_kind {
        let of_type = told(kind);
        let listed = of_type["supportedProfile"].as_array().unwrap();
        let listed: BTreeSet<&str> = listed.iter().map(|one| short(one.as_str().unwrap())).collect();
        assert_eq!(listed, shown, "{kind}");
    }
}

#[test]
fn search_parameters_are_told_with_their_definitions() {
    let Some(folder) = package::folder() else { return skip("no shared/definitions above the workspace") };
    let defined = package::search_parameters(&folder);
    assert!(defined.len() > 100);
    let mut told_of = 0;
    for ((kind, name), address) in &defined {
        let of_type = told(kind);
        let params = of_type["searchParam"].as_array().unwrap();
        // What 6.1 defines and asks of nobody need not be there.
        if let Some(param) = params.iter().find(|param| param["name"] == *name) {
            assert_eq!(param["definition"], *address, "{kind} {name}");
            told_of += 1;
        }
    }
    assert!(told_of + 2 > defined.len(), "{told_of} of {}", defined.len());
}

#[test]
fn all_that_must_be_supported_occurs() {
    let facts = facts();
    for all in [everything(), of_suite()] {
        let store = store(&all);
        let walk = Walk::new(&facts, &store);
        for resource in &all {
            for profile in claims(resource) {
                walk.faults(resource, profile);
            }
        }
        let missing = missing(&facts, &walk);
        assert!(missing.is_empty(), "{missing:#?}");
    }
}

/// What must be supported and did not occur on the walk.
fn missing(facts: &Facts, walk: &Walk) -> Vec<String> {
    let seen = walk.seen.borrow();
    let mut missing = Vec::new();
    for (name, profile) in &facts.profiles {
        profile.root.each(&mut |element| {
            let occurs = |what: &str| seen.contains(&(name.clone(), element.path.clone(), what.to_owned()));
            if !element.must || NOT_SHOWN.contains(&(name, &element.path)) {
                return;
            }
            if !occurs("") {
                missing.push(format!("{name}: {}", element.path));
                return;
            }
            let several = |list: &[facts::Marked]| list.len() > 1;
            let types = element.types.iter().filter(|one| one.must && several(&element.types));
            let named = types.chain(element.targets.iter().filter(|one| one.must));
            let absent = named.filter(|one| one.name != "Reference" && !occurs(&one.name));
            missing.extend(absent.map(|one| format!("{name}: {} as {}", element.path, one.name)));
        });
    }
    missing
}

#[test]
fn what_claims_a_profile_fits_it() {
    let (facts, all) = (facts(), everything());
    let store = store(&all);
    let walk = Walk::new(&facts, &store);
    let mut faults = Vec::new();
    for resource in &all {
        for profile in claims(resource) {
            assert!(facts.profiles.contains_key(profile), "{profile} is not known");
            faults.extend(walk.faults(resource, profile));
        }
        let found = api::fhir::check::check(resource);
        faults.extend(found.into_iter().map(|one| format!("{}: {one:?}", name_of(resource))));
    }
    assert!(faults.is_empty(), "{} faults: {:#?}", faults.len(), &faults[..faults.len().min(20)]);
}

/// A type for which US Core has a profile is never served without one.
#[test]
fn what_could_claim_a_profile_does() {
    let facts = facts();
    let kinds: BTreeSet<&str> = facts.profiles.values().map(|profile| profile.kind.as_str()).collect();
    for resource in everything() {
        let profiled = kinds.contains(resource["resourceType"].as_str().unwrap());
        assert!(!profiled || !claims(&resource).is_empty(), "{}", name_of(&resource));
    }
}

/// Missing data is said in both ways in what an app asks for by US Core (General Guidance, Missing Data).
#[test]
fn missing_data_is_said_in_both_ways() {
    let (mut extension, mut code) = (false, false);
    for resource in of_suite().iter().filter(|one| !claims(one).is_empty()) {
        each(resource, &mut |value| {
            extension |= value["url"] == "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
            code |= value["code"] == "unknown"
                && value["system"] == "http://terminology.hl7.org/CodeSystem/data-absent-reason";
        });
    }
    assert!(extension && code, "extension {extension}, code {code}");
}

/// Every value inside a value, itself first.
fn each(value: &Value, look: &mut dyn FnMut(&Value)) {
    look(value);
    match value {
        Value::Object(map) => map.values().for_each(|value| each(value, look)),
        Value::Array(list) => list.iter().for_each(|value| each(value, look)),
        _ => {}
    }
}

#[test]
fn screening_is_of_every_kind() {
    let all = of_suite();
    let of = |kind: &str| -> BTreeSet<String> {
        let claiming = all.iter().filter(|one| claims(one).contains(&kind));
        let codes = claiming.flat_map(|one| one["category"].as_array().cloned().unwrap_or_default());
        codes.filter_map(|one| one["coding"][0]["code"].as_str().map(str::to_owned)).collect()
    };
    let screenings = of("us-core-observation-screening-assessment");
    for category in ["survey", "sdoh", "functional-status", "disability-status", "cognitive-status"] {
        assert!(screenings.contains(category), "{category}");
    }
    let conditions = of("us-core-condition-problems-health-concerns");
    for category in ["problem-list-item", "health-concern", "sdoh"] {
        assert!(conditions.contains(category), "{category}");
    }
}

/// The check itself: each change to a sound resource is found, and named by its path.
#[test]
fn a_fault_is_found_where_it_is() {
    let (facts, all) = (facts(), everything());
    let first = |profile: &str, member: &str| -> Value {
        let mut claiming = all.iter().filter(|one| claims(one).contains(&profile));
        claiming.find(|one| one.get(member).is_some()).unwrap().clone()
    };
    let cases: [(&str, &str, Value, &str); 12] = [
        ("us-core-patient", "gender", Value::Null, "gender is missing"),
        ("us-core-patient", "name", json!([]), "name is missing"),
        ("us-core-heart-rate", "category", json!([{"text": "Vital Signs"}]), "category:VSCat is missing"),
        (
            "us-core-heart-rate",
            "valueQuantity",
            json!({"value": 70, "unit": "beats", "system": "http://unitsofmeasure.org", "code": "1"}),
            "value[x]:valueQuantity.code is not the value that the profile fixes",
        ),
        ("us-core-blood-pressure", "component", json!([]), "component is missing"),
        ("us-core-blood-pressure", "component", json!([]), "component:systolic is missing"),
        ("us-core-body-weight", "subject", json!({"reference": "Patient/nobody"}), "subject leads nowhere"),
        (
            "us-core-observation-lab",
            "specimen",
            json!({"reference": "Patient/rosa"}),
            "specimen leads to something that fits no profile",
        ),
        ("us-core-goal", "startDate", json!("2020-01-01"), ""),
        ("us-core-careplan", "category", json!([{"text": "Plan"}]), "category:AssessPlan is missing"),
        (
            "us-core-condition-encounter-diagnosis",
            "category",
            json!([{"text": "Diagnosis"}]),
            "category:us-core is missing",
        ),
        ("us-core-documentreference", "content", Value::Null, "content is missing"),
    ];
    let store = store(&all);
    for (profile, member, value, expected) in cases {
        let walk = Walk::new(&facts, &store);
        let mut resource = first(profile, member);
        if value.is_null() {
            resource.as_object_mut().unwrap().remove(member);
        } else {
            resource[member] = value;
        }
        let faults = walk.faults(&resource, profile);
        if expected.is_empty() {
            assert!(faults.is_empty(), "{profile} {member}: {faults:?}");
        } else {
            assert!(faults.iter().any(|fault| fault.contains(expected)), "{profile} {member}: {faults:?}");
        }
    }
}
