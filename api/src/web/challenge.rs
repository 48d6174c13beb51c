//! What an answer without the data that was asked for says of the token (RFC 6750, 3): the same wherever tokens are read.

use crate::app::App;
use crate::records::api::base;

/// Why a token is not enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lack {
    /// None was sent: no error is named (RFC 6750, 3.1).
    None,
    /// More than one header was sent: 400.
    Twice,
    /// It is not in force: 401.
    Invalid,
    /// It is in force, and not for this: 403.
    Scope,
}

/// The value of `WWW-Authenticate`.
pub(super) fn challenge(app: &App, lack: Lack) -> String {
    let error = match lack {
        Lack::None => "",
        Lack::Twice => ", error=\"invalid_request\"",
        Lack::Invalid => ", error=\"invalid_token\"",
        Lack::Scope => ", error=\"insufficient_scope\"",
    };
    format!("Bearer realm=\"{}\"{error}", base(app))
}
