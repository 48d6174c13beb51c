//! Who is there: accounts, OpenID Connect sign-in, sessions, and linking an account to a record.

mod model;

use crate::app::App;
use crate::base::{Error, Instant, PatientNo, Result, SessionId};

pub use model::*;

/// The identity providers of the sign-in page, in the order of the settings.
pub fn providers(app: &App) -> Vec<ProviderChoice> {
    app.config
        .oidc
        .iter()
        .map(|p| ProviderChoice { id: p.id.clone(), name: p.name.clone(), hint: p.hint.clone() })
        .collect()
}

/// Starts a sign-in: where to send the browser, and what to put in its short-lived cookie.
pub async fn begin(app: &App, start: Start) -> Result<Begun> {
    let _ = (app, start);
    Err(Error::NotFound)
}

/// Ends a sign-in with what the provider sent back (OpenID Connect Core 3.1.2.5 and on). A failure names
/// the sentence that a person is shown; the cause is logged without claims or tokens.
pub async fn finish(app: &App, back: Back) -> Result<SignedIn> {
    let _ = (app, back);
    Err(Error::NotFound)
}

/// The session behind a cookie's secret, if it is in force; using it moves the idle end on.
pub async fn session(app: &App, secret: &str) -> Result<Option<Session>> {
    let _ = (app, secret);
    Ok(None)
}

/// When the session of this secret ends, without moving it on: for the warning.
pub async fn peek(app: &App, secret: &str) -> Result<Option<Instant>> {
    let _ = (app, secret);
    Ok(None)
}

/// Signs out: ends the session and tells where to send the browser so that the provider signs out too
/// (OpenID Connect RP-Initiated Logout 1.0), if it can.
pub async fn sign_out(app: &App, session: &Session) -> Result<Option<String>> {
    let _ = (app, session);
    Ok(None)
}

/// Ends the sessions named by a provider's logout token (OpenID Connect Back-Channel Logout 1.0).
pub async fn provider_logout(app: &App, logout_token: &str) -> Result<()> {
    let _ = (app, logout_token);
    Err(Error::NotFound)
}

/// The account's signed-in devices and its last sign-ins.
pub async fn devices(app: &App, actor: &Actor) -> Result<Devices> {
    let _ = (app, actor);
    Err(Error::NotFound)
}

/// Ends one of the account's own sessions.
pub async fn end_device(app: &App, actor: &Actor, session: SessionId) -> Result<()> {
    let _ = (app, actor, session);
    Err(Error::NotFound)
}

/// Keeps the account's choice of language.
pub async fn choose_language(app: &App, actor: &Actor, language: crate::words::Language) -> Result<()> {
    let _ = (app, actor, language);
    Err(Error::NotFound)
}

/// Links the account to a record by an activation code from the clinic. Wrong, used, expired and unknown
/// codes give the same refusal after the same work (`refused-code`); too many tries give `refused-too-many`.
pub async fn link_by_code(app: &App, actor: &Actor, code: &str) -> Result<Link> {
    let _ = (app, actor, code);
    Err(Error::NotFound)
}

/// Links the account by the provider's verified claims, where the settings allow it and exactly one record fits.
pub async fn link_by_claims(app: &App, actor: &Actor) -> Result<Option<Link>> {
    let _ = (app, actor);
    Ok(None)
}

/// Opens a case for staff from what the person stated; the answer is the same whoever they are.
pub async fn ask_staff(app: &App, actor: &Actor, statement: Statement) -> Result<()> {
    let _ = (app, actor, statement);
    Err(Error::NotFound)
}

/// The account's open case for staff, if it has one: when it was opened.
pub async fn open_case(app: &App, actor: &Actor) -> Result<Option<Instant>> {
    let _ = (app, actor);
    Ok(None)
}

/// Makes an activation code for a person: single use, valid for the days of the settings. Earlier unused
/// codes of the same person end.
pub async fn issue_code(app: &App, patient: PatientNo, issued_by: &str) -> Result<IssuedCode> {
    let _ = (app, patient, issued_by);
    Err(Error::NotFound)
}
