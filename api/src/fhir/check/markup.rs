//! The narrative of a resource: whether its XHTML is a `div`, and whether it tries to run something.
//! It looks at markup in one pass and never changes it; whoever shows a narrative must still clean it.

/// Elements that run, load or submit something.
const ACTIVE_ELEMENTS: [&str; 15] = [
    "script", "iframe", "object", "embed", "applet", "form", "input", "button", "link", "meta", "base",
    "frame", "frameset", "svg", "math",
];

/// Whether the text is one `div` element, by its first and last tag.
pub(super) fn is_div(text: &str) -> bool {
    let text = text.trim();
    let text = match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or("", |(_, after)| after.trim_start()),
        None => text,
    };
    let opened =
        text.strip_prefix("<div").is_some_and(|rest| rest.starts_with(['>', '/', ' ', '\t', '\r', '\n']));
    opened && (text.ends_with("</div>") || (text.ends_with("/>") && text.matches('<').count() == 1))
}

/// Whether the text has an active element, an event handler or an address that runs code.
pub(super) fn is_active(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|b| *b == b'<') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(b"!--") {
            rest = after_comment(after);
            continue;
        }
        let name_length =
            rest.iter().position(|b| !(b.is_ascii_alphanumeric() || *b == b':')).unwrap_or(rest.len());
        let (name, attributes) = rest.split_at(name_length);
        let local = name.rsplit(|b| *b == b':').next().unwrap_or_default();
        if ACTIVE_ELEMENTS.iter().any(|active| local.eq_ignore_ascii_case(active.as_bytes())) {
            return true;
        }
        let (active, after) = attributes_active(attributes);
        if active {
            return true;
        }
        rest = after;
    }
    false
}

fn after_comment(text: &[u8]) -> &[u8] {
    let end = text.windows(3).position(|three| three == b"-->");
    end.map_or(&[], |at| &text[at + 3..])
}

/// Reads attributes to the end of the tag; tells whether one is active, and what follows the tag.
fn attributes_active(mut rest: &[u8]) -> (bool, &[u8]) {
    loop {
        let skip = rest.iter().position(|b| !(b.is_ascii_whitespace() || *b == b'/')).unwrap_or(rest.len());
        rest = &rest[skip..];
        match rest.first() {
            None | Some(b'<') => return (false, rest),
            Some(b'>') => return (false, &rest[1..]),
            Some(_) => {}
        }
        let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'=' | b'>' | b'<' | b'/');
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        let (name, after) = rest.split_at(length);
        let (value, after) = attribute_value(after);
        if handler(name) || value_active(value) {
            return (true, after);
        }
        // A stray sign that starts no name must still be passed over.
        rest = if length == 0 && value.is_empty() { after.get(1..).unwrap_or_default() } else { after };
    }
}

fn attribute_value(rest: &[u8]) -> (&[u8], &[u8]) {
    let trimmed = rest.trim_ascii_start();
    let Some(value) = trimmed.strip_prefix(b"=") else { return (&[], rest) };
    let value = value.trim_ascii_start();
    match value.first() {
        Some(quote @ (b'"' | b'\'')) => {
            let inner = &value[1..];
            let end = inner.iter().position(|b| b == quote).unwrap_or(inner.len());
            (&inner[..end], inner.get(end + 1..).unwrap_or_default())
        }
        _ => {
            let end = value.iter().position(|b| b.is_ascii_whitespace() || *b == b'>').unwrap_or(value.len());
            value.split_at(end)
        }
    }
}

fn handler(name: &[u8]) -> bool {
    name.len() > 2 && name[..2].eq_ignore_ascii_case(b"on")
}

fn value_active(value: &[u8]) -> bool {
    let head: Vec<u8> =
        decoded(value).filter(|b| *b > b' ').map(|b| b.to_ascii_lowercase()).take(200).collect();
    [&b"javascript:"[..], b"vbscript:", b"data:text/html", b"expression("]
        .iter()
        .any(|bad| head.windows(bad.len()).any(|part| part == *bad))
}

/// The bytes of an attribute with numeric references and `&colon;`, `&Tab;`, `&NewLine;` resolved, since
/// browsers resolve them before they read an address.
fn decoded(value: &[u8]) -> impl Iterator<Item = u8> {
    let mut rest = value;
    std::iter::from_fn(move || {
        let (first, after) = rest.split_first()?;
        rest = after;
        if *first != b'&' {
            return Some(*first);
        }
        // A reference is short; looking further would make the pass quadratic.
        let near = &after[..after.len().min(12)];
        let end = near.iter().position(|b| *b == b';');
        let Some(byte) = end.and_then(|end| referenced(&near[..end])) else { return Some(b'&') };
        rest = &after[end.unwrap_or_default() + 1..];
        Some(byte)
    })
}

fn referenced(name: &[u8]) -> Option<u8> {
    let name = std::str::from_utf8(name).ok()?;
    match name {
        "colon" => return Some(b':'),
        "Tab" => return Some(b'\t'),
        "NewLine" => return Some(b'\n'),
        _ => {}
    }
    let number = name.strip_prefix('#')?;
    match number.strip_prefix(['x', 'X']) {
        Some(hex) => u8::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_that_runs_something_is_noticed() {
        let cases = [
            ("<div><p>Low &lt; 3, <b class=\"on\">once</b></p></div>", false),
            ("<div>javascript: a language; onset=2020 <a href=\"http://x.org/on\">x</a></div>", false),
            ("<div><!-- <script> --></div>", false),
            ("<div><img src=\"#photo\" alt=\"one\"/></div>", false),
            ("<div><script>1</script></div>", true),
            ("<div><SCRIPT src=x></div>", true),
            ("<div><h:script/></div>", true),
            ("<div><p onclick=\"x()\">a</p></div>", true),
            ("<div><img/onerror=x src=1></div>", true),
            ("<div><a href='javascript:x()'>a</a></div>", true),
            ("<div><a href=\" java\tscript:x()\">a</a></div>", true),
            ("<div><a href=\"&#106;avascript&colon;x()\">a</a></div>", true),
            ("<div><a href=\"&#x6A;avascript:x()\">a</a></div>", true),
            ("<div><a href=javascript:x()>a</a></div>", true),
            ("<div><a href=\"data:text/html,x\">a</a></div>", true),
            ("<div><iframe src=\"http://x\"/></div>", true),
            ("<div <<>= \"' ", false),
        ];
        for (text, expected) in cases {
            assert_eq!(is_active(text), expected, "{text}");
        }
    }

    #[test]
    fn a_narrative_is_one_div() {
        let cases = [
            ("<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>", true),
            (" <div>a</div>\n", true),
            ("<div/>", true),
            ("<?xml version=\"1.0\"?><div>a</div>", true),
            ("<divx>a</divx>", false),
            ("<p>a</p>", false),
            ("a", false),
            ("<div>a", false),
        ];
        for (text, expected) in cases {
            assert_eq!(is_div(text), expected, "{text}");
        }
    }
}
