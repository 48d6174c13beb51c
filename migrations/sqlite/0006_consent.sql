-- Consents as they were signed: the FHIR resource byte for byte and the exact text. Nothing of that ever changes;
-- only where a consent stands does, and each change has a line of its own.
CREATE TABLE consent (
    id          BLOB PRIMARY KEY,
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    kind        TEXT NOT NULL,
    state       TEXT NOT NULL,
    state_at    INTEGER NOT NULL,
    terms       TEXT NOT NULL,
    body        BLOB NOT NULL,
    body_hash   BLOB NOT NULL,
    text        TEXT NOT NULL,
    text_hash   BLOB NOT NULL,
    language    TEXT NOT NULL,
    wording     INTEGER NOT NULL,
    account_id  BLOB REFERENCES account (id),
    session_id  BLOB,
    acr         TEXT,
    auth_time   INTEGER,
    signed_at   INTEGER NOT NULL,
    entered_by  TEXT
) STRICT;
CREATE INDEX consent_patient ON consent (patient_no, signed_at);

CREATE TABLE consent_event (
    consent_id  BLOB NOT NULL REFERENCES consent (id),
    n           INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    what        TEXT NOT NULL,
    account_id  BLOB REFERENCES account (id),
    by_name     TEXT NOT NULL,
    why         BLOB NOT NULL,
    PRIMARY KEY (consent_id, n)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER consent_as_signed BEFORE UPDATE OF id, patient_no, kind, terms, body, body_hash, text, text_hash,
    language, wording, account_id, session_id, acr, auth_time, signed_at, entered_by ON consent
BEGIN SELECT RAISE(ABORT, 'a signed consent does not change'); END;
CREATE TRIGGER consent_no_delete BEFORE DELETE ON consent
BEGIN SELECT RAISE(ABORT, 'a signed consent does not change'); END;
CREATE TRIGGER consent_event_no_update BEFORE UPDATE ON consent_event
BEGIN SELECT RAISE(ABORT, 'a signed consent does not change'); END;
CREATE TRIGGER consent_event_no_delete BEFORE DELETE ON consent_event
BEGIN SELECT RAISE(ABORT, 'a signed consent does not change'); END;

-- REPLACE INTO removes a row past the triggers above.
CREATE TRIGGER consent_no_replace BEFORE INSERT ON consent
WHEN EXISTS (SELECT 1 FROM consent WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a signed consent does not change'); END;
CREATE TRIGGER consent_event_no_replace BEFORE INSERT ON consent_event
WHEN EXISTS (SELECT 1 FROM consent_event WHERE consent_id = NEW.consent_id AND n = NEW.n)
BEGIN SELECT RAISE(ABORT, 'a signed consent does not change'); END;

-- A form that is being filled in; what was typed is sealed for its account.
CREATE TABLE consent_draft (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    kind        TEXT NOT NULL,
    fields      BLOB NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX consent_draft_account ON consent_draft (account_id, created_at);

-- What a person asked the clinic not to do, and the answer; what people wrote is sealed.
CREATE TABLE restriction (
    id          BLOB PRIMARY KEY,
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    account_id  BLOB REFERENCES account (id),
    ask         BLOB NOT NULL,
    must_agree  INTEGER NOT NULL,
    answer      TEXT NOT NULL,
    answer_text BLOB NOT NULL,
    asked_at    INTEGER NOT NULL,
    answered_at INTEGER,
    ended_at    INTEGER,
    ended_how   TEXT
) STRICT;
CREATE INDEX restriction_patient ON restriction (patient_no, asked_at);
CREATE INDEX restriction_answer ON restriction (answer, asked_at);

CREATE TABLE restriction_event (
    restriction_id BLOB NOT NULL REFERENCES restriction (id),
    n           INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    what        TEXT NOT NULL,
    account_id  BLOB REFERENCES account (id),
    by_name     TEXT NOT NULL,
    why         BLOB NOT NULL,
    PRIMARY KEY (restriction_id, n)
) STRICT, WITHOUT ROWID;

-- How somebody wants to be reached. It governs every message that is sent. Addresses and telephone are sealed.
CREATE TABLE contact_preference (
    account_id  BLOB PRIMARY KEY REFERENCES account (id),
    channel     TEXT NOT NULL,
    words       BLOB NOT NULL,
    since       INTEGER NOT NULL,
    new_until   INTEGER,
    tries       INTEGER NOT NULL
) STRICT;

CREATE TABLE contact_event (
    account_id  BLOB NOT NULL REFERENCES account (id),
    at          INTEGER NOT NULL,
    what        TEXT NOT NULL,
    PRIMARY KEY (account_id, at, what)
) STRICT, WITHOUT ROWID;
