//! The log and the permissions of a person, as an app that they connected reads them over the FHIR interface. Reading
//! the log is one more line of it, which stands before the page that was read and so never on it.

use serde_json::Value;

use super::fhir::{self, Place};
use super::{Channel, Held, Line, Numbers, What, release, store};
use crate::app::App;
use crate::base::{AccountId, AppGrantId, Error, Instant, Result};
use crate::consents;
use crate::db::Tx;
use crate::representation::Lens;
use crate::smart::{self, Access};
use crate::visibility::{self, Basis, Permit};

/// Lines of the chain that are looked at in one request: a search for what is rare goes on on the next page.
pub(super) const MOST_LINES: usize = 20_000;
/// Lines that are read at a time.
pub(super) const PIECE: i64 = 200;

/// Which entries an app wants.
pub struct Wanted<'a> {
    /// Only entries before this number: the second and later pages.
    pub before: Option<i64>,
    /// Not before this moment.
    pub from: Option<Instant>,
    /// How many at most.
    pub limit: usize,
    /// Whether the number of all that fit is wanted.
    pub total: Total,
    /// What else must hold of the resource.
    pub fits: &'a (dyn Fn(&Value) -> bool + Send + Sync),
    /// The request, for the log.
    pub query: &'a str,
}

/// Whether to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// Only one page is wanted.
    Unwanted,
    /// The number of all is wanted.
    Wanted,
}

/// One page of the log as resources, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Events {
    /// Each entry as an `AuditEvent`.
    pub resources: Vec<Value>,
    /// Where the next page begins ([`Wanted::before`]), if there is more.
    pub next: Option<i64>,
    /// How many fit on all pages, if it was wanted and the log is not too long to count.
    pub total: Option<i64>,
}

/// A page of the log as FHIR `AuditEvent` resources.
///
/// # Errors
/// As of [`visibility::check_app`]; `Unavailable`.
pub async fn audit_events(app: &App, access: &Access, wanted: Wanted<'_>) -> Result<Events> {
    let mut tx = app.db.read().await?;
    let permit = visibility::check_app(app, &mut tx, access).await?;
    let (sees, base) = (sees(&mut tx, (access, &permit)).await?, base(app));
    let place = place(app, (access, &sees), &base);
    let mut page = Events { resources: Vec::new(), next: None, total: Some(0) };
    let (mut place_of_last, mut looked_at) = (wanted.before, 0);
    let mut before = if wanted.total == Total::Wanted { i64::MAX } else { wanted.before.unwrap_or(i64::MAX) };
    'all: loop {
        let piece = store::read_before(&mut tx, permit.patient(), before, PIECE).await?;
        let is_last = piece.len() < usize::try_from(PIECE).unwrap_or(usize::MAX);
        for line in piece {
            before = line.seq;
            looked_at += 1;
            if wanted.from.is_some_and(|from| line.at < from) {
                break 'all;
            }
            let Some(line) = sees.shown(line) else { continue };
            let resource = fhir::audit_event(&line, &place);
            if !(wanted.fits)(&resource) {
                continue;
            }
            page.total = page.total.map(|total| total + 1);
            if wanted.before.is_some_and(|before| line.seq >= before) {
                continue;
            }
            if page.resources.len() < wanted.limit {
                page.resources.push(resource);
                place_of_last = Some(line.seq);
                continue;
            }
            page.next = page.next.or(place_of_last);
            if wanted.total == Total::Unwanted {
                break 'all;
            }
        }
        if is_last {
            break;
        }
        if looked_at >= MOST_LINES {
            page.next = page.next.or(Some(before));
            page.total = None;
            break;
        }
    }
    drop(tx);
    page.total = page.total.filter(|_| wanted.total == Total::Wanted);
    let what = counted("log", "AuditEvent", page.resources.len()).asking(wanted.query);
    release(app, permit, Channel::Api, (what, Held::new(page))).await
}

/// One entry of the log as a FHIR `AuditEvent`.
///
/// # Errors
/// `NotFound`; as of [`visibility::check_app`]; `Unavailable`.
pub async fn audit_event(app: &App, access: &Access, id: &str) -> Result<Value> {
    let mut tx = app.db.read().await?;
    let permit = visibility::check_app(app, &mut tx, access).await?;
    let hash = fhir::hash(id).ok_or(Error::NotFound)?;
    let line = store::line_of_hash(&mut tx, permit.patient(), hash).await?;
    let sees = sees(&mut tx, (access, &permit)).await?;
    drop(tx);
    let line = line.and_then(|line| sees.shown(line)).ok_or(Error::NotFound)?;
    let base = base(app);
    let resource = fhir::audit_event(&line, &place(app, (access, &sees), &base));
    let what = counted("log", "AuditEvent", 1).asking(&format!("AuditEvent/{id}"));
    release(app, permit, Channel::Api, (what, Held::new(resource))).await
}

/// What a person allowed, to people and to apps, and what they asked the clinic not to do, as FHIR `Consent` resources
/// that fit, for the log with the request.
///
/// # Errors
/// As of [`visibility::check_app`]; `Unavailable`.
pub async fn consents(
    app: &App,
    access: &Access,
    fits: &(dyn Fn(&Value) -> bool + Send + Sync),
    query: &str,
) -> Result<Vec<Value>> {
    let (permit, mut found) = known_consents(app, access).await?;
    found.retain(fits);
    let what = counted("consents", "Consent", found.len()).asking(query);
    release(app, permit, Channel::Api, (what, Held::new(found))).await
}

/// One of them by its id.
///
/// # Errors
/// `NotFound`; as of [`visibility::check_app`]; `Unavailable`.
pub async fn consent(app: &App, access: &Access, id: &str) -> Result<Value> {
    let (permit, found) = known_consents(app, access).await?;
    let found = found.into_iter().find(|one| one["id"] == id).ok_or(Error::NotFound)?;
    let what = counted("consents", "Consent", 1).asking(&format!("Consent/{id}"));
    release(app, permit, Channel::Api, (what, Held::new(found))).await
}

pub(super) async fn known_consents(app: &App, access: &Access) -> Result<(Permit, Vec<Value>)> {
    let grants = match smart::grants(app, &access.actor, access.patient).await {
        Err(Error::NotFound) => Vec::new(),
        grants => grants?,
    };
    let mut tx = app.db.read().await?;
    let permit = visibility::check_app(app, &mut tx, access).await?;
    let lens = all_seen(&mut tx, &permit).await?;
    // Whose scopes leave out types sees less than any permission reaches.
    let lens = if access.scopes.cover_all() { lens } else { Lens { categories: 0, ..lens } };
    let mut found = consents::resources(app, &mut tx, &access.actor, (access.patient, lens)).await?;
    // Of what other apps got an app knows only where it sees the whole record.
    let known = grants.iter().filter(|grant| grant.id == access.grant || !lens.is_part());
    let clinic = &app.config.clinic.name;
    found.extend(known.map(|grant| smart::consent_resource(grant, clinic, &access.patient_id)));
    Ok((permit, found))
}

/// What is counted and not named: lines of the log that name lines of the log would never end.
fn counted(kind: &str, name: &str, count: usize) -> What {
    let mut what = What::page(kind);
    what.counts.insert(name.to_owned(), count as u64);
    what
}

pub(super) fn base(app: &App) -> String {
    format!("{}/fhir", app.config.server.public_url.trim_end_matches('/'))
}

pub(super) fn place<'a>(app: &'a App, (access, sees): (&'a Access, &Sees), base: &'a str) -> Place<'a> {
    let numbers = if sees.all() { Numbers::Chain } else { Numbers::Own };
    Place { base, clinic: &app.config.clinic.name, patient: &access.patient_id, numbers }
}

/// The lens of a permit; but where nothing in the record bears what it hides, all of the record is seen. A person is asked
/// only about the protected information that they have.
pub(super) async fn all_seen(tx: &mut Tx, permit: &Permit) -> Result<Lens> {
    let lens = permit.lens();
    let more = lens.hidden.but(Lens::OWN.hidden);
    let hides = store::bears(tx, permit.patient(), more).await?;
    Ok(if hides { lens } else { Lens { hidden: Lens::OWN.hidden, ..lens } })
}

/// Which entries an app sees.
#[derive(Debug)]
pub(super) struct Sees {
    account: Option<AccountId>,
    grant: Option<AppGrantId>,
    reasons: Reasons,
}

#[derive(Debug, PartialEq)]
enum Reasons {
    /// Why staff looked is told to the person.
    Told,
    /// Their words may be about who acts for the person.
    Kept,
}

/// As the permit says ([`Permit::log_of`]); an app that sees a part of the record sees what it did itself, because
/// entries name what was looked at.
pub(super) async fn sees(tx: &mut Tx, (access, permit): (&Access, &Permit)) -> Result<Sees> {
    // Its scopes leave out as much as its lens: entries name things of each type.
    let is_part = !access.scopes.cover_all() || all_seen(tx, permit).await?.is_part();
    let (own, grant) = match permit.basis() {
        Basis::App { acting, grant, .. } => (acting.is_none(), Some(*grant)),
        _ => (permit.is_own(), None),
    };
    Ok(Sees {
        account: permit.log_of().or(Some(permit.actor().account)).filter(|_| !own || is_part),
        grant: grant.filter(|_| is_part),
        reasons: if own { Reasons::Told } else { Reasons::Kept },
    })
}

impl Sees {
    /// Whether no entry is kept from it.
    pub(super) fn all(&self) -> bool {
        self.account.is_none() && self.grant.is_none()
    }

    /// The entry as the app sees it, if it does.
    pub(super) fn shown(&self, mut line: Line) -> Option<Line> {
        let by_grant = |wanted| matches!(line.entry.basis, Basis::App { grant, .. } if grant == wanted);
        let seen = self.account.is_none_or(|account| account == line.entry.who.account)
            && self.grant.is_none_or(by_grant);
        if self.reasons == Reasons::Kept {
            line.without_reason();
        }
        seen.then_some(line)
    }
}
