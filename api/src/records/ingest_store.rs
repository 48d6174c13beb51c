//! Writing the tables of a record. Many rows go in with one statement: row by row the wait for each statement would
//! be most of the time. Lists of keys that are asked for are JSON arrays that both databases take apart (`json_each`).
//! They come first, and `CROSS JOIN` keeps them there: SQLite without statistics, as in a first import, else looks
//! through a whole table and takes the list apart anew for each row of it.

use std::collections::BTreeMap;

use super::body;
use super::ingest::{Indexed, Prepared};
use super::labelling;
use super::{placing, placing_store};
use crate::base::{Error, Instant, ItemNo, PatientNo, Result, Rid, uuid};
use crate::config::Config;
use crate::db::{Bulk, Tx, Value, query};
use crate::fhir::check::Severity;
use crate::fhir::sensitivity;
use crate::representation::UNDATED;

/// The number of a source by its name, made if missing.
pub(crate) async fn add_source(
    tx: &mut Tx,
    (name, kind): (&str, &str),
    (url, now): (Option<&str>, Instant),
    config: &Config,
) -> Result<i64> {
    let known: Option<(i64,)> =
        query("SELECT source_no FROM source WHERE name = $1").bind(name).optional(tx).await?;
    if let Some((source_no,)) = known {
        return Ok(source_no);
    }
    query(
        "INSERT INTO source (source_no, name, kind, url, created_at, labelled_by) \
         SELECT COALESCE(MAX(source_no), 0) + 1, $1, $2, $3, $4, $5 FROM source",
    )
    .bind(name)
    .bind(kind)
    .bind(url)
    .bind(now)
    .bind(labelling::rules(config, name))
    .run_one(tx)
    .await?;
    let (source_no,) = query("SELECT source_no FROM source WHERE name = $1").bind(name).one(tx).await?;
    Ok(source_no)
}

/// A resource that is stored already.
#[derive(Debug, Clone)]
pub struct Existing {
    pub patient: PatientNo,
    /// None while it is only in the batch.
    pub rid: Option<Rid>,
    pub hash: [u8; 32],
    /// Only where it was looked at closer.
    pub catalogued: Option<Catalogued>,
}

impl Existing {
    /// Whether it had these bytes before those it has.
    pub fn had(&self, hash: &[u8; 32]) -> bool {
        self.catalogued.as_ref().is_some_and(|kept| kept.earlier.contains(hash))
    }
}

/// What an entry of a catalogue says, and the hashes of its earlier versions.
#[derive(Debug, Clone)]
pub struct Catalogued {
    pub entry: serde_json::Value,
    pub earlier: Vec<[u8; 32]>,
}

/// The stored ones among these (type, id).
pub async fn existing(
    tx: &mut Tx,
    source_no: i64,
    keys: &[(&str, &str)],
) -> Result<Vec<((String, String), Existing)>> {
    let rows: Vec<(String, String, i64, Vec<u8>)> = query(
        "SELECT r.type, r.id, r.rid, r.hash FROM json_each($1) a \
         CROSS JOIN resource r WHERE r.type = a.value ->> 0 AND r.id = a.value ->> 1 AND r.source_no = $2",
    )
    .bind(serde_json::to_string(keys)?)
    .bind(source_no)
    .all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(kind, id, rid, hash)| {
            let (rid, hash) = (Rid(rid), as_hash(&hash));
            ((kind, id), Existing { patient: rid.patient(), rid: Some(rid), hash, catalogued: None })
        })
        .collect())
}

fn as_hash(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().unwrap_or([0; 32])
}

/// The bytes of resources, and the hashes of their earlier versions.
pub async fn versions(tx: &mut Tx, rids: &[Rid]) -> Result<Vec<(Rid, Vec<u8>, Vec<[u8; 32]>)>> {
    if rids.is_empty() {
        return Ok(Vec::new());
    }
    let keys = serde_json::to_string(&rids.iter().map(|rid| [rid]).collect::<Vec<_>>())?;
    let rows: Vec<(i64, i64, i64, Vec<u8>)> = query(
        "SELECT r.rid, r.codec, r.size, r.body FROM json_each($1) a \
         CROSS JOIN resource r WHERE r.rid = CAST(a.value ->> 0 AS BIGINT)",
    )
    .bind(keys.as_str())
    .all(tx)
    .await?;
    let earlier: Vec<(i64, Vec<u8>)> = query(
        "SELECT v.rid, v.hash FROM json_each($1) a \
         CROSS JOIN resource_version v WHERE v.rid = CAST(a.value ->> 0 AS BIGINT)",
    )
    .bind(keys)
    .all(tx)
    .await?;
    rows.into_iter()
        .map(|(rid, codec, size, body)| {
            let bytes = body::unpack(codec, &body, usize::try_from(size).unwrap_or(0))?;
            let of_it = earlier.iter().filter(|(of, _)| *of == rid);
            Ok((Rid(rid), bytes, of_it.map(|(_, hash)| as_hash(hash)).collect()))
        })
        .collect()
}

/// Takes the next `count` item numbers of a person; returns the first.
///
/// # Errors
/// `Internal` where a record has no number left: the next would be that of another item.
pub async fn take_items(tx: &mut Tx, patient: PatientNo, count: i64) -> Result<i64> {
    let (next,): (i64,) =
        query("UPDATE patient SET next_item = next_item + $2 WHERE patient_no = $1 RETURNING next_item")
            .bind(patient)
            .bind(count)
            .one(tx)
            .await?;
    // The last one taken is `next - 1`.
    if patient.rid(ItemNo(next - 1)).item() != ItemNo(next - 1) {
        return Err(Error::internal(anyhow::anyhow!("a record has no number left for another item")));
    }
    Ok(next - count)
}

/// Puts a new version in the place of the one before, which is kept. Returns the files that the one before named, each
/// with whose record it is in.
pub async fn replace(
    tx: &mut Tx,
    rid: Rid,
    (prepared, now): (&Prepared, Instant),
) -> Result<Vec<(PatientNo, String)>> {
    query(
        "INSERT INTO resource_version (rid, version, hash, codec, size, received_at, replaced_at, body) \
         SELECT rid, version, hash, codec, size, received_at, $2, body FROM resource WHERE rid = $1",
    )
    .bind(rid)
    .bind(now)
    .run_one(tx)
    .await?;
    query(
        "UPDATE resource SET version = version + 1, hash = $2, codec = $3, size = $4, received_at = $5, body = $6 \
         WHERE rid = $1",
    )
    .bind(rid)
    .bind(prepared.hash.as_slice())
    .bind(prepared.codec)
    .bind(prepared.raw.len() as i64)
    .bind(now)
    .bind(prepared.packed.as_slice())
    .run_one(tx)
    .await?;
    take_from_shelf(tx, rid).await?;
    let labels = sensitivity::bits(&prepared.labels);
    query(
        "UPDATE patient SET labels_no = labels_no + 1 WHERE patient_no = $1 \
         AND EXISTS (SELECT 1 FROM item WHERE rid = $2 AND labels <> $3)",
    )
    .bind(rid.patient())
    .bind(rid)
    .bind(labels.0)
    .run(tx)
    .await?;
    for sql in [
        "DELETE FROM item WHERE rid = $1",
        "DELETE FROM item_words WHERE rid = $1",
        "DELETE FROM finding WHERE rid = $1",
        "DELETE FROM item_label WHERE rid = $1",
    ] {
        query(sql).bind(rid).run(tx).await?;
    }
    for sql in [
        "DELETE FROM index_token WHERE patient_no = $1 AND type = $2 AND rid = $3",
        "DELETE FROM index_date WHERE patient_no = $1 AND type = $2 AND rid = $3",
        "DELETE FROM index_text WHERE patient_no = $1 AND type = $2 AND rid = $3",
        "DELETE FROM index_reference WHERE patient_no = $1 AND type = $2 AND rid = $3",
    ] {
        query(sql).bind(rid.patient()).bind(prepared.kind.as_str()).bind(rid).run(tx).await?;
    }
    placing_store::take_names(tx, rid).await
}

/// Writes anew by what searches find a resource. Its medicine stays: where it came from told by which id it is known, too.
pub(super) async fn index_anew(tx: &mut Tx, rid: Rid, (kind, values): (&str, &[Indexed])) -> Result<()> {
    for sql in [
        "DELETE FROM index_token WHERE patient_no = $1 AND type = $2 AND rid = $3",
        "DELETE FROM index_date WHERE patient_no = $1 AND type = $2 AND rid = $3",
        "DELETE FROM index_text WHERE patient_no = $1 AND type = $2 AND rid = $3",
        "DELETE FROM index_reference WHERE patient_no = $1 AND type = $2 AND rid = $3 \
         AND param NOT IN ('medication', '_named')",
    ] {
        query(sql).bind(rid.patient()).bind(kind).bind(rid).run(tx).await?;
    }
    let mut rows = Rows::default();
    values.iter().for_each(|value| rows.add_value(rid, kind, value));
    rows.flush(tx).await
}

/// Writes anew what a resource belongs to, and what belongs to it.
pub(super) async fn members_anew(
    tx: &mut Tx,
    rid: Rid,
    (kind, members): (&str, impl Iterator<Item = Indexed>),
) -> Result<()> {
    query(
        "DELETE FROM index_reference WHERE patient_no = $1 AND type = $2 AND rid = $3 AND param IN ('_of', '_has')",
    )
    .bind(rid.patient())
    .bind(kind)
    .bind(rid)
    .run(tx)
    .await?;
    let mut rows = Rows::default();
    members.for_each(|member| rows.add_value(rid, kind, &member));
    rows.flush(tx).await
}

/// The shelf on which an item stood has one less.
pub(super) async fn take_from_shelf(tx: &mut Tx, rid: Rid) -> Result<()> {
    query(
        "UPDATE shelf SET items = items - 1 WHERE (patient_no, category, source_no, place, labels) = \
           (SELECT patient_no, category, source_no, COALESCE(place, ''), labels FROM item WHERE rid = $1)",
    )
    .bind(rid)
    .run_one(tx)
    .await
}

/// The shelf on which an item stands, in this person's record, has one more.
pub(super) async fn put_on_shelf(tx: &mut Tx, rid: Rid, patient: PatientNo) -> Result<()> {
    query(
        "INSERT INTO shelf (patient_no, category, source_no, place, labels, items) \
         SELECT $2, category, source_no, COALESCE(place, ''), labels, 1 FROM item WHERE rid = $1 \
         ON CONFLICT (patient_no, category, source_no, place, labels) DO UPDATE SET items = shelf.items + 1",
    )
    .bind(rid)
    .bind(patient)
    .run_one(tx)
    .await
}

/// Gives a resource another key, with everything that hangs on it: it moves to another record.
pub async fn relocate(tx: &mut Tx, (from, to): (Rid, Rid)) -> Result<()> {
    // Type and id are unique, and what hangs on a resource must never hang on nothing: so the new row stands under
    // a name that no id has until the old one is gone.
    query(
        "INSERT INTO resource (rid, source_no, type, id, version, hash, codec, size, received_at, body) \
         SELECT $2, source_no, type, id || ' (moves)', version, hash, codec, size, received_at, body \
         FROM resource WHERE rid = $1",
    )
    .bind(from)
    .bind(to)
    .run_one(tx)
    .await?;
    take_from_shelf(tx, from).await?;
    put_on_shelf(tx, from, to.patient()).await?;
    // To whom it was opened, and what was asked about it, was about the record it was in; seats of the directory are
    // nobody's.
    for sql in ["DELETE FROM item_opening WHERE rid = $1", "DELETE FROM label_ask WHERE rid = $1"] {
        query(sql).bind(from).run(tx).await?;
    }
    for sql in [
        "UPDATE item_label SET rid = $2 WHERE rid = $1",
        "UPDATE label_change SET rid = $2 WHERE rid = $1",
        "UPDATE resource_version SET rid = $2 WHERE rid = $1",
        "UPDATE alias SET rid = $2 WHERE rid = $1",
        "UPDATE item_words SET rid = $2 WHERE rid = $1",
        "UPDATE finding SET rid = $2 WHERE rid = $1",
    ] {
        query(sql).bind(from).bind(to).run(tx).await?;
    }
    for sql in [
        "UPDATE item SET rid = $2, patient_no = $4 WHERE rid = $1 AND patient_no = $3",
        "UPDATE index_token SET rid = $2, patient_no = $4 WHERE rid = $1 AND patient_no = $3",
        "UPDATE index_date SET rid = $2, patient_no = $4 WHERE rid = $1 AND patient_no = $3",
        "UPDATE index_text SET rid = $2, patient_no = $4 WHERE rid = $1 AND patient_no = $3",
        "UPDATE index_reference SET rid = $2, patient_no = $4 WHERE rid = $1 AND patient_no = $3",
    ] {
        query(sql).bind(from).bind(to).bind(from.patient()).bind(to.patient()).run(tx).await?;
    }
    let (id,): (String,) = query("SELECT id FROM resource WHERE rid = $1").bind(from).one(tx).await?;
    query("DELETE FROM resource WHERE rid = $1").bind(from).run_one(tx).await?;
    query("UPDATE resource SET id = $2 WHERE rid = $1").bind(to).bind(id).run_one(tx).await
}

/// Rows that wait to be written, by table.
#[derive(Default)]
pub struct Rows {
    resources: Vec<Value>,
    items: Vec<Value>,
    /// By person, category, source, place ('' where none is named) and labels: how many more.
    shelves: BTreeMap<(PatientNo, i64, i64, String, i64), i64>,
    labels: Vec<Value>,
    words: Vec<Value>,
    tokens: Vec<Value>,
    dates: Vec<Value>,
    texts: Vec<Value>,
    references: Vec<Value>,
    findings: Vec<Value>,
    aliases: Vec<Value>,
}

static RESOURCES: Bulk = Bulk::new(
    "INSERT INTO resource (rid, source_no, type, id, version, hash, codec, size, received_at, body)",
    10,
    "",
);
static ITEMS: Bulk = Bulk::new(
    "INSERT INTO item (rid, patient_no, source_no, received_at, category, sort_at, kind, title, when_text, value, \
     word, range_text, flag, status, code, number, second, unit, low, high, author, place, mistake, labels)",
    24,
    "",
);
static SHELVES: Bulk = Bulk::new(
    "INSERT INTO shelf (patient_no, category, source_no, place, labels, items)",
    6,
    "ON CONFLICT (patient_no, category, source_no, place, labels) DO UPDATE SET items = shelf.items + excluded.items",
);
static LABELS: Bulk = Bulk::new("INSERT INTO item_label (rid, label, rule, code)", 4, "");
static WORDS: Bulk = Bulk::new("INSERT INTO item_words (rid, words)", 2, "");
static TOKENS: Bulk = Bulk::new(
    "INSERT INTO index_token (patient_no, type, param, code, system, rid)",
    6,
    "ON CONFLICT DO NOTHING",
);
static DATES: Bulk = Bulk::new(
    "INSERT INTO index_date (patient_no, type, param, low, high, rid)",
    6,
    "ON CONFLICT DO NOTHING",
);
static TEXTS: Bulk =
    Bulk::new("INSERT INTO index_text (patient_no, type, param, folded, rid)", 5, "ON CONFLICT DO NOTHING");
static REFERENCES: Bulk = Bulk::new(
    "INSERT INTO index_reference (patient_no, type, param, target, rid)",
    5,
    "ON CONFLICT DO NOTHING",
);
static FINDINGS: Bulk = Bulk::new("INSERT INTO finding (rid, n, severity, code, path, detail)", 6, "");
static ALIASES: Bulk = Bulk::new("INSERT INTO alias (source_no, full_url, rid)", 3, "ON CONFLICT DO NOTHING");

/// Longest code that is kept for trends, in bytes: a longer one does not fit an index of PostgreSQL.
const INDEXED: usize = 500;

impl Rows {
    /// A resource that was not known.
    pub fn add_new(&mut self, rid: Rid, (source_no, now): (i64, Instant), prepared: &Prepared) {
        self.resources.extend::<[Value; 10]>([
            rid.into(),
            source_no.into(),
            prepared.kind.as_str().into(),
            prepared.id.as_str().into(),
            1_i64.into(),
            prepared.hash.as_slice().into(),
            prepared.codec.into(),
            (prepared.raw.len() as i64).into(),
            now.into(),
            prepared.packed.as_slice().into(),
        ]);
        self.add_index(rid, (source_no, now), prepared);
    }

    /// Everything that is derived from a resource.
    pub fn add_index(&mut self, rid: Rid, (source_no, now): (i64, Instant), prepared: &Prepared) {
        let line = &prepared.line;
        let when = line.when.as_ref();
        let number = line.number.as_ref().filter(|number| number.value.is_finite());
        let labels = sensitivity::bits(&prepared.labels);
        self.items.extend::<[Value; 24]>([
            rid.into(),
            rid.patient().into(),
            source_no.into(),
            now.into(),
            i64::from(line.category.code()).into(),
            when.map_or(UNDATED, |when| when.micros).into(),
            line.kind.into(),
            line.named.then_some(line.title.as_str()).into(),
            when.map(|when| when.text.as_str()).into(),
            line.value.as_deref().into(),
            line.word.into(),
            line.range.as_deref().into(),
            line.flag.map(|flag| flag.name()).into(),
            line.status.into(),
            line.code
                .as_ref()
                .map(|(system, code)| format!("{system}|{code}"))
                .filter(|code| code.len() <= INDEXED)
                .into(),
            number.map(|number| number.value).into(),
            line.second.into(),
            number.map(|number| number.unit.as_str()).into(),
            line.bounds.0.into(),
            line.bounds.1.into(),
            line.author.as_deref().into(),
            line.place.as_deref().into(),
            i64::from(line.entered_in_error).into(),
            labels.0.into(),
        ]);
        let shelf = (
            rid.patient(),
            i64::from(line.category.code()),
            source_no,
            line.place.clone().unwrap_or_default(),
            labels.0,
        );
        *self.shelves.entry(shelf).or_default() += 1;
        self.words.extend::<[Value; 2]>([rid.into(), line.words.as_str().into()]);
        for found in &prepared.labels {
            self.labels.extend::<[Value; 4]>([
                rid.into(),
                found.label.slug().into(),
                found.rule.slug().into(),
                found.code.as_str().into(),
            ]);
        }
        for value in &prepared.index {
            self.add_value(rid, &prepared.kind, value);
        }
        for (n, finding) in (0_i64..).zip(&prepared.findings) {
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            self.findings.extend::<[Value; 6]>([
                rid.into(),
                n.into(),
                severity.into(),
                finding.code.into(),
                finding.path.as_str().into(),
                finding.detail.as_str().into(),
            ]);
        }
        self.add_alias(Some(rid), source_no, prepared);
    }

    /// The fullUrl of a Bundle entry, under which other entries may point to a resource.
    pub fn add_alias(&mut self, rid: Option<Rid>, source_no: i64, prepared: &Prepared) {
        if let (Some(rid), Some(full_url)) = (rid, &prepared.full_url) {
            self.aliases.extend::<[Value; 3]>([source_no.into(), full_url.as_str().into(), rid.into()]);
        }
    }

    fn add_value(&mut self, rid: Rid, kind: &str, value: &Indexed) {
        let param = match value {
            Indexed::Token { param, .. }
            | Indexed::Date { param, .. }
            | Indexed::Text { param, .. }
            | Indexed::Reference { param, .. } => *param,
        };
        // What names files is found by the files.
        let kind = if param == placing::NAMED { "Binary" } else { kind };
        let begin: [Value; 3] = [rid.patient().into(), kind.into(), param.into()];
        let (rows, rest): (_, [Option<Value>; 2]) = match value {
            Indexed::Token { system, code, .. } => {
                (&mut self.tokens, [Some(code.as_str().into()), Some(system.as_str().into())])
            }
            Indexed::Date { low, high, .. } => (&mut self.dates, [Some((*low).into()), Some((*high).into())]),
            Indexed::Text { text, .. } => (&mut self.texts, [Some(text.as_str().into()), None]),
            Indexed::Reference { target, .. } => (&mut self.references, [Some(target.as_str().into()), None]),
        };
        rows.extend(begin);
        rows.extend(rest.into_iter().flatten());
        rows.push(rid.into());
    }

    /// Writes everything that waits.
    pub async fn flush(&mut self, tx: &mut Tx) -> Result<()> {
        for (bulk, values) in [
            (&RESOURCES, &mut self.resources),
            (&ITEMS, &mut self.items),
            (&WORDS, &mut self.words),
            (&TOKENS, &mut self.tokens),
            (&DATES, &mut self.dates),
            (&TEXTS, &mut self.texts),
            (&REFERENCES, &mut self.references),
            (&FINDINGS, &mut self.findings),
            (&LABELS, &mut self.labels),
            (&ALIASES, &mut self.aliases),
        ] {
            bulk.run(tx, std::mem::take(values)).await?;
        }
        let shelves = std::mem::take(&mut self.shelves);
        let shelves = shelves.into_iter().flat_map(|((patient, category, source, place, labels), n)| {
            let shelf: [Value; 6] =
                [patient.into(), category.into(), source.into(), place.into(), labels.into(), n.into()];
            shelf
        });
        SHELVES.run(tx, shelves.collect()).await?;
        Ok(())
    }
}

/// Something that could not be taken, kept whole for staff.
#[derive(Debug)]
pub(crate) struct Quarantined {
    pub source_no: i64,
    pub patient: Option<PatientNo>,
    pub file: String,
    pub place: String,
    pub kind: Option<String>,
    pub fhir_id: Option<String>,
    pub path: String,
    pub reason: &'static str,
    pub detail: String,
    pub hash: [u8; 32],
    pub size: i64,
    pub body: Vec<u8>,
}

/// Keeps what was refused; false if the same bytes were refused for the same reason before.
pub(crate) async fn add_to_quarantine(tx: &mut Tx, (row, now): (&Quarantined, Instant)) -> Result<bool> {
    let n = query(
        "INSERT INTO quarantine (id, source_no, patient_no, file, place, type, fhir_id, path, reason, detail, hash, \
           received_at, size, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
         ON CONFLICT (source_no, hash, reason) DO NOTHING",
    )
    .bind(uuid(now))
    .bind(row.source_no)
    .bind(row.patient)
    .bind(row.file.as_str())
    .bind(row.place.as_str())
    .bind(row.kind.clone())
    .bind(row.fhir_id.clone())
    .bind(row.path.as_str())
    .bind(row.reason)
    .bind(row.detail.as_str())
    .bind(row.hash.as_slice())
    .bind(now)
    .bind(row.size)
    .bind(row.body.as_slice())
    .run(tx)
    .await?;
    Ok(n == 1)
}
