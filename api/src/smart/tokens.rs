//! The token endpoint: codes, refresh tokens and systems (RFC 6749, 4.1.3, 6 and 4.4; SMART App Launch 2.2; SMART Backend
//! Services). Tokens are random and kept as keyed hashes.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::authenticate::{self, At};
use super::id_tokens::{self, Said};
use super::model::{Call, Client, ClientId, Grant, GrantEnd, NoAnswer, Standing, Stay};
use super::request_rules::{Params, Wrong, verifier_fault};
use super::scopes::{Level, Scope, Scopes};
use super::token_store::{self, Kept, NewToken, Token};
use super::{grant_store, grants, limits, metadata, rules, store};
use crate::app::App;
use crate::base::{self, AppGrantId, Error, Instant, Result};
use crate::db::Tx;
use crate::identity::Actor;

/// A token of a system is short: it can ask for another at any time (SMART Backend Services: at most 5 minutes).
const SYSTEM: Duration = Duration::from_secs(300);
/// A refresh token that was just used may come again: the answer may have been lost on the way, or an app sent it from two
/// windows. The same refresh token follows it each time, so that one line of tokens lives on, and not two.
const AGAIN: Duration = Duration::from_secs(10);

/// The hash under which codes and tokens are kept.
pub(super) fn hash(app: &App, token: &str) -> [u8; 32] {
    app.keys.mac(b"app-token", token.as_bytes())
}

/// The refresh token that follows this one.
fn follower(app: &App, refresh: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(app.keys.mac(b"app-token-follower", refresh.as_bytes()))
}

type Answer = std::result::Result<Value, NoAnswer>;
/// What a step says: something, or the refusal of the specification with its status.
pub(super) type Step<T> = Result<std::result::Result<T, Wrong>>;

/// Answers a call.
pub(super) async fn token(app: &App, call: &Call) -> Answer {
    let at = At::new(app, "token");
    let params = match Params::new(&call.pairs) {
        Ok(params) => params,
        Err(wrong) => return Err(at.refuse(None, (400, wrong)).await),
    };
    let kind = match params.need("grant_type") {
        Ok(kind) => kind,
        Err(wrong) => return Err(at.refuse(None, (400, wrong)).await),
    };
    if !["authorization_code", "refresh_token", "client_credentials"].contains(&kind) {
        let words = "grant_type can be authorization_code, refresh_token or client_credentials";
        return Err(at.refuse(None, (400, Wrong::new("unsupported_grant_type", words))).await);
    }
    let client = authenticate::caller(&at, params, call).await?;
    if client.is_system() != (kind == "client_credentials") {
        let words = "systems use client_credentials, and apps of people do not";
        return Err(at.refuse(Some(&client.id), (400, Wrong::new("unauthorized_client", words))).await);
    }
    let answer = match kind {
        "authorization_code" => by_code(app, &client, params).await?,
        "refresh_token" => by_refresh(app, &client, params).await?,
        _ => for_system(app, &client, params).await?,
    };
    match answer {
        Ok(answer) => {
            served(&at, &client.id, kind).await?;
            Ok(answer)
        }
        Err(wrong) => Err(at.refuse(Some(&client.id), (400, wrong)).await),
    }
}

async fn served(at: &At<'_>, client: &ClientId, kind: &str) -> Result<()> {
    let now = at.app.clock.now();
    let line = limits::attempt(at.app, (at.endpoint, &at.trace), (200, None, kind));
    let mut tx = at.app.db.write().await?;
    store::note_attempt(&mut tx, base::uuid(now), (client, &line)).await?;
    store::used(&mut tx, client, (now, now.minus(Duration::from_secs(60)))).await?;
    tx.commit().await
}

fn no_grant<T>(description: &str) -> Step<T> {
    Ok(Err(Wrong::new("invalid_grant", description)))
}

/// A code becomes tokens, once.
async fn by_code(app: &App, client: &Client, params: Params<'_>) -> Step<Value> {
    let read = || {
        Ok::<_, Wrong>((params.need("code")?, params.need("redirect_uri")?, params.need("code_verifier")?))
    };
    let (code, redirect_uri, verifier) = match read() {
        Ok(read) => read,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let (now, hash) = (app.clock.now(), hash(app, code));
    let mut tx = app.db.write().await?;
    let found = token_store::code(&mut tx, hash).await?.filter(|found| found.client == client.id);
    let Some(found) = found else { return no_grant("the code is not one that was given to this app") };
    if found.used.is_some() {
        // Somebody has the code who should not: whoever it is, nobody goes on (RFC 6749, 4.1.2; RFC 9700, 4.5).
        grants::end(app, &mut tx, (found.grant, GrantEnd::Misused), (None, "")).await?;
        tx.commit().await?;
        return no_grant("the code was used before; everything that came from it has ended");
    }
    if found.expires <= now {
        return no_grant("the code is older than a minute");
    }
    if found.redirect_uri != redirect_uri {
        return no_grant("redirect_uri is not the one that the code was asked for with");
    }
    if !rules::may_go_back(&client.about, redirect_uri) {
        return no_grant("redirect_uri is no longer registered for this app");
    }
    if let Some(fault) = verifier_fault(&found.challenge, verifier) {
        return no_grant(fault);
    }
    if !token_store::use_code(&mut tx, hash, now).await? {
        return no_grant("the code was used before");
    }
    let grant = match in_force(app, &mut tx, found.grant).await? {
        Ok(grant) => grant,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let issued = issue(app, &mut tx, (client, &grant), (&grant.scopes, &grant.scopes, None)).await?;
    let context = context(app, &mut tx, &grant).await?;
    tx.commit().await?;
    let mut answer = merged(issued, context);
    if grant.scopes.has(&Scope::Openid) {
        answer["id_token"] = json!(id_token(app, (&grant, found.nonce.as_deref())).await?);
    }
    Ok(Ok(answer))
}

/// The grant, if tokens may be issued for it now.
pub(super) async fn in_force(app: &App, tx: &mut Tx, id: AppGrantId) -> Step<Grant> {
    let now = app.clock.now();
    let odd = || Error::internal(anyhow::anyhow!("a token has no grant"));
    let grant = grant_store::find(tx, id, now).await?.ok_or_else(odd)?;
    match grant.standing {
        Standing::Active => {}
        Standing::Paused { .. } => return no_grant("the person paused this app"),
        Standing::Ended { .. } => return no_grant("what the person allowed has ended"),
    }
    match grants::ground(app, tx, (grant.account, grant.patient)).await {
        Ok(_) => {}
        Err(Error::NotFound | Error::Refused(_)) => return no_grant("what the person allowed has ended"),
        Err(error) => return Err(error),
    }
    if grant.stay == Stay::Online {
        let session = session_of(tx, id).await?;
        if token_store::session_until(tx, session, now).await?.is_none() {
            return no_grant("the person is no longer signed in (online_access)");
        }
    }
    Ok(Ok(grant))
}

async fn session_of(tx: &mut Tx, id: AppGrantId) -> Result<base::SessionId> {
    Ok(token_store::giver(tx, id).await?.session)
}

/// A refresh token becomes new tokens, and is used up (RFC 9700, 4.14.2).
async fn by_refresh(app: &App, client: &Client, params: Params<'_>) -> Step<Value> {
    let given = match params.need("refresh_token") {
        Ok(given) => given,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let (now, hash) = (app.clock.now(), hash(app, given));
    let mut tx = app.db.write().await?;
    let found = token_store::token(&mut tx, hash).await?;
    let found = found.filter(|token| token.client == client.id && token.kind == Kept::Refresh);
    let Some((found, Some(id))) = found.map(|token| (token.clone(), token.grant)) else {
        return no_grant("the refresh token is not one that was given to this app");
    };
    if found.expires <= now {
        return no_grant("the refresh token has ended");
    }
    if found.revoked.is_some() {
        return match in_force(app, &mut tx, id).await? {
            Ok(_) => no_grant("the refresh token has ended"),
            Err(wrong) => Ok(Err(wrong)),
        };
    }
    if !first_use(app, &mut tx, (&found, hash)).await? {
        grants::end(app, &mut tx, (id, GrantEnd::Misused), (None, "")).await?;
        tx.commit().await?;
        return no_grant("the refresh token was used before; everything that came from it has ended");
    }
    let grant = match in_force(app, &mut tx, id).await? {
        Ok(grant) => grant,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let may = found.scopes.meet(&grant.scopes);
    let scopes = match fewer(params, &may) {
        Ok(scopes) => scopes,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let issued = issue(app, &mut tx, (client, &grant), (&scopes, &found.scopes, Some(given))).await?;
    let context = context(app, &mut tx, &grant).await?;
    tx.commit().await?;
    Ok(Ok(merged(issued, context)))
}

/// Uses a refresh token; whether that is right: the first time, or again at once while what followed it was not used.
async fn first_use(app: &App, tx: &mut Tx, (token, hash): (&Token, [u8; 32])) -> Result<bool> {
    let now = app.clock.now();
    match token.used {
        // Two at once: the second comes after the first.
        None if !token_store::use_token(tx, hash, now).await? => token_store::is_last(tx, hash).await,
        None => Ok(true),
        Some(used) if now.since(used) <= AGAIN => token_store::is_last(tx, hash).await,
        Some(_) => Ok(false),
    }
}

/// The scopes of a refresh: those that it may have, or fewer (RFC 6749, section 6).
fn fewer(params: Params<'_>, may: &Scopes) -> std::result::Result<Scopes, Wrong> {
    let bad = |description: &str| Wrong::new("invalid_scope", description);
    let Some(text) = params.get("scope") else { return Ok(may.clone()) };
    let asked = Scopes::read(text).map_err(|wrong| bad(wrong.0))?;
    let scopes = asked.scopes.named_of(may);
    // What is left out has no words in a request.
    if !asked.dropped.is_empty() || !scopes.iter().eq(asked.scopes.iter()) || scopes.is_empty() {
        return Err(bad("a refresh can ask for the scopes that were granted, or fewer"));
    }
    Ok(scopes)
}

/// Issues an access token and, where it goes on, a refresh token, which keeps its own scopes: the one that follows
/// `refresh`, where they are issued for that.
async fn issue(
    app: &App,
    tx: &mut Tx,
    (client, grant): (&Client, &Grant),
    (scopes, kept, refresh): (&Scopes, &Scopes, Option<&str>),
) -> Result<Value> {
    let now = app.clock.now();
    let expires = now.plus(app.config.apps.access()).min(grant.until);
    let access = base::token();
    let mut new = NewToken {
        hash: hash(app, &access),
        kind: Kept::Access,
        grant: Some(grant.id),
        client: &client.id,
        scopes,
        parent: refresh.map(|refresh| hash(app, refresh)),
        now,
        expires,
    };
    token_store::add(tx, &new).await?;
    let mut answer = json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": expires.since(now).as_secs(),
        "scope": scopes.to_string(),
    });
    if grant.stay != Stay::Once {
        let refresh = refresh.map_or_else(base::token, |refresh| follower(app, refresh));
        (new.hash, new.kind, new.scopes, new.expires) =
            (hash(app, &refresh), Kept::Refresh, kept, grant.until);
        token_store::add(tx, &new).await?;
        answer["refresh_token"] = json!(refresh);
    }
    Ok(answer)
}

/// The launch context (SMART App Launch 2.2, 3.1): whose record, and what the app shows itself because the portal does
/// not. An app that only wants to know who signs in is told of no record.
async fn context(app: &App, tx: &mut Tx, grant: &Grant) -> Result<Value> {
    if !grant.scopes.is_about_a_record() {
        return Ok(json!({}));
    }
    let (_, _, patient) = grant_store::person(tx, grant.patient).await?.ok_or(Error::NotFound)?;
    Ok(json!({
        "patient": patient,
        "need_patient_banner": true,
        "smart_style_url": metadata::address(app, "smart-style.json"),
    }))
}

fn merged(mut answer: Value, more: Value) -> Value {
    if let (Some(answer), Value::Object(more)) = (answer.as_object_mut(), more) {
        answer.extend(more);
    }
    answer
}

/// Where the user can be read: their own record, or what makes them somebody who acts for the person.
pub(super) fn fhir_user(app: &App, (patient, under): (&str, Option<base::AuthorityId>)) -> String {
    let base = metadata::base(app);
    match under {
        None => format!("{base}/Patient/{patient}"),
        Some(authority) => format!("{base}/RelatedPerson/{authority}"),
    }
}

async fn id_token(app: &App, (grant, nonce): (&Grant, Option<&str>)) -> Result<String> {
    let mut tx = app.db.read().await?;
    let (_, _, patient) = grant_store::person(&mut tx, grant.patient).await?.ok_or(Error::NotFound)?;
    let giver: Actor = token_store::giver(&mut tx, grant.id).await?;
    drop(tx);
    let knows = grant.scopes.know_user();
    let user = knows.then(|| fhir_user(app, (&patient, grant.under.map(|(authority, _)| authority))));
    let said = Said {
        client: &grant.client.0,
        account: grant.account,
        session: giver.session,
        auth_time: giver.auth_time,
        nonce,
        fhir_user: user,
    };
    id_tokens::sign(app, said).await
}

/// A system gets a short token for scopes that were agreed.
async fn for_system(app: &App, client: &Client, params: Params<'_>) -> Step<Value> {
    let bad = |description: String| Ok(Err(Wrong::new("invalid_scope", description)));
    let Some(text) = params.get("scope") else { return bad("scope is missing".into()) };
    let asked = match Scopes::read(text) {
        Ok(asked) => asked.scopes.for_level(Level::System),
        Err(wrong) => return bad(wrong.0.into()),
    };
    let agreed = Scopes::parse(client.about.scope.as_deref().unwrap_or_default()).unwrap_or_default();
    let scopes = asked.as_far_as(&agreed.for_level(Level::System));
    if scopes.is_empty() {
        return bad(format!("none of these scopes was agreed for this system; agreed are: {agreed}"));
    }
    let now = app.clock.now();
    let access = base::token();
    let expires: Instant = now.plus(SYSTEM);
    let new = NewToken {
        hash: hash(app, &access),
        kind: Kept::Access,
        grant: None,
        client: &client.id,
        scopes: &scopes,
        parent: None,
        now,
        expires,
    };
    let mut tx = app.db.write().await?;
    token_store::add(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(Ok(json!({
        "access_token": access,
        "token_type": "bearer",
        "expires_in": SYSTEM.as_secs(),
        "scope": scopes.to_string(),
    })))
}
