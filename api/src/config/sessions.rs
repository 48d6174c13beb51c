//! How long a sign-in lasts, and what needs a fresh one.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Sign-in times.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Minutes without use after which a sign-in ends (45 CFR 164.312(a)(2)(iii), automatic logoff).
    pub idle_minutes: u64,
    /// The same for people with a staff role, whose screens stand in offices: 5 to 30.
    pub staff_idle_minutes: u64,
    /// Hours after which it ends in any case.
    pub absolute_hours: u64,
    /// Minutes before the end at which a person is warned and can stay signed in.
    pub warn_minutes: u64,
    /// Days for which an activation code can be used.
    pub code_days: u64,
    /// Sign-ins that one address may start in 10 minutes; 0 sets no limit.
    pub starts_per_address: u32,
    /// Minutes for which staff may look at a record once they said why.
    pub staff_view_minutes: u64,
    /// Minutes for which emergency access lasts (45 CFR 164.312(a)(2)(ii)): at most 240.
    pub emergency_minutes: u64,
    /// Minutes for which a sign-in is fresh enough for what needs a fresh one.
    pub fresh_minutes: u64,
    /// The same for what staff decide: about claims, roles, limits, papers and reviews.
    pub staff_fresh_minutes: u64,
    /// What needs a fresh sign-in.
    pub fresh_for: Vec<Act>,
    /// What needs a sign-in with a second factor.
    pub two_factors_for: Vec<Act>,
    /// The identity assurance level of whom staff checked in person, with the proof written down.
    pub in_person_ial: u8,
}

/// What can need more than a sign-in of some hours ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Asking for a copy of the record.
    Copy,
    /// Downloading a copy that is ready.
    CopyView,
    /// Changing how one is reached.
    Contact,
    /// Letting somebody else in: a delegate, an app.
    Grant,
    /// Signing.
    Sign,
    /// Sending to somebody else.
    Send,
    /// A decision of staff about a claim, a role, a limit, a permission on paper, or a review.
    Decide,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Copy, Self::CopyView, Self::Contact, Self::Grant, Self::Sign, Self::Send, Self::Decide];

    /// The one of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.slug() == slug)
    }

    /// Its name, as in the settings.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::CopyView => "copy-view",
            Self::Contact => "contact",
            Self::Grant => "grant",
            Self::Sign => "sign",
            Self::Send => "send",
            Self::Decide => "decide",
        }
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            idle_minutes: 20,
            staff_idle_minutes: 15,
            absolute_hours: 12,
            warn_minutes: 3,
            code_days: 14,
            starts_per_address: 60,
            staff_view_minutes: 30,
            emergency_minutes: 60,
            fresh_minutes: 15,
            staff_fresh_minutes: 15,
            fresh_for: vec![Act::Copy, Act::Contact, Act::Grant, Act::Sign, Act::Send, Act::Decide],
            two_factors_for: vec![],
            in_person_ial: 2,
        }
    }
}

impl Sessions {
    /// The idle time-out.
    pub fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_minutes * 60)
    }

    /// The idle time-out of people with a staff role; never longer than everybody's.
    pub fn staff_idle(&self) -> Duration {
        Duration::from_secs(self.staff_idle_minutes * 60).min(self.idle())
    }

    /// How long staff may look at a record once they said why.
    pub fn staff_view(&self) -> Duration {
        Duration::from_secs(self.staff_view_minutes * 60)
    }

    /// How long emergency access lasts.
    pub fn emergency(&self) -> Duration {
        Duration::from_secs(self.emergency_minutes * 60)
    }

    /// How long a sign-in is fresh for an act.
    pub fn fresh(&self, act: Act) -> Duration {
        let minutes = if act == Act::Decide { self.staff_fresh_minutes } else { self.fresh_minutes };
        Duration::from_secs(minutes * 60)
    }

    /// The absolute time-out.
    pub fn absolute(&self) -> Duration {
        Duration::from_secs(self.absolute_hours * 3600)
    }

    /// How long an activation code lives.
    pub fn code(&self) -> Duration {
        Duration::from_secs(self.code_days * 86_400)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_have_minutes_of_their_own() {
        let sessions = Sessions { fresh_minutes: 10, staff_fresh_minutes: 5, ..Sessions::default() };
        for act in Act::ALL {
            let minutes = if act == Act::Decide { 5 } else { 10 };
            assert_eq!(sessions.fresh(act), Duration::from_secs(minutes * 60), "{act:?}");
            assert_eq!(Act::from_slug(act.slug()), Some(act));
        }
    }
}
