-- Who may act for whom: delegates a person chose, and representatives the clinic appointed. An invitation is an
-- authority that nobody holds yet. What people wrote in their own words is sealed.
CREATE TABLE authority (
    id          UUID PRIMARY KEY,
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    account_id  UUID REFERENCES account (id),
    kind        TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    person      TEXT COLLATE "C" NOT NULL,
    proof       TEXT COLLATE "C" NOT NULL,
    note        BYTEA NOT NULL,
    scope       TEXT COLLATE "C" NOT NULL,
    limits      BYTEA NOT NULL,
    suspension  BYTEA,
    incapacity  TEXT COLLATE "C" NOT NULL,
    code_hash   BYTEA UNIQUE,
    code_until  BIGINT,
    created_at  BIGINT NOT NULL,
    since       BIGINT,
    starts      BIGINT,
    active_at   BIGINT,
    until       BIGINT,
    review_at   BIGINT,
    reminded_at BIGINT,
    due_at      BIGINT,
    changes     BIGINT NOT NULL,
    ended_at    BIGINT,
    end_reason  TEXT COLLATE "C"
);
CREATE INDEX authority_patient ON authority (patient_no, created_at);
CREATE INDEX authority_due ON authority (due_at) WHERE ended_at IS NULL;
CREATE INDEX authority_review ON authority (review_at) WHERE ended_at IS NULL;
-- One account holds at most one authority over one record.
CREATE UNIQUE INDEX authority_account ON authority (account_id, patient_no) WHERE ended_at IS NULL;
CREATE INDEX authority_holder ON authority (account_id, created_at);

-- Somebody says that they may act for a person. Who that person is, staff find out.
CREATE TABLE claim (
    id          UUID PRIMARY KEY,
    account_id  UUID NOT NULL REFERENCES account (id),
    state       TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    statement   BYTEA NOT NULL,
    created_at  BIGINT NOT NULL,
    decided_at  BIGINT,
    decided_by  TEXT COLLATE "C",
    answer      BYTEA,
    authority_id UUID REFERENCES authority (id)
);
CREATE INDEX claim_account ON claim (account_id, created_at);
CREATE INDEX claim_state ON claim (state, created_at);

-- The papers that go with a claim, as encrypted files.
CREATE TABLE claim_document (
    claim_id    UUID NOT NULL REFERENCES claim (id),
    n           BIGINT NOT NULL,
    blob        TEXT COLLATE "C" NOT NULL,
    media       TEXT COLLATE "C" NOT NULL,
    size        BIGINT NOT NULL,
    sha256      BYTEA NOT NULL,
    added_at    BIGINT NOT NULL,
    PRIMARY KEY (claim_id, n)
);

-- What became of each authority and each claim: who did it, when, and why.
CREATE TABLE authority_event (
    id          UUID PRIMARY KEY,
    authority_id UUID REFERENCES authority (id),
    claim_id    UUID REFERENCES claim (id),
    n           BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    what        TEXT COLLATE "C" NOT NULL,
    account_id  UUID REFERENCES account (id),
    by_name     TEXT COLLATE "C" NOT NULL,
    why         BYTEA
);
CREATE INDEX authority_event_of ON authority_event (authority_id, n);
CREATE INDEX authority_event_claim ON authority_event (claim_id, n);

-- Minors whom the law treats as adults.
CREATE TABLE emancipation (
    patient_no  BIGINT PRIMARY KEY REFERENCES patient (patient_no),
    at          BIGINT NOT NULL,
    by_name     TEXT COLLATE "C" NOT NULL,
    why         BYTEA NOT NULL
);
