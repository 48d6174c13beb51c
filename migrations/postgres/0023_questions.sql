-- Each account asks its own about a line of the log.
DROP INDEX log_case_line;
CREATE UNIQUE INDEX log_case_line ON log_case (patient_no, seq, account_id);
