//! What the law of the place asks of a permission besides federal law: how long it may last, and a witness. Pure.

use chrono::NaiveDate;

use super::model::{Expiry, Kind, Terms};
use super::rules::Defect;

/// What the law of the place says on the day of a signature.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// The last day on which a permission signed that day may end; none: no law says.
    pub last: Option<NaiveDate>,
    /// Whether a witness has to sign too.
    pub witness: Witness,
}

/// Whether an authorization needs a witness.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Witness {
    /// Its law asks for one.
    Needed,
    /// No law does (45 CFR 164.508(c)(1)(vi)).
    #[default]
    NotNeeded,
}

/// Whether a kind is an authorization in the sense of 45 CFR 164.508, of which state law may ask more.
pub fn is_authorization(kind: Kind) -> bool {
    matches!(kind, Kind::Hipaa508 | Kind::Psych508 | Kind::Research)
}

/// What a permission exceeds. A directive is a request for access, which no state law makes shorter; an end that nobody
/// knows the day of may come too late.
pub fn too_long(terms: &Terms, place: Place) -> Option<Defect> {
    let last = place.last.filter(|_| terms.kind != Kind::Directive)?;
    let fits = match &terms.expiry {
        Some(Expiry::Day { last: day, .. }) => day.parse::<NaiveDate>().is_ok_and(|day| day <= last),
        Some(Expiry::Event { .. } | Expiry::Never) => false,
        None => true,
    };
    (!fits).then_some(Defect::TooLong)
}

/// What a signed permission lacks.
pub fn unwitnessed(terms: &Terms, place: Place) -> Option<Defect> {
    let named = terms.signer.witness.as_ref().is_some_and(|name| !name.trim().is_empty());
    let needed = place.witness == Witness::Needed && is_authorization(terms.kind);
    (needed && !named).then_some(Defect::Witness)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;

    fn terms(kind: Kind, expiry: Option<Expiry>, witness: Option<&str>) -> Terms {
        Terms {
            kind,
            person: "Rosa (synthetic)".into(),
            discloser: "Clinic".into(),
            recipient: Default::default(),
            scope: None,
            purposes: [].into(),
            expiry,
            statements: [].into(),
            paid: false,
            conditioned: false,
            signer: crate::consents::Signer { witness: witness.map(str::to_owned), ..Default::default() },
        }
    }

    #[test]
    fn the_law_of_the_place_binds() {
        let until = |day: &str| Some(Expiry::Day { last: day.into(), over: Instant(0) });
        let year = Place { last: NaiveDate::from_ymd_opt(2027, 11, 22), ..Place::default() };
        let event = Some(Expiry::Event { what: "end of treatment".into() });
        for (kind, expiry, place, wanted) in [
            (Kind::Hipaa508, until("2027-11-22"), year, None),
            (Kind::Hipaa508, until("2027-11-23"), year, Some(Defect::TooLong)),
            (Kind::Hipaa508, until("2099-01-01"), Place::default(), None),
            (Kind::Hipaa508, event.clone(), year, Some(Defect::TooLong)),
            (Kind::Hipaa508, event, Place::default(), None),
            (Kind::Research, Some(Expiry::Never), year, Some(Defect::TooLong)),
            (Kind::Part2Tpo, Some(Expiry::Never), year, Some(Defect::TooLong)),
            (Kind::Directive, until("2099-01-01"), year, None),
            (Kind::Hipaa508, None, year, None),
        ] {
            assert_eq!(too_long(&terms(kind, expiry.clone(), None), place), wanted, "{kind:?} {expiry:?}");
        }
        let needed = Place { witness: Witness::Needed, ..Place::default() };
        for (kind, witness, place, wanted) in [
            (Kind::Hipaa508, None, needed, Some(Defect::Witness)),
            (Kind::Hipaa508, Some(" "), needed, Some(Defect::Witness)),
            (Kind::Hipaa508, Some("Ana"), needed, None),
            (Kind::Hipaa508, None, Place::default(), None),
            (Kind::Directive, None, needed, None),
            (Kind::Part2Tpo, None, needed, None),
        ] {
            assert_eq!(unwitnessed(&terms(kind, None, witness), place), wanted, "{kind:?} {witness:?}");
        }
    }
}
