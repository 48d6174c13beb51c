//! Earlier versions of what is read. The newest must be open to the reader; then each is looked at as what it was: its
//! labels, its category, its date and what scopes say of it.

use std::collections::HashSet;

use serde_json::Value;

use super::earlier_rules::{found, is_left, shown};
use super::find::Reader;
use super::find_store as store;
use super::{Fault, dressed::Leads};
use crate::app::App;
use crate::base::{Instant, PatientNo, Result, Rid};
use crate::db::Tx;
use crate::fhir::index;
use crate::fhir::sensitivity::{Labels, Own};
use crate::records::Indexed;
use crate::records::handing::{self, Way};
use crate::records::labels_store;
use crate::records::masking::unseen;
use crate::records::reference::Key;
use crate::records::store::Kept;
use crate::representation::{Lens, Sight};
use crate::smart::Interaction;

/// So many versions are looked at for one page of a history: each is unpacked and read.
const LOOKED_AT: usize = 500;

/// A page of the versions of a resource.
#[derive(Default)]
pub(super) struct Versions {
    /// Those that are open to the app, newest first.
    pub shown: Vec<Kept>,
    /// How many are open to it in all, where each was looked at.
    pub total: Option<usize>,
    /// The version after which the next page goes on; none: there is no other page.
    pub last: Option<i64>,
}

/// The newest version of a resource, which is open to the reader, and what it tells of those before it.
pub(super) struct Newest {
    rid: Rid,
    kept: Kept,
    bears: Labels,
    /// The labels that are found in it.
    found: Labels,
    /// What it says that it belongs to.
    origins: HashSet<String>,
    /// When the first version came.
    came: Instant,
    /// What the settings add for its source.
    own: Own,
}

impl Newest {
    pub async fn of(app: &App, tx: &mut Tx, (rid, kept): (i64, Kept)) -> Result<Self> {
        let rid = Rid(rid);
        let bears = labels_store::bits(tx, rid).await?.unwrap_or_default();
        let came = store::came(tx, rid.0).await?.unwrap_or(kept.received);
        let source = labels_store::source(tx, rid).await?;
        let own = source.map(|name| app.config.labels.of_source(&name)).unwrap_or_default();
        let now: Value = serde_json::from_slice(&kept.bytes)?;
        let (found, origins) = (found(&now, &own), origins(&kept.kind, &now));
        Ok(Self { rid, kept, bears, found, origins, came, own })
    }

    /// An earlier version, unless what it says is closed to who sees so much, or it is none; with what it says.
    pub async fn version(&self, tx: &mut Tx, sight: Sight, version: i64) -> Result<Option<(Kept, Value)>> {
        let Some((received, bytes)) = store::version(tx, self.rid.0, version).await? else {
            return Ok(None);
        };
        // Nobody can tell what stands in what cannot be read.
        let Ok(then) = serde_json::from_slice::<Value>(&bytes) else { return Ok(None) };
        let (lens, bears) = self.look(sight.lens);
        let bears = (bears, self.came, self.kept.category);
        let Some(category) = shown((lens, &self.own), bears, (self.found, &then)) else { return Ok(None) };
        if self.was_elsewhere(tx, sight, &then).await? {
            return Ok(None);
        }
        let (kind, id) = (self.kept.kind.clone(), self.kept.id.clone());
        Ok(Some((Kept { kind, id, version, received, category, bytes }, then)))
    }

    /// In the directory nothing stands in a category or has a date, and what the record leads to is open: only what a
    /// version says more hides it.
    fn look(&self, lens: Lens) -> (Lens, Labels) {
        match self.rid.patient() == PatientNo::DIRECTORY {
            true => (lens.by_labels(), Labels::default()),
            false => (lens, self.bears),
        }
    }

    /// Whether a version says that it belonged to a visit, an order or a claim that the reader must not see: what was done
    /// for it takes its mark over (45 CFR 164.502(g)(3)(i)).
    async fn was_elsewhere(&self, tx: &mut Tx, sight: Sight, then: &Value) -> Result<bool> {
        let then = origins(&self.kept.kind, then);
        let more = then.iter().filter(|origin| !self.origins.contains(*origin));
        let keys: Vec<Key> = more.map(|origin| Key::read(origin)).collect();
        Ok(!keys.is_empty() && !unseen(tx, sight, &keys).await?.is_empty())
    }
}

/// What a resource says that it belongs to, from which marks go over to it: the visits that it names, as
/// `labels_store::at_visits` has them, and what `handing` follows. What it names as belonging to it hands nothing up.
fn origins(kind: &str, resource: &Value) -> HashSet<String> {
    let named = index::values(kind, resource).into_iter().filter_map(Indexed::from_value);
    let visit = |value| match value {
        Indexed::Reference { param: "encounter" | "context", target } => Some(target),
        _ => None,
    };
    let handed = handing::references(kind, resource).into_iter();
    let handed = handed.filter(|(way, _)| *way == Way::To).map(|(_, origin)| origin);
    named.filter_map(visit).chain(handed).collect()
}

/// Whether a page tells how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tell {
    /// The first.
    Total,
    /// One that a link leads to.
    Nothing,
}

impl Reader<'_> {
    /// An earlier version, where what it says is open to the app.
    pub async fn earlier(
        &self,
        tx: &mut Tx,
        newest: &Newest,
        (version, how): (i64, Interaction),
    ) -> Result<Option<Kept>, Fault> {
        let Some((kept, then)) = newest.version(tx, self.sight, version).await? else { return Ok(None) };
        let open = is_left(&self.access.scopes, (&kept.kind, how), &then)
            && (kept.kind != "Provenance"
                || self.is_of_something_readable(tx, (&then, &mut Leads::default())).await?);
        Ok(open.then_some(kept))
    }

    /// So many of these versions, as far as they are open to the app, newest first. How many they are in all is told where
    /// that takes no more than one page may.
    pub async fn versions(
        &self,
        tx: &mut Tx,
        newest: &Newest,
        (numbers, count, total): (&[i64], usize, Tell),
    ) -> Result<Versions, Fault> {
        let tells = total == Tell::Total && numbers.len() <= LOOKED_AT;
        let mut page = Versions { total: tells.then_some(0), ..Versions::default() };
        for (nth, version) in numbers.iter().enumerate() {
            if nth == LOOKED_AT {
                page.last = Some(numbers[nth - 1]);
                break;
            }
            // Whether a version is one of these, its bytes tell; those of a page are kept.
            let one = match *version == newest.kept.version {
                true => Some(newest.kept.clone()),
                false => self.earlier(tx, newest, (*version, Interaction::Read)).await?,
            };
            let Some(one) = one else { continue };
            page.total = page.total.map(|total| total + 1);
            if page.shown.len() < count {
                page.shown.push(one);
                continue;
            }
            page.last = page.shown.last().map(|last| last.version);
            if !tells {
                break;
            }
        }
        Ok(page)
    }
}
