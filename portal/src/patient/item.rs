//! One item of the record with everything in it, and its documents.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use api::base::{Error, ItemAddress, Problems};
use api::config::Act;
use api::fhir::present::{Attachment, AttachmentPlace, Category};
use api::fhir::sensitivity::Label;
use api::fhir::text::fold;
use api::records::{self, Change, Document, Item, ItemLine, Labelled, Mark, Related, Trend};
use api::words;
use askama::Template;

use super::log::one_way;
use super::protect::{self, Protect};
use super::{lines, step_up};
use crate::authority::Pick;
use crate::charts::Chart;
use crate::error::{Failure, Reply};
use crate::form::{At, Fields, Form, Query, mendable};
use crate::guard::Patient;
use crate::i18n::Words;
use crate::page::Page;
use crate::send;
use crate::staff::parts::Area;

/// More of the raw resource than this is not shown on the page.
const RAW_SHOWN: usize = 40_000;

/// The fields of the form for labels.
pub const FIELDS: &[(&str, &str)] = &[
    ("label", "mark-label"),
    ("reason", "mark-reason"),
    ("ask", "desk-protect-note"),
    ("outcome", "desk-protect-outcome"),
    ("text", "desk-protect-text"),
];

/// An item page.
#[derive(Template)]
#[template(path = "item.html")]
pub struct ItemPage {
    /// The frame.
    pub page: Page,
    /// The item.
    pub item: Item,
    /// Its resource, laid out for reading; none where it is too long for a page.
    pub raw: Option<String>,
    /// What staff may change of its labels, and why they do.
    pub mark: Option<(Pick, Area)>,
    /// The name of what was typed before signing in again.
    pub kept: Option<String>,
    /// What was asked about how it is protected.
    pub protect: Protect,
}

impl ItemPage {
    fn chart<'a>(&self, trend: &'a Trend) -> Chart<'a> {
        Chart::new(self.page.w, trend, self.title())
    }

    fn title(&self) -> String {
        lines::title(self.page.w, &self.item.line)
    }

    fn range(&self, range: &str) -> String {
        let w = self.page.w;
        w.t1("line-range", "range", words::range(w.language, range))
    }

    fn result(&self, line: &ItemLine) -> (String, Option<String>, Option<String>) {
        let w = self.page.w;
        let range = line.range.as_ref().map(|range| words::range(w.language, range));
        (lines::title(w, line), lines::value(w, line), range)
    }

    /// Whether any of the results tells its normal range.
    fn ranged(&self) -> bool {
        self.item.results.iter().any(|line| line.range.is_some())
    }

    /// Where it leads to, with one label for all that is related in the same way.
    fn relations(&self) -> Vec<(&'static str, Vec<&Related>)> {
        let mut all: Vec<(&'static str, Vec<&Related>)> = Vec::new();
        for one in &self.item.related {
            match all.iter_mut().find(|(label, _)| *label == one.label) {
                Some((_, alike)) => alike.push(one),
                None => all.push((one.label, vec![one])),
            }
        }
        all
    }

    fn value(&self) -> Option<String> {
        lines::value(self.page.w, &self.item.line)
    }

    fn related(&self, related: &Related) -> String {
        let w = self.page.w;
        match &related.title {
            Some(title) => words::title(w.language, title, related.known),
            None => w.t(related.kind.as_deref().unwrap_or("reference-unnamed")),
        }
    }

    fn name(&self, attachment: &Attachment, n: &usize) -> String {
        let named = attachment.title.clone();
        named.unwrap_or_else(|| self.page.w.t1("document-number", "number", n + 1))
    }

    /// Whether the file is kept here and can be handed over, as far as its address tells. Lists leave it to this page,
    /// so one that may be here is offered; where it is not, that is said to who asks for it.
    fn here(&self, attachment: &Attachment) -> bool {
        match &attachment.place {
            AttachmentPlace::Inline { .. } => true,
            AttachmentPlace::Url(url) => {
                url.starts_with("Binary/") || url.contains("/Binary/") || url.starts_with("urn:")
            }
        }
    }

    /// The kind of file in a word people know; else the media type.
    fn kind(&self, attachment: &Attachment) -> String {
        let kind = attachment.content_type.split(';').next().unwrap_or_default().trim();
        match kind {
            "application/pdf" => "PDF".into(),
            _ if kind.starts_with("image/") => self.page.w.t("document-picture"),
            _ if kind.starts_with("text/") => self.page.w.t("document-text"),
            other => other.to_owned(),
        }
    }

    /// "HIV: found by the code …".
    fn labelled(&self, one: &Labelled) -> String {
        let w = self.page.w;
        let code = one.why.rsplit('|').next().unwrap_or_default();
        let why = match one.rule.as_str() {
            "source" => w.t("labelled-source"),
            "code" => w.t1("labelled-code", "code", code),
            "settings" if code.is_empty() => w.t("labelled-settings"),
            "settings" => w.t1("labelled-settings-code", "code", code),
            "free-text" => w.t("labelled-free-text"),
            "unreadable" => w.t("labelled-unreadable"),
            "inherited" => w.t("labelled-inherited"),
            // What staff wrote may be about who acts for the person.
            _ if w.acting && !self.page.is_look() => w.t("labelled-office"),
            _ => w.t1("labelled-staff", "reason", one.why.as_str()),
        };
        let by = one.by.as_ref().map(|(name, at)| format!("{}, {}", one_way(name), w.day(at)));
        format!("{}. {}", w.t(one.label.name()), self.by(why, by))
    }

    /// "HIV. Taken away on November 2, 2026: …".
    fn taken(&self, one: &Change) -> String {
        let w = self.page.w;
        let why = w.t2("item-taken-why", ("date", w.day(&one.at)), ("reason", one.reason.as_str()));
        format!("{}. {}", w.t(one.label.name()), self.by(why, Some(one_way(&one.by))))
    }

    /// With who of the staff it was, where a colleague reads it and can ask them.
    fn by(&self, why: String, who: Option<String>) -> String {
        match who.filter(|_| self.page.is_look()) {
            Some(who) => format!("{why} ({who})"),
            None => why,
        }
    }

    fn harmless(&self, attachment: &Attachment) -> bool {
        is_harmless(&attachment.content_type)
    }

    fn document(&self, n: &usize) -> String {
        format!("{}/document/{n}", self.here_path())
    }

    fn here_path(&self) -> String {
        self.page.href(&format!("/record/{}/{}", self.item.line.category.slug(), self.item.line.address))
    }
}

/// Shows an item, with what staff typed before they signed in again. An address with another category leads to the right
/// one.
pub async fn show(
    who: Patient,
    At((slug, address)): At<(String, ItemAddress)>,
    Query(query): Query,
) -> Reply {
    Category::from_slug(&slug).ok_or(Error::NotFound)?;
    let typed = step_up::typed(&who.visit, who.actor(), &query).await?;
    let typed = typed.map(|typed| typed.fields).unwrap_or_default();
    page_of(&who, (&slug, address), (&typed, (StatusCode::OK, Problems::default()))).await
}

pub(super) async fn page_of(
    who: &Patient,
    (slug, address): (&str, ItemAddress),
    (typed, (status, problems)): (&Fields, (StatusCode, Problems)),
) -> Reply {
    let item = records::item(&who.visit.app, who.actor(), (who.patient, address)).await?;
    let category = item.line.category;
    if category.slug() != slug {
        return Ok(send::elsewhere(&who.visit.href(&format!("/record/{}/{address}", category.slug()))));
    }
    let title = who.visit.w.t1("item-title", "category", who.visit.w.t(category.name()));
    let page = Page::titled(&who.visit, title).of(&item.person).under("/home", "nav-home");
    let page = page.under("/record", "nav-record").under(&format!("/record/{slug}"), category.name());
    page.with_problems(problems).naming(FIELDS).reply(status, |page| item_page(page, item, typed))
}

/// Staff who look at the item put a label on it or take one away; for everybody else there is no such address.
pub async fn mark(who: Patient, At((slug, address)): At<(String, ItemAddress)>, Form(fields): Form) -> Reply {
    Category::from_slug(&slug).ok_or(Error::NotFound)?;
    let mark = Mark { change: change(fields.get("label")), reason: fields.get("reason") };
    let path = who.visit.href(&format!("/record/{slug}/{address}"));
    let marked = change_mark(&who, (address, mark), (&path, &fields)).await?;
    match marked {
        Ok(()) => {
            step_up::done(&who.visit, who.actor(), &fields).await?;
            Ok(send::elsewhere(&path))
        }
        Err(error) => {
            let mend = (StatusCode::UNPROCESSABLE_ENTITY, mendable(error)?);
            page_of(&who, (&slug, address), (&fields, mend)).await
        }
    }
}

/// Changes a mark. What is kept from the person themselves, or shown to others from then on, is decided by who just proved
/// who they are; `path` is where they go on.
pub async fn change_mark(
    who: &Patient,
    (address, mark): (ItemAddress, Mark<'_>),
    (path, fields): (&str, &Fields),
) -> Result<Result<(), Error>, Failure> {
    match records::reach(&who.visit.app, who.actor(), (who.patient, address), mark).await {
        Ok(reach) => {
            if reach.is_grave() {
                step_up::before(&who.visit, who.actor(), Act::Decide, (path, fields)).await?;
            }
            Ok(records::mark(&who.visit.app, who.actor(), (who.patient, address), mark).await)
        }
        Err(error) => Ok(Err(error)),
    }
}

/// `put.hiv`, `take.hiv`: what the list of the form offers.
fn change(value: &str) -> Option<(Label, bool)> {
    let (verb, label) = value.split_once('.')?;
    let put = match verb {
        "put" => true,
        "take" => false,
        _ => return None,
    };
    Some((Label::from_slug(label)?, put))
}

/// The form for staff whose role may change labels.
fn mark_form(page: &Page, item: &Item, typed: &Fields) -> Option<(Pick, Area)> {
    if item.marks.is_empty() {
        return None;
    }
    let w = page.w;
    let mut label = Pick::new(page, ("label", "mark-label"), typed);
    let option = |(label, put): &(Label, bool)| {
        let (verb, words) = if *put { ("put", "mark-put") } else { ("take", "mark-take") };
        (format!("{verb}.{}", label.slug()), w.t1(words, "label", w.t(label.name())))
    };
    label.options =
        std::iter::once((String::new(), w.t("mark-none"))).chain(item.marks.iter().map(option)).collect();
    let litigation = item.marks.iter().any(|(label, _)| *label == Label::Litigation);
    let hint = if litigation { "mark-matter-hint" } else { "mark-reason-hint" };
    Some((label, Area::new(page, ("reason", "mark-reason", hint), typed)))
}

/// The page of an item, with what was typed into the form for labels.
pub fn item_page(page: Page, item: Item, typed: &Fields) -> ItemPage {
    let raw = (item.raw.len() <= RAW_SHOWN).then(|| laid_out(&item.raw));
    let mark = mark_form(&page, &item, typed);
    let protect = protect::of(&page, &item, typed);
    ItemPage { page, item, raw, mark, kept: typed.some(step_up::KEPT), protect }
}

/// Lays JSON out over lines. Only white space between tokens changes; every token keeps its bytes.
pub fn laid_out(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth.min(64)));
    };
    for (at, c) in json.char_indices() {
        if in_text {
            out.push(c);
            in_text = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            ' ' | '\t' | '\r' | '\n' => {}
            '{' | '[' => {
                out.push(c);
                let next = json.get(at + 1..).unwrap_or_default().trim_start().chars().next();
                depth += 1;
                if !matches!(next, Some('}' | ']')) {
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if !out.ends_with(['{', '[']) {
                    line(&mut out, depth);
                }
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            '"' => {
                in_text = true;
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// Hands a document over: as a file to keep; a picture or plain text also to look at (`?view=1`).
pub async fn document(
    who: Patient,
    At((slug, address, n)): At<(String, ItemAddress, usize)>,
    Query(query): Query,
) -> Reply {
    Category::from_slug(&slug).ok_or(Error::NotFound)?;
    let document = records::document(&who.visit.app, who.actor(), (who.patient, address, n)).await?;
    let wish = if query.get("view") == "1" { Wish::Look } else { Wish::Keep };
    Ok(handed_over(who.visit.w, (document, n), wish))
}

/// Kinds that a browser can show without running anything.
fn is_harmless(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    ["image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"]
        .iter()
        .any(|harmless| kind.eq_ignore_ascii_case(harmless))
}

/// What a person wants to do with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// Save it as a file.
    Keep,
    /// Look at it on a page, if that is safe.
    Look,
}

/// A name that tells what it is and of when, and neither a person nor an illness: `note-2024-05-03.pdf`.
fn file_name(w: Words, document: &Document, n: usize) -> String {
    let mut name = fold(&w.t(document.kind)).replace(' ', "-");
    let day = document.when.as_deref().map(|when| when.get(..10).unwrap_or(when));
    if let Some(day) = day {
        name.push('-');
        name.push_str(day);
    }
    if n > 0 {
        name.push_str(&format!("-{}", n + 1));
    }
    send::neutral(&format!("{name}.{}", document.ending))
}

fn handed_over(w: Words, (document, n): (Document, usize), wish: Wish) -> HttpResponse {
    let name = file_name(w, &document, n);
    let shown = wish == Wish::Look && is_harmless(&document.content_type);
    let (way, kind) = match shown {
        // A text without a stated character set would be guessed; nearly all are UTF-8.
        true if document.content_type.trim().eq_ignore_ascii_case("text/plain") => {
            ("inline", "text/plain; charset=utf-8")
        }
        true => ("inline", document.content_type.as_str()),
        false => ("attachment", kind_of(&document.content_type)),
    };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CONTENT_DISPOSITION, format!("{way}; filename=\"{name}\"")))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .body(document.bytes)
}

/// The media type as the source gave it, if it can stand in a header. What a browser would run is plain text, as its
/// file is by its name: browsers mend a name that does not fit the type, and a double click must never start it.
fn kind_of(content_type: &str) -> &str {
    let plain = |c: char| c.is_ascii_graphic() || c == ' ';
    let runs = ["html", "xml", "svg", "javascript"].iter().any(|word| content_type.contains(word));
    if runs {
        return "text/plain";
    }
    if !content_type.contains('/') || !content_type.chars().all(plain) {
        return "application/octet-stream";
    }
    content_type
}

#[cfg(test)]
mod tests {
    use api::words::Language;

    use super::*;

    #[test]
    fn laying_out_keeps_every_token() {
        for (json, out) in [
            (r#"{"a":1.50,"b":[]}"#, "{\n  \"a\": 1.50,\n  \"b\": []\n}"),
            (r#"{ }"#, "{}"),
            (r#"[1,[2]]"#, "[\n  1,\n  [\n    2\n  ]\n]"),
            (r#"{"t":"a, {b}: \"c\\\" [d]"}"#, "{\n  \"t\": \"a, {b}: \\\"c\\\\\\\" [d]\"\n}"),
            ("not json", "notjson"),
            ("}}]", "\n}\n}\n]"),
        ] {
            assert_eq!(laid_out(json), out, "{json}");
        }
    }

    fn reader(language: Language) -> Words {
        Words { language, zone: chrono_tz::UTC, acting: false }
    }

    fn document(kind: &str) -> Document {
        Document {
            content_type: kind.into(),
            ending: "pdf",
            kind: "kind-lab-result",
            when: Some("2024-05-03T10:00:00-05:00".into()),
            bytes: vec![1],
        }
    }

    #[test]
    fn files_are_named_by_what_they_are() {
        let english = reader(Language::English);
        assert_eq!(file_name(english, &document("x"), 0), "lab-result-2024-05-03.pdf");
        let undated = Document { when: None, ending: "html.txt", kind: "kind-note", ..document("x") };
        assert_eq!(file_name(english, &undated, 1), "note-2.html.txt");
        let month = Document { when: Some("2024-05".into()), ..document("x") };
        let spanish = reader(Language::Spanish);
        assert_eq!(file_name(spanish, &month, 0), "resultado-de-laboratorio-2024-05.pdf");
    }

    #[test]
    fn what_a_browser_could_run_is_only_kept() {
        for (kind, view, way, sent) in [
            ("image/png", Wish::Look, "inline", "image/png"),
            ("image/png", Wish::Keep, "attachment", "image/png"),
            ("text/plain", Wish::Look, "inline", "text/plain; charset=utf-8"),
            ("text/html", Wish::Look, "attachment", "text/plain"),
            ("image/svg+xml", Wish::Look, "attachment", "text/plain"),
            ("application/pdf", Wish::Look, "attachment", "application/pdf"),
            ("", Wish::Look, "attachment", "application/octet-stream"),
            ("a/b\r\nx: y", Wish::Look, "attachment", "application/octet-stream"),
        ] {
            let answer = handed_over(reader(Language::English), (document(kind), 0), view);
            let header = |name| answer.headers().get(name).unwrap().to_str().unwrap().to_owned();
            assert!(header(header::CONTENT_DISPOSITION).starts_with(way), "{kind}");
            assert_eq!(header(header::CONTENT_TYPE), sent, "{kind}");
            assert!(header(header::CONTENT_SECURITY_POLICY).contains("sandbox"));
        }
    }
}
