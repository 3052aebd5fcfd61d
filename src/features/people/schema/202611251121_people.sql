-- Who handed over to whom, and what: the sheet that both sign. Its lines keep the words of that day.
CREATE TABLE handover (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	from_id BIGINT NOT NULL,
	to_id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	made_on TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	by_id BIGINT NOT NULL,
	reason TEXT NOT NULL,
	leaves INT NOT NULL CHECK (leaves IN (0, 1)),
	PRIMARY KEY (city_id, id)
);
CREATE INDEX handover_from ON handover (city_id, from_id, id);
CREATE INDEX handover_to ON handover (city_id, to_id, id);

CREATE TABLE handover_line (
	city_id INT NOT NULL,
	handover_id BIGINT NOT NULL,
	pos INT NOT NULL,
	kind TEXT NOT NULL,
	object_id BIGINT NOT NULL,
	label TEXT NOT NULL,
	PRIMARY KEY (city_id, handover_id, pos),
	FOREIGN KEY (city_id, handover_id) REFERENCES handover (city_id, id)
);
