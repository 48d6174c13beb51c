//! Where records come from: files that are imported and FHIR servers that are gathered from. Everything
//! passes the same door: what is readable and the person's own is kept byte for byte with its findings;
//! only the unreadable, the unsafe and another person's data go to quarantine, and nothing is lost.

mod files;
mod gather;
mod import;
mod model;
mod prepare;
mod remote;
mod store;

pub use files::Unreadable;
pub use gather::{gather, gather_all, perform_gather, schedule};
pub use import::{import, unreadable};
pub use model::{Gathered, Import, Progress, RefusalLine, Report};
