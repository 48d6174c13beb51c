//! What somebody states who says that they may act for another, and which papers are taken. Pure.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::model::Kind;
use crate::base::{Problem, Problems, fold, unseen};
pub use crate::identity::Difference;
use crate::identity::{same_birth_date, same_name};

/// The largest paper, in bytes.
pub const LARGEST: usize = 10 * 1024 * 1024;
/// The most dots of a picture, in all and along a side: a small file can claim more than any screen or memory has.
const DOTS: u64 = 50_000_000;
const SIDE: u32 = 16_384;
/// The most papers of one claim.
pub const MOST_PAPERS: usize = 5;
/// The most papers that are ever sent with one claim, those that were taken out again included.
pub const MOST_SENT: i64 = 20;
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
    let texts = [
        ("name", &stated.name),
        ("person", &stated.person),
        ("contact", &stated.contact),
        ("identifies", &stated.identifies),
        ("note", &stated.note),
    ];
    problems.0.extend(texts.into_iter().filter_map(|(field, text)| unseen(field, text)));
    if problems.0.is_empty() { Ok(stated) } else { Err(problems) }
}

/// Where the statement differs from a record: see [`same_name`] and [`same_birth_date`].
pub fn differences(stated: &Statement, (name, born): (&str, Option<&str>)) -> Vec<Difference> {
    let all = [
        (same_name(&stated.person, name), Difference::Name),
        (same_birth_date(&stated.birth_date, born), Difference::Birth),
    ];
    all.into_iter().filter_map(|(same, difference)| (!same).then_some(difference)).collect()
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
        _ => {
            let media = media(bytes).ok_or("problem-paper-kind")?;
            fits(media, bytes).map(|()| media)
        }
    }
}

/// Whether a picture has no more dots than somebody's browser can hold. One that does not tell how many it has is none.
fn fits(media: &str, bytes: &[u8]) -> Result<(), &'static str> {
    let sides = match media {
        "image/png" => png_sides(bytes),
        "image/jpeg" => jpeg_sides(bytes),
        _ => return Ok(()),
    };
    match sides {
        None | Some((0, _) | (_, 0)) => Err("problem-paper-kind"),
        Some((w, h)) if w > SIDE || h > SIDE || u64::from(w) * u64::from(h) > DOTS => {
            Err("problem-paper-dots")
        }
        Some(_) => Ok(()),
    }
}

/// Width and height of a PNG, from the chunk that must be its first (PNG, section 11.2.2).
fn png_sides(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.get(8..24)?.strip_prefix(b"\0\0\0\x0dIHDR")?;
    let (w, h) = header.split_at(4);
    Some((u32::from_be_bytes(w.try_into().ok()?), u32::from_be_bytes(h.try_into().ok()?)))
}

/// Width and height of a JPEG, from its frame header (ITU-T T.81, B.2.2).
fn jpeg_sides(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.get(2..)?;
    loop {
        // Any number of fill bytes may stand before a marker.
        let start = rest.iter().position(|byte| *byte != 0xff)?;
        if start == 0 {
            return None;
        }
        let (marker, tail) = (rest[start], &rest[start + 1..]);
        match marker {
            // These stand alone.
            0x01 | 0xd0..=0xd8 => rest = tail,
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let frame = tail.get(3..7)?;
                let side = |at: usize| u32::from(u16::from_be_bytes([frame[at], frame[at + 1]]));
                return Some((side(2), side(0)));
            }
            // The picture itself, or the end, before any frame.
            0xd9 | 0xda => return None,
            _ => {
                let length = usize::from(u16::from_be_bytes(tail.get(..2)?.try_into().ok()?));
                rest = tail.get(length.max(2)..)?;
            }
        }
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
        let table: [(&[(&str, &str)], Change); 15] = [
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
            (&[("person", "problem-text-unseen")], |s| s.person = "Kim \u{202e}sillE".into()),
            (&[("note", "problem-text-unseen")], |s| s.note = "seen\0".into()),
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
    #[test]
    fn what_is_not_the_same_is_told() {
        use Difference::{Birth, Name};
        for (said, birth, name, born, wanted) in [
            ("Mia Harper", "2019-08-18", "Mia Lynn Harper (synthetic)", Some("2019-08-18"), vec![]),
            ("mía HARPER", "2019-08-18", "Mia Harper", Some("2019-08-18"), vec![]),
            ("Mia Lynn Harper", "2019-08-18", "Mia Harper", Some("2019-08"), vec![]),
            ("Ana Smith Jones", "2019-08-18", "Ana Smith-Jones", Some("2019"), vec![]),
            ("Mia Harper", "2019-08-18", "Jordan Ellis (synthetic)", Some("2011-01-15"), vec![Name, Birth]),
            ("Jordan Ellis", "2011-03-04", "Jordan Ellis (synthetic)", Some("2011-01-15"), vec![Birth]),
            ("Mia Harper", "2019-08-18", "Max Harper", Some("2019-08-18"), vec![Name]),
            ("Harper", "2019-08-18", "Mia Harper", Some("2019-08-18"), vec![Name]),
            ("Mia Harper", "2019-08-18", "Mia Harper", None, vec![Birth]),
            ("Mia Harper", "2019-08-18", "Mia Harper", Some(""), vec![Birth]),
            ("Mia Harper", "2019-08-18", "", Some("2019-08-18"), vec![Name]),
        ] {
            let stated = Statement { person: said.into(), birth_date: birth.into(), ..good() };
            assert_eq!(differences(&stated, (name, born)), wanted, "{said} {birth}, {name} {born:?}");
        }
    }

    fn png(w: u32, h: u32) -> Vec<u8> {
        let sides = [w.to_be_bytes(), h.to_be_bytes()].concat();
        [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".as_slice(), &sides, b"\x08\x02\0\0\0....IEND\xaeB`\x82"].concat()
    }

    fn jpeg(w: u16, h: u16) -> Vec<u8> {
        let (before, after) =
            (b"\xff\xd8\xff\xe0\0\x05abc\xff\xff\xc2\0\x0b\x08", b"\x01\x01\x11\0\xff\xda\xff\xd9");
        [before.as_slice(), &h.to_be_bytes(), &w.to_be_bytes(), after].concat()
    }

    #[test]
    fn a_picture_of_too_many_dots_is_refused() {
        for (bytes, wanted) in [
            (png(4_032, 3_024), Ok("image/png")),
            (png(16_384, 3_000), Ok("image/png")),
            (png(30_000, 30_000), Err("problem-paper-dots")),
            (png(16_385, 1), Err("problem-paper-dots")),
            (png(u32::MAX, u32::MAX), Err("problem-paper-dots")),
            (png(0, 9), Err("problem-paper-kind")),
            (b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82".to_vec(), Err("problem-paper-kind")),
            (jpeg(8_000, 6_000), Ok("image/jpeg")),
            (jpeg(65_535, 65_535), Err("problem-paper-dots")),
            (jpeg(0, 9), Err("problem-paper-kind")),
            (b"\xff\xd8\xff\xe0....\xff\xd9".to_vec(), Err("problem-paper-kind")),
            (b"\xff\xd8\xff\xda\xff\xd9".to_vec(), Err("problem-paper-kind")),
            (b"\xff\xd8\xff\xff\xff\xd9".to_vec(), Err("problem-paper-kind")),
        ] {
            assert_eq!(paper(&bytes, 0), wanted, "{:?}", &bytes[..bytes.len().min(30)]);
        }
        for cut in 2..24 {
            let part = &jpeg(9, 9)[..cut.min(jpeg(9, 9).len())];
            assert!(jpeg_sides(part).is_none_or(|sides| sides == (9, 9)), "cut at {cut}");
        }
    }
}
