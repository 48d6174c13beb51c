//! Sample data of people who act for others, and of claims. All synthetic.

use api::base::{AuthorityId, ClaimId, Instant, PatientNo};
use api::fhir::present::Category;
use api::fhir::sensitivity::Label;
use api::records::Preview;
use api::representation::claims::{Claim, Paper, State, Statement, Whole};
use api::representation::{
    Authority, End, Event, Evidence, Held, Incapacity, Kind, Limit, One, Scope, Side, Standing,
};

use super::sample::{self, Fullness, NOW};

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
    };
    let person = "Rosa Delgado (synthetic)".into();
    Held { authority, standing, person, birth_date: Some("1968-03-04".into()) }
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
