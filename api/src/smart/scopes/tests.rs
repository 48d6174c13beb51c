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
        ("system/Group.rs system/Group.read", "system/Group.rs system/Group.read"),
        ("system/Group.r system/Group.s", "system/Group.r system/Group.s"),
        ("patient/Group.rs user/Group.rs", ""),
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
        // A condition is written as a search is: with percent signs, too.
        ("patient/Observation.rs?category=http%3A%2F%2Fx%7Cy", "patient/Observation.rs?category=http://x|y"),
        ("patient/Observation.rs?category=x%7cy", "patient/Observation.rs?category=x|y"),
        ("patient/Observation.rs?category=x|y%20z", ""),
        ("patient/Observation.rs?category=x|y%22", ""),
        ("patient/Observation.rs?category=x|y%2541", ""),
        ("patient/Observation.rs?category=x|y%C3%A9", ""),
        ("patient/Observation.rs?category=x|y%4", ""),
        ("patient/Observation.rs?category=x|y%zz", ""),
        ("patient/Observation.rs?category=x|y%+1", ""),
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
        Ticked { only: only.collect(), ..Ticked::whole(kind) }
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
        ("system/Group.rs", "system/*.rs", "system/Group.rs"),
        ("system/Group.read", "system/Group.rs", "system/Group.read"),
        ("system/Group.rs", "system/Patient.rs", ""),
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

#[test]
fn a_wide_scope_goes_as_far_as_is_allowed() {
    for (asked, allowed, granted) in [
        ("patient/*.rs", "patient/Observation.rs", "patient/Observation.rs"),
        ("patient/*.rs", "patient/Goal.rs patient/Patient.r", "patient/Goal.rs patient/Patient.r"),
        ("patient/*.read", "user/Goal.rs", "patient/Goal.read"),
        ("patient/*.rs", "patient/*.r", "patient/*.r"),
        ("patient/Goal.rs", "patient/Goal.r", "patient/Goal.r"),
        ("patient/Goal.rs", "patient/*.s", "patient/Goal.s"),
        ("patient/Goal.r", "patient/Goal.s", ""),
        ("patient/Goal.rs", "patient/Goal.r patient/Goal.rs", "patient/Goal.rs"),
        ("patient/Goal.rs", "patient/Goal.rs patient/Goal.read", "patient/Goal.rs"),
        (
            "patient/Observation.rs",
            "patient/Observation.rs?category=a|b",
            "patient/Observation.rs?category=a|b",
        ),
        ("patient/*.read", "patient/Observation.rs?category=a|b", "patient/Observation.rs?category=a|b"),
        (
            "patient/Observation.r",
            "patient/Observation.rs?category=a|b",
            "patient/Observation.r?category=a|b",
        ),
        ("patient/Observation.rs?category=a|b", "patient/*.r", "patient/Observation.r?category=a|b"),
        ("patient/Observation.rs?category=a|b", "patient/Observation.rs?category=a|c", ""),
        (
            "patient/*.rs",
            "patient/Goal.rs patient/Observation.rs patient/Observation.rs?category=a|b",
            "patient/Goal.rs patient/Observation.rs",
        ),
        ("openid patient/Patient.rs", "patient/Goal.rs", "openid"),
        ("system/*.rs", "system/Group.r system/Goal.rs", "system/Group.r system/Goal.rs"),
        ("system/*.rs", "patient/*.rs", ""),
        ("patient/*.rs", "", ""),
    ] {
        assert_eq!(read(asked).as_far_as(&read(allowed)).to_string(), granted, "{asked} as far as {allowed}");
    }
}

/// Whatever is asked and allowed: never more than the one or the other, and nothing that both give is missing.
#[test]
fn what_both_allow_is_all_that_is_given() {
    let mut words = Vec::new();
    for level in ["patient", "user", "system"] {
        for kind in ["*", "Goal", "Observation"] {
            words.extend(["rs", "r", "s", "read"].map(|letters| format!("{level}/{kind}.{letters}")));
        }
        for letters in ["rs", "r"] {
            words.extend(["a|b", "c"].map(|only| format!("{level}/Observation.{letters}?category={only}")));
        }
    }
    let texts = words.iter().cloned().chain(words.windows(2).map(|two| two.join(" ")));
    let all: Vec<Scopes> = texts.map(|text| read(&text)).collect();
    let ones: Vec<Scopes> = words.iter().map(|word| read(word)).collect();
    for asked in &all {
        for allowed in &all {
            let given = asked.as_far_as(allowed);
            let case = format!("{asked} as far as {allowed}: {given}");
            assert_eq!(given.within(asked), given, "{case}");
            assert_eq!(given.within(allowed), given, "{case}");
            for one in ones.iter().filter(|one| one.within(asked) == **one && one.within(allowed) == **one) {
                assert_eq!(&one.within(&given), one, "{case}");
            }
        }
    }
}

/// What is left out goes with the scopes wherever they go, is never told an app, and never becomes less.
#[test]
fn what_is_left_out_stays_out() {
    let one = |code: &str| Condition { param: "category", system: Some("s".into()), code: code.into() };
    let ticked = |without: &[&str]| {
        let without = without.iter().map(|code| one(code)).collect();
        [Ticked { only: vec![one("a"), one("b")], without, ..Ticked::whole("Observation") }]
    };
    let asked = Scopes::parse("openid patient/Observation.rs patient/Goal.rs").unwrap();
    let granted = asked.narrowed(&ticked(&["x"]));
    assert_eq!(
        granted.to_string(),
        "openid patient/Observation.rs?category=s|a patient/Observation.rs?category=s|b"
    );
    assert_eq!(granted.kept(), format!("{granted} !Observation?category=s|x"));
    assert_eq!(Scopes::from_kept(&granted.kept()), Some(granted.clone()));
    assert_eq!(granted.left_out("Observation").collect::<Vec<_>>(), [&one("x")]);
    assert_eq!(granted.left_out("Condition").count(), 0);
    // The scopes of a token are kept as the app was told them; what it may have is what both allow.
    let told = Scopes::parse(&granted.to_string()).unwrap();
    for met in [told.meet(&granted), granted.meet(&told), granted.without(&Scope::Openid)] {
        assert_eq!(met.left_out("Observation").collect::<Vec<_>>(), [&one("x")], "{met}");
    }
    let less = granted.narrowed(&ticked(&["y"]));
    assert_eq!(less.left_out("Observation").count(), 2, "both choices count");
    assert_eq!(less.within(&granted), less);
    assert_ne!(granted.within(&less), granted, "this would be more");
    // A type of which nothing is left needs no word of what it is left without.
    let goals = Scopes::parse("patient/Goal.rs").unwrap();
    let [observations] = ticked(&["x"]);
    assert_eq!(goals.narrowed(&[Ticked::whole("Goal"), observations]).kept(), "patient/Goal.rs");
    // An app cannot ask in these words, and nothing else is taken for them.
    assert_eq!(Scopes::read("!Observation?category=s|x").unwrap().scopes, Scopes::default());
    for odd in ["!", "!Goal?category=s|x", "!Starship", "!*", "!Observation?code=s|x", "\""] {
        assert_eq!(Scopes::from_kept(odd), None, "{odd}");
    }
    // What was granted is read again, however much it is: `*` twice becomes more than one may ask for.
    let twice = read("patient/*.rs user/*.rs").but(&["Goal"]);
    assert!(twice.iter().count() > MOST);
    assert_eq!(Scopes::from_kept(&twice.kept()), Some(twice));
}

/// Beside the categories of a type goes what is of none, where that was ticked: never by another way or at another
/// level than was asked, and never beside fewer categories than it was ticked with.
#[test]
fn the_rest_goes_where_both_have_it() {
    let one = |code: &str| Condition { param: "category", system: Some("s".into()), code: code.into() };
    let ticked = |only: &[&str], rest| Ticked {
        only: only.iter().map(|code| one(code)).collect(),
        without: vec![one("x")],
        rest,
        ..Ticked::whole("Observation")
    };
    let gives = |scopes: &Scopes| {
        [Interaction::Read, Interaction::Search]
            .map(|how| u8::from(scopes.gives_rest((Level::Patient, how), "Observation")))
    };
    let s = |code: &str| format!("patient/Observation.rs?category=s|{code}");
    for (asked, only, rest, given, kept) in [
        (
            "patient/Observation.rs",
            &["a", "b"][..],
            true,
            [1, 1],
            format!("{} {} !Observation?category=s|x +patient/Observation.rs", s("a"), s("b")),
        ),
        ("patient/Observation.rs", &["a"], false, [0, 0], format!("{} !Observation?category=s|x", s("a"))),
        (
            "patient/*.read",
            &["a"],
            true,
            [1, 1],
            format!("{} !Observation?category=s|x +patient/Observation.rs", s("a")),
        ),
        // Only one way.
        (
            "patient/Observation.r patient/Observation.s?category=s|a",
            &["a"],
            true,
            [1, 0],
            "patient/Observation.r?category=s|a patient/Observation.s?category=s|a !Observation?category=s|x \
             +patient/Observation.r"
                .into(),
        ),
        // Who asks for categories asks for no rest, and a whole type has it without a word.
        (&s("a"), &["a"], true, [0, 0], format!("{} !Observation?category=s|x", s("a"))),
        ("patient/Goal.rs", &["a"], true, [0, 0], String::new()),
    ] {
        let granted = read(asked).narrowed(&[ticked(only, rest)]);
        assert_eq!((gives(&granted), granted.kept()), (given, kept), "{asked}");
        assert_eq!(Scopes::from_kept(&granted.kept()), Some(granted.clone()), "{asked}");
        assert_eq!(granted.within(&read(asked)), granted, "{asked}: never more than was asked");
        assert_eq!(granted.meet(&granted), granted, "{asked}");
        assert!(!granted.to_string().contains(['!', '+']), "{asked}: an app is told scopes only");
    }

    let whole = read("openid patient/Observation.rs");
    let granted = whole.narrowed(&[ticked(&["a", "b"], true)]);
    let told = read(&granted.to_string());
    // A text of scopes alone has no rest, but a whole type has.
    assert_eq!((gives(&told.meet(&granted)), gives(&granted.meet(&told))), ([0, 0], [0, 0]));
    assert_eq!((gives(&whole.meet(&granted)), gives(&granted.meet(&whole))), ([1, 1], [1, 1]));
    // Who repeats all that they were told means the rest, too; who names less does not.
    for (named, given) in [
        (told.to_string(), [1, 1]),
        (format!("{} {}", s("b"), s("a")), [1, 1]),
        (s("a"), [0, 0]),
        ("openid".into(), [0, 0]),
        ("patient/Observation.rs".into(), [0, 0]),
    ] {
        let scopes = read(&named).named_of(&granted);
        assert_eq!(gives(&scopes), given, "{named}");
        assert_eq!(scopes.left_out("Observation").count(), 1, "{named}");
        assert_eq!(scopes.within(&granted), scopes, "{named}");
    }
    // Once taken away it does not come back, and what takes other parts away leaves it.
    let less = granted.narrowed(&[ticked(&["a"], false)]);
    assert_eq!((gives(&less), gives(&less.narrowed(&[ticked(&["a"], true)]))), ([0, 0], [0, 0]));
    assert_eq!((gives(&granted.meet(&less)), gives(&less.meet(&granted))), ([0, 0], [0, 0]));
    assert_ne!(granted.within(&less), granted, "this would be more");
    assert_eq!(gives(&granted.narrowed(&[ticked(&["a"], true)])), [1, 1]);
    assert_eq!(gives(&granted.narrowed(&[Ticked::whole("Observation")])), [1, 1]);
    assert_eq!(gives(&granted.narrowed(&[Ticked::whole("Goal")])), [0, 0]);
    assert_eq!(gives(&granted.without(&Scope::Openid)), [1, 1]);
    for odd in ["+", "+Observation", "+patient/*.rs", "+patient/Observation.rs?category=s|a", "+openid"] {
        assert_eq!(Scopes::from_kept(odd), None, "{odd}");
    }
}

#[test]
fn whole_types_are_left_out() {
    for (asked, out, left) in [
        ("patient/CarePlan.rs patient/Goal.rs", &["Goal"][..], "patient/CarePlan.rs"),
        ("openid patient/Goal.rs user/Goal.r", &["Goal"], "openid"),
        ("patient/Observation.rs?category=s|a patient/Goal.rs", &["Observation"], "patient/Goal.rs"),
        ("patient/*.rs", &[], "patient/*.rs"),
    ] {
        assert_eq!(read(asked).but(out).to_string(), left, "{asked}");
    }
    let asked = read("openid patient/*.read");
    let less = asked.but(&["Goal", "Binary"]);
    let types = less.types(Level::Patient);
    assert_eq!(types.len(), TYPES.len() - 2);
    assert!(!types.contains(&"Goal") && types.contains(&"CarePlan"));
    assert!(less.denies("Goal") && !less.denies("CarePlan") && !asked.denies("Goal"));
    assert!(less.kept().ends_with(" !Binary !Goal"), "{}", less.kept());
    assert_eq!(Scopes::from_kept(&less.kept()), Some(less.clone()));
    assert_eq!((less.within(&asked), asked.meet(&less)), (less.clone(), less.clone()));
    // It stays out whatever else is asked, and of a type there are no categories to leave out beside it.
    let ways = [Interaction::Read, Interaction::Search];
    for met in
        [asked.within(&less), less.narrowed(&TYPES.map(Ticked::whole)), read("patient/Goal.rs").meet(&less)]
    {
        assert!(ways.iter().all(|how| met.of_type((Level::Patient, *how), "Goal") == Allowed::No), "{met}");
    }
    assert_eq!(less.left_out("Goal").count(), 0);
}

#[test]
fn what_is_granted_is_served_and_the_other_way_round() {
    use crate::fhir::search::all_served;

    let served: Vec<&str> = all_served().into_iter().filter(|kind| *kind != OF_SYSTEMS).collect();
    assert_eq!(served, TYPES);
}
