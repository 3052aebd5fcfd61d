-- name: account_person_by_id
-- scope: city
SELECT id, name, phone, staff_number, unit_id, has_left, version
FROM person
WHERE city_id = $1 AND id = $2;

-- name: account_person_insert
-- scope: city
INSERT INTO person (city_id, id, name, sort_key, phone, staff_number, unit_id, unit_path, top_id, mid_id, enterprise_id, has_left, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: account_person_touch
-- scope: city
UPDATE person SET version = version + 1 WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: account_person_update
-- scope: city
UPDATE person
SET name = $4, sort_key = $5, phone = $6, staff_number = $7, unit_id = $8, unit_path = $9, top_id = $10, mid_id = $11,
	enterprise_id = $12, has_left = $13, version = version + 1
WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: account_persons_numbered
-- scope: city
SELECT id, name, phone, staff_number, unit_id, has_left, version
FROM person
WHERE city_id = $1 AND enterprise_id = $2 AND staff_number = $3 AND staff_number <> ''
ORDER BY id
LIMIT 2;

-- name: account_persons_phoned
-- scope: city
SELECT id, name, phone, staff_number, unit_id, has_left, version
FROM person
WHERE city_id = $1 AND phone = $2 AND phone <> ''
ORDER BY id
LIMIT 2;

-- name: account_persons_phoned_in
-- scope: city
SELECT id, name, phone, staff_number, unit_id, has_left, version
FROM person
WHERE city_id = $1 AND enterprise_id = $2 AND phone = $3 AND phone <> ''
ORDER BY id
LIMIT 2;

-- name: account_phone_holder
-- scope: city
SELECT id, name, phone, staff_number, unit_id, has_left, version
FROM person
WHERE city_id = $1 AND phone = $2 AND phone <> '' AND has_left = 0 AND id <> $3
ORDER BY id
LIMIT 1;

-- name: account_duty_held
-- scope: city
SELECT COUNT(id) AS n FROM duty
WHERE city_id = $1 AND person_id = $2 AND role = $3 AND unit_id = $4 AND custom_id = 0 AND (to_on = '' OR to_on >= $5);

-- name: account_duties
-- scope: city
SELECT d.id, d.unit_id, d.role, d.custom_id, COALESCE(r.name, '') AS custom_name, u.path AS unit_path, u.name AS unit_name,
	(SELECT COUNT(1) FROM moving m WHERE m.city_id = $1) AS n_moving
FROM duty d JOIN unit u ON u.city_id = d.city_id AND u.id = d.unit_id
LEFT JOIN custom_role r ON r.city_id = d.city_id AND r.id = d.custom_id
WHERE d.city_id = $1 AND d.person_id = $2 AND d.from_on <= $3 AND (d.to_on = '' OR d.to_on >= $3)
ORDER BY u.path, d.id;

-- name: account_duty_roles
-- scope: city
SELECT role, custom_id FROM duty WHERE city_id = $1 AND person_id = $2 AND (to_on = '' OR to_on >= $3) ORDER BY id;

-- name: account_duty_insert
-- scope: city
INSERT INTO duty (city_id, id, person_id, role, unit_id, from_on, to_on, custom_id, for_person_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: account_duties_of
-- scope: city
SELECT d.id, d.person_id, d.role, d.unit_id, d.custom_id, COALESCE(r.name, '') AS custom_name, d.from_on, d.to_on, d.for_person_id,
	u.path AS unit_path, u.name AS unit_name, COALESCE(f.name, '') AS for_name
FROM duty d JOIN unit u ON u.city_id = d.city_id AND u.id = d.unit_id
LEFT JOIN custom_role r ON r.city_id = d.city_id AND r.id = d.custom_id
LEFT JOIN person f ON f.city_id = d.city_id AND f.id = d.for_person_id
WHERE d.city_id = $1 AND d.person_id = $2
ORDER BY d.id DESC
LIMIT 200;

-- name: account_duty_by_id
-- scope: city
SELECT d.id, d.person_id, d.role, d.unit_id, d.custom_id, COALESCE(r.name, '') AS custom_name, d.from_on, d.to_on, d.for_person_id,
	u.path AS unit_path, u.name AS unit_name, COALESCE(f.name, '') AS for_name
FROM duty d JOIN unit u ON u.city_id = d.city_id AND u.id = d.unit_id
LEFT JOIN custom_role r ON r.city_id = d.city_id AND r.id = d.custom_id
LEFT JOIN person f ON f.city_id = d.city_id AND f.id = d.for_person_id
WHERE d.city_id = $1 AND d.id = $2 AND d.person_id = $3;

-- name: account_duty_last_day
-- scope: city
UPDATE duty SET to_on = $3 WHERE city_id = $1 AND id = $2 AND (to_on = '' OR to_on > $3);

-- name: account_duty_lent
-- scope: city
SELECT d.id, d.person_id, d.role, d.unit_id, d.custom_id, '' AS custom_name, d.from_on, d.to_on, d.for_person_id, '' AS unit_path,
	'' AS unit_name, '' AS for_name
FROM duty d
WHERE d.city_id = $1 AND d.unit_id = $2 AND d.role = $3 AND d.custom_id = $4 AND d.for_person_id = $5 AND d.to_on > $6
ORDER BY d.id;

-- name: account_duty_others_at
-- scope: city
SELECT COUNT(d.id) AS n FROM duty d JOIN person p ON p.city_id = d.city_id AND p.id = d.person_id
WHERE d.city_id = $1 AND d.unit_id = $2 AND d.role = $3 AND d.custom_id = $4 AND d.person_id <> $5 AND d.for_person_id = 0 AND d.from_on <= $6
	AND (d.to_on = '' OR d.to_on >= $6) AND p.has_left = 0;

-- name: account_role_grants
-- scope: city
SELECT g.what, g.reach
FROM custom_role r JOIN custom_grant g ON g.city_id = r.city_id AND g.role_id = r.id
WHERE r.city_id = $1 AND r.id = $2 AND r.is_closed = 0
ORDER BY g.what
LIMIT 300;

-- name: account_role_by_id
-- scope: city
SELECT id, name, basis, note, is_closed, version FROM custom_role WHERE city_id = $1 AND id = $2;

-- name: account_people_of
-- scope: city
SELECT DISTINCT p.id, p.name, d.role, u.name AS unit_name, p.sort_key, u.path
FROM unit u
JOIN duty d ON d.city_id = u.city_id AND d.unit_id = u.id
JOIN person p ON p.city_id = d.city_id AND p.id = d.person_id
WHERE u.city_id = $1 AND u.enterprise_id = $2 AND d.role IN ($3, $4, $5, $6, $7, $8)
	AND d.to_on = '' AND p.has_left = 0
ORDER BY u.path, p.sort_key, p.id
LIMIT 500;

-- name: account_by_id
-- scope: city
SELECT id, person_id, login, password, must_change, is_locked, once_until, version FROM account WHERE city_id = $1 AND id = $2;

-- name: account_of_person
-- scope: city
SELECT id, person_id, login, password, must_change, is_locked, once_until, version FROM account WHERE city_id = $1 AND person_id = $2;

-- name: account_login_where
-- scope: national because the login page does not know the city yet
SELECT city_id AS city, account_id FROM login_city WHERE login = $1;

-- name: account_login_take
-- scope: national because the login page does not know the city yet
INSERT INTO login_city (login, city_id, account_id) VALUES ($1, $2, $3);

-- name: account_insert
-- scope: city
INSERT INTO account (city_id, id, person_id, login, password, must_change, is_locked, password_at, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: account_password_set
-- scope: city
UPDATE account SET password = $4, must_change = $5, password_at = $6, once_until = $7, version = version + 1
WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: account_password_demand
-- scope: city
UPDATE account SET must_change = 1, once_until = 0, version = version + 1 WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: account_hold
-- scope: city
UPDATE account SET version = version WHERE city_id = $1 AND id = $2 AND version = $3 AND is_locked = 0;

-- name: account_rehash
-- scope: city
UPDATE account SET password = $4 WHERE city_id = $1 AND id = $2 AND password = $3;

-- name: account_lock_set
-- scope: city
UPDATE account SET is_locked = $4, version = version + 1 WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: account_session_insert
-- scope: city
INSERT INTO session (city_id, id, account_id, token_hash, created_at, last_seen_at, ends_at, addr, agent, is_half, phone_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: account_session_find
-- scope: city
SELECT s.id AS session_id, s.last_seen_at, s.ends_at, s.is_half, s.phone_id, a.id AS account_id, a.login, a.must_change, a.password_at,
	COALESCE(f.confirmed_at, 0) AS factor_at, p.id AS person_id, p.name
FROM session s
JOIN account a ON a.city_id = s.city_id AND a.id = s.account_id
JOIN person p ON p.city_id = a.city_id AND p.id = a.person_id
LEFT JOIN account_factor f ON f.city_id = a.city_id AND f.account_id = a.id
WHERE s.city_id = $1 AND s.token_hash = $2 AND a.is_locked = 0 AND p.has_left = 0;

-- name: account_session_touch
-- scope: city
UPDATE session SET last_seen_at = $3 WHERE city_id = $1 AND id = $2 AND last_seen_at < $3;

-- name: account_session_end
-- scope: city
DELETE FROM session WHERE city_id = $1 AND id = $2 AND account_id = $3;

-- name: account_session_end_others
-- scope: city
DELETE FROM session WHERE city_id = $1 AND account_id = $2 AND id <> $3;

-- name: account_session_sweep
-- scope: city
DELETE FROM session WHERE city_id = $1 AND ends_at <= $2;

-- name: account_sessions
-- scope: city
SELECT id, created_at, last_seen_at, ends_at, addr, agent, phone_id
FROM session
WHERE city_id = $1 AND account_id = $2 AND ends_at > $3 AND is_half = 0
ORDER BY id DESC
LIMIT 100;

-- name: account_token_insert
-- scope: city
INSERT INTO api_token (city_id, id, account_id, name, scope, token_hash, created_at, last_used_at, revoked_at, expires_at, permissions)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: account_token_find
-- scope: city
SELECT k.id AS session_id, k.last_used_at AS last_seen_at, k.expires_at AS ends_at, k.scope, k.permissions, a.id AS account_id, a.login, a.must_change, p.id AS person_id, p.name
FROM api_token k
JOIN account a ON a.city_id = k.city_id AND a.id = k.account_id
JOIN person p ON p.city_id = a.city_id AND p.id = a.person_id
WHERE k.city_id = $1 AND k.token_hash = $2 AND k.revoked_at = 0 AND a.is_locked = 0 AND p.has_left = 0;

-- name: account_token_touch
-- scope: city
UPDATE api_token SET last_used_at = $3 WHERE city_id = $1 AND id = $2 AND last_used_at < $3;

-- name: account_token_revoke
-- scope: city
UPDATE api_token SET revoked_at = $4 WHERE city_id = $1 AND id = $2 AND account_id = $3 AND revoked_at = 0;

-- name: account_token_revoke_all
-- scope: city
UPDATE api_token SET revoked_at = $3 WHERE city_id = $1 AND account_id = $2 AND revoked_at = 0;

-- name: account_tokens_of
-- scope: city
SELECT id, name, scope, permissions, created_at, last_used_at, revoked_at, expires_at
FROM api_token
WHERE city_id = $1 AND account_id = $2
ORDER BY id DESC
LIMIT 200;

-- name: account_attempt_find
-- scope: national because an attempt comes before its city is known
SELECT n, ends_at FROM login_attempt WHERE bucket = $1 AND ends_at > $2 AND ends_at <= $3;

-- name: account_attempt_count
-- scope: national because an attempt comes before its city is known
INSERT INTO login_attempt (bucket, n, ends_at) VALUES ($1, 1, $2)
ON CONFLICT (bucket) DO UPDATE SET
	n = CASE WHEN login_attempt.ends_at <= $3 OR login_attempt.ends_at > $4 THEN 1 ELSE login_attempt.n + 1 END,
	ends_at = CASE WHEN login_attempt.ends_at <= $3 OR login_attempt.ends_at > $4 OR login_attempt.n + 1 >= $5
		THEN excluded.ends_at ELSE login_attempt.ends_at END;

-- name: account_attempt_undo
-- scope: national because an attempt comes before its city is known
UPDATE login_attempt SET n = n - 1 WHERE bucket = $1 AND n > 0;

-- name: account_attempt_clear
-- scope: national because an attempt comes before its city is known
DELETE FROM login_attempt WHERE bucket = $1;

-- name: account_attempt_sweep
-- scope: national because an attempt comes before its city is known
DELETE FROM login_attempt WHERE ends_at <= $1;

-- list: account_people_list
-- scope: city
-- select: SELECT p.id, p.name, p.staff_number, p.phone, p.unit_id, u.name AS unit_name, p.unit_path, p.sort_key
-- select: FROM person p JOIN unit u ON u.city_id = p.city_id AND u.id = p.unit_id
-- id: p.id
-- anchor city: p.has_left = 0
-- anchor top: p.has_left = 0 AND p.top_id = $2
-- anchor mid: p.has_left = 0 AND p.mid_id = $2
-- anchor enterprise: p.has_left = 0 AND p.enterprise_id = $2
-- sort name: p.sort_key text
-- residual below: p.unit_path >= $6 AND p.unit_path < $7

-- name: account_people_in_enterprise
-- scope: city
SELECT COUNT(1) AS n
FROM (
	SELECT id
	FROM person
	WHERE city_id = $1 AND enterprise_id = $2 AND unit_path >= $3 AND unit_path < $4 AND has_left = 0
	ORDER BY enterprise_id
	LIMIT $5
) AS w;

-- name: account_people_in_mid
-- scope: city
SELECT COUNT(1) AS n
FROM (
	SELECT id
	FROM person
	WHERE city_id = $1 AND mid_id = $2 AND unit_path >= $3 AND unit_path < $4 AND has_left = 0
	ORDER BY mid_id
	LIMIT $5
) AS w;

-- name: account_people_in_top
-- scope: city
SELECT COUNT(1) AS n
FROM (
	SELECT id
	FROM person
	WHERE city_id = $1 AND top_id = $2 AND unit_path >= $3 AND unit_path < $4 AND has_left = 0
	ORDER BY top_id
	LIMIT $5
) AS w;

-- moved: account_moved_person
-- scope: city
-- table: person
-- ancestors: yes

-- moved: account_moved_duty
-- scope: city
-- table: duty

-- moved: account_moved_phone
-- scope: city
-- table: shared_phone
