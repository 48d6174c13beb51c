//! Tables of parameters, audiences, ages and verifiers. The errors of whole requests are tried over HTTP.

use super::*;

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn parameters_come_once_and_are_not_too_long() {
    let long = "x".repeat(LONGEST + 1);
    for (all, good) in [
        (pairs(&[("a", "1"), ("b", "2")]), true),
        (pairs(&[("a", "1"), ("a", "1")]), false),
        (pairs(&[("resource", "1"), ("resource", "2")]), true),
        (pairs(&[("a", &long)]), false),
        (pairs(&[("a", &long[2..]), ("b", &long[2..]), ("c", &long[2..])]), false),
        (pairs(&[]), true),
    ] {
        assert_eq!(Params::new(&all).is_ok(), good, "{}", all.len());
    }
    let all = pairs(&[("a", ""), ("b", "2")]);
    let params = Params::new(&all).unwrap();
    assert_eq!(
        (params.get("a"), params.get("b"), params.get("c")),
        (None, Some("2"), None),
        "an empty one is none"
    );
    assert_eq!(told("a\"b\\c\u{e9}\nd"), "a?b?c??d");
}

#[test]
fn since_when_somebody_must_have_signed_in() {
    let now = Instant(1_000_000_000);
    for (prompt, max_age, since) in [
        ("", "", Ok(None)),
        ("login", "", Ok(Some(now))),
        ("consent", "", Ok(None)),
        ("login consent", "100", Ok(Some(now))),
        ("", "100", Ok(Some(Instant(900_000_000)))),
        ("", "0", Ok(Some(now))),
        ("none", "", Err("interaction_required")),
        ("none login", "", Err("invalid_request")),
        ("", "4294967296", Err("invalid_request")),
        ("", "1.5", Err("invalid_request")),
    ] {
        let all = pairs(&[("prompt", prompt), ("max_age", max_age)]);
        let found = signed_in_since(Params::new(&all).unwrap(), now);
        assert_eq!(found.map_err(|wrong| wrong.0), since, "{prompt} {max_age}");
    }
}

#[test]
fn scopes_are_those_that_the_app_was_registered_with() {
    for (asked, registered, launch, granted) in [
        ("openid fhirUser patient/*.rs", None, "", Ok("openid fhirUser patient/*.rs")),
        ("fhirUser patient/*.rs", None, "", Ok("patient/*.rs")),
        ("launch patient/*.rs", None, "", Ok("patient/*.rs")),
        ("launch patient/*.rs", None, "x", Ok("launch patient/*.rs")),
        (
            "openid patient/Goal.rs patient/Patient.rs",
            Some("patient/Goal.rs"),
            "",
            Ok("openid patient/Goal.rs"),
        ),
        ("patient/Patient.rs", Some("patient/Goal.rs"), "", Err("invalid_scope")),
        ("user/Goal.rs", Some("patient/*.rs"), "", Ok("user/Goal.rs")),
        ("patient/*.rs", Some("patient/Goal.rs"), "", Ok("patient/Goal.rs")),
        ("openid patient/*.rs", Some("patient/Goal.r"), "", Ok("openid patient/Goal.r")),
        (
            "patient/Observation.rs",
            Some("patient/Observation.rs?category=a|b"),
            "",
            Ok("patient/Observation.rs?category=a|b"),
        ),
        ("patient/*.rs", Some("patient/Provenance.rs"), "", Err("invalid_scope")),
        ("openid", None, "", Ok("openid")),
        ("offline_access", None, "", Err("invalid_scope")),
        ("launch/patient patient/Provenance.rs", None, "", Err("invalid_scope")),
        ("openid patient/Provenance.rs", None, "", Err("invalid_scope")),
        (
            "patient/Provenance.rs patient/Practitioner.rs",
            None,
            "",
            Ok("patient/Provenance.rs patient/Practitioner.rs"),
        ),
    ] {
        let all = pairs(&[("scope", asked), ("launch", launch)]);
        let found = scopes(Params::new(&all).unwrap(), registered);
        let said = found.as_ref().map(ToString::to_string).map_err(|wrong| wrong.0);
        assert_eq!(said, granted.map(str::to_owned), "{asked}");
    }
    for (asked, registered, why) in [
        ("patient/Patient.rs", Some("patient/Goal.rs"), ": the app was registered for patient/Goal.rs"),
        ("email", Some("patient/Goal.rs"), " (email: no scope of this name is known)"),
        ("offline_access", None, ""),
    ] {
        let all = pairs(&[("scope", asked)]);
        let wrong = scopes(Params::new(&all).unwrap(), registered).unwrap_err();
        assert_eq!(wrong.1, format!("none of these scopes can be had{why}"), "{asked}");
    }
}

#[test]
fn the_verifier_is_the_one_of_the_challenge() {
    // RFC 7636, appendix B.
    let (verifier, challenge) =
        ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    assert_eq!(verifier_fault(challenge, verifier), None);
    for wrong in
        [challenge, &verifier[1..], &format!("{verifier}="), &format!("{verifier} "), "", &"x".repeat(129)]
    {
        assert!(verifier_fault(challenge, wrong).is_some(), "{wrong}");
    }
}
