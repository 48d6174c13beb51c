//! Who is there: accounts, OpenID Connect sign-in, sessions, and linking an account to a record.
//! docs/sign-in.md tells operators of it, with every message id.

mod cases;
mod claims;
mod compare_rules;
mod fault;
mod linking;
mod logout;
mod model;
mod providers;
mod rules;
mod sessions;
mod sign_in;
mod staff_claims;
mod store;
mod strength;
mod strength_store;
#[cfg(test)]
mod tests;
mod tokens;

use crate::app::App;
use crate::base::{AccountId, CaseId, CodeId, Error, Instant, PatientNo, Result, SessionId};
use crate::config::{Act, Provider};
use crate::db::Tx;
use crate::words::Language;

pub use compare_rules::{Difference, same_birth_date, same_name};
pub use model::*;

/// The identity providers of the sign-in page, in the order of the settings.
pub fn providers(app: &App, language: Language) -> Vec<ProviderChoice> {
    let choice = |provider: &Provider| {
        let spanish = language == Language::Spanish && !provider.hint_es.is_empty();
        let hint = if spanish { &provider.hint_es } else { &provider.hint };
        ProviderChoice { id: provider.id.clone(), name: provider.name.clone(), hint: hint.clone() }
    };
    app.config.oidc.iter().map(choice).collect()
}

/// Starts a sign-in: where to send the browser, and what to put in its short-lived cookie.
pub async fn begin(app: &App, start: Start) -> Result<Begun> {
    sign_in::begin(app, start).await
}

/// Starts a sign-in in which somebody who is signed in proves anew that it is them (OpenID Connect Core 3.1.2.1:
/// `prompt=login`, `max_age`). It must lead back to the same account, else [`finish`] refuses it and the session goes on.
pub async fn begin_again(app: &App, actor: &Actor, again: Again) -> Result<Begun> {
    sign_in::begin_again(app, actor, again).await
}

/// Ends a sign-in with what the provider sent back (OpenID Connect Core 3.1.2.5 and on). A failure names
/// the sentence that a person is shown; the cause is logged without claims or tokens.
pub async fn finish(app: &App, back: Back) -> Result<SignedIn> {
    sign_in::finish(app, back).await
}

/// The session behind a cookie's secret, if it is in force; using it moves the idle end on.
pub async fn session(app: &App, secret: &str) -> Result<Option<Session>> {
    sessions::session(app, secret).await
}

/// What the forms of a session's pages are known by. It tells nothing of the secret.
pub fn form_mark(app: &App, secret: &str) -> [u8; 32] {
    sessions::mark(app, secret)
}

/// The same of the newest sessions of an account, also of those that ended: for the form of a page that was opened before
/// its reader signed in again.
pub async fn form_marks(app: &App, actor: &Actor) -> Result<Vec<[u8; 32]>> {
    sessions::marks(app, actor.account).await
}

/// When the session of this secret ends, without moving it on: for the warning.
pub async fn peek(app: &App, secret: &str) -> Result<Option<Instant>> {
    sessions::peek(app, secret).await
}

/// Whether the session of this secret goes on, where a page says that its time is over: it ends if it is about to, and
/// nothing moves its end on.
pub async fn goes_on(app: &App, secret: &str) -> Result<bool> {
    sessions::goes_on(app, secret).await
}

/// Whether the session of this secret ran out by itself, and nobody ended it.
pub async fn ran_out(app: &App, secret: &str) -> Result<bool> {
    strength::ran_out(app, secret).await
}

/// Why the session of this secret is over, as the history of sign-ins says it (`sign-in-ended-idle`); to be asked where
/// [`session`] finds none in force.
pub async fn why_over(app: &App, secret: &str) -> Result<Option<String>> {
    sessions::why_over(app, secret).await
}

/// Signs out: ends the session and tells where to send the browser so that the provider signs out too
/// (OpenID Connect RP-Initiated Logout 1.0), if it can.
pub async fn sign_out(app: &App, session: &Session) -> Result<Option<String>> {
    logout::sign_out(app, session).await
}

/// Ends the sessions named by a provider's logout token (OpenID Connect Back-Channel Logout 1.0).
pub async fn provider_logout(app: &App, logout_token: &str) -> Result<()> {
    logout::provider_logout(app, logout_token).await
}

/// The account's signed-in devices and its last sign-ins.
pub async fn devices(app: &App, actor: &Actor) -> Result<Devices> {
    sessions::devices(app, actor).await
}

/// Ends one of the account's own sessions.
pub async fn end_device(app: &App, actor: &Actor, session: SessionId) -> Result<()> {
    sessions::end(app, actor, session).await
}

/// Whether the actor signed in with a second factor.
pub fn second_factor(app: &App, actor: &Actor) -> bool {
    strength::second_factor(app, actor)
}

/// What the actor must do before this, by the settings `sessions.fresh_for` and `sessions.two_factors_for`: a fresh
/// sign-in is one within `sessions.fresh_minutes`, for decisions of staff within `sessions.staff_fresh_minutes`.
pub fn need(app: &App, actor: &Actor, act: Act) -> Option<Need> {
    strength::need(app, actor, act)
}

/// How sure we are that the actor is who they say: how they signed in, and each time it was proved who they are.
pub async fn assurance(app: &App, actor: &Actor) -> Result<Assurance> {
    strength::assurance(app, actor).await
}

/// How well it was checked who the person of an account is (identity assurance level, NIST SP 800-63A; 0: nobody said):
/// for those who decide what they ask for.
pub async fn proved(app: &App, account: AccountId) -> Result<u8> {
    strength_store::proved(&mut app.db.read().await?, account).await
}

/// Keeps what was typed into a form while its sender signs in again, sealed and for 15 minutes; the name by which the
/// same account finds it again.
pub async fn keep_form(app: &App, actor: &Actor, form: KeptForm) -> Result<String> {
    strength::keep(app, actor, form).await
}

/// The same for a form that was sent with the secret of a session that had run out by itself; none where there is no
/// such session, or somebody ended it.
pub async fn keep_late_form(app: &App, secret: &str, form: KeptForm) -> Result<Option<String>> {
    strength::keep_late(app, secret, form).await
}

/// The kept form of this name, if this account kept it.
pub async fn kept_form(app: &App, actor: &Actor, name: &str) -> Result<Option<KeptForm>> {
    strength::kept(app, actor, name).await
}

/// Forgets a kept form, because what it asked for is done.
pub async fn forget_form(app: &App, actor: &Actor, name: &str) -> Result<()> {
    strength::forget(app, actor, name).await
}

/// Keeps the account's choice of language.
pub async fn choose_language(app: &App, actor: &Actor, language: crate::words::Language) -> Result<()> {
    let mut tx = app.db.write().await?;
    if store::set_language(&mut tx, actor.account, language.tag()).await? == 0 {
        return Err(Error::NotFound);
    }
    tx.commit().await
}

/// Links the account to a record by an activation code from the clinic. Wrong, used, expired and unknown
/// codes give the same refusal after the same work (`refused-code`); too many tries give `refused-too-many`.
pub async fn link_by_code(app: &App, actor: &Actor, code: &str) -> Result<Link> {
    linking::by_code(app, actor, code).await
}

/// Links the account by the provider's verified claims, where the settings allow it and exactly one record fits.
pub async fn link_by_claims(app: &App, actor: &Actor) -> Result<Option<Link>> {
    linking::by_claims(app, actor).await
}

/// Opens a case for staff from what the person stated; the answer is the same whoever they are.
pub async fn ask_staff(app: &App, actor: &Actor, statement: Statement) -> Result<()> {
    linking::ask_staff(app, actor, statement).await
}

/// The account's open case for staff, if it has one: when it was opened.
pub async fn open_case(app: &App, actor: &Actor) -> Result<Option<Instant>> {
    linking::open_case(app, actor).await
}

/// When the records office closed the account's last case without a link; none while another one is open.
pub async fn refused_case(app: &App, actor: &Actor) -> Result<Option<Instant>> {
    cases::refused(app, actor).await
}

/// All cases for the records office, the open ones first: for `recordright cases list`.
pub async fn all_cases(app: &App) -> Result<Vec<Case>> {
    cases::all(app).await
}

/// So many cases after so many, the open ones first.
pub async fn cases(app: &App, (after, most): (i64, i64)) -> Result<Vec<Case>> {
    cases::some(app, (after, most)).await
}

/// One case with the statement of whoever opened it.
///
/// # Errors
/// `NotFound` if there is no such case.
pub async fn case(app: &App, id: CaseId) -> Result<(Case, Statement)> {
    cases::one(app, id).await
}

/// What the person of a case stated, what the sign-in service says of their account, and what a record says, with where
/// they differ. Changes nothing.
///
/// # Errors
/// `NotFound` if there is no such case or no such record.
pub async fn compare_case(app: &App, case: (CaseId, PatientNo)) -> Result<Compared> {
    let mut tx = app.db.read().await?;
    cases::compared(app, &mut tx, case).await
}

/// Links the account of an open case to a record (ground `staff`), closes the case and mails the account; who
/// decided, by what evidence, and why it is this record although something differs, are kept. Whoever calls writes the
/// line of the log.
pub(crate) async fn link_case(
    app: &App,
    tx: &mut Tx,
    case: (CaseId, PatientNo),
    linking: Linking<'_>,
) -> Result<(AccountId, Link)> {
    cases::link(app, tx, case, linking).await
}

/// Ends the link of an account to a record, with who decided and why, and mails the account. Whoever calls writes the
/// line of the log.
///
/// # Errors
/// As of [`no_link`].
pub(crate) async fn end_link(
    app: &App,
    tx: &mut Tx,
    of: (AccountId, PatientNo),
    how: (&str, &str),
) -> Result<()> {
    linking::end(app, tx, of, how).await
}

/// Why there is no link in force: `Conflict` with `conflict-link-over` where there was one, else `NotFound`.
pub(crate) async fn no_link(tx: &mut Tx, (account, patient): (AccountId, PatientNo)) -> Result<Error> {
    linking::none(tx, (account, patient)).await
}

/// When the clinic ended the link of an account that has none now; none where it never did.
pub async fn ended_link(app: &App, actor: &Actor) -> Result<Option<Instant>> {
    let mut tx = app.db.read().await?;
    store::last_ended(&mut tx, actor.account).await
}

/// Closes an open case without a link; who decided and why are kept.
///
/// # Errors
/// `NotFound`; `Conflict` with `conflict-case-decided`.
pub async fn close_case(app: &App, case: CaseId, decided: (&str, &str)) -> Result<()> {
    cases::close(app, case, decided).await
}

/// A code that nobody can foresee, for [`give_code`].
pub(crate) fn new_code() -> String {
    linking::new_code()
}

/// The code that a form of staff makes, for [`give_code`]: the same form sent twice makes the same.
///
/// # Errors
/// `Invalid` on `proof`.
pub(crate) fn code_of_form(app: &App, form: (AccountId, PatientNo, CodeId), way: Way<'_>) -> Result<String> {
    linking::code_of_form(app, form, way)
}

/// Gives a person this code; earlier unused ones of theirs end. Whoever links with one that was handed over face to face
/// counts as checked in person (`sessions.in_person_ial`). The account that gives it cannot use it. Whoever calls writes
/// the line of the log.
///
/// # Errors
/// `NotFound`; `Invalid` on `proof` where it says nothing or more than 200 characters; `Conflict` with
/// `conflict-deceased`, or with `conflict-code-given` where this very code was given before.
pub(crate) async fn give_code(
    app: &App,
    tx: &mut Tx,
    code: (PatientNo, &str),
    given: ((Option<AccountId>, &str), Way<'_>),
) -> Result<IssuedCode> {
    linking::give_code(app, tx, code, given).await
}

/// The code of a person that nobody used yet and that still works.
pub(crate) async fn open_code(app: &App, tx: &mut Tx, patient: PatientNo) -> Result<Option<OpenCode>> {
    linking::open_code(app, tx, patient).await
}

/// Ends the unused code of a person that was given at this moment. Whoever calls writes the line of the log.
///
/// # Errors
/// `Conflict` with `conflict-code-over` where there is none.
pub(crate) async fn stop_code(app: &App, tx: &mut Tx, code: (PatientNo, Instant)) -> Result<()> {
    linking::stop_code(app, tx, code).await
}

/// People by a FHIR id (`Patient/x` or `x`) or the value of any identifier, such as the record number: for
/// `recordright activation-code`, before a code is issued. At most 50.
pub async fn patients_by(app: &App, reference: &str) -> Result<Vec<FoundPatient>> {
    linking::patients_by(app, reference).await
}

/// The name that the identity provider gave of an account; none where there is no such account.
pub(crate) async fn account_name(tx: &mut Tx, account: AccountId) -> Result<Option<String>> {
    store::account_name(tx, account).await
}

/// The records linked to an account now, the first linked first.
pub async fn links(tx: &mut Tx, account: AccountId) -> Result<Vec<Link>> {
    store::links(tx, account).await
}

/// Whether a record is the account's own. The account of somebody who died decides nothing any more: the right passes
/// to who speaks for the estate (45 CFR 164.502(g)(4)).
///
/// # Errors
/// `Refused` with `refused-deceased` where it is, and its person died.
pub(crate) async fn owns(tx: &mut Tx, account: AccountId, patient: PatientNo) -> Result<bool> {
    let linked = store::links(tx, account).await?.iter().any(|link| link.patient == patient);
    if linked && store::has_died(tx, patient).await? {
        return Err(Error::refused("refused-deceased"));
    }
    Ok(linked)
}

/// Whether the record says that its person died.
pub(crate) async fn has_died(tx: &mut Tx, patient: PatientNo) -> Result<bool> {
    store::has_died(tx, patient).await
}

/// The accounts to which a record is linked now.
pub(crate) async fn accounts_of(tx: &mut Tx, patient: PatientNo) -> Result<Vec<AccountId>> {
    store::accounts_of(tx, patient).await
}

/// The accounts to which a record is linked now, the first linked first: account, the name that the identity provider
/// gave, link.
pub(crate) async fn linked_to(tx: &mut Tx, patient: PatientNo) -> Result<Vec<(AccountId, String, Link)>> {
    store::linked_to(tx, patient).await
}

/// Holds an account, so that its requests come one after the other; false where there is none.
pub(crate) async fn hold(tx: &mut Tx, (actor, now): (&Actor, Instant)) -> Result<bool> {
    store::hold_account(tx, actor.account, now).await
}

/// Holds a record, so that what is written down about it comes one after the other: two who look first whether they
/// may add something do not both find that they may.
pub(crate) async fn hold_record(tx: &mut Tx, patient: PatientNo) -> Result<()> {
    store::hold_record(tx, patient).await
}

/// Counts a try of any code by this account; the limits of activation codes hold.
///
/// # Errors
/// `Refused` with `refused-too-many`; nothing is counted then, so that who waits may try again.
pub(crate) async fn count_code_try(app: &App, tx: &mut Tx, actor: &Actor) -> Result<()> {
    linking::count_try(app, tx, actor).await.map(|_| ())
}

/// A code as it was made, from what was typed.
pub(crate) fn normal_code(typed: &str) -> String {
    rules::normal_code(typed)
}

/// A code in groups of four.
pub(crate) fn grouped(code: &str) -> String {
    rules::grouped(code)
}

/// What the provider said about the person at this sign-in, for the account page.
pub async fn contact(app: &App, actor: &Actor) -> Result<Contact> {
    sessions::contact(app, actor).await
}

/// Ends sessions that ran out, with a line in their history, and deletes what is not needed any more. For a
/// job, every few minutes; correctness does not depend on it.
pub async fn tidy(app: &App) -> Result<()> {
    sessions::tidy(app).await
}

/// Accounts by their id or e-mail address, for whoever gives out roles. At most 20.
pub async fn accounts_by(app: &App, reference: &str) -> Result<Vec<FoundAccount>> {
    let reference = reference.trim();
    let mut tx = app.db.read().await?;
    let rows = store::accounts_by(&mut tx, (reference.parse().ok(), &reference.to_lowercase())).await?;
    let found =
        |(id, name, email, seen)| FoundAccount { account: AccountId(id), name, email, seen: Instant(seen) };
    Ok(rows.into_iter().map(found).collect())
}

/// What the provider said at this sign-in of the family name and of where the person lives.
pub(crate) async fn stated(app: &App, tx: &mut Tx, actor: &Actor) -> Result<Stated> {
    let claims = sessions::kept(app, tx, actor).await?.claims;
    Ok(Stated { family: claims.family, phone: claims.phone, address: claims.address })
}

/// The part of a client's address that limits count by.
pub(crate) fn network(address: &str) -> String {
    rules::network(address)
}

/// Counts one more of `what` within a span; how many there were, and how much of the span is left.
pub(crate) async fn count(
    app: &App,
    tx: &mut Tx,
    (what, span): (&str, std::time::Duration),
) -> Result<(i64, std::time::Duration)> {
    let (window, left) = rules::window(app.clock.now(), span);
    let count = store::count_try(tx, app.keys.mac(b"rate", what.as_bytes()), window).await?;
    Ok((count, left))
}
