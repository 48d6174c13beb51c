-- People with a record here, each from one source system. Number 0 is the directory:
-- practitioners, organizations, locations, which belong to nobody.
CREATE TABLE source (
    source_no   INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL,
    url         TEXT,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE patient (
    patient_no  INTEGER PRIMARY KEY,
    source_no   INTEGER NOT NULL REFERENCES source (source_no),
    fhir_id     TEXT NOT NULL,
    name        TEXT NOT NULL,
    family      TEXT NOT NULL,
    given       TEXT NOT NULL,
    birth_date  TEXT,
    sex         TEXT,
    deceased    TEXT,
    labels_no   INTEGER NOT NULL DEFAULT 0,
    next_item   INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    UNIQUE (source_no, fhir_id)
) STRICT;
CREATE INDEX patient_name ON patient (family, birth_date);

CREATE TABLE patient_identifier (
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    system      TEXT NOT NULL,
    value       TEXT NOT NULL,
    PRIMARY KEY (patient_no, system, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX patient_identifier_value ON patient_identifier (value, system);

INSERT INTO source (source_no, name, kind, created_at) VALUES (0, 'directory', 'directory', 0);
INSERT INTO patient (patient_no, source_no, fhir_id, name, family, given, next_item, created_at, updated_at)
VALUES (0, 0, '', '', '', '', 1, 0, 0);

-- What was gathered, the exact bytes. One person's resources are one range of rid.
CREATE TABLE resource (
    rid         INTEGER PRIMARY KEY,
    source_no   INTEGER NOT NULL REFERENCES source (source_no),
    type        TEXT NOT NULL,
    id          TEXT NOT NULL,
    version     INTEGER NOT NULL,
    hash        BLOB NOT NULL,
    codec       INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    body        BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX resource_id ON resource (type, id, source_no);

-- What a newer version has replaced.
CREATE TABLE resource_version (
    rid         INTEGER NOT NULL REFERENCES resource (rid),
    version     INTEGER NOT NULL,
    hash        BLOB NOT NULL,
    codec       INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    replaced_at INTEGER NOT NULL,
    body        BLOB NOT NULL,
    PRIMARY KEY (rid, version)
) STRICT;

-- Bundle entries are also known by their fullUrl, which other entries point to.
CREATE TABLE alias (
    source_no   INTEGER NOT NULL REFERENCES source (source_no),
    full_url    TEXT NOT NULL,
    rid         INTEGER NOT NULL REFERENCES resource (rid),
    PRIMARY KEY (source_no, full_url)
) STRICT, WITHOUT ROWID;

-- One line of a list for each resource, made when it is stored.
CREATE TABLE item (
    rid         INTEGER PRIMARY KEY REFERENCES resource (rid),
    patient_no  INTEGER NOT NULL,
    source_no   INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    category    INTEGER NOT NULL,
    sort_at     INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    title       TEXT,
    when_text   TEXT,
    value       TEXT,
    word        TEXT,
    range_text  TEXT,
    flag        TEXT,
    status      TEXT,
    code        TEXT,
    number      REAL,
    second      REAL,
    unit        TEXT,
    low         REAL,
    high        REAL,
    author      TEXT,
    place       TEXT,
    mistake     INTEGER NOT NULL,
    labels      INTEGER NOT NULL
) STRICT;
CREATE INDEX item_list ON item (patient_no, category, sort_at, rid);
CREATE INDEX item_received ON item (patient_no, received_at, source_no);
CREATE INDEX item_trend ON item (patient_no, code, sort_at) WHERE number IS NOT NULL;

-- How many items a person has, by what lists can be narrowed to and what may be hidden, so that no page has to
-- count them.
CREATE TABLE shelf (
    patient_no  INTEGER NOT NULL,
    category    INTEGER NOT NULL,
    source_no   INTEGER NOT NULL,
    place       TEXT NOT NULL,
    labels      INTEGER NOT NULL,
    items       INTEGER NOT NULL,
    PRIMARY KEY (patient_no, category, source_no, place, labels)
) STRICT, WITHOUT ROWID;

-- What a person may search by, folded to lower case without accents.
CREATE TABLE item_words (
    rid         INTEGER PRIMARY KEY REFERENCES resource (rid),
    words       TEXT NOT NULL
) STRICT;

-- FHIR search parameters, each row led by the person so that a search is one range.
CREATE TABLE index_token (
    patient_no  INTEGER NOT NULL,
    type        TEXT NOT NULL,
    param       TEXT NOT NULL,
    code        TEXT NOT NULL,
    system      TEXT NOT NULL,
    rid         INTEGER NOT NULL,
    PRIMARY KEY (patient_no, type, param, code, system, rid)
) STRICT, WITHOUT ROWID;
CREATE TABLE index_date (
    patient_no  INTEGER NOT NULL,
    type        TEXT NOT NULL,
    param       TEXT NOT NULL,
    low         INTEGER NOT NULL,
    high        INTEGER NOT NULL,
    rid         INTEGER NOT NULL,
    PRIMARY KEY (patient_no, type, param, low, high, rid)
) STRICT, WITHOUT ROWID;
CREATE TABLE index_text (
    patient_no  INTEGER NOT NULL,
    type        TEXT NOT NULL,
    param       TEXT NOT NULL,
    folded      TEXT NOT NULL,
    rid         INTEGER NOT NULL,
    PRIMARY KEY (patient_no, type, param, folded, rid)
) STRICT, WITHOUT ROWID;
CREATE TABLE index_reference (
    patient_no  INTEGER NOT NULL,
    type        TEXT NOT NULL,
    param       TEXT NOT NULL,
    target      TEXT NOT NULL,
    rid         INTEGER NOT NULL,
    PRIMARY KEY (patient_no, type, param, target, rid)
) STRICT, WITHOUT ROWID;

-- What the checks at the door found. It never keeps data from the patient.
CREATE TABLE finding (
    rid         INTEGER NOT NULL REFERENCES resource (rid),
    n           INTEGER NOT NULL,
    severity    TEXT NOT NULL,
    code        TEXT NOT NULL,
    path        TEXT NOT NULL,
    detail      TEXT NOT NULL,
    PRIMARY KEY (rid, n)
) STRICT, WITHOUT ROWID;

-- What could not be taken: unreadable, unsafe, or another person's. Kept whole, for staff.
CREATE TABLE quarantine (
    id          BLOB PRIMARY KEY,
    source_no   INTEGER NOT NULL REFERENCES source (source_no),
    patient_no  INTEGER,
    file        TEXT NOT NULL,
    place       TEXT NOT NULL,
    type        TEXT,
    fhir_id     TEXT,
    path        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    detail      TEXT NOT NULL,
    hash        BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    body        BLOB NOT NULL,
    UNIQUE (source_no, hash, reason)
) STRICT;
CREATE INDEX quarantine_patient ON quarantine (patient_no);

-- One attempt to pull one person from one source; `cursor` is where to go on after a crash.
CREATE TABLE gather_run (
    id          BLOB PRIMARY KEY,
    source_no   INTEGER NOT NULL REFERENCES source (source_no),
    patient_no  INTEGER,
    fhir_id     TEXT NOT NULL,
    state       TEXT NOT NULL,
    way         TEXT,
    cursor      TEXT,
    accepted    INTEGER NOT NULL,
    unchanged   INTEGER NOT NULL,
    refused     INTEGER NOT NULL,
    failure     TEXT,
    parts       TEXT NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
CREATE INDEX gather_run_patient ON gather_run (patient_no, started_at);
CREATE INDEX gather_run_source ON gather_run (source_no, fhir_id, started_at);

-- Accounts: who signs in, through which identity provider.
CREATE TABLE account (
    id          BLOB PRIMARY KEY,
    name        TEXT NOT NULL,
    email       TEXT,
    language    TEXT,
    created_at  INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    looked_at   INTEGER
) STRICT;
CREATE TABLE account_identity (
    issuer      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    account_id  BLOB NOT NULL REFERENCES account (id),
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_identity_account ON account_identity (account_id);

-- Whose record an account may see, since when, and what proved it.
CREATE TABLE account_link (
    account_id  BLOB NOT NULL REFERENCES account (id),
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    since       INTEGER NOT NULL,
    until       INTEGER,
    ground      TEXT NOT NULL,
    evidence    TEXT NOT NULL,
    PRIMARY KEY (account_id, patient_no, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_link_patient ON account_link (patient_no);

CREATE TABLE sign_in_flow (
    state_hash  BLOB PRIMARY KEY,
    browser_hash BLOB NOT NULL,
    provider    TEXT NOT NULL,
    nonce       TEXT NOT NULL,
    verifier    TEXT NOT NULL,
    return_to   TEXT NOT NULL,
    language    TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
    id          BLOB PRIMARY KEY,
    secret_hash BLOB NOT NULL UNIQUE,
    account_id  BLOB NOT NULL REFERENCES account (id),
    provider    TEXT NOT NULL,
    issuer      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    provider_sid TEXT,
    id_token    BLOB,
    acr         TEXT,
    amr         TEXT,
    auth_time   INTEGER,
    claims      BLOB,
    device      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL,
    idle_until  INTEGER NOT NULL,
    absolute_until INTEGER NOT NULL,
    ended_at    INTEGER,
    end_reason  TEXT
) STRICT;
CREATE INDEX session_account ON session (account_id, created_at);
CREATE INDEX session_subject ON session (issuer, subject);

CREATE TABLE sign_in_event (
    id          BLOB PRIMARY KEY,
    account_id  BLOB REFERENCES account (id),
    provider    TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    device      TEXT NOT NULL,
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_event_account ON sign_in_event (account_id, at);

-- Logout tokens that were already used (OpenID Connect Back-Channel Logout 1.0, section 2.6).
CREATE TABLE logout_token (
    issuer      TEXT NOT NULL,
    jti         TEXT NOT NULL,
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (issuer, jti)
) STRICT, WITHOUT ROWID;

CREATE TABLE activation_code (
    code_hash   BLOB PRIMARY KEY,
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    issued_by   TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER,
    used_by     BLOB REFERENCES account (id)
) STRICT;
CREATE INDEX activation_code_patient ON activation_code (patient_no);

-- A person who signed in but could not be matched: staff decide.
CREATE TABLE identity_case (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    state       TEXT NOT NULL,
    statement   BLOB NOT NULL,
    created_at  INTEGER NOT NULL,
    decided_at  INTEGER,
    decided_by  TEXT,
    decided_why TEXT
) STRICT;
CREATE INDEX identity_case_account ON identity_case (account_id);

-- Counts of tries in a window of time, by a hash of what is limited.
CREATE TABLE rate_count (
    key_hash    BLOB NOT NULL,
    window_at   INTEGER NOT NULL,
    count       INTEGER NOT NULL,
    PRIMARY KEY (key_hash, window_at)
) STRICT, WITHOUT ROWID;

-- The ledger. Each entry carries the hash of the one before it of the same person.
CREATE TABLE ledger_entry (
    patient_no  INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    hash        BLOB NOT NULL,
    body        BLOB NOT NULL,
    PRIMARY KEY (patient_no, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE ledger_head (
    patient_no  INTEGER PRIMARY KEY,
    seq         INTEGER NOT NULL,
    hash        BLOB NOT NULL
) STRICT;
CREATE TABLE ledger_checkpoint (
    checkpoint_no INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    patients    INTEGER NOT NULL,
    entries     INTEGER NOT NULL,
    root        BLOB NOT NULL,
    note        TEXT NOT NULL
) STRICT;
-- The heads that moved since the checkpoint before.
CREATE TABLE ledger_mark (
    patient_no  INTEGER NOT NULL,
    checkpoint_no INTEGER NOT NULL REFERENCES ledger_checkpoint (checkpoint_no),
    seq         INTEGER NOT NULL,
    hash        BLOB NOT NULL,
    PRIMARY KEY (patient_no, checkpoint_no)
) STRICT, WITHOUT ROWID;
-- The ledger is only ever appended to.
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'the ledger is only ever appended to'); END;
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'the ledger is only ever appended to'); END;
CREATE TRIGGER ledger_checkpoint_no_update BEFORE UPDATE ON ledger_checkpoint
BEGIN SELECT RAISE(ABORT, 'the ledger is only ever appended to'); END;
CREATE TRIGGER ledger_checkpoint_no_delete BEFORE DELETE ON ledger_checkpoint
BEGIN SELECT RAISE(ABORT, 'the ledger is only ever appended to'); END;
CREATE TRIGGER ledger_mark_no_update BEFORE UPDATE ON ledger_mark
BEGIN SELECT RAISE(ABORT, 'the ledger is only ever appended to'); END;
CREATE TRIGGER ledger_mark_no_delete BEFORE DELETE ON ledger_mark
BEGIN SELECT RAISE(ABORT, 'the ledger is only ever appended to'); END;
-- REPLACE INTO removes a row past the triggers above.
CREATE TRIGGER ledger_entry_no_replace BEFORE INSERT ON ledger_entry
WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE patient_no = NEW.patient_no AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the ledger is only ever appended to'); END;
CREATE TRIGGER ledger_checkpoint_no_replace BEFORE INSERT ON ledger_checkpoint
WHEN EXISTS (SELECT 1 FROM ledger_checkpoint WHERE checkpoint_no = NEW.checkpoint_no)
BEGIN SELECT RAISE(ABORT, 'the ledger is only ever appended to'); END;
CREATE TRIGGER ledger_mark_no_replace BEFORE INSERT ON ledger_mark
WHEN EXISTS (SELECT 1 FROM ledger_mark WHERE patient_no = NEW.patient_no AND checkpoint_no = NEW.checkpoint_no)
BEGIN SELECT RAISE(ABORT, 'the ledger is only ever appended to'); END;

-- Copies of a record: being built, ready, erased.
CREATE TABLE copy (
    id          BLOB PRIMARY KEY,
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    account_id  BLOB NOT NULL REFERENCES account (id),
    language    TEXT NOT NULL,
    scope       TEXT NOT NULL,
    state       TEXT NOT NULL,
    total       INTEGER NOT NULL,
    done        INTEGER NOT NULL,
    size        INTEGER,
    sha256      BLOB,
    blob        TEXT,
    password    BLOB,
    failure     TEXT,
    created_at  INTEGER NOT NULL,
    ready_at    INTEGER,
    expires_at  INTEGER,
    erased_at   INTEGER
) STRICT;
CREATE INDEX copy_patient ON copy (patient_no, created_at);

CREATE TABLE job (
    id          BLOB PRIMARY KEY,
    kind        TEXT NOT NULL,
    payload     TEXT NOT NULL,
    once_key    TEXT UNIQUE,
    run_at      INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    lease_until INTEGER,
    failure     TEXT,
    dead_at     INTEGER,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX job_due ON job (dead_at, run_at);
