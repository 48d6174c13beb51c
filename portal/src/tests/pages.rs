//! Every template, with much and with nothing to show, in both languages.

use api::app::App;
use api::base::{Error, Problem, Problems};
use api::config::Act;
use api::copies::{Copy, Count, State};
use api::disclosures;
use api::fhir::present::Category;
use api::fhir::sensitivity::Service;
use api::identity::Need;
use api::words::Language;
use askama::Template;

use super::acting;
use super::apps;
use super::html;
use super::sample::{self, Fullness, Visitor};
use crate::error::{ErrorPage, Failure, Told};
use crate::form::Fields;
use crate::page::Page;
use crate::patient::history::Became;
use crate::patient::{
    account, claim, copies, copy_new, home, info, item, lines, link, list, log, people, privacy,
    privacy_limits, privacy_messages, privacy_new, question, seers, session, sign_in, step_up,
};
use crate::staff::parts::Reach;

struct Shown {
    name: String,
    language: Language,
    html: String,
}

async fn every_page() -> (Vec<Shown>, tempfile::TempDir) {
    let (app, folder) = sample::service().await;
    let mut shown = Vec::new();
    for language in Language::ALL {
        for full in [Fullness::Full, Fullness::Empty] {
            let desk = super::staff::pages(&app, language, full);
            let acting = acting::pages(&app, language, full);
            let apps = apps::pages(&app, language, full);
            let unshown = super::unshown::pages(&app, language, full);
            let all = pages(&app, language, full).into_iter().chain(desk).chain(acting).chain(apps);
            let all = all.chain(unshown);
            for (name, html) in all {
                shown.push(Shown { name: format!("{name}-{full:?}").to_lowercase(), language, html });
            }
        }
        for (name, html) in error_pages(&app, language) {
            shown.push(Shown { name, language, html });
        }
    }
    (shown, folder)
}

fn pages(app: &App, language: Language, full: Fullness) -> Vec<(&'static str, String)> {
    use Visitor::{Linked, Stranger, Unlinked};
    let some = full == Fullness::Full;
    let page = |visitor, path, title: &str| Page::new(&sample::visit(app, visitor, (path, language)), title);
    let bad = |fields: &[&'static str]| {
        let problems = fields.iter().map(|field| Problem { field, code: "problem-required" });
        Problems(if some { problems.collect() } else { vec![] })
    };
    let typed = |text: &str| Fields::parse(if some { text.as_bytes() } else { b"" });
    let session = || std::rc::Rc::new(sample::session(if some { Linked } else { Unlinked }).unwrap());
    let filters = "q=a1c+%22x%22&from=2020-01-01&source=EHR&place=North+%26+South&what=list&who=me&before=9";
    let asked = list::Asked { typed: typed(filters), sealed: "5ea1ed".into(), words: "5e".into() };
    let copy_fields = "what=some&categories=labs&formats=pdf&from=2020-01-01&once=k&kept=abc";
    let count = match some {
        true => Ok(Count { items: 3_177, about_bytes: 12_345_678, about_seconds: 90 }),
        false => Err(Problems(vec![Problem { field: "to", code: "problem-order" }])),
    };
    let log = disclosures::Page {
        whose: ("Rosa".into(), None),
        lines: if some {
            (1..=4)
                .map(sample::entry)
                .chain((5..=6).map(sample::decided))
                .chain([sample::helped(7)])
                .chain((8..=9).map(sample::read_at_desk))
                .collect()
        } else {
            vec![]
        },
        next: some.then_some(50),
        total: if some { 54 } else { 0 },
        numbers: disclosures::Numbers::Own,
        asked: some
            .then(|| [Fullness::Full, Fullness::Empty].map(sample::question))
            .map(|[one, other]| [(1, vec![one.clone(), other.clone()]), (2, vec![other])].into()),
        places: [("Observation/a1/_history/1".to_owned(), sample::place())].into(),
        permissions: [(api::base::ConsentId(uuid::Uuid::from_u128(6)), api::consents::Kind::Part2Tpo)].into(),
    };
    let providers = if some { api::identity::providers(app, language) } else { vec![] };
    let sign_in = sign_in::SignIn {
        page: page(Stranger, "/sign-in", "sign-in-title"),
        providers,
        return_to: some.then(|| "/home".into()),
        over: some.then_some("over-unused"),
    };
    let overview = || sample::overview(full);
    let record_page =
        |path, title: &str| page(Linked, path, title).of(&sample::person()).under("/home", "nav-home");
    let found = Some(sample::list(full));
    let copy_states = if some { [State::Ready, State::Building] } else { [State::Failed, State::Ready] };
    let [first, second] = copy_states.map(sample::copy);
    let shut = Copy { part: true, shut: true, ..sample::copy(State::Ready) };
    let second = if some { second } else { shut.clone() };
    let link_page = page(Unlinked, "/link", "link-title").with_problems(bad(&["code"]));
    let help_page =
        page(Unlinked, "/link/help", "link-help-title").with_problems(bad(&["name", "birth_date"]));
    let log_frame = page(Linked, "/access-log", "log-title").with_problems(bad(&["from"]));
    let new_problems = bad(&["categories", "formats", "password", "to"]);
    let new_page = record_page("/copies/new", "copy-new-title").with_problems(new_problems);
    let render = |template: &dyn askama::DynTemplate| template.dyn_render().unwrap();
    let draft = api::base::DraftId(uuid::Uuid::from_u128(5));
    let kind = if some { api::consents::Kind::Hipaa508 } else { api::consents::Kind::Part2Tpo };
    let (current, past) = sample::consents(full).into_iter().partition(|(_, state)| {
        matches!(state, api::consents::State::Active | api::consents::State::Suspended)
    });
    let permission = api::consents::Shown {
        consent: sample::consent(1, api::consents::State::Active),
        standing: if some { api::consents::State::Active } else { api::consents::State::Expired },
        history: sample::history(full),
        born: None,
    };
    let became = |path| {
        let words = page(Linked, path, "privacy-title").w;
        Became::of(words, (path, some.then_some(9)), &sample::history(full))
    };
    let reach_became = |path| {
        let words = page(Linked, path, "privacy-title").w;
        Became::of_reach(words, (path, some.then_some(9)), &sample::reach_history(full))
    };
    let choices =
        typed("what=some&categories=labs&labels=hiv&looked=yes&until=day&recipient=Dr.+Lee&party=%3Cb%3E");
    let unbound = ["Elena <b>".to_owned()];
    let privacy_page = |path, title: &str, fields: &[&'static str]| {
        page(Linked, path, title).under("/privacy", "privacy-title").with_problems(bad(fields))
    };
    let people_page = |path, title: &str, fields: &[&'static str]| {
        let page = page(Linked, path, title).of(&sample::person()).under("/people", "nav-people");
        page.with_problems(bad(fields)).naming(people::FIELDS)
    };
    let claim_page = |path, title: &str, fields: &[&'static str]| {
        let page = page(Unlinked, path, title).under("/people", "nav-people");
        page.with_problems(bad(fields)).naming(claim::FIELDS)
    };
    let invitation = api::representation::Invitation {
        id: api::base::AuthorityId(uuid::Uuid::from_u128(5)),
        code: "7KQM-2345-ABCD-EFGH".into(),
        until: sample::NOW,
    };
    let scope_fields =
        "name=Ana+%3Cx%3E&what=some&categories=notes&labels=hiv&from=2020-01-01&copies=yes&until=2026-04-01";
    let acting_for = |full| if full == Fullness::Full { acting::all() } else { vec![] };
    vec![
        (
            "privacy",
            render(&privacy::Privacy {
                page: page(Linked, "/privacy", "privacy-title"),
                current,
                begun: if some { vec![sample::begun()] } else { vec![] },
                past,
                limits: sample::limits(full),
                asks: some,
                preferences: some.then(|| sample::preferences(full)),
            }),
        ),
        (
            "privacy-new",
            render(&privacy_new::privacy_new(
                privacy_page("/privacy/permissions/new", "privacy-new-title", &["kind"]),
                sample::kinds(full),
            )),
        ),
        (
            "privacy-terms",
            render(&privacy_new::privacy_terms(
                record_page("/privacy/drafts/5", "privacy-terms-title").with_problems(bad(&[
                    "recipient",
                    "address",
                    "categories",
                    "labels",
                    "to",
                    "purposes",
                    "until",
                ])),
                (
                    draft,
                    &sample::terms(kind),
                    if some { vec![sample::consent(3, api::consents::State::Active)] } else { vec![] },
                ),
                (
                    &if some { [Service::Hiv].into() } else { Default::default() },
                    &sample::preview(full),
                    &choices,
                ),
            )),
        ),
        (
            "privacy-sign",
            render(&privacy_new::privacy_sign(
                privacy_page("/privacy/drafts/5/sign", "privacy-sign-title", &[]),
                (draft, "One <b>line</b>.\nAnother.".into(), ("Rosa", if some { "Rosa" } else { "R <b>" })),
                &typed(if some { "typed=Rosa&kept=abc" } else { "" }),
            )),
        ),
        (
            "privacy-permission",
            render(&privacy::Permission {
                page: privacy_page("/privacy/permissions/1", "privacy-permission-title", &[]),
                shown: permission,
                became: became("/privacy/permissions/1"),
                sent: if some { (1..=2).map(sample::entry).collect() } else { vec![] },
                pager: privacy::sent_pager(
                    page(Linked, "/privacy", "privacy-title").w,
                    "/privacy/permissions/1",
                    (some.then_some(9), some.then_some(4)),
                ),
                differing: if some { vec![sample::consent(3, api::consents::State::Active)] } else { vec![] },
            }),
        ),
        (
            "privacy-limit-new",
            render(&privacy_limits::limit_new(
                record_page("/privacy/limits/new", "privacy-limit-new-title").with_problems(bad(&[
                    "against",
                    "party",
                    "categories",
                    "labels",
                    "charge",
                    "paid",
                    "why",
                ])),
                api::base::RestrictionId(uuid::Uuid::from_u128(6)),
                (&sample::preview(full), if some { &unbound[..] } else { &[][..] }, &choices),
            )),
        ),
        (
            "privacy-limit",
            render(&privacy_limits::Limit {
                page: privacy_page("/privacy/limits/1", "privacy-limit-title", &[]),
                limit: sample::limit(if some { 1 } else { 2 }, api::consents::Answer::Agreed),
                became: became("/privacy/limits/1"),
                unbound: if some { unbound.to_vec() } else { vec![] },
            }),
        ),
        (
            "privacy-messages",
            render(&privacy_messages::Messages {
                done: some.then_some("privacy-messages-saved"),
                became: some.then(|| reach_became("/privacy/messages")),
                ..privacy_messages::messages(
                    privacy_page("/privacy/messages", "privacy-messages-title", &["contact_code", "channel"]),
                    (&sample::preferences(full), some.then_some(&typed("email=a&kept=abc"))),
                )
            }),
        ),
        (
            "people",
            render(&people::People {
                page: page(if some { Linked } else { Unlinked }, "/people", "people-title"),
                mine: some.then(acting::all),
                closed: None,
                others: acting_for(full),
                waits: some,
                claims: if some {
                    acting::states().into_iter().map(|claim| (claim, "Mia <b>".to_owned())).collect()
                } else {
                    vec![]
                },
                ended: some,
            }),
        ),
        (
            "people-new",
            render(&people::people_new(
                people_page("/people/new", "people-new-title", &["name", "categories", "labels", "from"]),
                api::base::AuthorityId(uuid::Uuid::from_u128(92)),
                (&acting::preview(full), &typed(scope_fields)),
            )),
        ),
        (
            "people-code",
            render(&people::PeopleCode {
                page: page(Linked, "/people", "people-code-title"),
                name: "Ana".into(),
                invitation,
            }),
        ),
        (
            "people-enter",
            render(&people::enter_form(
                page(Unlinked, "/people/code", "people-enter-title").with_problems(bad(&["code"])),
                "7KQM <b>",
            )),
        ),
        (
            "people-one",
            render(&people::people_one(
                people_page("/people/5", "people-one-title", &["until", "to"]),
                acting::one(full),
                (some.then(|| acting::preview(full)).as_ref(), &typed(scope_fields)),
            )),
        ),
        (
            "claim-new",
            render(&claim::claim_new(
                claim_page("/people/claim", "claim-new-title", &["kind", "person", "birth_date"]),
                api::base::ClaimId(uuid::Uuid::from_u128(93)),
                &typed("kind=parent&person=Kim+%22x%22&birth_date=2018-05-05"),
            )),
        ),
        (
            "claim",
            render(&claim::ClaimPage {
                page: claim_page("/people/claims/5", "claim-title", &["paper"]),
                whole: acting::whole(full),
            }),
        ),
        ("welcome", render(&info::Welcome { page: page(Stranger, "/", "welcome-title") })),
        ("help", render(&info::Help { page: page(Stranger, "/help", "help-title") })),
        (
            "accessibility",
            render(&info::Accessibility { page: page(Linked, "/accessibility", "accessibility-title") }),
        ),
        ("sign-in", render(&sign_in)),
        (
            "signed-out",
            render(&session::SignedOut {
                page: page(Stranger, "/signed-out", "signed-out-title"),
                onwards: None,
            }),
        ),
        (
            "signing-out",
            render(&session::SignedOut {
                page: page(Stranger, "/signed-out", "signed-out-title"),
                onwards: Some("https://id.riverside.example/logout".into()),
            }),
        ),
        (
            "sign-in-again",
            render(&step_up::SignInAgain {
                page: page(Linked, "/sign-in-again", "step-up-title"),
                act: if some { Act::Grant } else { Act::Copy },
                need: if some { Need::TwoFactors } else { Need::Fresh },
                kept: "abc".into(),
                back: "/copies/new?kept=abc".into(),
                provider: "Riverside Account".into(),
            }),
        ),
        (
            "link",
            render(&link::link(
                link_page,
                &typed("code=7KQM+%3Cb%3E&return_to=/apps/ask/5"),
                [(!some).then(|| "x".into()), some.then(|| "x".into()), some.then(|| "x".into())],
            )),
        ),
        ("link-help", render(&link::link_help(help_page, &typed("name=Rosa&birth_date=1968-03-04")))),
        ("home", render(&home::Home { page: record_page("/home", "home-title"), overview: overview() })),
        ("record", {
            let page = record_page("/record", "record-title");
            let reach = Reach { w: page.w, wishes: vec![] };
            render(&home::Record { page, overview: overview(), reach })
        }),
        (
            "not-here",
            render(&home::NotHere {
                page: record_page("/record/not-here", "not-here-title"),
                missing: sample::missing(full),
                asks: some,
                needs_consent: some,
                mark: some.then(|| {
                    let page = record_page("/record/not-here", "not-here-title");
                    home::mark_form(&page, &[], &typed("reason=not+kept+apart"))
                }),
                kept: some.then(|| "kept".into()),
            }),
        ),
        (
            "list",
            render(&list::list_page(
                record_page("/record/labs", "category-labs"),
                Some(Category::Labs),
                (&asked, found.clone()),
            )),
        ),
        (
            "search",
            render(&list::list_page(
                record_page("/record/search", "search-title"),
                None,
                (&asked, found.filter(|_| some)),
            )),
        ),
        (
            "item",
            render(&item::item_page(
                record_page("/record/labs/00000000000000000000000000000001", "category-labs")
                    .with_problems(bad(&["label", "reason", "outcome", "text", "ask"]))
                    .naming(item::FIELDS),
                sample::item(full),
                &typed("label=put.hiv&reason=%3Cb%3E"),
            )),
        ),
        (
            "copies",
            render(&copies::Copies {
                page: page(Linked, "/copies", "copies-title"),
                copies: if some {
                    [State::Ready, State::Waiting, State::Erased]
                        .map(sample::copy)
                        .into_iter()
                        .chain([shut])
                        .collect()
                } else {
                    vec![]
                },
            }),
        ),
        (
            "copy-first",
            render(&copies::CopyPage { page: page(Linked, "/copies/7", "copy-title"), copy: first }),
        ),
        (
            "copy-second",
            render(&copies::CopyPage {
                page: page(Linked, "/copies/7", "copy-title").again_after(5),
                copy: second,
            }),
        ),
        ("copy-new", render(&copy_new::copy_new(new_page, &overview(), (&typed(copy_fields), &count)))),
        ("access-log", render(&log::log_page(log_frame, log, &typed(filters)))),
        (
            "question",
            render(&question::question_page(
                page(Linked, "/access-log/1/question", "question-title")
                    .with_problems(bad(&["note"]))
                    .naming(question::FIELDS),
                disclosures::questions::Asked {
                    whose: ("Rosa".into(), None),
                    line: sample::entry(1),
                    question: (!some).then(|| sample::question(Fullness::Full)),
                    note: "not me <b>".into(),
                    others: if some { vec![sample::question(Fullness::Full)] } else { vec![] },
                },
                &typed("note=%3Cb%3E"),
            )),
        ),
        (
            "account-unknown",
            render(&seers::Unknown {
                page: page(Linked, "/account/links/9", "account-unknown-title"),
                seer: sample::seers(Fullness::Full).remove(1),
            }),
        ),
        (
            "account",
            render(&account::account(
                page(Linked, "/account", "account-title"),
                session(),
                (sample::contact(full), sample::devices(full), sample::assurance(full), sample::seers(full)),
            )),
        ),
    ]
}

fn error_pages(app: &App, language: Language) -> Vec<(String, String)> {
    let failures = [
        Failure::SignInFirst,
        Failure::Forged,
        Failure::TooLarge,
        Failure::Error(Error::NotFound),
        Failure::Error(Error::Conflict("copies-not-ready")),
        Failure::Error(Error::Conflict("of-a-later-version")),
        Failure::Error(Error::Unavailable("error-ledger-away")),
        Failure::Error(Error::invalid("range", "range-not-satisfiable")),
        Failure::Error(Error::invalid("x", "of-a-later-version")),
        Failure::Error(Error::internal(anyhow::anyhow!("secret words"))),
        Failure::Error(sample::refusal("refused-code")),
        Failure::Error(sample::refusal("refused-second-factor")),
        Failure::Error(sample::refusal("refused-not-your-role")),
        Failure::Error(sample::refusal("refused-own-record")),
        Failure::Error(sample::refusal("refused-too-many")),
        Failure::Error(sample::refusal("sign-in-state")),
        Failure::Error(sample::refusal("sign-in-other-person")),
        Failure::Error(sample::refusal("of-a-later-version")),
    ];
    let statuses = [400, 404, 405, 413, 416, 429, 500, 503]
        .map(|status| Told::of_status(actix_web::http::StatusCode::from_u16(status).unwrap()));
    let visit = sample::visit(app, Visitor::Linked, ("/nowhere?a=1&b=%3Cx%3E", language));
    let told = failures.iter().map(Told::of).chain(statuses);
    told.map(|told| {
        let name = format!("error-{}-{}", told.status.as_u16(), told.words);
        (name, ErrorPage { page: Page::new(&visit, told.title), told }.render().unwrap())
    })
    .collect()
}

#[actix_web::test]
async fn every_page_is_whole() {
    let (shown, _folder) = every_page().await;
    assert_eq!(
        shown.len(),
        2 * (2 * (38 + super::staff::PAGES + acting::PAGES + apps::PAGES + super::unshown::PAGES) + 26)
    );
    for page in &shown {
        html::check(&page.html, page.language, &page.name);
        assert!(!page.html.contains("<script>alert"), "{}: the record's markup is not escaped", page.name);
        assert!(!page.html.contains("secret words"), "{}: a fault's cause is shown", page.name);
        assert!(page.html.len() < 120_000, "{} has {} bytes", page.name, page.html.len());
        let menu = page.html.split("<nav").nth(1).and_then(|rest| rest.split("</nav>").next());
        let marked = menu.map_or(0, |menu| menu.matches("aria-current").count());
        assert!(marked <= 1, "{}: {marked} pages of the menu are marked as the one that is shown", page.name);
    }
}

#[actix_web::test]
async fn titles_never_tell_of_a_person_or_an_illness() {
    let (shown, _folder) = every_page().await;
    for page in &shown {
        let title = page.html.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
        for word in ["Rosa", "Delgado", "Hemoglobin", "A1c"] {
            assert!(!title.contains(word), "{}: {title}", page.name);
        }
    }
}

#[actix_web::test]
async fn a_record_page_says_whose_record_it_is() {
    let (shown, _folder) = every_page().await;
    let of_a_record = ["home", "record", "not-here", "list", "search", "item", "copy-new"];
    for page in
        shown.iter().filter(|page| of_a_record.iter().any(|name| page.name.starts_with(&format!("{name}-"))))
    {
        let banner = page.html.split("class=\"whose\"").nth(1).unwrap_or_else(|| panic!("{}", page.name));
        let banner = banner.split("</div>").next().unwrap();
        assert!(banner.contains("Rosa Delgado (synthetic)") && banner.contains("1968"), "{}", page.name);
    }
}

#[actix_web::test]
async fn dates_without_a_time_are_the_same_day_in_every_zone() {
    let (app, _folder) = sample::service().await;
    for zone in [chrono_tz::America::Los_Angeles, chrono_tz::UTC, chrono_tz::Pacific::Auckland] {
        let mut page =
            Page::new(&sample::visit(&app, Visitor::Linked, ("/record", Language::English)), "record-title");
        page.w.zone = zone;
        let reach = Reach { w: page.w, wishes: vec![] };
        let overview = sample::overview(Fullness::Full);
        let html = home::Record { page, overview, reach }.render().unwrap();
        assert!(html.contains("newest: March 1, 2026"), "{zone}");
    }
}

#[actix_web::test]
async fn lines_of_several_kinds_say_which_they_are() {
    let (app, _folder) = sample::service().await;
    let w = Page::new(&sample::visit(&app, Visitor::Linked, ("/", Language::Spanish)), "home-title").w;
    let show = |lines: &[api::records::ItemLine]| {
        lines::Lines { w, base: "", lines, naming: lines::Naming::Plain }.render().unwrap()
    };
    let result = sample::line(1);
    let mut report = sample::line(5);
    report.reference.0 = "DiagnosticReport".into();
    assert!(!show(&[result.clone(), result.clone()]).contains("class=\"kind\""));
    let mixed = show(&[result.clone(), report]);
    assert!(mixed.contains(">Resultado de laboratorio<") && mixed.contains(">Informe<"), "{mixed}");
    assert!(mixed.contains("Rango normal: 4.0 a 5.6 %"), "{mixed}");
    let mut origin = sample::line(7);
    (origin.reference.0, origin.title) = ("Provenance".into(), Some("Create".into()));
    assert!(show(&[origin]).contains("Quién anotó o cambió datos: Dr. Ana Ruiz"));
    // What turns the reading direction ends with its element.
    let turned = api::records::ItemLine { title: Some("a\u{202e}b".into()), known: None, ..result };
    assert!(show(&[turned]).contains("<bdi>a\u{202e}b</bdi>"));
}

#[actix_web::test]
async fn the_log_tells_items_from_what_goes_with_them() {
    let (app, _folder) = sample::service().await;
    let w = Page::new(&sample::visit(&app, Visitor::Linked, ("/", Language::English)), "home-title").w;
    let mut copy = sample::entry(1);
    copy.entry.what.kind = "copy".into();
    copy.entry.what.counts.extend([("Practitioner".to_owned(), 2), ("Organization".to_owned(), 1)]);
    copy.entry.who.name = "Ann\u{202e}Lee".into();
    let said = log::sentence(w, &copy, None);
    assert!(said.contains("12 items and 3 entries of the directory") && said.contains("AnnLee"), "{said}");
    // What was written before copies told more: files are known by their type.
    copy.entry.what.counts.extend([("Binary".to_owned(), 5), ("AuditEvent".to_owned(), 40)]);
    let files = "5 files and other parts that belong to them";
    let said = log::sentence(w, &copy, None);
    assert!(said.contains(&format!("(12 items, {files} and 3 entries")), "{said}");
    // One of the files is an item of its own, and one organization is the person's.
    for (items, beside, told) in [
        (14, 4, "(14 items, 4 files and other parts that belong to them and 2 entries"),
        (20, 0, "(20 items)"),
    ] {
        copy.entry.what.parts = Some(disclosures::Parts { items, beside });
        let said = log::sentence(w, &copy, None);
        assert!(said.contains(told), "{said}");
    }
}
