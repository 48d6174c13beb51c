-- Which account gave an activation code out: it cannot use it itself.
ALTER TABLE activation_code ADD COLUMN given_by UUID REFERENCES account (id);
