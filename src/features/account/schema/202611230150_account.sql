-- Persons, what they are allowed to be (duties), how they get in (accounts,
-- sessions, tokens), and how often somebody failed to.

CREATE TABLE person (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	name TEXT NOT NULL,
	sort_key TEXT NOT NULL,
	phone TEXT NOT NULL,
	staff_number TEXT NOT NULL,
	unit_id BIGINT NOT NULL,
	unit_path TEXT NOT NULL,
	top_id BIGINT NOT NULL,
	mid_id BIGINT NOT NULL,
	enterprise_id BIGINT NOT NULL,
	has_left INT NOT NULL CHECK (has_left IN (0, 1)),
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id)
);

CREATE INDEX person_in_city ON person (city_id, sort_key, id);
CREATE INDEX person_in_top ON person (city_id, top_id, sort_key, id);
CREATE INDEX person_in_mid ON person (city_id, mid_id, sort_key, id);
CREATE INDEX person_in_enterprise ON person (city_id, enterprise_id, sort_key, id);

-- A role held at a unit, from a day on, until and with another ('' while it lasts).
CREATE TABLE duty (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	role TEXT NOT NULL,
	unit_id BIGINT NOT NULL,
	from_on TEXT NOT NULL,
	to_on TEXT NOT NULL,
	PRIMARY KEY (city_id, id),
	FOREIGN KEY (city_id, person_id) REFERENCES person (city_id, id)
);

CREATE INDEX duty_of_person ON duty (city_id, person_id, id);
CREATE INDEX duty_at_unit ON duty (city_id, unit_id, role, id);

CREATE TABLE account (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	login TEXT NOT NULL,
	password TEXT NOT NULL,
	must_change INT NOT NULL CHECK (must_change IN (0, 1)),
	is_locked INT NOT NULL CHECK (is_locked IN (0, 1)),
	password_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id),
	UNIQUE (city_id, login),
	UNIQUE (city_id, person_id),
	FOREIGN KEY (city_id, person_id) REFERENCES person (city_id, id)
);

-- national because the login page does not know the city yet
CREATE TABLE login_city (
	login TEXT NOT NULL PRIMARY KEY,
	city_id INT NOT NULL,
	account_id BIGINT NOT NULL
);

-- The browser's secret is kept as its SHA-256.
CREATE TABLE session (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	account_id BIGINT NOT NULL,
	token_hash BLOB NOT NULL,
	created_at BIGINT NOT NULL,
	last_seen_at BIGINT NOT NULL,
	ends_at BIGINT NOT NULL,
	addr TEXT NOT NULL,
	PRIMARY KEY (city_id, id),
	UNIQUE (city_id, token_hash),
	FOREIGN KEY (city_id, account_id) REFERENCES account (city_id, id)
);

CREATE INDEX session_of_account ON session (city_id, account_id, id);
CREATE INDEX session_by_end ON session (city_id, ends_at);

CREATE TABLE api_token (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	account_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	scope TEXT NOT NULL,
	token_hash BLOB NOT NULL,
	created_at BIGINT NOT NULL,
	last_used_at BIGINT NOT NULL,
	revoked_at BIGINT NOT NULL,
	PRIMARY KEY (city_id, id),
	UNIQUE (city_id, token_hash),
	FOREIGN KEY (city_id, account_id) REFERENCES account (city_id, id)
);

CREATE INDEX api_token_of_account ON api_token (city_id, account_id, id);

-- Attempts per (login, address), per address and per login; the bucket is a keyed hash, so that neither stands here.
-- national because an attempt comes before its city is known
CREATE TABLE login_attempt (
	bucket TEXT NOT NULL PRIMARY KEY,
	n BIGINT NOT NULL,
	ends_at BIGINT NOT NULL
);

CREATE INDEX login_attempt_by_end ON login_attempt (ends_at);
