//! The end of a session: signing out here or at the provider, and the warning before time is up.

use std::rc::Rc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use api::base::Error;
use api::identity;
use askama::Template;
use serde::Serialize;

use crate::error::{Failure, Reply};
use crate::form::{Foreign, Form, Query, own_path};
use crate::guard::{Anyone, SignedIn};
use crate::page::Page;
use crate::patient::step_up;
use crate::send;
use crate::visit::{Jar, Visit, app_of};

/// Ends the session here, and at the provider if it can be told. Who leaves quickly is taken away at once instead, also
/// where the session ended before.
pub async fn sign_out(
    request: HttpRequest,
    Anyone(visit): Anyone,
    Query(query): Query,
    form: Result<Form, Failure>,
) -> Reply {
    let away = (query.get("leave") == "yes").then_some(send::AWAY);
    match form {
        // Who leaves from a page of a session that is over leaves the one of now. To forge that costs somebody a sign-in.
        Err(Failure::SignInFirst | Failure::Forged) if away.is_some() => {}
        other => drop(other?),
    }
    let onwards = match visit.session.as_deref() {
        Some(session) => identity::sign_out(&visit.app, session).await?,
        None => None,
    };
    let mut response = match (away, onwards) {
        (Some(away), _) => send::elsewhere(away),
        // Not by a redirect: the page that the form stands on would hold up a provider that leads on to others.
        (None, Some(onwards)) => {
            let mut page = gone(&Visit::stranger(&request)?, Some(onwards.clone()))?;
            send::leading(&mut page, &onwards);
            page
        }
        (None, None) => send::elsewhere("/signed-out"),
    };
    response.headers_mut().insert(
        header::HeaderName::from_static("clear-site-data"),
        header::HeaderValue::from_static("\"cache\""),
    );
    send::set_cookie(&mut response, &Jar::Session.removal(&visit.app));
    Ok(response)
}

/// The page after signing out.
#[derive(Template)]
#[template(path = "signed_out.html")]
pub struct SignedOut {
    /// The frame.
    pub page: Page,
    /// Where they sign out of the identity provider, if they have not come from there.
    pub onwards: Option<String>,
}

fn gone(visit: &Rc<Visit>, onwards: Option<String>) -> Reply {
    Page::new(visit, "signed-out-title").ok(|page| SignedOut { page, onwards })
}

/// Says that the person is signed out.
pub async fn signed_out(Anyone(visit): Anyone) -> Reply {
    gone(&visit, None)
}

/// Takes a provider's logout token (OpenID Connect Back-Channel Logout 1.0, 2.5 and 2.8).
pub async fn back_channel_logout(request: HttpRequest, Foreign(fields): Foreign) -> Reply {
    let app = app_of(&request)?;
    match identity::provider_logout(&app, fields.get("logout_token")).await {
        Ok(()) => Ok(HttpResponse::Ok().finish()),
        Err(error @ (Error::Internal(_) | Error::Unavailable(_))) => Err(error.into()),
        Err(_) => Ok(HttpResponse::BadRequest().json(LogoutFailed { error: "invalid_request" })),
    }
}

#[derive(Serialize)]
struct LogoutFailed {
    error: &'static str,
}

/// How long the session goes on without use.
#[derive(Debug, Serialize)]
pub struct State {
    /// Seconds, each begun one counted; zero where there is no session.
    pub seconds: u64,
    /// Whether there is none in force any more.
    pub over: bool,
    /// Whether it ran out by itself. Where somebody ended it, nothing tells the next person at this device which page stood
    /// open.
    pub ran_out: bool,
    /// Whether what was typed into the form that was asked about is kept when it is sent too late.
    pub keeps: bool,
}

/// Tells the script how long the session goes on, without moving its end. `form` is where the form on its page is sent to.
pub async fn state(request: HttpRequest, Query(query): Query) -> Reply {
    let app = app_of(&request)?;
    let (ends, ran_out) = match Jar::Session.read(&app, &request) {
        Some(secret) => (identity::peek(&app, &secret).await?, identity::ran_out(&app, &secret).await?),
        None => (None, false),
    };
    let seconds = ends.map_or(0, |ends| begun(ends.since(app.clock.now())));
    let keeps = step_up::is_kept(query.get("form"));
    Ok(HttpResponse::Ok().json(State { seconds, over: ends.is_none(), ran_out, keeps }))
}

/// A time in seconds, each begun one counted: who looks again after so many does not come too early.
fn begun(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// Keeps the person signed in: being asked is use, and use moves the end on.
pub async fn extend(request: HttpRequest, who: SignedIn, Form(fields): Form) -> Reply {
    if send::wants_json(&request) {
        let seconds = begun(who.session.idle_until.since(who.visit.app.clock.now()));
        return Ok(HttpResponse::Ok().json(State { seconds, over: false, ran_out: false, keeps: false }));
    }
    Ok(send::elsewhere(&own_path(fields.get("back"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_that_has_begun_counts() {
        for (millis, seconds) in [(0, 0), (1, 1), (999, 1), (1_000, 1), (19_001, 20), (20_000, 20)] {
            assert_eq!(begun(Duration::from_millis(millis)), seconds, "{millis}");
        }
    }
}
