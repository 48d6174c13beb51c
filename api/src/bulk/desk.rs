//! Groups of patients as staff see them: what was agreed, with which systems, and what these took. Numbers only: nothing
//! here says who is in a group.

use super::model::{ExportKept, GroupChange, GroupKept, GroupStory, Overview};
use super::{groups_store, store};
use crate::app::App;
use crate::base::{Error, Result};
use crate::identity::Actor;
use crate::smart::{self, Client, ClientId};

/// Groups on one page, and exports.
const PAGE: i64 = 20;

/// All groups by id, also those that are over, so many on a page (from 1), each with its newest export; whether there is
/// another page. For staff who handle apps.
///
/// # Errors
/// `Refused` with `refused-not-your-role`.
pub async fn groups_for_desk(app: &App, actor: &Actor, page: i64) -> Result<(Vec<Overview>, bool)> {
    let systems = smart::systems(app, actor).await?;
    let mut tx = app.db.read().await?;
    let mut kept = groups_store::page(&mut tx, (skipped(page), PAGE + 1)).await?;
    let more = cut(&mut kept);
    let mut all = Vec::with_capacity(kept.len());
    for kept in kept {
        let last = store::of_group(&mut tx, &kept.group.id, (0, 1)).await?.pop();
        all.push(Overview { systems: agreed(&systems, &kept), kept, last });
    }
    Ok((all, more))
}

/// One group, with a page (from 1) of its exports, the newest first, and whether there are more; and what became of it.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role`.
pub async fn group_for_desk(app: &App, actor: &Actor, (id, page): (&str, i64)) -> Result<GroupStory> {
    let systems = smart::systems(app, actor).await?;
    let mut tx = app.db.read().await?;
    let kept = groups_store::one(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let mut exports: Vec<ExportKept> = store::of_group(&mut tx, id, (skipped(page), PAGE + 1)).await?;
    let more = cut(&mut exports);
    let mut events = groups_store::events(&mut tx, id).await?;
    for event in &mut events {
        if let GroupChange::Given(system) | GroupChange::Taken(system) = &mut event.what
            && let Some(name) = smart::called(&mut tx, &ClientId(system.clone())).await?
        {
            *system = name;
        }
    }
    let agreed = agreed(&systems, &kept);
    let could = |system: &Client| smart::is_given_groups(system) && !agreed.contains(system);
    let others = systems.into_iter().filter(could).collect();
    Ok(GroupStory { systems: agreed, others, kept, exports, more, events })
}

fn skipped(page: i64) -> i64 {
    (page.clamp(1, 10_000) - 1) * PAGE
}

/// Whether there is one more than a page has, which goes.
fn cut<T>(all: &mut Vec<T>) -> bool {
    let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = all.len() > most;
    all.truncate(most);
    more
}

fn agreed(systems: &[Client], kept: &GroupKept) -> Vec<Client> {
    systems.iter().filter(|system| system.about.groups.contains(&kept.group.id)).cloned().collect()
}
