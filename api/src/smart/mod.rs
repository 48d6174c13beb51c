//! Apps that people connect, and systems that were agreed with the clinic: an OAuth 2 authorization server by SMART App
//! Launch 2.2 (RFC 6749, 7636, 7009, 7662, 7591, 7592, 8414, 9207, 9700; OpenID Connect Core 1.0). What somebody allowed
//! an app is a grant: one app, one account, one record, until when; each token is good for what its grant allows at the
//! moment of use.

mod address_rules;
mod assertion_rules;
mod authenticate;
mod authorize;
mod calls;
mod calls_store;
mod checks;
mod client_keys;
mod clients;
mod configured;
mod giver;
mod grant_store;
mod grants;
pub mod groups;
mod id_tokens;
mod limits;
mod metadata;
mod model;
mod key_rules;
mod name_rules;
mod registration;
mod request_rules;
mod resource;
mod rules;
mod scopes;
mod store;
mod systems;
mod systems_store;
mod token_store;
mod tokens;

use serde_json::Value;

use uuid::Uuid;

use crate::app::{App, CallLine};
use crate::base::{self, AccountId, AppGrantId, AskId, Error, Instant, PatientNo, Problems, Result};
use crate::config::{self, Act, Config};
use crate::db::Tx;
use crate::identity::{self, Actor};
use crate::representation::{Kind, Lens};

pub use calls::Caller;
pub use clients::Marked;
pub use limits::Left;
pub use model::*;
pub use registration::UNNAMED;
pub(crate) use resource::consent as consent_resource;
pub use scopes::{
    Allowed, BadScopes, Condition, DIRECTORY, Interaction, Level, Resource, Rights, Scope, Scopes, TYPES,
    Ticked, is_outside,
};
pub use systems::is_given_groups;
pub(crate) use systems::{agreed, called, give, groups_of, take, without};

/// How long codes and tokens that are over are kept, to tell when one comes again, and lines of a developer's log.
const KEPT: std::time::Duration = std::time::Duration::from_secs(30 * 86_400);
/// How long those lines are kept that tell of calls of the FHIR interface, of which there are many.
const CALLS_KEPT: std::time::Duration = std::time::Duration::from_secs(2 * 86_400);

/// What an access token of a person's app is good for now. Whatever ended it, the answer is the same.
///
/// # Errors
/// [`Denied`].
pub async fn access(app: &App, bearer: &str) -> std::result::Result<Access, Denied> {
    checks::access(app, bearer).await
}

/// Who connected the app whose access token this is (OpenID Connect Core 1.0, 5.3): `sub`, and `fhirUser` where the app
/// may know.
///
/// # Errors
/// [`NoAnswer`]: 401 and 403 of RFC 6750.
pub async fn userinfo(app: &App, bearer: Option<&str>) -> std::result::Result<Value, NoAnswer> {
    checks::userinfo(app, bearer).await
}

/// Notes that an app has read something of a record; the first time the person is told. For after the release: what was
/// refused is no reading.
///
/// # Errors
/// `Unavailable`.
pub async fn note_read(app: &App, access: &Access) -> Result<()> {
    grants::note_read(app, access).await
}

/// Whether the authority or the link still stands by which somebody connected the app. Where it is over, so is the token:
/// asked where a read was refused, so that no other read pays for it.
///
/// # Errors
/// `Unavailable`.
pub async fn stands(app: &App, access: &Access) -> Result<bool> {
    checks::stands(app, access).await
}

/// What an access token of a system is good for now.
///
/// # Errors
/// [`Denied`].
pub async fn system_access(app: &App, bearer: &str) -> std::result::Result<SystemAccess, Denied> {
    checks::system_access(app, bearer).await
}

/// Takes a request to authorize and keeps it until the person answered: its page is `/apps/ask/{id}`.
///
/// # Errors
/// [`Stopped`]: a page where the app or its address is not certain, or where a stranger would be sent to an app that nobody
/// vouches for; else a redirect to the app with the error.
pub async fn begin(app: &App, params: AuthorizeParams) -> std::result::Result<AskId, Stopped> {
    authorize::begin(app, params).await
}

/// What an app asks, for the one who is to answer.
///
/// # Errors
/// `NotFound` for a request that is too old, for another account, or not one that the app may still make; `Conflict` with
/// `conflict-ask-used` for one that is answered.
pub async fn asked(app: &App, actor: &Actor, id: AskId) -> Result<Asked> {
    authorize::asked(app, actor, id).await
}

/// Allows it; where to send the browser, with the code.
///
/// # Errors
/// `NotFound`; `Conflict` with `conflict-ask-used`; `Invalid` with the field `scopes`, `stay` or `until`; `Refused` with
/// `refused-sign-in-again`, or `refused-no-apps` for whoever only helps.
pub async fn approve(app: &App, actor: &Actor, (id, choice): (AskId, Choice)) -> Result<String> {
    authorize::approve(app, actor, (id, choice)).await
}

/// Declines it; where to send the browser, with `access_denied`.
///
/// # Errors
/// `NotFound`.
pub async fn deny(app: &App, actor: &Actor, id: AskId) -> Result<String> {
    authorize::deny(app, actor, id).await
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
    authorize::mint_launch(app, actor, (client, patient)).await
}

/// Whether somebody may open an app with this record.
///
/// # Errors
/// As of [`mint_launch`].
pub async fn may_launch(app: &App, actor: &Actor, patient: PatientNo) -> Result<()> {
    authorize::may_launch(app, actor, patient).await
}

/// Apps that can be launched from the portal, by name.
///
/// # Errors
/// Faults of the database only.
pub async fn launchable(app: &App) -> Result<Vec<Client>> {
    clients::launchable(app).await
}

/// What was allowed to apps about a record, newest first: to the person everything, to somebody who acts for them what
/// they allowed themselves.
///
/// # Errors
/// `NotFound` for whoever may not see the record.
pub async fn grants(app: &App, actor: &Actor, patient: PatientNo) -> Result<Vec<Grant>> {
    grants::about(app, actor, patient).await
}

/// One of them, with what became of it, oldest first.
///
/// # Errors
/// `NotFound`.
pub async fn grant(app: &App, actor: &Actor, id: AppGrantId) -> Result<(Grant, Vec<GrantEvent>)> {
    grants::with_events(app, actor, id).await
}

/// Keeps the app out until it is resumed. It counts with the next request.
///
/// # Errors
/// `NotFound`; `Conflict` with `conflict-over`.
pub async fn pause(app: &App, actor: &Actor, id: AppGrantId) -> Result<()> {
    grants::pause(app, actor, (id, Some(app.clock.now()))).await
}

/// Lets the app in again.
///
/// # Errors
/// `NotFound`; `Conflict` with `conflict-over`; `Refused` with `refused-sign-in-again`.
pub async fn resume(app: &App, actor: &Actor, id: AppGrantId) -> Result<()> {
    if identity::need(app, actor, Act::Grant).is_some() {
        return Err(Error::refused("refused-sign-in-again"));
    }
    grants::pause(app, actor, (id, None)).await
}

/// Ends it: all tokens are dead with the next request.
///
/// # Errors
/// `NotFound`.
pub async fn stop(app: &App, actor: &Actor, id: AppGrantId) -> Result<()> {
    grants::stop(app, actor, id).await
}

/// Ends what an account let apps read of a record as its own, because it is its own no more; by whom: an account, if it
/// was one, and its name.
pub(crate) async fn end_own_of(
    app: &App,
    tx: &mut Tx,
    of: (AccountId, PatientNo),
    by: (Option<AccountId>, &str),
) -> Result<()> {
    grants::end_own_of(app, tx, of, by).await
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
    grants::change(app, actor, (id, seen), (scopes, lens, until)).await
}

/// What is wrong with a registration by itself, whoever else has its name: for a form that cannot be sent yet.
pub fn problems(about: &Registration) -> Problems {
    rules::problems(about, &rules::Against::default())
}

/// A new id for the form of a registration.
pub fn once(app: &App) -> Uuid {
    base::uuid(app.clock.now())
}

/// The id of the app that a form makes, or made: the actor's form with this id and this in it.
///
/// # Errors
/// `Internal` where the keys do not serve.
pub fn id_of_form(app: &App, actor: &Actor, form: (Uuid, &Registration)) -> Result<ClientId> {
    clients::id_of_form(app, actor, form)
}

/// Registers an app of the actor's own. Nobody has to approve it. `once` is the form's own id: sent twice it is one app, and
/// with something else in it another one.
///
/// # Errors
/// `Invalid` with the fields of [`Registration`]; `Refused` with `refused-too-many` or `refused-too-many-apps`; `Conflict`
/// with `conflict-app-known` where the form was sent before.
pub async fn register(app: &App, actor: &Actor, (once, about): (Uuid, Registration)) -> Result<Registered> {
    clients::register(app, actor, (once, about)).await
}

/// Registers an app or a system for the clinic. A system waits until a second person agrees ([`agree`]).
///
/// # Errors
/// `Refused` with `refused-not-your-role`; `Invalid`; `Conflict` as of [`register`].
pub async fn register_for_clinic(
    app: &App,
    actor: &Actor,
    (once, about): (Uuid, Registration),
) -> Result<Registered> {
    clients::register_for_clinic(app, actor, (once, about)).await
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
    clients::register_by_operator(app, (id, origin), about).await
}

/// What is wrong with the apps and systems of the settings.
pub fn faults(config: &Config) -> Vec<config::Fault> {
    configured::faults(config)
}

/// What the clinic may mean so, and may not: for `recordright check` and the start. Nothing is refused for it.
pub fn remarks(config: &Config) -> Vec<config::Fault> {
    configured::remarks(config)
}

/// Brings the apps and systems of the settings up to date: new ones are registered, changed ones described anew, and
/// those that are no longer there stopped. For the start of the program.
///
/// # Errors
/// `Invalid`, and where an id is another app's.
pub async fn bring_clients(app: &App) -> Result<()> {
    configured::bring(app).await
}

/// Whether an app was stopped because it is no longer in the settings.
pub fn is_gone_from_settings(state: &ClientState) -> bool {
    configured::was_gone(state)
}

/// The actor's own apps, newest first.
///
/// # Errors
/// Faults of the database only.
pub async fn clients_of(app: &App, actor: &Actor) -> Result<Vec<Client>> {
    clients::clients_of(app, actor).await
}

/// One app: for the developer who owns it, and for staff who handle apps.
///
/// # Errors
/// `NotFound`.
pub async fn client(app: &App, actor: &Actor, id: &ClientId) -> Result<Client> {
    clients::client(app, actor, id).await
}

/// One app with how many people have it connected and who registered it, for staff who handle apps.
///
/// # Errors
/// `NotFound`.
pub async fn kept(app: &App, actor: &Actor, id: &ClientId) -> Result<Kept> {
    clients::kept(app, actor, id).await
}

/// Changes what is told about an app. Who uses it and how it proves itself stay as they are.
///
/// # Errors
/// `NotFound`; `Invalid`.
pub async fn edit(app: &App, actor: &Actor, (id, about): (&ClientId, Registration)) -> Result<Client> {
    clients::edit(app, actor, (id, about)).await
}

/// Gives an app a new secret; the earlier one ends at once.
///
/// # Errors
/// `NotFound`, also for an app without one.
pub async fn new_secret(app: &App, actor: &Actor, id: &ClientId) -> Result<Registered> {
    clients::new_secret(app, actor, id).await
}

/// Removes an app: all its grants end.
///
/// # Errors
/// `NotFound`.
pub async fn remove(app: &App, actor: &Actor, id: &ClientId) -> Result<()> {
    clients::remove(app, actor, id).await
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
    clients::attempts_of(app, actor, (id, page)).await
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
    clients::test_keys(app, actor, (id, assertion)).await
}

/// All registered apps, newest first, 50 on a page (from 1); whether there is another page. For staff who handle apps.
///
/// # Errors
/// `Refused` with `refused-not-your-role`.
pub async fn all_clients(app: &App, actor: &Actor, page: i64) -> Result<(Vec<Kept>, bool)> {
    clients::all(app, actor, page).await
}

/// All systems, also those that were stopped or wait, the oldest first. For staff who handle apps.
///
/// # Errors
/// `Refused` with `refused-not-your-role`.
pub async fn systems(app: &App, actor: &Actor) -> Result<Vec<Client>> {
    clients::systems(app, actor).await
}

/// Stops an app: none of its tokens works from now on.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role`; `Invalid` with the field `why`.
pub async fn suspend(app: &App, actor: &Actor, (id, why): (&ClientId, &str)) -> Result<()> {
    clients::suspend(app, actor, (id, why)).await
}

/// Lets it go on.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role`; `Conflict` with `conflict-app-gone` where it is no longer in the
/// settings.
pub async fn unsuspend(app: &App, actor: &Actor, id: &ClientId) -> Result<()> {
    clients::unsuspend(app, actor, id).await
}

/// Agrees to a system that another registered: what it may read without anybody takes two people.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role` or `refused-own-request`; `Conflict` with `conflict-grant-decided`.
pub async fn agree(app: &App, actor: &Actor, id: &ClientId) -> Result<()> {
    clients::agree(app, actor, id).await
}

/// Says that the clinic recommends an app, or does not any more. It stands first among those to be found.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role`.
pub async fn mark(app: &App, actor: &Actor, (id, marked): (&ClientId, Marked)) -> Result<()> {
    clients::mark(app, actor, (id, marked)).await
}

/// What finds an answer in a log.
pub fn trace() -> String {
    limits::trace()
}

/// Counts a call of an address, before anything is looked at; what is left, for the headers of the answer.
///
/// # Errors
/// 429 where it was too often.
pub async fn count(app: &App, address: &str) -> std::result::Result<Left, NoAnswer> {
    limits::count(app, address).await
}

/// Counts a call of the FHIR interface, in this process alone; what is left, for the headers of the answer.
pub fn count_call(app: &App, caller: &Caller) -> Left {
    calls::count(app, caller)
}

/// The app whose access token this is or once was, so that its developer reads of a call that was refused, and why the
/// token is not in force.
///
/// # Errors
/// Faults of the database only.
pub async fn owner(app: &App, bearer: &str) -> Result<Option<(ClientId, &'static str)>> {
    calls::owner(app, bearer).await
}

/// Notes a call of the FHIR interface for the app's developer. It is written with others, seconds later.
pub fn note_call(app: &App, line: CallLine) {
    calls::note(app, line);
}

/// Writes down the calls that wait for it.
///
/// # Errors
/// Faults of the database only.
pub async fn write_calls(app: &App) -> Result<()> {
    calls::write(app).await
}

/// The token endpoint (RFC 6749, section 3.2).
///
/// # Errors
/// The error of the specification.
pub async fn token(app: &App, call: &Call) -> std::result::Result<Value, NoAnswer> {
    tokens::token(app, call).await
}

/// Tells about a token (RFC 7662).
///
/// # Errors
/// The error of the specification.
pub async fn introspect(app: &App, call: &Call) -> std::result::Result<Value, NoAnswer> {
    checks::introspect(app, call).await
}

/// Takes a token back (RFC 7009).
///
/// # Errors
/// The error of the specification.
pub async fn revoke(app: &App, call: &Call) -> std::result::Result<(), NoAnswer> {
    checks::revoke(app, call).await
}

/// Registers an app that registers itself (RFC 7591): the body, JSON, and the client's address.
///
/// # Errors
/// The error of the specification.
pub async fn register_dynamically(app: &App, sent: (&[u8], &str)) -> std::result::Result<Value, NoAnswer> {
    registration::register(app, sent).await
}

/// Such a registration, for who has its token (RFC 7592, 2.1).
///
/// # Errors
/// 401.
pub async fn registered(app: &App, by: (&ClientId, Option<&str>)) -> std::result::Result<Value, NoAnswer> {
    registration::look(app, by).await
}

/// The log of its calls, newest first, 50 on a page (from 1).
///
/// # Errors
/// 401.
pub async fn registered_calls(
    app: &App,
    by: (&ClientId, Option<&str>),
    page: i64,
) -> std::result::Result<Value, NoAnswer> {
    registration::calls(app, by, page).await
}

/// Puts another in its place (RFC 7592, 2.2).
///
/// # Errors
/// 401; the error of the specification.
pub async fn replace_registration(
    app: &App,
    by: (&ClientId, Option<&str>),
    body: &[u8],
) -> std::result::Result<Value, NoAnswer> {
    registration::replace(app, by, body).await
}

/// Removes it, with everything that people allowed it (RFC 7592, 2.3).
///
/// # Errors
/// 401.
pub async fn unregister(app: &App, by: (&ClientId, Option<&str>)) -> std::result::Result<(), NoAnswer> {
    registration::remove(app, by).await
}

/// `/.well-known/smart-configuration` (SMART App Launch 2.2).
pub fn smart_configuration(app: &App) -> Value {
    metadata::smart_configuration(app)
}

/// `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`.
pub fn discovery(app: &App) -> Value {
    metadata::discovery(app)
}

/// The keys that ID tokens are signed with (RFC 7517).
///
/// # Errors
/// Faults of the database only.
pub async fn jwks(app: &App) -> Result<Value> {
    id_tokens::jwks(app).await
}

/// What an app may look like to fit in (`smart_style_url`).
pub fn style() -> Value {
    metadata::style()
}

/// What `fhirUser` names, if it is this type and id and no item that the app may read: who connected the app, and since
/// when it is so.
pub(crate) async fn signed_in(
    app: &App,
    tx: &mut Tx,
    named: (&Access, &str, &str),
) -> Result<Option<(Value, Instant)>> {
    giver::read(app, tx, named).await
}

/// Whether who holds this kind of authority may connect apps.
pub fn may_connect(kind: Kind) -> bool {
    rules::may_connect(kind)
}

/// Writes down what time ended, deletes what is over, and renews the key of ID tokens. For a job, every few minutes;
/// correctness does not depend on it.
///
/// # Errors
/// Faults of the database only.
pub async fn tidy(app: &App) -> Result<()> {
    grants::tidy(app).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    store::sweep(&mut tx, (now, now.minus(KEPT))).await?;
    calls_store::sweep(&mut tx, now.minus(CALLS_KEPT)).await?;
    tx.commit().await?;
    id_tokens::renew(app).await
}
