//! One part of an export while it is written: a file for each type, encrypted, one resource on each line. Blocking.

use std::collections::BTreeMap;
use std::io::Write as _;

use memchr::memmem;

use super::BLOBS;
use super::model::FileKind;
use super::rules;
use super::store::NewFile;
use crate::app::App;
use crate::base::{Error, Result, uuid};
use crate::blobs::Writer;
use crate::fhir::json::to_line;
use crate::records::api::Resource;

/// The files of a part.
#[derive(Default)]
pub struct Part {
    files: BTreeMap<(&'static str, String), Open>,
    bytes: u64,
}

struct Open {
    writer: Writer,
    blob: String,
    lines: i64,
}

impl Part {
    /// How many bytes were written.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes resources, each on a line of the file of its type.
    pub fn write(&mut self, app: &App, resources: &[Resource]) -> Result<()> {
        resources
            .iter()
            .try_for_each(|one| self.line(app, (FileKind::Output, &one.kind), &to_line(&one.bytes)))
    }

    /// Writes one line.
    pub fn line(&mut self, app: &App, (kind, name): (FileKind, &str), line: &[u8]) -> Result<()> {
        let key = (kind.slug(), name.to_owned());
        if !self.files.contains_key(&key) {
            let blob = format!("{BLOBS}{}", uuid(app.clock.now()));
            let writer = app.blobs.create(&app.keys, &blob)?;
            self.files.insert(key.clone(), Open { writer, blob, lines: 0 });
        }
        if let Some(file) = self.files.get_mut(&key) {
            file.writer.write_all(line)?;
            file.writer.write_all(b"\n")?;
            file.lines += 1;
        }
        self.bytes += line.len() as u64 + 1;
        Ok(())
    }

    /// Closes all files; each is durable then. Where one cannot be closed none is left.
    pub fn close(self, app: &App) -> Result<Vec<NewFile>> {
        let mut closed = Vec::new();
        for ((kind, name), open) in self.files {
            match open.writer.finish() {
                Ok(size) => closed.push(NewFile {
                    kind: if kind == FileKind::Error.slug() { FileKind::Error } else { FileKind::Output },
                    r#type: name,
                    lines: open.lines,
                    size: i64::try_from(size).map_err(Error::internal)?,
                    blob: open.blob,
                }),
                Err(error) => {
                    erase(app, &closed)?;
                    return Err(error);
                }
            }
        }
        Ok(closed)
    }
}

/// Takes files away that no row knows.
pub fn erase(app: &App, files: &[NewFile]) -> Result<()> {
    files.iter().try_for_each(|file| app.blobs.erase(&file.blob))
}

/// Calls back with each reference of a resource that may lead out of a record: those within it never name these types.
pub fn references(raw: &[u8], mut each: impl FnMut(&str)) {
    const NAME: &[u8] = b"\"reference\"";
    for at in memmem::find_iter(raw, NAME) {
        let rest = &raw[at + NAME.len()..];
        let value = rest.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b':'));
        let Some(text) = value.and_then(|start| rest[start..].strip_prefix(b"\"")) else { continue };
        let Some(end) = memchr::memchr(b'"', text) else { continue };
        let Ok(text) = std::str::from_utf8(&text[..end]) else { continue };
        // A slash may be written `\/`; no other sign of a reference needs a backslash.
        if text.contains('\\') {
            let plain = text.replace("\\/", "/");
            if leads_out(&plain) {
                each(&plain);
            }
        } else if leads_out(text) {
            each(text);
        }
    }
}

fn leads_out(reference: &str) -> bool {
    if reference.starts_with("urn:") {
        return true;
    }
    let plain = reference.split(['?']).next().unwrap_or(reference);
    let plain = plain.split_once("/_history/").map_or(plain, |(before, _)| before);
    rules::SHARED.iter().any(|kind| plain.split('/').any(|piece| piece == *kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_that_lead_out_are_found() {
        let raw = r##"{"a":{"reference":"Practitioner/1"},"b":{"reference" : "Patient/1"},"c":{"reference":"urn:uuid:1"},
            "d":{"reference":"https:\/\/x.example\/Organization\/2"},"e":{"reference":"Location?identifier=s|1"},
            "f":{"reference":"Encounter/Practitioner-1"},"g":{"reference":7},"h":{"reference":"#Practitioner"},
            "i":{"reference":"Medication/9/_history/1"},"j":"\"reference\":\"Practitioner/2\"","k":{"reference":"Prac"##;
        let mut found = Vec::new();
        references(raw.as_bytes(), |text| found.push(text.to_owned()));
        let expected = [
            "Practitioner/1",
            "urn:uuid:1",
            "https://x.example/Organization/2",
            "Location?identifier=s|1",
            "Medication/9/_history/1",
        ];
        assert_eq!(found, expected);
    }
}
