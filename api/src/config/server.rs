//! Where and how the service listens.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: String,
    /// The address people type, without a slash at the end. `https` everywhere but on loopback.
    pub public_url: String,
    /// Certificate and key, if the service itself speaks TLS; leave out behind a proxy that does.
    pub tls: Option<Tls>,
    /// Worker threads; 0 takes two for each core, because a long reading of SQLite keeps the thread that asked.
    pub threads: usize,
    /// Whether this process also works off jobs. Off where `recordright work` runs beside it.
    pub work: bool,
    /// Whether the client's address is taken from `X-Forwarded-For` (only behind a proxy that sets it).
    pub behind_proxy: bool,
}

/// PEM files for TLS.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate chain.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".into(),
            public_url: "http://127.0.0.1:8080".into(),
            tls: None,
            threads: 0,
            work: true,
            behind_proxy: false,
        }
    }
}

impl Server {
    /// Whether people reach the service over TLS. Decides the names and flags of cookies.
    pub fn secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}
