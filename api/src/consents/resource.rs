//! A consent as a FHIR R4 `Consent`, the form in which it is kept byte for byte and handed on; and what became of it
//! since, and what a person asked the clinic not to do, in the same form.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::model::{Against, Answer, Consent, Ender, Expiry, Kind, Purpose, Restriction, State};
use super::rules;
use super::store::Person;
use crate::fhir::present::Category;
use crate::fhir::sensitivity::Label;

const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
const SCOPE: &str = "http://terminology.hl7.org/CodeSystem/consentscope";
/// Our names of the parts of a record.
const CATEGORY: &str = "urn:recordright:category";
/// Our names of protected information that HL7 has no code for.
const LABEL: &str = "urn:recordright:label";
/// Our names of the kinds of consents.
const KIND: &str = "urn:recordright:consent-kind";

/// The resource of a consent as it stands when it is signed.
pub fn consent(consent: &Consent, person: &Person) -> Value {
    let (terms, signature) = (&consent.terms, &consent.signature);
    let signed = signature.at.rfc3339();
    let mut body = json!({
        "resourceType": "Consent",
        "id": consent.id.to_string(),
        "status": "active",
        "scope": {"coding": [{"system": SCOPE, "code": scope(terms.kind)}]},
        "category": [{"coding": [
            {"system": "http://loinc.org", "code": "59284-0", "display": "Consent Document"},
            {"system": KIND, "code": terms.kind.slug()},
        ]}],
        "patient": {"reference": format!("Patient/{}", person.fhir_id), "display": person.name},
        "dateTime": signed,
        "performer": performers(consent),
        "organization": [{"display": terms.discloser}],
        "sourceAttachment": {
            "contentType": "text/plain; charset=utf-8",
            "language": signature.language,
            "data": STANDARD.encode(&consent.text),
            "creation": signed,
        },
        "policy": [{"uri": policy(terms.kind)}],
        "verification": [{"verified": true, "verificationDate": signed}],
    });
    body["provision"] = provision(consent);
    body
}

/// The resource of a consent as it stands now.
pub fn consent_now(kept: &Consent, standing: State, person: &Person) -> Value {
    let mut body = consent(kept, person);
    body["status"] = status(standing).into();
    body["meta"] = json!({
        "versionId": kept.state_at.micros().to_string(),
        "lastUpdated": kept.state_at.rfc3339(),
    });
    body
}

/// FHIR R4, ValueSet consent-state-codes, which has no code for what is held back.
fn status(standing: State) -> &'static str {
    match standing {
        State::Active => "active",
        State::Suspended | State::Revoked | State::Expired => "inactive",
        State::Defective => "rejected",
    }
}

/// The resource of what a person asked the clinic not to do (45 CFR 164.522(a)).
pub fn restriction(kept: &Restriction, clinic: &str, person: &Person) -> Value {
    let ask = &kept.ask;
    let changed = kept.ended.map(|(at, _)| at).or(kept.answered).unwrap_or(kept.asked);
    // After a notice of the clinic it stands for what came before.
    let noticed = kept.ended.filter(|(_, how)| *how == Ender::Notice).map(|(at, _)| at);
    let status = match kept.answer {
        _ if kept.ended.is_some() && noticed.is_none() => "inactive",
        Answer::Asked => "proposed",
        Answer::Agreed | Answer::MustAgree => "active",
        Answer::Declined => "rejected",
    };
    let against = match ask.against {
        _ if !ask.party.trim().is_empty() => ask.party.as_str(),
        Against::HealthPlan => "Health plan",
        Against::Family => "Family and others involved in care",
        Against::Named => "A person or an organization",
    };
    let mut body = json!({
        "resourceType": "Consent",
        "id": kept.id.to_string(),
        "meta": {"versionId": changed.micros().to_string(), "lastUpdated": changed.rfc3339()},
        "status": status,
        "scope": {"coding": [{"system": SCOPE, "code": "patient-privacy"}]},
        "category": [{"coding": [
            {"system": "http://loinc.org", "code": "59284-0", "display": "Consent Document"},
            {"system": KIND, "code": "restriction"},
        ]}],
        "patient": {"reference": format!("Patient/{}", person.fhir_id), "display": person.name},
        "dateTime": kept.asked.rfc3339(),
        "organization": [{"display": clinic}],
        "policy": [{"uri": "https://www.ecfr.gov/current/title-45/section-164.522"}],
        "provision": {
            "type": "deny",
            "actor": [{"role": participation("IRCP"), "reference": {"display": against}}],
        },
    });
    if let Some(at) = noticed {
        body["provision"]["dataPeriod"] = json!({"end": at.rfc3339()});
    }
    if !ask.what.trim().is_empty() {
        body["sourceAttachment"] = json!({
            "contentType": "text/plain; charset=utf-8",
            "data": STANDARD.encode(&ask.what),
            "creation": kept.asked.rfc3339(),
        });
    }
    if let Some(categories) = ask.categories.as_ref().filter(|categories| !categories.is_empty()) {
        body["provision"]["code"] = categories.iter().copied().map(category).collect();
    }
    if !ask.labels.is_empty() {
        body["provision"]["securityLabel"] = ask.labels.iter().copied().map(label).collect();
    }
    body
}

/// A part of the record as a concept.
pub fn category(category: Category) -> Value {
    json!({"coding": [{"system": CATEGORY, "code": category.slug()}]})
}

/// A kind of protected information as a security label: of HL7 where it knows one, else ours.
pub fn label(label: Label) -> Value {
    match sensitivity(label) {
        Some(code) => json!({"system": ACT_CODE, "code": code, "display": label.slug()}),
        None => json!({"system": LABEL, "code": label.slug()}),
    }
}

fn participation(code: &str) -> Value {
    json!({"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": code}]})
}

/// Who signed.
fn performers(consent: &Consent) -> Value {
    let signer = &consent.terms.signer;
    let first = match &signer.authority {
        Some(authority) => format!("{} ({authority})", signer.typed),
        None => signer.typed.clone(),
    };
    let all = std::iter::once(first).chain(signer.beside.clone());
    all.map(|name| json!({"display": name})).collect()
}

fn scope(kind: Kind) -> &'static str {
    if kind == Kind::Research { "research" } else { "patient-privacy" }
}

fn policy(kind: Kind) -> &'static str {
    match kind {
        Kind::Directive => "https://www.ecfr.gov/current/title-45/section-164.524",
        Kind::Hipaa508 | Kind::Psych508 | Kind::Research | Kind::AppGrant => {
            "https://www.ecfr.gov/current/title-45/section-164.508"
        }
        _ => "https://www.ecfr.gov/current/title-42/section-2.31",
    }
}

fn provision(consent: &Consent) -> Value {
    let terms = &consent.terms;
    let mut period = json!({"start": consent.signature.at.rfc3339()});
    if let Some(Expiry::Day { over, .. }) = &terms.expiry {
        period["end"] = over.rfc3339().into();
    }
    let mut recipients = vec![terms.recipient.name.clone()];
    recipients.extend(
        terms
            .recipient
            .classes
            .iter()
            .filter_map(|class| serde_json::to_value(class).ok()?.as_str().map(str::to_owned)),
    );
    let actors: Vec<Value> = recipients
        .iter()
        .filter(|name| !name.is_empty())
        .map(|name| json!({"role": participation("IRCP"), "reference": {"display": name}}))
        .collect();
    let mut provision = json!({"type": "permit", "period": period, "actor": actors});
    let purposes: Vec<Value> = terms
        .purposes
        .iter()
        .map(|purpose| match reason(*purpose) {
            Some(code) => json!({"system": ACT_REASON, "code": code, "display": purpose.slug()}),
            None => json!({"system": "urn:recordright:purpose", "code": purpose.slug()}),
        })
        .collect();
    if !purposes.is_empty() {
        provision["purpose"] = purposes.into();
    }
    let Some(scope) = &terms.scope else { return provision };
    if let Some(categories) = &scope.categories {
        provision["code"] = categories.iter().copied().map(category).collect();
    }
    let labels: Vec<Value> =
        scope.labels.iter().copied().filter(|label| rules::carries(terms.kind, *label)).map(label).collect();
    if !labels.is_empty() {
        provision["securityLabel"] = labels.into();
    }
    let mut days = json!({});
    for (name, day) in [("start", &scope.from), ("end", &scope.to)] {
        if let Some(day) = day {
            days[name] = day.as_str().into();
        }
    }
    if days.as_object().is_some_and(|days| !days.is_empty()) {
        provision["dataPeriod"] = days;
    }
    provision
}

/// HL7 v3 PurposeOfUse.
fn reason(purpose: Purpose) -> Option<&'static str> {
    match purpose {
        Purpose::OwnRequest => Some("PATRQT"),
        Purpose::Treatment => Some("TREAT"),
        Purpose::Payment => Some("HPAYMT"),
        Purpose::Operations => Some("HOPERAT"),
        Purpose::Research => Some("HRESCH"),
        Purpose::Legal | Purpose::Proceedings => Some("HLEGAL"),
        Purpose::Insurance | Purpose::WorkOrSchool => None,
    }
}

/// HL7 v3 ActCode, sensitivity; none where it knows no code.
fn sensitivity(label: Label) -> Option<&'static str> {
    match label {
        Label::SubstanceUse => Some("42CFRPart2"),
        Label::MentalHealth => Some("MH"),
        Label::PsychotherapyNotes => Some("PSYTHPN"),
        Label::Hiv => Some("HIV"),
        Label::Reproductive => Some("SEX"),
        Label::Genetic => Some("GDIS"),
        Label::Violence => Some("VIO"),
        Label::Minor => Some("ADOL"),
        Label::Litigation | Label::Restricted | Label::Unreviewed => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::model::{Ask, Ender, Party, Scope, Signature, Signer, Statement, Terms};
    use super::super::wording;
    use super::*;
    use crate::base::{ConsentId, Instant, PatientNo, RestrictionId};
    use crate::words::Language;

    /// Every kind, with everything in it that can be, is a sound resource, and its text is in it.
    #[test]
    fn what_is_kept_is_sound_fhir() {
        let person = Person {
            fhir_id: "rosa-1".into(),
            name: "Rosa Delgado (synthetic)".into(),
            birth_date: Some("1968-03-04".into()),
        };
        for kind in Kind::ALL {
            for full in [true, false] {
                let terms = Terms {
                    kind,
                    person: person.name.clone(),
                    discloser: "Riverside Clinic".into(),
                    recipient: Party {
                        name: "Dr. Lee".into(),
                        address: "1 Hill Street".into(),
                        classes: if full { rules::tpo_classes() } else { BTreeSet::new() },
                    },
                    scope: Some(Scope {
                        categories: full.then(|| Category::ALL.into()),
                        labels: if full { Label::ALL.into() } else { BTreeSet::new() },
                        alone: BTreeSet::new(),
                        from: full.then(|| "2020-01-01".into()),
                        to: full.then(|| "2024-01-01".into()),
                    }),
                    purposes: if full { Purpose::ALL.into() } else { BTreeSet::new() },
                    expiry: full.then(|| Expiry::Day { last: "2027-01-01".into(), over: Instant(9_000_000) }),
                    statements: Statement::ALL.into(),
                    paid: false,
                    conditioned: false,
                    signer: Signer {
                        typed: "Rosa Delgado".into(),
                        day: "2026-06-01".into(),
                        authority: full.then(|| "guardian, by court order".into()),
                        witness: full.then(|| "Ana Ruiz (synthetic)".into()),
                        beside: full.then(|| "Elena Delgado, parent (synthetic)".into()),
                    },
                };
                for language in Language::ALL {
                    let text = wording::text(language, &terms, person.birth_date.as_deref());
                    assert!(!text.contains("consent-"), "a sentence is missing: {text}");
                    let kept = Consent {
                        id: ConsentId(uuid::Uuid::from_u128(7)),
                        patient: PatientNo(1),
                        terms: terms.clone(),
                        state: State::Active,
                        state_at: Instant(1_000_000),
                        received: None,
                        signature: Signature {
                            at: Instant(1_000_000),
                            account: None,
                            session: None,
                            acr: None,
                            auth_time: None,
                            text_hash: wording::hash(&text),
                            language: language.tag().into(),
                            wording: wording::WORDING,
                            entered_by: None,
                        },
                        text: text.clone(),
                    };
                    let body = consent(&kept, &person);
                    assert_eq!(crate::fhir::check::check(&body), [], "{kind:?} {body:#}");
                    let data = STANDARD.decode(body["sourceAttachment"]["data"].as_str().unwrap()).unwrap();
                    assert_eq!(data, text.as_bytes());
                    for (standing, status) in [
                        (State::Active, "active"),
                        (State::Suspended, "inactive"),
                        (State::Revoked, "inactive"),
                        (State::Expired, "inactive"),
                        (State::Defective, "rejected"),
                    ] {
                        let now = consent_now(&kept, standing, &person);
                        assert_eq!(crate::fhir::check::check(&now), [], "{now:#}");
                        assert_eq!(now["status"], status);
                        assert_eq!(now["provision"], body["provision"], "what was signed does not change");
                    }
                }
            }
        }
    }

    #[test]
    fn a_restriction_is_sound_fhir_that_denies() {
        let person =
            Person { fhir_id: "rosa-1".into(), name: "Rosa Delgado (synthetic)".into(), birth_date: None };
        let asked = Restriction {
            id: RestrictionId(uuid::Uuid::from_u128(9)),
            patient: PatientNo(1),
            account: None,
            ask: Ask {
                against: Against::HealthPlan,
                party: String::new(),
                categories: None,
                labels: BTreeSet::new(),
                what: String::new(),
                why: String::new(),
                paid_in_full: true,
            },
            must_agree: true,
            answer: Answer::Asked,
            answer_text: String::new(),
            asked: Instant(1_000_000),
            answered: None,
            ended: None,
            intake: None,
        };
        let full = Ask {
            against: Against::Named,
            party: "Example Mutual".into(),
            categories: Some(Category::ALL.into()),
            labels: Label::ALL.into(),
            what: "The visit of March 4".into(),
            ..asked.ask.clone()
        };
        let at = Instant(2_000_000);
        for (kept, status) in [
            (asked.clone(), "proposed"),
            (
                Restriction {
                    answer: Answer::MustAgree,
                    answered: Some(at),
                    ask: full.clone(),
                    ..asked.clone()
                },
                "active",
            ),
            (Restriction { answer: Answer::Declined, answered: Some(at), ..asked.clone() }, "rejected"),
            // After a notice of the clinic it stands for what came before.
            (
                Restriction { answer: Answer::Agreed, ended: Some((at, Ender::Notice)), ..asked.clone() },
                "active",
            ),
            (
                Restriction { answer: Answer::Agreed, ended: Some((at, Ender::Oral)), ask: full, ..asked },
                "inactive",
            ),
        ] {
            let body = restriction(&kept, "Riverside Clinic", &person);
            assert_eq!(crate::fhir::check::check(&body), [], "{body:#}");
            assert_eq!((&body["status"], &body["provision"]["type"]), (&status.into(), &"deny".into()));
            let until = kept.ended.filter(|(_, how)| *how == Ender::Notice).map(|(at, _)| at.rfc3339());
            assert_eq!(body["provision"]["dataPeriod"]["end"].as_str(), until.as_deref());
        }
    }
}
