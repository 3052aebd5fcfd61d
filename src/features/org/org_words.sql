-- Searching units; as in the ledger each engine has an index of words of its own, and the program makes the words (words.h).

-- Rows may be added while the job reads: each has a stamp of its own, and it takes away exactly those that it has read.
-- name: org_changed_add
-- scope: city
INSERT INTO unit_changed (city_id, unit_id, stamp) VALUES ($1, $2, $3);

-- name: org_changed_below
-- scope: city
INSERT INTO unit_changed (city_id, unit_id, stamp)
SELECT city_id, id, CAST($2 AS BIGINT) FROM unit WHERE city_id = $1 AND path >= $3 AND path < $4;

-- name: org_changed_next
-- scope: city
SELECT unit_id AS id, stamp FROM unit_changed WHERE city_id = $1 ORDER BY unit_id, stamp LIMIT $2;

-- name: org_changed_done
-- scope: city
DELETE FROM unit_changed WHERE city_id = $1 AND unit_id = $2 AND stamp = $3;

-- name: org_words_delete
-- scope: city
-- text_pg: yes
DELETE FROM unit_words WHERE city_id = $1 AND rowid = $2;
-- pg
DELETE FROM unit_words WHERE city_id = $1 AND unit_id = $2;

-- name: org_words_insert
-- scope: city
-- text_pg: yes
INSERT INTO unit_words (city_id, rowid, words) VALUES ($1, $2, $3);
-- pg
INSERT INTO unit_words (city_id, unit_id, words) VALUES ($1, $2, CAST(CAST($3 AS TEXT) AS TSVECTOR));

-- Newest first. Where a unit stands is asked of the unit: words may be seconds behind a move.
-- name: org_words_find
-- scope: city
-- text_pg: yes
SELECT u.id
FROM unit_words f
JOIN unit u ON u.city_id = $1 AND u.id = f.rowid
WHERE f.unit_words MATCH $2 AND f.city_id = $1 AND f.rowid < $3
	AND (CAST($4 AS TEXT) = '' OR u.kind || '' = $4)
	AND (u.is_closed + 0 = 0 OR CAST($5 AS BIGINT) = 1)
	AND u.path || '' >= $6 AND u.path || '' < $7
ORDER BY f.rowid DESC
LIMIT $8;
-- pg
SELECT u.id
FROM unit_words f
JOIN unit u ON u.city_id = f.city_id AND u.id = f.unit_id
WHERE f.city_id = $1 AND f.words @@ CAST(CAST($2 AS TEXT) AS TSQUERY) AND f.unit_id < $3
	AND (CAST($4 AS TEXT) = '' OR u.kind || '' = $4)
	AND (u.is_closed + 0 = 0 OR CAST($5 AS BIGINT) = 1)
	AND u.path || '' >= $6 AND u.path || '' < $7
ORDER BY f.unit_id DESC
LIMIT $8;
