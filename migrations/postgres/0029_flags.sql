-- Who of the records office asked colleagues to look at an authority, sealed, as long as nobody has answered.
ALTER TABLE authority ADD COLUMN flag BYTEA;
CREATE INDEX authority_flag ON authority (created_at) WHERE ended_at IS NULL AND flag IS NOT NULL;
