//! A copy of a record: chosen, built by a job, taken home, erased.

mod build;
mod check;
mod expiry;
mod model;
mod render;
mod rules;
mod store;
mod stream;
#[cfg(test)]
mod tests;

use std::time::Duration;

use secrecy::ExposeSecret;

use crate::app::App;
use crate::base::{AccountId, CopyId, Error, Instant, PatientNo, Problem, Problems, Result};
use crate::db::Tx;
use crate::disclosures::{Channel, Held, What, release};
use crate::identity::Actor;
use crate::jobs;
use crate::notify;
use crate::records;
use crate::representation::Sight;
use crate::visibility::{self, Purpose};
use crate::words::Language;

use model::{Built, Stored};
use rules::Load;
use store::Known;

pub use build::build;
pub use check::{KeyFrom, Report, check_zip, check_zip_with};
pub use expiry::erase_expired;
pub use model::*;
pub use render::FileEntry;
pub use render::manifest::{Manifest, Subject, verify_manifest};

/// The kind of the job that [`build()`] is the body of; its payload is `{"copy": id}`.
pub const BUILD_JOB: &str = "copy.build";

/// How the names of copies begin, among the encrypted files.
const BLOBS: &str = "copy-";

/// What sealed passwords are bound to.
const PASSWORD: &[u8] = b"copy.password";

const DAY: Duration = Duration::from_secs(86_400);

/// How many items a choice holds and about how large the copy gets. Shows only numbers, to the person's own page.
pub async fn count(app: &App, actor: &Actor, (patient, scope): (PatientNo, Scope)) -> Result<Count> {
    let problems = rules::scope_problems(&scope);
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let mut tx = app.db.read().await?;
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnCopy)).await?;
    let load = tally(&mut tx, permit.sight(), &scope).await?;
    let (about_bytes, about_seconds) = rules::estimate(&scope, load);
    Ok(Count { items: load.items, about_bytes, about_seconds })
}

/// Asks for a copy; a job builds it. `once` is the form's one-time key: the same key twice gives the same copy.
pub async fn request(app: &App, actor: &Actor, (patient, ask): (PatientNo, Ask)) -> Result<CopyId> {
    let problems = rules::problems(&ask);
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let id = id_of(app, (actor.account, patient), &ask)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnCopy)).await?;
    store::lock_account(&mut tx, actor.account).await?;
    if store::exists(&mut tx, id).await? {
        return Ok(id);
    }
    if store::asked_since(&mut tx, actor.account, now.minus(DAY)).await? >= app.config.copies.per_day {
        let first = store::nth_newest(&mut tx, actor.account, app.config.copies.per_day).await?;
        let wait = first.map_or(DAY, |asked| DAY.saturating_sub(now.since(asked)));
        return Err(Error::refused("refused-too-many-copies").for_the_next(wait));
    }
    let total = tally(&mut tx, permit.sight(), &ask.scope).await?.items;
    let seal =
        |password: &secrecy::SecretString| app.keys.seal(PASSWORD, password.expose_secret().as_bytes());
    let password = ask.password.as_ref().map(seal).transpose()?;
    let scope = Stored { scope: ask.scope, password: password.is_some(), ..Stored::default() };
    let new = store::New {
        id,
        patient,
        account: actor.account,
        language: ask.language.tag(),
        scope: &scope,
        total,
        password,
        at: now,
    };
    store::add(&mut tx, new).await?;
    let payload = serde_json::json!({ "copy": id });
    jobs::enqueue(&mut tx, BUILD_JOB, payload, now, Some(format!("{BUILD_JOB} {id}"))).await?;
    tx.commit().await?;
    Ok(id)
}

/// The account's copies of this record, newest first.
pub async fn list(app: &App, actor: &Actor, patient: PatientNo) -> Result<Vec<Copy>> {
    let mut tx = app.db.read().await?;
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnCopy)).await?;
    let mut copies = Vec::new();
    for known in store::of_account(&mut tx, actor.account, patient).await? {
        copies.push(told(&mut tx, permit.sight(), known).await?);
    }
    Ok(copies)
}

/// A copy with whether it may still be taken.
async fn told(tx: &mut Tx, sight: Sight, known: Known) -> Result<Copy> {
    let mut copy = known.copy;
    if copy.state == State::Ready {
        copy.shut = !still_seen(tx, sight, &mut known.stored.built.clone()).await?;
    }
    Ok(copy)
}

/// One of them.
pub async fn find(app: &App, actor: &Actor, (patient, id): (PatientNo, CopyId)) -> Result<Copy> {
    let mut tx = app.db.read().await?;
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnCopy)).await?;
    let known = own(&mut tx, actor, (patient, id)).await?;
    told(&mut tx, permit.sight(), known).await
}

/// What is known of a copy's file without opening it.
///
/// # Errors
/// `Conflict` with `copies-not-ready` or `copies-erased`.
pub fn ready(app: &App, copy: Copy) -> Result<ReadyFile> {
    let expired = copy.expires.is_some_and(|expires| expires <= app.clock.now());
    match (copy.state, copy.size.and_then(|size| u64::try_from(size).ok())) {
        (State::Ready, Some(size)) if !expired => {
            let day = rules::local_day(copy.created, app.config.clinic.zone());
            let name = match copy.language {
                Language::English => format!("my-record-{day}.zip"),
                Language::Spanish => format!("mi-expediente-{day}.zip"),
            };
            Ok(ReadyFile { name, etag: copy.sha256.unwrap_or_default(), size })
        }
        (State::Ready | State::Erased, _) => Err(Error::Conflict("copies-erased")),
        _ => Err(Error::Conflict("copies-not-ready")),
    }
}

/// Opens a ready copy for download, whole or from a byte on (RFC 9110 section 14). Logged before the first byte.
///
/// # Errors
/// `Conflict` with `copies-not-ready` or `copies-erased`; `Refused` with `refused-copy-narrowed` where it holds more than
/// its asker may see by now; `Invalid` with `range-not-satisfiable`.
pub async fn open(
    app: &App,
    actor: &Actor,
    (patient, id, range): (PatientNo, CopyId, Option<ByteRange>),
) -> Result<Download> {
    let mut tx = app.db.read().await?;
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnCopy)).await?;
    let known = own(&mut tx, actor, (patient, id)).await?;
    let file = ready(app, known.copy)?;
    let mut built = known.stored.built;
    if !still_seen(&mut tx, permit.sight(), &mut built).await? {
        return Err(Error::refused("refused-copy-narrowed"));
    }
    drop(tx);
    let blob = known.blob.ok_or(Error::Conflict("copies-erased"))?;
    let reader = app.blobs.read(&app.keys, &blob)?;
    let size = reader.size();
    let Some((first, length)) = rules::resolve(range, size) else { return rules::unsatisfiable() };
    let last = (first + length).saturating_sub(1);
    let what = What {
        counts: known.stored.counts,
        items: known.stored.items,
        digest: known.stored.digest,
        parts: known.stored.parts,
        copy: Some(format!("{id} bytes {first}-{last}/{size}")),
        ..What::page("copy")
    };
    let download = Download {
        file_name: file.name,
        etag: file.etag,
        size,
        first,
        length,
        stream: stream::stream(stream::Watch::new(app, &permit, built), reader, (first, length)),
    };
    release(app, permit, Channel::Download, (what, Held::new(download))).await
}

/// Tells the person that their copy cannot be made: its job is laid aside. In that transaction. One that was erased or
/// made meanwhile is left alone.
pub async fn give_up(tx: &mut Tx, id: CopyId, now: Instant) -> Result<()> {
    if let Some(account) = store::give_up(tx, id).await? {
        notify::tell(tx, account, (notify::Kind::CopyFailed, now)).await?;
    }
    Ok(())
}

/// Erases a copy before its time, or stops one that is being built.
pub async fn erase(app: &App, actor: &Actor, (patient, id): (PatientNo, CopyId)) -> Result<()> {
    let mut tx = app.db.write().await?;
    visibility::check(app, &mut tx, actor, (patient, Purpose::OwnCopy)).await?;
    let known = own(&mut tx, actor, (patient, id)).await?;
    store::erase(&mut tx, id, app.clock.now()).await?;
    tx.commit().await?;
    match known.blob {
        Some(blob) => app.blobs.erase(&blob),
        None => Ok(()),
    }
}

/// A copy of this account and this record; anything else is not there.
async fn own(tx: &mut Tx, actor: &Actor, (patient, id): (PatientNo, CopyId)) -> Result<Known> {
    let known = store::find(tx, id).await?;
    known.filter(|known| known.account == actor.account && known.patient == patient).ok_or(Error::NotFound)
}

/// Whether all that a copy holds may be seen now. Its asker sees no less than when it was built, and no label changed
/// since; or nothing of what they saw is hidden from them that the copy holds, or that something in it names. What was
/// found so stands in `built`, to be asked again at little cost.
async fn still_seen(tx: &mut Tx, sight: Sight, built: &mut Built) -> Result<bool> {
    let labels_no = records::label_changes(tx, sight.patient).await?;
    if labels_no != built.labels_no || !sight.lens.covers(built.lens) {
        // Of a copy of before that was kept nobody knows what its asker saw.
        if built.seen.is_empty() {
            return Ok(false);
        }
        let hidden = store::hidden_among(tx, sight, &built.seen).await?;
        if hidden.iter().any(|rid| rules::is_within(&built.held, *rid)) {
            return Ok(false);
        }
        // Beside a reference stands the name of what is hidden since.
        let held = store::among(tx, sight.patient, &built.held).await?;
        if !hidden.is_empty() && records::name_hidden(tx, sight, &held).await? {
            return Ok(false);
        }
    }
    (built.lens, built.labels_no) = (sight.lens, labels_no);
    Ok(true)
}

/// What a choice takes in.
async fn tally(tx: &mut Tx, sight: Sight, scope: &Scope) -> Result<Load> {
    let (rows, rest) = build::split(scope, build::all_rows(tx, sight).await?);
    if rules::is_bare(scope, &rows) {
        let field = if scope.from.is_some() || scope.to.is_some() { "from" } else { "categories" };
        return Err(Error::Invalid(Problems(vec![Problem { field, code: "copies-invalid-nothing" }])));
    }
    // Which of them the chosen documents name is known only while building.
    Ok(Load::of(&rows, rest.iter().filter(|row| row.kind == "Binary" && rules::in_categories(scope, row))))
}

/// The same form sent twice makes one copy ([`crate::keys::Keys::once`]).
fn id_of(app: &App, (account, patient): (AccountId, PatientNo), ask: &Ask) -> Result<CopyId> {
    let password = ask.password.as_ref().map_or("", ExposeSecret::expose_secret);
    let chosen = (account, patient, &ask.once, &ask.scope, ask.language.tag(), password);
    Ok(CopyId(app.keys.once(b"copy.once", &chosen)?))
}
