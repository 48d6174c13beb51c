//! Gathering one person from a FHIR server: `Patient/{id}/$everything` page by page, by single searches where
//! that is missing. What is still to be fetched is kept after each page, so that a crash loses nothing.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::import::{self, Item};
use super::model::{Gathered, Report};
use super::prepare::Context;
use super::remote::{self, Failure};
use super::store::{self, Brought, Run};
use crate::app::App;
use crate::base::{Error, Result};
use crate::config::Source;
use crate::db::Tx;
use crate::fhir::bundle;
use crate::{jobs, records};

/// What is asked for one by one where `$everything` is missing: the patient compartment of R4, as far as
/// clinics keep it.
const TYPES: &[&str] = &[
    "AllergyIntolerance",
    "Appointment",
    "CarePlan",
    "CareTeam",
    "Claim",
    "ClaimResponse",
    "Communication",
    "Composition",
    "Condition",
    "Consent",
    "Coverage",
    "Device",
    "DeviceUseStatement",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "EpisodeOfCare",
    "ExplanationOfBenefit",
    "FamilyMemberHistory",
    "Flag",
    "Goal",
    "ImagingStudy",
    "Immunization",
    "Invoice",
    "List",
    "Media",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
    "NutritionOrder",
    "Observation",
    "Procedure",
    "Provenance",
    "QuestionnaireResponse",
    "RelatedPerson",
    "RiskAssessment",
    "ServiceRequest",
    "Specimen",
    "SupplyDelivery",
    "SupplyRequest",
    "VisionPrescription",
];

/// What is fetched because a gathered resource points to it.
const POINTED_TO: &[&str] =
    &["Binary", "Practitioner", "PractitionerRole", "Organization", "Location", "Medication"];

/// More pages than any record has; a server that sends more goes in circles.
const MOST_STEPS: usize = 20_000;

/// Gathers one person by the FHIR id at the source. Goes on with an unfinished gather.
///
/// # Errors
/// `NotFound` if no such source is configured. Failures of the source are no errors: they are in the result,
/// with what was brought before.
pub async fn gather(app: &App, source: &str, fhir_id: &str) -> Result<Gathered> {
    let setting = setting(app, source)?;
    let base = base(setting)?;
    let mut tx = app.db.write().await?;
    let source_no = add_source(app, &mut tx, setting).await?;
    let run = match store::unfinished(&mut tx, source_no, fhir_id).await? {
        Some(mut run) => {
            // Whether this is still the same person was told on a page that is not asked for again.
            let person = person(&base, fhir_id);
            run.queue.retain(|address| *address != person);
            run.queue.insert(0, person);
            run
        }
        None => {
            // Who it is comes first: a server may send the Patient behind the rest.
            let queue = vec![person(&base, fhir_id), everything(&base, fhir_id, setting.page_size)?];
            store::begin(&mut tx, source_no, (fhir_id, app.clock.now()), queue).await?
        }
    };
    tx.commit().await?;

    let walk = Walk {
        app,
        setting,
        base,
        source_no,
        visit: records::Visit::new(app, (source_no, &setting.name)),
        fhir_id,
        run,
        seen: HashSet::new(),
        met: false,
        asked: None,
        gathered: Gathered::default(),
    };
    walk.go().await
}

async fn add_source(app: &App, tx: &mut Tx, setting: &Source) -> Result<i64> {
    let (named, at) = ((setting.name.as_str(), "fhir"), (Some(setting.url.as_str()), app.clock.now()));
    records::add_source(tx, named, at, &app.config).await
}

/// Gathers everybody known from a source, one after the other.
pub async fn gather_all(app: &App, source: &str) -> Result<Vec<(String, Gathered)>> {
    let setting = setting(app, source)?;
    let mut tx = app.db.write().await?;
    let source_no = add_source(app, &mut tx, setting).await?;
    let people = store::people(&mut tx, source_no).await?;
    tx.commit().await?;
    let mut all = Vec::new();
    for fhir_id in people {
        let gathered = gather(app, source, &fhir_id).await?;
        all.push((fhir_id, gathered));
    }
    Ok(all)
}

/// What the job `source.gather` does. A failure that may pass is an error, so that the queue tries again.
pub async fn perform_gather(app: &App, payload: &serde_json::Value) -> Result<()> {
    let (Some(source), Some(fhir_id)) = (payload["source"].as_str(), payload["patient"].as_str()) else {
        return Err(Error::internal(anyhow::anyhow!("a gather job names no source or no patient")));
    };
    match gather(app, source, fhir_id).await?.failure {
        None => Ok(()),
        Some(_) => Err(Error::Unavailable("gather-failed")),
    }
}

/// Puts a gather job into the queue for every linked person whose time has come.
pub async fn schedule(app: &App) -> Result<()> {
    for source in app.config.sources.iter().filter(|source| source.every_hours > 0) {
        let now = app.clock.now();
        let before = now.minus(Duration::from_secs(source.every_hours * 3600));
        let mut tx = app.db.read().await?;
        let due = store::due(&mut tx, (&source.name, before)).await?;
        drop(tx);
        if due.is_empty() {
            continue;
        }
        let mut tx = app.db.write().await?;
        for fhir_id in due {
            let once = format!("gather:{}:{fhir_id}", source.name);
            let payload = json!({"source": source.name, "patient": fhir_id});
            jobs::enqueue(&mut tx, "source.gather", payload, now, Some(once)).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

fn setting<'a>(app: &'a App, source: &str) -> Result<&'a Source> {
    app.config.sources.iter().find(|setting| setting.name == source).ok_or(Error::NotFound)
}

fn base(setting: &Source) -> Result<Url> {
    let text = format!("{}/", setting.url.trim_end_matches('/'));
    Url::parse(&text)
        .map_err(|_| Error::internal(anyhow::anyhow!("the address of source {} is not one", setting.name)))
}

fn person(base: &Url, fhir_id: &str) -> String {
    format!("{base}Patient/{fhir_id}")
}

fn everything(base: &Url, fhir_id: &str, page_size: u64) -> Result<String> {
    if !crate::fhir::check::is_id(fhir_id) {
        return Err(Error::invalid("patient", "gather-not-an-id"));
    }
    Ok(format!("{base}Patient/{fhir_id}/$everything?_count={page_size}"))
}

/// One gather on its way.
struct Walk<'a> {
    app: &'a App,
    setting: &'a Source,
    base: Url,
    source_no: i64,
    visit: records::Visit,
    fhir_id: &'a str,
    run: Run,
    seen: HashSet<String>,
    /// Whether the Patient was had by itself.
    met: bool,
    /// What the pages that follow each other began with, and which page is the next.
    asked: Option<(String, u64)>,
    gathered: Gathered,
}

impl Walk<'_> {
    async fn go(mut self) -> Result<Gathered> {
        let mut failure = self.refuse_other_versions().await;
        let mut steps = 0;
        while failure.is_none() {
            let Some(next) = self.run.queue.first().cloned() else { break };
            steps += 1;
            failure = if steps > MOST_STEPS || !self.seen.insert(next.clone()) {
                self.give_up(Failure::Loop).await?
            } else {
                self.step(&next).await?
            };
        }
        self.finish(failure).await
    }

    /// A server of another FHIR version would fill the record with what cannot be read. One that does not
    /// tell its version is taken at its word later, resource by resource.
    async fn refuse_other_versions(&self) -> Option<Failure> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Metadata {
            fhir_version: Option<String>,
        }
        let url = self.base.join("metadata").ok()?;
        let body = remote::get(self.app, self.setting, &url).await.ok()?;
        let version = serde_json::from_slice::<Metadata>(&body).ok()?.fhir_version?;
        (!version.starts_with("4.0")).then_some(Failure::WrongVersion)
    }

    /// Fetches one address and stores what it brings. A failure returned ends the gather.
    async fn step(&mut self, address: &str) -> Result<Option<Failure>> {
        let Ok(url) = Url::parse(address) else { return self.give_up(Failure::Broken).await };
        if url.origin() != self.base.origin() {
            return self.give_up(Failure::Elsewhere).await;
        }
        match remote::get(self.app, self.setting, &url).await {
            Ok(body) => self.keep(address, &body).await,
            Err(Failure::NotFound | Failure::NotSupported)
                if self.run.way == "everything" && address == self.person() =>
            {
                self.begin_again()?;
                self.save(Brought::default()).await?;
                Ok(None)
            }
            Err(Failure::NotFound | Failure::NotSupported) if self.is_everything(address) => {
                self.fall_back();
                self.save(Brought::default()).await?;
                Ok(None)
            }
            Err(failure) => self.give_up(failure).await,
        }
    }

    /// Without the Patient by itself only the first pages of all may tell whether it is still the same person.
    fn begin_again(&mut self) -> Result<()> {
        self.run.queue = vec![everything(&self.base, self.fhir_id, self.setting.page_size)?];
        Ok(())
    }

    fn person(&self) -> String {
        person(&self.base, self.fhir_id)
    }

    /// What a page is called where something in it is refused. The address of a next page may hold a key to it, and
    /// is another one each time: so it is called by what was asked for, and its number.
    fn called(&self, address: &str) -> String {
        match &self.asked {
            Some((first, page)) => format!("{first}, page {page}"),
            None => without_keys(address).unwrap_or_else(|| format!("{}, a later page", self.person())),
        }
    }

    async fn keep(&mut self, address: &str, body: &[u8]) -> Result<Option<Failure>> {
        let next = next_link(body);
        let called = self.called(address);
        let entries: Vec<_> = bundle::read(body).collect();
        let people = Context::of_file(&called, entries.iter().filter_map(|entry| entry.as_ref().ok()));
        let context = Arc::new(people.gathered(self.base.as_str(), self.fhir_id));
        let mut found = Vec::new();
        let mut items: Vec<Item> = Vec::new();
        for entry in entries {
            if let Ok(entry) = &entry {
                if is_outcome(&entry.raw) {
                    continue;
                }
                pointed_to(&entry.raw, &mut found);
            }
            items.push((context.clone(), entry));
        }
        let before = counts(&self.gathered.report);
        while !items.is_empty() {
            let rest = items.split_off(items.len().min(512));
            let batch = std::mem::replace(&mut items, rest);
            let own = self.visit.own();
            let checked = tokio::task::spawn_blocking(move || import::check(batch, &own))
                .await
                .map_err(Error::internal)?;
            import::keep(self.app, &mut self.visit, (checked, &mut self.gathered.report)).await?;
        }
        self.met |= address == self.person();
        self.run.queue.remove(0);
        self.asked = next.is_some().then(|| match self.asked.take() {
            Some((first, page)) => (first, page + 1),
            None => (called, 2),
        });
        if let Some(next) = next {
            let next = self.base.join(&next).map(String::from).unwrap_or(next);
            self.run.queue.insert(0, next);
        }
        self.enqueue_pointed_to(found);
        let after = counts(&self.gathered.report);
        self.save(Brought {
            accepted: after.0 - before.0,
            unchanged: after.1 - before.1,
            refused: after.2 - before.2,
        })
        .await?;
        // Nothing more of a stranger is asked for.
        Ok(self.visit.met_another(self.fhir_id).then_some(Failure::SomebodyElse))
    }

    /// Documents and the people and places that a resource names. After `$everything` only documents: a
    /// server that has it sends the rest along.
    fn enqueue_pointed_to(&mut self, found: Vec<String>) {
        for reference in found {
            let wanted = self.run.way == "search" || reference.starts_with("Binary/");
            let address = format!("{}{reference}", self.base);
            if wanted && !self.seen.contains(&address) && !self.run.queue.contains(&address) {
                self.run.queue.push(address);
            }
        }
    }

    fn is_everything(&self, address: &str) -> bool {
        self.run.way == "everything"
            && address != self.person()
            && !POINTED_TO.contains(&self.part(address).as_str())
    }

    fn fall_back(&mut self) {
        self.run.way = "search".into();
        let (base, id, count) = (&self.base, self.fhir_id, self.setting.page_size);
        // Not by itself so far; another way may be open now.
        let person = (!self.met).then(|| person(base, id));
        if let Some(person) = &person {
            self.seen.remove(person);
        }
        self.run.queue = person
            .into_iter()
            .chain(TYPES.iter().map(|kind| format!("{base}{kind}?patient={id}&_count={count}")))
            .collect();
    }

    /// An address that cannot be had. By single searches the others are still asked for; a type that the
    /// server does not know is no loss.
    async fn give_up(&mut self, failure: Failure) -> Result<Option<Failure>> {
        let address = self.run.queue.remove(0);
        self.asked = None;
        let part = self.part(&address);
        let is_the_person = part == "Patient";
        if self.is_everything(&address) || is_the_person || failure == Failure::Unauthorized {
            self.run.queue.insert(0, address);
            return Ok(Some(failure));
        }
        let unknown_type = self.run.way == "search" && failure == Failure::NotSupported;
        if !unknown_type && !self.run.failed_parts.contains(&part) {
            self.run.failed_parts.push(part);
            // What is not there will not be there on the next try; it is told as missing, and no more.
            if failure != Failure::NotFound {
                self.gathered.failure = Some(failure.id());
            }
        }
        self.save(Brought::default()).await?;
        Ok(None)
    }

    /// The resource type an address asks for.
    fn part(&self, address: &str) -> String {
        let path = address.strip_prefix(self.base.as_str()).unwrap_or(address);
        path.split(['/', '?']).next().unwrap_or("").to_owned()
    }

    async fn save(&mut self, brought: Brought) -> Result<()> {
        let mut tx = self.app.db.write().await?;
        store::advance(&mut tx, &self.run, brought).await?;
        tx.commit().await
    }

    async fn finish(mut self, failure: Option<Failure>) -> Result<Gathered> {
        let failure_id = failure.map(Failure::id).or(self.gathered.failure);
        let state = match (failure, self.run.failed_parts.is_empty()) {
            (Some(_), _) => "failed",
            (None, false) => "partial",
            (None, true) => "done",
        };
        let mut tx = self.app.db.write().await?;
        let place = (self.source_no, self.fhir_id, self.app.clock.now());
        store::finish(&mut tx, &self.run, (state, failure_id), place).await?;
        tx.commit().await?;
        tracing::info!(source = self.setting.name, state, failure = failure_id, "gathered a person");
        self.gathered.failed_parts = self.run.failed_parts;
        self.gathered.failure = failure_id;
        Ok(self.gathered)
    }
}

/// An address as we ask for it; nothing where a server made it up.
fn without_keys(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let ours = url.query_pairs().all(|(name, _)| matches!(&*name, "patient" | "_count"));
    ours.then(|| address.to_owned())
}

fn counts(report: &Report) -> (i64, i64, i64) {
    (report.accepted as i64, report.unchanged as i64, report.refused as i64)
}

/// The address of the next page.
fn next_link(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Page {
        #[serde(default)]
        link: Vec<Link>,
    }
    #[derive(Deserialize)]
    struct Link {
        relation: Option<String>,
        url: Option<String>,
    }
    let page: Page = serde_json::from_slice(body).ok()?;
    page.link.into_iter().find(|link| link.relation.as_deref() == Some("next"))?.url
}

/// Whether a search result is the server's remark about the search and not part of the record.
fn is_outcome(raw: &[u8]) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Kind<'a> {
        #[serde(borrow)]
        resource_type: Option<std::borrow::Cow<'a, str>>,
    }
    memchr::memmem::find(raw, b"OperationOutcome").is_some()
        && serde_json::from_slice::<Kind<'_>>(raw)
            .is_ok_and(|kind| kind.resource_type.as_deref() == Some("OperationOutcome"))
}

/// The references in a resource to what may have to be fetched by itself, such as `Binary/12`.
fn pointed_to(raw: &[u8], found: &mut Vec<String>) {
    for kind in POINTED_TO {
        let named = format!("{kind}/");
        for at in memchr::memmem::find_iter(raw, named.as_bytes()) {
            let before = at.checked_sub(1).map(|n| raw[n]);
            let id: Vec<u8> = raw[at + named.len()..]
                .iter()
                .copied()
                .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
                .take(65)
                .collect();
            if matches!(before, Some(b'"' | b'/')) && (1..=64).contains(&id.len()) {
                let reference = format!("{named}{}", String::from_utf8_lossy(&id));
                if !found.contains(&reference) {
                    found.push(reference);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::search::served;

    #[test]
    fn what_is_gathered_is_served() {
        for kind in TYPES.iter().chain(POINTED_TO) {
            assert!(served(kind).is_some(), "{kind}");
        }
    }

    #[test]
    fn references_to_fetch_are_found_in_the_bytes() {
        let raw = br#"{"a":"Binary/1","b":"https://x.example/fhir/Binary/2","c":"NotBinary/3","d":"Binary/","e":"Practitioner/p-1.a/_history/2","f":"Binary/1"}"#;
        let mut found = Vec::new();
        pointed_to(raw, &mut found);
        assert_eq!(found, ["Binary/1", "Binary/2", "Practitioner/p-1.a"]);
    }

    #[test]
    fn an_address_is_told_only_as_we_ask_for_it() {
        for (address, told) in [
            ("https://x.example/fhir/Patient/1/$everything?_count=50", true),
            ("https://x.example/fhir/Condition?patient=1&_count=50", true),
            ("https://x.example/fhir/Binary/1", true),
            ("https://x.example/fhir?_getpages=secret", false),
            ("https://x.example/fhir/Condition?patient=1&ct=secret", false),
            ("nonsense", false),
        ] {
            assert_eq!(without_keys(address).as_deref(), told.then_some(address), "{address}");
        }
    }

    #[test]
    fn the_next_page_is_found() {
        let page = br#"{"link":[{"relation":"self","url":"a"},{"relation":"next","url":"b"}],"entry":[]}"#;
        assert_eq!(next_link(page).as_deref(), Some("b"));
        assert_eq!(next_link(br#"{"resourceType":"Patient"}"#), None);
    }
}
