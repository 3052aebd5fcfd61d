-- The code on a team's poster; one that is not ended at a time.
CREATE TABLE join_code (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	code TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	scans BIGINT NOT NULL,
	PRIMARY KEY (city_id, id),
	UNIQUE (city_id, code)
);

CREATE INDEX join_code_of_unit ON join_code (city_id, unit_id, ended_at, id);

-- national because who opens a poster's address does not know the city yet
CREATE TABLE join_code_city (
	code TEXT NOT NULL PRIMARY KEY,
	city_id INT NOT NULL
);

-- Who applied, with the PIN as its hash until it is decided; the applicant's browser by the SHA-256 of its secret.
CREATE TABLE join_request (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	phone TEXT NOT NULL,
	staff_number TEXT NOT NULL,
	pin TEXT NOT NULL,
	secret_hash BLOB NOT NULL,
	state TEXT NOT NULL,
	reason TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	ends_at BIGINT NOT NULL,
	account_id BIGINT NOT NULL,
	PRIMARY KEY (city_id, id),
	UNIQUE (city_id, secret_hash)
);

CREATE INDEX join_request_of_unit ON join_request (city_id, unit_id, state, id);
CREATE INDEX join_request_by_end ON join_request (city_id, ends_at);
