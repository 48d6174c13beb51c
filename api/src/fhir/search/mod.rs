//! The search language of FHIR R4 (search.html) as data: what a query asks for, by the parameters of
//! `fhir::index`. Pure: it reads texts, it finds nothing.

mod definitions;
mod documents;
mod matches;
mod parse;
#[cfg(test)]
mod tests;
pub mod us_core;
mod values;

pub use definitions::definition;
pub use documents::{DOCREF, documents, of_patient};
pub use parse::{Given, Handling, Query, decode, is_followed, parse};
pub use values::{DateTest, Prefix, QuantityTest, Target, Token, date};

use super::index;

/// What a search asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// The type that is searched.
    pub resource_type: &'static str,
    /// What follows the type in the address: nothing, or the name of an operation with its slash.
    pub operation: &'static str,
    /// All of these must hold.
    pub criteria: Vec<Criterion>,
    /// Of what is found only the newest for which these hold, if there is one; all of it if these are none.
    pub newest: Vec<Criterion>,
    /// The order, most important first; by age here if empty.
    pub sort: Vec<Sort>,
    /// How many on a page, if it was said; 0 asks for the number only.
    pub count: Option<usize>,
    /// How much of each resource.
    pub summary: Summary,
    /// Only these elements at the top of each resource (and those that must be there); all if empty.
    pub elements: Vec<String>,
    /// Whether the number of all that is found is wanted.
    pub total: Total,
    /// What the resources of the page point to and shall come with them.
    pub includes: Vec<Include>,
    /// What points to the resources of the page and shall come with them.
    pub rev_includes: Vec<Include>,
    /// The parameters that are followed, as given.
    pub used: Vec<(String, String)>,
    /// Names of parameters that this server does not know.
    pub ignored: Vec<String>,
}

/// One parameter with its values, of which one must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Criterion {
    /// The type that has the parameter.
    pub resource_type: &'static str,
    /// Its name.
    pub param: &'static str,
    /// What is asked of it.
    pub test: Test,
}

/// What is asked of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// It has a value (`:missing=false`).
    Present,
    /// It has none (`:missing=true`).
    Absent,
    /// One of its tokens is one of these.
    Token(Vec<Token>),
    /// None of its tokens is one of these (`:not`); what has no token fits.
    NotToken(Vec<Token>),
    /// A text or a display beside its codes begins with one of these, folded (`:text`).
    Display(Vec<String>),
    /// One of its spans fits one of these.
    Date(Vec<DateTest>),
    /// One of its spans fits this, or where it has none one of the parameter `date`: when the care was.
    Care(DateTest),
    /// It points to one of these.
    Reference(Vec<Target>),
    /// It names one of these identifiers (`:identifier`).
    Logical(Vec<Token>),
    /// A text of it compares with one of these.
    Text(How, Vec<String>),
    /// An amount fits one of these.
    Quantity(Vec<QuantityTest>),
    /// It points to something for which this holds (chained parameter).
    Chain(Box<Criterion>),
}

impl Test {
    /// Whether only the bytes of a resource tell: the index keeps texts folded and no amounts.
    pub fn needs_bytes(&self) -> bool {
        matches!(self, Self::Display(_) | Self::Logical(_) | Self::Quantity(_) | Self::Text(How::Exact, _))
    }
}

/// How texts are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It begins so, whatever case and accents. The value is folded.
    Starts,
    /// It is exactly so (`:exact`). The value is as given.
    Exact,
    /// It holds this somewhere (`:contains`). The value is folded.
    Contains,
}

/// One part of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// What by: `_id`, `_lastUpdated` or a parameter of the type.
    pub param: &'static str,
    /// How its values are read.
    pub kind: index::Kind,
    /// Which way.
    pub way: Way,
}

/// Which way an order goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Smallest first.
    Up,
    /// Largest first.
    Down,
}

/// `_summary`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Summary {
    /// `false`: everything.
    #[default]
    Whole,
    /// `true`: what makes a list.
    True,
    /// `text`: the narrative, and what must be there.
    Text,
    /// `data`: all but the narrative.
    Data,
    /// `count`: the number only.
    Count,
}

/// `_total`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Total {
    /// Not asked for: told where it costs nothing.
    #[default]
    Unasked,
    /// `none`.
    None,
    /// `estimate` and `accurate`; what is told is accurate.
    Accurate,
}

/// `_include` or `_revinclude`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Include {
    /// The type that has the reference.
    pub resource_type: &'static str,
    /// The parameter of the reference.
    pub param: &'static str,
    /// Only targets of this type, if one is named.
    pub target: Option<String>,
}

/// A type of which this server keeps resources, as a name that lives for ever.
pub fn served(name: &str) -> Option<&'static str> {
    index::types().find(|known| *known == name).or_else(|| (name == "Binary").then_some("Binary"))
}

/// All types that this server keeps, in the order of the alphabet.
pub fn all_served() -> Vec<&'static str> {
    let mut all: Vec<&'static str> = index::types().chain(["Binary"]).collect();
    all.sort_unstable();
    all
}

/// Whether a type can be searched. The bytes of a document are read by their id only.
pub fn searchable(name: &str) -> bool {
    name != "Binary"
}

/// Whether a parameter of the index is offered. Groups are those that were agreed with a system, found by their id.
pub fn offered(resource_type: &str, param: &str) -> bool {
    resource_type != "Group" || param == "_id"
}

/// Whether searches of a type take `_include` and `_revinclude`. Lines of the log and permissions do not: what they name
/// is read by its own address, with a line of its own. Nor do groups, which name nobody.
pub fn includes(name: &str) -> bool {
    !matches!(name, "AuditEvent" | "Consent" | "Group")
}

impl Criterion {
    /// Whether a resource fulfils it, by its content. Of references and chains, which lead elsewhere, nothing can be
    /// told from one resource: the index answers them.
    pub fn matches(&self, resource: &serde_json::Value) -> bool {
        matches::matches(self, resource)
    }
}
