//! What a minor's own service goes over to: a clinician marks the order or the visit, and what was done, found, given,
//! written and billed for it is of the same service (45 CFR 164.502(g)(3)(i)). Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::ingest::Indexed;
use crate::base::Rid;

/// How a reference leads between what is marked and what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// What holds it belongs to what it names, as a result does to its order.
    To,
    /// What it names belongs to what holds it, as a result does to its report.
    From,
}

impl Way {
    /// The parameter under which the index of references has what a resource names so. No search asks for it.
    fn param(self) -> &'static str {
        match self {
            Self::To => "_of",
            Self::From => "_has",
        }
    }

    /// The way of such a parameter.
    pub(super) fn of_param(param: &str) -> Option<Self> {
        [Self::To, Self::From].into_iter().find(|way| way.param() == param)
    }
}

/// Longest reference that is followed; the index keeps none that is longer.
const LONGEST: usize = 500;

/// Where types say to what they belong, or what belongs to them. Where they name a visit the index has it. A visit takes
/// nothing over: what an order was for is one service, and at the visit there may be others (45 CFR 164.502(g)(3)(i)).
const MEMBERS: &[(&str, &[(&str, Way)])] = &[
    ("CarePlan", &[("basedOn", Way::To)]),
    ("ChargeItem", &[("service", Way::To)]),
    ("Claim", &[("prescription", Way::To), ("procedure.procedureReference", Way::To)]),
    ("ClaimResponse", &[("request", Way::To)]),
    ("Communication", &[("basedOn", Way::To), ("about", Way::To)]),
    ("DeviceRequest", &[("basedOn", Way::To)]),
    ("DiagnosticReport", &[("basedOn", Way::To), ("result", Way::From)]),
    ("DocumentReference", &[("context.related", Way::To)]),
    (
        "ExplanationOfBenefit",
        &[("claim", Way::To), ("prescription", Way::To), ("procedure.procedureReference", Way::To)],
    ),
    ("ImagingStudy", &[("basedOn", Way::To), ("procedureReference", Way::To)]),
    ("Media", &[("basedOn", Way::To)]),
    ("MedicationAdministration", &[("request", Way::To)]),
    ("MedicationDispense", &[("authorizingPrescription", Way::To)]),
    ("MedicationRequest", &[("basedOn", Way::To)]),
    ("MedicationStatement", &[("basedOn", Way::To)]),
    ("Observation", &[("basedOn", Way::To), ("hasMember", Way::From)]),
    ("Procedure", &[("basedOn", Way::To)]),
    ("QuestionnaireResponse", &[("basedOn", Way::To)]),
    ("RiskAssessment", &[("basedOn", Way::To)]),
    ("ServiceRequest", &[("basedOn", Way::To)]),
    ("Specimen", &[("request", Way::To)]),
    ("SupplyDelivery", &[("basedOn", Way::To)]),
    ("Task", &[("basedOn", Way::To), ("focus", Way::To)]),
];

/// What a resource of this type belongs to, and what belongs to it, for the index.
pub(crate) fn members(kind: &str, resource: &Value) -> impl Iterator<Item = Indexed> {
    let named = references(kind, resource).into_iter();
    named.map(|(way, target)| Indexed::Reference { param: way.param(), target })
}

/// The references of a resource that say what belongs to what, as written.
pub(super) fn references(kind: &str, resource: &Value) -> BTreeSet<(Way, String)> {
    let members = MEMBERS.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, members)| *members);
    let mut found = BTreeSet::new();
    for (path, way) in members {
        let at = path
            .split('.')
            .fold(vec![resource], |at, step| at.into_iter().flat_map(each).map(|one| &one[step]).collect());
        let written = at.into_iter().flat_map(each).filter_map(|one| one["reference"].as_str());
        let fits = |text: &&str| !text.starts_with('#') && text.len() <= LONGEST;
        found.extend(written.filter(fits).map(|text| (*way, text.to_owned())));
    }
    found
}

/// One, or each of a list.
fn each(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice).iter()
}

/// How far a mark goes: from a visit to its order, the report, the result, its file; and what is behind that.
const DEEPEST: u8 = 6;

/// Who takes the mark over from whom. Of what bears it: where that was put and not taken over, how far from the visit it
/// stands (see [`origin`]). It goes only from the nearer to the farther, so that nothing hands it back to where it came
/// from: once it is taken away at its origin, nobody has it any more.
pub(super) fn handed_on(
    origins: &BTreeMap<Rid, u8>,
    bearers: &BTreeSet<Rid>,
    belongs: &BTreeSet<(Rid, Rid)>,
) -> BTreeSet<(Rid, Rid)> {
    let mut by_parent: BTreeMap<Rid, Vec<Rid>> = BTreeMap::new();
    for (parent, child) in belongs {
        by_parent.entry(*parent).or_default().push(*child);
    }
    let mut levels = origins.clone();
    let mut rows = BTreeSet::new();
    spread(&mut levels, &by_parent, &mut rows);
    // What bears it and was reached from nowhere, because what it was taken over from is named no more, hands it on too.
    let left: Vec<Rid> = bearers.iter().filter(|rid| !levels.contains_key(rid)).copied().collect();
    if !left.is_empty() {
        levels.extend(left.into_iter().map(|rid| (rid, BEHIND)));
        spread(&mut levels, &by_parent, &mut rows);
    }
    rows
}

fn spread(
    levels: &mut BTreeMap<Rid, u8>,
    by_parent: &BTreeMap<Rid, Vec<Rid>>,
    rows: &mut BTreeSet<(Rid, Rid)>,
) {
    for level in 0..DEEPEST {
        let here: Vec<Rid> = levels.iter().filter(|(_, at)| **at == level).map(|(rid, _)| *rid).collect();
        for parent in here {
            for child in by_parent.get(&parent).into_iter().flatten() {
                if *levels.entry(*child).or_insert(level + 1) > level {
                    rows.insert((parent, *child));
                }
            }
        }
    }
}

/// How far behind visits and orders everything else stands.
const BEHIND: u8 = 2;

/// How far from the visit something of this type stands where it is marked itself.
pub(super) fn origin(kind: &str) -> u8 {
    match kind {
        "Encounter" => 0,
        "ServiceRequest" | "MedicationRequest" | "DeviceRequest" | "NutritionOrder"
        | "VisionPrescription" => 1,
        _ => BEHIND,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_belongs_to_what_is_read() {
        let one = |text: &str| json!({"reference": text});
        for (resource, wanted) in [
            (
                json!({"resourceType": "Observation", "basedOn": [one("ServiceRequest/1")]}),
                vec![(Way::To, "ServiceRequest/1")],
            ),
            (
                json!({"resourceType": "DiagnosticReport", "basedOn": [one("ServiceRequest/1")], "result": [one("Observation/1"), one("urn:uuid:2")]}),
                vec![(Way::To, "ServiceRequest/1"), (Way::From, "Observation/1"), (Way::From, "urn:uuid:2")],
            ),
            (
                json!({"resourceType": "MedicationDispense", "authorizingPrescription": [one("MedicationRequest/1")]}),
                vec![(Way::To, "MedicationRequest/1")],
            ),
            (
                json!({"resourceType": "MedicationAdministration", "request": one("MedicationRequest/1")}),
                vec![(Way::To, "MedicationRequest/1")],
            ),
            (
                json!({"resourceType": "Specimen", "request": [one("ServiceRequest/1")]}),
                vec![(Way::To, "ServiceRequest/1")],
            ),
            (
                json!({"resourceType": "Claim", "prescription": one("MedicationRequest/1"), "procedure": [{"procedureReference": one("Procedure/1")}]}),
                vec![(Way::To, "MedicationRequest/1"), (Way::To, "Procedure/1")],
            ),
            (
                json!({"resourceType": "ExplanationOfBenefit", "claim": one("Claim/1")}),
                vec![(Way::To, "Claim/1")],
            ),
            (
                json!({"resourceType": "DocumentReference", "context": {"related": [one("Observation/1")]}}),
                vec![(Way::To, "Observation/1")],
            ),
            (
                json!({"resourceType": "Observation", "hasMember": [one("Observation/2")]}),
                vec![(Way::From, "Observation/2")],
            ),
            // Who did it, and where, is no order; a contained one is part of the resource; words name nothing.
            (json!({"resourceType": "Observation", "performer": [one("ServiceRequest/1")]}), vec![]),
            (
                json!({"resourceType": "Observation", "basedOn": [one("#order"), {"display": "order"}, 7, {"reference": 1}]}),
                vec![],
            ),
            (json!({"resourceType": "Observation", "basedOn": "ServiceRequest/1"}), vec![]),
            (json!({"resourceType": "Condition", "basedOn": [one("ServiceRequest/1")]}), vec![]),
            // One order closes no visit.
            (json!({"resourceType": "Encounter", "basedOn": [one("ServiceRequest/1")]}), vec![]),
            (json!({"resourceType": "Appointment", "basedOn": [one("ServiceRequest/1")]}), vec![]),
            (
                json!({"resourceType": "Claim", "procedure": {"procedureReference": one("Procedure/1")}}),
                vec![(Way::To, "Procedure/1")],
            ),
        ] {
            let kind = resource["resourceType"].as_str().unwrap();
            let found = references(kind, &resource);
            let found: Vec<_> = found.iter().map(|(way, text)| (*way, text.as_str())).collect();
            assert_eq!(found, wanted, "{resource}");
        }
        for way in [Way::To, Way::From] {
            assert_eq!(Way::of_param(way.param()), Some(way));
        }
        assert_eq!(Way::of_param("encounter"), None);
    }

    /// Where it was put, with the level × what else bears it × what belongs to what (parent, child) → who takes it over.
    #[test]
    fn a_mark_goes_from_the_nearer_to_the_farther() {
        let (visit, order, report, result, claim, bill) = (1, 2, 3, 4, 5, 6);
        let chain = vec![(visit, order), (order, report), (report, result), (claim, bill)];
        for (origins, bearers, belongs, wanted) in [
            (vec![], vec![], chain.clone(), vec![]),
            (
                vec![(visit, 0)],
                vec![visit],
                chain.clone(),
                vec![(visit, order), (order, report), (report, result)],
            ),
            (vec![(order, 1)], vec![order], chain.clone(), vec![(order, report), (report, result)]),
            (vec![(result, 2)], vec![result], chain.clone(), vec![]),
            (vec![(claim, 2)], vec![claim], chain.clone(), vec![(claim, bill)]),
            // What bears it itself learns from the visit and the order of which service it is, and not from its like.
            (vec![(visit, 0), (order, 1)], vec![visit, order], vec![(visit, order)], vec![(visit, order)]),
            (
                vec![(report, 2), (result, 2)],
                vec![report, result],
                vec![(report, result), (result, report)],
                vec![],
            ),
            // Two ways lead there: the nearer counts, and what is as near.
            (
                vec![(visit, 0)],
                vec![visit],
                vec![(visit, order), (visit, result), (order, result), (report, result), (order, report)],
                vec![(visit, order), (visit, result), (order, report)],
            ),
            // A circle ends.
            (
                vec![(order, 1)],
                vec![order],
                vec![(order, report), (report, result), (result, order), (result, report)],
                vec![(order, report), (report, result)],
            ),
            // What bears it and is named by nothing any more hands it on.
            (vec![], vec![report], chain.clone(), vec![(report, result)]),
        ] {
            let pairs = |all: Vec<(i64, i64)>| {
                all.into_iter().map(|(a, b)| (Rid(a), Rid(b))).collect::<BTreeSet<_>>()
            };
            let origins = origins.into_iter().map(|(rid, level)| (Rid(rid), level)).collect();
            let bearers = bearers.into_iter().map(Rid).collect();
            let rows = handed_on(&origins, &bearers, &pairs(belongs.clone()));
            assert_eq!(rows, pairs(wanted), "{origins:?} {belongs:?}");
        }
        // However long the chain, it ends.
        let long: BTreeSet<_> = (1..100).map(|n| (Rid(n), Rid(n + 1))).collect();
        let rows = handed_on(&[(Rid(1), 0)].into(), &[Rid(1)].into(), &long);
        assert_eq!(rows.len(), usize::from(DEEPEST));
    }
}
