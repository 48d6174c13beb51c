//! What somebody typed, as it stands in an address: sealed, so that no history and no log of a server between tells it, and
//! of use to that account only.

use api::app::App;
use api::base::{AccountId, Instant, Result};
use api::identity::Actor;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The field of an address in which it stands.
pub const FIELD: &str = "s";

/// Seals what an account typed, for this purpose.
///
/// # Errors
/// `Internal` where the keys do not serve.
pub fn seal<T: Serialize>(app: &App, actor: &Actor, (purpose, typed): (&[u8], &T)) -> Result<String> {
    let json = serde_json::to_vec(&(actor.account, app.clock.now(), typed))?;
    Ok(hex::encode(app.keys.seal(purpose, &json)?))
}

/// What this account typed, and when; none where it was not this account, or not for this purpose.
pub fn unseal<T: DeserializeOwned>(
    app: &App,
    actor: &Actor,
    (purpose, sealed): (&[u8], &str),
) -> Option<(T, Instant)> {
    let plain = app.keys.unseal(purpose, &hex::decode(sealed).ok()?).ok()?;
    let (account, at, typed): (AccountId, Instant, T) = serde_json::from_slice(&plain).ok()?;
    (account == actor.account).then_some((typed, at))
}
