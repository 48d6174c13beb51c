-- What staff propose about groups of patients: a new one (JSON), or who is to be in one. It counts when a second person
-- agrees. The people are forgotten when it is decided, or over because nobody decided in time: then they are in the
-- group, or it does not matter who was meant.
CREATE TABLE group_proposal (
    id          UUID PRIMARY KEY,
    group_id    TEXT COLLATE "C" NOT NULL,
    about       TEXT COLLATE "C",
    people      TEXT COLLATE "C" NOT NULL,
    many        BIGINT NOT NULL,
    asked_by    UUID NOT NULL REFERENCES account (id),
    asked_name  TEXT COLLATE "C" NOT NULL,
    officer     BIGINT NOT NULL,
    asked_at    BIGINT NOT NULL,
    decision    TEXT COLLATE "C",
    decided_by  UUID REFERENCES account (id),
    decided_name TEXT COLLATE "C",
    decided_at  BIGINT
);
CREATE INDEX group_proposal_asked ON group_proposal (asked_at);
-- One at a time for each group.
CREATE UNIQUE INDEX group_proposal_open ON group_proposal (group_id) WHERE decision IS NULL;

-- Who registered an app for the clinic, and who agreed to it.
ALTER TABLE app_client ADD COLUMN registered_by UUID REFERENCES account (id);
ALTER TABLE app_client ADD COLUMN agreed_by UUID REFERENCES account (id);
ALTER TABLE app_client ADD COLUMN agreed_at BIGINT;
UPDATE app_client SET registered_by = waiting_by;
