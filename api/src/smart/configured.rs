//! Apps and systems of the settings (`[[clients]]`): brought up to date when the service starts. Who writes the settings
//! answers for them, so no second person has to agree. What is no longer there is stopped and not erased: people read
//! in their logs what it took.

use serde_json::Value;

use super::client_keys;
use super::model::{Client, ClientId, ClientKind, ClientState, KeySource, Origin, Registration, Use};
use super::name_rules::{self, Taken};
use super::registration::why;
use super::rules::{self, Against};
use super::{clients, store, systems, systems_store, token_store};
use crate::app::App;
use crate::base::{Error, Result};
use crate::config::{self, Config, Fault};
use crate::db::Tx;

/// Who stopped an app that is no longer in the settings, for those who read the table. What tells it from a name of the
/// staff is that no reason is given: they must give one.
const SETTINGS: &str = "settings";
/// What a person's app has and a system has not, or the other way round.
const OF_SYSTEMS: &str =
    "does not fit a system: it has no redirect_uris, and proves itself by jwks_uri or jwks";
/// What is said of one that bears the clinic's name.
const NAMED_SO: &str = "is like the clinic's own name, so people may take it for the clinic itself; say what it is, if that is not meant";
/// The longest id.
const LONGEST: usize = 64;

/// What is wrong with them, by the key in the settings.
pub(super) fn faults(config: &Config) -> Vec<Fault> {
    let mut all = Vec::new();
    for (n, client) in config.clients.iter().enumerate() {
        let mut tell = |field: &str, words: &str| {
            let fault = Fault { key: key_of(n, field, client), words: words.to_owned() };
            if !all.contains(&fault) {
                all.push(fault);
            }
        };
        if !is_id(&client.id) {
            tell("id", "must be small letters, digits and hyphens, at most 64");
        }
        if config.clients[..n].iter().any(|other| other.id == client.id) {
            tell("id", "is used twice");
        }
        if client.jwks.is_some() && client.jwks_uri.is_some() {
            tell("jwks", "and jwks_uri are both there; keep one");
        }
        if !client.system && !client.groups.is_empty() {
            tell("groups", "are for systems; say system = true, or leave them out");
        }
        if client.jwks.as_deref().is_some_and(|text| serde_json::from_str::<Value>(text).is_err()) {
            tell("jwks", "is not JSON");
            continue;
        }
        let against = Against { loopback: client_keys::loopback_of(config), ..Against::default() };
        for problem in rules::problems(&about(client), &against).0 {
            let words = if problem.code == "problem-app-system" { OF_SYSTEMS } else { why(&problem) };
            tell(key(problem.field, client), words);
        }
    }
    all
}

/// What the clinic may mean so. It stands behind the apps of its settings, so they may bear its name; and yet people who
/// read it on the page that asks them may take the app for the clinic itself.
pub(super) fn remarks(config: &Config) -> Vec<Fault> {
    let taken = Taken { clinic: config.clinic.name.clone(), apps: vec![] };
    let named =
        |client: &config::Client| name_rules::fault(client.name.trim(), &taken) == Some("problem-app-clinic");
    let those = config.clients.iter().enumerate().filter(|(_, client)| named(client));
    those.map(|(n, client)| Fault { key: key_of(n, "name", client), words: NAMED_SO.to_owned() }).collect()
}

/// The place of a field, and whose it is: a file with many of them is searched by their ids.
fn key_of(n: usize, field: &str, client: &config::Client) -> String {
    format!("clients.{n}.{field}{}", config::called(&client.id))
}

fn is_id(id: &str) -> bool {
    let sound = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=LONGEST).contains(&id.len()) && !id.starts_with('-') && id.bytes().all(sound)
}

/// The key of a field of [`Registration`].
fn key(field: &'static str, client: &config::Client) -> &'static str {
    match field {
        "kind" | "keys" if client.jwks.is_some() => "jwks",
        "kind" | "keys" => "jwks_uri",
        other => other,
    }
}

/// As it is registered.
fn about(client: &config::Client) -> Registration {
    let by_value =
        client.jwks.as_deref().and_then(|text| serde_json::from_str(text).ok()).map(KeySource::Value);
    let keys = by_value.or_else(|| client.jwks_uri.clone().map(KeySource::Url));
    let used_by = if client.system { Use::System } else { Use::Person };
    clients::tidied(Registration {
        name: client.name.clone(),
        made_by: client.made_by.clone(),
        kind: if keys.is_some() || client.system { ClientKind::Keys } else { ClientKind::Public },
        used_by,
        redirect_uris: client.redirect_uris.clone(),
        launch_uri: client.launch_uri.clone(),
        logo_uri: client.logo_uri.clone(),
        client_uri: client.client_uri.clone(),
        policy_uri: client.policy_uri.clone(),
        tos_uri: client.tos_uri.clone(),
        contacts: client.contacts.clone(),
        scope: client.scope.clone(),
        keys,
        groups: client.groups.clone(),
        software: None,
    })
}

/// Whether an app of the settings is no longer there.
pub(super) fn is_gone(app: &App, client: &Client) -> bool {
    client.origin == Origin::Settings && !app.config.clients.iter().any(|one| one.id == client.id.0)
}

/// Whether it was stopped for that, and not by staff.
pub(super) fn was_gone(state: &ClientState) -> bool {
    matches!(state, ClientState::Suspended { why, .. } if why.is_empty())
}

/// Brings them up to date.
pub(super) async fn bring(app: &App) -> Result<()> {
    match bring_once(app).await {
        // Another copy of the service, started in the same moment, may have made the same app.
        Err(Error::Conflict(_)) => bring_once(app).await,
        done => done,
    }
}

async fn bring_once(app: &App) -> Result<()> {
    let mut tx = app.db.write().await?;
    for client in &app.config.clients {
        let (id, about) = (ClientId(client.id.clone()), about(client));
        systems::remark(&mut tx, (&id, &about)).await?;
        brought(app, &mut tx, (id, about)).await?;
    }
    let now = app.clock.now();
    for known in store::of_settings(&mut tx).await? {
        if is_gone(app, &known) && known.is_active() {
            store::suspend(&mut tx, &known.id, Some((now, SETTINGS, ""))).await?;
            tracing::info!(client = %known.id, "an app is no longer in the settings and was stopped");
        }
    }
    tx.commit().await
}

async fn brought(app: &App, tx: &mut Tx, (id, about): (ClientId, Registration)) -> Result<()> {
    systems_store::hold(tx, &id).await?;
    let Some(stored) = store::any_client(tx, &id).await? else {
        clients::make(app, tx, (id, Origin::Settings, ClientState::Active), (about, None)).await?;
        return Ok(());
    };
    let Client { origin, about: before, state, .. } = stored.client;
    if origin != Origin::Settings {
        let text =
            format!("the client_id {id} under clients belongs to an app that was registered otherwise");
        return Err(Error::internal(anyhow::anyhow!(text)));
    }
    if about != before {
        clients::sound(app, tx, (&id, &origin), &about).await?;
        store::describe(tx, &id, (&about, app.clock.now())).await?;
    }
    if (about.kind, about.used_by, &about.keys) != (before.kind, before.used_by, &before.keys) {
        // It is another app by the same name, or its keys are not to be trusted any more: what was given to who had them
        // is not its.
        token_store::revoke_of(tx, &id, app.clock.now()).await?;
    }
    // What staff stopped stays stopped.
    if was_gone(&state) { store::suspend(tx, &id, None).await } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;

    #[test]
    fn staff_are_not_taken_for_the_settings() {
        let stopped = |by: &str, why: &str| ClientState::Suspended {
            at: Instant(1),
            by: by.to_owned(),
            why: why.to_owned(),
        };
        for (state, expected) in [
            (stopped(SETTINGS, ""), true),
            (stopped(SETTINGS, "It asks for too much"), false),
            (stopped("", "It asks for too much"), false),
            (ClientState::Active, false),
        ] {
            assert_eq!(was_gone(&state), expected, "{state:?}");
        }
    }

    #[test]
    fn each_fault_names_its_key() {
        let good = config::Client {
            id: "steps".into(),
            name: "Steps (synthetic)".into(),
            redirect_uris: vec!["https://app.example.org/back".into()],
            ..config::Client::default()
        };
        let lake = config::Client {
            id: "lake".into(),
            name: "Lake (synthetic)".into(),
            system: true,
            scope: Some("system/*.rs".into()),
            jwks_uri: Some("https://lake.example.org/jwks".into()),
            groups: vec!["program".into()],
            ..config::Client::default()
        };
        let with = |change: &dyn Fn(&mut config::Client)| {
            let mut one = good.clone();
            change(&mut one);
            vec![one]
        };
        let system = |change: &dyn Fn(&mut config::Client)| {
            let mut one = lake.clone();
            change(&mut one);
            vec![one]
        };
        for (clients, expected) in [
            (vec![good.clone(), lake.clone()], vec![]),
            (vec![good.clone(), good.clone()], vec!["clients.1.id"]),
            (with(&|one| one.id = "My App".into()), vec!["clients.0.id"]),
            (with(&|one| one.id = String::new()), vec!["clients.0.id"]),
            (with(&|one| one.name = " ".into()), vec!["clients.0.name"]),
            (with(&|one| one.redirect_uris.clear()), vec!["clients.0.redirect_uris"]),
            (
                with(&|one| one.redirect_uris = vec!["http://app.example/".into()]),
                vec!["clients.0.redirect_uris"],
            ),
            (with(&|one| one.groups = vec!["program".into()]), vec!["clients.0.groups"]),
            (with(&|one| one.jwks = Some("{".into())), vec!["clients.0.jwks"]),
            (with(&|one| one.jwks = Some("{}".into())), vec!["clients.0.jwks"]),
            (
                system(&|one| one.jwks = Some("{\"keys\": []}".into())),
                // Both are there, and the one that counts has no key: two faults.
                vec!["clients.0.jwks", "clients.0.jwks"],
            ),
            (
                system(&|one| {
                    one.jwks_uri = None;
                    one.jwks = Some("{\"keys\": []}".into());
                }),
                vec!["clients.0.jwks"],
            ),
            (system(&|one| one.jwks_uri = None), vec!["clients.0.jwks_uri"]),
            (
                system(&|one| one.jwks_uri = Some("http://lake.example.org/jwks".into())),
                vec!["clients.0.jwks_uri"],
            ),
            (system(&|one| one.scope = Some("patient/*.rs".into())), vec!["clients.0.scope"]),
        ] {
            let config = Config { clients: clients.clone(), ..Config::default() };
            let found = faults(&config);
            let of = |n: usize| config::called(&clients[n].id);
            let keys: Vec<&str> = found.iter().map(|fault| fault.key.as_str()).collect();
            let expected: Vec<String> =
                expected.iter().map(|key| format!("{key}{}", of(usize::from(key.contains(".1."))))).collect();
            assert_eq!(keys, expected, "{clients:?}");
            let twice = found.iter().enumerate().find(|(n, fault)| found[..*n].contains(fault));
            assert_eq!(twice, None, "a fault is told once");
            assert!(found.iter().all(|fault| fault.words != "cannot be taken as it is"), "{found:?}");
        }
    }

    #[test]
    fn the_clinics_own_name_is_remarked_on() {
        for (clinic, name, expected) in [
            ("Cedar Hill Clinic", "Cedar Hill Clinic", true),
            ("Cedar Hill Clinic", " My Cedar Hill ", true),
            ("Cedar Hill Clinic", "Steps (synthetic)", false),
            ("", "Steps (synthetic)", false),
        ] {
            let client = config::Client { id: "steps".into(), name: name.into(), ..Default::default() };
            let mut config = Config { clients: vec![client], ..Config::default() };
            config.clinic.name = clinic.into();
            let keys: Vec<String> = remarks(&config).into_iter().map(|remark| remark.key).collect();
            let expected: &[&str] = if expected { &["clients.0.name (steps)"] } else { &[] };
            assert_eq!(keys, expected, "{clinic} {name}");
        }
    }
}
