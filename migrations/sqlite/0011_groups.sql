-- What staff propose about groups of patients: a new one (JSON), or who is to be in one. It counts when a second person
-- agrees. The people are forgotten when it is decided, or over because nobody decided in time: then they are in the
-- group, or it does not matter who was meant.
CREATE TABLE group_proposal (
    id          BLOB PRIMARY KEY,
    group_id    TEXT NOT NULL,
    about       TEXT,
    people      TEXT NOT NULL,
    many        INTEGER NOT NULL,
    asked_by    BLOB NOT NULL REFERENCES account (id),
    asked_name  TEXT NOT NULL,
    officer     INTEGER NOT NULL,
    asked_at    INTEGER NOT NULL,
    decision    TEXT,
    decided_by  BLOB REFERENCES account (id),
    decided_name TEXT,
    decided_at  INTEGER
) STRICT;
CREATE INDEX group_proposal_asked ON group_proposal (asked_at);
-- One at a time for each group.
CREATE UNIQUE INDEX group_proposal_open ON group_proposal (group_id) WHERE decision IS NULL;

-- Who registered an app for the clinic, and who agreed to it.
ALTER TABLE app_client ADD COLUMN registered_by BLOB REFERENCES account (id);
ALTER TABLE app_client ADD COLUMN agreed_by BLOB REFERENCES account (id);
ALTER TABLE app_client ADD COLUMN agreed_at INTEGER;
UPDATE app_client SET registered_by = waiting_by;
