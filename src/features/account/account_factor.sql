-- name: account_factor_of
-- scope: city
SELECT secret, last_step, made_at, confirmed_at FROM account_factor WHERE city_id = $1 AND account_id = $2;

-- name: account_factor_put
-- scope: city
INSERT INTO account_factor (city_id, account_id, secret, last_step, made_at, confirmed_at) VALUES ($1, $2, $3, 0, $4, 0)
ON CONFLICT (city_id, account_id) DO UPDATE SET secret = excluded.secret, last_step = 0, made_at = excluded.made_at
WHERE account_factor.confirmed_at = 0;

-- name: account_factor_confirm
-- scope: city
UPDATE account_factor SET confirmed_at = $3 WHERE city_id = $1 AND account_id = $2 AND confirmed_at = 0;

-- name: account_factor_step
-- scope: city
UPDATE account_factor SET last_step = $3 WHERE city_id = $1 AND account_id = $2 AND last_step < $3;

-- name: account_factor_remove
-- scope: city
DELETE FROM account_factor WHERE city_id = $1 AND account_id = $2;

-- name: account_recovery_put
-- scope: city
INSERT INTO recovery_code (city_id, account_id, code_hash, used_at) VALUES ($1, $2, $3, 0);

-- name: account_recovery_use
-- scope: city
UPDATE recovery_code SET used_at = $4 WHERE city_id = $1 AND account_id = $2 AND code_hash = $3 AND used_at = 0;

-- name: account_recovery_left
-- scope: city
SELECT COUNT(code_hash) AS n FROM recovery_code WHERE city_id = $1 AND account_id = $2 AND used_at = 0;

-- name: account_recovery_remove
-- scope: city
DELETE FROM recovery_code WHERE city_id = $1 AND account_id = $2;

-- name: account_past_put
-- scope: city
INSERT INTO password_past (city_id, account_id, id, password) VALUES ($1, $2, $3, $4);

-- name: account_past_of
-- scope: city
SELECT id, password FROM password_past WHERE city_id = $1 AND account_id = $2 ORDER BY id DESC LIMIT 5;

-- name: account_past_trim
-- scope: city
DELETE FROM password_past WHERE city_id = $1 AND account_id = $2 AND id < $3;
