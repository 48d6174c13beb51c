//! A ready copy on its way to the person: whole, or from where an interrupted download stopped.

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse};
use api::base::{CopyId, Error};
use api::config::Act;
use api::copies;

use crate::error::Reply;
use crate::form::{At, Fields};
use crate::guard::Patient;
use crate::patient::step_up;
use crate::send;

/// Sends the file. A part is sent only of the version that the browser has begun with. To HEAD it tells what the
/// copy's page tells too; the file is not opened, and nothing leaves that the log would have to name.
pub async fn file(request: HttpRequest, who: Patient, At((id,)): At<(CopyId,)>) -> Reply {
    let copy = copies::find(&who.visit.app, who.actor(), (who.patient, id)).await?;
    if request.method() == Method::HEAD {
        return Ok(send::headers_of(&copies::ready(&who.visit.app, copy)?));
    }
    let page = who.visit.href(&format!("/copies/{id}"));
    step_up::before(&who.visit, who.actor(), Act::CopyView, (&page, &Fields::default())).await?;
    let etag = copy.sha256.as_deref().map(send::etag).unwrap_or_default();
    let range = send::range(&request, &etag);
    match copies::open(&who.visit.app, who.actor(), (who.patient, id, range)).await {
        Ok(file) => Ok(send::download(file)),
        Err(Error::Invalid(problems)) if problems.0.iter().any(|p| p.code == "range-not-satisfiable") => {
            let size = copy.size.unwrap_or(0);
            Ok(HttpResponse::RangeNotSatisfiable()
                .insert_header((header::CONTENT_RANGE, format!("bytes */{size}")))
                .finish())
        }
        Err(error) => Err(error.into()),
    }
}
