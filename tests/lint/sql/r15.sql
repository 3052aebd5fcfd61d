-- name: planted
-- scope: city
INSERT INTO seen (city_id, id) SELECT $1, id FROM unit ON CONFLICT (city_id, id) DO NOTHING;
