//! What comes with a page of a search: what it points to, and what points to it.

use std::collections::HashMap;

use super::Fault;
use super::find::{Leave, Reader};
use super::find_store::{self as store, Rids};
use super::notes::LeftOut;
use crate::db::Tx;
use crate::fhir::search::{Include, Search};
use crate::records::store::Kept;
use crate::smart::{Access, Allowed, Interaction, Level};

/// What comes along.
pub(super) struct Included {
    /// Each once, and nothing that is on the page.
    pub resources: Vec<(i64, Kept)>,
    /// What was not followed, each once.
    pub left_out: Vec<LeftOut>,
}

/// What comes with this page.
pub(super) async fn included(
    tx: &mut Tx,
    reader: Reader<'_>,
    (search, page): (&Search, &[(i64, Kept)]),
) -> Result<Included, Fault> {
    let mut along = Along {
        reader,
        on_page: page.iter().map(|(rid, _)| *rid).collect(),
        leaves: HashMap::new(),
        rids: Rids::new(),
        left_out: not_granted(reader.access, search),
    };
    if page.is_empty() {
        return Ok(Included { resources: Vec::new(), left_out: along.left_out });
    }
    for include in along.followed("_include", &search.includes) {
        let pointed = reader.pointed_by(tx, (include.resource_type, include.param), &along.on_page).await?;
        for (rid, kind) in pointed {
            if include.target.as_ref().is_none_or(|only| *only == kind) {
                along.take(tx, ("_include", include), (rid, &kind)).await?;
            }
        }
    }
    let names: Vec<(i64, String)> =
        page.iter().map(|(rid, kept)| (*rid, format!("{}/{}", kept.kind, kept.id))).collect();
    for include in along.followed("_revinclude", &search.rev_includes) {
        let Include { resource_type, param, target } = include;
        if target.as_ref().is_none_or(|only| only == search.resource_type) {
            let pointing = reader.pointing_to(tx, (resource_type, param), &names).await?;
            for rid in reader.in_sight(tx, resource_type, pointing).await? {
                along.take(tx, ("_revinclude", include), (rid, resource_type)).await?;
            }
        }
    }
    let resources = store::kept(tx, reader.sight, &along.rids).await?;
    Ok(Included { resources, left_out: along.left_out })
}

/// The includes of which it is known before anything is looked up that the grant has nothing of their type. Where a
/// reference leads to is known later, and only to what is seen.
pub(super) fn not_granted(access: &Access, search: &Search) -> Vec<LeftOut> {
    let closed =
        |kind: &str| access.scopes.of_type((Level::Patient, Interaction::Search), kind) == Allowed::No;
    let left = |way, include: &Include, kind: &str| {
        closed(kind).then(|| LeftOut { way, include: include.clone(), kind: kind.to_owned() })
    };
    let named = search.includes.iter().filter_map(|one| left("_include", one, one.target.as_deref()?));
    let reverse = search.rev_includes.iter().filter_map(|one| left("_revinclude", one, one.resource_type));
    named.chain(reverse).collect()
}

struct Along<'a> {
    reader: Reader<'a>,
    on_page: Vec<i64>,
    /// What the grant leaves of each type that was met; none where it leaves nothing.
    leaves: HashMap<String, Option<Leave>>,
    rids: Rids,
    left_out: Vec<LeftOut>,
}

impl Along<'_> {
    /// Those of these includes that are not known to lead to nothing that was granted.
    fn followed<'b>(&self, way: &str, all: &'b [Include]) -> Vec<&'b Include> {
        let left =
            |include: &Include| self.left_out.iter().any(|one| one.way == way && one.include == *include);
        all.iter().filter(|include| !left(include)).collect()
    }

    /// Takes one that an include led to, if the grant has it.
    async fn take(
        &mut self,
        tx: &mut Tx,
        (way, include): (&'static str, &Include),
        (rid, kind): (i64, &str),
    ) -> Result<(), Fault> {
        if !self.leaves.contains_key(kind) {
            let leave = match self.reader.leave(tx, (kind, Interaction::Search)).await {
                Ok(leave) => Some(leave),
                Err(Fault::Scope) => None,
                Err(fault) => return Err(fault),
            };
            self.leaves.insert(kind.to_owned(), leave);
        }
        match self.leaves.get(kind).and_then(Option::as_ref) {
            Some(leave) => {
                if leave.has(rid) && !self.on_page.contains(&rid) && !self.rids.contains(&rid) {
                    self.rids.push(rid);
                }
            }
            None => {
                let left = LeftOut { way, include: include.clone(), kind: kind.to_owned() };
                if !self.left_out.contains(&left) {
                    self.left_out.push(left);
                }
            }
        }
        Ok(())
    }
}
