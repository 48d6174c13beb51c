//! The job that builds an export, part after part. A part is whole people: when its files are closed, each person's entry
//! is durable in the ledger, and then one transaction makes the part known and moves the export on. After a crash it goes
//! on behind the last part.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::mem;

use futures::future::try_join_all;

use super::filter_rules::{self, Filters, passes};
use super::model::{Ask, FileKind, Handling};
use super::part::{self, Part};
use super::resources_store::{self as resources, Light};
use super::rules;
use super::store::{self, NewFile, NewPerson, State, Step};
use crate::app::App;
use crate::base::{Error, ExportId, Instant, PatientNo, Result, Rid};
use crate::db::Tx;
use crate::disclosures::{Channel, Held, What, release};
use crate::fhir::outcome::{Issue, outcome};
use crate::fhir::search::Given;
use crate::fhir::sensitivity::Labels;
use crate::records;
use crate::records::api::{self, Resource};
use crate::representation::{Lens, Sight};
use crate::smart::{self, Allowed, ClientId, Scopes, TYPES};
use crate::visibility::{self, Permit};

/// People read from the table at once.
const PAGE: i64 = 200;
/// Most people in a part, however little they have: each has an entry that waits in memory.
const MOST: usize = 2_000;
/// Rows read at once when only looking which resources there are.
const LIGHT: i64 = 5_000;
/// Bytes of resources, and how many, read at once.
const BATCH: (i64, usize) = (4 * 1024 * 1024, 500);

/// Builds an export, or goes on with it. One that is ready, erased or unknown is left alone.
pub async fn build(app: &App, id: ExportId) -> Result<()> {
    let Some(mut work) = Work::begin(app, id).await? else { return Ok(()) };
    loop {
        let gathered = work.gather().await?;
        let last = gathered.last;
        if !work.keep(gathered).await? {
            return Ok(());
        }
        if last {
            return work.finish().await;
        }
    }
}

/// What the job knows while it runs.
struct Work {
    app: App,
    id: ExportId,
    client: ClientId,
    ask: Ask,
    allowed: HashMap<&'static str, Allowed>,
    filters: Filters,
    /// Only what came after, and not after the export began.
    span: (Instant, Instant),
    after: PatientNo,
    part: i64,
    left_out: i64,
}

fn scopes(text: &str) -> Result<Scopes> {
    Scopes::parse(text).map_err(|fault| Error::internal(anyhow::anyhow!("kept scopes: {}", fault.0)))
}

/// What makes a part.
struct Gathered {
    part: Part,
    told: Vec<(Permit, What)>,
    people: Vec<NewPerson>,
    directory: BTreeSet<i64>,
    after: PatientNo,
    done: i64,
    left_out: i64,
    last: bool,
}

impl Gathered {
    fn after(after: PatientNo) -> Self {
        Self {
            part: Part::default(),
            told: Vec::new(),
            people: Vec::new(),
            directory: BTreeSet::new(),
            after,
            done: 0,
            left_out: 0,
            last: false,
        }
    }
}

impl Work {
    async fn begin(app: &App, id: ExportId) -> Result<Option<Self>> {
        let now = app.clock.now();
        let mut tx = app.db.write().await?;
        let Some(known) = store::find(&mut tx, id).await? else { return Ok(None) };
        if !matches!(known.state, State::Waiting | State::Running) {
            return Ok(None);
        }
        let Some(agreed) = smart::agreed(&mut tx, &known.client).await? else {
            // There is nobody to build it for any more.
            let blobs = store::erase(&mut tx, id, now).await?;
            tx.commit().await?;
            blobs.iter().try_for_each(|blob| app.blobs.erase(blob))?;
            return Ok(None);
        };
        let total = match &known.ask.patients {
            Some(patients) => i64::try_from(patients.len()).map_err(Error::internal)?,
            None => store::count_members(&mut tx, &known.ask.groups).await?,
        };
        store::begin(&mut tx, id, (total, now)).await?;
        tx.commit().await?;
        // What was agreed may have become less since.
        let scopes = scopes(&known.ask.scopes)?.within(&scopes(agreed.scope.as_deref().unwrap_or_default())?);
        let wanted =
            |kind: &&str| known.ask.types.is_empty() || known.ask.types.iter().any(|own| own == kind);
        let allowed =
            TYPES.into_iter().filter(wanted).map(|kind| (kind, rules::allowed(&scopes, kind))).collect();
        let base = api::base(app);
        let given = Given { base: &base, now: known.created, handling: Handling::Strict };
        let mut filters = Filters::new();
        for (_, text) in &known.ask.filters {
            let read = filter_rules::read(text, given);
            let (kind, criteria) =
                read.map_err(|wrong| Error::internal(anyhow::anyhow!("a kept filter: {}", wrong.text)))?;
            filters.entry(kind).or_default().push(criteria);
        }
        Ok(Some(Self {
            filters,
            app: app.clone(),
            id,
            client: known.client,
            span: (known.ask.since.unwrap_or(Instant(i64::MIN)), known.begun.unwrap_or(now)),
            ask: known.ask,
            allowed,
            after: known.after,
            part: known.part,
            left_out: known.left_out,
        }))
    }

    /// The next people, until a part is full.
    async fn gather(&self) -> Result<Gathered> {
        let mut gathered = Gathered::after(self.after);
        let full = self.app.config.bulk.part();
        loop {
            let people = self.people(gathered.after).await?;
            if people.is_empty() {
                gathered.last = true;
                return Ok(gathered);
            }
            for patient in people {
                self.one(&mut gathered, patient).await?;
                gathered.after = patient;
                gathered.done += 1;
                if gathered.part.bytes() >= full || gathered.told.len() >= MOST {
                    return Ok(gathered);
                }
            }
        }
    }

    async fn people(&self, after: PatientNo) -> Result<Vec<PatientNo>> {
        if let Some(named) = &self.ask.patients {
            let next = named.iter().copied().filter(|patient| *patient > after);
            return Ok(next.take(PAGE.unsigned_abs() as usize).collect());
        }
        let mut tx = self.app.db.read().await?;
        store::members(&mut tx, &self.ask.groups, (after, PAGE)).await
    }

    /// One person: the decision, and what it shows of their record.
    async fn one(&self, gathered: &mut Gathered, patient: PatientNo) -> Result<()> {
        let mut tx = self.app.db.read().await?;
        let at = self.app.clock.now();
        let Ground { permit, sight, group } = match self.decide(&mut tx, patient).await? {
            Decision::Export(ground) => *ground,
            Decision::LeftOut => {
                gathered.left_out += 1;
                return Ok(());
            }
            Decision::NotAMember => return Ok(()),
        };
        let mut found = self.found(&mut tx, sight).await?;
        let (mut written, mut went) = (BTreeSet::new(), HashSet::new());
        for batch in batches(&found) {
            let all = api::resources(&self.app, &mut tx, (sight, &batch)).await?;
            let pass = |(_, one): &(i64, Resource)| passes(&self.filters, &one.kind, &one.bytes);
            let (rids, all): (Vec<i64>, Vec<Resource>) = all.into_iter().filter(pass).unzip();
            went.extend(rids);
            let (part, led) = self.write(mem::take(&mut gathered.part), all).await?;
            gathered.part = part;
            written.extend(led);
        }
        found.retain(|one| went.contains(&one.rid));
        if found.is_empty() {
            return Ok(());
        }
        gathered.directory.extend(shared(&mut tx, sight, &written).await?);
        let labels_no = records::label_changes(&mut tx, patient).await?;
        let items = found.iter().map(|one| (one.r#type.as_str(), one.id.as_str(), one.version));
        let what = What { copy: Some(format!("export {}", self.id)), ..What::page("export").of(items) };
        gathered.told.push((permit, what));
        gathered.people.push(NewPerson { patient, group, labels_no, at });
        Ok(())
    }

    /// Deny wins: whoever asked that their record not go to one of the recipients is left out, and where several groups
    /// would show it, only what all of them show goes out.
    async fn decide(&self, tx: &mut Tx, patient: PatientNo) -> Result<Decision> {
        let mut found: Option<Ground> = None;
        for group in &self.ask.groups {
            let asked = (&self.client, group.as_str(), patient);
            let permit = match visibility::check_system(&self.app, tx, asked).await {
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

    /// What of a record is exported, without the bytes.
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
                let kept = resources::in_categories(tx, (sight.patient, kind), conditions).await?;
                all.retain(|one| one.r#type != *kind || kept.contains(&one.rid));
            }
        }
        Ok(all)
    }

    fn may(&self, kind: &str) -> &Allowed {
        self.allowed.get(kind).unwrap_or(&Allowed::No)
    }

    /// Makes a part known; false where the export was erased meanwhile, or another process has taken it over.
    async fn keep(&mut self, gathered: Gathered) -> Result<bool> {
        let step = Step {
            id: self.id,
            part: self.part,
            after: gathered.after,
            done: gathered.done,
            left_out: gathered.left_out,
        };
        let files = self.close(gathered.part).await?;
        let kept = self.record(step, (&files, gathered.told, gathered.people, gathered.directory)).await;
        if !matches!(kept, Ok(true)) {
            part::erase(&self.app, &files)?;
            return kept;
        }
        self.after = step.after;
        self.part += 1;
        self.left_out += step.left_out;
        Ok(true)
    }

    async fn close(&self, part: Part) -> Result<Vec<NewFile>> {
        let app = self.app.clone();
        tokio::task::spawn_blocking(move || part.close(&app)).await.map_err(Error::internal)?
    }

    /// First each person's entry, then the part.
    async fn record(&self, step: Step, (files, told, people, directory): Made<'_>) -> Result<bool> {
        if !self.goes_on().await? {
            return Ok(false);
        }
        let entries = told
            .into_iter()
            .map(|(permit, what)| release(&self.app, permit, Channel::Api, (what, Held::new(()))));
        try_join_all(entries).await?;
        let mut tx = self.app.db.write().await?;
        if !store::advance(&mut tx, step).await? {
            return Ok(false);
        }
        store::add_files(&mut tx, (self.id, step.part), files).await?;
        store::add_people(&mut tx, (self.id, step.part), people).await?;
        let directory: Vec<i64> = directory.into_iter().collect();
        store::add_references(&mut tx, self.id, &directory).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Whether anybody still waits for it.
    async fn goes_on(&self) -> Result<bool> {
        let mut tx = self.app.db.read().await?;
        let known = store::find(&mut tx, self.id).await?;
        Ok(known.is_some_and(|known| known.state == State::Running && known.part == self.part))
    }

    /// What the records point to in the directory, and how many people are left out; then it can be fetched.
    async fn finish(self) -> Result<()> {
        let part = self.directory().await?;
        let part = self.errors(part)?;
        let files = self.close(part).await?;
        let step = Step { id: self.id, part: self.part, after: self.after, done: 0, left_out: 0 };
        let now = self.app.clock.now();
        let mut tx = self.app.db.write().await?;
        if !store::advance(&mut tx, step).await? {
            drop(tx);
            return part::erase(&self.app, &files);
        }
        store::add_files(&mut tx, (self.id, step.part), &files).await?;
        store::finish(&mut tx, self.id, (now, now.plus(self.app.config.bulk.keep()))).await?;
        tx.commit().await
    }

    /// Practitioners, organizations, places and shared medicines belong to nobody: they need no entry.
    async fn directory(&self) -> Result<Part> {
        let mut tx = self.app.db.read().await?;
        let mut part = Part::default();
        let mut next: Vec<i64> =
            store::references(&mut tx, self.id).await?.into_iter().map(|rid| rid.0).collect();
        let mut known: HashSet<i64> = next.iter().copied().collect();
        while !next.is_empty() {
            let mut by_source: BTreeMap<PatientNo, Vec<(i64, i64)>> = BTreeMap::new();
            for batch in mem::take(&mut next).chunks(BATCH.1) {
                for (rid, version, patient) in resources::sources(&mut tx, batch).await? {
                    by_source.entry(patient).or_default().push((rid, version));
                }
            }
            for (patient, rids) in by_source {
                // They are found by way of somebody of whose record nothing is seen.
                let sight =
                    Sight { patient, lens: Lens { categories: 0, hidden: Labels::ALL, ..Lens::WHOLE } };
                for batch in rids.chunks(BATCH.1) {
                    let all = api::resources(&self.app, &mut tx, (sight, batch)).await?;
                    let goes = |one: &Resource| {
                        *self.may(&one.kind) != Allowed::No
                            && one.received > self.span.0
                            && one.received <= self.span.1
                            && passes(&self.filters, &one.kind, &one.bytes)
                    };
                    let all = all.into_iter().map(|(_, one)| one).filter(goes).collect();
                    let (back, led) = self.write(part, all).await?;
                    part = back;
                    next.extend(
                        shared(&mut tx, sight, &led).await?.into_iter().filter(|rid| known.insert(*rid)),
                    );
                }
            }
        }
        Ok(part)
    }

    async fn write(&self, mut part: Part, all: Vec<Resource>) -> Result<(Part, BTreeSet<String>)> {
        let app = self.app.clone();
        tokio::task::spawn_blocking(move || {
            let led = part.write(&app, &all)?;
            Ok((part, led))
        })
        .await
        .map_err(Error::internal)?
    }

    fn errors(&self, mut part: Part) -> Result<Part> {
        if self.left_out > 0 {
            let text = format!(
                "{} of the people asked for are not in this export: they asked that their records not go out in this way.",
                self.left_out
            );
            let mut made = outcome(&[Issue::error("suppressed", text)]);
            made["issue"][0]["severity"] = "information".into();
            part.line(&self.app, (FileKind::Error, "OperationOutcome"), made.to_string().as_bytes())?;
        }
        Ok(part)
    }
}

/// What references lead to in the directory.
async fn shared(tx: &mut Tx, sight: Sight, written: &BTreeSet<String>) -> Result<Vec<i64>> {
    if written.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<_> = written.iter().map(|reference| records::Key::read(reference)).collect();
    let led = records::lead(tx, sight, &keys).await?;
    let shared = led.into_iter().map(|target| target.rid);
    Ok(shared.filter(|rid| Rid(*rid).patient() == PatientNo::DIRECTORY).collect())
}

type Made<'a> = (&'a [NewFile], Vec<(Permit, What)>, Vec<NewPerson>, BTreeSet<i64>);

/// What becomes of one person.
enum Decision {
    /// What is seen of their record goes out.
    Export(Box<Ground>),
    /// They asked that it not.
    LeftOut,
    /// They are in none of the groups, or nothing is agreed any more.
    NotAMember,
}

/// On what ground a record goes out, and how much of it.
struct Ground {
    permit: Permit,
    sight: Sight,
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
