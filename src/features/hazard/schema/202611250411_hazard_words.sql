-- Searching the ledger: the words of each hidden danger, and which of them have changed since their words were written.

CREATE TABLE hazard_changed (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	hazard_id BIGINT NOT NULL,
	PRIMARY KEY (city_id, id)
);

-- The row's key is the hidden danger's id; a word is what the program made one, in small letters and without marks.
-- only: sqlite
CREATE VIRTUAL TABLE hazard_words USING fts5(city_id UNINDEXED, words, tokenize = 'ascii');

-- only: pg
CREATE TABLE hazard_words (
	city_id INT NOT NULL,
	hazard_id BIGINT NOT NULL,
	words TSVECTOR NOT NULL,
	PRIMARY KEY (city_id, hazard_id)
);

-- only: pg
CREATE INDEX hazard_words_in ON hazard_words USING gin (words);
