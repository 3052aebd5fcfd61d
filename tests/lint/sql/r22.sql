-- name: planted
-- scope: city
UPDATE unit SET city_id = $2 WHERE city_id = $1;
