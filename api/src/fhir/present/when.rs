//! Dates as FHIR writes them: a year, a month, a day or an instant, each kept as it was written.
//! A date is shown in the offset it was written with and is never shifted to another zone.

use chrono::{NaiveDate, NaiveTime};

/// How much of a date the source stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// Only a year: "2019".
    Year,
    /// A month: "2019-04".
    Month,
    /// A day: "2019-04-30".
    Day,
    /// A time of day, with its offset from UTC.
    Instant,
}

/// A stated date. Sorts by the start of the stated period, then by precision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct When {
    /// Microseconds since 1970-01-01T00:00:00Z of the start of the stated period.
    pub micros: i64,
    /// How much the source stated.
    pub precision: Precision,
    /// The date as written in the source, with its offset.
    pub text: String,
}

/// The parts of a stated date in the offset it was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Calendar day; the first of the month or year where the source states no more.
    pub date: NaiveDate,
    /// Hour (0–23) and minute, for instants only.
    pub time: Option<(u32, u32)>,
}

const DAY: i64 = 86_400_000_000;
const MINUTE: i64 = 60_000_000;

impl When {
    /// Reads a FHIR date, dateTime or instant; `None` for anything else. A time of day without an offset,
    /// which R4 forbids but old exports hold, is read as UTC.
    pub fn parse(text: &str) -> Option<When> {
        let text = text.trim();
        let (date, precision) = day(text)?;
        let midnight = i64::from(epoch_day(date)) * DAY;
        let micros = match precision {
            Precision::Instant => {
                let (time, offset) = clock(text.get(11..)?)?;
                midnight + time - offset
            }
            _ => midnight,
        };
        Some(When { micros, precision, text: text.to_owned() })
    }

    /// The day and time of day as written, without shifting; `None` only for a hand-made, unreadable `text`.
    pub fn parts(&self) -> Option<Parts> {
        let (date, precision) = day(&self.text)?;
        let time = match precision {
            Precision::Instant => {
                let minutes = clock(self.text.get(11..)?)?.0 / MINUTE;
                Some((u32::try_from(minutes / 60).ok()?, u32::try_from(minutes % 60).ok()?))
            }
            _ => None,
        };
        Some(Parts { date, time })
    }
}

fn epoch_day(date: NaiveDate) -> i32 {
    date.to_epoch_days()
}

fn day(text: &str) -> Option<(NaiveDate, Precision)> {
    let bytes = text.as_bytes();
    let year = digits(bytes, 0, 4)?;
    if bytes.len() == 4 {
        return Some((NaiveDate::from_ymd_opt(year.try_into().ok()?, 1, 1)?, Precision::Year));
    }
    let month = digits(bytes, 5, 2).filter(|_| bytes[4] == b'-')?;
    let year = i32::try_from(year).ok()?;
    if bytes.len() == 7 {
        return Some((NaiveDate::from_ymd_opt(year, month, 1)?, Precision::Month));
    }
    let day = digits(bytes, 8, 2).filter(|_| bytes[7] == b'-')?;
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    match bytes.get(10) {
        None => Some((date, Precision::Day)),
        Some(b'T' | b't' | b' ') => Some((date, Precision::Instant)),
        Some(_) => None,
    }
}

/// Reads `hh:mm[:ss[.fraction]][offset]` into microseconds since midnight and the offset in microseconds.
fn clock(text: &str) -> Option<(i64, i64)> {
    let bytes = text.as_bytes();
    let hour = digits(bytes, 0, 2)?;
    let minute = digits(bytes, 3, 2).filter(|_| bytes[2] == b':')?;
    let mut at = 5;
    let mut second = 0;
    let mut micros = 0;
    if bytes.get(at) == Some(&b':') {
        second = digits(bytes, at + 1, 2)?.min(59);
        at += 3;
        if bytes.get(at) == Some(&b'.') {
            at += 1;
            let mut scale = 100_000;
            while let Some(digit) = bytes.get(at).filter(|b| b.is_ascii_digit()) {
                micros += i64::from(digit - b'0') * scale;
                scale /= 10;
                at += 1;
            }
        }
    }
    NaiveTime::from_hms_opt(hour, minute, second)?;
    let time = (i64::from(hour) * 60 + i64::from(minute)) * MINUTE + i64::from(second) * 1_000_000 + micros;
    Some((time, offset(bytes.get(at..)?)?))
}

fn offset(bytes: &[u8]) -> Option<i64> {
    let sign = match bytes.first() {
        None => return Some(0),
        Some(b'Z' | b'z') if bytes.len() == 1 => return Some(0),
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return None,
    };
    let hours = digits(bytes, 1, 2)?;
    let minutes = digits(bytes, 4, 2).filter(|_| bytes[3] == b':' && bytes.len() == 6)?;
    if hours > 14 || minutes > 59 {
        return None;
    }
    Some(sign * i64::from(hours * 60 + minutes) * MINUTE)
}

fn digits(bytes: &[u8], from: usize, count: usize) -> Option<u32> {
    let part = bytes.get(from..from + count)?;
    part.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
}
