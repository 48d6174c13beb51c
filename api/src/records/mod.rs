//! A person's record: its items with versions, lists, search, trends. Reads give [`crate::disclosures::Held`]
//! and leave only through the ledger.

mod model;

use crate::app::App;
use crate::base::{Error, ItemNo, PatientNo, Result};
use crate::identity::Actor;

pub use model::*;

/// The home page and the first page of the record.
pub async fn overview(app: &App, actor: &Actor, patient: PatientNo) -> Result<Overview> {
    let _ = (app, actor, patient);
    Err(Error::NotFound)
}

/// A list: one category, or a search over the whole record.
pub async fn list(app: &App, actor: &Actor, (patient, filter): (PatientNo, Filter)) -> Result<List> {
    let _ = (app, actor, patient, filter);
    Err(Error::NotFound)
}

/// One item with everything in it.
pub async fn item(app: &App, actor: &Actor, (patient, item): (PatientNo, ItemNo)) -> Result<Item> {
    let _ = (app, actor, patient, item);
    Err(Error::NotFound)
}

/// The n-th attachment of an item.
pub async fn document(
    app: &App,
    actor: &Actor,
    (patient, item, n): (PatientNo, ItemNo, usize),
) -> Result<Document> {
    let _ = (app, actor, patient, item, n);
    Err(Error::NotFound)
}

/// What is not here.
pub async fn missing(app: &App, actor: &Actor, patient: PatientNo) -> Result<Missing> {
    let _ = (app, actor, patient);
    Err(Error::NotFound)
}
