-- How a person asked to be reached past this service, as staff recorded it, its end, and looks at it; what was said is
-- sealed. Of what is no look, what was said last holds beside what each account chose.
CREATE TABLE contact_wish (
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    n           BIGINT NOT NULL,
    id          UUID UNIQUE,
    at          BIGINT NOT NULL,
    what        TEXT COLLATE "C" NOT NULL,
    account_id  UUID REFERENCES account (id),
    by_name     TEXT COLLATE "C" NOT NULL,
    words       BYTEA,
    PRIMARY KEY (patient_no, n)
);
CREATE INDEX contact_wish_said ON contact_wish (patient_no, n) WHERE what <> 'viewed';
