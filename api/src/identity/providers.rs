//! What identity providers publish about themselves: discovery documents and keys, asked for when needed and
//! kept in this process. Every call has a time limit, a size limit, and follows no redirect.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, DiscoveryError, EndSessionUrl, HttpRequest, HttpResponse, IssuerUrl,
    ProviderMetadata, http,
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::fault::{AWAY, Cause, refused};
use crate::app::App;
use crate::base::{Error, Instant, Result};
use crate::config::Provider;

/// One call takes no longer than this.
const TIMEOUT: Duration = Duration::from_secs(10);
/// No answer of a provider is larger than this.
const MAX_ANSWER: usize = 512 * 1024;
/// After this the document and the keys are asked for again.
const FRESH: Duration = Duration::from_secs(3600);
/// If that fails, what is known is used for this long, so that a short outage is not noticed.
const STALE: Duration = Duration::from_secs(24 * 3600);
/// Tokens with unknown keys make us ask for keys; anybody can send such tokens, so only so often a minute.
const KEY_CALLS: usize = 6;

/// A discovery document with its keys.
pub(super) type Metadata = ProviderMetadata<
    MoreMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What the later specifications add to the discovery document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MoreMetadata {
    /// OpenID Connect RP-Initiated Logout 1.0, section 2.1.
    #[serde(default)]
    pub end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 9207, section 3: an answer without `iss` is then not of this provider.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for MoreMetadata {}

/// The provider of the settings with this id.
pub(super) fn find<'a>(app: &'a App, id: &str) -> Option<&'a Provider> {
    app.config.oidc.iter().find(|provider| provider.id == id)
}

/// What the provider publishes, asked for if it is not known or old.
pub(super) async fn metadata(app: &App, provider: &Provider) -> Result<Arc<Metadata>> {
    let now = app.clock.now();
    let key = key(app, provider);
    let held = {
        let mut known = known();
        known.get_mut(&key).map(|known| {
            let due = now.since(known.checked) >= FRESH;
            if due {
                // Others use what there is while this one asks.
                known.checked = now;
            }
            (known.metadata.clone(), due, now.since(known.at) < STALE)
        })
    };
    if let Some((metadata, false, true)) = held {
        return Ok(metadata);
    }
    match discover(app, provider).await {
        Ok(metadata) => {
            let metadata = Arc::new(metadata);
            let fresh = Known { metadata: metadata.clone(), at: now, checked: now, key_calls: Vec::new() };
            known().insert(key, fresh);
            Ok(metadata)
        }
        Err(error) => match held {
            Some((metadata, _, true)) => Ok(metadata),
            _ => Err(error),
        },
    }
}

/// The same with its keys asked for anew, because a token names one that is not known: keys may be changed
/// at any time. `None` where that was done too often within the last minute, or fails.
pub(super) async fn with_new_keys(app: &App, provider: &Provider) -> Option<Arc<Metadata>> {
    let now = app.clock.now();
    let key = key(app, provider);
    let metadata = {
        let mut known = known();
        let known = known.get_mut(&key)?;
        known.key_calls.retain(|at| now.since(*at) < Duration::from_secs(60));
        if known.key_calls.len() >= KEY_CALLS {
            return None;
        }
        known.key_calls.push(now);
        known.metadata.clone()
    };
    let http = app.http.clone();
    let send = move |request| call(http.clone(), request);
    let keys = match CoreJsonWebKeySet::fetch_async(metadata.jwks_uri(), &send).await {
        Ok(keys) => keys,
        Err(error) => {
            tracing::warn!(provider = provider.id, cause = why(&error), "keys could not be asked for");
            return None;
        }
    };
    let metadata = Arc::new((*metadata).clone().set_jwks(keys));
    if let Some(known) = known().get_mut(&key) {
        known.metadata = metadata.clone();
        known.at = now;
    }
    Some(metadata)
}

/// The algorithms that tokens of this provider may be signed with: those it announces, never `none` and never
/// a shared secret, whatever it announces. RS256 where it announces nothing (OpenID Connect Core 1.0, 2).
pub(super) fn algorithms(metadata: &Metadata) -> Vec<CoreJwsSigningAlgorithm> {
    use CoreJwsSigningAlgorithm as Alg;
    let mut algorithms = metadata.id_token_signing_alg_values_supported().clone();
    algorithms.retain(|alg| !matches!(alg, Alg::None | Alg::HmacSha256 | Alg::HmacSha384 | Alg::HmacSha512));
    if algorithms.is_empty() {
        algorithms.push(Alg::RsaSsaPkcs1V15Sha256);
    }
    algorithms
}

async fn discover(app: &App, provider: &Provider) -> Result<Metadata> {
    let away = |cause| refused(&provider.id, Cause(AWAY, cause));
    let settings = |cause| refused(&provider.id, Cause("sign-in-settings", cause));
    let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(|_| settings("the issuer is no address"))?;
    let http = app.http.clone();
    let send = move |request| call(http.clone(), request);
    let metadata = match Metadata::discover_async(issuer, &send).await {
        Ok(metadata) => metadata,
        Err(DiscoveryError::Validation(_)) => {
            return Err(settings("the discovery document names another issuer"));
        }
        Err(error) => return Err(away(why(&error))),
    };
    check_endpoints(&metadata, &provider.issuer).map_err(settings)?;
    Ok(metadata)
}

/// Endpoints must be as safe as the issuer: a document must not send codes or secrets over plain HTTP.
fn check_endpoints(metadata: &Metadata, issuer: &str) -> std::result::Result<(), &'static str> {
    let plain = issuer.starts_with("http:");
    let safe = |url: &Url| url.scheme() == "https" || (plain && url.scheme() == "http");
    let Some(token) = metadata.token_endpoint() else {
        return Err("the discovery document names no token endpoint");
    };
    let mut all = vec![metadata.authorization_endpoint().url(), token.url(), metadata.jwks_uri().url()];
    all.extend(metadata.userinfo_endpoint().map(|url| url.url()));
    all.extend(metadata.additional_metadata().end_session_endpoint.as_ref().map(|url| url.url()));
    if all.into_iter().all(safe) { Ok(()) } else { Err("the discovery document names an unsafe address") }
}

/// One call, as the `openidconnect` crate wants it made.
pub(super) async fn call(
    client: reqwest::Client,
    request: HttpRequest,
) -> std::result::Result<HttpResponse, CallError> {
    let mut request = reqwest::Request::try_from(request)?;
    *request.timeout_mut() = Some(TIMEOUT);
    let mut answer = client.execute(request).await?;
    let status = answer.status();
    if status.is_server_error() || status == http::StatusCode::TOO_MANY_REQUESTS {
        return Err(CallError::Status);
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(CallError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = HttpResponse::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = answer.headers().clone();
    Ok(response)
}

/// Why a call gave no answer that could be read. Says nothing of what was sent or received.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// It could not be made, or broke off, or took too long.
    #[error("no answer")]
    Broken(#[from] reqwest::Error),
    /// A 5xx or 429: the provider cannot now.
    #[error("the provider cannot answer now")]
    Status,
    /// More than any honest answer has.
    #[error("the answer is too large")]
    TooLarge,
}

/// The cause of a failed discovery, without what came in.
fn why(error: &DiscoveryError<CallError>) -> &'static str {
    match error {
        DiscoveryError::Request(CallError::Broken(_)) => "no answer",
        DiscoveryError::Request(CallError::Status) => "the answer is that the provider cannot now",
        DiscoveryError::Request(CallError::TooLarge) => "the answer is too large",
        DiscoveryError::Response(..) => "the answer has a wrong status or type",
        DiscoveryError::Parse(_) => "the answer cannot be read",
        _ => "the call could not be made",
    }
}

/// Two services in one process (as tests have) do not share what they know.
type Key = (PathBuf, String, String);

fn key(app: &App, provider: &Provider) -> Key {
    (app.config.data.clone(), provider.id.clone(), provider.issuer.clone())
}

struct Known {
    metadata: Arc<Metadata>,
    /// When it was got.
    at: Instant,
    /// When it was last asked for, with success or without.
    checked: Instant,
    /// When keys were asked for out of turn.
    key_calls: Vec<Instant>,
}

static KNOWN: LazyLock<Mutex<HashMap<Key, Known>>> = LazyLock::new(Mutex::default);

fn known() -> MutexGuard<'static, HashMap<Key, Known>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `NotFound` for a provider that the settings do not have (any more).
pub(super) fn must_find<'a>(app: &'a App, id: &str) -> Result<&'a Provider> {
    find(app, id).ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_must_not_lead_out_of_tls() {
        for (issuer, field, value, safe) in [
            ("https://id.example.org", "token_endpoint", "https://id.example.org/t", true),
            ("https://id.example.org", "token_endpoint", "http://id.example.org/t", false),
            ("https://id.example.org", "authorization_endpoint", "javascript:alert(1)", false),
            ("https://id.example.org", "jwks_uri", "http://id.example.org/k", false),
            ("https://id.example.org", "userinfo_endpoint", "http://id.example.org/u", false),
            ("https://id.example.org", "end_session_endpoint", "http://id.example.org/e", false),
            ("https://id.example.org", "end_session_endpoint", "file:///etc/passwd", false),
            ("http://127.0.0.1:9", "token_endpoint", "http://127.0.0.1:9/t", true),
            ("http://127.0.0.1:9", "token_endpoint", "ftp://127.0.0.1:9/t", false),
        ] {
            let mut document = json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/a"),
                "token_endpoint": format!("{issuer}/t"),
                "jwks_uri": format!("{issuer}/k"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            });
            document[field] = value.into();
            let document: Metadata = serde_json::from_value(document).unwrap();
            assert_eq!(check_endpoints(&document, issuer).is_ok(), safe, "{field} {value}");
        }
    }
}
