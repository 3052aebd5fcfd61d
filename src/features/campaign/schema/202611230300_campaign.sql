-- Campaigns with their windows, cut-offs and limits, and a city's own rows of
-- the working-day calendar.

CREATE TABLE campaign (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	theme TEXT NOT NULL,
	year BIGINT NOT NULL,
	notice_number TEXT NOT NULL,
	begins_on TEXT NOT NULL,
	ends_on TEXT NOT NULL,
	anonymous_allowed INT NOT NULL CHECK (anonymous_allowed IN (0, 1)),
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id)
);

CREATE UNIQUE INDEX campaign_code ON campaign (city_id, code);
CREATE INDEX campaign_begins ON campaign (city_id, begins_on, id);

CREATE TABLE campaign_window (
	city_id INT NOT NULL,
	campaign_id BIGINT NOT NULL,
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	from_on TEXT NOT NULL,
	to_on TEXT NOT NULL,
	PRIMARY KEY (city_id, campaign_id, code),
	FOREIGN KEY (city_id, campaign_id) REFERENCES campaign (city_id, id)
);

CREATE TABLE campaign_cutoff (
	city_id INT NOT NULL,
	campaign_id BIGINT NOT NULL,
	level TEXT NOT NULL,
	cutoff_day BIGINT NOT NULL,
	cutoff_time TEXT NOT NULL,
	due_day BIGINT NOT NULL,
	PRIMARY KEY (city_id, campaign_id, level),
	FOREIGN KEY (city_id, campaign_id) REFERENCES campaign (city_id, id)
);

CREATE TABLE campaign_limit (
	city_id INT NOT NULL,
	campaign_id BIGINT NOT NULL,
	class TEXT NOT NULL,
	what TEXT NOT NULL,
	amount BIGINT NOT NULL,
	unit TEXT NOT NULL,
	source TEXT NOT NULL,
	PRIMARY KEY (city_id, campaign_id, class, what),
	FOREIGN KEY (city_id, campaign_id) REFERENCES campaign (city_id, id)
);

-- A year that occurs here is taken from here alone, not from the shipped table.
CREATE TABLE workday_exception (
	city_id INT NOT NULL,
	day TEXT NOT NULL,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	provisional INT NOT NULL CHECK (provisional IN (0, 1)),
	PRIMARY KEY (city_id, day)
);
