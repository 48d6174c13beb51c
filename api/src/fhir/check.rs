//! Checks of a resource against FHIR R4 (4.0.1): names, cardinality, JSON types, forms of primitives,
//! required codes, references, narrative. Driven by the generated table `check/r4.txt`.
//! A finding describes a defect; it never decides about keeping the resource and never repeats a value.

mod binding;
#[cfg(test)]
mod corpus;
mod markup;
pub(super) mod primitive;
mod reference;
pub(super) mod tables;
#[cfg(test)]
mod tests;
mod walk;

use serde_json::Value;
use std::fmt::Write;

/// The most findings that one resource gets; the walk ends there.
pub const MOST_FINDINGS: usize = 50;

/// The deepest nesting of objects and arrays that is walked.
pub const DEEPEST: usize = 64;

/// One defect of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A stable name of the rule, for instance `required-missing`.
    pub code: &'static str,
    /// Where, in the manner of FHIRPath with JSON names: `Observation.component[1].valueQuantity.value`.
    pub path: String,
    /// Whether the resource breaks the standard or merely deserves a look.
    pub severity: Severity,
    /// What was expected. Only names of the standard, never the value found.
    pub detail: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The resource breaks FHIR R4.
    Error,
    /// The resource is within the letter of FHIR R4, yet needs care.
    Warning,
}

/// Everything found wrong with a resource, in the order of its members; empty when it is sound.
pub fn check(resource: &Value) -> Vec<Finding> {
    walk::Walk::over(resource)
}

/// Whether R4 has a resource type of this name.
pub fn known_type(name: &str) -> bool {
    tables::tables().resource(name).is_some()
}

/// The members that must stand at the top of a resource of this type, each spelling of a choice apart.
pub fn required(resource_type: &str) -> Vec<&'static str> {
    tables::tables().resource(resource_type).map_or_else(Vec::new, tables::TypeDef::required_names)
}

/// Whether a text is a resource id of R4: 1 to 64 of `A-Z a-z 0-9 - .`.
pub fn is_id(text: &str) -> bool {
    primitive::is_id(text.as_bytes())
}

/// One step of a path into a resource.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    /// A member of an object.
    Name(&'a str),
    /// A place in an array, from 0.
    Index(usize),
}

/// Renders a path below `root`.
pub(super) fn render(root: &str, steps: &[Step]) -> String {
    let mut path = String::from(printable(root));
    for step in steps {
        match step {
            Step::Name(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(printable(name));
            }
            Step::Index(index) => {
                // Writing to a String cannot fail.
                let _ = write!(path, "[{index}]");
            }
        }
    }
    path
}

/// A name as it may be shown: a name that no element could have might be a person's data put in the
/// wrong place, so it is not repeated.
pub(super) fn printable(name: &str) -> &str {
    let fits = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if fits { name } else { "(unprintable)" }
}
