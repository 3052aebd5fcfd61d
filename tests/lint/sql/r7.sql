-- name: planted
-- scope: city
SELECT id FROM unit WHERE city_id = $1 ORDER BY id LIMIT 10 OFFSET $2;
