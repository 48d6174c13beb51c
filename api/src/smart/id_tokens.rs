//! ID tokens (OpenID Connect Core 1.0, section 2) and the keys that sign them: RSA, made when first needed, kept sealed,
//! renewed every 90 days with both published in between.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::{Engine, prelude::BASE64_STANDARD};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::rules::{Make, key_plan};
use super::{metadata, store};
use crate::app::App;
use crate::base::{AccountId, Error, Instant, Result, SessionId};

/// What seals the private keys.
const SEAL: &[u8] = b"id-token-key";
/// How long an ID token is good for, in seconds: it is looked at when it comes.
const LIVES: i64 = 600;

/// What an ID token says.
pub(super) struct Said<'a> {
    pub client: &'a str,
    pub account: AccountId,
    pub session: SessionId,
    pub auth_time: Option<Instant>,
    pub nonce: Option<&'a str>,
    /// Where the user can be read, if the app may know.
    pub fhir_user: Option<String>,
}

/// Who somebody is to apps: the same for all of them, because the record's own id is too.
pub(super) fn subject(app: &App, account: AccountId) -> String {
    hex::encode(app.keys.mac(b"app-subject", account.0.as_bytes()))
}

/// Signs it.
pub(super) async fn sign(app: &App, said: Said<'_>) -> Result<String> {
    let now = seconds(app.clock.now());
    let mut claims = json!({
        "iss": metadata::issuer(app),
        "sub": subject(app, said.account),
        "aud": said.client,
        "exp": now + LIVES,
        "iat": now,
        "sid": hex::encode(&app.keys.mac(b"app-session", said.session.0.as_bytes())[..16]),
    });
    if let Some(at) = said.auth_time {
        claims["auth_time"] = json!(seconds(at));
    }
    if let Some(nonce) = said.nonce {
        claims["nonce"] = json!(nonce);
    }
    if let Some(user) = said.fhir_user {
        claims["fhirUser"] = json!(user);
        claims["profile"] = json!(user);
    }
    let (kid, sealed) = signer(app).await?;
    let pem = app.keys.unseal(SEAL, &sealed)?;
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(kid);
    // A signature with RSA takes a millisecond or two.
    let signed = tokio::task::spawn_blocking(move || {
        let key = EncodingKey::from_rsa_pem(&pem).map_err(Error::internal)?;
        jsonwebtoken::encode(&header, &claims, &key).map_err(Error::internal)
    });
    signed.await.map_err(Error::internal)?
}

pub(super) fn seconds(at: Instant) -> i64 {
    at.micros().div_euclid(1_000_000)
}

/// The public keys (RFC 7517), the oldest first.
pub(super) async fn jwks(app: &App) -> Result<Value> {
    signer(app).await?;
    let mut tx = app.db.read().await?;
    let kept = store::signing_keys(&mut tx).await?;
    let keys = kept.into_iter().map(|(_, _, public, _)| serde_json::from_str::<Value>(&public));
    Ok(json!({"keys": keys.collect::<std::result::Result<Vec<_>, _>>()?}))
}

/// The key that signs now; the first one is made here.
async fn signer(app: &App) -> Result<(String, Vec<u8>)> {
    if let Some(found) = signing_now(app).await? {
        return Ok(found);
    }
    renew(app).await?;
    signing_now(app).await?.ok_or_else(|| Error::internal(anyhow::anyhow!("no key signs ID tokens")))
}

async fn signing_now(app: &App) -> Result<Option<(String, Vec<u8>)>> {
    let mut tx = app.db.read().await?;
    let kept = store::signing_keys(&mut tx).await?;
    let made: Vec<Instant> = kept.iter().map(|(_, _, _, at)| *at).collect();
    let signs = key_plan(&made, app.clock.now()).signs;
    let found = kept.into_iter().find(|(_, _, _, at)| Some(*at) == signs);
    Ok(found.map(|(kid, sealed, _, _)| (kid, sealed)))
}

/// Makes the next key when it is time, and forgets those whose tokens are over.
pub(super) async fn renew(app: &App) -> Result<()> {
    let now = app.clock.now();
    let made = |kept: &[(String, Vec<u8>, String, Instant)]| {
        kept.iter().map(|(_, _, _, at)| *at).collect::<Vec<_>>()
    };
    let mut tx = app.db.read().await?;
    let plan = key_plan(&made(&store::signing_keys(&mut tx).await?), now);
    drop(tx);
    if plan.make == Make::No && plan.over.is_empty() {
        return Ok(());
    }
    let new = match plan.make {
        Make::Yes => Some(tokio::task::spawn_blocking(generate).await.map_err(Error::internal)??),
        Make::No => None,
    };
    let mut tx = app.db.write().await?;
    // Another process may have been faster.
    let plan = key_plan(&made(&store::signing_keys(&mut tx).await?), now);
    if let Some((kid, pem, public)) = new.filter(|_| plan.make == Make::Yes) {
        let sealed = app.keys.seal(SEAL, pem.as_bytes())?;
        store::add_signing_key(&mut tx, (&kid, &sealed, &public), now).await?;
    }
    if let Some(newest) = plan.over.last() {
        store::forget_signing_keys(&mut tx, *newest).await?;
    }
    tx.commit().await
}

/// A new key: its name, the private half as PEM, the public half as JWK.
fn generate() -> Result<(String, String, String)> {
    let odd = |_| Error::internal(anyhow::anyhow!("an RSA key cannot be made"));
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(odd)?;
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(odd)?;
    let text = BASE64_STANDARD.encode(der.as_ref());
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
    let key = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(Error::internal)?;
    let mut public = Jwk::from_encoding_key(&key, Algorithm::RS256).map_err(Error::internal)?;
    let kid = public.thumbprint(ThumbprintHash::SHA256).map_err(Error::internal)?;
    public.common.key_id = Some(kid.clone());
    public.common.public_key_use = Some(PublicKeyUse::Signature);
    let mut public = serde_json::to_value(public)?;
    public["alg"] = json!("RS256");
    Ok((kid, pem, public.to_string()))
}
