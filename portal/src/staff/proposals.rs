//! What staff propose about groups of patients, and what a second person decides. Who would be in a group is seen by who
//! typed the list, and by the second person where they may look for people; others see how many they are.

use actix_web::web::Path;
use api::base::{Error, Problem, Problems, ProposalId, Refusal};
use api::bulk::{self, Change, Decision, Group, Proposal, ProposalSeen, Proposed, Recipient, Unknown};
use api::consents::Purpose;
use api::fhir::sensitivity::Label;
use api::smart::ClientId;
use api::staff::Action;
use askama::Template;

use super::groups::purpose as purpose_name;
use super::parts::{self, Area};
use crate::components::{Choice, Pager, Text};
use crate::error::{Failure, Reply};
use crate::form::{Fields, Form, Query, kept_with, mendable};
use crate::guard::Staff;
use crate::page::Page;
use crate::send;

/// The fields of the forms with their labels, in the order of the page.
const FIELDS: [(&str, &str); 7] = [
    ("id", "desk-group-id"),
    ("name", "desk-group-name"),
    ("recipient", "desk-group-recipient"),
    ("plan", "desk-group-who"),
    ("purpose", "desk-group-purpose"),
    ("shown", "desk-group-shown"),
    ("members", "desk-group-members"),
];
/// What records of a group can be sent for.
const PURPOSES: [Purpose; 3] = [Purpose::Treatment, Purpose::Payment, Purpose::Operations];
/// What never goes out with a group.
const NEVER: [Label; 2] = [Label::PsychotherapyNotes, Label::Litigation];
/// The most letters of a list of people.
const LETTERS: usize = 50_000;

/// The list.
#[derive(Template)]
#[template(path = "staff/proposals.html")]
pub struct List {
    /// The frame.
    pub page: Page,
    /// Newest first.
    pub proposals: Vec<Proposal>,
    /// Links to the pages before and after.
    pub pager: Pager,
}

impl List {
    fn what(&self, proposal: &Proposal) -> String {
        what(&self.page, proposal)
    }

    fn state(&self, proposal: &Proposal) -> String {
        state(&self.page, proposal)
    }

    fn by(&self, proposal: &Proposal) -> String {
        by(&self.page, proposal)
    }
}

fn what(page: &Page, proposal: &Proposal) -> String {
    page.w.t(match proposal.change {
        Change::New(_) => "desk-proposal-group",
        Change::Members(_) => "desk-proposal-members",
        Change::System(..) => "desk-proposal-system",
    })
}

fn by(page: &Page, proposal: &Proposal) -> String {
    let values = (("name", proposal.by.as_str()), ("date", page.w.moment(&proposal.at)));
    page.w.t2("desk-proposal-by", values.0, values.1)
}

fn state(page: &Page, proposal: &Proposal) -> String {
    let w = page.w;
    let Some((decision, name, at)) = &proposal.decided else { return w.t("desk-proposal-waits") };
    let id = match decision {
        Decision::Agreed => "desk-proposal-agreed",
        Decision::Declined => "desk-proposal-declined",
        Decision::TakenBack => "desk-proposal-taken-back",
        Decision::Lapsed => return w.t("desk-proposal-lapsed"),
    };
    w.t2(id, ("name", name.as_str()), ("date", w.moment(at)))
}

/// Shows it.
pub async fn list(who: Staff, Query(query): Query) -> Reply {
    let number = parts::number(&query);
    let found = bulk::proposals(&who.visit.app, who.actor(), number).await?;
    frame(&who, "desk-proposals-title").ok(|page| list_page(page, number, found))
}

fn frame(who: &Staff, title: &str) -> Page {
    let page = Page::new(&who.visit, title).desk(&who.roles);
    page.under("/staff/groups", "desk-groups-title").naming(&FIELDS)
}

/// The page from what is known.
pub fn list_page(page: Page, number: i64, (proposals, more): (Vec<Proposal>, bool)) -> List {
    let pager = parts::pager(page.w, "/staff/group-proposals", (number, more));
    List { page, proposals, pager }
}

/// The form for a new group.
#[derive(Template)]
#[template(path = "staff/proposal_new.html")]
pub struct NewGroup {
    /// The frame.
    pub page: Page,
    /// Id, name and recipient.
    pub texts: [Text; 3],
    /// What for.
    pub purposes: Vec<Choice>,
    /// Whether the recipient is a health plan.
    pub plans: Vec<Choice>,
    /// Protected information that goes out.
    pub shown: Vec<Choice>,
    /// Who is in it.
    pub members: Area,
    /// Of how many lines nobody is known, or of which.
    pub unknown: Option<String>,
}

/// Shows it.
pub async fn form(who: Staff, Query(query): Query) -> Reply {
    let typed = parts::typed(&who, &query).await?;
    frame(&who, "desk-proposal-new").ok(|page| new_page(page, &typed, &Unknown::default()))
}

/// The form with what was typed, and the lines that mean nobody.
pub fn new_page(page: Page, typed: &Fields, unknown: &Unknown) -> NewGroup {
    let w = page.w;
    let text =
        |name, label: &str, hint: &str| Text::new(&page, name, label).hint(w.t(hint)).value(typed.get(name));
    let texts = [
        text("id", "desk-group-id", "desk-group-id-hint"),
        text("name", "desk-group-name", "desk-group-name-hint"),
        text("recipient", "desk-group-recipient", "desk-group-recipient-hint"),
    ];
    let radio = |name, value: &str, label: String| Choice {
        kind: "radio",
        name,
        value: value.into(),
        label,
        hint: None,
        ticked: typed.get(name) == value,
    };
    let purposes =
        PURPOSES.map(|purpose| radio("purpose", purpose.slug(), w.t(purpose_name(purpose)))).into();
    let plans = [("no", "desk-group-who-other"), ("yes", "desk-group-who-plan")]
        .map(|(value, label)| radio("plan", value, w.t(label)));
    let ticked = typed.all("shown");
    let shown = Label::ALL.into_iter().filter(|label| !NEVER.contains(label)).map(|label| Choice {
        kind: "checkbox",
        name: "shown",
        value: label.slug().into(),
        label: w.t(label.name()),
        hint: None,
        ticked: ticked.iter().any(|slug| slug == label.slug()),
    });
    let shown = shown.collect();
    let members = members(&page, typed);
    let unknown = lines(&page, unknown);
    NewGroup { page, texts, purposes, plans: plans.into(), shown, members, unknown }
}

fn members(page: &Page, typed: &Fields) -> Area {
    Area::new(page, ("members", "desk-group-members", "desk-group-members-hint"), typed).most(LETTERS)
}

/// Of which lines nobody is known, in words; only of how many to those who may not search for people.
fn lines(page: &Page, unknown: &Unknown) -> Option<String> {
    let numbers: Vec<String> = unknown.lines.iter().map(ToString::to_string).collect();
    match unknown.count {
        0 => None,
        count if numbers.is_empty() => Some(page.w.n("desk-group-unknown", count)),
        _ => Some(page.w.t1("desk-group-lines", "lines", numbers.join(", "))),
    }
}

/// The names of a list, one on each line.
fn named(typed: &Fields) -> Vec<String> {
    let lines = typed.raw("members").lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// A list in which every line counts: those that mean nobody are told by their numbers.
fn compact(typed: &Fields) -> Fields {
    let mut typed = typed.clone();
    typed.replace("members", &named(&typed).join("\n"));
    typed
}

/// Proposes it.
pub async fn propose(who: Staff, Form(typed): Form) -> Reply {
    parts::just_signed_in(&who, ("/staff/group-proposals/new", &typed)).await?;
    let typed = compact(&typed);
    let wrong = |problems, unknown: &Unknown| {
        frame(&who, "desk-proposal-new").with_problems(problems).ok(|page| new_page(page, &typed, unknown))
    };
    let (group, named) = (read(&typed), named(&typed));
    let problems = unread(&typed, bulk::faults((&group, &named)));
    if !problems.0.is_empty() {
        return wrong(problems, &Unknown::default());
    }
    match bulk::propose(&who.visit.app, who.actor(), (&group, &named)).await {
        Ok(Proposed::Waits(id)) => Ok(send::elsewhere(&format!("/staff/group-proposals/{id}"))),
        Ok(Proposed::Unknown(lines)) => wrong(unknown_members(), &lines),
        Err(error) => wrong(typed_again(error)?, &Unknown::default()),
    }
}

/// Problems that the form can show: among them that too many lists were sent, so that what was typed is not lost.
fn typed_again(error: Error) -> Result<Problems, Failure> {
    match error {
        Error::Refused(Refusal(code @ "refused-too-many-lists", _)) => {
            Ok(Problems(vec![Problem { field: "members", code }]))
        }
        other => mendable(other),
    }
}

fn unknown_members() -> Problems {
    Problems(vec![Problem { field: "members", code: "problem-group-members" }])
}

/// The group as it was typed. What was not chosen stands for something until [`unread`] has looked.
fn read(typed: &Fields) -> Group {
    let recipient = typed.get("recipient").to_owned();
    Group {
        id: typed.get("id").to_owned(),
        name: typed.get("name").to_owned(),
        purpose: purpose(typed).unwrap_or(Purpose::Treatment),
        recipient: match typed.get("plan") {
            "yes" => Recipient::HealthPlan(recipient),
            _ => Recipient::Other(recipient),
        },
        shown: typed.all("shown").iter().filter_map(|slug| Label::from_slug(slug)).collect(),
    }
}

fn purpose(typed: &Fields) -> Option<Purpose> {
    PURPOSES.into_iter().find(|purpose| purpose.slug() == typed.get("purpose"))
}

/// What is wrong, with what was not chosen from a list, in the order of the page: nobody sends a form twice to learn of
/// all of it.
fn unread(typed: &Fields, mut problems: Problems) -> Problems {
    let chosen = [("purpose", purpose(typed).is_some()), ("plan", matches!(typed.get("plan"), "yes" | "no"))];
    let missing = chosen.into_iter().filter(|(_, is)| !is);
    problems.0.extend(missing.map(|(field, _)| Problem { field, code: "problem-choose" }));
    problems.0.sort_by_key(|problem| FIELDS.iter().position(|(field, _)| *field == problem.field));
    problems
}

/// The form for others in a group.
#[derive(Template)]
#[template(path = "staff/group_members.html")]
pub struct Members {
    /// The frame.
    pub page: Page,
    /// The group.
    pub group: Group,
    /// How many are in it.
    pub many: i64,
    /// Who is to be in it.
    pub members: Area,
    /// Of how many lines nobody is known, or of which.
    pub unknown: Option<String>,
}

/// Shows it.
pub async fn members_form(who: Staff, id: Path<String>, Query(query): Query) -> Reply {
    let typed = parts::typed(&who, &query).await?;
    with_members(&who, &id, (&typed, Problems::default(), &Unknown::default())).await
}

async fn with_members(
    who: &Staff,
    id: &str,
    (typed, problems, unknown): (&Fields, Problems, &Unknown),
) -> Reply {
    let kept = bulk::group_for_desk(&who.visit.app, who.actor(), (id, 1)).await?.kept;
    if kept.ended.is_some() {
        return Err(Error::NotFound.into());
    }
    let path = format!("/staff/groups/{id}");
    let page = frame(who, "desk-group-members-title").under(&path, "desk-group-title");
    page.with_problems(problems).ok(|page| members_page(page, (kept.group, kept.members), (typed, unknown)))
}

/// The form with what was typed, and the lines that mean nobody.
pub fn members_page(
    page: Page,
    (group, many): (Group, i64),
    (typed, unknown): (&Fields, &Unknown),
) -> Members {
    let (members, unknown) = (members(&page, typed), lines(&page, unknown));
    Members { page, group, many, members, unknown }
}

/// Proposes it.
pub async fn propose_members(who: Staff, id: Path<String>, Form(typed): Form) -> Reply {
    parts::just_signed_in(&who, (&format!("/staff/groups/{id}/members"), &typed)).await?;
    let typed = compact(&typed);
    match bulk::propose_members(&who.visit.app, who.actor(), (&id, &named(&typed))).await {
        Ok(Proposed::Waits(id)) => Ok(send::elsewhere(&format!("/staff/group-proposals/{id}"))),
        Ok(Proposed::Unknown(lines)) => with_members(&who, &id, (&typed, unknown_members(), &lines)).await,
        Err(error) => with_members(&who, &id, (&typed, typed_again(error)?, &Unknown::default())).await,
    }
}

/// Proposes that a system may take it out as well.
pub async fn propose_system(who: Staff, id: Path<String>, Form(typed): Form) -> Reply {
    let path = format!("/staff/groups/{id}");
    bulk::group_for_desk(&who.visit.app, who.actor(), (&id, 1)).await?;
    parts::just_signed_in(&who, (&path, &typed)).await?;
    let system = ClientId(typed.get("system").to_owned());
    let done = match system.0.as_str() {
        "" => Err(Error::invalid("system", "problem-choose")),
        _ => bulk::propose_system(&who.visit.app, who.actor(), (&id, &system)).await,
    };
    match done {
        Ok(id) => Ok(send::elsewhere(&format!("/staff/group-proposals/{id}"))),
        Err(error) => super::groups::again(&who, &id, (1, &typed, kept_with(error, "system")?)).await,
    }
}

/// One proposal.
#[derive(Template)]
#[template(path = "staff/proposal.html")]
pub struct OneProposal {
    /// The frame.
    pub page: Page,
    /// The proposal.
    pub proposal: Proposal,
    /// How many are in the group now.
    pub many: i64,
    /// How many would come in and go out.
    pub moves: Option<(i64, i64)>,
    /// Who would be in it, where the reader may see that.
    pub people: Vec<(String, Option<String>)>,
    /// What the reader can do.
    pub reader: Reader,
}

/// What the reader of a proposal can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Agree to it or decline it.
    Decides,
    /// Only decline it: it waits for a privacy officer.
    Declines,
    /// Take it back: it is theirs.
    TakesBack,
    /// Look.
    Looks,
}

impl OneProposal {
    fn what(&self) -> String {
        what(&self.page, &self.proposal)
    }

    fn state(&self) -> String {
        state(&self.page, &self.proposal)
    }

    fn by(&self) -> String {
        by(&self.page, &self.proposal)
    }

    fn is_new(&self) -> bool {
        matches!(self.proposal.change, Change::New(_))
    }

    /// The system that is to have the group, if that is what changes.
    fn system(&self) -> Option<(&ClientId, &str)> {
        match &self.proposal.change {
            Change::System(_, id, name) => Some((id, name)),
            Change::New(_) | Change::Members(_) => None,
        }
    }

    fn purpose(&self) -> String {
        self.page.w.t(purpose_name(self.proposal.change.group().purpose))
    }

    fn is_plan(&self) -> bool {
        matches!(self.proposal.change.group().recipient, Recipient::HealthPlan(_))
    }

    fn shown(&self) -> String {
        super::groups::shown(self.page.w, self.proposal.change.group())
    }
}

/// Shows it.
pub async fn show(who: Staff, id: Path<String>) -> Reply {
    let ProposalSeen { proposal, members: many, moves, people, refusal } = found(&who, &id).await?;
    let reader = match refusal {
        _ if proposal.decided.is_some() || !who.right(Action::HandleGroup).any() => Reader::Looks,
        None => Reader::Decides,
        Some("refused-own-request") => Reader::TakesBack,
        Some(_) => Reader::Declines,
    };
    let page = frame(&who, "desk-proposal-title").under("/staff/group-proposals", "desk-proposals-title");
    page.ok(|page| OneProposal { page, proposal, many, moves, people, reader })
}

async fn found(who: &Staff, id: &str) -> Result<ProposalSeen, Failure> {
    let id: ProposalId = id.parse().map_err(|_| Error::NotFound)?;
    Ok(bulk::proposal(&who.visit.app, who.actor(), id).await?)
}

/// Agrees to it.
pub async fn agree(who: Staff, id: Path<String>, Form(typed): Form) -> Reply {
    let proposal = found(&who, &id).await?.proposal;
    parts::just_signed_in(&who, (&format!("/staff/group-proposals/{}", proposal.id), &typed)).await?;
    match bulk::agree(&who.visit.app, who.actor(), proposal.id).await {
        Ok(()) => Ok(send::elsewhere(&format!("/staff/groups/{}", proposal.change.group().id))),
        Err(error) => late(&proposal, error),
    }
}

/// Declines it, or takes it back.
pub async fn decline(who: Staff, id: Path<String>, Form(typed): Form) -> Reply {
    let proposal = found(&who, &id).await?.proposal;
    parts::just_signed_in(&who, (&format!("/staff/group-proposals/{}", proposal.id), &typed)).await?;
    match bulk::decline(&who.visit.app, who.actor(), proposal.id).await {
        Ok(()) => Ok(send::elsewhere(&format!("/staff/group-proposals/{}", proposal.id))),
        Err(error) => late(&proposal, error),
    }
}

/// Where somebody decided before, or it is a second click, the proposal says what was decided.
fn late(proposal: &Proposal, error: Error) -> Reply {
    parts::or_late(error, ("conflict-grant-decided", &format!("/staff/group-proposals/{}", proposal.id)))
}

/// The page that says what ending a group means.
#[derive(Template)]
#[template(path = "staff/group_end.html")]
pub struct GroupEnd {
    /// The frame.
    pub page: Page,
    /// The group.
    pub group: Group,
}

/// Asks before a group is ended, which cannot be undone.
pub async fn end_form(who: Staff, id: Path<String>) -> Reply {
    let kept = bulk::group_for_desk(&who.visit.app, who.actor(), (&id, 1)).await?.kept;
    let path = format!("/staff/groups/{id}");
    if kept.ended.is_some() {
        return Ok(send::elsewhere(&path));
    }
    let page = frame(&who, "desk-group-end").under(&path, "desk-group-title");
    page.ok(|page| GroupEnd { page, group: kept.group })
}

/// Ends a group: nothing of it goes out any more.
pub async fn end(who: Staff, id: Path<String>, Form(typed): Form) -> Reply {
    let kept = bulk::group_for_desk(&who.visit.app, who.actor(), (&id, 1)).await?.kept;
    parts::just_signed_in(&who, (&format!("/staff/groups/{id}/end"), &typed)).await?;
    let path = format!("/staff/groups/{id}");
    if kept.ended.is_some() {
        return Ok(parts::late(&path));
    }
    match bulk::end_group(&who.visit.app, bulk::By::Staff(who.actor()), &kept.group.id).await {
        Ok(()) => Ok(send::elsewhere(&path)),
        // Another ended it at the same moment.
        Err(Error::NotFound) => Ok(parts::late(&path)),
        Err(error) => Err(error.into()),
    }
}
