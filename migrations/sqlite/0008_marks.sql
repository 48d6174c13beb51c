-- What a person asked about a line of their log that they do not recognise, and what the clinic answered. The words of
-- both are sealed.
CREATE TABLE log_case (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    patient_no  INTEGER NOT NULL REFERENCES patient (patient_no),
    seq         INTEGER NOT NULL,
    note        BLOB NOT NULL,
    state       TEXT NOT NULL,
    asked_at    INTEGER NOT NULL,
    decided_at  INTEGER,
    decided_by  BLOB REFERENCES account (id),
    answer      BLOB
) STRICT;
CREATE UNIQUE INDEX log_case_line ON log_case (patient_no, seq);
CREATE INDEX log_case_state ON log_case (state, asked_at);
