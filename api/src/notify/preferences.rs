//! How somebody wants to be reached (45 CFR 164.522(b)): another address, another way, or no mail at all. It governs
//! every message that is sent; nobody asks why. A new address is used only after its code was typed in.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::reach_rules::{Holds, Said, holds};
use super::store::{self, Kept, Words};
use super::wishes::{self, Desk, Recorded, local_day};
use crate::app::App;
use crate::base::{AccountId, Error, Instant, Problem, Problems, Result, unseen};
use crate::db::Tx;
use crate::jobs;

/// By which way somebody is told that there is something to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// By e-mail.
    #[default]
    Email,
    /// Not at all: they look by themselves, or the clinic writes or calls.
    None,
}

impl Channel {
    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::None => "none",
        }
    }

    /// The channel of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::Email, Self::None].into_iter().find(|channel| channel.slug() == slug)
    }
}

/// What somebody chose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preferences {
    /// By which way.
    pub channel: Channel,
    /// To which address instead of the identity provider's; verified, or read back to the person by who wrote it down.
    pub email: Option<String>,
    /// Where letters go instead; empty: as the clinic knows it.
    pub postal: String,
    /// Where to call instead; empty: as the clinic knows it.
    pub phone: String,
    /// A new address that waits for its code, until when.
    pub pending: Option<(String, Instant)>,
    /// Who of the clinic wrote it down, where it came by telephone, by letter or in person; none: the person did.
    pub recorded: Option<Recorded>,
}

impl Preferences {
    /// Whether they chose a way of their own: then the clinic must keep to it, and nobody asks why.
    pub fn is_own(&self) -> bool {
        let usual =
            Self { pending: self.pending.clone(), recorded: self.recorded.clone(), ..Self::default() };
        *self != usual
    }
}

/// What somebody asks for.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Wanted {
    /// By which way.
    pub channel: Channel,
    /// To which address; empty: the identity provider's.
    pub email: String,
    /// Where letters go.
    pub postal: String,
    /// Where to call.
    pub phone: String,
}

/// How long a code for a new address can be typed in.
const CODE_LIVES: Duration = Duration::from_secs(86_400);
/// Wrong codes after which a new one must be asked for.
const TRIES: i64 = 5;
/// New addresses that an account may ask for within [`CODE_LIVES`]: each sends a message to an address that anybody may
/// have typed.
const ADDRESSES: i64 = 5;
/// The event of asking for one.
const ASKED: &str = "address-asked";
/// Digits of a code.
const DIGITS: usize = 8;

/// A telephone number has so many digits at least; what else stands in it, such as an extension, is for who calls.
const DIGITS_OF_A_PHONE: usize = 7;

/// How the person of an account is reached: as they chose, or as the clinic wrote it down for them.
pub async fn preferences(app: &App, account: AccountId) -> Result<Preferences> {
    let mut tx = app.db.read().await?;
    chosen(app, &mut tx, account).await
}

/// The same within a transaction.
pub(crate) async fn chosen(app: &App, tx: &mut Tx, account: AccountId) -> Result<Preferences> {
    let kept = store::preferences(tx, &app.keys, account).await?;
    let desk = wishes::recorded_for(app, tx, account).await?;
    let own = kept.as_ref().map(|kept| said(app, Instant(kept.since), channel(&kept.channel)));
    let kept = kept.unwrap_or_default();
    let now = app.clock.now();
    let pending = waits(app, &kept, desk.as_ref()).filter(|(_, until)| *until > now);
    Ok(match desk {
        Some(desk) if held(own, &desk) == Holds::Desk => Preferences { pending, ..desk.wish },
        _ => Preferences {
            channel: channel(&kept.channel),
            email: kept.words.email,
            postal: kept.words.postal,
            phone: kept.words.phone,
            pending,
            recorded: None,
        },
    })
}

fn channel(slug: &str) -> Channel {
    Channel::from_slug(slug).unwrap_or_default()
}

fn held(own: Option<Said>, desk: &Desk) -> Holds {
    holds(own, Some(desk.said), desk.since)
}

/// What an account said at a moment, as it is compared.
fn said(app: &App, at: Instant, channel: Channel) -> Said {
    let day = local_day(app, at);
    Said { day, written: (at, day), channel }
}

/// The new address that waits for its code, and until when. None where the clinic wrote down since how the person is
/// reached: whoever asked for no mail gets none that asks for a code.
fn waits(app: &App, kept: &Kept, desk: Option<&Desk>) -> Option<(String, Instant)> {
    let (email, until) = kept.words.new_email.clone().zip(kept.new_until.map(Instant))?;
    let asked = said(app, until.minus(CODE_LIVES), Channel::Email);
    desk.is_none_or(|desk| held(Some(asked), desk) == Holds::Own).then_some((email, until))
}

/// Where mail to an account goes: as its person wants it, and else to the address that the identity provider said; none
/// where they want none.
pub(super) async fn address(app: &App, tx: &mut Tx, account: AccountId) -> Result<Option<String>> {
    let wish = chosen(app, tx, account).await?;
    match (wish.channel, wish.email) {
        (Channel::None, _) => Ok(None),
        (Channel::Email, Some(email)) => Ok(Some(email)),
        (Channel::Email, None) => store::usual_address(tx, account).await,
    }
}

/// Keeps what an account asks for, with effect on every message from now on, also on those that wait in the queue. A
/// new e-mail address waits for the code that is sent to it; until then messages go where they went, or nowhere where none
/// were wanted, and what the clinic wrote down holds. It goes on waiting while something else is changed. To an address
/// that is left nothing goes any more.
///
/// # Errors
/// `Invalid` where an address cannot be one; with `problem-email-often` where too many were asked for in a day.
pub async fn prefer(app: &App, account: AccountId, wanted: &Wanted) -> Result<()> {
    let email = wanted.email.trim();
    let problems = problems(wanted);
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    store::hold(&mut tx, account).await?;
    let held = chosen(app, &mut tx, account).await?;
    let before = address(app, &mut tx, account).await?;
    // An address that the clinic wrote down is not the account's own: it is proven like any other.
    let known = held.recorded.is_none() && held.email.as_deref().unwrap_or_default() == email;
    let asks = !known && !email.is_empty();
    let is_pending = held.pending.is_some();
    let until = now.plus(CODE_LIVES);
    let (stays, channel, since) = match asks {
        true => until_code(app, &mut tx, (account, held), (wanted.channel, now)).await?,
        false => (held.email.filter(|_| known), wanted.channel, now),
    };
    // Whoever changes something else goes on waiting for the code.
    let own = store::preferences(&mut tx, &app.keys, account).await?.unwrap_or_default();
    let waiting = own.words.new_email.zip(own.new_until).filter(|_| known && is_pending);
    let waits = if asks { Some((email.to_owned(), until.0)) } else { waiting };
    let next = Kept {
        channel: channel.slug().into(),
        words: Words {
            email: stays,
            postal: wanted.postal.trim().into(),
            phone: wanted.phone.trim().into(),
            new_channel: waits.is_some().then(|| wanted.channel.slug().to_owned()),
            new_email: waits.as_ref().map(|(email, _)| email.clone()),
        },
        since: since.0,
        new_until: waits.map(|(_, until)| until),
        tries: if asks { 0 } else { own.tries },
    };
    store::prefer(&mut tx, &app.keys, (account, &next)).await?;
    store::note(&mut tx, account, ("changed", now)).await?;
    tell_changed(app, &mut tx, (account, before), now).await?;
    if asks {
        let day = Instant(now.0 - i64::try_from(CODE_LIVES.as_micros()).unwrap_or(i64::MAX));
        if store::noted_since(&mut tx, account, (ASKED, day)).await? >= ADDRESSES {
            return Err(Error::invalid("email", "problem-email-often"));
        }
        store::note(&mut tx, account, (ASKED, now)).await?;
        let payload = json!({"account": account, "kind": super::Kind::AddressCode.name(), "until": until.0});
        jobs::enqueue(&mut tx, "mail.send", payload, now, None).await?;
    }
    tx.commit().await
}

/// Where messages go while a new address waits for its code, by which way, and since when that is said.
async fn until_code(
    app: &App,
    tx: &mut Tx,
    (account, held): (AccountId, Preferences),
    (wanted, now): (Channel, Instant),
) -> Result<(Option<String>, Channel, Instant)> {
    if held.recorded.is_none() {
        // Who got no mail gets none at an old address while the new one waits.
        let channel = if held.channel == Channel::None { Channel::None } else { wanted };
        return Ok((held.email, channel, now));
    }
    // What the clinic wrote down holds on, and no address in it becomes the account's own, which would show it; but no mail
    // is no mail at once.
    let own = store::preferences(tx, &app.keys, account).await?.unwrap_or_default();
    Ok(match wanted {
        Channel::None => (own.words.email, Channel::None, now),
        Channel::Email => (own.words.email, channel(&own.channel), Instant(own.since)),
    })
}

/// Tells the person that it was changed, if their messages go elsewhere from now on. The message goes where they go now:
/// an address that was left is never written to again, because who reads there may be whom they wanted to get away from.
async fn tell_changed(
    app: &App,
    tx: &mut Tx,
    (account, before): (AccountId, Option<String>),
    now: Instant,
) -> Result<()> {
    if address(app, tx, account).await? == before {
        return Ok(());
    }
    super::tell(tx, account, (super::Kind::PrivacyChanged, now)).await
}

/// What must be mended in a wish.
pub(super) fn problems(wanted: &Wanted) -> Problems {
    let mut problems = Problems::default();
    let email = wanted.email.trim();
    let address = email.parse::<lettre::Address>();
    if !email.is_empty() && (address.is_err() || email.chars().count() > 200) {
        problems.0.push(Problem { field: "email", code: "problem-email" });
    }
    for (field, text, most) in [("postal", &wanted.postal, 500), ("phone", &wanted.phone, 50)] {
        if text.chars().count() > most {
            problems.0.push(Problem { field, code: "problem-text-long" });
        }
        problems.0.extend(unseen(field, text));
    }
    let phone = wanted.phone.trim();
    if !phone.is_empty() && phone.chars().filter(|letter| letter.is_numeric()).count() < DIGITS_OF_A_PHONE {
        problems.0.push(Problem { field: "phone", code: "problem-phone" });
    }
    problems
}

/// Takes the code that was sent to a new address; from then on messages go there.
///
/// # Errors
/// `Invalid` with `problem-contact-code` where it is not the code; `Conflict` with `conflict-no-address-waits` where
/// no address waits, or too many codes were wrong.
pub async fn confirm(app: &App, account: AccountId, typed: &str) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let kept = store::preferences(&mut tx, &app.keys, account).await?.unwrap_or_default();
    let desk = wishes::recorded_for(app, &mut tx, account).await?;
    let waits = waits(app, &kept, desk.as_ref()).filter(|(_, until)| *until > now);
    let Some((email, until)) = waits.filter(|_| kept.tries < TRIES) else {
        return Err(Error::Conflict("conflict-no-address-waits"));
    };
    let digits: String = typed.chars().filter(char::is_ascii_digit).take(DIGITS + 1).collect();
    if digits != code(app, account, (&email, until)) {
        let tried = Kept { tries: kept.tries + 1, ..kept };
        store::prefer(&mut tx, &app.keys, (account, &tried)).await?;
        tx.commit().await?;
        return Err(Error::invalid("contact_code", "problem-contact-code"));
    }
    let before = address(app, &mut tx, account).await?;
    let channel = kept.words.new_channel.unwrap_or(kept.channel);
    let words = Words { email: Some(email), new_email: None, new_channel: None, ..kept.words };
    let next = Kept { channel, words, new_until: None, tries: 0, since: now.0 };
    store::prefer(&mut tx, &app.keys, (account, &next)).await?;
    store::note(&mut tx, account, ("address-confirmed", now)).await?;
    tell_changed(app, &mut tx, (account, before), now).await?;
    tx.commit().await
}

/// The code of an address is worked out, not kept: nothing in the database tells it.
fn code(app: &App, account: AccountId, (email, until): (&str, Instant)) -> String {
    let mac = app.keys.mac(b"contact-code", format!("{account}\n{email}\n{}", until.0).as_bytes());
    mac.iter().take(DIGITS).map(|byte| char::from(b'0' + byte % 10)).collect()
}

/// The address that waits, and its code, for the mail that carries it; none where it no longer waits.
pub(super) async fn waiting_code(
    app: &App,
    tx: &mut Tx,
    (account, payload): (AccountId, &Value),
) -> Result<Option<(String, String)>> {
    let kept = store::preferences(tx, &app.keys, account).await?.unwrap_or_default();
    let desk = wishes::recorded_for(app, tx, account).await?;
    let waits = waits(app, &kept, desk.as_ref()).filter(|(_, until)| payload["until"] == until.0);
    Ok(waits.map(|(email, until)| {
        let code = code(app, account, (&email, until));
        let (first, last) = code.split_at(DIGITS / 2);
        let grouped = format!("{first} {last}");
        (email, grouped)
    }))
}
