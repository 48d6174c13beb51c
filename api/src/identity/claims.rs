//! What we keep of what a provider says about a person, sealed and for as long as the session is in force.

use openidconnect::core::CoreGenderClaim;
use openidconnect::{IdTokenClaims, LocalizedClaim, UserInfoClaims};
use serde::{Deserialize, Serialize};

use super::rules::tidy_name;
use super::tokens::MoreClaims;
use crate::config::Match;

/// Claims about a person, as given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Claims {
    pub name: Option<String>,
    pub given: Option<String>,
    pub family: Option<String>,
    pub username: Option<String>,
    pub birth_date: Option<String>,
    pub email: Option<String>,
    pub email_verified: bool,
    pub phone: Option<String>,
    pub address: Option<String>,
    pub mrn: Option<String>,
}

/// What is sealed with a session.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    pub claims: Claims,
    /// A keyed hash of the address the sign-in came from, hexadecimal: for rate limits only.
    pub from: String,
}

impl Claims {
    /// Whether something is missing that userinfo may have: the name and address for pages, or what the rule
    /// for linking needs.
    pub fn lack(&self, rule: Match) -> bool {
        let named = self.name.is_some() || (self.given.is_some() && self.family.is_some());
        let person = self.given.is_some() && self.family.is_some() && self.birth_date.is_some();
        !named
            || self.email.is_none()
            || match rule {
                Match::Never => false,
                Match::RecordNumber => !person || self.mrn.is_none(),
                Match::VerifiedEmail => !person || !self.email_verified,
            }
    }

    /// Takes what is missing here from `more`. An address and whether it is verified belong together.
    pub fn fill(&mut self, more: Self) {
        let same_email = self.email.is_none() || self.email == more.email;
        if same_email {
            self.email_verified = more.email_verified || (self.email.is_some() && self.email_verified);
        }
        for (mine, other) in [
            (&mut self.name, more.name),
            (&mut self.given, more.given),
            (&mut self.family, more.family),
            (&mut self.username, more.username),
            (&mut self.birth_date, more.birth_date),
            (&mut self.email, more.email),
            (&mut self.phone, more.phone),
            (&mut self.address, more.address),
            (&mut self.mrn, more.mrn),
        ] {
            if mine.is_none() {
                *mine = other;
            }
        }
    }

    /// The name to show: the whole one, or its parts, or what else the person is known by there.
    pub fn display_name(&self) -> String {
        let known_by = || first_name_of([self.username.clone(), self.email.clone()]);
        self.own_name().or_else(known_by).unwrap_or_else(|| "?".to_owned())
    }

    /// The name of the person, whole or its parts, if the provider gave one.
    pub fn own_name(&self) -> Option<String> {
        let parts: Vec<&str> =
            [&self.given, &self.family].into_iter().flatten().map(String::as_str).collect();
        let parts = (!parts.is_empty()).then(|| parts.join(" "));
        first_name_of([self.name.clone(), parts])
    }
}

/// The first of these that says something.
fn first_name_of(names: [Option<String>; 2]) -> Option<String> {
    names.into_iter().flatten().map(|name| tidy_name(&name)).find(|name| !name.is_empty())
}

// The two kinds of claims have the same questions but no common type.
macro_rules! claims_of {
    ($source:expr) => {{
        let source = $source;
        Claims {
            name: localized(source.name()),
            given: localized(source.given_name()),
            family: localized(source.family_name()),
            username: source.preferred_username().and_then(|v| text(v.as_str())),
            birth_date: source.birthdate().and_then(|v| text(v.as_str())),
            email: source.email().and_then(|v| text(v.as_str())),
            email_verified: source.email_verified() == Some(true),
            phone: source.phone_number().and_then(|v| text(v.as_str())),
            address: source.address().and_then(|a| {
                let lines: Vec<&str> = match &a.formatted {
                    Some(whole) => vec![whole.as_str()],
                    None => [
                        a.street_address.as_ref().map(|v| v.as_str()),
                        a.locality.as_ref().map(|v| v.as_str()),
                        a.region.as_ref().map(|v| v.as_str()),
                        a.postal_code.as_ref().map(|v| v.as_str()),
                    ]
                    .into_iter()
                    .flatten()
                    .filter(|part| !part.is_empty())
                    .collect(),
                };
                text(&lines.join(", "))
            }),
            mrn: source.additional_claims().mrn.as_deref().and_then(text),
        }
    }};
}

pub(super) fn of_token(claims: &IdTokenClaims<MoreClaims, CoreGenderClaim>) -> Claims {
    claims_of!(claims)
}

pub(super) fn of_userinfo(claims: &UserInfoClaims<MoreClaims, CoreGenderClaim>) -> Claims {
    claims_of!(claims)
}

fn localized<T: std::ops::Deref<Target = String>>(claim: Option<&LocalizedClaim<T>>) -> Option<String> {
    let claim = claim?;
    let any = claim.get(None).or_else(|| claim.iter().next().map(|(_, value)| value))?;
    text(any.as_str())
}

/// One line of at most 500 characters; nothing where nothing was said.
fn text(value: &str) -> Option<String> {
    let line = value.split(char::is_control).collect::<Vec<_>>().join(" ").trim().to_owned();
    let line: String = line.chars().take(500).collect();
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> Claims {
        Claims {
            name: Some("Rosa Núñez (synthetic)".into()),
            given: Some("Rosa".into()),
            family: Some("Núñez".into()),
            birth_date: Some("1968-03-04".into()),
            email: Some("rosa@people.example".into()),
            email_verified: true,
            mrn: Some("MRN-1".into()),
            ..Claims::default()
        }
    }

    #[test]
    fn userinfo_is_asked_only_for_what_is_missing() {
        type Change = fn(&mut Claims);
        let table: [(Change, [bool; 3]); 7] = [
            (|_| {}, [false, false, false]),
            (|c| c.name = None, [false, false, false]),
            (|c| (c.name, c.given) = (None, None), [true, true, true]),
            (|c| c.birth_date = None, [false, true, true]),
            (|c| c.mrn = None, [false, true, false]),
            (|c| c.email_verified = false, [false, false, true]),
            (|c| c.email = None, [true, true, true]),
        ];
        for (n, (change, expected)) in table.into_iter().enumerate() {
            let mut claims = whole();
            change(&mut claims);
            let got = [Match::Never, Match::RecordNumber, Match::VerifiedEmail].map(|rule| claims.lack(rule));
            assert_eq!(got, expected, "row {n}");
        }
    }

    #[test]
    fn an_address_is_verified_only_as_itself() {
        for (mine, mine_verified, theirs, theirs_verified, expected) in [
            (None, false, Some("a@x.example"), true, true),
            (None, true, Some("a@x.example"), false, false),
            (Some("a@x.example"), false, Some("a@x.example"), true, true),
            (Some("a@x.example"), false, Some("b@x.example"), true, false),
            (Some("a@x.example"), true, Some("b@x.example"), false, true),
            (Some("a@x.example"), true, None, false, true),
        ] {
            let claims = |email: Option<&str>, email_verified| Claims {
                email: email.map(str::to_owned),
                email_verified,
                ..Claims::default()
            };
            let mut filled = claims(mine, mine_verified);
            filled.fill(claims(theirs, theirs_verified));
            assert_eq!(filled.email_verified, expected, "{mine:?} {theirs:?}");
            assert_eq!(filled.email.as_deref(), mine.or(theirs));
        }
    }

    #[test]
    fn there_is_always_a_name() {
        let mut claims = whole();
        assert_eq!(claims.display_name(), "Rosa Núñez (synthetic)");
        claims.name = Some(" \u{7} ".into());
        assert_eq!(claims.display_name(), "Rosa Núñez");
        (claims.given, claims.family) = (None, None);
        assert_eq!(claims.display_name(), "rosa@people.example");
        assert_eq!(Claims::default().display_name(), "?");
    }
}
