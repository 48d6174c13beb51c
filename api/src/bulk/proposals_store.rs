//! The table of what staff propose about groups.

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::groups_store;
use super::model::{Change, Decision, Group, Proposal, Recipient};
use super::proposal_rules::Office;
use crate::base::{AccountId, Error, Instant, PatientNo, ProposalId, Result};
use crate::consents::Purpose;
use crate::db::{Tx, query, row};
use crate::fhir::sensitivity::{Label, Labels};
use crate::identity::Actor;
use crate::smart::{self, ClientId};

/// A proposal as it is kept.
pub(super) struct Kept {
    pub proposal: Proposal,
    pub asked_by: AccountId,
    pub office: Office,
    /// Who is meant; nobody after it was decided.
    pub people: Vec<PatientNo>,
}

/// What is to change beside who is in it, as JSON.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum About {
    /// A new group.
    Group(AboutGroup),
    /// A system that is to have it.
    System { client: ClientId },
}

#[derive(Serialize, Deserialize)]
struct AboutGroup {
    name: String,
    purpose: String,
    recipient: String,
    plan: i64,
    shown: i64,
}

/// Adds one; false where another about this group waits.
pub async fn add(
    tx: &mut Tx,
    (id, now): (ProposalId, Instant),
    (change, people): (&Change, &[PatientNo]),
    (actor, office): (&Actor, Office),
) -> Result<bool> {
    let about = about(change)?;
    let added = query(
        "INSERT INTO group_proposal (id, group_id, about, people, many, asked_by, asked_name, officer, asked_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(change.group().id.as_str())
    .bind(about)
    .bind(json!(people).to_string())
    .bind(i64::try_from(people.len()).map_err(Error::internal)?)
    .bind(actor.account)
    .bind(actor.name.as_str())
    .bind(i64::from(office == Office::PrivacyOfficer))
    .bind(now)
    .run(tx)
    .await?;
    Ok(added == 1)
}

fn about(change: &Change) -> Result<Option<String>> {
    let about = match change {
        Change::Members(_) => return Ok(None),
        Change::System(_, client, _) => About::System { client: client.clone() },
        Change::New(group) => About::Group(AboutGroup {
            name: group.name.trim().to_owned(),
            purpose: group.purpose.slug().to_owned(),
            recipient: group.recipient.name().trim().to_owned(),
            plan: group.recipient.plan(),
            shown: group.shown.iter().copied().collect::<Labels>().0,
        }),
    };
    Ok(Some(serde_json::to_string(&about)?))
}

/// The one that waits and says the same, if this account proposed it.
pub async fn same(
    tx: &mut Tx,
    (change, people): (&Change, &[PatientNo]),
    account: AccountId,
) -> Result<Option<ProposalId>> {
    let found: Option<(Uuid,)> = query(
        "SELECT id FROM group_proposal WHERE group_id = $1 AND decision IS NULL AND asked_by = $2 \
         AND COALESCE(about, '') = $3 AND people = $4",
    )
    .bind(change.group().id.as_str())
    .bind(account)
    .bind(about(change)?.unwrap_or_default())
    .bind(json!(people).to_string())
    .optional(tx)
    .await?;
    Ok(found.map(|(id,)| ProposalId(id)))
}

/// Decides one, and forgets who was meant; false where it was decided before.
pub async fn decide(
    tx: &mut Tx,
    (id, decision): (ProposalId, Decision),
    (actor, now): (&Actor, Instant),
) -> Result<bool> {
    let decided = query(
        "UPDATE group_proposal SET decision = $2, decided_by = $3, decided_name = $4, decided_at = $5, people = '[]' \
         WHERE id = $1 AND decision IS NULL",
    )
    .bind(id)
    .bind(decision.slug())
    .bind(actor.account)
    .bind(actor.name.as_str())
    .bind(now)
    .run(tx)
    .await?;
    Ok(decided == 1)
}

/// Ends those that were proposed before a moment and wait still, and forgets who was meant; how many.
pub async fn lapse(tx: &mut Tx, (now, before): (Instant, Instant)) -> Result<u64> {
    query(
        "UPDATE group_proposal SET decision = $1, decided_at = $2, people = '[]' \
         WHERE decision IS NULL AND asked_at <= $3",
    )
    .bind(Decision::Lapsed.slug())
    .bind(now)
    .bind(before)
    .run(tx)
    .await
}

/// How many of these people are in a group.
pub async fn among(tx: &mut Tx, group: &str, people: &[PatientNo]) -> Result<i64> {
    let (count,): (i64,) = query(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM patient_group_member WHERE group_id = $1 AND patient_no IN \
         (SELECT CAST(CAST(value AS TEXT) AS BIGINT) FROM json_each($2))",
    )
    .bind(group)
    .bind(json!(people).to_string())
    .one(tx)
    .await?;
    Ok(count)
}

/// The names and birth dates of these people, by name.
pub async fn named(tx: &mut Tx, people: &[PatientNo]) -> Result<Vec<(String, Option<String>)>> {
    query(
        "SELECT p.name, p.birth_date FROM json_each($1) a CROSS JOIN patient p \
         WHERE p.patient_no = CAST(CAST(a.value AS TEXT) AS BIGINT) ORDER BY p.name, p.patient_no",
    )
    .bind(json!(people).to_string())
    .all(tx)
    .await
}

/// How many that were proposed after a moment wait still, by who proposed them and in which office.
pub async fn open(tx: &mut Tx, after: Instant) -> Result<Vec<(AccountId, Office, i64)>> {
    let rows: Vec<(Uuid, i64, i64)> = query(
        "SELECT asked_by, officer, CAST(COUNT(*) AS BIGINT) FROM group_proposal \
         WHERE decision IS NULL AND asked_at > $1 GROUP BY asked_by, officer",
    )
    .bind(after)
    .all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(asked_by, officer, count)| (AccountId(asked_by), office(officer), count))
        .collect())
}

fn office(officer: i64) -> Office {
    if officer == 1 { Office::PrivacyOfficer } else { Office::Administrator }
}

row! {
    struct Row {
        id: Uuid,
        group_id: String,
        about: Option<String>,
        people: String,
        many: i64,
        asked_by: Uuid,
        asked_name: String,
        officer: i64,
        asked_at: i64,
        decision: Option<String>,
        decided_name: Option<String>,
        decided_at: Option<i64>,
    }
}

macro_rules! proposals {
    ($people:literal, $rest:literal) => {
        concat!(
            "SELECT id, group_id, about, ",
            $people,
            " AS people, many, asked_by, asked_name, officer, asked_at, decision, decided_name, \
             decided_at FROM group_proposal ",
            $rest
        )
    };
}

/// One of them.
pub async fn one(tx: &mut Tx, id: ProposalId) -> Result<Option<Kept>> {
    let row: Option<Row> = query(proposals!("people", "WHERE id = $1")).bind(id).optional(tx).await?;
    match row {
        Some(row) => Ok(Some(kept(tx, row).await?)),
        None => Ok(None),
    }
}

/// So many from this place on, the newest first, without who is meant.
pub async fn page(tx: &mut Tx, (skip, most): (i64, i64)) -> Result<Vec<Kept>> {
    let rows: Vec<Row> =
        query(proposals!("CAST('[]' AS TEXT)", "ORDER BY asked_at DESC, id DESC LIMIT $1 OFFSET $2"))
            .bind(most)
            .bind(skip)
            .all(tx)
            .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(kept(tx, row).await?);
    }
    Ok(all)
}

async fn kept(tx: &mut Tx, row: Row) -> Result<Kept> {
    let odd = |what: &str| Error::internal(anyhow::anyhow!("a proposal about a group has {what}"));
    let about: Option<About> = row.about.as_deref().map(serde_json::from_str).transpose()?;
    let change = match about {
        Some(About::Group(about)) => {
            let purpose = Purpose::from_slug(&about.purpose).ok_or_else(|| odd("an unknown purpose"))?;
            let shown = Label::ALL.into_iter().filter(|label| Labels(about.shown).has(*label)).collect();
            let recipient = Recipient::of(about.recipient, about.plan);
            Change::New(Group { id: row.group_id, name: about.name, purpose, recipient, shown })
        }
        about => {
            let known = groups_store::one(tx, &row.group_id).await?.ok_or_else(|| odd("no group"))?;
            match about {
                Some(About::System { client }) => {
                    let name = smart::called(tx, &client).await?.unwrap_or_else(|| client.0.clone());
                    Change::System(known.group, client, name)
                }
                _ => Change::Members(known.group),
            }
        }
    };
    let decision = row.decision.as_deref().map(|slug| Decision::from_slug(slug).ok_or_else(|| odd(slug)));
    let decision = decision.transpose()?;
    let decided = decision.map(|decision| {
        (decision, row.decided_name.unwrap_or_default(), Instant(row.decided_at.unwrap_or_default()))
    });
    let proposal = Proposal {
        id: ProposalId(row.id),
        change,
        many: row.many,
        by: row.asked_name,
        at: Instant(row.asked_at),
        decided,
    };
    let office = office(row.officer);
    let people = serde_json::from_str(&row.people)?;
    Ok(Kept { proposal, asked_by: AccountId(row.asked_by), office, people })
}
