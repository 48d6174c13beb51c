//! The job that builds a copy. It starts from the beginning each time: a copy appears in one transaction when its file
//! is whole and durable, so that a crash at any moment leaves no copy or a whole one.

use std::cell::RefCell;
use std::collections::HashSet;
use std::time::Duration;

use tokio::runtime::Handle;

use super::model::{Built, Scope, Stored};
use super::render::{self, Context, Finished, Hands, Led, Notice, Place, Plan};
use super::rules::{self, Row};
use super::store::{self, Known};
use super::{BLOBS, PASSWORD};
use crate::app::App;
use crate::base::{CopyId, Error, Instant, Result, Rid, uuid};
use crate::consents;
use crate::db::Tx;
use crate::disclosures::What;
use crate::fhir::present::When;
use crate::notify;
use crate::records::{self, Masking};
use crate::representation::Sight;
use crate::visibility::{self, Basis, Purpose};
use crate::words::{self, Language, say, say_with};

/// Rows read at once when only looking which resources there are.
const LIGHT: i64 = 5_000;

/// Least time between two notes of progress.
const PACE: Duration = Duration::from_millis(500);

/// Builds a copy. One that is ready, erased or unknown is left alone. On an error the copy is marked as failed, and
/// building may be tried again.
pub async fn build(app: &App, id: CopyId) -> Result<()> {
    let built = try_build(app, id).await;
    match built {
        // Erased while it was built: nothing is left to do.
        Err(Error::Conflict("copies-stopped")) => Ok(()),
        Err(error) => {
            let mut tx = app.db.write().await?;
            store::fail(&mut tx, id, "copies-failed").await?;
            tx.commit().await?;
            Err(error)
        }
        Ok(()) => Ok(()),
    }
}

async fn try_build(app: &App, id: CopyId) -> Result<()> {
    let mut tx = app.db.read().await?;
    let Some(known) = store::find(&mut tx, id).await? else { return Ok(()) };
    // Whoever asked for it may see less by now, or nothing: then there is nothing to be built.
    let who = (known.account, known.patient, Purpose::OwnCopy);
    let (sight, basis) = match visibility::sight(app, &mut tx, who).await {
        Err(Error::NotFound | Error::Refused { .. }) => return withdraw(app, id).await,
        seen => seen?,
    };
    let labels_no = records::label_changes(&mut tx, known.patient).await?;
    let all = all_rows(&mut tx, sight).await?;
    let seen = rules::runs(all.iter().map(|row| row.rid));
    let (rows, rest) = split(&known.copy.scope, all);
    let total = rules::items(&rows);
    let mut write = app.db.write().await?;
    let begun = store::begin(&mut write, id, total).await?;
    write.commit().await?;
    if !begun {
        return Ok(());
    }
    let mut context = context(app, &mut tx, (&known, sight)).await?;
    context.notice = notice(app, &mut tx, (&basis, context.language)).await?;
    let password = known.password.as_deref().map(|sealed| unsealed(app, sealed)).transpose()?;
    let chosen = rows.iter().filter(|row| row.listed).map(|row| row.rid).collect();
    let plan = Plan { rows, rest, password };
    let blob = format!("{BLOBS}{}", uuid(app.clock.now()));
    let work = Work { app: app.clone(), id, sight, total, blob: blob.clone() };
    let handle = Handle::current();
    let finished = tokio::task::spawn_blocking(move || work.run(&handle, tx, (plan, context)))
        .await
        .map_err(Error::internal)??;
    let own = finished.resources.keys().filter(|rid| rid.patient() == known.patient);
    let held = rules::runs(own.copied());
    let built = Built { lens: sight.lens, labels_no, seen, held };
    let stored = Stored { built, ..told(known.stored.clone(), (&finished, &chosen)) };
    publish(app, (&known, stored), (finished, blob)).await
}

/// With what the ledger is told of a copy that was built: what is in it, and how much of that are the chosen items.
fn told(stored: Stored, (finished, chosen): (&Finished<u64>, &HashSet<Rid>)) -> Stored {
    let resources = &finished.resources;
    let names = resources.values().map(|one| (one.kind.as_str(), one.id.as_str(), one.version));
    let parts = rules::parts(resources.iter().map(|(rid, one)| (one.kind.as_str(), chosen.contains(rid))));
    let What { counts, items, digest, .. } = What::page("copy").of(names);
    Stored { counts, items, digest, parts: Some(parts), ..stored }
}

fn unsealed(app: &App, sealed: &[u8]) -> Result<String> {
    String::from_utf8(app.keys.unseal(PASSWORD, sealed)?).map_err(Error::internal)
}

/// Makes the whole copy known, or takes its file away where it was erased meanwhile.
async fn publish(
    app: &App,
    (known, stored): (&Known, Stored),
    (finished, blob): (Finished<u64>, String),
) -> Result<()> {
    let ready = app.clock.now();
    let mut tx = app.db.write().await?;
    let published = store::finish(
        &mut tx,
        store::Finished {
            id: known.copy.id,
            stored: &stored,
            size: i64::try_from(finished.out).map_err(Error::internal)?,
            sha256: finished.sha256,
            blob: &blob,
            ready,
            expires: ready.plus(app.config.copies.keep()),
        },
    )
    .await?;
    if published {
        notify::tell(&mut tx, known.account, (notify::Kind::CopyReady, ready)).await?;
    }
    tx.commit().await?;
    if !published {
        app.blobs.erase(&blob)?;
    }
    Ok(())
}

/// Takes a copy away that its asker may not have any more.
async fn withdraw(app: &App, id: CopyId) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::erase(&mut tx, id, app.clock.now()).await?;
    tx.commit().await
}

/// Everything known of the resources that are seen, without their bytes.
pub async fn all_rows(tx: &mut Tx, sight: Sight) -> Result<Vec<Row>> {
    let mut all = Vec::new();
    let mut after = Rid(sight.patient.range().0.0 - 1);
    loop {
        let rows = store::rows(tx, sight, (after, LIGHT)).await?;
        let Some(last) = rows.last() else { return Ok(all) };
        after = last.rid;
        all.extend(rows);
    }
}

/// The chosen resources, and those of the others that may belong to chosen ones.
pub fn split(scope: &Scope, rows: Vec<Row>) -> (Vec<Row>, Vec<Row>) {
    let (chosen, mut rest): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| rules::takes(scope, row));
    rest.retain(|row| matches!(row.kind.as_str(), "Provenance" | "Binary"));
    (chosen, rest)
}

/// The blocking part, on a thread of its own. It asks the database for one batch after the other, in one transaction that
/// sees one state of the record.
struct Work {
    app: App,
    id: CopyId,
    sight: Sight,
    total: i64,
    blob: String,
}

impl Work {
    fn run(&self, handle: &Handle, tx: Tx, input: (Plan, Context)) -> Result<Finished<u64>> {
        let tx = RefCell::new(tx);
        let mut masking = Masking::default();
        let mut fetch =
            |rids: &[Rid]| handle.block_on(kept(&mut tx.borrow_mut(), (self.sight, rids), &mut masking));
        let mut lead = |written: &[String]| handle.block_on(lead(&mut tx.borrow_mut(), self.sight, written));
        let mut told = std::time::Instant::now();
        let mut step = |share: f64| {
            if told.elapsed() < PACE {
                return Ok(());
            }
            told = std::time::Instant::now();
            handle.block_on(self.tell(share))
        };
        let hands = Hands { fetch: &mut fetch, lead: &mut lead, step: &mut step };
        let place = Place { blobs: &self.app.blobs, keys: &self.app.keys, now: self.app.clock.now() };
        let out = self.app.blobs.create(&self.app.keys, &self.blob)?;
        let finished = render::assemble(input, hands, (place, &self.app.keys), out)?;
        let size = finished.out.finish()?;
        Ok(Finished { out: size, sha256: finished.sha256, resources: finished.resources })
    }

    async fn tell(&self, share: f64) -> Result<()> {
        let done = (self.total as f64 * share.clamp(0.0, 1.0)) as i64;
        let mut tx = self.app.db.write().await?;
        let goes_on = store::progress(&mut tx, self.id, done).await?;
        tx.commit().await?;
        if goes_on { Ok(()) } else { Err(render::stopped()) }
    }
}

/// These resources, without the names of what their reader must not see.
async fn kept(
    tx: &mut Tx,
    (sight, rids): (Sight, &[Rid]),
    masking: &mut Masking,
) -> Result<Vec<store::Kept>> {
    let mut kept = store::kept(tx, rids).await?;
    masking.mask(tx, sight, kept.iter_mut().map(|one| &mut one.bytes)).await?;
    Ok(kept)
}

/// Where references lead, with the type there.
async fn lead(tx: &mut Tx, sight: Sight, written: &[String]) -> Result<Led> {
    let keys: Vec<_> = written.iter().map(|reference| records::Key::read(reference)).collect();
    let led = records::lead(tx, sight, &keys).await?;
    Ok(led.into_iter().map(|target| (target.reference, Rid(target.rid), target.r#type)).collect())
}

/// What goes with what 42 CFR Part 2 protects to somebody else than the person: the notice, and the consent that opened it
/// (42 CFR 2.32).
async fn notice(app: &App, tx: &mut Tx, (basis, language): (&Basis, Language)) -> Result<Option<Notice>> {
    if matches!(basis, Basis::RightOfAccess { .. }) {
        return Ok(None);
    }
    let today = app.clock.now().utc().with_timezone(&app.config.clinic.zone()).date_naive();
    let protects = app.config.law.program_records(today);
    let mut notice = Notice { protects, lines: vec![say(language, "copies-program-notice")], consent: None };
    let consent = match basis.consent() {
        Some(id) => consents::signed(tx, id).await?,
        None => None,
    };
    if let Some(consent) = consent {
        let args = [
            ("name", consent.terms.signer.typed.as_str().into()),
            ("date", day(app, language, consent.signature.at).into()),
            ("title", consent.text.lines().next().unwrap_or_default().into()),
            ("file", render::CONSENT.into()),
        ];
        notice.lines.push(say_with(language, "copies-program-consent", &args));
        notice.consent = Some(consent.text);
    }
    Ok(Some(notice))
}

async fn context(app: &App, tx: &mut Tx, (known, sight): (&Known, Sight)) -> Result<Context> {
    let language = known.copy.language;
    let missing = records::what_is_missing(app, tx, sight).await?;
    let made = app.clock.now();
    let scope = known.copy.scope.clone();
    let mut clinic = app.config.clinic.clone();
    if clinic.name.trim().is_empty() {
        clinic.name = crate::config::Clinic::default().name;
    }
    let args = [("clinic", (&clinic.name).into()), ("date", day(app, language, made).into())];
    Ok(Context {
        language,
        made,
        patient_line: render::patient_line(language, &missing.person),
        made_line: say_with(language, "copies-made", &args),
        scope_line: scope_line(language, (&scope, &missing)),
        notice: None,
        missing: missing_lines(language, &missing, &scope),
        person: missing.person,
        clinic,
        scope,
        sources: app
            .config
            .sources
            .iter()
            .filter(|source| !source.title.is_empty())
            .map(|source| (source.name.clone(), source.title.clone()))
            .collect(),
        documents: Vec::new(),
    })
}

/// The moment in the clinic's time zone, in words.
fn day(app: &App, language: Language, at: Instant) -> String {
    let text =
        at.utc().with_timezone(&app.config.clinic.zone()).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    When::parse(&text).map_or(text, |when| words::date_time(language, &when))
}

fn scope_line(language: Language, (scope, missing): (&Scope, &records::Missing)) -> String {
    if rules::is_everything(scope) {
        return say(
            language,
            match (missing.part, missing.withheld.is_empty()) {
                (true, _) => "copies-scope-seen",
                (false, false) => "copies-scope-shown",
                (false, true) => "copies-scope-all",
            },
        );
    }
    let names: Vec<String> = scope
        .categories
        .iter()
        .filter_map(|slug| crate::fhir::present::Category::from_slug(slug))
        .map(|category| say(language, category.name()))
        .collect();
    let mut lines = Vec::new();
    if !names.is_empty() {
        let list = words::list(language, &names);
        lines.push(say_with(language, "copies-scope-categories", &[("list", list.into())]));
    }
    let (from, to) = (scope.from.as_deref().and_then(When::parse), scope.to.as_deref().and_then(When::parse));
    if from.is_some() || to.is_some() {
        let period = words::period(language, from.as_ref(), to.as_ref());
        lines.push(say_with(language, "copies-scope-dates", &[("period", period.into())]));
    }
    lines.join(" ")
}

/// What may not be in the copy, a sentence each.
fn missing_lines(language: Language, missing: &records::Missing, scope: &Scope) -> Vec<String> {
    let mut lines = Vec::new();
    if missing.part {
        lines.push(say(language, "copies-missing-part"));
    }
    if !missing.withheld.is_empty() {
        let count = missing.withheld.iter().map(|(_, count)| *count).sum::<i64>();
        let count = usize::try_from(count).unwrap_or(0);
        lines.push(words::count(language, "copies-missing-withheld", count));
    }
    if !rules::is_everything(scope) {
        lines.push(say(language, "copies-missing-chosen"));
    }
    for source in &missing.sources {
        let id = match source.state.as_deref() {
            Some("failed") => "copies-missing-source-failed",
            Some("partial") => "copies-missing-source-partial",
            Some("running" | "waiting") => "copies-missing-source-running",
            _ => continue,
        };
        lines.push(say_with(language, id, &[("source", (&source.title).into())]));
    }
    if missing.quarantined > 0 {
        let count = usize::try_from(missing.quarantined).unwrap_or(0);
        lines.push(words::count(language, "copies-missing-quarantined", count));
    }
    if lines.is_empty() {
        lines.push(say(language, "copies-missing-nothing"));
    }
    lines.push(say(language, "copies-missing-elsewhere-kept"));
    lines
}
