-- name: people_named
-- scope: city
SELECT id FROM person
WHERE city_id = $1 AND sort_key = $2 AND name = $3 AND has_left = 0 AND unit_path >= $4 AND unit_path < $5
ORDER BY id
LIMIT 2;

-- name: people_phoned
-- scope: city
SELECT id FROM person
WHERE city_id = $1 AND phone = $2 AND phone <> '' AND has_left = 0 AND unit_path >= $3 AND unit_path < $4
ORDER BY id
LIMIT 2;

-- name: people_numbered
-- scope: city
SELECT id FROM person
WHERE city_id = $1 AND enterprise_id = $2 AND staff_number = $3 AND staff_number <> '' AND has_left = 0
ORDER BY id
LIMIT 2;

-- name: people_number_holder
-- scope: city
SELECT id FROM person
WHERE city_id = $1 AND enterprise_id = $2 AND staff_number = $3 AND staff_number <> '' AND has_left = 0 AND id <> $4
ORDER BY id
LIMIT 1;

-- name: handover_insert
-- scope: city
INSERT INTO handover (city_id, id, from_id, to_id, unit_id, made_on, made_at, by_id, reason, leaves)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: handover_line_insert
-- scope: city
INSERT INTO handover_line (city_id, handover_id, pos, kind, object_id, label) VALUES ($1, $2, $3, $4, $5, $6);

-- name: handover_by_id
-- scope: city
SELECT h.id, h.from_id, h.to_id, h.unit_id, h.made_on, h.made_at, h.by_id, h.reason, h.leaves, COALESCE(f.name, '') AS from_name,
	COALESCE(t.name, '') AS to_name, COALESCE(b.name, '') AS by_name, COALESCE(u.name, '') AS unit_name
FROM handover h
LEFT JOIN person f ON f.city_id = h.city_id AND f.id = h.from_id
LEFT JOIN person t ON t.city_id = h.city_id AND t.id = h.to_id
LEFT JOIN person b ON b.city_id = h.city_id AND b.id = h.by_id
LEFT JOIN unit u ON u.city_id = h.city_id AND u.id = h.unit_id
WHERE h.city_id = $1 AND h.id = $2;

-- name: handover_lines
-- scope: city
SELECT kind, object_id AS id, label FROM handover_line WHERE city_id = $1 AND handover_id = $2 ORDER BY pos LIMIT 2000;

-- name: handovers_from
-- scope: city
SELECT h.id, h.made_on, COALESCE(t.name, '') AS name
FROM handover h LEFT JOIN person t ON t.city_id = h.city_id AND t.id = h.to_id
WHERE h.city_id = $1 AND h.from_id = $2
ORDER BY h.id DESC
LIMIT 20;

-- name: handovers_to
-- scope: city
SELECT h.id, h.made_on, COALESCE(f.name, '') AS name
FROM handover h LEFT JOIN person f ON f.city_id = h.city_id AND f.id = h.from_id
WHERE h.city_id = $1 AND h.to_id = $2
ORDER BY h.id DESC
LIMIT 20;
