//! A minor asks the clinic to protect an item of their record, or a clerk who looks at it asks a colleague to see whether
//! its labels are right. It stands in the list of clinicians, and where the mark is theirs to change in that of privacy
//! officers, who open the record for it, change the labels where they should, and say what became of it. To ask changes
//! nothing by itself. Both stand in the log of the record, untold to who acts for the person.

use std::time::Duration;

use super::label_asks_store as store;
use super::store::{self as reading, Kept};
use super::{labels, labels_store};
use crate::app::App;
use crate::base::{
    self, AccountId, CaseId, Error, Instant, ItemAddress, PatientNo, Problem, Problems, Result, Rid, ViewId,
    unseen,
};
use crate::db::Tx;
use crate::disclosures::{self, What};
use crate::fhir::present::Category;
use crate::fhir::sensitivity::Labels;
use crate::identity::Actor;
use crate::notify;
use crate::representation::{self, Age, Lens};
use crate::staff::{self, Action, Household, Opening, PROPOSE, Role, View};
use crate::visibility::{self, Basis, Permit, Purpose};

/// How long questions count against the limit.
const A_DAY: Duration = Duration::from_secs(86_400);
/// How many come from one account in that time.
const MOST: i64 = 20;
/// Lines on one page of the list for staff.
const LINES: i64 = 25;
/// Longest words, in characters.
const LONGEST: usize = 500;

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The item is protected as it should be.
    Protected,
    /// It stays as it was.
    Kept,
}

impl Outcome {
    /// All.
    pub const ALL: [Self; 2] = [Self::Protected, Self::Kept];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Protected => "protected",
            Self::Kept => "kept",
        }
    }

    /// The outcome of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.slug() == slug)
    }
}

/// The answer, as who asked reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcomes {
    /// What.
    pub outcome: Outcome,
    /// In which words.
    pub text: String,
    /// When.
    pub at: Instant,
}

/// A question about how an item is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelAsk {
    /// Its id.
    pub id: CaseId,
    /// Whose record it is of.
    pub patient: PatientNo,
    /// The item.
    pub address: ItemAddress,
    /// Where it stands in the record.
    pub category: Category,
    /// Who asked.
    pub account: AccountId,
    /// The name of who asked for the clinic; none: the person themselves.
    pub by: Option<String>,
    /// Their words.
    pub note: String,
    /// When.
    pub asked: Instant,
    /// What became of it.
    pub answered: Option<Outcomes>,
}

/// What the reader of an item has to do with questions about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asks {
    /// Those of the reader, the oldest first.
    pub own: Vec<LabelAsk>,
    /// Those of others that wait, for who decides.
    pub waiting: Vec<LabelAsk>,
    /// Whether the reader may ask, and whose side they are on.
    pub may: Option<Side>,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A minor, about their own record.
    Minor,
    /// Staff who may only propose.
    Staff,
}

/// What the holder of a permit has to do with an item.
pub(super) async fn of_item(app: &App, tx: &mut Tx, (permit, rid): (&Permit, Rid)) -> Result<Asks> {
    let side = side(app, tx, permit).await?;
    let decides = decides(permit.basis(), bore(tx, rid).await?);
    if side.is_none() && !decides && !permit.is_own() {
        return Ok(Asks::default());
    }
    let reader = permit.actor().account;
    let (own, others): (Vec<_>, Vec<_>) =
        store::about(tx, &app.keys, rid).await?.into_iter().partition(|ask| ask.account == reader);
    let waiting = others.into_iter().filter(|ask| decides && ask.answered.is_none()).collect();
    let may = side.filter(|_| own.iter().all(|ask| ask.answered.is_some()));
    // What is closed already to those who act for a minor needs no asking.
    let may = match may {
        Some(Side::Minor) if closes(app, tx, (permit.patient(), rid)).await? => None,
        may => may,
    };
    Ok(Asks { own, waiting, may })
}

/// On which side the holder of a permit may ask, if they may.
async fn side(app: &App, tx: &mut Tx, permit: &Permit) -> Result<Option<Side>> {
    match permit.basis() {
        Basis::Staff { role, purpose, .. } => {
            let proposes = staff::may(*role, Action::TagItem).only(PROPOSE);
            Ok((proposes && *purpose != staff::Purpose::Emergency).then_some(Side::Staff))
        }
        Basis::RightOfAccess { .. } => {
            let age = representation::age_of(app, tx, permit.patient()).await?;
            Ok(matches!(age, Age::Minor | Age::MayAlone).then_some(Side::Minor))
        }
        _ => Ok(None),
    }
}

/// Whether somebody in a look decides about an item that bore these labels.
fn decides(basis: &Basis, bore: Labels) -> bool {
    matches!(basis, Basis::Staff { role, .. } if answers(*role, bore))
}

fn answers(role: Role, bore: Labels) -> bool {
    staff::answers(&[role]).is_some_and(|labels| labels.is_empty() || labels.0 & bore.0 != 0)
}

/// The labels of an item, with those that staff put or took: whoever took one away says so afterwards.
async fn bore(tx: &mut Tx, rid: Rid) -> Result<Labels> {
    let now = labels_store::bits(tx, rid).await?.unwrap_or_default();
    let changes = labels_store::changes(tx, rid).await?;
    Ok(changes.iter().fold(now, |all, change| all.with(change.label)))
}

/// Asks about an item that is seen. One question of somebody about an item waits at a time; a second is the same.
///
/// # Errors
/// `NotFound` for whoever may not ask; `Invalid` on `ask`; `Refused` with `refused-label-asks`.
pub async fn ask(
    app: &App,
    actor: &Actor,
    (patient, address): (PatientNo, ItemAddress),
    note: &str,
) -> Result<()> {
    let (now, note) = (app.clock.now(), note.trim());
    let mut tx = app.db.write().await?;
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnView)).await?;
    let rid = app.keys.item_at(patient, address).ok_or(Error::NotFound)?;
    let side = side(app, &mut tx, &permit).await?.ok_or(Error::NotFound)?;
    let kept = reading::kept(&mut tx, permit.lens(), rid).await?.ok_or(Error::NotFound)?;
    let problems = worded("ask", note, (side == Side::Staff).then_some(()));
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if of_item(app, &mut tx, (&permit, rid)).await?.may.is_none() {
        return Ok(());
    }
    if store::since(&mut tx, actor.account, now.minus(A_DAY)).await? >= MOST {
        return Err(Error::refused("refused-label-asks").for_the_next(A_DAY));
    }
    let by = (side == Side::Staff).then_some(actor.name.as_str());
    let id = CaseId(base::uuid(now));
    store::add(&mut tx, &app.keys, (id, rid, now), (actor.account, by, note)).await?;
    notify::tell_office(app, &mut tx, (notify::Kind::LabelAsked, now)).await?;
    disclosures::done(app, &mut tx, &permit, line("protect-asked", &kept)).await?;
    tx.commit().await
}

/// The line of what was done about an item.
fn line(kind: &str, kept: &Kept) -> What {
    What::page(kind).within(kept.category.slug()).of([(kept.kind.as_str(), kept.id.as_str(), kept.version)])
}

/// What is wrong with words that are `wanted`, or may be left out.
fn worded(field: &'static str, words: &str, wanted: Option<()>) -> Problems {
    let problem = |code| Problem { field, code };
    let problem = match words.chars().count() {
        0 => wanted.map(|()| problem("problem-empty")),
        n if n > LONGEST => Some(problem("problem-reason-long")),
        _ => unseen(field, words),
    };
    Problems(problem.into_iter().collect())
}

/// A page (from 1) of the questions that these roles answer, those that wait first; whether there is another page.
///
/// # Errors
/// `Refused` with `refused-not-your-role`.
pub async fn list(app: &App, roles: &[Role], page: i64) -> Result<(Vec<LabelAsk>, bool)> {
    let labels = staff::answers(roles).ok_or(Error::refused("refused-not-your-role"))?;
    let mut tx = app.db.read().await?;
    let all = store::all(&mut tx, &app.keys, (labels, base::span(page, LINES))).await?;
    Ok(base::page_of(all, LINES))
}

/// One question for staff, who open the record for it, with the reader's own look that is open.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-own-request` for whoever asked, and with `refused-not-your-role`.
pub async fn case(
    app: &App,
    (actor, roles): (&Actor, &[Role]),
    id: CaseId,
) -> Result<(LabelAsk, Option<ViewId>)> {
    let mut tx = app.db.read().await?;
    let ask = store::find(&mut tx, &app.keys, id).await?.ok_or(Error::NotFound)?;
    if ask.account == actor.account {
        return Err(Error::refused("refused-own-request"));
    }
    decider(roles, bore(&mut tx, rid_of(app, &ask)?).await?)?;
    let look = staff::view_in_force(app, &mut tx, (actor.account, ask.patient)).await?;
    Ok((ask, look.filter(|view| view.session == actor.session).map(|view| view.id)))
}

/// In which of their roles somebody decides about an item that bore these labels.
fn decider(roles: &[Role], bore: Labels) -> Result<Role> {
    let role = [Role::Clinician, Role::PrivacyOfficer].into_iter();
    let role = role.filter(|role| answers(*role, bore)).find(|role| roles.contains(role));
    role.ok_or(Error::refused("refused-not-your-role"))
}

fn rid_of(app: &App, ask: &LabelAsk) -> Result<Rid> {
    app.keys.item_at(ask.patient, ask.address).ok_or(Error::NotFound)
}

/// Who decides opens the record for a question: they need not have searched for the person.
///
/// # Errors
/// As of [`case`] and of `staff::open_in_case`; `Conflict` with `conflict-question-answered`.
pub async fn open(
    app: &App,
    (actor, roles): (&Actor, &[Role]),
    (id, near): (CaseId, Household),
    reason: &str,
) -> Result<View> {
    let (ask, _) = case(app, (actor, roles), id).await?;
    if ask.answered.is_some() {
        return Err(Error::Conflict("conflict-question-answered"));
    }
    let bore = bore(&mut app.db.read().await?, rid_of(app, &ask)?).await?;
    let (patient, role, reason) = (ask.patient, decider(roles, bore)?, reason.to_owned());
    let opening = Opening { patient, role, purpose: staff::Purpose::CaseReview, reason };
    staff::open_in_case(app, actor, (opening, near)).await
}

/// Says what became of a question, in a look at the record. The person who asked is told that there is something to read.
///
/// # Errors
/// `NotFound` for whoever decides nothing in a look at this record; `Invalid` on `outcome` and `text`, and with
/// `problem-protect-first` where nothing protects the item that is said to be protected; `Conflict` with
/// `conflict-question-answered`.
pub async fn answer(
    app: &App,
    actor: &Actor,
    (patient, address, id): (PatientNo, ItemAddress, CaseId),
    (outcome, text): (Option<Outcome>, &str),
) -> Result<()> {
    let (now, text) = (app.clock.now(), text.trim());
    let mut tx = app.db.write().await?;
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnView)).await?;
    let rid = app.keys.item_at(patient, address).ok_or(Error::NotFound)?;
    let bore = bore(&mut tx, rid).await?;
    let ask = store::find(&mut tx, &app.keys, id).await?.filter(|ask| {
        let here = ask.patient == patient && ask.address == address;
        here && decides(permit.basis(), bore) && ask.account != actor.account
    });
    let ask = ask.ok_or(Error::NotFound)?;
    // Who decides may not see all that they decide about (45 CFR 164.508(a)(2)); the line names it all the same.
    let kept = reading::kept(&mut tx, Lens::WHOLE, rid).await?.ok_or(Error::NotFound)?;
    let mut problems = worded("text", text, Some(()));
    if outcome.is_none() {
        problems.0.insert(0, Problem { field: "outcome", code: "problem-choose" });
    }
    let Some(outcome) = outcome.filter(|_| problems.0.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    let waits = ask.answered.is_none();
    if waits && outcome == Outcome::Protected && !is_protected(app, &mut tx, (patient, rid), &ask).await? {
        return Err(Error::invalid("outcome", "problem-protect-first"));
    }
    if !store::answer(&mut tx, &app.keys, (id, actor.account, now), (outcome, text)).await? {
        return Err(Error::Conflict("conflict-question-answered"));
    }
    if ask.by.is_none() {
        notify::tell(&mut tx, ask.account, (notify::Kind::PrivacyChanged, now)).await?;
    }
    disclosures::done(app, &mut tx, &permit, line("protect-answered", &kept)).await?;
    tx.commit().await
}

/// An item goes from the record in which somebody asked about it: two records share it, and it is nobody's own. Their
/// questions about it go; a person whose question waits is told, as by an answer, that there is something to read. How many
/// waited.
pub(super) async fn item_goes(tx: &mut Tx, rid: Rid, now: Instant) -> Result<usize> {
    let waiting = store::waiting(tx, rid).await?;
    for (account, by) in &waiting {
        if by.is_none() {
            notify::tell(tx, *account, (notify::Kind::PrivacyChanged, now)).await?;
        }
    }
    Ok(waiting.len())
}

/// Whether it is true that an item is protected now as was asked for: to a minor, that who acts for them does not see it
/// for its labels (45 CFR 164.502(g)(3)(i)); to a colleague, that its labels changed since.
async fn is_protected(
    app: &App,
    tx: &mut Tx,
    (patient, rid): (PatientNo, Rid),
    ask: &LabelAsk,
) -> Result<bool> {
    if ask.by.is_some() {
        return labels::changed_since(tx, rid, ask.asked).await;
    }
    closes(app, tx, (patient, rid)).await
}

/// Whether the labels of an item close it to everybody who acts for the person, or might tomorrow.
async fn closes(app: &App, tx: &mut Tx, (patient, rid): (PatientNo, Rid)) -> Result<bool> {
    let bears = labels_store::bits(tx, rid).await?.unwrap_or_default();
    // Nobody need act for them yet, and somebody else may tomorrow.
    let mut hidden = vec![representation::of_parents(app, tx, patient).await?.hidden];
    for held in representation::representatives(app, tx, patient).await? {
        // A restriction that leaves nothing ends some day: it says nothing of this item.
        if let Some((now, _)) = visibility::of_holder(app, tx, &held.authority).await? {
            hidden.push(now.hidden);
        }
    }
    Ok(is_closed(bears, &hidden))
}

/// Whether what an item bears closes it to each of those from whom these labels are hidden.
fn is_closed(bears: Labels, hidden: &[Labels]) -> bool {
    hidden.iter().all(|hidden| hidden.0 & bears.0 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::sensitivity::{Label, Seat};
    use crate::representation::{Kind, Scope};

    /// What an item bears × from whom else something is hidden → whether it is closed to all of them and to any parent.
    #[test]
    fn what_is_closed_to_each_is_protected() {
        let of = |labels: &[Label]| labels.iter().copied().collect::<Labels>().kept();
        let parent = representation::lens(Kind::Parent, &Scope::WHOLE).hidden;
        let seat = Seat::new(0).unwrap();
        let minor = of(&[Label::Minor, Label::Hiv]);
        let opened = parent.but(minor.services()).but(minor.services().decided()).without(Label::Minor);
        let opened = opened.and(seat.bit());
        for (bears, other, wanted) in [
            (Labels::default(), None, false),
            (of(&[Label::Hiv]), None, false),
            (minor, None, true),
            (minor, Some(parent), true),
            (minor, Some(Labels::default()), false),
            // A clinician opened it to one of them.
            (minor.opened_to(&[seat]), None, true),
            (minor.opened_to(&[seat]), Some(opened), false),
            (minor.opened_to(&[Seat::new(1).unwrap()]), Some(opened), true),
        ] {
            let hidden: Vec<Labels> = [parent].into_iter().chain(other).collect();
            assert_eq!(is_closed(bears, &hidden), wanted, "{bears:?} {other:?}");
        }
    }

    #[test]
    fn who_changes_the_mark_decides() {
        let (clerk, clinician, officer) = (Role::RecordsClerk, Role::Clinician, Role::PrivacyOfficer);
        for (roles, label, decides) in [
            (&[clerk][..], Label::Litigation, None),
            (&[clinician], Label::Hiv, Some(clinician)),
            (&[officer, clinician], Label::Litigation, Some(clinician)),
            (&[clerk, officer], Label::Litigation, Some(officer)),
            (&[officer], Label::PsychotherapyNotes, Some(officer)),
            (&[officer], Label::Minor, None),
            (&[officer], Label::Hiv, None),
            (&[Role::ReviewingOfficial, Role::Administrator, Role::Auditor], Label::Litigation, None),
        ] {
            let bore = Labels::default().with(label);
            assert_eq!(decider(roles, bore).ok(), decides, "{roles:?} {label:?}");
        }
        assert!(decider(&[officer], Labels::default()).is_err());
        assert!(decider(&[clinician], Labels::default()).is_ok());
    }

    #[test]
    fn words_are_read() {
        let long = "x".repeat(LONGEST + 1);
        for (words, wanted, code) in [
            ("", None, None),
            ("", Some(()), Some("problem-empty")),
            ("Mine", Some(()), None),
            (long.as_str(), None, Some("problem-reason-long")),
        ] {
            let found = worded("ask", words, wanted).0.first().map(|problem| problem.code);
            assert_eq!(found, code, "{words}");
        }
    }
}
