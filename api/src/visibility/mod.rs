//! Who may see what, for what purpose. [`check`] is the only place where a [`Permit`] is made, and without
//! a permit nothing leaves a room.

mod rules;
mod store;

use crate::app::App;
use crate::base::{AccountId, Error, PatientNo, Result};
use crate::consents::{self, Going};
use crate::db::Tx;
use crate::identity::Actor;
use crate::representation::{self, Sight};
use crate::smart::{self, Access, ClientId};
use crate::staff;

use rules::Ground;
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
    let ground = match ground(app, tx, (actor.account, patient)).await? {
        // Another session of the same account may have proved less.
        Ground::Look(view) if view.session != actor.session => Ground::None,
        ground => ground,
    };
    let Some((basis, lens)) = rules::decide(patient, purpose, ground)? else { return Err(Error::NotFound) };
    Ok(Permit::new(actor, (patient, purpose), (basis, lens)))
}

/// Whether an app may read the record that its token is about, and how much of it: what the one who connected it may
/// see at this moment, and no more than they allowed it.
///
/// # Errors
/// `NotFound` where they may not see it any more; `Refused` with `refused-no-copies`.
pub async fn check_app(app: &App, tx: &mut Tx, access: &Access) -> Result<Permit> {
    let (patient, account) = (access.patient, access.actor.account);
    let ground = match ground(app, tx, (account, patient)).await? {
        Ground::Look(_) => Ground::None,
        ground => ground,
    };
    let seen = rules::decide(patient, Purpose::App, ground)?;
    let seen = seen.and_then(|seen| rules::decide_app(access, seen)).ok_or(Error::NotFound)?;
    Ok(Permit::new(&access.actor, (patient, Purpose::App), seen))
}

/// Whether a system may export a record as one of a group of patients, and how much of it: the system was agreed with for
/// this group, the person is in it, and their own wishes leave something over. `None`: the person asked that it not go
/// there.
///
/// # Errors
/// `NotFound` where nothing was agreed, or the person is not in the group.
pub async fn check_system(
    app: &App,
    tx: &mut Tx,
    (client, group, patient): (&ClientId, &str, PatientNo),
) -> Result<Option<Permit>> {
    let agreed = smart::agreed(tx, client).await?.filter(|about| about.groups.iter().any(|own| own == group));
    let about = agreed.ok_or(Error::NotFound)?;
    let member = store::member(tx, (group, patient)).await?.ok_or(Error::NotFound)?;
    let going = Going {
        recipient: member.recipient.clone(),
        to_health_plan: member.to_health_plan,
        purpose: member.purpose,
        shown: member.shown,
    };
    let lens = consents::for_system(app, tx, (patient, &going)).await?;
    Ok(lens.and_then(|lens| rules::decide_system((client, &about.name), (patient, member), lens)))
}

/// How much of a record an account may see for a purpose now: for what is built or sent while nobody looks on, such as
/// a copy or a download that is running.
///
/// # Errors
/// As of [`check`].
pub(crate) async fn sight(
    app: &App,
    tx: &mut Tx,
    (account, patient, purpose): (AccountId, PatientNo, Purpose),
) -> Result<Sight> {
    let ground = ground(app, tx, (account, patient)).await?;
    let (_, lens) = rules::decide(patient, purpose, ground)?.ok_or(Error::NotFound)?;
    Ok(Sight { patient, lens })
}

/// What stands between an account and a record. Its own record goes before an authority over it, and that before a
/// look for the clinic.
async fn ground(app: &App, tx: &mut Tx, (account, patient): (AccountId, PatientNo)) -> Result<Ground> {
    if let Some(link) = store::link(tx, account, patient).await? {
        return Ok(Ground::Own(link));
    }
    if let Some(authority) = representation::in_force(app, tx, (account, patient)).await? {
        return Ok(Ground::Authority(Box::new(authority)));
    }
    Ok(staff::view_in_force(app, tx, (account, patient)).await?.map_or(Ground::None, Ground::Look))
}
