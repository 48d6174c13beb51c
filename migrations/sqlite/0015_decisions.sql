-- How often was decided about a question; two decisions may be of one moment.
ALTER TABLE unshown_question ADD COLUMN decisions INTEGER NOT NULL DEFAULT 0;
UPDATE unshown_question SET decisions =
    (SELECT COUNT(*) FROM unshown_decision d WHERE d.question_id = unshown_question.id);

CREATE TABLE unshown_decision_by_number (
    question_id   BLOB NOT NULL REFERENCES unshown_question (id),
    at            INTEGER NOT NULL,
    account_id    BLOB NOT NULL REFERENCES account (id),
    by_name       TEXT NOT NULL,
    opened        INTEGER NOT NULL,
    closed        INTEGER NOT NULL,
    reason        BLOB NOT NULL,
    number        INTEGER NOT NULL,
    PRIMARY KEY (question_id, number)
) STRICT, WITHOUT ROWID;
INSERT INTO unshown_decision_by_number (question_id, at, account_id, by_name, opened, closed, reason, number)
    SELECT question_id, at, account_id, by_name, opened, closed, reason,
        ROW_NUMBER() OVER (PARTITION BY question_id ORDER BY at)
    FROM unshown_decision;
DROP TABLE unshown_decision;
ALTER TABLE unshown_decision_by_number RENAME TO unshown_decision;
