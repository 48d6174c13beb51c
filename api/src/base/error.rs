//! One error for the whole house, with two renderers: OperationOutcome in `web`, a page in the portal.
//! What one may not know of is `NotFound`; a refusal is an answer, not a fault.

use std::fmt;
use std::time::Duration;

/// The result of a use-case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use-case gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing here that the actor may know of.
    #[error("not found")]
    NotFound,
    /// A rule says no. Logged at info; has a sentence in every language.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The input cannot be taken as it is; says which field and how to mend it.
    #[error("invalid input: {0}")]
    Invalid(Problems),
    /// The thing is not in a state in which this can be done. The text is a message id.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// Something this needs does not answer now; trying again later may work. The text is a message id.
    #[error("unavailable: {0}")]
    Unavailable(&'static str),
    /// A fault of ours. Logged once, at the door, with its chain; never shown.
    #[error("internal error")]
    Internal(#[source] anyhow::Error),
}

impl Error {
    /// A fault of ours, from any error with its chain.
    pub fn internal(error: impl Into<anyhow::Error>) -> Self {
        Self::Internal(error.into())
    }

    /// A refusal by its message id.
    pub fn refused(code: &'static str) -> Self {
        Self::Refused(Refusal(code, None))
    }

    /// The same refusal, with how long it will stand.
    pub fn for_the_next(self, wait: Duration) -> Self {
        match self {
            Self::Refused(Refusal(code, _)) => Self::Refused(Refusal(code, Some(wait))),
            other => other,
        }
    }

    /// One problem with one field.
    pub fn invalid(field: &'static str, code: &'static str) -> Self {
        Self::Invalid(Problems(vec![Problem { field, code }]))
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::internal(error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}

/// A rule's no, by the id of the sentence that explains it in every language; and, where only time must pass,
/// how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal(pub &'static str, pub Option<Duration>);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// One thing wrong with one field of a form. Both are ids; what was typed is never in here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The name of the field in the form.
    pub field: &'static str,
    /// The id of the sentence that says how to mend it.
    pub code: &'static str,
}

/// All that is wrong with an input, in the order of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.0.iter().enumerate() {
            let comma = if n == 0 { "" } else { ", " };
            write!(f, "{comma}{}: {}", problem.field, problem.code)?;
        }
        Ok(())
    }
}
