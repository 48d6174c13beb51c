-- How often was decided about a question; two decisions may be of one moment.
ALTER TABLE unshown_question ADD COLUMN decisions BIGINT NOT NULL DEFAULT 0;
UPDATE unshown_question SET decisions =
    (SELECT COUNT(*) FROM unshown_decision d WHERE d.question_id = unshown_question.id);

ALTER TABLE unshown_decision ADD COLUMN number BIGINT;
UPDATE unshown_decision SET number =
    (SELECT COUNT(*) FROM unshown_decision e
     WHERE e.question_id = unshown_decision.question_id AND e.at <= unshown_decision.at);
ALTER TABLE unshown_decision ALTER COLUMN number SET NOT NULL;
ALTER TABLE unshown_decision DROP CONSTRAINT unshown_decision_pkey;
ALTER TABLE unshown_decision ADD PRIMARY KEY (question_id, number);
