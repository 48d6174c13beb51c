//! Identity providers: OpenID Connect issuers that people sign in with.

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
    /// What its words about a sign-in are worth.
    #[serde(default)]
    pub strength: Strength,
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
