//! Code systems and short lists of codes that decide how a resource is presented.
//! Only the codes are here; every name shown comes from the resource itself.

/// LOINC.
pub(super) const LOINC: &str = "http://loinc.org";
/// SNOMED CT.
pub(super) const SNOMED: &str = "http://snomed.info/sct";

/// Systems whose codes are worth keeping for trends and matching, best first.
pub(super) const TREND_SYSTEMS: &[&str] =
    &[LOINC, SNOMED, "http://www.nlm.nih.gov/research/umls/rxnorm", "http://hl7.org/fhir/sid/cvx"];

/// LOINC codes of the vital signs that R4 and US Core profile, used where the source states no category.
pub(super) const VITALS: &[&str] = &[
    "85353-1", "9279-1", "8867-4", "2708-6", "59408-5", "8310-5", "8302-2", "8306-3", "9843-4", "29463-7",
    "3141-9", "39156-5", "85354-9", "55284-4", "8480-6", "8462-4", "8478-0", "59576-9", "8289-1", "77606-2",
    "8287-5", "96607-7", "8331-1", "8311-3", "3150-6", "3151-8",
];

/// Diagnostic sections that work on samples: HL7 v2 table 0074, LOINC parts and SNOMED CT.
pub(super) const LAB_SECTIONS: &[&str] = &[
    "LAB",
    "HM",
    "CH",
    "MB",
    "BG",
    "BLB",
    "CG",
    "CP",
    "GE",
    "IMM",
    "MCB",
    "MYC",
    "PAT",
    "SP",
    "SR",
    "TX",
    "VR",
    "LP7839-6",
    "LP29693-6",
    "26436-6",
    "15220000",
    "252275004",
    "394596001",
    "394915009",
];

/// Diagnostic sections that make pictures: HL7 v2 table 0074, LOINC parts and SNOMED CT.
pub(super) const IMAGING_SECTIONS: &[&str] = &[
    "RAD",
    "imaging",
    "CT",
    "CUS",
    "EC",
    "IMG",
    "NMR",
    "NMS",
    "OUS",
    "RUS",
    "RX",
    "VUS",
    "XRC",
    "LP29684-5",
    "18748-4",
    "394914008",
    "363679005",
];

/// LOINC document types that are clinical notes (the US Core value set and its usual neighbours).
pub(super) const NOTE_TYPES: &[&str] = &[
    "11488-4", "18842-5", "34117-2", "28570-0", "11506-3", "34111-5", "34746-8", "57133-1", "11504-8",
    "51847-2", "34133-9", "11505-5", "34106-5", "34109-9", "34112-3", "34130-5", "34140-0", "34748-4",
    "34873-0", "34878-9", "47039-3", "47045-0", "51845-6", "51848-0", "56445-0", "59258-4", "61133-9",
    "67781-5", "68608-9", "68609-7", "68834-1", "69730-0", "74264-3", "75492-9", "78249-0", "34895-3",
];
