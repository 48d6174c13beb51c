//! Labels of what is stored follow the settings and the rules of labelling. Where either changed, the items of a source
//! are labelled anew from their bytes, before anything is served: by new rules something may be protected that was not.
//! With the labels goes where files stand: by other rules something else may name them (`placing.rs`); and by what searches
//! find an item, where the table of parameters changed (`fhir/index/table.rs`).
//! While the service runs only that is done which takes protection away: a source that is a program under 42 CFR Part 2
//! no more. What staff put or took stays.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::handing;
use super::ingest::Indexed;
use super::ingest_store;
use super::labels;
use super::labels_store::{self as store, Stored};
use super::placing;
use crate::app::App;
use crate::base::{Error, PatientNo, Result, Rid, sha256};
use crate::config::Config;
use crate::db::Tx;
use crate::fhir::index;
use crate::fhir::sensitivity::{self, Found, Own};
use crate::jobs;

/// The kind of its jobs.
pub(crate) const JOB: &str = "labels.anew";
/// Resources that are labelled in one transaction.
const BATCH: i64 = 200;
/// After so many resources the log tells how far it is.
const TELL: u64 = 10_000;
/// What stands between the rules of labelling and those of the index.
const INDEX: char = '.';
/// What a source's rules end with where it is a program.
const PROGRAM: &str = " program";

/// What was done for one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anew {
    /// The source's number.
    pub source_no: i64,
    /// Resources that were looked at.
    pub resources: u64,
    /// Those whose labels are others now.
    pub changed: u64,
}

/// By which rules the items of a source are labelled: those of this version, and what the settings say of the source.
pub(super) fn rules(config: &Config, source: &str) -> String {
    let program = config.program.sources.iter().any(|one| one == source);
    let text = format!("{}\n{}", sensitivity::rules(), config.labels.said_of(source));
    let known = &hex::encode(sha256([text.as_bytes()]))[..16];
    let index = &hex::encode(sha256([index::rules().as_bytes()]))[..16];
    format!("{known}{INDEX}{index}{}", if program { PROGRAM } else { "" })
}

/// What such rules say of the index, if anything is known of it.
fn of_index(rules: &str) -> Option<&str> {
    rules.strip_suffix(PROGRAM).unwrap_or(rules).split_once(INDEX).map(|(_, index)| index)
}

/// Labels anew what new rules or settings may protect, like a migration: until that is done, nothing may be served. For
/// what only opens it leaves a job, but for as long as nobody knows which source a misspelt name means.
pub async fn label_before_serving(app: &App) -> Result<Vec<Anew>> {
    let (behind, names) = behind(app).await?;
    let mut done = Vec::new();
    for source in behind.iter().filter_map(Behind::first) {
        done.extend(all_of(app, &source).await?);
    }
    if behind.iter().any(|one| one.opens() && one.in_job(names)) {
        let settings = settings(&app.config);
        let (once, payload) = (format!("{JOB} {settings}"), json!({ "settings": settings }));
        let mut tx = app.db.write().await?;
        jobs::enqueue(&mut tx, JOB, payload, app.clock.now(), Some(once)).await?;
        tx.commit().await?;
    }
    Ok(done)
}

/// What the settings say of all sources, without saying it.
fn settings(config: &Config) -> String {
    let text = format!("{}\n{:?}\n{:?}", rules(config, ""), config.program.sources, config.labels);
    hex::encode(sha256([text.as_bytes()]))[..16].to_owned()
}

/// What the job does: labels anew what comes from any source whose rules changed. One that is killed goes on behind
/// its last whole batch.
///
/// # Errors
/// `Unavailable` where the job is of a service with other settings: it is left to a worker that has them.
pub async fn label_anew(app: &App, payload: &serde_json::Value) -> Result<Vec<Anew>> {
    if payload["settings"].as_str() != Some(settings(&app.config).as_str()) {
        return Err(Error::Unavailable("job-of-other-settings"));
    }
    let mut done = Vec::new();
    let (behind, names) = behind(app).await?;
    for source in behind.iter().filter(|one| one.in_job(names)) {
        done.extend(all_of(app, source).await?);
    }
    Ok(done)
}

/// The names in `program.sources`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    /// Of each there is a source.
    Known,
    /// One that nothing has may be a program's, misspelt: then no protection is taken away.
    Misspelt,
}

/// A source whose items have their labels by other rules than those of now.
#[derive(Clone)]
struct Behind {
    source_no: i64,
    before: Option<String>,
    rules: String,
    own: Arc<Own>,
}

impl Behind {
    fn is_program(&self) -> bool {
        self.rules.ends_with(PROGRAM)
    }

    /// Whether searches find its items by another table than that of now, or nobody knows by which.
    fn has_other_index(&self) -> bool {
        of_index(&self.rules) != self.before.as_deref().and_then(of_index)
    }

    /// Whether it was a program, and is none by the settings.
    fn opens(&self) -> bool {
        !self.is_program() && self.before.as_ref().is_some_and(|before| before.ends_with(PROGRAM))
    }

    /// Whether the job labels it: what only protects in any case.
    fn in_job(&self, names: Names) -> bool {
        names == Names::Known || !self.opens()
    }

    /// What is done before anything is served, whatever names are misspelt. By other rules than those by which its items have their labels, or where
    /// nobody knows by which, something may have to be protected that is not yet. The mark of a program stays on it until
    /// the service runs.
    fn first(&self) -> Option<Self> {
        let known = |rules: &str| rules.strip_suffix(PROGRAM).unwrap_or(rules).to_owned();
        let same = self.before.as_ref().is_some_and(|before| known(before) == known(&self.rules));
        match (self.opens(), same) {
            (true, true) => None,
            (true, false) => Some(Self { rules: format!("{}{PROGRAM}", self.rules), ..self.clone() }),
            (false, _) => Some(self.clone()),
        }
    }
}

async fn behind(app: &App) -> Result<(Vec<Behind>, Names)> {
    let mut tx = app.db.read().await?;
    let sources = store::sources(&mut tx).await?;
    let known = |name: &String| {
        sources.iter().any(|(_, one, _)| one == name)
            || app.config.sources.iter().any(|one| one.name == *name)
    };
    for name in app.config.labels.names().filter(|name| !known(name)) {
        tracing::warn!(source = name, "labels names a source that there is not; nothing is labelled by it");
    }
    let misspelt = app.config.program.sources.iter().find(|name| !known(name));
    let names = if misspelt.is_some() { Names::Misspelt } else { Names::Known };
    if let Some(name) = misspelt {
        tracing::warn!(
            source = name,
            "program.sources names a source that there is not; until that is mended no source stops being a program"
        );
    }
    let behind = sources.into_iter().map(|(source_no, name, before)| {
        let rules = rules(&app.config, &name);
        let own = Arc::new(app.config.labels.of_source(&name));
        Behind { source_no, before, rules, own }
    });
    Ok((behind.filter(|one| one.before.as_ref() != Some(&one.rules)).collect(), names))
}

/// Labels all of a source; nothing is told of one that has nothing.
async fn all_of(app: &App, source: &Behind) -> Result<Option<Anew>> {
    let mut done = Anew { source_no: source.source_no, resources: 0, changed: 0 };
    let mut told = 0;
    while batch(app, source, &mut done).await? {
        if told == 0 || done.resources >= told + TELL {
            told = done.resources;
            let (source_no, program) = (source.source_no, source.is_program());
            tracing::info!(source.no = source_no, program, resources = told, "labels are settled anew");
        }
    }
    if done.resources == 0 {
        return Ok(None);
    }
    tracing::info!(
        source.no = source.source_no,
        resources = done.resources,
        changed = done.changed,
        "labels were settled anew"
    );
    Ok(Some(done))
}

/// Labels some resources; whether there are more.
async fn batch(app: &App, source: &Behind, done: &mut Anew) -> Result<bool> {
    let mut tx = app.db.write().await?;
    // Whoever else does the same waits here, and goes on where this ends.
    let (by, after) = store::begin_labelling(&mut tx, (source.source_no, &source.rules)).await?;
    if by.as_deref() == Some(source.rules.as_str()) {
        return Ok(false);
    }
    let stored = store::to_label(&mut tx, (source.source_no, after.unwrap_or(i64::MIN)), BATCH).await?;
    let Some(last) = stored.last().map(|one| one.rid) else {
        store::end_labelling(&mut tx, (source.source_no, &source.rules)).await?;
        tx.commit().await?;
        return Ok(false);
    };
    let first = stored.first().map_or(last, |one| one.rid);
    let known = store::found_between(&mut tx, (first, last)).await?;
    let mut people = BTreeSet::new();
    for one in &stored {
        let read = one.bytes.as_deref().and_then(|bytes| serde_json::from_slice(bytes).ok());
        // Rules of what labels are handed on may be new, too.
        people.insert(one.rid.patient());
        if label(&mut tx, (source, one, read.as_ref()), &known).await? {
            done.changed += 1;
        }
        if let Some(resource) = &read {
            if source.has_other_index() {
                let values = index::values(&one.kind, resource).into_iter().filter_map(Indexed::from_value);
                let values: Vec<Indexed> = values.collect();
                ingest_store::index_anew(&mut tx, one.rid, (&one.kind, &values)).await?;
            }
            place(&mut tx, one, resource).await?;
        }
    }
    let people: Vec<PatientNo> = people.into_iter().collect();
    labels::spread(&mut tx, &people).await?;
    store::go_on_labelling(&mut tx, (source.source_no, last)).await?;
    tx.commit().await?;
    done.resources += stored.len() as u64;
    Ok(true)
}

/// Labels a resource; whether what is found in it is something else than before.
async fn label(
    tx: &mut Tx,
    (source, one, read): (&Behind, &Stored, Option<&Value>),
    known: &BTreeMap<Rid, Vec<Found>>,
) -> Result<bool> {
    let before = known.get(&one.rid).map(Vec::as_slice).unwrap_or_default();
    // What two records share stands in the directory; what of it came from a program is known only by its mark.
    let shared = one.rid.patient() == PatientNo::DIRECTORY;
    let marked = before.iter().any(Found::is_of_program);
    let mut found = look((source, one), (read, before));
    if source.is_program() && one.kind != "Patient" && (!shared || marked) {
        sensitivity::recorded_by_program(&mut found);
    }
    match (one.kind.as_str(), shared) {
        ("Patient", _) => {}
        (_, true) => source.own.mark_again(before, &mut found),
        (_, false) => source.own.mark(&mut found),
    }
    let same = found.len() == before.len() && found.iter().all(|one| before.contains(one));
    if !same {
        store::replace_found(tx, one.rid, &found).await?;
    }
    // What follows from what is found may be something else by new rules, too.
    labels::settle(tx, vec![one.rid]).await?;
    if !same {
        let now = store::bits(tx, one.rid).await?.unwrap_or_default();
        for label in before.iter().map(|one| one.label).filter(|label| !now.has(*label)) {
            labels::disinherit(tx, one.rid, label).await?;
        }
    }
    Ok(!same)
}

/// Notes what a resource belongs to; puts a file where what names it stands, and the files that a resource names where it
/// stands. What comes later does the same, so it does not matter which comes first. What is in nobody's record stands in no
/// category.
async fn place(tx: &mut Tx, one: &Stored, resource: &Value) -> Result<()> {
    if one.rid.patient() == PatientNo::DIRECTORY {
        return Ok(());
    }
    let members = handing::members(&one.kind, resource);
    ingest_store::members_anew(tx, one.rid, (&one.kind, members)).await?;
    let names = placing::note(tx, one.rid, (&one.kind, resource)).await?;
    let mut files: BTreeSet<Rid> = placing::files(tx, &names).await?.into_iter().collect();
    files.extend((one.kind == "Binary").then_some(one.rid));
    for moved in placing::place(tx, &files).await? {
        // A copy that was made before may hold what is closed now.
        store::count_change(tx, moved.patient()).await?;
    }
    Ok(())
}

/// What the rules find in a resource. One that cannot be read keeps nobody from starting: what was found in it before
/// stays, and whoever may not see what is restricted does not see it.
fn look((source, one): (&Behind, &Stored), (read, before): (Option<&Value>, &[Found])) -> Vec<Found> {
    if let Some(resource) = read {
        return sensitivity::of(resource, &source.own);
    }
    // Its key holds the number of the person.
    tracing::error!(
        source.no = source.source_no,
        resource.kind = one.kind,
        "a stored resource cannot be read; it is labelled as restricted"
    );
    sensitivity::unreadable(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the items were labelled by × what the settings say now → by what they are labelled before anything is served,
    /// and whether a job is left.
    #[test]
    fn serving_waits_for_what_protects() {
        let mut config = Config::default();
        let plain = rules(&config, "harbor");
        config.program.sources = vec!["harbor".into()];
        let program = rules(&config, "harbor");
        assert_eq!(rules(&config, "Harbor"), plain, "a source is called by its exact name");
        assert_ne!(plain, program);
        // What the settings add to the labels is part of the rules, of the source that it concerns.
        let mut labels = config.clone();
        labels.labels.notes_apart = vec!["harbor".into()];
        assert_ne!(rules(&labels, "harbor"), program);
        assert_eq!(rules(&labels, "other"), plain);
        let (older, older_program) = ("0123456789abcdef".to_owned(), "0123456789abcdef program".to_owned());
        for (before, now, first, job) in [
            (None, &program, Some(&program), false),
            // Nobody knows by which rules: something may be unprotected.
            (None, &plain, Some(&plain), false),
            (Some(&plain), &program, Some(&program), false),
            (Some(&program), &plain, None, true),
            // Another version's rules: they may find what was not found before.
            (Some(&older), &plain, Some(&plain), false),
            (Some(&older), &program, Some(&program), false),
            (Some(&older_program), &program, Some(&program), false),
            (Some(&older_program), &plain, Some(&program), true),
            // Nobody knows by which rules, but it was a program.
            (Some(&PROGRAM.to_owned()), &plain, Some(&program), true),
            (Some(&PROGRAM.to_owned()), &program, Some(&program), false),
        ] {
            let one =
                Behind { source_no: 1, before: before.cloned(), rules: now.clone(), own: Arc::default() };
            let rules = one.first().map(|one| one.rules);
            assert_eq!((rules.as_ref(), one.opens()), (first, job), "{before:?} {now}");
            // A misspelt name keeps the job from what opens, and nothing from what protects.
            assert!(one.in_job(Names::Known));
            assert_eq!(one.in_job(Names::Misspelt), !job, "{before:?} {now}");
        }
    }

    /// What the items were indexed by → whether they are indexed anew.
    #[test]
    fn another_table_indexes_anew() {
        let now = rules(&Config::default(), "harbor");
        let (labels, index) = now.split_once(INDEX).unwrap();
        for (before, wanted) in [
            (Some(now.clone()), false),
            (Some(format!("{now}{PROGRAM}")), false),
            (Some(format!("0123456789abcdef{INDEX}{index}")), false),
            (Some(format!("{labels}{INDEX}0123456789abcdef")), true),
            (Some(labels.to_owned()), true),
            (Some(PROGRAM.to_owned()), true),
            (None, true),
        ] {
            let one =
                Behind { source_no: 1, before: before.clone(), rules: now.clone(), own: Arc::default() };
            assert_eq!(one.has_other_index(), wanted, "{before:?}");
        }
    }

    /// A body that cannot be read keeps its labels and is restricted.
    #[test]
    fn what_cannot_be_read_is_protected() {
        use crate::fhir::sensitivity::{Label, Rule};
        let source = Behind { source_no: 1, before: None, rules: String::new(), own: Arc::default() };
        let of = |bytes: Option<&[u8]>| Stored {
            rid: Rid(1),
            kind: "Observation".into(),
            bytes: bytes.map(<[u8]>::to_vec),
        };
        let hiv = Found { label: Label::Hiv, rule: Rule::Code, code: "x|y".into() };
        let text = Found { label: Label::Unreviewed, rule: Rule::FreeText, code: String::new() };
        for (bytes, before, wanted) in [
            (Some(&b"{\"resourceType\":\"Observation\"}"[..]), vec![hiv.clone()], vec![]),
            (Some(b"{\"resourceType"), vec![], vec![Label::Restricted]),
            (None, vec![], vec![Label::Restricted]),
            (None, vec![hiv], vec![Label::Hiv, Label::Restricted]),
            (None, vec![text], vec![Label::Restricted, Label::Unreviewed]),
        ] {
            let read = bytes.and_then(|bytes| serde_json::from_slice(bytes).ok());
            let found = look((&source, &of(bytes)), (read.as_ref(), &before));
            assert_eq!(found.iter().map(|one| one.label).collect::<Vec<_>>(), wanted, "{bytes:?}");
        }
    }
}
