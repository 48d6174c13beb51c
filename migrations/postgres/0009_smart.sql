-- Apps: who registered them, and what they told about themselves (JSON).
CREATE TABLE app_client (
    id          TEXT COLLATE "C" PRIMARY KEY,
    origin      TEXT COLLATE "C" NOT NULL,
    account_id  UUID REFERENCES account (id),
    about       TEXT COLLATE "C" NOT NULL,
    secret_hash BYTEA,
    manage_hash BYTEA,
    suspended_at BIGINT,
    suspended_by TEXT COLLATE "C",
    suspended_why TEXT COLLATE "C",
    waiting_by  UUID REFERENCES account (id),
    marked_at   BIGINT,
    created_at  BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    used_at     BIGINT,
    removed_at  BIGINT
);
CREATE INDEX app_client_account ON app_client (account_id, created_at);

-- What an app asks, until a person answered: the parameters that were checked (JSON).
CREATE TABLE app_ask (
    id          UUID PRIMARY KEY,
    client_id   TEXT COLLATE "C" NOT NULL,
    wants       TEXT COLLATE "C" NOT NULL,
    account_id  UUID REFERENCES account (id),
    patient_no  BIGINT REFERENCES patient (patient_no),
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    done_at     BIGINT
);
CREATE INDEX app_ask_expires ON app_ask (expires_at);

-- A launch that the portal began (SMART App Launch 2.2, EHR launch).
CREATE TABLE app_launch (
    secret_hash BYTEA PRIMARY KEY,
    client_id   TEXT COLLATE "C" NOT NULL,
    account_id  UUID NOT NULL REFERENCES account (id),
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT
);

-- What somebody allowed an app, about one record, and how they were signed in then.
CREATE TABLE app_grant (
    id          UUID PRIMARY KEY,
    client_id   TEXT COLLATE "C" NOT NULL,
    app_name    TEXT COLLATE "C" NOT NULL,
    account_id  UUID NOT NULL REFERENCES account (id),
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    authority_id UUID REFERENCES authority (id),
    acting      TEXT COLLATE "C",
    scopes      TEXT COLLATE "C" NOT NULL,
    lens        TEXT COLLATE "C" NOT NULL,
    stay        TEXT COLLATE "C" NOT NULL,
    session_id  UUID NOT NULL,
    provider    TEXT COLLATE "C" NOT NULL,
    acr         TEXT COLLATE "C",
    auth_time   BIGINT,
    ial         BIGINT NOT NULL,
    aal         BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    until       BIGINT NOT NULL,
    paused_at   BIGINT,
    ended_at    BIGINT,
    end_reason  TEXT COLLATE "C",
    first_read  BIGINT,
    last_read   BIGINT,
    changes     BIGINT NOT NULL
);
CREATE INDEX app_grant_patient ON app_grant (patient_no, created_at);
CREATE INDEX app_grant_account ON app_grant (account_id, client_id, created_at);
CREATE INDEX app_grant_client ON app_grant (client_id, created_at);

CREATE TABLE app_grant_event (
    grant_id    UUID NOT NULL REFERENCES app_grant (id),
    n           BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    what        TEXT COLLATE "C" NOT NULL,
    account_id  UUID REFERENCES account (id),
    by_name     TEXT COLLATE "C" NOT NULL,
    terms       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (grant_id, n)
);
CREATE FUNCTION app_grant_event_is_kept() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'what became of a grant does not change'; END $$;
CREATE TRIGGER app_grant_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON app_grant_event
FOR EACH STATEMENT EXECUTE FUNCTION app_grant_event_is_kept();

-- Codes and tokens, by keyed hash only. A family is what came from one code.
CREATE TABLE app_code (
    code_hash   BYTEA PRIMARY KEY,
    grant_id    UUID NOT NULL REFERENCES app_grant (id),
    client_id   TEXT COLLATE "C" NOT NULL,
    redirect_uri TEXT COLLATE "C" NOT NULL,
    challenge   TEXT COLLATE "C" NOT NULL,
    nonce       TEXT COLLATE "C",
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT
);
CREATE INDEX app_code_expires ON app_code (expires_at);

CREATE TABLE app_token (
    token_hash  BYTEA PRIMARY KEY,
    kind        TEXT COLLATE "C" NOT NULL,
    grant_id    UUID REFERENCES app_grant (id),
    client_id   TEXT COLLATE "C" NOT NULL,
    scopes      TEXT COLLATE "C" NOT NULL,
    parent_hash BYTEA,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT,
    revoked_at  BIGINT
);
CREATE INDEX app_token_grant ON app_token (grant_id, kind);
CREATE INDEX app_token_client ON app_token (client_id, kind);
CREATE INDEX app_token_parent ON app_token (parent_hash);
CREATE INDEX app_token_expires ON app_token (expires_at);

-- Assertions that were already used (RFC 7523, section 3).
CREATE TABLE app_assertion (
    client_id   TEXT COLLATE "C" NOT NULL,
    jti_hash    BYTEA NOT NULL,
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (client_id, jti_hash)
);
CREATE INDEX app_assertion_expires ON app_assertion (expires_at);

-- What an app's developer reads about its calls. Nothing of a patient.
CREATE TABLE app_attempt (
    id          UUID PRIMARY KEY,
    client_id   TEXT COLLATE "C" NOT NULL,
    at          BIGINT NOT NULL,
    endpoint    TEXT COLLATE "C" NOT NULL,
    status      BIGINT NOT NULL,
    error       TEXT COLLATE "C",
    reason      TEXT COLLATE "C" NOT NULL,
    trace       TEXT COLLATE "C" NOT NULL
);
CREATE INDEX app_attempt_client ON app_attempt (client_id, at);
CREATE INDEX app_attempt_at ON app_attempt (at);

-- Keys that sign ID tokens: the private part is sealed.
CREATE TABLE signing_key (
    kid         TEXT COLLATE "C" PRIMARY KEY,
    sealed      BYTEA NOT NULL,
    public      TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL
);
