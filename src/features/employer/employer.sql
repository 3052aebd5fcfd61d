-- name: employer_by_id
-- scope: city
SELECT id, name_key, code_key, number_key, employer_kind, ownership, union_state, union_unit_id, union_code, own_staff, dispatched, contracted, turnover_fen,
	assets_fen, labour_intensive, address, old_number, principal_id, principal_name, principal_phone, chair_id, chair_name, chair_phone,
	officer_id, officer_name, officer_phone, not_applicable, size_set, high_risk_set, high_risk_reason, high_risk_by, high_risk_by_name,
	high_risk_at, changed_at, version
FROM employer_profile
WHERE city_id = $1 AND id = $2;

-- A new row, of which nothing is known but what it is found by.
-- name: employer_insert
-- scope: city
INSERT INTO employer_profile (city_id, id, name_key, code_key, number_key, employer_kind, ownership, union_state, union_unit_id, union_code, own_staff, dispatched, contracted, turnover_fen,
	assets_fen, labour_intensive, address, old_number, principal_id, principal_name, principal_phone, chair_id, chair_name, chair_phone,
	officer_id, officer_name, officer_phone, not_applicable, size_set, high_risk_set, high_risk_reason, high_risk_by, high_risk_by_name,
	high_risk_at, changed_at, version)
VALUES ($1, $2, $3, $4, $5, '', '', '', 0, '', NULL, NULL, NULL, NULL, NULL, '', '', '', 0, '', '', 0, '', '', 0, '', '', '', '', '', '', 0, '', 0, 0, 1)
ON CONFLICT (city_id, id) DO NOTHING;

-- name: employer_set_keys
-- scope: city
UPDATE employer_profile SET name_key = $3, code_key = $4, number_key = $5 WHERE city_id = $1 AND id = $2;

-- name: employer_update
-- scope: city
UPDATE employer_profile
SET employer_kind = $4, ownership = $5, union_state = $6, union_unit_id = $7, union_code = $8, own_staff = $9, dispatched = $10,
	contracted = $11, turnover_fen = $12, assets_fen = $13, labour_intensive = $14, address = $15, old_number = $16, principal_id = $17,
	principal_name = $18, principal_phone = $19, chair_id = $20, chair_name = $21, chair_phone = $22, officer_id = $23, officer_name = $24,
	officer_phone = $25, not_applicable = $26, size_set = $27, high_risk_set = $28, high_risk_reason = $29, high_risk_by = $30,
	high_risk_by_name = $31, high_risk_at = $32, changed_at = $33, version = version + 1
WHERE city_id = $1 AND id = $2 AND version = $3;

-- Employers of a unit by name, with what the register says. How far a request looks for those that fit the residual conditions is bounded by
-- its edge (docs/decisions/0018); who asks for a name looks at all.
-- list: employer_list
-- scope: city
-- id: u.id
-- walk: unit u
-- select: SELECT u.id, u.parent_id, u.kind, u.code, u.name, u.union_name, u.path, u.top_id, u.mid_id, u.enterprise_id, u.uscc, u.industry, u.high_risk, u.non_public, u.size, u.headcount, u.is_closed, u.sort_key, u.version, u.merged_into, COALESCE(p.ownership, '') AS ownership, COALESCE(p.union_state, '') AS union_state
-- select: FROM unit u LEFT JOIN employer_profile p ON p.city_id = u.city_id AND p.id = u.id
-- anchor city: u.kind = 'employer'
-- anchor top: u.kind = 'employer' AND u.top_id = $2
-- anchor mid: u.kind = 'employer' AND u.mid_id = $2
-- anchor enterprise: u.kind = 'employer' AND u.enterprise_id = $2
-- sort name: u.sort_key text
-- residual high_risk: CAST($6 AS BIGINT) < 0 OR u.high_risk = CAST($6 AS BIGINT)
-- residual non_public: CAST($7 AS BIGINT) < 0 OR u.non_public = CAST($7 AS BIGINT)
-- residual size: CAST($8 AS TEXT) = '' OR u.size = CAST($8 AS TEXT)
-- residual ownership: CAST($9 AS TEXT) = '' OR p.ownership = CAST($9 AS TEXT)
-- residual union_state: CAST($10 AS TEXT) = '' OR p.union_state = CAST($10 AS TEXT) OR (COALESCE(p.union_state, '') = '' AND CAST($10 AS TEXT) = 'own' AND u.union_name <> '')
-- residual industry: u.industry >= $11 AND u.industry < $12
-- residual q: CAST($13 AS TEXT) = '' OR replace(u.name, CAST($13 AS TEXT), '') <> u.name
-- residual closed: u.is_closed = 0 OR CAST($14 AS BIGINT) = 1
-- residual below: u.path || '' >= $15 AND u.path || '' < $16

-- Employers in the order of their ids, for who derives their keys anew.
-- name: employer_ids
-- scope: city
SELECT id FROM unit WHERE city_id = $1 AND kind = 'employer' AND id > $2 ORDER BY id LIMIT $3;

-- name: employer_ids_without
-- scope: city
SELECT u.id
FROM unit u LEFT JOIN employer_profile p ON p.city_id = u.city_id AND p.id = u.id
WHERE u.city_id = $1 AND u.kind = 'employer' AND u.id > $2 AND p.id IS NULL
ORDER BY u.id
LIMIT $3;

-- Open ones of a county with the same core of their names.
-- name: employer_same_name
-- scope: city
SELECT p.id
FROM employer_profile p JOIN unit u ON u.city_id = p.city_id AND u.id = p.id
WHERE p.city_id = $1 AND p.name_key = $2 AND p.id <> $3 AND u.top_id = $4 AND u.is_closed = 0
ORDER BY p.id
LIMIT 20;

-- name: employer_same_code
-- scope: city
SELECT p.id
FROM employer_profile p JOIN unit u ON u.city_id = p.city_id AND u.id = p.id
WHERE p.city_id = $1 AND p.code_key = $2 AND p.code_key <> '' AND p.id <> $3 AND u.is_closed = 0
ORDER BY p.id
LIMIT 20;

-- name: employer_same_number
-- scope: city
SELECT p.id
FROM employer_profile p JOIN unit u ON u.city_id = p.city_id AND u.id = p.id
WHERE p.city_id = $1 AND p.number_key = $2 AND p.number_key <> '' AND p.id <> $3 AND u.is_closed = 0
ORDER BY p.id
LIMIT 20;

-- name: employer_twin_add
-- scope: city
INSERT INTO employer_twin (city_id, first_id, second_id, why, state, decided_by, decided_by_name, decided_at)
VALUES ($1, $2, $3, $4, 'open', 0, '', 0)
ON CONFLICT (city_id, first_id, second_id) DO NOTHING;

-- name: employer_twins_drop_first
-- scope: city
DELETE FROM employer_twin WHERE city_id = $1 AND first_id = $2 AND state = 'open';

-- name: employer_twins_drop_second
-- scope: city
DELETE FROM employer_twin WHERE city_id = $1 AND second_id = $2 AND state = 'open';

-- Small unions of a county, one of which may cover an employer.
-- name: employer_unions_near
-- scope: city
SELECT id, name FROM unit
WHERE city_id = $1 AND top_id = $2 AND kind IN ('joint_union', 'regional_union', 'industry_union') AND is_closed = 0
ORDER BY sort_key, id
LIMIT 200;

-- The pairs lead, whatever the units are, so that an index has their order. Pairs of which one stands below, whichever, by their first; each page goes on behind a pair.
-- name: employer_twins_page
-- scope: city
SELECT t.first_id, t.second_id, t.why, t.state, t.decided_by_name, t.decided_at, a.name AS first_name, b.name AS second_name,
	a.uscc AS first_uscc, b.uscc AS second_uscc, a.path AS first_path, b.path AS second_path, a.headcount AS first_headcount,
	b.headcount AS second_headcount
FROM employer_twin t LEFT JOIN unit a ON a.city_id = t.city_id AND a.id = t.first_id LEFT JOIN unit b ON b.city_id = t.city_id AND b.id = t.second_id
WHERE t.city_id = $1 AND t.state = $2 AND t.first_id >= $3 AND (t.first_id > $3 OR t.second_id > $4)
	AND ((COALESCE(a.path, '') >= $5 AND COALESCE(a.path, '') < $6) OR (COALESCE(b.path, '') >= $5 AND COALESCE(b.path, '') < $6))
	AND COALESCE(a.is_closed, 1) = 0 AND COALESCE(b.is_closed, 1) = 0
ORDER BY t.first_id, t.second_id
LIMIT $7;

-- name: employer_twin_of
-- scope: city
SELECT first_id, second_id, why, state, decided_by_name, decided_at FROM employer_twin WHERE city_id = $1 AND first_id = $2 AND second_id = $3;

-- name: employer_twin_decide
-- scope: city
UPDATE employer_twin SET state = $4, decided_by = $5, decided_by_name = $6, decided_at = $7
WHERE city_id = $1 AND first_id = $2 AND second_id = $3 AND state <> $4;

-- name: employer_twins_count
-- scope: city
SELECT COUNT(t.second_id) AS n
FROM employer_twin t JOIN unit o ON o.city_id = t.city_id AND o.id = t.second_id
WHERE t.city_id = $1 AND t.first_id = $2 AND t.state = 'open' AND o.is_closed = 0;

-- name: employer_twins_count_second
-- scope: city
SELECT COUNT(t.first_id) AS n
FROM employer_twin t JOIN unit o ON o.city_id = t.city_id AND o.id = t.first_id
WHERE t.city_id = $1 AND t.second_id = $2 AND t.state = 'open' AND o.is_closed = 0;
