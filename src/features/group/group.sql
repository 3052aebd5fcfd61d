-- name: group_insert
-- scope: city
INSERT INTO supervision_group (city_id, id, campaign_id, round, name, leader_id, department, from_on, to_on, note, is_closed, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: group_update
-- scope: city
UPDATE supervision_group
SET name = $4, leader_id = $5, department = $6, from_on = $7, to_on = $8, note = $9, is_closed = $10, version = version + 1
WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: group_with_id
-- scope: city
SELECT g.id, g.campaign_id, g.round, g.name, g.leader_id, g.department, g.from_on, g.to_on, g.note, g.is_closed, g.version, COALESCE(p.name, '') AS leader_name
FROM supervision_group g LEFT JOIN person p ON p.city_id = g.city_id AND p.id = g.leader_id
WHERE g.city_id = $1 AND g.id = $2;

-- name: group_of_round
-- scope: city
SELECT g.id, g.campaign_id, g.round, g.name, g.leader_id, g.department, g.from_on, g.to_on, g.note, g.is_closed, g.version, COALESCE(p.name, '') AS leader_name
FROM supervision_group g LEFT JOIN person p ON p.city_id = g.city_id AND p.id = g.leader_id
WHERE g.city_id = $1 AND g.campaign_id = $2 AND g.round = $3 AND g.is_closed = 0
ORDER BY g.id
LIMIT 60;

-- name: group_rounds
-- scope: city
SELECT DISTINCT round FROM supervision_group WHERE city_id = $1 AND campaign_id = $2 AND is_closed = 0 ORDER BY round LIMIT 24;

-- name: group_members
-- scope: city
SELECT p.id, p.name
FROM supervision_member m JOIN person p ON p.city_id = m.city_id AND p.id = m.person_id
WHERE m.city_id = $1 AND m.group_id = $2
ORDER BY p.sort_key, p.id
LIMIT 60;

-- name: group_units
-- scope: city
SELECT u.id, u.name
FROM supervision_unit s JOIN unit u ON u.city_id = s.city_id AND u.id = s.unit_id
WHERE s.city_id = $1 AND s.group_id = $2
ORDER BY u.code, u.id
LIMIT 60;

-- What reports to the city, with the group that it has in the round.
-- name: group_candidates
-- scope: city
SELECT u.id, u.name, COALESCE(s.group_id, 0) AS group_id
FROM unit u LEFT JOIN supervision_unit s ON s.city_id = u.city_id AND s.unit_id = u.id AND s.campaign_id = $2 AND s.round = $3
WHERE u.city_id = $1 AND u.parent_id = $4 AND u.is_closed = 0 AND u.kind <> 'employer'
ORDER BY u.code, u.id
LIMIT 200;

-- Who may lead a group or be in it: people of the city's own office.
-- name: group_people
-- scope: city
SELECT p.id, p.name
FROM duty d JOIN person p ON p.city_id = d.city_id AND p.id = d.person_id
WHERE d.city_id = $1 AND d.unit_id = $2 AND d.role IN ('city_cadre', 'production_protection') AND d.from_on <= $3
	AND (d.to_on = '' OR d.to_on >= $3) AND p.has_left = 0
GROUP BY p.id, p.name, p.sort_key
ORDER BY p.sort_key, p.id
LIMIT 200;

-- name: group_is_person
-- scope: city
SELECT COUNT(d.id) AS n
FROM duty d JOIN person p ON p.city_id = d.city_id AND p.id = d.person_id
WHERE d.city_id = $1 AND d.person_id = $2 AND d.unit_id = $3 AND d.role IN ('city_cadre', 'production_protection') AND d.from_on <= $4
	AND (d.to_on = '' OR d.to_on >= $4) AND p.has_left = 0;

-- name: group_unit_taken
-- scope: city
SELECT group_id FROM supervision_unit WHERE city_id = $1 AND campaign_id = $2 AND round = $3 AND unit_id = $4;

-- name: group_member_add
-- scope: city
INSERT INTO supervision_member (city_id, group_id, person_id) VALUES ($1, $2, $3)
ON CONFLICT (city_id, group_id, person_id) DO NOTHING;

-- name: group_members_clear
-- scope: city
DELETE FROM supervision_member WHERE city_id = $1 AND group_id = $2;

-- name: group_unit_add
-- scope: city
INSERT INTO supervision_unit (city_id, campaign_id, round, unit_id, group_id) VALUES ($1, $2, $3, $4, $5);

-- name: group_units_clear
-- scope: city
DELETE FROM supervision_unit WHERE city_id = $1 AND group_id = $2;
