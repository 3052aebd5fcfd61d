-- Searching the ledger: the one place where the two engines have texts of their own, because each has its own index of words. Their words
-- are the same: the program makes them (words.h).

-- Rows may be added while the job reads: it takes away exactly those that it has read.
-- name: hazard_changed_add
-- scope: city
INSERT INTO hazard_changed (city_id, id, hazard_id) VALUES ($1, $2, $3);

-- name: hazard_changed_next
-- scope: city
SELECT id, hazard_id FROM hazard_changed WHERE city_id = $1 ORDER BY id LIMIT $2;

-- name: hazard_changed_done
-- scope: city
DELETE FROM hazard_changed WHERE city_id = $1 AND id = $2;

-- name: hazard_words_source
-- scope: city
SELECT h.id, h.number, h.enterprise_id, h.mid_id, h.top_id, h.place, COALESCE(u.name, '') AS unit_name,
	COALESCE(w.name, '') AS enterprise_name, h.description, h.interim_protection, h.clause, h.refusal_reason, h.measures, h.submit_text
FROM hazard h
LEFT JOIN unit u ON u.city_id = h.city_id AND u.id = h.unit_id
LEFT JOIN unit w ON w.city_id = h.city_id AND w.id = h.enterprise_id
WHERE h.city_id = $1 AND h.id = $2;

-- name: hazard_words_sources
-- scope: city
SELECT h.id, h.number, h.enterprise_id, h.mid_id, h.top_id, h.place, COALESCE(u.name, '') AS unit_name,
	COALESCE(w.name, '') AS enterprise_name, h.description, h.interim_protection, h.clause, h.refusal_reason, h.measures, h.submit_text
FROM hazard h
LEFT JOIN unit u ON u.city_id = h.city_id AND u.id = h.unit_id
LEFT JOIN unit w ON w.city_id = h.city_id AND w.id = h.enterprise_id
WHERE h.city_id = $1 AND h.id > $2
ORDER BY h.id
LIMIT $3;

-- name: hazard_words_delete
-- scope: city
-- text_pg: yes
DELETE FROM hazard_words WHERE city_id = $1 AND rowid = $2;
-- pg
DELETE FROM hazard_words WHERE city_id = $1 AND hazard_id = $2;

-- name: hazard_words_insert
-- scope: city
-- text_pg: yes
INSERT INTO hazard_words (city_id, rowid, words) VALUES ($1, $2, $3);
-- pg
INSERT INTO hazard_words (city_id, hazard_id, words) VALUES ($1, $2, CAST(CAST($3 AS TEXT) AS TSVECTOR));

-- Newest first: an id is made of the time. Looks at hits from $3 down to $4.
-- name: hazard_words_find
-- scope: city
-- text_pg: yes
SELECT h.id
FROM hazard_words f
CROSS JOIN hazard h ON h.city_id = $1 AND h.id = f.rowid
WHERE f.hazard_words MATCH $2 AND f.city_id = $1 AND f.rowid < $3 AND f.rowid >= $4
	AND CASE WHEN (CAST($5 AS TEXT) = '' OR h.state = $5)
		AND (CAST($6 AS TEXT) = '' OR h.level = $6)
		AND (CAST($7 AS TEXT) = '' OR h.kind = $7)
		AND (CAST($8 AS TEXT) = '' OR h.category = $8)
		AND (CAST($9 AS BIGINT) = 0 OR (h.due_at > 0 AND h.due_at < $9))
		AND h.found_on >= $10 AND h.found_on <= $11
		AND h.unit_path >= $12 AND h.unit_path < $13
		AND (CAST($14 AS BIGINT) = 0 OR h.danger = 1)
		AND (CAST($15 AS TEXT) = '' OR h.handling_level = $15)
		AND (CAST($16 AS BIGINT) = 0 OR (h.marked & CAST($16 AS BIGINT)) > 0)
		AND (CAST($17 AS BIGINT) = 0 OR h.state NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased'))
		AND (CAST($18 AS TEXT) = '' OR EXISTS (SELECT 1 FROM hazard_clock k
			WHERE k.city_id = $1 AND k.hazard_id = h.id AND k.oversight = $18)) THEN 1 ELSE 0 END = 1
ORDER BY f.rowid DESC
LIMIT $19;
-- pg
SELECT h.id
FROM hazard_words f
JOIN hazard h ON h.city_id = f.city_id AND h.id = f.hazard_id
WHERE f.city_id = $1 AND f.words @@ CAST(CAST($2 AS TEXT) AS TSQUERY) AND f.hazard_id < $3 AND f.hazard_id >= $4
	AND CASE WHEN (CAST($5 AS TEXT) = '' OR h.state = $5)
		AND (CAST($6 AS TEXT) = '' OR h.level = $6)
		AND (CAST($7 AS TEXT) = '' OR h.kind = $7)
		AND (CAST($8 AS TEXT) = '' OR h.category = $8)
		AND (CAST($9 AS BIGINT) = 0 OR (h.due_at > 0 AND h.due_at < $9))
		AND h.found_on >= $10 AND h.found_on <= $11
		AND h.unit_path >= $12 AND h.unit_path < $13
		AND (CAST($14 AS BIGINT) = 0 OR h.danger = 1)
		AND (CAST($15 AS TEXT) = '' OR h.handling_level = $15)
		AND (CAST($16 AS BIGINT) = 0 OR (h.marked & CAST($16 AS BIGINT)) > 0)
		AND (CAST($17 AS BIGINT) = 0 OR h.state NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased'))
		AND (CAST($18 AS TEXT) = '' OR EXISTS (SELECT 1 FROM hazard_clock k
			WHERE k.city_id = $1 AND k.hazard_id = h.id AND k.oversight = $18)) THEN 1 ELSE 0 END = 1
ORDER BY f.hazard_id DESC
LIMIT $19;

-- How far down the next so many hits reach, and how many they are; also the capped total.
-- name: hazard_words_edge
-- scope: city
-- text_pg: yes
SELECT CAST(COALESCE(MIN(w.id), 0) AS BIGINT) AS at_id, COUNT(1) AS n
FROM (
	SELECT f.rowid AS id
	FROM hazard_words f
	WHERE f.hazard_words MATCH $2 AND f.city_id = $1 AND f.rowid < $3
	ORDER BY f.rowid DESC
	LIMIT $4
) AS w;
-- pg
SELECT CAST(COALESCE(MIN(w.id), 0) AS BIGINT) AS at_id, COUNT(1) AS n
FROM (
	SELECT f.hazard_id AS id
	FROM hazard_words f
	WHERE f.city_id = $1 AND f.words @@ CAST(CAST($2 AS TEXT) AS TSQUERY) AND f.hazard_id < $3
	ORDER BY f.hazard_id DESC
	LIMIT $4
) AS w;
