//! What a token is good for: for the FHIR interface, for who asks about it (RFC 7662), and for who gives it up
//! (RFC 7009).

use serde_json::{Value, json};

use super::authenticate::{self, At};
use super::model::{
    Access, Call, Client, ClientId, ClientKind, Denied, Fault, GrantEnd, NoAnswer, SystemAccess,
};
use super::request_rules::{Params, Wrong};
use super::scopes::Scope;
use super::token_store::{self, Kept, Opened, Opens, Token};
use super::{grants, id_tokens, limits, metadata, store, tokens};
use crate::app::App;
use crate::base::{Error, Result};
use crate::db::Tx;

/// The longest token that is looked up: ours have 43 characters.
const LONGEST: usize = 200;

pub(super) async fn access(app: &App, bearer: &str) -> std::result::Result<Access, Denied> {
    match opens(app, bearer).await? {
        Some(Opens::Record(opened)) => Ok(opened.access),
        Some(Opens::System(_)) => Err(Denied::OtherKind),
        None => Err(Denied::Token),
    }
}

pub(super) async fn system_access(app: &App, bearer: &str) -> std::result::Result<SystemAccess, Denied> {
    match opens(app, bearer).await? {
        Some(Opens::System(access)) => Ok(access),
        Some(Opens::Record(_)) => Err(Denied::OtherKind),
        None => Err(Denied::Token),
    }
}

async fn opens(app: &App, bearer: &str) -> Result<Option<Opens>> {
    if bearer.len() > LONGEST {
        return Ok(None);
    }
    let mut tx = app.db.lone().await?;
    token_store::opens(&mut tx, tokens::hash(app, bearer), app.clock.now()).await
}

type Answer = std::result::Result<Value, NoAnswer>;

/// Who connected the app whose access token this is (OpenID Connect Core 1.0, 5.3).
pub(super) async fn userinfo(app: &App, bearer: Option<&str>) -> Answer {
    let trace = limits::trace();
    let refused = |status, error, description: &str, challenge| {
        let (description, trace) = (description.to_owned(), trace.clone());
        Err(NoAnswer::Fault(Fault {
            status,
            error,
            description,
            trace,
            challenge: Some(challenge),
            wait: None,
        }))
    };
    let opened = match bearer {
        // Who sends no token is told no more than that one is needed (RFC 6750, 3.1).
        None => {
            return refused(401, "invalid_token", "send an access token: Authorization: Bearer", "Bearer");
        }
        Some(bearer) => opens(app, bearer).await?,
    };
    if let Some(Opens::System(_)) = opened {
        let challenge = r#"Bearer error="insufficient_scope", scope="openid""#;
        return refused(403, "insufficient_scope", "a system's token is of no person", challenge);
    }
    let in_force = match opened {
        Some(Opens::Record(opened)) => {
            let mut tx = app.db.read().await?;
            still_right(app, &mut tx, &opened.access).await?.then_some(opened)
        }
        _ => None,
    };
    let Some(Opened { access, under }) = in_force.map(|opened| *opened) else {
        let words = "the token is not in force";
        return refused(401, "invalid_token", words, r#"Bearer error="invalid_token""#);
    };
    if !access.scopes.has(&Scope::Openid) {
        let words = "the app was not given the scope openid";
        let challenge = r#"Bearer error="insufficient_scope", scope="openid""#;
        return refused(403, "insufficient_scope", words, challenge);
    }
    let mut said = json!({"sub": id_tokens::subject(app, access.actor.account)});
    if access.scopes.know_user() {
        let user = tokens::fhir_user(app, (&access.patient_id, under.map(|(authority, _)| authority)));
        (said["fhirUser"], said["profile"]) = (json!(user), json!(user));
    }
    Ok(said)
}

/// Tells about a token (RFC 7662): an app about its own, a clinic's own system about any. What is not in force, or
/// another's, is not active, and nothing more is said of it.
pub(super) async fn introspect(app: &App, call: &Call) -> Answer {
    let at = At::new(app, "introspect");
    let params = match Params::new(&call.pairs) {
        Ok(params) => params,
        Err(wrong) => return Err(at.refuse(None, (400, wrong)).await),
    };
    let asker = asker(&at, params, call).await?;
    let token = match params.need("token") {
        Ok(token) => token,
        Err(wrong) => return Err(at.refuse(Some(&asker.id), (400, wrong)).await),
    };
    let told = if token.len() > LONGEST { None } else { told(app, (&asker, token)).await? };
    Ok(told.unwrap_or_else(|| json!({"active": false})))
}

/// Who asks: an app that proves itself, or one that has an access token in force.
async fn asker(at: &At<'_>, params: Params<'_>, call: &Call) -> std::result::Result<Asker, NoAnswer> {
    let bearer = call.authorization.as_deref().and_then(|header| header.split_once(' '));
    if let Some((_, bearer)) = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) {
        return match opens(at.app, bearer.trim()).await? {
            Some(Opens::Record(opened)) => Ok(Asker { id: opened.access.client, any: Any::No }),
            // However it proves itself, it is the same system.
            Some(Opens::System(system)) => {
                let mut tx = at.app.db.read().await?;
                let stored = store::client(&mut tx, &system.client).await?;
                let any = stored.map_or(Any::No, |stored| any(&stored.client));
                Ok(Asker { id: system.client, any })
            }
            None => {
                let wrong = Wrong::new("invalid_token", "the token in the header is not in force");
                Err(match at.refuse(None, (401, wrong)).await {
                    NoAnswer::Fault(mut fault) => {
                        fault.challenge = Some(r#"Bearer error="invalid_token""#);
                        NoAnswer::Fault(fault)
                    }
                    other => other,
                })
            }
        };
    }
    let client = authenticate::caller(at, params, call).await?;
    if client.about.kind == ClientKind::Public {
        let wrong = Wrong::new(
            "invalid_client",
            "an app without a secret or key asks with an access token of its own",
        );
        return Err(at.refuse(Some(&client.id), (401, wrong)).await);
    }
    Ok(Asker { any: any(&client), id: client.id })
}

struct Asker {
    id: ClientId,
    any: Any,
}

/// Whether it may ask about tokens of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Any {
    Yes,
    No,
}

/// Systems that the clinic itself registered may be servers that are shown our tokens.
fn any(client: &Client) -> Any {
    if client.is_system() && client.origin.is_of_clinic() { Any::Yes } else { Any::No }
}

async fn told(app: &App, (asker, given): (&Asker, &str)) -> Result<Option<Value>> {
    let hash = tokens::hash(app, given);
    let mut tx = app.db.read().await?;
    let Some(token) = token_store::token(&mut tx, hash).await? else { return Ok(None) };
    if token.client != asker.id && asker.any == Any::No {
        return Ok(None);
    }
    match token.kind {
        Kept::Refresh => refresh_told(app, &mut tx, &token).await,
        Kept::Access => {
            let opened = token_store::opens(&mut tx, hash, app.clock.now()).await?;
            let Some(opened) = opened else { return Ok(None) };
            access_told(app, &mut tx, (&token, opened)).await
        }
    }
}

async fn access_told(app: &App, tx: &mut Tx, (token, opens): (&Token, Opens)) -> Result<Option<Value>> {
    let mut told = json!({
        "active": true,
        "client_id": token.client,
        "token_type": "Bearer",
        "iat": id_tokens::seconds(token.created),
        "iss": metadata::issuer(app),
        "aud": metadata::base(app),
    });
    match opens {
        Opens::System(system) => {
            told["scope"] = json!(system.scopes.to_string());
            told["exp"] = json!(id_tokens::seconds(system.expires));
            told["sub"] = json!(token.client);
        }
        Opens::Record(opened) => {
            let access = opened.access;
            if !still_right(app, tx, &access).await? {
                return Ok(None);
            }
            told["scope"] = json!(access.scopes.to_string());
            told["exp"] = json!(id_tokens::seconds(access.expires));
            told["sub"] = json!(id_tokens::subject(app, access.actor.account));
            if access.scopes.is_about_a_record() {
                told["patient"] = json!(access.patient_id);
            }
            if access.scopes.know_user() {
                let under = opened.under.map(|(authority, _)| authority);
                told["fhirUser"] = json!(tokens::fhir_user(app, (&access.patient_id, under)));
            }
        }
    }
    Ok(Some(told))
}

/// Whether who connected the app still has anything to do with the record: a link, or an authority in force.
pub(super) async fn stands(app: &App, access: &Access) -> Result<bool> {
    let mut tx = app.db.read().await?;
    match grants::ground(app, &mut tx, (access.actor.account, access.patient)).await {
        // What narrows an authority leaves its token in force.
        Ok(_) | Err(Error::Refused(_)) => Ok(true),
        Err(Error::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether who connected the app may still see the record.
async fn still_right(app: &App, tx: &mut Tx, access: &Access) -> Result<bool> {
    match grants::ground(app, tx, (access.actor.account, access.patient)).await {
        Ok(_) => Ok(true),
        Err(Error::NotFound | Error::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// A refresh token is in force where a refresh would be answered with new tokens now.
async fn refresh_told(app: &App, tx: &mut Tx, token: &Token) -> Result<Option<Value>> {
    let fresh = token.used.is_none() && token.revoked.is_none() && token.expires > app.clock.now();
    let Some(id) = token.grant.filter(|_| fresh) else { return Ok(None) };
    let Ok(grant) = tokens::in_force(app, tx, id).await? else { return Ok(None) };
    if !grant.app.is_active() {
        return Ok(None);
    }
    Ok(Some(json!({
        "active": true,
        "client_id": token.client,
        "scope": token.scopes.meet(&grant.scopes).to_string(),
        "iat": id_tokens::seconds(token.created),
        "exp": id_tokens::seconds(token.expires.min(grant.until)),
        "iss": metadata::issuer(app),
        "sub": id_tokens::subject(app, grant.account),
    })))
}

/// An app gives a token up (RFC 7009). With a refresh token goes everything that was allowed with it; an access token
/// goes alone. A token that is none is no error: what was wanted is so.
pub(super) async fn revoke(app: &App, call: &Call) -> std::result::Result<(), NoAnswer> {
    let at = At::new(app, "revoke");
    let params = match Params::new(&call.pairs) {
        Ok(params) => params,
        Err(wrong) => return Err(at.refuse(None, (400, wrong)).await),
    };
    let client = authenticate::caller(&at, params, call).await?;
    let given = match params.need("token") {
        Ok(given) => given,
        Err(wrong) => return Err(at.refuse(Some(&client.id), (400, wrong)).await),
    };
    if given.len() > LONGEST {
        return Ok(());
    }
    let hash = tokens::hash(app, given);
    let mut tx = app.db.write().await?;
    let Some(token) = token_store::token(&mut tx, hash).await? else { return Ok(()) };
    if token.client != client.id {
        drop(tx);
        let wrong = Wrong::new("invalid_grant", "the token is another app's");
        return Err(at.refuse(Some(&client.id), (400, wrong)).await);
    }
    match (token.kind, token.grant) {
        (Kept::Refresh, Some(grant)) => {
            let by = (None, client.about.name.as_str());
            grants::end(app, &mut tx, (grant, GrantEnd::GivenUp), by).await?;
        }
        _ => token_store::revoke(&mut tx, hash, app.clock.now()).await?,
    }
    tx.commit().await?;
    Ok(())
}
