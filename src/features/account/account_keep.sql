-- name: account_members
-- scope: city
SELECT id, name, staff_number, unit_id FROM person
WHERE city_id = $1 AND enterprise_id = $2 AND unit_path >= $3 AND unit_path < $4 AND has_left = 0
ORDER BY sort_key, id
LIMIT 200;

-- name: account_phone_insert
-- scope: city
INSERT INTO shared_phone (city_id, id, unit_id, name, secret_hash, made_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, 0);

-- name: account_phone_find
-- scope: city
SELECT id, unit_id, name, made_at FROM shared_phone WHERE city_id = $1 AND secret_hash = $2 AND ended_at = 0;

-- name: account_phone_by_id
-- scope: city
SELECT id, unit_id, name, made_at FROM shared_phone WHERE city_id = $1 AND id = $2 AND ended_at = 0;

-- name: account_phones_of
-- scope: city
SELECT id, unit_id, name, made_at FROM shared_phone WHERE city_id = $1 AND unit_id = $2 AND ended_at = 0 ORDER BY id LIMIT 50;

-- name: account_phone_end
-- scope: city
UPDATE shared_phone SET ended_at = $3 WHERE city_id = $1 AND id = $2 AND ended_at = 0;

-- name: account_phone_users
-- scope: city
SELECT a.id, p.name FROM shared_phone_user x
JOIN account a ON a.city_id = x.city_id AND a.id = x.account_id
JOIN person p ON p.city_id = a.city_id AND p.id = a.person_id
WHERE x.city_id = $1 AND x.phone_id = $2 AND a.is_locked = 0 AND p.has_left = 0
ORDER BY p.sort_key, a.id
LIMIT 100;

-- name: account_phone_user_add
-- scope: city
INSERT INTO shared_phone_user (city_id, phone_id, account_id) VALUES ($1, $2, $3)
ON CONFLICT (city_id, phone_id, account_id) DO NOTHING;

-- name: account_phone_user_remove
-- scope: city
DELETE FROM shared_phone_user WHERE city_id = $1 AND phone_id = $2 AND account_id = $3;
