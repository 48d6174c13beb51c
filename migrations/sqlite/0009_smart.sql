-- Apps: who registered them, and what they told about themselves (JSON).
CREATE TABLE app_client (
    id          TEXT PRIMARY KEY,
    origin      TEXT NOT NULL,
    account_id  BLOB REFERENCES account (id),
    about       TEXT NOT NULL,
    secret_hash BLOB,
    manage_hash BLOB,
    suspended_at INTEGER,
    suspended_by TEXT,
    suspended_why TEXT,
    waiting_by  BLOB REFERENCES account (id),
    marked_at   INTEGER,
    created_at  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    used_at     INTEGER,
    removed_at  INTEGER
) STRICT;
CREATE INDEX app_client_account ON app_client (account_id, created_at);

-- What an app asks, until a person answered: the parameters that were checked (JSON).
CREATE TABLE app_ask (
    id          BLOB PRIMARY KEY,
    client_id   TEXT NOT NULL,
    wants       TEXT NOT NULL,
    account_id  BLOB REFERENCES account (id),
    patient_no  INTEGER REFERENCES patient (patient_no),
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    done_at     INTEGER
) STRICT;
CREATE INDEX app_ask_expires ON app_ask (expires_at);

-- A launch that the portal began (SMART App Launch 2.2, EHR launch).
CREATE TABLE app_launch (
    secret_hash BLOB PRIMARY KEY,
    client_id   TEXT NOT NULL,
    account_id  BLOB NOT NULL REFERENCES account (id),
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER
) STRICT;

-- What somebody allowed an app, about one record, and how they were signed in then.
CREATE TABLE app_grant (
    id          BLOB PRIMARY KEY,
    client_id   TEXT NOT NULL,
    app_name    TEXT NOT NULL,
    account_id  BLOB NOT NULL REFERENCES account (id),
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    authority_id BLOB REFERENCES authority (id),
    acting      TEXT,
    scopes      TEXT NOT NULL,
    lens        TEXT NOT NULL,
    stay        TEXT NOT NULL,
    session_id  BLOB NOT NULL,
    provider    TEXT NOT NULL,
    acr         TEXT,
    auth_time   INTEGER,
    ial         INTEGER NOT NULL,
    aal         INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    paused_at   INTEGER,
    ended_at    INTEGER,
    end_reason  TEXT,
    first_read  INTEGER,
    last_read   INTEGER,
    changes     INTEGER NOT NULL
) STRICT;
CREATE INDEX app_grant_patient ON app_grant (patient_no, created_at);
CREATE INDEX app_grant_account ON app_grant (account_id, client_id, created_at);
CREATE INDEX app_grant_client ON app_grant (client_id, created_at);

CREATE TABLE app_grant_event (
    grant_id    BLOB NOT NULL REFERENCES app_grant (id),
    n           INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    what        TEXT NOT NULL,
    account_id  BLOB REFERENCES account (id),
    by_name     TEXT NOT NULL,
    terms       TEXT NOT NULL,
    PRIMARY KEY (grant_id, n)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER app_grant_event_no_update BEFORE UPDATE ON app_grant_event
BEGIN SELECT RAISE(ABORT, 'what became of a grant does not change'); END;
CREATE TRIGGER app_grant_event_no_delete BEFORE DELETE ON app_grant_event
BEGIN SELECT RAISE(ABORT, 'what became of a grant does not change'); END;
CREATE TRIGGER app_grant_event_no_replace BEFORE INSERT ON app_grant_event
WHEN EXISTS (SELECT 1 FROM app_grant_event WHERE grant_id = NEW.grant_id AND n = NEW.n)
BEGIN SELECT RAISE(ABORT, 'what became of a grant does not change'); END;

-- Codes and tokens, by keyed hash only. A family is what came from one code.
CREATE TABLE app_code (
    code_hash   BLOB PRIMARY KEY,
    grant_id    BLOB NOT NULL REFERENCES app_grant (id),
    client_id   TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    challenge   TEXT NOT NULL,
    nonce       TEXT,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER
) STRICT;
CREATE INDEX app_code_expires ON app_code (expires_at);

CREATE TABLE app_token (
    token_hash  BLOB PRIMARY KEY,
    kind        TEXT NOT NULL,
    grant_id    BLOB REFERENCES app_grant (id),
    client_id   TEXT NOT NULL,
    scopes      TEXT NOT NULL,
    parent_hash BLOB,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER,
    revoked_at  INTEGER
) STRICT;
CREATE INDEX app_token_grant ON app_token (grant_id, kind);
CREATE INDEX app_token_client ON app_token (client_id, kind);
CREATE INDEX app_token_parent ON app_token (parent_hash);
CREATE INDEX app_token_expires ON app_token (expires_at);

-- Assertions that were already used (RFC 7523, section 3).
CREATE TABLE app_assertion (
    client_id   TEXT NOT NULL,
    jti_hash    BLOB NOT NULL,
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (client_id, jti_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX app_assertion_expires ON app_assertion (expires_at);

-- What an app's developer reads about its calls. Nothing of a patient.
CREATE TABLE app_attempt (
    id          BLOB PRIMARY KEY,
    client_id   TEXT NOT NULL,
    at          INTEGER NOT NULL,
    endpoint    TEXT NOT NULL,
    status      INTEGER NOT NULL,
    error       TEXT,
    reason      TEXT NOT NULL,
    trace       TEXT NOT NULL
) STRICT;
CREATE INDEX app_attempt_client ON app_attempt (client_id, at);
CREATE INDEX app_attempt_at ON app_attempt (at);

-- Keys that sign ID tokens: the private part is sealed.
CREATE TABLE signing_key (
    kid         TEXT PRIMARY KEY,
    sealed      BLOB NOT NULL,
    public      TEXT NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
