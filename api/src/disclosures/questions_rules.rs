//! What a question about a line of the log needs, and who may answer it. Pure.

use super::questions::State;
use crate::base::{AccountId, Problem, Problems, says_why, unseen};

/// Longest question and longest answer, in characters.
const TEXT: usize = 1000;
/// Most questions of one account about one record in a day.
pub(super) const A_DAY: i64 = 10;

/// What is wrong with what somebody asks; nothing need be said.
pub(super) fn note_problems(note: &str) -> Problems {
    let long = note.chars().count() > TEXT;
    let long = long.then_some(Problem { field: "note", code: "problem-too-long" });
    Problems(long.or_else(|| unseen("note", note)).into_iter().collect())
}

/// What is wrong with an answer.
pub(super) fn answer_problems(state: Option<State>, text: &str) -> Problems {
    let mut problems = Problems::default();
    if !matches!(state, Some(State::InOrder | State::Wrong)) {
        problems.0.push(Problem { field: "outcome", code: "problem-choose" });
    }
    if text.chars().count() > TEXT {
        problems.0.push(Problem { field: "text", code: "problem-too-long" });
    } else if !says_why(text) {
        problems.0.push(Problem { field: "text", code: "problem-question-answer" });
    }
    problems.0.extend(unseen("text", text));
    problems
}

/// Nobody answers for what they did themselves.
pub(super) fn may_answer(reader: AccountId, acted: AccountId) -> Result<(), &'static str> {
    if reader == acted { Err("refused-own-line") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_mended() {
        let fields = |problems: Problems| problems.0.iter().map(|one| one.field).collect::<Vec<_>>();
        let long = "x".repeat(1001);
        for (note, wanted) in [("", vec![]), ("Who is this?", vec![]), (long.as_str(), vec!["note"])] {
            assert_eq!(fields(note_problems(note)), wanted, "{}", note.len());
        }
        for (state, text, wanted) in [
            (Some(State::InOrder), "It was your own doctor.", vec![]),
            (Some(State::Wrong), "It should not have happened.", vec![]),
            (Some(State::Open), "It was your own doctor.", vec!["outcome"]),
            (None, " . ok", vec!["outcome", "text"]),
            (Some(State::InOrder), long.as_str(), vec!["text"]),
        ] {
            assert_eq!(fields(answer_problems(state, text)), wanted, "{state:?} {}", text.len());
        }
    }

    #[test]
    fn nobody_answers_for_themselves() {
        let [one, other] = [1, 2].map(|n| AccountId(uuid::Uuid::from_u128(n)));
        assert_eq!(may_answer(one, one), Err("refused-own-line"));
        assert_eq!(may_answer(one, other), Ok(()));
    }
}
