//! Every sentence stands in both languages with the same values, every one is used, and every id that the
//! pages or the rooms behind them can show has one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use api::base::Instant;
use api::words::Language;

use crate::i18n::Words;

/// Ids that are put together: the family, and why its members are not written out.
const FAMILIES: [&str; 8] = [
    "label-",
    "format-",
    "log-kind-",
    "log-filter-",
    "log-basis-system-",
    "ground-",
    "copy-what-",
    // Named by a room, which has the sentences for who signs for themselves.
    "consent-kind-",
];

/// Codes of rooms that no page can show: the command line and the log say them.
const NOT_ON_PAGES: [&str; 9] = [
    "gather-failed",
    "gather-not-an-id",
    "job-of-a-newer-version",
    "job-of-other-settings",
    "mail-",
    "copies-check-",
    "import-",
    "check-",
    // A category of FHIR.
    "problem-list-item",
];

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(files(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            out.push(path);
        }
    }
    out.sort();
    out
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Ids with the values that their sentences take.
fn sentences(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files(&here("locales").join(language.tag()), "ftl") {
        let text = fs::read_to_string(&file).unwrap();
        let mut current = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((id, _)) =
                line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
            {
                current = id.to_owned();
                assert!(out.insert(current.clone(), BTreeSet::new()).is_none(), "{id} stands twice");
            }
            let values = line
                .split("{ $")
                .skip(1)
                .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric()).collect::<String>());
            out.entry(current.clone()).or_default().extend(values);
        }
    }
    out.remove("");
    out
}

/// All texts between typewriter quotes in our own code and templates.
fn written() -> BTreeSet<String> {
    let sources = files(&here("src"), "rs").into_iter().chain(files(&here("templates"), "html"));
    let mut out = BTreeSet::new();
    // Within the crate only: the folder that holds the project may be called anything.
    let inside = |file: &PathBuf| file.strip_prefix(here("")).unwrap().to_owned();
    for file in sources.filter(|file| !inside(file).components().any(|part| part.as_os_str() == "tests")) {
        let text = fs::read_to_string(&file).unwrap();
        if file.extension().is_some_and(|ending| ending == "rs") {
            out.extend(text.split('"').map(str::to_owned));
            continue;
        }
        // Of a template only what is computed: the rest is HTML with ids and classes of its own.
        for piece in text.split("{{").flat_map(|piece| piece.split("{%")).skip(1) {
            let computed =
                piece.split("}}").next().unwrap_or_default().split("%}").next().unwrap_or_default();
            out.extend(computed.split('"').map(str::to_owned));
        }
    }
    out
}

/// Ids of the rooms behind the pages, by their families.
fn of_the_rooms() -> BTreeSet<String> {
    let families = ["refused-", "conflict-", "error-", "sign-in-", "problem-", "gather-", "range-"];
    let mut out = BTreeSet::new();
    for file in files(&here("../api/src"), "rs") {
        // Tests name provider answers, and FHIR has codes of its own, that are no ids.
        let text = fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let skipped = |part: &std::ffi::OsStr| part == "tests" || part == "fhir";
        let inside = file.strip_prefix(here("../api/src")).unwrap();
        if inside.components().any(|part| skipped(part.as_os_str())) || file.ends_with("tests.rs") {
            continue;
        }
        let shape = |text: &&str| {
            text.chars().all(|c| c.is_ascii_lowercase() || c == '-')
                && text.contains('-')
                && !text.ends_with('-')
        };
        let id = |text: &&str| shape(text) && families.iter().any(|family| text.starts_with(family));
        out.extend(text.split(['"', '\'']).filter(id).map(str::to_owned));
        for call in ["Conflict(\"", "Unavailable(\"", "refused(\"", "Refusal(\""] {
            out.extend(
                text.split(call)
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next())
                    .filter(shape)
                    .map(str::to_owned),
            );
        }
    }
    out
}

#[test]
fn both_languages_say_the_same() {
    let (english, spanish) = (sentences(Language::English), sentences(Language::Spanish));
    assert!(english.len() > 300);
    for (id, values) in &english {
        assert_eq!(spanish.get(id), Some(values), "{id}");
    }
    assert_eq!(spanish.len(), english.len(), "{:?}", spanish.keys().find(|id| !english.contains_key(*id)));
    let (english, spanish) = (texts(Language::English), texts(Language::Spanish));
    let untranslated: Vec<_> =
        english.iter().filter(|(id, text)| spanish.get(*id) == Some(text)).map(|(id, _)| id).collect();
    // The same word in both languages, or only values.
    assert_eq!(
        untranslated,
        [
            "copy-category",
            "desk-act-others",
            "desk-earlier-line",
            "format-pdf",
            "log-in-category",
            "log-sentence",
            "log-who-acts",
            "size-bytes"
        ]
    );
}

/// Ids with their sentences, as they are written.
fn texts(language: Language) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    for file in files(&here("locales").join(language.tag()), "ftl") {
        let text = fs::read_to_string(file).unwrap();
        let mut current = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let begun = line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()));
            if let Some((id, _)) = begun {
                current = id.to_owned();
            }
            out.entry(current.clone()).or_default().push_str(begun.map_or(line, |(_, text)| text));
        }
    }
    out.remove("");
    out
}

#[test]
fn every_sentence_is_used() {
    let (written, rooms) = (written(), of_the_rooms());
    for id in sentences(Language::English).keys() {
        // Or it is the other form of one, for whoever acts for somebody else.
        let is_used = |id: &str| {
            written.contains(id) || rooms.contains(id) || FAMILIES.iter().any(|family| id.starts_with(family))
        };
        let used = is_used(id) || id.strip_suffix("-acting").is_some_and(is_used);
        assert!(used, "{id} is not used");
    }
}

#[test]
fn every_id_has_a_sentence() {
    let known: BTreeSet<_> = sentences(Language::English).into_keys().collect();
    let families: BTreeSet<_> = known.iter().filter_map(|id| id.split('-').next()).collect();
    // What looks like an id of ours but is the name of something else.
    let other = [
        "code-given",
        "code-sent",
        "code-stopped",
        "protect-asked",
        "protect-answered",
        "log-kind",
        "people-search",
    ];
    for id in written() {
        let shape =
            id.contains('-') && id.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !id.ends_with('-');
        let ours = shape && id.split('-').next().is_some_and(|family| families.contains(family));
        let elsewhere = says(&id);
        assert!(
            !ours || known.contains(&id) || elsewhere || other.contains(&id.as_str()),
            "{id} has no sentence"
        );
    }
    for id in of_the_rooms() {
        let hidden = NOT_ON_PAGES.iter().any(|family| id.starts_with(family));
        assert!(hidden || known.contains(&id) || says(&id), "{id} of a room has no sentence");
    }
}

/// Whether the words room has a sentence for an id.
fn says(id: &str) -> bool {
    api::words::say(Language::English, id) != id
}

#[test]
fn sentences_are_set_in_type() {
    for language in Language::ALL {
        for file in files(&here("locales").join(language.tag()), "ftl") {
            let text = fs::read_to_string(&file).unwrap();
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                assert!(!line.contains(['\'', '"', '\u{a0}']), "{}: {line}", file.display());
                assert!(!line.contains("..."), "{}: {line}", file.display());
            }
        }
    }
}

#[test]
fn an_abbreviation_ends_its_sentence() {
    for (language, expected) in [
        (Language::English, "Ana ended it, January 1, 1970, 1:00 PM."),
        (Language::Spanish, "Lo terminó Ana, 1 de enero de 1970, 1:00 p. m."),
    ] {
        let words = Words { language, zone: chrono_tz::UTC, acting: false };
        let date = words.moment(&Instant(13 * 3_600_000_000));
        assert_eq!(words.t2("desk-group-ended", ("name", "Ana"), ("date", date)), expected);
    }
}
