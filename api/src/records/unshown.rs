//! What is not shown to who acts for a minor only because the law says nothing (45 CFR 164.502(g)(3)(ii)(C)). They ask,
//! whether or not there is anything; a clinician decides item by item, in a look at the record; and the answer is the
//! same sentence in any case, so that neither question nor answer tells what there is.

use std::collections::BTreeSet;
use std::time::Duration;

use super::model::ItemLine;
use super::unshown_rules::{self as rules, Candidate};
use super::{labels, store as reading, unshown_store as store};
use crate::app::App;
use crate::base::{
    self, AccountId, AuthorityId, CaseId, Error, Instant, ItemAddress, PatientNo, Result, ViewId, page_of,
    span,
};
use crate::db::Tx;
use crate::disclosures::{Channel, Held, What, release};
use crate::fhir::sensitivity::{Labels, Service};
use crate::identity::Actor;
use crate::notify;
use crate::representation::{self, Kind, Sight};
use crate::staff::{self, Action, Household, Opening, Role, View};
use crate::visibility::{self, Basis, Permit, Purpose};

pub use super::unshown_decide::decide;

/// How long questions count against the limit.
const A_DAY: Duration = Duration::from_secs(86_400);
/// Lines on one page of the list for staff.
const LINES: i64 = 25;
/// Items on one page for a clinician.
const ITEMS: usize = 50;
/// More such items than any record has. What lies beyond stays closed.
const MOST: i64 = 10_000;

/// A question about what is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its id.
    pub id: CaseId,
    /// By which authority.
    pub authority: AuthorityId,
    /// Who asked.
    pub account: AccountId,
    /// About whose record.
    pub patient: PatientNo,
    /// When.
    pub asked: Instant,
    /// When a clinician answered.
    pub answered: Option<Instant>,
    /// The number of the last decision about it, which need not have been finished.
    pub decisions: i64,
}

/// What a clinician decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: String,
    /// How many items they opened.
    pub opened: i64,
    /// How many they closed again.
    pub closed: i64,
    /// Why.
    pub reason: String,
}

/// A question as staff find it. It names nobody, and tells neither what was asked nor what was decided: that stands in
/// the record, which is opened for it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The question.
    pub question: Question,
    /// The reader's own look at the record, if one is open.
    pub look: Option<ViewId>,
    /// Whether the record can be opened for it.
    pub opens: Opens,
}

/// Whether a question opens a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// It does.
    Yes,
    /// It was answered long ago: who wants to look again searches for the person, with a reason.
    NoMore,
}

/// An item of which a clinician decides.
#[derive(Debug, Clone)]
pub struct Unshown {
    /// The item as lists show it.
    pub line: ItemLine,
    /// Of which services of a minor it is.
    pub services: Vec<Service>,
    /// Whether who asked sees it.
    pub open: bool,
}

/// A page of what a clinician decides about.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The question.
    pub question: Question,
    /// The asker's words.
    pub note: String,
    /// Who asked, as the clinic calls them, and what they are to the person.
    pub asker: (String, Kind),
    /// What was decided, the newest first.
    pub decisions: Vec<Decision>,
    /// The items.
    pub items: Vec<Unshown>,
    /// Of each service, how many there are.
    pub services: Vec<(Service, i64)>,
    /// Which page, from 1, and whether there is another.
    pub page: (usize, bool),
    /// What the form sends back ([`Answer::seen`]).
    pub seen: String,
}

/// What a clinician sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<'a> {
    /// What the page said of what there is to decide about.
    pub seen: &'a str,
    /// Items that the page showed.
    pub shown: BTreeSet<ItemAddress>,
    /// Those of them that are to be open.
    pub open: BTreeSet<ItemAddress>,
    /// Services of which all is to be open.
    pub services: Vec<Service>,
    /// Why.
    pub reason: &'a str,
    /// What becomes of the question.
    pub then: Then,
}

/// What becomes of a question with what is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// There is more to decide.
    Open,
    /// It is answered.
    Answered,
}

/// Whether there is anything to ask about a record for who asks: they act for a minor.
///
/// # Errors
/// As of `visibility::check`.
pub async fn may_ask(app: &App, actor: &Actor, patient: PatientNo) -> Result<bool> {
    let mut tx = app.db.read().await?;
    match asking(app, &mut tx, (actor, patient)).await {
        Ok(_) => Ok(true),
        Err(Error::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The last question of who acts for a minor, with their words.
///
/// # Errors
/// `NotFound` for anybody else.
pub async fn mine(app: &App, actor: &Actor, patient: PatientNo) -> Result<Option<(Question, String)>> {
    let mut tx = app.db.read().await?;
    let authority = asking(app, &mut tx, (actor, patient)).await?;
    let Some(question) = store::newest(&mut tx, authority).await? else { return Ok(None) };
    let note = store::words(&mut tx, &app.keys, question.id).await?;
    Ok(Some((question, note)))
}

/// Who acts for a minor asks about what is not shown: one question at a time, and three in a day.
///
/// # Errors
/// `NotFound` for anybody else; `Invalid`; `Conflict` with `conflict-unshown-asked`; `Refused` with
/// `refused-unshown-often`.
pub async fn ask(app: &App, actor: &Actor, patient: PatientNo, note: &str) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let authority = asking(app, &mut tx, (actor, patient)).await?;
    let problems = rules::note_problems(note);
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if store::newest(&mut tx, authority).await?.is_some_and(|last| last.answered.is_none()) {
        return Err(Error::Conflict("conflict-unshown-asked"));
    }
    if store::since(&mut tx, authority, now.minus(A_DAY)).await? >= rules::A_DAY {
        return Err(Error::refused("refused-unshown-often").for_the_next(A_DAY));
    }
    let (id, account) = (CaseId(base::uuid(now)), actor.account);
    let question = Question { id, authority, account, patient, asked: now, answered: None, decisions: 0 };
    store::add(&mut tx, &app.keys, (&question, note.trim())).await?;
    notify::tell_office(app, &mut tx, (notify::Kind::UnshownAsked, now)).await?;
    tx.commit().await
}

/// The authority by which somebody acts for a minor.
async fn asking(app: &App, tx: &mut Tx, (actor, patient): (&Actor, PatientNo)) -> Result<AuthorityId> {
    let permit = visibility::check(app, tx, actor, (patient, Purpose::OwnView)).await?;
    match permit.basis() {
        Basis::Representative { of, authority, .. } if of.of_a_minor() => Ok(*authority),
        _ => Err(Error::NotFound),
    }
}

/// A page (from 1) of the questions for staff, those that wait first; whether there is another page. Whom they are about
/// does not stand there: who reads on opens a case.
pub async fn list(app: &App, page: i64) -> Result<(Vec<Question>, bool)> {
    let mut tx = app.db.read().await?;
    Ok(page_of(store::all(&mut tx, span(page, LINES)).await?, LINES))
}

/// One question for staff, who open the record for it.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-own-request` for whoever asked.
pub async fn case(app: &App, actor: &Actor, id: CaseId) -> Result<Case> {
    let mut tx = app.db.read().await?;
    let question = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    not_own(actor, &question)?;
    let look = staff::view_in_force(app, &mut tx, (actor.account, question.patient)).await?;
    let look = look.filter(|view| view.session == actor.session).map(|view| view.id);
    let opens = rules::opens(question.answered, app.clock.now());
    Ok(Case { question, look, opens })
}

fn not_own(actor: &Actor, question: &Question) -> Result<()> {
    if question.account == actor.account { Err(Error::refused("refused-own-request")) } else { Ok(()) }
}

/// A clinician opens the record for a question: they need not have searched for the person.
///
/// # Errors
/// As of [`case`] and of `staff::open_in_case`; `Conflict` with `conflict-unshown-old` where it was answered long ago.
pub async fn open(app: &App, actor: &Actor, (id, near): (CaseId, Household), reason: &str) -> Result<View> {
    let case = case(app, actor, id).await?;
    if case.opens == Opens::NoMore {
        return Err(Error::Conflict("conflict-unshown-old"));
    }
    let (patient, reason) = (case.question.patient, reason.to_owned());
    let opening = Opening { patient, role: Role::Clinician, purpose: staff::Purpose::CaseReview, reason };
    staff::open_in_case(app, actor, (opening, near)).await
}

/// A page (from 1) of what a clinician decides about, in a look at the record.
///
/// # Errors
/// `NotFound` for whoever is no clinician in a look at this record, and for a question about another; `Refused` with
/// `refused-own-request`.
pub async fn desk(app: &App, actor: &Actor, (patient, id): (PatientNo, CaseId), page: usize) -> Result<Desk> {
    let mut tx = app.db.read().await?;
    let permit = deciding(app, &mut tx, (actor, patient)).await?;
    let question = about(&mut tx, (actor, patient, id)).await?;
    let note = store::words(&mut tx, &app.keys, id).await?;
    let asker = asker(app, &mut tx, &question).await?;
    let decisions = store::decisions(&mut tx, &app.keys, id).await?;
    let found = candidates(app, &mut tx, (&permit, &question)).await?;
    let seen = rules::seen(question.decisions, &bare(&found));
    let page = page.clamp(1, found.len().div_ceil(ITEMS).max(1));
    let on_page: Vec<&(Candidate, store::Item)> = found.iter().skip((page - 1) * ITEMS).take(ITEMS).collect();
    let rids: Vec<(i64,)> = on_page.iter().map(|(one, _)| (one.rid.0,)).collect();
    let mut lines = reading::lines((&mut tx, &app.keys), &rids).await?;
    super::files::name((&mut tx, &app.keys), permit.sight(), &mut lines).await?;
    let shown = lines.into_iter().filter_map(|line| {
        let one = on_page.iter().find(|(one, _)| one.address == line.address)?.0;
        Some(Unshown { line, services: named(one.services), open: one.open })
    });
    let items: Vec<Unshown> = shown.collect();
    let count =
        |service: Service| found.iter().filter(|(one, _)| one.services.0 & service.bit().0 != 0).count();
    let services = Service::ALL.into_iter().map(|one| (one, i64::try_from(count(one)).unwrap_or(i64::MAX)));
    let services = services.filter(|(_, count)| *count > 0).collect();
    drop(tx);
    let references = items.iter().map(|one| &one.line.reference);
    let what = What::page("unshown")
        .of(references.map(|(kind, id, version)| (kind.as_str(), id.as_str(), *version)));
    let more = page * ITEMS < found.len();
    let page = (page, more);
    let desk = Desk { question, note, asker, decisions, items, services, page, seen };
    release(app, permit, Channel::Portal, (what, Held::new(desk))).await
}

/// The services of these bits.
fn named(services: Labels) -> Vec<Service> {
    Service::ALL.into_iter().filter(|one| services.0 & one.bit().0 != 0).collect()
}

/// A clinician, in a look at the record: the one who may mark items.
pub(super) async fn deciding(
    app: &App,
    tx: &mut Tx,
    (actor, patient): (&Actor, PatientNo),
) -> Result<Permit> {
    let permit = visibility::check(app, tx, actor, (patient, Purpose::OwnView)).await?;
    match permit.basis() {
        Basis::Staff { role, .. } if staff::may(*role, Action::TagItem).whole() => Ok(permit),
        _ => Err(Error::NotFound),
    }
}

/// A question about this record, by somebody else.
pub(super) async fn about(
    tx: &mut Tx,
    (actor, patient, id): (&Actor, PatientNo, CaseId),
) -> Result<Question> {
    let question = store::find(tx, id).await?.filter(|question| question.patient == patient);
    let question = question.ok_or(Error::NotFound)?;
    not_own(actor, &question)?;
    Ok(question)
}

/// Who asked, as the clinic calls them, and what they are to the person.
pub(super) async fn asker(app: &App, tx: &mut Tx, question: &Question) -> Result<(String, Kind)> {
    let held = representation::standing_of(app, tx, question.authority).await?.authority;
    Ok((held.name, held.kind))
}

/// What the law leaves to a clinician: items that are closed to who asked for no other reason, and those that were opened
/// to them. None where they act no longer, or where a restriction keeps all from them.
pub(super) async fn candidates(
    app: &App,
    tx: &mut Tx,
    (permit, question): (&Permit, &Question),
) -> Result<Vec<(Candidate, store::Item)>> {
    let held = representation::standing_of(app, tx, question.authority).await?;
    let silent = held.authority.closed.silent.services();
    if !held.standing.in_force() || silent == Labels::default() {
        return Ok(Vec::new());
    }
    // What restrictions or a missing consent keep from them stays closed whatever is decided here.
    let Some((now, opened)) = visibility::of_holder(app, tx, &held.authority).await? else {
        return Ok(Vec::new());
    };
    let sight = Sight { patient: question.patient, lens: permit.lens().and(opened) };
    let items = store::items(tx, sight, (silent.and(silent.decided()), MOST)).await?;
    let candidate = |item: &store::Item| Candidate {
        rid: item.rid,
        address: app.keys.address(item.rid),
        services: item.labels.services(),
        open: item.labels.0 & now.hidden.0 == 0,
    };
    Ok(items.into_iter().map(|item| (candidate(&item), item)).collect())
}

pub(super) fn bare(found: &[(Candidate, store::Item)]) -> Vec<Candidate> {
    found.iter().map(|(one, _)| *one).collect()
}

/// Whether somebody may decide about a question.
///
/// # Errors
/// As of [`desk`].
pub async fn may_decide(app: &App, actor: &Actor, (patient, id): (PatientNo, CaseId)) -> Result<()> {
    let mut tx = app.db.read().await?;
    deciding(app, &mut tx, (actor, patient)).await?;
    about(&mut tx, (actor, patient, id)).await.map(|_| ())
}

/// What a clinician opened where the law was silent does not stand beside a law that speaks now: from then on it says
/// itself who sees the item.
pub async fn tidy(app: &App) -> Result<()> {
    let today = app.clock.now().utc().with_timezone(&app.config.clinic.zone()).date_naive();
    let silent = app.config.law.silent_of_parents(today);
    let mut tx = app.db.read().await?;
    let all = store::opened_services(&mut tx).await?;
    drop(tx);
    let over: Vec<Labels> = all.into_iter().filter(|services| services.0 & silent.0 == 0).collect();
    if over.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    for services in over {
        let rids = store::end_openings(&mut tx, services).await?;
        labels::settle(&mut tx, rids).await?;
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_have_names() {
        let bits = Service::Hiv.bit().and(Service::Untold.bit());
        assert_eq!(named(bits), [Service::Hiv, Service::Untold]);
        assert_eq!(named(Labels::default()), []);
    }
}
