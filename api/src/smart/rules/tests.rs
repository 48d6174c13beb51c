//! Tables of addresses, registrations, keys and standings.

use serde_json::json;

use super::*;

#[test]
fn addresses_that_can_be_registered() {
    for (address, good) in [
        ("https://app.example.org/back", true),
        ("https://app.example.org", true),
        ("https://app.example.org:8443/back?x=1", true),
        ("http://127.0.0.1/back", true),
        ("http://127.0.0.1:9000/back", true),
        ("http://[::1]/back", true),
        ("http://localhost:3000/", true),
        ("org.example.app:/back", true),
        ("org.example.app://back", true),
        ("http://app.example.org/back", false),
        ("https:app.example.org/back", false),
        ("https:/app.example.org/back", false),
        ("https://app.example.org/back\\@other.example", false),
        ("https://app.example.org/back?code=1", false),
        ("https://app.example.org/back?x=1&iss=y", false),
        ("https://app.example.org/back?codes=1", true),
        ("http://localhost.example.org/", false),
        ("http://10.0.0.1/", false),
        ("https://app.example.org/#", false),
        ("https://app.example.org/#x", false),
        ("https://app.example.org/*", false),
        ("https://user@app.example.org/", false),
        ("https://app.example.org/ back", false),
        ("app:/back", false),
        ("javascript:alert(1)", false),
        ("data:text/html,x", false),
        ("file:///etc/passwd", false),
        ("/back", false),
        ("", false),
    ] {
        assert_eq!(redirect_fault(address).is_none(), good, "{address}");
    }
}

#[test]
fn addresses_are_compared_character_by_character() {
    for (registered, asked, same) in [
        ("https://a.example/b", "https://a.example/b", true),
        ("https://a.example/b", "https://a.example/b/", false),
        ("https://a.example/b", "https://a.example/b?c", false),
        ("https://a.example/b", "https://A.example/b", false),
        ("https://a.example/b", "https://a.example:443/b", false),
        ("https://a.example/b", "https://a.example:8443/b", false),
        ("https://a.example/b", "https://a.example/%62", false),
        ("https://a.example", "https://a.example/", false),
        ("http://127.0.0.1/b", "http://127.0.0.1:4711/b", true),
        ("http://127.0.0.1:1/b", "http://127.0.0.1:2/b", true),
        ("http://127.0.0.1/b", "http://127.0.0.1:4711/c", false),
        ("http://127.0.0.1/b", "http://127.0.0.2:4711/b", false),
        ("http://127.0.0.1/b", "http://localhost:4711/b", false),
        ("http://127.0.0.1/b", "https://127.0.0.1:4711/b", false),
        ("http://127.0.0.1/b", "http://127.0.0.1:4711/x/../b", false),
        ("http://127.0.0.1/b", "http://user@127.0.0.1:4711/b", false),
        ("http://127.0.0.1/b", "http://127.0.0.1:4711/b?c=d", false),
        ("http://[::1]/b", "http://[::1]:4711/b", true),
        ("org.example.app:/b", "org.example.app:/b", true),
        ("org.example.app:/b", "org.example.app:/c", false),
    ] {
        assert_eq!(same_redirect(registered, asked), same, "{registered} {asked}");
    }
}

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
        let fault = key_set_fault(&json!({"keys": [key]}));
        assert_eq!(fault.is_none(), good, "{key}: {fault:?}");
    }
    let key = ec(&x, &y);
    assert!(key_set_fault(&json!({"keys": [key, key]})).is_some(), "one name for two keys");
    for set in [json!({}), json!({"keys": {}}), json!({"keys": []}), json!([]), json!(null)] {
        assert!(key_set_fault(&set).is_some(), "{set}");
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

#[test]
fn where_a_grant_stands() {
    let ended = Some((Instant(3), GrantEnd::Stopped));
    for (until, paused, ended, standing) in [
        (10, None, None, Standing::Active),
        (5, None, None, Standing::Ended { at: Instant(5), why: GrantEnd::Expired }),
        (10, Some(2), None, Standing::Paused { since: Instant(2) }),
        (5, Some(2), None, Standing::Ended { at: Instant(5), why: GrantEnd::Expired }),
        (10, Some(2), ended, Standing::Ended { at: Instant(3), why: GrantEnd::Stopped }),
        (5, None, ended, Standing::Ended { at: Instant(3), why: GrantEnd::Stopped }),
    ] {
        let found = super::standing((Instant(until), paused.map(Instant), ended), Instant(5));
        assert_eq!(found, standing, "{until} {paused:?} {ended:?}");
    }
}

#[test]
fn keys_are_published_before_they_sign_and_stay_until_their_tokens_are_over() {
    let day = |n: i64| Instant(n * 86_400_000_000);
    let days = |all: &[i64]| all.iter().map(|n| day(*n)).collect::<Vec<_>>();
    for (made, now, signs, make, over) in [
        (&[][..], 0, None, Make::Yes, &[][..]),
        (&[0], 0, Some(0), Make::No, &[]),
        (&[0], 88, Some(0), Make::No, &[]),
        (&[0], 89, Some(0), Make::Yes, &[]),
        (&[0, 89], 89, Some(0), Make::No, &[]),
        (&[0, 89], 90, Some(89), Make::No, &[]),
        (&[0, 89], 92, Some(89), Make::No, &[]),
        (&[0, 89], 93, Some(89), Make::No, &[0]),
        (&[89], 178, Some(89), Make::Yes, &[]),
        (&[0, 0], 0, Some(0), Make::No, &[]),
    ] {
        let plan = key_plan(&days(made), day(now));
        assert_eq!(plan, KeyPlan { signs: signs.map(day), make, over: days(over) }, "{made:?} {now}");
    }
}

#[test]
fn who_stands_in_the_persons_place_connects_apps() {
    let may: Vec<&str> = Kind::ALL.into_iter().filter(|kind| may_connect(*kind)).map(Kind::slug).collect();
    assert_eq!(
        may,
        ["parent", "guardian", "loco-parentis", "health-care-agent", "adult-guardian", "surrogate"]
    );
}
