//! A line of the log as a FHIR R4 `AuditEvent`, in the shape that IHE Basic Audit Log Patterns (BALP) gives to reading,
//! searching and disclosing. Pure. What the ledger does not know is said to be unknown, never made up.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::model::{Entry, Line, Numbers, What};
use crate::base::Hash;
use crate::representation::Kind;
use crate::visibility::{Basis, Purpose};

const PROFILE: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
const RESOURCE_TYPE: &str = "http://hl7.org/fhir/resource-types";
const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
const INTERACTION: &str = "http://hl7.org/fhir/restful-interaction";
/// Our names of what stands in an entry and has no code elsewhere.
const OWN_ENTITY: &str = "urn:recordright:audit-entity";
/// Our names of what somebody is to the person.
const OWN_ROLE: &str = "urn:recordright:acting-as";

/// Where the log is kept and whose it is.
pub(super) struct Place<'a> {
    /// The address of the FHIR interface.
    pub base: &'a str,
    /// The clinic's name.
    pub clinic: &'a str,
    /// The FHIR id of the person whose log it is.
    pub patient: &'a str,
    /// Whether lines tell their numbers.
    pub numbers: Numbers,
}

/// Which pattern of BALP an entry follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pattern {
    /// One item was read.
    Read,
    /// Something was searched, listed or shown as a page.
    Query,
    /// A file was taken, or went to somebody else.
    Disclosure,
}

/// The id of a line as a resource: its hash alone, as the number would tell who sees some lines how many are left out.
pub(super) fn id(line: &Line) -> String {
    hex::encode(&line.hash)
}

/// The hash of the line that an id of [`id`] means.
pub(super) fn hash(id: &str) -> Option<Hash> {
    let hash = Hash::try_from(hex::decode(id).ok()?).ok()?;
    Some(hash).filter(|hash| hex::encode(hash) == id)
}

/// The line as a resource.
pub(super) fn audit_event(line: &Line, place: &Place<'_>) -> Value {
    let entry = &line.entry;
    let pattern = pattern(entry);
    let recorded = line.at.rfc3339();
    json!({
        "resourceType": "AuditEvent",
        "id": id(line),
        "meta": {
            "versionId": "1",
            "lastUpdated": recorded,
            "profile": [format!("{PROFILE}{}", profile(pattern))],
        },
        "type": kind(pattern),
        "subtype": subtypes(pattern, &entry.what),
        "action": if pattern == Pattern::Query { "E" } else { "R" },
        "recorded": recorded,
        "outcome": "0",
        "purposeOfEvent": [purpose(entry)],
        "agent": agents(entry, pattern, place),
        "source": {
            "site": place.clinic,
            "observer": custodian(place),
            "type": [coding("http://terminology.hl7.org/CodeSystem/security-source-type", "4", "Application Server")],
        },
        "entity": entities(line, pattern, place),
    })
}

fn pattern(entry: &Entry) -> Pattern {
    let what = &entry.what;
    let is_search = what.query.is_some() || what.kind == "search" || what.kind == "list";
    match &entry.basis {
        Basis::Consent { .. } | Basis::System { .. } => Pattern::Disclosure,
        _ if what.copy.is_some() => Pattern::Disclosure,
        _ if what.items.len() == 1 && !is_search && unnamed(what).next().is_none() => Pattern::Read,
        _ => Pattern::Query,
    }
}

fn profile(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::Read => "PatientRead",
        Pattern::Query => "PatientQuery",
        Pattern::Disclosure => "PrivacyDisclosure.Source",
    }
}

fn kind(pattern: Pattern) -> Value {
    match pattern {
        Pattern::Disclosure => coding(DICOM, "110106", "Export"),
        _ => coding("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "Restful Operation"),
    }
}

fn subtypes(pattern: Pattern, what: &What) -> Value {
    let own = json!({"system": "urn:recordright:audit-kind", "code": what.kind});
    match pattern {
        Pattern::Read => json!([coding(INTERACTION, "read", "read"), own]),
        Pattern::Query => json!([coding(INTERACTION, "search", "search"), own]),
        Pattern::Disclosure => json!([
            coding(
                "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle",
                "disclose",
                "Disclose Record Lifecycle Event"
            ),
            own,
        ]),
    }
}

/// What for, by HL7 v3 ActReason.
fn purpose(entry: &Entry) -> Value {
    let (code, display) = match (entry.purpose, acting(&entry.basis)) {
        (Purpose::Treatment, _) => ("TREAT", "treatment"),
        (Purpose::Emergency, _) => ("ETREAT", "Emergency Treatment"),
        (Purpose::CaseReview | Purpose::Operations, _) => ("HOPERAT", "healthcare operations"),
        (Purpose::Payment, _) => ("HPAYMT", "healthcare payment"),
        (Purpose::Compliance, _) => ("HCOMPL", "health compliance"),
        (_, Some(Kind::HealthCareAgent)) => ("PWATRNY", "power of attorney"),
        (_, Some(Kind::Parent | Kind::Surrogate | Kind::Delegate)) => ("FAMRQT", "family requested"),
        _ => ("PATRQT", "patient requested"),
    };
    json!({"coding": [coding(ACT_REASON, code, display)]})
}

/// What somebody is to the person, where they are not the person.
fn acting(basis: &Basis) -> Option<Kind> {
    match basis {
        Basis::Representative { of, .. } => Some(*of),
        Basis::Delegate { .. } => Some(Kind::Delegate),
        Basis::App { acting, .. } => *acting,
        Basis::RightOfAccess { .. }
        | Basis::Staff { .. }
        | Basis::Consent { .. }
        | Basis::System { .. }
        | Basis::Decision { .. }
        | Basis::Office { .. } => None,
    }
}

/// The person who acted, what they acted with, and the clinic's server. For a search DICOM calls the client the source,
/// for a read the destination.
fn agents(entry: &Entry, pattern: Pattern, place: &Place<'_>) -> Vec<Value> {
    let (source, destination) = (("110153", "Source Role ID"), ("110152", "Destination Role ID"));
    let (client, server) = match pattern {
        Pattern::Query => (source, destination),
        Pattern::Read | Pattern::Disclosure => (destination, source),
    };
    vec![
        json!({
            "type": {"coding": [coding("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP", "information recipient")]},
            "role": [{"coding": [{"system": OWN_ROLE, "code": entry.who.kind}]}],
            "who": user(entry, place),
            "name": text(&entry.who.name),
            "requestor": true,
            "purposeOfUse": [purpose(entry)],
        }),
        json!({
            "type": {"coding": [coding(DICOM, client.0, client.1)]},
            "who": client_of(entry),
            "requestor": false,
            // No address of a caller is kept.
            "network": unknown(),
        }),
        json!({
            "type": {"coding": [coding(DICOM, server.0, server.1)]},
            "who": custodian(place),
            "requestor": false,
            "network": {"address": place.base, "type": "5"},
        }),
    ]
}

fn user(entry: &Entry, place: &Place<'_>) -> Value {
    let name = text(&entry.who.name);
    match (&entry.basis, acting(&entry.basis)) {
        (Basis::RightOfAccess { .. } | Basis::App { .. }, None) => {
            json!({"reference": format!("Patient/{}", place.patient), "type": "Patient", "display": name})
        }
        _ => json!({"identifier": identifier("account", &entry.who.account.to_string()), "display": name}),
    }
}

fn client_of(entry: &Entry) -> Value {
    match &entry.basis {
        Basis::App { client, name, .. } | Basis::System { client, name, .. } => {
            json!({"identifier": identifier("app", &client.0), "display": text(name)})
        }
        Basis::Consent { .. } => json!({"display": text(&entry.recipient.name)}),
        _ => json!({"display": "The web browser of the person who acted"}),
    }
}

fn custodian(place: &Place<'_>) -> Value {
    json!({
        "type": "Organization",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": place.base},
        "display": place.clinic,
    })
}

fn entities(line: &Line, pattern: Pattern, place: &Place<'_>) -> Vec<Value> {
    let what = &line.entry.what;
    let mut made = vec![json!({
        "what": {"reference": format!("Patient/{}", place.patient), "type": "Patient"},
        "type": coding(ENTITY_TYPE, "1", "Person"),
        "role": coding(OBJECT_ROLE, "1", "Patient"),
    })];
    match pattern {
        Pattern::Read => made.extend(what.items.iter().map(|item| {
            json!({
                "what": {"reference": item},
                "type": coding(ENTITY_TYPE, "2", "System Object"),
                "role": coding(OBJECT_ROLE, "4", "Domain Resource"),
            })
        })),
        Pattern::Query => {
            let asked = asked(what);
            made.push(json!({
                "type": coding(ENTITY_TYPE, "2", "System Object"),
                "role": coding(OBJECT_ROLE, "24", "Query"),
                "description": asked,
                "query": STANDARD.encode(&asked),
            }));
            made.extend(released(what));
        }
        Pattern::Disclosure => made.extend(released(what)),
    }
    made.extend(what.copy.as_ref().map(|copy| {
        json!({"what": {"identifier": identifier("copy", copy)}, "type": own("copy"), "role": coding(OBJECT_ROLE, "3", "Report")})
    }));
    made.extend(what.digest.as_ref().map(|digest| {
        // What is named neither here nor by its count can be proved by this.
        json!({"type": own("digest"), "detail": [{"type": "sha-256", "valueString": digest}]})
    }));
    made.push(ground(&line.entry.basis));
    made.extend(permission(&line.entry.basis));
    let mut proof = json!({
        "type": own("ledger"),
        "detail": [{"type": "sha-256", "valueString": hex::encode(&line.hash)}],
    });
    if place.numbers == Numbers::Chain {
        proof["what"] = json!({"identifier": identifier("ledger", &line.seq.to_string())});
    }
    made.push(proof);
    made
}

/// What was asked: the request as it came, or the page of the portal.
fn asked(what: &What) -> String {
    let query = what.query.as_ref().filter(|query| !query.trim().is_empty());
    match (query, &what.category) {
        (Some(query), _) => query.clone(),
        (None, Some(category)) => format!("{}?category={category}", what.kind),
        (None, None) => what.kind.clone(),
    }
}

/// How many of each type are not named.
fn unnamed(what: &What) -> impl Iterator<Item = (&str, u64)> {
    let named = |name: &str| {
        let of = what.items.iter().filter(|item| item.split('/').next() == Some(name));
        of.count() as u64
    };
    let rest =
        what.counts.iter().map(move |(name, count)| (name.as_str(), count.saturating_sub(named(name))));
    rest.filter(|(_, rest)| *rest > 0)
}

/// The resources, each by its version where they are few, else how many of each type. Their types of entities are not
/// those by which the patterns know the person and the request.
fn released(what: &What) -> Vec<Value> {
    let of_type = |name: &str| json!({"system": RESOURCE_TYPE, "code": name});
    let role = coding(OBJECT_ROLE, "4", "Domain Resource");
    let named = what.items.iter().map(|item| {
        let name = item.split('/').next().unwrap_or_default();
        json!({"what": {"reference": item}, "type": of_type(name), "role": role})
    });
    let counted = unnamed(what).map(|(name, count)| {
        json!({"type": of_type(name), "role": role, "detail": [{"type": "count", "valueString": count.to_string()}]})
    });
    named.chain(counted).collect()
}

/// The consent that opened more than the ground alone would have.
fn permission(basis: &Basis) -> Option<Value> {
    let alone = matches!(basis, Basis::Consent { .. });
    basis.consent().filter(|_| !alone).map(|id| consent(&id.to_string()))
}

fn consent(id: &str) -> Value {
    json!({
        "what": {"reference": format!("Consent/{id}"), "type": "Consent"},
        "type": {"system": RESOURCE_TYPE, "code": "Consent"},
        "role": security(),
    })
}

fn security() -> Value {
    coding(OBJECT_ROLE, "13", "Security Resource")
}

/// What allowed it.
fn ground(basis: &Basis) -> Value {
    let role = security();
    let detail = |pairs: &[(&str, &str)]| {
        let told = pairs.iter().filter(|(_, value)| !value.trim().is_empty());
        told.map(|(name, value)| json!({"type": name, "valueString": value})).collect::<Vec<_>>()
    };
    let authority = |id: String, since: &str| {
        json!({
            "what": {"identifier": identifier("authority", &id)},
            "type": own("authority"),
            "role": role,
            "detail": detail(&[("since", since)]),
        })
    };
    match basis {
        Basis::App { grant, .. } => consent(&grant.to_string()),
        Basis::Consent { consent: id, .. } => consent(&id.to_string()),
        Basis::Representative { authority: id, since, .. } | Basis::Delegate { authority: id, since, .. } => {
            authority(id.to_string(), since)
        }
        Basis::RightOfAccess { ground, since } => json!({
            "what": {"display": "Right of access, 45 CFR 164.524"},
            "type": own("right-of-access"),
            "role": role,
            "detail": detail(&[("proved-by", ground), ("since", since)]),
        }),
        Basis::System { group, recipient, since, .. } => json!({
            "what": {"identifier": identifier("group", group)},
            "type": own("group"),
            "role": role,
            "detail": detail(&[("recipient", recipient), ("since", since)]),
        }),
        Basis::Decision { role: office, reason } => json!({
            "what": {"display": "A decision of the clinic"},
            "type": own("decision"),
            "role": role,
            "detail": detail(&[("role", office.map_or("operator", |role| role.slug())), ("reason", reason)]),
        }),
        Basis::Office { role: office } => json!({
            "what": {"display": "Work of the clinic with permissions and limits"},
            "type": own("office"),
            "role": role,
            "detail": detail(&[("role", office.slug())]),
        }),
        Basis::Staff { role: office, purpose, reason, view, since, .. } => json!({
            "what": {"identifier": identifier("look", &view.to_string())},
            "type": own("look"),
            "role": role,
            "detail": detail(&[
                ("role", office.slug()),
                ("purpose", purpose.slug()),
                ("reason", reason),
                ("since", since),
            ]),
        }),
    }
}

fn coding(system: &str, code: &str, display: &str) -> Value {
    json!({"system": system, "code": code, "display": display})
}

fn own(code: &str) -> Value {
    json!({"system": OWN_ENTITY, "code": code})
}

fn identifier(of: &str, value: &str) -> Value {
    json!({"system": format!("urn:recordright:{of}"), "value": value})
}

/// A text that FHIR takes: there is no empty one.
fn text(text: &str) -> &str {
    if text.trim().is_empty() { "unknown" } else { text }
}

fn unknown() -> Value {
    json!({"extension": [{
        "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
        "valueCode": "unsupported",
    }]})
}

#[cfg(test)]
mod tests;
