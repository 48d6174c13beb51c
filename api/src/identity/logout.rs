//! Signing out at the provider too (RP-Initiated Logout 1.0), and providers that sign a person out here
//! (Back-Channel Logout 1.0).

use std::collections::HashMap;
use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use openidconnect::core::CoreJwsSigningAlgorithm;
use openidconnect::{ClientId, CsrfToken, JsonWebKey, JsonWebKeyId, LogoutRequest, PostLogoutRedirectUrl};
use serde::Deserialize;
use serde_json::Value;

use super::fault::{Cause, refused};
use super::providers::{self, Metadata};
use super::store::{self, Named};
use super::{Session, sessions};
use crate::app::App;
use crate::base::{self, Instant, Result};
use crate::config::Provider;

/// Where providers send the browser after signing out there, below the public address.
const AFTERWARDS: &str = "/signed-out";
/// An ID token longer than this is not sent along: the address would not fit everywhere.
const MAX_HINT: usize = 6000;
/// A logout token is a few hundred characters long.
const MAX_TOKEN: usize = 16 * 1024;

/// Ends the session, and tells where the provider can be told of it. A provider that is away, or cannot
/// sign out, does not keep anybody from signing out here.
pub(super) async fn sign_out(app: &App, session: &Session) -> Result<Option<String>> {
    let actor = &session.actor;
    let mut tx = app.db.write().await?;
    let sealed = store::sealed(&mut tx, actor.account, actor.session).await?;
    let now = app.clock.now();
    let ended = store::end(&mut tx, (actor.account, actor.session), (now, sessions::SIGNED_OUT)).await?;
    sessions::note_end(app, &mut tx, ended, sessions::SIGNED_OUT).await?;
    tx.commit().await?;

    let Some(provider) = providers::find(app, &actor.provider) else { return Ok(None) };
    let Ok(metadata) = providers::metadata(app, provider).await else { return Ok(None) };
    let Some(endpoint) = metadata.additional_metadata().end_session_endpoint.clone() else { return Ok(None) };
    let Ok(afterwards) = PostLogoutRedirectUrl::new(format!("{}{AFTERWARDS}", app.config.server.public_url))
    else {
        return Ok(None);
    };
    let mut url = LogoutRequest::from(endpoint)
        .set_client_id(ClientId::new(provider.client_id.clone()))
        .set_post_logout_redirect_uri(afterwards)
        .set_state(CsrfToken::new(base::token()))
        .http_get_url();
    if let Some((Some(sealed), _)) = sealed {
        let hint = app.keys.unseal(sessions::ID_TOKEN, &sealed)?;
        if let Ok(hint) = String::from_utf8(hint)
            && hint.len() <= MAX_HINT
        {
            url.query_pairs_mut().append_pair("id_token_hint", &hint);
        }
    }
    Ok(Some(url.into()))
}

/// The claims of a logout token (Back-Channel Logout 1.0, section 2.4).
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    iat: f64,
    exp: f64,
    jti: String,
    sub: Option<String>,
    sid: Option<String>,
    events: HashMap<String, Value>,
    nonce: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn has(&self, client: &str) -> bool {
        match self {
            Self::One(one) => one == client,
            Self::Many(many) => many.iter().any(|one| one == client),
        }
    }
}

/// Checks a logout token and ends the sessions it names. A token that is sound and names nobody here is a
/// success as well (section 2.8 asks for no more, and an answer must not tell who is signed in).
pub(super) async fn provider_logout(app: &App, token: &str) -> Result<()> {
    let bad = |provider: &str, cause| refused(provider, Cause("logout-token", cause));
    let Some((provider, key)) = addressee(app, token) else {
        return Err(bad("?", "the logout token is for none of our providers"));
    };
    let metadata = providers::metadata(app, provider).await?;
    let claims = match decode(&metadata, token, &key) {
        Err(NO_KEY) => match providers::with_new_keys(app, provider).await {
            Some(newer) => decode(&newer, token, &key),
            None => Err(NO_KEY),
        },
        checked => checked,
    };
    let claims = claims.map_err(|cause| bad(&provider.id, cause))?;
    check(app, provider, &claims).map_err(|cause| bad(&provider.id, cause))?;

    let now = app.clock.now();
    let skew = Duration::from_secs(provider.clock_skew_seconds);
    let mut tx = app.db.write().await?;
    let expires = seconds(claims.exp).plus(skew);
    if !store::use_logout_token(&mut tx, (&provider.issuer, &claims.jti), expires).await? {
        return Err(bad(&provider.id, "the logout token was used before"));
    }
    let named = Named {
        provider: &provider.id,
        issuer: &provider.issuer,
        subject: claims.sub.as_deref(),
        sid: claims.sid.as_deref(),
    };
    let ended = store::end_named(&mut tx, named, now).await?;
    sessions::note_end(app, &mut tx, ended, sessions::BY_PROVIDER).await?;
    tx.commit().await
}

/// What the token's header says about its signature.
struct KeyNeed {
    alg: Algorithm,
    kid: Option<String>,
}

/// Which of our providers the token says it is from. Nothing of it is trusted before it is verified; it
/// only chooses the keys.
fn addressee<'a>(app: &'a App, token: &str) -> Option<(&'a Provider, KeyNeed)> {
    if token.len() > MAX_TOKEN {
        return None;
    }
    let header = jsonwebtoken::decode_header(token).ok()?;
    // "logout+jwt" is what section 2.4 recommends; without a type it is an older provider.
    let typ = header.typ.as_deref().unwrap_or("JWT").to_ascii_lowercase();
    if !matches!(typ.as_str(), "jwt" | "logout+jwt" | "application/logout+jwt") {
        return None;
    }
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    let provider = app
        .config
        .oidc
        .iter()
        .find(|provider| provider.issuer == claims.iss && claims.aud.has(&provider.client_id))?;
    Some((provider, KeyNeed { alg: header.alg, kid: header.kid }))
}

const NO_KEY: &str = "the logout token is signed with a key that is not published";

/// The claims, if the signature is right.
fn decode(metadata: &Metadata, token: &str, need: &KeyNeed) -> std::result::Result<Claims, &'static str> {
    let name = serde_json::to_value(need.alg).map_err(|_| "the algorithm has no name")?;
    let named: CoreJwsSigningAlgorithm =
        serde_json::from_value(name).map_err(|_| "the algorithm is not known")?;
    if !providers::algorithms(metadata).contains(&named) {
        return Err("the logout token's algorithm is not one of the provider's");
    }
    let kid = need.kid.clone().map(JsonWebKeyId::new);
    let mut keys = metadata.jwks().keys().iter().filter(|key| kid.is_none() || key.key_id() == kid.as_ref());
    let (Some(key), None) = (keys.next(), keys.next()) else { return Err(NO_KEY) };
    let key: Jwk = serde_json::to_value(key)
        .and_then(serde_json::from_value)
        .map_err(|_| "the provider's key cannot be read")?;
    let key = DecodingKey::from_jwk(&key).map_err(|_| "the provider's key cannot be used")?;
    // Times, issuer and audience are checked by us: the crate would ask the machine's clock.
    let mut validation = Validation::new(need.alg);
    validation.required_spec_claims.clear();
    (validation.validate_exp, validation.validate_aud) = (false, false);
    match jsonwebtoken::decode::<Claims>(token, &key, &validation) {
        Ok(decoded) => Ok(decoded.claims),
        Err(_) => Err("the logout token's signature is not right"),
    }
}

/// Section 2.6, after the signature.
fn check(app: &App, provider: &Provider, claims: &Claims) -> std::result::Result<(), &'static str> {
    const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
    let now = app.clock.now();
    let skew = Duration::from_secs(provider.clock_skew_seconds);
    let named = |name: &Option<String>| name.as_ref().is_some_and(|name| !name.is_empty());
    if claims.iss != provider.issuer || !claims.aud.has(&provider.client_id) {
        return Err("the logout token is of another issuer or for another client");
    }
    if now >= seconds(claims.exp).plus(skew) {
        return Err("the logout token has expired");
    }
    if seconds(claims.iat) > now.plus(skew) {
        return Err("the logout token was issued in the future");
    }
    if !claims.events.get(EVENT).is_some_and(Value::is_object) {
        return Err("the logout token has no logout event");
    }
    if claims.nonce.is_some() {
        return Err("the logout token has a nonce");
    }
    if !named(&claims.sub) && !named(&claims.sid) {
        return Err("the logout token names nobody");
    }
    if claims.jti.is_empty() || claims.jti.len() > 255 {
        return Err("the logout token has no usable id");
    }
    Ok(())
}

/// A NumericDate (RFC 7519); what is no number of our times becomes one that no check lets pass.
#[expect(clippy::cast_possible_truncation, reason = "a float cast saturates, which is what is wanted")]
fn seconds(date: f64) -> Instant {
    Instant((date * 1e6) as i64)
}
