-- name: moving_all
-- scope: city
SELECT id, change_id, from_path, to_path, from_unit, to_unit, from_top, from_mid, from_enterprise, to_top, to_mid, to_enterprise, phase,
	at_path, settle_at, since, counted_by, counted_id
FROM moving
WHERE city_id = $1
ORDER BY id;

-- name: moving_insert
-- scope: city
INSERT INTO moving (city_id, id, change_id, from_path, to_path, from_unit, to_unit, from_top, from_mid, from_enterprise, to_top, to_mid,
	to_enterprise, phase, at_path, settle_at, since, counted_by, counted_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', 0, $15, 0, 0);

-- name: moving_reach
-- scope: city
UPDATE moving SET phase = $3, at_path = $4, settle_at = $5, counted_by = $6, counted_id = $7 WHERE city_id = $1 AND id = $2;

-- name: moving_delete
-- scope: city
DELETE FROM moving WHERE city_id = $1 AND id = $2;
