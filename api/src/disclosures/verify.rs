//! Proof that the ledger was not altered: every chain is followed from its first entry, compared with its
//! head and with what each signed checkpoint saw, and the checkpoints with the file that repeats them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::chain::{self, Head};
use super::checkpoints::{self, Body};
use super::store::{self, Mark};
use crate::app::App;
use crate::base::{Error, Hash, Instant, PatientNo, Result, sha256};
use crate::db::{Guard, Kept, Tx, missing, unguarded};

/// One place where the ledger is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The place: `patient 3, entry 17` or `checkpoint 4`.
    pub place: String,
    /// What is wrong there, in plain words.
    pub words: String,
}

/// What was checked and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Entries followed.
    pub entries: i64,
    /// Chains followed.
    pub patients: i64,
    /// Checkpoints whose signature and root were computed again.
    pub checkpoints: i64,
    /// Entries that no checkpoint covers yet.
    pub since_last_checkpoint: i64,
    /// Everything that is wrong, in order; empty is good.
    pub faults: Vec<Fault>,
}

impl Report {
    fn fault(&mut self, place: impl Into<String>, words: impl Into<String>) {
        self.faults.push(Fault { place: place.into(), words: words.into() });
    }
}

/// Checks the whole ledger, several stretches of chains at once.
pub async fn verify(app: &App) -> Result<Report> {
    let mut tx = app.db.read().await?;
    let mut report = Report::default();
    for table in missing(&mut tx, &TABLES).await? {
        report
            .fault(format!("table {table}"), "is missing, so the ledger cannot be checked; restore a backup");
    }
    if !report.faults.is_empty() {
        return Ok(report);
    }
    check_guards(&mut tx, &mut report).await?;
    let marks = Arc::new(store::marks(&mut tx).await?);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let stretches = stretches(&store::heads(&mut tx, EVERYBODY).await?, threads.min(4));
    let parts = stretches.into_iter().map(|people| tokio::spawn(follow(app.clone(), people, marks.clone())));
    for part in futures::future::join_all(parts).await {
        let part = part.map_err(Error::internal)??;
        report.entries += part.entries;
        report.patients += part.patients;
        report.faults.extend(part.faults);
    }
    check_checkpoints(app, &mut tx, &marks, &mut report).await?;
    Ok(report)
}

/// Whether the database still refuses to change or remove what was appended. Whoever took that away could have
/// changed what no checkpoint covers.
async fn check_guards(tx: &mut Tx, report: &mut Report) -> Result<()> {
    let mut bare = Vec::new();
    for (tables, kept) in [(APPEND_ONLY, Kept::LEDGER), (&["consent"], Kept::CONSENT), (EVENTS, Kept::EVENTS)]
    {
        bare.extend(unguarded(tx, tables, kept).await?);
    }
    for Guard { table, change } in bare {
        let words = format!(
            "has lost its guard: the trigger that refuses {change} is missing, switched off or another; \
             rows could be altered past this service"
        );
        report.fault(format!("table {table}"), words);
    }
    Ok(())
}

/// The tables of the ledger; the last moves on, the others triggers keep as they are.
const TABLES: [&str; 4] = ["ledger_entry", "ledger_checkpoint", "ledger_mark", "ledger_head"];
const APPEND_ONLY: &[&str] = TABLES.split_at(3).0;
/// What became of consents and restrictions, kept in the same way.
const EVENTS: &[&str] = &["consent_event", "restriction_event"];

/// A stretch of people, both ends in it.
type People = (PatientNo, PatientNo);

const EVERYBODY: People = (PatientNo(i64::MIN), PatientNo(i64::MAX));

/// Fewer entries than this are not worth another connection.
const WORTH: i64 = 10_000;

/// Everybody in stretches of about as many entries each. They leave no number out: entries of somebody without
/// a head must be found too.
fn stretches(heads: &[(PatientNo, i64, Vec<u8>)], most: usize) -> Vec<People> {
    let entries: i64 = heads.iter().map(|(_, seq, _)| *seq).sum();
    let each = (entries / most.max(1) as i64).max(WORTH);
    let mut stretches = Vec::new();
    let (mut first, mut filled) = (EVERYBODY.0, 0);
    for (patient, seq, _) in heads {
        filled += seq;
        if filled >= each && patient.0 < i64::MAX {
            stretches.push((first, *patient));
            (first, filled) = (PatientNo(patient.0 + 1), 0);
        }
    }
    stretches.push((first, EVERYBODY.1));
    stretches
}

/// Follows the chains of a stretch and compares them with their heads, all in one state of the database.
async fn follow(app: App, people: People, marks: Arc<Vec<Mark>>) -> Result<Report> {
    let mut tx = app.db.read().await?;
    let mut report = Report::default();
    let ends = follow_chains(&mut tx, (people, &marks), &mut report).await?;
    check_heads(&mut tx, (people, &ends), &mut report).await?;
    Ok(report)
}

/// Follows every chain of a stretch; returns where each really ends.
async fn follow_chains(
    tx: &mut Tx,
    (people, marks): (People, &[Mark]),
    report: &mut Report,
) -> Result<BTreeMap<PatientNo, Head>> {
    let mut expected: HashMap<(i64, i64), Vec<&Mark>> = HashMap::new();
    for mark in marks.iter().filter(|mark| (people.0.0..=people.1.0).contains(&mark.patient_no)) {
        expected.entry((mark.patient_no, mark.seq)).or_default().push(mark);
    }
    let mut ends: BTreeMap<PatientNo, Head> = BTreeMap::new();
    let mut now: Option<(PatientNo, Head)> = None;
    let mut place = (people.0, i64::MIN);
    loop {
        let piece = store::scan(tx, (place, people.1), 4096).await?;
        let Some(last) = piece.last() else { break };
        place = (last.patient, last.seq);
        report.entries += piece.len() as i64;
        for entry in piece {
            let head = match now {
                Some((patient, head)) if patient == entry.patient => head,
                before => {
                    ends.extend(before);
                    Head::EMPTY
                }
            };
            let (head, seen) = (check_entry(head, &entry, report), (entry.patient.0, entry.seq));
            now = Some((entry.patient, head));
            for mark in expected.remove(&seen).unwrap_or_default() {
                if mark.hash != entry.hash {
                    let words = format!("is not the entry that checkpoint {} saw", mark.checkpoint_no);
                    report.fault(place_of(&entry), words);
                }
            }
        }
    }
    ends.extend(now);
    report.patients = ends.len() as i64;
    let mut gone: Vec<_> = expected.into_values().flatten().collect();
    gone.sort_by_key(|mark| (mark.patient_no, mark.seq, mark.checkpoint_no));
    for mark in gone {
        let name = format!("patient {}, entry {}", mark.patient_no, mark.seq);
        report.fault(name, format!("is gone: checkpoint {} saw it", mark.checkpoint_no));
    }
    Ok(ends)
}

/// The parts that every entry has. What is in them is read when it is shown.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only whether they are there is of interest")]
struct Outline {
    who: IgnoredAny,
    recipient: IgnoredAny,
    purpose: IgnoredAny,
    basis: IgnoredAny,
    channel: IgnoredAny,
    what: IgnoredAny,
}

/// Checks one entry against the one before it; returns the head after it.
fn check_entry(head: Head, entry: &store::Stored, report: &mut Report) -> Head {
    if entry.seq != head.seq + 1 {
        let missing = format!("patient {}, entry {}", entry.patient, head.seq + 1);
        report.fault(missing, format!("is missing: entry {} follows entry {}", entry.seq, head.seq));
    }
    let before = Head { seq: entry.seq - 1, hash: head.hash };
    let computed = before.append(entry.patient, entry.at, &entry.body);
    if computed.hash[..] != entry.hash[..] {
        report.fault(place_of(entry), "was changed, or the one before it was: its hash does not fit");
    }
    if serde_json::from_slice::<Outline>(&entry.body).is_err() {
        report.fault(place_of(entry), "cannot be read");
    }
    // Going on from the stored hash keeps one change from being told again for each later entry.
    Head { seq: entry.seq, hash: Hash::try_from(entry.hash.as_slice()).unwrap_or(computed.hash) }
}

fn place_of(entry: &store::Stored) -> String {
    format!("patient {}, entry {}", entry.patient, entry.seq)
}

/// Whether the columns say what the signed text says.
fn repeats(stored: &store::Checkpoint, body: &Body) -> bool {
    stored.patients == body.patients && stored.entries == body.entries && stored.root[..] == body.root[..]
}

async fn check_heads(
    tx: &mut Tx,
    (people, ends): (People, &BTreeMap<PatientNo, Head>),
    report: &mut Report,
) -> Result<()> {
    let heads = store::heads(tx, people).await?;
    let known: HashSet<PatientNo> = heads.iter().map(|(patient, _, _)| *patient).collect();
    for (patient, seq, hash) in heads {
        let end = ends.get(&patient).copied().unwrap_or(Head::EMPTY);
        if end.seq < seq {
            report.fault(
                format!("patient {patient}, entry {}", end.seq + 1),
                format!("is gone: the chain had {seq} entries and ends after {}", end.seq),
            );
        } else if end.seq > seq || end.hash[..] != hash[..] {
            report.fault(
                format!("patient {patient}, entry {}", end.seq),
                "is not the end that the head of the chain names",
            );
        }
    }
    for patient in ends.keys().filter(|patient| !known.contains(patient)) {
        report.fault(format!("patient {patient}"), "has entries but no head of the chain");
    }
    Ok(())
}

/// Computes every checkpoint again from the marks, and checks signature, order and the file beside.
async fn check_checkpoints(app: &App, tx: &mut Tx, marks: &[Mark], report: &mut Report) -> Result<()> {
    let key = app.keys.public_key();
    let mut heads: BTreeMap<PatientNo, Head> = BTreeMap::new();
    let mut marks = marks.iter().peekable();
    let mut previous = None;
    let mut notes = HashSet::new();
    let mut covered = 0;
    for (n, stored) in (1..).zip(store::checkpoints(tx).await?) {
        let name = format!("checkpoint {}", stored.checkpoint_no);
        if stored.checkpoint_no != n {
            report.fault(format!("checkpoint {n}"), "is missing");
        }
        // A checkpoint is made only where a chain has moved, so it has a mark at least.
        if marks.peek().is_none_or(|mark| mark.checkpoint_no > stored.checkpoint_no) {
            let words = "has lost its marks: what it saw of the chains stood in ledger_mark and is missing";
            report.fault(&name, words);
        }
        while let Some(mark) = marks.next_if(|mark| mark.checkpoint_no <= stored.checkpoint_no) {
            let hash = Hash::try_from(mark.hash.as_slice()).unwrap_or(chain::START);
            heads.insert(PatientNo(mark.patient_no), Head { seq: mark.seq, hash });
        }
        let body = Body {
            patients: heads.len() as i64,
            root: chain::root(heads.iter().map(|(patient, head)| (*patient, *head))),
            number: stored.checkpoint_no,
            at: Instant(stored.at),
            entries: heads.values().map(|head| head.seq).sum(),
            previous,
        };
        match checkpoints::open_note(&stored.note, &key) {
            None => report.fault(&name, "is not signed by this service's key"),
            Some(text) if text != body.text() || !repeats(&stored, &body) => {
                report.fault(
                    &name,
                    "does not fit the heads of the chains that it covers, as ledger_mark has them",
                );
            }
            Some(_) => {}
        }
        covered = body.entries;
        previous = Some(sha256([stored.note.as_bytes()]));
        notes.insert(stored.note);
        report.checkpoints += 1;
    }
    // Fewer entries than a checkpoint saw are faults, told above, and not newer than it.
    report.since_last_checkpoint = (report.entries - covered).max(0);
    let text = match std::fs::read(checkpoints::file(&app.config)) {
        Ok(bytes) => String::from_utf8(bytes).ok(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(String::new()),
        Err(_) => None,
    };
    let text = text.unwrap_or_else(|| {
        report.fault("checkpoints.log", "cannot be read, so the checkpoints could not be compared with it");
        String::new()
    });
    let mut in_file = HashSet::new();
    for note in text.split_inclusive("\n\n").collect::<Vec<_>>().chunks(2).map(|parts| parts.concat()) {
        let note = note.strip_suffix('\n').unwrap_or(&note).to_owned();
        if !note.trim().is_empty() && !notes.contains(&note) {
            report.fault(
                format!("checkpoint {}", number(&note)),
                "stands in checkpoints.log but not in the database",
            );
        }
        in_file.insert(note);
    }
    if checkpoints::repeats_all(app) {
        let mut missing: Vec<&String> = notes.difference(&in_file).collect();
        missing.sort_by_key(|note| number(note).parse::<i64>().unwrap_or(0));
        // The newest may not be in the file yet, or its maker was killed before: the next one puts it in. As for
        // the others, the file was cut.
        missing.pop_if(|note| number(note).parse() == Ok(report.checkpoints));
        for note in missing {
            report.fault(
                format!("checkpoint {}", number(note)),
                "stands in the database but not in checkpoints.log",
            );
        }
    }
    Ok(())
}

fn number(note: &str) -> &str {
    note.lines().find_map(|line| line.strip_prefix("number ")).unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_leave_nobody_out() {
        let heads = |seqs: &[i64]| -> Vec<_> {
            (1..).zip(seqs).map(|(patient, seq)| (PatientNo(patient), *seq, Vec::new())).collect()
        };
        for (seqs, count) in [
            (&[][..], 1),
            (&[5, 5][..], 1),
            (&[100_000][..], 2),
            (&[30_000, 30_000, 30_000][..], 4),
            (&[6_000; 10][..], 4),
        ] {
            let stretches = stretches(&heads(seqs), 4);
            assert_eq!(stretches.len(), count, "{seqs:?}: {stretches:?}");
            assert_eq!((stretches[0].0, stretches[count - 1].1), EVERYBODY);
            assert!(stretches.windows(2).all(|pair| pair[0].1.0 + 1 == pair[1].0.0));
        }
    }
}
