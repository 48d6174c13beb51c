//! Shown values, labels, numbers and lists as text in the reader's language.

use super::{Language, amount, dates, dosage, say, say_with};
use crate::fhir::present::{Label, Line, Shown, When, known};
use crate::fhir::text::fold;

/// The text of a label.
pub fn label(language: Language, label: &Label) -> String {
    match label {
        Label::Word(id) => say(language, id),
        Label::Source(text) => text.clone(),
    }
}

/// The text of a shown value.
pub fn shown(language: Language, value: &Shown) -> String {
    match value {
        Shown::Text(text) => text.clone(),
        Shown::When(when) => dates::date_time(language, when),
        Shown::Period(start, end) => dates::period(language, start.as_ref(), end.as_ref()),
        Shown::Word(id) => say(language, id),
        Shown::Quantity { text, unit } => amount::with_unit(language, text, unit),
        Shown::Span { count, unit } => dosage::span(language, count, *unit),
        Shown::Money { amount, currency } => money(language, amount, currency),
        Shown::Reference { reference, display } => named(language, reference, display.as_deref()),
        Shown::YesNo(true) => say(language, "word-yes"),
        Shown::YesNo(false) => say(language, "word-no"),
        Shown::Range(text) => super::range(language, text),
        Shown::Old(value, until) => {
            let id = if until.is_some() { "value-old-until" } else { "value-old" };
            ended(language, (id, value), until.as_ref())
        }
        Shown::Until(value, until) => ended(language, ("value-until", value), Some(until)),
        Shown::Dosage(how) => dosage::dosage(language, how),
        Shown::Schedule(when) => dosage::schedule(language, when),
        Shown::Group(fields) => {
            let parts = fields.iter().map(|field| {
                let name = label(language, &field.label);
                format!("{name}: {}", shown_all(language, &field.value))
            });
            parts.collect::<Vec<_>>().join("; ")
        }
    }
}

/// A value with the day until which it holds.
fn ended(language: Language, (id, value): (&str, &Shown), until: Option<&When>) -> String {
    let day = until.map(|until| dates::date(language, until)).unwrap_or_default();
    say_with(language, id, &[("value", shown(language, value).into()), ("date", day.into())])
}

/// Several values in one text, apart by a semicolon.
pub fn shown_all(language: Language, values: &[Shown]) -> String {
    values
        .iter()
        .map(|value| shown(language, value))
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

/// The name of a referenced item: as the source gives it, else the kind of thing it is. Ids say nothing to people.
fn named(language: Language, reference: &str, display: Option<&str>) -> String {
    if let Some(display) = display {
        return display.to_owned();
    }
    let mut parts = reference.split(['/', '?']).rev();
    let found = parts.find_map(|part| match part {
        "Patient" => Some("reference-patient"),
        other => crate::fhir::present::kind_of_type(other),
    });
    say(language, found.unwrap_or("reference-unnamed"))
}

/// The title of a line: the source's own, else the kind of thing in the reader's language.
pub fn line_title(language: Language, line: &Line) -> String {
    if line.kind == "kind-provenance" {
        return provenance_title(language, line.author.as_deref());
    }
    if !line.named {
        return say(language, line.kind);
    }
    title(language, &line.title, known_as(line))
}

fn known_as(line: &Line) -> Option<&'static str> {
    line.code.as_ref().and_then(|(system, code)| known(system, code))
}

/// What a line can be found by beside the words of its source: the names that [`title`] gives what it is, folded.
pub fn other_names(line: &Line) -> Option<String> {
    let id = known_as(line)?;
    let others = Language::ALL.into_iter().filter(|language| *language != Language::English);
    Some(others.map(|language| fold(&say(language, id))).collect::<Vec<_>>().join("\n"))
}

/// A title in the source's words, which are English nearly always; for who reads another language the name of what it is
/// comes first, where it is one of those that [`known`] has: "Peso (Body weight)".
pub fn title(language: Language, own: &str, known: Option<&'static str>) -> String {
    let name = known.filter(|_| language != Language::English).map(|id| say(language, id));
    match name {
        // "Hormona estimulante de la tiroides (TSH)" says what "TSH" says.
        Some(name) if fold(&name).ends_with(&format!("({})", fold(own))) => name,
        Some(name) if !fold(own).contains(&fold(&name)) => {
            say_with(language, "title-known", &[("name", name.into()), ("title", own.into())])
        }
        _ => own.to_owned(),
    }
}

/// What a Provenance is called: "Create", as sources name it, says nothing to people.
pub fn provenance_title(language: Language, author: Option<&str>) -> String {
    match author {
        Some(author) => say_with(language, "title-provenance-by", &[("name", author.into())]),
        None => say(language, "title-provenance"),
    }
}

/// The value of a line in the reader's language, if it has one.
pub fn line_value(language: Language, line: &Line) -> Option<String> {
    let value = line.value.as_deref().map(|value| amount::value(language, value));
    value.or_else(|| line.word.map(|id| say(language, id)))
}

/// A number for reading, thousands apart: 1234.5 becomes "1,234.5". US Spanish writes numbers as US English does.
pub fn number(_language: Language, value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    grouped(&format!("{value}"))
}

/// A sum of money: "$1,234.50"; other currencies with their code behind.
pub fn money(language: Language, amount: &str, currency: &str) -> String {
    let amount = grouped(amount);
    match (currency, amount.strip_prefix('-')) {
        ("USD", Some(size)) => format!("-${size}"),
        ("USD", None) => format!("${amount}"),
        _ => say_with(language, "money-other", &[("amount", amount.into()), ("currency", currency.into())]),
    }
}

/// A decimal text with commas between thousands; text that is no number stays as it is.
pub(super) fn grouped(text: &str) -> String {
    let (sign, size) = text.strip_prefix('-').map_or(("", text), |size| ("-", size));
    let (whole, tail) = size.split_once('.').map_or((size, None), |(w, t)| (w, Some(t)));
    if whole.len() < 4 || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return text.to_owned();
    }
    let mut out = String::from(sign);
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(tail) = tail {
        out.push('.');
        out.push_str(tail);
    }
    out
}

/// A list in words: "a", "a and b", "a, b and c".
pub fn list(language: Language, items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => {
            let args = [("most", most.join(", ").into()), ("last", last.into())];
            say_with(language, "list-and", &args)
        }
    }
}
