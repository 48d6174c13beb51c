//! A ready copy on its way to the person: whole, or from where an interrupted download stopped.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use actix_web::http::header;
use api::base::{CopyId, Error};
use api::copies;

use crate::error::Reply;
use crate::guard::Patient;
use crate::send;

/// Sends the file. A part is sent only of the version that the browser has begun with.
pub async fn file(request: HttpRequest, who: Patient, id: Path<CopyId>) -> Reply {
    let copy = copies::find(&who.visit.app, who.actor(), (who.patient, *id)).await?;
    let etag = copy.sha256.as_deref().map(send::etag).unwrap_or_default();
    let range = send::range(&request, &etag);
    match copies::open(&who.visit.app, who.actor(), (who.patient, *id, range)).await {
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
