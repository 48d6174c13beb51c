//! The job that builds a copy. It starts from the beginning each time: a copy appears in one transaction when its file
//! is whole and durable, so that a crash at any moment leaves no copy or a whole one.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use tokio::runtime::Handle;

use super::model::{Built, Scope, Stored};
use super::render::{self, Context, Finished, Hands, Led, Place, Plan};
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
    // What belongs to the chosen items, such as their files, bears their labels: the rest says nothing of this copy.
    if is_of_program(app, (&basis, rows.iter())) {
        add_notice(app, &mut tx, (&basis, &mut context)).await?;
    }
    let password = known.password.as_deref().map(|sealed| unsealed(app, sealed)).transpose()?;
    let named = |row: &Row| (row.rid, row.kind.clone(), row.id.clone());
    let mut keys: Vec<_> = rows.iter().chain(&rest).map(named).collect();
    keys.sort();
    let plan = Plan { rows, rest, password };
    let blob = format!("{BLOBS}{}", uuid(app.clock.now()));
    let work = Work { app: app.clone(), id, sight, total, blob: blob.clone() };
    let handle = Handle::current();
    let finished = tokio::task::spawn_blocking(move || work.run(&handle, tx, (plan, context)))
        .await
        .map_err(Error::internal)??;
    let names: BTreeSet<(&str, &str)> =
        finished.resources.iter().map(|(kind, id, _)| (kind.as_str(), id.as_str())).collect();
    keys.retain(|(_, kind, id)| names.contains(&(kind.as_str(), id.as_str())));
    let held = rules::runs(keys.iter().map(|(rid, ..)| *rid));
    let built = Built { lens: sight.lens, labels_no, seen, held };
    publish(app, (&known, built), (finished, blob)).await
}

fn unsealed(app: &App, sealed: &[u8]) -> Result<String> {
    String::from_utf8(app.keys.unseal(PASSWORD, sealed)?).map_err(Error::internal)
}

/// Makes the whole copy known, or takes its file away where it was erased meanwhile.
async fn publish(
    app: &App,
    (known, built): (&Known, Built),
    (finished, blob): (Finished<u64>, String),
) -> Result<()> {
    let what = What::page("copy")
        .of(finished.resources.iter().map(|(kind, id, version)| (kind.as_str(), id.as_str(), *version)));
    let (counts, items, digest) = (what.counts, what.items, what.digest);
    let stored = Stored { counts, items, digest, built, ..known.stored.clone() };
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

/// Whether a copy for somebody else than the person holds what 42 CFR Part 2 protects.
fn is_of_program<'a>(app: &App, (basis, mut rows): (&Basis, impl Iterator<Item = &'a Row>)) -> bool {
    let today = app.clock.now().utc().with_timezone(&app.config.clinic.zone()).date_naive();
    let protected = app.config.law.program_records(today);
    let own = matches!(basis, Basis::RightOfAccess { .. });
    !own && rows.any(|row| row.labels.0 & protected.0 != 0)
}

/// The notice that goes with such records, and the consent that opened them (42 CFR 2.32).
async fn add_notice(app: &App, tx: &mut Tx, (basis, context): (&Basis, &mut Context)) -> Result<()> {
    let language = context.language;
    context.notice.push(say(language, "copies-program-notice"));
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
        context.notice.push(say_with(language, "copies-program-consent", &args));
        context.consent = Some(consent.text);
    }
    Ok(())
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
        notice: Vec::new(),
        consent: None,
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
