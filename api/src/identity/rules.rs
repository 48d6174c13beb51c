//! What can be decided without asking anybody: paths to return to, codes as people type them, names of
//! devices, statements, and whether a person's claims fit a record. Pure.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

use super::Statement;
use crate::base::{Instant, Problem, Problems, fold, unseen};

/// Where to go after signing in: a path of our own; anything else becomes `/home`.
pub(super) fn return_to(path: &str) -> String {
    let own = path.len() <= 512
        && path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|b| b.is_ascii_graphic());
    if own { path.to_owned() } else { "/home".to_owned() }
}

/// Whether a provider authenticated somebody within a span. A moment that the provider puts into the future, further
/// than the clocks may differ, is not believed: it would stay fresh until then.
pub(super) fn is_fresh(
    auth_time: Option<Instant>,
    now: Instant,
    (fresh, skew): (Duration, Duration),
) -> bool {
    auth_time.is_some_and(|at| at <= now.plus(skew) && now.since(at) <= fresh)
}

/// Whether two birth dates can be of one person: as far as both are stated they must be the same. OpenID Connect
/// writes `0000` for a year that is not told (Core 1.0, section 5.1); where either says nothing, nothing speaks
/// against it.
pub(super) fn same_birth(claimed: Option<&str>, known: Option<&str>) -> bool {
    let (Some(claimed), Some(known)) = (claimed, known) else { return true };
    claimed.trim().split('-').zip(known.trim().split('-')).all(|(claimed, known)| {
        claimed.is_empty() || known.is_empty() || claimed == "0000" || known == "0000" || claimed == known
    })
}

/// An activation code as it was made: capitals, no spaces or dashes, and letters that codes do not have
/// read as the one they are mistaken for. At most 64 characters, so that the work does not grow.
pub(super) fn normal_code(typed: &str) -> String {
    typed
        .chars()
        .take(200)
        .nfkc()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .map(|c| match c {
            'O' | '0' => 'Q',
            'I' | 'L' | '1' => 'J',
            'U' => 'V',
            c => c,
        })
        .take(64)
        .collect()
}

/// Whether what was seen of a person tells the number of a document: it stays with the account, where nobody needs it. A
/// year has four digits.
pub(super) fn has_number(seen: &str) -> bool {
    seen.split([' ', ',', ';']).any(|word| word.chars().filter(char::is_ascii_digit).count() > 4)
}

/// A code in groups of four, as it is read out: `7KQM-3XPT-92HC`.
pub(super) fn grouped(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A device in words, from its User-Agent: `Firefox on Windows`. The header itself is never kept.
pub(super) fn device(user_agent: &str) -> String {
    let agent: String = user_agent.chars().take(1000).collect();
    let first = |table: &[(&str, &'static str)]| {
        table.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    // Most browsers name those they descend from as well, so the order matters.
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("DuckDuckGo/", "DuckDuckGo"),
        ("FxiOS/", "Firefox"),
        ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chromium/", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => system.to_owned(),
        (None, None) => "?".to_owned(),
    }
}

/// What is wrong with a statement, in the order of the form; the statement without white space around otherwise.
pub(super) fn check_statement(statement: Statement, today: NaiveDate) -> Result<Statement, Problems> {
    let statement = Statement {
        name: statement.name.trim().to_owned(),
        birth_date: statement.birth_date.trim().to_owned(),
        contact: statement.contact.trim().to_owned(),
        note: statement.note.trim().to_owned(),
    };
    let mut problems = Problems::default();
    let mut say = |field, code| problems.0.push(Problem { field, code });
    match statement.name.as_str() {
        name if fold(name).is_empty() => say("name", "problem-required"),
        name if name.chars().count() > 200 => say("name", "problem-too-long"),
        _ => {}
    }
    match read_date(&statement.birth_date) {
        _ if statement.birth_date.is_empty() => say("birth_date", "problem-required"),
        None => say("birth_date", "problem-date"),
        Some(date) if date > today => say("birth_date", "problem-date-future"),
        Some(date) if today.years_since(date).is_none_or(|years| years > 150) => {
            say("birth_date", "problem-date");
        }
        Some(_) => {}
    }
    match statement.contact.as_str() {
        "" => say("contact", "problem-required"),
        contact if contact.chars().count() > 200 => say("contact", "problem-too-long"),
        contact if !can_reach(contact) => say("contact", "problem-contact"),
        _ => {}
    }
    if statement.note.chars().count() > 2000 {
        say("note", "problem-too-long");
    }
    let texts = [("name", &statement.name), ("contact", &statement.contact), ("note", &statement.note)];
    problems.0.extend(texts.into_iter().filter_map(|(field, text)| unseen(field, text)));
    if problems.0.is_empty() { Ok(statement) } else { Err(problems) }
}

fn read_date(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| shaped)
}

/// An e-mail address or at least seven digits of a telephone number.
fn can_reach(contact: &str) -> bool {
    let mail = contact.split_once('@').is_some_and(|(before, after)| {
        !before.is_empty() && after.contains('.') && !contact.contains(char::is_whitespace)
    });
    mail || contact.chars().filter(char::is_ascii_digit).count() >= 7
}

/// Whether two given names are the same person's first name: the first words, folded, are equal. Providers
/// and records differ in whether they carry middle names there.
pub(super) fn same_given(one: &str, other: &str) -> bool {
    let (one, other) = (fold(one), fold(other));
    match (one.split(' ').next(), other.split(' ').next()) {
        (Some(one), Some(other)) => !one.is_empty() && one == other,
        _ => false,
    }
}

/// A name as it may stand on pages and in the ledger: one line of at most 200 characters.
pub(super) fn tidy_name(name: &str) -> String {
    let words = name.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

/// The span of time that a moment falls into, counted from the same point for everybody: when it began, and how
/// much of it is left.
pub(super) fn window(now: Instant, span: Duration) -> (Instant, Duration) {
    let span = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
    let gone = now.micros().rem_euclid(span);
    (Instant(now.micros() - gone), Duration::from_micros((span - gone).unsigned_abs()))
}

/// The part of a client's address that limits count by. One IPv6 subscriber has a whole /64 to choose from (RFC
/// 6177); behind one IPv4 address there may be a clinic.
pub(super) fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(ip)) => match ip.to_ipv4_mapped() {
            Some(ip) => ip.to_string(),
            None => format!("{}/64", Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
        },
        Ok(IpAddr::V4(ip)) => ip.to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_a_document_is_known() {
        for (seen, number) in [
            ("driver licence", false),
            ("passport of 2019, photo", false),
            ("driver licence D1234567", true),
            ("passport 123-45-6789", true),
            ("card 12 34 56", false),
        ] {
            assert_eq!(has_number(seen), number, "{seen}");
        }
    }

    #[test]
    fn birth_dates_agree_as_far_as_both_are_stated() {
        for (claimed, known, same) in [
            (Some("1968-03-04"), Some("1968-03-04"), true),
            (Some("1968-03-04"), Some("1968-03-05"), false),
            (Some("1968-03-04"), Some("1942-03-04"), false),
            (Some("1968-03-04"), Some("1968"), true),
            (Some("1968"), Some("1968-03-04"), true),
            (Some("1969"), Some("1968-03-04"), false),
            (Some("0000-03-04"), Some("1968-03-04"), true),
            (Some("0000-03-05"), Some("1968-03-04"), false),
            (Some(""), Some("1968-03-04"), true),
            (None, Some("1968-03-04"), true),
            (Some("1968-03-04"), None, true),
            (None, None, true),
        ] {
            assert_eq!(same_birth(claimed, known), same, "{claimed:?} {known:?}");
        }
    }

    #[test]
    fn only_own_paths_are_returned_to() {
        for (path, expected) in [
            ("/record/labs?from=2020-01-01", "/record/labs?from=2020-01-01"),
            ("/home", "/home"),
            ("", "/home"),
            ("record", "/home"),
            ("//evil.example", "/home"),
            ("/\\evil.example", "/home"),
            ("/a\\b", "/home"),
            ("https://evil.example/", "/home"),
            ("javascript:alert(1)", "/home"),
            ("/a\r\nSet-Cookie: x", "/home"),
            ("/a b", "/home"),
            ("/\t/evil.example", "/home"),
            ("/é", "/home"),
        ] {
            assert_eq!(return_to(path), expected, "{path:?}");
        }
        assert_eq!(return_to(&format!("/{}", "x".repeat(600))), "/home");
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        for typed in [
            "7KQM-3XPT-92HC",
            "7kqm3xpt92hc",
            " 7kqm 3xpt 92hc ",
            "7KQM–3XPT—92HC",
            "7k q m.3xpt_92hc",
            "７ＫＱＭ-3XPT-92HC",
            "7KOM-3XPT-92HC",
            "7k0m-3xpt-92hc",
        ] {
            assert_eq!(normal_code(typed), "7KQM3XPT92HC", "{typed}");
        }
        assert_eq!(normal_code("1ilu"), "JJJV");
        assert_eq!(normal_code(""), "");
        assert_eq!(normal_code(&"A".repeat(9999)).len(), 64);
        assert_eq!(grouped("7KQM3XPT92HC"), "7KQM-3XPT-92HC");
        for _ in 0..100 {
            let code = crate::base::code(12);
            assert_eq!(normal_code(&grouped(&code)), code);
        }
    }

    #[test]
    fn devices_are_named_in_words() {
        for (agent, expected) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
                "Safari on Mac",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140.0 Mobile Safari/604.1",
                "Chrome on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; SM-S921U) SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36",
                "Samsung Internet on Android",
            ),
            ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/140.0 Safari/537.36", "Chrome on ChromeOS"),
            ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", "Chrome on Linux"),
            ("curl/8.1", "curl"),
            ("<script>", "?"),
            ("", "?"),
        ] {
            assert_eq!(device(agent), expected, "{agent}");
        }
    }

    #[test]
    fn statements_are_checked_field_by_field() {
        type Change = fn(&mut Statement);
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let good = || Statement {
            name: " Rosa Núñez (synthetic) ".into(),
            birth_date: "1968-03-04".into(),
            contact: "rosa@people.example".into(),
            note: String::new(),
        };
        assert_eq!(check_statement(good(), today).unwrap().name, "Rosa Núñez (synthetic)");
        let table: [(&[(&str, &str)], Change); 14] = [
            (&[], |s| s.contact = "(555) 010-0199".into()),
            (&[], |s| s.birth_date = "2026-11-22".into()),
            (&[("name", "problem-required")], |s| s.name = " . ".into()),
            (&[("name", "problem-too-long")], |s| s.name = "x".repeat(201)),
            (&[("birth_date", "problem-required")], |s| s.birth_date = String::new()),
            (&[("birth_date", "problem-date")], |s| s.birth_date = "04/03/1968".into()),
            (&[("birth_date", "problem-date")], |s| s.birth_date = "1968-02-30".into()),
            (&[("birth_date", "problem-date")], |s| s.birth_date = "1868-02-03".into()),
            (&[("birth_date", "problem-date-future")], |s| s.birth_date = "2026-11-23".into()),
            (&[("contact", "problem-required")], |s| s.contact = "  ".into()),
            (&[("contact", "problem-contact")], |s| s.contact = "ask my sister".into()),
            (&[("contact", "problem-too-long")], |s| s.contact = "5".repeat(201)),
            (&[("note", "problem-too-long")], |s| s.note = "x".repeat(2001)),
            (&[("name", "problem-required"), ("contact", "problem-required")], |s| {
                s.name.clear();
                s.contact.clear();
            }),
        ];
        for (expected, change) in table {
            let mut statement = good();
            change(&mut statement);
            let problems = check_statement(statement.clone(), today).err().unwrap_or_default();
            let problems: Vec<_> = problems.0.iter().map(|p| (p.field, p.code)).collect();
            assert_eq!(problems, expected, "{statement:?}");
        }
    }

    #[test]
    fn given_names_agree_in_their_first_word() {
        for (one, other, same) in [
            ("Rosa", "ROSA MARÍA", true),
            ("José", "jose", true),
            ("Rosa", "Rose", false),
            ("", "", false),
            ("", "Rosa", false),
            ("María Rosa", "Rosa", false),
        ] {
            assert_eq!(same_given(one, other), same, "{one} {other}");
        }
    }

    #[test]
    fn spans_begin_together_and_end() {
        let span = Duration::from_secs(600);
        for (now, begun, left) in
            [(0, 0, 600), (1, 0, 599), (599, 0, 1), (600, 600, 600), (1_201, 1_200, 599)]
        {
            let (window, rest) = window(Instant(now * 1_000_000), span);
            assert_eq!((window.0, rest.as_secs()), (begun * 1_000_000, left), "{now}");
        }
    }

    #[test]
    fn an_address_is_counted_with_its_network() {
        for (address, counted) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
            ("unknown", "unknown"),
            ("", ""),
        ] {
            assert_eq!(network(address), counted);
        }
    }
}
