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

/// How an app is called that registered itself without a name. Pages say it in their language.
pub const UNNAMED: &str = "An app without a name";

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
    let Read { about, faults, .. } = match read(body) {
        Ok(read) => read,
        Err(wrong) => return Err(at.refuse(None, (400, wrong)).await),
    };
    let about = clients::tidied(about);
    let id = ClientId(base::uuid(app.clock.now()).to_string());
    sound(&at, (&id, None), (&about, faults)).await?;
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

/// Refuses what cannot be taken, naming all of it; where the app is known, its developer's log tells it.
async fn sound(
    at: &At<'_>,
    (id, known): (&ClientId, Option<&ClientId>),
    (about, faults): (&Registration, Vec<Wrong>),
) -> std::result::Result<(), NoAnswer> {
    let mut tx = at.app.db.read().await?;
    let found = clients::sound(at.app, &mut tx, (id, &Origin::Dynamic), about).await;
    drop(tx);
    let problems = match found {
        Ok(()) => Problems::default(),
        Err(Error::Invalid(problems)) => problems,
        Err(error) => return Err(error.into()),
    };
    match said(faults, about, &problems) {
        None => Ok(()),
        Some(wrong) => Err(at.refuse(known, (400, wrong)).await),
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
    let Read { about, sent, faults } = match read(body) {
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
    sound(&at, (id, Some(id)), (&about, faults)).await?;
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
    // Who sends no token is told no more than that one is needed (RFC 6750, 3.1).
    let (description, challenge) = match bearer {
        None => ("send the registration access token: Authorization: Bearer", "Bearer"),
        Some(_) => ("the registration access token is not right", r#"Bearer error="invalid_token""#),
    };
    Err(NoAnswer::Fault(Fault {
        status: 401,
        error: "invalid_token",
        description: description.into(),
        trace: at.trace.clone(),
        challenge: Some(challenge),
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

/// What an app tells about itself.
struct Read {
    about: Registration,
    sent: Map<String, Value>,
    /// What of it is not as RFC 7591 spells it.
    faults: Vec<Wrong>,
}

/// The fields that were sent, and what is wrong with those that were read.
struct Fields<'a> {
    sent: &'a Map<String, Value>,
    faults: Vec<Wrong>,
}

impl Fields<'_> {
    fn bad(&mut self, words: impl Into<String>) {
        self.faults.push(Wrong::new("invalid_client_metadata", words));
    }

    fn text(&mut self, name: &str) -> Option<String> {
        let value = self.sent.get(name)?;
        let text = value.as_str().map(str::to_owned);
        if text.is_none() {
            self.bad(format!("{name} must be a string"));
        }
        text
    }

    fn texts(&mut self, name: &str) -> Vec<String> {
        let Some(value) = self.sent.get(name) else { return Vec::new() };
        let each = |all: &Vec<Value>| all.iter().map(|one| one.as_str().map(str::to_owned)).collect();
        value.as_array().and_then(each).unwrap_or_else(|| {
            self.bad(format!("{name} must be an array of strings"));
            Vec::new()
        })
    }

    fn kind(&mut self) -> ClientKind {
        match self.text("token_endpoint_auth_method").as_deref() {
            None | Some("client_secret_basic") => ClientKind::Secret,
            Some("none") => ClientKind::Public,
            Some("private_key_jwt") => ClientKind::Keys,
            Some(_) => {
                self.bad("token_endpoint_auth_method can be client_secret_basic, private_key_jwt or none");
                ClientKind::Public
            }
        }
    }

    fn keys(&mut self) -> Option<KeySource> {
        let address = self.text("jwks_uri");
        let set = self.sent.get("jwks");
        if set.is_some() && address.is_some() {
            self.bad("jwks and jwks_uri must not both be there");
        }
        set.cloned().map(KeySource::Value).or(address.map(KeySource::Url))
    }

    fn redirect_uris(&mut self) -> Vec<String> {
        let before = self.faults.len();
        let all = self.texts("redirect_uris");
        let mut bad = |words: String| self.faults.push(Wrong::new("invalid_redirect_uri", words));
        if all.is_empty() {
            bad("redirect_uris: is missing".into());
        }
        for address in &all {
            if let Some(fault) = rules::redirect_fault(address) {
                bad(format!("redirect_uris: {} {fault}", super::request_rules::told(address)));
            }
        }
        // Of many the first is told.
        self.faults.truncate(before + 1);
        all
    }

    fn scope(&mut self) -> Option<String> {
        let scope = self.text("scope")?;
        match Scopes::read(&scope) {
            Err(wrong) => self.bad(format!("scope: {}", wrong.0)),
            Ok(parsed) if parsed.scopes.for_level(Level::Patient).is_empty() => {
                self.bad("scope: none of the scopes can be had");
            }
            Ok(_) => {}
        }
        Some(scope)
    }
}

/// Reads what an app tells about itself; what is not known is left out (RFC 7591, section 2).
fn read(body: &[u8]) -> std::result::Result<Read, Wrong> {
    let bad = |words: &str| Wrong::new("invalid_client_metadata", words);
    if body.len() > LARGEST {
        return Err(bad("the registration is larger than 32 KB"));
    }
    let mut sent: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| bad("the body is not a JSON object"))?;
    // Libraries send what they have no value for as null or as an empty text: it counts as left out (RFC 7592, 2.2).
    sent.retain(|_, value| !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty()));
    let mut fields = Fields { sent: &sent, faults: Vec::new() };
    let kind = fields.kind();
    let grant_types = fields.texts("grant_types");
    if grant_types.iter().any(|one| !["authorization_code", "refresh_token"].contains(&one.as_str())) {
        fields.bad("grant_types can be authorization_code and refresh_token");
    }
    if fields.texts("response_types").iter().any(|one| one != "code") {
        fields.bad("response_types can be code only");
    }
    if sent.contains_key("software_statement") {
        let words = "software statements are not looked at here";
        fields.faults.push(Wrong::new("unapproved_software_statement", words));
    }
    let version = fields.text("software_version").unwrap_or_default();
    let about = Registration {
        name: fields.text("client_name").unwrap_or_else(|| UNNAMED.into()),
        made_by: fields.text("made_by"),
        kind,
        used_by: Use::Person,
        redirect_uris: fields.redirect_uris(),
        launch_uri: fields.text("launch_uri"),
        logo_uri: fields.text("logo_uri"),
        client_uri: fields.text("client_uri"),
        policy_uri: fields.text("policy_uri"),
        tos_uri: fields.text("tos_uri"),
        contacts: fields.texts("contacts"),
        scope: fields.scope(),
        keys: fields.keys(),
        groups: Vec::new(),
        software: fields.text("software_id").map(|id| (id, version)),
    };
    let faults = fields.faults;
    Ok(Read { about, sent, faults })
}

/// What is wrong with a registration, in the words of RFC 7591, 3.2.2: each field as section 2 spells it, and why. Of a
/// field that could not be read nothing more is told.
fn said(faults: Vec<Wrong>, about: &Registration, problems: &Problems) -> Option<Wrong> {
    let mut all = faults;
    let known = all.len();
    for problem in &problems.0 {
        let field = spelled(about, problem);
        let name = field.split(' ').next().unwrap_or(field);
        if all[..known].iter().any(|wrong| wrong.1.starts_with(name)) {
            continue;
        }
        let error = if field == "redirect_uris" { "invalid_redirect_uri" } else { "invalid_client_metadata" };
        all.push(Wrong::new(error, format!("{field}: {}", why(problem))));
    }
    let error = match all.as_slice() {
        [] => return None,
        [one] => one.0,
        all if all.iter().any(|one| one.0 == "invalid_redirect_uri") => "invalid_redirect_uri",
        _ => "invalid_client_metadata",
    };
    Some(Wrong::new(error, all.into_iter().map(|one| one.1).collect::<Vec<_>>().join("; ")))
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

    /// What cannot be read and what cannot be taken are told together, each field once.
    #[test]
    fn all_that_is_wrong_is_named() {
        for (body, problems, error, told) in [
            (json!({"redirect_uris": ["https://a.example/b"]}), vec![], "", ""),
            (
                json!({"redirect_uris": ["a"], "scope": "nose", "client_name": 7, "contacts": "x"}),
                vec![("redirect_uris", "problem-app-redirect"), ("tos_uri", "problem-app-address")],
                "invalid_redirect_uri",
                "client_name must be a string; redirect_uris: ; contacts must be an array of strings; \
                 scope: none of the scopes can be had; tos_uri: must be a whole https address",
            ),
            (
                json!({"redirect_uris": ["https://a.example/b"], "jwks_uri": 7, "grant_types": ["x"]}),
                vec![("keys", "problem-app-keys")],
                "invalid_client_metadata",
                "grant_types can be authorization_code and refresh_token; jwks_uri must be a string",
            ),
            (
                json!({"redirect_uris": ["https://a.example/b"], "software_statement": "x"}),
                vec![],
                "unapproved_software_statement",
                "software statements are not looked at here",
            ),
        ] {
            let read = read(body.to_string().as_bytes()).unwrap();
            let problems = problems.into_iter().map(|(field, code)| Problem { field, code }).collect();
            let wrong = said(read.faults, &read.about, &Problems(problems));
            let (found, words) =
                wrong.map_or((String::new(), String::new()), |wrong| (wrong.0.to_owned(), wrong.1));
            // Why an address cannot be taken is said elsewhere.
            let words: Vec<&str> = words
                .split("; ")
                .map(|one| if one.starts_with("redirect_uris") { "redirect_uris: " } else { one })
                .collect();
            assert_eq!((found.as_str(), words.join("; ").as_str()), (error, told), "{body}");
        }
    }

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
