-- How a request for a limit came that staff recorded: sealed; none where it was made here.
ALTER TABLE restriction ADD COLUMN intake BLOB;
