//! Apps that register themselves (RFC 7591) and manage that (RFC 7592). Open to everybody within limits: a patient's app
//! must not need anybody's permission (45 CFR 171.103).

use serde_json::{Map, Value, json};

use super::authenticate::{At, secret_hash};
use super::key_rules::{self, SetFault};
use super::model::{
    Attempt, Client, ClientId, ClientKind, ClientState, Fault, KeySource, NoAnswer, Origin, Registration, Use,
};
use super::request_rules::Wrong;
use super::scopes::{Level, Scopes};
use super::store::{self, Stored};
use super::{clients, limits, metadata, rules};
use crate::app::App;
use crate::base::{self, Error, Problem, Problems};
use subtle::ConstantTimeEq;

/// The largest registration, in bytes.
pub(super) const LARGEST: usize = 32 * 1024;

type Answer = std::result::Result<Value, NoAnswer>;

/// The hash under which a registration access token is kept.
fn manage_hash(app: &App, token: &str) -> [u8; 32] {
    app.keys.mac(b"app-registration", token.as_bytes())
}

/// Registers an app.
pub(super) async fn register(app: &App, (body, address): (&[u8], &str)) -> Answer {
    let at = At::new(app, "register");
    if !app.config.apps.registration {
        let words = "apps do not register themselves here; their developers do, at service_documentation";
        return Err(at.refuse(None, (403, Wrong::new("access_denied", words))).await);
    }
    let about = match read(body) {
        Ok((about, _)) => clients::tidied(about),
        Err(wrong) => return Err(at.refuse(None, (400, wrong)).await),
    };
    let id = ClientId(base::uuid(app.clock.now()).to_string());
    sound(&at, (&id, None), &about).await?;
    // A slip is not counted here; each call of the address was, whatever came of it.
    limits::count_registration(app, address).await?;
    let token = base::token();
    let mut tx = app.db.write().await?;
    let hash = Some(manage_hash(app, &token));
    let made = clients::make(app, &mut tx, (id, Origin::Dynamic, ClientState::Active), (about, hash)).await?;
    tx.commit().await?;
    let mut answer = described(app, &made.client);
    answer["registration_access_token"] = json!(token);
    if let Some(secret) = made.secret {
        answer["client_secret"] = json!(secret);
    }
    Ok(answer)
}

/// Refuses what cannot be taken; where the app is known, its developer's log tells it.
async fn sound(
    at: &At<'_>,
    (id, known): (&ClientId, Option<&ClientId>),
    about: &Registration,
) -> std::result::Result<(), NoAnswer> {
    let mut tx = at.app.db.read().await?;
    let found = clients::sound(at.app, &mut tx, (id, &Origin::Dynamic), about).await;
    drop(tx);
    match found {
        Ok(()) => Ok(()),
        Err(Error::Invalid(problems)) => Err(at.refuse(known, (400, said(about, &problems))).await),
        Err(error) => Err(error.into()),
    }
}

/// Reads a registration again.
pub(super) async fn look(app: &App, (id, bearer): (&ClientId, Option<&str>)) -> Answer {
    let stored = managed(&At::new(app, "register"), (id, bearer)).await?;
    Ok(with_token(described(app, &stored.client), bearer))
}

/// The log of its calls, a page of it: what an app's developer with an account reads on the pages of the portal.
pub(super) async fn calls(app: &App, (id, bearer): (&ClientId, Option<&str>), page: i64) -> Answer {
    managed(&At::new(app, "register"), (id, bearer)).await?;
    let (lines, more) = clients::lines(app, (id, page)).await?;
    let line = |line: &Attempt| {
        json!({
            "at": line.at.rfc3339(),
            "endpoint": line.endpoint,
            "status": line.status,
            "error": line.error,
            "reason": line.reason,
            "trace": line.trace,
        })
    };
    let mut told = json!({"calls": lines.iter().map(line).collect::<Vec<_>>()});
    if more {
        told["next"] = json!(format!("{}?page={}", calls_address(app, id), page + 1));
    }
    Ok(told)
}

/// Where a registration is managed, and where its log is.
fn own_address(app: &App, id: &ClientId) -> String {
    format!("{}/{id}", metadata::address(app, "register"))
}

fn calls_address(app: &App, id: &ClientId) -> String {
    format!("{}/calls", own_address(app, id))
}

/// With the token by which the registration is managed: only its hash is kept, so it is the one that was sent (RFC 7592,
/// section 3).
fn with_token(mut answer: Value, bearer: Option<&str>) -> Value {
    answer["registration_access_token"] = json!(bearer);
    answer
}

/// Changes it: what is not said is gone (RFC 7592, 2.2).
pub(super) async fn replace(app: &App, (id, bearer): (&ClientId, Option<&str>), body: &[u8]) -> Answer {
    let at = At::new(app, "register");
    let stored = managed(&at, (id, bearer)).await?;
    let (about, sent) = match read(body) {
        Ok(read) => read,
        Err(wrong) => return Err(at.refuse(Some(id), (400, wrong)).await),
    };
    let wrong = |words: &str| Wrong::new("invalid_request", words);
    let ours = [
        "registration_access_token",
        "registration_client_uri",
        "client_secret_expires_at",
        "client_id_issued_at",
    ];
    let fault = if sent.get("client_id").and_then(Value::as_str) != Some(&id.0) {
        Some(wrong("client_id must be there, and be that of the address"))
    } else if ours.iter().any(|name| sent.contains_key(*name)) {
        Some(wrong("what the server assigns must not be sent back (RFC 7592, 2.2)"))
    } else if !is_current_secret(app, &stored, sent.get("client_secret")) {
        Some(Wrong::new(
            "invalid_client_metadata",
            "client_secret is not the current one; it may be left out",
        ))
    } else if about.kind != stored.client.about.kind {
        Some(Wrong::new("invalid_client_metadata", "token_endpoint_auth_method cannot be changed"))
    } else {
        None
    };
    if let Some(wrong) = fault {
        return Err(at.refuse(Some(id), (400, wrong)).await);
    }
    let about = clients::tidied(about);
    sound(&at, (id, Some(id)), &about).await?;
    let mut tx = app.db.write().await?;
    store::describe(&mut tx, id, (&about, app.clock.now())).await?;
    tx.commit().await?;
    Ok(with_token(described(app, &Client { about, ..stored.client }), bearer))
}

/// A secret that is sent must be the one that was given out (RFC 7592, 2.2): nobody chooses their own.
fn is_current_secret(app: &App, stored: &Stored, sent: Option<&Value>) -> bool {
    match sent {
        None => true,
        Some(Value::String(sent)) => {
            let given = secret_hash(app, sent);
            stored.secret.as_deref().is_some_and(|kept| bool::from(kept.ct_eq(given.as_slice())))
        }
        Some(_) => false,
    }
}

/// Removes it.
pub(super) async fn remove(
    app: &App,
    (id, bearer): (&ClientId, Option<&str>),
) -> std::result::Result<(), NoAnswer> {
    managed(&At::new(app, "register"), (id, bearer)).await?;
    let mut tx = app.db.write().await?;
    clients::removed(app, &mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

/// The registration that a token manages. What is wrong is not told: 401 (RFC 7592, 2.1).
async fn managed(
    at: &At<'_>,
    (id, bearer): (&ClientId, Option<&str>),
) -> std::result::Result<Stored, NoAnswer> {
    let given = manage_hash(at.app, bearer.unwrap_or_default());
    let mut tx = at.app.db.read().await?;
    let stored = store::client(&mut tx, id).await?;
    drop(tx);
    let fits = |stored: &Stored| {
        stored.manage.as_deref().is_some_and(|kept| bool::from(kept.ct_eq(given.as_slice())))
    };
    if let Some(stored) = stored.filter(fits) {
        return Ok(stored);
    }
    Err(NoAnswer::Fault(Fault {
        status: 401,
        error: "invalid_token",
        description: "the registration access token is not right".into(),
        trace: at.trace.clone(),
        challenge: Some(r#"Bearer error="invalid_token""#),
        wait: None,
    }))
}

/// What is told about a registered app (RFC 7591, 3.2.1).
fn described(app: &App, client: &Client) -> Value {
    let about = &client.about;
    let method = match about.kind {
        ClientKind::Public => "none",
        ClientKind::Secret => "client_secret_basic",
        ClientKind::Keys => "private_key_jwt",
    };
    let mut told = json!({
        "client_id": client.id,
        "client_id_issued_at": super::id_tokens::seconds(client.created),
        "client_secret_expires_at": 0,
        "registration_client_uri": own_address(app, &client.id),
        "registration_calls_uri": calls_address(app, &client.id),
        "client_name": about.name,
        "redirect_uris": about.redirect_uris,
        "token_endpoint_auth_method": method,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "contacts": about.contacts,
    });
    if let (ClientKind::Keys, Some(algorithm)) = (about.kind, key_rules::only_algorithm(about.keys.as_ref()))
    {
        told["token_endpoint_auth_signing_alg"] = json!(algorithm);
    }
    for (name, value) in [
        ("launch_uri", &about.launch_uri),
        ("logo_uri", &about.logo_uri),
        ("client_uri", &about.client_uri),
        ("policy_uri", &about.policy_uri),
        ("tos_uri", &about.tos_uri),
        ("scope", &about.scope),
        ("made_by", &about.made_by),
    ] {
        if let Some(value) = value {
            told[name] = json!(value);
        }
    }
    match &about.keys {
        Some(KeySource::Value(set)) => told["jwks"] = set.clone(),
        Some(KeySource::Url(address)) => told["jwks_uri"] = json!(address),
        None => {}
    }
    if let Some((id, version)) = &about.software {
        told["software_id"] = json!(id);
        told["software_version"] = json!(version);
    }
    told
}

/// Reads what an app tells about itself; what is not known is left out (RFC 7591, section 2).
fn read(body: &[u8]) -> std::result::Result<(Registration, Map<String, Value>), Wrong> {
    let bad = |words: String| Wrong::new("invalid_client_metadata", words);
    if body.len() > LARGEST {
        return Err(bad("the registration is larger than 32 KB".into()));
    }
    let mut sent: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| bad("the body is not a JSON object".into()))?;
    // Libraries send what they have no value for as null or as an empty text: it counts as left out (RFC 7592, 2.2).
    sent.retain(|_, value| !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty()));
    let text = |name: &str| match sent.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(bad(format!("{name} must be a string"))),
    };
    let texts = |name: &str| match sent.get(name) {
        None => Ok(None),
        Some(Value::Array(all)) => {
            let each = all.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
            each.map(Some).ok_or_else(|| bad(format!("{name} must be an array of strings")))
        }
        Some(_) => Err(bad(format!("{name} must be an array of strings"))),
    };
    let kind = match text("token_endpoint_auth_method")?.as_deref() {
        None | Some("client_secret_basic") => ClientKind::Secret,
        Some("none") => ClientKind::Public,
        Some("private_key_jwt") => ClientKind::Keys,
        Some(_) => {
            return Err(bad(
                "token_endpoint_auth_method can be client_secret_basic, private_key_jwt or none".into(),
            ));
        }
    };
    let grant_types = texts("grant_types")?.unwrap_or_default();
    if grant_types.iter().any(|one| !["authorization_code", "refresh_token"].contains(&one.as_str())) {
        return Err(bad("grant_types can be authorization_code and refresh_token".into()));
    }
    if texts("response_types")?.is_some_and(|types| types.iter().any(|one| one != "code")) {
        return Err(bad("response_types can be code only".into()));
    }
    if sent.contains_key("software_statement") {
        return Err(Wrong::new(
            "unapproved_software_statement",
            "software statements are not looked at here",
        ));
    }
    let keys = match (sent.get("jwks"), text("jwks_uri")?) {
        (Some(_), Some(_)) => return Err(bad("jwks and jwks_uri must not both be there".into())),
        (Some(set), None) => Some(KeySource::Value(set.clone())),
        (None, address) => address.map(KeySource::Url),
    };
    let redirect_uris = texts("redirect_uris")?.unwrap_or_default();
    if redirect_uris.is_empty() {
        return Err(Wrong::new("invalid_redirect_uri", "redirect_uris: is missing"));
    }
    for address in &redirect_uris {
        if let Some(fault) = rules::redirect_fault(address) {
            let words = format!("redirect_uris: {} {fault}", super::request_rules::told(address));
            return Err(Wrong::new("invalid_redirect_uri", words));
        }
    }
    let scope = text("scope")?;
    if let Some(asked) = &scope {
        let parsed = Scopes::read(asked).map_err(|wrong| bad(format!("scope: {}", wrong.0)))?;
        if parsed.scopes.for_level(Level::Patient).is_empty() {
            return Err(bad("scope: none of the scopes can be had".into()));
        }
    }
    let software =
        text("software_id")?.map(|id| Ok::<_, Wrong>((id, text("software_version")?.unwrap_or_default())));
    let about = Registration {
        name: text("client_name")?.unwrap_or_else(|| "An app without a name".into()),
        made_by: text("made_by")?,
        kind,
        used_by: Use::Person,
        redirect_uris,
        launch_uri: text("launch_uri")?,
        logo_uri: text("logo_uri")?,
        client_uri: text("client_uri")?,
        policy_uri: text("policy_uri")?,
        tos_uri: text("tos_uri")?,
        contacts: texts("contacts")?.unwrap_or_default(),
        scope,
        keys,
        groups: Vec::new(),
        software: software.transpose()?,
    };
    Ok((about, sent))
}

/// What is wrong with a registration, in the words of RFC 7591, 3.2.2: each field as section 2 spells it, and why.
fn said(about: &Registration, problems: &Problems) -> Wrong {
    let redirects = problems.0.iter().any(|problem| problem.field == "redirect_uris");
    let error = if redirects { "invalid_redirect_uri" } else { "invalid_client_metadata" };
    let each = problems.0.iter().map(|problem| format!("{}: {}", spelled(about, problem), why(problem)));
    Wrong::new(error, each.collect::<Vec<_>>().join("; "))
}

/// A field of ours by its name in the RFC.
fn spelled(about: &Registration, problem: &Problem) -> &'static str {
    match (problem.field, &about.keys) {
        ("name", _) => "client_name",
        ("kind", _) => "token_endpoint_auth_method",
        ("keys", None) => "jwks_uri or jwks",
        ("keys", Some(_)) => "jwks",
        ("software", _) => "software_id",
        (field, _) => field,
    }
}

pub(super) fn why(problem: &Problem) -> &'static str {
    match (problem.code, problem.field) {
        ("problem-required", _) => "is missing",
        ("problem-too-long", _) => "is too long, or has characters that are not seen",
        ("problem-app-words", _) => "must be one line of text without characters that are not seen",
        ("problem-app-scripts", _) => "mixes letters of different scripts; write it in one",
        ("problem-app-clinic", _) => "is or looks like the name of the clinic; choose another",
        ("problem-app-taken", _) => "is or looks like the name of another app; choose another",
        ("problem-app-many", _) => "has too many values",
        ("problem-app-redirect", _) => {
            "must be https, or http to the same device, or an own scheme with a dot, without a fragment"
        }
        ("problem-app-address", "jwks_uri") => "must be an https address",
        ("problem-app-address", _) => "must be a whole https address",
        ("problem-app-keys-private", _) => "names a host that is not on the public internet",
        ("problem-app-keys", _) => "is missing; private_key_jwt needs it",
        ("problem-app-scope", _) => "none of the scopes can be had",
        (code, _) => SetFault::from_code(code).map_or(UNKNOWN, SetFault::words),
    }
}

/// Where there are no words for a problem, which a test rules out.
const UNKNOWN: &str = "cannot be taken as it is";

#[cfg(test)]
mod tests {
    use super::*;

    /// Every problem that the rules can find has words of its own.
    #[test]
    fn each_problem_says_why() {
        let rules = include_str!("rules.rs").split("pub(super) fn problems(").nth(1).unwrap();
        let rules = rules.split("\n}\n").next().unwrap();
        let names = include_str!("name_rules.rs").split("#[cfg(test)]").next().unwrap();
        let codes = |text: &'static str| text.split('"').filter(|part| part.starts_with("problem-"));
        let found: Vec<&'static str> = codes(rules).chain(codes(names)).collect();
        assert!(found.len() > 15, "{found:?}");
        // A system does not register itself.
        for code in found.into_iter().filter(|code| *code != "problem-app-system") {
            let problem = Problem { field: "name", code };
            assert_ne!(why(&problem), UNKNOWN, "{code}");
        }
    }
}
