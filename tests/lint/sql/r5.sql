-- name: planted
-- scope: city
SELECT id::text FROM unit WHERE city_id = $1;
