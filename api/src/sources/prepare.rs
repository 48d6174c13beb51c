//! The door: an entry is checked for safety, read, assigned to a person, and made ready to be stored.
//! Pure. A finding never keeps data from the patient; only what is unreadable, unsafe, or not clearly one
//! person's is refused.

use std::borrow::Borrow;
use std::collections::HashMap;

use serde_json::Value;

use crate::base::{Hash, fold, sha256};
use crate::fhir::bundle::{self, Entry};
use crate::fhir::check::{self, Finding, Severity};
use crate::fhir::index::{self, Subject};
use crate::fhir::json::{self, Limits, Unsafe};
use crate::fhir::present::{self, Line};
use crate::fhir::sensitivity::{self, Own};
use crate::records::{self, Indexed, Key, Nature, Owner, PersonFacts, Prepared};
use crate::words;

/// What is known about the people in a file or in an answer.
#[derive(Debug, Default)]
pub struct Context {
    /// The file, or the address; see `RefusalLine::file`.
    pub name: String,
    /// FHIR ids of Patient entries by their fullUrl.
    by_url: HashMap<String, String>,
    /// … and by `system|value` of their identifiers, for conditional references.
    by_identifier: HashMap<String, String>,
    /// The one person in a Bundle that holds exactly one, or that is gathered: what names nobody is theirs.
    sole: Option<String>,
    /// The one person that everything must belong to, when gathering.
    expected: Option<String>,
    /// The address that the ids of the source are under, with a slash at the end, where it is known.
    base: Option<String>,
}

impl Context {
    /// Nothing is known but the name.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Looks through the entries of a Bundle for the people in it.
    pub fn of_file(name: &str, entries: impl Iterator<Item: Borrow<Entry>>) -> Self {
        let mut context = Self { name: name.to_owned(), ..Self::default() };
        let mut ids = std::collections::HashSet::new();
        for entry in entries {
            let entry: &Entry = entry.borrow();
            // Most entries are not Patients; a look at the bytes spares reading them all twice.
            if !contains(&entry.raw, b"\"Patient\"") {
                continue;
            }
            let Ok(value) = serde_json::from_slice::<Value>(&entry.raw) else { continue };
            if value["resourceType"] == "Patient" {
                let id = own_id(&value, entry, || sha256([entry.raw.as_slice()]));
                for identifier in value["identifier"].as_array().into_iter().flatten() {
                    if let (system, Some(code)) =
                        (identifier["system"].as_str(), identifier["value"].as_str())
                    {
                        context.by_identifier.insert(format!("{}|{code}", system.unwrap_or("")), id.clone());
                    }
                }
                if let Some(url) = &entry.full_url {
                    context.by_url.insert(url.clone(), id.clone());
                }
                ids.insert(id);
            }
        }
        if ids.len() == 1 {
            context.sole = ids.into_iter().next();
        }
        context
    }

    /// Everything must belong to the person with this FHIR id, at the source with this base.
    pub fn gathered(self, base: &str, id: &str) -> Self {
        Self { base: Some(base.to_owned()), expected: Some(id.to_owned()), sole: Some(id.to_owned()), ..self }
    }

    /// The FHIR id of the person a reference names; none if it names something else or cannot be told.
    fn person(&self, reference: &str) -> Option<String> {
        if let Some(id) = self.by_url.get(reference) {
            return Some(id.clone());
        }
        if let Some(condition) = reference.strip_prefix("Patient?identifier=") {
            return self.by_identifier.get(condition).cloned();
        }
        match index::target(reference) {
            (Some("Patient"), target) => {
                let id = target.rsplit('/').next().unwrap_or(target);
                (id.len() <= 128).then(|| id.to_owned())
            }
            _ => None,
        }
    }
}

/// Why an entry was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub reason: &'static str,
    pub path: String,
    pub detail: String,
    pub kind: Option<String>,
    pub id: Option<String>,
    /// Whose it seems to be.
    pub person: Option<String>,
}

impl Refusal {
    fn new(reason: &'static str, detail: impl Into<String>) -> Self {
        Self { reason, path: String::new(), detail: detail.into(), kind: None, id: None, person: None }
    }
}

/// Makes an entry ready, or says why it cannot be taken. `own` is what the settings add to the labels for its source.
pub fn prepare(entry: Entry, (context, own): (&Context, &Own)) -> Result<Prepared, Box<(Refusal, Entry)>> {
    match read(&entry, (context, own)) {
        Err(mut refusal) => {
            if DAMAGED.contains(&refusal.reason) {
                refusal.person = seems_about(&entry.raw, context);
            }
            Err(Box::new((*refusal, entry)))
        }
        Ok(mut prepared) => {
            prepared.raw = entry.raw;
            prepared.pack();
            Ok(prepared)
        }
    }
}

/// Reasons that tell of damage, so that nothing in the piece could be read for sure.
const DAMAGED: [&str; 5] = ["not-json", "too-deep", "not-utf8", "nul", "unknown-type"];

/// Whose a damaged piece seems to be: the one person whom its references name, or the one it was gathered for. Only
/// to tell them that a piece was held back; nobody is shown it.
pub fn seems_about(raw: &[u8], context: &Context) -> Option<String> {
    if context.expected.is_some() {
        return context.expected.clone();
    }
    let mut named: Option<&str> = None;
    for at in memchr::memmem::find_iter(raw, b"\"Patient/") {
        let rest = &raw[at + b"\"Patient/".len()..];
        let end =
            rest.iter().take(130).position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.')));
        let id = end.and_then(|end| std::str::from_utf8(&rest[..end]).ok()).filter(|id| !id.is_empty())?;
        if named.is_some_and(|other| other != id) {
            return None;
        }
        named = Some(id);
    }
    named.map(str::to_owned)
}

fn read(entry: &Entry, (context, own): (&Context, &Own)) -> Result<Prepared, Box<Refusal>> {
    if entry.raw.is_empty() {
        return Err(Refusal::new(
            "no-resource",
            "asks for something to be done but brings no resource; nothing was done",
        )
        .into());
    }
    let scan = json::scan(&entry.raw, &Limits::default()).map_err(unsafe_words)?;
    // As text, of which the scan has found that it is UTF-8: else each string is looked through for it again.
    let value: Value = std::str::from_utf8(&entry.raw)
        .ok()
        .and_then(|text| serde_json::from_str(text).ok())
        .ok_or_else(|| Refusal::new("not-json", "holds a number or a character that cannot be read"))?;
    let Some(kind) = value["resourceType"].as_str() else {
        return Err(Refusal::new("no-type", "has no resourceType, so it is not FHIR").into());
    };
    if !check::known_type(kind) {
        // The name may be long or telling; only a plausible type name is repeated.
        let plain = kind.len() <= 40 && kind.bytes().all(|b| b.is_ascii_alphanumeric());
        let kind = plain.then(|| kind.to_owned());
        return Err(Refusal {
            kind,
            path: "resourceType".into(),
            ..Refusal::new(
                "unknown-type",
                "is not a resource type of FHIR R4 (4.0.1); another version, perhaps",
            )
        }
        .into());
    }
    let hash = sha256([entry.raw.as_slice()]);
    let id = own_id(&value, entry, || hash);
    let (owner, nature) = owner(kind, &value, (&id, context)).map_err(|refusal| Refusal {
        kind: Some(kind.to_owned()),
        id: Some(id.clone()),
        ..*refusal
    })?;
    let mut findings = check::check(&value);
    findings.extend(scan.findings);
    // Bundles that carry others are split before they come here, down to a depth.
    if kind == "Bundle" && bundle::is_carrier(&entry.raw) {
        findings.insert(0, nested_too_deep());
    }
    findings.truncate(check::MOST_FINDINGS);
    Ok(Prepared {
        owner,
        nature,
        kind: kind.to_owned(),
        full_url: entry.full_url.clone().filter(|url| url.len() <= 300),
        raw: Vec::new(),
        hash,
        codec: 0,
        packed: Vec::new(),
        line: line(&value),
        index: indexed(kind, &value, (entry, context)),
        findings,
        labels: sensitivity::of(&value, own),
        person: (kind == "Patient").then(|| person(&value)),
        id,
    })
}

/// The line of a list, with the words that find it: those of the source, and its name for who reads another language.
fn line(value: &Value) -> Line {
    let mut line = present::line(value);
    if let Some(names) = words::other_names(&line) {
        line.words.push('\n');
        line.words.push_str(&names);
    }
    line
}

/// The search values. A Medication that is named by a whole address under the source's own base (or that of the
/// entry) is found by its id as well: the name of a prescription comes from it. The same id at another server is
/// another drug.
fn indexed(kind: &str, value: &Value, (entry, context): (&Entry, &Context)) -> Vec<Indexed> {
    let of_entry = entry.full_url.as_deref().filter(|url| url.starts_with("http"));
    let of_entry = of_entry.and_then(|url| url.rsplit_once('/')?.0.strip_suffix(kind));
    let bases: Vec<&str> = of_entry.into_iter().chain(context.base.as_deref()).collect();
    let mut all: Vec<Indexed> =
        index::values(kind, value).into_iter().filter_map(Indexed::from_value).collect();
    let by_id = all.iter().find_map(|one| match one {
        Indexed::Reference { param: "medication", target } if target.contains(":/") => {
            let local = bases.iter().find_map(|base| target.strip_prefix(base))?;
            let key = Key::read(local);
            let plain = local.starts_with("Medication/") && key.kind == "Medication";
            plain.then(|| format!("Medication/{}", key.id))
        }
        _ => None,
    });
    all.extend(records::named_files(kind, value));
    all.extend(records::members(kind, value));
    all.extend(by_id.map(|target| Indexed::Reference { param: "medication", target }));
    all
}

fn nested_too_deep() -> Finding {
    Finding {
        code: "bundle-too-deep",
        path: "Bundle".into(),
        severity: Severity::Warning,
        detail: format!(
            "a Bundle within more than {} others; kept whole, its entries are not in anybody's lists",
            bundle::DEEPEST_BUNDLE
        ),
    }
}

type Owned = (Owner, Nature);

fn owner(kind: &str, value: &Value, (id, context): (&str, &Context)) -> Result<Owned, Box<Refusal>> {
    let settled = |owner| (owner, Nature::Settled);
    let owner = match index::subject(kind, value) {
        // A group lists people and is nobody's own record.
        _ if kind == "Group" => settled(Owner::Directory),
        Subject::IsPatient => settled(Owner::Patient(id.to_owned())),
        Subject::Directory => settled(Owner::Directory),
        Subject::Anyone => unclear(kind, context),
        Subject::Missing(path) => match &context.sole {
            Some(sole) => settled(Owner::Patient(sole.clone())),
            None => {
                return Err(Refusal {
                    path,
                    ..Refusal::new("no-person", "does not name the person it is about")
                }
                .into());
            }
        },
        Subject::Patient(references) => {
            let mut people: Vec<String> =
                references.iter().filter_map(|reference| context.person(reference)).collect();
            people.sort_unstable();
            people.dedup();
            match people.as_slice() {
                // Somebody is named who is not in this file: it must not fall to whoever is.
                [] if references.iter().any(|reference| reference.starts_with("Patient?")) => {
                    return Err(Refusal::new(
                        "unknown-person",
                        "names its person by a condition that nobody in the file meets",
                    )
                    .into());
                }
                // An id alone may be that of the one person.
                [] if references.iter().any(|id| context.sole.as_ref() == Some(id)) => {
                    settled(context.sole.clone().map_or(Owner::Directory, Owner::Patient))
                }
                [] => match path_of_person(kind) {
                    Some(path) => {
                        return Err(Refusal {
                            path,
                            ..Refusal::new(
                                "no-person",
                                "names its person by an address that nobody in the file has",
                            )
                        }
                        .into());
                    }
                    // Its element may name a thing.
                    None => unclear(kind, context),
                },
                [one] => settled(Owner::Patient(one.clone())),
                _ => {
                    return Err(Refusal::new(
                        "several-people",
                        "names two different people as the one it is about",
                    )
                    .into());
                }
            }
        }
    };
    match (&owner.0, &context.expected) {
        (Owner::Patient(other), Some(expected)) if other != expected => {
            Err(Refusal::new("other-person", "belongs to another person than the one that was asked for")
                .into())
        }
        _ => Ok(owner),
    }
}

/// Where a resource of this type names a person and nothing else.
fn path_of_person(kind: &str) -> Option<String> {
    let only_people = matches!(kind, "Device" | "SupplyDelivery").then(|| format!("{kind}.patient"));
    only_people.or_else(|| index::path_of_person(kind))
}

/// A resource that need not be about a person: in a Bundle or a gather of one person it is theirs; else it is
/// kept in the directory, where only a reference from a person's own record leads to it.
fn unclear(kind: &str, context: &Context) -> Owned {
    let nature = match kind {
        "Medication" | "Substance" => Nature::Catalogue,
        "Binary" | "Device" => Nature::Thing,
        _ => Nature::CameAlong,
    };
    (context.sole.clone().map_or(Owner::Directory, Owner::Patient), nature)
}

/// The id a resource is known by: its own, else what the request or the fullUrl calls it, else its hash.
fn own_id(value: &Value, entry: &Entry, hash: impl FnOnce() -> Hash) -> String {
    let usable = |id: &str| (!id.is_empty() && id.len() <= 128).then(|| id.to_owned());
    let of_url = |url: &str| {
        url.strip_prefix("urn:uuid:")
            .or_else(|| {
                let kind = value["resourceType"].as_str()?;
                let (before, id) = url.rsplit_once('/')?;
                before.ends_with(kind).then_some(id)
            })
            .and_then(usable)
    };
    value["id"]
        .as_str()
        .and_then(usable)
        .or_else(|| entry.url.as_deref().and_then(of_url))
        .or_else(|| entry.full_url.as_deref().and_then(of_url))
        .unwrap_or_else(|| format!("x{}", hex::encode(&hash()[..20])))
}

/// More years than anybody has lived.
const LONGEST_LIFE: i32 = 130;

/// What a Patient resource says about the person: the official or usual name, else the first.
fn person(value: &Value) -> PersonFacts {
    let names: Vec<&Value> = value["name"].as_array().into_iter().flatten().collect();
    let by_use = |wanted: &str| names.iter().find(|name| name["use"] == wanted);
    let name =
        by_use("official").or_else(|| by_use("usual")).or(names.first()).copied().unwrap_or(&Value::Null);
    let given: Vec<&str> = name["given"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let family = name["family"].as_str().unwrap_or("");
    let shown = match name["text"].as_str() {
        Some(text) if !text.trim().is_empty() => text.to_owned(),
        _ => [given.join(" "), family.to_owned()].join(" ").trim().to_owned(),
    };
    let text = |key: &str| value[key].as_str().map(|text| text.chars().take(40).collect::<String>());
    let year = |day: &str| day.get(..4).and_then(|year| year.parse::<i32>().ok());
    // A death that nobody is alive to see is a slip, or a record for test suites: nobody's account is closed for it.
    let born = text("birthDate").as_deref().and_then(year);
    let is_possible =
        |day: &String| born.zip(year(day)).is_none_or(|(born, died)| died - born <= LONGEST_LIFE);
    let deceased = text("deceasedDateTime")
        .filter(is_possible)
        .or_else(|| (value["deceasedBoolean"] == true).then(|| "true".to_owned()));
    let mut identifiers = Vec::new();
    for identifier in value["identifier"].as_array().into_iter().flatten().take(50) {
        if let Some(code) = identifier["value"].as_str() {
            identifiers.push((identifier["system"].as_str().unwrap_or("").to_owned(), code.to_owned()));
        }
    }
    for telecom in value["telecom"].as_array().into_iter().flatten().take(50) {
        if let (Some("email"), Some(address)) = (telecom["system"].as_str(), telecom["value"].as_str()) {
            identifiers.push(("mailto:".into(), address.trim().to_lowercase()));
        }
    }
    identifiers.retain(|(system, code): &(String, String)| system.len() + code.len() <= 500);
    PersonFacts {
        name: shown.chars().take(200).collect(),
        family: fold(family),
        given: fold(&given.join(" ")),
        birth_date: text("birthDate"),
        sex: text("gender"),
        deceased,
        identifiers,
    }
}

fn unsafe_words(fault: Unsafe) -> Refusal {
    let reason = match fault {
        Unsafe::TooLarge { .. } => "too-large",
        Unsafe::TooDeep { .. } => "too-deep",
        Unsafe::NotUtf8 { .. } => "not-utf8",
        Unsafe::Nul { .. } => "nul",
        Unsafe::NotJson { .. } => "not-json",
    };
    Refusal::new(reason, fault.to_string())
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entries(bundle: &Value) -> Vec<Entry> {
        bundle::read(bundle.to_string().as_bytes()).map(Result::unwrap).collect()
    }

    fn patient(id: &str) -> Value {
        json!({"fullUrl": format!("urn:uuid:{id}"), "resource": {"resourceType": "Patient", "id": id,
            "identifier": [{"system": "urn:mrn", "value": id}],
            "name": [{"family": "Pérez", "given": ["Ana", "María"]}], "birthDate": "1970-01-01"}})
    }

    #[test]
    fn a_death_is_believed_within_a_life() {
        for (born, died, said) in [
            (Some("1950-02-01"), "2026-01-02T03:04:05Z", Some("2026-01-02T03:04:05Z")),
            (Some("1950-02-01"), "2080", Some("2080")),
            (Some("1950"), "2081-01-01", None),
            (None, "2199-01-01", Some("2199-01-01")),
        ] {
            let patient =
                serde_json::json!({"resourceType": "Patient", "birthDate": born, "deceasedDateTime": died});
            assert_eq!(person(&patient).deceased.as_deref(), said, "{born:?} {died}");
        }
    }

    #[test]
    fn everything_finds_its_person_or_is_refused() {
        let observation = |subject: &str| json!({"resource": {"resourceType": "Observation", "id": "o", "subject": {"reference": subject}}});
        let of = |kind: &str, element: &str, whom: &str| json!({"resource": {"resourceType": kind, "id": "o", element: {"reference": whom}}});
        let medication = json!({"resource": {"resourceType": "Medication", "id": "m"}});
        let nameless = json!({"resource": {"resourceType": "Observation", "id": "n"}});
        let device = json!({"resource": {"resourceType": "Device", "id": "d"}});
        let organization = json!({"resource": {"resourceType": "Organization", "id": "g"}});
        let both = json!({"resource": {"resourceType": "Coverage", "id": "c", "beneficiary": {"reference": "Patient/a"},
            "subscriber": {"reference": "Patient/a"}}});
        let table: Vec<(Vec<Value>, Value, Result<Owner, &str>)> = vec![
            (vec![patient("a")], observation("Patient/a"), Ok(Owner::Patient("a".into()))),
            (vec![patient("a")], observation("urn:uuid:a"), Ok(Owner::Patient("a".into()))),
            (vec![patient("a")], observation("Patient?identifier=urn:mrn|a"), Ok(Owner::Patient("a".into()))),
            (
                vec![patient("a")],
                observation("https://x.example/fhir/Patient/b"),
                Ok(Owner::Patient("b".into())),
            ),
            (vec![patient("a")], observation("Patient?identifier=urn:mrn|b"), Err("unknown-person")),
            (vec![patient("a")], medication.clone(), Ok(Owner::Patient("a".into()))),
            (vec![patient("a"), patient("b")], medication.clone(), Ok(Owner::Directory)),
            (vec![], medication, Ok(Owner::Directory)),
            (vec![patient("a")], nameless.clone(), Ok(Owner::Patient("a".into()))),
            (vec![patient("a"), patient("b")], nameless.clone(), Err("no-person")),
            (vec![], nameless, Err("no-person")),
            (vec![patient("a"), patient("b")], observation("urn:uuid:c"), Err("no-person")),
            (vec![patient("a"), patient("b")], observation("Location/l"), Ok(Owner::Directory)),
            (vec![patient("a")], observation("urn:uuid:c"), Err("no-person")),
            (vec![patient("a")], observation("c"), Err("no-person")),
            (vec![patient("a")], observation("a"), Ok(Owner::Patient("a".into()))),
            (vec![patient("a")], observation("#inside"), Ok(Owner::Patient("a".into()))),
            (vec![patient("a")], observation("Location/l"), Ok(Owner::Patient("a".into()))),
            (vec![patient("a")], of("Device", "patient", "urn:uuid:c"), Err("no-person")),
            (vec![patient("a")], of("Device", "patient", "urn:uuid:a"), Ok(Owner::Patient("a".into()))),
            // What was written is named as often as who it is about.
            (vec![patient("a")], of("Provenance", "target", "urn:uuid:c"), Ok(Owner::Patient("a".into()))),
            (vec![patient("a"), patient("b")], device, Ok(Owner::Directory)),
            (vec![patient("a")], organization, Ok(Owner::Directory)),
            (vec![patient("a")], both, Ok(Owner::Patient("a".into()))),
            (vec![], json!({"resource": {"id": "x"}}), Err("no-type")),
            (vec![], json!({"resource": {"resourceType": "Citation", "id": "x"}}), Err("unknown-type")),
        ];
        for (mut others, entry, expected) in table {
            others.push(entry.clone());
            let bundle = json!({"resourceType": "Bundle", "type": "batch", "entry": others});
            let context = Context::of_file("test", entries(&bundle).into_iter());
            let last = entries(&bundle).pop().unwrap();
            let got = prepare(last, (&context, &Own::default()))
                .map(|p| p.owner)
                .map_err(|refused| refused.0.reason);
            assert_eq!(got, expected, "{entry}");
        }
    }

    #[test]
    fn when_gathering_another_persons_data_is_refused() {
        let context = Context::named("ehr").gathered("https://ehr.example/", "a");
        for (resource, expected) in [
            (json!({"resourceType": "Observation", "id": "1", "subject": {"reference": "Patient/a"}}), None),
            (
                json!({"resourceType": "Observation", "id": "1", "subject": {"reference": "Patient/b"}}),
                Some("other-person"),
            ),
            (json!({"resourceType": "Patient", "id": "b"}), Some("other-person")),
            (
                json!({"resourceType": "Condition", "id": "1", "subject": {"reference": "urn:uuid:b"}}),
                Some("no-person"),
            ),
            (json!({"resourceType": "Condition", "id": "1", "subject": {"reference": "a"}}), None),
            (json!({"resourceType": "Binary", "id": "1"}), None),
        ] {
            let entry = bundle::read(resource.to_string().as_bytes()).next().unwrap().unwrap();
            assert_eq!(
                prepare(entry, (&context, &Own::default())).err().map(|refused| refused.0.reason),
                expected,
                "{resource}"
            );
        }
    }

    #[test]
    fn a_medicine_is_found_by_its_id_only_at_its_own_source() {
        let gathered = Context::named("ehr").gathered("https://ehr.example/fhir/", "a");
        let file = Context::named("file");
        let entry = "https://ehr.example/fhir/MedicationRequest/r";
        for (reference, full_url, context, by_id) in [
            ("Medication/1", None, &file, None),
            ("https://ehr.example/fhir/Medication/1", None, &gathered, Some("Medication/1")),
            ("https://ehr.example/fhir/Medication/1/_history/2", None, &gathered, Some("Medication/1")),
            ("https://ehr.example/fhir/Medication/1", None, &file, None),
            ("https://ehr.example/fhir/Medication/1", Some(entry), &file, Some("Medication/1")),
            ("https://ehr.example/fhir/more/Medication/1", None, &gathered, None),
            ("https://other.example/fhir/Medication/1", None, &gathered, None),
            ("https://other.example/fhir/Medication/1", Some(entry), &file, None),
            ("https://other.example/fhir/Medication/1", Some("urn:uuid:r"), &file, None),
            ("urn:uuid:1", Some(entry), &gathered, None),
        ] {
            let mut one = json!({"resource": {"resourceType": "MedicationRequest", "id": "r",
                "subject": {"reference": "Patient/a"}, "medicationReference": {"reference": reference}}});
            one["fullUrl"] = json!(full_url);
            let bundle = json!({"resourceType": "Bundle", "type": "batch", "entry": [one]});
            let own = Own::default();
            let prepared = prepare(entries(&bundle).remove(0), (context, &own)).map_err(|_| ()).unwrap();
            let targets: Vec<&str> = prepared
                .index
                .iter()
                .filter_map(|value| match value {
                    Indexed::Reference { param: "medication", target } => Some(target.as_str()),
                    _ => None,
                })
                .collect();
            let whole = reference.split("/_history").next();
            let expected: Vec<&str> = whole.into_iter().chain(by_id).collect();
            assert_eq!(targets, expected, "{reference} {full_url:?}");
        }
    }

    #[test]
    fn a_damaged_piece_seems_to_be_about_whom_it_names() {
        let many = Context::named("x");
        let asked = Context::named("x").gathered("https://ehr.example/fhir", "p9");
        for (raw, about) in [
            (r#"{"resourceType":"Observation","subject":{"reference":"Patient/p1"},"valueStr"#, Some("p1")),
            (r#"{"subject":{"reference":"Patient/p1"},"performer":[{"reference":"Patient/p1"}]"#, Some("p1")),
            (r#"{"subject":{"reference":"Patient/p1"},"focus":{"reference":"Patient/p2"}"#, None),
            (r#"{"subject":{"reference":"Patient/"#, None),
            (r#"{"subject":{"reference":"Patient/p1"#, None),
            ("", None),
        ] {
            assert_eq!(seems_about(raw.as_bytes(), &many).as_deref(), about, "{raw}");
            assert_eq!(seems_about(raw.as_bytes(), &asked).as_deref(), Some("p9"), "{raw}");
        }
    }

    #[test]
    fn ids_come_from_the_best_place() {
        for (entry, id) in [
            (json!({"resource": {"resourceType": "Patient", "id": "own"}, "fullUrl": "urn:uuid:u"}), "own"),
            (json!({"resource": {"resourceType": "Patient"}, "fullUrl": "urn:uuid:u"}), "u"),
            (json!({"resource": {"resourceType": "Patient"}, "fullUrl": "https://x.example/Patient/p"}), "p"),
            (
                json!({"resource": {"resourceType": "Patient"}, "request": {"method": "PUT", "url": "Patient/q"}, "fullUrl": "urn:uuid:u"}),
                "q",
            ),
        ] {
            let bundle = json!({"resourceType": "Bundle", "type": "batch", "entry": [entry]});
            let known = (&Context::default(), &Own::default());
            let prepared = prepare(entries(&bundle).remove(0), known).map_err(|_| ()).unwrap();
            assert_eq!(prepared.id, id);
        }
        let alone = prepare(
            bundle::read(&br#"{"resourceType":"Patient"}"#[..]).next().unwrap().unwrap(),
            (&Context::default(), &Own::default()),
        );
        assert_eq!(alone.map_err(|_| ()).unwrap().id.len(), 41);
    }

    #[test]
    fn a_person_is_read_with_folded_names() {
        let facts = person(&patient("a")["resource"]);
        assert_eq!(
            (facts.name.as_str(), facts.family.as_str(), facts.given.as_str()),
            ("Ana María Pérez", "perez", "ana maria")
        );
    }
}
