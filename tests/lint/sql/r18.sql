-- name: planted
-- scope: city
DELETE FROM seen WHERE city_id = $1; DELETE FROM unit WHERE city_id = $1;
