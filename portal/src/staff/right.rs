//! What gives somebody the right to act for a patient, as staff enter it and read it once more before it is given: the same
//! for a claim that is verified and for somebody who is appointed at the desk.

use actix_web::http::StatusCode;
use api::app::App;
use api::base::{AuthorityId, Error, PatientNo, Problem, Problems};
use api::fhir::present::Category;
use api::representation::claims::Claim;
use api::representation::{
    self, Act, Alike, Already, Ask, By, Evidence, Held, Incapacity, Kind, Office, Proof, desk,
};
use askama::Template;
use askama::filters::HtmlSafe;
use chrono::NaiveDate;

use super::parts::{self, Area};
use crate::authority::{self, Pick, ScopeForm, proof_name};
use crate::components::{Choice, Text};
use crate::error::Failure;
use crate::form::{self, Fields};
use crate::guard::Staff;
use crate::i18n::Words;
use crate::law;
use crate::page::Page;
use crate::patient::acting::kind_name;

/// The fields of a form.
#[derive(Template)]
#[template(path = "staff/right.html")]
pub struct RightForm {
    w: Words,
    name: Text,
    picks: [Pick; 2],
    /// What the law of the place says of those who act as this.
    law: Option<String>,
    note: Area,
    scope: ScopeForm,
    dates: [Text; 3],
    springing: Choice,
}

impl HtmlSafe for RightForm {}

impl RightForm {
    /// The fields with what was typed; where nobody claimed to be anything, what they are must be chosen.
    pub fn new(page: &Page, claimed: Option<Kind>, typed: &Fields) -> Self {
        let w = page.w;
        let text = |name, label| Text::new(page, name, label).value(typed.get(name));
        let date = |name, label, hint| text(name, label).kind("date").hint(w.t(hint));
        let choose = || std::iter::once((String::new(), w.t("claim-kind-choose")));
        let kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Delegate);
        let kinds = kinds.map(|kind| (kind.slug().to_owned(), w.t(kind_name(kind))));
        let proofs = Proof::ALL.into_iter().filter(|proof| *proof != Proof::Chosen);
        let proofs = proofs.map(|proof| (proof.slug().to_owned(), w.t(proof_name(proof))));
        let kind = Kind::from_slug(typed.get("kind")).or(claimed);
        Self {
            w,
            name: text("name", "desk-claim-name"),
            law: kind.and_then(|kind| law::of_acting(page, kind)),
            picks: [
                Pick::new(page, ("kind", "desk-claim-kind"), typed)
                    .of(choose().filter(|_| claimed.is_none()).chain(kinds)),
                Pick::new(page, ("proof", "desk-claim-proof"), typed)
                    .hint(w.t("desk-claim-proof-hint"))
                    .of(choose().chain(proofs)),
            ],
            note: Area::new(page, ("note", "desk-claim-seen", "desk-claim-seen-hint"), typed),
            scope: ScopeForm::new(page, (claimed.unwrap_or(Kind::Parent), &Category::ALL), typed),
            dates: [
                date("starts", "desk-claim-starts", "desk-claim-starts-hint"),
                date("until", "desk-claim-until", "people-until-hint"),
                date("review", "desk-claim-review", "desk-claim-review-hint"),
            ],
            springing: Choice {
                kind: "checkbox",
                name: "incapacity",
                value: "awaited".into(),
                label: w.t("desk-claim-springing"),
                hint: page.problem("incapacity").or_else(|| Some(w.t("desk-claim-springing-hint"))),
                ticked: is_awaited(typed),
            },
        }
    }
}

/// Whether it waits until somebody certifies that the person cannot decide.
pub fn is_awaited(typed: &Fields) -> bool {
    typed.get("incapacity") == "awaited"
}

/// The right that a form names, if it can be read; what cannot be stands among the problems.
pub fn asked(app: &App, claimed: Option<Kind>, fields: &Fields, problems: &mut Problems) -> Option<Ask> {
    let before = problems.0.len();
    let proof = Proof::from_slug(fields.get("proof"));
    if proof.is_none() {
        problems.0.push(Problem { field: "proof", code: "problem-choice" });
    }
    let kind = match fields.get("kind") {
        "" => claimed,
        slug => Kind::from_slug(slug),
    };
    if kind.is_none() {
        problems.0.push(Problem { field: "kind", code: "problem-choice" });
    }
    if !["", "awaited"].contains(&fields.get("incapacity")) {
        problems.0.push(Problem { field: "incapacity", code: "problem-choice" });
    }
    problems.0.extend(authority::unknown(fields));
    problems.0.extend(form::parts_fault(fields));
    let mut day = |name| day(fields, name, problems);
    let (starts, until, review) = (day("starts"), day("until"), day("review"));
    let (proof, kind) = proof.zip(kind).filter(|_| problems.0.len() == before)?;
    Some(Ask {
        name: fields.get("name").to_owned(),
        kind,
        evidence: Evidence { proof, note: fields.get("note").to_owned() },
        scope: authority::scope(kind, fields),
        starts: starts.and_then(|day| representation::day_at(app, day)),
        until: until.and_then(|day| representation::end_of_day(app, day)),
        incapacity: if is_awaited(fields) { Incapacity::Awaited } else { Incapacity::NotNeeded },
        review: review.and_then(|day| representation::day_at(app, day)),
    })
}

/// The open claims under the name of somebody who is to act, but those that are refused on their own page: of who decides,
/// or of their family.
pub async fn claimed(
    who: &Staff,
    by: &By<'_>,
    about: (PatientNo, &Ask),
) -> Result<Vec<(Claim, Alike)>, Error> {
    let mut seen = Vec::new();
    for (claim, like) in desk::claimed(&who.visit.app, by, about).await? {
        if parts::listed(parts::not_of_family(who, claim.account).await)? {
            seen.push((claim, like));
        }
    }
    Ok(seen)
}

/// What is there already under the same name.
#[derive(Template)]
#[template(path = "staff/already.html")]
pub struct Known {
    w: Words,
    /// Where each stands, and what it is.
    lines: Vec<(String, String)>,
    /// Whether one of them is the same right.
    same: bool,
}

impl HtmlSafe for Known {}

impl Known {
    /// Those that were found.
    pub fn new(w: Words, found: &[Already]) -> Self {
        let line = |one: &Already| match one {
            Already::Acts(held, _) => {
                let path = format!("/staff/authorities/{}", held.authority.id);
                (path, authority::already_words(w, held))
            }
            Already::Claims(claim, _) => {
                let kind = ("kind", w.t(kind_name(claim.kind)));
                let who = w.t2("log-who-acts", ("name", claim.who.0.as_str()), kind);
                let said = w.t2("desk-already-claim", ("who", who), ("date", w.day(&claim.made)));
                (format!("/staff/claims/{}", claim.id), said)
            }
        };
        Self { w, lines: found.iter().map(line).collect(), same: found.iter().any(Already::is_same) }
    }

    /// Whether one of them is the same right.
    pub fn is_same(&self) -> bool {
        self.same
    }
}

/// The fields that the second step has itself.
const OWN: [&str; 7] = ["csrf", "kept", "back", "confirmed", "differs", "despite", "knowing"];

/// What was typed into the first step, to be sent once more with the second.
pub fn again(typed: &Fields) -> Vec<(&str, &str)> {
    typed.pairs().filter(|(name, value)| !OWN.contains(name) && !value.is_empty()).collect()
}

/// What the first step shows of an error, and with which status. Who may not decide at all has no form to mend.
///
/// # Errors
/// The error itself, where it is of no field.
pub fn mend(error: Error) -> Result<(StatusCode, Problems), Failure> {
    let field = match &error {
        Error::Refused(refusal) if refusal.0 != "refused-privacy-officer-only" => return Err(error.into()),
        Error::Refused(_) => "proof",
        _ => "kind",
    };
    form::kept_with(error, field)
}

/// A day as it was typed.
pub fn day(fields: &Fields, name: &'static str, problems: &mut Problems) -> Option<NaiveDate> {
    form::day(fields, name, problems)?.parse().ok()
}

/// What is about to be given, said whole.
#[derive(Template)]
#[template(path = "staff/right_facts.html")]
pub struct Facts {
    w: Words,
    name: String,
    account: Option<String>,
    kind: &'static str,
    /// What the law of the place says of those who act as this.
    law: Option<String>,
    proof: (Option<&'static str>, String),
    scope: String,
    times: Vec<(String, String)>,
}

impl HtmlSafe for Facts {}

impl Facts {
    /// Of what was typed, and of the account that gets it where that is known.
    pub fn new(page: &Page, (claimed, account): (Kind, Option<String>), typed: &Fields) -> Self {
        let w = page.w;
        let kind = Kind::from_slug(typed.get("kind")).unwrap_or(claimed);
        let proof = Proof::from_slug(typed.get("proof")).map(proof_name);
        let days =
            [("starts", "desk-claim-starts"), ("until", "desk-claim-until"), ("review", "desk-claim-review")];
        let day = |(field, id)| typed.some(field).map(|day| (w.t(id), w.date(&day)));
        let waits = is_awaited(typed) || kind.always_waits();
        let begins = waits.then(|| (w.t("desk-claim-springing-title"), w.t("desk-claim-springing")));
        Self {
            w,
            name: typed.get("name").to_owned(),
            account,
            kind: kind_name(kind),
            law: law::of_acting(page, kind),
            proof: (proof, typed.get("note").to_owned()),
            scope: authority::scope_words(w, (kind, &authority::scope(kind, typed))),
            times: begins.into_iter().chain(days.into_iter().filter_map(day)).collect(),
        }
    }

    fn proof(&self) -> String {
        self.proof.0.map(|id| self.w.t(id)).unwrap_or_default()
    }
}

/// The earlier rights that the clinic declined or limited, and that stand in the way.
#[derive(Template)]
#[template(path = "staff/earlier.html")]
pub struct Earlier {
    w: Words,
    lines: Vec<(AuthorityId, String)>,
    /// Why it is given all the same: for who may.
    pub despite: Option<Area>,
}

impl HtmlSafe for Earlier {}

impl Earlier {
    /// Those that were found, for somebody of this office.
    pub fn new(page: &Page, (found, office): (&[Held], Office), typed: &Fields) -> Self {
        let may = representation::offices(Act::Reissue).contains(&office);
        let area = || Area::new(page, ("despite", "desk-claim-despite", "desk-claim-despite-hint"), typed);
        let line = |held: &Held| (held.authority.id, authority::earlier_words(page.w, held));
        Self {
            w: page.w,
            lines: found.iter().map(line).collect(),
            despite: (may && !found.is_empty()).then(area),
        }
    }

    /// Whether the reader may give it as it is.
    pub fn may(&self) -> bool {
        self.lines.is_empty() || self.despite.is_some()
    }
}
