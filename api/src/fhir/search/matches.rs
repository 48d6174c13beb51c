//! Whether one resource fulfils a criterion, by its JSON: for what the index does not keep.

use serde_json::Value;

use super::{Criterion, DateTest, How, Test, Token};
use crate::fhir::index::{self, IndexValue, TEXT_PARTS};
use crate::fhir::text::fold;

pub(super) fn matches(criterion: &Criterion, resource: &Value) -> bool {
    let Criterion { resource_type, param, test } = criterion;
    let values = || {
        let all = index::values(resource_type, resource).into_iter();
        all.filter(|value| value.param() == *param)
    };
    match test {
        Test::Present => any(criterion, resource, says_something),
        Test::Absent => !any(criterion, resource, says_something),
        Test::Token(asked) => is_token(values(), &asked_of(criterion, asked)),
        Test::NotToken(asked) => !is_token(values(), &asked_of(criterion, asked)),
        Test::Date(asked) => values().any(|value| is_of(&value, asked)),
        Test::Care(asked) => {
            let all = index::values(resource_type, resource);
            let when = if all.iter().any(|value| value.param() == *param) { *param } else { "date" };
            all.iter().any(|value| value.param() == when && is_of(value, std::slice::from_ref(asked)))
        }
        Test::Text(How::Exact, asked) => any(criterion, resource, |value| {
            strings(value).any(|text| asked.iter().any(|asked| asked == text))
        }),
        Test::Text(how, asked) => values().any(|value| match value {
            IndexValue::Text { text, .. } => asked.iter().any(|asked| match how {
                How::Contains => text.contains(asked),
                _ => text.starts_with(asked),
            }),
            _ => false,
        }),
        Test::Display(asked) => any(criterion, resource, |value| {
            displays(value).any(|text| asked.iter().any(|asked| fold(text).starts_with(asked.as_str())))
        }),
        Test::Logical(asked) => any(criterion, resource, |value| {
            let Some(identifier) = value.get("identifier") else { return false };
            let part = |name| identifier.get(name).and_then(Value::as_str);
            part("value").is_some_and(|code| asked.iter().any(|token| token.is(part("system"), code)))
        }),
        Test::Quantity(asked) => any(criterion, resource, |value| {
            let part = |name| value.get(name).and_then(Value::as_str);
            let number = value.get("value").and_then(Value::as_f64);
            let unit = (part("system"), part("code"), part("unit"));
            number.is_some_and(|number| asked.iter().any(|test| test.holds(number, unit)))
        }),
        Test::Reference(_) | Test::Chain(_) => false,
    }
}

/// Whether there is content: words without a code are, and what only says why there is none is not.
fn says_something(value: &Value) -> bool {
    value
        .as_object()
        .is_none_or(|members| members.keys().any(|name| !matches!(name.as_str(), "extension" | "id")))
}

fn asked_of(criterion: &Criterion, asked: &[Token]) -> Vec<Token> {
    asked.iter().map(|token| token.of(criterion.resource_type, criterion.param)).collect()
}

fn is_token<'a>(mut values: impl Iterator<Item = IndexValue<'a>>, asked: &[Token]) -> bool {
    values.any(|value| match value {
        IndexValue::Token { system, code, .. } => asked.iter().any(|token| token.is(system, &code)),
        _ => false,
    })
}

fn is_of(value: &IndexValue, asked: &[DateTest]) -> bool {
    match value {
        IndexValue::Date { low, high, .. } => asked.iter().any(|test| test.holds(*low, *high)),
        _ => false,
    }
}

/// Whether some JSON at the paths of the parameter fits.
fn any(criterion: &Criterion, resource: &Value, mut fits: impl FnMut(&Value) -> bool) -> bool {
    let rows = index::rows(criterion.resource_type);
    let Some(row) = rows.iter().find(|row| row.param == criterion.param) else { return false };
    let mut found = false;
    index::raw(row, resource, &mut |value| found |= fits(value));
    found
}

/// The texts in a string, a HumanName or an Address.
fn strings(value: &Value) -> impl Iterator<Item = &str> {
    let parts = TEXT_PARTS.iter().filter_map(|part| value.get(*part));
    let parts = parts.flat_map(|part| part.as_array().map_or(std::slice::from_ref(part), Vec::as_slice));
    value.as_str().into_iter().chain(parts.filter_map(Value::as_str))
}

/// The words beside codes: of a CodeableConcept, a Coding, the type of an Identifier.
fn displays(value: &Value) -> impl Iterator<Item = &str> {
    let own = ["text", "display"].into_iter().filter_map(|name| value.get(name).and_then(Value::as_str));
    let codings = value.get("coding").and_then(Value::as_array).into_iter().flatten();
    let of_codings = codings.filter_map(|coding| coding.get("display").and_then(Value::as_str));
    let of_type = value.pointer("/type/text").and_then(Value::as_str);
    own.chain(of_codings).chain(of_type)
}
