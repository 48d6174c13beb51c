//! Walks through a resource along a profile: says what does not fit and notes what occurs.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use serde_json::{Map, Value};

use super::facts::{Element, Facts, Want, short};

/// All resources by type and id, the profiles, and what was found out on the way.
pub struct Walk<'a> {
    facts: &'a Facts,
    store: &'a HashMap<String, Value>,
    /// Whether a resource fits a profile, once known.
    fits: Rc<RefCell<BTreeMap<(String, String), bool>>>,
    /// What occurs: profile, path, and the type or target or nothing.
    pub seen: RefCell<BTreeSet<(String, String, String)>>,
}

/// A value at an element: what stands there, what extends it, and its type where there is a choice.
struct Given<'a> {
    value: Option<&'a Value>,
    beside: Option<&'a Value>,
    choice: Option<&'a str>,
}

impl<'a> Given<'a> {
    fn inner(&self) -> Option<&'a Map<String, Value>> {
        self.value.and_then(Value::as_object).or_else(|| self.beside.and_then(Value::as_object))
    }

    /// Whether there is more than the reason why nothing is there.
    fn says_something(&self) -> bool {
        match self.value {
            Some(Value::Object(map)) => map.keys().any(|key| key != "extension") || map.contains_key("url"),
            Some(_) => true,
            None => false,
        }
    }
}

/// Where the walk is: the profile, and the resource by name.
#[derive(Clone, Copy)]
struct Place<'a> {
    profile: &'a str,
    resource: &'a str,
}

impl<'a> Walk<'a> {
    pub fn new(facts: &'a Facts, store: &'a HashMap<String, Value>) -> Self {
        Walk { facts, store, fits: Rc::default(), seen: RefCell::default() }
    }

    /// What does not fit of a resource that claims a profile, by the profile and those it derives from.
    pub fn faults(&self, resource: &Value, profile: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let name = name_of(resource);
        let mut next = Some(profile);
        while let Some(profile) = next {
            let known = &self.facts.profiles[profile];
            if resource["resourceType"] != known.kind.as_str() {
                faults.push(format!("{name} is no {}", known.kind));
            }
            let place = Place { profile, resource: &name };
            if let Some(map) = resource.as_object() {
                self.inside(&known.root, map, place, &mut faults);
            }
            next = known.base.as_deref();
        }
        faults
    }

    fn inside(&self, element: &Element, map: &Map<String, Value>, place: Place, faults: &mut Vec<String>) {
        let plain = element.below.iter().filter(|child| child.slice().is_none());
        for child in plain {
            let given = given(map, child.name());
            count(child, given.len(), place, faults);
            for one in &given {
                self.typed(child, one, place, faults);
                if one.says_something() {
                    self.note(child, one, place);
                }
                self.visit(child, one, place, faults);
            }
            let slices =
                element.below.iter().filter(|slice| slice.slice().is_some() && slice.name() == child.name());
            for slice in slices {
                let inside: Vec<&Given> =
                    given.iter().filter(|one| self.in_slice(slice, &child.by, one)).collect();
                count(slice, inside.len(), place, faults);
                for one in inside {
                    self.note(slice, one, place);
                    self.visit(slice, one, place, faults);
                }
            }
        }
    }

    fn note(&self, element: &Element, given: &Given, place: Place) {
        let mut seen = self.seen.borrow_mut();
        let at = |what: &str| (place.profile.to_owned(), element.path.clone(), what.to_owned());
        seen.insert(at(""));
        if let Some(choice) = given.choice {
            let named = element.types.iter().find(|one| one.name.eq_ignore_ascii_case(choice));
            seen.extend(named.map(|one| at(&one.name)));
        }
    }

    fn typed(&self, element: &Element, given: &Given, place: Place, faults: &mut Vec<String>) {
        if let Some(choice) = given.choice
            && !element.types.iter().any(|one| one.name.eq_ignore_ascii_case(choice))
        {
            faults.push(fault(place, element, "has a type that is not allowed"));
        }
    }

    fn visit(&self, element: &Element, given: &Given, place: Place, faults: &mut Vec<String>) {
        if let (Some(want), Some(value)) = (&element.want, given.value)
            && !(match want {
                Want::Fixed(wanted) => value == wanted,
                Want::Pattern(wanted) => covers(value, wanted),
            })
        {
            faults.push(fault(place, element, "is not the value that the profile fixes"));
        }
        // What a choice may be by its codes it may also be by number: the unit of a Quantity is from UCUM (pack years).
        let is_number = given.choice.is_some_and(|choice| choice.eq_ignore_ascii_case("quantity"));
        if given.says_something()
            && !(is_number && element.types.len() > 1)
            && let (Some(codes), Some(value)) = (&element.codes, given.value)
            && !self.among(codes, value)
        {
            faults.push(fault(place, element, "has a code from outside the value set"));
        }
        if let Some(value) = given.value.filter(|_| !element.targets.is_empty()) {
            self.follow(element, value, place, faults);
        }
        let Some(map) = given.inner() else { return };
        if let Some(extension) =
            element.extension.as_deref().and_then(|url| self.facts.profiles.get(short(url)))
            && map.get("url").and_then(Value::as_str) == element.extension.as_deref()
        {
            let name = element.extension.as_deref().map(short).unwrap_or_default();
            self.inside(&extension.root, map, Place { profile: name, ..place }, faults);
        }
        self.inside(element, map, place, faults);
    }

    /// A reference leads to something that is there and fits one of the profiles that are allowed.
    fn follow(&self, element: &Element, value: &Value, place: Place, faults: &mut Vec<String>) {
        let Some(address) = value["reference"].as_str() else { return };
        let Some(target) = self.store.get(address) else {
            faults.push(fault(place, element, "leads nowhere"));
            return;
        };
        let fitting: Vec<&str> = element
            .targets
            .iter()
            .map(|one| one.name.as_str())
            .filter(|profile| self.fit(target, profile))
            .collect();
        if fitting.is_empty() {
            faults.push(fault(place, element, "leads to something that fits no profile allowed here"));
        }
        let at = |what: &str| (place.profile.to_owned(), element.path.clone(), what.to_owned());
        self.seen.borrow_mut().extend(fitting.into_iter().map(at));
    }

    fn fit(&self, target: &Value, profile: &str) -> bool {
        let Some(known) = self.facts.profiles.get(profile) else {
            return profile == "Resource" || target["resourceType"] == profile;
        };
        if target["resourceType"] != known.kind.as_str() {
            return false;
        }
        let key = (name_of(target), profile.to_owned());
        if let Some(fits) = self.fits.borrow().get(&key) {
            return *fits;
        }
        // Two that refer to each other are judged by everything else that they say.
        self.fits.borrow_mut().insert(key.clone(), true);
        let fits = Rc::clone(&self.fits);
        let apart = Walk { facts: self.facts, store: self.store, fits, seen: RefCell::default() };
        let fits = apart.faults(target, profile).is_empty();
        self.fits.borrow_mut().insert(key, fits);
        fits
    }

    fn in_slice(&self, slice: &Element, by: &[(String, String)], given: &Given) -> bool {
        by.iter().all(|(kind, path)| {
            if kind == "type" {
                let choice = given.choice.unwrap_or_default();
                return slice.types.iter().any(|one| one.name.eq_ignore_ascii_case(choice));
            }
            let Some(value) = given.value else { return false };
            if let Some(extension) = slice.extension.as_deref().filter(|_| path == "url") {
                return value["url"] == extension;
            }
            let found = values(value, path);
            if let Some(wanted) = wanted(slice, path) {
                return found.into_iter().any(|one| covers(one, &wanted));
            }
            let bound = element_at(slice, path).and_then(|element| element.codes.as_deref());
            bound.is_some_and(|codes| found.into_iter().any(|one| self.among(codes, one)))
        })
    }

    fn among(&self, codes: &str, value: &Value) -> bool {
        let listed = &self.facts.value_sets[codes];
        let coded = |coding: &Value| {
            listed.iter().any(|(system, code)| {
                coding["system"] == system.as_str() && (code == "*" || coding["code"] == code.as_str())
            })
        };
        match value {
            Value::String(text) => listed.iter().any(|(_, code)| code == text),
            _ => match value.get("coding").and_then(Value::as_array) {
                Some(codings) => codings.iter().any(coded),
                None => coded(value),
            },
        }
    }
}

/// Type and id, as a reference names them.
pub fn name_of(resource: &Value) -> String {
    let part = |name: &str| resource[name].as_str().unwrap_or_default();
    format!("{}/{}", part("resourceType"), part("id"))
}

fn fault(place: Place, element: &Element, what: &str) -> String {
    format!("{} ({}): {} {what}", place.resource, place.profile, element.path)
}

fn count(element: &Element, found: usize, place: Place, faults: &mut Vec<String>) {
    if found < element.min {
        faults.push(fault(place, element, "is missing"));
    }
    if element.max.is_some_and(|max| found > max) {
        faults.push(fault(place, element, "occurs too often"));
    }
}

/// What stands at an element of an object, lists taken apart.
fn given<'a>(map: &'a Map<String, Value>, name: &str) -> Vec<Given<'a>> {
    let Some(stem) = name.strip_suffix("[x]") else {
        let beside = map.get(&format!("_{name}"));
        return pairs(map.get(name), beside, None);
    };
    let mut choices: BTreeSet<&str> = BTreeSet::new();
    for key in map.keys() {
        let choice = key.strip_prefix('_').unwrap_or(key).strip_prefix(stem).unwrap_or_default();
        if choice.starts_with(|first: char| first.is_ascii_uppercase()) {
            choices.insert(choice);
        }
    }
    let of = |choice: &'a str| {
        let (value, beside) = (map.get(&format!("{stem}{choice}")), map.get(&format!("_{stem}{choice}")));
        pairs(value, beside, Some(choice))
    };
    choices.into_iter().flat_map(of).collect()
}

fn pairs<'a>(value: Option<&'a Value>, beside: Option<&'a Value>, choice: Option<&'a str>) -> Vec<Given<'a>> {
    let many = |value: &'a Value| value.as_array().map_or_else(|| vec![value], |list| list.iter().collect());
    let (values, besides) = (value.map(many).unwrap_or_default(), beside.map(many).unwrap_or_default());
    (0..values.len().max(besides.len()))
        .map(|at| Given {
            value: values.get(at).copied().filter(|value| !value.is_null()),
            beside: besides.get(at).copied(),
            choice,
        })
        .collect()
}

/// All values at a path of a discriminator.
fn values<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    if path == "$this" {
        return vec![value];
    }
    path.split('.').fold(vec![value], |found, name| {
        let next = found.into_iter().filter_map(|value| value.get(name));
        next.flat_map(|value| value.as_array().map_or_else(|| vec![value], |list| list.iter().collect()))
            .collect()
    })
}

fn element_at<'a>(slice: &'a Element, path: &str) -> Option<&'a Element> {
    if path == "$this" {
        return Some(slice);
    }
    path.split('.').try_fold(slice, |element, name| {
        element
            .below
            .iter()
            .find(|child| child.name().trim_end_matches("[x]") == name && child.slice().is_none())
    })
}

/// What a slice wants at a path: said there, or by a pattern further up.
fn wanted(slice: &Element, path: &str) -> Option<Value> {
    let steps: Vec<&str> = if path == "$this" { Vec::new() } else { path.split('.').collect() };
    (0..=steps.len()).find_map(|depth| {
        let above = if depth == 0 { "$this".to_owned() } else { steps[..depth].join(".") };
        let want = element_at(slice, &above)?.want.as_ref()?;
        steps[depth..].iter().try_fold(want.value().clone(), |value, name| {
            let value = value.as_array().and_then(|list| list.first().cloned()).unwrap_or(value);
            value.get(*name).cloned()
        })
    })
}

/// Whether a value has at least what the pattern has.
fn covers(value: &Value, pattern: &Value) -> bool {
    match (value, pattern) {
        (Value::Object(value), Value::Object(pattern)) => {
            pattern.iter().all(|(name, part)| value.get(name).is_some_and(|value| covers(value, part)))
        }
        (Value::Array(value), Value::Array(pattern)) => {
            pattern.iter().all(|part| value.iter().any(|value| covers(value, part)))
        }
        _ => value == pattern,
    }
}
