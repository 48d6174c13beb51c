//! An activation code at the desk: given to a person face to face or by letter, shown once, and stopped.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use api::base::{AuthorityId, CodeId, Error, Instant, PatientNo, Problem, Problems};
use api::disclosures::codes;
use api::identity::{OpenCode, Way};
use api::staff::{self, Card, Right};
use api::words::Language;
use askama::Template;

use super::links::{decider, deciding};
use super::{parts, person};
use crate::components::{Choice, Code, Text};
use crate::error::{Failure, Reply};
use crate::form::{Fields, Form, Query, mendable};
use crate::guard::Staff;
use crate::i18n::Words;
use crate::page::Page;
use crate::send;

/// The labels of the fields of this page.
pub const FIELDS: &[(&str, &str)] = &[("way", "desk-code-way"), ("proof", "desk-code-proof")];

/// The page that asks how the code comes to the person.
#[derive(Template)]
#[template(path = "staff/code_new.html")]
pub struct CodeNew {
    /// The frame.
    pub page: Page,
    /// Who gets it.
    pub card: Card,
    /// The form's own id.
    pub once: CodeId,
    /// Whether an earlier code is out, which this one stops.
    pub stops: bool,
    /// How it comes to them.
    pub ways: [Choice; 2],
    /// What was seen of them.
    pub proof: Text,
}

/// Asks how it is given.
pub async fn form(who: Staff, patient: Path<PatientNo>, Query(query): Query) -> Reply {
    let card = apart(&who, *patient).await?;
    codes::may_give(&who.visit.app, *patient).await?;
    let typed = parts::typed(&who, &query).await?;
    asking(&who, card, (&typed, Problems::default())).await
}

/// The person, where it is not the reader or one of their family.
pub async fn apart(who: &Staff, patient: PatientNo) -> Result<Card, Failure> {
    let card = staff::card(&who.visit.app, who.actor(), patient).await?;
    parts::not_near(who, patient).await?;
    Ok(card)
}

async fn asking(who: &Staff, card: Card, (fields, problems): (&Fields, Problems)) -> Reply {
    let app = &who.visit.app;
    let patient = card.person.patient;
    let open = codes::open(app, patient).await?;
    let once = fields.get("once").parse().unwrap_or_else(|_| codes::once(app));
    let page = person::frame(who, "desk-code-title", &card).with_problems(problems).naming(FIELDS);
    let page = page.under(&format!("/staff/people/{patient}"), "desk-person-title");
    page.ok(|page| code_new(page, (card, open), (once, fields)))
}

/// The page from what is known and typed.
pub fn code_new(
    page: Page,
    (card, open): (Card, Option<OpenCode>),
    (once, typed): (CodeId, &Fields),
) -> CodeNew {
    let w = page.w;
    let way = |(value, label, hint): (&str, &str, &str)| Choice {
        kind: "radio",
        name: "way",
        value: value.into(),
        label: w.t(label),
        hint: Some(w.t(hint)),
        ticked: typed.get("way") == value,
    };
    // Where letters go may be elsewhere than the record says; who reads it is written down, so it is not said here.
    // A wish about mail or the telephone says nothing of letters.
    let elsewhere = card.wishes.iter().any(|(_, wish)| !wish.postal.trim().is_empty());
    let sent = if elsewhere { "desk-code-sent-asked" } else { "desk-code-sent" };
    let ways =
        [("handed", "desk-code-handed", "desk-code-handed-hint"), ("sent", sent, "desk-code-sent-hint")]
            .map(way);
    let proof = Text::new(&page, "proof", "desk-code-proof").value(typed.get("proof"));
    let proof = proof.hint(w.t("desk-code-proof-hint"));
    CodeNew { page, card, once, stops: open.is_some(), ways, proof }
}

/// How it is given, as the form says it: nobody guesses which of two is meant.
fn way(fields: &Fields) -> Result<Way<'_>, Problems> {
    let problem = |field, code| Err(Problems(vec![Problem { field, code }]));
    match (fields.get("way"), fields.get("proof")) {
        ("handed", seen) => Ok(Way::Handed(seen)),
        ("sent", "") => Ok(Way::Sent),
        ("sent", _) => problem("proof", "problem-code-sent"),
        _ => problem("way", "problem-choose"),
    }
}

/// Gives the code, and shows it: this answer alone has it.
pub async fn give(who: Staff, patient: Path<PatientNo>, Form(fields): Form) -> Reply {
    let app = &who.visit.app;
    let patient = *patient;
    let card = apart(&who, patient).await?;
    let back = format!("/staff/people/{patient}");
    parts::just_signed_in(&who, (&format!("{back}/codes/new"), &fields)).await?;
    let way = match way(&fields) {
        Ok(way) => way,
        Err(problems) => return asking(&who, card, (&fields, problems)).await,
    };
    let once = fields.get("once").parse().unwrap_or_else(|_| codes::once(app));
    match codes::give_once(app, deciding(&who, Right::whole)?, (patient, way, once)).await {
        Ok(issued) => {
            let opens = if way == Way::Sent { Opens::OwnByLetter } else { Opens::Own };
            let name = card.person.name.clone();
            let page = person::frame(&who, "desk-code-shown-title", &card).under(&back, "desk-person-title");
            let shown = (issued.code.as_str(), issued.expires);
            page.reply(StatusCode::CREATED, |page| shown_page(page, (patient, name, opens), shown))
        }
        // The same form sent again, as by loading the answer anew: the code was shown, and is not shown twice.
        Err(Error::Conflict(person::GIVEN)) => Ok(parts::late(&back)),
        Err(error) => asking(&who, card, (&fields, mendable(error)?)).await,
    }
}

/// Stops the code that is out.
pub async fn stop(who: Staff, path: Path<(PatientNo, String)>, Form(fields): Form) -> Reply {
    let (patient, made) = path.into_inner();
    let made = Instant(made.parse().map_err(|_| Error::NotFound)?);
    apart(&who, patient).await?;
    let back = format!("/staff/people/{patient}");
    parts::just_signed_in(&who, (&back, &fields)).await?;
    match codes::stop(&who.visit.app, decider(&who)?, (patient, made)).await {
        Ok(()) => Ok(send::elsewhere(&back)),
        Err(Error::Conflict("conflict-code-over")) => Ok(parts::late_for(&back, person::STOP)),
        Err(error) => Err(error.into()),
    }
}

/// What a code opens that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// The own record of who gets it in hand.
    Own,
    /// The same, of who gets it by letter.
    OwnByLetter,
    /// The record of somebody for whom who gets it acts.
    Another(AuthorityId),
    /// The same, once it is certified that the person cannot decide.
    Later(AuthorityId),
    /// The same, and nothing of it before a second person has signed.
    Nothing(AuthorityId),
}

/// The page that shows a code once. On paper it is the code and what to do with it.
#[derive(Template)]
#[template(path = "staff/code.html")]
pub struct Shown {
    /// The frame.
    pub page: Page,
    /// Whose record.
    pub patient: PatientNo,
    /// Who gets it.
    pub name: String,
    /// What it opens.
    pub opens: Opens,
    /// The code.
    pub code: Code,
    /// What to do with it, in each language: nobody knows which one its reader speaks.
    pub handouts: Vec<Handout>,
}

/// What to do with a code, in one language.
pub struct Handout {
    /// The language's tag.
    pub tag: &'static str,
    /// The heading.
    pub heading: String,
    /// One after the other.
    pub steps: [String; 3],
}

impl Shown {
    fn is_letter(&self) -> bool {
        self.opens == Opens::OwnByLetter
    }

    fn authority(&self) -> Option<AuthorityId> {
        match self.opens {
            Opens::Another(id) | Opens::Later(id) | Opens::Nothing(id) => Some(id),
            Opens::Own | Opens::OwnByLetter => None,
        }
    }

    fn waits(&self) -> bool {
        matches!(self.opens, Opens::Nothing(_))
    }

    fn is_for_later(&self) -> bool {
        matches!(self.opens, Opens::Later(_))
    }
}

/// The page from what was made: the code, and until when it works.
pub fn shown_page(
    page: Page,
    (patient, name, opens): (PatientNo, String, Opens),
    (code, until): (&str, Instant),
) -> Shown {
    // Who acts for another may have a record of their own, and then has nothing to link.
    let path = if matches!(opens, Opens::Own | Opens::OwnByLetter) { "/link" } else { "/people/code" };
    let address = format!("{}{path}", page.visit.app.config.server.public_url);
    let handout = |language: Language| {
        let w = Words { language, ..page.w };
        Handout {
            tag: w.tag(),
            heading: w.t("handout-heading"),
            steps: [
                w.t1("handout-open", "address", address.as_str()),
                w.t("handout-sign-in"),
                w.t1("handout-type", "date", w.day(&until)),
            ],
        }
    };
    // The reader's own language first.
    let mut languages = Language::ALL;
    languages.sort_by_key(|language| *language != page.w.language);
    let handouts = languages.into_iter().map(handout).collect();
    let code = Code::new(page.w, "given-code", code);
    Shown { page, patient, name, opens, code, handouts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_code_is_given_is_said_and_never_guessed() {
        for (typed, wanted) in [
            ("way=handed&proof=driver+licence", Ok(Way::Handed("driver licence"))),
            // What it must say is the rule of who keeps it.
            ("way=handed", Ok(Way::Handed(""))),
            ("way=sent", Ok(Way::Sent)),
            ("way=sent&proof=driver+licence", Err(("proof", "problem-code-sent"))),
            ("", Err(("way", "problem-choose"))),
            ("way=mailed&proof=x", Err(("way", "problem-choose"))),
        ] {
            let fields = Fields::parse(typed.as_bytes());
            let found = way(&fields).map_err(|problems| (problems.0[0].field, problems.0[0].code));
            assert_eq!(found, wanted, "{typed}");
        }
    }
}
