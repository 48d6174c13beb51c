//! What restrictions and consents leave of a look or a disclosure: the one question of every road by which a part of a
//! record reaches somebody else than the person.

use super::allow_rules::{self, Decision, Recipient};
use super::model::{Consent, Purpose, Restriction};
use super::store;
use crate::app::App;
use crate::base::{PatientNo, Result};
use crate::db::Tx;

/// What binds now of what a person asked for and signed. Most people have neither.
#[derive(Debug)]
pub struct Bound {
    restrictions: Vec<Restriction>,
    consents: Vec<Consent>,
}

/// What binds of a record now. [`Bound::leaves`] says what it leaves to whom.
///
/// # Errors
/// Faults of the database only.
pub async fn bound(app: &App, tx: &mut Tx, patient: PatientNo) -> Result<Bound> {
    let there = store::governing(tx, patient).await?;
    let restrictions =
        if there.restrictions { store::binding(tx, &app.keys, patient).await? } else { Vec::new() };
    let consents = if there.consents { store::live(tx, patient).await? } else { Vec::new() };
    Ok(Bound { restrictions, consents })
}

impl Bound {
    /// Whether nothing binds.
    pub fn is_nothing(&self) -> bool {
        self.restrictions.is_empty() && self.consents.is_empty()
    }

    /// What this recipient may have of a record now, as far as restrictions that the clinic agreed to (45 CFR 164.522(a))
    /// and consents under 42 CFR 2.31 say. It only ever takes away: lay [`Decision::lens`] over what the recipient sees on
    /// their own ground. Deny wins, and two consents that differ cover nothing.
    ///
    /// Ask it at each request, so that what was taken back counts with the next one. [`Decision::consent`] tells which
    /// consent covers what Part 2 protects; where none does, the caller hides it from everybody but the person, their own
    /// apps (42 CFR 2.23), who stands in their place for it (2.15), and the program's own staff. For an app:
    /// [`Position::App`], its name, and the lens of its grant; the purpose is [`Purpose::OwnRequest`], since it is the
    /// person's own request.
    ///
    /// [`Position::App`]: super::Position::App
    pub fn leaves(&self, app: &App, recipient: &Recipient, purpose: Purpose) -> Decision {
        let (lens, limited) = allow_rules::under_restrictions(&self.restrictions, recipient);
        let clinic = app.config.clinic.name.as_str();
        let consent = allow_rules::part2(&self.consents, (recipient, clinic), (purpose, app.clock.now()));
        Decision { lens, limited, consent }
    }
}
