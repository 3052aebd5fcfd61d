-- name: planted
-- scope: city
UPDATE unit SET seen_at = now() WHERE city_id = $1;
