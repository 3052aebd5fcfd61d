-- Which state of the account the confirmation was for: after a new PIN or a lock the phone that applied is let in no more.
-- None fits an account (-1) for what was confirmed before.
ALTER TABLE join_request ADD COLUMN account_version BIGINT NOT NULL DEFAULT -1;
