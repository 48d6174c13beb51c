//! Who may act for whom, on what proof, for what part of a record, until when (45 CFR 164.502(g), 164.510(b)).
//! A person chooses delegates alone; the clinic verifies personal representatives by their papers. A claim is made
//! in [`claims`], staff decide in [`desk`]; here is what the person and those who act for them do, and what time does.

mod alike_rules;
mod already;
pub mod claims;
mod claims_rules;
mod claims_store;
pub mod desk;
mod lens_rules;
mod minor_rules;
mod model;
mod rules;
mod store;
mod telling;
#[cfg(test)]
mod tests;
mod times;

use crate::app::App;
use crate::base::{self, AccountId, AuthorityId, Error, Instant, PatientNo, Problems, Result};
use crate::db::Tx;
use crate::fhir::sensitivity::{Label, Labels, Seat};
use crate::identity::{self, Actor};
use crate::notify;

pub use alike_rules::Alike;
pub use already::Already;
pub use lens_rules::{UNDATED, lens};
pub use minor_rules::{Age, Alone, Closed, Kinds, Place};
pub use model::*;
pub use rules::{Act, Ask, Signed, ending, offices, resuming, waits_for_name};
pub(crate) use store::first_came;
pub(crate) use telling::own as own_lens;
pub use telling::{Told, told};
pub use times::{day_at, days_from_now, end_of_day, tidy};

/// Letters of an invitation's code: longer than an activation code, so that the two cannot be taken for each other.
const CODE_LETTERS: usize = 16;
/// How long an invitation can be taken.
const CODE_LIVES: std::time::Duration = std::time::Duration::from_secs(14 * 86_400);
/// More live authorities over one record than anybody needs.
const MOST: i64 = 50;
/// The service of minors that 42 CFR 2.14 is about, as in the settings of the law.
const SUBSTANCE_USE: &str = "substance-use";

/// A code that was made. It is shown once and kept as a hash.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The authority.
    pub id: AuthorityId,
    /// The code, in groups of four.
    pub code: String,
    /// Until when it can be taken.
    pub until: Instant,
}

/// An authority with where it stands.
#[derive(Debug, Clone)]
pub struct Held {
    /// The authority.
    pub authority: Authority,
    /// Where it stands now.
    pub standing: Standing,
    /// The name of the person whose record it is, as it was when the authority was given.
    pub person: String,
    /// Their birth date, as the source writes it.
    pub birth_date: Option<String>,
    /// Until when it holds at most: its last day, or an earlier end by law, such as the day the person comes of age.
    pub ends: Option<Instant>,
    /// The account that holds it, by the name and the e-mail address that its sign-in gave: to who is concerned.
    pub holder: Option<(String, Option<String>)>,
}

/// Who looks at an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The person whose record it is.
    Person,
    /// The one who holds it.
    Holder,
}

/// One authority with what became of it, for the person or the one who holds it: without the reasons of staff.
#[derive(Debug, Clone)]
pub struct One {
    /// The authority.
    pub held: Held,
    /// Who looks.
    pub side: Side,
    /// What became of it, the newest last.
    pub events: Vec<Event>,
}

/// The labels that a person may choose to show to a delegate.
pub fn choosable() -> impl Iterator<Item = Label> {
    lens_rules::choosable()
}

/// Whether what was typed has the form of an invitation's code.
pub fn is_invitation(typed: &str) -> bool {
    identity::normal_code(typed).chars().count() == CODE_LETTERS
}

/// A person invites somebody to look at their own record. Only they can: no representative passes access on, and a
/// minor's helper is a matter for those who act for the minor. `once` is the form's own id: the same form sent twice is one
/// invitation, and as long as nobody took it, its code is shown again.
///
/// # Errors
/// `NotFound` if the record is not their own; `Invalid`; `Refused` with `refused-minor-invites` or
/// `refused-too-many-people`; `Conflict` with `conflict-over` where the form was sent before and the
/// invitation was taken or ended since.
pub async fn invite(
    app: &App,
    actor: &Actor,
    (patient, once, ask): (PatientNo, AuthorityId, Ask),
) -> Result<Invitation> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    own(&mut tx, actor, patient).await?;
    identity::hold_record(&mut tx, patient).await?;
    let said = (actor.account, patient, once, &ask.name, &ask.scope, ask.until);
    let id = AuthorityId(app.keys.once(b"invitation.once", &said)?);
    if let Some((made, _)) = store::find(&mut tx, &app.keys, id).await? {
        let waits = made.code_until.filter(|until| *until > now && made.account.is_none());
        return match waits.filter(|_| made.ended.is_none()) {
            None => Err(Error::Conflict("conflict-over")),
            Some(until) => Ok(Invitation { id, code: identity::grouped(&code(app, id)), until }),
        };
    }
    let (person, facts) = about(app, &mut tx, patient).await?.ok_or(Error::NotFound)?;
    of_age_to_invite(app, &facts)?;
    let evidence = Evidence { proof: Proof::Chosen, note: String::new() };
    let ask = Ask { kind: Kind::Delegate, evidence, incapacity: Incapacity::NotNeeded, review: None, ..ask };
    let new = Authority { id, ..new(app, (patient, ask), &facts)? };
    give(app, tx, (new, (&person, &facts)), (Some(actor.account), &actor.name)).await
}

fn of_age_to_invite(app: &App, facts: &PersonFacts) -> Result<()> {
    let of_age = rules::of_age(facts, (app.clock.now(), app.config.clinic.zone()));
    if of_age { Ok(()) } else { Err(Error::refused("refused-minor-invites")) }
}

/// Whether a person may invite somebody to their own record, before they fill in a form for it.
///
/// # Errors
/// `NotFound` if the record is not their own; `Refused` with `refused-minor-invites`.
pub async fn may_invite(app: &App, actor: &Actor, patient: PatientNo) -> Result<()> {
    let mut tx = app.db.read().await?;
    own(&mut tx, actor, patient).await?;
    let (_, facts) = about(app, &mut tx, patient).await?.ok_or(Error::NotFound)?;
    of_age_to_invite(app, &facts)
}

/// A new id for the form of an invitation.
pub fn once(app: &App) -> AuthorityId {
    AuthorityId(base::uuid(app.clock.now()))
}

/// The code of an invitation is worked out, not kept: the same form sent again shows the same one, and nothing in the
/// database tells it.
fn code(app: &App, id: AuthorityId) -> String {
    let mut n = 0;
    base::code_of(CODE_LETTERS, || {
        n += 1;
        app.keys.mac(b"invitation-code", format!("{id}/{n}").as_bytes())
    })
}

/// Ends the invitations to a record that nobody took yet: who made them may have had no right to.
pub(crate) async fn void_invitations(tx: &mut Tx, patient: PatientNo, now: Instant) -> Result<()> {
    store::void_invitations(tx, patient, now).await
}

/// Makes an authority that is taken with a code.
async fn give(
    app: &App,
    mut tx: Tx,
    (mut new, (person, facts)): (Authority, (&str, &PersonFacts)),
    (account, by): (Option<AccountId>, &str),
) -> Result<Invitation> {
    let now = app.clock.now();
    identity::hold_record(&mut tx, new.patient).await?;
    if store::live(&mut tx, new.patient, now).await? >= MOST {
        return Err(Error::refused("refused-too-many-people"));
    }
    beside(app, &mut tx, (&new, None), facts).await?;
    let (code, until) = (code(app, new.id), now.plus(CODE_LIVES));
    new.code_until = Some(until);
    let due = rules::due(&new, facts, (now, app.config.clinic.zone()));
    store::add(&mut tx, &app.keys, (&new, person), (Some(hash(app, &code)), due)).await?;
    noted(app, &mut tx, (&new, "invited", None), (account, by)).await?;
    if let Some(waits) = &new.suspension {
        let what = rules::lifted(waits.ground, rules::Signed::First);
        noted(app, &mut tx, (&new, what, Some(&waits.why)), (account, by)).await?;
    }
    tx.commit().await?;
    Ok(Invitation { id: new.id, code: identity::grouped(&code), until })
}

/// An authority made of what was asked for, if nothing must be mended in it.
fn new(app: &App, (patient, ask): (PatientNo, Ask), facts: &PersonFacts) -> Result<Authority> {
    let now = app.clock.now();
    let problems = rules::problems(&ask, facts, (now, app.config.clinic.zone()));
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    Ok(made(now, (patient, ask), facts))
}

fn made(now: Instant, (patient, ask): (PatientNo, Ask), facts: &PersonFacts) -> Authority {
    let incapacity = rules::incapacity(&ask);
    let scope = tidied(ask.scope);
    Authority {
        id: AuthorityId(base::uuid(now)),
        patient,
        account: None,
        kind: ask.kind,
        name: ask.name.trim().to_owned(),
        evidence: Evidence { note: ask.evidence.note.trim().to_owned(), ..ask.evidence },
        granted: scope.clone(),
        scope,
        limits: Vec::new(),
        suspension: None,
        flag: None,
        incapacity,
        since: None,
        starts: ask.starts.filter(|starts| *starts > now),
        active: None,
        until: ask.until,
        review: ask.review,
        code_until: None,
        created: now,
        changes: 0,
        ended: None,
        seat: None,
        closed: closed((ask.kind, None), facts),
    }
}

/// A helper as they would be, were they let in now by this name and for this scope.
///
/// # Errors
/// `NotFound` where there is no such record.
pub(crate) async fn helper(
    app: &App,
    tx: &mut Tx,
    (patient, name, scope): (PatientNo, &str, &Scope),
) -> Result<Authority> {
    let (_, facts) = about(app, tx, patient).await?.ok_or(Error::NotFound)?;
    let ask = Ask {
        name: name.to_owned(),
        kind: Kind::Delegate,
        evidence: Evidence { proof: Proof::Chosen, note: String::new() },
        scope: scope.clone(),
        starts: None,
        until: None,
        incapacity: Incapacity::NotNeeded,
        review: None,
    };
    Ok(made(app.clock.now(), (patient, ask), &facts))
}

/// An authority over a record as it would be, had it been given for this scope: under the limits that the clinic entered.
///
/// # Errors
/// `NotFound` for one over another record, or none.
pub(crate) async fn changed(
    app: &App,
    tx: &mut Tx,
    (patient, id, scope): (PatientNo, AuthorityId, &Scope),
) -> Result<Authority> {
    let mut authority = found(app, tx, id).await?.0.authority;
    if authority.patient != patient {
        return Err(Error::NotFound);
    }
    authority.granted = tidied(scope.clone());
    authority.scope = lens_rules::narrowed(&authority.granted, &authority.limits, app.clock.now());
    Ok(authority)
}

/// What the law of the place keeps from who acts; where nothing is known of it, all that it may.
fn closed((kind, seat): (Kind, Option<Seat>), facts: &PersonFacts) -> Closed {
    minor_rules::closed(kind, facts.place.unwrap_or(Place::UNKNOWN), seat)
}

/// A scope without labels that nobody may choose.
fn tidied(mut scope: Scope) -> Scope {
    scope.shown.retain(|label| lens_rules::choosable().any(|choosable| choosable == *label));
    scope
}

/// Refuses an authority that cannot stand beside the others over the record. Those of the same account whose time is
/// over, and nobody wrote it down yet, are ended first.
async fn beside(
    app: &App,
    tx: &mut Tx,
    (new, account): (&Authority, Option<AccountId>),
    facts: &PersonFacts,
) -> Result<()> {
    identity::hold_record(tx, new.patient).await?;
    let now = app.clock.now();
    let new_ends = rules::ends(new, facts, app.config.clinic.zone());
    let mut others = Vec::new();
    for found in store::over(tx, &app.keys, new.patient).await? {
        let held = with_standing(app, found, facts);
        let other = held.authority;
        let same_account = account.is_some() && other.account == account;
        match held.standing {
            _ if other.id == new.id => {}
            Standing::Ended(end) if same_account && other.ended.is_none() => {
                times::ended(app, tx, (other, end, None), (None, "")).await?;
            }
            Standing::Ended(_) => {}
            _ => others.push(rules::Other {
                kind: other.kind,
                same_account,
                aside: rules::aside(&other.limits, new_ends, now)
                    || rules::aside(&new.limits, held.ends, now),
            }),
        }
    }
    rules::contradiction(new.kind, &others).map_or(Ok(()), |code| Err(Error::Conflict(code)))
}

/// The authorities over the record that the clinic declined or limited and that stand in the way of a new one, the newest
/// first.
async fn in_the_way(
    app: &App,
    tx: &mut Tx,
    (new, account): (&Authority, Option<AccountId>),
    facts: &PersonFacts,
) -> Result<Vec<Held>> {
    let now = app.clock.now();
    let all = store::over(tx, &app.keys, new.patient).await?.into_iter();
    let earlier = all.filter(|(earlier, _)| rules::in_the_way(earlier, (new, account), now));
    let mut earlier: Vec<Held> = earlier.map(|found| with_standing(app, found, facts)).collect();
    with_holders(tx, new.patient, &mut earlier).await?;
    Ok(earlier)
}

/// Has a new authority wait for two people, since an earlier one was declined or limited. Staff find it among those to be
/// looked at again, at once.
fn wait(app: &App, new: &mut Authority, (why, lifting): (&str, Vec<Signature>)) {
    let (why, review) = (why.to_owned(), rules::review_without(new));
    new.suspension = Some(Suspension { ground: Ground::Earlier, why, signed: Vec::new(), lifting, review });
    new.review = Some(app.clock.now());
}

/// Has an authority that somebody holds, and that never was in force, wait for two people where an earlier one was
/// declined or limited of which nobody knew who let it go on.
async fn wait_for_two(
    app: &App,
    tx: &mut Tx,
    (authority, facts): (&mut Authority, &PersonFacts),
    events: &[Event],
) -> Result<()> {
    let earlier = in_the_way(app, tx, (authority, authority.account), facts).await?;
    let by_paper = in_the_way(app, tx, (authority, None), facts).await?;
    let suspended = authority.suspension.as_ref();
    let waits = suspended.is_some_and(|suspension| suspension.ground == Ground::Earlier);
    let cleared = rules::cleared(events).filter(|_| suspended.is_none());
    let signed = suspended.and_then(rules::first_lifting);
    let is_known = |one: &Held| {
        let since = rules::kept_out_since(&one.authority);
        // While it waits, who signed already knew of what there was then; who signs yet will know of all.
        let before = match waits {
            true => signed.is_none_or(|at| since <= at),
            false => cleared.is_some_and(|at| since <= at),
        };
        // Before somebody came, nobody knew what is known by the account alone.
        let seen = || by_paper.iter().any(|known| known.authority.id == one.authority.id);
        before && (rules::cleared_as_held(events) || seen())
    };
    let new: Vec<&str> =
        earlier.iter().filter(|one| !is_known(one)).map(|one| one.authority.name.as_str()).collect();
    if !new.is_empty() {
        // Whose earlier one it is: the history tells why it waits, whatever becomes of the suspension.
        noted(app, tx, (authority, "waits", Some(&new.join(", "))), (None, "")).await?;
        let why = suspended.map(|suspension| suspension.why.clone()).unwrap_or_default();
        wait(app, authority, (&why, Vec::new()));
    }
    Ok(())
}

/// Has an authority wait until staff say that its account is that of the person whom the papers name. They find it among
/// those to be looked at again, at once; the person whose record it is, is told.
async fn wait_for_name(app: &App, tx: &mut Tx, (new, account_name): (&mut Authority, &str)) -> Result<()> {
    let (why, signed, lifting, review) = (String::new(), Vec::new(), Vec::new(), rules::review_without(new));
    new.suspension = Some(Suspension { ground: Ground::Name, why, signed, lifting, review });
    new.review = Some(app.clock.now());
    noted(app, tx, (new, "name-differs", Some(account_name)), (None, "")).await?;
    tell_about(app, tx, (new, notify::Kind::ActingChanged)).await
}

/// Whether an account that may act for somebody goes by another name than the papers, and nobody at the clinic has said
/// that it is the same person (45 CFR 164.514(h)(1)): such a one signs nothing.
pub(crate) async fn unknown_by_name(
    app: &App,
    tx: &mut Tx,
    (authority, account_name): (&Authority, &str),
) -> Result<bool> {
    let events = store::became(tx, &app.keys, authority.id).await?;
    Ok(rules::unknown_by_name(authority, account_name, &events))
}

/// The invited takes the authority. Wrong, used, expired and ended codes give the same refusal after the same work. Where
/// the account goes by another name than the papers, a representative waits until staff confirm who it is.
///
/// # Errors
/// `Refused` with `refused-code` or `refused-too-many`; `Conflict` with `conflict-own-record` if it is the account's
/// own record, or the code of what it cannot stand beside, such as `conflict-already-acting`.
pub async fn accept(app: &App, actor: &Actor, typed: &str) -> Result<Held> {
    let now = app.clock.now();
    let hash = hash(app, &identity::normal_code(typed));
    let mut tx = app.db.write().await?;
    identity::count_code_try(app, &mut tx, actor).await?;
    let mut invited = None;
    if let Some((authority, person)) = store::by_code(&mut tx, &app.keys, hash).await?
        && let Some((_, facts)) = about(app, &mut tx, authority.patient).await?
    {
        let held = with_standing(app, (authority, person), &facts);
        invited = (held.standing == Standing::Invited).then_some((held, facts));
    }
    let Some((mut held, facts)) = invited else {
        tx.commit().await?;
        return Err(Error::refused("refused-code"));
    };
    if identity::links(&mut tx, actor.account).await?.iter().any(|own| own.patient == held.authority.patient)
    {
        return Err(Error::Conflict("conflict-own-record"));
    }
    // Who appoints somebody is not appointed by it.
    let maker = store::made_by(&mut tx, held.authority.id).await?;
    if maker.is_some_and(|(account, _)| account == Some(actor.account)) {
        tx.commit().await?;
        return Err(Error::refused("refused-code"));
    }
    beside(app, &mut tx, (&held.authority, Some(actor.account)), &facts).await?;
    (held.authority.account, held.authority.since) = (Some(actor.account), Some(now));
    noted(app, &mut tx, (&held.authority, "taken", None), (Some(actor.account), &actor.name)).await?;
    // Whoever takes the code may be whom the clinic declined, or it did so after the code was made. Where two people
    // knew that and let it go on, it does: they knew what could be known without the account that came.
    let events = store::became(&mut tx, &app.keys, held.authority.id).await?;
    wait_for_two(app, &mut tx, (&mut held.authority, &facts), &events).await?;
    if held.authority.suspension.is_none() && rules::unknown_by_name(&held.authority, &actor.name, &events) {
        wait_for_name(app, &mut tx, (&mut held.authority, &actor.name)).await?;
    }
    let authority = times::settled(app, &mut tx, (held.authority, &facts)).await?;
    tell_of_waiting(app, &mut tx, &authority).await?;
    tx.commit().await?;
    Ok(with_standing(app, (authority, held.person), &facts))
}

/// Everybody who may, might or might once act for a person, newest first: for the person themselves.
pub async fn over(app: &App, actor: &Actor, patient: PatientNo) -> Result<Vec<Held>> {
    let mut tx = app.db.read().await?;
    own(&mut tx, actor, patient).await?;
    Ok(all_over(app, &mut tx, patient).await?.into_iter().map(open).collect())
}

/// Puts in who holds authorities over a record: whoever took a code need not be whom its maker had in mind.
async fn with_holders(tx: &mut Tx, patient: PatientNo, all: &mut [Held]) -> Result<()> {
    let holders = store::holders(tx, patient).await?;
    for held in all {
        held.holder = holders.iter().find(|(id, _)| *id == held.authority.id).map(|(_, who)| who.clone());
    }
    Ok(())
}

async fn all_over(app: &App, tx: &mut Tx, patient: PatientNo) -> Result<Vec<Held>> {
    let facts = about(app, tx, patient).await?.map(|(_, facts)| facts).unwrap_or_default();
    let all = store::over(tx, &app.keys, patient).await?;
    let mut all: Vec<Held> = all.into_iter().map(|found| with_standing(app, found, &facts)).collect();
    with_holders(tx, patient, &mut all).await?;
    Ok(all)
}

/// Who stands in a person's place now (45 CFR 164.502(g)): those who act for them and are no helpers of their own choice.
pub(crate) async fn representatives(app: &App, tx: &mut Tx, patient: PatientNo) -> Result<Vec<Held>> {
    let mut all = all_over(app, tx, patient).await?;
    all.retain(|held| held.standing.in_force() && held.authority.kind != Kind::Delegate);
    Ok(all)
}

/// Everybody the account may act for now, by name.
pub async fn held_by(app: &App, actor: &Actor) -> Result<Vec<Held>> {
    let mut all = holdings(app, actor).await?;
    all.retain(|held| held.standing.in_force());
    Ok(all)
}

/// Everybody the account may, might or might once act for, by name; of each person the newest first.
pub async fn holdings(app: &App, actor: &Actor) -> Result<Vec<Held>> {
    Ok(came_to(app, actor).await?.0)
}

/// Whether the account typed a code of which it is told nothing yet: the clinic first makes sure whose account it is.
pub async fn code_waits(app: &App, actor: &Actor) -> Result<bool> {
    Ok(came_to(app, actor).await?.1 > 0)
}

/// What an account came to by claims and codes: all of which it is told, and how many live ones of which it is not.
async fn came_to(app: &App, actor: &Actor) -> Result<(Vec<Held>, usize)> {
    let mut tx = app.db.read().await?;
    let (mut all, mut waiting) = (Vec::new(), 0);
    for found in store::held_by(&mut tx, &app.keys, actor.account).await? {
        let facts = about(app, &mut tx, found.0.patient).await?.map(|(_, facts)| facts);
        let held = with_standing(app, found, &facts.unwrap_or_default());
        match is_untold(app, &mut tx, (&held, actor)).await? {
            true => waiting += usize::from(held.standing.is_live()),
            false => all.push(open(held)),
        }
    }
    all.sort_by(|a, b| a.person.cmp(&b.person));
    Ok((all, waiting))
}

/// Whether who holds an authority is told nothing of it, not even whose record it is over: whoever has a code need not be
/// the one whom its maker had in mind (45 CFR 164.514(h)(1)).
async fn is_untold(app: &App, tx: &mut Tx, (held, actor): (&Held, &Actor)) -> Result<bool> {
    if held.authority.active.is_some() {
        return Ok(false);
    }
    let events = store::became(tx, &app.keys, held.authority.id).await?;
    Ok(rules::is_untold((&held.authority, held.standing), &actor.name, &events))
}

/// One authority that the account holds and that is in force.
///
/// # Errors
/// `NotFound` for one that is another's, not in force, or none.
pub async fn held(app: &App, actor: &Actor, id: AuthorityId) -> Result<Held> {
    let mut tx = app.db.read().await?;
    let (held, _) = found(app, &mut tx, id).await?;
    let theirs = held.authority.account == Some(actor.account) && held.standing.in_force();
    if theirs { Ok(open(held)) } else { Err(Error::NotFound) }
}

/// The authority by which an account may act for a person now; its scope is that of this moment.
pub(crate) async fn in_force(
    app: &App,
    tx: &mut Tx,
    (account, patient): (AccountId, PatientNo),
) -> Result<Option<Authority>> {
    let Some(authority) = store::held_over(tx, &app.keys, (account, patient)).await? else {
        return Ok(None);
    };
    let Some((person, facts)) = about(app, tx, patient).await? else { return Ok(None) };
    let held = with_standing(app, (authority, person), &facts);
    Ok(held.standing.in_force().then_some(held.authority))
}

/// An authority over a record as its person may look through it: one that is live, with the scope of this moment.
pub(crate) async fn shown_to(
    app: &App,
    tx: &mut Tx,
    (patient, id): (PatientNo, AuthorityId),
) -> Result<Option<Authority>> {
    let Some((authority, person)) = store::find(tx, &app.keys, id).await? else { return Ok(None) };
    let Some((_, facts)) = about(app, tx, patient).await? else { return Ok(None) };
    let held = with_standing(app, (authority, person), &facts);
    let theirs = held.authority.patient == patient && held.standing.in_force();
    Ok(theirs.then_some(held.authority))
}

/// One authority, for the person or the one who holds it.
///
/// # Errors
/// `NotFound` for anybody else, whether or not there is such an authority, and for who holds it while the clinic makes sure
/// whose account it is.
pub async fn one(app: &App, actor: &Actor, id: AuthorityId) -> Result<One> {
    let mut tx = app.db.read().await?;
    let (mut held, _) = found(app, &mut tx, id).await?;
    let side = side(&mut tx, actor, &held.authority).await?;
    if side == Side::Person {
        with_holders(&mut tx, held.authority.patient, std::slice::from_mut(&mut held)).await?;
    } else if is_untold(app, &mut tx, (&held, actor)).await? {
        return Err(Error::NotFound);
    }
    let events = store::became(&mut tx, &app.keys, id).await?;
    Ok(One { events: rules::told(events), held: open(held), side })
}

/// Without what only staff may know: why it is suspended, unless only a name is to be confirmed, that a colleague flagged
/// it, and what staff wrote about papers and orders.
fn open(mut held: Held) -> Held {
    held.authority.suspension = held.authority.suspension.filter(|waits| waits.ground == Ground::Name);
    held.authority.flag = None;
    held.authority.evidence.note.clear();
    for limit in &mut held.authority.limits {
        limit.order.clear();
        limit.by.clear();
    }
    held
}

async fn side(tx: &mut Tx, actor: &Actor, authority: &Authority) -> Result<Side> {
    if own(tx, actor, authority.patient).await.is_ok() {
        Ok(Side::Person)
    } else if authority.account == Some(actor.account) {
        Ok(Side::Holder)
    } else {
        Err(Error::NotFound)
    }
}

/// The person changes what a delegate may see and until when. `seen` is how often it had been changed when the form
/// was shown.
///
/// # Errors
/// `NotFound`; `Invalid`; `Refused` with `refused-the-clinic-ends` for a representative; `Conflict` with
/// `conflict-over` or `conflict-changed`.
pub async fn change(
    app: &App,
    actor: &Actor,
    (id, seen): (AuthorityId, i64),
    (scope, until): (Scope, Option<Instant>),
) -> Result<()> {
    let mut tx = app.db.write().await?;
    let (held, facts) = found(app, &mut tx, id).await?;
    if side(&mut tx, actor, &held.authority).await? != Side::Person {
        return Err(Error::NotFound);
    }
    if held.authority.kind != Kind::Delegate {
        return Err(Error::refused("refused-the-clinic-ends"));
    }
    let mut authority = as_seen(held, seen)?;
    let mut problems = rules::of_scope(&scope);
    problems.extend(rules::of_span(authority.starts, until, app.clock.now()));
    if !problems.is_empty() {
        return Err(Error::Invalid(Problems(problems)));
    }
    (authority.granted, authority.until) = (tidied(scope), until);
    noted(app, &mut tx, (&authority, "changed", None), (Some(actor.account), &actor.name)).await?;
    times::settled(app, &mut tx, (authority, &facts)).await?;
    tx.commit().await
}

/// Ends an authority: the person takes it away, or its holder gives it up. Effective with the next request, and
/// with the next part of a download that is running.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-the-clinic-ends` for a representative, which a court or the law gave.
pub async fn end(app: &App, actor: &Actor, id: AuthorityId) -> Result<()> {
    let mut tx = app.db.write().await?;
    let (held, _) = found(app, &mut tx, id).await?;
    let end = match side(&mut tx, actor, &held.authority).await? {
        Side::Person if held.authority.kind != Kind::Delegate => {
            return Err(Error::refused("refused-the-clinic-ends"));
        }
        Side::Person => End::ByPerson,
        Side::Holder => End::GivenUp,
    };
    if held.authority.ended.is_none() {
        let by = (Some(actor.account), actor.name.as_str());
        let over = held.authority.clone();
        times::ended(app, &mut tx, (held.authority, end, None), by).await?;
        if end == End::ByPerson {
            end_left_over(app, &mut tx, &over, by).await?;
        }
    }
    tx.commit().await
}

/// Ends with somebody's right the invitations to the same name that were open already when it was taken: whoever holds
/// such a code could come back with it. One that was made later is meant.
async fn end_left_over(
    app: &App,
    tx: &mut Tx,
    over: &Authority,
    by: (Option<AccountId>, &str),
) -> Result<()> {
    let Some(since) = over.since.filter(|_| over.account.is_some()) else { return Ok(()) };
    for (other, _) in store::over(tx, &app.keys, over.patient).await? {
        let open = other.account.is_none() && other.ended.is_none() && other.kind == over.kind;
        if open && other.created <= since && base::fold(&other.name) == base::fold(&over.name) {
            times::ended(app, tx, (other, End::ByPerson, None), by).await?;
        }
    }
    Ok(())
}

/// An authority with where it stands, and what is known of the person.
async fn found(app: &App, tx: &mut Tx, id: AuthorityId) -> Result<(Held, PersonFacts)> {
    let (authority, name) = store::find(tx, &app.keys, id).await?.ok_or(Error::NotFound)?;
    let (_, facts) = about(app, tx, authority.patient).await?.ok_or(Error::NotFound)?;
    Ok((with_standing(app, (authority, name), &facts), facts))
}

/// The authority, if it is not over and as it was when the form was shown.
fn as_seen(held: Held, seen: i64) -> Result<Authority> {
    if !held.standing.is_live() {
        return Err(Error::Conflict("conflict-over"));
    }
    if held.authority.changes != seen {
        return Err(Error::Conflict("conflict-changed"));
    }
    Ok(held.authority)
}

fn with_standing(app: &App, (mut authority, person): (Authority, String), facts: &PersonFacts) -> Held {
    let now = app.clock.now();
    let standing = rules::standing(&authority, facts, (now, app.config.clinic.zone()));
    authority.scope = lens_rules::narrowed(&authority.granted, &authority.limits, now);
    authority.closed = closed((authority.kind, authority.seat), facts);
    let ends = rules::ends(&authority, facts, app.config.clinic.zone());
    Held { authority, standing, person, birth_date: facts.birth_date.clone(), ends, holder: None }
}

/// Writes down what became of an authority.
async fn noted(
    app: &App,
    tx: &mut Tx,
    (authority, what, why): (&Authority, &str, Option<&str>),
    (account, by): (Option<AccountId>, &str),
) -> Result<()> {
    let at = app.clock.now();
    let (id, authority) = (base::uuid(at), Some(authority.id));
    let event = store::NewEvent { id, authority, claim: None, at, what, account, by, why };
    store::note(tx, &app.keys, event).await
}

/// Tells the person something about who acts for them, in the caller's transaction, as they want to be reached.
pub(crate) async fn tell_person(
    app: &App,
    tx: &mut Tx,
    (patient, kind): (PatientNo, notify::Kind),
) -> Result<()> {
    for account in identity::accounts_of(tx, patient).await? {
        notify::tell(tx, account, (kind, app.clock.now())).await?;
    }
    Ok(())
}

/// Tells the person of an authority that was verified or taken and is not in force yet: it begins on a day, or when
/// they cannot decide. That it comes into force is told when it does.
async fn tell_of_waiting(app: &App, tx: &mut Tx, authority: &Authority) -> Result<()> {
    if authority.active.is_none() && authority.suspension.is_none() {
        tell_about(app, tx, (authority, notify::Kind::ActingChanged)).await?;
    }
    Ok(())
}

/// Tells the person what became of an authority over their record. Where no message reaches them, those who act for them
/// with the whole record are told that something changed; a helper is the person's own affair.
async fn tell_about(app: &App, tx: &mut Tx, (authority, kind): (&Authority, notify::Kind)) -> Result<()> {
    tell_person(app, tx, (authority.patient, kind)).await?;
    if authority.kind == Kind::Delegate {
        return Ok(());
    }
    for account in identity::accounts_of(tx, authority.patient).await? {
        if notify::reaches(app, tx, account).await? {
            return Ok(());
        }
    }
    for (account, id) in acting_whole_in(app, tx, authority.patient).await? {
        if id != authority.id {
            notify::tell(tx, account, (notify::Kind::ActingElse, app.clock.now())).await?;
        }
    }
    Ok(())
}

/// Who acts for a person now with the whole record: parents, guardians, agents. Never a helper, and nobody who is
/// suspended, limited, or sees a part.
pub async fn acting_whole(app: &App, patient: PatientNo) -> Result<Vec<(AccountId, AuthorityId)>> {
    let mut tx = app.db.read().await?;
    acting_whole_in(app, &mut tx, patient).await
}

async fn acting_whole_in(
    app: &App,
    tx: &mut Tx,
    patient: PatientNo,
) -> Result<Vec<(AccountId, AuthorityId)>> {
    let all = all_over(app, tx, patient).await?.into_iter();
    let whole = all.filter(|held| rules::acts_whole(&held.authority, held.standing));
    Ok(whole.filter_map(|held| Some((held.authority.account?, held.authority.id))).collect())
}

/// The person's name and what the rules need to know, with the age at which they are an adult here today.
async fn about(app: &App, tx: &mut Tx, patient: PatientNo) -> Result<Option<(String, PersonFacts)>> {
    let today = app.clock.now().utc().with_timezone(&app.config.clinic.zone()).date_naive();
    let law = &app.config.law;
    let adult_at = Some(law.majority(today));
    let found = store::person(tx, patient).await?;
    Ok(found.map(|(name, facts)| {
        let alone = law.alone_from(SUBSTANCE_USE, today);
        let alone = alone.map(|years| if reached(app, &facts, years) { Alone::May } else { Alone::NotYet });
        let (open, silent) = (law.open_to_parents(today), law.silent_of_parents(today));
        let named = law.program_representatives(today);
        let representatives = named.iter().filter_map(|kind| Kind::from_slug(kind)).collect();
        let place = Place { open, silent, program: law.program_records(today), alone, representatives };
        (name, PersonFacts { adult_at, place: Some(place), ..facts })
    }))
}

/// Whether somebody reached a birthday. Who is of age, or counts as such, has no parent who acts; the age alone is asked
/// here.
fn reached(app: &App, facts: &PersonFacts, years: i32) -> bool {
    let facts = PersonFacts { adult_at: Some(years), emancipated: None, ..facts.clone() };
    rules::of_age(&facts, (app.clock.now(), app.config.clinic.zone()))
}

/// The bits of the services to which the person of a record may consent alone by their age, as the law of the place
/// settles it ([`Law::alone_at`]). Of who is of age it tells nothing.
///
/// # Errors
/// `NotFound` if there is no such record.
///
/// [`Law::alone_at`]: crate::config::Law::alone_at
pub(crate) async fn services_alone(app: &App, tx: &mut Tx, patient: PatientNo) -> Result<Labels> {
    let (_, facts) = store::person(tx, patient).await?.ok_or(Error::NotFound)?;
    let today = app.clock.now().utc().with_timezone(&app.config.clinic.zone()).date_naive();
    Ok(app.config.law.alone_at(|years| reached(app, &facts, years), today))
}

/// The seat of an authority in the items about which a clinician decides: its own, or the next that nobody has over this
/// record. A seat is never given to another.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-too-many-people` where all are given.
pub(crate) async fn seat(app: &App, tx: &mut Tx, id: AuthorityId) -> Result<Seat> {
    let (authority, _) = store::find(tx, &app.keys, id).await?.ok_or(Error::NotFound)?;
    if let Some(seat) = authority.seat {
        return Ok(seat);
    }
    identity::hold_record(tx, authority.patient).await?;
    let next = store::seats(tx, authority.patient).await?;
    let seat = Seat::new(next).ok_or_else(|| Error::refused("refused-too-many-people"))?;
    store::take_seat(tx, id, seat).await?;
    Ok(seat)
}

/// An authority with where it stands, for rooms above that decide something about it.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn standing_of(app: &App, tx: &mut Tx, id: AuthorityId) -> Result<Held> {
    Ok(found(app, tx, id).await?.0)
}

/// Something of a person changed by which time works on authorities, such as the birth date: those over them are looked
/// at again with the next run of the job.
pub(crate) async fn look_again(tx: &mut Tx, (patient, now): (PatientNo, Instant)) -> Result<()> {
    store::look_again(tx, patient, now).await
}

/// How far the person of a record is by their age.
///
/// # Errors
/// `NotFound` if there is no such record.
pub(crate) async fn age_of(app: &App, tx: &mut Tx, patient: PatientNo) -> Result<Age> {
    let (_, facts) = about(app, tx, patient).await?.ok_or(Error::NotFound)?;
    if rules::of_age(&facts, (app.clock.now(), app.config.clinic.zone())) {
        return Ok(Age::OfAge);
    }
    let alone = facts.place.and_then(|place| place.alone);
    Ok(if alone == Some(Alone::May) { Age::MayAlone } else { Age::Minor })
}

/// How much a parent sees of a record by the law of the place, to whom nobody opened anything: whoever comes to act next.
///
/// # Errors
/// `NotFound` if there is no such record.
pub(crate) async fn of_parents(app: &App, tx: &mut Tx, patient: PatientNo) -> Result<Lens> {
    let (_, facts) = about(app, tx, patient).await?.ok_or(Error::NotFound)?;
    Ok(lens_rules::by_law((Kind::Parent, &Scope::WHOLE), closed((Kind::Parent, None), &facts)))
}

/// Only the person themselves, while they live; anyone else learns nothing.
async fn own(tx: &mut Tx, actor: &Actor, patient: PatientNo) -> Result<()> {
    identity::owns(tx, actor.account, patient).await?.then_some(()).ok_or(Error::NotFound)
}

fn hash(app: &App, normal: &str) -> [u8; 32] {
    app.keys.mac(b"invitation", normal.as_bytes())
}
