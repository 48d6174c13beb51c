//! Linking an account to a record: by a code from the clinic, by claims the provider has verified, or by
//! staff. Whoever asks, a "no" looks the same and takes the same steps whether or not there is such a person.

use std::time::Duration;

use super::cases;
use super::claims::Claims;
use super::store::{self, Wanted};
use super::{
    Actor, FoundPatient, IssuedCode, Link, OpenCode, Proof, Proofing, Statement, Way, providers, rules,
    sessions, strength_store,
};
use crate::app::App;
use crate::base::{self, AccountId, CaseId, CodeId, Error, Instant, PatientNo, Result, fold};
use crate::config::Match;
use crate::db::Tx;
use crate::notify;

const QUARTER: Duration = Duration::from_secs(15 * 60);
const DAY: Duration = Duration::from_secs(86_400);
/// 30^12 codes: even at the limit of all tries, guessing one takes millions of years.
const CODE_LETTERS: usize = 12;

/// How often codes may be tried, by whom, in which span. An address is shared by a clinic's waiting room or
/// a telephone network, so it may more than an account.
const LIMITS: [(&str, Duration, i64); 5] = [
    ("account", QUARTER, 5),
    ("account", DAY, 20),
    ("address", QUARTER, 60),
    ("address", DAY, 400),
    ("all", QUARTER, 1000),
];

/// Links by a code.
pub(super) async fn by_code(app: &App, actor: &Actor, code: &str) -> Result<Link> {
    let now = app.clock.now();
    let hash = code_hash(app, &rules::normal_code(code));
    let mut tx = app.db.write().await?;
    let claims = count_try(app, &mut tx, actor).await?;
    if !store::links(&mut tx, actor.account).await?.is_empty() {
        return Err(Error::Conflict("conflict-already-linked"));
    }
    // A code in the wrong hands: who is said to be born on another day gets the answer of a wrong code, and the code
    // is left to the one it was given to.
    let known = store::born_of_code(&mut tx, hash, now).await?;
    let fits = known.filter(|(_, born)| rules::same_birth(claims.birth_date.as_deref(), born.as_deref()));
    let used = match fits {
        None => None,
        // The record before its code, as who gives a new one holds them: else each could wait for the other.
        Some((patient, _)) => {
            store::hold_record(&mut tx, patient).await?;
            store::use_code(&mut tx, hash, (actor.account, now)).await?
        }
    };
    let Some((patient, issued_by, proof)) = used else {
        tx.commit().await?;
        return Err(Error::refused("refused-code"));
    };
    // The code stays as it was: given up with the transaction.
    if store::has_died(&mut tx, patient).await? {
        return Err(Error::refused("refused-deceased"));
    }
    let link = Link { patient, since: now, ground: "code".into() };
    let evidence = match &proof {
        Some(seen) => format!("an activation code handed out in person by {issued_by}, who saw: {seen}"),
        None => "an activation code issued by the clinic".to_owned(),
    };
    link_now(&mut tx, actor, (&link, &evidence)).await?;
    let proofing = match proof {
        Some(seen) => {
            let ial = app.config.sessions.in_person_ial;
            Proofing { how: Proof::InPerson, at: now, ial, by: issued_by, evidence: seen }
        }
        // The code reached whoever uses it, which is all that is known.
        None => Proofing { how: Proof::Code, at: now, ial: 1, by: issued_by, evidence: String::new() },
    };
    strength_store::prove(&mut tx, actor.account, &proofing).await?;
    tx.commit().await?;
    Ok(link)
}

/// Links by claims, if the provider's rule allows it and exactly one record fits.
pub(super) async fn by_claims(app: &App, actor: &Actor) -> Result<Option<Link>> {
    let rule = providers::find(app, &actor.provider).map_or(Match::Never, |provider| provider.link_by);
    if rule == Match::Never {
        return Ok(None);
    }
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let claims = hold(app, &mut tx, actor).await?.0;
    if !store::links(&mut tx, actor.account).await?.is_empty() {
        return Err(Error::Conflict("conflict-already-linked"));
    }
    let Some(patient) = fitting(&mut tx, rule, &claims).await? else {
        return Ok(None);
    };
    // What the clinic ended is not made again by the claims that made it, at the next sign-in; nor is an account linked
    // to the record of somebody who died.
    let ended = store::was_ended(&mut tx, actor.account, patient).await?;
    if ended || store::has_died(&mut tx, patient).await? {
        return Ok(None);
    }
    let evidence = match rule {
        Match::RecordNumber => "names, birth date and record number of the identity provider",
        _ => "names, birth date and verified e-mail address of the identity provider",
    };
    let link = Link { patient, since: now, ground: "claims".into() };
    link_now(&mut tx, actor, (&link, evidence)).await?;
    tx.commit().await?;
    Ok(Some(link))
}

/// The one record that the claims fit. Missing claims are looked for as well, by what no record has, so
/// that the steps are the same.
async fn fitting(tx: &mut Tx, rule: Match, claims: &Claims) -> Result<Option<PatientNo>> {
    let text = |claim: &Option<String>| claim.as_deref().unwrap_or_default().trim().to_owned();
    let given = text(&claims.given);
    let mut wanted = Wanted {
        family: fold(&text(&claims.family)),
        birth_date: text(&claims.birth_date),
        identifier: text(&claims.mrn),
    };
    let found = match rule {
        Match::Never => return Ok(None),
        Match::RecordNumber => store::by_record_number(tx, &wanted).await?,
        Match::VerifiedEmail => {
            wanted.identifier = match claims.email_verified {
                true => text(&claims.email).to_lowercase(),
                false => String::new(),
            };
            store::by_email(tx, &wanted).await?
        }
    };
    let whole = ![&wanted.family, &wanted.birth_date, &wanted.identifier].into_iter().any(String::is_empty);
    let mut fitting = found.into_iter().filter(|(_, theirs)| whole && rules::same_given(&given, theirs));
    Ok(match (fitting.next(), fitting.next()) {
        (Some((patient, _)), None) => Some(PatientNo(patient)),
        _ => None,
    })
}

/// Keeps a statement for staff; a second one before they decided takes the place of the first.
pub(super) async fn ask_staff(app: &App, actor: &Actor, statement: Statement) -> Result<()> {
    let now = app.clock.now();
    let today = now.utc().with_timezone(&app.config.clinic.zone()).date_naive();
    let statement = rules::check_statement(statement, today).map_err(Error::Invalid)?;
    let mut tx = app.db.write().await?;
    let claims = hold(app, &mut tx, actor).await?.0;
    let sealed = cases::sealed(app, statement, &claims)?;
    if !store::links(&mut tx, actor.account).await?.is_empty() {
        return Err(Error::Conflict("conflict-already-linked"));
    }
    if store::restate(&mut tx, actor.account, &sealed).await? == 0 {
        store::open_case(&mut tx, (CaseId(base::uuid(now)), actor.account), &sealed, now).await?;
        notify::tell_office(app, &mut tx, (notify::Kind::CaseOpened, now)).await?;
    }
    tx.commit().await
}

/// When the account's open case was opened.
pub(super) async fn open_case(app: &App, actor: &Actor) -> Result<Option<Instant>> {
    let mut tx = app.db.read().await?;
    store::case_since(&mut tx, actor.account).await
}

/// A code that nobody can foresee.
pub(super) fn new_code() -> String {
    base::code(CODE_LETTERS)
}

/// The code that a form of the desk gives for what it says: the same form sent twice says the same, and nothing that is
/// kept tells the code.
pub(super) fn code_of_form(
    app: &App,
    (account, patient, once): (AccountId, PatientNo, CodeId),
    way: Way<'_>,
) -> Result<String> {
    let id = app.keys.once(b"activation-code.once", &(account, patient, once, proof_of(way)?))?;
    let mut n = 0;
    Ok(base::code_of(CODE_LETTERS, || {
        n += 1;
        app.keys.mac(b"activation-code.letters", format!("{id}/{n}").as_bytes())
    }))
}

/// Gives a person a code; earlier ones of theirs end.
pub(super) async fn give_code(
    app: &App,
    tx: &mut Tx,
    (patient, code): (PatientNo, &str),
    (by, way): (store::Giver<'_>, Way<'_>),
) -> Result<IssuedCode> {
    let proof = proof_of(way)?;
    let now = app.clock.now();
    let expires = now.plus(app.config.sessions.code());
    // Of two who give one at once, neither leaves theirs beside the other's.
    if !store::hold_person(tx, patient).await? {
        return Err(Error::NotFound);
    }
    if store::has_died(tx, patient).await? {
        return Err(Error::Conflict("conflict-deceased"));
    }
    let hash = code_hash(app, code);
    if !store::keep_code(tx, hash, (patient, by, proof), (now, expires)).await? {
        return Err(Error::Conflict("conflict-code-given"));
    }
    store::end_codes(tx, (patient, hash), now).await?;
    Ok(IssuedCode { code: rules::grouped(code), expires })
}

/// What was seen, if it says something.
fn proof_of(way: Way<'_>) -> Result<Option<&str>> {
    let Way::Handed(seen) = way else { return Ok(None) };
    let seen = seen.trim();
    if fold(seen).is_empty() {
        return Err(Error::invalid("proof", "problem-required"));
    }
    if seen.chars().count() > 200 {
        return Err(Error::invalid("proof", "problem-too-long"));
    }
    if rules::has_number(seen) {
        return Err(Error::invalid("proof", "problem-proof-number"));
    }
    match base::unseen("proof", seen) {
        Some(problem) => Err(Error::Invalid(base::Problems(vec![problem]))),
        None => Ok(Some(seen)),
    }
}

/// The code of a person that is out.
pub(super) async fn open_code(app: &App, tx: &mut Tx, patient: PatientNo) -> Result<Option<OpenCode>> {
    let row = store::open_code(tx, patient, app.clock.now()).await?;
    let open = |(made, until, by, proof)| OpenCode { made: Instant(made), until: Instant(until), by, proof };
    Ok(row.map(open))
}

/// Ends the code that was given at this moment, if nobody used it yet.
pub(super) async fn stop_code(app: &App, tx: &mut Tx, code: (PatientNo, Instant)) -> Result<()> {
    match store::stop_code(tx, code, app.clock.now()).await? {
        0 => Err(Error::Conflict("conflict-code-over")),
        _ => Ok(()),
    }
}

/// People by a FHIR id (`Patient/x` or `x`) or the value of an identifier, for the command line.
pub(super) async fn patients_by(app: &App, reference: &str) -> Result<Vec<FoundPatient>> {
    let reference = reference.trim();
    let reference = reference.strip_prefix("Patient/").unwrap_or(reference);
    let mut tx = app.db.read().await?;
    let rows = store::patients_by(&mut tx, reference).await?;
    let found = |(patient, name, birth_date)| FoundPatient { patient: PatientNo(patient), name, birth_date };
    Ok(rows.into_iter().map(found).collect())
}

/// Holds the account, so that its requests come one after the other, and opens what its session keeps: the
/// claims, and where it signed in from.
async fn hold(app: &App, tx: &mut Tx, actor: &Actor) -> Result<(Claims, String)> {
    if !store::hold_account(tx, actor.account, app.clock.now()).await? {
        return Err(Error::NotFound);
    }
    let kept = sessions::kept(app, tx, actor).await?;
    Ok((kept.claims, kept.from))
}

async fn link_now(tx: &mut Tx, actor: &Actor, (link, evidence): (&Link, &str)) -> Result<()> {
    // Nobody else is linked to the record meanwhile: each learns of the other.
    store::hold_record(tx, link.patient).await?;
    store::link(tx, actor.account, link, evidence).await?;
    store::end_case(tx, actor.account, (link.since, evidence)).await?;
    // Whoever's account this is learns of it where a stranger who signed in as them does not read along.
    told(tx, (actor.account, link)).await
}

/// Tells whose account was linked, and those whose accounts see the record already: it may be nobody whom they know.
pub(super) async fn told(tx: &mut Tx, (account, link): (AccountId, &Link)) -> Result<()> {
    notify::tell(tx, account, (notify::Kind::Linked, link.since)).await?;
    for other in store::accounts_of(tx, link.patient).await?.into_iter().filter(|other| *other != account) {
        notify::tell(tx, other, (notify::Kind::AnotherLinked, link.since)).await?;
    }
    Ok(())
}

/// Ends a link in force, and tells whose account it is: they learn of it where they are reached.
pub(super) async fn end(
    app: &App,
    tx: &mut Tx,
    (account, patient): (AccountId, PatientNo),
    (by, why): (&str, &str),
) -> Result<()> {
    let now = app.clock.now();
    if store::end_link(tx, (account, patient), (now, by, why)).await? == 0 {
        return Err(none(tx, (account, patient)).await?);
    }
    notify::tell(tx, account, (notify::Kind::LinkEnded, now)).await
}

/// Why there is no link in force.
pub(super) async fn none(tx: &mut Tx, (account, patient): (AccountId, PatientNo)) -> Result<Error> {
    Ok(match store::was_linked(tx, account, patient).await? {
        true => Error::Conflict("conflict-link-over"),
        false => Error::NotFound,
    })
}

/// Counts a try of a code; what the provider said at the sign-in. Where it is refused the caller's transaction is
/// dropped and nothing is counted: who waits out the span may try again.
pub(super) async fn count_try(app: &App, tx: &mut Tx, actor: &Actor) -> Result<Claims> {
    let (claims, from) = hold(app, tx, actor).await?;
    match wait(app, tx, (actor, &from)).await? {
        None => Ok(claims),
        Some(wait) => Err(Error::refused("refused-too-many").for_the_next(wait)),
    }
}

/// Counts the try against every limit; how long to wait where one is passed. All are counted in the same order, so that two
/// tries never wait for each other in a circle.
async fn wait(app: &App, tx: &mut Tx, (actor, from): (&Actor, &str)) -> Result<Option<Duration>> {
    let now = app.clock.now();
    let mut wait = None;
    for (n, (what, span, most)) in LIMITS.into_iter().enumerate() {
        let who = match what {
            "account" => actor.account.to_string(),
            "address" => from.to_owned(),
            _ => String::new(),
        };
        let key = app.keys.mac(b"rate", format!("code/{n}/{who}").as_bytes());
        let (window, left) = rules::window(now, span);
        if store::count_try(tx, key, window).await? > most {
            wait = wait.max(Some(left));
        }
    }
    Ok(wait)
}

fn code_hash(app: &App, normal: &str) -> [u8; 32] {
    app.keys.mac(b"activation-code", normal.as_bytes())
}
