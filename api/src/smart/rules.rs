//! What an app may be registered with, and what a person may choose. Pure.

use std::time::Duration;

use url::{Host, Url};

use super::address_rules::{self, KeysFault, Loopback};
use super::key_rules;
use super::model::{Choice, ClientKind, GrantEnd, KeySource, Registration, Standing, Stay, Use};
use super::name_rules::{self, Taken};
use super::scopes::{Level, Scopes};
use crate::base::{Instant, Problem, Problems, unseen};
use crate::identity::Actor;
use crate::representation::{Kind, Lens};

/// The most addresses, contacts and groups of one app, and the longest of each.
pub(super) const MOST: usize = 20;
const LONGEST: usize = 2000;
const NAME: usize = 80;
/// The longest that somebody can let an app read: a year and a day.
pub(super) const LONGEST_GRANT: Duration = Duration::from_secs(367 * 86_400);

/// Parameters that an answer adds to an address (RFC 6749, 4.1.2; RFC 9207): one that stands there already would be read in
/// their place.
const ANSWERED: [&str; 5] = ["code", "state", "iss", "error", "error_description"];

/// Whether an address to send people back to can be registered, and if not, why: `https`, or `http` to the device
/// itself, or a scheme of the app's own, which has a dot (RFC 8252, sections 7 and 8.3; RFC 9700, section 2.1).
pub(super) fn redirect_fault(address: &str) -> Option<&'static str> {
    let Ok(url) = Url::parse(address) else { return Some("is not an address") };
    let scheme = url.scheme();
    if address.len() > LONGEST || !address.bytes().all(|b| b.is_ascii_graphic()) {
        return Some("is too long, or has characters that addresses do not have");
    }
    if url.fragment().is_some() {
        return Some("has a fragment (#)");
    }
    // Browsers and we could read these as different addresses.
    if address.contains('\\') || (url.has_host() && !address.contains("://")) {
        return Some("is not written as scheme://host/path");
    }
    if url.query_pairs().any(|(name, _)| ANSWERED.contains(&&*name)) {
        return Some("has a parameter of the answer (code, state, iss or error) in it");
    }
    if address.contains('*') {
        return Some("has a *: addresses are compared character by character");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("has a name or password in it");
    }
    match scheme {
        "https" => None,
        "http" if is_loopback(&url) => None,
        "http" => Some("starts with http: and is not on the device itself (127.0.0.1, [::1], localhost)"),
        own if own.contains('.') => None,
        _ => Some("has a scheme without a dot; an app's own scheme is a domain name turned round"),
    }
}

/// Whether the address of a request is the registered one: character by character, but for the port where it is on the
/// device itself (RFC 8252, section 7.3).
fn same_redirect(registered: &str, asked: &str) -> bool {
    if registered == asked {
        return true;
    }
    let (Ok(mut registered), Ok(mut other)) = (Url::parse(registered), Url::parse(asked)) else {
        return false;
    };
    if registered.scheme() != "http" || !is_loopback(&registered) || other.scheme() != "http" {
        return false;
    }
    // What is not written as `Url` writes it is another address.
    if other.as_str() != asked {
        return false;
    }
    let ports = [registered.set_port(None), other.set_port(None)];
    ports.iter().all(Result::is_ok) && registered == other
}

/// Whether an app may have people sent back to this address.
pub(super) fn may_go_back(about: &Registration, asked: &str) -> bool {
    about.redirect_uris.iter().any(|own| same_redirect(own, asked))
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Whether a page of the app can be named: `https`, or `http` on the device itself.
fn is_page(address: &str) -> bool {
    address.len() <= LONGEST
        && Url::parse(address).is_ok_and(|url| {
            url.scheme() == "https" && url.host().is_some() || url.scheme() == "http" && is_loopback(&url)
        })
}

/// What a registration is held against.
#[derive(Debug, Default)]
pub(super) struct Against {
    /// The names that it may not take.
    pub taken: Taken,
    /// Whether keys may be asked for on this machine itself.
    pub loopback: Loopback,
}

impl Against {
    /// Names that its maker may not take: nobody else is the clinic. Who made one app may make another.
    fn makers(&self) -> Taken {
        Taken { clinic: self.taken.clinic.clone(), apps: vec![] }
    }
}

/// What is wrong with a registration, in the order of the form.
pub(super) fn problems(about: &Registration, against: &Against) -> Problems {
    let mut found: Vec<Problem> = Vec::new();
    let mut add = |field, code| found.push(Problem { field, code });
    match about.name.chars().count() {
        0 => add("name", "problem-required"),
        count if count > NAME => add("name", "problem-too-long"),
        _ if !is_plain(&about.name) => add("name", "problem-app-words"),
        _ => {
            if let Some(code) = name_rules::fault(&about.name, &against.taken) {
                add("name", code);
            }
        }
    }
    if about.made_by.as_deref().is_some_and(|made_by| made_by.chars().count() > NAME) {
        add("made_by", "problem-too-long");
    } else if about.made_by.as_deref().is_some_and(|made_by| !is_plain(made_by)) {
        add("made_by", "problem-app-words");
    } else if let Some(code) =
        about.made_by.as_deref().and_then(|by| name_rules::fault(by, &against.makers()))
    {
        add("made_by", code);
    }
    let person = about.used_by == Use::Person;
    if person && about.redirect_uris.is_empty() {
        add("redirect_uris", "problem-required");
    } else if about.redirect_uris.len() > MOST {
        add("redirect_uris", "problem-app-many");
    } else if about.redirect_uris.iter().any(|address| redirect_fault(address).is_some()) {
        add("redirect_uris", "problem-app-redirect");
    } else if !person && !about.redirect_uris.is_empty() {
        add("redirect_uris", "problem-app-system");
    }
    for (field, address) in [
        ("launch_uri", &about.launch_uri),
        ("logo_uri", &about.logo_uri),
        ("client_uri", &about.client_uri),
        ("policy_uri", &about.policy_uri),
        ("tos_uri", &about.tos_uri),
    ] {
        if address.as_deref().is_some_and(|address| !is_page(address)) {
            add(field, "problem-app-address");
        }
    }
    if about.contacts.len() > MOST
        || about.contacts.iter().any(|one| one.chars().count() > 200 || !is_plain(one))
    {
        add("contacts", "problem-too-long");
    }
    if let Some(text) = &about.scope {
        let level = if person { Level::Patient } else { Level::System };
        let none = Scopes::parse(text).map_or(true, |scopes| scopes.for_level(level).is_empty());
        if none {
            add("scope", "problem-app-scope");
        }
    } else if !person {
        add("scope", "problem-required");
    }
    match (&about.keys, about.kind) {
        (None, ClientKind::Keys) => add("keys", "problem-app-keys"),
        (None, _) => {}
        (Some(KeySource::Url(address)), _) => {
            if let Some(code) = keys_fault(address, against.loopback) {
                add("jwks_uri", code);
            }
        }
        (Some(KeySource::Value(keys)), _) => {
            if let Some(fault) = key_rules::set_fault(keys) {
                add("keys", fault.code());
            }
        }
    }
    if !person && about.kind != ClientKind::Keys {
        add("kind", "problem-app-system");
    }
    let groups = &about.groups;
    if groups.len() > MOST
        || groups.iter().any(|group| group.is_empty() || group.len() > 64 || !is_plain(group))
    {
        add("groups", "problem-app-many");
    }
    if about.software.iter().any(|(id, version)| id.len() > 200 || version.len() > 200) {
        add("software", "problem-too-long");
    }
    Problems(found)
}

/// Text that stands in sentences of ours: on one line, with nothing in it that its reader would not see.
fn is_plain(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(char::is_control) && unseen("", text).is_none()
}

/// What is wrong with an address of keys: what would not be asked for is not registered either.
fn keys_fault(address: &str, loopback: Loopback) -> Option<&'static str> {
    let Some(url) = Url::parse(address).ok().filter(|_| address.len() <= LONGEST) else {
        return Some("problem-app-address");
    };
    match address_rules::keys_fault(&url, loopback) {
        None => None,
        Some(KeysFault::NotHttps) => Some("problem-app-address"),
        Some(KeysFault::NotPublic) => Some("problem-app-keys-private"),
    }
}

/// Whether somebody with this authority may connect an app: what an app takes it keeps, so it takes who stands in the
/// person's place, not a helper, and not an estate.
pub(super) fn may_connect(kind: Kind) -> bool {
    !matches!(kind, Kind::Delegate | Kind::Estate)
}

/// What is wrong with a choice, against what was asked and what the chooser sees themselves.
pub(super) fn choice_problems(choice: &Choice, (asked, stay): (&Scopes, Stay), now: Instant) -> Problems {
    let mut found = Vec::new();
    let mut add = |field, code| found.push(Problem { field, code });
    if !choice.scopes.any_resource() && asked.any_resource() {
        add("scopes", "problem-app-nothing");
    } else if choice.scopes.within(asked) != choice.scopes {
        add("scopes", "problem-choice");
    }
    if choice.stay > stay {
        add("stay", "problem-choice");
    }
    if choice.until <= now {
        add("until", "problem-date-past");
    } else if choice.until.since(now) > LONGEST_GRANT {
        add("until", "problem-date");
    }
    Problems(found)
}

/// What is wrong with a change of a grant: it only ever takes away.
pub(super) fn change_problems(
    (scopes, lens, until): (&Scopes, Lens, Instant),
    (own, own_lens, own_until): (&Scopes, Lens, Instant),
    now: Instant,
) -> Problems {
    let mut found = Vec::new();
    let mut add = |field, code| found.push(Problem { field, code });
    if !scopes.any_resource() {
        add("scopes", "problem-app-nothing");
    } else if scopes.within(own) != *scopes || !own_lens.covers(lens) {
        add("scopes", "problem-app-more");
    }
    if until <= now {
        add("until", "problem-date-past");
    } else if until > own_until {
        add("until", "problem-app-more");
    }
    Problems(found)
}

/// By how much the clock of an identity provider may be behind ours.
const SKEW: Duration = Duration::from_secs(10);

/// Whether an app wants a newer sign-in than this one (OpenID Connect Core 1.0, 3.1.2.1: `prompt`, `max_age`).
pub(super) fn is_late(actor: &Actor, since: Instant) -> bool {
    actor.auth_time.is_none_or(|at| at.plus(SKEW) < since)
}

/// Where a grant stands.
pub(super) fn standing(
    (until, paused, ended): (Instant, Option<Instant>, Option<(Instant, GrantEnd)>),
    now: Instant,
) -> Standing {
    match (ended, paused) {
        (Some((at, why)), _) => Standing::Ended { at, why },
        (None, _) if until <= now => Standing::Ended { at: until, why: GrantEnd::Expired },
        (None, Some(since)) => Standing::Paused { since },
        (None, None) => Standing::Active,
    }
}

/// For how long a key signs and is published, in days.
const SIGNS: u64 = 90;
const DAY: u64 = 86_400;

/// What to do about the keys that sign ID tokens, by when they were made, in any order: the one that signs now, whether a
/// new one must be made, and those whose tokens are all over. A new key is published a day before it signs, so that
/// who remembers our keys has it by then; an old one stays for three days more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct KeyPlan {
    pub signs: Option<Instant>,
    pub make: Make,
    pub over: Vec<Instant>,
}

/// Whether a key must be made.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Make {
    Yes,
    No,
}

pub(super) fn key_plan(made: &[Instant], now: Instant) -> KeyPlan {
    let mut made = made.to_vec();
    made.sort();
    let old = |days: u64| move |at: &&Instant| now.since(**at) >= Duration::from_secs(days * DAY);
    let signs = made.iter().rev().find(old(1)).or(made.first()).copied();
    let make = match made.last() {
        Some(newest) if now.since(*newest) < Duration::from_secs((SIGNS - 1) * DAY) => Make::No,
        _ => Make::Yes,
    };
    let newer = made.iter().rev().find(old(4)).copied();
    let over = made.into_iter().filter(|at| newer.is_some_and(|newer| *at < newer)).collect();
    KeyPlan { signs, make, over }
}

#[cfg(test)]
mod tests;
