//! The pages for staff: each file holds the handlers of one part, and the templates they fill. What staff see of a
//! record itself stands on the record's own pages.

pub mod acting;
pub mod apps;
pub mod authorities;
pub mod cases;
pub mod claims;
pub mod codes;
pub mod consents;
pub mod emergencies;
pub mod grants;
pub mod groups;
pub mod home;
pub mod ledger;
pub mod limits;
pub mod links;
pub mod parts;
pub mod people;
pub mod person;
pub mod proposals;
pub mod protection;
pub mod questions;
pub mod reach;
pub mod representatives;
pub mod right;
pub mod roles;
pub mod unshown;
pub mod words;

use api::staff::{self, Action, Role};

/// The fields of the desk's forms with their labels.
pub const FIELDS: [(&str, &str); 15] = [
    ("given", "desk-given"),
    ("family", "desk-family"),
    parts::Whom::FIELD,
    ("number", "desk-number"),
    ("purpose", "desk-purpose"),
    ("reason", "desk-reason"),
    ("evidence", "desk-evidence"),
    ("detail", "desk-evidence-detail"),
    ("account", "desk-grant-account"),
    ("power", "desk-grant-power"),
    ("starts", "desk-grant-first"),
    ("ends", "desk-grant-ends"),
    ("remark", "desk-remark"),
    ("affiliation", "desk-affiliation"),
    ("nature", "desk-nature"),
];

/// The main pages of the desk for these roles: address, message id.
pub fn main_pages(roles: &[Role]) -> Vec<(&'static str, &'static str)> {
    let with = |action, page| staff::best(roles, action).any().then_some(page);
    [
        Some(("/staff", "nav-staff")),
        with(Action::ViewRecord, ("/staff/people", "nav-staff-people")),
        with(Action::VerifyIdentity, ("/staff/cases", "nav-staff-cases")),
        with(Action::VerifyIdentity, ("/staff/claims", "nav-staff-claims")),
        with(Action::DeclineRepresentative, ("/staff/authorities", "nav-staff-authorities")),
        with(Action::HandleRestriction, ("/staff/limits", "office-limits-title")),
        staff::best(roles, Action::Accounting).whole().then_some(("/staff/questions", "nav-staff-questions")),
        staff::best(roles, Action::TagItem).whole().then_some(("/staff/unshown", "nav-staff-unshown")),
        with(Action::ManageRoles, ("/staff/roles", "nav-staff-roles")),
        with(Action::ManageRoles, ("/staff/apps", "nav-staff-apps")),
        with(Action::ManageRoles, ("/staff/groups", "nav-staff-groups")),
        with(Action::ReadAuditLog, ("/staff/emergencies", "nav-staff-emergencies")),
        with(Action::Accounting, ("/staff/ledger", "nav-staff-ledger")),
        Some(("/account", "nav-account")),
        Some(("/help", "nav-help")),
    ]
    .into_iter()
    .flatten()
    .collect()
}
