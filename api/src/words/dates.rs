//! Dates and ages in words. A date is said in the offset it was written with, never shifted.

use chrono::{Datelike, NaiveDate};

use super::{Arg, Language, say, say_with, span};
use crate::fhir::present::{Precision, TimeUnit, When};

const MONTHS: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8", "month-9",
    "month-10", "month-11", "month-12",
];

/// A date as far as the source states it: "March 4, 2024", "March 2024", "2024". The time of day is left out.
pub fn date(language: Language, when: &When) -> String {
    let Some(parts) = when.parts() else { return when.text.clone() };
    let day = parts.date;
    match when.precision {
        Precision::Year => day.year().to_string(),
        Precision::Month => {
            let args = [("month", month(language, day).into()), ("year", day.year().to_string().into())];
            say_with(language, "date-month", &args)
        }
        Precision::Day | Precision::Instant => whole_day(language, day),
    }
}

/// A date with its time of day, if the source states one: "March 4, 2024, 2:05 PM".
pub fn date_time(language: Language, when: &When) -> String {
    let day = date(language, when);
    let Some((hour, minute)) = when.parts().and_then(|parts| parts.time) else { return day };
    let id = if hour < 12 { "time-am" } else { "time-pm" };
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let time = say_with(language, id, &[("time", format!("{twelve}:{minute:02}").into())]);
    say_with(language, "date-time", &[("date", day.into()), ("time", time.into())])
}

/// From and until, in words; one day stands once.
pub fn period(language: Language, start: Option<&When>, end: Option<&When>) -> String {
    match (start, end) {
        (Some(start), Some(end)) => {
            let (from, until) = (date(language, start), date(language, end));
            if from != until {
                let id = if is_day(start) && is_day(end) { "period-days" } else { "period-both" };
                return say_with(language, id, &[("from", from.into()), ("until", until.into())]);
            }
            same_day(language, start, end)
        }
        (Some(start), None) => {
            let id = if is_day(start) { "period-from-day" } else { "period-from" };
            say_with(language, id, &[("from", date(language, start).into())])
        }
        (None, Some(end)) => {
            let id = if is_day(end) { "period-until-day" } else { "period-until" };
            say_with(language, id, &[("until", date(language, end).into())])
        }
        (None, None) => String::new(),
    }
}

/// Spanish puts an article before a day, and none before a month or a year.
fn is_day(when: &When) -> bool {
    when.precision >= Precision::Day
}

fn same_day(language: Language, start: &When, end: &When) -> String {
    let clock = |when: &When| when.parts().and_then(|parts| parts.time);
    match (clock(start), clock(end)) {
        (Some(a), Some(b)) if a != b => {
            let day = date(language, start);
            let only = |when: &When| {
                date_time(language, when).trim_start_matches(&day).trim_start_matches([',', ' ']).to_owned()
            };
            let (from, until) = (only(start), only(end));
            let both = say_with(language, "period-both", &[("from", from.into()), ("until", until.into())]);
            say_with(language, "date-time", &[("date", day.into()), ("time", both.into())])
        }
        _ => date_time(language, start),
    }
}

fn whole_day(language: Language, day: NaiveDate) -> String {
    let args: [(&'static str, Arg<'_>); 3] = [
        ("day", day.day().to_string().into()),
        ("month", month(language, day).into()),
        ("year", day.year().to_string().into()),
    ];
    say_with(language, "date-day", &args)
}

fn month(language: Language, day: NaiveDate) -> String {
    say(language, MONTHS.get(day.month0() as usize).copied().unwrap_or_default())
}

/// How old a person is on a day: years, below two years months, below two months days. `None` before the birth or
/// where the birth date states no day.
pub fn age(language: Language, birth: &When, today: NaiveDate) -> Option<String> {
    let born = birth.parts()?.date;
    if birth.precision < Precision::Day || today < born {
        return None;
    }
    let mut months = (today.year() - born.year()) * 12 + today.month() as i32 - born.month() as i32;
    if today.day() < born.day() {
        months -= 1;
    }
    let (count, unit) = match months {
        m if m >= 24 => (i64::from(m / 12), TimeUnit::Year),
        m if m >= 2 => (i64::from(m), TimeUnit::Month),
        _ => ((today - born).num_days(), TimeUnit::Day),
    };
    Some(span(language, &count.to_string(), unit))
}
