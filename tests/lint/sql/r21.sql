-- name: planted
-- scope: city
SELECT id FROM unit WHERE city_id = $1 AND ($2 IS NULL OR id = $2);
