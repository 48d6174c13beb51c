//! What a provider's words about a sign-in are worth: identity and authenticator assurance levels of NIST SP
//! 800-63. Each provider names its contexts (`acr`) and methods (`amr`, RFC 8176) in its own way, so each has a table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How strong the sign-ins of one provider are.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Strength {
    /// What each `acr` of this provider stands for.
    pub acr: BTreeMap<String, Level>,
    /// What a sign-in without an `acr`, or with one that is not in the table, stands for.
    pub default: Level,
    /// The methods (`amr`) each of which tells that there was a second factor.
    pub second_factor_amr: Vec<String>,
}

/// Two assurance levels, each from 1 to 3; 0 is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// How well it was checked who the person is (NIST SP 800-63A).
    pub ial: u8,
    /// How well it was checked that it is the same person again (NIST SP 800-63B); from 2 on with two factors.
    pub aal: u8,
}

impl Default for Strength {
    fn default() -> Self {
        // Methods that no provider gives for a password alone. A key in software (`swk`) is left out: it may be no
        // more than a remembered browser.
        let methods = ["mfa", "mca", "otp", "hwk", "sc", "sms", "tel"];
        Self {
            acr: BTreeMap::new(),
            default: Level::default(),
            second_factor_amr: methods.map(str::to_owned).into(),
        }
    }
}

impl Default for Level {
    fn default() -> Self {
        Self { ial: 1, aal: 1 }
    }
}

impl Strength {
    /// What a sign-in is worth: by its `acr`, else the default; a method with a second factor makes it at least AAL 2.
    pub fn level(&self, acr: Option<&str>, amr: Option<&str>) -> Level {
        let mut level = acr.and_then(|acr| self.acr.get(acr)).copied().unwrap_or(self.default);
        let mut methods = amr.unwrap_or_default().split_whitespace();
        if methods.any(|method| self.second_factor_amr.iter().any(|known| known == method)) {
            level.aal = level.aal.max(2);
        }
        level
    }

    /// The contexts to ask for where a second factor is needed, the least that is enough first.
    pub fn two_factors(&self) -> Vec<&str> {
        let mut strong: Vec<_> = self.acr.iter().filter(|(_, level)| level.aal >= 2).collect();
        strong.sort_by_key(|(_, level)| level.aal);
        strong.into_iter().map(|(acr, _)| acr.as_str()).collect()
    }

    /// What is wrong with the table, in words that go on from its key.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let sound = |level: &Level| (1..=3).contains(&level.ial) && (1..=3).contains(&level.aal);
        let word = |word: &String| !word.is_empty() && word.bytes().all(|b| b.is_ascii_graphic());
        if !self.acr.values().chain([&self.default]).all(sound) {
            return Some("has a level that is not 1, 2 or 3");
        }
        // An `acr` is compared as a whole and asked for in a list with spaces between.
        if !self.acr.keys().chain(&self.second_factor_amr).all(word) {
            return Some("has an acr or amr that is empty or has a space in it");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_provider_become_levels() {
        let level = |ial, aal| Level { ial, aal };
        let strength = Strength {
            acr: BTreeMap::from([
                ("urn:x:three".into(), level(2, 3)),
                ("urn:x:two".into(), level(2, 2)),
                ("urn:x:proofed".into(), level(2, 1)),
            ]),
            ..Strength::default()
        };
        for (acr, amr, expected) in [
            (None, None, level(1, 1)),
            (Some("urn:x:unknown"), None, level(1, 1)),
            (Some("urn:x:two"), None, level(2, 2)),
            (Some("URN:X:TWO"), None, level(1, 1)),
            (Some("urn:x:two "), None, level(1, 1)),
            (Some("urn:x:proofed"), Some("pwd"), level(2, 1)),
            (Some("urn:x:proofed"), Some("pwd otp"), level(2, 2)),
            (Some("urn:x:three"), Some("pwd otp"), level(2, 3)),
            (None, Some("pwd"), level(1, 1)),
            (None, Some("pwd pin kba"), level(1, 1)),
            (None, Some("pwd swk"), level(1, 1)),
            (None, Some("otp"), level(1, 2)),
            (None, Some("hwk user"), level(1, 2)),
            (None, Some("mfa"), level(1, 2)),
            (None, Some("MFA"), level(1, 1)),
            (None, Some("otpx"), level(1, 1)),
            (None, Some(""), level(1, 1)),
        ] {
            assert_eq!(strength.level(acr, amr), expected, "{acr:?} {amr:?}");
        }
        assert_eq!(strength.two_factors(), ["urn:x:two", "urn:x:three"]);
        let none = Strength { second_factor_amr: vec![], default: level(2, 2), ..Strength::default() };
        assert_eq!(none.level(None, Some("mfa")), level(2, 2), "a provider that always asks for both");
        assert_eq!(none.two_factors(), Vec::<&str>::new());
    }

    #[test]
    fn wrong_tables_are_found() {
        let with = |acr: &str, ial, aal| Strength {
            acr: BTreeMap::from([(acr.to_owned(), Level { ial, aal })]),
            ..Strength::default()
        };
        for (strength, sound) in [
            (Strength::default(), true),
            (with("urn:x", 2, 2), true),
            (with("urn:x", 0, 2), false),
            (with("urn:x", 2, 4), false),
            (with("", 2, 2), false),
            (with("a b", 2, 2), false),
            (Strength { second_factor_amr: vec!["".into()], ..Strength::default() }, false),
            (Strength { default: Level { ial: 4, aal: 1 }, ..Strength::default() }, false),
        ] {
            assert_eq!(strength.fault().is_none(), sound, "{strength:?}");
        }
    }
}
