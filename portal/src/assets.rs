//! The style sheet, the script and the mark, each under a name that holds a hash of its content, so that a
//! browser may keep it for a year and a new version has a new name.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;
use aws_lc_rs::digest::{SHA256, digest};

use crate::error::Failure;

struct Asset {
    name: String,
    media_type: &'static str,
    content: &'static str,
}

fn asset(stem: &str, ending: &str, media_type: &'static str, content: &'static str) -> Asset {
    let hash = digest(&SHA256, content.as_bytes());
    let short = hash.as_ref().get(..8).map(hex::encode).unwrap_or_default();
    Asset { name: format!("{stem}-{short}.{ending}"), media_type, content }
}

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| asset("portal", "css", "text/css; charset=utf-8", include_str!("../assets/portal.css")));
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    asset("portal", "js", "text/javascript; charset=utf-8", include_str!("../assets/portal.js"))
});
static MARK: LazyLock<Asset> =
    LazyLock::new(|| asset("mark", "svg", "image/svg+xml", include_str!("../assets/mark.svg")));

/// The style sheet's file name.
pub fn style() -> &'static str {
    &STYLE.name
}

/// The script's file name.
pub fn script() -> &'static str {
    &SCRIPT.name
}

/// The mark's file name: the icon of the tab.
pub fn mark() -> &'static str {
    &MARK.name
}

/// Serves one of them; an old or made-up name is not found.
pub async fn serve(name: Path<String>) -> Result<HttpResponse, Failure> {
    let asset = [&*STYLE, &*SCRIPT, &*MARK].into_iter().find(|asset| asset.name == *name);
    let asset = asset.ok_or(api::base::Error::NotFound)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, asset.media_type))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(asset.content))
}
