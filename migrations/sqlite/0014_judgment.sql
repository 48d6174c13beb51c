-- What somebody who acts for a minor asked about what is not shown, and what a clinician decided (45 CFR
-- 164.502(g)(3)(ii)(C)). The words of both are sealed.
CREATE TABLE unshown_question (
    id            BLOB PRIMARY KEY,
    authority_id  BLOB NOT NULL REFERENCES authority (id),
    account_id    BLOB NOT NULL REFERENCES account (id),
    patient_no    INTEGER NOT NULL REFERENCES patient (patient_no),
    note          BLOB NOT NULL,
    asked_at      INTEGER NOT NULL,
    decided_at    INTEGER,
    decided_by    BLOB REFERENCES account (id)
) STRICT;
CREATE INDEX unshown_question_authority ON unshown_question (authority_id, asked_at);
CREATE INDEX unshown_question_waits ON unshown_question (decided_at, asked_at);

CREATE TABLE unshown_decision (
    question_id   BLOB NOT NULL REFERENCES unshown_question (id),
    at            INTEGER NOT NULL,
    account_id    BLOB NOT NULL REFERENCES account (id),
    by_name       TEXT NOT NULL,
    opened        INTEGER NOT NULL,
    closed        INTEGER NOT NULL,
    reason        BLOB NOT NULL,
    PRIMARY KEY (question_id, at)
) STRICT, WITHOUT ROWID;

-- To whom a clinician opened an item, by the seat of the authority; and of which services of a minor it was then.
CREATE TABLE item_opening (
    rid           INTEGER NOT NULL REFERENCES resource (rid),
    seat          INTEGER NOT NULL,
    services      INTEGER NOT NULL,
    question_id   BLOB NOT NULL REFERENCES unshown_question (id),
    at            INTEGER NOT NULL,
    PRIMARY KEY (rid, seat)
) STRICT, WITHOUT ROWID;
ALTER TABLE authority ADD COLUMN seat INTEGER;

-- An item may take a label over from several others, which need not be of the same service.
CREATE TABLE item_label_of_several (
    rid         INTEGER NOT NULL REFERENCES resource (rid),
    label       TEXT NOT NULL,
    rule        TEXT NOT NULL,
    code        TEXT NOT NULL,
    PRIMARY KEY (rid, label, rule, code)
) STRICT, WITHOUT ROWID;
INSERT INTO item_label_of_several (rid, label, rule, code) SELECT rid, label, rule, code FROM item_label;
DROP TABLE item_label;
ALTER TABLE item_label_of_several RENAME TO item_label;

-- By which rules of labelling the items of a source have their labels; and while it is labelled anew, by which others,
-- and up to which item.
ALTER TABLE source ADD COLUMN labelled_by TEXT;
ALTER TABLE source ADD COLUMN labelling TEXT;
ALTER TABLE source ADD COLUMN labelled_to INTEGER;

-- Psychotherapy notes (bit 2) that no source says are a program's, and that are not about substance use (bit 0): neither
-- is a counseling note of a program (42 CFR 2.11).
UPDATE item SET labels = labels | 2305843009213693952 WHERE (labels & 4) <> 0 AND (labels & 4294967296) = 0;
UPDATE item SET labels = labels | 4611686018427387904 WHERE (labels & 4) <> 0 AND (labels & 1) = 0;
DELETE FROM shelf;
INSERT INTO shelf (patient_no, category, source_no, place, labels, items)
    SELECT patient_no, category, source_no, COALESCE(place, ''), labels, COUNT(*) FROM item
    GROUP BY patient_no, category, source_no, COALESCE(place, ''), labels;
