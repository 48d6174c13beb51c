-- Who may act for whom: delegates a person chose, and representatives the clinic appointed. An invitation is an
-- authority that nobody holds yet. What people wrote in their own words is sealed.
CREATE TABLE authority (
    id          BLOB PRIMARY KEY,
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    account_id  BLOB REFERENCES account (id),
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL,
    person      TEXT NOT NULL,
    proof       TEXT NOT NULL,
    note        BLOB NOT NULL,
    scope       TEXT NOT NULL,
    limits      BLOB NOT NULL,
    suspension  BLOB,
    incapacity  TEXT NOT NULL,
    code_hash   BLOB UNIQUE,
    code_until  INTEGER,
    created_at  INTEGER NOT NULL,
    since       INTEGER,
    starts      INTEGER,
    active_at   INTEGER,
    until       INTEGER,
    review_at   INTEGER,
    reminded_at INTEGER,
    due_at      INTEGER,
    changes     INTEGER NOT NULL,
    ended_at    INTEGER,
    end_reason  TEXT
) STRICT;
CREATE INDEX authority_patient ON authority (patient_no, created_at);
CREATE INDEX authority_due ON authority (due_at) WHERE ended_at IS NULL;
CREATE INDEX authority_review ON authority (review_at) WHERE ended_at IS NULL;
-- One account holds at most one authority over one record.
CREATE UNIQUE INDEX authority_account ON authority (account_id, patient_no) WHERE ended_at IS NULL;
CREATE INDEX authority_holder ON authority (account_id, created_at);

-- Somebody says that they may act for a person. Who that person is, staff find out.
CREATE TABLE claim (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    state       TEXT NOT NULL,
    kind        TEXT NOT NULL,
    statement   BLOB NOT NULL,
    created_at  INTEGER NOT NULL,
    decided_at  INTEGER,
    decided_by  TEXT,
    answer      BLOB,
    authority_id BLOB REFERENCES authority (id)
) STRICT;
CREATE INDEX claim_account ON claim (account_id, created_at);
CREATE INDEX claim_state ON claim (state, created_at);

-- The papers that go with a claim, as encrypted files.
CREATE TABLE claim_document (
    claim_id    BLOB NOT NULL REFERENCES claim (id),
    n           INTEGER NOT NULL,
    blob        TEXT NOT NULL,
    media       TEXT NOT NULL,
    size        INTEGER NOT NULL,
    sha256      BLOB NOT NULL,
    added_at    INTEGER NOT NULL,
    PRIMARY KEY (claim_id, n)
) STRICT, WITHOUT ROWID;

-- What became of each authority and each claim: who did it, when, and why.
CREATE TABLE authority_event (
    id          BLOB PRIMARY KEY,
    authority_id BLOB REFERENCES authority (id),
    claim_id    BLOB REFERENCES claim (id),
    n           INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    what        TEXT NOT NULL,
    account_id  BLOB REFERENCES account (id),
    by_name     TEXT NOT NULL,
    why         BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX authority_event_of ON authority_event (authority_id, n);
CREATE INDEX authority_event_claim ON authority_event (claim_id, n);

-- Minors whom the law treats as adults.
CREATE TABLE emancipation (
    patient_no  INTEGER PRIMARY KEY REFERENCES patient (patient_no),
    at          INTEGER NOT NULL,
    by_name     TEXT NOT NULL,
    why         BLOB NOT NULL
) STRICT;
