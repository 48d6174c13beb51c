//! Who may open a page: extractors that stand in the handler's signature. Finer questions are for `visibility`.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpRequest};
use api::base::{AuthorityId, Error, PatientNo};
use api::identity::{Actor, Session};
use api::representation;

use crate::error::Failure;
use crate::form::encode;
use crate::patient::acting::kind_name;
use crate::visit::{Acting, Visit};

/// Anyone, signed in or not.
pub struct Anyone(pub Rc<Visit>);

/// A person in a session; their account may not be linked to a record yet.
pub struct SignedIn {
    /// The visit.
    pub visit: Rc<Visit>,
    /// The session.
    pub session: Rc<Session>,
}

/// A person at a record: their own, or under `/for/{authority}` that of somebody for whom they act.
pub struct Patient {
    /// The visit.
    pub visit: Rc<Visit>,
    /// The session.
    pub session: Rc<Session>,
    /// Whose record.
    pub patient: PatientNo,
}

/// A person whose account is linked to a record, at what only they themselves decide.
pub struct Own {
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

impl Own {
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
            let patient = match request.match_info().get("authority") {
                Some(id) => acting(&visit, &session, id).await?,
                None => own(&visit, &session).await?,
            };
            Ok(Self { visit, session, patient })
        })
    }
}

impl FromRequest for Own {
    type Error = Failure;
    type Future = Found<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let SignedIn { visit, session } = signed_in(&request).await?;
            let patient = own(&visit, &session).await?;
            Ok(Self { visit, session, patient })
        })
    }
}

/// The record that is linked to the account. Who has none is shown how to get one, or for whom they act.
async fn own(visit: &Visit, session: &Session) -> Result<PatientNo, Failure> {
    match &session.link {
        Some(link) => Ok(link.patient),
        None if representation::held_by(&visit.app, &session.actor).await?.is_empty() => {
            Err(Failure::Elsewhere("/link".into()))
        }
        None => Err(Failure::Elsewhere("/people".into())),
    }
}

/// The record over which the account holds this authority now. One that is another's, over, or no authority at all is
/// not there.
async fn acting(visit: &Visit, session: &Session, id: &str) -> Result<PatientNo, Failure> {
    let id: AuthorityId = id.parse().map_err(|_| Error::NotFound)?;
    let held = representation::held(&visit.app, &session.actor, id).await?;
    let lens = representation::lens(held.authority.kind, &held.authority.scope);
    // Asked for twice in one request it is the same.
    let _ = visit.acting.set(Acting {
        name: held.person,
        birth_date: held.birth_date,
        kind: kind_name(held.authority.kind),
        part: lens.is_part(),
        copies: held.authority.scope.copies,
    });
    Ok(held.authority.patient)
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
