//! Whether somebody who is to act for a patient does so already, as far as names and kinds tell. Pure.

use super::Kind;
use crate::identity::same_name;

/// How one right is like another under the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alike {
    /// It would be the same right once more.
    SameKind,
    /// It is another right, which the law may give beside the first.
    OtherKind,
}

/// Whether a right is like one that is there, by the names under which that one is known: on the paper, and of the account.
pub fn alike((name, kind): (&str, Kind), (names, other): (&[&str], Kind)) -> Option<Alike> {
    let same = names.iter().any(|known| same_name(name, known));
    same.then_some(if kind == other { Alike::SameKind } else { Alike::OtherKind })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name that is typed, those that are known, and the kind that is there beside a parent → how alike they are.
    #[test]
    fn the_same_name_is_noticed() {
        use Alike::{OtherKind, SameKind};
        for (name, names, kind, wanted) in [
            ("Elena Harper", &["Elena Harper"][..], Kind::Parent, Some(SameKind)),
            ("Elena Harper", &["Elena Harper"], Kind::Delegate, Some(OtherKind)),
            ("elena HARPER", &["Élena Harper"], Kind::Parent, Some(SameKind)),
            ("Harper Elena", &["Elena Harper (synthetic)"], Kind::Parent, Some(SameKind)),
            ("Elena Maria Harper", &["Elena Harper"], Kind::Parent, Some(SameKind)),
            // By the account that took the code, whatever the paper says.
            ("Elena Harper", &["Mom", "Elena Harper"], Kind::Parent, Some(SameKind)),
            ("Elena Harper", &["Dana Harper"], Kind::Parent, None),
            ("Harper", &["Elena Harper"], Kind::Parent, None),
            ("Harper", &["Harper"], Kind::Parent, Some(SameKind)),
            ("", &[""], Kind::Parent, None),
            ("Elena Harper", &[], Kind::Parent, None),
        ] {
            assert_eq!(alike((name, Kind::Parent), (names, kind)), wanted, "{name} {names:?} {kind:?}");
        }
    }
}
