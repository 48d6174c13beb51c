//! Exports of the records of many people to systems (FHIR Bulk Data Access 2.0): groups that the clinic made, what a
//! system asks for, a job that builds it, files that are fetched. Whose record goes out is decided by `visibility`, and
//! is a line of that person's log before a byte of it can be fetched.

mod attachments;
mod build;
mod desk;
mod expiry;
mod filter_rules;
mod groups;
mod groups_store;
mod model;
mod part;
mod proposal_rules;
mod proposals;
mod proposals_store;
mod read;
mod resources_store;
mod rules;
mod store;
mod stream;

use crate::app::App;
use crate::base::{self, Error, ExportId, Instant, PatientNo, Result};
use crate::consents::Purpose;
use crate::db::Tx;
use crate::fhir::search::Given;
use crate::fhir::sensitivity::Label;
use crate::jobs;
use crate::smart::{self, Registration, Scopes, SystemAccess};

use model::Ask;
use rules::{Refused, Request, Wanted};
use store::{Known, State};

pub use attachments::attachment;
pub use build::build;
pub use desk::{group_for_desk, groups_for_desk};
pub use expiry::erase_expired;
pub use groups::{
    By, Operator, add_group, all_groups, end_group, group, groups, set_members, take_from, take_gone,
};
pub use model::*;
pub use proposals::{
    agree, decline, end_overdue, faults, proposal, proposals, propose, propose_members, propose_system,
    waiting,
};

/// The kind of the job that [`build()`] is the body of; its payload is `{"export": id}`.
pub const EXPORT_JOB: &str = "bulk.export";

/// How the names of its files begin, among the encrypted files.
const BLOBS: &str = "bulk-";

/// When to ask again where too many exports are under way.
const BUSY: std::time::Duration = std::time::Duration::from_secs(120);

/// Takes a request to export; a job builds it.
///
/// # Errors
/// [`No`].
pub async fn kick_off(app: &App, access: &SystemAccess, ask: KickOff) -> std::result::Result<ExportId, No> {
    let base = format!("{}/fhir", app.config.server.public_url);
    let given = Given { base: &base, now: app.clock.now(), handling: ask.handling };
    let request = Request { form: ask.form, given, scopes: &access.scopes };
    let wanted = rules::read(&ask.params, request).map_err(|refused| match refused {
        Refused::Params(wrong) => No::Wrong(wrong),
        Refused::Scope(wrong) => No::Scope(wrong),
    })?;
    let now = app.clock.now();
    let id = ExportId(base::uuid(now));
    let mut tx = app.db.write().await?;
    store::hold_client(&mut tx, &access.client).await?;
    let groups = agreed_groups(&mut tx, access, &ask.level).await?;
    let patients = named(&mut tx, &groups, &wanted).await?;
    if store::under_way(&mut tx, &access.client).await? >= app.config.bulk.at_once {
        return Err(No::TooMany(BUSY));
    }
    let kept = Ask {
        url: ask.url,
        groups,
        scopes: access.scopes.to_string(),
        types: wanted.types,
        filters: wanted.filters,
        since: wanted.since,
        patients,
        ignored: wanted.ignored,
    };
    store::add(&mut tx, (id, &access.client), (&kept, now)).await?;
    let payload = serde_json::json!({ "export": id });
    jobs::enqueue(&mut tx, EXPORT_JOB, payload, now, Some(format!("{EXPORT_JOB} {id}"))).await?;
    tx.commit().await?;
    Ok(id)
}

/// The groups that are asked for, of those that were agreed and go on.
async fn agreed_groups(
    tx: &mut Tx,
    access: &SystemAccess,
    level: &Level,
) -> std::result::Result<Vec<String>, No> {
    let all = groups::agreed(tx, access).await?.into_iter().map(|kept| kept.group.id);
    let asked: Vec<String> = match level {
        Level::Patient => all.collect(),
        Level::Group(id) => all.filter(|own| own == id).collect(),
    };
    match (asked.is_empty(), level) {
        (false, _) => Ok(asked),
        (true, Level::Group(_)) => Err(No::Fault(Error::NotFound)),
        (true, Level::Patient) => {
            let text = "no group of patients was agreed with this system; ask the clinic";
            Err(No::Scope(Wrong::with("", "forbidden", text)))
        }
    }
}

/// The people who were named, all of them members.
async fn named(
    tx: &mut Tx,
    groups: &[String],
    wanted: &Wanted,
) -> std::result::Result<Option<Vec<PatientNo>>, No> {
    let Some(ids) = &wanted.patients else { return Ok(None) };
    let found = store::named_members(tx, groups, ids).await?;
    if ids.iter().any(|id| !found.iter().any(|(known, _)| known == id)) {
        // The same for whoever is not here at all.
        let text = "not all of these patients are in the group; nothing was exported";
        return Err(No::Wrong(vec![Wrong::with("patient", "not-found", text)]));
    }
    let mut patients: Vec<PatientNo> = found.into_iter().map(|(_, patient)| patient).collect();
    patients.sort_unstable();
    patients.dedup();
    Ok(Some(patients))
}

/// Where an export stands.
///
/// # Errors
/// [`No`]: `Fault` with `NotFound` for one that was deleted or is of another system; `Changed`.
pub async fn status(app: &App, access: &SystemAccess, id: ExportId) -> std::result::Result<Standing, No> {
    let mut tx = app.db.read().await?;
    let known = own(app, &mut tx, access, id).await?;
    Ok(match known.state {
        State::Waiting | State::Running => Standing::Working {
            done: known.done,
            total: known.total,
            again: rules::again(app.clock.now().since(known.created)),
        },
        State::Ready => Standing::Ready(Box::new(Manifest {
            at: known.begun.unwrap_or(known.created),
            request: known.ask.url,
            expires: known.expires.unwrap_or(known.created),
            files: store::files(&mut tx, id).await?,
            program: program(&mut tx, &known.ask.groups).await?,
        })),
        State::Failed => Standing::Failed,
        State::Taken => return Err(No::Changed),
        State::Erased => return Err(Error::NotFound.into()),
    })
}

/// To whom, and what for, these groups let records of a substance use program go out.
async fn program(tx: &mut Tx, groups: &[String]) -> Result<Vec<(String, Purpose)>> {
    let mut found = Vec::new();
    for group in groups {
        let group = groups_store::one(tx, group).await?.map(|kept| kept.group);
        if let Some(group) = group.filter(|group| group.shown.contains(&Label::SubstanceUse)) {
            found.push((group.recipient.name().to_owned(), group.purpose));
        }
    }
    Ok(found)
}

/// An export of this system that is there; anything else is not there.
async fn own(app: &App, tx: &mut Tx, access: &SystemAccess, id: ExportId) -> Result<Known> {
    let now = app.clock.now();
    let known = store::find(tx, id).await?.filter(|known| known.client == access.client);
    let there =
        |known: &Known| known.state != State::Erased && known.expires.is_none_or(|expires| expires > now);
    known.filter(there).ok_or(Error::NotFound)
}

/// Erases an export, or stops one that is under way.
///
/// # Errors
/// `NotFound` as of [`status`].
pub async fn delete(app: &App, access: &SystemAccess, id: ExportId) -> Result<()> {
    let mut tx = app.db.write().await?;
    own(app, &mut tx, access, id).await?;
    let blobs = store::erase(&mut tx, id, app.clock.now()).await?;
    tx.commit().await?;
    blobs.iter().try_for_each(|blob| app.blobs.erase(blob))
}

/// An export of this system that can be fetched; anything else is not there, but for one whose group was taken.
async fn ready(
    app: &App,
    tx: &mut Tx,
    access: &SystemAccess,
    id: ExportId,
) -> std::result::Result<Known, No> {
    let known = own(app, tx, access, id).await?;
    match known.state {
        State::Ready => Ok(known),
        State::Taken => Err(No::Changed),
        _ => Err(Error::NotFound.into()),
    }
}

/// Whether the system of an export may have its groups still: it was not stopped, and none of them was taken from it.
async fn still_agreed(tx: &mut Tx, known: &Known) -> Result<Option<Registration>> {
    let agreed = smart::agreed(tx, &known.client).await?;
    Ok(agreed.filter(|about| known.ask.groups.iter().all(|group| about.groups.contains(group))))
}

/// Whether a part still goes to this system, where it tells of a type: whether the scopes of this token reach that, and
/// nothing has changed for anybody in it.
async fn still_goes(
    tx: &mut Tx,
    access: &SystemAccess,
    (known, id): (&Known, ExportId),
    (part, kind): (i64, Option<&str>),
) -> std::result::Result<(), No> {
    let then = Scopes::from_kept(&known.ask.scopes).unwrap_or_default();
    if let Some(kind) = kind.filter(|kind| !rules::still_reaches((&then, &access.scopes), kind)) {
        let text = format!("the scopes of this token do not reach {kind} as those of the export did");
        return Err(No::Scope(Wrong::with("", "forbidden", text)));
    }
    // A group that is agreed no more is none of theirs.
    if known.ask.groups.iter().any(|group| !access.groups.contains(group))
        || store::has_changed(tx, (id, part)).await?
    {
        return Err(No::Changed);
    }
    Ok(())
}

/// Opens a file of an export.
///
/// # Errors
/// [`No`]: `Fault` with `NotFound` as of [`status`], and for one that is not ready; `Scope` where the scopes of this token
/// do not reach what is in it; `Changed`.
pub async fn open(
    app: &App,
    access: &SystemAccess,
    (id, n): (ExportId, i64),
) -> std::result::Result<File, No> {
    let mut tx = app.db.read().await?;
    let known = ready(app, &mut tx, access, id).await?;
    let place = store::file(&mut tx, (id, n)).await?.ok_or(Error::NotFound)?;
    let kind = (place.kind == FileKind::Output.slug()).then_some(place.r#type.as_str());
    still_goes(&mut tx, access, (&known, id), (place.part, kind)).await?;
    drop(tx);
    let reader = app.blobs.read(&app.keys, &place.blob)?;
    Ok(File {
        size: reader.size(),
        stream: stream::stream(stream::Watch::new(app, (id, place.part)), reader),
    })
}

/// Gives up on an export: its job is laid aside. In that transaction.
pub async fn give_up(tx: &mut Tx, id: ExportId, now: Instant) -> Result<()> {
    store::fail(tx, id, now).await
}
