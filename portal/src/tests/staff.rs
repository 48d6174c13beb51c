//! The pages of the desk, with much and with nothing to show.

use api::app::App;
use api::base::{
    AccountId, CaseId, CodeId, GrantId, Instant, PatientNo, Problem, Problems, ReviewId, SessionId, ViewId,
};
use api::disclosures;
use api::identity::{Case, CaseState, Compared, Decision, Difference, OpenCode, Stand, Statement};
use api::staff::{
    self, Action, By, Card, Concern, Found, FoundPage, Grant, Holder, LinkedAccount, Looked, Origin, Power,
    Purpose, Review, Role, View, Waiting, Wanted, Whole,
};
use api::words::Language;

use super::sample::{self, Fullness, NOW, Visitor};
use crate::form::Fields;
use crate::page::Page;
use crate::staff::{
    cases, codes, consents, emergencies, grants, home, ledger, limits, links, people, person, questions,
    reach, roles,
};

/// How many pages there are.
pub const PAGES: usize = 31;

const NAME: &str = "Rosa Delgado (synthetic)";

fn id(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(n)
}

fn by(account: Option<u128>) -> By {
    By { account: account.map(|n| AccountId(id(n))), name: "Ann <b>Lee</b> (synthetic)".into(), at: NOW }
}

fn view() -> View {
    View {
        id: ViewId(id(5)),
        account: AccountId(id(7)),
        session: SessionId(id(2)),
        patient: PatientNo(1),
        role: Role::Clinician,
        purpose: Purpose::Treatment,
        reason: "Visit of <today>".into(),
        emergency: true,
        since: NOW,
        until: Instant(NOW.0 + 1_800_000_000),
        ended: None,
        medical: Some(api::staff::MedicalEmergency {
            to: "Noor Haddad (synthetic)".into(),
            affiliation: "County <Hospital> (synthetic)".into(),
            discloser: "Cedar Street Clinic".into(),
            nature: "Found unconscious".into(),
        }),
        told: Some(api::staff::Told::Nobody),
    }
}

fn audited() -> api::disclosures::audit::Audited {
    api::disclosures::audit::Audited {
        seq: 7,
        at: NOW,
        account: AccountId(id(7)),
        kind: "clinician".into(),
        ground: "staff",
        what: "item".into(),
        items: 3,
        hash: vec![0xab; 32],
    }
}

fn looked(full: Fullness) -> Looked {
    let some = full == Fullness::Full;
    Looked {
        view: View { ended: (!some).then_some(NOW), ..view() },
        by: "Noor Haddad (synthetic)".into(),
        person: some.then(|| NAME.into()),
        reviewed: (!some).then(|| (by(Some(8)), "In order, talked to them".into())),
    }
}

fn grant(full: Fullness) -> Grant {
    let some = full == Fullness::Full;
    Grant {
        id: GrantId(id(4)),
        account: AccountId(id(7)),
        holder: "Pat Newhire (synthetic)".into(),
        email: some.then(|| "pat@staff.example".into()),
        power: if some { Power::Role(Role::Clinician) } else { Power::Emergency },
        reason: "New at the clinic".into(),
        asked: by(some.then_some(8)),
        starts: NOW,
        ends: some.then_some(Instant(NOW.0 + 1)),
        approved: (!some).then(|| by(None)),
        ended: (!some).then(|| (by(Some(8)), "Left the clinic".into())),
    }
}

fn holder(email: Option<&str>) -> Holder {
    Holder {
        account: AccountId(id(7)),
        name: "Carla Reyes (synthetic)".into(),
        email: email.map(str::to_owned),
        powers: vec![
            (Power::Role(Role::RecordsClerk), Origin::Provider("demo".into())),
            (Power::Emergency, Origin::Grant(GrantId(id(4)))),
        ],
        seen: NOW,
        unused: email.is_some(),
    }
}

fn linked_account() -> LinkedAccount {
    let account = AccountId(id(6));
    LinkedAccount { account, name: NAME.into(), since: NOW, ground: "code".into(), seen: NOW }
}

fn open_code(proof: Option<&str>) -> OpenCode {
    OpenCode { made: NOW, until: NOW, by: "Ann <b>Lee</b>".into(), proof: proof.map(str::to_owned) }
}

fn card(full: Fullness) -> Card {
    let some = full == Fullness::Full;
    let link = linked_account();
    Card {
        person: found(full),
        links: if some { vec![link.clone(), LinkedAccount { ground: "new".into(), ..link }] } else { vec![] },
        wishes: if some { vec![(NAME.into(), super::sample::preferences(full))] } else { vec![] },
        looks: if some { vec![looked(full)] } else { vec![] },
    }
}

pub(super) fn found(full: Fullness) -> Found {
    let born = (full == Fullness::Full).then(|| "1968-03-04".to_owned());
    Found { patient: PatientNo(1), name: NAME.into(), birth_date: born, source: "ehr".into() }
}

fn case(state: CaseState) -> (Case, Statement) {
    let case = Case {
        id: CaseId(id(3)),
        account: AccountId(id(6)),
        opened: NOW,
        name: NAME.into(),
        email: (state == CaseState::Open).then(|| "rosa@example.org".into()),
        state,
    };
    let statement = Statement {
        name: NAME.into(),
        birth_date: "1968-03-04".into(),
        contact: "555-0101".into(),
        note: "I moved <last> year.".into(),
    };
    (case, statement)
}

fn compared(full: Fullness) -> Compared {
    let some = full == Fullness::Full;
    let stand = |birth_date: Option<&str>| Stand {
        name: Some("Rosa <b>Díaz</b> (synthetic)".into()),
        birth_date: birth_date.map(str::to_owned),
    };
    Compared {
        said: if some { stand(Some("1968-03-04")) } else { Stand::default() },
        record: stand(None),
        found: if some { vec![Difference::Name, Difference::Birth] } else { vec![] },
        others: usize::from(some),
    }
}

/// All of them.
pub fn pages(app: &App, language: Language, full: Fullness) -> Vec<(&'static str, String)> {
    let some = full == Fullness::Full;
    let all: &[Role] = if some { &Role::ALL } else { &[Role::Auditor] };
    let problems = |fields: &[&'static str], code: &'static str| {
        Problems(fields.iter().filter(|_| some).map(|field| Problem { field, code }).collect())
    };
    let page = |path: &str, title: &str| {
        Page::new(&sample::visit(app, Visitor::Unlinked, (path, language)), title).desk(all)
    };
    let older = Fields::parse(if some { b"before=9" } else { b"" });
    let typed = Fields::parse(if some {
        b"purpose=clinician.treatment&reason=%3Cb%3E&account=a@b&evidence=photo-id&patient=1&detail=x"
    } else {
        b""
    });
    let decided = || Decision {
        at: NOW,
        by: None,
        why: "an activation code".into(),
        differs: Some("Married <last> year".into()),
    };
    let state = if some { CaseState::Open } else { CaseState::Linked(decided()) };
    let waiting = match some {
        true => Waiting {
            cases: Some(2),
            claims: Some(vec![Concern::default(); 5]),
            limits: Some(vec![]),
            authorities: Some(vec![Concern::default()]),
            flagged: Some(vec![Concern::default()]),
            to_certify: Some(vec![Concern::default()]),
            grants: Some(1),
            emergencies: Some(vec![]),
            questions: Some(vec![Concern::default()]),
            unshown: Some(vec![Concern::default(); 2]),
            label_asks: Some(vec![Concern::default()]),
            reviewed: Some(Some(NOW)),
            views: vec![(view(), NAME.into())],
        },
        false => Waiting { reviewed: Some(None), cases: Some(0), ..Waiting::default() },
    };
    let reader = |account| emergencies::Reader {
        account: AccountId(id(account)),
        roles: all,
        typed: &typed,
        before: if some { "9" } else { "" },
    };
    let opened = disclosures::Page {
        whose: (NAME.into(), None),
        lines: if some { (1..=3).map(sample::entry).collect() } else { vec![] },
        next: some.then_some(1),
        total: if some { 60 } else { 0 },
        numbers: disclosures::Numbers::Chain,
        asked: None,
        places: Default::default(),
        permissions: Default::default(),
    };
    let review =
        Review { id: ReviewId(id(1)), by: by(Some(8)), note: "All in order".into(), holders: 3, unused: 0 };
    let people = if some { vec![found(full)] } else { vec![] };
    let named = people.iter().flat_map(|one| [Whole::Name, Whole::Part].map(|whole| (one.clone(), whole)));
    let results = FoundPage { people: named.collect(), page: 2, more: some };
    let patient = Found { birth_date: None, ..found(full) };
    let confirm = |patient: Option<Found>| {
        let bad = problems(&["differs"], "problem-case-differs");
        let page = page("/staff/cases/3/check", "desk-case-confirm-title");
        let page = page.with_problems(if patient.is_some() { bad } else { Problems::default() });
        let record = patient.map(|patient| (patient, compared(full)));
        cases::confirm_page(page.naming(cases::FIELDS), case(CaseState::Open), (record, &typed))
    };
    let right = staff::best(all, Action::ManageRoles);
    let many = |count: usize| if some { vec![grant(full); count] } else { vec![] };
    let holders = if some { vec![holder(Some("carla@staff.example")), holder(None)] } else { vec![] };
    let bad_person = problems(&["purpose"], "problem-choose");
    let bad_grant = problems(&["account", "power", "reason", "ends"], "problem-required");
    let bad_case = problems(&["patient", "evidence", "detail"], "problem-required");
    let render = |template: &dyn askama::DynTemplate| template.dyn_render().unwrap();
    let wanted = Wanted { family: "Delgado".into(), ..Wanted::default() };
    vec![
        (
            "desk",
            render(&home::Home {
                page: page("/staff", "desk-title"),
                roles: all.into(),
                waiting,
                groups: some.then_some(1),
            }),
        ),
        (
            "desk-people",
            render(&people::People {
                near: some,
                ..people::people(
                    page("/staff/people", "desk-people-title"),
                    &wanted,
                    (Some(results), "/staff/people?s=00"),
                )
            }),
        ),
        (
            "desk-people-bad",
            render(&people::people(
                page("/staff/people", "desk-people-title")
                    .with_problems(problems(&["given", "birth_date"], "problem-two-of-three")),
                &wanted,
                (None, ""),
            )),
        ),
        (
            "desk-person",
            render(&person::person(
                page("/staff/people/1?late=yes", "desk-person-title").with_problems(bad_person),
                (card(full), Ok(some.then(|| open_code(Some("driver <licence>"))))),
                (all, some, &typed),
            )),
        ),
        (
            "desk-code-new",
            render(&codes::code_new(
                page("/staff/people/1/codes/new", "desk-code-title")
                    .with_problems(problems(&["way", "proof"], "problem-required"))
                    .naming(codes::FIELDS),
                (card(full), some.then(|| open_code(None))),
                (CodeId(id(3)), &Fields::parse(if some { b"way=handed&proof=%3Cb%3E" } else { b"" })),
            )),
        ),
        (
            "desk-code-shown",
            render(&codes::shown_page(
                page("/staff/people/1/codes/new", "desk-code-shown-title"),
                (PatientNo(1), NAME.into(), if some { codes::Opens::Own } else { codes::Opens::OwnByLetter }),
                ("7KQM-3XPT-92HC", NOW),
            )),
        ),
        (
            "desk-link-end",
            render(&links::link_end(
                page("/staff/people/1/links/6", "desk-link-end-title")
                    .with_problems(problems(&["reason"], "problem-reason"))
                    .naming(links::FIELDS),
                (PatientNo(1), linked_account()),
                (&typed, some),
            )),
        ),
        (
            "desk-emergency-new",
            render(&person::emergency_page(
                page("/staff/people/1/emergency", "desk-emergency-title")
                    .with_problems(problems(&["reason"], "problem-reason")),
                card(full),
                &typed,
            )),
        ),
        (
            "desk-cases",
            render(&cases::cases_page(
                page("/staff/cases", "desk-cases-title"),
                (0..60).filter(|_| some).map(|_| case(CaseState::Closed(decided())).0).collect(),
                2,
            )),
        ),
        (
            "desk-case",
            render(&cases::case_page(
                page("/staff/cases/3?late=yes", "desk-case-title")
                    .sure(some.then_some(0))
                    .with_problems(bad_case),
                case(state),
                (&people, staff::evidence(all), &typed),
            )),
        ),
        (
            "desk-limits",
            render(&consents::limits_page(
                page("/staff/limits", "office-limits-title"),
                (
                    sample::limits(full).into_iter().map(|limit| (limit, NAME.to_owned())).collect(),
                    if some { all } else { &[] },
                ),
                (2, some),
            )),
        ),
        (
            "desk-limit",
            render(&consents::limit_page(
                page("/staff/limits/1?late=yes", "office-limit-title")
                    .sure(some.then_some(2))
                    .with_problems(problems(&["text"], "problem-limit-answer")),
                (
                    sample::limit(if some { 1 } else { 2 }, api::consents::Answer::Asked),
                    NAME.into(),
                    sample::history(full),
                ),
                ((&older, &typed), true, if some { vec!["Elena <b>".into()] } else { vec![] }),
            )),
        ),
        (
            "desk-limit-new",
            render(&limits::limit_new(
                page("/staff/people/1/limits/new", "office-limit-new-title")
                    .with_problems(problems(
                        &[
                            "received",
                            "way",
                            "known",
                            "against",
                            "party",
                            "categories",
                            "labels",
                            "charge",
                            "paid",
                        ],
                        "problem-limit-known",
                    ))
                    .naming(limits::FIELDS),
                (PatientNo(1), api::base::RestrictionId(uuid::Uuid::from_u128(6))),
                &typed,
            )),
        ),
        (
            "desk-reach",
            render(&reach::reach_page(
                page("/staff/people/1/reach?late=yes", "desk-reach-page-title")
                    .with_problems(problems(
                        &["received", "way", "known", "channel", "email", "postal", "phone"],
                        "problem-reach-changed",
                    ))
                    .naming(limits::FIELDS),
                (PatientNo(1), &card(full).wishes, &sample::reach_history(full)),
                (some.then_some((api::base::WishId(uuid::Uuid::from_u128(8)), 7)), &older, &typed),
            )),
        ),
        (
            "desk-consents",
            render(&consents::Consents {
                page: page("/staff/people/1/consents", "office-consents-title"),
                patient: PatientNo(1),
                all: sample::consents(full),
                limits: sample::limits(full),
            }),
        ),
        (
            "desk-consent",
            render(&consents::consent_page(
                page("/staff/consents/1?late=yes", "office-consent-title")
                    .with_problems(problems(&["why", "received", "way", "reason"], "problem-consent-why"))
                    .naming(consents::FIELDS),
                (
                    api::consents::Shown {
                        consent: sample::consent(2, api::consents::State::Active),
                        standing: api::consents::State::Active,
                        history: sample::history(full),
                        born: None,
                    },
                    NAME.into(),
                ),
                (&older, &typed, some.then_some(NOW)),
            )),
        ),
        (
            "desk-paper",
            render(&consents::paper_page(
                page("/staff/people/1/consents/new", "office-paper-title").with_problems(problems(
                    &[
                        "discloser",
                        "recipient",
                        "address",
                        "categories",
                        "labels",
                        "purposes",
                        "until",
                        "statements",
                        "typed",
                        "day",
                        "authority",
                        "conditioned",
                    ],
                    "problem-required",
                )),
                (
                    PatientNo(1),
                    api::base::ConsentId(id(6)),
                    sample::consents(full).into_iter().map(|(consent, _)| consent).collect(),
                ),
                &typed,
            )),
        ),
        (
            "desk-questions",
            render(&questions::questions_page(
                page("/staff/questions", "desk-questions-title"),
                (
                    [Fullness::Full, Fullness::Empty]
                        .into_iter()
                        .filter(|_| some)
                        .map(sample::question)
                        .map(|q| (q, NAME.into()))
                        .collect(),
                    some,
                ),
                2,
            )),
        ),
        (
            "desk-question",
            render(&questions::question_page(
                page("/staff/questions/3?late=yes", "desk-question-title")
                    .with_problems(problems(&["outcome", "text"], "problem-choose"))
                    .naming(questions::FIELDS),
                api::disclosures::questions::Case {
                    question: sample::question(if some { Fullness::Empty } else { Fullness::Full }),
                    note: if some { "I was <away>.".into() } else { String::new() },
                    whose: (NAME.into(), None),
                    line: sample::entry(1),
                    others: if some { vec![sample::question(Fullness::Empty)] } else { vec![] },
                },
                &typed,
            )),
        ),
        ("desk-confirm-link", render(&confirm(Some(patient)))),
        ("desk-confirm-close", render(&confirm(None))),
        ("desk-roles", {
            let page = page("/staff/roles", "desk-roles-title");
            let waits = roles::waits(&page, (2, some));
            render(&roles::roles(page, (many(2), waits), holders, (1, some)))
        }),
        (
            "desk-past",
            render(&roles::past_page(page("/staff/roles/past", "desk-past-title"), 2, (many(1), some))),
        ),
        (
            "desk-reviews",
            render(&roles::reviews_page(
                page("/staff/roles/reviews", "desk-reviews-title")
                    .with_problems(problems(&["remark"], "problem-reason")),
                (1, (if some { vec![review] } else { vec![] }, some)),
                (all, api::base::ReviewId(id(8)), &typed),
            )),
        ),
        (
            "desk-grant-new",
            render(&grants::grant_new(
                page("/staff/roles/new", "desk-grant-new").with_problems(bad_grant),
                &typed,
            )),
        ),
        (
            "desk-grant",
            render(&grants::grant_page(
                page("/staff/roles/grants/4", "desk-grant-title"),
                grant(full),
                ((AccountId(id(1)), right), &typed),
            )),
        ),
        (
            "desk-ledger",
            render(&ledger::ledger(
                page("/staff/ledger", "desk-ledger-title"),
                (if some { vec![(PatientNo(1), 2_000)] } else { vec![] }, some.then_some(1)),
            )),
        ),
        (
            "desk-ledger-chain",
            render(&ledger::one_chain(
                page("/staff/ledger/1", "desk-ledger-chain"),
                1,
                (if some { vec![audited()] } else { vec![] }, some.then_some(7)),
            )),
        ),
        (
            "desk-emergencies",
            render(&emergencies::emergencies(
                page("/staff/emergencies", "desk-emergencies-title"),
                1,
                (if some { vec![looked(full), looked(Fullness::Empty)] } else { vec![] }, some),
            )),
        ),
        (
            "desk-emergency",
            render(&emergencies::emergency(
                page("/staff/emergencies/5?late=yes", "desk-emergency-one"),
                (looked(full), Some(opened), false),
                reader(1),
            )),
        ),
        (
            "desk-emergency-open",
            render(&emergencies::emergency(
                page("/staff/emergencies/5", "desk-emergency-one"),
                (looked(full), None, some),
                reader(7),
            )),
        ),
    ]
}
