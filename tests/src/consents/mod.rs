//! Privacy choices through a plain HTTP client: permissions from the form to taking them back, limits, and how one is
//! reached.

mod limits;
mod messages;
mod office;
mod permissions;
mod previews;

use crate::harness::House;
use crate::harness::client::{Browser, Page};

/// The text of the main part of a page.
fn main(page: &Page) -> String {
    page.all("main").concat()
}

/// The number of a person whose record is here.
async fn number(house: &House, key: &str) -> api::base::PatientNo {
    let found = api::identity::patients_by(&house.app, &house.person(key).patient_id).await.unwrap();
    let [one] = found.as_slice() else { panic!("{key} is {} people", found.len()) };
    one.patient
}

/// Begins a permission of a kind; the page of its terms.
async fn begun(browser: &mut Browser, kind: &str) -> Page {
    let form = browser.get("/privacy/permissions/new").await;
    let page = browser.submit(&form, "form[action='/privacy/permissions/new']", &[("kind", kind)]).await;
    assert!(page.path.starts_with("/privacy/drafts/"), "{}", main(&page));
    page
}

/// What lets Dr. Lee see all but what is protected, until a day.
const LEE: [(&str, &str); 4] =
    [("recipient", "Dr. Lee"), ("purposes", "treatment"), ("until", "day"), ("until_day", "2099-12-31")];

/// The name of whoever signs, as the page says that the sign-in gives it.
fn name_on(text: &Page) -> String {
    let hint = text.all("#typed-hint").concat();
    let (_, name) = hint.split_once("that you are ").unwrap_or_else(|| panic!("{hint}"));
    name.trim_end_matches('.').to_owned()
}

/// Signs a permission for Dr. Lee; its page.
pub async fn signed(browser: &mut Browser) -> Page {
    let terms = begun(browser, "hipaa-508").await;
    let text = browser.submit(&terms, "#terms-form", &LEE).await;
    let name = name_on(&text);
    let page = browser.submit(&text, "#sign-form", &[("typed", &name)]).await;
    assert!(page.path.starts_with("/privacy/permissions/"), "{}", main(&page));
    page
}
