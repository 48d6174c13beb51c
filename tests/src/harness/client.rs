//! A plain HTTP client that behaves as a browser without script: keeps cookies for each host, follows redirects,
//! reads pages and sends the forms it finds. Every page it loads is checked.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, Response};
use scraper::{ElementRef, Html, Selector};
use url::Url;

/// A client that follows nothing, with a connection for each request. One that was kept may be closed by the server
/// just when the next request is on its way, which is then lost.
pub fn http() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).pool_max_idle_per_host(0).build().unwrap()
}

/// A browser: cookies by host and port.
#[derive(Clone)]
pub struct Browser {
    base: Url,
    http: Client,
    cookies: BTreeMap<String, BTreeMap<String, String>>,
    /// What it says it wants to read, for `Accept-Language`.
    pub language: &'static str,
}

/// What came in the end, after redirects.
pub struct Page {
    pub status: u16,
    /// The path without the query.
    pub path: String,
    pub url: Url,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Browser {
    pub fn new(base: &str) -> Self {
        Self { base: base.parse().unwrap(), http: http(), cookies: BTreeMap::new(), language: "en" }
    }

    /// The same browser at another address of the same service; its cookies go with it.
    pub fn move_to(&mut self, base: &str) {
        let old = self.cookies.remove(&host(&self.base)).unwrap_or_default();
        self.base = base.parse().unwrap();
        self.cookies.insert(host(&self.base), old);
    }

    /// A cookie of the service.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(&host(&self.base))?.get(name).map(String::as_str)
    }

    /// Loses the cookies of another service, as if its page were open in another browser.
    pub fn forget(&mut self, url: &str) {
        self.cookies.remove(&host(&url.parse().unwrap()));
    }

    /// Asks where the service may be gone; none if it does not answer at all. A part of a body is kept.
    pub async fn try_ask(&mut self, method: Method, path: &str) -> Option<Page> {
        let url = self.base.join(path).unwrap();
        let mut request = self.http.request(method, url.clone());
        if let Some(cookies) = self.cookies_for(&url) {
            request = request.header(COOKIE, cookies);
        }
        let mut answer = request.send().await.ok()?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let mut bytes = Vec::new();
        while let Ok(Some(part)) = answer.chunk().await {
            bytes.extend_from_slice(&part);
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Some(Page { status, path: url.path().to_owned(), url, headers, text, bytes })
    }

    /// Asks for a page and follows redirects.
    pub async fn get(&mut self, path: &str) -> Page {
        let url = self.base.join(path).unwrap();
        self.go(Method::GET, url, None).await
    }

    /// Looks for words in the record at this address, as its form does.
    pub async fn search(&mut self, base: &str, words: &str) -> Page {
        let form = self.get(&format!("{base}/record/search")).await;
        self.submit(&form, "form[role='search']", &[("q", words)]).await
    }

    /// Asks without following, with headers of the caller's.
    pub async fn ask(&mut self, method: Method, path: &str, headers: &[(&str, &str)]) -> Page {
        let url = self.base.join(path).unwrap();
        let mut request = self.http.request(method, url.clone());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookies) = self.cookies_for(&url) {
            request = request.header(COOKIE, cookies);
        }
        let answer = request.send().await.unwrap();
        self.read(url, answer).await
    }

    /// Sends fields to a path as a form would, without following.
    pub async fn plain_post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post(path, fields, "text/html").await
    }

    /// Asks how much a copy would hold, as the script does.
    pub async fn count(&mut self, fields: &[(&str, &str)]) -> Page {
        self.post("/copies/count", fields, "application/json").await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)], accept: &str) -> Page {
        let url = self.base.join(path).unwrap();
        let mut request = self.http.post(url.clone()).form(fields).header("accept", accept);
        if let Some(cookies) = self.cookies_for(&url) {
            request = request.header(COOKIE, cookies);
        }
        let answer = request.send().await.unwrap();
        self.read(url, answer).await
    }

    /// Fills and sends a form of a page: its fields as they stand, but these with these values.
    pub async fn submit(&mut self, page: &Page, form: &str, fill: &[(&str, &str)]) -> Page {
        let (method, url, mut fields) = page.form(form);
        for (name, value) in fill {
            assert!(
                page.html().select(&selector(&format!("{form} [name='{name}']"))).next().is_some(),
                "{form} on {} has a field {name}",
                page.path
            );
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        if method == "post" {
            return self.go(Method::POST, url, Some(fields)).await;
        }
        let mut url = url;
        url.query_pairs_mut().clear().extend_pairs(&fields);
        self.go(Method::GET, url, None).await
    }

    /// Sends a form of a page with a file in its field `paper`, as a browser would; follows where it leads.
    pub async fn send_file(&mut self, page: &Page, form: &str, file: &[u8]) -> Page {
        let (_, url, fields) = page.form(form);
        let mut body = Vec::new();
        for (name, value) in fields.iter().filter(|(name, _)| name != "paper") {
            let part =
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let head = "--edge\r\nContent-Disposition: form-data; name=\"paper\"; filename=\"scan.pdf\"\r\n\
                    Content-Type: application/pdf\r\n\r\n";
        body.extend(head.as_bytes());
        body.extend(file);
        body.extend(b"\r\n--edge--\r\n");
        let kind = "multipart/form-data; boundary=edge";
        let mut request = self.http.post(url.clone()).header("content-type", kind).body(body);
        if let Some(cookies) = self.cookies_for(&url) {
            request = request.header(COOKIE, cookies);
        }
        let answer = request.send().await.unwrap();
        let page = self.read(url.clone(), answer).await;
        match page.headers.get(LOCATION) {
            Some(next) => self.go(Method::GET, url.join(next.to_str().unwrap()).unwrap(), None).await,
            None => page,
        }
    }

    async fn go(&mut self, method: Method, url: Url, fields: Option<Vec<(String, String)>>) -> Page {
        let (mut method, mut url, mut fields) = (method, url, fields);
        for _ in 0..12 {
            let mut request =
                self.http.request(method.clone(), url.clone()).header("accept-language", self.language);
            if let Some(fields) = fields.take() {
                request = request.form(&fields);
            }
            if let Some(cookies) = self.cookies_for(&url) {
                request = request.header(COOKIE, cookies);
            }
            let answer = request.send().await.unwrap();
            let page = self.read(url.clone(), answer).await;
            let Some(next) = page.headers.get(LOCATION) else {
                page.check();
                return page;
            };
            assert!(matches!(page.status, 302 | 303), "{} sends on with {}", page.path, page.status);
            url = url.join(next.to_str().unwrap()).unwrap();
            method = Method::GET;
        }
        panic!("too many redirects, at last to {}", url.path());
    }

    async fn read(&mut self, url: Url, answer: Response) -> Page {
        let jar = self.cookies.entry(host(&url)).or_default();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (name, rest) = text.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            let gone = text.to_ascii_lowercase().contains("max-age=0") || value.is_empty();
            if gone {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await.unwrap_or_default().to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Page { status, path: url.path().to_owned(), url, headers, text, bytes }
    }

    fn cookies_for(&self, url: &Url) -> Option<String> {
        let jar = self.cookies.get(&host(url)).filter(|jar| !jar.is_empty())?;
        Some(jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; "))
    }
}

fn host(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

pub fn selector(text: &str) -> Selector {
    Selector::parse(text).unwrap_or_else(|_| panic!("not a selector: {text}"))
}

impl Page {
    /// Its address with its query.
    pub fn address(&self) -> String {
        self.url[url::Position::BeforePath..].to_owned()
    }

    pub fn html(&self) -> Html {
        Html::parse_document(&self.text)
    }

    /// The text of each element that fits, white space collapsed.
    pub fn all(&self, css: &str) -> Vec<String> {
        let words =
            |node: ElementRef<'_>| node.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        self.html().select(&selector(css)).map(words).collect()
    }

    /// An attribute of each element that fits.
    pub fn attributes(&self, css: &str, name: &str) -> Vec<String> {
        let html = self.html();
        html.select(&selector(css)).filter_map(|node| node.attr(name)).map(str::to_owned).collect()
    }

    /// The form with what it would send as it stands, its first button included.
    pub fn form(&self, css: &str) -> (String, Url, Vec<(String, String)>) {
        let html = self.html();
        let form = html
            .select(&selector(css))
            .next()
            .unwrap_or_else(|| panic!("{} has no {css}:\n{}", self.path, self.text));
        let method = form.attr("method").unwrap_or("get").to_ascii_lowercase();
        let url = self.url.join(form.attr("action").unwrap_or_default()).unwrap();
        let mut fields = Vec::new();
        for field in form.select(&selector("input, select, textarea")) {
            let Some(name) = field.attr("name") else { continue };
            let kind = field.attr("type").unwrap_or("text");
            let value = match (field.value().name(), kind) {
                (_, "submit" | "button" | "image" | "file") => continue,
                (_, "checkbox" | "radio") if field.attr("checked").is_none() => continue,
                (_, "checkbox" | "radio") => field.attr("value").unwrap_or("on").to_owned(),
                ("select", _) => {
                    let chosen = field.select(&selector("option[selected]")).next();
                    let option = chosen.or_else(|| field.select(&selector("option")).next());
                    option.and_then(|o| o.attr("value")).unwrap_or_default().to_owned()
                }
                ("textarea", _) => field.text().collect(),
                _ => field.attr("value").unwrap_or_default().to_owned(),
            };
            fields.push((name.to_owned(), value));
        }
        if let Some(button) = form.select(&selector("button[name]:not([formaction])")).next() {
            fields.push((
                button.attr("name").unwrap().to_owned(),
                button.attr("value").unwrap_or_default().to_owned(),
            ));
        }
        (method, url, fields)
    }

    /// What every page must be, whoever loaded it.
    #[track_caller]
    fn check(&self) {
        let html =
            self.headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        if !html {
            return;
        }
        let headings = self.all("h1");
        assert_eq!(headings.len(), 1, "{} has one h1: {}", self.path, self.text);
        let title = self.all("title").concat();
        assert!(
            title.starts_with(&headings[0]),
            "{}: the title {title:?} begins with {:?}",
            self.path,
            headings[0]
        );
        assert_eq!(self.attributes("html", "lang").len(), 1, "{} says its language", self.path);
        let mut ids = self.attributes("[id]", "id");
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{}: ids are unique", self.path);
        assert!(self.attributes("[style]", "style").is_empty(), "{} has no inline style", self.path);
    }
}
