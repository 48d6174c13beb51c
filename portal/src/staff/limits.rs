//! A request for a limit that a person made by telephone, by letter or in person: recorded at the desk with the fields and
//! the checks of the person's own form.

use actix_web::web::Path;
use api::base::{Came, Error, Intake, PatientNo, Problem, Problems, RestrictionId};
use api::consents::{self, Ask};
use api::staff::Card;
use askama::Template;

use super::consents::{by, frame, intake};
use super::parts::{self, Area};
use crate::authority::Pick;
use crate::components::Text;
use crate::error::Reply;
use crate::form::{Fields, Form, Query, mendable};
use crate::guard::Staff;
use crate::page::Page;
use crate::patient::privacy::came_name;
use crate::patient::privacy_limits::{self, Asking};
use crate::send;

/// The fields of the form that the person's own has not.
pub const FIELDS: &[(&str, &str)] =
    &[("received", "office-received"), ("way", "office-way"), ("known", "office-known")];

/// The form.
#[derive(Template)]
#[template(path = "staff/limit_new.html")]
pub struct LimitNew {
    /// The frame.
    pub page: Page,
    /// Whose record.
    pub patient: PatientNo,
    /// The form's own id.
    pub once: RestrictionId,
    /// The day on which it came.
    pub received: Text,
    /// How it came.
    pub came: Pick,
    /// How it was known who asked.
    pub known: Area,
    /// What is asked for.
    pub asking: Asking,
}

/// Shows the form.
pub async fn form(who: Staff, patient: Path<PatientNo>, Query(query): Query) -> Reply {
    let card = intake(&who, *patient).await?;
    let typed = parts::typed(&who, &query).await?;
    again(&who, (*patient, &card), (&typed, Problems::default()))
}

/// Records a request.
pub async fn record(who: Staff, patient: Path<PatientNo>, Form(fields): Form) -> Reply {
    let (app, patient) = (&who.visit.app, *patient);
    let card = intake(&who, patient).await?;
    parts::just_signed_in(&who, (&format!("/staff/people/{patient}/limits/new"), &fields)).await?;
    let done = match read(&who, &card, &fields) {
        Ok(asked) => {
            let once = once(&who, &fields);
            consents::record_limit(app, (patient, once), asked, by(&who)).await
        }
        Err(problems) => Err(Error::Invalid(problems)),
    };
    match done {
        Ok(id) => Ok(send::elsewhere(&format!("/staff/limits/{id}"))),
        Err(error) => again(&who, (patient, &card), (&fields, mendable(error)?)),
    }
}

/// What the form says, or all that must be mended in it.
fn read(who: &Staff, card: &Card, fields: &Fields) -> Result<(Ask, Intake), Problems> {
    let came = Came::from_slug(fields.get("way"));
    let (day, known) = (fields.get("received").to_owned(), fields.get("known").trim().to_owned());
    // As long as nothing says how it came, the rest is looked at all the same.
    let intake = Intake { day, came: came.unwrap_or(Came::Telephone), known };
    let mut problems = consents::intake_problems(&who.visit.app, &intake, card.person.birth_date.as_deref());
    if came.is_none() {
        let after = problems.0.iter().take_while(|problem| problem.field == "received").count();
        problems.0.insert(after, Problem { field: "way", code: "problem-choose" });
    }
    let (ask, asked) = privacy_limits::read_whole(fields);
    problems.0.extend(asked.0);
    if problems.0.is_empty() { Ok((ask, intake)) } else { Err(problems) }
}

fn once(who: &Staff, fields: &Fields) -> RestrictionId {
    fields.get("once").parse().unwrap_or_else(|_| consents::once(&who.visit.app))
}

fn again(who: &Staff, (patient, card): (PatientNo, &Card), (fields, problems): (&Fields, Problems)) -> Reply {
    let page = frame(who, "office-limit-new-title", card).with_problems(problems).naming(FIELDS);
    page.ok(|page| limit_new(page, (patient, once(who, fields)), fields))
}

/// The form from what was typed.
pub fn limit_new(page: Page, (patient, once): (PatientNo, RestrictionId), typed: &Fields) -> LimitNew {
    let w = page.w;
    let first = (String::new(), w.t("office-way-choose"));
    let ways = Came::ALL.into_iter().map(|came| (came.slug().to_owned(), w.t(came_name(came))));
    LimitNew {
        patient,
        once,
        received: Text::new(&page, "received", "office-received").kind("date").value(typed.get("received")),
        came: Pick::new(&page, ("way", "office-way"), typed).of(std::iter::once(first).chain(ways)),
        known: Area::new(&page, ("known", "office-known", "office-known-hint"), typed),
        asking: privacy_limits::asking(&page, w.of_another(), typed),
        page,
    }
}
