//! What a profile of US Core asks for, as a table of our own in `tests/golden/us_core.txt`: one line an element.
//! Only what can be checked without a terminology server or FHIRPath stands there.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

/// The beginning of the address of each profile of US Core.
pub const US_CORE: &str = "http://hl7.org/fhir/us/core/StructureDefinition/";
const BASE: &str = "http://hl7.org/fhir/StructureDefinition/";

/// The profiles by their short names, and the value sets that slices and elements are bound to.
#[derive(Debug, Default)]
pub struct Facts {
    pub profiles: BTreeMap<String, Profile>,
    pub value_sets: BTreeMap<String, Vec<(String, String)>>,
}

/// One profile.
#[derive(Debug)]
pub struct Profile {
    /// Type of resource, or `Extension`.
    pub kind: String,
    /// The profile of US Core from which it derives, or none.
    pub base: Option<String>,
    /// The resource itself, with its elements below.
    pub root: Element,
}

/// One element or slice of a profile.
#[derive(Debug, Default, Clone)]
pub struct Element {
    /// Path below the resource, with slices: `component:systolic.value[x].code`. Empty: the resource.
    pub path: String,
    pub min: usize,
    /// None: any number.
    pub max: Option<usize>,
    /// Must support, or asked for by USCDI.
    pub must: bool,
    /// Types of the value; marked where this very type must be supported.
    pub types: Vec<Marked>,
    /// Profiles or types of what is referred to; marked where this very one must be supported.
    pub targets: Vec<Marked>,
    /// The address of the extension that stands here.
    pub extension: Option<String>,
    /// How slices are told apart: kind of discriminator and path.
    pub by: Vec<(String, String)>,
    /// The value set that the value must be from, where its codes can be listed.
    pub codes: Option<String>,
    pub want: Option<Want>,
    pub below: Vec<Element>,
}

/// A name with a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    pub name: String,
    pub must: bool,
}

/// What the value has to be.
#[derive(Debug, Clone)]
pub enum Want {
    /// This and nothing else.
    Fixed(Value),
    /// At least what stands here.
    Pattern(Value),
}

impl Want {
    pub fn value(&self) -> &Value {
        match self {
            Want::Fixed(value) | Want::Pattern(value) => value,
        }
    }
}

impl Element {
    /// The last step of the path, without the name of the slice.
    pub fn name(&self) -> &str {
        self.last().split(':').next().unwrap_or_default()
    }

    /// The name of the slice, if it is one.
    pub fn slice(&self) -> Option<&str> {
        self.last().split_once(':').map(|(_, slice)| slice)
    }

    fn last(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// This element and all below it.
    pub fn each<'a>(&'a self, look: &mut dyn FnMut(&'a Element)) {
        look(self);
        self.below.iter().for_each(|element| element.each(look));
    }
}

/// The short name of a profile or type: what comes after the address that all have in common.
pub fn short(address: &str) -> &str {
    let plain = address.split('|').next().unwrap_or_default();
    plain.strip_prefix(US_CORE).or_else(|| plain.strip_prefix(BASE)).unwrap_or(plain)
}

impl Facts {
    /// The table as text.
    pub fn print(&self) -> String {
        let mut out = String::from(
            "What the profiles of US Core 6.1.0 ask for, and those that 7.0.0 adds; made by tests/src/uscore/package.rs.\n",
        );
        for (name, codes) in &self.value_sets {
            let list: Vec<String> = codes.iter().map(|(system, code)| format!("{system}|{code}")).collect();
            writeln!(out, "# {name} {}", list.join(" ")).unwrap();
        }
        for (name, profile) in &self.profiles {
            writeln!(out, "= {name} {} {}", profile.kind, profile.base.as_deref().unwrap_or("-")).unwrap();
            profile.root.each(&mut |element| {
                if !element.path.is_empty() {
                    writeln!(out, "{}", line(element)).unwrap();
                }
            });
        }
        out
    }

    /// Reads the table; it is ours, so a fault in it is a fault of the tests.
    pub fn parse(text: &str) -> Facts {
        let mut facts = Facts::default();
        let mut current = String::new();
        for line in text.lines().skip(1) {
            if let Some(rest) = line.strip_prefix("# ") {
                let mut words = rest.split(' ');
                let name = words.next().unwrap().to_owned();
                let pair = |word: &str| {
                    word.split_once('|').map(|(system, code)| (system.to_owned(), code.to_owned())).unwrap()
                };
                facts.value_sets.insert(name, words.map(pair).collect());
            } else if let Some(rest) = line.strip_prefix("= ") {
                let words: Vec<&str> = rest.split(' ').collect();
                let [name, kind, base] = words.as_slice() else { panic!("{line}") };
                current = (*name).to_owned();
                let base = (*base != "-").then(|| (*base).to_owned());
                let profile = Profile { kind: (*kind).to_owned(), base, root: Element::default() };
                facts.profiles.insert(current.clone(), profile);
            } else {
                facts.profiles.get_mut(&current).unwrap().root.put(element(line));
            }
        }
        facts
    }
}

impl Element {
    /// Puts an element below its parent, which stands there already.
    pub fn put(&mut self, element: Element) {
        let parent = element.path.rsplit_once('.').map_or("", |(parent, _)| parent);
        if parent == self.path {
            self.below.push(element);
            return;
        }
        let within = |child: &&mut Element| {
            parent == child.path || parent.strip_prefix(&child.path).is_some_and(|rest| rest.starts_with('.'))
        };
        let child = self.below.iter_mut().find(within);
        child.unwrap_or_else(|| panic!("{} has no parent", element.path)).put(element);
    }
}

fn line(element: &Element) -> String {
    let max = element.max.map_or_else(|| "*".to_owned(), |max| max.to_string());
    let mut out = format!("{} {}..{max}", element.path, element.min);
    if element.must {
        out.push_str(" must");
    }
    let marked = |list: &[Marked]| -> String {
        let words: Vec<String> =
            list.iter().map(|one| format!("{}{}", one.name, if one.must { "!" } else { "" })).collect();
        words.join(",")
    };
    for (name, list) in [("types", &element.types), ("targets", &element.targets)] {
        if !list.is_empty() {
            write!(out, " {name}={}", marked(list)).unwrap();
        }
    }
    if let Some(extension) = &element.extension {
        write!(out, " extension={extension}").unwrap();
    }
    if !element.by.is_empty() {
        let by: Vec<String> = element.by.iter().map(|(kind, path)| format!("{kind}@{path}")).collect();
        write!(out, " by={}", by.join(",")).unwrap();
    }
    if let Some(codes) = &element.codes {
        write!(out, " codes={codes}").unwrap();
    }
    match &element.want {
        Some(Want::Fixed(value)) => write!(out, " fixed {value}").unwrap(),
        Some(Want::Pattern(value)) => write!(out, " pattern {value}").unwrap(),
        None => {}
    }
    out
}

fn element(line: &str) -> Element {
    let mut element = Element::default();
    let mut rest = line;
    let (path, tail) = rest.split_once(' ').unwrap();
    element.path = path.to_owned();
    rest = tail;
    while !rest.is_empty() {
        let (word, tail) = rest.split_once(' ').unwrap_or((rest, ""));
        match word.split_once('=') {
            Some(("types", list)) => element.types = marks(list),
            Some(("targets", list)) => element.targets = marks(list),
            Some(("extension", address)) => element.extension = Some(address.to_owned()),
            Some(("codes", name)) => element.codes = Some(name.to_owned()),
            Some(("by", list)) => {
                let pair = |word: &str| {
                    word.split_once('@').map(|(kind, path)| (kind.to_owned(), path.to_owned())).unwrap()
                };
                element.by = list.split(',').map(pair).collect();
            }
            _ if word == "must" => element.must = true,
            _ if word == "fixed" || word == "pattern" => {
                let value = serde_json::from_str(tail).unwrap();
                element.want = Some(if word == "fixed" { Want::Fixed(value) } else { Want::Pattern(value) });
                return element;
            }
            _ => {
                let (min, max) = word.split_once("..").unwrap_or_else(|| panic!("{line}"));
                element.min = min.parse().unwrap();
                element.max = max.parse().ok();
            }
        }
        rest = tail;
    }
    element
}

fn marks(list: &str) -> Vec<Marked> {
    let one = |word: &str| Marked { name: word.trim_end_matches('!').to_owned(), must: word.ends_with('!') };
    list.split(',').map(one).collect()
}
