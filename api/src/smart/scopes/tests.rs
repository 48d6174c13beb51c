//! Tables of scopes: what is read, what is allowed, what is left of them.

use super::*;

fn read(text: &str) -> Scopes {
    Scopes::parse(text).unwrap()
}

#[test]
fn what_can_be_granted_is_kept_as_it_was_written() {
    for (asked, granted) in [
        ("", ""),
        ("openid fhirUser profile launch launch/patient", "openid fhirUser profile launch launch/patient"),
        ("offline_access online_access", "offline_access online_access"),
        ("patient/*.read", "patient/*.read"),
        ("patient/*.*", "patient/*.read"),
        ("patient/Observation.write", ""),
        ("patient/Observation.read patient/Observation.read", "patient/Observation.read"),
        ("patient/Observation.rs", "patient/Observation.rs"),
        ("patient/Observation.cruds", "patient/Observation.rs"),
        ("patient/Observation.cr", "patient/Observation.r"),
        ("patient/Observation.us", "patient/Observation.s"),
        ("patient/Observation.cud", ""),
        ("patient/Observation.sr", ""),
        ("patient/Observation.rr", ""),
        ("patient/Observation.", ""),
        ("patient/Observation", ""),
        ("patient/observation.rs", ""),
        ("patient/Starship.rs", ""),
        ("user/Patient.rs system/*.rs", "user/Patient.rs system/*.rs"),
        ("launch/encounter", ""),
        ("practice/*.rs", ""),
        ("openid  email", "openid"),
        ("patient/*.rs?category=x|y", ""),
        ("patient/Patient.rs?category=x|y", ""),
        ("patient/Observation.read?category=x|y", ""),
        ("patient/Observation.rs?code=x|y", ""),
        ("patient/Observation.rs?category=x|y&status=final", ""),
        ("patient/Observation.rs?category=", ""),
        ("patient/Observation.rs?category=|y", ""),
        ("patient/Observation.rs?category=x|y|z", ""),
        ("patient/Observation.rs?category=laboratory", "patient/Observation.rs?category=laboratory"),
        (
            "patient/Condition.rs?category=http://terminology.hl7.org/CodeSystem/condition-category|encounter-diagnosis",
            "patient/Condition.rs?category=http://terminology.hl7.org/CodeSystem/condition-category|encounter-diagnosis",
        ),
    ] {
        let parsed = Scopes::read(asked).unwrap();
        assert_eq!(parsed.scopes.to_string(), granted, "{asked}");
        assert_eq!(Scopes::parse(granted).unwrap(), parsed.scopes, "{asked}: what is kept is read again");
        assert!(!parsed.dropped.is_empty() || granted.len() >= asked.len().min(1), "{asked}");
    }
}

#[test]
fn what_is_no_text_of_scopes_is_refused() {
    for bad in
        ["a\"b".to_owned(), "a\\b".into(), "é".into(), "a\tb".into(), "x".repeat(401), "a ".repeat(101)]
    {
        assert!(Scopes::read(&bad).is_err(), "{bad}");
    }
    assert!(Scopes::read(&"openid ".repeat(100)).is_ok());
}

#[test]
fn what_is_allowed_of_a_type() {
    let (p, s) = (Level::Patient, Level::System);
    let (read_one, search) = (Interaction::Read, Interaction::Search);
    for (scopes, level, interaction, kind, allowed) in [
        ("patient/*.rs", p, read_one, "Goal", "all"),
        ("patient/*.rs", s, read_one, "Goal", "no"),
        ("system/*.rs", p, read_one, "Goal", "no"),
        ("system/*.rs", s, search, "Goal", "all"),
        ("user/Goal.rs", p, search, "Goal", "all"),
        ("patient/Goal.r", p, search, "Goal", "no"),
        ("patient/Goal.r", p, read_one, "Goal", "all"),
        ("patient/Goal.s", p, read_one, "Goal", "no"),
        ("patient/Goal.read", p, search, "Goal", "all"),
        ("patient/Goal.rs", p, search, "Patient", "no"),
        ("openid launch/patient", p, search, "Patient", "no"),
        ("patient/Condition.rs?category=a|b", p, search, "Condition", "a|b"),
        ("patient/Condition.rs?category=a|b patient/Condition.s?category=c", p, search, "Condition", "a|b,c"),
        ("patient/Condition.rs?category=a|b patient/Condition.s?category=c", p, read_one, "Condition", "a|b"),
        ("patient/Condition.rs?category=a|b patient/Condition.rs", p, read_one, "Condition", "all"),
    ] {
        let said = match read(scopes).of_type((level, interaction), kind) {
            Allowed::No => "no".to_owned(),
            Allowed::All => "all".to_owned(),
            Allowed::Where(conditions) => {
                let said = conditions.iter().map(|one| one.to_string().replace("category=", ""));
                said.collect::<Vec<_>>().join(",")
            }
        };
        assert_eq!(said, allowed, "{scopes} {kind} {interaction:?}");
    }
}

#[test]
fn what_is_left_after_a_choice() {
    let all = || TYPES.iter().map(|kind| tick(kind, &[])).collect::<Vec<_>>();
    fn tick(kind: &str, only: &[&str]) -> Ticked {
        let only = only.iter().map(|one| {
            let (system, code) = one.split_once('|').unwrap();
            Condition { param: "category", system: Some(system.into()), code: code.into() }
        });
        Ticked { kind: kind.into(), only: only.collect() }
    }
    let two = [tick("Observation", &[]), tick("Patient", &[])];
    let granular =
        [tick("Observation", &["s|labs", "s|vitals"]), tick("Condition", &["s|x"]), tick("Patient", &[])];
    for (asked, ticked, granted) in [
        ("openid patient/*.rs", all(), "openid patient/*.rs"),
        ("openid patient/*.read", all(), "openid patient/*.read"),
        ("patient/*.rs", two.to_vec(), "patient/Observation.rs patient/Patient.rs"),
        ("patient/*.read", two.to_vec(), "patient/Observation.read patient/Patient.read"),
        ("patient/Observation.r patient/Goal.rs", two.to_vec(), "patient/Observation.r"),
        ("openid patient/Goal.rs", two.to_vec(), "openid"),
        ("patient/*.rs", vec![], ""),
        (
            "launch/patient patient/Observation.rs patient/Condition.read patient/Patient.read",
            granular.to_vec(),
            "launch/patient patient/Observation.rs?category=s|labs patient/Observation.rs?category=s|vitals \
             patient/Condition.rs?category=s|x patient/Patient.read",
        ),
        (
            "patient/Observation.rs?category=s|labs patient/Observation.rs?category=s|survey",
            granular.to_vec(),
            "patient/Observation.rs?category=s|labs",
        ),
        ("patient/Observation.rs?category=s|labs", two.to_vec(), "patient/Observation.rs?category=s|labs"),
        (
            "patient/Observation.rs patient/Observation.rs?category=s|labs",
            two.to_vec(),
            "patient/Observation.rs",
        ),
        (
            "patient/Observation.rs patient/Observation.rs?category=s|labs",
            granular.to_vec(),
            "patient/Observation.rs?category=s|labs patient/Observation.rs?category=s|vitals",
        ),
    ] {
        let left = read(asked).narrowed(&ticked);
        assert_eq!(left.to_string(), granted, "{asked}");
        assert_eq!(left.within(&read(asked)), left, "{asked}: never more than was asked");
    }
}

#[test]
fn what_one_text_covers_of_another() {
    for (asked, allowed, left) in [
        ("patient/*.rs openid", "patient/*.rs openid", "patient/*.rs openid"),
        ("patient/Goal.rs", "patient/*.read", "patient/Goal.rs"),
        ("patient/Goal.rs", "patient/Goal.r", ""),
        ("patient/Goal.r", "patient/Goal.rs", "patient/Goal.r"),
        ("patient/*.rs", "patient/Goal.rs", ""),
        ("patient/Condition.rs", "patient/Condition.rs?category=a|b", ""),
        ("patient/Condition.rs?category=a|b", "patient/Condition.rs", "patient/Condition.rs?category=a|b"),
        ("patient/Condition.rs?category=a|c", "patient/Condition.rs?category=a|b", ""),
        ("system/Goal.rs", "patient/*.rs", ""),
        ("offline_access", "openid", ""),
    ] {
        assert_eq!(read(asked).within(&read(allowed)).to_string(), left, "{asked} within {allowed}");
    }
    assert_eq!(read("openid system/*.rs patient/*.rs").for_level(Level::System).to_string(), "system/*.rs");
    assert_eq!(
        read("openid system/*.rs patient/*.rs").for_level(Level::Patient).to_string(),
        "openid patient/*.rs"
    );
}
