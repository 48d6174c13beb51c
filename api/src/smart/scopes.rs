//! What an app asks for and what it gets: SMART App Launch 2.2, section 3.0 (scopes for FHIR resources), with the
//! scopes of version 1. Pure. Nothing that writes is ever granted, and what is granted is never more than was asked.

use std::collections::BTreeSet;
use std::fmt;

/// How many scopes one request may name, and how long one may be.
const MOST: usize = 100;
const LONGEST: usize = 400;

/// The types of resources that an app can be given: those that records here hold and the FHIR interface serves.
pub const TYPES: [&str; 56] = [
    "Account",
    "AdverseEvent",
    "AllergyIntolerance",
    "Appointment",
    "AuditEvent",
    "Binary",
    "CarePlan",
    "CareTeam",
    "Claim",
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
    "Task",
    "VisionPrescription",
];

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
    pub kind: Option<String>,
    /// How.
    pub rights: Rights,
    /// Only those in this category.
    pub only: Option<Condition>,
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind.as_deref().unwrap_or("*");
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
}

/// Scopes in the order in which they were asked for, each once; and what a person left unticked, for which scopes have
/// no words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes {
    all: Vec<Scope>,
    /// By type: what fits one of these is left out, whatever scope it fits.
    without: BTreeSet<(String, Condition)>,
}

/// Before what is left out, where scopes are kept. No scope begins so.
const WITHOUT: char = '!';

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
        Self { all, without: BTreeSet::new() }
    }
}

impl Scopes {
    /// Reads a text of scopes; what is not known or not offered is dropped and named (RFC 6749, section 3.3: the
    /// server may ignore scopes, and tells what it granted).
    ///
    /// # Errors
    /// [`BadScopes`] for characters that no scope has, and for more than anybody needs.
    pub fn read(text: &str) -> Result<Parsed, BadScopes> {
        if !text.bytes().all(|b| b == b' ' || (b.is_ascii_graphic() && b != b'"' && b != b'\\')) {
            return Err(BadScopes("a scope has only visible ASCII characters, without \" and \\"));
        }
        let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
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

    /// What they allow of a type of resources. `level` is [`Level::System`] for a system and [`Level::Patient`] for an
    /// app that a person uses, whose `user/` scopes are about the same record.
    pub fn of_type(&self, (level, interaction): (Level, Interaction), kind: &str) -> Allowed {
        let system = level == Level::System;
        let mut conditions = Vec::new();
        for resource in self.resources() {
            let fits = (resource.level == Level::System) == system
                && resource.rights.allow(interaction)
                && resource.kind.as_deref().is_none_or(|own| own == kind);
            match &resource.only {
                _ if !fits => {}
                None => return Allowed::All,
                Some(only) if !conditions.contains(only) => conditions.push(only.clone()),
                Some(_) => {}
            }
        }
        if conditions.is_empty() { Allowed::No } else { Allowed::Where(conditions) }
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
        Self { all, without: self.without.union(&allowed.without).cloned().collect() }
    }

    /// What both allow: what of the one the other covers, either way round.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        let (ours, theirs) = (self.within(other), other.within(self));
        let met: Self = ours.all.into_iter().chain(theirs.all).collect();
        Self { without: ours.without, ..met }
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
        Self { all, without: self.without.clone() }
    }

    /// What of a type is left out although a scope covers it.
    pub fn left_out(&self, kind: &str) -> impl Iterator<Item = &Condition> {
        self.without.iter().filter(move |(own, _)| own == kind).map(|(_, only)| only)
    }

    /// As a grant is kept: with what is left out.
    pub fn kept(&self) -> String {
        let without = self.without.iter().map(|(kind, only)| format!(" {WITHOUT}{kind}?{only}"));
        std::iter::once(self.to_string()).chain(without).collect()
    }

    /// What [`Self::kept`] wrote; none for anything else.
    pub fn from_kept(text: &str) -> Option<Self> {
        let (without, scopes): (Vec<&str>, Vec<&str>) =
            text.split(' ').filter(|word| !word.is_empty()).partition(|word| word.starts_with(WITHOUT));
        let condition = |word: &str| {
            let (kind, condition) = word.strip_prefix(WITHOUT)?.split_once('?')?;
            Some((kind.to_owned(), only(Some(kind), condition).ok()?))
        };
        let without = without.into_iter().map(condition).collect::<Option<_>>()?;
        Some(Self { without, ..Self::parse(&scopes.join(" ")).ok()? })
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
        let named = |kind: &str| all.resources().any(|resource| resource.kind.as_deref() == Some(kind));
        let new = ticked.iter().filter(|one| named(&one.kind));
        let new = new.flat_map(|one| one.without.iter().map(|only| (one.kind.clone(), only.clone())));
        Self { without: self.without.iter().cloned().chain(new).collect(), ..all }
    }
}

/// What is left of one scope.
fn left(asked: &Resource, ticked: &[Ticked]) -> Vec<Resource> {
    let of = |kind: &str| ticked.iter().find(|one| one.kind == kind);
    let Some(kind) = &asked.kind else {
        if TYPES.iter().all(|kind| of(kind).is_some_and(|one| one.only.is_empty())) {
            return vec![asked.clone()];
        }
        let each = TYPES.iter().map(|kind| Resource { kind: Some((*kind).to_owned()), ..asked.clone() });
        return each.flat_map(|one| left(&one, ticked)).collect();
    };
    let Some(ticked) = of(kind) else { return Vec::new() };
    match &asked.only {
        _ if ticked.only.is_empty() => vec![asked.clone()],
        Some(only) if ticked.only.contains(only) => vec![asked.clone()],
        Some(_) => Vec::new(),
        None => {
            // Version 1 has no words for a part.
            let rights = if asked.rights == Rights::Version1 { Rights::Both } else { asked.rights };
            let part = |only: &Condition| Resource { rights, only: Some(only.clone()), ..asked.clone() };
            ticked.only.iter().map(part).collect()
        }
    }
}

/// Whether one scope gives all that another asks for.
fn covers(own: &Resource, asked: &Resource) -> bool {
    (own.level == Level::System) == (asked.level == Level::System)
        && (own.kind.is_none() || own.kind == asked.kind)
        && asked.rights.within(own.rights)
        && (own.only.is_none() || own.only == asked.only)
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
        kind if TYPES.contains(&kind) => Some(kind.to_owned()),
        _ => return Err("no resources of this type are offered"),
    };
    let rights = rights(letters)?;
    let only = match condition {
        None => None,
        Some(_) if rights == Rights::Version1 => return Err("scopes of version 1 have no conditions"),
        Some(condition) => Some(only(kind.as_deref(), condition)?),
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
    let (system, code) = match value.split_once('|') {
        Some((system, code)) => (Some(system.to_owned()), code),
        None => (None, value),
    };
    if code.is_empty() || code.contains(['|', ',']) || system.as_deref().is_some_and(str::is_empty) {
        return Err("a category is written system|code");
    }
    Ok(Condition { param: "category", system, code: code.to_owned() })
}

#[cfg(test)]
mod tests;
