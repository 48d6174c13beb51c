//! Required bindings: the codes of an element must come from a list that the standard closes.

use super::tables::CodeList;
use serde_json::{Map, Value};

/// How a coded element stands to its list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A code of the list is there.
    Listed,
    /// Codes are there, none of the list.
    Unlisted,
    /// No code at all, only text or nothing.
    Uncoded,
}

/// Judges a Coding, a CodeableConcept or a Quantity by its shape.
pub(super) fn judge(list: &CodeList, coded: &Map<String, Value>) -> Verdict {
    if let Some(Value::Array(codings)) = coded.get("coding") {
        let verdicts = || codings.iter().filter_map(Value::as_object).map(|coding| judge_one(list, coding));
        if verdicts().any(|v| v == Verdict::Listed) {
            return Verdict::Listed;
        }
        return verdicts().find(|v| *v == Verdict::Unlisted).unwrap_or(Verdict::Uncoded);
    }
    judge_one(list, coded)
}

fn judge_one(list: &CodeList, coding: &Map<String, Value>) -> Verdict {
    let Some(code) = coding.get("code").and_then(Value::as_str) else { return Verdict::Uncoded };
    match coding.get("system").and_then(Value::as_str) {
        Some(system) if list.has(system, code) => Verdict::Listed,
        _ => Verdict::Unlisted,
    }
}
