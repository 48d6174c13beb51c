//! Who may open a page: extractors that stand in the handler's signature. Finer questions are for `visibility`.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpRequest};
use api::base::PatientNo;
use api::identity::{Actor, Session};
use api::representation;

use crate::error::Failure;
use crate::form::encode;
use crate::visit::Visit;

/// Anyone, signed in or not.
pub struct Anyone(pub Rc<Visit>);

/// A person in a session; their account may not be linked to a record yet.
pub struct SignedIn {
    /// The visit.
    pub visit: Rc<Visit>,
    /// The session.
    pub session: Rc<Session>,
}

/// A person whose account is linked to a record.
pub struct Patient {
    /// The visit.
    pub visit: Rc<Visit>,
    /// The session.
    pub session: Rc<Session>,
    /// Whose record.
    pub patient: PatientNo,
}

impl SignedIn {
    /// Who asks.
    pub fn actor(&self) -> &Actor {
        &self.session.actor
    }
}

impl Patient {
    /// Who asks.
    pub fn actor(&self) -> &Actor {
        &self.session.actor
    }
}

type Found<T> = Pin<Box<dyn Future<Output = Result<T, Failure>>>>;

impl FromRequest for Anyone {
    type Error = Failure;
    type Future = Found<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self(Visit::of(&request).await?)) })
    }
}

impl FromRequest for SignedIn {
    type Error = Failure;
    type Future = Found<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { signed_in(&request).await })
    }
}

impl FromRequest for Patient {
    type Error = Failure;
    type Future = Found<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let SignedIn { visit, session } = signed_in(&request).await?;
            let patient = match &session.link {
                Some(link) => link.patient,
                // Who has no record of their own is shown for whom they act, or how to get theirs.
                None if representation::held_by(&visit.app, &session.actor).await?.is_empty() => {
                    return Err(Failure::Elsewhere("/link".into()));
                }
                None => return Err(Failure::Elsewhere("/people".into())),
            };
            Ok(Self { visit, session, patient })
        })
    }
}

/// A stranger is sent to sign in and comes back to a page they asked for; a form they sent cannot be kept.
async fn signed_in(request: &HttpRequest) -> Result<SignedIn, Failure> {
    let visit = Visit::of(request).await?;
    match visit.session.clone() {
        Some(session) => Ok(SignedIn { visit, session }),
        None if matches!(*request.method(), Method::GET | Method::HEAD) => {
            Err(Failure::Elsewhere(format!("/sign-in?return_to={}", encode(&visit.here))))
        }
        None => Err(Failure::SignInFirst),
    }
}
