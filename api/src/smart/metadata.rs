//! What this server publishes about itself: SMART App Launch 2.2 (conformance), RFC 8414, OpenID Connect Discovery 1.0.

use serde_json::{Value, json};

use super::groups;
use super::scopes::TYPES;
use crate::app::App;

/// Scopes that anybody may ask for, beside those of single types and categories.
const SCOPES: [&str; 13] = [
    "openid",
    "fhirUser",
    "profile",
    "launch",
    "launch/patient",
    "offline_access",
    "online_access",
    "patient/*.rs",
    "patient/*.r",
    "patient/*.s",
    "patient/*.read",
    "user/*.rs",
    "system/*.rs",
];

/// All of them, also those of each type, and of the categories that a person can tick alone (US Core 7.0.0, granular
/// scopes: a server publishes those it has).
fn scopes() -> Vec<String> {
    let of_types = TYPES.iter().map(|kind| format!("patient/{kind}.rs"));
    let of_categories = groups::categories()
        .map(|(kind, system, code)| format!("patient/{kind}.rs?category={system}|{code}"));
    SCOPES.into_iter().map(str::to_owned).chain(of_types).chain(of_categories).collect()
}

/// What is offered, by the names of SMART App Launch 2.2.
const CAPABILITIES: [&str; 17] = [
    "launch-ehr",
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-banner",
    "context-style",
    "context-ehr-patient",
    "context-standalone-patient",
    "permission-offline",
    "permission-online",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
];

/// The name of this server as an issuer.
pub(super) fn issuer(app: &App) -> String {
    app.config.server.public_url.clone()
}

/// The base of the FHIR interface.
pub(super) fn base(app: &App) -> String {
    format!("{}/fhir", app.config.server.public_url)
}

/// The address of an endpoint.
pub(super) fn address(app: &App, endpoint: &str) -> String {
    format!("{}/oauth/{endpoint}", app.config.server.public_url)
}

/// `/.well-known/smart-configuration` and, with what OpenID Connect wants besides, the other two documents.
pub(super) fn smart_configuration(app: &App) -> Value {
    let mut document = common(app);
    document["capabilities"] = json!(CAPABILITIES);
    document["management_endpoint"] = json!(format!("{}/apps", app.config.server.public_url));
    document["user_access_brand_bundle"] =
        json!(format!("{}/developers/brands", app.config.server.public_url));
    document
}

/// `/.well-known/oauth-authorization-server` (RFC 8414) and `/.well-known/openid-configuration`.
pub(super) fn discovery(app: &App) -> Value {
    let mut document = common(app);
    document["userinfo_endpoint"] = json!(address(app, "userinfo"));
    document["subject_types_supported"] = json!(["public"]);
    document["id_token_signing_alg_values_supported"] = json!(["RS256"]);
    document["claims_supported"] =
        json!(["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "sid", "profile", "fhirUser"]);
    document["claims_parameter_supported"] = json!(false);
    document["request_parameter_supported"] = json!(false);
    document["request_uri_parameter_supported"] = json!(false);
    document["ui_locales_supported"] = json!(["en", "es"]);
    document
}

fn common(app: &App) -> Value {
    let ways = json!(["client_secret_basic", "private_key_jwt", "none"]);
    let algorithms = json!(["RS384", "ES384"]);
    let mut document = json!({
        "issuer": issuer(app),
        "jwks_uri": address(app, "jwks"),
        "authorization_endpoint": address(app, "authorize"),
        "token_endpoint": address(app, "token"),
        "introspection_endpoint": address(app, "introspect"),
        "revocation_endpoint": address(app, "revoke"),
        "scopes_supported": scopes(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ways,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": ways,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "authorization_response_iss_parameter_supported": true,
        "service_documentation": format!("{}/developers", app.config.server.public_url),
    });
    if app.config.apps.registration {
        document["registration_endpoint"] = json!(address(app, "register"));
    }
    document
}

/// What an app may look like to fit in (SMART App Launch 2.2, 4: `smart_style_url`).
pub(super) fn style() -> Value {
    json!({
        "color_background": "#ffffff",
        "color_error": "#a4262c",
        "color_highlight": "#0b5394",
        "color_modal_backdrop": "#00000066",
        "color_success": "#1b6e3c",
        "color_text": "#1b1b1b",
        "dim_border_radius": "6px",
        "dim_font_size": "18px",
        "dim_spacing_size": "20px",
        "font_family_body": "system-ui, sans-serif",
        "font_family_heading": "system-ui, sans-serif",
    })
}
