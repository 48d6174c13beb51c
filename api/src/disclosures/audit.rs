//! The ledger for those who check it: who acted as what, when, on what ground, by numbers alone. No name, no category of
//! a record, no words that anybody wrote.

use super::{Line, store};
use crate::app::App;
use crate::base::{AccountId, Instant, PatientNo, Result};
use crate::staff;
use crate::visibility::Basis;

/// Lines on one page.
const LINES: usize = 50;

/// A person's chain: the number, and how many entries it has.
pub type Chain = (PatientNo, i64);

/// An entry without health information and without names.
#[derive(Debug, Clone)]
pub struct Audited {
    /// Its number in the chain.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// Who acted: the account.
    pub account: AccountId,
    /// As what: `patient`, the kind of an authority, or a role.
    pub kind: String,
    /// The kind of what allowed it.
    pub ground: &'static str,
    /// The kind of page or file.
    pub what: String,
    /// How many resources.
    pub items: i64,
    /// Its hash, 32 bytes.
    pub hash: Vec<u8>,
}

/// A page of chains by their numbers, after one; and after which the next page begins.
pub async fn chains(app: &App, after: i64) -> Result<(Vec<Chain>, Option<i64>)> {
    let mut tx = app.db.read().await?;
    let mut chains = store::chains_after(&mut tx, after, one_more()).await?;
    let more = chains.len() > LINES;
    chains.truncate(LINES);
    let next = chains.last().filter(|_| more).map(|(patient, _)| patient.0);
    Ok((chains, next))
}

/// A page of a chain, the newest first, before an entry; and before which the next page begins. A number that nobody has
/// gives what a chain without entries gives.
pub async fn lines(
    app: &App,
    (patient, before): (PatientNo, Option<i64>),
) -> Result<(Vec<Audited>, Option<i64>)> {
    let mut tx = app.db.read().await?;
    let mut lines = store::read_before(&mut tx, patient, before.unwrap_or(i64::MAX), one_more()).await?;
    let more = lines.len() > LINES;
    lines.truncate(LINES);
    let next = lines.last().filter(|_| more).map(|line| line.seq);
    Ok((lines.into_iter().map(masked).collect(), next))
}

/// One line more than fits tells whether there is another page.
fn one_more() -> i64 {
    i64::try_from(LINES + 1).unwrap_or(i64::MAX)
}

fn masked(line: Line) -> Audited {
    let items = line.entry.what.counts.values().sum::<u64>();
    Audited {
        seq: line.seq,
        at: line.at,
        account: line.entry.who.account,
        kind: line.entry.who.kind,
        ground: match line.entry.basis {
            Basis::RightOfAccess { .. } => "right-of-access",
            Basis::Representative { .. } => "representative",
            Basis::Staff { purpose: staff::Purpose::Emergency, .. } => "emergency",
            Basis::Staff { .. } | Basis::Decision { .. } | Basis::Office { .. } => "staff",
            Basis::Delegate { .. } => "delegate",
            Basis::Consent { .. } => "consent",
            Basis::App { .. } => "app",
            Basis::System { .. } => "system",
        },
        what: line.entry.what.kind,
        items: i64::try_from(items).unwrap_or(i64::MAX),
        hash: line.hash,
    }
}
