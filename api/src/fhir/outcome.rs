//! OperationOutcome as JSON: from findings of the checks or from issues of the interface.

use super::check::{Finding, Severity};
use serde_json::{Value, json};

/// One issue of an OperationOutcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Error or warning.
    pub severity: Severity,
    /// A code of the value set issue-type, for instance `not-found`.
    pub code: &'static str,
    /// A sentence for people; it must hold nothing about a patient.
    pub text: String,
    /// Where in the request or resource, as FHIRPath; empty if it concerns the whole.
    pub expression: Vec<String>,
}

impl Issue {
    /// An error that concerns the whole request.
    pub fn error(code: &'static str, text: impl Into<String>) -> Self {
        Issue { severity: Severity::Error, code, text: text.into(), expression: Vec::new() }
    }

    /// Something that the request is answered without.
    pub fn warning(code: &'static str, text: impl Into<String>) -> Self {
        Issue { severity: Severity::Warning, ..Issue::error(code, text) }
    }
}

impl From<&Finding> for Issue {
    fn from(finding: &Finding) -> Self {
        Issue {
            severity: finding.severity,
            code: issue_type(finding.code),
            text: format!("{}: expected {}", finding.code, finding.detail),
            expression: Some(finding.path.clone()).into_iter().filter(|p| !p.is_empty()).collect(),
        }
    }
}

/// An OperationOutcome of these issues. R4 demands at least one, so none makes an informational "all ok".
pub fn outcome(issues: &[Issue]) -> Value {
    let mut listed: Vec<Value> = issues.iter().map(issue).collect();
    if listed.is_empty() {
        listed
            .push(json!({"severity": "information", "code": "informational", "details": {"text": "All OK"}}));
    }
    json!({"resourceType": "OperationOutcome", "issue": listed})
}

/// An OperationOutcome of the findings of [`super::check::check`].
pub fn from_findings(findings: &[Finding]) -> Value {
    outcome(&findings.iter().map(Issue::from).collect::<Vec<_>>())
}

fn issue(issue: &Issue) -> Value {
    let severity = match issue.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut made = json!({"severity": severity, "code": issue.code});
    if !issue.text.trim().is_empty() {
        made["details"] = json!({"text": issue.text});
        made["diagnostics"] = json!(issue.text);
    }
    if !issue.expression.is_empty() {
        made["expression"] = json!(issue.expression);
    }
    made
}

/// The code of the value set issue-type for the code of a finding.
fn issue_type(finding: &str) -> &'static str {
    match finding {
        "required-missing" | "resource-type-missing" => "required",
        "code-unknown" | "code-missing" => "code-invalid",
        "resource-type-unknown" => "not-supported",
        "too-deep" | "string-too-long" => "too-long",
        "extension-content" | "contained-nested" | "narrative-active" => "invariant",
        "json-type" | "not-array" | "not-single" | "empty-array" | "empty-object" | "null-member"
        | "unknown-element" | "choice-twice" | "choice-type" | "duplicate-key" => "structure",
        _ => "value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::check::check;

    #[test]
    fn outcomes_are_sound_resources() {
        let bad = json!({"resourceType": "Observation", "status": "done", "id": "a b", "x": [], "code": {}});
        let findings = check(&bad);
        assert!(findings.len() >= 4);
        let made = from_findings(&findings);
        assert_eq!(made["issue"].as_array().unwrap().len(), findings.len());
        assert_eq!(made["issue"][0]["expression"][0], "Observation.status");
        for case in [made, outcome(&[]), outcome(&[Issue::error("not-found", "")])] {
            assert_eq!(check(&case), vec![], "{case}");
        }
    }
}
