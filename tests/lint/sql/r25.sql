-- name: planted
-- scope: city
SELECT id FROM unit WHERE city_id = $1 LIMIT 1;
