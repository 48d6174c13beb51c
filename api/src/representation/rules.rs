//! The rules of acting for another: where an authority stands, what must be mended in one, what contradicts it,
//! and who on the staff decides. Pure.

use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;

use super::model::{
    Authority, By, End, Event, Evidence, Ground, Incapacity, Kind, Limit, Office, PersonFacts, Scope,
    Signature, Standing, Suspension,
};
use crate::base::{AccountId, Instant, Problem, Problems, fold, unseen};
use crate::fhir::sensitivity::Label;
use crate::identity::same_name;

/// Years at which a person is of age where the settings name none.
pub const MAJORITY: i32 = 18;
/// Years for which the record of a deceased person stays protected (45 CFR 160.103, 164.502(f)).
const PROTECTED: i32 = 50;
/// Days within which a suspension is looked at again.
pub const SUSPENDED_DAYS: u64 = 30;
/// Letters of a name, and of what staff write.
const NAME: usize = 100;
const WORDS: usize = 2000;

/// Where an authority stands. What has ended does not begin again; of several reasons the first in this order counts.
pub fn standing(authority: &Authority, person: &PersonFacts, (now, zone): (Instant, Tz)) -> Standing {
    if let Some((_, end)) = authority.ended {
        return Standing::Ended(end);
    }
    if let Some(end) = ended_by_time(authority, person, (now, zone)) {
        return Standing::Ended(end);
    }
    if authority.account.is_none() || authority.since.is_none() {
        return Standing::Invited;
    }
    if authority.suspension.is_some() {
        return Standing::Suspended;
    }
    if authority.starts.is_some_and(|starts| starts > now) {
        return Standing::NotYet;
    }
    if authority.incapacity == Incapacity::Awaited {
        return Standing::Springing;
    }
    let limited = authority.limits.iter().any(|limit| super::lens_rules::in_force(limit, now));
    if limited { Standing::Limited } else { Standing::Active }
}

fn ended_by_time(authority: &Authority, person: &PersonFacts, (now, zone): (Instant, Tz)) -> Option<End> {
    match (authority.kind, person.deceased()) {
        // An estate begins with a death; every other authority over a living person's record ends with it.
        (Kind::Estate, true) if protected_until(person, zone).is_some_and(|end| end <= now) => {
            return Some(End::FiftyYears);
        }
        (Kind::Estate, _) | (_, false) => {}
        (_, true) => return Some(End::Death),
    }
    if authority.kind.of_a_minor() {
        if person.emancipated.is_some_and(|at| at <= now) {
            return Some(End::Emancipation);
        }
        if of_age(person, (now, zone)) {
            return Some(End::Majority);
        }
    }
    if authority.until.is_some_and(|until| until <= now) {
        return Some(End::Expired);
    }
    let waits = authority.account.is_none();
    (waits && authority.code_until.is_none_or(|until| until <= now)).then_some(End::NotTaken)
}

/// The next moment at which an authority may change by itself: the job looks at it then.
pub fn due(authority: &Authority, person: &PersonFacts, (now, zone): (Instant, Tz)) -> Option<Instant> {
    if authority.ended.is_some() {
        return None;
    }
    let emancipated = person.emancipated.filter(|_| authority.kind.of_a_minor());
    let code = authority.code_until.filter(|_| authority.account.is_none());
    let starts = authority.starts.filter(|_| authority.active.is_none());
    let ends = ends_of(authority, person, zone);
    ends.into_iter().chain([emancipated, code, starts]).flatten().filter(|at| *at > now).min()
}

/// Until when an authority holds at most, by what is known today: its last day, or the day on which the person comes
/// of age or their record is no longer protected, whichever is first.
pub fn ends(authority: &Authority, person: &PersonFacts, zone: Tz) -> Option<Instant> {
    ends_of(authority, person, zone).into_iter().flatten().min()
}

fn ends_of(authority: &Authority, person: &PersonFacts, zone: Tz) -> [Option<Instant>; 3] {
    let born = person.birth_date.as_deref().and_then(first_day);
    let years = person.adult_at.unwrap_or(MAJORITY);
    let of_age = born.and_then(|born| majority(born, years, zone)).filter(|_| authority.kind.of_a_minor());
    let estate = protected_until(person, zone).filter(|_| authority.kind == Kind::Estate);
    [authority.until, of_age, estate]
}

/// Whether the person is of age: from local midnight at the beginning of their birthday, or since the law treats
/// them as an adult. Someone born on 29 February comes of age on 28 February of a common year: the earlier day ends
/// another's access sooner. Where the birth date is not known to the day, the first day it may have been counts, and
/// without one nobody is a minor.
pub fn of_age(person: &PersonFacts, (now, zone): (Instant, Tz)) -> bool {
    if person.emancipated.is_some_and(|at| at <= now) {
        return true;
    }
    let Some(born) = person.birth_date.as_deref().and_then(first_day) else { return true };
    majority(born, person.adult_at.unwrap_or(MAJORITY), zone).is_none_or(|at| at <= now)
}

/// How many birthdays somebody has had; none where the birth date tells no year, or lies ahead.
pub fn age(birth_date: &str, now: (Instant, Tz)) -> Option<i32> {
    let born = first_day(birth_date)?;
    let had = |years: &i32| majority(born, *years, now.1).is_some_and(|at| at <= now.0);
    (0..150).take_while(had).last()
}

/// The moment at which someone born on a day comes of age, at so many years.
pub fn majority(born: NaiveDate, years: i32, zone: Tz) -> Option<Instant> {
    let year = born.year() + years;
    let day = born.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 2, 28))?;
    midnight(day, zone)
}

/// The moment at which the record of a deceased person is no longer protected: when the day 50 years after the death
/// is over. 29 February becomes 1 March, and where the day of death is not known the last it may have been counts: both
/// keep longer. None where the day is not known at all.
pub fn protected_until(person: &PersonFacts, zone: Tz) -> Option<Instant> {
    let died = person.died.as_deref().and_then(last_day)?;
    let year = died.year() + PROTECTED;
    let day = died.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))?;
    midnight(day.checked_add_days(Days::new(1))?, zone)
}

/// The moment at which a day begins at the clinic.
pub fn midnight(day: NaiveDate, zone: Tz) -> Option<Instant> {
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

/// The last day that a FHIR date or moment may mean.
fn last_day(text: &str) -> Option<NaiveDate> {
    match text.len() {
        4 => NaiveDate::from_ymd_opt(text.parse().ok()?, 12, 31),
        7 => {
            let first = first_day(text)?;
            first.checked_add_months(chrono::Months::new(1))?.pred_opt()
        }
        _ => NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok(),
    }
}

/// An authority as it was asked for.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What to call them.
    pub name: String,
    /// What they are.
    pub kind: Kind,
    /// What was seen.
    pub evidence: Evidence,
    /// What for.
    pub scope: Scope,
    /// Its first moment, if not at once.
    pub starts: Option<Instant>,
    /// Until when, if it has an end.
    pub until: Option<Instant>,
    /// Whether it waits for incapacity.
    pub incapacity: Incapacity,
    /// When staff look again.
    pub review: Option<Instant>,
}

/// What must be mended in an authority that is asked for.
pub fn problems(ask: &Ask, person: &PersonFacts, (now, zone): (Instant, Tz)) -> Problems {
    let mut problems = Problems::default();
    let mut add = |field, code| problems.0.push(Problem { field, code });
    match ask.name.trim() {
        "" => add("name", "problem-empty"),
        name if name.chars().count() > NAME => add("name", "problem-long"),
        _ => {}
    }
    match ask.evidence.proof {
        proof if ask.kind.proofs().contains(&proof) => {}
        proof if ask.kind.beside().contains(&proof) => add("proof", "problem-proof-beside"),
        _ => add("proof", "problem-proof"),
    }
    if ask.kind != Kind::Delegate {
        match ask.evidence.note.trim() {
            "" => add("note", "problem-evidence"),
            note if note.chars().count() > WORDS => add("note", "problem-words"),
            _ => {}
        }
    }
    match (ask.kind, person.deceased(), of_age(person, (now, zone))) {
        (Kind::Estate, false, _) => add("kind", "problem-alive"),
        (Kind::Estate, true, _) if protected_until(person, zone).is_some_and(|end| end <= now) => {
            add("kind", "problem-fifty-years");
        }
        (Kind::Estate, ..) => {}
        (_, true, _) => add("kind", "problem-deceased"),
        (kind, _, true) if kind.of_a_minor() => add("kind", "problem-of-age"),
        (kind, _, false) if kind.of_an_adult() => add("kind", "problem-not-of-age"),
        _ => {}
    }
    let waits = ask.kind == Kind::HealthCareAgent || ask.kind.always_waits();
    if ask.incapacity != Incapacity::NotNeeded && !waits {
        add("incapacity", "problem-springing");
    }
    problems.0.extend(unseen("name", &ask.name));
    problems.0.extend(unseen("note", &ask.evidence.note));
    problems.0.extend(of_span(ask.starts, ask.until, now));
    if ask.review.is_some_and(|review| review <= now) {
        problems.0.push(Problem { field: "review", code: "problem-past" });
    }
    problems.0.extend(of_scope(&ask.scope));
    problems
}

/// Whether what was asked for waits until somebody certifies incapacity. That it was certified is never taken from a form.
pub fn incapacity(ask: &Ask) -> Incapacity {
    match ask.incapacity {
        Incapacity::NotNeeded if !ask.kind.always_waits() => Incapacity::NotNeeded,
        _ => Incapacity::Awaited,
    }
}

/// What must be mended in a span of time.
pub fn of_span(starts: Option<Instant>, until: Option<Instant>, now: Instant) -> Option<Problem> {
    match (starts, until) {
        (_, Some(until)) if until <= now => Some(Problem { field: "until", code: "problem-past" }),
        (Some(starts), Some(until)) if until <= starts => {
            Some(Problem { field: "until", code: "problem-ends-before" })
        }
        _ => None,
    }
}

/// What must be mended in a scope: one that shows nothing, dates in the wrong order, a label both shown and hidden.
pub fn of_scope(scope: &Scope) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |field, code| problems.push(Problem { field, code });
    if scope.categories.as_ref().is_some_and(Vec::is_empty) {
        add("categories", "problem-consent-information");
    }
    if scope.shown.iter().any(|label: &Label| scope.hidden.contains(label)) {
        add("labels", "problem-both");
    }
    let day = |text: &Option<String>| text.as_deref().map(str::parse::<NaiveDate>);
    match (day(&scope.from), day(&scope.to)) {
        (Some(Err(_)), _) => add("from", "problem-date"),
        (_, Some(Err(_))) => add("to", "problem-date"),
        (Some(Ok(from)), Some(Ok(to))) if to < from => add("to", "problem-order"),
        _ => {}
    }
    problems
}

/// Another authority over the same record that is not over.
#[derive(Debug, Clone, Copy)]
pub struct Other {
    /// Its kind.
    pub kind: Kind,
    /// Whether the same account holds it.
    pub same_account: bool,
    /// Whether one of the two stands aside for as long as the other may act: see [`aside`].
    pub aside: bool,
}

/// Whether who is limited so stands aside for another until then: by a limit that ends no sooner.
pub fn aside(limits: &[Limit], until: Option<Instant>, now: Instant) -> bool {
    let lasts = |limit: &Limit| match (limit.until, until) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(ends), Some(until)) => ends >= until,
    };
    limits.iter().any(|limit| super::lens_rules::in_force(limit, now) && lasts(limit))
}

/// Why a new authority cannot stand beside the others. Which of two holds is for an order or for staff to say; it is
/// never guessed here.
pub fn contradiction(kind: Kind, others: &[Other]) -> Option<&'static str> {
    if others.iter().any(|other| other.same_account) {
        return Some("conflict-already-acting");
    }
    let beside = |kind| others.iter().any(|other| other.kind == kind && !other.aside);
    match kind {
        Kind::Guardian if beside(Kind::Parent) => Some("conflict-parent-first"),
        Kind::Guardian if beside(Kind::LocoParentis) => Some("conflict-in-place-first"),
        Kind::Parent | Kind::LocoParentis if beside(Kind::Guardian) => Some("conflict-guardian-first"),
        Kind::HealthCareAgent | Kind::Surrogate if beside(Kind::AdultGuardian) => {
            Some("conflict-guardian-first")
        }
        Kind::AdultGuardian | Kind::Surrogate if beside(Kind::HealthCareAgent) => {
            Some("conflict-agent-first")
        }
        Kind::AdultGuardian | Kind::HealthCareAgent if beside(Kind::Surrogate) => {
            Some("conflict-surrogate-first")
        }
        _ => None,
    }
}

/// Whether an earlier authority over the same record stands in the way of a new one: the clinic declined it, suspended
/// it because somebody may be in danger, or limited it, and the new one is for the same account, under the same name, or
/// of the same kind. That it is over changes nothing: nobody comes back by ending it.
pub fn in_the_way(
    earlier: &Authority,
    (new, account): (&Authority, Option<AccountId>),
    now: Instant,
) -> bool {
    let alike = account.is_some() && earlier.account == account
        || fold(&earlier.name) == fold(&new.name)
        || earlier.kind == new.kind;
    // A helper is the person's own choice.
    new.kind != Kind::Delegate && earlier.id != new.id && kept_out(earlier, now) && alike
}

/// Whether the clinic declined an authority, suspended it because somebody may be in danger, or limits it.
pub fn kept_out(authority: &Authority, now: Instant) -> bool {
    in_danger(authority.suspension.as_ref())
        || authority.limits.iter().any(|limit| super::lens_rules::in_force(limit, now))
}

/// The newest of what keeps somebody out: who let another go on before it did not know of it.
pub fn kept_out_since(authority: &Authority) -> Instant {
    decided(authority).map_or(authority.created, |at| at.max(authority.created))
}

/// When something was last decided about somebody; none where they only wait because of another.
pub fn decided(authority: &Authority) -> Option<Instant> {
    let signed = authority.suspension.iter().flat_map(|suspension| &suspension.signed);
    signed.map(|signature| signature.at).chain(authority.limits.iter().map(|limit| limit.at)).max()
}

/// When the first one signed that a suspension ends.
pub fn first_lifting(suspension: &Suspension) -> Option<Instant> {
    suspension.lifting.iter().map(|signature| signature.at).min()
}

/// What is written down where somebody signs that a suspension ends: in spite of what was decided about an earlier one, or
/// after a pause of its own, which is no word about the earlier one.
pub fn lifted(ground: Ground, signed: Signed) -> &'static str {
    match (ground, signed) {
        (Ground::Earlier, Signed::First) => "clear-signed",
        (Ground::Earlier, Signed::Both) => "cleared",
        (Ground::Name, _) => "name-confirmed",
        (_, Signed::First) => "lift-signed",
        (_, Signed::Both) => "resumed",
    }
}

/// When two people last let an authority go on in spite of what was decided about an earlier one.
pub fn cleared(events: &[Event]) -> Option<Instant> {
    events.iter().rfind(|event| event.what == "cleared").map(|event| event.at)
}

/// Whether two people last did so when somebody held it already: by a claim, or having taken the code.
pub fn cleared_as_held(events: &[Event]) -> bool {
    let last = |what| events.iter().rposition(|event| event.what == what);
    last("cleared").is_some_and(|cleared| last("taken").is_none_or(|taken| taken < cleared))
}

fn in_danger(suspension: Option<&Suspension>) -> bool {
    suspension.is_some_and(|suspension| !matches!(suspension.ground, Ground::Dispute | Ground::Name))
}

/// Whether somebody comes as another than the one whom the papers name, and nobody at the clinic has said that they are the
/// same: a representative by a code, whose account has another name. A helper is the person's own choice, and where staff
/// verified a claim, they saw both names.
pub fn unknown_by_name(authority: &Authority, account_name: &str, events: &[Event]) -> bool {
    authority.kind != Kind::Delegate
        && authority.code_until.is_some()
        && !same_name(&authority.name, account_name)
        && !events.iter().any(|event| event.what == "name-confirmed")
}

/// Whether an authority only waits for staff to say that its account is that of the person whom the papers name.
pub fn waits_for_name(authority: &Authority) -> bool {
    authority.suspension.as_ref().is_some_and(|suspension| suspension.ground == Ground::Name)
}

/// When staff look again at an authority whatever it waits for: what waits for somebody's word is looked at at once, and with
/// that word no more than before. A pause has a day of its own.
pub fn review_without(authority: &Authority) -> Option<Instant> {
    match &authority.suspension {
        Some(waits) if matches!(waits.ground, Ground::Earlier | Ground::Name) => waits.review,
        _ => authority.review,
    }
}

/// Whether an account is told nothing yet of what it came to by a code: it waits or waited for its name, or another pause
/// hides that it does. What was in force once, it knows.
pub fn is_untold(
    (authority, standing): (&Authority, Standing),
    account_name: &str,
    events: &[Event],
) -> bool {
    let paused = matches!(standing, Standing::Suspended | Standing::Ended(_));
    authority.active.is_none()
        && (waits_for_name(authority) || paused && unknown_by_name(authority, account_name, events))
}

/// Whether somebody acts for the person with the whole record, so that they are told what the person would be told.
pub fn acts_whole(authority: &Authority, standing: Standing) -> bool {
    let copies = authority.scope.copies;
    let shown = authority.scope.shown.clone();
    let whole = authority.scope == Scope { copies, shown, ..Scope::WHOLE };
    authority.kind != Kind::Delegate && standing == Standing::Active && whole
}

/// What ending an authority is: one that is suspended because somebody may be in danger is not a clerk's to end.
pub fn ending(end: End, suspension: Option<&Suspension>) -> Act {
    if in_danger(suspension) { Act::EndSuspended } else { Act::End(end) }
}

/// What staff do to an authority or a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Look at a claim and its papers, or turn it down.
    Check,
    /// Verify a claim or appoint somebody, by a paper that is of a court or not.
    Verify(Paper),
    /// Enter a limit, or take it out.
    Limit,
    /// Ask those who suspend and decline to look at it. Changes nothing by itself.
    Flag,
    /// Answer that it stays as it is.
    AnswerFlag,
    /// Suspend for safety or a dispute.
    Suspend,
    /// Sign that the clinic declines, or that it no longer does.
    Decline,
    /// End the suspension for safety or a dispute.
    Resume,
    /// Say that whoever came under another name is the one whom the papers name.
    Confirm,
    /// Record that incapacity was certified.
    Certify,
    /// Note that it was looked at again.
    Review,
    /// End it.
    End(End),
    /// End it while it is suspended because somebody may be in danger.
    EndSuspended,
    /// Give out one although an earlier one was declined or limited.
    Reissue,
    /// Record that a minor is emancipated.
    Emancipate,
}

/// What the person and the one who holds an authority are told of what became of it: that staff paused it, but neither
/// by whom nor why, nor how many signed.
pub fn told(events: Vec<Event>) -> Vec<Event> {
    let mut told: Vec<Event> = Vec::new();
    for event in events {
        let what = match event.what.as_str() {
            "declined" | "declined-by-two" | "suspended" => "suspended",
            "cleared" => "resumed",
            "lift-signed" | "clear-signed" | "waits" | "viewed" | "review" | "flagged" | "flag-answered" => {
                continue;
            }
            what => what,
        };
        // A second signature to what is paused already is nothing new to them.
        let last = told.iter().rev().find(|event| matches!(event.what.as_str(), "suspended" | "resumed"));
        if what == "suspended" && last.is_some_and(|last| last.what == "suspended") {
            continue;
        }
        let theirs = matches!(what, "invited" | "taken" | "changed");
        let by = if theirs { event.by } else { String::new() };
        told.push(Event { at: event.at, what: what.to_owned(), by, why: None });
    }
    told
}

/// Who made a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// A court.
    Court,
    /// Anybody else.
    Other,
}

/// Which offices may do what. Papers of courts, and all that takes something from a representative, are the privacy
/// officer's; what needs professional judgment is a clinician's as well.
pub fn offices(act: Act) -> &'static [Office] {
    use Office::{Clinician, PrivacyOfficer, Records};
    match act {
        Act::Check | Act::Verify(Paper::Other) | Act::Confirm | Act::Review | Act::End(End::ByClinic) => {
            &[Records, PrivacyOfficer]
        }
        Act::Flag => &[Records],
        Act::Suspend | Act::Decline | Act::Certify | Act::AnswerFlag => &[Clinician, PrivacyOfficer],
        Act::End(End::Recovered) => &[Records, Clinician, PrivacyOfficer],
        Act::Verify(Paper::Court)
        | Act::Limit
        | Act::Resume
        | Act::End(_)
        | Act::EndSuspended
        | Act::Reissue
        | Act::Emancipate => &[PrivacyOfficer],
    }
}

/// How far a decision is that two people of different offices sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// The first has signed; another must follow.
    First,
    /// It is decided.
    Both,
}

/// One more signs that the clinic declines somebody as representative (45 CFR 164.502(g)(5)).
pub fn decline(current: Option<&Suspension>, by: &By<'_>) -> Result<Signed, &'static str> {
    if !offices(Act::Decline).contains(&by.office) {
        return Err("refused-not-your-office");
    }
    match current {
        Some(suspension) if suspension.ground == Ground::Declined => second(&suspension.signed, by),
        _ => Ok(Signed::First),
    }
}

/// Somebody answers that what a colleague flagged stays as it is: another one than who flagged it.
pub fn answer(flag: Option<&Signature>, by: &By<'_>) -> Result<(), &'static str> {
    if !offices(Act::AnswerFlag).contains(&by.office) {
        return Err("refused-not-your-office");
    }
    match flag {
        None => Err("conflict-not-flagged"),
        Some(one) if same(one, by) => Err("refused-second-person"),
        Some(_) => Ok(()),
    }
}

/// What it is to end a suspension. What was declined is taken back by those who decline.
pub fn resuming(ground: Ground) -> Act {
    match ground {
        Ground::Declined | Ground::Earlier => Act::Decline,
        Ground::Name => Act::Confirm,
        Ground::Safety | Ground::Dispute => Act::Resume,
    }
}

/// Somebody says that whoever came under another name is the one whom the papers name: another one than who made the code.
pub fn confirm(maker: Option<(Option<AccountId>, &str)>, by: &By<'_>) -> Result<(), &'static str> {
    match maker {
        Some(maker) if same_person(maker, by) => Err("refused-second-person"),
        _ => Ok(()),
    }
}

/// One more signs that a suspension ends. What two decided, two take back; what only one has signed, another one may
/// turn down.
pub fn lift(suspension: &Suspension, by: &By<'_>) -> Result<Signed, &'static str> {
    if !offices(resuming(suspension.ground)).contains(&by.office) {
        return Err("refused-not-your-office");
    }
    if !suspension.ground.takes_two() {
        return Ok(Signed::Both);
    }
    match suspension.signed.as_slice() {
        [one] if same(one, by) => Err("refused-second-person"),
        [_] => Ok(Signed::Both),
        _ => second(&suspension.lifting, by),
    }
}

fn second(signed: &[Signature], by: &By<'_>) -> Result<Signed, &'static str> {
    match signed {
        [] => Ok(Signed::First),
        [one] if same(one, by) => Err("refused-second-person"),
        [one] if one.office == by.office => Err("refused-other-office"),
        [_] => Ok(Signed::Both),
        _ => Err("conflict-decided-already"),
    }
}

/// Whether one person signed both.
fn same(one: &Signature, by: &By<'_>) -> bool {
    same_person((one.account, &one.name), by)
}

/// Whether it is one person: by account, or by name where there is none.
fn same_person((account, name): (Option<AccountId>, &str), by: &By<'_>) -> bool {
    match (account, by.account) {
        (Some(one), Some(other)) => one == other,
        _ => name.trim().to_lowercase() == by.name.trim().to_lowercase(),
    }
}

#[cfg(test)]
mod tests;
