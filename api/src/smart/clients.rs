//! Registered apps: by their developers, by the clinic, and at the start of the program.

use uuid::Uuid;

use super::assertion_rules::Expected;
use super::authenticate::secret_hash;
use super::model::{
    Attempt, Client, ClientId, ClientKind, ClientState, GrantEnd, Kept, KeyTest, Origin, Registered,
    Registration, Use,
};
use super::name_rules::Taken;
use super::rules::{self, Against};
use super::{
    calls, client_keys, configured, grant_store, grants, limits, metadata, store, systems_store, token_store,
};
use crate::app::App;
use crate::base::{self, Error, Problem, Problems, Result, page_of, span};
use crate::db::Tx;
use crate::identity::Actor;
use crate::staff::{self, APPROVE, Action};

/// More apps than any developer needs; and how many one account registers in an hour.
const MOST: i64 = 50;
const PER_HOUR: i64 = 20;
/// How many key tests one account makes in an hour: each may call another machine.
const TESTS: i64 = 60;
/// Lines of a page of a list.
const PAGE: i64 = 50;
/// The most letters of a reason.
const LETTERS: usize = 1000;

pub(super) async fn register(
    app: &App,
    actor: &Actor,
    (once, about): (Uuid, Registration),
) -> Result<Registered> {
    if about.used_by == Use::System {
        return Err(Error::invalid("kind", "problem-app-system"));
    }
    let origin = Origin::Developer { account: actor.account };
    let id = id_of_form(app, actor, (once, &about))?;
    // Neither a slip nor a second click is counted.
    let about = tidied(about);
    let mut tx = app.db.read().await?;
    is_new(&mut tx, &id).await?;
    sound(app, &mut tx, (&id, &origin), &about).await?;
    drop(tx);
    let what = format!("app-register/{}", actor.account);
    limits::count_person(app, (&what, PER_HOUR)).await?;
    let mut tx = app.db.write().await?;
    if store::count_of(&mut tx, actor.account).await? >= MOST {
        return Err(Error::refused("refused-too-many-apps"));
    }
    let made = make(app, &mut tx, (id, origin, ClientState::Active), (about, None)).await?;
    tx.commit().await?;
    Ok(made)
}

pub(super) fn id_of_form(app: &App, actor: &Actor, (once, about): (Uuid, &Registration)) -> Result<ClientId> {
    let id = app.keys.once(b"app.once", &(actor.account, once, tidied(about.clone())))?;
    Ok(ClientId(id.to_string()))
}

/// Whether the form that makes this app was not sent before: what it says may not fit any more because of what it made.
async fn is_new(tx: &mut Tx, id: &ClientId) -> Result<()> {
    match store::any_client(tx, id).await? {
        None => Ok(()),
        Some(_) => Err(Error::Conflict("conflict-app-known")),
    }
}

pub(super) async fn register_for_clinic(
    app: &App,
    actor: &Actor,
    (once, about): (Uuid, Registration),
) -> Result<Registered> {
    handles(app, actor).await?;
    // A system reads without anybody: that takes two people.
    let state = match about.used_by {
        Use::System => ClientState::Waiting { by: actor.account },
        Use::Person => ClientState::Active,
    };
    let mut tx = app.db.write().await?;
    let id = id_of_form(app, actor, (once, &about))?;
    is_new(&mut tx, &id).await?;
    let made = make(app, &mut tx, (id, Origin::Clinic, state), (about, None)).await?;
    super::systems::sound(&mut tx, &made.client.about).await?;
    store::registered_by(&mut tx, &made.client.id, actor.account).await?;
    tx.commit().await?;
    Ok(made)
}

/// Whether what is told about an app can be taken.
///
/// # Errors
/// `Invalid`.
pub(super) async fn sound(
    app: &App,
    tx: &mut Tx,
    (id, origin): (&ClientId, &Origin),
    about: &Registration,
) -> Result<()> {
    let against =
        Against { taken: taken(app, tx, (id, origin)).await?, loopback: client_keys::loopback(app) };
    let problems = rules::problems(about, &against);
    if problems.0.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// The names that an app may not take: the clinic's, unless the clinic itself brought the app, and those of apps that the
/// clinic added or recommends, but for a developer's own.
async fn taken(app: &App, tx: &mut Tx, (id, origin): (&ClientId, &Origin)) -> Result<Taken> {
    let account = match origin {
        Origin::Clinic | Origin::Settings | Origin::Demo => return Ok(Taken::default()),
        Origin::Developer { account } => Some(*account),
        Origin::Dynamic => None,
    };
    let apps = store::stood_behind(tx, (id, account)).await?;
    Ok(Taken { clinic: app.config.clinic.name.clone(), apps })
}

/// Makes an app, with a secret if it is to have one.
pub(super) async fn make(
    app: &App,
    tx: &mut Tx,
    (id, origin, state): (ClientId, Origin, ClientState),
    (about, manage): (Registration, Option<[u8; 32]>),
) -> Result<Registered> {
    let about = tidied(about);
    sound(app, tx, (&id, &origin), &about).await?;
    let now = app.clock.now();
    let secret = (about.kind == ClientKind::Secret).then(base::token);
    let client = Client { id, about, origin, state, created: now, changed: now, used: None, marked: None };
    let hash = secret.as_deref().map(|secret| secret_hash(app, secret));
    if !store::add_client(tx, &client, (hash, manage)).await? {
        return Err(Error::Conflict("conflict-app-known"));
    }
    Ok(Registered { client, secret, registration_token: None })
}

/// Without what surrounds words, and without fields that say nothing.
pub(super) fn tidied(mut about: Registration) -> Registration {
    about.name = about.name.trim().to_owned();
    let fields = [
        &mut about.made_by,
        &mut about.launch_uri,
        &mut about.logo_uri,
        &mut about.client_uri,
        &mut about.policy_uri,
        &mut about.tos_uri,
        &mut about.scope,
    ];
    for field in fields {
        *field = field.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    }
    for list in [&mut about.redirect_uris, &mut about.contacts, &mut about.groups] {
        *list = std::mem::take(list)
            .into_iter()
            .map(|one| one.trim().to_owned())
            .filter(|one| !one.is_empty())
            .collect();
    }
    about
}

pub(super) async fn register_by_operator(
    app: &App,
    (id, origin): (ClientId, Origin),
    about: Registration,
) -> Result<Registered> {
    let mut tx = app.db.write().await?;
    let about = tidied(about);
    sound(app, &mut tx, (&id, &origin), &about).await?;
    systems_store::hold(&mut tx, &id).await?;
    let made = match store::any_client(&mut tx, &id).await? {
        None => make(app, &mut tx, (id.clone(), origin, ClientState::Active), (about, None)).await?,
        Some(stored) => {
            store::describe(&mut tx, &id, (&about, app.clock.now())).await?;
            Registered { client: Client { about, ..stored.client }, secret: None, registration_token: None }
        }
    };
    tx.commit().await?;
    Ok(made)
}

pub(super) async fn clients_of(app: &App, actor: &Actor) -> Result<Vec<Client>> {
    let mut tx = app.db.read().await?;
    store::clients_of(&mut tx, actor.account).await
}

/// An app that is the actor's own.
async fn own(tx: &mut Tx, actor: &Actor, id: &ClientId) -> Result<Client> {
    let client = store::client(tx, id).await?.ok_or(Error::NotFound)?.client;
    let theirs = client.origin == Origin::Developer { account: actor.account };
    theirs.then_some(client).ok_or(Error::NotFound)
}

/// An app that the actor may change: their own, or for staff who handle apps one that the clinic registered. It is held
/// before it is read: what another changes meanwhile, such as the groups of a system, would be written back as it was.
async fn changeable(app: &App, tx: &mut Tx, (actor, id): (&Actor, &ClientId)) -> Result<Client> {
    systems_store::hold(tx, id).await?;
    if let Ok(client) = own(tx, actor, id).await {
        return Ok(client);
    }
    let client = store::client(tx, id).await?.ok_or(Error::NotFound)?.client;
    if client.origin != Origin::Clinic {
        return Err(Error::NotFound);
    }
    handles(app, actor).await.map_err(|_| Error::NotFound)?;
    Ok(client)
}

/// Whoever may not know of it is told that there is no such thing; other faults are told as they are.
fn hidden(error: Error) -> Error {
    if matches!(error, Error::Refused(_)) { Error::NotFound } else { error }
}

pub(super) async fn client(app: &App, actor: &Actor, id: &ClientId) -> Result<Client> {
    let mut tx = app.db.read().await?;
    if let Ok(client) = own(&mut tx, actor, id).await {
        return Ok(client);
    }
    let client = store::client(&mut tx, id).await?.ok_or(Error::NotFound)?.client;
    drop(tx);
    reads(app, actor).await.map_err(hidden)?;
    Ok(client)
}

pub(super) async fn kept(app: &App, actor: &Actor, id: &ClientId) -> Result<Kept> {
    reads(app, actor).await.map_err(hidden)?;
    let mut tx = app.db.read().await?;
    let client = store::client(&mut tx, id).await?.ok_or(Error::NotFound)?.client;
    store::kept(&mut tx, app.clock.now(), client).await
}

pub(super) async fn edit(app: &App, actor: &Actor, (id, about): (&ClientId, Registration)) -> Result<Client> {
    let mut tx = app.db.write().await?;
    let client = changeable(app, &mut tx, (actor, id)).await?;
    let about = Registration { kind: client.about.kind, used_by: client.about.used_by, ..tidied(about) };
    sound(app, &mut tx, (id, &client.origin), &about).await?;
    // What two people agreed to is not widened by one.
    let agreed = (&client.about.scope, &client.about.groups, &client.about.keys);
    if client.is_system() && (&about.scope, &about.groups, &about.keys) != agreed {
        return Err(Error::invalid("scope", "problem-app-agreed"));
    }
    let now = app.clock.now();
    store::describe(&mut tx, id, (&about, now)).await?;
    tx.commit().await?;
    Ok(Client { about, changed: now, ..client })
}

pub(super) async fn new_secret(app: &App, actor: &Actor, id: &ClientId) -> Result<Registered> {
    let mut tx = app.db.write().await?;
    let client = changeable(app, &mut tx, (actor, id)).await?;
    if client.about.kind != ClientKind::Secret {
        return Err(Error::NotFound);
    }
    let (secret, now) = (base::token(), app.clock.now());
    store::set_secret(&mut tx, id, (secret_hash(app, &secret), now)).await?;
    tx.commit().await?;
    Ok(Registered {
        client: Client { changed: now, ..client },
        secret: Some(secret),
        registration_token: None,
    })
}

pub(super) async fn remove(app: &App, actor: &Actor, id: &ClientId) -> Result<()> {
    let mut tx = app.db.write().await?;
    changeable(app, &mut tx, (actor, id)).await?;
    removed(app, &mut tx, id).await?;
    tx.commit().await
}

/// Removes an app with everything that it was allowed.
pub(super) async fn removed(app: &App, tx: &mut Tx, id: &ClientId) -> Result<()> {
    for grant in grant_store::of_client(tx, id).await? {
        grants::end(app, tx, (grant, GrantEnd::GivenUp), (None, "")).await?;
    }
    token_store::revoke_of(tx, id, app.clock.now()).await?;
    store::remove_client(tx, id, app.clock.now()).await
}

pub(super) async fn attempts_of(
    app: &App,
    actor: &Actor,
    (id, page): (&ClientId, i64),
) -> Result<(Vec<Attempt>, bool)> {
    client(app, actor, id).await?;
    lines(app, (id, page)).await
}

/// The same, for whom it was found out that they may read it.
pub(super) async fn lines(app: &App, (id, page): (&ClientId, i64)) -> Result<(Vec<Attempt>, bool)> {
    if let Err(error) = calls::write(app).await {
        // What was written before can be read all the same.
        calls::warn(error);
    }
    let mut tx = app.db.read().await?;
    Ok(page_of(store::attempts(&mut tx, id, span(page, PAGE)).await?, PAGE))
}

pub(super) async fn test_keys(
    app: &App,
    actor: &Actor,
    (id, assertion): (&ClientId, Option<&str>),
) -> Result<KeyTest> {
    let client = client(app, actor, id).await?;
    if client.about.kind != ClientKind::Keys {
        return Err(Error::NotFound);
    }
    limits::count_person(app, (&format!("app-keys/{}", actor.account), TESTS)).await?;
    let (token, issuer) = (metadata::address(app, "token"), metadata::issuer(app));
    let audiences = [token.as_str(), issuer.as_str()];
    let expected = Expected { client: &id.0, audiences: &audiences, now: app.clock.now() };
    Ok(client_keys::test(app, &client, (assertion.filter(|text| !text.trim().is_empty()), expected)).await)
}

/// Whether somebody on the staff handles apps: stops them, registers those of the clinic.
async fn handles(app: &App, actor: &Actor) -> Result<()> {
    let roles = staff::roles(app, actor).await?;
    let may = staff::best(&roles, Action::HandleApp).any();
    may.then_some(()).ok_or(Error::refused("refused-not-your-role"))
}

/// Whether somebody on the staff sees which apps there are: who handles them, who agrees to systems, and who
/// reads.
async fn reads(app: &App, actor: &Actor) -> Result<()> {
    let roles = staff::roles(app, actor).await?;
    let right = staff::best(&roles, Action::ManageRoles);
    let may = staff::best(&roles, Action::HandleApp).any() || right.any();
    may.then_some(()).ok_or(Error::refused("refused-not-your-role"))
}

pub(super) async fn all(app: &App, actor: &Actor, page: i64) -> Result<(Vec<Kept>, bool)> {
    reads(app, actor).await?;
    let mut tx = app.db.read().await?;
    Ok(page_of(store::all_clients(&mut tx, app.clock.now(), span(page, PAGE)).await?, PAGE))
}

pub(super) async fn systems(app: &App, actor: &Actor) -> Result<Vec<Client>> {
    reads(app, actor).await?;
    store::systems(&mut app.db.read().await?).await
}

/// As many apps stand on the page that opens them; the addresses of all stand in one header of its answer.
const LISTED: usize = 30;

pub(super) async fn launchable(app: &App) -> Result<Vec<Client>> {
    let mut tx = app.db.read().await?;
    let mut all = store::active(&mut tx).await?;
    // Behind what registered itself nobody is known: it stands here only if the clinic recommends it.
    let known = |client: &Client| client.origin != Origin::Dynamic || client.marked.is_some();
    all.retain(|client| client.about.launch_uri.is_some() && !client.is_system() && known(client));
    // Those that the clinic recommends stand first, then its own.
    all.sort_by_key(|client| {
        (client.marked.is_none(), !client.origin.is_of_clinic(), client.about.name.to_lowercase())
    });
    all.truncate(LISTED);
    Ok(all)
}

pub(super) async fn suspend(app: &App, actor: &Actor, (id, why): (&ClientId, &str)) -> Result<()> {
    handles(app, actor).await?;
    let why = why.trim();
    let code = match why.chars().count() {
        0 => Some("problem-required"),
        count if count > LETTERS => Some("problem-too-long"),
        _ => None,
    };
    if let Some(code) = code {
        return Err(Error::Invalid(Problems(vec![Problem { field: "why", code }])));
    }
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    store::client(&mut tx, id).await?.ok_or(Error::NotFound)?;
    store::suspend(&mut tx, id, Some((now, &actor.name, why))).await?;
    let line = limits::attempt(
        app,
        ("authorize", &limits::trace()),
        (403, Some("suspended"), "the clinic suspended the app"),
    );
    store::note_attempt(&mut tx, base::uuid(now), (id, &line)).await?;
    tx.commit().await
}

pub(super) async fn unsuspend(app: &App, actor: &Actor, id: &ClientId) -> Result<()> {
    handles(app, actor).await?;
    let mut tx = app.db.write().await?;
    let client = store::client(&mut tx, id).await?.ok_or(Error::NotFound)?.client;
    if configured::is_gone(app, &client) {
        return Err(Error::Conflict("conflict-app-gone"));
    }
    store::suspend(&mut tx, id, None).await?;
    tx.commit().await
}

pub(super) async fn agree(app: &App, actor: &Actor, id: &ClientId) -> Result<()> {
    let roles = staff::roles(app, actor).await?;
    let right = staff::best(&roles, Action::ManageRoles);
    if !right.whole() && !right.only(APPROVE) {
        return Err(Error::refused("refused-not-your-role"));
    }
    let mut tx = app.db.write().await?;
    systems_store::hold(&mut tx, id).await?;
    let client = store::client(&mut tx, id).await?.ok_or(Error::NotFound)?.client;
    match client.state {
        ClientState::Waiting { by } if by == actor.account => {
            return Err(Error::refused("refused-own-request"));
        }
        ClientState::Waiting { .. } => {}
        _ => return Err(Error::Conflict("conflict-grant-decided")),
    }
    store::agree(&mut tx, id, (actor.account, app.clock.now())).await?;
    tx.commit().await
}

pub(super) async fn mark(app: &App, actor: &Actor, (id, marked): (&ClientId, Marked)) -> Result<()> {
    handles(app, actor).await?;
    let mut tx = app.db.write().await?;
    store::client(&mut tx, id).await?.ok_or(Error::NotFound)?;
    store::mark(&mut tx, id, (marked == Marked::Yes).then(|| app.clock.now())).await?;
    tx.commit().await
}

/// Whether the clinic recommends an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marked {
    /// It does.
    Yes,
    /// It does not.
    No,
}
