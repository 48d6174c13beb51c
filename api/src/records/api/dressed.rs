//! Resources as they leave: with their stamps, and with references that lead to what is served here.

use std::collections::HashMap;
use std::ops::Range;

use super::{Resource, base};
use crate::app::App;
use crate::base::Result;
use crate::db::Tx;
use crate::fhir::outgoing::{LinkKind, Stamp, dress, links};
use crate::records::Masking;
use crate::records::reference::Key;
use crate::records::store::{Kept, targets as lead};
use crate::representation::Sight;

/// Where references lead, as far as it was looked up: the portions of one record name the same visits and people again.
/// It is looked up anew where more or less is seen than before; else a name stays for the seconds that an answer takes.
#[derive(Debug, Default)]
pub(crate) struct Leads {
    /// How much was seen when it was looked up.
    sight: Option<Sight>,
    /// By what is written; nothing where it leads nowhere.
    known: HashMap<String, Option<Lead>>,
    /// What was found of these, by the name it has here.
    rids: HashMap<String, i64>,
    /// By what is written: whether it leads to something that the app may read, of what was looked up for that.
    pub readable: HashMap<String, bool>,
    /// What of what is named is hidden.
    masking: Masking,
}

/// What a name leads to.
#[derive(Debug)]
pub(super) struct Lead {
    /// Its key.
    pub rid: i64,
    /// Its type …
    pub kind: String,
    /// … and id here.
    pub id: String,
}

impl Leads {
    /// The key of what has this name here, if something led there.
    pub fn rid(&self, name: &str) -> Option<i64> {
        self.rids.get(name).copied()
    }

    /// Where a name leads that was learned.
    pub(super) fn lead(&self, written: &str) -> Option<&Lead> {
        self.known.get(written)?.as_ref()
    }

    /// Forgets what was seen with another sight.
    pub fn look(&mut self, sight: Sight) {
        if self.sight.replace(sight) != Some(sight) {
            self.known.clear();
            self.rids.clear();
            self.readable.clear();
        }
    }

    /// Looks up what is not known yet.
    pub(super) async fn learn<'a>(
        &mut self,
        tx: &mut Tx,
        sight: Sight,
        written: impl Iterator<Item = &'a str>,
    ) -> Result<()> {
        self.look(sight);
        let mut new: Vec<&str> = written.filter(|text| !self.known.contains_key(*text)).collect();
        new.sort_unstable();
        new.dedup();
        if new.is_empty() {
            return Ok(());
        }
        let keys: Vec<Key> = new.iter().map(|text| Key::read(text)).collect();
        let found = lead(tx, sight, &keys).await?;
        self.known.extend(new.into_iter().map(|text| (text.to_owned(), None)));
        // The newest last: an address that two have had means the later.
        for target in found.into_iter().rev() {
            self.rids.insert(format!("{}/{}", target.r#type, target.id), target.rid);
            self.known
                .insert(target.reference, Some(Lead { rid: target.rid, kind: target.r#type, id: target.id }));
        }
        Ok(())
    }
}

/// The resources with their stamps, and with references that lead to what is served here.
pub(super) async fn dressed(
    app: &App,
    tx: &mut Tx,
    (sight, mut all): (Sight, Vec<Kept>),
    leads: &mut Leads,
) -> Result<Vec<Resource>> {
    leads.masking.mask(tx, sight, all.iter_mut().map(|kept| &mut kept.bytes)).await?;
    let found: Vec<_> = all.iter().map(|kept| links(&kept.bytes)).collect();
    leads.learn(tx, sight, found.iter().flatten().map(|link| link.text.as_str())).await?;
    let base = base(app);
    let dressed = all.iter().zip(&found).map(|(kept, links)| {
        let texts: Vec<(Range<usize>, String)> = links
            .iter()
            .filter_map(|link| {
                let Lead { kind, id, .. } = leads.lead(&link.text)?;
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
