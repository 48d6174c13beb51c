//! How to take a medicine and how often, in plain words built from the structured parts.

use super::{Arg, Language, dates, list, say, say_with};
use crate::fhir::present::{Amount, Dosage, Rhythm, Route, Schedule, TimeUnit};

/// A stretch of time: "3 years", "1 hora". `count` is a number as people write it.
pub fn span(language: Language, count: &str, unit: TimeUnit) -> String {
    let id = match unit {
        TimeUnit::Second => "span-seconds",
        TimeUnit::Minute => "span-minutes",
        TimeUnit::Hour => "span-hours",
        TimeUnit::Day => "span-days",
        TimeUnit::Week => "span-weeks",
        TimeUnit::Month => "span-months",
        TimeUnit::Year => "span-years",
    };
    counted(language, id, count, count.parse().unwrap_or(2.0))
}

pub(super) fn counted(language: Language, id: &str, text: &str, count: f64) -> String {
    say_with(language, id, &[("count", Arg::Decimal(count)), ("number", text.into())])
}

/// How to take a medicine: "1 tablet by mouth, 2 times a day". The source's own words come first where it has
/// them; a reader of another language gets ours in brackets behind them.
pub fn dosage(language: Language, dosage: &Dosage) -> String {
    let ours = structured(language, dosage);
    let mut said = match (&dosage.text, ours.is_empty()) {
        (Some(text), false) if language != Language::English && dosage.is_structured() => {
            format!("{text} ({ours})")
        }
        (Some(text), _) => text.clone(),
        (None, _) => ours,
    };
    for instruction in &dosage.instructions {
        if !said.is_empty() {
            said.push_str(". ");
        }
        said.push_str(instruction.trim_end_matches('.'));
    }
    said
}

fn structured(language: Language, dosage: &Dosage) -> String {
    let mut how = Vec::new();
    how.extend(dosage.amount.as_ref().map(|amount| amount_words(language, amount)));
    how.extend(dosage.route.as_ref().map(|route| match route {
        Route::Word(id) => say(language, id),
        Route::Source(text) => format!("({text})"),
    }));
    how.extend(dosage.site.as_ref().map(|site| format!("({site})")));
    let mut parts = Vec::new();
    if !how.is_empty() {
        parts.push(how.join(" "));
    }
    parts
        .extend(dosage.rate.as_ref().map(|rate| say_with(language, "dosage-rate", &[("rate", rate.into())])));
    let often = schedule(language, &dosage.schedule);
    if !often.is_empty() {
        parts.push(often);
    }
    parts.extend(dosage.as_needed.as_ref().map(|reason| match reason {
        Some(reason) => say_with(language, "dosage-as-needed-for", &[("reason", reason.into())]),
        None => say(language, "dosage-as-needed"),
    }));
    parts
        .extend(dosage.most.as_ref().map(|most| say_with(language, "dosage-most", &[("most", most.into())])));
    parts.join(", ")
}

/// Forms of medicines that have a word and its plural in each language.
const FORMS: &[(&str, &str)] = &[
    ("tab", "form-tablet"),
    ("tabs", "form-tablet"),
    ("tablet", "form-tablet"),
    ("tablets", "form-tablet"),
    ("cap", "form-capsule"),
    ("capsule", "form-capsule"),
    ("capsules", "form-capsule"),
    ("puff", "form-puff"),
    ("puffs", "form-puff"),
    ("drop", "form-drop"),
    ("drops", "form-drop"),
    ("spray", "form-spray"),
    ("sprays", "form-spray"),
    ("patch", "form-patch"),
    ("patches", "form-patch"),
    ("dose", "form-dose"),
    ("doses", "form-dose"),
    ("teaspoon", "form-teaspoon"),
    ("tsp", "form-teaspoon"),
    ("unit", "form-unit"),
    ("units", "form-unit"),
];

/// Message id of a form of a medicine, by the word that a source has for it.
pub(super) fn form(word: &str) -> Option<&'static str> {
    FORMS.iter().find(|row| row.0.eq_ignore_ascii_case(word)).map(|row| row.1)
}

fn amount_words(language: Language, amount: &Amount) -> String {
    if amount.unit.is_empty() {
        return counted(language, "dosage-plain", &amount.text, amount.count);
    }
    match form(&amount.unit) {
        Some(id) => counted(language, id, &amount.text, amount.count),
        None => format!("{} {}", amount.text, amount.unit),
    }
}

/// When and how often: "2 times a day", "every 6 hours, with meals, for 10 days". The source's words where the
/// structure says nothing.
pub fn schedule(language: Language, schedule: &Schedule) -> String {
    let mut parts = Vec::new();
    parts.extend(schedule.rhythm.as_ref().map(|rhythm| rhythm_words(language, rhythm)));
    let say_all = |ids: &[&'static str]| ids.iter().map(|id| say(language, id)).collect::<Vec<_>>();
    if !schedule.days.is_empty() {
        parts.push(list(language, &say_all(&schedule.days)));
    }
    if !schedule.moments.is_empty() {
        parts.push(list(language, &say_all(&schedule.moments)));
    }
    if !schedule.clock.is_empty() {
        parts.push(say_with(language, "schedule-at", &[("times", list(language, &schedule.clock).into())]));
    }
    if !schedule.dates.is_empty() {
        let days: Vec<String> = schedule.dates.iter().map(|when| dates::date(language, when)).collect();
        parts.push(list(language, &days));
    }
    parts.extend(
        schedule.count.map(|count| counted(language, "schedule-count", &count.to_string(), f64::from(count))),
    );
    parts.extend(schedule.lasts.map(|(count, unit)| {
        say_with(language, "schedule-lasts", &[("span", span(language, &short(count), unit).into())])
    }));
    let bounds = schedule.bounds.as_ref().map(|(a, b)| dates::period(language, a.as_ref(), b.as_ref()));
    parts.extend(bounds.filter(|text| !text.is_empty()).map(|text| uncapitalized(&text)));
    match (parts.is_empty(), &schedule.text) {
        (true, Some(text)) => text.clone(),
        _ => parts.join(", "),
    }
}

/// A phrase within a sentence: "Since …" becomes "since …". Months keep their capital in English.
fn uncapitalized(text: &str) -> String {
    match text.split_once(' ') {
        Some((word @ ("Since" | "Until" | "Desde" | "Hasta" | "Del"), rest)) => {
            format!("{} {rest}", word.to_lowercase())
        }
        _ => text.to_owned(),
    }
}

fn rhythm_words(language: Language, rhythm: &Rhythm) -> String {
    let length = match rhythm.period_most.filter(|most| *most > rhythm.period) {
        Some(most) => format!("{}–{}", short(rhythm.period), short(most)),
        None => short(rhythm.period),
    };
    let single = length == "1";
    let often = match rhythm.times_most.filter(|most| *most > rhythm.times) {
        Some(most) => (format!("{}–{most}", rhythm.times), f64::from(most)),
        None => (rhythm.times.to_string(), f64::from(rhythm.times)),
    };
    if often.0 == "1" && !(single && rhythm.unit >= TimeUnit::Day) {
        let id = if single { single_id(rhythm.unit) } else { "every-span" };
        return say_with(language, id, &[("span", span(language, &length, rhythm.unit).into())]);
    }
    let times = counted(language, "times", &often.0, often.1);
    if single {
        let per = say(language, per_id(rhythm.unit));
        return say_with(language, "times-per", &[("times", times.into()), ("per", per.into())]);
    }
    let every = say_with(language, "every-span", &[("span", span(language, &length, rhythm.unit).into())]);
    format!("{times} {every}")
}

fn single_id(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Hour => "every-hour",
        TimeUnit::Minute => "every-minute",
        _ => "every-span",
    }
}

fn per_id(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Second => "per-second",
        TimeUnit::Minute => "per-minute",
        TimeUnit::Hour => "per-hour",
        TimeUnit::Day => "per-day",
        TimeUnit::Week => "per-week",
        TimeUnit::Month => "per-month",
        TimeUnit::Year => "per-year",
    }
}

fn short(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
