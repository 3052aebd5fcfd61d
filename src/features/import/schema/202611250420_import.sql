-- Imports from spreadsheets: each with its rows until they are no longer needed, the columns that were chosen before, and which of
-- our things another system's numbers mean.

CREATE TABLE import_run (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	source TEXT NOT NULL,
	file_name TEXT NOT NULL,
	state TEXT NOT NULL,
	person_id BIGINT NOT NULL,
	actor TEXT NOT NULL,
	head TEXT NOT NULL,
	head_row BIGINT NOT NULL,
	mapping TEXT NOT NULL,
	n_rows BIGINT NOT NULL,
	at_row BIGINT NOT NULL,
	n_done BIGINT NOT NULL,
	n_added BIGINT NOT NULL,
	n_changed BIGINT NOT NULL,
	n_same BIGINT NOT NULL,
	n_refused BIGINT NOT NULL,
	n_skipped BIGINT NOT NULL,
	is_again INT NOT NULL CHECK (is_again IN (0, 1)),
	made_at BIGINT NOT NULL,
	begun_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id)
);

CREATE INDEX import_run_by_time ON import_run (city_id, made_at, id);
CREATE INDEX import_run_of_person ON import_run (city_id, person_id, made_at, id);

-- A row of the sheet: its cells as a JSON array until it is done, then what became of it.
CREATE TABLE import_row (
	city_id INT NOT NULL,
	import_id BIGINT NOT NULL,
	row_number BIGINT NOT NULL,
	cells TEXT NOT NULL,
	action TEXT NOT NULL,
	object_id BIGINT NOT NULL,
	above_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	detail TEXT NOT NULL,
	claims TEXT NOT NULL,
	PRIMARY KEY (city_id, import_id, row_number),
	FOREIGN KEY (city_id, import_id) REFERENCES import_run (city_id, id)
);

CREATE INDEX import_row_by_action ON import_row (city_id, import_id, action, row_number);

-- What only one row of a sheet may have.
CREATE TABLE import_key (
	city_id INT NOT NULL,
	import_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	value TEXT NOT NULL,
	row_number BIGINT NOT NULL,
	note TEXT NOT NULL,
	PRIMARY KEY (city_id, import_id, kind, value),
	FOREIGN KEY (city_id, import_id) REFERENCES import_run (city_id, id)
);

-- Which field a heading meant the last time ('' : none).
CREATE TABLE import_heading (
	city_id INT NOT NULL,
	kind TEXT NOT NULL,
	heading TEXT NOT NULL,
	field TEXT NOT NULL,
	PRIMARY KEY (city_id, kind, heading)
);

CREATE TABLE import_link (
	city_id INT NOT NULL,
	object_kind TEXT NOT NULL,
	source TEXT NOT NULL,
	external_id TEXT NOT NULL,
	object_id BIGINT NOT NULL,
	PRIMARY KEY (city_id, object_kind, source, external_id)
);
