//! Assertions by which apps prove themselves with a key (RFC 7523, section 3; SMART App Launch 2.2, section 7). Pure.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

use super::key_rules;
use crate::base::Instant;

/// The longest assertion, in bytes.
const LARGEST: usize = 8 * 1024;
/// How far ahead an assertion may end, and how far its clock may be ahead of ours.
const AHEAD: Duration = Duration::from_secs(300);
const SKEW: Duration = Duration::from_secs(60);

/// The header of an assertion, before anything is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub algorithm: Algorithm,
    pub kid: String,
    pub jku: Option<String>,
}

/// What an assertion must say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub client: &'a str,
    /// The names by which this server may be meant.
    pub audiences: &'a [&'a str],
    pub now: Instant,
}

/// One that passed: what keeps it from being used again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Once {
    pub jti: String,
    pub expires: Instant,
}

/// Reads the header.
///
/// # Errors
/// What is wrong with it, for the developer.
pub(super) fn header(assertion: &str) -> Result<Header, String> {
    if assertion.len() > LARGEST {
        return Err("the assertion is longer than 8 KB".into());
    }
    let parts: Vec<&str> = assertion.split('.').collect();
    let [header, _, signature] = parts[..] else {
        return Err("the assertion is not a signed JWT of three parts".into());
    };
    let header = decoded(header).ok_or("the header of the assertion is not JSON in base64url")?;
    let text = |name: &str| header.get(name).and_then(Value::as_str);
    if header.get("crit").is_some() {
        return Err("the header has crit, and no extension is known here".into());
    }
    if text("typ").is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT") && typ != "client-authentication+jwt") {
        return Err("the header's typ must be JWT".into());
    }
    let algorithm = match text("alg") {
        Some("RS384") => Algorithm::RS384,
        Some("ES384") => Algorithm::ES384,
        Some("none") => return Err("the assertion is not signed (alg none)".into()),
        _ => return Err("the header's alg must be RS384 or ES384".into()),
    };
    if signature.is_empty() {
        return Err("the assertion has no signature".into());
    }
    let kid = text("kid").filter(|kid| !kid.is_empty()).ok_or("the header has no kid")?;
    Ok(Header { algorithm, kid: kid.to_owned(), jku: text("jku").map(str::to_owned) })
}

/// Who an assertion says it is of, before anything is verified: only to find whose keys to try.
pub(super) fn said_issuer(assertion: &str) -> Option<String> {
    let payload = assertion.split('.').nth(1).filter(|_| assertion.len() <= LARGEST)?;
    decoded(payload)?.get("iss").and_then(Value::as_str).map(str::to_owned)
}

fn decoded(part: &str) -> Option<Value> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice::<Value>(&bytes).ok().filter(Value::is_object)
}

/// The key of this name, if it can verify this algorithm.
///
/// # Errors
/// What is wrong, for the developer.
pub(super) fn key<'a>(set: &'a Value, header: &Header) -> Result<&'a Value, String> {
    let keys = set.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let of_kid = |key: &&Value| key.get("kid").and_then(Value::as_str) == Some(header.kid.as_str());
    let Some(key) = keys.iter().find(of_kid) else {
        return Err("no key of the set has the kid of the assertion".into());
    };
    if let Some(fault) = key_rules::key_fault(key) {
        return Err(format!("the key {fault}"));
    }
    let kind = if header.algorithm == Algorithm::RS384 { "RSA" } else { "EC" };
    if key.get("kty").and_then(Value::as_str) != Some(kind) {
        return Err("the key is not of the kind that alg names".into());
    }
    Ok(key)
}

/// Verifies signature and claims.
///
/// # Errors
/// What is wrong, for the developer.
pub(super) fn verify(
    assertion: &str,
    (header, key): (&Header, &Value),
    expected: Expected<'_>,
) -> Result<Once, String> {
    let text = |name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default();
    let decoding = match header.algorithm {
        Algorithm::RS384 => DecodingKey::from_rsa_components(text("n"), text("e")),
        _ => DecodingKey::from_ec_components(text("x"), text("y")),
    };
    let decoding = decoding.map_err(|_| "the key cannot be read")?;
    let mut checks = Validation::new(header.algorithm);
    // The claims are checked below, by our clock.
    checks.required_spec_claims.clear();
    (checks.validate_exp, checks.validate_aud) = (false, false);
    let decoded = jsonwebtoken::decode::<Value>(assertion, &decoding, &checks);
    let claims = decoded.map_err(|error| unverified(error.kind()))?.claims;
    of_claims(&claims, expected)
}

/// Why an assertion whose header was read did not pass. What it says is read once its signature was found right.
fn unverified(why: &ErrorKind) -> &'static str {
    match why {
        ErrorKind::Json(error) if error.to_string().starts_with("duplicate field") => {
            "a member of the header or a claim comes twice"
        }
        ErrorKind::Json(_) => "a member of the header or a claim is not of the kind that it must be",
        _ => "the signature is not of the key with this kid",
    }
}

/// Checks the claims.
///
/// # Errors
/// What is wrong, for the developer.
pub(super) fn of_claims(claims: &Value, expected: Expected<'_>) -> Result<Once, String> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    for name in ["iss", "sub"] {
        if text(name) != Some(expected.client) {
            return Err(format!("{name} must be the client_id"));
        }
    }
    let ours = |named: &Value| named.as_str().is_some_and(|named| expected.audiences.contains(&named));
    let meant = match claims.get("aud") {
        Some(Value::Array(all)) => all.iter().any(ours),
        Some(one) => ours(one),
        None => false,
    };
    if !meant {
        return Err(format!("aud must be {}", expected.audiences.first().unwrap_or(&"this server")));
    }
    let expires = moment(claims, "exp")?.ok_or("exp is missing")?;
    if expires <= expected.now {
        return Err("the assertion is too old: exp has passed".into());
    }
    if expires > expected.now.plus(AHEAD + SKEW) {
        return Err("exp must not be more than five minutes ahead".into());
    }
    for name in ["nbf", "iat"] {
        if moment(claims, name)?.is_some_and(|at| at > expected.now.plus(SKEW)) {
            return Err(format!("{name} lies in the future"));
        }
    }
    let jti = text("jti").filter(|jti| (1..=255).contains(&jti.len()));
    let jti = jti.ok_or("jti is missing, empty or longer than 255 characters")?;
    Ok(Once { jti: jti.to_owned(), expires })
}

/// A moment in seconds since 1970 (RFC 7519, section 2: NumericDate).
fn moment(claims: &Value, name: &str) -> Result<Option<Instant>, String> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let seconds = value.as_f64().filter(|seconds| (0.0..=1e11).contains(seconds));
    let seconds = seconds.ok_or_else(|| format!("{name} must be a number of seconds since 1970"))?;
    #[expect(clippy::cast_possible_truncation, reason = "at most 1e17, which fits")]
    Ok(Some(Instant((seconds * 1e6) as i64)))
}

#[cfg(test)]
mod tests;
