-- The staff roles that the provider's claims gave at a sign-in, by their names, separated by spaces.
ALTER TABLE session ADD COLUMN roles TEXT NOT NULL DEFAULT '';

-- Roles given here, and the list of those who may use emergency access: asked for by one, approved by another.
CREATE TABLE staff_grant (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    power       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    asked_at    INTEGER NOT NULL,
    asked_by    BLOB REFERENCES account (id),
    asked_name  TEXT NOT NULL,
    starts_at   INTEGER NOT NULL,
    ends_at     INTEGER,
    approved_at INTEGER,
    approved_by BLOB REFERENCES account (id),
    approved_name TEXT,
    ended_at    INTEGER,
    ended_by    BLOB REFERENCES account (id),
    ended_name  TEXT,
    ended_why   TEXT
) STRICT;
CREATE INDEX staff_grant_account ON staff_grant (account_id, asked_at);

-- Whom staff found, and so may open: nobody leafs through people by number.
CREATE TABLE staff_find (
    account_id  BLOB NOT NULL REFERENCES account (id),
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    at          INTEGER NOT NULL,
    PRIMARY KEY (account_id, patient_no)
) STRICT, WITHOUT ROWID;

-- One look of staff at one record: what for and why, until when. Emergency access is reviewed.
CREATE TABLE staff_view (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    session_id  BLOB NOT NULL,
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    role        TEXT NOT NULL,
    purpose     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    emergency   INTEGER NOT NULL,
    since       INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    ended_at    INTEGER,
    reviewed_at INTEGER,
    reviewed_by BLOB REFERENCES account (id),
    reviewed_name TEXT,
    review_note TEXT
) STRICT;
CREATE INDEX staff_view_account ON staff_view (account_id, since);
CREATE INDEX staff_view_patient ON staff_view (patient_no, since);
CREATE INDEX staff_view_emergency ON staff_view (emergency, since);

-- Sign-offs of who has access: what was there to see, by whom, with a note.
CREATE TABLE staff_review (
    id          BLOB PRIMARY KEY,
    at          INTEGER NOT NULL,
    account_id  BLOB NOT NULL REFERENCES account (id),
    name        TEXT NOT NULL,
    note        TEXT NOT NULL,
    holders     INTEGER NOT NULL,
    unused      INTEGER NOT NULL,
    seen        TEXT NOT NULL
) STRICT;
CREATE INDEX staff_review_at ON staff_review (at);
