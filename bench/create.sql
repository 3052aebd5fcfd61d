-- What pgbench writes to: a hidden danger of 14 columns with three indexes and its ledger row.
CREATE TABLE hazard (id BIGSERIAL PRIMARY KEY, number TEXT, unit INT, county INT, township INT, level INT, status INT, type INT, found INT,
	deadline INT, reporter INT, title TEXT, description TEXT, updated INT);
CREATE UNIQUE INDEX hazard_number ON hazard (number);
CREATE INDEX hazard_county ON hazard (county, status, deadline);
CREATE INDEX hazard_unit ON hazard (unit, status, deadline);
CREATE TABLE ledger (id BIGSERIAL PRIMARY KEY, hazard BIGINT, at INT, who INT, act TEXT, body TEXT, prev BYTEA, hash BYTEA);
INSERT INTO hazard (number, unit, county, township, level, status, type, found, deadline, reporter, title, description, updated)
SELECT 'old-' || n, n % 7309, n % 12, n % 96, 1, 1, 3, 20000 + n % 700, 20010 + n % 700, 4711, 'Guard missing', repeat('hands can reach in ', 6), 20000
FROM generate_series(1, :rows) n;
