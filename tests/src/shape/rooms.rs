//! A room uses only rooms above it; SQL stands in stores; rules do no I/O; clock, randomness and environment
//! have one place each; only the ledger opens what is held.

use super::none;
use crate::harness::tree::{self, Source};

/// The rooms in the order of `api/src/lib.rs`.
fn rooms() -> Vec<String> {
    let lib = std::fs::read_to_string(tree::root().join("api/src/lib.rs")).unwrap();
    let room = |line: &str| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned);
    lib.lines().filter_map(room).collect()
}

/// The room a file of `api/src` belongs to.
fn room_of(file: &Source) -> &str {
    let inside = file.path.strip_prefix("api/src/").unwrap();
    inside.split('/').next().unwrap().trim_end_matches(".rs")
}

fn is_store(file: &Source) -> bool {
    file.path.ends_with("store.rs")
}

fn shipped(under: &str) -> impl Iterator<Item = (&'static Source, String)> {
    tree::rust(under).filter(|file| !file.is_test()).map(|file| (file, file.code()))
}

/// Every line that holds one of the needles, as `path:line: needle`.
fn lines_with(file: &Source, code: &str, needles: &[&str]) -> Vec<String> {
    let hits = |(n, line): (usize, &str)| {
        let needle = needles.iter().find(|needle| line.contains(**needle))?;
        Some(format!("{}:{}: {needle}", file.path, n + 1))
    };
    code.lines().enumerate().filter_map(hits).collect()
}

/// The rooms that `crate::…` names in a line, also in braces: `crate::{app::App, base}`.
fn named_rooms(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if at > 0 && code[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | ':')) {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.push((line, first_word(rest)));
            continue;
        };
        let (mut depth, mut start) = (0, 0);
        for (n, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                ',' | '}' if depth == 0 => {
                    found.push((line, first_word(group[start..n].trim())));
                    start = n + 1;
                    if c == '}' {
                        break;
                    }
                }
                '}' => depth -= 1,
                _ => {}
            }
        }
    }
    found.retain(|(_, name)| !name.is_empty());
    found
}

fn first_word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn a_room_uses_only_rooms_above_it() {
    let rooms = rooms();
    assert!(rooms.len() > 5, "the rooms were found");
    let place = |name: &str| rooms.iter().position(|room| room == name);
    let mut faults = Vec::new();
    for (file, code) in shipped("api/src/") {
        if file.path == "api/src/lib.rs" {
            continue;
        }
        let room = room_of(file);
        let Some(own) = place(room) else {
            faults.push(format!("{}: is in no room of lib.rs", file.path));
            continue;
        };
        for (line, named) in named_rooms(&code) {
            if place(&named).is_some_and(|other| other > own) {
                faults.push(format!("{}:{line}: {room} uses {named}, which comes after it", file.path));
            }
        }
    }
    none(faults);
}

#[test]
fn groups_of_imports_are_read() {
    let named = |code| named_rooms(code).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    assert_eq!(named("use crate::app::App;"), ["app"]);
    assert_eq!(named("use crate::{app::{App, Inner}, base, db::Tx};"), ["app", "base", "db"]);
    assert_eq!(named("$crate::x my_crate::y crate::records::z()"), ["records"]);
}

#[test]
fn drivers_are_named_in_db() {
    let mut faults = Vec::new();
    for (file, code) in shipped("api/src/").chain(shipped("portal/src/")) {
        if room_is(file, "db") {
            continue;
        }
        faults.extend(lines_with(file, &code, &["sqlx", "rusqlite"]));
    }
    none(faults);
}

fn room_is(file: &Source, room: &str) -> bool {
    file.path.starts_with(&format!("api/src/{room}/")) || file.path == format!("api/src/{room}.rs")
}

#[test]
fn sql_stands_in_stores() {
    let mut faults = Vec::new();
    for file in tree::rust("api/src/").chain(tree::rust("portal/src/")).filter(|file| !file.is_test()) {
        if is_store(file) || room_is(file, "db") {
            continue;
        }
        for (line, text) in file.strings() {
            let begins = |verb: &&str| text.trim_start().starts_with(*verb);
            if let Some(verb) =
                ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "].iter().find(|verb| begins(verb))
            {
                faults.push(format!("{}:{line}: {verb}…", file.path));
            }
        }
    }
    none(faults);
}

/// Whether a list that is bound as JSON is left to the planner: without statistics SQLite may begin with the table,
/// look through all of it, and take the list apart anew for each row. `CROSS JOIN` keeps the order as written.
fn leaves_a_list_to_the_planner(sql: &str) -> bool {
    let words: Vec<&str> = sql.split_whitespace().collect();
    words.iter().enumerate().filter(|(_, word)| word.starts_with("json_each(")).any(|(n, _)| {
        let comes_second = n > 0 && (words[n - 1] == "JOIN" || words[n - 1].ends_with(','));
        let then = words[n + 1..].iter().take(2);
        comes_second || then.into_iter().any(|word| ["JOIN", "INNER", "LEFT", ","].contains(word))
    })
}

#[test]
fn lists_lead_the_tables_they_are_joined_with() {
    for (sql, left) in [
        ("SELECT r.rid FROM json_each($1) a CROSS JOIN resource r WHERE r.rid = a.value ->> 0", false),
        ("SELECT rid FROM item WHERE rid IN (SELECT value ->> 0 FROM json_each($1)) ORDER BY rid", false),
        ("SELECT r.rid FROM json_each($1) a JOIN resource r ON r.rid = a.value ->> 0", true),
        ("SELECT r.rid FROM resource r CROSS JOIN json_each($1) a WHERE r.rid = a.value ->> 0", true),
        ("SELECT r.rid FROM resource r, json_each($1) a WHERE r.rid = a.value ->> 0", true),
    ] {
        assert_eq!(leaves_a_list_to_the_planner(sql), left, "{sql}");
    }
    let (mut faults, mut lists) = (Vec::new(), 0);
    for file in tree::rust("api/src/").filter(|file| is_store(file)) {
        for (line, text) in file.strings() {
            lists += text.matches("json_each(").count();
            if leaves_a_list_to_the_planner(&text) {
                faults.push(format!("{}:{line}: a list is joined, but not by CROSS JOIN", file.path));
            }
        }
    }
    assert!(lists > 10, "the lists were found");
    none(faults);
}

#[test]
fn each_thing_of_the_outside_has_its_place() {
    // What, where it may stand besides, and how code names it.
    let table: [(&str, &[&str], &[&str]); 5] = [
        ("HTTP pages", &["api/src/web/"], &["actix_web"]),
        ("the clock", &["api/src/base/time.rs"], &["Utc::now", "Local::now", "SystemTime::now"]),
        (
            "randomness",
            &["api/src/base/random.rs"],
            &["aws_lc_rs::rand", "rand::rng", "rand::random", "Uuid::new_v4", "Uuid::now_v7", "thread_rng"],
        ),
        ("the environment", &["api/src/config/"], &["env::var", "env::set_var", "Env::prefixed"]),
        ("TLS certificates that are not checked", &[], &["danger_accept_invalid"]),
    ];
    let mut faults = Vec::new();
    for (what, places, needles) in table {
        for (file, code) in shipped("api/src/") {
            if !places.iter().any(|place| file.path.starts_with(place)) {
                faults.extend(lines_with(file, &code, needles).into_iter().map(|at| format!("{what}: {at}")));
            }
        }
        if what != "HTTP pages" {
            for (file, code) in shipped("portal/src/") {
                faults.extend(lines_with(file, &code, needles).into_iter().map(|at| format!("{what}: {at}")));
            }
        }
    }
    none(faults);
}

/// What stands in a table is tried by strangers; so nothing is mounted past it.
#[test]
fn addresses_are_mounted_from_their_tables() {
    let mut faults = Vec::new();
    for (file, code) in shipped("api/src/").chain(shipped("portal/src/")) {
        if !["api/src/web/routes.rs", "portal/src/routes.rs"].contains(&file.path.as_str()) {
            faults.extend(lines_with(file, &code, &["web::resource", "web::scope", ".service("]));
        }
    }
    none(faults);
}

#[test]
fn rules_do_no_io() {
    let mut faults = Vec::new();
    for (file, code) in shipped("api/").filter(|(file, _)| file.path.ends_with("rules.rs")) {
        let needles = [
            "async ",
            ".await",
            "crate::db",
            "crate::app",
            "std::fs",
            "tokio",
            "reqwest",
            "Clock",
            "tracing",
        ];
        faults.extend(lines_with(file, &code, &needles));
    }
    none(faults);
}

#[test]
fn only_release_opens_what_is_held() {
    let mut faults = Vec::new();
    for (file, code) in shipped("api/src/") {
        let may = file.path == "api/src/disclosures/mod.rs";
        if room_is(file, "disclosures") && !may {
            faults.extend(lines_with(file, &code, &["held.open(", ".open()"]));
        }
        // A permit is made in one place; a held value is made from what a room has read.
        if file.path != "api/src/visibility/rules.rs" {
            faults.extend(
                lines_with(file, &code, &["Permit {"]).into_iter().filter(|at| !at.contains("struct")),
            );
        }
    }
    let release = tree::rust("api/src/disclosures/mod.rs").next().unwrap().code();
    assert_eq!(release.matches(".open()").count(), 1, "release opens, and nothing else does");
    let waits = release.find("stand(app, patient,").expect("release waits for the entry");
    assert!(waits < release.find(".open()").unwrap(), "it opens after the entry is durable");
    let stand = release.split("async fn stand(").nth(1).and_then(|rest| rest.split("\n}\n").next()).unwrap();
    assert!(stand.contains("durable.await"), "what stands is durable");
    none(faults);
}

#[test]
fn pages_do_not_know_the_database() {
    let mut faults = Vec::new();
    for (file, code) in shipped("portal/src/") {
        let command = file.path == "portal/src/main.rs" || file.path.starts_with("portal/src/command");
        if !command {
            faults.extend(lines_with(file, &code, &["api::db", ".db.", "fixtures::"]));
        }
    }
    none(faults);
}

#[test]
fn each_file_says_what_it_holds() {
    let faults = tree::rust("").filter(|file| !file.text.starts_with("//! ")).map(|file| file.path.clone());
    none(faults.collect());
}
