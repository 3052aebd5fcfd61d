-- name: planted
-- scope: city
INSERT INTO seen (city_id, id) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING;
