//! Reading the tables of a record.

use std::collections::HashSet;

use serde_json::json;

use super::body;
use super::model::{Filter, ItemLine, Person, Point, Shelf};
use super::reference::Key;
use crate::base::{AccountId, Instant, PatientNo, Result, Rid, SessionId};
use crate::db::{Query, Tx, query, row};
use crate::fhir::present::{Category, known};
use crate::fhir::sensitivity::Labels;
use crate::fhir::text::fold;
use crate::keys::Keys;
use crate::representation::{Lens, Sight, first_came};

/// What an item `i` must be to be seen through a lens, by the first of the seven markers that [`bind_lens`] binds:
/// `Lens::shows_come` in SQL.
// `+ 0`: the span is seldom a narrow one, and an index is not to be chosen for it (PostgreSQL would, planning once).
// Without a moment, as with nearly all lenses, the last part costs nothing: when something first came is looked up only
// for what is closed up to one.
macro_rules! seen {
    (2) => {
        seen!("$2", "$3", "$4", "$5", "$6", "$7", "$8")
    };
    (5) => {
        seen!("$5", "$6", "$7", "$8", "$9", "$10", "$11")
    };
    (6) => {
        seen!("$6", "$7", "$8", "$9", "$10", "$11", "$12")
    };
    (8) => {
        seen!("$8", "$9", "$10", "$11", "$12", "$13", "$14")
    };
    ($hidden:literal, $categories:literal, $from:literal, $to:literal, $before_hidden:literal,
     $before_categories:literal, $until:literal) => {
        concat!(
            " AND (i.labels & ",
            $hidden,
            ") = 0 AND ((CAST(1 AS BIGINT) << CAST(i.category AS INTEGER)) & ",
            $categories,
            ") <> 0 AND (i.sort_at + 0 BETWEEN ",
            $from,
            " AND ",
            $to,
            " OR i.category = 15) AND (",
            $until,
            " IS NULL OR (i.labels & ",
            $before_hidden,
            ") = 0 AND ((CAST(1 AS BIGINT) << CAST(i.category AS INTEGER)) & ",
            $before_categories,
            ") <> 0 OR ",
            $crate::representation::first_came!(),
            " > ",
            $until,
            ") "
        )
    };
}
pub(crate) use seen;

/// The same for a shelf `s`, which knows no dates and not when something came: for a lens that is not
/// [`Lens::is_timed`].
macro_rules! seen_shelf {
    () => {
        " AND (s.labels & $2) = 0 AND ((CAST(1 AS BIGINT) << CAST(s.category AS INTEGER)) & $3) <> 0 AND $4 < $5 \
         AND $6 = 0 AND $7 < 0 AND $8 IS NULL "
    };
}
pub(super) use seen_shelf;

/// Binds the next seven markers to a lens.
pub(crate) fn bind_lens(query: Query, lens: Lens) -> Query {
    let before = lens.before;
    query
        .bind(lens.closed().0)
        .bind(lens.categories)
        .bind(lens.from)
        .bind(lens.to)
        .bind(before.closed().0)
        .bind(before.categories)
        .bind(until(lens))
}

/// The moment up to which a lens closes something; none: it closes nothing so.
fn until(lens: Lens) -> Option<i64> {
    (!lens.before.is_nothing()).then_some(lens.before.until)
}

/// What lists show of it: without the files that something in the record names, which offers them. A search finds them.
fn listed(sight: Sight) -> Sight {
    let hidden = sight.lens.hidden.and(Labels::NAMED);
    Sight { lens: Lens { hidden, ..sight.lens }, ..sight }
}

/// The person a record is about.
pub async fn person(tx: &mut Tx, patient: PatientNo) -> Result<Option<Person>> {
    type Row = (String, Option<String>, Option<String>, Option<String>);
    let row: Option<Row> = query("SELECT name, birth_date, sex, deceased FROM patient WHERE patient_no = $1")
        .bind(patient)
        .optional(tx)
        .await?;
    Ok(row.map(|(name, birth_date, sex, deceased)| Person { patient, name, birth_date, sex, deceased }))
}

/// Each category with its count and the date of its newest item.
pub async fn shelves(tx: &mut Tx, sight: Sight) -> Result<Vec<Shelf>> {
    let sight = listed(sight);
    let counted = if sight.lens.is_timed() {
        concat!(
            "SELECT i.category, CAST(COUNT(*) AS BIGINT) AS n FROM item i WHERE i.patient_no = $1",
            seen!(2),
            "GROUP BY i.category"
        )
    } else {
        concat!(
            "SELECT s.category, CAST(SUM(s.items) AS BIGINT) AS n FROM shelf s \
             WHERE s.patient_no = $1 AND s.items > 0",
            seen_shelf!(),
            "GROUP BY s.category"
        )
    };
    let counts: Vec<(i64, i64)> = bind_lens(query(counted).bind(sight.patient), sight.lens).all(tx).await?;
    let newest: Vec<(i64, Option<String>)> = bind_lens(
        query(concat!(
            "SELECT CAST(a.value ->> 0 AS BIGINT), (SELECT i.when_text FROM item i WHERE i.patient_no = $1 \
               AND i.category = CAST(a.value ->> 0 AS BIGINT)",
            seen!(2),
            "ORDER BY i.sort_at DESC, i.rid DESC LIMIT 1) FROM json_each($9) a"
        ))
        .bind(sight.patient),
        sight.lens,
    )
    .bind(json!(counts).to_string())
    .all(tx)
    .await?;
    let mut shelves: Vec<Shelf> = counts
        .into_iter()
        .map(|(code, count)| Shelf {
            category: category(code),
            count,
            newest: newest.iter().find(|(of, _)| *of == code).and_then(|(_, when)| when.clone()),
        })
        .collect();
    shelves.sort_by_key(|shelf| Category::ALL.iter().position(|c| *c == shelf.category));
    Ok(shelves)
}

/// When something was last received.
pub async fn updated(tx: &mut Tx, sight: Sight) -> Result<Option<Instant>> {
    // Not MAX: the index leads to the newest, which is nearly always seen.
    let newest = query(concat!(
        "SELECT i.received_at FROM item i WHERE i.patient_no = $1",
        seen!(2),
        "ORDER BY i.received_at DESC LIMIT 1"
    ));
    let row: Option<(i64,)> = bind_lens(newest.bind(sight.patient), sight.lens).optional(tx).await?;
    Ok(row.map(|(at,)| Instant(at)))
}

/// When the account was last here, on another visit.
pub async fn last_visit(tx: &mut Tx, account: AccountId, session: SessionId) -> Result<Option<Instant>> {
    let (at,): (Option<i64>,) =
        query("SELECT CAST(MAX(seen_at) AS BIGINT) FROM session WHERE account_id = $1 AND id <> $2")
            .bind(account)
            .bind(session)
            .one(tx)
            .await?;
    Ok(at.map(Instant))
}

row! {
    struct LineRow {
        rid: i64,
        r#type: String,
        id: String,
        version: i64,
        category: i64,
        kind: String,
        title: Option<String>,
        when_text: Option<String>,
        value: Option<String>,
        word: Option<String>,
        range_text: Option<String>,
        flag: Option<String>,
        status: Option<String>,
        code: Option<String>,
        author: Option<String>,
        place: Option<String>,
        mistake: i64,
        source: String,
    }
}

impl LineRow {
    fn line(self, keys: &Keys) -> ItemLine {
        ItemLine {
            address: keys.address(Rid(self.rid)),
            reference: (self.r#type, self.id, self.version),
            category: category(self.category),
            kind: self.kind,
            title: self.title,
            known: known_as(self.code.as_deref()),
            when: self.when_text,
            value: self.value,
            word: self.word,
            range: self.range_text,
            flag: self.flag,
            status: self.status,
            author: self.author,
            place: self.place,
            entered_in_error: self.mistake != 0,
            source: self.source,
        }
    }
}

fn all_lines(rows: Vec<LineRow>, keys: &Keys) -> Vec<ItemLine> {
    rows.into_iter().map(|row| row.line(keys)).collect()
}

/// The message id of what a kept code (`system|code`) is, if it is one of the common ones.
pub fn known_as(code: Option<&str>) -> Option<&'static str> {
    let (system, code) = code?.rsplit_once('|')?;
    known(system, code)
}

macro_rules! line_columns {
    () => {
        "i.rid, r.type, r.id, r.version, i.category, i.kind, i.title, i.when_text, i.value, i.word, i.range_text, \
         i.flag, i.status, i.code, i.author, i.place, i.mistake, s.name AS source \
         FROM item i JOIN resource r ON r.rid = i.rid JOIN source s ON s.source_no = i.source_no "
    };
}

/// The lines that came after a moment: how many, and the newest of them.
pub async fn new_since(
    (tx, keys): (&mut Tx, &Keys),
    sight: Sight,
    since: Instant,
) -> Result<(i64, Vec<ItemLine>)> {
    let sight = listed(sight);
    let count = query(concat!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM item i WHERE i.patient_no = $1",
        seen!(2),
        "AND i.received_at > $9"
    ));
    let (count,): (i64,) = bind_lens(count.bind(sight.patient), sight.lens).bind(since).one(tx).await?;
    let newest = query(concat!(
        "SELECT ",
        line_columns!(),
        "WHERE i.patient_no = $1",
        seen!(2),
        "AND i.received_at > $9 ORDER BY i.sort_at DESC, i.rid DESC LIMIT 5"
    ));
    let rows: Vec<LineRow> = bind_lens(newest.bind(sight.patient), sight.lens).bind(since).all(tx).await?;
    Ok((count, all_lines(rows, keys)))
}

/// The newest lines of a category.
pub async fn newest(
    (tx, keys): (&mut Tx, &Keys),
    sight: Sight,
    (kind, limit): (Category, i64),
) -> Result<Vec<ItemLine>> {
    let sight = listed(sight);
    let newest = query(concat!(
        "SELECT ",
        line_columns!(),
        "WHERE i.patient_no = $1",
        seen!(2),
        "AND i.category = $9 ORDER BY i.sort_at DESC, i.rid DESC LIMIT $10"
    ));
    let rows: Vec<LineRow> = bind_lens(newest.bind(sight.patient), sight.lens)
        .bind(i64::from(kind.code()))
        .bind(limit)
        .all(tx)
        .await?;
    Ok(all_lines(rows, keys))
}

/// What lens and filter bind, in the order of the markers $1 … $23.
struct Bound {
    category: i64,
    from: i64,
    to: i64,
    source: String,
    place: String,
    words: [String; 8],
}

const DAY: i64 = 86_400_000_000;

impl Bound {
    fn new(filter: &Filter) -> Self {
        let day = |text: &Option<String>| {
            text.as_deref().and_then(crate::fhir::present::When::parse).map(|when| when.micros)
        };
        let mut words: [String; 8] = std::array::from_fn(|_| "%".to_owned());
        let folded = fold(filter.words.as_deref().unwrap_or(""));
        for (slot, word) in words.iter_mut().zip(folded.split_whitespace()) {
            let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            *slot = format!("%{escaped}%");
        }
        Self {
            category: filter.category.map_or(-1, |category| i64::from(category.code())),
            from: day(&filter.from).unwrap_or(i64::MIN),
            to: day(&filter.to).map_or(i64::MAX, |at| at + DAY - 1),
            source: filter.source.clone().unwrap_or_default(),
            place: filter.place.clone().unwrap_or_default(),
            words,
        }
    }

    fn bind(&self, query: Query, sight: Sight) -> Query {
        bind_lens(query.bind(sight.patient), sight.lens)
            .bind(self.category)
            .bind(self.from)
            .bind(self.to)
            .bind(self.source.as_str())
            .bind(self.place.as_str())
    }

    fn bind_words(&self, mut query: Query, patient: PatientNo) -> Query {
        for word in &self.words {
            query = query.bind(word.as_str());
        }
        let (low, high) = patient.range();
        query.bind(low).bind(high)
    }
}

macro_rules! listed {
    () => {
        concat!(
            "FROM item i WHERE i.patient_no = $1",
            seen!(2),
            "AND i.category = $9 AND i.sort_at BETWEEN $10 AND $11 \
             AND ($12 = '' OR i.source_no = (SELECT source_no FROM source WHERE name = $12)) \
             AND ($13 = '' OR i.place = $13) "
        )
    };
}

// CROSS JOIN keeps SQLite from looking up each line's words: it reads all words of the person in one go.
macro_rules! searched {
    () => {
        concat!(
            "FROM item_words w CROSS JOIN item i WHERE w.rid BETWEEN $22 AND $23 \
             AND w.words LIKE $14 ESCAPE '\\' AND w.words LIKE $15 ESCAPE '\\' AND w.words LIKE $16 ESCAPE '\\' \
             AND w.words LIKE $17 ESCAPE '\\' AND w.words LIKE $18 ESCAPE '\\' AND w.words LIKE $19 ESCAPE '\\' \
             AND w.words LIKE $20 ESCAPE '\\' AND w.words LIKE $21 ESCAPE '\\' \
             AND i.rid = w.rid AND i.patient_no = $1",
            seen!(2),
            "AND ($9 = -1 OR i.category = $9) AND i.sort_at BETWEEN $10 AND $11 \
             AND ($12 = '' OR i.source_no = (SELECT source_no FROM source WHERE name = $12)) \
             AND ($13 = '' OR i.place = $13) "
        )
    };
}

/// One page of the lines of a category, newest first, and how many there are in all.
pub async fn page(
    (tx, keys): (&mut Tx, &Keys),
    sight: Sight,
    filter: &Filter,
    (limit, offset): (i64, i64),
) -> Result<(i64, Vec<ItemLine>)> {
    let (bound, sight) = (Bound::new(filter), listed(sight));
    let count = match (&filter.from, &filter.to) {
        (None, None) if !sight.lens.is_timed() => query(concat!(
            "SELECT CAST(COALESCE(SUM(s.items), 0) AS BIGINT) FROM shelf s WHERE s.patient_no = $1",
            seen_shelf!(),
            "AND s.category = $9 AND $10 < $11 \
             AND ($12 = '' OR s.source_no = (SELECT source_no FROM source WHERE name = $12)) \
             AND ($13 = '' OR s.place = $13)"
        )),
        _ => query(concat!("SELECT CAST(COUNT(*) AS BIGINT) ", listed!())),
    };
    let (total,): (i64,) = bound.bind(count, sight).one(tx).await?;
    let rids = query(concat!(
        "SELECT i.rid ",
        listed!(),
        "ORDER BY i.sort_at DESC, i.rid DESC LIMIT $14 OFFSET $15"
    ));
    let rids = bound.bind(rids, sight).bind(limit).bind(offset).all(tx).await?;
    Ok((total, lines((tx, keys), &rids).await?))
}

/// What a search finds, newest first, with the words that it searched for, folded.
pub async fn found(tx: &mut Tx, sight: Sight, filter: &Filter) -> Result<(Vec<(i64,)>, Vec<String>)> {
    let bound = Bound::new(filter);
    let all = query(concat!("SELECT i.rid ", searched!(), "ORDER BY i.sort_at DESC, i.rid DESC"));
    let all = bound.bind_words(bound.bind(all, sight), sight.patient).all(tx).await?;
    let words = fold(filter.words.as_deref().unwrap_or(""));
    Ok((all, words.split_whitespace().take(bound.words.len()).map(str::to_owned).collect()))
}

/// These lines, newest first.
pub async fn lines((tx, keys): (&mut Tx, &Keys), rids: &[(i64,)]) -> Result<Vec<ItemLine>> {
    let rows: Vec<LineRow> = query(concat!(
        "SELECT ",
        line_columns!(),
        "WHERE i.rid IN (SELECT CAST(value ->> 0 AS BIGINT) FROM json_each($1)) \
         ORDER BY i.sort_at DESC, i.rid DESC"
    ))
    .bind(json!(rids).to_string())
    .all(tx)
    .await?;
    Ok(all_lines(rows, keys))
}

/// The sources and the places that occur in a category, or in the whole record (−1), among what is seen.
pub async fn choices(tx: &mut Tx, sight: Sight, category: i64) -> Result<(Vec<String>, Vec<String>)> {
    let (first, last) = if category == -1 { (i64::MIN, i64::MAX) } else { (category, category) };
    let (sources, places) = if sight.lens.is_timed() {
        (
            concat!(
                "SELECT name FROM source WHERE source_no IN (SELECT i.source_no FROM item i WHERE i.patient_no = $1",
                seen!(2),
                "AND i.category BETWEEN $9 AND $10) ORDER BY name"
            ),
            concat!(
                "SELECT DISTINCT i.place FROM item i WHERE i.patient_no = $1",
                seen!(2),
                "AND i.category BETWEEN $9 AND $10 AND i.place <> '' ORDER BY i.place LIMIT 100"
            ),
        )
    } else {
        (
            concat!(
                "SELECT name FROM source WHERE source_no IN (SELECT s.source_no FROM shelf s WHERE s.patient_no = $1",
                seen_shelf!(),
                "AND s.category BETWEEN $9 AND $10 AND s.items > 0) ORDER BY name"
            ),
            concat!(
                "SELECT DISTINCT s.place FROM shelf s WHERE s.patient_no = $1",
                seen_shelf!(),
                "AND s.category BETWEEN $9 AND $10 AND s.place <> '' AND s.items > 0 \
                 ORDER BY s.place LIMIT 100"
            ),
        )
    };
    let bind = |sql| bind_lens(query(sql).bind(sight.patient), sight.lens).bind(first).bind(last);
    let sources: Vec<(String,)> = bind(sources).all(tx).await?;
    let places: Vec<(String,)> = bind(places).all(tx).await?;
    Ok((sources.into_iter().map(|(name,)| name).collect(), places.into_iter().map(|(name,)| name).collect()))
}

/// One line with what a trend needs.
pub struct One {
    pub line: ItemLine,
    pub code: Option<String>,
    pub unit: Option<String>,
}

/// The line of one item, if it is seen.
pub async fn line((tx, keys): (&mut Tx, &Keys), lens: Lens, rid: Rid) -> Result<Option<One>> {
    let line = query(concat!("SELECT ", line_columns!(), "WHERE i.rid = $1", seen!(2)));
    let row: Option<LineRow> = bind_lens(line.bind(rid), lens).optional(tx).await?;
    let Some(row) = row else { return Ok(None) };
    let (unit,): (Option<String>,) = query("SELECT unit FROM item WHERE rid = $1").bind(rid).one(tx).await?;
    Ok(Some(One { code: row.code.clone(), line: row.line(keys), unit }))
}

row! {
    struct PointRow {
        sort_at: i64,
        when_text: String,
        value: String,
        number: f64,
        second: Option<f64>,
        low: Option<f64>,
        high: Option<f64>,
    }
}

/// The values of one code in one unit, oldest first, and the normal range of the newest that has one.
pub async fn points(
    tx: &mut Tx,
    sight: Sight,
    (code, unit): (&str, &str),
) -> Result<(Vec<Point>, Option<f64>, Option<f64>)> {
    let points = query(concat!(
        "SELECT i.sort_at, i.when_text, i.value, i.number, i.second, i.low, i.high FROM item i \
         WHERE i.patient_no = $1",
        seen!(2),
        "AND i.code = $9 AND i.unit = $10 AND i.number IS NOT NULL AND i.value IS NOT NULL \
         AND i.when_text IS NOT NULL AND i.mistake = 0 ORDER BY i.sort_at, i.rid LIMIT 2000"
    ));
    let rows: Vec<PointRow> =
        bind_lens(points.bind(sight.patient), sight.lens).bind(code).bind(unit).all(tx).await?;
    let (low, high) = rows
        .iter()
        .rev()
        .find(|row| row.low.is_some() || row.high.is_some())
        .map_or((None, None), |row| (row.low, row.high));
    let points = rows
        .into_iter()
        .filter(|row| row.number.is_finite())
        .map(|row| Point {
            at: row.sort_at,
            when: row.when_text,
            value: row.number,
            second: row.second,
            text: row.value,
        })
        .collect();
    Ok((points, low, high))
}

/// A resource as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its FHIR type.
    pub kind: String,
    /// Its FHIR id.
    pub id: String,
    /// Its version here, from 1.
    pub version: i64,
    /// When this version came.
    pub received: Instant,
    /// Where it stands in the record.
    pub category: Category,
    /// The exact bytes that were gathered.
    pub bytes: Vec<u8>,
}

row! {
    /// The same as it stands in the tables.
    pub(super) struct KeptRow {
        pub rid: i64,
        r#type: String,
        id: String,
        version: i64,
        received_at: i64,
        category: i64,
        codec: i64,
        size: i64,
        body: Vec<u8>,
    }
}

impl KeptRow {
    /// Its bytes as they came.
    pub fn unpack(self) -> Result<Kept> {
        let size = usize::try_from(self.size).unwrap_or(0);
        Ok(Kept {
            bytes: body::unpack(self.codec, &self.body, size)?,
            kind: self.r#type,
            id: self.id,
            version: self.version,
            received: Instant(self.received_at),
            category: category(self.category),
        })
    }
}

/// One resource with its bytes, if it is seen.
pub async fn kept(tx: &mut Tx, lens: Lens, rid: Rid) -> Result<Option<Kept>> {
    let kept = query(concat!(
        "SELECT r.rid, r.type, r.id, r.version, r.received_at, i.category, r.codec, r.size, r.body \
         FROM resource r JOIN item i ON i.rid = r.rid WHERE r.rid = $1",
        seen!(2)
    ));
    let row: Option<KeptRow> = bind_lens(kept.bind(rid), lens).optional(tx).await?;
    row.map(KeptRow::unpack).transpose()
}

/// The bytes of these resources, as they came.
pub(super) async fn bytes(tx: &mut Tx, rids: &[(i64,)]) -> Result<Vec<(i64, Vec<u8>)>> {
    let rows: Vec<(i64, i64, i64, Vec<u8>)> = query(
        "SELECT r.rid, r.codec, r.size, r.body FROM json_each($1) a CROSS JOIN resource r \
         WHERE r.rid = CAST(a.value ->> 0 AS BIGINT)",
    )
    .bind(json!(rids).to_string())
    .all(tx)
    .await?;
    let unpacked = |(rid, codec, size, packed): (i64, i64, i64, Vec<u8>)| {
        Ok((rid, body::unpack(codec, &packed, usize::try_from(size).unwrap_or(0))?))
    };
    rows.into_iter().map(unpacked).collect()
}

/// A document, report or picture with its text, which may name files.
pub(super) struct Bearer {
    pub source: String,
    pub title: Option<String>,
    pub when: Option<String>,
    pub body: String,
}

row! {
    struct BearerRow {
        source: String,
        title: Option<String>,
        when_text: Option<String>,
        codec: i64,
        size: i64,
        body: Vec<u8>,
    }
}

/// What may point to files in a record, newest first, at most 2,000.
pub(super) async fn bearers(tx: &mut Tx, sight: Sight) -> Result<Vec<Bearer>> {
    let (low, high) = sight.patient.range();
    // CROSS JOIN: without statistics SQLite would begin with the documents of everybody.
    let bearers = query(concat!(
        "SELECT s.name AS source, i.title, i.when_text, r.codec, r.size, r.body \
         FROM item i CROSS JOIN resource r CROSS JOIN source s \
         WHERE i.rid BETWEEN $1 AND $9 AND r.rid = i.rid AND s.source_no = r.source_no",
        seen!(2),
        "AND r.type IN ('DocumentReference', 'DiagnosticReport', 'Media') ORDER BY i.rid DESC LIMIT 2000"
    ));
    let rows: Vec<BearerRow> = bind_lens(bearers.bind(low), sight.lens).bind(high).all(tx).await?;
    let bearer = |row: BearerRow| {
        let size = usize::try_from(row.size).unwrap_or(0);
        let body = String::from_utf8_lossy(&body::unpack(row.codec, &row.body, size)?).into_owned();
        Ok(Bearer { source: row.source, title: row.title, when: row.when_text, body })
    };
    rows.into_iter().map(bearer).collect()
}

row! {
    /// Where a reference leads.
    #[derive(Debug, Clone)]
    pub(crate) struct Target {
        /// The reference as it was asked for.
        pub reference: String,
        /// The key of what it leads to.
        pub rid: i64,
        /// Its FHIR type.
        pub r#type: String,
        /// Its id there.
        pub id: String,
        /// The category's code.
        pub category: i64,
        /// The message id of its kind.
        pub kind: String,
        /// Its title.
        pub title: Option<String>,
        /// The code of what it is.
        pub code: Option<String>,
    }
}

/// Where references lead within a person's record and the directory of the same source: by type and id, by the
/// fullUrl of a Bundle entry, or, to the directory only, by an identifier; the newest first. Nothing leads to what is not
/// seen.
pub async fn targets(tx: &mut Tx, sight: Sight, references: &[Key]) -> Result<Vec<Target>> {
    let (low, high) = sight.patient.range();
    let (directory_low, directory_high) = PatientNo::DIRECTORY.range();
    // Each way to name something has a list of its own, of what is so named: a list without rows costs nothing.
    let named: Vec<[&str; 3]> = references
        .iter()
        .filter(|key| !key.id.is_empty())
        .map(|key| [&*key.written, &*key.kind, &*key.id])
        .collect();
    let written: Vec<[&str; 2]> = references.iter().map(|key| [&*key.written, key.unversioned()]).collect();
    let identified: Vec<[&str; 4]> = references
        .iter()
        .filter(|key| !key.code.is_empty())
        .map(|key| [&*key.written, &*key.kind, &*key.system, &*key.code])
        .collect();
    let targets = query(concat!(
        "SELECT v.reference, r.rid, r.type, r.id, i.category, i.kind, i.title, i.code FROM ( \
           SELECT a.value ->> 0 AS reference, r.rid FROM json_each($1) a \
             CROSS JOIN resource r WHERE r.type = a.value ->> 1 AND r.id = a.value ->> 2 \
           UNION ALL \
           SELECT a.value ->> 0 AS reference, l.rid FROM json_each($15) a \
             CROSS JOIN alias l WHERE l.full_url = a.value ->> 1 \
               AND l.source_no = (SELECT source_no FROM patient WHERE patient_no = $6) \
           UNION ALL \
           SELECT a.value ->> 0 AS reference, t.rid FROM json_each($16) a \
             CROSS JOIN index_token t WHERE t.patient_no = $7 AND t.type = a.value ->> 1 \
               AND t.param = 'identifier' AND t.code = a.value ->> 3 AND t.system = a.value ->> 2 \
         ) v CROSS JOIN resource r CROSS JOIN item i WHERE r.rid = v.rid AND i.rid = v.rid \
           AND (r.rid BETWEEN $4 AND $5 OR r.rid BETWEEN $2 AND $3",
        seen!(8),
        ") AND r.source_no = (SELECT source_no FROM patient WHERE patient_no = $6)"
    ))
    .bind(serde_json::to_string(&named)?)
    .bind(low)
    .bind(high)
    .bind(directory_low)
    .bind(directory_high)
    .bind(sight.patient)
    .bind(PatientNo::DIRECTORY);
    let targets = bind_lens(targets, sight.lens)
        .bind(serde_json::to_string(&written)?)
        .bind(serde_json::to_string(&identified)?);
    let mut targets: Vec<Target> = targets.all(tx).await?;
    targets.sort_by(|one, other| (other.rid, &one.reference).cmp(&(one.rid, &other.reference)));
    targets.dedup_by(|one, other| (one.rid, &one.reference) == (other.rid, &other.reference));
    Ok(targets)
}

/// Which of these references lead to something in this person's record that the reader must not see for its label.
pub async fn hidden(tx: &mut Tx, sight: Sight, references: &[Key]) -> Result<HashSet<String>> {
    let (low, high) = sight.patient.range();
    let named: Vec<[&str; 3]> = references
        .iter()
        .filter(|key| !key.id.is_empty())
        .map(|key| [&*key.written, &*key.kind, &*key.id])
        .collect();
    let written: Vec<[&str; 2]> = references.iter().map(|key| [&*key.written, key.unversioned()]).collect();
    let rows: Vec<(String,)> = query(concat!(
        "SELECT v.reference FROM ( \
           SELECT a.value ->> 0 AS reference, r.rid FROM json_each($1) a \
             CROSS JOIN resource r WHERE r.type = a.value ->> 1 AND r.id = a.value ->> 2 \
           UNION ALL \
           SELECT a.value ->> 0 AS reference, l.rid FROM json_each($2) a \
             CROSS JOIN alias l WHERE l.full_url = a.value ->> 1 \
               AND l.source_no = (SELECT source_no FROM patient WHERE patient_no = $3) \
         ) v CROSS JOIN item i WHERE i.rid = v.rid AND i.rid BETWEEN $4 AND $5 AND ((i.labels & $6) <> 0 \
           OR (i.labels & $7) <> 0 AND ",
        first_came!(),
        " <= $8) AND i.source_no = (SELECT source_no FROM patient WHERE patient_no = $3)",
    ))
    .bind(serde_json::to_string(&named)?)
    .bind(serde_json::to_string(&written)?)
    .bind(sight.patient)
    .bind(low)
    .bind(high)
    .bind(sight.lens.hidden.0)
    .bind(sight.lens.before.hidden.0)
    .bind(until(sight.lens))
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(reference,)| reference).collect())
}

/// The names of all in this person's record that the reader must not see for its label: type and id, and fullUrls of Bundle
/// entries.
pub async fn names_of_hidden(tx: &mut Tx, sight: Sight) -> Result<HashSet<String>> {
    let (low, high) = sight.patient.range();
    let rows: Vec<(String,)> = query(concat!(
        "SELECT r.type || '/' || r.id FROM item i CROSS JOIN resource r \
         WHERE i.rid BETWEEN $1 AND $2 AND ((i.labels & $3) <> 0 OR (i.labels & $4) <> 0 AND ",
        first_came!(),
        " <= $5) AND r.rid = i.rid \
         UNION ALL \
         SELECT l.full_url FROM item i CROSS JOIN alias l \
         WHERE i.rid BETWEEN $1 AND $2 AND ((i.labels & $3) <> 0 OR (i.labels & $4) <> 0 AND ",
        first_came!(),
        " <= $5) AND l.rid = i.rid",
    ))
    .bind(low)
    .bind(high)
    .bind(sight.lens.hidden.0)
    .bind(sight.lens.before.hidden.0)
    .bind(until(sight.lens))
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// How many earlier versions of a resource are kept.
pub async fn earlier_versions(tx: &mut Tx, rid: Rid) -> Result<i64> {
    let (n,): (i64,) = query("SELECT CAST(COUNT(*) AS BIGINT) FROM resource_version WHERE rid = $1")
        .bind(rid)
        .one(tx)
        .await?;
    Ok(n)
}

/// What each source gave: name, kind, count as the lists count, when it last came.
pub async fn sources(tx: &mut Tx, sight: Sight) -> Result<Vec<(String, String, i64, Option<i64>)>> {
    let sight = listed(sight);
    let sources = query(concat!(
        "SELECT s.name, s.kind, CAST(COUNT(i.rid) AS BIGINT), CAST(MAX(i.received_at) AS BIGINT) FROM source s \
         LEFT JOIN item i ON i.source_no = s.source_no AND i.patient_no = $1",
        seen!(2),
        "WHERE s.source_no > 0 GROUP BY s.source_no, s.name, s.kind ORDER BY s.name"
    ));
    bind_lens(sources.bind(sight.patient), sight.lens).all(tx).await
}

row! {
    /// The last attempt to gather from each source.
    #[derive(Debug)]
    pub struct RunRow {
        pub name: String,
        pub state: String,
        pub failure: Option<String>,
        pub parts: String,
        pub finished_at: Option<i64>,
    }
}

/// The last gather of a person from each source.
pub async fn last_runs(tx: &mut Tx, patient: PatientNo) -> Result<Vec<RunRow>> {
    query(
        "SELECT s.name, g.state, g.failure, g.parts, g.finished_at FROM gather_run g \
         JOIN source s ON s.source_no = g.source_no WHERE g.patient_no = $1 \
         AND g.started_at = (SELECT MAX(o.started_at) FROM gather_run o \
                             WHERE o.patient_no = g.patient_no AND o.source_no = g.source_no)",
    )
    .bind(patient)
    .all(tx)
    .await
}

/// How many pieces about a person are in quarantine.
pub async fn quarantined(tx: &mut Tx, patient: PatientNo) -> Result<i64> {
    let (n,): (i64,) = query("SELECT CAST(COUNT(*) AS BIGINT) FROM quarantine WHERE patient_no = $1")
        .bind(patient)
        .one(tx)
        .await?;
    Ok(n)
}

pub(super) fn category(code: i64) -> Category {
    i16::try_from(code).ok().and_then(Category::from_code).unwrap_or(Category::Other)
}
