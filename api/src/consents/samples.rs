//! Consents for the tests of the rules. All people are synthetic.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::cover_rules::{Disclosure, category_bits};
use super::model::{Consent, Expiry, Kind, Party, Purpose, Scope, Signature, Signer, State, Terms};
use super::rules::{needed, statements};
use crate::base::{ConsentId, Instant, PatientNo};
use crate::fhir::present::Category;
use crate::fhir::sensitivity::Labels;

pub const NOW: Instant = Instant(1_000_000_000);
pub const LATER: Instant = Instant(2_000_000_000);

/// A consent of this kind that lacks nothing.
pub fn good(kind: Kind) -> Terms {
    let purpose = match kind {
        Kind::Part2Tpo => Purpose::Treatment,
        Kind::Part2Proceedings => Purpose::Proceedings,
        Kind::Research => Purpose::Research,
        _ => Purpose::OwnRequest,
    };
    Terms {
        kind,
        person: "Rosa Delgado (synthetic)".into(),
        discloser: "Riverside Clinic".into(),
        recipient: Party { name: "Dr. Lee".into(), address: "1 Hill Street".into(), ..Party::default() },
        scope: Some(Scope { labels: needed(kind), ..Scope::default() }),
        statements: statements(kind, &BTreeSet::from([purpose])),
        purposes: BTreeSet::from([purpose]),
        expiry: Some(Expiry::Day { last: "2027-01-01".into(), over: LATER }),
        paid: false,
        conditioned: false,
        signer: Signer {
            typed: "Rosa Delgado".into(),
            day: "2026-06-01".into(),
            authority: None,
            witness: None,
            beside: None,
        },
    }
}

pub fn but(kind: Kind, change: impl FnOnce(&mut Terms)) -> Terms {
    let mut terms = good(kind);
    change(&mut terms);
    terms
}

pub fn scope(terms: &mut Terms) -> &mut Scope {
    terms.scope.as_mut().unwrap()
}

pub fn kept(n: u128, terms: Terms) -> Consent {
    Consent {
        id: ConsentId(Uuid::from_u128(n)),
        patient: PatientNo(1),
        terms,
        state: State::Active,
        state_at: NOW,
        received: None,
        signature: Signature {
            at: NOW,
            account: None,
            session: None,
            acr: None,
            auth_time: None,
            text_hash: [0; 32],
            language: "en".into(),
            wording: 1,
            entered_by: None,
        },
        text: String::new(),
    }
}

pub fn asked() -> Disclosure {
    Disclosure {
        discloser: "riverside clinic".into(),
        recipient: Party { name: "Dr Lee".into(), ..Party::default() },
        purpose: Purpose::OwnRequest,
        categories: category_bits(&BTreeSet::from([Category::Labs, Category::Notes])),
        labels: vec![Labels::default()],
        days: None,
    }
}
