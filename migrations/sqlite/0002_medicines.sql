-- A Medication that comes after the prescriptions that point to it gives them its name.
CREATE INDEX index_reference_medication ON index_reference (target) WHERE param = 'medication';
