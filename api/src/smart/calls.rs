//! Calls of the FHIR interface: how many more an app may make in this minute, and what its developer reads about them.
//! Both are kept in memory, so that no read waits for them: this process counts what it answers itself, and writes the
//! lines of some seconds together.

use std::collections::HashMap;
use std::sync::{Arc, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::calls_store as store;
use super::limits::Left;
use super::model::{Access, Attempt, ClientId, Standing, SystemAccess};
use super::token_store::Kept;
use super::{grant_store, token_store, tokens};
use crate::app::{App, CallLine, Calls, Inner};
use crate::base::{Error, Instant, Result};
use crate::identity;

/// What is counted together.
const MINUTE: i64 = 60_000_000;
/// Callers of a kind that are counted in a minute. Beyond, nobody new of that kind is: memory has an end, and who comes in
/// such numbers is held off before this program.
const MOST_CALLERS: usize = 100_000;
/// The strangers beyond, as one; no network is called so.
const REST: &str = "";
/// How long lines wait to be written together.
const WAIT: Duration = Duration::from_secs(10);
/// Lines of one app in that time: what comes beyond is told as a number.
const LISTED: i64 = 50;
/// Lines that wait at most.
const MOST_LINES: usize = 5000;
/// Lines that are written in one transaction, so that nobody else waits for long.
const TOGETHER: usize = 256;

/// Who calls, as far as the token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    key: Key,
    client: Option<ClientId>,
}

/// What is counted for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    /// Whose token is in force.
    Known(String),
    /// A network that calls without one.
    Stranger(String),
}

impl Caller {
    /// An app of a person: each connection counts for itself.
    pub fn of(access: &Access) -> Self {
        Self { key: Key::Known(format!("grant/{}", access.grant)), client: Some(access.client.clone()) }
    }

    /// A system.
    pub fn of_system(access: &SystemAccess) -> Self {
        Self { key: Key::Known(format!("system/{}", access.client)), client: Some(access.client.clone()) }
    }

    /// Somebody without a token in force, by the network they call from; the app, if the token is known to have been its.
    pub fn unknown(address: &str, client: Option<ClientId>) -> Self {
        Self { key: Key::Stranger(identity::network(address)), client }
    }

    /// The app.
    pub fn client(&self) -> Option<&ClientId> {
        self.client.as_ref()
    }
}

/// Counts a call.
pub(super) fn count(app: &App, caller: &Caller) -> Left {
    let most = app.config.apps.reads_per_minute;
    if most == 0 {
        return Left::NO_LIMIT;
    }
    counted(&mut calls(app), (app.clock.now(), most), &caller.key)
}

fn counted(calls: &mut Calls, (now, most): (Instant, i64), key: &Key) -> Left {
    let minute = now.0.div_euclid(MINUTE);
    if calls.minute != minute {
        calls.minute = minute;
        calls.counts.clear();
        calls.strangers.clear();
    }
    let rest = MINUTE - now.0.rem_euclid(MINUTE);
    let reset = Duration::from_micros(rest.unsigned_abs().next_multiple_of(1_000_000));
    let (counts, key, is_stranger) = match key {
        Key::Known(key) => (&mut calls.counts, key, false),
        Key::Stranger(key) => (&mut calls.strangers, key, true),
    };
    let count = match counts.get_mut(key) {
        Some(count) => {
            *count += 1;
            *count
        }
        None => {
            // Beyond that strangers are counted together: networks that somebody makes up slow down who comes without a
            // token after them.
            let key = match counts.len() < MOST_CALLERS {
                true => Some(key.as_str()),
                false => is_stranger.then_some(REST),
            };
            key.map_or(1, |key| {
                let count = counts.entry(key.to_owned()).or_default();
                *count += 1;
                *count
            })
        }
    };
    Left { most, left: most - count, reset }
}

/// The app whose token this is or once was, and why it is not in force. For who calls with a token that is not.
pub(super) async fn owner(app: &App, bearer: &str) -> Result<Option<(ClientId, &'static str)>> {
    let mut tx = app.db.lone().await?;
    let Some(token) = token_store::token(&mut tx, tokens::hash(app, bearer)).await? else { return Ok(None) };
    let now = app.clock.now();
    let grant = match token.grant {
        Some(id) => grant_store::find(&mut tx, id, now).await?.map(|grant| grant.standing),
        None => None,
    };
    let why = ended((token.kind, token.revoked, token.expires), grant, now);
    Ok(Some((token.client, why)))
}

/// Why a token is not in force, as far as it can tell itself. What the person did is told before that it ended by time.
fn ended(
    (kind, revoked, expires): (Kept, Option<Instant>, Instant),
    grant: Option<Standing>,
    now: Instant,
) -> &'static str {
    match (kind, grant) {
        (Kept::Refresh, _) => "a refresh token is no access token",
        (_, Some(Standing::Paused { .. })) => "the person paused this app",
        (_, Some(Standing::Ended { .. })) => "what the person allowed has ended",
        _ if revoked.is_some() => "the access token was taken back",
        _ if expires <= now => "the access token has expired",
        _ => "",
    }
}

/// Notes a call for the app's developer. The first that is noted sees to it that all of the next seconds are written.
pub(super) fn note(app: &App, line: CallLine) {
    let is_first = push(&mut calls(app), line);
    if is_first {
        later(app);
    }
}

fn later(app: &App) {
    tokio::spawn(write_later(Arc::downgrade(app)));
}

/// Whether lines began to wait.
fn push(calls: &mut Calls, line: CallLine) -> bool {
    let is_first = calls.made.is_empty();
    let full = calls.lines.len() >= MOST_LINES;
    if full && !calls.made.contains_key(&line.client) {
        return false;
    }
    let made = calls.made.entry(line.client.clone()).or_default();
    *made += 1;
    if *made <= LISTED && !full {
        calls.lines.push(line);
    }
    is_first
}

async fn write_later(app: Weak<Inner>) {
    tokio::time::sleep(WAIT).await;
    let Some(app) = app.upgrade() else { return };
    if let Err(error) = write(&app).await {
        warn(error);
    }
}

/// Tells operators that lines wait longer: for a log that can be read without them.
pub(super) fn warn(error: Error) {
    let error = format!("{:#}", anyhow::Error::from(error));
    tracing::warn!(error, "lines of developers' logs were not written");
}

/// Writes what waits: at the end of the program, and before somebody reads a log. What cannot be written waits on.
pub(super) async fn write(app: &App) -> Result<()> {
    let (lines, made) = {
        let mut calls = calls(app);
        (std::mem::take(&mut calls.lines), std::mem::take(&mut calls.made))
    };
    let all = told(&lines, made.clone());
    for (n, some) in all.chunks(TOGETHER).enumerate() {
        if let Err(error) = written(app, some).await {
            let done = &all[..n * TOGETHER];
            if put_back(&mut calls(app), (lines, made), done) {
                later(app);
            }
            return Err(error);
        }
    }
    Ok(())
}

async fn written(app: &App, some: &[(String, Attempt)]) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::note(&mut tx, some).await?;
    tx.commit().await
}

/// Lets wait again what was taken and is not among the first that were written; whether lines began to wait by that. Of
/// lines beyond those that may wait, only the number is kept.
fn put_back(
    calls: &mut Calls,
    (mut lines, mut made): (Vec<CallLine>, HashMap<String, i64>),
    done: &[(String, Attempt)],
) -> bool {
    let listed = done.len().min(lines.len());
    for (client, _) in &done[..listed] {
        if let Some(rest) = made.get_mut(client) {
            *rest -= 1;
        }
    }
    // Their numbers of further calls were written as well.
    for (client, _) in &done[listed..] {
        made.remove(client);
    }
    let is_first = calls.made.is_empty();
    for (client, rest) in made.into_iter().filter(|(_, rest)| *rest > 0) {
        *calls.made.entry(client).or_default() += rest;
    }
    lines.drain(..listed);
    lines.append(&mut calls.lines);
    lines.truncate(MOST_LINES);
    calls.lines = lines;
    is_first && !calls.made.is_empty()
}

/// The lines with their apps, and how many more calls each app made.
fn told(lines: &[CallLine], mut made: HashMap<String, i64>) -> Vec<(String, Attempt)> {
    let mut all = Vec::with_capacity(lines.len());
    let mut last = HashMap::new();
    for line in lines {
        all.push((line.client.clone(), attempt(line)));
        last.insert(line.client.as_str(), line.at);
        if let Some(rest) = made.get_mut(&line.client) {
            *rest -= 1;
        }
    }
    for (client, at) in last {
        if let Some(rest) = made.get(client).copied().filter(|rest| *rest > 0) {
            all.push((client.to_owned(), more(at, rest)));
        }
    }
    all
}

fn attempt(line: &CallLine) -> Attempt {
    let said: Vec<&str> = line.what.into_iter().filter(|word| !word.is_empty()).collect();
    let why = if line.why.is_empty() { String::new() } else { format!(": {}", line.why) };
    Attempt {
        at: line.at,
        endpoint: "fhir".into(),
        status: line.status,
        error: error_of(line.status).map(str::to_owned),
        reason: format!("{}{why}", said.join(" ")),
        trace: line.trace.clone(),
    }
}

fn more(at: Instant, calls: i64) -> Attempt {
    let reason = format!("{calls} more calls in the same seconds are not listed");
    Attempt { at, endpoint: "fhir".into(), status: 0, error: None, reason, trace: String::new() }
}

/// What FHIR calls it (IssueType).
fn error_of(status: u16) -> Option<&'static str> {
    Some(match status {
        0..=399 => return None,
        401 => "login",
        403 => "forbidden",
        404 => "not-found",
        405 | 406 | 415 => "not-supported",
        409 => "conflict",
        410 => "deleted",
        413 => "too-long",
        429 => "throttled",
        503 => "transient",
        500.. => "exception",
        _ => "invalid",
    })
}

/// A thread that broke off in here left numbers at most one too small.
fn calls(app: &App) -> MutexGuard<'_, Calls> {
    app.calls.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smart::GrantEnd;

    #[test]
    fn calls_are_counted_by_the_minute() {
        let mut calls = Calls::default();
        let at = |seconds: i64| Instant(seconds * 1_000_000 + 1);
        for (second, key, left, reset) in [
            (60, "a", 1, 60),
            (61, "a", 0, 59),
            (62, "b", 1, 58),
            (119, "a", -1, 1),
            (120, "a", 1, 60),
            (121, "a", 0, 59),
        ] {
            let found = counted(&mut calls, (at(second), 2), &Key::Known(key.into()));
            let expected = Left { most: 2, left, reset: Duration::from_secs(reset) };
            assert_eq!(found, expected, "{second} {key}");
            assert_eq!(found.is_over(), left < 0);
        }
    }

    #[test]
    fn invented_networks_do_not_switch_the_limit_off() {
        let mut calls = Calls::default();
        let mut left = |key: Key| counted(&mut calls, (Instant(122_000_001), 2), &key).left;
        let known = |name: &str| Key::Known(name.to_owned());
        // As many networks as may be, each of its own /64.
        for n in 0..=MOST_CALLERS {
            let caller = Caller::unknown(&format!("2001:db8:{:x}:{:x}::1", n >> 16, n & 0xffff), None);
            assert_eq!(left(caller.key), 1);
        }
        assert_eq!([left(known("a")), left(known("a")), left(known("a"))], [1, 0, -1], "apps are counted");
        let first = || Caller::unknown("2001:db8::2", None).key;
        assert_eq!([left(first()), left(first())], [0, -1], "who was counted goes on being counted");
        let later = |name: &str| Key::Stranger(name.to_owned());
        assert_eq!(
            [left(later("a")), left(later("b"))],
            [0, -1],
            "who comes after them is counted with the others"
        );
        for n in 0..=MOST_CALLERS {
            left(known(&n.to_string()));
        }
        assert_eq!(left(known("a")), -2);
        let kept = [calls.counts.len(), calls.strangers.len()];
        assert_eq!(kept, [MOST_CALLERS, MOST_CALLERS + 1], "memory has an end");
    }

    #[test]
    fn lines_wait_up_to_a_number() {
        let mut calls = Calls::default();
        let line = |client: &str| CallLine {
            client: client.into(),
            at: Instant(1),
            status: 200,
            what: ["GET", "read", "Patient"],
            why: "",
            trace: String::new(),
        };
        assert!(push(&mut calls, line("a")), "the first");
        for _ in 0..2 * LISTED {
            assert!(!push(&mut calls, line("a")));
        }
        assert_eq!((calls.lines.len() as i64, calls.made["a"]), (LISTED, 2 * LISTED + 1));
        let all = told(&calls.lines, calls.made.clone());
        assert_eq!(all.len() as i64, LISTED + 1);
        assert_eq!(all[all.len() - 1].1.reason, "51 more calls in the same seconds are not listed");
        for n in 0..MOST_LINES {
            assert!(!push(&mut calls, line(&n.to_string())));
        }
        assert_eq!(calls.lines.len(), MOST_LINES);
        assert!(calls.made.len() < MOST_LINES, "who came when it was full is not remembered");
    }

    #[test]
    fn what_was_not_written_waits_on() {
        let line = |client: &str, at| CallLine {
            client: client.into(),
            at: Instant(at),
            status: 200,
            what: ["GET", "read", "Patient"],
            why: "",
            trace: String::new(),
        };
        let taken =
            || (vec![line("a", 1), line("b", 2)], HashMap::from([("a".to_owned(), 1), ("b".to_owned(), 4)]));
        let all = told(&taken().0, taken().1);
        assert_eq!(all.len(), 3, "two lines, and three more calls of b");
        for (done, new, lines, made, is_first) in [
            (0, 0, vec![1, 2], vec![("a", 1), ("b", 4)], true),
            (0, 1, vec![1, 2, 3], vec![("a", 2), ("b", 4)], false),
            (1, 0, vec![2], vec![("b", 4)], true),
            (2, 1, vec![3], vec![("a", 1), ("b", 3)], false),
            (3, 0, vec![], vec![], false),
        ] {
            let mut calls = Calls::default();
            (0..new).for_each(|_| assert!(push(&mut calls, line("a", 3))));
            assert_eq!(put_back(&mut calls, taken(), &all[..done]), is_first, "{done} {new}");
            let at: Vec<i64> = calls.lines.iter().map(|line| line.at.0).collect();
            let mut found: Vec<(&str, i64)> = calls.made.iter().map(|(app, n)| (app.as_str(), *n)).collect();
            found.sort_unstable();
            assert_eq!((at, found), (lines, made), "{done} {new}");
        }
    }

    #[test]
    fn why_a_token_opens_nothing() {
        let (then, now) = (Instant(1), Instant(2));
        let paused = Some(Standing::Paused { since: then });
        let over = Some(Standing::Ended { at: then, why: GrantEnd::Expired });
        for (token, grant, why) in [
            ((Kept::Refresh, None, Instant(9)), Some(Standing::Active), "a refresh token is no access token"),
            ((Kept::Access, None, then), paused, "the person paused this app"),
            ((Kept::Access, Some(then), then), over, "what the person allowed has ended"),
            ((Kept::Access, Some(then), then), Some(Standing::Active), "the access token was taken back"),
            ((Kept::Access, None, now), None, "the access token has expired"),
            ((Kept::Access, None, Instant(9)), Some(Standing::Active), ""),
        ] {
            assert_eq!(ended(token, grant, now), why, "{token:?}");
        }
    }

    #[test]
    fn a_line_says_what_was_called() {
        let line = CallLine {
            client: "a".into(),
            at: Instant(1),
            status: 404,
            what: ["GET", "read", "Patient"],
            why: "",
            trace: "t".into(),
        };
        let made = attempt(&line);
        assert_eq!((made.reason.as_str(), made.error.as_deref()), ("GET read Patient", Some("not-found")));
        assert_eq!(attempt(&CallLine { what: ["GET", "other", ""], ..line.clone() }).reason, "GET other");
        let why = attempt(&CallLine { why: "there is nothing", ..line });
        assert_eq!(why.reason, "GET read Patient: there is nothing");
        for (status, error) in [(200, None), (304, None), (400, Some("invalid")), (502, Some("exception"))] {
            assert_eq!(error_of(status), error, "{status}");
        }
    }
}
