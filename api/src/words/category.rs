//! Parts of the record by what people call them: the search looks into what the clinic wrote, which has no word of ours.

use super::{Language, say};
use crate::fhir::present::{Category, all_known, kinds};
use crate::fhir::text::fold;

/// Shorter words than this begin too much.
const SHORTEST: usize = 3;
/// A name of more words is not meant by its first.
const LONGEST: usize = 2;

/// The categories that a word means in the reader's language: it begins a word of the category's name, the name of a kind
/// of item that the category holds, or one of the plain words that people use for it. Of several words that mean nothing
/// together each is looked at.
pub fn categories(language: Language, typed: &str) -> Vec<Category> {
    let typed = fold(typed);
    let whole = meant(language, typed.trim());
    if !whole.is_empty() {
        return whole;
    }
    let words: Vec<&str> = typed.split(' ').filter(|word| word.chars().count() >= SHORTEST).collect();
    Category::ALL
        .into_iter()
        .filter(|category| words.iter().any(|word| calls(language, *category, word)))
        .collect()
}

/// Whether what a search did not find may stand in the record in English, by a word that only the reader can know. Not what
/// has a name of ours, which is found in each language; nor what is English already, or no word.
pub fn may_be_foreign(language: Language, typed: &str) -> bool {
    let folded = fold(typed);
    let begins = format!(" {}", folded.trim());
    let letters = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count();
    let is_ours = |language| {
        !categories(language, typed).is_empty()
            || all_known().any(|name| format!(" {}", fold(&say(language, name))).contains(&begins))
    };
    language != Language::English
        && folded.split(' ').any(|word| letters(word) >= SHORTEST)
        && !Language::ALL.into_iter().any(is_ours)
}

fn meant(language: Language, typed: &str) -> Vec<Category> {
    // "Recetas" is what has the name "Receta".
    let word = typed.trim_end_matches('s');
    if word.chars().count() < SHORTEST {
        return Vec::new();
    }
    // Of a long name a single word says too little: "blood" is not "blood or tissue product".
    let begins = |name: &str| {
        let name = fold(&say(language, name));
        name.starts_with(word) && name.split(' ').count() <= LONGEST
    };
    let meant = |category: &Category| {
        let name = fold(&say(language, category.name()));
        name.split(' ').any(|part| part.starts_with(word))
            || kinds().any(|(of, name)| of == *category && begins(name))
            || plain(language, *category).iter().any(|plain| plain.starts_with(word))
            || calls(language, *category, typed)
    };
    Category::ALL.into_iter().filter(meant).collect()
}

/// Whether a word is one of the plain words for a category, or more of them: "doctores" are more than one "doctor".
fn calls(language: Language, category: Category, word: &str) -> bool {
    let is = |plain: &String| {
        word.strip_prefix(plain.as_str()).is_some_and(|ending| matches!(ending, "" | "s" | "es"))
    };
    plain(language, category).iter().any(is)
}

/// What people call what a category holds, folded.
fn plain(language: Language, category: Category) -> Vec<String> {
    let words = say(language, &format!("plain-{}", category.slug()));
    words.split(',').map(|word| fold(word.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_to_their_part_of_the_record() {
        use Category::{
            Allergies, Bills, CarePlans, Conditions, Imaging, Immunizations, Labs, Medicines, Notes, Visits,
            Vitals,
        };
        for (typed, language, found) in [
            ("vacuna", Language::Spanish, vec![Immunizations]),
            ("Vacunas", Language::Spanish, vec![Immunizations]),
            ("receta", Language::Spanish, vec![Medicines]),
            ("RECETAS", Language::Spanish, vec![Medicines]),
            ("laboratorio", Language::Spanish, vec![Labs]),
            ("seguro", Language::Spanish, vec![Bills]),
            ("insur", Language::English, vec![Bills]),
            ("metformina", Language::Spanish, vec![Medicines]),
            ("gripe", Language::Spanish, vec![]),
            ("vacuna", Language::English, vec![]),
            ("sangre", Language::Spanish, vec![Labs]),
            ("análisis de sangre", Language::Spanish, vec![Labs]),
            ("AZUCAR", Language::Spanish, vec![Labs]),
            ("presion", Language::Spanish, vec![Vitals]),
            ("pastillas", Language::Spanish, vec![Medicines]),
            ("medicina", Language::Spanish, vec![Medicines]),
            ("pastillas para la presión", Language::Spanish, vec![Vitals, Medicines]),
            ("hígado", Language::Spanish, vec![Labs, Conditions]),
            ("corazón", Language::Spanish, vec![Conditions]),
            ("dolor", Language::Spanish, vec![Conditions]),
            ("liver", Language::English, vec![Labs, Conditions]),
            // "Alta" is high here, and not a discharge.
            ("tensión alta", Language::Spanish, vec![Vitals]),
            ("presión alta", Language::Spanish, vec![Vitals]),
            ("azúcar alta", Language::Spanish, vec![Labs]),
            ("alta", Language::Spanish, vec![Notes]),
            ("alta médica", Language::Spanish, vec![Notes]),
            ("alergia", Language::Spanish, vec![Allergies]),
            ("citas", Language::Spanish, vec![Visits]),
            ("Radiografía", Language::Spanish, vec![Imaging]),
            ("rayos X", Language::Spanish, vec![Imaging]),
            ("médico", Language::Spanish, vec![Visits, CarePlans]),
            ("doctores", Language::Spanish, vec![Visits, CarePlans]),
            ("factura", Language::Spanish, vec![Bills]),
            ("blood", Language::English, vec![Labs, Vitals]),
            ("blood pressure", Language::English, vec![Vitals]),
            ("my blood sugar", Language::English, vec![Labs]),
            ("sugar", Language::English, vec![Labs]),
            ("pressure", Language::English, vec![Vitals]),
            ("pills", Language::English, vec![Medicines]),
            ("shot", Language::English, vec![Immunizations]),
            ("appointments", Language::English, vec![Visits]),
            ("X-ray", Language::English, vec![Imaging]),
            ("bill", Language::English, vec![Bills]),
            ("de", Language::Spanish, vec![]),
            ("sss", Language::Spanish, vec![]),
            ("", Language::English, vec![]),
        ] {
            assert_eq!(categories(language, typed), found, "{typed}");
        }
    }

    #[test]
    fn another_word_is_advised_where_only_the_reader_can_know_it() {
        for (typed, language, advised) in [
            ("gripe", Language::Spanish, true),
            ("tos seca", Language::Spanish, true),
            ("tos", Language::Spanish, true),
            ("GRIPE ", Language::Spanish, true),
            ("flu", Language::English, false),
            // What leads to a part of the record, or would have been found as it is called here.
            ("pastillas", Language::Spanish, false),
            ("creatinina", Language::Spanish, false),
            ("nota de evolución", Language::Spanish, false),
            // Who searches in English knows the word.
            ("creatinine", Language::Spanish, false),
            ("blood pressure", Language::Spanish, false),
            ("pills", Language::Spanish, false),
            // No word.
            ("120/80", Language::Spanish, false),
            ("2026-01-05", Language::Spanish, false),
            ("mg", Language::Spanish, false),
            ("", Language::Spanish, false),
        ] {
            assert_eq!(may_be_foreign(language, typed), advised, "{typed}");
        }
    }

    #[test]
    fn every_part_has_plain_words_that_lead_to_it() {
        for (language, category) in Language::ALL.into_iter().flat_map(|l| Category::ALL.map(|c| (l, c))) {
            let words = plain(language, category);
            assert!(words.len() > 2, "{}", category.slug());
            for word in words {
                assert!(word.chars().count() >= SHORTEST, "{word}");
                assert!(categories(language, &word).contains(&category), "{word}");
            }
        }
    }
}
