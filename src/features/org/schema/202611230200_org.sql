-- The organisation: units from the city to the team, their former names, and
-- the places inside an employer. The path column is the tree.

CREATE TABLE unit (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	parent_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	union_name TEXT NOT NULL,
	sort_key TEXT NOT NULL,
	path TEXT NOT NULL,
	top_id BIGINT NOT NULL,
	mid_id BIGINT NOT NULL,
	enterprise_id BIGINT NOT NULL,
	uscc TEXT NOT NULL,
	industry TEXT NOT NULL,
	high_risk INT NOT NULL CHECK (high_risk IN (0, 1)),
	non_public INT NOT NULL CHECK (non_public IN (0, 1)),
	size TEXT NOT NULL,
	headcount BIGINT NOT NULL,
	is_closed INT NOT NULL CHECK (is_closed IN (0, 1)),
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id)
);

CREATE UNIQUE INDEX unit_code ON unit (city_id, code) WHERE code <> '';
CREATE UNIQUE INDEX unit_uscc ON unit (city_id, uscc) WHERE uscc <> '';
CREATE UNIQUE INDEX unit_path ON unit (city_id, path);
CREATE INDEX unit_in_parent ON unit (city_id, parent_id, sort_key, id);
CREATE INDEX unit_in_parent_by_code ON unit (city_id, parent_id, code, id);
CREATE INDEX unit_in_city ON unit (city_id, kind, sort_key, id);
CREATE INDEX unit_in_top ON unit (city_id, top_id, kind, sort_key, id);
CREATE INDEX unit_in_mid ON unit (city_id, mid_id, kind, sort_key, id);
CREATE INDEX unit_in_enterprise ON unit (city_id, enterprise_id, kind, sort_key, id);

-- What a unit was called, and until when: past figures and papers keep the name of their time.
CREATE TABLE unit_name (
	city_id INT NOT NULL,
	unit_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	name TEXT NOT NULL,
	union_name TEXT NOT NULL,
	until_on TEXT NOT NULL,
	PRIMARY KEY (city_id, unit_id, version),
	FOREIGN KEY (city_id, unit_id) REFERENCES unit (city_id, id)
);

CREATE TABLE place (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	sort_key TEXT NOT NULL,
	code TEXT NOT NULL,
	unit_path TEXT NOT NULL,
	top_id BIGINT NOT NULL,
	mid_id BIGINT NOT NULL,
	enterprise_id BIGINT NOT NULL,
	is_closed INT NOT NULL CHECK (is_closed IN (0, 1)),
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id),
	FOREIGN KEY (city_id, unit_id) REFERENCES unit (city_id, id)
);

CREATE UNIQUE INDEX place_code ON place (city_id, code);
CREATE INDEX place_in_city ON place (city_id, sort_key, id);
CREATE INDEX place_in_top ON place (city_id, top_id, sort_key, id);
CREATE INDEX place_in_mid ON place (city_id, mid_id, sort_key, id);
CREATE INDEX place_in_enterprise ON place (city_id, enterprise_id, sort_key, id);
CREATE INDEX place_in_unit ON place (city_id, unit_id, sort_key, id);
