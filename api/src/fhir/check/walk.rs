//! The walk over a resource: every object against its type, every member against its element.

use super::binding::{Verdict, judge};
use super::primitive::Primitive;
use super::reference::{Form, form};
use super::tables::{Field, Kind, Tables, TypeDef, tables};
use super::{DEEPEST, Finding, MOST_FINDINGS, Severity, Step, markup, render};
use serde_json::{Map, Value};

type Object = Map<String, Value>;

/// The walk's place and what it has found.
pub(super) struct Walk<'a> {
    tables: &'static Tables,
    root: &'a str,
    path: Vec<Step<'a>>,
    /// The resource whose `contained` a `#id` means.
    container: Option<&'a Object>,
    within_contained: Within,
    findings: Vec<Finding>,
}

#[derive(Clone, Copy, PartialEq)]
enum Within {
    Container,
    Contained,
}

impl<'a> Walk<'a> {
    /// Walks a whole resource.
    pub fn over(resource: &'a Value) -> Vec<Finding> {
        let root = resource.get("resourceType").and_then(Value::as_str).unwrap_or_default();
        let mut walk = Walk {
            tables: tables(),
            root,
            path: Vec::with_capacity(16),
            container: None,
            within_contained: Within::Container,
            findings: Vec::new(),
        };
        walk.resource(resource);
        walk.findings
    }

    fn find(&mut self, code: &'static str, severity: Severity, detail: impl Into<String>) {
        if self.findings.len() < MOST_FINDINGS {
            let path = render(self.root, &self.path);
            self.findings.push(Finding { code, path, severity, detail: detail.into() });
        }
    }

    fn error(&mut self, code: &'static str, detail: impl Into<String>) {
        self.find(code, Severity::Error, detail);
    }

    fn full(&self) -> bool {
        self.findings.len() >= MOST_FINDINGS
    }

    fn resource(&mut self, value: &'a Value) {
        let Some(object) = value.as_object() else {
            return self.error("json-type", "a resource is an object");
        };
        let Some(name) = object.get("resourceType").and_then(Value::as_str) else {
            return self.error("resource-type-missing", "a resource names its resourceType");
        };
        let Some(shape) = self.tables.resource(name) else {
            return self.error("resource-type-unknown", "a resource type of FHIR R4");
        };
        if self.within_contained == Within::Contained {
            if object.contains_key("contained") {
                self.error("contained-nested", "a contained resource contains no other");
            }
            return self.object(shape, object);
        }
        let outer = self.container.replace(object);
        self.object(shape, object);
        self.container = outer;
    }

    fn object(&mut self, shape: &'static TypeDef, object: &'a Object) {
        if object.is_empty() {
            return self.error("empty-object", "an object that is not empty");
        }
        if self.path.len() >= DEEPEST {
            return self.error("too-deep", "less nesting");
        }
        let (mut seen, mut doubled) = (0u128, 0u128);
        for (key, value) in object {
            if self.full() {
                return;
            }
            if shape.is_resource && key == "resourceType" {
                continue;
            }
            let (name, companion) = match key.strip_prefix('_') {
                Some(name) => (name, true),
                None => (key.as_str(), false),
            };
            self.path.push(Step::Name(key));
            let field = shape.field(name).filter(|f| !companion || matches!(f.kind, Kind::Primitive(_)));
            match field {
                None => self.unknown(shape, name),
                Some(field) => {
                    let bit = 1u128 << field.element;
                    if seen & bit != 0 && doubled & bit == 0 && chosen_twice(shape, field, object) {
                        doubled |= bit;
                        self.error("choice-twice", "only one of the types of a choice");
                    }
                    seen |= bit;
                    match companion {
                        true => self.companion(field, value, object.get(name)),
                        false => self.member(field, value, object),
                    }
                }
            }
            self.path.pop();
        }
        self.missing(shape, shape.required & !seen);
        match shape.name {
            "Extension" => self.extension(object),
            "Reference" => self.reference_type(object),
            _ => {}
        }
    }

    fn missing(&mut self, shape: &'static TypeDef, mut missing: u128) {
        while missing != 0 {
            let element = &shape.elements[missing.trailing_zeros() as usize];
            missing &= missing - 1;
            self.path.push(Step::Name(element.name));
            self.error("required-missing", "the element is required");
            self.path.pop();
        }
    }

    fn unknown(&mut self, shape: &'static TypeDef, name: &str) {
        let choice = shape.elements.iter().filter(|e| e.choice).any(|e| {
            let kind =
                name.strip_prefix(e.name).filter(|kind| kind.starts_with(|c: char| c.is_ascii_uppercase()));
            kind.is_some_and(|kind| self.is_kind(kind))
        });
        match choice {
            true => self.error("choice-type", "one of the types that the choice allows"),
            false => self.error("unknown-element", format!("an element of {} in FHIR R4", shape.name)),
        }
    }

    fn is_kind(&self, kind: &str) -> bool {
        let mut letters = kind.chars();
        let first = letters.next().map(|c| c.to_ascii_lowercase());
        let lower: String = first.into_iter().chain(letters).collect();
        self.tables.is_type_name(kind) || self.tables.is_type_name(&lower)
    }

    fn member(&mut self, field: &'static Field, value: &'a Value, object: &'a Object) {
        match value {
            Value::Null => self.error("null-member", "a value; an absent element is left out"),
            Value::Array(items) if field.many => {
                if items.is_empty() {
                    self.error("empty-array", "an array that is not empty");
                }
                for (index, item) in items.iter().enumerate() {
                    if self.full() {
                        return;
                    }
                    self.path.push(Step::Index(index));
                    match item {
                        Value::Null => self.null_item(field, object, index),
                        _ => self.single(field, item),
                    }
                    self.path.pop();
                }
            }
            Value::Array(_) => self.error("not-single", "one value, not an array"),
            _ if field.many => self.error("not-array", "an array"),
            _ => self.single(field, value),
        }
    }

    /// A null stands in an array of primitives only where the companion array has an object.
    fn null_item(&mut self, field: &'static Field, object: &Object, index: usize) {
        let companion = match field.kind {
            Kind::Primitive(_) => object.get(&format!("_{}", field.name)).and_then(|c| c.get(index)),
            _ => None,
        };
        if !companion.is_some_and(Value::is_object) {
            self.error("null-member", "a null only beside an extension of the same place");
        }
    }

    fn single(&mut self, field: &'static Field, value: &'a Value) {
        match field.kind {
            Kind::Primitive(kind) => self.primitive(kind, field, value),
            Kind::Resource => {
                let outer = self.within_contained;
                let contained = &*field.name == "contained";
                self.within_contained = if contained { Within::Contained } else { Within::Container };
                self.resource(value);
                self.within_contained = outer;
            }
            Kind::Object(number) => {
                let Some(object) = value.as_object() else {
                    return self.error("json-type", "an object");
                };
                let shape = self.tables.at(number);
                self.object(shape, object);
                if shape.name == "Reference" {
                    self.target(field, object);
                }
                if field.codes.is_some() {
                    self.coded(field, object);
                }
            }
        }
    }

    fn primitive(&mut self, kind: Primitive, field: &'static Field, value: &'a Value) {
        if let Some(fault) = kind.fault(value) {
            return self.error(fault.code, fault.expected);
        }
        let Some(text) = value.as_str() else { return };
        if kind == Primitive::Xhtml {
            return self.narrative(text);
        }
        let list = field.codes.and_then(|n| self.tables.code_list(n));
        if let Some(list) = list.filter(|list| !list.has_code(text)) {
            self.error("code-unknown", format!("a code of the value set {}", list.name));
        }
    }

    fn narrative(&mut self, text: &str) {
        if !markup::is_div(text) {
            self.error("narrative-form", "one div element of XHTML");
        }
        if markup::is_active(text) {
            self.find(
                "narrative-active",
                Severity::Warning,
                "markup without scripts, handlers, forms or embeds",
            );
        }
    }

    /// The `_name` beside a primitive: an Element, or an array of them with nulls.
    fn companion(&mut self, field: &'static Field, value: &'a Value, sibling: Option<&Value>) {
        let items = match value {
            Value::Array(items) if field.many => items,
            Value::Object(object) if !field.many => return self.element(object),
            _ if field.many => return self.error("not-array", "an array"),
            _ => return self.error("json-type", "an object with id or extension"),
        };
        if items.is_empty() {
            self.error("empty-array", "an array that is not empty");
        }
        for (index, item) in items.iter().enumerate() {
            self.path.push(Step::Index(index));
            match item {
                Value::Object(object) => self.element(object),
                Value::Null if sibling.and_then(|s| s.get(index)).is_some_and(|v| !v.is_null()) => {}
                Value::Null => self.error("null-member", "a null only beside a value of the same place"),
                _ => self.error("json-type", "an object with id or extension"),
            }
            self.path.pop();
        }
    }

    fn element(&mut self, object: &'a Object) {
        if let Some(shape) = self.tables.named("Element") {
            self.object(shape, object);
        }
    }

    /// Invariant ext-1: an extension has a value or extensions, not both, not neither.
    fn extension(&mut self, object: &Object) {
        let value = object.keys().any(|key| key.starts_with("value") || key.starts_with("_value"));
        if value == object.contains_key("extension") {
            self.error("extension-content", "either a value or nested extensions");
        }
    }

    fn reference_type(&mut self, object: &Object) {
        let named = object.get("type").and_then(Value::as_str);
        let name = named.map(|n| n.strip_prefix("http://hl7.org/fhir/StructureDefinition/").unwrap_or(n));
        if name.is_some_and(|n| !n.contains(':') && self.tables.resource(n).is_none()) {
            self.path.push(Step::Name("type"));
            self.error("reference-type", "a resource type of FHIR R4");
            self.path.pop();
        }
    }

    fn target(&mut self, field: &'static Field, object: &'a Object) {
        let Some(text) = object.get("reference").and_then(Value::as_str).filter(|t| !t.is_empty()) else {
            return;
        };
        self.path.push(Step::Name("reference"));
        match form(self.tables, text) {
            Form::Bad => self.error("reference-form", "Type/id, an address, urn:uuid: or #id"),
            Form::Typed(name) => self.allowed(field, name),
            Form::Untyped => {}
            Form::Contained("") => {}
            Form::Contained(id) => match self.contained(id) {
                None => self.error("reference-contained", "the id of a contained resource"),
                Some(name) => self.allowed(field, name),
            },
        }
        self.path.pop();
    }

    /// The type of the contained resource with this id; empty if it names none.
    fn contained(&self, id: &str) -> Option<&'a str> {
        let contained = self.container?.get("contained")?.as_array()?;
        let found = contained.iter().find(|r| r.get("id").and_then(Value::as_str) == Some(id))?;
        Some(found.get("resourceType").and_then(Value::as_str).unwrap_or_default())
    }

    fn allowed(&mut self, field: &'static Field, name: &str) {
        let fits = field.targets.is_empty() || name.is_empty() || field.targets.split(',').any(|t| t == name);
        if !fits {
            self.error("reference-target", format!("a reference to {}", field.targets.replace(',', ", ")));
        }
    }

    fn coded(&mut self, field: &'static Field, object: &Object) {
        let Some(list) = field.codes.and_then(|n| self.tables.code_list(n)) else { return };
        match judge(list, object) {
            Verdict::Listed => {}
            Verdict::Unlisted => self.error("code-unknown", format!("a code of the value set {}", list.name)),
            // An extension may say why there is no code.
            Verdict::Uncoded if object.contains_key("extension") => {}
            Verdict::Uncoded => {
                let detail = format!("a code of the value set {}", list.name);
                self.find("code-missing", Severity::Warning, detail);
            }
        }
    }
}

/// Whether an object has two members of the same choice; `_valueX` counts as `valueX`.
fn chosen_twice(shape: &TypeDef, field: &Field, object: &Object) -> bool {
    let names = object.keys().map(|key| key.strip_prefix('_').unwrap_or(key));
    let mut same = names.filter(|name| shape.field(name).is_some_and(|f| f.element == field.element));
    let first = same.next();
    same.any(|name| Some(name) != first)
}
