//! How and when: FHIR Dosage and Timing as a small structure that `words` can say in any language.

use serde_json::Value;

use super::When;
use super::read::{amount, concept, decimal, each, first, flag, many, number, range, ratio, text, unit_of};

/// A unit of time in a schedule or an age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeUnit {
    /// Seconds.
    Second,
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

impl TimeUnit {
    /// The unit of a UCUM code of time, and of the words that sources write in its place.
    pub fn from_code(code: &str) -> Option<TimeUnit> {
        Some(match code {
            "s" | "sec" | "second" | "seconds" => TimeUnit::Second,
            "min" | "minute" | "minutes" => TimeUnit::Minute,
            "h" | "hr" | "hour" | "hours" => TimeUnit::Hour,
            "d" | "day" | "days" => TimeUnit::Day,
            "wk" | "week" | "weeks" => TimeUnit::Week,
            "mo" | "month" | "months" => TimeUnit::Month,
            "a" | "yr" | "year" | "years" => TimeUnit::Year,
            _ => return None,
        })
    }
}

/// How much of a medicine at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    /// The number or range as people write it: "1", "1–2".
    pub text: String,
    /// The number that decides between one and many; 2 for a range.
    pub count: f64,
    /// Unit as the source writes it ("tablet", "mL"), empty for none.
    pub unit: String,
}

/// The way a medicine goes into the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// A way we have words for, as a message id.
    Word(&'static str),
    /// The source's words.
    Source(String),
}

/// How often.
#[derive(Debug, Clone, PartialEq)]
pub struct Rhythm {
    /// Times per period, at least 1.
    pub times: u32,
    /// Highest number of times per period, where a range is stated.
    pub times_most: Option<u32>,
    /// Length of the period in `unit`.
    pub period: f64,
    /// Greatest length of the period, where a range is stated.
    pub period_most: Option<f64>,
    /// Unit of the period.
    pub unit: TimeUnit,
}

/// When and how often something is done or taken.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schedule {
    /// The source's own words for all of it.
    pub text: Option<String>,
    /// How often.
    pub rhythm: Option<Rhythm>,
    /// Message ids of moments: in the morning, with meals.
    pub moments: Vec<&'static str>,
    /// Message ids of days of the week.
    pub days: Vec<&'static str>,
    /// Times of day, "08:00".
    pub clock: Vec<String>,
    /// How many times altogether.
    pub count: Option<u32>,
    /// For how long: number and unit.
    pub lasts: Option<(f64, TimeUnit)>,
    /// From, until.
    pub bounds: Option<(Option<When>, Option<When>)>,
    /// Stated dates.
    pub dates: Vec<When>,
}

/// How to take a medicine.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dosage {
    /// The source's own words for all of it.
    pub text: Option<String>,
    /// How much at a time.
    pub amount: Option<Amount>,
    /// How fast, as the source states it ("100 mL / 1 h").
    pub rate: Option<String>,
    /// Which way.
    pub route: Option<Route>,
    /// Where on the body.
    pub site: Option<String>,
    /// When and how often.
    pub schedule: Schedule,
    /// Only when needed, and for what.
    pub as_needed: Option<Option<String>>,
    /// The most in a stretch of time, as the source states it.
    pub most: Option<String>,
    /// Further instructions in the source's words, each once.
    pub instructions: Vec<String>,
}

impl Dosage {
    /// Whether the structured parts say anything without `text`.
    pub fn is_structured(&self) -> bool {
        self.amount.is_some() || self.schedule.is_structured()
    }
}

impl Schedule {
    /// Whether the structured parts say anything without `text`.
    pub fn is_structured(&self) -> bool {
        self.rhythm.is_some()
            || !self.moments.is_empty()
            || !self.days.is_empty()
            || !self.clock.is_empty()
            || !self.dates.is_empty()
    }
}

/// Reads a Dosage, or the dosage part of a MedicationAdministration.
pub(super) fn dosage(value: &Value) -> Dosage {
    let mut out = Dosage {
        text: flag(value, "text").map(str::to_owned),
        amount: first(value, "doseAndRate.doseQuantity")
            .or_else(|| first(value, "doseQuantity"))
            .or_else(|| value.get("dose"))
            .and_then(dose)
            .or_else(|| first(value, "doseAndRate.doseRange").and_then(dose_range)),
        rate: first(value, "doseAndRate.rate*").or_else(|| first(value, "rate*")).and_then(rate),
        route: value.get("route").and_then(route),
        site: value.get("site").and_then(concept),
        schedule: value.get("timing").map(schedule).unwrap_or_default(),
        as_needed: as_needed(value),
        most: value.get("maxDosePerPeriod").and_then(ratio),
        instructions: Vec::new(),
    };
    each(value, "additionalInstruction", &mut |_, v| keep(&mut out.instructions, concept(v)));
    keep(&mut out.instructions, flag(value, "patientInstruction").map(str::to_owned));
    let whole = out.text.clone();
    out.instructions.retain(|i| whole.as_deref() != Some(i));
    out
}

fn keep(list: &mut Vec<String>, item: Option<String>) {
    if let Some(item) = item.filter(|i| !list.contains(i)) {
        list.push(item);
    }
}

fn dose(value: &Value) -> Option<Amount> {
    Some(Amount { text: amount(value)?, count: decimal(value.get("value")?)?, unit: unit_of(value) })
}

fn dose_range(value: &Value) -> Option<Amount> {
    let low = first(value, "low.value").and_then(decimal);
    let high = first(value, "high.value").and_then(decimal);
    let unit = ["high", "low"].iter().filter_map(|k| value.get(k)).map(unit_of).find(|u| !u.is_empty());
    let text = match (low, high) {
        (Some(low), Some(high)) => format!("{}–{}", number(low), number(high)),
        (Some(low), None) => format!("≥ {}", number(low)),
        (None, Some(high)) => format!("≤ {}", number(high)),
        (None, None) => return None,
    };
    Some(Amount { text, count: 2.0, unit: unit.unwrap_or_default() })
}

fn rate(value: &Value) -> Option<String> {
    ratio(value).or_else(|| range(value)).or_else(|| super::read::quantity(value))
}

fn as_needed(value: &Value) -> Option<Option<String>> {
    match value.get("asNeededBoolean") {
        Some(Value::Bool(true)) => Some(None),
        _ => value.get("asNeededCodeableConcept").and_then(concept).map(Some),
    }
}

/// Routes by SNOMED CT or HL7 v3 code.
const ROUTES: &[(&str, &str)] = &[
    ("26643006", "route-mouth"),
    ("PO", "route-mouth"),
    ("421521009", "route-swallow"),
    ("37839007", "route-tongue"),
    ("SL", "route-tongue"),
    ("47625008", "route-vein"),
    ("IV", "route-vein"),
    ("IVPUSH", "route-vein"),
    ("78421000", "route-muscle"),
    ("IM", "route-muscle"),
    ("34206005", "route-skin-shot"),
    ("SQ", "route-skin-shot"),
    ("372464004", "route-in-skin"),
    ("IDINJ", "route-in-skin"),
    ("6064005", "route-on-skin"),
    ("TOPICAL", "route-on-skin"),
    ("45890007", "route-patch"),
    ("TRNSDERM", "route-patch"),
    ("46713006", "route-nose"),
    ("NASINHL", "route-nose"),
    ("447694001", "route-breathe"),
    ("18679011000001101", "route-breathe"),
    ("IPINHL", "route-breathe"),
    ("ORINHL", "route-breathe"),
    ("54485002", "route-eye"),
    ("OPHTH", "route-eye"),
    ("10547007", "route-ear"),
    ("OTIC", "route-ear"),
    ("37161004", "route-rectum"),
    ("PR", "route-rectum"),
    ("16857009", "route-vagina"),
    ("VAGINSI", "route-vagina"),
];

fn route(value: &Value) -> Option<Route> {
    let known = value.get("coding").map(many).unwrap_or_default().iter().find_map(|coding| {
        let code = flag(coding, "code")?;
        ROUTES.iter().find(|row| row.0 == code).map(|row| row.1)
    });
    known.map(Route::Word).or_else(|| concept(value).map(Route::Source))
}

/// Moments of the day (R4 event-timing and HL7 v3 TimingEvent).
const MOMENTS: &[(&str, &str)] = &[
    ("MORN", "moment-morning"),
    ("MORN.early", "moment-morning"),
    ("MORN.late", "moment-morning"),
    ("NOON", "moment-noon"),
    ("AFT", "moment-afternoon"),
    ("AFT.early", "moment-afternoon"),
    ("AFT.late", "moment-afternoon"),
    ("EVE", "moment-evening"),
    ("EVE.early", "moment-evening"),
    ("EVE.late", "moment-evening"),
    ("NIGHT", "moment-night"),
    ("PHS", "moment-after-sleep"),
    ("HS", "moment-bedtime"),
    ("WAKE", "moment-waking"),
    ("C", "moment-meals"),
    ("CM", "moment-breakfast"),
    ("CD", "moment-lunch"),
    ("CV", "moment-dinner"),
    ("AC", "moment-before-meals"),
    ("ACM", "moment-before-breakfast"),
    ("ACD", "moment-before-lunch"),
    ("ACV", "moment-before-dinner"),
    ("PC", "moment-after-meals"),
    ("PCM", "moment-after-breakfast"),
    ("PCD", "moment-after-lunch"),
    ("PCV", "moment-after-dinner"),
];

const DAYS: &[(&str, &str)] = &[
    ("mon", "day-monday"),
    ("tue", "day-tuesday"),
    ("wed", "day-wednesday"),
    ("thu", "day-thursday"),
    ("fri", "day-friday"),
    ("sat", "day-saturday"),
    ("sun", "day-sunday"),
];

/// Abbreviations of the R4 GTSAbbreviation codes, as times per period.
const ABBREVIATIONS: &[(&str, u32, f64, TimeUnit)] = &[
    ("QD", 1, 1.0, TimeUnit::Day),
    ("BID", 2, 1.0, TimeUnit::Day),
    ("TID", 3, 1.0, TimeUnit::Day),
    ("QID", 4, 1.0, TimeUnit::Day),
    ("QOD", 1, 2.0, TimeUnit::Day),
    ("Q1H", 1, 1.0, TimeUnit::Hour),
    ("Q2H", 1, 2.0, TimeUnit::Hour),
    ("Q3H", 1, 3.0, TimeUnit::Hour),
    ("Q4H", 1, 4.0, TimeUnit::Hour),
    ("Q6H", 1, 6.0, TimeUnit::Hour),
    ("Q8H", 1, 8.0, TimeUnit::Hour),
    ("WK", 1, 1.0, TimeUnit::Week),
    ("MO", 1, 1.0, TimeUnit::Month),
];

/// Reads a Timing.
pub(super) fn schedule(value: &Value) -> Schedule {
    let mut out =
        Schedule { text: first(value, "code.text").and_then(text).map(str::to_owned), ..Schedule::default() };
    each(value, "event", &mut |_, v| out.dates.extend(text(v).and_then(When::parse)));
    if let Some(repeat) = value.get("repeat") {
        read_repeat(repeat, &mut out);
    }
    if out.rhythm.is_none() {
        each(value, "code.coding.code", &mut |_, v| abbreviation(v.as_str().unwrap_or_default(), &mut out));
    }
    if !out.is_structured() && out.text.is_none() {
        out.text = value.get("code").and_then(concept);
    }
    out
}

fn abbreviation(code: &str, out: &mut Schedule) {
    if let Some(row) = ABBREVIATIONS.iter().find(|row| row.0 == code) {
        out.rhythm =
            Some(Rhythm { times: row.1, times_most: None, period: row.2, period_most: None, unit: row.3 });
    }
    match code {
        "AM" => out.moments.push("moment-morning"),
        "PM" => out.moments.push("moment-evening"),
        "BED" => out.moments.push("moment-bedtime"),
        _ => {}
    }
}

fn read_repeat(repeat: &Value, out: &mut Schedule) {
    let number_of = |key: &str| repeat.get(key).and_then(decimal).filter(|n| *n > 0.0 && *n <= 1e6);
    let whole = |key: &str| number_of(key).filter(|n| *n >= 1.0).map(|n| n as u32);
    let unit_at = |key: &str| flag(repeat, key).and_then(TimeUnit::from_code);
    if let (Some(period), Some(unit)) = (number_of("period"), unit_at("periodUnit")) {
        out.rhythm = Some(Rhythm {
            times: whole("frequency").unwrap_or(1),
            times_most: whole("frequencyMax"),
            period,
            period_most: number_of("periodMax"),
            unit,
        });
    }
    out.count = whole("count");
    let bounds = repeat.get("boundsDuration");
    out.lasts = bounds
        .and_then(|b| Some((decimal(b.get("value")?)?, flag(b, "code").or_else(|| flag(b, "unit"))?)))
        .and_then(|(n, unit)| Some((n, TimeUnit::from_code(unit)?)));
    out.bounds = repeat.get("boundsPeriod").map(|p| {
        let end = |key: &str| flag(p, key).and_then(When::parse);
        (end("start"), end("end"))
    });
    each(repeat, "when", &mut |_, v| {
        out.moments.extend(MOMENTS.iter().find(|row| v.as_str() == Some(row.0)).map(|row| row.1));
    });
    each(repeat, "dayOfWeek", &mut |_, v| {
        out.days.extend(DAYS.iter().find(|row| v.as_str() == Some(row.0)).map(|row| row.1));
    });
    each(repeat, "timeOfDay", &mut |_, v| {
        out.clock.extend(text(v).and_then(|t| t.get(..5)).map(str::to_owned));
    });
    for list in [&mut out.moments, &mut out.days] {
        list.dedup();
        list.truncate(12);
    }
    out.clock.truncate(24);
}
