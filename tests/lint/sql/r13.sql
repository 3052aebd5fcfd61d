-- name: planted
-- scope: city
UPDATE unit SET version = version + 1 WHERE city_id = $1 RETURNING coalesce(version, 0);
