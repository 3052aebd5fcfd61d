-- name: planted
-- scope: national because it is planted
DELETE FROM seen;
