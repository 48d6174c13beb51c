//! Text made comparable: names and words as people type them, whatever the accents and the case. And text in which
//! nothing hides.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Problem;

/// Text folded for comparison: lower case, accents removed, punctuation and symbols dropped, white space
/// collapsed to single spaces. Folding twice changes nothing.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    let letters = text.nfkd().flat_map(char::to_lowercase).nfkd().filter(|c| !is_combining_mark(*c));
    for letter in letters {
        if letter.is_whitespace() {
            gap = !out.is_empty();
            continue;
        }
        let plain = plain(letter);
        if plain.is_none() && !letter.is_alphanumeric() {
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push(' ');
        }
        match plain {
            Some(plain) => out.push_str(plain),
            None => out.push(letter),
        }
    }
    out
}

/// The words of a name, folded. What stands on both sides of a hyphen are two words: people type it either way.
pub fn name_words(name: &str) -> BTreeSet<String> {
    let parts =
        name.split(|letter: char| letter.is_whitespace() || matches!(letter, '-' | '\u{2010}' | '\u{2011}'));
    parts.map(fold).filter(|word| !word.is_empty()).collect()
}

/// The fewest letters of a reason or an answer: "x" is none.
const REASON_LETTERS: usize = 10;

/// Whether somebody else can follow a reason at all: signs and blanks say nothing.
pub fn says_why(text: &str) -> bool {
    text.chars().filter(|letter| letter.is_alphanumeric()).count() >= REASON_LETTERS
}

/// The problem of a text with signs in it that its reader would not see as they are: control characters, signs that
/// turn the line around (Unicode Standard Annex 9, 2), and signs that take no room. A person signs what they see, and
/// staff decide about what they see. Line breaks and tabs pass; so do joiners and variation selectors behind a letter
/// or a picture, which some scripts and pictures need.
pub fn unseen(field: &'static str, text: &str) -> Option<Problem> {
    let mut before = None;
    for letter in text.chars() {
        let joins = matches!(letter, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}');
        let fits = joins && before.is_some_and(|before: char| !before.is_whitespace() && !before.is_ascii());
        if (joins && !fits) || hides(letter) {
            return Some(Problem { field, code: "problem-text-unseen" });
        }
        before = Some(letter);
    }
    None
}

fn hides(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
        || matches!(letter,
            // Soft hyphen, and marks of direction: alone, embedding, override, isolate.
            '\u{00AD}' | '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
            // Of no width, and fillers that look like nothing.
            | '\u{200B}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{FEFF}' | '\u{180B}'..='\u{180F}'
            | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{3164}' | '\u{FFA0}' | '\u{2800}'
            // Line and paragraph separators, annotations, tags, private use.
            | '\u{2028}' | '\u{2029}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{E0FFF}'
            | '\u{F0000}'..='\u{10FFFD}')
}

/// Letters that are not made of a base and an accent, as they are written where they are missing.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'þ' => "th",
        'ı' => "i",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{fold, name_words, unseen};

    #[test]
    fn names_fold_to_what_people_mean() {
        for (text, folded) in [
            ("Rosa", "rosa"),
            ("  María  José\tNúñez ", "maria jose nunez"),
            ("O'Brien", "obrien"),
            ("O’Brien", "obrien"),
            ("Smith-Jones, Jr.", "smithjones jr"),
            ("ÅNGSTRÖM", "angstrom"),
            ("A\u{30a}ngstro\u{308}m", "angstrom"),
            ("İstanbul", "istanbul"),
            ("Straße Łódź Ærø", "strasse lodz aero"),
            ("Abdul218", "abdul218"),
            ("ＲＯＳＡ", "rosa"),
            ("山田 太郎", "山田 太郎"),
            (" . ' ", ""),
            ("", ""),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn nothing_hides_in_a_text() {
        for (text, plain) in [
            ("Rosa Delgado", true),
            ("María José Núñez-O’Brien", true),
            ("山田 太郎", true),
            ("שרה כהן", true),
            ("two\r\nlines\tand a tab", true),
            ("a family \u{1F469}\u{200D}\u{1F467} \u{2764}\u{FE0F}", true),
            ("\u{0645}\u{06CC}\u{200C}\u{062E}", true),
            ("", true),
            ("\u{200B}\u{200B}", false),
            ("Dr. \u{202E}eeL", false),
            ("Dr. Lee\u{2066}", false),
            ("Dr.\0Lee", false),
            ("Dr. Lee\u{7f}", false),
            ("Dr. Lee\u{85}", false),
            ("Dr\u{200D} Lee", false),
            (" \u{FE0F}", false),
            ("\u{2800}", false),
            ("Dr.\u{2028}Lee", false),
            ("Dr. Lee\u{E0041}", false),
        ] {
            assert_eq!(unseen("name", text).is_none(), plain, "{text:?}");
        }
    }

    #[test]
    fn a_hyphen_parts_words_of_a_name() {
        let words = |name| name_words(name).into_iter().collect::<Vec<_>>();
        assert_eq!(words("Ana Smith-Jones"), ["ana", "jones", "smith"]);
        assert_eq!(words("O’Brien, José"), ["jose", "obrien"]);
        assert_eq!(words(" - . "), Vec::<String>::new());
    }

    proptest::proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            proptest::prop_assert_eq!(fold(&once), once);
        }
    }
}
