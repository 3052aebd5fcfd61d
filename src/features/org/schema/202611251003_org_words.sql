-- Searching units by parts of names and codes: the words of each, and which have changed since their words were written.

CREATE TABLE unit_changed (
	city_id INT NOT NULL,
	unit_id BIGINT NOT NULL,
	stamp BIGINT NOT NULL,
	PRIMARY KEY (city_id, unit_id, stamp)
);

-- The row's key is the unit's id.
-- only: sqlite
CREATE VIRTUAL TABLE unit_words USING fts5(city_id UNINDEXED, words, tokenize = 'ascii');

-- only: pg
CREATE TABLE unit_words (
	city_id INT NOT NULL,
	unit_id BIGINT NOT NULL,
	words TSVECTOR NOT NULL,
	PRIMARY KEY (city_id, unit_id)
);

-- only: pg
CREATE INDEX unit_words_in ON unit_words USING gin (words);

-- Of the units that are there already none has its words yet.
INSERT INTO unit_changed (city_id, unit_id, stamp) SELECT city_id, id, 0 FROM unit WHERE city_id > 0;
