//! The authorization endpoint: a request comes in, a person answers, the app gets a code (RFC 6749, 4.1; SMART App Launch
//! 2.2, 2.0 and 2.1).

use std::time::Duration;

use super::authenticate::At;
use super::model::{
    Asked, AuthorizeParams, Choice, Client, ClientId, ClientState, Earlier, GrantEnd, NoAnswer, Stay,
    StopPage, StopWhy, Stopped, Visitor,
};
use super::request_rules::{self, Facts, Params, Wants, Wrong};
use super::scopes::{Scope, Scopes};
use super::store::{self, Ask};
use super::{grant_store, grants, limits, metadata, rules, token_store};
use crate::app::App;
use crate::base::{self, AppGrantId, AskId, Error, Instant, PatientNo, Result};
use crate::config::Act;
use crate::db::Tx;
use crate::identity::{self, Actor};
use crate::notify;

/// How long a person has to answer: they may have to sign in and link their record first.
const ANSWER: Duration = Duration::from_secs(3600);
/// How long a code can be used (RFC 6749, 4.1.2: at most 10 minutes; SMART: one).
const CODE: Duration = Duration::from_secs(60);
/// How long a launch from the portal can be used.
const LAUNCH: Duration = Duration::from_secs(300);
/// More grants than this nobody gives one app; the oldest end.
const MOST: usize = 20;

/// Takes a request.
pub(super) async fn begin(app: &App, params: AuthorizeParams) -> std::result::Result<AskId, Stopped> {
    let at = At::new(app, "authorize");
    match limits::count(app, &params.address).await {
        Ok(_) => {}
        Err(NoAnswer::Fault(fault)) => {
            let wait = fault.wait.unwrap_or_default();
            return Err(Error::refused("refused-too-many").for_the_next(wait).into());
        }
        Err(NoAnswer::Ours(error)) => return Err(error.into()),
    }
    let client = known(&at, &params).await?;
    let redirect = address(&at, &client, &params).await?;
    let state = one(&params, "state").unwrap_or_default().to_owned();
    match wanted(&at, (&client, &redirect), &params).await? {
        Ok(ask) => {
            let mut tx = app.db.write().await?;
            store::add_ask(&mut tx, &ask).await?;
            tx.commit().await?;
            Ok(ask.id)
        }
        Err(Wrong(error, reason)) => {
            let description = format!("{reason} [trace {}]", at.trace);
            let pairs = [("error", error), ("error_description", &description), ("state", &state)];
            let to = answer(app, &redirect, &pairs);
            // Anybody can register an address, and then lead strangers to it by a link to us. So who is not signed in is not
            // sent to an app that the clinic does not vouch for (RFC 9700, 4.11.2), whatever is wrong, `prompt=none` as well.
            let (status, end) = if client.is_vouched_for() || params.visitor == Visitor::SignedIn {
                (303, Stopped::Redirect(to))
            } else {
                let why = StopWhy::AskedWrongly { app: client.about.name.clone(), to };
                (400, stopped(&at, (why, &reason)))
            };
            noted(&at, &client.id, (status, Some(error), &reason)).await?;
            Err(end)
        }
    }
}

/// The value of a parameter that comes exactly once.
fn one<'a>(params: &'a AuthorizeParams, name: &str) -> Option<&'a str> {
    let mut found = params.pairs.iter().filter(|(own, _)| own == name);
    let first = found.next().map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())?;
    found.next().is_none().then_some(first)
}

/// The app. Without a certain one nobody is sent anywhere (RFC 6749, 4.1.2.1).
async fn known(at: &At<'_>, params: &AuthorizeParams) -> std::result::Result<Client, Stopped> {
    let page = |why, reason: &str| stopped(at, (why, reason));
    if let Err(Wrong(_, reason)) = Params::new(&params.pairs)
        && (one(params, "client_id").is_none() || reason == request_rules::TOO_LONG)
    {
        return Err(page(StopWhy::Unreadable, &reason));
    }
    let id = one(params, "client_id");
    let id = id.ok_or_else(|| page(StopWhy::UnknownApp, "client_id is missing, or comes twice"))?;
    let mut tx = at.app.db.read().await?;
    let stored = store::client(&mut tx, &ClientId(id.to_owned())).await?;
    drop(tx);
    let unknown = || page(StopWhy::UnknownApp, "no app with this client_id is registered");
    let client = stored.ok_or_else(unknown)?.client;
    let (why, reason) = match &client.state {
        _ if client.is_system() => (
            StopWhy::UnknownApp,
            "this client is registered as a system; it asks for tokens by client_credentials",
        ),
        ClientState::Active => return Ok(client),
        ClientState::Suspended { .. } => (StopWhy::Suspended, "the clinic has suspended this app"),
        ClientState::Waiting { .. } => (StopWhy::UnknownApp, "this client waits for approval"),
    };
    noted(at, &client.id, (400, Some("unauthorized_client"), reason)).await?;
    Err(page(why, reason))
}

/// The address to send the person back to, one that was registered.
async fn address(
    at: &At<'_>,
    client: &Client,
    params: &AuthorizeParams,
) -> std::result::Result<String, Stopped> {
    let asked = one(params, "redirect_uri");
    if let Some(address) = asked.filter(|asked| rules::may_go_back(&client.about, asked)) {
        return Ok(address.to_owned());
    }
    let reason = match asked {
        None => "redirect_uri is missing, or comes twice".to_owned(),
        Some(asked) => format!(
            "redirect_uri is not registered for this app: {}; addresses are compared character by character",
            request_rules::told(asked)
        ),
    };
    noted(at, &client.id, (400, Some("invalid_request"), &reason)).await?;
    Err(stopped(at, (StopWhy::WrongAddress, &reason)))
}

/// What the app wants, or what is wrong with the request.
async fn wanted(
    at: &At<'_>,
    (client, redirect): (&Client, &str),
    params: &AuthorizeParams,
) -> Result<std::result::Result<Ask, Wrong>> {
    let (app, now) = (at.app, at.app.clock.now());
    let base = metadata::base(app);
    let facts = Facts { base: &base, registered: client.about.scope.as_deref(), now };
    let checked =
        Params::new(&params.pairs).and_then(|read| Ok((request_rules::wants(read, redirect, facts)?, read)));
    let (wants, read) = match checked {
        Ok(checked) => checked,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let mut launched = None;
    if let Some(launch) = read.get("launch") {
        let mut tx = app.db.write().await?;
        launched = store::use_launch(&mut tx, (launch_hash(app, launch), &client.id), now).await?;
        tx.commit().await?;
        if launched.is_none() {
            let words = "launch is not one that can be used: each works once, for five minutes, for the app it was made for";
            return Ok(Err(Wrong::new("invalid_request", words)));
        }
    }
    let id = AskId(base::uuid(now));
    let expires = now.plus(ANSWER);
    Ok(Ok(Ask { id, client: client.id.clone(), wants, launched, created: now, expires, done: None }))
}

fn stopped(at: &At<'_>, (why, reason): (StopWhy, &str)) -> Stopped {
    Stopped::Page(StopPage { why, reason: reason.to_owned(), trace: at.trace.clone() })
}

async fn noted(at: &At<'_>, client: &ClientId, line: (u16, Option<&str>, &str)) -> Result<()> {
    limits::note(at.app, client, &limits::attempt(at.app, (at.endpoint, &at.trace), line)).await
}

/// An address with an answer in its query, and who answers (RFC 9207).
fn answer(app: &App, redirect: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    query.append_pair("iss", &metadata::issuer(app));
    let mark = if redirect.contains('?') { '&' } else { '?' };
    format!("{redirect}{mark}{}", query.finish())
}

/// A request that can still be answered, by this person: the app, and what it asks for, as far as it may still ask. What
/// was taken out of its registration since, an address that fell to somebody else or a scope, does not count any more.
async fn open(app: &App, tx: &mut Tx, (actor, id): (&Actor, AskId)) -> Result<(Ask, Client, Scopes)> {
    let ask = store::ask(tx, id).await?.ok_or(Error::NotFound)?;
    let theirs = ask.launched.is_none_or(|(account, _)| account == actor.account);
    if !theirs || ask.expires <= app.clock.now() {
        return Err(Error::NotFound);
    }
    if ask.done.is_some() {
        return Err(Error::Conflict("conflict-ask-used"));
    }
    let stored = store::client(tx, &ask.client).await?.ok_or(Error::NotFound)?;
    let client = stored.client;
    let scopes = request_rules::bound(&scopes_of(&ask.wants)?, client.about.scope.as_deref());
    let answerable =
        rules::may_go_back(&client.about, &ask.wants.redirect_uri) && request_rules::can_be_asked(&scopes);
    if !client.is_active() || !answerable {
        return Err(Error::NotFound);
    }
    Ok((ask, client, scopes))
}

fn scopes_of(wants: &Wants) -> Result<Scopes> {
    // One wide scope can have become many narrow ones, more than may be asked for.
    Scopes::from_kept(&wants.scope)
        .ok_or_else(|| Error::internal(anyhow::anyhow!("a request holds scopes that are none")))
}

pub(super) async fn asked(app: &App, actor: &Actor, id: AskId) -> Result<Asked> {
    let mut tx = app.db.read().await?;
    let (ask, client, scopes) = open(app, &mut tx, (actor, id)).await?;
    let records = match ask.launched {
        Some((_, patient)) => {
            grants::record(app, &mut tx, (actor.account, patient)).await?.into_iter().collect()
        }
        None => Vec::new(),
    };
    let earlier = grant_store::live(&mut tx, (actor.account, &client.id), app.clock.now()).await?;
    drop(tx);
    let records = if ask.launched.is_some() { records } else { grants::records(app, actor).await? };
    Ok(Asked {
        id,
        scopes,
        client,
        stay: ask.wants.stay,
        redirect_uri: ask.wants.redirect_uri,
        records,
        earlier,
        signed_in_since: ask.wants.signed_in_since,
        hint: ask.wants.hint,
        expires: ask.expires,
    })
}

pub(super) async fn approve(app: &App, actor: &Actor, (id, mut choice): (AskId, Choice)) -> Result<String> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (ask, client, asked) = open(app, &mut tx, (actor, id)).await?;
    let late = ask.wants.signed_in_since.is_some_and(|since| rules::is_late(actor, since));
    if identity::need(app, actor, Act::Grant).is_some() || late {
        return Err(Error::refused("refused-sign-in-again"));
    }
    if ask.launched.is_some_and(|(_, patient)| patient != choice.patient) {
        return Err(Error::NotFound);
    }
    let (under, lens) = grants::ground(app, &mut tx, (actor.account, choice.patient)).await?;
    choice.scopes = staying(choice.scopes, choice.stay);
    let problems = rules::choice_problems(&choice, (&asked, ask.wants.stay), now);
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let until = until(app, &mut tx, (actor, &choice)).await?;
    make_room(app, &mut tx, (actor, &client), &choice).await?;
    let grant = AppGrantId(base::uuid(now));
    let lens = choice.lens.and(lens);
    let new = grant_store::New {
        id: grant,
        client: &client.id,
        app_name: &client.about.name,
        actor,
        patient: choice.patient,
        under,
        scopes: &choice.scopes,
        lens,
        stay: choice.stay,
        now,
        until,
    };
    grant_store::add(&mut tx, &new).await?;
    let by = (Some(actor.account), actor.name.as_str());
    grants::noted(app, &mut tx, (grant, "given"), (&choice.scopes, lens, until), by).await?;
    let code = base::token();
    let kept = token_store::Code {
        grant,
        client: client.id.clone(),
        redirect_uri: ask.wants.redirect_uri.clone(),
        challenge: ask.wants.challenge.clone(),
        nonce: ask.wants.nonce.clone(),
        created: now,
        expires: now.plus(CODE),
        used: None,
    };
    token_store::add_code(&mut tx, super::tokens::hash(app, &code), &kept).await?;
    if !store::answered(&mut tx, id, now).await? {
        return Err(Error::Conflict("conflict-ask-used"));
    }
    grants::tell(app, &mut tx, (actor.account, choice.patient), notify::Kind::AppConnected).await?;
    let line = limits::attempt(app, ("authorize", &limits::trace()), (303, None, "allowed; a code was sent"));
    store::note_attempt(&mut tx, base::uuid(now), (&client.id, &line)).await?;
    tx.commit().await?;
    Ok(answer(app, &ask.wants.redirect_uri, &[("code", &code), ("state", &ask.wants.state)]))
}

/// Scopes that say how long it goes on as it was chosen.
fn staying(scopes: Scopes, stay: Stay) -> Scopes {
    match stay {
        Stay::Offline => scopes,
        Stay::Online => scopes.without(&Scope::Offline),
        Stay::Once => scopes.without(&Scope::Offline).without(&Scope::Online),
    }
}

/// When the grant ends by itself: with the token, with the session, or on the chosen day.
async fn until(app: &App, tx: &mut Tx, (actor, choice): (&Actor, &Choice)) -> Result<Instant> {
    let now = app.clock.now();
    Ok(match choice.stay {
        Stay::Once => choice.until.min(now.plus(CODE).plus(app.config.apps.access())),
        Stay::Online => {
            let session = token_store::session_until(tx, actor.session, now).await?;
            choice.until.min(session.ok_or(Error::NotFound)?)
        }
        Stay::Offline => choice.until,
    })
}

/// Ends what the person wants to end, and the oldest where there are too many.
async fn make_room(
    app: &App,
    tx: &mut Tx,
    (actor, client): (&Actor, &Client),
    choice: &Choice,
) -> Result<()> {
    let live = grant_store::live(tx, (actor.account, &client.id), app.clock.now()).await?;
    for (n, grant) in live.iter().enumerate() {
        let replaced = choice.earlier == Earlier::Stop && grant.patient == choice.patient;
        if replaced || n + 1 >= MOST {
            grants::end(app, tx, (grant.id, GrantEnd::Replaced), (Some(actor.account), &actor.name)).await?;
        }
    }
    Ok(())
}

pub(super) async fn deny(app: &App, actor: &Actor, id: AskId) -> Result<String> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (ask, client, _) = open(app, &mut tx, (actor, id)).await?;
    if !store::answered(&mut tx, id, now).await? {
        return Err(Error::Conflict("conflict-ask-used"));
    }
    let line =
        limits::attempt(app, ("authorize", &limits::trace()), (303, Some("access_denied"), "declined"));
    store::note_attempt(&mut tx, base::uuid(now), (&client.id, &line)).await?;
    tx.commit().await?;
    let words = "the person declined";
    let pairs = [("error", "access_denied"), ("error_description", words), ("state", &ask.wants.state)];
    Ok(answer(app, &ask.wants.redirect_uri, &pairs))
}

fn launch_hash(app: &App, launch: &str) -> [u8; 32] {
    app.keys.mac(b"app-launch", launch.as_bytes())
}

pub(super) async fn may_launch(app: &App, actor: &Actor, patient: PatientNo) -> Result<()> {
    let mut tx = app.db.read().await?;
    grants::ground(app, &mut tx, (actor.account, patient)).await.map(|_| ())
}

pub(super) async fn mint_launch(
    app: &App,
    actor: &Actor,
    (client, patient): (&ClientId, PatientNo),
) -> Result<String> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let stored = store::client(&mut tx, client).await?.filter(|stored| stored.client.is_active());
    let stored = stored.filter(|stored| !stored.client.is_system());
    let launch_uri = stored.and_then(|stored| stored.client.about.launch_uri).ok_or(Error::NotFound)?;
    grants::ground(app, &mut tx, (actor.account, patient)).await?;
    let launch = base::token();
    let of = (launch_hash(app, &launch), client);
    store::add_launch(&mut tx, of, (actor.account, patient), (now, now.plus(LAUNCH))).await?;
    tx.commit().await?;
    let base = metadata::base(app);
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("iss", &base).append_pair("launch", &launch);
    let mark = if launch_uri.contains('?') { '&' } else { '?' };
    Ok(format!("{launch_uri}{mark}{}", query.finish()))
}
