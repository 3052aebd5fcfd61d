-- name: planted
-- scope: city
SELECT id FROM unit WHERE city_id = $1 AND path LIKE $2;
