-- The list of changes, newest first.
CREATE INDEX org_change_made ON org_change (city_id, made_at, id);
