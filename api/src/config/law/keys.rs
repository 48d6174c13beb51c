//! What the law of a state, or the clinic's own policy, can settle: each key with what federal law says, and which way
//! a value may differ from it (45 CFR 160.203: a state's rule stands where it gives the person more).

/// A key that can be settled.
pub(super) struct Key {
    /// `access.copy_deadline`; one that ends in `*` has one value for each of its parts.
    pub name: &'static str,
    /// What may stand in the place of `*`.
    pub parts: &'static [&'static str],
    /// What it settles.
    pub what: &'static str,
    /// What can be its value.
    pub shape: Shape,
    /// The units it can have; the first is meant where none is written.
    pub units: &'static [Unit],
    /// How far a value may differ.
    pub bound: Bound,
    /// What holds where nothing is set.
    pub federal: Federal,
    /// Where that stands.
    pub cite: &'static str,
}

/// What a value can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A whole number.
    Whole,
    /// Yes or no.
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Some of these words; any words where there are none.
    Words(&'static [&'static str]),
    /// Days, written `2026-12-25`.
    Days,
}

/// A unit of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Calendar days.
    Days,
    /// Monday to Friday but for holidays (`calendar.holidays`).
    BusinessDays,
    /// Months.
    Months,
    /// Years; of an age, birthdays.
    Years,
    /// Words of a text.
    Words,
}

/// How far a value may differ from federal law, and which of several values binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// At most what federal law says, if it says a number; the smallest binds.
    AtMost,
    /// At least what federal law says, if it says a number; the largest binds.
    AtLeast,
    /// Between these (of spans in minutes), whatever holds without it; the smallest binds.
    Within(i64, i64),
    /// Not at all.
    Fixed,
    /// It cannot be compared: several that differ contradict each other.
    Alone,
}

/// What holds where nothing is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Federal {
    /// Nothing: it is for a state to say.
    Silent,
    /// A number, in the first unit.
    Whole(i64),
    /// Yes or no.
    Flag(bool),
    /// A word.
    Word(&'static str),
    /// Some words.
    Words(&'static [&'static str]),
}

impl Unit {
    /// Its name in the settings.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
            Self::BusinessDays => "business-days",
            Self::Months => "months",
            Self::Years => "years",
            Self::Words => "words",
        }
    }
}

use Bound::{Alone, AtLeast, AtMost, Fixed, Within};
use Shape::{Days, Flag, Whole, Word, Words};

const DAY: i64 = 24 * 60;
const DAYS: &[Unit] = &[Unit::Days, Unit::BusinessDays];
const SPANS: &[Unit] = &[Unit::Days, Unit::BusinessDays, Unit::Hours];
const YEARS: &[Unit] = &[Unit::Years];
const NONE: &[Unit] = &[];
const ALL: &[&str] = &[];

/// Services that some states let minors consent to alone.
pub(super) const SERVICES: &[&str] = &[
    "sti",
    "hiv",
    "contraception",
    "pregnancy",
    "abortion",
    "substance-use",
    "mental-health",
    "sexual-assault",
    "vaccination",
];

/// Results that some states hold back for a time.
const HELD: &[&str] = &["pathology", "radiology", "genetic"];

/// Kinds of personal representatives (45 CFR 164.502(g)).
const REPRESENTATIVES: &[&str] =
    &["parent", "guardian", "loco-parentis", "health-care-agent", "adult-guardian", "surrogate", "estate"];

const fn key(
    name: &'static str,
    what: &'static str,
    (shape, units, bound): (Shape, &'static [Unit], Bound),
    (federal, cite): (Federal, &'static str),
) -> Key {
    Key { name, parts: ALL, what, shape, units, bound, federal, cite }
}

const fn each(parts: &'static [&'static str], key: Key) -> Key {
    Key { parts, ..key }
}

const TARGET: (Shape, &[Unit]) = (Whole, &[Unit::Days]);

/// Every key, in the order of the page that explains them.
pub(super) static KEYS: &[Key] = &[
    key(
        "access.inspect_deadline",
        "Time to let a person look at their record",
        (Whole, DAYS, AtMost),
        (Federal::Whole(30), "45 CFR 164.524(b)(2)(i)"),
    ),
    key(
        "access.copy_deadline",
        "Time to give a person a copy",
        (Whole, DAYS, AtMost),
        (Federal::Whole(30), "45 CFR 164.524(b)(2)(i)"),
    ),
    key(
        "access.extension_max",
        "By how much that time can be made longer, once; 0 where it cannot",
        (Whole, DAYS, AtMost),
        (Federal::Whole(30), "45 CFR 164.524(b)(2)(ii)"),
    ),
    key(
        "access.unpaid_bill_bar",
        "Whether an unpaid bill can keep a person from their record",
        (Flag, NONE, Fixed),
        (Federal::Flag(false), "45 CFR 164.524(a)(1)"),
    ),
    key(
        "amendment.deadline",
        "Time to answer a request for a correction",
        (Whole, DAYS, AtMost),
        (Federal::Whole(60), "45 CFR 164.526(b)(2)(i)"),
    ),
    key(
        "amendment.extension_max",
        "By how much that time can be made longer, once",
        (Whole, DAYS, AtMost),
        (Federal::Whole(30), "45 CFR 164.526(b)(2)(ii)"),
    ),
    key(
        "amendment.addendum_words",
        "Words that a person may add to an item at least",
        (Whole, &[Unit::Words], AtLeast),
        (Federal::Silent, "45 CFR 164.526(d)(2) lets the clinic set a reasonable limit"),
    ),
    key(
        "accounting.deadline",
        "Time to answer a request for an accounting of disclosures",
        (Whole, DAYS, AtMost),
        (Federal::Whole(60), "45 CFR 164.528(c)(1)(i)"),
    ),
    key(
        "accounting.extension_max",
        "By how much that time can be made longer, once",
        (Whole, DAYS, AtMost),
        (Federal::Whole(30), "45 CFR 164.528(c)(1)(ii)"),
    ),
    key(
        "accounting.years",
        "Years that an accounting goes back",
        (Whole, YEARS, AtLeast),
        (Federal::Whole(6), "45 CFR 164.528(a)(1)"),
    ),
    key(
        "minors.age_majority",
        "Age at which a person is an adult",
        (Whole, YEARS, Within(18, 21)),
        (Federal::Whole(18), "45 CFR 164.502(g)(3) leaves it to state law; 18 is the usual age"),
    ),
    each(
        SERVICES,
        key(
            "minors.self_consent.*",
            "Age from which a minor can consent to this service alone",
            (Whole, YEARS, Within(0, 20)),
            (Federal::Silent, "45 CFR 164.502(g)(3)(i)(A)"),
        ),
    ),
    each(
        SERVICES,
        key(
            "minors.parent_access_rule.*",
            "What state law says of a parent's access to a service that the minor consented to",
            (Word(&["requires", "permits", "prohibits", "silent"]), NONE, Alone),
            (Federal::Word("silent"), "45 CFR 164.502(g)(3)(ii)(C)"),
        ),
    ),
    key(
        "minors.proxy_bands",
        "How a parent's view is presented from one age to another",
        (Word(&["full", "by-service"]), NONE, Alone),
        (Federal::Word("full"), "45 CFR 164.502(g)(3)(i)"),
    ),
    key(
        "minors.emancipation_kinds",
        "What makes a minor count as an adult",
        (Words(&["court-order", "marriage", "military", "parenthood", "living-apart"]), NONE, Alone),
        (Federal::Silent, "45 CFR 164.502(g)(2) leaves it to state law"),
    ),
    key(
        "minors.noncustodial_parent",
        "What a parent without custody may see",
        (Word(&["same-unless-order", "by-order-only"]), NONE, Alone),
        (Federal::Word("same-unless-order"), "45 CFR 164.502(g)(3)(i)"),
    ),
    each(
        HELD,
        key(
            "results.hold.*",
            "How long a new result of this kind is held back by state law",
            (Whole, SPANS, Within(0, 7 * DAY)),
            (Federal::Whole(0), "45 CFR 171.103: no delay but by law or for one person"),
        ),
    ),
    key(
        "consent.expiry_max",
        "Longest time for which an authorization can be given",
        (Whole, &[Unit::Days, Unit::Months, Unit::Years], AtMost),
        (Federal::Silent, "45 CFR 164.508(c)(1)(v) asks for an end and sets no limit"),
    ),
    key(
        "consent.tpo_required",
        "Whether consent is needed for treatment, payment and operations",
        (Flag, NONE, AtLeast),
        (Federal::Flag(false), "45 CFR 164.506(b)(1)"),
    ),
    key(
        "consent.witness_required",
        "Whether an authorization needs a witness",
        (Flag, NONE, AtLeast),
        (Federal::Flag(false), "45 CFR 164.508(c)(1)(vi)"),
    ),
    key(
        "representative.surrogate_order",
        "Who decides for an adult who cannot, in this order",
        (Words(ALL), NONE, Alone),
        (Federal::Silent, "45 CFR 164.502(g)(2) leaves it to state law"),
    ),
    key(
        "representative.estate_without_probate",
        "Who stands for an estate without letters of a court",
        (
            Words(&["spouse", "domestic-partner", "adult-child", "parent", "sibling", "next-of-kin"]),
            NONE,
            Alone,
        ),
        (Federal::Silent, "45 CFR 164.502(g)(4) leaves it to state law"),
    ),
    key(
        "retention.documents",
        "Years for which letters, decisions and the ledger are kept",
        (Whole, YEARS, AtLeast),
        (Federal::Whole(6), "45 CFR 164.530(j)(2), 164.316(b)(2)(i)"),
    ),
    key(
        "breach.individual_days",
        "Time to tell people of a breach",
        (Whole, DAYS, AtMost),
        (Federal::Whole(60), "45 CFR 164.404(b)"),
    ),
    key(
        "part2.program",
        "Whether the clinic is a federally assisted program for substance use",
        (Flag, NONE, AtLeast),
        (Federal::Flag(false), "42 CFR 2.11, 2.12"),
    ),
    key(
        "part2.lawful_holder",
        "Whether the clinic holds records of such a program",
        (Flag, NONE, AtLeast),
        (Federal::Flag(false), "42 CFR 2.12(d)"),
    ),
    key(
        "part2.counseling_notes_patient_access",
        "Whether a patient sees separate counseling notes about substance use",
        (Word(&["as-psychotherapy-notes", "in-record"]), NONE, Alone),
        (Federal::Word("as-psychotherapy-notes"), "42 CFR 2.11, 45 CFR 164.524(a)(1)(i)"),
    ),
    key(
        "part2.representatives",
        "Who sees a program's records in a patient's place without a consent of the patient that names them",
        (Words(REPRESENTATIVES), NONE, Alone),
        (Federal::Words(&["adult-guardian", "estate"]), "42 CFR 2.15(a)(1), (b)(2), 2.14(b)"),
    ),
    key(
        "part2.accounting",
        "Whether an accounting lists what was disclosed with consent under Part 2",
        (Flag, NONE, AtLeast),
        (Federal::Flag(false), "42 CFR 2.25, not in force until the HIPAA accounting is revised"),
    ),
    key(
        "security.idle_staff",
        "Time without use after which staff are signed out",
        (Whole, &[Unit::Minutes], Within(5, 30)),
        (Federal::Whole(15), "45 CFR 164.312(a)(2)(iii) names no time"),
    ),
    key(
        "security.idle_patient",
        "Longest time without use after which patients are signed out",
        (Whole, &[Unit::Minutes], Within(5, 30)),
        (Federal::Whole(30), "45 CFR 164.312(a)(2)(iii) names no time"),
    ),
    key(
        "policy.internal_targets.access",
        "Days in which the clinic wants to answer a request for access",
        (TARGET.0, TARGET.1, Within(DAY, 30 * DAY)),
        (Federal::Whole(15), "clinic policy"),
    ),
    key(
        "policy.internal_targets.amendment",
        "The same for a correction",
        (TARGET.0, TARGET.1, Within(DAY, 60 * DAY)),
        (Federal::Whole(30), "clinic policy"),
    ),
    key(
        "policy.internal_targets.accounting",
        "The same for an accounting",
        (TARGET.0, TARGET.1, Within(DAY, 60 * DAY)),
        (Federal::Whole(30), "clinic policy"),
    ),
    key(
        "policy.internal_targets.restriction",
        "The same for a restriction; no law sets a time",
        (TARGET.0, TARGET.1, Within(DAY, 60 * DAY)),
        (Federal::Whole(15), "clinic policy"),
    ),
    key(
        "policy.internal_targets.breach",
        "Days in which the clinic wants to tell people of a breach",
        (TARGET.0, TARGET.1, Within(DAY, 60 * DAY)),
        (Federal::Whole(30), "clinic policy"),
    ),
    key(
        "policy.parents_where_permitted",
        "Whether parents see services that a minor consented to alone where the law only permits it",
        (Word(&["hide", "show"]), NONE, Alone),
        (Federal::Word("hide"), "clinic policy, 45 CFR 164.502(g)(3)(ii)(A)"),
    ),
    key(
        "calendar.holidays",
        "Days that are no business days, besides Saturdays and Sundays",
        (Days, NONE, Alone),
        (Federal::Silent, "5 U.S.C. 6103 where a rule counts federal holidays"),
    ),
];

impl Key {
    /// Whether this is the key of a name.
    pub fn is(&self, name: &str) -> bool {
        match self.name.strip_suffix('*') {
            Some(start) => name.strip_prefix(start).is_some_and(|part| self.parts.contains(&part)),
            None => self.name == name,
        }
    }

    /// All names that it stands for.
    pub fn names(&self) -> Vec<String> {
        match self.name.strip_suffix('*') {
            Some(start) => self.parts.iter().map(|part| format!("{start}{part}")).collect(),
            None => vec![self.name.to_owned()],
        }
    }

    /// Whether it is the clinic's own to settle: no law need be cited.
    pub fn is_policy(&self) -> bool {
        ["policy.", "security.", "calendar."].iter().any(|start| self.name.starts_with(start))
    }
}

/// The key of a name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.is(name))
}

/// The name that is most like a wrong one, if any is.
pub(super) fn nearest(wrong: &str) -> Option<String> {
    let names = KEYS.iter().flat_map(Key::names);
    let best = names.map(|name| (distance(wrong, &name), name)).min()?;
    (best.0 <= (wrong.len() / 3).max(2)).then_some(best.1)
}

/// How many letters must be put in, taken out or changed (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (n, a) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = n + 1;
        for (m, b) in other.iter().enumerate() {
            let change = before + usize::from(a != *b);
            before = row[m + 1];
            row[m + 1] = change.min(row[m] + 1).min(before + 1);
        }
    }
    row[other.len()]
}

/// Keys that bind nothing yet: what they are for is still to come. docs/law.md says what each waits for.
pub(super) const WAITING: &[&str] = &[
    "access.inspect_deadline",
    "access.copy_deadline",
    "access.extension_max",
    "access.unpaid_bill_bar",
    "amendment.deadline",
    "amendment.extension_max",
    "amendment.addendum_words",
    "accounting.deadline",
    "accounting.extension_max",
    "accounting.years",
    "results.hold.*",
    "retention.documents",
    "breach.individual_days",
    "part2.accounting",
    "policy.internal_targets.access",
    "policy.internal_targets.amendment",
    "policy.internal_targets.accounting",
    "policy.internal_targets.restriction",
    "policy.internal_targets.breach",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_slips_are_seen() {
        for (wrong, near) in [
            ("acess.copy_deadline", Some("access.copy_deadline")),
            ("access.copy-deadline", Some("access.copy_deadline")),
            ("minors.age_of_majority", Some("minors.age_majority")),
            ("minors.self_consent.hvi", Some("minors.self_consent.hiv")),
            ("breach.days", None),
            ("", None),
            ("something.else.altogether", None),
        ] {
            assert!(find(wrong).is_none(), "{wrong}");
            assert_eq!(nearest(wrong).as_deref(), near, "{wrong}");
        }
        assert_eq!(distance("kitten", "sitting"), 3);
        assert!(find("minors.self_consent.*").is_none() && find("minors.self_consent.sti").is_some());
    }

    #[test]
    fn every_key_is_whole() {
        let mut seen = std::collections::BTreeSet::new();
        for key in KEYS {
            for name in key.names() {
                assert!(seen.insert(name.clone()), "{name} stands twice");
                assert!(std::ptr::eq(find(&name).unwrap(), key), "{name}");
            }
            assert!(!key.what.is_empty() && !key.cite.is_empty(), "{}", key.name);
            assert_eq!(key.name.ends_with('*'), !key.parts.is_empty(), "{}", key.name);
            let fits = matches!(
                (key.shape, key.federal),
                (_, Federal::Silent)
                    | (Shape::Whole, Federal::Whole(_))
                    | (Shape::Flag, Federal::Flag(_))
                    | (Shape::Word(_), Federal::Word(_))
                    | (Shape::Words(_), Federal::Words(_))
            );
            assert!(fits, "{}: the federal value has its shape", key.name);
            let law = key.cite.contains("CFR") || key.cite.contains("U.S.C.");
            assert!(law || key.is_policy(), "{}: cites the law", key.name);
        }
    }
}
