//! Measures typesetting on made-up records of several sizes: pages, seconds, processor time, peak memory, bytes.
//!
//! `cargo run --release -p pdf --example measure -- [SHAPE ROWS [FILE]]`, where SHAPE is `table` (one overview),
//! `items` (one block for each), `mixed`, or `scripts` (hard text, to look at). Without arguments it runs itself once for each size, so that peaks
//! of memory are apart. Linux only (reads `/proc/self`).

use std::process::Command;
use std::time::Instant;

use pdf::{Book, Chapter, Item, Made, Table, typeset};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [shape, rows, file @ ..] => measure(shape, rows.parse().unwrap_or(700), file.first()),
        _ => all(),
    }
}

fn all() {
    println!(
        "{:<8}{:>8}{:>8}{:>10}{:>10}{:>12}{:>10}",
        "shape", "entries", "pages", "seconds", "cpu s", "growth MB", "file KB"
    );
    let sizes = [
        ("table", 700),
        ("table", 3177),
        ("table", 5000),
        ("table", 27000),
        ("items", 3177),
        ("mixed", 3177),
    ];
    for (shape, rows) in sizes {
        let Ok(program) = std::env::current_exe() else { return };
        if Command::new(program).args([shape, &rows.to_string()]).status().is_err() {
            eprintln!("{shape} {rows}: cannot run");
        }
    }
}

fn measure(shape: &str, rows: usize, file: Option<&String>) {
    let book = book(shape, rows);
    let before = memory("VmRSS:");
    let (start, cpu) = (Instant::now(), processor());
    let bytes = match typeset(&book) {
        Ok(bytes) => bytes,
        Err(error) => return eprintln!("{shape} {rows}: {error}"),
    };
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), processor() - cpu);
    let growth = memory("VmHWM:").saturating_sub(before) / 1024;
    let pages = pages(&bytes);
    println!("{shape:<8}{rows:>8}{pages:>8}{seconds:>10.3}{cpu:>10.3}{growth:>12}{:>10}", bytes.len() / 1024);
    if let Some(file) = file
        && let Err(error) = std::fs::write(file, &bytes)
    {
        eprintln!("{file}: {error}");
    }
}

/// Number of page objects in the file.
fn pages(bytes: &[u8]) -> usize {
    let text = String::from_utf8_lossy(bytes);
    text.match_indices("/Type/Page")
        .chain(text.match_indices("/Type /Page"))
        .filter(|(at, found)| !text[at + found.len()..].starts_with(|next: char| next.is_ascii_alphabetic()))
        .count()
}

fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find(|text| text.starts_with(line));
    found
        .and_then(|text| text.split_whitespace().nth(1))
        .and_then(|kilobytes| kilobytes.parse().ok())
        .unwrap_or(0)
}

fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    ticks.filter_map(|number| number.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn book(shape: &str, rows: usize) -> Book {
    let kinds =
        ["Allergies", "Medicines", "Problems", "Lab results", "Vital signs", "Visits", "Procedures", "Notes"];
    if shape == "scripts" {
        return scripts();
    }
    let each = rows.div_ceil(kinds.len());
    let chapters = kinds.iter().map(|kind| Chapter {
        heading: (*kind).to_owned(),
        intro: format!("{each} entries, the newest first."),
        summary: (shape != "items").then(|| table(kind, each)),
        items: match shape {
            "items" => (0..each).map(item).collect(),
            "mixed" => (0..each / 4).map(item).collect(),
            _ => Vec::new(),
        },
    });
    Book {
        language: "en".into(),
        title: "Your health record".into(),
        patient_line: "Maria Sample (made-up person), born April 3, 1957".into(),
        made_line: "Made on November 22, 2026 by Sample Family Clinic, 12 Elm Street, Springfield".into(),
        made: Some(Made { year: 2026, month: 11, day: 22, hour: 9, minute: 30, second: 0 }),
        intro: vec![
            "This is a copy of everything that Sample Family Clinic holds about you. It is yours to keep, to print and to give to anyone you wish.".into(),
            "If something here is wrong, you may ask the clinic to correct it.".into(),
        ],
        contents_heading: "Contents".into(),
        page_of: "Page {page} of {pages}".into(),
        missing_letters_note: "Some letters cannot be printed; they are shown as codes such as [U+4E2D].".into(),
        chapters: chapters.collect(),
        attachments_note: "Documents and pictures are in the folder “documents” of your copy.".into(),
    }
}

/// Text that is hard to print, to look at.
fn scripts() -> Book {
    let texts = [
        "שלום עולם (Hello, 12 mg) and back to English",
        "مرحبا بالعالم 123",
        "Ελληνικά, Кириллица, հայերեն, ქართული, Tiếng Việt, ½ ¼ × ÷ ± µ ≤ ≥ ° ← → ✓ ☎",
        "Emoji: 😀 ❤ 👍🏽 🏥 👩‍👧",
        "王小明 (Wang Xiaoming), नमस्ते, สวัสดี",
        "e\u{301}, n\u{303}, q\u{308}, combining",
        "first line\nsecond line\n\nfourth line",
    ];
    let long = format!("https://example.org/{}", "a-very-long-path/".repeat(12));
    let wide: Vec<String> = (0..12).map(|number| format!("Column {number}")).collect();
    let values: Vec<String> = (0..12).map(|number| format!("{}.5 mmol/L", number * 37)).collect();
    let item = Item {
        title:
            "A title that is long enough to need two lines because it says everything twice, everything twice"
                .into(),
        when: "March 4, 2026".into(),
        fields: texts
            .iter()
            .map(|text| ("A label".to_owned(), (*text).to_owned()))
            .chain([(long.clone(), long.clone())])
            .collect(),
        tables: vec![Table { caption: "Twelve columns".into(), columns: wide, rows: vec![values; 3] }],
        paragraphs: texts.iter().map(|text| (*text).to_owned()).chain(["word ".repeat(200)]).collect(),
    };
    let cells = texts.iter().map(|text| vec!["2026-03-04".to_owned(), (*text).to_owned(), long.clone()]);
    let line = |number: usize| Item {
        title: format!("Flu shot {number}"),
        when: "May 5, 2025".into(),
        ..Item::default()
    };
    let mut book = book("mixed", 32);
    book.language = "es".into();
    book.title = "Su expediente médico completo, con todo lo que la clínica tiene sobre usted".into();
    book.chapters.truncate(2);
    book.chapters.push(Chapter {
        heading: "Resultados de laboratorio y otras cosas difíciles de imprimir".into(),
        intro: "¿Qué significa? ¡Pregunte a su médico!".into(),
        summary: Some(Table {
            caption: "Resumen".into(),
            columns: ["Fecha", "Texto", "Enlace"].map(Into::into).to_vec(),
            rows: cells.collect(),
        }),
        items: vec![line(1), line(2), line(3), item],
    });
    book
}

fn table(kind: &str, rows: usize) -> Table {
    let names = [
        "Hemoglobin A1c",
        "Glucose [Mass/volume] in Serum or Plasma",
        "Potassium",
        "Body mass index",
        "Blood pressure, systolic and diastolic, sitting",
    ];
    let row = |number: usize| {
        vec![
            format!("{:04}-{:02}-{:02}", 2026 - number / 300, 1 + number % 12, 1 + number % 28),
            names[number % names.len()].to_owned(),
            format!("{}.{} mg/dL", 60 + number * 7 % 90, number % 10),
            "70 – 99 mg/dL".to_owned(),
            if number.is_multiple_of(7) { "higher than usual".to_owned() } else { "as usual".to_owned() },
        ]
    };
    Table {
        caption: format!("Overview: {kind}"),
        columns: ["Date", "Name", "Result", "Usual range", "Remark"].map(Into::into).to_vec(),
        rows: (0..rows).map(row).collect(),
    }
}

fn item(number: usize) -> Item {
    Item {
        title: format!("Metabolic panel {number}"),
        when: "March 4, 2026, 10:15 in the morning".into(),
        fields: vec![
            ("Status".into(), "Final".into()),
            ("Ordered by".into(), "Dr. José Núñez, Sample Family Clinic".into()),
            ("Where it came from".into(), "Sample Hospital laboratory, received on March 5, 2026".into()),
        ],
        tables: Vec::new(),
        paragraphs: vec!["The sample was taken fasting. All values are within the usual range except potassium, which should be looked at again in three months.".into()],
    }
}
