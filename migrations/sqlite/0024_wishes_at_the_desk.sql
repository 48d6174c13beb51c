-- How a person asked to be reached past this service, as staff recorded it, its end, and looks at it; what was said is
-- sealed. Of what is no look, what was said last holds beside what each account chose.
CREATE TABLE contact_wish (
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    n           INTEGER NOT NULL,
    id          BLOB UNIQUE,
    at          INTEGER NOT NULL,
    what        TEXT NOT NULL,
    account_id  BLOB REFERENCES account (id),
    by_name     TEXT NOT NULL,
    words       BLOB,
    PRIMARY KEY (patient_no, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_wish_said ON contact_wish (patient_no, n) WHERE what <> 'viewed';
