//! What the pages tell of the record that is copied, and of the copies themselves: counts, names of files, dates.

use super::home::{Home, databases};
use crate::base::Error;
use crate::copies::{self, Ask, Scope};
use crate::disclosures::{self, Filter};
use crate::fhir::present::Category;
use crate::records;

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_that_finds_nothing_is_not_built() {
    for database in databases() {
        let home = Home::new(database).await;
        let scope = |categories: &[&str], from: Option<&str>, to: Option<&str>| Scope {
            categories: categories.iter().map(|slug| (*slug).to_owned()).collect(),
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            ..Scope::default()
        };
        for (scope, field) in [
            (scope(&["labs"], Some("1990-01-01"), Some("1990-12-31")), "from"),
            (scope(&["immunizations"], None, None), "categories"),
        ] {
            let count = copies::count(&home.app, &home.actor, (home.patient, scope.clone())).await;
            let ask = Ask { scope, ..Home::ask("nothing") };
            let asked = copies::request(&home.app, &home.actor, (home.patient, ask)).await;
            for error in [count.err(), asked.err()] {
                let Some(Error::Invalid(problems)) = error else { panic!("{error:?}") };
                assert_eq!((problems.0[0].field, problems.0[0].code), (field, "copies-invalid-nothing"));
            }
        }
        assert!(copies::list(&home.app, &home.actor, home.patient).await.unwrap().is_empty());
        // Who asks for who they are gets just that.
        let person = scope(&["about-me"], Some("1990-01-01"), None);
        assert_eq!(copies::count(&home.app, &home.actor, (home.patient, person)).await.unwrap().items, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_bears_the_title_and_the_date_of_its_document() {
    for database in databases() {
        let home = Home::new(database).await;
        // The list of its category leaves it to its document; a search finds it.
        let filter = records::Filter { category: Some(Category::Documents), page: 1, ..Default::default() };
        let list = records::list(&home.app, &home.actor, (home.patient, filter)).await.unwrap();
        assert_eq!((list.lines.len(), list.total), (5, 5));
        assert!(list.lines.iter().all(|line| line.reference.0 != "Binary"));
        let filter = records::Filter { page: 1, ..Default::default() };
        let list = records::list(&home.app, &home.actor, (home.patient, filter)).await.unwrap();
        let file = list.lines.iter().find(|line| line.reference.0 == "Binary").unwrap();
        assert_eq!(file.title.as_deref(), Some("Letter r3"));
        assert_eq!(file.when.as_deref(), Some("2022-05-03T10:00:00Z"));
        let item = records::item(&home.app, &home.actor, (home.patient, file.address)).await.unwrap();
        assert_eq!(item.line.title.as_deref(), Some("Letter r3"));
        let letter = |title: &str| list.lines.iter().find(|l| l.title.as_deref() == Some(title)).unwrap();
        for (title, ending) in [("Letter r1", "txt"), ("Letter r2", "html.txt"), ("Letter r3", "pdf")] {
            let place = (home.patient, letter(title).address, 0);
            let document = records::document(&home.app, &home.actor, place).await.unwrap();
            assert_eq!(document.ending, ending, "{title}");
            assert_eq!(document.when.as_deref().map(|when| &when[..7]), Some("2022-05"), "{title}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_date_of_a_category_is_as_its_source_wrote_it() {
    for database in databases() {
        let home = Home::new(database).await;
        let front = (home.patient, records::Front::Record);
        let overview = records::overview(&home.app, &home.actor, front).await.unwrap();
        let newest =
            |category| overview.shelves.iter().find(|s| s.category == category).unwrap().newest.clone();
        assert_eq!(newest(Category::Labs).as_deref(), Some("2022-03-03"));
        assert_eq!(newest(Category::Allergies).as_deref(), Some("2021"));
        assert_eq!(newest(Category::Conditions), None);
        assert!(!overview.been_here);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_counts_what_its_filter_finds() {
    for database in databases() {
        let home = Home::new(database).await;
        for n in 0..7 {
            let filter =
                records::Filter { words: (n < 5).then(|| "a1c".into()), page: 1, ..Default::default() };
            records::list(&home.app, &home.actor, (home.patient, filter)).await.unwrap();
        }
        let log = async |filter: Filter| {
            disclosures::log(&home.app, &home.actor, (home.patient, filter)).await.unwrap()
        };
        let searches = Filter { kind: Some("search".into()), limit: 2, ..Default::default() };
        let (mut seen, mut before) = (0, None);
        loop {
            let page = log(Filter { before, ..searches.clone() }).await;
            assert_eq!(page.total, 5, "on every page");
            seen += page.lines.len();
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen, 5);
        let none = log(Filter { kind: Some("missing".into()), ..Default::default() }).await;
        assert_eq!((none.total, none.lines.len(), none.next), (0, 0, None));
        let (first, mut numbers) = (log(Filter { limit: 4, ..Default::default() }).await, Vec::new());
        numbers.extend(first.lines.iter().map(|line| line.seq));
        assert_eq!(first.total, numbers[0]);
        let rest = log(Filter { limit: 100, before: first.next, ..Default::default() }).await;
        numbers.extend(rest.lines.iter().map(|line| line.seq));
        assert!(numbers.is_sorted_by(|a, b| *a == b + 1) && numbers.last() == Some(&1), "{numbers:?}");
        assert_eq!(rest.next, None);
    }
}
