//! The log and the permissions of a person for an app that takes the whole record: first how much there is, which is what
//! the ledger is told, then the lines in pieces, so that a log of any length needs the memory of one piece.

use serde_json::Value;

use super::fhir;
use super::shared::{self, MOST_LINES, PIECE, Sees};
use super::store;
use crate::app::App;
use crate::base::{Instant, Result};
use crate::db::Tx;
use crate::smart::Access;
use crate::visibility::Permit;

/// Which lines are wanted: those before a number that came after a moment, the newest first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// Only lines before this number.
    pub before: i64,
    /// Only after this moment.
    pub since: Option<Instant>,
}

/// Lines of a log that an app sees, next to each other.
#[derive(Debug)]
pub(crate) struct Stretch {
    span: Span,
    /// The number of the first of them.
    first: i64,
    sees: Sees,
    /// How many.
    pub count: usize,
    /// The number before which there are more, where not all were wanted.
    pub next: Option<i64>,
}

/// The number that the next line of a log will have: what is written from now on is not before it.
pub(crate) async fn end_of_log(tx: &mut Tx, permit: &Permit) -> Result<i64> {
    let newest = store::read_before(tx, permit.patient(), i64::MAX, 1).await?;
    Ok(newest.first().map_or(1, |line| line.seq.saturating_add(1)))
}

/// How many lines of a span the app sees; none where this cannot be told without reading them.
pub(crate) async fn count(
    tx: &mut Tx,
    (access, permit): (&Access, &Permit),
    span: Span,
) -> Result<Option<usize>> {
    let sees = shared::sees(tx, (access, permit)).await?;
    if !sees.all() {
        return Ok(None);
    }
    let (lines, _) = store::span(tx, permit.patient(), (span.before, span.since), i64::MAX).await?;
    Ok(usize::try_from(lines).ok())
}

/// The newest lines of a span, all of them or at most so many. Where an app sees only what it did itself, looking for it
/// ends after a while for who takes pages; the next page goes on there.
pub(crate) async fn stretch(
    tx: &mut Tx,
    (access, permit): (&Access, &Permit),
    (span, most): (Span, Option<usize>),
) -> Result<Stretch> {
    let sees = shared::sees(tx, (access, permit)).await?;
    if !sees.all() {
        return searched(tx, permit, (span, most, sees)).await;
    }
    // One more than is wanted tells whether there are more.
    let limit = most.map_or(i64::MAX, |most| i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1));
    let (lines, lowest) = store::span(tx, permit.patient(), (span.before, span.since), limit).await?;
    let lines = usize::try_from(lines).unwrap_or(usize::MAX);
    Ok(match most {
        Some(most) if lines > most => {
            let first = lowest.saturating_add(1);
            Stretch { span, first, sees, count: most, next: Some(first) }
        }
        _ => Stretch { span, first: lowest, sees, count: lines, next: None },
    })
}

async fn searched(
    tx: &mut Tx,
    permit: &Permit,
    (span, most, sees): (Span, Option<usize>, Sees),
) -> Result<Stretch> {
    let (mut before, mut count, mut looked_at) = (span.before, 0, 0);
    loop {
        let piece = store::read_before(tx, permit.patient(), before, PIECE).await?;
        if piece.is_empty() {
            return Ok(Stretch { span, first: 0, sees, count, next: None });
        }
        for line in piece {
            let seq = line.seq;
            if span.since.is_some_and(|since| line.at <= since) {
                return Ok(Stretch { span, first: seq.saturating_add(1), sees, count, next: None });
            }
            if sees.shown(line).is_some() {
                if most == Some(count) {
                    let first = seq.saturating_add(1);
                    return Ok(Stretch { span, first, sees, count, next: Some(first) });
                }
                count += 1;
            }
            (before, looked_at) = (seq, looked_at + 1);
        }
        if most.is_some() && looked_at >= MOST_LINES {
            return Ok(Stretch { span, first: before, sees, count, next: Some(before) });
        }
    }
}

/// The next lines of a stretch as `AuditEvent`; none when all have gone out. Of what the ledger was told that the app gets,
/// it gets what it may see now.
pub(crate) async fn lines(
    app: &App,
    tx: &mut Tx,
    (access, permit): (&Access, &Permit),
    stretch: &mut Stretch,
) -> Result<Vec<Value>> {
    let now = shared::sees(tx, (access, permit)).await?;
    let base = shared::base(app);
    let place = shared::place(app, (access, &now), &base);
    let mut out = Vec::new();
    while out.is_empty() && stretch.span.before > stretch.first {
        let most = PIECE.min(stretch.span.before - stretch.first);
        let piece = store::read_before(tx, permit.patient(), stretch.span.before, most).await?;
        stretch.span.before = piece.last().map_or(stretch.first, |line| line.seq);
        let since = stretch.span.since;
        let wanted = piece
            .into_iter()
            .filter(|line| line.seq >= stretch.first && since.is_none_or(|since| line.at > since));
        let shown = wanted.filter_map(|line| stretch.sees.shown(line)).filter_map(|line| now.shown(line));
        out.extend(shown.map(|line| fhir::audit_event(&line, &place)));
    }
    Ok(out)
}

/// All that a person allowed and asked for, as [`super::consents()`] gives it, before it is released: for the one entry that
/// tells of the whole record.
pub(crate) async fn all_consents(app: &App, access: &Access) -> Result<Vec<Value>> {
    Ok(shared::known_consents(app, access).await?.1)
}
