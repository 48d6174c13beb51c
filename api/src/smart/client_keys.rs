//! The public keys of apps: given by value, or asked for at their address and remembered for a while.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::address_rules::{KeysFault, Loopback, is_public, keys_fault};
use super::assertion_rules::{self, Expected, Header, Once};
use super::key_rules;
use super::model::{Client, KeySource, KeyTest};
use crate::app::App;
use crate::base::Instant;
use crate::config::Config;

/// One call takes no longer, and no honest set of keys is larger.
const TIMEOUT: Duration = Duration::from_secs(5);
const LARGEST: usize = 64 * 1024;
/// For how long keys are remembered where the answer does not say; and the bounds of what it may say.
const USUAL: Duration = Duration::from_secs(600);
const SHORTEST: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// Assertions make us ask, and anybody can send such assertions: so often we ask one address in this time, whatever it
/// answers. Keys are remembered no shorter, so who is asked that often and answers is known.
const CALLS: usize = 6;
const SPAN: Duration = SHORTEST;
/// More addresses than this are not remembered at once.
const REMEMBERED: usize = 1000;

/// Verifies an assertion with the app's keys; asks for them anew where it names one that is not known.
///
/// # Errors
/// What is wrong, for the developer.
pub(super) async fn verify(
    app: &App,
    client: &Client,
    (assertion, expected): (&str, Expected<'_>),
) -> Result<Once, String> {
    let header = assertion_rules::header(assertion)?;
    let source = client.about.keys.as_ref().ok_or("the app has no keys registered")?;
    let registered = match source {
        KeySource::Url(address) => Some(address),
        KeySource::Value(_) => None,
    };
    if header.jku.is_some() && header.jku.as_ref() != registered {
        return Err("the header's jku is not the registered jwks_uri".into());
    }
    let set = match source {
        KeySource::Value(set) => set.clone(),
        KeySource::Url(address) => with_key(app, address, &header).await?,
    };
    let key = assertion_rules::key(&set, &header)?;
    assertion_rules::verify(assertion, (&header, key), expected)
}

/// What is remembered, or the keys asked for anew where that lacks the key.
async fn with_key(app: &App, address: &str, header: &Header) -> Result<Value, String> {
    let now = app.clock.now();
    let name = (app.config.data.clone(), address.to_owned());
    let known = remembered().get(&name).and_then(|known| known.keys(now).cloned());
    if let Some(set) = &known
        && assertion_rules::key(set, header).is_ok()
    {
        return Ok(set.clone());
    }
    if !may_ask(&name, now) {
        return known.ok_or_else(|| OFTEN.into());
    }
    let (set, age) = fetch(app, address).await?;
    remembered().entry(name).or_default().set = Some((set.clone(), now.plus(age)));
    Ok(set)
}

const OFTEN: &str =
    "jwks_uri was asked six times within a minute and gave no keys; it is asked again a minute later";

/// What is known of an address.
#[derive(Default)]
struct Known {
    /// Its keys, and until when they are remembered.
    set: Option<(Value, Instant)>,
    /// When it was asked, whatever came of it.
    asked: Vec<Instant>,
}

impl Known {
    /// The keys, as long as they are remembered.
    fn keys(&self, now: Instant) -> Option<&Value> {
        self.set.as_ref().filter(|(_, until)| *until > now).map(|(set, _)| set)
    }

    /// Whether it may be asked now, which counts.
    fn may_ask(&mut self, now: Instant) -> bool {
        self.asked.retain(|at| now.since(*at) < SPAN);
        let may = self.asked.len() < CALLS;
        if may {
            self.asked.push(now);
        }
        may
    }

    /// Whether there is nothing to remember any more.
    fn is_over(&self, now: Instant) -> bool {
        self.keys(now).is_none() && self.asked.iter().all(|at| now.since(*at) >= SPAN)
    }
}

/// Two services in one process (as tests have) do not share what they know.
type Name = (PathBuf, String);

static REMEMBER: LazyLock<Mutex<HashMap<Name, Known>>> = LazyLock::new(Mutex::default);

fn remembered() -> MutexGuard<'static, HashMap<Name, Known>> {
    REMEMBER.lock().unwrap_or_else(PoisonError::into_inner)
}

fn may_ask(name: &Name, now: Instant) -> bool {
    let mut all = remembered();
    if all.len() >= REMEMBERED && !all.contains_key(name) {
        all.retain(|_, known| !known.is_over(now));
        if all.len() >= REMEMBERED {
            all.clear();
        }
    }
    all.entry(name.clone()).or_default().may_ask(now)
}

/// Asks for keys, and for how long they can be remembered. Calls no machine of our own network.
///
/// # Errors
/// What is wrong, for the developer; nothing of the answer.
async fn fetch(app: &App, address: &str) -> Result<(Value, Duration), String> {
    let url = Url::parse(address).map_err(|_| "jwks_uri is not an address")?;
    let (host, to) = allowed(app, &url).await?;
    // The addresses that were looked at are those that are called, whatever the name stands for a moment later.
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(TIMEOUT)
        .resolve_to_addrs(&host, &to)
        .build()
        .map_err(|_| "the call could not be made")?;
    let call = http.get(url).header("Accept", "application/json").send().await;
    let mut answer = call.map_err(|_| "jwks_uri does not answer within 5 seconds")?;
    if answer.status().as_u16() != 200 {
        return Err(format!(
            "jwks_uri answers with {}; redirects are not followed",
            answer.status().as_u16()
        ));
    }
    let age = age(answer.headers().get("Cache-Control").and_then(|value| value.to_str().ok()));
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| "the answer of jwks_uri breaks off")? {
        if body.len() + chunk.len() > LARGEST {
            return Err("the answer of jwks_uri is larger than 64 KB".into());
        }
        body.extend_from_slice(&chunk);
    }
    let set = serde_json::from_slice(&body).map_err(|_| "the answer of jwks_uri is not JSON")?;
    match key_rules::set_fault(&set) {
        None => Ok((set, age)),
        Some(fault) => Err(format!("the answer of jwks_uri {}", fault.words())),
    }
}

/// The host and its addresses, if it may be called.
async fn allowed(app: &App, url: &Url) -> Result<(String, Vec<SocketAddr>), String> {
    let loopback = loopback(app);
    match keys_fault(url, loopback) {
        Some(KeysFault::NotHttps) => return Err("jwks_uri must start with https:".into()),
        Some(KeysFault::NotPublic) => return Err(NOT_PUBLIC.into()),
        None => {}
    }
    let host = url.host_str().unwrap_or_default().to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found = tokio::time::timeout(TIMEOUT, tokio::net::lookup_host((bare, port))).await;
    let found = found.ok().and_then(Result::ok).ok_or("the host of jwks_uri is not found")?;
    let to: Vec<SocketAddr> = found.collect();
    let may =
        |to: &SocketAddr| is_public(to.ip()) || (loopback == Loopback::Allowed && to.ip().is_loopback());
    if to.is_empty() || !to.iter().all(may) {
        return Err(NOT_PUBLIC.into());
    }
    Ok((host, to))
}

const NOT_PUBLIC: &str = "the host of jwks_uri is not on the public internet";

/// Whether keys may be asked for on this machine itself.
pub(super) fn loopback(app: &App) -> Loopback {
    loopback_of(&app.config)
}

/// The same, of settings that are only looked at.
pub(super) fn loopback_of(config: &Config) -> Loopback {
    if config.apps.loopback_keys { Loopback::Allowed } else { Loopback::Refused }
}

/// For how long an answer can be remembered, by its `Cache-Control` (RFC 9111, 5.2.2), within bounds.
fn age(header: Option<&str>) -> Duration {
    let Some(header) = header else { return USUAL };
    let directives = header.split(',').map(|one| one.trim().to_ascii_lowercase());
    let mut age = USUAL;
    for one in directives {
        match one.strip_prefix("max-age=") {
            Some(seconds) => age = seconds.trim_matches('"').parse().map_or(USUAL, Duration::from_secs),
            None if one == "no-store" || one == "no-cache" => return SHORTEST,
            None => {}
        }
    }
    age.clamp(SHORTEST, LONGEST)
}

/// Looks at an app's keys as a token request would, and at an assertion.
pub(super) async fn test(
    app: &App,
    client: &Client,
    (assertion, expected): (Option<&str>, Expected<'_>),
) -> KeyTest {
    let mut steps = Vec::new();
    let set = match &client.about.keys {
        None => Err("the app has no keys registered".to_owned()),
        Some(KeySource::Value(set)) => Ok(set.clone()),
        Some(KeySource::Url(address)) => fetch(app, address).await.map(|(set, _)| set),
    };
    let where_from = match &client.about.keys {
        Some(KeySource::Url(_)) => "Keys at jwks_uri",
        _ => "Keys as registered",
    };
    let count = |set: &Value| set["keys"].as_array().map_or(0, Vec::len);
    steps.push((
        where_from.to_owned(),
        set.as_ref().map(|set| format!("{} found", count(set))).map_err(Clone::clone),
    ));
    for key in set.iter().filter_map(|set| set["keys"].as_array()).flatten() {
        let name = format!("Key {}", key["kid"].as_str().map(super::request_rules::told).unwrap_or_default());
        let kind = format!("for {}", key_rules::algorithm(key));
        steps.push((name, key_rules::key_fault(key).map_or(Ok(kind), |fault| Err(fault.to_owned()))));
    }
    if let Some(assertion) = assertion {
        let header = assertion_rules::header(assertion.trim());
        steps.push((
            "Header of the assertion".into(),
            header.as_ref().map(|_| "as it must be".into()).map_err(Clone::clone),
        ));
        if let (Ok(header), Ok(set)) = (header, set) {
            let key = assertion_rules::key(&set, &header);
            steps.push((
                "Key of the assertion".into(),
                key.as_ref().map(|_| "found".into()).map_err(Clone::clone),
            ));
            if let Ok(key) = key {
                let verified = assertion_rules::verify(assertion.trim(), (&header, key), expected);
                let said = verified.map(|_| "would be accepted; it was not used up".to_owned());
                steps.push(("Signature and claims".into(), said));
            }
        }
    }
    KeyTest { steps }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_remembered_within_bounds() {
        for (header, seconds) in [
            (None, 600),
            (Some("max-age=3600"), 3600),
            (Some("public, max-age=5"), 60),
            (Some("max-age=999999999"), 86_400),
            (Some("no-store, max-age=3600"), 60),
            (Some("max-age=x"), 600),
            (Some(""), 600),
        ] {
            assert_eq!(age(header), Duration::from_secs(seconds), "{header:?}");
        }
    }

    #[test]
    fn an_address_is_asked_six_times_a_minute() {
        let at = |second: i64| Instant(second * 1_000_000);
        let mut known = Known::default();
        assert!(known.is_over(at(0)));
        for (second, may) in
            [(0, true), (1, true), (2, true), (3, true), (4, true), (5, true), (6, false), (59, false)]
        {
            assert_eq!(known.may_ask(at(second)), may, "{second}");
        }
        assert!(!known.is_over(at(64)) && known.is_over(at(65)), "its last call counts for a minute");
        // As each call is a minute old, another is free.
        for (second, may) in [(60, true), (60, false), (61, true), (65, true)] {
            assert_eq!(known.may_ask(at(second)), may, "{second}");
        }
        known.set = Some((Value::Null, at(600)));
        assert!(known.keys(at(599)).is_some() && !known.is_over(at(599)));
        assert!(known.keys(at(600)).is_none() && known.is_over(at(600)));
    }
}
