//! The link to the next page: sealed, so that it tells nothing about anybody and cannot be made up. It is good for one
//! grant, one search, and a day.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::Fault;
use super::find::Rank;
use crate::app::App;
use crate::base::{Instant, PatientNo, Result};
use crate::fhir::search::Query;
use crate::smart::Access;

/// How long a link leads somewhere.
const GOOD_FOR: Duration = Duration::from_secs(24 * 3600);
/// Characters of a link.
const LONGEST: usize = 32 * 1024;

/// Where a page begins.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Cursor {
    grant: String,
    patient: PatientNo,
    kind: String,
    pub query: Query,
    /// The moment of the search, from which dates about now are measured.
    pub now: i64,
    /// What the last resource of the page before sorts by …
    pub ranks: Vec<Rank>,
    /// … and its key.
    pub rid: i64,
    /// Where among what is in no record the page begins.
    #[serde(default)]
    pub own: Option<i64>,
    /// With everything: the number before which lines of the log go out, and where the log ended for the first page.
    #[serde(default)]
    pub log: Option<(i64, i64)>,
    until: i64,
    /// The link that it was read from.
    #[serde(skip)]
    pub text: String,
}

impl Cursor {
    /// After the last resource of a page.
    pub fn after(
        access: &Access,
        (kind, query, searched): (&str, &Query, Instant),
        (ranks, rid): (Vec<Rank>, i64),
        now: Instant,
    ) -> Self {
        Self {
            grant: access.grant.to_string(),
            patient: access.patient,
            kind: kind.to_owned(),
            query: query.clone(),
            now: searched.0,
            ranks,
            rid,
            own: None,
            log: None,
            until: now.plus(GOOD_FOR).0,
            text: String::new(),
        }
    }

    /// As it stands in a link.
    pub fn seal(&self, app: &App) -> Result<String> {
        let sealed = app.keys.seal(b"fhir page", &serde_json::to_vec(self)?)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Reads one of this grant and this type.
    ///
    /// # Errors
    /// `Page`, whatever is wrong with it.
    pub fn open(app: &App, access: &Access, (kind, link): (&str, &str)) -> Result<Self, Fault> {
        let sealed = (link.len() <= LONGEST).then(|| BASE64_URL_SAFE_NO_PAD.decode(link).ok()).flatten();
        let plain =
            sealed.and_then(|sealed| app.keys.unseal(b"fhir page", &sealed).ok()).ok_or(Fault::Page)?;
        let mut cursor: Self = serde_json::from_slice(&plain).map_err(|_| Fault::Page)?;
        let own = cursor.grant == access.grant.to_string() && cursor.patient == access.patient;
        if !own || cursor.kind != kind || cursor.until < app.clock.now().0 {
            return Err(Fault::Page);
        }
        link.clone_into(&mut cursor.text);
        Ok(cursor)
    }
}
