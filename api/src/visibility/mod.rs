//! Who may see what, for what purpose. [`check`] is the only place where a [`Permit`] is made, and without
//! a permit nothing leaves a room.

mod rules;
mod store;

use crate::app::App;
use crate::base::{Error, PatientNo, Result};
use crate::db::Tx;
use crate::identity::Actor;
use crate::representation;

pub use rules::{Basis, Permit, Purpose};

/// Whether this person may see this record for this purpose, and how much of it ([`Permit::lens`]). Someone without
/// any right learns only `NotFound`, whether or not such a record exists.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-no-copies` where someone may look but not take a copy.
pub async fn check(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (patient, purpose): (PatientNo, Purpose),
) -> Result<Permit> {
    let link = store::link(tx, actor.account, patient).await?;
    let authority = match link {
        Some(_) => None,
        None => representation::in_force(app, tx, (actor.account, patient)).await?,
    };
    rules::decide(rules::Facts { actor, patient, purpose, link, authority })?.ok_or(Error::NotFound)
}
