//! What the index tells of one parameter: sets of keys, and how sets are cut.

use super::find_store::{self as store, Folded, Place, Rids, Table};
use crate::base::Result;
use crate::db::Tx;
use crate::fhir::check::is_id;
use crate::fhir::index::Kind;
use crate::fhir::search::{DateTest, How, Token};

/// What has the parameter at all.
pub(super) async fn present(tx: &mut Tx, place: Place<'_>, kind: Kind) -> Result<Rids> {
    let table = match kind {
        Kind::Date => Table::Date,
        Kind::Text => Table::Text,
        Kind::Reference | Kind::Patient => Table::Reference,
        Kind::Token | Kind::Quantity => Table::Token,
    };
    store::having(tx, place, table).await
}

/// What has one of these tokens.
pub(super) async fn tokens(tx: &mut Tx, place: Place<'_>, asked: &[Token]) -> Result<Rids> {
    if place.param == "_id" {
        return ids(tx, place, asked).await;
    }
    let asked: Vec<Token> = asked.iter().map(|token| token.of(place.kind, place.param)).collect();
    let codes: Vec<Folded> = asked
        .iter()
        .filter_map(|token| Some((token.code.as_deref()?, &token.system)))
        .flat_map(|(code, system)| {
            let folded = code.to_ascii_lowercase();
            spans(code).into_iter().map(move |(first, last)| Folded {
                first,
                last,
                code: folded.clone(),
                system: system.clone(),
            })
        })
        .collect();
    let mut found = Rids::new();
    if !codes.is_empty() {
        found = store::with_code_in_any_case(tx, place, &codes).await?;
    }
    let systems: Vec<(&str,)> = asked
        .iter()
        .filter(|token| token.code.is_none())
        .filter_map(|token| Some((token.system.as_deref()?,)))
        .collect();
    if !systems.is_empty() {
        found.extend(store::of_system(tx, place, &systems).await?);
    }
    Ok(sorted(found))
}

/// So many spellings or beginnings of a code are looked for at most.
const SPANS: usize = 8;

/// Between what and what all spellings of a code stand in the index, whatever case: each spelling by itself while they are
/// few, as with codes of digits; else what begins as they do, which is little else.
fn spans(code: &str) -> Vec<(String, String)> {
    let mut begun = vec![String::new()];
    for letter in code.chars() {
        let mut cases = vec![letter.to_ascii_lowercase(), letter.to_ascii_uppercase()];
        cases.dedup();
        if begun.len() * cases.len() > SPANS {
            return begun.into_iter().map(|first| (first.clone(), format!("{first}{}", char::MAX))).collect();
        }
        begun =
            begun.iter().flat_map(|begun| cases.iter().map(move |case| format!("{begun}{case}"))).collect();
    }
    begun.into_iter().map(|whole| (whole.clone(), whole)).collect()
}

/// Ids differ by case.
async fn ids(tx: &mut Tx, place: Place<'_>, asked: &[Token]) -> Result<Rids> {
    let exact: Vec<(&str,)> = asked
        .iter()
        .filter_map(|token| token.code.as_deref().filter(|code| is_id(code)))
        .map(|code| (code,))
        .collect();
    store::with_code(tx, place, &exact).await
}

/// What has a span that fits one of these.
pub(super) async fn dates(tx: &mut Tx, place: Place<'_>, tests: &[DateTest]) -> Result<Rids> {
    let after = tests.iter().map(|test| test.reach().0).min().unwrap_or(i64::MIN);
    let before = tests.iter().map(|test| test.reach().1).max().unwrap_or(i64::MAX);
    if place.param == "_lastUpdated" {
        let all = store::received(tx, (place.patient, place.also), (after, before)).await?;
        let fits = |at: i64| tests.iter().any(|test| test.holds(at, at + 1));
        let fit: Rids = sorted(all.into_iter().filter(|[_, at]| fits(*at)).map(|[rid, _]| rid).collect());
        let of_type = store::having(tx, Place { param: "_id", ..place }, Table::Token).await?;
        return Ok(both(&of_type, &fit));
    }
    let spans = store::spans(tx, place, (after, before)).await?;
    let fits = |low, high| tests.iter().any(|test| test.holds(low, high));
    Ok(sorted(spans.into_iter().filter(|[_, low, high]| fits(*low, *high)).map(|[rid, ..]| rid).collect()))
}

/// What has a text that compares with one of these.
pub(super) async fn text(tx: &mut Tx, place: Place<'_>, (how, texts): (How, &[String])) -> Result<Rids> {
    let pattern = |text: &String| {
        let text = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        (if how == How::Contains { format!("%{text}%") } else { format!("{text}%") },)
    };
    let patterns: Vec<(String,)> = texts.iter().map(pattern).collect();
    store::with_text(tx, place, &patterns).await
}

/// Smallest first, each once.
pub(super) fn sorted(mut rids: Rids) -> Rids {
    rids.sort_unstable();
    rids.dedup();
    rids
}

/// What is in both; each is sorted.
pub(super) fn both(a: &[i64], b: &[i64]) -> Rids {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter().copied().filter(|rid| many.binary_search(rid).is_ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_lies_in_a_span() {
        for (code, whole) in [
            ("8480-6", vec!["8480-6"]),
            ("E11.9", vec!["e11.9", "E11.9"]),
            ("LA-6", vec!["la-6", "lA-6", "La-6", "LA-6"]),
        ] {
            let all: Vec<(String, String)> = whole.iter().map(|one| ((*one).into(), (*one).into())).collect();
            assert_eq!(spans(code), all);
        }
        for (code, written) in [
            ("final", ["final", "FINAL", "fInAl", "Final"]),
            ("a1b2c3d4", ["A1b2C3d4", "a1b2c3d4", "A1B2C3D4", "a1B2c3d4"]),
            ("größe-1", ["GRößE-1", "größe-1", "Größe-1", "größE-1"]),
        ] {
            let spans = spans(code);
            assert!(spans.len() <= SPANS);
            for written in written {
                let lies =
                    |(first, last): &(String, String)| first.as_str() <= written && written <= last.as_str();
                assert_eq!(spans.iter().filter(|span| lies(span)).count(), 1, "{written}");
            }
            assert!(!spans.iter().any(|(first, last)| first.as_str() <= "zzz" && "zzz" <= last.as_str()));
        }
    }

    #[test]
    fn sets_are_cut() {
        assert_eq!(both(&[1, 3, 5], &[2, 3, 4, 5, 6]), [3, 5]);
        assert_eq!(both(&[], &[1]), Rids::new());
        assert_eq!(sorted(vec![3, 1, 3, 2]), [1, 2, 3]);
    }
}
