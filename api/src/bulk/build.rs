//! The job that builds an export, part after part. A part is whole people: when its files are closed, each person's entry
//! is durable in the ledger, and then one transaction makes the part known and moves the export on. After a crash it goes
//! on behind the last part. People are read ahead (`read.rs`), and written in order.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::mem;
use std::sync::Arc;

use futures::future::try_join_all;

use super::attachments;
use super::filter_rules::{self, Filters};
use super::model::{FileKind, Handling};
use super::part::{self, Part};
use super::read::{self, Ahead, BATCH, Entries, Plan, Read};
use super::resources_store as resources;
use super::rules;
use super::store::{self, NewFile, NewPerson, State, Step};
use crate::app::App;
use crate::base::{Error, ExportId, Instant, PatientNo, Result};
use crate::disclosures::{Channel, Held, What, release};
use crate::fhir::outcome::{Issue, outcome};
use crate::fhir::search::Given;
use crate::notify;
use crate::records::api::{self, Resource};
use crate::smart::{Allowed, Scopes, TYPES};
use crate::visibility::Permit;

/// People read from the table at once.
const PAGE: i64 = 200;
/// Most people in a part, however little they have: each has an entry that waits in memory.
const MOST: usize = 2_000;
/// Most people who are read at once: each holds a batch in memory and an old state of the database.
const READERS: usize = 2;

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
    plan: Arc<Plan>,
    after: PatientNo,
    part: i64,
    left_out: i64,
    /// Who comes next, as the table has them.
    next: VecDeque<PatientNo>,
    /// Who was asked for last.
    asked: PatientNo,
    /// Who is being read, in order.
    ahead: VecDeque<Ahead>,
}

fn scopes(text: &str) -> Result<Scopes> {
    // One wide scope can have become many narrow ones, more than may be asked for.
    Scopes::from_kept(text).ok_or_else(|| Error::internal(anyhow::anyhow!("kept scopes are none")))
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
        let Some(agreed) = super::still_agreed(&mut tx, &known).await? else {
            // There is nobody to build it for any more, or not all of it.
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
        let looked = |kind: &&str| rules::is_looked_at(&known.ask.types, kind);
        let allowed =
            TYPES.into_iter().filter(looked).map(|kind| (kind, rules::allowed(&scopes, kind))).collect();
        let is_whole = |kind: &&str| rules::allowed(&scopes, kind) == Allowed::All;
        let base = api::base(app);
        let given = Given { base: &base, now: known.created, handling: Handling::Strict };
        let mut filters = Filters::new();
        for (_, text) in &known.ask.filters {
            let read = filter_rules::read(text, given);
            let (kind, criteria) =
                read.map_err(|wrong| Error::internal(anyhow::anyhow!("a kept filter: {}", wrong.text)))?;
            filters.entry(kind).or_default().push(criteria);
        }
        let plan = Plan {
            app: app.clone(),
            id,
            client: known.client,
            allowed,
            whole: TYPES.into_iter().filter(is_whole).collect(),
            filters,
            span: (known.ask.since.unwrap_or(Instant(i64::MIN)), known.begun.unwrap_or(now)),
            ask: known.ask,
        };
        Ok(Some(Self {
            plan: Arc::new(plan),
            after: known.after,
            part: known.part,
            left_out: known.left_out,
            next: VecDeque::new(),
            asked: known.after,
            ahead: VecDeque::new(),
        }))
    }

    /// The next people, until a part is full. Nobody is being read when it is: while the ledger takes its entries and the
    /// part is made known, no old state of the database is held.
    async fn gather(&mut self) -> Result<Gathered> {
        let mut gathered = Gathered::after(self.after);
        let full = self.plan.app.config.bulk.part();
        while gathered.part.bytes() < full && gathered.told.len() < MOST {
            self.read_ahead().await?;
            let Some(ahead) = self.ahead.pop_front() else {
                gathered.last = true;
                break;
            };
            gathered.after = ahead.patient;
            self.one(&mut gathered, ahead).await?;
            gathered.done += 1;
        }
        self.ahead.clear();
        self.next.clear();
        self.asked = gathered.after;
        Ok(gathered)
    }

    /// Has several people read at once where there are several processors.
    async fn read_ahead(&mut self) -> Result<()> {
        let readers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).min(READERS);
        while self.ahead.len() < readers {
            if self.next.is_empty() {
                self.next = self.people(self.asked).await?.into();
            }
            let Some(patient) = self.next.pop_front() else { return Ok(()) };
            self.asked = patient;
            self.ahead.push_back(read::begin(&self.plan, (patient, self.part)));
        }
        Ok(())
    }

    async fn people(&self, after: PatientNo) -> Result<Vec<PatientNo>> {
        if let Some(named) = &self.plan.ask.patients {
            let next = named.iter().copied().filter(|patient| *patient > after);
            return Ok(next.take(PAGE.unsigned_abs() as usize).collect());
        }
        let mut tx = self.plan.app.db.read().await?;
        store::members(&mut tx, &self.plan.ask.groups, (after, PAGE)).await
    }

    /// Writes what is read of one person.
    async fn one(&self, gathered: &mut Gathered, mut ahead: Ahead) -> Result<()> {
        while let Some(batch) = ahead.batches.recv().await {
            gathered.part = self.write(mem::take(&mut gathered.part), batch).await?;
        }
        match ahead.read.await.map_err(Error::internal)?? {
            Read::Whole(person) => {
                gathered.directory.extend(person.directory);
                gathered.told.push((person.permit, person.what));
                gathered.people.push(person.kept);
            }
            Read::LeftOut => gathered.left_out += 1,
            Read::Nothing => {}
        }
        Ok(())
    }

    /// Makes a part known; false where the export was erased meanwhile, or another process has taken it over.
    async fn keep(&mut self, gathered: Gathered) -> Result<bool> {
        let step = Step {
            id: self.plan.id,
            part: self.part,
            after: gathered.after,
            done: gathered.done,
            left_out: gathered.left_out,
        };
        let files = self.close(gathered.part).await?;
        let kept = self.record(step, (&files, gathered.told, gathered.people, gathered.directory)).await;
        if !matches!(kept, Ok(true)) {
            part::erase(&self.plan.app, &files)?;
            return kept;
        }
        self.after = step.after;
        self.part += 1;
        self.left_out += step.left_out;
        Ok(true)
    }

    async fn close(&self, part: Part) -> Result<Vec<NewFile>> {
        let app = self.plan.app.clone();
        tokio::task::spawn_blocking(move || part.close(&app)).await.map_err(Error::internal)?
    }

    /// First each person's entry, then the part.
    async fn record(&self, step: Step, (files, told, people, directory): Made<'_>) -> Result<bool> {
        if !self.goes_on().await? {
            return Ok(false);
        }
        let entries = told
            .into_iter()
            .map(|(permit, what)| release(&self.plan.app, permit, Channel::Api, (what, Held::new(()))));
        try_join_all(entries).await?;
        let mut tx = self.plan.app.db.write().await?;
        if !store::advance(&mut tx, step).await? {
            return Ok(false);
        }
        store::add_files(&mut tx, (self.plan.id, step.part), files).await?;
        let patients: Vec<PatientNo> = people.iter().map(|one| one.patient).collect();
        store::add_people(&mut tx, (self.plan.id, step.part), people).await?;
        let now = self.plan.app.clock.now();
        for account in store::first_read(&mut tx, &self.plan.client, (&patients, now)).await? {
            notify::tell(&mut tx, account, (notify::Kind::SystemReads, now)).await?;
        }
        let directory: Vec<i64> = directory.into_iter().collect();
        store::add_references(&mut tx, self.plan.id, &directory).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Whether anybody still waits for it.
    async fn goes_on(&self) -> Result<bool> {
        let mut tx = self.plan.app.db.read().await?;
        let known = store::find(&mut tx, self.plan.id).await?;
        Ok(known.is_some_and(|known| known.state == State::Running && known.part == self.part))
    }

    /// What the records point to in the directory, and how many people are left out; then it can be fetched.
    async fn finish(self) -> Result<()> {
        let part = self.directory().await?;
        let part = self.errors(part)?;
        let files = self.close(part).await?;
        let step = Step { id: self.plan.id, part: self.part, after: self.after, done: 0, left_out: 0 };
        let now = self.plan.app.clock.now();
        let mut tx = self.plan.app.db.write().await?;
        if !store::advance(&mut tx, step).await? {
            drop(tx);
            return part::erase(&self.plan.app, &files);
        }
        store::add_files(&mut tx, (self.plan.id, step.part), &files).await?;
        store::finish(&mut tx, self.plan.id, (now, now.plus(self.plan.app.config.bulk.keep()))).await?;
        tx.commit().await
    }

    /// Practitioners, organizations, places and shared medicines belong to nobody: they need no entry.
    async fn directory(&self) -> Result<Part> {
        let mut tx = self.plan.app.db.read().await?;
        let mut part = Part::default();
        let mut next: Vec<i64> =
            store::references(&mut tx, self.plan.id).await?.into_iter().map(|rid| rid.0).collect();
        let mut known: HashSet<i64> = next.iter().copied().collect();
        while !next.is_empty() {
            let mut by_source: BTreeMap<PatientNo, Vec<(i64, i64)>> = BTreeMap::new();
            for batch in mem::take(&mut next).chunks(BATCH.1) {
                for (rid, version, patient) in resources::sources(&mut tx, batch).await? {
                    by_source.entry(patient).or_default().push((rid, version));
                }
            }
            for (patient, rids) in by_source {
                for batch in rids.chunks(BATCH.1) {
                    let Entries { mut all, leads, led, .. } =
                        self.plan.of_directory(&mut tx, (patient, batch)).await?;
                    all.retain(|one| self.plan.goes(&one.kind));
                    let place = (read::nothing_of(patient), self.part);
                    attachments::address(&self.plan, &mut tx, place, (&mut all, &leads)).await?;
                    part = self.write(part, all).await?;
                    next.extend(led.into_iter().filter(|rid| known.insert(*rid)));
                }
            }
        }
        Ok(part)
    }

    async fn write(&self, mut part: Part, all: Vec<Resource>) -> Result<Part> {
        let app = self.plan.app.clone();
        tokio::task::spawn_blocking(move || part.write(&app, &all).map(|()| part))
            .await
            .map_err(Error::internal)?
    }

    /// What of the request was not followed, and how many people of whole groups are left out. Of people whom the system
    /// names nothing is said: it would learn who asked, where it names one.
    fn errors(&self, mut part: Part) -> Result<Part> {
        let kind = (FileKind::Error, "OperationOutcome");
        for one in &self.plan.ask.ignored {
            let mut issue = Issue::warning("not-supported", one.text.clone());
            issue.expression.push(format!("http.{}", one.param));
            part.line(&self.plan.app, kind, outcome(&[issue]).to_string().as_bytes())?;
        }
        if self.left_out > 0 && self.plan.ask.patients.is_none() {
            let text = format!(
                "{} of the people asked for are not in this export: they asked that their records not go out in this way.",
                self.left_out
            );
            let mut made = outcome(&[Issue::error("suppressed", text)]);
            made["issue"][0]["severity"] = "information".into();
            part.line(&self.plan.app, kind, made.to_string().as_bytes())?;
        }
        Ok(part)
    }
}

type Made<'a> = (&'a [NewFile], Vec<(Permit, What)>, Vec<NewPerson>, BTreeSet<i64>);
