//! Sample data: one synthetic person with something in each place of each page.

use std::collections::BTreeMap;
use std::rc::Rc;

use actix_web::test::TestRequest;
use actix_web::web::Data;
use api::app::{self, App};
use api::base::{
    AccountId, Clock, ConsentId, CopyId, Instant, ItemAddress, PatientNo, Refusal, RestrictionId, SessionId,
};
use api::config::{Config, Level, Provider};
use api::consents;
use api::copies::{Copy, Scope, State};
use api::disclosures::{self, Channel, Entry, Marked, Recipient, What, Who, Whom};
use api::fhir::present::{self, Category};
use api::fhir::sensitivity::Label;
use api::identity::{
    Actor, Assurance, Contact, Device, Devices, Link, Proof, Proofing, Session, SignInEvent,
};
use api::records::label_asks::{Asks, LabelAsk, Outcome, Outcomes, Side};
use api::records::{
    Item, ItemLine, List, Missing, Overview, Person, Point, Preview, Related, Shelf, SourceState, Trend,
    Withholding,
};
use api::visibility::{Basis, Purpose};
use api::words::Language;

use crate::visit::Visit;

/// 2026-03-04 10:00 in UTC.
pub const NOW: Instant = Instant(1_772_618_400_000_000);

/// The service over an empty database in a folder of its own.
pub async fn service() -> (App, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let mut config = Config::for_testing(folder.path(), &url);
    config.clinic.name = "Riverside Clinic (synthetic)".into();
    config.clinic.phone = "555-0100".into();
    config.clinic.email = "records@riverside.example".into();
    config.clinic.address = "1 River Road, Springfield".into();
    let provider = serde_json::json!({
        "id": "demo", "name": "Riverside Account", "issuer": "https://id.riverside.example/realm",
        "client_id": "recordright", "hint": "Asks for your password and a code on your phone.",
    });
    config.oidc = vec![serde_json::from_value::<Provider>(provider).unwrap()];
    (app::open(config, Clock::fixed(NOW)).await.unwrap(), folder)
}

/// Who visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visitor {
    Stranger,
    Unlinked,
    Linked,
}

pub fn session(visitor: Visitor) -> Option<Session> {
    let id = |n: u128| uuid::Uuid::from_u128(n);
    let link = Link { patient: PatientNo(1), since: NOW, ground: "code".into() };
    (visitor != Visitor::Stranger).then(|| Session {
        actor: Actor {
            account: AccountId(id(1)),
            session: SessionId(id(2)),
            name: "Rosa Delgado (synthetic)".into(),
            provider: "demo".into(),
            acr: Some("urn:example:two".into()),
            amr: vec!["pwd".into(), "otp".into()],
            auth_time: Some(NOW),
            level: Level { ial: 2, aal: 2 },
            through: None,
        },
        link: (visitor == Visitor::Linked).then_some(link),
        language: None,
        idle_until: Instant(NOW.0 + 1_200_000_000),
        absolute_until: Instant(NOW.0 + 43_200_000_000),
        email: Some("rosa@example.org".into()),
        staff: false,
    })
}

pub fn visit(app: &App, visitor: Visitor, (path, language): (&str, Language)) -> Rc<Visit> {
    let request = TestRequest::with_uri(path)
        .insert_header(("accept-language", language.tag()))
        .app_data(Data::new(App::clone(app)))
        .to_http_request();
    let mut visit = Rc::into_inner(Visit::made(&request, app)).unwrap();
    visit.session = session(visitor).map(Rc::new);
    Rc::new(visit)
}

pub fn person() -> Person {
    Person {
        patient: PatientNo(1),
        name: "Rosa Delgado (synthetic)".into(),
        birth_date: Some("1968-03-04".into()),
        sex: Some("female".into()),
        deceased: None,
    }
}

/// What stands for the n-th item in addresses.
pub fn address(n: i64) -> ItemAddress {
    ItemAddress(i128::from(n).to_be_bytes())
}

pub fn line(n: i64) -> ItemLine {
    let full = n % 2 == 1;
    ItemLine {
        address: address(n),
        reference: ("Observation".into(), format!("a{n}"), 1),
        category: if full { Category::Labs } else { Category::Medicines },
        kind: if full { "kind-lab-result" } else { "kind-prescription" }.into(),
        title: full.then(|| "Hemoglobin A1c <script>alert(1)</script>".into()),
        known: full.then_some("known-hemoglobin-glycated"),
        when: full.then(|| "2026-03-01T09:30:00-05:00".into()),
        value: full.then(|| "6.1 %".into()),
        word: (n == 4).then(|| "word-yes".into()),
        range: full.then(|| "4.0 to 5.6 %".into()),
        flag: full.then(|| "flag-high".into()),
        status: Some("status-active".into()),
        author: full.then(|| "Dr. Ana Ruiz".into()),
        place: full.then(|| "Riverside Lab".into()),
        entered_in_error: n == 3,
        source: "ehr".into(),
    }
}

pub fn entry(seq: i64) -> disclosures::Line {
    let id = |n: u128| uuid::Uuid::from_u128(n);
    let other = seq % 2 == 0;
    let name = if other { "Someone Else (synthetic)" } else { "Rosa Delgado (synthetic)" };
    disclosures::Line {
        seq,
        at: NOW,
        entry: Entry {
            who: Who {
                kind: "patient".into(),
                account: AccountId(id(if other { 9 } else { 1 })),
                session: SessionId(id(2)),
                name: name.into(),
                provider: "demo".into(),
                acr: None,
                ial: other.then_some(2),
                aal: other.then_some(1),
            },
            recipient: Recipient { name: name.into(), address: other.then(|| "2 Hill Street".into()) },
            purpose: Purpose::OwnView,
            basis: Basis::RightOfAccess {
                ground: if other { "new-ground" } else { "code" }.into(),
                since: NOW.rfc3339(),
            },
            channel: Channel::Portal,
            what: What {
                kind: if other { "something-new" } else { "list" }.into(),
                category: (!other).then(|| "labs".into()),
                shelves: BTreeMap::new(),
                counts: BTreeMap::from([("Observation".into(), 12)]),
                items: if other { vec!["Observation/a1/_history/1".into()] } else { vec![] },
                digest: None,
                copy: None,
                parts: None,
                query: None,
                whom: (seq == 4).then(|| Whom {
                    name: "Robin <Ellis> (synthetic)".into(),
                    kind: api::representation::Kind::Parent,
                    authority: api::base::AuthorityId(id(3)),
                    opened: 1,
                    closed: 2,
                }),
                linked: None,
                marked: (seq == 3).then_some(Marked { label: Label::Hiv, put: true }),
            },
        },
        hash: vec![0xab; 32],
    }
}

/// Accounts that see the record.
pub fn seers(full: Fullness) -> Vec<api::disclosures::links::Seer> {
    let seer = |account: u128, name: &str, ground: &str| api::disclosures::links::Seer {
        account: AccountId(uuid::Uuid::from_u128(account)),
        name: name.into(),
        link: api::identity::Link { patient: api::base::PatientNo(1), since: NOW, ground: ground.into() },
    };
    match full {
        Fullness::Full => vec![
            seer(1, "Rosa Delgado (synthetic)", "code"),
            seer(9, "Sam <b>Whitfield</b> (synthetic)", "new-ground"),
        ],
        Fullness::Empty => vec![],
    }
}

/// That staff, or somebody at the command line, linked an account or ended its link.
pub fn decided(seq: i64) -> disclosures::Line {
    let mut line = entry(seq);
    let even = seq % 2 == 0;
    line.entry.basis = Basis::Decision {
        role: even.then_some(api::staff::Role::RecordsClerk),
        reason: if even { "The wrong <Sam>".into() } else { String::new() },
    };
    line.entry.what = What::page(if even { "linked" } else { "unlinked" }).of_account(disclosures::Linked {
        account: AccountId(uuid::Uuid::from_u128(9)),
        name: "Sam <b>Whitfield</b> (synthetic)".into(),
    });
    line
}

/// That staff read the permissions, or how the person is reached.
pub fn read_at_desk(seq: i64) -> disclosures::Line {
    let mut line = entry(seq);
    line.entry.basis = Basis::Office { role: api::staff::Role::RecordsClerk };
    line.entry.what = What::page(if seq % 2 == 0 { "permissions" } else { "reach" });
    line
}

/// That a helper looked, to whom a consent opened more.
pub fn helped(seq: i64) -> disclosures::Line {
    let mut line = entry(seq);
    line.entry.basis = Basis::Delegate {
        authority: api::base::AuthorityId(uuid::Uuid::from_u128(3)),
        since: NOW.rfc3339(),
        consent: Some(api::base::ConsentId(uuid::Uuid::from_u128(6))),
    };
    line
}

/// Where an item stands about which somebody decided.
pub fn place() -> disclosures::Place {
    disclosures::Place { category: Category::Labs, address: address(7), title: Some("A <test>".into()) }
}

pub fn overview(full: Fullness) -> Overview {
    let shelf =
        |category, count| Shelf { category, count, newest: (count > 1).then(|| "2026-03-01".to_owned()) };
    let some = full == Fullness::Full;
    Overview {
        person: person(),
        shelves: if some {
            Category::ALL.into_iter().zip(1..).map(|(c, n)| shelf(c, n)).collect()
        } else {
            vec![]
        },
        updated: some.then_some(NOW),
        been_here: some,
        new_count: if some { 3_177 } else { 0 },
        new_items: if some { (1..=5).map(line).collect() } else { vec![] },
        visits: if some { (1..=3).map(line).collect() } else { vec![] },
        accesses: if some { (1..=2).map(entry).collect() } else { vec![] },
        withheld: some,
    }
}

/// Whether a page has much to show or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fullness {
    Full,
    Empty,
}

pub fn list(full: Fullness) -> List {
    let some = full == Fullness::Full;
    List {
        person: person(),
        lines: if some { (1..=50).map(line).collect() } else { vec![] },
        total: if some { 312 } else { 0 },
        page: if some { 2 } else { 1 },
        pages: if some { 7 } else { 1 },
        sources: vec!["EHR".into(), "Lab".into()],
        places: vec!["Riverside Lab".into(), "North & South".into()],
        withheld: some,
    }
}

pub fn item(full: Fullness) -> Item {
    let value = serde_json::json!({
        "resourceType": "Observation", "id": "a1", "status": "final",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "4548-4", "display": "Hemoglobin A1c"}], "text": "Hemoglobin A1c"},
        "effectiveDateTime": "2026-03-01", "valueQuantity": {"value": 6.1, "unit": "%"},
        "note": [{"text": "Fasting.\nRepeat in 3 months."}],
        "component": [{"code": {"text": "Part one"}, "valueString": "a"}, {"code": {"text": "Part two"}, "valueString": "b"}],
        "presentedForm": [{"contentType": "text/plain", "data": "aGk=", "title": "Letter"}],
    });
    let report = serde_json::json!({
        "resourceType": "DiagnosticReport", "status": "final", "code": {"text": "Report"},
        "presentedForm": [
            {"contentType": "text/plain", "data": "aGk=", "title": "Letter"},
            {"contentType": "application/pdf", "url": "https://elsewhere.example/1.pdf", "size": 12_345},
        ],
    });
    let some = full == Fullness::Full;
    let point = |n: i64| Point {
        at: NOW.0 + n * 86_400_000_000,
        when: format!("2026-03-{n:02}"),
        value: 5.0 + n as f64 / 3.0,
        second: (n > 2).then_some(4.0),
        text: format!("{n} %"),
    };
    let trend =
        Trend { unit: "%".into(), low: Some(4.0), high: Some(5.6), points: (1..=6).map(point).collect() };
    Item {
        person: person(),
        line: line(if some { 1 } else { 2 }),
        view: present::view(if some { &value } else { &report }),
        trend: some.then_some(trend),
        results: if some { vec![line(1), line(2)] } else { vec![] },
        related: vec![
            Related {
                label: "label-encounter",
                target: Some((Category::Visits, address(4))),
                title: Some("Office visit".into()),
                known: Some("known-visit"),
                kind: None,
            },
            Related { label: "label-encounter", target: None, title: None, known: None, kind: None },
        ],
        raw: if some { value.to_string() } else { "x".repeat(50_000) },
        received: NOW,
        earlier_versions: if some { 2 } else { 0 },
        labels: Vec::new(),
        taken: match some {
            true => vec![api::records::Change {
                label: Label::Hiv,
                put: false,
                reason: "The test was of <b>somebody</b> else".into(),
                at: NOW,
                by: "Lee".into(),
            }],
            false => vec![],
        },
        marks: if some { vec![(Label::Hiv, true), (Label::Litigation, false)] } else { vec![] },
        asks: match some {
            true => Asks {
                own: vec![label_ask(Fullness::Empty), label_ask(Fullness::Full)],
                waiting: vec![label_ask(Fullness::Empty)],
                may: Some(Side::Staff),
            },
            false => Asks { may: Some(Side::Minor), ..Asks::default() },
        },
    }
}

/// A question about how an item is protected: of a minor, or of a clerk and answered.
pub fn label_ask(full: Fullness) -> LabelAsk {
    let some = full == Fullness::Full;
    LabelAsk {
        id: api::base::CaseId(uuid::Uuid::from_u128(3)),
        patient: PatientNo(1),
        address: address(1),
        category: Category::Labs,
        account: AccountId(uuid::Uuid::from_u128(6)),
        by: some.then(|| "Carla <b> (synthetic)".into()),
        note: if some { "A mark is <missing>".into() } else { String::new() },
        asked: NOW,
        answered: some.then(|| Outcomes { outcome: Outcome::Kept, text: "It is <right>".into(), at: NOW }),
    }
}

pub fn question(full: Fullness) -> disclosures::questions::Question {
    use disclosures::questions::{Answer, Question, State};
    let answered = full == Fullness::Full;
    Question {
        id: api::base::CaseId(uuid::Uuid::from_u128(3)),
        // The reader of the pages asked the one that waits.
        account: AccountId(uuid::Uuid::from_u128(if answered { 6 } else { 1 })),
        patient: PatientNo(1),
        seq: 1,
        asked: NOW,
        state: if answered { State::Wrong } else { State::Open },
        answer: answered.then(|| Answer { at: NOW, text: "It should <b>not</b> have happened.".into() }),
    }
}

fn withholding() -> Withholding {
    Withholding {
        label: Label::Litigation,
        reason: "Case <b>26-123</b> (synthetic)".into(),
        at: NOW,
        items: 1,
    }
}

pub fn missing(full: Fullness) -> Missing {
    let source = |state: Option<&str>, failure: Option<&str>| SourceState {
        name: "ehr".into(),
        title: "Hospital records".into(),
        kind: "fhir".into(),
        count: 2_000,
        last: failure.is_none().then_some(NOW),
        state: state.map(str::to_owned),
        failure: failure.map(str::to_owned),
        failed_parts: if failure.is_some() { vec!["Observation".into(), "Claim".into()] } else { vec![] },
        next: failure.map(|_| NOW),
    };
    let states = [
        (None, None),
        (Some("done"), None),
        (Some("running"), None),
        (Some("partial"), Some("gather-busy")),
        (Some("failed"), Some("gather-away")),
    ];
    let some = full == Fullness::Full;
    Missing {
        person: person(),
        sources: if some { states.map(|(state, failure)| source(state, failure)).into() } else { vec![] },
        quarantined: if some { 3 } else { 0 },
        withheld: if some { vec![(Label::PsychotherapyNotes, 2), (Label::Litigation, 1)] } else { vec![] },
        reasons: some.then(withholding).into_iter().collect(),
        apart: Vec::new(),
        part: false,
        empty: if some { vec![Category::Devices, Category::Bills] } else { vec![] },
    }
}

pub fn copy(state: State) -> Copy {
    let ready = state == State::Ready;
    Copy {
        id: CopyId(uuid::Uuid::from_u128(77)),
        scope: if ready {
            Scope {
                categories: vec!["labs".into(), "vitals".into()],
                from: Some("2020-01-01".into()),
                to: Some("2026-01-01".into()),
                formats: vec!["pdf".into()],
            }
        } else {
            Scope::default()
        },
        language: api::words::Language::English,
        state,
        total: 3_177,
        done: 120,
        size: ready.then_some(12_345_678),
        sha256: ready.then(|| "ab".repeat(32)),
        has_password: ready,
        created: NOW,
        ready: ready.then_some(NOW),
        expires: ready.then_some(NOW),
        part: false,
        shut: false,
    }
}

pub fn devices(full: Fullness) -> Devices {
    let device = |n: u128, current| Device {
        session: SessionId(uuid::Uuid::from_u128(n)),
        name: "Firefox on Windows".into(),
        provider: "demo".into(),
        created: NOW,
        seen: NOW,
        current,
    };
    let event = |outcome: &str| SignInEvent {
        at: NOW,
        provider: "gone".into(),
        device: "Safari on iPhone".into(),
        outcome: outcome.into(),
    };
    let some = full == Fullness::Full;
    Devices {
        devices: if some { vec![device(2, true), device(3, false)] } else { vec![] },
        events: if some {
            vec![event("sign-in-ok"), event("sign-in-ended-idle"), event("new-outcome")]
        } else {
            vec![]
        },
    }
}

pub fn contact(full: Fullness) -> Contact {
    let some = full == Fullness::Full;
    Contact {
        name: "Rosa Delgado (synthetic)".into(),
        birth_date: some.then(|| "1968-03-04".into()),
        email: some.then(|| "rosa@example.org".into()),
        email_verified: true,
        phone: some.then(|| "555-0101".into()),
        address: some.then(|| "2 Hill Street, Springfield".into()),
    }
}

pub fn assurance(full: Fullness) -> Assurance {
    let proofing =
        |how, ial| Proofing { how, at: NOW, ial, by: "demo".into(), evidence: "photo ID <b>".into() };
    let some = full == Fullness::Full;
    Assurance {
        level: Level { ial: if some { 2 } else { 0 }, aal: if some { 2 } else { 0 } },
        second_factor: some,
        amr: if some { vec!["pwd".into(), "otp".into()] } else { vec![] },
        proofings: if some { Proof::ALL.map(|how| proofing(how, 2)).into() } else { vec![] },
    }
}

/// Refusals by their ids.
pub fn refusal(code: &'static str) -> api::base::Error {
    api::base::Error::Refused(Refusal(code, Some(std::time::Duration::from_secs(3_000))))
}

/// All sorts of permissions; some of them not for whoever is here.
pub fn kinds(full: Fullness) -> crate::patient::privacy_new::Kinds {
    let closed = |kind: consents::Kind| full == Fullness::Full && kind.is_part2();
    let may = |kind| if closed(kind) { Err("refused-minor-part-two") } else { Ok(()) };
    consents::Kind::signable().map(|kind| (kind, may(kind))).collect()
}

/// A permission of this kind.
pub fn terms(kind: consents::Kind) -> consents::Terms {
    consents::Terms {
        kind,
        person: "Rosa Delgado (synthetic)".into(),
        discloser: "Riverside Clinic (synthetic)".into(),
        recipient: consents::Party {
            name: "Dr. <b>Lee</b>".into(),
            address: "1 Hill Street".into(),
            ..consents::Party::default()
        },
        scope: Some(consents::Scope { labels: consents::needed(kind), ..consents::Scope::default() }),
        purposes: [consents::Purpose::OwnRequest].into(),
        expiry: Some(consents::Expiry::Day { last: "2026-12-31".into(), over: Instant(NOW.0 + 1) }),
        statements: consents::statements(kind, &[consents::Purpose::OwnRequest].into()),
        paid: false,
        conditioned: false,
        signer: consents::Signer {
            typed: "Rosa Delgado".into(),
            day: "2026-03-04".into(),
            authority: None,
            witness: None,
            beside: None,
        },
    }
}

pub fn consent(n: u128, state: consents::State) -> consents::Consent {
    let kind = consents::Kind::ALL[usize::try_from(n).unwrap() % consents::Kind::ALL.len()];
    let mut terms = terms(kind);
    if n.is_multiple_of(2) {
        terms.recipient.name = String::new();
        terms.expiry = Some(consents::Expiry::Event { what: "the end <i> of it".into() });
    }
    let text = "Whose information: Rosa.\nWho receives it: Dr. <b>Lee</b>.".to_owned();
    consents::Consent {
        id: ConsentId(uuid::Uuid::from_u128(n)),
        patient: PatientNo(1),
        terms,
        state,
        state_at: NOW,
        received: n.is_multiple_of(2).then(|| "2026-03-01".into()),
        signature: consents::Signature {
            at: NOW,
            account: Some(AccountId(uuid::Uuid::from_u128(1))),
            session: None,
            acr: None,
            auth_time: Some(NOW),
            text_hash: consents::hash(&text),
            language: "en".into(),
            wording: 1,
            entered_by: None,
        },
        text,
    }
}

/// Every state, one each.
pub fn consents(full: Fullness) -> Vec<(consents::Consent, consents::State)> {
    use consents::State::{Active, Defective, Expired, Revoked, Suspended};
    let states = [Active, Active, Suspended, Revoked, Expired, Defective];
    let all = states.into_iter().zip(1..).map(|(state, n)| (consent(n, state), state));
    all.filter(|_| full == Fullness::Full).collect()
}

/// What became of something: everything that can.
pub fn history(full: Fullness) -> consents::History {
    let (looked, events): (Vec<_>, Vec<_>) =
        events(full).into_iter().partition(|event| event.what == "viewed");
    let next = (full == Fullness::Full).then_some(3);
    consents::History { events, looks: if looked.is_empty() { 0 } else { 51 }, looked, next }
}

fn events(full: Fullness) -> Vec<consents::Event> {
    let whats = [
        "signed",
        "revoked",
        "revoked-in-writing",
        "suspended",
        "resumed",
        "defective",
        "expired",
        "asked",
        "agreed",
        "must-agree",
        "declined",
        "facts-not-so",
        "viewed",
        "ended-notice",
        "ended-oral",
        "ended-in-writing",
    ];
    let event = |what: &str| consents::Event {
        at: NOW,
        what: what.into(),
        by: "Ann Clerk (synthetic)".into(),
        why: if what == "resumed" { "the paper was found".into() } else { String::new() },
        writing: (what == "revoked-in-writing").then(|| consents::Writing {
            received: "2026-11-02".into(),
            way: consents::Way::Post,
            reason: String::new(),
        }),
    };
    whats.into_iter().map(event).filter(|_| full == Fullness::Full).collect()
}

pub fn limit(n: u128, answer: consents::Answer) -> consents::Restriction {
    let odd = n % 2 == 1;
    consents::Restriction {
        id: RestrictionId(uuid::Uuid::from_u128(n)),
        patient: PatientNo(1),
        account: None,
        ask: consents::Ask {
            against: consents::Against::ALL[usize::try_from(n).unwrap() % 3],
            party: if odd { "Blue <b> Plan".into() } else { String::new() },
            categories: odd.then(|| [Category::Bills].into()),
            labels: [].into(),
            what: if odd { "Visit of March 4".into() } else { String::new() },
            why: if odd { "private".into() } else { String::new() },
            paid_in_full: odd,
        },
        must_agree: odd,
        answer,
        answer_text: if odd { "We keep it back.".into() } else { String::new() },
        asked: NOW,
        answered: Some(NOW),
        ended: (n > 4).then_some((NOW, consents::Ender::Notice)),
        intake: odd.then(|| intake(api::base::Came::ALL[usize::try_from(n).unwrap() % 3])),
    }
}

fn intake(came: api::base::Came) -> api::base::Intake {
    api::base::Intake { day: "2026-03-01".into(), came, known: "Called back <b> at the number we had".into() }
}

/// What became of how a person is reached: everything that can be said, and looks.
pub fn reach_history(full: Fullness) -> api::notify::History {
    use api::notify::{History, Looks, Noted, Told};
    let came = intake(api::base::Came::Letter);
    let all = [Noted::Chosen, Noted::Ended(came.clone()), Noted::Recorded(came)];
    let told = |what| Told { at: NOW, by: "Carla <b>".into(), what };
    match full {
        Fullness::Full => History {
            last: all.last().cloned().map(told),
            told: all.map(told).into(),
            looks: Looks { count: 30, page: vec![(NOW, "Carla <b>".into())], next: Some(7) },
        },
        Fullness::Empty => History::default(),
    }
}

/// Every answer, one each, and one that ended.
pub fn limits(full: Fullness) -> Vec<consents::Restriction> {
    use consents::Answer::{Agreed, Asked, Declined, MustAgree};
    let answers = [Asked, Asked, MustAgree, Declined, Agreed];
    let all = answers.into_iter().zip(1..).map(|(answer, n)| limit(n, answer));
    all.filter(|_| full == Fullness::Full).collect()
}

pub fn preview(full: Fullness) -> Preview {
    let some = full == Fullness::Full;
    Preview {
        person: person(),
        shelves: if some { vec![(Category::Labs, 430, 412), (Category::Notes, 3, 0)] } else { vec![] },
        hidden: if some { vec![(api::fhir::sensitivity::Label::Hiv, 18)] } else { vec![] },
        limited: false,
    }
}

pub fn begun() -> consents::Begun {
    let id = api::base::DraftId(uuid::Uuid::from_u128(94));
    consents::Begun { id, kind: consents::Kind::Hipaa508, at: NOW, until: NOW }
}

pub fn preferences(full: Fullness) -> api::notify::Preferences {
    let some = full == Fullness::Full;
    api::notify::Preferences {
        channel: if some { api::notify::Channel::Email } else { api::notify::Channel::None },
        email: some.then(|| "other@example.org".into()),
        postal: "2 Hill Street".into(),
        phone: String::new(),
        pending: some.then(|| ("new@example.org".into(), NOW)),
        recorded: some.then(|| api::notify::Recorded {
            by: "Carla <b>".into(),
            at: NOW,
            intake: intake(api::base::Came::Telephone),
        }),
    }
}
