//! The home page, the first page of the record, and what is not here.

use api::base::{Error, Problems};
use api::disclosures;
use api::fhir::sensitivity::Label;
use api::notify::Preferences;
use api::records::{
    self, Front, ItemLine, Mark, Missing, NoteApart, Overview, SourceState, Withholding, unshown,
};
use api::staff;
use api::visibility::{self, Program};
use askama::Template;

use super::lines::{self, Lines, Naming};
use super::log::sentence;
use super::{item, step_up};
use crate::authority::Pick;
use crate::error::{Failure, Reply};
use crate::form::{Fields, Form, Query, mendable};
use crate::guard::Patient;
use crate::page::Page;
use crate::send;
use crate::staff::parts::{Area, Reach};

/// The fields of the form about a note that is kept apart.
pub const FIELDS: &[(&str, &str)] = &[("item", "unmark-item"), ("reason", "mark-reason")];

/// The home page.
#[derive(Template)]
#[template(path = "home.html")]
pub struct Home {
    /// The frame.
    pub page: Page,
    /// What is new, visits, last accesses.
    pub overview: Overview,
}

impl Home {
    /// Whether the visitor may connect apps to this record.
    fn apps(&self) -> bool {
        self.page.acting().is_none_or(|acting| acting.apps)
    }

    /// What is in the record, or that it is a part of it.
    fn record(&self) -> &'static str {
        let part = self.page.acting().is_some_and(|acting| !acting.part.is_empty());
        if part { "home-task-record-part" } else { "home-task-record" }
    }

    fn new_lines(&self) -> Lines<'_> {
        Lines {
            w: self.page.w,
            base: &self.page.visit.base,
            lines: &self.overview.new_items,
            naming: Naming::Category,
        }
    }

    fn title(&self, line: &ItemLine) -> String {
        lines::title(self.page.w, line)
    }

    /// Whether a visit is still to come: it is on a later day than today in the clinic's zone.
    fn to_come(&self, line: &ItemLine) -> bool {
        let today = self.page.w.local(self.page.visit.app.clock.now());
        let day = line.when.as_deref().and_then(|when| when.get(..10));
        day.zip(today.get(..10)).is_some_and(|(day, today)| day > today)
    }

    /// Whether staff looked in an emergency (45 CFR 164.312(a)(2)(ii)).
    fn in_emergency(&self, line: &disclosures::Line) -> bool {
        matches!(line.entry.basis, visibility::Basis::Staff { purpose: staff::Purpose::Emergency, .. })
    }

    fn said(&self, line: &disclosures::Line) -> String {
        sentence(self.page.w, line, self.page.visit.session.as_ref().map(|s| s.actor.account))
    }
}

/// What is new, the main tasks, visits, and who looked last.
pub async fn home(who: Patient) -> Reply {
    let overview = records::overview(&who.visit.app, who.actor(), (who.patient, Front::Home)).await?;
    Page::new(&who.visit, "home-title").of(&overview.person).ok(|page| Home { page, overview })
}

/// The first page of the record.
#[derive(Template)]
#[template(path = "record.html")]
pub struct Record {
    /// The frame.
    pub page: Page,
    /// Counts by category.
    pub overview: Overview,
    /// How the person wants to be reached, for staff who look.
    pub reach: Reach,
}

/// The categories with their counts, and the search.
pub async fn record(who: Patient) -> Reply {
    let overview = records::overview(&who.visit.app, who.actor(), (who.patient, Front::Record)).await?;
    let reach = Reach { w: who.visit.w, wishes: wishes(&who).await? };
    let page = Page::new(&who.visit, "record-title").of(&overview.person).under("/home", "nav-home");
    page.ok(|page| Record { page, overview, reach })
}

/// How the person wants to be reached, where staff look: as on the card from which they opened it.
async fn wishes(who: &Patient) -> Result<Vec<(String, Preferences)>, Failure> {
    if who.visit.acting.get().is_none_or(|acting| acting.look.is_none()) {
        return Ok(Vec::new());
    }
    match staff::card(&who.visit.app, who.actor(), who.patient).await {
        Ok(card) => Ok(card.wishes),
        // Found too long ago for the card; the look goes on.
        Err(Error::NotFound) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// What is not here.
#[derive(Template)]
#[template(path = "not_here.html")]
pub struct NotHere {
    /// The frame.
    pub page: Page,
    /// What each source was asked for and what came.
    pub missing: Missing,
    /// Whether the reader may ask the clinic about what is not shown.
    pub asks: bool,
    /// Whether the reader acts for the person and needs a consent that names them for what 42 CFR Part 2 protects. It says
    /// nothing of whether there is any.
    pub needs_consent: bool,
    /// With which staff say that a note is no psychotherapy note, and why.
    pub mark: Option<(Pick, Area)>,
    /// The name of what was typed before signing in again.
    pub kept: Option<String>,
}

impl NotHere {
    /// The sentence with the lawful ground.
    fn why(&self, label: &Label) -> &'static str {
        if *label == Label::Litigation { "withheld-litigation" } else { "withheld-psychotherapy" }
    }

    /// What staff wrote to the person of what is kept back by a label.
    fn reasons(&self, label: &Label) -> Vec<String> {
        let of_it = self.missing.reasons.iter().filter(|one| one.label == *label);
        of_it.map(|one| self.reason(one)).collect()
    }

    /// How many, since when, and what staff wrote to the person.
    fn reason(&self, one: &Withholding) -> String {
        let w = self.page.w;
        let values = [
            ("items", w.n("record-items", one.items).into()),
            ("date", w.day(&one.at).into()),
            ("reason", one.reason.as_str().into()),
        ];
        w.with("kept-back-reason", &values)
    }

    /// The sentence about a source's last gather.
    fn state(&self, source: &SourceState) -> String {
        let w = &self.page.w;
        match source.state.as_deref() {
            None => w.t("source-imported"),
            Some("done") => w.t("source-done"),
            Some("running") => w.t("source-running"),
            Some("partial") => w.t("source-partial"),
            Some(_) => w.t("source-failed"),
        }
    }
}

/// What each source was asked for, what came and what failed; with what staff typed before they signed in again.
pub async fn not_here(who: Patient, Query(query): Query) -> Reply {
    let typed = step_up::typed(&who.visit, who.actor(), &query).await?;
    let typed = typed.map(|typed| typed.fields).unwrap_or_default();
    let missing = records::missing(&who.visit.app, who.actor(), who.patient).await?;
    not_here_page(&who, missing, (&typed, Problems::default())).await
}

async fn not_here_page(who: &Patient, missing: Missing, (typed, problems): (&Fields, Problems)) -> Reply {
    let asks = unshown::may_ask(&who.visit.app, who.actor(), who.patient).await?;
    // Staff in a look read it on each page, and the person needs none.
    let acts = who.visit.acting.get().is_some_and(|one| one.look.is_none() && one.through.is_none());
    let needs_consent =
        acts && visibility::program(&who.visit.app, who.actor(), who.patient).await? == Program::Withheld;
    let page = Page::new(&who.visit, "not-here-title").of(&missing.person);
    let page = page.under("/home", "nav-home").under("/record", "nav-record");
    page.with_problems(problems).naming(FIELDS).ok(|page| {
        let mark = (!missing.apart.is_empty()).then(|| mark_form(&page, &missing.apart, typed));
        NotHere { page, missing, asks, needs_consent, mark, kept: typed.some(step_up::KEPT) }
    })
}

/// The fields with which staff say that a note is no psychotherapy note.
pub fn mark_form(page: &Page, notes: &[NoteApart], typed: &Fields) -> (Pick, Area) {
    let w = page.w;
    let option = |note: &NoteApart| {
        let day = note.when.as_deref().map_or_else(|| w.t("line-no-date"), |when| w.date(when));
        (note.address.to_string(), format!("{}, {day}", w.t(&note.kind)))
    };
    let none = std::iter::once((String::new(), w.t("unmark-none")));
    let note = Pick::new(page, ("item", "unmark-item"), typed).of(none.chain(notes.iter().map(option)));
    (note, Area::new(page, ("reason", "mark-reason", "mark-reason-hint"), typed))
}

/// Staff who may say so take the mark of a psychotherapy note away, without reading the note.
pub async fn unmark(who: Patient, Form(fields): Form) -> Reply {
    let mark = Mark { change: Some((Label::PsychotherapyNotes, false)), reason: fields.get("reason") };
    let path = who.visit.href("/record/not-here");
    let marked = match fields.get("item").parse() {
        Ok(address) => item::change_mark(&who, (address, mark), (&path, &fields)).await?,
        Err(_) => Err(Error::invalid("item", "problem-choose")),
    };
    match marked {
        Ok(()) => {
            step_up::done(&who.visit, who.actor(), &fields).await?;
            Ok(send::elsewhere(&path))
        }
        Err(error) => {
            let problems = mendable(error)?;
            let missing = records::missing(&who.visit.app, who.actor(), who.patient).await?;
            // For everybody else there is no such address.
            if missing.apart.is_empty() {
                return Err(Error::NotFound.into());
            }
            not_here_page(&who, missing, (&fields, problems)).await
        }
    }
}
