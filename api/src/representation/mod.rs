//! Who may act for whom, on what proof, for what part of a record, until when (45 CFR 164.502(g), 164.510(b)).
//! A person chooses delegates alone; the clinic appoints personal representatives after it saw their proof. Both
//! give a code, which the invited account takes once.

mod model;
mod rules;
mod store;

use crate::app::App;
use crate::base::{self, AccountId, AuthorityId, Error, Instant, PatientNo, Result};
use crate::db::Tx;
use crate::fhir::sensitivity::Label;
use crate::identity::{self, Actor};
use crate::notify;

pub use model::*;
pub use rules::{Ask, lens};

/// Letters of an invitation's code: longer than an activation code, so that the two cannot be taken for each other.
const CODE_LETTERS: usize = 16;
/// How long an invitation can be taken.
const CODE_LIVES: std::time::Duration = std::time::Duration::from_secs(14 * 86_400);
/// More live authorities over one record than anybody needs.
const MOST: i64 = 50;

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
}

/// The labels that a person may choose to show to a delegate.
pub fn choosable() -> impl Iterator<Item = Label> {
    rules::choosable()
}

/// Whether what was typed has the form of an invitation's code.
pub fn is_invitation(typed: &str) -> bool {
    identity::normal_code(typed).chars().count() == CODE_LETTERS
}

/// A person invites somebody to look at their own record. Only they can: no representative passes access on.
pub async fn invite(app: &App, actor: &Actor, (patient, ask): (PatientNo, Ask)) -> Result<Invitation> {
    let mut tx = app.db.write().await?;
    own(&mut tx, actor, patient).await?;
    let ask = Ask { kind: Kind::Delegate, evidence: "chosen by the person".into(), ..ask };
    give(app, tx, (patient, ask), (Some(actor), &actor.name)).await
}

/// The clinic appoints a personal representative, having seen their proof.
pub async fn appoint(app: &App, (patient, ask): (PatientNo, Ask), by: &str) -> Result<Invitation> {
    let tx = app.db.write().await?;
    if ask.kind == Kind::Delegate {
        return Err(Error::refused("refused-only-the-person-invites"));
    }
    give(app, tx, (patient, ask), (None, by)).await
}

async fn give(
    app: &App,
    mut tx: Tx,
    (patient, mut ask): (PatientNo, Ask),
    (actor, by): (Option<&Actor>, &str),
) -> Result<Invitation> {
    let now = app.clock.now();
    let (name, facts) = store::person(&mut tx, patient).await?.ok_or(Error::NotFound)?;
    let problems = rules::problems(&ask, &facts, (now, app.config.clinic.zone()));
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if store::live(&mut tx, patient, now).await? >= MOST {
        return Err(Error::refused("refused-too-many-people"));
    }
    ask.name = ask.name.trim().to_owned();
    ask.scope.shown.retain(|label| rules::choosable().any(|choosable| choosable == *label));
    let code = base::code(CODE_LETTERS);
    let id = AuthorityId(base::uuid(now));
    let until = now.plus(CODE_LIVES);
    let new = store::New { id, patient, ask: &ask, person: &name, code_hash: hash(app, &code), until, now };
    store::add(&mut tx, &new).await?;
    store::note(&mut tx, id, ("invited", now), (actor.map(|actor| actor.account), by)).await?;
    tx.commit().await?;
    Ok(Invitation { id, code: identity::grouped(&code), until })
}

/// The invited takes the authority. Wrong, used, expired and ended codes give the same refusal after the same work.
///
/// # Errors
/// `Refused` with `refused-code` or `refused-too-many`; `Conflict` with `conflict-own-record` if it is the account's
/// own record, or `conflict-already-acting` if it holds an authority over that record already.
pub async fn accept(app: &App, actor: &Actor, typed: &str) -> Result<Held> {
    let now = app.clock.now();
    let hash = hash(app, &identity::normal_code(typed));
    let mut tx = app.db.write().await?;
    identity::count_code_try(app, &mut tx, actor).await?;
    let found = store::by_code(&mut tx, hash).await?;
    let found = match found {
        Some((authority, person)) => {
            let facts = store::person(&mut tx, authority.patient).await?.map(|(_, facts)| facts);
            let facts = facts.unwrap_or_default();
            let standing = rules::standing(&authority, &facts, (now, app.config.clinic.zone()));
            (standing == Standing::Invited).then_some((authority, person, facts))
        }
        None => None,
    };
    let Some((mut authority, person, facts)) = found else {
        tx.commit().await?;
        return Err(Error::refused("refused-code"));
    };
    if own(&mut tx, actor, authority.patient).await.is_ok() {
        return Err(Error::Conflict("conflict-own-record"));
    }
    if store::held_over(&mut tx, actor.account, authority.patient).await?.is_some() {
        return Err(Error::Conflict("conflict-already-acting"));
    }
    store::take(&mut tx, authority.id, (actor, now)).await?;
    store::note(&mut tx, authority.id, ("taken", now), (Some(actor.account), &actor.name)).await?;
    for account in identity::accounts_of(&mut tx, authority.patient).await? {
        notify::tell(&mut tx, account, (notify::Kind::SomeoneActs, now)).await?;
    }
    tx.commit().await?;
    (authority.account, authority.since) = (Some(actor.account), Some(now));
    Ok(with_standing(app, (authority, person), &facts))
}

/// Everybody who may, might or might once act for a person, newest first: for the person themselves.
pub async fn over(app: &App, actor: &Actor, patient: PatientNo) -> Result<Vec<Held>> {
    let mut tx = app.db.read().await?;
    own(&mut tx, actor, patient).await?;
    let facts = store::person(&mut tx, patient).await?.map(|(_, facts)| facts).unwrap_or_default();
    let all = store::over(&mut tx, patient).await?;
    Ok(all.into_iter().map(|found| with_standing(app, found, &facts)).collect())
}

/// Everybody the account may act for now.
pub async fn held_by(app: &App, actor: &Actor) -> Result<Vec<Held>> {
    let mut tx = app.db.read().await?;
    let mut active = Vec::new();
    for found in store::held_by(&mut tx, actor.account).await? {
        let facts = store::person(&mut tx, found.0.patient).await?.map(|(_, facts)| facts);
        let held = with_standing(app, found, &facts.unwrap_or_default());
        if held.standing == Standing::Active {
            active.push(held);
        }
    }
    Ok(active)
}

/// One authority that the account holds and that is in force.
///
/// # Errors
/// `NotFound` for one that is another's, over, or none.
pub async fn held(app: &App, actor: &Actor, id: AuthorityId) -> Result<Held> {
    let mut tx = app.db.read().await?;
    let (authority, _) = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if authority.account != Some(actor.account) {
        return Err(Error::NotFound);
    }
    let (person, facts) = store::person(&mut tx, authority.patient).await?.ok_or(Error::NotFound)?;
    let held = with_standing(app, (authority, person), &facts);
    if held.standing == Standing::Active { Ok(held) } else { Err(Error::NotFound) }
}

/// The authority in force between an account and a record, if there is one: what `visibility` asks.
pub(crate) async fn in_force(
    app: &App,
    tx: &mut Tx,
    (account, patient): (AccountId, PatientNo),
) -> Result<Option<Authority>> {
    let Some(authority) = store::held_over(tx, account, patient).await? else { return Ok(None) };
    let Some((_, facts)) = store::person(tx, patient).await? else { return Ok(None) };
    let standing = rules::standing(&authority, &facts, (app.clock.now(), app.config.clinic.zone()));
    Ok((standing == Standing::Active).then_some(authority))
}

/// Ends an authority: the person takes it away, or its holder gives it up. Effective with the next request, and
/// with the next part of a download that is running.
pub async fn end(app: &App, actor: &Actor, id: AuthorityId) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (authority, _) = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let end = if own(&mut tx, actor, authority.patient).await.is_ok() {
        // What a court or a law gave, the clinic ends; a delegate is the person's own choice.
        if authority.kind != Kind::Delegate {
            return Err(Error::refused("refused-the-clinic-ends"));
        }
        End::ByPerson
    } else if authority.account == Some(actor.account) {
        End::GivenUp
    } else {
        return Err(Error::NotFound);
    };
    if store::end(&mut tx, id, (now, end)).await? {
        store::note(&mut tx, id, ("ended", now), (Some(actor.account), &actor.name)).await?;
    }
    tx.commit().await
}

/// The clinic ends an authority, whatever its kind.
pub async fn end_by_clinic(app: &App, id: AuthorityId, by: &str) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if store::end(&mut tx, id, (now, End::ByClinic)).await? {
        store::note(&mut tx, id, ("ended", now), (None, by)).await?;
    }
    tx.commit().await
}

fn with_standing(app: &App, (authority, person): (Authority, String), facts: &PersonFacts) -> Held {
    let standing = rules::standing(&authority, facts, (app.clock.now(), app.config.clinic.zone()));
    Held { authority, standing, person, birth_date: facts.birth_date.clone() }
}

/// Only the person themselves; anyone else learns nothing.
async fn own(tx: &mut Tx, actor: &Actor, patient: PatientNo) -> Result<()> {
    let links = identity::links(tx, actor.account).await?;
    links.iter().any(|link| link.patient == patient).then_some(()).ok_or(Error::NotFound)
}

fn hash(app: &App, normal: &str) -> [u8; 32] {
    app.keys.mac(b"invitation", normal.as_bytes())
}
