//! Apps that people connect, and systems that were agreed with the clinic: an OAuth 2 authorization server by SMART App
//! Launch 2.2 (RFC 6749, 7636, 7009, 7662, 7591, 7592, 8414, 9207, 9700; OpenID Connect Core 1.0). What somebody allowed
//! an app is a grant: one app, one account, one record, until when; each token is good for what its grant allows at the
//! moment of use.

mod model;
mod resource;
mod scopes;

use crate::app::App;
use crate::base::{AppGrantId, AskId, Error, Instant, PatientNo, Result};
use crate::identity::Actor;
use crate::representation::Lens;

pub use model::*;
pub(crate) use resource::consent as consent_resource;
pub use scopes::{
    Allowed, BadScopes, Condition, Interaction, Level, Resource, Rights, Scope, Scopes, TYPES, Ticked,
};

/// What an access token of a person's app is good for now. Whatever is wrong with it, the answer is the same.
///
/// # Errors
/// [`Denied`].
pub async fn access(app: &App, bearer: &str) -> std::result::Result<Access, Denied> {
    let _ = (app, bearer);
    Err(Denied::Token)
}

/// What an access token of a system is good for now.
///
/// # Errors
/// [`Denied`].
pub async fn system_access(app: &App, bearer: &str) -> std::result::Result<SystemAccess, Denied> {
    let _ = (app, bearer);
    Err(Denied::Token)
}

/// Takes a request to authorize and keeps it until the person answered: its page is `/apps/ask/{id}`.
///
/// # Errors
/// [`Stopped`]: a page where the app or its address is not certain, else a redirect to the app with the error.
pub async fn begin(app: &App, params: AuthorizeParams) -> std::result::Result<AskId, Stopped> {
    let _ = (app, params);
    Err(Stopped::Fault(Error::NotFound))
}

/// What an app asks, for the one who is to answer.
///
/// # Errors
/// `NotFound` for a request that is answered, too old, or for another account.
pub async fn asked(app: &App, actor: &Actor, id: AskId) -> Result<Asked> {
    let _ = (app, actor, id);
    Err(Error::NotFound)
}

/// Allows it; where to send the browser, with the code.
///
/// # Errors
/// `NotFound`; `Invalid` with the field `records`, `scopes` or `until`; `Refused` with `refused-not-fresh` or
/// `refused-no-copies`.
pub async fn approve(app: &App, actor: &Actor, (id, choice): (AskId, Choice)) -> Result<String> {
    let _ = (app, actor, id, choice);
    Err(Error::NotFound)
}

/// Declines it; where to send the browser, with `access_denied`.
///
/// # Errors
/// `NotFound`.
pub async fn deny(app: &App, actor: &Actor, id: AskId) -> Result<String> {
    let _ = (app, actor, id);
    Err(Error::NotFound)
}

/// Begins a launch from the portal: where to send the browser (SMART App Launch 2.2, EHR launch). The launch can be
/// used once, within 5 minutes, by that app for that person.
///
/// # Errors
/// `NotFound` for an app without a launch address, and for a record the actor may not share.
pub async fn mint_launch(
    app: &App,
    actor: &Actor,
    (client, patient): (&ClientId, PatientNo),
) -> Result<String> {
    let _ = (app, actor, client, patient);
    Err(Error::NotFound)
}

/// Apps that can be launched from the portal, by name.
///
/// # Errors
/// Faults of the database only.
pub async fn launchable(app: &App) -> Result<Vec<Client>> {
    let _ = app;
    Ok(Vec::new())
}

/// What was allowed to apps about a record, newest first: to the person everything, to somebody who acts for them what
/// they allowed themselves.
///
/// # Errors
/// `NotFound` for whoever may not see the record.
pub async fn grants(app: &App, actor: &Actor, patient: PatientNo) -> Result<Vec<Grant>> {
    let _ = (app, actor, patient);
    Err(Error::NotFound)
}

/// One of them, with what became of it, oldest first.
///
/// # Errors
/// `NotFound`.
pub async fn grant(app: &App, actor: &Actor, id: AppGrantId) -> Result<(Grant, Vec<GrantEvent>)> {
    let _ = (app, actor, id);
    Err(Error::NotFound)
}

/// Keeps the app out until it is resumed. It counts with the next request.
///
/// # Errors
/// `NotFound`; `Conflict` with `conflict-over`.
pub async fn pause(app: &App, actor: &Actor, id: AppGrantId) -> Result<()> {
    let _ = (app, actor, id);
    Err(Error::NotFound)
}

/// Lets the app in again.
///
/// # Errors
/// `NotFound`; `Conflict` with `conflict-over`; `Refused` with `refused-not-fresh`.
pub async fn resume(app: &App, actor: &Actor, id: AppGrantId) -> Result<()> {
    let _ = (app, actor, id);
    Err(Error::NotFound)
}

/// Ends it: all tokens are dead with the next request.
///
/// # Errors
/// `NotFound`.
pub async fn stop(app: &App, actor: &Actor, id: AppGrantId) -> Result<()> {
    let _ = (app, actor, id);
    Err(Error::NotFound)
}

/// Lets an app see less, or end earlier. For more the app asks again. `seen` is [`Grant::changes`] of the form.
///
/// # Errors
/// `NotFound`; `Invalid` with the field `scopes` or `until` where it would be more; `Conflict` with `conflict-changed`
/// or `conflict-over`.
pub async fn change(
    app: &App,
    actor: &Actor,
    (id, seen): (AppGrantId, i64),
    (scopes, lens, until): (Scopes, Lens, Instant),
) -> Result<()> {
    let _ = (app, actor, id, seen, scopes, lens, until);
    Err(Error::NotFound)
}

/// Registers an app of the actor's own. Nobody has to approve it.
///
/// # Errors
/// `Invalid` with the fields of [`Registration`]; `Refused` with `refused-too-many`.
pub async fn register(app: &App, actor: &Actor, about: Registration) -> Result<Registered> {
    let _ = (app, actor, about);
    Err(Error::NotFound)
}

/// Registers an app or a system for the clinic.
///
/// # Errors
/// `Refused` with `refused-not-your-role`; `Invalid`.
pub async fn register_for_clinic(app: &App, actor: &Actor, about: Registration) -> Result<Registered> {
    let _ = (app, actor, about);
    Err(Error::NotFound)
}

/// Registers an app at the start of the program, with an id of its own, or brings it up to date.
///
/// # Errors
/// `Invalid`.
pub async fn register_by_operator(
    app: &App,
    (id, origin): (ClientId, Origin),
    about: Registration,
) -> Result<Registered> {
    let _ = (app, id, origin, about);
    Err(Error::NotFound)
}

/// The actor's own apps, newest first.
///
/// # Errors
/// Faults of the database only.
pub async fn clients_of(app: &App, actor: &Actor) -> Result<Vec<Client>> {
    let _ = (app, actor);
    Ok(Vec::new())
}

/// One app: for the developer who owns it, and for staff who handle apps.
///
/// # Errors
/// `NotFound`.
pub async fn client(app: &App, actor: &Actor, id: &ClientId) -> Result<Client> {
    let _ = (app, actor, id);
    Err(Error::NotFound)
}

/// Changes what is told about an app. Who uses it and how it proves itself stay as they are.
///
/// # Errors
/// `NotFound`; `Invalid`.
pub async fn edit(app: &App, actor: &Actor, (id, about): (&ClientId, Registration)) -> Result<Client> {
    let _ = (app, actor, id, about);
    Err(Error::NotFound)
}

/// Gives an app a new secret; the earlier one ends at once.
///
/// # Errors
/// `NotFound`, also for an app without one.
pub async fn new_secret(app: &App, actor: &Actor, id: &ClientId) -> Result<Registered> {
    let _ = (app, actor, id);
    Err(Error::NotFound)
}

/// Removes an app: all its grants end.
///
/// # Errors
/// `NotFound`.
pub async fn remove(app: &App, actor: &Actor, id: &ClientId) -> Result<()> {
    let _ = (app, actor, id);
    Err(Error::NotFound)
}

/// The log of an app's calls, newest first, 50 on a page (from 1); whether there is another page.
///
/// # Errors
/// `NotFound`.
pub async fn attempts_of(
    app: &App,
    actor: &Actor,
    (id, page): (&ClientId, i64),
) -> Result<(Vec<Attempt>, bool)> {
    let _ = (app, actor, id, page);
    Err(Error::NotFound)
}

/// Looks at an app's keys as a token request would, and at an assertion if one is given, and says what is found.
///
/// # Errors
/// `NotFound`, also for an app without keys; `Refused` with `refused-too-many`.
pub async fn test_keys(
    app: &App,
    actor: &Actor,
    (id, assertion): (&ClientId, Option<&str>),
) -> Result<KeyTest> {
    let _ = (app, actor, id, assertion);
    Err(Error::NotFound)
}

/// An app as the clinic's staff see it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The app.
    pub client: Client,
    /// The name of the developer's account, if a developer registered it.
    pub owner: Option<String>,
    /// How many grants are in force.
    pub grants: i64,
}

/// All registered apps, newest first, 50 on a page (from 1); whether there is another page. For staff who handle apps.
///
/// # Errors
/// `Refused` with `refused-not-your-role`.
pub async fn all_clients(app: &App, actor: &Actor, page: i64) -> Result<(Vec<Kept>, bool)> {
    let _ = (app, actor, page);
    Err(Error::refused("refused-not-your-role"))
}

/// Stops an app: none of its tokens works from now on.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role`; `Invalid` with the field `why`.
pub async fn suspend(app: &App, actor: &Actor, (id, why): (&ClientId, &str)) -> Result<()> {
    let _ = (app, actor, id, why);
    Err(Error::NotFound)
}

/// Lets it go on.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role`.
pub async fn unsuspend(app: &App, actor: &Actor, id: &ClientId) -> Result<()> {
    let _ = (app, actor, id);
    Err(Error::NotFound)
}
