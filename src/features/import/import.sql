-- name: import_run_by_id
-- scope: city
SELECT id, kind, source, file_name, state, person_id, actor, head, head_row, mapping, n_rows, at_row, n_done, n_added, n_changed, n_same,
	n_refused, n_skipped, is_again, made_at, begun_at, ended_at, version
FROM import_run
WHERE city_id = $1 AND id = $2;

-- name: import_run_insert
-- scope: city
INSERT INTO import_run (city_id, id, kind, source, file_name, state, person_id, actor, head, head_row, mapping, n_rows, at_row, n_done,
	n_added, n_changed, n_same, n_refused, n_skipped, is_again, made_at, begun_at, ended_at, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, 0, 0, 0, 0, 0, 0, $12, 0, 0, 1);

-- name: import_run_update
-- scope: city
UPDATE import_run
SET state = $4, actor = $5, mapping = $6, n_rows = $7, at_row = $8, n_done = $9, n_added = $10, n_changed = $11, n_same = $12,
	n_refused = $13, n_skipped = $14, is_again = $15, begun_at = $16, ended_at = $17, version = version + 1
WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: import_row_insert
-- scope: city
INSERT INTO import_row (city_id, import_id, row_number, cells, action, object_id, above_id, version, detail, claims)
VALUES ($1, $2, $3, $4, '', 0, 0, 0, '', '');

-- name: import_rows_after
-- scope: city
SELECT row_number, cells, action, object_id, above_id, version, detail, claims
FROM import_row
WHERE city_id = $1 AND import_id = $2 AND row_number > $3
ORDER BY row_number
LIMIT $4;

-- name: import_rows_acted
-- scope: city
SELECT row_number, cells, action, object_id, above_id, version, detail, claims
FROM import_row
WHERE city_id = $1 AND import_id = $2 AND action = $3 AND row_number > $4
ORDER BY row_number
LIMIT $5;

-- name: import_row_found
-- scope: city
UPDATE import_row
SET action = $4, object_id = $5, above_id = $6, version = $7, detail = $8, claims = $9
WHERE city_id = $1 AND import_id = $2 AND row_number = $3;

-- name: import_row_done
-- scope: city
UPDATE import_row
SET object_id = $4
WHERE city_id = $1 AND import_id = $2 AND row_number = $3;

-- name: import_rows_clear
-- scope: city
UPDATE import_row
SET cells = '', claims = ''
WHERE city_id = $1 AND import_id = $2 AND row_number > $3 AND row_number <= $4;

-- name: import_rows_drop
-- scope: city
DELETE FROM import_row
WHERE city_id = $1 AND import_id = $2 AND row_number IN (
	SELECT row_number FROM import_row WHERE city_id = $1 AND import_id = $2 ORDER BY row_number LIMIT $3);

-- name: import_keys_drop
-- scope: city
DELETE FROM import_key
WHERE city_id = $1 AND import_id = $2 AND value IN (
	SELECT value FROM import_key WHERE city_id = $1 AND import_id = $2 ORDER BY kind, value LIMIT $3);

-- name: import_key_insert
-- scope: city
INSERT INTO import_key (city_id, import_id, kind, value, row_number, note) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (city_id, import_id, kind, value) DO NOTHING;

-- name: import_key_find
-- scope: city
SELECT row_number, note FROM import_key WHERE city_id = $1 AND import_id = $2 AND kind = $3 AND value = $4;

-- name: import_headings
-- scope: city
SELECT heading, field FROM import_heading WHERE city_id = $1 AND kind = $2 ORDER BY heading LIMIT 2000;

-- name: import_heading_keep
-- scope: city
INSERT INTO import_heading (city_id, kind, heading, field) VALUES ($1, $2, $3, $4)
ON CONFLICT (city_id, kind, heading) DO UPDATE SET field = excluded.field;

-- name: import_link_find
-- scope: city
SELECT object_id FROM import_link WHERE city_id = $1 AND object_kind = $2 AND source = $3 AND external_id = $4;

-- name: import_link_keep
-- scope: city
INSERT INTO import_link (city_id, object_kind, source, external_id, object_id) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (city_id, object_kind, source, external_id) DO NOTHING;

-- name: import_runs_old
-- scope: city
SELECT r.id, r.state
FROM import_run r
WHERE r.city_id = $1 AND ((r.made_at < $2 AND r.state IN ('reading', 'ready', 'checked', 'cancelled')) OR (r.made_at < $3 AND r.state = 'done'))
	AND EXISTS (SELECT w.row_number FROM import_row w WHERE w.city_id = $1 AND w.import_id = r.id)
ORDER BY r.made_at, r.id
LIMIT 20;

-- name: import_runs_under_way
-- scope: city
SELECT id, state FROM import_run
WHERE city_id = $1 AND state IN ('checking', 'claiming', 'applying', 'releasing', 'undoing')
ORDER BY id
LIMIT 100;

-- list: import_runs
-- scope: city
-- select: SELECT id, kind, source, file_name, state, person_id, actor, head, head_row, mapping, n_rows, at_row, n_done, n_added, n_changed, n_same, n_refused, n_skipped, is_again, made_at, begun_at, ended_at, version FROM import_run
-- id: id
-- anchor city:
-- anchor mine: person_id = $2
-- sort -made_at: made_at bigint
-- residual kind: CAST($6 AS TEXT) = '' OR kind = CAST($6 AS TEXT)
