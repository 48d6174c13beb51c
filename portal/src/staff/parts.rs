//! Parts of the desk's pages: a field of several lines, and the links between pages of a list.

use actix_web::HttpResponse;
use api::base::{AccountId, Error, PatientNo, Problem, Problems};
use api::config::Act;
use api::notify::{Channel, Preferences};
use api::staff::{Found, Waiting};
use api::{identity, records, staff};
use askama::Template;
use askama::filters::HtmlSafe;

use crate::authority::Pick;
use crate::components::Pager;
use crate::error::{Failure, Reply};
use crate::form::Fields;
use crate::guard::Staff;
use crate::i18n::Words;
use crate::page::Page;
use crate::patient::privacy::heard_words;
use crate::patient::step_up;
use crate::send;

/// A field of several lines with its label, a hint, and how to mend it.
#[derive(Template)]
#[template(path = "staff/area.html")]
pub struct Area {
    /// Name and id.
    pub name: &'static str,
    /// The label.
    pub label: String,
    /// More about it.
    pub hint: String,
    /// How to mend it.
    pub problem: Option<String>,
    /// What was typed.
    pub value: String,
    /// The most letters.
    pub most: usize,
}

impl HtmlSafe for Area {}

impl Area {
    /// A field of a page, with the page's problem for it and what was typed.
    pub fn new(page: &Page, (name, label, hint): (&'static str, &str, &str), typed: &Fields) -> Self {
        Self {
            name,
            label: page.w.t(label),
            hint: page.w.t(hint),
            problem: page.problem(name),
            value: typed.get(name).to_owned(),
            most: 1_000,
        }
    }

    /// For longer texts.
    pub fn most(mut self, letters: usize) -> Self {
        self.most = letters;
        self
    }
}

/// Whom a form is about: one of those whom the reader found within the working day. Nobody types a number: whoever is not
/// found is not there to be chosen, and a slip of the finger leads to no stranger.
#[derive(Template)]
#[template(path = "staff/whom.html")]
pub struct Whom {
    w: Words,
    pick: Pick,
}

impl HtmlSafe for Whom {}

impl Whom {
    /// The label of its field.
    pub const FIELD: (&'static str, &'static str) = ("patient", "desk-whom");

    /// The choice among those found, with the page's problem for it and who was chosen.
    pub fn new(page: &Page, found: &[Found], typed: &Fields) -> Self {
        let w = page.w;
        let line = |one: &Found| {
            let words = format!("{}, {} ({})", one.name, born(w, one), one.source);
            (one.patient.to_string(), words)
        };
        let first = (String::new(), w.t("desk-whom-choose"));
        let pick = Pick::new(page, Self::FIELD, typed);
        Self { w, pick: pick.of(std::iter::once(first).chain(found.iter().map(line))) }
    }

    /// Whether there is somebody to choose.
    pub fn offers(&self) -> bool {
        self.pick.options.len() > 1
    }

    /// Who was chosen.
    pub fn chosen(found: &[Found], fields: &Fields, problems: &mut Problems) -> Option<Found> {
        let chosen = fields.get(Self::FIELD.0);
        let one = found.iter().find(|one| one.patient.to_string() == chosen);
        if one.is_none() {
            // Where nobody was found yet there is nobody to choose.
            let choose = chosen.is_empty() && !found.is_empty();
            let code = if choose { "problem-choose" } else { "problem-find-first" };
            problems.0.push(Problem { field: Self::FIELD.0, code });
        }
        one.cloned()
    }
}

/// When somebody found was born, in words.
pub fn born(w: Words, one: &Found) -> String {
    match &one.birth_date {
        Some(born) => w.t1("whose-born", "date", w.date(born)),
        None => w.t("desk-born-unknown"),
    }
}

/// The page of a list that an address asks for, from 1.
pub fn number(fields: &Fields) -> i64 {
    fields.get("page").parse().unwrap_or(1).clamp(1, 1_000)
}

/// How a person wants to be reached, for those who write and call for the clinic (45 CFR 164.522(b)); nothing where they
/// chose no way of their own.
#[derive(Template)]
#[template(path = "staff/reach.html")]
pub struct Reach {
    /// The reader's words.
    pub w: Words,
    /// What holds for each account of theirs, with its name.
    pub wishes: Vec<(String, Preferences)>,
}

impl HtmlSafe for Reach {}

impl Reach {
    /// By which way they want to be reached, each with its name.
    fn ways(&self, wish: &Preferences) -> Vec<(String, String)> {
        let w = self.w;
        let messages = match (wish.channel, &wish.email) {
            (Channel::None, _) => w.t("desk-reach-no-mail"),
            (Channel::Email, Some(email)) => email.clone(),
            (Channel::Email, None) => w.t("desk-reach-usual"),
        };
        let own = [("desk-reach-letters", &wish.postal), ("desk-reach-phone", &wish.phone)];
        let own = own.into_iter().map(|(label, way)| match way.as_str() {
            "" => (w.t(label), w.t("desk-reach-known")),
            way => (w.t(label), way.to_owned()),
        });
        [(w.t("desk-reach-messages"), messages)].into_iter().chain(own).collect()
    }

    fn heard(&self, wish: &Preferences) -> Option<String> {
        wish.recorded.as_ref().map(|recorded| heard_words(self.w, recorded))
    }
}

/// Links to the pages before and after.
pub fn pager(w: Words, path: &str, (page, more): (i64, bool)) -> Pager {
    let link = |page: i64| {
        let join = if path.contains('?') { '&' } else { '?' };
        format!("{path}{join}page={page}")
    };
    Pager {
        name: w.t("pager-name"),
        before: (page > 1).then(|| (link(page - 1), w.t("desk-page-before"))),
        after: more.then(|| (link(page + 1), w.t("desk-page-after"))),
    }
}

/// The field of an address that says that a form came too late: somebody was first, or it was a second click.
const LATE: &str = "late";

/// Back to what a form was about that came too late: the page says what was done before.
pub fn late(path: &str) -> HttpResponse {
    late_for(path, "yes")
}

/// The same for a page with several forms: which of them came too late.
pub fn late_for(path: &str, form: &str) -> HttpResponse {
    let join = if path.contains('?') { '&' } else { '?' };
    send::elsewhere(&format!("{path}{join}{LATE}={form}"))
}

/// [`late`] where the error is this conflict; what else went wrong stays what it is.
pub fn or_late(error: Error, (code, path): (&str, &str)) -> Reply {
    match error {
        Error::Conflict(found) if found == code => Ok(late(path)),
        other => Err(other.into()),
    }
}

/// Whether the address of a page says so.
pub fn too_late(page: &Page) -> bool {
    !what_late(page).is_empty()
}

/// Which form of the page came too late, as its address says it; empty: none.
pub fn what_late(page: &Page) -> String {
    let query = page.visit.here.split_once('?').map_or("", |(_, query)| query);
    Fields::parse(query.as_bytes()).get(LATE).to_owned()
}

/// Goes on where the sign-in is fresh enough to decide something. Else keeps what was typed into the form of the page at
/// `path`, and sends the browser to sign in again; the page takes what was typed from [`typed`].
///
/// # Errors
/// `Elsewhere`: the caller passes it on with `?` and has done nothing yet.
pub async fn just_signed_in(who: &Staff, (path, fields): (&str, &Fields)) -> Result<(), Failure> {
    step_up::before(&who.visit, who.actor(), Act::Decide, (path, fields)).await
}

/// What was typed into the form of this page before its sender signed in again; empty where nobody did.
pub async fn typed(who: &Staff, query: &Fields) -> Result<Fields, Failure> {
    let typed = step_up::typed(&who.visit, who.actor(), query).await?;
    Ok(typed.map(|typed| typed.fields).unwrap_or_default())
}

/// How well it was checked who it is that asks for something, for those who decide; none where no account asked.
pub async fn proved(who: &Staff, account: Option<AccountId>) -> Result<Option<u8>, Error> {
    match account {
        Some(account) => Ok(Some(identity::proved(&who.visit.app, account).await?)),
        None => Ok(None),
    }
}

/// Keeps staff out of what is about themselves or their family.
///
/// # Errors
/// `Refused` with `refused-own-record` or `refused-family-record`.
pub async fn not_near(who: &Staff, patient: PatientNo) -> Result<(), Error> {
    let near = records::household(&who.visit.app, who.actor(), patient).await?;
    staff::keep_out(&who.visit.app, who.actor(), &near).await
}

/// Keeps staff out of what an account asked or holds of a record, where one of the two is their own or their family's.
///
/// # Errors
/// `Refused` with `refused-own-record` or `refused-family-record`.
pub async fn apart(
    who: &Staff,
    (account, patient): (impl Into<Option<AccountId>>, PatientNo),
) -> Result<(), Error> {
    let app = &who.visit.app;
    let near = records::household(app, who.actor(), patient).await?;
    let whose = account.into().unwrap_or(AccountId(uuid::Uuid::nil()));
    staff::keep_apart(app, who.actor(), (whose, &near)).await
}

/// Those of these people of whose records staff are kept out: themselves and their family.
pub async fn near(who: &Staff, patients: &[PatientNo]) -> Result<Vec<PatientNo>, Error> {
    let app = &who.visit.app;
    let households = records::households_of(app, who.actor(), patients).await?;
    staff::near(app, who.actor(), &households).await
}

/// Whom the reader found within the working day, and may choose.
pub async fn found(who: &Staff) -> Result<Vec<Found>, Error> {
    let mut all = staff::found(&who.visit.app, who.actor()).await?;
    let near = near(who, &all.iter().map(|one| one.patient).collect::<Vec<_>>()).await?;
    all.retain(|one| !near.contains(&one.patient));
    Ok(all)
}

/// What waits for the reader, and stands in their lists.
pub async fn waiting(who: &Staff) -> Result<Waiting, Error> {
    let waiting = staff::waiting(&who.visit.app, who.actor(), &who.roles).await?;
    let near = near(who, &waiting.people()).await?;
    Ok(waiting.without(who.actor().account, &near))
}

/// Keeps staff out of claims that they, or their family, made.
///
/// # Errors
/// `Refused` with `refused-own-claim` or `refused-family-record`.
pub async fn not_of_family(who: &Staff, claimant: AccountId) -> Result<(), Error> {
    if who.actor().account == claimant {
        return Err(Error::refused("refused-own-claim"));
    }
    for near in records::households(&who.visit.app, who.actor(), claimant).await? {
        staff::keep_out(&who.visit.app, who.actor(), &near).await?;
    }
    Ok(())
}

/// Whether a row of a list is for the reader's eyes: what is refused on its own page stands in no list.
pub fn listed(checked: Result<(), Error>) -> Result<bool, Error> {
    match checked {
        Ok(()) => Ok(true),
        Err(Error::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
