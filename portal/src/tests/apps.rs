//! Sample data of apps, and their pages. All synthetic.

use std::collections::BTreeMap;

use api::app::App;
use api::base::{
    AccountId, AppGrantId, AskId, AuthorityId, Instant, PatientNo, Problem, Problems, ProposalId,
};
use api::bulk::{
    Change, Decision, ExportKept, Group, GroupChange, GroupEvent, GroupKept, GroupStory, Overview, Proposal,
    Recipient, Stage, Unknown,
};
use api::consents::Purpose;
use api::disclosures::{Taken, Took};
use api::fhir::sensitivity::{Label, Labels};
use api::representation::{self, Kind, Lens};
use api::smart::{
    Asked, Attempt, Client, ClientId, ClientKind, ClientState, Grant, GrantEnd, GrantEvent, Kept, KeySource,
    KeyTest, Origin, Record, Registered, Registration, Scopes, Standing, Stay, StopPage, StopWhy, Use,
};
use api::staff::Role;
use api::words::Language;

use super::acting;
use super::sample::{self, Fullness, NOW, Visitor};
use crate::apps::{ask, begin, connected, find, one};
use crate::developer::{self, apps as dev_apps, forms, keys as dev_keys};
use crate::form::Fields;
use crate::page::Page;
use crate::staff::apps as desk;
use crate::staff::groups as desk_groups;
use crate::staff::proposals as desk_proposals;

/// How many pages there are.
pub const PAGES: usize = 28;

/// A day after the samples' now.
const LATER: Instant = Instant(NOW.0 + 86_400_000_000);

fn id(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(n)
}

pub fn client(full: Fullness) -> Client {
    let some = full == Fullness::Full;
    let link = |path: &str| some.then(|| format!("https://app.example/{path}?a=1&b=<2>"));
    Client {
        id: ClientId("kQ7-client".into()),
        about: Registration {
            name: "My notebook <b> (synthetic)".into(),
            kind: if some { ClientKind::Keys } else { ClientKind::Public },
            used_by: Use::Person,
            redirect_uris: vec!["https://app.example/back".into()],
            launch_uri: link("launch"),
            logo_uri: link("logo"),
            client_uri: link(""),
            policy_uri: link("privacy"),
            tos_uri: link("terms"),
            made_by: some.then(|| "Notebook <b> (synthetic)".to_owned()),
            contacts: if some { vec!["maker@app.example".into()] } else { vec![] },
            scope: None,
            keys: None,
            groups: vec![],
            software: None,
        },
        origin: if some { Origin::Developer { account: AccountId(id(1)) } } else { Origin::Dynamic },
        state: match some {
            true => ClientState::Active,
            false => ClientState::Suspended {
                at: NOW,
                by: "Ann (synthetic)".into(),
                why: "It sent <everything> on".into(),
            },
        },
        marked: None,
        created: NOW,
        changed: NOW,
        used: some.then_some(LATER),
    }
}

pub fn grant(standing: Standing) -> Grant {
    let ended = matches!(standing, Standing::Ended { .. });
    let scopes = match ended {
        false => Scopes::parse("launch/patient patient/*.rs offline_access"),
        true => Scopes::parse("patient/Observation.rs?category=laboratory"),
    };
    let dated = if ended { Lens::WHOLE } else { Lens::dated(Some("2020-01-01"), Some("2025-12-31")) };
    Grant {
        id: AppGrantId(id(if ended { 7 } else { 6 })),
        client: ClientId("kQ7-client".into()),
        app: client(if ended { Fullness::Empty } else { Fullness::Full }),
        app_name: "My notebook <b> (synthetic)".into(),
        account: AccountId(id(if ended { 1 } else { 9 })),
        by: "Ana <b> (synthetic)".into(),
        under: None,
        patient: PatientNo(1),
        scopes: scopes.unwrap().but(if ended { &[] } else { &["Goal", "DetectedIssue", "Flag"] }),
        lens: Lens { hidden: Labels(Label::Hiv.bit()), ..dated },
        sees: Lens { hidden: Labels(Label::Hiv.bit()), ..dated },
        stay: if ended { Stay::Once } else { Stay::Offline },
        created: NOW,
        until: LATER,
        standing,
        read: (!ended).then_some((NOW, LATER)),
        changes: 2,
    }
}

fn grants() -> Vec<Grant> {
    let ends = GrantEnd::ALL.map(|why| Standing::Ended { at: NOW, why });
    [Standing::Active, Standing::Paused { since: NOW }].into_iter().chain(ends).map(grant).collect()
}

fn taken(full: Fullness) -> Taken {
    let took = Took {
        times: 12,
        last: Some(LATER),
        kinds: BTreeMap::from([
            ("medicines".into(), (41, NOW)),
            ("Practitioner".into(), (2, NOW)),
            ("OfALaterVersion".into(), (1, NOW)),
        ]),
        days: vec![(LATER, 40), (NOW, 1)],
        more_days: true,
    };
    let by =
        if full == Fullness::Full { BTreeMap::from([(AppGrantId(id(6)), took)]) } else { BTreeMap::new() };
    Taken { whose: ("Rosa Delgado (synthetic)".into(), Some("1968-03-04".into())), by }
}

fn record(n: u128) -> Record {
    Record {
        patient: PatientNo(i64::try_from(n).unwrap()),
        name: "Sam Delgado <b> (synthetic)".into(),
        birth_date: Some("2015-02-03".into()),
        under: (n > 1).then(|| (AuthorityId(id(n)), Kind::Parent)),
        lens: Lens::WHOLE,
    }
}

fn asked(full: Fullness) -> Asked {
    let some = full == Fullness::Full;
    let scopes = if some { "launch/patient openid patient/*.rs offline_access" } else { "patient/Goal.rs" };
    Asked {
        id: AskId(id(3)),
        client: client(full),
        scopes: Scopes::parse(scopes).unwrap(),
        stay: if some { Stay::Offline } else { Stay::Once },
        redirect_uri: "https://app.example/back".into(),
        records: if some { vec![record(1), record(2)] } else { vec![] },
        earlier: if some { vec![grant(Standing::Active)] } else { vec![] },
        signed_in_since: None,
        hint: None,
        expires: LATER,
    }
}

/// The pages.
pub fn pages(app: &App, language: Language, full: Fullness) -> Vec<(&'static str, String)> {
    let some = full == Fullness::Full;
    let page = |path: &str, title: &str, fields: &[&'static str]| {
        let problems = fields.iter().filter(|_| some);
        let problems = problems.map(|field| Problem { field, code: "problem-required" }).collect();
        let page = Page::new(&sample::visit(app, Visitor::Linked, (path, language)), title);
        page.with_problems(Problems(problems))
    };
    let of = |page: Page| page.of_named("Rosa Delgado (synthetic)", Some("1968-03-04"));
    let typed = Fields::parse(if some {
        b"groups=labs&groups=problems&kinds=Goal&from=2020-01-01&to=2019-02-30&labels=hiv&span=quarter&away=yes&earlier=stop&kept=abc&until=2026-03-05&saved=yes"
    } else {
        b""
    });
    let render = |template: &dyn askama::DynTemplate| template.dyn_render().unwrap();
    let to = "https://app.example/back?error=invalid_request&state=<x>".to_owned();
    let wrongly = StopWhy::AskedWrongly { app: "My notebook <b> (synthetic)".into(), to };
    let why = if some { wrongly } else { StopWhy::WrongAddress };
    let stop = StopPage { why, reason: "no client <x>".into(), trace: "00-ab".into() };
    let asked = asked(full);
    let mine = record(1);
    let standing = if some {
        Standing::Paused { since: NOW }
    } else {
        Standing::Ended { at: NOW, why: GrantEnd::Misused }
    };
    let events = ["given", "changed", "paused", "resumed", "first-read", "ended", "of-a-later-version"];
    let events = events.map(|what| GrantEvent { at: NOW, what: what.into(), by: "Ana (synthetic)".into() });
    let action = "/apps/ask/3".to_owned();
    let without = if some { ask::Without::Helper } else { ask::Without::Unlinked };
    vec![
        (
            "app-stopped",
            render(&begin::Stop { page: page("/oauth/authorize", "apps-stopped-title", &[]), stop }),
        ),
        ("app-over", render(&ask::Over { page: page(&action, "apps-over-title", &[]) })),
        (
            "app-again",
            render(&ask::AskAgain {
                page: page(&action, "apps-again-title", &[]),
                provider: "demo".into(),
                back: action.clone(),
            }),
        ),
        (
            "app-whose",
            render(&ask::whose(page(&action, "apps-whose-title", &[]), (&asked, action.clone()), without)),
        ),
        (
            "app-ask",
            render(&ask::ask(
                of(page(&action, "apps-ask-title", &["groups", "to", "span", "answer"])).naming(ask::FIELDS),
                (&asked, &mine),
                (&acting::preview(full), &typed, some),
            )),
        ),
        (
            "apps",
            render(&connected::connected(
                of(page("/apps", "apps-title", &[])),
                (if some { grants() } else { vec![] }, taken(full)),
                if some {
                    vec![acting::held(Kind::Parent, representation::Standing::Active)]
                } else {
                    vec![]
                },
            )),
        ),
        (
            "app-one",
            render(&one::app_one(
                of(page("/apps/6", "apps-one-title", &["groups", "until"])).naming(one::FIELDS),
                (grant(standing), if some { events.into() } else { vec![] }, taken(full)),
                &typed,
            )),
        ),
        (
            "app-end",
            render(&one::AppEnd {
                page: page("/apps/6/end", "apps-end-title", &[]),
                grant: grant(Standing::Active),
            }),
        ),
        (
            "apps-find",
            render(&find::Find {
                page: page("/apps/find", "apps-find-title", &[]),
                apps: if some { vec![client(full), client(Fullness::Empty)] } else { vec![] },
            }),
        ),
    ]
    .into_iter()
    .chain(of_developers(app, language, full))
    .collect()
}

fn group_kept(full: Fullness) -> GroupKept {
    let some = full == Fullness::Full;
    let name = "Lakeside <Care> (synthetic)".to_owned();
    GroupKept {
        group: Group {
            id: "lake".into(),
            name: "Diabetes <b> (synthetic)".into(),
            purpose: if some { Purpose::Payment } else { Purpose::Treatment },
            recipient: if some { Recipient::HealthPlan(name) } else { Recipient::Other(name) },
            shown: if some { vec![Label::Hiv, Label::Unreviewed] } else { vec![] },
        },
        members: if some { 1_200 } else { 0 },
        changed: NOW,
        ended: some.then_some(NOW),
    }
}

fn export(stage: Stage, groups: usize) -> ExportKept {
    ExportKept { client: client(Fullness::Full).id, asked: NOW, groups, stage }
}

fn group_listed(full: Fullness) -> Overview {
    let some = full == Fullness::Full;
    let systems = if some { vec![client(full), client(Fullness::Empty)] } else { vec![] };
    Overview { kept: group_kept(full), systems, last: some.then(|| export(Stage::Failed { at: NOW }, 1)) }
}

fn group_story(full: Fullness) -> GroupStory {
    let some = full == Fullness::Full;
    let changes = [
        GroupChange::Ended,
        GroupChange::Agreed,
        GroupChange::Given("Lake <b> (synthetic)".into()),
        GroupChange::Taken("x-1".into()),
        GroupChange::Set { added: 1, removed: 2_000 },
        GroupChange::Made,
    ];
    let stages = [
        Stage::Waiting,
        Stage::Working { done: 1, total: 1_200 },
        Stage::Ready { at: NOW, until: NOW },
        Stage::Failed { at: NOW },
        Stage::Erased { at: NOW },
    ];
    let Overview { kept, systems, .. } = group_listed(full);
    let event = |what| GroupEvent { at: NOW, by: "Bo <Ek> (synthetic)".into(), what };
    GroupStory {
        kept,
        others: vec![client(Fullness::Empty)],
        systems,
        exports: stages.into_iter().filter(|_| some).map(|stage| export(stage, 2)).collect(),
        more: some,
        events: changes.into_iter().filter(|_| some).map(event).collect(),
    }
}

/// Who agreed to a system, and when.
fn agreed(full: Fullness) -> Option<(String, Instant)> {
    (full == Fullness::Full).then(|| ("Bo <Ek> (synthetic)".to_owned(), NOW))
}

fn group_reader(full: Fullness) -> desk_groups::Reader {
    match full {
        Fullness::Full => desk_groups::Reader::Handles,
        Fullness::Empty => desk_groups::Reader::Looks,
    }
}

/// One that waits, and one for each decision.
fn proposals() -> Vec<Proposal> {
    let (new, members) =
        (Change::New(group_kept(Fullness::Full).group), Change::Members(group_kept(Fullness::Empty).group));
    let decided = [Decision::Agreed, Decision::Declined, Decision::TakenBack, Decision::Lapsed];
    let decided = decided.map(|decision| Some((decision, "Bo <Ek> (synthetic)".to_owned(), NOW)));
    let one = |decided| Proposal {
        id: ProposalId(id(3)),
        change: new.clone(),
        many: 1_200,
        by: "Ana <Ruiz> (synthetic)".into(),
        at: NOW,
        decided,
    };
    let system = Change::System(
        group_kept(Fullness::Full).group,
        api::smart::ClientId("lake".into()),
        "Lake <b> (synthetic)".into(),
    );
    let waits = [
        Proposal { change: members, ..one(None) },
        one(None),
        Proposal { change: system, many: 0, ..one(None) },
    ];
    waits.into_iter().chain(decided.into_iter().map(one)).collect()
}

fn of_developers(app: &App, language: Language, full: Fullness) -> Vec<(&'static str, String)> {
    let some = full == Fullness::Full;
    let render = |template: &dyn askama::DynTemplate| template.dyn_render().unwrap();
    let page = |path: &str, title: &str, fields: &[&'static str]| {
        let problems = fields.iter().filter(|_| some);
        let problems = problems.map(|field| Problem { field, code: "problem-required" }).collect();
        let page = Page::new(&sample::visit(app, Visitor::Unlinked, (path, language)), title);
        page.with_problems(Problems(problems)).naming(forms::FIELDS)
    };
    let desk_page = |path: &str, title: &str, fields: &[&'static str]| {
        page(path, title, fields).desk(&[Role::Administrator])
    };
    let own = if some { vec![client(full), client(Fullness::Empty)] } else { vec![] };
    let typed = forms::fields_of(&client(full));
    let keyed = Client {
        about: Registration {
            kind: ClientKind::Keys,
            keys: Some(KeySource::Value(serde_json::json!({"keys": [{"kid": "a<b>", "kty": "EC"}]}))),
            scope: Some("system/Patient.rs".into()),
            groups: vec!["all".into()],
            used_by: if some { Use::System } else { Use::Person },
            ..client(full).about
        },
        ..client(full)
    };
    let attempt = Attempt {
        at: NOW,
        endpoint: "token".into(),
        status: 400,
        error: Some("invalid_grant".into()),
        reason: "the code was <used> before".into(),
        trace: "00-ab".into(),
    };
    let served = Attempt { status: 200, error: None, ..attempt.clone() };
    let more = Attempt {
        endpoint: "fhir".into(),
        status: 0,
        reason: "7 more calls in the same seconds are not listed".into(),
        trace: String::new(),
        ..served.clone()
    };
    let steps = vec![
        ("Reading the keys".to_owned(), Ok("2 keys".to_owned())),
        ("Looking for a key for <RS384>".to_owned(), Err("none has use=sig".to_owned())),
    ];
    let found = KeyTest { steps: if some { steps } else { steps[..1].to_vec() } };
    let registered =
        |client| Registered { client, secret: some.then(|| "c2VjcmV0".to_owned()), registration_token: None };
    let kept = |client| Kept {
        client,
        owner: some.then(|| "Dana <b> (synthetic)".to_owned()),
        agreed: agreed(full),
        people: 3,
    };
    let bad = ["name", "kind", "redirect_uris", "launch_uri", "contacts", "keys", "jwks_uri"];
    let reader = if some { desk::Reader::Registers } else { desk::Reader::Looks };
    vec![
        ("dev", render(&developer::Docs { page: page("/developers", "dev-title", &[]), demo: some })),
        (
            "dev-apps",
            render(&dev_apps::Apps {
                page: page("/developers/apps", "dev-apps-title", &[]),
                apps: own.clone(),
            }),
        ),
        (
            "dev-new",
            render(&dev_apps::new_page(page("/developers/apps/new", "dev-new-title", &bad), id(1), &typed)),
        ),
        (
            "dev-made",
            render(&dev_apps::made_page(
                page("/developers/apps", "dev-made-title", &[]),
                registered(client(full)),
                "/developers/apps",
            )),
        ),
        (
            "dev-one",
            render(&dev_apps::one_page(
                page("/developers/apps/x", "dev-one-title", &["name", "keys", "jwks_uri"]),
                if some { keyed.clone() } else { client(full) },
                &typed,
            )),
        ),
        (
            "dev-removal",
            render(&dev_apps::Removal {
                page: page("/developers/apps/x/removal", "dev-remove-title", &[]),
                client: client(full),
            }),
        ),
        (
            "dev-log",
            render(&dev_apps::log_page(
                page("/developers/apps/x/log", "dev-log-title", &[]),
                client(full),
                (2, (if some { vec![attempt, served, more] } else { vec![] }, some)),
            )),
        ),
        (
            "dev-keys",
            render(&dev_keys::keys_page(
                page("/developers/apps/x/keys", "dev-test-title", &["assertion"]),
                (keyed.clone(), Some(found)),
                &Fields::parse(b"assertion=a.b.c"),
            )),
        ),
        (
            "desk-apps",
            render(&desk::apps_page(
                desk_page("/staff/apps", "desk-apps-title", &[]),
                (2, (own.into_iter().chain(some.then(|| keyed.clone())).map(kept).collect(), some)),
                reader,
            )),
        ),
        (
            "desk-app",
            render(&desk::one_page(
                desk_page("/staff/apps/x", "desk-app-title", &["why"]),
                (
                    kept(if some { keyed } else { client(full) }),
                    if some { desk::Second::Agrees } else { desk::Second::No },
                ),
                Some(&Fields::parse(b"why=%3Cb%3E")),
            )),
        ),
        (
            "desk-groups",
            render(&desk_groups::groups_page(
                desk_page("/staff/groups", "desk-groups-title", &[]),
                (
                    2,
                    (
                        if some { vec![group_listed(full), group_listed(Fullness::Empty)] } else { vec![] },
                        some,
                    ),
                ),
                group_reader(full),
            )),
        ),
        (
            "desk-group",
            render(&desk_groups::group_page(
                desk_page("/staff/groups/lake", "desk-group-title", &[]),
                (2, group_story(full), &typed),
                group_reader(full),
            )),
        ),
        (
            "desk-group-open",
            render(&desk_groups::group_page(
                desk_page("/staff/groups/lake", "desk-group-title", &[]),
                (1, group_story(Fullness::Empty), &typed),
                group_reader(full),
            )),
        ),
        (
            "desk-proposals",
            render(&desk_proposals::list_page(
                desk_page("/staff/group-proposals", "desk-proposals-title", &[]),
                2,
                (if some { proposals() } else { vec![] }, some),
            )),
        ),
        (
            "desk-proposal",
            render(&desk_proposals::OneProposal {
                page: desk_page("/staff/group-proposals/3", "desk-proposal-title", &[]),
                proposal: proposals().remove(if some { 1 } else { 2 }),
                many: 1_200,
                moves: some.then_some((1_200, 1)),
                people: some
                    .then(|| ("Rosa <Delgado>".to_owned(), Some("1968-03-04".to_owned())))
                    .into_iter()
                    .collect(),
                reader: if some {
                    desk_proposals::Reader::Decides
                } else {
                    desk_proposals::Reader::TakesBack
                },
            }),
        ),
        (
            "desk-proposal-new",
            render(&desk_proposals::new_page(
                desk_page(
                    "/staff/group-proposals/new",
                    "desk-proposal-new",
                    &["id", "name", "recipient", "plan", "purpose", "shown", "members"],
                ),
                &Fields::parse(
                    b"id=lake&name=%3Cb%3E&plan=yes&purpose=payment&shown=hiv&members=1%0A%3Cb%3E",
                ),
                &if some { Unknown { count: 2, lines: vec![2, 40] } } else { Unknown::default() },
            )),
        ),
        (
            "desk-group-end",
            render(&desk_proposals::GroupEnd {
                page: desk_page("/staff/groups/lake/end", "desk-group-end", &[]),
                group: group_kept(full).group,
            }),
        ),
        (
            "desk-group-members",
            render(&desk_proposals::members_page(
                desk_page("/staff/groups/lake/members", "desk-group-members-title", &["members"]),
                (group_kept(full).group, 1_200),
                (
                    &Fields::parse(b"members=1%0A%3Cb%3E"),
                    &Unknown { count: usize::from(some), lines: vec![] },
                ),
            )),
        ),
        (
            "desk-app-new",
            render(&desk::new_page(
                desk_page("/staff/apps/new", "desk-system-new-title", &["name", "keys", "scope", "groups"]),
                (id(1), if some { Use::System } else { Use::Person }),
                &typed,
            )),
        ),
    ]
}
