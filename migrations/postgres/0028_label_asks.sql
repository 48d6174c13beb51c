-- What a minor, or a clerk in a look at the record, asked about how an item is protected, and what became of it. Who wrote
-- for the clinic has a name here. The words of both are sealed.
CREATE TABLE label_ask (
    id          UUID PRIMARY KEY,
    rid         BIGINT NOT NULL REFERENCES resource (rid),
    account_id  UUID NOT NULL REFERENCES account (id),
    by_name     TEXT COLLATE "C",
    note        BYTEA NOT NULL,
    asked_at    BIGINT NOT NULL,
    outcome     TEXT COLLATE "C",
    answer      BYTEA,
    decided_at  BIGINT,
    decided_by  UUID REFERENCES account (id)
);
CREATE INDEX label_ask_item ON label_ask (rid, asked_at);
CREATE INDEX label_ask_waits ON label_ask (decided_at, asked_at);
CREATE INDEX label_ask_account ON label_ask (account_id, asked_at);
