//! Reading the settings: defaults, then a TOML file, then the environment. What is not known there is told all at once,
//! so that nobody mends a file name by name.

use std::fmt;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::error::Kind;
use figment::providers::{Env, Format, Serialized, Toml};
use figment::value::Value;

use super::Config;

/// What stands in the way of reading the settings, in words: each with the key as it is written in the file or the name
/// in the environment.
#[derive(Debug, Clone)]
pub struct Unread {
    /// In the order in which it was found; never empty.
    pub faults: Vec<String>,
    /// The settings without what is not known, where nothing else was wrong: good for telling what is to be mended in
    /// them as well, and for nothing else.
    pub rest: Option<Box<Config>>,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.faults.join("; "))
    }
}

impl std::error::Error for Unread {}

impl Config {
    /// Reads the settings: defaults, then `file` (or `recordright.toml` in the data folder, if there is one), then the
    /// environment, then what the command line gave.
    ///
    /// # Errors
    /// All settings that are not known, and the first that cannot be read.
    pub fn read(file: Option<&Path>, data: Option<&Path>) -> Result<Self, Unread> {
        let figment = Figment::from(Serialized::defaults(Self::default()));
        let figment = match (file, data) {
            (Some(file), _) => figment.merge(Toml::file_exact(file)),
            (None, Some(data)) => figment.merge(Toml::file(data.join("recordright.toml"))),
            (None, None) => figment.merge(Toml::file("recordright.toml")),
        };
        let figment = figment.merge(Env::prefixed("RECORDRIGHT__").split("__"));
        let (read, mut faults) = known(&figment);
        let mut config = read.map(|mut config| {
            config.at(data);
            config
        });
        if let Some(Err(wrong)) = config.as_mut().map(|config| config.law.read_file(file.or(data))) {
            faults.extend(wrong);
            config = None;
        }
        match config {
            Some(config) if faults.is_empty() => Ok(config),
            rest => Err(Unread { faults, rest: rest.map(Box::new) }),
        }
    }

    /// Settles where the data is, which other settings follow.
    fn at(&mut self, data: Option<&Path>) {
        if let Some(data) = data {
            self.data = data.to_owned();
        }
        if self.data.as_os_str().is_empty() {
            self.data = PathBuf::from("data");
        }
        if self.database.url.is_empty() {
            self.database.url = format!("sqlite:{}", self.data.join("recordright.db").display());
        }
    }
}

/// The settings without those that are not known, if they can be read; and what is wrong with them.
fn known(figment: &Figment) -> (Option<Config>, Vec<String>) {
    let value = match figment.find_value("") {
        Ok(value) => value,
        // The file is no TOML.
        Err(error) => return (None, in_words(error)),
    };
    let mut next = figment.extract();
    let mut left = Left { value, gone: Vec::new() };
    let mut faults = Vec::new();
    let mut is_whole = true;
    // Each round takes something away, so there is an end.
    loop {
        let mut error = match next {
            Ok(config) => return (is_whole.then_some(config), faults),
            Err(error) => error,
        };
        if !faults.is_empty() {
            // What was written out and read again does not know where it came from.
            error.metadata = None;
        }
        let place = left.place(&error.path);
        let value = found(&left.value, &error.path);
        error.metadata = error.metadata.or_else(|| figment.get_metadata(value.tag()).cloned());
        let whose = whose(&left.value, &error.path);
        let is_unknown = matches!(error.kind, Kind::UnknownField(..));
        is_whole &= is_unknown;
        let gone = if is_unknown { left.forget(&error.path) } else { left.pass(&error.path) };
        error.path = place;
        faults.push(one(&error, whose.as_deref()));
        if gone.is_none() {
            return (None, faults);
        }
        next = Figment::from(Serialized::defaults(&left.value)).extract();
    }
}

/// The settings without what was told already.
struct Left {
    value: Value,
    /// The numbers that were taken out of lists, as the file counts.
    gone: Vec<(String, usize)>,
}

impl Left {
    /// A place as the file counts.
    fn place(&self, path: &[String]) -> Vec<String> {
        let mut place = path.to_vec();
        if let [list, number, ..] = path
            && let Ok(mut n) = number.parse::<usize>()
        {
            let mut gone: Vec<usize> =
                self.gone.iter().filter(|(of, _)| of == list).map(|(_, n)| *n).collect();
            gone.sort_unstable();
            n += gone.into_iter().fold(0, |more, gone| more + usize::from(gone <= n + more));
            place[1] = n.to_string();
        }
        place
    }

    /// Takes away what is not known.
    fn forget(&mut self, path: &[String]) -> Option<Value> {
        let (last, above) = path.split_last()?;
        let mut from = &mut self.value;
        for step in above {
            from = match from {
                Value::Dict(_, dict) => dict.get_mut(step)?,
                Value::Array(_, all) => all.get_mut(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        if let Value::Dict(_, dict) = from { dict.remove(last) } else { None }
    }

    /// Takes away the section, or the one of a list, in which something cannot be read: what else is wrong is told too.
    fn pass(&mut self, path: &[String]) -> Option<Value> {
        let place = self.place(path);
        let Value::Dict(_, sections) = &mut self.value else { return None };
        let section = path.first()?;
        if let (Some(Value::Array(_, all)), Some(number)) = (sections.get_mut(section), path.get(1)) {
            let number = number.parse::<usize>().ok().filter(|n| *n < all.len())?;
            self.gone.push((section.clone(), place.get(1)?.parse().ok()?));
            return Some(all.remove(number));
        }
        sections.remove(section)
    }
}

/// How the one of a list is called, whose setting it is.
fn whose(from: &Value, path: &[String]) -> Option<String> {
    let [list, number, ..] = path else { return None };
    let all = from.find_ref(list)?.as_array()?;
    let one = all.get(number.parse::<usize>().ok()?)?;
    one.find_ref("id").or_else(|| one.find_ref("name"))?.as_str().map(str::to_owned)
}

/// What stands at a place, or above it where nothing is.
fn found<'v>(from: &'v Value, path: &[String]) -> &'v Value {
    let Some((first, rest)) = path.split_first() else { return from };
    let next = match from {
        Value::Dict(_, dict) => dict.get(first),
        Value::Array(_, all) => first.parse::<usize>().ok().and_then(|n| all.get(n)),
        _ => None,
    };
    next.map_or(from, |next| found(next, rest))
}

/// What is wrong, one by one.
pub(super) fn in_words(errors: figment::Error) -> Vec<String> {
    errors.into_iter().map(|error| one(&error, None)).collect()
}

fn one(error: &figment::Error, whose: Option<&str>) -> String {
    let place = error.metadata.as_ref().map_or_else(String::new, |metadata| {
        let file = metadata.source.as_ref().and_then(|source| source.file_path());
        let name = file.map_or_else(|| metadata.name.to_string(), |path| path.display().to_string());
        format!(" (in {name})")
    });
    let whose = whose.map_or_else(String::new, called);
    let key = error.path.join(".");
    match &error.kind {
        Kind::UnknownField(_, known) => {
            format!("there is no setting {key}{whose}{place}; known here are {}", known.join(", "))
        }
        kind if key.is_empty() => format!("{kind}{place}"),
        kind => format!("the setting {key}{whose} is wrong: {kind}{place}"),
    }
}

/// How one among several is called, behind its number: what a file says is shown so that nothing in it is unseen.
pub fn called(id: &str) -> String {
    if id.is_empty() { String::new() } else { format!(" ({})", id.escape_debug()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, Unread> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.toml");
        std::fs::write(&file, text).unwrap();
        Config::read(Some(&file), None)
    }

    #[test]
    fn all_that_is_not_known_is_told_at_once() {
        let text = "colour = 1\n[clinic]\nname = \"Cedar Hill\"\nnam = \"x\"\n\
            [[clients]]\nid = \"steps\"\nname = \"Steps\"\ncolour = \"red\"\nkind = 1\n\
            [[clients]]\nname = \"Lake\"\nid = \"lake\"\nsystems = true\n\
            [[clients]]\nid = \"\"\nname = \"Pond\"\nold.er = 2\n";
        let Unread { faults, rest } = read(text).unwrap_err();
        let keys: Vec<&str> =
            faults.iter().map(|words| words.split(" (in ").next().unwrap_or_default()).collect();
        assert_eq!(
            keys,
            [
                "there is no setting clients.0.colour (steps)",
                "there is no setting clients.0.kind (steps)",
                "there is no setting clients.1.systems (lake)",
                "there is no setting clients.2.old",
                "there is no setting clinic.nam",
                "there is no setting colour",
            ]
        );
        assert!(faults.iter().all(|words| words.contains("a.toml); known here are ")), "{faults:?}");
        // What can be read is there, to be looked at as well.
        let rest = rest.unwrap();
        assert_eq!((rest.clinic.name.as_str(), rest.clients.len()), ("Cedar Hill", 3));
    }

    #[test]
    fn what_cannot_be_read_has_its_place() {
        for (text, expected) in [
            (
                "colour = 1\n[[clients]]\nid = \"a\"\nname = 3\n",
                vec!["clients.0.name (a) is wrong", "colour"],
            ),
            ("[[clients]]\nid = \"a\"\n", vec!["clients.0"]),
            ("[clinic\n", vec!["a.toml"]),
            (
                "[sessions]\nidle_minutes = \"long\"\nidel = 1\n",
                vec!["sessions.idle_minutes", "sessions.idel"],
            ),
        ] {
            let Unread { faults, rest } = read(text).unwrap_err();
            assert!(rest.is_none(), "{text}");
            for word in expected {
                assert!(
                    faults.iter().any(|words| words.contains(word) && words.contains("a.toml")),
                    "{word}: {faults:?}"
                );
            }
        }
    }

    #[test]
    fn what_a_file_says_is_shown_plainly() {
        for (id, expected) in [("", ""), ("steps", " (steps)"), ("a\u{202e}\n", " (a\\u{202e}\\n)")] {
            assert_eq!(called(id), expected, "{id:?}");
        }
    }
}
