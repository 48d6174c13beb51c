//! A file stands where what names it stands, and the mark of an order goes to what was done for it, whichever came first,
//! and as often as it comes. On both databases.

use api::app::App;
use api::base::Clock;
use api::config::Config;
use api::fhir::present::Category;
use api::fhir::sensitivity::{Label, Labels};
use api::sources::{Import, Report};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::database::{MISCOUNTED, Raw};
use crate::harness::{Database, Kind, on_both_databases};

on_both_databases!(
    a_file_stands_with_what_names_it,
    files_of_before_an_update_are_placed,
    a_mark_goes_as_far_as_its_reason
);

struct Desk {
    app: App,
    raw: Raw,
    folder: TempDir,
}

impl Desk {
    async fn new(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::new(kind, folder.path()).await;
        let config = Config::for_testing(folder.path(), &database.url);
        let app = api::app::open(config, Clock::System).await.unwrap();
        Self { app, raw: database.raw().await, folder }
    }

    async fn import(&self, text: &str) -> Report {
        let name = if text.contains("\"Bundle\"") { "record.json" } else { "record.ndjson" };
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let ask = Import { source: "ehr".into(), paths: vec![path] };
        let report = api::sources::import(&self.app, ask, |_| {}).await.unwrap();
        assert_eq!(report.refused, 0, "{report:?}");
        report
    }

    /// The category of a file and the bits of what names it; not its labels (a text that nobody looked at has one).
    async fn place(&self, id: &str) -> String {
        let placed = Labels::PLACED.0;
        let sql = format!(
            "SELECT i.category || ' ' || (i.labels & {placed}) FROM item i JOIN resource r ON r.rid = i.rid \
             WHERE r.type = 'Binary' AND r.id = '{id}'"
        );
        self.raw.texts(&sql).await.remove(0)
    }

    /// How often labels, or places of files, changed in a record.
    async fn changes(&self, id: &str) -> i64 {
        let sql = format!("SELECT CAST(labels_no AS BIGINT) FROM patient WHERE fhir_id = '{id}'");
        self.raw.number(&sql).await
    }

    async fn close(self) {
        assert_eq!(self.raw.number(MISCOUNTED).await, 0, "the counts of lists are right");
        self.app.db.close().await;
    }
}

/// As [`Desk::place`] tells it: the category, and all from which it is named.
fn at(category: Category, others: &[Category]) -> String {
    let named = others.iter().chain([&category]).fold(0, |bits, one| bits | 1_i64 << one.code());
    format!("{} {}", category.code(), Labels::NAMED.and(Labels::beside(named)).0)
}

fn among_documents() -> String {
    format!("{} 0", Category::Documents.code())
}

fn person(id: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "name": [{"family": "Diaz", "given": ["Ana"]}], "birthDate": "1970-01-01"})
}

fn file(id: &str, of: &str) -> Value {
    json!({"resourceType": "Binary", "id": id, "contentType": "text/plain", "data": "YQ==",
           "securityContext": {"reference": format!("Patient/{of}")}})
}

/// A report of the laboratory.
fn report(id: &str, of: &str, url: &str) -> Value {
    json!({"resourceType": "DiagnosticReport", "id": id, "status": "final",
           "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "LAB"}]}],
           "code": {"text": "Report (synthetic)"}, "subject": {"reference": format!("Patient/{of}")},
           "presentedForm": [{"contentType": "text/plain", "url": url}]})
}

fn note(id: &str, of: &str, url: &str) -> Value {
    json!({"resourceType": "DocumentReference", "id": id, "status": "current",
           "type": {"coding": [{"system": "http://loinc.org", "code": "11506-3"}]},
           "subject": {"reference": format!("Patient/{of}")},
           "content": [{"attachment": {"contentType": "text/plain", "url": url}}]})
}

fn lines(resources: &[Value]) -> String {
    resources.iter().map(|resource| format!("{resource}\n")).collect()
}

async fn a_file_stands_with_what_names_it(kind: Kind) {
    use Category::{Labs, Notes};
    let desk = Desk::new(kind).await;
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for (n, order) in orders.into_iter().enumerate() {
        let (who, own) = (format!("p{n}"), format!("f{n}"));
        let all = [
            file(&own, &who),
            report(&format!("r{n}"), &who, &format!("Binary/{own}")),
            note(&format!("n{n}"), &who, &format!("https://ehr.example/fhir/Binary/{own}/_history/1")),
        ];
        desk.import(&lines(&[person(&who)])).await;
        for (nth, which) in order.into_iter().enumerate() {
            desk.import(&lines(&all[which..=which])).await;
            if nth == 0 && which == 0 {
                assert_eq!(desk.place(&own).await, among_documents(), "nothing names it yet");
            }
        }
        assert_eq!(desk.place(&own).await, at(Labs, &[Notes]), "{order:?}");

        let before = desk.changes(&who).await;
        let again = desk.import(&lines(&all)).await;
        assert_eq!((again.accepted, again.unchanged), (0, 3), "{again:?}");
        assert_eq!((desk.place(&own).await, desk.changes(&who).await), (at(Labs, &[Notes]), before));
    }

    // New bytes of the file change nothing; what names it no more lets it go.
    let mut other = file("f0", "p0");
    other["data"] = json!("Yg==");
    desk.import(&lines(&[other])).await;
    assert_eq!(desk.place("f0").await, at(Labs, &[Notes]));
    let before = desk.changes("p0").await;
    desk.import(&lines(&[report("r0", "p0", "https://elsewhere.example/x.pdf")])).await;
    assert_eq!(desk.place("f0").await, at(Notes, &[]));
    assert!(desk.changes("p0").await > before, "a copy of before may hold what is closed now");
    desk.import(&lines(&[note("n0", "p0", "Binary/none")])).await;
    assert_eq!(desk.place("f0").await, among_documents());
    desk.import(&lines(&[report("r0", "p0", "Binary/f0")])).await;
    assert_eq!(desk.place("f0").await, at(Labs, &[]), "and back");

    // Of two versions in one file the later counts.
    desk.import(&lines(&[
        file("f7", "p1"),
        note("n7", "p1", "Binary/f7"),
        note("n7", "p1", "Binary/none"),
        report("r7", "p1", "Binary/f7"),
    ]))
    .await;
    assert_eq!(desk.place("f7").await, at(Labs, &[]));

    // A document of somebody else moves nothing in this record.
    desk.import(&lines(&[file("f8", "p2"), note("n8", "p3", "Binary/f8")])).await;
    assert_eq!(desk.place("f8").await, among_documents());

    // Named by where the entry of a Bundle stood.
    let address = "urn:uuid:0c5f8a52-5b0c-4f0e-8a54-3f3b6a0a1d10";
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": person("p9")},
        {"resource": note("n9", "p9", address)},
        {"fullUrl": address, "resource": file("f9", "p9")},
    ]});
    desk.import(&lines(&[bundle])).await;
    assert_eq!(desk.place("f9").await, at(Notes, &[]));
    desk.close().await;
}

/// What was stored before anybody noted what names files is placed before anything is served.
async fn files_of_before_an_update_are_placed(kind: Kind) {
    let desk = Desk::new(kind).await;
    let all = [
        person("a"),
        file("x", "a"),
        file("y", "a"),
        file("z", "a"),
        report("r", "a", "Binary/x"),
        note("n", "a", "Binary/x"),
        note("m", "a", "Binary/y"),
    ];
    desk.import(&lines(&all)).await;
    let places = async || [desk.place("x").await, desk.place("y").await, desk.place("z").await];
    let wanted = [at(Category::Labs, &[Category::Notes]), at(Category::Notes, &[]), among_documents()];
    assert_eq!(places().await, wanted);
    for sql in [
        "DELETE FROM index_reference WHERE param = '_named'",
        "UPDATE item SET category = 13, labels = labels & 32767 WHERE rid IN (SELECT rid FROM resource WHERE type = 'Binary')",
        "DELETE FROM shelf",
        "INSERT INTO shelf (patient_no, category, source_no, place, labels, items) \
         SELECT patient_no, category, source_no, COALESCE(place, ''), labels, COUNT(*) FROM item \
         GROUP BY patient_no, category, source_no, COALESCE(place, ''), labels",
        "UPDATE source SET labelled_by = '0123456789abcdef' WHERE name = 'ehr'",
    ] {
        desk.raw.run(sql).await.unwrap();
    }
    let before = desk.changes("a").await;
    assert_eq!(places().await, [(); 3].map(|()| among_documents()));
    let done = api::records::label_before_serving(&desk.app).await.unwrap();
    assert_eq!((done.len(), done[0].changed), (1, 0), "{done:?}");
    assert_eq!(places().await, wanted);
    assert!(desk.changes("a").await > before, "a copy of before may hold what is closed now");
    assert_eq!(api::records::label_before_serving(&desk.app).await.unwrap(), [], "it is done once");
    desk.close().await;
}

/// The mark of a minor's own service goes from an order to its report and to the result of that, whichever came first, and
/// to no visit. Where the report names the order no more, neither it nor its result bears it.
async fn a_mark_goes_as_far_as_its_reason(kind: Kind) {
    let desk = Desk::new(kind).await;
    let of = |kind: &str, rest: Value| {
        let mut one = json!({"resourceType": kind, "subject": {"reference": "Patient/a"},
                             "code": {"text": "Test (synthetic)"}});
        for (name, value) in rest.as_object().unwrap() {
            one[name.as_str()] = value.clone();
        }
        one
    };
    let act = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    let order = of(
        "ServiceRequest",
        json!({"id": "o", "status": "active", "intent": "order",
                   "meta": {"security": [{"system": act, "code": "ADOL"}]}}),
    );
    let result = of("Observation", json!({"id": "c", "status": "final"}));
    let named = |names: Value| {
        let result = json!([{"reference": "Observation/c"}]);
        of("DiagnosticReport", json!({"id": "b", "status": "final", "basedOn": names, "result": result}))
    };
    let at_the_order = json!([{"reference": "ServiceRequest/o"}]);
    let mut visit = of(
        "Encounter",
        json!({"id": "v", "status": "finished", "basedOn": at_the_order,
                       "class": {"system": act, "code": "AMB"}}),
    );
    visit.as_object_mut().unwrap().remove("code");
    let bearing = async || {
        let sql = format!(
            "SELECT r.type FROM item i JOIN resource r ON r.rid = i.rid WHERE i.labels & {} <> 0 ORDER BY r.type",
            Label::Minor.bit()
        );
        desk.raw.texts(&sql).await
    };
    desk.import(&lines(&[person("a"), visit])).await;
    for one in [&result, &named(at_the_order.clone()), &order] {
        assert_eq!(bearing().await, [""; 0]);
        desk.import(&lines(std::slice::from_ref(one))).await;
    }
    let all = ["DiagnosticReport", "Observation", "ServiceRequest"];
    assert_eq!(bearing().await, all);

    // What was stored before anybody noted what belongs to what is noted before anything is served.
    let noted = "SELECT count(*) FROM index_reference WHERE param IN ('_of', '_has')";
    assert_eq!(desk.raw.number(noted).await, 2);
    for sql in [
        "DELETE FROM index_reference WHERE param IN ('_of', '_has')",
        "UPDATE source SET labelled_by = '0123456789abcdef' WHERE name = 'ehr'",
    ] {
        desk.raw.run(sql).await.unwrap();
    }
    api::records::label_before_serving(&desk.app).await.unwrap();
    assert_eq!(desk.raw.number(noted).await, 2);
    assert_eq!(bearing().await, all);

    desk.import(&lines(&[named(json!([]))])).await;
    assert_eq!(bearing().await, ["ServiceRequest"]);
    desk.import(&lines(&[named(at_the_order)])).await;
    assert_eq!(bearing().await, all);
    desk.close().await;
}
