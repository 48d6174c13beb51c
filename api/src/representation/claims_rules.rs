//! What somebody states who says that they may act for another, and which papers are taken. Pure.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::model::Kind;
use crate::base::{Problem, Problems, fold};

/// The largest paper, in bytes.
pub const LARGEST: usize = 10 * 1024 * 1024;
/// The most papers of one claim.
pub const MOST_PAPERS: usize = 5;
/// The most claims of one account that wait.
pub const MOST_OPEN: i64 = 5;

/// What somebody states: who they are, what they are to a person, and who that person is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// What they are.
    pub kind: Kind,
    /// Their own name.
    pub name: String,
    /// The person's name.
    pub person: String,
    /// The person's birth date.
    pub birth_date: String,
    /// What else tells who the person is: a record number, an address. May be empty.
    pub identifies: String,
    /// How to reach the one who claims.
    pub contact: String,
    /// Anything else. May be empty.
    pub note: String,
}

/// The statement without white space around its parts, or what must be mended. Whether there is such a person has no
/// part in it.
pub fn check(stated: Statement, today: NaiveDate) -> Result<Statement, Problems> {
    let trim = |text: String| text.trim().to_owned();
    let stated = Statement {
        kind: stated.kind,
        name: trim(stated.name),
        person: trim(stated.person),
        birth_date: trim(stated.birth_date),
        identifies: trim(stated.identifies),
        contact: trim(stated.contact),
        note: trim(stated.note),
    };
    let mut problems = Problems::default();
    let mut say = |field, code| problems.0.push(Problem { field, code });
    if stated.kind == Kind::Delegate {
        say("kind", "problem-claim-kind");
    }
    for (field, text) in [("name", &stated.name), ("person", &stated.person)] {
        match text.as_str() {
            name if fold(name).is_empty() => say(field, "problem-required"),
            name if name.chars().count() > 200 => say(field, "problem-words"),
            _ => {}
        }
    }
    match (stated.birth_date.as_str(), stated.birth_date.parse::<NaiveDate>()) {
        ("", _) => say("birth_date", "problem-required"),
        (_, Ok(date)) if date > today => say("birth_date", "problem-date-future"),
        (text, Ok(date)) if text.len() == 10 && today.years_since(date).is_some_and(|years| years <= 150) => {
        }
        _ => say("birth_date", "problem-date"),
    }
    match stated.contact.as_str() {
        "" => say("contact", "problem-required"),
        contact if contact.chars().count() > 200 => say("contact", "problem-words"),
        _ => {}
    }
    for (field, text) in [("identifies", &stated.identifies), ("note", &stated.note)] {
        if text.chars().count() > 2000 {
            say(field, "problem-words");
        }
    }
    if problems.0.is_empty() { Ok(stated) } else { Err(problems) }
}

/// What a paper is, by its content and not by its name: its media type; none for anything but PDF, PNG and JPEG.
pub fn media(bytes: &[u8]) -> Option<&'static str> {
    let tail = &bytes[bytes.len().saturating_sub(1024)..];
    let ends = |mark: &[u8]| tail.windows(mark.len()).any(|window| window == mark);
    if bytes.starts_with(b"%PDF-") && ends(b"%%EOF") {
        Some("application/pdf")
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") && ends(b"IEND") {
        Some("image/png")
    } else if bytes.starts_with(b"\xff\xd8\xff") && ends(b"\xff\xd9") {
        Some("image/jpeg")
    } else {
        None
    }
}

/// What must be mended in a paper that comes to so many others; its media type.
pub fn paper(bytes: &[u8], there: usize) -> Result<&'static str, &'static str> {
    match bytes.len() {
        _ if there >= MOST_PAPERS => Err("problem-papers-many"),
        0 => Err("problem-paper-none"),
        size if size > LARGEST => Err("problem-paper-large"),
        _ => media(bytes).ok_or("problem-paper-kind"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Statement {
        Statement {
            kind: Kind::Parent,
            name: " Dana Ellis (synthetic) ".into(),
            person: "Kim Ellis (synthetic)".into(),
            birth_date: "2018-05-05".into(),
            identifies: String::new(),
            contact: "555-0101".into(),
            note: String::new(),
        }
    }

    #[test]
    fn what_must_be_mended_in_a_statement() {
        let today = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
        assert_eq!(check(good(), today).unwrap().name, "Dana Ellis (synthetic)");
        type Change = fn(&mut Statement);
        let table: [(&[(&str, &str)], Change); 13] = [
            (&[], |s| s.birth_date = "2026-06-01".into()),
            (&[("kind", "problem-claim-kind")], |s| s.kind = Kind::Delegate),
            (&[("name", "problem-required")], |s| s.name = " . ".into()),
            (&[("person", "problem-required")], |s| s.person = String::new()),
            (&[("person", "problem-words")], |s| s.person = "x".repeat(201)),
            (&[("birth_date", "problem-required")], |s| s.birth_date = String::new()),
            (&[("birth_date", "problem-date")], |s| s.birth_date = "5/5/2018".into()),
            (&[("birth_date", "problem-date")], |s| s.birth_date = "1868-02-03".into()),
            (&[("birth_date", "problem-date-future")], |s| s.birth_date = "2026-06-02".into()),
            (&[("contact", "problem-required")], |s| s.contact = " ".into()),
            (&[("identifies", "problem-words")], |s| s.identifies = "x".repeat(2001)),
            (&[("note", "problem-words")], |s| s.note = "x".repeat(2001)),
            (&[("name", "problem-required"), ("contact", "problem-required")], |s| {
                s.name.clear();
                s.contact.clear();
            }),
        ];
        for (wanted, change) in table {
            let mut stated = good();
            change(&mut stated);
            let problems = check(stated.clone(), today).err().unwrap_or_default();
            let problems: Vec<_> = problems.0.iter().map(|p| (p.field, p.code)).collect();
            assert_eq!(problems, wanted, "{stated:?}");
        }
    }

    #[test]
    fn papers_are_known_by_their_content() {
        for (bytes, wanted) in [
            (b"%PDF-1.7\n1 0 obj\n%%EOF\n".as_slice(), Some("application/pdf")),
            (b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82", Some("image/png")),
            (b"\xff\xd8\xff\xe0....\xff\xd9", Some("image/jpeg")),
            // Called so, and something else; begun so, and cut off.
            (b"MZ\x90\x00 scan.pdf %%EOF", None),
            (b"<html><script>alert(1)</script>%PDF-1.7 %%EOF", None),
            (b"%PDF-1.7\n1 0 obj", None),
            (b"\x89PNG\r\n\x1a\n", None),
            (b"\xff\xd8\xff", None),
            (b"GIF89a", None),
            (b"", None),
        ] {
            assert_eq!(media(bytes), wanted, "{bytes:?}");
        }
        let pdf = b"%PDF-1.7 %%EOF";
        assert_eq!(paper(pdf, 4), Ok("application/pdf"));
        assert_eq!(paper(pdf, 5), Err("problem-papers-many"));
        assert_eq!(paper(b"", 0), Err("problem-paper-none"));
        assert_eq!(paper(b"hello", 0), Err("problem-paper-kind"));
        assert_eq!(paper(&vec![0; LARGEST + 1], 0), Err("problem-paper-large"));
    }
}
