-- Who may act for whom: delegates a person chose, and representatives the clinic appointed. An invitation is an
-- authority that nobody holds yet.
CREATE TABLE authority (
    id          UUID PRIMARY KEY,
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    account_id  UUID REFERENCES account (id),
    kind        TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    person      TEXT COLLATE "C" NOT NULL,
    evidence    TEXT COLLATE "C" NOT NULL,
    scope       TEXT COLLATE "C" NOT NULL,
    code_hash   BYTEA UNIQUE,
    code_until  BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    since       BIGINT,
    until       BIGINT,
    ended_at    BIGINT,
    end_reason  TEXT COLLATE "C"
);
CREATE INDEX authority_patient ON authority (patient_no, created_at);
CREATE INDEX authority_account ON authority (account_id, patient_no);

-- What became of each, and who did it.
CREATE TABLE authority_event (
    authority_id UUID NOT NULL REFERENCES authority (id),
    at          BIGINT NOT NULL,
    what        TEXT COLLATE "C" NOT NULL,
    account_id  UUID REFERENCES account (id),
    by_name     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (authority_id, at, what)
);
