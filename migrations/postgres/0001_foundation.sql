-- SQLite has json_each(text); this makes the same statements run here.
CREATE FUNCTION json_each(rows TEXT) RETURNS TABLE (value JSON) LANGUAGE sql IMMUTABLE AS
$$ SELECT e.value FROM json_array_elements(rows::json) AS e (value) $$;

-- People with a record here, each from one source system. Number 0 is the directory:
-- practitioners, organizations, locations, which belong to nobody.
CREATE TABLE source (
    source_no   BIGINT PRIMARY KEY,
    name        TEXT COLLATE "C" NOT NULL UNIQUE,
    kind        TEXT COLLATE "C" NOT NULL,
    url         TEXT COLLATE "C",
    created_at  BIGINT NOT NULL
);

CREATE TABLE patient (
    patient_no  BIGINT PRIMARY KEY,
    source_no   BIGINT NOT NULL REFERENCES source (source_no),
    fhir_id     TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    family      TEXT COLLATE "C" NOT NULL,
    given       TEXT COLLATE "C" NOT NULL,
    birth_date  TEXT COLLATE "C",
    sex         TEXT COLLATE "C",
    deceased    TEXT COLLATE "C",
    labels_no   BIGINT NOT NULL DEFAULT 0,
    next_item   BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    UNIQUE (source_no, fhir_id)
);
CREATE INDEX patient_name ON patient (family, birth_date);

CREATE TABLE patient_identifier (
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    system      TEXT COLLATE "C" NOT NULL,
    value       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (patient_no, system, value)
);
CREATE INDEX patient_identifier_value ON patient_identifier (value, system);

INSERT INTO source (source_no, name, kind, created_at) VALUES (0, 'directory', 'directory', 0);
INSERT INTO patient (patient_no, source_no, fhir_id, name, family, given, next_item, created_at, updated_at)
VALUES (0, 0, '', '', '', '', 1, 0, 0);

-- What was gathered, the exact bytes. One person's resources are one range of rid.
CREATE TABLE resource (
    rid         BIGINT PRIMARY KEY,
    source_no   BIGINT NOT NULL REFERENCES source (source_no),
    type        TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    version     BIGINT NOT NULL,
    hash        BYTEA NOT NULL,
    codec       BIGINT NOT NULL,
    size        BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    body        BYTEA NOT NULL
);
CREATE UNIQUE INDEX resource_id ON resource (type, id, source_no);

-- What a newer version has replaced.
CREATE TABLE resource_version (
    rid         BIGINT NOT NULL REFERENCES resource (rid),
    version     BIGINT NOT NULL,
    hash        BYTEA NOT NULL,
    codec       BIGINT NOT NULL,
    size        BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    replaced_at BIGINT NOT NULL,
    body        BYTEA NOT NULL,
    PRIMARY KEY (rid, version)
);

-- Bundle entries are also known by their fullUrl, which other entries point to.
CREATE TABLE alias (
    source_no   BIGINT NOT NULL REFERENCES source (source_no),
    full_url    TEXT COLLATE "C" NOT NULL,
    rid         BIGINT NOT NULL REFERENCES resource (rid),
    PRIMARY KEY (source_no, full_url)
);

-- One line of a list for each resource, made when it is stored.
CREATE TABLE item (
    rid         BIGINT PRIMARY KEY REFERENCES resource (rid),
    patient_no  BIGINT NOT NULL,
    source_no   BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    category    BIGINT NOT NULL,
    sort_at     BIGINT NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    title       TEXT COLLATE "C",
    when_text   TEXT COLLATE "C",
    value       TEXT COLLATE "C",
    word        TEXT COLLATE "C",
    range_text  TEXT COLLATE "C",
    flag        TEXT COLLATE "C",
    status      TEXT COLLATE "C",
    code        TEXT COLLATE "C",
    number      DOUBLE PRECISION,
    second      DOUBLE PRECISION,
    unit        TEXT COLLATE "C",
    low         DOUBLE PRECISION,
    high        DOUBLE PRECISION,
    author      TEXT COLLATE "C",
    place       TEXT COLLATE "C",
    mistake     BIGINT NOT NULL,
    labels      BIGINT NOT NULL
);
CREATE INDEX item_list ON item (patient_no, category, sort_at, rid);
CREATE INDEX item_received ON item (patient_no, received_at, source_no);
CREATE INDEX item_trend ON item (patient_no, code, sort_at) WHERE number IS NOT NULL;

-- How many items a person has, by what lists can be narrowed to and what may be hidden, so that no page has to
-- count them.
CREATE TABLE shelf (
    patient_no  BIGINT NOT NULL,
    category    BIGINT NOT NULL,
    source_no   BIGINT NOT NULL,
    place       TEXT COLLATE "C" NOT NULL,
    labels      BIGINT NOT NULL,
    items       BIGINT NOT NULL,
    PRIMARY KEY (patient_no, category, source_no, place, labels)
);

-- What a person may search by, folded to lower case without accents.
CREATE TABLE item_words (
    rid         BIGINT PRIMARY KEY REFERENCES resource (rid),
    words       TEXT COLLATE "C" NOT NULL
);

-- FHIR search parameters, each row led by the person so that a search is one range.
CREATE TABLE index_token (
    patient_no  BIGINT NOT NULL,
    type        TEXT COLLATE "C" NOT NULL,
    param       TEXT COLLATE "C" NOT NULL,
    code        TEXT COLLATE "C" NOT NULL,
    system      TEXT COLLATE "C" NOT NULL,
    rid         BIGINT NOT NULL,
    PRIMARY KEY (patient_no, type, param, code, system, rid)
);
CREATE TABLE index_date (
    patient_no  BIGINT NOT NULL,
    type        TEXT COLLATE "C" NOT NULL,
    param       TEXT COLLATE "C" NOT NULL,
    low         BIGINT NOT NULL,
    high        BIGINT NOT NULL,
    rid         BIGINT NOT NULL,
    PRIMARY KEY (patient_no, type, param, low, high, rid)
);
CREATE TABLE index_text (
    patient_no  BIGINT NOT NULL,
    type        TEXT COLLATE "C" NOT NULL,
    param       TEXT COLLATE "C" NOT NULL,
    folded      TEXT COLLATE "C" NOT NULL,
    rid         BIGINT NOT NULL,
    PRIMARY KEY (patient_no, type, param, folded, rid)
);
CREATE TABLE index_reference (
    patient_no  BIGINT NOT NULL,
    type        TEXT COLLATE "C" NOT NULL,
    param       TEXT COLLATE "C" NOT NULL,
    target      TEXT COLLATE "C" NOT NULL,
    rid         BIGINT NOT NULL,
    PRIMARY KEY (patient_no, type, param, target, rid)
);

-- What the checks at the door found. It never keeps data from the patient.
CREATE TABLE finding (
    rid         BIGINT NOT NULL REFERENCES resource (rid),
    n           BIGINT NOT NULL,
    severity    TEXT COLLATE "C" NOT NULL,
    code        TEXT COLLATE "C" NOT NULL,
    path        TEXT COLLATE "C" NOT NULL,
    detail      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rid, n)
);

-- What could not be taken: unreadable, unsafe, or another person's. Kept whole, for staff.
CREATE TABLE quarantine (
    id          UUID PRIMARY KEY,
    source_no   BIGINT NOT NULL REFERENCES source (source_no),
    patient_no  BIGINT,
    file        TEXT COLLATE "C" NOT NULL,
    place       TEXT COLLATE "C" NOT NULL,
    type        TEXT COLLATE "C",
    fhir_id     TEXT COLLATE "C",
    path        TEXT COLLATE "C" NOT NULL,
    reason      TEXT COLLATE "C" NOT NULL,
    detail      TEXT COLLATE "C" NOT NULL,
    hash        BYTEA NOT NULL,
    received_at BIGINT NOT NULL,
    size        BIGINT NOT NULL,
    body        BYTEA NOT NULL,
    UNIQUE (source_no, hash, reason)
);
CREATE INDEX quarantine_patient ON quarantine (patient_no);

-- One attempt to pull one person from one source; `cursor` is where to go on after a crash.
CREATE TABLE gather_run (
    id          UUID PRIMARY KEY,
    source_no   BIGINT NOT NULL REFERENCES source (source_no),
    patient_no  BIGINT,
    fhir_id     TEXT COLLATE "C" NOT NULL,
    state       TEXT COLLATE "C" NOT NULL,
    way         TEXT COLLATE "C",
    cursor      TEXT COLLATE "C",
    accepted    BIGINT NOT NULL,
    unchanged   BIGINT NOT NULL,
    refused     BIGINT NOT NULL,
    failure     TEXT COLLATE "C",
    parts       TEXT COLLATE "C" NOT NULL,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX gather_run_patient ON gather_run (patient_no, started_at);
CREATE INDEX gather_run_source ON gather_run (source_no, fhir_id, started_at);

-- Accounts: who signs in, through which identity provider.
CREATE TABLE account (
    id          UUID PRIMARY KEY,
    name        TEXT COLLATE "C" NOT NULL,
    email       TEXT COLLATE "C",
    language    TEXT COLLATE "C",
    created_at  BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    looked_at   BIGINT
);
CREATE TABLE account_identity (
    issuer      TEXT COLLATE "C" NOT NULL,
    subject     TEXT COLLATE "C" NOT NULL,
    account_id  UUID NOT NULL REFERENCES account (id),
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX account_identity_account ON account_identity (account_id);

-- Whose record an account may see, since when, and what proved it.
CREATE TABLE account_link (
    account_id  UUID NOT NULL REFERENCES account (id),
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    since       BIGINT NOT NULL,
    until       BIGINT,
    ground      TEXT COLLATE "C" NOT NULL,
    evidence    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, patient_no, since)
);
CREATE INDEX account_link_patient ON account_link (patient_no);

CREATE TABLE sign_in_flow (
    state_hash  BYTEA PRIMARY KEY,
    browser_hash BYTEA NOT NULL,
    provider    TEXT COLLATE "C" NOT NULL,
    nonce       TEXT COLLATE "C" NOT NULL,
    verifier    TEXT COLLATE "C" NOT NULL,
    return_to   TEXT COLLATE "C" NOT NULL,
    language    TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);

CREATE TABLE session (
    id          UUID PRIMARY KEY,
    secret_hash BYTEA NOT NULL UNIQUE,
    account_id  UUID NOT NULL REFERENCES account (id),
    provider    TEXT COLLATE "C" NOT NULL,
    issuer      TEXT COLLATE "C" NOT NULL,
    subject     TEXT COLLATE "C" NOT NULL,
    provider_sid TEXT COLLATE "C",
    id_token    BYTEA,
    acr         TEXT COLLATE "C",
    amr         TEXT COLLATE "C",
    auth_time   BIGINT,
    claims      BYTEA,
    device      TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    idle_until  BIGINT NOT NULL,
    absolute_until BIGINT NOT NULL,
    ended_at    BIGINT,
    end_reason  TEXT COLLATE "C"
);
CREATE INDEX session_account ON session (account_id, created_at);
CREATE INDEX session_subject ON session (issuer, subject);

CREATE TABLE sign_in_event (
    id          UUID PRIMARY KEY,
    account_id  UUID REFERENCES account (id),
    provider    TEXT COLLATE "C" NOT NULL,
    outcome     TEXT COLLATE "C" NOT NULL,
    device      TEXT COLLATE "C" NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX sign_in_event_account ON sign_in_event (account_id, at);

-- Logout tokens that were already used (OpenID Connect Back-Channel Logout 1.0, section 2.6).
CREATE TABLE logout_token (
    issuer      TEXT COLLATE "C" NOT NULL,
    jti         TEXT COLLATE "C" NOT NULL,
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (issuer, jti)
);

CREATE TABLE activation_code (
    code_hash   BYTEA PRIMARY KEY,
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    issued_by   TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT,
    used_by     UUID REFERENCES account (id)
);
CREATE INDEX activation_code_patient ON activation_code (patient_no);

-- A person who signed in but could not be matched: staff decide.
CREATE TABLE identity_case (
    id          UUID PRIMARY KEY,
    account_id  UUID NOT NULL REFERENCES account (id),
    state       TEXT COLLATE "C" NOT NULL,
    statement   BYTEA NOT NULL,
    created_at  BIGINT NOT NULL,
    decided_at  BIGINT,
    decided_by  TEXT COLLATE "C",
    decided_why TEXT COLLATE "C"
);
CREATE INDEX identity_case_account ON identity_case (account_id);

-- Counts of tries in a window of time, by a hash of what is limited.
CREATE TABLE rate_count (
    key_hash    BYTEA NOT NULL,
    window_at   BIGINT NOT NULL,
    count       BIGINT NOT NULL,
    PRIMARY KEY (key_hash, window_at)
);

-- The ledger. Each entry carries the hash of the one before it of the same person.
CREATE TABLE ledger_entry (
    patient_no  BIGINT NOT NULL,
    seq         BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    hash        BYTEA NOT NULL,
    body        BYTEA NOT NULL,
    PRIMARY KEY (patient_no, seq)
);
CREATE TABLE ledger_head (
    patient_no  BIGINT PRIMARY KEY,
    seq         BIGINT NOT NULL,
    hash        BYTEA NOT NULL
);
CREATE TABLE ledger_checkpoint (
    checkpoint_no BIGINT PRIMARY KEY,
    at          BIGINT NOT NULL,
    patients    BIGINT NOT NULL,
    entries     BIGINT NOT NULL,
    root        BYTEA NOT NULL,
    note        TEXT COLLATE "C" NOT NULL
);
-- The heads that moved since the checkpoint before.
CREATE TABLE ledger_mark (
    patient_no  BIGINT NOT NULL,
    checkpoint_no BIGINT NOT NULL REFERENCES ledger_checkpoint (checkpoint_no),
    seq         BIGINT NOT NULL,
    hash        BYTEA NOT NULL,
    PRIMARY KEY (patient_no, checkpoint_no)
);
-- The ledger is only ever appended to.
CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is only ever appended to'; END $$;
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_checkpoint
FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_mark_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_mark
FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

-- Copies of a record: being built, ready, erased.
CREATE TABLE copy (
    id          UUID PRIMARY KEY,
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    account_id  UUID NOT NULL REFERENCES account (id),
    language    TEXT COLLATE "C" NOT NULL,
    scope       TEXT COLLATE "C" NOT NULL,
    state       TEXT COLLATE "C" NOT NULL,
    total       BIGINT NOT NULL,
    done        BIGINT NOT NULL,
    size        BIGINT,
    sha256      BYTEA,
    blob        TEXT COLLATE "C",
    password    BYTEA,
    failure     TEXT COLLATE "C",
    created_at  BIGINT NOT NULL,
    ready_at    BIGINT,
    expires_at  BIGINT,
    erased_at   BIGINT
);
CREATE INDEX copy_patient ON copy (patient_no, created_at);

CREATE TABLE job (
    id          UUID PRIMARY KEY,
    kind        TEXT COLLATE "C" NOT NULL,
    payload     TEXT COLLATE "C" NOT NULL,
    once_key    TEXT COLLATE "C" UNIQUE,
    run_at      BIGINT NOT NULL,
    attempts    BIGINT NOT NULL,
    lease_until BIGINT,
    failure     TEXT COLLATE "C",
    dead_at     BIGINT,
    created_at  BIGINT NOT NULL
);
CREATE INDEX job_due ON job (dead_at, run_at);
