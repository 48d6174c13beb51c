//! The narrative of a resource on its way into XML. It goes in byte for byte if it is well-formed by itself, so that
//! nothing in it can end the element that holds it; otherwise it goes in as text.

use std::borrow::Cow;

const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// Names of HTML that XML does not know, although narratives have them (FHIR R4, narrative.html wants the characters).
const ENTITIES: [(&str, &str); 12] = [
    ("&nbsp;", "&#160;"),
    ("&copy;", "&#169;"),
    ("&reg;", "&#174;"),
    ("&deg;", "&#176;"),
    ("&plusmn;", "&#177;"),
    ("&micro;", "&#181;"),
    ("&frac12;", "&#189;"),
    ("&times;", "&#215;"),
    ("&ndash;", "&#8211;"),
    ("&mdash;", "&#8212;"),
    ("&le;", "&#8804;"),
    ("&ge;", "&#8805;"),
];

/// The narrative as one `div` element of XHTML; none if it has a character that XML cannot hold.
pub(super) fn div(text: &str) -> Option<Cow<'_, str>> {
    if !text.chars().all(is_char) {
        return None;
    }
    let trimmed = without_declaration(text.trim_ascii());
    if let Some(whole) = as_markup(Cow::Borrowed(trimmed)) {
        return Some(whole);
    }
    let mut renamed = trimmed.to_owned();
    for (name, number) in ENTITIES {
        if renamed.contains(name) {
            renamed = renamed.replace(name, number);
        }
    }
    if let Some(whole) = as_markup(Cow::Owned(renamed)) {
        return Some(whole);
    }
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#13;");
    Some(Cow::Owned(format!("<div xmlns=\"{XHTML}\">{escaped}</div>")))
}

fn without_declaration(text: &str) -> &str {
    match text.strip_prefix("<?xml ").and_then(|rest| rest.split_once("?>")) {
        Some((_, after)) => after.trim_ascii_start(),
        None => text,
    }
}

/// The text, if it is one well-formed `div`; with the namespace of XHTML if it names none.
fn as_markup(text: Cow<'_, str>) -> Option<Cow<'_, str>> {
    match root_namespace(&text)? {
        Some(XHTML) => Some(text),
        Some(_) => None,
        None => Some(Cow::Owned(text.replacen("<div", &format!("<div xmlns=\"{XHTML}\""), 1))),
    }
}

/// The namespace that the one `div` element declares, which is well-formed (XML 1.0, 2.1); none if it is not.
fn root_namespace(text: &str) -> Option<Option<&str>> {
    let mut open: Vec<&str> = Vec::new();
    let mut namespace = None;
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix("</") {
            let (name, after) = name(after)?;
            rest = after.trim_ascii_start().strip_prefix('>')?;
            if open.pop()? != name {
                return None;
            }
        } else if let Some(after) = rest.strip_prefix("<!--") {
            let (inside, after) = after.split_once("--")?;
            rest = after.strip_prefix('>')?;
            if open.is_empty() || inside.ends_with('-') {
                return None;
            }
        } else if let Some(after) = rest.strip_prefix("<![CDATA[") {
            rest = after.split_once("]]>")?.1;
        } else {
            let (tag, attributes) = name(rest.strip_prefix('<')?)?;
            let first = open.is_empty();
            if first && tag != "div" {
                return None;
            }
            let (declared, after) = self::attributes(attributes)?;
            if first {
                namespace = declared;
            }
            match after.strip_prefix("/>") {
                Some(after) => rest = after,
                None => {
                    rest = after.strip_prefix('>')?;
                    open.push(tag);
                }
            }
        }
        if open.is_empty() {
            return rest.is_empty().then_some(namespace);
        }
        let (characters, markup) = rest.split_at(rest.find('<')?);
        if characters.contains("]]>") || !references(characters) {
            return None;
        }
        rest = markup;
    }
}

/// A name without a prefix, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let (name, after) = text.split_at(text.find(|c| !inside(c)).unwrap_or(text.len()));
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_').then_some((name, after))
}

/// Passes the attributes of a tag: the value of `xmlns`, and what follows them.
fn attributes(mut rest: &str) -> Option<(Option<&str>, &str)> {
    let mut seen: Vec<&str> = Vec::new();
    let mut namespace = None;
    loop {
        let after = rest.trim_ascii_start();
        if after.starts_with(['>', '/']) {
            return Some((namespace, after));
        }
        if after.len() == rest.len() {
            return None;
        }
        let end = after.find(['=', ' ', '\t', '\r', '\n'])?;
        let (attribute, after) = after.split_at(end);
        // A prefix must be declared; those of XML itself are.
        let plain = match attribute.split_once(':') {
            Some(("xml" | "xmlns", local)) => local,
            Some(_) => return None,
            None => attribute,
        };
        if name(plain)? != (plain, "") || seen.contains(&attribute) {
            return None;
        }
        seen.push(attribute);
        let after = after.trim_ascii_start().strip_prefix('=')?.trim_ascii_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after[1..].split_once(quote)?;
        if value.contains('<') || !references(value) {
            return None;
        }
        if attribute == "xmlns" {
            namespace = Some(value);
        }
        rest = after;
    }
}

/// Whether every `&` begins a reference that XML knows (XML 1.0, 4.1 and 4.6).
fn references(text: &str) -> bool {
    text.split('&').skip(1).all(|after| {
        let Some((name, _)) = after.split_once(';') else { return false };
        let number = match name.strip_prefix('#') {
            None => return matches!(name, "amp" | "lt" | "gt" | "quot" | "apos"),
            Some(number) => match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            },
        };
        !name.contains('+') && number.ok().and_then(char::from_u32).is_some_and(is_char)
    })
}

/// Whether XML can hold a character (XML 1.0, 2.2).
pub(super) fn is_char(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        c => c >= ' ',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_well_formed_goes_in_byte_for_byte() {
        for text in [
            "<div xmlns=\"http://www.w3.org/1999/xhtml\">Status: <b>active</b> since <i> 2020 </i></div>",
            "<div xmlns='http://www.w3.org/1999/xhtml' xml:lang=\"es\" lang=\"es\">Presión &lt; 3 &amp; más</div>",
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"/>",
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"\n ><br/><img src=\"#a\" alt = 'x>y'/><!-- a - b --></div >",
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>&#160;&#x2265; 5</p><![CDATA[ <p> ]]></div>",
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><div><div>a</div></div></div>",
        ] {
            assert_eq!(div(text).unwrap(), text);
        }
    }

    #[test]
    fn what_lacks_little_is_mended() {
        for (text, expected) in [
            ("<div>a</div>", "<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"),
            ("<div/>", "<div xmlns=\"http://www.w3.org/1999/xhtml\"/>"),
            (
                " <?xml version=\"1.0\"?> <div class=\"x\">a&nbsp;&ge; b</div>\n",
                "<div xmlns=\"http://www.w3.org/1999/xhtml\" class=\"x\">a&#160;&#8805; b</div>",
            ),
        ] {
            assert_eq!(div(text).unwrap(), expected);
        }
    }

    /// Whatever cannot stand in XML goes in as text, and nothing gets out of the element.
    #[test]
    fn everything_else_is_text() {
        let xhtml = "<div xmlns=\"http://www.w3.org/1999/xhtml\">";
        for text in [
            "plain words",
            "",
            "<p>a</p>",
            "<divx>a</divx>",
            "<div><br></div>",
            "<div>a</div><div>b</div>",
            "<div>a</div></text><name value=\"x\"/><text><div>b</div>",
            "</div></text>",
            "<div>a",
            "<div>a</p></div>",
            "<div>a & b</div>",
            "<div>&eacute;</div>",
            "<div>&#0;</div>",
            "<div>&#x1F;</div>",
            "<div>&#+65;</div>",
            "<div>]]></div>",
            "<div><![CDATA[ a</div>",
            "<div><!-- a -- b --></div>",
            "<div><!-- a ---></div>",
            "<div><?php x ?></div>",
            "<!DOCTYPE html><div>a</div>",
            "<div a=\"1\" a=\"2\">b</div>",
            "<div a=\"1\"b=\"2\">c</div>",
            "<div a=1>b</div>",
            "<div a>b</div>",
            "<div a=\"<\">b</div>",
            "<div a=\"&x;\">b</div>",
            "<div a=\"1>b</div>",
            "<div><o:p>a</o:p></div>",
            "<div x:y=\"1\">a</div>",
            "<div xmlns=\"http://hl7.org/fhir\">a</div>",
            "<div 1a=\"b\">c</div>",
            "<div /a>b</div>",
        ] {
            let made = div(text).unwrap();
            let inside = made.strip_prefix(xhtml).and_then(|rest| rest.strip_suffix("</div>")).unwrap_or("<");
            assert!(!inside.contains('<'), "{text} made {made}");
            let back = inside.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            assert_eq!(back, text);
        }
        for text in ["<div>\u{1}</div>", "<div>\u{ffff}</div>", "\u{0}"] {
            assert_eq!(div(text), None, "{text:?}");
        }
    }
}
