//! Tables of what is asked, what is ticked, and what is granted.

use super::super::scopes::{Interaction, Level};
use super::*;
use crate::fhir::search::all_served;
use crate::fhir::sensitivity::Labels;
use crate::representation::Lens;

fn scopes(text: &str) -> Scopes {
    let parsed = Scopes::read(text).unwrap();
    assert_eq!(parsed.dropped, [], "{text}");
    parsed.scopes
}

fn slugs(groups: &[&Group]) -> String {
    groups.iter().map(|group| group.slug).collect::<Vec<_>>().join(" ")
}

fn slugged(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

const LAB: &str =
    "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory";
const VITAL: &str =
    "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs";
const PROBLEM: &str = "patient/Condition.rs?category=http://terminology.hl7.org/CodeSystem/condition-category|problem-list-item";
const CONCERN: &str =
    "patient/Condition.rs?category=http://hl7.org/fhir/us/core/CodeSystem/condition-category|health-concern";

#[test]
fn what_is_asked_is_offered() {
    for (asked, groups) in [
        ("", ""),
        ("openid launch/patient offline_access", ""),
        ("patient/Practitioner.rs patient/Provenance.rs", ""),
        ("patient/AllergyIntolerance.read", "allergies"),
        (
            "patient/Observation.rs",
            "labs vitals procedures imaging care-plans daily-life surveys living abilities rest",
        ),
        ("patient/Condition.rs", "problems diagnoses concerns living"),
        (LAB, "labs"),
        ("patient/Observation.r?category=vital-signs", "vitals"),
        ("patient/Observation.r?category=sdoh", "living"),
        ("patient/Observation.r?category=urn:own|something", "rest"),
        ("patient/Condition.r?category=urn:own|something", "problems"),
        (CONCERN, "concerns living"),
        // What is often of two groups is asked about under both names.
        ("patient/Observation.rs?category=survey", "surveys living abilities"),
        ("patient/Observation.rs?category=social-history", "daily-life living"),
        ("patient/Observation.rs?category=urn:own|survey", "rest"),
        ("patient/DiagnosticReport.rs", "labs notes imaging"),
        ("patient/DocumentReference.s user/Goal.rs", "labs notes imaging care-plans documents"),
        ("patient/Binary.r", "labs notes imaging documents"),
    ] {
        assert_eq!(slugs(&offered(&scopes(asked))), groups, "{asked}");
    }
    assert_eq!(offered(&scopes("patient/*.rs")).len(), GROUPS.len());
}

/// A group of which an app may read none of what its name speaks of tells the types.
#[test]
fn a_name_does_not_say_too_much() {
    for (asked, parts) in [
        ("patient/*.rs", ""),
        (LAB, ""),
        (
            "patient/Observation.rs",
            "procedures: Observation, imaging: Observation, care-plans: Observation, rest: Observation",
        ),
        (
            "patient/Observation.rs patient/Procedure.rs patient/Goal.rs",
            "imaging: Observation, rest: Observation",
        ),
        ("patient/Observation.rs?category=procedure", "procedures: Observation"),
        ("patient/DiagnosticReport.rs", "notes: DiagnosticReport"),
        (
            "patient/ServiceRequest.rs",
            "labs: ServiceRequest, procedures: ServiceRequest, imaging: ServiceRequest",
        ),
        (
            "patient/DocumentReference.rs patient/Binary.rs",
            "labs: Binary DocumentReference, imaging: Binary DocumentReference",
        ),
        ("patient/Condition.rs", ""),
        ("patient/List.rs", "rest: List"),
    ] {
        let asked = scopes(asked);
        let told = offered(&asked).into_iter().filter_map(|group| {
            let part = group.part(&asked).join(" ");
            (!part.is_empty()).then(|| format!("{}: {part}", group.slug))
        });
        assert_eq!(told.collect::<Vec<_>>().join(", "), parts, "{asked}");
    }
}

#[test]
fn what_is_ticked_is_granted_and_no_more() {
    let all = GROUPS.iter().map(|group| group.slug).collect::<Vec<_>>().join(" ");
    for (asked, ticked, granted) in [
        // Nothing taken out: word for word what was asked for.
        (
            "launch/patient patient/*.rs offline_access",
            all.as_str(),
            "launch/patient patient/*.rs offline_access",
        ),
        ("patient/*.read", all.as_str(), "patient/*.read"),
        (LAB, "labs", LAB),
        (
            "patient/Observation.rs",
            "labs vitals procedures imaging care-plans daily-life surveys living abilities rest",
            "patient/Observation.rs",
        ),
        // A part of a type: by its category, and not as a whole beside it.
        (
            "patient/Observation.rs patient/Patient.rs",
            "vitals about-me",
            &format!("{VITAL} patient/Patient.rs"),
        ),
        ("patient/Observation.read", "labs", LAB),
        ("patient/Condition.rs", "problems", PROBLEM),
        ("patient/Condition.rs", "problems diagnoses concerns living", "patient/Condition.rs"),
        (&format!("{LAB} {VITAL}"), "vitals", VITAL),
        (
            "patient/Observation.rs?category=laboratory patient/Observation.rs?category=survey",
            "surveys",
            "patient/Observation.rs?category=survey",
        ),
        // A group that was asked about beside another gives nothing by itself, and takes nothing from the other's scope.
        (
            "patient/Observation.rs?category=survey",
            "surveys living abilities",
            "patient/Observation.rs?category=survey",
        ),
        ("patient/Observation.rs?category=survey", "living abilities", ""),
        (
            "patient/Condition.rs?category=urn:own|x patient/Condition.rs?category=encounter-diagnosis",
            "problems",
            "patient/Condition.rs?category=urn:own|x",
        ),
        // Whole types are left out, and reports stay as long as one of their groups does.
        ("patient/AllergyIntolerance.rs patient/Goal.rs", "care-plans", "patient/Goal.rs"),
        ("patient/DiagnosticReport.rs", "imaging", "patient/DiagnosticReport.rs"),
        // Names of doctors go along, but not alone.
        ("patient/Goal.rs patient/Practitioner.rs", "care-plans", "patient/Goal.rs patient/Practitioner.rs"),
        ("patient/Goal.rs patient/Practitioner.rs openid", "", "openid"),
        // They can be all that is asked for; who wrote what cannot.
        (
            "launch/patient patient/Practitioner.rs patient/Organization.rs",
            "",
            "launch/patient patient/Practitioner.rs patient/Organization.rs",
        ),
        ("patient/Practitioner.rs patient/Provenance.rs", "", "patient/Practitioner.rs"),
        // Who wrote what goes along where its category is seen.
        ("patient/Goal.rs patient/Provenance.rs", "care-plans", "patient/Goal.rs patient/Provenance.rs"),
        (
            "patient/Goal.rs patient/QuestionnaireResponse.rs patient/Provenance.rs",
            "care-plans",
            "patient/Goal.rs",
        ),
        (
            "patient/Goal.rs patient/QuestionnaireResponse.rs patient/Provenance.rs",
            "surveys",
            "patient/QuestionnaireResponse.rs patient/Provenance.rs",
        ),
        // What was not asked for cannot be ticked.
        ("patient/Goal.rs", "labs vitals notes nonsense", ""),
    ] {
        let asked = scopes(asked);
        let narrowed = asked.narrowed(&meaning(&asked, &slugged(ticked)).ticked);
        assert_eq!(narrowed.to_string(), granted, "{asked}: {ticked}");
    }
}

#[test]
fn the_lens_takes_out_what_was_left_unticked() {
    let taken_out = |asked: &str, ticked: &str| {
        let categories = meaning(&scopes(asked), &slugged(ticked)).categories;
        let out = Category::ALL.iter().filter(|category| categories & bit(**category) == 0);
        out.map(|category| category.slug()).collect::<Vec<_>>().join(" ")
    };
    for (asked, ticked, out) in [
        ("patient/DiagnosticReport.rs", "labs notes imaging", ""),
        ("patient/DiagnosticReport.rs", "labs", "notes imaging"),
        ("patient/DocumentReference.rs patient/Binary.rs", "documents", "labs notes imaging"),
        // What was not asked for is a matter of scopes, not of the lens: an item can have several categories.
        ("patient/Observation.rs?category=survey", "surveys", ""),
        (
            "patient/Condition.rs patient/Observation.rs",
            "problems labs rest",
            "vitals procedures imaging care-plans",
        ),
        ("patient/Goal.rs", "", "care-plans"),
    ] {
        assert_eq!(taken_out(asked, ticked), out, "{asked}: {ticked}");
    }
}

/// An item of two groups is left out where one of them was offered and not ticked.
#[test]
fn what_was_left_unticked_is_left_out() {
    for (asked, ticked, kind, out) in [
        (
            "patient/Observation.rs",
            "surveys vitals labs procedures imaging care-plans daily-life abilities rest",
            "Observation",
            "sdoh",
        ),
        (
            "patient/*.rs",
            "surveys",
            "Observation",
            "activity care-experience-preference clinical-test cognitive-status disability-status exam functional-status imaging laboratory procedure \
             sdoh social-history therapy treatment-intervention-preference vital-signs",
        ),
        ("patient/Condition.rs", "problems", "Condition", "encounter-diagnosis health-concern sdoh"),
        ("patient/Condition.rs", "problems", "Observation", ""),
        // Asked for one group, people are asked about those that its items are often of as well.
        (
            "patient/Observation.rs?category=survey",
            "surveys",
            "Observation",
            "cognitive-status disability-status functional-status sdoh",
        ),
        ("patient/Observation.rs?category=survey", "surveys abilities", "Observation", "sdoh"),
        ("patient/Observation.rs?category=survey", "surveys living abilities", "Observation", ""),
        (PROBLEM, "problems", "Condition", "sdoh"),
        // What an app does not ask for nobody was asked about.
        (VITAL, "vitals", "Observation", ""),
        (
            "patient/Observation.rs?category=survey patient/Observation.rs?category=sdoh",
            "surveys abilities",
            "Observation",
            "sdoh",
        ),
        (
            "patient/Condition.rs?category=urn:own|x patient/Condition.rs?category=encounter-diagnosis",
            "diagnoses",
            "Condition",
            "problem-list-item sdoh x",
        ),
        (
            "patient/Observation.rs",
            "labs vitals procedures imaging care-plans daily-life surveys living abilities rest",
            "Observation",
            "",
        ),
    ] {
        let asked = scopes(asked);
        let granted = asked.narrowed(&meaning(&asked, &slugged(ticked)).ticked);
        let mut left_out: Vec<_> = granted.left_out(kind).map(|one| one.code.as_str()).collect();
        left_out.sort_unstable();
        left_out.dedup();
        assert_eq!(left_out.join(" "), out, "{asked}: {ticked}");
    }
}

/// What is of no category of its own goes with the group that says so, where the type was asked for whole.
#[test]
fn the_rest_goes_with_its_group() {
    let every = "labs vitals procedures imaging care-plans daily-life surveys living abilities rest";
    let but = |slug: &str| every.replace(slug, "");
    for (asked, ticked, kind, goes) in [
        ("patient/Observation.rs", but("vitals"), "Observation", true),
        ("patient/*.read", but("vitals"), "Observation", true),
        ("patient/Observation.rs", but("rest"), "Observation", false),
        ("patient/Observation.rs", "rest".into(), "Observation", true),
        ("patient/Condition.rs", "problems diagnoses living".into(), "Condition", true),
        ("patient/Condition.rs", "diagnoses concerns living".into(), "Condition", false),
        ("patient/Condition.rs patient/Observation.rs", "problems vitals".into(), "Observation", false),
        // All of a type needs no word for it, and categories have none.
        ("patient/Observation.rs", every.into(), "Observation", false),
        (VITAL, "vitals".into(), "Observation", false),
        (
            "patient/Condition.rs?category=urn:own|x patient/Condition.rs?category=health-concern",
            "problems".into(),
            "Condition",
            false,
        ),
    ] {
        let asked = scopes(asked);
        let granted = asked.narrowed(&meaning(&asked, &slugged(&ticked)).ticked);
        let gives = |how| granted.gives_rest((Level::Patient, how), kind);
        assert_eq!((gives(Interaction::Read), gives(Interaction::Search)), (goes, goes), "{asked}: {ticked}");
        // Whoever takes away something else later leaves it.
        let again = granted.narrowed(&meaning(&granted, &slugged(&ticked)).ticked);
        assert_eq!(again, granted, "{asked}: {ticked}");
        let less = granted.narrowed(&meaning(&granted, &slugged(&ticked.replace("labs", ""))).ticked);
        let stays = less.gives_rest((Level::Patient, Interaction::Read), kind);
        assert!(stays || !goes, "{asked}: {ticked}");
    }
}

#[test]
fn single_types_are_left_out_of_their_groups() {
    assert_eq!(
        kinds(&scopes("patient/CarePlan.rs patient/Goal.rs patient/CareTeam.rs")),
        ["CarePlan", "CareTeam", "Goal"]
    );
    assert_eq!(kinds(&scopes("patient/Practitioner.rs patient/Provenance.rs openid")), [""; 0]);
    assert_eq!(kinds(&scopes(LAB)), ["Observation"]);
    assert_eq!(kinds(&scopes("patient/*.rs")).len(), TYPES.len() - DIRECTORY.len() - 1);
    for (asked, out, ticked, granted, left_out) in [
        (
            "patient/CarePlan.rs patient/Goal.rs patient/CareTeam.rs",
            &["Goal"][..],
            "care-plans",
            "patient/CarePlan.rs patient/CareTeam.rs",
            "Goal",
        ),
        (
            "patient/Coverage.rs patient/ExplanationOfBenefit.rs",
            &["Coverage"],
            "bills",
            "patient/ExplanationOfBenefit.rs",
            "Coverage",
        ),
        (
            "patient/DiagnosticReport.rs patient/DocumentReference.rs",
            &["DocumentReference"],
            "labs",
            "patient/DiagnosticReport.rs",
            "DocumentReference",
        ),
        // A group of which nothing is left is not told, and neither is what was left out of it.
        (
            "patient/Goal.rs patient/Immunization.rs",
            &["Immunization"],
            "care-plans immunizations",
            "patient/Goal.rs",
            "",
        ),
        ("patient/Goal.rs patient/Immunization.rs", &["Immunization"], "immunizations", "", ""),
        (
            "patient/Observation.rs patient/Specimen.rs",
            &["Observation"],
            "labs vitals",
            "patient/Specimen.rs",
            "Observation",
        ),
    ] {
        let asked = scopes(asked).but(out);
        let meaning = meaning(&asked, &slugged(ticked));
        let narrowed = asked.narrowed(&meaning.ticked);
        assert_eq!(narrowed.to_string(), granted, "{asked}: {ticked}");
        assert_eq!(left_out_of(&narrowed, meaning.categories).join(" "), left_out, "{asked}: {ticked}");
    }
}

#[test]
fn the_directory_is_left_out_as_one() {
    for (asked, directory_asked, granted) in [
        ("patient/Goal.rs", "", "patient/Goal.rs"),
        ("patient/Goal.rs patient/Practitioner.rs", "Practitioner", "patient/Goal.rs"),
        (
            "patient/Goal.rs patient/Location.rs patient/Organization.rs patient/Provenance.rs",
            "Location Organization",
            "patient/Goal.rs patient/Provenance.rs",
        ),
        // All that is asked for is no choice.
        ("patient/Location.rs patient/Provenance.rs", "", "patient/Location.rs"),
    ] {
        let asked = scopes(asked);
        let out = directory(&asked);
        assert_eq!(out.join(" "), directory_asked, "{asked}");
        let wanted = asked.but(&out);
        let all: Vec<String> = offered(&asked).iter().map(|group| group.slug.to_owned()).collect();
        let narrowed = wanted.narrowed(&meaning(&wanted, &all).ticked);
        assert_eq!(narrowed.to_string(), granted, "{asked}");
        assert_eq!(is_without_directory(&narrowed), !out.is_empty(), "{asked}");
        assert!(out.iter().all(|kind| narrowed.denies(kind)), "{asked}");
    }
    let whole = scopes("patient/*.rs");
    assert_eq!(directory(&whole), DIRECTORY);
    let less = whole.but(&directory(&whole));
    assert!(!less.cover_all() && less.types(Level::Patient).len() == TYPES.len() - DIRECTORY.len());
}

/// With everything ticked nothing is left out, so that the app sees the log and the permissions, too.
#[test]
fn all_that_is_ticked_is_the_whole_record() {
    let all: Vec<String> = GROUPS.iter().map(|group| group.slug.to_owned()).collect();
    for (slugs, whole) in [(all.as_slice(), true), (&all[1..], false), (&all[..all.len() - 1], false)] {
        let asked = scopes("patient/*.rs");
        let meaning = meaning(&asked, slugs);
        let lens = Lens { categories: meaning.categories, files: meaning.files, ..Lens::OWN };
        assert_eq!(!lens.is_part() && asked.narrowed(&meaning.ticked).cover_all(), whole, "{slugs:?}");
    }
}

/// A file goes where something of each category was ticked that names it.
#[test]
fn files_go_with_what_was_ticked() {
    for (ticked, named, goes) in [
        ("documents", &[Category::Documents][..], true),
        ("documents", &[Category::Bills], false),
        ("documents", &[Category::Documents, Category::Bills], false),
        ("documents notes", &[Category::Documents, Category::Notes], true),
        ("labs", &[Category::Demographics], false),
        ("labs", &[], false),
        ("documents", &[], true),
    ] {
        let meaning = meaning(&scopes("patient/Binary.rs"), &slugged(ticked));
        let lens = Lens { categories: meaning.categories, files: meaning.files, ..Lens::WHOLE };
        let labels = Labels::beside(named.iter().fold(0, |bits, category| bits | bit(*category)));
        let stands = named.first().copied().unwrap_or(Category::Documents);
        assert_eq!(lens.shows(stands, labels, 0), goes, "{ticked} {named:?}");
    }
}

#[test]
fn a_grant_is_told_in_the_groups_that_were_ticked() {
    for (asked, ticked) in [
        ("patient/*.rs", "labs medicines problems family notes about-me surveys"),
        ("patient/*.rs", "vitals"),
        ("patient/Observation.rs patient/Condition.rs", "labs concerns daily-life"),
        ("patient/DiagnosticReport.rs patient/DocumentReference.rs", "notes"),
        ("patient/Observation.rs?category=survey", "surveys"),
        ("patient/Observation.rs?category=survey", "surveys abilities"),
    ] {
        let asked = scopes(asked);
        let meaning = meaning(&asked, &slugged(ticked));
        let granted = granted(&asked.narrowed(&meaning.ticked), meaning.categories);
        assert_eq!(slugs(&granted), ticked, "{asked}");
    }
}

#[test]
fn every_type_is_somewhere_and_every_name_once() {
    for kind in TYPES {
        assert_ne!(
            goes_along(kind),
            GROUPS.iter().any(|group| group.holds(kind)),
            "{kind} is in a group or goes along"
        );
    }
    // What is served of a record can be granted; a Group is of systems.
    for kind in all_served().into_iter().filter(|kind| *kind != "Group") {
        assert!(TYPES.contains(&kind), "{kind}");
    }
    for (n, group) in GROUPS.iter().enumerate() {
        assert_eq!(Group::from_slug(group.slug), Some(group));
        assert!(group.kinds().all(|kind| TYPES.contains(&kind)), "{}", group.slug);
        assert!(GROUPS[..n].iter().all(|other| other.slug != group.slug), "{}", group.slug);
        let coded = |one: &(&str, &str, &str)| {
            GROUPS[..n]
                .iter()
                .all(|other| other.coded.iter().all(|(kind, _, code)| (*kind, *code) != (one.0, one.2)))
        };
        assert!(group.coded.iter().all(coded), "{}: a category is in one group", group.slug);
    }
}
