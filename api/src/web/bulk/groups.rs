//! The groups that a system may export, as FHIR `Group`: read and searched as every other type is.

use std::cmp::Ordering;

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::{access, fault};
use crate::app::App;
use crate::base::uuid;
use crate::bulk::{self, GroupKept};
use crate::fhir::outgoing::Cut;
use crate::fhir::outgoing::bundle::{Entry, Head, bundle};
use crate::fhir::search::{Criterion, Given, Query, Search, Sort, Summary, Test, Total, Way, parse};
use crate::records::api::{self, Fault};
use crate::web::fhir::{self, Refusal};

const KIND: &str = "Group";

/// Those that were agreed with the system.
pub(in crate::web) async fn groups(app: Data<App>, request: HttpRequest, body: Payload) -> HttpResponse {
    let access = match access(&app, &request).await {
        Ok(access) => access,
        Err(answer) => return fhir::told(&request, answer).await,
    };
    let answer = match bulk::groups(&app, &access).await {
        Ok(all) => searched(&app, &request, (&all, body)).await,
        Err(error) => Ok(fault(error)),
    };
    answered(&app, &request, answer).await
}

/// One of them.
pub(in crate::web) async fn group(app: Data<App>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let access = match access(&app, &request).await {
        Ok(access) => access,
        Err(answer) => return fhir::told(&request, answer).await,
    };
    let answer = match bulk::group(&app, (&access, &id)).await {
        Ok(kept) => read(&request, &kept).await,
        Err(error) => Ok(fault(error)),
    };
    answered(&app, &request, answer).await
}

async fn answered(app: &App, request: &HttpRequest, answer: Result<HttpResponse, Refusal>) -> HttpResponse {
    let trace = || fhir::trace(request, app.clock.now());
    let answer = answer.unwrap_or_else(|refusal| fhir::refused(app, refusal, &trace()));
    fhir::told(request, answer).await
}

async fn read(request: &HttpRequest, kept: &GroupKept) -> Result<HttpResponse, Refusal> {
    let (part, form) = fhir::asked_one(request, KIND)?;
    let bytes = part.of(group_resource(kept).to_string().into_bytes());
    fhir::in_form(fhir::bundle(bytes), form).await
}

async fn searched(
    app: &App,
    request: &HttpRequest,
    (all, body): (&[GroupKept], Payload),
) -> Result<HttpResponse, Refusal> {
    let (query, handling, form) = fhir::asked_many(request, KIND, body).await?;
    let (base, now) = (api::base(app), app.clock.now());
    let page = page(all, (&query, Given { base: &base, now, handling }))?;
    let head = Head { id: uuid(now).to_string(), at: now.rfc3339(), ..page.0 };
    fhir::in_form(fhir::bundle(bundle(&head, &base, &page.1)), form).await
}

/// One page of what is found, without the id and the moment of the answer. The link to the next names the last group of
/// this one, which the system knows.
fn page(all: &[GroupKept], (query, given): (&Query, Given)) -> Result<(Head, Vec<Entry>), Fault> {
    let (after, asked): (Query, Query) = query.iter().cloned().partition(|(name, _)| name == "_page");
    let search = parse(KIND, &asked, given).map_err(Fault::Issues)?;
    let mut found: Vec<(&GroupKept, Value)> = all
        .iter()
        .map(|kept| (kept, group_resource(kept)))
        .filter(|one| fits(one, &search.criteria))
        .collect();
    found.sort_by(|(a, _), (b, _)| compare(&search.sort, a, b));
    let only_count = search.count == Some(0) || search.summary == Summary::Count;
    let total = (search.total != Total::None || only_count).then_some(found.len());
    let start = match after.first() {
        None => 0,
        Some((_, last)) => {
            let at = found.iter().position(|(kept, _)| kept.group.id == *last);
            at.ok_or(Fault::Page)? + 1
        }
    };
    let count = if only_count { 0 } else { search.count.unwrap_or(api::PAGE).min(api::MOST) };
    let rest = &found[start..];
    let shown = &rest[..count.min(rest.len())];
    let mut links = vec![("self", link(given.base, &search, after.first().map(|(_, last)| last.as_str())))];
    if let Some((last, _)) = shown.last().filter(|_| rest.len() > shown.len()) {
        links.push(("next", link(given.base, &search, Some(&last.group.id))));
    }
    let wanted = Cut { summary: search.summary, elements: search.elements.clone() };
    let entry = |(kept, resource): &(&GroupKept, Value)| Entry {
        kind: KIND.into(),
        id: kept.group.id.clone(),
        bytes: wanted.of(resource.to_string().into_bytes()),
        mode: "match",
    };
    let told = api::unknown_told(&search).filter(|_| after.is_empty());
    let entries = shown.iter().map(entry).chain(told).collect();
    Ok((Head { id: String::new(), at: String::new(), kind: "searchset", total, links }, entries))
}

fn fits((kept, resource): &(&GroupKept, Value), criteria: &[Criterion]) -> bool {
    criteria.iter().all(|criterion| match (criterion.param, &criterion.test) {
        ("_lastUpdated", Test::Date(tests)) => {
            tests.iter().any(|test| test.holds(kept.changed.0, kept.changed.0 + 1))
        }
        _ => criterion.matches(resource),
    })
}

/// By id or by when they changed; there is nothing else to sort by. Else as they come, which is by id.
fn compare(sort: &[Sort], a: &GroupKept, b: &GroupKept) -> Ordering {
    sort.iter().fold(Ordering::Equal, |order, by| {
        let next = if by.param == "_lastUpdated" {
            a.changed.0.cmp(&b.changed.0)
        } else {
            a.group.id.cmp(&b.group.id)
        };
        order.then(if by.way == Way::Down { next.reverse() } else { next })
    })
}

fn link(base: &str, search: &Search, after: Option<&str>) -> String {
    let used = search.used.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let pairs = used.chain(after.map(|last| ("_page", last)));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { format!("{base}/{KIND}") } else { format!("{base}/{KIND}?{query}") }
}

/// A group without its members: they come with an export, where each person's part is a line of their log.
fn group_resource(kept: &GroupKept) -> Value {
    json!({
        "resourceType": KIND,
        "id": kept.group.id,
        "meta": {"lastUpdated": kept.changed.rfc3339()},
        "active": true,
        "type": "person",
        "actual": true,
        "name": kept.group.name,
        "quantity": kept.members,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;
    use crate::bulk::{Group, Recipient};
    use crate::consents::Purpose;
    use crate::fhir::search::{Handling, decode};

    fn kept(id: &str, day: i64) -> GroupKept {
        let recipient = Recipient::Other("Lakeside Care (synthetic)".into());
        let (id, name) = (id.to_owned(), format!("Group {id} (synthetic)"));
        let group = Group { id, name, purpose: Purpose::Treatment, recipient, shown: vec![] };
        GroupKept { group, members: 2, changed: Instant(day * 86_400_000_000), ended: None }
    }

    fn asked(query: &str, handling: Handling) -> Result<(Head, Vec<Entry>), Fault> {
        let all = [kept("east", 30), kept("north", 10), kept("west", 20)];
        let given = Given { base: "https://r.example/fhir", now: Instant(0), handling };
        page(&all, (&decode(query).unwrap(), given))
    }

    #[test]
    fn groups_are_searched_as_every_type_is() {
        let link = |query: &str| Some(format!("https://r.example/fhir/Group?{query}"));
        for (query, ids, total, next) in [
            ("", "east north west", Some(3), None),
            ("_id=west,north", "north west", Some(2), None),
            ("_id:missing=true", "", Some(0), None),
            ("_lastUpdated=ge1970-01-21", "east west", Some(2), None),
            ("_sort=-_lastUpdated", "east west north", Some(3), None),
            ("_sort=-_id&_total=none", "west north east", None, None),
            ("_count=0", "", Some(3), None),
            ("_summary=count", "", Some(3), None),
            ("_summary=count&_total=none", "", Some(3), None),
            ("_count=2&_format=xml", "east north", Some(3), link("_count=2&_format=xml&_page=north")),
            ("_count=2&_page=north", "west", Some(3), None),
            ("_count=1&_sort=-_id&_page=west", "north", Some(3), link("_count=1&_sort=-_id&_page=north")),
        ] {
            let (head, entries) = asked(query, Handling::Strict).unwrap();
            let found: Vec<&str> = entries.iter().map(|one| one.id.as_str()).collect();
            assert_eq!((found.join(" ").as_str(), head.total), (ids, total), "{query}");
            let link = head.links.iter().find(|(relation, _)| *relation == "next");
            assert_eq!(link.map(|(_, link)| link.clone()), next, "{query}");
        }
        let (head, entries) = asked("_elements=name&_id=east", Handling::Strict).unwrap();
        assert_eq!(head.links, [("self", link("_elements=name&_id=east").unwrap())]);
        let one: Value = serde_json::from_slice(&entries[0].bytes).unwrap();
        assert!(one["name"].is_string() && one.get("quantity").is_none(), "{one}");
        assert!(one["meta"]["tag"].to_string().contains("SUBSETTED"), "{one}");
    }

    #[test]
    fn what_is_not_offered_is_told() {
        for query in
            ["name=x", "type=person", "member=Patient/1", "_has:a:b:c=1", "_revinclude=Provenance:target"]
        {
            let Err(Fault::Issues(issues)) = asked(query, Handling::Strict) else { panic!("{query}") };
            assert_eq!((issues.len(), issues[0].code), (1, "not-supported"), "{query}");
            let (head, entries) = asked(query, Handling::Lenient).unwrap();
            assert_eq!((head.total, entries.len(), entries[3].mode), (Some(3), 4, "outcome"), "{query}");
            assert_eq!(head.links, [("self", "https://r.example/fhir/Group".to_owned())], "{query}");
        }
        for query in ["_sort=type", "_count=x", "_id=", "_summary=some"] {
            assert!(matches!(asked(query, Handling::Lenient), Err(Fault::Issues(_))), "{query}");
        }
        assert!(matches!(asked("_page=none", Handling::Lenient), Err(Fault::Page)));
    }
}
