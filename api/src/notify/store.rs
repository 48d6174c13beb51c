//! Where an account can be written to.

use crate::base::{AccountId, Result};
use crate::db::{Tx, query};

/// The e-mail address and the language of an account.
pub async fn address(tx: &mut Tx, account: AccountId) -> Result<Option<(Option<String>, Option<String>)>> {
    query("SELECT email, language FROM account WHERE id = $1").bind(account).optional(tx).await
}
