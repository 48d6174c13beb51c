//! Line charts of results over time, drawn as SVG without script: the line, its points, the normal range as a band.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::entry::Entry;
use super::html::escape;
use crate::words::{self, Language, say, say_with};

/// Most charts of one category; those with the most values are kept.
const MOST_CHARTS: usize = 60;
/// Most points of one chart; the newest are kept.
const MOST_POINTS: usize = 400;

/// The numbers of one category as they pass by.
#[derive(Debug, Default)]
pub struct Trends {
    by_code: HashMap<(String, String, String), Trend>,
}

#[derive(Debug, Default)]
struct Trend {
    title: String,
    unit: String,
    bounds: (Option<f64>, Option<f64>),
    points: Vec<Point>,
}

#[derive(Debug)]
struct Point {
    at: i64,
    value: f64,
    second: Option<f64>,
    words: String,
    date: String,
}

impl Trends {
    /// Takes an item's number in, if it has one with a date. Items come newest first.
    pub fn add(&mut self, entry: &Entry) {
        let (Some(number), Some(when), Some((system, code))) = (&entry.number, &entry.when, &entry.code)
        else {
            return;
        };
        if entry.mistake || !drawable(number.value) {
            return;
        }
        let trend = self.by_code.entry((system.clone(), code.clone(), number.unit.clone())).or_default();
        if trend.points.is_empty() {
            trend.title.clone_from(&entry.title);
            trend.unit.clone_from(&number.unit);
        }
        if trend.bounds == (None, None) {
            trend.bounds = entry.bounds;
        }
        if trend.points.len() < MOST_POINTS {
            trend.points.push(Point {
                at: when.micros,
                value: number.value,
                second: entry.second.filter(|n| drawable(*n)),
                words: entry.value.clone(),
                date: entry.date.clone(),
            });
        }
    }

    /// The charts of everything with two or more values, by title.
    pub fn draw(self, language: Language) -> Vec<String> {
        let mut trends: Vec<Trend> = self.by_code.into_values().filter(|t| t.points.len() > 1).collect();
        trends.sort_by(|a, b| b.points.len().cmp(&a.points.len()).then_with(|| a.key().cmp(&b.key())));
        trends.truncate(MOST_CHARTS);
        trends.sort_by(|a, b| a.key().cmp(&b.key()));
        trends.iter_mut().for_each(|trend| trend.points.sort_by_key(|point| point.at));
        trends.iter().map(|trend| trend.draw(language)).collect()
    }
}

/// The drawing's size and the room for its axis.
const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 150.0;
const LEFT: f64 = 46.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 22.0;

/// Whether a number can be one of a measurement; larger ones would overflow the drawing.
fn drawable(value: f64) -> bool {
    value.abs() <= 1e15
}

/// From values to places.
struct Scale {
    first: i64,
    span: f64,
    low: f64,
    height: f64,
}

impl Scale {
    fn x(&self, at: i64) -> f64 {
        let share = if self.span > 0.0 { at.abs_diff(self.first) as f64 / self.span } else { 0.5 };
        LEFT + share * (WIDTH - LEFT - 8.0)
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - (value - self.low) / self.height * (HEIGHT - BOTTOM - TOP)
    }
}

impl Trend {
    fn key(&self) -> (&str, &str) {
        (&self.title, &self.unit)
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        self.points.iter().flat_map(|point| std::iter::once(point.value).chain(point.second))
    }

    fn draw(&self, language: Language) -> String {
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return String::new();
        };
        let unit = words::unit(language, &self.unit);
        let name = if unit.is_empty() { self.title.clone() } else { format!("{} ({unit})", self.title) };
        let smallest = self.points.iter().min_by(|a, b| a.value.total_cmp(&b.value)).unwrap_or(first);
        let largest = self.points.iter().max_by(|a, b| a.value.total_cmp(&b.value)).unwrap_or(last);
        let args = [
            ("count", self.points.len().into()),
            ("from", (&first.date).into()),
            ("to", (&last.date).into()),
            ("lowest", (&smallest.words).into()),
            ("highest", (&largest.words).into()),
            ("newest", (&last.words).into()),
        ];
        let description = say_with(language, "copies-chart-text", &args);
        let scale = self.scale();
        let mut svg = String::new();
        let _ = write!(
            svg,
            "<figure class=chart><figcaption>{}</figcaption><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=img \
             aria-label=\"{}\">",
            escape(&name),
            escape(&description)
        );
        self.band(&scale, &mut svg);
        self.axes(&scale, &mut svg);
        self.lines(&scale, &mut svg);
        let _ = write!(
            svg,
            "<text x={LEFT} y={y} class=ax>{}</text><text x={x} y={y} class=\"ax end\">{}</text></svg><p>{}</p></figure>",
            escape(&first.date),
            escape(&last.date),
            escape(&description),
            x = WIDTH - 4.0,
            y = HEIGHT - 5.0
        );
        if self.bounds != (None, None) {
            let insert = format!("<p class=q>{}</p></figure>", escape(&say(language, "copies-chart-band")));
            svg.truncate(svg.len() - "</figure>".len());
            svg.push_str(&insert);
        }
        svg
    }

    fn scale(&self) -> Scale {
        let bounds = [self.bounds.0, self.bounds.1].into_iter().flatten().filter(|b| drawable(*b));
        let (mut low, mut high) = self
            .values()
            .chain(bounds)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        let margin = ((high - low) * 0.08).max(high.abs().max(low.abs()) * 1e-3).max(1e-9);
        (low, high) = (low - margin, high + margin);
        let (first, last) = (self.points.first().map_or(0, |p| p.at), self.points.last().map_or(0, |p| p.at));
        Scale { first, span: last.abs_diff(first) as f64, low, height: (high - low).max(f64::MIN_POSITIVE) }
    }

    fn band(&self, scale: &Scale, svg: &mut String) {
        if self.bounds == (None, None) {
            return;
        }
        let top = self.bounds.1.map_or(TOP, |high| scale.y(high).max(TOP));
        let bottom = self.bounds.0.map_or(HEIGHT - BOTTOM, |low| scale.y(low).min(HEIGHT - BOTTOM));
        let _ = write!(
            svg,
            "<rect class=band x={LEFT} y={top:.1} width={:.1} height={:.1} />",
            WIDTH - LEFT - 8.0,
            (bottom - top).max(0.0)
        );
    }

    fn axes(&self, scale: &Scale, svg: &mut String) {
        let (low, high) =
            self.values().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        let marks = if low == high { vec![low] } else { vec![low, high] };
        for mark in marks {
            let y = scale.y(mark);
            let _ = write!(
                svg,
                "<path class=grid d=\"M{LEFT} {y:.1}H{:.1}\" /><text class=\"ax end\" x={:.1} y={:.1}>{}</text>",
                WIDTH - 8.0,
                LEFT - 4.0,
                y + 4.0,
                escape(&short(mark))
            );
        }
    }

    fn lines(&self, scale: &Scale, svg: &mut String) {
        let mut line = |value: &dyn Fn(&Point) -> Option<f64>| {
            let places: Vec<(f64, f64)> =
                self.points.iter().filter_map(|p| Some((scale.x(p.at), scale.y(value(p)?)))).collect();
            if places.is_empty() {
                return;
            }
            svg.push_str("<polyline points=\"");
            for (x, y) in &places {
                let _ = write!(svg, "{x:.1},{y:.1} ");
            }
            svg.push_str("\" />");
            // Many points need no dots: the line shows them.
            if places.len() <= 60 {
                for (x, y) in &places {
                    let _ = write!(svg, "<circle cx={x:.1} cy={y:.1} r=2.5 />");
                }
            }
        };
        line(&|point| Some(point.value));
        line(&|point| point.second);
    }
}

/// A number short enough for the axis.
fn short(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e6).contains(&size) {
        return format!("{value:.1e}");
    }
    let text = format!(
        "{value:.*}",
        if size >= 1000.0 {
            0
        } else if size >= 10.0 {
            1
        } else {
            2
        }
    );
    match text.split_once('.') {
        Some((whole, part)) if part.bytes().all(|b| b == b'0') => whole.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trend(values: &[f64], bounds: (Option<f64>, Option<f64>)) -> Trend {
        let point = |(n, value): (usize, &f64)| Point {
            at: n as i64 * 1_000_000,
            value: *value,
            second: None,
            words: format!("{value}"),
            date: format!("day {n}"),
        };
        Trend {
            title: "<b>".into(),
            unit: "%".into(),
            bounds,
            points: values.iter().enumerate().map(point).collect(),
        }
    }

    #[test]
    fn charts_of_any_numbers_stay_within_their_frame() {
        for (values, bounds) in [
            (vec![1.0, 2.0], (None, None)),
            (vec![5.0, 5.0, 5.0], (Some(4.0), Some(6.0))),
            (vec![0.0, 0.0], (None, None)),
            (vec![-3.0, -2.0], (Some(-1.0), None)),
            (vec![1e15, -1e15], (None, Some(1.0))),
            (vec![1e-300, 2e-300], (None, None)),
            (vec![1.0, 2.0], (Some(f64::INFINITY), Some(f64::NAN))),
        ] {
            let svg = trend(&values, bounds).draw(Language::English);
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{values:?}: {svg}");
            assert!(!svg.contains("<b>"));
            for y in svg.split(" cy=").skip(1).filter_map(|rest| rest.split(' ').next()) {
                let y: f64 = y.parse().unwrap();
                assert!((0.0..=HEIGHT).contains(&y), "{values:?}: {y}");
            }
        }
    }

    #[test]
    fn axis_numbers_are_short() {
        for (value, text) in
            [(0.0, "0"), (5.25, "5.25"), (120.0, "120"), (98.64, "98.6"), (123_456.0, "123456")]
        {
            assert_eq!(short(value), text);
        }
    }
}
