//! Somebody who acts for a patient, appointed at the desk: what the papers prove, read once more, and the code with which
//! they come in.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use api::base::{AuthorityId, Error, PatientNo, Problems};
use api::representation::desk::{self, Appointing, Foreseen, Knowing};
use api::representation::{self, Ask, Incapacity, Invitation, Kind, Office};
use api::staff::Card;
use askama::Template;

use super::claims::{self, CHECKS, by};
use super::codes::{Opens, apart, shown_page};
use super::right::{self, Earlier, Facts, Known, RightForm};
use super::{acting, parts, person};
use crate::components::Choice;
use crate::error::{Failure, Reply};
use crate::form::{Fields, Form, Query};
use crate::guard::Staff;
use crate::page::Page;

/// The form.
#[derive(Template)]
#[template(path = "staff/appoint.html")]
pub struct Appoint {
    /// The frame.
    pub page: Page,
    /// Whose record.
    pub patient: PatientNo,
    /// The form's own id.
    pub once: AuthorityId,
    /// What gives the right.
    pub right: RightForm,
}

/// Shows it.
pub async fn form(who: Staff, patient: Path<PatientNo>, Query(query): Query) -> Reply {
    let card = apart(&who, *patient).await?;
    let mut fields = parts::typed(&who, &query).await?;
    // A form that comes back is as it was sent: a box that was not ticked stays so.
    if fields.some("once").is_none() {
        fields.set("what", "all");
        fields.set("copies", "yes");
    }
    asking(&who, &card, (&fields, (StatusCode::OK, Problems::default())))
}

fn asking(who: &Staff, card: &Card, (typed, (status, problems)): (&Fields, (StatusCode, Problems))) -> Reply {
    let patient = card.person.patient;
    let once = typed.get("once").parse().unwrap_or_else(|_| representation::once(&who.visit.app));
    let page = frame(who, "desk-appoint-title", card).with_problems(problems).naming(claims::FIELDS);
    page.reply(status, |page| appoint_page(page, (patient, once), typed))
}

fn frame(who: &Staff, title: &str, card: &Card) -> Page {
    let above = format!("/staff/people/{}", card.person.patient);
    person::frame(who, title, card).under(&above, "desk-person-title")
}

/// The page from what is known and typed.
pub fn appoint_page(page: Page, (patient, once): (PatientNo, AuthorityId), typed: &Fields) -> Appoint {
    let right = RightForm::new(&page, None, typed);
    Appoint { page, patient, once, right }
}

/// The second step: what is about to be given, before anything is done.
#[derive(Template)]
#[template(path = "staff/appoint_confirm.html")]
pub struct AppointConfirm {
    /// The frame.
    pub page: Page,
    /// Whose record.
    pub patient: PatientNo,
    /// What stands in the way.
    pub earlier: Earlier,
    /// What is there already under the same name.
    pub known: Known,
    /// That the reader goes on knowingly, where it is the same right.
    pub knowing: Choice,
    /// What is about to be given.
    pub facts: Facts,
    /// What was typed, to be sent again.
    pub typed: Fields,
}

impl AppointConfirm {
    fn is_awaited(&self) -> bool {
        right::is_awaited(&self.typed)
    }

    /// What was typed before, to be sent once more.
    fn again(&self) -> Vec<(&str, &str)> {
        right::again(&self.typed)
    }
}

/// Checks what was typed and says it whole. Changes nothing. With `back` it leads to the form once more, as it was.
pub async fn check(who: Staff, patient: Path<PatientNo>, Form(fields): Form) -> Reply {
    let card = apart(&who, *patient).await?;
    if fields.get("back") == "yes" {
        return asking(&who, &card, (&fields, (StatusCode::OK, Problems::default())));
    }
    just_signed_in(&who, (*patient, &fields)).await?;
    match confirm(&who, &card, (&fields, Problems::default())).await {
        Ok(reply) => Ok(reply),
        Err(failure) => again(&who, &card, (failure, &fields)),
    }
}

async fn just_signed_in(who: &Staff, (patient, fields): (PatientNo, &Fields)) -> Result<(), Failure> {
    parts::just_signed_in(who, (&format!("/staff/people/{patient}/representatives/new"), fields)).await
}

async fn confirm(who: &Staff, card: &Card, (fields, problems): (&Fields, Problems)) -> Reply {
    let (app, by, patient) = (&who.visit.app, by(who, &CHECKS)?, card.person.patient);
    let ask = asked(who, fields)?;
    let claims = right::claimed(who, &by, (patient, &ask)).await?;
    let foreseen = desk::foreseen(app, &by, (patient, ask), &claims).await?;
    let page = frame(who, "desk-appoint-confirm-title", card);
    let page = page.under(&format!("/staff/people/{patient}/representatives/new"), "desk-appoint-title");
    let page = page.with_problems(problems).naming(claims::FIELDS);
    page.ok(|page| confirm_page(page, (patient, &foreseen), (by.office, fields)))
}

fn asked(who: &Staff, fields: &Fields) -> Result<Ask, Error> {
    let mut problems = Problems::default();
    let ask = right::asked(&who.visit.app, None, fields, &mut problems);
    ask.ok_or(Error::Invalid(problems))
}

/// The page from what is known and typed.
pub fn confirm_page(
    page: Page,
    (patient, foreseen): (PatientNo, &Foreseen),
    (office, typed): (Office, &Fields),
) -> AppointConfirm {
    let earlier = Earlier::new(&page, (&foreseen.earlier, office), typed);
    let facts = Facts::new(&page, (Kind::Parent, None), typed);
    let known = Known::new(page.w, &foreseen.already);
    let knowing = Choice {
        kind: "checkbox",
        name: "knowing",
        value: "yes".into(),
        label: page.w.t("desk-already-knowing"),
        hint: None,
        ticked: typed.get("knowing") == "yes",
    };
    AppointConfirm { page, patient, earlier, known, knowing, facts, typed: typed.clone() }
}

/// Appoints them, once it was said what is given, and shows the code: this answer alone has it.
pub async fn appoint(who: Staff, patient: Path<PatientNo>, Form(fields): Form) -> Reply {
    let card = apart(&who, *patient).await?;
    just_signed_in(&who, (*patient, &fields)).await?;
    match appointed(&who, &card, &fields).await {
        Ok(Some(made)) => shown(&who, &card, (made, fields.get("name"))).await,
        // It was not said yet what is given.
        Ok(None) => confirm(&who, &card, (&fields, Problems::default())).await,
        // The same form sent again, as by loading the answer anew: the code was shown, and is not shown twice.
        Err(Failure::Error(Error::Conflict(acting::APPOINTED))) => {
            Ok(parts::late(&format!("/staff/authorities?patient={patient}")))
        }
        Err(Failure::Error(Error::Invalid(problems)))
            if problems.0.iter().all(|one| ["despite", "knowing"].contains(&one.field)) =>
        {
            confirm(&who, &card, (&fields, problems)).await
        }
        Err(failure) => again(&who, &card, (failure, &fields)),
    }
}

/// Appoints them; nothing where it was not confirmed.
async fn appointed(who: &Staff, card: &Card, fields: &Fields) -> Result<Option<Invitation>, Failure> {
    let (app, by, patient) = (&who.visit.app, by(who, &CHECKS)?, card.person.patient);
    let ask = asked(who, fields)?;
    if fields.get("confirmed") != patient.to_string() {
        return Ok(None);
    }
    let once = fields.get("once").parse().unwrap_or_else(|_| representation::once(app));
    let knowing = if fields.get("knowing") == "yes" { Knowing::Yes } else { Knowing::No };
    let claims = right::claimed(who, &by, (patient, &ask)).await?;
    let despite = fields.get("despite");
    let asked = Appointing { patient, ask, despite, knowing, claims: &claims, once };
    Ok(Some(desk::appoint_once(app, &by, asked).await?))
}

async fn shown(who: &Staff, card: &Card, (made, name): (Invitation, &str)) -> Reply {
    let (held, ..) = desk::one(&who.visit.app, made.id).await?;
    let opens = match (held.authority.suspension, held.authority.incapacity) {
        (Some(_), _) => Opens::Nothing(made.id),
        (None, Incapacity::Awaited) => Opens::Later(made.id),
        (None, _) => Opens::Another(made.id),
    };
    let page = frame(who, "desk-code-shown-title", card);
    let about = (card.person.patient, name.to_owned(), opens);
    page.reply(StatusCode::CREATED, |page| shown_page(page, about, (&made.code, made.until)))
}

/// The form with what must be mended.
fn again(who: &Staff, card: &Card, (failure, fields): (Failure, &Fields)) -> Reply {
    let Failure::Error(error) = failure else { return Err(failure) };
    asking(who, card, (fields, right::mend(error)?))
}
