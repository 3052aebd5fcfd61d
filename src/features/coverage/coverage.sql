-- How many employers there are in each part, and how many of them are covered: $2 the campaign's first day, $3 today, $4 since when who
-- did nothing is silent.
-- name: coverage_of_city
-- scope: city
SELECT u.top_id AS id, COUNT(u.id) AS employers,
	CAST(SUM(CASE WHEN c.launched_on >= $2 THEN 1 ELSE 0 END) AS BIGINT) AS launched,
	CAST(SUM(CASE WHEN c.assigned_until >= $3 THEN 1 ELSE 0 END) AS BIGINT) AS assigned,
	CAST(SUM(CASE WHEN c.visited_until >= $3 THEN 1 ELSE 0 END) AS BIGINT) AS visited,
	CAST(SUM(CASE WHEN c.trained_on >= $2 THEN 1 ELSE 0 END) AS BIGINT) AS trained,
	CAST(SUM(CASE WHEN c.active_on >= $4 THEN 0 ELSE 1 END) AS BIGINT) AS silent
FROM unit u LEFT JOIN covered c ON c.city_id = u.city_id AND c.employer_id = u.id
WHERE u.city_id = $1 AND u.kind = 'employer' AND u.is_closed = 0
	AND (CAST($5 AS BIGINT) < 0 OR u.high_risk = CAST($5 AS BIGINT)) AND (CAST($6 AS BIGINT) < 0 OR u.non_public = CAST($6 AS BIGINT))
	AND (CAST($7 AS TEXT) = '' OR u.size = CAST($7 AS TEXT)) AND u.industry >= $8 AND u.industry < $9
GROUP BY u.top_id
ORDER BY u.top_id;

-- name: coverage_of_top
-- scope: city
SELECT u.mid_id AS id, COUNT(u.id) AS employers,
	CAST(SUM(CASE WHEN c.launched_on >= $2 THEN 1 ELSE 0 END) AS BIGINT) AS launched,
	CAST(SUM(CASE WHEN c.assigned_until >= $3 THEN 1 ELSE 0 END) AS BIGINT) AS assigned,
	CAST(SUM(CASE WHEN c.visited_until >= $3 THEN 1 ELSE 0 END) AS BIGINT) AS visited,
	CAST(SUM(CASE WHEN c.trained_on >= $2 THEN 1 ELSE 0 END) AS BIGINT) AS trained,
	CAST(SUM(CASE WHEN c.active_on >= $4 THEN 0 ELSE 1 END) AS BIGINT) AS silent
FROM unit u LEFT JOIN covered c ON c.city_id = u.city_id AND c.employer_id = u.id
WHERE u.city_id = $1 AND u.kind = 'employer' AND u.is_closed = 0
	AND (CAST($5 AS BIGINT) < 0 OR u.high_risk = CAST($5 AS BIGINT)) AND (CAST($6 AS BIGINT) < 0 OR u.non_public = CAST($6 AS BIGINT))
	AND (CAST($7 AS TEXT) = '' OR u.size = CAST($7 AS TEXT)) AND u.industry >= $8 AND u.industry < $9 AND u.top_id = $10
GROUP BY u.mid_id
ORDER BY u.mid_id;

-- name: coverage_below
-- scope: city
SELECT COUNT(u.id) AS employers,
	CAST(SUM(CASE WHEN c.launched_on >= $2 THEN 1 ELSE 0 END) AS BIGINT) AS launched,
	CAST(SUM(CASE WHEN c.assigned_until >= $3 THEN 1 ELSE 0 END) AS BIGINT) AS assigned,
	CAST(SUM(CASE WHEN c.visited_until >= $3 THEN 1 ELSE 0 END) AS BIGINT) AS visited,
	CAST(SUM(CASE WHEN c.trained_on >= $2 THEN 1 ELSE 0 END) AS BIGINT) AS trained,
	CAST(SUM(CASE WHEN c.active_on >= $4 THEN 0 ELSE 1 END) AS BIGINT) AS silent
FROM unit u LEFT JOIN covered c ON c.city_id = u.city_id AND c.employer_id = u.id
WHERE u.city_id = $1 AND u.kind = 'employer' AND u.is_closed = 0
	AND (CAST($5 AS BIGINT) < 0 OR u.high_risk = CAST($5 AS BIGINT)) AND (CAST($6 AS BIGINT) < 0 OR u.non_public = CAST($6 AS BIGINT))
	AND (CAST($7 AS TEXT) = '' OR u.size = CAST($7 AS TEXT)) AND u.industry >= $8 AND u.industry < $9
	AND u.path >= $10 AND u.path < $11;

-- The employers behind each number, by name. $13: which of them; $14 to $16 the days as above.
-- list: coverage_employers
-- scope: city
-- select: SELECT u.id, u.name, u.path, u.industry, u.size, u.headcount, u.high_risk, u.non_public, u.sort_key, u.top_id, u.mid_id, COALESCE(c.launched_on, '') AS launched_on, COALESCE(c.assigned_until, '') AS assigned_until, COALESCE(c.visited_until, '') AS visited_until, COALESCE(c.trained_on, '') AS trained_on, COALESCE(c.active_on, '') AS active_on
-- select: FROM unit u LEFT JOIN covered c ON c.city_id = u.city_id AND c.employer_id = u.id
-- id: u.id
-- anchor city: u.kind = 'employer' AND u.is_closed = 0
-- anchor top: u.kind = 'employer' AND u.is_closed = 0 AND u.top_id = $2
-- anchor mid: u.kind = 'employer' AND u.is_closed = 0 AND u.mid_id = $2
-- anchor enterprise: u.kind = 'employer' AND u.is_closed = 0 AND u.enterprise_id = $2
-- sort name: u.sort_key text
-- residual high_risk: CAST($6 AS BIGINT) < 0 OR u.high_risk = CAST($6 AS BIGINT)
-- residual non_public: CAST($7 AS BIGINT) < 0 OR u.non_public = CAST($7 AS BIGINT)
-- residual size: CAST($8 AS TEXT) = '' OR u.size = CAST($8 AS TEXT)
-- residual industry: u.industry >= $9 AND u.industry < $10
-- residual q: CAST($11 AS TEXT) = '' OR replace(u.name, CAST($11 AS TEXT), '') <> u.name
-- residual direct: CAST($12 AS BIGINT) = 0 OR u.mid_id = 0
-- residual gap: CAST($13 AS TEXT) = '' OR (CAST($13 AS TEXT) = 'unassigned' AND COALESCE(c.assigned_until, '') < $14) OR (CAST($13 AS TEXT) = 'assigned' AND c.assigned_until >= $14) OR (CAST($13 AS TEXT) = 'unvisited' AND COALESCE(c.visited_until, '') < $14) OR (CAST($13 AS TEXT) = 'visited' AND c.visited_until >= $14) OR (CAST($13 AS TEXT) = 'unlaunched' AND COALESCE(c.launched_on, '') < $15) OR (CAST($13 AS TEXT) = 'launched' AND c.launched_on >= $15) OR (CAST($13 AS TEXT) = 'untrained' AND COALESCE(c.trained_on, '') < $15) OR (CAST($13 AS TEXT) = 'trained' AND c.trained_on >= $15) OR (CAST($13 AS TEXT) = 'silent' AND COALESCE(c.active_on, '') < $16) OR (CAST($13 AS TEXT) = 'active' AND c.active_on >= $16)
-- residual below: u.path || '' >= $17 AND u.path || '' < $18

-- name: coverage_units
-- scope: city
SELECT id, name, kind, code, path FROM unit WHERE city_id = $1 AND parent_id = $2 AND kind <> 'employer' AND is_closed = 0 ORDER BY sort_key, id;

-- name: coverage_unit_name
-- scope: city
SELECT id, name, kind, code, path FROM unit WHERE city_id = $1 AND id = $2;

-- ---- launching

-- name: launch_insert
-- scope: city
INSERT INTO launch (city_id, id, campaign_id, employer_id, kind, launched_on, title, declared, person_id, unit_id, reason, is_current, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: launch_replaced
-- scope: city
UPDATE launch SET is_current = 0 WHERE city_id = $1 AND id = $2 AND is_current = 1;

-- name: launch_now
-- scope: city
SELECT id FROM launch WHERE city_id = $1 AND campaign_id = $2 AND employer_id = $3 AND is_current = 1;

-- name: launch_employer_of
-- scope: city
SELECT employer_id FROM launch WHERE city_id = $1 AND id = $2;

-- name: launches_of
-- scope: city
SELECT l.id, l.campaign_id, l.employer_id, l.kind, l.launched_on, l.title, l.declared, l.person_id, l.unit_id, l.reason, l.is_current, l.made_at,
	p.name AS person_name, o.name AS unit_name, k.name AS campaign_name
FROM launch l
JOIN person p ON p.city_id = l.city_id AND p.id = l.person_id
JOIN unit o ON o.city_id = l.city_id AND o.id = l.unit_id
JOIN campaign k ON k.city_id = l.city_id AND k.id = l.campaign_id
WHERE l.city_id = $1 AND l.employer_id = $2
ORDER BY l.id DESC
LIMIT 50;

-- name: launched_after
-- scope: city
SELECT employer_id, MAX(launched_on) AS launched_on FROM launch
WHERE city_id = $1 AND employer_id > $2 AND is_current = 1
GROUP BY employer_id
ORDER BY employer_id
LIMIT $3;

-- name: coverage_reported_after
-- scope: city
SELECT enterprise_id AS employer_id, MAX(found_on) AS found_on FROM hazard
WHERE city_id = $1 AND enterprise_id > $2
GROUP BY enterprise_id
ORDER BY enterprise_id
LIMIT $3;

-- Which employers reported something, as the rows come.
-- name: coverage_reports_after
-- scope: city
SELECT id, enterprise_id AS employer_id, found_on FROM hazard WHERE city_id = $1 AND id > $2 ORDER BY id LIMIT $3;
