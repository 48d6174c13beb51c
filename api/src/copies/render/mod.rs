//! Renders a record into one ZIP: the exact data, the original files, spreadsheets, a page that works offline, a PDF, and
//! a signed list of them all. Blocking and without a database: it asks for resources in batches, so that memory does
//! not grow with the record, and the same record at the same moment gives the same files.

mod book;
mod chart;
mod entry;
mod found;
mod html;
pub mod manifest;
mod pack;
mod readme;
mod spool;
mod table;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Write;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;

use super::model::Scope;
use super::rules::{Row, has_format, has_pages, on_pages};
use super::store::Kept;
use crate::base::{Error, Instant, PatientNo, Result, Rid};
use crate::config::Clinic;
use crate::fhir::json::to_line;
use crate::fhir::present::{self, AttachmentPlace, Category};
use crate::fhir::sensitivity::Labels;
use crate::keys::Keys;
use crate::records::Person;
use crate::records::ending;
use crate::words::{self, Language, say, say_with};

use book::Volume;
use chart::Trends;
use entry::{Entry, Origins};
use found::{DIRECTORY, Found};
use manifest::{Manifest, Subject};
use pack::Pack;
use spool::Spool;
use table::Sheet;

pub use pack::FileEntry;
pub use spool::Place;

/// How the names of spools begin, among the encrypted files.
pub const SPOOLS: &str = "spool-";

/// The text of the consent that allowed the copy.
pub const CONSENT: &str = "CONSENT.txt";

/// The notice of 42 CFR 2.32, beside files that have no room for it.
const NOTICE: &str = "NOTICE.txt";

/// Most resources and most bytes of JSON asked for at once.
const BATCH: usize = 500;
const BATCH_BYTES: i64 = 8 * 1024 * 1024;

/// What stands above everything in the copy, in the reader's language.
pub struct Context {
    /// The language of the pages.
    pub language: Language,
    /// When the copy is made.
    pub made: Instant,
    /// Who makes it.
    pub clinic: Clinic,
    /// Whose record.
    pub person: Person,
    /// What was chosen.
    pub scope: Scope,
    /// Name and birth date.
    pub patient_line: String,
    /// When and by whom it was made.
    pub made_line: String,
    /// What was chosen, in words.
    pub scope_line: String,
    /// What goes with records under 42 CFR Part 2, above everything else. Whether such records go in is known only while
    /// building: without any it is taken out again. None where the person themselves takes the copy.
    pub notice: Option<Notice>,
    /// What may be missing, a sentence each.
    pub missing: Vec<String>,
    /// What people call the source systems, by name.
    pub sources: BTreeMap<String, String>,
    /// The files of the record, filled while building.
    pub documents: Vec<Document>,
}

/// What goes with records under 42 CFR Part 2 to anybody but the person (2.32).
pub struct Notice {
    /// The labels of such records.
    pub protects: Labels,
    /// The notice, and which consent allowed the copy, a paragraph each.
    pub lines: Vec<String>,
    /// The text of that consent, which goes along (2.32(b)).
    pub consent: Option<String>,
}

impl Context {
    /// The paragraphs of the notice, where one goes with the copy.
    pub fn notice_lines(&self) -> &[String] {
        self.notice.as_ref().map_or(&[], |notice| &notice.lines)
    }
}

/// An original file in the ZIP.
#[derive(Debug, Clone)]
pub struct Document {
    /// The item it belongs to.
    pub rid: Rid,
    /// Its path in the ZIP.
    pub path: String,
    /// What it is, in words.
    pub words: String,
}

/// Answers to references: as written, where they lead, and the type there.
pub type Led = Vec<(String, Rid, String)>;

/// What rendering asks for.
pub struct Hands<'a> {
    /// Resources with their bytes, in the order asked for.
    pub fetch: &'a mut dyn FnMut(&[Rid]) -> Result<Vec<Kept>>,
    /// Where references lead, in the record and the directory.
    pub lead: &'a mut dyn FnMut(&[String]) -> Result<Led>,
    /// Told how far it is, in parts of a whole; an error stops the work.
    pub step: &'a mut dyn FnMut(f64) -> Result<()>,
}

/// What is to be rendered.
pub struct Plan {
    /// The chosen resources.
    pub rows: Vec<Row>,
    /// Provenance and Binary resources that were not chosen but may belong to chosen ones.
    pub rest: Vec<Row>,
    /// A password for every file.
    pub password: Option<String>,
}

/// A finished ZIP.
pub struct Finished<W> {
    /// Where it was written to.
    pub out: W,
    /// SHA-256 of the whole.
    pub sha256: Vec<u8>,
    /// The resources that are in it in some form.
    pub resources: BTreeMap<Rid, Handed>,
}

/// A resource that is in the ZIP.
pub struct Handed {
    /// Its type.
    pub kind: String,
    /// Its FHIR id.
    pub id: String,
    /// Its version.
    pub version: i64,
    /// What protects it.
    pub labels: Labels,
}

/// Renders the plan into `out`.
pub fn assemble<W: Write>(
    (plan, mut context): (Plan, Context),
    mut hands: Hands<'_>,
    (place, keys): (Place<'_>, &Keys),
    out: W,
) -> Result<Finished<W>> {
    let pack = Pack::new(out, (context.made, context.clinic.zone()), plan.password.clone());
    let mut work = Work { pack, place, handed: BTreeMap::new(), whole: shares(&context.scope), done: 0.0 };
    let with_files = work.data(&plan, &context, &mut hands)?;
    work.documents(&with_files, &mut context, &mut hands)?;
    let chosen = (&plan.rows[..], &context.scope);
    context.notice = context.notice.filter(|notice| work.holds(chosen, notice.protects));
    work.pages(&plan.rows, &context, &mut hands)?;
    work.ends(&context, keys)
}

/// How the work is shared: reading through the data, and the pages.
fn shares(scope: &Scope) -> f64 {
    if has_format(scope, "pdf") { 0.2 } else { 0.4 }
}

struct Work<'a, W: Write> {
    pack: Pack<W>,
    place: Place<'a>,
    /// What is in the ZIP, for the ledger: not all that was read, since a form may take little of it.
    handed: BTreeMap<Rid, Handed>,
    whole: f64,
    done: f64,
}

impl<W: Write> Work<'_, W> {
    /// The exact data, one file for each type; notes which resources may have files, those that are files at last.
    fn data(&mut self, plan: &Plan, context: &Context, hands: &mut Hands<'_>) -> Result<Vec<Rid>> {
        let mut found = Found::default();
        let mut with_files = Vec::new();
        let mut by_type: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
        let provenance = belonging(plan, hands)?;
        for row in plan.rows.iter().chain(provenance) {
            by_type.entry(&row.kind).or_default().push(row);
        }
        let late = |kind: &str| kind == "Binary" || DIRECTORY.contains(&kind);
        let total: usize = by_type.values().map(Vec::len).sum();
        for (kind, rows) in by_type.iter().filter(|(kind, _)| !late(kind)) {
            self.one_type(kind, rows, (context, &mut *hands), &mut |kept, body| {
                found.scan(&kept.kind, body);
                if found::may_have_files(body) {
                    with_files.push(kept.rid);
                }
            })?;
            self.done += self.whole * rows.len() as f64 / total.max(1) as f64;
        }
        let led = lead_all(&found.binaries, hands)?;
        let named: HashSet<Rid> = led.iter().map(|(_, rid, _)| *rid).collect();
        let mut shared: Vec<Row> = led.iter().filter_map(shared_binary).collect();
        shared.sort_by_key(|row| row.rid);
        shared.dedup_by_key(|row| row.rid);
        let mut binaries = by_type.remove("Binary").unwrap_or_default();
        binaries.extend(&shared);
        binaries.extend(plan.rest.iter().filter(|row| row.kind == "Binary" && named.contains(&row.rid)));
        with_files.sort_unstable();
        let before = with_files.len();
        self.one_type("Binary", &binaries, (context, &mut *hands), &mut |kept, _| with_files.push(kept.rid))?;
        with_files[before..].sort_unstable();
        self.directory(&by_type, (found, context), hands)?;
        Ok(with_files)
    }

    /// The resources of one type.
    fn one_type(
        &mut self,
        kind: &str,
        rows: &[&Row],
        (context, hands): (&Context, &mut Hands<'_>),
        see: &mut dyn FnMut(&Kept, &str),
    ) -> Result<()> {
        let wanted = has_format(&context.scope, "fhir");
        if rows.is_empty() {
            return Ok(());
        }
        if wanted {
            let about = rows.iter().map(|row| row.size.unsigned_abs() + 1).sum();
            self.pack.begin(&ndjson(kind), about)?;
        }
        for batch in batches(rows) {
            for kept in (hands.fetch)(&batch)? {
                see(&kept, &String::from_utf8_lossy(&kept.bytes));
                if wanted {
                    self.pack.write_all(&to_line(&kept.bytes))?;
                    self.pack.write_all(b"\n")?;
                }
                // The list of files names the person, so the Patient resource is in every copy.
                if wanted || kept.kind == "Patient" {
                    self.hand(&kept);
                }
            }
            (hands.step)(self.done)?;
        }
        Ok(())
    }

    /// Notes that this resource is in the ZIP.
    fn hand(&mut self, kept: &Kept) {
        self.handed.entry(kept.rid).or_insert_with(|| Handed {
            kind: kept.kind.clone(),
            id: kept.id.clone(),
            version: kept.version,
            labels: kept.labels,
        });
    }

    /// Whether anything is in the ZIP, or comes into its pages, that has one of these labels: also what nobody chose and
    /// what goes along, such as a file that its source marked alone.
    fn holds(&self, (rows, scope): (&[Row], &Scope), labels: Labels) -> bool {
        let still = rows.iter().filter(|row| on_pages(scope, row)).map(|row| row.labels);
        self.handed.values().map(|handed| handed.labels).chain(still).any(|found| found.0 & labels.0 != 0)
    }

    /// The practitioners, organizations and places that the record names, with those that these name.
    fn directory(
        &mut self,
        own: &BTreeMap<&str, Vec<&Row>>,
        (mut found, context): (Found, &Context),
        hands: &mut Hands<'_>,
    ) -> Result<()> {
        if !has_format(&context.scope, "fhir") {
            return Ok(());
        }
        let own: BTreeMap<&str, &Vec<&Row>> = own
            .iter()
            .filter(|(kind, _)| DIRECTORY.contains(kind))
            .map(|(kind, rows)| (*kind, rows))
            .collect();
        for rows in own.values() {
            for batch in batches(rows) {
                (hands.fetch)(&batch)?
                    .iter()
                    .for_each(|kept| found.scan(&kept.kind, &String::from_utf8_lossy(&kept.bytes)));
            }
        }
        let mut known: BTreeMap<Rid, String> = BTreeMap::new();
        // An organization may be part of one that is part of one …; longer chains than this are not followed.
        for _ in 0..4 {
            let led = lead_all(&std::mem::take(&mut found.references), hands)?;
            let new: Vec<(Rid, String)> = led
                .into_iter()
                .filter(|(_, rid, _)| rid.patient() == PatientNo::DIRECTORY && !known.contains_key(rid))
                .map(|(_, rid, kind)| (rid, kind))
                .collect();
            known.extend(new.iter().cloned());
            let rids: Vec<Rid> = new.into_iter().map(|(rid, _)| rid).collect();
            for batch in rids.chunks(BATCH) {
                (hands.fetch)(batch)?
                    .iter()
                    .for_each(|kept| found.scan(&kept.kind, &String::from_utf8_lossy(&kept.bytes)));
            }
        }
        let mut by_type: BTreeMap<&str, Vec<Rid>> = BTreeMap::new();
        for (kind, rows) in own {
            by_type.entry(kind).or_default().extend(rows.iter().map(|row| row.rid));
        }
        for (rid, kind) in &known {
            by_type.entry(kind).or_default().push(*rid);
        }
        for (kind, rids) in by_type {
            self.pack.begin(&ndjson(kind), 0)?;
            for batch in rids.chunks(BATCH) {
                for kept in (hands.fetch)(batch)? {
                    self.pack.write_all(&to_line(&kept.bytes))?;
                    self.pack.write_all(b"\n")?;
                    self.hand(&kept);
                }
            }
        }
        Ok(())
    }

    /// The original files, one at a time.
    fn documents(&mut self, rids: &[Rid], context: &mut Context, hands: &mut Hands<'_>) -> Result<()> {
        if !has_format(&context.scope, "documents") {
            return Ok(());
        }
        let mut paths: HashMap<(Rid, String), String> = HashMap::new();
        let mut contents: HashMap<(String, &'static str), String> = HashMap::new();
        let word = say(context.language, "copies-document-name");
        let (mut unreadable, mut elsewhere) = (0usize, 0usize);
        // Files that came with what names them.
        let mut taken: HashSet<Rid> = HashSet::new();
        for (n, rid) in rids.iter().enumerate() {
            if taken.contains(rid) {
                continue;
            }
            if n % 100 == 0 {
                (hands.step)(self.done)?;
            }
            let Some(kept) = (hands.fetch)(&[*rid])?.pop() else { continue };
            let Ok(value) = serde_json::from_slice::<Value>(&kept.bytes) else { continue };
            let view = present::view(&value);
            for attachment in &view.attachments {
                let (from, pointer) = match &attachment.place {
                    AttachmentPlace::Inline { pointer } => (kept.rid, pointer.clone()),
                    AttachmentPlace::Url(url) => match binary(url, hands)? {
                        Some(rid) => {
                            taken.insert(rid);
                            (rid, "/data".to_owned())
                        }
                        None => {
                            elsewhere += 1;
                            continue;
                        }
                    },
                };
                let key = (from, pointer);
                let described = describe(context.language, (&view.line, attachment));
                if let Some(path) = paths.get(&key) {
                    self.hand(&kept);
                    context.documents.push(Document {
                        rid: *rid,
                        path: path.clone(),
                        words: told(context.language, described, path),
                    });
                    continue;
                }
                let other = if key.0 == kept.rid { None } else { (hands.fetch)(&[key.0])?.pop() };
                let content = if key.0 == kept.rid {
                    present::attachment_bytes(&value, &key.1).ok()
                } else {
                    let value =
                        other.as_ref().and_then(|other| serde_json::from_slice::<Value>(&other.bytes).ok());
                    value.and_then(|value| present::attachment_bytes(&value, &key.1).ok())
                };
                let Some(content) = content else {
                    unreadable += 1;
                    continue;
                };
                // The file, and what tells of it in the list of files.
                self.hand(&kept);
                other.iter().for_each(|other| self.hand(other));
                let ending = ending(&attachment.content_type, &content);
                // A note is often in the record twice, as a report and as a document; once is enough in the ZIP.
                let same = (hex::encode(digest(&SHA256, &content)), ending);
                let path = match contents.get(&same) {
                    Some(path) => path.clone(),
                    None => {
                        let path = format!("documents/{:04}-{word}.{ending}", contents.len() + 1);
                        self.pack.file(&path, &content)?;
                        contents.insert(same, path.clone());
                        path
                    }
                };
                let words = told(context.language, described, &path);
                context.documents.push(Document { rid: *rid, path: path.clone(), words });
                paths.insert(key, path);
            }
        }
        for (count, id) in
            [(unreadable, "copies-missing-unreadable"), (elsewhere, "copies-missing-elsewhere")]
        {
            if count > 0 {
                context.missing.push(words::count(context.language, id, count));
            }
        }
        Ok(())
    }

    /// What people read: spreadsheets, the page, the PDF.
    fn pages(&mut self, rows: &[Row], context: &Context, hands: &mut Hands<'_>) -> Result<()> {
        let wants = |format| has_format(&context.scope, format);
        if !has_pages(&context.scope) {
            return Ok(());
        }
        let mut by_category: BTreeMap<Category, Vec<&Row>> = BTreeMap::new();
        for row in rows.iter().filter(|row| on_pages(&context.scope, row)) {
            by_category.entry(row.category).or_default().push(row);
        }
        let mut documents: HashMap<Rid, Vec<Document>> = HashMap::new();
        for document in &context.documents {
            documents.entry(document.rid).or_default().push(document.clone());
        }
        let share = if wants("pdf") { 0.3 } else { 0.55 };
        let per_row = share / by_category.values().map(Vec::len).sum::<usize>().max(1) as f64;
        let mut body = Spool::new(self.place);
        let mut volumes = Volumes { volume: Volume::new(context), typeset: 0 };
        let counts: Vec<(Category, usize)> = Category::ALL
            .iter()
            .filter_map(|category| Some((*category, by_category.get(category)?.len())))
            .collect();
        for (category, _) in &counts {
            let mut rows = by_category.remove(category).unwrap_or_default();
            rows.sort_by_key(|row| (std::cmp::Reverse(row.sort_at), row.rid));
            self.category(
                (*category, &rows, per_row),
                (context, &documents),
                (&mut body, &mut volumes),
                hands,
            )?;
        }
        if wants("web") {
            self.pack.begin("index.html", body.len())?;
            html::head(context, &counts, &mut self.pack)?;
            body.drain(&mut self.pack)?;
            html::foot(context, &mut self.pack)?;
        }
        if wants("pdf") {
            volumes.last(&mut self.pack)?;
        }
        Ok(())
    }

    /// One category on all of them.
    fn category(
        &mut self,
        (category, rows, per_row): (Category, &[&Row], f64),
        (context, documents): (&Context, &HashMap<Rid, Vec<Document>>),
        (body, volumes): (&mut Spool<'_>, &mut Volumes),
        hands: &mut Hands<'_>,
    ) -> Result<()> {
        let language = context.language;
        let wants = |format| has_format(&context.scope, format);
        let mut sheet = Sheet::new(Spool::new(self.place), language)?;
        let mut items = Spool::new(self.place);
        let mut trends = Trends::default();
        let mut year: Option<String> = None;
        let mut origins = Origins::new((language, context.clinic.zone()), context.sources.clone());
        volumes.volume.chapter(category);
        for batch in batches(rows) {
            for kept in (hands.fetch)(&batch)? {
                let files = documents.get(&kept.rid).map_or(&[][..], Vec::as_slice);
                let entry = Entry::new(&mut origins, &kept, (category, files));
                self.hand(&kept);
                if wants("tables") {
                    sheet.row(&entry)?;
                }
                if wants("web") {
                    trends.add(&entry);
                    let heading = year_of(language, &entry);
                    if year.as_ref() != Some(&heading) {
                        if year.is_some() {
                            html::year_end(&mut items)?;
                        }
                        html::year(&heading, &mut items)?;
                        year = Some(heading);
                    }
                    html::item(language, &entry, &mut items)?;
                }
                if wants("pdf") {
                    volumes.volume.add(&entry);
                    volumes.turn(category, &mut self.pack, context)?;
                }
                self.done += per_row;
            }
            (hands.step)(self.done)?;
        }
        if wants("tables") {
            let sheet = sheet.finish()?;
            let name = format!("tables/{}.csv", category.slug());
            self.pack.begin(&name, sheet.len())?;
            sheet.drain(&mut self.pack)?;
        }
        if wants("web") {
            let measured = matches!(category, Category::Labs | Category::Vitals);
            let charts = if measured { trends.draw(language) } else { Vec::new() };
            html::section(language, (category, &charts), body)?;
            items.drain(body)?;
            if year.is_some() {
                html::year_end(body)?;
            }
            html::section_end(body)?;
        }
        Ok(())
    }

    /// The text to read first, the list of all files, its signature.
    fn ends(mut self, context: &Context, keys: &Keys) -> Result<Finished<W>> {
        let key = keys.public_key();
        let fingerprint = keys.fingerprint();
        if let Some(notice) = &context.notice {
            self.notices(notice)?;
        }
        let files = self.pack.files().to_vec();
        let readme = readme::text(context, &files, &fingerprint);
        self.pack.file("READ-ME.txt", readme.as_bytes())?;
        self.pack.file(manifest::PUBLIC_KEY, manifest::pem(&key).as_bytes())?;
        let mut resources = BTreeMap::new();
        for handed in self.handed.values() {
            *resources.entry(handed.kind.clone()).or_default() += 1;
        }
        let manifest = Manifest {
            format: manifest::FORMAT.into(),
            made: context.made.rfc3339(),
            clinic: context.clinic.name.clone(),
            person: Subject {
                name: context.person.name.clone(),
                birth_date: context.person.birth_date.clone(),
            },
            scope: context.scope.clone(),
            language: context.language.tag().into(),
            resources,
            security: context.notice.as_ref().map_or_else(Vec::new, |_| manifest::restricted()),
            public_key: hex::encode(&key),
            files: self.pack.files().to_vec(),
        };
        let bytes = serde_json::to_vec_pretty(&manifest)?;
        self.pack.file(manifest::MANIFEST, &bytes)?;
        self.pack.file(manifest::SIGNATURE, &keys.sign(&bytes))?;
        let (out, sha256, _) = self.pack.finish()?;
        Ok(Finished { out, sha256, resources: self.handed })
    }

    /// The consent; and the notice with it beside the files that cannot say it themselves, in each of their folders, since
    /// folders are passed on alone.
    fn notices(&mut self, notice: &Notice) -> Result<()> {
        if let Some(consent) = &notice.consent {
            self.pack.file(CONSENT, consent.replace('\n', "\r\n").as_bytes())?;
        }
        let text = readme::notice(notice);
        for folder in ["documents", "fhir", "tables"] {
            let within = |file: &FileEntry| file.path.split('/').next() == Some(folder);
            if self.pack.files().iter().any(within) {
                self.pack.file(&format!("{folder}/{NOTICE}"), text.as_bytes())?;
            }
        }
        Ok(())
    }
}

/// PDFs, one after the other.
struct Volumes {
    volume: Volume,
    typeset: usize,
}

impl Volumes {
    /// Typesets the volume if it is full, and goes on in a new one.
    fn turn<W: Write>(&mut self, category: Category, pack: &mut Pack<W>, context: &Context) -> Result<()> {
        if self.volume.is_full() {
            self.typeset += 1;
            let mut next = Volume::new(context);
            next.chapter(category);
            let full = std::mem::replace(&mut self.volume, next);
            pack.file(&format!("record-{}.pdf", self.typeset), &full.typeset()?)?;
        }
        Ok(())
    }

    /// Typesets what is left.
    fn last<W: Write>(self, pack: &mut Pack<W>) -> Result<()> {
        match self.typeset {
            0 => pack.file("record.pdf", &self.volume.typeset()?),
            _ if self.volume.is_empty() => Ok(()),
            n => pack.file(&format!("record-{}.pdf", n + 1), &self.volume.typeset()?),
        }
    }
}

fn ndjson(kind: &str) -> String {
    format!("fhir/{kind}.ndjson")
}

/// Keys in groups small enough to be held at once.
fn batches(rows: &[&Row]) -> Vec<Vec<Rid>> {
    let mut batches: Vec<Vec<Rid>> = Vec::new();
    let mut bytes = 0;
    for row in rows {
        match batches.last_mut().filter(|b| b.len() < BATCH && bytes + row.size <= BATCH_BYTES) {
            Some(batch) => batch.push(row.rid),
            None => {
                batches.push(vec![row.rid]);
                bytes = 0;
            }
        }
        bytes += row.size;
    }
    batches
}

/// Provenance resources outside the choice that tell of something in it.
fn belonging<'p>(plan: &'p Plan, hands: &mut Hands<'_>) -> Result<Vec<&'p Row>> {
    let rest: Vec<&Row> = plan.rest.iter().filter(|row| row.kind == "Provenance").collect();
    if rest.is_empty() {
        return Ok(rest);
    }
    // The Patient resource is in every choice, and every Provenance may name it.
    let chosen: HashSet<(&str, &str)> =
        plan.rows.iter().filter(|r| r.kind != "Patient").map(|r| (r.kind.as_str(), r.id.as_str())).collect();
    let ids: HashSet<&str> = chosen.iter().map(|(_, id)| *id).collect();
    let mut belonging: HashSet<Rid> = HashSet::new();
    for batch in batches(&rest) {
        for kept in (hands.fetch)(&batch)? {
            let body = String::from_utf8_lossy(&kept.bytes);
            let tells = found::references(&body).any(|reference| match reference.strip_prefix("urn:uuid:") {
                Some(id) => ids.contains(id),
                None => {
                    let key = crate::records::Key::read(&reference);
                    chosen.contains(&(key.kind.as_str(), key.id.as_str()))
                }
            });
            if tells {
                belonging.insert(kept.rid);
            }
        }
    }
    Ok(rest.into_iter().filter(|row| belonging.contains(&row.rid)).collect())
}

fn lead_all(references: &std::collections::BTreeSet<String>, hands: &mut Hands<'_>) -> Result<Led> {
    let all: Vec<String> = references.iter().cloned().collect();
    let mut led = Vec::new();
    for part in all.chunks(BATCH) {
        led.extend((hands.lead)(part)?);
    }
    Ok(led)
}

fn binary(url: &str, hands: &mut Hands<'_>) -> Result<Option<Rid>> {
    let led = (hands.lead)(&[url.to_owned()])?;
    Ok(led.into_iter().find(|(_, _, kind)| kind == "Binary").map(|(_, rid, _)| rid))
}

/// A Binary that stands in the directory because nothing in it says whose it is.
fn shared_binary((_, rid, kind): &(String, Rid, String)) -> Option<Row> {
    (kind == "Binary" && rid.patient() == PatientNo::DIRECTORY).then(|| Row {
        rid: *rid,
        kind: kind.clone(),
        id: String::new(),
        version: 0,
        // Its size is not known; few of them are asked for at once.
        size: BATCH_BYTES / 8,
        category: Category::Documents,
        sort_at: i64::MIN,
        when: None,
        listed: false,
        labels: Labels::default(),
    })
}

/// What a file is: its title, date, media type and size.
fn describe(language: Language, (line, attachment): (&present::Line, &present::Attachment)) -> String {
    let title = attachment.title.clone().unwrap_or_else(|| words::line_title(language, line));
    let date = line.when.as_ref().map(|when| words::date(language, when)).unwrap_or_default();
    let kind = attachment.content_type.split(';').next().unwrap_or_default();
    let named = if date.is_empty() { title } else { format!("{title}, {date}") };
    if kind.is_empty() { named } else { format!("{named} ({kind})") }
}

/// The words of a file, with the reason where it is given as text though it is a web page.
fn told(language: Language, described: String, path: &str) -> String {
    match [".html.txt", ".svg.txt", ".xml.txt"].iter().any(|ending| path.ends_with(ending)) {
        true => format!("{described}. {}", say(language, "copies-document-as-text")),
        false => described,
    }
}

fn year_of(language: Language, entry: &Entry) -> String {
    let parts = entry.when.as_ref().and_then(present::When::parts);
    parts.map_or_else(|| say(language, "copies-no-date"), |parts| parts.date.format("%Y").to_string())
}

/// The sentence of whom the record is about.
pub fn patient_line(language: Language, person: &Person) -> String {
    let born = person.birth_date.as_deref().and_then(present::When::parse);
    match born {
        Some(born) => say_with(
            language,
            "copies-person",
            &[("name", (&person.name).into()), ("date", words::date(language, &born).into())],
        ),
        None => person.name.clone(),
    }
}

/// An error for a copy that was erased while it was built.
pub fn stopped() -> Error {
    Error::Conflict("copies-stopped")
}
