-- name: assignment_insert
-- scope: city
INSERT INTO assignment (city_id, id, employer_id, person_id, unit_id, kind, every_days, from_on, to_on, note, end_reason, due_on, made_by,
	ended_by, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: assignment_update
-- scope: city
UPDATE assignment
SET kind = $4, every_days = $5, note = $6, to_on = $7, end_reason = $8, ended_by = $9, due_on = $10, version = version + 1
WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: assignment_due_set
-- scope: city
UPDATE assignment SET due_on = $3 WHERE city_id = $1 AND id = $2 AND due_on <> $3;

-- name: assignment_with_id
-- scope: city
SELECT a.id, a.employer_id, a.person_id, a.unit_id, a.kind, a.every_days, a.from_on, a.to_on, a.note, a.end_reason, a.due_on, a.made_by,
	a.ended_by, a.version, u.name AS employer_name, u.path AS employer_path, p.name AS person_name, o.name AS unit_name
FROM assignment a
JOIN unit u ON u.city_id = a.city_id AND u.id = a.employer_id
JOIN person p ON p.city_id = a.city_id AND p.id = a.person_id
JOIN unit o ON o.city_id = a.city_id AND o.id = a.unit_id
WHERE a.city_id = $1 AND a.id = $2;

-- name: assignment_at_employer
-- scope: city
SELECT a.id, a.employer_id, a.person_id, a.unit_id, a.kind, a.every_days, a.from_on, a.to_on, a.note, a.end_reason, a.due_on, a.made_by,
	a.ended_by, a.version, u.name AS employer_name, u.path AS employer_path, p.name AS person_name, o.name AS unit_name
FROM assignment a
JOIN unit u ON u.city_id = a.city_id AND u.id = a.employer_id
JOIN person p ON p.city_id = a.city_id AND p.id = a.person_id
JOIN unit o ON o.city_id = a.city_id AND o.id = a.unit_id
WHERE a.city_id = $1 AND a.employer_id = $2
ORDER BY a.id DESC
LIMIT 200;

-- name: assignment_open_by_person
-- scope: city
SELECT a.id, a.employer_id, a.person_id, a.unit_id, a.kind, a.every_days, a.from_on, a.to_on, a.note, a.end_reason, a.due_on, a.made_by,
	a.ended_by, a.version, u.name AS employer_name, u.path AS employer_path, p.name AS person_name, o.name AS unit_name
FROM assignment a
JOIN unit u ON u.city_id = a.city_id AND u.id = a.employer_id
JOIN person p ON p.city_id = a.city_id AND p.id = a.person_id
JOIN unit o ON o.city_id = a.city_id AND o.id = a.unit_id
WHERE a.city_id = $1 AND a.person_id = $2 AND (a.to_on = '' OR a.to_on >= $3) AND u.is_closed = 0 AND a.id > $4
ORDER BY a.id
LIMIT $5;

-- name: assignment_open_by_person_count
-- scope: city
SELECT COUNT(a.id) AS n
FROM assignment a JOIN unit u ON u.city_id = a.city_id AND u.id = a.employer_id
WHERE a.city_id = $1 AND a.person_id = $2 AND (a.to_on = '' OR a.to_on >= $3) AND u.is_closed = 0;

-- name: assignment_overdue_by_person_count
-- scope: city
SELECT COUNT(a.id) AS n
FROM assignment a JOIN unit u ON u.city_id = a.city_id AND u.id = a.employer_id
WHERE a.city_id = $1 AND a.person_id = $2 AND a.due_on <> '' AND a.due_on < $3 AND (a.to_on = '' OR a.to_on >= $3) AND u.is_closed = 0;

-- name: assignment_between
-- scope: city
SELECT COUNT(id) AS n FROM assignment WHERE city_id = $1 AND employer_id = $2 AND person_id = $3 AND (to_on = '' OR to_on >= $4);

-- name: assignment_names_of
-- scope: city
SELECT p.name
FROM assignment a JOIN person p ON p.city_id = a.city_id AND p.id = a.person_id
WHERE a.city_id = $1 AND a.employer_id = $2 AND a.from_on <= $3 AND (a.to_on = '' OR a.to_on >= $3)
ORDER BY a.id
LIMIT 5;

-- Each employer once, however many look after it.
-- name: assignment_employers_held
-- scope: city
SELECT COUNT(u.id) AS n
FROM unit u
WHERE u.city_id = $1 AND u.kind = 'employer' AND u.is_closed = 0 AND u.path >= $2 AND u.path < $3
	AND EXISTS (SELECT a.id FROM assignment a WHERE a.city_id = $1 AND a.employer_id = u.id AND a.from_on <= $4
		AND (a.to_on = '' OR a.to_on >= $4));

-- name: assignment_visit_last
-- scope: city
SELECT COALESCE(MAX(visited_on), '') AS visited_on FROM assignment_visit WHERE city_id = $1 AND employer_id = $2;

-- name: assignment_visit_add
-- scope: city
INSERT INTO assignment_visit (city_id, id, employer_id, person_id, unit_id, visited_on, note) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: assignment_visit_there
-- scope: city
SELECT id FROM assignment_visit WHERE city_id = $1 AND person_id = $2 AND employer_id = $3 AND visited_on = $4;

-- name: assignment_visit_note
-- scope: city
UPDATE assignment_visit SET note = $3 WHERE city_id = $1 AND id = $2;

-- name: assignment_visits_at
-- scope: city
SELECT v.id, v.employer_id, v.person_id, v.unit_id, v.visited_on, v.note, p.name AS person_name, o.name AS unit_name
FROM assignment_visit v
JOIN person p ON p.city_id = v.city_id AND p.id = v.person_id
JOIN unit o ON o.city_id = v.city_id AND o.id = v.unit_id
WHERE v.city_id = $1 AND v.employer_id = $2
ORDER BY v.visited_on DESC, v.id DESC
LIMIT 50;

-- Employers that were ever assigned or visited, for what is derived from that.
-- name: assignment_employers_after
-- scope: city
SELECT DISTINCT employer_id FROM assignment WHERE city_id = $1 AND employer_id > $2 ORDER BY employer_id LIMIT $3;

-- name: assignment_visited_after
-- scope: city
SELECT DISTINCT employer_id FROM assignment_visit WHERE city_id = $1 AND employer_id > $2 ORDER BY employer_id LIMIT $3;

-- The duties of somebody that make a cadre, with where.
-- name: assignment_duties_of
-- scope: city
SELECT u.id, u.name, u.path
FROM duty d
JOIN unit u ON u.city_id = d.city_id AND u.id = d.unit_id
JOIN person p ON p.city_id = d.city_id AND p.id = d.person_id
WHERE d.city_id = $1 AND d.person_id = $2 AND d.role IN ('township_cadre', 'county_cadre', 'city_cadre', 'production_protection')
	AND d.from_on <= $3 AND (d.to_on = '' OR d.to_on >= $3) AND p.has_left = 0
ORDER BY u.path DESC
LIMIT 50;

-- name: assignment_cadres_near
-- scope: city
SELECT p.id, p.name, u.id AS unit_id, u.name AS unit_name, u.path AS unit_path,
	(SELECT COUNT(a.id) FROM assignment a JOIN unit f ON f.city_id = a.city_id AND f.id = a.employer_id
		WHERE a.city_id = $1 AND a.person_id = p.id AND (a.to_on = '' OR a.to_on >= $2) AND f.is_closed = 0) AS assigned,
	(SELECT COUNT(a.id) FROM assignment a JOIN unit f ON f.city_id = a.city_id AND f.id = a.employer_id
		WHERE a.city_id = $1 AND a.person_id = p.id AND a.due_on <> '' AND a.due_on < $2
		AND (a.to_on = '' OR a.to_on >= $2) AND f.is_closed = 0) AS overdue
FROM unit u
JOIN duty d ON d.city_id = u.city_id AND d.unit_id = u.id
JOIN person p ON p.city_id = d.city_id AND p.id = d.person_id
WHERE u.city_id = $1 AND u.enterprise_id = 0 AND (substr(CAST($3 AS TEXT), 1, length(u.path)) = u.path OR (u.path >= $3 AND u.path < $4))
	AND d.role IN ('township_cadre', 'county_cadre', 'city_cadre', 'production_protection')
	AND d.from_on <= $2 AND (d.to_on = '' OR d.to_on >= $2) AND p.has_left = 0
ORDER BY u.path, p.sort_key, p.id
LIMIT 500;

-- Who stands for an employer towards a cadre: the management first.
-- name: assignment_head_of
-- scope: city
SELECT p.name, p.phone
FROM duty d JOIN person p ON p.city_id = d.city_id AND p.id = d.person_id
WHERE d.city_id = $1 AND d.unit_id = $2 AND d.role = 'management' AND (d.to_on = '' OR d.to_on >= $3) AND p.has_left = 0
ORDER BY d.id
LIMIT 1;

-- name: assignment_employer_with_uscc
-- scope: city
SELECT id, path, name, is_closed FROM unit WHERE city_id = $1 AND uscc = $2 AND uscc <> '' AND kind = 'employer';

-- name: assignment_employers_by_name
-- scope: city
SELECT id, path, name, is_closed
FROM unit
WHERE city_id = $1 AND kind = 'employer' AND sort_key = $2 AND name = $3
ORDER BY id
LIMIT 6;

-- name: assignment_employers_below
-- scope: city
SELECT id, path, name, is_closed, industry, size, high_risk, non_public, headcount
FROM unit
WHERE city_id = $1 AND kind = 'employer' AND is_closed = 0 AND path >= $2 AND path < $3
	AND industry >= $4 AND industry < $5 AND (CAST($6 AS TEXT) = '' OR size = CAST($6 AS TEXT))
	AND (CAST($7 AS BIGINT) < 0 OR high_risk = CAST($7 AS BIGINT))
	AND (CAST($8 AS TEXT) = '' OR replace(name, CAST($8 AS TEXT), '') <> name)
	AND (CAST($9 AS BIGINT) = 0 OR NOT EXISTS (SELECT a.id FROM assignment a WHERE a.city_id = $1 AND a.employer_id = unit.id
		AND (a.to_on = '' OR a.to_on >= $10)))
ORDER BY path
LIMIT $11;

-- name: assignment_employer_names_below
-- scope: city
SELECT id, path, name, is_closed FROM unit WHERE city_id = $1 AND kind = 'employer' AND path >= $2 AND path < $3 ORDER BY path;

-- A cadre's own, the next visit first.
-- list: assignment_of_cadre
-- scope: city
-- select: SELECT a.id, a.employer_id, a.person_id, a.unit_id, a.kind, a.every_days, a.from_on, a.to_on, a.note, a.end_reason, a.due_on, a.made_by, a.ended_by, a.version, u.name AS employer_name, u.path AS employer_path, p.name AS person_name, o.name AS unit_name
-- select: FROM assignment a JOIN unit u ON u.city_id = a.city_id AND u.id = a.employer_id
-- select: JOIN person p ON p.city_id = a.city_id AND p.id = a.person_id JOIN unit o ON o.city_id = a.city_id AND o.id = a.unit_id
-- id: a.id
-- anchor person: a.person_id = $2
-- sort due: a.due_on text
-- residual ended: CAST($6 AS BIGINT) = 1 OR (u.is_closed = 0 AND (a.to_on = '' OR a.to_on >= $7))
-- residual overdue: CAST($8 AS BIGINT) = 0 OR (a.due_on <> '' AND a.due_on < $9)
-- residual below: u.path || '' >= $10 AND u.path || '' < $11

-- Those of a subtree, by employer.
-- list: assignment_below
-- scope: city
-- select: SELECT a.id, a.employer_id, a.person_id, a.unit_id, a.kind, a.every_days, a.from_on, a.to_on, a.note, a.end_reason, a.due_on, a.made_by, a.ended_by, a.version, u.name AS employer_name, u.path AS employer_path, p.name AS person_name, o.name AS unit_name, u.sort_key AS employer_key
-- select: FROM unit u JOIN assignment a ON a.city_id = u.city_id AND a.employer_id = u.id
-- select: JOIN person p ON p.city_id = a.city_id AND p.id = a.person_id JOIN unit o ON o.city_id = a.city_id AND o.id = a.unit_id
-- id: a.id
-- anchor city: u.kind = 'employer'
-- anchor top: u.kind = 'employer' AND u.top_id = $2
-- anchor mid: u.kind = 'employer' AND u.mid_id = $2
-- anchor enterprise: u.kind = 'employer' AND u.enterprise_id = $2
-- sort name: u.sort_key text
-- residual ended: CAST($6 AS BIGINT) = 1 OR (u.is_closed = 0 AND (a.to_on = '' OR a.to_on >= $7))
-- residual overdue: CAST($8 AS BIGINT) = 0 OR (a.due_on <> '' AND a.due_on < $9)
-- residual below: u.path || '' >= $10 AND u.path || '' < $11
