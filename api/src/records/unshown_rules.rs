//! What somebody may ask about what is not shown, and what a clinician's ticks come to. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use super::unshown::Opens;
use crate::base::{Instant, ItemAddress, Problem, Problems, Rid, says_why, sha256, unseen};
use crate::fhir::sensitivity::Labels;

/// The most letters of a question, and of a reason.
const TEXT: usize = 1000;
/// Most questions of one who acts in a day.
pub(super) const A_DAY: i64 = 3;

/// How long after its answer a question still opens the record by itself.
const OPENS_FOR: Duration = Duration::from_secs(30 * 86_400);

/// Whether a question opens the record, by when it was answered.
pub(super) fn opens(answered: Option<Instant>, now: Instant) -> Opens {
    match answered {
        Some(at) if at.plus(OPENS_FOR) <= now => Opens::NoMore,
        _ => Opens::Yes,
    }
}

/// An item that a clinician may open or keep closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The item.
    pub rid: Rid,
    /// What the page calls it.
    pub address: ItemAddress,
    /// Of which services it is.
    pub services: Labels,
    /// Whether who asked sees it now.
    pub open: bool,
}

/// What a clinician ticked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ticked {
    /// What [`seen`] said of what there was when the page was shown.
    pub seen: String,
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

impl Chosen {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty() && self.close.is_empty()
    }
}

/// Why ticks are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// What there is to decide about is not what the page showed.
    Changed,
    /// They name what no page of ours showed.
    Strange,
}

/// Tells all that there is to decide about, and how often was decided before, from anything else: a page carries it, so
/// that nothing is opened or closed that somebody else decided about meanwhile, or that came since. It is made of
/// addresses: of numbers, which can all be tried, the page would tell what it does not show.
pub(super) fn seen(decisions: i64, candidates: &[Candidate]) -> String {
    let mut parts = vec![decisions.to_be_bytes().to_vec()];
    for one in candidates {
        parts.push(one.address.0.to_vec());
        parts.push(one.services.0.to_be_bytes().to_vec());
        parts.push(i64::from(one.open).to_be_bytes().to_vec());
    }
    hex::encode(sha256(parts.iter().map(Vec::as_slice)))[..32].to_owned()
}

/// What is wrong with a question; nothing need be said.
pub(super) fn note_problems(note: &str) -> Problems {
    let long = note.chars().count() > TEXT;
    let long = long.then_some(Problem { field: "note", code: "problem-too-long" });
    Problems(long.or_else(|| unseen("note", note)).into_iter().collect())
}

/// What is wrong with a reason.
pub(super) fn reason_problems(reason: &str) -> Problems {
    let code = match reason.chars().count() {
        0 => Some("problem-required"),
        count if count > TEXT => Some("problem-too-long"),
        _ if !says_why(reason) => Some("problem-reason"),
        _ => None,
    };
    let problem = code.map(|code| Problem { field: "reason", code }).or_else(|| unseen("reason", reason));
    Problems(problem.into_iter().collect())
}

/// What the ticks change. An item of several services is opened with them only where all of them are ticked; what the
/// page did not show, and no tick reaches, stays as it is. Nothing but what may be decided is ever opened.
///
/// # Errors
/// [`Fault`]; then nothing changes.
pub(super) fn chosen((decisions, candidates): (i64, &[Candidate]), ticked: &Ticked) -> Result<Chosen, Fault> {
    if ticked.seen.is_empty() {
        return Err(Fault::Strange);
    }
    if ticked.seen != seen(decisions, candidates) {
        return Err(Fault::Changed);
    }
    let known: BTreeSet<Rid> = candidates.iter().map(|one| one.rid).collect();
    let services = candidates.iter().fold(Labels::default(), |all, one| all.and(one.services));
    let ours = ticked.shown.is_subset(&known)
        && ticked.open.is_subset(&ticked.shown)
        && ticked.services.but(services) == Labels::default();
    if !ours {
        return Err(Fault::Strange);
    }
    let mut chosen = Chosen::default();
    for one in candidates {
        let whole = one.services.but(ticked.services) == Labels::default();
        let shown = ticked.shown.contains(&one.rid);
        match whole || ticked.open.contains(&one.rid) {
            true if !one.open => chosen.open.push(*one),
            false if one.open && shown => chosen.close.push(one.rid),
            _ => {}
        }
    }
    Ok(chosen)
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

    /// 30 days, and no microsecond more.
    #[test]
    fn a_question_opens_the_record_for_a_time() {
        let month = 30 * 86_400 * 1_000_000;
        for (answered, now, wanted) in [
            (None, i64::MAX, Opens::Yes),
            (Some(5), 5, Opens::Yes),
            (Some(5), month + 4, Opens::Yes),
            (Some(5), month + 5, Opens::NoMore),
        ] {
            assert_eq!(opens(answered.map(Instant), Instant(now)), wanted, "{answered:?} {now}");
        }
    }

    /// Open now × shown × ticked × its service ticked → what changes.
    #[test]
    fn what_ticks_change() {
        let (mental, hiv) = (Service::MentalHealth.bit(), Service::Hiv.bit());
        let none = Labels::default();
        let rid = Rid(7);
        let set = |is: bool| is.then_some(rid).into_iter().collect::<BTreeSet<_>>();
        let (opens, closes, same) = (Ok((1, 0)), Ok((0, 1)), Ok((0, 0)));
        for (open, services, shown, tick, whole, wanted) in [
            (false, mental, true, true, none, opens),
            (false, mental, true, false, none, same),
            (true, mental, true, true, none, same),
            (true, mental, true, false, none, closes),
            // Ticked, but not of the page that was shown: a forged form opens nothing.
            (false, mental, false, true, none, Err(Fault::Strange)),
            (true, mental, false, false, none, same),
            (false, mental, false, false, mental, opens),
            (true, mental, true, false, mental, same),
            // Of two services one is not ticked.
            (false, mental.and(hiv), false, false, mental, same),
            (false, mental.and(hiv), true, true, mental, opens),
            (false, mental.and(hiv), false, false, mental.and(hiv), opens),
            // A service that stands nowhere on the page.
            (false, mental, true, true, hiv, Err(Fault::Strange)),
        ] {
            let there = [Candidate { rid, address: ItemAddress([7; 16]), services, open }];
            let ticked =
                Ticked { seen: seen(2, &there), shown: set(shown), open: set(tick), services: whole };
            let found = chosen((2, &there), &ticked).map(|found| (found.open.len(), found.close.len()));
            assert_eq!(found, wanted, "{open} {shown} {tick} {whole:?}");
        }
    }

    /// What came, went or was decided between the showing of a page and its sending → nothing changes.
    #[test]
    fn what_the_page_did_not_show_is_not_decided() {
        let (mental, hiv) = (Service::MentalHealth.bit(), Service::Hiv.bit());
        let address = |rid: i64| ItemAddress(i128::from(rid).to_be_bytes());
        let one = |rid, services, open| Candidate { rid: Rid(rid), address: address(rid), services, open };
        let shown = [one(7, mental, false), one(9, mental, false)];
        let ticked = Ticked {
            seen: seen(0, &shown),
            shown: [Rid(7), Rid(9)].into(),
            open: [Rid(7)].into(),
            services: mental,
        };
        for (decisions, now, wanted) in [
            (0, shown.to_vec(), Ok(2)),
            // All of one kind, and another of the kind came meanwhile.
            (0, vec![shown[0], shown[1], one(11, mental, false)], Err(Fault::Changed)),
            // As many as before, but another.
            (0, vec![shown[0], one(11, mental, false)], Err(Fault::Changed)),
            (0, vec![shown[0]], Err(Fault::Changed)),
            (0, vec![], Err(Fault::Changed)),
            // An item shows another service since.
            (0, vec![shown[0], one(9, mental.and(hiv), false)], Err(Fault::Changed)),
            // A colleague decided: about an item, or that all stays as it is.
            (1, vec![shown[0], one(9, mental, true)], Err(Fault::Changed)),
            (1, shown.to_vec(), Err(Fault::Changed)),
        ] {
            let found = chosen((decisions, &now), &ticked).map(|found| found.open.len());
            assert_eq!(found, wanted, "{decisions} {now:?}");
        }
        for forged in [
            Ticked { seen: String::new(), ..ticked.clone() },
            Ticked { shown: [Rid(7), Rid(8)].into(), ..ticked.clone() },
            Ticked { open: [Rid(8)].into(), ..ticked.clone() },
            Ticked { services: hiv, ..ticked },
        ] {
            assert_eq!(chosen((0, &shown), &forged), Err(Fault::Strange), "{forged:?}");
        }
    }
}
