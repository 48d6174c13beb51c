//! The pages for patients: each file holds the handlers of one part, and the templates they fill.

pub mod account;
pub mod acting;
pub mod claim;
pub mod copies;
pub mod copy_file;
pub mod copy_new;
pub mod history;
pub mod home;
pub mod info;
pub mod item;
pub mod lines;
pub mod link;
pub mod list;
pub mod log;
pub mod people;
pub mod privacy;
pub mod privacy_limits;
pub mod privacy_messages;
pub mod privacy_new;
pub mod protect;
pub mod question;
pub mod seers;
pub mod session;
pub mod sign_in;
pub mod step_up;
pub mod unshown;
