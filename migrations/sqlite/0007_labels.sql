-- Which specially protected kinds of information an item holds, and what was seen that says so. `item.labels` has
-- them as bits, with what staff changed.
CREATE TABLE item_label (
    rid         INTEGER NOT NULL REFERENCES resource (rid),
    label       TEXT NOT NULL,
    rule        TEXT NOT NULL,
    code        TEXT NOT NULL,
    PRIMARY KEY (rid, label)
) STRICT, WITHOUT ROWID;

-- What staff put or took, and why. It outlives newer versions of the resource; the newest of a label counts.
CREATE TABLE label_change (
    rid         INTEGER NOT NULL REFERENCES resource (rid),
    label       TEXT NOT NULL,
    at          INTEGER NOT NULL,
    put         INTEGER NOT NULL,
    account_id  BLOB REFERENCES account (id),
    by_name     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    PRIMARY KEY (rid, label, at)
) STRICT, WITHOUT ROWID;
