//! Checkpoints: the heads of all chains in a Merkle tree whose root is signed, so that the removal of a whole
//! chain shows too. The signed text is a note in the form of C2SP tlog-checkpoint and signed-note. It is kept
//! in the database and, beside it, in `checkpoints.log` in the data folder: who cuts the table must cut the file.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use base64::{Engine, prelude::BASE64_STANDARD};

use super::chain::{self, Head};
use super::store;
use crate::app::App;
use crate::base::{Hash, Instant, PatientNo, Result, sha256};
use crate::config::Config;
use crate::keys::{self, Keys};

/// The name in the notes: what signed, not where.
const ORIGIN: &str = "recordright/ledger";

/// Makes a checkpoint if a chain has moved since the last one. Returns its number.
pub async fn checkpoint(app: &App) -> Result<Option<i64>> {
    let mut tx = app.db.write().await?;
    // Read first: where another process makes a checkpoint meanwhile, this one gets the same number and is dropped.
    let last = store::last_checkpoint(&mut tx).await?;
    // Whoever made it may have been killed before its line was in the file. SQLite lets in one writer at a time,
    // so the file never lacks more than the newest checkpoint.
    if let Some(last) = last.as_ref().filter(|_| repeats_all(app)) {
        append_to_file(&app.config, &last.note)?;
    }
    let mut heads = Vec::new();
    for (patient, seq, hash) in store::heads(&mut tx, (PatientNo(i64::MIN), PatientNo(i64::MAX))).await? {
        heads.push((patient, Head { seq, hash: store::hash32(&hash)? }));
    }
    let marked: std::collections::HashMap<i64, i64> = store::last_marks(&mut tx).await?.into_iter().collect();
    let moved: Vec<(PatientNo, Head)> =
        heads.iter().filter(|(patient, head)| marked.get(&patient.0) != Some(&head.seq)).copied().collect();
    if moved.is_empty() {
        return Ok(None);
    }
    let number = last.as_ref().map_or(1, |last| last.checkpoint_no + 1);
    let body = Body {
        patients: heads.len() as i64,
        root: chain::root(heads.iter().copied()),
        number,
        at: app.clock.now(),
        entries: heads.iter().map(|(_, head)| head.seq).sum(),
        previous: last.map(|last| sha256([last.note.as_bytes()])),
    };
    let note = body.sign(&app.keys);
    let new = store::Checkpoint {
        checkpoint_no: number,
        at: body.at.micros(),
        patients: body.patients,
        entries: body.entries,
        root: body.root.to_vec(),
        note: note.clone(),
    };
    if !store::add_checkpoint(&mut tx, &new).await? {
        return Ok(None);
    }
    store::add_marks(&mut tx, number, &moved).await?;
    tx.commit().await?;
    append_to_file(&app.config, &note)?;
    Ok(Some(number))
}

/// The file that repeats all checkpoints this machine has made.
pub(super) fn file(config: &Config) -> PathBuf {
    config.data.join("checkpoints.log")
}

/// Whether the file repeats every checkpoint: all machines share a PostgreSQL, and each has a file of its own.
pub(super) fn repeats_all(app: &App) -> bool {
    app.db.kind() == "sqlite"
}

/// Appends a note unless it is among the last ones.
fn append_to_file(config: &Config, note: &str) -> Result<()> {
    let mut out = OpenOptions::new().create(true).read(true).append(true).open(file(config))?;
    // Another process may be putting in the same note. Closing the file unlocks it.
    out.lock()?;
    if !end_of(&mut out)?.contains(note) {
        // One write, so that none is left in parts by a process that is killed; a blank line ends a note.
        out.write_all(format!("{note}\n").as_bytes())?;
        out.sync_data()?;
    }
    Ok(())
}

/// The last notes of the file.
fn end_of(file: &mut File) -> Result<String> {
    const ENOUGH: u64 = 16 * 1024;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(ENOUGH)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What a checkpoint states.
pub(super) struct Body {
    pub patients: i64,
    pub root: Hash,
    pub number: i64,
    pub at: Instant,
    pub entries: i64,
    pub previous: Option<Hash>,
}

impl Body {
    /// The signed text: origin, size, root, then our extension lines.
    pub fn text(&self) -> String {
        let previous = self.previous.map_or_else(|| "none".into(), hex::encode);
        format!(
            "{ORIGIN}\n{}\n{}\nnumber {}\nentries {}\nat {}\nprevious {previous}\n",
            self.patients,
            BASE64_STANDARD.encode(self.root),
            self.number,
            self.entries,
            self.at.rfc3339(),
        )
    }

    fn sign(&self, keys: &Keys) -> String {
        let text = self.text();
        let mut signature = key_hash(&keys.public_key()).to_vec();
        signature.extend(keys.sign(text.as_bytes()));
        format!("{text}\n\u{2014} {ORIGIN} {}\n", BASE64_STANDARD.encode(signature))
    }
}

/// The signed text of a note, if its signature is that of `public_key`.
pub(super) fn open_note<'a>(note: &'a str, public_key: &[u8]) -> Option<&'a str> {
    let (text, signature) = note.split_once("\n\n")?;
    let text = &note[..=text.len()];
    let signature = signature.trim_end().strip_prefix(&format!("\u{2014} {ORIGIN} "))?;
    let signature = BASE64_STANDARD.decode(signature).ok()?;
    let (hash, signature) = signature.split_at_checked(4)?;
    (hash == key_hash(public_key) && keys::verify(public_key, text.as_bytes(), signature)).then_some(text)
}

/// The first four bytes of SHA-256 over name, newline, 0x01 (Ed25519) and key (C2SP signed-note).
fn key_hash(public_key: &[u8]) -> [u8; 4] {
    let mut data = format!("{ORIGIN}\n\u{1}").into_bytes();
    data.extend_from_slice(public_key);
    let hash = sha256([data.as_slice()]);
    [hash[0], hash[1], hash[2], hash[3]]
}
