//! The groups that a system may export, as FHIR `Group`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::{FHIR, access, fault, plain, preferences, wrong};
use crate::app::App;
use crate::bulk::{self, GroupKept, Wrong};

/// Those that were agreed with the system, by id.
pub(super) async fn groups(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let access = match access(&app, &request).await {
        Ok(access) => access,
        Err(answer) => return answer,
    };
    let strict = preferences(&request).iter().any(|one| one == "handling=strict");
    let mut ids: Option<Vec<String>> = None;
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        match name.as_ref() {
            "_id" => ids = Some(value.split(',').map(str::to_owned).collect()),
            "_format" | "_pretty" | "_count" => {}
            _ if strict => {
                let text = "groups are found by _id only";
                return wrong(StatusCode::BAD_REQUEST, &[Wrong::with(&name, "not-supported", text)]);
            }
            _ => {}
        }
    }
    let all = match bulk::groups(&app, &access).await {
        Ok(all) => all,
        Err(error) => return fault(error),
    };
    let found: Vec<_> =
        all.iter().filter(|kept| ids.as_ref().is_none_or(|ids| ids.contains(&kept.group.id))).collect();
    let base = format!("{}/fhir", app.config.server.public_url);
    let entry = |kept: &&GroupKept| {
        json!({
            "fullUrl": format!("{base}/Group/{}", kept.group.id),
            "resource": group_resource(kept),
            "search": {"mode": "match"},
        })
    };
    let mut bundle = json!({
        "resourceType": "Bundle",
        "type": "searchset",
        "total": found.len(),
        "link": [{"relation": "self", "url": format!("{}{}", app.config.server.public_url, request.uri())}],
    });
    if !found.is_empty() {
        bundle["entry"] = found.iter().map(entry).collect();
    }
    plain(StatusCode::OK).content_type(FHIR).body(bundle.to_string())
}

/// One of them.
pub(super) async fn group(app: Data<App>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let access = match access(&app, &request).await {
        Ok(access) => access,
        Err(answer) => return answer,
    };
    match bulk::group(&app, (&access, &id)).await {
        Ok(kept) => plain(StatusCode::OK).content_type(FHIR).body(group_resource(&kept).to_string()),
        Err(error) => fault(error),
    }
}

/// A group without its members: they come with an export, where each person's part is a line of their log.
fn group_resource(kept: &GroupKept) -> Value {
    json!({
        "resourceType": "Group",
        "id": kept.group.id,
        "meta": {"lastUpdated": kept.changed.rfc3339()},
        "active": true,
        "type": "person",
        "actual": true,
        "name": kept.group.name,
        "quantity": kept.members,
    })
}
