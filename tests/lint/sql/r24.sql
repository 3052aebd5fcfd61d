-- name: planted
-- scope: city
SELECT id FROM unit WHERE city_id = $1 AND id IN (SELECT unit_id FROM person);
