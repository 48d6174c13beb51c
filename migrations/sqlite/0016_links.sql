-- Why an account was linked although something differed; who ended a link, and why.
ALTER TABLE identity_case ADD COLUMN decided_differs TEXT;
ALTER TABLE account_link ADD COLUMN ended_by TEXT;
ALTER TABLE account_link ADD COLUMN ended_why TEXT;
