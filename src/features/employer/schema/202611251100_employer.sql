-- What the register knows of an employer besides its unit. Each employer has a row: its keys by which the same one is found when it
-- was entered twice are derived, all else is empty until somebody says it.
-- not_applicable: names of the columns that have no value because none can be, in order, parted by blanks. NULL and '' are unknown.
CREATE TABLE employer_profile (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	name_key TEXT NOT NULL,
	code_key TEXT NOT NULL,
	number_key TEXT NOT NULL,
	employer_kind TEXT NOT NULL,
	ownership TEXT NOT NULL,
	union_state TEXT NOT NULL,
	union_unit_id BIGINT NOT NULL,
	union_code TEXT NOT NULL,
	own_staff BIGINT,
	dispatched BIGINT,
	contracted BIGINT,
	turnover_fen BIGINT,
	assets_fen BIGINT,
	labour_intensive TEXT NOT NULL,
	address TEXT NOT NULL,
	old_number TEXT NOT NULL,
	principal_id BIGINT NOT NULL,
	principal_name TEXT NOT NULL,
	principal_phone TEXT NOT NULL,
	chair_id BIGINT NOT NULL,
	chair_name TEXT NOT NULL,
	chair_phone TEXT NOT NULL,
	officer_id BIGINT NOT NULL,
	officer_name TEXT NOT NULL,
	officer_phone TEXT NOT NULL,
	not_applicable TEXT NOT NULL,
	size_set TEXT NOT NULL,
	high_risk_set TEXT NOT NULL,
	high_risk_reason TEXT NOT NULL,
	high_risk_by BIGINT NOT NULL,
	high_risk_by_name TEXT NOT NULL,
	high_risk_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id),
	FOREIGN KEY (city_id, id) REFERENCES unit (city_id, id)
);

CREATE INDEX employer_profile_name ON employer_profile (city_id, name_key, id);
CREATE INDEX employer_profile_code ON employer_profile (city_id, code_key, id) WHERE code_key <> '';
CREATE INDEX employer_profile_number ON employer_profile (city_id, number_key, id) WHERE number_key <> '';

-- Two employers that may be the same: found when one of them is written, kept when somebody has said that they are not.
CREATE TABLE employer_twin (
	city_id INT NOT NULL,
	first_id BIGINT NOT NULL,
	second_id BIGINT NOT NULL,
	why TEXT NOT NULL,
	state TEXT NOT NULL,
	decided_by BIGINT NOT NULL,
	decided_by_name TEXT NOT NULL,
	decided_at BIGINT NOT NULL,
	PRIMARY KEY (city_id, first_id, second_id),
	FOREIGN KEY (city_id, first_id) REFERENCES unit (city_id, id),
	FOREIGN KEY (city_id, second_id) REFERENCES unit (city_id, id)
);

CREATE INDEX employer_twin_second ON employer_twin (city_id, second_id, first_id);
CREATE INDEX employer_twin_state ON employer_twin (city_id, state, first_id, second_id);
