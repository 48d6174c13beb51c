-- What somebody who acts for a minor asked about what is not shown, and what a clinician decided (45 CFR
-- 164.502(g)(3)(ii)(C)). The words of both are sealed.
CREATE TABLE unshown_question (
    id            UUID PRIMARY KEY,
    authority_id  UUID NOT NULL REFERENCES authority (id),
    account_id    UUID NOT NULL REFERENCES account (id),
    patient_no    BIGINT NOT NULL REFERENCES patient (patient_no),
    note          BYTEA NOT NULL,
    asked_at      BIGINT NOT NULL,
    decided_at    BIGINT,
    decided_by    UUID REFERENCES account (id)
);
CREATE INDEX unshown_question_authority ON unshown_question (authority_id, asked_at);
CREATE INDEX unshown_question_waits ON unshown_question (decided_at, asked_at);

CREATE TABLE unshown_decision (
    question_id   UUID NOT NULL REFERENCES unshown_question (id),
    at            BIGINT NOT NULL,
    account_id    UUID NOT NULL REFERENCES account (id),
    by_name       TEXT COLLATE "C" NOT NULL,
    opened        BIGINT NOT NULL,
    closed        BIGINT NOT NULL,
    reason        BYTEA NOT NULL,
    PRIMARY KEY (question_id, at)
);

-- To whom a clinician opened an item, by the seat of the authority; and of which services of a minor it was then.
CREATE TABLE item_opening (
    rid           BIGINT NOT NULL REFERENCES resource (rid),
    seat          BIGINT NOT NULL,
    services      BIGINT NOT NULL,
    question_id   UUID NOT NULL REFERENCES unshown_question (id),
    at            BIGINT NOT NULL,
    PRIMARY KEY (rid, seat)
);
ALTER TABLE authority ADD COLUMN seat BIGINT;

-- An item may take a label over from several others, which need not be of the same service.
ALTER TABLE item_label DROP CONSTRAINT item_label_pkey;
ALTER TABLE item_label ADD PRIMARY KEY (rid, label, rule, code);

-- By which rules of labelling the items of a source have their labels; and while it is labelled anew, by which others,
-- and up to which item.
ALTER TABLE source ADD COLUMN labelled_by TEXT COLLATE "C";
ALTER TABLE source ADD COLUMN labelling TEXT COLLATE "C";
ALTER TABLE source ADD COLUMN labelled_to BIGINT;

-- Psychotherapy notes (bit 2) that no source says are a program's, and that are not about substance use (bit 0): neither
-- is a counseling note of a program (42 CFR 2.11).
UPDATE item SET labels = labels | 2305843009213693952 WHERE (labels & 4) <> 0 AND (labels & 4294967296) = 0;
UPDATE item SET labels = labels | 4611686018427387904 WHERE (labels & 4) <> 0 AND (labels & 1) = 0;
DELETE FROM shelf;
INSERT INTO shelf (patient_no, category, source_no, place, labels, items)
    SELECT patient_no, category, source_no, COALESCE(place, ''), labels, COUNT(*) FROM item
    GROUP BY patient_no, category, source_no, COALESCE(place, ''), labels;
