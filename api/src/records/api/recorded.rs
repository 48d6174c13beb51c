//! Who recorded what. A Provenance may name everything in a record, so an app reads in it only the names of what it may
//! read, and finds it only by these.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::dressed::{Leads, dressed};
use super::find::{Leave, Named, Reader};
use super::find_store::{self as store, Place, Rids};
use super::values::sorted;
use super::{Fault, Resource};
use crate::app::App;
use crate::base::Result;
use crate::db::Tx;
use crate::fhir::outgoing::{masked, named};
use crate::records::masking::unseen;
use crate::records::reference::Key;
use crate::records::store::{Kept, Target, targets as lead};
use crate::smart::Interaction;

const KIND: &str = "Provenance";
const TARGET: &str = "target";

impl Reader<'_> {
    /// Those of these Provenances that are about something that the app may read: else they would tell what is left out.
    pub(super) async fn of_something_readable(&self, tx: &mut Tx, found: Rids) -> Result<Rids, Fault> {
        if self.reads_all(tx).await? {
            return Ok(found);
        }
        let mut written = store::all_targets(tx, self.place(KIND, TARGET)).await?;
        written.retain(|(rid, _)| found.binary_search(rid).is_ok());
        let targets = written.iter().map(|(_, target)| target.as_str()).collect();
        let unreadable = self.unreadable(tx, targets).await?;
        let about = written.iter().filter(|(_, target)| !unreadable.contains(target));
        Ok(sorted(about.map(|(rid, _)| *rid).collect()))
    }

    /// All that is named by a parameter, with what names it: what must not be told, and the rest.
    pub(super) async fn parted_targets(
        &self,
        tx: &mut Tx,
        place: Place<'_>,
    ) -> Result<(Named, Named), Fault> {
        let written = store::all_targets(tx, place).await?;
        let untold =
            self.untold(tx, place, written.iter().map(|(_, target)| target.as_str()).collect()).await?;
        Ok(written.into_iter().partition(|(_, target)| untold.contains(target)))
    }

    /// Which of these, as written, no answer may name where this parameter does.
    pub(super) async fn untold(
        &self,
        tx: &mut Tx,
        place: Place<'_>,
        written: BTreeSet<&str>,
    ) -> Result<HashSet<String>, Fault> {
        if (place.kind, place.param) == (KIND, TARGET) && !self.reads_all(tx).await? {
            return self.unreadable(tx, written).await;
        }
        let keys: Vec<Key> = written.into_iter().map(Key::read).collect();
        Ok(unseen(tx, self.sight, &keys).await?)
    }

    /// Resources as they leave, a Provenance without the names of what the app may not read.
    pub(super) async fn dressed(
        &self,
        app: &App,
        tx: &mut Tx,
        mut all: Vec<Kept>,
        leads: &mut Leads,
    ) -> Result<Vec<Resource>, Fault> {
        let mut told: Vec<&mut Kept> = all.iter_mut().filter(|kept| kept.kind == KIND).collect();
        if !told.is_empty() && !self.reads_all(tx).await? {
            let names: BTreeSet<String> = told.iter().flat_map(|kept| named(&kept.bytes)).collect();
            let unreadable = self.unreadable(tx, names.iter().map(String::as_str).collect()).await?;
            for kept in &mut told {
                kept.bytes = masked(&kept.bytes, &unreadable);
            }
        }
        Ok(dressed(app, tx, (self.sight, all), leads).await?)
    }

    /// Whether nothing of the record is left out, by what was ticked or by the scopes.
    async fn reads_all(&self, tx: &mut Tx) -> Result<bool> {
        Ok(self.access.scopes.cover_all() && !store::hides(tx, self.sight).await?)
    }

    /// Which of these, as written, lead to nothing that the app may read. Whose record it is, and who works there, are
    /// no secret.
    async fn unreadable(&self, tx: &mut Tx, written: BTreeSet<&str>) -> Result<HashSet<String>, Fault> {
        let keys: Vec<Key> = written.iter().map(|text| Key::read(text)).collect();
        let led = lead(tx, self.sight, &keys).await?;
        let mut leaves: HashMap<&str, Vec<Leave>> = HashMap::new();
        for target in &led {
            let kind = target.r#type.as_str();
            if leaves.contains_key(kind) {
                continue;
            }
            // What can be read only by its id, or only searched for, is read.
            let mut either = Vec::new();
            for how in [Interaction::Read, Interaction::Search] {
                match self.leave(tx, (kind, how)).await {
                    Ok(leave) => either.push(leave),
                    Err(Fault::Scope) => {}
                    Err(fault) => return Err(fault),
                }
            }
            leaves.insert(kind, either);
        }
        let is_left = |target: &&Target| {
            leaves
                .get(target.r#type.as_str())
                .is_some_and(|all| all.iter().any(|leave| leave.has(target.rid)))
        };
        let readable: HashSet<&str> =
            led.iter().filter(is_left).map(|target| target.reference.as_str()).collect();
        let is_plain = |key: &Key| crate::records::PLAIN.contains(&key.kind.as_str());
        let kept = keys.iter().filter(|key| !is_plain(key) && !readable.contains(key.written.as_str()));
        Ok(kept.map(|key| key.written.clone()).collect())
    }
}
