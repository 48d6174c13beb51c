//! Proof that a form was sent by a page of ours: a token tied to the session, or for strangers to a cookie of
//! their own, and a look at where the browser says the request comes from.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, ORIGIN};
use api::base;
use api::keys::Keys;
use subtle::ConstantTimeEq;
use url::Url;

/// The token that forms of this browser must carry; never sent as it is (see [`Token::masked`]).
#[derive(Clone, Copy)]
pub struct Token([u8; 32]);

impl Token {
    /// For a person in a session, from what its forms are known by ([`api::identity::form_mark`]).
    pub fn of_session(mark: [u8; 32]) -> Self {
        Self(mark)
    }

    /// For a stranger, from the value of the form cookie (a signed double submit).
    pub fn of_cookie(keys: &Keys, cookie: &str) -> Self {
        Self(keys.mac(b"csrf-cookie", cookie.as_bytes()))
    }

    /// The token for one page, 128 hexadecimal digits: different each time, so that the compressed size of
    /// pages tells nothing about it.
    pub fn masked(&self) -> String {
        let mask = base::bytes::<32>();
        let mut out = [0; 64];
        out[..32].copy_from_slice(&mask);
        for (n, byte) in self.0.iter().enumerate() {
            out[32 + n] = byte ^ mask[n];
        }
        hex::encode(out)
    }

    /// Whether a form's token is this one.
    pub fn fits(&self, masked: &str) -> bool {
        let Some((mask, rest)) = hex::decode(masked).ok().filter(|b| b.len() == 64).map(|b| {
            let (mask, rest) = b.split_at(32);
            (mask.to_vec(), rest.to_vec())
        }) else {
            return false;
        };
        let open: Vec<u8> = mask.iter().zip(&rest).map(|(a, b)| a ^ b).collect();
        open.ct_eq(&self.0).into()
    }
}

/// Whether the browser says that the request comes from our own pages, which are those under the setting
/// `server.public_url` and no others: what the request calls its host is the sender's word, and behind a proxy it
/// need not be ours. Browsers that say nothing are old or are no browsers; they still need the token.
pub fn from_our_pages(request: &HttpRequest, public_url: &str) -> bool {
    let headers = request.headers();
    let site_is_ours =
        text(headers, "sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none");
    // As browsers write it: small letters, without the port where it is the usual one.
    let ours = || Url::parse(public_url).map(|url| url.origin().ascii_serialization());
    let origin_is_ours =
        text(headers, ORIGIN.as_str()).is_none_or(|origin| ours().is_ok_and(|ours| ours == origin));
    site_is_ours && origin_is_ours
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn only_the_own_token_fits() {
        let token = Token([7; 32]);
        let other = Token([8; 32]);
        let (a, b) = (token.masked(), token.masked());
        assert_ne!(a, b, "each page has another text");
        assert!(token.fits(&a) && token.fits(&b) && !other.fits(&a));
        for bad in ["", "00", "zz", &a[1..], &a[..64], &format!("{a}00"), &hex::encode([0; 64])] {
            assert!(!token.fits(bad), "{bad}");
        }
    }

    #[test]
    fn where_requests_come_from() {
        for (headers, ours) in [
            (vec![], true),
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "cross-site")], false),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("origin", "https://records.example.org")], true),
            (vec![("origin", "https://evil.example")], false),
            (vec![("origin", "null")], false),
            (vec![("origin", "https://records.example.org"), ("host", "10.0.0.7:8080")], true),
            (vec![("origin", "https://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], false),
            (vec![("origin", "https://evil.example"), ("host", "evil.example")], false),
            (vec![("origin", "http://records.example.org")], false),
            (vec![("origin", "https://records.example.org:8443")], false),
            (vec![("origin", "https://records.example.org"), ("sec-fetch-site", "cross-site")], false),
        ] {
            let mut request = TestRequest::post();
            for header in &headers {
                request = request.insert_header(*header);
            }
            let request = request.to_http_request();
            for url in ["https://records.example.org", "https://Records.example.org:443/"] {
                assert_eq!(from_our_pages(&request, url), ours, "{headers:?}");
            }
        }
    }
}
