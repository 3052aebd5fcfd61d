-- name: planted
-- scope: city
SELECT id FROM unit WHERE city_id = $1 AND name = $3 AND id = $2;
