//! A form with a file in it (RFC 7578), read whole and bounded. As any form it is taken only with its token and from
//! our own pages; the token stands before the file.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpRequest, web};
use api::representation::claims::LARGEST;
use futures::StreamExt;

use crate::csrf;
use crate::error::Failure;
use crate::form::Fields;
use crate::visit::Visit;

/// The largest body: one file of the largest size, and room for the fields beside it. What is larger than a file may
/// be but fits here is told beside the field, with what was typed kept.
const LIMIT: usize = LARGEST + 1024 * 1024;
/// How much of a larger body is read on: no photo of a telephone is larger.
const READ_ON: usize = 100 * 1024 * 1024;
/// More parts than any form of ours has.
const PARTS: usize = 32;

/// The fields of a form, and its file.
pub struct Upload {
    /// The fields.
    pub fields: Fields,
    /// The bytes of the file; empty if none was chosen.
    pub file: Vec<u8>,
}

impl FromRequest for Upload {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), web::Payload::from_request(request, payload));
        Box::pin(async move {
            let visit = Visit::of(&request).await?;
            if visit.session.is_none() {
                // Nobody's file is read.
                return Err(Failure::SignInFirst);
            }
            let bytes = whole(payload.await.map_err(|_| Failure::TooLarge)?).await?;
            let kind = request.headers().get("content-type").and_then(|value| value.to_str().ok());
            let upload = match kind.unwrap_or_default() {
                kind if kind.starts_with("application/x-www-form-urlencoded") => {
                    Some(Self { fields: Fields::parse(&bytes), file: Vec::new() })
                }
                kind => boundary(kind).and_then(|boundary| parse(&bytes, boundary)),
            };
            let upload = upload.ok_or(Failure::Forged)?;
            let ours = csrf::from_our_pages(&request, &visit.app.config.server.public_url);
            if ours && visit.token.fits(upload.fields.raw("csrf")) {
                Ok(upload)
            } else {
                Err(Failure::Forged)
            }
        })
    }
}

/// The body, if it is not larger than [`LIMIT`]. What is larger is read on without being kept: a browser shows no answer
/// that comes while it still sends.
async fn whole(mut payload: web::Payload) -> Result<BytesMut, Failure> {
    let (mut bytes, mut size) = (BytesMut::new(), 0_usize);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Failure::TooLarge)?;
        size = size.saturating_add(chunk.len());
        match size {
            fits if fits <= LIMIT => bytes.extend_from_slice(&chunk),
            read if read <= READ_ON => bytes.clear(),
            _ => break,
        }
    }
    if size > LIMIT { Err(Failure::TooLarge) } else { Ok(bytes) }
}

/// The boundary that a `Content-Type` names, between 1 and 70 plain characters.
fn boundary(kind: &str) -> Option<&str> {
    let (media, rest) = kind.split_once(';')?;
    if !media.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?;
    let value = value.trim().trim_matches('"');
    let plain = |c: char| c.is_ascii_graphic();
    (1..=70).contains(&value.len()).then_some(value).filter(|value| value.chars().all(plain))
}

/// The fields and the one file of a body; none where it is not as it must be.
fn parse(body: &[u8], boundary: &str) -> Option<Upload> {
    let (first, next) = (format!("--{boundary}"), format!("\r\n--{boundary}"));
    let mut rest = body.strip_prefix(first.as_bytes())?;
    let mut fields = Vec::new();
    let mut file = Vec::new();
    for _ in 0..PARTS {
        if rest.starts_with(b"--") {
            let fields =
                fields.iter().map(|(name, value): &(String, String)| (name.as_str(), value.as_str()));
            let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            return Some(Upload { fields: Fields::parse(encoded.as_bytes()), file });
        }
        let part = rest.strip_prefix(b"\r\n")?;
        let end = find(part, next.as_bytes())?;
        let (head, content) = split(&part[..end])?;
        let (name, is_file) = named(head)?;
        if is_file {
            file = content.to_vec();
        } else {
            fields.push((name, String::from_utf8_lossy(content).into_owned()));
        }
        rest = &part[end + next.len()..];
    }
    None
}

/// The headers of a part and what comes after them.
fn split(part: &[u8]) -> Option<(&str, &[u8])> {
    let end = find(part, b"\r\n\r\n")?;
    Some((std::str::from_utf8(&part[..end]).ok()?, &part[end + 4..]))
}

/// The name of a part's field, and whether it is a file. What the file is called is not read.
fn named(head: &str) -> Option<(String, bool)> {
    let line = head.lines().find(|line| {
        line.get(..20).is_some_and(|start| start.eq_ignore_ascii_case("content-disposition:"))
    })?;
    let value = |key: &str| {
        let (_, rest) = line.split_once(key)?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    Some((value("; name=\"")?, line.contains("; filename=\"")))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    while let Some(at) = bytes.get(from..)?.iter().position(|byte| *byte == first) {
        if bytes[from + at..].starts_with(wanted) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(file: &[u8]) -> Vec<u8> {
        let mut body = b"--xx\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc=&\r\n".to_vec();
        body.extend(b"--xx\r\ncontent-disposition: form-data; name=\"paper\"; filename=\"a.pdf\"\r\nContent-Type: x/y\r\n\r\n");
        body.extend(file);
        body.extend(b"\r\n--xx--\r\n");
        body
    }

    #[test]
    fn fields_and_the_file_are_read() {
        for file in [&b"%PDF-1.7\r\n\r\n--x \r\n--y"[..], b"", b"\r\n", b"\r\n--x", &[0, 255, 13, 10]] {
            let upload = parse(&body(file), "xx").unwrap();
            assert_eq!((upload.fields.raw("csrf"), upload.file.as_slice()), ("abc=&", file));
        }
    }

    #[test]
    fn what_is_cut_off_or_no_form_is_refused() {
        let whole = body(b"%PDF-1.7");
        for cut in 0..whole.len() - 4 {
            assert!(parse(&whole[..cut], "xx").is_none(), "cut at {cut}");
        }
        let many = b"--xx\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n".repeat(PARTS + 1);
        assert!(parse(&many, "xx").is_none());
        assert!(parse(b"--xx\r\n\r\n\r\nno name\r\n--xx--", "xx").is_none());
        assert!(parse(b"", "xx").is_none());
    }

    #[test]
    fn boundaries_are_read() {
        for (kind, wanted) in [
            ("multipart/form-data; boundary=abc", Some("abc")),
            ("Multipart/Form-Data; charset=x; boundary=\"a-b\"", Some("a-b")),
            ("multipart/form-data", None),
            ("multipart/form-data; boundary=", None),
            ("multipart/mixed; boundary=abc", None),
            ("text/plain; boundary=abc", None),
        ] {
            assert_eq!(boundary(kind), wanted, "{kind}");
        }
        assert_eq!(boundary(&format!("multipart/form-data; boundary={}", "x".repeat(71))), None);
    }
}
