//! What the index tells of one parameter: sets of keys, and how sets are cut.

use super::find_store::{self as store, Code, Place, Rids, Table};
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
    let mut codes: Vec<Code> = Vec::new();
    let mut folded: Vec<Code> = Vec::new();
    for token in asked {
        let Some(code) = &token.code else { continue };
        // An element of the type `code` has no system in JSON: its value set implies one.
        let implied = token.system.as_deref().filter(|system| system.starts_with("http://hl7.org/fhir/"));
        for system in std::iter::once(token.system.clone()).chain(implied.map(|_| Some(String::new()))) {
            let (lower, upper) = (code.to_lowercase(), code.to_uppercase());
            folded.push(Code { code: lower.clone(), system: system.clone() });
            let mut spellings = vec![code.clone(), lower, upper];
            spellings.dedup();
            codes.extend(spellings.into_iter().map(|code| Code { code, system: system.clone() }));
        }
    }
    let mut found = if codes.is_empty() { Rids::new() } else { store::with_code(tx, place, &codes).await? };
    // Codes are seldom in a case of their own, and then all of them must be looked at.
    if found.is_empty() && !folded.is_empty() {
        found = store::with_code_in_any_case(tx, place, &folded).await?;
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

/// Ids differ by case.
async fn ids(tx: &mut Tx, place: Place<'_>, asked: &[Token]) -> Result<Rids> {
    let exact = asked.iter().filter_map(|token| token.code.clone().filter(|code| is_id(code)));
    let exact: Vec<Code> = exact.map(|code| Code { code, system: None }).collect();
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
    fn sets_are_cut() {
        assert_eq!(both(&[1, 3, 5], &[2, 3, 4, 5, 6]), [3, 5]);
        assert_eq!(both(&[], &[1]), Rids::new());
        assert_eq!(sorted(vec![3, 1, 3, 2]), [1, 2, 3]);
    }
}
