//! The header `Authorization`, of which a request has one (RFC 9110, 5.3): of two, each who reads might take another.

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HeaderValue};

/// It came twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Twice;

/// What is told of it.
pub(super) const TWICE: &str = "the header Authorization comes twice";

/// The header, if there is one.
///
/// # Errors
/// Where there are more.
pub(super) fn authorization(request: &HttpRequest) -> Result<Option<&HeaderValue>, Twice> {
    let mut all = request.headers().get_all(AUTHORIZATION);
    let first = all.next();
    all.next().map_or(Ok(first), |_| Err(Twice))
}

/// The token that it bears (RFC 6750, 2.1), if it bears one.
///
/// # Errors
/// Where there are more headers of this name.
pub(super) fn bearer(request: &HttpRequest) -> Result<Option<&str>, Twice> {
    let parts = authorization(request)?.and_then(|value| value.to_str().ok()?.split_once(' '));
    Ok(parts.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer")).map(|(_, token)| token.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn one_header_is_read_and_two_are_refused() {
        for (headers, expected) in [
            (&[][..], Ok(None)),
            (&["Bearer abc"], Ok(Some("abc"))),
            (&["bearer  abc "], Ok(Some("abc"))),
            (&["Bearer"], Ok(None)),
            (&["Basic YTpi"], Ok(None)),
            (&["Bearer abc", "Bearer abc"], Err(Twice)),
            (&["Basic YTpi", "Bearer abc"], Err(Twice)),
        ] {
            let request = headers.iter().fold(TestRequest::default(), |request, value| {
                request.append_header((AUTHORIZATION, *value))
            });
            assert_eq!(bearer(&request.to_http_request()), expected, "{headers:?}");
        }
    }
}
