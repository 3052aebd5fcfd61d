-- name: planted
-- scope: city
SELECT id FROM unit WHERE id = $1;
