//! Looks at a record: opened for a purpose and a reason, for some minutes, never at one's own or one's family's.

use std::collections::BTreeSet;
use std::time::Duration;

use super::kin_rules::{self, Household, Nearness, Place, Reach};
use super::rules::{self, Listed};
use super::{
    EmergencyAsk, MedicalEmergency, Opening, Power, Purpose, Role, Told, View, finding, grants, reviews,
    store,
};
use crate::app::App;
use crate::base::{self, AccountId, AuthorityId, Error, PatientNo, Result, SessionId, ViewId};
use crate::db::Tx;
use crate::identity::{self, Actor};
use crate::notify;

pub(super) async fn open(app: &App, actor: &Actor, (opening, near): (Opening, Household)) -> Result<View> {
    let mut tx = app.db.write().await?;
    let view = begin(app, &mut tx, (actor, opening, near), (None, None)).await?;
    tx.commit().await?;
    Ok(view)
}

pub(super) async fn open_in_case(
    app: &App,
    actor: &Actor,
    (opening, near): (Opening, Household),
) -> Result<View> {
    let mut tx = app.db.write().await?;
    store::note_find(&mut tx, actor.account, (opening.patient, app.clock.now())).await?;
    let view = begin(app, &mut tx, (actor, opening, near), (None, None)).await?;
    tx.commit().await?;
    Ok(view)
}

pub(super) async fn open_emergency(
    app: &App,
    actor: &Actor,
    (ask, near): (EmergencyAsk<'_>, Household),
) -> Result<View> {
    let opening = Opening {
        patient: ask.patient,
        role: Role::Clinician,
        purpose: Purpose::Emergency,
        reason: ask.reason.to_owned(),
    };
    let medical = rules::medical(&ask).map_err(Error::Invalid)?.map(|(affiliation, nature)| {
        let (to, discloser) = (actor.name.clone(), app.config.clinic.name.clone());
        MedicalEmergency { to, affiliation, discloser, nature }
    });
    let mut tx = app.db.write().await?;
    if let Some(view) = just_opened(app, &mut tx, actor, (&opening, medical.as_ref())).await? {
        return Ok(view);
    }
    let told = told(app, &mut tx, (ask.patient, &ask.acting)).await?;
    let view = begin(app, &mut tx, (actor, opening, near), (medical, Some(told))).await?;
    tell(app, &mut tx, (&view, &ask.acting)).await?;
    tx.commit().await?;
    tracing::warn!(view.id = %view.id, "emergency access was used");
    Ok(view)
}

/// How long the same form, sent again, opens no second access.
const AGAIN: Duration = Duration::from_secs(60);

/// The emergency access that this form opened just now: sent twice it is one, told and reviewed once.
async fn just_opened(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (opening, medical): (&Opening, Option<&MedicalEmergency>),
) -> Result<Option<View>> {
    store::hold_account(tx, actor.account).await?;
    let now = app.clock.now();
    let same = |view: &View| {
        view.emergency
            && (view.session, view.patient) == (actor.session, opening.patient)
            && view.reason == opening.reason.trim()
            && view.medical.as_ref() == medical
            && view.since.plus(AGAIN) > now
    };
    let open = store::open_views(tx, &app.keys, (actor.account, now)).await?;
    Ok(open.into_iter().map(|looked| looked.view).find(same))
}

async fn begin(
    app: &App,
    tx: &mut Tx,
    (actor, opening, near): (&Actor, Opening, Household),
    (medical, told): (Option<MedicalEmergency>, Option<Told>),
) -> Result<View> {
    let now = app.clock.now();
    store::hold_account(tx, actor.account).await?;
    finding::must_be_found(app, tx, (actor, opening.patient)).await?;
    let roles = grants::roles(app, tx, (actor.account, actor.session)).await?;
    let emergency = opening.purpose == Purpose::Emergency;
    let given = store::grants_of(tx, actor.account).await?;
    let listed = if rules::holds(&given, Power::Emergency, now) { Listed::Yes } else { Listed::No };
    if emergency && listed == Listed::No {
        return Err(Error::refused("refused-not-listed"));
    }
    if !roles.contains(&opening.role) || !rules::may_open(opening.role, opening.purpose, listed) {
        return Err(Error::refused("refused-not-your-role"));
    }
    if (near.account, near.patient) != (actor.account, opening.patient) {
        return Err(Error::internal(anyhow::anyhow!("the household is that of somebody else")));
    }
    not_near(app, tx, (actor, &near)).await?;
    let reason = finding::reason("reason", &opening.reason)?;
    let lasts = if emergency { app.config.sessions.emergency() } else { app.config.sessions.staff_view() };
    let view = View {
        id: ViewId(base::uuid(now)),
        account: actor.account,
        session: actor.session,
        patient: opening.patient,
        role: opening.role,
        purpose: opening.purpose,
        reason,
        emergency,
        since: now,
        until: now.plus(lasts),
        ended: None,
        medical,
        told,
    };
    // One look at a record at a time: the newest tells what it is opened for now.
    for earlier in store::open_views(tx, &app.keys, (actor.account, now)).await? {
        if earlier.view.patient == view.patient {
            store::end_view(tx, (actor.account, earlier.view.id), now).await?;
        }
    }
    store::add_view(tx, &app.keys, &view).await?;
    Ok(view)
}

/// Refuses one's own record and those of the family.
pub(super) async fn not_near(app: &App, tx: &mut Tx, (actor, near): (&Actor, &Household)) -> Result<()> {
    match near_ones(app, tx, (actor, std::slice::from_ref(near))).await?.first() {
        Some((_, why)) => Err(Error::refused(why)),
        None => Ok(()),
    }
}

/// Those of these people whose records are one's own or of the family, with the sentence that says so.
pub(super) async fn near_ones(
    app: &App,
    tx: &mut Tx,
    (actor, all): (&Actor, &[Household]),
) -> Result<Vec<(PatientNo, &'static str)>> {
    let stated = identity::stated(app, tx, actor).await?;
    let said = Reach {
        families: stated.family.into_iter().collect(),
        phones: stated.phone.into_iter().collect(),
        places: stated.address.map(Place::Line).into_iter().collect(),
    };
    let people: Vec<PatientNo> = all.iter().map(|one| one.patient).collect();
    let (own, acts) = close(tx, (actor.account, &people)).await?;
    let why = |one: &Household| {
        let mut mine = one.own.iter().chain([&said]);
        let nearness = Nearness {
            own_record: own.contains(&one.patient),
            acts: acts.contains(&one.patient),
            household: mine.any(|mine| kin_rules::one_household(mine, &one.theirs)),
        };
        kin_rules::too_near(nearness).err()
    };
    Ok(all.iter().filter_map(|one| Some((one.patient, why(one)?))).collect())
}

/// Refuses one's own record, and that of somebody for whom one acts or acted: what needs no look into the records.
pub(super) async fn not_theirs(tx: &mut Tx, (actor, patient): (&Actor, PatientNo)) -> Result<()> {
    let (own, acts) = close(tx, (actor.account, &[patient])).await?;
    let nearness = Nearness { own_record: !own.is_empty(), acts: !acts.is_empty(), household: false };
    kin_rules::too_near(nearness).map_err(Error::refused)
}

/// Which of these records are an account's own, and with whom of these people it shares that one acts for the other.
async fn close(
    tx: &mut Tx,
    (account, people): (AccountId, &[PatientNo]),
) -> Result<(BTreeSet<PatientNo>, BTreeSet<PatientNo>)> {
    Ok((store::own_among(tx, account, people).await?, store::acts_among(tx, account, people).await?))
}

/// Whom a message reaches: the person, or else those who act for them.
async fn told(
    app: &App,
    tx: &mut Tx,
    (patient, acting): (PatientNo, &[(AccountId, AuthorityId)]),
) -> Result<Told> {
    for account in identity::accounts_of(tx, patient).await? {
        if notify::reaches(app, tx, account).await? {
            return Ok(Told::Person);
        }
    }
    for (account, _) in acting {
        if notify::reaches(app, tx, *account).await? {
            return Ok(Told::Acting);
        }
    }
    Ok(Told::Nobody)
}

/// The person learns of it where they read mail, or else those who act for them, and those who review it. Nothing says
/// what the record holds.
async fn tell(app: &App, tx: &mut Tx, (view, acting): (&View, &[(AccountId, AuthorityId)])) -> Result<()> {
    for account in identity::accounts_of(tx, view.patient).await? {
        notify::tell(tx, account, (notify::Kind::EmergencyAccess, view.since)).await?;
    }
    let acting = acting.iter().filter(|_| view.told == Some(Told::Acting));
    for about in acting {
        notify::tell_acting(tx, *about, (notify::Kind::EmergencyActing, view.since)).await?;
    }
    let officers = reviews::privacy_officers(app, tx).await?;
    // The program has to put what was disclosed into its own records at once (42 CFR 2.51(c)).
    let program = view.medical.is_some().then_some(notify::Kind::ProgramNotice);
    for kind in [notify::Kind::EmergencyReview].into_iter().chain(program) {
        for officer in &officers {
            notify::tell(tx, *officer, (kind, view.since)).await?;
        }
        if officers.is_empty() {
            notify::tell_office(app, tx, (kind, view.since)).await?;
        }
    }
    Ok(())
}

pub(super) async fn carry_on(app: &App, actor: &Actor, before: SessionId) -> Result<()> {
    if !identity::second_factor(app, actor) {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    store::carry_views(&mut tx, (actor.account, before, actor.session), app.clock.now()).await?;
    tx.commit().await
}

pub(super) async fn end(app: &App, actor: &Actor, id: ViewId) -> Result<()> {
    let mut tx = app.db.write().await?;
    let view = store::find_view(&mut tx, &app.keys, id).await?.ok_or(Error::NotFound)?.view;
    let roles = grants::roles(app, &mut tx, (actor.account, actor.session)).await?;
    let officer = view.emergency && roles.contains(&Role::PrivacyOfficer);
    if view.account != actor.account {
        if !officer {
            return Err(Error::NotFound);
        }
        not_theirs(&mut tx, (actor, view.patient)).await?;
    }
    // Ending what is over already changes nothing, and is no fault of who presses twice.
    store::end_view(&mut tx, (view.account, id), app.clock.now()).await?;
    tx.commit().await
}

pub(super) async fn in_force(
    app: &App,
    tx: &mut Tx,
    (account, id): (AccountId, ViewId),
) -> Result<Option<View>> {
    let Some(looked) = store::find_view(tx, &app.keys, id).await? else { return Ok(None) };
    let holds = looked.view.account == account && holds(app, tx, &looked.view).await?;
    Ok(holds.then_some(looked.view))
}

pub(super) async fn in_force_at(
    app: &App,
    tx: &mut Tx,
    (account, patient): (AccountId, PatientNo),
) -> Result<Option<View>> {
    let mut views: Vec<View> = store::open_views(tx, &app.keys, (account, app.clock.now()))
        .await?
        .into_iter()
        .map(|looked| looked.view)
        .filter(|view| view.patient == patient)
        .collect();
    views.sort_by_key(|view| !view.emergency);
    for view in views {
        if holds(app, tx, &view).await? {
            return Ok(Some(view));
        }
    }
    Ok(None)
}

/// Whether a look is in force now: nobody ended it, its time is not over, its session goes on, its role is still
/// held, and the record has not become that of the one who looks.
pub(super) async fn holds(app: &App, tx: &mut Tx, view: &View) -> Result<bool> {
    let now = app.clock.now();
    if view.ended.is_some() || now < view.since || now >= view.until {
        return Ok(false);
    }
    if !grants::roles(app, tx, (view.account, view.session)).await?.contains(&view.role) {
        return Ok(false);
    }
    if view.emergency {
        let given = store::grants_of(tx, view.account).await?;
        if !rules::holds(&given, Power::Emergency, now) {
            return Ok(false);
        }
    }
    let (own, acts) = close(tx, (view.account, &[view.patient])).await?;
    Ok(own.is_empty() && acts.is_empty())
}
