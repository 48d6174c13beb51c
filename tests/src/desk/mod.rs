//! What staff do with the house, through a plain HTTP client: who may do what, two people for a role, looks at a
//! record with their purpose, emergencies, identity cases.

mod cases;
mod codes;
mod fresh;
mod links;
mod matrix;
mod people;
mod reach;
mod representatives;
mod roles;
mod routes;
mod views;

use crate::harness::House;
use crate::harness::client::{Browser, Page};

/// The text of the main part of a page.
fn main(page: &Page) -> String {
    page.all("main").concat()
}

/// The one person of this key whose record is here: the number.
pub(crate) async fn number(house: &House, key: &str) -> i64 {
    let found = api::identity::patients_by(&house.app, &house.person(key).patient_id).await.unwrap();
    let [one] = found.as_slice() else { panic!("{key} is {} people", found.len()) };
    one.patient.0
}

/// Finds a gathered person by record number and birth date; the page of the one found, also where no line leads there
/// because it is the reader's or of their family.
pub(crate) async fn found(house: &House, who: &mut Browser, key: &str) -> Page {
    let person = house.person(key);
    let form = who.get("/staff/people").await;
    let born = person.birth_date.to_string();
    let fill = [("number", person.mrn.as_str()), ("birth_date", born.as_str())];
    let results = who.submit(&form, "form[action='/staff/people']", &fill).await;
    let links = results.attributes("main .lines a.title", "href");
    assert_eq!(links.len() + results.all("#near").len(), 1, "{}", results.text);
    match links.first() {
        Some(link) => who.get(link).await,
        None => who.get(&format!("/staff/people/{}", number(house, key).await)).await,
    }
}
