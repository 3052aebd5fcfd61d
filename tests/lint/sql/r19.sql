-- name: planted
-- scope: city
SELECT u.id FROM unit u JOIN person p ON p.unit_id = u.id WHERE u.city_id = $1;
