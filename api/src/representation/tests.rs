//! The lives of authorities over a real database, SQLite always and PostgreSQL where `RECORDRIGHT_TEST_POSTGRES` names
//! a server. All people are synthetic.

use std::time::Duration;

use tempfile::TempDir;

use super::claims::{self, State, Statement};
use super::desk::{self, Accepted, Appointing, Form, Knowing};
use super::*;
use crate::base::{ClaimId, Clock, SessionId};
use crate::config::Config;
use crate::db::{Db, Row, query};
use crate::fhir::present::Category;

/// 2026-06-01 12:00 in UTC, eight in the morning at the clinic.
const START: Instant = Instant(1_780_315_200_000_000);
const DAY: Duration = Duration::from_secs(86_400);

const ADULT: PatientNo = PatientNo(1);
const CHILD: PatientNo = PatientNo(2);
/// Born on a leap day; of age on 28 February 2026 plus some months: see the test.
const NEARLY: PatientNo = PatientNo(3);
const DEAD: PatientNo = PatientNo(4);
const NOBODY: PatientNo = PatientNo(99);

const PEOPLE: [(i64, &str, &str, Option<&str>); 4] = [
    (1, "Rosa Núñez (synthetic)", "1968-03-04", None),
    (2, "Mia Harper (synthetic)", "2018-05-05", None),
    (3, "Leap Young (synthetic)", "2012-02-29", None),
    (4, "Old Walter (synthetic)", "1930-01-01", Some("2026-01-15")),
];

struct World {
    app: App,
    _folder: TempDir,
}

async fn databases(folder: &TempDir) -> Vec<String> {
    let mut all = vec![format!("sqlite:{}", folder.path().join("x.db").display())];
    #[expect(clippy::disallowed_methods, reason = "which server to test on is told by the check script")]
    if let Ok(server) = std::env::var("RECORDRIGHT_TEST_POSTGRES") {
        let schema = format!("representation_{}", hex::encode(base::bytes::<8>()));
        let db = Db::open(&server).await.unwrap();
        let mut tx = db.write().await.unwrap();
        query(Box::leak(format!("CREATE SCHEMA {schema}").into_boxed_str())).run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        let sign = if server.contains('?') { '&' } else { '?' };
        all.push(format!("{server}{sign}options[search_path]={schema}"));
    }
    all
}

async fn on_each<F: Future<Output = ()>>(test: impl Fn(World) -> F) {
    let names = TempDir::new().unwrap();
    for url in databases(&names).await {
        let folder = TempDir::new().unwrap();
        let mut config = Config::for_testing(folder.path(), &url);
        config.clinic.email = "office@clinic.example".into();
        // Nothing is sent: no job runs here.
        config.mail.server = "mail.clinic.example:587".into();
        let app = crate::app::open(config, Clock::fixed(START)).await.unwrap();
        let mut tx = app.db.write().await.unwrap();
        let source = "INSERT INTO source (source_no, name, kind, created_at) VALUES (1, 'test', 'file', 0)";
        query(source).run_one(&mut tx).await.unwrap();
        for (number, name, born, died) in PEOPLE {
            query(
                "INSERT INTO patient (patient_no, source_no, fhir_id, name, family, given, birth_date, deceased, \
                 next_item, created_at, updated_at) VALUES ($1, 1, $2, $3, 'x', 'y', $4, $5, 1, 0, 0)",
            )
            .bind(number)
            .bind(format!("p{number}"))
            .bind(name)
            .bind(born)
            .bind(died.map(str::to_owned))
            .run_one(&mut tx)
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        let db = app.db.clone();
        test(World { app, _folder: folder }).await;
        db.close().await;
    }
}

impl World {
    /// Somebody with an account and a session; linked to a record, if one is named.
    async fn somebody(&self, name: &str, record: Option<PatientNo>) -> Actor {
        let now = self.app.clock.now();
        let (account, session) = (AccountId(base::uuid(now)), SessionId(base::uuid(now)));
        let mut tx = self.app.db.write().await.unwrap();
        query("INSERT INTO account (id, name, email, created_at, last_seen_at) VALUES ($1, $2, $3, 0, 0)")
            .bind(account)
            .bind(name)
            .bind(format!("{name}@people.example"))
            .run_one(&mut tx)
            .await
            .unwrap();
        query(
            "INSERT INTO session (id, secret_hash, account_id, provider, issuer, subject, device, created_at, seen_at, \
             idle_until, absolute_until) VALUES ($1, $2, $3, 'demo', 'x', 'y', 'z', 0, 0, $4, $4)",
        )
        .bind(session)
        .bind(base::bytes::<32>().as_slice())
        .bind(account)
        .bind(i64::MAX)
        .run_one(&mut tx)
        .await
        .unwrap();
        if let Some(patient) = record {
            query(
                "INSERT INTO account_link (account_id, patient_no, since, ground, evidence) \
                 VALUES ($1, $2, 0, 'code', 'x')",
            )
            .bind(account)
            .bind(patient)
            .run_one(&mut tx)
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        let name = name.to_owned();
        let level = crate::config::Level::default();
        Actor {
            account,
            session,
            name,
            provider: "demo".into(),
            acr: None,
            amr: vec![],
            auth_time: None,
            level,
            through: None,
        }
    }

    /// The claim of somebody, made.
    async fn claim(&self, actor: &Actor, kind: Kind) -> ClaimId {
        claims::make(&self.app, actor, (claims::once(&self.app), statement(kind))).await.unwrap()
    }

    /// Somebody verified by the privacy officer.
    async fn verified(&self, actor: &Actor, patient: PatientNo, ask: Ask) -> Result<AuthorityId> {
        let claim = self.claim(actor, ask.kind).await;
        let done = desk::verify(&self.app, &OFFICER, (claim, accepted(patient, ask))).await;
        if done.is_err() {
            claims::withdraw(&self.app, actor, claim).await.unwrap();
        }
        done
    }

    async fn in_force(&self, actor: &Actor, patient: PatientNo) -> Option<Authority> {
        let mut tx = self.app.db.read().await.unwrap();
        in_force(&self.app, &mut tx, (actor.account, patient)).await.unwrap()
    }

    async fn standing(&self, id: AuthorityId) -> Standing {
        desk::one(&self.app, id).await.unwrap().0.standing
    }

    /// A form of staff that saw the authority as it is.
    async fn form(&self, id: AuthorityId) -> Form<'static> {
        let seen = desk::one(&self.app, id).await.unwrap().0.authority.changes;
        Form { id, seen, why: "order of the court (synthetic)" }
    }

    /// How many messages of a kind wait.
    async fn mails(&self, kind: &str) -> usize {
        let all: Vec<(String,)> = self.all("SELECT payload FROM job WHERE kind = 'mail.send'").await;
        all.iter().filter(|(payload,)| payload.contains(&format!("\"{kind}\""))).count()
    }

    async fn all<T: Row>(&self, sql: &'static str) -> Vec<T> {
        let mut tx = self.app.db.read().await.unwrap();
        query(sql).all(&mut tx).await.unwrap()
    }
}

const OFFICER: By<'static> =
    By { account: None, name: "Pat Officer (synthetic)", office: Office::PrivacyOfficer };
const CLINICIAN: By<'static> = By { account: None, name: "Dr Kay (synthetic)", office: Office::Clinician };
const CLERK: By<'static> = By { account: None, name: "Rae Clerk (synthetic)", office: Office::Records };

fn statement(kind: Kind) -> Statement {
    Statement {
        kind,
        name: "Dana Ellis (synthetic)".into(),
        person: "Anybody (synthetic)".into(),
        birth_date: "2018-05-05".into(),
        identifies: "lives on Hill Street".into(),
        contact: "555-0101".into(),
        note: String::new(),
    }
}

/// What staff accept: the statement of these tests has the birth date of the child's record only.
fn accepted(patient: PatientNo, ask: Ask) -> Accepted<'static> {
    Accepted { patient, ask, differs: "the papers name another day", despite: "" }
}

fn ask(kind: Kind) -> Ask {
    Ask {
        name: "Dana Ellis (synthetic)".into(),
        kind,
        evidence: Evidence { proof: kind.proofs()[0], note: "seen at the desk".into() },
        scope: Scope::WHOLE,
        starts: None,
        until: None,
        incapacity: Incapacity::NotNeeded,
        review: None,
    }
}

/// An answer as one word.
fn word<T>(answer: &Result<T>) -> &'static str {
    match answer {
        Ok(_) => "ok",
        Err(Error::Refused(refusal)) => refusal.0,
        Err(Error::Conflict(id) | Error::Unavailable(id)) => id,
        Err(Error::NotFound) => "not-found",
        Err(Error::Invalid(problems)) => problems.0[0].code,
        Err(Error::Internal(_)) => "internal",
    }
}

#[tokio::test]
async fn a_delegate_from_invitation_to_end() {
    on_each(async |world| {
        let app = &world.app;
        let rosa = world.somebody("rosa", Some(ADULT)).await;
        let sam = world.somebody("sam", None).await;
        let scope = Scope { categories: Some(vec![Category::Medicines]), copies: false, ..Scope::WHOLE };
        let month = Ask { scope, until: days_from_now(app, 30), ..ask(Kind::Delegate) };
        assert_eq!(word(&invite(app, &sam, (ADULT, once(app), month.clone())).await), "not-found");
        let form = once(app);
        let invited = invite(app, &rosa, (ADULT, form, month.clone())).await.unwrap();
        assert_eq!(world.standing(invited.id).await, Standing::Invited);
        let twice = invite(app, &rosa, (ADULT, form, month.clone())).await.unwrap();
        assert_eq!((twice.id, &twice.code), (invited.id, &invited.code), "the same form is one invitation");
        // Gone back to and changed it is another; and whoever knows the address of one learns no code by it.
        for (form, changed) in [
            (form, Ask { scope: Scope { copies: true, ..month.scope.clone() }, ..month.clone() }),
            (form, Ask { name: "Somebody else (synthetic)".into(), ..month.clone() }),
            (invited.id, month.clone()),
        ] {
            let other = invite(app, &rosa, (ADULT, form, changed)).await.unwrap();
            assert!(other.id != invited.id && other.code != invited.code);
            end(app, &rosa, other.id).await.unwrap();
        }
        assert_eq!(word(&accept(app, &rosa, &invited.code).await), "conflict-own-record");
        assert_eq!(word(&accept(app, &sam, "AAAA-AAAA-AAAA-AAAA").await), "refused-code");
        assert!(world.in_force(&sam, ADULT).await.is_none());
        assert_eq!(world.mails("someone-acts").await, 0);

        let held = accept(app, &sam, &invited.code).await.unwrap();
        assert_eq!((held.standing, held.person.as_str()), (Standing::Active, PEOPLE[0].1));
        assert_eq!(world.mails("someone-acts").await, 1, "the person is told");
        let found = world.in_force(&sam, ADULT).await.unwrap();
        let seen = lens(found.kind, &found.scope);
        assert!(seen.shows(Category::Medicines, Default::default(), 0));
        assert!(!seen.shows(Category::Labs, Default::default(), 0));
        assert_eq!(word(&invite(app, &rosa, (ADULT, form, month.clone())).await), "conflict-over");
        // Used once; and who acts already does not act twice.
        let other = world.somebody("other", None).await;
        assert_eq!(word(&accept(app, &other, &invited.code).await), "refused-code");
        let again = invite(app, &rosa, (ADULT, once(app), ask(Kind::Delegate))).await.unwrap();
        assert_eq!(word(&accept(app, &sam, &again.code).await), "conflict-already-acting");

        // The person changes it; whoever holds it cannot, and a form that saw another state is refused.
        let one_seen = one(app, &rosa, invited.id).await.unwrap();
        assert_eq!(one_seen.side, Side::Person);
        assert_eq!(one(app, &sam, invited.id).await.unwrap().side, Side::Holder);
        assert_eq!(word(&one(app, &other, invited.id).await), "not-found");
        let seen = one_seen.held.authority.changes;
        let labs = Scope { categories: Some(vec![Category::Labs]), ..Scope::WHOLE };
        let change_by =
            async |actor, seen| change(app, actor, (invited.id, seen), (labs.clone(), month.until)).await;
        assert_eq!(word(&change_by(&sam, seen).await), "not-found");
        assert_eq!(word(&change_by(&rosa, seen).await), "ok");
        assert_eq!(word(&change_by(&rosa, seen).await), "conflict-changed");
        let found = world.in_force(&sam, ADULT).await.unwrap();
        assert!(lens(found.kind, &found.scope).shows(Category::Labs, Default::default(), 0));

        // The last moment of the month, and the one after.
        let left = month.until.unwrap().since(app.clock.now());
        app.clock.advance(left - Duration::from_micros(1));
        assert!(world.in_force(&sam, ADULT).await.is_some());
        app.clock.advance(Duration::from_micros(1));
        assert!(world.in_force(&sam, ADULT).await.is_none());
        assert_eq!(word(&change_by(&rosa, seen + 1).await), "conflict-over");
        assert!(tidy(app).await.unwrap() > 0);
        assert_eq!(world.standing(invited.id).await, Standing::Ended(End::Expired));
        let told = (world.mails("acting-ended").await, world.mails("someone-ended").await);
        assert_eq!(told, (1, 1), "the one who held it, and the person in words of their own");
        let whats: Vec<_> =
            one(app, &rosa, invited.id).await.unwrap().events.into_iter().map(|event| event.what).collect();
        assert_eq!(whats, ["invited", "taken", "active", "changed", "ended"]);
        // Over, so another invitation can be taken; and the person ends that one.
        let third = invite(app, &rosa, (ADULT, once(app), ask(Kind::Delegate))).await.unwrap();
        accept(app, &sam, &third.code).await.unwrap();
        assert_eq!(word(&end(app, &other, third.id).await), "not-found");
        end(app, &rosa, third.id).await.unwrap();
        assert!(world.in_force(&sam, ADULT).await.is_none());
        assert_eq!(world.standing(third.id).await, Standing::Ended(End::ByPerson));
        assert!(held_by(app, &sam).await.unwrap().is_empty());
        assert_eq!(holdings(app, &sam).await.unwrap().len(), 2);
        assert_eq!(over(app, &rosa, ADULT).await.unwrap().len(), 6, "with those that nobody took");
        assert_eq!(word(&over(app, &sam, ADULT).await), "not-found");
    })
    .await;
}

#[tokio::test]
async fn a_lapsed_authority_does_not_bar_the_next() {
    on_each(async |world| {
        let app = &world.app;
        let rosa = world.somebody("rosa", Some(ADULT)).await;
        let sam = world.somebody("sam", None).await;
        let week = Ask { until: days_from_now(app, 7), ..ask(Kind::Delegate) };
        let first = invite(app, &rosa, (ADULT, once(app), week)).await.unwrap();
        accept(app, &sam, &first.code).await.unwrap();
        app.clock.advance(DAY * 9);
        // The job has not written down yet that the first is over.
        let second = invite(app, &rosa, (ADULT, once(app), ask(Kind::Delegate))).await.unwrap();
        accept(app, &sam, &second.code).await.unwrap();
        assert_eq!(world.standing(first.id).await, Standing::Ended(End::Expired));
        assert_eq!(world.standing(second.id).await, Standing::Active);
        // An invitation that nobody takes is over after 14 days, and nobody is told.
        let third = invite(app, &rosa, (ADULT, once(app), ask(Kind::Delegate))).await.unwrap();
        app.clock.advance(DAY * 15);
        let mails = (world.mails("acting-ended").await, world.mails("someone-ended").await);
        assert_eq!(
            word(&accept(app, &world.somebody("late", None).await, &third.code).await),
            "refused-code"
        );
        tidy(app).await.unwrap();
        assert_eq!(world.standing(third.id).await, Standing::Ended(End::NotTaken));
        assert_eq!((world.mails("acting-ended").await, world.mails("someone-ended").await), mails);
    })
    .await;
}

#[tokio::test]
async fn a_minor_invites_nobody() {
    on_each(async |world| {
        let mia = world.somebody("mia", Some(CHILD)).await;
        let refused = invite(&world.app, &mia, (CHILD, once(&world.app), ask(Kind::Delegate))).await;
        assert_eq!(word(&refused), "refused-minor-invites");
        let told = may_invite(&world.app, &mia, CHILD).await;
        assert_eq!(word(&told), "refused-minor-invites", "before the form is filled in");
    })
    .await;
}

#[tokio::test]
async fn a_claim_tells_nothing_and_becomes_an_authority() {
    on_each(async |world| {
        let app = &world.app;
        let dana = world.somebody("dana", None).await;
        let other = world.somebody("other", None).await;
        let claim = world.claim(&dana, Kind::Parent).await;
        assert_eq!(world.mails("claim-opened").await, 1);
        assert_eq!(word(&claims::one(app, &other, claim).await), "not-found");
        assert_eq!(word(&claims::withdraw(app, &other, claim).await), "not-found");
        for (bytes, wanted) in [
            (b"MZ not a paper".to_vec(), "problem-paper-kind"),
            (vec![], "problem-paper-none"),
            (b"%PDF-1.7 1 0 obj %%EOF".to_vec(), "ok"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x0f\0\0\0\x0b\0IEND".to_vec(), "ok"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x75\x30\0\0\x75\x30IEND".to_vec(), "problem-paper-dots"),
        ] {
            let done = claims::add_paper(app, &dana, (claim, bytes)).await;
            assert_eq!(word(&done), wanted);
        }
        let pdf = b"%PDF-1.7 1 0 obj %%EOF".to_vec();
        assert_eq!(word(&claims::add_paper(app, &other, (claim, pdf)).await), "not-found");
        let mine = claims::one(app, &dana, claim).await.unwrap();
        assert_eq!((mine.papers.len(), mine.claim.papers, mine.events.len()), (2, 2, 0));
        assert_eq!(mine.statement.identifies, "lives on Hill Street");
        // What was stated lies sealed.
        let kept: Vec<(Vec<u8>,)> = world.all("SELECT statement FROM claim").await;
        assert!(!kept[0].0.windows(4).any(|window| window == b"Hill"));

        // Clinicians do not check claims; the clerk does, and sees the papers as they came.
        assert_eq!(word(&desk::open(app, &CLINICIAN, claim).await), "refused-not-your-office");
        assert_eq!(word(&desk::paper(app, &CLINICIAN, (claim, 1)).await), "refused-not-your-office");
        let (media, bytes) = desk::paper(app, &CLERK, (claim, 1)).await.unwrap();
        assert_eq!((media.as_str(), bytes.as_slice()), ("application/pdf", &b"%PDF-1.7 1 0 obj %%EOF"[..]));
        assert_eq!(word(&desk::paper(app, &CLERK, (claim, 3)).await), "not-found");
        let seen = desk::open(app, &CLERK, claim).await.unwrap();
        let whats: Vec<_> = seen.events.iter().map(|event| event.what.as_str()).collect();
        assert_eq!(whats, ["claimed", "paper", "paper", "paper-viewed", "viewed"]);
        let (waiting, total) = desk::waiting(app, &CLERK, 1).await.unwrap();
        assert_eq!((waiting.len(), total, waiting[0].id), (1, 1, claim));
        assert!(desk::waiting(app, &CLERK, 2).await.unwrap().0.is_empty());

        let me = By { account: Some(dana.account), ..CLERK };
        let verify = async |by, patient, ask| desk::verify(app, &by, (claim, accepted(patient, ask))).await;
        assert_eq!(word(&verify(me, CHILD, ask(Kind::Parent)).await), "refused-own-claim");
        assert_eq!(word(&verify(CLERK, NOBODY, ask(Kind::Parent)).await), "not-found");
        assert_eq!(word(&verify(CLERK, PatientNo::DIRECTORY, ask(Kind::Parent)).await), "not-found");
        let order = Evidence { proof: Proof::CourtOrder, note: "seen".into() };
        let by_order = Ask { evidence: order, ..ask(Kind::Parent) };
        assert_eq!(word(&verify(CLERK, CHILD, by_order).await), "refused-privacy-officer-only");
        assert_eq!(word(&verify(CLERK, ADULT, ask(Kind::Parent)).await), "problem-of-age");
        assert_eq!(word(&verify(CLERK, CHILD, ask(Kind::Delegate)).await), "problem-claim-kind");
        // Another birth date than that of the record needs words, and they are kept.
        let silent = Accepted { differs: " ", ..accepted(NEARLY, ask(Kind::Parent)) };
        assert_eq!(word(&desk::verify(app, &CLERK, (claim, silent)).await), "problem-claim-differs");
        let turned = Accepted { differs: "a slip \u{202e}", ..accepted(NEARLY, ask(Kind::Parent)) };
        assert_eq!(word(&desk::verify(app, &CLERK, (claim, turned)).await), "problem-text-unseen");
        let id = verify(CLERK, CHILD, ask(Kind::Parent)).await.unwrap();
        let (_, events, _) = desk::one(app, id).await.unwrap();
        let why = events.iter().find(|event| event.what == "verified").and_then(|event| event.why.as_deref());
        assert_eq!(why, None, "where nothing differs nothing is kept of it");
        assert_eq!(word(&verify(CLERK, CHILD, ask(Kind::Parent)).await), "conflict-claim-decided");
        assert_eq!(world.standing(id).await, Standing::Active);
        assert!(world.in_force(&dana, CHILD).await.is_some());
        assert_eq!(world.mails("claim-answered").await, 1);
        let State::Verified(_, made) = claims::one(app, &dana, claim).await.unwrap().claim.state else {
            panic!("the claim is verified")
        };
        assert_eq!(made, id);
        assert_eq!(word(&claims::withdraw(app, &dana, claim).await), "conflict-claim-decided");
        assert_eq!(word(&desk::reject(app, &CLERK, (claim, "no")).await), "conflict-claim-decided");
        assert_eq!(claims::of(app, &dana).await.unwrap().len(), 1);
        assert_eq!(desk::over(app, CHILD).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_claim_is_turned_down_with_words() {
    on_each(async |world| {
        let app = &world.app;
        let dana = world.somebody("dana", None).await;
        let claim = world.claim(&dana, Kind::Surrogate).await;
        assert_eq!(word(&desk::reject(app, &CLERK, (claim, " ")).await), "problem-required");
        desk::reject(app, &CLERK, (claim, "The paper is not signed.")).await.unwrap();
        let State::Rejected(_, answer) = claims::one(app, &dana, claim).await.unwrap().claim.state else {
            panic!("the claim is rejected")
        };
        assert_eq!(answer, "The paper is not signed.");
        let pdf = b"%PDF-1.7 %%EOF".to_vec();
        assert_eq!(word(&claims::add_paper(app, &dana, (claim, pdf)).await), "conflict-claim-decided");
        // Five may wait; withdrawn ones make room, until ten were made in a day.
        for _ in 0..5 {
            world.claim(&dana, Kind::Parent).await;
        }
        assert_eq!(
            word(&claims::make(app, &dana, (claims::once(app), statement(Kind::Parent))).await),
            "refused-too-many-claims"
        );
        let all = claims::of(app, &dana).await.unwrap();
        let (open, _) = all.iter().find(|(claim, _)| claim.state == State::Open).unwrap();
        claims::withdraw(app, &dana, open.id).await.unwrap();
        world.claim(&dana, Kind::Parent).await;
        app.clock.advance(DAY * 2);
        assert_eq!(
            word(&claims::make(app, &dana, (claims::once(app), statement(Kind::Parent))).await),
            "refused-too-many-claims"
        );
    })
    .await;
}

#[tokio::test]
async fn papers_that_no_claim_knows_are_erased() {
    on_each(async |world| {
        let app = &world.app;
        let dana = world.somebody("dana", None).await;
        let claim = world.claim(&dana, Kind::Parent).await;
        claims::add_paper(app, &dana, (claim, b"%PDF-1.7 %%EOF".to_vec())).await.unwrap();
        let lost = format!("paper-{}", base::uuid(app.clock.now()));
        app.blobs.create(&app.keys, &lost).unwrap().finish().unwrap();
        tidy(app).await.unwrap();
        assert_eq!(app.blobs.names().unwrap().len(), 2, "what is young may be on its way");
        app.clock.advance(DAY * 2);
        tidy(app).await.unwrap();
        let left = app.blobs.names().unwrap();
        assert!(left.len() == 1 && left[0] != lost, "{left:?}");
        assert!(desk::paper(app, &CLERK, (claim, 1)).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_wrong_paper_is_taken_out_before_the_decision() {
    on_each(async |world| {
        let app = &world.app;
        let (dana, other) = (world.somebody("dana", None).await, world.somebody("other", None).await);
        let claim = world.claim(&dana, Kind::Parent).await;
        let pdf = || b"%PDF-1.7 %%EOF".to_vec();
        for _ in 0..2 {
            claims::add_paper(app, &dana, (claim, pdf())).await.unwrap();
        }
        assert_eq!(word(&claims::remove_paper(app, &other, (claim, 2)).await), "not-found");
        assert_eq!(word(&claims::remove_paper(app, &dana, (claim, 3)).await), "not-found");
        claims::remove_paper(app, &dana, (claim, 2)).await.unwrap();
        assert_eq!(word(&claims::remove_paper(app, &dana, (claim, 2)).await), "not-found");
        assert_eq!(app.blobs.names().unwrap().len(), 1, "its file is gone");
        claims::add_paper(app, &dana, (claim, pdf())).await.unwrap();
        let whole = desk::open(app, &CLERK, claim).await.unwrap();
        assert_eq!(whole.papers.iter().map(|paper| paper.n).collect::<Vec<_>>(), [1, 3], "no number twice");
        let whats: Vec<_> = whole.events.iter().map(|event| event.what.as_str()).collect();
        assert_eq!(whats, ["claimed", "paper", "paper", "paper-removed", "paper", "viewed"]);
        // Papers that come and go have an end too.
        for _ in 3..20 {
            let last = claims::one(app, &dana, claim).await.unwrap().papers.pop().unwrap().n;
            claims::remove_paper(app, &dana, (claim, last)).await.unwrap();
            claims::add_paper(app, &dana, (claim, pdf())).await.unwrap();
        }
        assert_eq!(word(&claims::add_paper(app, &dana, (claim, pdf())).await), "problem-papers-many");
        desk::reject(app, &CLERK, (claim, "Not signed.")).await.unwrap();
        let left = claims::one(app, &dana, claim).await.unwrap().papers[0].n;
        assert_eq!(word(&claims::remove_paper(app, &dana, (claim, left)).await), "conflict-claim-decided");
    })
    .await;
}

#[tokio::test]
async fn papers_of_closed_claims_are_erased_in_time() {
    on_each(async |world| {
        let app = &world.app;
        let dana = world.somebody("dana", None).await;
        let mut made = Vec::new();
        for _ in 0..4 {
            let claim = world.claim(&dana, Kind::Parent).await;
            claims::add_paper(app, &dana, (claim, b"%PDF-1.7 %%EOF".to_vec())).await.unwrap();
            made.push(claim);
        }
        let [rejected, withdrawn, verified, open] = made.as_slice() else { panic!("four claims") };
        desk::reject(app, &CLERK, (*rejected, "Not signed.")).await.unwrap();
        claims::withdraw(app, &dana, *withdrawn).await.unwrap();
        desk::verify(app, &CLERK, (*verified, accepted(CHILD, ask(Kind::Parent)))).await.unwrap();
        app.clock.advance(DAY * 180 - Duration::from_micros(1));
        tidy(app).await.unwrap();
        assert_eq!(app.blobs.names().unwrap().len(), 4, "kept for as long as the settings say");
        app.clock.advance(Duration::from_micros(1));
        tidy(app).await.unwrap();
        assert_eq!(app.blobs.names().unwrap().len(), 2);
        for (claim, papers) in [(rejected, 0), (withdrawn, 0), (verified, 1), (open, 1)] {
            let whole = desk::open(app, &CLERK, *claim).await.unwrap();
            let erased = whole.events.iter().any(|event| event.what == "papers-erased");
            assert_eq!((whole.papers.len(), erased), (papers, papers == 0));
        }
        let State::Rejected(_, answer) = claims::one(app, &dana, *rejected).await.unwrap().claim.state else {
            panic!("it stays turned down")
        };
        assert_eq!(answer, "Not signed.", "what was answered stays");
    })
    .await;
}

#[tokio::test]
async fn a_parent_until_the_child_is_of_age() {
    on_each(async |world| {
        let app = &world.app;
        let dana = world.somebody("dana", None).await;
        let leap = world.somebody("leap", Some(NEARLY)).await;
        let id = world.verified(&dana, NEARLY, ask(Kind::Parent)).await.unwrap();
        let (held, events, _) = desk::one(app, id).await.unwrap();
        let why = events.iter().find(|event| event.what == "verified").and_then(|event| event.why.as_deref());
        assert_eq!(why, Some("the papers name another day"), "why it is this person all the same");
        assert_eq!(held.ends.map(Instant::rfc3339).as_deref(), Some("2030-02-28T05:00:00.000000Z"));
        assert_eq!(held.holder, Some(("dana".into(), Some("dana@people.example".into()))));
        assert_eq!(word(&end(app, &leap, id).await), "refused-the-clinic-ends");
        assert_eq!(world.mails("someone-acts").await, 1);
        // Born on 29 February 2012: of age on 28 February 2030, at midnight in New York.
        let of_age = Instant(1_898_485_200_000_000);
        assert_eq!(of_age.rfc3339(), "2030-02-28T05:00:00.000000Z");
        app.clock.advance(of_age.since(app.clock.now()) - Duration::from_micros(1));
        tidy(app).await.unwrap();
        assert!(world.in_force(&dana, NEARLY).await.is_some());
        app.clock.advance(Duration::from_micros(1));
        // Before the job, with the next request.
        assert!(world.in_force(&dana, NEARLY).await.is_none());
        assert_eq!(tidy(app).await.unwrap(), 1);
        assert_eq!(tidy(app).await.unwrap(), 0, "once");
        let (held, events, _) = desk::one(app, id).await.unwrap();
        assert_eq!(held.authority.ended, Some((of_age, End::Majority)));
        assert_eq!(events.last().unwrap().what, "ended");
        assert_eq!((world.mails("acting-ended").await, world.mails("someone-ended").await), (1, 1));
        // Of age now, they invite whom they want.
        assert_eq!(word(&invite(app, &leap, (NEARLY, once(app), ask(Kind::Delegate))).await), "ok");
        assert_eq!(word(&world.verified(&dana, NEARLY, ask(Kind::Parent)).await), "problem-of-age");
    })
    .await;
}

#[tokio::test]
async fn an_emancipated_minor_acts_alone() {
    on_each(async |world| {
        let app = &world.app;
        let dana = world.somebody("dana", None).await;
        let leap = world.somebody("leap", Some(NEARLY)).await;
        let id = world.verified(&dana, NEARLY, ask(Kind::Parent)).await.unwrap();
        let (ground, why) = (crate::config::Emancipation::CourtOrder, "decree of 2 May (synthetic)");
        assert_eq!(
            word(&desk::emancipate(app, &CLERK, (NEARLY, ground, why)).await),
            "refused-not-your-office"
        );
        assert_eq!(word(&desk::emancipate(app, &OFFICER, (NEARLY, ground, " ")).await), "problem-required");
        assert_eq!(word(&desk::emancipate(app, &OFFICER, (NOBODY, ground, why)).await), "not-found");
        assert_eq!(word(&desk::emancipate(app, &OFFICER, (ADULT, ground, why)).await), "conflict-of-age");
        desk::emancipate(app, &OFFICER, (NEARLY, ground, why)).await.unwrap();
        assert_eq!(
            word(&desk::emancipate(app, &OFFICER, (NEARLY, ground, why)).await),
            "conflict-emancipated"
        );
        assert!(world.in_force(&dana, NEARLY).await.is_none());
        assert_eq!(world.standing(id).await, Standing::Ended(End::Emancipation));
        assert_eq!(desk::one(app, id).await.unwrap().2.emancipated_by, Some(ground));
        assert_eq!(word(&invite(app, &leap, (NEARLY, once(app), ask(Kind::Delegate))).await), "ok");
        assert_eq!(word(&world.verified(&dana, NEARLY, ask(Kind::Parent)).await), "problem-of-age");
    })
    .await;
}

#[tokio::test]
async fn two_parents_and_an_order_that_limits_one() {
    on_each(async |world| {
        let app = &world.app;
        let (dana, lee) = (world.somebody("dana", None).await, world.somebody("lee", None).await);
        let one_id = world.verified(&dana, CHILD, ask(Kind::Parent)).await.unwrap();
        assert_eq!(world.mails("acting-else").await, 0);
        let other_id = world.verified(&lee, CHILD, ask(Kind::Parent)).await.unwrap();
        assert_eq!(
            world.mails("acting-else").await,
            1,
            "no message reaches the child: the other parent is told"
        );
        let guardian = world.somebody("guard", None).await;
        let refused = world.verified(&guardian, CHILD, ask(Kind::Guardian)).await;
        assert_eq!(word(&refused), "conflict-parent-first");
        let limit = |categories: &[Category], all| Limit {
            categories: categories.to_vec(),
            labels: vec![],
            all,
            order: String::new(),
            until: None,
            at: START,
            by: String::new(),
        };
        let form = world.form(one_id).await;
        let notes = limit(&[Category::Notes], false);
        assert_eq!(word(&desk::limit(app, &CLERK, form, notes.clone()).await), "refused-not-your-office");
        assert_eq!(word(&desk::limit(app, &OFFICER, form, limit(&[], false)).await), "problem-limit-empty");
        let over = Limit { until: Some(START), ..notes.clone() };
        assert_eq!(word(&desk::limit(app, &OFFICER, form, over).await), "problem-past");
        let wordless = Form { why: "", ..form };
        assert_eq!(word(&desk::limit(app, &OFFICER, wordless, notes.clone()).await), "problem-required");
        desk::limit(app, &OFFICER, form, notes.clone()).await.unwrap();
        assert_eq!(word(&desk::limit(app, &OFFICER, form, notes.clone()).await), "conflict-changed");
        assert_eq!(world.standing(one_id).await, Standing::Limited);
        let sees = async |actor: &Actor| {
            let found = world.in_force(actor, CHILD).await.unwrap();
            let lens = lens(found.kind, &found.scope);
            [Category::Notes, Category::Labs].map(|category| lens.shows(category, Default::default(), 0))
        };
        assert_eq!(sees(&dana).await, [false, true]);
        assert_eq!(sees(&lee).await, [true, true], "the order is about one parent");
        // A second order that leaves nothing; both are kept.
        desk::limit(app, &OFFICER, world.form(one_id).await, limit(&[], true)).await.unwrap();
        assert_eq!(sees(&dana).await, [false, false]);
        assert!(!world.in_force(&dana, CHILD).await.unwrap().scope.copies);
        desk::unlimit(app, &OFFICER, world.form(one_id).await).await.unwrap();
        assert_eq!(sees(&dana).await, [true, true]);
        // Staff narrow what was granted, too.
        let labs = Scope { categories: Some(vec![Category::Labs]), ..Scope::WHOLE };
        desk::change(app, &OFFICER, world.form(one_id).await, (labs, None)).await.unwrap();
        assert_eq!(sees(&dana).await, [false, true]);
        desk::end(app, &OFFICER, world.form(other_id).await, End::Court).await.unwrap();
        assert!(world.in_force(&lee, CHILD).await.is_none());
        let form = world.form(one_id).await;
        assert_eq!(word(&desk::end(app, &OFFICER, form, End::Majority).await), "problem-required");
        assert_eq!(word(&desk::end(app, &CLERK, form, End::Court).await), "refused-not-your-office");
    })
    .await;
}

#[tokio::test]
async fn a_springing_power_waits_for_the_certificate() {
    on_each(async |world| {
        let app = &world.app;
        let dana = world.somebody("dana", None).await;
        let rosa = world.somebody("rosa", Some(ADULT)).await;
        let springing = Ask { incapacity: Incapacity::Awaited, ..ask(Kind::HealthCareAgent) };
        let id = world.verified(&dana, ADULT, springing).await.unwrap();
        assert_eq!(world.standing(id).await, Standing::Springing);
        assert!(world.in_force(&dana, ADULT).await.is_none());
        assert_eq!(world.mails("someone-acts").await, 0);
        assert_eq!(world.mails("acting-changed").await, 1, "that it was verified is told");
        let surrogate = world.somebody("next", None).await;
        let refused = world.verified(&surrogate, ADULT, ask(Kind::Surrogate)).await;
        assert_eq!(word(&refused), "conflict-agent-first");
        let form = world.form(id).await;
        assert_eq!(word(&desk::certify(app, &CLERK, form).await), "refused-not-your-office");
        let waits = desk::to_certify(app).await.unwrap();
        assert!(matches!(waits.as_slice(), [held] if held.authority.id == id && desk::is_to_certify(held)));
        desk::certify(app, &CLINICIAN, form).await.unwrap();
        assert!(desk::to_certify(app).await.unwrap().is_empty());
        assert!(world.in_force(&dana, ADULT).await.is_some());
        assert_eq!(world.mails("someone-acts").await, 1);
        let form = world.form(id).await;
        assert_eq!(word(&desk::certify(app, &CLINICIAN, form).await), "conflict-not-springing");
        // They can decide for themselves again.
        desk::end(app, &CLINICIAN, form, End::Recovered).await.unwrap();
        assert!(world.in_force(&dana, ADULT).await.is_none());
        assert_eq!(over(app, &rosa, ADULT).await.unwrap()[0].standing, Standing::Ended(End::Recovered));
        // A power that begins on a day, which the job finds.
        let starts = Some(app.clock.now().plus(DAY));
        let later = Ask { starts, ..ask(Kind::HealthCareAgent) };
        let id = world.verified(&dana, ADULT, later).await.unwrap();
        assert_eq!(world.standing(id).await, Standing::NotYet);
        app.clock.advance(DAY);
        assert_eq!(tidy(app).await.unwrap(), 1);
        assert_eq!(world.mails("someone-acts").await, 2);
        assert_eq!(tidy(app).await.unwrap(), 0);
        assert!(world.in_force(&dana, ADULT).await.is_some());
    })
    .await;
}

/// A relative by law decides for who cannot, and for nobody else (45 CFR 164.502(g)(2)).
#[tokio::test]
async fn a_surrogate_waits_for_the_certificate() {
    on_each(async |world| {
        let app = &world.app;
        let dana = world.somebody("dana", None).await;
        world.somebody("rosa", Some(ADULT)).await;
        let by = |proof| Evidence { proof, note: "seen at the desk".into() };
        for proof in [Proof::Marriage, Proof::BirthCertificate] {
            let spouse = Ask { evidence: by(proof), ..ask(Kind::Surrogate) };
            assert_eq!(word(&world.verified(&dana, ADULT, spouse).await), "problem-proof-beside");
        }
        let id = world.verified(&dana, ADULT, ask(Kind::Surrogate)).await.unwrap();
        assert_eq!(world.standing(id).await, Standing::Springing, "whatever was ticked");
        assert!(world.in_force(&dana, ADULT).await.is_none());
        // One that was given by such a paper before it proved nothing alone is not opened by a certificate.
        for (proof, wanted) in [("marriage", "conflict-paper-beside"), ("surrogate-statement", "ok")] {
            let mut tx = app.db.write().await.unwrap();
            let old = "UPDATE authority SET proof = $2 WHERE id = $1";
            query(old).bind(id).bind(proof).run_one(&mut tx).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(word(&desk::certify(app, &CLINICIAN, world.form(id).await).await), wanted);
            assert_eq!(world.in_force(&dana, ADULT).await.is_some(), wanted == "ok");
        }
        assert_eq!(world.mails("someone-acts").await, 1);
        desk::end(app, &CLINICIAN, world.form(id).await, End::Recovered).await.unwrap();
        assert!(world.in_force(&dana, ADULT).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn declining_a_representative_takes_two() {
    on_each(async |world| {
        let app = &world.app;
        let dana = world.somebody("dana", None).await;
        let id = world.verified(&dana, CHILD, ask(Kind::Parent)).await.unwrap();
        let secret = Form { why: "belief-that-nobody-may-read", ..world.form(id).await };
        assert_eq!(word(&desk::decline(app, &CLERK, secret).await), "refused-not-your-office");
        assert_eq!(desk::decline(app, &CLINICIAN, secret).await.unwrap(), Signed::First);
        // At once, with the first signature.
        assert!(world.in_force(&dana, CHILD).await.is_none());
        let form = world.form(id).await;
        assert_eq!(word(&desk::decline(app, &CLINICIAN, form).await), "refused-second-person");
        assert_eq!(desk::decline(app, &OFFICER, form).await.unwrap(), Signed::Both);
        // They learn that it is paused, and nothing else.
        let shown = one(app, &dana, id).await.unwrap();
        assert_eq!(shown.held.standing, Standing::Suspended);
        assert!(shown.events.iter().all(|event| event.why.is_none() && event.by.is_empty()));
        assert_eq!(shown.events.iter().filter(|event| event.what == "suspended").count(), 1);
        assert!(shown.held.authority.suspension.is_none(), "nor does the page hold it");
        // In the database the belief lies sealed.
        let kept: Vec<(Vec<u8>,)> =
            world.all("SELECT suspension FROM authority WHERE suspension IS NOT NULL").await;
        assert!(!kept[0].0.windows(6).any(|window| window == b"belief"));
        // Nothing else gets them back in meanwhile.
        let again = world.verified(&dana, CHILD, ask(Kind::LocoParentis)).await;
        assert_eq!(word(&again), "conflict-claimant-acts");
        // The office is reminded within 30 days, once.
        assert!(desk::to_review(app).await.unwrap().is_empty());
        app.clock.advance(DAY * 31);
        tidy(app).await.unwrap();
        tidy(app).await.unwrap();
        assert_eq!(desk::to_review(app).await.unwrap()[0].authority.id, id);
        assert_eq!(world.mails("review-due").await, 1);
        let form = world.form(id).await;
        let far = Some(app.clock.now().plus(DAY * 40));
        assert_eq!(word(&desk::reviewed(app, &OFFICER, form, far).await), "problem-review-late");
        desk::reviewed(app, &OFFICER, form, Some(app.clock.now().plus(DAY * 20))).await.unwrap();
        app.clock.advance(DAY * 21);
        tidy(app).await.unwrap();
        assert_eq!(world.mails("review-due").await, 2);
        // What two decided, two take back.
        let form = world.form(id).await;
        assert_eq!(desk::resume(app, &OFFICER, form).await.unwrap(), Signed::First);
        assert!(world.in_force(&dana, CHILD).await.is_none());
        let form = world.form(id).await;
        assert_eq!(desk::resume(app, &CLINICIAN, form).await.unwrap(), Signed::Both);
        assert!(world.in_force(&dana, CHILD).await.is_some());
        let form = world.form(id).await;
        assert_eq!(word(&desk::resume(app, &CLINICIAN, form).await), "conflict-not-suspended");
        // A dispute is one officer's.
        assert_eq!(word(&desk::suspend(app, &OFFICER, form, Ground::Declined).await), "problem-ground");
        desk::suspend(app, &CLINICIAN, form, Ground::Dispute).await.unwrap();
        let form = world.form(id).await;
        assert_eq!(word(&desk::suspend(app, &OFFICER, form, Ground::Safety).await), "conflict-suspended");
        assert_eq!(word(&desk::resume(app, &CLINICIAN, form).await), "refused-not-your-office");
        desk::resume(app, &OFFICER, form).await.unwrap();
        assert!(world.in_force(&dana, CHILD).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn what_a_clerk_flags_waits_for_a_colleague() {
    on_each(async |world| {
        let app = &world.app;
        let dana = world.somebody("dana", None).await;
        let mia = world.somebody("mia", Some(CHILD)).await;
        let id = world.verified(&dana, CHILD, ask(Kind::Parent)).await.unwrap();
        let before = (
            world.all::<(String,)>("SELECT payload FROM job ORDER BY payload").await,
            world.form(id).await.seen,
        );
        let form = Form { why: "The child was afraid at the window", ..world.form(id).await };
        assert_eq!(word(&desk::flag(app, &CLINICIAN, form).await), "refused-not-your-office");
        assert_eq!(word(&desk::flag(app, &CLERK, Form { why: "odd", ..form }).await), "problem-reason");
        assert_eq!(word(&desk::answer_flag(app, &CLINICIAN, form).await), "conflict-not-flagged");
        desk::flag(app, &CLERK, form).await.unwrap();
        assert_eq!(word(&desk::flag(app, &CLERK, form).await), "conflict-flagged");
        // Nothing changed: no message, no stale form, and neither of the two reads of it.
        let after = (
            world.all::<(String,)>("SELECT payload FROM job ORDER BY payload").await,
            world.form(id).await.seen,
        );
        assert_eq!(after, before);
        assert!(world.in_force(&dana, CHILD).await.is_some());
        for who in [&dana, &mia] {
            let shown = one(app, who, id).await.unwrap();
            assert!(shown.held.authority.flag.is_none());
            assert!(shown.events.iter().all(|event| !event.what.contains("flag")), "{:?}", shown.events);
        }
        let kept: Vec<(Vec<u8>,)> = world.all("SELECT flag FROM authority WHERE flag IS NOT NULL").await;
        assert!(!kept[0].0.windows(5).any(|window| window == b"Clerk"), "sealed");
        let (held, events, _) = desk::one(app, id).await.unwrap();
        assert!(desk::is_flagged(&held));
        let last = events.last().unwrap();
        assert_eq!((last.what.as_str(), last.why.as_deref()), ("flagged", Some(form.why)));

        // Another person answers it, or does more.
        let same = By { office: Office::Clinician, ..CLERK };
        assert_eq!(word(&desk::answer_flag(app, &same, form).await), "refused-second-person");
        assert_eq!(word(&desk::answer_flag(app, &CLERK, form).await), "refused-not-your-office");
        let short = Form { why: "fine", ..form };
        assert_eq!(word(&desk::answer_flag(app, &CLINICIAN, short).await), "problem-reason");
        desk::answer_flag(app, &CLINICIAN, form).await.unwrap();
        assert!(desk::flagged(app).await.unwrap().is_empty());
        desk::flag(app, &CLERK, world.form(id).await).await.unwrap();
        desk::suspend(app, &CLINICIAN, world.form(id).await, Ground::Dispute).await.unwrap();
        assert!(desk::flagged(app).await.unwrap().is_empty());
        desk::flag(app, &CLERK, world.form(id).await).await.unwrap();
        desk::decline(app, &CLINICIAN, world.form(id).await).await.unwrap();
        assert!(desk::flagged(app).await.unwrap().is_empty());

        // The longest waiting stands first; what is over waits no more.
        let lee = world.somebody("lee", None).await;
        let other = world.verified(&lee, NEARLY, ask(Kind::Parent)).await.unwrap();
        desk::flag(app, &CLERK, world.form(other).await).await.unwrap();
        app.clock.advance(DAY);
        desk::flag(app, &CLERK, world.form(id).await).await.unwrap();
        let listed = async || {
            let all = desk::flagged(app).await.unwrap().into_iter();
            all.map(|held| held.authority.id).collect::<Vec<_>>()
        };
        assert_eq!(listed().await, [other, id]);
        desk::end(app, &OFFICER, world.form(other).await, End::ByClinic).await.unwrap();
        assert_eq!(listed().await, [id]);
        assert!(!desk::is_flagged(&desk::one(app, other).await.unwrap().0));
    })
    .await;
}

#[tokio::test]
async fn what_was_declined_stands_in_the_way_of_another() {
    on_each(async |world| {
        let app = &world.app;
        let (dana, lee) = (world.somebody("dana", None).await, world.somebody("lee", None).await);
        let id = world.verified(&dana, CHILD, ask(Kind::Parent)).await.unwrap();
        let named = |name: &str| Ask { name: name.into(), ..ask(Kind::Parent) };
        let code = desk::appoint(app, &CLERK, (CHILD, named("lee"))).await.unwrap();
        desk::decline(app, &CLINICIAN, world.form(id).await).await.unwrap();
        desk::decline(app, &OFFICER, world.form(id).await).await.unwrap();
        let form = world.form(id).await;
        assert_eq!(word(&desk::end(app, &CLERK, form, End::ByClinic).await), "refused-not-your-office");
        let short = Form { why: "over", ..form };
        assert_eq!(word(&desk::end(app, &OFFICER, short, End::ByClinic).await), "problem-reason");
        desk::end(app, &OFFICER, form, End::ByClinic).await.unwrap();
        assert!(desk::one(app, id).await.unwrap().0.authority.suspension.is_some(), "it stays known");

        // Under the same name by another account, and by another name at the desk.
        let again = world.verified(&lee, CHILD, ask(Kind::LocoParentis)).await;
        assert_eq!(word(&again), "problem-required", "the officer says why");
        let appointed = desk::appoint(app, &CLERK, (CHILD, named("Somebody New"))).await;
        assert_eq!(word(&appointed), "refused-earlier-declined");
        // A code that was made before is taken, and shows nothing until two have signed.
        let taken = accept(app, &lee, &code.code).await.unwrap();
        assert_eq!(taken.standing, Standing::Suspended);
        assert!(desk::to_review(app).await.unwrap().iter().any(|held| held.authority.id == code.id));
        assert_eq!(desk::resume(app, &CLINICIAN, world.form(code.id).await).await.unwrap(), Signed::First);
        assert!(world.in_force(&lee, CHILD).await.is_none());
        assert_eq!(desk::resume(app, &OFFICER, world.form(code.id).await).await.unwrap(), Signed::Both);
        assert!(world.in_force(&lee, CHILD).await.is_some());

        // The officer gives another, which two signed before it is taken.
        let invited = desk::appoint(app, &OFFICER, (CHILD, named("dana"))).await.unwrap();
        desk::resume(app, &CLINICIAN, world.form(invited.id).await).await.unwrap();
        accept(app, &dana, &invited.code).await.unwrap();
        assert!(world.in_force(&dana, CHILD).await.is_some());
    })
    .await;
}

/// A pause for a reason of its own that one lifts again is no word about an earlier one, and who cleared an earlier one
/// knew of what had been decided by then.
#[tokio::test]
async fn what_was_not_known_was_not_cleared() {
    on_each(async |world| {
        let app = &world.app;
        let (dana, lee) = (world.somebody("dana", None).await, world.somebody("lee", None).await);
        let id = world.verified(&dana, CHILD, ask(Kind::Parent)).await.unwrap();
        let named = |name: &str| Ask { name: name.into(), ..ask(Kind::Parent) };
        let code = desk::appoint(app, &CLERK, (CHILD, named("lee"))).await.unwrap();
        desk::decline(app, &CLINICIAN, world.form(id).await).await.unwrap();
        desk::decline(app, &OFFICER, world.form(id).await).await.unwrap();
        desk::suspend(app, &OFFICER, world.form(code.id).await, Ground::Dispute).await.unwrap();
        assert_eq!(desk::resume(app, &OFFICER, world.form(code.id).await).await.unwrap(), Signed::Both);
        let taken = accept(app, &lee, &code.code).await.unwrap();
        assert_eq!(taken.standing, Standing::Suspended);
        let waits = async |id| {
            let events = desk::one(app, id).await.unwrap().1;
            events.into_iter().rfind(|event| event.what == "waits").map(|event| event.why.unwrap())
        };
        assert_eq!(waits(code.id).await.as_deref(), Some("Dana Ellis (synthetic)"), "the history tells why");
        assert_eq!(desk::resume(app, &CLINICIAN, world.form(code.id).await).await.unwrap(), Signed::First);
        assert_eq!(desk::resume(app, &OFFICER, world.form(code.id).await).await.unwrap(), Signed::Both);
        assert!(world.in_force(&lee, CHILD).await.is_some());

        // Two clear what they know; then the next is declined.
        let eve = world.somebody("eve", None).await;
        let code = desk::appoint(app, &OFFICER, (CHILD, named("eve"))).await.unwrap();
        desk::resume(app, &CLINICIAN, world.form(code.id).await).await.unwrap();
        app.clock.advance(Duration::from_secs(1));
        desk::decline(app, &CLINICIAN, world.form(taken.authority.id).await).await.unwrap();
        assert_eq!(accept(app, &eve, &code.code).await.unwrap().standing, Standing::Suspended);
        assert_eq!(waits(code.id).await.as_deref(), Some("lee"));

        // The officer appoints in spite of those; then the next is declined: the officer did not know of that one.
        let (fay, gus) = (world.somebody("fay", None).await, world.somebody("gus", None).await);
        let fifth = desk::appoint(app, &OFFICER, (CHILD, named("fay"))).await.unwrap();
        let sixth = desk::appoint(app, &OFFICER, (CHILD, named("gus"))).await.unwrap();
        app.clock.advance(Duration::from_secs(1));
        desk::decline(app, &CLINICIAN, world.form(code.id).await).await.unwrap();
        assert_eq!(accept(app, &fay, &fifth.code).await.unwrap().standing, Standing::Suspended);
        assert_eq!(waits(fifth.id).await.as_deref(), Some("eve"));
        assert_eq!(desk::resume(app, &CLINICIAN, world.form(fifth.id).await).await.unwrap(), Signed::First);
        assert_eq!(desk::resume(app, &OFFICER, world.form(fifth.id).await).await.unwrap(), Signed::Both);
        assert!(world.in_force(&fay, CHILD).await.is_some());
        // Nor where the other one signs before the code is taken.
        assert_eq!(desk::resume(app, &CLINICIAN, world.form(sixth.id).await).await.unwrap(), Signed::First);
        assert_eq!(desk::resume(app, &OFFICER, world.form(sixth.id).await).await.unwrap(), Signed::Both);
        assert_eq!(accept(app, &gus, &sixth.code).await.unwrap().standing, Standing::Active);
    })
    .await;
}

/// 45 CFR 164.502(g)(5): whatever an authority waited for, one person does not open what two closed meanwhile.
#[tokio::test]
async fn one_opens_nothing_that_two_declined() {
    on_each(async |world| {
        let app = &world.app;
        let dana = world.somebody("Dana Ellis (synthetic)", None).await;
        let id = world.verified(&dana, CHILD, ask(Kind::Parent)).await.unwrap();
        let codes = [("D. Ellis", "Dana Ellis (synthetic)"), ("Lee Third", "Lee Third")];
        let mut waiting = Vec::new();
        for (account, paper) in codes {
            let somebody = world.somebody(account, None).await;
            let code = desk::appoint(app, &CLERK, (CHILD, Ask { name: paper.into(), ..ask(Kind::Parent) }))
                .await
                .unwrap();
            if account == paper {
                desk::suspend(app, &CLINICIAN, world.form(code.id).await, Ground::Dispute).await.unwrap();
            }
            assert_eq!(accept(app, &somebody, &code.code).await.unwrap().standing, Standing::Suspended);
            waiting.push((somebody, code.id));
        }
        app.clock.advance(Duration::from_secs(1));
        desk::decline(app, &CLINICIAN, world.form(id).await).await.unwrap();
        desk::decline(app, &OFFICER, world.form(id).await).await.unwrap();
        app.clock.advance(Duration::from_secs(1));
        let colleague = By { name: "Another clerk (synthetic)", ..CLERK };
        for ((somebody, id), one) in waiting.iter().zip([colleague, OFFICER]) {
            assert_eq!(desk::resume(app, &one, world.form(*id).await).await.unwrap(), Signed::Both);
            let held = desk::one(app, *id).await.unwrap().0;
            let ground = held.authority.suspension.map(|suspension| suspension.ground);
            assert_eq!((held.standing, ground), (Standing::Suspended, Some(Ground::Earlier)));
            assert!(world.in_force(somebody, CHILD).await.is_none());
            for (by, opened) in [(CLINICIAN, false), (OFFICER, true)] {
                desk::resume(app, &by, world.form(*id).await).await.unwrap();
                assert_eq!(world.in_force(somebody, CHILD).await.is_some(), opened);
            }
            app.clock.advance(Duration::from_secs(1));
            // Who cleared it knew.
            desk::suspend(app, &OFFICER, world.form(*id).await, Ground::Dispute).await.unwrap();
            desk::resume(app, &OFFICER, world.form(*id).await).await.unwrap();
            assert!(world.in_force(somebody, CHILD).await.is_some());
        }
    })
    .await;
}

#[tokio::test]
async fn a_limit_ends_only_where_nobody_acts_because_of_it() {
    on_each(async |world| {
        let app = &world.app;
        let (dana, guard) = (world.somebody("dana", None).await, world.somebody("guard", None).await);
        let id = world.verified(&dana, CHILD, ask(Kind::Parent)).await.unwrap();
        let limit = |until| Limit {
            categories: vec![],
            labels: vec![],
            all: true,
            order: String::new(),
            until,
            at: START,
            by: String::new(),
        };
        let until = |days: u32| Some(app.clock.now().plus(DAY * days));
        desk::limit(app, &OFFICER, world.form(id).await, limit(until(30))).await.unwrap();
        let guardian = |until| Ask { name: "Guard".into(), until, ..ask(Kind::Guardian) };
        // When the limit is over, both would act.
        let refused = world.verified(&guard, CHILD, guardian(None)).await;
        assert_eq!(word(&refused), "conflict-parent-first");
        let other = world.verified(&guard, CHILD, guardian(until(20))).await.unwrap();
        assert_eq!(
            word(&desk::unlimit(app, &OFFICER, world.form(id).await).await),
            "conflict-guardian-first"
        );
        let longer = (Scope::WHOLE, until(40));
        let changed = desk::change(app, &OFFICER, world.form(other).await, longer).await;
        assert_eq!(word(&changed), "conflict-parent-first");
        desk::end(app, &OFFICER, world.form(other).await, End::Court).await.unwrap();
        desk::unlimit(app, &OFFICER, world.form(id).await).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn death_ends_all_but_the_estate() {
    on_each(async |world| {
        let app = &world.app;
        let (dana, agent) = (world.somebody("dana", None).await, world.somebody("agent", None).await);
        let power = world.verified(&agent, ADULT, ask(Kind::HealthCareAgent)).await.unwrap();
        assert_eq!(word(&world.verified(&dana, ADULT, ask(Kind::Estate)).await), "problem-alive");
        let mut tx = app.db.write().await.unwrap();
        query("UPDATE patient SET deceased = '2026-06-01' WHERE patient_no = 1")
            .run_one(&mut tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert!(world.in_force(&agent, ADULT).await.is_none());
        assert_eq!(tidy(app).await.unwrap(), 1);
        assert_eq!(world.standing(power).await, Standing::Ended(End::Death));
        assert_eq!(word(&world.verified(&agent, DEAD, ask(Kind::HealthCareAgent)).await), "problem-deceased");
        let estate = world.verified(&dana, DEAD, ask(Kind::Estate)).await.unwrap();
        assert!(world.in_force(&dana, DEAD).await.is_some());
        assert_eq!(tidy(app).await.unwrap(), 0);
        // Died on 15 January 2026: protected until the end of 15 January 2076.
        let until = Instant(3_346_376_400_000_000);
        assert_eq!(until.rfc3339(), "2076-01-16T05:00:00.000000Z");
        app.clock.advance(until.since(app.clock.now()) - Duration::from_micros(1));
        assert!(world.in_force(&dana, DEAD).await.is_some());
        app.clock.advance(Duration::from_micros(1));
        assert_eq!(tidy(app).await.unwrap(), 1);
        assert_eq!(world.standing(estate).await, Standing::Ended(End::FiftyYears));
    })
    .await;
}

#[tokio::test]
async fn the_clinic_appoints_at_the_desk() {
    on_each(async |world| {
        let app = &world.app;
        let dana = world.somebody("Dana Ellis (synthetic)", None).await;
        let appoint = async |by, ask| desk::appoint(app, &by, (CHILD, ask)).await;
        assert_eq!(word(&appoint(CLERK, ask(Kind::Delegate)).await), "refused-only-the-person-invites");
        assert_eq!(word(&appoint(CLINICIAN, ask(Kind::Parent)).await), "refused-not-your-office");
        assert_eq!(word(&appoint(CLERK, ask(Kind::Guardian)).await), "refused-privacy-officer-only");
        let invited = appoint(CLERK, ask(Kind::Parent)).await.unwrap();
        assert!(is_invitation(&invited.code) && is_invitation(&invited.code.to_lowercase()));
        assert!(!is_invitation("AAAA-AAAA-AAAA"), "an activation code is shorter");
        assert_eq!(word(&appoint(OFFICER, ask(Kind::Guardian)).await), "conflict-parent-first");
        accept(app, &dana, &invited.code).await.unwrap();
        assert!(world.in_force(&dana, CHILD).await.is_some());
        // Their own record is nobody's to represent.
        let mia = world.somebody("mia", Some(CHILD)).await;
        assert_eq!(word(&world.verified(&mia, CHILD, ask(Kind::Parent)).await), "conflict-claimant-record");
        end(app, &dana, invited.id).await.unwrap();
        assert_eq!(world.standing(invited.id).await, Standing::Ended(End::GivenUp));

        // A form sent twice appoints one; gone back to and mended, whatever was mended, it appoints another.
        let form = once(app);
        let agent = ask(Kind::HealthCareAgent);
        let appoint_once = async |ask: &Ask, knowing| {
            let asked = Appointing {
                patient: ADULT,
                ask: ask.clone(),
                despite: "",
                knowing,
                claims: &[],
                once: form,
            };
            word(&desk::appoint_once(app, &CLERK, asked).await)
        };
        let awaited = Ask { incapacity: Incapacity::Awaited, ..agent.clone() };
        for wanted in ["ok", "conflict-appointed"] {
            assert_eq!(appoint_once(&awaited, Knowing::No).await, wanted);
        }
        // The same right under the same name is given once more to those only who know.
        assert_eq!(appoint_once(&agent, Knowing::No).await, "problem-appoint-alike");
        for wanted in ["ok", "conflict-appointed"] {
            assert_eq!(appoint_once(&agent, Knowing::Yes).await, wanted);
        }
    })
    .await;
}

#[tokio::test]
async fn a_code_in_another_name_waits_until_staff_confirm_it() {
    on_each(async |world| {
        let app = &world.app;
        let lucia = world.somebody("lucia", Some(ADULT)).await;
        let sam = world.somebody("Sam Whitfield", None).await;
        let review = Some(app.clock.now().plus(DAY * 20));
        let paper = Ask { name: "Ana Peña".into(), review, ..ask(Kind::HealthCareAgent) };
        let invited = desk::appoint(app, &CLERK, (ADULT, paper)).await.unwrap();
        let taken = accept(app, &sam, &invited.code).await.unwrap();
        assert_eq!(taken.standing, Standing::Suspended);
        assert!(world.in_force(&sam, ADULT).await.is_none(), "the code alone opens nothing");
        assert_eq!(world.mails("acting-changed").await, 1, "the person is told");
        let seen = one(app, &lucia, invited.id).await.unwrap().held;
        assert!(waits_for_name(&seen.authority), "and why");
        assert_eq!(
            (seen.authority.name.as_str(), seen.holder.unwrap().0.as_str()),
            ("Ana Peña", "Sam Whitfield")
        );
        // Whose record it is, and until when, they learn when it is known who they are.
        let is_told = async || {
            let told = (one(app, &sam, invited.id).await.is_ok(), code_waits(app, &sam).await.unwrap());
            (told.0, holdings(app, &sam).await.unwrap().len(), told.1)
        };
        assert_eq!(is_told().await, (false, 0, true));
        assert!(desk::to_review(app).await.unwrap().iter().any(|held| held.authority.id == invited.id));

        // Another pause on the way hides nothing.
        desk::decline(app, &CLINICIAN, world.form(invited.id).await).await.unwrap();
        assert_eq!(is_told().await, (false, 0, true));
        desk::resume(app, &OFFICER, world.form(invited.id).await).await.unwrap();
        assert_eq!(world.standing(invited.id).await, Standing::Suspended);
        // Danger that a clinician learns of now is written down now, and is no clerk's to end.
        desk::suspend(app, &CLINICIAN, world.form(invited.id).await, Ground::Safety).await.unwrap();
        assert_eq!(is_told().await, (false, 0, true));
        let form = world.form(invited.id).await;
        assert_eq!(word(&desk::suspend(app, &OFFICER, form, Ground::Dispute).await), "conflict-suspended");
        assert_eq!(word(&desk::resume(app, &CLERK, form).await), "refused-not-your-office");
        desk::resume(app, &OFFICER, form).await.unwrap();
        assert!(waits_for_name(&one(app, &lucia, invited.id).await.unwrap().held.authority));
        // A clerk confirms it, with a word that says why; then they act.
        let form = world.form(invited.id).await;
        assert_eq!(word(&desk::resume(app, &CLINICIAN, form).await), "refused-not-your-office");
        let colleague = By { name: "Another clerk (synthetic)", ..CLERK };
        assert_eq!(word(&desk::resume(app, &colleague, Form { why: "ok", ..form }).await), "problem-reason");
        let why = "Married: the license shows both names";
        // Whoever made the code has said already who the person is: a colleague looks.
        assert_eq!(word(&desk::resume(app, &CLERK, Form { why, ..form }).await), "refused-second-person");
        desk::resume(app, &colleague, Form { why, ..form }).await.unwrap();
        assert!(world.in_force(&sam, ADULT).await.is_some());
        assert_eq!(is_told().await, (true, 1, false));
        let to_review = desk::to_review(app).await.unwrap();
        assert!(!to_review.iter().any(|held| held.authority.id == invited.id), "nothing waits any more");
        assert_eq!(desk::one(app, invited.id).await.unwrap().0.authority.review, review, "as before");
        // It is asked once.
        desk::suspend(app, &OFFICER, world.form(invited.id).await, Ground::Dispute).await.unwrap();
        desk::resume(app, &OFFICER, world.form(invited.id).await).await.unwrap();
        assert!(world.in_force(&sam, ADULT).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn one_that_cannot_be_read_holds_up_no_other() {
    on_each(async |world| {
        let app = &world.app;
        let dana = world.somebody("dana", None).await;
        let odd = world.verified(&dana, CHILD, ask(Kind::Parent)).await.unwrap();
        let ends = world.verified(&dana, NEARLY, ask(Kind::Parent)).await.unwrap();
        let mut tx = app.db.write().await.unwrap();
        let spoil = "UPDATE authority SET kind = 'odd', due_at = 0 WHERE id = $1";
        query(spoil).bind(odd).run_one(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        app.clock.advance(DAY * 365 * 4);
        assert_eq!(tidy(app).await.unwrap(), 1);
        assert!(desk::one(app, ends).await.unwrap().0.authority.ended.is_some());
        assert!(desk::one(app, odd).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn looks_at_a_claim_never_hide_what_became_of_it() {
    on_each(async |world| {
        let app = &world.app;
        let dana = world.somebody("dana", None).await;
        let claim = world.claim(&dana, Kind::Parent).await;
        let mut tx = app.db.write().await.unwrap();
        for _ in 0..1000 {
            claims::noted(app, &mut tx, (claim, "viewed"), (None, CLERK.name)).await.unwrap();
        }
        tx.commit().await.unwrap();
        desk::reject(app, &CLERK, (claim, "We need the signed statement.")).await.unwrap();
        let whole = desk::open(app, &CLERK, claim).await.unwrap();
        let last: Vec<&str> = whole.events.iter().rev().take(2).map(|event| event.what.as_str()).collect();
        assert_eq!((whole.events.len(), last), (1000, vec!["viewed", "rejected"]));
    })
    .await;
}
