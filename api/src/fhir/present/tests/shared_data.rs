//! Every public synthetic resource at hand goes through the view; skipped where the data is not there.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::fhir::present::{Label, Shown, View, view};
use crate::words::{Language, label, line_title, line_value, list, shown_all};

fn data() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().map(|folder| folder.join("shared/data")).find(|path| path.is_dir())
}

fn resources(folder: &Path, visit: &mut dyn FnMut(&str, &Value)) {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(".json.gz") {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let mut text = String::new();
                flate2::read::GzDecoder::new(std::fs::File::open(&path).unwrap())
                    .read_to_string(&mut text)
                    .unwrap();
                let Ok(value) = serde_json::from_str::<Value>(&text) else { continue };
                match value.get("entry").and_then(Value::as_array) {
                    Some(entries) => {
                        entries.iter().filter_map(|e| e.get("resource")).for_each(|r| visit(&name, r))
                    }
                    None => visit(&name, &value),
                }
            }
        }
    }
}

#[test]
fn all_shared_data_is_readable() {
    let Some(folder) = data() else {
        println!("skipped: no shared/data above the workspace");
        return;
    };
    let mut tally: BTreeMap<(&str, String), (usize, usize, usize)> = BTreeMap::new();
    let mut foreign: BTreeMap<String, usize> = BTreeMap::new();
    let mut samples: BTreeMap<(&str, String), Vec<String>> = BTreeMap::new();
    let mut seen = 0;
    let (mut line_time, mut view_time, mut word_bytes) =
        (std::time::Duration::ZERO, std::time::Duration::ZERO, 0);
    resources(&folder, &mut |file, resource| {
        let Some(kind) = resource.get("resourceType").and_then(Value::as_str) else { return };
        let start = std::time::Instant::now();
        let only = super::line(resource);
        line_time += start.elapsed();
        word_bytes += only.words.len();
        drop(only);
        let start = std::time::Instant::now();
        let page = view(resource);
        view_time += start.elapsed();
        seen += 1;
        assert!(!page.line.title.trim().is_empty(), "{file}");
        let row = tally.entry((page.line.category.slug(), kind.to_owned())).or_default();
        row.0 += 1;
        row.1 += usize::from(!page.line.named);
        row.2 += usize::from(page.line.when.is_none());
        for name in foreign_labels(&page) {
            *foreign.entry(format!("{kind} {name}")).or_default() += 1;
        }
        let kept = samples.entry((page.line.category.slug(), kind.to_owned())).or_default();
        if kept.len() < 3 && (row.0 == 1 || row.0 % 37 == 5) {
            kept.push(Language::ALL.map(|language| page_text(language, &page)).join("\n"));
        }
    });
    println!(
        "{seen} resources; line {:?} each, view {:?} each, {word_bytes} bytes of words",
        line_time / seen,
        view_time / seen
    );
    println!("category, type: items, without a name of their own, without a date");
    for ((category, kind), (items, unnamed, undated)) in &tally {
        println!("{category:14} {kind:28} {items:6} {unnamed:6} {undated:6}");
    }
    println!("elements without a word of ours: {foreign:?}");
    // A few pages of each kind, for a person to read: the environment decides nothing, --nocapture shows them.
    for ((category, kind), pages) in &samples {
        println!("\n######## {category} {kind}\n{}", pages.join("\n--------\n"));
    }
    assert!(seen > 0);
}

fn foreign_labels(page: &View) -> Vec<String> {
    let fields = page.fields.iter().map(|f| &f.label);
    let columns = page.tables.iter().flat_map(|t| t.columns.iter().chain([&t.caption]));
    fields
        .chain(columns)
        .filter_map(|label| match label {
            Label::Source(name) => Some(name.clone()),
            Label::Word(_) => None,
        })
        .collect()
}

fn page_text(language: Language, page: &View) -> String {
    let line = &page.line;
    let mut out = format!(
        "== {} | {} | {} | {} | {} | {}\n",
        line_title(language, line),
        line.when.as_ref().map(|when| crate::words::date(language, when)).unwrap_or_default(),
        line_value(language, line).unwrap_or_default(),
        line.range.as_deref().unwrap_or_default(),
        line.flag.map(|flag| crate::words::say(language, flag.name())).unwrap_or_default(),
        line.status.map(|id| crate::words::say(language, id)).unwrap_or_default(),
    );
    out += &format!("   by {:?} at {:?}; code {:?}\n", line.author, line.place, line.code);
    for field in &page.fields {
        out +=
            &format!("   {}: {}\n", label(language, &field.label), short(&shown_all(language, &field.value)));
    }
    for table in &page.tables {
        let columns: Vec<String> = table.columns.iter().map(|c| label(language, c)).collect();
        out += &format!("   [{}] {}\n", label(language, &table.caption), columns.join(" | "));
        for row in table.rows.iter().take(3) {
            let cells: Vec<String> = row.iter().map(|cell| short(&shown_all(language, cell))).collect();
            out += &format!("      {}\n", cells.join(" | "));
        }
    }
    for paragraph in &page.paragraphs {
        out += &format!("   ¶ {}: {}\n", label(language, &paragraph.label), short(&paragraph.text));
    }
    for link in page.links.iter().take(4) {
        out += &format!(
            "   → {} {}\n",
            crate::words::say(language, link.label),
            shown_all(
                language,
                &[Shown::Reference { reference: link.reference.clone(), display: link.display.clone() }]
            )
        );
    }
    let codes: Vec<String> =
        page.codes.iter().take(6).map(|c| format!("{} {}", label(language, &c.label), c.code)).collect();
    out += &format!("   codes: {}\n", list(language, &codes));
    out + &format!("   words: {}", short(&line.words))
}

fn short(text: &str) -> String {
    let line = text.replace('\n', " ⏎ ");
    line.chars().take(220).collect()
}
