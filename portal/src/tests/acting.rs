//! Sample data of people who act for others, and of claims. All synthetic.

use api::app::App;
use api::base::{AuthorityId, ClaimId, Instant, PatientNo, Problem, Problems};
use api::config::Emancipation;
use api::fhir::present::Category;
use api::fhir::sensitivity::Label;
use api::records::Preview;
use api::representation::claims::{Claim, Difference, Paper, State, Statement, Whole};
use api::representation::desk::{Compared, Foreseen};
use api::representation::{
    Alike, Already, Authority, End, Event, Evidence, Ground, Held, Incapacity, Kind, Limit, Office, One,
    PersonFacts, Scope, Side, Signature, Standing, Suspension,
};
use api::staff::Role;
use api::words::Language;
use askama::Template;

use super::sample::{self, Fullness, NOW, Visitor};
use super::staff;
use crate::form::Fields;
use crate::page::Page;
use crate::staff::{acting, authorities, claims, codes, representatives};

/// How many pages of the desk there are.
pub const PAGES: usize = 8;

/// A day after the samples' now.
const LATER: Instant = Instant(NOW.0 + 86_400_000_000);

pub fn held(kind: Kind, standing: Standing) -> Held {
    let scope = match kind {
        Kind::Delegate => Scope {
            categories: Some(vec![Category::Medicines, Category::Labs]),
            shown: vec![Label::MentalHealth],
            from: Some("2020-01-01".into()),
            ..Scope::WHOLE
        },
        _ => Scope { hidden: vec![Label::Hiv], copies: false, to: Some("2026-01-01".into()), ..Scope::WHOLE },
    };
    let authority = Authority {
        id: AuthorityId(uuid::Uuid::from_u128(50 + kind.slug().len() as u128)),
        patient: PatientNo(1),
        account: None,
        kind,
        name: "Ana <b> (synthetic)".into(),
        evidence: Evidence { proof: kind.proofs()[0], note: "seen".into() },
        scope: scope.clone(),
        granted: scope,
        limits: vec![Limit {
            categories: vec![Category::Notes],
            labels: vec![],
            all: false,
            order: "order of 2 May".into(),
            until: None,
            at: NOW,
            by: "Officer (synthetic)".into(),
        }],
        suspension: None,
        flag: None,
        incapacity: Incapacity::NotNeeded,
        since: Some(NOW),
        starts: Some(LATER),
        active: Some(NOW),
        until: (kind == Kind::Delegate).then_some(LATER),
        review: Some(LATER),
        code_until: Some(LATER),
        created: NOW,
        changes: 3,
        ended: None,
        seat: None,
        closed: Default::default(),
    };
    let person = "Rosa Delgado (synthetic)".into();
    let ends = authority.until.or(kind.of_a_minor().then_some(LATER));
    let holder = authority.account.map(|_| ("Dana <Ellis> (synthetic)".to_owned(), None));
    Held { authority, standing, person, birth_date: Some("1968-03-04".into()), ends, holder }
}

/// One of each standing.
pub fn all() -> Vec<Held> {
    [
        Standing::Invited,
        Standing::NotYet,
        Standing::Springing,
        Standing::Active,
        Standing::Limited,
        Standing::Suspended,
        Standing::Ended(End::Expired),
        Standing::Ended(End::Majority),
    ]
    .into_iter()
    .zip([Kind::Delegate, Kind::Parent].into_iter().cycle())
    .map(|(standing, kind)| held(kind, standing))
    .collect()
}

pub fn event(what: &str) -> Event {
    let by = if what == "active" { String::new() } else { "Ana (synthetic)".into() };
    Event { at: NOW, what: what.into(), by, why: Some("a reason".into()) }
}

pub fn one(full: Fullness) -> One {
    let events = ["invited", "taken", "active", "of-a-later-version"].map(event).into();
    match full {
        Fullness::Full => One { held: held(Kind::Delegate, Standing::Active), side: Side::Person, events },
        Fullness::Empty => {
            One { held: held(Kind::Parent, Standing::Suspended), side: Side::Holder, events: vec![] }
        }
    }
}

pub fn preview(full: Fullness) -> Preview {
    let some = full == Fullness::Full;
    Preview {
        person: sample::person(),
        shelves: if some {
            vec![(Category::Medicines, 230, 230), (Category::Notes, 200, 182)]
        } else {
            vec![]
        },
        hidden: if some { vec![(Label::Hiv, 17), (Label::Genetic, 0)] } else { vec![] },
        limited: some,
    }
}

pub fn claim(state: State) -> Claim {
    Claim {
        id: ClaimId(uuid::Uuid::from_u128(91)),
        account: api::base::AccountId(uuid::Uuid::from_u128(9)),
        who: ("Dana Ellis (synthetic)".into(), Some("dana@example.org".into())),
        kind: Kind::HealthCareAgent,
        made: NOW,
        papers: 2,
        state,
    }
}

pub fn states() -> Vec<Claim> {
    [
        State::Open,
        State::Verified(NOW, AuthorityId(uuid::Uuid::from_u128(51))),
        State::Rejected(NOW, "Not signed.".into()),
        State::Withdrawn(NOW),
    ]
    .map(claim)
    .into()
}

pub fn whole(full: Fullness) -> Whole {
    let some = full == Fullness::Full;
    let state =
        if some { State::Open } else { State::Rejected(NOW, "The paper is <b>not</b> signed.".into()) };
    let more = if some { "lives on Hill Street".to_owned() } else { String::new() };
    let paper = |n| Paper { n, media: "image/png".into(), size: 123_456, added: NOW };
    Whole {
        claim: claim(state),
        statement: Statement {
            kind: Kind::HealthCareAgent,
            name: "Dana Ellis (synthetic)".into(),
            person: "Somebody Else <script>alert(1)</script>".into(),
            birth_date: "1950-01-01".into(),
            identifies: more.clone(),
            contact: "555-0101".into(),
            note: more,
        },
        papers: if some { vec![paper(1), paper(2)] } else { vec![] },
        events: if some { vec![event("claimed"), event("viewed")] } else { vec![] },
    }
}

fn suspension() -> Suspension {
    let signature = Signature { account: None, name: "Dr <Kay>".into(), office: Office::Clinician, at: NOW };
    Suspension {
        ground: Ground::Declined,
        why: "a <belief>".into(),
        signed: vec![signature],
        lifting: vec![],
        review: None,
    }
}

fn declined() -> Held {
    let mut one = held(Kind::Parent, Standing::Ended(End::ByClinic));
    one.authority.suspension = Some(suspension());
    one
}

/// The same right, another one, and a claim.
fn already() -> Vec<Already> {
    let acts = |kind, alike| Already::Acts(Box::new(held(kind, Standing::Active)), alike);
    let claim = states().remove(0);
    vec![
        acts(Kind::Parent, Alike::SameKind),
        acts(Kind::Guardian, Alike::OtherKind),
        Already::Claims(claim, Alike::SameKind),
    ]
}

/// The pages of the desk.
pub fn pages(app: &App, language: Language, full: Fullness) -> Vec<(&'static str, String)> {
    let some = full == Fullness::Full;
    let page = |path: &str, title: &str, fields: &[&'static str]| {
        let problems = fields.iter().filter(|_| some);
        let problems = problems.map(|field| Problem { field, code: "problem-required" }).collect();
        let page = Page::new(&sample::visit(app, Visitor::Unlinked, (path, language)), title);
        page.desk(&[Role::PrivacyOfficer]).with_problems(Problems(problems))
    };
    let offices: &[Office] = match some {
        true => &[Office::PrivacyOfficer, Office::Clinician],
        false => &[Office::PrivacyOfficer],
    };
    let typed = Fields::parse(if some {
        b"act=limit&why=%3Cb%3E&categories=notes&labels=hiv&all=yes&patient=1&kind=parent&proof=parentage"
    } else {
        b""
    });
    let mut one = held(Kind::Parent, Standing::Suspended);
    one.authority.suspension = Some(suspension());
    one.authority.flag = suspension().signed.pop();
    if !some {
        one = Held { standing: Standing::Ended(End::Court), ..held(Kind::Delegate, Standing::Active) };
        one.authority.limits.clear();
    }
    let people = if some { vec![staff::found(full)] } else { vec![] };
    let events = ["verified", "declined", "flagged", "ended"].map(event);
    let facts = match some {
        true => PersonFacts::default(),
        false => PersonFacts {
            emancipated: Some(NOW),
            emancipated_by: Some(Emancipation::Marriage),
            ..PersonFacts::default()
        },
    };
    let bad_decision = ["act", "why", "day", "emancipation", "limit"];
    let bad_claim = ["patient", "name", "proof", "note", "categories", "labels", "from", "until", "answer"];
    let bad_right = ["name", "kind", "proof", "note", "categories", "from", "until", "incapacity"];
    let in_the_way = [declined(), held(Kind::Parent, Standing::Limited)];
    let compared = match some {
        true => {
            let limited = held(Kind::Parent, Standing::Limited);
            let found = vec![Difference::Name, Difference::Birth];
            Compared { found, earlier: vec![declined(), limited], already: already() }
        }
        false => Compared::default(),
    };
    let foreseen = match some {
        true => Foreseen { earlier: in_the_way.into(), already: already() },
        false => Foreseen::default(),
    };
    vec![
        (
            "desk-claims",
            claims::claims_page(
                page("/staff/claims", "desk-claims-title", &[]),
                if some { (states(), 60) } else { (vec![], 0) },
                (2, some),
            )
            .render()
            .unwrap(),
        ),
        (
            "desk-claim",
            claims::claim_page(
                page("/staff/claims/5", "desk-claim-title", &bad_claim).naming(claims::FIELDS),
                if some {
                    (whole(full), vec![declined()])
                } else {
                    (Whole { claim: claim(State::Withdrawn(NOW)), ..whole(full) }, vec![])
                },
                (&people, &typed),
            )
            .render()
            .unwrap(),
        ),
        (
            "desk-claim-confirm",
            claims::confirm_page(
                page("/staff/claims/5/check", "desk-claim-confirm-title", &["differs", "despite"])
                    .naming(claims::FIELDS),
                whole(Fullness::Full),
                (staff::found(full), compared),
                (Office::PrivacyOfficer, &typed),
            )
            .render()
            .unwrap(),
        ),
        (
            "desk-appoint",
            representatives::appoint_page(
                page("/staff/people/1/representatives/new", "desk-appoint-title", &bad_right)
                    .naming(claims::FIELDS),
                (PatientNo(1), AuthorityId(uuid::Uuid::from_u128(8))),
                &typed,
            )
            .render()
            .unwrap(),
        ),
        (
            "desk-appoint-confirm",
            representatives::confirm_page(
                page(
                    "/staff/people/1/representatives/check",
                    "desk-appoint-confirm-title",
                    &["despite", "knowing"],
                )
                .naming(claims::FIELDS)
                .of_named("Rosa Delgado (synthetic)", Some("1968-03-04")),
                (PatientNo(1), &foreseen),
                (Office::PrivacyOfficer, &typed),
            )
            .render()
            .unwrap(),
        ),
        (
            "desk-appointed",
            codes::shown_page(
                page("/staff/people/1/representatives", "desk-code-shown-title", &[]),
                (PatientNo(1), "Ana <b>".into(), {
                    let id = AuthorityId(uuid::Uuid::from_u128(8));
                    if some { codes::Opens::Nothing(id) } else { codes::Opens::Another(id) }
                }),
                ("7KQM-2345-ABCD-EFGH", NOW),
            )
            .render()
            .unwrap(),
        ),
        (
            "desk-authorities",
            acting::authorities(
                page("/staff/authorities?patient=1&late=yes", "desk-authorities-title", &[]),
                (
                    Some(if some { all() } else { vec![] }),
                    some.then(all),
                    some.then(all),
                    if some { all() } else { vec![] },
                ),
                (&people, &typed),
            )
            .render()
            .unwrap(),
        ),
        (
            "desk-authority",
            authorities::authority(
                page("/staff/authorities/5", "desk-authority-title", &bad_decision)
                    .naming(authorities::FIELDS)
                    .of_named("Rosa Delgado (synthetic)", Some("1968-03-04")),
                (one, if some { events.into() } else { vec![] }, facts),
                (&typed, offices),
            )
            .render()
            .unwrap(),
        ),
    ]
}
