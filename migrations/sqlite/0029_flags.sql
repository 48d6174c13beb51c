-- Who of the records office asked colleagues to look at an authority, sealed, as long as nobody has answered.
ALTER TABLE authority ADD COLUMN flag BLOB;
CREATE INDEX authority_flag ON authority (created_at) WHERE ended_at IS NULL AND flag IS NOT NULL;

-- What made a minor count as an adult, by its name in the settings of the law; none of those that were recorded before.
ALTER TABLE emancipation ADD COLUMN ground TEXT;
