-- What figures are counted from. An entry is one thing counted once (n = 1) or taken back (n = -1), on its day, for one unit. It waits in
-- measure_fresh until a job has folded it; then it stands as a row for each unit above it down to the employer, and in the sums
-- of the units above the employer. It is never in both.

CREATE TABLE measure_fresh (
	city_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	measure TEXT NOT NULL,
	day TEXT NOT NULL,
	path TEXT NOT NULL,
	enterprise_id BIGINT NOT NULL,
	subject_id BIGINT NOT NULL,
	n INT NOT NULL,
	PRIMARY KEY (city_id, id)
);

-- below_id: the next unit on the way down, 0 for unit_id itself. tail: in an employer's row the path below the employer.
-- only: sqlite
CREATE TABLE measure_row (
	city_id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	measure TEXT NOT NULL,
	day TEXT NOT NULL,
	id BIGINT NOT NULL,
	below_id BIGINT NOT NULL,
	subject_id BIGINT NOT NULL,
	n INT NOT NULL,
	tail TEXT NOT NULL,
	PRIMARY KEY (city_id, unit_id, measure, day, id)
) WITHOUT ROWID;
-- only: pg
CREATE TABLE measure_row (
	city_id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	measure TEXT NOT NULL,
	day TEXT NOT NULL,
	id BIGINT NOT NULL,
	below_id BIGINT NOT NULL,
	subject_id BIGINT NOT NULL,
	n INT NOT NULL,
	tail TEXT NOT NULL,
	PRIMARY KEY (city_id, unit_id, measure, day, id)
);

-- Sums of a day, for units above the employer; above_id: the unit above it at that time, 0 for the city.
CREATE TABLE measure_day (
	city_id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	measure TEXT NOT NULL,
	day TEXT NOT NULL,
	above_id BIGINT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (city_id, unit_id, measure, day, above_id)
);
CREATE INDEX measure_day_below ON measure_day (city_id, above_id, measure, day, unit_id, n);

-- In which employers a workshop or team stood when something of it was counted: its rows are among theirs.
CREATE TABLE measure_home (
	city_id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	enterprise_id BIGINT NOT NULL,
	PRIMARY KEY (city_id, unit_id, enterprise_id)
);

-- Whom a measure that counts once has counted: a person (subject_id) of an employer (unit_id) in a period.
CREATE TABLE measure_once (
	city_id BIGINT NOT NULL,
	measure TEXT NOT NULL,
	period TEXT NOT NULL,
	unit_id BIGINT NOT NULL,
	subject_id BIGINT NOT NULL,
	PRIMARY KEY (city_id, measure, period, unit_id, subject_id)
);

-- phase: ready, stale (rows are to be made anew from what happened) or making. run: who is at it; at: when it was last seen.
CREATE TABLE measure_state (
	city_id BIGINT NOT NULL,
	phase TEXT NOT NULL,
	run BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (city_id)
);

-- Of a city that is there already nothing is counted yet.
INSERT INTO measure_state (city_id, phase, run, at) SELECT city_id, 'stale', 0, 0 FROM city WHERE city_id > 0;
