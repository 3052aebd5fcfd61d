-- A duty that is held for a time for somebody else.
ALTER TABLE duty ADD COLUMN for_person_id BIGINT NOT NULL DEFAULT 0;
