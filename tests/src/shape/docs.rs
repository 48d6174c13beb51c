//! Every path and function that a document names exists, so that documents cannot grow stale unseen; and the
//! page of settings has exactly the keys that `api/src/config` has.

use std::collections::BTreeSet;

use super::none;
use crate::harness::tree::{self, Source};

fn documents() -> impl Iterator<Item = &'static Source> {
    tree::files().iter().filter(|file| file.path.ends_with(".md"))
}

/// What stands between backticks, with its line; fenced blocks are left out.
fn spans(text: &str) -> Vec<(usize, String)> {
    let mut fenced = false;
    let mut found = Vec::new();
    for (n, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            found.extend(line.split('`').skip(1).step_by(2).map(|span| (n + 1, span.to_owned())));
        }
    }
    found
}

/// Targets of Markdown links that are files of ours.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (n, line) in text.lines().enumerate() {
        for rest in line.split("](").skip(1) {
            let target = rest.split([')', '#', ' ']).next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:") {
                found.push((n + 1, target.to_owned()));
            }
        }
    }
    found
}

const TOP: [&str; 9] =
    ["api/", "portal/", "tests/", "fixtures/", "migrations/", "docs/", "deploy/", "tools/", ".ci/"];

/// The folder or file a span names, if it names one: from the root, or from a room (`visibility/rules.rs`).
fn path_of(span: &str) -> Option<Result<String, String>> {
    let path = span.split("::").next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    if path.is_empty() || !path.chars().all(plain) {
        return None;
    }
    let exists = |path: &str| tree::root().join(path).exists();
    if TOP.iter().any(|top| path.starts_with(top)) {
        return Some(if exists(path) { Ok(path.to_owned()) } else { Err(path.to_owned()) });
    }
    if !path.contains('/') || ![".rs", ".html", ".ftl"].iter().any(|end| path.ends_with(end)) {
        return None;
    }
    let bases = ["api/src", "portal/src", "portal", "tests/src", "fixtures/src"];
    let found = bases.iter().map(|base| format!("{base}/{path}")).find(|path| exists(path));
    Some(found.ok_or_else(|| path.to_owned()))
}

/// Whether a file or a folder of Rust declares this name.
fn declares(path: &str, name: &str) -> bool {
    let inside = |file: &&Source| {
        file.path == path || file.path.starts_with(&format!("{}/", path.trim_end_matches('/')))
    };
    tree::rust("").filter(inside).any(|file| {
        ["fn", "struct", "enum", "trait", "const", "static", "mod", "type", "macro_rules!"].iter().any(
            |keyword| {
                let after = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
                let declared = format!("{keyword} {name}");
                file.text.match_indices(&declared).any(|(at, _)| after(&file.text[at + declared.len()..]))
            },
        )
    })
}

#[test]
fn what_documents_name_exists() {
    let mut faults = Vec::new();
    let rooms: BTreeSet<String> = std::fs::read_dir(tree::root().join("api/src"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(".rs").to_owned())
        .collect();
    for file in documents() {
        for (line, span) in spans(&file.text) {
            let names: Vec<&str> = span.split("::").skip(1).map(|name| name.trim_end_matches("()")).collect();
            let place = match path_of(&span) {
                Some(Err(path)) => {
                    faults.push(format!("{}:{line}: {path} does not exist", file.path));
                    continue;
                }
                Some(Ok(path)) => path,
                None => match span.split_once("::") {
                    Some((room, _))
                        if rooms.contains(room) && tree::root().join("api/src").join(room).is_dir() =>
                    {
                        format!("api/src/{room}")
                    }
                    Some((room, _)) if rooms.contains(room) => format!("api/src/{room}.rs"),
                    _ => continue,
                },
            };
            for name in names.iter().filter(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_')) {
                if !name.is_empty()
                    && !declares(&place, name)
                    && !tree::root().join(&place).join(format!("{name}.rs")).exists()
                {
                    faults.push(format!("{}:{line}: {place} declares no {name}", file.path));
                }
            }
        }
        let folder = tree::root().join(&file.path).parent().unwrap().to_owned();
        for (line, target) in links(&file.text) {
            if !folder.join(&target).exists() {
                faults.push(format!("{}:{line}: {target} does not exist", file.path));
            }
        }
    }
    none(faults);
}

/// A rule of law without a function that applies it, or without a test, is only a wish.
#[test]
fn every_row_of_law_has_a_function_and_a_test() {
    let (done, _) = law();
    assert!(done.len() > 5, "the table was found");
    let mut faults = Vec::new();
    for (row, cells) in done {
        let [citation, .., function, test] = cells.as_slice() else {
            faults.push(format!("docs/law.md: {row}"));
            continue;
        };
        if !function.contains("::") || !test.contains("::") {
            faults.push(format!("docs/law.md: {citation}: needs `file::function` and `file::test`"));
        }
    }
    none(faults);
}

/// The rows of docs/law.md with their cells: what is done today, and every rule by its id.
#[expect(clippy::type_complexity, reason = "rows with their cells, twice")]
fn law() -> (Vec<(&'static str, Vec<&'static str>)>, Vec<(&'static str, Vec<&'static str>)>) {
    let law = tree::files().iter().find(|file| file.path == "docs/law.md").expect("docs/law.md");
    let (done, rules) = law.text.split_once("## Every rule, by id").expect("the second list");
    let (rules, _) = rules.split_once("## Settings that bind nothing yet").expect("the third list");
    let rows = |part: &'static str| {
        let rows = part.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
        let rows = rows.filter(|row| !["| id |", "| citation |"].iter().any(|head| row.starts_with(head)));
        rows.map(|row| (row, row.trim_matches('|').split('|').map(str::trim).collect())).collect()
    };
    (rows(done), rows(rules))
}

/// The families of rules, and how many each has.
const RULES: [(&str, usize); 14] = [
    ("VER", 4),
    ("PRX", 12),
    ("FEE", 8),
    ("DEN", 9),
    ("DIR", 8),
    ("AMD", 13),
    ("AOD", 12),
    ("RST", 5),
    ("CCM", 1),
    ("AUT", 5),
    ("DIS", 4),
    ("NPP", 5),
    ("ADM", 5),
    ("PT2", 13),
];

/// Each rule that the service is built to keep stands in docs/law.md once, with the function and the test that hold it
/// or with the sentence why it is elsewhere.
#[test]
fn every_rule_is_held_or_said_to_be_elsewhere() {
    let (_, rules) = law();
    let expected: Vec<String> = RULES
        .iter()
        .flat_map(|(family, count)| (1..=*count).map(move |n| format!("{family}-{n:02}")))
        .collect();
    let mut named: Vec<&str> = rules.iter().map(|(_, cells)| cells[0]).collect();
    named.sort_unstable();
    let mut sorted = expected.clone();
    sorted.sort_unstable();
    assert_eq!(named, sorted, "each id once");
    let mut faults = Vec::new();
    for (row, cells) in rules {
        let [id, citation, asks, place, test] = cells.as_slice() else {
            faults.push(format!("docs/law.md: {row}"));
            continue;
        };
        let held =
            place.starts_with('`') && place.contains("::") && test.starts_with('`') && test.contains("::");
        let known = ["Later: ", "Not "].iter().any(|start| place.starts_with(start));
        let elsewhere = known && place.ends_with('.') && place.len() > 20 && *test == "–";
        if citation.is_empty() || asks.is_empty() || held == elsewhere {
            faults.push(format!("docs/law.md: {id}: needs a function and a test, or a sentence"));
        }
    }
    none(faults);
}

/// The settings as `section.key` (`oidc.issuer` for one of several), read from the structs of the room.
fn keys_of_code() -> BTreeSet<String> {
    let fields = |text: &str, name: &str| -> Vec<(String, String)> {
        let start = text.find(&format!("pub struct {name} {{")).unwrap_or_else(|| panic!("struct {name}"));
        let body = text[start..].split("\n}").next().unwrap();
        let field = |line: &str| {
            let (name, kind) = line.trim().strip_prefix("pub ")?.trim_end_matches(',').split_once(": ")?;
            Some((name.to_owned(), kind.to_owned()))
        };
        body.lines().skip(1).filter_map(field).collect()
    };
    let text: String = tree::rust("api/src/config/").map(Source::shipped).collect::<Vec<_>>().join("\n");
    let is_struct = |kind: &str| text.contains(&format!("pub struct {kind} {{"));
    let mut keys = BTreeSet::new();
    let mut open = vec![(String::new(), "Config".to_owned())];
    while let Some((prefix, name)) = open.pop() {
        for (field, kind) in fields(&text, &name) {
            let inner = kind.trim_start_matches("Vec<").trim_start_matches("Option<").trim_end_matches('>');
            let key = format!("{prefix}{field}");
            if is_struct(inner) {
                open.push((format!("{key}."), inner.to_owned()));
            } else {
                keys.insert(key);
            }
        }
    }
    keys
}

#[test]
fn the_page_of_settings_is_complete() {
    let Some(page) = tree::files().iter().find(|file| file.path == "docs/configuration.md") else {
        panic!("docs/configuration.md is missing");
    };
    let keys = keys_of_code();
    assert!(keys.contains("database.url") && keys.contains("oidc.issuer"), "{keys:?}");
    let sections: BTreeSet<&str> = keys.iter().filter_map(|key| key.split('.').next()).collect();
    let is_key = |span: &str| {
        let mut parts = span.split('.');
        let known = parts.next().is_some_and(|section| sections.contains(section));
        known
            && (span == "data" || span.contains('.'))
            && span.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '.' | '_'))
    };
    // Keys stand in the first cell of tables: `server.listen`; of a list `oidc.issuer`.
    let named: BTreeSet<String> = page
        .text
        .lines()
        .filter(|line| line.starts_with('|'))
        .filter_map(|line| line.split('|').nth(1)?.split('`').nth(1).map(str::to_owned))
        .filter(|span| is_key(span))
        .collect();
    let missing: Vec<_> = keys.difference(&named).collect();
    let unknown: Vec<_> = named.difference(&keys).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "not on the page: {missing:?}; not in the code: {unknown:?}"
    );
}

/// Every key that the law of a state can settle is explained on the page of settings, and no other.
#[test]
fn the_page_of_settings_has_every_key_of_the_law() {
    let page = tree::files().iter().find(|file| file.path == "docs/configuration.md").expect("the page");
    let table = page.text.split_once("## The law of your state").expect("the section").1;
    let named: BTreeSet<String> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .filter_map(|line| line.split('`').nth(1).map(str::to_owned))
        .collect();
    let known: BTreeSet<String> = api::config::Law::keys().map(str::to_owned).collect();
    assert_eq!(named, known);
}

/// A setting of the law that nothing reads is a promise that nobody keeps: each key is read by the service, or stands in
/// docs/law.md with what it waits for.
#[test]
fn every_key_of_the_law_is_read_or_listed() {
    let page = tree::files().iter().find(|file| file.path == "docs/law.md").expect("docs/law.md");
    let (_, table) = page.text.split_once("## Settings that bind nothing yet").expect("the section");
    let listed: BTreeSet<&str> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .filter_map(|line| line.split('`').nth(1))
        .collect();
    let mut faults = Vec::new();
    for key in api::config::Law::keys() {
        let names = |text: &str| {
            let text = text.trim_matches('"');
            key.strip_suffix('*').map_or(text == key, |start| text.starts_with(start))
        };
        let read = tree::rust("api/src")
            .filter(|file| !file.is_test() && !file.path.ends_with("law/keys.rs"))
            .any(|file| file.strings().iter().any(|(_, text)| names(text)));
        match (read, listed.contains(key)) {
            (true, false) | (false, true) => {}
            (true, true) => faults.push(format!("{key} is read, and listed as if it were not")),
            (false, false) => faults.push(format!("{key} is read by nothing, and not listed")),
        }
    }
    let told: BTreeSet<&str> = api::config::Law::waiting().collect();
    faults
        .extend(listed.symmetric_difference(&told).map(|key| format!("{key}: the start tells another list")));
    let known: BTreeSet<&str> = api::config::Law::keys().collect();
    faults.extend(listed.difference(&known).map(|key| format!("{key} is listed and is no key")));
    none(faults);
}
