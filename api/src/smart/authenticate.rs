//! How apps prove that they are themselves at the endpoints (RFC 6749, 2.3; RFC 7523; RFC 9700, 2.5).

use base64::{Engine, prelude::BASE64_STANDARD};
use subtle::ConstantTimeEq;

use super::assertion_rules::{self, Expected};
use super::model::{Call, Client, ClientId, ClientKind, ClientState, Fault, NoAnswer};
use super::request_rules::{Params, Wrong};
use super::{client_keys, limits, metadata, store, token_store, tokens};
use crate::app::App;
use crate::base::Result;

/// The one type of assertion (RFC 7523, section 2.2).
pub(super) const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The hash under which an app's secret is kept.
pub(super) fn secret_hash(app: &App, secret: &str) -> [u8; 32] {
    app.keys.mac(b"app-secret", secret.as_bytes())
}

/// One call at one endpoint: what names it in answers and in the log.
pub(super) struct At<'a> {
    pub app: &'a App,
    pub endpoint: &'static str,
    pub trace: String,
}

impl<'a> At<'a> {
    pub(super) fn new(app: &'a App, endpoint: &'static str) -> Self {
        Self { app, endpoint, trace: limits::trace() }
    }

    /// The refusal of a call, noted for the developer if the app is known.
    pub(super) async fn refuse(&self, client: Option<&ClientId>, (status, wrong): (u16, Wrong)) -> NoAnswer {
        let Wrong(error, description) = wrong;
        if let Some(client) = client {
            let line = (self.endpoint, self.trace.as_str());
            let attempt = limits::attempt(self.app, line, (status, Some(error), &description));
            if let Err(error) = limits::note(self.app, client, &attempt).await {
                return NoAnswer::Ours(error);
            }
        }
        let challenge = (status == 401).then_some(r#"Basic realm="apps", charset="UTF-8""#);
        let trace = self.trace.clone();
        NoAnswer::Fault(Fault { status, error, description, trace, challenge, wait: None })
    }
}

/// How the caller says who it is.
enum Way<'a> {
    Secret(String),
    Assertion(&'a str),
    Nothing,
}

/// Who calls, proved. A call that proves itself in two ways at once is refused.
///
/// # Errors
/// `invalid_client` (401) or `invalid_request` (400).
pub(super) async fn caller(
    at: &At<'_>,
    params: Params<'_>,
    call: &Call,
) -> std::result::Result<Client, NoAnswer> {
    let mut tx = at.app.db.read().await?;
    let (id, way) = match said(params, call.authorization.as_deref()) {
        Ok(said) => said,
        Err((status, wrong)) => {
            // An app without a secret need not name itself beside its refresh token (RFC 6749, 3.2.1 and 6).
            let named = match params.get("refresh_token").filter(|_| is_unnamed(params, call)) {
                Some(token) => token_store::token(&mut tx, tokens::hash(at.app, token)).await?,
                None => None,
            };
            match named {
                Some(token) => (token.client, Way::Nothing),
                None => {
                    drop(tx);
                    return Err(at.refuse(None, (status, wrong)).await);
                }
            }
        }
    };
    let stored = store::client(&mut tx, &id).await?;
    drop(tx);
    let unknown = || Wrong::new("invalid_client", "no app with this client_id is registered");
    let Some(stored) = stored else { return Err(at.refuse(None, (401, unknown())).await) };
    let proved = proved(at, (&stored, &id), way).await?;
    if let Err(why) = proved {
        return Err(at.refuse(Some(&id), (401, Wrong::new("invalid_client", why))).await);
    }
    let why = match &stored.client.state {
        ClientState::Active => {
            let from = match stored.client.about.kind {
                ClientKind::Public => call.address.as_str(),
                _ => "",
            };
            limits::count_client(at.app, (&id, from)).await?;
            return Ok(stored.client);
        }
        ClientState::Suspended { .. } => "the clinic has suspended this app",
        ClientState::Waiting { .. } => "this system waits until a second person of the clinic agrees",
    };
    Err(at.refuse(Some(&id), (401, Wrong::new("invalid_client", why))).await)
}

/// Whether the call refreshes and says in no way who calls.
fn is_unnamed(params: Params<'_>, call: &Call) -> bool {
    let ways = ["client_id", "client_secret", "client_assertion", "client_assertion_type"];
    params.get("grant_type") == Some("refresh_token")
        && call.authorization.is_none()
        && ways.iter().all(|way| params.get(way).is_none())
}

/// Who the caller says it is.
fn said<'a>(
    params: Params<'a>,
    authorization: Option<&str>,
) -> std::result::Result<(ClientId, Way<'a>), (u16, Wrong)> {
    let bad = |description: &str| (400, Wrong::new("invalid_request", description));
    let no = |description: &str| (401, Wrong::new("invalid_client", description));
    let named = params.get("client_id");
    let assertion = params.get("client_assertion");
    let two = || bad("the app proves itself in two ways at once");
    if params.get("client_secret").is_some() {
        if authorization.is_some() || assertion.is_some() {
            return Err(two());
        }
        return Err(no("send the secret by HTTP Basic, not in the body"));
    }
    match (authorization, assertion) {
        (Some(_), Some(_)) => Err(two()),
        (Some(header), None) => {
            let (id, secret) = basic(header).ok_or_else(|| no("the header Authorization must be Basic"))?;
            if named.is_some_and(|named| named != id) {
                return Err(bad("client_id differs between header and body"));
            }
            Ok((ClientId(id), Way::Secret(secret)))
        }
        (None, Some(assertion)) => {
            if params.get("client_assertion_type") != Some(ASSERTION) {
                return Err(no(&format!("client_assertion_type must be {ASSERTION}")));
            }
            let said = assertion_rules::said_issuer(assertion);
            let said = said.ok_or_else(|| no("client_assertion is not a JWT that names its issuer"))?;
            if named.is_some_and(|named| named != said) {
                return Err(no("client_id is not the issuer of the assertion"));
            }
            Ok((ClientId(said), Way::Assertion(assertion)))
        }
        (None, None) if params.get("client_assertion_type").is_some() => {
            Err(no("client_assertion is missing"))
        }
        (None, None) => {
            let named = named.ok_or_else(|| no("the app does not say who it is: client_id is missing"))?;
            Ok((ClientId(named.to_owned()), Way::Nothing))
        }
    }
}

/// Name and secret of HTTP Basic, which stand there form-encoded (RFC 6749, 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > 2000 {
        return None;
    }
    let bytes = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let (id, secret) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    Some((unescaped(id), unescaped(secret)))
}

fn unescaped(text: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(text.as_bytes());
    pairs.next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

/// Whether the proof holds; else why not, for the developer.
async fn proved(
    at: &At<'_>,
    (stored, id): (&store::Stored, &ClientId),
    way: Way<'_>,
) -> Result<std::result::Result<(), String>> {
    let kind = stored.client.about.kind;
    Ok(match (way, kind) {
        (Way::Nothing, ClientKind::Public) => Ok(()),
        (Way::Secret(secret), ClientKind::Secret) => {
            let given = secret_hash(at.app, &secret);
            let same = stored.secret.as_deref().is_some_and(|kept| bool::from(kept.ct_eq(given.as_slice())));
            if same { Ok(()) } else { Err("the secret is not right".into()) }
        }
        (Way::Assertion(assertion), ClientKind::Keys) => {
            let issuer = metadata::issuer(at.app);
            let token = metadata::address(at.app, "token");
            // The address of the endpoint that was called names us as well (RFC 7523, section 3).
            let here = metadata::address(at.app, at.endpoint);
            let audiences = [token.as_str(), here.as_str(), issuer.as_str()];
            let expected = Expected { client: &id.0, audiences: &audiences, now: at.app.clock.now() };
            match client_keys::verify(at.app, &stored.client, (assertion, expected)).await {
                Err(why) => Err(why),
                Ok(once) => {
                    let hash = at.app.keys.mac(b"app-assertion", once.jti.as_bytes());
                    let mut tx = at.app.db.write().await?;
                    let first = store::use_assertion(&mut tx, (id, hash), once.expires).await?;
                    tx.commit().await?;
                    if first { Ok(()) } else { Err("this assertion was used before (jti)".into()) }
                }
            }
        }
        (_, ClientKind::Public) => {
            Err("this app is registered as public: it sends client_id and no secret".into())
        }
        (_, ClientKind::Secret) => Err("this app proves itself with its secret, by HTTP Basic".into()),
        (_, ClientKind::Keys) => Err("this app proves itself with its key, by client_assertion".into()),
    })
}
