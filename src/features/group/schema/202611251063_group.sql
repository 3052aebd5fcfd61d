-- Supervision groups of a round: a leader of the city's union with members and departments, and the units that report to the city which
-- they supervise. A unit has one group in a round at most. Closed ones are kept.
CREATE TABLE supervision_group (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	campaign_id BIGINT NOT NULL,
	round BIGINT NOT NULL,
	name TEXT NOT NULL,
	leader_id BIGINT NOT NULL,
	department TEXT NOT NULL,
	from_on TEXT NOT NULL,
	to_on TEXT NOT NULL,
	note TEXT NOT NULL,
	is_closed INT NOT NULL CHECK (is_closed IN (0, 1)),
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id),
	FOREIGN KEY (city_id, campaign_id) REFERENCES campaign (city_id, id),
	FOREIGN KEY (city_id, leader_id) REFERENCES person (city_id, id)
);

CREATE INDEX supervision_group_of_round ON supervision_group (city_id, campaign_id, round, id);

CREATE TABLE supervision_member (
	city_id INT NOT NULL,
	group_id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	PRIMARY KEY (city_id, group_id, person_id),
	FOREIGN KEY (city_id, group_id) REFERENCES supervision_group (city_id, id),
	FOREIGN KEY (city_id, person_id) REFERENCES person (city_id, id)
);

CREATE TABLE supervision_unit (
	city_id INT NOT NULL,
	campaign_id BIGINT NOT NULL,
	round BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	group_id BIGINT NOT NULL,
	PRIMARY KEY (city_id, campaign_id, round, unit_id),
	FOREIGN KEY (city_id, group_id) REFERENCES supervision_group (city_id, id),
	FOREIGN KEY (city_id, unit_id) REFERENCES unit (city_id, id)
);

CREATE INDEX supervision_unit_of_group ON supervision_unit (city_id, group_id, unit_id);
