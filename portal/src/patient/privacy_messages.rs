//! How somebody wants to be reached. Nobody asks why.

use api::base::{Problem, Problems};
use api::config::Act;
use api::notify::{self, Channel, Noted, Preferences, Wanted};
use askama::Template;

use crate::components::{Choice, Text};
use crate::error::Reply;
use crate::form::{Fields, Form, Query, mendable};
use crate::guard::Own;
use crate::i18n::Words;
use crate::page::Page;
use crate::patient::history::{self, Became};
use crate::patient::privacy::{heard_words, messages_words};
use crate::patient::step_up;
use crate::send;

/// The form, and the place for a code.
#[derive(Template)]
#[template(path = "privacy_messages.html")]
pub struct Messages {
    /// The frame.
    pub page: Page,
    /// How it is now, in words.
    pub now: String,
    /// Who of the clinic wrote it down, where it came past this page, and what is shown of it.
    pub recorded: Vec<String>,
    /// What became of it, where the clinic wrote anything down.
    pub became: Option<Became>,
    /// E-mail or none.
    pub channel: [Choice; 2],
    /// E-mail address, postal address, telephone.
    pub fields: [Text; 3],
    /// Which address waits for its code, in words.
    pub pending: Option<String>,
    /// The code.
    pub code: Text,
    /// The name of the kept form, where the person signed in again for it.
    pub kept: Option<String>,
    /// Whether they did sign in again.
    pub again: bool,
    /// What was just done, as a message id.
    pub done: Option<&'static str>,
}

/// Shows how it is now, or the form as it was when its sender went to sign in again.
pub async fn form(who: Own, Query(query): Query) -> Reply {
    let typed = step_up::typed(&who.visit, who.actor(), &query).await?.map(|typed| typed.fields);
    let done = match query.get("saved") {
        "yes" => Some("privacy-messages-saved"),
        "code" => Some("privacy-messages-confirmed"),
        _ => None,
    };
    page_of(&who, (typed.as_ref(), done, history::before(&query)), Problems::default()).await
}

/// Keeps what is wanted.
pub async fn change(who: Own, Form(fields): Form) -> Reply {
    let app = &who.visit.app;
    step_up::before(&who.visit, who.actor(), Act::Contact, ("/privacy/messages", &fields)).await?;
    // What is no choice changes nothing: least of all does it bring messages back that somebody stopped.
    let Some(channel) = Channel::from_slug(fields.get("channel")) else {
        let problems = Problems(vec![Problem { field: "channel", code: "problem-choice" }]);
        return answer(&who, Some(&fields), problems).await;
    };
    let wanted = Wanted {
        channel,
        email: fields.get("email").to_owned(),
        postal: fields.get("postal").to_owned(),
        phone: fields.get("phone").to_owned(),
    };
    match notify::prefer(app, who.actor().account, &wanted).await {
        Ok(()) => {
            step_up::done(&who.visit, who.actor(), &fields).await?;
            Ok(send::elsewhere("/privacy/messages?saved=yes"))
        }
        Err(error) => answer(&who, Some(&fields), mendable(error)?).await,
    }
}

/// Takes the code of a new address.
pub async fn confirm(who: Own, Form(fields): Form) -> Reply {
    let app = &who.visit.app;
    match notify::confirm(app, who.actor().account, fields.get("contact_code")).await {
        Ok(()) => Ok(send::elsewhere("/privacy/messages?saved=code")),
        Err(error) => answer(&who, None, mendable(error)?).await,
    }
}

async fn answer(who: &Own, typed: Option<&Fields>, problems: Problems) -> Reply {
    page_of(who, (typed, None, None), problems).await
}

async fn page_of(
    who: &Own,
    (typed, done, before): (Option<&Fields>, Option<&'static str>, Option<i64>),
    problems: Problems,
) -> Reply {
    let app = &who.visit.app;
    let preferences = notify::preferences(app, who.actor().account).await?;
    let page = Page::new(&who.visit, "privacy-messages-title").with_problems(problems);
    let page = page.under("/privacy", "privacy-title");
    let history = notify::history(app, who.patient, before).await?;
    let by_staff = history.told.iter().any(|told| told.what != Noted::Chosen) || history.looks.count > 0;
    let became = by_staff.then(|| Became::of_reach(page.w, ("/privacy/messages", before), &history));
    page.ok(|page| Messages { done, became, ..messages(page, (&preferences, typed)) })
}

/// The page from what is kept and what was typed.
pub fn messages(page: Page, (preferences, typed): (&Preferences, Option<&Fields>)) -> Messages {
    let w = page.w;
    let kept_form = typed.and_then(|typed| typed.some(step_up::KEPT));
    // An account that did not say it may not be the person's: it sees no place whole, only that there is one.
    let kept = |name: &str| match name {
        "channel" => preferences.channel.slug().to_owned(),
        _ if preferences.recorded.is_some() => String::new(),
        "email" => preferences.email.clone().unwrap_or_default(),
        "postal" => preferences.postal.clone(),
        _ => preferences.phone.clone(),
    };
    let value = |name: &str| typed.map_or_else(|| kept(name), |typed| typed.get(name).to_owned());
    let channels = [(Channel::Email, "privacy-channel-email"), (Channel::None, "privacy-channel-none")];
    let channel = channels.map(|(channel, label)| Choice {
        kind: "radio",
        name: "channel",
        value: channel.slug().into(),
        label: w.t(label),
        hint: None,
        ticked: value("channel") == channel.slug(),
    });
    let field = |name, label: &str, hint: &str, fill| {
        Text::new(&page, name, label).hint(w.t(hint)).value(&value(name)).fill(fill)
    };
    Messages {
        now: messages_words(w, preferences),
        recorded: recorded_words(w, preferences),
        became: None,
        channel,
        fields: [
            field("email", "privacy-email", "privacy-email-hint", "email"),
            field("postal", "privacy-postal", "privacy-postal-hint", "street-address"),
            field("phone", "privacy-phone", "privacy-phone-hint", "tel"),
        ],
        pending: preferences
            .pending
            .as_ref()
            .map(|(email, until)| w.t2("privacy-pending-words", ("email", email), ("date", w.moment(until)))),
        code: Text::new(&page, "contact_code", "privacy-contact-code").fill("one-time-code"),
        again: kept_form.is_some() && step_up::is_done(&page.visit, Act::Contact),
        kept: kept_form,
        done: None,
        page,
    }
}

/// What an account reads of a way that the clinic wrote down: who did, when, how it came, and which kinds of places it
/// names.
fn recorded_words(w: Words, preferences: &Preferences) -> Vec<String> {
    let Some(recorded) = &preferences.recorded else { return vec![] };
    let letters = (!preferences.postal.is_empty()).then(|| w.t("privacy-messages-letters"));
    let phone = (!preferences.phone.is_empty())
        .then(|| w.t1("privacy-messages-phone", "phone", masked_phone(&preferences.phone)));
    let all = [Some(heard_words(w, recorded)), letters, phone, Some(w.t("privacy-messages-masked"))];
    all.into_iter().flatten().collect()
}

/// An e-mail address that only who knows it recognises.
pub fn masked_email(email: &str) -> String {
    let first = |part: &str| part.chars().next().map(String::from).unwrap_or_default();
    let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    format!("{}…@{}…", first(local), first(domain))
}

/// The same of a telephone number: its last two digits, where enough others stand before them.
fn masked_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let end = digits.get(digits.len().saturating_sub(2)..).filter(|_| digits.len() > 6).unwrap_or_default();
    format!("…{}", end.iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_recognised_only_by_who_knows_it() {
        for (email, shown) in [
            ("rosa@example.org", "r…@e…"),
            ("r@e.x", "r…@e…"),
            ("\"a@b\"@example.org", "\"…@e…"),
            ("ñandu@éxito.example", "ñ…@é…"),
            ("nothing", "n…@…"),
            ("", "…@…"),
        ] {
            assert_eq!(masked_email(email), shown, "{email}");
        }
        for (phone, shown) in [
            ("555-0142", "…42"),
            ("+1 (555) 010-4299 ext.", "…99"),
            ("911", "…"),
            ("at my sister's", "…"),
            ("", "…"),
        ] {
            assert_eq!(masked_phone(phone), shown, "{phone}");
        }
    }
}
