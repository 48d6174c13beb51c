//! Identity providers: OpenID Connect issuers that people sign in with.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use super::Strength;

/// One identity provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// A short name for addresses and logs: `clinic`, `login-gov`.
    pub id: String,
    /// The words on its button.
    pub name: String,
    /// The issuer, exactly as its discovery document says.
    pub issuer: String,
    /// Our client id there.
    pub client_id: String,
    /// Our client secret there; none for a public client (PKCE is always used).
    #[serde(default, serialize_with = "hidden")]
    pub client_secret: Option<SecretString>,
    /// Scopes to ask for besides `openid`.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// `acr_values` to ask for, best first.
    #[serde(default)]
    pub acr_values: Vec<String>,
    /// Seconds that the two clocks may differ.
    #[serde(default = "skew")]
    pub clock_skew_seconds: u64,
    /// Which claims this provider has verified well enough to link a record without a code.
    #[serde(default)]
    pub link_by: Match,
    /// A line for the sign-in page: what this provider asks for and why.
    #[serde(default)]
    pub hint: String,
    /// The same line in Spanish; empty: as it is.
    #[serde(default)]
    pub hint_es: String,
    /// Which of its claims make somebody staff; none: nobody who comes from there.
    #[serde(default)]
    pub staff: Option<StaffClaims>,
    /// What its words about a sign-in are worth.
    #[serde(default)]
    pub strength: Strength,
}

/// How a provider says what somebody may do as staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffClaims {
    /// The claim of the ID token that lists roles or groups: `roles`, or `realm_access.roles` for one within another.
    #[serde(default = "roles_claim")]
    pub claim: String,
    /// What the provider calls each role, and which role it is here.
    pub roles: BTreeMap<String, Role>,
}

/// What somebody does for the clinic. What each may do is the table in `staff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Health information management: takes in requests, verifies who somebody is.
    RecordsClerk,
    /// Treats patients, and decides what needs a clinician's judgement.
    Clinician,
    /// A licensed professional who reviews denials that others decided (45 CFR 164.524(d)).
    ReviewingOfficial,
    /// The privacy official (45 CFR 164.530(a)(1)(i)).
    PrivacyOfficer,
    /// The security official (45 CFR 164.308(a)(2)): accounts, roles, keys; by this role no health information.
    Administrator,
    /// Reads the log of who did what, without health information.
    Auditor,
}

impl Role {
    /// All, in the order of the table of who may do what.
    pub const ALL: [Self; 6] = [
        Self::RecordsClerk,
        Self::Clinician,
        Self::ReviewingOfficial,
        Self::PrivacyOfficer,
        Self::Administrator,
        Self::Auditor,
    ];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::RecordsClerk => "records-clerk",
            Self::Clinician => "clinician",
            Self::ReviewingOfficial => "reviewing-official",
            Self::PrivacyOfficer => "privacy-officer",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
        }
    }

    /// The role of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.slug() == slug)
    }
}

/// The rule that links an account to a record from verified claims alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Match {
    /// Never: an activation code or a person at the clinic is needed.
    #[default]
    Never,
    /// Family name, given name, birth date and the medical record number in claim `mrn`.
    RecordNumber,
    /// Family name, given name, birth date and a verified e-mail address that the record also has.
    VerifiedEmail,
}

fn roles_claim() -> String {
    "roles".into()
}

fn scopes() -> Vec<String> {
    vec!["profile".into(), "email".into()]
}

fn skew() -> u64 {
    60
}

/// Settings are serialised only for defaults and for `recordright check`; a secret never is.
fn hidden<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    match secret.as_ref().map(ExposeSecret::expose_secret) {
        None => serializer.serialize_none(),
        Some(_) => serializer.serialize_str("(set)"),
    }
}
