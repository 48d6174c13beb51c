//! What the law of the place says today: to who acts for a minor, of which services less may be shown and by which law,
//! and of a person's own record.

use super::lens_rules::Counseling;
use super::{Held, Lens, rules};
use crate::app::App;
use crate::config::{Band, OfMinors};

/// What is told beside a minor's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The services for which something is settled, with the law.
    pub services: Vec<OfMinors>,
    /// The band of ages in which the person is.
    pub band: Option<Band>,
}

impl Told {
    /// Whether the services stand on the first page of the record, and not only where it tells what is not here: for a
    /// band of ages that presents them so. It hides nothing (45 CFR 164.502(g)(3)(i)).
    pub fn in_front(&self) -> bool {
        !self.services.is_empty() && self.band.as_ref().is_some_and(|band| band.presentation == "by-service")
    }
}

/// What the law says to who holds this authority; none where it is not over a minor, or nothing is settled.
pub fn told(app: &App, held: &Held) -> Option<Told> {
    if !held.authority.kind.of_a_minor() {
        return None;
    }
    let (now, zone) = (app.clock.now(), app.config.clinic.zone());
    let today = now.utc().with_timezone(&zone).date_naive();
    let law = &app.config.law;
    let age = held.birth_date.as_deref().and_then(|born| rules::age(born, (now, zone)));
    let within = |band: &Band| age.is_some_and(|age| (band.from..band.to).contains(&i64::from(age)));
    let band = law.bands(today).into_iter().find(within);
    let services = law.of_minors(today);
    (!services.is_empty()).then_some(Told { services, band })
}

/// What a person sees of their own record here today.
pub fn own(app: &App) -> Lens {
    let today = app.clock.now().utc().with_timezone(&app.config.clinic.zone()).date_naive();
    let law = &app.config.law;
    Lens::own(match law.counseling_notes_in_record(today) {
        true => Counseling::InRecord(law.program_records(today)),
        false => Counseling::Withheld,
    })
}
