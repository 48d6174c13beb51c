//! What keys an app may be registered with: public ones that verify RS384 or ES384. Pure.

use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED, ParsedPublicKey};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

use super::model::KeySource;

/// The most keys of one app.
const MOST: usize = 20;
/// The largest JWK Set that is kept, in bytes of JSON.
const LARGEST: usize = 20_000;

/// What is wrong with a JWK Set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SetFault {
    /// It is none.
    NoSet,
    /// It is empty.
    NoKey,
    /// It is too large.
    Many,
    /// A key in it must not be published.
    Secret,
    /// A key has no name.
    NoKid,
    /// Two keys have one name.
    SameKid,
    /// None of them says that it verifies.
    NotForVerifying,
    /// None of them is of a kind that is taken here.
    NoKind,
}

impl SetFault {
    const ALL: [Self; 8] = [
        Self::NoSet,
        Self::NoKey,
        Self::Many,
        Self::Secret,
        Self::NoKid,
        Self::SameKid,
        Self::NotForVerifying,
        Self::NoKind,
    ];

    /// The sentence of the form that says how to mend it.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoSet => "problem-app-keys-set",
            Self::NoKey => "problem-app-keys-none",
            Self::Many => "problem-app-keys-many",
            Self::Secret => "problem-app-keys-secret",
            Self::NoKid => "problem-app-keys-kid",
            Self::SameKid => "problem-app-keys-same",
            Self::NotForVerifying => "problem-app-keys-verify",
            Self::NoKind => "problem-app-keys-kind",
        }
    }

    /// The fault of a sentence of the form.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.code() == code)
    }

    /// For developers, after the name of what has it.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoSet => "is not a JWK Set: an object with the array \"keys\"",
            Self::NoKey => "has no key",
            Self::Many => "has too many keys",
            Self::Secret => {
                "has a private or a shared key in it; make a new pair, and publish the public half only"
            }
            Self::NoKid => "has a key without \"kid\"",
            Self::SameKid => "has two keys with the same \"kid\"",
            Self::NotForVerifying => {
                "has no key for verifying: \"use\" must be sig, and \"key_ops\" must name verify, where they are there"
            }
            Self::NoKind => "has no key for RS384 (RSA of 2048 bits or more) or ES384 (EC P-384)",
        }
    }
}

/// What is wrong with a JWK Set that should have public keys to verify with (RFC 7517; SMART App Launch 2.2, 7.3).
pub(super) fn set_fault(set: &Value) -> Option<SetFault> {
    // Of all mistakes the worst, also where somebody gives a key without its set.
    if is_secret(set) {
        return Some(SetFault::Secret);
    }
    let Some(keys) = set.get("keys").and_then(Value::as_array) else {
        return Some(SetFault::NoSet);
    };
    if keys.iter().any(is_secret) {
        return Some(SetFault::Secret);
    }
    if keys.is_empty() {
        return Some(SetFault::NoKey);
    }
    if keys.len() > MOST || set.to_string().len() > LARGEST {
        return Some(SetFault::Many);
    }
    let mut seen = Vec::new();
    for key in keys {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        let Some(kid) = text("kid").filter(|kid| !kid.is_empty()) else {
            return Some(SetFault::NoKid);
        };
        if seen.contains(&kid) {
            return Some(SetFault::SameKid);
        }
        seen.push(kid);
    }
    if keys.iter().any(|key| key_fault(key).is_none()) {
        return None;
    }
    let verifies = keys.iter().any(|key| use_fault(key).is_none());
    Some(if verifies { SetFault::NoKind } else { SetFault::NotForVerifying })
}

/// Whether a key is private, or shared: it must not be published.
fn is_secret(key: &Value) -> bool {
    ["d", "p", "q", "dp", "dq", "qi", "k"].iter().any(|part| key.get(part).is_some())
}

/// What keeps a key from being used to verify RS384 or ES384.
pub(super) fn key_fault(key: &Value) -> Option<&'static str> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    if let Some(fault) = use_fault(key) {
        return Some(fault);
    }
    match (text("kty"), text("alg"), text("crv")) {
        (Some("RSA"), None | Some("RS384"), _) => {
            let (Some(n), Some(e)) = (text("n").and_then(number), text("e").and_then(number)) else {
                return Some("lacks n or e, or has one that is no number in base64url without padding");
            };
            rsa_fault(&n, &e)
        }
        (Some("EC"), None | Some("ES384"), Some("P-384")) => {
            let (Some(x), Some(y)) = (text("x").and_then(bytes), text("y").and_then(bytes)) else {
                return Some("lacks x or y, or has one that is not base64url without padding");
            };
            let point = [&[4], x.as_slice(), y.as_slice()].concat();
            let on_curve = x.len() == 48 && ParsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point).is_ok();
            (!on_curve).then_some("has no point of P-384 in x and y (48 bytes each)")
        }
        _ => Some("is not of a kind for RS384 or ES384"),
    }
}

/// What a key says that it is for, where that is not verifying.
fn use_fault(key: &Value) -> Option<&'static str> {
    if key.get("use").and_then(Value::as_str).is_some_and(|used| used != "sig") {
        return Some("is not for signatures (use)");
    }
    let ops = key.get("key_ops").and_then(Value::as_array);
    let other = ops.is_some_and(|ops| !ops.iter().any(|op| op == "verify"));
    other.then_some("is not for verifying (key_ops)")
}

/// The algorithm of all keys that can be used, where there is one: an app with keys of both kinds may sign with either, and
/// what lies at an address may change.
pub(super) fn only_algorithm(keys: Option<&KeySource>) -> Option<&'static str> {
    let Some(KeySource::Value(set)) = keys else { return None };
    let usable = set["keys"].as_array()?.iter().filter(|key| key_fault(key).is_none());
    let mut each = usable.map(algorithm);
    let first = each.next()?;
    each.all(|other| other == first).then_some(first)
}

/// What a key that can be used verifies.
pub(super) fn algorithm(key: &Value) -> &'static str {
    if key["kty"] == "RSA" { "RS384" } else { "ES384" }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

/// A number as JWK writes it (RFC 7518, section 2), without zeros before it.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = bytes(text)?;
    let first = bytes.iter().position(|byte| *byte != 0)?;
    Some(bytes[first..].to_vec())
}

/// What is wrong with the numbers of an RSA key: with an exponent of 1 anybody could sign (NIST SP 800-56B, 6.2.2).
fn rsa_fault(n: &[u8], e: &[u8]) -> Option<&'static str> {
    let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
    let bits = n.len() * 8 - n.first().map_or(0, |first| first.leading_zeros() as usize);
    match bits {
        ..2048 => Some("is an RSA key of less than 2048 bits"),
        8193.. => Some("is an RSA key of more than 8192 bits"),
        _ if !odd(n) || !odd(e) || e == [1] || e.len() > 4 => Some("is no RSA key: n or e cannot be right"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A point of P-384, and a second coordinate that does not belong to the first.
    fn point() -> (String, String, String) {
        use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
        let key = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
        let point = key.public_key().as_ref();
        let (x, y) = point[1..].split_at(48);
        let mut beside = y.to_vec();
        beside[47] ^= 1;
        let said = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        (said(x), said(y), said(&beside))
    }

    #[test]
    fn keys_that_can_verify() {
        // A number of 2048 bits that is odd; a point of the curve, and one beside it.
        let n = format!("{}w", "x".repeat(341));
        let (x, y, beside) = point();
        let ec = |x: &str, y: &str| json!({"kty": "EC", "crv": "P-384", "kid": "a", "x": x, "y": y});
        for (key, good) in [
            (json!({"kty": "RSA", "kid": "a", "n": n, "e": "AQAB"}), true),
            (json!({"kty": "RSA", "kid": "a", "n": n, "e": "AQAB", "alg": "RS384", "use": "sig"}), true),
            (json!({"kty": "RSA", "kid": "a", "n": n, "e": "AQAB", "alg": "RS256"}), false),
            (json!({"kty": "RSA", "kid": "a", "n": n, "e": "AQAB", "use": "enc"}), false),
            (json!({"kty": "RSA", "kid": "a", "n": n, "e": "AQAB", "key_ops": ["encrypt"]}), false),
            (json!({"kty": "RSA", "kid": "a", "n": n, "e": "AQAB", "key_ops": ["verify"]}), true),
            (json!({"kty": "RSA", "kid": "a", "n": "x".repeat(171), "e": "AQAB"}), false),
            (json!({"kty": "RSA", "n": n, "e": "AQAB"}), false),
            (json!({"kty": "RSA", "kid": "a", "n": n, "e": "AQ"}), false),
            (json!({"kty": "RSA", "kid": "a", "n": n, "e": "Ag"}), false),
            (json!({"kty": "RSA", "kid": "a", "n": n, "e": "AA"}), false),
            (json!({"kty": "RSA", "kid": "a", "n": n, "e": "AQAB="}), false),
            (json!({"kty": "RSA", "kid": "a", "n": n, "e": "Aw"}), true),
            (json!({"kty": "RSA", "kid": "a", "n": format!("{}g", "x".repeat(341)), "e": "AQAB"}), false),
            (json!({"kty": "RSA", "kid": "a", "n": format!("AAAA{}w", "x".repeat(337)), "e": "AQAB"}), false),
            (json!({"kty": "RSA", "kid": "a", "n": format!("{}w", "x".repeat(1_389)), "e": "AQAB"}), false),
            (ec(&x, &y), true),
            (ec(&x, &beside), false),
            (ec("A", "A"), false),
            (ec(&x[..40], &y), false),
            (json!({"kty": "EC", "crv": "P-256", "kid": "a", "x": x, "y": y}), false),
            (json!({"kty": "EC", "crv": "P-384", "kid": "a", "x": x}), false),
            (json!({"kty": "EC", "crv": "P-384", "kid": "a", "x": x, "y": y, "d": "A"}), false),
            (json!({"kty": "oct", "kid": "a", "k": "A"}), false),
            (json!({"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "A"}), false),
            (json!("key"), false),
        ] {
            let fault = set_fault(&json!({"keys": [key]}));
            assert_eq!(fault.is_none(), good, "{key}: {fault:?}");
        }
        let key = ec(&x, &y);
        let with = |name: &str, value: Value| {
            let mut key = key.clone();
            key[name] = value;
            key
        };
        for (set, fault) in [
            (json!({}), "set"),
            (json!({"keys": {}}), "set"),
            (json!([]), "set"),
            (json!(null), "set"),
            (key.clone(), "set"),
            (with("d", json!("A")), "secret"),
            (json!({"keys": [with("d", json!("A"))]}), "secret"),
            (json!({"keys": [{"kty": "oct", "k": "A"}]}), "secret"),
            (json!({"keys": []}), "none"),
            (json!({"keys": vec![key.clone(); 21]}), "many"),
            (json!({"keys": [with("kid", json!(""))]}), "kid"),
            (json!({"keys": [key, with("kid", json!(7))]}), "kid"),
            (json!({"keys": [key, key]}), "same"),
            (json!({"keys": [with("key_ops", json!([]))]}), "verify"),
            (json!({"keys": [with("use", json!("enc"))]}), "verify"),
            (json!({"keys": [with("use", json!("enc")), with("kid", json!("b"))]}), ""),
            (json!({"keys": [with("crv", json!("P-256"))]}), "kind"),
        ] {
            let expected = SetFault::from_code(&format!("problem-app-keys-{fault}"));
            assert_eq!((set_fault(&set), expected.is_none()), (expected, fault.is_empty()), "{set}");
        }
        // The algorithm that an app is told to sign with.
        let rsa = json!({"kty": "RSA", "kid": "b", "n": n, "e": "AQAB"});
        let other = json!({"kty": "EC", "crv": "P-256", "kid": "c", "x": x, "y": y});
        for (keys, algorithm) in [
            (json!([key]), Some("ES384")),
            (json!([rsa]), Some("RS384")),
            (json!([other, key]), Some("ES384")),
            (json!([rsa, key]), None),
            (json!([other]), None),
        ] {
            let set = KeySource::Value(json!({"keys": keys}));
            assert_eq!(only_algorithm(Some(&set)), algorithm, "{keys}");
        }
        assert_eq!(only_algorithm(Some(&KeySource::Url("https://app.example.org/keys".into()))), None);
        assert_eq!(only_algorithm(None), None);
    }
}
