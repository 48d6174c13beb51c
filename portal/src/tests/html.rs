//! A strict reader of our own HTML: nesting, headings, labels, ids, quotes, forms, and nothing inline.

use std::collections::{HashMap, HashSet};

use api::words::Language;

const VOID: [&str; 9] = ["meta", "link", "input", "br", "rect", "circle", "path", "polyline", "img"];

#[derive(Default)]
struct Seen {
    ids: HashSet<String>,
    labelled: HashSet<String>,
    fields: Vec<String>,
    references: Vec<String>,
    headings: Vec<u8>,
    texts: HashMap<&'static str, Vec<String>>,
    post_forms: usize,
    tokens: usize,
}

/// Fails with what is wrong in a page.
#[track_caller]
pub fn check(html: &str, language: Language, name: &str) {
    let wrong = faults(html, language);
    assert!(wrong.is_empty(), "{name} ({}): {wrong:#?}\n{html}", language.tag());
}

fn faults(html: &str, language: Language) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut seen = Seen::default();
    if !html.starts_with(&format!("<!DOCTYPE html>\n<html lang=\"{}\">", language.tag())) {
        wrong.push("does not begin with its language".into());
    }
    let mut open: Vec<String> = Vec::new();
    // Whether the tag before began something.
    let mut begun = false;
    let mut rest = html.strip_prefix("<!DOCTYPE html>").unwrap_or(html);
    while let Some(start) = rest.find('<') {
        text(&rest[..start], &open, &mut seen, &mut wrong);
        let Some(end) = rest[start..].find('>') else {
            wrong.push("a tag does not end".into());
            break;
        };
        let tag = &rest[start + 1..start + end];
        rest = &rest[start + end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            match open.pop() {
                Some(opened) if opened == name => {}
                other => wrong.push(format!("</{name}> closes {other:?}")),
            }
            if begun && ["ul", "ol", "dl", "table"].contains(&name) {
                wrong.push(format!("an empty <{name}>"));
            }
            begun = false;
            continue;
        }
        let (element, attributes) = attributes(tag.trim_end_matches('/'), &mut wrong);
        look(&element, &attributes, &mut seen, &mut wrong);
        begun = !VOID.contains(&element.as_str());
        if begun {
            open.push(element);
        }
    }
    if !open.is_empty() {
        wrong.push(format!("never closed: {open:?}"));
    }
    whole(&seen, &mut wrong);
    wrong
}

fn attributes(tag: &str, wrong: &mut Vec<String>) -> (String, HashMap<String, String>) {
    let (element, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let mut out = HashMap::new();
    while !rest.trim_start().is_empty() {
        rest = rest.trim_start();
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let Some(end) = quoted.find('"') else {
                wrong.push(format!("an attribute does not end in <{tag}>"));
                break;
            };
            value = quoted[..end].to_owned();
            rest = &quoted[end + 1..];
        }
        if out.insert(name.clone(), value).is_some() {
            wrong.push(format!("{name} twice in <{tag}>"));
        }
    }
    (element.to_owned(), out)
}

fn look(element: &str, attributes: &HashMap<String, String>, seen: &mut Seen, wrong: &mut Vec<String>) {
    let get = |name: &str| attributes.get(name).map(String::as_str);
    if let Some(inline) = attributes.keys().find(|name| *name == "style" || name.starts_with("on")) {
        wrong.push(format!("{inline} stands within <{element}>"));
    }
    if let Some(id) = get("id")
        && !seen.ids.insert(id.to_owned())
    {
        wrong.push(format!("the id {id} stands twice"));
    }
    for name in ["aria-labelledby", "aria-describedby"] {
        seen.references.extend(get(name).unwrap_or_default().split_whitespace().map(str::to_owned));
    }
    match element {
        "h1" | "h2" | "h3" => seen.headings.push(element.as_bytes()[1] - b'0'),
        "label" => {
            seen.labelled.extend(get("for").map(str::to_owned));
        }
        "script" if get("src").is_none_or(|src| !src.starts_with("/assets/")) => {
            wrong.push("a script stands within the page".into());
        }
        "style" => wrong.push("a style sheet stands within the page".into()),
        "form" => {
            if get("action").is_none_or(|action| !action.starts_with('/')) {
                wrong.push("a form leads nowhere of ours".into());
            }
            seen.post_forms += usize::from(get("method") == Some("post"));
        }
        "input" if get("type") == Some("hidden") => {
            seen.tokens +=
                usize::from(get("name") == Some("csrf") && get("value").is_some_and(|v| v.len() == 128));
        }
        "input" | "select" | "textarea" => match get("id") {
            Some(id) => seen.fields.push(id.to_owned()),
            None => wrong.push(format!("an <{element}> has no id, so no label")),
        },
        "a" => {
            if let Some(id) = get("href").and_then(|href| href.strip_prefix('#')) {
                seen.references.push(id.to_owned());
            }
        }
        _ => {}
    }
}

fn text(raw: &str, open: &[String], seen: &mut Seen, wrong: &mut Vec<String>) {
    let trimmed = raw.trim();
    let within = |name: &str| open.iter().any(|element| element == name);
    if trimmed.is_empty() {
        return;
    }
    for name in ["title", "h1"] {
        if open.last().is_some_and(|last| last == name) && !within("svg") {
            seen.texts.entry(if name == "h1" { "h1" } else { "title" }).or_default().push(trimmed.to_owned());
        }
    }
    if within("pre") || within("code") {
        return;
    }
    if trimmed.contains(['\'', '"']) || trimmed.contains("&#39;") || trimmed.contains("&#34;") {
        wrong.push(format!("a typewriter quote in {trimmed:?}"));
    }
    let is_id = |word: &str| {
        word.contains('-') && word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && word.len() > 6
    };
    let known = ["open-source"];
    if is_id(trimmed) && !known.contains(&trimmed) {
        wrong.push(format!("{trimmed:?} is an id, not a sentence"));
    }
    if trimmed.contains("{ $") || trimmed.contains("{$") {
        wrong.push(format!("a value is missing in {trimmed:?}"));
    }
}

fn whole(seen: &Seen, wrong: &mut Vec<String>) {
    let empty = Vec::new();
    let (headings, titles) =
        (seen.texts.get("h1").unwrap_or(&empty), seen.texts.get("title").unwrap_or(&empty));
    match (headings.as_slice(), titles.as_slice()) {
        ([heading], [title]) if title.starts_with(heading.as_str()) => {}
        other => wrong.push(format!("heading and title do not fit: {other:?}")),
    }
    if seen.headings.iter().filter(|level| **level == 1).count() != 1 {
        wrong.push("not exactly one first heading".into());
    }
    let after = seen.headings.iter().skip_while(|level| **level != 1).collect::<Vec<_>>();
    if after.windows(2).any(|pair| *pair[1] > *pair[0] + 1) {
        wrong.push(format!("a level of headings is left out: {:?}", seen.headings));
    }
    for field in seen.fields.iter().filter(|id| !seen.labelled.contains(*id)) {
        wrong.push(format!("the field {field} has no label"));
    }
    for label in seen.labelled.iter().filter(|id| !seen.fields.contains(id)) {
        wrong.push(format!("the label for {label} has no field"));
    }
    for reference in seen.references.iter().filter(|id| !seen.ids.contains(*id)) {
        wrong.push(format!("nothing has the id {reference}"));
    }
    if seen.post_forms != seen.tokens {
        wrong.push(format!("{} forms send something, {} have a token", seen.post_forms, seen.tokens));
    }
}

#[test]
fn the_reader_sees_what_is_wrong() {
    let good =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><title>A – C</title></head><body><h1>A</h1></body></html>";
    assert_eq!(faults(good, Language::English), Vec::<String>::new());
    for (old, new) in [
        ("lang=\"en\"", "lang=\"es\""),
        ("<h1>A</h1>", "<h1>B</h1>"),
        ("<h1>A</h1>", "<h1>A</h1><h1>A</h1>"),
        ("<h1>A</h1>", "<h1>A</h1><h3>x</h3>"),
        ("<h1>A</h1>", "<h1>A</h1><p>"),
        ("<h1>A</h1>", "<h1>A</h1><ul>\n</ul>"),
        ("<h1>A</h1>", "<h1>A</h1><p>It's</p>"),
        ("<h1>A</h1>", "<h1>A</h1><p>not-here-title</p>"),
        ("<h1>A</h1>", "<h1>A</h1><p id=\"a\"></p><p id=\"a\"></p>"),
        ("<h1>A</h1>", "<h1>A</h1><p style=\"x\"></p>"),
        ("<h1>A</h1>", "<h1>A</h1><p onclick=\"x\"></p>"),
        ("<h1>A</h1>", "<h1>A</h1><script>x</script>"),
        ("<h1>A</h1>", "<h1>A</h1><input id=\"a\">"),
        ("<h1>A</h1>", "<h1>A</h1><label for=\"a\">x</label>"),
        ("<h1>A</h1>", "<h1>A</h1><a href=\"#a\">x</a>"),
        ("<h1>A</h1>", "<h1>A</h1><form method=\"post\" action=\"/a\"></form>"),
    ] {
        assert_ne!(faults(&good.replace(old, new), Language::English).len(), 0, "{new}");
    }
}
