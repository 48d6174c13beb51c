-- How well it was checked who somebody is (ial) and that it is them again (aal): NIST SP 800-63. Of an account the
-- most that was ever proved; 0 and null where it was not told.
ALTER TABLE account ADD COLUMN ial BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN ial BIGINT;
ALTER TABLE session ADD COLUMN aal BIGINT;

-- What staff saw when they handed a code out in person.
ALTER TABLE activation_code ADD COLUMN proof TEXT COLLATE "C";

-- Whom a sign-in must lead back to, where somebody who is signed in was asked to sign in again.
ALTER TABLE sign_in_flow ADD COLUMN account_id UUID REFERENCES account (id);

-- Each time it was proved who the person of an account is: by what way, by whom, with what evidence.
CREATE TABLE proofing (
    account_id  UUID NOT NULL REFERENCES account (id),
    at          BIGINT NOT NULL,
    how         TEXT COLLATE "C" NOT NULL,
    ial         BIGINT NOT NULL,
    by_name     TEXT COLLATE "C" NOT NULL,
    evidence    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, at, how)
);

-- What was typed into a form, sealed, while its sender signs in again.
CREATE TABLE kept_form (
    token_hash  BYTEA PRIMARY KEY,
    account_id  UUID NOT NULL REFERENCES account (id),
    act         TEXT COLLATE "C" NOT NULL,
    path        TEXT COLLATE "C" NOT NULL,
    fields      BYTEA NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
CREATE INDEX kept_form_account ON kept_form (account_id, created_at);
