//! The form of an app: what its developer tells about it.

use api::base::{Problem, Problems};
use api::smart::{self, Client, ClientKind, KeySource, Registration, Use};
use askama::Template;
use askama::filters::HtmlSafe;

use crate::components::{Choice, Text};
use crate::form::Fields;
use crate::i18n::Words;
use crate::page::Page;
use crate::staff::parts::Area;

/// The labels of the fields.
pub const FIELDS: &[(&str, &str)] = &[
    ("name", "dev-name"),
    ("kind", "dev-kind"),
    ("redirect_uris", "dev-redirects"),
    ("launch_uri", "dev-launch"),
    ("client_uri", "dev-website"),
    ("policy_uri", "dev-policy"),
    ("tos_uri", "dev-terms"),
    ("made_by", "apps-made-by"),
    ("contacts", "dev-contact"),
    ("keys", "dev-keys"),
    ("jwks_uri", "dev-keys-url"),
    ("scope", "dev-scope"),
    ("groups", "dev-groups"),
    ("why", "desk-why"),
    ("assertion", "dev-assertion"),
];

/// The fields, for a new app or one that is changed.
#[derive(Template)]
#[template(path = "developer/fields.html")]
pub struct AppFields {
    w: Words,
    name: Text,
    /// How it proves itself; of an app that is there already this does not change.
    kinds: Option<Vec<Choice>>,
    kind_problem: Option<String>,
    /// A system has no pages of people.
    people: Option<(Area, [Text; 4])>,
    maker: [Text; 2],
    keys: Option<(Area, Text)>,
    /// What a system may read.
    system: Option<(Text, Area)>,
}

impl HtmlSafe for AppFields {}

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A new app of this use.
    New(Use),
    /// An app that is there.
    Change(Use, ClientKind),
}

impl AppFields {
    /// The fields from what was typed.
    pub fn new(page: &Page, form: Form, typed: &Fields) -> Self {
        let w = page.w;
        let text =
            |name, label, hint: &str| Text::new(page, name, label).hint(w.t(hint)).value(typed.get(name));
        let (used_by, kind) = match form {
            Form::New(used_by) => (used_by, None),
            Form::Change(used_by, kind) => (used_by, Some(kind)),
        };
        let system = used_by == Use::System;
        let chosen = if typed.get("kind").is_empty() { "public" } else { typed.get("kind") };
        let kinds = ClientKind::ALL.map(|kind| Choice {
            kind: "radio",
            name: "kind",
            value: kind.slug().into(),
            label: w.t(kind_name(kind)),
            hint: Some(w.t(kind_hint(kind))),
            ticked: kind.slug() == chosen,
        });
        let people = (!system).then(|| {
            let redirects = Area::new(page, ("redirect_uris", "dev-redirects", "dev-redirects-hint"), typed);
            let links = [
                text("launch_uri", "dev-launch", "dev-launch-hint"),
                text("client_uri", "dev-website", "dev-website-hint"),
                text("policy_uri", "dev-policy", "dev-policy-hint"),
                text("tos_uri", "dev-terms", "dev-terms-hint"),
            ];
            (redirects.most(4_000), links)
        });
        let keys = (system || kind.is_none_or(|kind| kind == ClientKind::Keys)).then(|| {
            let value = Area::new(page, ("keys", "dev-keys", "dev-keys-hint"), typed).most(16_000);
            (value, text("jwks_uri", "dev-keys-url", "dev-keys-url-hint"))
        });
        let of_system = system.then(|| {
            let groups = Area::new(page, ("groups", "dev-groups", "dev-groups-hint"), typed);
            (text("scope", "dev-scope", "dev-scope-hint"), groups)
        });
        Self {
            w,
            name: text("name", "dev-name", "dev-name-hint"),
            kinds: (kind.is_none() && !system).then(|| kinds.into()),
            kind_problem: page.problem("kind"),
            people,
            maker: [
                text("made_by", "apps-made-by", "dev-made-by-hint"),
                text("contacts", "dev-contact", "dev-contact-hint"),
            ],
            keys,
            system: of_system,
        }
    }
}

/// The name of a way to prove oneself.
pub fn kind_name(kind: ClientKind) -> &'static str {
    match kind {
        ClientKind::Public => "dev-kind-public",
        ClientKind::Secret => "dev-kind-secret",
        ClientKind::Keys => "dev-kind-keys",
    }
}

fn kind_hint(kind: ClientKind) -> &'static str {
    match kind {
        ClientKind::Public => "dev-kind-public-hint",
        ClientKind::Secret => "dev-kind-secret-hint",
        ClientKind::Keys => "dev-kind-keys-hint",
    }
}

/// What was typed about an app; or all that must be mended, where the room cannot look at it yet.
pub fn read(typed: &Fields, used_by: Use, kind: Option<ClientKind>) -> Result<Registration, Problems> {
    let lines = |name: &str| -> Vec<String> {
        typed.get(name).lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let mut problems = Problems::default();
    let kind = match used_by {
        Use::System => Some(ClientKind::Keys),
        Use::Person => kind.or_else(|| ClientKind::from_slug(typed.get("kind"))),
    };
    if kind.is_none() {
        problems.0.push(Problem { field: "kind", code: "problem-required" });
    }
    if typed.get("name").is_empty() {
        problems.0.push(Problem { field: "name", code: "problem-required" });
    }
    let keys = keys(typed, kind, &mut problems);
    let about = Registration {
        name: typed.get("name").to_owned(),
        kind: kind.unwrap_or(ClientKind::Public),
        used_by,
        redirect_uris: lines("redirect_uris"),
        launch_uri: typed.some("launch_uri"),
        logo_uri: None,
        client_uri: typed.some("client_uri"),
        policy_uri: typed.some("policy_uri"),
        tos_uri: typed.some("tos_uri"),
        made_by: typed.some("made_by"),
        contacts: typed.some("contacts").into_iter().collect(),
        scope: typed.some("scope"),
        keys,
        groups: lines("groups"),
        software: None,
    };
    if problems.0.is_empty() {
        return Ok(about);
    }
    // What the room would say of the other fields is told with it. Where keys may lie it alone knows.
    let is_of_keys = |field: &str| matches!(field, "keys" | "jwks_uri");
    let named = |field: &str| problems.0.iter().any(|own| own.field == field);
    let others =
        smart::problems(&about).0.into_iter().filter(|one| !named(one.field) && !is_of_keys(one.field));
    let others: Vec<Problem> = others.collect();
    problems.0.extend(others);
    Err(problems)
}

fn keys(typed: &Fields, kind: Option<ClientKind>, problems: &mut Problems) -> Option<KeySource> {
    if kind != Some(ClientKind::Keys) {
        return None;
    }
    match (typed.some("keys"), typed.some("jwks_uri")) {
        (None, None) => problems.0.push(Problem { field: "keys", code: "dev-keys-missing" }),
        (Some(_), Some(_)) => problems.0.push(Problem { field: "jwks_uri", code: "dev-keys-both" }),
        (None, Some(url)) => return Some(KeySource::Url(url)),
        (Some(text), None) => match serde_json::from_str(&text) {
            Ok(value) => return Some(KeySource::Value(value)),
            Err(_) => problems.0.push(Problem { field: "keys", code: "dev-keys-json" }),
        },
    }
    None
}

/// The fields of the form that stand for an app.
pub fn fields_of(client: &Client) -> Fields {
    let about = &client.about;
    let mut fields = Fields::default();
    fields.set("name", &about.name);
    fields.set("kind", about.kind.slug());
    fields.set("redirect_uris", &about.redirect_uris.join("\n"));
    for (name, value) in [
        ("launch_uri", &about.launch_uri),
        ("client_uri", &about.client_uri),
        ("policy_uri", &about.policy_uri),
        ("tos_uri", &about.tos_uri),
        ("made_by", &about.made_by),
        ("scope", &about.scope),
    ] {
        fields.set(name, value.as_deref().unwrap_or_default());
    }
    fields.set("contacts", &about.contacts.join(", "));
    fields.set("groups", &about.groups.join("\n"));
    match &about.keys {
        Some(KeySource::Url(url)) => fields.set("jwks_uri", url),
        Some(KeySource::Value(value)) => {
            fields.set("keys", &serde_json::to_string_pretty(value).unwrap_or_default());
        }
        None => {}
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read() {
        let bad = |text: &str| -> Vec<(&str, &str)> {
            let read = read(&Fields::parse(text.as_bytes()), Use::Person, None);
            read.err()
                .map(|problems| problems.0.iter().map(|p| (p.field, p.code)).collect())
                .unwrap_or_default()
        };
        for (typed, problems) in [
            ("name=A&kind=public", vec![]),
            ("name=A&kind=secret&keys=nonsense", vec![]),
            (
                "name=&kind=x",
                vec![
                    ("kind", "problem-required"),
                    ("name", "problem-required"),
                    ("redirect_uris", "problem-required"),
                ],
            ),
            ("name=A&kind=keys&redirect_uris=https://a.example/b", vec![("keys", "dev-keys-missing")]),
            (
                "name=A&kind=keys&keys=%7B%7D&jwks_uri=https://a.example&redirect_uris=http://a.example/&tos_uri=x",
                vec![
                    ("jwks_uri", "dev-keys-both"),
                    ("redirect_uris", "problem-app-redirect"),
                    ("tos_uri", "problem-app-address"),
                ],
            ),
            ("name=A&kind=keys&keys=%7B&redirect_uris=a.b:/c", vec![("keys", "dev-keys-json")]),
            ("name=A&kind=keys&keys=%7B%7D", vec![]),
        ] {
            assert_eq!(bad(typed), problems, "{typed}");
        }
        let typed =
            Fields::parse(b"name=A&kind=public&redirect_uris=https://a.example/b%0D%0A%0D%0A+org.a:/c+");
        let about = read(&typed, Use::Person, None).unwrap();
        assert_eq!(about.redirect_uris, ["https://a.example/b", "org.a:/c"]);
        assert_eq!(
            read(&Fields::parse(b"name=A&jwks_uri=x"), Use::System, None).unwrap().kind,
            ClientKind::Keys
        );
    }
}
