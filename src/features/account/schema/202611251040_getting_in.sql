-- What getting in needs besides a password (NFR-6).

-- What the browser is, in two words; whether the second factor is still to come; the shared phone it is on (0: none).
ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN is_half INT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN phone_id BIGINT NOT NULL DEFAULT 0;

-- A password that somebody else made is good until then (0: without end).
ALTER TABLE account ADD COLUMN once_until BIGINT NOT NULL DEFAULT 0;

ALTER TABLE api_token ADD COLUMN expires_at BIGINT NOT NULL DEFAULT 0;

-- The second factor: its secret sealed with the installation's key, the last time step that was used, when it was confirmed (0: not yet).
CREATE TABLE account_factor (
	city_id INT NOT NULL,
	account_id BIGINT NOT NULL,
	secret BLOB NOT NULL,
	last_step BIGINT NOT NULL,
	made_at BIGINT NOT NULL,
	confirmed_at BIGINT NOT NULL,
	PRIMARY KEY (city_id, account_id),
	FOREIGN KEY (city_id, account_id) REFERENCES account (city_id, id)
);

-- Codes for who lost the device, as keyed hashes.
CREATE TABLE recovery_code (
	city_id INT NOT NULL,
	account_id BIGINT NOT NULL,
	code_hash BLOB NOT NULL,
	used_at BIGINT NOT NULL,
	PRIMARY KEY (city_id, account_id, code_hash),
	FOREIGN KEY (city_id, account_id) REFERENCES account (city_id, id)
);

-- The passwords before the present one, so that they do not come back at once.
CREATE TABLE password_past (
	city_id INT NOT NULL,
	account_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	password TEXT NOT NULL,
	PRIMARY KEY (city_id, account_id, id),
	FOREIGN KEY (city_id, account_id) REFERENCES account (city_id, id)
);

-- Phones that a team shares; the browser's secret is kept as its SHA-256.
CREATE TABLE shared_phone (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	secret_hash BLOB NOT NULL,
	made_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	PRIMARY KEY (city_id, id),
	UNIQUE (city_id, secret_hash)
);

CREATE INDEX shared_phone_of_unit ON shared_phone (city_id, unit_id, id);

-- Who wants to be listed on a shared phone.
CREATE TABLE shared_phone_user (
	city_id INT NOT NULL,
	phone_id BIGINT NOT NULL,
	account_id BIGINT NOT NULL,
	PRIMARY KEY (city_id, phone_id, account_id),
	FOREIGN KEY (city_id, account_id) REFERENCES account (city_id, id)
);
