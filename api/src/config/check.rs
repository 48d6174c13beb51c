//! What is wrong with the settings, in plain words. `recordright check` prints it; `serve` refuses to
//! start on a fault that would put records at risk.

use url::Url;

use super::Config;
use super::labels::misnamed;

/// One thing wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The key, as in docs/configuration.md.
    pub key: String,
    /// What is wrong and how to mend it.
    pub words: String,
}

impl Config {
    /// All faults that can be seen without asking another machine.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |key: &str, words: &str| faults.push(Fault { key: key.into(), words: words.into() });

        match Url::parse(&self.server.public_url) {
            Err(_) => {
                fault("server.public_url", "is not an address; write it like https://records.example.org")
            }
            Ok(url) if url.scheme() == "http" && !is_loopback(&url) => fault(
                "server.public_url",
                "starts with http:, so sign-ins and records could be read on the way; use https:",
            ),
            Ok(url) if !matches!(url.scheme(), "http" | "https") => {
                fault("server.public_url", "must start with https:")
            }
            Ok(url) if url.path() != "/" || self.server.public_url.ends_with('/') => {
                fault("server.public_url", "must have no path and no slash at the end")
            }
            Ok(_) => {}
        }
        if self.server.listen.parse::<std::net::SocketAddr>().is_err() {
            fault("server.listen", "is not an address and port; write it like 127.0.0.1:8080");
        }
        if let Some(tls) = &self.server.tls {
            for (key, file) in [("server.tls.certificate", &tls.certificate), ("server.tls.key", &tls.key)] {
                if !file.is_file() {
                    fault(key, "names a file that is not there");
                }
            }
        }
        if !["sqlite:", "postgres://", "postgresql://"].iter().any(|p| self.database.url.starts_with(p)) {
            fault("database.url", "must start with sqlite: or postgres://");
        }
        if self.clinic.time_zone.parse::<chrono_tz::Tz>().is_err() {
            fault("clinic.time_zone", "is not a time zone; write it like America/Chicago");
        }
        if self.clinic.phone.is_empty() && self.clinic.email.is_empty() {
            fault(
                "clinic.phone",
                "is empty and so is clinic.email; people need a way to reach the records office",
            );
        }
        for (n, one) in self.clinic.identifiers.iter().enumerate() {
            if super::clinic::identifier(one).is_none() {
                fault(
                    &format!("clinic.identifiers.{n}"),
                    "is no identifier; write it like npi|1234567893, ccn|220001, clia|22D0000000 or \
                     https://state.example/facilities|7. An NPI has ten digits, the last of which checks the others",
                );
            }
        }
        if !(1..=720).contains(&self.bulk.keep_hours) {
            fault("bulk.keep_hours", "must be between 1 and 720");
        }
        if !(1..=100).contains(&self.bulk.at_once) {
            fault("bulk.at_once", "must be between 1 and 100");
        }
        if !(1..=4096).contains(&self.bulk.part_mib) {
            fault("bulk.part_mib", "must be between 1 and 4096");
        }
        if self.sessions.warn_minutes >= self.sessions.idle_minutes {
            fault("sessions.warn_minutes", "must be less than sessions.idle_minutes");
        }
        if self.sessions.idle_minutes == 0 || self.sessions.absolute_hours == 0 {
            fault("sessions.idle_minutes", "and sessions.absolute_hours must be more than 0");
        }
        if !(5..=30).contains(&self.sessions.staff_idle_minutes) {
            fault("sessions.staff_idle_minutes", "must be between 5 and 30");
        } else if (self.sessions.staff_idle_minutes..self.sessions.idle_minutes)
            .contains(&self.sessions.warn_minutes)
        {
            fault("sessions.staff_idle_minutes", "must be more than sessions.warn_minutes");
        }
        if !(1..=120).contains(&self.sessions.staff_view_minutes) {
            fault("sessions.staff_view_minutes", "must be between 1 and 120");
        }
        if !(1..=240).contains(&self.sessions.emergency_minutes) {
            fault("sessions.emergency_minutes", "must be between 1 and 240");
        }
        if i64::try_from(self.sessions.idle_minutes).is_ok_and(|idle| idle > self.law.idle_patient_most()) {
            fault("sessions.idle_minutes", "is more than law.rule security.idle_patient allows, or than 30");
        }
        if i64::try_from(self.sessions.staff_idle_minutes)
            .is_ok_and(|idle| (self.law.idle_staff_most() + 1..=30).contains(&idle))
        {
            fault("sessions.staff_idle_minutes", "is more than law.rule security.idle_staff allows");
        }
        for (n, one) in self.program.people.iter().enumerate() {
            if !one.contains('@') {
                fault(&format!("program.people.{n}"), "is not a mail address");
            }
        }
        let sources: Vec<&str> = self.sources.iter().map(|source| source.name.as_str()).collect();
        for (n, one) in self.program.sources.iter().enumerate() {
            if let Some(words) = misnamed(one, &sources) {
                fault(&format!("program.sources.{n}"), words);
            }
        }
        if !(1..=60).contains(&self.sessions.fresh_minutes) {
            fault("sessions.fresh_minutes", "must be between 1 and 60");
        }
        if !(1..=60).contains(&self.sessions.staff_fresh_minutes) {
            fault("sessions.staff_fresh_minutes", "must be between 1 and 60");
        }
        if !(30..=3_650).contains(&self.claims.keep_papers_days) {
            fault("claims.keep_papers_days", "must be between 30 and 3650");
        }
        if !(1..=3).contains(&self.sessions.in_person_ial) {
            fault("sessions.in_person_ial", "must be 1, 2 or 3");
        }
        if self.oidc.is_empty() {
            fault("oidc", "is empty, so nobody can sign in; add an identity provider");
        }
        for (n, provider) in self.oidc.iter().enumerate() {
            check_web_address(&mut fault, &format!("oidc.{n}.issuer"), &provider.issuer);
            if !is_short_name(&provider.id) {
                fault(&format!("oidc.{n}.id"), "must be small letters, digits and dashes");
            }
            if self.oidc[..n].iter().any(|other| other.id == provider.id) {
                fault(&format!("oidc.{n}.id"), "is used twice");
            }
            if let Some(staff) = &provider.staff
                && (staff.claim.trim().is_empty() || staff.roles.is_empty())
            {
                fault(&format!("oidc.{n}.staff"), "must name a claim and at least one role");
            }
            if let Some(words) = provider.strength.fault() {
                fault(&format!("oidc.{n}.strength"), words);
            }
            if provider.clock_skew_seconds > 300 {
                fault(
                    &format!("oidc.{n}.clock_skew_seconds"),
                    "is more than 300; set the clocks right instead",
                );
            }
        }
        for (n, source) in self.sources.iter().enumerate() {
            check_web_address(&mut fault, &format!("sources.{n}.url"), &source.url);
            if !is_short_name(&source.name) {
                fault(&format!("sources.{n}.name"), "must be small letters, digits and dashes");
            }
            if self.sources[..n].iter().any(|other| other.name == source.name) {
                fault(&format!("sources.{n}.name"), "is used twice");
            }
            if source.page_size == 0 || source.page_size > 5000 {
                fault(&format!("sources.{n}.page_size"), "must be between 1 and 5000");
            }
        }
        if !self.mail.server.is_empty() && !self.mail.from.contains('@') {
            fault("mail.from", "is not a mail address");
        }
        if !(5..=60).contains(&self.apps.access_minutes) {
            fault("apps.access_minutes", "must be between 5 and 60");
        }
        if self.apps.calls_per_minute < 0 || self.apps.registrations_per_hour < 0 {
            fault("apps.calls_per_minute", "and apps.registrations_per_hour must be 0 or more");
        }
        if self.apps.reads_per_minute < 0 {
            fault("apps.reads_per_minute", "must be 0 or more");
        }
        if self.apps.loopback_keys && self.server.secure() {
            fault("apps.loopback_keys", "is only for trying things out on this machine; switch it off");
        }
        if self.copies.keep_days == 0 {
            fault("copies.keep_days", "must be at least 1");
        }
        faults.extend(self.labels.faults(&sources));
        faults.extend(self.law.faults());
        faults
    }
}

fn check_web_address(fault: &mut impl FnMut(&str, &str), key: &str, address: &str) {
    match Url::parse(address) {
        Err(_) => fault(key, "is not an address"),
        Ok(url) if url.scheme() == "http" && !is_loopback(&url) => {
            fault(key, "starts with http:, so what is sent could be read on the way; use https:")
        }
        Ok(url) if !matches!(url.scheme(), "http" | "https") => fault(key, "must start with https:"),
        Ok(_) => {}
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

fn is_short_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 40
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_setting_is_named() {
        type Change = fn(&mut Config);
        let good = || {
            let mut config = Config::for_testing(std::path::Path::new("x"), "sqlite:x.db");
            config.clinic.phone = "555-0100".into();
            config.oidc = vec![Provider::for_check("a")];
            config
        };
        assert_eq!(good().faults(), []);
        let table: [(&str, Change); 28] = [
            ("server.public_url", |c| c.server.public_url = "http://records.example.org".into()),
            ("server.public_url", |c| c.server.public_url = "https://records.example.org/x".into()),
            ("server.public_url", |c| c.server.public_url = "records".into()),
            ("server.listen", |c| c.server.listen = "8080".into()),
            ("database.url", |c| c.database.url = "mysql://x".into()),
            ("clinic.time_zone", |c| c.clinic.time_zone = "Mars".into()),
            ("clinic.phone", |c| c.clinic.phone = String::new()),
            ("clinic.identifiers.1", |c| {
                c.clinic.identifiers = vec!["npi|1234567893".into(), "npi|1234567890".into()];
            }),
            ("sessions.warn_minutes", |c| c.sessions.warn_minutes = 20),
            ("sessions.staff_idle_minutes", |c| c.sessions.staff_idle_minutes = 4),
            ("sessions.staff_idle_minutes", |c| c.sessions.staff_idle_minutes = 31),
            ("sessions.staff_idle_minutes", |c| {
                (c.sessions.staff_idle_minutes, c.sessions.warn_minutes) = (5, 5);
            }),
            ("sessions.staff_view_minutes", |c| c.sessions.staff_view_minutes = 0),
            ("sessions.emergency_minutes", |c| c.sessions.emergency_minutes = 241),
            ("oidc.0.staff", |c| {
                c.oidc[0].staff = Some(StaffClaims { claim: "roles".into(), roles: BTreeMap::new() });
            }),
            ("sessions.idle_minutes", |c| c.sessions.idle_minutes = 31),
            ("sessions.staff_idle_minutes", |c| {
                c.law.rule.push(crate::config::Rule {
                    key: "security.idle_staff".into(),
                    value: crate::config::Value::Whole(10),
                    reviewed_by: "A. Counsel".into(),
                    reviewed_on: "2026-10-01".into(),
                    ..crate::config::Rule::default()
                });
            }),
            ("program.people.0", |c| c.program.people.push("Ana".into())),
            ("program.sources.0", |c| c.program.sources.push("detox ".into())),
            ("sessions.fresh_minutes", |c| c.sessions.fresh_minutes = 61),
            ("sessions.staff_fresh_minutes", |c| c.sessions.staff_fresh_minutes = 0),
            ("claims.keep_papers_days", |c| c.claims.keep_papers_days = 29),
            ("sessions.in_person_ial", |c| c.sessions.in_person_ial = 0),
            ("oidc.0.strength", |c| c.oidc[0].strength.default.aal = 4),
            ("oidc", |c| c.oidc.clear()),
            ("oidc.1.id", |c| c.oidc.push(Provider::for_check("a"))),
            ("mail.from", |c| c.mail.server = "localhost:25".into()),
            ("copies.keep_days", |c| c.copies.keep_days = 0),
        ];
        for (key, change) in table {
            let mut config = good();
            change(&mut config);
            let faults = config.faults();
            assert_eq!(faults.iter().map(|f| f.key.as_str()).collect::<Vec<_>>(), [key]);
        }
    }

    use std::collections::BTreeMap;

    use crate::config::{Match, Provider, StaffClaims, Strength};
    impl Provider {
        fn for_check(id: &str) -> Self {
            Self {
                id: id.into(),
                name: "A".into(),
                issuer: "https://id.example.org".into(),
                client_id: "c".into(),
                client_secret: None,
                scopes: vec![],
                acr_values: vec![],
                clock_skew_seconds: 60,
                link_by: Match::Never,
                hint: String::new(),
                hint_es: String::new(),
                staff: None,
                strength: Strength::default(),
            }
        }
    }
}
