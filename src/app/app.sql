-- name: node_free
-- scope: national because a node number is part of every id, whatever its city
SELECT node, owner, lease_until, high_ms FROM node_lease WHERE lease_until < $1 ORDER BY node LIMIT 1;

-- name: node_own
-- scope: national because a node number is part of every id, whatever its city
SELECT node, owner, lease_until, high_ms FROM node_lease WHERE holder = $1 ORDER BY node LIMIT 1;

-- name: node_highest
-- scope: national because a node number is part of every id, whatever its city
SELECT CAST(COALESCE(MAX(node), 0) AS BIGINT) AS n FROM node_lease;

-- name: node_add
-- scope: national because a node number is part of every id, whatever its city
INSERT INTO node_lease (node, owner, lease_until, high_ms, holder) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (node) DO NOTHING;

-- name: node_take
-- scope: national because a node number is part of every id, whatever its city
UPDATE node_lease SET owner = $5, lease_until = $6, high_ms = $7, holder = $8
WHERE node = $1 AND owner = $2 AND lease_until = $3 AND high_ms = $4;

-- name: node_renew
-- scope: national because a node number is part of every id, whatever its city
UPDATE node_lease SET lease_until = $3, high_ms = $4 WHERE node = $1 AND owner = $2;

-- name: event_last
-- scope: city
SELECT seq, hash FROM event_head WHERE city_id = $1 AND object_kind = $2 AND object_id = $3;

-- name: event_head_add
-- scope: city
INSERT INTO event_head (city_id, object_kind, object_id, seq, hash) VALUES ($1, $2, $3, $4, $5);

-- name: event_head_move
-- scope: city
UPDATE event_head SET seq = $5, hash = $6 WHERE city_id = $1 AND object_kind = $2 AND object_id = $3 AND seq = $4;

-- name: event_add
-- scope: city
INSERT INTO event (city_id, object_kind, object_id, seq, id, at, act, actor_id, unit_id, body, hash, addr)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: event_value_add
-- scope: city
INSERT INTO event_value (city_id, object_kind, object_id, seq, pos, value, salt, erased_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0);

-- name: event_of_object
-- scope: city
SELECT object_kind, object_id, seq, id, at, act, actor_id, unit_id, body, hash
FROM event
WHERE city_id = $1 AND object_kind = $2 AND object_id = $3
ORDER BY seq;

-- name: event_acts_of
-- scope: city
SELECT seq, at, act
FROM event
WHERE city_id = $1 AND object_kind = $2 AND object_id = $3
ORDER BY seq;

-- name: event_values_of
-- scope: city
SELECT seq, pos, value, salt, erased_at
FROM event_value
WHERE city_id = $1 AND object_kind = $2 AND object_id = $3
ORDER BY seq, pos;

-- name: event_objects
-- scope: city
SELECT object_kind, object_id, seq, hash
FROM event_head
WHERE city_id = $1 AND (object_kind, object_id) > ($2, $3)
ORDER BY object_kind, object_id
LIMIT 200;

-- name: event_headless
-- scope: city
SELECT e.object_kind, e.object_id, e.seq
FROM event e
WHERE e.city_id = $1 AND NOT EXISTS (
	SELECT 1 AS one FROM event_head h
	WHERE h.city_id = e.city_id AND h.object_kind = e.object_kind AND h.object_id = e.object_id)
ORDER BY e.object_kind, e.object_id, e.seq
LIMIT 100;

-- name: event_value_stray
-- scope: city
SELECT v.object_kind, v.object_id, v.seq
FROM event_value v
WHERE v.city_id = $1 AND NOT EXISTS (
	SELECT 1 AS one FROM event e
	WHERE e.city_id = v.city_id AND e.object_kind = v.object_kind AND e.object_id = v.object_id AND e.seq = v.seq)
ORDER BY v.object_kind, v.object_id, v.seq
LIMIT 100;

-- name: audit_closed
-- scope: city
SELECT COALESCE(MAX(day), '') AS behind FROM audit_day WHERE city_id = $1;

-- name: audit_add
-- scope: city
INSERT INTO audit (city_id, actor_id, what, object, minute, id, at, n, detail, addr, role, unit_id, behind)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (city_id, actor_id, what, object, minute) DO UPDATE SET n = audit.n + excluded.n;

-- name: audit_more
-- scope: city
UPDATE audit SET n = n + $6 WHERE city_id = $1 AND actor_id = $2 AND what = $3 AND object = $4 AND minute = $5;

-- name: job_insert
-- scope: city
INSERT INTO job (city_id, id, kind, uniq, payload, due_at, owner, lease_until, attempts, again, given_up, last_error, made_at)
VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, 0, 0, '', $7)
ON CONFLICT (city_id, kind, uniq) WHERE uniq <> '' AND given_up = 0
DO UPDATE SET again = CASE WHEN job.owner <> 0 THEN 1 ELSE 0 END,
	due_at = CASE WHEN job.owner = 0 AND excluded.due_at < job.due_at THEN excluded.due_at ELSE job.due_at END;

-- name: job_insert_periodic
-- scope: city
INSERT INTO job (city_id, id, kind, uniq, payload, due_at, owner, lease_until, attempts, again, given_up, last_error, made_at)
VALUES ($1, $2, $3, $4, '', $5, 0, 0, 0, 0, 0, '', $6)
ON CONFLICT (city_id, kind, uniq) WHERE uniq <> '' AND given_up = 0 DO NOTHING;

-- name: job_periodic_pull
-- scope: city
UPDATE job SET due_at = $4
WHERE city_id = $1 AND kind = $2 AND uniq = $3 AND owner = 0 AND given_up = 0 AND (due_at > $6 OR (attempts = 0 AND due_at > $5));

-- name: job_retry_pull
-- scope: city
UPDATE job SET due_at = $2 WHERE city_id = $1 AND owner = 0 AND given_up = 0 AND attempts > 0 AND uniq <> $4 AND due_at > $3;

-- name: job_made_pull
-- scope: city
UPDATE job SET due_at = due_at - (made_at - $2), made_at = $2 WHERE city_id = $1 AND owner = 0 AND given_up = 0 AND made_at > $3;

-- name: job_lease_pull
-- scope: city
UPDATE job SET lease_until = $2, due_at = $4 WHERE city_id = $1 AND owner <> 0 AND lease_until > $3;

-- name: job_cities
-- scope: national because a server does the jobs of all cities
SELECT city_id FROM city ORDER BY city_id;

-- name: job_due_now
-- scope: city
SELECT city_id, id
FROM job
WHERE city_id = $1 AND given_up = 0 AND due_at <= $2 AND lease_until < $3
ORDER BY due_at, id
LIMIT 16;

-- name: job_take_lease
-- scope: city
UPDATE job SET owner = $5, lease_until = $6, attempts = attempts + 1, again = 0
WHERE city_id = $1 AND id = $2 AND given_up = 0 AND due_at <= $3 AND lease_until < $4
RETURNING id, kind, uniq, payload, attempts;

-- name: job_prolong
-- scope: city
UPDATE job SET lease_until = $4 WHERE city_id = $1 AND id = $2 AND owner = $3;

-- name: job_done
-- scope: city
DELETE FROM job WHERE city_id = $1 AND id = $2 AND owner = $3 AND again = 0;

-- name: job_later
-- scope: city
UPDATE job SET owner = 0, lease_until = 0, again = 0, attempts = $4, due_at = $5, given_up = $6, last_error = $7
WHERE city_id = $1 AND id = $2 AND owner = $3;

-- name: job_counts
-- scope: national because a server does the jobs of all cities
SELECT CAST(COALESCE(SUM(CASE WHEN given_up = 0 AND due_at <= $1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS due,
	CAST(COALESCE(SUM(CASE WHEN given_up = 0 AND due_at > $1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS waiting,
	CAST(COALESCE(SUM(CASE WHEN given_up = 1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS given_up
FROM job;

-- name: attachment_insert
-- scope: city
INSERT INTO attachment (city_id, id, object_kind, object_id, role, sha256, type, size, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: attachment_by_id
-- scope: city
SELECT id, object_kind, object_id, role, sha256, type, size FROM attachment WHERE city_id = $1 AND id = $2;

-- name: attachments_of
-- scope: city
SELECT id, object_kind, object_id, role, sha256, type, size
FROM attachment
WHERE city_id = $1 AND object_kind = $2 AND object_id = $3
ORDER BY id;

-- name: attachment_page
-- scope: city
SELECT id, object_kind, object_id, role, sha256, type, size
FROM attachment
WHERE city_id = $1 AND id > $2
ORDER BY id
LIMIT 500;

-- name: upload_insert
-- scope: city
INSERT INTO upload (city_id, id, person_id, secret_hash, size, received, state, sha256, type, made_at)
VALUES ($1, $2, $3, $4, $5, 0, 'open', $6, '', $7);

-- name: upload_by_id
-- scope: city
SELECT id, person_id, secret_hash, size, received, state, sha256, type, made_at FROM upload WHERE city_id = $1 AND id = $2;

-- name: upload_advance
-- scope: city
UPDATE upload SET received = $4 WHERE city_id = $1 AND id = $2 AND received = $3 AND state = 'open';

-- name: upload_complete
-- scope: city
UPDATE upload SET received = size, state = 'whole', sha256 = $3, type = $4 WHERE city_id = $1 AND id = $2 AND state = 'open';

-- name: upload_unhook
-- scope: city
DELETE FROM upload WHERE city_id = $1 AND id = $2 AND state = 'whole';

-- name: upload_delete
-- scope: city
DELETE FROM upload WHERE city_id = $1 AND id = $2;

-- name: upload_old
-- scope: city
SELECT id FROM upload WHERE city_id = $1 AND made_at < $2 ORDER BY made_at, id LIMIT 200;

-- name: upload_open_of
-- scope: city
SELECT CAST(count(*) AS BIGINT) AS n FROM upload WHERE city_id = $1 AND person_id = $2 AND secret_hash = $3;

-- name: setting_all
-- scope: national because a server answers for all cities
SELECT city_id, name, value FROM setting ORDER BY city_id, name;

-- name: setting_put
-- scope: city
INSERT INTO setting (city_id, name, value, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (city_id, name)
DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at, changed_by = excluded.changed_by;

-- name: idem_find
-- scope: city
SELECT route, fields_hash, object_id FROM idempotency WHERE city_id = $1 AND actor_id = $2 AND key = $3;

-- name: idem_add
-- scope: city
INSERT INTO idempotency (city_id, actor_id, key, route, fields_hash, object_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (city_id, actor_id, key) DO NOTHING;

-- name: idem_purge
-- scope: city
DELETE FROM idempotency WHERE city_id = $1 AND at < $2;

-- name: claim_insert
-- scope: city
INSERT INTO claim (city_id, kind, value, holder_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (city_id, kind, value) DO NOTHING;

-- name: claim_holder
-- scope: city
SELECT holder_id FROM claim WHERE city_id = $1 AND kind = $2 AND value = $3;

-- name: claim_drop
-- scope: city
DELETE FROM claim WHERE city_id = $1 AND kind = $2 AND value = $3 AND holder_id = $4;

-- name: claim_drop_some
-- scope: city
DELETE FROM claim
WHERE city_id = $1 AND holder_id = $2 AND value IN (
	SELECT value FROM claim WHERE city_id = $1 AND holder_id = $2 ORDER BY kind, value LIMIT $3);
