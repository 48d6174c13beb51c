-- What staff wrote about a look, with what 42 CFR 2.51(c) wants of a medical emergency, and why they changed a label:
-- sealed. Rows of before keep their words in `reason`.
ALTER TABLE staff_view ADD COLUMN words BYTEA;
ALTER TABLE label_change ADD COLUMN words BYTEA;

-- Bits that follow from labels: 32 for what a program under 42 CFR Part 2 recorded, 33 to 38 for the service that a minor
-- consented to alone (bit 7): substance use (0), mental health (1), HIV (3), reproductive (4), violence (6), untold.
UPDATE item SET labels = labels | 4294967296 WHERE (labels & 1) <> 0 AND rid IN (SELECT rid FROM item_label
    WHERE label = 'substance-use' AND rule = 'source' AND code LIKE '%|42CFRPart2');
UPDATE item SET labels = labels
    | CASE WHEN (labels & 1) <> 0 THEN 8589934592 ELSE 0 END
    | CASE WHEN (labels & 2) <> 0 THEN 17179869184 ELSE 0 END
    | CASE WHEN (labels & 8) <> 0 THEN 34359738368 ELSE 0 END
    | CASE WHEN (labels & 16) <> 0 THEN 68719476736 ELSE 0 END
    | CASE WHEN (labels & 64) <> 0 THEN 137438953472 ELSE 0 END
    | CASE WHEN (labels & 91) = 0 THEN 274877906944 ELSE 0 END
    WHERE (labels & 128) <> 0;
DELETE FROM shelf;
INSERT INTO shelf (patient_no, category, source_no, place, labels, items)
    SELECT patient_no, category, source_no, COALESCE(place, ''), labels, COUNT(*) FROM item
    GROUP BY patient_no, category, source_no, COALESCE(place, ''), labels;

-- What became of a restriction is only ever added to.
CREATE TRIGGER restriction_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON restriction_event
FOR EACH STATEMENT EXECUTE FUNCTION consent_is_as_signed();
