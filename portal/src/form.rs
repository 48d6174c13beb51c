//! What a browser sends: fields of a form or of an address. A form is taken only with its token and from our
//! own pages; what was typed goes back into the form when something must be mended.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use api::base::{Error, Problem, Problems, Refusal};
use api::fhir::present::Category;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use crate::csrf;
use crate::error::{self, Failure};
use crate::patient::step_up;
use crate::visit::Visit;

/// The most bytes that a form may have.
pub const FORM_LIMIT: usize = 64 * 1024;

/// Names and values, in the order they were sent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `a=1&b=2`.
    pub fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The same, as it is sent.
    pub fn encoded(&self) -> Vec<u8> {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish().into_bytes()
    }

    /// Names and values, in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// All but these fields.
    pub fn without(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect())
    }

    /// A field's value without white space around it; empty if it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// A field's value as it was typed: for passwords.
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// A field's value, if it was sent and is not empty.
    pub fn some(&self, name: &str) -> Option<String> {
        Some(self.get(name)).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// Puts a value in, unless the field is there already.
    pub fn set(&mut self, name: &str, value: &str) {
        if !self.0.iter().any(|(key, _)| key == name) {
            self.0.push((name.into(), value.into()));
        }
    }

    /// Puts a value in the place of what the field held.
    pub fn replace(&mut self, name: &str, value: &str) {
        self.0.retain(|(key, _)| key != name);
        self.0.push((name.into(), value.into()));
    }

    /// Puts several values of a field in.
    pub fn extend(&mut self, name: &str, values: &[&str]) {
        self.0.extend(values.iter().map(|value| (name.to_owned(), (*value).to_owned())));
    }

    /// All values of a field that can be sent several times: ticked boxes.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }
}

/// The fields of a form that was sent by a page of ours.
pub struct Form(pub Fields);

/// The fields in an address.
pub struct Query(pub Fields);

/// The fields of a form that another server sends, which has no token of ours.
pub struct Foreign(pub Fields);

impl FromRequest for Form {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, bytes) = (request.clone(), Bytes::from_request(request, payload));
        Box::pin(async move {
            let visit = Visit::of(&request).await?;
            let fields = body(&request, bytes).await?;
            let ours = csrf::from_our_pages(&request, &visit.app.config.server.public_url);
            match (ours, visit.token.fits(fields.raw("csrf"))) {
                (true, true) => Ok(Self(fields)),
                // A form of a session that has ended fails here too; its sender must sign in, not be suspected.
                _ if visit.ended => Err(Failure::SignInFirst),
                (true, false) => Err(step_up::outdated(&visit, request.path(), &fields).await?),
                (false, _) => Err(Failure::Forged),
            }
        })
    }
}

impl FromRequest for Foreign {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, bytes) = (request.clone(), Bytes::from_request(request, payload));
        Box::pin(async move { body(&request, bytes).await.map(Self) })
    }
}

impl FromRequest for Query {
    type Error = Failure;
    type Future = std::future::Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self(Fields::parse(request.query_string().as_bytes()))))
    }
}

/// The parts of an address within a record, in order. Whose record it is comes before them and is the guard's
/// ([`crate::guard::Patient`]). What cannot be read is not there.
pub struct At<T>(pub T);

impl<T: Parts> FromRequest for At<T> {
    type Error = Failure;
    type Future = std::future::Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parts = request
            .match_info()
            .iter()
            .filter(|(name, _)| !matches!(*name, "authority" | "through"))
            .map(|(_, part)| part);
        let parts = T::read(&parts.collect::<Vec<_>>()).map(Self);
        std::future::ready(parts.ok_or(Failure::Error(Error::NotFound)))
    }
}

/// What the parts of an address can be read as.
pub trait Parts: Sized {
    /// All of them.
    fn read(parts: &[&str]) -> Option<Self>;
}

impl<A: FromStr> Parts for (A,) {
    fn read(parts: &[&str]) -> Option<Self> {
        let [a] = parts else { return None };
        Some((a.parse().ok()?,))
    }
}

impl<A: FromStr, B: FromStr> Parts for (A, B) {
    fn read(parts: &[&str]) -> Option<Self> {
        let [a, b] = parts else { return None };
        Some((a.parse().ok()?, b.parse().ok()?))
    }
}

impl<A: FromStr, B: FromStr, C: FromStr> Parts for (A, B, C) {
    fn read(parts: &[&str]) -> Option<Self> {
        let [a, b, c] = parts else { return None };
        Some((a.parse().ok()?, b.parse().ok()?, c.parse().ok()?))
    }
}

type BytesFuture = <Bytes as FromRequest>::Future;

async fn body(request: &HttpRequest, bytes: BytesFuture) -> Result<Fields, Failure> {
    let kind =
        request.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bytes = bytes.await.map_err(|_| Failure::TooLarge)?;
    if bytes.len() > FORM_LIMIT {
        return Err(Failure::TooLarge);
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Failure::Forged);
    }
    Ok(Fields::parse(&bytes))
}

/// A value as a part of an address.
pub fn encode(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

/// An address of our own with the query fields that have a value.
pub fn address(path: &str, fields: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields.iter().filter(|(_, value)| !value.is_empty()));
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// A path of our own to come back to; anything that could lead elsewhere becomes the start page.
pub fn own_path(path: &str) -> String {
    let elsewhere = !path.starts_with('/')
        || path.starts_with("//")
        || path.len() > 2_000
        || path.contains(['\\', '\r', '\n', '\t'])
        || path.chars().any(char::is_control);
    if elsewhere { "/".into() } else { path.into() }
}

/// A day as the date field of a form sends it; empty is no day.
pub fn day(fields: &Fields, name: &'static str, problems: &mut Problems) -> Option<String> {
    let text = fields.some(name)?;
    match text.parse::<chrono::NaiveDate>() {
        Ok(_) if text.len() == 10 => Some(text),
        _ => {
            problems.0.push(Problem { field: name, code: "problem-date" });
            None
        }
    }
}

/// The days from which and up to which something is asked for; neither where they are the wrong way round, which finds
/// nothing and looks as if there were nothing.
pub fn days(fields: &Fields, problems: &mut Problems) -> [Option<String>; 2] {
    let [from, to] = ["from", "to"].map(|name| day(fields, name, problems));
    // Days of ten characters stand in their order.
    if from.as_ref().zip(to.as_ref()).is_some_and(|(from, to)| to < from) {
        problems.0.push(Problem { field: "to", code: "problem-order" });
        return [None, None];
    }
    [from, to]
}

/// Where a form says both all parts and some of them: nobody guesses which is meant. Nor what somebody meant who said
/// neither.
pub fn parts_fault(fields: &Fields) -> Option<Problem> {
    let ticked = fields.all("categories").iter().any(|slug| Category::from_slug(slug).is_some());
    let code = match fields.get("what") {
        "some" => return None,
        "all" | "" => ticked.then_some("problem-parts")?,
        _ => "problem-choice",
    };
    Some(Problem { field: "categories", code })
}

/// The ticked values of a field. One that is not known is a problem: left out without a word it changes what is meant.
pub fn ticked<T: Ord>(
    fields: &Fields,
    (name, known): (&'static str, impl Fn(&str) -> Option<T>),
    problems: &mut Problems,
) -> BTreeSet<T> {
    let all = fields.all(name);
    let found: Vec<T> = all.iter().filter_map(|slug| known(slug)).collect();
    if found.len() < all.len() {
        problems.0.push(Problem { field: name, code: "problem-choice" });
    }
    found.into_iter().collect()
}

/// The problems of an error that a form can show; any other error goes on.
pub fn mendable(error: Error) -> Result<Problems, Failure> {
    match error {
        Error::Invalid(problems) => Ok(problems),
        other => Err(other.into()),
    }
}

/// The same for a form that somebody filled with care: what a rule refuses, and what others changed meanwhile, is said at a
/// field of the form with the status that it has, so that nothing that was typed is lost.
pub fn kept_with(error: Error, field: &'static str) -> Result<(StatusCode, Problems), Failure> {
    let status = error::status(&error);
    match error {
        Error::Refused(Refusal(code, _)) | Error::Conflict(code) => {
            Ok((status, Problems(vec![Problem { field, code }])))
        }
        other => Ok((status, mendable(other)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_kept_whatever_a_rule_refuses() {
        let day = std::time::Duration::from_secs(86_400);
        for (error, wanted) in [
            (Error::refused("refused-label-asks").for_the_next(day), StatusCode::FORBIDDEN),
            (Error::refused("refused-too-many").for_the_next(day), StatusCode::TOO_MANY_REQUESTS),
            (Error::refused("refused-too-many-apps"), StatusCode::TOO_MANY_REQUESTS),
            (Error::Conflict("conflict-app-known"), StatusCode::CONFLICT),
            (Error::invalid("ask", "problem-empty"), StatusCode::UNPROCESSABLE_ENTITY),
        ] {
            let (status, problems) = kept_with(error, "ask").ok().unwrap();
            assert_eq!((status, problems.0[0].field), (wanted, "ask"), "{problems:?}");
        }
        assert!(kept_with(Error::NotFound, "ask").is_err());
    }

    #[test]
    fn all_parts_and_some_are_a_contradiction() {
        for (form, fault) in [
            ("what=all", false),
            ("what=some&categories=labs", false),
            ("what=all&categories=labs", true),
            // Without a choice all parts are meant.
            ("categories=labs&categories=notes", true),
            ("what=all&categories=nothing-known", false),
            ("what=sme&categories=labs", true),
            ("what=al", true),
            ("", false),
        ] {
            let found = parts_fault(&Fields::parse(form.as_bytes()));
            assert_eq!(found.map(|problem| problem.field), fault.then_some("categories"), "{form}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_left_out_without_a_word() {
        for (form, known, said) in [
            ("categories=labs&categories=notes", 2, 0),
            ("categories=labs&categories=labz", 1, 1),
            ("categories=", 0, 1),
            ("", 0, 0),
        ] {
            let mut problems = Problems::default();
            let found =
                ticked(&Fields::parse(form.as_bytes()), ("categories", Category::from_slug), &mut problems);
            assert_eq!((found.len(), problems.0.len()), (known, said), "{form}");
        }
    }

    #[test]
    fn only_own_paths_are_come_back_to() {
        for (path, kept) in [
            ("/record/labs?page=2", true),
            ("/", true),
            ("", false),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("javascript:alert(1)", false),
            ("/a\r\nSet-Cookie: x", false),
            ("/\t/evil.example", false),
        ] {
            assert_eq!(own_path(path) == path, kept, "{path:?}");
        }
    }

    #[test]
    fn fields_and_addresses() {
        let fields = Fields::parse("a=+x+&c=labs&c=vitals&p=+secret+&e=".as_bytes());
        assert_eq!(fields.get("a"), "x");
        assert_eq!(fields.raw("p"), " secret ");
        assert_eq!(fields.all("c"), ["labs", "vitals"]);
        assert_eq!((fields.some("e"), fields.get("none")), (None, ""));
        let rest = fields.without(&["p", "none"]);
        assert_eq!(String::from_utf8(rest.encoded()).unwrap(), "a=+x+&c=labs&c=vitals&e=");
        assert_eq!(Fields::parse(&rest.encoded()).all("c"), fields.all("c"));
        assert_eq!(
            address("/record/labs", &[("from", "2020-01-01"), ("to", "")]),
            "/record/labs?from=2020-01-01"
        );
        assert_eq!(address("/a", &[("q", "é&=")]), "/a?q=%C3%A9%26%3D");
    }

    #[test]
    fn days_are_days() {
        for (text, ok) in [
            ("2024-02-29", true),
            ("2023-02-29", false),
            ("24-02-01", false),
            ("2024-2-1", false),
            ("x", false),
        ] {
            let mut problems = Problems::default();
            let day = day(&Fields::parse(format!("from={text}").as_bytes()), "from", &mut problems);
            assert_eq!((day.is_some(), problems.0.is_empty()), (ok, ok), "{text}");
        }
        for (typed, read, said) in [
            ("from=2024-01-01&to=2024-01-01", [true, true], None),
            ("from=2024-01-02&to=2024-01-01", [false, false], Some("problem-order")),
            ("to=2024-01-01", [false, true], None),
            ("from=x&to=2024-01-01", [false, true], Some("problem-date")),
        ] {
            let mut problems = Problems::default();
            let days = days(&Fields::parse(typed.as_bytes()), &mut problems);
            assert_eq!(days.map(|day| day.is_some()), read, "{typed}");
            assert_eq!(problems.0.first().map(|problem| problem.code), said, "{typed}");
        }
    }
}
