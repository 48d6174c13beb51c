//! The account: how the person is known, their language, their signed-in devices and sign-ins.

use actix_web::web::Path;
use api::base::SessionId;
use api::disclosures::links::{self, Seer};
use api::identity::{self, Assurance, Contact, Devices, Proof, Proofing, SignInEvent};
use api::words::Language;
use askama::Template;

use crate::components::Choice;
use crate::error::Reply;
use crate::form::Form;
use crate::guard::SignedIn;
use crate::i18n;
use crate::page::Page;
use crate::patient::seers;
use crate::send;
use crate::visit::Jar;

/// The account page.
#[derive(Template)]
#[template(path = "account.html")]
pub struct Account {
    /// The frame.
    pub page: Page,
    /// The session.
    pub session: std::rc::Rc<identity::Session>,
    /// What the provider said.
    pub contact: Contact,
    /// Devices and sign-ins.
    pub devices: Devices,
    /// How sure we are who they are.
    pub assurance: Assurance,
    /// The accounts that see the record.
    pub seers: Vec<Seer>,
    /// The languages.
    pub languages: Vec<Choice>,
}

impl Account {
    /// The name of a provider as its button says it.
    fn provider(&self, id: &str) -> String {
        let providers = &self.page.visit.app.config.oidc;
        providers.iter().find(|p| p.id == id).map_or_else(|| id.to_owned(), |p| p.name.clone())
    }

    /// How strongly the provider checked the person, where it said so.
    fn strength(&self) -> Option<&str> {
        self.session.actor.acr.as_deref().map(str::trim).filter(|acr| !acr.is_empty())
    }

    /// How it was checked who they are, in words.
    fn checked(&self) -> String {
        self.page.w.t(match self.assurance.level.ial {
            1 => "strength-ial-1",
            2 => "strength-ial-2",
            3 => "strength-ial-3",
            _ => "strength-ial-0",
        })
    }

    /// How they signed in, in words.
    fn signed_in(&self) -> String {
        self.page.w.t(match self.assurance.level.aal {
            1 => "strength-aal-1",
            2 => "strength-aal-2",
            3 => "strength-aal-3",
            _ => "strength-aal-0",
        })
    }

    /// Whether somebody could still check them better than it was done.
    fn could_be_surer(&self) -> bool {
        self.assurance.level.ial < 2
    }

    fn proof(&self, proofing: &Proofing) -> String {
        let (w, date) = (self.page.w, self.page.w.day(&proofing.at));
        match proofing.how {
            Proof::Provider => {
                w.t2("strength-by-provider", ("provider", self.provider(&proofing.by)), ("date", date))
            }
            Proof::Code => w.t1("strength-by-code", "date", date),
            Proof::InPerson => {
                w.t2("strength-in-person", ("date", date), ("seen", proofing.evidence.as_str()))
            }
            Proof::Staff => w.t1("strength-by-staff", "date", date),
        }
    }

    /// A device in the reader's language: the sign-in keeps it as "Chrome on Linux", "Safari", or "?".
    fn device(&self, name: &str) -> String {
        match name.split_once(" on ") {
            Some((browser, system)) => {
                self.page.w.t2("account-device-on", ("browser", browser), ("system", system))
            }
            None if name == "?" => self.page.w.t("account-device-unknown"),
            None => name.to_owned(),
        }
    }

    fn outcome(&self, event: &SignInEvent) -> String {
        let known = i18n::exists(Language::English, &event.outcome);
        self.page.w.t(if known { &event.outcome } else { "sign-in-event-other" })
    }

    /// What proved that the record is theirs, and since when.
    fn linked(&self, link: &identity::Link) -> String {
        seers::linked(self.page.w, link)
    }

    fn is_own(&self, seer: &Seer) -> bool {
        seer.account == self.session.actor.account
    }
}

/// Shows it.
pub async fn show(who: SignedIn) -> Reply {
    let devices = identity::devices(&who.visit.app, who.actor()).await?;
    let contact = identity::contact(&who.visit.app, who.actor()).await?;
    let assurance = identity::assurance(&who.visit.app, who.actor()).await?;
    let seers = links::seers(&who.visit.app, who.actor()).await?;
    let page = Page::new(&who.visit, "account-title").under("/", "nav-home");
    page.ok(|page| account(page, who.session, (contact, devices, assurance, seers)))
}

/// The page from what is known.
pub fn account(
    page: Page,
    session: std::rc::Rc<identity::Session>,
    (contact, devices, assurance, seers): (Contact, Devices, Assurance, Vec<Seer>),
) -> Account {
    let languages = Language::ALL.map(|language| Choice {
        kind: "radio",
        name: "language",
        value: language.tag().into(),
        label: language.own_name().into(),
        hint: None,
        ticked: language == page.w.language,
    });
    Account { page, session, contact, devices, assurance, seers, languages: languages.into() }
}

/// Keeps the choice of language.
pub async fn language(who: SignedIn, Form(fields): Form) -> Reply {
    let language = Language::from_tag(fields.get("language")).unwrap_or(who.visit.w.language);
    identity::choose_language(&who.visit.app, who.actor(), language).await?;
    let mut response = send::elsewhere("/account");
    send::set_cookie(&mut response, &Jar::Language.set(&who.visit.app, language.tag().into()));
    Ok(response)
}

/// Signs a device out. One's own is signed out as with the button.
pub async fn end_device(who: SignedIn, id: Path<SessionId>, _: Form) -> Reply {
    identity::end_device(&who.visit.app, who.actor(), *id).await?;
    if *id != who.actor().session {
        return Ok(send::elsewhere("/account"));
    }
    let mut response = send::elsewhere("/signed-out");
    send::set_cookie(&mut response, &Jar::Session.removal(&who.visit.app));
    Ok(response)
}
