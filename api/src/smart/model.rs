//! Apps, what they ask for, and what people allowed them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::rules;
use super::scopes::Scopes;
use crate::base::{AccountId, AppGrantId, AskId, AuthorityId, Error, Instant, PatientNo};
use crate::identity::Actor;
use crate::representation::{Kind, Lens};

/// What OAuth calls `client_id`. Opaque.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(pub String);

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How an app proves that it is itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientKind {
    /// Not at all: it runs on a device that cannot keep a secret (RFC 6749, 2.1). PKCE protects it.
    Public,
    /// With a secret (`client_secret_basic`).
    Secret,
    /// With a key pair (`private_key_jwt`, RFC 7523).
    Keys,
}

impl ClientKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Public, Self::Secret, Self::Keys];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Secret => "secret",
            Self::Keys => "keys",
        }
    }

    /// The kind of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }
}

/// Who brought an app here, which is how we know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The clinic registered it.
    Clinic,
    /// A developer registered it with their account.
    Developer {
        /// The account.
        account: AccountId,
    },
    /// It registered itself (RFC 7591).
    Dynamic,
    /// It came with a demonstration.
    Demo,
    /// It stands in the settings (`[[clients]]`), or did.
    Settings,
}

impl Origin {
    /// Its stable name.
    pub fn slug(&self) -> &'static str {
        match self {
            Self::Clinic => "clinic",
            Self::Developer { .. } => "developer",
            Self::Dynamic => "dynamic",
            Self::Demo => "demo",
            Self::Settings => "settings",
        }
    }

    /// Whether the clinic or who runs its service brought it.
    pub fn is_of_clinic(&self) -> bool {
        matches!(self, Self::Clinic | Self::Settings | Self::Demo)
    }
}

/// Whether an app may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientState {
    /// It may.
    Active,
    /// A system that waits for the second person who has to agree.
    Waiting {
        /// The account of the one who registered it.
        by: AccountId,
    },
    /// The clinic stopped it: none of its tokens works.
    Suspended {
        /// Since when.
        at: Instant,
        /// Who stopped it.
        by: String,
        /// Why, in their words.
        why: String,
    },
}

/// Who uses an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// A person.
    Person,
    /// A system, without anybody (backend services).
    System,
}

/// Where an app's public keys are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeySource {
    /// Here: a JWK Set (RFC 7517), as it was given.
    Value(serde_json::Value),
    /// At this address.
    Url(String),
}

/// What is told about an app when it is registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// The name that people see.
    pub name: String,
    /// Who made it, as they say.
    #[serde(default)]
    pub made_by: Option<String>,
    /// How it proves that it is itself.
    pub kind: ClientKind,
    /// Who uses it.
    pub used_by: Use,
    /// Where it wants people sent back to; compared character by character.
    pub redirect_uris: Vec<String>,
    /// Where it is launched from the portal.
    #[serde(default)]
    pub launch_uri: Option<String>,
    /// Its picture.
    #[serde(default)]
    pub logo_uri: Option<String>,
    /// Its own page.
    #[serde(default)]
    pub client_uri: Option<String>,
    /// What it does with the data.
    #[serde(default)]
    pub policy_uri: Option<String>,
    /// Its terms.
    #[serde(default)]
    pub tos_uri: Option<String>,
    /// How to reach who made it.
    #[serde(default)]
    pub contacts: Vec<String>,
    /// The scopes it may ask for; for a system those that were agreed. None for a person's app: all.
    #[serde(default)]
    pub scope: Option<String>,
    /// Its public keys, if it has any.
    #[serde(default)]
    pub keys: Option<KeySource>,
    /// For a system: the groups of patients it may export.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The software's own id and version (RFC 7591, section 2).
    #[serde(default)]
    pub software: Option<(String, String)>,
}

/// A registered app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// What was told about it.
    pub about: Registration,
    /// Who brought it here.
    pub origin: Origin,
    /// Whether it may be used.
    pub state: ClientState,
    /// When it was registered.
    pub created: Instant,
    /// When it was last changed.
    pub changed: Instant,
    /// When it last got a token.
    pub used: Option<Instant>,
    /// Since when the clinic recommends it.
    pub marked: Option<Instant>,
}

impl Client {
    /// Whether it may be used.
    pub fn is_active(&self) -> bool {
        self.state == ClientState::Active
    }

    /// Whether a system uses it.
    pub fn is_system(&self) -> bool {
        self.about.used_by == Use::System
    }

    /// Whether the clinic brought it here or recommends it. Whoever else brought it, nobody looked at.
    pub fn is_vouched_for(&self) -> bool {
        self.marked.is_some() || self.origin.is_of_clinic()
    }
}

/// An app that was just registered, or got a new secret.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The app.
    pub client: Client,
    /// Its secret, shown once.
    pub secret: Option<String>,
    /// What manages the registration (RFC 7592), where the app registered itself; shown once.
    pub registration_token: Option<String>,
}

/// How long an app may go on without the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stay {
    /// For as long as one access token lasts.
    Once,
    /// While the person is signed in here (`online_access`).
    Online,
    /// Until the day the person chose, also when they are away (`offline_access`).
    Offline,
}

impl Stay {
    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Online => "online",
            Self::Offline => "offline",
        }
    }

    /// The one of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::Once, Self::Online, Self::Offline].into_iter().find(|stay| stay.slug() == slug)
    }
}

/// A request to authorize, as it came: the parameters of the query and of the form, in their order.
#[derive(Debug, Clone, Default)]
pub struct AuthorizeParams {
    /// Names and values.
    pub pairs: Vec<(String, String)>,
    /// The client's address, for limits only.
    pub address: String,
    /// Whose browser it comes from.
    pub visitor: Visitor,
}

impl AuthorizeParams {
    /// Those of a query, or of the body of a form (`application/x-www-form-urlencoded`), from a browser in which nobody is
    /// signed in.
    pub fn of(encoded: &[u8], address: &str) -> Self {
        let pairs = url::form_urlencoded::parse(encoded).into_owned().collect();
        Self { pairs, address: address.to_owned(), visitor: Visitor::Stranger }
    }

    /// The same from the browser of such a visitor.
    pub fn by(self, visitor: Visitor) -> Self {
        Self { visitor, ..self }
    }
}

/// Whether somebody is signed in in a browser.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Visitor {
    /// Nobody is, as far as we see.
    #[default]
    Stranger,
    /// Somebody is.
    SignedIn,
}

/// Why there is nothing to ask the person.
#[derive(Debug)]
pub enum Stopped {
    /// Tell it on a page; the browser is not sent anywhere.
    Page(StopPage),
    /// Send the browser back to the app with the error.
    Redirect(String),
    /// A fault, or too many requests.
    Fault(Error),
}

/// What a page says about a request that cannot be answered to the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopPage {
    /// Which it is; there is a sentence for each.
    pub why: StopWhy,
    /// The true reason, for the developer, in English.
    pub reason: String,
    /// What finds it in the log of the app's developer.
    pub trace: String,
}

/// The reasons for such a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopWhy {
    /// No such app, or none that people use.
    UnknownApp,
    /// The clinic suspended it.
    Suspended,
    /// The address to send the person back to is not registered.
    WrongAddress,
    /// The request cannot be read: a parameter twice, or too long.
    Unreadable,
    /// The request is wrong, the clinic does not stand behind the app, and nobody is signed in: the person decides whether
    /// to go where the app wants them (RFC 9700, 4.11.2).
    AskedWrongly {
        /// The name of the app.
        app: String,
        /// The app's address, with the error.
        to: String,
    },
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

/// A record that somebody can let an app read.
#[derive(Debug, Clone)]
pub struct Record {
    /// Whose.
    pub patient: PatientNo,
    /// The person's name.
    pub name: String,
    /// Their birth date, as the source writes it.
    pub birth_date: Option<String>,
    /// By which authority, and what that makes them; none: it is their own.
    pub under: Option<(AuthorityId, Kind)>,
    /// How much of it they see themselves: an app never sees more.
    pub lens: Lens,
}

/// What an app asks of somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The request.
    pub id: AskId,
    /// The app.
    pub client: Client,
    /// What it asks for, as far as that can be had here.
    pub scopes: Scopes,
    /// How long it wants to go on at most.
    pub stay: Stay,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// The records it could be about; one where the launch settled it. None: there is nothing to share.
    pub records: Vec<Record>,
    /// What the app has already from this person, in force, newest first.
    pub earlier: Vec<Grant>,
    /// The app wants somebody who signed in at this moment or later (`prompt=login`, `max_age`).
    pub signed_in_since: Option<Instant>,
    /// The account name the app expects (`login_hint`).
    pub hint: Option<String>,
    /// When the request is too old to answer.
    pub expires: Instant,
}

impl Asked {
    /// Whether the app wants a newer sign-in than this one.
    pub fn wants_newer(&self, actor: &Actor) -> bool {
        self.signed_in_since.is_some_and(|since| rules::is_late(actor, since))
    }
}

/// What becomes of what the app had before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    /// It goes on, for instance on another device.
    Keep,
    /// It ends.
    Stop,
}

/// What a person chose.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Whose record.
    pub patient: PatientNo,
    /// What the app gets of what it asked for ([`Scopes::narrowed`]).
    pub scopes: Scopes,
    /// Categories and labels that it may see; never more than the person sees themselves.
    pub lens: Lens,
    /// For how long.
    pub stay: Stay,
    /// Until when, where it goes on.
    pub until: Instant,
    /// What becomes of what it had before.
    pub earlier: Earlier,
}

/// Why a grant is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrantEnd {
    /// Who gave it, or the person, stopped it.
    Stopped,
    /// Its day has come, or its only token ended.
    Expired,
    /// The app asked again, and the new answer took its place.
    Replaced,
    /// A code or a token was used twice: somebody else may have it.
    Misused,
    /// The app gave it up (RFC 7009), or was removed.
    GivenUp,
    /// Who gave it may not see the record any more.
    NoRight,
}

impl GrantEnd {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Stopped, Self::Expired, Self::Replaced, Self::Misused, Self::GivenUp, Self::NoRight];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
            Self::Misused => "misused",
            Self::GivenUp => "given-up",
            Self::NoRight => "no-right",
        }
    }

    /// The end of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.slug() == slug)
    }
}

/// Where a grant stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In force.
    Active,
    /// Not in force until it is resumed.
    Paused {
        /// Since when.
        since: Instant,
    },
    /// Over.
    Ended {
        /// Since when.
        at: Instant,
        /// Why.
        why: GrantEnd,
    },
}

/// What somebody allowed an app, about one record.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Its id.
    pub id: AppGrantId,
    /// The app's id.
    pub client: ClientId,
    /// What the app was called then.
    pub app_name: String,
    /// The app as it is now.
    pub app: Client,
    /// Who allowed it.
    pub account: AccountId,
    /// Their name.
    pub by: String,
    /// The authority under which they did, if the record is not their own.
    pub under: Option<(AuthorityId, Kind)>,
    /// Whose record.
    pub patient: PatientNo,
    /// What it may ask for.
    pub scopes: Scopes,
    /// How much it was let see.
    pub lens: Lens,
    /// How much of that it sees by law now: what is closed to who connected it, is closed to it.
    pub sees: Lens,
    /// How long it goes on without the person.
    pub stay: Stay,
    /// When it was given.
    pub created: Instant,
    /// Until when at most.
    pub until: Instant,
    /// Where it stands now.
    pub standing: Standing,
    /// When the app first and last used it.
    pub read: Option<(Instant, Instant)>,
    /// How often it was changed: a form that saw an earlier state is refused.
    pub changes: i64,
}

/// What became of a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantEvent {
    /// When.
    pub at: Instant,
    /// What: `given`, `changed`, `paused`, `resumed`, `first-read`, `ended`.
    pub what: String,
    /// Who did it; empty where the app or time did.
    pub by: String,
}

/// What an access token of a person's app is good for at this moment.
#[derive(Debug, Clone)]
pub struct Access {
    /// The app.
    pub client: ClientId,
    /// Its name.
    pub app_name: String,
    /// The grant.
    pub grant: AppGrantId,
    /// When that was given.
    pub since: Instant,
    /// Who gave it.
    pub actor: Actor,
    /// Whose record.
    pub patient: PatientNo,
    /// Its FHIR id.
    pub patient_id: String,
    /// What may be asked for.
    pub scopes: Scopes,
    /// How much of the record the grant shows.
    pub lens: Lens,
    /// When the token ends.
    pub expires: Instant,
    /// When it was last noted that the app read.
    pub last_read: Option<Instant>,
}

/// What an access token of a system is good for at this moment (SMART Backend Services).
#[derive(Debug, Clone)]
pub struct SystemAccess {
    /// The system.
    pub client: ClientId,
    /// Its name.
    pub app_name: String,
    /// What may be asked for.
    pub scopes: Scopes,
    /// The groups of patients that were agreed.
    pub groups: Vec<String>,
    /// When the token ends.
    pub expires: Instant,
}

/// Why a token opens nothing.
#[derive(Debug)]
pub enum Denied {
    /// It is not one that is in force: 401 with `error="invalid_token"`, the same for every cause (RFC 6750, 3.1).
    Token,
    /// It is in force for the other kind of client, a system's where a record is read or a person's app's where records
    /// are exported: 403 with `error="insufficient_scope"` (RFC 6750, 3.1).
    OtherKind,
    /// A fault of ours.
    Fault(Error),
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

/// An app as the clinic's staff see it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The app.
    pub client: Client,
    /// The name of who registered it: a developer, or somebody for the clinic.
    pub owner: Option<String>,
    /// Of a system: who agreed to it as the second person, and when.
    pub agreed: Option<(String, Instant)>,
    /// How many people have it connected now.
    pub people: i64,
}

/// A line of the log that an app's developer reads. Nothing in it is about a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When.
    pub at: Instant,
    /// Where: `authorize`, `token`, `introspect`, `revoke`, `register`, `fhir`.
    pub endpoint: String,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The error that was told; none: it was served.
    pub error: Option<String>,
    /// The true reason.
    pub reason: String,
    /// What the answer carried to find it here.
    pub trace: String,
}

/// What was found about an app's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTest {
    /// Each step, what was found in English, and whether it is as it must be.
    pub steps: Vec<(String, Result<String, String>)>,
}

impl KeyTest {
    /// Whether everything is as it must be.
    pub fn is_good(&self) -> bool {
        self.steps.iter().all(|(_, outcome)| outcome.is_ok())
    }
}

/// A call of an app at one of the endpoints that take forms.
#[derive(Debug, Clone, Default)]
pub struct Call {
    /// Names and values of the body.
    pub pairs: Vec<(String, String)>,
    /// The header `Authorization`.
    pub authorization: Option<String>,
    /// The client's address, for limits only.
    pub address: String,
}

/// Why a call is not served, in the words of OAuth (RFC 6749, section 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The HTTP status.
    pub status: u16,
    /// The code of the specification.
    pub error: &'static str,
    /// What is wrong, for the developer.
    pub description: String,
    /// What finds it in the log of the app's developer.
    pub trace: String,
    /// What to send in `WWW-Authenticate`, where the caller tried to authenticate by a header.
    pub challenge: Option<&'static str>,
    /// How long to wait, where it was too often.
    pub wait: Option<std::time::Duration>,
}

/// Why a call has no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// It is refused.
    Fault(Fault),
    /// A fault of ours.
    Ours(Error),
}

impl From<Fault> for NoAnswer {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Error> for NoAnswer {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}
