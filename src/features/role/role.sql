-- name: role_all
-- scope: city
SELECT id, name, basis, note, is_closed, version FROM custom_role WHERE city_id = $1 ORDER BY name LIMIT 200;

-- name: role_counts
-- scope: city
SELECT custom_id AS id, COUNT(1) AS n
FROM duty
WHERE city_id = $1 AND custom_id <> 0 AND (to_on = '' OR to_on >= $2)
GROUP BY custom_id
ORDER BY custom_id
LIMIT 200;

-- name: role_by_id
-- scope: city
SELECT id, name, basis, note, is_closed, version FROM custom_role WHERE city_id = $1 AND id = $2;

-- name: role_named
-- scope: city
SELECT id FROM custom_role WHERE city_id = $1 AND name = $2;

-- name: role_how_many
-- scope: city
SELECT COUNT(1) AS n FROM custom_role WHERE city_id = $1;

-- name: role_insert
-- scope: city
INSERT INTO custom_role (city_id, id, name, basis, note, is_closed, version) VALUES ($1, $2, $3, $4, $5, 0, 1);

-- name: role_update
-- scope: city
UPDATE custom_role SET name = $4, note = $5, is_closed = $6, version = version + 1 WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: role_grants
-- scope: city
SELECT what, reach FROM custom_grant WHERE city_id = $1 AND role_id = $2 ORDER BY what LIMIT 300;

-- name: role_grant_insert
-- scope: city
INSERT INTO custom_grant (city_id, role_id, what, reach) VALUES ($1, $2, $3, $4);

-- name: role_grants_drop
-- scope: city
DELETE FROM custom_grant WHERE city_id = $1 AND role_id = $2;

-- name: role_holders
-- scope: city
SELECT d.id, d.person_id, p.name, d.unit_id, u.name AS unit_name, u.path AS unit_path, d.from_on
FROM duty d
JOIN person p ON p.city_id = d.city_id AND p.id = d.person_id
JOIN unit u ON u.city_id = d.city_id AND u.id = d.unit_id
WHERE d.city_id = $1 AND d.custom_id = $2 AND d.custom_id <> 0 AND d.id > $3 AND (d.to_on = '' OR d.to_on >= $4)
ORDER BY d.id
LIMIT $5;

-- name: role_duty
-- scope: city
SELECT d.id, d.person_id, d.unit_id, u.path AS unit_path
FROM duty d JOIN unit u ON u.city_id = d.city_id AND u.id = d.unit_id
WHERE d.city_id = $1 AND d.id = $2 AND d.custom_id = $3 AND (d.to_on = '' OR d.to_on >= $4);

-- name: role_duty_end
-- scope: city
UPDATE duty SET to_on = $4 WHERE city_id = $1 AND id = $2 AND custom_id = $3 AND custom_id <> 0;

-- name: role_person_of_login
-- scope: city
SELECT p.id, p.unit_path
FROM account a JOIN person p ON p.city_id = a.city_id AND p.id = a.person_id
WHERE a.city_id = $1 AND a.login = $2 AND p.has_left = 0;

-- name: role_person_of_id
-- scope: city
SELECT id, unit_path FROM person WHERE city_id = $1 AND id = $2 AND has_left = 0;
