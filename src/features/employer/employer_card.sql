-- name: card_by_id
-- scope: city
SELECT id, place_id, area, duties, hazards, owner_id, owner_name, edition, edition_at, holders, confirmed, version
FROM safety_card
WHERE city_id = $1 AND id = $2;

-- name: card_of_place
-- scope: city
SELECT id, place_id, area, duties, hazards, owner_id, owner_name, edition, edition_at, holders, confirmed, version
FROM safety_card
WHERE city_id = $1 AND place_id = $2;

-- Others who count the same card wait.
-- name: card_lock
-- scope: city
UPDATE safety_card SET version = version WHERE city_id = $1 AND id = $2;

-- name: card_insert
-- scope: city
INSERT INTO safety_card (city_id, id, place_id, area, duties, hazards, owner_id, owner_name, edition, edition_at, holders, confirmed, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 1);

-- name: card_update
-- scope: city
UPDATE safety_card
SET area = $4, duties = $5, hazards = $6, owner_id = $7, owner_name = $8, edition = $9, edition_at = $10, version = version + 1
WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: card_set_counts
-- scope: city
UPDATE safety_card SET holders = $3, confirmed = $4 WHERE city_id = $1 AND id = $2;

-- name: card_holders_of
-- scope: city
SELECT h.person_id, p.name, h.confirmed_edition, h.confirmed_at
FROM card_holder h JOIN person p ON p.city_id = h.city_id AND p.id = h.person_id
WHERE h.city_id = $1 AND h.card_id = $2
ORDER BY h.person_id
LIMIT 200;

-- name: card_holder_add
-- scope: city
INSERT INTO card_holder (city_id, card_id, person_id, confirmed_edition, confirmed_at) VALUES ($1, $2, $3, 0, 0)
ON CONFLICT (city_id, card_id, person_id) DO NOTHING;

-- name: card_holder_drop
-- scope: city
DELETE FROM card_holder WHERE city_id = $1 AND card_id = $2 AND person_id = $3;

-- name: card_holder_confirm
-- scope: city
UPDATE card_holder SET confirmed_edition = $4, confirmed_at = $5
WHERE city_id = $1 AND card_id = $2 AND person_id = $3 AND confirmed_edition < $4;

-- name: card_holder_is
-- scope: city
SELECT confirmed_edition FROM card_holder WHERE city_id = $1 AND card_id = $2 AND person_id = $3;

-- What somebody has still to confirm.
-- name: cards_to_confirm
-- scope: city
SELECT c.id, l.name AS post, u.name AS unit_name
FROM card_holder h JOIN safety_card c ON c.city_id = h.city_id AND c.id = h.card_id JOIN place l ON l.city_id = c.city_id AND l.id = c.place_id
	JOIN unit u ON u.city_id = l.city_id AND u.id = l.unit_id
WHERE h.city_id = $1 AND h.person_id = $2 AND h.confirmed_edition < c.edition AND l.is_closed = 0
ORDER BY c.id
LIMIT 20;

-- name: card_counts
-- scope: city
SELECT COUNT(l.id) AS posts, COUNT(c.id) AS cards, CAST(COALESCE(SUM(c.holders - c.confirmed), 0) AS BIGINT) AS waiting
FROM place l LEFT JOIN safety_card c ON c.city_id = l.city_id AND c.place_id = l.id
WHERE l.city_id = $1 AND l.enterprise_id = $2 AND l.kind = 'post' AND l.is_closed = 0;

-- Posts with their cards, also those without one.
-- list: card_list
-- scope: city
-- select: SELECT l.id, l.name AS post, l.code, l.unit_path, l.sort_key, u.name AS unit_name, COALESCE(c.id, 0) AS card_id, COALESCE(c.area, '') AS area,
-- select: COALESCE(c.duties, '') AS duties, COALESCE(c.hazards, '') AS hazards, COALESCE(c.owner_name, '') AS owner_name, COALESCE(c.edition, 0) AS edition,
-- select: COALESCE(c.holders, 0) AS holders, COALESCE(c.confirmed, 0) AS confirmed
-- select: FROM place l JOIN unit u ON u.city_id = l.city_id AND u.id = l.unit_id LEFT JOIN safety_card c ON c.city_id = l.city_id AND c.place_id = l.id
-- id: l.id
-- anchor city: l.kind = 'post' AND l.is_closed = 0
-- anchor top: l.kind = 'post' AND l.is_closed = 0 AND l.top_id = $2
-- anchor mid: l.kind = 'post' AND l.is_closed = 0 AND l.mid_id = $2
-- anchor enterprise: l.kind = 'post' AND l.is_closed = 0 AND l.enterprise_id = $2
-- sort name: l.sort_key text
-- residual state: CAST($6 AS TEXT) = '' OR CAST($6 AS TEXT) = CASE WHEN c.id IS NULL THEN 'without' WHEN c.confirmed < c.holders THEN 'waiting' ELSE 'done' END
-- residual below: l.unit_path || '' >= $7 AND l.unit_path || '' < $8
