//! `READ-ME.txt`: what is in the ZIP, what to open first, what may be missing, whom to ask, how to check it.

use super::{Context, FileEntry, Notice, manifest};
use crate::copies::rules::has_format;
use crate::words::{Language, say, say_with};

/// Longest line, in characters.
const WIDTH: usize = 76;

/// The text, with line ends that every editor shows.
pub fn text(context: &Context, files: &[FileEntry], fingerprint: &str) -> String {
    let language = context.language;
    let say = |id: &str| say(language, id);
    let mut lines = vec![say("copies-title").to_uppercase(), String::new()];
    let mut put = |text: &str| {
        lines.extend(wrap(text));
        lines.push(String::new());
    };
    put(&context.patient_line);
    put(&context.made_line);
    put(&context.scope_line);
    context.notice_lines().iter().for_each(|line| put(line));
    put(&say("copies-readme-open"));
    for (format, id) in [
        ("web", "copies-readme-web"),
        ("pdf", "copies-readme-pdf"),
        ("documents", "copies-readme-documents"),
        ("tables", "copies-readme-tables"),
        ("fhir", "copies-readme-fhir"),
    ] {
        let there = format != "documents" || files.iter().any(|f| f.path.starts_with("documents/"));
        if has_format(&context.scope, format) && there {
            put(&say(id));
        }
    }
    put(&say("copies-readme-care"));
    put(&say("copies-missing-title").to_uppercase());
    context.missing.iter().for_each(|line| put(line));
    put(&contact(context));
    put(&say("copies-readme-check-title").to_uppercase());
    let args = [
        ("manifest", manifest::MANIFEST.into()),
        ("signature", manifest::SIGNATURE.into()),
        ("key", manifest::PUBLIC_KEY.into()),
        ("fingerprint", fingerprint.into()),
    ];
    put(&say_with(language, "copies-readme-check", &args));
    // Commands stay on one line so that they can be copied.
    lines.push("  recordright copy verify FILE.zip".into());
    lines.push(format!(
        "  openssl pkeyutl -verify -pubin -inkey {} -rawin -in {} -sigfile {}",
        manifest::PUBLIC_KEY,
        manifest::MANIFEST,
        manifest::SIGNATURE
    ));
    lines.push(String::new());
    lines.join("\r\n")
}

/// The notice of 42 CFR 2.32 as a file of its own, with the text of the consent.
pub fn notice(notice: &Notice) -> String {
    let mut lines = Vec::new();
    for line in &notice.lines {
        lines.extend(wrap(line));
        lines.push(String::new());
    }
    lines.extend(notice.consent.iter().flat_map(|text| text.lines()).map(str::to_owned));
    lines.join("\r\n")
}

fn contact(context: &Context) -> String {
    let clinic = &context.clinic;
    let ways: Vec<&str> = [&clinic.phone, &clinic.email, &clinic.address]
        .into_iter()
        .map(String::as_str)
        .filter(|w| !w.is_empty())
        .collect();
    let language: Language = context.language;
    if ways.is_empty() {
        return say_with(language, "copies-readme-ask", &[("clinic", (&clinic.name).into())]);
    }
    let args = [("clinic", (&clinic.name).into()), ("ways", ways.join(", ").into())];
    say_with(language, "copies-readme-ask-at", &args)
}

fn wrap(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}
