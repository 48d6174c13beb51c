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
use super::staff_claims;
use crate::app::App;
use crate::base::Instant;
use crate::config::{Provider, Role};

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
    /// The staff roles that its claims give, by the settings of the provider.
    pub roles: Vec<Role>,
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
    check_access_hash(&checked, token, (access, &verifier(app.clock.now(), provider, &metadata)))?;

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
        roles: staff_claims::roles(provider, &token.to_string()),
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
    let mut checked = token.claims(&verifier(app.clock.now(), provider, &metadata), &nonce).cloned();
    if let Err(SignatureVerification(SignatureVerificationError::NoMatchingKey)) = checked
        && let Some(newer) = providers::with_new_keys(app, provider).await
    {
        metadata = newer;
        checked = token.claims(&verifier(app.clock.now(), provider, &metadata), &nonce).cloned();
    }
    let checked = checked.map_err(|error| bad_claims(&error))?;
    check_more(app.clock.now(), provider, (&checked, expected))?;
    Ok((checked, metadata))
}

/// The checks of the crate: issuer, audience, algorithm, signature, end, age, nonce, by our clock.
fn verifier<'a>(
    now: Instant,
    provider: &Provider,
    metadata: &Metadata,
) -> IdTokenVerifier<'a, CoreJsonWebKey> {
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
    now: Instant,
    provider: &Provider,
    (claims, expected): (&TokenClaims, &Expected),
) -> Result<(), Cause> {
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

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::Ed25519KeyPair;
    use base64::{Engine, prelude::BASE64_STANDARD};
    use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJsonWebKeySet};
    use openidconnect::{Audience, IssuerUrl, PrivateSigningKey, StandardClaims, SubjectIdentifier};
    use serde_json::json;

    use super::*;
    use crate::config::Match;

    const NOW: Instant = Instant(1_795_000_000_000_000);

    fn provider() -> Provider {
        Provider {
            id: "demo".into(),
            name: "Demo".into(),
            issuer: "https://id.example.org".into(),
            client_id: "us".into(),
            client_secret: None,
            scopes: vec![],
            acr_values: vec![],
            clock_skew_seconds: 60,
            link_by: Match::Never,
            hint: String::new(),
            hint_es: String::new(),
            staff: None,
            strength: crate::config::Strength::default(),
        }
    }

    fn key() -> CoreEdDsaPrivateSigningKey {
        let pair = Ed25519KeyPair::generate().unwrap().to_pkcs8().unwrap();
        let text = BASE64_STANDARD.encode(pair.as_ref());
        let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
        let pem = lines.join("\n");
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{pem}\n-----END PRIVATE KEY-----\n");
        CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, None).unwrap()
    }

    fn metadata(key: &CoreEdDsaPrivateSigningKey, algorithms: &[&str]) -> Metadata {
        let metadata: Metadata = serde_json::from_value(json!({
            "issuer": "https://id.example.org",
            "authorization_endpoint": "https://id.example.org/a",
            "token_endpoint": "https://id.example.org/t",
            "jwks_uri": "https://id.example.org/k",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": algorithms,
        }))
        .unwrap();
        metadata.set_jwks(CoreJsonWebKeySet::new(vec![key.as_verification_key()]))
    }

    fn claims() -> TokenClaims {
        IdTokenClaims::new(
            IssuerUrl::new("https://id.example.org".into()).unwrap(),
            vec![Audience::new("us".into())],
            NOW.plus(Duration::from_secs(300)).utc(),
            NOW.utc(),
            StandardClaims::new(SubjectIdentifier::new("rosa".into())),
            MoreClaims::default(),
        )
        .set_nonce(Some(Nonce::new("n".into())))
    }

    fn expected() -> Expected {
        Expected { nonce: "n".into(), verifier: String::new(), asked_since: None }
    }

    /// What the checks say of a token with these claims that comes with the access token `access`.
    fn answer(claims: TokenClaims, bound_to: Option<&str>, expected: &Expected) -> &'static str {
        let key = key();
        let bound_to = bound_to.map(|token| AccessToken::new(token.into()));
        let alg = CoreJwsSigningAlgorithm::EdDsa;
        let token = Token::new(claims, &key, alg, bound_to.as_ref(), None).unwrap();
        let verifier = verifier(NOW, &provider(), &metadata(&key, &["RS256", "EdDSA"]));
        let check = || -> Result<(), Cause> {
            let claims =
                token.claims(&verifier, &Nonce::new(expected.nonce.clone())).map_err(|e| bad_claims(&e))?;
            check_more(NOW, &provider(), (claims, expected))?;
            check_access_hash(claims, &token, (&AccessToken::new("access".into()), &verifier))
        };
        check().err().map_or("ok", |Cause(id, _)| id)
    }

    #[test]
    fn each_claim_is_checked() {
        let at = |seconds: i64| Instant(NOW.micros() + seconds * 1_000_000).utc();
        #[expect(clippy::cast_precision_loss, reason = "a test")]
        let nbf = |seconds: i64| MoreClaims {
            nbf: Some((NOW.micros() / 1_000_000 + seconds) as f64),
            ..MoreClaims::default()
        };
        let with = |more: MoreClaims| {
            let claims = claims();
            IdTokenClaims::new(
                claims.issuer().clone(),
                claims.audiences().clone(),
                claims.expiration(),
                claims.issue_time(),
                StandardClaims::new(claims.subject().clone()),
                more,
            )
            .set_nonce(claims.nonce().cloned())
        };
        let id = |client: &str| Some(ClientId::new(client.into()));
        let subject = |sub: &str| SubjectIdentifier::new(sub.into());
        for (row, claims, expected_id) in [
            ("as it should be", claims(), "ok"),
            ("our party", claims().set_authorized_party(id("us")), "ok"),
            ("another party", claims().set_authorized_party(id("them")), "sign-in-audience"),
            (
                "another audience",
                claims().set_audiences(vec![Audience::new("them".into())]),
                "sign-in-audience",
            ),
            ("no audience", claims().set_audiences(vec![]), "sign-in-audience"),
            ("just over", claims().set_expiration(at(-59)), "ok"),
            ("over", claims().set_expiration(at(-60)), "sign-in-clock"),
            ("issued soon", claims().set_issue_time(at(60)), "ok"),
            ("issued later", claims().set_issue_time(at(61)), "sign-in-clock"),
            ("issued early", claims().set_issue_time(at(-660)), "ok"),
            ("issued long ago", claims().set_issue_time(at(-661)), "sign-in-clock"),
            ("valid soon", with(nbf(60)), "ok"),
            ("valid later", with(nbf(61)), "sign-in-clock"),
            ("another nonce", claims().set_nonce(Some(Nonce::new("m".into()))), "sign-in-nonce"),
            ("no nonce", claims().set_nonce(None), "sign-in-nonce"),
            ("nobody", claims().set_subject(subject("")), "sign-in-token"),
            ("too long", claims().set_subject(subject(&"x".repeat(256))), "sign-in-token"),
            (
                "another issuer",
                claims().set_issuer(IssuerUrl::new("https://id.example.org/".into()).unwrap()),
                "sign-in-issuer",
            ),
        ] {
            assert_eq!(answer(claims, None, &expected()), expected_id, "{row}");
        }
    }

    #[test]
    fn the_access_token_must_be_the_one_of_the_id_token() {
        assert_eq!(answer(claims(), Some("access"), &expected()), "ok");
        assert_eq!(answer(claims(), Some("another"), &expected()), "sign-in-token");
    }

    #[test]
    fn a_fresh_sign_in_says_when_it_asked() {
        let expected = Expected { asked_since: Some(NOW), ..expected() };
        let asked = |ago: u64| Some(NOW.minus(Duration::from_secs(ago)).utc());
        for (auth_time, id) in [
            (asked(0), "ok"),
            (asked(61), "ok"),
            (asked(62), "sign-in-not-fresh"),
            (None, "sign-in-not-fresh"),
        ] {
            assert_eq!(answer(claims().set_auth_time(auth_time), None, &expected), id, "{auth_time:?}");
        }
    }

    #[test]
    fn only_announced_public_key_algorithms_are_taken() {
        use CoreJwsSigningAlgorithm as Alg;
        let key = key();
        for (announced, taken) in [
            (&["RS256", "ES256"][..], vec![Alg::RsaSsaPkcs1V15Sha256, Alg::EcdsaP256Sha256]),
            (&["HS256", "none", "EdDSA"], vec![Alg::EdDsa]),
            (&["HS256", "HS384", "HS512", "none"], vec![Alg::RsaSsaPkcs1V15Sha256]),
            (&[], vec![Alg::RsaSsaPkcs1V15Sha256]),
        ] {
            assert_eq!(providers::algorithms(&metadata(&key, announced)), taken, "{announced:?}");
        }
        let token = Token::new(claims(), &key, Alg::EdDsa, None, None).unwrap();
        let verifier = verifier(NOW, &provider(), &metadata(&key, &["RS256"]));
        let refused = token.claims(&verifier, &Nonce::new("n".into())).map_err(|e| bad_claims(&e).0);
        assert_eq!(refused.err(), Some("sign-in-signature"));
    }
}
