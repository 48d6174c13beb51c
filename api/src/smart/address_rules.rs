//! Addresses that an app may make us call: none that lies within our own network. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::rules::is_loopback;

/// Whether keys may be asked for on this machine itself, for trying things out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Loopback {
    /// They may.
    Allowed,
    /// They may not.
    #[default]
    Refused,
}

/// Why keys are not asked for at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeysFault {
    /// The call could be overheard.
    NotHttps,
    /// It names a machine that is not on the public internet.
    NotPublic,
}

/// What the address of keys itself tells against asking there. What its name stands for shows when it is called.
pub(super) fn keys_fault(url: &Url, loopback: Loopback) -> Option<KeysFault> {
    if loopback == Loopback::Allowed && is_loopback(url) {
        return None;
    }
    if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() {
        return Some(KeysFault::NotHttps);
    }
    let public = match url.host() {
        Some(Host::Ipv4(ip)) => is_public(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => is_public(IpAddr::V6(ip)),
        Some(Host::Domain(name)) => is_public_name(name),
        None => false,
    };
    (!public).then_some(KeysFault::NotPublic)
}

/// Whether a name can be of the public internet: not one of those that lead nowhere else (RFC 6761, 6762, 8375).
fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let within = |top: &str| name.strip_suffix(top).is_some_and(|rest| rest.ends_with('.'));
    name.contains('.') && !["localhost", "local", "internal", "home.arpa"].into_iter().any(within)
}

/// Whether a machine on the public internet has this address (IANA special-purpose registries; RFC 6890).
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => public_v4(ip),
        IpAddr::V6(ip) => public_v6(ip),
    }
}

fn public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b)))
}

fn public_v6(ip: Ipv6Addr) -> bool {
    if let Some(ip) = ip.to_ipv4_mapped() {
        return public_v4(ip);
    }
    let [a, b, ..] = ip.segments();
    // Global unicast only; of that not the ranges that stand for other addresses: NAT64 lies outside of it, 6to4 and
    // Teredo carry an IPv4 address, and 2001:db8::/32 is for documents.
    (0x2000..0x4000).contains(&a) && a != 0x2002 && !(a == 0x2001 && (b == 0 || b == 0x0db8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_asked_for_on_the_public_internet() {
        use KeysFault::{NotHttps, NotPublic};
        use Loopback::{Allowed, Refused};
        for (address, loopback, fault) in [
            ("https://app.example.org/keys", Refused, None),
            ("https://8.8.8.8/keys", Refused, None),
            ("http://app.example.org/keys", Refused, Some(NotHttps)),
            ("ftp://app.example.org/keys", Refused, Some(NotHttps)),
            ("https://127.0.0.1/keys", Refused, Some(NotPublic)),
            ("https://2130706433/keys", Refused, Some(NotPublic)),
            ("https://[::1]/keys", Refused, Some(NotPublic)),
            ("https://[::ffff:10.0.0.1]/keys", Refused, Some(NotPublic)),
            ("https://10.0.0.1/keys", Refused, Some(NotPublic)),
            ("https://169.254.169.254/keys", Refused, Some(NotPublic)),
            ("https://localhost/keys", Refused, Some(NotPublic)),
            ("https://LOCALHOST./keys", Refused, Some(NotPublic)),
            ("https://a.localhost/keys", Refused, Some(NotPublic)),
            ("https://keys/keys", Refused, Some(NotPublic)),
            ("https://keys.internal/keys", Refused, Some(NotPublic)),
            ("https://notlocalhost.example/keys", Refused, None),
            ("http://127.0.0.1:9000/keys", Refused, Some(NotHttps)),
            ("http://127.0.0.1:9000/keys", Allowed, None),
            ("https://localhost/keys", Allowed, None),
            ("https://10.0.0.1/keys", Allowed, Some(NotPublic)),
            ("http://app.example.org/keys", Allowed, Some(NotHttps)),
        ] {
            assert_eq!(keys_fault(&address.parse().unwrap(), loopback), fault, "{address} {loopback:?}");
        }
    }

    #[test]
    fn what_lies_within_is_not_public() {
        for (address, public) in [
            ("8.8.8.8", true),
            ("127.0.0.1", false),
            ("127.8.8.8", false),
            ("10.0.0.1", false),
            ("172.16.0.1", false),
            ("172.32.0.1", true),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("100.128.0.1", true),
            ("192.0.0.8", false),
            ("198.19.0.1", false),
            ("203.0.113.9", false),
            ("0.0.0.0", false),
            ("255.255.255.255", false),
            ("224.0.0.1", false),
            ("::1", false),
            ("::", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::a00:1", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("ff02::1", false),
            ("2002:a00:1::", false),
            ("2001:db8::1", false),
            ("2001:0::1", false),
            ("2606:4700::1111", true),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }
}
