-- name: campaign_with_id
-- scope: city
SELECT id, code, name, theme, year, notice_number, begins_on, ends_on, anonymous_allowed, violations_counted,
	version
FROM campaign
WHERE city_id = $1 AND id = $2;

-- The latest begun of those that a day falls into.
-- name: campaign_of_day
-- scope: city
SELECT id, code, name, theme, year, notice_number, begins_on, ends_on, anonymous_allowed, violations_counted,
	version
FROM campaign
WHERE city_id = $1 AND begins_on <= $2 AND ends_on >= $2
ORDER BY begins_on DESC, id DESC
LIMIT 1;

-- name: campaign_before_day
-- scope: city
SELECT id, code, name, theme, year, notice_number, begins_on, ends_on, anonymous_allowed, violations_counted,
	version
FROM campaign
WHERE city_id = $1 AND begins_on <= $2
ORDER BY begins_on DESC, id DESC
LIMIT 1;

-- name: campaign_all
-- scope: city
SELECT id, code, name, theme, year, notice_number, begins_on, ends_on, anonymous_allowed, violations_counted,
	version
FROM campaign
WHERE city_id = $1
ORDER BY begins_on DESC, id DESC;

-- name: campaign_insert
-- scope: city
INSERT INTO campaign (city_id, id, code, name, theme, year, notice_number, begins_on, ends_on, anonymous_allowed, violations_counted,
	version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: campaign_window_rows
-- scope: city
SELECT code, name, from_on, to_on
FROM campaign_window
WHERE city_id = $1 AND campaign_id = $2
ORDER BY from_on, code;

-- name: campaign_window_insert
-- scope: city
INSERT INTO campaign_window (city_id, campaign_id, code, name, from_on, to_on)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: campaign_period_rows
-- scope: city
SELECT code, from_on, to_on, due_on, is_optional
FROM campaign_period
WHERE city_id = $1 AND campaign_id = $2
ORDER BY from_on, code;

-- name: campaign_period_insert
-- scope: city
INSERT INTO campaign_period (city_id, campaign_id, code, from_on, to_on, due_on, is_optional)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: campaign_cutoffs
-- scope: city
SELECT level, cutoff_day, cutoff_time, due_day
FROM campaign_cutoff
WHERE city_id = $1 AND campaign_id = $2
ORDER BY due_day, level;

-- name: campaign_cutoff_insert
-- scope: city
INSERT INTO campaign_cutoff (city_id, campaign_id, level, cutoff_day, cutoff_time, due_day)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: campaign_limits
-- scope: city
SELECT class, what, amount, unit, source
FROM campaign_limit
WHERE city_id = $1 AND campaign_id = $2
ORDER BY class, what;

-- name: campaign_limit_of
-- scope: city
SELECT amount, unit
FROM campaign_limit
WHERE city_id = $1 AND campaign_id = $2 AND class = $3 AND what = $4;

-- name: campaign_limit_insert
-- scope: city
INSERT INTO campaign_limit (city_id, campaign_id, class, what, amount, unit, source)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: campaign_own_workdays
-- scope: city
SELECT day, kind, name, provisional
FROM workday_exception
WHERE city_id = $1
ORDER BY day;

-- name: campaign_workday_clear
-- scope: city
DELETE FROM workday_exception WHERE city_id = $1 AND day >= $2 AND day <= $3;

-- name: campaign_workday_insert
-- scope: city
INSERT INTO workday_exception (city_id, day, kind, name, provisional)
VALUES ($1, $2, $3, $4, $5);

-- Whose return is not yet due.
-- name: campaign_period_open
-- scope: city
SELECT from_on FROM campaign_period
WHERE city_id = $1 AND is_optional = 0 AND due_on >= $2 AND from_on <= $3
ORDER BY from_on
LIMIT 1;
