//! The rules of acting for another: where an authority stands, and what of a record it shows. Pure.

use chrono::{Datelike, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;

use super::model::{Authority, End, Kind, Lens, PersonFacts, Scope, Standing};
use crate::base::{Instant, Problem, Problems};
use crate::fhir::present::Category;
use crate::fhir::sensitivity::{Label, Labels};

/// Years at which a person is of age where the settings name none.
pub const MAJORITY: i32 = 18;

/// Where an authority stands. What has ended does not begin again; of several reasons the earliest moment counts.
pub fn standing(authority: &Authority, person: &PersonFacts, (now, zone): (Instant, Tz)) -> Standing {
    if let Some((_, end)) = authority.ended {
        return Standing::Ended(end);
    }
    // An estate begins with a death; every other authority over a living person's record ends with it.
    if person.deceased && authority.kind != Kind::Estate {
        return Standing::Ended(End::Death);
    }
    if authority.kind.of_a_minor() && of_age(person, (now, zone)) {
        return Standing::Ended(End::Majority);
    }
    if authority.until.is_some_and(|until| until <= now) {
        return Standing::Ended(End::Expired);
    }
    match (authority.account, authority.since) {
        (Some(_), Some(_)) => Standing::Active,
        _ if authority.code_until <= now => Standing::Ended(End::NotTaken),
        _ => Standing::Invited,
    }
}

/// Whether the person is of age: from local midnight at the beginning of their birthday. Someone born on 29
/// February comes of age on 28 February of a common year: the earlier day ends another's access sooner. Where
/// the birth date is not known to the day, the first day it may have been counts, and without one nobody is a
/// minor.
pub fn of_age(person: &PersonFacts, (now, zone): (Instant, Tz)) -> bool {
    let Some(born) = person.birth_date.as_deref().and_then(first_day) else { return true };
    majority(born, zone).is_none_or(|at| at <= now)
}

/// The moment at which someone born on a day comes of age.
pub fn majority(born: NaiveDate, zone: Tz) -> Option<Instant> {
    let year = born.year() + MAJORITY;
    let day = born.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 2, 28))?;
    let midnight = day.and_time(NaiveTime::MIN);
    // Where the clocks skip midnight the day begins an hour later.
    let local = zone
        .from_local_datetime(&midnight)
        .earliest()
        .or_else(|| zone.from_local_datetime(&(midnight + chrono::Duration::hours(1))).earliest())?;
    Some(Instant(local.timestamp_micros()))
}

/// The first day that a FHIR date may mean.
fn first_day(text: &str) -> Option<NaiveDate> {
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    NaiveDate::parse_from_str(&whole, "%Y-%m-%d").ok()
}

/// Labels that an authority of this kind never shows, whatever anybody chose: what the person themselves does not see
/// ([`Lens::OWN`]); to those who act for a minor also the services that the minor consented to alone
/// (45 CFR 164.502(g)(3)(i)), but nothing by age.
fn never(kind: Kind) -> Labels {
    if kind.of_a_minor() { Lens::OWN.hidden.with(Label::Minor) } else { Lens::OWN.hidden }
}

/// What an authority shows of a record. A personal representative is treated as the person (164.502(g)(1)) but for
/// what [`never`] names and the categories the authority is limited to. A delegate sees protected information only
/// where the person ticked it.
pub fn lens(kind: Kind, scope: &Scope) -> Lens {
    let categories = match &scope.categories {
        None => -1,
        Some(chosen) => chosen
            .iter()
            .chain([&Category::Demographics])
            .fold(0, |bits, category| bits | (1i64 << category.code())),
    };
    let hidden = match kind {
        Kind::Delegate => Label::ALL.into_iter().filter(|label| !scope.shown.contains(label)).collect(),
        _ => Labels::default(),
    };
    Lens { categories, hidden: Labels(hidden.0 | never(kind).0), ..Lens::WHOLE }
}

/// The labels that a person may choose to show to a delegate.
pub fn choosable() -> impl Iterator<Item = Label> {
    Label::ALL.into_iter().filter(|label| !never(Kind::Delegate).has(*label))
}

/// An invitation as it was asked for.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What to call them.
    pub name: String,
    /// What they are.
    pub kind: Kind,
    /// What was seen; empty for a delegate.
    pub evidence: String,
    /// What for.
    pub scope: Scope,
    /// Until when, if it has an end.
    pub until: Option<Instant>,
}

/// What must be mended in an invitation.
pub fn problems(ask: &Ask, person: &PersonFacts, (now, zone): (Instant, Tz)) -> Problems {
    let mut problems = Problems::default();
    let mut add = |field, code| problems.0.push(Problem { field, code });
    if ask.name.trim().is_empty() {
        add("name", "problem-empty");
    } else if ask.name.chars().count() > 100 {
        add("name", "problem-long");
    }
    if ask.scope.categories.as_ref().is_some_and(Vec::is_empty) {
        add("categories", "problem-categories");
    }
    if ask.until.is_some_and(|until| until <= now) {
        add("until", "problem-past");
    }
    if ask.kind != Kind::Delegate && ask.evidence.trim().is_empty() {
        add("evidence", "problem-evidence");
    }
    if ask.kind.of_a_minor() && of_age(person, (now, zone)) {
        add("kind", "problem-of-age");
    }
    match (ask.kind, person.deceased) {
        (Kind::Estate, false) => add("kind", "problem-alive"),
        (kind, true) if kind != Kind::Estate => add("kind", "problem-deceased"),
        _ => {}
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{AccountId, AuthorityId, PatientNo};

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
            evidence: "birth certificate".into(),
            scope: Scope { categories: None, shown: vec![], copies: true },
            since: Some(at("2026-01-01T00:00:00Z")),
            until: None,
            code_until: at("2026-01-15T00:00:00Z"),
            created: at("2026-01-01T00:00:00Z"),
            ended: None,
        }
    }

    fn born(date: &str) -> PersonFacts {
        PersonFacts { birth_date: Some(date.into()), deceased: false }
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
        // Where summer time begins at midnight the birthday begins at one.
        let cuba = majority(NaiveDate::from_ymd_opt(2008, 3, 8).unwrap(), chrono_tz::America::Havana);
        assert_eq!(cuba, Some(at("2026-03-08T05:00:00Z")));
    }

    #[test]
    fn where_an_authority_stands() {
        let now = at("2026-06-01T12:00:00Z");
        let adult = born("1960-05-05");
        let child = born("2018-05-05");
        let dead = PersonFacts { deceased: true, ..adult.clone() };
        let change = |kind, change: &dyn Fn(&mut Authority)| {
            let mut authority = authority(kind);
            change(&mut authority);
            authority
        };
        let plain = |kind| change(kind, &|_| {});
        let invited = |until: &'static str| {
            change(Kind::Delegate, &move |a| {
                (a.account, a.since) = (None, None);
                a.code_until = at(until);
            })
        };
        for (what, authority, person, wanted) in [
            ("delegate", plain(Kind::Delegate), &adult, Standing::Active),
            ("agent", plain(Kind::HealthCareAgent), &adult, Standing::Active),
            ("parent of a child", plain(Kind::Parent), &child, Standing::Active),
            ("parent of an adult", plain(Kind::Parent), &adult, Standing::Ended(End::Majority)),
            ("guardian of an adult", plain(Kind::AdultGuardian), &adult, Standing::Active),
            ("in place of a parent", plain(Kind::LocoParentis), &adult, Standing::Ended(End::Majority)),
            ("agent of the dead", plain(Kind::HealthCareAgent), &dead, Standing::Ended(End::Death)),
            ("delegate of the dead", plain(Kind::Delegate), &dead, Standing::Ended(End::Death)),
            ("executor", plain(Kind::Estate), &dead, Standing::Active),
            ("invited", invited("2026-06-02T00:00:00Z"), &adult, Standing::Invited),
            ("not taken", invited("2026-06-01T12:00:00Z"), &adult, Standing::Ended(End::NotTaken)),
            (
                "its last moment",
                change(Kind::Delegate, &|a| a.until = Some(at("2026-06-01T12:00:00.000001Z"))),
                &adult,
                Standing::Active,
            ),
            (
                "over",
                change(Kind::Delegate, &|a| a.until = Some(at("2026-06-01T12:00:00Z"))),
                &adult,
                Standing::Ended(End::Expired),
            ),
            (
                "ended stays ended",
                change(Kind::Parent, &|a| a.ended = Some((at("2026-05-01T00:00:00Z"), End::ByClinic))),
                &child,
                Standing::Ended(End::ByClinic),
            ),
        ] {
            assert_eq!(standing(&authority, person, (now, ZONE)), wanted, "{what}");
        }
    }

    /// Kind of authority × label → seen or not, for an authority over everything in which nothing was ticked.
    #[test]
    fn what_each_kind_sees() {
        let everything = Scope { categories: None, shown: vec![], copies: true };
        for kind in Kind::ALL {
            let lens = lens(kind, &everything);
            for label in Label::ALL {
                let wanted = match (kind, label) {
                    (_, Label::PsychotherapyNotes | Label::Litigation) | (Kind::Delegate, _) => false,
                    (Kind::Parent | Kind::Guardian | Kind::LocoParentis, Label::Minor) => false,
                    _ => true,
                };
                let one: Labels = [label].into_iter().collect();
                assert_eq!(lens.shows(Category::Labs, one, 0), wanted, "{kind:?} {label:?}");
            }
            // I9: without a label nothing is hidden from anybody who acts for the person.
            assert!(lens.shows(Category::Notes, Labels::default(), 0), "{kind:?}");
        }
    }

    #[test]
    fn a_delegate_sees_what_was_ticked() {
        let scope = Scope {
            categories: Some(vec![Category::Medicines]),
            shown: vec![Label::MentalHealth, Label::PsychotherapyNotes],
            copies: false,
        };
        let lens = lens(Kind::Delegate, &scope);
        let labels = |labels: &[Label]| labels.iter().copied().collect::<Labels>();
        for (category, found, seen) in [
            (Category::Medicines, labels(&[]), true),
            (Category::Medicines, labels(&[Label::MentalHealth]), true),
            // One label that was not ticked hides it: deny wins.
            (Category::Medicines, labels(&[Label::MentalHealth, Label::Hiv]), false),
            // Nobody can tick what is never shown.
            (Category::Medicines, labels(&[Label::PsychotherapyNotes]), false),
            (Category::Labs, labels(&[]), false),
            // Whose record it is.
            (Category::Demographics, labels(&[]), true),
        ] {
            assert_eq!(lens.shows(category, found, 0), seen, "{category:?} {found:?}");
        }
        assert!(lens.is_part());
        assert!(choosable().all(|label| label != Label::Litigation && label != Label::PsychotherapyNotes));
    }

    #[test]
    fn what_must_be_mended_in_an_invitation() {
        let now = at("2026-06-01T12:00:00Z");
        let everything = Scope { categories: None, shown: vec![], copies: true };
        let ask = |kind| Ask {
            name: "Ana (synthetic)".into(),
            kind,
            evidence: "letters testamentary".into(),
            scope: everything.clone(),
            until: None,
        };
        let (adult, child) = (born("1960-05-05"), born("2018-05-05"));
        let dead = PersonFacts { deceased: true, ..adult.clone() };
        let none = Scope { categories: Some(vec![]), ..everything.clone() };
        for (ask, person, wanted) in [
            (ask(Kind::Delegate), &adult, vec![]),
            (Ask { evidence: String::new(), ..ask(Kind::Delegate) }, &adult, vec![]),
            (Ask { evidence: " ".into(), ..ask(Kind::Surrogate) }, &adult, vec!["problem-evidence"]),
            (Ask { name: " ".into(), ..ask(Kind::Delegate) }, &adult, vec!["problem-empty"]),
            (Ask { name: "x".repeat(101), ..ask(Kind::Delegate) }, &adult, vec!["problem-long"]),
            (Ask { scope: none, ..ask(Kind::Delegate) }, &adult, vec!["problem-categories"]),
            (Ask { until: Some(now), ..ask(Kind::Delegate) }, &adult, vec!["problem-past"]),
            (ask(Kind::Parent), &child, vec![]),
            (ask(Kind::Parent), &adult, vec!["problem-of-age"]),
            (ask(Kind::Estate), &dead, vec![]),
            (ask(Kind::Estate), &adult, vec!["problem-alive"]),
            (ask(Kind::HealthCareAgent), &dead, vec!["problem-deceased"]),
        ] {
            let found: Vec<_> = problems(&ask, person, (now, ZONE)).0.iter().map(|p| p.code).collect();
            assert_eq!(found, wanted, "{ask:?}");
        }
    }
}
