-- What a person asked about a line of their log that they do not recognise, and what the clinic answered. The words of
-- both are sealed.
CREATE TABLE log_case (
    id          UUID PRIMARY KEY,
    account_id  UUID NOT NULL REFERENCES account (id),
    patient_no  BIGINT NOT NULL REFERENCES patient (patient_no),
    seq         BIGINT NOT NULL,
    note        BYTEA NOT NULL,
    state       TEXT COLLATE "C" NOT NULL,
    asked_at    BIGINT NOT NULL,
    decided_at  BIGINT,
    decided_by  UUID REFERENCES account (id),
    answer      BYTEA
);
CREATE UNIQUE INDEX log_case_line ON log_case (patient_no, seq);
CREATE INDEX log_case_state ON log_case (state, asked_at);
