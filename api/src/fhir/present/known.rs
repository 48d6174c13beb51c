//! Common kinds of visits, notes, measurements and results that have a name of ours in each language, for readers who do
//! not read the language of the source. The names are this project's own, not translations that a terminology publishes.

use super::systems::{LOINC, SNOMED};

/// Codes of LOINC and the message id of what they are.
const LOINC_ROWS: &[(&str, &str)] = &[
    // Notes and reports.
    ("11488-4", "known-consultation-note"),
    ("11502-2", "known-lab-report"),
    ("11506-3", "known-progress-note"),
    ("11526-1", "known-pathology-report"),
    ("18748-4", "known-imaging-report"),
    ("18842-5", "known-discharge-summary"),
    ("28570-0", "known-procedure-note"),
    ("34109-9", "known-note"),
    ("34117-2", "known-history-note"),
    ("42348-3", "known-advance-directive"),
    ("51847-2", "known-plan-note"),
    ("57133-1", "known-referral"),
    ("59284-0", "known-consent"),
    ("69730-0", "known-instructions"),
    // Vital signs.
    ("2708-6", "known-oxygen"),
    ("29463-7", "known-weight"),
    ("39156-5", "known-body-mass"),
    ("55284-4", "known-blood-pressure"),
    ("59408-5", "known-oxygen"),
    ("59576-9", "known-body-mass-percentile"),
    ("72514-3", "known-pain"),
    ("77606-2", "known-weight-length"),
    ("8289-1", "known-head-percentile"),
    ("8302-2", "known-height"),
    ("8310-5", "known-temperature"),
    ("8331-1", "known-temperature"),
    ("8462-4", "known-diastolic"),
    ("8480-6", "known-systolic"),
    ("85354-9", "known-blood-pressure"),
    ("8867-4", "known-heart-rate"),
    ("9279-1", "known-breathing-rate"),
    ("9843-4", "known-head"),
    // Laboratory panels.
    ("24321-2", "known-basic-panel"),
    ("24323-8", "known-full-panel"),
    ("24331-1", "known-lipid-panel"),
    ("51990-0", "known-basic-panel"),
    ("57698-3", "known-lipid-panel"),
    ("58410-2", "known-blood-count"),
    // Laboratory results.
    ("13457-7", "known-ldl"),
    ("14959-1", "known-albumin-creatinine"),
    ("1742-6", "known-alt"),
    ("1751-7", "known-albumin"),
    ("17861-6", "known-calcium"),
    ("18262-6", "known-ldl"),
    ("1920-8", "known-ast"),
    ("1975-2", "known-bilirubin"),
    ("1988-5", "known-c-reactive"),
    ("2028-9", "known-carbon-dioxide"),
    ("20565-8", "known-carbon-dioxide"),
    ("2069-3", "known-chloride"),
    ("2075-0", "known-chloride"),
    ("2085-9", "known-hdl"),
    ("2093-3", "known-cholesterol"),
    ("2160-0", "known-creatinine"),
    ("2276-4", "known-ferritin"),
    ("2339-0", "known-glucose"),
    ("2345-7", "known-glucose"),
    ("2571-8", "known-triglycerides"),
    ("2823-3", "known-potassium"),
    ("2885-2", "known-protein"),
    ("2947-0", "known-sodium"),
    ("2951-2", "known-sodium"),
    ("3016-3", "known-tsh"),
    ("3024-7", "known-free-thyroxine"),
    ("3094-0", "known-urea-nitrogen"),
    ("33914-3", "known-kidney-filtration"),
    ("38483-4", "known-creatinine"),
    ("43396-1", "known-non-hdl"),
    ("4544-3", "known-hematocrit"),
    ("4548-4", "known-hemoglobin-glycated"),
    ("49765-1", "known-calcium"),
    ("6298-4", "known-potassium"),
    ("6299-2", "known-urea-nitrogen"),
    ("6301-6", "known-clotting-ratio"),
    ("6690-2", "known-white-cells"),
    ("6768-6", "known-alkaline-phosphatase"),
    ("718-7", "known-hemoglobin"),
    ("77307-7", "known-lead"),
    ("777-3", "known-platelets"),
    ("785-6", "known-red-cell-hemoglobin"),
    ("786-4", "known-red-cell-concentration"),
    ("787-2", "known-red-cell-volume"),
    ("788-0", "known-red-cell-width"),
    ("789-8", "known-red-cells"),
    ("9318-7", "known-albumin-creatinine"),
    ("98979-8", "known-kidney-filtration"),
    // What is asked.
    ("11341-5", "known-occupation"),
    ("71802-3", "known-housing"),
    ("72166-2", "known-smoking"),
    ("82810-3", "known-pregnancy"),
];

/// Codes of SNOMED CT and the message id of what they are.
const SNOMED_ROWS: &[(&str, &str)] = &[
    ("162673000", "known-examination"),
    ("169762003", "known-postnatal"),
    ("183452005", "known-hospital-stay"),
    ("183460006", "known-obstetric-emergency"),
    ("185317003", "known-telephone"),
    ("185345009", "known-symptom"),
    ("185347001", "known-problem"),
    ("185349003", "known-checkup"),
    ("308335008", "known-visit"),
    ("316744009", "known-visit"),
    ("32485007", "known-hospital-stay"),
    ("371883000", "known-outpatient"),
    ("390906007", "known-follow-up"),
    ("410620009", "known-child-checkup"),
    ("424441002", "known-prenatal-first"),
    ("424619006", "known-prenatal"),
    ("448337001", "known-video"),
    ("50849002", "known-emergency"),
    ("698314001", "known-consultation"),
    ("702927004", "known-urgent-care"),
];

/// The message id of what a code is, if it is one of these.
pub fn known(system: &str, code: &str) -> Option<&'static str> {
    let rows = match system {
        LOINC => LOINC_ROWS,
        SNOMED => SNOMED_ROWS,
        _ => return None,
    };
    rows.iter().find(|row| row.0 == code).map(|row| row.1)
}

/// The message ids of all of these, some of them more than once.
pub fn all_known() -> impl Iterator<Item = &'static str> {
    LOINC_ROWS.iter().chain(SNOMED_ROWS).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Language, say};

    #[test]
    fn each_code_stands_once_and_has_its_words() {
        for rows in [LOINC_ROWS, SNOMED_ROWS] {
            for (place, (code, id)) in rows.iter().enumerate() {
                assert!(rows[..place].iter().all(|before| before.0 != *code), "{code}");
                for language in Language::ALL {
                    assert_ne!(say(language, id), *id, "{id}");
                }
            }
        }
        assert_eq!(known(LOINC, "11506-3"), Some("known-progress-note"));
        assert_eq!(known(SNOMED, "11506-3"), None, "a code is one of its system");
        assert_eq!(known("", "718-7"), None);
    }
}
