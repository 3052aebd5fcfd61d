-- name: planted
-- scope: city
SELECT rowid FROM unit WHERE city_id = $1;
