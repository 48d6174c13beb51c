//! Apps and systems of the settings: there at the start, brought up to date, stopped when they are gone.

use std::sync::Arc;

use api::app::App;
use api::base::{Clock, Error};
use api::config;
use api::identity::Actor;
use api::smart::{self, ClientId, ClientKind, ClientState, Origin, Use};

use super::{Apps, actor};
use crate::harness::{Kind, on_both_databases};

on_both_databases!(apps_of_the_settings_are_brought_up_to_date);

fn diary() -> config::Client {
    config::Client {
        id: "diary".into(),
        name: "Diary (synthetic)".into(),
        redirect_uris: vec!["https://diary.example.org/back".into()],
        ..config::Client::default()
    }
}

fn lake() -> config::Client {
    config::Client {
        id: "lake".into(),
        name: "Lake (synthetic)".into(),
        system: true,
        scope: Some("system/*.rs".into()),
        jwks_uri: Some("https://lake.example.org/jwks".into()),
        groups: vec!["program".into()],
        ..config::Client::default()
    }
}

/// The service, started again with these.
async fn started(apps: &Apps, clients: Vec<config::Client>) -> App {
    let config = config::Config { clients, ..apps.house.app.config.clone() };
    assert_eq!(smart::faults(&config), []);
    let app = api::app::open(config, Clock::System).await.unwrap();
    smart::bring_clients(&app).await.unwrap();
    app
}

async fn apps_of_the_settings_are_brought_up_to_date(kind: Kind) {
    let apps = Apps::start(kind).await;
    let admin = actor(&apps.house, &apps.house.desk("admin").await).await;
    let (of_diary, of_lake) = (ClientId("diary".into()), ClientId("lake".into()));
    let look = async |app: &App, id: &ClientId| smart::client(app, &admin, id).await.unwrap();

    // They are there, without anybody to agree.
    let app = started(&apps, vec![diary(), lake()]).await;
    for (id, kind, used_by) in
        [(&of_diary, ClientKind::Public, Use::Person), (&of_lake, ClientKind::Keys, Use::System)]
    {
        let client = look(&app, id).await;
        assert_eq!((client.about.kind, client.about.used_by), (kind, used_by), "{id}");
        assert_eq!((&client.origin, &client.state), (&Origin::Settings, &ClientState::Active), "{id}");
    }
    let token = async |app: &App| {
        let mut asking = apps.asking("diary", "launch/patient patient/*.rs");
        asking.iter_mut().find(|(name, _)| *name == "redirect_uri").unwrap().1 =
            diary().redirect_uris[0].clone();
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&asking).finish();
        smart::begin(app, smart::AuthorizeParams::of(query.as_bytes(), "192.0.2.1")).await.is_ok()
    };
    assert!(token(&app).await, "people can connect it");

    // Nothing changes when nothing changed; what changed is changed.
    let before = look(&app, &of_diary).await.changed;
    let app = started(&apps, vec![diary(), lake()]).await;
    assert_eq!(look(&app, &of_diary).await.changed, before);
    let renamed = config::Client { name: "Journal (synthetic)".into(), ..diary() };
    let app = started(&apps, vec![renamed, lake()]).await;
    assert_eq!(look(&app, &of_diary).await.about.name, "Journal (synthetic)");

    // Staff do not change it, and it shows where it is from.
    assert!(smart::edit(&app, &admin, (&of_diary, look(&app, &of_diary).await.about)).await.is_err());
    let mut desk = apps.house.desk("admin").await;
    assert!(desk.get("/staff/apps/diary").await.text.contains("the settings of this service"));

    // What is gone from the file is stopped and not erased; it goes on when it is back.
    let app = started(&apps, vec![lake()]).await;
    assert!(smart::is_gone_from_settings(&look(&app, &of_diary).await.state));
    assert!(!token(&app).await, "nobody connects it any more");
    let page = desk.get("/staff/apps/diary").await;
    assert!(page.text.contains("It is no longer in the settings of this service."), "{}", page.text);
    assert!(page.all("#resume-form").is_empty() && page.all("#suspend-form").is_empty());
    let resumed = smart::unsuspend(&app, &admin, &of_diary).await;
    assert!(matches!(resumed, Err(Error::Conflict("conflict-app-gone"))), "{resumed:?}");
    assert!(!look(&app, &of_diary).await.is_active());
    let app = started(&apps, vec![diary(), lake()]).await;
    assert!(look(&app, &of_diary).await.is_active() && token(&app).await);

    // What staff stopped stays stopped.
    // Also where somebody is called as the settings are.
    let namesake = Actor { name: "settings".into(), ..admin.clone() };
    smart::suspend(&app, &namesake, (&of_diary, "It asks for too much")).await.unwrap();
    let app = started(&apps, vec![diary(), lake()]).await;
    assert!(!look(&app, &of_diary).await.is_active());
    let app = started(&apps, vec![lake()]).await;
    assert!(!smart::is_gone_from_settings(&look(&app, &of_diary).await.state));
    assert!(smart::unsuspend(&app, &admin, &of_diary).await.is_err(), "gone from the file all the same");

    // Other keys end what was given to who had those before; another name does not.
    let raw = &apps.house.raw;
    let token = raw.bytes(&[7; 32]);
    let row = format!(
        "INSERT INTO app_token (token_hash, kind, client_id, scopes, created_at, expires_at) \
         VALUES ({token}, 'access', 'lake', 'system/*.rs', 1, 9000000000000000)"
    );
    raw.run(&row).await.unwrap();
    let in_force = "SELECT count(*) FROM app_token WHERE client_id = 'lake' AND revoked_at IS NULL";
    started(&apps, vec![config::Client { name: "Lakeside (synthetic)".into(), ..lake() }]).await;
    assert_eq!(raw.number(in_force).await, 1);
    let moved = config::Client { jwks_uri: Some("https://lake.example.org/new".into()), ..lake() };
    let app = started(&apps, vec![moved]).await;
    assert_eq!(raw.number(in_force).await, 0);

    // Nobody else's app is taken over.
    let taken = config::Client { id: "pub".into(), ..diary() };
    let config = config::Config { clients: vec![taken], ..Arc::clone(&app).config.clone() };
    let app = api::app::open(config, Clock::System).await.unwrap();
    assert!(smart::bring_clients(&app).await.is_err());
    let all = [&of_lake, &ClientId("pub".into())];
    for id in all {
        assert!(look(&app, id).await.is_active(), "{id}: nothing was done by halves");
    }
    apps.house.close().await;
}
