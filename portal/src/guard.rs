//! Who may open a page: extractors that stand in the handler's signature. Finer questions are for `visibility`.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpRequest};
use api::base::{Error, PatientNo};
use api::identity::{self, Actor, Session};
use api::representation;
use api::staff::{self, Action, Right, Role};

use crate::error::Failure;
use crate::form::encode;
use crate::routes::{self, Need};
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

/// Somebody of the staff, signed in with two factors, whose roles may do what the address is for.
pub struct Staff {
    /// The visit.
    pub visit: Rc<Visit>,
    /// The session.
    pub session: Rc<Session>,
    /// Their roles now.
    pub roles: Vec<Role>,
}

impl Staff {
    /// Who asks.
    pub fn actor(&self) -> &Actor {
        &self.session.actor
    }

    /// The most that their roles may do.
    pub fn right(&self, action: Action) -> Right {
        staff::best(&self.roles, action)
    }
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

impl FromRequest for Staff {
    type Error = Failure;
    type Future = Found<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { at_the_desk(&request).await })
    }
}

/// For people without a role there is no such page. Staff learn what is missing: a second factor, or the right.
async fn at_the_desk(request: &HttpRequest) -> Result<Staff, Failure> {
    let SignedIn { visit, session } = signed_in(request).await?;
    let need = routes::need(request).ok_or_else(|| {
        Error::internal(anyhow::anyhow!("a page of the desk has another guard in the table"))
    })?;
    let roles = match session.staff {
        true => staff::roles(&visit.app, &session.actor).await?,
        false => Vec::new(),
    };
    if roles.is_empty() {
        return Err(Error::NotFound.into());
    }
    if !identity::second_factor(&visit.app, &session.actor) {
        return Err(Error::refused("refused-second-factor").into());
    }
    let may = match need {
        Need::Any => true,
        Need::May(action) => staff::best(&roles, action).any(),
        Need::Do(action) => staff::best(&roles, action).whole(),
    };
    if may {
        Ok(Staff { visit, session, roles })
    } else {
        Err(Error::refused("refused-not-your-role").into())
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
