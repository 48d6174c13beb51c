//! What staff do: check claims and their papers, appoint representatives at the desk, and flag, limit, suspend, decline,
//! resume and end authorities (45 CFR 164.514(h), 164.502(g)). Each decision is kept with who made it and why; which
//! office may make it stands in `rules.rs`.

use super::alike_rules::Alike;
use super::already::{self, Already, already};
use super::claims::{self, Claim, Difference, State, Whole};
use super::claims_store;
use super::model::{
    Authority, By, End, Event, Evidence, Ground, Incapacity, Kind, Limit, Scope, Signature, Suspension,
};
use super::rules::{self, Act, Ask, Paper, Signed};
use super::{
    Held, Invitation, PersonFacts, about, as_seen, beside, found, give, in_the_way, new, noted, store,
    tell_about, tell_of_waiting, times, wait, wait_for_name, wait_for_two,
};
use crate::app::App;
use crate::base::{
    AccountId, AuthorityId, ClaimId, Error, Instant, PatientNo, Problem, Problems, Result, fold, says_why,
    unseen,
};
use crate::config::Emancipation;
use crate::db::Tx;
use crate::{identity, notify};

/// What the person is told when staff decide it; that somebody begins to act, or no longer does, is told in `times.rs`.
const TOLD: [&str; 8] =
    ["changed", "limited", "limits-lifted", "suspended", "declined", "declined-by-two", "resumed", "cleared"];
/// Claims on one page.
pub const PAGE: i64 = 25;
/// The most letters of a reason.
const WORDS: usize = 2000;

/// The claims that wait, the oldest first: a page from 1, and how many there are.
pub async fn waiting(app: &App, by: &By<'_>, page: i64) -> Result<(Vec<Claim>, i64)> {
    may(by, Act::Check)?;
    let mut tx = app.db.read().await?;
    let offset = (page.clamp(1, 100_000) - 1) * PAGE;
    let kept = claims_store::in_state(&mut tx, "open", (PAGE, offset)).await?;
    let total = claims_store::count(&mut tx, "open").await?;
    let claims: Result<Vec<Claim>> = kept.into_iter().map(|kept| claims::claim(app, kept)).collect();
    Ok((claims?, total))
}

/// One claim with what was stated and what became of it; that it was looked at is noted.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-office`.
pub async fn open(app: &App, by: &By<'_>, id: ClaimId) -> Result<Whole> {
    may(by, Act::Check)?;
    let mut tx = app.db.write().await?;
    let kept = claims_store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let mut whole = claims::whole(app, &mut tx, kept).await?;
    claims::noted(app, &mut tx, (id, "viewed"), (by.account, by.name)).await?;
    whole.events = store::claim_events(&mut tx, &app.keys, id).await?;
    tx.commit().await?;
    Ok(whole)
}

/// Who made a claim: so that staff are kept out of those of their family before anything of it is shown.
///
/// # Errors
/// `NotFound`.
pub async fn claimant(app: &App, id: ClaimId) -> Result<AccountId> {
    let mut tx = app.db.read().await?;
    let kept = claims_store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    Ok(AccountId(kept.account_id))
}

/// A paper of a claim: its media type and its bytes. That it was looked at is noted before.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-office`.
pub async fn paper(app: &App, by: &By<'_>, (id, n): (ClaimId, i64)) -> Result<(String, Vec<u8>)> {
    may(by, Act::Check)?;
    let mut tx = app.db.write().await?;
    let papers = claims_store::papers(&mut tx, id).await?;
    let paper = papers.into_iter().find(|paper| paper.n == n).ok_or(Error::NotFound)?;
    claims::noted(app, &mut tx, (id, "paper-viewed"), (by.account, by.name)).await?;
    tx.commit().await?;
    Ok((paper.media.clone(), claims::bytes(app, paper).await?))
}

/// What staff accept of a claim.
#[derive(Debug, Clone)]
pub struct Accepted<'a> {
    /// Over whose record.
    pub patient: PatientNo,
    /// By which paper, for what part, from when until when.
    pub ask: Ask,
    /// Why it is this person although the birth date that was stated is another than that of the record.
    pub differs: &'a str,
    /// Why it is given although an earlier one was declined or limited.
    pub despite: &'a str,
}

/// A claim beside the record.
#[derive(Debug, Clone, Default)]
pub struct Compared {
    /// Where what was stated differs.
    pub found: Vec<Difference>,
    /// The earlier authorities that the clinic declined or limited, and that stand in its way.
    pub earlier: Vec<Held>,
    /// What is there already under the same name.
    pub already: Vec<Already>,
}

/// Looks whether a claim could be accepted so, where what was stated differs from the record, and what stands in its way.
/// Changes nothing.
///
/// # Errors
/// As [`verify`], but for the words about what differs and what was decided earlier, and who may decide in spite of it.
pub async fn compared(
    app: &App,
    by: &By<'_>,
    (id, patient, ask): (ClaimId, PatientNo, Ask),
    claims: &[(Claim, Alike)],
) -> Result<Compared> {
    // What is written on the way is given up with the transaction.
    let mut tx = app.db.write().await?;
    let Ready { facts, authority, found, earlier, .. } = ready(app, &mut tx, by, (id, patient, ask)).await?;
    let mut already = already(app, &mut tx, (&authority, &facts), claims).await?;
    already.retain(|one| !matches!(one, Already::Claims(claim, _) if claim.id == id));
    Ok(Compared { found, earlier, already })
}

/// The open claims under the name of somebody who is to act for a patient, of whomever they are: whoever decides sees those
/// that are not of themselves or their family.
///
/// # Errors
/// `NotFound` where there is no such patient; `Refused` where they may not decide.
pub async fn claimed(
    app: &App,
    by: &By<'_>,
    (patient, ask): (PatientNo, &Ask),
) -> Result<Vec<(Claim, Alike)>> {
    may_verify(by, &ask.evidence)?;
    already::claimed(app, (patient, &ask.name, ask.kind)).await
}

/// What the clinic declined or limited of what an account held, and of what anybody held under a name over these records:
/// what staff see beside a claim before they say whom it is about.
pub async fn known_of(
    app: &App,
    (account, name): (AccountId, &str),
    records: &[PatientNo],
) -> Result<Vec<Held>> {
    let mut tx = app.db.read().await?;
    let now = app.clock.now();
    let mut all = store::held_by(&mut tx, &app.keys, account).await?;
    for patient in records {
        let over = store::over(&mut tx, &app.keys, *patient).await?.into_iter();
        all.extend(over.filter(|(one, _)| fold(&one.name) == fold(name) && one.account != Some(account)));
    }
    let mut known = Vec::new();
    for found in all.into_iter().filter(|(one, _)| rules::kept_out(one, now)) {
        let facts = about(app, &mut tx, found.0.patient).await?.map(|(_, facts)| facts);
        known.push(super::with_standing(app, found, &facts.unwrap_or_default()));
    }
    Ok(known)
}

/// A claim that can be accepted.
struct Ready {
    claim: Claim,
    person: String,
    facts: PersonFacts,
    authority: Authority,
    found: Vec<Difference>,
    earlier: Vec<Held>,
}

async fn ready(
    app: &App,
    tx: &mut Tx,
    by: &By<'_>,
    (id, patient, ask): (ClaimId, PatientNo, Ask),
) -> Result<Ready> {
    may_verify(by, &ask.evidence)?;
    let kept = claims_store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let Whole { claim, statement, .. } = claims::whole(app, tx, kept).await?;
    not_own(by, &claim)?;
    if claim.state != State::Open {
        return Err(Error::Conflict("conflict-claim-decided"));
    }
    if ask.kind == Kind::Delegate {
        return Err(Error::invalid("kind", "problem-claim-kind"));
    }
    let (person, facts) = about(app, tx, patient).await?.ok_or(Error::NotFound)?;
    if identity::accounts_of(tx, patient).await?.contains(&claim.account) {
        return Err(Error::Conflict("conflict-claimant-record"));
    }
    let mut authority = new(app, (patient, ask), &facts)?;
    beside(app, tx, (&authority, Some(claim.account)), &facts).await.map_err(of_claimant)?;
    (authority.account, authority.since) = (Some(claim.account), Some(app.clock.now()));
    let found = claims::differences(&statement, (&person, facts.birth_date.as_deref()));
    let earlier = in_the_way(app, tx, (&authority, Some(claim.account)), &facts).await?;
    Ok(Ready { claim, person, facts, authority, found, earlier })
}

/// Where an earlier authority was declined or limited, the privacy officer says why there is another one, which shows
/// nothing until a clinician has signed as well: as with the decline itself.
fn despite(
    app: &App,
    by: &By<'_>,
    (new, earlier): (&mut Authority, &[Held]),
    (field, why): (&'static str, &str),
) -> Result<()> {
    if earlier.is_empty() {
        return Ok(());
    }
    if may(by, Act::Reissue).is_err() {
        return Err(Error::refused("refused-earlier-declined"));
    }
    let why = weighty(field, why)?;
    wait(app, new, (why, vec![signature(app, by)]));
    Ok(())
}

/// What is in the way, said to who decides and not to who made the claim.
fn of_claimant(error: Error) -> Error {
    match error {
        Error::Conflict("conflict-already-acting") => Error::Conflict("conflict-claimant-acts"),
        error => error,
    }
}

/// Verifies a claim. It becomes an authority of the account that made it; in force at once, on its first day, when
/// incapacity is recorded, or when a second person has signed because an earlier one was declined or limited. Where the
/// birth date that was stated is not that of the record, staff say why it is this person all the same.
///
/// # Errors
/// `NotFound`; `Invalid`, with `problem-claim-differs` on `differs` or `problem-reason` on `despite`; `Refused` with
/// `refused-not-your-office`, `refused-privacy-officer-only`, `refused-earlier-declined` or `refused-own-claim`; `Conflict`
/// with `conflict-claim-decided`, `conflict-claimant-record` or the code of what it cannot stand beside.
pub async fn verify(app: &App, by: &By<'_>, (id, accepted): (ClaimId, Accepted<'_>)) -> Result<AuthorityId> {
    let Accepted { patient, ask, differs, despite: words } = accepted;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Ready { claim, person, facts, mut authority, found, earlier } =
        ready(app, &mut tx, by, (id, patient, ask)).await?;
    despite(app, by, (&mut authority, &earlier), ("despite", words))?;
    let differs = match found.contains(&Difference::Birth) {
        true if differs.trim().is_empty() => return Err(Error::invalid("differs", "problem-claim-differs")),
        true => Some(reason("differs", differs)?),
        false => None,
    };
    store::add(&mut tx, &app.keys, (&authority, &person), (None, None)).await?;
    let decision = claims_store::Decision {
        state: "verified",
        at: now,
        by: by.name,
        answer: None,
        authority: Some(authority.id),
    };
    decide(app, &mut tx, (id, &claim), decision).await?;
    claims::noted(app, &mut tx, (id, "verified"), (by.account, by.name)).await?;
    noted(app, &mut tx, (&authority, "verified", differs), (by.account, by.name)).await?;
    if let Some(waits) = &authority.suspension {
        let what = rules::lifted(waits.ground, Signed::First);
        noted(app, &mut tx, (&authority, what, Some(&waits.why)), (by.account, by.name)).await?;
    }
    let authority = times::settled(app, &mut tx, (authority, &facts)).await?;
    tell_of_waiting(app, &mut tx, &authority).await?;
    tx.commit().await?;
    Ok(authority.id)
}

/// Turns a claim down. The reason and how to appeal are written to the one who made it.
///
/// # Errors
/// `NotFound`; `Invalid` on `answer`; `Refused` with `refused-not-your-office` or `refused-own-claim`; `Conflict` with
/// `conflict-claim-decided`.
pub async fn reject(app: &App, by: &By<'_>, (id, answer): (ClaimId, &str)) -> Result<()> {
    may(by, Act::Check)?;
    let answer = reason("answer", answer)?;
    let mut tx = app.db.write().await?;
    let claim = claims::claim(app, claims_store::find(&mut tx, id).await?.ok_or(Error::NotFound)?)?;
    not_own(by, &claim)?;
    let decision = claims_store::Decision {
        state: "rejected",
        at: app.clock.now(),
        by: by.name,
        answer: Some(claims::sealed(app, answer)?),
        authority: None,
    };
    decide(app, &mut tx, (id, &claim), decision).await?;
    claims::noted(app, &mut tx, (id, "rejected"), (by.account, by.name)).await?;
    tx.commit().await
}

async fn decide(
    app: &App,
    tx: &mut Tx,
    (id, claim): (ClaimId, &Claim),
    decision: claims_store::Decision<'_>,
) -> Result<()> {
    if !claims_store::decide(tx, id, decision).await? {
        return Err(Error::Conflict("conflict-claim-decided"));
    }
    notify::tell(tx, claim.account, (notify::Kind::ClaimAnswered, app.clock.now())).await
}

/// The clinic appoints a personal representative at the desk, having seen their papers; they come in with a code. Where an
/// earlier one was declined or limited, the note on the papers says why there is another, and a clinician signs as well.
///
/// # Errors
/// `NotFound`; `Invalid`; `Refused` with `refused-not-your-office`, `refused-privacy-officer-only`,
/// `refused-earlier-declined`, `refused-only-the-person-invites` or `refused-too-many-people`; `Conflict` with the code of
/// what it cannot stand beside.
pub async fn appoint(app: &App, by: &By<'_>, (patient, ask): (PatientNo, Ask)) -> Result<Invitation> {
    let why = ask.evidence.note.clone();
    let mut tx = app.db.write().await?;
    let appointment = appointment(app, &mut tx, by, (patient, ask)).await?;
    appointed(app, tx, by, (appointment, ("note", &why))).await
}

/// Somebody whom a form of the desk appoints.
#[derive(Debug, Clone)]
pub struct Appointing<'a> {
    /// Over whose record.
    pub patient: PatientNo,
    /// By which paper, for what part, from when until when.
    pub ask: Ask,
    /// Why it is given although an earlier one was declined or limited.
    pub despite: &'a str,
    /// Whether whoever appoints them looked at what is there already under the same name.
    pub knowing: Knowing,
    /// The open claims under the same name that whoever appoints them may see ([`claimed`]).
    pub claims: &'a [(Claim, Alike)],
    /// The form's own id.
    pub once: AuthorityId,
}

/// Whether somebody goes on having seen that the same right is there already, under the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knowing {
    /// They said so.
    Yes,
    /// They did not.
    No,
}

/// What stands beside an appointment.
#[derive(Debug, Clone, Default)]
pub struct Foreseen {
    /// The earlier authorities that the clinic declined or limited, and that stand in the way.
    pub earlier: Vec<Held>,
    /// What is there already under the same name.
    pub already: Vec<Already>,
}

/// The same by a form. Sent twice it is one authority, whose code only the first answer shows.
///
/// # Errors
/// As [`appoint`], with the problem of an earlier one on `despite`; `Invalid` with `problem-appoint-alike` on `knowing` where
/// the same right is there already under the same name, and nobody said that they go on knowingly; `Conflict` with `conflict-appointed` where the form was
/// sent before.
pub async fn appoint_once(app: &App, by: &By<'_>, asked: Appointing<'_>) -> Result<Invitation> {
    let Appointing { patient, ask, despite: words, knowing, claims, once } = asked;
    let papers = (ask.kind.slug(), ask.evidence.proof.slug(), &ask.evidence.note, ask.incapacity.slug());
    let said =
        (by.account, patient, once, papers, &ask.name, &ask.scope, (ask.starts, ask.until, ask.review));
    let id = AuthorityId(app.keys.once(b"appointment.once", &said)?);
    let mut tx = app.db.write().await?;
    identity::hold_record(&mut tx, patient).await?;
    if store::find(&mut tx, &app.keys, id).await?.is_some() {
        return Err(Error::Conflict("conflict-appointed"));
    }
    let mut appointment = appointment(app, &mut tx, by, (patient, ask)).await?;
    appointment.authority.id = id;
    let new = (&appointment.authority, &appointment.facts);
    let already = already(app, &mut tx, new, claims).await?;
    if knowing == Knowing::No && already.iter().any(Already::is_same) {
        return Err(Error::invalid("knowing", "problem-appoint-alike"));
    }
    appointed(app, tx, by, (appointment, ("despite", words))).await
}

/// Looks whether somebody could be appointed so; the earlier authorities that the clinic declined or limited, and that
/// stand in the way, and what is there already under the same name. Changes nothing.
///
/// # Errors
/// As [`appoint`], but for who may decide in spite of what was decided earlier.
pub async fn foreseen(
    app: &App,
    by: &By<'_>,
    about: (PatientNo, Ask),
    claims: &[(Claim, Alike)],
) -> Result<Foreseen> {
    // What is written on the way is given up with the transaction.
    let mut tx = app.db.write().await?;
    let Appointment { authority, facts, earlier, .. } = appointment(app, &mut tx, by, about).await?;
    beside(app, &mut tx, (&authority, None), &facts).await?;
    let already = already(app, &mut tx, (&authority, &facts), claims).await?;
    Ok(Foreseen { earlier, already })
}

/// Somebody who can be appointed.
struct Appointment {
    person: String,
    facts: PersonFacts,
    authority: Authority,
    earlier: Vec<Held>,
}

async fn appointment(
    app: &App,
    tx: &mut Tx,
    by: &By<'_>,
    (patient, ask): (PatientNo, Ask),
) -> Result<Appointment> {
    may_verify(by, &ask.evidence)?;
    if ask.kind == Kind::Delegate {
        return Err(Error::refused("refused-only-the-person-invites"));
    }
    let (person, facts) = about(app, tx, patient).await?.ok_or(Error::NotFound)?;
    let authority = new(app, (patient, ask), &facts)?;
    let earlier = in_the_way(app, tx, (&authority, None), &facts).await?;
    Ok(Appointment { person, facts, authority, earlier })
}

async fn appointed(
    app: &App,
    tx: Tx,
    by: &By<'_>,
    (appointment, why): (Appointment, (&'static str, &str)),
) -> Result<Invitation> {
    let Appointment { person, facts, mut authority, earlier } = appointment;
    despite(app, by, (&mut authority, &earlier), why)?;
    give(app, tx, (authority, (&person, &facts)), (by.account, by.name)).await
}

/// Everybody who may, might or might once act for a patient, the newest first.
pub async fn over(app: &App, patient: PatientNo) -> Result<Vec<Held>> {
    let mut tx = app.db.read().await?;
    super::all_over(app, &mut tx, patient).await
}

/// The authorities that staff have to look at again, the longest waiting first.
pub async fn to_review(app: &App) -> Result<Vec<Held>> {
    let mut tx = app.db.read().await?;
    let found = store::to_review(&mut tx, &app.keys, app.clock.now()).await?;
    live(app, &mut tx, found).await
}

/// The authorities that the records office flagged, the longest waiting first: for those who suspend and decline.
pub async fn flagged(app: &App) -> Result<Vec<Held>> {
    let mut tx = app.db.read().await?;
    let found = store::flagged(&mut tx, &app.keys).await?;
    let mut all = live(app, &mut tx, found).await?;
    all.sort_by_key(|held| held.authority.flag.as_ref().map(|flag| flag.at));
    Ok(all)
}

/// The authorities that somebody holds and that wait until incapacity is certified: for those who certify it.
pub async fn to_certify(app: &App) -> Result<Vec<Held>> {
    let mut tx = app.db.read().await?;
    let found = store::to_certify(&mut tx, &app.keys).await?;
    live(app, &mut tx, found).await
}

/// Those of them that are not over, as time has it.
async fn live(app: &App, tx: &mut Tx, found: Vec<(Authority, String)>) -> Result<Vec<Held>> {
    let mut all = Vec::new();
    for found in found {
        let facts = about(app, tx, found.0.patient).await?.map(|(_, facts)| facts);
        let held = super::with_standing(app, found, &facts.unwrap_or_default());
        all.extend(held.standing.is_live().then_some(held));
    }
    Ok(all)
}

/// Whether an authority waits to be looked at again, as [`to_review`] lists it.
pub fn waits(app: &App, held: &Held) -> bool {
    let due = held.authority.review.is_some_and(|review| review <= app.clock.now());
    due && held.standing.is_live()
}

/// Whether an authority waits for those who suspend and decline, as [`flagged`] lists it.
pub fn is_flagged(held: &Held) -> bool {
    held.authority.flag.is_some() && held.standing.is_live()
}

/// Whether an authority waits for those who certify incapacity, as [`to_certify`] lists it.
pub fn is_to_certify(held: &Held) -> bool {
    let authority = &held.authority;
    let waits = authority.incapacity == Incapacity::Awaited && authority.suspension.is_none();
    waits && authority.account.is_some() && held.standing.is_live()
}

/// One authority with all that became of it, reasons and names included, and whether the law treats the person as an
/// adult though they are not of age.
///
/// # Errors
/// `NotFound`.
pub async fn one(app: &App, id: AuthorityId) -> Result<(Held, Vec<Event>, PersonFacts)> {
    let mut tx = app.db.read().await?;
    let (mut held, facts) = found(app, &mut tx, id).await?;
    super::with_holders(&mut tx, held.authority.patient, std::slice::from_mut(&mut held)).await?;
    let events = store::events(&mut tx, &app.keys, id).await?;
    Ok((held, events, facts))
}

/// Notes that staff looked at an authority: its page tells who acts for whom and why.
pub async fn viewed(app: &App, by: (AccountId, &str), authority: &Authority) -> Result<()> {
    let mut tx = app.db.write().await?;
    noted(app, &mut tx, (authority, "viewed", None), (Some(by.0), by.1)).await?;
    tx.commit().await
}

/// A form of staff about one authority: which, how often it had been changed when the form was shown, and why.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// Which authority.
    pub id: AuthorityId,
    /// How often it had been changed.
    pub seen: i64,
    /// Why.
    pub why: &'a str,
}

/// Changes what a representative may see, and until when: a new paper, another scope.
///
/// # Errors
/// As [`verify`]; `Conflict` with `conflict-over` or `conflict-changed`.
pub async fn change(
    app: &App,
    by: &By<'_>,
    form: Form<'_>,
    (scope, until): (Scope, Option<Instant>),
) -> Result<()> {
    may(by, Act::Limit)?;
    let (mut tx, mut authority, facts) = begin(app, form).await?;
    if authority.kind == Kind::Delegate {
        return Err(Error::refused("refused-only-the-person-invites"));
    }
    let mut problems = rules::of_scope(&scope);
    problems.extend(rules::of_span(authority.starts, until, app.clock.now()));
    if !problems.is_empty() {
        return Err(Error::Invalid(Problems(problems)));
    }
    (authority.granted, authority.until) = (scope, until);
    beside(app, &mut tx, (&authority, authority.account), &facts).await.map_err(of_claimant)?;
    finish(app, &mut tx, (authority, &facts, "changed"), (by, form.why)).await?;
    tx.commit().await
}

/// Takes something out of one authority, as an order says: it limits this one only, and whoever else acts for the
/// person keeps what they had.
///
/// # Errors
/// `NotFound`; `Invalid`; `Refused`; `Conflict`.
pub async fn limit(app: &App, by: &By<'_>, form: Form<'_>, limit: Limit) -> Result<()> {
    may(by, Act::Limit)?;
    let now = app.clock.now();
    let mut problems = Vec::new();
    if !limit.all && limit.categories.is_empty() && limit.labels.is_empty() {
        problems.push(Problem { field: "limit", code: "problem-limit-empty" });
    }
    if limit.until.is_some_and(|until| until <= now) {
        problems.push(Problem { field: "limit_until", code: "problem-past" });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(Problems(problems)));
    }
    let (mut tx, mut authority, facts) = begin(app, form).await?;
    authority.limits.push(Limit { at: now, by: by.name.into(), order: form.why.trim().into(), ..limit });
    finish(app, &mut tx, (authority, &facts, "limited"), (by, form.why)).await?;
    tx.commit().await
}

/// Takes the limits out again, unless somebody else acts because of them.
///
/// # Errors
/// As [`limit`]; `Conflict` with the code of what it cannot stand beside.
pub async fn unlimit(app: &App, by: &By<'_>, form: Form<'_>) -> Result<()> {
    may(by, Act::Limit)?;
    let (mut tx, mut authority, facts) = begin(app, form).await?;
    authority.limits.clear();
    beside(app, &mut tx, (&authority, authority.account), &facts).await.map_err(of_claimant)?;
    finish(app, &mut tx, (authority, &facts, "limits-lifted"), (by, form.why)).await?;
    tx.commit().await
}

/// The records office asks a clinician or the privacy officer to look whether somebody should act (45 CFR 164.502(g)(5)).
/// Nothing changes by it, and neither the person nor who acts learns of it.
///
/// # Errors
/// As [`limit`]; `Invalid` with `problem-reason` for words that say nothing; `Conflict` with `conflict-flagged`.
pub async fn flag(app: &App, by: &By<'_>, form: Form<'_>) -> Result<()> {
    may(by, Act::Flag)?;
    let why = weighty("why", form.why)?;
    let (mut tx, authority, _) = begin(app, form).await?;
    if !store::flag(&mut tx, &app.keys, (authority.id, &signature(app, by))).await? {
        return Err(Error::Conflict("conflict-flagged"));
    }
    noted(app, &mut tx, (&authority, "flagged", Some(why)), (by.account, by.name)).await?;
    tx.commit().await
}

/// Somebody else answers that what was flagged stays as it is, and why.
///
/// # Errors
/// As [`flag`]; `Refused` with `refused-second-person`; `Conflict` with `conflict-not-flagged`.
pub async fn answer_flag(app: &App, by: &By<'_>, form: Form<'_>) -> Result<()> {
    may(by, Act::AnswerFlag)?;
    weighty("why", form.why)?;
    let (mut tx, authority, facts) = begin(app, form).await?;
    rules::answer(authority.flag.as_ref(), by).map_err(said)?;
    store::unflag(&mut tx, authority.id).await?;
    finish(app, &mut tx, (authority, &facts, "flag-answered"), (by, form.why)).await?;
    tx.commit().await
}

/// Suspends for safety or a dispute: at once, by one signature. What a colleague flagged is answered by it. To decline takes
/// [`decline`]. One that only waits for its name is suspended, too: when that ends it waits for its name again.
///
/// # Errors
/// As [`limit`]; `Conflict` with `conflict-suspended`.
pub async fn suspend(app: &App, by: &By<'_>, form: Form<'_>, ground: Ground) -> Result<()> {
    may(by, Act::Suspend)?;
    if !matches!(ground, Ground::Safety | Ground::Dispute) {
        return Err(Error::invalid("ground", "problem-ground"));
    }
    let (mut tx, mut authority, facts) = begin(app, form).await?;
    if authority.suspension.is_some() && !rules::waits_for_name(&authority) {
        return Err(Error::Conflict("conflict-suspended"));
    }
    suspended(app, &mut authority, (ground, form.why), by);
    store::unflag(&mut tx, authority.id).await?;
    finish(app, &mut tx, (authority, &facts, "suspended"), (by, form.why)).await?;
    tx.commit().await
}

/// One signs that the clinic does not treat somebody as representative (45 CFR 164.502(g)(5)). With the first signature
/// they see nothing any more; a clinician and the privacy officer, two people, make it a decision.
///
/// # Errors
/// As [`limit`]; `Refused` with `refused-second-person` or `refused-other-office`; `Conflict` with
/// `conflict-decided-already`.
pub async fn decline(app: &App, by: &By<'_>, form: Form<'_>) -> Result<Signed> {
    let (mut tx, mut authority, facts) = begin(app, form).await?;
    let signed = rules::decline(authority.suspension.as_ref(), by).map_err(said)?;
    let what = match (signed, &mut authority.suspension) {
        (Signed::Both, Some(suspension)) => {
            suspension.signed.push(signature(app, by));
            "declined-by-two"
        }
        _ => {
            suspended(app, &mut authority, (Ground::Declined, form.why), by);
            "declined"
        }
    };
    store::unflag(&mut tx, authority.id).await?;
    finish(app, &mut tx, (authority, &facts, what), (by, form.why)).await?;
    tx.commit().await?;
    Ok(signed)
}

/// One signs that a suspension ends; what two decided takes two. Of one that waits because of earlier ones both know all
/// of them. Of one that waits because of a name, the words say why it is the same person, and whoever made the code does not
/// sign; where another pause hid that the names differ, it waits for that next; and where an earlier one was declined or
/// limited of which those two did not know, it waits for two first.
///
/// # Errors
/// As [`decline`]; `Invalid` with `problem-reason` for words about a name that say nothing; `Conflict` with
/// `conflict-not-suspended`.
pub async fn resume(app: &App, by: &By<'_>, form: Form<'_>) -> Result<Signed> {
    let (mut tx, mut authority, facts) = begin(app, form).await?;
    let earlier = in_the_way(app, &mut tx, (&authority, authority.account), &facts).await?;
    let Some(suspension) = &mut authority.suspension else {
        return Err(Error::Conflict("conflict-not-suspended"));
    };
    // Who signed before somebody else was declined did not know of that: it takes another one beside who signs now.
    let decided = earlier.iter().filter_map(|one| rules::decided(&one.authority)).max();
    if suspension.ground == Ground::Earlier && decided > rules::first_lifting(suspension) {
        suspension.lifting.clear();
    }
    let signed = rules::lift(suspension, by).map_err(said)?;
    if suspension.ground == Ground::Name {
        let maker = store::made_by(&mut tx, form.id).await?;
        let maker = maker.as_ref().map(|(account, name)| (*account, name.as_str()));
        rules::confirm(maker, by).map_err(said)?;
    }
    let what = rules::lifted(suspension.ground, signed);
    match signed {
        Signed::First => suspension.lifting.push(signature(app, by)),
        Signed::Both => {
            authority.review = rules::review_without(&authority);
            authority.suspension = None;
        }
    }
    if what == "name-confirmed" {
        weighty("why", form.why)?;
    }
    let events = store::became(&mut tx, &app.keys, authority.id).await?;
    let begins = authority.suspension.is_none() && authority.active.is_none() && authority.account.is_some();
    // One who ends a pause of its own says nothing of another who was declined meanwhile.
    if begins && what != "cleared" {
        wait_for_two(app, &mut tx, (&mut authority, &facts), &events).await?;
    }
    if begins && what != "name-confirmed" && authority.suspension.is_none() {
        let holders = store::holders(&mut tx, authority.patient).await?;
        let holder = holders.into_iter().find(|(id, _)| *id == authority.id).map(|(_, (name, _))| name);
        if let Some(name) = holder.filter(|name| rules::unknown_by_name(&authority, name, &events)) {
            wait_for_name(app, &mut tx, (&mut authority, &name)).await?;
        }
    }
    finish(app, &mut tx, (authority, &facts, what), (by, form.why)).await?;
    tx.commit().await?;
    Ok(signed)
}

/// Records that somebody was certified unable to decide for themselves: a springing power or a surrogate comes into force.
///
/// # Errors
/// As [`limit`]; `Conflict` with `conflict-not-springing`, or with `conflict-paper-beside` where the paper by which it was
/// given once proves nothing by itself.
pub async fn certify(app: &App, by: &By<'_>, form: Form<'_>) -> Result<()> {
    may(by, Act::Certify)?;
    let (mut tx, mut authority, facts) = begin(app, form).await?;
    if authority.incapacity != Incapacity::Awaited {
        return Err(Error::Conflict("conflict-not-springing"));
    }
    if authority.kind.beside().contains(&authority.evidence.proof) {
        return Err(Error::Conflict("conflict-paper-beside"));
    }
    authority.incapacity = Incapacity::Certified;
    finish(app, &mut tx, (authority, &facts, "certified"), (by, form.why)).await?;
    tx.commit().await
}

/// Notes that staff looked again whether an authority holds, and when they look next.
///
/// # Errors
/// As [`limit`].
pub async fn reviewed(app: &App, by: &By<'_>, form: Form<'_>, next: Option<Instant>) -> Result<()> {
    may(by, Act::Review)?;
    if next.is_some_and(|next| next <= app.clock.now()) {
        return Err(Error::invalid("review", "problem-past"));
    }
    let (mut tx, mut authority, facts) = begin(app, form).await?;
    let most = times::days_from_now(app, rules::SUSPENDED_DAYS);
    if authority.suspension.is_some() && (next.is_none() || next > most) {
        return Err(Error::invalid("review", "problem-review-late"));
    }
    authority.review = next;
    finish(app, &mut tx, (authority, &facts, "review"), (by, form.why)).await?;
    tx.commit().await
}

/// The clinic ends an authority of any kind. Effective with the next request. That it was declined or suspended stays
/// with it.
///
/// # Errors
/// As [`limit`]; `Invalid` on `why` with `problem-reason` for a reason that says nothing, and on `end` for an end that staff
/// do not enter.
pub async fn end(app: &App, by: &By<'_>, form: Form<'_>, end: End) -> Result<()> {
    may(by, Act::End(end))?;
    if !End::BY_STAFF.contains(&end) {
        return Err(Error::invalid("end", "problem-required"));
    }
    weighty("why", form.why)?;
    let (mut tx, authority, _) = begin(app, form).await?;
    may(by, rules::ending(end, authority.suspension.as_ref()))?;
    times::ended(app, &mut tx, (authority, end, Some(form.why.trim())), (by.account, by.name)).await?;
    tx.commit().await
}

/// Records that a court or the law made a minor an adult, by what the law of the place counts: whoever acts for them as a
/// minor ends now, and nobody can be appointed so any more.
///
/// # Errors
/// `NotFound`; `Invalid`, with `problem-emancipation` where the settings of the law do not name what is said; `Refused`;
/// `Conflict` with `conflict-emancipated` or `conflict-of-age`.
pub async fn emancipate(
    app: &App,
    by: &By<'_>,
    (patient, ground, why): (PatientNo, Emancipation, &str),
) -> Result<()> {
    may(by, Act::Emancipate)?;
    let why = reason("why", why)?;
    let now = app.clock.now();
    let today = now.utc().with_timezone(&app.config.clinic.zone()).date_naive();
    if !app.config.law.emancipation(today).0.contains(&ground) {
        return Err(Error::invalid("emancipation", "problem-emancipation"));
    }
    let mut tx = app.db.write().await?;
    let (_, facts) = about(app, &mut tx, patient).await?.ok_or(Error::NotFound)?;
    if facts.emancipated.is_none() && rules::of_age(&facts, (now, app.config.clinic.zone())) {
        return Err(Error::Conflict("conflict-of-age"));
    }
    if !store::emancipate(&mut tx, &app.keys, (patient, now, ground), (by.name, why)).await? {
        return Err(Error::Conflict("conflict-emancipated"));
    }
    for held in super::all_over(app, &mut tx, patient).await? {
        let authority = held.authority;
        if authority.ended.is_none() && authority.kind.of_a_minor() {
            let by = (by.account, by.name);
            times::ended(app, &mut tx, (authority, End::Emancipation, Some(why)), by).await?;
        }
    }
    tx.commit().await
}

/// The authority of a form as it was shown, in a transaction.
async fn begin(app: &App, form: Form<'_>) -> Result<(Tx, Authority, PersonFacts)> {
    reason("why", form.why)?;
    let mut tx = app.db.write().await?;
    let (held, facts) = found(app, &mut tx, form.id).await?;
    Ok((tx, as_seen(held, form.seen)?, facts))
}

async fn finish(
    app: &App,
    tx: &mut Tx,
    (authority, facts, what): (Authority, &PersonFacts, &str),
    (by, why): (&By<'_>, &str),
) -> Result<()> {
    noted(app, tx, (&authority, what, Some(why.trim())), (by.account, by.name)).await?;
    // An invitation that nobody took shows nobody anything.
    if TOLD.contains(&what) && authority.account.is_some() {
        tell_about(app, tx, (&authority, notify::Kind::ActingChanged)).await?;
    }
    times::settled(app, tx, (authority, facts)).await.map(|_| ())
}

/// Suspends with one signature, to be looked at again within 30 days.
fn suspended(app: &App, authority: &mut Authority, (ground, why): (Ground, &str), by: &By<'_>) {
    let signed = vec![signature(app, by)];
    let why = why.trim().to_owned();
    let before = rules::review_without(authority);
    authority.suspension = Some(Suspension { ground, why, signed, lifting: Vec::new(), review: None });
    let latest = times::days_from_now(app, rules::SUSPENDED_DAYS);
    authority.review = match (before, latest) {
        (Some(set), Some(latest)) => Some(set.min(latest)),
        (set, latest) => latest.or(set),
    };
}

fn signature(app: &App, by: &By<'_>) -> Signature {
    Signature { account: by.account, name: by.name.into(), office: by.office, at: app.clock.now() }
}

fn may(by: &By<'_>, act: Act) -> Result<()> {
    match rules::offices(act).contains(&by.office) {
        true => Ok(()),
        false => Err(Error::refused("refused-not-your-office")),
    }
}

/// Papers of a court are the privacy officer's to judge.
fn may_verify(by: &By<'_>, evidence: &Evidence) -> Result<()> {
    may(by, Act::Verify(Paper::Other))?;
    if evidence.proof.is_of_a_court() && may(by, Act::Verify(Paper::Court)).is_err() {
        return Err(Error::refused("refused-privacy-officer-only"));
    }
    Ok(())
}

/// Nobody decides about their own claim.
fn not_own(by: &By<'_>, claim: &Claim) -> Result<()> {
    match by.account == Some(claim.account) {
        true => Err(Error::refused("refused-own-claim")),
        false => Ok(()),
    }
}

/// A reason that somebody else can follow.
fn weighty<'a>(field: &'static str, words: &'a str) -> Result<&'a str> {
    let words = reason(field, words)?;
    if says_why(words) { Ok(words) } else { Err(Error::invalid(field, "problem-reason")) }
}

fn reason<'a>(field: &'static str, words: &'a str) -> Result<&'a str> {
    match words.trim() {
        "" => Err(Error::invalid(field, "problem-required")),
        words if words.chars().count() > WORDS => Err(Error::invalid(field, "problem-words")),
        words => match unseen(field, words) {
            Some(problem) => Err(Error::Invalid(Problems(vec![problem]))),
            None => Ok(words),
        },
    }
}

/// The error of a rule's no.
fn said(code: &'static str) -> Error {
    if code.starts_with("conflict-") { Error::Conflict(code) } else { Error::refused(code) }
}
