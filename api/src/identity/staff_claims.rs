//! Which staff roles the claims of an identity provider give, by its settings.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::config::{Provider, Role};

/// The roles that a checked ID token gives. What the settings do not name gives none.
pub(super) fn roles(provider: &Provider, id_token: &str) -> Vec<Role> {
    let Some(staff) = &provider.staff else { return Vec::new() };
    let Some(claims) = payload(id_token) else { return Vec::new() };
    let named = named(&claims, &staff.claim);
    let mut roles: Vec<Role> = named.iter().filter_map(|name| staff.roles.get(*name).copied()).collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// The claims of a token whose signature was checked before (RFC 7519, section 7.2).
fn payload(id_token: &str) -> Option<Value> {
    let part = id_token.split('.').nth(1)?;
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// The names in a claim: a list of them, or one, or several separated by spaces as scopes are. A claim whose own
/// name has dots (some providers use addresses) comes before one that lies within another.
fn named<'a>(claims: &'a Value, claim: &str) -> Vec<&'a str> {
    let within = || claim.split('.').try_fold(claims, |value, name| value.get(name));
    match claims.get(claim).or_else(within) {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(names)) => names.split_whitespace().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_found_where_providers_put_them() {
        for (claims, claim, expected) in [
            (json!({"roles": ["a", "b"]}), "roles", vec!["a", "b"]),
            (json!({"roles": ["a", 7, null]}), "roles", vec!["a"]),
            (json!({"roles": "a"}), "roles", vec!["a"]),
            (json!({"roles": "a b"}), "roles", vec!["a", "b"]),
            (json!({"realm_access": {"roles": ["a"]}}), "realm_access.roles", vec!["a"]),
            (json!({"https://x.example/roles": ["a"]}), "https://x.example/roles", vec!["a"]),
            (json!({"roles": {"a": true}}), "roles", vec![]),
            (json!({"groups": ["a"]}), "roles", vec![]),
            (json!({}), "a.b.c", vec![]),
        ] {
            assert_eq!(named(&claims, claim), expected, "{claims} {claim}");
        }
    }

    #[test]
    fn only_what_the_settings_name_gives_a_role() {
        let token = |claims: Value| format!("x.{}.y", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()));
        let provider = |staff: Value| -> Provider {
            serde_json::from_value(json!({
                "id": "a", "name": "A", "issuer": "https://id.example.org", "client_id": "c", "staff": staff,
            }))
            .unwrap()
        };
        let settings =
            json!({"claim": "roles", "roles": {"rr-clerk": "records-clerk", "rr-po": "privacy-officer"}});
        let both = token(json!({"roles": ["rr-po", "rr-clerk", "rr-clerk", "administrator"]}));
        assert_eq!(roles(&provider(settings.clone()), &both), [Role::RecordsClerk, Role::PrivacyOfficer]);
        assert_eq!(roles(&provider(Value::Null), &both), []);
        for odd in [token(json!({})), token(json!([1])), "x.!.y".into(), String::new()] {
            assert_eq!(roles(&provider(settings.clone()), &odd), [], "{odd}");
        }
    }
}
