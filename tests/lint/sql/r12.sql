-- name: planted
-- scope: city
SELECT SUM(n) AS n FROM counter WHERE city_id = $1;
