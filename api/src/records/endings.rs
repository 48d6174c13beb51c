//! Files of the record: which ending a media type gets. What a browser would run is given as plain text, because a
//! double click must never start anything that stands in a record.

/// Endings by media type. Everything else is `bin`.
const ENDINGS: &[(&str, &str)] = &[
    ("application/dicom", "dcm"),
    ("application/fhir+json", "json"),
    ("application/hl7-v3+xml", "xml"),
    ("application/json", "json"),
    ("application/msword", "doc"),
    ("application/pdf", "pdf"),
    ("application/rtf", "rtf"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/xml", "xml"),
    ("application/zip", "zip"),
    ("audio/mp4", "m4a"),
    ("audio/mpeg", "mp3"),
    ("audio/wav", "wav"),
    ("image/bmp", "bmp"),
    ("image/gif", "gif"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/tiff", "tif"),
    ("image/webp", "webp"),
    ("text/csv", "csv"),
    ("text/markdown", "txt"),
    ("text/plain", "txt"),
    ("text/rtf", "rtf"),
    ("text/xml", "xml"),
    ("video/mp4", "mp4"),
    ("video/mpeg", "mpg"),
];

/// Media types that browsers run scripts in.
const ACTIVE: &[(&str, &str)] =
    &[("application/xhtml+xml", "html.txt"), ("image/svg+xml", "svg.txt"), ("text/html", "html.txt")];

/// The ending of a file of this media type with this content, without the dot.
pub fn ending(content_type: &str, content: &[u8]) -> &'static str {
    let plain = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let named = ACTIVE.iter().chain(ENDINGS).find(|(kind, _)| *kind == plain).map(|(_, ending)| *ending);
    match named {
        Some("xml") if runs(content) => "xml.txt",
        Some(ending) => ending,
        None if plain.ends_with("+xml") && runs(content) => "xml.txt",
        None if plain.ends_with("+xml") => "xml",
        None if plain.ends_with("+json") => "json",
        None => sniffed(content).filter(|_| is_vague(&plain)).unwrap_or("bin"),
    }
}

/// Media types that say nothing.
fn is_vague(kind: &str) -> bool {
    matches!(kind, "" | "application/octet-stream" | "binary/octet-stream" | "application/x-binary")
}

/// What files of some kinds begin with.
const BEGINNINGS: &[(&[u8], &str)] = &[
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF8", "gif"),
    (b"II*\0", "tif"),
    (b"MM\0*", "tif"),
    (b"{\\rtf", "rtf"),
];

/// The ending by how the content begins, for a source that does not tell what it is.
fn sniffed(content: &[u8]) -> Option<&'static str> {
    let known = BEGINNINGS.iter().find(|(begin, _)| content.starts_with(begin));
    known.map(|(_, ending)| *ending).or_else(|| {
        let text = std::str::from_utf8(content).ok()?;
        let plain = !text.is_empty() && !text.contains(|c: char| c.is_control() && !c.is_whitespace());
        plain.then(|| match text.trim_start_matches('\u{feff}').trim_start().as_bytes() {
            [b'<', rest @ ..] if rest.starts_with(b"?xml") && !runs(content) => "xml",
            [b'<', ..] => "html.txt",
            _ => "txt",
        })
    })
}

/// Whether a browser could run something in this XML: XHTML or SVG elements, or a style sheet of any kind.
fn runs(content: &[u8]) -> bool {
    // Other encodings than UTF-8 hide what they hold from this look.
    let Ok(text) = std::str::from_utf8(content) else { return true };
    ["/xhtml", "/svg", "xml-stylesheet", "<!DOCTYPE", "<!ENTITY", "&#"].iter().any(|sign| text.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_fit_and_nothing_that_runs_opens_by_double_click() {
        for (kind, content, expected) in [
            ("application/pdf", "%PDF", "pdf"),
            ("Text/Plain; charset=utf-8", "x", "txt"),
            ("text/html", "<p>", "html.txt"),
            ("TEXT/HTML;charset=x", "<p>", "html.txt"),
            ("image/svg+xml", "<svg/>", "svg.txt"),
            ("application/xhtml+xml", "", "html.txt"),
            ("text/xml", "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>", "xml"),
            ("text/xml", "<a xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:script/></a>", "xml.txt"),
            ("application/cda+xml", "<?xml-stylesheet href=\"x\"?>", "xml.txt"),
            ("application/cda+xml", "<a/>", "xml"),
            ("application/x-msdownload", "MZ", "bin"),
            ("text/javascript", "alert(1)", "bin"),
            ("", "", "bin"),
            ("", "%PDF-1.7", "pdf"),
            ("application/octet-stream", "GIF89a", "gif"),
            ("", "Dear Rosa", "txt"),
            ("", " <!doctype html>", "html.txt"),
            ("", "<?xml version='1.0'?><a/>", "xml"),
            ("", "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "html.txt"),
            ("", "MZ\u{0}\u{1}", "bin"),
            // What the source says counts, where it says something.
            ("application/x-msdownload", "%PDF-1.7", "bin"),
            ("../../x", "", "bin"),
        ] {
            assert_eq!(ending(kind, content.as_bytes()), expected, "{kind} {content}");
        }
    }
}
