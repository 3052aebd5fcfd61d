-- name: planted
SELECT id FROM unit WHERE city_id = $1;
