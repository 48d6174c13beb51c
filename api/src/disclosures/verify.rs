//! Proof that the ledger was not altered: every chain is followed from its first entry, compared with its
//! head and with what each signed checkpoint saw, and the checkpoints with the file that repeats them.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::chain::{self, Head};
use super::checkpoints::{self, Body};
use super::store::{self, Mark};
use crate::app::App;
use crate::base::{Hash, Instant, PatientNo, Result, sha256};
use crate::db::{Guard, Tx, missing, unguarded};

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

/// Checks the whole ledger.
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
    let marks = store::marks(&mut tx).await?;
    let ends = follow_chains(&mut tx, &marks, &mut report).await?;
    check_heads(&mut tx, &ends, &mut report).await?;
    check_checkpoints(app, &mut tx, &marks, &mut report).await?;
    Ok(report)
}

/// Whether the database still refuses to change or remove what was appended. Whoever took that away could have
/// changed what no checkpoint covers.
async fn check_guards(tx: &mut Tx, report: &mut Report) -> Result<()> {
    for Guard { table, change } in unguarded(tx, APPEND_ONLY).await? {
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

/// Follows every chain; returns where each really ends.
async fn follow_chains(
    tx: &mut Tx,
    marks: &[Mark],
    report: &mut Report,
) -> Result<BTreeMap<PatientNo, Head>> {
    let mut expected: HashMap<(i64, i64), Vec<&Mark>> = HashMap::new();
    for mark in marks {
        expected.entry((mark.patient_no, mark.seq)).or_default().push(mark);
    }
    let mut ends: BTreeMap<PatientNo, Head> = BTreeMap::new();
    let mut place = (PatientNo(i64::MIN), 0);
    loop {
        let piece = store::scan(tx, place, 4096).await?;
        let Some(last) = piece.last() else { break };
        place = (last.patient, last.seq);
        for entry in piece {
            let head = ends.entry(entry.patient).or_insert(Head::EMPTY);
            let name = format!("patient {}, entry {}", entry.patient, entry.seq);
            if entry.seq != head.seq + 1 {
                let missing = format!("patient {}, entry {}", entry.patient, head.seq + 1);
                report.fault(missing, format!("is missing: entry {} follows entry {}", entry.seq, head.seq));
            }
            let before = Head { seq: entry.seq - 1, hash: head.hash };
            let computed = before.append(entry.patient, entry.at, &entry.body);
            if computed.hash[..] != entry.hash[..] {
                report.fault(&name, "was changed, or the one before it was: its hash does not fit");
            }
            if serde_json::from_slice::<super::Entry>(&entry.body).is_err() {
                report.fault(&name, "cannot be read");
            }
            // Going on from the stored hash keeps one change from being told again for each later entry.
            *head =
                Head { seq: entry.seq, hash: Hash::try_from(entry.hash.as_slice()).unwrap_or(computed.hash) };
            for mark in expected.remove(&(entry.patient.0, entry.seq)).unwrap_or_default() {
                if mark.hash != entry.hash {
                    report
                        .fault(&name, format!("is not the entry that checkpoint {} saw", mark.checkpoint_no));
                }
            }
            report.entries += 1;
        }
    }
    report.patients = ends.len() as i64;
    let mut gone: Vec<_> = expected.into_values().flatten().collect();
    gone.sort_by_key(|mark| (mark.patient_no, mark.seq, mark.checkpoint_no));
    for mark in gone {
        let name = format!("patient {}, entry {}", mark.patient_no, mark.seq);
        report.fault(name, format!("is gone: checkpoint {} saw it", mark.checkpoint_no));
    }
    Ok(ends)
}

/// Whether the columns say what the signed text says.
fn repeats(stored: &store::Checkpoint, body: &Body) -> bool {
    stored.patients == body.patients && stored.entries == body.entries && stored.root[..] == body.root[..]
}

async fn check_heads(tx: &mut Tx, ends: &BTreeMap<PatientNo, Head>, report: &mut Report) -> Result<()> {
    let heads = store::heads(tx).await?;
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
    report.since_last_checkpoint = report.entries - covered;
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
    // On PostgreSQL each machine's file has only the checkpoints that it made itself.
    if app.db.kind() == "sqlite" {
        let mut missing: Vec<&String> = notes.difference(&in_file).collect();
        missing.sort_by_key(|note| number(note).parse::<i64>().unwrap_or(0));
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
