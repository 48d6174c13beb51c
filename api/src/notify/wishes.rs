//! How a person asked the clinic to reach them by telephone, by letter or in person (45 CFR 164.522(b)(1)(i)): staff write
//! it down. It is the person's, so it holds for every account that is linked to their record, also for one that is linked
//! later, until they say something else there ([`super::reach_rules`]). Nobody asks why (164.522(b)(2)(iii)).

use chrono::NaiveDate;

use super::preferences::{chosen, problems};
use super::reach_rules::{Said, last};
use super::store::{self, Heard, Record, Way};
use super::{Channel, Kind, Preferences, Wanted};
use crate::app::App;
use crate::base::{
    self, AccountId, Error, Instant, Intake, PatientNo, Problem, Problems, Result, WishId, intake_problems,
};
use crate::db::Tx;

/// How a wish came that staff wrote down, when they did, and who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Who wrote it down.
    pub by: String,
    /// When.
    pub at: Instant,
    /// How it came.
    pub intake: Intake,
}

/// What was said of how a person is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// When it was written down.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// What.
    pub what: Noted,
}

/// One thing that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Noted {
    /// Staff wrote down a wish that came in this way.
    Recorded(Intake),
    /// Staff wrote down that the person takes it back.
    Ended(Intake),
    /// The person chose on their own page.
    Chosen,
}

impl Noted {
    /// How it came, where staff wrote it down.
    pub fn intake(&self) -> Option<&Intake> {
        match self {
            Self::Recorded(intake) | Self::Ended(intake) => Some(intake),
            Self::Chosen => None,
        }
    }
}

/// The looks of staff at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looks {
    /// How many there are.
    pub count: i64,
    /// A page of them, the newest first: when, and who.
    pub page: Vec<(Instant, String)>,
    /// Where the next page begins, if there is one.
    pub next: Option<i64>,
}

/// What became of how a person is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// What was said, the oldest first.
    pub told: Vec<Told>,
    /// Of what staff wrote down, what the person said last: it can be taken back where it is a wish.
    pub last: Option<Told>,
    /// The looks of staff.
    pub looks: Looks,
}

impl History {
    /// Whether there is nothing to be read.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty() && self.looks.count == 0
    }
}

/// Of all that staff wrote down for a person, up to a moment where one is given, what that person said last. None where
/// that is that they want nothing of it any more.
async fn recorded(
    app: &App,
    tx: &mut Tx,
    (patient, until): (PatientNo, Option<Instant>),
) -> Result<Option<Preferences>> {
    let heard = store::heard(tx, &app.keys, patient).await?;
    let heard = heard.into_iter().filter(|(_, at, _)| until.is_none_or(|until| *at <= until));
    Ok(last(heard, |(one, ..)| &one.intake).and_then(|(Heard { way, intake }, at, by)| {
        let way = way?;
        Some(Preferences {
            channel: Channel::from_slug(&way.channel).unwrap_or_default(),
            email: way.email,
            postal: way.postal,
            phone: way.phone,
            pending: None,
            recorded: Some(Recorded { by, at, intake }),
        })
    }))
}

/// What staff wrote down, for an account.
#[derive(Debug)]
pub(super) struct Desk {
    /// How the account is reached by it.
    pub wish: Preferences,
    /// As it is compared.
    pub said: Said,
    /// Since when the record is the account's.
    pub since: Instant,
}

/// What staff wrote down for the record that is an account's own; what was said last, where there are more. Where the
/// link ended, what held until then still speaks: the account may be the person's, who wants no mail there, or a
/// stranger's, who must not learn where the person is. Nothing is sent.
pub(super) async fn recorded_for(app: &App, tx: &mut Tx, account: AccountId) -> Result<Option<Desk>> {
    let mut all = Vec::new();
    for Record { patient, since, until } in store::records(tx, account).await? {
        let Some(wish) = recorded(app, tx, (patient, until)).await? else { continue };
        let Some(said) = said(app, &wish) else { continue };
        let silent = || Preferences { channel: Channel::None, ..Preferences::default() };
        all.push(Desk { wish: if until.is_some() { silent() } else { wish }, said, since });
    }
    Ok(all.into_iter().max_by_key(|desk| (desk.said.day, desk.said.written.0)))
}

/// The clinic's day of a moment.
pub(super) fn local_day(app: &App, at: Instant) -> NaiveDate {
    at.utc().with_timezone(&app.config.clinic.zone()).date_naive()
}

/// A wish that staff wrote down, as it is compared.
fn said(app: &App, wish: &Preferences) -> Option<Said> {
    let recorded = wish.recorded.as_ref()?;
    let written = local_day(app, recorded.at);
    let day = recorded.intake.on().unwrap_or(written);
    Some(Said { day, written: (recorded.at, written), channel: wish.channel })
}

/// Which state of things a form was made from: whoever writes down what somebody says has the newest before them.
pub async fn version(app: &App, patient: PatientNo) -> Result<i64> {
    let mut tx = app.db.read().await?;
    version_in(app, &mut tx, patient).await
}

async fn version_in(app: &App, tx: &mut Tx, patient: PatientNo) -> Result<i64> {
    let heard = store::heard(tx, &app.keys, patient).await?.into_iter().map(|(_, at, _)| at.0).max();
    Ok(heard.max(store::chosen_last(tx, patient).await?).unwrap_or_default())
}

/// A new id for the form.
pub fn once(app: &App) -> WishId {
    WishId(base::uuid(app.clock.now()))
}

/// What must be mended in what staff write down.
///
/// # Errors
/// `NotFound` where there is no such person.
pub async fn look_over(
    app: &App,
    patient: PatientNo,
    (wanted, intake): (Option<&Wanted>, &Intake),
) -> Result<Problems> {
    let mut tx = app.db.read().await?;
    look_over_in(app, &mut tx, patient, (wanted, intake)).await
}

async fn look_over_in(
    app: &App,
    tx: &mut Tx,
    patient: PatientNo,
    (wanted, intake): (Option<&Wanted>, &Intake),
) -> Result<Problems> {
    let born = store::born(tx, patient).await?.ok_or(Error::NotFound)?;
    let mut found = intake_problems(intake, (born.as_deref(), local_day(app, app.clock.now())));
    if let Some(wanted) = wanted {
        found.0.extend(problems(wanted).0);
    }
    Ok(found)
}

/// Writes down how a person asked to be reached, or (`wanted`: none) that they take back what was written down: what they
/// chose on their own page holds again, or the usual way. It holds for every message from then on, also for those that
/// wait in the queue. An address that the person gave needs no code: whoever writes it down reads it back. `once` is the
/// form's own id: sent twice it is one. `seen` is the [`version`] that its page was made from. The person is told, where
/// they are reached from then on by mail.
///
/// # Errors
/// `NotFound`; `Invalid`, on `channel` with `problem-reach-changed` where something was said since the page was made;
/// `Conflict` with `conflict-reach-ended` where nothing is there to be taken back.
pub async fn record(
    app: &App,
    (patient, once, seen): (PatientNo, WishId, i64),
    (wanted, intake): (Option<Wanted>, Intake),
    by: (AccountId, &str),
) -> Result<()> {
    let (now, intake) = (app.clock.now(), intake.kept());
    let id = WishId(app.keys.once(b"wish.once", &(by.0, patient, once, &wanted, &intake))?);
    let mut tx = app.db.write().await?;
    let found = look_over_in(app, &mut tx, patient, (wanted.as_ref(), &intake)).await?;
    store::hold_person(&mut tx, patient).await?;
    if store::is_heard(&mut tx, id).await? {
        return Ok(());
    }
    if !found.0.is_empty() {
        return Err(Error::Invalid(found));
    }
    if wanted.is_none() && recorded(app, &mut tx, (patient, None)).await?.is_none() {
        return Err(Error::Conflict("conflict-reach-ended"));
    }
    if version_in(app, &mut tx, patient).await? != seen {
        let changed = Problem { field: "channel", code: "problem-reach-changed" };
        return Err(Error::Invalid(Problems(vec![changed])));
    }
    let way = wanted.map(|wanted| Way {
        channel: wanted.channel.slug().into(),
        email: Some(wanted.email.trim().to_owned()).filter(|email| !email.is_empty()),
        postal: wanted.postal.trim().into(),
        phone: wanted.phone.trim().into(),
    });
    let heard = Heard { way, intake };
    store::hear(&mut tx, &app.keys, (patient, id, &heard), (by, now)).await?;
    for account in store::accounts(&mut tx, patient).await? {
        super::tell(&mut tx, account, (Kind::PrivacyChanged, now)).await?;
    }
    tx.commit().await
}

/// How a person wants to be reached, for those who write and call for the clinic: what holds for each of `accounts`, with
/// its name, once where it is the same for all; without an account, what staff wrote down. Empty where nobody chose a way
/// of their own.
pub(crate) async fn ways(
    app: &App,
    tx: &mut Tx,
    (patient, accounts): (PatientNo, &[(AccountId, String)]),
) -> Result<Vec<(String, Preferences)>> {
    let mut all: Vec<(String, Preferences)> = Vec::new();
    for (account, name) in accounts {
        let wish = Preferences { pending: None, ..chosen(app, tx, *account).await? };
        if all.iter().all(|(_, other)| *other != wish) {
            all.push((name.clone(), wish));
        }
    }
    if accounts.is_empty() {
        all.extend(recorded(app, tx, (patient, None)).await?.map(|wish| (String::new(), wish)));
    }
    all.retain(|(_, wish)| wish.is_own());
    Ok(all)
}

/// Notes that staff looked at how a person wants to be reached; the person reads it in the history.
pub async fn looked_at(app: &App, patient: PatientNo, by: (AccountId, &str)) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::look(&mut tx, patient, (by, app.clock.now())).await?;
    tx.commit().await
}

/// What became of how a person is reached; `before` begins a later page of the looks ([`Looks::next`]).
pub async fn history(app: &App, patient: PatientNo, before: Option<i64>) -> Result<History> {
    let mut tx = app.db.read().await?;
    let told = store::told(&mut tx, &app.keys, patient).await?;
    let by_staff = told.iter().filter_map(|one| Some((one.what.intake()?, one)));
    let last = last(by_staff, |(intake, _)| intake).map(|(_, told)| told.clone());
    Ok(History { last, looks: store::looks(&mut tx, patient, before).await?, told })
}
