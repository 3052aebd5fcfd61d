-- name: org_unit_by_id
-- scope: city
SELECT id, parent_id, kind, code, name, union_name, path, top_id, mid_id, enterprise_id, uscc, industry, high_risk, non_public,
	size, headcount, is_closed, sort_key, version, merged_into
FROM unit
WHERE city_id = $1 AND id = $2;

-- name: org_unit_above
-- scope: city
SELECT parent_id, is_closed FROM unit WHERE city_id = $1 AND id = $2;

-- name: org_unit_with_code
-- scope: city
SELECT id, parent_id, kind, code, name, union_name, path, top_id, mid_id, enterprise_id, uscc, industry, high_risk, non_public,
	size, headcount, is_closed, sort_key, version, merged_into
FROM unit
WHERE city_id = $1 AND code = $2 AND code <> '';

-- name: org_unit_root
-- scope: city
SELECT id, parent_id, kind, code, name, union_name, path, top_id, mid_id, enterprise_id, uscc, industry, high_risk, non_public,
	size, headcount, is_closed, sort_key, version, merged_into
FROM unit
WHERE city_id = $1 AND parent_id = 0;

-- name: org_code_holder
-- scope: city
SELECT id FROM unit WHERE city_id = $1 AND code = $2 AND code <> '';

-- name: org_uscc_holder
-- scope: city
SELECT id FROM unit WHERE city_id = $1 AND uscc = $2 AND uscc <> '';

-- name: org_unit_insert
-- scope: city
INSERT INTO unit (city_id, id, parent_id, kind, code, name, union_name, sort_key, path, top_id, mid_id, enterprise_id, uscc,
	industry, high_risk, non_public, size, headcount, is_closed, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20);

-- name: org_unit_update
-- scope: city
UPDATE unit
SET code = $4, name = $5, union_name = $6, sort_key = $7, uscc = $8, industry = $9, high_risk = $10, non_public = $11, size = $12,
	headcount = $13, is_closed = $14, version = version + 1
WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: org_name_insert
-- scope: city
INSERT INTO unit_name (city_id, unit_id, version, name, union_name, until_on)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: org_names
-- scope: city
SELECT version, name, union_name, until_on
FROM unit_name
WHERE city_id = $1 AND unit_id = $2
ORDER BY version DESC
LIMIT 50;

-- name: org_place_by_id
-- scope: city
SELECT id, unit_id, kind, name, code, unit_path, top_id, mid_id, enterprise_id, is_closed, sort_key, version
FROM place
WHERE city_id = $1 AND id = $2;

-- name: org_place_with_code
-- scope: city
SELECT id, unit_id, kind, name, code, unit_path, top_id, mid_id, enterprise_id, is_closed, sort_key, version
FROM place
WHERE city_id = $1 AND code = $2;

-- name: org_place_code_holder
-- scope: city
SELECT id FROM place WHERE city_id = $1 AND code = $2;

-- name: org_place_insert
-- scope: city
INSERT INTO place (city_id, id, unit_id, kind, name, sort_key, code, unit_path, top_id, mid_id, enterprise_id, is_closed, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: org_places_below
-- scope: city
SELECT id, unit_id, kind, name, code, unit_path, top_id, mid_id, enterprise_id, is_closed, sort_key, version
FROM place
WHERE city_id = $1 AND enterprise_id = $2 AND unit_path >= $3 AND unit_path < $4 AND is_closed = 0
ORDER BY sort_key, id
LIMIT 200;

-- name: org_root_id
-- scope: city
SELECT id FROM unit WHERE city_id = $1 AND parent_id = 0;

-- What stands directly below a unit.
-- list: org_units
-- scope: city
-- select: SELECT id, parent_id, kind, code, name, union_name, path, top_id, mid_id, enterprise_id, uscc, industry, high_risk, non_public, size, headcount, is_closed, sort_key, version, merged_into FROM unit
-- id: id
-- anchor parent: parent_id = $2
-- sort name: sort_key text
-- sort code: code text
-- residual kind: CAST($6 AS TEXT) = '' OR kind = CAST($6 AS TEXT)
-- residual q: CAST($7 AS TEXT) = '' OR replace(name, CAST($7 AS TEXT), '') <> name
-- residual closed: is_closed = 0 OR CAST($8 AS BIGINT) = 1

-- One kind of unit, anywhere below.
-- list: org_units_below
-- scope: city
-- select: SELECT id, parent_id, kind, code, name, union_name, path, top_id, mid_id, enterprise_id, uscc, industry, high_risk, non_public, size, headcount, is_closed, sort_key, version, merged_into FROM unit
-- id: id
-- anchor city:
-- anchor top: top_id = $2
-- anchor mid: mid_id = $2
-- anchor enterprise: enterprise_id = $2
-- sort name: sort_key text
-- residual kind: kind = CAST($6 AS TEXT)
-- residual q: CAST($7 AS TEXT) = '' OR replace(name, CAST($7 AS TEXT), '') <> name
-- residual closed: is_closed = 0 OR CAST($8 AS BIGINT) = 1
-- residual below: path || '' >= $9 AND path || '' < $10

-- list: org_places_list
-- scope: city
-- select: SELECT id, unit_id, kind, name, code, unit_path, top_id, mid_id, enterprise_id, is_closed, sort_key, version FROM place
-- id: id
-- anchor city:
-- anchor top: top_id = $2
-- anchor mid: mid_id = $2
-- anchor enterprise: enterprise_id = $2
-- sort name: sort_key text
-- residual kind: CAST($6 AS TEXT) = '' OR kind = CAST($6 AS TEXT)
-- residual q: CAST($7 AS TEXT) = '' OR replace(name, CAST($7 AS TEXT), '') <> name
-- residual closed: is_closed = 0 OR CAST($8 AS BIGINT) = 1
-- residual below: unit_path || '' >= $9 AND unit_path || '' < $10

-- name: org_children_count
-- scope: city
SELECT COUNT(id) AS n FROM unit WHERE city_id = $1 AND parent_id = $2 AND is_closed = 0;

-- Offices of the unions: what stands outside of employers.
-- name: org_offices
-- scope: city
SELECT id, parent_id, kind, code, name, union_name, path, top_id, mid_id, enterprise_id, uscc, industry, high_risk, non_public,
	size, headcount, is_closed, sort_key, version, merged_into
FROM unit
WHERE city_id = $1 AND kind <> 'employer' AND enterprise_id = 0
ORDER BY id;

-- name: org_unit_with_uscc
-- scope: city
SELECT id, parent_id, kind, code, name, union_name, path, top_id, mid_id, enterprise_id, uscc, industry, high_risk, non_public,
	size, headcount, is_closed, sort_key, version, merged_into
FROM unit
WHERE city_id = $1 AND uscc = $2 AND uscc <> '';

-- name: org_units_named
-- scope: city
SELECT id, parent_id, kind, code, name, union_name, path, top_id, mid_id, enterprise_id, uscc, industry, high_risk, non_public,
	size, headcount, is_closed, sort_key, version, merged_into
FROM unit
WHERE city_id = $1 AND kind = $2 AND sort_key = $3 AND name = $4 AND is_closed = 0
ORDER BY id
LIMIT $5;

-- name: org_child_named
-- scope: city
SELECT id, parent_id, kind, code, name, union_name, path, top_id, mid_id, enterprise_id, uscc, industry, high_risk, non_public,
	size, headcount, is_closed, sort_key, version, merged_into
FROM unit
WHERE city_id = $1 AND parent_id = $2 AND sort_key = $3 AND name = $4
ORDER BY is_closed, id
LIMIT 1;

-- name: org_units_of
-- scope: city
SELECT id, parent_id, kind, code, name, union_name, path, top_id, mid_id, enterprise_id, uscc, industry, high_risk, non_public,
	size, headcount, is_closed, sort_key, version, merged_into
FROM unit
WHERE city_id = $1 AND parent_id = $2 AND sort_key >= $3 AND (sort_key > $3 OR id > $4)
ORDER BY sort_key, id
LIMIT $5;

-- name: org_units_by_id
-- scope: city
SELECT id, parent_id, kind, code, name, union_name, path, top_id, mid_id, enterprise_id, uscc, industry, high_risk, non_public,
	size, headcount, is_closed, sort_key, version, merged_into
FROM unit
WHERE city_id = $1 AND id > $2
ORDER BY id
LIMIT $3;

-- moved: org_moved_place
-- scope: city
-- table: place
-- ancestors: yes
