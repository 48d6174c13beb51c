//! Each kind of entry as a resource: sound FHIR R4, and within the patterns of BALP 1.1.4 that it names.

use super::*;
use crate::base::{AccountId, AppGrantId, AuthorityId, ConsentId, Instant, SessionId, ViewId};
use crate::disclosures::{Channel, Recipient, Who};
use crate::fhir::check::check;
use crate::smart::ClientId;
use crate::staff;

const PLACE: Place<'static> = Place {
    base: "https://portal.example/fhir",
    clinic: "Riverside Clinic",
    patient: "rosa-1",
    numbers: Numbers::Chain,
};

fn uuid(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(n)
}

fn line(purpose: Purpose, basis: Basis, what: What) -> Line {
    let who = Who {
        kind: "patient".into(),
        account: AccountId(uuid(1)),
        session: SessionId(uuid(2)),
        name: "Rosa Delgado (synthetic)".into(),
        provider: "demo".into(),
        acr: None,
        ial: None,
        aal: None,
    };
    let recipient = Recipient { name: "Rosa Delgado (synthetic)".into(), address: None };
    let entry = Entry { who, recipient, purpose, basis, channel: Channel::Portal, what };
    Line { seq: 7, at: Instant(1_700_000_000_000_000), entry, hash: vec![0xab; 32] }
}

fn since() -> String {
    Instant(0).rfc3339()
}

fn own() -> Basis {
    Basis::RightOfAccess { ground: "code".into(), since: since() }
}

fn app(acting: Option<Kind>) -> Basis {
    let (grant, client) = (AppGrantId(uuid(3)), ClientId("app-1".into()));
    Basis::App { grant, client, name: "Steps (synthetic)".into(), acting, since: since(), consent: None }
}

fn delegate(consent: Option<ConsentId>) -> Basis {
    Basis::Delegate { authority: AuthorityId(uuid(4)), since: since(), consent }
}

fn bases() -> Vec<Basis> {
    vec![
        own(),
        app(None),
        app(Some(Kind::Parent)),
        Basis::Representative {
            of: Kind::HealthCareAgent,
            authority: AuthorityId(uuid(4)),
            since: since(),
            consent: None,
        },
        delegate(None),
        Basis::Staff {
            role: staff::Role::PrivacyOfficer,
            purpose: staff::Purpose::Compliance,
            reason: "A question about a line (synthetic)".into(),
            view: ViewId(uuid(5)),
            since: since(),
            part2: None,
        },
        Basis::Staff {
            role: staff::Role::PrivacyOfficer,
            purpose: staff::Purpose::Compliance,
            reason: String::new(),
            view: ViewId(uuid(5)),
            since: since(),
            part2: None,
        },
        Basis::Decision {
            role: Some(staff::Role::RecordsClerk),
            reason: "Linked to a stranger (synthetic)".into(),
        },
        Basis::Decision { role: None, reason: String::new() },
        Basis::Office { role: staff::Role::RecordsClerk },
        Basis::Consent { consent: ConsentId(uuid(6)), since: since() },
        Basis::System {
            client: ClientId("system-1".into()),
            name: "Exporter (synthetic)".into(),
            group: "diabetes".into(),
            recipient: "Example Mutual".into(),
            purpose: crate::consents::Purpose::Payment,
            since: since(),
        },
    ]
}

fn whats() -> Vec<What> {
    let one = || [("Observation", "a1", 2)];
    let ids: Vec<String> = (0..40).map(|n| format!("o{n}")).collect();
    let many = || ids.iter().map(|id| ("Observation", id.as_str(), 1));
    vec![
        What::page("home"),
        What::page("log"),
        What::page("permissions"),
        What::page("list").within("labs").of(many()),
        What::page("list").within("labs").of(one()),
        What::page("item").of(one()),
        What::page("read").of(one()),
        What::page("search").of(one()).asking("Observation?category=laboratory"),
        What::page("search").asking(""),
        What::page("everything").of(many()).asking("Patient/rosa-1/$everything"),
        What { copy: Some("c bytes 0-1/2".into()), ..What::page("copy").of(many()) },
        What { copy: Some("c bytes 0-1/2".into()), ..What::page("copy").of(one()) },
    ]
}

fn all() -> Vec<(Line, Value)> {
    let mut all = Vec::new();
    for basis in bases() {
        for what in whats() {
            let line = line(Purpose::OwnView, basis.clone(), what);
            let made = audit_event(&line, &PLACE);
            all.push((line, made));
        }
    }
    all
}

#[test]
fn every_entry_is_sound_fhir() {
    for (line, made) in all() {
        assert_eq!(check(&made), [], "{line:?} {made:#}");
        crate::fhir::xml::from_json(made.to_string().as_bytes()).unwrap();
    }
}

fn codes<'a>(list: &'a Value, path: &str) -> Vec<(&'a str, &'a Value)> {
    let of = |item: &'a Value| Some((item.pointer(path)?.as_str()?, item));
    list.as_array().unwrap().iter().filter_map(of).collect()
}

#[track_caller]
fn only<'a>(found: &[(&'a str, &'a Value)], code: &str) -> &'a Value {
    let mut fit = found.iter().filter(|(own, _)| *own == code).map(|(_, item)| *item);
    let one = fit.next().unwrap_or_else(|| panic!("{code} is there"));
    assert!(fit.next().is_none(), "{code} is there once");
    one
}

/// What BALP 1.1.4 demands of PatientRead, PatientQuery and PrivacyDisclosure.Source.
#[test]
fn every_entry_keeps_to_the_pattern_it_names() {
    let mut seen = std::collections::BTreeSet::new();
    for (line, made) in all() {
        let what = &line.entry.what;
        let profile = made["meta"]["profile"][0].as_str().unwrap().strip_prefix(PROFILE).unwrap();
        seen.insert(profile.to_owned());
        let (kind, action, subtype, client, server) = match profile {
            "PatientRead" => ("rest", "R", "read", "110152", "110153"),
            "PatientQuery" => ("rest", "E", "search", "110153", "110152"),
            _ => ("110106", "R", "disclose", "110152", "110153"),
        };
        assert_eq!(
            (&made["type"]["code"], &made["action"], &made["outcome"]),
            (&kind.into(), &action.into(), &"0".into())
        );
        // The profile names its subtype by system and code; ours beside it may bear the same word.
        let mut subtypes = codes(&made["subtype"], "/code");
        subtypes.retain(|(_, one)| one["system"] != "urn:recordright:audit-kind");
        only(&subtypes, subtype);
        let agents = codes(&made["agent"], "/type/coding/0/code");
        for code in [client, server] {
            let agent = only(&agents, code);
            assert!(agent.get("who").is_some() && agent.get("network").is_some_and(|n| n != &json!({})));
            for absent in ["media", "role", "altId", "name", "location", "policy", "purposeOfUse"] {
                assert_eq!(agent.get(absent), None, "{absent}");
            }
            assert_eq!(agent["requestor"], false);
        }
        let user = only(&agents, "IRCP");
        assert_eq!((&user["requestor"], user.get("network"), user.get("media")), (&true.into(), None, None));
        assert!(user["who"].is_object() && user["role"].is_array() && user["purposeOfUse"].is_array());
        let server = only(&agents, server);
        assert_eq!(server["who"], made["source"]["observer"], "the source is that agent too");
        // Entities are told apart by the code of their type; systems differ where codes are the same.
        let of_types: Vec<(&str, &Value)> = codes(&made["entity"], "/type/code")
            .into_iter()
            .filter(|(_, entity)| entity["type"]["system"] == ENTITY_TYPE)
            .collect();
        let person = only(&of_types, "1");
        assert_eq!(
            (&person["what"]["reference"], &person["role"]["code"]),
            (&"Patient/rosa-1".into(), &"1".into())
        );
        match profile {
            "PatientRead" => {
                let data = only(&of_types, "2");
                assert_eq!(data["what"]["reference"], what.items[0].as_str());
                assert_eq!((&data["role"]["code"], data.get("query")), (&"4".into(), None));
            }
            "PatientQuery" => {
                let query = only(&of_types, "2");
                assert_eq!(
                    (query.get("what"), query.get("detail"), &query["role"]["code"]),
                    (None, None, &"24".into())
                );
                let bytes = STANDARD.decode(query["query"].as_str().unwrap()).unwrap();
                assert_eq!(String::from_utf8(bytes).unwrap(), query["description"].as_str().unwrap());
            }
            _ => assert_eq!(of_types.len(), 1),
        }
    }
    assert_eq!(
        seen.into_iter().collect::<Vec<_>>(),
        ["PatientQuery", "PatientRead", "PrivacyDisclosure.Source"]
    );
}

#[test]
fn what_was_released_and_on_what_ground_is_named() {
    for (line, made) in all() {
        let what = &line.entry.what;
        let references: Vec<&str> =
            codes(&made["entity"], "/what/reference").into_iter().map(|(reference, _)| reference).collect();
        for item in &what.items {
            assert!(references.contains(&item.as_str()), "{item}");
        }
        if what.items.is_empty() && !what.counts.is_empty() {
            let counted = only(&codes(&made["entity"], "/type/code"), "Observation");
            assert_eq!(counted["detail"][0]["valueString"], "40");
            only(&codes(&made["entity"], "/type/code"), "digest");
        }
        let ground = match &line.entry.basis {
            Basis::App { grant, .. } => format!("Consent/{grant}"),
            Basis::Consent { consent, .. } => format!("Consent/{consent}"),
            Basis::RightOfAccess { .. } => "right-of-access".into(),
            Basis::Staff { .. } => "look".into(),
            Basis::Decision { .. } => "decision".into(),
            Basis::Office { .. } => "office".into(),
            Basis::Representative { .. } | Basis::Delegate { .. } => "authority".into(),
            Basis::System { .. } => "group".into(),
        };
        let security = codes(&made["entity"], "/role/code").into_iter().filter(|(code, _)| *code == "13");
        let entities: Vec<&Value> = security.map(|(_, entity)| entity).collect();
        let [entity] = entities.as_slice() else { panic!("one ground") };
        assert!(entity["type"]["code"] == ground.as_str() || entity["what"]["reference"] == ground.as_str());
        let proof = only(&codes(&made["entity"], "/type/code"), "ledger");
        assert_eq!(proof["detail"][0]["valueString"], "ab".repeat(32));
    }
}

#[test]
fn a_consent_that_opened_something_is_named() {
    let named = |basis| {
        let made = audit_event(
            &line(Purpose::ActingView, basis, What::page("item").of([("Observation", "a1", 2)])),
            &PLACE,
        );
        assert_eq!(crate::fhir::check::check(&made), []);
        made.to_string().contains(&format!("Consent/{}", ConsentId(uuid(6))))
    };
    assert!(named(delegate(Some(ConsentId(uuid(6))))) && !named(delegate(None)));
}

#[test]
fn purposes_are_those_of_hl7() {
    for (purpose, basis, code) in [
        (Purpose::OwnView, own(), "PATRQT"),
        (Purpose::App, app(None), "PATRQT"),
        (Purpose::App, app(Some(Kind::Parent)), "FAMRQT"),
        (Purpose::ActingView, bases().remove(3), "PWATRNY"),
        (Purpose::Treatment, bases().remove(5), "TREAT"),
        (Purpose::Emergency, bases().remove(5), "ETREAT"),
        (Purpose::Compliance, bases().remove(5), "HCOMPL"),
        (Purpose::CaseReview, bases().remove(5), "HOPERAT"),
        (Purpose::Payment, bases().remove(8), "HPAYMT"),
        (Purpose::Operations, bases().remove(9), "HOPERAT"),
        (Purpose::RecordsRequest, bases().remove(5), "PATRQT"),
    ] {
        let made = audit_event(&line(purpose, basis, What::page("item")), &PLACE);
        assert_eq!(made["purposeOfEvent"][0]["coding"][0]["code"], code, "{purpose:?}");
    }
}

#[test]
fn ids_name_one_line() {
    let made = line(Purpose::OwnView, own(), What::page("home"));
    let own = id(&made);
    assert!(crate::fhir::check::is_id(&own));
    assert_eq!(hash(&own), Some([0xab; 32]));
    let other = Line { hash: vec![0xcd; 32], ..made };
    assert_ne!(id(&other), own, "the same number of another chain is another id");
    for bad in ["", "7", "ab", "AB".repeat(32).as_str(), "xy".repeat(32).as_str(), "ab".repeat(33).as_str()] {
        assert_eq!(hash(bad), None, "{bad}");
    }
}

#[test]
fn who_sees_a_part_is_told_no_number() {
    let made = line(Purpose::OwnView, own(), What::page("home"));
    for (numbers, told) in [(Numbers::Chain, true), (Numbers::Own, false)] {
        let made = audit_event(&made, &Place { numbers, ..PLACE });
        assert_eq!(crate::fhir::check::check(&made), []);
        assert_eq!(made.to_string().contains("urn:recordright:ledger"), told, "{made:#}");
    }
}
