//! Putting resources into records: each batch is one transaction, so that a crash leaves whole batches only.
//! Storing the same bytes again changes nothing; other bytes under the same id make a new version.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::body;
use super::claims::{self, Claims};
use super::ingest_store::{self as store, Existing};
use super::label_asks;
use super::labelling;
use super::labels;
use super::labels_store;
use super::medicines;
use super::people_store;
use super::placing;
use super::rules::{self, Identity, Nature};
use crate::app::App;
use crate::base::{Instant, ItemNo, PatientNo, Result, Rid};
use crate::db::Tx;
use crate::fhir::check::Finding;
use crate::fhir::index::IndexValue;
use crate::fhir::present::Line;
use crate::fhir::sensitivity::{self, Found, Own};
use crate::representation;

pub(crate) use super::ingest_store::{Quarantined, add_source, add_to_quarantine};

/// Whose a resource is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Owner {
    /// The person with this FHIR id at the source.
    Patient(String),
    /// Nobody: practitioners, organizations, locations.
    Directory,
}

/// What a Patient resource says about the person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PersonFacts {
    pub name: String,
    /// Folded.
    pub family: String,
    /// Folded.
    pub given: String,
    pub birth_date: Option<String>,
    pub sex: Option<String>,
    pub deceased: Option<String>,
    /// System and value; e-mail addresses under `mailto:`.
    pub identifiers: Vec<(String, String)>,
}

/// A resource, checked and read, ready to be stored.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub owner: Owner,
    pub nature: Nature,
    pub kind: String,
    pub id: String,
    pub full_url: Option<String>,
    pub raw: Vec<u8>,
    pub hash: [u8; 32],
    pub codec: i64,
    pub packed: Vec<u8>,
    pub line: Line,
    pub index: Vec<Indexed>,
    pub findings: Vec<Finding>,
    pub labels: Vec<Found>,
    /// Only for a Patient resource.
    pub person: Option<PersonFacts>,
}

/// A search value, owned, so that it can go from the thread that read it to the one that writes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Indexed {
    Token { param: &'static str, system: String, code: String },
    Date { param: &'static str, low: i64, high: i64 },
    Text { param: &'static str, text: String },
    Reference { param: &'static str, target: String },
}

impl Indexed {
    /// None for amounts: no search of US Core asks for them, and charts read the item row.
    /// None as well for a value too long for an index of PostgreSQL; nobody searches by 500 characters.
    pub fn from_value(value: IndexValue<'_>) -> Option<Self> {
        let indexed = match value {
            IndexValue::Token { param, system, code } => {
                Self::Token { param, system: system.unwrap_or("").to_owned(), code: code.into_owned() }
            }
            IndexValue::Date { param, low, high } => Self::Date { param, low, high },
            IndexValue::Text { param, text } => Self::Text { param, text },
            IndexValue::Reference { param, target_type, target } => {
                let target = match target_type {
                    Some(kind) if !target.contains('/') => format!("{kind}/{target}"),
                    _ => target.to_owned(),
                };
                Self::Reference { param, target }
            }
            IndexValue::Quantity { .. } => return None,
        };
        let length = match &indexed {
            Self::Token { system, code, .. } => system.len() + code.len(),
            Self::Date { .. } => 0,
            Self::Text { text, .. } => text.len(),
            Self::Reference { target, .. } => target.len(),
        };
        (length <= 500).then_some(indexed)
    }
}

impl Prepared {
    /// Packs the body. Done outside the transaction, where there is more than one thread.
    pub fn pack(&mut self) {
        (self.codec, self.packed) = body::pack(&self.raw);
    }
}

/// What became of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    /// It was not known.
    New,
    /// It is a new version of a known one.
    Changed,
    /// The same bytes were there.
    Unchanged,
    /// The same id belongs to another person's record.
    OtherPerson,
    /// The same id stands in the directory with other content, for whoever points to it.
    OtherShared,
    /// The Patient resource names another person than the one known under this id.
    OtherIdentity,
}

/// One import or one gather: what of its earlier batches counts for its later ones.
#[derive(Debug)]
pub(crate) struct Visit {
    /// The source.
    pub source_no: i64,
    /// Whether the source is a program under 42 CFR Part 2 as a whole.
    program: bool,
    /// By which rules its items get their labels.
    rules: String,
    /// What the settings add to these rules for it.
    own: Arc<Own>,
    /// FHIR ids under which somebody else came than the one known. What follows under them is not taken: whose it
    /// is, only a person can tell.
    others: HashSet<String>,
}

impl Visit {
    /// The beginning, at a source of this name.
    pub fn new(app: &App, (source_no, name): (i64, &str)) -> Self {
        let program = app.config.program.sources.iter().any(|one| one == name);
        let own = Arc::new(app.config.labels.of_source(name));
        Self { source_no, program, rules: labelling::rules(&app.config, name), own, others: HashSet::new() }
    }

    /// What the settings add to the labels of what comes.
    pub fn own(&self) -> Arc<Own> {
        self.own.clone()
    }

    /// Marks what a program recorded of its patients, or a source that is about one kind of protected information. The
    /// Patient resource stays open, since every page and every app begins with it; it tells who somebody is, and at which
    /// source.
    pub fn mark(&self, prepared: &mut Prepared) {
        if !matches!(prepared.owner, Owner::Patient(_)) || prepared.kind == "Patient" {
            return;
        }
        if self.program {
            sensitivity::recorded_by_program(&mut prepared.labels);
        }
        self.own.mark(&mut prepared.labels);
    }

    /// Whether somebody else came under this FHIR id than the one known.
    pub fn met_another(&self, fhir_id: &str) -> bool {
        self.others.contains(fhir_id)
    }
}

/// Stores a batch in one transaction. Returns what became of each, in order.
pub(crate) async fn store(app: &App, visit: &mut Visit, batch: &[Prepared]) -> Result<Vec<Stored>> {
    let source_no = visit.source_no;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    // What comes by other rules than what is stored has to be labelled with it, by whoever has the right ones.
    labels_store::differ(&mut tx, (source_no, &visit.rules)).await?;
    let mut owners = people(&mut tx, (source_no, now), batch).await?;
    let mut known = existing(&mut tx, source_no, batch).await?;
    take_identities(batch, &mut owners, &mut visit.others);
    claims::look_closer(&mut tx, (batch, &owners), &mut known).await?;
    let claims = Claims::new(batch, (&owners, &visit.others), &known);
    let mut moved = HashSet::new();
    for (key, rid) in &claims.shared {
        let to = share(&mut tx, *rid, (source_no, now)).await?;
        moved.insert(to);
        if let Some(known) = known.get_mut(key) {
            (known.patient, known.rid) = (PatientNo::DIRECTORY, Some(to));
        }
    }
    let plan = Plan::new(batch, (claims.patients, &visit.others), known);
    let mut rids = allocate(&mut tx, &plan).await?;
    let let_go = write(&mut tx, (source_no, now), (batch, &plan, &mut rids)).await?;
    for (n, prepared) in batch.iter().enumerate() {
        if let (Some(facts), Stored::New | Stored::Changed) = (&prepared.person, plan.fates[n]) {
            let patient = plan.patients[n];
            // A birth date that was corrected moves the day on which a parent's authority ends.
            if people_store::birth_date(&mut tx, patient).await? != facts.birth_date {
                representation::look_again(&mut tx, (patient, now)).await?;
            }
            people_store::set_person(&mut tx, patient, (facts, now)).await?;
        }
        // What moved into the directory may be what prescriptions of the second person wait for.
        let before = plan.before[n].as_ref().and_then(|before| before.rid);
        if plan.fates[n] == Stored::Unchanged && before.is_some_and(|rid| moved.contains(&rid)) {
            rids[n] = before;
        }
    }
    medicines::name(&mut tx, source_no, (batch, &rids)).await?;
    place(&mut tx, (batch, &plan, &rids), let_go).await?;
    label(&mut tx, (&plan, &rids)).await?;
    tx.commit().await?;
    Ok(plan.fates)
}

/// Files go where what names them stands: those that came, and those that are named or named no more by what came.
async fn place(
    tx: &mut Tx,
    (batch, plan, rids): (&[Prepared], &Plan, &[Option<Rid>]),
    let_go: Vec<(PatientNo, String)>,
) -> Result<()> {
    let (mut names, mut files, mut new) = (let_go, BTreeSet::new(), HashSet::new());
    for (n, prepared) in batch.iter().enumerate() {
        let known = || plan.before[n].as_ref().and_then(|before| before.rid);
        let stored = rids[n].or_else(known).filter(|rid| rid.patient() != PatientNo::DIRECTORY);
        let Some(rid) = stored else { continue };
        // One that was known may have come under another address, by which it is named.
        if prepared.kind == "Binary" {
            files.insert(rid);
            new.extend((plan.fates[n] == Stored::New).then_some(rid));
        }
        if rids[n].is_some() {
            names.extend(placing::names_in(&prepared.index).map(|name| (rid.patient(), name.to_owned())));
        }
    }
    files.extend(placing::files(tx, &names).await?);
    let moved = placing::place(tx, &files).await?;
    // A copy that was made before may hold what is closed now.
    let moved: BTreeSet<PatientNo> =
        moved.into_iter().filter(|rid| !new.contains(rid)).map(Rid::patient).collect();
    for patient in moved {
        labels_store::count_change(tx, patient).await?;
    }
    Ok(())
}

/// What staff changed of labels stands above new bytes, and labels go over to what belongs to labelled items.
async fn label(tx: &mut Tx, (plan, rids): (&Plan, &[Option<Rid>])) -> Result<()> {
    let written = |fate| plan.fates.iter().zip(rids).filter(move |(of, _)| **of == fate);
    let changed: Vec<Rid> = written(Stored::Changed).filter_map(|(_, rid)| *rid).collect();
    labels::reapply(tx, &changed).await?;
    let new = written(Stored::New).filter_map(|(_, rid)| *rid);
    let mut patients: Vec<PatientNo> = new.chain(changed.iter().copied()).map(Rid::patient).collect();
    patients.sort_unstable();
    patients.dedup();
    labels::spread(tx, &patients).await
}

/// A person's number, and what is known of them.
pub(super) struct Known {
    pub patient: PatientNo,
    pub identity: Identity,
}

/// The numbers of all people in the batch; unknown ones get the next.
async fn people(
    tx: &mut Tx,
    (source_no, now): (i64, Instant),
    batch: &[Prepared],
) -> Result<HashMap<String, Known>> {
    let mut ids: Vec<&str> = batch
        .iter()
        .filter_map(|prepared| match &prepared.owner {
            Owner::Patient(id) => Some(id.as_str()),
            Owner::Directory => None,
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let mut known: HashMap<String, Known> = people_store::people(tx, source_no, &ids)
        .await?
        .into_iter()
        .map(|(patient, identity)| (identity.id.clone(), Known { patient, identity }))
        .collect();
    let compared = batch.iter().filter(|prepared| prepared.person.is_some());
    let compared: Vec<PatientNo> =
        compared.filter_map(|prepared| known.get(&prepared.id)).map(|known| known.patient).collect();
    let mut identifiers = people_store::identifiers(tx, &compared).await?;
    for one in known.values_mut() {
        one.identity.identifiers = identifiers.remove(&one.patient).unwrap_or_default();
    }
    for id in ids {
        if !known.contains_key(id) {
            let patient = people_store::add_person(tx, source_no, (id, now)).await?;
            let identity = Identity { id: id.to_owned(), ..Identity::default() };
            known.insert(id.to_owned(), Known { patient, identity });
        }
    }
    Ok(known)
}

async fn existing(
    tx: &mut Tx,
    source_no: i64,
    batch: &[Prepared],
) -> Result<HashMap<(String, String), Existing>> {
    let keys: Vec<(&str, &str)> = batch.iter().map(|p| (p.kind.as_str(), p.id.as_str())).collect();
    Ok(store::existing(tx, source_no, &keys).await?.into_iter().collect())
}

/// Notes what the Patient resources of a batch say, and adds the FHIR ids under which somebody else came. All of the
/// batch under such an id is set aside, and all that follows.
fn take_identities(batch: &[Prepared], owners: &mut HashMap<String, Known>, others: &mut HashSet<String>) {
    for prepared in batch {
        let (Owner::Patient(id), Some(facts)) = (&prepared.owner, &prepared.person) else { continue };
        let Some(known) = owners.get_mut(id) else { continue };
        let new = Identity {
            id: id.clone(),
            family: facts.family.clone(),
            given: facts.given.clone(),
            birth_date: facts.birth_date.clone(),
            identifiers: facts.identifiers.iter().cloned().collect(),
        };
        if rules::is_another(&new, &known.identity) {
            others.insert(id.clone());
        } else {
            known.identity = new;
        }
    }
}

/// Moves a resource from a person's record into the directory. References lead to it by type and id as before.
async fn share(tx: &mut Tx, rid: Rid, (source_no, now): (i64, Instant)) -> Result<Rid> {
    let questions = label_asks::item_goes(tx, rid, now).await?;
    let item = store::take_items(tx, PatientNo::DIRECTORY, 1).await?;
    let to = PatientNo::DIRECTORY.rid(ItemNo(item));
    store::relocate(tx, (rid, to)).await?;
    labels::settle(tx, vec![to]).await?;
    tracing::info!(
        source = source_no,
        questions,
        "a resource that two records share moved into the directory, without the questions about it that waited"
    );
    Ok(to)
}

/// What is done with each resource of a batch.
struct Plan {
    patients: Vec<PatientNo>,
    fates: Vec<Stored>,
    /// The one of the batch that is stored: a later one with the same id replaces an earlier one.
    before: Vec<Option<Existing>>,
}

impl Plan {
    fn new(
        batch: &[Prepared],
        (patients, others): (Vec<PatientNo>, &HashSet<String>),
        mut known: HashMap<(String, String), Existing>,
    ) -> Self {
        let mut plan = Self { patients, fates: Vec::new(), before: Vec::new() };
        for (n, prepared) in batch.iter().enumerate() {
            let patient = plan.patients[n];
            let key = (prepared.kind.clone(), prepared.id.clone());
            let before = known.get(&key).cloned();
            let fate = match &before {
                _ if matches!(&prepared.owner, Owner::Patient(id) if others.contains(id)) => {
                    Stored::OtherIdentity
                }
                None => Stored::New,
                Some(before) if before.patient == patient => match before {
                    _ if before.hash == prepared.hash => Stored::Unchanged,
                    // Two people's files that have the same drug in other bytes would else take turns at each import.
                    _ if before.had(&prepared.hash) && prepared.owner != Owner::Directory => {
                        Stored::Unchanged
                    }
                    _ => Stored::Changed,
                },
                Some(before) if before.patient == PatientNo::DIRECTORY => Stored::OtherShared,
                Some(_) => Stored::OtherPerson,
            };
            match (fate, known.get_mut(&key)) {
                // Seen twice in one batch: the second is compared with the first, which gets its key later.
                (Stored::New, _) => {
                    let new = Existing { patient, rid: None, hash: prepared.hash, catalogued: None };
                    known.insert(key, new);
                }
                (Stored::Changed, Some(known)) => known.hash = prepared.hash,
                _ => {}
            }
            plan.fates.push(fate);
            plan.before.push(before);
        }
        plan
    }
}

/// The key of each resource that is written.
async fn allocate(tx: &mut Tx, plan: &Plan) -> Result<Vec<Option<Rid>>> {
    let mut wanted: HashMap<PatientNo, i64> = HashMap::new();
    for (patient, fate) in plan.patients.iter().zip(&plan.fates) {
        if *fate == Stored::New {
            *wanted.entry(*patient).or_default() += 1;
        }
    }
    let mut next: HashMap<PatientNo, i64> = HashMap::new();
    let mut wanted: Vec<_> = wanted.into_iter().collect();
    wanted.sort_unstable();
    for (patient, count) in wanted {
        next.insert(patient, store::take_items(tx, patient, count).await?);
    }
    let rids =
        plan.patients.iter().zip(&plan.fates).zip(&plan.before).map(|((patient, fate), before)| match fate {
            Stored::New => next.get_mut(patient).map(|item| {
                *item += 1;
                patient.rid(ItemNo(*item - 1))
            }),
            Stored::Changed => before.as_ref().and_then(|before| before.rid),
            _ => None,
        });
    Ok(rids.collect())
}

/// Writes what is new or other. Returns the files that what was replaced named.
async fn write(
    tx: &mut Tx,
    (source_no, now): (i64, Instant),
    (batch, plan, rids): (&[Prepared], &Plan, &mut [Option<Rid>]),
) -> Result<Vec<(PatientNo, String)>> {
    let mut let_go = Vec::new();
    let mut rows = store::Rows::default();
    let mut touched = HashSet::new();
    for (n, prepared) in batch.iter().enumerate() {
        match (plan.fates[n], rids[n]) {
            (Stored::New, Some(rid)) => rows.add_new(rid, (source_no, now), prepared),
            (Stored::Changed, Some(rid)) => {
                // A second new version in one batch: the rows of the first must stand before they are replaced.
                if !touched.insert(rid) {
                    rows.flush(tx).await?;
                }
                let_go.extend(store::replace(tx, rid, (prepared, now)).await?);
                rows.add_index(rid, (source_no, now), prepared);
            }
            // The same id twice in one batch, with other bytes: the first has no key yet, so the batch is
            // written up to here first.
            (Stored::Changed, None) => {
                rows.flush(tx).await?;
                let key = (prepared.kind.as_str(), prepared.id.as_str());
                if let Some((_, Existing { rid: Some(rid), .. })) =
                    store::existing(tx, source_no, &[key]).await?.into_iter().next()
                {
                    let_go.extend(store::replace(tx, rid, (prepared, now)).await?);
                    rows.add_index(rid, (source_no, now), prepared);
                    rids[n] = Some(rid);
                }
            }
            (Stored::Unchanged, _) if prepared.nature != Nature::Settled => {
                rows.add_alias(plan.before[n].as_ref().and_then(|before| before.rid), source_no, prepared)
            }
            _ => {}
        }
    }
    rows.flush(tx).await?;
    Ok(let_go)
}
