-- The staff roles that the provider's claims gave at a sign-in, by their names, separated by spaces.
ALTER TABLE session ADD COLUMN roles TEXT COLLATE "C" NOT NULL DEFAULT '';

-- Roles given here, and the list of those who may use emergency access: asked for by one, approved by another.
CREATE TABLE staff_grant (
    id          UUID PRIMARY KEY,
    account_id  UUID NOT NULL REFERENCES account (id),
    power       TEXT COLLATE "C" NOT NULL,
    reason      TEXT COLLATE "C" NOT NULL,
    asked_at    BIGINT NOT NULL,
    asked_by    UUID REFERENCES account (id),
    asked_name  TEXT COLLATE "C" NOT NULL,
    starts_at   BIGINT NOT NULL,
    ends_at     BIGINT,
    approved_at BIGINT,
    approved_by UUID REFERENCES account (id),
    approved_name TEXT COLLATE "C",
    ended_at    BIGINT,
    ended_by    UUID REFERENCES account (id),
    ended_name  TEXT COLLATE "C",
    ended_why   TEXT COLLATE "C"
);
CREATE INDEX staff_grant_account ON staff_grant (account_id, asked_at);

-- Whom staff found, and so may open: nobody leafs through people by number.
CREATE TABLE staff_find (
    account_id  UUID NOT NULL REFERENCES account (id),
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    at          BIGINT NOT NULL,
    PRIMARY KEY (account_id, patient_no)
);

-- One look of staff at one record: what for and why, until when. Emergency access is reviewed.
CREATE TABLE staff_view (
    id          UUID PRIMARY KEY,
    account_id  UUID NOT NULL REFERENCES account (id),
    session_id  UUID NOT NULL,
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    role        TEXT COLLATE "C" NOT NULL,
    purpose     TEXT COLLATE "C" NOT NULL,
    reason      TEXT COLLATE "C" NOT NULL,
    emergency   BIGINT NOT NULL,
    since       BIGINT NOT NULL,
    until       BIGINT NOT NULL,
    ended_at    BIGINT,
    reviewed_at BIGINT,
    reviewed_by UUID REFERENCES account (id),
    reviewed_name TEXT COLLATE "C",
    review_note TEXT COLLATE "C"
);
CREATE INDEX staff_view_account ON staff_view (account_id, since);
CREATE INDEX staff_view_patient ON staff_view (patient_no, since);
CREATE INDEX staff_view_emergency ON staff_view (emergency, since);

-- Sign-offs of who has access: what was there to see, by whom, with a note.
CREATE TABLE staff_review (
    id          UUID PRIMARY KEY,
    at          BIGINT NOT NULL,
    account_id  UUID NOT NULL REFERENCES account (id),
    name        TEXT COLLATE "C" NOT NULL,
    note        TEXT COLLATE "C" NOT NULL,
    holders     BIGINT NOT NULL,
    unused      BIGINT NOT NULL,
    seen        TEXT COLLATE "C" NOT NULL
);
CREATE INDEX staff_review_at ON staff_review (at);
