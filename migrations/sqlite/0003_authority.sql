-- Who may act for whom: delegates a person chose, and representatives the clinic appointed. An invitation is an
-- authority that nobody holds yet.
CREATE TABLE authority (
    id          BLOB PRIMARY KEY,
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    account_id  BLOB REFERENCES account (id),
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL,
    person      TEXT NOT NULL,
    evidence    TEXT NOT NULL,
    scope       TEXT NOT NULL,
    code_hash   BLOB UNIQUE,
    code_until  INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    since       INTEGER,
    until       INTEGER,
    ended_at    INTEGER,
    end_reason  TEXT
) STRICT;
CREATE INDEX authority_patient ON authority (patient_no, created_at);
CREATE INDEX authority_account ON authority (account_id, patient_no);

-- What became of each, and who did it.
CREATE TABLE authority_event (
    authority_id BLOB NOT NULL REFERENCES authority (id),
    at          INTEGER NOT NULL,
    what        TEXT NOT NULL,
    account_id  BLOB REFERENCES account (id),
    by_name     TEXT NOT NULL,
    PRIMARY KEY (authority_id, at, what)
) STRICT, WITHOUT ROWID;
