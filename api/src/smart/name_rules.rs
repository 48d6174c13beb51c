//! Names of apps: people know an app by its name, so it must not look like the name of the clinic, or of an app that the
//! clinic stands behind. Pure.

use unicode_normalization::UnicodeNormalization;
use unicode_security::mixed_script::AugmentedScriptSet;
use unicode_security::skeleton;

use crate::base::fold;

/// Names that an app may not take.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// The clinic's: also not as a part of a name. Empty: any may be borne.
    pub clinic: String,
    /// Of apps that the clinic added or recommends.
    pub apps: Vec<String>,
}

/// What is wrong with a name that is one line of plain text.
pub(super) fn fault(name: &str, taken: &Taken) -> Option<&'static str> {
    if mixes(name) {
        return Some("problem-app-scripts");
    }
    let own = shapes(name);
    let clinic = shapes(&taken.clinic);
    if own.iter().zip(&clinic).any(|(own, clinic)| !clinic.is_empty() && own.contains(clinic.as_str())) {
        return Some("problem-app-clinic");
    }
    let same =
        |other: &String| own.iter().zip(shapes(other)).any(|(own, other)| !other.is_empty() && *own == other);
    taken.apps.iter().any(same).then_some("problem-app-taken")
}

/// Whether a text mixes scripts, as nobody writes but to deceive: a Cyrillic letter between Latin ones (Unicode
/// Technical Standard 39, 5.2, "highly restrictive": Latin may stand with Chinese, Japanese or Korean).
pub(super) fn mixes(text: &str) -> bool {
    let scripts = AugmentedScriptSet::for_str(text);
    if !scripts.is_empty() {
        return false;
    }
    let rest: String = text.chars().filter(|letter| !letter.is_ascii_alphabetic()).collect();
    let rest = AugmentedScriptSet::for_str(&rest);
    !(rest.hanb || rest.jpan || rest.kore)
}

/// A name as people read it, letters and digits alone: without accents, case and compatibility forms, and once more by
/// the look of its letters (Unicode Technical Standard 39, 4).
fn shapes(name: &str) -> [String; 2] {
    let letters = |text: &str| fold(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let compatible: String = name.nfkc().collect();
    let looks: String = skeleton(&compatible).collect();
    // A capital I, a small l and a 1 look the same; folded, the first of them became an i.
    [letters(name), letters(&looks).replace('i', "l")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_like_others_are_refused() {
        let taken =
            Taken { clinic: "Cedar Hill Clinic".into(), apps: vec!["My Notebook".into(), "…".into()] };
        let (clinic, app, scripts) =
            (Some("problem-app-clinic"), Some("problem-app-taken"), Some("problem-app-scripts"));
        for (name, expected) in [
            ("Steps", None),
            ("Cedar", None),
            ("Notebook", None),
            ("My Notebook 2", None),
            ("Mi cuaderno de salud, año 2", None),
            ("Мой дневник", None),
            ("健康ノート Health", None),
            ("건강 Health", None),
            ("❤ Steps", None),
            ("!!!", None),
            // The clinic's, with what people do not see as different.
            ("Cedar Hill Clinic", clinic),
            ("The CEDAR-HILL clinic app", clinic),
            ("Cédar Hill Clinic", clinic),
            ("\u{216D}edar Hill Clinic", clinic),
            ("Ｃｅｄａｒ Hill Clinic", clinic),
            ("𝐂𝐞𝐝𝐚𝐫 Hill Clinic", clinic),
            ("Cedar HiIl Clinic", clinic),
            ("Cedar Hi11 Clinic", clinic),
            ("CEDAR HlLL CLlNlC", clinic),
            ("Cedar H1ll Clinic", clinic),
            // Other apps.
            ("My Notebook", app),
            ("my-notebook", app),
            ("My N0tebook", app),
            ("\u{216F}y Notebook", app),
            // A letter of another script among those of a word, and words of two.
            ("\u{421}edar Hill", scripts),
            ("M\u{443} Notebook", scripts),
            ("N\u{3BF}tebook", scripts),
            ("Дневник Health", scripts),
        ] {
            assert_eq!(fault(name, &taken), expected, "{name}");
        }
        // All of one script, and still the same to the eye.
        let taken = Taken { clinic: "COCA".into(), apps: vec![] };
        assert_eq!(fault("\u{421}\u{41E}\u{421}\u{410}", &taken), clinic);
        for name in ["Cedar Hill Clinic", "My Notebook", "", "!!!"] {
            assert_eq!(fault(name, &Taken::default()), None, "{name}");
        }
    }
}
