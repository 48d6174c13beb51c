//! What somebody may ask about what is not shown, and what a clinician's ticks come to. Pure.

use std::collections::BTreeSet;

use crate::base::{Problem, Problems, Rid, unseen};
use crate::fhir::sensitivity::Labels;

/// The most letters of a question, and of a reason.
const TEXT: usize = 1000;
/// The fewest letters of a reason: "ok" is none.
const REASON_LETTERS: usize = 10;
/// Most questions of one who acts in a day.
pub(super) const A_DAY: i64 = 3;

/// An item that a clinician may open or keep closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The item.
    pub rid: Rid,
    /// Of which services it is.
    pub services: Labels,
    /// Whether who asked sees it now.
    pub open: bool,
}

/// What a clinician ticked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ticked {
    /// Items that the page showed.
    pub shown: BTreeSet<Rid>,
    /// Those of them that are to be open.
    pub open: BTreeSet<Rid>,
    /// Services of which all is to be open, also what the page did not show.
    pub services: Labels,
}

/// What changes: to open, and to close.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    pub open: Vec<Candidate>,
    pub close: Vec<Rid>,
}

/// What is wrong with a question; nothing need be said.
pub(super) fn note_problems(note: &str) -> Problems {
    let long = note.chars().count() > TEXT;
    let long = long.then_some(Problem { field: "note", code: "problem-too-long" });
    Problems(long.or_else(|| unseen("note", note)).into_iter().collect())
}

/// What is wrong with a reason.
pub(super) fn reason_problems(reason: &str) -> Problems {
    let letters = reason.chars().filter(|letter| letter.is_alphanumeric()).count();
    let code = match reason.chars().count() {
        0 => Some("problem-required"),
        count if count > TEXT => Some("problem-too-long"),
        _ if letters < REASON_LETTERS => Some("problem-reason"),
        _ => None,
    };
    let problem = code.map(|code| Problem { field: "reason", code }).or_else(|| unseen("reason", reason));
    Problems(problem.into_iter().collect())
}

/// What the ticks change. An item of several services is opened with them only where all of them are ticked; what the
/// page did not show, and no tick reaches, stays as it is. Nothing but what may be decided is ever opened.
pub(super) fn chosen(candidates: &[Candidate], ticked: &Ticked) -> Chosen {
    let mut chosen = Chosen::default();
    for one in candidates {
        let whole = one.services.but(ticked.services) == Labels::default();
        let shown = ticked.shown.contains(&one.rid);
        match whole || (shown && ticked.open.contains(&one.rid)) {
            true if !one.open => chosen.open.push(*one),
            false if one.open && shown => chosen.close.push(one.rid),
            _ => {}
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::sensitivity::Service;

    #[test]
    fn what_must_be_mended() {
        let codes = |problems: Problems| problems.0.iter().map(|one| one.code).collect::<Vec<_>>();
        let long = "x".repeat(1001);
        for (note, wanted) in [("", vec![]), ("What is missing?", vec![]), (&long, vec!["problem-too-long"])]
        {
            assert_eq!(codes(note_problems(note)), wanted);
        }
        for (reason, wanted) in [
            ("Both parents take her to each visit", vec![]),
            ("", vec!["problem-required"]),
            ("fine . .", vec!["problem-reason"]),
            (&long, vec!["problem-too-long"]),
        ] {
            assert_eq!(codes(reason_problems(reason)), wanted);
        }
    }

    /// Open now × shown × ticked × its service ticked → what changes.
    #[test]
    fn what_ticks_change() {
        let (mental, hiv) = (Service::MentalHealth.bit(), Service::Hiv.bit());
        let none = Labels::default();
        let rid = Rid(7);
        for (open, services, shown, tick, whole, opens, closes) in [
            (false, mental, true, true, none, true, false),
            (false, mental, true, false, none, false, false),
            (true, mental, true, true, none, false, false),
            (true, mental, true, false, none, false, true),
            // Ticked, but not of the page that was shown: a forged form opens nothing.
            (false, mental, false, true, none, false, false),
            (true, mental, false, false, none, false, false),
            (false, mental, false, false, mental, true, false),
            (true, mental, true, false, mental, false, false),
            // Of two services one is not ticked.
            (false, mental.and(hiv), false, false, mental, false, false),
            (false, mental.and(hiv), true, true, mental, true, false),
            (false, mental.and(hiv), false, false, mental.and(hiv), true, false),
        ] {
            let set = |is: bool| is.then_some(rid).into_iter().collect::<BTreeSet<_>>();
            let ticked = Ticked { shown: set(shown), open: set(tick), services: whole };
            let found = chosen(&[Candidate { rid, services, open }], &ticked);
            assert_eq!((found.open.len(), found.close.len()), (usize::from(opens), usize::from(closes)));
        }
        let ticked = Ticked { shown: [rid].into(), open: [rid].into(), services: mental };
        assert_eq!(chosen(&[], &ticked), Chosen::default(), "nothing but what may be decided");
    }
}
