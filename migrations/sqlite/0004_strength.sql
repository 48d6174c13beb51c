-- How well it was checked who somebody is (ial) and that it is them again (aal): NIST SP 800-63. Of an account the
-- most that was ever proved; 0 and null where it was not told.
ALTER TABLE account ADD COLUMN ial INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN ial INTEGER;
ALTER TABLE session ADD COLUMN aal INTEGER;

-- What staff saw when they handed a code out in person.
ALTER TABLE activation_code ADD COLUMN proof TEXT;

-- Whom a sign-in must lead back to, where somebody who is signed in was asked to sign in again.
ALTER TABLE sign_in_flow ADD COLUMN account_id BLOB REFERENCES account (id);

-- Each time it was proved who the person of an account is: by what way, by whom, with what evidence.
CREATE TABLE proofing (
    account_id  BLOB NOT NULL REFERENCES account (id),
    at          INTEGER NOT NULL,
    how         TEXT NOT NULL,
    ial         INTEGER NOT NULL,
    by_name     TEXT NOT NULL,
    evidence    TEXT NOT NULL,
    PRIMARY KEY (account_id, at, how)
) STRICT, WITHOUT ROWID;

-- What was typed into a form, sealed, while its sender signs in again.
CREATE TABLE kept_form (
    token_hash  BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    act         TEXT NOT NULL,
    path        TEXT NOT NULL,
    fields      BLOB NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX kept_form_account ON kept_form (account_id, created_at);
