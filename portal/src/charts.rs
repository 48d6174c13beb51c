//! Line charts as SVG, made on the server: the normal range shaded, the unit on the axis, and the same figures
//! in a table under it. Total for any numbers.

use api::records::Trend;
use api::words;
use askama::Template;
use askama::filters::HtmlSafe;

use crate::i18n::Words;

const LEFT: f64 = 56.0;
const RIGHT: f64 = 624.0;
const TOP: f64 = 32.0;
const BOTTOM: f64 = 204.0;

/// A chart with its table.
#[derive(Template)]
#[template(path = "parts/chart.html")]
pub struct Chart<'a> {
    w: Words,
    trend: &'a Trend,
    title: String,
    /// The unit in the reader's language.
    unit: String,
    /// Places of the points, in the order of the trend; points that are no number are left out.
    dots: Vec<(f64, f64)>,
    /// The line through them.
    line: String,
    /// The same for the second values of pairs, such as the diastolic blood pressure.
    second_dots: Vec<(f64, f64)>,
    /// The line through them.
    second_line: String,
    /// The shaded range: y of its top and its height.
    band: Option<(f64, f64)>,
    /// Marks of the value axis: y and words.
    marks: Vec<(f64, String)>,
    /// The words under the axis of time: x, place of the words, words.
    days: Vec<(f64, &'static str, String)>,
    /// The table's rows: date, value.
    rows: Vec<(String, String)>,
}

impl HtmlSafe for Chart<'_> {}

impl<'a> Chart<'a> {
    /// The chart of a trend; `title` names it where the source gives no name.
    pub fn new(w: Words, trend: &'a Trend, title: String) -> Self {
        let points: Vec<_> = trend.points.iter().filter(|point| point.value.is_finite()).collect();
        let bounds = [trend.low, trend.high].map(|bound| bound.filter(|b| b.is_finite()));
        let seconds = || points.iter().filter_map(|p| Some((p.at, p.second.filter(|v| v.is_finite())?)));
        let values = points.iter().map(|point| point.value).chain(bounds.into_iter().flatten());
        let values = values.chain(seconds().map(|(_, value)| value));
        let scale = Scale::around(values);
        let span = Span::around(points.iter().map(|point| point.at));
        let dots: Vec<_> = points.iter().map(|point| (span.x(point.at), scale.y(point.value))).collect();
        let second_dots: Vec<_> = seconds().map(|(at, value)| (span.x(at), scale.y(value))).collect();
        let (line, second_line) = (through(&dots), through(&second_dots));
        let band = match bounds {
            [None, None] => None,
            [low, high] => {
                let (top, foot) = (high.map_or(TOP, |b| scale.y(b)), low.map_or(BOTTOM, |b| scale.y(b)));
                (foot > top).then_some((top, foot - top))
            }
        };
        let day = |point: &&api::records::Point| w.date(&point.when);
        let days = match (points.first(), points.last()) {
            (Some(first), Some(last)) if points.len() > 1 => {
                vec![(LEFT, "start", day(first)), (RIGHT, "end", day(last))]
            }
            (Some(only), _) => vec![((LEFT + RIGHT) / 2.0, "middle", day(only))],
            _ => vec![],
        };
        // Newest first, as everywhere else.
        let said = |p: &api::records::Point| (w.date_time(&p.when), words::value(w.language, &p.text));
        let rows = trend.points.iter().rev().map(said).collect();
        let unit = words::unit(w.language, &trend.unit);
        let marks = scale.marks();
        Self { w, trend, title, unit, dots, line, second_dots, second_line, band, marks, days, rows }
    }

    /// What the picture shows, in a sentence.
    fn described(&self) -> String {
        let language = self.w.language;
        let text = |at: Option<&api::records::Point>| {
            at.map(|p| words::value(language, &p.text)).unwrap_or_default()
        };
        let count = i64::try_from(self.trend.points.len()).unwrap_or(0);
        let points = &self.trend.points;
        let day = |at: Option<&api::records::Point>| at.map(|p| self.w.date(&p.when)).unwrap_or_default();
        self.w.with(
            "chart-described",
            &[
                ("count", count.into()),
                ("first", text(points.first()).into()),
                ("last", text(points.last()).into()),
                ("from", day(points.first()).into()),
                ("to", day(points.last()).into()),
            ],
        )
    }

    /// The normal range in words.
    fn range(&self) -> Option<String> {
        let with_unit = |value: f64| words::with_unit(self.w.language, &plain(value), &self.trend.unit);
        match (self.trend.low, self.trend.high) {
            (Some(low), Some(high)) => {
                Some(self.w.t2("chart-range", ("low", plain(low)), ("high", with_unit(high))))
            }
            (Some(low), None) => Some(self.w.t1("chart-range-low", "low", with_unit(low))),
            (None, Some(high)) => Some(self.w.t1("chart-range-high", "high", with_unit(high))),
            (None, None) => None,
        }
    }
}

fn through(dots: &[(f64, f64)]) -> String {
    dots.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}

/// From values to places on the paper.
struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    /// Holds all values, with round numbers at its marks.
    fn around(values: impl Iterator<Item = f64>) -> Self {
        // Beyond this the difference of two values could not be a number any more.
        let (low, high) = values
            .map(|value| value.clamp(-1e300, 1e300))
            .fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
        let (low, high) = if low > high { (0.0, 1.0) } else { (low, high) };
        let room = match high - low {
            none if none <= high.abs() * 1e-9 => high.abs().max(1.0) * 0.2,
            some => some,
        };
        let step = round_step(room / 4.0);
        let low = ((low - room * 0.05) / step).floor() * step;
        let high = ((high + room * 0.05) / step).ceil() * step;
        Self { low, high, step }
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value.clamp(-1e300, 1e300) - self.low) / (self.high - self.low);
        if share.is_finite() { BOTTOM - share.clamp(0.0, 1.0) * (BOTTOM - TOP) } else { BOTTOM }
    }

    fn marks(&self) -> Vec<(f64, String)> {
        let count = ((self.high - self.low) / self.step).round().clamp(1.0, 12.0) as u32;
        (0..=count)
            .map(|n| self.low + f64::from(n) * self.step)
            .map(|value| (self.y(value), plain(if value.abs() < self.step * 1e-6 { 0.0 } else { value })))
            .collect()
    }
}

/// 1, 2 or 5 times a power of ten, at least as large as wanted.
fn round_step(wanted: f64) -> f64 {
    let power = 10_f64.powf(wanted.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|f| f * power).find(|step| *step >= wanted * 0.999);
    step.filter(|step| step.is_finite() && *step > 0.0).unwrap_or(1.0)
}

/// A number as people read it: no more digits than it needs.
fn plain(value: f64) -> String {
    if value != 0.0 && !(1e-4..1e7).contains(&value.abs()) {
        return format!("{value:.2e}");
    }
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.to_owned() }
}

/// From times to places on the paper.
struct Span {
    first: i64,
    last: i64,
}

impl Span {
    fn around(times: impl Iterator<Item = i64>) -> Self {
        let (first, last) = times.fold((i64::MAX, i64::MIN), |(a, b), at| (a.min(at), b.max(at)));
        Self { first, last }
    }

    fn x(&self, at: i64) -> f64 {
        if self.last <= self.first {
            return (LEFT + RIGHT) / 2.0;
        }
        let share = (at as f64 - self.first as f64) / (self.last as f64 - self.first as f64);
        LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::records::Point;
    use api::words::Language;

    fn trend(values: &[f64], low: Option<f64>, high: Option<f64>) -> Trend {
        let points = values.iter().zip(0..).map(|(value, n)| Point {
            at: n * 86_400_000_000,
            when: format!("2024-01-{:02}", n + 1),
            value: *value,
            second: (n % 2 == 1).then_some(value / 2.0),
            text: format!("{value} <mg>"),
        });
        Trend { unit: "mg/dL".into(), low, high, points: points.collect() }
    }

    #[test]
    fn any_numbers_give_a_chart() {
        let inf = f64::INFINITY;
        for (values, low, high, dots, band) in [
            (&[5.4, 5.6, 6.1][..], Some(4.0), Some(5.6), 3, true),
            (&[5.4], None, None, 1, false),
            (&[], None, None, 0, false),
            (&[7.0, 7.0, 7.0], None, None, 3, false),
            (&[0.0, 0.0], Some(0.0), Some(0.0), 2, false),
            (&[-3.0, 2.0, -10.0], Some(-2.0), None, 3, true),
            (&[1e300, -1e300], None, Some(1e308), 2, true),
            (&[f64::MAX, f64::MIN], None, None, 2, false),
            (&[1e-12, 2e-12], None, Some(3e-12), 2, true),
            (&[f64::NAN, 1.0, inf], Some(f64::NAN), Some(-inf), 1, false),
            (&[1.0, 2.0], Some(9.0), Some(3.0), 2, false),
        ] {
            let trend = trend(values, low, high);
            for language in Language::ALL {
                let w = Words { language, zone: chrono_tz::UTC, acting: false };
                let chart = Chart::new(w, &trend, String::new());
                assert_eq!((chart.dots.len(), chart.band.is_some()), (dots, band), "{values:?}");
                for (x, y) in chart.dots.iter().chain(&chart.second_dots) {
                    assert!((LEFT..=RIGHT).contains(x) && (TOP..=BOTTOM).contains(y), "{values:?}: {x} {y}");
                }
                assert!((2..=13).contains(&chart.marks.len()), "{values:?}: {:?}", chart.marks);
                let html = chart.render().unwrap();
                for wrong in ["NaN", "inf,", "<b>", "<mg>"] {
                    assert!(
                        !html.contains(wrong) || (wrong == "NaN" && values.iter().any(|v| v.is_nan())),
                        "{wrong}"
                    );
                }
                let svg = html.split("</svg>").next().unwrap();
                let places = svg.split("points=\"").nth(1).unwrap_or_default().split('"').next().unwrap();
                assert!(!places.contains("NaN") && !places.contains("inf"), "{places}");
            }
        }
    }

    #[test]
    fn marks_are_round() {
        for (values, marks) in [
            (&[5.4, 6.1][..], &["5.2", "5.4", "5.6", "5.8", "6", "6.2"][..]),
            (&[118.0, 142.0], &["110", "120", "130", "140", "150"]),
            (&[0.0, 0.0], &["-0.05", "0", "0.05"]),
        ] {
            let scale = Scale::around(values.iter().copied());
            let words: Vec<_> = scale.marks().into_iter().map(|(_, words)| words).collect();
            assert_eq!(words, marks);
        }
    }
}
