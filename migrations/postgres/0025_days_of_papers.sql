-- The day on which the writing came that took a permission back; none where the person did it here.
ALTER TABLE consent ADD COLUMN received TEXT COLLATE "C";
