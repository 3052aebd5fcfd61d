-- A row for a day that is closed already, because the clock was set back: the last closed day when it was written. It belongs to the day
-- after that one, so that what is closed stays as it was closed.
ALTER TABLE audit ADD COLUMN behind TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_behind ON audit (city_id, behind, at, id) WHERE behind <> '';
