-- Consents as they were signed: the FHIR resource byte for byte and the exact text. Nothing of that ever changes;
-- only where a consent stands does, and each change has a line of its own.
CREATE TABLE consent (
    id          UUID PRIMARY KEY,
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    kind        TEXT COLLATE "C" NOT NULL,
    state       TEXT COLLATE "C" NOT NULL,
    state_at    BIGINT NOT NULL,
    terms       TEXT COLLATE "C" NOT NULL,
    body        BYTEA NOT NULL,
    body_hash   BYTEA NOT NULL,
    text        TEXT COLLATE "C" NOT NULL,
    text_hash   BYTEA NOT NULL,
    language    TEXT COLLATE "C" NOT NULL,
    wording     BIGINT NOT NULL,
    account_id  UUID REFERENCES account (id),
    session_id  UUID,
    acr         TEXT COLLATE "C",
    auth_time   BIGINT,
    signed_at   BIGINT NOT NULL,
    entered_by  TEXT COLLATE "C"
);
CREATE INDEX consent_patient ON consent (patient_no, signed_at);

CREATE TABLE consent_event (
    consent_id  UUID NOT NULL REFERENCES consent (id),
    n           BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    what        TEXT COLLATE "C" NOT NULL,
    account_id  UUID REFERENCES account (id),
    by_name     TEXT COLLATE "C" NOT NULL,
    why         BYTEA NOT NULL,
    PRIMARY KEY (consent_id, n)
);

CREATE FUNCTION consent_is_as_signed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a signed consent does not change'; END $$;
CREATE TRIGGER consent_as_signed BEFORE UPDATE OF id, patient_no, kind, terms, body, body_hash, text, text_hash,
    language, wording, account_id, session_id, acr, auth_time, signed_at, entered_by ON consent
FOR EACH STATEMENT EXECUTE FUNCTION consent_is_as_signed();
CREATE TRIGGER consent_no_delete BEFORE DELETE OR TRUNCATE ON consent
FOR EACH STATEMENT EXECUTE FUNCTION consent_is_as_signed();
CREATE TRIGGER consent_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_event
FOR EACH STATEMENT EXECUTE FUNCTION consent_is_as_signed();

-- A form that is being filled in; what was typed is sealed for its account.
CREATE TABLE consent_draft (
    id          UUID PRIMARY KEY,
    account_id  UUID NOT NULL REFERENCES account (id),
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    kind        TEXT COLLATE "C" NOT NULL,
    fields      BYTEA NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
CREATE INDEX consent_draft_account ON consent_draft (account_id, created_at);

-- What a person asked the clinic not to do, and the answer; what people wrote is sealed.
CREATE TABLE restriction (
    id          UUID PRIMARY KEY,
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    account_id  UUID REFERENCES account (id),
    ask         BYTEA NOT NULL,
    must_agree  BIGINT NOT NULL,
    answer      TEXT COLLATE "C" NOT NULL,
    answer_text BYTEA NOT NULL,
    asked_at    BIGINT NOT NULL,
    answered_at BIGINT,
    ended_at    BIGINT,
    ended_how   TEXT COLLATE "C"
);
CREATE INDEX restriction_patient ON restriction (patient_no, asked_at);
CREATE INDEX restriction_answer ON restriction (answer, asked_at);

CREATE TABLE restriction_event (
    restriction_id UUID NOT NULL REFERENCES restriction (id),
    n           BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    what        TEXT COLLATE "C" NOT NULL,
    account_id  UUID REFERENCES account (id),
    by_name     TEXT COLLATE "C" NOT NULL,
    why         BYTEA NOT NULL,
    PRIMARY KEY (restriction_id, n)
);

-- How somebody wants to be reached. It governs every message that is sent. Addresses and telephone are sealed.
CREATE TABLE contact_preference (
    account_id  UUID PRIMARY KEY REFERENCES account (id),
    channel     TEXT COLLATE "C" NOT NULL,
    words       BYTEA NOT NULL,
    since       BIGINT NOT NULL,
    new_until   BIGINT,
    tries       BIGINT NOT NULL
);

CREATE TABLE contact_event (
    account_id  UUID NOT NULL REFERENCES account (id),
    at          BIGINT NOT NULL,
    what        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, at, what)
);
