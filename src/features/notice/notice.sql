-- name: notice_insert
-- scope: city
INSERT INTO notice (city_id, id, person_id, kind, topic, urgency, object_id, about_id, args, once, is_discreet, made_at, read_at, mail_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0)
ON CONFLICT (city_id, person_id, once) WHERE once <> '' DO NOTHING;

-- name: notice_person_here
-- scope: city
SELECT id FROM person WHERE city_id = $1 AND id = $2 AND has_left = 0;

-- name: notice_office
-- scope: city
SELECT DISTINCT d.person_id AS id
FROM duty d
JOIN person p ON p.city_id = d.city_id AND p.id = d.person_id
WHERE d.city_id = $1 AND d.unit_id = $2 AND d.from_on <= $3 AND (d.to_on = '' OR d.to_on >= $3) AND p.has_left = 0
	AND ((d.custom_id = 0 AND d.role IN ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16))
		OR (d.custom_id <> 0 AND EXISTS (SELECT 1 FROM custom_grant g
			WHERE g.city_id = $1 AND g.role_id = d.custom_id AND g.what = $17)))
	AND d.person_id <> $18
ORDER BY d.person_id
LIMIT $19;

-- name: notice_unread_count
-- scope: city
SELECT COUNT(1) AS n
FROM (
	SELECT id FROM notice
	WHERE city_id = $1 AND person_id = $2 AND read_at = 0
	ORDER BY made_at DESC, id DESC
	LIMIT $3
) AS w;

-- list: notice_inbox
-- scope: city
-- id: n.id
-- select: SELECT n.id, n.kind, n.topic, n.urgency, n.object_id, n.args, n.made_at, n.read_at, COALESCE(p.name, '') AS who_name
-- select: FROM notice n
-- select: LEFT JOIN person p ON p.city_id = n.city_id AND p.id = n.about_id
-- anchor all: n.person_id = $2
-- anchor unread: n.person_id = $2 AND n.read_at = 0
-- anchor read: n.person_id = $2 AND n.read_at <> 0
-- sort -made: n.made_at bigint
-- residual topic: CAST($6 AS TEXT) = '' OR n.topic = $6

-- name: notice_of_person
-- scope: city
SELECT n.id, n.kind, n.topic, n.urgency, n.object_id, n.args, n.made_at, n.read_at, COALESCE(p.name, '') AS who_name
FROM notice n
LEFT JOIN person p ON p.city_id = n.city_id AND p.id = n.about_id
WHERE n.city_id = $1 AND n.id = $2 AND n.person_id = $3;

-- name: notice_mark_read
-- scope: city
UPDATE notice SET read_at = $4 WHERE city_id = $1 AND id = $2 AND person_id = $3 AND read_at = 0;

-- name: notice_mark_all
-- scope: city
UPDATE notice SET read_at = $4 WHERE city_id = $1 AND person_id = $2 AND read_at = 0 AND made_at <= $3;

-- name: notice_mail_insert
-- scope: city
INSERT INTO notice_mail (city_id, id, person_id, channel, purpose, on_day, state, n, attempts, try_at, lease_until, made_at, sent_at, error)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0, $10, 0, '')
ON CONFLICT (city_id, person_id, on_day) WHERE purpose = 'digest' DO NOTHING;

-- name: notice_mail_next_urgent
-- scope: city
SELECT id, person_id, channel, purpose, on_day, state, n, attempts, try_at, lease_until, made_at, sent_at, error
FROM notice_mail
WHERE city_id = $1 AND (state = 'pending' OR state = 'sending') AND try_at <= $2 AND lease_until <= $2 AND purpose <> 'digest'
ORDER BY try_at, id
LIMIT 1;

-- name: notice_mail_next
-- scope: city
SELECT id, person_id, channel, purpose, on_day, state, n, attempts, try_at, lease_until, made_at, sent_at, error
FROM notice_mail
WHERE city_id = $1 AND (state = 'pending' OR state = 'sending') AND try_at <= $2 AND lease_until <= $2
ORDER BY try_at, id
LIMIT 1;

-- name: notice_mail_take
-- scope: city
UPDATE notice_mail SET state = 'sending', attempts = attempts + 1, lease_until = $4
WHERE city_id = $1 AND id = $2 AND attempts = $3 AND (state = 'pending' OR (state = 'sending' AND lease_until <= $5));

-- name: notice_mail_settle
-- scope: city
UPDATE notice_mail SET state = $4, try_at = $5, sent_at = $6, error = $7, lease_until = 0
WHERE city_id = $1 AND id = $2 AND attempts = $3 AND state = 'sending';

-- name: notice_mail_count
-- scope: city
UPDATE notice_mail SET n = $3, state = $4 WHERE city_id = $1 AND id = $2;

-- More may go into it as long as nobody has begun to send it; who changes the row first holds it until the end.
-- name: notice_alarm_hold
-- scope: city
UPDATE notice_mail SET n = n + $3 WHERE city_id = $1 AND id = $2 AND state = 'pending' AND attempts = 0;

-- name: notice_into_mail
-- scope: city
UPDATE notice SET mail_id = $3
WHERE city_id = $1 AND person_id = $2 AND read_at = 0 AND mail_id = 0 AND made_at >= $4 AND topic = $5
	AND urgency <> 'at_once';

-- name: notice_into_alarm
-- scope: city
UPDATE notice SET mail_id = $3
WHERE city_id = $1 AND person_id = $2 AND read_at = 0 AND mail_id = 0 AND urgency = 'at_once' AND made_at >= $4;

-- name: notice_alarms_waiting
-- scope: city
SELECT COUNT(1) AS n FROM notice WHERE city_id = $1 AND person_id = $2 AND read_at = 0 AND mail_id = 0 AND urgency = 'at_once' AND made_at >= $3;

-- name: notice_alarm_last
-- scope: city
SELECT id, made_at, sent_at FROM notice_mail
WHERE city_id = $1 AND person_id = $2 AND purpose = 'alarm'
ORDER BY made_at DESC, id DESC
LIMIT 1;

-- Persons whose hour has come, and who have none of today or later: a clock that was set back makes none again.
-- name: notice_digest_due
-- scope: city
SELECT p.person_id AS id
FROM notice_profile p
JOIN person q ON q.city_id = p.city_id AND q.id = p.person_id
WHERE p.city_id = $1 AND p.person_id > $2 AND p.verified_at <> 0 AND p.has_digest = 1 AND q.has_left = 0
	AND p.digest_hour <= $3 AND p.digest_hour >= $4
	AND NOT EXISTS (SELECT 1 FROM notice_mail m
		WHERE m.city_id = $1 AND m.person_id = p.person_id AND m.on_day >= $5 AND m.purpose = 'digest')
ORDER BY p.person_id
LIMIT $6;

-- name: notice_in_mail
-- scope: city
SELECT id, kind, topic, urgency, object_id, args, is_discreet, made_at FROM notice
WHERE city_id = $1 AND mail_id = $2 AND read_at = 0
ORDER BY made_at, id
LIMIT 1000;

-- name: notice_purge
-- scope: city
DELETE FROM notice
WHERE city_id = $1 AND id IN (SELECT o.id FROM notice o WHERE o.city_id = $1 AND o.made_at < $2 ORDER BY o.made_at, o.id LIMIT $3);

-- name: notice_mail_purge
-- scope: city
DELETE FROM notice_mail
WHERE city_id = $1 AND id IN (SELECT o.id FROM notice_mail o WHERE o.city_id = $1 AND o.made_at < $2 ORDER BY o.made_at, o.id LIMIT $3);

-- name: notice_profile_of
-- scope: city
SELECT email, verified_at, code_hash, code_until, code_tries, digest_hour, lang, by_mail, has_digest, version
FROM notice_profile
WHERE city_id = $1 AND person_id = $2;

-- name: notice_profile_insert
-- scope: city
INSERT INTO notice_profile (city_id, person_id, email, verified_at, code_hash, code_until, code_tries, digest_hour, lang, by_mail, has_digest, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1);

-- name: notice_profile_update
-- scope: city
UPDATE notice_profile
SET email = $4, verified_at = $5, code_hash = $6, code_until = $7, code_tries = $8, digest_hour = $9, lang = $10, by_mail = $11, has_digest = $12,
	version = version + 1
WHERE city_id = $1 AND person_id = $2 AND version = $3;

-- name: notice_mails_of
-- scope: city
SELECT id, person_id, channel, purpose, on_day, state, n, attempts, try_at, lease_until, made_at, sent_at, error
FROM notice_mail
WHERE city_id = $1 AND person_id = $2 AND state <> 'empty'
ORDER BY made_at DESC, id DESC
LIMIT 10;
