//! The words for roles, purposes and where things stand.

use api::app::App;
use api::base::Instant;
use api::staff::{self, By, Evidence, Grant, Power, Purpose, Role, Standing};

use crate::i18n::Words;

/// The words for a role.
pub fn role(role: &Role) -> &'static str {
    match role {
        Role::RecordsClerk => "desk-role-records-clerk",
        Role::Clinician => "desk-role-clinician",
        Role::ReviewingOfficial => "desk-role-reviewing-official",
        Role::PrivacyOfficer => "desk-role-privacy-officer",
        Role::Administrator => "desk-role-administrator",
        Role::Auditor => "desk-role-auditor",
    }
}

/// The words for what a grant gives.
pub fn power(power: &Power) -> &'static str {
    match power {
        Power::Role(one) => role(one),
        Power::Emergency => "desk-power-emergency",
    }
}

/// The words for a purpose.
pub fn purpose(purpose: &Purpose) -> &'static str {
    match purpose {
        Purpose::Treatment => "desk-purpose-treatment",
        Purpose::RecordsRequest => "desk-purpose-request",
        Purpose::CaseReview => "desk-purpose-case",
        Purpose::Compliance => "desk-purpose-compliance",
        Purpose::Emergency => "desk-purpose-emergency",
    }
}

/// The words for a purpose within a sentence: "… looked to treat the person".
pub fn purpose_within(purpose: &Purpose) -> &'static str {
    match purpose {
        Purpose::Treatment => "log-purpose-treatment",
        Purpose::RecordsRequest => "log-purpose-request",
        Purpose::CaseReview => "log-purpose-case",
        Purpose::Compliance => "log-purpose-compliance",
        Purpose::Emergency => "log-purpose-emergency",
    }
}

/// The words for where a grant stands.
pub fn standing(standing: &Standing) -> &'static str {
    match standing {
        Standing::Asked => "desk-standing-asked",
        Standing::Waiting => "desk-standing-waiting",
        Standing::InForce => "desk-standing-in-force",
        Standing::Over => "desk-standing-over",
        Standing::Refused => "desk-standing-refused",
        Standing::Ended => "desk-standing-ended",
    }
}

/// The words for how it was checked who somebody is.
pub fn evidence(evidence: &Evidence) -> &'static str {
    match evidence {
        Evidence::PhotoId => "desk-evidence-photo",
        Evidence::Known => "desk-evidence-known",
        Evidence::CalledBack => "desk-evidence-called",
        Evidence::Mailed => "desk-evidence-mailed",
        Evidence::Court => "desk-evidence-court",
    }
}

/// How it was checked who somebody is, as it is kept with a link: `photo-id: what was seen`. What was written at the
/// command line names no kind, and stands as it is.
pub fn checked(w: Words, kept: &str) -> String {
    let parts = kept.split_once(": ");
    let known = parts
        .and_then(|(slug, seen)| Some((Evidence::ALL.into_iter().find(|one| one.slug() == slug)?, seen)));
    known.map_or_else(|| kept.to_owned(), |(kind, seen)| format!("{}: {seen}", w.t(evidence(&kind))))
}

/// When something begins or ends, in words: at midnight a day, and of an end the last one.
pub fn bound(w: Words, at: Instant, last: fn(Words, Instant) -> String) -> String {
    if w.local(at).contains("T00:00:00") { last(w, at) } else { w.moment(&at) }
}

/// Where a grant stands now.
pub fn state(w: Words, app: &App, grant: &Grant) -> String {
    w.t(standing(&staff::standing(grant, app.clock.now())))
}

/// "Asked for by … on …".
pub fn asked(w: Words, grant: &Grant) -> String {
    let by = &grant.asked;
    w.t2("desk-grant-asked-by", ("name", by.name.as_str()), ("date", w.day(&by.at)))
}

/// Who did something and when; what was done at the command line says so.
pub fn by(w: Words, by: &By) -> String {
    let id = if by.account.is_some() { "desk-by-line" } else { "desk-by-operator" };
    w.t2(id, ("name", by.name.as_str()), ("date", w.moment(&by.at)))
}
