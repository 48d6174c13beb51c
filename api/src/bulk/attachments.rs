//! The content of attachments that lies in a file of its own (Bulk Data Access 2.0, Attachments). In an export their
//! addresses lead to this room: the system of the export fetches the content with its token as long as it may fetch the
//! file that names it. An address is sealed and says what was exported, so nothing else can be asked for; the file is an
//! item of the person's entry in the ledger.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::model::No;
use super::read::{self, Decision, Plan};
use super::resources_store::{self as resources, Light};
use super::{ready, still_goes};
use crate::app::App;
use crate::base::{Error, ExportId, PatientNo, Result, Rid};
use crate::db::Tx;
use crate::fhir::outgoing::{FileAddress, Readdressed, file_addresses, readdress};
use crate::records;
use crate::records::api::{self, Leads, Resource};
use crate::representation::Sight;
use crate::smart::SystemAccess;

/// Characters of an address at most.
const LONGEST: usize = 1_000;
const SEAL: &[u8] = b"bulk attachment";

/// What an address leads to.
#[derive(Serialize, Deserialize)]
struct Place {
    export: ExportId,
    /// The part of what names it.
    part: i64,
    /// Whose record led there.
    patient: PatientNo,
    /// The type of what names it: who may have that may have what it consists of.
    kind: String,
    rid: i64,
    version: i64,
}

/// Files that are named by what goes out, by key.
pub type Files = BTreeMap<i64, Light>;

/// Gives attachments the addresses under which their content is fetched, of what is seen and in a part; an address that
/// leads nowhere is taken out. The files that they lead to.
pub async fn address(
    plan: &Plan,
    tx: &mut Tx,
    (sight, part): (Sight, i64),
    (all, leads): (&mut [Resource], &Leads),
) -> Result<Files> {
    let found: Vec<Vec<FileAddress>> = all.iter().map(|one| file_addresses(&one.bytes)).collect();
    let named = lead(plan, tx, sight, (&found, leads)).await?;
    let rids: Vec<i64> = named.values().copied().collect();
    let files: Files = match rids.is_empty() {
        true => Files::new(),
        false => {
            let rows = resources::named(tx, sight, (&rids, plan.span.1)).await?;
            rows.into_iter().filter(|one| one.r#type == "Binary").map(|one| (one.rid, one)).collect()
        }
    };
    for (one, addresses) in all.iter_mut().zip(found) {
        let mut changed = Vec::with_capacity(addresses.len());
        for address in addresses {
            let file = named.get(name(plan, &address.text)).and_then(|rid| files.get(rid));
            let to = match file {
                Some(file) => {
                    let (export, kind) = (plan.id, one.kind.clone());
                    let (rid, version) = (file.rid, file.version);
                    let place = Place { export, part, patient: sight.patient, kind, rid, version };
                    Readdressed::At(sealed(&plan.app, &place)?)
                }
                None if is_elsewhere(&address.text, &api::base(&plan.app)) => continue,
                None => Readdressed::Nowhere,
            };
            changed.push((address, to));
        }
        if !changed.is_empty() {
            one.bytes = readdress(&one.bytes, &changed);
        }
    }
    Ok(files)
}

/// What addresses lead to here, by what they name.
async fn lead(
    plan: &Plan,
    tx: &mut Tx,
    sight: Sight,
    (found, leads): (&[Vec<FileAddress>], &Leads),
) -> Result<HashMap<String, i64>> {
    let (mut named, mut written) = (HashMap::new(), BTreeSet::new());
    for address in found.iter().flatten() {
        let name = name(plan, &address.text);
        if let Some(rid) = leads.rid(name) {
            named.insert(name.to_owned(), rid);
        } else {
            written.insert(name);
        }
    }
    if !written.is_empty() {
        let keys: Vec<_> = written.into_iter().map(records::Key::read).collect();
        // The newest last: a name that two have had means the later.
        let targets = records::lead(tx, sight, &keys).await?.into_iter().rev();
        named.extend(targets.map(|target| (target.reference, target.rid)));
    }
    Ok(named)
}

/// What an address names: `Binary/1` of one on this server, without what asks for a form.
fn name<'a>(plan: &Plan, address: &'a str) -> &'a str {
    let plain = address.split(['?', '#']).next().unwrap_or(address);
    let base = api::base(&plan.app);
    plain.strip_prefix(&base).and_then(|rest| rest.strip_prefix('/')).unwrap_or(plain)
}

/// Whether an address that leads to nothing here may lead to something elsewhere: on the web, and not on this server.
fn is_elsewhere(address: &str, base: &str) -> bool {
    let begins =
        |scheme: &str| address.get(..scheme.len()).is_some_and(|own| own.eq_ignore_ascii_case(scheme));
    (begins("http://") || begins("https://")) && !address.starts_with(base)
}

fn sealed(app: &App, place: &Place) -> Result<String> {
    let text = BASE64_URL_SAFE_NO_PAD.encode(app.keys.seal(SEAL, &serde_json::to_vec(place)?)?);
    Ok(format!("{}/bulk/{}/attachment/{text}", api::base(app), place.export))
}

fn unsealed(app: &App, (export, text): (ExportId, &str)) -> Option<Place> {
    let sealed = (text.len() <= LONGEST).then(|| BASE64_URL_SAFE_NO_PAD.decode(text).ok())??;
    let place: Place = serde_json::from_slice(&app.keys.unseal(SEAL, &sealed).ok()?).ok()?;
    (place.export == export).then_some(place)
}

/// The file, as a Binary, that an attachment of an export leads to.
///
/// # Errors
/// As of [`super::open`].
pub async fn attachment(
    app: &App,
    access: &SystemAccess,
    (id, text): (ExportId, &str),
) -> std::result::Result<Resource, No> {
    let place = unsealed(app, (id, text)).ok_or(Error::NotFound)?;
    let mut tx = app.db.read().await?;
    let known = ready(app, &mut tx, access, id).await?;
    still_goes(&mut tx, access, (&known, id), (place.part, Some(&place.kind))).await?;
    let sight = match Rid(place.rid).patient() {
        PatientNo::DIRECTORY => read::nothing_of(place.patient),
        _ => {
            let asked = (&known.client, known.ask.groups.as_slice(), place.patient);
            match read::decide(app, &mut tx, asked).await? {
                Decision::Export(ground) => ground.sight,
                Decision::LeftOut | Decision::NotAMember => return Err(No::Changed),
            }
        }
    };
    let wanted = [(place.rid, place.version)];
    let found = api::resources(app, &mut tx, (sight, &wanted), &mut Leads::default()).await?;
    let same = |(_, one): (i64, Resource)| (one.version == place.version).then_some(one);
    found.into_iter().next().and_then(same).ok_or(No::Changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_elsewhere() {
        for (address, elsewhere) in [
            ("https://x.example/a.pdf", true),
            ("HTTP://x.example/a.pdf", true),
            ("https://own.example/fhir/Binary/1", false),
            ("Binary/1", false),
            ("/Binary/1", false),
            ("file:///etc/passwd", false),
            ("urn:uuid:1", false),
            ("", false),
            ("ⓗttps://x", false),
        ] {
            assert_eq!(is_elsewhere(address, "https://own.example/fhir"), elsewhere, "{address}");
        }
    }
}
