//! Putting resources into records: each batch is one transaction, so that a crash leaves whole batches only.
//! Storing the same bytes again changes nothing; other bytes under the same id make a new version.

use std::collections::{HashMap, HashSet};

use super::body;
use super::ingest_store::{self as store, Existing};
use crate::app::App;
use crate::base::{Instant, ItemNo, PatientNo, Result, Rid};
use crate::db::Tx;
use crate::fhir::check::Finding;
use crate::fhir::index::IndexValue;
use crate::fhir::present::Line;

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
    /// The Patient resource names another person than the one known under this id.
    OtherIdentity,
}

/// Stores a batch in one transaction. Returns what became of each, in order.
pub(crate) async fn store(app: &App, source_no: i64, batch: &[Prepared]) -> Result<Vec<Stored>> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let mut owners = people(&mut tx, (source_no, now), batch).await?;
    let known = existing(&mut tx, source_no, batch).await?;
    let others = take_identities(batch, &mut owners);
    let plan = Plan::new(batch, (&owners, &others), known);
    let items = allocate(&mut tx, &plan).await?;
    write(&mut tx, (source_no, now), (batch, &plan, &items)).await?;
    for (n, prepared) in batch.iter().enumerate() {
        if let (Some(facts), Stored::New | Stored::Changed) = (&prepared.person, plan.fates[n]) {
            store::set_person(&mut tx, plan.patients[n], (facts, now)).await?;
        }
    }
    tx.commit().await?;
    Ok(plan.fates)
}

/// A person's number, and what is known of them.
struct Known {
    patient: PatientNo,
    family: String,
    birth_date: Option<String>,
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
    let mut known = HashMap::new();
    for (id, patient, family, birth_date) in store::people(tx, source_no, &ids).await? {
        known.insert(id, Known { patient, family, birth_date });
    }
    for id in ids {
        if !known.contains_key(id) {
            let patient = store::add_person(tx, source_no, (id, now)).await?;
            known.insert(id.to_owned(), Known { patient, family: String::new(), birth_date: None });
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
        (owners, others): (&HashMap<String, Known>, &HashSet<String>),
        mut known: HashMap<(String, String), Existing>,
    ) -> Self {
        let mut plan = Self { patients: Vec::new(), fates: Vec::new(), before: Vec::new() };
        for prepared in batch {
            let owner = match &prepared.owner {
                Owner::Patient(id) => owners.get(id),
                Owner::Directory => None,
            };
            let patient = owner.map_or(PatientNo::DIRECTORY, |owner| owner.patient);
            let key = (prepared.kind.clone(), prepared.id.clone());
            let before = known.get(&key).cloned();
            let fate = match &before {
                _ if matches!(&prepared.owner, Owner::Patient(id) if others.contains(id)) => {
                    Stored::OtherIdentity
                }
                None => Stored::New,
                Some(before) if before.patient != patient => Stored::OtherPerson,
                Some(before) if before.hash == prepared.hash => Stored::Unchanged,
                Some(_) => Stored::Changed,
            };
            if fate == Stored::New {
                // Seen twice in one batch: the second is compared with the first, which gets its key later.
                known.insert(key, Existing { patient, rid: None, hash: prepared.hash });
            }
            plan.patients.push(patient);
            plan.fates.push(fate);
            plan.before.push(before);
        }
        plan
    }
}

/// Notes what the Patient resources of a batch say, and returns the FHIR ids under which somebody else came.
/// Everything of the batch under such an id is set aside: whose it is, only a person can tell.
fn take_identities(batch: &[Prepared], owners: &mut HashMap<String, Known>) -> HashSet<String> {
    let mut others = HashSet::new();
    for prepared in batch {
        let (Owner::Patient(id), Some(facts)) = (&prepared.owner, &prepared.person) else { continue };
        let Some(known) = owners.get_mut(id) else { continue };
        if is_another(facts, known) {
            others.insert(id.clone());
            continue;
        }
        if !facts.family.is_empty() {
            known.family.clone_from(&facts.family);
        }
        if facts.birth_date.is_some() {
            known.birth_date.clone_from(&facts.birth_date);
        }
    }
    others
}

/// Whether a Patient resource names somebody else than the person known under this id: neither the family
/// name nor the birth date is the same. A new name after a wedding, or a mended birth date, passes.
fn is_another(facts: &PersonFacts, known: &Known) -> bool {
    let other_name = !known.family.is_empty() && !facts.family.is_empty() && known.family != facts.family;
    let other_birth = matches!((&known.birth_date, &facts.birth_date), (Some(a), Some(b)) if a != b);
    other_name && other_birth
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

async fn write(
    tx: &mut Tx,
    (source_no, now): (i64, Instant),
    (batch, plan, rids): (&[Prepared], &Plan, &[Option<Rid>]),
) -> Result<()> {
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
                store::replace(tx, rid, (prepared, now)).await?;
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
                    store::replace(tx, rid, (prepared, now)).await?;
                    rows.add_index(rid, (source_no, now), prepared);
                }
            }
            _ => {}
        }
    }
    rows.flush(tx).await
}
