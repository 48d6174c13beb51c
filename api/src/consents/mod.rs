//! What a person allows and what they asked the clinic not to do: authorizations (45 CFR 164.508), directives
//! (164.524(c)(3)(ii)), consents under 42 CFR Part 2, restrictions (164.522(a)). Signed once, kept as signed; taken
//! back with effect on the next request. Deny wins.

mod cover_rules;
mod allow;
mod allow_rules;
mod gate_rules;
mod limit_rules;
mod model;
mod name_rules;
mod office;
mod place_rules;
mod resource;
mod rules;
#[cfg(test)]
mod samples;
mod shared;
mod side_rules;
mod sides;
mod state_rules;
mod store;
mod system_rules;
mod systems;
mod unbound;
mod wording;

use std::time::Duration;

use crate::app::App;
use crate::base::{
    self, AccountId, ConsentId, DraftId, Error, Hash, Instant, PatientNo, RestrictionId, Result,
};
use crate::config::Act;
use crate::db::Tx;
use crate::identity::{self, Actor};
use crate::notify;
use crate::representation;
use crate::words::Language;

pub use allow::{Bound, bound};
pub use allow_rules::{Decision, Position, Recipient};
pub use cover_rules::{Choice, Disclosure, Gap, category_bits, choose, covers, differ, lens};
pub use gate_rules::{
    MustAgree, Outgoing, Sort, binds, may_answer, may_end, must_agree, problems as ask_problems, stated,
    stops,
};
pub use limit_rules::left;
pub use model::*;
pub use office::{
    WAITING, answer, change, confirm_not_so, end_for_person, in_the_way_of_paper, intake_problems, looked_at,
    of_person, one_for_office, record_limit, record_paper, record_revocation, restriction_for_office,
    waiting,
};
pub use place_rules::{Place, Witness};
pub use resource::{category as coded_category, label as coded_label};
pub use rules::{Defect, carries, choosable, defects, needed, statements, tpo_classes, unsigned};
pub(crate) use shared::resources;
use sides::{may_sign, side};
pub use state_rules::change as after;
pub use state_rules::{Change, standing};
pub use system_rules::{Going, is_for_groups};
pub(crate) use systems::for_system;
pub use unbound::{unbound, unbound_for_office};
pub use wording::{for_another, hash};

/// How long a form that is being filled in is kept.
const DRAFT_LIVES: Duration = Duration::from_secs(86_400);
/// More consents in force over one record than anybody needs.
const MOST: usize = 100;

/// A form that is being filled in.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// What sort of consent.
    pub kind: Kind,
    /// What was typed, as a form sends it.
    pub fields: String,
}

/// A consent with where it stands now and what became of it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The consent.
    pub consent: Consent,
    /// Where it stands at this moment.
    pub standing: State,
    /// What became of it.
    pub history: History,
    /// When the person was born, as the record has it now.
    pub born: Option<String>,
}

impl Shown {
    /// Whether it was signed on paper, and entered here by staff.
    pub fn is_paper(&self) -> bool {
        self.consent.signature.entered_by.is_some()
    }

    /// What a paper says for a reader of another language than the one it was entered in: the words are those of our form,
    /// and what was typed stays as it was typed. None where the text as it is kept serves: what somebody signed here stands as
    /// they read it, and so does the form of an earlier wording.
    pub fn in_words_of(&self, language: Language) -> Option<String> {
        let signature = &self.consent.signature;
        let other = signature.language != language.tag() && signature.wording == wording::WORDING;
        (self.is_paper() && other).then(|| wording::text(language, &self.consent.terms, self.born.as_deref()))
    }
}

/// Every kind that can be signed here, and why whoever acts may not sign it where they may not.
pub async fn kinds(
    app: &App,
    actor: &Actor,
    patient: PatientNo,
) -> Result<Vec<(Kind, std::result::Result<(), &'static str>)>> {
    let mut tx = app.db.read().await?;
    let stand = side(app, &mut tx, actor, patient).await?.stand();
    Ok(Kind::signable().map(|kind| (kind, side_rules::may_begin(stand, kind))).collect())
}

/// Begins a form, so that nothing typed is lost over a sign-in.
pub async fn begin(app: &App, actor: &Actor, (patient, kind): (PatientNo, Kind)) -> Result<DraftId> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let stand = side(app, &mut tx, actor, patient).await?.stand();
    if kind == Kind::AppGrant {
        return Err(Error::NotFound);
    }
    side_rules::may_begin(stand, kind).map_err(Error::refused)?;
    let today = now.utc().with_timezone(&app.config.clinic.zone()).date_naive();
    if place(app, today).witness == Witness::Needed && place_rules::is_authorization(kind) {
        return Err(Error::refused("refused-needs-witness"));
    }
    let id = DraftId(base::uuid(now));
    let draft = store::Draft { id, account: actor.account, patient, kind, fields: String::new() };
    store::add_draft(&mut tx, &app.keys, &draft, (now, now.plus(DRAFT_LIVES))).await?;
    tx.commit().await?;
    Ok(id)
}

/// One's own forms about a record that were begun and not signed, the newest first: those that may still be signed.
pub async fn drafts(app: &App, actor: &Actor, patient: PatientNo) -> Result<Vec<Begun>> {
    let mut tx = app.db.read().await?;
    let stand = side(app, &mut tx, actor, patient).await?.stand();
    let mut all = store::drafts(&mut tx, (actor.account, patient, app.clock.now())).await?;
    all.retain(|begun| side_rules::may_begin(stand, begun.kind).is_ok());
    Ok(all)
}

/// A form of one's own that is being filled in.
pub async fn draft(app: &App, actor: &Actor, (patient, id): (PatientNo, DraftId)) -> Result<Draft> {
    let mut tx = app.db.read().await?;
    let found = own_draft(app, &mut tx, actor, (patient, id)).await?;
    Ok(Draft { id, kind: found.kind, fields: found.fields })
}

/// Keeps what was typed.
pub async fn keep_draft(
    app: &App,
    actor: &Actor,
    (patient, id, fields): (PatientNo, DraftId, &str),
) -> Result<()> {
    let mut tx = app.db.write().await?;
    own_draft(app, &mut tx, actor, (patient, id)).await?;
    store::keep_draft(&mut tx, &app.keys, (id, actor.account), fields).await?;
    tx.commit().await
}

/// Throws a form away.
pub async fn drop_draft(app: &App, actor: &Actor, (patient, id): (PatientNo, DraftId)) -> Result<()> {
    let mut tx = app.db.write().await?;
    own_draft(app, &mut tx, actor, (patient, id)).await?;
    store::drop_draft(&mut tx, id).await?;
    tx.commit().await
}

async fn own_draft(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (patient, id): (PatientNo, DraftId),
) -> Result<store::Draft> {
    let found = store::draft(tx, &app.keys, id, (actor.account, patient, app.clock.now())).await?;
    let found = found.ok_or(Error::NotFound)?;
    may_sign(app, tx, actor, (patient, found.kind)).await?;
    Ok(found)
}

/// The name that somebody signs a consent of a kind with: their own, or the one that they speak for.
///
/// # Errors
/// As [`blank`].
pub async fn signing_name(app: &App, actor: &Actor, (patient, kind): (PatientNo, Kind)) -> Result<String> {
    let mut tx = app.db.read().await?;
    let side = may_sign(app, &mut tx, actor, (patient, kind)).await?;
    Ok(side.signs_as(&actor.name).to_owned())
}

/// The terms of a kind with all that is known before anybody types: whose, from whom, with which statements whatever it is
/// for ([`statements`]), on what ground somebody signs for the person, and of which services alone it may speak where a
/// minor signs.
pub async fn blank(app: &App, actor: &Actor, (patient, kind): (PatientNo, Kind)) -> Result<Terms> {
    let mut tx = app.db.read().await?;
    let side = may_sign(app, &mut tx, actor, (patient, kind)).await?;
    let alone = side_rules::services(side.stand(), kind);
    let person = store::person(&mut tx, patient).await?.ok_or(Error::NotFound)?;
    Ok(Terms {
        kind,
        person: person.name,
        discloser: app.config.clinic.name.clone(),
        recipient: Party::default(),
        scope: (!alone.is_empty()).then(|| Scope { alone, ..Scope::default() }),
        purposes: Default::default(),
        expiry: None,
        statements: rules::statements(kind, &Default::default()),
        paid: false,
        conditioned: false,
        signer: Signer { authority: side.authority(), ..Signer::default() },
    })
}

/// The first moment after a day, in the clinic's time zone; none if it is no day.
pub fn end_of(app: &App, day: &str) -> Option<Instant> {
    crate::representation::end_of_day(app, day.parse().ok()?)
}

/// Looks whether these terms could be signed, and gives the exact text that would be.
///
/// # Errors
/// `Invalid` with every defect beside its field; with `problem-consent-two` or `problem-consent-differs` where another
/// consent in force would have to be ended first ([`in_the_way`]).
pub async fn read_back(
    app: &App,
    actor: &Actor,
    (patient, terms): (PatientNo, &Terms),
    language: Language,
) -> Result<String> {
    let mut tx = app.db.read().await?;
    let side = may_sign(app, &mut tx, actor, (patient, terms.kind)).await?;
    sound(app, &mut tx, (patient, terms)).await?;
    within(&side, terms)?;
    let person = store::person(&mut tx, patient).await?.ok_or(Error::NotFound)?;
    Ok(wording::text(language, terms, person.birth_date.as_deref()))
}

/// The consents in force beside which these terms cannot be signed, as far as whoever acts may know of them.
pub async fn in_the_way(
    app: &App,
    actor: &Actor,
    (patient, terms): (PatientNo, &Terms),
) -> Result<Vec<Consent>> {
    let mut tx = app.db.read().await?;
    let stand = side(app, &mut tx, actor, patient).await?.stand();
    let mut all = clashing(app, &mut tx, (patient, terms)).await?;
    all.retain(|old| side_rules::reaches(stand, &old.terms));
    Ok(all)
}

async fn clashing(app: &App, tx: &mut Tx, (patient, terms): (PatientNo, &Terms)) -> Result<Vec<Consent>> {
    let mut all = store::live(tx, patient).await?;
    all.retain(|old| cover_rules::clash(terms, old, app.clock.now()).is_some());
    Ok(all)
}

/// That nobody gives away for another what they do not see themselves, nor a minor what is not theirs to give away alone.
fn within(side: &sides::Side, terms: &Terms) -> Result<()> {
    if let Some(defect) = side_rules::unsignable(side.stand(), terms) {
        return Err(Error::Invalid(rules::problems(&[defect])));
    }
    match side_rules::reaches(side.stand(), terms) {
        true => Ok(()),
        false => Err(Error::refused("refused-beyond-authority")),
    }
}

/// What the law of the place asks of a permission that is signed on a day.
pub fn place(app: &App, on: chrono::NaiveDate) -> Place {
    let law = &app.config.law;
    let witness = if law.consent_needs_witness(on) { Witness::Needed } else { Witness::NotNeeded };
    Place { last: law.consent_days_most(on).map(|due| due.day), witness }
}

/// The day of a signature; today where there is none yet.
fn signed_on(app: &App, terms: &Terms) -> chrono::NaiveDate {
    let today = || app.clock.now().utc().with_timezone(&app.config.clinic.zone()).date_naive();
    terms.signer.day.parse().unwrap_or_else(|_| today())
}

async fn sound(app: &App, tx: &mut Tx, (patient, terms): (PatientNo, &Terms)) -> Result<()> {
    let now = app.clock.now();
    let mut defects = rules::defects(terms, now);
    defects.extend(place_rules::too_long(terms, place(app, signed_on(app, terms))));
    let mut problems = rules::problems(&defects);
    let too_long = [("recipient", &terms.recipient.name, 200), ("address", &terms.recipient.address, 500)];
    for (field, text, most) in too_long {
        if text.chars().count() > most {
            problems.0.push(base::Problem { field, code: "problem-text-long" });
        }
    }
    problems.0.extend(rules::hidden(terms));
    let kept = store::live(tx, patient).await?;
    let clash = kept.iter().find_map(|old| cover_rules::clash(terms, old, now));
    if let Some(clash) = clash.filter(|_| problems.0.is_empty()) {
        problems.0.push(base::Problem { field: "recipient", code: clash.sentence() });
    }
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let live = kept.iter().filter(|old| standing(&old.terms, old.state, now) == State::Active);
    if live.count() >= MOST {
        return Err(Error::refused("refused-too-many-consents"));
    }
    Ok(())
}

/// Signs: somebody who signed in just now typed their own name, as their sign-in gives it, under the exact text that
/// was shown (`shown`: its hash).
/// The draft becomes the consent; signing it twice gives the same one.
///
/// # Errors
/// `Refused` with `refused-sign-in-again`, with `refused-name-unconfirmed` where the papers name another than the account,
/// with `refused-needs-witness` where the law of the place asks for one, or with `refused-beyond-authority` where somebody
/// signs for the person what they do not see themselves; `Invalid`; `Conflict` with `conflict-consent-text` where the text
/// is not the one that was shown.
pub async fn sign(
    app: &App,
    actor: &Actor,
    (patient, draft, terms): (PatientNo, DraftId, Terms),
    (language, shown): (Language, &str),
) -> Result<ConsentId> {
    let now = app.clock.now();
    let id = ConsentId(draft.0);
    let mut tx = app.db.write().await?;
    let side = may_sign(app, &mut tx, actor, (patient, terms.kind)).await?;
    identity::hold_record(&mut tx, patient).await?;
    if store::find(&mut tx, (patient, id)).await?.is_some() {
        return Ok(id);
    }
    if own_draft(app, &mut tx, actor, (patient, draft)).await?.kind != terms.kind {
        return Err(Error::NotFound);
    }
    if identity::need(app, actor, Act::Sign).is_some() {
        return Err(Error::refused("refused-sign-in-again"));
    }
    // Nobody signs as somebody whom the papers do not name.
    if let sides::Side::For(authority, _) = &side
        && representation::unknown_by_name(app, &mut tx, (authority, &actor.name)).await?
    {
        return Err(Error::refused("refused-name-unconfirmed"));
    }
    let mut terms = terms;
    terms.signer.authority = side.authority();
    terms.signer.day = local_day(app, now);
    sound(app, &mut tx, (patient, &terms)).await?;
    within(&side, &terms)?;
    // No witness stands beside a browser: where the law asks for one, it is signed on paper.
    if place_rules::unwitnessed(&terms, place(app, signed_on(app, &terms))).is_some() {
        return Err(Error::refused("refused-needs-witness"));
    }
    let unsigned = rules::problems(&rules::unsigned(&terms));
    if !unsigned.0.is_empty() {
        return Err(Error::Invalid(unsigned));
    }
    if !rules::is_name_of(&terms.signer.typed, side.signs_as(&actor.name)) {
        return Err(Error::invalid("typed", "problem-consent-other-name"));
    }
    let person = store::person(&mut tx, patient).await?.ok_or(Error::NotFound)?;
    let text = wording::text(language, &terms, person.birth_date.as_deref());
    let text_hash = wording::hash(&text);
    if hex::encode(text_hash) != shown {
        return Err(Error::Conflict("conflict-consent-text"));
    }
    let signature = Signature {
        at: now,
        account: Some(actor.account),
        session: Some(actor.session),
        acr: actor.acr.clone(),
        auth_time: actor.auth_time,
        text_hash,
        language: language.tag().into(),
        wording: wording::WORDING,
        entered_by: None,
    };
    let consent =
        Consent { id, patient, terms, state: State::Active, state_at: now, received: None, signature, text };
    keep(app, &mut tx, (&consent, &person), ((Some(actor.account), &actor.name), "")).await?;
    store::drop_draft(&mut tx, draft).await?;
    tell(&mut tx, patient, now).await?;
    tx.commit().await?;
    Ok(id)
}

async fn keep(
    app: &App,
    tx: &mut Tx,
    (consent, person): (&Consent, &store::Person),
    (by, why): (store::By<'_>, &str),
) -> Result<()> {
    let body = serde_json::to_vec(&resource::consent(consent, person))?;
    let body_hash: Hash = base::sha256([body.as_slice()]);
    if store::add(tx, &store::New { consent, body: &body, body_hash }).await? {
        store::note(tx, &app.keys, About::Consent(consent.id), ("signed", consent.signature.at), (by, why))
            .await?;
    }
    Ok(())
}

/// The consents of a person, those that are not over first and then the newest, each with where it stands. Who acts for
/// the person learns of those that lie within what they act for.
pub async fn list(app: &App, actor: &Actor, patient: PatientNo) -> Result<Vec<(Consent, State)>> {
    let mut tx = app.db.read().await?;
    let stand = side(app, &mut tx, actor, patient).await?.stand();
    let now = app.clock.now();
    let all = store::of(&mut tx, patient).await?;
    Ok(all
        .into_iter()
        .filter(|consent| side_rules::reaches(stand, &consent.terms))
        .map(|consent| {
            let state = standing(&consent.terms, consent.state, now);
            (consent, state)
        })
        .collect())
}

/// One consent with its exact text and its history; `before` begins a later page of the looks ([`History::next`]).
pub async fn one(
    app: &App,
    actor: &Actor,
    (patient, id): (PatientNo, ConsentId),
    before: Option<i64>,
) -> Result<Shown> {
    let mut tx = app.db.read().await?;
    let consent = known(app, &mut tx, actor, (patient, id)).await?;
    let person = store::person(&mut tx, patient).await?.ok_or(Error::NotFound)?;
    shown(app, &mut tx, (consent, person.birth_date), before).await
}

/// A consent that the actor may know of.
async fn known(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (patient, id): (PatientNo, ConsentId),
) -> Result<Consent> {
    let stand = side(app, tx, actor, patient).await?.stand();
    let consent = store::find(tx, (patient, id)).await?;
    consent.filter(|consent| side_rules::reaches(stand, &consent.terms)).ok_or(Error::NotFound)
}

async fn shown(
    app: &App,
    tx: &mut Tx,
    (consent, born): (Consent, Option<String>),
    before: Option<i64>,
) -> Result<Shown> {
    let standing = standing(&consent.terms, consent.state, app.clock.now());
    let history = store::history(tx, &app.keys, About::Consent(consent.id), before).await?;
    Ok(Shown { consent, standing, history, born })
}

/// A consent as it was signed, for what goes out under it (42 CFR 2.32(b)).
pub(crate) async fn signed(tx: &mut Tx, id: ConsentId) -> Result<Option<Consent>> {
    store::any(tx, id).await
}

/// The bytes of a consent's FHIR resource, as they were signed for.
pub async fn fhir(app: &App, actor: &Actor, (patient, id): (PatientNo, ConsentId)) -> Result<Vec<u8>> {
    let mut tx = app.db.read().await?;
    known(app, &mut tx, actor, (patient, id)).await?;
    store::body(&mut tx, id).await?.ok_or(Error::NotFound)
}

/// Takes a consent back, in writing: a form of ours is writing (45 CFR 164.508(b)(5), 42 CFR 2.31(a)(6)). Effective
/// with the commit. Taking back what was taken back changes nothing.
///
/// # Errors
/// `NotFound`; `Conflict` with `conflict-consent-over`.
pub async fn revoke(app: &App, actor: &Actor, (patient, id): (PatientNo, ConsentId)) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    // What others decide at the same moment comes before or after.
    identity::hold_record(&mut tx, patient).await?;
    let consent = known(app, &mut tx, actor, (patient, id)).await?;
    if consent.state == State::Revoked {
        return Ok(());
    }
    let next = after(&consent.terms, consent.state, (Change::Revoke, now));
    let next = next.ok_or(Error::Conflict("conflict-consent-over"))?;
    if store::move_to(&mut tx, id, (consent.state, next, now)).await? {
        let by = (Some(actor.account), actor.name.as_str());
        store::note(&mut tx, &app.keys, About::Consent(id), ("revoked", now), (by, "")).await?;
        tell(&mut tx, patient, now).await?;
    }
    tx.commit().await
}

/// What the consents of a person say about a disclosure now: for every way by which something leaves.
pub async fn decide(
    app: &App,
    tx: &mut Tx,
    (patient, disclosure): (PatientNo, &Disclosure),
) -> Result<Choice> {
    let all = store::live(tx, patient).await?;
    Ok(choose(&all, disclosure, app.clock.now()))
}

/// Whether a restriction stands against a disclosure now, and which: for what the clinic itself sends, which comes later. An
/// export is told by `for_system` what is left of a record, a look by [`Bound::leaves`].
pub async fn restricted(
    app: &App,
    tx: &mut Tx,
    (patient, outgoing): (PatientNo, &Outgoing),
) -> Result<Option<RestrictionId>> {
    let all = store::binding(tx, &app.keys, patient).await?;
    Ok(all.into_iter().find(|restriction| gate_rules::stops(restriction, outgoing)).map(|found| found.id))
}

/// Whether somebody may ask for a limit of this record.
///
/// # Errors
/// `NotFound` for whoever is not the person and does not stand in their place; `Refused` with
/// `refused-not-for-estate`.
pub async fn may_ask(app: &App, actor: &Actor, patient: PatientNo) -> Result<()> {
    let mut tx = app.db.read().await?;
    asking(app, &mut tx, actor, patient).await
}

async fn asking(app: &App, tx: &mut Tx, actor: &Actor, patient: PatientNo) -> Result<()> {
    // The estate has no say in how the clinic treats the living.
    match side(app, tx, actor, patient).await?.of() {
        Some(representation::Kind::Estate) => Err(Error::refused("refused-not-for-estate")),
        _ => Ok(()),
    }
}

/// Asks the clinic not to do something (45 CFR 164.522(a)(1)(i)). `once` is the form's own id: sent twice it is one
/// request, gone back to and changed it is another.
pub async fn ask(
    app: &App,
    actor: &Actor,
    (patient, once, ask): (PatientNo, RestrictionId, Ask),
) -> Result<RestrictionId> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    asking(app, &mut tx, actor, patient).await?;
    identity::hold_record(&mut tx, patient).await?;
    let problems = gate_rules::problems(&ask);
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let id = RestrictionId(app.keys.once(b"limit.once", &(actor.account, patient, once, &ask))?);
    let restriction = asked((id, patient, Some(actor.account)), (ask, now));
    let by = (Some(actor.account), actor.name.as_str());
    keep_asked(app, &mut tx, &restriction, ("asked", by)).await?;
    tx.commit().await?;
    Ok(id)
}

/// A request that nobody has answered yet.
fn asked(
    (id, patient, account): (RestrictionId, PatientNo, Option<AccountId>),
    (ask, at): (Ask, Instant),
) -> Restriction {
    Restriction {
        id,
        patient,
        account,
        must_agree: gate_rules::must_agree(gate_rules::stated(&ask)),
        ask,
        answer: Answer::Asked,
        answer_text: String::new(),
        asked: at,
        answered: None,
        ended: None,
        intake: None,
    }
}

/// Keeps a request, and tells those who answer; false where it is kept already.
async fn keep_asked(
    app: &App,
    tx: &mut Tx,
    restriction: &Restriction,
    (what, by): (&str, store::By<'_>),
) -> Result<bool> {
    if store::any_restriction(tx, &app.keys, restriction.id).await?.is_some() {
        return Ok(false);
    }
    if store::open_restrictions(tx, restriction.patient).await? >= MOST {
        return Err(Error::refused("refused-too-many-limits"));
    }
    let now = app.clock.now();
    if !store::add_restriction(tx, &app.keys, restriction).await? {
        return Err(Error::NotFound);
    }
    store::note(tx, &app.keys, About::Restriction(restriction.id), (what, now), (by, "")).await?;
    notify::tell_office(app, tx, (notify::Kind::LimitAsked, now)).await?;
    Ok(true)
}

/// A new id for the form of a request.
pub fn once(app: &App) -> RestrictionId {
    RestrictionId(base::uuid(app.clock.now()))
}

/// The restrictions of a person, those that did not end first and then the newest; to who acts for them, what they asked
/// themselves.
pub async fn restrictions(app: &App, actor: &Actor, patient: PatientNo) -> Result<Vec<Restriction>> {
    let mut tx = app.db.read().await?;
    let stand = side(app, &mut tx, actor, patient).await?.stand();
    let mut all = store::restrictions_of(&mut tx, &app.keys, patient).await?;
    all.retain(|restriction| side_rules::knows(stand, restriction, actor.account));
    Ok(all)
}

/// One restriction with what became of it; `before` begins a later page of the looks ([`History::next`]).
pub async fn restriction(
    app: &App,
    actor: &Actor,
    (patient, id): (PatientNo, RestrictionId),
    before: Option<i64>,
) -> Result<(Restriction, History)> {
    let mut tx = app.db.read().await?;
    let (found, _) = known_restriction(app, &mut tx, actor, (patient, id)).await?;
    let history = store::history(&mut tx, &app.keys, About::Restriction(id), before).await?;
    Ok((found, history))
}

/// A restriction that the actor may know of, and where they stand.
async fn known_restriction(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (patient, id): (PatientNo, RestrictionId),
) -> Result<(Restriction, side_rules::Stand)> {
    let stand = side(app, tx, actor, patient).await?.stand();
    let found = store::find_restriction(tx, &app.keys, (patient, id)).await?;
    let found = found.filter(|found| side_rules::knows(stand, found, actor.account));
    Ok((found.ok_or(Error::NotFound)?, stand))
}

/// The person ends a restriction in writing (45 CFR 164.522(a)(2)(i)), or takes a request back.
pub async fn end_restriction(
    app: &App,
    actor: &Actor,
    (patient, id): (PatientNo, RestrictionId),
) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (found, stand) = known_restriction(app, &mut tx, actor, (patient, id)).await?;
    side_rules::may_end(stand, &found).map_err(Error::refused)?;
    gate_rules::may_end(&found, Ender::InWriting).map_err(Error::Conflict)?;
    if store::end_restriction(&mut tx, id, (now, Ender::InWriting)).await? {
        let by = (Some(actor.account), actor.name.as_str());
        store::note(&mut tx, &app.keys, About::Restriction(id), ("ended-in-writing", now), (by, "")).await?;
    }
    tx.commit().await
}

/// Tells the person that something in their privacy choices changed; no more.
async fn tell(tx: &mut Tx, patient: PatientNo, now: Instant) -> Result<()> {
    for account in identity::accounts_of(tx, patient).await? {
        notify::tell(tx, account, (notify::Kind::PrivacyChanged, now)).await?;
    }
    Ok(())
}

/// Forgets forms that nobody came back to. For the job of every minute.
pub async fn tidy(app: &App) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::sweep_drafts(&mut tx, app.clock.now()).await?;
    tx.commit().await
}

/// The clinic's day of a moment.
fn local_day(app: &App, at: Instant) -> String {
    at.utc().with_timezone(&app.config.clinic.zone()).format("%Y-%m-%d").to_string()
}
