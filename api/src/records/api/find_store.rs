//! Reading the index of a record: which resources have a value. Each statement gives keys only. What may be seen of
//! them is decided by `seen` and, again, by `kept`, which alone reads bytes.

use serde::Serialize;

use crate::base::{Instant, PatientNo, Result};
use crate::db::{Query, Tx, query, row};
use crate::fhir::present::Category;
use crate::records::store::{Kept, KeptRow, bind_lens, seen};
use crate::representation::Sight;

/// Keys of resources, smallest first, each once.
pub type Rids = Vec<i64>;

/// A parameter of a type in a record, or there and in the directory.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Whose record.
    pub patient: PatientNo,
    /// The directory, or the same again.
    pub also: PatientNo,
    /// The type.
    pub kind: &'a str,
    /// The parameter.
    pub param: &'a str,
}

impl Place<'_> {
    fn bind(&self, sql: &'static str) -> Query {
        query(sql).bind(self.patient).bind(self.also).bind(self.kind).bind(self.param)
    }
}

/// A code to look for, in lower case, and between what and what it stands, however it is spelled; without a system any will
/// do.
#[derive(Debug, Serialize)]
pub struct Folded {
    pub first: String,
    pub last: String,
    pub code: String,
    pub system: Option<String>,
}

async fn keys(tx: &mut Tx, query: Query) -> Result<Rids> {
    let mut rids: Rids = query.numbers(tx).await?.into_iter().map(|[rid]| rid).collect();
    rids.sort_unstable();
    rids.dedup();
    Ok(rids)
}

macro_rules! listed {
    () => {
        "t.patient_no IN ($1, $2) AND t.type = $3 AND t.param = $4"
    };
}

/// What has one of these codes, exactly so.
pub async fn with_code(tx: &mut Tx, place: Place<'_>, codes: &[(&str,)]) -> Result<Rids> {
    let sql = concat!(
        "SELECT t.rid FROM json_each($5) a CROSS JOIN index_token t WHERE ",
        listed!(),
        " AND t.code = a.value ->> 0"
    );
    keys(tx, place.bind(sql).bind(serde_json::to_string(codes)?)).await
}

/// What has one of these codes, whatever case.
pub async fn with_code_in_any_case(tx: &mut Tx, place: Place<'_>, codes: &[Folded]) -> Result<Rids> {
    // Read once: SQLite else takes the list apart anew for each row it looks at. Of A to Z only, in both databases: the
    // column has the order of bytes.
    let sql = concat!(
        "WITH a AS MATERIALIZED (SELECT value ->> 'first' AS low, value ->> 'last' AS high, \
           value ->> 'code' AS code, value ->> 'system' AS system FROM json_each($5)) \
         SELECT t.rid FROM a CROSS JOIN index_token t WHERE ",
        listed!(),
        " AND t.code >= a.low AND t.code <= a.high AND lower(t.code) = a.code \
         AND (a.system IS NULL OR t.system = a.system)"
    );
    keys(tx, place.bind(sql).bind(serde_json::to_string(codes)?)).await
}

/// What has any code of these systems.
pub async fn of_system(tx: &mut Tx, place: Place<'_>, systems: &[(&str,)]) -> Result<Rids> {
    let sql = concat!(
        "SELECT t.rid FROM index_token t WHERE ",
        listed!(),
        " AND t.system IN (SELECT a.value ->> 0 FROM json_each($5) a)"
    );
    keys(tx, place.bind(sql).bind(serde_json::to_string(systems)?)).await
}

/// What has a value of this kind of index.
pub async fn having(tx: &mut Tx, place: Place<'_>, table: Table) -> Result<Rids> {
    macro_rules! of {
        ($table:literal) => {
            concat!(
                "SELECT t.rid FROM ",
                $table,
                " t WHERE t.patient_no IN ($1, $2) AND t.type = $3 AND t.param = $4"
            )
        };
    }
    let sql = match table {
        Table::Token => of!("index_token"),
        Table::Date => of!("index_date"),
        Table::Text => of!("index_text"),
        Table::Reference => of!("index_reference"),
    };
    keys(tx, place.bind(sql)).await
}

/// One of the four indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    Token,
    Date,
    Text,
    Reference,
}

/// The spans of a parameter that end after the first and begin before the second moment: key, low, high.
pub async fn spans(tx: &mut Tx, place: Place<'_>, (after, before): (i64, i64)) -> Result<Vec<[i64; 3]>> {
    let sql = concat!(
        "SELECT t.rid, t.low, t.high FROM index_date t WHERE ",
        listed!(),
        " AND t.high > $5 AND t.low < $6"
    );
    place.bind(sql).bind(after).bind(before).numbers(tx).await
}

/// When each resource came that came in a span, its end not in it: key, moment.
pub async fn received(
    tx: &mut Tx,
    (patient, also): (PatientNo, PatientNo),
    (from, before): (i64, i64),
) -> Result<Vec<[i64; 2]>> {
    let sql = "SELECT i.rid, i.received_at FROM item i \
               WHERE i.patient_no IN ($1, $2) AND i.received_at >= $3 AND i.received_at < $4";
    query(sql).bind(patient).bind(also).bind(from).bind(before).numbers(tx).await
}

/// What has a text like one of these patterns.
pub async fn with_text(tx: &mut Tx, place: Place<'_>, patterns: &[(String,)]) -> Result<Rids> {
    let sql = concat!(
        "SELECT t.rid FROM json_each($5) a CROSS JOIN index_text t WHERE ",
        listed!(),
        " AND t.folded LIKE a.value ->> 0 ESCAPE '\\'"
    );
    keys(tx, place.bind(sql).bind(serde_json::to_string(patterns)?)).await
}

/// What points to one of these, spelled exactly so.
pub async fn pointing(tx: &mut Tx, place: Place<'_>, spelled: &[(String,)]) -> Result<Rids> {
    let sql = concat!(
        "SELECT t.rid FROM json_each($5) a CROSS JOIN index_reference t WHERE ",
        listed!(),
        " AND t.target = a.value ->> 0"
    );
    keys(tx, place.bind(sql).bind(serde_json::to_string(spelled)?)).await
}

/// References that are conditional or whole addresses: what they mean must be looked up.
pub async fn oddly_spelled(tx: &mut Tx, place: Place<'_>) -> Result<Vec<(i64, String)>> {
    let sql = concat!(
        "SELECT t.rid, t.target FROM index_reference t WHERE ",
        listed!(),
        " AND (t.target LIKE 'http%' OR t.target LIKE '%?%')"
    );
    place.bind(sql).all(tx).await
}

/// Every reference of a parameter: key, target.
pub async fn all_targets(tx: &mut Tx, place: Place<'_>) -> Result<Vec<(i64, String)>> {
    let sql = concat!("SELECT t.rid, t.target FROM index_reference t WHERE ", listed!());
    place.bind(sql).all(tx).await
}

/// One reference of a parameter of each resource that has any: key, target.
pub async fn first_targets(tx: &mut Tx, place: Place<'_>) -> Result<Vec<(i64, String)>> {
    let sql =
        concat!("SELECT t.rid, MIN(t.target) FROM index_reference t WHERE ", listed!(), " GROUP BY t.rid");
    place.bind(sql).all(tx).await
}

/// What these resources point to by a parameter.
pub async fn targets_of(tx: &mut Tx, place: Place<'_>, rids: &[i64]) -> Result<Vec<String>> {
    let sql = concat!(
        "SELECT DISTINCT t.target FROM index_reference t WHERE ",
        listed!(),
        " AND t.rid IN (SELECT CAST(a.value ->> 0 AS BIGINT) FROM json_each($5) a)"
    );
    let rows: Vec<(String,)> = place.bind(sql).bind(listing(rids)?).all(tx).await?;
    Ok(rows.into_iter().map(|(target,)| target).collect())
}

/// Other names of these resources: the fullUrls of Bundle entries, which references use.
pub async fn other_names(tx: &mut Tx, rids: &[i64]) -> Result<Vec<(String,)>> {
    query(
        "SELECT l.full_url FROM json_each($1) a CROSS JOIN alias l WHERE l.rid = CAST(a.value ->> 0 AS BIGINT)",
    )
    .bind(listing(rids)?)
    .all(tx)
    .await
}

/// What a parameter sorts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sorted {
    /// Codes.
    Code,
    /// Folded texts.
    Text,
}

/// The smallest or largest text of a parameter for each resource, for sorting.
pub async fn texts(tx: &mut Tx, place: Place<'_>, (of, end): (Sorted, End)) -> Result<Vec<(i64, String)>> {
    macro_rules! of {
        ($end:literal, $column:literal, $table:literal) => {
            concat!(
                "SELECT t.rid, ",
                $end,
                "(t.",
                $column,
                ") FROM ",
                $table,
                " t WHERE t.patient_no IN ($1, $2) AND t.type = $3 AND t.param = $4 GROUP BY t.rid"
            )
        };
    }
    let sql = match (of, end) {
        (Sorted::Code, End::Least) => of!("MIN", "code", "index_token"),
        (Sorted::Code, End::Most) => of!("MAX", "code", "index_token"),
        (Sorted::Text, End::Least) => of!("MIN", "folded", "index_text"),
        (Sorted::Text, End::Most) => of!("MAX", "folded", "index_text"),
    };
    place.bind(sql).all(tx).await
}

/// Which of several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Least,
    Most,
}

/// Whether a lens hides anything of this record.
pub async fn hides(tx: &mut Tx, sight: Sight) -> Result<bool> {
    if sight.lens.is_timed() {
        return Ok(true);
    }
    let (n,): (i64,) = query(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM shelf s WHERE s.patient_no = $1 AND s.items > 0 AND ((s.labels & $2) <> 0 \
         OR ((CAST(1 AS BIGINT) << CAST(s.category AS INTEGER)) & $3) = 0)",
    )
    .bind(sight.patient)
    .bind(sight.lens.closed().0)
    .bind(sight.lens.categories)
    .one(tx)
    .await?;
    Ok(n > 0)
}

/// Everything that is seen of a record.
pub async fn seen(tx: &mut Tx, sight: Sight) -> Result<Rids> {
    let sql = concat!("SELECT i.rid FROM item i WHERE i.patient_no = $1", seen!(2));
    keys(tx, bind_lens(query(sql).bind(sight.patient), sight.lens)).await
}

/// Those of the directory that came from the same source as a record.
pub async fn of_the_source(tx: &mut Tx, patient: PatientNo, rids: &[i64]) -> Result<Rids> {
    let sql = "SELECT r.rid FROM json_each($1) a CROSS JOIN resource r \
               WHERE r.rid = CAST(a.value ->> 0 AS BIGINT) \
               AND r.source_no = (SELECT source_no FROM patient WHERE patient_no = $2)";
    keys(tx, query(sql).bind(listing(rids)?).bind(patient)).await
}

/// What the seen part of a record points to that may be of this type.
pub async fn pointed_to(tx: &mut Tx, sight: Sight, kind: &str) -> Result<Vec<String>> {
    let sql = concat!(
        "SELECT DISTINCT t.target FROM index_reference t CROSS JOIN item i WHERE t.patient_no = $1 AND i.rid = t.rid",
        seen!(2),
        "AND (t.target LIKE $9 OR t.target LIKE '%:%' OR t.target LIKE '%?%')"
    );
    let bound = bind_lens(query(sql).bind(sight.patient), sight.lens).bind(format!("{kind}/%"));
    let rows: Vec<(String,)> = bound.all(tx).await?;
    Ok(rows.into_iter().map(|(target,)| target).collect())
}

fn listing(rids: &[i64]) -> Result<String> {
    Ok(serde_json::to_string(&rids.iter().map(|rid| [rid]).collect::<Vec<_>>())?)
}

macro_rules! in_sight {
    ($low:literal, $high:literal, $patient:literal, $lens:tt) => {
        concat!(
            "(r.rid < 16777216 AND r.source_no = (SELECT source_no FROM patient WHERE patient_no = ",
            $patient,
            ") OR r.rid BETWEEN ",
            $low,
            " AND ",
            $high,
            seen!($lens),
            ")"
        )
    };
}

/// These resources with their bytes, as far as they are seen, in the order of the list.
pub async fn kept(tx: &mut Tx, sight: Sight, rids: &[i64]) -> Result<Vec<(i64, Kept)>> {
    if rids.is_empty() {
        return Ok(Vec::new());
    }
    let (low, high) = sight.patient.range();
    let sql = concat!(
        "SELECT r.rid, r.type, r.id, r.version, r.received_at, i.category, r.codec, r.size, r.body \
         FROM json_each($1) a CROSS JOIN resource r CROSS JOIN item i \
         WHERE r.rid = CAST(a.value ->> 0 AS BIGINT) AND i.rid = r.rid AND ",
        in_sight!("$2", "$3", "$4", 5)
    );
    let bound = query(sql).bind(listing(rids)?).bind(low).bind(high).bind(sight.patient);
    let rows: Vec<KeptRow> = bind_lens(bound, sight.lens).all(tx).await?;
    let mut kept: Vec<(i64, Kept)> =
        rows.into_iter().map(|row| Ok((row.rid, row.unpack()?))).collect::<Result<_>>()?;
    let place: std::collections::HashMap<i64, usize> =
        rids.iter().enumerate().map(|(n, rid)| (*rid, n)).collect();
    kept.sort_by_key(|(rid, _)| place.get(rid).copied());
    Ok(kept)
}

/// The resource of this type and id, if it is seen.
pub async fn one(tx: &mut Tx, sight: Sight, (kind, id): (&str, &str)) -> Result<Option<(i64, Kept)>> {
    let (low, high) = sight.patient.range();
    let sql = concat!(
        "SELECT r.rid, r.type, r.id, r.version, r.received_at, i.category, r.codec, r.size, r.body \
         FROM resource r CROSS JOIN item i WHERE r.type = $1 AND r.id = $2 AND i.rid = r.rid AND ",
        in_sight!("$3", "$4", "$5", 6)
    );
    let bound = query(sql).bind(kind).bind(id).bind(low).bind(high).bind(sight.patient);
    let row: Option<KeptRow> = bind_lens(bound, sight.lens).optional(tx).await?;
    row.map(|row| Ok((row.rid, row.unpack()?))).transpose()
}

/// Earlier versions of a resource that was found by [`one`], newest first, without their bytes: number and when it came.
pub async fn versions(tx: &mut Tx, rid: i64) -> Result<Vec<(i64, i64)>> {
    query("SELECT version, received_at FROM resource_version WHERE rid = $1 ORDER BY version DESC")
        .bind(rid)
        .all(tx)
        .await
}

/// When the first version of a resource came, where there is a later one.
pub async fn came(tx: &mut Tx, rid: i64) -> Result<Option<Instant>> {
    let row: Option<(i64,)> =
        query("SELECT received_at FROM resource_version WHERE rid = $1 AND version = 1")
            .bind(rid)
            .optional(tx)
            .await?;
    Ok(row.map(|(at,)| Instant(at)))
}

/// The bytes of an earlier version of a resource that was found by [`one`], and when it came. Whether they may be seen is
/// decided by what they are (`earlier.rs`).
pub async fn version(tx: &mut Tx, rid: i64, version: i64) -> Result<Option<(Instant, Vec<u8>)>> {
    let row: Option<(i64, i64, i64, Vec<u8>)> =
        query("SELECT received_at, codec, size, body FROM resource_version WHERE rid = $1 AND version = $2")
            .bind(rid)
            .bind(version)
            .optional(tx)
            .await?;
    row.map(|(at, codec, size, body)| {
        let bytes = crate::records::body::unpack(codec, &body, usize::try_from(size).unwrap_or(0))?;
        Ok((Instant(at), bytes))
    })
    .transpose()
}

row! {
    /// One resource of a listing.
    struct ListedRow {
        rid: i64,
        version: i64,
        received_at: i64,
        size: i64,
        category: i64,
        sort_at: i64,
        r#type: String,
        id: String,
    }
}

/// One resource of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub rid: i64,
    pub version: i64,
    pub received: i64,
    /// In bytes, as it came.
    pub size: i64,
    pub category: Category,
    /// Its date, in microseconds since 1970; `i64::MIN` if it has none.
    pub dated: i64,
    pub kind: String,
    pub id: String,
}

/// Everything that is seen of a record, without bytes, by age.
pub async fn listed(tx: &mut Tx, sight: Sight) -> Result<Vec<Listed>> {
    let (low, high) = sight.patient.range();
    let sql = concat!(
        "SELECT r.rid, r.version, r.received_at, r.size, i.category, i.sort_at, r.type, r.id \
         FROM item i CROSS JOIN resource r WHERE i.rid BETWEEN $1 AND $9 AND r.rid = i.rid",
        seen!(2)
    );
    let rows: Vec<ListedRow> = bind_lens(query(sql).bind(low), sight.lens).bind(high).all(tx).await?;
    let mut listed: Vec<Listed> = rows.into_iter().map(Listed::from).collect();
    listed.sort_unstable_by_key(|one| one.rid);
    Ok(listed)
}

impl From<ListedRow> for Listed {
    fn from(row: ListedRow) -> Self {
        let category = i16::try_from(row.category).ok().and_then(Category::from_code);
        Self {
            rid: row.rid,
            version: row.version,
            received: row.received_at,
            size: row.size,
            category: category.unwrap_or(Category::Other),
            dated: row.sort_at,
            kind: row.r#type,
            id: row.id,
        }
    }
}
