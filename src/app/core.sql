-- name: app_ping
-- scope: national because it only asks whether the database answers
SELECT 1 AS one;

-- name: app_home_city
-- scope: national because public pages do not know their city: the installation's first
SELECT city_id FROM city ORDER BY made_at, city_id LIMIT 1;

-- name: app_city_count
-- scope: national because init asks whether anything is there
SELECT CAST(count(*) AS BIGINT) AS n FROM city;

-- name: app_city_add
-- scope: city
INSERT INTO city (city_id, code, name, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT (city_id) DO NOTHING;

-- name: app_cities
-- scope: national because check walks every city of the installation
SELECT city_id FROM city ORDER BY city_id;

-- name: app_tx_purge
-- scope: city
DELETE FROM tx_done WHERE city_id = $1 AND at < $2;
