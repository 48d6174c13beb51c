//! Lists of the record: one category, or a search over all of it, newest first. What is searched for and what a list is
//! narrowed to tell of health: they are sent as a form and stand sealed in the address.

use api::base::{Error, Problems};
use api::fhir::present::Category;
use api::identity::Actor;
use api::records::{self, Filter, List, Person};
use api::words;
use askama::Template;

use super::lines::{Lines, Naming};
use crate::components::{Pager, Select, Text};
use crate::error::{Failure, Reply};
use crate::form::{At, Fields, Form, Query, address, days};
use crate::guard::Patient;
use crate::page::Page;
use crate::visit::Visit;
use crate::{routes, sealed, send};

/// A list page.
#[derive(Template)]
#[template(path = "list.html")]
pub struct ListPage {
    /// The frame.
    pub page: Page,
    /// The category; none for a search.
    pub category: Option<Category>,
    /// What was searched for.
    pub typed: String,
    /// The parts of the record that are called by what was searched for.
    pub parts: Vec<Category>,
    /// The lines; none before a search.
    pub list: Option<List>,
    /// The filters as fields.
    pub dates: [Text; 2],
    /// Sources and places to choose from, where there are several.
    pub selects: Vec<Select>,
    /// Whether any filter is set.
    pub filtered: bool,
    /// Where this list begins, without filters.
    pub base: String,
    /// The same with what was searched for.
    pub cleared: String,
    /// Earlier and later pages.
    pub pager: Pager,
}

impl ListPage {
    fn lines<'a>(&'a self, list: &'a List) -> Lines<'a> {
        let naming = if self.category.is_some() { Naming::Plain } else { Naming::Category };
        Lines { w: self.page.w, base: &self.page.visit.base, lines: &list.lines, naming }
    }

    /// Whether to say that the record may have another word for it: not where filters may have left it out.
    fn foreign(&self) -> bool {
        self.category.is_none() && !self.filtered && words::may_be_foreign(self.page.w.language, &self.typed)
    }

    /// "Displaying 1 to 50 of 312".
    fn displaying(&self, list: &List) -> String {
        let shown = i64::try_from(list.lines.len()).unwrap_or(0);
        let first = match list.page == list.pages {
            true => list.total - shown + 1,
            false => i64::from(list.page.saturating_sub(1)) * shown + 1,
        };
        let w = &self.page.w;
        let number = |n| w.number(n).into();
        w.with(
            "list-displaying",
            &[("first", number(first)), ("last", number(first + shown - 1)), ("total", number(list.total))],
        )
    }
}

/// What words and filters are sealed for.
const SEALED: &[u8] = b"search of a record";
/// The fields of the filters.
const FILTERS: [&str; 4] = ["from", "to", "source", "place"];
/// The most letters of words and of a filter.
const LONGEST: usize = 200;

/// What a list is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Words, filters and page.
    pub typed: Fields,
    /// Words and filters as the address has them; empty where there are none.
    pub sealed: String,
    /// The words alone, so.
    pub words: String,
}

impl Asked {
    fn of(who: &Patient, query: &Fields) -> Result<Self, Failure> {
        let sealed = query.get(sealed::FIELD);
        let found: Option<(Fields, _)> = sealed::unseal(&who.visit.app, who.actor(), (SEALED, sealed));
        let Some((mut typed, _)) = found else {
            let mut typed = Fields::default();
            typed.set("page", query.get("page"));
            return Ok(Self { typed, ..Self::default() });
        };
        let words = sealed_of(&who.visit, who.actor(), &typed.without(&FILTERS))?;
        typed.set("page", query.get("page"));
        Ok(Self { typed, sealed: sealed.to_owned(), words })
    }
}

/// Words and filters of a form as an address has them; empty where there are none.
fn sealed_of(visit: &Visit, actor: &Actor, fields: &Fields) -> Result<String, Failure> {
    let mut typed = Fields::default();
    for name in ["q"].into_iter().chain(FILTERS) {
        if let Some(value) = fields.some(name) {
            typed.set(name, &value.chars().take(LONGEST).collect::<String>());
        }
    }
    if typed.pairs().next().is_none() {
        return Ok(String::new());
    }
    Ok(sealed::seal(&visit.app, actor, (SEALED, &typed))?)
}

/// Whether a form that is sent to this address looks for something in a record.
pub fn is_search(path: &str) -> bool {
    routes::apart(path)
        .1
        .strip_prefix("/record/")
        .is_some_and(|part| part == "search" || Category::from_slug(part).is_some())
}

/// Where what such a form looks for is shown.
///
/// # Errors
/// `Internal` where the keys do not serve.
pub fn sought(visit: &Visit, actor: &Actor, (path, fields): (&str, &Fields)) -> Result<String, Failure> {
    Ok(address(path, &[(sealed::FIELD, &sealed_of(visit, actor, fields)?)]))
}

/// Takes the filters of one category.
pub async fn narrow(who: Patient, At((slug,)): At<(String,)>, Form(fields): Form) -> Reply {
    let category = Category::from_slug(&slug).ok_or(Error::NotFound)?;
    send_on(&who, &format!("/record/{}", category.slug()), &fields.without(&["q"]))
}

/// Takes what is searched for, and the filters of what was found.
pub async fn look_for(who: Patient, Form(fields): Form) -> Reply {
    send_on(&who, "/record/search", &fields)
}

fn send_on(who: &Patient, path: &str, fields: &Fields) -> Reply {
    let path = who.visit.href(path);
    Ok(send::elsewhere(&sought(&who.visit, who.actor(), (&path, fields))?))
}

/// One category of the record.
pub async fn category(who: Patient, At((slug,)): At<(String,)>, Query(query): Query) -> Reply {
    let category = Category::from_slug(&slug).ok_or(Error::NotFound)?;
    let asked = Asked::of(&who, &query)?;
    let mut problems = Problems::default();
    let filter = filter(&asked.typed, Some(category), &mut problems);
    let list = records::list(&who.visit.app, who.actor(), (who.patient, filter)).await?;
    let page = Page::new(&who.visit, category.name()).of(&list.person).with_problems(problems);
    let page = page.under("/home", "nav-home").under("/record", "nav-record");
    page.ok(|page| list_page(page, Some(category), (&asked, Some(list))))
}

/// A search over the whole record. Before anything was looked for it shows only the form.
pub async fn search(who: Patient, Query(query): Query) -> Reply {
    let asked = Asked::of(&who, &query)?;
    let mut problems = Problems::default();
    let filter = filter(&asked.typed, None, &mut problems);
    let found = match filter.words {
        Some(_) => Some(records::list(&who.visit.app, who.actor(), (who.patient, filter)).await?),
        None => None,
    };
    let mut page = Page::new(&who.visit, "search-title").with_problems(problems);
    if let Some(list) = &found {
        page = page.of(&list.person);
    }
    let page = page.under("/home", "nav-home").under("/record", "nav-record");
    page.ok(|page| list_page(page, None, (&asked, found)))
}

fn filter(query: &Fields, category: Option<Category>, problems: &mut Problems) -> Filter {
    let [from, to] = days(query, problems);
    Filter {
        words: query.some("q"),
        category,
        from,
        to,
        source: query.some("source"),
        place: query.some("place"),
        page: query.get("page").parse().unwrap_or(1).clamp(1, 100_000),
    }
}

/// The page from what was found.
pub fn list_page(page: Page, category: Option<Category>, (asked, list): (&Asked, Option<List>)) -> ListPage {
    let (w, query) = (page.w, &asked.typed);
    let base = page.href(&category.map_or("/record/search".to_owned(), |c| format!("/record/{}", c.slug())));
    let typed = query.get("q").to_owned();
    let empty = List {
        person: Person {
            patient: api::base::PatientNo(0),
            name: String::new(),
            birth_date: None,
            sex: None,
            deceased: None,
        },
        lines: vec![],
        total: 0,
        page: 1,
        pages: 1,
        sources: vec![],
        places: vec![],
        withheld: false,
    };
    let seen = list.as_ref().unwrap_or(&empty);
    let at = |n: u32| {
        let n = n.to_string();
        address(&base, &[(sealed::FIELD, asked.sealed.as_str()), ("page", n.as_str())])
    };
    let pager = Pager {
        name: w.t("pager-name"),
        before: (seen.page > 1).then(|| (at(seen.page - 1), w.t("pager-newer"))),
        after: (seen.page < seen.pages).then(|| (at(seen.page + 1), w.t("pager-older"))),
    };
    let dates = [("from", "filter-from"), ("to", "filter-to")]
        .map(|(name, label)| Text::new(&page, name, label).kind("date").value(query.get(name)));
    let selects = [("source", "filter-source", &seen.sources), ("place", "filter-place", &seen.places)]
        .into_iter()
        .filter(|(name, _, values)| values.len() > 1 || !query.get(name).is_empty())
        .map(|(name, label, values)| {
            let any = (String::new(), w.t("filter-any"));
            let said = |value: &String| match name {
                "source" => page.source(value).to_owned(),
                _ => value.clone(),
            };
            let options = std::iter::once(any).chain(values.iter().map(|v| (v.clone(), said(v)))).collect();
            Select { name, label: w.t(label), options, chosen: query.get(name).into() }
        })
        .collect();
    let filtered = FILTERS.iter().any(|name| !query.get(name).is_empty());
    let cleared = address(&base, &[(sealed::FIELD, &asked.words)]);
    let parts = if category.is_none() { words::categories(w.language, &typed) } else { Vec::new() };
    ListPage { page, category, typed, parts, list, dates, selects, filtered, base, cleared, pager }
}
