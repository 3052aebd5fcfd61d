-- Clocks of hidden dangers: whose turn it is, and when the wait passes on.

-- name: hazard_clock_of
-- scope: city
SELECT at, from_at, alarm_at, steps, alarms, informed, post, oversight
FROM hazard_clock
WHERE city_id = $1 AND hazard_id = $2;

-- name: hazard_clock_insert
-- scope: city
INSERT INTO hazard_clock (city_id, hazard_id, at, from_at, alarm_at, steps, alarms, informed, post, oversight)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: hazard_clock_update
-- scope: city
UPDATE hazard_clock
SET at = $3, from_at = $4, alarm_at = $5, steps = $6, alarms = $7, informed = $8, post = $9, oversight = $10
WHERE city_id = $1 AND hazard_id = $2;

-- name: hazard_clock_delete
-- scope: city
DELETE FROM hazard_clock WHERE city_id = $1 AND hazard_id = $2;

-- Whose step is due, in the order in which it became so.
-- name: hazard_clock_due
-- scope: city
SELECT hazard_id, at
FROM hazard_clock
WHERE city_id = $1 AND at > 0 AND at >= $2 AND at <= $3 AND (at > $2 OR hazard_id > $4)
ORDER BY at, hazard_id
LIMIT $5;

-- name: hazard_clock_ahead
-- scope: city
SELECT hazard_id, at
FROM hazard_clock
WHERE city_id = $1 AND from_at > $2
ORDER BY from_at, hazard_id
LIMIT $3;

-- Open ones after one of them, for a rebuild.
-- name: hazard_clock_open
-- scope: city
SELECT id AS hazard_id, due_at AS at
FROM hazard
WHERE city_id = $1 AND id > $2 AND (state || '' NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased') OR dispute <> '')
ORDER BY id
LIMIT $3;

-- name: hazard_rise
-- scope: city
UPDATE hazard
SET handling_level = $4, updated_at = $5, management_informed_at = $6, version = version + 1
WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: hazard_solved_set
-- scope: city
UPDATE hazard SET solved_level = $3 WHERE city_id = $1 AND id = $2;

-- name: hazard_solved_of
-- scope: city
SELECT solved_level FROM hazard WHERE city_id = $1 AND id = $2;

-- Who holds a role that day at one of the units above it, itself included; at most twelve of them.
-- name: hazard_holders
-- scope: city
SELECT d.person_id AS id, d.unit_id, d.for_person_id, p.name
FROM duty d
JOIN person p ON p.city_id = d.city_id AND p.id = d.person_id
WHERE d.city_id = $1 AND d.role = $2 AND d.unit_id IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) AND d.from_on <= $15
	AND (d.to_on = '' OR d.to_on >= $16) AND p.has_left = 0
ORDER BY d.id
LIMIT 50;

-- What was done while a clock ran ahead has its limit from now.
-- name: hazard_pull
-- scope: city
UPDATE hazard SET state_at = $4, due_at = $5, version = version + 1 WHERE city_id = $1 AND id = $2 AND version = $3;
