//! Who acts for a patient already under the name of somebody who is to be appointed, or claims to: said to staff before
//! they appoint.

use super::alike_rules::{Alike, alike};
use super::claims::{self, Claim};
use super::model::{Authority, PersonFacts};
use super::{Held, claims_store, rules, store, with_holders, with_standing};
use crate::app::App;
use crate::base::Result;
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

/// All that is there under the name of a new authority, but what was declined or limited, which is said by itself.
pub(super) async fn already(
    app: &App,
    tx: &mut Tx,
    (new, person): (&Authority, (&str, &PersonFacts)),
) -> Result<Vec<Already>> {
    let mut found = acting(app, tx, (new, person.1)).await?;
    for kept in claims_store::in_state(tx, "open", (CLAIMS, 0)).await? {
        let stated = claims::statement(app, &kept)?;
        let claim = claims::claim(app, kept)?;
        let names = [claim.who.0.as_str(), stated.name.as_str()];
        let Some(like) = alike((&new.name, new.kind), (&names, claim.kind)) else { continue };
        // One of the two that were stated of the patient may be a slip.
        let born = person.1.birth_date.as_deref();
        if claims::differences(&stated, (person.0, born)).len() < 2 {
            found.push(Already::Claims(claim, like));
        }
    }
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
