-- The trail is searched by person and told with its duty and address. Neither stands in an event's bytes: an address is not part of
-- what happened, and none is kept where the actor's name needs a right.
ALTER TABLE audit ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN unit_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN addr TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_by_actor ON audit (city_id, actor_id, at, id);
CREATE INDEX event_by_actor ON event (city_id, actor_id, at, id);

-- A closed day of the trail: how many rows, and a hash over them and the day before. A row that is changed, added or taken away later
-- does not fit it.
CREATE TABLE audit_day (
	city_id BIGINT NOT NULL,
	day TEXT NOT NULL,
	n BIGINT NOT NULL,
	hash BLOB NOT NULL,
	PRIMARY KEY (city_id, day)
);
