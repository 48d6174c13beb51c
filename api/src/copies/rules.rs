//! What a choice takes in, whether a request can be taken, names and sizes. Pure.

use chrono::NaiveDate;

use super::model::{Ask, ByteRange, Run, Scope};
use crate::base::{Error, Instant, Problem, Problems, Result, Rid};
use crate::disclosures::{Parts, is_directory};
use crate::fhir::present::Category;
use crate::fhir::sensitivity::Labels;

/// The forms a copy can have, as [`Scope::formats`] names them.
pub const FORMATS: [&str; 5] = ["web", "pdf", "fhir", "tables", "documents"];

/// Fewest and most characters of a password.
const PASSWORD: std::ops::RangeInclusive<usize> = 8..=128;

/// What is wrong with a request, in the order of the form.
pub fn problems(ask: &Ask) -> Problems {
    use secrecy::ExposeSecret;
    let mut found = scope_problems(&ask.scope);
    let length = ask.password.as_ref().map(|p| p.expose_secret().chars().count());
    if length.is_some_and(|n| !PASSWORD.contains(&n)) {
        found.0.push(Problem { field: "password", code: "copies-invalid-password" });
    }
    if ask.once.is_empty() || ask.once.len() > 200 {
        found.0.push(Problem { field: "once", code: "copies-invalid-form" });
    }
    found
}

/// What is wrong with a choice.
pub fn scope_problems(scope: &Scope) -> Problems {
    let mut found = Problems::default();
    let mut add = |field, code| found.0.push(Problem { field, code });
    if scope.categories.iter().any(|slug| Category::from_slug(slug).is_none()) {
        add("categories", "copies-invalid-category");
    }
    let from = scope.from.as_deref().map(day);
    let to = scope.to.as_deref().map(day);
    if from == Some(None) {
        add("from", "copies-invalid-date");
    }
    match (from.flatten(), to) {
        (_, Some(None)) => add("to", "copies-invalid-date"),
        (Some(from), Some(Some(to))) if to < from => add("to", "copies-invalid-order"),
        _ => {}
    }
    if scope.formats.iter().any(|format| !FORMATS.contains(&format.as_str())) {
        add("formats", "copies-invalid-format");
    }
    found
}

/// A whole day, exactly as HTML date fields write it.
fn day(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

/// The facts about one stored resource that a choice depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its key.
    pub rid: Rid,
    /// Its FHIR type.
    pub kind: String,
    /// Its FHIR id.
    pub id: String,
    /// Its version here.
    pub version: i64,
    /// Bytes of its JSON.
    pub size: i64,
    /// Where it stands in the record.
    pub category: Category,
    /// When it happened, microseconds; the least number where it has no date.
    pub sort_at: i64,
    /// When it happened, as the source writes it.
    pub when: Option<String>,
    /// Whether it is an item of its own. A file that something in the record names is not: lists and counts leave it out,
    /// in the copy as in the portal.
    pub listed: bool,
    /// What protects it.
    pub labels: Labels,
}

/// How many items these are, as the portal counts them.
pub fn items(rows: &[Row]) -> i64 {
    i64::try_from(rows.iter().filter(|row| row.listed).count()).unwrap_or(i64::MAX)
}

/// How many of the resources in a copy are the chosen items, and how many belong to them: each with its type, and whether it
/// is one of the items. What is neither is of the directory of doctors and places.
pub fn parts<'a>(resources: impl Iterator<Item = (&'a str, bool)>) -> Parts {
    let mut parts = Parts::default();
    for (kind, item) in resources {
        match (item, is_directory(kind)) {
            (true, _) => parts.items += 1,
            (false, false) => parts.beside += 1,
            (false, true) => {}
        }
    }
    parts
}

/// Whether a choice takes this resource in. The Patient resource says whose record it is and is always in.
pub fn takes(scope: &Scope, row: &Row) -> bool {
    if row.kind == "Patient" {
        return true;
    }
    // A file goes where what names it goes: it has no date of its own, and may be named from several categories.
    if !row.listed {
        return is_everything(scope);
    }
    in_categories(scope, row) && within(scope, row.when.as_deref())
}

/// Whether this stands in a chosen category.
pub fn in_categories(scope: &Scope, row: &Row) -> bool {
    scope.categories.is_empty() || scope.categories.iter().any(|slug| slug == row.category.slug())
}

/// Whether a date lies within the chosen days, as it was written and as far as it was stated: "2020" overlaps every day of that
/// year. What has no date is always in.
fn within(scope: &Scope, when: Option<&str>) -> bool {
    let Some(when) = when.and_then(|text| text.get(..text.len().min(10))) else { return true };
    let start = |bound: &str| bound.get(..when.len()).unwrap_or(bound).to_owned();
    scope.from.as_deref().is_none_or(|from| when >= start(from).as_str())
        && scope.to.as_deref().is_none_or(|to| when <= start(to).as_str())
}

/// Sorted keys as runs, from the first to the last of each.
pub fn runs(keys: impl Iterator<Item = Rid>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for Rid(key) in keys {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == key => *last = key,
            _ => runs.push((key, key)),
        }
    }
    runs
}

/// Whether a key is in one of these runs.
pub fn is_within(runs: &[Run], Rid(key): Rid) -> bool {
    runs.iter().any(|(first, last)| (*first..=*last).contains(&key))
}

/// Whether the choice is the whole record.
pub fn is_everything(scope: &Scope) -> bool {
    scope.categories.is_empty() && scope.from.is_none() && scope.to.is_none()
}

/// Whether the copy has this form.
pub fn has_format(scope: &Scope, format: &str) -> bool {
    scope.formats.is_empty() || scope.formats.iter().any(|chosen| chosen == format)
}

/// Whether the copy has pages for people to read: of it all, in a table, or printed.
pub fn has_pages(scope: &Scope) -> bool {
    ["web", "tables", "pdf"].iter().any(|format| has_format(scope, format))
}

/// Whether these pages tell of this chosen resource.
pub fn on_pages(scope: &Scope, row: &Row) -> bool {
    row.listed && has_pages(scope)
}

/// Whether a choice finds nothing but the Patient resource, which every copy has so that it can be told whose it is.
pub fn is_bare(scope: &Scope, rows: &[Row]) -> bool {
    let chosen = !scope.categories.is_empty() || scope.from.is_some() || scope.to.is_some();
    let wants_person = scope.categories.iter().any(|slug| slug == Category::Demographics.slug());
    chosen && !wants_person && rows.iter().all(|row| row.kind == "Patient" || !row.listed)
}

/// What the size of a copy depends on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Items.
    pub items: i64,
    /// Of them claims and explanations of benefit, which fill many pages of a PDF.
    pub bills: i64,
    /// Bytes of JSON of the resources that carry files, which are packed already and get no smaller.
    pub files: i64,
}

impl Load {
    /// Of these chosen resources, with the files that come along.
    pub fn of<'a>(rows: &'a [Row], files: impl Iterator<Item = &'a Row>) -> Self {
        let mut load = Self { items: items(rows), ..Self::default() };
        for row in rows.iter().chain(files) {
            match row.kind.as_str() {
                "Claim" | "ExplanationOfBenefit" => load.bills += 1,
                "Binary" | "DiagnosticReport" | "DocumentReference" | "Media" => load.files += row.size,
                _ => {}
            }
        }
        load
    }
}

/// About how many bytes the ZIP has and how many seconds building takes.
///
/// The factors for the size were fitted to copies of 30 records of 1 to 1,971 items: the 11 synthetic people of
/// `fixtures` and 19 of Synthea. For those this says 0.69 to 1.30 of the true size for copies in all forms, with PDF
/// and without; 0.61 to 1.39 for a single form; and for only the documents 0.38 to 2.9, since what they pack to is
/// not known without reading them. The power is because the more items there are the more they repeat each other,
/// and the better they pack.
///
/// The seconds are no forecast but an upper bound with room: none of those copies took longer, in a build
/// without optimisation on a busy machine of two cores. People are told whole minutes.
pub fn estimate(scope: &Scope, load: Load) -> (i64, i64) {
    let (items, bills, files) = (load.items as f64, load.bills as f64, load.files as f64);
    let repeated = items.powf(0.75);
    let form = |format, bytes: f64| if has_format(scope, format) { bytes } else { 0.0 };
    let size = 1_700.0
        + form("web", 4_000.0 + 200.0 * repeated)
        + form("tables", 1_300.0 + 260.0 * repeated)
        + form("fhir", 1_500.0 + 395.0 * repeated + 74.0 * bills + 0.07 * files)
        + form("documents", 0.038 * files)
        + form("pdf", 30_000.0 + 716.0 * items + 2_217.0 * bills);
    let millis = 500.0 + 6.0 * items + form("pdf", 4.0 * items);
    (size as i64, (millis / 1000.0).ceil() as i64)
}

/// The day of a moment where the clinic is, as `2024-05-03`: a person reads it beside what their clock says.
pub fn local_day(at: Instant, zone: chrono_tz::Tz) -> String {
    at.utc().with_timezone(&zone).format("%Y-%m-%d").to_string()
}

/// Which bytes a range means in a file of this size: the first and how many. `None` where it cannot be satisfied
/// (RFC 9110, 14.1.2); a range whose end lies before its start is no range, and the whole file is meant.
pub fn resolve(range: Option<ByteRange>, size: u64) -> Option<(u64, u64)> {
    match range {
        None => Some((0, size)),
        Some(ByteRange::From { first, last: Some(last) }) if last < first => Some((0, size)),
        Some(ByteRange::From { first, .. }) if first >= size => None,
        Some(ByteRange::From { first, last }) => {
            let last = last.map_or(size - 1, |last| last.min(size - 1));
            Some((first, last - first + 1))
        }
        Some(ByteRange::Suffix(0)) => None,
        Some(ByteRange::Suffix(_)) if size == 0 => None,
        Some(ByteRange::Suffix(n)) => Some((size - n.min(size), n.min(size))),
    }
}

/// The error of a range that cannot be satisfied.
pub fn unsatisfiable<T>() -> Result<T> {
    Err(Error::invalid("range", "range-not-satisfiable"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(categories: &[&str], from: Option<&str>, to: Option<&str>) -> Scope {
        Scope {
            categories: categories.iter().map(|s| (*s).to_owned()).collect(),
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            formats: vec![],
        }
    }

    #[test]
    fn keys_stand_as_runs() {
        for (keys, wanted) in [
            (vec![], vec![]),
            (vec![7], vec![(7, 7)]),
            (vec![1, 2, 3, 5, 8, 9], vec![(1, 3), (5, 5), (8, 9)]),
        ] {
            let found = runs(keys.iter().copied().map(Rid));
            assert_eq!(found, wanted, "{keys:?}");
            for key in 0..12 {
                assert_eq!(is_within(&found, Rid(key)), keys.contains(&key), "{keys:?} {key}");
            }
        }
    }

    #[test]
    fn items_and_what_belongs_to_them_are_told_apart() {
        for (resources, parts) in [
            (vec![], (0, 0)),
            (vec![("Patient", true), ("Observation", true)], (2, 0)),
            // A file and a note of its origin come along; a doctor is of the directory, unless the record lists one.
            (vec![("DocumentReference", true), ("Binary", false), ("Provenance", false)], (1, 2)),
            (vec![("Encounter", true), ("Practitioner", false), ("Location", true)], (2, 0)),
            // A file that nothing names is an item; a medicine of all is none.
            (vec![("Binary", true), ("Medication", false)], (1, 1)),
        ] {
            let found = super::parts(resources.iter().copied());
            assert_eq!((found.items, found.beside), parts, "{resources:?}");
        }
    }

    #[test]
    fn pages_tell_of_listed_items_where_there_are_pages() {
        let row = |listed| Row {
            rid: Rid(1),
            kind: "Observation".into(),
            id: "a".into(),
            version: 1,
            size: 1,
            category: Category::Labs,
            sort_at: 0,
            when: None,
            listed,
            labels: Labels::default(),
        };
        for (formats, listed, told) in [
            (&[][..], true, true),
            (&[], false, false),
            (&["tables"], true, true),
            (&["fhir", "documents"], true, false),
            (&["fhir", "pdf"], true, true),
        ] {
            let formats = formats.iter().map(|format| (*format).to_owned()).collect();
            let scope = Scope { formats, ..Scope::default() };
            assert_eq!(on_pages(&scope, &row(listed)), told, "{scope:?} {listed}");
        }
    }

    #[test]
    fn days_are_those_of_the_clinic() {
        // An hour before and after midnight in UTC, which is the evening before in the west and the morning in the east.
        for (micros, zone, day) in [
            (1_714_690_800_000_000, chrono_tz::America::Phoenix, "2024-05-02"),
            (1_714_698_000_000_000, chrono_tz::America::Phoenix, "2024-05-02"),
            (1_714_690_800_000_000, chrono_tz::UTC, "2024-05-02"),
            (1_714_698_000_000_000, chrono_tz::UTC, "2024-05-03"),
            (1_714_690_800_000_000, chrono_tz::Pacific::Guam, "2024-05-03"),
        ] {
            assert_eq!(local_day(Instant(micros), zone), day, "{micros} {zone}");
        }
    }

    #[test]
    fn ranges_follow_rfc_9110() {
        let from = |first, last| Some(ByteRange::From { first, last });
        for (range, size, expected) in [
            (None, 10, Some((0, 10))),
            (None, 0, Some((0, 0))),
            (from(0, None), 10, Some((0, 10))),
            (from(0, Some(0)), 10, Some((0, 1))),
            (from(3, Some(5)), 10, Some((3, 3))),
            (from(9, None), 10, Some((9, 1))),
            (from(9, Some(u64::MAX)), 10, Some((9, 1))),
            (from(10, None), 10, None),
            (from(0, None), 0, None),
            (from(u64::MAX, None), 10, None),
            (from(5, Some(3)), 10, Some((0, 10))),
            (Some(ByteRange::Suffix(0)), 10, None),
            (Some(ByteRange::Suffix(3)), 10, Some((7, 3))),
            (Some(ByteRange::Suffix(10)), 10, Some((0, 10))),
            (Some(ByteRange::Suffix(u64::MAX)), 10, Some((0, 10))),
            (Some(ByteRange::Suffix(1)), 0, None),
        ] {
            assert_eq!(resolve(range, size), expected, "{range:?} of {size}");
        }
    }

    #[test]
    fn choices_take_in_what_they_name() {
        let row = |kind: &str, category, when: Option<&str>| Row {
            rid: Rid(1),
            kind: kind.into(),
            id: "a".into(),
            version: 1,
            size: 1,
            category,
            sort_at: 0,
            when: when.map(str::to_owned),
            listed: true,
            labels: Labels::default(),
        };
        let labs = |when| row("Observation", Category::Labs, when);
        let file = || Row { listed: false, ..row("Binary", Category::Documents, None) };
        for (scope, row, expected) in [
            (scope(&[], None, None), file(), true),
            (scope(&["documents"], None, None), file(), false),
            (scope(&[], Some("2020-01-01"), None), file(), false),
            (scope(&["documents"], None, None), row("Binary", Category::Documents, None), true),
            (scope(&[], None, None), labs(None), true),
            (scope(&["labs"], None, None), labs(Some("2020")), true),
            (scope(&["vitals"], None, None), labs(Some("2020")), false),
            (
                scope(&["vitals"], Some("2020-01-01"), None),
                row("Patient", Category::Demographics, None),
                true,
            ),
            (scope(&[], Some("2020-02-01"), None), labs(None), true),
            (scope(&[], Some("2020-02-01"), None), labs(Some("2020-01-31T23:59:59-05:00")), false),
            (scope(&[], Some("2020-02-01"), None), labs(Some("2020-02-01T00:00:00+09:00")), true),
            (scope(&[], Some("2020-02-01"), None), labs(Some("2020")), true),
            (scope(&[], Some("2020-02-01"), None), labs(Some("2020-01")), false),
            (scope(&[], None, Some("2020-02-01")), labs(Some("2020-02-01T23:00:00-05:00")), true),
            (scope(&[], None, Some("2020-02-01")), labs(Some("2020-02-02")), false),
            (scope(&[], None, Some("2020-02-01")), labs(Some("2021")), false),
            (scope(&[], Some("2020-02-01"), Some("2020-02-01")), labs(Some("2020-02-01")), true),
        ] {
            assert_eq!(takes(&scope, &row), expected, "{scope:?} {row:?}");
        }
    }

    #[test]
    fn bad_requests_name_their_fields() {
        let fields = |scope: Scope, password: Option<&str>, once: &str| -> Vec<&'static str> {
            let ask = Ask {
                scope,
                language: crate::words::Language::English,
                password: password.map(|p| p.to_owned().into()),
                once: once.into(),
            };
            problems(&ask).0.iter().map(|p| p.field).collect()
        };
        assert_eq!(fields(scope(&["labs"], Some("2020-01-01"), Some("2020-01-01")), None, "x"), [""; 0]);
        assert_eq!(
            fields(scope(&["nose"], Some("2020-02-30"), Some("x")), Some("short"), ""),
            ["categories", "from", "to", "password", "once"]
        );
        assert_eq!(fields(scope(&[], Some("2020-02-02"), Some("2020-02-01")), None, "x"), ["to"]);
        assert_eq!(fields(scope(&[], Some("20-02-02"), None), Some("éééééééé"), "x"), ["from"]);
        let odd = Scope { formats: vec!["exe".into()], ..Scope::default() };
        assert_eq!(fields(odd, None, "x"), ["formats"]);
    }

    #[test]
    fn more_is_never_estimated_to_be_less() {
        let formats: Vec<Vec<String>> = (0..32)
            .map(|bits| {
                let chosen = FORMATS.iter().enumerate().filter(|(n, _)| bits & (1 << n) != 0);
                chosen.map(|(_, format)| (*format).to_owned()).collect()
            })
            .collect();
        let of = |formats: &[String], load| {
            estimate(&Scope { formats: formats.to_vec(), ..Scope::default() }, load)
        };
        let steps = [0, 1, 10, 100, 1_000, 10_000, 1_000_000];
        for formats in &formats {
            for pair in steps.windows(2) {
                let less = Load { items: pair[0], bills: pair[0] / 2, files: pair[0] * 500 };
                for more in [
                    Load { items: pair[1], ..less },
                    Load { bills: pair[1], ..less },
                    Load { files: pair[1] * 500, ..less },
                ] {
                    let (small, large) = (of(formats, less), of(formats, more));
                    assert!(small.0 <= large.0 && small.1 <= large.1, "{formats:?} {less:?} {more:?}");
                    assert!(small.0 > 0 && small.1 > 0);
                }
                // Another form makes it larger; no form named means all of them.
                for format in FORMATS.iter().filter(|_| !formats.is_empty()) {
                    let with = [formats.clone(), vec![(*format).to_owned()]].concat();
                    assert!(of(formats, less).0 <= of(&with, less).0, "{formats:?} {format}");
                    assert!(of(&with, less).0 <= of(&[], less).0, "{formats:?} {format}");
                }
            }
        }
    }
}
