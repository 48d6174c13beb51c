//! The pages about what is not shown of a minor's record, with much and with nothing to show.

use api::app::App;
use api::base::{AccountId, AuthorityId, CaseId, Instant, PatientNo, Problem, Problems};
use api::fhir::sensitivity::Service;
use api::records::unshown::{Case, Decision, Desk, Opens, Question, Unshown};
use api::representation::Kind;
use api::staff::Role;
use api::words::Language;
use askama::Template;

use super::sample::{self, Fullness, NOW, Visitor};
use crate::form::Fields;
use crate::page::Page;
use crate::patient::unshown as asking;
use crate::staff::{protection, unshown};

/// How many pages there are.
pub const PAGES: usize = 7;

fn question(answered: Option<Instant>) -> Question {
    let id = uuid::Uuid::from_u128(3);
    Question {
        id: CaseId(id),
        authority: AuthorityId(id),
        account: AccountId(id),
        patient: PatientNo(1),
        asked: NOW,
        answered,
        decisions: 1,
    }
}

fn case(full: Fullness) -> Case {
    let some = full == Fullness::Full;
    Case {
        question: question(some.then_some(NOW)),
        look: None,
        opens: if some { Opens::Yes } else { Opens::NoMore },
    }
}

/// All of them.
pub fn pages(app: &App, language: Language, full: Fullness) -> Vec<(&'static str, String)> {
    let some = full == Fullness::Full;
    let page = |visitor, path: &str, title: &str, field: &'static str| {
        let problem = some.then_some(Problem { field, code: "problem-required" });
        let page = Page::new(&sample::visit(app, visitor, (path, language)), title);
        page.with_problems(Problems(problem.into_iter().collect()))
    };
    let typed = Fields::parse(if some { b"note=%3Cb%3E&reason=%3Cb%3E&open=1&services=hiv" } else { b"" });
    let item = |n: i64| Unshown {
        line: sample::line(n),
        services: vec![Service::ALL[usize::try_from(n).unwrap() % 6], Service::Untold],
        open: n == 2,
    };
    let decision =
        Decision { at: NOW, by: "Dr. <Lee>".into(), opened: 3, closed: 1, reason: "She wants <it>.".into() };
    let desk = Desk {
        question: question(some.then_some(NOW)),
        note: if some { "What is <missing>?".into() } else { String::new() },
        asker: ("Ana <b> (synthetic)".into(), Kind::Parent),
        decisions: if some { vec![decision] } else { vec![] },
        items: if some { (1..=6).map(item).collect() } else { vec![] },
        services: if some { Service::ALL.map(|service| (service, 2)).into() } else { vec![] },
        page: (if some { 2 } else { 1 }, some),
        seen: "0a1b".into(),
    };
    let waits = if some { vec![question(None), question(Some(NOW))] } else { vec![] };
    vec![
        (
            "unshown",
            asking::unshown_page(
                page(Visitor::Linked, "/unshown", "unshown-title", "note").naming(asking::FIELDS),
                some.then(|| (question(Some(NOW)), "Is <anything> missing?".to_owned())),
                &typed,
            )
            .render()
            .unwrap(),
        ),
        (
            "unshown-items",
            unshown::items_page(
                page(Visitor::Linked, "/unshown/3", "unshown-items-title", "reason").naming(unshown::FIELDS),
                desk,
                some.then_some(&typed),
            )
            .render()
            .unwrap(),
        ),
        (
            "desk-unshown",
            unshown::list_page(
                page(Visitor::Unlinked, "/staff/unshown", "desk-unshown-title", "x")
                    .with_problems(Problems::default())
                    .desk(&[Role::Clinician]),
                (waits, some),
                2,
            )
            .render()
            .unwrap(),
        ),
        (
            "desk-unshown-case",
            unshown::case_page(
                page(Visitor::Unlinked, "/staff/unshown/3", "desk-unshown-case", "reason")
                    .desk(&[Role::Clinician])
                    .naming(unshown::FIELDS),
                case(full),
                &typed,
            )
            .render()
            .unwrap(),
        ),
        (
            "desk-protect",
            protection::list_page(
                page(Visitor::Unlinked, "/staff/protection", "desk-protect-title", "x")
                    .with_problems(Problems::default())
                    .desk(&[Role::Clinician]),
                (
                    if some {
                        vec![sample::label_ask(full), sample::label_ask(Fullness::Empty)]
                    } else {
                        vec![]
                    },
                    some,
                ),
                2,
            )
            .render()
            .unwrap(),
        ),
        (
            "desk-protect-one",
            protection::one_page(
                page(Visitor::Unlinked, "/staff/protection/3", "desk-protect-one", "reason")
                    .desk(&[Role::Clinician])
                    .naming(unshown::FIELDS),
                (sample::label_ask(Fullness::Empty), None),
                &typed,
            )
            .render()
            .unwrap(),
        ),
        (
            "unshown-over",
            unshown::Over {
                page: page(Visitor::Unlinked, "/staff/unshown", "unshown-over-title", "x")
                    .with_problems(Problems::default())
                    .desk(&[Role::Clinician]),
                case: CaseId(uuid::Uuid::from_u128(3)),
                reason: if some { "She wants <it>.".into() } else { String::new() },
                kept: "a-name".into(),
            }
            .render()
            .unwrap(),
        ),
    ]
}
