//! "I don't recognise this": a person, or who acts in their place, asks about a line of their log, a privacy officer
//! looks into it, and the answer stands at the line (45 CFR 164.530(d)).

use std::collections::BTreeMap;
use std::time::Duration;

use super::{
    Channel, Held, Line, Numbers, Page, What, questions_rules as rules, questions_store as store, release,
};
use crate::app::App;
use crate::base::{self, AccountId, CaseId, Error, Instant, PatientNo, Result, page_of, span};
use crate::db::Tx;
use crate::identity::Actor;
use crate::notify;
use crate::visibility::{self, Permit, Purpose};

/// What the words are sealed for.
const WORDS: &[u8] = b"log-case";
/// How long questions count against the limit.
const A_DAY: Duration = Duration::from_secs(86_400);
/// Lines on one page of the list for staff.
const LINES: i64 = 25;

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody has answered it.
    Open,
    /// What the line tells was in order.
    InOrder,
    /// It was not; the clinic follows it up.
    Wrong,
}

impl State {
    /// All.
    pub const ALL: [Self; 3] = [Self::Open, Self::InOrder, Self::Wrong];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InOrder => "in-order",
            Self::Wrong => "wrong",
        }
    }

    /// The state of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.slug() == slug)
    }
}

/// The answer, as the person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// When.
    pub at: Instant,
    /// What.
    pub text: String,
}

/// A question about a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its id.
    pub id: CaseId,
    /// Who asked.
    pub account: AccountId,
    /// About whose log.
    pub patient: PatientNo,
    /// About which line.
    pub seq: i64,
    /// When.
    pub asked: Instant,
    /// What became of it.
    pub state: State,
    /// The answer.
    pub answer: Option<Answer>,
}

/// A line of one's own log, with what was asked about it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whose log: name and birth date.
    pub whose: (String, Option<String>),
    /// The line.
    pub line: Line,
    /// The reader's own question, if there is one.
    pub question: Option<Question>,
    /// What they asked, in their words; empty where they wrote none.
    pub note: String,
    /// What others asked, as far as the reader may know of it. Their words are theirs.
    pub others: Vec<Question>,
}

/// A question as staff see it: what the line tells of the record is left out.
#[derive(Debug, Clone)]
pub struct Case {
    /// The question.
    pub question: Question,
    /// The person's words.
    pub note: String,
    /// Whose log: name and birth date.
    pub whose: (String, Option<String>),
    /// The line, without category and items.
    pub line: Line,
    /// What others asked about the same line, the oldest first.
    pub others: Vec<Question>,
}

/// A line of one's own log, or of the log of somebody in whose place one acts, by the number that the log shows. Looking
/// at it is logged, as the log is.
///
/// # Errors
/// `NotFound` for whoever may not ask about it, and where their log has no such line.
pub async fn line(app: &App, actor: &Actor, (patient, number): (PatientNo, i64)) -> Result<Asked> {
    let mut tx = app.db.read().await?;
    let permit = asks(app, &mut tx, actor, patient).await?;
    let mut line = shown(&mut tx, &permit, number).await?;
    let (mut question, mut note, mut others) = (None, String::new(), Vec::new());
    for row in store::about(&mut tx, patient, (line.seq, line.seq)).await? {
        if !reads(&permit, row.account()) {
            continue;
        }
        let one = row.question(words(app, row.answer.as_deref())?)?;
        if one.account == actor.account {
            note = words(app, Some(&row.note))?.unwrap_or_default();
            question = Some(one);
        } else {
            others.push(one);
        }
    }
    super::veil(&permit, &mut line);
    line.seq = number;
    let whose = store::person(&mut tx, patient).await?;
    drop(tx);
    let asked = Asked { whose, line, question, note, others };
    release(app, permit, Channel::Portal, (What::page("log"), Held::new(asked))).await
}

/// A person, or who acts in their place, asks about a line of the log: each once for each line, and ten times in a day.
/// The same words once more are the same question.
///
/// # Errors
/// `NotFound` as of [`line()`]; `Invalid`; `Conflict` with `conflict-question-asked`; `Refused` with
/// `refused-too-many-questions`.
pub async fn ask(app: &App, actor: &Actor, (patient, number): (PatientNo, i64), note: &str) -> Result<()> {
    let now = app.clock.now();
    // A line keeps its number: it is looked for before, since a log can be long and who writes keeps others waiting.
    let mut tx = app.db.read().await?;
    let permit = asks(app, &mut tx, actor, patient).await?;
    let seq = shown(&mut tx, &permit, number).await?.seq;
    drop(tx);
    let problems = rules::note_problems(note);
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let sealed = app.keys.seal(WORDS, note.as_bytes())?;
    let mut tx = app.db.write().await?;
    asks(app, &mut tx, actor, patient).await?;
    let id = CaseId(base::uuid(now));
    if !store::add(&mut tx, id, (actor.account, patient, seq), (&sealed, now)).await? {
        // The same question once more, as by a second click, is asked.
        return match said(app, &mut tx, (actor.account, patient, seq)).await?.as_deref() {
            Some(before) if before == note => Ok(()),
            _ => Err(Error::Conflict("conflict-question-asked")),
        };
    }
    let yesterday = now.minus(A_DAY);
    if store::since(&mut tx, (actor.account, patient), yesterday).await? > rules::A_DAY {
        return Err(Error::refused("refused-too-many-questions").for_the_next(A_DAY));
    }
    notify::tell_office(app, &mut tx, (notify::Kind::QuestionAsked, now)).await?;
    tx.commit().await
}

/// The words in which an account asked about a line.
async fn said(
    app: &App,
    tx: &mut Tx,
    (account, patient, seq): (AccountId, PatientNo, i64),
) -> Result<Option<String>> {
    let asked = store::about(tx, patient, (seq, seq)).await?;
    let own = asked.iter().find(|row| row.account() == account);
    words(app, own.map(|row| row.note.as_slice()))
}

/// Only the person themselves, by their right of access, and who stands in their place.
async fn asks(app: &App, tx: &mut Tx, actor: &Actor, patient: PatientNo) -> Result<Permit> {
    let permit = visibility::check(app, tx, actor, (patient, Purpose::OwnView)).await?;
    if permit.may_question() { Ok(permit) } else { Err(Error::NotFound) }
}

/// The line to which a number of the reader's log belongs, with its number in the chain.
async fn shown(tx: &mut Tx, permit: &Permit, number: i64) -> Result<Line> {
    let told = super::told_of(permit);
    super::store::shown(tx, permit.patient(), (&told, number)).await?.ok_or(Error::NotFound)
}

/// Whether the holder of a permit reads what an account asked, and the answer: the person reads all, who acts for them
/// their own. It is asked before anything is unsealed.
fn reads(permit: &Permit, account: AccountId) -> bool {
    permit.is_own() || account == permit.actor().account
}

/// What was asked about the lines of a page, by the numbers that it shows.
pub(super) async fn of_page(
    app: &App,
    tx: &mut Tx,
    (permit, page): (&Permit, &Page),
) -> Result<BTreeMap<i64, Vec<Question>>> {
    let patient = permit.patient();
    let newest = page.lines.first().map_or(0, |line| line.seq);
    let oldest = page.lines.last().map_or(0, |line| line.seq);
    let chain = page.numbers == Numbers::Chain;
    let mut asked: BTreeMap<i64, Vec<Question>> = BTreeMap::new();
    for row in store::about(tx, patient, if chain { (oldest, newest) } else { (0, i64::MAX) }).await? {
        if !reads(permit, row.account()) {
            continue;
        }
        let question = row.question(words(app, row.answer.as_deref())?)?;
        if chain {
            asked.entry(question.seq).or_default().push(question);
            continue;
        }
        // Their numbers are their own: the line is found by its hash.
        let line = super::store::line(tx, patient, question.seq).await?;
        let place = line.and_then(|line| page.lines.iter().find(|one| one.hash == line.hash));
        if let Some(place) = place {
            asked.entry(place.seq).or_default().push(question);
        }
    }
    Ok(asked)
}

fn words(app: &App, sealed: Option<&[u8]>) -> Result<Option<String>> {
    let Some(sealed) = sealed else { return Ok(None) };
    Ok(Some(String::from_utf8_lossy(&app.keys.unseal(WORDS, sealed)?).into_owned()))
}

/// A page (from 1) of the questions for staff, those that wait first, each with the person's name; whether there is
/// another page.
pub async fn list(app: &App, page: i64) -> Result<(Vec<(Question, String)>, bool)> {
    let mut tx = app.db.read().await?;
    let (rows, more) = page_of(store::all(&mut tx, span(page, LINES)).await?, LINES);
    let mut found = Vec::new();
    for row in rows {
        let question = row.question(None)?;
        let (name, _) = store::person(&mut tx, question.patient).await?;
        found.push((question, name));
    }
    Ok((found, more))
}

/// One question for staff, who open the record itself for a purpose where they need more.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-own-line` for whoever acted in the line.
pub async fn one(app: &App, actor: &Actor, id: CaseId) -> Result<Case> {
    let mut tx = app.db.read().await?;
    case(app, &mut tx, actor, id).await
}

async fn case(app: &App, tx: &mut Tx, actor: &Actor, id: CaseId) -> Result<Case> {
    let row = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let question = row.question(words(app, row.answer.as_deref())?)?;
    let line = super::store::line(tx, question.patient, question.seq).await?;
    let mut line = line.ok_or_else(|| Error::internal(anyhow::anyhow!("a question is about no line")))?;
    rules::may_answer(actor.account, line.entry.who.account).map_err(Error::refused)?;
    let what = &mut line.entry.what;
    // Which account was linked is what the question is about, and nothing of the record.
    *what = What { linked: what.linked.take(), ..What::page(&what.kind) };
    let whose = store::person(tx, question.patient).await?;
    let note = words(app, Some(&row.note))?.unwrap_or_default();
    let same = store::about(tx, question.patient, (question.seq, question.seq)).await?;
    let mut others = same.iter().map(|row| row.question(None)).collect::<Result<Vec<_>>>()?;
    others.retain(|one| one.id != id);
    Ok(Case { question, note, whose, line, others })
}

/// Answers. The person is told that there is something to read.
///
/// # Errors
/// As of [`one`]; `Invalid`; `Conflict` with `conflict-question-answered`.
pub async fn answer(
    app: &App,
    actor: &Actor,
    (id, state, text): (CaseId, Option<State>, &str),
) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let case = case(app, &mut tx, actor, id).await?;
    let problems = rules::answer_problems(state, text);
    let Some(state) = state.filter(|_| problems.0.is_empty()) else { return Err(Error::Invalid(problems)) };
    let sealed = app.keys.seal(WORDS, text.as_bytes())?;
    if !store::answer(&mut tx, id, (state, &sealed, actor.account), now).await? {
        return Err(Error::Conflict("conflict-question-answered"));
    }
    notify::tell(&mut tx, case.question.account, (notify::Kind::QuestionAnswered, now)).await?;
    tx.commit().await
}
