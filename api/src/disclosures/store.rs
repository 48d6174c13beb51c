//! The ledger's tables. Nothing here changes or deletes an entry; triggers refuse it as well.

use std::collections::{BTreeMap, VecDeque};

use serde_json::json;

use super::chain::Head;
use super::model::{Filter, Line, Numbers, Others, Page, Place};
use crate::base::{Error, Hash, Instant, PatientNo, Result, Rid};
use crate::db::{Bulk, Tx, Value, query, row};
use crate::fhir::present::Category;
use crate::fhir::sensitivity::Labels;
use crate::keys::Keys;
use crate::representation::{Sight, first_came};
use crate::visibility::Basis;

/// The heads of these chains, locked until the transaction ends. Upserting locks the rows on PostgreSQL and
/// reads them in the same statement; in order, so that two writers cannot wait for each other.
pub async fn lock_heads(tx: &mut Tx, patients: &[PatientNo]) -> Result<Vec<(PatientNo, Head)>> {
    let rows: Vec<(i64, i64, Vec<u8>)> = query(
        "INSERT INTO ledger_head (patient_no, seq, hash) \
         SELECT CAST(CAST(value AS TEXT) AS BIGINT), 0, $2 FROM json_each($1) WHERE true ORDER BY 1 \
         ON CONFLICT (patient_no) DO UPDATE SET seq = ledger_head.seq \
         RETURNING patient_no, seq, hash",
    )
    .bind(json!(patients).to_string())
    .bind(Head::EMPTY.hash.as_slice())
    .all(tx)
    .await?;
    rows.into_iter()
        .map(|(patient, seq, hash)| Ok((PatientNo(patient), Head { seq, hash: hash32(&hash)? })))
        .collect()
}

/// An entry ready to be written.
pub struct New {
    pub patient: PatientNo,
    pub head: Head,
    pub at: Instant,
    pub body: Vec<u8>,
}

static ENTRIES: Bulk = Bulk::new("INSERT INTO ledger_entry (patient_no, seq, at, hash, body)", 5, "");

/// Appends the entries.
pub async fn append(tx: &mut Tx, entries: Vec<New>) -> Result<()> {
    let expected = entries.len() as u64;
    let rows = entries.into_iter().flat_map(|e| -> [Value; 5] {
        [e.patient.into(), e.head.seq.into(), e.at.into(), e.head.hash.as_slice().into(), e.body.into()]
    });
    if ENTRIES.run(tx, rows.collect()).await? == expected {
        Ok(())
    } else {
        Err(Error::internal(anyhow::anyhow!("a ledger entry was not written")))
    }
}

static HEADS: Bulk = Bulk::new(
    "INSERT INTO ledger_head (patient_no, seq, hash)",
    3,
    "ON CONFLICT (patient_no) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
);

/// Moves the heads on.
pub async fn move_heads(tx: &mut Tx, heads: impl IntoIterator<Item = (PatientNo, Head)>) -> Result<()> {
    let rows = heads.into_iter().flat_map(|(patient, head)| -> [Value; 3] {
        [patient.into(), head.seq.into(), head.hash.as_slice().into()]
    });
    HEADS.run(tx, rows.collect()).await?;
    Ok(())
}

/// A stored entry with its place.
#[derive(Debug)]
pub struct Stored {
    pub patient: PatientNo,
    pub seq: i64,
    pub at: Instant,
    pub hash: Vec<u8>,
    pub body: Vec<u8>,
}

type StoredRow = (i64, i64, i64, Vec<u8>, Vec<u8>);

fn stored((patient, seq, at, hash, body): StoredRow) -> Stored {
    Stored { patient: PatientNo(patient), seq, at: Instant(at), hash, body }
}

/// The next entries after a place and up to a person, in order of person and number.
pub async fn scan(
    tx: &mut Tx,
    (after, last): ((PatientNo, i64), PatientNo),
    limit: i64,
) -> Result<Vec<Stored>> {
    let rows: Vec<StoredRow> = query(
        "SELECT patient_no, seq, at, hash, body FROM ledger_entry \
         WHERE (patient_no, seq) > ($1, $2) AND patient_no <= $3 ORDER BY patient_no, seq LIMIT $4",
    )
    .bind(after.0)
    .bind(after.1)
    .bind(last)
    .bind(limit)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(stored).collect())
}

/// The heads of a stretch of people, in order. The hash is as stored: verification must see a wrong length too.
pub async fn heads(
    tx: &mut Tx,
    (first, last): (PatientNo, PatientNo),
) -> Result<Vec<(PatientNo, i64, Vec<u8>)>> {
    let rows: Vec<(i64, i64, Vec<u8>)> = query(
        "SELECT patient_no, seq, hash FROM ledger_head WHERE seq > 0 AND patient_no BETWEEN $1 AND $2 \
         ORDER BY patient_no",
    )
    .bind(first)
    .bind(last)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(patient, seq, hash)| (PatientNo(patient), seq, hash)).collect())
}

/// Whose record it is: the name and the birth date as the source writes them.
pub async fn whose(tx: &mut Tx, patient: PatientNo) -> Result<(String, Option<String>)> {
    query("SELECT name, birth_date FROM patient WHERE patient_no = $1").bind(patient).one(tx).await
}

/// So many entries of a chain before a number, newest first.
pub async fn before(tx: &mut Tx, patient: PatientNo, (seq, most): (i64, i64)) -> Result<Vec<Line>> {
    read_before(tx, patient, seq, most).await
}

/// Whether any item of a record bears one of these labels.
pub async fn bears(tx: &mut Tx, patient: PatientNo, labels: Labels) -> Result<bool> {
    let row: Option<(i64,)> =
        query("SELECT items FROM shelf WHERE patient_no = $1 AND (labels & $2) <> 0 AND items > 0 LIMIT 1")
            .bind(patient)
            .bind(labels.0)
            .optional(tx)
            .await?;
    Ok(row.is_some())
}

/// Chains that have entries, after one, with how many.
pub async fn chains_after(tx: &mut Tx, after: i64, most: i64) -> Result<Vec<(PatientNo, i64)>> {
    let rows: Vec<(i64, i64)> = query(
        "SELECT patient_no, seq FROM ledger_head WHERE seq > 0 AND patient_no > $1 ORDER BY patient_no LIMIT $2",
    )
    .bind(after)
    .bind(most)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(patient, entries)| (PatientNo(patient), entries)).collect())
}

/// One page of a person's log, newest first.
pub async fn page(tx: &mut Tx, patient: PatientNo, filter: &Filter) -> Result<Page> {
    let limit = if filter.limit == 0 { 50 } else { filter.limit };
    let whose = whose(tx, patient).await?;
    let numbers = filter.numbers();
    if filter.is_open() {
        let (total,): (i64,) =
            query("SELECT CAST(COALESCE(MAX(seq), 0) AS BIGINT) FROM ledger_entry WHERE patient_no = $1")
                .bind(patient)
                .one(tx)
                .await?;
        let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let mut lines = read_before(tx, patient, filter.before.unwrap_or(i64::MAX), most).await?;
        let more = lines.len() > limit;
        lines.truncate(limit);
        let next = lines.last().filter(|_| more).map(|line| line.seq);
        return Ok(Page::of(whose, (lines, next), (total, numbers)));
    }
    if numbers == Numbers::Own {
        return own_page(tx, patient, (filter, limit), whose).await;
    }
    // Filters look into the entry, so the chain is read in pieces, and from its newest on: all that fits is counted.
    let (mut lines, mut next, mut total) = (Vec::<Line>::new(), None, 0);
    let mut before = i64::MAX;
    loop {
        let piece = read_before(tx, patient, before, 200).await?;
        let last_piece = piece.len() < 200;
        for line in piece {
            before = line.seq;
            if filter.from.is_some_and(|from| line.at < from) {
                return Ok(Page::of(whose, (lines, next), (total, numbers)));
            }
            // Who reads by the chain's numbers is told of all lines.
            if !fits(&line, filter) {
                continue;
            }
            total += 1;
            if filter.before.is_some_and(|before| line.seq >= before) {
                continue;
            }
            if lines.len() < limit {
                lines.push(line);
            } else if next.is_none() {
                next = lines.last().map(|line| line.seq);
            }
        }
        if last_piece {
            return Ok(Page::of(whose, (lines, next), (total, numbers)));
        }
    }
}

/// The same for who may not see all lines. Theirs are numbered from the oldest on, so the chain is read that way, with no
/// more of it in memory than a page.
async fn own_page(
    tx: &mut Tx,
    patient: PatientNo,
    (filter, limit): (&Filter, usize),
    whose: (String, Option<String>),
) -> Result<Page> {
    let (mut window, mut total, mut number, mut after) = (VecDeque::<Line>::new(), 0, 0, 0);
    loop {
        let piece = scan(tx, ((patient, after), patient), 200).await?;
        let last_piece = piece.len() < 200;
        for stored in piece {
            after = stored.seq;
            let mut own = line_of(stored)?;
            if !told(&own, filter) {
                continue;
            }
            number += 1;
            if filter.from.is_some_and(|from| own.at < from) || !fits(&own, filter) {
                continue;
            }
            total += 1;
            if filter.before.is_some_and(|before| number >= before) {
                continue;
            }
            own.seq = number;
            window.push_back(own);
            // One more than the page tells whether there are older ones.
            if window.len() > limit.saturating_add(1) {
                window.pop_front();
            }
        }
        if last_piece {
            break;
        }
    }
    let mut lines: Vec<Line> = window.into_iter().rev().collect();
    let more = lines.len() > limit;
    lines.truncate(limit);
    let next = lines.last().filter(|_| more).map(|line| line.seq);
    Ok(Page::of(whose, (lines, next), (total, Numbers::Own)))
}

type PlaceRow = (String, i64, i64, i64, i64, i64, Option<String>);

/// Where items stand that lines name (`Observation/a1/_history/2`), as far as they are seen.
pub async fn places(
    (tx, keys): (&mut Tx, &Keys),
    sight: Sight,
    named: &[&str],
) -> Result<BTreeMap<String, Place>> {
    let parts = |name: &&str| {
        let mut parts = name.split('/');
        Some([parts.next()?.to_owned(), parts.next()?.to_owned(), (*name).to_owned()])
    };
    let asked: Vec<[String; 3]> = named.iter().filter_map(parts).collect();
    if asked.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (low, high) = sight.patient.range();
    let rows: Vec<PlaceRow> = query(concat!(
        "SELECT a.value ->> 2, i.rid, i.category, i.labels, i.sort_at, ",
        first_came!(),
        ", i.title FROM json_each($1) a \
         CROSS JOIN resource r CROSS JOIN item i WHERE r.type = a.value ->> 0 AND r.id = a.value ->> 1 \
         AND r.rid BETWEEN $2 AND $3 AND i.rid = r.rid",
    ))
    .bind(serde_json::to_string(&asked)?)
    .bind(low)
    .bind(high)
    .all(tx)
    .await?;
    let place = |(name, rid, category, labels, sort_at, came, title): PlaceRow| {
        let category = Category::from_code(i16::try_from(category).ok()?)?;
        let seen = sight.lens.shows_come((category, Labels(labels)), (sort_at, Instant(came)));
        seen.then_some((name, Place { category, address: keys.address(Rid(rid)), title }))
    };
    Ok(rows.into_iter().filter_map(place).collect())
}

/// The last looks of a chain that a filter lets through: as many, or as there are.
pub async fn recent(tx: &mut Tx, patient: PatientNo, (filter, limit): (&Filter, usize)) -> Result<Vec<Line>> {
    let (mut lines, mut before) = (Vec::new(), i64::MAX);
    loop {
        let piece = read_before(tx, patient, before, 50).await?;
        let Some(last) = piece.last() else { return Ok(lines) };
        before = last.seq;
        let looked = |line: &Line| line.is_look() && told(line, filter) && fits(line, filter);
        lines.extend(piece.into_iter().filter(looked));
        if lines.len() >= limit {
            lines.truncate(limit);
            return Ok(lines);
        }
    }
}

/// Whether the reader may know of a line.
fn told(line: &Line, filter: &Filter) -> bool {
    let emergency = filter.of_others == Others::Emergencies && line.is_emergency();
    (emergency || filter.sees.is_none_or(|account| account == line.entry.who.account))
        && !filter.without.contains(&line.entry.what.kind.as_str())
}

/// Whether a line is one of those that are asked for.
fn fits(line: &Line, filter: &Filter) -> bool {
    filter.to.is_none_or(|to| line.at < to)
        && filter.kind.as_ref().is_none_or(|kind| *kind == line.entry.what.kind)
        && filter.account.is_none_or(|account| account == line.entry.who.account)
        && filter.consent.is_none_or(|wanted| line.entry.basis.consent() == Some(wanted))
        && filter
            .view
            .is_none_or(|wanted| matches!(line.entry.basis, Basis::Staff { view, .. } if view == wanted))
        && filter.by.takes(&line.entry.basis)
        && filter
            .grant
            .is_none_or(|wanted| matches!(line.entry.basis, Basis::App { grant, .. } if grant == wanted))
}

/// The line that a reader's log shows with this number, with its number in the chain.
pub async fn shown(
    tx: &mut Tx,
    patient: PatientNo,
    (filter, number): (&Filter, i64),
) -> Result<Option<Line>> {
    if filter.numbers() == Numbers::Chain {
        return Ok(line(tx, patient, number).await?.filter(|line| told(line, filter)));
    }
    let (mut after, mut count) = (0, 0);
    loop {
        let piece = scan(tx, ((patient, after), patient), 200).await?;
        let last_piece = piece.len() < 200;
        for stored in piece {
            after = stored.seq;
            let line = line_of(stored)?;
            count += i64::from(told(&line, filter));
            if count == number && told(&line, filter) {
                return Ok(Some(line));
            }
        }
        if last_piece {
            return Ok(None);
        }
    }
}

/// One line of a person's log.
pub async fn line(tx: &mut Tx, patient: PatientNo, seq: i64) -> Result<Option<Line>> {
    let found = read_before(tx, patient, seq.saturating_add(1), 1).await?;
    Ok(found.into_iter().find(|line| line.seq == seq))
}

/// The same by its hash.
pub async fn line_of_hash(tx: &mut Tx, patient: PatientNo, hash: Hash) -> Result<Option<Line>> {
    let row: Option<StoredRow> =
        query("SELECT patient_no, seq, at, hash, body FROM ledger_entry WHERE patient_no = $1 AND hash = $2")
            .bind(patient)
            .bind(hash.as_slice())
            .optional(tx)
            .await?;
    row.map(stored).map(line_of).transpose()
}

fn line_of(stored: Stored) -> Result<Line> {
    let Stored { seq, at, hash, body, .. } = stored;
    Ok(Line { seq, at, entry: serde_json::from_slice(&body)?, hash })
}

/// The entries of a chain before one, the newest first.
pub async fn read_before(tx: &mut Tx, patient: PatientNo, before: i64, limit: i64) -> Result<Vec<Line>> {
    let rows: Vec<StoredRow> = query(
        "SELECT patient_no, seq, at, hash, body FROM ledger_entry \
         WHERE patient_no = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
    )
    .bind(patient)
    .bind(before)
    .bind(limit)
    .all(tx)
    .await?;
    rows.into_iter().map(stored).map(line_of).collect()
}

/// How many entries of a chain there are before a number and after a moment, of so many at most from the newest on; and
/// the number of the oldest of these, or that number where there are none.
pub async fn span(
    tx: &mut Tx,
    patient: PatientNo,
    (before, since): (i64, Option<Instant>),
    most: i64,
) -> Result<(i64, i64)> {
    query(
        "SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(MIN(seq), $2) AS BIGINT) FROM \
         (SELECT seq FROM ledger_entry WHERE patient_no = $1 AND seq < $2 AND at > $3 ORDER BY seq DESC LIMIT $4) newest",
    )
    .bind(patient)
    .bind(before)
    .bind(since.map_or(i64::MIN, |since| since.0))
    .bind(most)
    .one(tx)
    .await
}

row! {
    /// A checkpoint as it is kept.
    #[derive(Debug, Clone)]
    pub struct Checkpoint {
        pub checkpoint_no: i64,
        pub at: i64,
        pub patients: i64,
        pub entries: i64,
        pub root: Vec<u8>,
        pub note: String,
    }
}

/// All checkpoints, oldest first.
pub async fn checkpoints(tx: &mut Tx) -> Result<Vec<Checkpoint>> {
    query("SELECT checkpoint_no, at, patients, entries, root, note FROM ledger_checkpoint ORDER BY checkpoint_no").all(tx).await
}

/// The newest checkpoint.
pub async fn last_checkpoint(tx: &mut Tx) -> Result<Option<Checkpoint>> {
    query(
        "SELECT checkpoint_no, at, patients, entries, root, note FROM ledger_checkpoint \
         ORDER BY checkpoint_no DESC LIMIT 1",
    )
    .optional(tx)
    .await
}

/// Keeps a checkpoint; false if another process has just made the one of this number.
pub async fn add_checkpoint(tx: &mut Tx, new: &Checkpoint) -> Result<bool> {
    let n = query(
        "INSERT INTO ledger_checkpoint (checkpoint_no, at, patients, entries, root, note) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (checkpoint_no) DO NOTHING",
    )
    .bind(new.checkpoint_no)
    .bind(new.at)
    .bind(new.patients)
    .bind(new.entries)
    .bind(new.root.as_slice())
    .bind(new.note.as_str())
    .run(tx)
    .await?;
    Ok(n == 1)
}

row! {
    /// A head as a checkpoint saw it.
    #[derive(Debug, Clone)]
    pub struct Mark {
        pub patient_no: i64,
        pub checkpoint_no: i64,
        pub seq: i64,
        pub hash: Vec<u8>,
    }
}

/// All marks in order of checkpoint.
pub async fn marks(tx: &mut Tx) -> Result<Vec<Mark>> {
    query("SELECT patient_no, checkpoint_no, seq, hash FROM ledger_mark ORDER BY checkpoint_no, patient_no")
        .all(tx)
        .await
}

/// The number that each chain had at its last mark.
pub async fn last_marks(tx: &mut Tx) -> Result<Vec<(i64, i64)>> {
    query("SELECT patient_no, CAST(MAX(seq) AS BIGINT) FROM ledger_mark GROUP BY patient_no").all(tx).await
}

static MARKS: Bulk = Bulk::new("INSERT INTO ledger_mark (patient_no, checkpoint_no, seq, hash)", 4, "");

/// Keeps the heads that moved.
pub async fn add_marks(tx: &mut Tx, checkpoint_no: i64, moved: &[(PatientNo, Head)]) -> Result<()> {
    let rows = moved.iter().flat_map(|(patient, head)| -> [Value; 4] {
        [(*patient).into(), checkpoint_no.into(), head.seq.into(), head.hash.as_slice().into()]
    });
    MARKS.run(tx, rows.collect()).await?;
    Ok(())
}

/// A stored hash as 32 bytes.
pub fn hash32(bytes: &[u8]) -> Result<Hash> {
    Hash::try_from(bytes)
        .map_err(|_| Error::internal(anyhow::anyhow!("a stored ledger hash has not 32 bytes")))
}
