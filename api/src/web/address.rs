//! Where a request comes from: for limits only, never kept as it is.

use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;

use crate::app::App;

/// The client's address; behind a proxy the one that the proxy names. Of several that is the last: those before it
/// are what the client claimed.
pub fn address(app: &App, request: &HttpRequest) -> String {
    let forwarded =
        || request.headers().get_all("x-forwarded-for").last()?.to_str().ok().and_then(last_address);
    let named = app.config.server.behind_proxy.then(forwarded).flatten();
    let address = named.or_else(|| request.peer_addr().map(|address| address.ip()));
    address.map(|address| address.to_string()).unwrap_or_default()
}

/// The last address of an `X-Forwarded-For` header, without its port.
fn last_address(header: &str) -> Option<IpAddr> {
    let last = header.rsplit(',').next()?.trim();
    let bare = last.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(last);
    bare.parse().ok().or_else(|| last.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_names_the_client_last() {
        for (header, address) in [
            ("192.0.2.7", Some("192.0.2.7")),
            ("198.51.100.1, 192.0.2.7", Some("192.0.2.7")),
            ("192.0.2.7:4711", Some("192.0.2.7")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("forged, [2001:db8::1]:4711", Some("2001:db8::1")),
            ("192.0.2.7, unknown", None),
            ("", None),
        ] {
            assert_eq!(last_address(header), address.map(|address| address.parse().unwrap()), "{header}");
        }
    }
}
