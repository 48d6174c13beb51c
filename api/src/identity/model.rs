//! What is known about a person who signed in.

use super::compare_rules::Difference;
use crate::base::{AccountId, AuthorityId, CaseId, Instant, PatientNo, SessionId};
use crate::config::{Act, Level};

/// Who is asking: an account in one of its sessions, and how it was authenticated.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// The signed-in device.
    pub session: SessionId,
    /// The name the identity provider gave.
    pub name: String,
    /// Which provider (its id in the settings).
    pub provider: String,
    /// How strongly the provider says it authenticated (`acr`), if it says.
    pub acr: Option<String>,
    /// By what means (`amr`, RFC 8176), if it says.
    pub amr: Vec<String>,
    /// When it did (`auth_time`).
    pub auth_time: Option<Instant>,
    /// What is proved of who they are, at most, and how strong this sign-in is.
    pub level: Level,
    /// The authority over their own record through whose eyes they look at it; it only ever narrows.
    pub through: Option<AuthorityId>,
}

/// How sure we are that somebody is who they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assurance {
    /// The levels.
    pub level: Level,
    /// Whether this sign-in had a second factor.
    pub second_factor: bool,
    /// How the provider says that it authenticated (`amr`, RFC 8176).
    pub amr: Vec<String>,
    /// Each time it was proved who they are, newest first.
    pub proofings: Vec<Proofing>,
}

/// One proof of who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proofing {
    /// By what way.
    pub how: Proof,
    /// When.
    pub at: Instant,
    /// The identity assurance level it gives.
    pub ial: u8,
    /// The provider's id, or who of the clinic.
    pub by: String,
    /// What was seen or said: an `acr`, a document, a decision.
    pub evidence: String,
}

/// The ways to prove who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The identity provider says so.
    Provider,
    /// They have a code that the clinic issued.
    Code,
    /// They have a code that staff handed them after checking them in person.
    InPerson,
    /// The records office decided their case.
    Staff,
}

impl Proof {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Provider, Self::Code, Self::InPerson, Self::Staff];

    /// Its name in tables and ids.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Code => "code",
            Self::InPerson => "in-person",
            Self::Staff => "staff",
        }
    }
}

/// What somebody must do before an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Sign in again.
    Fresh,
    /// Sign in with a second factor.
    TwoFactors,
}

/// A form that waits until its sender has signed in again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptForm {
    /// What it asks for.
    pub act: Act,
    /// The page with the form, to come back to.
    pub path: String,
    /// What was typed, as it was sent.
    pub fields: Vec<u8>,
}

/// What starts a sign-in of somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Again {
    /// What for.
    pub need: Need,
    /// Where to go afterwards: a path of our own.
    pub return_to: String,
    /// The language of the person.
    pub language: crate::words::Language,
    /// The client's address, for the limit only.
    pub address: String,
}

/// An account's right to a record: whose, since when, and what proved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Whose record.
    pub patient: PatientNo,
    /// Since when.
    pub since: Instant,
    /// What proved it: `code`, `claims` or `staff`.
    pub ground: String,
}

/// One button of the sign-in page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderChoice {
    /// Its id, for addresses.
    pub id: String,
    /// The words on the button.
    pub name: String,
    /// What it asks for and why.
    pub hint: String,
}

/// What starts a sign-in.
#[derive(Debug, Clone)]
pub struct Start {
    /// The provider's id.
    pub provider: String,
    /// Where to go afterwards: a path of our own (anything else becomes `/home`).
    pub return_to: String,
    /// The language of the person, passed on as `ui_locales`.
    pub language: crate::words::Language,
    /// Whether the provider must ask again even if it remembers the person (`prompt=login`).
    pub fresh: Fresh,
    /// The client's address, for the limit only; kept as a keyed hash.
    pub address: String,
}

/// Whether the provider must ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fresh {
    /// It may remember.
    No,
    /// It must ask.
    Yes,
}

/// A started sign-in.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Where to send the browser.
    pub redirect: String,
    /// What to put into the sign-in cookie; ties the answer to this browser.
    pub browser: String,
}

/// What came back from the provider.
#[derive(Debug, Clone, Default)]
pub struct Back {
    /// The sign-in cookie.
    pub browser: Option<String>,
    /// `state`.
    pub state: Option<String>,
    /// `code`.
    pub code: Option<String>,
    /// `iss` (RFC 9207), if sent.
    pub issuer: Option<String>,
    /// `error`, if the provider refused.
    pub error: Option<String>,
    /// The User-Agent header, kept as a short name of the device only.
    pub user_agent: String,
    /// The client's address, for rate limits only; kept as a keyed hash.
    pub address: String,
    /// The secret of a session that is being replaced, if the browser had one.
    pub previous: Option<String>,
}

/// A finished sign-in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The secret for the session cookie.
    pub secret: String,
    /// Where to go.
    pub return_to: String,
    /// The session.
    pub session: Session,
    /// The session of the same account that this one takes the place of, where its person was asked to sign in again.
    pub follows: Option<SessionId>,
}

/// A session in force.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who.
    pub actor: Actor,
    /// The record linked to the account, if one is.
    pub link: Option<Link>,
    /// The account's language, if it was chosen.
    pub language: Option<crate::words::Language>,
    /// When it ends without use.
    pub idle_until: Instant,
    /// When it ends in any case.
    pub absolute_until: Instant,
    /// The account's e-mail address, if the provider gave one.
    pub email: Option<String>,
    /// Whether the account has a staff role; which, `staff` tells.
    pub staff: bool,
}

/// One signed-in device.
#[derive(Debug, Clone)]
pub struct Device {
    /// The session.
    pub session: SessionId,
    /// In words: `Firefox on Windows`.
    pub name: String,
    /// Which provider.
    pub provider: String,
    /// Since when.
    pub created: Instant,
    /// Last used.
    pub seen: Instant,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// One sign-in of the past.
#[derive(Debug, Clone)]
pub struct SignInEvent {
    /// When.
    pub at: Instant,
    /// Which provider.
    pub provider: String,
    /// On which device.
    pub device: String,
    /// A message id: `sign-in-ok`, `sign-in-ended-idle` and so on.
    pub outcome: String,
}

/// Devices and history for the account page.
#[derive(Debug, Clone)]
pub struct Devices {
    /// Sessions in force, this one first.
    pub devices: Vec<Device>,
    /// The last twenty sign-ins, newest first.
    pub events: Vec<SignInEvent>,
}

/// What a person states about themselves so that staff can find their record.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Statement {
    /// Full name.
    pub name: String,
    /// Birth date (`1968-03-04`).
    pub birth_date: String,
    /// How to reach them.
    pub contact: String,
    /// Anything that helps.
    pub note: String,
}

/// What the provider said about the person when they signed in, as it said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The name.
    pub name: String,
    /// Birth date, `1968-03-04`.
    pub birth_date: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Whether the provider says that it has checked the address.
    pub email_verified: bool,
    /// Telephone number.
    pub phone: Option<String>,
    /// Postal address, one line.
    pub address: Option<String>,
}

/// A person found by a number or id, for the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPatient {
    /// Whose record.
    pub patient: PatientNo,
    /// The name as the record has it.
    pub name: String,
    /// Birth date, `1968-03-04`.
    pub birth_date: Option<String>,
}

/// A code, shown once.
#[derive(Debug, Clone)]
pub struct IssuedCode {
    /// The code in groups, as it is read out: `7KQM-3XPT-92HC`.
    pub code: String,
    /// Until when.
    pub expires: Instant,
}

/// How an activation code comes to its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way<'a> {
    /// Handed over face to face by somebody who saw this of them: "driver licence".
    Handed(&'a str),
    /// Sent to the address in the record: that it reached whoever uses it is all that is known.
    Sent,
}

/// An activation code that nobody used yet and that still works. The code itself is known to nobody here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCode {
    /// When it was given; it names it among those of its person.
    pub made: Instant,
    /// Until when it works.
    pub until: Instant,
    /// Who gave it.
    pub by: String,
    /// What they saw of the person; none where it was sent.
    pub proof: Option<String>,
}

/// A case for the records office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Whose account.
    pub account: AccountId,
    /// When it was opened.
    pub opened: Instant,
    /// The account's name, as the identity provider gave it.
    pub name: String,
    /// The account's e-mail address, if the provider gave one.
    pub email: Option<String>,
    /// What became of it.
    pub state: CaseState,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseState {
    /// Nobody has decided yet.
    Open,
    /// The account was linked to a record: by staff, or meanwhile by a code or by claims.
    Linked(Decision),
    /// Closed without a link.
    Closed(Decision),
}

/// What one side says of who a person is, each part as far as it says something.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stand {
    /// The name.
    pub name: Option<String>,
    /// Birth date, `1968-03-04`.
    pub birth_date: Option<String>,
}

/// What is known on each side before an account is linked to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// What the sign-in service said of the account when the case was opened.
    pub said: Stand,
    /// What the record says.
    pub record: Stand,
    /// Where the record differs from what was stated or said.
    pub found: Vec<Difference>,
    /// How many other accounts see the record already.
    pub others: usize,
}

impl Compared {
    /// Whether the record is linked only with words about why it is this one all the same.
    pub fn wants_words(&self) -> bool {
        !self.found.is_empty() || self.others > 0
    }
}

/// How staff decide that a record is an account's.
#[derive(Debug, Clone, Copy)]
pub struct Linking<'a> {
    /// Who decides.
    pub by: &'a str,
    /// How it was checked who the person is.
    pub evidence: &'a str,
    /// Why it is this record although something differs, or another account sees it; else empty.
    pub differs: &'a str,
}

/// How a case was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// When.
    pub at: Instant,
    /// Who decided; none where the person linked the account themselves.
    pub by: Option<String>,
    /// The evidence or the reason.
    pub why: String,
    /// Why it is this record although something differed, or another account saw it; none where neither was so.
    pub differs: Option<String>,
}

/// An account found for somebody who gives out roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundAccount {
    /// The account.
    pub account: AccountId,
    /// The name the identity provider gave.
    pub name: String,
    /// The e-mail address it gave.
    pub email: Option<String>,
    /// When it was last seen.
    pub seen: Instant,
}

/// What the provider says of where somebody lives and what they are called: for [`crate::staff`], which keeps staff
/// out of records of their family.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// The family name.
    pub family: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Postal address, one line.
    pub address: Option<String>,
}
