-- name: planted
-- scope: city
INSERT OR IGNORE INTO seen (city_id, id) VALUES ($1, $2);
