//! Who acts for a patient already under the name of somebody who is to be appointed, or claims to: said to staff before
//! they appoint.

use super::alike_rules::{Alike, alike};
use super::claims::{self, Claim};
use super::model::{Authority, Kind, PersonFacts};
use super::{Held, about, claims_store, rules, store, with_holders, with_standing};
use crate::app::App;
use crate::base::{Error, PatientNo, Result};
use crate::db::Tx;

/// Claims that wait, of which so many are compared.
const CLAIMS: i64 = 500;

/// A right, or a claim to one, under the same name.
#[derive(Debug, Clone)]
pub enum Already {
    /// They act for the patient, or are to, or wait to be let in.
    Acts(Box<Held>, Alike),
    /// They say that they may, and nobody has decided.
    Claims(Claim, Alike),
}

impl Already {
    /// Whether it would be the same right once more.
    pub fn is_same(&self) -> bool {
        matches!(self, Self::Acts(_, Alike::SameKind) | Self::Claims(_, Alike::SameKind))
    }
}

/// The open claims of somebody of this name to act for a patient. They are opened one by one, so this is asked before the
/// transaction that decides.
pub(super) async fn claimed(
    app: &App,
    (patient, name, kind): (PatientNo, &str, Kind),
) -> Result<Vec<(Claim, Alike)>> {
    let mut tx = app.db.read().await?;
    let (person, facts) = about(app, &mut tx, patient).await?.ok_or(Error::NotFound)?;
    let mut found = Vec::new();
    for kept in claims_store::in_state(&mut tx, "open", (CLAIMS, 0)).await? {
        let stated = claims::statement(app, &kept)?;
        let claim = claims::claim(app, kept)?;
        let names = [claim.who.0.as_str(), stated.name.as_str()];
        let Some(like) = alike((name, kind), (&names, claim.kind)) else { continue };
        // One of the two that were stated of the patient may be a slip.
        if claims::differences(&stated, (&person, facts.birth_date.as_deref())).len() < 2 {
            found.push((claim, like));
        }
    }
    Ok(found)
}

/// All that is there under the name of a new authority, but what was declined or limited, which is said by itself; with
/// the claims that who decides may see.
pub(super) async fn already(
    app: &App,
    tx: &mut Tx,
    (new, facts): (&Authority, &PersonFacts),
    claims: &[(Claim, Alike)],
) -> Result<Vec<Already>> {
    let mut found = acting(app, tx, (new, facts)).await?;
    found.extend(claims.iter().map(|(claim, like)| Already::Claims(claim.clone(), *like)));
    Ok(found)
}

async fn acting(app: &App, tx: &mut Tx, (new, facts): (&Authority, &PersonFacts)) -> Result<Vec<Already>> {
    let (patient, now) = (new.patient, app.clock.now());
    let all = store::over(tx, &app.keys, patient).await?.into_iter();
    let mut all: Vec<Held> = all.map(|found| with_standing(app, found, facts)).collect();
    with_holders(tx, patient, &mut all).await?;
    let there = |held: &Held| {
        let one = &held.authority;
        held.standing.is_live() && one.id != new.id && !rules::kept_out(one, now)
    };
    let like = |held: Held| {
        let holder = held.holder.as_ref().map_or("", |(name, _)| name.as_str());
        let like = alike((&new.name, new.kind), (&[&held.authority.name, holder], held.authority.kind))?;
        Some(Already::Acts(Box::new(held), like))
    };
    Ok(all.into_iter().filter(there).filter_map(like).collect())
}
