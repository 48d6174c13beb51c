//! What a person ticks when an app asks for their record: groups in the order and the words of the portal, and what they
//! mean in scopes. Pure.
//!
//! A group of Conditions or Observations is told by its category, so it can be granted alone (US Core 6.1, granular
//! scopes). What is of two groups goes only where both are ticked. Types that several groups share, such as reports, are
//! granted as a whole and narrowed by the lens of the grant. A whole type can be left out of all groups, and so can the
//! directory.

use std::collections::BTreeSet;

use super::scopes::{Condition, DIRECTORY, Resource, Scopes, TYPES, Ticked};
use crate::fhir::present::Category;

const OBSERVATION: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
const CONDITION: &str = "http://terminology.hl7.org/CodeSystem/condition-category";
const US_CONDITION: &str = "http://hl7.org/fhir/us/core/CodeSystem/condition-category";
const US_CORE: &str = "http://hl7.org/fhir/us/core/CodeSystem/us-core-category";

/// Where Provenance, which goes along by itself, lies in the portal.
const PROVENANCE: Category = Category::Other;

/// A group that can be ticked.
#[derive(Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name in forms.
    pub slug: &'static str,
    /// The category of the portal that it is, or is a part of.
    pub category: Category,
    /// Types that are in it, or of which a part is.
    types: &'static [&'static str],
    /// Categories of a type that are in it.
    coded: &'static [Coded],
    /// The type of which it holds whatever no other group names.
    rest: Option<&'static str>,
    /// Categories of other groups whose items are often of this one as well, which tells more than their name says: who
    /// asks for one of these asks about this group, too.
    among: &'static [Coded],
    /// The types that its name speaks of, where these are not all that it holds: with none of them the name alone would
    /// say too much.
    main: Option<&'static [&'static str]>,
}

/// A category of a type: type, system, code.
type Coded = (&'static str, &'static str, &'static str);

/// The categories of types that a person can tick alone: type, system, code.
pub(super) fn categories() -> impl Iterator<Item = &'static Coded> {
    GROUPS.iter().flat_map(|group| group.coded)
}

/// Whether this is the category of a scope's condition on a type.
fn is(own: &Coded, kind: &str, only: &Condition) -> bool {
    own.0 == kind && own.2 == only.code && only.system.as_deref().is_none_or(|system| system == own.1)
}

const fn group(slug: &'static str, category: Category, types: &'static [&'static str]) -> Group {
    Group { slug, category, types, coded: &[], rest: None, among: &[], main: None }
}

impl Group {
    const fn coded(self, coded: &'static [Coded]) -> Self {
        Self { coded, ..self }
    }

    const fn rest(self, kind: &'static str) -> Self {
        Self { rest: Some(kind), ..self }
    }

    const fn among(self, among: &'static [Coded]) -> Self {
        Self { among, ..self }
    }

    const fn mainly(self, main: &'static [&'static str]) -> Self {
        Self { main: Some(main), ..self }
    }

    /// The group of this name.
    pub fn from_slug(slug: &str) -> Option<&'static Self> {
        GROUPS.iter().find(|group| group.slug == slug)
    }

    /// Whether it is the only one of its category, so that the category's own name says it.
    pub fn is_whole_category(&self) -> bool {
        GROUPS.iter().filter(|other| other.category == self.category).count() == 1
    }

    fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.types.iter().copied().chain(self.coded.iter().map(|(kind, ..)| *kind)).chain(self.rest)
    }

    fn holds(&self, kind: &str) -> bool {
        self.kinds().any(|own| own == kind)
    }

    /// Whether the items of a type in this category are of this group.
    fn has(&self, kind: &str, only: &Condition) -> bool {
        let named = |group: &Self| group.coded.iter().any(|own| is(own, kind, only));
        named(self) || (self.rest == Some(kind) && !GROUPS.iter().any(named))
    }

    /// Whether a scope is, at least in part, about this group.
    fn is_asked(&self, asked: &Resource) -> bool {
        match (asked.kind, &asked.only) {
            (None, _) => true,
            (Some(kind), Some(only)) => self.types.contains(&kind) || self.has(kind, only),
            (Some(kind), None) => self.holds(kind),
        }
    }

    /// Whether a scope is about items that are often of this group as well.
    fn is_among(&self, asked: &Resource) -> bool {
        match (asked.kind, &asked.only) {
            (Some(kind), Some(only)) => self.among.iter().any(|own| is(own, kind, only)),
            _ => false,
        }
    }

    /// Whether an app asks for items of this group by themselves. Else it gets of it only what is of another group, too,
    /// and the group cannot be ticked alone.
    pub fn is_asked_for(&self, asked: &Scopes) -> bool {
        asked.resources().any(|resource| self.is_asked(resource))
    }

    /// The types of it that an app may read, where its name alone would say too much; nothing where the name is true.
    pub fn part(&self, scopes: &Scopes) -> Vec<&'static str> {
        let is_read = |kind: &&str| {
            let about = |one: &Resource| one.kind.is_none_or(|own| own == *kind) && self.is_asked(one);
            scopes.resources().any(about)
        };
        let (mut read, unread): (Vec<_>, Vec<_>) = self.kinds().partition(is_read);
        if unread.is_empty() || self.main.is_none_or(|main| main.iter().any(|kind| read.contains(kind))) {
            return Vec::new();
        }
        let mut seen = BTreeSet::new();
        read.retain(|kind| seen.insert(*kind));
        read
    }

    /// Whether it was offered and left unticked, so that nothing of its categories is granted.
    fn is_left_out(&self, scopes: &Scopes) -> bool {
        self.coded.iter().any(|own| scopes.left_out(own.0).any(|only| is(own, own.0, only)))
    }
}

/// All groups, in the order of the portal.
pub static GROUPS: &[Group] = &[
    // Reports of the laboratory are documents, too, with their files.
    group(
        "labs",
        Category::Labs,
        &["Binary", "DiagnosticReport", "DocumentReference", "ServiceRequest", "Specimen"],
    )
    .coded(&[("Observation", OBSERVATION, "laboratory")])
    .mainly(&["DiagnosticReport", "Observation", "Specimen"]),
    group("vitals", Category::Vitals, &[]).coded(&[("Observation", OBSERVATION, "vital-signs")]),
    group(
        "medicines",
        Category::Medicines,
        &[
            "Medication",
            "MedicationAdministration",
            "MedicationDispense",
            "MedicationRequest",
            "MedicationStatement",
        ],
    ),
    group("allergies", Category::Allergies, &["AdverseEvent", "AllergyIntolerance"]),
    group("problems", Category::Conditions, &[])
        .coded(&[("Condition", CONDITION, "problem-list-item")])
        .rest("Condition"),
    group("diagnoses", Category::Conditions, &[]).coded(&[("Condition", CONDITION, "encounter-diagnosis")]),
    group("concerns", Category::Conditions, &[]).coded(&[("Condition", US_CONDITION, "health-concern")]),
    group(
        "family",
        Category::Conditions,
        &["DetectedIssue", "FamilyMemberHistory", "Flag", "RiskAssessment"],
    ),
    group("immunizations", Category::Immunizations, &["Immunization"]),
    group("visits", Category::Visits, &["Appointment", "Encounter", "EpisodeOfCare"]),
    group("procedures", Category::Procedures, &["Procedure", "ServiceRequest"])
        .coded(&[
            ("Observation", OBSERVATION, "procedure"),
            ("Observation", OBSERVATION, "therapy"),
            ("Observation", US_CORE, "clinical-test"),
        ])
        .mainly(&["Procedure"]),
    group(
        "notes",
        Category::Notes,
        &[
            "Binary",
            "ClinicalImpression",
            "Communication",
            "Composition",
            "DiagnosticReport",
            "DocumentReference",
        ],
    )
    .mainly(&["ClinicalImpression", "Communication", "Composition", "DocumentReference"]),
    group(
        "imaging",
        Category::Imaging,
        &["Binary", "DiagnosticReport", "DocumentReference", "ImagingStudy", "Media", "ServiceRequest"],
    )
    .coded(&[("Observation", OBSERVATION, "imaging")])
    .mainly(&["DiagnosticReport", "ImagingStudy", "Media"]),
    group("care-plans", Category::CarePlans, &["CarePlan", "CareTeam", "Goal", "NutritionOrder", "Task"])
        .coded(&[
            ("Observation", US_CORE, "care-experience-preference"),
            ("Observation", US_CORE, "treatment-intervention-preference"),
        ])
        .mainly(&["CarePlan", "CareTeam", "Goal", "NutritionOrder", "Task"]),
    group(
        "devices",
        Category::Devices,
        &[
            "Device",
            "DeviceRequest",
            "DeviceUseStatement",
            "SupplyDelivery",
            "SupplyRequest",
            "VisionPrescription",
        ],
    ),
    group("documents", Category::Documents, &["Binary", "Consent", "DocumentReference"])
        .mainly(&["Consent", "DocumentReference"]),
    group(
        "bills",
        Category::Bills,
        &["Account", "Claim", "ClaimResponse", "Coverage", "ExplanationOfBenefit", "Invoice"],
    ),
    group("about-me", Category::Demographics, &["Patient", "RelatedPerson"]),
    group("daily-life", Category::Other, &[]).coded(&[("Observation", OBSERVATION, "social-history")]),
    group("surveys", Category::Other, &["QuestionnaireResponse"]).coded(&[(
        "Observation",
        OBSERVATION,
        "survey",
    )]),
    // A health problem such as no home tells as much of it as an answer.
    group("living", Category::Other, &[])
        .coded(&[("Condition", US_CORE, "sdoh"), ("Observation", US_CORE, "sdoh")])
        .among(&[
            ("Condition", CONDITION, "encounter-diagnosis"),
            ("Condition", CONDITION, "problem-list-item"),
            ("Condition", US_CONDITION, "health-concern"),
            ("Observation", OBSERVATION, "social-history"),
            ("Observation", OBSERVATION, "survey"),
        ]),
    group("abilities", Category::Other, &[])
        .coded(&[
            ("Observation", US_CORE, "functional-status"),
            ("Observation", US_CORE, "disability-status"),
            ("Observation", US_CORE, "cognitive-status"),
        ])
        .among(&[("Observation", OBSERVATION, "survey")]),
    group("rest", Category::Other, &["AuditEvent", "List", "Questionnaire"])
        .coded(&[("Observation", OBSERVATION, "exam"), ("Observation", OBSERVATION, "activity")])
        .rest("Observation")
        .mainly(&[]),
];

/// What was ticked, in the terms of scopes and of a lens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// For [`Scopes::narrowed`].
    pub ticked: Vec<Ticked>,
    /// For [`crate::representation::Lens::categories`]: the categories of which nothing was ticked are taken out.
    pub categories: i64,
    /// For [`crate::representation::Lens::files`]: only files of categories of which something was ticked. Those of bills
    /// stand in a category that is not even offered where an app asks for files only.
    pub files: i64,
}

/// The groups that an app asks for, in the order of the portal.
pub fn offered(asked: &Scopes) -> Vec<&'static Group> {
    let about = |group: &&Group| asked.resources().any(|one| group.is_asked(one) || group.is_among(one));
    GROUPS.iter().filter(about).collect()
}

/// What a grant lets an app read, in groups.
pub fn granted(scopes: &Scopes, categories: i64) -> Vec<&'static Group> {
    let mut groups = offered(scopes);
    groups.retain(|group| categories & bit(group.category) != 0 && !group.is_left_out(scopes));
    groups
}

/// The types that an app asks for and that groups hold, in the order of the groups: what can be left out one by one.
pub fn kinds(asked: &Scopes) -> Vec<&'static str> {
    let is_asked =
        |kind: &&str| asked.resources().any(|resource| resource.kind.is_none_or(|own| own == *kind));
    each_kind().filter(is_asked).collect()
}

/// The types of the directory that an app asks for beside a record: they are left out together. Where it asks for nothing
/// else there is nothing to tick.
pub fn directory(asked: &Scopes) -> Vec<&'static str> {
    let is_asked =
        |kind: &&str| asked.resources().any(|resource| resource.kind.is_none_or(|own| own == *kind));
    if offered(asked).is_empty() { Vec::new() } else { DIRECTORY.into_iter().filter(is_asked).collect() }
}

/// Whether somebody left the directory out of what a grant lets an app read.
pub fn is_without_directory(scopes: &Scopes) -> bool {
    DIRECTORY.into_iter().any(|kind| scopes.denies(kind))
}

/// The types that somebody left out of what a grant lets an app read, which is told in groups.
pub fn left_out_of(scopes: &Scopes, categories: i64) -> Vec<&'static str> {
    let groups = granted(scopes, categories);
    each_kind().filter(|kind| scopes.denies(kind) && groups.iter().any(|group| group.holds(kind))).collect()
}

/// The types of all groups, each once.
fn each_kind() -> impl Iterator<Item = &'static str> {
    let mut seen = BTreeSet::new();
    GROUPS.iter().flat_map(Group::kinds).filter(move |kind| seen.insert(*kind))
}

/// What the ticked groups mean for what an app asked for. Names of other groups count for nothing.
pub fn meaning(asked: &Scopes, slugs: &[String]) -> Meaning {
    let offered = offered(asked);
    let chosen: Vec<_> =
        offered.iter().copied().filter(|group| slugs.iter().any(|slug| slug == group.slug)).collect();
    let mut categories = -1;
    for group in &offered {
        if !chosen.iter().any(|other| other.category == group.category) {
            categories &= !bit(group.category);
        }
    }
    // Who wrote what is an item of the record itself: it goes along only where the lens leaves its category. Names of
    // doctors and places can be all that an app asks for; then there is nothing to tick.
    let mut ticked = Vec::new();
    if !chosen.is_empty() || offered.is_empty() {
        ticked.extend(DIRECTORY.map(Ticked::whole));
    }
    if !chosen.is_empty() && categories & bit(PROVENANCE) != 0 {
        ticked.push(Ticked::whole("Provenance"));
    }
    for kind in TYPES.into_iter().filter(|kind| !goes_along(kind)) {
        let holders = || offered.iter().filter(|group| group.holds(kind));
        let shared = chosen.iter().any(|group| group.types.contains(&kind));
        if holders().next().is_some() && (shared || holders().all(|group| chosen.contains(group))) {
            ticked.push(Ticked::whole(kind));
            continue;
        }
        let only = parts(asked, kind, &chosen);
        if !only.is_empty() {
            let unticked: Vec<_> = offered.iter().copied().filter(|group| !chosen.contains(group)).collect();
            let rest = chosen.iter().any(|group| group.rest == Some(kind));
            ticked.push(Ticked { kind: kind.into(), only, without: parts(asked, kind, &unticked), rest });
        }
    }
    let has_some = |category: &Category| chosen.iter().any(|group| group.category == *category);
    let files = Category::ALL.into_iter().filter(|category| !has_some(category));
    let files = files.fold(-1, |files, category| files & !bit(category));
    Meaning { ticked, categories, files }
}

/// Whether a type goes along with others and is of no group.
fn goes_along(kind: &str) -> bool {
    kind == "Provenance" || DIRECTORY.contains(&kind)
}

/// The categories of a type that these groups hold: those they name, and those the app asked for by itself.
fn parts(asked: &Scopes, kind: &str, groups: &[&Group]) -> Vec<Condition> {
    let mut only = Vec::new();
    for group in groups {
        let named = group.coded.iter().filter(|(own, ..)| *own == kind);
        only.extend(named.map(|(_, system, code)| Condition {
            param: "category",
            system: Some((*system).into()),
            code: (*code).into(),
        }));
        let asked = asked.resources().filter(|resource| resource.kind == Some(kind));
        for condition in asked.filter_map(|resource| resource.only.as_ref()) {
            if group.has(kind, condition) && !only.contains(condition) {
                only.push(condition.clone());
            }
        }
    }
    only
}

fn bit(category: Category) -> i64 {
    1 << category.code()
}

#[cfg(test)]
#[path = "groups_tests.rs"]
mod tests;
