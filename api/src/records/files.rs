//! What a list calls a file that stands in the record by itself: a Binary has neither a title nor a date, so it bears
//! those of the document or report that points to it.

use std::collections::HashMap;

use serde_json::Value;

use super::endings::ending;
use super::model::ItemLine;
use super::store::{self, Bearer};
use crate::base::{Error, Result};
use crate::db::Tx;
use crate::fhir::present;
use crate::keys::Keys;
use crate::representation::Sight;

/// Names the files among these lines.
pub(super) async fn name((tx, keys): (&mut Tx, &Keys), sight: Sight, lines: &mut [ItemLine]) -> Result<()> {
    let unnamed = |line: &&mut ItemLine| line.reference.0 == "Binary" && line.title.is_none();
    if !lines.iter_mut().any(|line| unnamed(&&mut *line)) {
        return Ok(());
    }
    let bearers = store::bearers(tx, sight).await?;
    let mut named: HashMap<(&str, &str), &Bearer> = HashMap::new();
    for bearer in &bearers {
        for id in binaries(&bearer.body) {
            named.entry((bearer.source.as_str(), id)).or_insert(bearer);
        }
    }
    for line in lines.iter_mut().filter(unnamed) {
        match named.get(&(line.source.as_str(), line.reference.1.as_str())) {
            Some(bearer) => {
                line.title.clone_from(&bearer.title);
                line.when = line.when.take().or_else(|| bearer.when.clone());
            }
            None => {
                let rid = keys.item_at(sight.patient, line.address).ok_or(Error::NotFound)?;
                let kept = store::kept(tx, sight.lens, rid).await?;
                line.value = kept.and_then(|kept| file_type(&kept.bytes));
            }
        }
    }
    Ok(())
}

/// The ids of the Binary resources that a resource names, as they stand in its text.
pub(super) fn binaries(body: &str) -> impl Iterator<Item = &str> {
    body.match_indices("Binary/").filter_map(|(at, found)| {
        let rest = body.get(at + found.len()..)?;
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '.')?;
        rest.get(..end).filter(|id| !id.is_empty())
    })
}

/// "PDF, 12 kB": what is known of a file that nothing points to.
fn file_type(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let content = present::attachment_bytes(&value, "/data").ok()?;
    let stated = value.get("contentType").and_then(Value::as_str).unwrap_or_default();
    let kind = ending(stated, &content).split('.').next().unwrap_or_default().to_uppercase();
    Some(format!("{kind}, {} kB", content.len().div_ceil(1_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_in_what_names_them() {
        let body = r#"{"url":"Binary/a-1","also":"https://x/Binary/b.2/_history/1","not":"Binary/"}"#;
        assert_eq!(binaries(body).collect::<Vec<_>>(), ["a-1", "b.2"]);
    }

    #[test]
    fn a_file_that_nothing_names_is_told_by_type_and_size() {
        let file = |kind: &str, data: &str| format!(r#"{{"contentType":"{kind}","data":"{data}"}}"#);
        for (body, said) in [
            (file("application/pdf", "aGk="), Some("PDF, 1 kB")),
            (file("text/html", "aGk="), Some("HTML, 1 kB")),
            (file("", "aGk="), Some("TXT, 1 kB")),
            (file("text/plain", "!"), None),
        ] {
            assert_eq!(file_type(body.as_bytes()).as_deref(), said, "{body}");
        }
    }
}
