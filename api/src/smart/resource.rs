//! What somebody allowed an app, as a FHIR R4 `Consent`. Pure.

use serde_json::{Map, Value, json};

use super::model::{Grant, Standing};
use super::scopes::{Condition, Level, TYPES};
use crate::consents::{coded_category, coded_label};
use crate::fhir::present::Category;
use crate::fhir::sensitivity::{Label, Labels};

/// The resource of a grant; `clinic` is who discloses, `patient` the FHIR id of the person.
pub fn consent(grant: &Grant, clinic: &str, patient: &str) -> Value {
    let changed = match grant.standing {
        Standing::Active => grant.created,
        Standing::Paused { since } => since,
        Standing::Ended { at, .. } => at,
    };
    // Changes are counted; a pause and an end have their moment.
    let version = changed.micros().saturating_add(grant.changes);
    let performer = match grant.under {
        None => json!({"reference": format!("Patient/{patient}"), "display": shown(&grant.by)}),
        Some((_, kind)) => json!({"display": format!("{} ({})", shown(&grant.by), kind.slug())}),
    };
    json!({
        "resourceType": "Consent",
        "id": grant.id.to_string(),
        "meta": {"versionId": version.to_string(), "lastUpdated": changed.rfc3339()},
        // R4 has no code for what rests.
        "status": if grant.standing == Standing::Active { "active" } else { "inactive" },
        "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
        "category": [{"coding": [
            {"system": "http://loinc.org", "code": "59284-0", "display": "Consent Document"},
            {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IDSCL"},
            {"system": "urn:recordright:consent-kind", "code": "app-grant"},
        ]}],
        "patient": {"reference": format!("Patient/{patient}")},
        "dateTime": grant.created.rfc3339(),
        "performer": [performer],
        "organization": [{"display": clinic}],
        "policy": [{"uri": "https://www.ecfr.gov/current/title-45/section-164.524"}],
        "provision": provision(grant),
    })
}

fn provision(grant: &Grant) -> Value {
    let lens = grant.sees;
    let types = grant.scopes.types(Level::Patient);
    let mut made = json!({
        "extension": [{"url": "urn:recordright:scopes", "valueString": shown(&grant.scopes.to_string())}],
        "type": "permit",
        "period": {"start": grant.created.rfc3339(), "end": grant.until.rfc3339()},
        "actor": [{
            "role": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}]},
            "reference": {
                "identifier": {"system": "urn:recordright:app", "value": grant.client.0},
                "display": shown(&grant.app_name),
            },
        }],
        "action": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentaction", "code": "access"}]}],
        "purpose": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "PATRQT"}],
    });
    let class = |name: &&str| json!({"system": "http://hl7.org/fhir/resource-types", "code": name});
    if !types.is_empty() {
        made["class"] = types.iter().map(class).collect();
    }
    let days = ["start", "end"].into_iter().zip(lens.days());
    let days: Map<String, Value> =
        days.filter_map(|(name, day)| Some((name.to_owned(), day?.into()))).collect();
    if !days.is_empty() {
        made["dataPeriod"] = days.into();
    }
    let seen = |category: &Category| lens.categories & (1 << category.code()) != 0;
    if !Category::ALL.iter().all(seen) {
        made["code"] = Category::ALL.into_iter().filter(seen).map(coded_category).collect();
    }
    let closed = Label::ALL.into_iter().filter(|label| lens.closes(*label));
    let mut hidden: Vec<Value> = closed.map(coded_label).collect();
    if lens.hidden.0 & Labels::PROGRAM.0 != 0 && !lens.closes(Label::SubstanceUse) {
        hidden.push(
            json!({"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "42CFRPart2"}),
        );
    }
    let mut denied = Vec::new();
    if !hidden.is_empty() {
        denied.push(json!({"type": "deny", "securityLabel": hidden}));
    }
    let whole: Vec<&str> = TYPES.into_iter().filter(|kind| grant.scopes.denies(kind)).collect();
    if !whole.is_empty() {
        denied.push(json!({"type": "deny", "class": whole.iter().map(class).collect::<Value>()}));
    }
    for kind in &types {
        let left_out: Vec<Value> = grant.scopes.left_out(kind).map(category_code).collect();
        if !left_out.is_empty() {
            denied.push(json!({"type": "deny", "class": [class(kind)], "code": left_out}));
        }
    }
    if !denied.is_empty() {
        made["provision"] = denied.into();
    }
    made
}

/// The category of a Condition or Observation that is left out.
fn category_code(only: &Condition) -> Value {
    let mut coding = json!({"code": only.code});
    if let Some(system) = &only.system {
        coding["system"] = shown(system).into();
    }
    json!({"coding": [coding]})
}

/// A text that FHIR takes: there is no empty one.
fn shown(text: &str) -> &str {
    if text.trim().is_empty() { "unknown" } else { text }
}

#[cfg(test)]
mod tests {
    use super::super::model::{
        Client, ClientId, ClientKind, ClientState, GrantEnd, Origin, Registration, Stay, Use,
    };
    use super::super::scopes::Scopes;
    use super::*;
    use crate::base::{AccountId, AppGrantId, AuthorityId, Instant, PatientNo};
    use crate::fhir::check::check;
    use crate::fhir::sensitivity::Service;
    use crate::representation::{Kind, Lens};

    fn app() -> Client {
        let about = Registration {
            name: "Steps (synthetic)".into(),
            made_by: None,
            kind: ClientKind::Public,
            used_by: Use::Person,
            redirect_uris: vec![],
            launch_uri: None,
            logo_uri: None,
            client_uri: None,
            policy_uri: None,
            tos_uri: None,
            contacts: vec![],
            scope: None,
            keys: None,
            groups: vec![],
            software: None,
        };
        Client {
            id: ClientId("app-1".into()),
            about,
            origin: Origin::Demo,
            state: ClientState::Active,
            created: Instant(0),
            changed: Instant(0),
            used: None,
            marked: None,
        }
    }

    fn grant() -> Grant {
        Grant {
            id: AppGrantId(uuid::Uuid::from_u128(3)),
            client: ClientId("app-1".into()),
            app_name: "Steps (synthetic)".into(),
            app: app(),
            account: AccountId(uuid::Uuid::from_u128(1)),
            by: "Rosa Delgado (synthetic)".into(),
            under: None,
            patient: PatientNo(1),
            scopes: Scopes::parse(
                "launch/patient patient/Observation.rs?category=laboratory patient/Patient.r",
            )
            .unwrap(),
            lens: Lens {
                categories: 1 << Category::Labs.code(),
                hidden: Labels(Label::Hiv.bit()),
                ..Lens::WHOLE
            },
            sees: Lens {
                categories: 1 << Category::Labs.code(),
                hidden: Labels(Label::Hiv.bit()),
                ..Lens::WHOLE
            },
            stay: Stay::Offline,
            created: Instant(1_000_000),
            until: Instant(9_000_000),
            standing: Standing::Active,
            read: None,
            changes: 0,
        }
    }

    #[test]
    fn a_grant_is_sound_fhir() {
        let at = Instant(5_000_000);
        for (grant, status) in [
            (grant(), "active"),
            (Grant { sees: Lens::WHOLE, scopes: Scopes::default(), by: String::new(), ..grant() }, "active"),
            (Grant { standing: Standing::Paused { since: at }, ..grant() }, "inactive"),
            (Grant { standing: Standing::Ended { at, why: GrantEnd::Stopped }, ..grant() }, "inactive"),
            (
                Grant { under: Some((AuthorityId(uuid::Uuid::from_u128(2)), Kind::Parent)), ..grant() },
                "active",
            ),
        ] {
            let body = consent(&grant, "Riverside Clinic", "rosa-1");
            assert_eq!(check(&body), [], "{body:#}");
            assert_eq!(body["status"], status);
        }
    }

    #[test]
    fn it_says_what_the_app_gets_and_what_not() {
        let body = consent(&grant(), "Riverside Clinic", "rosa-1");
        let provision = &body["provision"];
        let codes = |name: &str| -> Vec<&str> {
            provision[name].as_array().unwrap().iter().map(|class| class["code"].as_str().unwrap()).collect()
        };
        assert_eq!(codes("class"), ["Observation", "Patient"]);
        assert_eq!(provision["code"][0]["coding"][0]["code"], "labs");
        assert_eq!(provision["provision"][0]["securityLabel"][0]["code"], "HIV");
        assert_eq!(provision["period"]["end"], "1970-01-01T00:00:09.000000Z");
        assert!(provision["dataPeriod"].is_null(), "all dates");
    }

    #[test]
    fn it_says_the_days_and_the_types_that_were_left_out() {
        let scopes = Scopes::parse("patient/CarePlan.rs patient/Goal.rs patient/Observation.rs").unwrap();
        for (from, to, period) in [
            (Some("2020-01-01"), None, json!({"start": "2020-01-01"})),
            (None, Some("2024-12-31"), json!({"end": "2024-12-31"})),
            (Some("2020-01-01"), Some("2024-12-31"), json!({"start": "2020-01-01", "end": "2024-12-31"})),
        ] {
            let sees = Lens::dated(from, to);
            let grant = Grant { sees, scopes: scopes.but(&["Goal", "Observation"]), ..grant() };
            let body = consent(&grant, "Riverside Clinic", "rosa-1");
            assert_eq!(check(&body), [], "{body:#}");
            let provision = &body["provision"];
            assert_eq!(provision["dataPeriod"], period);
            let codes = |classes: &Value| -> Vec<Value> {
                classes.as_array().unwrap().iter().map(|class| class["code"].clone()).collect()
            };
            assert_eq!(codes(&provision["class"]), ["CarePlan"]);
            assert_eq!(provision["provision"][0]["type"], "deny");
            assert_eq!(codes(&provision["provision"][0]["class"]), ["Goal", "Observation"]);
        }
    }

    /// A service of a minor is closed whichever it is, and a program's records also where what else is about substance
    /// use is seen.
    #[test]
    fn what_the_law_closes_is_denied() {
        let (hiv, minor) = (Service::Hiv.bit(), Labels(Label::Minor.bit()).hidden());
        for (hidden, codes) in [
            (Labels(0), vec![]),
            (hiv, vec!["minor"]),
            (hiv.decided(), vec!["minor"]),
            (minor, vec!["minor"]),
            (Labels::PROGRAM, vec!["42CFRPart2"]),
            (Labels(Label::SubstanceUse.bit()).hidden(), vec!["substance-use"]),
        ] {
            let codes: Vec<Value> = codes
                .into_iter()
                .map(|code| {
                    Label::from_slug(code)
                        .map_or(json!("42CFRPart2"), |label| coded_label(label)["code"].clone())
                })
                .collect();
            let body =
                consent(&Grant { sees: Lens { hidden, ..Lens::WHOLE }, ..grant() }, "Clinic", "rosa-1");
            assert_eq!(check(&body), [], "{body:#}");
            let denied = body["provision"]["provision"][0]["securityLabel"].as_array();
            let denied: Vec<Value> =
                denied.into_iter().flatten().map(|label| label["code"].clone()).collect();
            assert_eq!(denied, codes, "{hidden:?}");
        }
    }
}
