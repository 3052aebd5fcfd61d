-- Changes of the tree.

-- name: org_subtree_rewrite
-- scope: city
UPDATE unit
SET path = CAST($2 AS TEXT) || substr(path, CAST($3 AS INT)), top_id = $4,
	mid_id = CASE WHEN CAST($5 AS BIGINT) < 0 THEN mid_id ELSE $5 END,
	enterprise_id = CASE WHEN CAST($6 AS BIGINT) < 0 THEN enterprise_id ELSE $6 END
WHERE city_id = $1 AND path > $7 AND path < $8;

-- name: org_unit_replace
-- scope: city
UPDATE unit
SET parent_id = $4, path = $5, top_id = $6, mid_id = $7, enterprise_id = $8, version = version + 1
WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: org_children_rehang
-- scope: city
UPDATE unit SET parent_id = $3, version = version + 1 WHERE city_id = $1 AND parent_id = $2;

-- name: org_unit_merge
-- scope: city
UPDATE unit SET is_closed = 1, merged_into = $4, version = version + 1 WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: org_merged_before
-- scope: city
UPDATE unit SET merged_into = $3 WHERE city_id = $1 AND merged_into > 0 AND merged_into = $2;

-- name: org_open_children
-- scope: city
SELECT COUNT(1) AS n FROM unit WHERE city_id = $1 AND parent_id = $2 AND is_closed = 0;

-- name: org_sibling_named
-- scope: city
SELECT id FROM unit WHERE city_id = $1 AND parent_id = $2 AND sort_key = $3 AND name = $4 AND kind = $5 AND is_closed = 0 AND id <> $6
ORDER BY id LIMIT 1;

-- name: org_kinds_of_children
-- scope: city
SELECT DISTINCT kind FROM unit WHERE city_id = $1 AND parent_id = $2 ORDER BY kind;

-- name: org_kinds_below
-- scope: city
SELECT kind, COUNT(1) AS n FROM unit WHERE city_id = $1 AND parent_id = $2 AND is_closed = 0 GROUP BY kind ORDER BY kind;

-- name: org_employers_on
-- scope: city
SELECT id, path FROM unit WHERE city_id = $1 AND path > $2 AND path < $3 AND kind || '' = 'employer' ORDER BY path LIMIT $4;

-- name: org_subtree_count
-- scope: city
SELECT COUNT(1) AS n FROM unit WHERE city_id = $1 AND path > $2 AND path < $3 AND is_closed = 0;

-- name: org_change_insert
-- scope: city
INSERT INTO org_change (city_id, id, act, unit_id, to_id, new_id, kind, name, union_name, code, effective_on, reason, state, refusal,
	made_by, made_by_name, duty_unit_id, duty_role, made_at, begun_at, ended_at, ended_by, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', $14, $15, $16, $17, $18, 0, 0, 0, 1);

-- name: org_change_part_insert
-- scope: city
INSERT INTO org_change_part (city_id, change_id, unit_id) VALUES ($1, $2, $3);

-- name: org_change_parts
-- scope: city
SELECT unit_id AS id FROM org_change_part WHERE city_id = $1 AND change_id = $2 ORDER BY unit_id;

-- name: org_change_by_id
-- scope: city
SELECT id, act, unit_id, to_id, new_id, kind, name, union_name, code, effective_on, reason, state, refusal, made_by, made_by_name,
	duty_unit_id, duty_role, made_at, begun_at, ended_at, ended_by, version
FROM org_change
WHERE city_id = $1 AND id = $2;

-- name: org_change_reach
-- scope: city
UPDATE org_change
SET state = $4, new_id = $5, refusal = $6, begun_at = $7, ended_at = $8, ended_by = $9, version = version + 1
WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: org_change_line_by_id
-- scope: city
SELECT c.id, c.act, c.unit_id, c.to_id, c.new_id, c.kind, c.name, c.union_name, c.code, c.effective_on, c.reason, c.state, c.refusal, c.made_by,
	c.made_by_name, c.duty_unit_id, c.duty_role, c.made_at, c.begun_at, c.ended_at, c.ended_by, c.version, u.name AS unit_name,
	u.path AS unit_path, COALESCE(t.name, '') AS to_name,
	COALESCE(t.path, '') AS to_path
FROM org_change c
JOIN unit u ON u.city_id = c.city_id AND u.id = c.unit_id
LEFT JOIN unit t ON t.city_id = c.city_id AND t.id = c.to_id
WHERE c.city_id = $1 AND c.id = $2;

-- name: org_changes_of
-- scope: city
SELECT c.id, c.act, c.unit_id, c.to_id, c.new_id, c.kind, c.name, c.union_name, c.code, c.effective_on, c.reason, c.state, c.refusal, c.made_by,
	c.made_by_name, c.duty_unit_id, c.duty_role, c.made_at, c.begun_at, c.ended_at, c.ended_by, c.version, u.name AS unit_name,
	u.path AS unit_path, COALESCE(t.name, '') AS to_name,
	COALESCE(t.path, '') AS to_path
FROM org_change c
JOIN unit u ON u.city_id = c.city_id AND u.id = c.unit_id
LEFT JOIN unit t ON t.city_id = c.city_id AND t.id = c.to_id
WHERE c.city_id = $1 AND c.unit_id = $2
ORDER BY c.id DESC
LIMIT $3;

-- name: org_changes_to
-- scope: city
SELECT c.id, c.act, c.unit_id, c.to_id, c.new_id, c.kind, c.name, c.union_name, c.code, c.effective_on, c.reason, c.state, c.refusal, c.made_by,
	c.made_by_name, c.duty_unit_id, c.duty_role, c.made_at, c.begun_at, c.ended_at, c.ended_by, c.version, u.name AS unit_name,
	u.path AS unit_path, COALESCE(t.name, '') AS to_name,
	COALESCE(t.path, '') AS to_path
FROM org_change c
JOIN unit u ON u.city_id = c.city_id AND u.id = c.unit_id
LEFT JOIN unit t ON t.city_id = c.city_id AND t.id = c.to_id
WHERE c.city_id = $1 AND c.to_id = $2
ORDER BY c.id DESC
LIMIT $3;

-- name: org_moved_since
-- scope: city
SELECT COUNT(1) AS n
FROM (
	SELECT c.id
	FROM org_change c
	WHERE c.city_id = $1 AND c.unit_id = $2 AND c.effective_on || '' > $3 AND c.act IN ('move', 'merge', 'split') AND c.state IN ('running', 'done')
	UNION ALL
	SELECT p.change_id AS id
	FROM org_change_part p JOIN org_change c ON c.city_id = p.city_id AND c.id = p.change_id
	WHERE p.city_id = $1 AND p.unit_id = $2 AND c.effective_on || '' > $3 AND c.state IN ('running', 'done')
) AS w;

-- name: org_changes_due
-- scope: city
SELECT id
FROM org_change
WHERE city_id = $1 AND state = 'planned' AND effective_on <= $2
ORDER BY effective_on, id
LIMIT $3;

-- name: org_tree_wrong
-- scope: city
SELECT u.id
FROM unit u
LEFT JOIN unit p ON p.city_id = u.city_id AND p.id = u.parent_id
WHERE u.city_id = $1 AND u.id > $2
	AND ((u.parent_id > 0 AND (p.id IS NULL OR substr(u.path, 1, length(p.path)) <> p.path OR length(u.path) <> length(p.path) + 14))
		OR (u.parent_id > 0 AND p.is_closed = 1 AND p.enterprise_id = 0 AND u.is_closed = 0))
ORDER BY u.id
LIMIT $3;

-- list: org_changes_list
-- scope: city
-- id: c.id
-- select: SELECT c.id, c.act, c.unit_id, c.to_id, c.new_id, c.kind, c.name, c.union_name, c.code, c.effective_on, c.reason, c.state, c.refusal, c.made_by,
-- select: c.made_by_name, c.duty_unit_id, c.duty_role, c.made_at, c.begun_at, c.ended_at, c.ended_by, c.version, u.name AS unit_name,
-- select: u.path AS unit_path, COALESCE(t.name, '') AS to_name, COALESCE(t.path, '') AS to_path
-- select: FROM org_change c
-- select: JOIN unit u ON u.city_id = c.city_id AND u.id = c.unit_id
-- select: LEFT JOIN unit t ON t.city_id = c.city_id AND t.id = c.to_id
-- anchor city:
-- sort -made: c.made_at bigint
-- residual state: CAST($6 AS TEXT) = '' OR c.state = $6
-- residual act: CAST($7 AS TEXT) = '' OR c.act = $7
-- residual below: u.path || '' >= $8 AND u.path || '' < $9
