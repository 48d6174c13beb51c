//! Signing in again before what matters. A handler calls [`before`] with the form that was sent; where a fresh or a
//! stronger sign-in is needed, the form is kept and its sender goes to the identity provider, comes back to the same
//! form as it was, and sends it.

use actix_web::HttpRequest;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Bytes;
use api::base::Error;
use api::config::Act;
use api::identity::{self, Actor, Again, KeptForm, Need};
use askama::Template;

use super::{list, sign_in};
use crate::csrf::{self, Token};
use crate::error::{Failure, Reply};
use crate::form::{FORM_LIMIT, Fields, Form, Query, address};
use crate::guard::SignedIn;
use crate::page::Page;
use crate::visit::{Jar, Visit, app_of};
use crate::{routes, send};

/// The field of a form, and of the address it comes back to, that names what was kept.
pub const KEPT: &str = "kept";
/// What stands in a kept form in the place of a password, which is not kept.
const PASSWORD_TYPED: &str = "password_typed";
/// What a form of ours says that it is.
const FORM: &[u8] = b"application/x-www-form-urlencoded";

/// Goes on where the sign-in is fresh and strong enough for this act. Else keeps the form and sends the browser to
/// sign in again. `path` is the page with the form; it takes what was typed from [`typed`].
///
/// # Errors
/// `Elsewhere`: the caller passes it on with `?` and has done nothing yet.
pub async fn before(
    visit: &Visit,
    actor: &Actor,
    act: Act,
    (path, fields): (&str, &Fields),
) -> Result<(), Failure> {
    if identity::need(&visit.app, actor, act).is_none() {
        return Ok(());
    }
    let kept = keep(visit, actor, act, (path, fields)).await?;
    Err(Failure::Elsewhere(address("/sign-in-again", &[(KEPT, &kept)])))
}

/// Keeps a form, and gives it a name.
pub async fn keep(
    visit: &Visit,
    actor: &Actor,
    act: Act,
    (path, fields): (&str, &Fields),
) -> Result<String, Failure> {
    Ok(identity::keep_form(&visit.app, actor, kept_form(act, (path, fields))).await?)
}

fn kept_form(act: Act, (path, fields): (&str, &Fields)) -> KeptForm {
    let mut keep = fields.without(&["csrf", KEPT, "password", "password_again", PASSWORD_TYPED]);
    if !fields.raw("password").is_empty() {
        keep.set(PASSWORD_TYPED, "yes");
    }
    KeptForm { act, path: path.to_owned(), fields: keep.encoded() }
}

/// Forms that are kept when they were sent after the session ran out: where each is sent to, the page that shows it as
/// it was (none: the same address), and what it asks for. The first that fits counts.
const LATE: [(&str, Option<&str>, Act); 16] = [
    ("/people", Some("/people/new"), Act::Grant),
    ("/people/preview", Some("/people/new"), Act::Grant),
    ("/people/claims", Some("/people/claim"), Act::Grant),
    ("/people/{id}", None, Act::Grant),
    ("/people/{id}/preview", Some("/people/{id}"), Act::Grant),
    ("/copies", Some("/copies/new"), Act::Copy),
    ("/copies/new", None, Act::Copy),
    ("/privacy/messages", None, Act::Contact),
    ("/privacy/limits/new", None, Act::Contact),
    ("/privacy/limits/new/look", Some("/privacy/limits/new"), Act::Contact),
    ("/privacy/drafts/{id}", None, Act::Sign),
    ("/privacy/drafts/{id}/look", Some("/privacy/drafts/{id}"), Act::Sign),
    ("/privacy/drafts/{id}/sign", None, Act::Sign),
    ("/access-log/{n}/question", None, Act::Contact),
    ("/record/{category}/{item}/asks", Some("/record/{category}/{item}"), Act::Contact),
    ("/apps/ask/{id}", None, Act::Grant),
];
/// Those of their pages that do not say themselves that they were come back to.
const QUIET: [&str; 5] = [
    "/people/claim",
    "/privacy/limits/new",
    "/privacy/drafts/{id}",
    "/access-log/{n}/question",
    "/record/{category}/{item}",
];

/// Where a form that was sent to this address is shown again, and what it asks for.
fn late_page(path: &str) -> Option<(String, Act)> {
    let (before, within) = routes::apart(path);
    // The code of an invitation is no name of one, and is typed again from the paper.
    if within == "/people/code" {
        return None;
    }
    let (_, page, act) = LATE.iter().find(|(pattern, ..)| routes::fits(pattern, within))?;
    let given: Vec<&str> = within.split('/').collect();
    let part = |(n, part): (usize, &'static str)| match given.get(n) {
        Some(given) if part.starts_with('{') => *given,
        _ => part,
    };
    let filled = |page: &'static str| page.split('/').enumerate().map(part).collect::<Vec<_>>().join("/");
    Some((format!("{before}{}", page.map_or_else(|| within.to_owned(), filled)), *act))
}

/// Whether what was typed into a form that is sent to this address would be kept.
pub fn is_kept(path: &str) -> bool {
    late_page(path).is_some()
}

/// Keeps what stands in a form that was not sent, which would be sent to `path`; the page that shows it again.
pub async fn aside(
    visit: &Visit,
    actor: &Actor,
    (path, typed): (&str, &Fields),
) -> Result<Option<String>, Failure> {
    let Some((page, act)) = late_page(path) else { return Ok(None) };
    let name = keep(visit, actor, act, (&page, typed)).await?;
    Ok(Some(back(&page, &name)))
}

/// Whether a page must be told that it was come back to: it does not say so itself.
pub fn is_quiet(path: &str) -> bool {
    QUIET.iter().any(|pattern| routes::fits(pattern, routes::apart(path).1))
}

/// What a form gets that was sent after its session ran out: it is kept, and given back filled once the same account has
/// signed in again; nothing sends it by itself. None for every other request.
pub async fn late(request: &mut ServiceRequest) -> Option<Failure> {
    let (page, act) = late_page(request.path()).filter(|_| request.method() == Method::POST)?;
    let app = app_of(request.request()).ok()?;
    let visit = Visit::of(request.request()).await.ok().filter(|visit| visit.ended)?;
    let secret = Jar::Session.read(&app, request.request())?;
    let form = request.headers().get(CONTENT_TYPE)?.as_bytes().starts_with(FORM);
    let bytes = request.extract::<Bytes>().await.ok()?;
    let fields = Fields::parse(&bytes);
    let ours = csrf::from_our_pages(request.request(), &visit.app.config.server.public_url)
        && Token::of_session(identity::form_mark(&app, &secret)).fits(fields.raw("csrf"));
    if !form || !ours || bytes.len() > FORM_LIMIT {
        return Some(Failure::SignInFirst);
    }
    let kept = identity::keep_late_form(&app, &secret, kept_form(act, (&page, &fields))).await;
    Some(match kept {
        Ok(Some(name)) => {
            Failure::Elsewhere(address("/sign-in", &[("return_to", back(&page, &name).as_str())]))
        }
        Ok(None) => Failure::SignInFirst,
        Err(error) => Failure::Error(error),
    })
}

/// What a form gets whose token is not that of this session: where its page was opened in an earlier session of the same
/// account, which signed in again meanwhile in another tab, it is kept and given back filled. Of another account's form
/// nothing is kept. Nothing sends it by itself here either.
pub async fn outdated(visit: &Visit, path: &str, fields: &Fields) -> Result<Failure, Failure> {
    let Some(session) = &visit.session else { return Ok(Failure::Forged) };
    let marks = identity::form_marks(&visit.app, &session.actor).await?;
    if !marks.into_iter().any(|mark| Token::of_session(mark).fits(fields.raw("csrf"))) {
        return Ok(Failure::Forged);
    }
    // A search changes nothing: it goes on.
    if list::is_search(path) {
        return Ok(Failure::Elsewhere(list::sought(visit, &session.actor, (path, fields))?));
    }
    let Some((page, act)) = late_page(path) else { return Ok(Failure::Forged) };
    let name = keep(visit, &session.actor, act, (&page, fields)).await?;
    Ok(Failure::Elsewhere(back(&page, &name)))
}

/// What was typed into a form before its sender signed in again.
pub struct Typed {
    /// The fields, with the name of the kept form among them.
    pub fields: Fields,
    /// Whether there was a password, which must be typed again.
    pub password: bool,
}

/// What was typed, where the address names a kept form of this account.
pub async fn typed(visit: &Visit, actor: &Actor, query: &Fields) -> Result<Option<Typed>, Failure> {
    // It belongs to one form of one record, and to no other that its name is put into.
    typed_at(visit, (actor, query), |path| visit.here.split('?').next() == Some(path)).await
}

/// The same for a form whose address changed since it was kept: `fits` says of the old one whether it is this form.
pub async fn typed_at(
    visit: &Visit,
    (actor, query): (&Actor, &Fields),
    fits: impl Fn(&str) -> bool,
) -> Result<Option<Typed>, Failure> {
    let Some(name) = query.some(KEPT) else { return Ok(None) };
    let form = identity::kept_form(&visit.app, actor, &name).await?.filter(|form| fits(&form.path));
    let Some(form) = form else { return Ok(None) };
    let all = Fields::parse(&form.fields);
    let password = all.get(PASSWORD_TYPED) == "yes";
    let mut fields = all.without(&[PASSWORD_TYPED]);
    fields.set(KEPT, &name);
    Ok(Some(Typed { fields, password }))
}

/// Whether nothing more is needed before this act: for the form that is come back to.
pub fn is_done(visit: &Visit, act: Act) -> bool {
    let session = visit.session.as_ref();
    session.is_some_and(|session| identity::need(&visit.app, &session.actor, act).is_none())
}

/// Forgets what was kept, because it is done.
pub async fn done(visit: &Visit, actor: &Actor, fields: &Fields) -> Result<(), Failure> {
    match fields.some(KEPT) {
        Some(name) => Ok(identity::forget_form(&visit.app, actor, &name).await?),
        None => Ok(()),
    }
}

/// The page that says why.
#[derive(Template)]
#[template(path = "sign_in_again.html")]
pub struct SignInAgain {
    /// The frame.
    pub page: Page,
    /// What for.
    pub act: Act,
    /// What is needed.
    pub need: Need,
    /// The name of the kept form.
    pub kept: String,
    /// The form, to go back to.
    pub back: String,
    /// The name of the identity provider.
    pub provider: String,
}

impl SignInAgain {
    fn why(&self) -> String {
        self.page.w.t(match self.act {
            Act::Copy => "step-up-copy",
            Act::CopyView => "step-up-copy-view",
            Act::Contact => "step-up-contact",
            Act::Grant => "step-up-grant",
            Act::Sign => "step-up-sign",
            Act::Send => "step-up-send",
            Act::Decide => "step-up-decide",
        })
    }

    fn two_factors(&self) -> bool {
        self.need == Need::TwoFactors
    }
}

/// Says why somebody must sign in again, and that what they typed is kept.
pub async fn show(who: SignedIn, Query(query): Query) -> Reply {
    let name = query.get(KEPT);
    let form = identity::kept_form(&who.visit.app, who.actor(), name).await?.ok_or(Error::NotFound)?;
    let back = back(&form.path, name);
    let Some(need) = identity::need(&who.visit.app, who.actor(), form.act) else {
        return Ok(send::elsewhere(&back));
    };
    let providers = &who.visit.app.config.oidc;
    let provider = providers.iter().find(|provider| provider.id == who.actor().provider);
    let provider = provider.map_or_else(String::new, |provider| provider.name.clone());
    let (act, kept) = (form.act, name.to_owned());
    let page = Page::new(&who.visit, "step-up-title");
    let reply = page.ok(|page| SignInAgain { page, act, need, kept, back, provider });
    Ok(send::forms_anywhere(reply?))
}

/// Sends the browser to the provider, to come back to the form.
pub async fn begin(request: HttpRequest, who: SignedIn, Form(fields): Form) -> Reply {
    let (app, name) = (&who.visit.app, fields.get(KEPT));
    let form = identity::kept_form(app, who.actor(), name).await?.ok_or(Error::NotFound)?;
    let back = back(&form.path, name);
    let Some(need) = identity::need(app, who.actor(), form.act) else {
        return Ok(send::elsewhere(&back));
    };
    let again = Again {
        need,
        return_to: back,
        language: who.visit.w.language,
        address: sign_in::address(app, &request),
    };
    let begun = identity::begin_again(app, who.actor(), again).await?;
    let mut response = send::elsewhere(&begun.redirect);
    send::set_cookie(&mut response, &Jar::SignIn.set(app, begun.browser));
    Ok(response)
}

fn back(path: &str, name: &str) -> String {
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{path}{sign}{}", address("", &[(KEPT, name)]).trim_start_matches('?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_come_back_to() {
        for (path, expected) in [
            ("/copies/new", "/copies/new?kept=a%26b"),
            ("/people/new?kind=x", "/people/new?kind=x&kept=a%26b"),
        ] {
            assert_eq!(back(path, "a&b"), expected);
        }
    }

    #[test]
    fn late_forms_have_a_page_that_shows_them() {
        for (path, page) in [
            ("/people", Some("/people/new")),
            ("/people/claims", Some("/people/claim")),
            ("/people/7", Some("/people/7")),
            ("/people/7/preview", Some("/people/7")),
            ("/people/preview", Some("/people/new")),
            ("/people/7/end", None),
            ("/for/7/copies", Some("/for/7/copies/new")),
            ("/for/7/privacy/drafts/8/sign", Some("/for/7/privacy/drafts/8/sign")),
            ("/for/7/privacy/drafts/8/look", Some("/for/7/privacy/drafts/8")),
            ("/access-log/3/question", Some("/access-log/3/question")),
            ("/for/7/record/labs/9/asks", Some("/for/7/record/labs/9")),
            ("/record/labs/9/asks/3", None),
            ("/sign-out", None),
        ] {
            assert_eq!(late_page(path).map(|(page, _)| page).as_deref(), page, "{path}");
        }
        let pages = routes::ROUTES.iter().filter(|row| row.method == routes::Method::Get);
        let pages: Vec<&str> = pages.map(|row| row.path).collect();
        for (pattern, page, _) in LATE {
            let page = page.unwrap_or(pattern);
            assert!(pages.contains(&page), "{page} is no page");
        }
        assert!(QUIET.iter().all(|page| pages.contains(page)));
    }
}
