//! Reading one person of an export: the decision, and what it shows of their record, batch after batch. It runs in a thread
//! of its own beside the writing of who comes before, and waits where its batches are not taken.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::mem;
use std::sync::Arc;

use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::{JoinHandle, spawn_blocking};

use super::attachments::{self, Files};
use super::filter_rules::{Filters, passes};
use super::model::Ask;
use super::part::references;
use super::resources_store::{self as resources, Light};
use super::store::NewPerson;
use crate::app::App;
use crate::base::{Error, ExportId, Instant, PatientNo, Result, Rid};
use crate::db::Tx;
use crate::disclosures::What;
use crate::fhir::outgoing::{masked, named};
use crate::fhir::sensitivity::Labels;
use crate::records;
use crate::records::api::{self, Leads, Resource};
use crate::representation::{Lens, Sight};
use crate::smart::{Allowed, ClientId};
use crate::visibility::{self, Permit};

/// Rows read at once when only looking which resources there are.
const LIGHT: i64 = 5_000;
/// Bytes of resources, and how many, read at once.
pub const BATCH: (i64, usize) = (4 * 1024 * 1024, 500);

/// What is exported, and for whom.
pub struct Plan {
    pub app: App,
    pub id: ExportId,
    pub client: ClientId,
    pub ask: Ask,
    /// What is looked at: what goes out, and what may lead to it.
    pub allowed: HashMap<&'static str, Allowed>,
    /// The types that the system gets whole, in this export or another.
    pub whole: HashSet<&'static str>,
    pub filters: Filters,
    /// Only what came after, and not after the export began.
    pub span: (Instant, Instant),
}

/// A person who is being read. Where this is dropped, the reading ends at its next batch.
pub struct Ahead {
    pub patient: PatientNo,
    /// What is seen of the record; it ends with the record, or with a fault that `read` tells.
    pub batches: Receiver<Vec<Resource>>,
    pub read: JoinHandle<Result<Read>>,
}

/// What became of one person.
pub enum Read {
    /// What is seen of their record goes out.
    Whole(Box<Person>),
    /// They asked that it not.
    LeftOut,
    /// They are in none of the groups, nothing is agreed any more, or there is nothing.
    Nothing,
}

/// What is noted of a person whose record goes out.
pub struct Person {
    pub permit: Permit,
    /// For the ledger.
    pub what: What,
    pub kept: NewPerson,
    /// What the record leads to in the directory.
    pub directory: Vec<i64>,
}

/// Begins to read a person's record for a part. Not in a task: `serve` has one thread for all tasks, and reading SQLite
/// holds it.
pub fn begin(plan: &Arc<Plan>, (patient, part): (PatientNo, i64)) -> Ahead {
    let (sender, batches) = mpsc::channel(1);
    let (plan, handle) = (Arc::clone(plan), Handle::current());
    Ahead {
        patient,
        batches,
        read: spawn_blocking(move || handle.block_on(plan.one((patient, part), sender))),
    }
}

impl Plan {
    async fn one(&self, (patient, part): (PatientNo, i64), sender: Sender<Vec<Resource>>) -> Result<Read> {
        let mut tx = self.app.db.read().await?;
        let at = self.app.clock.now();
        let asked = (&self.client, self.ask.groups.as_slice(), patient);
        let Ground { permit, sight, group } = match decide(&self.app, &mut tx, asked).await? {
            Decision::Export(ground) => *ground,
            Decision::LeftOut => return Ok(Read::LeftOut),
            Decision::NotAMember => return Ok(Read::Nothing),
        };
        let mut found = self.found(&mut tx, sight).await?;
        let own: HashSet<i64> = found.iter().map(|one| one.rid).collect();
        let (mut directory, mut went, mut leads) = (Vec::new(), HashSet::new(), Leads::default());
        let mut files = Files::new();
        for batch in batches(&found) {
            // A place for it first: each reader has one batch in memory, whether it waits or is being made.
            let gone = |_| Error::internal(anyhow::anyhow!("nobody writes what is read for an export"));
            let place = sender.reserve().await.map_err(gone)?;
            let all = api::resources(&self.app, &mut tx, (sight, &batch), &mut leads).await?;
            let pass = |(_, one): &(i64, Resource)| {
                self.is_in_scope(one) && passes(&self.filters, &one.kind, &one.bytes)
            };
            let all = all.into_iter().filter(pass);
            let told = |(rid, one)| Some((rid, self.of_what_goes((&own, &leads), one)?));
            let all: Vec<(i64, Resource)> = all.filter_map(told).collect();
            directory.extend(shared(&mut tx, sight, (all.iter().map(|(_, one)| one), &leads)).await?);
            let goes = all.into_iter().filter(|(_, one)| self.goes(&one.kind));
            let (rids, mut all): (Vec<i64>, Vec<Resource>) = goes.unzip();
            went.extend(rids);
            files.extend(attachments::address(self, &mut tx, (sight, part), (&mut all, &leads)).await?);
            place.send(all);
        }
        found.retain(|one| went.contains(&one.rid));
        if found.is_empty() {
            found = self.led_to(&mut tx, (patient, &directory)).await?;
        }
        if found.is_empty() {
            return Ok(Read::Nothing);
        }
        let labels_no = records::label_changes(&mut tx, patient).await?;
        files.retain(|rid, _| !went.contains(rid));
        let items = found.iter().chain(files.values());
        let items = items.map(|one| (one.r#type.as_str(), one.id.as_str(), one.version));
        let what = What { copy: Some(format!("export {}", self.id)), ..What::page("export").of(items) };
        let kept = NewPerson { patient, group, labels_no, at };
        Ok(Read::Whole(Box::new(Person { permit, what, kept, directory })))
    }

    /// A resource as it goes out: a Provenance without the names of what the system may not have, such as permissions and
    /// what its scopes leave out; none where it would be about nothing. `own` is what is looked at of the record.
    fn of_what_goes(&self, (own, leads): (&HashSet<i64>, &Leads), mut one: Resource) -> Option<Resource> {
        if one.kind != "Provenance" {
            return Some(one);
        }
        let goes = |name: &str| leads.rid(name).is_some_and(|rid| own.contains(&rid));
        let untold = unnamed(&one.bytes, |kind, name| self.whole.contains(kind) || goes(name));
        if untold.is_empty() {
            return Some(one);
        }
        one.bytes = masked(&one.bytes, &untold);
        is_about_something(&one.bytes).then_some(one)
    }

    /// What of a record is looked at, without the bytes.
    async fn found(&self, tx: &mut Tx, sight: Sight) -> Result<Vec<Light>> {
        let mut all = Vec::new();
        let mut after = Rid(sight.patient.range().0.0 - 1);
        loop {
            let rows = resources::light(tx, sight, self.span, (after, LIGHT)).await?;
            let Some(last) = rows.last() else { break };
            after = Rid(last.rid);
            all.extend(rows.into_iter().filter(|one| *self.may(&one.r#type) != Allowed::No));
        }
        for (kind, allowed) in &self.allowed {
            let Allowed::Where(conditions) = allowed else { continue };
            if all.iter().any(|one| one.r#type == *kind) {
                let kept = api::of_categories(tx, (sight.patient, kind), conditions).await?;
                all.retain(|one| one.r#type != *kind || kept.contains(&one.rid));
            }
        }
        Ok(all)
    }

    /// What goes out of the directory because a record led there: where nothing of the record itself does, the person is
    /// told that.
    async fn led_to(&self, tx: &mut Tx, (patient, directory): (PatientNo, &[i64])) -> Result<Vec<Light>> {
        let mut found = Vec::new();
        let mut known: HashSet<i64> = directory.iter().copied().collect();
        let mut next: Vec<i64> = known.iter().copied().collect();
        let sight = Sight { lens: Lens { hidden: Labels::default(), ..nothing_of(patient).lens }, patient };
        while !next.is_empty() {
            let mut led = Vec::new();
            for batch in next.chunks(BATCH.1) {
                let mut rows = resources::named(tx, sight, (batch, self.span.1)).await?;
                let wanted: Vec<(i64, i64)> = rows.iter().map(|one| (one.rid, one.version)).collect();
                let seen = self.of_directory(tx, (patient, &wanted)).await?;
                rows.retain(|one| self.goes(&one.r#type) && seen.rids.contains(&one.rid));
                found.extend(rows);
                led.extend(seen.led.into_iter().filter(|rid| known.insert(*rid)));
            }
            next = led;
        }
        Ok(found)
    }

    /// What a system may have of the directory, in these versions.
    pub async fn of_directory(
        &self,
        tx: &mut Tx,
        (patient, wanted): (PatientNo, &[(i64, i64)]),
    ) -> Result<Entries> {
        let sight = nothing_of(patient);
        let mut leads = Leads::default();
        let all = api::resources(&self.app, tx, (sight, wanted), &mut leads).await?;
        let seen = |(_, one): &(i64, Resource)| {
            *self.may(&one.kind) != Allowed::No
                && one.received > self.span.0
                && one.received <= self.span.1
                && passes(&self.filters, &one.kind, &one.bytes)
        };
        let (rids, all): (HashSet<i64>, Vec<Resource>) = all.into_iter().filter(seen).unzip();
        let led = shared(tx, sight, (all.iter(), &leads)).await?;
        Ok(Entries { rids, all, leads, led })
    }

    /// Whether resources of a type are asked for: others are only looked at, for what they lead to.
    pub fn goes(&self, kind: &str) -> bool {
        self.ask.types.is_empty() || self.ask.types.iter().any(|own| own == kind)
    }

    /// Whether a resource is of a category that may go out, as it was when the export began: the index tells what it is now.
    fn is_in_scope(&self, one: &Resource) -> bool {
        let Allowed::Where(conditions) = self.may(&one.kind) else { return true };
        let resource = serde_json::from_slice(&one.bytes).unwrap_or_default();
        conditions.iter().any(|condition| condition.is_met(&one.kind, &resource))
    }

    /// What the system may export of a type.
    pub fn may(&self, kind: &str) -> &Allowed {
        self.allowed.get(kind).unwrap_or(&Allowed::No)
    }
}

/// What is named in a resource and must not be, by type and name. Whose record it is and who works there are no secret, and
/// what leads nowhere tells nothing.
fn unnamed(bytes: &[u8], goes: impl Fn(&str, &str) -> bool) -> HashSet<String> {
    let keys = named(bytes).map(|name| records::Key::read(&name));
    let secret = keys.filter(|key| !records::is_plain(key) && !key.kind.is_empty());
    secret.filter(|key| !goes(&key.kind, &key.written)).map(|key| key.written).collect()
}

/// Whether a Provenance still names what it is about.
fn is_about_something(bytes: &[u8]) -> bool {
    let read: serde_json::Result<Value> = serde_json::from_slice(bytes);
    let targets = read.ok().and_then(|mut read| read.get_mut("target").map(Value::take));
    let targets = targets.as_ref().and_then(Value::as_array);
    targets.is_some_and(|all| all.iter().any(|one| one.get("reference").is_some()))
}

/// Entries of the directory.
pub struct Entries {
    rids: HashSet<i64>,
    pub all: Vec<Resource>,
    pub leads: Leads,
    /// What they lead to in the directory.
    pub led: BTreeSet<i64>,
}

/// What resources lead to in the directory.
pub async fn shared<'a>(
    tx: &mut Tx,
    sight: Sight,
    (all, leads): (impl Iterator<Item = &'a Resource>, &Leads),
) -> Result<BTreeSet<i64>> {
    let (mut found, mut written) = (BTreeSet::new(), BTreeSet::new());
    for one in all {
        references(&one.bytes, |text| match leads.rid(text) {
            Some(rid) => drop(found.insert(rid)),
            None => drop(written.insert(text.to_owned())),
        });
    }
    if !written.is_empty() {
        let keys: Vec<_> = written.iter().map(|reference| records::Key::read(reference)).collect();
        found.extend(records::lead(tx, sight, &keys).await?.into_iter().map(|target| target.rid));
    }
    found.retain(|rid| Rid(*rid).patient() == PatientNo::DIRECTORY);
    Ok(found)
}

/// Whether what is of one person goes to a system with these groups. Deny wins: whoever asked that their record not go to
/// one of the recipients is left out, and where several groups would show it, only what all of them show goes out.
pub async fn decide(
    app: &App,
    tx: &mut Tx,
    (client, groups, patient): (&ClientId, &[String], PatientNo),
) -> Result<Decision> {
    let mut found: Option<Ground> = None;
    for group in groups {
        let permit = match visibility::check_system(app, tx, (client, group, patient)).await {
            Err(Error::NotFound) => continue,
            checked => checked?,
        };
        let Some(permit) = permit else { return Ok(Decision::LeftOut) };
        match &mut found {
            Some(ground) => ground.sight.lens = ground.sight.lens.and(permit.lens()),
            None => found = Some(Ground { sight: permit.sight(), permit, group: group.clone() }),
        }
    }
    Ok(found.map_or(Decision::NotAMember, |ground| Decision::Export(Box::new(ground))))
}

/// A sight for what stands in the directory: it is found by way of somebody of whose record nothing is seen.
pub fn nothing_of(patient: PatientNo) -> Sight {
    Sight { patient, lens: Lens { categories: 0, hidden: Labels::ALL, ..Lens::WHOLE } }
}

/// What is decided of one person.
pub enum Decision {
    Export(Box<Ground>),
    LeftOut,
    NotAMember,
}

/// On what ground a record goes out, and how much of it.
pub struct Ground {
    permit: Permit,
    pub sight: Sight,
    group: String,
}

/// Keys with their versions, in batches of which each fits into memory.
fn batches(found: &[Light]) -> Vec<Vec<(i64, i64)>> {
    let (mut all, mut batch, mut bytes) = (Vec::new(), Vec::new(), 0);
    for one in found {
        if !batch.is_empty() && (bytes + one.size > BATCH.0 || batch.len() >= BATCH.1) {
            all.push(mem::take(&mut batch));
            bytes = 0;
        }
        batch.push((one.rid, one.version));
        bytes += one.size;
    }
    if !batch.is_empty() {
        all.push(batch);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provenance_names_only_what_goes() {
        let goes = |kind: &str, name: &str| kind == "Goal" || name == "Condition/ours";
        for (targets, untold, is_left) in [
            (vec!["Goal/a"], vec![], true),
            (vec!["Consent/a", "Goal/a"], vec!["Consent/a"], true),
            (vec!["Consent/a"], vec!["Consent/a"], false),
            (vec!["https://x.example/fhir/Consent/9"], vec!["https://x.example/fhir/Consent/9"], false),
            (vec!["Condition/ours", "Condition/other"], vec!["Condition/other"], true),
            (vec!["Patient/p", "Practitioner/p"], vec![], true),
        ] {
            let all: Vec<Value> = targets.iter().map(|name| serde_json::json!({"reference": name})).collect();
            let bytes =
                serde_json::json!({"resourceType": "Provenance", "target": all}).to_string().into_bytes();
            let found = unnamed(&bytes, goes);
            assert_eq!(found, untold.into_iter().map(str::to_owned).collect(), "{targets:?}");
            assert_eq!(is_about_something(&masked(&bytes, &found)), is_left, "{targets:?}");
        }
    }

    #[test]
    fn batches_are_small_and_lose_nothing() {
        let light = |rid, size| Light { rid, r#type: "Goal".into(), id: "x".into(), version: 1, size };
        let found: Vec<_> = (0..1_203).map(|n| light(n, if n % 400 == 0 { 5_000_000 } else { 10 })).collect();
        let all = batches(&found);
        assert_eq!(all.concat(), (0..1_203).map(|n| (n, 1)).collect::<Vec<_>>());
        for batch in &all {
            let bytes: i64 = batch.iter().map(|(rid, _)| found[usize::try_from(*rid).unwrap()].size).sum();
            assert!(batch.len() == 1 || bytes <= BATCH.0, "{bytes}");
            assert!(!batch.is_empty() && batch.len() <= BATCH.1);
        }
        assert!(batches(&[]).is_empty());
    }
}
