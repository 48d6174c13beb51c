//! Asking a FHIR server: one address, retried with patience, judged by what really came back.

use std::time::Duration;

use secrecy::ExposeSecret;
use url::Url;

use crate::app::App;
use crate::config::Source;

/// The largest answer that is taken, unpacked.
const LARGEST: usize = 256 * 1024 * 1024;
/// How often one address is asked.
const TRIES: u32 = 5;
/// The longest wait between two tries, whatever `Retry-After` says; a longer one ends this gather.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Why an address gave nothing: the class that staff and patients are told, by message id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The server cannot be reached or breaks off.
    Away,
    /// No answer in time.
    TimeOut,
    /// 401 or 403: our key to this source is not taken.
    Unauthorized,
    /// 404 or 410.
    NotFound,
    /// 405, 501, or 400: this way of asking is not supported.
    NotSupported,
    /// 429, again and again.
    Busy,
    /// 5xx, again and again.
    ServerError,
    /// A web page instead of FHIR: a portal or a proxy in the way.
    Html,
    /// Not readable as FHIR JSON, or cut off.
    Broken,
    /// Larger than [`LARGEST`].
    TooLarge,
    /// Pages that lead to themselves.
    Loop,
    /// A next page on another server: our key must not go there.
    Elsewhere,
    /// Not FHIR R4.
    WrongVersion,
    /// Under the person's id the source has somebody else now.
    SomebodyElse,
}

impl Failure {
    /// The message id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Away => "gather-away",
            Self::TimeOut => "gather-time-out",
            Self::Unauthorized => "gather-unauthorized",
            Self::NotFound => "gather-not-found",
            Self::NotSupported => "gather-not-supported",
            Self::Busy => "gather-busy",
            Self::ServerError => "gather-server-error",
            Self::Html => "gather-html",
            Self::Broken => "gather-broken",
            Self::TooLarge => "gather-too-large",
            Self::Loop => "gather-loop",
            Self::Elsewhere => "gather-elsewhere",
            Self::WrongVersion => "gather-wrong-version",
            Self::SomebodyElse => "gather-somebody-else",
        }
    }

    /// Whether asking again later in the same gather may help.
    fn may_pass(self) -> bool {
        matches!(self, Self::Away | Self::TimeOut | Self::Busy | Self::ServerError | Self::Broken)
    }
}

/// Asks for one address until it answers, at most [`TRIES`] times.
pub async fn get(app: &App, source: &Source, url: &Url) -> Result<Vec<u8>, Failure> {
    let mut wait = Duration::from_millis(250);
    for attempt in 1.. {
        let (failure, asked) = match once(app, source, url).await {
            Ok(body) => return Ok(body),
            Err(failed) => failed,
        };
        if !failure.may_pass() || attempt >= TRIES {
            return Err(failure);
        }
        let pause = asked.unwrap_or(wait);
        if pause > LONGEST_WAIT {
            return Err(failure);
        }
        tokio::time::sleep(pause).await;
        wait = (wait * 2).min(Duration::from_secs(8));
    }
    Err(Failure::Away)
}

type Failed = (Failure, Option<Duration>);

async fn once(app: &App, source: &Source, url: &Url) -> Result<Vec<u8>, Failed> {
    let mut request = app
        .http
        .get(url.as_str())
        .header("Accept", "application/fhir+json")
        .timeout(Duration::from_secs(source.timeout_seconds));
    if let Some(token) = &source.token {
        request = request.bearer_auth(token.expose_secret());
    }
    let mut response = request.send().await.map_err(|error| (classify(&error), None))?;
    let status = response.status().as_u16();
    if let Some(failure) = by_status(status) {
        let asked = retry_after(response.headers().get("retry-after"), app.clock.now());
        return Err((failure, asked));
    }
    let html = response.headers().get("content-type").is_some_and(|v| v.as_bytes().starts_with(b"text/html"));
    if html {
        return Err((Failure::Html, None));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| (classify(&error), None))? {
        if body.len() + chunk.len() > LARGEST {
            return Err((Failure::TooLarge, None));
        }
        body.extend_from_slice(&chunk);
    }
    let start = body.iter().find(|b| !b.is_ascii_whitespace());
    match start {
        Some(b'<') => Err((Failure::Html, None)),
        // A page that does not parse as a whole was cut off or mixed up; asking again may bring the whole one.
        _ if serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_err() => Err((Failure::Broken, None)),
        _ => Ok(body),
    }
}

fn classify(error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        Failure::TimeOut
    } else if error.is_decode() {
        Failure::Broken
    } else {
        Failure::Away
    }
}

fn by_status(status: u16) -> Option<Failure> {
    match status {
        200..=299 => None,
        401 | 403 => Some(Failure::Unauthorized),
        404 | 410 => Some(Failure::NotFound),
        408 | 504 => Some(Failure::TimeOut),
        429 => Some(Failure::Busy),
        400 | 405 | 501 => Some(Failure::NotSupported),
        500..=599 => Some(Failure::ServerError),
        // Redirects are not followed: the token must not go to an address that nobody configured.
        300..=399 => Some(Failure::Elsewhere),
        _ => Some(Failure::NotSupported),
    }
}

/// `Retry-After` as seconds or as an HTTP date (RFC 9110 section 10.2.3).
fn retry_after(header: Option<&reqwest::header::HeaderValue>, now: crate::base::Instant) -> Option<Duration> {
    let text = header?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = chrono::DateTime::parse_from_rfc2822(text).ok()?;
    Some(Duration::from_secs(u64::try_from(at.timestamp() - now.micros() / 1_000_000).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let now = Instant(1_000_000_000_000_000);
        for (text, seconds) in [
            ("3", Some(3)),
            (" 120 ", Some(120)),
            ("Sun, 09 Sep 2001 01:46:50 GMT", Some(10)),
            ("Sun, 09 Sep 2001 01:46:30 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            let header = reqwest::header::HeaderValue::from_str(text).unwrap();
            assert_eq!(retry_after(Some(&header), now), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
