//! What an earlier version of a resource is, told by its own bytes: what was corrected since may be what somebody must not
//! see. Pure.

use serde_json::Value;

use crate::base::Instant;
use crate::fhir::present::{self, Category};
use crate::fhir::sensitivity::{self, Labels, Own};
use crate::representation::{Lens, UNDATED};
use crate::smart::{Allowed, Condition, Interaction, Level, Scopes};

/// In which category an earlier version, `then`, stood of what a lens shows as it is now, with the labels that this bears
/// and those that are [`found`] in it; none where the lens does not show the version. Where a file stands, what names it
/// tells, and not the file: that is where it stands now.
pub(super) fn shown(
    (lens, own): (Lens, &Own),
    (bears, came, stands): (Labels, Instant, Category),
    (now, then): (Labels, &Value),
) -> Option<Category> {
    let labels = borne(bears, (now, found(then, own)));
    if then["resourceType"] == "Binary" {
        let shows = lens.by_labels().shows_come((stands, labels), (UNDATED, came));
        return shows.then_some(stands);
    }
    let line = present::line(then);
    let dated = line.when.as_ref().map_or(UNDATED, |when| when.micros);
    lens.shows_come((line.category, labels), (dated, came)).then_some(line.category)
}

/// What tells of a kind of protected information.
const TOLD: Labels = Labels(Labels::ALL.0 | Labels::PROGRAM.0);

/// The labels that are found in a version, with what the settings add for its source.
pub(super) fn found(version: &Value, own: &Own) -> Labels {
    Labels(sensitivity::bits(&sensitivity::of(version, own)).0 & TOLD.0)
}

/// The labels of an earlier version: those that the item bears, and what was found in it `then` and is not found in what it
/// is `now`. What is in both, staff may have decided about; that stays decided.
fn borne(bears: Labels, (now, then): (Labels, Labels)) -> Labels {
    let more = then.but(now);
    if more == Labels::default() {
        return bears;
    }
    bears.and(Labels(bears.0 & TOLD.0).and(more).kept())
}

/// Whether scopes that narrow a type by category leave an earlier version, by the categories in it. Of other scopes nothing
/// changes with a version.
pub(super) fn is_left(scopes: &Scopes, (kind, how): (&str, Interaction), then: &Value) -> bool {
    let Allowed::Where(conditions) = scopes.of_type((Level::Patient, how), kind) else { return true };
    let is = |one: &Condition| one.is_met(kind, then);
    let without = |one: &Condition| Condition { system: None, ..one.clone() };
    let rest = scopes.gives_rest((Level::Patient, how), kind)
        && !scopes.left_out(kind).any(|one| without(one).is_met(kind, then));
    (rest || conditions.iter().any(is)) && !scopes.left_out(kind).any(is)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fhir::sensitivity::{Label, Seat, Service};

    const ACT: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    fn labelled(codes: &[&str], category: &str, date: &str) -> Value {
        let security: Vec<Value> = codes.iter().map(|code| json!({"system": ACT, "code": code})).collect();
        json!({
            "resourceType": "Observation", "id": "o", "status": "final", "meta": {"security": security},
            "category": [{"coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": category,
            }]}],
            "code": {"text": "x"}, "effectiveDateTime": date,
        })
    }

    /// What is hidden × what it is now × what it was → whether the earlier version is shown.
    #[test]
    fn a_version_is_judged_by_what_it_was() {
        let hides = |label: Label| Lens { hidden: Labels::default().with(label).hidden(), ..Lens::WHOLE };
        let labs = |codes: &[&str]| labelled(codes, "laboratory", "2024-05-01");
        let plain = labs(&[]);
        let no_labs = Lens { categories: !(1 << Category::Labs.code()), ..Lens::WHOLE };
        for (lens, now, then, wanted) in [
            (Lens::WHOLE, &plain, &labs(&["HIV"]), true),
            (hides(Label::Hiv), &plain, &labs(&["HIV"]), false),
            (hides(Label::MentalHealth), &plain, &labs(&["HIV"]), true),
            (hides(Label::SubstanceUse), &plain, &labs(&["42CFRPart2"]), false),
            (hides(Label::Hiv), &plain, &plain, true),
            // What both bear, staff took away from the item, so that it is shown.
            (hides(Label::Hiv), &labs(&["HIV"]), &labs(&["HIV"]), true),
            (no_labs, &labelled(&[], "vital-signs", "2024-05-01"), &plain, false),
            (no_labs, &plain, &labelled(&[], "vital-signs", "2024-05-01"), true),
            (
                Lens::dated(Some("2024-01-01"), None),
                &plain,
                &labelled(&[], "laboratory", "2023-05-01"),
                false,
            ),
            (Lens::dated(Some("2024-01-01"), None), &plain, &plain, true),
            (
                hides(Label::Unreviewed),
                &json!({"resourceType": "Binary", "id": "b", "meta": {"security": [
                {"system": ACT, "code": "PSY"}]}}),
                &json!({"resourceType": "Binary", "id": "b"}),
                false,
            ),
            (no_labs, &json!({"resourceType": "Binary"}), &json!({"resourceType": "Binary"}), true),
        ] {
            let own = Own::default();
            let bears = (Labels::default(), Instant(1), Category::Documents);
            let shown = shown((lens, &own), bears, (found(now, &own), then));
            // It stood where it says, whatever the newest says.
            let stood = match then["category"][0]["coding"][0]["code"].as_str() {
                Some("laboratory") => Category::Labs,
                Some(_) => Category::Vitals,
                None => Category::Documents,
            };
            assert_eq!(shown, wanted.then_some(stood), "{now} {then}");
        }
    }

    /// What a clinician opened of a minor's own service is what the item shows now.
    #[test]
    fn an_opening_does_not_reach_what_a_version_shows_more() {
        let of = |codes: &[&str]| found(&labelled(codes, "laboratory", "2024-05-01"), &Own::default());
        let seat = Seat::new(0).unwrap();
        let minor = Labels::default().with(Label::Minor).with(Label::MentalHealth);
        let opened = minor.kept().opened_to(&[seat]);
        let told = borne(opened, (of(&[]), of(&["HIV"])));
        assert!(told.has(Label::Hiv) && told.0 & Service::Hiv.bit().0 != 0);
        assert_eq!(borne(opened, (of(&["HIV"]), of(&["HIV"]))), opened);
    }

    #[test]
    fn scopes_by_category_look_at_the_version() {
        let scopes = |text: &str| Scopes::parse(text).unwrap();
        let vitals = "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs";
        let of = |category| labelled(&[], category, "2024-05-01");
        for (text, then, wanted) in [
            (vitals, of("vital-signs"), true),
            (vitals, of("laboratory"), false),
            ("patient/Observation.rs", of("laboratory"), true),
            ("patient/DocumentReference.rs", json!({"resourceType": "Binary"}), true),
        ] {
            let kind = then["resourceType"].as_str().unwrap();
            assert_eq!(is_left(&scopes(text), (kind, Interaction::Read), &then), wanted, "{text} {then}");
        }
    }
}
