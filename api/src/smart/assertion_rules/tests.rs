//! A table of claims. Headers and signatures are tried over HTTP, with keys of each kind.

use serde_json::json;

use super::*;

#[test]
fn claims_that_are_right_and_wrong() {
    let now = Instant(1_800_000_000_000_000);
    let expected =
        Expected { client: "c", audiences: &["https://x.example/oauth/token", "https://x.example"], now };
    let good = json!({"iss": "c", "sub": "c", "aud": "https://x.example", "exp": 1_800_000_100, "jti": "j"});
    for (name, value, right) in [
        ("aud", json!(["a", "https://x.example/oauth/token"]), true),
        ("aud", json!("https://x.example/"), false),
        ("aud", json!([["https://x.example"]]), false),
        ("exp", json!(1_800_000_000), false),
        ("exp", json!(1_800_000_000.5), true),
        ("exp", json!(1_800_000_300), true),
        ("exp", json!(1_800_000_361), false),
        ("exp", json!("1800000100"), false),
        ("exp", json!(null), false),
        ("iat", json!(1_799_000_000), true),
        ("iat", json!(1_800_000_061), false),
        ("nbf", json!(1_800_000_059), true),
        ("nbf", json!([]), false),
        ("sub", json!("d"), false),
        ("iss", json!(["c"]), false),
        ("jti", json!({}), false),
    ] {
        let mut claims = good.clone();
        claims[name] = value;
        let checked = of_claims(&claims, expected);
        assert_eq!(checked.is_ok(), right, "{claims} {checked:?}");
    }
    let once = of_claims(&good, expected).unwrap();
    assert_eq!((once.jti.as_str(), once.expires), ("j", Instant(1_800_000_100_000_000)));
}

#[test]
fn what_is_no_assertion_names_nobody() {
    for text in ["", "a", "a.b", "e30.e30.x", "e30.W10.x", "e30.eyJpc3MiOjd9.x"] {
        assert_eq!(said_issuer(text), None, "{text}");
    }
    assert_eq!(said_issuer("e30.eyJpc3MiOiJjIn0.x").as_deref(), Some("c"));
}
