//! Whether a rule of a state may stand beside federal law, which of several rules binds, and by which day. Pure.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::keys::{self, Bound, Federal, Key, Shape, Unit};
use super::{Law, Rule, Value};
use crate::config::Fault;

/// A rule that holds, in the terms of the page that tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The value.
    pub value: Value,
    /// The unit of a number.
    pub unit: Option<Unit>,
    /// Where it stands.
    pub cite: String,
    /// Whose law it is: `US` for federal law, else `US-CA` and the like.
    pub jurisdiction: String,
    /// Who checked it and when, for what the clinic has set.
    pub reviewed: Option<(String, String)>,
    /// What else must be so, in words.
    pub conditions: String,
}

/// What binds, and what else holds and yields to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The value that binds.
    pub value: Value,
    /// The rule that it comes from.
    pub by: Candidate,
    /// The other rules that hold.
    pub others: Vec<Candidate>,
}

/// The day by which something must be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The last day.
    pub day: NaiveDate,
    /// The rule that it comes from.
    pub by: Candidate,
    /// The other rules that hold, with their days.
    pub others: Vec<(NaiveDate, Candidate)>,
}

/// How a parent's view is presented from one birthday to another. It never hides anything: that is for the services
/// that a minor consented to (45 CFR 164.502(g)(3)(i)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// From this birthday.
    pub from: i64,
    /// Until this birthday.
    pub to: i64,
    /// `full`, or `by-service`.
    pub presentation: String,
    /// The law that says so.
    pub cite: String,
}

const BANDS: &str = "minors.proxy_bands";
const FEDERAL: &str = "US";

pub(super) fn faults(law: &Law) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (n, rule) in law.rule.iter().enumerate() {
        let mut say = |words: String| {
            let words = format!("({}) {words}", rule.key);
            faults.push(Fault { key: format!("law.rule.{}", n + 1), words });
        };
        let Some(key) = keys::find(&rule.key) else {
            say(match keys::nearest(&rule.key) {
                Some(near) => format!("is not a key that can be settled; perhaps you mean {near}"),
                None => "is not a key that can be settled; docs/configuration.md lists them".into(),
            });
            continue;
        };
        lacks(law, (rule, key), &mut say);
        match read(key, rule) {
            Err(words) => say(words),
            Ok(unit) => {
                if let Some(words) = weaker(key, rule, unit) {
                    say(words);
                }
            }
        }
        for (m, other) in law.rule[..n].iter().enumerate() {
            if let Some(words) = clash(law, key, (rule, other)) {
                say(format!(
                    "{words} rule {}; {}",
                    m + 1,
                    "let one end before the other begins, or take one out"
                ));
            }
        }
    }
    faults
}

/// What a rule must say besides its value.
fn lacks(law: &Law, (rule, key): (&Rule, &Key), say: &mut impl FnMut(String)) {
    if !key.is_policy() {
        if rule.cite.trim().is_empty() {
            say("has no cite; only what a law says can stand here, so name it".into());
        }
        if jurisdiction(law, rule).is_empty() {
            say("does not say whose law it is; set jurisdiction, such as US-CA, here or in [law]".into());
        }
    }
    if rule.reviewed_by.trim().is_empty() || rule.reviewed_on.is_empty() {
        say("has no reviewed_by and reviewed_on; have somebody check it against the law".into());
    }
    for (name, text) in [
        ("effective_from", &rule.effective_from),
        ("effective_to", &rule.effective_to),
        ("reviewed_on", &rule.reviewed_on),
    ] {
        if !text.is_empty() && day(text).is_none() {
            say(format!("has a {name} that is no day; write it like \"2026-01-31\""));
        }
    }
    if let (Some(from), Some(to)) = (day(&rule.effective_from), day(&rule.effective_to))
        && to < from
    {
        say(format!("ends on {to}, before it begins on {from}"));
    }
    match (key.name == BANDS, rule.from_age, rule.to_age) {
        (false, None, None) => {}
        (false, ..) => say("has from_age or to_age, which only minors.proxy_bands has".into()),
        (true, Some(from), Some(to)) if (0..=21).contains(&from) && from < to && to <= 21 => {}
        (true, ..) => {
            say("must have from_age and to_age, from the younger to the older, between 0 and 21".into())
        }
    }
}

/// Whether the value has its shape, and its unit.
fn read(key: &Key, rule: &Rule) -> Result<Option<Unit>, String> {
    let among = |known: &[&str], word: &String| known.is_empty() || known.contains(&word.as_str());
    match (key.shape, &rule.value) {
        (Shape::Whole, Value::Whole(number)) if *number >= 0 => {}
        (Shape::Whole, _) => {
            return Err("must have a whole number that is not less than 0 as its value".into());
        }
        (Shape::Flag, Value::Flag(_)) => {}
        (Shape::Flag, _) => return Err("must have true or false as its value, without quotes".into()),
        (Shape::Word(known), Value::Word(word)) if among(known, word) => {}
        (Shape::Word(known), _) => {
            return Err(format!("must have one of these as its value: {}", known.join(", ")));
        }
        (Shape::Words(known), Value::Words(words))
            if !words.is_empty()
                && words.iter().all(|word| !word.trim().is_empty() && among(known, word)) => {}
        (Shape::Words([]), _) => return Err("must have a list of words as its value".into()),
        (Shape::Words(known), _) => {
            return Err(format!("must have a list of these as its value: {}", known.join(", ")));
        }
        (Shape::Days, Value::Words(days)) if days.iter().all(|text| day(text).is_some()) => {}
        (Shape::Days, _) => return Err("must have a list of days like \"2026-12-25\" as its value".into()),
    }
    match key.units.iter().find(|unit| unit.slug() == rule.unit) {
        Some(unit) => Ok(Some(*unit)),
        None if rule.unit.is_empty() => Ok(key.units.first().copied()),
        None if key.units.is_empty() => Err("has a unit, but what it settles is not a number".into()),
        None => {
            let known: Vec<&str> = key.units.iter().map(|unit| unit.slug()).collect();
            Err(format!("has a unit that is not one of these: {}", known.join(", ")))
        }
    }
}

/// Why the value cannot stand: it gives people less than federal law, or lies outside of what is sensible.
fn weaker(key: &Key, rule: &Rule, unit: Option<Unit>) -> Option<String> {
    let shown = shown(&rule.value, unit);
    let mine = measure(key, &rule.value, unit);
    if let Bound::Within(low, high) = key.bound {
        let (low_shown, high_shown) = (in_unit(key, low), in_unit(key, high));
        let inside = mine.is_some_and(|mine| (low..=high).contains(&mine));
        return (!inside).then(|| format!("is {shown}; it must be between {low_shown} and {high_shown}"));
    }
    let federal = federal(key)?;
    let theirs = measure(key, &federal.value, federal.unit);
    let (way, mend) = match key.bound {
        Bound::Fixed if rule.value != federal.value => ("always", "take the rule out"),
        Bound::AtMost if mine > theirs => ("at most", "write less, or take the rule out"),
        Bound::AtLeast if mine < theirs => ("at least", "write more, or take the rule out"),
        _ => return None,
    };
    let law = self::shown(&federal.value, federal.unit);
    Some(format!(
        "is {shown}, which gives people less than federal law does: {way} {law} ({}); {mend}",
        key.cite
    ))
}

/// Why two rules cannot both hold.
fn clash(law: &Law, key: &Key, (rule, other): (&Rule, &Rule)) -> Option<String> {
    let begins = |rule: &Rule| day(&rule.effective_from).unwrap_or(NaiveDate::MIN);
    let ends = |rule: &Rule| day(&rule.effective_to).unwrap_or(NaiveDate::MAX);
    let meet = begins(rule) <= ends(other) && begins(other) <= ends(rule);
    if rule.key != other.key || !meet {
        return None;
    }
    if key.name == BANDS {
        let (Some(a), Some(b), Some(c), Some(d)) = (rule.from_age, rule.to_age, other.from_age, other.to_age)
        else {
            return None;
        };
        return (a < d && c < b).then(|| "has ages that are also in".to_owned());
    }
    if jurisdiction(law, rule) == jurisdiction(law, other) {
        return Some("holds on days on which the same law is also settled by".to_owned());
    }
    // What cannot be compared is never resolved by guessing.
    (key.bound == Bound::Alone && rule.value != other.value).then(|| "contradicts".to_owned())
}

pub(super) fn binding(law: &Law, name: &str, on: NaiveDate) -> Option<Binding> {
    let key = keys::find(name)?;
    let mut all = candidates(law, (key, name), on);
    let measured = |candidate: &Candidate| measure(key, &candidate.value, candidate.unit);
    match key.bound {
        Bound::AtMost => all.sort_by_key(measured),
        Bound::AtLeast => all.sort_by_key(|candidate| std::cmp::Reverse(measured(candidate))),
        // Federal law or a usual value stands last: it holds only where nothing was set.
        Bound::Within(..) => {
            all.sort_by_key(|candidate| (candidate.reviewed.is_none(), measured(candidate)));
        }
        Bound::Fixed | Bound::Alone => {}
    }
    let mut all = all.into_iter();
    let by = all.next()?;
    Some(Binding { value: by.value.clone(), by, others: all.collect() })
}

/// What the settings say on a day, and then what federal law says.
fn candidates(law: &Law, (key, name): (&Key, &str), on: NaiveDate) -> Vec<Candidate> {
    let holds = |rule: &&Rule| {
        rule.key == name
            && day(&rule.effective_from).is_none_or(|from| from <= on)
            && day(&rule.effective_to).is_none_or(|to| on <= to)
    };
    let set = law.rule.iter().filter(holds).filter_map(|rule| {
        let unit = read(key, rule).ok()?;
        Some(Candidate {
            value: rule.value.clone(),
            unit,
            cite: if rule.cite.is_empty() { key.cite.to_owned() } else { rule.cite.clone() },
            jurisdiction: jurisdiction(law, rule).to_owned(),
            reviewed: Some((rule.reviewed_by.clone(), rule.reviewed_on.clone())),
            conditions: rule.conditions.clone(),
        })
    });
    set.chain(federal(key)).collect()
}

fn federal(key: &Key) -> Option<Candidate> {
    let value = match key.federal {
        Federal::Silent => return None,
        Federal::Whole(number) => Value::Whole(number),
        Federal::Flag(flag) => Value::Flag(flag),
        Federal::Word(word) => Value::Word(word.to_owned()),
        Federal::Words(words) => Value::Words(words.iter().map(|word| (*word).to_owned()).collect()),
    };
    let jurisdiction = if key.is_policy() { String::new() } else { FEDERAL.to_owned() };
    Some(Candidate {
        value,
        unit: key.units.first().copied(),
        cite: key.cite.to_owned(),
        jurisdiction,
        reviewed: None,
        conditions: String::new(),
    })
}

pub(super) fn due(law: &Law, name: &str, received: NaiveDate) -> Option<Due> {
    let key = keys::find(name)?;
    let holidays = holidays(law, received);
    let dated = |candidate: Candidate| {
        let count = u64::try_from(candidate.value.whole()?).ok()?;
        let day = match candidate.unit? {
            Unit::Days => received.checked_add_days(Days::new(count))?,
            Unit::BusinessDays => business_days(received, count, &holidays)?,
            Unit::Months => received.checked_add_months(Months::new(u32::try_from(count).ok()?))?,
            Unit::Years => {
                received.checked_add_months(Months::new(u32::try_from(count).ok()?.checked_mul(12)?))?
            }
            Unit::Minutes | Unit::Hours | Unit::Words => return None,
        };
        Some((day, candidate))
    };
    let mut all: Vec<_> = candidates(law, (key, name), received).into_iter().filter_map(dated).collect();
    // Of two rules with one day the first is that of the settings, which cites the law nearer by.
    all.sort_by_key(|(day, _)| *day);
    let mut all = all.into_iter();
    let (day, by) = all.next()?;
    Some(Due { day, by, others: all.collect() })
}

/// Holidays of the settings. Where none are set only weekends are left out, which can only make a day earlier.
fn holidays(law: &Law, on: NaiveDate) -> Vec<NaiveDate> {
    match binding(law, "calendar.holidays", on).map(|binding| binding.value) {
        Some(Value::Words(days)) => days.iter().filter_map(|text| day(text)).collect(),
        _ => vec![],
    }
}

/// So many business days later; the first day does not count.
fn business_days(from: NaiveDate, count: u64, holidays: &[NaiveDate]) -> Option<NaiveDate> {
    let mut day = from;
    let mut left = count;
    while left > 0 {
        day = day.succ_opt()?;
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !holidays.contains(&day) {
            left -= 1;
        }
    }
    Some(day)
}

pub(super) fn bands(law: &Law, on: NaiveDate) -> Vec<Band> {
    let Some(key) = keys::find(BANDS) else { return vec![] };
    let band = |from, to, candidate: &Candidate| Band {
        from,
        to,
        presentation: candidate.value.to_string(),
        cite: candidate.cite.clone(),
    };
    let rules = law.rule.iter().filter(|rule| rule.key == BANDS).filter_map(|rule| {
        let alone =
            Law { jurisdiction: law.jurisdiction.clone(), rule: vec![rule.clone()], ..Law::default() };
        let candidate = candidates(&alone, (key, BANDS), on).into_iter().find(|c| c.reviewed.is_some())?;
        Some(band(rule.from_age?, rule.to_age?, &candidate))
    });
    let mut all: Vec<Band> = rules.collect();
    all.sort_by_key(|band| band.from);
    if all.is_empty() {
        all.extend(federal(key).map(|candidate| band(0, i64::from(law.majority(on)), &candidate)));
    }
    all
}

fn jurisdiction<'a>(law: &'a Law, rule: &'a Rule) -> &'a str {
    if rule.jurisdiction.is_empty() { &law.jurisdiction } else { &rule.jurisdiction }
}

fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok().filter(|_| text.len() == 10)
}

/// A value as a number that can be compared. Business days count as few days as they can be, with the weekends that
/// they always have in them, so that only what can never be as early as federal law is refused; which day comes first
/// is worked out for each case.
fn measure(key: &Key, value: &Value, unit: Option<Unit>) -> Option<i64> {
    const DAY: i64 = 24 * 60;
    let number = match value {
        Value::Whole(number) => *number,
        Value::Flag(flag) => return Some(i64::from(*flag)),
        Value::Word(_) | Value::Words(_) => return None,
    };
    let factor = match unit {
        // Ages and years that are the only unit are compared as they are.
        Some(Unit::Years) if key.units.len() == 1 => 1,
        Some(Unit::Words) | None => 1,
        Some(Unit::Minutes) => 1,
        Some(Unit::Hours) => 60,
        Some(Unit::Days) => DAY,
        Some(Unit::BusinessDays) => return Some(number.saturating_add(number / 5 * 2).saturating_mul(DAY)),
        Some(Unit::Months) => 30 * DAY,
        Some(Unit::Years) => 365 * DAY,
    };
    Some(number.saturating_mul(factor))
}

fn shown(value: &Value, unit: Option<Unit>) -> String {
    match (value, unit) {
        (Value::Whole(_), Some(unit)) => format!("{value} {}", unit.slug()),
        _ => format!("\"{value}\""),
    }
}

/// A bound as people read it.
fn in_unit(key: &Key, bound: i64) -> String {
    match key.units.first() {
        Some(Unit::Days) => format!("{} days", bound / (24 * 60)),
        Some(unit) => format!("{bound} {}", unit.slug()),
        None => bound.to_string(),
    }
}

#[cfg(test)]
mod tests;
