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
