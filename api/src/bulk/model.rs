//! Groups of patients, what a system asks for, and where an export stands.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use serde::{Deserialize, Serialize};

use crate::base::{Error, Instant, PatientNo, ProposalId};
use crate::consents::Purpose;
pub use crate::fhir::search::Handling;
use crate::fhir::sensitivity::Label;
use crate::smart::{Client, ClientId};

/// A group of patients whose records the clinic lets systems export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id, in addresses and in what is agreed with a system: a FHIR id.
    pub id: String,
    /// What the clinic calls it.
    pub name: String,
    /// What the records are sent for: treatment, payment or operations (45 CFR 164.506(c)).
    pub purpose: Purpose,
    /// Who receives them.
    pub recipient: Recipient,
    /// Protected kinds of information that go out as well.
    pub shown: Vec<Label>,
}

/// Who receives the records of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// A health plan: people may have asked to keep things from it (45 CFR 164.522(a)(1)(vi)).
    HealthPlan(String),
    /// Anybody else.
    Other(String),
}

impl Recipient {
    /// The name.
    pub fn name(&self) -> &str {
        match self {
            Self::HealthPlan(name) | Self::Other(name) => name,
        }
    }
}

/// A group as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupKept {
    /// What was settled about it.
    pub group: Group,
    /// How many people are in it.
    pub members: i64,
    /// When it, or who is in it, was last changed.
    pub changed: Instant,
    /// Since when it is over.
    pub ended: Option<Instant>,
}

/// A group as staff see it in the list.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The group.
    pub kept: GroupKept,
    /// The systems with which it was agreed.
    pub systems: Vec<Client>,
    /// Its newest export.
    pub last: Option<ExportKept>,
}

/// A group as staff see it on its own page.
#[derive(Debug, Clone)]
pub struct GroupStory {
    /// The group.
    pub kept: GroupKept,
    /// The systems with which it was agreed.
    pub systems: Vec<Client>,
    /// Those that could be given it as well.
    pub others: Vec<Client>,
    /// A page of its exports, the newest first.
    pub exports: Vec<ExportKept>,
    /// Whether there are more.
    pub more: bool,
    /// What became of it, the newest first.
    pub events: Vec<GroupEvent>,
}

/// An export as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportKept {
    /// The system that asked for it.
    pub client: ClientId,
    /// When.
    pub asked: Instant,
    /// How many groups are in it.
    pub groups: usize,
    /// Where it stands.
    pub stage: Stage,
}

/// Where an export stands, for staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was done for it yet.
    Waiting,
    /// It is being built: so many people are through, of how many.
    Working {
        /// Through.
        done: i64,
        /// Of how many.
        total: i64,
    },
    /// It can be fetched.
    Ready {
        /// Since when.
        at: Instant,
        /// Until when.
        until: Instant,
    },
    /// Nobody tries any more.
    Failed {
        /// Since when.
        at: Instant,
    },
    /// Its files are gone.
    Erased {
        /// Since when.
        at: Instant,
    },
}

/// Something that became of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupEvent {
    /// When.
    pub at: Instant,
    /// Who did it.
    pub by: String,
    /// What.
    pub what: GroupChange,
}

/// What became of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupChange {
    /// It was made.
    Made,
    /// Who is in it was set.
    Set {
        /// How many came.
        added: i64,
        /// How many went.
        removed: i64,
    },
    /// A system was given it, by its name; by its id where nothing is known of it.
    Given(String),
    /// It was taken from a system.
    Taken(String),
    /// A second person agreed to what was proposed.
    Agreed,
    /// It was ended.
    Ended,
}

/// What somebody proposed about a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// What is to change.
    pub change: Change,
    /// How many people are to be in it, where that is what changes.
    pub many: i64,
    /// Who proposed it.
    pub by: String,
    /// When.
    pub at: Instant,
    /// What was decided, by whom, and when; none while it waits. Nobody is named where it was over by itself.
    pub decided: Option<(Decision, String, Instant)>,
}

/// What is to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// There is to be this group.
    New(Group),
    /// Others are to be in this group.
    Members(Group),
    /// A system is to have this group, by its id and its name.
    System(Group, ClientId, String),
}

impl Change {
    /// The group that it is about.
    pub fn group(&self) -> &Group {
        match self {
            Self::New(group) | Self::Members(group) | Self::System(group, ..) => group,
        }
    }
}

/// What was decided about a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// A second person agreed.
    Agreed,
    /// A second person declined.
    Declined,
    /// Who proposed it took it back.
    TakenBack,
    /// Nobody decided in time.
    Lapsed,
}

impl Decision {
    pub(super) fn slug(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::Declined => "declined",
            Self::TakenBack => "taken-back",
            Self::Lapsed => "lapsed",
        }
    }

    pub(super) fn from_slug(slug: &str) -> Option<Self> {
        [Self::Agreed, Self::Declined, Self::TakenBack, Self::Lapsed]
            .into_iter()
            .find(|one| one.slug() == slug)
    }
}

/// A proposal as one person of the staff sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalSeen {
    /// The proposal.
    pub proposal: Proposal,
    /// How many people are in the group now.
    pub members: i64,
    /// How many would come in and how many would go out; none once it was decided, when nobody knows any more.
    pub moves: Option<(i64, i64)>,
    /// Who would be in it, by name and birth date, for who can agree to it and may look for people.
    pub people: Vec<(String, Option<String>)>,
    /// Why they may not agree to it (a code), if so.
    pub refusal: Option<&'static str>,
}

/// What came of proposing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposed {
    /// It waits for a second person.
    Waits(ProposalId),
    /// Nothing was kept: what stands in some lines means nobody here, or several people.
    Unknown(Unknown),
}

/// Lines of a list that mean nobody here, or several people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unknown {
    /// How many.
    pub count: usize,
    /// Which (from 1); none for those who may not search for people: a list would tell them who is a patient.
    pub lines: Vec<usize>,
}

/// What became of who is in a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved {
    /// How many came.
    pub added: i64,
    /// How many went.
    pub removed: i64,
    /// References that mean nobody here, or several: nothing was changed.
    pub unknown: Vec<String>,
}

/// Whose records are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The members of a group (`Group/{id}/$export`).
    Group(String),
    /// The members of all groups that were agreed (`Patient/$export`).
    Patient,
}

/// How a request came: lists of patients are taken in a body only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// In the query of an address.
    Query,
    /// As a Parameters resource.
    Parameters,
}

/// A request to export, as it came.
#[derive(Debug, Clone)]
pub struct KickOff {
    /// Whose records.
    pub level: Level,
    /// The parameters by name, in their order.
    pub params: Vec<(String, String)>,
    /// How they came.
    pub form: Form,
    /// What to do with parameters that cannot be followed.
    pub handling: Handling,
    /// The whole address, for the manifest.
    pub url: String,
}

/// What an export is built by; kept as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Ask {
    /// The address that was asked.
    pub url: String,
    /// The groups, in the order in which they are tried for somebody who is in several.
    pub groups: Vec<String>,
    /// The scopes of the token.
    pub scopes: String,
    /// Only these types; all that the scopes allow where empty.
    pub types: Vec<String>,
    /// Types of which only what a search finds goes out, and the searches, of which one must find it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<(String, String)>,
    /// Only what came after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Instant>,
    /// Only these people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patients: Option<Vec<PatientNo>>,
    /// What of the request the export is made without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Ignored>,
}

/// Something of a request that is not followed, where the client takes that (`Prefer: handling=lenient`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Ignored {
    /// The parameter.
    pub param: String,
    /// What, and why.
    pub text: String,
}

/// Something wrong with a request: for an OperationOutcome. Never says anything about a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// A code of the value set issue-type.
    pub code: &'static str,
    /// What, and how to mend it.
    pub text: String,
    /// The parameter, if it is one.
    pub param: String,
}

impl Wrong {
    /// Something wrong with a parameter.
    pub fn with(param: &str, code: &'static str, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), param: param.to_owned() }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum No {
    /// The request cannot be followed as it is (400).
    Wrong(Vec<Wrong>),
    /// The scopes of the token do not reach it (403).
    Scope(Wrong),
    /// Too many exports of this system are under way (429).
    TooMany(Duration),
    /// What may be exported has changed since: the export, or the file, is not handed out any more (410).
    Changed,
    /// Nothing there that this system may know of, or a fault of ours.
    Fault(Error),
}

impl From<Error> for No {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

/// Where an export stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is under way.
    Working {
        /// How many people are through.
        done: i64,
        /// Of how many.
        total: i64,
        /// When to ask again.
        again: Duration,
    },
    /// It can be fetched.
    Ready(Box<Manifest>),
    /// It could not be made; the job was tried often enough.
    Failed,
}

/// What an export holds (Bulk Data Access 2.0, Response - Complete Status).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Nothing that came after this moment is in it.
    pub at: Instant,
    /// The address that was asked.
    pub request: String,
    /// When its files are erased.
    pub expires: Instant,
    /// Its files.
    pub files: Vec<FileEntry>,
    /// Of the groups with which records of a substance use program may go out by the patients' consents (42 CFR Part 2):
    /// to whom, and what for.
    pub program: Vec<(String, Purpose)>,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Resources.
    Output,
    /// What is not in the export, as OperationOutcome.
    Error,
}

impl FileKind {
    pub(super) fn slug(self) -> &'static str {
        match self {
            Self::Output => "output",
            Self::Error => "error",
        }
    }
}

/// One file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Its number, in its address.
    pub n: i64,
    /// What it holds.
    pub kind: FileKind,
    /// The type of its resources.
    pub r#type: String,
    /// How many.
    pub lines: i64,
    /// Its bytes.
    pub size: i64,
}

/// A file on its way out; whose records are in it is in the ledger already.
pub struct File {
    /// How many bytes it has.
    pub size: u64,
    /// They.
    pub stream: Pin<Box<dyn Stream<Item = std::io::Result<Bytes>>>>,
}
