//! Makes the table of facts from the packages of US Core, where they lie beside the project
//! (`shared/definitions` in a folder above). Without them the table that is checked in is taken as it is.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::Value;

use super::facts::{Element, Facts, Marked, Profile, Want, short};
use crate::harness::tree;

/// The folder of the packages, if it is there.
pub fn folder() -> Option<PathBuf> {
    let candidates = tree::root().ancestors().map(|folder| folder.join("shared/definitions"));
    candidates.into_iter().find(|folder| folder.join("us_core_610.tgz").is_file())
}

/// Everything of 6.1, and the profiles of resources that 7.0 adds.
pub fn read(folder: &Path) -> Facts {
    let mut facts = Facts::default();
    let six = Package::open(&folder.join("us_core_610.tgz"));
    six.all("StructureDefinition").for_each(|definition| six.add(definition, &mut facts));
    let seven = Package::open(&folder.join("us_core_700.tgz"));
    for definition in seven.all("StructureDefinition") {
        let known = facts.profiles.contains_key(short(text(definition, "url")));
        if !known && definition["type"] != "Extension" {
            seven.add(definition, &mut facts);
        }
    }
    facts
}

/// The search parameters that 6.1 defines: type and name, and where.
pub fn search_parameters(folder: &Path) -> BTreeMap<(String, String), String> {
    let six = Package::open(&folder.join("us_core_610.tgz"));
    let mut defined = BTreeMap::new();
    for param in six.all("SearchParameter") {
        for of in list(param.get("base")).iter().filter_map(Value::as_str) {
            defined.insert((of.to_owned(), text(param, "code").to_owned()), text(param, "url").to_owned());
        }
    }
    defined
}

/// The parts of a package, by file name.
struct Package(BTreeMap<String, Value>);

/// Value sets of FHIR R4 itself that slices are bound to; their codes are not in the packages.
const BASE_SETS: [(&str, &str, &[&str]); 3] = [
    (
        "medicationrequest-category",
        "http://terminology.hl7.org/CodeSystem/medicationrequest-category",
        &["inpatient", "outpatient", "community", "discharge"],
    ),
    (
        "servicerequest-category",
        "http://snomed.info/sct",
        &["108252007", "363679005", "409063005", "409073007", "387713003"],
    ),
    (
        "observation-category",
        "http://terminology.hl7.org/CodeSystem/observation-category",
        &[
            "social-history",
            "vital-signs",
            "imaging",
            "laboratory",
            "procedure",
            "survey",
            "exam",
            "therapy",
            "activity",
        ],
    ),
];

impl Package {
    /// Reads a gzipped tar: blocks of 512 bytes, a header with name and size in octal, then the file.
    fn open(path: &Path) -> Package {
        let mut bytes = Vec::new();
        GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
        let mut parts = BTreeMap::new();
        let mut at = 0;
        while let Some(header) = bytes.get(at..at + 512) {
            let word = |from: usize, until: usize| {
                String::from_utf8_lossy(&header[from..until]).trim_matches(['\0', ' ']).to_owned()
            };
            let (name, size) = (word(0, 100), usize::from_str_radix(&word(124, 136), 8).unwrap_or(0));
            let file = bytes.get(at + 512..at + 512 + size).unwrap_or_default();
            if let Some(name) = name.strip_prefix("package/").filter(|name| name.ends_with(".json"))
                && let Ok(value) = serde_json::from_slice(file)
            {
                parts.insert(name.to_owned(), value);
            }
            at += 512 + size.div_ceil(512) * 512;
        }
        Package(parts)
    }

    /// All definitions of a kind.
    fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0.values().filter(move |value| value["resourceType"] == kind)
    }

    fn add(&self, definition: &Value, facts: &mut Facts) {
        if definition["kind"] != "resource" && definition["type"] != "Extension" {
            return;
        }
        let elements = list(definition["snapshot"].get("element"));
        let kept: Vec<Element> =
            elements.iter().skip(1).map(|element| self.element(element, facts)).collect();
        let mut root = Element::default();
        for (at, element) in kept.iter().enumerate() {
            let under = format!("{}.", element.path);
            let carries = |other: &Element| other.path.starts_with(&under) && says_something(other);
            let sliced = kept.iter().any(|other| other.path.starts_with(&format!("{}:", element.path)));
            if says_something(element) || sliced || kept[at..].iter().any(carries) {
                root.put(element.clone());
            }
        }
        let base = short(text(definition, "baseDefinition"));
        let profile = Profile {
            kind: text(definition, "type").to_owned(),
            base: base.starts_with("us-core").then(|| base.to_owned()),
            root,
        };
        facts.profiles.insert(short(text(definition, "url")).to_owned(), profile);
    }

    fn element(&self, raw: &Value, facts: &mut Facts) -> Element {
        let id = text(raw, "id");
        let types = list(raw.get("type"));
        let choice = id.ends_with("[x]") || id.contains("[x]:");
        Element {
            path: id.split_once('.').map_or(String::new(), |(_, path)| path.to_owned()),
            min: raw["min"].as_u64().unwrap_or(0) as usize,
            max: text(raw, "max").parse().ok(),
            must: raw["mustSupport"] == true || marked(raw, "uscdi-requirement"),
            types: if choice { types.iter().map(type_of).collect() } else { Vec::new() },
            targets: types.iter().filter(|one| one["code"] == "Reference").flat_map(targets).collect(),
            extension: types
                .iter()
                .filter(|one| one["code"] == "Extension")
                .find_map(|one| one["profile"][0].as_str().map(str::to_owned)),
            by: list(raw["slicing"].get("discriminator"))
                .iter()
                .map(|by| (text(by, "type").to_owned(), text(by, "path").to_owned()))
                .collect(),
            codes: self.codes(raw, facts),
            want: want(raw),
            below: Vec::new(),
        }
    }

    /// The value set that the element is bound to, if every code of it can be listed.
    fn codes(&self, raw: &Value, facts: &mut Facts) -> Option<String> {
        let binding = raw.get("binding")?;
        let most = list(binding.get("extension"))
            .iter()
            .find(|extension| text(extension, "url").ends_with("maxValueSet"))
            .and_then(|extension| extension["valueCanonical"].as_str());
        let required = (binding["strength"] == "required").then(|| text(binding, "valueSet"));
        let address = most.or(required)?.split('|').next()?;
        let name = address.rsplit('/').next()?;
        let codes = self.expand(address)?;
        facts.value_sets.insert(name.to_owned(), codes);
        Some(name.to_owned())
    }

    fn expand(&self, address: &str) -> Option<Vec<(String, String)>> {
        let name = address.rsplit('/').next()?;
        if let Some((_, system, codes)) = BASE_SETS.iter().find(|(known, ..)| *known == name) {
            return Some(codes.iter().map(|code| ((*system).to_owned(), (*code).to_owned())).collect());
        }
        let set = self.all("ValueSet").find(|set| set["url"] == address)?;
        let mut codes = Vec::new();
        for include in list(set["compose"].get("include")) {
            if include.get("filter").is_some() {
                return None;
            }
            for other in list(include.get("valueSet")) {
                codes.extend(self.expand(other.as_str()?)?);
            }
            let Some(system) = include["system"].as_str() else { continue };
            let listed = match include.get("concept") {
                Some(concepts) => list(Some(concepts)).iter().map(|one| text(one, "code")).collect(),
                // A system that is not in the package: any code of it.
                None => self.system(system).unwrap_or_else(|| vec!["*"]),
            };
            codes.extend(listed.into_iter().map(|code| (system.to_owned(), code.to_owned())));
        }
        Some(codes)
    }

    /// All codes of a system.
    fn system<'a>(&'a self, address: &str) -> Option<Vec<&'a str>> {
        let whole = BASE_SETS.iter().find(|(name, ..)| address.ends_with(name));
        if let Some((_, _, codes)) = whole {
            return Some(codes.to_vec());
        }
        let system = self.all("CodeSystem").find(|system| system["url"] == address)?;
        Some(list(system.get("concept")).iter().map(|one| text(one, "code")).collect())
    }
}

/// Whether a line of its own is worth it.
fn says_something(element: &Element) -> bool {
    element.must
        || element.min > 0
        || element.max == Some(0)
        || element.slice().is_some()
        || element.want.is_some()
        || element.codes.is_some()
        || !element.targets.is_empty()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Whether an extension stands here whose address ends so, and does not say no.
fn marked(value: &Value, ending: &str) -> bool {
    list(value.get("extension"))
        .iter()
        .any(|one| text(one, "url").ends_with(ending) && one["valueBoolean"] != false)
}

const TYPE_MUST: &str = "elementdefinition-type-must-support";

fn type_of(one: &Value) -> Marked {
    Marked { name: text(one, "code").to_owned(), must: marked(one, TYPE_MUST) }
}

/// What a reference may lead to. A single profile of US Core must be supported as much as the element is;
/// of several those that are marked.
fn targets(one: &Value) -> Vec<Marked> {
    let addresses = list(one.get("targetProfile"));
    let marks = list(one.get("_targetProfile"));
    let mark = |(at, address): (usize, &Value)| {
        let name = short(address.as_str().unwrap_or_default());
        let alone = addresses.len() == 1 || marks.get(at).is_some_and(|mark| marked(mark, TYPE_MUST));
        Marked { name: name.to_owned(), must: alone && name.starts_with("us-core") }
    };
    addresses.iter().enumerate().map(mark).collect()
}

fn want(raw: &Value) -> Option<Want> {
    raw.as_object()?.iter().find_map(|(name, value)| match name {
        _ if name.starts_with("fixed") => Some(Want::Fixed(value.clone())),
        _ if name.starts_with("pattern") => Some(Want::Pattern(value.clone())),
        _ => None,
    })
}
