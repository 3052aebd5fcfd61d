-- Secondary memberships.

-- name: org_member_insert
-- scope: city
INSERT INTO membership (city_id, id, union_id, employer_id, from_on, to_on, version) VALUES ($1, $2, $3, $4, $5, '', 1);

-- name: org_member_open
-- scope: city
SELECT id FROM membership WHERE city_id = $1 AND union_id = $2 AND employer_id = $3 AND to_on = '';

-- name: org_member_end
-- scope: city
UPDATE membership SET to_on = $4, version = version + 1 WHERE city_id = $1 AND id = $2 AND version = $3 AND to_on = '';

-- name: org_member_by_id
-- scope: city
SELECT m.id, m.union_id, m.employer_id, m.from_on, m.to_on, m.version, e.name AS employer_name, e.code AS employer_code,
	e.path AS employer_path, u.name AS union_name, u.path AS union_path
FROM membership m
JOIN unit e ON e.city_id = m.city_id AND e.id = m.employer_id
JOIN unit u ON u.city_id = m.city_id AND u.id = m.union_id
WHERE m.city_id = $1 AND m.id = $2;

-- name: org_members_of_employer
-- scope: city
SELECT m.id, m.union_id, m.employer_id, m.from_on, m.to_on, m.version, e.name AS employer_name, e.code AS employer_code,
	e.path AS employer_path, u.name AS union_name, u.path AS union_path
FROM membership m
JOIN unit e ON e.city_id = m.city_id AND e.id = m.employer_id
JOIN unit u ON u.city_id = m.city_id AND u.id = m.union_id
WHERE m.city_id = $1 AND m.employer_id = $2
ORDER BY m.from_on DESC, m.id DESC
LIMIT 50;

-- name: org_members_count
-- scope: city
SELECT COUNT(1) AS n FROM membership WHERE city_id = $1 AND union_id = $2 AND to_on = '';

-- Of a merged unit: what the other does not have goes to it, and what it has ends.
-- name: org_member_union_follows
-- scope: city
UPDATE membership SET union_id = $3
WHERE city_id = $1 AND union_id = $2 AND to_on = ''
	AND employer_id NOT IN (SELECT employer_id FROM membership WHERE city_id = $1 AND union_id = $3 AND to_on = '');

-- name: org_member_employer_follows
-- scope: city
UPDATE membership SET employer_id = $3
WHERE city_id = $1 AND employer_id = $2 AND to_on = ''
	AND union_id NOT IN (SELECT union_id FROM membership WHERE city_id = $1 AND employer_id = $3 AND to_on = '');

-- name: org_member_union_ends
-- scope: city
UPDATE membership SET to_on = $3, version = version + 1 WHERE city_id = $1 AND union_id = $2 AND to_on = '';

-- name: org_member_employer_ends
-- scope: city
UPDATE membership SET to_on = $3, version = version + 1 WHERE city_id = $1 AND employer_id = $2 AND to_on = '';

-- list: org_members_list
-- scope: city
-- id: m.id
-- select: SELECT m.id, m.union_id, m.employer_id, m.from_on, m.to_on, m.version, e.name AS employer_name, e.code AS employer_code,
-- select: e.path AS employer_path, u.name AS union_name, u.path AS union_path
-- select: FROM membership m
-- select: JOIN unit e ON e.city_id = m.city_id AND e.id = m.employer_id
-- select: JOIN unit u ON u.city_id = m.city_id AND u.id = m.union_id
-- anchor union: m.union_id = $2
-- sort -from_on: m.from_on text
-- residual ended: m.to_on = '' OR CAST($6 AS BIGINT) = 1
-- residual q: CAST($7 AS TEXT) = '' OR replace(e.name, CAST($7 AS TEXT), '') <> e.name
