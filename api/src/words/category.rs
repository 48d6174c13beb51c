//! Parts of the record by what people call them: the search looks into what the clinic wrote, which has no word of ours.

use super::{Language, say};
use crate::fhir::present::{Category, kinds};
use crate::fhir::text::fold;

/// Shorter words than this begin too much.
const SHORTEST: usize = 3;
/// A name of more words is not meant by its first.
const LONGEST: usize = 2;

/// The categories that a word means in the reader's language: it begins a word of the category's name, or the name of a
/// kind of item that the category holds.
pub fn categories(language: Language, typed: &str) -> Vec<Category> {
    let typed = fold(typed);
    // "Recetas" is what has the name "Receta".
    let word = typed.trim().trim_end_matches('s');
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
    };
    Category::ALL.into_iter().filter(meant).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_to_their_part_of_the_record() {
        use Category::{Bills, Immunizations, Labs, Medicines};
        for (typed, language, found) in [
            ("vacuna", Language::Spanish, vec![Immunizations]),
            ("Vacunas", Language::Spanish, vec![Immunizations]),
            ("receta", Language::Spanish, vec![Medicines]),
            ("RECETAS", Language::Spanish, vec![Medicines]),
            ("laboratorio", Language::Spanish, vec![Labs]),
            ("seguro", Language::Spanish, vec![Bills]),
            ("insur", Language::English, vec![Bills]),
            ("metformina", Language::Spanish, vec![]),
            ("gripe", Language::Spanish, vec![]),
            ("vacuna", Language::English, vec![]),
            ("blood", Language::English, vec![]),
            ("de", Language::Spanish, vec![]),
            ("sss", Language::Spanish, vec![]),
            ("", Language::English, vec![]),
        ] {
            assert_eq!(categories(language, typed), found, "{typed}");
        }
    }
}
