//! Pages that anyone can read: what this is, help, accessibility; and the choice of language.

use actix_web::HttpResponse;
use api::identity;
use api::words::Language;
use askama::Template;

use crate::error::Reply;
use crate::form::{FORM_LIMIT, Fields, Form, own_path};
use crate::guard::Anyone;
use crate::page::Page;
use crate::patient::step_up;
use crate::send;
use crate::visit::Jar;

/// The start page.
#[derive(Template)]
#[template(path = "welcome.html")]
pub struct Welcome {
    /// The frame.
    pub page: Page,
}

/// What this is and how to sign in; a person who is in goes on to their home page.
pub async fn welcome(Anyone(visit): Anyone) -> Reply {
    match visit.session.as_deref() {
        Some(session) if session.link.is_some() => Ok(send::elsewhere("/home")),
        Some(_) => Ok(send::elsewhere("/link")),
        None => Page::new(&visit, "welcome-title").ok(|page| Welcome { page }),
    }
}

/// The help page.
#[derive(Template)]
#[template(path = "help.html")]
pub struct Help {
    /// The frame.
    pub page: Page,
}

/// How to use the pages and whom to ask.
pub async fn help(Anyone(visit): Anyone) -> Reply {
    Page::new(&visit, "help-title").ok(|page| Help { page })
}

/// The accessibility statement.
#[derive(Template)]
#[template(path = "accessibility.html")]
pub struct Accessibility {
    /// The frame.
    pub page: Page,
}

/// What works for whom, and how to ask for another form.
pub async fn accessibility(Anyone(visit): Anyone) -> Reply {
    Page::new(&visit, "accessibility-title").ok(|page| Accessibility { page })
}

/// Keeps the choice of language, for the account or for this browser, and comes back.
pub async fn choose_language(Anyone(visit): Anyone, Form(fields): Form) -> Reply {
    let language = Language::from_tag(fields.get("to")).unwrap_or(visit.w.language);
    let mut back = own_path(fields.get("back"));
    if let Some(session) = &visit.session {
        identity::choose_language(&visit.app, &session.actor, language).await?;
        // What was typed on the page before, as its script told.
        if let Some(typed) = fields.some("typed").filter(|typed| typed.len() <= FORM_LIMIT) {
            let typed = Fields::parse(typed.as_bytes());
            let form = (fields.get("form"), &typed);
            back = step_up::aside(&visit, &session.actor, form).await?.unwrap_or(back);
        }
    }
    let mut response: HttpResponse = send::elsewhere(&back);
    send::set_cookie(&mut response, &Jar::Language.set(&visit.app, language.tag().into()));
    Ok(response)
}
