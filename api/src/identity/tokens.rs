//! Exchanging a code and checking what comes for it: OpenID Connect Core 1.0, sections 3.1.3.3 to 3.1.3.8
//! and 5.3. Nothing of a token is trusted before all checks have passed.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, AuthType, AuthorizationCode, ClaimsVerificationError,
    Client, ClientId, ClientSecret, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IdToken, IdTokenClaims, IdTokenFields, IdTokenVerifier, Nonce, OAuth2TokenResponse, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, SignatureVerificationError, StandardErrorResponse, StandardTokenResponse,
    TokenResponse, UserInfoClaims, UserInfoError,
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::claims::{self, Claims};
use super::fault::{AWAY, Cause};
use super::providers::{self, CallError, Metadata};
use crate::app::App;
use crate::base::Instant;
use crate::config::Provider;

/// A sign-in takes no longer than this, so no ID token for it is older.
pub(super) const FLOW: Duration = Duration::from_secs(600);

/// Claims beyond the standard ones that we read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct MoreClaims {
    /// Not before, seconds (RFC 7519, section 4.1.5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<f64>,
    /// The session at the provider (OpenID Connect Front-Channel Logout 1.0, section 3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// The medical record number, where the clinic's own provider knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mrn: Option<String>,
}

impl AdditionalClaims for MoreClaims {}

type Token = IdToken<MoreClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Fields = IdTokenFields<
    MoreClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Answer = StandardTokenResponse<Fields, CoreTokenType>;

/// Our side of a provider, ready to ask it.
pub(super) type Party = Client<
    MoreClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Answer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Where providers send the browser back to, below the public address.
pub(super) const CALLBACK: &str = "/sign-in/callback";

/// Our side of this provider.
pub(super) fn party(app: &App, provider: &Provider, metadata: &Metadata) -> Result<Party, Cause> {
    let redirect = RedirectUrl::new(format!("{}{CALLBACK}", app.config.server.public_url))
        .map_err(|_| Cause("sign-in-settings", "server.public_url is no address"))?;
    let secret = provider.client_secret.as_ref().map(|s| ClientSecret::new(s.expose_secret().to_owned()));
    let basic = metadata.token_endpoint_auth_methods_supported().is_none_or(|methods| {
        methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
            || !methods.contains(&CoreClientAuthMethod::ClientSecretPost)
    });
    let way = if basic { AuthType::BasicAuth } else { AuthType::RequestBody };
    Ok(Party::from_provider_metadata(metadata.clone(), ClientId::new(provider.client_id.clone()), secret)
        .set_auth_type(way)
        .set_redirect_uri(redirect))
}

/// What was kept when the sign-in began and is needed to check its end.
pub(super) struct Expected {
    pub nonce: String,
    pub verifier: String,
    /// If the person had to be asked anew: not before this moment.
    pub asked_since: Option<Instant>,
}

/// What a provider said about a person, all checks passed.
pub(super) struct Verified {
    pub subject: String,
    pub sid: Option<String>,
    pub acr: Option<String>,
    pub amr: Option<String>,
    pub auth_time: Option<Instant>,
    pub id_token: String,
    pub claims: Claims,
}

/// Exchanges the code and checks the answer.
pub(super) async fn redeem(
    app: &App,
    provider: &Provider,
    (code, expected): (String, Expected),
) -> Result<Verified, Cause> {
    let metadata = providers::metadata(app, provider).await.map_err(|_| Cause(AWAY, "no metadata"))?;
    let party = party(app, provider, &metadata)?;
    let http = app.http.clone();
    let send = move |request| providers::call(http.clone(), request);
    let answer = party
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|_| Cause("sign-in-settings", "the provider has no token endpoint"))?
        .set_pkce_verifier(PkceCodeVerifier::new(expected.verifier.clone()))
        .request_async(&send)
        .await
        .map_err(|error| no_token(&error))?;
    let token = answer.id_token().ok_or(Cause("sign-in-token", "the answer has no ID token"))?;
    let access = answer.access_token();
    let (checked, metadata) = check_with_newest_keys(app, provider, (metadata, token, &expected)).await?;
    check_access_hash(&checked, token, (access, &verifier(app, provider, &metadata)))?;

    let mut claims = claims::of_token(&checked);
    if claims.lack(provider.link_by) && metadata.userinfo_endpoint().is_some() {
        // The crate would put the token into a header unseen and panic on what cannot stand there.
        if !access.secret().bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Cause("sign-in-token", "the access token has characters that tokens cannot have"));
        }
        let more: UserInfoClaims<MoreClaims, CoreGenderClaim> = party
            .user_info(access.clone(), Some(checked.subject().clone()))
            .map_err(|_| Cause("sign-in-settings", "the provider has no userinfo endpoint"))?
            .request_async(&send)
            .await
            .map_err(|error| no_userinfo(&error))?;
        claims.fill(claims::of_userinfo(&more));
    }
    Ok(Verified {
        subject: checked.subject().to_string(),
        sid: checked.additional_claims().sid.clone(),
        acr: checked.auth_context_ref().map(|acr| acr.to_string()),
        amr: checked
            .auth_method_refs()
            .map(|all| all.iter().map(|amr| amr.as_str()).collect::<Vec<_>>().join(" ")),
        auth_time: checked.auth_time().map(|at| Instant(at.timestamp_micros())),
        id_token: token.to_string(),
        claims,
    })
}

type TokenClaims = IdTokenClaims<MoreClaims, CoreGenderClaim>;

/// Checks the token, and once more with keys asked for anew if its key is not known.
async fn check_with_newest_keys(
    app: &App,
    provider: &Provider,
    (metadata, token, expected): (Arc<Metadata>, &Token, &Expected),
) -> Result<(TokenClaims, Arc<Metadata>), Cause> {
    use ClaimsVerificationError::SignatureVerification;
    let nonce = Nonce::new(expected.nonce.clone());
    let mut metadata = metadata;
    let mut checked = token.claims(&verifier(app, provider, &metadata), &nonce).cloned();
    if let Err(SignatureVerification(SignatureVerificationError::NoMatchingKey)) = checked
        && let Some(newer) = providers::with_new_keys(app, provider).await
    {
        metadata = newer;
        checked = token.claims(&verifier(app, provider, &metadata), &nonce).cloned();
    }
    let checked = checked.map_err(|error| bad_claims(&error))?;
    check_more(app, provider, (&checked, expected))?;
    Ok((checked, metadata))
}

/// The checks of the crate: issuer, audience, algorithm, signature, end, age, nonce, by our clock.
fn verifier<'a>(app: &App, provider: &Provider, metadata: &Metadata) -> IdTokenVerifier<'a, CoreJsonWebKey> {
    let now = app.clock.now();
    let skew = Duration::from_secs(provider.clock_skew_seconds);
    let (earliest, latest) = (now.minus(FLOW + skew).utc(), now.plus(skew).utc());
    let end = now.minus(skew).utc();
    // Made as for a public client even where there is a secret: nothing signed with a shared secret is taken.
    IdTokenVerifier::new_public_client(
        ClientId::new(provider.client_id.clone()),
        metadata.issuer().clone(),
        metadata.jwks().clone(),
    )
    .set_allowed_algs(providers::algorithms(metadata))
    .set_time_fn(move || end)
    .set_issue_time_verifier_fn(move |issued: DateTime<Utc>| {
        if (earliest..=latest).contains(&issued) { Ok(()) } else { Err("not issued now".to_owned()) }
    })
}

/// The checks that the crate leaves to us: azp, nbf, auth_time, and an upper bound for what is kept.
fn check_more(
    app: &App,
    provider: &Provider,
    (claims, expected): (&TokenClaims, &Expected),
) -> Result<(), Cause> {
    let now = app.clock.now();
    let skew = Duration::from_secs(provider.clock_skew_seconds);
    if claims.authorized_party().is_some_and(|azp| azp.as_str() != provider.client_id) {
        return Err(Cause("sign-in-audience", "the ID token's authorized party is another"));
    }
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact in a double")]
    let latest = now.plus(skew).micros() as f64 / 1e6;
    if claims.additional_claims().nbf.is_some_and(|nbf| nbf.is_nan() || nbf > latest) {
        return Err(Cause("sign-in-clock", "the ID token is not valid yet"));
    }
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > 255 {
        return Err(Cause("sign-in-token", "the ID token's subject is empty or too long"));
    }
    if let Some(since) = expected.asked_since {
        let asked = claims.auth_time().map(|at| Instant(at.timestamp_micros()));
        // Providers give whole seconds.
        if asked.is_none_or(|at| at.plus(skew + Duration::from_secs(1)) < since) {
            return Err(Cause("sign-in-not-fresh", "the provider did not ask the person again"));
        }
    }
    Ok(())
}

/// That the access token belongs to the ID token (Core 3.1.3.8), where the provider says so.
fn check_access_hash(
    claims: &TokenClaims,
    token: &Token,
    (access, verifier): (&AccessToken, &IdTokenVerifier<'_, CoreJsonWebKey>),
) -> Result<(), Cause> {
    let Some(expected) = claims.access_token_hash() else { return Ok(()) };
    let bad = Cause("sign-in-token", "the access token is not the one of the ID token");
    let alg = token.signing_alg().map_err(|_| bad)?;
    let key = token.signing_key(verifier).map_err(|_| bad)?;
    let hash = AccessTokenHash::from_token(access, alg, key).map_err(|_| bad)?;
    if hash == *expected { Ok(()) } else { Err(bad) }
}

fn no_token(error: &RequestTokenError<CallError, StandardErrorResponse<CoreErrorResponseType>>) -> Cause {
    match error {
        RequestTokenError::ServerResponse(answer) => match answer.error() {
            CoreErrorResponseType::InvalidGrant => Cause("sign-in-code", "the provider refuses the code"),
            CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => {
                Cause("sign-in-settings", "the provider refuses our client id or secret")
            }
            _ => Cause("sign-in-provider-error", "the token endpoint answers with an error"),
        },
        // An object that is no token answer is the provider's word; anything else comes from something between.
        RequestTokenError::Parse(_, body) if serde_json::from_slice::<JsonObject>(body).is_ok() => {
            Cause("sign-in-token", "the token answer has not what it must have")
        }
        RequestTokenError::Request(CallError::TooLarge) => Cause(AWAY, "the token answer is too large"),
        RequestTokenError::Request(CallError::Status) => Cause(AWAY, "the token endpoint cannot answer now"),
        RequestTokenError::Request(CallError::Broken(_)) => Cause(AWAY, "the token endpoint does not answer"),
        _ => Cause(AWAY, "the token answer cannot be read"),
    }
}

type JsonObject = serde_json::Map<String, serde_json::Value>;

fn no_userinfo(error: &UserInfoError<CallError>) -> Cause {
    match error {
        UserInfoError::ClaimsVerification(ClaimsVerificationError::InvalidSubject(_)) => {
            Cause("sign-in-person", "userinfo is about another subject")
        }
        UserInfoError::ClaimsVerification(_) => Cause("sign-in-token", "signed userinfo does not verify"),
        UserInfoError::Request(_) => Cause(AWAY, "the userinfo endpoint does not answer"),
        _ => Cause(AWAY, "the userinfo answer cannot be read"),
    }
}

fn bad_claims(error: &ClaimsVerificationError) -> Cause {
    use ClaimsVerificationError as Bad;
    match error {
        Bad::Expired(_) => Cause("sign-in-clock", "the ID token is too old, or of the future"),
        Bad::InvalidAudience(_) => Cause("sign-in-audience", "the ID token is for another client too"),
        Bad::InvalidIssuer(_) => Cause("sign-in-issuer", "the ID token is of another issuer"),
        Bad::InvalidNonce(_) => Cause("sign-in-nonce", "the ID token is of another sign-in"),
        Bad::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
            Cause("sign-in-signature", "the ID token is signed with a key that is not published")
        }
        Bad::SignatureVerification(_) => Cause("sign-in-signature", "the ID token's signature is not right"),
        _ => Cause("sign-in-token", "the ID token is not as it must be"),
    }
}
