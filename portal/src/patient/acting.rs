//! Acting for another person: the words for what somebody is to them.

use api::representation::Kind;

/// The words for what somebody is to the person for whom they act.
pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Parent => "acting-parent",
        Kind::Guardian => "acting-guardian",
        Kind::LocoParentis => "acting-loco-parentis",
        Kind::HealthCareAgent => "acting-health-care-agent",
        Kind::AdultGuardian => "acting-adult-guardian",
        Kind::Surrogate => "acting-surrogate",
        Kind::Estate => "acting-estate",
        Kind::Delegate => "acting-delegate",
    }
}
