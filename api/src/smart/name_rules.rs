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
    let own = spellings(name);
    let met = |other: &str, how: fn(&str, &str) -> bool| {
        let fits = |other: &[String; 2], own: &[String; 2]| {
            own.iter().zip(other).any(|(own, other)| !other.is_empty() && how(own, other))
        };
        spellings(other).iter().any(|other| own.iter().any(|own| fits(other, own)))
    };
    let heart = core(&taken.clinic);
    let is_heart = !heart.is_empty() && core(name) == heart;
    if is_heart || met(&taken.clinic, |own, clinic| own.contains(clinic)) {
        return Some("problem-app-clinic");
    }
    taken.apps.iter().any(|other| met(other, |own, other| own == other)).then_some("problem-app-taken")
}

/// The ways in which people say a name: whole, without what stands in brackets, and without the legal form at its end
/// as well.
fn spellings(name: &str) -> [[String; 2]; 3] {
    let open = without_brackets(name);
    let mut words = words(&open);
    while words.last().is_some_and(|word| is_among(word, LEGAL)) {
        words.pop();
    }
    [shapes(name), shapes(&open), shapes(&words.join(" "))]
}

/// What is left of a name by its look when the words go that many names share: who hears it thinks of the clinic.
fn core(name: &str) -> String {
    let words = words(&without_brackets(name));
    let is_common = |word: &String| is_among(word, COMMON) || is_among(word, LEGAL);
    let Some(first) = words.iter().position(|word| !is_common(word)) else { return String::new() };
    let last = words.iter().rposition(|word| !is_common(word)).unwrap_or(first);
    words[first..=last].iter().map(|word| look(word)).collect()
}

/// Legal forms as they stand at the end of a name.
const LEGAL: &str = "llc inc incorporated ltd limited pc pllc pa plc corp corporation co company lp llp sa";

/// Words at the ends of a name that tell clinics, and apps, less apart than what stands between.
const COMMON: &str = "the my our clinic clinics clinica center centre centro health healthcare care medical medicine medico \
    hospital practice group associates physicians doctors system systems network app apps portal patient patients record \
    records chart official online mobile";

fn is_among(word: &str, list: &str) -> bool {
    let word = look(word);
    list.split_whitespace().any(|known| look(known) == word)
}

/// A name without what stands in brackets; one that is never closed goes to the end.
fn without_brackets(name: &str) -> String {
    let mut depth = 0_usize;
    let mut left = String::new();
    for letter in name.nfkc() {
        match letter {
            '(' | '[' | '{' | '<' | '【' | '〔' | '《' | '「' => depth += 1,
            ')' | ']' | '}' | '>' | '】' | '〕' | '》' | '」' => {
                depth = depth.saturating_sub(1);
                left.push(' ');
            }
            letter if depth == 0 => left.push(letter),
            _ => {}
        }
    }
    left
}

/// The words of a name. What is abbreviated by dots is one.
fn words(name: &str) -> Vec<String> {
    let bare: String = name.chars().filter(|letter| !matches!(letter, '.' | '\'' | '’')).collect();
    let words = bare.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
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
    [letters(name), look(name)]
}

fn letters(text: &str) -> String {
    fold(text).chars().filter(|letter| letter.is_alphanumeric()).collect()
}

fn look(text: &str) -> String {
    let compatible: String = text.nfkc().collect();
    let looks: String = skeleton(&compatible).collect();
    // A small m is like an r beside an n and a capital one is not: what was capital is looked at once more when small.
    let small: String = skeleton(&letters(&looks)).collect();
    // A capital I, a small l and a 1 look the same; folded, the first of them became an i.
    letters(&small).replace('i', "l")
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
            ("Cedar Hill Steps", None),
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
            // Without the words that many names share.
            ("Cedar Hill", clinic),
            ("The Cedar Hill Patient Portal", clinic),
            ("CEDAR HlLL HEALTH", clinic),
            ("My Cedar Hill", clinic),
            ("Cedar Hill Medical", clinic),
            ("cedar hill medical", clinic),
            ("Cedar (your) Hill Clinic", clinic),
            ("Cedar Hill [official", clinic),
            // Other apps.
            ("My Notebook (Pro)", app),
            ("My Notebook, Inc.", app),
            ("My Notebook", app),
            ("my-notebook", app),
            ("My N0tebook", app),
            ("rny notebook", app),
            ("\u{216F}y Notebook", app),
            // A letter of another script among those of a word, and words of two.
            ("\u{421}edar Hill", scripts),
            ("M\u{443} Notebook", scripts),
            ("N\u{3BF}tebook", scripts),
            ("Дневник Health", scripts),
        ] {
            assert_eq!(fault(name, &taken), expected, "{name}");
        }
        // What stands in brackets, and what form a clinic has in law, nobody says.
        for (bears, name, expected) in [
            ("Cedar Street Clinic (demo)", "CEDAR STREET CLlNlC", clinic),
            ("Cedar Street Clinic (demo)", "Cedar Street Clinic", clinic),
            ("Cedar Street Clinic (demo)", "Cedar Street Clinic (demo)", clinic),
            ("Cedar Street Clinic (demo)", "My Cedar Street Clinic Helper", clinic),
            ("Cedar Street Clinic (demo)", "Cedar Street", clinic),
            ("Cedar Street Clinic (demo)", "Cedar Street Weather", None),
            ("Cedar Street Clinic (demo)", "Demo", None),
            ("Cedar Street Clinic （demo）", "Cedar Street Cl1nic", clinic),
            ("Cedar Street Clinic, P.L.L.C.", "Cedar Street Clinic Steps", clinic),
            ("Cedar Street Clinic LLC [north]", "Cedar Street Clinic, Inc.", clinic),
            ("Clínica Río Verde, S.A.", "Rio Verde App", clinic),
            ("Clínica Río Verde, S.A.", "Verde", None),
            ("(Cedar)", "Cedar", clinic),
            ("(Cedar)", "Steps", None),
            ("The Health Center", "My Health", None),
            ("The Health Center", "The Health Center App", clinic),
            ("", "Steps", None),
        ] {
            let taken = Taken { clinic: bears.into(), apps: vec![] };
            assert_eq!(fault(name, &taken), expected, "{name} beside {bears}");
        }
        // All of one script, and still the same to the eye.
        let taken = Taken { clinic: "COCA".into(), apps: vec![] };
        assert_eq!(fault("\u{421}\u{41E}\u{421}\u{410}", &taken), clinic);
        for name in ["Cedar Hill Clinic", "My Notebook", "", "!!!"] {
            assert_eq!(fault(name, &Taken::default()), None, "{name}");
        }
    }
}
