//! What an authority shows of a record: its kind, what it was given for, and the limits that the clinic entered.
//! Pure. Where two rules differ, the one that shows less holds.

use chrono::{DateTime, Days, NaiveDate, NaiveTime};

use super::minor_rules::{self, Closed, Place};
use super::model::{Authority, Kind, Lens, Limit, Scope};
use crate::base::Instant;
use crate::fhir::present::Category;
use crate::fhir::sensitivity::{Label, Labels};

/// What an authority of this kind shows of a record where no law of the place says more, and nobody consented under
/// 42 CFR 2.31: to those who act for a minor nothing that the minor consented to alone (45 CFR 164.502(g)(3)(i)).
pub fn lens(kind: Kind, scope: &Scope) -> Lens {
    by_law((kind, scope), minor_rules::closed(kind, Place::UNKNOWN, None))
}

/// What an authority of this kind shows where the law closes this, and nobody consented under 42 CFR 2.31.
pub(super) fn by_law((kind, scope): (Kind, &Scope), closed: Closed) -> Lens {
    let lens = under(kind, scope, closed.always);
    Lens { hidden: lens.hidden.and(closed.without_consent), ..lens }
}

impl Authority {
    /// What it shows now, with nobody's consent under 42 CFR 2.31.
    pub fn lens(&self) -> Lens {
        let lens = self.lens_with_consent();
        Lens { hidden: lens.hidden.and(self.closed.without_consent), ..lens }
    }

    /// What it would show, were all opened that a clinician may open (45 CFR 164.502(g)(3)(ii)(C)), with nobody's consent.
    pub fn lens_if_opened(&self) -> Lens {
        let lens = self.lens_if_opened_with_consent();
        Lens { hidden: lens.hidden.and(self.closed.without_consent), ..lens }
    }

    /// The same to whom such a consent names.
    pub fn lens_if_opened_with_consent(&self) -> Lens {
        under(self.kind, &self.scope, self.closed.always.but(self.closed.silent))
    }

    /// Whether it was given for less than its kind can show; else only the law closes anything. A helper sees what was
    /// ticked.
    pub fn is_narrowed(&self) -> bool {
        let most = under(self.kind, &Scope::WHOLE, self.closed.always);
        self.kind == Kind::Delegate || !self.lens_with_consent().covers(most)
    }

    /// What it shows now to whom such a consent names.
    pub fn lens_with_consent(&self) -> Lens {
        under(self.kind, &self.scope, self.closed.always)
    }
}

/// A personal representative is treated as the person (164.502(g)(1)) but for what the law closes (`always`), what the
/// person themselves does not see ([`Lens::OWN`]), and what the authority does not cover. A delegate sees protected
/// information only where the person ticked it. Nothing is hidden by age.
fn under(kind: Kind, scope: &Scope, always: Labels) -> Lens {
    let categories = match &scope.categories {
        None => -1,
        Some(chosen) if chosen.is_empty() => 0,
        Some(chosen) => {
            // Who stands in the person's place over anything knows where they live. A helper gets what was ticked: the
            // name and the birth date stand on each page, an address may be what is kept from them.
            let along = (kind != Kind::Delegate).then_some(&Category::Demographics);
            chosen.iter().chain(along).fold(0, |bits, category| bits | (1i64 << category.code()))
        }
    };
    let without = scope.without.iter().fold(0, |bits, category| bits | (1i64 << category.code()));
    let chosen: Labels = match kind {
        Kind::Delegate => Label::ALL.into_iter().filter(|label| !scope.shown.contains(label)).collect(),
        _ => Labels::default(),
    };
    let hidden: Labels = scope.hidden.iter().copied().collect();
    Lens {
        categories: categories & !without,
        hidden: chosen.and(hidden).hidden().and(Lens::OWN.hidden).and(always),
        ..Lens::dated(scope.from.as_deref(), scope.to.as_deref())
    }
}

/// Who sees the counseling notes of a program for substance use that are kept apart (42 CFR 2.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counseling {
    /// Nobody, as with psychotherapy notes (45 CFR 164.524(a)(1)(i)).
    Withheld,
    /// The person: they belong to the record. Where this is what 42 CFR Part 2 protects here.
    InRecord(Labels),
}

impl Lens {
    /// What a person sees of their own record here.
    pub fn own(counseling: Counseling) -> Self {
        match counseling {
            Counseling::Withheld => Self::OWN,
            Counseling::InRecord(protected) => {
                let hidden = Self::OWN.hidden.without(Label::PsychotherapyNotes);
                Self { hidden: hidden.and(Labels::no_counseling(protected)), ..Self::OWN }
            }
        }
    }

    /// Everything from one day to another, both in it (`2020-01-31`), and nothing that has no date. A day that cannot be
    /// read shows nothing.
    pub fn dated(from: Option<&str>, to: Option<&str>) -> Self {
        let begins = to.map_or(i64::MIN, |_| UNDATED + 1);
        Self {
            from: from.map_or(begins, |day| start(day, 0).unwrap_or(i64::MAX)),
            to: to.map_or(i64::MAX, |day| start(day, 1).map_or(i64::MIN, |next| next - 1)),
            ..Self::WHOLE
        }
    }
}

impl Lens {
    /// The first and the last day that [`Lens::dated`] was made of. What leaves one of them open lies beyond all days.
    pub fn days(self) -> [Option<String>; 2] {
        [self.from, self.to].map(|at| Some(DateTime::from_timestamp_micros(at)?.date_naive().to_string()))
    }
}

/// Where lists sort what has no date: behind everything that has one.
pub const UNDATED: i64 = -9_000_000_000_000_000_000;

/// The moment at which lists sort the beginning of a day, some days later.
fn start(day: &str, later: u64) -> Option<i64> {
    let day = day.parse::<NaiveDate>().ok()?.checked_add_days(Days::new(later))?;
    Some(day.and_time(NaiveTime::MIN).and_utc().timestamp_micros())
}

/// What is left of a scope under the limits in force: they only ever take away.
pub fn narrowed(granted: &Scope, limits: &[Limit], now: Instant) -> Scope {
    let mut scope = granted.clone();
    for limit in limits.iter().filter(|limit| in_force(limit, now)) {
        if limit.all {
            scope.categories = Some(Vec::new());
            scope.copies = false;
        } else if !limit.categories.is_empty() {
            let all = scope.categories.unwrap_or_else(|| Category::ALL.to_vec());
            scope.categories =
                Some(all.into_iter().filter(|category| !limit.categories.contains(category)).collect());
        }
        // Whose record it is comes with anything that is shown, unless an order takes that out too.
        scope.without.extend(limit.categories.iter().filter(|category| !granted.without.contains(category)));
        scope.hidden.extend(limit.labels.iter().filter(|label| !granted.hidden.contains(label)));
        scope.shown.retain(|label| !limit.labels.contains(label));
    }
    scope.hidden.sort_unstable();
    scope.hidden.dedup();
    scope
}

/// Whether a limit holds at a moment.
pub fn in_force(limit: &Limit, now: Instant) -> bool {
    limit.until.is_none_or(|until| until > now)
}

/// The labels that a person may choose to show to a delegate.
pub fn choosable() -> impl Iterator<Item = Label> {
    Label::ALL.into_iter().filter(|label| !Lens::OWN.hidden.has(*label))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::representation::minor_rules::Alone;

    proptest! {
        /// I9: who acts for somebody over the whole record sees all that bears no label of a minor's own service and is no
        /// program's, but for what the person does not see either: whatever it is, of whenever, at whatever age.
        #[test]
        fn who_acts_sees_all_that_no_label_keeps(
            kind in 0..Kind::ALL.len(), category in 0..Category::ALL.len(), bits in 0..=Labels::ALL.0,
            sort_at in any::<i64>(), age in 0usize..3,
        ) {
            let (kind, category) = (Kind::ALL[kind], Category::ALL[category]);
            prop_assume!(kind != Kind::Delegate);
            let alone = [None, Some(Alone::May), Some(Alone::NotYet)][age];
            let closed = minor_rules::closed(kind, Place { alone, ..Place::UNKNOWN }, None);
            let lens = under(kind, &Scope::WHOLE, closed.always.and(closed.without_consent));
            let item = Labels(bits).without(Label::Minor).kept();
            prop_assert_eq!(lens.shows(category, item, sort_at), item.0 & Lens::OWN.hidden.0 == 0);
        }
    }

    fn labels(labels: &[Label]) -> Labels {
        labels.iter().copied().collect()
    }

    /// An order that takes out who the person is, such as an address that one parent must not know.
    #[test]
    fn an_order_can_hide_where_somebody_lives() {
        let limit = |categories: &[Category]| Limit {
            categories: categories.to_vec(),
            labels: vec![],
            all: false,
            order: "x".into(),
            until: None,
            at: Instant(0),
            by: "x".into(),
        };
        let some = Scope { categories: Some(vec![Category::Labs]), ..Scope::WHOLE };
        for (granted, limits, labs, demographics) in [
            (&Scope::WHOLE, vec![], true, true),
            (&some, vec![], true, true),
            (&Scope::WHOLE, vec![limit(&[Category::Demographics])], true, false),
            (&some, vec![limit(&[Category::Demographics])], true, false),
            (&some, vec![limit(&[Category::Labs])], false, false),
        ] {
            let lens = lens(Kind::Parent, &narrowed(granted, &limits, Instant(1)));
            let seen = |category| lens.shows(category, Labels::default(), 0);
            assert_eq!(
                (seen(Category::Labs), seen(Category::Demographics)),
                (labs, demographics),
                "{limits:?}"
            );
        }
    }

    /// Kind of authority × what was ticked → whether it is seen where somebody lives.
    #[test]
    fn a_helper_sees_where_somebody_lives_only_if_it_was_ticked() {
        use Category::{Demographics, Labs};
        for kind in Kind::ALL {
            for (ticked, wanted) in [
                (None, true),
                (Some(vec![]), false),
                (Some(vec![Labs]), kind != Kind::Delegate),
                (Some(vec![Labs, Demographics]), true),
            ] {
                let lens = lens(kind, &Scope { categories: ticked.clone(), ..Scope::WHOLE });
                assert_eq!(lens.shows(Demographics, Labels::default(), 0), wanted, "{kind:?} {ticked:?}");
            }
        }
    }

    /// Kind of authority × label → seen or not, for an authority over everything in which nothing was ticked.
    #[test]
    fn what_each_kind_sees() {
        for kind in Kind::ALL {
            let lens = lens(kind, &Scope::WHOLE);
            for label in Label::ALL {
                let wanted = !matches!(
                    (kind, label),
                    (_, Label::PsychotherapyNotes | Label::Litigation)
                        | (Kind::Delegate, _)
                        | (Kind::Parent | Kind::Guardian | Kind::LocoParentis, Label::Minor)
                );
                assert_eq!(lens.shows(Category::Labs, labels(&[label]), 0), wanted, "{kind:?} {label:?}");
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
            ..Scope::WHOLE
        };
        let lens = lens(Kind::Delegate, &scope);
        for (category, found, seen) in [
            (Category::Medicines, labels(&[]), true),
            (Category::Medicines, labels(&[Label::MentalHealth]), true),
            // One label that was not ticked hides it: deny wins.
            (Category::Medicines, labels(&[Label::MentalHealth, Label::Hiv]), false),
            // Nobody can tick what is never shown.
            (Category::Medicines, labels(&[Label::PsychotherapyNotes]), false),
            (Category::Labs, labels(&[]), false),
            // Where somebody lives.
            (Category::Demographics, labels(&[]), false),
        ] {
            assert_eq!(lens.shows(category, found, 0), seen, "{category:?} {found:?}");
        }
        assert!(lens.is_part());
        assert!(choosable().all(|label| label != Label::Litigation && label != Label::PsychotherapyNotes));
    }

    /// 42 CFR 2.11: the person sees the counseling notes of a program where the clinic settled so, and no others do.
    #[test]
    fn who_sees_counseling_notes() {
        use Label::{Litigation, PsychotherapyNotes, SubstanceUse};
        let marked = Labels::PROGRAM;
        let all = marked.with(SubstanceUse);
        let counseling = labels(&[PsychotherapyNotes, SubstanceUse]);
        for (item, setting, seen) in [
            (counseling.of_program(), Counseling::Withheld, false),
            (counseling.of_program(), Counseling::InRecord(marked), true),
            (counseling, Counseling::InRecord(marked), false),
            (counseling, Counseling::InRecord(all), true),
            // Psychotherapy notes are withheld in any case, and so is what was compiled for a proceeding.
            (labels(&[PsychotherapyNotes]), Counseling::InRecord(all), false),
            (counseling.with(Litigation).of_program(), Counseling::InRecord(all), false),
            (labels(&[SubstanceUse]), Counseling::InRecord(all), true),
        ] {
            let own = Lens::own(setting);
            assert_eq!(own.shows(Category::Notes, item.kept(), 0), seen, "{item:?} {setting:?}");
            assert!(!own.is_part(), "the person sees what the right of access reaches");
            for kind in Kind::ALL {
                let shown = lens(kind, &Scope::WHOLE).shows(Category::Notes, item.kept(), 0);
                assert!(!shown || !item.has(PsychotherapyNotes), "{kind:?}: only the person");
            }
        }
        assert!(Lens::own(Counseling::InRecord(marked)).covers(Lens::OWN));
        assert!(!Lens::OWN.covers(Lens::own(Counseling::InRecord(marked))));
    }

    #[test]
    fn dates_bound_what_is_seen() {
        let at = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros();
        let day = |text: &str| Some(text.to_owned());
        let (noon, next) = (at("2026-02-28T12:00:00Z"), at("2026-03-01T00:00:00Z"));
        for (from, to, sort_at, seen) in [
            (None, None, noon, true),
            (None, None, i64::MAX, true),
            (day("2026-02-28"), None, noon, true),
            (day("2026-03-01"), None, noon, false),
            (None, day("2026-02-28"), noon, true),
            (None, day("2026-02-28"), next, false),
            (None, day("2026-02-27"), noon, false),
            // What has no date lies outside of any bound.
            (None, None, UNDATED, true),
            (day("2026-02-28"), None, UNDATED, false),
            (None, day("2026-02-28"), UNDATED, false),
            (day("2026-02-28"), None, i64::MIN, false),
            (None, day("2026-02-28"), i64::MAX, false),
            (day("2026-02-28"), day("2026-02-28"), next - 1, true),
            // A day that is none lets nothing through.
            (day("2026-02-30"), None, noon, false),
            (None, day("soon"), noon, false),
        ] {
            let scope = Scope { from: from.clone(), to: to.clone(), ..Scope::WHOLE };
            for kind in Kind::ALL {
                assert_eq!(
                    lens(kind, &scope).shows(Category::Labs, Labels::default(), sort_at),
                    seen,
                    "{kind:?} {from:?} {to:?} {sort_at}"
                );
            }
        }
    }

    #[test]
    fn days_are_told_as_they_were_chosen() {
        for days in [
            [None, None],
            [Some("2020-02-29"), None],
            [None, Some("2026-12-31")],
            [Some("0001-01-01"), Some("9999-12-31")],
            [Some("2026-02-28"), Some("2026-02-28")],
        ] {
            let [from, to] = days;
            assert_eq!(Lens::dated(from, to).days(), days.map(|day| day.map(str::to_owned)));
        }
    }

    /// What is left out of what came until a moment.
    #[test]
    fn what_came_before_a_moment_can_be_left_out() {
        let no_labs = Lens { categories: !(1 << Category::Labs.code()), ..Lens::WHOLE };
        let closed = Lens { hidden: labels(&[Label::Hiv]).hidden(), ..no_labs };
        let (old, older) = (closed.until(Instant(5)), closed.until(Instant(4)));
        for (what, lens, of, wanted) in [
            ("itself", old, old, true),
            ("the whole", old, Lens::OWN, false),
            ("by the whole", Lens::WHOLE, old, true),
            ("what is left out longer", older, old, true),
            ("what is left out shorter", old, older, false),
            ("what is left out for ever", old, closed, true),
            ("by what leaves it out for ever", closed, old, false),
            ("what leaves out less", old, no_labs.until(Instant(5)), false),
            ("what leaves out the rest for ever", old, no_labs.until(Instant(5)).and(closed), true),
        ] {
            assert_eq!(lens.covers(of), wanted, "{what}");
        }
        assert!(old.is_part() && old.is_timed() && !old.is_dated());
        // What both show is shown by each, whatever it is and whenever it came.
        let all = [Lens::WHOLE, Lens::OWN, closed, no_labs, old, older, no_labs.until(Instant(6))];
        for (one, other) in all.iter().flat_map(|one| all.iter().map(move |other| (*one, *other))) {
            for category in [Category::Labs, Category::Notes] {
                for (label, came) in [None, Some(Label::Hiv), Some(Label::Genetic)]
                    .into_iter()
                    .flat_map(|label| (3..8).map(move |came| (label, Instant(came))))
                {
                    let found = label.into_iter().collect::<Labels>().kept();
                    let shows = |lens: Lens| lens.shows_come((category, found), (0, came));
                    assert!(!shows(one.and(other)) || shows(one) && shows(other), "{one:?} {other:?}");
                    assert!(!one.covers(other) || !shows(other) || shows(one), "{one:?} {other:?}");
                }
            }
        }
        // As it is kept with what an app was allowed: one of before tells nothing of it.
        assert!(!serde_json::to_string(&closed).unwrap().contains("before"));
        for lens in [closed, old] {
            let kept = serde_json::to_string(&lens).unwrap();
            assert_eq!(serde_json::from_str::<Lens>(&kept).unwrap(), lens);
        }
    }

    #[test]
    fn limits_only_take_away() {
        let now = Instant(1_000_000);
        let limit = |categories: &[Category], labels: &[Label], all, until| Limit {
            categories: categories.to_vec(),
            labels: labels.to_vec(),
            all,
            order: "order of 1 June (synthetic)".into(),
            until,
            at: Instant(0),
            by: "Officer (synthetic)".into(),
        };
        let notes = limit(&[Category::Notes], &[], false, None);
        let mind = limit(&[], &[Label::MentalHealth], false, None);
        let everything = limit(&[], &[], true, None);
        let over = limit(&[], &[], true, Some(now));
        for (limits, category, label, seen) in [
            (vec![], Category::Notes, None, true),
            (vec![notes.clone()], Category::Notes, None, false),
            (vec![notes.clone()], Category::Labs, Some(Label::MentalHealth), true),
            (vec![notes.clone(), mind.clone()], Category::Labs, Some(Label::MentalHealth), false),
            (vec![notes.clone(), mind], Category::Labs, None, true),
            (vec![everything.clone()], Category::Labs, None, false),
            (vec![everything.clone()], Category::Demographics, None, false),
            (vec![notes.clone(), everything.clone()], Category::Labs, None, false),
            // A limit that is over takes nothing.
            (vec![over], Category::Notes, None, true),
        ] {
            let scope = narrowed(&Scope::WHOLE, &limits, now);
            let found: Labels = label.into_iter().collect();
            assert_eq!(lens(Kind::Parent, &scope).shows(category, found, 0), seen, "{limits:?} {category:?}");
        }
        let granted = Scope { categories: Some(vec![Category::Labs, Category::Notes]), ..Scope::WHOLE };
        let left = narrowed(&granted, std::slice::from_ref(&notes), now);
        assert_eq!((left.categories, left.copies), (Some(vec![Category::Labs]), true));
        assert!(!narrowed(&granted, &[everything], now).copies);
        // The law of it: no limit ever adds anything.
        let ticked = Scope { shown: vec![Label::Hiv], ..Scope::WHOLE };
        let hiv = limit(&[], &[Label::Hiv], false, None);
        let left = lens(Kind::Delegate, &narrowed(&ticked, &[hiv], now));
        assert!(!left.shows(Category::Labs, labels(&[Label::Hiv]), 0));
    }
}
