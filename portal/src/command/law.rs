//! `recordright law`: the rules in force, with where they stand.

use std::process::ExitCode;

use api::base::Clock;
use api::config::{Candidate, Entry};
use chrono::NaiveDate;
use clap::Args;

use super::Place;

/// Print what federal law, the law of your state and your own policy settle, each with its citation. Where several
/// rules hold, the one that binds stands first. Exit code 1 if a rule of the settings is refused.
///
/// Examples:
///   recordright law
///   recordright law --on 2027-07-01 --key access
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Law {
    #[command(flatten)]
    place: Place,
    /// The rules of this day; today where it is left out.
    #[arg(long, value_name = "DAY")]
    on: Option<NaiveDate>,
    /// Only keys that begin so.
    #[arg(long, value_name = "KEY", default_value = "")]
    key: String,
}

impl Law {
    /// Prints the table.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.place.config()?;
        let today = Clock::System.now().utc().with_timezone(&config.clinic.zone()).date_naive();
        let on = self.on.unwrap_or(today);
        println!("Rules in force on {on}\n");
        for entry in config.law.in_force(on).into_iter().filter(|entry| entry.key.starts_with(&self.key)) {
            println!("{}", lines(&entry));
        }
        for key in config.law.without_effect() {
            eprintln!("  ! {key} is set and binds nothing yet; docs/law.md says what it waits for");
        }
        let faults = config.law.faults();
        for fault in &faults {
            eprintln!("  ✗ {} {}", fault.key, fault.words);
        }
        Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn lines(entry: &Entry) -> String {
    let mut text = format!("{}  {}\n", entry.key, entry.what);
    match &entry.binding {
        None => text.push_str("    not settled: nothing is assumed\n"),
        Some(binding) => {
            text.push_str(&format!("    {}\n", line(&binding.by)));
            for other in &binding.others {
                text.push_str(&format!("      yields: {}\n", line(other)));
            }
        }
    }
    text
}

fn line(rule: &Candidate) -> String {
    let unit = rule.unit.map(|unit| format!(" {}", unit.slug())).unwrap_or_default();
    let whose = if rule.jurisdiction.is_empty() { String::new() } else { format!("{}, ", rule.jurisdiction) };
    let conditions =
        if rule.conditions.is_empty() { String::new() } else { format!("; if {}", rule.conditions) };
    let reviewed = match &rule.reviewed {
        Some((by, on)) => format!(" [reviewed by {by} on {on}]"),
        None => String::new(),
    };
    format!("{}{unit}  ({whose}{}){conditions}{reviewed}", rule.value, rule.cite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::config;

    #[test]
    fn the_table_names_what_binds_and_what_yields() {
        let rule = config::Rule {
            key: "access.copy_deadline".into(),
            value: config::Value::Whole(15),
            cite: "Cal. Health & Safety Code 123110".into(),
            reviewed_by: "A. Counsel".into(),
            reviewed_on: "2026-10-01".into(),
            conditions: "asked for in writing".into(),
            ..config::Rule::default()
        };
        let law = config::Law { jurisdiction: "US-CA".into(), rule: vec![rule], ..config::Law::default() };
        let table: Vec<String> = law.in_force("2026-11-22".parse().unwrap()).iter().map(lines).collect();
        let of = |key: &str| table.iter().find(|text| text.starts_with(&format!("{key}  "))).unwrap();
        assert_eq!(
            of("access.copy_deadline"),
            "access.copy_deadline  Time to give a person a copy\n    \
             15 days  (US-CA, Cal. Health & Safety Code 123110); if asked for in writing \
             [reviewed by A. Counsel on 2026-10-01]\n      \
             yields: 30 days  (US, 45 CFR 164.524(b)(2)(i))\n"
        );
        assert!(of("minors.self_consent.sti").contains("not settled"));
        assert!(of("policy.internal_targets.access").contains("15 days  (clinic policy)"));
    }
}
