//! What an app asks for and what it gets: SMART App Launch 2.2, section 3.0 (scopes for FHIR resources), with the
//! scopes of version 1. Pure. Nothing that writes is ever granted, and what is granted is never more than was asked.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use crate::fhir::index::{self, IndexValue};
use crate::fhir::search::Token;

/// How many scopes one request may name, and how long one may be.
const MOST: usize = 100;
const LONGEST: usize = 400;

/// The types of resources that an app can be given, in order: those that records here hold and the FHIR interface serves.
pub const TYPES: [&str; 59] = [
    "Account",
    "AdverseEvent",
    "AllergyIntolerance",
    "Appointment",
    "AuditEvent",
    "Binary",
    "CarePlan",
    "CareTeam",
    "Claim",
    "ClaimResponse",
    "ClinicalImpression",
    "Communication",
    "Composition",
    "Condition",
    "Consent",
    "Coverage",
    "DetectedIssue",
    "Device",
    "DeviceRequest",
    "DeviceUseStatement",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Endpoint",
    "EpisodeOfCare",
    "ExplanationOfBenefit",
    "FamilyMemberHistory",
    "Flag",
    "Goal",
    "HealthcareService",
    "ImagingStudy",
    "Immunization",
    "Invoice",
    "List",
    "Location",
    "Media",
    "Medication",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
    "NutritionOrder",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "Questionnaire",
    "QuestionnaireResponse",
    "RelatedPerson",
    "RiskAssessment",
    "ServiceRequest",
    "Specimen",
    "SupplyDelivery",
    "SupplyRequest",
    "Task",
    "VisionPrescription",
];

/// The directory: names of doctors, clinics and places, which are nobody's own items.
pub const DIRECTORY: [&str; 6] =
    ["Endpoint", "HealthcareService", "Location", "Organization", "Practitioner", "PractitionerRole"];

/// Whether resources of a type are in no person's own record: the directory, and questions without answers.
pub fn is_outside(kind: &str) -> bool {
    DIRECTORY.contains(&kind) || kind == "Questionnaire"
}

/// What a system may look up beside records: which groups it exports. It is of nobody's record.
const OF_SYSTEMS: &str = "Group";

/// Types whose scopes can be narrowed by `category` (US Core 6.1, SMART scopes).
const GRANULAR: [&str; 2] = ["Condition", "Observation"];

/// What a scope is about: one patient, what the user may see, or a whole system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// One patient's record.
    Patient,
    /// What the user may see. Users here are patients and those who act for them, so it is the same record.
    User,
    /// A system without a user (backend services).
    System,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::User => "user",
            Self::System => "system",
        }
    }
}

/// How a resource is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interaction {
    /// By its id: read, vread, history of an instance.
    Read,
    /// By search.
    Search,
}

/// The letters that a scope was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rights {
    /// `.read` of version 1: both.
    Version1,
    /// `.rs`
    Both,
    /// `.r`
    Read,
    /// `.s`
    Search,
}

impl Rights {
    fn word(self) -> &'static str {
        match self {
            Self::Version1 => "read",
            Self::Both => "rs",
            Self::Read => "r",
            Self::Search => "s",
        }
    }

    fn allow(self, interaction: Interaction) -> bool {
        match interaction {
            Interaction::Read => self != Self::Search,
            Interaction::Search => self != Self::Read,
        }
    }

    fn within(self, other: Self) -> bool {
        [Interaction::Read, Interaction::Search].into_iter().all(|i| !self.allow(i) || other.allow(i))
    }
}

/// A condition of a granular scope: `category=system|code`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// The search parameter: always `category`.
    pub param: &'static str,
    /// The system of the code; none: of any system.
    pub system: Option<String>,
    /// The code.
    pub code: String,
}

impl Condition {
    /// Whether a resource of this type is in the category, by its own bytes.
    pub fn is_met(&self, kind: &str, resource: &Value) -> bool {
        let asked = Token { system: self.system.clone(), code: Some(self.code.clone()) };
        let asked = asked.of(kind, self.param);
        index::values(kind, resource).iter().any(|value| match value {
            IndexValue::Token { param, system, code } => *param == self.param && asked.is(*system, code),
            _ => false,
        })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.system {
            Some(system) => write!(f, "{}={system}|{}", self.param, self.code),
            None => write!(f, "{}={}", self.param, self.code),
        }
    }
}

/// Leave to read resources.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource {
    /// About what.
    pub level: Level,
    /// The type; none: every type (`*`).
    pub kind: Option<&'static str>,
    /// How.
    pub rights: Rights,
    /// Only those in this category.
    pub only: Option<Condition>,
}

impl Resource {
    /// Whether it gives something of a type. `level` is as in [`Scopes::of_type`].
    fn fits(&self, (level, interaction): (Level, Interaction), kind: &str) -> bool {
        (self.level == Level::System) == (level == Level::System)
            && self.rights.allow(interaction)
            && self.kind.is_none_or(|own| own == kind)
    }

    /// The same for one type.
    fn of(&self, kind: &'static str) -> Self {
        Self { kind: Some(kind), ..self.clone() }
    }

    /// The same for a part of a type, for which version 1 has no words.
    fn part(&self, kind: &'static str, only: Option<&Condition>) -> Self {
        let rights = if self.rights == Rights::Version1 { Rights::Both } else { self.rights };
        Self { rights, only: only.cloned(), ..self.of(kind) }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind.unwrap_or("*");
        write!(f, "{}/{kind}.{}", self.level.word(), self.rights.word())?;
        self.only.as_ref().map_or(Ok(()), |only| write!(f, "?{only}"))
    }
}

/// One scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The launch that the portal began (`launch`).
    Launch,
    /// A launch in which the person chooses the record (`launch/patient`).
    LaunchPatient,
    /// An ID token.
    Openid,
    /// Who the user is, as a FHIR resource.
    FhirUser,
    /// The user's profile: the same as `fhirUser` here.
    Profile,
    /// A refresh token that outlives the session.
    Offline,
    /// A refresh token for as long as the session lasts.
    Online,
    /// Resources.
    Of(Resource),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Launch => "launch",
            Self::LaunchPatient => "launch/patient",
            Self::Openid => "openid",
            Self::FhirUser => "fhirUser",
            Self::Profile => "profile",
            Self::Offline => "offline_access",
            Self::Online => "online_access",
            Self::Of(resource) => return resource.fmt(f),
        })
    }
}

/// Whether and how something is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// Nothing of this type.
    No,
    /// Everything of this type.
    All,
    /// What fits at least one of these.
    Where(Vec<Condition>),
}

/// One type of resources that a person ticked; without conditions all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticked {
    /// The type.
    pub kind: String,
    /// Only these categories of it.
    pub only: Vec<Condition>,
    /// Nothing that is of one of these categories, whatever else it is.
    pub without: Vec<Condition>,
    /// Beside the categories, what is of none that was left unticked.
    pub rest: bool,
}

impl Ticked {
    /// All of a type.
    pub fn whole(kind: &str) -> Self {
        Self { kind: kind.to_owned(), only: Vec::new(), without: Vec::new(), rest: false }
    }
}

/// Scopes in the order in which they were asked for, each once; and what a person decided for which scopes have no
/// words: what they left unticked, and that what is of no category of its own goes, too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes {
    all: Vec<Scope>,
    /// By type: what fits one of these is left out, whatever scope it fits; without a condition the whole type.
    without: BTreeSet<(String, Option<Condition>)>,
    /// Types, as they were asked for, of which the rest goes beside the categories that scopes name.
    rest: BTreeSet<Resource>,
}

/// Before what is left out, where scopes are kept. No scope begins so.
const WITHOUT: char = '!';
/// Before the type of which the rest goes. No scope begins so either.
const REST: char = '+';

/// Why a text of scopes cannot be read at all (RFC 6749, section 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadScopes(pub &'static str);

/// What became of a text of scopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// What can be granted.
    pub scopes: Scopes,
    /// What was dropped, and why: for the developer.
    pub dropped: Vec<(String, &'static str)>,
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, scope) in self.all.iter().enumerate() {
            write!(f, "{}{scope}", if n == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        let mut all = Vec::new();
        for scope in scopes {
            if !all.contains(&scope) {
                all.push(scope);
            }
        }
        Self { all, ..Self::default() }
    }
}

impl Scopes {
    /// Reads a text of scopes; what is not known or not offered is dropped and named (RFC 6749, section 3.3: the
    /// server may ignore scopes, and tells what it granted).
    ///
    /// # Errors
    /// [`BadScopes`] for characters that no scope has, and for more than anybody needs.
    pub fn read(text: &str) -> Result<Parsed, BadScopes> {
        let words = words(text)?;
        if words.len() > MOST {
            return Err(BadScopes("more than 100 scopes"));
        }
        if words.iter().any(|word| word.len() > LONGEST) {
            return Err(BadScopes("a scope of more than 400 characters"));
        }
        let mut dropped = Vec::new();
        let scopes = words
            .iter()
            .filter_map(|word| one(word).map_err(|why| dropped.push(((*word).to_owned(), why))).ok());
        let scopes = scopes.collect();
        Ok(Parsed { scopes, dropped })
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// As of [`Scopes::read`].
    pub fn parse(text: &str) -> Result<Self, BadScopes> {
        Self::read(text).map(|parsed| parsed.scopes)
    }

    /// All of them, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.all.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether one of them is this.
    pub fn has(&self, scope: &Scope) -> bool {
        self.all.contains(scope)
    }

    /// Those about resources.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.all.iter().filter_map(|scope| match scope {
            Scope::Of(resource) => Some(resource),
            _ => None,
        })
    }

    /// Whether any resource can be read with them.
    pub fn any_resource(&self) -> bool {
        self.resources().next().is_some()
    }

    /// Whether nothing of a record is left out.
    pub fn cover_all(&self) -> bool {
        let whole = |kind: &str| {
            [Interaction::Read, Interaction::Search]
                .into_iter()
                .any(|interaction| self.of_type((Level::Patient, interaction), kind) == Allowed::All)
        };
        TYPES.into_iter().all(whole)
    }

    /// Whether an app that has these is to know whose record it is about: it reads of it, or asked which it is.
    pub fn is_about_a_record(&self) -> bool {
        self.any_resource() || self.has(&Scope::Launch) || self.has(&Scope::LaunchPatient)
    }

    /// Whether an app that has these learns who signed in.
    pub fn know_user(&self) -> bool {
        self.has(&Scope::FhirUser) || self.has(&Scope::Profile)
    }

    /// What they allow of a type of resources. `level` is [`Level::System`] for a system and [`Level::Patient`] for an
    /// app that a person uses, whose `user/` scopes are about the same record.
    pub fn of_type(&self, how: (Level, Interaction), kind: &str) -> Allowed {
        if self.denies(kind) {
            return Allowed::No;
        }
        let mut conditions = Vec::new();
        for resource in self.resources().filter(|resource| resource.fits(how, kind)) {
            match &resource.only {
                None => return Allowed::All,
                Some(only) if !conditions.contains(only) => conditions.push(only.clone()),
                Some(_) => {}
            }
        }
        if conditions.is_empty() { Allowed::No } else { Allowed::Where(conditions) }
    }

    /// Whether of a type that they allow by category what is of no category that was left out goes, too.
    pub fn gives_rest(&self, how: (Level, Interaction), kind: &str) -> bool {
        self.rest.iter().any(|rest| rest.fits(how, kind))
    }

    /// The types of which they allow something, in the order of [`TYPES`].
    pub fn types(&self, level: Level) -> Vec<&'static str> {
        let any = |kind: &&str| {
            [Interaction::Read, Interaction::Search]
                .into_iter()
                .any(|interaction| self.of_type((level, interaction), kind) != Allowed::No)
        };
        TYPES.into_iter().filter(any).collect()
    }

    /// Those that `allowed` covers: for a refresh that asks for less, and for systems, which get no more than was
    /// agreed.
    #[must_use]
    pub fn within(&self, allowed: &Self) -> Self {
        let covered = |scope: &&Scope| match scope {
            Scope::Of(asked) => allowed.resources().any(|own| covers(own, asked)),
            other => allowed.has(other),
        };
        let all = self.all.iter().filter(covered).cloned().collect();
        // A whole type has its rest, too.
        let rest = self
            .rest
            .iter()
            .filter(|rest| allowed.resources().chain(&allowed.rest).any(|own| covers(own, rest)));
        Self {
            all,
            without: self.without.union(&allowed.without).cloned().collect(),
            rest: rest.cloned().collect(),
        }
    }

    /// What of these an app gets that was registered with `allowed`: each as far as it goes, by type, by letter and by
    /// category. It is never more than these ask for and never more than `allowed`; what is about no resource stays.
    #[must_use]
    pub fn as_far_as(&self, allowed: &Self) -> Self {
        let common = |scope: &Scope| match scope {
            Scope::Of(asked) => common(asked, allowed).into_iter().map(Scope::Of).collect(),
            other => vec![other.clone()],
        };
        let all: Self = self.all.iter().flat_map(common).collect();
        Self { all: all.all, ..self.within(allowed) }
    }

    /// What an app means that names these of what it was told of `granted`: the rest of a type goes along where it names
    /// all that it was told of the type, as there is no word for the rest.
    #[must_use]
    pub fn named_of(&self, granted: &Self) -> Self {
        let told = |rest: &&Resource| {
            let mut parts = granted.resources().filter(|part| part.only.is_some() && covers(rest, part));
            parts.all(|part| self.resources().any(|named| named == part))
        };
        let rest = granted.rest.iter().filter(told).cloned();
        let named = Self { rest: self.rest.iter().cloned().chain(rest).collect(), ..self.clone() };
        named.within(granted)
    }

    /// What both allow: what of the one the other covers, either way round.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        let (ours, theirs) = (self.within(other), other.within(self));
        let met: Self = ours.all.into_iter().chain(theirs.all).collect();
        Self { without: ours.without, rest: ours.rest.into_iter().chain(theirs.rest).collect(), ..met }
    }

    /// Without those that an app cannot have here: `system/` for people's apps, everything else for systems.
    #[must_use]
    pub fn for_level(&self, system: Level) -> Self {
        let keep = |scope: &&Scope| match scope {
            Scope::Of(resource) => (resource.level == Level::System) == (system == Level::System),
            _ => system != Level::System,
        };
        self.keeping(keep)
    }

    /// Without one of them.
    #[must_use]
    pub fn without(&self, scope: &Scope) -> Self {
        self.keeping(|own| *own != scope)
    }

    fn keeping(&self, keep: impl Fn(&&Scope) -> bool) -> Self {
        let all = self.all.iter().filter(keep).cloned().collect();
        Self { all, ..self.clone() }
    }

    /// Without these types: the others are left of `*`, and that they were left out is kept.
    #[must_use]
    pub fn but(&self, kinds: &[&'static str]) -> Self {
        if kinds.is_empty() {
            return self.clone();
        }
        let is_left = |kind: &&str| !kinds.contains(kind);
        let left = |scope: &Scope| match scope {
            Scope::Of(all) if all.kind.is_none() => {
                TYPES.into_iter().filter(is_left).map(|kind| Scope::Of(all.of(kind))).collect()
            }
            Scope::Of(one) if one.kind.is_some_and(|kind| !is_left(&kind)) => Vec::new(),
            other => vec![other.clone()],
        };
        let without = kinds.iter().map(|kind| ((*kind).to_owned(), None));
        let all: Self = self.all.iter().flat_map(left).collect();
        Self {
            without: self.without.iter().cloned().chain(without).collect(),
            rest: self.rest.clone(),
            ..all
        }
    }

    /// What of a type is left out although a scope covers it.
    pub fn left_out(&self, kind: &str) -> impl Iterator<Item = &Condition> {
        self.without.iter().filter(move |(own, _)| own == kind).filter_map(|(_, only)| only.as_ref())
    }

    /// Whether a person left a whole type out.
    pub fn denies(&self, kind: &str) -> bool {
        self.without.iter().any(|(own, only)| own == kind && only.is_none())
    }

    /// As a grant and its tokens are kept: with that for which scopes have no words.
    pub fn kept(&self) -> String {
        let without = self.without.iter().map(|(kind, only)| match only {
            Some(only) => format!(" {WITHOUT}{kind}?{only}"),
            None => format!(" {WITHOUT}{kind}"),
        });
        let rest = self.rest.iter().map(|rest| format!(" {REST}{rest}"));
        std::iter::once(self.to_string()).chain(without).chain(rest).collect()
    }

    /// What [`Self::kept`] wrote; none for anything else.
    pub fn from_kept(text: &str) -> Option<Self> {
        let mut kept = Self::default();
        for word in words(text).ok()? {
            if let Some(out) = word.strip_prefix(WITHOUT) {
                kept.without.insert(match out.split_once('?') {
                    Some((kind, condition)) => (kind.to_owned(), Some(only(Some(kind), condition).ok()?)),
                    None => (type_of(out)?.to_owned(), None),
                });
            } else if let Some(rest) = word.strip_prefix(REST) {
                let rest = resource(rest).ok().filter(|rest| rest.kind.is_some() && rest.only.is_none());
                kept.rest.insert(rest?);
            } else if let Ok(scope) = one(word) {
                kept.all.push(scope);
            }
        }
        Some(kept)
    }

    /// What is left of them where a person ticked only a part. A wildcard stays as it was asked for if nothing was
    /// taken out of it. A type of which only some categories were ticked is granted by category and not as a whole:
    /// never both. A request of version 1 is answered in version 1 as far as that can say it.
    #[must_use]
    pub fn narrowed(&self, ticked: &[Ticked]) -> Self {
        let mut out: Vec<Scope> = Vec::new();
        for scope in &self.all {
            match scope {
                Scope::Of(asked) => out.extend(left(asked, ticked).into_iter().map(Scope::Of)),
                other => out.push(other.clone()),
            }
        }
        let whole: Vec<Resource> = out
            .iter()
            .filter_map(|scope| match scope {
                Scope::Of(resource) if resource.only.is_none() => Some(resource.clone()),
                _ => None,
            })
            .collect();
        // Beside the whole type its parts say nothing.
        let needed = |scope: &Scope| match scope {
            Scope::Of(part) if part.only.is_some() => !whole.iter().any(|whole| covers(whole, part)),
            _ => true,
        };
        let all: Self = out.into_iter().filter(needed).collect();
        let named = |kind: &str| all.resources().any(|resource| resource.kind == Some(kind));
        let new = ticked.iter().filter(|one| named(&one.kind));
        let new = new.flat_map(|one| one.without.iter().map(|only| (one.kind.clone(), Some(only.clone()))));
        let without = self.without.iter().cloned().chain(new).collect();
        Self { without, rest: self.rest_of(ticked), ..all }
    }

    /// The types of which the rest goes, of those that are asked for whole, or of which it went before.
    fn rest_of(&self, ticked: &[Ticked]) -> BTreeSet<Resource> {
        let before = self.rest.iter().filter(|rest| {
            let of = ticked.iter().find(|one| rest.kind == Some(one.kind.as_str()));
            of.is_some_and(|one| one.rest || one.only.is_empty())
        });
        let whole = |kind: &str| {
            let whole = self.resources().filter(|asked| asked.only.is_none());
            let whole = whole.filter(|asked| asked.kind.is_none_or(|own| own == kind));
            let kind = type_of(kind);
            whole.filter_map(|asked| Some(asked.part(kind?, None))).collect::<Vec<_>>()
        };
        let new = ticked.iter().filter(|one| one.rest && !one.only.is_empty());
        before.cloned().chain(new.flat_map(|one| whole(&one.kind))).collect()
    }
}

/// What is left of one scope.
fn left(asked: &Resource, ticked: &[Ticked]) -> Vec<Resource> {
    let of = |kind: &str| ticked.iter().find(|one| one.kind == kind);
    let Some(kind) = asked.kind else {
        if TYPES.iter().all(|kind| of(kind).is_some_and(|one| one.only.is_empty())) {
            return vec![asked.clone()];
        }
        return TYPES.into_iter().flat_map(|kind| left(&asked.of(kind), ticked)).collect();
    };
    let Some(ticked) = of(kind) else { return Vec::new() };
    match &asked.only {
        _ if ticked.only.is_empty() => vec![asked.clone()],
        Some(only) if ticked.only.contains(only) => vec![asked.clone()],
        Some(_) => Vec::new(),
        None => ticked.only.iter().map(|only| asked.part(kind, Some(only))).collect(),
    }
}

/// What a scope has in common with those that are allowed, in its own words as far as they fit; nothing twice.
fn common(asked: &Resource, allowed: &Scopes) -> Vec<Resource> {
    let parts: Vec<Resource> = allowed.resources().filter_map(|own| both(asked, own)).collect();
    let is_said = |(n, part): (usize, &Resource)| {
        let says =
            |(m, other): (usize, &Resource)| m != n && covers(other, part) && (m < n || !covers(part, other));
        parts.iter().enumerate().any(says)
    };
    let left = parts.iter().enumerate().filter(|one| !is_said(*one));
    left.map(|(_, part)| part.clone()).collect()
}

/// What two scopes have in common.
fn both(asked: &Resource, own: &Resource) -> Option<Resource> {
    fn one<T: PartialEq + Clone>(asked: Option<&T>, own: Option<&T>) -> Option<Option<T>> {
        match (asked, own) {
            (Some(asked), Some(own)) if asked != own => None,
            (asked, own) => Some(asked.or(own).cloned()),
        }
    }
    if (asked.level == Level::System) != (own.level == Level::System) {
        return None;
    }
    let (kind, only) =
        (one(asked.kind.as_ref(), own.kind.as_ref())?, one(asked.only.as_ref(), own.only.as_ref())?);
    let rights = match asked.rights.within(own.rights) {
        // Version 1 has no words for a part.
        true if asked.rights == Rights::Version1 && only.is_some() => Rights::Both,
        true => asked.rights,
        false if own.rights.within(asked.rights) => own.rights,
        false => return None,
    };
    Some(Resource { level: asked.level, kind, rights, only })
}

/// Whether one scope gives all that another asks for.
fn covers(own: &Resource, asked: &Resource) -> bool {
    (own.level == Level::System) == (asked.level == Level::System)
        && (own.kind.is_none() || own.kind == asked.kind)
        && asked.rights.within(own.rights)
        && (own.only.is_none() || own.only == asked.only)
}

/// One of [`TYPES`] by its name.
fn type_of(name: &str) -> Option<&'static str> {
    TYPES.binary_search(&name).ok().map(|at| TYPES[at])
}

/// The words of a text.
fn words(text: &str) -> Result<Vec<&str>, BadScopes> {
    if !text.bytes().all(|b| b == b' ' || (b.is_ascii_graphic() && b != b'"' && b != b'\\')) {
        return Err(BadScopes("a scope has only visible ASCII characters, without \" and \\"));
    }
    Ok(text.split(' ').filter(|word| !word.is_empty()).collect())
}

/// One scope, or why there is none of that kind.
fn one(word: &str) -> Result<Scope, &'static str> {
    Ok(match word {
        "launch" => Scope::Launch,
        "launch/patient" => Scope::LaunchPatient,
        "openid" => Scope::Openid,
        "fhirUser" => Scope::FhirUser,
        "profile" => Scope::Profile,
        "offline_access" => Scope::Offline,
        "online_access" => Scope::Online,
        "launch/encounter" => return Err("there is no context of an encounter here"),
        _ => Scope::Of(resource(word)?),
    })
}

fn resource(word: &str) -> Result<Resource, &'static str> {
    let (level, rest) = word.split_once('/').ok_or("no scope of this name is known")?;
    let level = match level {
        "patient" => Level::Patient,
        "user" => Level::User,
        "system" => Level::System,
        _ => return Err("scopes of resources begin with patient/, user/ or system/"),
    };
    let (rest, condition) = match rest.split_once('?') {
        Some((rest, condition)) => (rest, Some(condition)),
        None => (rest, None),
    };
    let (kind, letters) = rest.split_once('.').ok_or("the interactions are missing, such as .rs")?;
    let kind = match kind {
        "*" => None,
        OF_SYSTEMS if level == Level::System => Some(OF_SYSTEMS),
        kind => Some(type_of(kind).ok_or("no resources of this type are offered")?),
    };
    let rights = rights(letters)?;
    let only = match condition {
        None => None,
        Some(_) if rights == Rights::Version1 => return Err("scopes of version 1 have no conditions"),
        Some(condition) => Some(only(kind, condition)?),
    };
    Ok(Resource { level, kind, rights, only })
}

/// The reading part of the interactions; writing is left out.
fn rights(letters: &str) -> Result<Rights, &'static str> {
    const WRITES: &str = "only reading is offered";
    match letters {
        "read" | "*" => return Ok(Rights::Version1),
        "write" => return Err(WRITES),
        _ => {}
    }
    let mut rest = letters;
    let mut has = |letter: char| match rest.strip_prefix(letter) {
        Some(after) => {
            rest = after;
            true
        }
        None => false,
    };
    // In this order and each once (SMART App Launch 2.2, 3.0.2.1).
    let [create, read, update, delete, search] = ['c', 'r', 'u', 'd', 's'].map(&mut has);
    if !rest.is_empty() || letters.is_empty() {
        return Err("interactions are letters of cruds in this order, or read");
    }
    match (read, search) {
        (true, true) => Ok(Rights::Both),
        (true, false) => Ok(Rights::Read),
        (false, true) => Ok(Rights::Search),
        (false, false) if create || update || delete => Err(WRITES),
        (false, false) => Err("interactions are letters of cruds in this order, or read"),
    }
}

fn only(kind: Option<&str>, condition: &str) -> Result<Condition, &'static str> {
    let granular = kind.is_some_and(|kind| GRANULAR.contains(&kind));
    let value = condition.strip_prefix("category=").filter(|value| !value.contains('&'));
    let Some(value) = value.filter(|_| granular) else {
        return Err("scopes can be narrowed by category only, of Condition and Observation");
    };
    let value = plain(value).ok_or("a category has no characters but those of a scope")?;
    let (system, code) = match value.split_once('|') {
        Some((system, code)) => (Some(system.to_owned()), code),
        None => (None, value.as_str()),
    };
    if code.is_empty() || code.contains(['|', ',']) || system.as_deref().is_some_and(str::is_empty) {
        return Err("a category is written system|code");
    }
    Ok(Condition { param: "category", system, code: code.to_owned() })
}

/// The value of a search parameter without its percent-encoding (SMART App Launch 2.2, 3.0.2.1: a condition is written
/// as a search is), so that it fits what it names however it was sent. None where what comes out could not stand in a
/// scope, or would be read otherwise when it is read again.
fn plain(value: &str) -> Option<String> {
    let mut out = String::new();
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        let byte = match byte {
            b'%' => {
                let mut digit =
                    || char::from(bytes.next()?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                digit()? * 16 + digit()?
            }
            other => other,
        };
        let fits = byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b'%' | b'&');
        out.push(fits.then_some(char::from(byte))?);
    }
    Some(out)
}

#[cfg(test)]
mod tests;
