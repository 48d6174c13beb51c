//! Privacy choices: what a person allows and what they asked the clinic not to do, and taking it back.

use api::base::{Came, ConsentId, Error};
use api::consents::{self, Answer, Begun, Consent, Ender, Event, Restriction, Shown, State, Way};
use api::disclosures::{self, Filter, Line};
use api::notify::{self, Channel, Preferences, Recorded};
use askama::Template;

use crate::components::Pager;
use crate::error::Reply;
use crate::form::{At, Form, Query, address};
use crate::guard::Patient;
use crate::i18n::Words;
use crate::page::Page;
use crate::patient::history::{self, Became};
use crate::patient::privacy_messages::masked_email;
use crate::send;

/// All choices on one page.
#[derive(Template)]
#[template(path = "privacy.html")]
pub struct Privacy {
    /// The frame.
    pub page: Page,
    /// What is in force.
    pub current: Vec<(Consent, State)>,
    /// Forms that were begun and not signed.
    pub begun: Vec<Begun>,
    /// What is over.
    pub past: Vec<(Consent, State)>,
    /// What the clinic was asked not to do.
    pub limits: Vec<Restriction>,
    /// Whether the reader may ask for another; an estate may not.
    pub asks: bool,
    /// How the person wants to be reached; none where somebody acts for them, who says that for themselves.
    pub preferences: Option<Preferences>,
}

impl Privacy {
    fn title(&self, consent: &Consent) -> String {
        self.page.w.t(consent.terms.kind.name())
    }

    fn begun(&self, begun: &Begun) -> String {
        let w = self.page.w;
        w.t2("privacy-begun-when", ("date", w.moment(&begun.at)), ("until", w.moment(&begun.until)))
    }

    fn recipient(&self, consent: &Consent) -> String {
        recipient(self.page.w, consent)
    }

    /// Who signed for the person, where somebody did.
    fn signed(&self, consent: &Consent) -> Option<String> {
        consent.terms.signer.authority.as_ref().map(|_| signed_words(self.page.w, consent))
    }

    /// Whether all that is in force is what the person gave themselves.
    fn gave_all(&self) -> bool {
        self.current.iter().all(|(consent, _)| consent.terms.signer.authority.is_none())
    }

    fn standing(&self, (consent, standing): &(Consent, State)) -> String {
        standing_words(self.page.w, consent, *standing)
    }

    fn differs(&self, (consent, standing): &(Consent, State)) -> bool {
        *standing == State::Active && !differing(consent, &self.current).is_empty()
    }

    fn limit(&self, limit: &Restriction) -> String {
        limit_words(self.page.w, limit)
    }

    fn answer(&self, limit: &Restriction) -> String {
        answer_words(self.page.w, limit)
    }

    fn recorded(&self, limit: &Restriction) -> Option<String> {
        recorded_words(self.page.w, limit)
    }

    fn messages(&self, preferences: &Preferences) -> String {
        messages_words(self.page.w, preferences)
    }
}

/// A permission in one line: what it is, and who receives it.
pub fn short(w: Words, consent: &Consent) -> String {
    let title = w.t(consent.terms.kind.name());
    format!("{title}. {} {}", w.t("privacy-to"), recipient(w, consent))
}

/// Those of a list that are in force and do not say the same as one that is.
pub fn differing<'a>(one: &Consent, all: &'a [(Consent, State)]) -> Vec<&'a Consent> {
    let others = all.iter().filter(|(other, state)| *state == State::Active && other.id != one.id);
    let others = others.map(|(other, _)| other);
    others.filter(|other| consents::differ(&one.terms, &other.terms)).collect()
}

/// Who receives something, in words.
pub fn recipient(w: Words, consent: &Consent) -> String {
    match consent.terms.recipient.name.as_str() {
        "" => w.t("privacy-recipient-classes"),
        name => name.to_owned(),
    }
}

/// Who signed a consent, and when.
fn signed_words(w: Words, consent: &Consent) -> String {
    let signer = &consent.terms.signer;
    // On paper the day is the one that stands there, and not the one on which it was written down here.
    let date = match consent.signature.entered_by.is_some() {
        true => w.date(&signer.day),
        false => w.moment(&consent.signature.at),
    };
    w.t2("privacy-signed-by", ("name", signer.typed.as_str()), ("date", date))
}

/// Where a consent stands, in words.
pub fn standing_words(w: Words, consent: &Consent, standing: State) -> String {
    // Of a writing the day counts on which it came, and not the one on which somebody typed it in.
    let at = || consent.received.as_ref().map_or_else(|| w.day(&consent.state_at), |day| w.date(day));
    match (standing, &consent.terms.expiry) {
        (State::Active, Some(consents::Expiry::Day { last, .. })) => {
            w.t1("privacy-active-until", "date", w.date(last))
        }
        (State::Active, Some(consents::Expiry::Event { what })) => {
            w.t1("privacy-active-event", "event", what.as_str())
        }
        (State::Active, _) => w.t("privacy-active"),
        (State::Suspended, _) => w.t1("privacy-suspended", "date", w.day(&consent.state_at)),
        (State::Revoked, _) => w.t1("privacy-revoked", "date", at()),
        (State::Expired, _) => w.t("privacy-expired"),
        (State::Defective, _) => w.t("privacy-defective"),
    }
}

/// What is not to be shared, and with whom, in words.
pub fn limit_words(w: Words, limit: &Restriction) -> String {
    let party = limit.ask.party.as_str();
    let with = match (limit.ask.against, party) {
        (consents::Against::HealthPlan, "") => w.t("privacy-limit-plan"),
        (consents::Against::Family, "") => w.t("privacy-limit-family"),
        _ => party.to_owned(),
    };
    w.t1("privacy-limit-with", "who", with)
}

/// Where a restriction stands, in words.
pub fn answer_words(w: Words, limit: &Restriction) -> String {
    if let Some((at, how)) = limit.ended {
        let id = match how {
            Ender::Notice => "privacy-limit-ended-notice",
            Ender::InWriting | Ender::Oral => "privacy-limit-ended",
        };
        return w.t1(id, "date", w.day(&at));
    }
    match limit.answer {
        Answer::Asked if limit.must_agree => w.t("privacy-limit-asked-must"),
        Answer::Asked => w.t1("privacy-limit-asked", "date", w.day(&limit.asked)),
        Answer::Agreed => w.t("privacy-limit-agreed"),
        Answer::MustAgree => w.t("privacy-limit-must"),
        Answer::Declined => w.t("privacy-limit-declined"),
    }
}

/// Of a request that staff recorded, how it came and when.
pub fn recorded_words(w: Words, limit: &Restriction) -> Option<String> {
    let intake = limit.intake.as_ref()?;
    let came = ("way", w.t(came_name(intake.came)));
    Some(w.t2("privacy-limit-recorded", came, ("date", w.date(&intake.day))))
}

/// How a request came, as a message id.
pub fn came_name(came: Came) -> &'static str {
    match came {
        Came::Telephone => "privacy-came-telephone",
        Came::Letter => "privacy-came-letter",
        Came::InPerson => "privacy-came-in-person",
    }
}

/// How somebody wants to be reached, in words.
pub fn messages_words(w: Words, preferences: &Preferences) -> String {
    match (preferences.channel, &preferences.email) {
        (Channel::None, _) => w.t("privacy-messages-none"),
        (Channel::Email, Some(email)) if preferences.recorded.is_some() => {
            w.t1("privacy-messages-to", "email", masked_email(email))
        }
        (Channel::Email, Some(email)) => w.t1("privacy-messages-to", "email", email),
        (Channel::Email, None) => w.t("privacy-messages-usual"),
    }
}

/// Who of the clinic wrote down how somebody wants to be reached, and how it came.
pub fn heard_words(w: Words, recorded: &Recorded) -> String {
    let Recorded { by, at, intake } = recorded;
    let said = w.t2("privacy-reach-heard", ("name", by.as_str()), ("date", w.moment(at)));
    format!(
        "{said} {}",
        w.t2("privacy-reach-came", ("way", w.t(came_name(intake.came))), ("date", w.date(&intake.day)))
    )
}

/// What became of a consent or a restriction, in words.
pub fn event_words(w: Words, event: &Event) -> String {
    let id = match event.what.as_str() {
        "signed" if event.why == "paper" => "privacy-event-paper",
        "signed" => "privacy-event-signed",
        "revoked" => "privacy-event-revoked",
        "revoked-in-writing" => "privacy-event-revoked-paper",
        "suspended" => "privacy-event-suspended",
        "resumed" => "privacy-event-resumed",
        "defective" => "privacy-event-defective",
        "expired" => "privacy-event-expired",
        "asked" => "privacy-event-asked",
        "recorded" => "privacy-event-recorded",
        "agreed" => "privacy-event-agreed",
        "must-agree" => "privacy-event-must-agree",
        "declined" => "privacy-event-declined",
        "facts-not-so" => "privacy-event-not-so",
        "viewed" => "privacy-event-viewed",
        "ended-notice" => "privacy-event-ended-notice",
        "ended-oral" => "privacy-event-ended-oral",
        _ => "privacy-event-ended",
    };
    let said = w.t2(id, ("name", event.by.as_str()), ("date", w.moment(&event.at)));
    match &event.writing {
        Some(writing) => {
            let came = ("way", w.t(way_name(writing.way)));
            format!("{said} ({})", w.t2("privacy-event-came", came, ("date", w.date(&writing.received))))
        }
        None => said,
    }
}

/// How a paper came, as a message id.
pub fn way_name(way: Way) -> &'static str {
    match way {
        Way::Post => "privacy-way-post",
        Way::Desk => "privacy-way-desk",
        Way::Fax => "privacy-way-fax",
        Way::Email => "privacy-way-email",
    }
}

/// Shows them.
pub async fn show(who: Patient) -> Reply {
    let app = &who.visit.app;
    let all = consents::list(app, who.actor(), who.patient).await?;
    let (current, past) =
        all.into_iter().partition(|(_, state)| matches!(state, State::Active | State::Suspended));
    let begun = consents::drafts(app, who.actor(), who.patient).await?;
    let limits = consents::restrictions(app, who.actor(), who.patient).await?;
    let preferences = match who.visit.base.is_empty() {
        true => Some(notify::preferences(app, who.actor().account).await?),
        false => None,
    };
    let asks = match consents::may_ask(app, who.actor(), who.patient).await {
        Ok(()) => true,
        Err(Error::Refused(_)) => false,
        Err(error) => return Err(error.into()),
    };
    Page::new(&who.visit, "privacy-title").ok(|page| Privacy {
        page,
        current,
        begun,
        past,
        limits,
        asks,
        preferences,
    })
}

/// One permission: the exact text, where it stands, what went out under it.
#[derive(Template)]
#[template(path = "privacy_permission.html")]
pub struct Permission {
    /// The frame.
    pub page: Page,
    /// The permission.
    pub shown: Shown,
    /// What became of it.
    pub became: Became,
    /// A page of what was shared under it, newest first.
    pub sent: Vec<Line>,
    /// Links to the other pages of it.
    pub pager: Pager,
    /// Others in force that do not say the same.
    pub differing: Vec<Consent>,
}

impl Permission {
    /// What a paper says in the reader's language, where it was entered in another.
    fn translated(&self) -> Option<String> {
        self.shown.in_words_of(self.page.w.language)
    }

    fn standing(&self) -> String {
        standing_words(self.page.w, &self.shown.consent, self.shown.standing)
    }

    fn other(&self, other: &Consent) -> String {
        short(self.page.w, other)
    }

    fn live(&self) -> bool {
        matches!(self.shown.standing, State::Active | State::Suspended)
    }

    fn signed(&self) -> String {
        signed_words(self.page.w, &self.shown.consent)
    }

    fn hash(&self) -> String {
        self.shown.consent.signature.text_hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Shows one.
pub async fn permission(who: Patient, At((id,)): At<(String,)>, Query(query): Query) -> Reply {
    let app = &who.visit.app;
    let id = consent_id(&id)?;
    let shown = consents::one(app, who.actor(), (who.patient, id), history::before(&query)).await?;
    let since = Some(shown.consent.signature.at);
    let before = query.get("sent").parse().ok();
    let filter = Filter { consent: Some(id), from: since, before, limit: SENT, ..Filter::default() };
    let log = disclosures::log(app, who.actor(), (who.patient, filter)).await?;
    let differing = match shown.standing {
        State::Active => {
            let all = consents::list(app, who.actor(), who.patient).await?;
            differing(&shown.consent, &all).into_iter().cloned().collect()
        }
        _ => vec![],
    };
    let page = Page::new(&who.visit, "privacy-permission-title").under("/privacy", "privacy-title");
    page.ok(|page| {
        let path = page.href(&format!("/privacy/permissions/{id}"));
        let became = Became::of(page.w, (&path, history::before(&query)), &shown.history);
        let pager = sent_pager(page.w, &path, (before, log.next));
        Permission { page, shown, became, sent: log.lines, pager, differing }
    })
}

/// Lines of what was shared under a permission on one page.
const SENT: usize = 50;

/// Links to the other pages of what was shared.
pub fn sent_pager(w: Words, path: &str, (before, next): (Option<i64>, Option<i64>)) -> Pager {
    let older = |next: i64| format!("{}#shared", address(path, &[("sent", &next.to_string())]));
    Pager {
        name: w.t("privacy-sent-pages"),
        before: before.map(|_| (format!("{path}#shared"), w.t("pager-newest"))),
        after: next.map(|next| (older(next), w.t("pager-older"))),
    }
}

/// Takes one back.
pub async fn revoke(who: Patient, At((id,)): At<(String,)>, _form: Form) -> Reply {
    let id = consent_id(&id)?;
    consents::revoke(&who.visit.app, who.actor(), (who.patient, id)).await?;
    Ok(send::elsewhere(&who.visit.href(&format!("/privacy/permissions/{id}"))))
}

fn consent_id(text: &str) -> Result<ConsentId, Error> {
    text.parse().map_err(|_| Error::NotFound)
}
