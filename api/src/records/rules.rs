//! What decides whose a resource is where two records, or two people, claim the same id. Pure.

use std::collections::BTreeSet;

use crate::base::PatientNo;

/// What can tell one person from another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Identity {
    /// The FHIR id at the source.
    pub id: String,
    /// Folded.
    pub family: String,
    /// Folded, with blanks between the names.
    pub given: String,
    pub birth_date: Option<String>,
    /// System and value.
    pub identifiers: BTreeSet<(String, String)>,
}

/// Whether a Patient resource names somebody else than the person known under this id: another name and another
/// birth date, and no identifier in common. What either does not tell, does not differ: a new name after a wedding,
/// a mended birth date or a first number of the clinic passes.
pub(super) fn is_another(new: &Identity, known: &Identity) -> bool {
    let other_birth = matches!((&known.birth_date, &new.birth_date), (Some(a), Some(b)) if a != b);
    other_birth && is_other_name(new, known) && !share_identifier(new, known)
}

/// Another family name, or within a family another first name. A middle name may come or go.
fn is_other_name(new: &Identity, known: &Identity) -> bool {
    let differ = |a: &str, b: &str| !a.is_empty() && !b.is_empty() && a != b;
    let first = |given: &str| given.split(' ').next().unwrap_or_default().to_owned();
    differ(&known.family, &new.family) || differ(&first(&known.given), &first(&new.given))
}

/// Whether they have an identifier in common. One that only repeats the id says no more than the id; a mailbox is
/// often a family's.
fn share_identifier(new: &Identity, known: &Identity) -> bool {
    let telling =
        |(system, value): &(String, String)| system != "mailto:" && *value != known.id && !value.is_empty();
    new.identifiers.iter().any(|one| telling(one) && known.identifiers.contains(one))
}

/// How a resource came to the record it is claimed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// It says itself whose it is, or never is anybody's (a Practitioner).
    Settled,
    /// It does not say whose it is, and came along with a person's data.
    CameAlong,
    /// So did it, and it is a thing that two people may have in common: a Device, the bytes of a document.
    Thing,
    /// So did it, and it is an entry of a catalogue (a Medication): whoever names it means the same.
    Catalogue,
}

/// Where a resource that is known belongs, now that it came again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whereabouts {
    /// It stays where it is.
    Stays,
    /// From now on it is in the directory, where the references of every record of its source find it.
    Directory,
    /// Another person's: it is not taken.
    Refused,
}

/// Where a resource belongs that is kept in the record `kept` and came again for the record `claimed`. The same
/// bytes tell the second person nothing that the source did not hand out for them as well.
pub(super) fn whereabouts(
    nature: Nature,
    (kept, claimed): (PatientNo, PatientNo),
    same: Same,
) -> Whereabouts {
    let directory = PatientNo::DIRECTORY;
    match nature {
        _ if kept == claimed => Whereabouts::Stays,
        Nature::Settled => Whereabouts::Refused,
        _ if kept == directory => Whereabouts::Stays,
        Nature::Catalogue => Whereabouts::Directory,
        Nature::Thing if same == Same::Bytes && claimed != directory => Whereabouts::Directory,
        // A file of many says nothing new about whose it is.
        _ if same == Same::Bytes && claimed == directory => Whereabouts::Stays,
        Nature::Thing | Nature::CameAlong => Whereabouts::Refused,
    }
}

/// Whether what came has the bytes of what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Same {
    /// It has.
    Bytes,
    /// It is another version.
    Not,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `family, given|birth date|identifiers`.
    fn identity(text: &str) -> Identity {
        let parts: Vec<&str> = text.split('|').collect();
        let (family, given) = parts[0].split_once(", ").unwrap_or((parts[0], ""));
        let identifiers = parts[2].split_whitespace().map(|one| {
            let (system, value) = one.split_once('=').unwrap();
            (system.to_owned(), value.to_owned())
        });
        Identity {
            id: "p1".into(),
            family: family.into(),
            given: given.into(),
            birth_date: (!parts[1].is_empty()).then(|| parts[1].to_owned()),
            identifiers: identifiers.collect(),
        }
    }

    #[test]
    fn somebody_else_under_a_known_id() {
        for (known, new, another) in [
            ("diaz, ana|1970-01-01|mrn=1", "diaz, ana|1970-01-01|mrn=1", false),
            ("diaz, ana|1970-01-01|mrn=1", "kim, joe|1950-05-05|mrn=2", true),
            ("diaz, ana|1970-01-01|", "kim, joe|1950-05-05|", true),
            // A wedding, a mended birth date, both with the clinic's number.
            ("diaz, ana|1970-01-01|mrn=1", "kim, ana|1970-01-01|mrn=2", false),
            ("diaz, ana|1970-01-01|", "diaz, ana|1970-10-01|", false),
            ("diaz, ana|1970-01-01|mrn=1", "kim, ana maria|1970-10-01|mrn=1 ssn=3", false),
            // A brother or sister under a number that was given out again.
            ("diaz, ana|1970-01-01|mrn=1", "diaz, luis|1972-02-02|mrn=2", true),
            ("diaz, ana|1970-01-01|", "diaz, ana maria|1972-02-02|", false),
            // A twin cannot be told from a new first name.
            ("diaz, ana|1970-01-01|", "diaz, eva|1970-01-01|", false),
            // What says no more than the id, or is a family's.
            ("diaz, ana|1970-01-01|own=p1", "kim, joe|1950-05-05|own=p1", true),
            ("diaz, ana|1970-01-01|mailto:=a@x", "kim, joe|1950-05-05|mailto:=a@x", true),
            ("diaz, ana|1970-01-01|mrn=1", "kim, joe|1950-05-05|ssn=1", true),
            // What is not told does not differ.
            ("||", "kim, joe|1950-05-05|mrn=2", false),
            ("diaz, ana||mrn=1", "kim, joe|1950-05-05|mrn=2", false),
            ("diaz, ana|1970-01-01|mrn=1", "||", false),
        ] {
            let known = identity(known);
            assert_eq!(is_another(&identity(new), &known), another, "{known:?} {new}");
        }
    }

    #[test]
    fn what_two_records_claim() {
        use Nature::*;
        use Whereabouts::{Directory, Refused, Stays};
        for (nature, kept, claimed, same, expected) in [
            (Settled, 1, 1, Same::Not, Stays),
            (Settled, 1, 2, Same::Bytes, Refused),
            (Settled, 1, 0, Same::Bytes, Refused),
            (Settled, 0, 1, Same::Bytes, Refused),
            (Settled, 0, 0, Same::Not, Stays),
            (Catalogue, 1, 1, Same::Not, Stays),
            (Catalogue, 1, 2, Same::Bytes, Directory),
            (Catalogue, 1, 2, Same::Not, Directory),
            (Catalogue, 1, 0, Same::Bytes, Directory),
            (Catalogue, 0, 1, Same::Not, Stays),
            (Thing, 1, 1, Same::Not, Stays),
            (Thing, 1, 2, Same::Bytes, Directory),
            (Thing, 1, 2, Same::Not, Refused),
            (Thing, 1, 0, Same::Bytes, Stays),
            (Thing, 1, 0, Same::Not, Refused),
            (Thing, 0, 1, Same::Not, Stays),
            (CameAlong, 1, 1, Same::Not, Stays),
            (CameAlong, 1, 2, Same::Bytes, Refused),
            (CameAlong, 1, 0, Same::Bytes, Stays),
            (CameAlong, 1, 0, Same::Not, Refused),
            (CameAlong, 0, 1, Same::Not, Stays),
        ] {
            let got = whereabouts(nature, (PatientNo(kept), PatientNo(claimed)), same);
            assert_eq!(got, expected, "{nature:?} {kept} {claimed} {same:?}");
        }
    }
}
