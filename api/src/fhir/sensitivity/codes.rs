//! Codes that stand for specially protected information. ICD-10-CM by chapter and block, which is complete; the
//! others name the most used codes. What they miss the source can label, and staff.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Label;

/// HL7 v3 ActCode: sensitivity and policy codes.
pub(super) const SECURITY: &[(Label, &[&str])] = &[
    (Label::SubstanceUse, &["ETH", "SUD", "ETHUD", "OPIOIDUD", "42CFRPart2", "TOBAC"]),
    (Label::PsychotherapyNotes, &["PSYTHPN"]),
    (Label::MentalHealth, &["PSY", "MH", "BH", "COGN", "DVD", "EMOTDIS"]),
    (Label::Hiv, &["HIV"]),
    (Label::Reproductive, &["STD", "SEX", "PREGNANT", "SEXORIENT"]),
    (Label::Genetic, &["GDIS", "SICKLE", "SCA"]),
    (Label::Violence, &["SDV", "VIO", "IPV", "MST"]),
    (Label::Minor, &["ADOL"]),
];

/// HL7 v3 ActCode: what to do with the information (obligations, refrains, and the labels' own keeping), not what it is
/// about.
pub(super) const HANDLING: &[&str] = &[
    "ANOMY",
    "AOD",
    "AUDIT",
    "AUDTR",
    "CPLYCC",
    "CPLYCD",
    "CPLYCUI",
    "CPLYJPP",
    "CPLYOPP",
    "CPLYOSP",
    "CPLYPOL",
    "DECLASSIFYLABEL",
    "DEID",
    "DELAU",
    "DOWNGRDLABEL",
    "DRIVLABEL",
    "ENCRYPT",
    "ENCRYPTR",
    "ENCRYPTT",
    "ENCRYPTU",
    "HUAPRV",
    "LABEL",
    "MASK",
    "MINEC",
    "NOAUTH",
    "NOCOLLECT",
    "NODSCLCD",
    "NODSCLCDS",
    "NOINTEGRATE",
    "NOLIST",
    "NOMOU",
    "NOORGPOL",
    "NOPAT",
    "NOPERSISTP",
    "NORDSCLCD",
    "NORDSCLCDS",
    "NORDSCLW",
    "NORELINK",
    "NOREUSE",
    "NOVIP",
    "ORCON",
    "PERSISTLABEL",
    "PRIVMARK",
    "PSEUD",
    "REDACT",
    "UPGRDLABEL",
];

const ICD: [&str; 2] = ["http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/icd-10"];

/// Blocks of ICD-10-CM: first and last category of three letters.
const BLOCKS: &[(Label, &str, &str)] = &[
    (Label::Reproductive, "A50", "A64"),
    (Label::Hiv, "B20", "B20"),
    (Label::MentalHealth, "F01", "F09"),
    (Label::SubstanceUse, "F10", "F19"),
    (Label::MentalHealth, "F20", "F99"),
    (Label::Reproductive, "N70", "N77"),
    (Label::Reproductive, "N97", "N98"),
    (Label::Reproductive, "O00", "O9A"),
    (Label::Genetic, "Q90", "Q99"),
    (Label::Violence, "T74", "T74"),
    (Label::Violence, "T76", "T76"),
    (Label::Violence, "Y07", "Y07"),
    (Label::Genetic, "Z14", "Z15"),
    (Label::Hiv, "Z21", "Z21"),
    (Label::Reproductive, "Z30", "Z39"),
    (Label::Violence, "Z69", "Z69"),
    (Label::SubstanceUse, "Z71.4", "Z71.5"),
];

/// Codes by the kind of information they stand for.
type Kinds = &'static [(Label, &'static [&'static str])];

/// Single codes by system.
const CODES: &[(&str, Kinds)] = &[
    (
        "http://snomed.info/sct",
        &[
            (
                Label::SubstanceUse,
                &[
                    "66214007",
                    "191816009",
                    "7200002",
                    "55680006",
                    "361055000",
                    "5602001",
                    "75544000",
                    "6525002",
                    "15167005",
                    "10939881000119105",
                    "266707007",
                    "56876005",
                ],
            ),
            (
                Label::MentalHealth,
                &[
                    "370143000",
                    "36923009",
                    "35489007",
                    "58214004",
                    "13746004",
                    "47505003",
                    "197480006",
                    "80583007",
                    "6471006",
                    "72366004",
                    "406506008",
                ],
            ),
            (Label::Hiv, &["86406008", "62479008", "165816005", "91947003"]),
            (
                Label::Reproductive,
                &[
                    "8098009",
                    "15628003",
                    "76272004",
                    "72892002",
                    "77386006",
                    "19169002",
                    "386639001",
                    // Whether somebody is pregnant, as US Core asks: no tells as much as yes, and who asks says why.
                    "60001007",
                    "146799005",
                    // Visits before and after a birth, and for it.
                    "18114009",
                    "133906008",
                    "169762003",
                    "183460006",
                    "424441002",
                    "424619006",
                    // Tests, findings and procedures of pregnancy and birth.
                    "11466000",
                    "31208007",
                    "35999006",
                    "47200007",
                    "66348005",
                    "79586000",
                    "85548006",
                    "169230002",
                    "198992004",
                    "225158009",
                    "237001001",
                    "252160004",
                    "274804006",
                    "398254007",
                ],
            ),
            (Label::Violence, &["706893006", "424393004"]),
            (Label::Genetic, &["32895009", "417357006", "190905008"]),
        ],
    ),
    (
        "http://loinc.org",
        &[
            (
                Label::SubstanceUse,
                &["3426-4", "3397-7", "3879-4", "19343-3", "5640-8", "5643-2", "75626-2", "82667-7"],
            ),
            (
                Label::MentalHealth,
                &["44249-1", "44261-6", "55757-9", "55758-7", "69737-5", "70274-6", "89204-2"],
            ),
            (Label::Hiv, &["75622-1", "56888-1", "7918-6", "20447-9", "24467-3"]),
            (
                Label::Reproductive,
                &[
                    "43304-5", "43305-2", "36902-5", "2106-3", "2118-8", "20507-0",
                    // Status and intention of pregnancy (US Core), as asked and as reported.
                    "82810-3", "86645-9", "11449-6",
                    // Last period, due date, age of the pregnancy.
                    "8665-2", "11778-8", "11779-6", "11780-4", "11884-4",
                    // How many pregnancies, births and abortions.
                    "11612-9", "11613-7", "11614-5", "11636-8", "11637-6", "11638-4", "11639-2", "11640-0",
                    "11977-6", "11996-6",
                ],
            ),
            // Afraid of a partner, safe at home: HARK with its items, PRAPARE, HITS as in AHC HRSN.
            (
                Label::Violence,
                &[
                    "76499-3", "76500-8", "76501-6", "76502-4", "76503-2", "76504-0", "93026-3", "95614-4",
                    "95615-1", "95616-9", "95617-7", "95618-5", "95619-3",
                ],
            ),
            (Label::Genetic, &["21636-6", "51968-6"]),
        ],
    ),
    (
        "http://www.nlm.nih.gov/research/umls/rxnorm",
        &[
            (Label::SubstanceUse, &["6813", "1819", "7243", "3554", "82819"]),
            (Label::MentalHealth, &["6448", "2626", "35636", "61381", "51272", "5093", "89013"]),
            (
                Label::Hiv,
                &["11413", "68244", "190521", "276237", "322248", "195085", "85762", "1102270", "1433868"],
            ),
        ],
    ),
    (
        "http://www.ama-assn.org/go/cpt",
        &[
            (Label::SubstanceUse, &["80305", "80306", "80307", "99408", "99409"]),
            (
                Label::MentalHealth,
                &["90791", "90792", "90832", "90834", "90837", "90839", "90846", "90847", "90853"],
            ),
            (Label::Hiv, &["86689", "86701", "86702", "86703", "87389", "87390", "87391"]),
            (Label::Reproductive, &["87491", "87591", "59400", "59510", "81025"]),
        ],
    ),
];

/// The kind of information a code stands for, if it is a protected one. Asked for each code of each resource that
/// comes in.
pub(super) fn label(system: &str, code: &str) -> Option<Label> {
    static BY_CODE: LazyLock<HashMap<(&str, &str), Label>> = LazyLock::new(|| {
        let all = CODES.iter().flat_map(|(system, kinds)| kinds.iter().map(move |kind| (*system, kind)));
        all.flat_map(|(system, (label, codes))| codes.iter().map(move |code| ((system, *code), *label)))
            .collect()
    });
    if ICD.contains(&system) { block(code) } else { BY_CODE.get(&(system, code)).copied() }
}

/// A code lies in a block if it does so as far as the block's ends are written.
fn block(code: &str) -> Option<Label> {
    let code = code.to_ascii_uppercase();
    let cut = |length: usize| code.get(..length.min(code.len())).unwrap_or_default();
    BLOCKS
        .iter()
        .find(|(_, first, last)| code.len() >= 3 && (*first..=*last).contains(&cut(first.len())))
        .map(|(label, ..)| *label)
}
