-- Refusals, looks at protected fields, logins: what the trail holds besides the events.
-- list: audit_rows
-- scope: city
-- id: a.id
-- walk: audit a
-- select: SELECT a.id, a.at, a.what, a.object, a.detail, a.n, a.addr, a.role, a.actor_id, a.unit_id, COALESCE(p.name, '') AS actor_name,
-- select: COALESCE(u.name, '') AS unit_name
-- select: FROM audit a
-- select: LEFT JOIN person p ON p.city_id = a.city_id AND p.id = a.actor_id
-- select: LEFT JOIN unit u ON u.city_id = a.city_id AND u.id = a.unit_id
-- anchor city:
-- anchor actor: a.actor_id = $2
-- sort -at: a.at bigint
-- residual from: a.at >= $6
-- residual what: CAST($7 AS TEXT) = '' OR a.what = $7
-- residual object: CAST($8 AS TEXT) = '' OR a.object = $8
-- residual path: CAST($9 AS TEXT) = '' OR (u.path >= $9 AND u.path < $10)

-- Changes: the events of all objects.
-- list: audit_changes
-- scope: city
-- id: e.id
-- walk: event e
-- select: SELECT e.id, e.at, e.object_kind, e.object_id, e.seq, e.act, e.actor_id, e.addr, e.body, COALESCE(p.name, '') AS actor_name,
-- select: COALESCE(u.name, '') AS at_unit_name
-- select: FROM event e
-- select: LEFT JOIN person p ON p.city_id = e.city_id AND p.id = e.actor_id
-- select: LEFT JOIN unit u ON u.city_id = e.city_id AND u.id = e.unit_id
-- anchor city:
-- anchor actor: e.actor_id = $2
-- sort -at: e.at bigint
-- residual from: e.at >= $6
-- residual kind: CAST($7 AS TEXT) = '' OR e.object_kind = $7
-- residual act: CAST($8 AS TEXT) = '' OR e.act = $8
-- residual path: CAST($9 AS TEXT) = '' OR (u.path >= $9 AND u.path < $10)

-- name: audit_addresses
-- scope: city
SELECT seq, addr FROM event WHERE city_id = $1 AND object_kind = $2 AND object_id = $3 ORDER BY seq;

-- name: audit_change_unit
-- scope: city
SELECT e.unit_id, COALESCE(u.path, '') AS path
FROM event e
LEFT JOIN unit u ON u.city_id = e.city_id AND u.id = e.unit_id
WHERE e.city_id = $1 AND e.object_kind = $2 AND e.object_id = $3 AND e.seq = 1;

-- name: audit_person_by_login
-- scope: city
SELECT p.id, p.phone, p.unit_path
FROM account a JOIN person p ON p.city_id = a.city_id AND p.id = a.person_id
WHERE a.city_id = $1 AND a.login = $2;

-- name: audit_person_by_phone
-- scope: city
SELECT id, phone, unit_path FROM person WHERE city_id = $1 AND phone = $2 AND phone <> '' ORDER BY id LIMIT 1;

-- name: audit_person_by_id
-- scope: city
SELECT id, phone, unit_path FROM person WHERE city_id = $1 AND id = $2;

-- name: audit_rows_of_day
-- scope: city
SELECT id, at, what, object, detail, n, addr, role, actor_id, unit_id, minute
FROM audit
WHERE city_id = $1 AND at >= $2 AND at < $3 AND (at, id) > ($4, $5) AND behind = ''
ORDER BY at, id
LIMIT 500;

-- name: audit_rows_behind
-- scope: city
SELECT id, at, what, object, detail, n, addr, role, actor_id, unit_id, minute
FROM audit
WHERE city_id = $1 AND behind = $2 AND behind <> '' AND (at, id) > ($3, $4)
ORDER BY at, id
LIMIT 500;

-- name: audit_count_of_day
-- scope: city
SELECT (SELECT COUNT(*) FROM audit WHERE city_id = $1 AND at >= $2 AND at < $3 AND behind = '')
	+ (SELECT COUNT(*) FROM audit WHERE city_id = $1 AND behind = $4 AND behind <> '') AS n;

-- name: audit_first_at
-- scope: city
SELECT COALESCE(MIN(at), 0) AS at FROM audit WHERE city_id = $1;

-- name: audit_last_day
-- scope: city
SELECT day, n, hash FROM audit_day WHERE city_id = $1 ORDER BY day DESC LIMIT 1;

-- name: audit_day_add
-- scope: city
INSERT INTO audit_day (city_id, day, n, hash) VALUES ($1, $2, $3, $4) ON CONFLICT (city_id, day) DO NOTHING;

-- name: audit_days
-- scope: city
SELECT day, n, hash FROM audit_day WHERE city_id = $1 AND day > $2 ORDER BY day LIMIT 400;
