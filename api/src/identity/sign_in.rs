//! The two halves of a sign-in: sending the browser to the provider, and taking it back (OpenID Connect
//! Core 1.0, section 3.1; PKCE of RFC 7636; issuer of RFC 9207).

use std::time::Duration;

use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow};
use openidconnect::{
    AuthenticationContextClass, CsrfToken, LanguageTag, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope,
};
use subtle::ConstantTimeEq;

use super::claims::Kept;
use super::fault::{AWAY, Cause, refused};
use super::store::{self, BegunFlow, Ended, Flow, NewSession};
use super::tokens::{self, Expected, FLOW, Verified};
use super::{Actor, Again, Back, Begun, Fresh, Need, SignedIn, Start, providers, rules, sessions, strength};
use crate::app::App;
use crate::base::{self, AccountId, Error, Instant, Result, SessionId};
use crate::config::Provider;
use crate::db::Tx;

/// The span in which the starts of one address are counted.
const START_SPAN: Duration = Duration::from_secs(10 * 60);

/// Where to send the browser, and what ties the answer to it.
pub(super) async fn begin(app: &App, start: Start) -> Result<Begun> {
    go(app, start, None).await
}

/// The same for somebody who is signed in and must be again, as the same account.
pub(super) async fn begin_again(app: &App, actor: &Actor, again: Again) -> Result<Begun> {
    let start = Start {
        provider: actor.provider.clone(),
        return_to: again.return_to,
        language: again.language,
        fresh: Fresh::Yes,
        address: again.address,
    };
    go(app, start, Some((actor.account, again.need))).await
}

async fn go(app: &App, start: Start, again: Option<(AccountId, Need)>) -> Result<Begun> {
    let provider = providers::must_find(app, &start.provider)?;
    count_start(app, &start.address).await?;
    let metadata = providers::metadata(app, provider).await?;
    let party = tokens::party(app, provider, &metadata).map_err(|cause| refused(&provider.id, cause))?;

    let (state, nonce, browser) = (base::token(), base::token(), base::token());
    let verifier = PkceCodeVerifier::new(base::token());
    let (sent_state, sent_nonce) = (state.clone(), nonce.clone());
    let mut request = party
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(sent_state),
            move || Nonce::new(sent_nonce),
        )
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .add_scopes(provider.scopes.iter().filter(|s| *s != "openid").cloned().map(Scope::new))
        .add_ui_locale(LanguageTag::new(start.language.tag().to_owned()));
    let usual = || provider.acr_values.iter().map(String::as_str).collect();
    let asked = match again {
        Some((_, Need::TwoFactors)) => Some(provider.strength.two_factors()).filter(|acr| !acr.is_empty()),
        _ => None,
    };
    for acr in asked.unwrap_or_else(usual) {
        request = request.add_auth_context_value(AuthenticationContextClass::new(acr.to_owned()));
    }
    if start.fresh == Fresh::Yes {
        // With max_age the provider must say when it asked (Core 3.1.2.1), so that we can check that it did.
        request = request.add_prompt(CoreAuthPrompt::Login).set_max_age(FLOW);
    }
    let (redirect, _, _) = request.url();

    let now = app.clock.now();
    let flow = Flow {
        state_hash: app.keys.mac(b"sign-in-state", state.as_bytes()),
        browser_hash: app.keys.mac(b"sign-in-browser", browser.as_bytes()),
        provider: provider.id.clone(),
        nonce,
        verifier: seal_verifier(app, verifier.secret(), start.fresh)?,
        return_to: rules::return_to(&start.return_to),
        language: start.language.tag(),
        account: again.map(|(account, _)| account),
        created: now,
        expires: now.plus(FLOW),
    };
    let mut tx = app.db.write().await?;
    store::begin_flow(&mut tx, flow).await?;
    tx.commit().await?;
    Ok(Begun { redirect: redirect.into(), browser })
}

/// Counts the start against the limit of its address, before anybody else is asked anything.
async fn count_start(app: &App, address: &str) -> Result<()> {
    let most = i64::from(app.config.sessions.starts_per_address);
    if most == 0 {
        return Ok(());
    }
    let (window, left) = rules::window(app.clock.now(), START_SPAN);
    let key = app.keys.mac(b"rate", format!("start/{}", rules::network(address)).as_bytes());
    let mut tx = app.db.write().await?;
    if store::count_try(&mut tx, key, window).await? > most {
        return Err(Error::refused("refused-too-many-starts").for_the_next(left));
    }
    tx.commit().await
}

/// Checks what came back, and begins a session.
pub(super) async fn finish(app: &App, back: Back) -> Result<SignedIn> {
    let flow = take_flow(app, &back).await?;
    let provider = providers::must_find(app, &flow.provider)?;
    let refused = |cause| refused(&provider.id, cause);
    if app.clock.now() >= Instant(flow.expires_at) {
        return Err(refused(Cause("sign-in-expired", "the sign-in took too long")));
    }
    let metadata = providers::metadata(app, provider).await?;
    let named = metadata.additional_metadata().authorization_response_iss_parameter_supported;
    match &back.issuer {
        Some(issuer) if *issuer != provider.issuer => {
            return Err(refused(Cause("sign-in-issuer", "the answer is of another issuer")));
        }
        None if named => return Err(refused(Cause("sign-in-issuer", "the answer does not name its issuer"))),
        _ => {}
    }
    if let Some(error) = &back.error {
        return Err(refused(said_no(error)));
    }
    let code = match &back.code {
        Some(code) if !code.is_empty() && code.len() <= 4096 => code.clone(),
        _ => return Err(refused(Cause("sign-in-incomplete", "the answer has no code"))),
    };
    let (verifier, fresh) = open_verifier(app, &flow.verifier)?;
    let expected = Expected {
        nonce: flow.nonce.clone(),
        verifier,
        asked_since: (fresh == Fresh::Yes).then_some(Instant(flow.created_at)),
    };
    let verified = tokens::redeem(app, provider, (code, expected)).await.map_err(refused)?;
    start_session(app, provider, (back, flow, verified)).await
}

/// Takes out the begun sign-in that the answer belongs to, and checks that this browser began it. Whatever
/// is wrong afterwards, the same answer cannot be tried again.
async fn take_flow(app: &App, back: &Back) -> Result<BegunFlow> {
    let refused = |id, cause| refused("?", Cause(id, cause));
    let Some(state) = &back.state else {
        return Err(refused("sign-in-state", "the answer has no state"));
    };
    let mut tx = app.db.write().await?;
    let flow = store::take_flow(&mut tx, app.keys.mac(b"sign-in-state", state.as_bytes())).await?;
    tx.commit().await?;
    let Some(flow) = flow else {
        return Err(refused("sign-in-state", "the state is not known or was used"));
    };
    let browser = back.browser.as_deref().unwrap_or_default();
    let hash = app.keys.mac(b"sign-in-browser", browser.as_bytes());
    if !bool::from(hash.as_slice().ct_eq(&flow.browser_hash)) {
        return Err(refused("sign-in-browser", "another browser began this sign-in"));
    }
    Ok(flow)
}

/// What an error of the authorization endpoint means (RFC 6749, 4.1.2.1; Core 3.1.2.6).
fn said_no(error: &str) -> Cause {
    match error {
        "access_denied" => Cause("sign-in-denied", "the person or the provider said no"),
        "temporarily_unavailable" => Cause(AWAY, "the provider says that it cannot now"),
        "server_error" => Cause(AWAY, "the provider says that it failed"),
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            Cause("sign-in-incomplete", "the provider says that the person was not asked")
        }
        _ => Cause("sign-in-provider-error", "the provider answers with an error"),
    }
}

async fn start_session(
    app: &App,
    provider: &Provider,
    (back, flow, verified): (Back, BegunFlow, Verified),
) -> Result<SignedIn> {
    let now = app.clock.now();
    let secret = base::token();
    let device = rules::device(&back.user_agent);
    let claims = verified.claims;
    let (name, email) = (claims.display_name(), claims.email.clone());
    let from = hex::encode(app.keys.mac(b"address", rules::network(&back.address).as_bytes()));
    let kept = serde_json::to_vec(&Kept { claims, from })?;

    let mut tx = app.db.write().await?;
    let account = account(app, &mut tx, (&provider.issuer, &verified.subject)).await?;
    if flow.account_id.is_some_and(|wanted| AccountId(wanted) != account) {
        // Nothing is kept of this sign-in; whoever was signed in still is.
        return Err(refused(
            &provider.id,
            Cause("sign-in-other-person", "the sign-in again was of another account"),
        ));
    }
    let level = provider.strength.level(verified.acr.as_deref(), verified.amr.as_deref());
    let said = (provider.id.as_str(), verified.acr.as_deref());
    strength::said_by_provider(&mut tx, (account, now), said, level).await?;
    store::renew_account(&mut tx, account, (name, email), now).await?;
    let mut follows = None;
    if let Some(previous) = &back.previous {
        let ended =
            store::end_by_secret(&mut tx, sessions::hash(app, previous), (now, sessions::REPLACED)).await?;
        // Only of the account that had to sign in again: in any other sign-in somebody else may sit there now.
        let same =
            |ended: &&Ended| flow.account_id == Some(ended.account_id) && ended.account_id == account.0;
        follows = ended.as_ref().filter(same).map(|ended| SessionId(ended.id));
        sessions::note_end(app, &mut tx, ended, sessions::REPLACED).await?;
    }
    let new = NewSession {
        id: SessionId(base::uuid(now)),
        secret_hash: sessions::hash(app, &secret),
        account,
        provider: provider.id.clone(),
        issuer: provider.issuer.clone(),
        subject: verified.subject,
        provider_sid: verified.sid,
        id_token: app.keys.seal(sessions::ID_TOKEN, verified.id_token.as_bytes())?,
        acr: verified.acr,
        amr: verified.amr,
        roles: verified.roles.iter().map(|role| role.slug()).collect::<Vec<_>>().join(" "),
        auth_time: verified.auth_time,
        level,
        claims: app.keys.seal(sessions::CLAIMS, &kept)?,
        device: device.clone(),
        now,
        idle_until: now.plus(app.config.sessions.idle()),
        absolute_until: now.plus(app.config.sessions.absolute()),
    };
    store::begin_session(&mut tx, new).await?;
    sessions::note(app, &mut tx, (account, provider.id.clone(), device), "sign-in-ok").await?;
    let row = store::in_force(&mut tx, sessions::hash(app, &secret), now).await?;
    tx.commit().await?;
    let row = row.ok_or_else(|| Error::internal(anyhow::anyhow!("a session is over as it begins")))?;
    Ok(SignedIn { secret, return_to: flow.return_to, session: sessions::read(app, row), follows })
}

/// The person's account, made at the first sign-in. Two first sign-ins at once end with one account.
async fn account(app: &App, tx: &mut Tx, who: (&str, &str)) -> Result<AccountId> {
    if let Some(account) = store::account_of(tx, who.0, who.1).await? {
        return Ok(account);
    }
    let now = app.clock.now();
    let account = AccountId(base::uuid(now));
    store::make_account(tx, account, now).await?;
    if store::claim_identity(tx, account, who, now).await? {
        return Ok(account);
    }
    store::unmake_account(tx, account).await?;
    let other = store::account_of(tx, who.0, who.1).await?;
    other.ok_or_else(|| Error::internal(anyhow::anyhow!("an identity is taken and not there")))
}

/// The verifier is a secret until the code is exchanged, so it is sealed, with whether the person must be
/// asked again.
fn seal_verifier(app: &App, verifier: &str, fresh: Fresh) -> Result<String> {
    let mark = if fresh == Fresh::Yes { '!' } else { '.' };
    Ok(hex::encode(app.keys.seal(VERIFIER, format!("{mark}{verifier}").as_bytes())?))
}

fn open_verifier(app: &App, sealed: &str) -> Result<(String, Fresh)> {
    let bad = || Error::internal(anyhow::anyhow!("a kept verifier cannot be read"));
    let plain = app.keys.unseal(VERIFIER, &hex::decode(sealed).map_err(|_| bad())?)?;
    let plain = String::from_utf8(plain).map_err(|_| bad())?;
    match (plain.strip_prefix('!'), plain.strip_prefix('.')) {
        (Some(verifier), _) => Ok((verifier.to_owned(), Fresh::Yes)),
        (_, Some(verifier)) => Ok((verifier.to_owned(), Fresh::No)),
        _ => Err(bad()),
    }
}

const VERIFIER: &[u8] = b"sign-in-verifier";
