-- name: join_code_active
-- scope: city
SELECT id, unit_id, code, made_at, ended_at, scans FROM join_code
WHERE city_id = $1 AND unit_id = $2 AND ended_at = 0
ORDER BY id DESC
LIMIT 1;

-- name: join_code_find
-- scope: city
SELECT id, unit_id, code, made_at, ended_at, scans FROM join_code WHERE city_id = $1 AND code = $2 AND ended_at = 0;

-- name: join_code_insert
-- scope: city
INSERT INTO join_code (city_id, id, unit_id, code, made_at, ended_at, scans) VALUES ($1, $2, $3, $4, $5, 0, 0);

-- name: join_code_end
-- scope: city
UPDATE join_code SET ended_at = $3 WHERE city_id = $1 AND unit_id = $2 AND ended_at = 0;

-- name: join_code_scanned
-- scope: city
UPDATE join_code SET scans = scans + 1 WHERE city_id = $1 AND id = $2 AND scans < 9999;

-- name: join_code_where
-- scope: national because who opens a poster's address does not know the city yet
SELECT city_id AS city FROM join_code_city WHERE code = $1;

-- name: join_code_take
-- scope: national because who opens a poster's address does not know the city yet
INSERT INTO join_code_city (code, city_id) VALUES ($1, $2);

-- name: join_request_insert
-- scope: city
INSERT INTO join_request (city_id, id, unit_id, name, phone, staff_number, pin, secret_hash, state, reason, made_at, ends_at, account_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', '', $9, $10, 0);

-- name: join_request_by_id
-- scope: city
SELECT id, unit_id, name, phone, staff_number, pin, state, reason, made_at, ends_at, account_id, account_version FROM join_request
WHERE city_id = $1 AND id = $2;

-- name: join_request_mine
-- scope: city
SELECT id, unit_id, name, phone, staff_number, pin, state, reason, made_at, ends_at, account_id, account_version FROM join_request
WHERE city_id = $1 AND secret_hash = $2 AND ends_at > $3;

-- name: join_request_decide
-- scope: city
UPDATE join_request SET state = $3, reason = $4, account_id = $5, ends_at = $6, account_version = $7, pin = ''
WHERE city_id = $1 AND id = $2 AND state = 'waiting';

-- name: join_request_enter
-- scope: city
UPDATE join_request SET state = 'entered' WHERE city_id = $1 AND id = $2 AND state = 'confirmed';

-- name: join_request_sweep
-- scope: city
DELETE FROM join_request WHERE city_id = $1 AND ends_at <= $2;

-- name: join_waiting_count
-- scope: city
SELECT COUNT(id) AS n FROM join_request WHERE city_id = $1 AND unit_id = $2 AND state = 'waiting';

-- name: join_waiting
-- scope: city
SELECT r.id, r.unit_id, r.name, r.phone, r.staff_number, r.made_at, r.ends_at, u.name AS unit_name, u.path AS unit_path
FROM unit u
JOIN join_request r ON r.city_id = u.city_id AND r.unit_id = u.id
WHERE u.city_id = $1 AND u.enterprise_id = $2 AND u.path >= $3 AND u.path < $4 AND r.state = 'waiting' AND r.ends_at > $5 AND r.id > $6
ORDER BY r.id
LIMIT $7;
