//! Whoever changes the ledger past the service is refused by the database; whoever takes the triggers away
//! first is found by `verify`, which names the place.

use api::disclosures::{checkpoint, verify};
use aws_lc_rs::digest::{SHA256, digest};

use super::person::{House, house};
use crate::harness::database::Raw;
use crate::harness::{Kind, on_both_databases};

on_both_databases!(
    an_untouched_ledger_is_clean,
    the_database_refuses_changes,
    each_change_is_found_and_placed,
    a_chain_forged_with_fitting_hashes_is_found,
    the_file_of_checkpoints_is_compared,
    a_lost_guard_is_named,
);

/// Entries 1–4 of each person are covered by checkpoint 1, entry 5 by checkpoint 2, entry 6 by none.
async fn filled(kind: Kind) -> House {
    let house = house(kind).await;
    for round in 1..=6 {
        for n in 1..=3 {
            house.look(n).await.unwrap();
        }
        if round == 4 || round == 5 {
            let made = checkpoint(&house.app).await.unwrap();
            assert_eq!(made, Some(round - 3));
        }
    }
    house
}

async fn an_untouched_ledger_is_clean(kind: Kind) {
    let house = filled(kind).await;
    let report = verify(&house.app).await.unwrap();
    assert_eq!(report.faults, []);
    assert_eq!(
        (report.entries, report.patients, report.checkpoints, report.since_last_checkpoint),
        (18, 3, 2, 3)
    );
    // Nothing moved since: no further checkpoint until somebody looks.
    assert_eq!(checkpoint(&house.app).await.unwrap(), Some(3));
    assert_eq!(checkpoint(&house.app).await.unwrap(), None);
}

async fn the_database_refuses_changes(kind: Kind) {
    let house = filled(kind).await;
    let tables = ["ledger_entry", "ledger_checkpoint", "ledger_mark"];
    let mut tried = 0;
    for table in tables {
        let column = if table == "ledger_checkpoint" { "entries" } else { "seq" };
        let mut attempts =
            vec![format!("UPDATE {table} SET {column} = {column}"), format!("DELETE FROM {table}")];
        attempts.push(match kind {
            Kind::Postgres => format!("TRUNCATE {table} CASCADE"),
            Kind::Sqlite => format!("REPLACE INTO {table} SELECT * FROM {table}"),
        });
        for attempt in attempts {
            let error = house.raw.run(&attempt).await.expect_err(&attempt).to_string();
            assert!(error.contains("only ever appended to"), "{attempt}: {error}");
            tried += 1;
        }
    }
    assert_eq!(tried, 9);
    assert_eq!(verify(&house.app).await.unwrap().faults, []);
}

/// Takes the triggers away, as somebody who owns the database can.
async fn disarm(raw: &Raw) {
    match raw {
        Raw::Sqlite(_) => {
            let names = raw
                .texts("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'ledger%'")
                .await;
            assert_eq!(names.len(), 9);
            for name in names {
                raw.run(&format!("DROP TRIGGER {name}")).await.unwrap();
            }
        }
        Raw::Postgres(_) => {
            for table in ["ledger_entry", "ledger_checkpoint", "ledger_mark"] {
                raw.run(&format!("ALTER TABLE {table} DISABLE TRIGGER ALL")).await.unwrap();
            }
        }
    }
}

/// What was altered, apart from the triggers that a test took away.
async fn altered(house: &House) -> Vec<api::disclosures::Fault> {
    let faults = verify(&house.app).await.unwrap().faults;
    faults.into_iter().filter(|fault| !fault.place.starts_with("table ")).collect()
}

/// Each trigger that is missing, switched off or replaced by one that does nothing is named with what it refused.
async fn a_lost_guard_is_named(kind: Kind) {
    let house = filled(kind).await;
    let raw = &house.raw;
    let lost: &[(&[&str], &[&str])] = match kind {
        Kind::Sqlite => &[
            (
                &[
                    "DROP TRIGGER consent_as_signed; CREATE TRIGGER consent_as_signed BEFORE UPDATE OF terms ON consent \
                   BEGIN SELECT RAISE(ABORT, 'a signed consent does not change'); END",
                ],
                &["table consent UPDATE"],
            ),
            (
                &[
                    "DROP TRIGGER consent_as_signed; CREATE TRIGGER consent_as_signed BEFORE UPDATE OF id, patient_no, \
                     kind, terms, body, body_hash, text, text_hash, language, wording, account_id, session_id, acr, \
                     auth_time, signed_at, entered_by ON consent \
                     BEGIN SELECT RAISE(ABORT, 'a signed consent does not change'); END",
                    "DROP TRIGGER restriction_event_no_delete",
                ],
                &["table restriction_event DELETE"],
            ),
            (
                &[
                    "DROP TRIGGER IF EXISTS restriction_event_no_delete; \
                     CREATE TRIGGER restriction_event_no_delete BEFORE DELETE ON restriction_event \
                     BEGIN SELECT RAISE(ABORT, 'a signed consent does not change'); END",
                    "DROP TRIGGER ledger_mark_no_update",
                ],
                &["table ledger_mark UPDATE"],
            ),
            (
                &["DROP TRIGGER ledger_entry_no_delete; \
                     CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN SELECT 1; END"],
                &["table ledger_entry DELETE", "table ledger_mark UPDATE"],
            ),
            (
                &[
                    "DROP TRIGGER ledger_entry_no_delete; \
                     CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry WHEN 1 = 2 \
                     BEGIN SELECT RAISE(ABORT, 'the ledger is only ever appended to'); END",
                    "CREATE TRIGGER ledger_mark_no_update BEFORE UPDATE ON ledger_mark \
                     BEGIN SELECT RAISE(ABORT, 'the ledger is only ever appended to'); END",
                ],
                &["table ledger_entry DELETE"],
            ),
        ],
        Kind::Postgres => &[
            (
                &[
                    "DROP TRIGGER consent_as_signed ON consent",
                    "CREATE TRIGGER consent_as_signed BEFORE UPDATE OF terms ON consent \
                     FOR EACH STATEMENT EXECUTE FUNCTION consent_is_as_signed()",
                ],
                &["table consent UPDATE"],
            ),
            (
                &[
                    "DROP TRIGGER consent_as_signed ON consent",
                    "CREATE TRIGGER consent_as_signed BEFORE UPDATE OF id, \
                     patient_no, kind, terms, body, body_hash, text, text_hash, language, wording, account_id, \
                     session_id, acr, auth_time, signed_at, entered_by ON consent \
                     FOR EACH STATEMENT EXECUTE FUNCTION consent_is_as_signed()",
                    "ALTER TABLE ledger_mark DISABLE TRIGGER ledger_mark_append_only",
                ],
                &["table ledger_mark DELETE", "table ledger_mark UPDATE", "table ledger_mark TRUNCATE"],
            ),
            (
                &[
                    "ALTER TABLE ledger_mark ENABLE TRIGGER ledger_mark_append_only",
                    "DROP TRIGGER ledger_checkpoint_append_only ON ledger_checkpoint",
                    "CREATE TRIGGER ledger_checkpoint_append_only BEFORE UPDATE ON ledger_checkpoint \
                     FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()",
                ],
                &["table ledger_checkpoint DELETE", "table ledger_checkpoint TRUNCATE"],
            ),
            (
                &["CREATE OR REPLACE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS \
                   $$ BEGIN RETURN NULL; END $$"],
                &[
                    "table ledger_entry DELETE",
                    "table ledger_entry UPDATE",
                    "table ledger_entry TRUNCATE",
                    "table ledger_checkpoint DELETE",
                    "table ledger_checkpoint UPDATE",
                    "table ledger_checkpoint TRUNCATE",
                    "table ledger_mark DELETE",
                    "table ledger_mark UPDATE",
                    "table ledger_mark TRUNCATE",
                ],
            ),
        ],
    };
    for (statements, named) in lost {
        for statement in *statements {
            raw.run(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        let faults = verify(&house.app).await.unwrap().faults;
        let told: Vec<_> = faults
            .iter()
            .map(|fault| {
                let change = fault.words.split("refuses ").nth(1).and_then(|rest| rest.split(' ').next());
                format!("{} {}", fault.place, change.unwrap_or_default())
            })
            .collect();
        let told: Vec<_> = told.iter().map(String::as_str).collect();
        assert_eq!(told, *named);
    }
    for table in ["ledger_mark", "ledger_head"] {
        raw.run(&format!("ALTER TABLE {table} RENAME TO {table}_elsewhere")).await.unwrap();
        let faults = verify(&house.app).await.unwrap().faults;
        let told: Vec<_> = faults.iter().map(|fault| (fault.place.clone(), fault.words.clone())).collect();
        let words = "is missing, so the ledger cannot be checked; restore a backup";
        assert_eq!(told, [(format!("table {table}"), words.to_owned())]);
        raw.run(&format!("ALTER TABLE {table}_elsewhere RENAME TO {table}")).await.unwrap();
    }
}

struct Tampering {
    name: &'static str,
    sql: &'static str,
    /// A fault that must be among those reported: the whole place and a part of its words.
    place: &'static str,
    words: &'static str,
}

const TAMPERINGS: &[Tampering] = &[
    Tampering {
        name: "an entry's body is replaced by another's",
        sql: "UPDATE ledger_entry SET body = (SELECT body FROM ledger_entry WHERE patient_no = 1 AND seq = 1) \
              WHERE patient_no = 2 AND seq = 3",
        place: "patient 2, entry 3",
        words: "was changed",
    },
    Tampering {
        name: "an entry's time is moved",
        sql: "UPDATE ledger_entry SET at = at - 1 WHERE patient_no = 1 AND seq = 1",
        place: "patient 1, entry 1",
        words: "was changed",
    },
    Tampering {
        name: "an entry that no checkpoint covers is changed",
        sql: "UPDATE ledger_entry SET at = at + 1 WHERE patient_no = 3 AND seq = 6",
        place: "patient 3, entry 6",
        words: "was changed",
    },
    Tampering {
        name: "an entry is deleted from the middle",
        sql: "DELETE FROM ledger_entry WHERE patient_no = 2 AND seq = 2",
        place: "patient 2, entry 2",
        words: "is missing",
    },
    Tampering {
        name: "the first entry is deleted",
        sql: "DELETE FROM ledger_entry WHERE patient_no = 2 AND seq = 1",
        place: "patient 2, entry 1",
        words: "is missing",
    },
    Tampering {
        name: "an entry is deleted and the later ones are counted anew",
        sql: "DELETE FROM ledger_entry WHERE patient_no = 1 AND seq = 2; \
              UPDATE ledger_entry SET seq = -seq WHERE patient_no = 1 AND seq > 2; \
              UPDATE ledger_entry SET seq = -seq - 1 WHERE patient_no = 1 AND seq < 0; \
              UPDATE ledger_head SET seq = 5 WHERE patient_no = 1",
        place: "patient 1, entry 2",
        words: "was changed",
    },
    Tampering {
        name: "two entries change places",
        sql: "UPDATE ledger_entry SET seq = -2 WHERE patient_no = 3 AND seq = 2; \
              UPDATE ledger_entry SET seq = 2 WHERE patient_no = 3 AND seq = 3; \
              UPDATE ledger_entry SET seq = 3 WHERE patient_no = 3 AND seq = -2",
        place: "patient 3, entry 2",
        words: "was changed",
    },
    Tampering {
        name: "an entry goes over to another person",
        sql: "UPDATE ledger_entry SET patient_no = 1, seq = 7 WHERE patient_no = 2 AND seq = 6",
        place: "patient 1, entry 7",
        words: "was changed",
    },
    Tampering {
        name: "the end of a chain is cut off",
        sql: "DELETE FROM ledger_entry WHERE patient_no = 2 AND seq >= 4",
        place: "patient 2, entry 4",
        words: "is gone: the chain had 6 entries and ends after 3",
    },
    Tampering {
        name: "the end is cut off and the head is forged to fit",
        sql: "DELETE FROM ledger_entry WHERE patient_no = 1 AND seq >= 5; \
              UPDATE ledger_head SET seq = 4, \
              hash = (SELECT hash FROM ledger_entry WHERE patient_no = 1 AND seq = 4) WHERE patient_no = 1",
        place: "patient 1, entry 5",
        words: "is gone: checkpoint 2 saw it",
    },
    Tampering {
        name: "a head is set back",
        sql: "UPDATE ledger_head SET seq = 2, \
              hash = (SELECT hash FROM ledger_entry WHERE patient_no = 3 AND seq = 2) WHERE patient_no = 3",
        place: "patient 3, entry 6",
        words: "is not the end that the head of the chain names",
    },
    Tampering {
        name: "a head is removed",
        sql: "DELETE FROM ledger_head WHERE patient_no = 3",
        place: "patient 3",
        words: "no head",
    },
    Tampering {
        name: "a whole chain is removed with its head",
        sql: "DELETE FROM ledger_entry WHERE patient_no = 2; DELETE FROM ledger_head WHERE patient_no = 2",
        place: "patient 2, entry 5",
        words: "is gone: checkpoint 2 saw it",
    },
    Tampering {
        name: "a whole chain is removed with its head and all its marks",
        sql: "DELETE FROM ledger_entry WHERE patient_no = 2; DELETE FROM ledger_head WHERE patient_no = 2; \
              DELETE FROM ledger_mark WHERE patient_no = 2",
        place: "checkpoint 1",
        words: "does not fit the heads",
    },
    Tampering {
        name: "one mark is removed",
        sql: "DELETE FROM ledger_mark WHERE patient_no = 3 AND checkpoint_no = 1",
        place: "checkpoint 1",
        words: "does not fit the heads of the chains that it covers, as ledger_mark has them",
    },
    Tampering {
        name: "all marks of a checkpoint are removed",
        sql: "DELETE FROM ledger_mark WHERE checkpoint_no = 2",
        place: "checkpoint 2",
        words: "has lost its marks",
    },
    Tampering {
        name: "the first checkpoint is removed",
        sql: "DELETE FROM ledger_mark WHERE checkpoint_no = 1; DELETE FROM ledger_checkpoint WHERE checkpoint_no = 1",
        place: "checkpoint 1",
        words: "is missing",
    },
    Tampering {
        name: "the last checkpoint is removed",
        sql: "DELETE FROM ledger_mark WHERE checkpoint_no = 2; DELETE FROM ledger_checkpoint WHERE checkpoint_no = 2",
        place: "checkpoint 2",
        words: "checkpoints.log but not in the database",
    },
    Tampering {
        name: "a checkpoint states fewer entries",
        sql: "UPDATE ledger_checkpoint SET note = replace(note, 'entries 12', 'entries 11') WHERE checkpoint_no = 1",
        place: "checkpoint 1",
        words: "not signed by this service's key",
    },
    Tampering {
        name: "a checkpoint's own columns are changed",
        sql: "UPDATE ledger_checkpoint SET at = at - 60000000 WHERE checkpoint_no = 2",
        place: "checkpoint 2",
        words: "does not fit",
    },
    Tampering {
        name: "a mark is changed",
        sql: "UPDATE ledger_mark SET hash = (SELECT hash FROM ledger_entry WHERE patient_no = 1 AND seq = 1) \
              WHERE patient_no = 1 AND checkpoint_no = 2",
        place: "patient 1, entry 5",
        words: "is not the entry that checkpoint 2 saw",
    },
    Tampering {
        name: "an entry's hash has another length",
        sql: "UPDATE ledger_entry SET hash = body WHERE patient_no = 1 AND seq = 3",
        place: "patient 1, entry 3",
        words: "was changed",
    },
];

async fn each_change_is_found_and_placed(kind: Kind) {
    let house = filled(kind).await;
    disarm(&house.raw).await;
    let tables = ["ledger_entry", "ledger_head", "ledger_checkpoint", "ledger_mark"];
    for table in tables {
        house.raw.run(&format!("CREATE TABLE saved_{table} AS SELECT * FROM {table}")).await.unwrap();
    }
    for case in TAMPERINGS {
        house.raw.run(case.sql).await.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let report = verify(&house.app).await.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let named = report.faults.iter().any(|f| f.place == case.place && f.words.contains(case.words));
        assert!(named, "{}: expected {}: {}, found {:#?}", case.name, case.place, case.words, report.faults);
        for table in tables.iter().rev() {
            house.raw.run(&format!("DELETE FROM {table}")).await.unwrap();
        }
        for table in tables {
            house.raw.run(&format!("INSERT INTO {table} SELECT * FROM saved_{table}")).await.unwrap();
        }
        assert_eq!(altered(&house).await, [], "put right after: {}", case.name);
    }
}

/// The forger knows everything but the signing key: changes an old entry and computes all later hashes and the
/// head again, as docs/ARCHITECTURE.md says they are computed.
async fn a_chain_forged_with_fitting_hashes_is_found(kind: Kind) {
    let house = filled(kind).await;
    disarm(&house.raw).await;
    let raw = &house.raw;
    let bodies = raw.blobs("SELECT body FROM ledger_entry WHERE patient_no = 1 ORDER BY seq").await;
    let times =
        raw.texts("SELECT CAST(at AS TEXT) FROM ledger_entry WHERE patient_no = 1 ORDER BY seq").await;
    let mut hash = vec![0; 32];
    for (n, (body, at)) in bodies.iter().zip(times).enumerate() {
        let (seq, at) = (n as i64 + 1, at.parse::<i64>().unwrap());
        let forged = String::from_utf8(body.clone()).unwrap().replace("Person 1", "Nobody");
        let body = if seq == 2 { forged.as_bytes() } else { body.as_slice() };
        hash = entry_hash(&hash, [1, seq, at], body);
        let (new_hash, new_body) = (raw.bytes(&hash), raw.bytes(body));
        raw.run(&format!(
            "UPDATE ledger_entry SET hash = {new_hash}, body = {new_body} WHERE patient_no = 1 AND seq = {seq}"
        ))
        .await
        .unwrap();
    }
    let end = raw.bytes(&hash);
    raw.run(&format!("UPDATE ledger_head SET hash = {end} WHERE patient_no = 1")).await.unwrap();
    let faults = altered(&house).await;
    let places: Vec<_> = faults.iter().map(|f| (f.place.as_str(), f.words.as_str())).collect();
    let expected = [
        ("patient 1, entry 4", "is not the entry that checkpoint 1 saw"),
        ("patient 1, entry 5", "is not the entry that checkpoint 2 saw"),
    ];
    assert_eq!(places, expected, "the chain itself fits; the signed checkpoints do not");
}

fn entry_hash(previous: &[u8], numbers: [i64; 3], body: &[u8]) -> Vec<u8> {
    let mut data = b"recordright ledger entry 1\n".to_vec();
    data.extend(previous);
    for number in numbers {
        data.extend(number.to_be_bytes());
    }
    data.extend(body);
    digest(&SHA256, &data).as_ref().to_vec()
}

async fn the_file_of_checkpoints_is_compared(kind: Kind) {
    let house = filled(kind).await;
    let file = house.folder.path().join("checkpoints.log");
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.matches("recordright/ledger\n").count(), 2);
    let edited = text.replacen("entries 12", "entries 13", 1);
    assert_ne!(edited, text);
    std::fs::write(&file, edited).unwrap();
    let faults = verify(&house.app).await.unwrap().faults;
    // On one machine the true note is missing from the file as well; on PostgreSQL another machine may have it.
    assert_eq!(faults.len(), if kind == Kind::Sqlite { 2 } else { 1 }, "{faults:?}");
    assert!(faults.iter().all(|fault| fault.place == "checkpoint 1"), "{faults:?}");
    std::fs::write(&file, "").unwrap();
    let emptied = verify(&house.app).await.unwrap().faults;
    assert_eq!(emptied.len(), if kind == Kind::Sqlite { 1 } else { 0 }, "the newest may follow: {emptied:?}");
    std::fs::write(&file, [0xff, 0xfe]).unwrap();
    assert_eq!(verify(&house.app).await.unwrap().faults[0].place, "checkpoints.log");
    std::fs::write(&file, &text).unwrap();
    assert_eq!(verify(&house.app).await.unwrap().faults, []);

    // Killed between the database and the file: no fault, and whoever looks next puts the line in, once.
    assert_eq!(checkpoint(&house.app).await.unwrap(), Some(3));
    let text = std::fs::read_to_string(&file).unwrap();
    let newest = text.rfind("recordright/ledger\n").unwrap();
    std::fs::write(&file, &text[..newest]).unwrap();
    assert_eq!(verify(&house.app).await.unwrap().faults, []);
    for _ in 0..2 {
        assert_eq!(checkpoint(&house.app).await.unwrap(), None, "no chain has moved");
        let mended = std::fs::read_to_string(&file).unwrap();
        assert_eq!(mended, if kind == Kind::Sqlite { &text } else { &text[..newest] });
    }
    assert_eq!(house.database.kind, kind, "the test ran on the database it is named for");
}
