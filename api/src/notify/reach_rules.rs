//! Which wish holds, where a person chose how they are reached and the clinic wrote down another. Pure.

use chrono::NaiveDate;

use super::Channel;
use crate::base::{Instant, Intake};

/// A wish, as far as it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The day on which the person said it.
    pub day: NaiveDate,
    /// When it was written down, and the clinic's day then.
    pub written: (Instant, NaiveDate),
    /// Whether they want mail.
    pub channel: Channel,
}

/// Whose words hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// What the person chose on their own page; where they chose nothing, the usual way.
    Own,
    /// What the clinic wrote down.
    Desk,
}

/// Of what staff wrote down, in the order in which they did, what the person said last: a letter that lay about undoes
/// nothing. Of two of one day the one that was written down later.
pub fn last<T>(all: impl IntoIterator<Item = T>, intake: impl Fn(&T) -> &Intake) -> Option<T> {
    all.into_iter().max_by_key(|one| intake(one).on())
}

/// Which wish holds for an account that is the person's since `linked`, its first link: whoever is linked once more had
/// seen what was written down before. The one that the person said last; where nobody
/// knows which that was, no mail before mail. Whoever chose mail on their own page before the record was theirs had not
/// seen what the clinic wrote down, and so did not take it back.
pub fn holds(own: Option<Said>, desk: Option<Said>, linked: Instant) -> Holds {
    let (own, desk) = match (own, desk) {
        (_, None) => return Holds::Own,
        (None, Some(_)) => return Holds::Desk,
        (Some(own), Some(desk)) => (own, desk),
    };
    match later(own, desk) {
        Some(Holds::Own) if own.written.0 >= linked => Holds::Own,
        Some(Holds::Desk) => Holds::Desk,
        _ if own.channel == Channel::None => Holds::Own,
        _ => Holds::Desk,
    }
}

/// Which of two was said later; none where that is not known, as of a letter that came on the same day.
fn later(own: Said, desk: Said) -> Option<Holds> {
    let at_once = desk.day == desk.written.1;
    match () {
        () if own.day > desk.day => Some(Holds::Own),
        () if own.day < desk.day => Some(Holds::Desk),
        // They chose when it had been written down already.
        () if own.written.0 > desk.written.0 => Some(Holds::Own),
        () if at_once && own.written.0 < desk.written.0 => Some(Holds::Desk),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Came;

    const HOUR: i64 = 3_600_000_000;

    fn day(n: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, n).unwrap()
    }

    /// Written down on a day at an hour, said on that day or an earlier one.
    fn said((on, hour): (u32, i64), said: u32, channel: Channel) -> Said {
        let at = Instant((i64::from(on) * 24 + hour) * HOUR);
        Said { day: day(said), written: (at, day(on)), channel }
    }

    #[test]
    fn a_letter_that_lay_about_undoes_nothing() {
        for (days, wanted) in [
            (vec![], None),
            (vec!["2026-11-20"], Some(0)),
            (vec!["2026-11-20", "2026-11-21"], Some(1)),
            (vec!["2026-11-20", "2026-11-20"], Some(1)),
            (vec!["2026-11-20", "2026-09-01"], Some(0)),
            (vec!["2026-11-20", "2026-9-1"], Some(0)),
        ] {
            let intake = |day: &&str| Intake { day: (*day).into(), came: Came::Letter, known: String::new() };
            let all: Vec<_> = days.iter().map(intake).enumerate().collect();
            assert_eq!(last(&all, |one| &one.1).map(|one| one.0), wanted, "{days:?}");
        }
    }

    /// Own: when, and what. Desk: when it was typed, of which day, and what. When the account became theirs → what holds.
    #[test]
    fn the_last_word_of_the_person_holds() {
        use Channel::{Email, None as No};
        let linked = |on: i64| Instant(on * 24 * HOUR);
        for (own, desk, since, wanted) in [
            // Only one of them, or none.
            (None, None, 1, Holds::Own),
            (Some(((5, 9), Email)), None, 1, Holds::Own),
            (None, Some(((5, 9), 5, Email)), 1, Holds::Desk),
            (None, Some(((5, 9), 5, No)), 9, Holds::Desk),
            // The later one.
            (Some(((6, 9), Email)), Some(((5, 9), 5, No)), 1, Holds::Own),
            (Some(((6, 9), No)), Some(((5, 9), 5, Email)), 1, Holds::Own),
            (Some(((4, 9), No)), Some(((5, 9), 5, Email)), 1, Holds::Desk),
            (Some(((4, 9), Email)), Some(((5, 9), 5, No)), 1, Holds::Desk),
            // On one day, written down at once.
            (Some(((5, 10), Email)), Some(((5, 9), 5, No)), 1, Holds::Own),
            (Some(((5, 8), No)), Some(((5, 9), 5, Email)), 1, Holds::Desk),
            // At one moment: no mail.
            (Some(((5, 9), No)), Some(((5, 9), 5, Email)), 1, Holds::Own),
            (Some(((5, 9), Email)), Some(((5, 9), 5, No)), 1, Holds::Desk),
            (Some(((5, 9), Email)), Some(((5, 9), 5, Email)), 1, Holds::Desk),
            // A letter of the 5th that was typed on the 8th: what they chose since holds; on that very day, no mail.
            (Some(((6, 9), Email)), Some(((8, 9), 5, No)), 1, Holds::Own),
            (Some(((5, 9), No)), Some(((8, 9), 5, Email)), 1, Holds::Own),
            (Some(((5, 9), Email)), Some(((8, 9), 5, No)), 1, Holds::Desk),
            (Some(((5, 9), Email)), Some(((8, 9), 5, Email)), 1, Holds::Desk),
            (Some(((4, 9), No)), Some(((8, 9), 5, Email)), 1, Holds::Desk),
            // Chosen before the record was theirs: mail does not undo what the clinic wrote down, no mail stays.
            (Some(((6, 9), Email)), Some(((5, 9), 5, No)), 7, Holds::Desk),
            (Some(((6, 9), Email)), Some(((5, 9), 5, Email)), 7, Holds::Desk),
            (Some(((6, 9), No)), Some(((5, 9), 5, Email)), 7, Holds::Own),
            (Some(((4, 9), No)), Some(((5, 9), 5, Email)), 7, Holds::Desk),
            // The same where the record was theirs from the 1st, and is once more from the 7th: an address that they left
            // does not come back.
            (Some(((6, 9), Email)), Some(((5, 9), 5, Email)), 1, Holds::Own),
        ] {
            let own_said = own.map(|((on, hour), channel)| said((on, hour), on, channel));
            let desk_said = desk.map(|(typed, of, channel)| said(typed, of, channel));
            assert_eq!(holds(own_said, desk_said, linked(since)), wanted, "{own:?} {desk:?} {since}");
        }
    }
}
