//! The composed clinic: `compose.yaml`, its settings and the realm of its identity provider name the same addresses,
//! clients and secrets. No container is started here; what one of them alone would refuse is found by this as well.

use std::collections::BTreeMap;
use std::path::Path;

use api::config::{Config, Match};
use portal::routes::{Method, ROUTES};
use serde_json::Value;
use url::Url;

use super::none;
use crate::harness::tree;

/// The three files.
#[derive(Clone)]
struct Clinic {
    compose: String,
    settings: String,
    realm: Value,
}

const REALM: &str = "deploy/keycloak/recordright-realm.json";

fn clinic() -> Clinic {
    let text = |path: &str| std::fs::read_to_string(tree::root().join(path)).unwrap();
    Clinic {
        compose: text("compose.yaml"),
        settings: text("deploy/recordright.toml"),
        realm: serde_json::from_str(&text(REALM)).unwrap(),
    }
}

#[test]
fn the_composed_clinic_agrees_with_itself() {
    none(faults(&clinic()));
}

#[test]
fn what_does_not_agree_is_found() {
    type Change = fn(&mut Clinic);
    let table: [(&str, Change); 17] = [
        ("sign-in/callback", |c| c.realm["clients"][0]["redirectUris"][1] = "http://localhost:8083/x".into()),
        ("signed-out", |c| {
            c.compose =
                c.compose.replace("PUBLIC_URL: http://localhost:8082", "PUBLIC_URL: http://localhost:8084")
        }),
        ("leads to no copy", |c| {
            c.realm["clients"][0]["attributes"]["backchannel.logout.url"] =
                "http://recordright-3:8080/back-channel-logout".into()
        }),
        ("is no address of ours", |c| {
            c.realm["clients"][0]["attributes"]["backchannel.logout.url"] =
                "http://recordright-1:8080/logout".into()
        }),
        ("issuer", |c| c.realm["realm"] = "clinic".into()),
        ("issuer", |c| {
            c.compose = c
                .compose
                .replace("KC_HOSTNAME: http://keycloak.localhost:8180", "KC_HOSTNAME: http://keycloak:8180")
        }),
        ("KC_HTTP_PORT", |c| {
            c.compose = c.compose.replace("KC_HTTP_PORT: \"8180\"", "KC_HTTP_PORT: \"8080\"")
        }),
        ("is not published", |c| c.compose = c.compose.replace("127.0.0.1:8082:8080", "127.0.0.1:8092:8080")),
        ("no client", |c| c.realm["clients"][0]["clientId"] = "portal".into()),
        ("secret", |c| c.settings = c.settings.replace("demo-secret", "other-secret")),
        ("is not known there", |c| c.realm["clients"][0]["standardFlowEnable"] = true.into()),
        ("scope phone", |c| c.settings = c.settings.replace("[\"profile\",", "[\"phone\", \"profile\",")),
        ("birthdate", |c| {
            c.realm["clients"][0]["protocolMappers"][0]["config"]["claim.name"] = "born".into()
        }),
        ("attribute birthdate", |c| {
            let config =
                &mut c.realm["components"]["org.keycloak.userprofile.UserProfileProvider"][0]["config"];
            let profile = &mut config["kc.user.profile.config"][0];
            *profile = profile.as_str().unwrap().replace("\"birthdate\"", "\"born\"").into();
        }),
        ("rosa", |c| c.settings = c.settings.replace("rosa-demo", "rosa")),
        ("no setting", |c| c.compose = c.compose.replace("SERVER__LISTEN", "SERVER__LISTENS")),
        ("database", |c| c.compose = c.compose.replace("POSTGRES_DB: recordright", "POSTGRES_DB: clinic")),
    ];
    for (n, (word, change)) in table.into_iter().enumerate() {
        let mut clinic = clinic();
        change(&mut clinic);
        let found = faults(&clinic);
        assert!(found.iter().any(|fault| fault.contains(word)), "{n}, {word}: {found:?}");
    }
}

fn faults(clinic: &Clinic) -> Vec<String> {
    let mut faults = Vec::new();
    let mut tell = |is: bool, words: String| {
        if !is {
            faults.push(words);
        }
    };
    let client = client(clinic, &mut tell);
    copies(clinic, &client, &mut tell);
    provider(clinic, &client, &mut tell);
    database(clinic, &mut tell);
    claims(clinic, &client, &mut tell);
    known(&clinic.realm, &mut tell);
    people(clinic, &mut tell);
    faults
}

/// The values of a key in the text of a YAML or TOML file, without quotes.
fn values<'t>(text: &'t str, key: &str) -> Vec<&'t str> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix(key));
    let values = lines.filter_map(|rest| rest.trim_start().strip_prefix([':', '=']));
    values.map(|value| value.trim().trim_matches('"')).collect()
}

/// The public addresses of the copies of the portal, each once.
fn copies_of(clinic: &Clinic) -> Vec<String> {
    let mut all: Vec<String> =
        values(&clinic.compose, "RECORDRIGHT__SERVER__PUBLIC_URL").into_iter().map(str::to_owned).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The settings as the copies see them: the file, then what the composition puts into the environment.
fn settings(clinic: &Clinic, public_url: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("recordright.toml");
    std::fs::write(&file, &clinic.settings).unwrap();
    let mut config = Config::read(Some(&file), None).map_err(|unread| unread.to_string())?;
    let named = clinic.compose.lines().filter_map(|line| line.trim().strip_prefix("RECORDRIGHT__"));
    for (key, value) in named.filter_map(|line| line.split_once(": ")) {
        match key {
            "DATA" => config.data = Path::new(value).to_owned(),
            "DATABASE__URL" => config.database.url = value.to_owned(),
            "SERVER__LISTEN" => config.server.listen = value.to_owned(),
            "SERVER__PUBLIC_URL" => config.server.public_url = public_url.to_owned(),
            other => return Err(format!("no setting RECORDRIGHT__{other} is expected here")),
        }
    }
    Ok(config)
}

/// Our client at the identity provider.
fn client(clinic: &Clinic, tell: &mut impl FnMut(bool, String)) -> Value {
    let id = values(&clinic.settings, "client_id").concat();
    let clients = clinic.realm["clients"].as_array().unwrap();
    let client = clients.iter().find(|client| client["clientId"] == *id).cloned().unwrap_or_default();
    tell(!client.is_null(), format!("the realm has no client {id}"));
    let secret = values(&clinic.settings, "client_secret").concat();
    tell(client["secret"] == *secret, "the secret of the client is another in the settings".into());
    for (key, value) in [
        ("enabled", true),
        ("publicClient", false),
        ("standardFlowEnabled", true),
        ("implicitFlowEnabled", false),
        ("directAccessGrantsEnabled", false),
    ] {
        tell(client[key] == value, format!("the client's {key} is not {value}"));
    }
    let pkce = &client["attributes"]["pkce.code.challenge.method"];
    tell(pkce == "S256", "the client does not ask for PKCE".into());
    client
}

/// Each copy is published, is sound by its settings, and is known to the client of the realm.
fn copies(clinic: &Clinic, client: &Value, tell: &mut impl FnMut(bool, String)) {
    let copies = copies_of(clinic);
    tell(copies.len() == 2, format!("there are {} copies", copies.len()));
    let has = |method, path: &str| ROUTES.iter().any(|row| row.method == method && row.path == path);
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    };
    let after = client["attributes"]["post.logout.redirect.uris"].as_str().unwrap_or_default();
    let after: Vec<String> = after.split("##").map(str::to_owned).collect();
    for (path, known) in [("/sign-in/callback", texts(&client["redirectUris"])), ("/signed-out", after)] {
        let expected: Vec<String> = copies.iter().map(|copy| format!("{copy}{path}")).collect();
        tell(known == expected, format!("the client has {known:?}, the copies are at {expected:?}"));
        tell(has(Method::Get, path), format!("{path} is no address of ours"));
    }
    let logout = client["attributes"]["backchannel.logout.url"].as_str().unwrap_or_default();
    let Ok(logout) = Url::parse(logout) else { return tell(false, "nobody is told of a sign-out".into()) };
    let listen = values(&clinic.compose, "RECORDRIGHT__SERVER__LISTEN").concat();
    let host = logout.host_str().unwrap_or_default();
    let is_copy = clinic.compose.lines().any(|line| line == format!("  {host}:"));
    let port = logout.port_or_known_default().unwrap_or_default().to_string();
    tell(is_copy && listen.ends_with(&format!(":{port}")), format!("{logout} leads to no copy"));
    tell(has(Method::Post, logout.path()), format!("{logout} is no address of ours"));
    for copy in &copies {
        let at = Url::parse(copy).unwrap().port().unwrap_or_default();
        let inside = listen.rsplit(':').next().unwrap_or_default();
        let published = clinic.compose.contains(&format!("\"127.0.0.1:{at}:{inside}\""));
        tell(published, format!("{copy} is not published"));
        match settings(clinic, copy) {
            Err(words) => tell(false, words),
            Ok(config) => {
                for fault in config.faults().into_iter().chain(api::smart::faults(&config)) {
                    tell(false, format!("{} {}", fault.key, fault.words));
                }
            }
        }
    }
}

/// The issuer is where the provider says it is, for browsers and for the copies.
fn provider(clinic: &Clinic, client: &Value, tell: &mut impl FnMut(bool, String)) {
    let place = values(&clinic.compose, "KC_HOSTNAME").concat();
    let realm = clinic.realm["realm"].as_str().unwrap();
    let issuer = values(&clinic.settings, "issuer").concat();
    tell(
        issuer == format!("{place}/realms/{realm}"),
        format!("the issuer {issuer} is not {place}/realms/{realm}"),
    );
    tell(REALM.ends_with(&format!("/{realm}-realm.json")), "the issuer's file bears another name".into());
    let url = Url::parse(&place).unwrap();
    let port = url.port_or_known_default().unwrap_or_default().to_string();
    let listens = values(&clinic.compose, "KC_HTTP_PORT").concat();
    tell(listens == port, format!("KC_HTTP_PORT is {listens}, and KC_HOSTNAME says {port}"));
    let published = clinic.compose.contains(&format!("\"127.0.0.1:{port}:{port}\""));
    tell(published, format!("port {port} is not published"));
    let alias = format!("aliases: [{}]", url.host_str().unwrap_or_default());
    tell(clinic.compose.contains(&alias), "inside, the issuer has another name".into());
    let mounted = "./deploy/keycloak:/opt/keycloak/data/import:ro";
    tell(clinic.compose.contains(mounted), "the realm is not where it is imported from".into());
    let Ok(config) = settings(clinic, "http://localhost:8081") else { return };
    let granted = ["defaultClientScopes"].map(|key| client[key].clone());
    for scope in &config.oidc[0].scopes {
        let is =
            granted.iter().flat_map(|list| list.as_array().into_iter().flatten()).any(|one| one == scope);
        tell(is, format!("the scope {scope} is asked for, and not given without being asked for"));
    }
}

fn database(clinic: &Clinic, tell: &mut impl FnMut(bool, String)) {
    let one = |key: &str| values(&clinic.compose, key).concat();
    let (user, word, name) = (one("POSTGRES_USER"), one("POSTGRES_PASSWORD"), one("POSTGRES_DB"));
    let expected = format!("postgres://{user}:{word}@postgres:5432/{name}");
    let url = one("RECORDRIGHT__DATABASE__URL");
    tell(url == expected, format!("the database is {expected}, and the copies ask for {url}"));
}

/// What the rule for linking and the pages read: of the scopes `profile` and `email`, and by the mappers here.
fn claims(clinic: &Clinic, client: &Value, tell: &mut impl FnMut(bool, String)) {
    let Ok(config) = settings(clinic, "http://localhost:8081") else { return };
    let mut mapped = BTreeMap::new();
    for mapper in client["protocolMappers"].as_array().into_iter().flatten() {
        let config = &mapper["config"];
        let name = config["claim.name"].as_str().unwrap_or_default();
        tell(config["id.token.claim"] == "true", format!("the claim {name} is not in the ID token"));
        mapped.insert(name.to_owned(), config["user.attribute"].as_str().unwrap_or_default().to_owned());
    }
    tell(mapped.contains_key("birthdate"), "no mapper gives the claim birthdate".into());
    let number = config.oidc[0].link_by == Match::RecordNumber;
    tell(!number || mapped.contains_key("mrn"), "no mapper gives the claim mrn, which links by".into());
    // An attribute that the profile does not declare is dropped at the import.
    let provider = &clinic.realm["components"]["org.keycloak.userprofile.UserProfileProvider"][0];
    let profile = provider["config"]["kc.user.profile.config"][0].as_str().unwrap();
    let profile: Value = serde_json::from_str(profile).unwrap();
    let declared =
        |name: &str| profile["attributes"].as_array().unwrap().iter().any(|one| one["name"] == name);
    for attribute in mapped.values() {
        tell(declared(attribute), format!("the attribute {attribute} is mapped and not declared"));
    }
    for user in clinic.realm["users"].as_array().unwrap() {
        for attribute in user["attributes"].as_object().unwrap().keys() {
            tell(
                declared(attribute),
                format!("the attribute {attribute} of {} is not declared", user["username"]),
            );
        }
    }
}

/// The members that the realm's file may have. The provider refuses a file with one it does not know (its classes
/// `RealmRepresentation`, `ClientRepresentation`, `ProtocolMapperRepresentation`, `UserRepresentation`,
/// `CredentialRepresentation`, `ComponentExportRepresentation` and `UPAttribute`, as of the version that is composed).
const KNOWN: [(&str, &[&str]); 7] = [
    (
        "",
        &[
            "realm",
            "displayName",
            "enabled",
            "sslRequired",
            "registrationAllowed",
            "loginWithEmailAllowed",
            "bruteForceProtected",
            "internationalizationEnabled",
            "supportedLocales",
            "defaultLocale",
            "defaultSignatureAlgorithm",
            "accessTokenLifespan",
            "accessCodeLifespan",
            "clients",
            "users",
            "components",
        ],
    ),
    (
        "/clients",
        &[
            "clientId",
            "name",
            "enabled",
            "protocol",
            "publicClient",
            "clientAuthenticatorType",
            "secret",
            "standardFlowEnabled",
            "implicitFlowEnabled",
            "directAccessGrantsEnabled",
            "serviceAccountsEnabled",
            "frontchannelLogout",
            "redirectUris",
            "webOrigins",
            "attributes",
            "protocolMappers",
            "defaultClientScopes",
            "optionalClientScopes",
        ],
    ),
    ("/clients/0/protocolMappers", &["name", "protocol", "protocolMapper", "config"]),
    (
        "/users",
        &[
            "username",
            "enabled",
            "email",
            "emailVerified",
            "firstName",
            "lastName",
            "attributes",
            "credentials",
            "realmRoles",
        ],
    ),
    ("/users/0/credentials", &["type", "value", "temporary"]),
    ("/users/1/credentials", &["type", "value", "temporary"]),
    ("/components/org.keycloak.userprofile.UserProfileProvider", &["providerId", "config"]),
];

fn known(realm: &Value, tell: &mut impl FnMut(bool, String)) {
    for (place, members) in KNOWN {
        let found = realm.pointer(place).unwrap_or(&Value::Null);
        let all: Vec<&Value> = found.as_array().map_or_else(|| vec![found], |all| all.iter().collect());
        for member in all.iter().flat_map(|one| one.as_object().into_iter().flatten()).map(|(key, _)| key) {
            tell(members.contains(&member.as_str()), format!("{place}/{member} is not known there"));
        }
    }
}

/// The words of the sign-in page tell how to sign in.
fn people(clinic: &Clinic, tell: &mut impl FnMut(bool, String)) {
    let hint = values(&clinic.settings, "hint").concat();
    for user in clinic.realm["users"].as_array().unwrap() {
        let name = user["username"].as_str().unwrap();
        let word = user["credentials"][0]["value"].as_str().unwrap();
        tell(
            hint.contains(&format!("{name} / {word},")) || hint.contains(&format!("{name} / {word}.")),
            format!("the hint does not say how {name} signs in"),
        );
        let role = format!("default-roles-{}", clinic.realm["realm"].as_str().unwrap());
        tell(user["realmRoles"][0] == *role, format!("{name} has no role of the realm"));
    }
}
