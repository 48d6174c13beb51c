//! Telling a person that there is something to see. A message never says more than that: no name of an
//! illness, no category, nothing about the record. Each message is a job in the transaction of what it tells.

mod preferences;
mod reach_rules;
mod store;
mod wishes;

use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::app::App;
use crate::base::{AccountId, AuthorityId, Error, Instant, Result};
use crate::config::Mail;
use crate::db::Tx;
use crate::jobs;
use crate::words::{Language, say_with};

pub use preferences::{Channel, Preferences, Wanted, confirm, prefer, preferences};
pub(crate) use wishes::ways;
pub use wishes::{
    History, Looks, Noted, Recorded, Told, history, look_over, looked_at, once, record, version,
};

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A copy can be downloaded.
    CopyReady,
    /// A copy could not be built.
    CopyFailed,
    /// The account was linked to a record.
    Linked,
    /// Another account was linked to the record.
    AnotherLinked,
    /// The clinic ended the link of the account to a record.
    LinkEnded,
    /// Someone else may look at the record from now on.
    SomeoneActs,
    /// Something in the privacy choices changed: a consent, an answer.
    PrivacyChanged,
    /// The code that proves a new address; goes to that address.
    AddressCode,
    /// For the records office: somebody asks to be linked.
    CaseOpened,
    /// For the records office: somebody asks for a limit.
    LimitAsked,
    /// For who acted: they may no longer do so.
    ActingEnded,
    /// For the person: someone may no longer act for them.
    SomeoneEnded,
    /// What became of a claim to act for somebody can be read.
    ClaimAnswered,
    /// For the records office: somebody says that they may act for a patient.
    ClaimOpened,
    /// For the records office: authorities are to be looked at again.
    ReviewDue,
    /// Somebody at the clinic used emergency access to the record.
    EmergencyAccess,
    /// For those who review it: emergency access was used.
    EmergencyReview,
    /// For those who review it: an emergency access has to be put into a program's records (42 CFR 2.51(c)).
    ProgramNotice,
    /// For the records office: somebody does not recognise a line of their log.
    QuestionAsked,
    /// What somebody asked about their log has an answer.
    QuestionAnswered,
    /// For the records office: somebody asks about what is not shown of a minor's record.
    UnshownAsked,
    /// For the records office: somebody asks how an item is protected.
    LabelAsked,
    /// A clinician answered what somebody asked about what is not shown.
    UnshownAnswered,
    /// To the person: what somebody who acts for them sees was decided anew.
    UnshownDecided,
    /// To the person: by law something is kept from them, or no more.
    SeenChanged,
    /// To the person: a mark that protects an item was taken away.
    MarkTaken,
    /// To the person: what somebody who acts for them may do was changed by the clinic.
    ActingChanged,
    /// An app was connected to the record.
    AppConnected,
    /// A connected app has begun to read.
    AppReads,
    /// A system that the clinic agreed with has begun to export the record.
    SystemReads,
    /// To who acts for somebody whom no message reaches: emergency access to that record was used.
    EmergencyActing,
    /// To the same: somebody else begins or ceases to act for that person, or may do more or less.
    ActingElse,
}

impl Kind {
    const ALL: [Self; 32] = [
        Self::CopyReady,
        Self::CopyFailed,
        Self::Linked,
        Self::AnotherLinked,
        Self::LinkEnded,
        Self::SomeoneActs,
        Self::PrivacyChanged,
        Self::AddressCode,
        Self::CaseOpened,
        Self::LimitAsked,
        Self::ActingEnded,
        Self::SomeoneEnded,
        Self::ClaimAnswered,
        Self::ClaimOpened,
        Self::ReviewDue,
        Self::EmergencyAccess,
        Self::EmergencyReview,
        Self::ProgramNotice,
        Self::QuestionAsked,
        Self::QuestionAnswered,
        Self::UnshownAsked,
        Self::LabelAsked,
        Self::UnshownAnswered,
        Self::UnshownDecided,
        Self::SeenChanged,
        Self::MarkTaken,
        Self::ActingChanged,
        Self::AppConnected,
        Self::AppReads,
        Self::SystemReads,
        Self::EmergencyActing,
        Self::ActingElse,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::CopyReady => "copy-ready",
            Self::CopyFailed => "copy-failed",
            Self::Linked => "linked",
            Self::AnotherLinked => "another-linked",
            Self::LinkEnded => "link-ended",
            Self::SomeoneActs => "someone-acts",
            Self::PrivacyChanged => "privacy-changed",
            Self::AddressCode => "address-code",
            Self::CaseOpened => "case-opened",
            Self::LimitAsked => "limit-asked",
            Self::ActingEnded => "acting-ended",
            Self::SomeoneEnded => "someone-ended",
            Self::ClaimAnswered => "claim-answered",
            Self::ClaimOpened => "claim-opened",
            Self::ReviewDue => "review-due",
            Self::EmergencyAccess => "emergency-access",
            Self::EmergencyReview => "emergency-review",
            Self::ProgramNotice => "program-notice",
            Self::QuestionAsked => "question-asked",
            Self::QuestionAnswered => "question-answered",
            Self::UnshownAsked => "unshown-asked",
            Self::LabelAsked => "label-asked",
            Self::UnshownAnswered => "unshown-answered",
            Self::UnshownDecided => "unshown-decided",
            Self::SeenChanged => "seen-changed",
            Self::MarkTaken => "mark-taken",
            Self::ActingChanged => "acting-changed",
            Self::AppConnected => "app-connected",
            Self::AppReads => "app-reads",
            Self::SystemReads => "system-reads",
            Self::EmergencyActing => "emergency-acting",
            Self::ActingElse => "acting-else",
        }
    }

    /// Message ids of the subject and of the text.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::CopyReady => ("mail-copy-ready-subject", "mail-copy-ready-text"),
            Self::CopyFailed => ("mail-copy-failed-subject", "mail-copy-failed-text"),
            Self::Linked => ("mail-linked-subject", "mail-linked-text"),
            Self::AnotherLinked => ("mail-another-linked-subject", "mail-another-linked-text"),
            Self::LinkEnded => ("mail-link-ended-subject", "mail-link-ended-text"),
            Self::SomeoneActs => ("mail-someone-acts-subject", "mail-someone-acts-text"),
            Self::PrivacyChanged => ("mail-privacy-subject", "mail-privacy-text"),
            Self::AddressCode => ("mail-address-code-subject", "mail-address-code-text"),
            Self::CaseOpened => ("mail-case-subject", "mail-case-text"),
            Self::LimitAsked => ("mail-limit-subject", "mail-limit-text"),
            Self::ActingEnded => ("mail-acting-ended-subject", "mail-acting-ended-text"),
            Self::SomeoneEnded => ("mail-someone-ended-subject", "mail-someone-ended-text"),
            Self::ClaimAnswered => ("mail-claim-answered-subject", "mail-claim-answered-text"),
            Self::ClaimOpened => ("mail-claim-subject", "mail-claim-text"),
            Self::ReviewDue => ("mail-review-subject", "mail-review-text"),
            Self::EmergencyAccess => ("mail-emergency-subject", "mail-emergency-text"),
            Self::EmergencyReview => ("mail-emergency-review-subject", "mail-emergency-review-text"),
            Self::ProgramNotice => ("mail-program-notice-subject", "mail-program-notice-text"),
            Self::QuestionAsked => ("mail-question-subject", "mail-question-text"),
            Self::QuestionAnswered => ("mail-question-answered-subject", "mail-question-answered-text"),
            Self::UnshownAsked => ("mail-unshown-subject", "mail-unshown-text"),
            Self::LabelAsked => ("mail-label-subject", "mail-label-text"),
            Self::UnshownAnswered => ("mail-unshown-answered-subject", "mail-unshown-answered-text"),
            Self::UnshownDecided => ("mail-unshown-decided-subject", "mail-unshown-decided-text"),
            Self::SeenChanged => ("mail-seen-changed-subject", "mail-seen-changed-text"),
            Self::MarkTaken => ("mail-mark-taken-subject", "mail-mark-taken-text"),
            Self::ActingChanged => ("mail-acting-changed-subject", "mail-acting-changed-text"),
            Self::AppConnected => ("mail-app-connected-subject", "mail-app-connected-text"),
            Self::AppReads => ("mail-app-reads-subject", "mail-app-reads-text"),
            Self::SystemReads => ("mail-system-reads-subject", "mail-system-reads-text"),
            Self::EmergencyActing => ("mail-emergency-acting-subject", "mail-emergency-acting-text"),
            Self::ActingElse => ("mail-acting-else-subject", "mail-acting-else-text"),
        }
    }
}

/// Whether a message to an account goes anywhere: the clinic sends mail, the account has an address and did not choose to
/// get none, and its person did not die.
pub(crate) async fn reaches(app: &App, tx: &mut Tx, account: AccountId) -> Result<bool> {
    if store::has_died(tx, account).await? {
        return Ok(false);
    }
    let address = preferences::address(app, tx, account).await?;
    let known = address.is_some_and(|address| address.parse::<Mailbox>().is_ok());
    Ok(known && !app.config.mail.server.is_empty())
}

/// Puts a message to an account into the queue, in the caller's transaction. Someone without an e-mail address gets none,
/// nor, but for what [`send`] lets go, does the account of somebody who died; the portal shows everything a message could
/// tell.
pub async fn tell(tx: &mut Tx, account: AccountId, (kind, now): (Kind, Instant)) -> Result<()> {
    jobs::enqueue(tx, "mail.send", json!({"account": account, "kind": kind.name()}), now, None).await
}

/// The same to who acts for somebody, about that: the message leads to the page where it can be read, after signing in.
pub async fn tell_acting(
    tx: &mut Tx,
    (account, authority): (AccountId, AuthorityId),
    (kind, now): (Kind, Instant),
) -> Result<()> {
    let payload = json!({"account": account, "kind": kind.name(), "authority": authority});
    jobs::enqueue(tx, "mail.send", payload, now, None).await
}

/// Puts a message to the records office into the queue, in the caller's transaction. It names nobody; staff see who
/// after signing in. Without `clinic.email` there is none.
pub async fn tell_office(app: &App, tx: &mut Tx, (kind, now): (Kind, Instant)) -> Result<()> {
    if app.config.clinic.email.is_empty() {
        return Ok(());
    }
    jobs::enqueue(tx, "mail.send", json!({"kind": kind.name()}), now, None).await
}

/// What the job `mail.send` does.
///
/// # Errors
/// `Unavailable("mail-away")` if the mail server does not take it; the queue tries again.
pub async fn send(app: &App, payload: &Value) -> Result<()> {
    let kind = Kind::ALL.into_iter().find(|kind| payload["kind"] == kind.name());
    let Some(kind) = kind else {
        return Err(Error::internal(anyhow::anyhow!("a mail job names no known kind")));
    };
    if app.config.mail.server.is_empty() {
        return Ok(());
    }
    let Some(Reader { address, languages, code }) = reader(app, (kind, payload)).await? else {
        return Ok(());
    };
    // An address that cannot be written to will not get better; the person sees everything in the portal.
    let Ok(to) = address.parse::<Mailbox>() else { return Ok(()) };
    let url = page(app, (kind, payload));
    let message = message(app, (kind, &url), (&languages, &code), to)?;
    let transport = transport(&app.config.mail)?;
    transport.send(message).await.map_err(|_| Error::Unavailable("mail-away"))?;
    Ok(())
}

/// What stands between the same words in two languages.
const BETWEEN: &str = "\n\n* * *\n\n";

/// Who reads a message.
struct Reader {
    address: String,
    /// Where nobody chose one, all: a person must not have to guess what a mail about their record says.
    languages: Vec<Language>,
    /// The code that the message carries; empty where it carries none.
    code: String,
}

/// Who reads it, and in which languages.
async fn reader(app: &App, (kind, payload): (Kind, &Value)) -> Result<Option<Reader>> {
    if payload["account"].is_null() {
        let address = app.config.clinic.email.clone();
        return Ok(Some(Reader { address, languages: vec![Language::English], code: String::new() }));
    }
    let Some(account) = payload["account"].as_str().and_then(|id| id.parse().ok()) else {
        return Err(Error::internal(anyhow::anyhow!("a mail job names no account")));
    };
    let mut tx = app.db.read().await?;
    // Whoever reads the mail of somebody who died is not that person. From their account one may claim to speak for the
    // estate, and that is answered: at the address that whoever claims it proves with a code.
    let goes = matches!(kind, Kind::ClaimAnswered | Kind::AddressCode);
    if !goes && store::has_died(&mut tx, account).await? {
        return Ok(None);
    }
    let tag = store::language(&mut tx, account).await?;
    let chosen = tag.and_then(|tag| Language::from_tag(&tag));
    let languages = chosen.map_or_else(|| Language::ALL.to_vec(), |language| vec![language]);
    if kind == Kind::AddressCode {
        let waits = preferences::waiting_code(app, &mut tx, (account, payload)).await?;
        return Ok(waits.map(|(address, code)| Reader { address, languages, code }));
    }
    // What counts now, not when the message was put into the queue.
    let Some(address) = preferences::address(app, &mut tx, account).await? else { return Ok(None) };
    Ok(Some(Reader { address, languages, code: String::new() }))
}

/// The page that a message leads to.
fn page(app: &App, (kind, payload): (Kind, &Value)) -> String {
    let start = &app.config.server.public_url;
    let authority = payload["authority"].as_str().and_then(|id| id.parse::<AuthorityId>().ok());
    match (kind, authority) {
        (Kind::UnshownAnswered, Some(id)) => format!("{}/for/{id}/unshown", start.trim_end_matches('/')),
        (Kind::EmergencyActing, Some(id)) => format!("{}/for/{id}/access-log", start.trim_end_matches('/')),
        _ => start.clone(),
    }
}

fn message(
    app: &App,
    (kind, url): (Kind, &str),
    (languages, code): (&[Language], &str),
    to: Mailbox,
) -> Result<Message> {
    let (subject, text) = kind.words();
    let clinic = &app.config.clinic;
    let args = [
        ("clinic", clinic.name.as_str().into()),
        ("address", url.into()),
        ("phone", clinic.phone.as_str().into()),
        ("code", code.into()),
    ];
    let said = |id| languages.iter().map(|language| say_with(*language, id, &args)).collect::<Vec<_>>();
    let from: Mailbox = app.config.mail.from.parse().map_err(|_| Error::Unavailable("mail-from-wrong"))?;
    Message::builder()
        .from(from)
        .to(to)
        .subject(said(subject).join(" / "))
        .header(ContentType::TEXT_PLAIN)
        .body(said(text).join(BETWEEN))
        .map_err(Error::internal)
}

fn transport(mail: &Mail) -> Result<AsyncSmtpTransport<Tokio1Executor>> {
    let (host, port) = mail.server.rsplit_once(':').unwrap_or((&mail.server, "587"));
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
        .port(port.parse().unwrap_or(587))
        .timeout(Some(Duration::from_secs(30)));
    if mail.starttls {
        let tls = TlsParameters::new(host.to_owned()).map_err(Error::internal)?;
        builder = builder.tls(Tls::Required(tls));
    }
    if let Some(password) = &mail.password {
        builder =
            builder.credentials(Credentials::new(mail.user.clone(), password.expose_secret().to_owned()));
    }
    Ok(builder.build())
}
