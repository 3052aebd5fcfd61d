-- name: planted
-- scope: city
SELECT u.id FROM unit u, person p WHERE u.city_id = $1 AND p.city_id = u.city_id;
