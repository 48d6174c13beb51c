//! Who recorded what. A Provenance may name everything in a record, so an app reads in it only the names of what it may
//! read, and finds it only by these.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::dressed::{Leads, dressed};
use super::find::{Leave, Named, Reader};
use super::find_store::{self as store, Place, Rids};
use super::values::sorted;
use super::{Fault, Resource};
use crate::app::App;
use crate::base::Result;
use crate::db::Tx;
use crate::fhir::outgoing::{masked, named};
use crate::records::is_plain;
use crate::records::masking::unseen;
use crate::records::reference::Key;
use crate::records::store::Kept;
use crate::smart::Interaction;

const KIND: &str = "Provenance";
const TARGET: &str = "target";

impl Reader<'_> {
    /// Those of these Provenances that are about something that the app may read: else they would tell what is left out.
    pub(super) async fn of_something_readable(
        &self,
        tx: &mut Tx,
        (found, leads): (Rids, &mut Leads),
    ) -> Result<Rids, Fault> {
        if self.reads_all(tx).await? {
            return Ok(found);
        }
        // One Provenance may name everything in a record, and the first name mostly says enough.
        let place = self.place(KIND, TARGET);
        let (mut about, mut left) = (Rids::new(), found);
        for all in [false, true] {
            let mut written = match all {
                _ if left.is_empty() => break,
                false => store::first_targets(tx, place).await?,
                true => store::all_targets(tx, place).await?,
            };
            written.retain(|(rid, _)| left.binary_search(rid).is_ok());
            let targets = written.iter().map(|(_, target)| target.as_str()).collect();
            let unreadable = self.unreadable(tx, (targets, leads)).await?;
            let readable = written.iter().filter(|(_, target)| !unreadable.contains(target));
            about.extend(readable.map(|(rid, _)| *rid));
            about = sorted(about);
            left.retain(|rid| about.binary_search(rid).is_err());
        }
        Ok(about)
    }

    /// The same of one, by its own bytes.
    pub(super) async fn is_of_something_readable(
        &self,
        tx: &mut Tx,
        (provenance, leads): (&Value, &mut Leads),
    ) -> Result<bool, Fault> {
        if self.reads_all(tx).await? {
            return Ok(true);
        }
        let targets = provenance[TARGET].as_array().into_iter().flatten();
        let targets: BTreeSet<&str> = targets.filter_map(|target| target["reference"].as_str()).collect();
        let unreadable = self.unreadable(tx, (targets.clone(), leads)).await?;
        Ok(targets.into_iter().any(|target| !unreadable.contains(target)))
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
            return self.unreadable(tx, (written, &mut Leads::default())).await;
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
            let names: BTreeSet<Cow<'_, str>> = told.iter().flat_map(|kept| named(&kept.bytes)).collect();
            let names = names.iter().map(Cow::as_ref).collect();
            let unreadable = self.unreadable(tx, (names, leads)).await?;
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
    /// no secret, and neither is a name of a type that the app reads whole, where nothing of the record is hidden from it.
    async fn unreadable(
        &self,
        tx: &mut Tx,
        (written, leads): (BTreeSet<&str>, &mut Leads),
    ) -> Result<HashSet<String>, Fault> {
        leads.look(self.sight);
        let hides = store::hides(tx, self.sight).await?;
        let mut leaves: HashMap<String, Vec<Leave>> = HashMap::new();
        let (mut out, mut asked) = (HashSet::new(), Vec::new());
        for key in written.into_iter().map(Key::read) {
            if is_plain(&key) {
                continue;
            }
            if let Some(readable) = leads.readable.get(&key.written) {
                if !readable {
                    out.insert(key.written);
                }
                continue;
            }
            let is_named = !key.id.is_empty();
            if is_named && !leaves.contains_key(&key.kind) {
                leaves.insert(key.kind.clone(), self.either(tx, &key.kind).await?);
            }
            match leaves.get(&key.kind).filter(|_| is_named).map(Vec::as_slice) {
                Some([]) => drop(out.insert(key.written)),
                Some(all) if !hides && all.iter().any(|leave| matches!(leave, Leave::All)) => {}
                _ => asked.push(key),
            }
        }
        leads.learn(tx, self.sight, asked.iter().map(|key| key.written.as_str())).await?;
        for key in asked {
            let is_readable = match leads.lead(&key.written) {
                None => false,
                Some(lead) => {
                    if !leaves.contains_key(&lead.kind) {
                        leaves.insert(lead.kind.clone(), self.either(tx, &lead.kind).await?);
                    }
                    leaves[&lead.kind].iter().any(|leave| leave.has(lead.rid))
                }
            };
            leads.readable.insert(key.written.clone(), is_readable);
            if !is_readable {
                out.insert(key.written);
            }
        }
        Ok(out)
    }

    /// What the grant leaves of a type, by id and by search: what can be read only one way is read.
    async fn either(&self, tx: &mut Tx, kind: &str) -> Result<Vec<Leave>, Fault> {
        let mut either = Vec::new();
        for how in [Interaction::Read, Interaction::Search] {
            match self.leave(tx, (kind, how)).await {
                Ok(leave) => either.push(leave),
                Err(Fault::Scope) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(either)
    }
}
