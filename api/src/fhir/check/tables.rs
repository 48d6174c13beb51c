//! The table of R4 types and code lists, read once from the generated `r4.txt`.

use super::primitive::Primitive;
use std::collections::HashMap;
use std::sync::LazyLock;

/// All types and code lists.
pub(in crate::fhir) struct Tables {
    types: Vec<TypeDef>,
    by_name: HashMap<&'static str, u16>,
    code_lists: Vec<CodeList>,
}

/// A resource type, a data type, or a group of elements inside one.
pub(in crate::fhir) struct TypeDef {
    pub name: &'static str,
    pub is_resource: bool,
    /// By length and then by letters, so that a look-up compares few bytes.
    fields: Vec<Field>,
    /// In the order in which XML has them.
    pub elements: Vec<Element>,
    /// Bit n is set when element n must be present.
    pub required: u128,
}

/// An element as the standard names it; a choice is one element with several fields.
pub(in crate::fhir) struct Element {
    /// Without the `[x]` of a choice.
    pub name: &'static str,
    pub choice: bool,
}

/// A member that JSON may have.
pub(in crate::fhir) struct Field {
    pub name: Box<str>,
    pub element: u8,
    pub many: bool,
    pub kind: Kind,
    /// The resource types a reference may point to, with commas; empty for any.
    pub targets: &'static str,
    pub codes: Option<u16>,
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::fhir) enum Kind {
    Primitive(Primitive),
    Object(u16),
    Resource,
}

/// The codes of a required value set, by code system.
pub(in crate::fhir) struct CodeList {
    pub name: &'static str,
    systems: Vec<(&'static str, Vec<&'static str>)>,
}

impl CodeList {
    /// The code systems that it takes codes from.
    pub fn systems(&self) -> impl Iterator<Item = &'static str> {
        self.systems.iter().map(|(system, _)| *system)
    }

    /// Whether a bare code is in the list.
    pub fn has_code(&self, code: &str) -> bool {
        self.systems.iter().any(|(_, codes)| codes.binary_search(&code).is_ok())
    }

    /// Whether a code of a code system is in the list.
    pub fn has(&self, system: &str, code: &str) -> bool {
        self.systems.iter().any(|(known, codes)| *known == system && codes.binary_search(&code).is_ok())
    }
}

impl TypeDef {
    /// The fields of the elements that must be there.
    pub fn required_names(&self) -> Vec<&str> {
        let must = |field: &&Field| self.required & (1 << field.element) != 0;
        self.fields.iter().filter(must).map(|field| &*field.name).collect()
    }

    pub fn field(&self, name: &str) -> Option<&Field> {
        let order = |f: &Field| f.name.len().cmp(&name.len()).then_with(|| (*f.name).cmp(name));
        self.fields.binary_search_by(order).ok().map(|at| &self.fields[at])
    }
}

impl Tables {
    pub fn resource(&self, name: &str) -> Option<&TypeDef> {
        self.named(name).filter(|t| t.is_resource)
    }

    pub fn named(&self, name: &str) -> Option<&TypeDef> {
        self.by_name.get(name).map(|at| self.at(*at))
    }

    pub fn at(&self, number: u16) -> &TypeDef {
        &self.types[usize::from(number)]
    }

    pub fn code_list(&self, number: u16) -> Option<&CodeList> {
        self.code_lists.get(usize::from(number))
    }

    pub fn is_type_name(&self, name: &str) -> bool {
        self.by_name.contains_key(name) || Primitive::named(name).is_some()
    }
}

/// The tables; the first call reads them.
pub(in crate::fhir) fn tables() -> &'static Tables {
    static TABLES: LazyLock<Tables> = LazyLock::new(|| read(include_str!("r4.txt")));
    &TABLES
}

/// A type as it stands in the text, before the inherited elements are added.
struct Draft {
    name: &'static str,
    base: &'static str,
    lines: Vec<&'static str>,
}

fn read(text: &'static str) -> Tables {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut code_lists: Vec<CodeList> = Vec::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        if let Some((name, base)) = line.strip_prefix("T ").and_then(|l| l.split_once(' ')) {
            drafts.push(Draft { name, base, lines: Vec::new() });
        } else if let Some((_, name)) = line.strip_prefix("V ").and_then(|l| l.split_once(' ')) {
            code_lists.push(CodeList { name, systems: Vec::new() });
        } else if let Some(draft) = drafts.last_mut() {
            draft.lines.push(line);
        } else if let Some(list) = code_lists.last_mut() {
            let mut parts = line.split('\t');
            let system = parts.next().unwrap_or_default();
            let mut codes: Vec<_> = parts.collect();
            codes.sort_unstable();
            list.systems.push((system, codes));
        }
    }
    let by_name: HashMap<_, _> = drafts.iter().zip(0u16..).map(|(draft, at)| (draft.name, at)).collect();
    let types = drafts.iter().map(|draft| complete(draft, &drafts, &by_name)).collect();
    Tables { types, by_name, code_lists }
}

fn complete(draft: &Draft, drafts: &[Draft], by_name: &HashMap<&'static str, u16>) -> TypeDef {
    let mut chain = vec![draft];
    while let Some(at) = chain.last().and_then(|d| by_name.get(d.base)) {
        chain.push(&drafts[usize::from(*at)]);
    }
    let is_resource = !draft.name.contains('.') && chain.iter().any(|d| d.name == "Resource");
    let abstract_type = matches!(draft.name, "Resource" | "DomainResource");
    let mut made = TypeDef {
        name: draft.name,
        is_resource: is_resource && !abstract_type,
        fields: Vec::new(),
        elements: Vec::new(),
        required: 0,
    };
    for line in chain.iter().rev().flat_map(|d| &d.lines) {
        add_element(&mut made, line, by_name);
    }
    made.fields.sort_by(|a, b| a.name.len().cmp(&b.name.len()).then_with(|| a.name.cmp(&b.name)));
    made
}

fn add_element(made: &mut TypeDef, line: &'static str, by_name: &HashMap<&'static str, u16>) {
    let mut parts = line.split(' ');
    let (Some(declared), Some(count), Some(kinds)) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    let codes = parts.next().and_then(|n| n.parse().ok());
    let name = declared.strip_suffix("[x]").unwrap_or(declared);
    let choice = name.len() < declared.len();
    // At most 128 elements fit the bits; `every_type_is_complete` holds the table to it.
    let Ok(number) = u8::try_from(made.elements.len()) else { return };
    made.elements.push(Element { name, choice });
    if count.starts_with('1') {
        made.required |= 1u128.checked_shl(u32::from(number)).unwrap_or(0);
    }
    for kind in kinds.split('|') {
        let (kind, targets) = kind.split_once('(').unwrap_or((kind, ""));
        let name = if choice { chosen(name, kind) } else { name.into() };
        let Some(found) = kind_named(kind, by_name) else { continue };
        let targets = targets.trim_end_matches(')');
        made.fields.push(Field {
            name,
            element: number,
            many: count.ends_with('*'),
            kind: found,
            targets,
            codes,
        });
    }
}

/// The JSON name of a choice: `value` and `dateTime` make `valueDateTime`.
fn chosen(name: &str, kind: &str) -> Box<str> {
    let mut made = String::from(name);
    let mut letters = kind.chars();
    made.extend(letters.next().map(|c| c.to_ascii_uppercase()));
    made.push_str(letters.as_str());
    made.into()
}

fn kind_named(kind: &str, by_name: &HashMap<&'static str, u16>) -> Option<Kind> {
    if kind == "Resource" {
        return Some(Kind::Resource);
    }
    let name = kind.strip_prefix('@').unwrap_or(kind);
    match Primitive::named(name) {
        Some(primitive) => Some(Kind::Primitive(primitive)),
        None => by_name.get(name).map(|at| Kind::Object(*at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_complete() {
        let text = include_str!("r4.txt");
        let tables = tables();
        assert_eq!(tables.types.iter().filter(|t| t.is_resource).count(), 146);
        assert_eq!(text.lines().filter(|l| l.starts_with("T ")).count(), tables.types.len());
        for made in &tables.types {
            assert!(made.elements.len() <= 128, "{}", made.name);
            for (number, element) in made.elements.iter().enumerate() {
                let has = made.fields.iter().any(|f| usize::from(f.element) == number);
                assert!(has, "{}.{} has no field", made.name, element.name);
            }
            for field in &made.fields {
                assert!(made.field(&field.name).is_some(), "{}.{}", made.name, field.name);
                assert!(field.codes.is_none_or(|n| tables.code_list(n).is_some()));
            }
        }
        for line in text.lines().filter(|l| !l.starts_with(['#', 'T', 'V']) && !l.contains('\t')) {
            for kind in line.split(' ').nth(2).unwrap().split('|') {
                let kind = kind.split('(').next().unwrap();
                assert!(kind_named(kind, &tables.by_name).is_some(), "{line}");
            }
        }
    }

    #[test]
    fn code_lists_hold_the_codes_of_the_standard() {
        let tables = tables();
        let list = |name: &str| tables.code_lists.iter().find(|l| l.name == name).unwrap();
        let cases = [
            ("observation-status", "final", true),
            ("observation-status", "Final", false),
            ("administrative-gender", "other", true),
            ("administrative-gender", "m", false),
            ("resource-types", "Patient", true),
            ("resource-types", "SubscriptionStatus", false),
        ];
        for (name, code, expected) in cases {
            assert_eq!(list(name).has_code(code), expected, "{name} {code}");
        }
        assert!(
            list("condition-clinical")
                .has("http://terminology.hl7.org/CodeSystem/condition-clinical", "active")
        );
        assert!(!list("condition-clinical").has("http://example.org", "active"));
    }
}
