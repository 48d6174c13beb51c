//! Whether what was stated of a person and what a record says of them are the same. Pure.

use super::model::Stand;
use super::rules;
use crate::base::name_words;

/// Something in which what was stated of a person and what a record says of them are not the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// The name.
    Name,
    /// The birth date.
    Birth,
}

/// Whether two names can be of one person: the same words, or two at least of which the other has all, since few write
/// every name they have. One word alone is shared by a whole family.
pub fn same_name(one: &str, other: &str) -> bool {
    let (one, other) = (name_words(one), name_words(other));
    let (fewer, more) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    fewer == more && !fewer.is_empty() || fewer.len() > 1 && fewer.is_subset(&more)
}

/// Whether a birth date that was stated (`1968-03-04`) is that of a record. One of which the record has only the
/// beginning is the same as far as it goes; one that the record does not have differs: nobody can tell.
pub fn same_birth_date(stated: &str, known: Option<&str>) -> bool {
    known.is_some_and(|known| matches!(known.len(), 4 | 7 | 10) && stated.starts_with(known))
}

/// Where a record differs from what the person stated, or from what the sign-in service says of their account. What
/// the service does not say speaks neither for nor against it.
pub(super) fn differences(stated: &Stand, said: &Stand, record: &Stand) -> Vec<Difference> {
    let text = |words: &Option<String>| words.clone().unwrap_or_default();
    let known = text(&record.name);
    let name = same_name(&text(&stated.name), &known)
        && said.name.as_deref().is_none_or(|said| same_name(said, &known));
    let born = record.birth_date.as_deref();
    let birth = same_birth_date(&text(&stated.birth_date), born)
        && said.birth_date.as_deref().is_none_or(|said| rules::same_birth(Some(said), born));
    let all = [(name, Difference::Name), (birth, Difference::Birth)];
    all.into_iter().filter_map(|(same, difference)| (!same).then_some(difference)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statement_account_and_record_are_compared() {
        use Difference::{Birth, Name};
        let stand = |name: &str, born: &str| Stand {
            name: (!name.is_empty()).then(|| name.to_owned()),
            birth_date: (!born.is_empty()).then(|| born.to_owned()),
        };
        let (rosa, born) = ("Rosa Delgado", "1968-03-04");
        for (stated, said, record, wanted) in [
            ((rosa, born), (rosa, born), ("Rosa María Delgado (synthetic)", born), vec![]),
            ((rosa, born), ("", ""), (rosa, born), vec![]),
            ((rosa, born), ("", ""), (rosa, "1968-03"), vec![]),
            ((rosa, born), ("", "0000-03-04"), (rosa, born), vec![]),
            ((rosa, born), ("Sam Whitfield", ""), (rosa, born), vec![Name]),
            // One word is that of a whole family.
            ((rosa, born), ("Delgado", ""), (rosa, born), vec![Name]),
            (("Delgado", born), ("", ""), (rosa, born), vec![Name]),
            (("Delgado", born), ("", ""), ("Delgado", born), vec![]),
            ((rosa, born), (rosa, "1971-05-06"), (rosa, born), vec![Birth]),
            (("Sam Whitfield", born), (rosa, born), (rosa, born), vec![Name]),
            ((rosa, "1971-05-06"), (rosa, ""), (rosa, born), vec![Birth]),
            ((rosa, born), (rosa, born), (rosa, ""), vec![Birth]),
            ((rosa, born), (rosa, born), ("", born), vec![Name]),
            ((rosa, born), ("", ""), ("Sam Whitfield", "1971-05-06"), vec![Name, Birth]),
        ] {
            let [stated, said, record] = [stated, said, record].map(|(name, born)| stand(name, born));
            assert_eq!(differences(&stated, &said, &record), wanted, "{stated:?} {said:?} {record:?}");
        }
    }
}
