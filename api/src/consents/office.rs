//! What staff do with consents and restrictions: answering, recording a paper, holding a doubtful one back. The
//! pages name who did it; the person is told.

use super::model::{
    About, Answer, Ask, Consent, Ender, History, Restriction, Signature, State, Terms, Writing,
};
use super::{
    Change, Shown, after, asked, clashing, gate_rules, keep, keep_asked, place, place_rules, rules, shown,
    side_rules, sides, signed_on, sound, standing, state_rules, store, tell, wording,
};
use crate::app::App;
use crate::base::{self, AccountId, ConsentId, Error, Intake, PatientNo, Problems, RestrictionId, Result};
use crate::identity;
use crate::representation;
use crate::words::Language;

/// Requests on one page of the list.
pub const WAITING: i64 = 50;

/// A page (from 1) of the restrictions that wait for an answer, the oldest first, each with the person's name; and
/// how many wait.
pub async fn waiting(app: &App, page: u32) -> Result<(i64, Vec<(Restriction, String)>)> {
    let mut tx = app.db.read().await?;
    let page = i64::from(page.clamp(1, 100_000));
    store::waiting(&mut tx, &app.keys, (WAITING, (page - 1) * WAITING)).await
}

/// One restriction for staff: with the person's name, and what became of it; `before` begins a later page of the looks.
pub async fn restriction_for_office(
    app: &App,
    id: RestrictionId,
    before: Option<i64>,
) -> Result<(Restriction, String, History)> {
    let mut tx = app.db.read().await?;
    let found = store::any_restriction(&mut tx, &app.keys, id).await?.ok_or(Error::NotFound)?;
    let person = store::person(&mut tx, found.patient).await?.ok_or(Error::NotFound)?;
    let history = store::history(&mut tx, &app.keys, About::Restriction(id), before).await?;
    Ok((found, person.name, history))
}

/// Notes that staff looked at permissions or limits, one or a list: they tell of health and family. The person reads it
/// in the history of each.
pub async fn looked_at(app: &App, about: &[About], by: (Option<AccountId>, &str)) -> Result<()> {
    let noted = ("viewed", app.clock.now());
    let mut about = about.to_vec();
    about.sort_unstable();
    let mut tx = app.db.write().await?;
    for about in about {
        store::note(&mut tx, &app.keys, about, noted, (by, "")).await?;
    }
    tx.commit().await
}

/// Answers a request. Where the law makes the clinic agree, only [`Answer::MustAgree`] is an answer.
///
/// # Errors
/// `Conflict`; `Invalid` where a refusal has no words for the person.
pub async fn answer(
    app: &App,
    (id, answer, text): (RestrictionId, Answer, &str),
    by: (Option<AccountId>, &str),
) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let found = store::any_restriction(&mut tx, &app.keys, id).await?.ok_or(Error::NotFound)?;
    gate_rules::may_answer(&found, answer).map_err(Error::Conflict)?;
    if answer == Answer::Declined && text.trim().is_empty() {
        return Err(Error::invalid("text", "problem-limit-answer"));
    }
    written("text", text)?;
    if !store::answer(&mut tx, &app.keys, id, (answer, text.trim(), now)).await? {
        return Err(Error::Conflict("conflict-limit-answered"));
    }
    store::note(&mut tx, &app.keys, About::Restriction(id), (answer.slug(), now), (by, text.trim())).await?;
    tell(&mut tx, found.patient, now).await?;
    tx.commit().await
}

/// What must be mended in what staff write down with a request, of somebody born on that day: what [`record_limit`] refuses
/// in it, for a form that says all that is wrong at once.
pub fn intake_problems(app: &App, intake: &Intake, born: Option<&str>) -> Problems {
    base::intake_problems(intake, (born, today(app)))
}

/// Records a request that a person made by telephone, by letter or in person (45 CFR 164.522(a)(1)(i)): with the checks of
/// one made here, and the same answer, clock and notices. `once` is the form's own id: sent twice it is one request, gone
/// back to and changed it is another.
///
/// # Errors
/// `NotFound`; `Invalid`; `Refused` with `refused-too-many-limits`.
pub async fn record_limit(
    app: &App,
    (patient, once): (PatientNo, RestrictionId),
    (ask, intake): (Ask, Intake),
    by: (Option<AccountId>, &str),
) -> Result<RestrictionId> {
    let (now, intake) = (app.clock.now(), intake.kept());
    let mut tx = app.db.write().await?;
    let person = store::person(&mut tx, patient).await?.ok_or(Error::NotFound)?;
    identity::hold_record(&mut tx, patient).await?;
    let mut problems = gate_rules::problems(&ask);
    problems.0.extend(intake_problems(app, &intake, person.birth_date.as_deref()).0);
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    // The clock of the answer runs from the day on which it came.
    let began = intake.on().and_then(|day| representation::day_at(app, day));
    let id = RestrictionId(app.keys.once(b"limit.once", &(by.0, patient, once, &ask, &intake))?);
    let limit = asked((id, patient, None), (ask, began.unwrap_or(now)));
    let limit = Restriction { intake: Some(intake), ..limit };
    if keep_asked(app, &mut tx, &limit, ("recorded", by)).await? {
        tell(&mut tx, patient, now).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// Writes down that a fact is not so which would make the clinic agree, and why; then the request is one that may be
/// agreed to or not.
pub async fn confirm_not_so(
    app: &App,
    (id, why): (RestrictionId, &str),
    by: (Option<AccountId>, &str),
) -> Result<()> {
    if why.trim().is_empty() {
        return Err(Error::invalid("why", "problem-limit-not-so"));
    }
    written("why", why)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    store::any_restriction(&mut tx, &app.keys, id).await?.ok_or(Error::NotFound)?;
    if !store::not_so(&mut tx, id).await? {
        return Err(Error::Conflict("conflict-limit-answered"));
    }
    store::note(&mut tx, &app.keys, About::Restriction(id), ("facts-not-so", now), (by, why.trim())).await?;
    tx.commit().await
}

/// Ends a restriction: the person said so by word of mouth, which this documents, or the clinic gives notice that it
/// ends for what comes after (45 CFR 164.522(a)(2)).
pub async fn end_for_person(
    app: &App,
    (id, ender, why): (RestrictionId, Ender, &str),
    by: (Option<AccountId>, &str),
) -> Result<()> {
    if why.trim().is_empty() {
        return Err(Error::invalid("why", "problem-limit-end"));
    }
    written("why", why)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let found = store::any_restriction(&mut tx, &app.keys, id).await?.ok_or(Error::NotFound)?;
    gate_rules::may_end(&found, ender).map_err(Error::Conflict)?;
    if !store::end_restriction(&mut tx, id, (now, ender)).await? {
        return Err(Error::Conflict("conflict-limit-ended"));
    }
    let what = if ender == Ender::Notice { "ended-notice" } else { "ended-oral" };
    store::note(&mut tx, &app.keys, About::Restriction(id), (what, now), (by, why.trim())).await?;
    tell(&mut tx, found.patient, now).await?;
    tx.commit().await
}

/// The consents and the restrictions of a person for staff, those that are not over first and then the newest. That they
/// were shown is noted at each.
pub async fn of_person(
    app: &App,
    patient: PatientNo,
    by: (Option<AccountId>, &str),
) -> Result<(Vec<(Consent, State)>, Vec<Restriction>)> {
    let mut tx = app.db.read().await?;
    let now = app.clock.now();
    let restrictions = store::restrictions_of(&mut tx, &app.keys, patient).await?;
    let all = store::of(&mut tx, patient).await?.into_iter();
    let all = all.map(|consent| {
        let state = standing(&consent.terms, consent.state, now);
        (consent, state)
    });
    let all: Vec<_> = all.collect();
    drop(tx);
    let limits = restrictions.iter().map(|one| About::Restriction(one.id));
    let shown: Vec<_> = all.iter().map(|(one, _)| About::Consent(one.id)).chain(limits).collect();
    looked_at(app, &shown, by).await?;
    Ok((all, restrictions))
}

/// One consent for staff; `before` begins a later page of the looks.
pub async fn one_for_office(app: &App, id: ConsentId, before: Option<i64>) -> Result<(Shown, String)> {
    let mut tx = app.db.read().await?;
    let consent = store::any(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let person = store::person(&mut tx, consent.patient).await?.ok_or(Error::NotFound)?;
    Ok((shown(app, &mut tx, (consent, person.birth_date), before).await?, person.name))
}

/// The consents in force beside which a paper cannot be recorded.
pub async fn in_the_way_of_paper(app: &App, (patient, terms): (PatientNo, &Terms)) -> Result<Vec<Consent>> {
    let mut tx = app.db.read().await?;
    clashing(app, &mut tx, (patient, terms)).await
}

/// Records an authorization that came on paper. A defective one is refused with each missing element named
/// (45 CFR 164.508(b)(2)). `once` is the form's own id: sent twice it is one record, gone back to and changed it is another.
///
/// # Errors
/// `NotFound`; `Invalid`; `Refused`.
pub async fn record_paper(
    app: &App,
    (patient, once, terms): (PatientNo, ConsentId, Terms),
    by: (Option<AccountId>, &str),
) -> Result<ConsentId> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let person = store::person(&mut tx, patient).await?.ok_or(Error::NotFound)?;
    identity::hold_record(&mut tx, patient).await?;
    let id = ConsentId(app.keys.once(b"paper.once", &(by.0, patient, once, &terms))?);
    if store::any(&mut tx, id).await?.is_some() {
        return Ok(id);
    }
    let mut unsigned = rules::unsigned(&terms);
    unsigned.extend(place_rules::unwitnessed(&terms, place(app, signed_on(app, &terms))));
    let by_age = sides::by_age(app, &mut tx, patient).await?;
    unsigned.extend(side_rules::unsigned_by_age(&terms, by_age));
    let mut problems = match sound(app, &mut tx, (patient, &terms)).await {
        Ok(()) => base::Problems::default(),
        Err(Error::Invalid(problems)) => problems,
        Err(other) => return Err(other),
    };
    problems.0.extend(rules::problems(&unsigned).0);
    if let Ok(day) = terms.signer.day.parse() {
        problems.0.extend(rules::day_problem(day, (person.birth_date.as_deref(), today(app))));
    }
    // Who signs a paper is the person, or somebody of whom the paper says by what right they sign.
    let own = terms.signer.authority.is_none();
    if own && unsigned.is_empty() && !rules::is_name_of(&terms.signer.typed, &person.name) {
        problems.0.push(base::Problem { field: "typed", code: "problem-paper-signer" });
    }
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    // What a paper says is kept in the words of the form it was entered by.
    let text = wording::text(Language::English, &terms, person.birth_date.as_deref());
    let signature = Signature {
        at: now,
        account: None,
        session: None,
        acr: None,
        auth_time: None,
        text_hash: wording::hash(&text),
        language: Language::English.tag().into(),
        wording: wording::WORDING,
        entered_by: Some(by.1.to_owned()),
    };
    let consent =
        Consent { id, patient, terms, state: State::Active, state_at: now, received: None, signature, text };
    keep(app, &mut tx, (&consent, &person), (by, "paper")).await?;
    tell(&mut tx, patient, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// The day that it is now at the clinic.
fn today(app: &App) -> chrono::NaiveDate {
    app.clock.now().utc().with_timezone(&app.config.clinic.zone()).date_naive()
}

/// That words for the person are no longer than a page, and that nothing hides in them.
fn written(field: &'static str, words: &str) -> Result<()> {
    if words.chars().count() > 2_000 {
        return Err(Error::invalid(field, "problem-text-long"));
    }
    match base::unseen(field, words) {
        Some(problem) => Err(Error::Invalid(Problems(vec![problem]))),
        None => Ok(()),
    }
}

/// Records that the person took a consent back in writing past this service, such as by letter (45 CFR 164.508(b)(5), 42
/// CFR 2.31(a)(6)). Effective with the commit; nobody undoes it, a new one is signed instead. `unread` is what a form says
/// that is no writing; it is told with the rest.
///
/// # Errors
/// `NotFound`; `Conflict` with `conflict-consent-over`; `Invalid` with `unread`, and what is wrong with the day or the
/// reason.
pub async fn record_revocation(
    app: &App,
    (id, writing, unread): (ConsentId, Writing, Problems),
    by: (Option<AccountId>, &str),
) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    // What others decide at the same moment comes before or after.
    let found = store::any(&mut tx, id).await?.ok_or(Error::NotFound)?;
    identity::hold_record(&mut tx, found.patient).await?;
    let consent = store::any(&mut tx, id).await?.ok_or(Error::NotFound)?;
    // Of one that is over there is nothing to mend.
    let next = after(&consent.terms, consent.state, (Change::Revoke, now));
    let next = next.ok_or(Error::Conflict("conflict-consent-over"))?;
    let mut problems = unread;
    let person = store::person(&mut tx, consent.patient).await?.ok_or(Error::NotFound)?;
    let life = (person.birth_date.as_deref(), today(app));
    problems.0.extend(state_rules::writing_problems(&writing, &consent.terms.signer.day, life).0);
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if !store::move_to(&mut tx, id, (consent.state, next, now)).await? {
        return Err(Error::Conflict("conflict-consent-over"));
    }
    store::note_writing(&mut tx, &app.keys, (id, &writing, now), by).await?;
    tell(&mut tx, consent.patient, now).await?;
    tx.commit().await
}

/// Holds a consent back on a doubt, settles the doubt, or confirms that the event of its end has happened; each with
/// the reason.
///
/// # Errors
/// `NotFound`; `Invalid`; `Conflict` with `conflict-consent-over` where it stands otherwise by now.
pub async fn change(
    app: &App,
    (id, what, why): (ConsentId, Change, &str),
    by: (Option<AccountId>, &str),
) -> Result<()> {
    if why.trim().is_empty() {
        return Err(Error::invalid("why", "problem-consent-why"));
    }
    written("why", why)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let consent = store::any(&mut tx, id).await?.ok_or(Error::NotFound)?;
    // Only the person takes a consent back; what they wrote is recorded by `record_revocation`.
    let next = after(&consent.terms, consent.state, (what, now)).filter(|_| what != Change::Revoke);
    let next = next.ok_or(Error::Conflict("conflict-consent-over"))?;
    if !store::move_to(&mut tx, id, (consent.state, next, now)).await? {
        return Err(Error::Conflict("conflict-consent-over"));
    }
    let done = match what {
        Change::Suspend => "suspended",
        Change::Resume => "resumed",
        Change::FindDefective => "defective",
        Change::ConfirmEvent => "expired",
        Change::Revoke => "revoked",
    };
    store::note(&mut tx, &app.keys, About::Consent(id), (done, now), (by, why.trim())).await?;
    tell(&mut tx, consent.patient, now).await?;
    tx.commit().await
}
