//! Who may see what, for what purpose. [`check`] is the only place where a [`Permit`] is made, and without
//! a permit nothing leaves a room.

mod rules;
mod store;

use crate::base::{Error, PatientNo, Result};
use crate::db::Tx;
use crate::identity::Actor;

pub use rules::{Basis, Permit, Purpose};

/// Whether this person may see this record for this purpose. Someone without any right learns only
/// `NotFound`, whether or not such a record exists.
pub async fn check(tx: &mut Tx, actor: &Actor, patient: PatientNo, purpose: Purpose) -> Result<Permit> {
    let link = store::link(tx, actor.account, patient).await?;
    rules::decide(rules::Facts { actor, patient, purpose, link }).ok_or(Error::NotFound)
}
