-- Hidden dangers: the record, who reported it (apart, because few may see it), whose it is, and its progress.

CREATE TABLE hazard (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	number TEXT NOT NULL,
	kind TEXT NOT NULL,
	source TEXT NOT NULL,
	anonymity TEXT NOT NULL,
	against TEXT NOT NULL,
	campaign_id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	enterprise_id BIGINT NOT NULL,
	mid_id BIGINT NOT NULL,
	top_id BIGINT NOT NULL,
	at_unit_id BIGINT NOT NULL,
	at_enterprise_id BIGINT NOT NULL,
	at_mid_id BIGINT NOT NULL,
	at_top_id BIGINT NOT NULL,
	unit_path TEXT NOT NULL,
	description TEXT NOT NULL,
	danger INT NOT NULL CHECK (danger IN (0, 1)),
	found_at BIGINT NOT NULL,
	found_on TEXT NOT NULL,
	photos_before INT NOT NULL,
	reported_at BIGINT NOT NULL,
	state TEXT NOT NULL,
	level TEXT NOT NULL,
	handling_level TEXT NOT NULL,
	category TEXT NOT NULL,
	place_id BIGINT NOT NULL,
	place TEXT NOT NULL,
	interim_protection TEXT NOT NULL,
	protected_at BIGINT NOT NULL,
	withdrawn INT NOT NULL CHECK (withdrawn IN (0, 1)),
	reopened INT NOT NULL,
	returned INT NOT NULL,
	clause TEXT NOT NULL,
	refusal_code TEXT NOT NULL,
	refusal_reason TEXT NOT NULL,
	responsible_id BIGINT NOT NULL,
	deputy_id BIGINT NOT NULL,
	measures TEXT NOT NULL,
	funds_fen BIGINT,
	deadline TEXT NOT NULL,
	emergency_plan TEXT NOT NULL,
	emergency_plan_not_needed INT NOT NULL CHECK (emergency_plan_not_needed IN (0, 1)),
	on_spot INT NOT NULL CHECK (on_spot IN (0, 1)),
	percent INT NOT NULL,
	submit_text TEXT NOT NULL,
	photos_after INT NOT NULL,
	registered_by BIGINT NOT NULL,
	assigned_by BIGINT NOT NULL,
	taken_by BIGINT NOT NULL,
	submitted_by BIGINT NOT NULL,
	accepted_by BIGINT NOT NULL,
	closed_by BIGINT NOT NULL,
	registered_at BIGINT NOT NULL,
	assigned_at BIGINT NOT NULL,
	taken_at BIGINT NOT NULL,
	submitted_at BIGINT NOT NULL,
	accepted_at BIGINT NOT NULL,
	closed_at BIGINT NOT NULL,
	accepted_by_fallback INT NOT NULL CHECK (accepted_by_fallback IN (0, 1)),
	state_at BIGINT NOT NULL,
	due_at BIGINT NOT NULL,
	deadline_sort TEXT NOT NULL,
	updated_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id)
);

CREATE UNIQUE INDEX hazard_number ON hazard (city_id, number);
CREATE INDEX hazard_in_city ON hazard (city_id, found_on, id);
CREATE INDEX hazard_in_city_by_state ON hazard (city_id, state, found_on, id);
CREATE INDEX hazard_in_city_by_deadline ON hazard (city_id, deadline_sort, id);
CREATE INDEX hazard_in_city_by_update ON hazard (city_id, updated_at, id);
CREATE INDEX hazard_in_top ON hazard (city_id, top_id, found_on, id);
CREATE INDEX hazard_in_top_by_state ON hazard (city_id, top_id, state, found_on, id);
CREATE INDEX hazard_in_top_by_deadline ON hazard (city_id, top_id, deadline_sort, id);
CREATE INDEX hazard_in_top_by_update ON hazard (city_id, top_id, updated_at, id);
CREATE INDEX hazard_in_mid ON hazard (city_id, mid_id, found_on, id);
CREATE INDEX hazard_in_mid_by_state ON hazard (city_id, mid_id, state, found_on, id);
CREATE INDEX hazard_in_mid_by_deadline ON hazard (city_id, mid_id, deadline_sort, id);
CREATE INDEX hazard_in_mid_by_update ON hazard (city_id, mid_id, updated_at, id);
CREATE INDEX hazard_in_enterprise ON hazard (city_id, enterprise_id, found_on, id);
CREATE INDEX hazard_in_enterprise_by_state ON hazard (city_id, enterprise_id, state, found_on, id);
CREATE INDEX hazard_in_enterprise_by_deadline ON hazard (city_id, enterprise_id, deadline_sort, id);
CREATE INDEX hazard_in_enterprise_by_update ON hazard (city_id, enterprise_id, updated_at, id);

-- Who reported: no row carries a person for an anonymous one. The receipt's code itself is nowhere.
CREATE TABLE hazard_reporter (
	city_id INT NOT NULL,
	hazard_id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	reported_for TEXT NOT NULL,
	receipt_hash BLOB NOT NULL,
	PRIMARY KEY (city_id, hazard_id),
	FOREIGN KEY (city_id, hazard_id) REFERENCES hazard (city_id, id)
);

CREATE UNIQUE INDEX hazard_receipt ON hazard_reporter (city_id, receipt_hash);

-- A person's hidden dangers: reported, responsible for, deputy of. The list "mine" walks it.
CREATE TABLE hazard_party (
	city_id INT NOT NULL,
	person_id BIGINT NOT NULL,
	hazard_id BIGINT NOT NULL,
	is_reporter INT NOT NULL CHECK (is_reporter IN (0, 1)),
	is_rectifier INT NOT NULL CHECK (is_rectifier IN (0, 1)),
	PRIMARY KEY (city_id, person_id, hazard_id),
	FOREIGN KEY (city_id, hazard_id) REFERENCES hazard (city_id, id)
);

CREATE INDEX hazard_party_of ON hazard_party (city_id, hazard_id);

CREATE TABLE hazard_progress (
	city_id INT NOT NULL,
	hazard_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	at BIGINT NOT NULL,
	by_id BIGINT NOT NULL,
	percent INT NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (city_id, hazard_id, id),
	FOREIGN KEY (city_id, hazard_id) REFERENCES hazard (city_id, id)
);

-- Numbers that people say aloud: counted per division and day.
CREATE TABLE hazard_counter (
	city_id INT NOT NULL,
	scope TEXT NOT NULL,
	day TEXT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (city_id, scope, day)
);
