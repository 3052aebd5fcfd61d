-- A group may have nobody yet who leads it (leader_id 0): which units go together is decided before names are.
CREATE TABLE supervision_group_was (
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
	is_closed INT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id)
);

CREATE TABLE supervision_member_was (
	city_id INT NOT NULL,
	group_id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	PRIMARY KEY (city_id, group_id, person_id)
);

CREATE TABLE supervision_unit_was (
	city_id INT NOT NULL,
	campaign_id BIGINT NOT NULL,
	round BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	group_id BIGINT NOT NULL,
	PRIMARY KEY (city_id, campaign_id, round, unit_id)
);

INSERT INTO supervision_group_was (city_id, id, campaign_id, round, name, leader_id, department, from_on, to_on, note, is_closed, version)
SELECT city_id, id, campaign_id, round, name, leader_id, department, from_on, to_on, note, is_closed, version FROM supervision_group;
INSERT INTO supervision_member_was (city_id, group_id, person_id) SELECT city_id, group_id, person_id FROM supervision_member;
INSERT INTO supervision_unit_was (city_id, campaign_id, round, unit_id, group_id) SELECT city_id, campaign_id, round, unit_id, group_id FROM supervision_unit;

DROP TABLE supervision_unit;
DROP TABLE supervision_member;
DROP TABLE supervision_group;

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
	FOREIGN KEY (city_id, campaign_id) REFERENCES campaign (city_id, id)
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

INSERT INTO supervision_group (city_id, id, campaign_id, round, name, leader_id, department, from_on, to_on, note, is_closed, version)
SELECT city_id, id, campaign_id, round, name, leader_id, department, from_on, to_on, note, is_closed, version FROM supervision_group_was;
INSERT INTO supervision_member (city_id, group_id, person_id) SELECT city_id, group_id, person_id FROM supervision_member_was;
INSERT INTO supervision_unit (city_id, campaign_id, round, unit_id, group_id) SELECT city_id, campaign_id, round, unit_id, group_id FROM supervision_unit_was;

DROP TABLE supervision_unit_was;
DROP TABLE supervision_member_was;
DROP TABLE supervision_group_was;
