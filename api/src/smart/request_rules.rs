//! Requests as they come: parameters, what an app may ask at the authorization endpoint, PKCE. Pure.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::model::Stay;
use super::scopes::{Level, Resource, Scope, Scopes};
use crate::base::{Instant, sha256};

/// The largest request, and the longest single value, in bytes. Assertions are the longest.
pub(super) const LARGEST: usize = 16 * 1024;
const LONGEST: usize = 8 * 1024;
/// What is said of a request that is longer.
pub(super) const TOO_LONG: &str = "the request is too long";
/// The longest state and nonce that are kept.
const STATE: usize = 1024;

/// An error of OAuth, with what the developer is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong(pub &'static str, pub String);

impl Wrong {
    pub(super) fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self(error, description.into())
    }
}

/// Names and values, none of them twice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Params<'a>(&'a [(String, String)]);

impl<'a> Params<'a> {
    /// Takes them as they came.
    ///
    /// # Errors
    /// `invalid_request` for one that comes twice (RFC 6749, section 3.1) or is too long. `resource` may come several
    /// times (RFC 8707, section 2).
    pub(super) fn new(pairs: &'a [(String, String)]) -> Result<Self, Wrong> {
        let size: usize = pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
        if size > LARGEST || pairs.iter().any(|(_, value)| value.len() > LONGEST) {
            return Err(Wrong::new("invalid_request", TOO_LONG));
        }
        for (n, (name, _)) in pairs.iter().enumerate() {
            if name != "resource" && pairs[..n].iter().any(|(other, _)| other == name) {
                return Err(Wrong::new(
                    "invalid_request",
                    format!("the parameter {} comes twice", told(name)),
                ));
            }
        }
        Ok(Self(pairs))
    }

    /// The value of this name; an empty one counts as none (RFC 6749, section 3.1).
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        let pair = self.0.iter().find(|(own, _)| own == name);
        pair.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of this name.
    ///
    /// # Errors
    /// `invalid_request` where there is none.
    pub(super) fn need(&self, name: &str) -> Result<&'a str, Wrong> {
        self.get(name)
            .ok_or_else(|| Wrong::new("invalid_request", format!("the parameter {name} is missing")))
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// What somebody else sent, in the characters that an error description has (RFC 6749, section 4.1.2.1).
pub(super) fn told(text: &str) -> String {
    let plain = |c: char| if matches!(c, ' '..='~') && c != '"' && c != '\\' { c } else { '?' };
    text.chars().take(60).map(plain).collect()
}

/// What an app asks for, checked: kept until somebody answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wants {
    pub redirect_uri: String,
    pub state: String,
    pub scope: String,
    pub challenge: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    pub stay: Stay,
    /// The sign-in must not be older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_in_since: Option<Instant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// What the request is checked against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'a> {
    /// The base of the FHIR interface.
    pub base: &'a str,
    /// The scopes that the app was registered with, if it was with any.
    pub registered: Option<&'a str>,
    pub now: Instant,
}

/// Checks a request to authorize, whose app and address are certain already.
///
/// # Errors
/// The error of the specification (RFC 6749, 4.1.2.1; RFC 7636, 4.4.1; OpenID Connect Core 1.0, 3.1.2.6; RFC 8707, 2).
pub(super) fn wants(params: Params<'_>, redirect_uri: &str, facts: Facts<'_>) -> Result<Wants, Wrong> {
    let bad = |description: &str| Wrong::new("invalid_request", description);
    for (name, error) in [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ] {
        if params.get(name).is_some() {
            return Err(Wrong::new(error, format!("{name} is not offered; send plain parameters")));
        }
    }
    match params.need("response_type")? {
        "code" => {}
        other => {
            let words = format!("response_type must be code, not {}", told(other));
            return Err(Wrong::new("unsupported_response_type", words));
        }
    }
    if params.get("response_mode").is_some_and(|mode| mode != "query") {
        return Err(bad("response_mode can only be query"));
    }
    let state = params.need("state")?;
    if state.len() > STATE {
        return Err(bad("state is longer than 1024 characters"));
    }
    let challenge = challenge(params)?;
    audience(params, facts.base)?;
    let scopes = scopes(params, facts.registered)?;
    let nonce = params.get("nonce");
    if nonce.is_some_and(|nonce| nonce.len() > STATE) {
        return Err(bad("nonce is longer than 1024 characters"));
    }
    let stay = match &scopes {
        scopes if scopes.has(&Scope::Offline) => Stay::Offline,
        scopes if scopes.has(&Scope::Online) => Stay::Online,
        _ => Stay::Once,
    };
    Ok(Wants {
        redirect_uri: redirect_uri.to_owned(),
        state: state.to_owned(),
        scope: scopes.to_string(),
        challenge,
        nonce: nonce.map(str::to_owned),
        stay,
        signed_in_since: signed_in_since(params, facts.now)?,
        hint: params.get("login_hint").map(|hint| hint.chars().take(200).collect()),
    })
}

/// PKCE is asked of everybody, and only the method that hides the verifier (RFC 9700, section 2.1.1).
fn challenge(params: Params<'_>) -> Result<String, Wrong> {
    let bad = |description: &str| Wrong::new("invalid_request", description);
    let Some(challenge) = params.get("code_challenge") else {
        return Err(bad("code_challenge is missing: PKCE is required"));
    };
    if params.get("code_challenge_method") != Some("S256") {
        return Err(bad("code_challenge_method must be S256"));
    }
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(challenge);
    if !decoded.is_ok_and(|bytes| bytes.len() == 32) {
        return Err(bad("code_challenge must be the SHA-256 of the verifier in base64url: 43 characters"));
    }
    Ok(challenge.to_owned())
}

/// The server the tokens are for. A token must not be asked for by who was led to think that we are another server
/// (SMART App Launch 2.2, 2.0.8.1). A slash at the end names the same service.
fn audience(params: Params<'_>, base: &str) -> Result<(), Wrong> {
    let same = |named: &str| named.strip_suffix('/').unwrap_or(named) == base;
    let words = |name: &str| format!("{name} must be the base of the FHIR interface: {base}");
    if !params.all("resource").all(same) {
        return Err(Wrong::new("invalid_target", words("resource")));
    }
    match params.get("aud") {
        Some(aud) if same(aud) => Ok(()),
        Some(_) => Err(Wrong::new("invalid_request", words("aud"))),
        None if params.get("resource").is_some() => Ok(()),
        None => Err(Wrong::new("invalid_request", words("aud is missing and"))),
    }
}

fn scopes(params: Params<'_>, registered: Option<&str>) -> Result<Scopes, Wrong> {
    let bad = |description: String| Wrong::new("invalid_scope", description);
    let text = params.get("scope").ok_or_else(|| bad("scope is missing".into()))?;
    let parsed = Scopes::read(text).map_err(|bad_scopes| bad(bad_scopes.0.into()))?;
    let asked = parsed.scopes.for_level(Level::Patient);
    let mut scopes = bound(&asked, registered);
    // A launch that the portal did not begin.
    if params.get("launch").is_none() {
        scopes = scopes.without(&Scope::Launch);
    }
    if !scopes.any_resource() && !scopes.has(&Scope::Openid) {
        let why = match (asked.any_resource(), registered, parsed.dropped.first()) {
            (true, Some(registered), _) => {
                let registered: String = registered.chars().take(300).collect();
                format!(": the app was registered for {registered}")
            }
            (_, _, Some((scope, why))) => format!(" ({}: {why})", told(scope)),
            _ => String::new(),
        };
        return Err(bad(format!("none of these scopes can be had{why}")));
    }
    if !can_be_asked(&scopes) {
        return Err(bad("Provenance comes with what it is about: ask for that too".into()));
    }
    if scopes.has(&Scope::FhirUser) && !scopes.has(&Scope::Openid) {
        // The claim stands in the ID token, and there is none without openid.
        scopes = scopes.without(&Scope::FhirUser);
    }
    Ok(scopes)
}

/// What of these scopes an app may ask for that was registered with those, if it was with any. What every app may ask is
/// not listed at registration.
pub(super) fn bound(scopes: &Scopes, registered: Option<&str>) -> Scopes {
    let Some(registered) = registered else { return scopes.clone() };
    scopes.as_far_as(&Scopes::parse(registered).unwrap_or_default())
}

/// Whether there is anything in these scopes that a person could be asked. Provenance alone nobody could tick.
pub(super) fn can_be_asked(scopes: &Scopes) -> bool {
    let alone = |resource: &Resource| resource.kind == Some("Provenance");
    match scopes.any_resource() {
        true => !scopes.resources().all(alone),
        false => scopes.has(&Scope::Openid),
    }
}

/// Since when the person must have signed in (OpenID Connect Core 1.0, 3.1.2.1).
fn signed_in_since(params: Params<'_>, now: Instant) -> Result<Option<Instant>, Wrong> {
    let bad = |description: &str| Wrong::new("invalid_request", description);
    let mut since = None;
    if let Some(prompt) = params.get("prompt") {
        let prompts: Vec<&str> = prompt.split(' ').collect();
        if prompts == ["none"] {
            // Nothing is ever shared without being asked.
            let words = "the person is always asked; prompt=none cannot be answered";
            return Err(Wrong::new("interaction_required", words));
        }
        if !prompts.iter().all(|one| ["login", "consent", "select_account"].contains(one)) {
            return Err(bad("prompt can be login, consent or select_account"));
        }
        if prompts.contains(&"login") {
            since = Some(now);
        }
    }
    if let Some(max_age) = params.get("max_age") {
        let seconds: u32 = max_age.parse().map_err(|_| bad("max_age must be a number of seconds"))?;
        since = since.max(Some(now.minus(Duration::from_secs(seconds.into()))));
    }
    Ok(since)
}

/// Whether a verifier is the one of the challenge (RFC 7636, section 4.6).
pub(super) fn verifier_fault(challenge: &str, verifier: &str) -> Option<&'static str> {
    let letters = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(letters) {
        return Some("code_verifier must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~");
    }
    let made = BASE64_URL_SAFE_NO_PAD.encode(sha256([verifier.as_bytes()]));
    let same = bool::from(made.as_bytes().ct_eq(challenge.as_bytes()));
    (!same).then_some("code_verifier is not the one of the code_challenge")
}

#[cfg(test)]
mod tests;
