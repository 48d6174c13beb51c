//! Whether somebody signed in just now, which what matters asks for.

use std::time::Duration;

use super::Actor;
use crate::app::App;
use crate::base::{Error, Result};

/// For how long a sign-in counts as fresh.
const FRESH: Duration = Duration::from_secs(15 * 60);

/// Whether the provider authenticated the actor just now: its own `auth_time` counts.
///
/// # Errors
/// `Refused` with `refused-sign-in-again`.
pub(super) fn fresh(app: &App, actor: &Actor) -> Result<()> {
    let since = actor.auth_time.map(|at| app.clock.now().since(at));
    match since {
        Some(since) if since <= FRESH => Ok(()),
        _ => Err(Error::refused("refused-sign-in-again")),
    }
}
