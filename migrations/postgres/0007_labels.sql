-- Which specially protected kinds of information an item holds, and what was seen that says so. `item.labels` has
-- them as bits, with what staff changed.
CREATE TABLE item_label (
    rid         BIGINT NOT NULL REFERENCES resource (rid),
    label       TEXT COLLATE "C" NOT NULL,
    rule        TEXT COLLATE "C" NOT NULL,
    code        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rid, label)
);

-- What staff put or took, and why. It outlives newer versions of the resource; the newest of a label counts.
CREATE TABLE label_change (
    rid         BIGINT NOT NULL REFERENCES resource (rid),
    label       TEXT COLLATE "C" NOT NULL,
    at          BIGINT NOT NULL,
    put         BIGINT NOT NULL,
    account_id  UUID REFERENCES account (id),
    by_name     TEXT COLLATE "C" NOT NULL,
    reason      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rid, label, at)
);
