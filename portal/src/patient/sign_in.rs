//! Signing in: the choice of an identity provider, the way there, and the way back.

use actix_web::http::header::USER_AGENT;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use api::app::App;
use api::identity::{self, Back, Fresh, ProviderChoice, Start};
pub use api::web::address;
use api::{representation, staff};
use askama::Template;

use crate::error::Reply;
use crate::form::{Form, Query, own_path};
use crate::guard::Anyone;
use crate::page::Page;
use crate::send;
use crate::visit::{Jar, Visit, app_of};

/// Where somebody begins who came from no page.
const FIRST: &str = "/home";

/// The sign-in page.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// The frame.
    pub page: Page,
    /// One button each.
    pub providers: Vec<ProviderChoice>,
    /// Where to go back to afterwards; none: to the first page.
    pub return_to: Option<String>,
    /// The sentence that tells why the session of this browser is over, if there was one.
    pub over: Option<&'static str>,
}

impl SignIn {
    /// Where to go afterwards.
    fn onwards(&self) -> &str {
        self.return_to.as_deref().unwrap_or(FIRST)
    }

    /// Whether a form is kept that was sent too late, to be given back afterwards.
    fn keeps(&self) -> bool {
        self.return_to.as_ref().is_some_and(|path| path.contains("kept="))
    }
}

/// Shows the ways to sign in, and to whoever was signed out why. A page whose time ran out comes here by itself (`over`):
/// that leads back into no record and keeps no session on.
pub async fn choose(request: HttpRequest, Query(query): Query) -> Reply {
    let by_itself = query.get("over") == "yes";
    let visit = if by_itself { Visit::unattended(&request).await? } else { Visit::of(&request).await? };
    let return_to = Some(own_path(query.get("return_to"))).filter(|path| path != "/");
    if visit.session.is_some() {
        return Ok(send::elsewhere(return_to.as_deref().unwrap_or(FIRST)));
    }
    let secret = Jar::Session.read(&visit.app, &request);
    let over = match secret {
        Some(_) if !visit.ended => Some("over-going"),
        Some(secret) => Some(over(identity::why_over(&visit.app, &secret).await?.as_deref())),
        // A page that stood open while its session was ended elsewhere.
        None => by_itself.then_some(over(None)),
    };
    let providers = identity::providers(&visit.app, visit.w.language);
    let reply = Page::new(&visit, "sign-in-title").ok(|page| SignIn { page, providers, return_to, over });
    Ok(send::forms_anywhere(reply?))
}

/// Why a session is over, in words for whom it was.
fn over(why: Option<&str>) -> &'static str {
    match why {
        Some("sign-in-ended-idle") => "over-unused",
        Some("sign-in-ended-absolute") => "over-lasted",
        Some("sign-in-ended-device") => "over-device",
        Some("sign-in-ended-provider") => "over-provider",
        _ => "over-other",
    }
}

/// Starts a sign-in and sends the browser to the provider.
pub async fn begin(
    request: HttpRequest,
    Anyone(visit): Anyone,
    provider: Path<String>,
    Form(fields): Form,
) -> Reply {
    let start = Start {
        provider: provider.into_inner(),
        return_to: own_path(fields.get("return_to")),
        language: visit.w.language,
        // Whoever left a session open to run out may have left the provider's open as well: it asks anew.
        fresh: if fields.get("fresh") == "yes" || visit.ended { Fresh::Yes } else { Fresh::No },
        address: address(&visit.app, &request),
    };
    let begun = identity::begin(&visit.app, start).await?;
    let mut response = send::elsewhere(&begun.redirect);
    send::set_cookie(&mut response, &Jar::SignIn.set(&visit.app, begun.browser));
    Ok(response)
}

/// Ends a sign-in with the provider's answer. An account that is new here is linked by its verified claims if
/// they fit exactly one record; else the person is asked for a code.
pub async fn callback(request: HttpRequest, Query(query): Query) -> Reply {
    let app = app_of(&request)?;
    let back = Back {
        browser: Jar::SignIn.read(&app, &request),
        state: query.some("state"),
        code: query.some("code"),
        issuer: query.some("iss"),
        error: query.some("error"),
        user_agent: user_agent(&request),
        address: address(&app, &request),
        previous: Jar::Session.read(&app, &request),
    };
    let signed_in = identity::finish(&app, back).await?;
    if let Some(before) = signed_in.follows {
        staff::carry_on(&app, &signed_in.session.actor, before).await?;
    }
    let linked = match &signed_in.session.link {
        Some(_) => true,
        None => identity::link_by_claims(&app, &signed_in.session.actor).await?.is_some(),
    };
    let wanted = own_path(&signed_in.return_to);
    let acts = !linked && !representation::held_by(&app, &signed_in.session.actor).await?.is_empty();
    let path = match (linked, signed_in.session.staff) {
        (true, _) => wanted,
        // Whoever acts for others, or works at the desk, may have no record of their own.
        _ if ["/apps/ask/", "/developers", "/for/", "/people", "/sign-in-again", "/staff"]
            .iter()
            .any(|own| wanted.starts_with(own)) =>
        {
            wanted
        }
        (false, true) => "/staff".into(),
        (false, false) if acts => "/people".into(),
        (false, false) => "/link".into(),
    };
    Ok(with_session(&app, signed_in.secret, &path))
}

fn with_session(app: &App, secret: String, path: &str) -> HttpResponse {
    let mut response = send::elsewhere(path);
    send::set_cookie(&mut response, &Jar::Session.set(app, secret));
    send::set_cookie(&mut response, &Jar::SignIn.removal(app));
    send::set_cookie(&mut response, &Jar::Form.removal(app));
    response
}

fn user_agent(request: &HttpRequest) -> String {
    let header = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    header.unwrap_or_default().chars().take(500).collect()
}
