//! How mail is sent. A mail never says more than that there is something to see after signing in.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// Mail.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// The mail server as host and port; empty sends no mail.
    pub server: String,
    /// Whether the connection starts with STARTTLS. Off only for a server on the same machine.
    pub starttls: bool,
    /// The sender's address.
    pub from: String,
    /// The user name, if the server wants one.
    pub user: String,
    /// The password, if the server wants one.
    #[serde(skip_serializing)]
    pub password: Option<SecretString>,
}
