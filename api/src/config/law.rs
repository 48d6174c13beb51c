//! The law of the clinic's state, as settings: typed keys, each value with its citation, its dates and who reviewed it.
//! A value that gives people less than federal law is refused (45 CFR 160.203), and where several rules hold the
//! stricter binds and says so. docs/configuration.md lists the keys.

mod keys;
mod people;
mod rules;

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

pub use keys::Unit;
pub use people::{Emancipation, OfMinors, Parents};
pub use rules::{Band, Binding, Candidate, Due};

use super::Fault;
use super::read::in_words;

/// What the law of a place and the clinic's policy settle.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Law {
    /// Whose law the rules are, where they do not say: `US-CA` (ISO 3166-2).
    pub jurisdiction: String,
    /// A TOML file with more rules, in the form of this section; beside the settings file unless it says where.
    pub file: PathBuf,
    /// The rules.
    pub rule: Vec<Rule>,
}

/// One rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// What it settles.
    pub key: String,
    /// How.
    pub value: Value,
    /// The unit of a number; that of federal law where it is empty.
    pub unit: String,
    /// Where it stands.
    pub cite: String,
    /// Whose law it is; that of the section where it is empty.
    pub jurisdiction: String,
    /// The first day on which it holds (`2026-01-01`); empty where it has held for long.
    pub effective_from: String,
    /// The last day on which it holds; empty where no end is known.
    pub effective_to: String,
    /// Who checked it against the law.
    pub reviewed_by: String,
    /// When.
    pub reviewed_on: String,
    /// Of a band of ages: from this birthday.
    pub from_age: Option<i64>,
    /// Of a band of ages: until this birthday.
    pub to_age: Option<i64>,
    /// What else must be so, in words, where the law names conditions.
    pub conditions: String,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A word.
    Word(String),
    /// Several words or days.
    Words(Vec<String>),
}

impl Default for Value {
    fn default() -> Self {
        Self::Word(String::new())
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(true) => f.write_str("yes"),
            Self::Flag(false) => f.write_str("no"),
            Self::Whole(number) => number.fmt(f),
            Self::Word(word) => f.write_str(word),
            Self::Words(words) => f.write_str(&words.join(", ")),
        }
    }
}

/// A key as `recordright law` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// What it settles.
    pub what: &'static str,
    /// What binds on the day; none where nothing does.
    pub binding: Option<Binding>,
}

impl Law {
    /// Takes in the rules of the file that the settings name. `near` is the settings file or its folder.
    ///
    /// # Errors
    /// What is wrong with that file, in words.
    pub(super) fn read_file(&mut self, near: Option<&Path>) -> Result<(), Vec<String>> {
        if self.file.as_os_str().is_empty() {
            return Ok(());
        }
        let folder = near.and_then(|near| if near.is_dir() { Some(near) } else { near.parent() });
        let path = folder.map_or_else(|| self.file.clone(), |folder| folder.join(&self.file));
        let file = Figment::from(Serialized::defaults(Self::default())).merge(Toml::file_exact(path));
        let more: Self = file.extract().map_err(in_words)?;
        if self.jurisdiction.is_empty() {
            self.jurisdiction = more.jurisdiction;
        }
        self.rule.extend(more.rule);
        Ok(())
    }

    /// Every key that can be settled, as docs/configuration.md lists them: `*` stands for several parts.
    pub fn keys() -> impl Iterator<Item = &'static str> {
        keys::KEYS.iter().map(|key| key.name)
    }

    /// Those of them that bind nothing yet, as docs/law.md lists them.
    pub fn waiting() -> impl Iterator<Item = &'static str> {
        keys::WAITING.iter().copied()
    }

    /// The keys of rules that are set and bind nothing yet: whoever sets them is told at the start.
    pub fn without_effect(&self) -> Vec<&str> {
        let waits = |key: &&str| keys::find(key).is_some_and(|found| keys::WAITING.contains(&found.name));
        self.rule.iter().map(|rule| rule.key.as_str()).filter(waits).collect()
    }

    /// What is wrong with the rules, each with how to mend it.
    pub fn faults(&self) -> Vec<Fault> {
        rules::faults(self)
    }

    /// What binds on a day, and what else holds then; none where neither federal law nor a rule says anything.
    pub fn binding(&self, key: &str, on: NaiveDate) -> Option<Binding> {
        rules::binding(self, key, on)
    }

    /// By which day something that came in on `received` must be answered, and by which rule: the earliest day of all
    /// rules that hold then. The day of receipt does not count, and nothing rolls on over a weekend.
    pub fn due(&self, key: &str, received: NaiveDate) -> Option<Due> {
        rules::due(self, key, received)
    }

    /// Minutes without use after which patients are signed out at the latest: the least of any day, since a setting
    /// does not change with the date.
    pub fn idle_patient_most(&self) -> i64 {
        self.least("security.idle_patient").unwrap_or(30)
    }

    /// The same for staff.
    pub fn idle_staff_most(&self) -> i64 {
        self.least("security.idle_staff").unwrap_or(30)
    }

    fn least(&self, key: &str) -> Option<i64> {
        let set = self.rule.iter().filter(|rule| rule.key == key);
        set.filter_map(|rule| rule.value.whole()).min()
    }

    /// The age at which a person is an adult.
    pub fn majority(&self, on: NaiveDate) -> i32 {
        let age = self.binding("minors.age_majority", on).and_then(|binding| binding.value.whole());
        age.and_then(|age| i32::try_from(age).ok()).unwrap_or(18)
    }

    /// How a parent's view is presented from one age to another: one band for all ages unless the settings cite a law.
    pub fn bands(&self, on: NaiveDate) -> Vec<Band> {
        rules::bands(self, on)
    }

    /// Whether the settings say yes to this.
    pub fn says(&self, key: &str, on: NaiveDate) -> bool {
        self.binding(key, on).is_some_and(|binding| binding.value == Value::Flag(true))
    }

    /// Every key with what binds on a day.
    pub fn in_force(&self, on: NaiveDate) -> Vec<Entry> {
        let entry = |key: &'static keys::Key| {
            let what = key.what;
            key.names().into_iter().map(move |name| (name, what))
        };
        let keys = keys::KEYS.iter().flat_map(entry);
        keys.map(|(key, what)| Entry { binding: self.binding(&key, on), key, what }).collect()
    }
}

impl Value {
    /// The number, if it is one.
    pub fn whole(&self) -> Option<i64> {
        match self {
            Self::Whole(number) => Some(*number),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const RULE: &str = "[[rule]]\nkey = \"access.copy_deadline\"\nvalue = 15\ncite = \"c\"\n\
        reviewed_by = \"a\"\nreviewed_on = \"2026-01-01\"\n";

    #[test]
    fn rules_are_read_from_both_places() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let inline = RULE.replace("[[rule]]", "[[law.rule]]").replace("access.copy", "access.inspect");
        write("settings.toml", &format!("[law]\nfile = \"law.toml\"\n{inline}"));
        write("law.toml", &format!("jurisdiction = \"US-CA\"\n{RULE}"));
        let settings = folder.path().join("settings.toml");
        let law = Config::read(Some(&settings), None).unwrap().law;
        assert_eq!(law.faults(), []);
        let on = "2026-11-22".parse().unwrap();
        for key in ["access.inspect_deadline", "access.copy_deadline"] {
            let binding = law.binding(key, on).unwrap();
            assert_eq!(
                (binding.value, binding.by.jurisdiction.as_str()),
                (Value::Whole(15), "US-CA"),
                "{key}"
            );
        }
        // A slip of the pen is an error and not a rule that is not there.
        write("law.toml", &RULE.replace("cite", "sight"));
        let words = Config::read(Some(&settings), None).unwrap_err().to_string();
        assert!(words.contains("sight"), "{words}");
        std::fs::remove_file(folder.path().join("law.toml")).unwrap();
        assert!(Config::read(Some(&settings), None).is_err(), "a file that is not there");
    }

    #[test]
    fn every_key_is_in_the_table() {
        let on = "2026-11-22".parse().unwrap();
        let table = Law::default().in_force(on);
        assert!(table.len() > Law::keys().count(), "each part of a key has its own line");
        for entry in &table {
            assert_eq!(Law::default().binding(&entry.key, on), entry.binding, "{}", entry.key);
        }
    }
}
