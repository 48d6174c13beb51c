//! FHIR dates as half-open intervals of microseconds since 1970 in UTC. A date without a zone is read as UTC.

use serde_json::Value;

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// The first microsecond; `i64::MIN` if open.
    pub low: i64,
    /// The microsecond after the last; `i64::MAX` if open.
    pub high: i64,
}

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// The span that a date, dateTime or instant covers: a year, a month, a day, a minute, a second, or the
/// fraction given. Also for values in searches. `None` if it is no date.
pub fn interval(text: &str) -> Option<Interval> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.splitn(3, '-');
    let year = number(parts.next()?, 4)?;
    let (month, day) = (parts.next(), parts.next());
    let Some(time) = time else { return days(year, month, day) };
    let start = days(year, Some(month?), Some(day?))?.low;
    let zone_at = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone_at);
    let (offset, length) = clock_span(clock)?;
    let low = start + offset - zone_shift(zone)?;
    Some(Interval { low, high: low + length })
}

fn days(year: i64, month: Option<&str>, day: Option<&str>) -> Option<Interval> {
    let (first, last) = match (month, day) {
        (None, _) => (civil(year, 1, 1), civil(year + 1, 1, 1)),
        (Some(month), day) => {
            let month = number(month, 2).filter(|m| (1..=12).contains(m))?;
            let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            let (start, end) = (civil(year, month, 1), civil(next_year, next, 1));
            match day {
                None => (start, end),
                Some(day) => {
                    let day = number(day, 2).filter(|d| (1..=end - start).contains(d))?;
                    (start + day - 1, start + day)
                }
            }
        }
    };
    Some(Interval { low: first * DAY, high: last * DAY })
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, counted from March so that a leap day ends
/// the year.
fn civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let from_march = (month + 9) % 12;
    365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * from_march + 2) / 5
        + day
        - 719_469
}

/// Microseconds into the day, and how long the given precision lasts.
fn clock_span(clock: &str) -> Option<(i64, i64)> {
    let (whole, fraction) = clock.split_once('.').map_or((clock, None), |(whole, f)| (whole, Some(f)));
    let mut parts = whole.split(':');
    let hour = number(parts.next()?, 2).filter(|h| *h <= 23)?;
    let minute = number(parts.next()?, 2).filter(|m| *m <= 59)?;
    let minutes = (hour * 60 + minute) * 60 * SECOND;
    let Some(second) = parts.next() else {
        return fraction.is_none().then_some((minutes, 60 * SECOND));
    };
    let second = number(second, 2).filter(|s| *s <= 60)?;
    if parts.next().is_some() {
        return None;
    }
    let Some(fraction) = fraction else { return Some((minutes + second * SECOND, SECOND)) };
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (mut unit, mut micros) = (SECOND, 0);
    for digit in fraction.bytes().take(6) {
        unit /= 10;
        micros += i64::from(digit - b'0') * unit;
    }
    Some((minutes + second * SECOND + micros, unit))
}

fn zone_shift(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone == "Z" {
        return Some(0);
    }
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let shift = (number(hours, 2)?.clamp(0, 24) * 60 + number(minutes, 2)?) * 60 * SECOND;
    Some(if zone.starts_with('-') { -shift } else { shift })
}

fn number(text: &str, length: usize) -> Option<i64> {
    let digits = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The spans of a date, a Period or a Timing.
pub(super) fn spans(value: &Value, each: &mut impl FnMut(Interval)) {
    if let Some(text) = value.as_str() {
        return interval(text).into_iter().for_each(each);
    }
    for event in value.get("event").and_then(Value::as_array).into_iter().flatten() {
        event.as_str().and_then(interval).into_iter().for_each(&mut *each);
    }
    if let Some(bounds) = value.get("repeat").and_then(|r| r.get("boundsPeriod")) {
        period(bounds).into_iter().for_each(&mut *each);
    }
    period(value).into_iter().for_each(each);
}

fn period(value: &Value) -> Option<Interval> {
    let at = |name: &str| value.get(name).and_then(Value::as_str).and_then(interval);
    match (at("start"), at("end")) {
        (None, None) => None,
        (start, end) => {
            let low = start.map_or(i64::MIN, |s| s.low);
            Some(Interval { low, high: end.map_or(i64::MAX, |e| e.high) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, NaiveDate};
    use serde_json::json;

    #[test]
    fn days_agree_with_a_calendar() {
        for year in [1800, 1900, 1969, 1970, 2000, 2023, 2024, 2100, 2200] {
            for month in 1..=12u32 {
                for day in [1, 15, 28] {
                    let expected =
                        NaiveDate::from_ymd_opt(year, month, day).unwrap().and_hms_opt(0, 0, 0).unwrap();
                    let found = interval(&format!("{year:04}-{month:02}-{day:02}")).unwrap();
                    assert_eq!(found.low, expected.and_utc().timestamp_micros());
                    assert_eq!(found.high - found.low, DAY);
                }
            }
        }
    }

    #[test]
    fn precision_makes_the_span() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros();
        let cases = [
            ("2024", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
            ("2024-02", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
            ("2023-12", "2023-12-01T00:00:00Z", "2024-01-01T00:00:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"),
            ("2024-01-02T03:04Z", "2024-01-02T03:04:00Z", "2024-01-02T03:05:00Z"),
            ("2024-01-02T03:04:05+02:00", "2024-01-02T03:04:05+02:00", "2024-01-02T03:04:06+02:00"),
            ("2024-01-02T03:04:05-05:30", "2024-01-02T03:04:05-05:30", "2024-01-02T03:04:06-05:30"),
            ("2024-01-02T03:04:05.25Z", "2024-01-02T03:04:05.25Z", "2024-01-02T03:04:05.26Z"),
            ("2024-01-02T03:04:05.1234567Z", "2024-01-02T03:04:05.123456Z", "2024-01-02T03:04:05.123457Z"),
        ];
        for (text, low, high) in cases {
            assert_eq!(interval(text), Some(Interval { low: at(low), high: at(high) }), "{text}");
        }
        let bad = [
            "",
            "24",
            "2024-13",
            "2023-02-29",
            "2024-1-1",
            "2024-01-01T",
            "2024-01-01T25:00:00Z",
            "2024T01:00Z",
            "2024-01-01T01:00:00+",
            "2024-01-01T01:00:00.Z",
            "2024-01-01T01:00:00+é:00",
            "yesterday",
        ];
        for text in bad {
            assert_eq!(interval(text), None, "{text}");
        }
    }

    #[test]
    fn open_ends_stay_open() {
        let cases = [
            (json!({"start": "1970-01-02"}), vec![(DAY, i64::MAX)]),
            (json!({"end": "1970-01-01"}), vec![(i64::MIN, DAY)]),
            (json!({"start": "1970-01-01", "end": "1970-01-01"}), vec![(0, DAY)]),
            (json!({}), vec![]),
            (json!({"event": ["1970-01-01", "1970-01-02"]}), vec![(0, DAY), (DAY, 2 * DAY)]),
            (json!({"repeat": {"boundsPeriod": {"start": "1970-01-01"}}}), vec![(0, i64::MAX)]),
        ];
        for (value, expected) in cases {
            let mut found = Vec::new();
            spans(&value, &mut |span| found.push((span.low, span.high)));
            assert_eq!(found, expected, "{value}");
        }
    }
}
