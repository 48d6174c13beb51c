//! Tables of cases for the rules of acting for another. All people are synthetic.

use super::*;
use crate::base::{AccountId, AuthorityId, PatientNo};
use crate::representation::{Limit, Proof};

const ZONE: Tz = chrono_tz::America::New_York;

fn at(text: &str) -> Instant {
    Instant(chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros())
}

fn authority(kind: Kind) -> Authority {
    Authority {
        id: AuthorityId(uuid::Uuid::nil()),
        patient: PatientNo(1),
        account: Some(AccountId(uuid::Uuid::nil())),
        kind,
        name: "Ana (synthetic)".into(),
        evidence: Evidence { proof: kind.proofs()[0], note: "seen".into() },
        scope: Scope::WHOLE,
        granted: Scope::WHOLE,
        limits: vec![],
        suspension: None,
        flag: None,
        incapacity: Incapacity::NotNeeded,
        since: Some(at("2026-01-01T00:00:00Z")),
        starts: None,
        active: None,
        until: None,
        review: None,
        code_until: Some(at("2026-01-15T00:00:00Z")),
        created: at("2026-01-01T00:00:00Z"),
        changes: 0,
        ended: None,
        seat: None,
        closed: Default::default(),
    }
}

fn born(date: &str) -> PersonFacts {
    PersonFacts { birth_date: Some(date.into()), ..PersonFacts::default() }
}

fn died(date: &str) -> PersonFacts {
    PersonFacts { died: Some(date.into()), ..born("1930-05-05") }
}

#[test]
fn birthdays_are_counted() {
    let now = (at("2026-11-22T12:00:00Z"), ZONE);
    for (born, wanted) in [
        ("2014-11-22", Some(12)),
        ("2014-11-23", Some(11)),
        ("2014-11", Some(12)),
        ("2026-11-22", Some(0)),
        ("2026-11-23", None),
        ("nonsense", None),
    ] {
        assert_eq!(age(born, now), wanted, "{born}");
    }
}

#[test]
fn a_person_comes_of_age_at_local_midnight() {
    for (date, now, of_age_then) in [
        // Midnight in New York is 5 hours (4 in summer) behind.
        ("2008-11-22", "2026-11-22T04:59:59Z", false),
        ("2008-11-22", "2026-11-22T05:00:00Z", true),
        ("2008-07-04", "2026-07-04T03:59:59Z", false),
        ("2008-07-04", "2026-07-04T04:00:00Z", true),
        // Born on a leap day: 2026 has none.
        ("2008-02-29", "2026-02-28T04:59:59Z", false),
        ("2008-02-29", "2026-02-28T05:00:00Z", true),
        // Not known to the day: the first it may have been.
        ("2008-11", "2026-10-31T12:00:00Z", false),
        ("2008-11", "2026-11-01T12:00:00Z", true),
        ("2008", "2025-12-31T12:00:00Z", false),
        ("2008", "2026-01-01T12:00:00Z", true),
        ("nonsense", "2026-01-01T12:00:00Z", true),
    ] {
        assert_eq!(of_age(&born(date), (at(now), ZONE)), of_age_then, "{date} {now}");
    }
    assert!(of_age(&PersonFacts::default(), (at("2026-01-01T00:00:00Z"), ZONE)));
    let emancipated = PersonFacts { emancipated: Some(at("2026-01-01T00:00:00Z")), ..born("2010-01-01") };
    assert!(!of_age(&emancipated, (at("2025-12-31T23:59:59Z"), ZONE)));
    assert!(of_age(&emancipated, (at("2026-01-01T00:00:00Z"), ZONE)));
    // Where summer time begins at midnight the birthday begins at one.
    let cuba = majority(NaiveDate::from_ymd_opt(2008, 3, 8).unwrap(), 18, chrono_tz::America::Havana);
    assert_eq!(cuba, Some(at("2026-03-08T05:00:00Z")));
}

#[test]
fn a_record_is_protected_for_fifty_years_after_death() {
    for (date, until) in [
        // The day 50 years later is the last.
        ("1977-02-28", Some("2027-03-01T05:00:00Z")),
        ("1977-02-28T23:30:00-05:00", Some("2027-03-01T05:00:00Z")),
        // 29 February becomes 1 March, which is the last day.
        ("1976-02-29", Some("2026-03-02T05:00:00Z")),
        // The last day that it may have been.
        ("1977-02", Some("2027-03-01T05:00:00Z")),
        ("1977", Some("2028-01-01T05:00:00Z")),
        ("true", None),
    ] {
        assert_eq!(protected_until(&died(date), ZONE), until.map(at), "{date}");
    }
    assert_eq!(protected_until(&born("1930-01-01"), ZONE), None);
}

#[test]
fn where_an_authority_stands() {
    let now = at("2026-06-01T12:00:00Z");
    let (adult, child) = (born("1960-05-05"), born("2018-05-05"));
    let (dead, long_dead) = (died("2026-05-01"), died("1976-05-31"));
    let freed = PersonFacts { emancipated: Some(now), ..born("2010-05-05") };
    let change = |kind, change: &dyn Fn(&mut Authority)| {
        let mut authority = authority(kind);
        change(&mut authority);
        authority
    };
    let plain = |kind| change(kind, &|_| {});
    let invited = |until: &'static str| {
        change(Kind::Delegate, &move |a| {
            (a.account, a.since, a.code_until) = (None, None, Some(at(until)));
        })
    };
    let limit = |until| Limit {
        categories: vec![],
        labels: vec![Label::Hiv],
        all: false,
        order: "x".into(),
        until,
        at: now,
        by: "x".into(),
    };
    let suspended = |ground| {
        let suspension =
            Suspension { ground, why: "x".into(), signed: vec![], lifting: vec![], review: None };
        change(Kind::Parent, &|a| a.suspension = Some(suspension.clone()))
    };
    for (what, authority, person, wanted) in [
        ("delegate of an adult", plain(Kind::Delegate), &adult, Standing::Active),
        ("parent of a child", plain(Kind::Parent), &child, Standing::Active),
        ("parent of an adult", plain(Kind::Parent), &adult, Standing::Ended(End::Majority)),
        ("guardian of an adult", plain(Kind::Guardian), &adult, Standing::Ended(End::Majority)),
        ("adult guardian", plain(Kind::AdultGuardian), &adult, Standing::Active),
        ("parent of an emancipated minor", plain(Kind::Parent), &freed, Standing::Ended(End::Emancipation)),
        ("agent of the dead", plain(Kind::HealthCareAgent), &dead, Standing::Ended(End::Death)),
        ("delegate of the dead", plain(Kind::Delegate), &dead, Standing::Ended(End::Death)),
        ("executor", plain(Kind::Estate), &dead, Standing::Active),
        ("executor after 50 years", plain(Kind::Estate), &long_dead, Standing::Ended(End::FiftyYears)),
        ("executor, day unknown", plain(Kind::Estate), &died("true"), Standing::Active),
        ("invited", invited("2026-06-02T00:00:00Z"), &adult, Standing::Invited),
        ("not taken", invited("2026-06-01T12:00:00Z"), &adult, Standing::Ended(End::NotTaken)),
        (
            "its last moment",
            change(Kind::Delegate, &|a| a.until = Some(at("2026-06-01T12:00:00.000001Z"))),
            &adult,
            Standing::Active,
        ),
        ("over", change(Kind::Delegate, &|a| a.until = Some(now)), &adult, Standing::Ended(End::Expired)),
        (
            "ended stays ended",
            change(Kind::Parent, &|a| a.ended = Some((at("2026-05-01T00:00:00Z"), End::ByClinic))),
            &child,
            Standing::Ended(End::ByClinic),
        ),
        (
            "begins tomorrow",
            change(Kind::HealthCareAgent, &|a| a.starts = Some(at("2026-06-02T00:00:00Z"))),
            &adult,
            Standing::NotYet,
        ),
        ("begins now", change(Kind::HealthCareAgent, &|a| a.starts = Some(now)), &adult, Standing::Active),
        (
            "springing",
            change(Kind::HealthCareAgent, &|a| a.incapacity = Incapacity::Awaited),
            &adult,
            Standing::Springing,
        ),
        (
            "sprung",
            change(Kind::HealthCareAgent, &|a| a.incapacity = Incapacity::Certified),
            &adult,
            Standing::Active,
        ),
        ("limited", change(Kind::Parent, &|a| a.limits = vec![limit(None)]), &child, Standing::Limited),
        (
            "limit over",
            change(Kind::Parent, &|a| a.limits = vec![limit(Some(now))]),
            &child,
            Standing::Active,
        ),
        ("declined", suspended(Ground::Declined), &child, Standing::Suspended),
        ("disputed", suspended(Ground::Dispute), &child, Standing::Suspended),
        ("suspended and of age", suspended(Ground::Safety), &adult, Standing::Ended(End::Majority)),
    ] {
        let found = standing(&authority, person, (now, ZONE));
        assert_eq!(found, wanted, "{what}");
        let in_force = matches!(wanted, Standing::Active | Standing::Limited);
        assert_eq!(found.in_force(), in_force, "{what}");
    }
}

#[test]
fn the_job_looks_at_the_next_moment() {
    let now = at("2026-06-01T12:00:00Z");
    let later = |days: i64| Instant(now.0 + days * 86_400_000_000);
    let mut parent = authority(Kind::Parent);
    assert_eq!(due(&parent, &born("2008-07-04"), (now, ZONE)), Some(at("2026-07-04T04:00:00Z")));
    parent.until = Some(later(1));
    assert_eq!(due(&parent, &born("2008-07-04"), (now, ZONE)), Some(later(1)));
    let mut agent = authority(Kind::HealthCareAgent);
    assert_eq!(due(&agent, &born("2008-07-04"), (now, ZONE)), None);
    agent.starts = Some(later(2));
    assert_eq!(due(&agent, &born("1960-01-01"), (now, ZONE)), Some(later(2)));
    // What is past does not come again, so that the job does not look for ever.
    assert_eq!(due(&agent, &born("1960-01-01"), (later(3), ZONE)), None);
    let mut invited = authority(Kind::Delegate);
    (invited.account, invited.code_until) = (None, Some(later(14)));
    assert_eq!(due(&invited, &born("1960-01-01"), (now, ZONE)), Some(later(14)));
    let estate = authority(Kind::Estate);
    assert_eq!(due(&estate, &died("1977-02-28"), (now, ZONE)), Some(at("2027-03-01T05:00:00Z")));
    let over = Authority { ended: Some((now, End::ByPerson)), ..parent };
    assert_eq!(due(&over, &born("2008-07-04"), (now, ZONE)), None);
    // The true end: whatever day was entered, a parent's right is over when the child is of age.
    let long = Authority { until: Some(at("2040-01-02T05:00:00Z")), ..authority(Kind::Parent) };
    assert_eq!(ends(&long, &born("2008-07-04"), ZONE), Some(at("2026-07-04T04:00:00Z")));
    assert_eq!(ends(&agent, &born("1960-01-01"), ZONE), agent.until);
    assert_eq!(ends(&long, &PersonFacts::default(), ZONE), long.until);
}

#[test]
fn what_must_be_mended_in_an_authority() {
    let now = at("2026-06-01T12:00:00Z");
    let later = |days: i64| Some(Instant(now.0 + days * 86_400_000_000));
    let ask = |kind: Kind| Ask {
        name: "Ana (synthetic)".into(),
        kind,
        evidence: Evidence { proof: kind.proofs()[0], note: "seen at the desk".into() },
        scope: Scope::WHOLE,
        starts: None,
        until: None,
        incapacity: Incapacity::NotNeeded,
        review: None,
    };
    let proof = |kind, proof| Ask { evidence: Evidence { proof, note: "seen".into() }, ..ask(kind) };
    let scoped = |scope| Ask { scope, ..ask(Kind::Delegate) };
    let (adult, child, dead) = (born("1960-05-05"), born("2018-05-05"), died("2026-01-01"));
    let freed = PersonFacts { emancipated: Some(now), ..child.clone() };
    let no_note =
        |kind: Kind| Ask { evidence: Evidence { proof: kind.proofs()[0], note: " ".into() }, ..ask(kind) };
    let days = |from: &str, to: &str| Scope { from: Some(from.into()), to: Some(to.into()), ..Scope::WHOLE };
    for (ask, person, wanted) in [
        (ask(Kind::Delegate), &adult, vec![]),
        (no_note(Kind::Delegate), &adult, vec![]),
        (no_note(Kind::Surrogate), &adult, vec!["problem-evidence"]),
        (Ask { name: " ".into(), ..ask(Kind::Delegate) }, &adult, vec!["problem-empty"]),
        (Ask { name: "x".repeat(101), ..ask(Kind::Delegate) }, &adult, vec!["problem-long"]),
        // A paper that proves something else, or nothing.
        (proof(Kind::Parent, Proof::PowerOfAttorney), &child, vec!["problem-proof"]),
        (proof(Kind::Estate, Proof::Marriage), &dead, vec!["problem-proof"]),
        (proof(Kind::AdultGuardian, Proof::Chosen), &adult, vec!["problem-proof"]),
        (proof(Kind::Parent, Proof::AdoptionDecree), &child, vec![]),
        // That somebody is a relative does not make them the one who decides.
        (proof(Kind::Surrogate, Proof::Marriage), &adult, vec!["problem-proof-beside"]),
        (proof(Kind::Surrogate, Proof::BirthCertificate), &adult, vec!["problem-proof-beside"]),
        (proof(Kind::Surrogate, Proof::PowerOfAttorney), &adult, vec!["problem-proof"]),
        (
            scoped(Scope { categories: Some(vec![]), ..Scope::WHOLE }),
            &adult,
            vec!["problem-consent-information"],
        ),
        (
            scoped(Scope { shown: vec![Label::Hiv], hidden: vec![Label::Hiv], ..Scope::WHOLE }),
            &adult,
            vec!["problem-both"],
        ),
        (scoped(days("2026-02-01", "2026-01-31")), &adult, vec!["problem-order"]),
        (scoped(days("2026-02-30", "2026-03-31")), &adult, vec!["problem-date"]),
        (scoped(days("2026-01-31", "2026-01-31")), &adult, vec![]),
        (Ask { until: Some(now), ..ask(Kind::Delegate) }, &adult, vec!["problem-past"]),
        (
            Ask { starts: later(3), until: later(2), ..ask(Kind::Delegate) },
            &adult,
            vec!["problem-ends-before"],
        ),
        (Ask { starts: later(2), until: later(3), ..ask(Kind::Delegate) }, &adult, vec![]),
        (Ask { review: Some(now), ..ask(Kind::Surrogate) }, &adult, vec!["problem-past"]),
        (Ask { incapacity: Incapacity::Awaited, ..ask(Kind::HealthCareAgent) }, &adult, vec![]),
        (Ask { incapacity: Incapacity::Awaited, ..ask(Kind::Surrogate) }, &adult, vec![]),
        (
            Ask { incapacity: Incapacity::Awaited, ..ask(Kind::AdultGuardian) },
            &adult,
            vec!["problem-springing"],
        ),
        (ask(Kind::Parent), &child, vec![]),
        (ask(Kind::Parent), &adult, vec!["problem-of-age"]),
        (ask(Kind::Guardian), &freed, vec!["problem-of-age"]),
        (ask(Kind::HealthCareAgent), &freed, vec![]),
        (ask(Kind::HealthCareAgent), &child, vec!["problem-not-of-age"]),
        (ask(Kind::Estate), &dead, vec![]),
        (ask(Kind::Estate), &adult, vec!["problem-alive"]),
        (ask(Kind::Estate), &died("1976-05-31"), vec!["problem-fifty-years"]),
        (ask(Kind::HealthCareAgent), &dead, vec!["problem-deceased"]),
    ] {
        let found: Vec<_> = problems(&ask, person, (now, ZONE)).0.iter().map(|p| p.code).collect();
        assert_eq!(found, wanted, "{ask:?}");
    }
    // Kind × what was asked → whether it waits: a surrogate always, and nobody has it certified by asking.
    for kind in Kind::ALL {
        let waits = |asked| incapacity(&Ask { incapacity: asked, ..ask(kind) }) == Incapacity::Awaited;
        let all = Incapacity::ALL.map(waits);
        assert_eq!(all, [kind == Kind::Surrogate, true, true], "{kind:?}");
    }
}

#[test]
fn what_contradicts_is_refused_with_the_reason() {
    let other = |kind| Other { kind, same_account: false, aside: false };
    let limited = |kind| Other { aside: true, ..other(kind) };
    for (new, others, wanted) in [
        (Kind::Parent, vec![], None),
        (Kind::Parent, vec![other(Kind::Parent)], None),
        (Kind::Guardian, vec![other(Kind::Parent)], Some("conflict-parent-first")),
        (Kind::Guardian, vec![limited(Kind::Parent)], None),
        (Kind::Guardian, vec![limited(Kind::Parent), other(Kind::Parent)], Some("conflict-parent-first")),
        (Kind::Parent, vec![other(Kind::Guardian)], Some("conflict-guardian-first")),
        (Kind::LocoParentis, vec![other(Kind::Parent)], None),
        (Kind::LocoParentis, vec![other(Kind::Guardian)], Some("conflict-guardian-first")),
        (Kind::Guardian, vec![other(Kind::LocoParentis)], Some("conflict-in-place-first")),
        (Kind::Guardian, vec![limited(Kind::LocoParentis)], None),
        (Kind::HealthCareAgent, vec![other(Kind::AdultGuardian)], Some("conflict-guardian-first")),
        (Kind::HealthCareAgent, vec![other(Kind::HealthCareAgent)], None),
        (Kind::AdultGuardian, vec![other(Kind::HealthCareAgent)], Some("conflict-agent-first")),
        (Kind::Surrogate, vec![other(Kind::HealthCareAgent)], Some("conflict-agent-first")),
        (Kind::HealthCareAgent, vec![other(Kind::Surrogate)], Some("conflict-surrogate-first")),
        (Kind::Delegate, vec![other(Kind::AdultGuardian), other(Kind::Delegate)], None),
        (
            Kind::Delegate,
            vec![Other { same_account: true, ..limited(Kind::Parent) }],
            Some("conflict-already-acting"),
        ),
    ] {
        assert_eq!(contradiction(new, &others), wanted, "{new:?} beside {others:?}");
    }
    // Which of two came first changes nothing.
    for (one, two) in Kind::ALL.into_iter().flat_map(|one| Kind::ALL.map(|two| (one, two))) {
        let first = contradiction(one, &[other(two)]).is_some();
        assert_eq!(first, contradiction(two, &[other(one)]).is_some(), "{one:?} and {two:?}");
    }
}

#[test]
fn who_is_limited_stands_aside_as_long_as_the_limit_holds() {
    let now = at("2026-06-01T12:00:00Z");
    let later = |days: i64| Some(Instant(now.0 + days * 86_400_000_000));
    for (limit, other, wanted) in [
        (None, None, true),
        (None, later(9), true),
        // The other would go on when the limit is over.
        (later(9), None, false),
        (later(8), later(9), false),
        (later(9), later(9), true),
        (later(-1), later(-2), false),
    ] {
        let limits = [Limit {
            categories: vec![],
            labels: vec![],
            all: true,
            order: "x".into(),
            until: limit,
            at: Instant(0),
            by: "x".into(),
        }];
        assert_eq!(aside(&limits, other, now), wanted, "{limit:?} {other:?}");
    }
    assert!(!aside(&[], None, now));
}

#[test]
fn what_was_declined_or_limited_stands_in_the_way() {
    let now = at("2026-06-01T12:00:00Z");
    let other = Authority { name: "Somebody else".into(), account: None, ..authority(Kind::Guardian) };
    let suspended = |ground, earlier: &Authority| Authority {
        id: AuthorityId(uuid::Uuid::from_u128(77)),
        suspension: Some(Suspension {
            ground,
            why: "x".into(),
            signed: vec![],
            lifting: vec![],
            review: None,
        }),
        ..earlier.clone()
    };
    let id = AuthorityId(uuid::Uuid::from_u128(78));
    let limited = |until| Authority {
        id,
        limits: vec![Limit {
            categories: vec![],
            labels: vec![Label::Hiv],
            all: false,
            order: "x".into(),
            until,
            at: now,
            by: "x".into(),
        }],
        ..authority(Kind::Parent)
    };
    let parent = authority(Kind::Parent);
    let over = Some((now, End::ByClinic));
    let named = |name: &str| Authority { name: name.into(), ..other.clone() };
    let mine = parent.account;
    for (what, earlier, new, account, wanted) in [
        ("nothing was decided", Authority { id, ..parent.clone() }, &parent, mine, false),
        ("declined", suspended(Ground::Declined, &parent), &parent, None, true),
        ("over", Authority { ended: over, ..suspended(Ground::Declined, &parent) }, &parent, None, true),
        ("in danger", suspended(Ground::Safety, &parent), &parent, None, true),
        ("waits for two itself", suspended(Ground::Earlier, &parent), &parent, None, true),
        ("a dispute", suspended(Ground::Dispute, &parent), &parent, None, false),
        ("limited", limited(None), &parent, None, true),
        ("limited until yesterday", limited(Some(Instant(now.0 - 1))), &parent, None, false),
        ("another kind, name, account", suspended(Ground::Declined, &parent), &other, None, false),
        ("another kind, the account", suspended(Ground::Declined, &parent), &other, mine, true),
        ("nobody's account", suspended(Ground::Declined, &other), &named("Third"), None, true),
        (
            "the name, written otherwise",
            suspended(Ground::Declined, &parent),
            &named(&parent.name.to_uppercase()),
            None,
            true,
        ),
        (
            "a helper",
            suspended(Ground::Declined, &parent),
            &Authority { kind: Kind::Delegate, ..parent.clone() },
            mine,
            false,
        ),
        ("itself", Authority { id: parent.id, ..suspended(Ground::Declined, &parent) }, &parent, mine, false),
    ] {
        assert_eq!(in_the_way(&earlier, (new, account), now), wanted, "{what}");
    }
    for (ground, wanted) in [
        (Ground::Declined, Act::EndSuspended),
        (Ground::Safety, Act::EndSuspended),
        (Ground::Dispute, Act::End(End::ByClinic)),
    ] {
        let one = suspended(ground, &parent);
        assert_eq!(ending(End::ByClinic, one.suspension.as_ref()), wanted);
    }
    assert_eq!(ending(End::ByClinic, None), Act::End(End::ByClinic));
}

#[test]
fn who_acts_with_the_whole_record() {
    let parent = authority(Kind::Parent);
    let part = Scope { hidden: vec![Label::Hiv], ..Scope::WHOLE };
    for (what, one, standing, wanted) in [
        ("a parent", parent.clone(), Standing::Active, true),
        (
            "without copies",
            Authority { scope: Scope { copies: false, ..Scope::WHOLE }, ..parent.clone() },
            Standing::Active,
            true,
        ),
        ("a part", Authority { scope: part, ..parent.clone() }, Standing::Active, false),
        ("limited", parent.clone(), Standing::Limited, false),
        ("suspended", parent.clone(), Standing::Suspended, false),
        ("over", parent, Standing::Ended(End::ByClinic), false),
        ("a helper", authority(Kind::Delegate), Standing::Active, false),
    ] {
        assert_eq!(acts_whole(&one, standing), wanted, "{what}");
    }
}

fn by(n: u128, office: Office) -> By<'static> {
    By { account: Some(AccountId(uuid::Uuid::from_u128(n))), name: "Lee (synthetic)", office }
}

fn signed(by: &By<'_>) -> Signature {
    Signature { account: by.account, name: by.name.into(), office: by.office, at: Instant(0) }
}

#[test]
fn declining_takes_two_people_of_two_offices() {
    use Office::{Clinician, PrivacyOfficer, Records};
    let suspension = |ground, who: &[By<'_>]| Suspension {
        ground,
        why: "x".into(),
        signed: who.iter().map(signed).collect(),
        lifting: vec![],
        review: None,
    };
    let (clinician, officer) = (by(1, Clinician), by(2, PrivacyOfficer));
    for (current, by, wanted) in [
        (None, clinician, Ok(Signed::First)),
        (None, officer, Ok(Signed::First)),
        (None, by(3, Records), Err("refused-not-your-office")),
        (Some(suspension(Ground::Safety, &[officer])), officer, Ok(Signed::First)),
        (Some(suspension(Ground::Declined, &[clinician])), officer, Ok(Signed::Both)),
        (Some(suspension(Ground::Declined, &[officer])), clinician, Ok(Signed::Both)),
        (Some(suspension(Ground::Declined, &[clinician])), clinician, Err("refused-second-person")),
        // One person with two offices is one person.
        (
            Some(suspension(Ground::Declined, &[clinician])),
            by(1, PrivacyOfficer),
            Err("refused-second-person"),
        ),
        (Some(suspension(Ground::Declined, &[clinician])), by(4, Clinician), Err("refused-other-office")),
        (
            Some(suspension(Ground::Declined, &[clinician, officer])),
            by(5, PrivacyOfficer),
            Err("conflict-decided-already"),
        ),
    ] {
        assert_eq!(decline(current.as_ref(), &by), wanted, "{current:?} {by:?}");
    }
    let lifting = |who: &[By<'_>]| Suspension {
        lifting: who.iter().map(signed).collect(),
        ..suspension(Ground::Declined, &[clinician, officer])
    };
    let waiting = |who: &[By<'_>]| Suspension {
        lifting: who.iter().map(signed).collect(),
        ..suspension(Ground::Earlier, &[])
    };
    for (current, by, wanted) in [
        (suspension(Ground::Dispute, &[clinician]), officer, Ok(Signed::Both)),
        (suspension(Ground::Safety, &[clinician]), clinician, Err("refused-not-your-office")),
        (suspension(Ground::Declined, &[clinician]), clinician, Err("refused-second-person")),
        (suspension(Ground::Declined, &[clinician]), officer, Ok(Signed::Both)),
        (lifting(&[]), officer, Ok(Signed::First)),
        (lifting(&[officer]), officer, Err("refused-second-person")),
        (lifting(&[officer]), by(6, PrivacyOfficer), Err("refused-other-office")),
        (lifting(&[officer]), clinician, Ok(Signed::Both)),
        (lifting(&[officer]), by(7, Records), Err("refused-not-your-office")),
        // What waits because of an earlier one: two as well.
        (waiting(&[]), by(7, Records), Err("refused-not-your-office")),
        (waiting(&[]), officer, Ok(Signed::First)),
        (waiting(&[officer]), officer, Err("refused-second-person")),
        (waiting(&[officer]), by(6, PrivacyOfficer), Err("refused-other-office")),
        (waiting(&[officer]), clinician, Ok(Signed::Both)),
    ] {
        assert_eq!(lift(&current, &by), wanted, "{current:?} {by:?}");
    }
    // Without accounts, names tell people apart.
    let nameless = By { account: None, name: " LEE (synthetic)", office: PrivacyOfficer };
    let one = suspension(Ground::Declined, &[clinician]);
    assert_eq!(decline(Some(&one), &nameless), Err("refused-second-person"));
}

#[test]
fn a_flag_is_answered_by_another() {
    use Office::{Clinician, PrivacyOfficer, Records};
    let flag = signed(&by(1, Records));
    for (flag, by, wanted) in [
        (Some(&flag), by(2, Clinician), Ok(())),
        (Some(&flag), by(2, PrivacyOfficer), Ok(())),
        (Some(&flag), by(2, Records), Err("refused-not-your-office")),
        // Who flagged it as a clerk does not answer it as a clinician.
        (Some(&flag), by(1, Clinician), Err("refused-second-person")),
        (None, by(2, Clinician), Err("conflict-not-flagged")),
    ] {
        assert_eq!(answer(flag, &by), wanted, "{flag:?} {by:?}");
    }
}

#[test]
fn each_act_has_its_offices() {
    use Office::{Clinician, PrivacyOfficer, Records};
    for (act, records, clinician, officer) in [
        (Act::Check, true, false, true),
        (Act::Verify(Paper::Other), true, false, true),
        (Act::Verify(Paper::Court), false, false, true),
        (Act::Limit, false, false, true),
        (Act::Flag, true, false, false),
        (Act::AnswerFlag, false, true, true),
        (Act::Suspend, false, true, true),
        (Act::Decline, false, true, true),
        (Act::Resume, false, false, true),
        (Act::Confirm, true, false, true),
        (Act::Certify, false, true, true),
        (Act::Review, true, false, true),
        (Act::End(End::ByClinic), true, false, true),
        (Act::End(End::Court), false, false, true),
        (Act::End(End::Recovered), true, true, true),
        (Act::EndSuspended, false, false, true),
        (Act::Reissue, false, false, true),
        (Act::Emancipate, false, false, true),
    ] {
        let may = |office| offices(act).contains(&office);
        assert_eq!(
            (may(Records), may(Clinician), may(PrivacyOfficer)),
            (records, clinician, officer),
            "{act:?}"
        );
    }
}

/// What they are, the name on the paper, that of the account, whether it came by a code and was confirmed → whether they are
/// taken for somebody else.
#[test]
fn another_name_than_that_of_the_paper_is_noticed() {
    use Kind::{Delegate, HealthCareAgent};
    for (kind, named, account, by_code, became, wanted) in [
        (HealthCareAgent, "Ana Peña", "Sam Whitfield", true, "taken", true),
        (HealthCareAgent, "Ana Peña", "ana PENA (synthetic)", true, "taken", false),
        (HealthCareAgent, "Ana Peña", "Ana Lucía Peña", true, "taken", false),
        (HealthCareAgent, "Ana Peña", "Ana Rivera", true, "taken", true),
        (HealthCareAgent, "Ana Peña", "Ana Rivera", true, "name-confirmed", false),
        (HealthCareAgent, "Ana Peña", "", true, "taken", true),
        // One word, which a whole family shares.
        (HealthCareAgent, "Ana Peña", "Peña", true, "taken", true),
        (HealthCareAgent, "Peña", "Ana Peña", true, "taken", true),
        (HealthCareAgent, "Peña", "Peña", true, "taken", false),
        // Staff saw both names beside a claim, and a helper is the person's own choice.
        (HealthCareAgent, "Ana Peña", "Sam Whitfield", false, "verified", false),
        (Delegate, "Mom", "Sam Whitfield", true, "taken", false),
    ] {
        let code_until = by_code.then(|| at("2026-01-15T00:00:00Z"));
        let authority = Authority { name: named.into(), code_until, ..authority(kind) };
        let events = [Event { at: Instant(1), what: became.into(), by: String::new(), why: None }];
        let unknown = unknown_by_name(&authority, account, &events);
        assert_eq!(unknown, wanted, "{kind:?} {named} {account} {became}");
    }
}

#[test]
fn only_a_signature_in_spite_of_an_earlier_one_clears() {
    let event =
        |(at, what): (i64, &str)| Event { at: Instant(at), what: what.into(), by: String::new(), why: None };
    for ground in Ground::ALL {
        let all = [(1, lifted(ground, Signed::First)), (2, lifted(ground, Signed::Both)), (3, "viewed")];
        let cleared = cleared(&all.map(event));
        assert_eq!(cleared, (ground == Ground::Earlier).then_some(Instant(2)), "{ground:?}");
    }
}

#[test]
fn people_are_told_what_became_of_it_and_not_why() {
    let event = |what: &str| Event {
        at: Instant(0),
        what: what.into(),
        by: "Lee (synthetic)".into(),
        why: Some("a belief".into()),
    };
    let all = [
        "verified",
        "active",
        "declined",
        "declined-by-two",
        "review",
        "flagged",
        "lift-signed",
        "resumed",
        "flag-answered",
        "suspended",
        "waits",
        "clear-signed",
        "cleared",
        "taken",
    ];
    let told = told(all.map(event).into());
    let whats: Vec<_> = told.iter().map(|event| event.what.as_str()).collect();
    assert_eq!(whats, ["verified", "active", "suspended", "resumed", "suspended", "resumed", "taken"]);
    assert!(told.iter().all(|event| event.why.is_none()));
    assert!(told.iter().all(|event| (event.what == "taken") != event.by.is_empty()));
}

#[test]
fn names_of_the_tables_are_those_of_the_code() {
    for kind in Kind::ALL {
        assert_eq!(Kind::from_slug(kind.slug()), Some(kind));
        assert!(!kind.proofs().is_empty());
    }
    for proof in Proof::ALL {
        assert_eq!(Proof::from_slug(proof.slug()), Some(proof));
        assert_eq!(serde_json::to_value(proof).unwrap(), proof.slug());
        let serves = |kind: &Kind| kind.proofs().contains(&proof) || kind.beside().contains(&proof);
        assert!(Kind::ALL.iter().any(serves), "{proof:?} proves nothing");
    }
    for ground in Ground::ALL {
        assert_eq!(Ground::from_slug(ground.slug()), Some(ground));
    }
    for incapacity in Incapacity::ALL {
        assert_eq!(Incapacity::from_slug(incapacity.slug()), Some(incapacity));
    }
    let ends = [
        End::ByPerson,
        End::GivenUp,
        End::ByClinic,
        End::Expired,
        End::Majority,
        End::Emancipation,
        End::Court,
        End::Recovered,
        End::Death,
        End::FiftyYears,
        End::NotTaken,
    ];
    for end in ends {
        assert_eq!(serde_json::to_value(end).unwrap(), end.slug());
    }
}

/// Of whoever was given everything only the law keeps something.
#[test]
fn what_was_taken_out_is_told_from_what_the_law_closes() {
    use crate::fhir::present::Category;
    use crate::fhir::sensitivity::Label;
    let whole = Scope { copies: false, ..Scope::WHOLE };
    let labs = Scope { categories: Some(vec![Category::Labs]), ..Scope::WHOLE };
    let without = Scope { without: vec![Category::Notes], ..Scope::WHOLE };
    let hidden = Scope { hidden: vec![Label::Hiv], ..Scope::WHOLE };
    let dated = Scope { from: Some("2020-01-01".into()), ..Scope::WHOLE };
    for (kind, scope, wanted) in [
        (Kind::Parent, &whole, false),
        (Kind::Estate, &whole, false),
        (Kind::Delegate, &whole, true),
        (Kind::Parent, &labs, true),
        (Kind::Parent, &without, true),
        (Kind::HealthCareAgent, &hidden, true),
        (Kind::HealthCareAgent, &dated, true),
    ] {
        let closed =
            crate::representation::minor_rules::closed(kind, crate::representation::Place::UNKNOWN, None);
        let one = Authority { scope: scope.clone(), closed, ..authority(kind) };
        assert_eq!(one.is_narrowed(), wanted, "{kind:?} {scope:?}");
    }
}

#[test]
fn who_made_a_code_confirms_no_name() {
    let clerk = |account: Option<u128>, name: &'static str| By {
        account: account.map(|n| AccountId(uuid::Uuid::from_u128(n))),
        name,
        office: Office::Records,
    };
    let made = |by: &By<'static>| Some((by.account, by.name));
    for (maker, by, wanted) in [
        (None, clerk(Some(1), "Rae"), Ok(())),
        (made(&clerk(Some(1), "Rae")), clerk(Some(1), "Rae Clerk"), Err("refused-second-person")),
        (made(&clerk(Some(1), "Rae")), clerk(Some(2), "Rae"), Ok(())),
        (made(&clerk(None, "Rae")), clerk(Some(2), "rae "), Err("refused-second-person")),
        (made(&clerk(None, "Rae")), clerk(Some(2), "Kim"), Ok(())),
    ] {
        assert_eq!(confirm(maker, &by), wanted, "{maker:?} {by:?}");
    }
}
