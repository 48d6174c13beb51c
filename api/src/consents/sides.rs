//! On which side somebody stands who acts on a record: the person themselves, or who stands in their place.

use super::model::Kind;
use super::side_rules::{self, Speaks, Stand};
use crate::app::App;
use crate::base::{Error, PatientNo, Result};
use crate::db::Tx;
use crate::fhir::sensitivity::Labels;
use crate::identity::{self, Actor};
use crate::representation::{self, Age};

/// On which side somebody stands.
pub enum Side {
    /// It is their own record.
    Own {
        /// How far they are by their age.
        age: Age,
        /// The bits of the services to which they may consent alone, where they are not of age.
        alone: Labels,
    },
    /// They stand in the place of a person of this age.
    For(Box<representation::Authority>, Age),
}

impl Side {
    /// What they are, where they act for the person.
    pub fn of(&self) -> Option<representation::Kind> {
        match self {
            Self::Own { .. } => None,
            Self::For(authority, _) => Some(authority.kind),
        }
    }

    /// The name that they sign with: that of their account, or where the clinic knows them by another, that of the papers.
    pub fn signs_as<'a>(&'a self, account_name: &'a str) -> &'a str {
        match self {
            Self::For(authority, _) if !identity::same_name(&authority.name, account_name) => &authority.name,
            _ => account_name,
        }
    }

    /// On what ground they sign for the person, for the text (45 CFR 164.508(c)(1)(vi)).
    pub fn authority(&self) -> Option<String> {
        match self {
            Self::Own { .. } => None,
            Self::For(authority, _) => {
                Some(format!("{}: {}", authority.kind.slug(), authority.evidence.proof.slug()))
            }
        }
    }

    /// The facts that the rules ask for.
    pub fn stand(&self) -> Stand {
        match self {
            Self::Own { age, alone } => Stand::Own { age: *age, alone: *alone },
            Self::For(authority, age) => Stand::For {
                age: *age,
                speaks: if authority.closed.speaks() { Speaks::Yes } else { Speaks::No },
                lens: side_rules::signs_of(authority.lens_with_consent(), &authority.scope),
            },
        }
    }
}

/// The person, or who stands in their place. A delegate only looks (45 CFR 164.510(b)); anyone else learns nothing.
pub async fn side(app: &App, tx: &mut Tx, actor: &Actor, patient: PatientNo) -> Result<Side> {
    if identity::owns(tx, actor.account, patient).await? {
        let (age, alone) = by_age(app, tx, patient).await?;
        return Ok(Side::Own { age, alone });
    }
    let authority = representation::in_force(app, tx, (actor.account, patient)).await?;
    let authority = authority.filter(|authority| authority.kind != representation::Kind::Delegate);
    let authority = authority.ok_or(Error::NotFound)?;
    let age = match (authority.kind.of_a_minor(), representation::age_of(app, tx, patient).await?) {
        (false, _) => Age::OfAge,
        // Whose birth date is not known counts as of age, but has somebody who acts for a minor.
        (true, Age::OfAge) => Age::Minor,
        (true, age) => age,
    };
    Ok(Side::For(Box::new(authority), age))
}

/// How far somebody is by their age, and the bits of the services to which they may consent alone, where they are not of
/// age.
pub async fn by_age(app: &App, tx: &mut Tx, patient: PatientNo) -> Result<(Age, Labels)> {
    let age = representation::age_of(app, tx, patient).await?;
    let alone = match age {
        Age::OfAge => Labels::default(),
        Age::MayAlone | Age::Minor => representation::services_alone(app, tx, patient).await?,
    };
    Ok((age, alone))
}

/// Who signs a consent of a kind.
///
/// # Errors
/// `NotFound`; `Refused` with what [`side_rules::may_sign`] says.
pub async fn may_sign(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (patient, kind): (PatientNo, Kind),
) -> Result<Side> {
    let side = side(app, tx, actor, patient).await?;
    side_rules::may_sign(side.stand(), kind).map_err(Error::refused)?;
    Ok(side)
}
