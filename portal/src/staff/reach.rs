//! How a person asked to be reached by telephone, by letter or in person: written down at the desk, changed, taken back,
//! and what became of it (45 CFR 164.522(b)). No field asks why.

use actix_web::web::Path;
use api::base::{Came, Error, Intake, PatientNo, Problem, Problems, WishId};
use api::disclosures::looks::{self, Desk};
use api::notify::{self, Channel, Noted, Preferences, Wanted};
use api::staff::{self, Role};
use askama::Template;

use super::consents::{frame, intake};
use super::limits;
use super::parts::{self, Area, Reach};
use crate::authority::Pick;
use crate::components::{Choice, Text};
use crate::error::Reply;
use crate::form::{Fields, Form, Query, mendable};
use crate::guard::Staff;
use crate::page::Page;
use crate::patient::history::{self, Became, told_words};
use crate::patient::privacy::came_name;
use crate::send;

/// The page.
#[derive(Template)]
#[template(path = "staff/reach_page.html")]
pub struct ReachPage {
    /// The frame.
    pub page: Page,
    /// Whose.
    pub patient: PatientNo,
    /// What holds now.
    pub now: Reach,
    /// What became of it.
    pub became: Became,
    /// What was written down before the form came that the reader sent.
    pub before: Option<String>,
    /// The form, for those who take requests in.
    pub form: Option<WishForm>,
}

/// The form.
pub struct WishForm {
    /// Its own id.
    pub once: WishId,
    /// From which state of things it is made.
    pub seen: i64,
    /// The day on which it came.
    pub received: Text,
    /// How it came.
    pub came: Pick,
    /// How it was known who asked.
    pub known: Area,
    /// E-mail, none, or as if nothing had been asked.
    pub channel: Vec<Choice>,
    /// E-mail address, postal address, telephone.
    pub fields: [Text; 3],
}

/// What a form meets that takes back what is not there any more.
const ENDED: &str = "conflict-reach-ended";
/// What a form meets that was made before something else was said.
const CHANGED: &str = "problem-reach-changed";
/// What takes back what was written down.
const END: &str = "end";

/// Shows it.
pub async fn show(who: Staff, patient: Path<PatientNo>, Query(query): Query) -> Reply {
    let typed = parts::typed(&who, &query).await?;
    again(&who, (*patient, &query), (&typed, Problems::default())).await
}

/// Writes it down.
pub async fn record(who: Staff, patient: Path<PatientNo>, Form(fields): Form) -> Reply {
    let (app, patient) = (&who.visit.app, *patient);
    intake(&who, patient).await?;
    let path = format!("/staff/people/{patient}/reach");
    parts::just_signed_in(&who, (&path, &fields)).await?;
    let (wanted, intake, mut problems) = read(&fields);
    problems.0.extend(notify::look_over(app, patient, (wanted.as_ref(), &intake)).await?.0);
    if !problems.0.is_empty() {
        return again(&who, (patient, &Fields::default()), (&fields, problems)).await;
    }
    let once = fields.get("once").parse().unwrap_or_else(|_| notify::once(app));
    let seen = fields.get("seen").parse().unwrap_or_default();
    let by = (who.actor().account, who.actor().name.as_str());
    match notify::record(app, (patient, once, seen), (wanted, intake), by).await {
        Ok(()) => Ok(send::elsewhere(&path)),
        Err(Error::Conflict(ENDED)) => Ok(parts::late(&path)),
        Err(error) => again(&who, (patient, &Fields::default()), (&fields, mendable(error)?)).await,
    }
}

/// What the form says, and what is missing of it; a wish that is none is to take back what was written down.
fn read(fields: &Fields) -> (Option<Wanted>, Intake, Problems) {
    let (came, channel) = (Came::from_slug(fields.get("way")), fields.get("channel"));
    let chosen = Channel::from_slug(channel);
    let missing = [("way", came.is_none()), ("channel", chosen.is_none() && channel != END)];
    let missing = missing.into_iter().filter(|(_, missing)| *missing);
    let problems = missing.map(|(field, _)| Problem { field, code: "problem-choose" }).collect();
    let intake = Intake {
        day: fields.get("received").to_owned(),
        came: came.unwrap_or(Came::Telephone),
        known: fields.get("known").trim().to_owned(),
    };
    let wanted = (channel != END).then(|| Wanted {
        channel: chosen.unwrap_or_default(),
        email: fields.get("email").to_owned(),
        postal: fields.get("postal").to_owned(),
        phone: fields.get("phone").to_owned(),
    });
    (wanted, intake, Problems(problems))
}

async fn again(
    who: &Staff,
    (patient, query): (PatientNo, &Fields),
    (fields, problems): (&Fields, Problems),
) -> Reply {
    let app = &who.visit.app;
    // Before what is shown: what is said from here on was not read.
    let version = notify::version(app, patient).await?;
    let card = staff::card(app, who.actor(), patient).await?;
    parts::not_near(who, patient).await?;
    looks::at_desk(app, (who.actor(), &who.roles), (patient, Desk::Reach)).await?;
    if !card.wishes.is_empty() || !notify::history(app, patient, None).await?.is_empty() {
        let by = (who.actor().account, who.actor().name.as_str());
        notify::looked_at(app, patient, by).await?;
    }
    let history = notify::history(app, patient, history::before(query)).await?;
    // Who mends another field, or signed in again, was not told yet that something else was said.
    let told = problems.0.iter().any(|problem| problem.code == CHANGED);
    let seen = fields.get("seen").parse().ok().filter(|_| !told).unwrap_or(version);
    let once = fields.get("once").parse().unwrap_or_else(|_| notify::once(app));
    let form = who.roles.contains(&Role::RecordsClerk).then_some((once, seen));
    let page = frame(who, "desk-reach-page-title", &card).with_problems(problems).naming(limits::FIELDS);
    let page = page.under(&format!("/staff/people/{patient}"), "desk-person-title");
    page.ok(|page| reach_page(page, (patient, &card.wishes, &history), (form, query, fields)))
}

/// The page from what is known and typed.
pub fn reach_page(
    page: Page,
    (patient, wishes, history): (PatientNo, &[(String, Preferences)], &notify::History),
    (form, query, typed): (Option<(WishId, i64)>, &Fields, &Fields),
) -> ReachPage {
    let w = page.w;
    let path = format!("/staff/people/{patient}/reach");
    let became = Became::of_reach(w, (&path, history::before(query)), history);
    let before = parts::too_late(&page).then(|| match &history.last {
        Some(told) => w.t1("office-done-before", "event", told_words(w, told)),
        None => w.t(ENDED),
    });
    // What was typed here last, where nobody is reached so: it came too late, or was said before something else.
    let unheeded =
        history.told.last().filter(|told| matches!(told.what, Noted::Recorded(_))).is_some_and(|told| {
            let holds =
                |wish: &Preferences| wish.recorded.as_ref().is_some_and(|recorded| recorded.at == told.at);
            !wishes.iter().any(|(_, wish)| holds(wish))
        });
    let before = before.or_else(|| unheeded.then(|| w.t("desk-reach-not-last")));
    let ends = history.last.as_ref().is_some_and(|told| matches!(told.what, Noted::Recorded(_)));
    let now = Reach { w, wishes: wishes.to_vec() };
    let form = form.map(|form| wish_form(&page, form, (wishes.first().map(|(_, wish)| wish), ends, typed)));
    ReachPage { patient, now, became, before, form, page }
}

fn wish_form(
    page: &Page,
    (once, seen): (WishId, i64),
    (wish, ends, typed): (Option<&Preferences>, bool, &Fields),
) -> WishForm {
    let w = page.w;
    // As it is now, so that what the person does not speak of stays.
    let is_typed = typed.pairs().next().is_some();
    let kept = |name: &str| match (name, wish) {
        (_, None) => String::new(),
        ("channel", Some(wish)) => wish.channel.slug().to_owned(),
        ("email", Some(wish)) => wish.email.clone().unwrap_or_default(),
        ("postal", Some(wish)) => wish.postal.clone(),
        (_, Some(wish)) => wish.phone.clone(),
    };
    let value = |name: &str| if is_typed { typed.get(name).to_owned() } else { kept(name) };
    let choices = [
        (Channel::Email.slug(), "privacy-channel-email", None),
        (Channel::None.slug(), "desk-reach-no-mail", None),
        (END, "desk-reach-end", Some("desk-reach-end-hint")),
    ];
    let channel =
        choices.into_iter().filter(|(value, ..)| *value != END || ends).map(|(slug, label, hint)| Choice {
            kind: "radio",
            name: "channel",
            value: slug.into(),
            label: w.t(label),
            hint: hint.map(|hint| w.t(hint)),
            ticked: value("channel") == slug,
        });
    let field =
        |name, label: &str, hint: &str| Text::new(page, name, label).hint(w.t(hint)).value(&value(name));
    let first = (String::new(), w.t("office-way-choose"));
    let ways = Came::ALL.into_iter().map(|came| (came.slug().to_owned(), w.t(came_name(came))));
    WishForm {
        once,
        seen,
        received: Text::new(page, "received", "office-received").kind("date").value(typed.get("received")),
        came: Pick::new(page, ("way", "office-way"), typed).of(std::iter::once(first).chain(ways)),
        known: Area::new(page, ("known", "office-known", "office-known-hint"), typed),
        channel: channel.collect(),
        fields: [
            field("email", "privacy-email", "desk-reach-email-hint"),
            field("postal", "privacy-postal", "privacy-postal-hint"),
            field("phone", "privacy-phone", "privacy-phone-hint"),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_at_once_and_the_end_is_a_choice() {
        for (typed, wanted, missing) in [
            ("", Some(Channel::Email), vec!["way", "channel"]),
            ("way=telephone&channel=none", Some(Channel::None), vec![]),
            ("way=letter&channel=email&email=a%40b.example", Some(Channel::Email), vec![]),
            ("way=in-person&channel=end&email=a", None, vec![]),
            ("way=pigeon&channel=end", None, vec!["way"]),
            ("way=letter&channel=EMAIL", Some(Channel::Email), vec!["channel"]),
        ] {
            let (found, _, problems) = read(&Fields::parse(typed.as_bytes()));
            assert_eq!(found.map(|found| found.channel), wanted, "{typed}");
            let fields: Vec<_> = problems.0.iter().map(|problem| problem.field).collect();
            assert_eq!(fields, missing, "{typed}");
        }
    }
}
