//! Groups of patients as staff see them: what was agreed, with which systems, and what these took. Numbers only: nothing
//! here says who is in a group.

use super::model::{GroupChange, GroupKept, GroupStory, Overview};
use super::{groups_store, store};
use crate::app::App;
use crate::base::{Error, Result, page_of, span};
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
    let (kept, more) = page_of(groups_store::page(&mut tx, span(page, PAGE)).await?, PAGE);
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
    let (exports, more) = page_of(store::of_group(&mut tx, id, span(page, PAGE)).await?, PAGE);
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

fn agreed(systems: &[Client], kept: &GroupKept) -> Vec<Client> {
    systems.iter().filter(|system| system.about.groups.contains(&kept.group.id)).cloned().collect()
}
