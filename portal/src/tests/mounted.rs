//! The mounted pages, through the real middleware: headers, guards, tokens, methods, compression.

use std::rc::Rc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method as Verb, StatusCode, header};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::Data;
use actix_web::{HttpMessage, test};
use api::app::App;
use api::words::Language;

use super::html;
use super::sample::{self, Visitor};
use crate::routes::{Guard, Kind, Method, ROUTES};

/// What a request is: by whom, which, and with what.
struct Asked<'a> {
    visitor: Visitor,
    verb: Verb,
    path: &'a str,
    headers: Vec<(&'a str, String)>,
    form: Option<String>,
}

fn get(visitor: Visitor, path: &str) -> Asked<'_> {
    Asked { visitor, verb: Verb::GET, path, headers: vec![], form: None }
}

fn post(visitor: Visitor, path: &str, form: String) -> Asked<'_> {
    Asked { visitor, verb: Verb::POST, path, headers: vec![], form: Some(form) }
}

struct Answer {
    status: StatusCode,
    headers: header::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Puts the visitor in, as the session's look-up would.
async fn visited(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let visitor = match request.headers().get("x-visitor").map(|v| v.as_bytes()) {
        Some(b"linked") => Visitor::Linked,
        Some(b"unlinked") => Visitor::Unlinked,
        _ => Visitor::Stranger,
    };
    if visitor != Visitor::Stranger {
        let app = request.app_data::<Data<App>>().unwrap().get_ref().clone();
        let path = request.uri().to_string();
        let visit = sample::visit(&app, visitor, (&path, Language::English));
        request.extensions_mut().insert(Rc::clone(&visit));
    }
    next.call(request).await
}

async fn ask(app: &App, asked: Asked<'_>) -> Answer {
    let service = test::init_service(
        actix_web::App::new()
            .app_data(Data::new(App::clone(app)))
            .configure(crate::configure)
            .wrap(from_fn(visited)),
    )
    .await;
    let visitor = match asked.visitor {
        Visitor::Stranger => "stranger",
        Visitor::Unlinked => "unlinked",
        Visitor::Linked => "linked",
    };
    let mut request =
        test::TestRequest::with_uri(asked.path).method(asked.verb).insert_header(("x-visitor", visitor));
    for (name, value) in asked.headers {
        request = request.insert_header((name, value));
    }
    if let Some(form) = asked.form {
        request =
            request.insert_header(("content-type", "application/x-www-form-urlencoded")).set_payload(form);
    }
    let response = test::call_service(&service, request.to_request()).await;
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: test::read_body(response).await.to_vec() }
}

/// An address for a row of the table.
fn filled(pattern: &str) -> String {
    pattern
        .replace("{category}", "labs")
        .replace("{item}", &sample::address(1).to_string())
        .replace("{n}", "0")
        .replace("{provider}", "nobody")
        .replace("{name}", crate::assets::style())
        .replace("{id}", "00000000-0000-0000-0000-00000000004d")
}

/// The token of a linked person's forms: the sample visit's is a stranger's, tied to the form cookie.
fn token(app: &App, cookie: &str) -> String {
    crate::csrf::Token::of_cookie(&app.keys, cookie).masked()
}

/// The pages with forms that lead to an identity provider or to an app, and who knows where from there, as far as they are
/// shown here.
const LEADING: [&str; 1] = ["/sign-in"];

#[actix_web::test]
async fn every_answer_has_its_headers() {
    let (app, _folder) = sample::service().await;
    for row in ROUTES {
        for visitor in [Visitor::Stranger, Visitor::Linked] {
            let path = filled(row.path);
            let asked = match row.method {
                Method::Get => get(visitor, &path),
                Method::Post => post(visitor, &path, "a=b".into()),
            };
            let answer = ask(&app, asked).await;
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
            let ends = policy.ends_with("; form-action 'self' https://www.weather.gov");
            let leads = LEADING.contains(&row.path) && visitor == Visitor::Stranger;
            assert!(if leads { !policy.contains("form-action") } else { ends }, "{path}: {policy}");
            assert!(!policy.contains("unsafe"), "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
            assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
            assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
            assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
            assert_eq!(answer.header("strict-transport-security"), "", "{path}: plain HTTP on loopback");
            let asset = row.path.starts_with("/assets/");
            let cache = match row.path {
                _ if asset => "public, max-age=31536000, immutable",
                "/developers/openapi.json" | "/developers/brands" => "public, max-age=3600",
                _ => "no-store",
            };
            assert_eq!(answer.header("cache-control"), cache, "{path}");
            if answer.header("content-type").starts_with("text/html") {
                html::check(&answer.text(), Language::English, &path);
            }
        }
    }
}

#[actix_web::test]
async fn strangers_are_asked_to_sign_in() {
    let (app, _folder) = sample::service().await;
    for row in
        ROUTES.iter().filter(|row| matches!(row.guard, Guard::SignedIn | Guard::Patient | Guard::Staff(_)))
    {
        let path = filled(row.path);
        let answer = match row.method {
            Method::Get => ask(&app, get(Visitor::Stranger, &path)).await,
            Method::Post => {
                let cookie = ("cookie", "recordright-form=c".to_owned());
                let form = format!("csrf={}", token(&app, "c"));
                ask(&app, Asked { headers: vec![cookie], ..post(Visitor::Stranger, &path, form) }).await
            }
        };
        match row.method {
            Method::Get => {
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
                let to = answer.header("location");
                assert_eq!(to, format!("/sign-in?return_to={}", crate::form::encode(&path)), "{path}");
            }
            Method::Post => {
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
                assert!(answer.text().contains("href=\"/sign-in?return_to="), "{path}: the way back");
            }
        }
    }
}

#[actix_web::test]
async fn people_without_a_record_are_asked_to_link_one() {
    let (app, _folder) = sample::service().await;
    for row in ROUTES.iter().filter(|row| row.guard == Guard::Patient && row.method == Method::Get) {
        let path = filled(row.path);
        let answer = ask(&app, get(Visitor::Unlinked, &path)).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/link"), "{path}");
    }
}

#[actix_web::test]
async fn no_form_is_taken_without_its_token_or_from_elsewhere() {
    let (app, _folder) = sample::service().await;
    // Staff are told apart by their session, which samples have none of: tests/src/desk tries their forms.
    let ours = |guard: Guard| !matches!(guard, Guard::Server | Guard::Staff(_));
    for row in ROUTES.iter().filter(|row| row.method == Method::Post && ours(row.guard)) {
        let path = filled(row.path);
        let cookie = ("cookie", "recordright-form=c".to_owned());
        let good = format!("csrf={}", token(&app, "c"));
        let other = format!("csrf={}", token(&app, "d"));
        let origin = |site: &str| ("origin", site.to_owned());
        let visitor = if row.guard == Guard::Anyone { Visitor::Stranger } else { Visitor::Linked };
        // A signed-in sample visit has a token that nobody can know here, so each of these must fail.
        let cases = match row.guard {
            Guard::Anyone => vec![
                (vec![], "a=b".to_owned()),
                (vec![cookie.clone()], "a=b".into()),
                (vec![cookie.clone()], other),
                (vec![], good.clone()),
                (vec![cookie.clone(), origin("https://evil.example")], good.clone()),
                (vec![cookie.clone(), ("sec-fetch-site", "cross-site".to_owned())], good.clone()),
            ],
            _ => vec![(vec![], "a=b".to_owned()), (vec![cookie.clone()], good.clone())],
        };
        for (headers, form) in cases {
            let what = format!("{path} {form} {headers:?}");
            let answer = ask(&app, Asked { headers, ..post(visitor, &path, form) }).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
            assert!(answer.text().contains("We could not be sure that you sent this"), "{what}");
            // The sample visit of who is signed in knows of no form.
            let back = answer.text().contains("<body data-back=\"/");
            assert_eq!(back, row.guard == Guard::Anyone, "{what}: the way back leads to a page");
        }
        if row.guard == Guard::Anyone {
            let headers = vec![cookie, origin("http://127.0.0.1:8080")];
            let answer = ask(&app, Asked { headers, ..post(visitor, &path, good) }).await;
            assert_ne!(answer.status, StatusCode::FORBIDDEN, "{path}: a good form must be taken");
        }
    }
}

#[actix_web::test]
async fn what_is_not_there_is_said_in_words() {
    let (app, _folder) = sample::service().await;
    let large = format!("a={}", "x".repeat(crate::form::FORM_LIMIT + 1));
    let delete = Asked { verb: Verb::DELETE, ..get(Visitor::Stranger, "/sign-in") };
    for (asked, status, allow) in [
        (get(Visitor::Stranger, "/nowhere"), 404, ""),
        (get(Visitor::Linked, "/record/nonsense"), 404, ""),
        (get(Visitor::Linked, "/record/labs/x"), 404, ""),
        (get(Visitor::Linked, "/record/labs/1"), 404, ""),
        (get(Visitor::Linked, "/record/labs/00000000000000000000000000000001"), 404, ""),
        (get(Visitor::Linked, "/copies/x"), 404, ""),
        (get(Visitor::Stranger, "/assets/portal-0000.css"), 404, ""),
        (get(Visitor::Linked, "/sign-out"), 405, "POST"),
        (delete, 405, "GET, HEAD"),
        (post(Visitor::Stranger, "/language", large), 413, ""),
        (get(Visitor::Stranger, "/sign-in/callback"), 403, ""),
    ] {
        let path = asked.path.to_owned();
        let answer = ask(&app, asked).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (status, allow), "{path}");
        html::check(&answer.text(), Language::English, &path);
    }
}

#[actix_web::test]
async fn the_language_follows_the_person() {
    let (app, _folder) = sample::service().await;
    for (headers, tag) in [
        (vec![], "en"),
        (vec![("accept-language", "es-MX,es;q=0.9".to_owned())], "es"),
        (vec![("accept-language", "es".to_owned()), ("cookie", "recordright-language=en".into())], "en"),
        (vec![("cookie", "recordright-language=xx".to_owned())], "en"),
    ] {
        let what = format!("{headers:?}");
        let answer = ask(&app, Asked { headers, ..get(Visitor::Stranger, "/help") }).await;
        assert!(answer.text().contains(&format!("<html lang=\"{tag}\">")), "{what}");
        assert!(!answer.text().contains("data-back"), "{what}: a page is come back to as it is");
    }
    let headers = vec![("cookie", "recordright-form=c".to_owned())];
    let form = format!("csrf={}&to=es&back=//evil.example", token(&app, "c"));
    let answer = ask(&app, Asked { headers, ..post(Visitor::Stranger, "/language", form) }).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"));
    assert!(
        answer.header("set-cookie").starts_with("recordright-language=es; HttpOnly; SameSite=Lax; Path=/")
    );
}

#[actix_web::test]
async fn a_first_view_is_small() {
    let (app, _folder) = sample::service().await;
    let mut sum = 0;
    for name in [crate::assets::style(), crate::assets::script(), crate::assets::mark()] {
        let path = format!("/assets/{name}");
        let headers = vec![("accept-encoding", "gzip".to_owned())];
        let answer = ask(&app, Asked { headers, ..get(Visitor::Stranger, &path) }).await;
        assert_eq!(answer.header("content-encoding"), "gzip", "{name}");
        sum += answer.body.len();
    }
    assert!(sum < 12_000, "style, script and mark have {sum} bytes");
    let headers = vec![("accept-encoding", "gzip".to_owned())];
    let page = ask(&app, Asked { headers, ..get(Visitor::Stranger, "/help") }).await;
    assert!(page.body.len() + sum < 20_000);
}

#[::core::prelude::v1::test]
fn every_row_stands_once() {
    for (n, row) in ROUTES.iter().enumerate() {
        assert!(!ROUTES[..n].iter().any(|r| r.path == row.path && r.method == row.method), "{}", row.path);
        assert!(ROUTES.iter().filter(|r| r.path == row.path).all(|r| r.kind == row.kind), "{}", row.path);
        let file = row.path.ends_with("/file")
            || row.path.ends_with("/document/{n}")
            || row.path.ends_with("/papers/{n}");
        assert_eq!(matches!(row.kind, Kind::File | Kind::ReadyFile), file, "{}", row.path);
    }
}
