//! Where a consent stands, and what may become of it. Pure.

use chrono::NaiveDate;

use super::model::{Expiry, State, Terms, Writing};
use crate::base::{Instant, Problem, Problems, day_problem, unseen};

/// Longest reason of a revocation, in characters.
const REASON: usize = 2_000;

/// Where a consent stands at a moment: what is kept, but expired once its day is over. An event counts when a human
/// has confirmed it, which is kept as the state.
pub fn standing(terms: &Terms, state: State, now: Instant) -> State {
    match &terms.expiry {
        Some(Expiry::Day { over, .. }) if state == State::Active && *over <= now => State::Expired,
        _ => state,
    }
}

/// What may be done with a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The person takes it back (45 CFR 164.508(b)(5), 42 CFR 2.31(a)(6)).
    Revoke,
    /// Staff doubt it.
    Suspend,
    /// The doubt is settled.
    Resume,
    /// The doubt was right.
    FindDefective,
    /// Staff confirm that the event of its end has happened.
    ConfirmEvent,
}

/// The state after a change; none where it cannot be made now.
pub fn change(terms: &Terms, state: State, (what, now): (Change, Instant)) -> Option<State> {
    let standing = standing(terms, state, now);
    match (what, standing) {
        (Change::Revoke, State::Active | State::Suspended) => Some(State::Revoked),
        (Change::Suspend, State::Active) => Some(State::Suspended),
        (Change::Resume, State::Suspended) => Some(State::Active),
        (Change::FindDefective, State::Suspended) => Some(State::Defective),
        (Change::ConfirmEvent, State::Active | State::Suspended) => {
            matches!(terms.expiry, Some(Expiry::Event { .. })).then_some(State::Expired)
        }
        _ => None,
    }
}

/// What is wrong with the writing of a revocation: it came after the consent was signed, in the person's life, and not
/// tomorrow.
pub fn writing_problems(
    writing: &Writing,
    signed: &str,
    (born, today): (Option<&str>, NaiveDate),
) -> Problems {
    let received = writing.received.parse::<NaiveDate>().ok();
    let early = received.zip(signed.parse().ok()).is_some_and(|(day, signed)| day < signed);
    let code = day_problem(received, (born, today)).or(early.then_some("problem-revocation-early"));
    let received = code.map(|code| Problem { field: "received", code });
    let long = writing.reason.chars().count() > REASON;
    let long = long.then_some(Problem { field: "reason", code: "problem-text-long" });
    let reason = long.or_else(|| unseen("reason", &writing.reason));
    Problems(received.into_iter().chain(reason).collect())
}

#[cfg(test)]
mod tests {
    use super::super::model::{Kind, Way};
    use super::super::samples::{LATER, NOW, but, good};
    use super::*;

    #[test]
    fn a_writing_came_after_the_signature() {
        let (today, long) = ("2026-11-23".parse().unwrap(), "x".repeat(REASON + 1));
        for (received, reason, wanted) in [
            ("2026-11-23", "", vec![]),
            ("2026-01-05", "I changed my mind", vec![]),
            ("2026-01-04", "", vec!["problem-revocation-early"]),
            ("1980-02-28", "", vec!["problem-limit-before-birth"]),
            ("2026-11-24", "", vec!["problem-date-future"]),
            ("", "", vec!["problem-date"]),
            ("2026-02-30", "a\u{202e}b", vec!["problem-date", "problem-text-unseen"]),
            ("2026-11-23", long.as_str(), vec!["problem-text-long"]),
        ] {
            let writing = Writing { received: received.into(), way: Way::Post, reason: reason.into() };
            let found = writing_problems(&writing, "2026-01-05", (Some("1980-02-29"), today));
            assert_eq!(found.0.iter().map(|problem| problem.code).collect::<Vec<_>>(), wanted, "{received}");
        }
        let undated = Writing { received: "2026-01-01".into(), way: Way::Desk, reason: String::new() };
        assert_eq!(writing_problems(&undated, "", (None, today)).0, [], "a signature without a day");
    }

    #[test]
    fn what_may_become_of_a_consent() {
        use Change::*;
        let event = but(Kind::Hipaa508, |t| t.expiry = Some(Expiry::Event { what: "x".into() }));
        let day = good(Kind::Hipaa508);
        for (terms, state, what, at, wanted) in [
            (&day, State::Active, Revoke, NOW, Some(State::Revoked)),
            (&day, State::Suspended, Revoke, NOW, Some(State::Revoked)),
            (&day, State::Revoked, Revoke, NOW, None),
            (&day, State::Active, Revoke, LATER, None),
            (&day, State::Active, Suspend, NOW, Some(State::Suspended)),
            (&day, State::Revoked, Suspend, NOW, None),
            (&day, State::Suspended, Resume, NOW, Some(State::Active)),
            (&day, State::Revoked, Resume, NOW, None),
            (&day, State::Suspended, FindDefective, NOW, Some(State::Defective)),
            (&day, State::Active, FindDefective, NOW, None),
            (&day, State::Active, ConfirmEvent, NOW, None),
            (&event, State::Active, ConfirmEvent, NOW, Some(State::Expired)),
            (&event, State::Expired, Resume, NOW, None),
        ] {
            assert_eq!(change(terms, state, (what, at)), wanted, "{state:?} {what:?}");
        }
    }
}
