-- Changes of the tree that take effect on a day: planned ones until then, carried out ones as its history.

-- Where a merged unit went; its links and codes lead there.
ALTER TABLE unit ADD COLUMN merged_into BIGINT NOT NULL DEFAULT 0;

-- to_id: the new unit above (create, move) or the unit merged into. kind, name, union_name and code are of the unit that comes about.
CREATE TABLE org_change (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	act TEXT NOT NULL,
	unit_id BIGINT NOT NULL,
	to_id BIGINT NOT NULL,
	new_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	union_name TEXT NOT NULL,
	code TEXT NOT NULL,
	effective_on TEXT NOT NULL,
	reason TEXT NOT NULL,
	state TEXT NOT NULL,
	refusal TEXT NOT NULL,
	made_by BIGINT NOT NULL,
	made_by_name TEXT NOT NULL,
	duty_unit_id BIGINT NOT NULL,
	duty_role TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	begun_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	ended_by BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id),
	FOREIGN KEY (city_id, unit_id) REFERENCES unit (city_id, id)
);

CREATE INDEX org_change_of_unit ON org_change (city_id, unit_id, id);
CREATE INDEX org_change_to_unit ON org_change (city_id, to_id, id);
CREATE INDEX org_change_planned ON org_change (city_id, effective_on, id) WHERE state = 'planned';

-- The units below that go to the new one in a split.
CREATE TABLE org_change_part (
	city_id INT NOT NULL,
	change_id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	PRIMARY KEY (city_id, change_id, unit_id),
	FOREIGN KEY (city_id, change_id) REFERENCES org_change (city_id, id)
);
