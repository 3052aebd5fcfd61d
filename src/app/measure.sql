-- name: measure_fresh_add
-- scope: city
INSERT INTO measure_fresh (city_id, id, measure, day, path, enterprise_id, subject_id, n) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: measure_once_add
-- scope: city
INSERT INTO measure_once (city_id, measure, period, unit_id, subject_id) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (city_id, measure, period, unit_id, subject_id) DO NOTHING;

-- name: measure_fresh_all
-- scope: city
SELECT id, measure, day, path, enterprise_id, subject_id, n FROM measure_fresh WHERE city_id = $1 ORDER BY id;

-- name: measure_fresh_some
-- scope: city
SELECT id, measure, day, path, enterprise_id, subject_id, n FROM measure_fresh WHERE city_id = $1 ORDER BY id LIMIT $2;

-- name: measure_fresh_folded
-- scope: city
DELETE FROM measure_fresh WHERE city_id = $1 AND id >= $2 AND id <= $3;

-- name: measure_fresh_of_subjects
-- scope: city
DELETE FROM measure_fresh WHERE city_id = $1 AND measure = $2 AND subject_id > $3 AND subject_id <= $4;

-- ---- folding

-- name: measure_row_add
-- scope: city
INSERT INTO measure_row (city_id, unit_id, measure, day, id, below_id, subject_id, n, tail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: measure_day_add
-- scope: city
INSERT INTO measure_day (city_id, unit_id, measure, day, above_id, n) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (city_id, unit_id, measure, day, above_id) DO UPDATE SET n = measure_day.n + excluded.n;

-- name: measure_home_add
-- scope: city
INSERT INTO measure_home (city_id, unit_id, enterprise_id) VALUES ($1, $2, $3)
ON CONFLICT (city_id, unit_id, enterprise_id) DO NOTHING;

-- ---- state

-- name: measure_state_of
-- scope: city
SELECT phase, run, at FROM measure_state WHERE city_id = $1;

-- name: measure_state_first
-- scope: city
INSERT INTO measure_state (city_id, phase, run, at) VALUES ($1, 'ready', 0, 0) ON CONFLICT (city_id) DO NOTHING;

-- Two that fold at once on PostgreSQL come one after the other here.
-- name: measure_state_hold
-- scope: city
UPDATE measure_state SET run = run WHERE city_id = $1 AND phase = 'ready';

-- name: measure_state_make
-- scope: city
UPDATE measure_state SET phase = 'making', run = $2, at = $3 WHERE city_id = $1;

-- name: measure_state_seen
-- scope: city
UPDATE measure_state SET at = $3 WHERE city_id = $1 AND run = $2 AND phase = 'making';

-- name: measure_state_made
-- scope: city
UPDATE measure_state SET phase = 'ready', at = $3 WHERE city_id = $1 AND run = $2 AND phase = 'making';

-- ---- making anew

-- name: measure_row_keys
-- scope: city
SELECT unit_id, measure, day, id FROM measure_row WHERE city_id = $1 ORDER BY unit_id, measure, day, id LIMIT 2000;

-- name: measure_row_drop
-- scope: city
DELETE FROM measure_row WHERE city_id = $1 AND unit_id = $2 AND measure = $3 AND day = $4 AND id = $5;

-- name: measure_day_keys
-- scope: city
SELECT unit_id, measure, day, above_id FROM measure_day WHERE city_id = $1 ORDER BY unit_id, measure, day, above_id LIMIT 2000;

-- name: measure_day_drop
-- scope: city
DELETE FROM measure_day WHERE city_id = $1 AND unit_id = $2 AND measure = $3 AND day = $4 AND above_id = $5;

-- ---- reading

-- name: measure_day_sum
-- scope: city
SELECT CAST(SUM(n) AS BIGINT) AS n FROM measure_day
WHERE city_id = $1 AND unit_id = $2 AND measure = $3 AND day >= $4 AND day <= $5;

-- name: measure_row_sum
-- scope: city
SELECT CAST(SUM(n) AS BIGINT) AS n FROM measure_row
WHERE city_id = $1 AND unit_id = $2 AND measure = $3 AND day >= $4 AND day <= $5;

-- Of a workshop or team ($6: '/' or the path's segment between strokes) among the rows of an employer.
-- name: measure_row_sum_inside
-- scope: city
SELECT CAST(SUM(n) AS BIGINT) AS n FROM measure_row
WHERE city_id = $1 AND unit_id = $2 AND measure = $3 AND day >= $4 AND day <= $5 AND replace(tail, $6, '') <> tail;

-- name: measure_homes
-- scope: city
SELECT enterprise_id AS id FROM measure_home WHERE city_id = $1 AND unit_id = $2 ORDER BY enterprise_id;

-- name: measure_day_parts
-- scope: city
SELECT unit_id AS id, CAST(SUM(n) AS BIGINT) AS n FROM measure_day
WHERE city_id = $1 AND above_id = $2 AND measure = $3 AND day >= $4 AND day <= $5
GROUP BY unit_id
ORDER BY unit_id;

-- name: measure_row_parts
-- scope: city
SELECT below_id AS id, CAST(SUM(n) AS BIGINT) AS n FROM measure_row
WHERE city_id = $1 AND unit_id = $2 AND measure = $3 AND day >= $4 AND day <= $5
GROUP BY below_id
ORDER BY below_id;

-- name: measure_row_tails
-- scope: city
SELECT tail, CAST(SUM(n) AS BIGINT) AS n FROM measure_row
WHERE city_id = $1 AND unit_id = $2 AND measure = $3 AND day >= $4 AND day <= $5 AND replace(tail, $6, '') <> tail
GROUP BY tail
ORDER BY tail;

-- Newest first, before ($6, $7); $8 as above, '' for all.
-- name: measure_row_page
-- scope: city
SELECT day, id, measure, subject_id, below_id, n FROM measure_row
WHERE city_id = $1 AND unit_id = $2 AND measure = $3 AND day >= $4 AND day <= $5 AND day <= $6 AND (day < $6 OR id < $7)
	AND (CAST($8 AS TEXT) = '' OR replace(tail, $8, '') <> tail)
ORDER BY day DESC, id DESC
LIMIT $9;

-- ---- checking

-- name: measure_day_all
-- scope: city
SELECT unit_id, measure, day, above_id, n FROM measure_day WHERE city_id = $1 ORDER BY unit_id, measure, day, above_id;

-- name: measure_row_all
-- scope: city
SELECT unit_id, measure, day, id, below_id, subject_id, n, tail FROM measure_row WHERE city_id = $1
ORDER BY unit_id, measure, day, id;
