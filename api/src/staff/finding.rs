//! Finding a person: exactly, by at least two of three things, and not too often.

use std::time::Duration;

use super::store;
use super::{Card, Found, FoundPage, Wanted, rules};
use crate::app::App;
use crate::base::{Error, PatientNo, Problem, Problems, Result, fold, page_of, span};
use crate::identity::{self, Actor};
use crate::notify;

/// How often one account may look for people: more than a busy counter needs, less than leafing through takes.
const LIMITS: [(Duration, i64); 2] = [(Duration::from_secs(15 * 60), 40), (Duration::from_secs(86_400), 300)];
/// How many people stand on a page.
const PEOPLE: i64 = 10;
/// How long somebody found may be opened: a working day.
const DAY: Duration = Duration::from_secs(12 * 3600);
/// Of how many people found a form lets choose.
const FOUND: i64 = 50;
/// The most letters of a name or a number.
const LETTERS: usize = 200;
/// How many looks of the past a person's page shows.
const LOOKS: i64 = 10;

pub(super) async fn count(app: &App, actor: &Actor, wanted: &Wanted) -> Result<()> {
    folded(wanted)?;
    let mut tx = app.db.write().await?;
    for (n, (span, most)) in LIMITS.into_iter().enumerate() {
        let what = format!("staff-search/{n}/{}", actor.account);
        let (count, left) = identity::count(app, &mut tx, (&what, span)).await?;
        if count > most {
            return Err(Error::refused("refused-too-many-searches").for_the_next(left));
        }
    }
    tx.commit().await
}

pub(super) async fn find(app: &App, actor: &Actor, (wanted, page): (&Wanted, i64)) -> Result<FoundPage> {
    let wanted = folded(wanted)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let span = span(page, PEOPLE);
    let people = match wanted[3].is_empty() {
        true => store::by_name(&mut tx, &wanted, span).await?,
        false => store::by_number(&mut tx, &wanted, span).await?,
    };
    let (people, more) = page_of(people, PEOPLE);
    for (person, _) in &people {
        store::note_find(&mut tx, actor.account, (person.patient, now)).await?;
    }
    tx.commit().await?;
    Ok(FoundPage { people, page: page.clamp(1, 1_000), more })
}

pub(super) async fn note_found(app: &App, actor: &Actor, people: &[PatientNo]) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    for patient in people {
        store::note_find(&mut tx, actor.account, (*patient, now)).await?;
    }
    tx.commit().await
}

/// Family name, given name, birth date and number as they are compared: names folded.
fn folded(wanted: &Wanted) -> Result<[String; 4]> {
    let problems = problems(wanted);
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let number = wanted.number.trim().to_owned();
    Ok([fold(&wanted.family), fold(&wanted.given), wanted.birth_date.trim().to_owned(), number])
}

/// What must be mended, each at the field in which it was typed.
fn problems(wanted: &Wanted) -> Problems {
    let names = [("given", &wanted.given), ("family", &wanted.family)];
    let mut problems = Problems::default();
    let mut say = |field, code| problems.0.push(Problem { field, code });
    for (field, text) in names.into_iter().chain([("number", &wanted.number)]) {
        if text.chars().count() > LETTERS {
            say(field, "problem-too-long");
        }
    }
    // Of a name without a letter nothing is left to compare.
    for (field, text) in names.into_iter().filter(|(_, text)| fold(text).is_empty()) {
        if !text.trim().is_empty() {
            say(field, "problem-name-letters");
        }
    }
    if !wanted.birth_date.trim().is_empty() && wanted.birth_date.trim().parse::<chrono::NaiveDate>().is_err()
    {
        say("birth_date", "problem-date");
    }
    if !problems.0.is_empty() {
        return problems;
    }
    let [given, family] = names.map(|(_, text)| !fold(text).is_empty());
    let (born, numbered) = (!wanted.birth_date.trim().is_empty(), !wanted.number.trim().is_empty());
    let code = match (given, family) {
        (false, true) => Some(("given", "problem-whole-name")),
        (true, false) => Some(("family", "problem-whole-name")),
        (named, _) if [named, born, numbered].into_iter().filter(|there| *there).count() < 2 => {
            Some(("given", "problem-two-of-three"))
        }
        _ => None,
    };
    Problems(code.map(|(field, code)| Problem { field, code }).into_iter().collect())
}

pub(super) async fn card(app: &App, actor: &Actor, patient: PatientNo) -> Result<Card> {
    let mut tx = app.db.read().await?;
    let now = app.clock.now();
    if !store::was_found(&mut tx, actor.account, (patient, now.minus(DAY))).await? {
        return Err(Error::NotFound);
    }
    let person = store::person(&mut tx, patient).await?.ok_or(Error::NotFound)?;
    let links = store::linked(&mut tx, patient).await?;
    let accounts: Vec<_> = links.iter().map(|link| (link.account, link.name.clone())).collect();
    let wishes = notify::ways(app, &mut tx, (patient, &accounts)).await?;
    let looks = store::looks_at(&mut tx, &app.keys, (patient, LOOKS)).await?;
    Ok(Card { person, links, wishes, looks })
}

pub(super) async fn found(app: &App, actor: &Actor) -> Result<Vec<Found>> {
    let mut tx = app.db.lone().await?;
    store::found_since(&mut tx, actor.account, (app.clock.now().minus(DAY), FOUND)).await
}

/// Whether the actor found this person within the working day.
pub(super) async fn must_be_found(
    app: &App,
    tx: &mut crate::db::Tx,
    (actor, patient): (&Actor, PatientNo),
) -> Result<()> {
    let since = app.clock.now().minus(DAY);
    let found = store::was_found(tx, actor.account, (patient, since)).await?;
    found.then_some(()).ok_or(Error::NotFound)
}

/// A reason, or what is wrong with it.
pub(super) fn reason(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    match rules::reason_problem(field, text) {
        None => Ok(text.to_owned()),
        Some(problem) => Err(Error::Invalid(Problems(vec![problem]))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_stands_where_it_was_typed() {
        let long = "x".repeat(201);
        let day = "1968-03-04";
        for ([given, family, birth_date, number], wanted) in [
            (["Rosa", "Delgado", day, ""], vec![]),
            (["Rosa", "Delgado", "", "mrn-1"], vec![]),
            (["", "", day, "MRN-1"], vec![]),
            (["", "", "", ""], vec![("given", "problem-two-of-three")]),
            (["Rosa", "Delgado", "", ""], vec![("given", "problem-two-of-three")]),
            (["Rosa", "", day, ""], vec![("family", "problem-whole-name")]),
            (["", "Delgado", day, "1"], vec![("given", "problem-whole-name")]),
            (["Rosa", "🙂", day, ""], vec![("family", "problem-name-letters")]),
            ([" . ", "Delgado", day, ""], vec![("given", "problem-name-letters")]),
            ([&long, "Delgado", day, ""], vec![("given", "problem-too-long")]),
            (["Rosa", &long, day, ""], vec![("family", "problem-too-long")]),
            (["", "", day, &long], vec![("number", "problem-too-long")]),
            (["Rosa", "Delgado", "4 March", ""], vec![("birth_date", "problem-date")]),
        ] {
            let text = |text: &str| text.to_owned();
            let asked = Wanted {
                given: text(given),
                family: text(family),
                birth_date: text(birth_date),
                number: text(number),
            };
            let found: Vec<_> = problems(&asked).0.iter().map(|one| (one.field, one.code)).collect();
            assert_eq!(found, wanted, "{given} {family} {birth_date} {number}");
        }
    }
}
