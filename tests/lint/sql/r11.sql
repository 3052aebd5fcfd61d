-- name: planted
-- scope: city
SELECT * FROM unit WHERE city_id = $1;
