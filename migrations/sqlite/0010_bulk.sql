-- Groups of patients whose records the clinic lets systems export, for one purpose and to one recipient.
CREATE TABLE patient_group (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    purpose     TEXT NOT NULL,
    recipient   TEXT NOT NULL,
    plan        INTEGER NOT NULL,
    shown       INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    ended_at    INTEGER
) STRICT;

CREATE TABLE patient_group_member (
    group_id    TEXT NOT NULL REFERENCES patient_group (id),
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    since       INTEGER NOT NULL,
    PRIMARY KEY (group_id, patient_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX patient_group_member_patient ON patient_group_member (patient_no);

-- What became of a group: who changed it, and how many came and went.
CREATE TABLE patient_group_event (
    group_id    TEXT NOT NULL REFERENCES patient_group (id),
    n           INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    what        TEXT NOT NULL,
    by_name     TEXT NOT NULL,
    added       INTEGER NOT NULL,
    removed     INTEGER NOT NULL,
    PRIMARY KEY (group_id, n)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER patient_group_event_no_update BEFORE UPDATE ON patient_group_event
BEGIN SELECT RAISE(ABORT, 'what became of a group does not change'); END;
CREATE TRIGGER patient_group_event_no_delete BEFORE DELETE ON patient_group_event
BEGIN SELECT RAISE(ABORT, 'what became of a group does not change'); END;
CREATE TRIGGER patient_group_event_no_replace BEFORE INSERT ON patient_group_event
WHEN EXISTS (SELECT 1 FROM patient_group_event WHERE group_id = NEW.group_id AND n = NEW.n)
BEGIN SELECT RAISE(ABORT, 'what became of a group does not change'); END;

-- What a system asked for (JSON), and how far the job is: after which person it goes on, in which part.
CREATE TABLE bulk_export (
    id          BLOB PRIMARY KEY,
    client_id   TEXT NOT NULL,
    ask         TEXT NOT NULL,
    state       TEXT NOT NULL,
    total       INTEGER NOT NULL,
    done        INTEGER NOT NULL,
    after_no    INTEGER NOT NULL,
    part        INTEGER NOT NULL,
    left_out    INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    begun_at    INTEGER,
    ready_at    INTEGER,
    expires_at  INTEGER,
    ended_at    INTEGER
) STRICT;
CREATE INDEX bulk_export_client ON bulk_export (client_id, created_at);

-- Its files: encrypted, among the blobs.
CREATE TABLE bulk_file (
    export_id   BLOB NOT NULL REFERENCES bulk_export (id),
    n           INTEGER NOT NULL,
    part        INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    type        TEXT NOT NULL,
    lines       INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    blob        TEXT NOT NULL,
    PRIMARY KEY (export_id, n)
) STRICT, WITHOUT ROWID;

-- Whose records are in which part, and how often their labels had changed by then: who may see less by now keeps the
-- part from being handed out.
CREATE TABLE bulk_patient (
    export_id   BLOB NOT NULL REFERENCES bulk_export (id),
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    part        INTEGER NOT NULL,
    group_id    TEXT NOT NULL,
    labels_no   INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (export_id, patient_no)
) STRICT, WITHOUT ROWID;

-- What the exported records point to in the directory, and goes out with them at the end.
CREATE TABLE bulk_reference (
    export_id   BLOB NOT NULL REFERENCES bulk_export (id),
    rid         INTEGER NOT NULL,
    PRIMARY KEY (export_id, rid)
) STRICT, WITHOUT ROWID;
