//! Tables of addresses, registrations, keys and standings.

use super::*;

#[test]
fn addresses_that_can_be_registered() {
    for (address, good) in [
        ("https://app.example.org/back", true),
        ("https://app.example.org", true),
        ("https://app.example.org:8443/back?x=1", true),
        ("http://127.0.0.1/back", true),
        ("http://127.0.0.1:9000/back", true),
        ("http://[::1]/back", true),
        ("http://localhost:3000/", true),
        ("org.example.app:/back", true),
        ("org.example.app://back", true),
        ("http://app.example.org/back", false),
        ("https:app.example.org/back", false),
        ("https:/app.example.org/back", false),
        ("https://app.example.org/back\\@other.example", false),
        ("https://app.example.org/back?code=1", false),
        ("https://app.example.org/back?x=1&iss=y", false),
        ("https://app.example.org/back?codes=1", true),
        ("http://localhost.example.org/", false),
        ("http://10.0.0.1/", false),
        ("https://app.example.org/#", false),
        ("https://app.example.org/#x", false),
        ("https://app.example.org/*", false),
        ("https://user@app.example.org/", false),
        ("https://app.example.org/ back", false),
        ("app:/back", false),
        ("javascript:alert(1)", false),
        ("data:text/html,x", false),
        ("file:///etc/passwd", false),
        ("/back", false),
        ("", false),
    ] {
        assert_eq!(redirect_fault(address).is_none(), good, "{address}");
    }
}

#[test]
fn addresses_are_compared_character_by_character() {
    for (registered, asked, same) in [
        ("https://a.example/b", "https://a.example/b", true),
        ("https://a.example/b", "https://a.example/b/", false),
        ("https://a.example/b", "https://a.example/b?c", false),
        ("https://a.example/b", "https://A.example/b", false),
        ("https://a.example/b", "https://a.example:443/b", false),
        ("https://a.example/b", "https://a.example:8443/b", false),
        ("https://a.example/b", "https://a.example/%62", false),
        ("https://a.example", "https://a.example/", false),
        ("http://127.0.0.1/b", "http://127.0.0.1:4711/b", true),
        ("http://127.0.0.1:1/b", "http://127.0.0.1:2/b", true),
        ("http://127.0.0.1/b", "http://127.0.0.1:4711/c", false),
        ("http://127.0.0.1/b", "http://127.0.0.2:4711/b", false),
        ("http://127.0.0.1/b", "http://localhost:4711/b", false),
        ("http://127.0.0.1/b", "https://127.0.0.1:4711/b", false),
        ("http://127.0.0.1/b", "http://127.0.0.1:4711/x/../b", false),
        ("http://127.0.0.1/b", "http://user@127.0.0.1:4711/b", false),
        ("http://127.0.0.1/b", "http://127.0.0.1:4711/b?c=d", false),
        ("http://[::1]/b", "http://[::1]:4711/b", true),
        ("org.example.app:/b", "org.example.app:/b", true),
        ("org.example.app:/b", "org.example.app:/c", false),
    ] {
        assert_eq!(same_redirect(registered, asked), same, "{registered} {asked}");
    }
}

#[test]
fn where_a_grant_stands() {
    let ended = Some((Instant(3), GrantEnd::Stopped));
    for (until, paused, ended, standing) in [
        (10, None, None, Standing::Active),
        (5, None, None, Standing::Ended { at: Instant(5), why: GrantEnd::Expired }),
        (10, Some(2), None, Standing::Paused { since: Instant(2) }),
        (5, Some(2), None, Standing::Ended { at: Instant(5), why: GrantEnd::Expired }),
        (10, Some(2), ended, Standing::Ended { at: Instant(3), why: GrantEnd::Stopped }),
        (5, None, ended, Standing::Ended { at: Instant(3), why: GrantEnd::Stopped }),
    ] {
        let found = super::standing((Instant(until), paused.map(Instant), ended), Instant(5));
        assert_eq!(found, standing, "{until} {paused:?} {ended:?}");
    }
}

#[test]
fn keys_are_published_before_they_sign_and_stay_until_their_tokens_are_over() {
    let day = |n: i64| Instant(n * 86_400_000_000);
    let days = |all: &[i64]| all.iter().map(|n| day(*n)).collect::<Vec<_>>();
    for (made, now, signs, make, over) in [
        (&[][..], 0, None, Make::Yes, &[][..]),
        (&[0], 0, Some(0), Make::No, &[]),
        (&[0], 88, Some(0), Make::No, &[]),
        (&[0], 89, Some(0), Make::Yes, &[]),
        (&[0, 89], 89, Some(0), Make::No, &[]),
        (&[0, 89], 90, Some(89), Make::No, &[]),
        (&[0, 89], 92, Some(89), Make::No, &[]),
        (&[0, 89], 93, Some(89), Make::No, &[0]),
        (&[89], 178, Some(89), Make::Yes, &[]),
        (&[0, 0], 0, Some(0), Make::No, &[]),
    ] {
        let plan = key_plan(&days(made), day(now));
        assert_eq!(plan, KeyPlan { signs: signs.map(day), make, over: days(over) }, "{made:?} {now}");
    }
}

#[test]
fn who_stands_in_the_persons_place_connects_apps() {
    let may: Vec<&str> = Kind::ALL.into_iter().filter(|kind| may_connect(*kind)).map(Kind::slug).collect();
    assert_eq!(
        may,
        ["parent", "guardian", "loco-parentis", "health-care-agent", "adult-guardian", "surrogate"]
    );
}
