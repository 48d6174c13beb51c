//! Who may open a page: extractors that stand in the handler's signature. Finer questions are for `visibility`.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpRequest};
use api::base::{AuthorityId, Error, PatientNo, ViewId};
use api::identity::{self, Actor, Session};
use api::representation::{self, Authority, Held, Kind, Side};
use api::smart;
use api::staff::{self, Action, Right, Role};
use api::visibility::{self, Program};

use crate::error::Failure;
use crate::form::encode;
use crate::patient::acting::kind_name;
use crate::routes::{self, Need};
use crate::staff::words;
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

/// A person at a record: their own, or under `/for/{authority}` that of somebody for whom they act. Under `/as/{through}`
/// it is their own, as somebody else sees it.
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
            if let Some(id) = request.match_info().get("through") {
                return through(visit, &session, id).await;
            }
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
        Need::Label => roles.iter().any(|role| !staff::markable(*role).is_empty()),
    };
    if may {
        Ok(Staff { visit, session, roles })
    } else {
        Err(Error::refused("refused-not-your-role").into())
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

/// The record over which the account holds this authority now, or at which it looks for the clinic. What is another's,
/// or over, or no such thing, is not there.
async fn acting(visit: &Visit, session: &Session, id: &str) -> Result<PatientNo, Failure> {
    let found = match (id.parse::<AuthorityId>(), id.parse::<ViewId>()) {
        (Ok(id), Ok(view)) => match representation::held(&visit.app, &session.actor, id).await {
            Err(Error::NotFound) if session.staff => look(visit, session, view).await?,
            held => with_notice(visit, session, held?).await?,
        },
        _ => return Err(Error::NotFound.into()),
    };
    // Asked for twice in one request it is the same.
    let _ = visit.acting.set(found.1);
    Ok(found.0)
}

/// A person at their own record, through the eyes of who holds an authority over it. For anybody else, and where the
/// authority shows nothing now, there is no such address.
async fn through(visit: Rc<Visit>, session: &Session, id: &str) -> Result<Patient, Failure> {
    let id: AuthorityId = id.parse().map_err(|_| Error::NotFound)?;
    let one = representation::one(&visit.app, &session.actor, id).await?;
    if one.side != Side::Person || !one.held.standing.in_force() {
        return Err(Error::NotFound.into());
    }
    let name = one.held.authority.name.clone();
    let (patient, acting) = by_authority(&visit, one.held);
    let _ = visit.acting.set(Acting {
        name,
        birth_date: None,
        copies: false,
        apps: false,
        through: Some(id),
        ..acting
    });
    let mut session = session.clone();
    session.actor.through = Some(id);
    Ok(Patient { visit, session: Rc::new(session), patient })
}

/// With the notice under 42 CFR 2.32, where a consent of the person opens more than the authority alone does.
async fn with_notice(visit: &Visit, session: &Session, held: Held) -> Result<(PatientNo, Acting), Failure> {
    let may_open = held.authority.lens_with_consent() != held.authority.lens();
    let (patient, mut acting) = by_authority(visit, held);
    if may_open {
        acting.program = match visibility::program(&visit.app, &session.actor, patient).await {
            Ok(Program::ByConsent) => Some("acting-program-notice"),
            // Where nothing is left to them, each page says so itself.
            Ok(_) | Err(Error::NotFound | Error::Refused(_)) => None,
            Err(error) => return Err(error.into()),
        };
    }
    Ok((patient, acting))
}

/// What is said of what its holder may not see: that they were given a part, or else which law can keep something from
/// them. It says nothing of whether there is any.
fn part(authority: &Authority) -> Vec<&'static str> {
    if !authority.lens().is_part() {
        return Vec::new();
    }
    if authority.is_narrowed() {
        return vec!["acting-part"];
    }
    let minor = authority.kind.of_a_minor().then_some("acting-part-minor");
    let program = (!authority.closed.speaks()).then_some("acting-part-program");
    minor.into_iter().chain(program).collect()
}

fn by_authority(visit: &Visit, held: Held) -> (PatientNo, Acting) {
    let law = representation::told(&visit.app, &held);
    let acting = Acting {
        law,
        program: None,
        through: None,
        name: held.person,
        birth_date: held.birth_date,
        kind: kind_name(held.authority.kind),
        part: part(&held.authority),
        copies: held.authority.scope.copies,
        signs: held.authority.kind != Kind::Delegate,
        apps: smart::may_connect(held.authority.kind),
        back: "/people",
        look: None,
    };
    (held.authority.patient, acting)
}

async fn look(visit: &Visit, session: &Session, id: ViewId) -> Result<(PatientNo, Acting), Failure> {
    let (view, person) = staff::looking(&visit.app, &session.actor, id).await?;
    // In an emergency only what was written down opens these records (42 CFR 2.51); else only a consent does.
    let why = if view.emergency { "acting-look-emergency" } else { "acting-look-consent" };
    let program = match visibility::program(&visit.app, &session.actor, view.patient).await? {
        Program::Withheld => Some(why),
        Program::ByConsent => Some("acting-program-notice"),
        Program::Seen => None,
    };
    let acting = Acting {
        law: None,
        program,
        through: None,
        name: person.name,
        birth_date: person.birth_date,
        kind: words::role(&view.role),
        part: Vec::new(),
        copies: false,
        signs: false,
        apps: false,
        back: "/staff",
        look: Some((words::purpose(&view.purpose), view.until)),
    };
    Ok((view.patient, acting))
}

/// A stranger is sent to sign in and comes back to a page they asked for. A form whose session ran out was kept before it
/// came here, where its page can show it again (`step_up::late`).
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
