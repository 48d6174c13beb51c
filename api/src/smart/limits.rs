//! How often somebody may call, and the log that an app's developer reads.

use std::time::Duration;

use super::model::{Attempt, ClientId, Fault, NoAnswer};
use super::store;
use crate::app::App;
use crate::base::{self, Result};
use crate::identity;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// What is left of a limit, for the headers of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// How many calls a minute.
    pub most: i64,
    /// How many more now.
    pub left: i64,
    /// When it begins anew.
    pub reset: Duration,
}

impl Left {
    /// Where nothing is counted.
    pub(super) const NO_LIMIT: Self = Self { most: i64::MAX, left: i64::MAX, reset: Duration::ZERO };

    /// Whether it was one too many.
    pub fn is_over(&self) -> bool {
        self.left < 0
    }

    /// The headers that tell it (draft-ietf-httpapi-ratelimit-headers-06): how many a minute, how many more
    /// now, and in how many seconds it begins anew.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        if self.most == i64::MAX {
            return Vec::new();
        }
        vec![
            ("ratelimit-limit", self.most.to_string()),
            ("ratelimit-remaining", self.left.max(0).to_string()),
            ("ratelimit-reset", self.reset.as_secs().to_string()),
        ]
    }
}

/// Counts a call of an address.
///
/// # Errors
/// 429 `temporarily_unavailable` with the time to wait.
pub(super) async fn count(app: &App, address: &str) -> std::result::Result<Left, NoAnswer> {
    let most = app.config.apps.calls_per_minute;
    let left = counted(app, (&format!("app-call/{}", identity::network(address)), MINUTE), most).await?;
    if left.is_over() { Err(too_often(left.reset).into()) } else { Ok(left) }
}

/// Counts a call of an app that proved itself, wherever it comes from; of one that cannot, the calls of one address.
pub(super) async fn count_client(
    app: &App,
    (client, from): (&ClientId, &str),
) -> std::result::Result<(), NoAnswer> {
    let most = app.config.apps.calls_per_minute;
    let left = counted(app, (&format!("app-client/{client}/{from}"), MINUTE), most).await?;
    if left.is_over() { Err(too_often(left.reset).into()) } else { Ok(()) }
}

/// Counts a registration of an address.
pub(super) async fn count_registration(app: &App, address: &str) -> std::result::Result<(), NoAnswer> {
    let most = app.config.apps.registrations_per_hour;
    let left = counted(app, (&format!("app-register/{}", identity::network(address)), HOUR), most).await?;
    if left.is_over() { Err(too_often(left.reset).into()) } else { Ok(()) }
}

/// Counts something that a person asks for by a page.
///
/// # Errors
/// `Refused` with `refused-too-many`.
pub(super) async fn count_person(app: &App, (what, most): (&str, i64)) -> Result<()> {
    let left = counted(app, (what, HOUR), most).await?;
    let refused = || base::Error::refused("refused-too-many").for_the_next(left.reset);
    if left.is_over() { Err(refused()) } else { Ok(()) }
}

/// 0 sets no limit.
async fn counted(app: &App, (what, span): (&str, Duration), most: i64) -> Result<Left> {
    if most == 0 {
        return Ok(Left::NO_LIMIT);
    }
    let mut tx = app.db.write().await?;
    let (count, reset) = identity::count(app, &mut tx, (what, span)).await?;
    tx.commit().await?;
    Ok(Left { most, left: most - count, reset })
}

fn too_often(wait: Duration) -> Fault {
    Fault {
        status: 429,
        error: "temporarily_unavailable",
        description: "too many calls; wait as long as Retry-After says".into(),
        trace: trace(),
        challenge: None,
        wait: Some(wait),
    }
}

/// What finds an answer in the developer's log.
pub(super) fn trace() -> String {
    hex::encode(base::bytes::<8>())
}

/// A line for the developer's log.
pub(super) fn attempt(
    app: &App,
    (endpoint, trace): (&str, &str),
    (status, error, reason): (u16, Option<&str>, &str),
) -> Attempt {
    Attempt {
        at: app.clock.now(),
        endpoint: endpoint.to_owned(),
        status,
        error: error.map(str::to_owned),
        reason: reason.chars().take(500).collect(),
        trace: trace.to_owned(),
    }
}

/// Writes it in a transaction of its own.
pub(super) async fn note(app: &App, client: &ClientId, attempt: &Attempt) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::note_attempt(&mut tx, base::uuid(attempt.at), (client, attempt)).await?;
    tx.commit().await
}
