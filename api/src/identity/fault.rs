//! How a sign-in fails: a message id for the person, a cause for the log. Neither carries claims, tokens or names.

use crate::base::Error;

/// The provider does not answer; trying again later may work.
pub(super) const AWAY: &str = "sign-in-provider-away";

/// The message id for the person, and what was wrong in words of ours, never of the provider.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cause(pub &'static str, pub &'static str);

/// Logs the cause and gives the answer.
pub(super) fn refused(provider: &str, Cause(id, cause): Cause) -> Error {
    tracing::warn!(provider, answer = id, cause, "a sign-in did not go through");
    if id == AWAY { Error::Unavailable(AWAY) } else { Error::refused(id) }
}
