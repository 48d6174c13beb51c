//! Staff of the clinic: which roles somebody has and who gave them, looks at a record with a purpose and a reason,
//! emergency access, and the reviews of both (45 CFR 164.308(a)(3) and (4), 164.312(a)(2)(ii), 164.312(b)).

mod finding;
mod grants;
mod kin_rules;
mod model;
mod reviews;
mod rules;
mod store;
mod views;

use crate::app::App;
use crate::base::{
    AccountId, Error, GrantId, PatientNo, Result, ReviewId, SessionId, ViewId, page_of, span, uuid,
};
use crate::db::Tx;
use crate::identity::Actor;

pub use kin_rules::{Household, Place, Reach as Contacts};
pub use model::*;
pub use rules::{
    APPROVE, Action, COURT_DOCUMENTS, Evidence, METADATA, PROPOSE, READ, Reach, Right, answers, best,
    evidence, markable, may, purposes, standing, unmarkable,
};
pub(crate) use store::are_answered_by;

/// The roles that somebody has now: those of their sign-in's claims and those given here.
pub async fn roles(app: &App, actor: &Actor) -> Result<Vec<Role>> {
    let mut tx = app.db.read().await?;
    grants::roles(app, &mut tx, (actor.account, actor.session)).await
}

/// The roles given here that an account holds now, in any session or none: what sign-ins say of it is not among them.
pub(crate) async fn given(app: &App, tx: &mut Tx, account: AccountId) -> Result<Vec<Role>> {
    let all = store::grants_of(tx, account).await?;
    let now = app.clock.now();
    Ok(rules::given(&all, now))
}

/// Whether somebody is on the list of those who may use emergency access.
pub async fn listed(app: &App, actor: &Actor) -> Result<bool> {
    let mut tx = app.db.read().await?;
    let all = store::grants_of(&mut tx, actor.account).await?;
    Ok(rules::holds(&all, Power::Emergency, app.clock.now()))
}

/// Asks for a role, or a place on the list for emergency access, for somebody else. It holds once a second person
/// approves it.
///
/// # Errors
/// `Refused` with `refused-not-your-role` or `refused-own-grant`; `Invalid`; `NotFound` for an unknown account;
/// `Conflict` with `conflict-has-role`.
pub async fn ask(app: &App, actor: &Actor, ask: Ask) -> Result<GrantId> {
    grants::ask(app, actor, ask).await
}

/// Approves what another asked for (two people, neither of them the holder).
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role`, `refused-own-grant` or `refused-own-request`; `Conflict` with
/// `conflict-grant-decided`.
pub async fn approve(app: &App, actor: &Actor, id: GrantId) -> Result<()> {
    grants::approve(app, actor, id).await
}

/// Ends a grant at once, or refuses one that waits; its holder may give it up. Open looks of the holder end too.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role`; `Invalid`; `Conflict` with `conflict-grant-decided`.
pub async fn end(app: &App, actor: &Actor, (id, why): (GrantId, &str)) -> Result<()> {
    grants::end(app, actor, (id, why)).await
}

/// One grant, for those who may see who has which role, and its holder.
pub async fn grant(app: &App, actor: &Actor, id: GrantId) -> Result<Grant> {
    grants::one(app, actor, id).await
}

/// Grants that wait for a second person, and those in force or approved for later.
pub async fn live_grants(app: &App) -> Result<Vec<Grant>> {
    let mut tx = app.db.read().await?;
    store::live_grants(&mut tx, app.clock.now()).await
}

/// Grants that wait for a second person or for their day, the oldest first, at most 25 on a page (from 1); whether there
/// is another page.
pub async fn waiting_grants(app: &App, page: i64) -> Result<(Vec<Grant>, bool)> {
    let mut tx = app.db.read().await?;
    Ok(page_of(store::waiting_grants(&mut tx, app.clock.now(), span(page, LINES)).await?, LINES))
}

/// Grants of the past, newest first, at most 25 on a page (from 1); whether there is another page.
pub async fn past_grants(app: &App, page: i64) -> Result<(Vec<Grant>, bool)> {
    grants::past(app, page).await
}

/// Gives a role from the command line, at once: how the first ones of an installation come to be. By whom is only
/// said, so the review of access shows that it was done there.
///
/// # Errors
/// `Invalid`; `NotFound`; `Conflict` with `conflict-has-role`.
pub async fn grant_by_operator(app: &App, ask: Ask, by: &str) -> Result<GrantId> {
    grants::by_operator(app, ask, by).await
}

/// Ends a grant from the command line.
///
/// # Errors
/// `NotFound`; `Conflict` with `conflict-grant-decided`.
pub async fn end_by_operator(app: &App, id: GrantId, (by, why): (&str, &str)) -> Result<()> {
    grants::end_by_operator(app, id, (by, why)).await
}

/// Everybody who can do something as staff, by name: what, from where, when last here.
pub async fn holders(app: &App) -> Result<Vec<Holder>> {
    let mut tx = app.db.read().await?;
    reviews::holders(app, &mut tx).await
}

/// People with at least two of name, birth date and record number as stated; at most 10 on a page (from 1).
/// Whoever is found may be opened by the one who found them for the rest of the working day.
///
/// # Errors
/// `Invalid`.
pub async fn find(app: &App, actor: &Actor, (wanted, page): (&Wanted, i64)) -> Result<FoundPage> {
    finding::find(app, actor, (wanted, page)).await
}

/// Counts a search against the limit of the account, before [`find`].
///
/// # Errors
/// `Invalid`; `Refused` with `refused-too-many-searches`.
pub async fn count_search(app: &App, actor: &Actor, wanted: &Wanted) -> Result<()> {
    finding::count(app, actor, wanted).await
}

/// The people whom the actor found within the working day, the last 50, newest first: those whom a form of the desk can
/// be about.
pub async fn found(app: &App, actor: &Actor) -> Result<Vec<Found>> {
    finding::found(app, actor).await
}

/// Notes that the actor read the names of these people, as if they had looked for them.
pub(crate) async fn note_found(app: &App, actor: &Actor, people: &[PatientNo]) -> Result<()> {
    finding::note_found(app, actor, people).await
}

/// A person that the actor found, without anything of the record.
///
/// # Errors
/// `NotFound` for whom the actor did not find: nobody leafs through people by number.
pub async fn card(app: &App, actor: &Actor, patient: PatientNo) -> Result<Card> {
    finding::card(app, actor, patient).await
}

/// Opens a look at a record for a purpose, with a reason. Its minutes are a setting.
///
/// # Errors
/// `NotFound`; `Invalid`; `Refused` with `refused-not-your-role`, `refused-own-record` or `refused-family-record`.
pub async fn open(app: &App, actor: &Actor, (opening, near): (Opening, Household)) -> Result<View> {
    views::open(app, actor, (opening, near)).await
}

/// The same for whom a case is about: who works on it need not have searched for the person.
///
/// # Errors
/// As [`open`].
pub async fn open_in_case(app: &App, actor: &Actor, (opening, near): (Opening, Household)) -> Result<View> {
    views::open_in_case(app, actor, (opening, near)).await
}

/// Opens emergency access: for those on the list only. The person, or where no message reaches them who acts for them,
/// and the privacy officers are told, and a privacy officer reviews it. Records under 42 CFR Part 2 are shown where what
/// 2.51(c) asks is written down.
///
/// # Errors
/// As [`open`], and `Refused` with `refused-not-listed`.
pub async fn open_emergency(
    app: &App,
    actor: &Actor,
    (ask, near): (EmergencyAsk<'_>, Household),
) -> Result<View> {
    views::open_emergency(app, actor, (ask, near)).await
}

/// Ends one's own look; a privacy officer ends any emergency access, but to a record of their own or of somebody for whom
/// they act.
///
/// # Errors
/// `NotFound` for another's, and for none; `Refused` with `refused-own-record` or `refused-family-record`.
pub async fn end_view(app: &App, actor: &Actor, id: ViewId) -> Result<()> {
    views::end(app, actor, id).await
}

/// Whether a look belongs to the program for substance use whose staff the settings name (42 CFR 2.12(c)(3)).
pub async fn of_program(app: &App, tx: &mut Tx, view: &View) -> Result<bool> {
    let email = store::account(tx, view.account).await?.and_then(|(_, _, email, _)| email);
    Ok(app.config.program.is_staff(view.role, email.as_deref()))
}

/// The look in force of an account at a record, if there is one: emergency access before others. Its role is held
/// and its session is in force at this moment. [`View::session`] tells in which session it was opened.
pub async fn view_in_force(
    app: &App,
    tx: &mut Tx,
    (account, patient): (AccountId, PatientNo),
) -> Result<Option<View>> {
    views::in_force_at(app, tx, (account, patient)).await
}

/// The look of this id, if it is this account's and in force.
pub async fn view(app: &App, tx: &mut Tx, account: AccountId, id: ViewId) -> Result<Option<View>> {
    views::in_force(app, tx, (account, id)).await
}

/// Looks of a session go on in the one that took its place, because its person had to sign in again: what they were
/// about to decide in a look is not lost by it. Their end stays where it was; a sign-in that proved less carries none on.
pub async fn carry_on(app: &App, actor: &Actor, before: SessionId) -> Result<()> {
    views::carry_on(app, actor, before).await
}

/// A look of this person that is in force, in this session, with whom it is at.
///
/// # Errors
/// `NotFound` for one that is another's, of another session, over, or none.
pub async fn looking(app: &App, actor: &Actor, id: ViewId) -> Result<(View, Found)> {
    let mut tx = app.db.read().await?;
    let view = views::in_force(app, &mut tx, (actor.account, id)).await?;
    let view = view.filter(|view| view.session == actor.session).ok_or(Error::NotFound)?;
    let found = store::person(&mut tx, view.patient).await?.ok_or(Error::NotFound)?;
    Ok((view, found))
}

/// Whether something can be opened by a look at this moment.
pub async fn is_open(app: &App, view: &View) -> Result<bool> {
    let mut tx = app.db.read().await?;
    views::holds(app, &mut tx, view).await
}

/// What waits for somebody with these roles.
pub async fn waiting(app: &App, actor: &Actor, roles: &[Role]) -> Result<Waiting> {
    reviews::waiting(app, actor, roles).await
}

/// Emergency accesses, those nobody reviewed first, at most 25 on a page (from 1); whether there is another page.
/// Who reads only that something happened gets no names of patients and no reasons.
pub async fn emergencies(app: &App, (roles, page): (&[Role], i64)) -> Result<(Vec<Looked>, bool)> {
    reviews::emergencies(app, (roles, page)).await
}

/// One emergency access, as [`emergencies`] shows it to these roles.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role`.
pub async fn emergency(app: &App, (roles, id): (&[Role], ViewId)) -> Result<Looked> {
    reviews::emergency(app, (roles, id)).await
}

/// A privacy officer signs an emergency access off, once it is over. Nobody signs off their own.
///
/// # Errors
/// `NotFound`; `Invalid`; `Refused` with `refused-not-your-role`, `refused-own-request`, `refused-own-record` or
/// `refused-family-record`; `Conflict` with `conflict-still-open` or `conflict-reviewed`.
pub async fn review_emergency(app: &App, actor: &Actor, (id, note): (ViewId, &str)) -> Result<()> {
    reviews::review_emergency(app, actor, (id, note)).await
}

/// A new id for the form of a sign-off.
pub fn once(app: &App) -> ReviewId {
    ReviewId(uuid(app.clock.now()))
}

/// Signs off who has access, with what was there to see (45 CFR 164.308(a)(4)(ii)(C)). `id` is the form's own id: sent
/// twice it is one sign-off.
///
/// # Errors
/// `Invalid`; `Refused` with `refused-not-your-role`.
pub async fn sign_off(app: &App, actor: &Actor, (id, note): (ReviewId, &str)) -> Result<()> {
    reviews::sign_off(app, actor, (id, note)).await
}

/// Sign-offs, newest first, at most 25 on a page (from 1); whether there is another page.
pub async fn sign_offs(app: &App, page: i64) -> Result<(Vec<Review>, bool)> {
    reviews::sign_offs(app, page).await
}

/// Refuses staff who would decide about their own account or record.
///
/// # Errors
/// `Refused` with `refused-own-request`, `refused-own-record` or `refused-family-record`.
pub async fn keep_apart(app: &App, actor: &Actor, (whose, near): (AccountId, &Household)) -> Result<()> {
    if actor.account == whose {
        return Err(Error::refused("refused-own-request"));
    }
    keep_out(app, actor, near).await
}

/// Keeps staff out of their own record and those of their family.
///
/// # Errors
/// `Refused` with `refused-own-record` or `refused-family-record`.
pub async fn keep_out(app: &App, actor: &Actor, near: &Household) -> Result<()> {
    let mut tx = app.db.read().await?;
    views::not_near(app, &mut tx, (actor, near)).await
}

/// Those of these people from whose records staff are kept out: themselves and their family.
///
/// # Errors
/// Faults of the database only.
pub async fn near(app: &App, actor: &Actor, all: &[Household]) -> Result<Vec<PatientNo>> {
    let mut tx = app.db.read().await?;
    let near = views::near_ones(app, &mut tx, (actor, all)).await?;
    Ok(near.into_iter().map(|(patient, _)| patient).collect())
}

/// The words of why staff decide something, trimmed: at least ten letters, at most 1000.
///
/// # Errors
/// `Invalid` on that field.
pub(crate) fn reason(field: &'static str, text: &str) -> Result<String> {
    finding::reason(field, text)
}

/// How many lines a page of a list has.
const LINES: i64 = 25;
