//! The page that shows the whole record without a network: plain HTML that reads well without script, one style and
//! one small script of ours allowed by their hashes, and nothing else. Every text of the record is escaped.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_STANDARD};

use super::entry::{Entry, TextTable};
use super::{Context, Document};
use crate::base::Result;
use crate::fhir::present::Category;
use crate::words::{self, Language, say};

const STYLE: &str = include_str!("../viewer/style.css");
const SCRIPT: &str = include_str!("../viewer/script.js");

/// Text for HTML, also within quoted attributes. Control characters, which HTML forbids, are shown as such.
pub fn escape(text: &str) -> Cow<'_, str> {
    let plain = |b: &u8| !matches!(b, b'&' | b'<' | b'>' | b'"' | b'\'' | 0..=8 | 11..=31 | 127);
    if text.as_bytes().iter().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\r' => {}
            '\t' | '\n' => out.push(letter),
            control if control.is_control() => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

/// Everything before the first category.
pub fn head(context: &Context, counts: &[(Category, usize)], out: &mut impl Write) -> Result<()> {
    let language = context.language;
    let say = |id: &str| escape(&words::say(language, id)).into_owned();
    let mut page = String::new();
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang={tag}><head><meta charset=utf-8>\
         <meta http-equiv=Content-Security-Policy content=\"{policy}\">\
         <meta name=viewport content=\"width=device-width, initial-scale=1\"><meta name=referrer content=no-referrer>\
         <meta name=color-scheme content=\"light dark\"><title>{title}</title><style>{STYLE}</style></head><body>\n\
         <a class=skip href=#main>{skip}</a><header><h1>{title}</h1><p class=who>{who}</p><p>{made}</p><p>{scope}</p>{notice}</header>\n",
        tag = language.tag(),
        policy = policy(),
        title = say("copies-title"),
        skip = say("copies-skip"),
        who = escape(&context.patient_line),
        made = escape(&context.made_line),
        scope = escape(&context.scope_line),
        notice =
            context.notice_lines().iter().map(|line| format!("<p>{}</p>", escape(line))).collect::<String>(),
    );
    let _ = write!(
        page,
        "<div id=find role=search hidden data-none=\"{none}\" data-some=\"{some}\"><label for=q>{label}</label>\
         <input id=q type=search autocomplete=off spellcheck=false><p id=found role=status></p></div>\n\
         <nav aria-labelledby=parts><h2 id=parts>{parts}</h2><ul>",
        none = say("copies-search-none"),
        some = say("copies-search-some"),
        label = say("copies-search-label"),
        parts = say("copies-parts"),
    );
    for (category, count) in counts {
        let _ = write!(
            page,
            "<li><a href=#{}>{}</a> <span>{}</span>",
            category.slug(),
            say(category.name()),
            escape(&words::count(language, "count-items", *count))
        );
    }
    if !context.documents.is_empty() {
        let files: BTreeSet<&str> = context.documents.iter().map(|document| document.path.as_str()).collect();
        let files = words::count(language, "copies-files", files.len());
        let _ = write!(
            page,
            "<li><a href=#files>{}</a> <span>{}</span>",
            say("copies-files-title"),
            escape(&files)
        );
    }
    let _ =
        write!(page, "<li><a href=#missing>{}</a></ul></nav>\n<main id=main>\n", say("copies-missing-title"));
    Ok(out.write_all(page.as_bytes())?)
}

fn policy() -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(digest(&SHA256, text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

/// The beginning of a category; its items follow, then [`section_end`].
pub fn section(
    language: Language,
    (category, charts): (Category, &[String]),
    out: &mut impl Write,
) -> Result<()> {
    let slug = category.slug();
    let name = words::say(language, category.name());
    let intro = words::say(language, category.intro());
    write!(
        out,
        "<section id={slug} aria-labelledby={slug}-t><h2 id={slug}-t>{}</h2><p>{}</p>",
        escape(&name),
        escape(&intro)
    )?;
    if !charts.is_empty() {
        let title = words::count(language, "copies-charts", charts.len());
        write!(out, "<details class=charts><summary>{}</summary><div>", escape(&title))?;
        for chart in charts {
            out.write_all(chart.as_bytes())?;
        }
        out.write_all(b"</div></details>")?;
    }
    Ok(())
}

/// The end of a category.
pub fn section_end(out: &mut impl Write) -> Result<()> {
    Ok(out.write_all(b"</section>\n")?)
}

/// The heading of a year within a category; [`year_end`] closes it.
pub fn year(heading: &str, out: &mut impl Write) -> Result<()> {
    Ok(write!(out, "<h3>{}</h3><div class=y>", escape(heading))?)
}

/// Closes a year.
pub fn year_end(out: &mut impl Write) -> Result<()> {
    Ok(out.write_all(b"</div>")?)
}

/// One item: a line that opens to everything it says.
pub fn item(language: Language, entry: &Entry, out: &mut impl Write) -> Result<()> {
    let mut text = String::with_capacity(1024);
    // No id of the item: its number would tell who has a part how much lies between.
    text.push_str("<details class=i><summary>");
    if !entry.date.is_empty() {
        let _ = write!(text, "<time>{}</time> ", escape(&entry.date));
    }
    let _ = write!(text, "<b dir=auto>{}</b>", escape(&entry.title));
    if !entry.value.is_empty() {
        let _ = write!(text, " <span class=v dir=auto>{}</span>", escape(&entry.value));
    }
    if let Some(flag) = entry.flag.filter(|flag| flag.stands_out()) {
        let _ = write!(text, " <span class=f>{}</span>", escape(&say(language, flag.name())));
    }
    if entry.mistake {
        let _ = write!(text, " <span class=f>{}</span>", escape(&say(language, "copies-mistake")));
    }
    text.push_str("</summary><dl>");
    for (label, value) in &entry.fields {
        let _ = write!(text, "<dt>{}<dd>{}", escape(label), escape(value));
    }
    text.push_str("</dl>");
    for table in &entry.tables {
        self::table(table, &mut text);
    }
    for (label, paragraph) in &entry.paragraphs {
        let _ =
            write!(text, "<h4 dir=auto>{}</h4><p class=t dir=auto>{}</p>", escape(label), escape(paragraph));
    }
    for (path, name) in &entry.files {
        let _ = write!(text, "<p><a href=\"{}\">{}</a>", escape(path), escape(name));
    }
    let _ = writeln!(text, "<p class=q>{}</details>", escape(&entry.origin));
    Ok(out.write_all(text.as_bytes())?)
}

fn table(table: &TextTable, text: &mut String) {
    let _ = write!(text, "<div class=w><table><caption>{}</caption><thead><tr>", escape(&table.caption));
    for column in &table.columns {
        let _ = write!(text, "<th scope=col>{}", escape(column));
    }
    text.push_str("<tbody>");
    for row in &table.rows {
        text.push_str("<tr>");
        for cell in row {
            let _ = write!(text, "<td>{}", escape(cell));
        }
    }
    text.push_str("</table></div>");
}

/// The list of files, what may be missing, and the script.
pub fn foot(context: &Context, out: &mut impl Write) -> Result<()> {
    let say = |id: &str| escape(&words::say(context.language, id)).into_owned();
    let mut page = String::new();
    if !context.documents.is_empty() {
        let _ = write!(
            page,
            "<section id=files aria-labelledby=files-t><h2 id=files-t>{}</h2><p>{}</p><ul class=files>",
            say("copies-files-title"),
            say("copies-files-intro")
        );
        let mut listed = BTreeSet::new();
        for Document { path, words, .. } in context.documents.iter().filter(|d| listed.insert(&d.path)) {
            let _ = write!(page, "<li><a href=\"{}\">{}</a>", escape(path), escape(words));
        }
        page.push_str("</ul></section>\n");
    }
    let _ = write!(
        page,
        "<section id=missing aria-labelledby=missing-t><h2 id=missing-t>{}</h2>",
        say("copies-missing-title")
    );
    for line in &context.missing {
        let _ = write!(page, "<p>{}</p>", escape(line));
    }
    let _ = write!(page, "</section>\n</main><footer><p>{}</p></footer>", say("copies-foot"));
    let _ = writeln!(page, "<script>{SCRIPT}</script></body></html>");
    Ok(out.write_all(page.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_record_is_markup() {
        for (text, expected) in [
            ("plain", "plain"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\" onload='x' &amp;", "&quot; onload=&#39;x&#39; &amp;amp;"),
            ("a\0b\u{1b}c\r\nd\te\u{85}", "a\u{fffd}b\u{fffd}c\nd\te\u{fffd}"),
            ("ñ 中", "ñ 中"),
        ] {
            assert_eq!(escape(text), expected);
        }
    }

    #[test]
    fn style_and_script_need_no_escaping_within_their_elements() {
        assert!(!STYLE.contains("</") && !SCRIPT.contains("</") && !SCRIPT.contains("<!--"));
        for word in ["http:", "https:", "fetch(", "XMLHttpRequest", "innerHTML", "eval(", "import"] {
            assert!(!SCRIPT.contains(word) && !STYLE.contains(word), "{word}");
        }
    }
}
