-- name: planted
-- scope: city
SELECT group_concat(name) AS names FROM unit WHERE city_id = $1;
