-- What a minor, or a clerk in a look at the record, asked about how an item is protected, and what became of it. Who wrote
-- for the clinic has a name here. The words of both are sealed.
CREATE TABLE label_ask (
    id          BLOB PRIMARY KEY,
    rid         INTEGER NOT NULL REFERENCES resource (rid),
    account_id  BLOB NOT NULL REFERENCES account (id),
    by_name     TEXT,
    note        BLOB NOT NULL,
    asked_at    INTEGER NOT NULL,
    outcome     TEXT,
    answer      BLOB,
    decided_at  INTEGER,
    decided_by  BLOB REFERENCES account (id)
) STRICT;
CREATE INDEX label_ask_item ON label_ask (rid, asked_at);
CREATE INDEX label_ask_waits ON label_ask (decided_at, asked_at);
CREATE INDEX label_ask_account ON label_ask (account_id, asked_at);
