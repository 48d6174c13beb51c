//! A request to authorize comes in: on to the question, back to the app, or a page that says why neither.

use std::rc::Rc;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use api::smart::{self, AuthorizeParams, StopPage, StopWhy, Stopped, Visitor};
use askama::Template;

use super::ask::host;
use crate::error::Reply;
use crate::form::Foreign;
use crate::guard::Anyone;
use crate::page::Page;
use crate::patient::sign_in;
use crate::send;
use crate::visit::Visit;

/// A request to authorize, in the address.
pub async fn by_address(request: HttpRequest, Anyone(visit): Anyone) -> Reply {
    begin(&visit, &request, request.query_string().as_bytes()).await
}

/// The same as a form, which comes from the app and has no token of ours: it only asks, and changes nothing.
pub async fn by_form(request: HttpRequest, Anyone(visit): Anyone, Foreign(fields): Foreign) -> Reply {
    begin(&visit, &request, &fields.encoded()).await
}

async fn begin(visit: &Rc<Visit>, request: &HttpRequest, encoded: &[u8]) -> Reply {
    let visitor = if visit.session.is_some() { Visitor::SignedIn } else { Visitor::Stranger };
    let params = AuthorizeParams::of(encoded, &sign_in::address(&visit.app, request)).by(visitor);
    match smart::begin(&visit.app, params).await {
        Ok(id) => Ok(send::elsewhere(&format!("/apps/ask/{id}"))),
        Err(Stopped::Redirect(url)) => Ok(send::elsewhere(&url)),
        Err(Stopped::Page(stop)) => {
            let page = Page::new(visit, "apps-stopped-title");
            page.reply(StatusCode::BAD_REQUEST, |page| Stop { page, stop })
        }
        Err(Stopped::Fault(error)) => Err(error.into()),
    }
}

/// The page of a request that cannot be answered to the app, or not without the person.
#[derive(Template)]
#[template(path = "app_stopped.html")]
pub struct Stop {
    /// The frame.
    pub page: Page,
    /// Why.
    pub stop: StopPage,
}

/// Where a person may go on to.
struct Onward<'a> {
    host: String,
    to: &'a str,
}

impl Stop {
    fn why(&self) -> String {
        let w = self.page.w;
        w.t(match &self.stop.why {
            StopWhy::UnknownApp => "apps-stopped-client",
            StopWhy::Suspended => "apps-stopped-suspended",
            StopWhy::WrongAddress => "apps-stopped-redirect",
            StopWhy::Unreadable => "apps-stopped-other",
            StopWhy::AskedWrongly { app, .. } => return w.t1("apps-stopped-wrong", "app", app.as_str()),
        })
    }

    fn onward(&self) -> Option<Onward<'_>> {
        match &self.stop.why {
            StopWhy::AskedWrongly { to, .. } => Some(Onward { host: host(to), to }),
            _ => None,
        }
    }
}
