//! Every sentence exists in every language with the same variables; every id that code names exists; no
//! sentence is unused.

use std::collections::{BTreeMap, BTreeSet};

use super::none;
use crate::harness::tree;

/// A message: where it stands, its variables, and the messages it points to.
#[derive(Debug, Default)]
struct Message {
    path: String,
    variables: BTreeSet<String>,
    points_to: BTreeSet<String>,
}

/// The messages of one language in one place (`api/locales`), by id.
fn messages(place: &str, language: &str, faults: &mut Vec<String>) -> BTreeMap<String, Message> {
    let mut found: BTreeMap<String, Message> = BTreeMap::new();
    let folder = format!("{place}/{language}/");
    for file in
        tree::files().iter().filter(|file| file.path.starts_with(&folder) && file.path.ends_with(".ftl"))
    {
        let mut id = None;
        for line in file.text.lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-') {
                let name = line.split('=').next().unwrap_or_default().trim().to_owned();
                let message = Message { path: file.path.clone(), ..Message::default() };
                if found.insert(name.clone(), message).is_some() {
                    faults.push(format!("{}: {name} stands twice", file.path));
                }
                id = Some(name);
            }
            if let Some(message) = id.as_ref().and_then(|id| found.get_mut(id)) {
                read_placeables(line, message);
            }
        }
    }
    found
}

fn read_placeables(line: &str, message: &mut Message) {
    for part in line.split('{').skip(1) {
        let inside = part.split(['}', '-']).next().unwrap_or_default();
        for piece in inside.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '$' | '_'))) {
            if let Some(name) = piece.strip_prefix('$') {
                message.variables.insert(name.to_owned());
            }
        }
        let whole = part.split('}').next().unwrap_or_default().trim();
        if !whole.is_empty()
            && whole.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        {
            message.points_to.insert(whole.to_owned());
        }
    }
}

fn places() -> Vec<&'static str> {
    ["api/locales", "portal/locales"].into_iter().filter(|place| tree::root().join(place).is_dir()).collect()
}

#[test]
fn every_sentence_exists_in_both_languages() {
    let mut faults = Vec::new();
    for place in places() {
        let english = messages(place, "en", &mut faults);
        let spanish = messages(place, "es", &mut faults);
        assert!(!english.is_empty(), "{place} has sentences");
        for (id, message) in &english {
            match spanish.get(id) {
                None => faults.push(format!("{}: {id} is missing in Spanish", message.path)),
                Some(other) if other.variables != message.variables => faults.push(format!(
                    "{}: {id} has {:?} in English and {:?} in Spanish",
                    message.path, message.variables, other.variables
                )),
                Some(other) if other.path.replace("/es/", "/en/") != message.path => {
                    faults.push(format!("{}: {id} stands in {} in Spanish", message.path, other.path));
                }
                Some(_) => {}
            }
        }
        let extra = spanish.iter().filter(|(id, _)| !english.contains_key(*id));
        faults.extend(extra.map(|(id, message)| format!("{}: {id} is missing in English", message.path)));
    }
    none(faults);
}

/// All strings of code and the quoted words of templates that could be ids or beginnings of ids, and the
/// patterns that make ids: `log-kind-{kind}`, `{id}-hint`.
struct Named {
    whole: BTreeSet<String>,
    made: BTreeSet<(String, String)>,
}

fn named_in_code() -> Named {
    let mut named = Named { whole: BTreeSet::new(), made: BTreeSet::new() };
    for file in tree::rust("api/src/").chain(tree::rust("portal/src/")).filter(|file| !file.is_test()) {
        for (_, text) in file.strings() {
            named.add(&text);
            // Statements name ids too, between marks of their own.
            text.split('\'').for_each(|part| named.add(part));
        }
    }
    for file in tree::files().iter().filter(|f| f.path.starts_with("portal/templates/")) {
        for text in file.text.split('"') {
            named.add(text);
        }
    }
    // Tables of codes beside the code name ids as well.
    for file in tree::files().iter().filter(|f| f.path.starts_with("api/src/") && f.path.ends_with(".txt")) {
        for text in file.text.split(|c: char| c.is_whitespace() || c == '|') {
            named.add(text);
        }
    }
    named
}

impl Named {
    fn add(&mut self, text: &str) {
        if let (Some(open), Some(close)) = (text.find('{'), text.rfind('}')) {
            let (before, after) = (&text[..open], &text[close.max(open) + 1..]);
            let begins = before.ends_with('-') && is_part(before) && (after.is_empty() || is_part(after));
            let ends = before.is_empty() && after.starts_with('-') && is_part(after);
            if begins || ends {
                self.made.insert((before.to_owned(), after.to_owned()));
            }
        } else if is_part(text) {
            self.whole.insert(text.to_owned());
        }
    }

    fn has(&self, id: &str, known: &BTreeMap<String, Message>) -> bool {
        // A string that is the beginning of ids, and no id itself, is put together with an ending.
        let begins = |(at, _): (usize, &str)| {
            let start = &id[..at];
            start.contains('-') && !known.contains_key(start) && self.whole.contains(start)
        };
        self.whole.contains(id)
            || id.match_indices('-').any(begins)
            || self.made.iter().any(|(before, after)| {
                let inside =
                    id.strip_prefix(before.as_str()).and_then(|rest| rest.strip_suffix(after.as_str()));
                inside.is_some_and(|inside| {
                    !inside.is_empty() && (!before.is_empty() || self.whole.contains(inside))
                })
            })
    }
}

fn is_part(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
}

#[test]
fn no_sentence_is_unused() {
    let named = named_in_code();
    let mut faults = Vec::new();
    for place in places() {
        let english = messages(place, "en", &mut faults);
        let pointed: BTreeSet<&String> = english.values().flat_map(|message| &message.points_to).collect();
        for (id, message) in &english {
            if !id.starts_with('-') && !named.has(id, &english) && !pointed.contains(id) {
                faults.push(format!("{}: nothing says {id}", message.path));
            }
        }
    }
    none(faults);
}

/// Classes of failed jobs, which stand in the log and in the queue and on no page.
const FOR_STAFF: [&str; 5] =
    ["job-of-a-newer-version", "job-of-other-settings", "gather-failed", "mail-away", "mail-from-wrong"];

#[test]
fn every_id_that_code_says_exists() {
    let mut faults = Vec::new();
    let mut known = BTreeSet::new();
    for place in places() {
        known.extend(messages(place, "en", &mut faults).into_keys());
    }
    // What stands before an id in code; the words of an error are shown to people too.
    let before = [
        "say(language, \"",
        ".t(\"",
        ".t1(\"",
        ".n(\"",
        "Error::refused(\"",
        "Error::Unavailable(\"",
        "Error::Conflict(\"",
        "Refusal(\"",
    ];
    for file in tree::files() {
        let template = file.path.starts_with("portal/templates/");
        let code = file.path.ends_with(".rs")
            && (file.path.starts_with("api/src/") || file.path.starts_with("portal/src/"))
            && !file.is_test();
        if !template && !code {
            continue;
        }
        let text = if code { file.shipped() } else { &file.text };
        for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for opening in before {
                for rest in line.split(opening).skip(1) {
                    let id = rest.split('"').next().unwrap_or_default();
                    if is_part(id) && !known.contains(id) && !FOR_STAFF.contains(&id) {
                        faults.push(format!("{}:{}: {id} is in no language", file.path, n + 1));
                    }
                }
            }
        }
    }
    // Refusals of the rooms are explained by the portal, so its sentences must be there to look in.
    if tree::root().join("portal/locales").is_dir() {
        none(faults);
    }
}
