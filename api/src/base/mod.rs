//! What every room stands on: typed ids, time, randomness, errors, folded text, pages of lists.
//! The only room that reads the clock or makes randomness. It knows no database and no patient.

mod error;
mod hash;
mod ids;
mod intake;
mod page;
mod random;
mod text;
mod time;

pub use error::{Error, Problem, Problems, Refusal, Result};
pub use hash::{Hash, sha256};
pub(crate) use ids::ItemNo;
pub use ids::{
    AccountId, AppGrantId, AskId, AuthorityId, CaseId, ClaimId, CodeId, ConsentId, CopyId, DraftId, ExportId,
    GrantId, ItemAddress, JobId, PatientNo, ProposalId, RestrictionId, ReviewId, Rid, SessionId, ViewId,
    WishId,
};
pub use intake::{Came, Intake, day_problem, intake_problems};
pub use page::{back_from, page_of, span};
pub use random::{bytes, code, code_of, token, uuid};
pub use text::{fold, name_words, says_why, unseen};
pub use time::{Clock, Instant};
