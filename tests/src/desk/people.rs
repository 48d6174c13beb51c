//! Finding a person: exactly, by two of three, with nothing of it in an address, and not by leafing through.

use super::{found, main};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(people_are_found_exactly, many_of_one_name_take_two_pages, leafing_through_is_stopped);

async fn people_are_found_exactly(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("sam").await;
    house.gather("rosa").await;
    let sam = house.person("sam").clone();
    let born = sam.birth_date.to_string();
    let mut clerk = house.desk("clerk").await;
    let form = clerk.get("/staff/people").await;
    let name = ("Sam", sam.family.as_str());
    let in_small = sam.mrn.to_lowercase();
    // Given name, family name, birth date, number: how many are found; none where the form is to be mended.
    for (given, family, birth_date, number, found) in [
        (name.0, name.1, born.as_str(), "", Some(1)),
        ("SAM", "whitfield", born.as_str(), "", Some(1)),
        (name.0, name.1, "", sam.mrn.as_str(), Some(1)),
        ("", "", born.as_str(), sam.mrn.as_str(), Some(1)),
        (name.0, name.1, born.as_str(), sam.mrn.as_str(), Some(1)),
        ("", "", born.as_str(), in_small.as_str(), Some(1)),
        ("Rosa", name.1, born.as_str(), sam.mrn.as_str(), Some(0)),
        ("Sa", name.1, born.as_str(), "", Some(0)),
        ("S%", "W%", born.as_str(), "", Some(0)),
        (name.0, name.1, "1900-01-01", "", Some(0)),
        ("", "", born.as_str(), sam.email.as_str(), Some(0)),
        (name.0, name.1, "", "", None),
        ("", "", born.as_str(), "", None),
        ("", "", "", sam.mrn.as_str(), None),
        ("", "", "", "", None),
        ("", name.1, born.as_str(), "", None),
        (name.0, "🙂", born.as_str(), "", None),
        (name.0, name.1, "someday", sam.mrn.as_str(), None),
    ] {
        let fill = [("given", given), ("family", family), ("birth_date", birth_date), ("number", number)];
        let page = clerk.submit(&form, "form[action='/staff/people']", &fill).await;
        let what = format!("{fill:?}: {}", main(&page));
        match found {
            None => {
                assert_eq!(page.status, 422, "{what}");
                assert_eq!(page.attributes("#family", "value").concat(), family, "{what}");
            }
            Some(count) => {
                assert_eq!((page.status, page.all("main .lines li").len()), (200, count), "{what}");
                for typed in [name.1, born.as_str(), sam.mrn.as_str()] {
                    assert!(!page.url.as_str().contains(typed), "{}", page.url);
                }
                if count == 0 {
                    assert!(main(&page).contains("Nobody here fits"), "{what}");
                }
            }
        }
    }
    // The address of a search is of use to the one who made it only, and shows it again.
    let fill = [("birth_date", born.as_str()), ("number", sam.mrn.as_str())];
    let page = clerk.submit(&form, "form[action='/staff/people']", &fill).await;
    let address = format!("{}?{}", page.path, page.url.query().unwrap());
    assert_eq!(clerk.get(&address).await.all("main .lines li").len(), 1);
    let mut other = house.desk("privacy").await;
    assert_eq!(other.get(&address).await.all("main .lines li").len(), 0);
    // Whom one found another has not found.
    let link = page.attributes("main .lines a.title", "href").remove(0);
    assert_eq!(other.get(&link).await.status, 404);
    let card = found(&house, &mut clerk, "sam").await;
    assert!(card.all(".whose").concat().contains("Sam Whitfield"));
    assert!(main(&card).contains("No account is linked"), "{}", main(&card));
    assert_eq!(house.entries().await, 0, "nothing of the record was shown");
    house.close().await;
}

/// Synthetic namesakes born on one day: the second page shows the rest, and only who was shown can be opened.
async fn many_of_one_name_take_two_pages(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("sam").await;
    let namesakes = "INSERT INTO patient (patient_no, source_no, fhir_id, name, family, given, birth_date, next_item, \
                     created_at, updated_at) SELECT $N, source_no, 'n$N', 'Ann Lee $N (synthetic)', 'lee', 'ann', \
                     '1970-01-01', 1, 0, 0 FROM patient WHERE family = 'whitfield'";
    for n in 101..113 {
        house.raw.run(&namesakes.replace("$N", &n.to_string())).await.unwrap();
    }
    // One of them has another given name behind the first: she comes last, and the others are marked.
    house.raw.run("UPDATE patient SET given = 'ann mary', name = 'A' WHERE patient_no = 105").await.unwrap();
    let mut clerk = house.desk("clerk").await;
    let form = clerk.get("/staff/people").await;
    let fill = [("given", "Ann"), ("family", "Lee"), ("birth_date", "1970-01-01")];
    let first = clerk.submit(&form, "form[action='/staff/people']", &fill).await;
    assert_eq!(first.all("main .lines li").len(), 10, "{}", main(&first));
    assert!(!main(&first).contains("given name you typed"), "all of the page have it");
    assert_eq!(clerk.get("/staff/people/112").await.status, 404, "not shown yet");
    let next = first.attributes("nav.pager a[rel='next']", "href").remove(0);
    let second = clerk.get(&next).await;
    let lines = second.all("main .lines li");
    assert_eq!(lines.len(), 2, "{}", main(&second));
    let marked = |line: &String| line.contains("This is the given name you typed");
    assert!(marked(&lines[0]) && !marked(&lines[1]), "{lines:?}");
    assert_eq!(second.attributes("nav.pager a[rel='prev']", "href").len(), 1);
    assert!(second.attributes("nav.pager a[rel='next']", "href").is_empty());
    assert_eq!(clerk.get("/staff/people/112").await.status, 200);
    house.close().await;
}

async fn leafing_through_is_stopped(kind: Kind) {
    let house = House::start(kind).await;
    let mut clerk = house.desk("clerk").await;
    let form = clerk.get("/staff/people").await;
    let mut statuses = Vec::new();
    // A quarter of an hour may begin anew meanwhile: of 81 searches 41 are in the same one.
    while statuses.len() < 81 && !statuses.contains(&429) {
        let number = format!("SFH-{:06}", statuses.len());
        let fill = [("birth_date", "1990-01-01"), ("number", number.as_str())];
        statuses.push(clerk.submit(&form, "form[action='/staff/people']", &fill).await.status);
    }
    assert!(statuses.len() > 40 && statuses[..40].iter().all(|status| *status == 200), "{statuses:?}");
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
    house.close().await;
}
