//! Typesets books and reads them back with poppler (`pdftotext`, `pdfinfo`) and `qpdf`, where these are installed.

use std::io::Write;
use std::process::Command;

use pdf::{Book, Chapter, Item, Made, Table, typeset};

/// What a reader (`arguments` with `FILE` for the document) says about it; `None`, with a message, where it is not
/// installed.
#[track_caller]
fn read_with(program: &str, arguments: &[&str], bytes: &[u8]) -> Option<String> {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("room on disk");
    let path = file.path().to_str().expect("a plain path");
    let Ok(output) =
        Command::new(program).args(arguments.iter().map(|a| if *a == "FILE" { path } else { a })).output()
    else {
        eprintln!("skipped: {program} is not installed");
        return None;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {} {said}", output.status);
    Some(said)
}

fn text(bytes: &[u8]) -> Option<String> {
    read_with("pdftotext", &["FILE", "-"], bytes)
}

/// The structure tree with its text.
fn structure(bytes: &[u8]) -> Option<String> {
    read_with("pdfinfo", &["-struct-text", "FILE"], bytes)
}

fn table(caption: &str, columns: &[&str], rows: &[&[&str]]) -> Table {
    Table {
        caption: caption.into(),
        columns: columns.iter().map(|text| (*text).into()).collect(),
        rows: rows.iter().map(|row| row.iter().map(|text| (*text).into()).collect()).collect(),
    }
}

fn english() -> Book {
    let made = Made { year: 2026, month: 3, day: 4, hour: 15, minute: 6, second: 7 };
    let panel = table("Parts", &["Part", "Result"], &[&["Sodium", "140 mmol/L"], &["Potassium", ""]]);
    Book {
        language: "en".into(),
        title: "Your health record".into(),
        patient_line: "Maria Sample, born April 3, 1957".into(),
        made_line: "Made on March 4, 2026 by Sample Clinic".into(),
        made: Some(made),
        intro: vec!["This is your record.".into()],
        contents_heading: "Contents".into(),
        page_of: "Page {page} of {pages}".into(),
        missing_letters_note: "Letters in no font are shown as codes.".into(),
        chapters: vec![
            Chapter {
                heading: "Lab results".into(),
                intro: "Two entries.".into(),
                summary: Some(table(
                    "Overview",
                    &["Date", "Name"],
                    &[&["2026-01-02", "A1c ≥ 6 µmol ≤ 7 °C"]],
                )),
                items: vec![Item {
                    title: "Metabolic panel".into(),
                    when: "January 2, 2026".into(),
                    fields: vec![("Status".into(), "Final".into())],
                    tables: vec![panel],
                    paragraphs: vec!["All is well.".into()],
                }],
            },
            Chapter {
                heading: "Visits".into(),
                items: vec![Item { title: "Check-up".into(), when: "May 5, 2025".into(), ..Item::default() }],
                ..Chapter::default()
            },
        ],
        attachments_note: "Documents are in the folder.".into(),
    }
}

#[test]
fn metadata_names_title_language_date_and_tags() {
    let bytes = typeset(&english()).unwrap();
    let raw = String::from_utf8_lossy(&bytes);
    for wanted in ["pdfuaid", "/Lang(en)", "/DisplayDocTitle true", "/MarkInfo"] {
        assert!(raw.replace("/Lang (", "/Lang(").contains(wanted), "{wanted} is missing");
    }
    if let Some(info) = read_with("pdfinfo", &["-isodates", "FILE"], &bytes) {
        for wanted in [
            "Title:           Your health record",
            "Tagged:          yes",
            "CreationDate:    2026-03-04T15:06:07",
            "Pages:           2",
            "612 x 792 pts (letter)",
        ] {
            assert!(info.contains(wanted), "{wanted:?} is missing in\n{info}");
        }
    }
}

#[test]
fn structure_is_what_a_screen_reader_needs() {
    let bytes = typeset(&english()).unwrap();
    let Some(structure) = structure(&bytes) else { return };
    let lines: Vec<&str> = structure.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let wanted = "Document|H1 \"Your health record\" (block)|\"Your health record\"|P (block)|\"Maria Sample, born April 3, 1957\"|P (block)\
        |\"Made on March 4, 2026 by Sample Clinic\"|P (block)|\"This is your record.\"|Sect|H2 \"Contents\" (block)|\"Contents\"|TOC\
        |TOCI|Reference (inline)|Link (inline)|\"Lab results 2\"|Object|TOCI|Reference (inline)|Link (inline)|\"Visits 2\"|Object\
        |Sect|H2 \"Lab results\" (block)|\"Lab results\"|P (block)|\"Two entries.\"|Table (block)|Caption|\"Overview\"\
        |THead|TR|TH:|/Scope /Column|\"Date\"|TH:|/Scope /Column|\"Name\"|TBody|TR|TD|\"2026-01-02\"|TD|\"A1c ≥ 6 µmol ≤ 7 °C\"\
        |Sect|H3 \"Metabolic panel\" (block)|\"Metabolic panel\"|P (block)|\"January 2, 2026\"|L (block):|/ListNumbering /None\
        |LI (block)|Lbl (block)|\"Status\"|LBody (block)|\"Final\"|P (block)|\"All is well.\"|Table (block)|Caption|\"Parts\"\
        |THead|TR|TH:|/Scope /Column|\"Part\"|TH:|/Scope /Column|\"Result\"|TBody|TR|TD|\"Sodium\"|TD|\"140 mmol/L\"\
        |TR|TD|\"Potassium\"|TD|\" \"|Sect|H2 \"Visits\" (block)|\"Visits\"|L (block):|/ListNumbering /None\
        |LI (block)|Lbl (block)|\"May 5, 2025\"|LBody (block)|\"Check-up\"|P (block)|\"Documents are in the folder.\"";
    // The number of a link's object is of no interest.
    let seen: Vec<&str> =
        lines.iter().map(|line| if line.starts_with("Object ") { "Object" } else { line }).collect();
    assert_eq!(seen.join("\n"), wanted.replace('|', "\n"));
}

#[test]
fn every_page_names_the_patient_and_its_number() {
    let mut book = english();
    let rows: Vec<Vec<String>> = (0..5_000).map(|n| vec![format!("row-{n}"), "a value".into()]).collect();
    book.chapters[0].summary =
        Some(Table { caption: "Long".into(), columns: vec!["Headone".into(), "Headtwo".into()], rows });
    let bytes = typeset(&book).unwrap();
    let Some(text) = text(&bytes) else { return };
    let pages: Vec<&str> = text.split('\u{C}').filter(|page| !page.trim().is_empty()).collect();
    assert!(pages.len() > 100, "{} pages", pages.len());
    for (index, page) in pages.iter().enumerate() {
        let number = format!("Page {} of {}", index + 1, pages.len());
        for wanted in
            ["Maria Sample, born April 3, 1957", "Made on March 4, 2026 by Sample Clinic", number.as_str()]
        {
            assert!(page.contains(wanted), "{wanted:?} is missing on page {}:\n{page}", index + 1);
        }
        let holds_rows = page.contains("row-");
        assert!(!holds_rows || page.contains("Headone"), "no header on page {}", index + 1);
    }
    for n in [0, 1, 2_499, 4_999] {
        assert!(text.contains(&format!("row-{n}\n")), "row {n} is missing");
    }
    let Some(structure) = structure(&bytes) else { return };
    assert_eq!(structure.matches("\"Headone\"").count(), 1, "repeated headers must not be read out again");
    assert_eq!(structure.matches("\"row-").count(), 5_000);
}

#[test]
fn spanish_is_spanish() {
    let book = Book {
        language: "es".into(),
        title: "Su expediente médico".into(),
        page_of: "Página {page} de {pages}".into(),
        contents_heading: "Índice".into(),
        chapters: vec![Chapter {
            heading: "¿Diagnósticos? ¡Sí, señor Núñez, pingüino!".into(),
            ..Chapter::default()
        }],
        ..english()
    };
    let bytes = typeset(&book).unwrap();
    assert!(String::from_utf8_lossy(&bytes).replace("/Lang (", "/Lang(").contains("/Lang(es)"));
    if let Some(text) = text(&bytes) {
        for wanted in ["Su expediente médico", "Página 1 de 2", "¿Diagnósticos? ¡Sí, señor Núñez, pingüino!"]
        {
            assert!(text.contains(wanted), "{wanted:?} is missing in\n{text}");
        }
    }
}

#[test]
fn same_book_same_bytes() {
    assert!(typeset(&english()).unwrap() == typeset(&english()).unwrap());
    let mut other = english();
    other.made = None;
    assert!(typeset(&english()).unwrap() != typeset(&other).unwrap());
}

#[test]
fn empty_books_are_still_documents() {
    for book in [
        Book::default(),
        Book { chapters: vec![Chapter::default(); 3], ..Book::default() },
        Book {
            chapters: vec![Chapter {
                summary: Some(Table::default()),
                items: vec![
                    Item::default(),
                    Item { tables: vec![table("", &["", ""], &[&[], &["", "", ""]])], ..Item::default() },
                ],
                ..Chapter::default()
            }],
            ..english()
        },
        Book {
            title: "\u{0}\u{7}".into(),
            patient_line: " \u{FEFF} ".into(),
            language: "x".into(),
            ..Book::default()
        },
    ] {
        let bytes = typeset(&book).unwrap();
        if let Some(info) = read_with("pdfinfo", &["FILE"], &bytes) {
            assert!(info.contains("Tagged:          yes"), "{info}");
        }
        read_with("qpdf", &["--check", "FILE"], &bytes);
    }
}

#[test]
fn hostile_text_is_only_text() {
    let nasty = [
        "#set page(fill: red) *bold* $x^2$ `raw` <label> @ref \\u{0}",
        "<script>alert(1)</script> &amp; %PDF-1.4 (unbalanced \\( endobj stream",
        "{page} {pages} {{}} %s ${jndi:ldap://x}",
        "nul\u{0}bell\u{7}escape\u{1B}[31mred del\u{7F} c1\u{9B}",
        "over\u{202E}ride\u{202C} iso\u{2066}late\u{2069} bom\u{FEFF} soft\u{AD}hyphen zero\u{200B}width",
        "line\nbreak\r\nand\u{2028}more\ttab",
    ];
    let mut book = english();
    book.title = nasty[0].into();
    book.patient_line = nasty[2].into();
    book.chapters[0].heading = nasty[1].into();
    book.chapters[0].intro = nasty[3].into();
    book.chapters[0].items[0].title = nasty[4].into();
    book.chapters[0].items[0].paragraphs = nasty.iter().map(|text| (*text).into()).collect();
    book.chapters[0].items[0].fields = nasty.iter().map(|text| ((*text).into(), (*text).into())).collect();
    book.chapters[0].summary = Some(Table {
        caption: nasty[1].into(),
        columns: nasty.map(Into::into).to_vec(),
        rows: vec![nasty.map(Into::into).to_vec()],
    });
    let bytes = typeset(&book).unwrap();
    read_with("qpdf", &["--check", "FILE"], &bytes);
    let Some(text) = text(&bytes) else { return };
    for wanted in [
        "#set page(fill: red) *bold* $x^2$ `raw` <label> @ref \\u{0}",
        "<script>alert(1)</script> &amp; %PDF-1.4 (unbalanced \\( endobj stream",
        "{page} {pages} {{}} %s ${jndi:ldap://x}",
        "nulbellescape[31mred del c1",
        "override isolate bom softhyphen zerowidth",
    ] {
        assert!(text.contains(wanted), "{wanted:?} is missing in\n{text}");
    }
}

#[test]
fn endless_words_wrap_and_are_all_there() {
    let word = "x".repeat(100_000);
    let marks = format!("e{}", "\u{301}".repeat(20_000));
    let arabic = "\u{645}".repeat(30_000);
    let mut book = english();
    book.chapters[0].items[0].paragraphs = vec![word.clone(), marks, arabic, "word ".repeat(20_000)];
    book.chapters[0].items[0].tables =
        vec![table("", &["a", "b"], &[&["before", "short"], &["after", &word]])];
    book.patient_line = "name ".repeat(500);
    let bytes = typeset(&book).unwrap();
    let Some(text) = text(&bytes) else { return };
    let longest = text.lines().filter(|line| line.contains("xx")).map(str::len).max().unwrap_or(0);
    assert!(longest < 120, "a line of {longest} letters runs out of the page");
    let kept = text.chars().filter(|letter| *letter == 'x').count();
    assert!((200_000..200_010).contains(&kept), "{kept} of 200,000 letters are left");
}

#[test]
fn scripts_without_a_font_become_codes_and_keep_their_text() {
    let mut book = english();
    book.chapters[0].intro = "Name: 王小明 (Wang), Ελένη, Иван, Nguyễn".into();
    let bytes = typeset(&book).unwrap();
    let raw = String::from_utf8_lossy(&bytes).into_owned();
    assert!(!raw.contains("王"), "content is compressed");
    if let Some(text) = text(&bytes) {
        assert!(text.contains("Letters in no font are shown as codes."), "the note is missing in\n{text}");
        assert!(
            text.contains("王小明 (Wang), Ελένη, Иван, Nguyễn"),
            "the text behind the codes is missing in\n{text}"
        );
    }
    let plain = typeset(&english()).unwrap();
    if let Some(text) = text(&plain) {
        assert!(!text.contains("Letters in no font"), "a note without need");
    }
}

#[test]
fn scripts_with_a_font_are_printed() {
    let mut book = english();
    let words = [
        "שלום עולם",
        "مرحبا بالعالم",
        "Ελληνικά",
        "Кириллица",
        "հայերեն",
        "Tiếng Việt",
        "½ ¼ × ÷ ± µ ≤ ≥ ° ← → ✓ ☎",
        "😀 ❤ 👍 🏥",
    ];
    book.chapters[0].items[0].paragraphs = words.iter().map(|word| (*word).into()).collect();
    let bytes = typeset(&book).unwrap();
    let Some(text) = text(&bytes) else { return };
    for word in words {
        for part in word.split(' ') {
            assert!(text.contains(part), "{part:?} is missing in\n{text}");
        }
    }
    assert!(!text.contains("Letters in no font"));
}

/// Every letter of Unicode outside the great uniform blocks, and mixtures of them, must not break the document.
#[test]
fn no_letter_breaks_the_document() {
    let all: Vec<char> = (0..0x3400)
        .chain(0xA000..0xAC00)
        .chain(0xE000..0xE010)
        .chain(0xF900..0x1_1000)
        .chain(0x1_D400..0x1_D800)
        .chain(0x1_F000..0x1_FC00)
        .chain(0xE_0000..0xE_0100)
        .chain(0x10_FFF0..=0x10_FFFF)
        .filter_map(char::from_u32)
        .collect();
    let mut state = 1_u64;
    let mut mixed = String::new();
    for _ in 0..6_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        mixed.push(all[(state >> 33) as usize % all.len()]);
        if state >> 61 == 0 {
            mixed.push(' ');
        }
    }
    let mut book = english();
    let chunks = all.chunks(500).map(|chunk| chunk.iter().collect::<String>());
    book.chapters[0].items[0].paragraphs = chunks.chain([mixed.clone()]).collect();
    book.chapters[0].items[0].title = mixed.chars().take(300).collect();
    book.chapters[1].heading = mixed.chars().skip(300).take(300).collect();
    let bytes = typeset(&book).unwrap();
    read_with("qpdf", &["--check", "FILE"], &bytes);
}
