//! Who may see what, for what purpose. [`check`] is the only place where a [`Permit`] is made, and without
//! a permit nothing leaves a room.

mod rules;
mod store;

use crate::app::App;
use crate::base::{AccountId, AuthorityId, Error, PatientNo, Result};
use crate::consents::{self, Bound, Decision, Going, Position, Recipient};
use crate::db::Tx;
use crate::fhir::sensitivity::Labels;
use crate::identity::{self, Actor, Link};
use crate::representation::{self, Authority, Kind, Lens, Scope, Sight};
use crate::smart::{self, Access, ClientId};
use crate::staff;

pub use rules::{Basis, Part2, Permit, Purpose, look};
use rules::{Desk, Ground, Life, Member};

/// Whether this person may see this record for this purpose, and how much of it ([`Permit::lens`]). Someone without
/// any right learns only `NotFound`, whether or not such a record exists.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-no-copies` where someone may look but not take a copy, and with `refused-deceased`
/// for the own account of somebody who died.
pub async fn check(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (patient, purpose): (PatientNo, Purpose),
) -> Result<Permit> {
    let binds = &mut Binds::default();
    let ground = match (ground(app, tx, (actor.account, patient), binds).await?, actor.through) {
        // Another session of the same account may have proved less.
        (Ground::Look(view, _), _) if view.session != actor.session => Ground::None,
        (Ground::Own(link, _), Some(authority)) => mirror(app, tx, (link, authority)).await?,
        (died @ Ground::Died(_), _) => died,
        // Nobody but the person looks through the eyes of another.
        (_, Some(_)) => Ground::None,
        (ground, None) => ground,
    };
    let Some((basis, lens)) = rules::decide(patient, purpose, ground)? else { return Err(Error::NotFound) };
    Ok(Permit::new(actor, (patient, purpose), (basis, lens)))
}

/// Whether an app may read the record that its token is about, and how much of it: what the one who connected it may
/// see at this moment, and no more than they allowed it.
///
/// # Errors
/// `NotFound` where they may not see it any more; `Refused` with `refused-no-copies`, or with `refused-limited` where a
/// restriction keeps the app out.
pub async fn check_app(app: &App, tx: &mut Tx, access: &Access) -> Result<Permit> {
    let (patient, account) = (access.patient, access.actor.account);
    let mut binds = Binds::default();
    let ground = match ground(app, tx, (account, patient), &mut binds).await? {
        Ground::Look(..) => Ground::None,
        ground => ground,
    };
    let seen = rules::decide(patient, Purpose::App, ground)?;
    let (basis, lens) = seen.and_then(|seen| rules::decide_app(access, seen)).ok_or(Error::NotFound)?;
    // What a program under 42 CFR Part 2 recorded goes to the person's own app as it goes to the person (2.23), where
    // they ticked it; restrictions that name the app bind it.
    let recipient = Recipient { position: Position::App, names: vec![access.app_name.clone()], lens };
    let decision = binds.on(app, tx, patient).await?.leaves(app, &recipient, consents::Purpose::OwnRequest);
    if decision.is_shut() {
        return Err(Error::refused("refused-limited"));
    }
    Ok(Permit::new(&access.actor, (patient, Purpose::App), (basis, lens.and(decision.lens))))
}

/// Whether a system may export a record as one of a group of patients, and how much of it: the system was agreed with for
/// this group, the person is in it, and their own wishes leave something over. `None`: the person asked that it not go
/// there.
///
/// # Errors
/// `NotFound` where nothing was agreed, or the person is not in the group.
pub async fn check_system(
    app: &App,
    tx: &mut Tx,
    (client, group, patient): (&ClientId, &str, PatientNo),
) -> Result<Option<Permit>> {
    let agreed = smart::agreed(tx, client).await?.filter(|about| about.groups.iter().any(|own| own == group));
    let about = agreed.ok_or(Error::NotFound)?;
    let member = store::member(tx, (group, patient)).await?.ok_or(Error::NotFound)?;
    let going = Going {
        recipient: member.recipient.clone(),
        to_health_plan: member.to_health_plan,
        purpose: member.purpose,
        shown: member.shown,
    };
    let lens = consents::for_system(app, tx, (patient, &going)).await?;
    Ok(lens.and_then(|lens| rules::decide_system((client, &about.name), (patient, member), lens)))
}

/// How much of a record an account may see for a purpose now, and on what ground: for what is built or sent while nobody
/// looks on, such as a copy or a download that is running.
///
/// # Errors
/// As of [`check`].
pub(crate) async fn sight(
    app: &App,
    tx: &mut Tx,
    (account, patient, purpose): (AccountId, PatientNo, Purpose),
) -> Result<(Sight, Basis)> {
    let ground = ground(app, tx, (account, patient), &mut Binds::default()).await?;
    let (basis, lens) = rules::decide(patient, purpose, ground)?.ok_or(Error::NotFound)?;
    Ok((Sight { patient, lens }, basis))
}

/// A helper whom a person thinks of, for an idea of what they would see.
#[derive(Debug, Clone, Copy)]
pub enum Helper<'a> {
    /// Somebody new, as the person calls them.
    New(&'a str),
    /// Who holds this authority.
    Known(AuthorityId),
}

/// How much a helper would see of a record by this scope: what they would be shown now, under the law of the place,
/// restrictions and consents; and whether a restriction that the clinic agreed to binds them.
///
/// # Errors
/// `NotFound` for an authority over another record, or none.
pub(crate) async fn foresee(
    app: &App,
    tx: &mut Tx,
    (patient, helper, scope): (PatientNo, Helper<'_>, &Scope),
) -> Result<(Lens, bool)> {
    let authority = match helper {
        Helper::New(name) => representation::helper(app, tx, (patient, name, scope)).await?,
        Helper::Known(id) => representation::changed(app, tx, (patient, id, scope)).await?,
    };
    let decision = for_holder(app, tx, &authority, &mut Binds::default()).await?;
    Ok((rules::through(&authority, &decision), decision.limited))
}

/// What stands between an account and a record. Its own record goes before an authority over it, and that before a
/// look for the clinic.
async fn ground(
    app: &App,
    tx: &mut Tx,
    (account, patient): (AccountId, PatientNo),
    binds: &mut Binds,
) -> Result<Ground> {
    match store::link(tx, account, patient).await? {
        Some((link, Life::Lives)) => return Ok(Ground::Own(link, representation::own_lens(app))),
        Some((link, Life::Died)) => return Ok(Ground::Died(link)),
        None => {}
    }
    if let Some(authority) = representation::in_force(app, tx, (account, patient)).await? {
        let decision = for_holder(app, tx, &authority, binds).await?;
        return Ok(Ground::Authority(Box::new(authority), decision));
    }
    let Some(view) = staff::view_in_force(app, tx, (account, patient)).await? else {
        return Ok(Ground::None);
    };
    let emergency = view.emergency;
    let position = if emergency { Position::EmergencyStaff } else { Position::Staff };
    let names = identity::account_name(tx, account).await?.into_iter().collect();
    let recipient = Recipient { position, names, lens: Lens::OWN };
    let purpose = rules::wanted(view.purpose);
    let decision = binds.on(app, tx, patient).await?.leaves(app, &recipient, purpose);
    let of_program = staff::of_program(app, tx, &view).await?;
    let member = if of_program { Member::OfProgram } else { Member::No };
    let protected = app.config.law.program_records(local_day(app));
    Ok(Ground::Look(view, Desk { decision, protected, member }))
}

/// What binds of a record: asked for once in a decision, however many recipients it weighs.
#[derive(Default)]
struct Binds(Option<Bound>);

impl Binds {
    async fn on(&mut self, app: &App, tx: &mut Tx, patient: PatientNo) -> Result<&Bound> {
        if self.0.is_none() {
            self.0 = Some(consents::bound(app, tx, patient).await?);
        }
        self.0.as_ref().ok_or(Error::NotFound)
    }
}

/// What restrictions and consents leave to who holds an authority.
async fn for_holder(app: &App, tx: &mut Tx, authority: &Authority, binds: &mut Binds) -> Result<Decision> {
    let position = match authority.kind {
        Kind::Delegate => Position::Helper,
        _ => Position::Representative,
    };
    let bound = binds.on(app, tx, authority.patient).await?;
    let mut names = vec![authority.name.clone()];
    // Where nothing binds, nobody need be known by another name.
    if let Some(account) = authority.account.filter(|_| !bound.is_nothing()) {
        names.extend(identity::account_name(tx, account).await?);
    }
    let recipient = Recipient { position, names, lens: authority.lens_with_consent() };
    Ok(bound.leaves(app, &recipient, consents::Purpose::OwnRequest))
}

/// How much who holds an authority sees now, and would see, were all opened to them that a clinician may open (45 CFR
/// 164.502(g)(3)(ii)(C)): both under restrictions and consents. None where a restriction leaves nothing.
pub(crate) async fn of_holder(app: &App, tx: &mut Tx, authority: &Authority) -> Result<Option<(Lens, Lens)>> {
    let decision = for_holder(app, tx, authority, &mut Binds::default()).await?;
    let lenses = (rules::through(authority, &decision), rules::through_if_opened(authority, &decision));
    Ok((!decision.is_shut()).then_some(lenses))
}

/// A person's own record as who holds this authority over it sees it; nothing where it shows nothing now.
async fn mirror(app: &App, tx: &mut Tx, (link, id): (Link, AuthorityId)) -> Result<Ground> {
    let Some(authority) = representation::shown_to(app, tx, (link.patient, id)).await? else {
        return Ok(Ground::None);
    };
    let decision = for_holder(app, tx, &authority, &mut Binds::default()).await?;
    Ok(Ground::Mirror(link, Box::new(authority), decision))
}

fn local_day(app: &App) -> chrono::NaiveDate {
    app.clock.now().utc().with_timezone(&app.config.clinic.zone()).date_naive()
}

/// How somebody who is not the person stands to what 42 CFR Part 2 protects in a record. It says nothing of whether there
/// is any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// It is left out.
    Withheld,
    /// A consent of the person opens it: the notice goes with it (2.32).
    ByConsent,
    /// They see it on another ground.
    Seen,
}

/// How the actor stands to it.
///
/// # Errors
/// As of [`check`].
pub async fn program(app: &App, actor: &Actor, patient: PatientNo) -> Result<Program> {
    let mut tx = app.db.read().await?;
    let permit = check(app, &mut tx, actor, (patient, Purpose::OwnView)).await?;
    Ok(match permit.basis().consent() {
        _ if permit.lens().hidden.0 & Labels::PROGRAM.0 != 0 => Program::Withheld,
        Some(_) => Program::ByConsent,
        None => Program::Seen,
    })
}
