//! Resources as they leave: with their stamps, and with references that lead to what is served here.

use std::collections::HashMap;
use std::ops::Range;

use super::{Resource, base};
use crate::app::App;
use crate::base::Result;
use crate::db::Tx;
use crate::fhir::outgoing::{LinkKind, Stamp, dress, links};
use crate::records::reference::Key;
use crate::records::store::{Kept, targets as lead};
use crate::representation::Sight;

/// The resources with their stamps, and with references that lead to what is served here.
pub(super) async fn dressed(
    app: &App,
    tx: &mut Tx,
    (sight, all): (Sight, Vec<Kept>),
) -> Result<Vec<Resource>> {
    let found: Vec<_> = all.iter().map(|kept| links(&kept.bytes)).collect();
    let mut written: Vec<&str> = found.iter().flatten().map(|link| link.text.as_str()).collect();
    written.sort_unstable();
    written.dedup();
    let keys: Vec<Key> = written.into_iter().map(Key::read).collect();
    let names = names(tx, sight, &keys).await?;
    let base = base(app);
    let dressed = all.iter().zip(&found).map(|(kept, links)| {
        let texts: Vec<(Range<usize>, String)> = links
            .iter()
            .filter_map(|link| {
                let (kind, id) = names.get(&link.text)?;
                let name = match link.kind {
                    LinkKind::Reference => format!("{kind}/{id}"),
                    LinkKind::Attachment if kind == "Binary" => format!("{base}/{kind}/{id}"),
                    LinkKind::Attachment => return None,
                };
                Some((link.place.clone(), name))
            })
            .collect();
        let mut bytes = Vec::new();
        let stamp = Stamp { version: kept.version, updated: &kept.received.rfc3339() };
        dress(&kept.bytes, stamp, &texts, &mut bytes);
        Resource {
            kind: kept.kind.clone(),
            id: kept.id.clone(),
            version: kept.version,
            received: kept.received,
            category: kept.category,
            bytes,
        }
    });
    Ok(dressed.collect())
}

/// Type and id of what references lead to.
async fn names(tx: &mut Tx, sight: Sight, keys: &[Key]) -> Result<HashMap<String, (String, String)>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    // The newest first: an address that two have had means the later.
    let found = lead(tx, sight, keys).await?.into_iter().rev();
    Ok(found.map(|target| (target.reference, (target.r#type, target.id))).collect())
}
