//! Whether two names are somebody's who may be the same. Pure. Only for what keeps something back: nothing opens by a
//! name that is merely alike.

use crate::base::fold;

/// Words before a name that tell nobody apart.
const TITLES: [&str; 10] = ["dr", "dra", "mr", "mrs", "ms", "sr", "sra", "prof", "the", "synthetic"];

/// Whether a restriction calls one of these names. People write "Dr. Lee" of Sam Lee, so all words of the shorter one
/// must be in the other: rather one too many is kept out than one too few.
pub fn named(party: &str, names: &[String]) -> bool {
    names.iter().any(|name| within(party, name) || within(name, party))
}

/// Whether two recipients may be one, as [`named`] tells; written the same they are, whatever the words.
pub fn may_be(one: &str, other: &str) -> bool {
    let same = !fold(one).is_empty() && fold(one) == fold(other);
    same || within(one, other) || within(other, one)
}

/// Whether two recipients are one beyond doubt: written the same, but for titles and the order of words.
pub fn is_same(one: &str, other: &str) -> bool {
    fold(one) == fold(other) || within(one, other) && within(other, one)
}

/// Whether each word of a name, of which there is one, is among those of the other.
fn within(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    !one.is_empty() && one.iter().all(|word| other.contains(word))
}

fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let words = folded.split(' ').filter(|word| !word.is_empty() && !TITLES.contains(word));
    words.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One name × another → whether they may be one, and whether they are.
    #[test]
    fn who_is_who() {
        for (one, other, may, is) in [
            ("Dra. Ana Lee", "Ana Lee", true, true),
            ("dr LEE, Ana", "Ana Lee (synthetic)", true, true),
            ("Dr. Lee", "Ana Lee", true, false),
            ("Ana Lee", "Sam Lee", false, false),
            ("Dr. Wu", "Dr. Lee", false, false),
            ("Dr.", "dr", true, true),
            ("Dr.", "Dr. Lee", false, false),
            ("", "Lee", false, false),
            ("", "", false, true),
        ] {
            for (one, other) in [(one, other), (other, one)] {
                assert_eq!((may_be(one, other), is_same(one, other)), (may, is), "{one} {other}");
            }
        }
    }
}
